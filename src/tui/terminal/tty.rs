//! The local terminal: raw mode, size, reading, writing, and leaving it as it was found whatever happens.

use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::ThreadId;

use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetwinsize, tcsetattr};

use super::Screen;
use crate::containment::panic_is_contained;
use crate::i18n::{Explain, Lang, console as msg};

/// Why the local terminal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Standard input or output is something else.
    #[error("standard input and output are no terminal")]
    NotATerminal,
    /// The system refused something.
    #[error("terminal: {0}")]
    Io(#[from] io::Error),
    /// The process that runs the console cannot be reached, or has gone away.
    #[error("attach: {0}")]
    Attach(io::Error),
}

impl Explain for TerminalError {
    fn code(&self) -> &str {
        match self {
            TerminalError::NotATerminal => "terminal.none",
            TerminalError::Io(_) => "terminal.failed",
            TerminalError::Attach(_) => "terminal.attach_failed",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            TerminalError::NotATerminal => msg::not_a_terminal(lang).to_owned(),
            TerminalError::Io(error) => msg::terminal_failed(lang, &error.to_string()),
            TerminalError::Attach(error) => msg::attach_failed(lang, &error.to_string()),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match self {
            TerminalError::NotATerminal => msg::not_a_terminal_remedy(lang),
            TerminalError::Io(_) => msg::terminal_failed_remedy(lang),
            TerminalError::Attach(_) => msg::attach_failed_remedy(lang),
        }
        .to_owned()
    }
}

/// The terminal of this process. Dropping it restores the terminal.
#[derive(Debug)]
pub struct Tty {
    /// Opened anew, so that not waiting for it is no business of whoever else has it open.
    fd: OwnedFd,
    /// As it was found.
    saved: Termios,
    /// Bytes that the terminal has not taken yet.
    unsent: Vec<u8>,
    entered: bool,
}

/// What the panic hook restores; set while a terminal is in raw mode.
static ENTERED: Mutex<Option<Entered>> = Mutex::new(None);

struct Entered {
    fd: OwnedFd,
    saved: Termios,
    thread: ThreadId,
}

impl Tty {
    /// Opens the terminal of this process without changing it.
    ///
    /// # Errors
    /// When standard input or output is no terminal, or it cannot be opened.
    pub fn open() -> Result<Tty, TerminalError> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(TerminalError::NotATerminal);
        }
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = rustix::fs::open("/dev/tty", flags, Mode::empty()).map_err(io::Error::from)?;
        let saved = tcgetattr(&fd).map_err(io::Error::from)?;
        Ok(Tty { fd, saved, unsent: Vec::new(), entered: false })
    }

    /// The size in cells; 0 where the terminal does not know.
    pub fn size(&self) -> Size {
        tcgetwinsize(&self.fd).map_or(Size::ZERO, |size| Size::new(size.ws_col, size.ws_row))
    }

    /// Takes the terminal over: raw mode and the alternate screen. A panic of this thread restores it before it is told.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn enter(&mut self) -> Result<(), TerminalError> {
        install_panic_hook();
        let mut raw = self.saved.clone();
        raw.make_raw();
        let dup = self.fd.try_clone()?;
        *entered() = Some(Entered { fd: dup, saved: self.saved.clone(), thread: std::thread::current().id() });
        self.entered = true;
        tcsetattr(&self.fd, OptionalActions::Now, &raw).map_err(io::Error::from)?;
        self.send(Screen::enter());
        Ok(())
    }

    /// Gives the terminal back as it was found. `discard_input` throws away what was typed and not read, which may
    /// hold an answer of the terminal.
    pub fn leave(&mut self, discard_input: bool) {
        if !self.entered {
            return;
        }
        self.entered = false;
        self.unsent.clear();
        if let Some(entered) = entered().take() {
            restore(&entered, discard_input);
        }
    }

    /// Reads what there is; an empty answer means nothing yet.
    ///
    /// # Errors
    /// `UnexpectedEof` when the terminal has hung up.
    pub fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; 4096];
        match rustix::io::read(&self.fd, &mut bytes) {
            Ok(0) | Err(Errno::IO) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => {
                bytes.truncate(n);
                Ok(bytes)
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends bytes, now or by a later [`Tty::flush`].
    pub fn send(&mut self, bytes: &[u8]) {
        self.unsent.extend_from_slice(bytes);
        self.flush();
    }

    /// Sends what has not been sent, as far as the terminal takes it. A terminal that has hung up takes anything:
    /// reading tells.
    pub fn flush(&mut self) {
        while !self.unsent.is_empty() {
            match rustix::io::write(&self.fd, &self.unsent) {
                Ok(n) => drop(self.unsent.drain(..n)),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => self.unsent.clear(),
            }
        }
    }

    /// Whether everything has been sent.
    pub fn is_drained(&self) -> bool {
        self.unsent.is_empty()
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.leave(false);
    }
}

fn entered() -> std::sync::MutexGuard<'static, Option<Entered>> {
    ENTERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Best effort by nature: when the terminal refuses, there is nobody to tell.
fn restore(entered: &Entered, discard_input: bool) {
    let mut bytes = Screen::leave();
    // A stopped terminal may take nothing; do not wait for it for long.
    for _ in 0..5 {
        match rustix::io::write(&entered.fd, bytes) {
            Ok(n) => bytes = &bytes[n..],
            Err(Errno::AGAIN) => {
                let wait = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };
                let _ = poll(&mut [PollFd::new(&entered.fd, PollFlags::OUT)], Some(&wait));
            }
            Err(Errno::INTR) => {}
            Err(_) => break,
        }
        if bytes.is_empty() {
            break;
        }
    }
    if discard_input {
        let _ = tcflush(&entered.fd, QueueSelector::IFlush);
    }
    let _ = tcsetattr(&entered.fd, OptionalActions::Now, &entered.saved);
}

/// A panic of the thread that has the terminal restores it first, so that the message can be read. A panic of
/// another thread, whose end somebody else notices, must not write over the screen.
fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // The program goes on, and the screen with it.
            if panic_is_contained() {
                return;
            }
            // `try_lock`: the panic may have happened while the lock was held.
            if let Ok(mut slot) = ENTERED.try_lock() {
                match slot.as_ref().map(|e| e.thread == std::thread::current().id()) {
                    Some(true) => {
                        if let Some(entered) = slot.take() {
                            restore(&entered, false);
                        }
                    }
                    Some(false) if io::stderr().is_terminal() => return,
                    _ => {}
                }
            }
            previous(info);
        }));
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::install_panic_hook;
    use crate::containment::contained;

    #[test]
    fn a_panic_that_is_contained_does_not_reach_the_hook() {
        assert_eq!(contained(|| 1), Ok(1));
        let told = Arc::new(AtomicBool::new(false));
        let (previous, tells) = (std::panic::take_hook(), told.clone());
        std::panic::set_hook(Box::new(move |info| {
            tells.store(true, Ordering::SeqCst);
            previous(info);
        }));
        install_panic_hook();
        assert!(contained::<()>(|| panic!("damaged")).is_err());
        assert!(!told.load(Ordering::SeqCst));
        assert!(std::panic::catch_unwind(|| panic!("as asked")).is_err());
        assert!(told.load(Ordering::SeqCst));
    }
}
