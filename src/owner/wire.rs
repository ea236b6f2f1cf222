//! Frames on the socket: a tag, a length, the bytes.

use std::io::{self, Read, Write};

/// Version of the protocol; both ends are the same program as a rule, and say so otherwise.
pub(super) const VERSION: u8 = 1;
/// The longest frame: a command line with its folder is far shorter.
const LONGEST: u32 = 1 << 20;

/// What travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Frame {
    /// The owner will listen; its version.
    Ready(u8),
    /// A command line, as JSON.
    Command(Vec<u8>),
    /// A console is wanted; the connection goes over to it.
    Console,
    /// The owner has begun.
    Accepted,
    /// A part of the answer.
    Out(Vec<u8>),
    /// A part of the error stream.
    Err(Vec<u8>),
    /// The end, with the exit code.
    Exit(u8),
}

impl Frame {
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let (tag, bytes): (u8, &[u8]) = match self {
            Frame::Ready(version) => (b'R', std::slice::from_ref(version)),
            Frame::Command(bytes) => (b'C', bytes),
            Frame::Console => (b'T', &[]),
            Frame::Accepted => (b'A', &[]),
            Frame::Out(bytes) => (b'O', bytes),
            Frame::Err(bytes) => (b'E', bytes),
            Frame::Exit(code) => (b'X', std::slice::from_ref(code)),
        };
        if bytes.len() > LONGEST as usize {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut frame = Vec::with_capacity(bytes.len() + 5);
        frame.push(tag);
        frame.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        frame.extend_from_slice(bytes);
        to.write_all(&frame)
    }

    /// The next frame; `None` where the other end has closed between two frames.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Frame>> {
        let mut head = [0; 5];
        match from.read(&mut head[..1]) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Frame::read(from),
            Err(error) => return Err(error),
        }
        from.read_exact(&mut head[1..])?;
        let len = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        if len > LONGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = vec![0; len as usize];
        from.read_exact(&mut bytes)?;
        let one = bytes.first().copied().unwrap_or_default();
        Ok(Some(match head[0] {
            b'R' => Frame::Ready(one),
            b'C' => Frame::Command(bytes),
            b'T' => Frame::Console,
            b'A' => Frame::Accepted,
            b'O' => Frame::Out(bytes),
            b'E' => Frame::Err(bytes),
            b'X' => Frame::Exit(one),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }))
    }
}

/// A stream of the client, as the command sees it.
pub(super) struct Stream<'a, W: Write> {
    to: &'a std::sync::Mutex<W>,
    wrap: fn(Vec<u8>) -> Frame,
}

impl<'a, W: Write> Stream<'a, W> {
    pub(super) fn new(to: &'a std::sync::Mutex<W>, wrap: fn(Vec<u8>) -> Frame) -> Stream<'a, W> {
        Stream { to, wrap }
    }
}

impl<W: Write> Write for Stream<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = &bytes[..bytes.len().min(1 << 16)];
        let mut to = self.to.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (self.wrap)(part.to_vec()).write(&mut *to)?;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
