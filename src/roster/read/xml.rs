//! A look at XML while it inflates, before any parser buffers it.
//!
//! A parser holds one tag, text or comment at a time, so the length of these decides what a hostile part costs. What
//! spreadsheet programs never write is refused: document type declarations (they define entities), CDATA sections and
//! angle brackets in comments (they hide mark-up from one parser and show it to another), and closing tags that do not
//! match (a reader that waits for the right one would wait for ever: calamine's does in content.xml).

use super::{Excess, Limits, ReadError};

/// How much of a tag is kept for [`Guard::feed`]'s callback. The longest that a spreadsheet program writes holds a
/// formula of 8,192 characters.
const KEPT: usize = 16 << 10;

/// How deep elements may nest.
const DEPTH: usize = 256;

/// Follows one part of a package as it inflates.
pub(super) struct Guard {
    state: State,
    token_limit: u64,
    token: u64,
    seen: u64,
    elements: u64,
    /// The names of the open elements, one behind the other, and where each begins.
    open: Vec<u8>,
    starts: Vec<usize>,
    /// The present tag from behind its `<`, at most one byte more than [`KEPT`].
    tag: Vec<u8>,
    last: [u8; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    Tag,
    Quoted(u8),
    Comment,
    Instruction,
}

/// One opening or empty tag with its attributes, without the angle brackets.
pub(super) struct Tag<'a> {
    raw: &'a [u8],
    whole: bool,
    at: u64,
}

/// Sees every opening and empty tag.
pub(super) type OnTag<'a> = &'a mut dyn FnMut(Tag<'_>) -> Result<(), ReadError>;

impl Guard {
    pub(super) fn new(limits: &Limits) -> Guard {
        Guard {
            state: State::Text,
            token_limit: limits.token_bytes,
            token: 0,
            seen: 0,
            elements: 0,
            open: Vec::new(),
            starts: Vec::new(),
            tag: Vec::new(),
            last: [0; 2],
        }
    }

    /// Takes the next bytes.
    pub(super) fn feed(&mut self, mut bytes: &[u8], on_tag: OnTag<'_>) -> Result<(), ReadError> {
        if memchr::memchr(0, bytes).is_some() {
            // UTF-16, which no spreadsheet program writes here, would hide the mark-up from these checks.
            return Err(broken("a zero byte"));
        }
        while !bytes.is_empty() {
            let taken = match self.state {
                State::Text => self.text(bytes),
                State::Tag => self.tag(bytes, on_tag)?,
                State::Quoted(quote) => self.quoted(bytes, quote)?,
                State::Comment => self.until(bytes, b"--")?,
                State::Instruction => self.until(bytes, b"?")?,
            };
            self.seen += taken as u64;
            self.token += taken as u64;
            if self.token > self.token_limit {
                return Err(Excess::TokenBytes.beyond(self.token_limit));
            }
            if bytes[taken - 1] == b'>' && self.state == State::Text {
                self.token = 0;
            }
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// Called at the end of the part.
    pub(super) fn finish(self) -> Result<(), ReadError> {
        if self.state != State::Text || !self.starts.is_empty() || self.elements == 0 {
            return Err(broken("it ends too early"));
        }
        Ok(())
    }

    fn text(&mut self, bytes: &[u8]) -> usize {
        match memchr::memchr(b'<', bytes) {
            None => bytes.len(),
            Some(at) => {
                self.state = State::Tag;
                self.token = 0;
                self.tag.clear();
                at + 1
            }
        }
    }

    fn tag(&mut self, bytes: &[u8], on_tag: OnTag<'_>) -> Result<usize, ReadError> {
        match (self.tag.first(), bytes[0]) {
            (None, b'?') => {
                self.state = State::Instruction;
                self.last = [0; 2];
                return Ok(1);
            }
            (None, b'!') | (Some(b'!'), _) => return self.declaration(bytes[0]),
            _ => {}
        }
        let at = memchr::memchr3(b'>', b'"', b'\'', bytes).unwrap_or(bytes.len());
        self.keep(&bytes[..at])?;
        match bytes.get(at) {
            None => Ok(at),
            Some(b'>') => {
                self.state = State::Text;
                self.end_tag(on_tag)?;
                Ok(at + 1)
            }
            Some(&quote) => {
                self.state = State::Quoted(quote);
                self.keep(&[quote])?;
                Ok(at + 1)
            }
        }
    }

    /// `<!--` begins a comment; anything else with `<!` is refused.
    fn declaration(&mut self, byte: u8) -> Result<usize, ReadError> {
        self.tag.push(byte);
        if !b"!--".starts_with(&self.tag[..]) {
            return Err(broken("a document type declaration or CDATA section"));
        }
        if self.tag.len() == 3 {
            self.state = State::Comment;
            self.last = [0; 2];
        }
        Ok(1)
    }

    fn quoted(&mut self, bytes: &[u8], quote: u8) -> Result<usize, ReadError> {
        let at = memchr::memchr(quote, bytes);
        let taken = at.map_or(bytes.len(), |at| at + 1);
        self.keep(&bytes[..taken])?;
        if at.is_some() {
            self.state = State::Tag;
        }
        Ok(taken)
    }

    /// Takes bytes up to a `>` that stands behind `end`.
    fn until(&mut self, bytes: &[u8], end: &[u8]) -> Result<usize, ReadError> {
        for (at, &byte) in bytes.iter().enumerate() {
            match byte {
                b'>' if self.last.ends_with(end) => {
                    self.state = State::Text;
                    return Ok(at + 1);
                }
                b'<' | b'>' => return Err(broken("an angle bracket in a comment")),
                _ => self.last = [self.last[1], byte],
            }
        }
        Ok(bytes.len())
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        if memchr::memchr(b'<', bytes).is_some() {
            return Err(broken("an angle bracket in a tag"));
        }
        let room = (KEPT + 1).saturating_sub(self.tag.len());
        self.tag.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if let (true, Some(last), Some(kept)) = (bytes.len() > room, bytes.last(), self.tag.last_mut()) {
            // The last byte tells whether the tag is empty (`<a/>`), so it is always the real one.
            *kept = *last;
        }
        Ok(())
    }

    fn end_tag(&mut self, on_tag: OnTag<'_>) -> Result<(), ReadError> {
        self.elements += 1;
        let whole = self.tag.len() <= KEPT;
        if let Some(name) = self.tag.strip_prefix(b"/") {
            let start = self.starts.pop().ok_or_else(|| broken("a closing tag too many"))?;
            if self.open[start..] != *name.trim_ascii_end() {
                return Err(broken("a closing tag that does not match"));
            }
            self.open.truncate(start);
            return Ok(());
        }
        let (raw, empty) = match self.tag.strip_suffix(b"/") {
            Some(raw) => (raw, true),
            None => (&self.tag[..], false),
        };
        let name = name(raw);
        if name.is_empty() {
            return Err(broken("a tag without a name"));
        }
        if !empty {
            if self.starts.len() >= DEPTH {
                return Err(broken("elements nested too deep"));
            }
            self.starts.push(self.open.len());
            self.open.extend_from_slice(name);
        }
        on_tag(Tag { raw, whole, at: self.seen })
    }
}

impl<'a> Tag<'a> {
    /// The tag's name without its namespace prefix.
    pub(super) fn local_name(&self) -> &'a [u8] {
        let name = name(self.raw);
        &name[name.iter().position(|b| *b == b':').map_or(0, |at| at + 1)..]
    }

    /// Whether all of the tag is at hand; see [`KEPT`].
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// How many bytes of the part stand before it, give or take its own length.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// The attributes, names without their prefix and values as they stand in the file (entities not replaced).
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let text = std::str::from_utf8(self.raw).unwrap_or_default();
        let mut rest = text.split_once(|c: char| c.is_ascii_whitespace()).map_or("", |(_, rest)| rest);
        std::iter::from_fn(move || {
            let (name, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, next) = after[1..].split_once(quote)?;
            rest = next;
            let name = name.trim();
            Some((name.rsplit(':').next().unwrap_or(name), value))
        })
    }

    /// The value of the attribute of this name.
    pub(super) fn attribute(&self, wanted: &str) -> Option<&'a str> {
        self.attributes().find_map(|(name, value)| (name == wanted).then_some(value))
    }
}

fn name(raw: &[u8]) -> &[u8] {
    let end = raw.iter().position(u8::is_ascii_whitespace).unwrap_or(raw.len());
    &raw[..end]
}

fn broken(what: &str) -> ReadError {
    ReadError::Unreadable { detail: format!("XML: {what}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(xml: &[u8], step: usize, limits: &Limits) -> Result<Vec<String>, ReadError> {
        let mut guard = Guard::new(limits);
        let mut seen = Vec::new();
        for chunk in xml.chunks(step) {
            guard.feed(chunk, &mut |tag| {
                let name = String::from_utf8_lossy(tag.local_name()).into_owned();
                seen.push(format!("{name}:{}", tag.attribute("r").unwrap_or("-")));
                Ok(())
            })?;
        }
        guard.finish()?;
        Ok(seen)
    }

    #[test]
    fn tags_are_seen_whatever_the_chunks() {
        let xml = br#"<?xml version="1.0"?><!-- a --><s:sheet a='x>y' r="1"><c r = 'A1'/><v>1 &gt; 2</v></s:sheet>"#;
        for step in [1, 2, 3, 7, 1000] {
            assert_eq!(run(xml, step, &Limits::STANDARD).unwrap(), ["sheet:1", "c:A1", "v:-"], "{step}");
        }
    }

    #[test]
    fn what_no_spreadsheet_program_writes_is_refused() {
        let limits = Limits { token_bytes: 40, ..Limits::STANDARD };
        let check = |xml: &str, expected: &str| {
            for step in [1, 5, 1000] {
                let error = run(xml.as_bytes(), step, &limits).expect_err(xml);
                assert!(format!("{error:?}").contains(expected), "{xml}: {error:?}");
            }
        };
        check("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "document type");
        check("<a><![CDATA[<b>]]></a>", "CDATA");
        check("<a><b></a>", "does not match");
        check("<a><b></c></a>", "does not match");
        check("<!--><a/>", "angle bracket");
        check("<a b='<c>'/>", "angle bracket");
        check("< a/>", "without a name");
        check("<a>", "too early");
        check("<a></a></a>", "too many");
        check("<a b='", "too early");
        check("<a/><!-- ", "too early");
        check("text", "too early");
        check("<a\0/>", "zero byte");
        check("<a>0123456789012345678901234567890123456789012345</a>", "TokenBytes");
        check("<a b='>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>'/>", "TokenBytes");
        check("<!-- 0123456789012345678901234567890123456789 --><a/>", "TokenBytes");
    }

    #[test]
    fn an_empty_tag_beyond_what_is_kept_still_counts_as_empty() {
        let long = format!("<a><b x='{}'/></a>", "y".repeat(3 * KEPT));
        for step in [1, 100, 10_000] {
            assert!(run(long.as_bytes(), step, &Limits::STANDARD).is_ok(), "{step}");
        }
    }
}
