//! The line at the foot: the keys that matter here, as many as fit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::put;
use crate::i18n::Lang;
use crate::tui::keymap::{Action, Context, Key, Keymap};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// Draws `key title` for these actions, most important first; those without a key here, and those that no longer
/// fit, are left out.
pub fn hints(
    area: Rect,
    buf: &mut Buffer,
    theme: &Theme,
    lang: Lang,
    keymap: &Keymap,
    contexts: &[Context],
    actions: &[Action],
) {
    let known = actions
        .iter()
        .filter_map(|&action| Some((keymap.chord_for(contexts, action)?.label(lang), action.title(lang))));
    draw(area, buf, theme, known);
}

/// Draws what may follow the keys of a started chord.
pub fn continuation_hints(
    area: Rect,
    buf: &mut Buffer,
    theme: &Theme,
    lang: Lang,
    keymap: &Keymap,
    contexts: &[Context],
    pending: &[Key],
) {
    let started: Vec<String> = pending.iter().map(|key| key.label(lang)).collect();
    let x = put(buf, area.x, area.y, area.width, &started.join(" "), theme.style(Role::Accent), theme) + 2;
    let follow = keymap.continuations(contexts, pending);
    let rest = Rect { x, width: area.right().saturating_sub(x), ..area };
    let keys = follow.iter().map(|b| {
        let next: Vec<String> = b.chord.0[pending.len()..].iter().map(|key| key.label(lang)).collect();
        (next.join(" "), b.action.title(lang))
    });
    draw(rest, buf, theme, keys);
}

fn draw<'a>(area: Rect, buf: &mut Buffer, theme: &Theme, entries: impl Iterator<Item = (String, &'a str)>) {
    let mut x = area.x;
    for (keys, title) in entries {
        let cells = text::width(&keys) + 1 + text::width(title);
        if usize::from(x) + cells > usize::from(area.right()) {
            continue;
        }
        let room = area.right() - x;
        x = put(buf, x, area.y, room, &keys, theme.style(Role::Key), theme) + 1;
        x = put(buf, x, area.y, room, title, theme.style(Role::Dim), theme) + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_hints_as_fit() {
        let actions = [Action::Help, Action::Find, Action::Claim, Action::Filter, Action::Quit];
        let check = |width: u16, lang, expected: &str| {
            let mut buf = Buffer::empty(Rect::new(0, 0, width, 1));
            hints(buf.area, &mut buf, &Theme::default(), lang, Keymap::standard(), &[Context::List], &actions);
            assert_eq!(crate::tui::testing::text_of(&buf), format!("{expected}\n"), "{width}");
        };
        check(60, Lang::Zh, "F1 帮助  F2 查找  F3 筛选  Ctrl-Q 退出");
        check(25, Lang::Zh, "F1 帮助  F2 查找  F3 筛选");
        check(20, Lang::En, "F1 Help  F2 Find");
    }

    #[test]
    fn a_started_chord_shows_what_may_follow() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 40, 1));
        let pending = ["Ctrl-G".parse().expect("a key")];
        continuation_hints(
            buf.area,
            &mut buf,
            &Theme::default(),
            Lang::Zh,
            Keymap::standard(),
            &[Context::List],
            &pending,
        );
        assert_eq!(crate::tui::testing::text_of(&buf), "Ctrl-G  1 今日工作  2 户列表  3 线索\n");
    }
}
