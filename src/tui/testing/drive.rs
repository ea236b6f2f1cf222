//! `setup, keys -> screen`.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::tui::keymap::Key;
use crate::tui::session::{App, Core, Mouse, Now, Post, Run};

/// An app at a size, with a clock that only moves when told to, driven by the names of keys.
///
/// ```
/// # use zhulian::tui::{keymap::*, session::*, testing::Drive};
/// # struct Counter(Keymap, u32);
/// # impl App for Counter {
/// #     type Message = ();
/// #     type Work = ();
/// #     fn update(&mut self, input: Input<()>, _: Now) -> Vec<Effect<()>> {
/// #         if input == Input::Action(Action::Down) { self.1 += 1 }
/// #         vec![]
/// #     }
/// #     fn view(&self, frame: &mut Frame<'_>) { frame.buf.set_string(0, 0, format!("{}", self.1), ratatui::style::Style::new()); }
/// #     fn contexts(&self) -> Vec<Context> { vec![Context::List] }
/// #     fn keymap(&self) -> &Keymap { &self.0 }
/// # }
/// let mut drive = Drive::new(Counter(Keymap::default(), 0), (80, 24));
/// assert_eq!(drive.keys("Down j j").screen().trim(), "3");
/// ```
pub struct Drive<A: App> {
    core: Core<A>,
    run: Box<dyn Run<A>>,
    post: Post<A::Message>,
    inbox: mpsc::Receiver<A::Message>,
    now: Now,
    instant: Instant,
    quit: bool,
}

impl<A: App> Drive<A> {
    /// An app whose work is ignored. The clock starts at 2025-03-12 09:00 in China.
    pub fn new(app: A, size: (u16, u16)) -> Drive<A> {
        Drive::with_runner(app, size, |_, _: &Post<A::Message>| {})
    }

    /// An app whose work is done by `run`, at once.
    pub fn with_runner(app: A, size: (u16, u16), run: impl Run<A> + 'static) -> Drive<A> {
        let now: DateTime<FixedOffset> =
            DateTime::parse_from_rfc3339("2025-03-12T09:00:00+08:00").expect("the literal is a valid time");
        Drive::starting_at(app, size, run, now)
    }

    /// As [`Drive::with_runner`], with the clock at `now`.
    pub fn starting_at(app: A, size: (u16, u16), run: impl Run<A> + 'static, now: Now) -> Drive<A> {
        let (sender, inbox) = mpsc::channel();
        // A message after the end of the test has nowhere to go.
        let sender = std::sync::Mutex::new(sender);
        let post = Post::new(move |message| {
            if let Ok(sender) = sender.lock() {
                let _ = sender.send(message);
            }
        });
        let instant = Instant::now();
        let core = Core::new(app, Size::new(size.0, size.1), (now, instant));
        let mut drive = Drive { core, run: Box::new(run), post, inbox, now, instant, quit: false };
        drive.settle();
        drive
    }

    fn time(&self) -> (Now, Instant) {
        (self.now, self.instant)
    }

    /// Runs work and delivers messages until there are none.
    fn settle(&mut self) {
        loop {
            for work in self.core.take_work() {
                self.run.run(work, &self.post);
            }
            self.quit |= self.core.take_orders().quit;
            match self.inbox.try_recv() {
                Ok(message) => self.core.message(message, (self.now, self.instant)),
                Err(_) => return,
            }
        }
    }

    /// Presses keys by their names, separated by spaces: `F2 z s f Enter`.
    pub fn keys(&mut self, names: &str) -> &mut Self {
        for name in names.split_whitespace() {
            let key: Key = name.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
            let time = self.time();
            self.core.keys([key], time);
            self.settle();
        }
        self
    }

    /// Types a text, as an input method commits it.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        let time = self.time();
        self.core.keys(text.chars().map(Key::char), time);
        self.settle();
        self
    }

    /// Pastes a text.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        let time = self.time();
        self.core.paste(text, time);
        self.settle();
        self
    }

    /// Sends a mouse event.
    pub fn mouse(&mut self, mouse: Mouse) -> &mut Self {
        let time = self.time();
        self.core.mouse(mouse, time);
        self.settle();
        self
    }

    /// Delivers a message, as background work would.
    pub fn message(&mut self, message: A::Message) -> &mut Self {
        let time = self.time();
        self.core.message(message, time);
        self.settle();
        self
    }

    /// Waits for a message from a thread.
    pub fn wait(&mut self, at_most: Duration) -> &mut Self {
        if let Ok(message) = self.inbox.recv_timeout(at_most) {
            self.message(message);
        }
        self
    }

    /// Lets time pass, with the timers that run out in it.
    pub fn elapse(&mut self, time: Duration) -> &mut Self {
        let end = self.instant + time;
        while let Some(at) = self.core.deadline().filter(|at| *at <= end) {
            self.move_clock_to(at);
            let now = self.time();
            self.core.tick(now);
            self.settle();
        }
        self.move_clock_to(end);
        self
    }

    fn move_clock_to(&mut self, at: Instant) {
        let passed = at.saturating_duration_since(self.instant);
        self.instant += passed;
        self.now += passed;
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        let time = self.time();
        self.core.resize(Size::new(width, height), time);
        self.settle();
        self
    }

    /// The screen as text.
    pub fn screen(&mut self) -> String {
        super::text_of(&self.buffer().0)
    }

    /// The screen as cells, and where the cursor is.
    pub fn buffer(&mut self) -> (Buffer, Option<Position>) {
        let mut buf = Buffer::empty(Rect::ZERO);
        let cursor = self.core.view(&mut buf);
        (buf, cursor)
    }

    /// The app.
    pub fn app(&self) -> &A {
        self.core.app()
    }

    /// The app, to set something up.
    pub fn app_mut(&mut self) -> &mut A {
        self.core.app_mut()
    }

    /// Whether the app has ended the session.
    pub fn has_quit(&self) -> bool {
        self.quit
    }
}
