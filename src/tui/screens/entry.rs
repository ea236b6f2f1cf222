//! A form over record fields: the items, what is typed into each, and what is wrong with it. Screens put their items in
//! and take values out; the field table says how each is entered, labelled and checked.

use chrono::NaiveDate;
use ratatui::layout::{Position, Rect};
use serde::{Deserialize, Serialize};

use crate::domain::codes;
use crate::domain::display;
use crate::domain::field::{Field, FieldKind};
use crate::domain::id::WorkerId;
use crate::domain::money::Fen;
use crate::domain::record::RecordKey;
use crate::domain::refusal::Label;
use crate::domain::validate;
use crate::domain::value::{FieldValue as _, Value};
use crate::i18n::{Explain, Lang};
use crate::tui::app::{Can, Context, Fault, Input};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Choice, Form, FormState, LineInput, PickList, TextArea, put};

/// Rows of a note.
const NOTE_ROWS: u16 = 4;

/// A form being filled in.
#[derive(Debug, Default)]
pub struct Entry {
    items: Vec<Item>,
    form: FormState,
    picking: Option<PickList>,
}

/// One item of a form.
#[derive(Debug)]
pub struct Item {
    /// Whose field; `None` for a record that is being made.
    pub record: Option<RecordKey>,
    /// The field.
    pub field: &'static Field,
    /// Stands before the label: whose fact it is, where several persons have the same field.
    pub whose: String,
    /// The last content on record; a different one is highlighted and shown beside it.
    pub last: Option<Value>,
    /// A note below, in both languages.
    pub hint: Option<Label>,
    control: Control,
    faults: Vec<Fault>,
    /// The content on record is masked: it stands behind an empty line, and what is typed takes its place.
    veiled: bool,
}

#[derive(Debug)]
enum Control {
    Line(LineInput),
    Note(TextArea),
    Code {
        list: &'static str,
        code: String,
    },
    Flag(bool),
    Workers(Vec<WorkerId>),
    /// One of a few records, by id and in words.
    Among {
        choices: Vec<(String, String)>,
        chosen: String,
    },
}

/// What an input did to the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It moved or opened something.
    Moved,
    /// It changed the item at this place.
    Changed(usize),
}

/// A half-filled form as a draft keeps it: item by item, in the form's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Whose field, its name, and its content as typed.
    items: Vec<(Option<RecordKey>, String, Value)>,
    focus: usize,
}

impl Item {
    /// An item for a field, holding a value.
    pub fn new(field: &'static Field, value: &Value) -> Item {
        Item {
            record: None,
            field,
            whose: String::new(),
            last: None,
            hint: None,
            control: Control::of(field, value),
            faults: Vec::new(),
            veiled: false,
        }
    }

    /// A fact on record: highlighted when it is changed.
    pub fn fact(record: RecordKey, whose: &str, field: &'static Field, held: &Value) -> Item {
        let mut shown = Item::new(field, held);
        let masks = display::masked(field, held, Lang::Zh) != display::plain(field, held, Lang::Zh);
        if let (true, Control::Line(line)) = (masks, &mut shown.control) {
            line.set("");
            shown.veiled = true;
        }
        Item { record: Some(record), whose: whose.to_owned(), last: Some(held.clone()), ..shown }
    }

    /// An item of one of several records that are being made together.
    pub fn asked(record: RecordKey, whose: &str, field: &'static Field, value: &Value) -> Item {
        Item { record: Some(record), whose: whose.to_owned(), ..Item::new(field, value) }
    }

    /// An item that takes one of a few records, each with its id and what it is in words.
    pub fn among(field: &'static Field, choices: Vec<(String, String)>) -> Item {
        let chosen = match choices.as_slice() {
            [(only, _)] => only.clone(),
            _ => String::new(),
        };
        Item { control: Control::Among { choices, chosen }, ..Item::new(field, &Value::Null) }
    }

    /// The content as far as it can be read.
    fn value(&self, today: NaiveDate) -> Value {
        match &self.control {
            Control::Line(line) if self.veiled && line.text().is_empty() => self.last.clone().unwrap_or_default(),
            Control::Line(line) => read_line(self.field.kind, line.text(), today),
            Control::Note(area) => area.text().trim_end().to_owned().to_value(),
            Control::Code { code, .. } => code.to_value(),
            Control::Flag(on) => Value::Bool(*on),
            Control::Workers(workers) => workers.to_value(),
            Control::Among { chosen, .. } => chosen.to_value(),
        }
    }

    fn is_changed(&self, today: NaiveDate) -> bool {
        self.last.as_ref().is_some_and(|last| {
            let now = self.value(today);
            now != *last && !(now.is_empty() && last.is_empty())
        })
    }

    fn rows(&self) -> u16 {
        if matches!(self.control, Control::Note(_)) { NOTE_ROWS } else { 1 }
    }

    fn label(&self, lang: Lang) -> String {
        let label = self.field.label(lang);
        if self.whose.is_empty() { label.to_owned() } else { format!("{} {label}", self.whose) }
    }

    fn note(&self, lang: Lang, today: NaiveDate) -> Option<String> {
        if let (true, Some(last)) = (self.is_changed(today), &self.last) {
            let shown = display::masked(self.field, last, lang);
            let shown = if shown.is_empty() { lang.pick("（空）", "(empty)").to_owned() } else { shown };
            return Some(format!("{}{shown}", lang.pick("原为：", "was: ")));
        }
        self.hint.as_ref().map(|hint| lang.pick(&hint.zh, &hint.en).clone()).filter(|hint| !hint.is_empty())
    }

    fn error(&self, lang: Lang) -> Option<String> {
        let told: Vec<String> = self
            .faults
            .iter()
            .map(|f| format!("{}{}{}", f.message(lang), lang.pick("；", "; "), f.remedy(lang)))
            .collect();
        (!told.is_empty()).then(|| told.join(" "))
    }

    fn is_empty(&self) -> bool {
        match &self.control {
            Control::Line(line) => line.text().is_empty(),
            Control::Note(area) => area.text().is_empty(),
            Control::Code { code, .. } => code.is_empty(),
            Control::Flag(on) => !on,
            Control::Workers(workers) => workers.is_empty(),
            Control::Among { chosen, .. } => chosen.is_empty(),
        }
    }
}

impl Control {
    fn of(field: &'static Field, value: &Value) -> Control {
        match (field.kind, value) {
            (FieldKind::Code(list), value) => {
                Control::Code { list, code: value.as_text().unwrap_or_default().to_owned() }
            }
            (FieldKind::Flag, value) => Control::Flag(matches!(value, Value::Bool(true))),
            (FieldKind::References, value) => Control::Workers(Vec::from_value(value.clone()).unwrap_or_default()),
            (FieldKind::Note, value) => {
                Control::Note(TextArea::new(value.as_text().unwrap_or_default()).limit(field.max_chars.max(1)))
            }
            (kind, value) => {
                let text = match (kind, value) {
                    (FieldKind::Money, Value::Int(fen)) => Fen(*fen).plain(),
                    (_, Value::Int(0)) | (_, Value::Null) => String::new(),
                    (_, Value::Int(number)) => number.to_string(),
                    (_, value) => value.as_text().unwrap_or_default().to_owned(),
                };
                let limit = if field.max_chars == 0 { 40 } else { field.max_chars };
                Control::Line(LineInput::new(text).limit(limit))
            }
        }
    }
}

/// A line as a value of the field's kind; what cannot be read stays a text, which the check then refuses.
fn read_line(kind: FieldKind, typed: &str, today: NaiveDate) -> Value {
    let typed = typed.trim();
    if typed.is_empty() {
        return Value::Null;
    }
    let text = || Value::Text(typed.to_owned());
    match kind {
        FieldKind::Date => widgets::parse_date(typed, today).map_or_else(|_| text(), |date| date.to_value()),
        FieldKind::Money => Fen::parse(typed).map_or_else(|_| text(), |fen| Value::Int(fen.0)),
        FieldKind::Count => {
            let plain: String = typed.chars().map(crate::domain::text::plain).collect();
            plain.parse().map_or_else(|_| text(), Value::Int)
        }
        _ => text(),
    }
}

impl Entry {
    /// A form of these items.
    pub fn new(items: Vec<Item>) -> Entry {
        Entry { items, ..Entry::default() }
    }

    /// The items.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Puts further items behind the one of that field, or at the end.
    pub fn add(&mut self, items: Vec<Item>) -> usize {
        let at = self.items.len();
        self.items.extend(items);
        at
    }

    /// Puts items right behind the one of that field of the record being made.
    pub fn insert_after(&mut self, field: &str, items: Vec<Item>) {
        let at = self.items.iter().position(|item| item.record.is_none() && item.field.name == field);
        let at = at.map_or(self.items.len(), |at| at + 1);
        self.items.splice(at..at, items);
    }

    /// Moves to an item.
    pub fn focus(&mut self, index: usize, ctx: &Context<'_>, area: Rect) {
        let mut form = FormState { focus: index.min(self.items.len().saturating_sub(1)), ..self.form };
        self.with_form(ctx, |widget| form.follow(widget, area));
        self.form = form;
    }

    /// The content of an item.
    pub fn value_at(&self, item: &Item, today: NaiveDate) -> Value {
        item.value(today)
    }

    /// Leaves only the items for which `keep` holds; the focus stays on its item where that is kept.
    pub fn retain(&mut self, keep: impl Fn(&Item) -> bool) {
        let before = self.items[..self.form.focus.min(self.items.len())].iter().filter(|item| keep(item)).count();
        self.items.retain(|item| keep(item));
        self.form.focus = before.min(self.items.len().saturating_sub(1));
    }

    /// Whether there is an item of that field for a record being made.
    pub fn has(&self, field: &str) -> bool {
        self.items.iter().any(|item| item.record.is_none() && item.field.name == field)
    }

    /// The content of a field of the record being made.
    pub fn value(&self, field: &str, today: NaiveDate) -> Value {
        self.items
            .iter()
            .find(|item| item.record.is_none() && item.field.name == field)
            .map(|item| item.value(today))
            .unwrap_or_default()
    }

    /// The text of a field of the record being made.
    pub fn text(&self, field: &str, today: NaiveDate) -> String {
        self.value(field, today).as_text().unwrap_or_default().to_owned()
    }

    /// Sets the content of a field of the record being made.
    pub fn set(&mut self, field: &str, value: &Value) {
        if let Some(item) = self.items.iter_mut().find(|item| item.record.is_none() && item.field.name == field) {
            item.control = Control::of(item.field, value);
        }
    }

    /// The facts on record that were changed: whose, which, before and after.
    pub fn changed_facts(&self, today: NaiveDate) -> Vec<(RecordKey, &'static Field, Value, Value)> {
        self.items
            .iter()
            .filter(|item| item.is_changed(today))
            .filter_map(|item| {
                Some((item.record?, item.field, item.last.clone().unwrap_or_default(), item.value(today)))
            })
            .collect()
    }

    /// Checks every item against its field; shows what is wrong and goes to the first fault. Whether all is well.
    pub fn check(&mut self, ctx: &Context<'_>, area: Rect) -> bool {
        let today = ctx.today();
        for item in &mut self.items {
            let value = item.value(today);
            // A fact that is left as it stands is not held against the form.
            let checked = if item.record.is_some() && !item.is_changed(today) {
                Ok(())
            } else {
                check(item.field, &value, today)
            };
            item.faults = checked.err().map(|refusal| Fault::of(&refusal)).into_iter().collect();
        }
        self.go_to_first_fault(ctx, area)
    }

    /// Shows the faults of a refused command at their fields; gives back those of no field here.
    pub fn take_faults(&mut self, fault: &Fault, ctx: &Context<'_>, area: Rect) -> Vec<Fault> {
        for item in &mut self.items {
            item.faults.clear();
        }
        let mut elsewhere = Vec::new();
        for fault in fault.each() {
            let field = fault.field.as_deref().unwrap_or_default();
            match self.items.iter_mut().find(|item| item.field.name == field) {
                Some(item) => item.faults.push(Fault { also: Vec::new(), ..fault.clone() }),
                None => elsewhere.push(Fault { also: Vec::new(), ..fault.clone() }),
            }
        }
        self.go_to_first_fault(ctx, area);
        elsewhere
    }

    fn go_to_first_fault(&mut self, ctx: &Context<'_>, area: Rect) -> bool {
        let mut form = self.form;
        let found = self.with_form(ctx, |widget| form.to_first_error(widget, area));
        self.form = form;
        !found
    }

    /// Shows a hint below a field.
    pub fn hint(&mut self, field: &str, hint: Option<Label>) {
        if let Some(item) = self.items.iter_mut().find(|item| item.field.name == field) {
            item.hint = hint;
        }
    }

    /// Takes an input; `None` if it means nothing to the form.
    pub fn update(&mut self, input: &Input, ctx: &Context<'_>, area: Rect) -> Option<Done> {
        if self.picking.is_some() {
            return self.update_picking(input, ctx);
        }
        if self.items.is_empty() {
            return None;
        }
        let focus = self.form.focus.min(self.items.len() - 1);
        let value_area = self.value_area(ctx, area, focus);
        let edited = match (&mut self.items[focus].control, input) {
            (Control::Line(line), Input::Text(typed) | Input::Paste(typed)) => Some(line.insert(typed)),
            (Control::Line(line), Input::Action(action)) => line.apply(*action),
            (Control::Note(note), Input::Text(typed) | Input::Paste(typed)) => Some(note.insert(typed, value_area)),
            // A note of one line lets the arrows pass to the next field at its ends.
            (Control::Note(note), Input::Action(action)) => note.apply(*action, value_area),
            (Control::Code { list, code }, Input::Action(action @ (Action::Left | Action::Right))) => {
                Some(cycle(list, code, *action == Action::Right, ctx.today()))
            }
            (Control::Flag(on), Input::Action(Action::Toggle | Action::Left | Action::Right | Action::Pick)) => {
                *on = !*on;
                Some(true)
            }
            _ => None,
        };
        match (edited, input) {
            (Some(true), _) => {
                self.items[focus].faults.clear();
                Some(Done::Changed(focus))
            }
            (Some(false), _) => Some(Done::Moved),
            (None, Input::Action(action)) => self.act(*action, ctx, area, focus),
            _ => None,
        }
    }

    fn act(&mut self, action: Action, ctx: &Context<'_>, area: Rect, focus: usize) -> Option<Done> {
        let step = match action {
            Action::NextField => 1,
            Action::PreviousField => -1,
            Action::PageDown => 5,
            Action::PageUp => -5,
            Action::Pick | Action::Toggle => {
                return match &self.items[focus].control {
                    Control::Code { .. } | Control::Workers(_) | Control::Among { .. } => {
                        self.picking = Some(self.pick_list(focus, ctx));
                        Some(Done::Moved)
                    }
                    _ => self.act(Action::NextField, ctx, area, focus),
                };
            }
            Action::CopyLast => {
                let item = &mut self.items[focus];
                let last = item.last.clone()?;
                item.control = Control::of(item.field, if item.veiled { &Value::Null } else { &last });
                return Some(Done::Changed(focus));
            }
            Action::Older => return None,
            _ => return None,
        };
        let mut form = self.form;
        self.with_form(ctx, |widget| form.step(step, widget, area));
        self.form = form;
        Some(Done::Moved)
    }

    fn update_picking(&mut self, input: &Input, ctx: &Context<'_>) -> Option<Done> {
        let focus = self.form.focus;
        let screen = ctx.screen();
        let list = self.picking.as_mut()?;
        match input {
            Input::Text(typed) | Input::Paste(typed) => list.insert(typed),
            Input::Action(Action::Back) => self.picking = None,
            Input::Action(Action::Open) => {
                let chosen = list.chosen().map(|choice| choice.code.clone());
                self.picking = None;
                if let Some(code) = chosen {
                    self.choose(focus, &code);
                    return Some(Done::Changed(focus));
                }
            }
            Input::Action(action) => {
                if !list.apply(*action, screen) {
                    return None;
                }
            }
            _ => return None,
        }
        Some(Done::Moved)
    }

    fn choose(&mut self, focus: usize, chosen: &str) {
        let Some(item) = self.items.get_mut(focus) else { return };
        item.faults.clear();
        match &mut item.control {
            Control::Code { code, .. } => chosen.clone_into(code),
            Control::Among { chosen: held, .. } => chosen.clone_into(held),
            Control::Workers(workers) => {
                if let Ok(worker) = chosen.parse::<WorkerId>() {
                    match workers.iter().position(|held| *held == worker) {
                        Some(at) => {
                            workers.remove(at);
                        }
                        None => workers.push(worker),
                    }
                }
            }
            _ => {}
        }
    }

    fn pick_list(&self, focus: usize, ctx: &Context<'_>) -> PickList {
        let item = &self.items[focus];
        let (choices, current) = match &item.control {
            Control::Code { list, code } => (code_choices(list, ctx), Some(code.as_str())),
            Control::Workers(workers) => (worker_choices(workers, ctx), None),
            Control::Among { choices, chosen } => {
                let shown = choices.iter().map(|(id, label)| Choice::new(id, label, [label.as_str()]));
                (shown.collect(), Some(chosen.as_str()))
            }
            _ => (Vec::new(), None),
        };
        PickList::new(item.label(ctx.lang), choices, current, ctx.screen())
    }

    /// Where the keys are, innermost first.
    pub fn contexts(&self) -> Vec<KeyContext> {
        if self.picking.is_some() {
            return vec![KeyContext::PickList, KeyContext::Input];
        }
        match self.items.get(self.form.focus).map(|item| &item.control) {
            Some(Control::Line(_)) => vec![KeyContext::Input, KeyContext::Form],
            Some(Control::Note(_)) => vec![KeyContext::TextArea, KeyContext::Form],
            Some(Control::Code { .. } | Control::Flag(_)) => vec![KeyContext::Choice, KeyContext::Form],
            _ => vec![KeyContext::Form],
        }
    }

    /// Whether an action means something to the form now.
    pub fn can(&self, action: Action) -> Can {
        if self.picking.is_some() {
            return super::typed_list_can(action);
        }
        match action {
            Action::NextField | Action::PreviousField | Action::Pick | Action::Toggle => Can::Yes,
            Action::PageUp | Action::PageDown | Action::Left | Action::Right | Action::NewLine => Can::Yes,
            Action::Up | Action::Down | Action::Top | Action::Bottom => Can::Yes,
            Action::CopyLast => Can::Yes,
            other => super::editing_can(other),
        }
    }

    /// Draws the form; the cursor goes to the caret.
    pub fn view(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let form = self.form;
        let at = self.with_form(ctx, |widget| {
            widget.draw(area, frame.buf, &form, |index, rect, buf, focused| {
                self.draw_value(index, rect, buf, ctx, focused)
            })
        });
        let at = match &self.picking {
            Some(list) => Some(list.draw(ctx.screen(), frame.buf, &ctx.theme, ctx.lang)),
            None => at,
        };
        if let Some(at) = at {
            frame.set_cursor(at);
        }
    }

    fn draw_value(
        &self,
        index: usize,
        rect: Rect,
        buf: &mut ratatui::buffer::Buffer,
        ctx: &Context<'_>,
        focused: bool,
    ) -> Option<Position> {
        let (theme, lang) = (&ctx.theme, ctx.lang);
        let item = &self.items[index];
        let role = if item.is_changed(ctx.today()) { Role::Changed } else { Role::Input };
        let mut plain = |text: &str| {
            put(buf, rect.x, rect.y, rect.width, text, theme.style(role), theme);
            focused.then_some(Position::new(rect.x, rect.y))
        };
        match &item.control {
            Control::Line(line) => {
                let held = item.last.as_ref().filter(|_| item.veiled);
                let masked = held.map(|held| display::masked(item.field, held, lang)).unwrap_or_default();
                Some(line.draw(rect, buf, theme, focused, &masked))
            }
            Control::Note(area) => Some(area.draw(rect, buf, theme, focused, "")),
            Control::Code { list, code } => {
                let label = codes::label(list, code, lang);
                plain(&if focused { format!("‹ {label} ›") } else { label.into_owned() })
            }
            Control::Flag(on) => plain(if *on { lang.pick("[是]", "[yes]") } else { lang.pick("[否]", "[no]") }),
            Control::Workers(workers) => {
                let names: Vec<&str> = workers.iter().map(|worker| ctx.memory.reference.worker_name(*worker)).collect();
                plain(&names.join(lang.pick("、", ", ")))
            }
            Control::Among { choices, chosen } => {
                let label = choices.iter().find(|(id, _)| id == chosen).map(|(_, label)| label.as_str());
                plain(label.unwrap_or_default())
            }
        }
    }

    fn value_area(&self, ctx: &Context<'_>, area: Rect, index: usize) -> Rect {
        let form = self.form;
        let rect = self.with_form(ctx, |widget| widget.value_rect(area, &form, index));
        Rect { height: self.items[index].rows(), ..rect }
    }

    fn with_form<T>(&self, ctx: &Context<'_>, with: impl FnOnce(&Form<'_>) -> T) -> T {
        let (lang, today) = (ctx.lang, ctx.today());
        let texts: Vec<(String, Option<String>, Option<String>)> =
            self.items.iter().map(|item| (item.label(lang), item.error(lang), item.note(lang, today))).collect();
        let fields: Vec<widgets::Field<'_>> = self
            .items
            .iter()
            .zip(&texts)
            .map(|(item, (label, error, note))| widgets::Field {
                label,
                required: item.field.required && item.record.is_none(),
                rows: item.rows(),
                changed: item.is_changed(today),
                error: error.as_deref(),
                note: note.as_deref(),
            })
            .collect();
        with(&Form { fields: &fields, theme: ctx.theme })
    }

    /// Whether anything stands in the form that its making did not put there.
    pub fn is_blank(&self) -> bool {
        self.items.iter().all(|item| item.record.is_some() || item.is_empty())
    }

    /// What a draft keeps.
    pub fn draft(&self, today: NaiveDate) -> Draft {
        let items = self.items.iter().map(|item| {
            let typed = match &item.control {
                Control::Line(line) => Value::Text(line.text().to_owned()),
                _ => item.value(today),
            };
            (item.record, item.field.name.to_owned(), typed)
        });
        Draft { items: items.collect(), focus: self.form.focus }
    }

    /// Puts a draft's contents back into the items they came from.
    pub fn restore(&mut self, draft: &Draft) {
        for (record, field, typed) in &draft.items {
            let item = self.items.iter_mut().find(|item| item.record == *record && item.field.name == field);
            if let Some(item) = item {
                item.control = match (&item.control, typed) {
                    (Control::Line(line), Value::Text(text)) => {
                        let mut line = line.clone();
                        line.set(text.clone());
                        Control::Line(line)
                    }
                    (Control::Among { choices, .. }, Value::Text(id)) => {
                        Control::Among { choices: choices.clone(), chosen: id.clone() }
                    }
                    _ => Control::of(item.field, typed),
                };
            }
        }
        self.form.focus = draft.focus.min(self.items.len().saturating_sub(1));
    }
}

fn check(field: &'static Field, value: &Value, today: NaiveDate) -> Result<(), crate::domain::refusal::Refusal> {
    use crate::domain::refusal::{Reason, Refusal};
    let misfit = |zh: &str, en: &str| {
        let label = Label { zh: field.zh.to_owned(), en: field.en.to_owned() };
        let _ = zh;
        Err(Refusal::at(field.name, Reason::WrongKind { field: label, expected: en.to_owned() }))
    };
    match (field.kind, value) {
        (FieldKind::Money, Value::Text(_)) => misfit("金额", "1,288.50"),
        (FieldKind::Count, Value::Text(_)) => misfit("整数", "0–9"),
        _ => validate::field(field, value, today),
    }
}

fn cycle(list: &str, code: &mut String, forward: bool, today: NaiveDate) -> bool {
    let Some(list) = codes::list(list) else { return false };
    let entries: Vec<&str> = list.entries_on(today).map(|entry| entry.code).collect();
    if entries.is_empty() {
        return false;
    }
    let at = entries.iter().position(|held| held == code);
    let next = match (at, forward) {
        (None, true) => 0,
        (None, false) => entries.len() - 1,
        (Some(at), true) => (at + 1) % entries.len(),
        (Some(at), false) => (at + entries.len() - 1) % entries.len(),
    };
    entries[next].clone_into(code);
    true
}

fn code_choices(list: &str, ctx: &Context<'_>) -> Vec<Choice> {
    let Some(list) = codes::list(list) else { return Vec::new() };
    list.entries_on(ctx.today())
        .map(|entry| Choice::new(entry.code, entry.label(ctx.lang), [entry.zh, entry.en]))
        .collect()
}

fn worker_choices(ticked: &[WorkerId], ctx: &Context<'_>) -> Vec<Choice> {
    let workers = &ctx.memory.reference.workers;
    let mut choices: Vec<Choice> = workers
        .values()
        .filter(|worker| worker.active && !worker.meta.deleted)
        .map(|worker| {
            let mark = if ticked.contains(&worker.id) { "✓ " } else { "" };
            let label = format!("{mark}{}", worker.name);
            Choice::new(&worker.id.to_string(), &label, [worker.name.as_str()])
        })
        .collect();
    choices.sort_by(|a, b| b.label.starts_with('✓').cmp(&a.label.starts_with('✓')).then(a.label.cmp(&b.label)));
    choices
}

/// An explained fault for a field, for screens that find one themselves.
pub fn fault_at(field: &str, error: &dyn Explain) -> Fault {
    Fault { field: Some(field.to_owned()), ..Fault::of(error) }
}
