//! The part of a session that knows neither bytes nor clocks: keys become inputs, effects are sorted out.

use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::app::{App, Effect, Frame, Input, Mouse, Now, Timer};
use crate::tui::keymap::{Key, Resolved};
use crate::tui::text;

/// An app with its started chord, its timers and what it wants done.
pub(crate) struct Core<A: App> {
    app: A,
    pending: Vec<Key>,
    timers: Vec<(Timer, Instant)>,
    work: Vec<A::Work>,
    orders: Orders,
    size: Size,
    dirty: bool,
}

/// What the app wants from the session itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Orders {
    pub(crate) quit: bool,
    pub(crate) suspend: bool,
    pub(crate) redraw: bool,
    pub(crate) bell: bool,
    pub(crate) mouse: Option<bool>,
}

impl<A: App> Core<A> {
    pub(crate) fn new(app: A, size: Size, time: (Now, Instant)) -> Core<A> {
        let (pending, timers, work) = (Vec::new(), Vec::new(), Vec::new());
        let mut core = Core { app, pending, timers, work, orders: Orders::default(), size, dirty: true };
        core.input(Input::Resize(size), time);
        core
    }

    pub(crate) fn app(&self) -> &A {
        &self.app
    }

    pub(crate) fn app_mut(&mut self) -> &mut A {
        self.dirty = true;
        &mut self.app
    }

    /// Whether something happened since the last [`Core::view`].
    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty
    }

    pub(crate) fn resize(&mut self, size: Size, time: (Now, Instant)) {
        if self.size != size {
            self.size = size;
            self.input(Input::Resize(size), time);
        }
    }

    /// Resolves keys one after the other; characters that follow each other in a text field arrive as one text.
    pub(crate) fn keys(&mut self, keys: impl IntoIterator<Item = Key>, time: (Now, Instant)) {
        let mut typed = String::new();
        for key in keys {
            let resolved = {
                let contexts = self.app.contexts();
                self.app.keymap().resolve(&contexts, &mut self.pending, key)
            };
            self.dirty = true;
            if let Resolved::Text(c) = resolved {
                typed.push(c);
                continue;
            }
            self.flush_text(&mut typed, time);
            match resolved {
                Resolved::Action(action) => self.input(Input::Action(action), time),
                Resolved::Unbound(chord) => self.input(Input::Unbound(chord), time),
                Resolved::Pending | Resolved::Text(_) => {}
            }
        }
        self.flush_text(&mut typed, time);
    }

    fn flush_text(&mut self, typed: &mut String, time: (Now, Instant)) {
        let typed = std::mem::take(typed);
        let typed = text::clean(&typed);
        if !typed.is_empty() {
            self.input(Input::Text(typed.into_owned()), time);
        }
    }

    /// Pasted text goes to a text field or nowhere; it is never taken for keys.
    pub(crate) fn paste(&mut self, pasted: &str, time: (Now, Instant)) {
        self.pending.clear();
        if self.app.contexts().iter().any(|c| c.takes_text()) {
            self.input(Input::Paste(text::clean_lines(pasted).into_owned()), time);
        }
    }

    pub(crate) fn mouse(&mut self, mouse: Mouse, time: (Now, Instant)) {
        self.input(Input::Mouse(mouse), time);
    }

    pub(crate) fn message(&mut self, message: A::Message, time: (Now, Instant)) {
        self.input(Input::Message(message), time);
    }

    pub(crate) fn resumed(&mut self, time: (Now, Instant)) {
        self.input(Input::Resumed, time);
    }

    /// Delivers the timers that have run out by `time`.
    pub(crate) fn tick(&mut self, time: (Now, Instant)) {
        let mut due: Vec<(Instant, Timer)> =
            self.timers.iter().filter(|(_, at)| *at <= time.1).map(|(timer, at)| (*at, *timer)).collect();
        due.sort_unstable();
        for (at, timer) in due {
            // An input may have stopped or restarted the others; those started now run out at the next call.
            let before = self.timers.len();
            self.timers.retain(|entry| *entry != (timer, at));
            if self.timers.len() < before {
                self.input(Input::Timer(timer), time);
            }
        }
    }

    /// Delivers every running timer at once: what waits for a quiet moment, such as keeping a draft, has no later one.
    pub(crate) fn ring_all(&mut self, time: (Now, Instant)) {
        self.timers.iter_mut().for_each(|(_, at)| *at = time.1);
        self.tick(time);
    }

    /// When the next timer runs out.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.timers.iter().map(|(_, at)| *at).min()
    }

    fn input(&mut self, input: Input<A::Message>, (now, instant): (Now, Instant)) {
        self.dirty = true;
        for effect in self.app.update(input, now) {
            match effect {
                Effect::Work(work) => self.work.push(work),
                Effect::After(timer, delay) => self.start(timer, instant, delay),
                Effect::Cancel(timer) => self.timers.retain(|(t, _)| *t != timer),
                Effect::Quit => self.orders.quit = true,
                Effect::Suspend => self.orders.suspend = true,
                Effect::Redraw => self.orders.redraw = true,
                Effect::Bell => self.orders.bell = true,
                Effect::Mouse(on) => self.orders.mouse = Some(on),
            }
        }
    }

    fn start(&mut self, timer: Timer, instant: Instant, delay: Duration) {
        self.timers.retain(|(t, _)| *t != timer);
        // A delay too long for the clock never runs out.
        if let Some(at) = instant.checked_add(delay) {
            self.timers.push((timer, at));
        }
    }

    pub(crate) fn take_work(&mut self) -> Vec<A::Work> {
        std::mem::take(&mut self.work)
    }

    pub(crate) fn take_orders(&mut self) -> Orders {
        std::mem::take(&mut self.orders)
    }

    /// Draws into `buf`, which gets the session's size; returns where the cursor belongs.
    pub(crate) fn view(&mut self, buf: &mut Buffer) -> Option<Position> {
        self.dirty = false;
        buf.resize(Rect::new(0, 0, self.size.width, self.size.height));
        buf.reset();
        let mut frame = Frame::new(buf, &self.pending);
        self.app.view(&mut frame);
        frame.cursor().filter(|at| at.x < self.size.width && at.y < self.size.height)
    }
}
