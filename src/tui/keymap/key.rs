//! Keys and their names.

use std::fmt;
use std::str::FromStr;

use crate::i18n::{Lang, keys as msg};
use crate::tui::text::half_width_char;

/// A key without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character; Shift is part of it (`A`, `?`), so it never stands among the modifiers.
    Char(char),
    /// A function key, 1 to 24.
    F(u8),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Tab; with Shift the terminal's back tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete (forwards).
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The key itself.
    pub code: Code,
    /// Control was held.
    pub ctrl: bool,
    /// Alt (Meta) was held.
    pub alt: bool,
    /// Shift was held; never set for a character.
    pub shift: bool,
}

/// Names as they are written in keymap files, without modifiers.
const NAMES: [(&str, Code); 19] = [
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Insert", Code::Insert),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("Space", Code::Char(' ')),
    // Other spellings, understood but never written.
    ("PageUp", Code::PageUp),
    ("PageDown", Code::PageDown),
    ("Del", Code::Delete),
    ("Return", Code::Enter),
];

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: Code) -> Key {
        Key { code, ctrl: false, alt: false, shift: false }
    }

    /// A character key.
    pub const fn char(c: char) -> Key {
        Key::plain(Code::Char(c))
    }

    /// A control key; letters are lower case.
    pub const fn ctrl(c: char) -> Key {
        Key { code: Code::Char(c.to_ascii_lowercase()), ctrl: true, alt: false, shift: false }
    }

    /// A function key.
    pub const fn f(n: u8) -> Key {
        Key::plain(Code::F(n))
    }

    /// The character that this key types, if it types one: no Control, no Alt.
    pub const fn typed(&self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Whether the key is a bare letter, which an input method takes away while it is on.
    pub fn is_bare_letter(&self) -> bool {
        self.typed().is_some_and(char::is_alphabetic)
    }

    /// The same key as keymaps know it: full-width characters count as their ASCII twins, so that `？` and `：`
    /// work while an input method types full-width punctuation.
    pub fn folded(self) -> Key {
        match self.code {
            Code::Char(c) => Key { code: Code::Char(half_width_char(c)), ..self },
            _ => self,
        }
    }

    /// The key's name for people: `Ctrl-P`, `空格` or `Space`, `↑` stays a word for narrow fonts.
    pub fn label(&self, lang: Lang) -> String {
        let name = match self.code {
            Code::Char(' ') => msg::space(lang),
            Code::Enter => msg::enter(lang),
            Code::Up => msg::up(lang),
            Code::Down => msg::down(lang),
            Code::Left => msg::left(lang),
            Code::Right => msg::right(lang),
            Code::Backspace => msg::backspace(lang),
            _ => return self.to_string(),
        };
        self.with_modifiers(name)
    }

    fn with_modifiers(&self, name: &str) -> String {
        let mut out = String::new();
        for (held, prefix) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if held {
                out.push_str(prefix);
            }
        }
        out.push_str(name);
        out
    }
}

impl fmt::Display for Key {
    /// The name as keymap files write it; [`Key::from_str`] reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.code {
            Code::F(n) => format!("F{n}"),
            Code::Char(c) if c != ' ' && self.ctrl => c.to_ascii_uppercase().to_string(),
            Code::Char(c) if c != ' ' => c.to_string(),
            code => NAMES.iter().find(|(_, known)| *known == code).map_or("?", |(name, _)| name).to_owned(),
        };
        f.write_str(&self.with_modifiers(&name))
    }
}

/// Why a text is not the name of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No key has this name.
    #[error("unknown key")]
    Unknown,
    /// A terminal sends the same for another key (`Ctrl-I` and Tab), which must be named instead.
    #[error("the terminal sends the same as for {0}")]
    SameAs(&'static str),
}

impl FromStr for Key {
    type Err = KeyError;

    /// Reads `Ctrl-P`, `C-p`, `Alt-x`, `Shift-Tab`, `F5`, `PgDn`, `Space`, `a`, `?`, `-`. Names ignore case, characters do not.
    fn from_str(text: &str) -> Result<Key, KeyError> {
        let (mut ctrl, mut alt, mut shift) = (false, false, false);
        let mut rest = text;
        while let Some((prefix, tail)) = rest.split_once('-').filter(|(p, t)| !p.is_empty() && !t.is_empty()) {
            match prefix.to_ascii_lowercase().as_str() {
                "ctrl" | "c" => ctrl = true,
                "alt" | "a" | "m" => alt = true,
                "shift" | "s" => shift = true,
                _ => return Err(KeyError::Unknown),
            }
            rest = tail;
        }
        let code = parse_code(rest).ok_or(KeyError::Unknown)?;
        normalise(Key { code, ctrl, alt, shift })
    }
}

fn parse_code(name: &str) -> Option<Code> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control() && c != ' ').then_some(Code::Char(c));
    }
    if let Some(number) = name.strip_prefix(['F', 'f']).and_then(|n| n.parse::<u8>().ok()) {
        return (1..=24).contains(&number).then_some(Code::F(number));
    }
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, code)| *code)
}

fn normalise(mut key: Key) -> Result<Key, KeyError> {
    let Code::Char(c) = key.code else { return Ok(key) };
    if key.ctrl {
        let c = c.to_ascii_lowercase();
        match c {
            'i' => return Err(KeyError::SameAs("Tab")),
            'm' | 'j' => return Err(KeyError::SameAs("Enter")),
            '[' => return Err(KeyError::SameAs("Esc")),
            'h' => return Err(KeyError::SameAs("Backspace")),
            'a'..='z' | ' ' | '\\' | ']' | '^' | '_' if !key.shift => key.code = Code::Char(c),
            _ => return Err(KeyError::Unknown),
        }
    } else if key.shift {
        if !c.is_ascii_lowercase() && !c.is_ascii_uppercase() {
            return Err(KeyError::Unknown);
        }
        key.code = Code::Char(c.to_ascii_uppercase());
        key.shift = false;
    }
    Ok(key)
}

/// Keys pressed one after the other, without a time limit between them; mostly just one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord(pub Vec<Key>);

impl Chord {
    /// The chord's name for people.
    pub fn label(&self, lang: Lang) -> String {
        self.0.iter().map(|key| key.label(lang)).collect::<Vec<_>>().join(" ")
    }

    /// Whether one of the two is the other's start (or they are equal), so that both cannot be typed.
    pub fn overlaps(&self, other: &Chord) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }

    /// Whether it can be typed while an input method is on.
    pub fn works_with_ime(&self) -> bool {
        !self.0.iter().any(Key::is_bare_letter)
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, key) in self.0.iter().enumerate() {
            write!(f, "{}{key}", if i > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}

impl FromStr for Chord {
    type Err = KeyError;

    /// Keys separated by spaces: `g g`, `Ctrl-X Ctrl-C`.
    fn from_str(text: &str) -> Result<Chord, KeyError> {
        let keys = text.split_whitespace().map(str::parse).collect::<Result<Vec<Key>, _>>()?;
        if keys.is_empty() { Err(KeyError::Unknown) } else { Ok(Chord(keys)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for (text, expected) in [
            ("F5", "F5"),
            ("ctrl-p", "Ctrl-P"),
            ("C-P", "Ctrl-P"),
            ("shift-tab", "Shift-Tab"),
            ("Alt-x", "Alt-x"),
            ("Alt-X", "Alt-X"),
            ("pagedown", "PgDn"),
            ("space", "Space"),
            ("-", "-"),
            ("Ctrl-_", "Ctrl-_"),
            ("?", "?"),
            ("Shift-a", "A"),
            ("Ctrl-Shift-Up", "Ctrl-Shift-Up"),
            ("查", "查"),
        ] {
            let key: Key = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(key.to_string(), expected);
            assert_eq!(expected.parse(), Ok(key), "{expected}");
        }
    }

    #[test]
    fn impossible_keys_are_refused() {
        for (text, expected) in [
            ("", KeyError::Unknown),
            ("F25", KeyError::Unknown),
            ("F0", KeyError::Unknown),
            ("Hyper-x", KeyError::Unknown),
            ("Entr", KeyError::Unknown),
            ("Shift-?", KeyError::Unknown),
            ("Ctrl-I", KeyError::SameAs("Tab")),
            ("Ctrl-m", KeyError::SameAs("Enter")),
            ("Ctrl-[", KeyError::SameAs("Esc")),
            ("Ctrl-1", KeyError::Unknown),
        ] {
            assert_eq!(text.parse::<Key>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn labels_follow_the_language() {
        let chord: Chord = "Ctrl-X Space".parse().expect("a chord");
        assert_eq!(chord.label(Lang::En), "Ctrl-X Space");
        assert_eq!(chord.label(Lang::Zh), "Ctrl-X 空格");
    }

    #[test]
    fn full_width_punctuation_counts() {
        assert_eq!(Key::char('？').folded(), Key::char('?'));
        assert_eq!(Key::char('张').folded(), Key::char('张'));
    }
}
