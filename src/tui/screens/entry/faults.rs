//! What is wrong with a form, at the fields that it is about.

use chrono::NaiveDate;
use ratatui::layout::Rect;

use super::item::check;
use super::{Entry, Of};
use crate::tui::app::{Context, Fault};

impl Entry {
    /// Checks every item against its field; shows what is wrong and goes to the first fault. Whether all is well.
    pub fn check(&mut self, ctx: &Context<'_>, area: Rect) -> bool {
        let today = ctx.today();
        for item in &mut self.items {
            let value = item.value(today);
            // A fact that is left as it stands is not held against the form.
            let checked =
                if item.last.is_some() && !item.is_changed(today) { Ok(()) } else { check(item.field, &value, today) };
            item.faults = checked.err().into_iter().collect();
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
            let at = self.at_fault(fault.record, field, ctx.today());
            match at.and_then(|at| self.items.get_mut(at)) {
                Some(item) => item.faults.push(Fault { also: Vec::new(), ..fault.clone() }),
                None => elsewhere.push(Fault { also: Vec::new(), ..fault.clone() }),
            }
        }
        self.go_to_first_fault(ctx, area);
        elsewhere
    }

    /// The item that a refusal means by a field's name. Where it does not say whose, what was changed comes before what
    /// was left as it stands.
    fn at_fault(&self, of: Of, field: &str, today: NaiveDate) -> Option<usize> {
        if let Some(at) = of.and_then(|_| self.at(of, field)) {
            return Some(at);
        }
        let named = || self.items.iter().enumerate().filter(|(_, item)| item.field.name == field);
        let own = named().find(|(_, item)| item.record.is_none());
        let changed = || named().find(|(_, item)| item.is_changed(today) || item.last.is_none() && item.is_empty());
        own.or_else(changed).or_else(|| named().next()).map(|(at, _)| at)
    }

    fn go_to_first_fault(&mut self, ctx: &Context<'_>, area: Rect) -> bool {
        let mut form = self.form;
        let found = self.with_form(ctx, |widget| form.to_first_error(widget, area));
        self.form = form;
        !found
    }

    /// The reason "other" has to be put into words: stars the item for them.
    pub fn require_words(&mut self, ctx: &Context<'_>) {
        let is_other = |entry: &Entry, field| entry.text(None, field, ctx.today()) == "other";
        let visit = is_other(self, "refusal_reason");
        let required = visit || is_other(self, "reason");
        let words: &[&str] = if visit { &["note"] } else { &["remark", "findings", "outcome"] };
        for item in &mut self.items {
            if item.record.is_none() && words.contains(&item.field.name) {
                item.required = required;
            }
        }
    }
}
