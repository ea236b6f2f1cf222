//! The inbox (收件箱): refused commands, lost claims, conflicts. Nothing leaves it by itself.

mod work;

use ratatui::layout::Rect;

use super::pool;
use crate::desk;
use crate::domain::command::Command;
use crate::domain::display;
use crate::domain::field::Field;
use crate::domain::id::WorkerId;
use crate::domain::moment::Moment;
use crate::domain::record::RecordKey;
use crate::domain::value::Value;
use crate::domain::worker::Right;
use crate::i18n::{Explain as _, domain, screens as text};
use crate::replica::sync::OpenConflict;
use crate::sync::protocol::Outcome;
use crate::tui::app::{Can, Context, Effect, Input, Message, Subject};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Cell, Column, Detail, DetailRow, ListState, Motion, Row, Scroll, split_left, split_top};

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
    state.list.fit(state.letters.items.len(), list_height(ctx));
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
            state.list.fit(state.letters.items.len(), list_height(ctx));
            Some(Vec::new())
        }
        Input::Action(action) => {
            if let Some(motion) = Motion::of(*action) {
                let len = state.letters.items.len();
                state.list.go(motion, len, list_height(ctx), Scroll::Line);
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

/// Rows in which the selected letter stands below the list where there is no room beside it, with the gap above: a lost
/// claim has six lines, and as many again where its card is long.
const STRIP: u16 = 9;

/// The list, and where the selected letter stands in full.
fn panes(ctx: &Context<'_>, area: Rect) -> (Rect, Rect) {
    if ctx.is_wide() {
        let (left, right) = split_left(area, area.width / 2);
        return (left, Rect { x: right.x + 2, width: right.width.saturating_sub(2), ..right });
    }
    pool::below(area, STRIP)
}

/// Rows of the list, without its headings.
fn list_height(ctx: &Context<'_>) -> u16 {
    panes(ctx, split_top(ctx.body(), 1).1).0.height.saturating_sub(1).max(1)
}

/// Draws the letters and the selected one in full.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let (list, detail) = panes(ctx, split_top(area, 1).1);
    let columns = [
        Column::fixed(text::inbox_kind(lang), lang.pick(12, 10)),
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
    match selected(state) {
        Some(Item::Conflict(open)) => draw_conflict(open, ctx, detail, frame),
        Some(item) => {
            let rows = in_full(item, ctx);
            Detail { rows: &rows, theme: ctx.theme }.draw(detail, frame.buf, 0);
        }
        None => {}
    }
}

fn letter_row<'a>(item: &Item, ctx: &Context<'a>) -> Row<'a> {
    let lang = ctx.lang;
    let (kind, role, about, at) = match item {
        Item::Conflict(open) => {
            let conflict = &open.conflict;
            let head = pool::head_and_village(Some(open.household), ctx).0;
            let about = format!("{head} {}", display::subject(conflict, lang));
            (text::inbox_conflict(lang), Role::Warning, about, conflict.offered_at)
        }
        Item::Command(entry) => {
            let what = domain::command(lang, entry.envelope.command.name());
            let what = format!("{what}  {}", about(&entry.envelope.command, ctx));
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
        Item::Conflict(_) => Vec::new(),
        Item::Command(entry) => {
            let what = domain::command(lang, entry.envelope.command.name());
            let title = format!("{what}  {}", about(&entry.envelope.command, ctx)).trim_end().to_owned();
            let mut rows = vec![DetailRow::Text(title.into(), Role::Title)];
            match &entry.outcome {
                Outcome::Refused { told, lost_claim, .. } => {
                    if let Some(lost) = lost_claim {
                        let since = lost.since.to_minute();
                        rows.push(DetailRow::Text(
                            text::inbox_holder(lang, &lost.holder, &since).into(),
                            Role::Warning,
                        ));
                        rows.extend(lost.similar.iter().map(|wish| {
                            DetailRow::Text(
                                format!("{}  {}", wish.card_text, wish.no).trim_end().to_owned().into(),
                                Role::Text,
                            )
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

/// A conflict: whose and which fact above, both values side by side below, each with who wrote it when.
fn draw_conflict(open: &OpenConflict, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let conflict = &open.conflict;
    let (head, village) = pool::head_and_village(Some(open.household), ctx);
    let above = [
        DetailRow::Text(format!("{head}  {village}").into(), Role::Title),
        DetailRow::Text(display::subject(conflict, lang), Role::Accent),
    ];
    let above = Detail { rows: &above, theme: ctx.theme };
    above.draw(area, frame.buf, 0);
    let (_, rest) = split_top(area, above.height(area.width) as u16);
    let (left, right) = split_left(rest, rest.width / 2);
    let (held, offered) = display::sides(conflict, lang);
    let sides = [
        (text::inbox_held(lang), held, conflict.held_by, conflict.held_at, left),
        (text::inbox_offered(lang), offered, conflict.offered_by, conflict.offered_at, right),
    ];
    for (label, value, by, at, side) in sides {
        let rows = [
            DetailRow::Text(label.into(), Role::Label),
            DetailRow::Text(value.into(), Role::Text),
            DetailRow::Text(author(by, at, ctx).into(), Role::Dim),
        ];
        let side = Rect { width: side.width.saturating_sub(1), ..side };
        Detail { rows: &rows, theme: ctx.theme }.draw(side, frame.buf, 0);
    }
}

fn author(worker: Option<WorkerId>, at: Option<Moment>, ctx: &Context<'_>) -> String {
    let name = worker.map(|worker| ctx.memory.reference.worker_name(worker)).unwrap_or_default();
    format!("{name} {}", at.map(Moment::to_minute).unwrap_or_default()).trim_start().to_owned()
}

/// Which need, wish or household a command was about.
fn about(command: &Command, ctx: &Context<'_>) -> String {
    let about = desk::about(ctx.memory, command);
    about.map(|about| about.told(|name| ctx.name(name).into_owned())).unwrap_or_default()
}

fn field_of(record: Option<RecordKey>, name: &str) -> Option<&'static Field> {
    record?.kind.table().fields.iter().find(|field| field.name == name)
}

/// The inbox, before lists.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::Inbox, KeyContext::List]
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    match selected(state) {
        Some(Item::Conflict(open)) if open.conflict.field.is_empty() => {
            &[Action::KeepHeld, Action::Open, Action::Refresh]
        }
        Some(Item::Conflict(_)) => &[Action::KeepHeld, Action::TakeOffered, Action::Open, Action::Refresh],
        Some(Item::Command(entry)) if entry.lost_claim().is_some_and(|lost| !lost.similar.is_empty()) => {
            &[Action::ClaimNext, Action::PutAway, Action::Refresh]
        }
        Some(Item::Command(_)) => &[Action::PutAway, Action::Refresh],
        None => &[Action::Refresh, Action::Back],
    }
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
