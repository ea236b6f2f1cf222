//! What waits today: visits due and overdue, wishes near their limits, leads and needs to verify.
//!
//! All of it comes from the rows in RAM, so the first frame is useful before the index is open.

use std::borrow::Cow;

use chrono::Days;
use ratatui::layout::Rect;

use super::{format, household, leads, needs, wishes};
use crate::domain::id::HouseholdId;
use crate::i18n::screens as text;
use crate::replica::agenda::{Agenda, DueVisit, Limit, WishLimit};
use crate::replica::rows::{NO_DAY, day};
use crate::tui::app::{Can, Context, Effect, Input, Opening, Subject};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Cell, Column, ListState, Motion, Row, Scroll, Table, put, split_top, tabs};

/// Days ahead that the list of visits reaches.
const AHEAD: u64 = 7;

/// The parts of the day's work, in the order of the digits that jump to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Section {
    #[default]
    Visits,
    Wishes,
    Leads,
    Needs,
}

const SECTIONS: [Section; 4] = [Section::Visits, Section::Wishes, Section::Leads, Section::Needs];

/// The screen.
#[derive(Debug, Default)]
pub struct State {
    agenda: Agenda,
    section: Section,
    lists: [ListState; SECTIONS.len()],
}

impl State {
    fn len(&self, section: Section) -> usize {
        match section {
            Section::Visits => self.agenda.visits.len(),
            Section::Wishes => self.agenda.wishes.len(),
            Section::Leads => self.agenda.leads.len(),
            Section::Needs => self.agenda.needs.len(),
        }
    }

    fn list(&self) -> ListState {
        self.lists[self.section as usize]
    }
}

/// Rows of the list: below the sections and their headers.
fn height(ctx: &Context<'_>) -> u16 {
    ctx.body().height.saturating_sub(3).max(1)
}

/// Looks again at what waits.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    let today = ctx.today();
    let until = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    state.agenda = Agenda::of(ctx.memory, &ctx.actor.regions, today, until);
    for section in SECTIONS {
        let len = state.len(section);
        state.lists[section as usize].fit(len, height(ctx));
    }
    Vec::new()
}

/// Moves, jumps, opens.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    if let Input::Mouse(mouse) = input {
        let body = split_top(ctx.body(), 3).1;
        let at = super::clicked_row(mouse, body, &state.list(), state.len(state.section))?;
        if at == state.list().selected {
            return Some(open(state, ctx));
        }
        let len = state.len(state.section);
        state.lists[state.section as usize].select(at, len, height(ctx));
        return Some(Vec::new());
    }
    let Input::Action(action) = input else { return None };
    let at = state.section as usize;
    if let Some(motion) = Motion::of(*action) {
        let len = state.len(state.section);
        state.lists[at].go(motion, len, height(ctx), Scroll::Line);
        return Some(Vec::new());
    }
    match action {
        Action::NextTab | Action::NextPane | Action::Right => state.section = SECTIONS[(at + 1) % SECTIONS.len()],
        Action::PreviousTab | Action::PreviousPane | Action::Left => {
            state.section = SECTIONS[(at + SECTIONS.len() - 1) % SECTIONS.len()];
        }
        Action::Jump1 => state.section = Section::Visits,
        Action::Jump2 => state.section = Section::Wishes,
        Action::Jump3 => state.section = Section::Leads,
        Action::Jump4 => state.section = Section::Needs,
        Action::Open => return Some(open(state, ctx)),
        action => return act(state, *action, ctx),
    }
    Some(Vec::new())
}

/// What can be done with the selected record is done here too, without looking for it in its own list.
fn act(state: &State, action: Action, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let (pools, subject) = (&ctx.memory.pools, subject(state, ctx));
    match state.section {
        Section::Visits => None,
        Section::Wishes => wishes::act(pools.wishes.find(subject.wish?)?, action),
        Section::Leads => leads::act(pools.leads.find(subject.lead?)?, action),
        Section::Needs => needs::act(pools.needs.find(subject.need?)?, action),
    }
}

fn can_act(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    let (pools, subject) = (&ctx.memory.pools, subject(state, ctx));
    match state.section {
        Section::Visits => Can::Pass,
        Section::Wishes => wishes::can_act(subject.wish.and_then(|id| pools.wishes.find(id)), action, ctx),
        Section::Leads => leads::can_act(subject.lead.and_then(|id| pools.leads.find(id)), action, ctx),
        Section::Needs => needs::can_act(subject.need.and_then(|id| pools.needs.find(id)), action, ctx),
    }
}

/// The household where there is one, else the list that the record stands in.
fn open(state: &State, ctx: &Context<'_>) -> Vec<Effect> {
    if let Some(household) = subject(state, ctx).household {
        return vec![Effect::Go(household::State::new(household).into())];
    }
    match state.section {
        _ if state.len(state.section) == 0 => Vec::new(),
        Section::Leads => vec![Effect::Act(Action::GoLeads)],
        Section::Wishes => vec![Effect::Act(Action::GoWishes)],
        Section::Visits | Section::Needs => Vec::new(),
    }
}

/// Moving, jumping, opening, and what the selected record allows.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    use Action::*;
    match action {
        NextTab | PreviousTab | NextPane | PreviousPane | Left | Right | Jump1 | Jump2 | Jump3 | Jump4 | Open => {
            Can::Yes
        }
        _ if Motion::of(action).is_some() => Can::Yes,
        action => can_act(state, action, ctx),
    }
}

/// Draws the sections with their counts, and the list of the present one.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let (top, rest) = split_top(area, 1);
    let titles = titles(state, ctx);
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    tabs(top, frame.buf, &ctx.theme, &titles, state.section as usize);
    let (_, list) = split_top(rest, 1);
    let there = if state.section == Section::Visits { !ctx.memory.rows.is_empty() } else { ctx.memory.complete };
    if matches!(ctx.opening, Opening::Rows) && !there {
        let loading = text::loading(ctx.lang);
        put(frame.buf, list.x + 2, list.y, list.width, loading, ctx.theme.style(Role::Dim), &ctx.theme);
        return;
    }
    match state.section {
        Section::Visits => draw_visits(state, ctx, list, frame),
        Section::Wishes => draw_wishes(state, ctx, list, frame),
        Section::Leads => draw_leads(state, ctx, list, frame),
        Section::Needs => draw_needs(state, ctx, list, frame),
    }
}

/// Names of the sections with their counts; a count that is not known yet is an ellipsis, never a nought.
fn titles(state: &State, ctx: &Context<'_>) -> Vec<String> {
    let (agenda, lang) = (&state.agenda, ctx.lang);
    let known = |count: usize| if ctx.memory.complete { count.to_string() } else { "…".to_owned() };
    vec![
        text::today_visits(lang, agenda.visits.len(), agenda.overdue),
        text::today_wishes(lang, &known(agenda.wishes.len())),
        text::today_leads(lang, &known(agenda.leads.len())),
        text::today_needs(lang, &known(agenda.needs.len())),
    ]
}

fn table<'a>(columns: &'a [Column], empty: &'a str, ctx: &Context<'_>) -> Table<'a> {
    Table { columns, sorted: None, header: true, focused: true, empty, theme: ctx.theme }
}

fn draw_visits(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let columns = [
        Column::fixed(text::col_grade(lang), lang.pick(4, 5)),
        Column::flex(text::col_name(lang), 8, 2),
        Column::flex(text::col_village(lang), 8, 2),
        Column::fixed(text::col_due(lang), 12),
        Column::fixed(text::col_last_visit(lang), 12).rank(1),
        Column::fixed(text::col_category(lang), 12).rank(2),
        Column::fixed(text::col_members(lang), lang.pick(4, 7)).right().rank(4),
        Column::fixed(text::col_needs(lang), lang.pick(4, 5)).right().rank(3),
        Column::fixed(text::col_wishes(lang), lang.pick(4, 6)).right().rank(3),
    ];
    let row = |at: usize| visit_row(&state.agenda.visits[at], ctx);
    let empty = text::no_visits(lang, AHEAD);
    table(&columns, &empty, ctx).draw(area, frame.buf, &state.list(), state.agenda.visits.len(), row);
}

fn visit_row<'a>(visit: &DueVisit, ctx: &Context<'a>) -> Row<'a> {
    let Some(row) = ctx.memory.rows.get(visit.row) else { return Row::default() };
    let fixed = row.fixed();
    let (grade, grade_role) = format::grade(visit.grade);
    let (due, due_role) = match visit.due {
        NO_DAY => (text::never_visited(ctx.lang).into(), Role::Warning),
        day => format::due(day, ctx),
    };
    Row::new([
        Cell::new(grade, grade_role),
        Cell::from(ctx.name(row.head())),
        Cell::from(format::village(fixed.region, ctx)),
        Cell::new(due, due_role),
        Cell::new(format::ago(fixed.last_visit, ctx), Role::Dim),
        Cell::new(format::category(fixed.category, ctx.lang), Role::Dim),
        Cell::from(format::count(u32::from(fixed.members))),
        Cell::from(format::count(u32::from(fixed.open_needs))),
        Cell::from(format::count(u32::from(fixed.open_wishes))),
    ])
}

fn draw_wishes(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let columns = [
        Column::fixed(text::col_due(lang), 12),
        Column::fixed(text::col_limit(lang), lang.pick(14, 18)),
        Column::flex(text::col_wish(lang), 16, 4),
        Column::flex(text::col_name(lang), 8, 1).rank(1),
        Column::fixed(text::col_number(lang), 24).rank(2),
    ];
    let row = |at: usize| wish_row(&state.agenda.wishes[at], ctx);
    table(&columns, text::no_wishes(lang), ctx).draw(area, frame.buf, &state.list(), state.agenda.wishes.len(), row);
}

fn wish_row<'a>(near: &WishLimit, ctx: &Context<'a>) -> Row<'a> {
    let Some(wish) = ctx.memory.pools.wishes.find(near.wish) else { return Row::default() };
    let (due, role) = format::due(near.day, ctx);
    let limit = match near.limit {
        Limit::Contact => text::limit_contact(ctx.lang),
        Limit::Lease => text::limit_lease(ctx.lang),
        Limit::Pool => text::limit_pool(ctx.lang),
        Limit::Confirm => text::limit_confirm(ctx.lang),
    };
    Row::new([
        Cell::new(due, role),
        Cell::from(limit),
        Cell::from(wish.card_text()),
        Cell::from(head(wish.household, ctx)),
        Cell::new(wish.no(), Role::Dim),
    ])
}

fn head<'a>(household: Option<HouseholdId>, ctx: &Context<'a>) -> Cow<'a, str> {
    household.and_then(|id| ctx.memory.household(id)).map(|row| ctx.name(row.head())).unwrap_or_default()
}

fn draw_leads(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let columns = [
        Column::fixed(text::col_reported(lang), 12),
        Column::flex(text::col_content(lang), 16, 4),
        Column::flex(text::col_subject(lang), 8, 1),
        Column::flex(text::col_village(lang), 8, 1).rank(1),
        Column::fixed(text::col_number(lang), 24).rank(2),
    ];
    let row = |at: usize| {
        let Some(lead) = ctx.memory.pools.leads.find(state.agenda.leads[at]) else { return Row::default() };
        let late = crate::domain::params::on(ctx.today()).lead_verify_days();
        let over = i64::from(day(ctx.today())) - i64::from(lead.reported) > i64::from(late);
        Row::new([
            Cell::new(format::ago(lead.reported, ctx), if over { Role::Overdue } else { Role::Text }),
            Cell::from(lead.content.as_str()),
            Cell::from(ctx.name(&lead.subject)),
            Cell::from(format::village_of(&lead.region, ctx)),
            Cell::new(lead.no.as_str(), Role::Dim),
        ])
    };
    table(&columns, text::no_leads(lang), ctx).draw(area, frame.buf, &state.list(), state.agenda.leads.len(), row);
}

fn draw_needs(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let columns = [
        Column::fixed(text::col_urgency(lang), lang.pick(4, 8)),
        Column::flex(text::col_need(lang), 12, 3),
        Column::flex(text::col_name(lang), 8, 1),
        Column::fixed(text::col_reported(lang), 12),
        Column::fixed(text::col_state(lang), 10).rank(1),
        Column::fixed(text::col_number(lang), 24).rank(2),
    ];
    let row = |at: usize| {
        let Some(need) = ctx.memory.pools.needs.find(state.agenda.needs[at]) else { return Row::default() };
        let urgent = matches!(need.urgency.as_str(), "1" | "2");
        let urgency = crate::domain::codes::label("urgency", need.urgency.as_str(), lang).into_owned();
        Row::new([
            Cell::new(urgency, if urgent { Role::Overdue } else { Role::Text }),
            Cell::from(need.title()),
            Cell::from(head(Some(need.household), ctx)),
            Cell::new(format::ago(need.reported, ctx), Role::Dim),
            Cell::new(need.state.label(lang), Role::Dim),
            Cell::new(need.no(), Role::Dim),
        ])
    };
    table(&columns, text::no_needs(lang), ctx).draw(area, frame.buf, &state.list(), state.agenda.needs.len(), row);
}

/// Today's work, before lists, before the acts on what is listed.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    let of_section = match state.section {
        Section::Visits => return vec![KeyContext::Today, KeyContext::List],
        Section::Wishes => KeyContext::Wishes,
        Section::Leads => KeyContext::Leads,
        Section::Needs => KeyContext::Needs,
    };
    // Enter opens here, whatever it does in the record's own list.
    vec![KeyContext::Today, KeyContext::List, of_section]
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    use Action::*;
    match state.section {
        Section::Visits => &[Open, NextTab, LogVisit, GoHouseholds],
        Section::Wishes => &[ConfirmReceipt, Connect, Fulfil, Release, Open, NextTab],
        Section::Leads => &[Verify, Reject, LogVisit, Open, NextTab],
        Section::Needs => &[Verify, Reject, Triage, Open, NextTab],
    }
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    Action::GoToday.title(ctx.lang).to_owned()
}

/// What the selected line is about.
pub fn subject(state: &State, ctx: &Context<'_>) -> Subject {
    let (agenda, at, pools) = (&state.agenda, state.list().selected, &ctx.memory.pools);
    let mut subject = Subject::default();
    match state.section {
        Section::Visits => subject.household = agenda.visits.get(at).map(|visit| visit.household),
        Section::Wishes => {
            subject.wish = agenda.wishes.get(at).map(|near| near.wish);
            subject.household = subject.wish.and_then(|id| pools.wishes.find(id)).and_then(|wish| wish.household);
        }
        Section::Leads => {
            subject.lead = agenda.leads.get(at).copied();
            subject.household = subject.lead.and_then(|id| pools.leads.find(id)).and_then(|lead| lead.household);
        }
        Section::Needs => {
            subject.need = agenda.needs.get(at).copied();
            subject.household = subject.need.and_then(|id| pools.needs.find(id)).map(|need| need.household);
        }
    }
    subject
}
