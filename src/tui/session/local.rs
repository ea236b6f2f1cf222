//! A session at the local terminal.

use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, kill_current_process_group};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGWINCH};

use super::drive::{Arrival, Inbox, Port, drive, time};
use super::{App, End, Run, Session};
use crate::tui::terminal::{Capabilities, TerminalError, Tty};

/// Runs an app at the local terminal until it ends; the terminal is then as it was before.
///
/// # Errors
/// When there is no terminal or the system refuses to change it.
pub fn run_local<A: App, R: Run<A>>(app: A, mut run: R) -> Result<End, TerminalError> {
    let mut port = Local::new()?;
    let inbox = Inbox::new()?;
    let can = Capabilities::of_term(std::env::var("TERM").ok().as_deref());
    port.tty.enter()?;
    let mut session = Session::new(app, port.tty.size(), can, time());
    let end = drive(&mut session, &mut run, &mut port, &inbox);
    port.tty.leave(session.grace(Instant::now()).is_some());
    Ok(end)
}

/// The local terminal with the signals that concern it.
pub(super) struct Local {
    pub(super) tty: Tty,
    signals: Signals,
    resumed: bool,
}

impl Local {
    pub(super) fn new() -> Result<Local, TerminalError> {
        Ok(Local { tty: Tty::open()?, signals: Signals::new()?, resumed: false })
    }
}

/// Waits until one of the descriptors is ready or until `until`; returns their events. Interrupted waits return early.
pub(super) fn wait_for(fds: &[(BorrowedFd<'_>, PollFlags)], until: Option<Instant>) -> Vec<PollFlags> {
    let mut polled: Vec<PollFd<'_>> = fds.iter().map(|(fd, flags)| PollFd::from_borrowed_fd(*fd, *flags)).collect();
    let timeout = until.map(|until| {
        let wait = until.saturating_duration_since(Instant::now());
        // Whole seconds of a wait are far below the limits of the type.
        Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: i64::from(wait.subsec_nanos()) }
    });
    match poll(&mut polled, timeout.as_ref()) {
        Ok(_) => polled.iter().map(PollFd::revents).collect(),
        Err(_) => vec![PollFlags::empty(); fds.len()],
    }
}

impl Port for Local {
    fn wait(&mut self, wake: BorrowedFd<'_>, until: Option<Instant>) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        if !std::mem::take(&mut self.resumed) {
            let out = if self.tty.is_drained() { PollFlags::empty() } else { PollFlags::OUT };
            let fds = [
                (self.tty.as_fd(), PollFlags::IN | out),
                (self.signals.pipe.as_fd(), PollFlags::IN),
                (wake, PollFlags::IN),
            ];
            let ready = wait_for(&fds, until);
            if ready[0].contains(PollFlags::OUT) {
                self.tty.flush();
            }
            if ready[0].intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
                self.read(&mut arrivals);
            }
            if ready[1].contains(PollFlags::IN) {
                self.signalled(&mut arrivals);
            }
        } else {
            self.back(&mut arrivals);
        }
        arrivals
    }

    fn send(&mut self, bytes: &[u8]) {
        self.tty.send(bytes);
    }

    fn is_drained(&self) -> bool {
        self.tty.is_drained()
    }

    fn suspend(&mut self) {
        self.tty.leave(false);
        self.signals.clear();
        // The whole job stops, as if the shell's suspend key had been pressed: also a `cargo run` in front of us. A
        // process without a shell to continue it is not stopped by the kernel; then this returns at once.
        let _ = kill_current_process_group(Signal::TSTP);
        // Another thread may be the one that stops, a moment later: wait until the process has been continued.
        let until = Instant::now() + Duration::from_millis(100);
        while !self.signals.continued.load(Ordering::Relaxed) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
        self.signals.clear();
        self.resumed = true;
    }
}

impl Local {
    fn read(&mut self, arrivals: &mut Vec<Arrival>) {
        // All that has been typed is taken before anything is drawn; a limit keeps an endless stream from starving the rest.
        for _ in 0..16 {
            match self.tty.read() {
                Ok(bytes) if bytes.is_empty() => return,
                Ok(bytes) => arrivals.push(Arrival::Bytes(bytes)),
                Err(_) => return arrivals.push(Arrival::End(End::HangUp)),
            }
        }
    }

    fn signalled(&mut self, arrivals: &mut Vec<Arrival>) {
        let caught = self.signals.take();
        if caught.resized {
            arrivals.push(Arrival::Resize(self.tty.size()));
        }
        if caught.continued {
            self.back(arrivals);
        }
        if let Some(signal) = caught.end {
            arrivals.push(Arrival::End(if signal == SIGHUP { End::HangUp } else { End::Signal(signal) }));
        }
    }

    /// Somebody else has had the terminal.
    fn back(&mut self, arrivals: &mut Vec<Arrival>) {
        if self.tty.enter().is_err() {
            return arrivals.push(Arrival::End(End::HangUp));
        }
        arrivals.push(Arrival::Resize(self.tty.size()));
        arrivals.push(Arrival::Resumed);
    }
}

/// Signals as flags, with a pipe that becomes readable.
struct Signals {
    pipe: UnixStream,
    resized: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
    ends: [(i32, Arc<AtomicBool>); 3],
    ids: Vec<signal_hook::SigId>,
}

#[derive(Debug, Clone, Copy)]
struct Caught {
    resized: bool,
    continued: bool,
    end: Option<i32>,
}

impl Signals {
    fn new() -> std::io::Result<Signals> {
        let (pipe, waker) = UnixStream::pair()?;
        pipe.set_nonblocking(true)?;
        waker.set_nonblocking(true)?;
        let flag = || Arc::new(AtomicBool::new(false));
        let ends = [SIGTERM, SIGHUP, SIGINT].map(|signal| (signal, flag()));
        let mut signals = Signals { pipe, resized: flag(), continued: flag(), ends, ids: Vec::new() };
        let both = [(SIGWINCH, signals.resized.clone()), (SIGCONT, signals.continued.clone())];
        for (signal, flag) in both.into_iter().chain(signals.ends.clone()) {
            // The flag first: when the pipe wakes the loop, it must be set.
            signals.ids.push(signal_hook::flag::register(signal, flag)?);
            signals.ids.push(signal_hook::low_level::pipe::register(signal, waker.try_clone()?)?);
        }
        Ok(signals)
    }

    fn take(&self) -> Caught {
        let mut bytes = [0; 64];
        while matches!(std::io::Read::read(&mut &self.pipe, &mut bytes), Ok(n) if n > 0) {}
        let take = |flag: &AtomicBool| flag.swap(false, Ordering::Relaxed);
        let end = self.ends.iter().find(|(_, flag)| take(flag)).map(|(signal, _)| *signal);
        Caught { resized: take(&self.resized), continued: take(&self.continued), end }
    }

    /// Forgets a continuation; signals that end the process stay.
    fn clear(&self) {
        self.continued.store(false, Ordering::Relaxed);
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.ids.drain(..) {
            signal_hook::low_level::unregister(id);
        }
    }
}
