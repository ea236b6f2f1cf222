//! What a person has set for the console, as it holds now; [`crate::settings`] keeps it in the home.

use crate::i18n::Lang;
use crate::settings::{Borders, Settings as Kept};
use crate::tui::keymap::{BUILTIN, Keymap};
use crate::tui::theme::{Theme, ThemeName};

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The language.
    pub lang: Lang,
    /// The theme.
    pub theme: ThemeName,
    /// Lines and marks in ASCII only.
    pub ascii: bool,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// The keymap: one of the program's by name, or the user's file; `None` for the standard one.
    pub keymap: Option<String>,
}

impl Settings {
    /// The settings of a home; the language is `lang` where none was chosen.
    pub fn of(kept: &Kept, lang: Lang) -> Settings {
        Settings {
            lang: kept.lang.unwrap_or(lang),
            theme: kept.theme.unwrap_or_default(),
            ascii: kept.borders == Borders::Ascii,
            mouse: kept.mouse,
            keymap: kept.keymap.clone(),
        }
    }

    /// What has to be written so that these hold instead of those before: names and values of [`crate::settings`].
    pub fn changes(&self, before: &Settings) -> Vec<(&'static str, String)> {
        let mut changes = Vec::new();
        let mut note = |key, changed: bool, value: &str| {
            if changed {
                changes.push((key, value.to_owned()));
            }
        };
        note("lang", self.lang != before.lang, self.lang.pick("zh", "en"));
        note("theme", self.theme != before.theme, self.theme.as_str());
        note("borders", self.ascii != before.ascii, if self.ascii { "ascii" } else { "" });
        note("mouse", self.mouse != before.mouse, if self.mouse { "true" } else { "" });
        note("keymap", self.keymap != before.keymap, self.keymap.as_deref().unwrap_or_default());
        changes
    }

    /// The theme of the settings for the terminal of `theme`.
    pub fn themed(&self, theme: Theme) -> Theme {
        theme.with_name(self.theme).with_ascii(self.ascii)
    }

    /// The keymap, where it is one of the program's; a file is read at the start only.
    pub fn keymap(&self) -> Option<Keymap> {
        Keymap::builtin(self.keymap_name())
    }

    /// The keymap's name.
    pub fn keymap_name(&self) -> &str {
        self.keymap.as_deref().unwrap_or(BUILTIN[0].0)
    }

    /// The keymap of the program after this one, round and round.
    pub fn next_keymap(&self) -> Option<String> {
        let at = BUILTIN.iter().position(|(name, _)| *name == self.keymap_name());
        let next = at.map_or(0, |at| (at + 1) % BUILTIN.len());
        (next > 0).then(|| BUILTIN[next].0.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_written_and_comes_back() {
        let before = Settings::default();
        let set = Settings {
            lang: Lang::En,
            ascii: true,
            mouse: true,
            keymap: Some("vim".to_owned()),
            ..Settings::default()
        };
        let mut kept = Kept::default();
        for (key, value) in set.changes(&before) {
            kept.set(key, &value).unwrap();
        }
        assert_eq!(Settings::of(&kept, Lang::Zh), set);
        for (key, value) in before.changes(&set) {
            kept.set(key, &value).unwrap();
        }
        assert_eq!(Settings::of(&kept, Lang::En), before);
        assert_eq!(before.changes(&before), []);
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
