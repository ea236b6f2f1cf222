//! From a terminal's bytes to events.
//!
//! The parser takes bytes in any portions. It never panics, holds a bounded amount of data, and what stands between
//! the marks of a bracketed paste is never taken for keys.

use std::time::Duration;

use crate::tui::keymap::{Code, Key};
use crate::tui::session::{Mouse, MouseKind};

/// Something that a terminal has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalEvent {
    /// A key.
    Key(Key),
    /// Text between the marks of a bracketed paste, as it came.
    Paste(String),
    /// The mouse.
    Mouse(Mouse),
    /// The answer to [`super::Screen::query`].
    Answer,
}

/// The state between two portions of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parser {
    /// The start of something incomplete.
    rest: Vec<u8>,
    /// The text of a paste that has not ended.
    paste: Option<Vec<u8>>,
}

/// A sequence longer than this is none of a keyboard's.
const SEQUENCE_LIMIT: usize = 64;
/// A string from the terminal (an answer to something nobody asked) longer than this is given up.
const STRING_LIMIT: usize = 4096;
/// A longer paste is cut off here.
const PASTE_LIMIT: usize = 1 << 20;
const PASTE_END: &[u8] = b"\x1b[201~";

/// What the start of the input is.
enum Token {
    /// An event and its length in bytes.
    Event(TerminalEvent, usize),
    /// Nothing of interest, of this length.
    Nothing(usize),
    /// The start of a paste, of this length.
    PasteStart(usize),
    /// More bytes are needed.
    Incomplete,
}

impl Parser {
    /// Takes bytes and appends what they mean to `events`.
    pub fn feed(&mut self, bytes: &[u8], events: &mut Vec<TerminalEvent>) {
        self.rest.extend_from_slice(bytes);
        let mut rest = std::mem::take(&mut self.rest);
        let mut at = 0;
        while at < rest.len() {
            if self.paste.is_some() {
                match self.paste_part(&rest[at..], events) {
                    Some(used) => at += used,
                    None => break,
                }
                continue;
            }
            match token(&rest[at..]) {
                Token::Event(event, used) => {
                    events.push(event);
                    at += used;
                }
                Token::Nothing(used) => at += used,
                Token::PasteStart(used) => {
                    self.paste = Some(Vec::new());
                    at += used;
                }
                Token::Incomplete => break,
            }
        }
        rest.drain(..at);
        self.rest = rest;
    }

    /// Takes the part of a paste at the start of `bytes`; `None` if all that is left may be the start of its end mark.
    fn paste_part(&mut self, bytes: &[u8], events: &mut Vec<TerminalEvent>) -> Option<usize> {
        let paste = self.paste.as_mut()?;
        let mut keep = |part: &[u8]| {
            let room = PASTE_LIMIT.saturating_sub(paste.len());
            paste.extend_from_slice(&part[..part.len().min(room)]);
        };
        if let Some(end) = memchr::memmem::find(bytes, PASTE_END) {
            keep(&bytes[..end]);
            self.end_paste(events);
            return Some(end + PASTE_END.len());
        }
        // The end mark may have come in part.
        let held = (1..PASTE_END.len()).rev().find(|&n| bytes.ends_with(&PASTE_END[..n])).unwrap_or(0);
        let used = bytes.len() - held;
        keep(&bytes[..used]);
        (used > 0).then_some(used)
    }

    fn end_paste(&mut self, events: &mut Vec<TerminalEvent>) {
        if let Some(paste) = self.paste.take() {
            events.push(TerminalEvent::Paste(String::from_utf8_lossy(&paste).into_owned()));
        }
    }

    /// How long to wait for the rest of something incomplete before calling [`Parser::time_out`]; `None` if nothing is.
    pub fn patience(&self) -> Option<Duration> {
        if self.paste.is_some() {
            // Long enough for a slow link, short enough that a lost end mark does not disable the keyboard for good.
            return Some(Duration::from_secs(5));
        }
        (!self.rest.is_empty()).then_some(Duration::from_millis(40))
    }

    /// Nothing more has come: takes what is incomplete for what it can be, an Esc or an Alt key.
    pub fn time_out(&mut self, events: &mut Vec<TerminalEvent>) {
        self.end_paste(events);
        let rest = std::mem::take(&mut self.rest);
        match rest.as_slice() {
            [0x1b] => events.push(TerminalEvent::Key(Key::plain(Code::Esc))),
            [0x1b, c @ b' '..=b'~'] => events.push(TerminalEvent::Key(Key { alt: true, ..Key::char(char::from(*c)) })),
            // Half a character or half a sequence means nothing.
            _ => {}
        }
    }
}

fn token(bytes: &[u8]) -> Token {
    match bytes[0] {
        0x1b => escape(bytes),
        byte @ (0..=0x1f | 0x7f) => Token::Event(TerminalEvent::Key(control(byte)), 1),
        byte @ 0x20..=0x7e => Token::Event(TerminalEvent::Key(Key::char(char::from(byte))), 1),
        _ => character(bytes),
    }
}

/// The key of a control byte.
fn control(byte: u8) -> Key {
    match byte {
        0 => Key::ctrl(' '),
        b'\t' => Key::plain(Code::Tab),
        b'\r' | b'\n' => Key::plain(Code::Enter),
        0x08 | 0x7f => Key::plain(Code::Backspace),
        0x1b => Key::plain(Code::Esc),
        // The others are the letters and signs 0x40 above.
        _ => Key::ctrl(char::from(byte + 0x40)),
    }
}

/// A character of more than one byte.
fn character(bytes: &[u8]) -> Token {
    let len = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Token::Nothing(1),
    };
    let have = &bytes[..len.min(bytes.len())];
    match std::str::from_utf8(have) {
        Ok(text) => match text.chars().next() {
            Some(c) if !c.is_control() => Token::Event(TerminalEvent::Key(Key::char(c)), len),
            _ => Token::Nothing(len),
        },
        Err(error) if error.error_len().is_none() && bytes.len() < len => Token::Incomplete,
        Err(_) => Token::Nothing(1),
    }
}

fn escape(bytes: &[u8]) -> Token {
    let Some(&second) = bytes.get(1) else { return Token::Incomplete };
    match second {
        b'[' => csi(bytes),
        b'O' => ss3(bytes),
        b']' | b'P' | b'X' | b'^' | b'_' => string(bytes),
        0x1b => Token::Event(TerminalEvent::Key(Key::plain(Code::Esc)), 1),
        _ => match token(&bytes[1..]) {
            Token::Event(TerminalEvent::Key(key), used) => {
                Token::Event(TerminalEvent::Key(Key { alt: true, ..key }), used + 1)
            }
            Token::Incomplete => Token::Incomplete,
            _ => Token::Nothing(1),
        },
    }
}

/// `ESC O x`: keys of the application keypad, and F1 to F4.
fn ss3(bytes: &[u8]) -> Token {
    let Some(&last) = bytes.get(2) else { return Token::Incomplete };
    let ctrl = last.is_ascii_lowercase();
    let code = match last.to_ascii_uppercase() {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'M' => Code::Enter,
        n @ b'P'..=b'S' => Code::F(n - b'P' + 1),
        _ => return Token::Nothing(3),
    };
    // rxvt sends a small letter for Ctrl with an arrow.
    Token::Event(TerminalEvent::Key(Key { ctrl: ctrl && (b'a'..=b'd').contains(&last), ..Key::plain(code) }), 3)
}

/// A string that ends in BEL or ESC \: an answer that was not asked for.
fn string(bytes: &[u8]) -> Token {
    for (i, &byte) in bytes.iter().enumerate().skip(2) {
        match byte {
            0x07 => return Token::Nothing(i + 1),
            0x1b => {
                return match bytes.get(i + 1) {
                    Some(b'\\') => Token::Nothing(i + 2),
                    // Something else begins: the string was cut off.
                    Some(_) => Token::Nothing(i),
                    None => Token::Incomplete,
                };
            }
            _ => {}
        }
    }
    if bytes.len() > STRING_LIMIT { Token::Nothing(bytes.len()) } else { Token::Incomplete }
}

/// `ESC [ parameters letter`.
fn csi(bytes: &[u8]) -> Token {
    // The Linux console sends F1 to F5 as ESC [ [ A and so on.
    if bytes.get(2) == Some(&b'[') {
        return match bytes.get(3) {
            Some(n @ b'A'..=b'E') => Token::Event(TerminalEvent::Key(Key::f(n - b'A' + 1)), 4),
            Some(_) => Token::Nothing(4),
            None => Token::Incomplete,
        };
    }
    let body = &bytes[2..];
    let Some(end) = body.iter().position(|b| !(0x20..=0x3f).contains(b)) else {
        return if body.len() > SEQUENCE_LIMIT { Token::Nothing(bytes.len()) } else { Token::Incomplete };
    };
    let used = end + 3;
    if !(0x40..=0x7e).contains(&body[end]) {
        // Cut off by something else, which is not part of it. rxvt ends some keys with $, which is a parameter byte.
        return Token::Nothing(used - 1);
    }
    match sequence(&body[..end], body[end]) {
        Some(Csi::Paste) => Token::PasteStart(used),
        Some(Csi::Event(event)) => Token::Event(event, used),
        None => Token::Nothing(used),
    }
}

enum Csi {
    Paste,
    Event(TerminalEvent),
}

fn sequence(parameters: &[u8], last: u8) -> Option<Csi> {
    if let Some(mouse) = parameters.strip_prefix(b"<") {
        return mouse_event(&numbers(mouse), last).map(|m| Csi::Event(TerminalEvent::Mouse(m)));
    }
    if parameters.first().is_some_and(|b| !b.is_ascii_digit() && *b != b';') {
        return None;
    }
    let numbers = numbers(parameters);
    let first = numbers.first().copied().unwrap_or(0);
    match (last, first) {
        (b'~', 200) => return Some(Csi::Paste),
        (b'n', 0) => return Some(Csi::Event(TerminalEvent::Answer)),
        _ => {}
    }
    key(&numbers, first, last).map(|key| Csi::Event(TerminalEvent::Key(key)))
}

fn key(numbers: &[u32], first: u32, last: u8) -> Option<Key> {
    let modifiers = numbers.get(1).copied().unwrap_or(1);
    let plain = |code| Some(with_modifiers(code, modifiers));
    match last {
        b'A' => plain(Code::Up),
        b'B' => plain(Code::Down),
        b'C' => plain(Code::Right),
        b'D' => plain(Code::Left),
        b'H' => plain(Code::Home),
        b'F' => plain(Code::End),
        // `R` with another first number is a cursor position.
        b'P' | b'Q' | b'R' | b'S' if first <= 1 && numbers.len() <= 2 => plain(Code::F(last - b'P' + 1)),
        b'Z' => Some(Key { shift: true, ..Key::plain(Code::Tab) }),
        b'a'..=b'd' => {
            let code = [Code::Up, Code::Down, Code::Right, Code::Left][usize::from(last - b'a')];
            Some(Key { shift: true, ..Key::plain(code) })
        }
        b'~' if first == 27 => character_key(numbers.get(2).copied()?, modifiers),
        b'~' => plain(tilde(first)?),
        b'^' => Some(Key { ctrl: true, ..Key::plain(tilde(first)?) }),
        b'@' => Some(Key { ctrl: true, shift: true, ..Key::plain(tilde(first)?) }),
        b'u' => character_key(first, modifiers),
        _ => None,
    }
}

/// The key of `ESC [ n ~`.
fn tilde(n: u32) -> Option<Code> {
    Some(match n {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::F(n as u8 - 10),
        17..=21 => Code::F(n as u8 - 11),
        23..=26 => Code::F(n as u8 - 12),
        28..=29 => Code::F(n as u8 - 13),
        31..=34 => Code::F(n as u8 - 14),
        _ => return None,
    })
}

/// Modifiers as xterm counts them: 1 plus Shift 1, Alt 2, Ctrl 4.
fn with_modifiers(code: Code, modifiers: u32) -> Key {
    let bits = modifiers.saturating_sub(1);
    Key { code, shift: bits & 1 != 0, alt: bits & 2 != 0, ctrl: bits & 4 != 0 }
}

/// A key named by its character (`CSI u`, modifyOtherKeys).
fn character_key(number: u32, modifiers: u32) -> Option<Key> {
    let code = match number {
        8 | 127 => Code::Backspace,
        9 => Code::Tab,
        13 => Code::Enter,
        27 => Code::Esc,
        _ => Code::Char(char::from_u32(number).filter(|c| !c.is_control())?),
    };
    let mut key = with_modifiers(code, modifiers);
    if let Code::Char(c) = key.code {
        if key.shift && !key.ctrl {
            key.code = Code::Char(c.to_uppercase().next().unwrap_or(c));
        }
        key.shift = false;
    }
    Some(key)
}

fn mouse_event(numbers: &[u32], last: u8) -> Option<Mouse> {
    let &[button, x, y] = numbers else { return None };
    let kind = match (button & !0x1c, last) {
        (0, b'M') => MouseKind::Press,
        (0, b'm') => MouseKind::Release,
        (64, b'M') => MouseKind::WheelUp,
        (65, b'M') => MouseKind::WheelDown,
        _ => return None,
    };
    let cell = |n: u32| u16::try_from(n.saturating_sub(1)).ok();
    Some(Mouse { kind, x: cell(x)?, y: cell(y)? })
}

/// Numbers separated by semicolons; sub-parameters behind colons are left out, and so is what is no number.
fn numbers(parameters: &[u8]) -> Vec<u32> {
    parameters
        .split(|&b| b == b';')
        .map(|part| {
            let digits = part.iter().take_while(|b| b.is_ascii_digit());
            digits.fold(0u32, |n, d| n.saturating_mul(10).saturating_add(u32::from(d - b'0')))
        })
        .collect()
}

#[cfg(test)]
mod tests;
