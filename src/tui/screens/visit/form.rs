//! What the form asks, and the command that it makes.

use std::sync::Arc;

use super::{State, form_area};
use crate::domain::change::FieldChange;
use crate::domain::command::{Amendment, Command};
use crate::domain::due;
use crate::domain::household::Household;
use crate::domain::member::Member;
use crate::domain::need::Need;
use crate::domain::record::{Fields as _, Kind, RecordKey, SetError, Table};
use crate::domain::records::Dossier;
use crate::domain::risk;
use crate::domain::value::{FieldValue as _, Value};
use crate::domain::visit::{Visit, VisitResult};
use crate::i18n::forms as text;
use crate::replica::projection::risk_facts;
use crate::tui::app::Context;
use crate::tui::screens::entry::{Entry, Item};
use crate::tui::screens::sheet::advice;

/// What is asked of the visit itself, what changes from visit to visit first.
const VISIT_ITEMS: &[&str] = &["result", "mode", "note", "next_due", "event", "language", "visitors", "companions"];
/// Facts of the household that a visit looks at.
const HOUSEHOLD_FACTS: &[&str] = &["phone", "address", "annual_income"];
/// Facts of each member that a visit looks at.
const MEMBER_FACTS: &[&str] = &["health", "disease", "selfcare", "labour", "employment", "school", "left_on"];
/// What is asked of a need found on the spot; the rest is triage.
const NEED_ITEMS: &[&str] = &["title", "field", "urgency", "item"];

pub(super) fn begin(state: &mut State, file: Arc<Dossier>, visit: Visit, ctx: &Context<'_>) {
    let table = Visit::TABLE;
    let item = |name: &str| table.field(name).map(|field| Item::new(field, &visit.get(name).unwrap_or_default()));
    let mut items: Vec<Item> = VISIT_ITEMS.iter().filter_map(|name| item(name)).collect();
    let household = &file.household;
    items.extend(facts(household.key(), "", Household::TABLE, HOUSEHOLD_FACTS, &|name| household.get(name)));
    for member in file.present_members() {
        items.extend(facts(member.key(), &member.name, Member::TABLE, MEMBER_FACTS, &|name| member.get(name)));
    }
    state.entry = Entry::new(items);
    if let Some(last) = file.live_visits().next() {
        // The language and the mode rarely change from visit to visit.
        state.entry.set("language", &last.language.to_value());
    }
    state.visit = visit;
    state.file = Some(file);
    follow_result(state, ctx);
}

fn facts(
    key: RecordKey,
    whose: &str,
    table: &'static Table,
    names: &[&str],
    held: &dyn Fn(&str) -> Option<Value>,
) -> Vec<Item> {
    names
        .iter()
        .filter_map(|name| table.field(name))
        .map(|field| Item::fact(key, whose, field, &held(field.name).unwrap_or_default()))
        .collect()
}

pub(super) fn need_items(need: &Need) -> Vec<Item> {
    NEED_ITEMS
        .iter()
        .filter_map(|name| Need::TABLE.field(name))
        .map(|field| Item::asked(need.key(), "＋", field, &need.get(field.name).unwrap_or_default()))
        .collect()
}

pub(super) fn go_to_last_need(state: &mut State, ctx: &Context<'_>) {
    let area = form_area(ctx.body(), ctx);
    let count = state.entry.items().len();
    // By way of its last item, so that all of it is visible.
    state.entry.focus(count.saturating_sub(1), ctx, area);
    state.entry.focus(count.saturating_sub(NEED_ITEMS.len()), ctx, area);
}

/// What else changes when an item does.
pub(super) fn follow(state: &mut State, at: usize, ctx: &Context<'_>) {
    state.entry.require_words(ctx);
    match state.entry.items().get(at).filter(|item| item.record.is_none()).map(|item| item.field.name) {
        Some("result") => follow_result(state, ctx),
        Some("next_due") => state.next_by_hand = true,
        _ => advise(state, ctx),
    }
}

/// Warns of needs that the household has already, and asks why one more is needed.
pub(super) fn advise(state: &mut State, ctx: &Context<'_>) {
    let Some(file) = &state.file else { return };
    for need in &state.needs {
        let of = Some(need.key());
        let like = advice::like_need(file, need, &state.entry, of, ctx);
        advice::ask_why(&mut state.entry, of, Need::TABLE, "title", like);
    }
}

/// A need that was opened and left blank was not found after all.
pub(super) fn drop_blank_needs(state: &mut State, ctx: &Context<'_>) {
    let State { needs, entry, .. } = state;
    needs.retain(|need| !entry.text(Some(need.key()), "title", ctx.today()).trim().is_empty());
    entry.retain(|item| match item.record {
        Some(key) if key.kind == Kind::Need => needs.iter().any(|need| need.key() == key),
        _ => true,
    });
}

/// A refusal asks for its reason; every result proposes its own next date.
pub(super) fn follow_result(state: &mut State, ctx: &Context<'_>) {
    let today = ctx.today();
    let result = VisitResult::from_code(&state.entry.text(None, "result", today)).unwrap_or_default();
    if result == VisitResult::Refused && !state.entry.has(None, "refusal_reason") {
        let items = ["refusal_reason", "mediator"].into_iter().filter_map(|name| Visit::TABLE.field(name));
        state.entry.insert_after(
            None,
            "result",
            items
                .map(|field| {
                    let item = Item::new(field, &Value::Null);
                    if field.name == "refusal_reason" { item.required() } else { item }
                })
                .collect(),
        );
    } else if result != VisitResult::Refused {
        state.entry.retain(|item| item.record.is_some() || !matches!(item.field.name, "refusal_reason" | "mediator"));
    }
    if !state.next_by_hand
        && let Some(file) = &state.file
    {
        let grade = risk::assess(&risk_facts(file, today)).grade;
        let next = due::propose(state.visit.at.date(), result.code(), grade);
        state.entry.set("next_due", &next.to_value());
        state.entry.hint(None, "next_due", Some(text::proposed_by_grade(grade)));
    }
}

/// The command that logs the visit with the facts and needs it found.
pub(super) fn command(state: &State, ctx: &Context<'_>) -> Result<Command, SetError> {
    let today = ctx.today();
    let mut visit = state.visit.clone();
    let mut needs = state.needs.clone();
    for item in state.entry.items() {
        let value = state.entry.value_at(item, today);
        match item.record {
            None => visit.set(item.field.name, value)?,
            Some(key) if key.kind == Kind::Need => {
                if let Some(need) = needs.iter_mut().find(|need| need.key() == key) {
                    need.set(item.field.name, value)?;
                }
            }
            Some(_) => {}
        }
    }
    let amendments = state
        .entry
        .changed_facts(today)
        .into_iter()
        .filter(|(record, ..)| record.kind != Kind::Need)
        .map(|(record, field, before, after)| Amendment {
            record,
            change: FieldChange { field: field.name.to_owned(), before, after },
        })
        .collect();
    Ok(Command::LogVisit { visit: Box::new(visit), amendments, needs })
}
