//! A home without data: try the demo, bring in rosters, or begin alone.

use ratatui::layout::Rect;

use crate::i18n::screens as text;
use crate::tui::app::{Can, Context, Effect, Input, Notice, Subject};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::text as cells;
use crate::tui::theme::Role;
use crate::tui::widgets::{ListState, Motion, Scroll, put};

/// The selected offer.
#[derive(Debug, Default)]
pub struct State(ListState);

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offer {
    Import,
    Alone,
    Demo,
}

const OFFERS: [Offer; 3] = [Offer::Import, Offer::Alone, Offer::Demo];

/// Leaves as soon as there is something to look at.
pub fn refresh(_: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    if ctx.memory.rows.is_empty() { Vec::new() } else { vec![Effect::Replace(super::today::State::default().into())] }
}

/// Moves, or takes up an offer.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let Input::Action(action) = input else { return None };
    if let Some(motion) = Motion::of(*action) {
        state.0.go(motion, OFFERS.len(), OFFERS.len() as u16, Scroll::Line);
        return Some(Vec::new());
    }
    if *action != Action::Open {
        return None;
    }
    Some(match OFFERS[state.0.selected] {
        Offer::Import => vec![Effect::Act(Action::GoImport)],
        Offer::Alone => vec![Effect::Go(super::today::State::default().into())],
        Offer::Demo => vec![Effect::Tell(Notice::Text(text::demo_command(ctx.lang).to_owned(), Role::Notice))],
    })
}

/// Moving and choosing.
pub fn can(_: &State, action: Action, _: &Context<'_>) -> Can {
    if Motion::of(action).is_some() || action == Action::Open { Can::Yes } else { Can::Pass }
}

/// Draws the offers.
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
        y
    };
    line(frame, 0, text::welcome(lang), Role::Title);
    line(frame, 0, text::welcome_body(lang), Role::Text);
    line(frame, 0, "", Role::Text);
    for (at, offer) in OFFERS.into_iter().enumerate() {
        let (title, body) = match offer {
            Offer::Import => (text::offer_import(lang), text::offer_import_body(lang)),
            Offer::Alone => (text::offer_alone(lang), text::offer_alone_body(lang)),
            Offer::Demo => (text::offer_demo(lang), text::offer_demo_body(lang)),
        };
        let next = line(frame, 2, title, Role::Accent);
        if at == state.0.selected && next > area.y && next - 1 < area.bottom() {
            put(frame.buf, x, next - 1, 1, theme.symbols().marker, theme.style(Role::Marker), theme);
        }
        line(frame, 2, body, Role::Dim);
        line(frame, 0, "", Role::Text);
    }
}

/// A menu.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::Menu]
}

/// The keys worth showing.
pub fn hints(_: &State) -> &'static [Action] {
    &[Action::Open, Action::Language]
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    text::title(ctx.lang, text::first_start(ctx.lang))
}

/// Nothing.
pub fn subject(_: &State, _: &Context<'_>) -> Subject {
    Subject::default()
}
