//! The owner's side: a thread that accepts, and one for each command and each console.

use std::io;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};

use super::Request;
use super::wire::{Frame, Stream, VERSION};
use crate::store::Home;

/// What an owner does for others.
pub trait Service: Send + Sync + 'static {
    /// Carries out a command and gives its exit code.
    fn command(&self, request: Request, out: &mut dyn io::Write, err: &mut dyn io::Write) -> u8;
    /// Shows a console at the other end of the connection until it ends.
    fn console(&self, terminal: UnixStream);
}

/// The listening owner of a home. Dropping it stops it: consoles of others end, commands that have begun are finished.
pub struct Owner {
    path: PathBuf,
    wake: UnixStream,
    guests: Arc<Guests>,
    accepting: Option<JoinHandle<()>>,
}

/// How long a client may take to send its command after it has connected.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections served at once; more are turned away, and their clients try again.
const MOST: usize = 64;

impl Owner {
    /// Listens for others. The caller holds the lock of the home and drops this before it lets go of it.
    ///
    /// # Errors
    /// When the folder cannot hold a socket. The home works without; a second process is then told that it is in use.
    pub fn start(home: &Home, service: Arc<dyn Service>) -> io::Result<Owner> {
        let path = home.socket_path();
        let listener = super::path::bind(&path)?;
        listener.set_nonblocking(true)?;
        let (wake, woken) = UnixStream::pair()?;
        let guests = Arc::new(Guests::default());
        let held = guests.clone();
        let accepting = std::thread::Builder::new()
            .name("owner".to_owned())
            .spawn(move || accept(&listener, &woken, &service, &held))?;
        Ok(Owner { path, wake, guests, accepting: Some(accepting) })
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // The name goes first: who comes now finds no owner and waits for the lock. Nothing can be done if it stays; the
        // next owner removes it.
        let _ = super::path::remove(&self.path);
        let _ = self.wake.shutdown(Shutdown::Both);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
        self.guests.end();
    }
}

/// Accepts until the other end of `woken` is closed.
fn accept(listener: &UnixListener, woken: &UnixStream, service: &Arc<dyn Service>, guests: &Arc<Guests>) {
    loop {
        let mut fds = [PollFd::new(listener, PollFlags::IN), PollFd::new(woken, PollFlags::IN)];
        // An interrupted wait is looked at like any other.
        let _ = poll(&mut fds, None);
        if !fds[1].revents().is_empty() {
            return;
        }
        match listener.accept() {
            Ok((stream, _)) => {
                if is_same_user(&stream) && stream.set_nonblocking(false).is_ok() {
                    guests.take_in(stream, service);
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            // Out of descriptors, for example: the connection waits in its queue.
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Whether the process at the other end runs under the same user.
#[cfg(target_os = "linux")]
pub(super) fn is_same_user(stream: &UnixStream) -> bool {
    rustix::net::sockopt::socket_peercred(stream.as_fd()).is_ok_and(|peer| peer.uid == rustix::process::geteuid())
}

/// Elsewhere the rights of folder and socket file are what keeps others out.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_same_user(stream: &UnixStream) -> bool {
    let _ = stream.as_fd();
    true
}

/// The connections that are being served.
#[derive(Default)]
struct Guests {
    next: AtomicU64,
    held: Mutex<Held>,
    left: Condvar,
}

#[derive(Default)]
struct Held {
    ending: bool,
    serving: usize,
    /// Connections that are hung up on when the owner stops: consoles, and clients that have not sent their command yet.
    idle: Vec<(u64, UnixStream)>,
}

impl Guests {
    fn take_in(self: &Arc<Guests>, stream: UnixStream, service: &Arc<dyn Service>) {
        let mut held = self.held();
        if held.ending || held.serving >= MOST {
            return;
        }
        held.serving += 1;
        // Without a thread for it the guest is dropped, which counts it out and needs the lock.
        drop(held);
        let guest = Guest { guests: self.clone(), service: Some(service.clone()) };
        let _ = std::thread::Builder::new().name("guest".to_owned()).spawn(move || {
            // A client that goes away has given up; what had begun is finished.
            let _ = guest.serve(stream);
        });
    }

    /// Hangs up on consoles and on who has not said what he wants, and waits for commands to be finished.
    fn end(&self) {
        let mut held = self.held();
        held.ending = true;
        for (_, idle) in &held.idle {
            let _ = idle.shutdown(Shutdown::Both);
        }
        while held.serving > 0 {
            held = self.left.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One served connection. It is counted out when it ends, also when its thread panics, and only after it has let go of
/// the service: who has waited for it is then the only one to hold what the service holds.
struct Guest {
    guests: Arc<Guests>,
    service: Option<Arc<dyn Service>>,
}

impl Guest {
    fn serve(&self, mut stream: UnixStream) -> io::Result<()> {
        let Some(service) = &self.service else { return Ok(()) };
        let Some(idle) = HangsUp::new(&self.guests, &stream)? else { return Ok(()) };
        stream.set_read_timeout(Some(PATIENCE))?;
        Frame::Ready(VERSION).write(&mut stream)?;
        match Frame::read(&mut stream)? {
            Some(Frame::Command(bytes)) => {
                let request: Request = serde_json::from_slice(&bytes)?;
                // From here on the owner waits for the end of the command, unless it has hung up already.
                if !idle.keep() {
                    return Ok(());
                }
                Frame::Accepted.write(&mut stream)?;
                let stream = Mutex::new(stream);
                let code = service.command(
                    request,
                    &mut Stream::new(&stream, Frame::Out),
                    &mut Stream::new(&stream, Frame::Err),
                );
                Frame::Exit(code).write(&mut *stream.lock().unwrap_or_else(PoisonError::into_inner))
            }
            Some(Frame::Console) => {
                stream.set_read_timeout(None)?;
                Frame::Accepted.write(&mut stream)?;
                service.console(stream);
                Ok(())
            }
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.service = None;
        self.guests.held().serving -= 1;
        self.guests.left.notify_all();
    }
}

/// A connection that the owner hangs up on when it stops; forgotten when this is dropped.
struct HangsUp<'a> {
    guests: &'a Guests,
    number: u64,
}

impl<'a> HangsUp<'a> {
    /// `None` when the owner is stopping already.
    fn new(guests: &'a Guests, stream: &UnixStream) -> io::Result<Option<HangsUp<'a>>> {
        let number = guests.next.fetch_add(1, Ordering::Relaxed);
        let stream = stream.try_clone()?;
        let mut held = guests.held();
        if held.ending {
            return Ok(None);
        }
        held.idle.push((number, stream));
        Ok(Some(HangsUp { guests, number }))
    }

    /// Takes the connection off the list; `false` when the owner has hung up on it.
    fn keep(self) -> bool {
        let mut held = self.guests.held();
        held.idle.retain(|(number, _)| *number != self.number);
        !held.ending
    }
}

impl Drop for HangsUp<'_> {
    fn drop(&mut self) {
        self.guests.held().idle.retain(|(number, _)| *number != self.number);
    }
}
