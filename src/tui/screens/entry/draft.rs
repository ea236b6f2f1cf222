//! Half-filled forms, kept and taken up again.

use std::time::Duration;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Entry;
use super::item::Control;
use crate::domain::record::RecordKey;
use crate::domain::value::Value;
use crate::tui::session::Timer;

/// Half-filled forms are kept when it rings: this long after the last key.
pub const KEEP: Timer = Timer("form.keep");
/// How long after the last key.
pub const KEEP_AFTER: Duration = Duration::from_millis(600);

/// A half-filled form as a draft keeps it: item by item, in the form's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Whose field, its name, and its content as typed.
    items: Vec<(Option<RecordKey>, String, Value)>,
    focus: usize,
}

impl Entry {
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
        self.touched = true;
        self.form.focus = draft.focus.min(self.items.len().saturating_sub(1));
    }
}
