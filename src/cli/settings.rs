//! `settings`

use serde_json::{Map, Value as Json, json};

use super::{Io, Outcome};
use crate::i18n::cli as say;
use crate::settings::{self, KEYS, Settings, SettingsError};
use crate::store::{Home, StoreError};
use crate::tui::keymap::Keymap;

/// Shows or changes settings: lang, theme, borders, keymap, worker, mouse
///
/// They lie in settings.toml in the home. Without a value the setting is shown, without a name all are.
#[derive(Debug, clap::Args)]
pub struct Set {
    /// Which: lang, theme, borders, keymap, worker, mouse
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// What it shall be
    #[arg(value_name = "VALUE")]
    value: Option<String>,
    /// Put the default back
    #[arg(long, requires = "name", conflicts_with = "value")]
    unset: bool,
}

impl Set {
    /// Does so. The home need not be opened.
    ///
    /// # Errors
    /// `home.missing`, `settings.…`, `keymap.invalid` for a keymap that cannot be used.
    pub fn run(&self, io: &mut Io<'_>) -> Outcome {
        let path = io.home.join("settings.toml");
        if !Home::new(&io.home).exists()? {
            return Err(StoreError::Missing(io.home.clone()).into());
        }
        if let Some(name) = &self.name {
            if !KEYS.contains(&name.as_str()) {
                return Err(SettingsError::Unknown { line: 0, key: name.clone() }.into());
            }
            let value = if self.unset { Some("") } else { self.value.as_deref() };
            if let Some(value) = value {
                let value = meant(name, value, io);
                self.check(name, &value, io)?;
                settings::write(&path, name, &value)?;
            }
        }
        let (settings, faults) = Settings::read(&path);
        for fault in &faults {
            io.remark(crate::i18n::Explain::message(fault, io.lang));
        }
        let shown: Map<String, Json> = KEYS
            .into_iter()
            .filter(|key| self.name.as_ref().is_none_or(|name| name == key))
            .map(|key| (key.to_owned(), settings.get(key).map_or(Json::Null, Json::String)))
            .collect();
        if io.json {
            return io.value(&json!(shown));
        }
        for (key, value) in &shown {
            io.line(format!("{key} = {}", value.as_str().unwrap_or(say::default_value(io.lang))))?;
        }
        Ok(())
    }

    /// A keymap with mistakes would stop the console: it is refused here.
    fn check(&self, name: &str, value: &str, io: &Io<'_>) -> Outcome {
        let mut settings = Settings::default();
        settings.set(name, value)?;
        settings.read_keymap(&io.home)?;
        Ok(())
    }
}

/// A keymap file is named from where the command was given, and kept by its full path.
fn meant(name: &str, value: &str, io: &Io<'_>) -> String {
    let is_file = name == "keymap" && !value.is_empty() && Keymap::builtin(value).is_none();
    if is_file { io.path(value.as_ref()).display().to_string() } else { value.to_owned() }
}
