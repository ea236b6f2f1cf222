//! The pool of micro-wishes (微心愿): cards without identity, and how far each has come. Cards that came back into the
//! pool stand first, as the scheme of paper 000 has it.

use ratatui::layout::Rect;

use super::pool;
use super::sheet::{self, Purpose};
use super::{format, household};
use crate::domain::claim::ClaimState;
use crate::domain::codes;
use crate::domain::command::Command;
use crate::domain::id::WishId;
use crate::domain::lifecycle::{self, Act};
use crate::domain::refusal::Reason;
use crate::domain::wish::WishState;
use crate::domain::worker::Right as CaseRight;
use crate::i18n::{Lang, forms as text, screens};
use crate::replica::pools::WishRow;
use crate::tui::app::{Can, Context, Effect, Input, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Cell, Column, Detail, DetailRow, ListState, Motion, Row, Scroll, split_top};

/// Which wishes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Filter {
    #[default]
    ToClaim,
    UnderWay,
    Unpublished,
    Ended,
    All,
}

const FILTERS: [Filter; 5] = [Filter::ToClaim, Filter::UnderWay, Filter::Unpublished, Filter::Ended, Filter::All];

impl Filter {
    fn takes(self, row: &WishRow) -> bool {
        use WishState::*;
        match self {
            Filter::ToClaim => row.state.in_pool() && row.free > 0,
            Filter::UnderWay => row.claim.is_some() && matches!(row.state, Published | Claimed | Connected | Fulfilled),
            Filter::Unpublished => matches!(row.state, Draft | Submitted | Rejected),
            Filter::Ended => matches!(row.state, Confirmed | Closed | Withdrawn),
            Filter::All => true,
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match self {
            Filter::ToClaim => text::filter_pool(lang),
            Filter::UnderWay => text::filter_mine(lang),
            Filter::Unpublished => text::filter_unpublished(lang),
            Filter::Ended => text::filter_ended(lang),
            Filter::All => text::filter_all(lang),
        }
    }
}

/// The screen.
#[derive(Debug, Default)]
pub struct State {
    filter: Filter,
    ids: Vec<WishId>,
    counts: [usize; FILTERS.len()],
    list: ListState,
}

fn selected<'a>(state: &State, ctx: &Context<'a>) -> Option<&'a WishRow> {
    state.ids.get(state.list.selected).and_then(|id| ctx.memory.pools.wishes.find(*id))
}

/// Lists again what the filter takes; the selection stays on its wish.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    let held = state.ids.get(state.list.selected).copied();
    let cards_only = !ctx.may(CaseRight::SeeCases);
    // Cards that are not published are no business of those who see the pool only.
    let mut rows: Vec<&WishRow> = ctx
        .memory
        .pools
        .wishes
        .iter()
        .filter(|row| !cards_only || !Filter::Unpublished.takes(row))
        .filter(|row| cards_only || pool_holds(row, ctx))
        .collect();
    for (count, filter) in state.counts.iter_mut().zip(FILTERS) {
        *count = rows.iter().filter(|row| filter.takes(row)).count();
    }
    rows.retain(|row| state.filter.takes(row));
    if state.filter == Filter::Unpublished {
        // What waits for a review stands first; the card written last is the first of its kind.
        rows.sort_by_key(|row| (row.state != WishState::Submitted, std::cmp::Reverse(row.id)));
    } else {
        rows.sort_by_key(|row| (std::cmp::Reverse(row.round), row.until, row.published, row.id));
    }
    state.ids = rows.iter().map(|row| row.id).collect();
    if let Some(at) = held.and_then(|id| state.ids.iter().position(|other| *other == id)) {
        state.list.selected = at;
    }
    state.list.fit(state.ids.len(), pool::list_height(ctx));
    Vec::new()
}

/// A card carries its town only: it is in a worker's view where the town holds the worker's territory or lies in it.
fn pool_holds(row: &WishRow, ctx: &Context<'_>) -> bool {
    pool::holds(ctx, &row.town()) || ctx.actor.regions.iter().any(|held| row.town().contains(held))
}

/// Moves, filters, and carries out what can become of a wish.
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

/// Whether several units are held, so that there may be several claims.
pub fn has_several_held(row: &WishRow) -> bool {
    row.units.saturating_sub(row.free) > 1
}

/// Carries out what can become of a wish; `None` for what is no act on one.
pub fn act(row: &WishRow, action: Action) -> Option<Vec<Effect>> {
    let commit = |command| Some(vec![Effect::Work(Work::Commit(Box::new(command)))]);
    let claim = row.claim.as_ref().map(|claim| claim.id);
    let purpose = match action {
        Action::Open => return Some(vec![Effect::Go(household::State::new(row.household?).into())]),
        Action::HandIn => return commit(Command::SubmitWish { wish: row.id }),
        Action::Publish => return commit(Command::PublishWish { wish: row.id, until: None }),
        Action::CloseWish => return commit(Command::CloseWish { wish: row.id }),
        Action::Connect if has_several_held(row) => Purpose::Connect(claim?),
        Action::Connect => return commit(Command::ConnectClaim { claim: claim? }),
        Action::Edit => Purpose::RewriteWish(row.household?, row.id),
        Action::Reject => Purpose::RejectWish(row.id),
        Action::Withdraw => Purpose::WithdrawWish(row.id),
        Action::Claim => Purpose::Claim(row.id),
        Action::Hold => Purpose::Hold(row.id),
        Action::NameDonor => Purpose::NameDonor(claim?),
        Action::Release => Purpose::Release(claim?),
        Action::Fulfil => Purpose::Fulfil(claim?),
        Action::ConfirmReceipt => Purpose::ConfirmWish(row.id),
        _ => return None,
    };
    Some(vec![Effect::Go(sheet::State::new(purpose).into())])
}

/// What the lifecycle tables and the role allow for the selected wish.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    use Action::*;
    match action {
        Filter | NextPane | PreviousPane => Can::Yes,
        _ if Motion::of(action).is_some() => Can::Yes,
        action => can_act(selected(state, ctx), action, ctx),
    }
}

/// What the lifecycle tables and the role allow for a wish.
pub fn can_act(row: Option<&WishRow>, action: Action, ctx: &Context<'_>) -> Can {
    use Action::*;
    let row = match (action, row) {
        (
            Open | HandIn | Publish | Connect | Edit | Reject | Withdraw | Claim | Hold | NameDonor | Release | Fulfil
            | ConfirmReceipt | CloseWish,
            row,
        ) => match row {
            Some(row) => row,
            None => return pool::nothing_selected(ctx),
        },
        _ => return Can::Pass,
    };
    let wish = |right, act| pool::possible(ctx, right, lifecycle::wish(row.state, act));
    match action {
        Open if !ctx.may(CaseRight::SeeCases) => Can::No(text::no_case_right(ctx.lang).to_owned()),
        Open => Can::when(row.household.is_some(), text::no_case_right(ctx.lang)),
        HandIn => wish(CaseRight::WorkCases, Act::Submit),
        Publish => wish(CaseRight::PublishWish, Act::Publish),
        Edit => wish(CaseRight::WorkCases, Act::Rewrite),
        Reject => wish(CaseRight::PublishWish, Act::Reject),
        Withdraw => wish(CaseRight::PublishWish, Act::Withdraw),
        ConfirmReceipt => wish(CaseRight::WorkCases, Act::Confirm),
        CloseWish => wish(CaseRight::PublishWish, Act::Close),
        // A claim that stands for donors yet to come is for those who work on cases.
        Hold if !ctx.may(CaseRight::WorkCases) => Can::No(screens::no_right(ctx.lang).to_owned()),
        Claim | Hold if row.state.in_pool() && row.free == 0 => {
            pool::possible::<()>(ctx, CaseRight::Claim, Err(Reason::UnitsLeft { left: 0 }))
        }
        Claim | Hold => wish(CaseRight::Claim, Act::Claim),
        NameDonor if row.claim.as_ref().is_some_and(|claim| !claim.standing) && !has_several_held(row) => {
            pool::possible::<()>(ctx, CaseRight::Claim, Err(Reason::NotStanding))
        }
        NameDonor => of_claim(row, Act::Pass, ctx),
        Connect => of_claim(row, Act::Connect, ctx),
        Release => of_claim(row, Act::Release, ctx),
        _ => of_claim(row, Act::Fulfil, ctx),
    }
}

fn of_claim(row: &WishRow, act: Act, ctx: &Context<'_>) -> Can {
    match &row.claim {
        Some(claim) => pool::possible(ctx, CaseRight::Claim, lifecycle::claim(claim.state, act)),
        None => Can::No(text::not_claimed(ctx.lang).to_owned()),
    }
}

/// Draws the filters, the cards, and the selected card in full.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let (top, rest) = split_top(area, 1);
    let (_, body) = split_top(rest, 1);
    let names = FILTERS.map(|filter| filter.name(lang));
    pool::filter_line(&names, &state.counts, state.filter as usize, ctx, top, frame);
    let (list, detail) = pool::panes(ctx, body);
    let columns = [
        Column::flex(text::column_card(lang), 20, 4),
        Column::fixed(text::column_category(lang), lang.pick(8, 13)).rank(2),
        Column::fixed(text::column_age(lang), lang.pick(8, 11)).rank(1),
        Column::fixed(text::column_town(lang), 8).rank(3),
        Column::fixed(text::column_ceiling(lang), 7).right().rank(1),
        Column::fixed(text::column_units(lang), 5).right(),
        Column::fixed(text::column_state(lang), lang.pick(10, 11)),
        Column::fixed(text::column_round(lang), 4).right().rank(4),
        Column::fixed(text::column_days(lang), lang.pick(7, 9)).right(),
    ];
    let row = |at: usize| wish_row(state.ids[at], ctx);
    pool::table(&columns, text::no_wishes(lang), ctx).draw(list, frame.buf, &state.list, state.ids.len(), row);
    if let Some(row) = selected(state, ctx) {
        let rows = if ctx.is_wide() { card(row, ctx) } else { card_in_short(row, ctx) };
        Detail { rows: &rows, theme: ctx.theme }.draw(detail, frame.buf, 0);
    }
}

/// What a row says of its state: a claim that no server has granted is marked.
fn state_of(row: &WishRow, lang: Lang) -> (String, Role) {
    match (&row.claim, row.state) {
        (Some(claim), WishState::Published | WishState::Claimed) if claim.state == ClaimState::Tentative => {
            (text::tentative_mark(lang).to_owned(), Role::Tentative)
        }
        (Some(claim), WishState::Published | WishState::Claimed) if claim.standing => {
            (text::standing_mark(lang).to_owned(), Role::Accent)
        }
        (_, WishState::Published) => (row.state.label(lang).into_owned(), Role::Ok),
        _ => (row.state.label(lang).into_owned(), Role::Text),
    }
}

/// The day that counts: while claimed, the one by which contact is to be made or the lease ends; else the last in the pool.
fn limit(row: &WishRow) -> i32 {
    match &row.claim {
        Some(claim) if claim.state == ClaimState::Tentative => claim.contact_by,
        Some(claim) if claim.state == ClaimState::Granted => claim.lease_until,
        Some(_) => crate::replica::rows::NO_DAY,
        None if row.state.in_pool() => row.until,
        None => crate::replica::rows::NO_DAY,
    }
}

fn yuan(row: &WishRow) -> String {
    row.ceiling.map(|fen| fen.plain().trim_end_matches(".00").to_owned()).unwrap_or_default()
}

fn wish_row<'a>(id: WishId, ctx: &Context<'a>) -> Row<'a> {
    let lang = ctx.lang;
    let Some(wish) = ctx.memory.pools.wishes.find(id) else { return Row::default() };
    let (state, role) = state_of(wish, lang);
    let (days, days_role) = pool::days_left(limit(wish), ctx);
    Row::new([
        Cell::from(wish.card_text()),
        Cell::new(codes::label("wish_category", wish.category.as_str(), lang), Role::Dim),
        Cell::new(codes::label("age_band", wish.age_band.as_str(), lang), Role::Dim),
        Cell::new(ctx.memory.reference.region_name(&wish.town()), Role::Dim),
        Cell::from(yuan(wish)),
        Cell::from(format!("{}/{}", wish.free, wish.units)),
        Cell::new(state, role),
        Cell::new(if wish.round > 1 { wish.round.to_string() } else { String::new() }, Role::Warning),
        Cell::new(days, days_role),
    ])
}

/// The card's text, and whose it is for those who work on cases.
fn card_in_short<'a>(row: &'a WishRow, ctx: &Context<'_>) -> Vec<DetailRow<'a>> {
    let (head, village) = pool::head_and_village(row.household, ctx);
    let whose = format!("{head}  {village}  {}", row.no());
    vec![
        DetailRow::Text(row.card_text().into(), Role::Title),
        DetailRow::Text(whose.trim_start().to_owned().into(), Role::Dim),
    ]
}

/// The card in full. Whose it is stands there for those only who work on cases.
fn card<'a>(row: &'a WishRow, ctx: &Context<'_>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let (state, role) = state_of(row, lang);
    let mut rows = vec![
        DetailRow::Text(row.card_text().into(), Role::Title),
        DetailRow::Gap,
        DetailRow::styled(text::column_state(lang), state, role),
        DetailRow::field(text::column_category(lang), codes::label("wish_category", row.category.as_str(), lang)),
        DetailRow::field(text::column_age(lang), codes::label("age_band", row.age_band.as_str(), lang)),
        DetailRow::field(text::column_town(lang), ctx.memory.reference.region_name(&row.town())),
        DetailRow::field(text::column_ceiling(lang), yuan(row)),
        DetailRow::field(text::column_units(lang), format!("{}/{}", row.free, row.units)),
        DetailRow::field(text::column_round(lang), row.round.to_string()),
        DetailRow::field(text::published_on(lang), format::date(row.published, ctx)),
        DetailRow::field(text::open_until(lang), format::date(row.until, ctx)),
    ];
    if let Some(claim) = &row.claim {
        rows.push(DetailRow::Gap);
        rows.push(DetailRow::Heading(text::claim_heading(lang).into()));
        rows.push(DetailRow::field(text::column_state(lang), claim.state.label(lang).into_owned()));
        if claim.standing {
            let key = ctx.keymap.chord_for(&[KeyContext::Wishes, KeyContext::List], Action::NameDonor);
            let key = key.map(|chord| chord.label(lang)).unwrap_or_default();
            rows.push(DetailRow::Text(text::held_for_donors(lang, &key).into(), Role::Accent));
        }
        rows.push(DetailRow::field(text::contact_by(lang), format::date(claim.contact_by, ctx)));
        if claim.state == ClaimState::Tentative {
            rows.push(DetailRow::Text(text::claim_is_tentative(lang).into(), Role::Tentative));
        }
    }
    if row.duplicates > 0 {
        rows.push(DetailRow::Text(text::delivered_twice(lang, row.duplicates).into(), Role::Warning));
    }
    let (head, village) = pool::head_and_village(row.household, ctx);
    if !head.is_empty() {
        rows.push(DetailRow::Gap);
        rows.push(DetailRow::field(text::column_household(lang), head));
        rows.push(DetailRow::field(text::column_place(lang), village));
    }
    rows.push(DetailRow::styled(screens::col_number(lang), row.no(), Role::Dim));
    rows
}

/// Wishes, before lists.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::Wishes, KeyContext::List]
}

/// The keys worth showing: those of what waits in the filter.
pub fn hints(state: &State) -> &'static [Action] {
    match state.filter {
        Filter::ToClaim => &[Action::Claim, Action::Filter, Action::Withdraw, Action::Open],
        Filter::UnderWay => {
            &[Action::Connect, Action::Fulfil, Action::ConfirmReceipt, Action::Release, Action::Filter, Action::Open]
        }
        Filter::Unpublished => {
            &[Action::HandIn, Action::Publish, Action::Reject, Action::Edit, Action::Withdraw, Action::Filter]
        }
        Filter::Ended => &[Action::CloseWish, Action::Filter, Action::Open],
        Filter::All => &[Action::Filter, Action::Open],
    }
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    Action::GoWishes.title(ctx.lang).to_owned()
}

/// The selected wish, and its household for those who may know it.
pub fn subject(state: &State, ctx: &Context<'_>) -> Subject {
    let row = selected(state, ctx);
    let household = row.and_then(|row| row.household).filter(|_| ctx.may(CaseRight::SeeCases));
    Subject { household, wish: row.map(|row| row.id), ..Subject::default() }
}
