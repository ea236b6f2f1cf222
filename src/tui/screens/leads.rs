//! Leads (线索): those to be verified first, the oldest of them first.

use ratatui::layout::Rect;

use super::pool;
use super::sheet::{self, Purpose};
use super::{format, household};
use crate::domain::codes;
use crate::domain::id::LeadId;
use crate::domain::lead::LeadState;
use crate::domain::worker::Right;
use crate::i18n::{Lang, forms as text, screens};
use crate::replica::pools::LeadRow;
use crate::tui::app::{Can, Context, Effect, Input, Subject};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Cell, Column, Detail, DetailRow, ListState, Motion, Row, Scroll, split_top};

/// Which leads are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Filter {
    #[default]
    Open,
    Verified,
    Rejected,
    All,
}

const FILTERS: [Filter; 4] = [Filter::Open, Filter::Verified, Filter::Rejected, Filter::All];

impl Filter {
    fn takes(self, state: LeadState) -> bool {
        match self {
            Filter::Open => state == LeadState::Open,
            Filter::Verified => state == LeadState::Verified,
            Filter::Rejected => state == LeadState::Rejected,
            Filter::All => true,
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match self {
            Filter::Open => text::filter_to_verify(lang),
            Filter::Verified => text::filter_true(lang),
            Filter::Rejected => text::filter_untrue(lang),
            Filter::All => text::filter_all(lang),
        }
    }
}

/// The screen.
#[derive(Debug, Default)]
pub struct State {
    filter: Filter,
    ids: Vec<LeadId>,
    counts: [usize; FILTERS.len()],
    list: ListState,
}

fn selected<'a>(state: &State, ctx: &Context<'a>) -> Option<&'a LeadRow> {
    state.ids.get(state.list.selected).and_then(|id| ctx.memory.pools.leads.find(*id))
}

/// Lists again what the filter takes; the selection stays on its lead.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    let held = state.ids.get(state.list.selected).copied();
    let mut rows: Vec<&LeadRow> = ctx.memory.pools.leads.iter().filter(|row| pool::holds(ctx, &row.region)).collect();
    for (count, filter) in state.counts.iter_mut().zip(FILTERS) {
        *count = rows.iter().filter(|row| filter.takes(row.state)).count();
    }
    rows.retain(|row| state.filter.takes(row.state));
    rows.sort_by_key(|row| (row.state != LeadState::Open, row.reported, row.id));
    state.ids = rows.iter().map(|row| row.id).collect();
    if let Some(at) = held.and_then(|id| state.ids.iter().position(|other| *other == id)) {
        state.list.selected = at;
    }
    state.list.fit(state.ids.len(), pool::list_height(ctx));
    Vec::new()
}

/// Moves, filters, registers and settles.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let Input::Action(action) = input else { return None };
    if let Some(motion) = Motion::of(*action) {
        state.list.go(motion, state.ids.len(), pool::list_height(ctx), Scroll::Line);
        return Some(Vec::new());
    }
    let step = match action {
        Action::Filter | Action::NextPane => 1,
        Action::PreviousPane => FILTERS.len() - 1,
        // A new lead is about somebody else than the selected one.
        Action::AddLead | Action::New => return Some(fill_in(Purpose::Lead(None))),
        action => return act(selected(state, ctx)?, *action),
    };
    state.filter = FILTERS[(state.filter as usize + step) % FILTERS.len()];
    state.list = ListState::default();
    state.ids.clear();
    Some(refresh(state, ctx))
}

/// Carries out what can become of a lead; `None` for what is no act on one.
pub fn act(row: &LeadRow, action: Action) -> Option<Vec<Effect>> {
    Some(match action {
        Action::Verify => fill_in(Purpose::SettleLead(row.id, true)),
        Action::Reject => fill_in(Purpose::SettleLead(row.id, false)),
        Action::Open => vec![Effect::Go(household::State::new(row.household?).into())],
        _ => return None,
    })
}

fn fill_in(purpose: Purpose) -> Vec<Effect> {
    vec![Effect::Go(sheet::State::new(purpose).into())]
}

/// What the role and the lead's state allow.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match action {
        Action::Filter | Action::NextPane | Action::PreviousPane => Can::Yes,
        _ if Motion::of(action).is_some() => Can::Yes,
        Action::AddLead | Action::New => pool::permitted(ctx, Right::ReportLead),
        action => can_act(selected(state, ctx), action, ctx),
    }
}

/// What the role and the lead's state allow for a lead.
pub fn can_act(row: Option<&LeadRow>, action: Action, ctx: &Context<'_>) -> Can {
    match (row, action) {
        (None, Action::Open | Action::Verify | Action::Reject) => pool::nothing_selected(ctx),
        (Some(row), Action::Open) => Can::when(row.household.is_some(), text::lead_without_household(ctx.lang)),
        (Some(row), Action::Verify | Action::Reject) if row.state != LeadState::Open => {
            Can::No(text::lead_is_settled(ctx.lang).to_owned())
        }
        (Some(_), Action::Verify | Action::Reject) => pool::permitted(ctx, Right::Verify),
        _ => Can::Pass,
    }
}

/// Draws the filters and the list.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let (top, rest) = split_top(area, 1);
    let (list, detail) = pool::panes(ctx, split_top(rest, 1).1);
    let names = FILTERS.map(|filter| filter.name(lang));
    pool::filter_line(&names, &state.counts, state.filter as usize, ctx, top, frame);
    let columns = [
        Column::fixed(text::column_reported(lang), lang.pick(8, 9)),
        Column::flex(text::column_content(lang), 16, 4),
        Column::flex(text::column_subject(lang), 8, 1),
        Column::fixed(text::column_state(lang), lang.pick(8, 10)),
        Column::flex(text::column_place(lang), 10, 1).rank(1),
        Column::fixed(text::column_channel(lang), lang.pick(12, 20)).rank(2),
        Column::fixed(screens::col_number(lang), 24).rank(3),
    ];
    let row = |at: usize| lead_row(state.ids[at], ctx);
    pool::table(&columns, text::no_leads(lang), ctx).draw(list, frame.buf, &state.list, state.ids.len(), row);
    if let Some(lead) = selected(state, ctx) {
        let rows = in_full(lead, ctx);
        Detail { rows: &rows, theme: ctx.theme }.draw(detail, frame.buf, 0);
    }
}

/// The selected lead: what was noticed in full; beside the list also what its row has no room for.
fn in_full<'a>(lead: &'a LeadRow, ctx: &Context<'a>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let mut rows = vec![DetailRow::Text(lead.content.as_str().into(), Role::Title)];
    if ctx.is_wide() {
        rows.extend([
            DetailRow::Gap,
            DetailRow::field(text::column_subject(lang), ctx.name(&lead.subject).into_owned()),
            DetailRow::field(text::column_state(lang), lead.state.label(lang).into_owned()),
            DetailRow::field(text::column_reported(lang), format::date(lead.reported, ctx).into_owned()),
            DetailRow::field(
                text::column_channel(lang),
                codes::label("discovery_channel", lead.channel.as_str(), lang),
            ),
            DetailRow::field(text::column_place(lang), pool::place(&lead.region, ctx)),
        ]);
    }
    rows.push(DetailRow::Text(lead.no.as_str().into(), Role::Dim));
    rows
}

fn lead_row<'a>(id: LeadId, ctx: &Context<'a>) -> Row<'a> {
    let lang = ctx.lang;
    let Some(lead) = ctx.memory.pools.leads.find(id) else { return Row::default() };
    let limit = i32::try_from(crate::domain::params::on(ctx.today()).lead_verify_days()).unwrap_or(i32::MAX);
    let waits = lead.state == LeadState::Open;
    let (reported, late) = pool::age(lead.reported, if waits { limit } else { i32::MAX }, ctx);
    Row::new([
        Cell::new(reported, late),
        Cell::from(lead.content.as_str()),
        Cell::from(ctx.name(&lead.subject)),
        Cell::new(lead.state.label(lang), if waits { Role::Text } else { Role::Dim }),
        Cell::from(pool::place(&lead.region, ctx)),
        Cell::new(codes::label("discovery_channel", lead.channel.as_str(), lang), Role::Dim),
        Cell::new(lead.no.as_str(), Role::Dim),
    ])
}

/// Leads, before lists.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::Leads, KeyContext::List]
}

/// The keys worth showing.
pub fn hints(_: &State) -> &'static [Action] {
    &[
        Action::AddLead,
        Action::Verify,
        Action::Reject,
        Action::LogVisit,
        Action::Filter,
        Action::Open,
        Action::AddHousehold,
    ]
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    Action::GoLeads.title(ctx.lang).to_owned()
}

/// The selected lead and its household.
pub fn subject(state: &State, ctx: &Context<'_>) -> Subject {
    let row = selected(state, ctx);
    Subject { household: row.and_then(|row| row.household), lead: row.map(|row| row.id), ..Subject::default() }
}
