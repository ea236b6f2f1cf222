//! Logging a visit: one page, the last visit beside it, changed facts highlighted against what is on record, needs found
//! on the spot. A routine visit takes a handful of keys beside the note.

mod beside;
mod form;

use std::sync::Arc;

use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

use super::entry::draft::{self, Kept};
use super::entry::{self, Entry, KEEP, KEEP_AFTER};
use crate::domain::id::HouseholdId;
use crate::domain::need::Need;
use crate::domain::records::Dossier;
use crate::domain::visit::Visit;
use crate::i18n::forms as text;
use crate::tui::app::{Begin, Begun, Can, Context, Effect, Input, Message, Notice, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Detail, put, split_left, split_top};

/// The form.
#[derive(Debug)]
pub struct State {
    household: HouseholdId,
    file: Option<Arc<Dossier>>,
    visit: Visit,
    entry: Entry,
    needs: Vec<Need>,
    /// Waiting for a need to be made ready, or for the commit.
    waiting: bool,
    /// The next date was set by hand; it is no longer proposed.
    next_by_hand: bool,
    begun: bool,
}

/// What a draft keeps.
#[derive(Serialize, Deserialize)]
struct Draft {
    form: entry::Draft,
    needs: Vec<Need>,
}

impl State {
    /// A form for a visit to a household; it is made ready when it is first shown.
    pub fn new(household: HouseholdId) -> State {
        State {
            household,
            file: None,
            visit: Visit::default(),
            entry: Entry::default(),
            needs: Vec::new(),
            waiting: false,
            next_by_hand: false,
            begun: false,
        }
    }

    fn draft_key(&self) -> String {
        format!("visit-{}", self.household)
    }
}

/// Asks for a visit made ready, once.
pub fn refresh(state: &mut State, _: &Context<'_>) -> Vec<Effect> {
    if state.begun {
        return Vec::new();
    }
    state.begun = true;
    vec![Effect::Work(Work::Begin(Begin::Visit(state.household)))]
}

/// Fills in, submits, keeps the draft.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match input {
        Input::Message(message) => return hear(state, message, ctx),
        Input::Action(_) if state.entry.is_asking() => {}
        Input::Action(Action::Submit) => return Some(submit(state, ctx)),
        Input::Action(Action::AddNeed | Action::New) => {
            state.waiting = true;
            return Some(vec![Effect::Work(Work::Begin(Begin::Need(state.household)))]);
        }
        _ => {}
    }
    let touched = state.entry.is_touched() || !state.needs.is_empty();
    let (key, is_read, needs) = (state.draft_key(), state.file.is_some(), state.needs.clone());
    let content =
        |entry: &Entry| is_read.then(|| Kept::of(key, &Draft { form: entry.draft(ctx.today()), needs })).flatten();
    if let Some(effects) = draft::take(&mut state.entry, input, touched, ctx, content) {
        return Some(effects);
    }
    match state.entry.update(input, ctx, form_area(ctx.body(), ctx))? {
        entry::Done::Discard => Some(draft::discard(Some(state.draft_key()))),
        entry::Done::Moved => Some(Vec::new()),
        entry::Done::Changed(at) => {
            form::follow(state, at, ctx);
            Some(vec![Effect::After(KEEP, KEEP_AFTER)])
        }
    }
}

fn hear(state: &mut State, message: &Message, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match message {
        Message::Begun(_, Ok(begun)) => match &**begun {
            Begun::Visit(file, visit) => {
                form::begin(state, file.clone(), visit.clone(), ctx);
                Some(vec![Effect::Work(Work::LoadDraft(state.draft_key()))])
            }
            Begun::Need(_, need) => Some(take_need(state, need, ctx)),
            _ => None,
        },
        Message::Begun(_, Err(fault)) => {
            state.waiting = false;
            let fault = fault.clone();
            Some(vec![Effect::Tell(Notice::Fault(fault))])
        }
        Message::Draft(_, _, Some(content)) => {
            let Ok(draft) = serde_json::from_slice::<Draft>(content) else { return Some(Vec::new()) };
            Some(take_up(state, draft, ctx))
        }
        Message::Committed(_, _, Ok(_)) => Some(vec![Effect::Work(Work::DropDraft(state.draft_key())), Effect::Leave]),
        Message::Committed(_, _, Err(fault)) => {
            state.waiting = false;
            let elsewhere = state.entry.take_faults(fault, ctx, form_area(ctx.body(), ctx));
            Some(elsewhere.into_iter().map(|fault| Effect::Tell(Notice::Fault(fault))).collect())
        }
        _ => None,
    }
}

/// A need was made ready: one found now, or one of a draft, which gets a number that nobody else was given meanwhile.
fn take_need(state: &mut State, made: &Need, ctx: &Context<'_>) -> Vec<Effect> {
    if let Some(held) = state.needs.iter_mut().find(|need| need.no.is_empty()) {
        held.no.clone_from(&made.no);
    } else {
        state.entry.add(form::need_items(made));
        state.needs.push(made.clone());
        form::go_to_last_need(state, ctx);
    }
    state.waiting = state.needs.iter().any(|need| need.no.is_empty());
    vec![Effect::After(KEEP, KEEP_AFTER)]
}

fn take_up(state: &mut State, draft: Draft, ctx: &Context<'_>) -> Vec<Effect> {
    state.needs = draft.needs;
    let mut effects = Vec::new();
    for need in &mut state.needs {
        state.entry.add(form::need_items(need));
        need.no.clear();
        effects.push(Effect::Work(Work::Begin(Begin::Need(state.household))));
    }
    state.waiting = !state.needs.is_empty();
    // What stands in some items decides which others there are.
    state.entry.restore(&draft.form);
    form::follow_result(state, ctx);
    form::advise(state, ctx);
    state.entry.restore(&draft.form);
    effects.push(draft::taken_up(&state.entry, ctx));
    effects
}

fn submit(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    let area = form_area(ctx.body(), ctx);
    if state.waiting || state.file.is_none() {
        return Vec::new();
    }
    form::drop_blank_needs(state, ctx);
    if !state.entry.check(ctx, area) {
        return Vec::new();
    }
    match form::command(state, ctx) {
        Ok(command) => {
            state.waiting = true;
            vec![Effect::Work(Work::Commit(Box::new(command)))]
        }
        // The check above has refused whatever does not fit its field.
        Err(_) => Vec::new(),
    }
}

/// What the form takes.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match action {
        _ if state.entry.is_asking() => state.entry.can(action),
        Action::Submit | Action::SaveDraft | Action::DiscardDraft | Action::AddNeed | Action::New => {
            Can::when(state.file.is_some() && !state.waiting, text::not_ready(ctx.lang))
        }
        Action::Back => Can::Yes,
        other => state.entry.can(other),
    }
}

/// The form's part of the body.
fn form_area(body: Rect, ctx: &Context<'_>) -> Rect {
    let (_, below) = split_top(body, 2);
    if ctx.is_wide() { split_left(below, below.width * 6 / 10).0 } else { below }
}

/// Draws the form and, where there is room, the last visit.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let (theme, lang) = (&ctx.theme, ctx.lang);
    let Some(file) = &state.file else {
        put(frame.buf, area.x + 2, area.y + 1, area.width, text::loading(lang), theme.style(Role::Dim), theme);
        return;
    };
    let (head, _) = split_top(area, 2);
    put(frame.buf, head.x + 1, head.y, head.width, &beside::heading(file, ctx), theme.style(Role::Text), theme);
    let last = beside::last_visit_line(file, ctx);
    put(frame.buf, head.x + 1, head.y + 1, head.width, &last, theme.style(Role::Dim), theme);
    if ctx.is_wide() {
        let (_, below) = split_top(area, 2);
        let (_, side) = split_left(below, below.width * 6 / 10);
        let rows = beside::beside(file, ctx);
        let inner = Rect { x: side.x + 2, width: side.width.saturating_sub(2), ..side };
        Detail { rows: &rows, theme: ctx.theme }.draw(inner, frame.buf, 0);
    }
    state.entry.view(ctx, form_area(area, ctx), frame);
}

/// Where the keys are.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    state.entry.contexts()
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    const FILLING: &[Action] =
        &[Action::Submit, Action::AddNeed, Action::NextField, Action::Pick, Action::SaveDraft, Action::Back];
    state.entry.hints().unwrap_or(FILLING)
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    text::visit_title(ctx.lang).to_owned()
}

/// The household.
pub fn subject(state: &State, _: &Context<'_>) -> Subject {
    Subject { household: Some(state.household), ..Subject::default() }
}
