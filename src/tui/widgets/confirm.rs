//! A question before something that cannot be undone.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{popup, put_in};
use crate::i18n::Lang;
use crate::tui::keymap::Action;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// The open question. "No" has the focus at first, so that Enter alone never does harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// What is about to be done.
    pub title: String,
    /// What it means; may hold line breaks.
    pub body: String,
    yes: bool,
}

/// The person's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmAnswer {
    /// Do it.
    Yes,
    /// Leave it.
    No,
}

impl Confirm {
    /// A question.
    pub fn new(title: impl Into<String>, body: impl Into<String>) -> Confirm {
        Confirm { title: title.into(), body: body.into(), yes: false }
    }

    /// Takes an action of the context `Confirm`; the answer once there is one.
    pub fn apply(&mut self, action: Action) -> Option<ConfirmAnswer> {
        match action {
            Action::Accept => Some(ConfirmAnswer::Yes),
            Action::Decline | Action::Back => Some(ConfirmAnswer::No),
            Action::Open => Some(if self.yes { ConfirmAnswer::Yes } else { ConfirmAnswer::No }),
            Action::Left | Action::Right => {
                self.yes = !self.yes;
                None
            }
            _ => None,
        }
    }

    /// Draws the question over the screen; returns where the cursor belongs.
    pub fn draw(&self, screen: Rect, buf: &mut Buffer, theme: &Theme, lang: Lang) -> Position {
        let width = 52.min(screen.width);
        let body = text::clean_lines(&self.body);
        let lines = text::wrap(&body, usize::from(width.saturating_sub(4)));
        let area = super::centered(screen, width, lines.len() as u16 + 4);
        let inner = popup(area, buf, theme, &self.title);
        for (y, range) in (inner.y..inner.bottom().saturating_sub(1)).zip(lines) {
            put_in(inner, buf, (inner.x, y), inner.width, &body[range], theme.style(Role::Text), theme);
        }
        let y = inner.bottom().saturating_sub(1);
        let role = |focused| theme.style(if focused { Role::Selected } else { Role::Text });
        let no = format!("[ {} ]", Action::Decline.title(lang));
        let yes = format!("[ {} ]", Action::Accept.title(lang));
        let x = put_in(inner, buf, (inner.x, y), inner.width, &yes, role(self.yes), theme) + 2;
        put_in(inner, buf, (x, y), inner.width, &no, role(!self.yes), theme);
        Position::new((if self.yes { inner.x } else { x } + 2).min(inner.right().saturating_sub(1)), y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enter_alone_says_no() {
        for (actions, expected) in [
            (&[Action::Open][..], Some(ConfirmAnswer::No)),
            (&[Action::Left, Action::Open], Some(ConfirmAnswer::Yes)),
            (&[Action::Accept], Some(ConfirmAnswer::Yes)),
            (&[Action::Back], Some(ConfirmAnswer::No)),
            (&[Action::Down], None),
        ] {
            let mut question = Confirm::new("确认", "不能撤销");
            assert_eq!(actions.iter().fold(None, |_, a| question.apply(*a)), expected, "{actions:?}");
        }
    }
}
