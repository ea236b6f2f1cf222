//! What is told when a command line cannot be understood, and what can be known of one before it is.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::fault;
use super::{Cli, Io, reach};
use crate::desk::Desk;
use crate::i18n::{Explain, Lang, cli as say};
use crate::settings::Settings;

/// The exit code of a command line that cannot be understood.
pub const EXIT: u8 = 2;

/// What a command line says about language, format and home, found without understanding the rest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hints {
    lang: Option<Lang>,
    /// Whether errors are told as JSON.
    pub json: bool,
    home: Option<PathBuf>,
}

impl Hints {
    /// Looks at the arguments, of which the first is the program's name.
    pub fn of(args: &[OsString]) -> Hints {
        let mut hints = Hints::default();
        let mut args = args.iter().skip(1);
        while let Some(arg) = args.next() {
            let text = arg.to_string_lossy();
            match text.split_once('=') {
                _ if text == "--" => break,
                _ if text == "--json" => hints.json = true,
                _ if text == "--lang" => hints.lang = args.next().and_then(|lang| lang_of(&lang.to_string_lossy())),
                _ if text == "--home" => hints.home = args.next().map(PathBuf::from),
                Some(("--lang", lang)) => hints.lang = lang_of(lang),
                Some(("--home", home)) => hints.home = Some(PathBuf::from(home)),
                _ => {}
            }
        }
        hints
    }

    /// The language: that of the command line, else of the home's settings, else of the environment.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or_else(|| {
            let home = reach::home_folder(self.home.clone()).ok();
            let settings = home.map(|home| Settings::read(&home.join("settings.toml")).0).unwrap_or_default();
            settings.lang.unwrap_or_else(Lang::from_env)
        })
    }
}

/// A command line that only opens the console, understood without the parser: building that for every subcommand takes
/// longer than to read the rows of a village, and brings half a megabyte of code into memory.
pub fn opens_console(args: &[OsString]) -> Option<Cli> {
    let mut cli = Cli { home: None, lang: None, json: false, passphrase_file: None, command: None };
    let mut args = args.iter().skip(1);
    while let Some(arg) = args.next() {
        match arg.to_str()? {
            "--json" if !cli.json => cli.json = true,
            "--lang" if cli.lang.is_none() => cli.lang = Some(lang_of(args.next()?.to_str()?)?),
            "--home" if cli.home.is_none() => cli.home = Some(path_of(args.next()?)?),
            "--passphrase-file" if cli.passphrase_file.is_none() => cli.passphrase_file = Some(path_of(args.next()?)?),
            _ => return None,
        }
    }
    Some(cli)
}

/// A path that nobody could mean as an option.
fn path_of(arg: &OsString) -> Option<PathBuf> {
    let plain = !arg.is_empty() && !arg.to_string_lossy().starts_with('-');
    plain.then(|| PathBuf::from(arg))
}

fn lang_of(text: &str) -> Option<Lang> {
    match text {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// Tells what is wrong, or shows the help that was asked for, and gives the exit code.
pub fn tell(error: &clap::Error, lang: Lang, json: bool) -> u8 {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Help that nobody reads to its end is no failure.
        let text = error.render();
        let shown = if std::io::stdout().is_terminal() { text.ansi().to_string() } else { text.to_string() };
        let _ = std::io::stdout().write_all(shown.as_bytes());
        return 0;
    }
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let live = err.is_terminal();
    let mut io = Io {
        out: &mut out,
        err: &mut err,
        lang,
        json,
        cwd: PathBuf::new(),
        home: PathBuf::new(),
        now: Desk::now(),
        live,
        asks: false,
        drawn: 0,
    };
    fault::tell(&mut io, &UsageError(error), &[]);
    EXIT
}

/// A command line that cannot be understood, as clap sees it.
struct UsageError<'a>(&'a clap::Error);

impl UsageError<'_> {
    /// One thing that clap knows about the error.
    fn context(&self, kind: ContextKind) -> String {
        let text = match self.0.get(kind) {
            Some(ContextValue::String(text)) => text.clone(),
            Some(ContextValue::Strings(texts)) => texts.join(", "),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        // What stands in the wrong place may be the address of a database.
        super::secret::without_password(&text)
    }

    /// What might have been meant.
    fn suggestion(&self) -> String {
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
            .into_iter()
            .map(|kind| self.context(kind))
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }
}

impl Explain for UsageError<'_> {
    fn code(&self) -> &str {
        match self.0.kind() {
            ErrorKind::InvalidValue | ErrorKind::ValueValidation => "usage.invalid_value",
            ErrorKind::UnknownArgument => "usage.unknown_argument",
            ErrorKind::InvalidSubcommand => "usage.unknown_command",
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                "usage.missing_command"
            }
            ErrorKind::MissingRequiredArgument => "usage.missing_argument",
            ErrorKind::ArgumentConflict => "usage.conflict",
            ErrorKind::InvalidUtf8 => "usage.invalid_text",
            _ => "usage.invalid",
        }
    }

    fn message(&self, lang: Lang) -> String {
        let arg = self.context(ContextKind::InvalidArg);
        match self.0.kind() {
            ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
                let value = self.context(ContextKind::InvalidValue);
                if value.is_empty() { say::usage_no_value(lang, &arg) } else { say::usage_value(lang, &arg, &value) }
            }
            ErrorKind::UnknownArgument => say::usage_unknown(lang, &arg),
            ErrorKind::InvalidSubcommand => {
                say::usage_unknown_command(lang, &self.context(ContextKind::InvalidSubcommand))
            }
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                say::usage_missing_command(lang).to_owned()
            }
            ErrorKind::MissingRequiredArgument => say::usage_missing(lang, &arg),
            ErrorKind::ArgumentConflict => say::usage_conflict(lang, &arg, &self.context(ContextKind::PriorArg)),
            ErrorKind::InvalidUtf8 => say::usage_utf8(lang).to_owned(),
            _ => self.0.kind().to_string(),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        let suggestion = self.suggestion();
        let valid = [ContextKind::ValidValue, ContextKind::ValidSubcommand]
            .into_iter()
            .map(|kind| self.context(kind))
            .find(|text| !text.is_empty());
        match (suggestion.is_empty(), valid) {
            (false, _) => say::usage_did_you_mean(lang, &suggestion),
            (true, Some(valid)) => say::bad_value_remedy(lang, &valid),
            (true, None) => say::usage_remedy(lang).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_format_and_home_are_found_wherever_they_stand() {
        let check = |line: &str, lang: Option<Lang>, json: bool, home: Option<&str>| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let expected = Hints { lang, json, home: home.map(PathBuf::from) };
            assert_eq!(Hints::of(&args), expected, "{line}");
        };
        check("zhulian", None, false, None);
        check("zhulian --lang en find x --json", Some(Lang::En), true, None);
        check("zhulian find --home=/a --lang=zh x", Some(Lang::Zh), false, Some("/a"));
        check("zhulian find -- --json", None, false, None);
        check("zhulian --lang fr --home /a", None, false, Some("/a"));
        check("zhulian --lang", None, false, None);
    }

    #[test]
    fn opening_the_console_is_understood_as_the_parser_would() {
        use clap::FromArgMatches;
        let check = |line: &str, shortcut: bool| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let parsed = crate::cli::help::command(Lang::En).try_get_matches_from(&args);
            let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
            let found = opens_console(&args);
            assert_eq!(found.is_some(), shortcut, "{line}");
            if let Some(found) = found {
                assert_eq!(format!("{found:?}"), format!("{:?}", parsed.expect(line)), "{line}");
            }
        };
        check("zhulian", true);
        check("zhulian --home /a --lang en --json --passphrase-file /b", true);
        check("zhulian --home=/a", false);
        check("zhulian --home /a --home /b", false);
        check("zhulian --home", false);
        check("zhulian --home -x", false);
        check("zhulian --lang fr", false);
        check("zhulian --json --json", false);
        check("zhulian --help", false);
        check("zhulian --home /a stats", false);
    }

    #[test]
    fn every_mistake_has_its_code() {
        let check = |line: &str, code: &str| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            for lang in [Lang::Zh, Lang::En] {
                let error = crate::cli::parse(&args, lang).expect_err(line);
                let told = UsageError(&error);
                assert_eq!(told.code(), code, "{line}");
                assert!(!told.message(lang).is_empty() && !told.remedy(lang).is_empty(), "{line}");
            }
        };
        check("zhulian fnd", "usage.unknown_command");
        check("zhulian visit", "usage.missing_command");
        check("zhulian find", "usage.missing_argument");
        check("zhulian find x --colour", "usage.unknown_argument");
        check("zhulian --lang fr find x", "usage.invalid_value");
        check("zhulian find x --limit", "usage.invalid_value");
        check("zhulian find x --limit many", "usage.invalid_value");
        check("zhulian wish claim x --units 0", "usage.invalid_value");
    }
}
