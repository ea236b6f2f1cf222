//! A session whose terminal is at the other end of a socket.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use ratatui::layout::Size;
use rustix::event::PollFlags;

use super::drive::{Arrival, Inbox, Port, drive, time};
use super::local::{Local, wait_for};
use super::wire::{Decoder, Message, ToSession, ToTerminal, VERSION};
use super::{App, End, Hello, Run, Session};
use crate::i18n::Lang;
use crate::tui::terminal::{Capabilities, TerminalError};

/// A terminal that has connected and said what it is. [`Guest::welcome`], make an app for it, then [`serve`].
pub struct Guest {
    line: Line,
    hello: Hello,
    early: Vec<ToSession>,
}

/// How long a connection may take to say hello.
const HELLO_TIMEOUT: Duration = Duration::from_secs(5);

impl Guest {
    /// Waits for the terminal's hello.
    ///
    /// # Errors
    /// When none comes within five seconds, or something else comes.
    pub fn welcome(stream: UnixStream) -> io::Result<Guest> {
        let mut line = Line::new(stream)?;
        let until = Instant::now() + HELLO_TIMEOUT;
        loop {
            let mut messages: Vec<ToSession> = line.receive()?;
            if !messages.is_empty() {
                let ToSession::Hello(hello) = messages.remove(0) else { return Err(io::ErrorKind::InvalidData.into()) };
                if hello.version != VERSION {
                    return Err(io::ErrorKind::Unsupported.into());
                }
                return Ok(Guest { line, hello, early: messages });
            }
            if Instant::now() >= until {
                return Err(io::ErrorKind::TimedOut.into());
            }
            wait_for(&[(line.stream.as_fd(), PollFlags::IN)], Some(until));
        }
    }

    /// What the terminal is.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }
}

/// Runs an app for a terminal at the other end of a socket until it ends. Blocks: one thread per session.
///
/// # Errors
/// When the system refuses what a session needs; a terminal that goes away is [`End::HangUp`].
pub fn serve<A: App, R: Run<A>>(guest: Guest, app: A, mut run: R) -> io::Result<End> {
    let Guest { line, hello, early } = guest;
    let inbox = Inbox::new()?;
    let can = Capabilities::of_term(hello.variable("TERM"));
    let mut session = Session::new(app, Size::new(hello.width, hello.height), can, time());
    let mut port = Remote { line, early };
    let end = drive(&mut session, &mut run, &mut port, &inbox);
    port.line.post(&ToTerminal::End(end));
    port.line.drain(Duration::from_millis(200));
    Ok(end)
}

/// Shows a session that another process runs, at the local terminal, until it ends.
///
/// `lang` is the language of the person here.
///
/// # Errors
/// When there is no terminal, or the other process cannot be reached or goes away.
pub fn attach(stream: UnixStream, lang: Lang) -> Result<End, TerminalError> {
    let mut local = Local::new()?;
    let mut line = Line::new(stream).map_err(TerminalError::Attach)?;
    local.tty.enter()?;
    line.post(&ToSession::Hello(Hello::of_this_terminal(local.tty.size(), lang)));
    let result = pump(&mut local, &mut line);
    local.tty.leave(true);
    result
}

/// Carries bytes between the local terminal and the line.
fn pump(local: &mut Local, line: &mut Line) -> Result<End, TerminalError> {
    loop {
        // The far side sends the next frame only after the terminal has taken the last.
        let arrivals = local.wait(line.stream.as_fd(), None);
        for arrival in arrivals {
            match arrival {
                Arrival::Bytes(bytes) => line.post(&ToSession::Bytes(bytes)),
                Arrival::Resize(size) => line.post(&ToSession::Resize(size)),
                Arrival::Resumed => line.post(&ToSession::Resumed),
                Arrival::End(end) => {
                    line.post(&ToSession::Bye);
                    line.drain(Duration::from_millis(50));
                    return Ok(end);
                }
            }
        }
        line.flush();
        for message in line.receive().map_err(TerminalError::Attach)? {
            match message {
                ToTerminal::Bytes(bytes) => local.send(&bytes),
                ToTerminal::Suspend => local.suspend(),
                ToTerminal::End(end) => return Ok(end),
            }
        }
    }
}

/// The far end of a line as a port.
struct Remote {
    line: Line,
    early: Vec<ToSession>,
}

impl Port for Remote {
    fn wait(&mut self, wake: BorrowedFd<'_>, until: Option<Instant>) -> Vec<Arrival> {
        let mut messages = std::mem::take(&mut self.early);
        if messages.is_empty() {
            let out = if self.line.unsent.is_empty() { PollFlags::empty() } else { PollFlags::OUT };
            wait_for(&[(self.line.stream.as_fd(), PollFlags::IN | out), (wake, PollFlags::IN)], until);
            self.line.flush();
            match self.line.receive() {
                Ok(received) => messages = received,
                Err(_) => return vec![Arrival::End(End::HangUp)],
            }
        }
        messages
            .into_iter()
            .map(|message| match message {
                ToSession::Bytes(bytes) => Arrival::Bytes(bytes),
                ToSession::Resize(size) => Arrival::Resize(size),
                ToSession::Resumed => Arrival::Resumed,
                // A second hello is no way to begin.
                ToSession::Hello(_) | ToSession::Bye => Arrival::End(End::HangUp),
            })
            .collect()
    }

    fn send(&mut self, bytes: &[u8]) {
        self.line.post(&ToTerminal::Bytes(bytes.to_vec()));
    }

    fn is_drained(&self) -> bool {
        self.line.unsent.is_empty()
    }

    fn suspend(&mut self) {
        self.line.post(&ToTerminal::Suspend);
    }
}

/// Messages over a stream that is never waited for.
struct Line {
    stream: UnixStream,
    unsent: Vec<u8>,
    decoder: Decoder,
}

impl Line {
    fn new(stream: UnixStream) -> io::Result<Line> {
        stream.set_nonblocking(true)?;
        Ok(Line { stream, unsent: Vec::new(), decoder: Decoder::default() })
    }

    fn post(&mut self, message: &impl Message) {
        self.unsent.extend_from_slice(&message.encode());
        self.flush();
    }

    /// Sends what it can. A broken line shows when reading.
    fn flush(&mut self) {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(n) if n > 0 => drop(self.unsent.drain(..n)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                _ => self.unsent.clear(),
            }
        }
    }

    /// Sends the rest, for at most this long.
    fn drain(&mut self, at_most: Duration) {
        let until = Instant::now() + at_most;
        while !self.unsent.is_empty() && Instant::now() < until {
            wait_for(&[(self.stream.as_fd(), PollFlags::OUT)], Some(until));
            self.flush();
        }
    }

    /// The messages that have come; none if none has.
    fn receive<M: Message>(&mut self) -> io::Result<Vec<M>> {
        let mut messages = Vec::new();
        let mut bytes = [0; 16 * 1024];
        for _ in 0..16 {
            match self.stream.read(&mut bytes) {
                // What came before the end still counts.
                Ok(0) if !messages.is_empty() => break,
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => messages.extend(self.decoder.feed(&bytes[..n])?),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(messages)
    }
}
