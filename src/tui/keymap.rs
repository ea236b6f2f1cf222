//! What keys mean: read from TOML files, asked by everything that shows or resolves a key.
//!
//! A keymap is a list of [`Binding`]s. `resolve` answers key presses from it; the footer, the help page, the palette,
//! menus and `zhulian keymap` show the same list, so none of them can disagree with what a key does.
//! Chords have no time limit: a started chord waits, is shown, and Esc ends it.

mod action;
mod file;
mod key;

use std::sync::OnceLock;

pub use action::{Action, Context, Section};
pub use file::{KeymapError, Offence, What};
pub use key::{Chord, Code, Key, KeyError};

/// One key (or chord) with its meaning in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// What is pressed.
    pub chord: Chord,
    /// What it does.
    pub action: Action,
    /// The file it comes from, for `zhulian keymap`.
    pub source: Source,
}

/// Where a binding was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A keymap that is part of the program, by name.
    Builtin(&'static str),
    /// The user's file, by path.
    File(String),
}

/// Keymaps that are part of the program: name and text.
pub const BUILTIN: [(&str, &str); 2] =
    [("default", include_str!("../../keymaps/default.toml")), ("vim", include_str!("../../keymaps/vim.toml"))];

/// Keys whose meaning no keymap can change, in any context.
pub const PROTECTED: [(Key, Action); 7] = [
    (Key::f(1), Action::Help),
    (Key::f(2), Action::Find),
    (Key::f(5), Action::Refresh),
    (Key::f(12), Action::Lock),
    (Key::ctrl('p'), Action::Palette),
    (Key::ctrl('q'), Action::Quit),
    (Key::plain(Code::Esc), Action::Back),
];

/// What a key press came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// An action.
    Action(Action),
    /// The start of one or more chords; the next key decides.
    Pending,
    /// A character of text, for the field that has the caret.
    Text(char),
    /// Nothing is bound to it.
    Unbound(Chord),
}

/// The bindings in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Default for Keymap {
    fn default() -> Self {
        Keymap::standard().clone()
    }
}

impl Keymap {
    /// `keymaps/default.toml`.
    pub fn standard() -> &'static Keymap {
        static STANDARD: OnceLock<Keymap> = OnceLock::new();
        // The embedded files are checked by this module's tests.
        STANDARD.get_or_init(|| Keymap::builtin("default").expect("the embedded default keymap is valid"))
    }

    /// A keymap of the program by name; all but `default` are merged over `default`.
    pub fn builtin(name: &str) -> Option<Keymap> {
        let (name, text) = BUILTIN.into_iter().find(|(known, _)| *known == name)?;
        let base = if name == "default" { Keymap { bindings: Vec::new() } } else { Keymap::standard().clone() };
        let merged = base.merged(Source::Builtin(name), text);
        // The embedded files are checked by this module's tests.
        Some(merged.expect("the embedded keymaps are valid"))
    }

    /// This keymap with a file's bindings over it, key by key; `false` as a value unbinds a key.
    ///
    /// # Errors
    /// Names every mistake in the file with its line; nothing of a file with a mistake is used.
    pub fn merged(&self, source: Source, text: &str) -> Result<Keymap, KeymapError> {
        let entries = file::read(&source, text)?;
        let mut bindings = self.bindings.clone();
        for file::Entry { context, chord, action } in entries {
            bindings.retain(|b| {
                let replaced = match action {
                    // A longer or shorter chord with the same start would make one of the two unreachable: the newer wins.
                    Some(_) => b.chord.overlaps(&chord),
                    None => b.chord == chord,
                };
                b.context != context || !replaced
            });
            if let Some(action) = action {
                bindings.push(Binding { context, chord, action, source: source.clone() });
            }
        }
        Ok(Keymap { bindings })
    }

    /// This keymap with the user's file over it.
    ///
    /// # Errors
    /// As [`Keymap::merged`], or when the file cannot be read.
    pub fn with_file(&self, path: &std::path::Path) -> Result<Keymap, KeymapError> {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => self.merged(Source::File(name), &text),
            Err(error) => Err(KeymapError::unreadable(name, &error)),
        }
    }

    /// All bindings.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// What `key` means for someone in `contexts` (innermost first) who has already pressed `pending` of a chord.
    ///
    /// `pending` is updated. Where a context takes text, a bare character is text and the search ends there.
    /// `Global` is always searched last, whether it is named or not.
    pub fn resolve(&self, contexts: &[Context], pending: &mut Vec<Key>, key: Key) -> Resolved {
        if !pending.is_empty() && key == Key::plain(Code::Esc) {
            pending.clear();
            return Resolved::Pending;
        }
        let mut pressed = std::mem::take(pending);
        pressed.push(key.folded());
        for context in contexts.iter().copied().chain([Context::Global]) {
            if let (true, [_], Some(c)) = (context.takes_text(), pressed.as_slice(), key.typed()) {
                return Resolved::Text(c);
            }
            for binding in self.bindings.iter().rev().filter(|b| b.context == context) {
                if binding.chord.0 == pressed {
                    return Resolved::Action(binding.action);
                }
                if binding.chord.0.starts_with(&pressed) {
                    *pending = pressed;
                    return Resolved::Pending;
                }
            }
        }
        Resolved::Unbound(Chord(pressed))
    }

    /// The bindings that can be reached from `contexts`, innermost context first. Bindings hidden by an inner
    /// context, and characters where text is typed, are left out.
    pub fn reachable(&self, contexts: &[Context]) -> Vec<&Binding> {
        self.reachable_for(contexts, None)
    }

    fn reachable_for(&self, contexts: &[Context], action: Option<Action>) -> Vec<&Binding> {
        let global = [Context::Global];
        let order: Vec<Context> = contexts.iter().chain(&global).copied().collect();
        let mut found = Vec::new();
        for (depth, &context) in order.iter().enumerate() {
            if order[..depth].contains(&context) {
                continue;
            }
            let text = order[..=depth].iter().any(|c| c.takes_text());
            let wanted = |b: &&Binding| b.context == context && action.is_none_or(|a| a == b.action);
            for binding in self.bindings.iter().filter(wanted) {
                let typed = text && binding.chord.0[0].typed().is_some();
                let hides = |b: &Binding| order[..depth].contains(&b.context) && b.chord.overlaps(&binding.chord);
                if !typed && !self.bindings.iter().any(hides) {
                    found.push(binding);
                }
            }
        }
        found
    }

    /// The chord to show for an action in `contexts`: the first that works with an input method on, else the first.
    pub fn chord_for(&self, contexts: &[Context], action: Action) -> Option<&Chord> {
        let chords = self.reachable_for(contexts, Some(action));
        chords.iter().find(|b| b.chord.works_with_ime()).or(chords.first()).map(|b| &b.chord)
    }

    /// The bindings of a started chord that can follow, for the hints while it waits.
    pub fn continuations(&self, contexts: &[Context], pending: &[Key]) -> Vec<&Binding> {
        let mut found = self.reachable(contexts);
        found.retain(|b| b.chord.0.starts_with(pending) && b.chord.0.len() > pending.len());
        found
    }
}

#[cfg(test)]
mod tests;
