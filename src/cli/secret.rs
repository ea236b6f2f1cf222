//! Passphrases: from a file or a prompt, never from a command line.

use std::path::{Path, PathBuf};

use super::{CliError, Fault, Io};
use crate::i18n::cli as say;
use crate::store::envelope::MIN_PASSPHRASE;
use crate::store::{Passphrase, StoreError};

/// The passphrase in the file that the command line or `ZHULIAN_PASSPHRASE_FILE` names.
pub fn named(file: Option<&PathBuf>, io: &Io<'_>) -> Result<Option<Passphrase>, Fault> {
    let from_env = || std::env::var_os("ZHULIAN_PASSPHRASE_FILE").filter(|file| !file.is_empty()).map(PathBuf::from);
    file.cloned().or_else(from_env).map(|file| read(&io.path(&file))).transpose()
}

/// A text in which addresses keep no password: what stands between `//` and `@` is left out.
pub fn without_password(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(':') {
        let (before, after) = rest.split_at(at + 1);
        shown.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '”')).unwrap_or(after.len());
        // To the last @, for a password may hold one.
        match after[..end].rfind('@') {
            Some(host) => {
                shown.push('…');
                rest = &after[host..];
            }
            None => rest = after,
        }
    }
    shown + rest
}

/// The first line of a file.
pub fn read(path: &Path) -> Result<Passphrase, Fault> {
    let text = std::fs::read_to_string(path).map(zeroize::Zeroizing::new);
    let text = text.map_err(|error| CliError::file(path, &error))?;
    Ok(Passphrase::new(text.lines().next().unwrap_or_default()))
}

/// Asks for the passphrase of a home.
///
/// # Errors
/// `home.locked` when nobody can be asked.
pub fn ask(io: &Io<'_>) -> Result<Passphrase, Fault> {
    if !io.asks {
        return Err(StoreError::Locked.into());
    }
    typed(say::ask_passphrase(io.lang)).map(|typed| Passphrase::new(&typed))
}

/// Asks for a new passphrase, twice, until both are the same and long enough.
///
/// # Errors
/// `prompt.unavailable` when nobody can be asked.
pub fn ask_new(io: &mut Io<'_>) -> Result<Passphrase, Fault> {
    loop {
        if let Some(passphrase) = ask_new_or_none(io, &say::ask_new_passphrase(io.lang, MIN_PASSPHRASE))? {
            return Ok(passphrase);
        }
    }
}

/// Asks for a new passphrase, twice; `None` where none is wanted.
///
/// # Errors
/// `prompt.unavailable` when nobody can be asked.
pub fn ask_new_or_none(io: &mut Io<'_>, question: &str) -> Result<Option<Passphrase>, Fault> {
    if !io.asks {
        return Err(CliError::CannotAsk.into());
    }
    loop {
        let first = typed(question)?;
        if first.is_empty() {
            return Ok(None);
        }
        if first.chars().count() < MIN_PASSPHRASE {
            io.remark(say::passphrase_short(io.lang, MIN_PASSPHRASE));
            continue;
        }
        let second = typed(say::ask_again(io.lang))?;
        if *first == *second {
            return Ok(Some(Passphrase::new(&first)));
        }
        io.remark(say::passphrases_differ(io.lang));
    }
}

fn typed(question: &str) -> Result<zeroize::Zeroizing<String>, Fault> {
    let answer = rpassword::prompt_password(question).map(zeroize::Zeroizing::new);
    answer.map_err(|error| CliError::file(Path::new("/dev/tty"), &error).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let check = |text: &str, expected: &str| assert_eq!(without_password(text), expected);
        check("postgres://u:geheim@h/db", "postgres:…@h/db");
        check("Postgres:/u:ge@heim@h/db?a=b", "Postgres:…@h/db?a=b");
        check("“--x” u:geheim@h z:y@w", "“--x” u:…@h z:…@w");
        check("127.0.0.1:7600", "127.0.0.1:7600");
        check("王", "王");
    }
}
