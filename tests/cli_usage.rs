//! Help, mistakes, shells and pages: what needs no home.

mod cli_support;

use std::fs;
use std::io::Read;
use std::process::Stdio;

use cli_support::{Ran, TestHome, error_of, path_text, program};

fn run(args: &[&str]) -> Ran {
    Ran::of(program().args(args).output().unwrap())
}

const COMMANDS: [&str; 24] = [
    "find",
    "household",
    "visit",
    "lead",
    "need",
    "wish",
    "undo",
    "inbox",
    "import",
    "export",
    "stats",
    "audit",
    "worker",
    "backup",
    "restore",
    "doctor",
    "compact",
    "key",
    "demo",
    "verify-demo",
    "settings",
    "keymap",
    "completions",
    "man",
];

#[test]
fn help_names_every_command_in_both_languages() {
    for (lang, usage) in [("zh", "用法："), ("en", "Usage:")] {
        let ran = run(&["--lang", lang, "--help"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert!(ran.out.contains(usage), "{}", ran.out);
        for command in COMMANDS {
            assert!(ran.out.lines().any(|line| line.trim_start().starts_with(command)), "{lang} {command}");
            let own = run(&["--lang", lang, command, "--help"]);
            assert_eq!(own.code, 0, "{lang} {command}");
            assert!(own.out.contains(usage) && own.out.contains("--json"), "{lang} {command}: {}", own.out);
        }
        for group in ["household", "visit", "lead", "need", "wish", "worker", "key"] {
            assert_eq!(run(&["--lang", lang, group]).code, 2, "{group} alone");
        }
    }
    // The language of the environment is Chinese here.
    assert!(run(&["visit", "add", "--help"]).out.contains("走访"));
    assert!(run(&["--version"]).out.starts_with("zhulian "));
}

#[test]
fn what_is_not_understood_ends_with_2() {
    for (args, code) in [
        (&["fnd"][..], "usage.unknown_command"),
        (&["find"], "usage.missing_argument"),
        (&["visit", "add"], "usage.missing_argument"),
        (&["wish", "claim", "x", "--units", "none"], "usage.invalid_value"),
        (&["demo", "--size", "moon"], "usage.invalid_value"),
        (&["export", "secrets"], "usage.invalid_value"),
        (&["export", "members", "--unmask"], "usage.missing_argument"),
        (&["keymap", "--list", "--print", "vim"], "usage.conflict"),
        (&["--lang", "fr", "stats"], "usage.invalid_value"),
    ] {
        let ran = Ran::of(program().args(args).arg("--json").output().unwrap());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
        assert_eq!(error_of(&ran).0, code, "{args:?}");
        let told = run(args);
        assert_eq!(told.code, 2);
        assert!(told.err.contains(code) && told.err.lines().count() >= 2, "{}", told.err);
    }
}

#[test]
fn the_console_needs_a_terminal() {
    let home = TestHome::with_people();
    let ran = home.run::<&str>(&[]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("terminal.none"), "{}", ran.err);
}

#[test]
fn keymaps_are_listed_printed_and_checked() {
    let home = TestHome::with_people();
    let bindings = home.lines(&["keymap", "--list"]);
    assert!(bindings.iter().any(|b| b["key"] == "f2" && b["action"] == "find"), "{:?}", bindings.first());
    assert_eq!(home.lines(&["keymap"]).len(), bindings.len());
    let printed = run(&["keymap", "--print", "vim"]);
    assert_eq!(printed.out, fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/keymaps/vim.toml")).unwrap());
    let mine = home.folder.path().join("mine.toml");
    fs::write(&mine, &printed.out).unwrap();
    assert_eq!(home.json(&["keymap", "--check", &path_text(&mine)])["valid"], true);
    fs::write(&mine, "[list]\nf1 = \"quit\"\nzz9 = \"find\"\n").unwrap();
    let ran = home.run(&["--lang", "en", "keymap", "--check", &path_text(&mine)]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("keymap.invalid") && ran.err.lines().count() >= 3, "every mistake: {}", ran.err);
    assert_eq!(home.refusal(&["keymap", "--print", "emacs"]).0, "value.invalid");
}

#[test]
fn shells_and_manual_pages_get_their_texts() {
    for (shell, part) in [("bash", "_zhulian"), ("zsh", "#compdef zhulian"), ("fish", "complete -c zhulian")] {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains(part) && ran.out.contains("verify-demo"), "{shell}");
    }
    assert_eq!(run(&["completions", "dos"]).code, 2);
    let page = run(&["--lang", "en", "man"]);
    assert!(page.out.contains(".TH zhulian 1") && page.out.contains("verify\\-demo"), "{}", page.out);
    let folder = tempfile::tempdir().unwrap();
    let ran = run(&["man", "--dir", folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(folder.path().join("zhulian-visit-add.1").exists());
}

#[test]
fn who_stops_reading_ends_nothing_badly() {
    let home = TestHome::with_people();
    let mut child = home.command(&["keymap"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 16];
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut first).unwrap();
    drop(out);
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}
