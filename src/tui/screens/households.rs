//! All households: a list with filters and sorting, and the selected one's file beside it where there is room.
//!
//! The list holds row numbers only; what a row shows is put together when it is drawn.

mod filter;
mod list;
mod pane;

use std::time::Duration;

use ratatui::layout::Rect;

use super::{household, register};
use crate::domain::worker::Right as CaseRight;
use crate::i18n::screens as text;
use crate::tui::app::{Can, Context, Effect, Input, Message, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::{Frame, Mouse, Timer};
use crate::tui::widgets::{ListState, Motion, PickList, Scroll, split_bottom, split_left, split_top};
use filter::Filter;
use list::{Listing, Sort};
use pane::Pane;

/// The detail pane follows when the selection has rested for this long.
const REST: Duration = Duration::from_millis(70);
/// Runs while the selection moves.
const FOLLOW: Timer = Timer("households.follow");

/// The screen.
#[derive(Debug, Default)]
pub struct State {
    listing: Listing,
    filter: Filter,
    sort: Sort,
    list: ListState,
    pane: Pane,
    /// The filter panel is open, with the selected line.
    panel: Option<ListState>,
    /// The village is being picked for the filter.
    picking: Option<PickList>,
}

impl State {
    fn selected_row(&self) -> Option<u32> {
        self.listing.rows.get(self.list.selected).copied()
    }

    fn relist(&mut self, ctx: &Context<'_>) {
        let kept = self.selected_row();
        let before = std::mem::take(&mut self.listing);
        self.listing = Listing::of(ctx, &self.filter, self.sort, before);
        // Who was selected stays so if still listed.
        let at = kept.and_then(|row| self.listing.rows.iter().position(|held| *held == row));
        self.list.select(at.unwrap_or(self.list.selected), self.listing.rows.len(), height(ctx));
    }

    /// Asks for the file of the selected household at once.
    fn follow(&mut self, ctx: &Context<'_>) -> Vec<Effect> {
        let Some(row) = self.selected_row().and_then(|row| ctx.memory.rows.get(row)) else {
            self.pane = Pane::default();
            return Vec::new();
        };
        if ctx.is_wide() { vec![Effect::Work(Work::OpenHousehold(row.id()))] } else { Vec::new() }
    }

    fn moved(&mut self, ctx: &Context<'_>) -> Vec<Effect> {
        if ctx.is_wide() { vec![Effect::After(FOLLOW, REST)] } else { Vec::new() }
    }
}

/// The list with its header and totals, and the pane beside it.
fn areas(ctx: &Context<'_>, body: Rect) -> (Rect, Option<Rect>) {
    if !ctx.is_wide() {
        return (body, None);
    }
    let (left, right) = split_left(body, body.width * 3 / 5);
    (left, Some(Rect { x: right.x + 1, width: right.width.saturating_sub(1), ..right }))
}

/// Rows of the list.
fn height(ctx: &Context<'_>) -> u16 {
    ctx.body().height.saturating_sub(2).max(1)
}

/// Lists anew if records changed, and reads the selected file again.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    if !state.listing.is_current(ctx) {
        state.relist(ctx);
    }
    state.list.fit(state.listing.rows.len(), height(ctx));
    state.follow(ctx)
}

/// Moves, filters, sorts, opens.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match input {
        Input::Timer(FOLLOW) => Some(state.follow(ctx)),
        Input::Message(Message::Household(_, id, Ok(found))) => {
            let selected = state.selected_row().and_then(|row| ctx.memory.rows.get(row)).map(|row| row.id());
            // The answer to an earlier question shows somebody else.
            if selected == Some(*id) {
                state.pane.show(found.clone());
            }
            Some(Vec::new())
        }
        Input::Message(Message::Household(_, id, Err(fault))) => {
            let selected = state.selected_row().and_then(|row| ctx.memory.rows.get(row)).map(|row| row.id());
            if selected == Some(*id) {
                state.pane.show_fault(fault.clone());
            }
            Some(Vec::new())
        }
        Input::Mouse(mouse) if state.panel.is_none() => clicked(state, mouse, ctx),
        Input::Text(typed) | Input::Paste(typed) => {
            state.picking.as_mut()?.insert(typed);
            Some(Vec::new())
        }
        Input::Action(action) if state.picking.is_some() => picking(state, *action, ctx),
        Input::Action(action) if state.panel.is_some() => in_panel(state, *action, ctx),
        Input::Action(action) => act(state, *action, ctx),
        _ => None,
    }
}

/// A click selects, a click on what is selected opens.
fn clicked(state: &mut State, mouse: &Mouse, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let (list, _) = split_bottom(areas(ctx, ctx.body()).0, 1);
    let at = super::clicked_row(mouse, split_top(list, 1).1, &state.list, state.listing.rows.len())?;
    if at == state.list.selected {
        return act(state, Action::Open, ctx);
    }
    state.list.select(at, state.listing.rows.len(), height(ctx));
    Some(state.moved(ctx))
}

fn picking(state: &mut State, action: Action, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let pick = state.picking.as_mut()?;
    match action {
        Action::Open => {
            let chosen = pick.chosen().map(|choice| choice.code.clone());
            state.picking = None;
            state.filter.set_village(chosen.as_deref(), ctx);
            state.relist(ctx);
            return Some(state.follow(ctx));
        }
        Action::Back => state.picking = None,
        _ => return pick.apply(action, ctx.screen()).then(Vec::new),
    }
    Some(Vec::new())
}

fn act(state: &mut State, action: Action, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    if let Some(motion) = Motion::of(action) {
        if state.pane.has_focus() && ctx.is_wide() {
            state.pane.scroll(motion, areas(ctx, ctx.body()).1.unwrap_or_default(), ctx);
            return Some(Vec::new());
        }
        let scroll = if ctx.is_wide() { Scroll::Half } else { Scroll::Line };
        let moved = state.list.go(motion, state.listing.rows.len(), height(ctx), scroll);
        return Some(if moved { state.moved(ctx) } else { Vec::new() });
    }
    match action {
        Action::Open => {
            let row = state.selected_row().and_then(|row| ctx.memory.rows.get(row));
            Some(row.map_or_else(Vec::new, |row| vec![Effect::Go(household::State::new(row.id()).into())]))
        }
        Action::Edit => {
            let row = state.selected_row().and_then(|row| ctx.memory.rows.get(row))?;
            let purpose = register::Purpose::AmendHousehold(row.id());
            Some(vec![Effect::Go(register::State::new(purpose).into())])
        }
        Action::Filter => {
            state.panel = Some(ListState::default());
            Some(Vec::new())
        }
        Action::Sort => {
            state.sort = state.sort.next();
            state.relist(ctx);
            Some(state.follow(ctx))
        }
        Action::NextPane | Action::PreviousPane if ctx.is_wide() => {
            state.pane.toggle_focus();
            Some(Vec::new())
        }
        Action::Back if state.filter.is_set() => {
            state.filter = Filter::default();
            state.relist(ctx);
            Some(state.follow(ctx))
        }
        _ => None,
    }
}

fn in_panel(state: &mut State, action: Action, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let panel = state.panel.as_mut()?;
    if let Some(motion) = Motion::of(action) {
        panel.go(motion, filter::FACETS.len(), filter::FACETS.len() as u16, Scroll::Line);
        return Some(Vec::new());
    }
    let facet = filter::FACETS[panel.selected];
    match action {
        Action::Right | Action::Toggle | Action::Mark => state.filter.step(facet, 1, ctx),
        Action::Left => state.filter.step(facet, -1, ctx),
        Action::Open | Action::NextField if facet == filter::Facet::Village => {
            state.picking = Some(state.filter.pick_village(ctx));
            return Some(Vec::new());
        }
        Action::Back | Action::Open | Action::NextField | Action::Filter => {
            state.panel = None;
            return Some(Vec::new());
        }
        _ => return None,
    }
    state.relist(ctx);
    Some(state.follow(ctx))
}

/// Moving, filtering, sorting, opening.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    use Action::*;
    if Motion::of(action).is_some() {
        return Can::Yes;
    }
    if state.picking.is_some() {
        return if action == Back { Can::Yes } else { super::typed_list_can(action) };
    }
    if state.panel.is_some() {
        let own = matches!(action, Right | Toggle | Mark | Left | Back | Open | NextField | Filter);
        return if own { Can::Yes } else { Can::Pass };
    }
    match action {
        Open => Can::when(state.selected_row().is_some(), text::no_household(ctx.lang)),
        Edit if state.selected_row().is_none() => Can::No(text::no_household(ctx.lang).to_owned()),
        Edit => super::pool::permitted(ctx, CaseRight::WorkCases),
        Filter | Sort => Can::Yes,
        NextPane | PreviousPane => Can::when(ctx.is_wide(), text::one_pane(ctx.lang)),
        Back if state.filter.is_set() => Can::Yes,
        _ => Can::Pass,
    }
}

/// Draws the list, its totals and the pane.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let (left, right) = areas(ctx, area);
    let (list, totals) = split_bottom(left, 1);
    let focused = !state.pane.has_focus() || right.is_none();
    state.listing.draw(&state.list, state.sort, focused, ctx, list, frame);
    state.listing.draw_totals(&state.list, &state.filter, state.sort, ctx, totals, frame);
    if let Some(right) = right {
        state.pane.draw(ctx, right, frame);
    }
    if let Some(panel) = &state.panel {
        state.filter.draw(panel, ctx, area, frame);
    }
    if let Some(pick) = &state.picking {
        let caret = pick.draw(ctx.screen(), frame.buf, &ctx.theme, ctx.lang);
        frame.set_cursor(caret);
    }
}

/// The list; while the filter panel is open, its choices.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    if state.picking.is_some() {
        vec![KeyContext::PickList, KeyContext::Input]
    } else if state.panel.is_some() {
        vec![KeyContext::Choice, KeyContext::List]
    } else {
        vec![KeyContext::Households, KeyContext::List]
    }
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    if state.panel.is_some() {
        &[Action::Right, Action::Left, Action::NextField]
    } else {
        &[Action::Open, Action::Find, Action::Filter, Action::Sort, Action::LogVisit, Action::AddHousehold]
    }
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    Action::GoHouseholds.title(ctx.lang).to_owned()
}

/// The selected household.
pub fn subject(state: &State, ctx: &Context<'_>) -> Subject {
    let row = state.selected_row().and_then(|row| ctx.memory.rows.get(row));
    Subject { household: row.map(|row| row.id()), ..Subject::default() }
}
