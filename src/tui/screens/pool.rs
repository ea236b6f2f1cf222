//! What the lists of leads, needs and wishes have in common: whose territory a row lies in, the line of filters, and
//! whether an act is possible.

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::format;
use crate::domain::id::HouseholdId;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::region::RegionCode;
use crate::domain::worker::Right;
use crate::i18n::{Explain as _, forms as text, screens};
use crate::replica::rows::{NO_DAY, day};
use crate::tui::app::{Can, Context, Opening};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Column, Table, split_bottom, split_left, split_top, tabs};

/// The territory of the worker.
pub struct Territory {
    /// By number of region, as rows have it.
    within: Vec<bool>,
}

impl Territory {
    /// The territory of whoever looks; a worker without regions has all that the device holds.
    pub fn of(ctx: &Context<'_>) -> Territory {
        let within = ctx.memory.regions().iter().map(|code| holds(ctx, code)).collect();
        Territory { within }
    }

    /// Whether a household lies in it.
    pub fn has(&self, household: HouseholdId, ctx: &Context<'_>) -> bool {
        ctx.memory
            .household(household)
            .is_some_and(|row| self.within.get(row.fixed().region as usize).copied().unwrap_or(false))
    }
}

/// Whether the worker's territory has a region; one that is not known is everybody's.
pub fn holds(ctx: &Context<'_>, code: &RegionCode) -> bool {
    let regions = &ctx.actor.regions;
    regions.is_empty() || code.is_empty() || regions.iter().any(|held| held.contains(code))
}

/// Whether records can be changed now.
pub fn writable(ctx: &Context<'_>) -> Can {
    match ctx.opening {
        Opening::Open if ctx.sync.read_only => Can::No(screens::writes_nothing(ctx.lang).to_owned()),
        Opening::Open => Can::Yes,
        Opening::Rows => Can::No(screens::still_opening(ctx.lang).to_owned()),
        Opening::Failed(fault) => Can::No(fault.message(ctx.lang).to_owned()),
    }
}

/// Whether the worker may do something now.
pub fn permitted(ctx: &Context<'_>, right: Right) -> Can {
    if ctx.may(right) { writable(ctx) } else { Can::No(screens::no_right(ctx.lang).to_owned()) }
}

/// Whether an act is possible: the role allows it, and the lifecycle table does.
pub fn possible<S>(ctx: &Context<'_>, right: Right, step: Result<S, Reason>) -> Can {
    match (permitted(ctx, right), step) {
        (Can::Yes, Err(reason)) => Can::No(Refusal::from(reason).message(ctx.lang)),
        (can, _) => can,
    }
}

/// The reason where no row is selected.
pub fn nothing_selected(ctx: &Context<'_>) -> Can {
    Can::No(text::nothing_selected(ctx.lang).to_owned())
}

/// The line of filters, each with the number of its rows.
pub fn filter_line(
    names: &[&str],
    counts: &[usize],
    selected: usize,
    ctx: &Context<'_>,
    area: Rect,
    frame: &mut Frame<'_>,
) {
    let titles: Vec<String> = names.iter().zip(counts).map(|(name, count)| format!("{name} {count}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    tabs(area, frame.buf, &ctx.theme, &titles, selected);
}

/// A list with its headings.
pub fn table<'a>(columns: &'a [Column], empty: &'a str, ctx: &Context<'_>) -> Table<'a> {
    Table { columns, sorted: None, header: true, focused: true, empty, theme: ctx.theme }
}

/// A household's head and village, as this worker may see them; nothing where the role has no right to case files.
pub fn head_and_village(household: Option<HouseholdId>, ctx: &Context<'_>) -> (String, String) {
    let row = household.filter(|_| ctx.may(Right::SeeCases)).and_then(|id| ctx.memory.household(id));
    row.map_or_else(Default::default, |row| {
        let village = ctx.memory.region(row.fixed().region).map(|code| place(code, ctx).into_owned());
        (ctx.name(row.head()).into_owned(), village.unwrap_or_default())
    })
}

/// A village, or a grid of it, in a few characters.
pub fn place<'a>(code: &'a RegionCode, ctx: &Context<'a>) -> Cow<'a, str> {
    if code.is_empty() { "".into() } else { format::village_of(code, ctx) }
}

/// Rows below a list in which the selected one stands in full where there is no room beside it, with the gap above.
const STRIP: u16 = 4;

/// The list, and where the selected row stands in full: beside it where there is room, else below.
pub fn panes(ctx: &Context<'_>, area: Rect) -> (Rect, Rect) {
    if ctx.is_wide() {
        let (left, right) = split_left(area, area.width * 2 / 3);
        return (left, Rect { x: right.x + 2, width: right.width.saturating_sub(2), ..right });
    }
    below(area, STRIP)
}

/// A list, and so many rows below it in which the selected one stands, with a gap between; never more than half.
pub fn below(area: Rect, rows: u16) -> (Rect, Rect) {
    let (list, strip) = split_bottom(area, rows.min(area.height / 2));
    let text = split_top(strip, 1).1;
    (list, Rect { x: text.x + 2, width: text.width.saturating_sub(2), ..text })
}

/// Rows of such a list: without the filters, the gap and the headings above it.
pub fn list_height(ctx: &Context<'_>) -> u16 {
    let strip = if ctx.is_wide() { 0 } else { STRIP };
    ctx.body().height.saturating_sub(3 + strip).max(1)
}

/// Days that are left until a day, or by how many it is over, with the look.
pub fn days_left(until: i32, ctx: &Context<'_>) -> (String, Role) {
    if until == NO_DAY {
        return ("—".to_owned(), Role::Dim);
    }
    match until - day(ctx.today()) {
        over @ ..0 => (text::days_over(ctx.lang, -over), Role::Overdue),
        left @ 0..=3 => (text::days_left(ctx.lang, left), Role::Warning),
        left => (text::days_left(ctx.lang, left), Role::Text),
    }
}

/// How long ago a day was, in the look of something overdue from `limit` days on.
pub fn age(reported: i32, limit: i32, ctx: &Context<'_>) -> (String, Role) {
    let late = reported != NO_DAY && day(ctx.today()) - reported > limit;
    (format::ago(reported, ctx).into_owned(), if late { Role::Overdue } else { Role::Dim })
}
