//! Sessions: an [`App`] run over any stream of bytes.
//!
//! A [`Session`] does no I/O: bytes from a terminal, messages and the passing of time go in; bytes for the terminal
//! and work come out. [`run_local`] joins one to the local terminal, [`serve`] to a socket whose other end is a
//! terminal ([`attach`]). Nothing is drawn unless something happened, and only the latest state is ever drawn.

mod app;
mod core;
mod drive;
mod local;
mod pacer;
mod socket;
mod wire;

use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

pub use app::{App, Effect, Frame, Input, Mouse, MouseKind, Now, Post, Run, Timer};
pub(crate) use core::Core;
pub use drive::End;
pub use local::run_local;
pub use socket::{Guest, attach, serve};
pub use wire::Hello;

use super::terminal::{Capabilities, Parser, Screen, TerminalEvent};
use pacer::Pacer;

/// An app at a terminal.
pub struct Session<A: App> {
    core: Core<A>,
    parser: Parser,
    /// Until when to wait for the rest of an incomplete key.
    parser_until: Option<Instant>,
    screen: Screen,
    back: Buffer,
    pacer: Pacer,
    /// Bytes to send besides frames: the bell, mouse modes.
    extra: Vec<u8>,
    mouse: bool,
    events: Vec<TerminalEvent>,
}

/// A smaller terminal than 1x1 cannot be, a larger one than this is a mistake or an attack.
const LARGEST: Size = Size { width: 1000, height: 500 };

fn sane(size: Size) -> Size {
    match size {
        // A serial line that does not know its size.
        Size { width: 0, .. } | Size { height: 0, .. } => Size::new(80, 24),
        size => Size::new(size.width.min(LARGEST.width), size.height.min(LARGEST.height)),
    }
}

impl<A: App> Session<A> {
    /// Begins a session at a terminal of this size. `time` is the time of the clock and of the stopwatch.
    pub fn new(app: A, size: Size, can: Capabilities, time: (Now, Instant)) -> Session<A> {
        Session {
            core: Core::new(app, sane(size), time),
            parser: Parser::default(),
            parser_until: None,
            screen: Screen::new(can),
            back: Buffer::empty(Rect::ZERO),
            pacer: Pacer::new(can.queries),
            extra: Vec::new(),
            mouse: false,
            events: Vec::new(),
        }
    }

    /// The app.
    pub fn app(&self) -> &A {
        self.core.app()
    }

    /// Takes bytes from the terminal.
    pub fn bytes(&mut self, bytes: &[u8], time: (Now, Instant)) {
        let mut events = std::mem::take(&mut self.events);
        self.parser.feed(bytes, &mut events);
        self.parser_until = self.parser.patience().map(|wait| time.1 + wait);
        self.terminal_events(&mut events, time);
        self.events = events;
    }

    fn terminal_events(&mut self, events: &mut Vec<TerminalEvent>, time: (Now, Instant)) {
        // Keys that follow each other go in together: a word committed by an input method is one text.
        let mut keys = Vec::new();
        for event in events.drain(..) {
            match event {
                TerminalEvent::Key(key) => keys.push(key),
                TerminalEvent::Answer => self.pacer.answered(time.1),
                TerminalEvent::Paste(text) => {
                    self.core.keys(keys.drain(..), time);
                    self.core.paste(&text, time);
                }
                TerminalEvent::Mouse(mouse) => {
                    self.core.keys(keys.drain(..), time);
                    if self.mouse {
                        self.core.mouse(mouse, time);
                    }
                }
            }
        }
        self.core.keys(keys, time);
    }

    /// The terminal has another size.
    pub fn resize(&mut self, size: Size, time: (Now, Instant)) {
        self.core.resize(sane(size), time);
    }

    /// Delivers a message.
    pub fn message(&mut self, message: A::Message, time: (Now, Instant)) {
        self.core.message(message, time);
    }

    /// The terminal is back after a suspension: everything is drawn anew.
    pub fn resumed(&mut self, time: (Now, Instant)) {
        self.screen.forget();
        self.pacer.forget();
        if self.mouse {
            self.extra.extend_from_slice(Screen::mouse(true));
        }
        self.core.resumed(time);
    }

    /// The session ends without having been asked: timers that would have run later run now.
    pub fn ending(&mut self, time: (Now, Instant)) {
        self.core.ring_all(time);
    }

    /// Lets timers run out, and an Esc that nothing followed become one.
    pub fn tick(&mut self, time: (Now, Instant)) {
        if self.parser_until.is_some_and(|until| until <= time.1) {
            self.parser_until = None;
            let mut events = std::mem::take(&mut self.events);
            self.parser.time_out(&mut events);
            self.terminal_events(&mut events, time);
            self.events = events;
        }
        self.core.tick(time);
    }

    /// When [`Session::tick`] or [`Session::frame`] has something to do without any input; `None` if never.
    pub fn deadline(&self) -> Option<Instant> {
        let held_back = if self.core.is_dirty() { self.pacer.latest() } else { None };
        [self.core.deadline(), self.parser_until, held_back].into_iter().flatten().min()
    }

    /// The work that has come up.
    pub fn take_work(&mut self) -> Vec<A::Work> {
        self.core.take_work()
    }

    /// What the app wants from the one that runs the session.
    pub(crate) fn take_wishes(&mut self) -> Wishes {
        let orders = self.core.take_orders();
        if orders.redraw {
            self.screen.forget();
        }
        if orders.bell {
            self.extra.extend_from_slice(Screen::bell());
        }
        if let Some(on) = orders.mouse.filter(|on| *on != self.mouse) {
            self.mouse = on;
            self.extra.extend_from_slice(Screen::mouse(on));
        }
        Wishes { quit: orders.quit, suspend: orders.suspend }
    }

    /// The bytes that bring the terminal up to date; empty if it is, or if the link is still busy with earlier ones.
    /// To be called only when the bytes of the last call are all on their way.
    pub fn frame(&mut self, now: Instant) -> Vec<u8> {
        let mut out = std::mem::take(&mut self.extra);
        if self.core.is_dirty() && self.pacer.may_send(now) {
            let cursor = self.core.view(&mut self.back);
            let bytes = self.screen.draw(&mut self.back, cursor);
            if !bytes.is_empty() {
                out.extend_from_slice(bytes);
                if self.pacer.sent(out.len(), now) {
                    out.extend_from_slice(Screen::query());
                }
            }
        }
        out
    }

    /// How long the terminal's answers may still be under way at the end.
    pub(crate) fn grace(&self, now: Instant) -> Option<Duration> {
        self.pacer.grace(now)
    }

    /// Whether an answer is still under way. Takes the last bytes from the terminal, in which keys no longer count.
    pub(crate) fn drain(&mut self, bytes: &[u8], now: Instant) -> bool {
        let mut events = Vec::new();
        self.parser.feed(bytes, &mut events);
        for _ in events.iter().filter(|event| **event == TerminalEvent::Answer) {
            self.pacer.answered(now);
        }
        self.pacer.grace(now).is_some()
    }
}

/// What only the one that runs a session can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wishes {
    pub(crate) quit: bool,
    pub(crate) suspend: bool,
}

#[cfg(test)]
mod tests;
