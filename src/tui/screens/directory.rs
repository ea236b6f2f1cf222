//! The directory (机构与资源): who works in the county, its organisations, stations on three levels, regions, and
//! resources with what of them is set aside for stations. Read only, but for giving out what is set aside.

mod detail;
mod part;
mod rows;

use ratatui::layout::Rect;

use self::part::{Entry, PARTS, Part};
use super::pool;
use super::sheet::{self, Purpose};
use crate::domain::allotment::Allotment;
use crate::domain::refusal::Reason;
use crate::domain::worker::Right;
use crate::i18n::directory as text;
use crate::tui::app::{Can, Context, Effect, Input, Subject};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::widgets::{Detail, ListState, Motion, Scroll, split_top};

/// The screen.
#[derive(Debug, Default)]
pub struct State {
    part: Part,
    entries: Vec<Entry>,
    counts: [usize; PARTS.len()],
    list: ListState,
}

fn selected(state: &State) -> Option<&Entry> {
    state.entries.get(state.list.selected)
}

/// Lists the part again; the selection stays on its entry.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    let held = selected(state).cloned();
    for (count, part) in state.counts.iter_mut().zip(PARTS) {
        *count = part.entries(ctx).len();
    }
    state.entries = state.part.sorted(ctx);
    if let Some(at) = held.and_then(|held| state.entries.iter().position(|entry| *entry == held)) {
        state.list.selected = at;
    }
    state.list.fit(state.entries.len(), list_height(ctx));
    Vec::new()
}

/// Moves, turns to another part, gives out.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let Input::Action(action) = input else { return None };
    if let Some(motion) = Motion::of(*action) {
        state.list.go(motion, state.entries.len(), list_height(ctx), Scroll::Line);
        return Some(Vec::new());
    }
    let step = match action {
        Action::Filter | Action::NextPane => 1,
        Action::PreviousPane => PARTS.len() - 1,
        Action::GiveOut => {
            let allotment = allotment(state, ctx)?;
            return Some(vec![Effect::Go(sheet::State::new(Purpose::GiveOut(allotment.id)).into())]);
        }
        _ => return None,
    };
    state.part = PARTS[(state.part as usize + step) % PARTS.len()];
    state.list = ListState::default();
    state.entries.clear();
    Some(refresh(state, ctx))
}

fn allotment<'a>(state: &State, ctx: &Context<'a>) -> Option<&'a Allotment> {
    match selected(state)? {
        Entry::Allotment(id) => ctx.memory.reference.allotments.get(id),
        _ => None,
    }
}

/// Moving and turning; giving out what is left of an allotment.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match (action, allotment(state, ctx)) {
        (Action::Filter | Action::NextPane | Action::PreviousPane, _) => Can::Yes,
        (Action::GiveOut, None) => Can::No(text::choose_an_allotment(ctx.lang).to_owned()),
        (Action::GiveOut, Some(held)) if held.left() == 0 => {
            pool::possible::<()>(ctx, Right::WorkCases, Err(Reason::StockShort { left: 0 }))
        }
        (Action::GiveOut, Some(_)) => pool::permitted(ctx, Right::WorkCases),
        _ if Motion::of(action).is_some() => Can::Yes,
        _ => Can::Pass,
    }
}

/// Rows below the list in which the selected entry stands where there is no room beside it, with the gap above.
const STRIP: u16 = 6;

/// The list, and where the selected entry stands in full.
fn panes(ctx: &Context<'_>, area: Rect) -> (Rect, Rect) {
    if ctx.is_wide() { pool::panes(ctx, area) } else { pool::below(area, STRIP) }
}

/// Rows of the list: without the parts, the gap and the headings above it.
fn list_height(ctx: &Context<'_>) -> u16 {
    panes(ctx, split_top(ctx.body(), 2).1).0.height.saturating_sub(1).max(1)
}

/// Draws the parts, the list, and the selected entry in full.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let (top, rest) = split_top(area, 1);
    let (list, pane) = panes(ctx, split_top(rest, 1).1);
    let names = PARTS.map(|part| part.name(ctx.lang));
    pool::filter_line(&names, &state.counts, state.part as usize, ctx, top, frame);
    let columns = rows::columns(state.part, ctx.lang);
    let row = |at: usize| rows::row(&state.entries[at], ctx);
    let table = pool::table(&columns, text::nothing_here(ctx.lang), ctx);
    table.draw(list, frame.buf, &state.list, state.entries.len(), row);
    if let Some(entry) = selected(state) {
        let rows = detail::rows(entry, ctx);
        Detail { rows: &rows, theme: ctx.theme }.draw(pane, frame.buf, 0);
    }
}

/// The directory, before lists.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::Directory, KeyContext::List]
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    match state.part {
        Part::Allotments => &[Action::GiveOut, Action::NextPane, Action::PreviousPane, Action::Back],
        _ => &[Action::NextPane, Action::PreviousPane, Action::Back],
    }
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    Action::GoDirectory.title(ctx.lang).to_owned()
}

/// Nothing that other actions are about.
pub fn subject(_: &State, _: &Context<'_>) -> Subject {
    Subject::default()
}
