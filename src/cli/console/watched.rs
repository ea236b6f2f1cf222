//! Consoles of one home keep each other up to date, and tell whether the owner's is locked.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::desk::Desk;
use crate::tui::app::{Console, Message, Order, Runner};
use crate::tui::keymap::{Context, Keymap};
use crate::tui::session::{App, Effect, Frame, Input, Now, Post, Run};

/// The consoles of a home.
#[derive(Default)]
pub(super) struct Exchange {
    next: AtomicU64,
    posts: Mutex<Vec<(u64, Post<Message>)>>,
    /// Whether the owner's console is locked.
    locked: AtomicBool,
}

impl Exchange {
    /// Tells all consoles, but for the one that did it, that records have changed.
    pub(super) fn changed(&self, by: Option<u64>) {
        let posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (number, post) in posts {
            if Some(number) != by {
                post.send(Message::Changed);
            }
        }
    }

    /// Whether the owner's console is locked.
    pub(super) fn is_locked(&self) -> bool {
        self.locked.load(Ordering::Acquire)
    }

    fn join(&self, number: u64, post: &Post<Message>) {
        let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        if posts.iter().all(|(held, _)| *held != number) {
            posts.push((number, post.clone()));
        }
    }

    fn leave(&self, number: u64) {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner).retain(|(held, _)| *held != number);
    }
}

/// A console whose lock others can see.
pub(super) struct Watched {
    console: Console,
    exchange: Option<Arc<Exchange>>,
}

impl Watched {
    /// The owner's own.
    pub(super) fn new(console: Console, exchange: &Arc<Exchange>) -> Watched {
        Watched { console, exchange: Some(exchange.clone()) }
    }

    /// A further one, whose lock is nobody else's concern.
    pub(super) fn guest(console: Console) -> Watched {
        Watched { console, exchange: None }
    }
}

impl App for Watched {
    type Message = Message;
    type Work = Order;

    fn update(&mut self, input: Input<Message>, now: Now) -> Vec<Effect<Order>> {
        let effects = self.console.update(input, now);
        if let Some(exchange) = &self.exchange {
            exchange.locked.store(self.console.is_locked(), Ordering::Release);
        }
        effects
    }

    fn view(&self, frame: &mut Frame<'_>) {
        self.console.view(frame);
    }

    fn contexts(&self) -> Vec<Context> {
        self.console.contexts()
    }

    fn keymap(&self) -> &Keymap {
        self.console.keymap()
    }
}

/// A console's runner that tells the other consoles what its own has changed.
pub(super) struct Tapped {
    runner: Runner,
    exchange: Arc<Exchange>,
    number: u64,
}

impl Tapped {
    pub(super) fn new(desk: Desk, exchange: &Arc<Exchange>) -> Tapped {
        let number = exchange.next.fetch_add(1, Ordering::Relaxed);
        Tapped { runner: Runner::new(desk), exchange: exchange.clone(), number }
    }
}

impl Run<Watched> for Tapped {
    fn run(&mut self, order: Order, post: &Post<Message>) {
        self.exchange.join(self.number, post);
        let (own, exchange, number) = (post.clone(), self.exchange.clone(), self.number);
        let tapped = Post::new(move |message: Message| {
            let changes =
                matches!(message, Message::Committed(_, _, Ok(_)) | Message::Undone(Ok(_)) | Message::Changed);
            own.send(message);
            if changes {
                exchange.changed(Some(number));
            }
        });
        Run::<Console>::run(&mut self.runner, order, &tapped);
    }
}

impl Drop for Tapped {
    fn drop(&mut self) {
        self.exchange.leave(self.number);
    }
}
