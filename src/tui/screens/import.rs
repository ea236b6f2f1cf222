//! Importing rosters (导入名册): choose files, see what they would do, commit all of it or nothing.
//!
//! Reading, checking and committing run on a thread of their own; the screen shows how far they are and can stop them.
//! Nothing is changed before F8 is pressed on the preview.

mod choose;
mod preview;
mod work;

use ratatui::layout::Rect;

use self::choose::{Choose, Listing};
use self::preview::Preview;
use self::work::{Job, Outcome};
use crate::i18n::forms as text;
use crate::tui::app::{Can, Context, Effect, Input, Message, Notice, Subject};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{ConfirmAnswer, gauge, put};

/// The screen.
#[derive(Debug, Default)]
pub struct State {
    choose: Choose,
    stage: Stage,
    begun: bool,
}

/// How far the import has come.
#[derive(Debug, Default)]
enum Stage {
    /// Files are being chosen.
    #[default]
    Choosing,
    /// A job runs; what was shown before comes back if it is stopped.
    Working { job: Job, done: u64, total: u64, before: Option<Box<Preview>> },
    /// What the import would do, or did.
    Preview(Box<Preview>),
}

/// Lists the folder, once.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    if let Stage::Preview(preview) = &mut state.stage {
        preview.fit(ctx);
    }
    if std::mem::replace(&mut state.begun, true) {
        return Vec::new();
    }
    vec![state.choose.list(ctx.origin)]
}

/// Chooses, checks, commits, stops.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    if let Input::Message(message) = input {
        return hear(state, message, ctx);
    }
    match &mut state.stage {
        Stage::Choosing => match input {
            Input::Action(Action::Submit) => Some(check(state, ctx)),
            input => state.choose.update(input, ctx),
        },
        Stage::Working { job, .. } => match input {
            Input::Action(Action::Back) if job.can_stop() => {
                job.stop();
                Some(Vec::new())
            }
            _ => None,
        },
        Stage::Preview(_) => match input {
            Input::Action(action) => act(state, *action, ctx),
            _ => None,
        },
    }
}

/// Reads and checks the chosen files.
fn check(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    let paths = state.choose.paths();
    if paths.is_empty() {
        return Vec::new();
    }
    let job = Job::default();
    let work = work::check(paths, state.choose.category(), job.clone(), ctx.origin);
    state.stage = Stage::Working { job, done: 0, total: 0, before: None };
    vec![Effect::Work(work)]
}

fn act(state: &mut State, action: Action, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let Stage::Preview(preview) = &mut state.stage else { return None };
    if let Some(question) = &mut preview.question {
        match question.apply(action) {
            Some(ConfirmAnswer::Yes) => return Some(commit(state, ctx)),
            Some(ConfirmAnswer::No) => preview.question = None,
            None => {}
        }
        return Some(Vec::new());
    }
    match action {
        Action::Submit if preview.faults.is_empty() => Some(commit(state, ctx)),
        Action::Submit => {
            preview.ask(ctx.lang);
            Some(Vec::new())
        }
        Action::Export => {
            let path = preview.report_path(ctx.lang);
            Some(vec![Effect::Work(work::report(preview.plan.clone(), path, ctx.lang, ctx.origin))])
        }
        Action::Back => {
            if preview.committed {
                state.choose.clear();
            }
            state.stage = Stage::Choosing;
            Some(vec![state.choose.list(ctx.origin)])
        }
        action => preview.apply(action, ctx),
    }
}

fn commit(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    let Stage::Preview(mut preview) = std::mem::take(&mut state.stage) else { return Vec::new() };
    preview.question = None;
    let job = Job::default();
    let work = work::commit(preview.plan.clone(), job.clone(), ctx.origin);
    let total = preview.steps();
    state.stage = Stage::Working { job, done: 0, total, before: Some(preview) };
    vec![Effect::Work(work)]
}

fn hear(state: &mut State, message: &Message, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match message {
        Message::Progress(_, now, of) => {
            if let Stage::Working { done, total, .. } = &mut state.stage {
                *done = *now;
                *total = if *of == 0 { *total } else { *of };
            }
            Some(Vec::new())
        }
        // The console has told what is wrong; what was there before the job comes back.
        Message::Outcome(_, Err(_)) => {
            state.stop_working();
            Some(Vec::new())
        }
        Message::Outcome(_, Ok(outcome)) => {
            if let Some(listing) = outcome.downcast_ref::<Listing>() {
                state.choose.take(listing, ctx);
            } else if let Some(outcome) = outcome.downcast_ref::<Outcome>() {
                return Some(take(state, outcome, ctx));
            }
            Some(Vec::new())
        }
        _ => None,
    }
}

fn take(state: &mut State, outcome: &Outcome, ctx: &Context<'_>) -> Vec<Effect> {
    let tell = |text: String, role| vec![Effect::Tell(Notice::Text(text, role))];
    match outcome {
        Outcome::Planned(checked) => {
            state.stage = Stage::Preview(Box::new(Preview::new(checked, ctx)));
            Vec::new()
        }
        Outcome::Committed => {
            state.stop_working();
            if let Stage::Preview(preview) = &mut state.stage {
                preview.committed = true;
            }
            tell(text::import_committed(ctx.lang).to_owned(), Role::Ok)
        }
        Outcome::Stopped => {
            state.stop_working();
            tell(text::import_stopped(ctx.lang).to_owned(), Role::Warning)
        }
        Outcome::Reported(path) => tell(text::report_written(ctx.lang, path), Role::Ok),
    }
}

impl State {
    fn stop_working(&mut self) {
        if let Stage::Working { before, .. } = &mut self.stage {
            self.stage = before.take().map_or(Stage::Choosing, Stage::Preview);
        }
    }
}

/// What the stage takes.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match &state.stage {
        Stage::Choosing => match action {
            Action::Submit if state.choose.paths().is_empty() => Can::No(text::choose_a_file(ctx.lang).to_owned()),
            Action::Submit => super::pool::permitted(ctx, crate::domain::worker::Right::Import),
            Action::NextPane | Action::Filter => Can::Yes,
            action => super::typed_list_can(action),
        },
        Stage::Working { job, .. } => match action {
            Action::Back => Can::when(job.can_stop(), text::import_too_late(ctx.lang)),
            Action::Submit | Action::Export => Can::No(text::import_runs(ctx.lang).to_owned()),
            _ => Can::Pass,
        },
        Stage::Preview(preview) => preview.can(action, ctx),
    }
}

/// Draws the stage.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    match &state.stage {
        Stage::Choosing => state.choose.view(ctx, area, frame),
        Stage::Working { job, done, total, .. } => {
            let label = job.phase(ctx.lang);
            let bar = Rect { x: area.x + 2, y: area.y + 2, width: area.width.saturating_sub(4), height: 1 };
            gauge(bar, frame.buf, &ctx.theme, *done, *total, label);
            let hint = if job.can_stop() { text::import_stop_hint(ctx.lang) } else { text::import_too_late(ctx.lang) };
            put(frame.buf, bar.x, bar.y + 2, bar.width, hint, ctx.theme.style(Role::Dim), &ctx.theme);
        }
        Stage::Preview(preview) => preview.view(ctx, area, frame),
    }
}

/// Where the keys are.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    match &state.stage {
        Stage::Choosing => vec![KeyContext::Import, KeyContext::Find, KeyContext::Input],
        Stage::Preview(preview) if preview.question.is_some() => vec![KeyContext::Confirm],
        Stage::Preview(_) | Stage::Working { .. } => vec![KeyContext::Import, KeyContext::List],
    }
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    match &state.stage {
        Stage::Choosing => &[Action::Submit, Action::Open, Action::Back],
        Stage::Working { .. } => &[Action::Back],
        Stage::Preview(preview) if preview.question.is_some() => &[Action::Accept, Action::Decline],
        Stage::Preview(preview) if preview.committed => &[Action::NextPane, Action::Back],
        Stage::Preview(_) => &[Action::Submit, Action::NextPane, Action::Export, Action::Back],
    }
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    Action::GoImport.title(ctx.lang).to_owned()
}

/// Nothing is at hand.
pub fn subject(_: &State, _: &Context<'_>) -> Subject {
    Subject::default()
}
