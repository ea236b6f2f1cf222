//! Half-filled forms, kept and taken up again.

use std::time::Duration;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Entry;
use super::item::Control;
use crate::domain::record::RecordKey;
use crate::domain::value::Value;
use crate::i18n::forms as text;
use crate::tui::app::{Context, Effect, Input, Notice, Work};
use crate::tui::keymap::Action;
use crate::tui::session::Timer;
use crate::tui::theme::Role;

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

/// A draft as it is kept: its name and its content.
pub struct Kept {
    /// Under which it is kept.
    pub key: String,
    /// What is kept.
    pub content: Vec<u8>,
}

impl Kept {
    /// A draft of a content; `None` where it cannot be written down, which no content of a form is.
    pub fn of(key: String, content: &impl Serialize) -> Option<Kept> {
        serde_json::to_vec(content).ok().map(|content| Kept { key, content })
    }

    fn save(self) -> Effect {
        Effect::Work(Work::SaveDraft { key: self.key, content: self.content })
    }
}

/// What every form with a draft does alike: keeps it when the keys rest, when asked to and when the form is left, and asks
/// before it throws it away. `None` for an input that means nothing of this. `touched` says whether there is anything to
/// keep; a form that keeps none gives no content.
pub fn take(
    entry: &mut Entry,
    input: &Input,
    touched: bool,
    ctx: &Context<'_>,
    content: impl FnOnce(&Entry) -> Option<Kept>,
) -> Option<Vec<Effect>> {
    if entry.is_asking() && matches!(input, Input::Action(_)) {
        return None;
    }
    let told = || Effect::Tell(Notice::Text(text::draft_kept(ctx.lang).to_owned(), Role::Notice));
    let save = |wanted: bool| wanted.then(|| content(entry)).flatten().map(Kept::save);
    match input {
        Input::Timer(timer) if *timer == KEEP => Some(save(touched).into_iter().collect()),
        Input::Action(Action::SaveDraft) => Some(save(true).into_iter().chain([told()]).collect()),
        Input::Action(Action::DiscardDraft) if touched => {
            entry.ask_discard(ctx);
            Some(Vec::new())
        }
        Input::Action(Action::DiscardDraft) => Some(vec![Effect::Leave]),
        Input::Action(Action::Back) if !entry.is_covered() => {
            let saved = save(touched);
            let told = saved.is_some().then(told);
            Some(saved.into_iter().chain(told).chain([Effect::Leave]).collect())
        }
        _ => None,
    }
}

/// Throws a draft away and leaves the form.
pub fn discard(key: Option<String>) -> Vec<Effect> {
    let drop = key.map(|key| Effect::Work(Work::DropDraft(key)));
    drop.into_iter().chain([Effect::Cancel(KEEP), Effect::Leave]).collect()
}

/// Tells that a draft was taken up, and which key throws it away.
pub fn taken_up(entry: &Entry, ctx: &Context<'_>) -> Effect {
    Effect::Tell(Notice::Text(text::draft_taken_up(ctx.lang, &entry.discard_key(ctx)), Role::Notice))
}
