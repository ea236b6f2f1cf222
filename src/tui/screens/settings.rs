//! Language, theme, lines, mouse, keymap; and what this program and this home are.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::i18n::screens as text;
use crate::tui::app::{Can, Context, Effect, Input, Settings, Subject};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{ListState, Motion, Scroll, put};

/// The selected setting.
#[derive(Debug, Default)]
pub struct State {
    list: ListState,
    /// What holds now; known once the screen was shown.
    settings: Settings,
}

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Language,
    Theme,
    Ascii,
    Mouse,
    Keymap,
}

const ITEMS: [Item; 5] = [Item::Language, Item::Theme, Item::Ascii, Item::Mouse, Item::Keymap];

/// Takes over what holds now.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    state.settings = ctx.settings.clone();
    Vec::new()
}

/// Moves, or changes the selected setting.
pub fn update(state: &mut State, input: &Input, _: &Context<'_>) -> Option<Vec<Effect>> {
    let Input::Action(action) = input else { return None };
    if let Some(motion) = Motion::of(*action) {
        state.list.go(motion, ITEMS.len(), ITEMS.len() as u16, Scroll::Line);
        return Some(Vec::new());
    }
    if !matches!(action, Action::Open | Action::Edit | Action::Mark) {
        return None;
    }
    let mut settings = state.settings.clone();
    match ITEMS[state.list.selected] {
        Item::Language => settings.lang = settings.lang.other(),
        Item::Theme => settings.theme = settings.theme.next(),
        Item::Ascii => settings.ascii = !settings.ascii,
        Item::Mouse => settings.mouse = !settings.mouse,
        Item::Keymap => settings.keymap = settings.next_keymap(),
    }
    Some(vec![Effect::Set(settings)])
}

/// Moving and changing.
pub fn can(_: &State, action: Action, _: &Context<'_>) -> Can {
    let own = Motion::of(action).is_some() || matches!(action, Action::Open | Action::Edit | Action::Mark);
    if own { Can::Yes } else { Can::Pass }
}

/// Draws the settings and what is fixed.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let (lang, theme) = (ctx.lang, &ctx.theme);
    let settings = &state.settings;
    let yes_no = |on: bool| if on { text::on(lang) } else { text::off(lang) };
    let mut y = area.y + 1;
    let mut row = |frame: &mut Frame<'_>, marked: bool, label: &str, value: &str, role: Role| {
        if y < area.bottom() {
            if marked {
                put(frame.buf, area.x, y, 1, theme.symbols().marker, theme.style(Role::Marker), theme);
            }
            put(frame.buf, area.x + 2, y, 20, label, theme.style(Role::Label), theme);
            put(frame.buf, area.x + 24, y, area.width.saturating_sub(24), value, theme.style(role), theme);
        }
        y += 1;
    };
    for (at, item) in ITEMS.into_iter().enumerate() {
        let (label, value): (&str, Cow<'_, str>) = match item {
            Item::Language => (text::setting_language(lang), lang.pick("简体中文", "English").into()),
            Item::Theme => (text::setting_theme(lang), text::theme_name(lang, settings.theme).into()),
            Item::Ascii => (text::setting_ascii(lang), yes_no(settings.ascii).into()),
            Item::Mouse => (text::setting_mouse(lang), yes_no(settings.mouse).into()),
            Item::Keymap => (text::setting_keymap(lang), settings.keymap_name().to_owned().into()),
        };
        row(frame, at == state.list.selected, label, &value, Role::Accent);
    }
    row(frame, false, "", "", Role::Text);
    let rows = ctx.memory.rows.len().to_string();
    for (label, value) in [
        (text::about_version(lang), env!("CARGO_PKG_VERSION")),
        (text::about_worker(lang), ctx.memory.reference.worker_name(ctx.actor.worker)),
        (text::about_role(lang), &ctx.actor.role.label(lang)),
        (text::about_households(lang), &rows),
    ] {
        row(frame, false, label, value, Role::Text);
    }
}

/// A list.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::List]
}

/// The keys worth showing.
pub fn hints(_: &State) -> &'static [Action] {
    &[Action::Open, Action::Back]
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    Action::GoSettings.title(ctx.lang).to_owned()
}

/// Nothing.
pub fn subject(_: &State, _: &Context<'_>) -> Subject {
    Subject::default()
}
