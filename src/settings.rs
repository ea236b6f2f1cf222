//! `settings.toml` in the home: what a person has chosen for good. Read with patience, written line by line.
//!
//! A file with a mistake never stops the program: what can be read counts, the rest keeps its default and is reported
//! with its line. Lines that this version does not know, and comments, stay when a setting is changed.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::domain::id::WorkerId;
use crate::i18n::{Explain, Lang, settings as say};
use crate::tui::keymap::{self, Keymap, KeymapError};
use crate::tui::theme::ThemeName;

/// The settings of a home.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Language of texts; `None` follows the environment.
    pub lang: Option<Lang>,
    /// Colours; `None` leaves the choice to the console.
    pub theme: Option<ThemeName>,
    /// How boxes are drawn.
    pub borders: Borders,
    /// A keymap of the program by name, or a file, from the home's folder.
    pub keymap: Option<String>,
    /// Who works here.
    pub worker: Option<WorkerId>,
    /// Whether the console listens to the mouse.
    pub mouse: bool,
}

/// How boxes are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Borders {
    /// Lines of Unicode.
    #[default]
    Unicode,
    /// `+`, `-` and `|`, for terminals that draw lines too wide.
    Ascii,
}

/// The names of the settings.
pub const KEYS: [&str; 6] = ["lang", "theme", "borders", "keymap", "worker", "mouse"];

/// What is wrong with the settings or with a change of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read or written. `settings.io`
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        error: String,
    },
    /// Not TOML. `settings.syntax`
    #[error("line {line}: {error}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What the reader stumbled over.
        error: String,
    },
    /// No such setting. `settings.unknown`
    #[error("line {line}: no setting {key}")]
    Unknown {
        /// The line, from 1; 0 when it does not come from a file.
        line: usize,
        /// What stands there.
        key: String,
    },
    /// Not a value of the setting. `settings.invalid`
    #[error("line {line}: {key} = {value}")]
    Invalid {
        /// The line, from 1; 0 when it does not come from a file.
        line: usize,
        /// The setting.
        key: &'static str,
        /// What stands there.
        value: String,
    },
}

impl Settings {
    /// Reads the file and tells what is wrong with it. A file that is not there gives the defaults.
    pub fn read(path: &Path) -> (Settings, Vec<SettingsError>) {
        match fs::read_to_string(path) {
            Ok(text) => Settings::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Settings::default(), Vec::new()),
            Err(error) => (Settings::default(), vec![io_error(path, &error)]),
        }
    }

    /// Reads settings out of a text.
    pub fn parse(text: &str) -> (Settings, Vec<SettingsError>) {
        let mut settings = Settings::default();
        let (document, errors) = DeTable::parse_recoverable(text);
        let mut faults: Vec<SettingsError> = errors
            .iter()
            .map(|error| SettingsError::Syntax {
                line: error.span().map_or(1, |span| line_of(text, span.start)),
                error: error.message().to_owned(),
            })
            .collect();
        for (key, value) in document.get_ref().iter() {
            let line = line_of(text, key.span().start);
            let typed = match value.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Boolean(yes) => yes.to_string(),
                _ => text.get(value.span()).unwrap_or_default().to_owned(),
            };
            if let Err(fault) = settings.take(key.get_ref(), &typed, line) {
                faults.push(fault);
            }
        }
        (settings, faults)
    }

    /// Sets one setting; an empty value puts the default back.
    ///
    /// # Errors
    /// No such setting, or not a value of it.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), SettingsError> {
        self.take(key, value.trim(), 0)
    }

    fn take(&mut self, key: &str, value: &str, line: usize) -> Result<(), SettingsError> {
        let Some(key) = KEYS.into_iter().find(|known| *known == key) else {
            return Err(SettingsError::Unknown { line, key: key.to_owned() });
        };
        let invalid = || SettingsError::Invalid { line, key, value: value.to_owned() };
        let given = (!value.is_empty()).then_some(value);
        match key {
            "lang" => self.lang = given.map(|text| lang_of(text).ok_or_else(invalid)).transpose()?,
            "theme" => self.theme = given.map(|text| ThemeName::from_name(text).ok_or_else(invalid)).transpose()?,
            "borders" => {
                self.borders = match given {
                    None | Some("unicode") => Borders::Unicode,
                    Some("ascii") => Borders::Ascii,
                    Some(_) => return Err(invalid()),
                };
            }
            "keymap" => self.keymap = given.map(str::to_owned),
            "worker" => self.worker = given.map(|text| text.parse().map_err(|_| invalid())).transpose()?,
            _ => {
                self.mouse = match given {
                    None | Some("false") => false,
                    Some("true") => true,
                    Some(_) => return Err(invalid()),
                };
            }
        }
        Ok(())
    }

    /// The value of a setting as the file has it; `None` for the default.
    pub fn get(&self, key: &str) -> Option<String> {
        match key {
            "lang" => self.lang.map(|lang| lang.pick("zh", "en").to_owned()),
            "theme" => self.theme.map(|theme| theme.as_str().to_owned()),
            "borders" => (self.borders == Borders::Ascii).then(|| "ascii".to_owned()),
            "keymap" => self.keymap.clone(),
            "worker" => self.worker.map(|worker| worker.to_string()),
            "mouse" => self.mouse.then(|| "true".to_owned()),
            _ => None,
        }
    }

    /// The keymap that is chosen: one of the program's, or the file over the standard one. Files are looked for from
    /// `home`.
    ///
    /// # Errors
    /// Names every mistake in the file.
    pub fn read_keymap(&self, home: &Path) -> Result<Keymap, KeymapError> {
        match self.keymap.as_deref() {
            None => Ok(Keymap::default()),
            Some(name) => match Keymap::builtin(name) {
                Some(keymap) => Ok(keymap),
                None => Keymap::default().with_file(&home.join(name)),
            },
        }
    }
}

/// Changes one setting in the file, as one step: a reader sees the old file or the new one.
///
/// # Errors
/// No such setting, not a value of it, or the file cannot be written.
pub fn write(path: &Path, key: &str, value: &str) -> Result<(), SettingsError> {
    Settings::default().set(key, value)?;
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(io_error(path, &error)),
    };
    let text = with_line(&text, key, &assignment(key, value.trim()));
    replace(path, text.as_bytes()).map_err(|error| io_error(path, &error))
}

/// The text with the line of a key replaced, added before the first table, or taken out where `line` is empty.
fn with_line(text: &str, key: &str, line: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let end = lines.iter().position(|held| held.trim_start().starts_with('[')).unwrap_or(lines.len());
    let is_of_key = |held: &str| held.split_once('=').is_some_and(|(name, _)| name.trim().trim_matches('"') == key);
    match lines[..end].iter().position(|held| is_of_key(held)) {
        Some(at) if line.is_empty() => {
            lines.remove(at);
        }
        Some(at) => lines[at] = line,
        None if line.is_empty() => {}
        None => lines.insert(end, line),
    }
    let mut out = lines.join("\n");
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn assignment(key: &str, value: &str) -> String {
    match (key, value) {
        (_, "") => String::new(),
        ("mouse", value) => format!("{key} = {value}"),
        (key, value) => format!("{key} = {}", toml::Value::String(value.to_owned())),
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = path.with_extension(format!("toml.{}", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_data()).and_then(|()| fs::rename(&aside, path));
    if written.is_err() {
        let _ = fs::remove_file(&aside);
    }
    written
}

fn io_error(path: &Path, error: &io::Error) -> SettingsError {
    SettingsError::Io { path: path.to_owned(), error: error.to_string() }
}

fn lang_of(text: &str) -> Option<Lang> {
    match text {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}

/// What a setting may be, for messages.
pub fn expected(key: &str, lang: Lang) -> String {
    match key {
        "lang" => "zh, en".to_owned(),
        "theme" => ThemeName::ALL.map(ThemeName::as_str).join(", "),
        "borders" => "unicode, ascii".to_owned(),
        "keymap" => say::keymap_values(lang, &keymap::BUILTIN.map(|(name, _)| name).join(", ")),
        "worker" => say::worker_values(lang).to_owned(),
        _ => "true, false".to_owned(),
    }
}

impl Explain for SettingsError {
    fn code(&self) -> &str {
        match self {
            SettingsError::Io { .. } => "settings.io",
            SettingsError::Syntax { .. } => "settings.syntax",
            SettingsError::Unknown { .. } => "settings.unknown",
            SettingsError::Invalid { .. } => "settings.invalid",
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            SettingsError::Unknown { key, .. } => Some(key),
            SettingsError::Invalid { key, .. } => Some(key),
            _ => None,
        }
    }
    fn message(&self, lang: Lang) -> String {
        let placed = |line: usize, text: String| if line == 0 { text } else { say::at_line(lang, line, &text) };
        match self {
            SettingsError::Io { path, error } => say::io(lang, &path.display().to_string(), error),
            SettingsError::Syntax { line, error } => placed(*line, say::syntax(lang, error)),
            SettingsError::Unknown { line, key } => placed(*line, say::unknown(lang, key)),
            SettingsError::Invalid { line, key, value } => placed(*line, say::invalid(lang, key, value)),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            SettingsError::Io { .. } => say::io_remedy(lang).to_owned(),
            SettingsError::Syntax { .. } => say::syntax_remedy(lang).to_owned(),
            SettingsError::Unknown { .. } => say::unknown_remedy(lang, &KEYS.join(", ")),
            SettingsError::Invalid { key, .. } => say::invalid_remedy(lang, &expected(key, lang)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_counts_and_the_rest_is_named_by_its_line() {
        let (settings, faults) = Settings::parse(
            "# ours\nlang = \"en\"\ntheme = \"pink\"\nmouse = true\ncolour = 1\nborders = \"ascii\"\nkeymap = \"vim\"\n",
        );
        assert_eq!(settings.lang, Some(Lang::En));
        assert!(settings.mouse);
        assert_eq!(settings.borders, Borders::Ascii);
        assert_eq!(settings.keymap.as_deref(), Some("vim"));
        assert_eq!(settings.theme, None);
        let mut named: Vec<_> = faults.iter().map(|fault| (fault.code(), fault.to_string())).collect();
        named.sort();
        assert_eq!(named[0], ("settings.invalid", "line 3: theme = pink".to_owned()));
        assert_eq!(named[1], ("settings.unknown", "line 5: no setting colour".to_owned()));
        assert_eq!(named.len(), 2);
    }

    #[test]
    fn a_broken_line_leaves_the_others() {
        let (settings, faults) = Settings::parse("lang = \"en\"\ntheme = \n");
        assert_eq!(settings.lang, Some(Lang::En));
        assert!(faults.iter().any(|fault| matches!(fault, SettingsError::Syntax { line: 2, .. })), "{faults:?}");
    }

    #[test]
    fn a_change_leaves_all_other_lines_alone() {
        let check = |before: &str, key: &str, value: &str, after: &str| {
            assert_eq!(with_line(before, key, &assignment(key, value)), after, "{before} {key} {value}");
        };
        check("", "lang", "en", "lang = \"en\"\n");
        check("# ours\nlang = \"zh\"\nx = 1\n", "lang", "en", "# ours\nlang = \"en\"\nx = 1\n");
        check("lang = \"zh\"\nmouse = true\n", "lang", "", "mouse = true\n");
        check("[later]\nlang = 1\n", "mouse", "true", "mouse = true\n[later]\nlang = 1\n");
        check("", "keymap", "a\"b", "keymap = 'a\"b'\n");
    }

    #[test]
    fn the_file_is_written_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        write(&path, "theme", "light").unwrap();
        write(&path, "mouse", "true").unwrap();
        assert_eq!(write(&path, "theme", "pink").unwrap_err().code(), "settings.invalid");
        let (settings, faults) = Settings::read(&path);
        assert_eq!((settings.theme, settings.mouse), (Some(ThemeName::Light), true));
        assert!(faults.is_empty());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the file");
        for key in KEYS {
            let text = settings.get(key).unwrap_or_default();
            assert!(Settings::default().set(key, &text).is_ok(), "{key}");
        }
    }
}
