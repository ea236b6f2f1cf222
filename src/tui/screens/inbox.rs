//! The inbox (收件箱): refused commands, lost claims, conflicts. Nothing leaves it by itself.

mod work;

use ratatui::layout::Rect;

use super::pool;
use crate::domain::display;
use crate::domain::field::Field;
use crate::domain::id::WorkerId;
use crate::domain::moment::Moment;
use crate::domain::record::RecordKey;
use crate::domain::value::Value;
use crate::domain::worker::Right;
use crate::i18n::{Explain as _, domain, screens as text};
use crate::sync::protocol::Outcome;
use crate::tui::app::{Can, Context, Effect, Input, Message, Subject};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Cell, Column, Detail, DetailRow, ListState, Motion, Row, Scroll, split_top};

use work::{Act, Item, Letters};

/// The screen.
#[derive(Debug, Default)]
pub struct State {
    letters: Letters,
    /// The change of records that the letters are as of; none before they were read.
    read_at: Option<u64>,
    list: ListState,
}

fn selected(state: &State) -> Option<&Item> {
    state.letters.items.get(state.list.selected)
}

/// Reads the letters where records have changed since.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    state.list.fit(state.letters.items.len(), pool::list_height(ctx));
    if state.read_at == Some(ctx.memory.generation) {
        return Vec::new();
    }
    state.read_at = Some(ctx.memory.generation);
    vec![Effect::Work(work::read(ctx.origin))]
}

/// Moves, settles, claims the next like it, puts away.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match input {
        Input::Message(Message::Outcome(_, Ok(outcome))) => {
            state.letters = outcome.downcast_ref::<Letters>()?.clone();
            state.list.fit(state.letters.items.len(), pool::list_height(ctx));
            Some(Vec::new())
        }
        Input::Action(action) => {
            if let Some(motion) = Motion::of(*action) {
                let len = state.letters.items.len();
                state.list.go(motion, len, pool::list_height(ctx), Scroll::Line);
                return Some(Vec::new());
            }
            let item = selected(state)?;
            if *action == Action::Open {
                let Item::Conflict(open) = item else { return None };
                return Some(vec![Effect::Go(super::household::State::new(open.household).into())]);
            }
            let act = act_of(item, *action)?;
            Some(vec![Effect::Work(work::carry_out(act, ctx.origin))])
        }
        _ => None,
    }
}

/// What an action does with a letter.
fn act_of(item: &Item, action: Action) -> Option<Act> {
    match (item, action) {
        (Item::Conflict(open), Action::KeepHeld) => Some(Act::Settle(open.clone(), work::keeping(open))),
        (Item::Conflict(open), Action::TakeOffered) if !open.conflict.field.is_empty() => {
            Some(Act::Settle(open.clone(), crate::domain::conflict::Choice::TakeOffered))
        }
        (Item::Command(entry), Action::PutAway) => Some(Act::PutAway(entry.envelope.id.seq)),
        (Item::Command(entry), Action::ClaimNext)
            if entry.lost_claim().is_some_and(|lost| !lost.similar.is_empty()) =>
        {
            Some(Act::ClaimNext(entry.clone()))
        }
        _ => None,
    }
}

/// What the selected letter allows.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    if Motion::of(action).is_some() {
        return Can::Yes;
    }
    let Some(item) = selected(state) else {
        let own = [Action::Open, Action::KeepHeld, Action::TakeOffered, Action::PutAway, Action::ClaimNext];
        return if own.contains(&action) { pool::nothing_selected(ctx) } else { Can::Pass };
    };
    let is_there = act_of(item, action).is_some();
    match action {
        Action::Open => Can::when(matches!(item, Item::Conflict(_)), text::inbox_no_file(ctx.lang)),
        Action::KeepHeld | Action::TakeOffered if is_there => pool::permitted(ctx, Right::Verify),
        Action::KeepHeld | Action::TakeOffered => Can::No(text::inbox_no_conflict(ctx.lang).to_owned()),
        Action::ClaimNext if is_there => pool::permitted(ctx, Right::Claim),
        Action::ClaimNext => Can::No(text::inbox_no_lost_claim(ctx.lang).to_owned()),
        Action::PutAway if is_there => pool::writable(ctx),
        Action::PutAway => Can::No(text::inbox_settle_first(ctx.lang).to_owned()),
        _ => Can::Pass,
    }
}

/// Draws the letters and the selected one in full.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let (list, detail) = pool::panes(ctx, split_top(area, 1).1);
    let columns = [
        Column::fixed(text::inbox_kind(lang), lang.pick(10, 14)),
        Column::flex(text::inbox_about(lang), 16, 4),
        Column::fixed(text::inbox_when(lang), 17).rank(1),
    ];
    let row = |at: usize| letter_row(&state.letters.items[at], ctx);
    pool::table(&columns, text::inbox_nothing(lang), ctx).draw(
        list,
        frame.buf,
        &state.list,
        state.letters.items.len(),
        row,
    );
    if let Some(item) = selected(state) {
        let rows = in_full(item, ctx);
        Detail { rows: &rows, theme: ctx.theme }.draw(detail, frame.buf, 0);
    }
}

fn letter_row<'a>(item: &Item, ctx: &Context<'a>) -> Row<'a> {
    let lang = ctx.lang;
    let (kind, role, about, at) = match item {
        Item::Conflict(open) => {
            let conflict = &open.conflict;
            let head = pool::head_and_village(Some(open.household), ctx).0;
            let field = field_of(conflict.about, &conflict.field).map_or("", |field| field.label(lang));
            let about = format!("{head} {field}");
            (text::inbox_conflict(lang), Role::Warning, about, conflict.offered_at)
        }
        Item::Command(entry) => {
            let what = domain::command(lang, entry.envelope.command.name()).to_owned();
            let (kind, role) = match &entry.outcome {
                Outcome::Refused { lost_claim: Some(_), .. } => (text::inbox_lost_claim(lang), Role::Warning),
                Outcome::Refused { .. } => (text::inbox_refused(lang), Role::Error),
                Outcome::Merged { .. } | Outcome::Applied => (text::inbox_overtaken(lang), Role::Text),
            };
            (kind, role, what, Some(entry.envelope.at))
        }
    };
    Row::new([
        Cell::new(kind, role),
        Cell::from(about.trim().to_owned()),
        Cell::new(at.map(Moment::to_minute).unwrap_or_default(), Role::Dim),
    ])
}

/// Everything that is known about a letter: why, and what to do next.
fn in_full<'a>(item: &'a Item, ctx: &Context<'a>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    match item {
        Item::Conflict(open) => conflict_in_full(open, ctx),
        Item::Command(entry) => {
            let what = domain::command(lang, entry.envelope.command.name());
            let mut rows = vec![DetailRow::Text(what.into(), Role::Title)];
            match &entry.outcome {
                Outcome::Refused { told, lost_claim, .. } => {
                    if let Some(lost) = lost_claim {
                        let since = lost.since.to_minute();
                        rows.push(DetailRow::Text(
                            text::inbox_holder(lang, &lost.holder, &since).into(),
                            Role::Warning,
                        ));
                        rows.extend(lost.similar.iter().map(|wish| {
                            DetailRow::Text(format!("{}  {}", wish.no, wish.card_text).into(), Role::Text)
                        }));
                    } else {
                        rows.push(DetailRow::Text(told.message(lang).into(), Role::Error));
                        rows.push(DetailRow::Text(told.remedy(lang).into(), Role::Text));
                    }
                    rows.push(DetailRow::Text(told.code.as_str().into(), Role::Dim));
                }
                Outcome::Merged { lost } => {
                    for lost in lost {
                        let Some(field) = field_of(Some(lost.record), &lost.field) else { continue };
                        let value = |value: &Value| display::masked(field, value, lang);
                        let told = text::inbox_held_over(lang, &value(&lost.held), &value(&lost.offered));
                        rows.push(DetailRow::field(field.label(lang), told));
                    }
                }
                Outcome::Applied => {}
            }
            rows
        }
    }
}

/// Both sides of a conflict, one under the other with who wrote them.
fn conflict_in_full<'a>(open: &'a crate::replica::sync::OpenConflict, ctx: &Context<'a>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let conflict = &open.conflict;
    let (head, village) = pool::head_and_village(Some(open.household), ctx);
    let mut rows = vec![DetailRow::Text(format!("{head}  {village}").into(), Role::Title)];
    let Some(field) = field_of(conflict.about, &conflict.field) else {
        rows.push(DetailRow::Text(text::inbox_two_records(lang).into(), Role::Text));
        return rows;
    };
    let author = |worker: Option<WorkerId>, at: Option<Moment>| {
        let name = worker.map(|worker| ctx.memory.reference.worker_name(worker)).unwrap_or_default();
        format!("{name} {}", at.map(Moment::to_minute).unwrap_or_default())
    };
    rows.extend([
        DetailRow::Text(field.label(lang).into(), Role::Accent),
        DetailRow::field(text::inbox_held(lang), display::masked(field, &conflict.held, lang)),
        DetailRow::styled("", author(conflict.held_by, conflict.held_at), Role::Dim),
        DetailRow::field(text::inbox_offered(lang), display::masked(field, &conflict.offered, lang)),
        DetailRow::styled("", author(conflict.offered_by, conflict.offered_at), Role::Dim),
    ]);
    rows
}

fn field_of(record: Option<RecordKey>, name: &str) -> Option<&'static Field> {
    record?.kind.table().fields.iter().find(|field| field.name == name)
}

/// The inbox, before lists.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::Inbox, KeyContext::List]
}

/// The keys worth showing.
pub fn hints(_: &State) -> &'static [Action] {
    &[Action::KeepHeld, Action::TakeOffered, Action::ClaimNext, Action::PutAway, Action::Refresh]
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    Action::GoInbox.title(ctx.lang).to_owned()
}

/// The household of a conflict.
pub fn subject(state: &State, _: &Context<'_>) -> Subject {
    let household = selected(state).and_then(|item| match item {
        Item::Conflict(open) => Some(open.household),
        Item::Command(_) => None,
    });
    Subject { household, ..Subject::default() }
}
