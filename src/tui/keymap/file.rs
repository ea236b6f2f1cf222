//! Keymap files: read as a whole, every mistake named with its line.

use std::collections::HashMap;

use toml::de::{DeTable, DeValue};

use super::{Action, Chord, Context, KeyError, PROTECTED, Source};
use crate::i18n::{Explain, Lang, keys as msg};

/// One line of a file: what a chord does in a context; `None` unbinds it.
pub(super) struct Entry {
    pub(super) context: Context,
    pub(super) chord: Chord,
    pub(super) action: Option<Action>,
}

/// A keymap file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub struct KeymapError {
    /// The file's name.
    pub file: String,
    /// Every mistake, in the order of the lines; never empty.
    pub offences: Vec<Offence>,
}

/// One mistake in a keymap file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offence {
    /// The line, from 1; 0 when the file as a whole is at fault.
    pub line: usize,
    /// What is wrong.
    pub what: What,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The file cannot be read.
    Unreadable(String),
    /// Not TOML.
    Syntax(String),
    /// A table that is no context, with the nearest known name.
    UnknownContext(String, Option<&'static str>),
    /// An action that does not exist, with the nearest known name.
    UnknownAction(String, Option<&'static str>),
    /// A key that does not exist.
    UnknownKey(String),
    /// A key that a terminal cannot tell from another.
    SameAs(String, &'static str),
    /// Bound before, in the line given.
    Duplicate(String, usize),
    /// Starts like another chord (given with its line), so that one of the two could never be typed.
    Shadowed(String, String, usize),
    /// A key whose meaning never changes.
    Protected(String, Action),
    /// A character bound where characters are text.
    LetterInText(String, Context),
    /// Neither an action's name nor `false`.
    WrongValue,
    /// Something else than a table at the top of the file.
    WrongTable,
}

impl Offence {
    /// What is wrong, for people.
    pub fn message(&self, lang: Lang) -> String {
        let suggest = |what: String, near: Option<&str>| match near {
            Some(near) => msg::did_you_mean(lang, &what, near),
            None => what,
        };
        match &self.what {
            What::Unreadable(what) => msg::unreadable(lang, what),
            What::Syntax(what) => msg::syntax(lang, what),
            What::UnknownContext(name, near) => suggest(msg::unknown_context(lang, name), *near),
            What::UnknownAction(name, near) => suggest(msg::unknown_action(lang, name), *near),
            What::UnknownKey(name) => msg::unknown_key(lang, name),
            What::SameAs(name, other) => msg::same_as(lang, name, other),
            What::Duplicate(name, line) => msg::duplicate_key(lang, name, *line),
            What::Shadowed(name, other, line) => msg::shadowed(lang, name, other, *line),
            What::Protected(name, action) => msg::protected(lang, name, action.title(lang)),
            What::LetterInText(name, context) => msg::letter_in_text(lang, name, context.title(lang)),
            What::WrongValue => msg::wrong_value(lang).to_owned(),
            What::WrongTable => msg::wrong_table(lang).to_owned(),
        }
    }
}

impl KeymapError {
    pub(super) fn unreadable(file: String, error: &std::io::Error) -> KeymapError {
        KeymapError { file, offences: vec![Offence { line: 0, what: What::Unreadable(error.to_string()) }] }
    }
}

impl Explain for KeymapError {
    fn code(&self) -> &str {
        "keymap.invalid"
    }

    fn message(&self, lang: Lang) -> String {
        let mut text = msg::bad_file(lang, &self.file, self.offences.len());
        for offence in &self.offences {
            text.push('\n');
            text.push_str(&msg::at_line(lang, &self.file, offence.line, &offence.message(lang)));
        }
        text
    }

    fn remedy(&self, lang: Lang) -> String {
        msg::bad_file_remedy(lang).to_owned()
    }
}

/// Reads a file. On any mistake, all of them are returned and no entry.
pub(super) fn read(source: &Source, text: &str) -> Result<Vec<Entry>, KeymapError> {
    let mut reader = Reader { text, offences: Vec::new(), entries: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        reader.syntax_error(&error);
    }
    reader.document(document.get_ref());
    let file = match source {
        Source::Builtin(name) => format!("{name}.toml"),
        Source::File(path) => path.clone(),
    };
    let Reader { mut offences, mut entries, .. } = reader;
    if offences.is_empty() {
        // The file's order, so that its first key for an action is the one that hints show.
        entries.sort_by_key(|(at, _)| *at);
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    } else {
        offences.sort_by_key(|o| (o.line, !matches!(o.what, What::Syntax(_))));
        // What else was found in a line that could not be parsed is only a consequence.
        offences.dedup_by(|b, a| a.line == b.line && matches!(a.what, What::Syntax(_)));
        Err(KeymapError { file, offences })
    }
}

struct Reader<'a> {
    text: &'a str,
    offences: Vec<Offence>,
    /// With their position in the file.
    entries: Vec<(usize, Entry)>,
}

impl Reader<'_> {
    fn line(&self, at: usize) -> usize {
        1 + self.text.as_bytes()[..at.min(self.text.len())].iter().filter(|&&b| b == b'\n').count()
    }

    fn offence(&mut self, at: usize, what: What) {
        let line = self.line(at);
        self.offences.push(Offence { line, what });
    }

    fn syntax_error(&mut self, error: &toml::de::Error) {
        let at = error.span().map_or(0, |span| span.start);
        self.offence(at, What::Syntax(error.message().trim().to_owned()));
    }

    fn document(&mut self, document: &DeTable<'_>) {
        for (name, value) in document {
            let at = name.span().start;
            let DeValue::Table(table) = value.get_ref() else {
                self.offence(at, What::WrongTable);
                continue;
            };
            match Context::from_name(name.get_ref()) {
                Some(context) => self.table(context, table),
                None => {
                    let near = nearest(name.get_ref(), Context::ALL.iter().map(|c| c.name()));
                    self.offence(at, What::UnknownContext(name.get_ref().to_string(), near));
                }
            }
        }
    }

    fn table(&mut self, context: Context, table: &DeTable<'_>) {
        let mut rows: Vec<_> =
            table.iter().map(|(name, value)| (name.span().start, name.get_ref().as_ref(), value)).collect();
        rows.sort_by_key(|(at, ..)| *at);
        let mut seen: HashMap<Chord, (String, usize)> = HashMap::new();
        for (at, name, value) in rows {
            let action = self.action(value);
            let Some(chord) = self.chord(at, name) else { continue };
            let Some(action) = action else { continue };
            let before = self.offences.len();
            self.check_protected(at, name, &chord, action);
            if context.takes_text() && chord.0[0].typed().is_some() {
                self.offence(at, What::LetterInText(name.to_owned(), context));
            }
            self.check_against(&seen, at, name, &chord);
            seen.entry(chord.clone()).or_insert((name.to_owned(), at));
            if self.offences.len() == before {
                self.entries.push((at, Entry { context, chord, action }));
            }
        }
    }

    /// `Some(None)` unbinds; `None` was a mistake and is noted.
    fn action(&mut self, value: &toml::Spanned<DeValue<'_>>) -> Option<Option<Action>> {
        match value.get_ref() {
            DeValue::Boolean(false) => Some(None),
            DeValue::String(name) => {
                let action = Action::from_name(name);
                if action.is_none() {
                    let near = nearest(name, Action::ALL.iter().map(|a| a.name()));
                    self.offence(value.span().start, What::UnknownAction(name.to_string(), near));
                }
                action.map(Some)
            }
            _ => {
                self.offence(value.span().start, What::WrongValue);
                None
            }
        }
    }

    fn chord(&mut self, at: usize, name: &str) -> Option<Chord> {
        let what = match name.parse::<Chord>() {
            Ok(chord) => return Some(chord),
            Err(KeyError::Unknown) => What::UnknownKey(name.to_owned()),
            Err(KeyError::SameAs(other)) => What::SameAs(name.to_owned(), other),
        };
        self.offence(at, what);
        None
    }

    fn check_protected(&mut self, at: usize, name: &str, chord: &Chord, action: Option<Action>) {
        for (key, fixed) in PROTECTED {
            if chord.0.contains(&key) && (chord.0.len() > 1 || action != Some(fixed)) {
                self.offence(at, What::Protected(name.to_owned(), fixed));
            }
        }
    }

    fn check_against(&mut self, seen: &HashMap<Chord, (String, usize)>, at: usize, name: &str, chord: &Chord) {
        for (other, (other_name, other_at)) in seen {
            let line = self.line(*other_at);
            if other == chord {
                self.offence(at, What::Duplicate(name.to_owned(), line));
            } else if other.overlaps(chord) {
                self.offence(at, What::Shadowed(name.to_owned(), other_name.clone(), line));
            }
        }
    }
}

/// The known name that differs least from `name`, if it is near enough to be meant.
fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let limit = 1 + name.len() / 4;
    known.map(|k| (distance(name, k), k)).filter(|(d, _)| *d <= limit).min().map(|(_, k)| k)
}

/// The number of characters to insert, delete or replace (Levenshtein distance).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
