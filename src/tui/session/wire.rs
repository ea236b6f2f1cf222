//! The protocol between a terminal and the process that runs its session.
//!
//! Each message is one byte of kind, four bytes of length (little endian) and a body. The terminal's side begins with
//! [`ToSession::Hello`]; an unknown kind, a body that is too long or not as it should be ends the connection.

use std::io;

use ratatui::layout::Size;

use super::End;
use crate::i18n::Lang;

/// What the terminal's side says about itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Hello {
    /// The protocol's version.
    pub version: u32,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Environment variables that describe the terminal and the person's language.
    pub environment: Vec<(String, String)>,
}

/// The version of this protocol.
pub(super) const VERSION: u32 = 1;

/// The variables that [`Hello`] carries.
const VARIABLES: [&str; 7] = ["TERM", "COLORTERM", "NO_COLOR", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG"];

/// The name under which the language that the program was told at the terminal travels beside them.
const LANGUAGE: &str = "ZHULIAN_LANG";

impl Hello {
    /// That of this process's terminal, for a person who reads that language.
    pub fn of_this_terminal(size: Size, lang: Lang) -> Hello {
        let environment = VARIABLES.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)));
        let chosen = (LANGUAGE.to_owned(), lang.pick("zh", "en").to_owned());
        let environment = environment.chain([chosen]).collect();
        Hello { version: VERSION, width: size.width, height: size.height, environment }
    }

    /// The language of the person at that terminal: what the program was told there, else what the locale says.
    pub fn lang(&self) -> Lang {
        let told = self.variable(LANGUAGE).and_then(Lang::from_locale);
        told.unwrap_or_else(|| Lang::from_variables(|name| self.variable(name).map(str::to_owned)))
    }

    /// A variable of the terminal's side.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// From the terminal's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ToSession {
    Hello(Hello),
    Bytes(Vec<u8>),
    Resize(Size),
    Resumed,
    Bye,
}

/// To the terminal's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ToTerminal {
    Bytes(Vec<u8>),
    Suspend,
    End(End),
}

/// The longest body.
const LIMIT: usize = 1 << 20;
const HEAD: usize = 5;

/// A message as bytes and back.
pub(super) trait Message: Sized {
    fn parts(&self) -> (u8, Vec<u8>);
    fn of_parts(kind: u8, body: &[u8]) -> Option<Self>;

    fn encode(&self) -> Vec<u8> {
        let (kind, body) = self.parts();
        let mut out = vec![kind];
        // Bodies are cut to the limit where they are made.
        out.extend_from_slice(&(body.len() as u32).to_le_bytes());
        out.extend_from_slice(&body);
        out
    }
}

/// Messages that arrive in portions.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    rest: Vec<u8>,
}

impl Decoder {
    /// Takes bytes; returns the messages that are complete.
    ///
    /// # Errors
    /// `InvalidData` for anything that is no message.
    pub(super) fn feed<M: Message>(&mut self, bytes: &[u8]) -> io::Result<Vec<M>> {
        self.rest.extend_from_slice(bytes);
        let mut messages = Vec::new();
        let mut at = 0;
        while let Some(head) = self.rest.get(at..at + HEAD) {
            let len = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
            if len > LIMIT {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let Some(body) = self.rest.get(at + HEAD..at + HEAD + len) else { break };
            messages.push(M::of_parts(head[0], body).ok_or(io::ErrorKind::InvalidData)?);
            at += HEAD + len;
        }
        self.rest.drain(..at);
        Ok(messages)
    }
}

impl Message for ToSession {
    fn parts(&self) -> (u8, Vec<u8>) {
        match self {
            // A struct of numbers and strings always serialises.
            ToSession::Hello(hello) => (1, serde_json::to_vec(hello).unwrap_or_default()),
            ToSession::Bytes(bytes) => (2, bytes.clone()),
            ToSession::Resize(size) => (3, [size.width.to_le_bytes(), size.height.to_le_bytes()].concat()),
            ToSession::Resumed => (4, Vec::new()),
            ToSession::Bye => (5, Vec::new()),
        }
    }

    fn of_parts(kind: u8, body: &[u8]) -> Option<ToSession> {
        Some(match (kind, body) {
            (1, body) => ToSession::Hello(serde_json::from_slice(body).ok()?),
            (2, body) => ToSession::Bytes(body.to_vec()),
            (3, &[a, b, c, d]) => ToSession::Resize(Size::new(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]))),
            (4, []) => ToSession::Resumed,
            (5, []) => ToSession::Bye,
            _ => return None,
        })
    }
}

impl Message for ToTerminal {
    fn parts(&self) -> (u8, Vec<u8>) {
        match self {
            ToTerminal::Bytes(bytes) => (1, bytes.clone()),
            ToTerminal::Suspend => (2, Vec::new()),
            ToTerminal::End(end) => (3, serde_json::to_vec(end).unwrap_or_default()),
        }
    }

    fn of_parts(kind: u8, body: &[u8]) -> Option<ToTerminal> {
        Some(match (kind, body) {
            (1, body) => ToTerminal::Bytes(body.to_vec()),
            (2, []) => ToTerminal::Suspend,
            (3, body) => ToTerminal::End(serde_json::from_slice(body).ok()?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn messages_survive_any_portions() {
        let hello = Hello { version: 1, width: 80, height: 24, environment: vec![("TERM".into(), "xterm".into())] };
        assert_eq!(hello.variable("TERM"), Some("xterm"));
        let sent = [
            ToSession::Hello(hello),
            ToSession::Bytes("张三\x1b[A".into()),
            ToSession::Resize(Size::new(120, 40)),
            ToSession::Resumed,
            ToSession::Bye,
        ];
        let bytes: Vec<u8> = sent.iter().flat_map(Message::encode).collect();
        for cut in [1, 3, 7, bytes.len()] {
            let mut decoder = Decoder::default();
            let got: Vec<ToSession> = bytes.chunks(cut).flat_map(|part| decoder.feed(part).expect("valid")).collect();
            assert_eq!(got, sent, "{cut}");
        }
        let sent = [ToTerminal::Bytes(vec![1, 2]), ToTerminal::Suspend, ToTerminal::End(End::Signal(15))];
        let bytes: Vec<u8> = sent.iter().flat_map(Message::encode).collect();
        assert_eq!(Decoder::default().feed::<ToTerminal>(&bytes).expect("valid"), sent);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for bytes in
            [&[9, 0, 0, 0, 0][..], &[2, 0xff, 0xff, 0xff, 0xff], &[3, 1, 0, 0, 0, 7], &[1, 2, 0, 0, 0, b'{', b'}']]
        {
            assert!(Decoder::default().feed::<ToSession>(bytes).is_err(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn garbage_does_not_panic(parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..10)) {
            let (mut a, mut b) = (Decoder::default(), Decoder::default());
            for part in parts {
                let _ = a.feed::<ToSession>(&part);
                let _ = b.feed::<ToTerminal>(&part);
            }
        }
    }
}
