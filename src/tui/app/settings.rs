//! What a person sets for the console: kept in `settings.toml` in the home. It holds nothing about anyone.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::i18n::{Explain, Lang, screens as text};
use crate::tui::keymap::{BUILTIN, Keymap};
use crate::tui::theme::{Theme, ThemeName};

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The language.
    pub lang: Lang,
    /// The theme.
    pub theme: ThemeName,
    /// Lines and marks in ASCII only.
    pub ascii: bool,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// The keymap, by name.
    pub keymap: KeymapName,
}

/// A keymap that is part of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeymapName(pub String);

impl Default for KeymapName {
    fn default() -> Self {
        KeymapName(BUILTIN[0].0.to_owned())
    }
}

/// A settings file that cannot be used or written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {what}")]
pub struct SettingsError {
    path: String,
    what: String,
    writing: bool,
}

impl Explain for SettingsError {
    fn code(&self) -> &str {
        if self.writing { "settings.not_saved" } else { "settings.invalid" }
    }
    fn message(&self, lang: Lang) -> String {
        if self.writing {
            text::settings_not_saved(lang, &self.path, &self.what)
        } else {
            text::settings_invalid(lang, &self.path, &self.what)
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        if self.writing { text::settings_not_saved_remedy(lang) } else { text::settings_invalid_remedy(lang) }
            .to_owned()
    }
}

impl Settings {
    /// The settings of a home; those of `fallback` where there is no file yet.
    ///
    /// # Errors
    /// When the file cannot be read or understood: it is not replaced by defaults in silence.
    pub fn load(path: &Path, fallback: Settings) -> Result<Settings, SettingsError> {
        let fail = |what: String| SettingsError { path: path.display().to_string(), what, writing: false };
        match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).map_err(|error| fail(error.message().to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(fallback),
            Err(error) => Err(fail(error.to_string())),
        }
    }

    /// Writes the settings aside and renames them into place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        let fail = |what: String| SettingsError { path: path.display().to_string(), what, writing: true };
        let text = toml::to_string(self).map_err(|error| fail(error.to_string()))?;
        let aside = path.with_extension("toml.new");
        std::fs::write(&aside, text)
            .and_then(|()| std::fs::rename(&aside, path))
            .map_err(|error| fail(error.to_string()))
    }

    /// The theme of the settings for the terminal of `theme`.
    pub fn themed(&self, theme: Theme) -> Theme {
        theme.with_name(self.theme).with_ascii(self.ascii)
    }

    /// The keymap of that name.
    pub fn keymap(&self) -> Option<Keymap> {
        Keymap::builtin(&self.keymap.0)
    }

    /// The same settings with the next keymap of the program.
    pub fn next_keymap(&self) -> KeymapName {
        let at = BUILTIN.iter().position(|(name, _)| *name == self.keymap.0).unwrap_or(0);
        KeymapName(BUILTIN[(at + 1) % BUILTIN.len()].0.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_and_bad_files_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        let english = Settings { lang: Lang::En, ..Settings::default() };
        assert_eq!(Settings::load(&path, english.clone()).unwrap(), english);
        let set = Settings { theme: ThemeName::Light, mouse: true, ..english };
        set.save(&path).unwrap();
        assert_eq!(Settings::load(&path, Settings::default()).unwrap(), set);
        std::fs::write(&path, "lang = \"klingon\"").unwrap();
        let error = Settings::load(&path, Settings::default()).unwrap_err();
        assert_eq!(error.code(), "settings.invalid");
    }

    #[test]
    fn keymaps_go_round() {
        let mut settings = Settings::default();
        for _ in 0..BUILTIN.len() {
            settings.keymap = settings.next_keymap();
            assert!(settings.keymap().is_some());
        }
        assert_eq!(settings, Settings::default());
    }
}
