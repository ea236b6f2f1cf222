//! A form over record fields: the items, what is typed into each, and what is wrong with it. Screens put their items in
//! and take values out; the field table says how each is entered, labelled and checked.

mod choices;
pub mod draft;
mod faults;
mod item;
mod view;

use chrono::NaiveDate;
use ratatui::layout::Rect;

use self::choices::cycle;
pub use self::draft::{Draft, KEEP, KEEP_AFTER};
use self::item::Control;
pub use self::item::Item;
use crate::domain::field::Field;
use crate::domain::id::WorkerId;
use crate::domain::record::RecordKey;
use crate::domain::refusal::Label;
use crate::domain::value::Value;
use crate::i18n::forms as text;
use crate::tui::app::{Can, Context, Input};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::widgets::{Confirm, ConfirmAnswer, FormState, PickList};

/// A form being filled in.
#[derive(Debug, Default)]
pub struct Entry {
    items: Vec<Item>,
    form: FormState,
    picking: Option<PickList>,
    /// Whether to throw everything away.
    question: Option<Confirm>,
    /// Something was typed or chosen.
    touched: bool,
}

/// Whose field: that of a record on file, or of one of several being made; `None` for the one record being made.
pub type Of = Option<RecordKey>;

/// What an input did to the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It moved or opened something.
    Moved,
    /// It changed the item at this place.
    Changed(usize),
    /// What was typed is to be thrown away.
    Discard,
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

    /// Puts items right behind the one of that field of a record, or at the end. The focus stays on its item.
    pub fn insert_after(&mut self, of: Of, field: &str, items: Vec<Item>) {
        let at = self.at(of, field).map_or(self.items.len(), |at| at + 1);
        if self.form.focus >= at {
            self.form.focus += items.len();
        }
        self.items.splice(at..at, items);
    }

    fn at(&self, of: Of, field: &str) -> Option<usize> {
        self.items.iter().position(|item| item.record == of && item.field.name == field)
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

    /// Whether there is an item of that field of a record.
    pub fn has(&self, of: Of, field: &str) -> bool {
        self.at(of, field).is_some()
    }

    /// The content of a field of a record.
    pub fn value(&self, of: Of, field: &str, today: NaiveDate) -> Value {
        self.at(of, field).map(|at| self.items[at].value(today)).unwrap_or_default()
    }

    /// The text of a field of a record.
    pub fn text(&self, of: Of, field: &str, today: NaiveDate) -> String {
        self.value(of, field, today).as_text().unwrap_or_default().to_owned()
    }

    /// Sets the content of a field of the record being made.
    pub fn set(&mut self, field: &str, value: &Value) {
        self.put(None, field, value);
    }

    /// Sets the content of a field of a record.
    pub fn put(&mut self, of: Of, field: &str, value: &Value) {
        if let Some(at) = self.at(of, field) {
            self.items[at].put(value);
        }
    }

    /// Puts the content on record into a masked line, now that it may be seen.
    pub fn unveil(&mut self, of: RecordKey, field: &str) {
        if let Some(at) = self.at(Some(of), field) {
            self.items[at].unveil();
        }
    }

    /// The item with the focus, and its place.
    pub fn focused(&self) -> Option<(usize, &Item)> {
        let at = self.form.focus.min(self.items.len().checked_sub(1)?);
        Some((at, &self.items[at]))
    }

    /// Moves to the field of a record, by way of the last item, so that what follows it is visible too.
    pub fn focus_on(&mut self, of: Of, field: &str, ctx: &Context<'_>, area: Rect) {
        if let Some(at) = self.at(of, field) {
            self.focus(self.items.len(), ctx, area);
            self.focus(at, ctx, area);
        }
    }

    /// Whether anything was typed or chosen.
    pub fn is_touched(&self) -> bool {
        self.touched
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

    /// Shows a hint below a field of a record.
    pub fn hint(&mut self, of: Of, field: &str, hint: Option<Label>) {
        if let Some(at) = self.at(of, field) {
            self.items[at].hint = hint;
        }
    }

    /// Takes an input; `None` if it means nothing to the form.
    pub fn update(&mut self, input: &Input, ctx: &Context<'_>, area: Rect) -> Option<Done> {
        let done = self.take(input, ctx, area);
        self.touched |= matches!(done, Some(Done::Changed(_)));
        done
    }

    /// Asks whether everything shall be thrown away; [`Done::Discard`] says yes.
    pub fn ask_discard(&mut self, ctx: &Context<'_>) {
        self.ask(text::discard_title(ctx.lang), text::discard_body(ctx.lang));
    }

    /// Asks whether something shall be thrown away; [`Done::Discard`] says yes.
    pub fn ask(&mut self, title: &str, body: &str) {
        self.question = Some(Confirm::new(title, body));
    }

    /// Whether a question waits for its answer.
    pub fn is_asking(&self) -> bool {
        self.question.is_some()
    }

    /// Whether something lies over the form that a step back closes.
    pub fn is_covered(&self) -> bool {
        self.question.is_some() || self.picking.is_some()
    }

    fn answer(&mut self, input: &Input) -> Option<Done> {
        let (Some(question), Input::Action(action)) = (&mut self.question, input) else { return None };
        let answer = question.apply(*action);
        if answer.is_some() {
            self.question = None;
        }
        Some(if answer == Some(ConfirmAnswer::Yes) { Done::Discard } else { Done::Moved })
    }

    fn take(&mut self, input: &Input, ctx: &Context<'_>, area: Rect) -> Option<Done> {
        if self.is_asking() {
            return self.answer(input);
        }
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
            // What need not be said can be left unsaid again.
            (Control::Code { code, .. }, Input::Action(Action::ClearText)) => {
                code.clear();
                Some(true)
            }
            (Control::Flag(on), Input::Action(Action::Toggle | Action::Left | Action::Right | Action::Pick)) => {
                *on = !*on;
                Some(true)
            }
            _ => None,
        };
        if edited.is_none()
            && self.is_chosen_from_list(focus)
            && let Some(typed) = choices::typed(input)
        {
            // Typing where a choice is made looks it up.
            let mut list = self.pick_list(focus, ctx);
            list.insert(&typed);
            choices::feed(&mut list, &self.items[focus].control, ctx);
            self.picking = Some(list);
            return Some(Done::Moved);
        }
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
                if !self.is_chosen_from_list(focus) {
                    return self.act(Action::NextField, ctx, area, focus);
                }
                self.picking = Some(self.pick_list(focus, ctx));
                return Some(Done::Moved);
            }
            Action::CopyLast => {
                let item = &mut self.items[focus];
                let Some(last) = item.last.clone() else { return Some(Done::Moved) };
                item.put(if item.veiled { &Value::Null } else { &last });
                return Some(Done::Changed(focus));
            }
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
            Input::Text(typed) | Input::Paste(typed) => {
                list.insert(typed);
                choices::feed(list, &self.items[focus].control, ctx);
            }
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
                let before = list.query();
                if !list.apply(*action, screen) {
                    return None;
                }
                if list.query() != before {
                    choices::feed(list, &self.items[focus].control, ctx);
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
            Control::Household { chosen: held, .. } => *held = chosen.parse().ok(),
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

    /// Where the keys are, innermost first.
    pub fn contexts(&self) -> Vec<KeyContext> {
        if self.is_asking() {
            return vec![KeyContext::Confirm];
        }
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

    /// The keys worth showing while something lies over the form.
    pub fn hints(&self) -> Option<&'static [Action]> {
        match (&self.question, &self.picking) {
            (Some(_), _) => Some(&[Action::Accept, Action::Decline]),
            (_, Some(_)) => Some(&[Action::Open, Action::Back]),
            _ => None,
        }
    }

    /// Which key throws the form's content away.
    pub fn discard_key(&self, ctx: &Context<'_>) -> String {
        let chord = ctx.keymap.chord_for(&self.contexts(), Action::DiscardDraft);
        chord.map(|chord| chord.label(ctx.lang)).unwrap_or_default()
    }

    /// Whether an action means something to the form now.
    pub fn can(&self, action: Action) -> Can {
        if self.is_asking() {
            let answers = [Action::Accept, Action::Decline, Action::Back, Action::Open, Action::Left, Action::Right];
            return if answers.contains(&action) { Can::Yes } else { Can::Pass };
        }
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
}
