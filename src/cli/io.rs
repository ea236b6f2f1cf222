//! Where a command writes and what it may know of its surroundings.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Fault;
use super::table::Table;
use crate::desk::Desk;
use crate::domain::moment::Now;
use crate::domain::text::is_control;
use crate::i18n::Lang;
use crate::owner::Request;
use crate::tui::text;

/// The streams and the surroundings of one command. In the process that owns the home they may belong to another
/// process, so nothing else is printed to.
pub struct Io<'a> {
    /// For answers.
    pub out: &'a mut dyn Write,
    /// For errors, remarks and progress.
    pub err: &'a mut dyn Write,
    /// The language of texts.
    pub lang: Lang,
    /// Whether answers are JSON and remarks are left out.
    pub json: bool,
    /// What relative paths start from.
    pub cwd: PathBuf,
    /// The home.
    pub home: PathBuf,
    /// When the command began.
    pub now: Now,
    /// Whether `err` is a terminal, on which progress may be drawn.
    pub live: bool,
    /// Whether the person at the command can be asked for something.
    pub asks: bool,
    /// Cells of the line of progress that is shown.
    pub drawn: usize,
}

impl<'a> Io<'a> {
    /// The surroundings of a command that another process sent to the owner of a home. This process's terminal is
    /// somebody else's, so nobody is asked.
    pub fn of_request(
        request: &Request,
        json: bool,
        home: &Path,
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
    ) -> Io<'a> {
        Io {
            out,
            err,
            lang: request.lang,
            json,
            cwd: request.cwd.clone(),
            home: home.to_owned(),
            now: Desk::now(),
            live: request.live,
            asks: false,
            drawn: 0,
        }
    }
}

impl Io<'_> {
    /// Answers with one JSON value on one line.
    ///
    /// # Errors
    /// When the stream is closed.
    pub fn value(&mut self, value: &impl Serialize) -> Result<(), Fault> {
        let line = serde_json::to_string(value).map_err(io::Error::from)?;
        self.out.write_all(visible(&line).as_bytes())?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    /// Answers with a line for a reader.
    ///
    /// # Errors
    /// When the stream is closed.
    pub fn line(&mut self, line: impl AsRef<str>) -> Result<(), Fault> {
        self.out.write_all(text::clean(line.as_ref()).as_bytes())?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    /// Answers with JSON or, for a reader, a line.
    ///
    /// # Errors
    /// When the stream is closed.
    pub fn answer(&mut self, value: &impl Serialize, line: impl AsRef<str>) -> Result<(), Fault> {
        if self.json { self.value(value) } else { self.line(line) }
    }

    /// Answers with a table.
    ///
    /// # Errors
    /// When the stream is closed.
    pub fn table(&mut self, table: &Table) -> Result<(), Fault> {
        for line in table.lines() {
            self.line(line)?;
        }
        Ok(())
    }

    /// Tells a reader something beside the answer; scripts are not told.
    pub fn remark(&mut self, remark: impl AsRef<str>) {
        if !self.json {
            // Who does not listen misses a remark; the answer is on the other stream.
            let _ = writeln!(self.err, "{}", text::clean(remark.as_ref()));
        }
    }

    /// Shows how far a long command has come, on one line that the next one replaces.
    pub fn progress(&mut self, text: &str) {
        if self.live && !self.json {
            let text = text::clean(text);
            let width = text::width(&text);
            let rest = " ".repeat(self.drawn.saturating_sub(width));
            let _ = write!(self.err, "\r{text}{rest}").and_then(|()| self.err.flush());
            self.drawn = width;
        }
    }

    /// Takes the line of [`Io::progress`] away.
    pub fn progress_done(&mut self) {
        if self.drawn > 0 {
            let _ = write!(self.err, "\r{}\r", " ".repeat(self.drawn)).and_then(|()| self.err.flush());
            self.drawn = 0;
        }
    }

    /// A path as the caller meant it.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.cwd.join(path)
    }
}

/// JSON in which no control or bidirectional character stands as itself: inside strings, the only place where JSON
/// has them, an escape says the same.
fn visible(json: &str) -> Cow<'_, str> {
    if !json.chars().any(is_control) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_control(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_holds_no_live_control_characters() {
        for text in ["plain 张", "a\u{9b}31m", "\u{202e}abc", "tab\tline\n", "tag\u{e0041}"] {
            let json = serde_json::to_string(text).unwrap();
            let shown = visible(&json);
            assert!(!shown.chars().any(is_control), "{shown:?}");
            assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }
    }
}
