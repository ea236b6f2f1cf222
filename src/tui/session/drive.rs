//! The loop that joins a session to a terminal at the end of some port.

use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use chrono::Local;
use ratatui::layout::Size;

use super::{App, Now, Post, Run, Session};

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum End {
    /// The app ended it.
    Quit,
    /// A signal asked for it, by its number.
    Signal(i32),
    /// The terminal is gone.
    HangUp,
}

/// What comes from the terminal's side.
#[derive(Debug)]
pub(super) enum Arrival {
    Bytes(Vec<u8>),
    Resize(Size),
    /// After a suspension.
    Resumed,
    End(End),
}

/// The way to a terminal.
pub(super) trait Port {
    /// Waits until something arrives, `wake` becomes readable, there is room for more output, or until `until`.
    fn wait(&mut self, wake: BorrowedFd<'_>, until: Option<Instant>) -> Vec<Arrival>;
    /// Sends bytes, now or as soon as there is room.
    fn send(&mut self, bytes: &[u8]);
    /// Whether all bytes are on their way.
    fn is_drained(&self) -> bool;
    /// Gives the terminal to the shell until it gives it back. Arrivals tell when.
    fn suspend(&mut self);
}

/// Where messages for a session arrive.
pub(super) struct Inbox<M> {
    receiver: mpsc::Receiver<M>,
    wake: UnixStream,
    post: Post<M>,
}

impl<M: Send + 'static> Inbox<M> {
    pub(super) fn new() -> std::io::Result<Inbox<M>> {
        let (wake, waker) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        waker.set_nonblocking(true)?;
        let (sender, receiver) = mpsc::channel();
        let sender = Arc::new(std::sync::Mutex::new(sender));
        let post = Post::new(move |message| {
            // A session that has ended no longer listens. A full pipe wakes it all the same.
            let sent = sender.lock().is_ok_and(|sender| sender.send(message).is_ok());
            if sent {
                let _ = (&waker).write(&[1]);
            }
        });
        Ok(Inbox { receiver, wake, post })
    }

    fn clear_wake(&self) {
        let mut bytes = [0; 64];
        while matches!((&self.wake).read(&mut bytes), Ok(n) if n > 0) {}
    }
}

pub(super) fn time() -> (Now, Instant) {
    (Local::now().fixed_offset(), Instant::now())
}

/// Runs a session until it ends.
pub(super) fn drive<A: App, R: Run<A>>(
    session: &mut Session<A>,
    run: &mut R,
    port: &mut impl Port,
    inbox: &Inbox<A::Message>,
) -> End {
    loop {
        settle(session, run, inbox);
        let wishes = session.take_wishes();
        if wishes.quit {
            finish(session, port, inbox);
            return End::Quit;
        }
        if wishes.suspend {
            port.suspend();
        }
        // While the last frame has not even left, the next one can wait and be newer.
        if port.is_drained() {
            let bytes = session.frame(Instant::now());
            if !bytes.is_empty() {
                port.send(&bytes);
            }
        }
        let arrivals = port.wait(inbox.wake.as_fd(), session.deadline());
        inbox.clear_wake();
        let now = time();
        session.tick(now);
        for arrival in arrivals {
            match arrival {
                Arrival::Bytes(bytes) => session.bytes(&bytes, now),
                Arrival::Resize(size) => session.resize(size, now),
                Arrival::Resumed => session.resumed(now),
                Arrival::End(end) => {
                    session.ending(now);
                    settle(session, run, inbox);
                    return end;
                }
            }
        }
    }
}

/// Does work and delivers messages until there are none of either.
fn settle<A: App, R: Run<A>>(session: &mut Session<A>, run: &mut R, inbox: &Inbox<A::Message>) {
    loop {
        for work in session.take_work() {
            run.run(work, &inbox.post);
        }
        match inbox.receiver.try_recv() {
            Ok(message) => session.message(message, time()),
            Err(_) => return,
        }
    }
}

/// Waits a moment for the terminal's last answers, which would otherwise be typed into the shell.
fn finish<A: App>(session: &mut Session<A>, port: &mut impl Port, inbox: &Inbox<A::Message>) {
    let now = Instant::now();
    let Some(grace) = session.grace(now) else { return };
    let until = now + grace.min(Duration::from_millis(500));
    while Instant::now() < until {
        let arrivals = port.wait(inbox.wake.as_fd(), Some(until));
        inbox.clear_wake();
        for arrival in arrivals {
            match arrival {
                Arrival::Bytes(bytes) if session.drain(&bytes, Instant::now()) => {}
                Arrival::Resize(_) | Arrival::Resumed => {}
                Arrival::Bytes(_) | Arrival::End(_) => return,
            }
        }
    }
}
