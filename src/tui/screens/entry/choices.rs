//! Choosing the content of an item from a list: codes, workers, a few records.

use chrono::NaiveDate;

use super::Entry;
use super::item::Control;
use crate::domain::codes;
use crate::domain::id::WorkerId;
use crate::domain::region::RegionCode;
use crate::replica::rows::Row;
use crate::tui::app::{Context, Input};
use crate::tui::keymap::{Code as KeyCode, Key};
use crate::tui::screens::pool::{self, Territory};
use crate::tui::widgets::{Choice, PickList};

impl Entry {
    /// Whether the item is chosen from a list.
    pub(super) fn is_chosen_from_list(&self, focus: usize) -> bool {
        matches!(
            self.items[focus].control,
            Control::Code { .. } | Control::Workers(_) | Control::Among { .. } | Control::Household { .. }
        )
    }

    /// The list from which the item is chosen.
    pub(super) fn pick_list(&self, focus: usize, ctx: &Context<'_>) -> PickList {
        let item = &self.items[focus];
        let (choices, current) = match &item.control {
            Control::Code { list, code } => (code_choices(list, ctx), Some(code.as_str())),
            Control::Workers(workers) => (worker_choices(workers, ctx), None),
            Control::Among { choices, chosen } => {
                let shown = choices.iter().map(|(id, label)| Choice::new(id, label, [label.as_str()]));
                (shown.collect(), Some(chosen.as_str()))
            }
            Control::Household { within, .. } => {
                return PickList::looked_up(item.label(ctx.lang), households(within, "", ctx), ctx.screen());
            }
            _ => (Vec::new(), None),
        };
        PickList::new(item.label(ctx.lang), choices, current, ctx.screen())
    }
}

/// Puts into an open list what fits the text that is typed, where that is looked up elsewhere.
pub(super) fn feed(list: &mut PickList, control: &Control, ctx: &Context<'_>) {
    if let (Control::Household { within, .. }, Some(query)) = (control, list.query()) {
        list.feed(households(within, &query, ctx));
    }
}

/// Households of a region that this worker may see, best first; nothing typed gives the first ones of the list.
fn households(within: &RegionCode, query: &str, ctx: &Context<'_>) -> Vec<Choice> {
    /// Who is not among so many needs another letter.
    const LISTED: usize = 60;
    /// Looked through for those of the region.
    const FOUND: usize = 1_000;
    let memory = ctx.memory;
    let territory = Territory::of(ctx);
    let fits = |row: &Row<'_>| {
        let in_region = memory.region(row.fixed().region).is_some_and(|region| within.contains(region));
        row.is_present() && in_region && territory.has(row.id(), ctx)
    };
    let choice = |row: Row<'_>| {
        let place = memory.region(row.fixed().region).map(|code| pool::place(code, ctx)).unwrap_or_default();
        let label = format!("{}  {place}  {}", ctx.name(row.head()), row.archive_no());
        Choice::new(&row.id().to_string(), &label, [])
    };
    if query.is_empty() {
        return memory.rows.iter().map(|(_, row)| row).filter(fits).take(LISTED).map(choice).collect();
    }
    let hits = memory.search.find(query, FOUND).hits;
    hits.iter().filter_map(|hit| memory.rows.get(hit.row)).filter(fits).take(LISTED).map(choice).collect()
}

/// What was typed, outside of a text: a character that no key binding took, what an input method committed.
pub(super) fn typed(input: &Input) -> Option<String> {
    match input {
        Input::Text(typed) | Input::Paste(typed) => Some(typed.clone()),
        Input::Unbound(chord) => match chord.0.as_slice() {
            [Key { code: KeyCode::Char(c), ctrl: false, alt: false, .. }] => Some(c.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// Goes to the next or the previous entry of a list, round its ends.
pub(super) fn cycle(list: &str, code: &mut String, forward: bool, today: NaiveDate) -> bool {
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
