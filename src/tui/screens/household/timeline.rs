//! Everything that happened to a household, newest first: what the history tells, and what records tell that came in
//! before there was one (rosters, carried-over data).

use std::collections::HashSet;

use super::page::Page;
use super::shown;
use crate::domain::allotment as stock;
use crate::domain::change::FieldChange;
use crate::domain::field::FieldKind;
use crate::domain::moment::Moment;
use crate::domain::record::RecordKey;
use crate::domain::records::{Dossier, HistoryEntry, OlderPage};
use crate::i18n::{domain, screens as text};
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// One thing that happened.
struct Event {
    at: Moment,
    what: String,
    /// Below the line.
    more: String,
}

/// Each event with who did it.
pub(super) fn page(file: &Dossier, older: &[OlderPage], ctx: &Context<'_>) -> Page {
    let mut page = Page::default();
    let history = || file.history.iter().chain(older.iter().flat_map(|page| page.history.iter()));
    let told: HashSet<RecordKey> = history().flat_map(|entry| entry.records.iter().copied()).collect();
    let mut events: Vec<Event> = history().map(|entry| from_history(entry, file, older, ctx)).collect();
    from_records(file, older, &told, ctx, &mut events);
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    for event in events {
        page.field(event.at.to_minute(), event.what);
        page.note(event.more, Role::Dim);
    }
    if page.is_empty() {
        page.text(text::no_history(ctx.lang), Role::Dim);
    }
    if file.older_pages as usize > older.len() {
        page.text(text::older_waiting(ctx.lang, &super::visits::older_key(ctx)), Role::Accent);
    }
    page
}

fn from_history(entry: &HistoryEntry, file: &Dossier, older: &[OlderPage], ctx: &Context<'_>) -> Event {
    let by = ctx.memory.reference.worker_name(entry.by);
    let mut more: Vec<String> = entry
        .fields
        .iter()
        .filter(|(record, change)| is_worth_telling(*record, change))
        .map(|(record, change)| given(*record, change, ctx).unwrap_or_else(|| changed(*record, change, ctx)))
        .collect();
    more.extend(entry.records.iter().filter_map(|key| title(*key, file, older, ctx)));
    let what = format!("{}  {by}", domain::command(ctx.lang, &entry.what));
    Event { at: entry.at, what, more: more.join(ctx.lang.pick("；", "; ")) }
}

/// Fields that people know, as opposed to the program's own.
fn is_worth_telling(record: RecordKey, change: &FieldChange) -> bool {
    let field = record.kind.table().field(&change.field);
    field.is_some_and(|field| !matches!(field.kind, FieldKind::Internal | FieldKind::Reference | FieldKind::References))
}

/// What the household got of a point's stock: `棉被 2床`.
fn given(record: RecordKey, change: &FieldChange, ctx: &Context<'_>) -> Option<String> {
    let quantity = stock::given(record, change)?;
    let resource = ctx.memory.reference.resource_of(record.id.into());
    let (name, unit) = resource.map_or(("", ""), |resource| (resource.name.as_str(), resource.unit.as_str()));
    Some(format!("{name} {quantity}{unit}").trim_start().to_owned())
}

/// A changed field in words: `联系电话：138****1001 → 139****2002`. Identity and sensitive contents stay masked.
pub(super) fn changed(record: RecordKey, change: &FieldChange, ctx: &Context<'_>) -> String {
    let Some(field) = record.kind.table().field(&change.field) else { return String::new() };
    let content = |value: &crate::domain::value::Value| {
        if value.is_empty() { "—".to_owned() } else { shown(record, field, value, ctx).0 }
    };
    text::changed(ctx.lang, field.label(ctx.lang), &content(&change.before), &content(&change.after))
}

/// What a record of this file is about, in a few words.
fn title(key: RecordKey, file: &Dossier, older: &[OlderPage], ctx: &Context<'_>) -> Option<String> {
    use crate::domain::record::Record;
    let visit = || older.iter().flat_map(|page| page.visits.iter()).find(|visit| visit.key() == key).cloned();
    match file.record(key).or_else(|| visit().map(Record::Visit))? {
        Record::Visit(visit) => Some(super::visits::line(&visit, ctx)),
        Record::Need(need) => Some(need.title),
        Record::Wish(wish) => Some(wish.card_text),
        Record::Claim(claim) => Some(claim.claimant),
        Record::Lead(lead) => Some(lead.content),
        Record::Member(member) => Some(ctx.name(&member.name).into_owned()),
        _ => None,
    }
}

/// Records that no history tells of.
fn from_records(
    file: &Dossier,
    older: &[OlderPage],
    told: &HashSet<RecordKey>,
    ctx: &Context<'_>,
    events: &mut Vec<Event>,
) {
    let mut add = |key: RecordKey, at: Moment, what: &str, by: &str, more: String| {
        if !told.contains(&key) && at != Moment::default() {
            let what = format!("{}  {by}", domain::command(ctx.lang, what));
            events.push(Event { at, what, more });
        }
    };
    let name = |worker: Option<crate::domain::id::WorkerId>| {
        worker.map(|id| ctx.memory.reference.worker_name(id)).unwrap_or_default()
    };
    let read = older.iter().flat_map(|page| page.visits.iter()).filter(|visit| !visit.meta.deleted);
    for visit in file.live_visits().chain(read) {
        add(visit.key(), visit.at, "log_visit", "", super::visits::line(visit, ctx));
    }
    for need in file.needs.iter().filter(|need| !need.meta.deleted) {
        add(need.key(), need.reported_at, "register_need", name(need.reported_by), need.title.clone());
    }
    for wish in file.wishes.iter().filter(|wish| !wish.meta.deleted) {
        if let Some(at) = wish.published_at {
            add(wish.key(), at, "publish_wish", name(wish.reviewed_by), wish.card_text.clone());
        }
    }
    for claim in file.claims.iter().filter(|claim| !claim.meta.deleted) {
        add(claim.key(), claim.claimed_at, "claim_wish", name(claim.recorded_by), claim.claimant.clone());
        if let Some(at) = claim.fulfilled_at {
            add(claim.key(), at, "fulfil_claim", name(claim.recorded_by), claim.claimant.clone());
        }
    }
    for lead in file.leads.iter().filter(|lead| !lead.meta.deleted) {
        add(lead.key(), lead.reported_at, "report_lead", name(lead.reported_by), lead.content.clone());
    }
}
