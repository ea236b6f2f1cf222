//! The keys: first those that work here, then all others; searchable.

use ratatui::layout::Rect;

use crate::i18n::{Lang, console as console_text, screens as text};
use crate::tui::app::{Can, Context, Effect, Input, Subject};
use crate::tui::keymap::{Action, Context as KeyContext, Keymap};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{HelpPage, LineInput, centered, popup, put, split_top};

/// The open help.
#[derive(Debug)]
pub struct State {
    page: HelpPage,
    /// What is looked for, once a search has begun.
    query: Option<LineInput>,
    found: HelpPage,
    offset: usize,
}

impl State {
    /// The help for someone in `contexts`.
    pub fn new(keymap: &Keymap, contexts: &[KeyContext], lang: Lang) -> State {
        let page = HelpPage::new(keymap, contexts, lang);
        State { found: page.clone(), page, query: None, offset: 0 }
    }

    fn search(&mut self) {
        let query = self.query.as_ref().map(LineInput::text).unwrap_or_default();
        self.found = self.page.matching(query);
        self.offset = 0;
    }
}

const WIDTH: u16 = 76;

fn areas(screen: Rect) -> (Rect, Rect) {
    (centered(screen, WIDTH, screen.height.saturating_sub(2)), screen)
}

/// Rows of text that are visible.
fn height(screen: Rect) -> usize {
    usize::from(areas(screen).0.height.saturating_sub(3)).max(1)
}

/// Keeps the page in bounds.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    state.offset = state.offset.min(state.found.height().saturating_sub(height(ctx.screen())));
    Vec::new()
}

/// Scrolls or searches.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let page = height(ctx.screen());
    let last = state.found.height().saturating_sub(page);
    match input {
        Input::Text(typed) | Input::Paste(typed) => {
            if state.query.get_or_insert_default().insert(typed) {
                state.search();
            }
        }
        Input::Action(Action::Find) => {
            state.query.get_or_insert_default();
        }
        Input::Action(Action::Back) if state.query.is_some() => {
            state.query = None;
            state.search();
        }
        Input::Action(Action::Up) => state.offset = state.offset.saturating_sub(1),
        Input::Action(Action::Down) => state.offset = (state.offset + 1).min(last),
        Input::Action(Action::PageUp) => state.offset = state.offset.saturating_sub(page),
        Input::Action(Action::PageDown) => state.offset = (state.offset + page).min(last),
        Input::Action(Action::Top) => state.offset = 0,
        Input::Action(Action::Bottom) => state.offset = last,
        Input::Action(Action::Open) if state.query.is_some() => {}
        Input::Action(action) => {
            if state.query.as_mut()?.apply(*action)? {
                state.search();
            }
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// Scrolling, searching, and editing what is searched for.
pub fn can(state: &State, action: Action, _: &Context<'_>) -> Can {
    match action {
        Action::Find | Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::Top | Action::Bottom => {
            Can::Yes
        }
        Action::Open | Action::Back if state.query.is_some() => Can::Yes,
        _ if state.query.is_some() => super::editing_can(action),
        _ => Can::Pass,
    }
}

/// Draws it over the screen.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let theme = &ctx.theme;
    let inner = popup(areas(area).0, frame.buf, theme, Action::Help.title(ctx.lang));
    let (top, body) = split_top(inner, 1);
    match &state.query {
        Some(query) => {
            let caret = query.draw(top, frame.buf, theme, true, console_text::type_to_search(ctx.lang));
            frame.set_cursor(caret);
        }
        None => {
            put(frame.buf, top.x, top.y, top.width, text::help_search(ctx.lang), theme.style(Role::Dim), theme);
        }
    }
    if state.found.height() == 0 {
        let nothing = console_text::nothing_found(ctx.lang);
        put(frame.buf, body.x, body.y, body.width, nothing, theme.style(Role::Dim), theme);
    }
    state.found.draw(body, frame.buf, theme, state.offset);
}

/// A page to scroll; while searching, an input line.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    match state.query {
        Some(_) => vec![KeyContext::Find, KeyContext::Input],
        None => vec![KeyContext::Help],
    }
}

/// The keys worth showing.
pub fn hints(_: &State) -> &'static [Action] {
    &[Action::Back, Action::Find, Action::PageDown]
}

/// Layers have no title line of their own.
pub fn title(_: &State, _: &Context<'_>) -> String {
    String::new()
}

/// Nothing.
pub fn subject(_: &State, _: &Context<'_>) -> Subject {
    Subject::default()
}
