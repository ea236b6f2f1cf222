//! Every action by name, with its key, and the reason when it cannot be used now.

use ratatui::layout::Rect;

use crate::i18n::Lang;
use crate::tui::app::{Can, Context, Effect, Input, Notice, Subject};
use crate::tui::keymap::{Action, Context as KeyContext, Keymap};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Palette, actions_as_items};

/// The open palette.
#[derive(Debug)]
pub struct State(Palette<Action>);

impl State {
    /// A palette for someone in `contexts`; `disabled` gives the reason of what cannot be used.
    pub fn new(
        keymap: &Keymap,
        contexts: &[KeyContext],
        lang: Lang,
        disabled: impl FnMut(Action) -> Option<String>,
    ) -> State {
        State(Palette::new(actions_as_items(keymap, contexts, lang, disabled)))
    }
}

/// Nothing in it depends on records.
pub fn refresh(_: &mut State, _: &Context<'_>) -> Vec<Effect> {
    Vec::new()
}

/// Types, moves, or carries out what is chosen.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match input {
        Input::Text(typed) | Input::Paste(typed) => state.0.insert(typed),
        Input::Action(Action::Open) => {
            return Some(match state.0.chosen() {
                Some(Ok(action)) => vec![Effect::Close, Effect::Act(action)],
                Some(Err(reason)) => vec![Effect::Tell(Notice::Text(reason, Role::Warning))],
                None => Vec::new(),
            });
        }
        Input::Action(action) => return state.0.apply(*action, ctx.screen()).then(Vec::new),
        _ => return None,
    }
    Some(Vec::new())
}

/// Moving and editing.
pub fn can(_: &State, action: Action, _: &Context<'_>) -> Can {
    super::typed_list_can(action)
}

/// Draws it over the screen.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let caret = state.0.draw(area, frame.buf, &ctx.theme, ctx.lang);
    frame.set_cursor(caret);
}

/// The palette, in front of an input line.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::Palette, KeyContext::Input]
}

/// The keys worth showing.
pub fn hints(_: &State) -> &'static [Action] {
    &[Action::Open, Action::Back]
}

/// Layers have no title line of their own.
pub fn title(_: &State, _: &Context<'_>) -> String {
    String::new()
}

/// Nothing.
pub fn subject(_: &State, _: &Context<'_>) -> Subject {
    Subject::default()
}
