//! A home without data: join a server, bring in rosters, begin alone, or try the demo.

mod join;

use ratatui::layout::Rect;

use self::join::{Came, Join};

use crate::i18n::screens as text;
use crate::tui::app::{Can, Context, Effect, Input, Message, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::text as cells;
use crate::tui::theme::Role;
use crate::tui::widgets::{LineInput, ListState, Motion, Scroll, gauge, put};

/// The selected offer, and how far taking it up has come.
#[derive(Debug, Default)]
pub struct State {
    list: ListState,
    step: Step,
    join: Join,
}

#[derive(Debug, Default)]
enum Step {
    #[default]
    Choosing,
    /// Who works here; `for_import` goes on to the import.
    Naming { input: LineInput, for_import: bool, sent: bool },
    /// The device joins a server.
    Joining,
    /// The demo is being written: done, of how many.
    Filling(u64, u64),
}

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offer {
    Join,
    Import,
    Alone,
    Demo,
}

const OFFERS: [Offer; 4] = [Offer::Join, Offer::Import, Offer::Alone, Offer::Demo];

fn is_known(ctx: &Context<'_>) -> bool {
    ctx.memory.reference.workers.contains_key(&ctx.actor.worker)
}

fn begin(for_import: bool) -> Vec<Effect> {
    let today = Effect::Replace(super::today::State::default().into());
    if for_import { vec![today, Effect::Act(Action::GoImport)] } else { vec![today] }
}

/// Leaves as soon as there is something to look at, or the name that was asked for is known.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    match &state.step {
        // Joined on the command line, or when the program ended before the data were here.
        Step::Choosing if ctx.sync.enrolled && ctx.sync.last.is_none() => {
            state.step = Step::Joining;
            state.join.fetch()
        }
        // A desk that claims wishes for donors holds no households.
        Step::Choosing if ctx.sync.enrolled => begin(false),
        // The first households are there before the last.
        Step::Joining => Vec::new(),
        Step::Naming { for_import, sent: true, .. } if is_known(ctx) => begin(*for_import),
        // While the demo is written its first households are there before its worker.
        Step::Filling(..) if !is_known(ctx) => Vec::new(),
        _ if ctx.memory.rows.is_empty() => Vec::new(),
        _ => begin(false),
    }
}

/// Moves, takes up an offer, types a name.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match (&mut state.step, input) {
        (Step::Joining, input) => {
            return match state.join.update(input, ctx, body(ctx.body()))? {
                Came::On(effects) => Some(effects),
                Came::In => Some(begin(false)),
                Came::Back => {
                    state.step = Step::Choosing;
                    Some(Vec::new())
                }
            };
        }
        (Step::Filling(done, total), Input::Message(Message::Progress(_, now, of))) => (*done, *total) = (*now, *of),
        (_, Input::Message(Message::Refused(..))) => state.step = Step::Choosing,
        (Step::Choosing, Input::Action(action)) => return choose(state, *action, ctx),
        (Step::Naming { input: name, .. }, Input::Text(typed) | Input::Paste(typed)) => {
            name.insert(typed);
        }
        (Step::Naming { input: name, sent, .. }, Input::Action(Action::NextField | Action::Submit | Action::Open)) => {
            let typed = name.text().trim().to_owned();
            if typed.is_empty() || *sent {
                return Some(Vec::new());
            }
            *sent = true;
            return Some(vec![Effect::Work(Work::SettleIn(typed))]);
        }
        (Step::Naming { .. }, Input::Action(Action::Back)) => state.step = Step::Choosing,
        (Step::Naming { input: name, .. }, Input::Action(action)) => {
            name.apply(*action)?;
        }
        _ => return None,
    }
    Some(Vec::new())
}

fn choose(state: &mut State, action: Action, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    if let Some(motion) = Motion::of(action) {
        state.list.go(motion, OFFERS.len(), OFFERS.len() as u16, Scroll::Line);
        return Some(Vec::new());
    }
    if action != Action::Open {
        return None;
    }
    let offer = OFFERS[state.list.selected];
    if offer == Offer::Demo {
        state.step = Step::Filling(0, 0);
        return Some(vec![Effect::Work(Work::Demo)]);
    }
    if offer == Offer::Join {
        state.step = Step::Joining;
        state.join.open();
        return Some(Vec::new());
    }
    let for_import = offer == Offer::Import;
    if is_known(ctx) {
        return Some(begin(for_import));
    }
    state.step = Step::Naming { input: LineInput::default().limit(60), for_import, sent: false };
    Some(Vec::new())
}

/// Moving and choosing; typing.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match state.step {
        Step::Joining => state.join.can(action, ctx),
        Step::Choosing if Motion::of(action).is_some() || action == Action::Open => Can::Yes,
        Step::Naming { .. } => match action {
            Action::NextField | Action::Submit | Action::Open | Action::Back => Can::Yes,
            _ => super::editing_can(action),
        },
        Step::Choosing | Step::Filling(..) => Can::Pass,
    }
}

/// Rows of what stands above the form that joins a server.
const ABOVE_JOINING: u16 = 6;

/// Where that form stands.
fn body(area: Rect) -> Rect {
    let rows = ABOVE_JOINING.min(area.height);
    Rect { x: area.x + 4, y: area.y + rows, width: area.width.saturating_sub(8), height: area.height - rows }
}

/// Draws the offers, the question for the name, or the gauge.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let (lang, theme) = (ctx.lang, &ctx.theme);
    let x = area.x + 4;
    let width = area.width.saturating_sub(8);
    let mut y = area.y + 2;
    let mut line = |frame: &mut Frame<'_>, indent: u16, content: &str, role: Role| {
        for range in cells::wrap(content, usize::from(width.saturating_sub(indent))) {
            if y < area.bottom() {
                put(frame.buf, x + indent, y, width.saturating_sub(indent), &content[range], theme.style(role), theme);
            }
            y += 1;
        }
        y - 1
    };
    line(frame, 0, text::welcome(lang), Role::Title);
    line(frame, 0, "", Role::Text);
    match &state.step {
        Step::Choosing => {
            line(frame, 0, text::welcome_body(lang), Role::Text);
            line(frame, 0, "", Role::Text);
            for (at, offer) in OFFERS.into_iter().enumerate() {
                let (title, body) = texts(offer, ctx);
                let row = line(frame, 2, title, Role::Accent);
                if at == state.list.selected && row < area.bottom() {
                    put(frame.buf, x, row, 1, theme.symbols().marker, theme.style(Role::Marker), theme);
                }
                line(frame, 2, body, Role::Dim);
                line(frame, 0, "", Role::Text);
            }
        }
        Step::Joining => {
            line(frame, 0, text::offer_join(lang), Role::Accent);
            line(frame, 0, "", Role::Text);
            state.join.view(ctx, body(area), frame);
        }
        Step::Naming { input, .. } => {
            line(frame, 0, text::ask_name(lang), Role::Label);
            let row = line(frame, 0, "", Role::Text);
            line(frame, 0, text::ask_name_hint(lang), Role::Dim);
            let field = Rect { x, y: row, width: width.min(40), height: 1 }.intersection(area);
            let caret = input.draw(field, frame.buf, theme, true, "");
            frame.set_cursor(caret);
        }
        Step::Filling(done, total) => {
            let row = line(frame, 0, "", Role::Text);
            let bar = Rect { x, y: row, width: width.min(60), height: 1 }.intersection(area);
            gauge(bar, frame.buf, theme, *done, *total, text::filling(lang));
        }
    }
}

fn texts(offer: Offer, ctx: &Context<'_>) -> (&'static str, &'static str) {
    let lang = ctx.lang;
    match offer {
        Offer::Join => (text::offer_join(lang), text::offer_join_body(lang)),
        Offer::Import => (text::offer_import(lang), text::offer_import_body(lang)),
        Offer::Alone => (text::offer_alone(lang), text::offer_alone_body(lang)),
        Offer::Demo => (text::offer_demo(lang), text::offer_demo_body(lang)),
    }
}

/// A menu, or a line to type in.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    match state.step {
        Step::Naming { .. } => vec![KeyContext::Input],
        Step::Joining => state.join.contexts(),
        Step::Choosing | Step::Filling(..) => vec![KeyContext::Menu],
    }
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    match state.step {
        Step::Choosing => &[Action::Open, Action::Language],
        Step::Joining => state.join.hints(),
        Step::Naming { .. } => &[Action::NextField, Action::Back],
        Step::Filling(..) => &[],
    }
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    text::first_start(ctx.lang).to_owned()
}

/// Nothing.
pub fn subject(_: &State, _: &Context<'_>) -> Subject {
    Subject::default()
}
