//! `keymap`

use std::path::PathBuf;

use serde_json::json;

use super::table::Table;
use super::{CliError, Io, Outcome};
use crate::i18n::cli as say;
use crate::settings::Settings;
use crate::tui::keymap::{BUILTIN, Keymap, Source};

/// Shows, checks and prints keymaps
///
/// A keymap of your own holds only the keys that differ. `zhulian settings keymap FILE` puts it into force.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub struct Keys {
    /// List the bindings in force (the default)
    #[arg(long)]
    list: bool,
    /// Check a keymap file and name every mistake with its line
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
    /// Print a keymap of the program, as a start for your own: default, vim
    #[arg(long, value_name = "NAME")]
    print: Option<String>,
}

impl Keys {
    /// Does so. Needs no home; where there is one, its settings name the keymap in force.
    ///
    /// # Errors
    /// `keymap.invalid`, or an unknown name.
    pub fn run(&self, io: &mut Io<'_>) -> Outcome {
        if let Some(name) = &self.print {
            let Some((_, text)) = BUILTIN.iter().find(|(known, _)| known == name) else {
                let expected = ("default、vim", "default, vim");
                return Err(CliError::Value { option: "print", value: name.clone(), expected }.into());
            };
            return if io.json { io.value(&json!({"name": name, "text": text})) } else { lines(io, text) };
        }
        if let Some(file) = &self.check {
            return check(&io.path(file), io);
        }
        list(io)
    }
}

fn lines(io: &mut Io<'_>, text: &str) -> Outcome {
    for line in text.lines() {
        io.line(line)?;
    }
    Ok(())
}

fn check(path: &std::path::Path, io: &mut Io<'_>) -> Outcome {
    let keymap = Keymap::default().with_file(path)?;
    let own = keymap.bindings().iter().filter(|binding| matches!(binding.source, Source::File(_))).count();
    let value = json!({"file": path, "valid": true, "bindings": own});
    io.answer(&value, say::keymap_valid(io.lang, &path.display().to_string(), own))
}

fn list(io: &mut Io<'_>) -> Outcome {
    let lang = io.lang;
    let settings = Settings::read(&io.home.join("settings.toml")).0;
    let keymap = settings.read_keymap(&io.home)?;
    let mut table = Table::new([say::h_where(lang), say::h_key(lang), say::h_action(lang), say::h_meaning(lang)]);
    for binding in keymap.bindings() {
        let (context, action) = (binding.context, binding.action);
        if io.json {
            io.value(&json!({
                "context": context.name(),
                "key": binding.chord.to_string(),
                "action": action.name(),
                "title": action.title(lang),
                "source": match &binding.source {
                    Source::Builtin(name) => (*name).to_owned(),
                    Source::File(path) => path.clone(),
                },
            }))?;
            continue;
        }
        table.row([
            context.title(lang).to_owned(),
            binding.chord.label(lang),
            action.name().to_owned(),
            action.title(lang).to_owned(),
        ]);
    }
    if io.json { Ok(()) } else { io.table(&table) }
}
