//! What a console program is, to the session that runs it.

use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::tui::keymap::{Action, Chord, Context, Key, Keymap};

/// The time of an event, in the zone of the person at the console.
pub type Now = DateTime<FixedOffset>;

/// A program with a state, run by a [`super::Session`]: `Input -> update -> Effect`, then `view`.
///
/// `update` does no I/O; what it wants done it returns as effects. `view` changes nothing.
pub trait App {
    /// What work outside of `update` reports back.
    type Message: Send + 'static;
    /// Work that is done outside of `update`, by [`Run`].
    type Work;

    /// Takes one input and returns what shall be done about it.
    fn update(&mut self, input: Input<Self::Message>, now: Now) -> Vec<Effect<Self::Work>>;

    /// Draws the whole screen into an empty buffer.
    fn view(&self, frame: &mut Frame<'_>);

    /// Where the user is, innermost context first. `Global` is always searched last and need not be named.
    fn contexts(&self) -> Vec<Context>;

    /// The keymap in force.
    fn keymap(&self) -> &Keymap;
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input<M> {
    /// The session has begun, or the terminal has a new size. The first input of every session.
    Resize(Size),
    /// A key that the keymap knows.
    Action(Action),
    /// Characters for the field that has the caret; only where a context takes text. Cleaned of control characters.
    Text(String),
    /// Pasted text, lines separated by `\n`, cleaned. Only where a context takes text; elsewhere it is dropped.
    Paste(String),
    /// A key that means nothing here.
    Unbound(Chord),
    /// The mouse, if [`Effect::Mouse`] has turned it on.
    Mouse(Mouse),
    /// A timer of [`Effect::After`] has run out.
    Timer(Timer),
    /// What [`Work`](App::Work) reports.
    Message(M),
    /// The terminal is back after a suspension.
    Resumed,
}

/// Something that shall be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect<W> {
    /// The app's own work, given to [`Run`].
    Work(W),
    /// [`Input::Timer`] after this time. Starting a timer again replaces it: a debounce.
    After(Timer, Duration),
    /// Stops a timer.
    Cancel(Timer),
    /// Ends the session.
    Quit,
    /// Restores the terminal and stops the process until the shell continues it. Nothing on a session without a job.
    Suspend,
    /// Draws everything anew, for a screen that something else has written to.
    Redraw,
    /// Turns mouse reports on or off.
    Mouse(bool),
    /// Rings the bell.
    Bell,
}

/// The name of a timer; the app declares its own as constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timer(pub &'static str);

/// A mouse event, in cells from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What the mouse did.
    pub kind: MouseKind,
    /// Column, from 0.
    pub x: u16,
    /// Row, from 0.
    pub y: u16,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button was pressed.
    Press,
    /// The left button was released.
    Release,
    /// The wheel was turned away from the user.
    WheelUp,
    /// The wheel was turned towards the user.
    WheelDown,
}

/// Carries out the app's work. Short work may be done at once; long work belongs on a thread of its own.
pub trait Run<A: App> {
    /// Does (or starts) `work`; its results go through `post`, at once or from another thread.
    fn run(&mut self, work: A::Work, post: &Post<A::Message>);
}

impl<A: App, F: FnMut(A::Work, &Post<A::Message>)> Run<A> for F {
    fn run(&mut self, work: A::Work, post: &Post<A::Message>) {
        self(work, post);
    }
}

/// Sends messages to a session from anywhere and wakes it. Messages to a session that has ended are dropped.
pub struct Post<M> {
    send: std::sync::Arc<dyn Fn(M) + Send + Sync>,
}

impl<M> Clone for Post<M> {
    fn clone(&self) -> Self {
        Post { send: self.send.clone() }
    }
}

impl<M> std::fmt::Debug for Post<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Post")
    }
}

impl<M> Post<M> {
    /// A post that hands messages to `send`.
    pub fn new(send: impl Fn(M) + Send + Sync + 'static) -> Post<M> {
        Post { send: std::sync::Arc::new(send) }
    }

    /// Sends a message.
    pub fn send(&self, message: M) {
        (self.send)(message);
    }
}

/// What `view` draws into.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The cells, empty at first.
    pub buf: &'a mut Buffer,
    pending: &'a [Key],
    cursor: Option<Position>,
}

impl<'a> Frame<'a> {
    /// A frame over an empty buffer; `pending` are the keys of a started chord.
    pub fn new(buf: &'a mut Buffer, pending: &'a [Key]) -> Frame<'a> {
        Frame { buf, pending, cursor: None }
    }

    /// The whole screen.
    pub fn area(&self) -> Rect {
        self.buf.area
    }

    /// The keys of a chord that has been started, for the hints.
    pub fn pending(&self) -> &[Key] {
        self.pending
    }

    /// Shows the terminal's cursor here: the caret, which windows of input methods follow. Hidden when never called.
    pub fn set_cursor(&mut self, at: Position) {
        self.cursor = Some(at);
    }

    /// Where the cursor shall be, if anywhere.
    pub fn cursor(&self) -> Option<Position> {
        self.cursor
    }
}
