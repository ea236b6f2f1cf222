//! One item of a form: whose field, what is typed into it, and what is wrong with it.

use chrono::NaiveDate;

use crate::domain::display;
use crate::domain::field::{Field, FieldKind, Privacy};
use crate::domain::id::{HouseholdId, WorkerId};
use crate::domain::id_number::IdNumber;
use crate::domain::money::Fen;
use crate::domain::record::RecordKey;
use crate::domain::refusal::{Label, Reason, Refusal};
use crate::domain::region::RegionCode;
use crate::domain::validate;
use crate::domain::value::{FieldValue as _, Value};
use crate::i18n::Lang;
use crate::tui::app::Fault;
use crate::tui::widgets::{self, LineInput, TextArea};

/// Rows of a note.
const NOTE_ROWS: u16 = 4;

/// One item of a form.
#[derive(Debug)]
pub struct Item {
    /// Whose field; `None` for a record that is being made.
    pub record: Option<RecordKey>,
    /// The field.
    pub field: &'static Field,
    /// The heading of the part of the form that begins with it.
    pub heading: Option<Label>,
    /// Stands before the label: whose fact it is, where several persons have the same field.
    pub whose: String,
    /// The last content on record; a different one is highlighted and shown beside it.
    pub last: Option<Value>,
    /// It has to be filled in, as far as it is not on record already: shown by a star.
    pub required: bool,
    /// A note below, in both languages.
    pub hint: Option<Label>,
    pub(super) control: Control,
    pub(super) faults: Vec<Fault>,
    /// The content on record is masked: it stands behind an empty line, and what is typed takes its place.
    pub(super) veiled: bool,
}

/// How an item is entered.
#[derive(Debug)]
pub(super) enum Control {
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
    /// A household of a region, found as anywhere.
    Household {
        within: RegionCode,
        chosen: Option<HouseholdId>,
    },
}

impl Item {
    /// An item for a field, holding a value.
    pub fn new(field: &'static Field, value: &Value) -> Item {
        Item {
            record: None,
            field,
            heading: None,
            whose: String::new(),
            last: None,
            required: field.required,
            hint: None,
            control: Control::of(field, value),
            faults: Vec::new(),
            veiled: false,
        }
    }

    /// The same item, to be filled in whatever the field's table says.
    pub fn required(self) -> Item {
        Item { required: true, ..self }
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

    /// A fact on record that takes one of a few values, each with what it is in words.
    pub fn fact_among(record: RecordKey, field: &'static Field, choices: Vec<(String, String)>, held: &Value) -> Item {
        let chosen = held.as_text().unwrap_or_default().to_owned();
        Item { record: Some(record), last: Some(held.clone()), ..Item::among_with(field, choices, chosen) }
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
        Item::among_with(field, choices, chosen)
    }

    /// As [`Item::among`], with the one that is likely meant.
    pub fn among_with(field: &'static Field, choices: Vec<(String, String)>, chosen: String) -> Item {
        Item { control: Control::Among { choices, chosen }, ..Item::new(field, &Value::Null) }
    }

    /// An item that takes a household of a region.
    pub fn household(field: &'static Field, within: RegionCode) -> Item {
        Item { control: Control::Household { within, chosen: None }, ..Item::new(field, &Value::Null) }
    }

    /// The same item, of one of several records.
    pub fn of(self, record: RecordKey) -> Item {
        Item { record: Some(record), ..self }
    }

    /// The same item under a heading.
    pub fn headed(self, heading: Label) -> Item {
        Item { heading: Some(heading), ..self }
    }

    /// Replaces the content.
    pub(super) fn put(&mut self, value: &Value) {
        self.control = match &self.control {
            Control::Among { choices, .. } => {
                Control::Among { choices: choices.clone(), chosen: value.as_text().unwrap_or_default().to_owned() }
            }
            Control::Household { within, .. } => {
                Control::Household { within: within.clone(), chosen: value.as_text().and_then(|id| id.parse().ok()) }
            }
            _ => Control::of(self.field, value),
        };
    }

    /// Puts the content on record into the line, once somebody was allowed to see it, so that a part of it can be changed.
    /// What was typed meanwhile stays.
    pub(super) fn unveil(&mut self) {
        if self.veiled && self.is_empty() {
            self.veiled = false;
            let held = self.last.clone().unwrap_or_default();
            self.put(&held);
        }
    }

    /// Whose field it is and its name, where the content on record is masked.
    pub fn masked(&self) -> Option<(RecordKey, &'static str)> {
        self.record.filter(|_| self.veiled).map(|record| (record, self.field.name))
    }

    /// What stands in for a line that identifies somebody while it is not being typed; `None` for other contents. Names
    /// are what a worker recognises people by.
    pub(super) fn stand_in(&self, lang: Lang, today: NaiveDate) -> Option<String> {
        let identifies = self.field.privacy == Privacy::Identity && self.field.kind != FieldKind::Name;
        let Control::Line(line) = &self.control else { return None };
        (identifies && !line.text().is_empty()).then(|| display::masked(self.field, &self.value(today), lang))
    }

    /// The content as far as it can be read.
    pub(super) fn value(&self, today: NaiveDate) -> Value {
        match &self.control {
            Control::Line(line) if self.veiled && line.text().is_empty() => self.last.clone().unwrap_or_default(),
            Control::Line(line) => read_line(self.field.kind, line.text(), today),
            Control::Note(area) => area.text().trim_end().to_owned().to_value(),
            Control::Code { code, .. } => code.to_value(),
            Control::Flag(on) => Value::Bool(*on),
            Control::Workers(workers) => workers.to_value(),
            Control::Among { chosen, .. } => chosen.to_value(),
            Control::Household { chosen, .. } => chosen.to_value(),
        }
    }

    pub(super) fn is_changed(&self, today: NaiveDate) -> bool {
        self.last.as_ref().is_some_and(|last| {
            let now = self.value(today);
            // An empty line and the number nought are the same content of a count.
            let is_nothing = |value: &Value| value.is_empty() || *value == Value::Int(0);
            now != *last && !(is_nothing(&now) && is_nothing(last))
        })
    }

    pub(super) fn rows(&self) -> u16 {
        if matches!(self.control, Control::Note(_)) { NOTE_ROWS } else { 1 }
    }

    pub(super) fn label(&self, lang: Lang) -> String {
        let label = self.field.label(lang);
        if self.whose.is_empty() { label.to_owned() } else { format!("{} {label}", self.whose) }
    }

    pub(super) fn note(&self, lang: Lang, today: NaiveDate) -> Option<String> {
        if let (true, Some(last)) = (self.is_changed(today), &self.last) {
            let shown = display::masked(self.field, last, lang);
            let shown = if shown.is_empty() { lang.pick("（空）", "(empty)").to_owned() } else { shown };
            return Some(format!("{}{shown}", lang.pick("原为：", "was: ")));
        }
        self.hint.as_ref().map(|hint| lang.pick(&hint.zh, &hint.en).clone()).filter(|hint| !hint.is_empty())
    }

    pub(super) fn error(&self, lang: Lang) -> Option<String> {
        let told: Vec<String> = self
            .faults
            .iter()
            .map(|f| format!("{}{}{} [{}]", f.message(lang), lang.pick("；", "; "), f.remedy(lang), f.code))
            .collect();
        (!told.is_empty()).then(|| told.join(" "))
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        match &self.control {
            Control::Line(line) => line.text().is_empty(),
            Control::Note(area) => area.text().is_empty(),
            Control::Code { code, .. } => code.is_empty(),
            Control::Flag(on) => !on,
            Control::Workers(workers) => workers.is_empty(),
            Control::Among { chosen, .. } => chosen.is_empty(),
            Control::Household { chosen, .. } => chosen.is_none(),
        }
    }
}

impl Control {
    pub(super) fn of(field: &'static Field, value: &Value) -> Control {
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
        FieldKind::IdNumber => {
            IdNumber::parse(typed, today).map_or_else(|_| text(), |number| Value::Text(number.reveal().to_owned()))
        }
        FieldKind::Count => {
            let plain: String = typed.chars().map(crate::domain::text::plain).collect();
            plain.parse().map_or_else(|_| text(), Value::Int)
        }
        _ => text(),
    }
}

/// What is wrong with a value in its field, if anything.
pub(super) fn check(field: &'static Field, value: &Value, today: NaiveDate) -> Result<(), Fault> {
    let misfit = |example: &str| {
        let label = Label { zh: field.zh.to_owned(), en: field.en.to_owned() };
        let reason = Reason::WrongKind { field: label, expected: example.to_owned() };
        Err(Fault::of(&Refusal::at(field.name, reason)))
    };
    match (field.kind, value) {
        (FieldKind::IdNumber, Value::Text(typed)) => match IdNumber::parse(typed, today) {
            Ok(_) => Ok(()),
            Err(error) => Err(Fault { field: Some(field.name.to_owned()), ..Fault::of(&error) }),
        },
        (FieldKind::Money, Value::Text(_)) => misfit("1,288.50"),
        (FieldKind::Count, Value::Text(_)) => misfit("0–9"),
        _ => validate::field(field, value, today).map_err(|refusal| Fault::of(&refusal)),
    }
}
