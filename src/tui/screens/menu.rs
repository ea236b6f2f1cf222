//! The main menu: the screens and what works everywhere, for those who know no key but this one.

use ratatui::layout::Rect;

use crate::tui::app::{Can, Context, Effect, Input, Subject};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::{ListState, Motion, Scroll, centered, popup, put};

/// What stands in the menu, `None` for a gap.
const ENTRIES: [Option<Action>; 24] = [
    Some(Action::GoToday),
    Some(Action::GoHouseholds),
    Some(Action::GoLeads),
    Some(Action::GoNeeds),
    Some(Action::GoWishes),
    Some(Action::GoImport),
    Some(Action::GoInbox),
    Some(Action::GoDirectory),
    None,
    Some(Action::Find),
    Some(Action::LogVisit),
    Some(Action::AddHousehold),
    Some(Action::AddNeed),
    Some(Action::AddWish),
    Some(Action::AddLead),
    Some(Action::Undo),
    None,
    Some(Action::Language),
    Some(Action::Theme),
    Some(Action::GoSettings),
    Some(Action::Help),
    Some(Action::Lock),
    Some(Action::Suspend),
    Some(Action::Quit),
];

/// The open menu: the selected line.
#[derive(Debug, Default)]
pub struct State(ListState);

fn height(screen: Rect) -> u16 {
    (ENTRIES.len() as u16).min(screen.height.saturating_sub(4)).max(1)
}

/// Keeps the selection visible.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    state.0.fit(ENTRIES.len(), height(ctx.screen()));
    Vec::new()
}

/// Moves, or carries out what is chosen.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let Input::Action(action) = input else { return None };
    if let Some(motion) = Motion::of(*action) {
        let rows = height(ctx.screen());
        state.0.go(motion, ENTRIES.len(), rows, Scroll::Line);
        if ENTRIES[state.0.selected].is_none() {
            // Gaps stand between entries, never at the ends.
            let onward =
                if matches!(motion, Motion::Up | Motion::PageUp | Motion::HalfUp) { Motion::Up } else { Motion::Down };
            state.0.go(onward, ENTRIES.len(), rows, Scroll::Line);
        }
        return Some(Vec::new());
    }
    match action {
        Action::Open => {
            Some(ENTRIES[state.0.selected].map_or_else(Vec::new, |chosen| vec![Effect::Close, Effect::Act(chosen)]))
        }
        _ => None,
    }
}

/// Moving and choosing.
pub fn can(_: &State, action: Action, _: &Context<'_>) -> Can {
    if Motion::of(action).is_some() || action == Action::Open { Can::Yes } else { Can::Pass }
}

/// Draws it over the screen.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let theme = &ctx.theme;
    let rows = height(area);
    let inner = popup(centered(area, 46, rows + 2), frame.buf, theme, Action::Menu.title(ctx.lang));
    for (y, at) in (inner.y..inner.bottom()).zip(state.0.visible(ENTRIES.len(), inner.height)) {
        let Some(action) = ENTRIES[at] else { continue };
        if at == state.0.selected {
            put(frame.buf, inner.x, y, 1, theme.symbols().marker, theme.style(Role::Marker), theme);
        }
        let keys = ctx.keymap.chord_for(&[], action).map(|chord| chord.label(ctx.lang)).unwrap_or_default();
        let cells = (text::width(&keys) as u16).min(inner.width / 2);
        put(
            frame.buf,
            inner.x + 2,
            y,
            inner.width.saturating_sub(cells + 3),
            action.title(ctx.lang),
            theme.style(Role::Text),
            theme,
        );
        put(frame.buf, inner.right() - cells, y, cells, &keys, theme.style(Role::Key), theme);
    }
}

/// A menu.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::Menu]
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
