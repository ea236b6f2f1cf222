//! Needs (需求): the triage queue, most urgent first and the oldest of them first, and everything that can become of one.

use ratatui::layout::Rect;

use super::pool::{self, Territory};
use super::sheet::{self, Purpose};
use super::{format, household};
use crate::domain::codes;
use crate::domain::command::{Command, NeedAct};
use crate::domain::id::NeedId;
use crate::domain::lifecycle::{self, Act};
use crate::domain::need::NeedState;
use crate::domain::worker::Right as CaseRight;
use crate::i18n::{Lang, forms as text, screens};
use crate::replica::pools::NeedRow;
use crate::replica::rows::NO_DAY;
use crate::tui::app::{Can, Context, Effect, Input, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Cell, Column, Detail, DetailRow, ListState, Motion, Row, Scroll, split_top};

/// Which needs are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Filter {
    #[default]
    Open,
    ToVerify,
    Valid,
    UnderWay,
    Ended,
    All,
}

const FILTERS: [Filter; 6] =
    [Filter::Open, Filter::ToVerify, Filter::Valid, Filter::UnderWay, Filter::Ended, Filter::All];

impl Filter {
    fn takes(self, state: NeedState) -> bool {
        use NeedState::*;
        match self {
            Filter::Open => state.is_open(),
            Filter::ToVerify => matches!(state, Draft | Reported | ToVerify | Recheck),
            Filter::Valid => state == Valid,
            Filter::UnderWay => matches!(state, Matched | Arranged | InService | Delivered | Escalated),
            Filter::Ended => !state.is_open(),
            Filter::All => true,
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match self {
            Filter::Open => text::filter_open(lang),
            Filter::ToVerify => text::filter_to_verify(lang),
            Filter::Valid => text::filter_valid(lang),
            Filter::UnderWay => text::filter_under_way(lang),
            Filter::Ended => text::filter_ended(lang),
            Filter::All => text::filter_all(lang),
        }
    }
}

/// The screen.
#[derive(Debug, Default)]
pub struct State {
    filter: Filter,
    ids: Vec<NeedId>,
    counts: [usize; FILTERS.len()],
    list: ListState,
}

fn selected<'a>(state: &State, ctx: &Context<'a>) -> Option<&'a NeedRow> {
    state.ids.get(state.list.selected).and_then(|id| ctx.memory.pools.needs.find(*id))
}

/// Lists again what the filter takes; the selection stays on its need.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    let held = state.ids.get(state.list.selected).copied();
    let territory = Territory::of(ctx);
    let mut rows: Vec<&NeedRow> =
        ctx.memory.pools.needs.iter().filter(|row| territory.has(row.household, ctx)).collect();
    for (count, filter) in state.counts.iter_mut().zip(FILTERS) {
        *count = rows.iter().filter(|row| filter.takes(row.state)).count();
    }
    rows.retain(|row| state.filter.takes(row.state));
    // The codes of urgency are ordered: 1 is the most urgent. A need without one comes last.
    let urgency = |row: &NeedRow| if row.urgency.is_empty() { "9".to_owned() } else { row.urgency.as_str().to_owned() };
    rows.sort_by_cached_key(|row| (!row.state.is_open(), urgency(row), row.reported_at));
    state.ids = rows.iter().map(|row| row.id).collect();
    if let Some(at) = held.and_then(|id| state.ids.iter().position(|other| *other == id)) {
        state.list.selected = at;
    }
    state.list.fit(state.ids.len(), pool::list_height(ctx));
    Vec::new()
}

/// Moves, filters, and carries out what can become of a need.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let Input::Action(action) = input else { return None };
    if let Some(motion) = Motion::of(*action) {
        state.list.go(motion, state.ids.len(), pool::list_height(ctx), Scroll::Line);
        return Some(Vec::new());
    }
    let step = match action {
        Action::Filter | Action::NextPane => 1,
        Action::PreviousPane => FILTERS.len() - 1,
        _ => return act(selected(state, ctx)?, *action),
    };
    state.filter = FILTERS[(state.filter as usize + step) % FILTERS.len()];
    state.list = ListState::default();
    state.ids.clear();
    Some(refresh(state, ctx))
}

/// Carries out what can become of a need; `None` for what is no act on one.
pub fn act(row: &NeedRow, action: Action) -> Option<Vec<Effect>> {
    let (household, need) = (row.household, row.id);
    let purpose = match action {
        Action::Open => return Some(vec![Effect::Go(household::State::new(household).into())]),
        Action::Verify => Purpose::VerifyNeed(household, need),
        Action::Reject => Purpose::RejectNeed(household, need),
        Action::Withdraw => Purpose::WithdrawNeed(household, need),
        Action::Triage => Purpose::Triage(household, need),
        Action::Merge => Purpose::MergeNeed(household, need),
        Action::ConfirmReceipt => Purpose::ConfirmNeed(household, need),
        Action::Arrange => return Some(moved(need, NeedAct::Arrange)),
        Action::Serve => return Some(moved(need, NeedAct::Serve)),
        Action::Deliver => return Some(moved(need, NeedAct::Deliver)),
        Action::Recheck => return Some(moved(need, NeedAct::Recheck)),
        Action::Escalate => return Some(moved(need, NeedAct::Escalate)),
        Action::FileNeed => return Some(moved(need, NeedAct::Archive)),
        _ => return None,
    };
    Some(vec![Effect::Go(sheet::State::new(purpose).into())])
}

fn moved(need: NeedId, act: NeedAct) -> Vec<Effect> {
    vec![Effect::Work(Work::Commit(Box::new(Command::MoveNeed { need, act })))]
}

/// What the lifecycle table and the role allow for the selected need.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match action {
        Action::Filter | Action::NextPane | Action::PreviousPane => Can::Yes,
        _ if Motion::of(action).is_some() => Can::Yes,
        action => can_act(selected(state, ctx), action, ctx),
    }
}

/// What the lifecycle table and the role allow for a need.
pub fn can_act(row: Option<&NeedRow>, action: Action, ctx: &Context<'_>) -> Can {
    use Action::*;
    let (right, act) = match action {
        Open => return if row.is_none() { pool::nothing_selected(ctx) } else { Can::Yes },
        Verify => (CaseRight::Verify, Act::Verify),
        Reject => (CaseRight::Verify, Act::Reject),
        Triage => (CaseRight::Verify, Act::Triage),
        Withdraw => (CaseRight::WorkCases, Act::Withdraw),
        Merge => (CaseRight::WorkCases, Act::Merge),
        ConfirmReceipt => (CaseRight::WorkCases, Act::Confirm),
        Arrange => (CaseRight::WorkCases, Act::Arrange),
        Serve => (CaseRight::WorkCases, Act::Serve),
        Deliver => (CaseRight::WorkCases, Act::Deliver),
        Recheck => (CaseRight::WorkCases, Act::Recheck),
        Escalate => (CaseRight::WorkCases, Act::Escalate),
        FileNeed => (CaseRight::WorkCases, Act::Archive),
        _ => return Can::Pass,
    };
    let Some(row) = row else { return pool::nothing_selected(ctx) };
    match act {
        // Every open need can be graded, whatever its state.
        Act::Triage if row.state.is_open() => pool::permitted(ctx, right),
        Act::Triage => Can::No(text::not_this_state(ctx.lang).to_owned()),
        Act::Merge if others(row, ctx).next().is_none() => Can::No(text::no_other_need(ctx.lang).to_owned()),
        act => pool::possible(ctx, right, lifecycle::need(row.state, act)),
    }
}

/// The other open needs of the household, into which one can be merged.
pub fn others<'a>(row: &'a NeedRow, ctx: &Context<'a>) -> impl Iterator<Item = &'a NeedRow> {
    let held = &ctx.memory.pools.needs;
    held.iter().filter(move |other| other.household == row.household && other.id != row.id && other.state.is_open())
}

/// Draws the filters and the queue.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let (top, rest) = split_top(area, 1);
    let (list, detail) = pool::panes(ctx, split_top(rest, 1).1);
    let names = FILTERS.map(|filter| filter.name(lang));
    pool::filter_line(&names, &state.counts, state.filter as usize, ctx, top, frame);
    let columns = [
        Column::fixed(text::column_urgency(lang), lang.pick(4, 8)),
        Column::flex(text::column_title(lang), 12, 4),
        Column::flex(text::column_household(lang), 8, 1),
        Column::fixed(text::column_state(lang), lang.pick(10, 14)),
        Column::fixed(text::column_reported(lang), lang.pick(8, 9)),
        Column::fixed(text::column_due(lang), lang.pick(9, 9)).rank(1),
        Column::flex(text::column_place(lang), 10, 1).rank(2),
        Column::fixed(text::column_field(lang), lang.pick(8, 14)).rank(3),
        Column::fixed(screens::col_number(lang), 24).rank(4),
    ];
    let row = |at: usize| need_row(state.ids[at], ctx);
    pool::table(&columns, text::no_needs(lang), ctx).draw(list, frame.buf, &state.list, state.ids.len(), row);
    if let Some(need) = selected(state, ctx) {
        let rows = in_full(need, ctx);
        Detail { rows: &rows, theme: ctx.theme }.draw(detail, frame.buf, 0);
    }
}

/// The selected need: what its row has no room for.
fn in_full<'a>(need: &'a NeedRow, ctx: &Context<'_>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let (head, village) = pool::head_and_village(Some(need.household), ctx);
    let field = codes::label("service_field", need.field.as_str(), lang);
    let urgency = codes::label("urgency", need.urgency.as_str(), lang);
    let mut rows = vec![DetailRow::Text(need.title().into(), Role::Title)];
    if ctx.is_wide() {
        rows.extend([
            DetailRow::Gap,
            DetailRow::field(text::column_household(lang), head),
            DetailRow::field(text::column_place(lang), village),
            DetailRow::field(text::column_state(lang), need.state.label(lang).into_owned()),
            DetailRow::field(text::urgency(lang), urgency),
            DetailRow::field(text::column_field(lang), field),
            DetailRow::field(text::column_reported(lang), format::date(need.reported, ctx).into_owned()),
            DetailRow::field(text::column_due(lang), format::date(need.due, ctx).into_owned()),
            DetailRow::Text(need.no().into(), Role::Dim),
        ]);
    } else {
        rows.push(DetailRow::Text(format!("{head}  {village}  {field}  {}", need.no()).into(), Role::Dim));
    }
    rows
}

fn need_row<'a>(id: NeedId, ctx: &Context<'a>) -> Row<'a> {
    let lang = ctx.lang;
    let Some(need) = ctx.memory.pools.needs.find(id) else { return Row::default() };
    let urgent = need.state.is_open() && matches!(need.urgency.as_str(), "1" | "2");
    let (head, village) = pool::head_and_village(Some(need.household), ctx);
    let waits = Filter::ToVerify.takes(need.state);
    let limit = i32::try_from(crate::domain::params::on(ctx.today()).lead_verify_days()).unwrap_or(i32::MAX);
    let (reported, late) = pool::age(need.reported, if waits { limit } else { i32::MAX }, ctx);
    let (due, due_role) = if need.state.is_open() { format::due(need.due, ctx) } else { ("—".into(), Role::Dim) };
    Row::new([
        Cell::new(
            codes::label("urgency", need.urgency.as_str(), lang),
            if urgent { Role::Overdue } else { Role::Text },
        ),
        Cell::from(need.title()),
        Cell::from(head),
        Cell::from(need.state.label(lang)),
        Cell::new(reported, late),
        Cell::new(due, if need.due == NO_DAY { Role::Dim } else { due_role }),
        Cell::new(village, Role::Dim),
        Cell::new(codes::label("service_field", need.field.as_str(), lang), Role::Dim),
        Cell::new(need.no(), Role::Dim),
    ])
}

/// Needs, before lists.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::Needs, KeyContext::List]
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    match state.filter {
        Filter::Ended => &[Action::FileNeed, Action::Filter, Action::Open],
        _ => &[Action::Verify, Action::Reject, Action::Triage, Action::AddWish, Action::Filter, Action::Open],
    }
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    Action::GoNeeds.title(ctx.lang).to_owned()
}

/// The selected need and its household.
pub fn subject(state: &State, ctx: &Context<'_>) -> Subject {
    let row = selected(state, ctx);
    Subject { household: row.map(|row| row.household), need: row.map(|row| row.id), ..Subject::default() }
}
