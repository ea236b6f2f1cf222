//! What a sheet is about: the household, need, card or lead, above the form.

use ratatui::layout::Rect;

use super::{Purpose, Record, State};
use crate::domain::codes;
use crate::domain::id::HouseholdId;
use crate::i18n::forms as text;
use crate::tui::app::Context;
use crate::tui::text as cells;
use crate::tui::widgets::split_top;

/// Rows that what the sheet is about takes at most.
const ABOUT_ROWS: usize = 3;

/// What it is about, as lines, and the form below them.
pub(super) fn parts(state: &State, ctx: &Context<'_>, body: Rect) -> (Vec<String>, Rect) {
    let about = about(state, ctx);
    let width = usize::from(body.width.saturating_sub(2));
    let mut lines: Vec<String> = cells::wrap(&about, width).into_iter().map(|range| about[range].to_owned()).collect();
    if lines.len() > ABOUT_ROWS {
        lines.truncate(ABOUT_ROWS);
        lines[ABOUT_ROWS - 1].push('…');
    }
    let rows = lines.len().max(1) as u16;
    (lines, split_top(body, rows + 1).1)
}

/// The household, need, card or lead in one line.
fn about(state: &State, ctx: &Context<'_>) -> String {
    let pools = &ctx.memory.pools;
    let household =
        |id: HouseholdId| ctx.memory.household(id).map(|row| ctx.name(row.head()).into_owned()).unwrap_or_default();
    match &state.purpose {
        Purpose::Need(id) | Purpose::Lead(Some(id)) => household(*id),
        Purpose::VerifyNeed(id, need)
        | Purpose::RejectNeed(id, need)
        | Purpose::WithdrawNeed(id, need)
        | Purpose::Triage(id, need)
        | Purpose::MergeNeed(id, need)
        | Purpose::ConfirmNeed(id, need)
        | Purpose::Wish(id, need) => {
            let title = pools.needs.find(*need).map(|row| row.title()).unwrap_or_default();
            format!("{}  {title}", household(*id))
        }
        // Whoever rewrites a card has to know why it came back.
        Purpose::RewriteWish(..)
            if let Record::Wish(wish) = &state.record
                && !wish.reason.is_empty() =>
        {
            let reason = codes::label("reject_reason", wish.reason.as_str(), ctx.lang);
            text::card_returned(ctx.lang, &reason, &wish.remark).trim_end().to_owned()
        }
        Purpose::RewriteWish(_, wish)
        | Purpose::RejectWish(wish)
        | Purpose::WithdrawWish(wish)
        | Purpose::Claim(wish)
        | Purpose::Hold(wish)
        | Purpose::ConfirmWish(wish) => {
            pools.wishes.find(*wish).map(|row| row.card_text().to_owned()).unwrap_or_default()
        }
        Purpose::GiveOut(id) => {
            let reference = &ctx.memory.reference;
            let Some(allotment) = reference.allotments.get(id) else { return String::new() };
            let station = allotment.station.and_then(|station| reference.stations.get(&station));
            let station = station.map(|station| station.name.as_str()).unwrap_or_default();
            let resource = reference.resource_of(*id);
            let (name, unit) = resource.map_or(("", ""), |held| (held.name.as_str(), held.unit.as_str()));
            text::stock_left(ctx.lang, station, name, allotment.left(), unit)
        }
        Purpose::Connect(claim) | Purpose::Release(claim) | Purpose::Fulfil(claim) | Purpose::NameDonor(claim) => pools
            .claims
            .get(claim)
            .and_then(|wish| pools.wishes.find(*wish))
            .map(|row| row.card_text().to_owned())
            .unwrap_or_default(),
        Purpose::SettleLead(lead, _) => {
            pools.leads.find(*lead).map(|row| format!("{}  {}", row.subject, row.content)).unwrap_or_default()
        }
        Purpose::Lead(None) => String::new(),
        Purpose::Reveal(_, key, field) => {
            key.kind.table().field(field).map(|field| field.label(ctx.lang).to_owned()).unwrap_or_default()
        }
    }
}
