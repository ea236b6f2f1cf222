//! The client's side.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::Request;
use super::listen::is_same_user;
use super::wire::{Frame, VERSION};
use crate::store::Home;

/// What came of asking the owner.
#[derive(Debug)]
pub enum Answer<T> {
    /// Nobody listens, or nobody took the request on: nothing was done.
    NoOwner,
    /// The owner did it.
    Done(T),
}

/// Why the owner's answer is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttachError {
    /// The owner took the connection and says nothing: it may be stopped. Nothing was done.
    #[error("the owner does not answer")]
    Silent,
    /// The owner ended while it carried out the command; whether it did is unknown.
    #[error("the owner ended during the command")]
    Lost,
}

/// How long an owner may take to say that it listens.
const PATIENCE: Duration = Duration::from_secs(5);

/// Has the owner carry out a command; the answer goes to `out` and `err` as it comes. Gives the exit code.
///
/// # Errors
/// [`AttachError`]. A closed `out` is none: the command is carried out all the same.
pub fn command(
    home: &Home,
    request: &Request,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<Answer<u8>, AttachError> {
    let Some(mut stream) = knock(home)? else { return Ok(Answer::NoOwner) };
    let Ok(bytes) = serde_json::to_vec(request) else { return Ok(Answer::NoOwner) };
    if Frame::Command(bytes).write(&mut stream).is_err() {
        return Ok(Answer::NoOwner);
    }
    let mut accepted = false;
    let mut listening = true;
    loop {
        match Frame::read(&mut stream) {
            Ok(Some(Frame::Accepted)) => accepted = true,
            Ok(Some(Frame::Out(bytes))) => listening = listening && out.write_all(&bytes).is_ok(),
            // Remarks and progress are worth no error.
            Ok(Some(Frame::Err(bytes))) => drop(err.write_all(&bytes)),
            Ok(Some(Frame::Exit(code))) => return Ok(Answer::Done(code)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            _ if accepted => return Err(AttachError::Lost),
            _ => return Ok(Answer::NoOwner),
        }
    }
}

/// Asks the owner for a console; the connection is then the console's.
///
/// # Errors
/// [`AttachError::Silent`].
pub fn console(home: &Home) -> Result<Answer<UnixStream>, AttachError> {
    let Some(mut stream) = knock(home)? else { return Ok(Answer::NoOwner) };
    let taken = Frame::Console.write(&mut stream).and_then(|()| Frame::read(&mut stream));
    match taken {
        Ok(Some(Frame::Accepted)) => Ok(Answer::Done(stream)),
        _ => Ok(Answer::NoOwner),
    }
}

/// Connects and waits until the owner listens. `None` where there is no owner.
fn knock(home: &Home) -> Result<Option<UnixStream>, AttachError> {
    let Ok(mut stream) = super::path::connect(&home.socket_path()) else { return Ok(None) };
    if !is_same_user(&stream) || stream.set_read_timeout(Some(PATIENCE)).is_err() {
        return Ok(None);
    }
    match Frame::read(&mut stream) {
        Ok(Some(Frame::Ready(VERSION))) if stream.set_read_timeout(None).is_ok() => Ok(Some(stream)),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
            Err(AttachError::Silent)
        }
        _ => Ok(None),
    }
}
