//! The lock screen: hides everything until the passphrase is typed. A home with a key file or without a key has no
//! passphrase, so Enter alone unlocks it; the screen says so.

use ratatui::layout::Rect;

use crate::domain::moment::Now;
use crate::i18n::screens as text;
use crate::store::{KeyKind, Passphrase};
use crate::tui::app::{Context, Effect, Input, Message, Work};
use crate::tui::keymap::Action;
use crate::tui::session::{self, Frame};
use crate::tui::theme::Role;
use crate::tui::widgets::{LineInput, centered, popup, put};

/// The locked console.
#[derive(Debug)]
pub struct State {
    kind: KeyKind,
    input: LineInput,
    since: Option<Now>,
    /// The passphrase is being tried.
    trying: bool,
    failed: u32,
}

impl State {
    /// A lock for a home that keeps its key that way.
    pub fn new(kind: KeyKind) -> State {
        State { kind, input: LineInput::default().secret(), since: None, trying: false, failed: 0 }
    }

    /// Takes an input. Besides typing, only quitting and what changes nothing works.
    pub fn update(&mut self, input: &Input, now: Now) -> Vec<Effect> {
        self.since.get_or_insert(now);
        match input {
            Input::Text(typed) | Input::Paste(typed) if self.kind == KeyKind::Passphrase => {
                self.input.insert(typed);
            }
            Input::Action(Action::Submit) if self.kind == KeyKind::Passphrase => {
                if self.trying || self.input.text().is_empty() {
                    return Vec::new();
                }
                self.trying = true;
                let passphrase = Passphrase::new(self.input.text());
                self.input = LineInput::default().secret();
                return vec![Effect::Work(Work::Unlock(passphrase))];
            }
            Input::Action(Action::Submit) => return vec![Effect::Unlock],
            Input::Action(Action::Quit) => return vec![Effect::Session(session::Effect::Quit)],
            Input::Action(Action::Redraw) => return vec![Effect::Session(session::Effect::Redraw)],
            Input::Action(Action::Suspend) => return vec![Effect::Session(session::Effect::Suspend)],
            Input::Action(action) => {
                self.input.apply(*action);
            }
            _ => {}
        }
        Vec::new()
    }

    /// The passphrase was tried.
    pub fn answered(&mut self, message: &Message) -> Vec<Effect> {
        self.trying = false;
        match message {
            Message::Unlocked(true) => vec![Effect::Unlock],
            _ => {
                self.failed += 1;
                Vec::new()
            }
        }
    }

    /// Draws nothing but the lock.
    pub fn view(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let (lang, theme) = (ctx.lang, &ctx.theme);
        let inner = popup(centered(area, 52, 8), frame.buf, theme, text::locked(lang));
        let worker = ctx.memory.reference.worker_name(ctx.actor.worker);
        let line = |frame: &mut Frame<'_>, row: u16, content: &str, role: Role| {
            let y = inner.y + row;
            if y < inner.bottom() {
                put(frame.buf, inner.x, y, inner.width, content, theme.style(role), theme);
            }
        };
        line(frame, 0, &text::lock_program(lang, env!("CARGO_PKG_VERSION")), Role::Dim);
        line(frame, 1, worker, Role::Text);
        match self.kind {
            KeyKind::Passphrase => {
                line(frame, 3, text::lock_passphrase(lang), Role::Label);
                let row = Rect { y: inner.y + 4, height: 1, ..inner }.intersection(inner);
                let caret = self.input.draw(row, frame.buf, theme, true, "");
                frame.set_cursor(caret);
                if self.trying {
                    line(frame, 5, text::lock_trying(lang), Role::Dim);
                } else if self.failed > 0 {
                    line(frame, 5, &text::lock_wrong(lang, self.failed), Role::Error);
                }
            }
            KeyKind::KeyFile => {
                line(frame, 3, text::lock_key_file(lang), Role::Text);
                line(frame, 5, text::lock_enter(lang), Role::Key);
            }
            KeyKind::Unsealed => {
                line(frame, 3, text::lock_unsealed(lang), Role::Warning);
                line(frame, 5, text::lock_enter(lang), Role::Key);
            }
        }
    }
}
