//! The parser with its texts in the chosen language.
//!
//! English texts are the doc comments of the commands and their options; the Chinese ones stand in
//! [`crate::i18n::cli::help_zh`] under the path of the command and the name of the option. A test holds that none is
//! missing.

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::Cli;
use crate::i18n::{Lang, cli as say};

/// The parser.
pub fn command(lang: Lang) -> Command {
    let root = Cli::command().disable_help_flag(true).disable_version_flag(true).disable_help_subcommand(true);
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).global(true);
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let root = root
        .arg(help.help("Show help; --help tells more than -h"))
        .arg(version.help("Show the version"))
        .mut_args(|arg| if arg.is_global_set() { arg.help_heading("Global options") } else { arg });
    match lang {
        Lang::En => root.mut_subcommands(english),
        Lang::Zh => chinese(root, &mut Vec::new()),
    }
}

fn english(command: Command) -> Command {
    command.disable_help_subcommand(true).mut_subcommands(english)
}

fn chinese(mut command: Command, path: &mut Vec<String>) -> Command {
    let key = path.join(" ");
    if let Some(text) = text_zh(&key) {
        let first = text.lines().next().unwrap_or_default().to_owned();
        command = command.about(first).long_about(text);
    }
    command = command
        .disable_help_subcommand(true)
        .help_template("{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .mut_args(|arg| chinese_arg(arg, &key));
    command.mut_subcommands(|sub| {
        path.push(sub.get_name().to_owned());
        let sub = chinese(sub, path);
        path.pop();
        sub
    })
}

fn chinese_arg(arg: Arg, command: &str) -> Arg {
    let heading = match (arg.is_positional(), arg.is_global_set()) {
        (true, _) => "参数",
        (_, true) => "通用选项",
        _ => "选项",
    };
    let default = arg.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    let id = arg.get_id().as_str().to_owned();
    let mut arg = arg.help_heading(heading);
    if arg.get_action().takes_values() {
        arg = arg.hide_default_value(true).hide_possible_values(true);
    }
    if let Some(text) = arg_zh(command, &id) {
        let text = match default.filter(|default| !default.is_empty() && default != "false") {
            Some(default) => format!("{text}（默认 {default}）"),
            None => text.to_owned(),
        };
        arg = arg.help(text);
    }
    arg
}

/// The Chinese text of an option: its own, or that of all options of the name.
fn arg_zh(command: &str, id: &str) -> Option<&'static str> {
    text_zh(&format!("{command} --{id}")).or_else(|| say::help_zh(&format!("--{id}")))
}

/// The Chinese text of a command or an option by its path. What the server does as a device does is explained once.
fn text_zh(key: &str) -> Option<&'static str> {
    say::help_zh(key).or_else(|| key.strip_prefix("server ").and_then(say::help_zh))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command and option below, with its path.
    fn texts(command: &Command, path: &str, see: &mut dyn FnMut(String, String)) {
        see(path.to_owned(), command.get_about().map(ToString::to_string).unwrap_or_default());
        for arg in command.get_arguments() {
            see(format!("{path} --{}", arg.get_id()), arg.get_help().map(ToString::to_string).unwrap_or_default());
        }
        for sub in command.get_subcommands() {
            texts(sub, format!("{path} {}", sub.get_name()).trim(), see);
        }
    }

    #[test]
    fn every_command_and_option_is_explained_in_both_languages() {
        let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let mut missing = Vec::new();
        texts(&command(Lang::Zh), "", &mut |path, text| {
            if !is_chinese(&text) {
                missing.push(format!("zh {path}"));
            }
        });
        texts(&command(Lang::En), "", &mut |path, text| {
            if text.is_empty()
                || (is_chinese(&text)
                    && !text.contains("zhulian")
                    && !path.starts_with("household list")
                    && !path.starts_with("import --category"))
            {
                missing.push(format!("en {path}"));
            }
        });
        assert!(missing.is_empty(), "{missing:#?}");
    }

    #[test]
    fn the_parser_is_sound() {
        command(Lang::En).debug_assert();
        command(Lang::Zh).debug_assert();
    }
}
