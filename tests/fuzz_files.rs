//! Every door on one machine, with bytes that somebody changed: the files of a home, backups, rosters, settings and
//! keymaps, the owner's socket, a terminal, the command line. Nothing panics, runs away or eats the memory; what is
//! refused says why and has changed nothing.
//!
//! Cases are made from seeds: `FUZZ_CASES=n FUZZ_SEED=n` makes others, and a case that fails prints how to see it again.

mod cli_support;
mod fuzz_support;

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::CommandFactory as _;
use cli_support::TestHome;
use fuzz_support::mutate::{bytes as mutated, text as mutated_text};
use fuzz_support::tree::Tree;
use fuzz_support::{Dice, door, explains};
use zhulian::cli::Cli;
use zhulian::cli::serve::Attending;
use zhulian::desk::Desk;
use zhulian::domain::id::HouseholdId;
use zhulian::domain::text::find_control;
use zhulian::i18n::Lang;
use zhulian::owner::{Owner, Request, Service};
use zhulian::replica::Replica;
use zhulian::roster::check::check;
use zhulian::roster::read::{self, Limits, unwatched};
use zhulian::roster::source::{Options, Source as Roster};
use zhulian::settings::Settings;
use zhulian::store::{BackupOptions, Home, KeyFile, Store, Unlock};
use zhulian::tui::keymap::{Keymap, Source};
use zhulian::tui::session::Guest;
use zhulian::tui::terminal::Parser;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn files_in(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in std::fs::read_dir(root).unwrap().map(Result::unwrap) {
        if item.file_type().unwrap().is_dir() {
            found.extend(files_in(&item.path()));
        } else if item.metadata().unwrap().len() > 0 {
            found.push(item.path());
        }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for item in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy(&item.path(), &target);
        } else {
            std::fs::copy(item.path(), target).unwrap();
        }
    }
}

/// The households of a home as a person sees them.
fn households(replica: &Replica) -> BTreeMap<HouseholdId, String> {
    let ids: Vec<_> = replica.read().rows.iter().map(|(_, row)| row.id()).collect();
    ids.into_iter().filter_map(|id| Some((id, format!("{:?}", replica.dossier(id).ok()??)))).collect()
}

/// Journal frames, row file, checkpoint, index, key: a home with one file changed opens whole, says what is wrong, or is
/// refused; it never shows other data.
#[test]
fn files_of_a_home() {
    let home = TestHome::with_people();
    let whole = {
        let (replica, _) = Replica::open(Home::new(home.path()), &Unlock::Nothing).unwrap();
        replica.finish_opening(Desk::now().today()).unwrap();
        let whole = households(&replica);
        replica.close().unwrap();
        whole
    };
    assert_eq!(whole.len(), 3);
    let files: Vec<PathBuf> =
        files_in(&home.path()).into_iter().filter(|path| path.file_name().is_none_or(|name| name != "lock")).collect();
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    door("files_of_a_home", 50, |dice| {
        let path = dice.pick(&files);
        let place = folder();
        let root = place.path().join("home");
        copy(&home.path(), &root);
        let name = path.strip_prefix(home.path()).unwrap();
        let before = std::fs::read(path).unwrap();
        let bytes = mutated(&before, dice);
        let same = bytes == before;
        std::fs::write(root.join(name), bytes).unwrap();
        let opened = Replica::open(Home::new(&root), &Unlock::Nothing)
            .and_then(|(replica, findings)| Ok((replica.finish_opening(Desk::now().today())?, replica, findings)));
        let outcome = match opened {
            Err(error) => {
                explains(&error);
                assert!(!same, "{} was not changed: {error}", name.display());
                "refused"
            }
            Ok((more, replica, mut findings)) => {
                findings.extend(more.findings);
                let seen = households(&replica);
                assert!(seen.iter().all(|(id, file)| whole.get(id) == Some(file)), "other data: {}", name.display());
                let told =
                    !findings.is_empty() || replica.store().doctor(&mut |_, _, _| {}).is_ok_and(|r| !r.is_well());
                assert!(seen == whole || told, "{}: lost in silence", name.display());
                if seen == whole { "whole" } else { "told" }
            }
        };
        *outcomes.entry(outcome.to_owned()).or_default() += 1;
    });
    println!("{outcomes:?}");
}

/// A backup with changed bytes makes no home.
#[test]
fn backups() {
    let home = TestHome::with_people();
    let place = folder();
    let file = place.path().join("backup");
    let (replica, _) = Replica::open(Home::new(home.path()), &Unlock::Nothing).unwrap();
    replica.finish_opening(Desk::now().today()).unwrap();
    replica.store().backup(&file, &BackupOptions::default(), &mut |_, _| {}).unwrap();
    replica.close().unwrap();
    let key = KeyFile::parse(&std::fs::read(Home::new(home.path()).key_file_path()).unwrap()).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let restore = |n: usize, key: KeyFile| {
        let home = Home::new(place.path().join(format!("home{n}")));
        Store::restore(&home, &file, &Unlock::KeyFile(key), &mut |_, _| {}).map(|moved| (home, moved))
    };
    let mut n = 0;
    let (good, moved) = restore(0, key.clone()).unwrap();
    assert!(good.exists().unwrap() && moved.records > 0);
    door("backups", 80, |dice| {
        n += 1;
        let bytes = mutated(&whole, dice);
        let same = bytes == whole;
        std::fs::write(&file, bytes).unwrap();
        match restore(n, key.clone()) {
            Ok((_, back)) => assert!(same && back == moved, "a changed backup was restored"),
            Err(error) => {
                explains(&error);
                assert!(!same, "{error}");
                let home = Home::new(place.path().join(format!("home{n}")));
                assert!(!home.exists().unwrap(), "half a home was made: {error}");
            }
        }
        let _gone = std::fs::remove_dir_all(place.path().join(format!("home{n}")));
    });
}

fn roster(bytes: &[u8]) {
    match read::bytes_of("t".into(), bytes, &Limits::STANDARD, &mut unwatched) {
        Err(error) => explains(&error),
        Ok(book) => {
            let options = Options::on(chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
            match Roster::from_books(vec![book], &options) {
                Err(error) => explains(&error),
                Ok(source) => {
                    let checked = check(source, &mut |_| false, &mut unwatched).unwrap();
                    for problem in checked.problems() {
                        explains(problem.fault);
                        assert_eq!(find_control(&problem.value_masked), None, "{problem:?}");
                    }
                }
            }
        }
    }
}

/// Rosters as text and, for workbooks, the XML inside: what a checksum would guard is changed beneath it.
#[test]
fn rosters() {
    let sample = |name: &str| std::fs::read(cli_support::roster(name)).unwrap();
    let csv = sample("低保边缘家庭_西垟镇.csv");
    let book = sample("特困人员_东岙镇.xlsx");
    let mut zip = zip::ZipArchive::new(Cursor::new(&book)).unwrap();
    let parts: Vec<(String, Vec<u8>)> = (0..zip.len())
        .map(|index| {
            let mut part = zip.by_index(index).unwrap();
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            (part.name().unwrap().into_owned(), content)
        })
        .collect();
    door("rosters", 120, |dice| match dice.roll(3) {
        0 => roster(&mutated(&csv, dice)),
        1 => roster(&mutated(&book, dice)),
        _ => {
            let victim = dice.roll(parts.len());
            let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for (index, (name, content)) in parts.iter().enumerate() {
                out.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
                let content = if index == victim { mutated(content, dice) } else { content.clone() };
                out.write_all(&content).unwrap();
            }
            roster(&out.finish().unwrap().into_inner());
        }
    });
}

const SETTINGS: &str = "lang = \"zh\"\ntheme = \"dark\"\nmouse = false\nkeymap = \"vim\"\nborders = \"ascii\"\n";

#[test]
fn settings_and_keymaps() {
    let keymaps = [include_str!("../keymaps/default.toml"), include_str!("../keymaps/vim.toml")];
    door("settings_and_keymaps", 300, |dice| {
        if dice.one_in(2) {
            let text = String::from_utf8_lossy(&mutated(SETTINGS.as_bytes(), dice)).into_owned();
            let (_, faults) = Settings::parse(&text);
            faults.iter().for_each(|fault| explains(fault));
        } else {
            // A piece of a whole keymap: a mistake in a long one is a mistake all the same.
            let whole = *dice.pick(&keymaps);
            let lines: Vec<&str> = whole.lines().collect();
            let from = dice.roll(lines.len());
            let piece = lines[from..(from + 40).min(lines.len())].join("\n");
            let text = if dice.one_in(2) {
                String::from_utf8_lossy(&mutated(piece.as_bytes(), dice)).into_owned()
            } else {
                mutated_text(&piece, dice)
            };
            if let Err(fault) = Keymap::standard().merged(Source::File("t".into()), &text) {
                explains(&fault);
            }
        }
    });
}

/// Counts what it was told to do.
#[derive(Default)]
struct Counts {
    commands: AtomicUsize,
}

impl Service for Counts {
    fn command(&self, _: Request, _: &mut dyn Write, _: &mut dyn Write) -> u8 {
        self.commands.fetch_add(1, Ordering::SeqCst);
        0
    }
    fn console(&self, terminal: UnixStream) {
        let _no_hello = Guest::welcome(terminal);
    }
}

#[test]
fn frames_on_the_socket_of_an_owner() {
    let place = folder();
    let home = Home::new(place.path());
    let counts = Arc::new(Counts::default());
    let owner = Owner::start(&home, counts.clone()).unwrap();
    let request =
        Request { args: vec!["zhulian".into(), "stats".into()], cwd: "/".into(), lang: Lang::Zh, live: false };
    let body = serde_json::to_vec(&request).unwrap();
    let frame = |tag: u8, body: &[u8]| [&[tag][..], &(body.len() as u32).to_le_bytes(), body].concat();
    let hello = serde_json::json!({"version": 1, "width": 80, "height": 24, "environment": [["TERM", "xterm"]]});
    let console = [frame(b'T', &[]), frame(1, hello.to_string().as_bytes())].concat();
    door("frames_on_the_socket_of_an_owner", 200, |dice| {
        let sent = match dice.roll(3) {
            0 => mutated(&frame(b'C', &body), dice),
            1 => frame(b'C', &mutated(&body, dice)),
            _ => mutated(&console, dice),
        };
        let before = counts.commands.load(Ordering::SeqCst);
        let mut line = UnixStream::connect(home.socket_path()).unwrap();
        let _hung_up = line.write_all(&sent);
        let _hung_up = line.shutdown(Shutdown::Write);
        let mut said = Vec::new();
        let _hung_up = line.read_to_end(&mut said);
        assert!(said.starts_with(&[b'R', 1, 0, 0, 0]), "{said:?}");
        // Only a whole request is carried out: its frame, and JSON that says what it wants.
        let json = sent.get(5..).and_then(|rest| {
            let len = u32::from_le_bytes(sent[1..5].try_into().unwrap()) as usize;
            serde_json::from_slice::<Request>(rest.get(..len)?).ok()
        });
        let whole = sent.first() == Some(&b'C') && json.is_some();
        assert_eq!(counts.commands.load(Ordering::SeqCst) - before, usize::from(whole), "{sent:?}");
    });
    drop(owner);
}

#[test]
fn bytes_of_a_terminal() {
    let sample = "张三\u{1b}[A\u{1b}OP\u{1b}[1;5C\u{1b}[200~粘贴\n文本\u{1b}[201~\u{1b}[<0;10;5M\u{1b}[?62;c\u{1b}]11;rgb:0/0/0\u{7}x";
    door("bytes_of_a_terminal", 1500, |dice| {
        let bytes = mutated(sample.as_bytes(), dice);
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        let (mut one, mut other) = (Parser::default(), Parser::default());
        one.feed(&bytes, &mut whole);
        let step = 1 + dice.roll(7);
        bytes.chunks(step).for_each(|part| other.feed(part, &mut parts));
        // A string of the terminal's that is too long is given up where a portion ends.
        assert!(whole == parts || bytes.len() > 4096, "portions of {step} of {bytes:?}");
        one.time_out(&mut whole);
        // The last key comes through, unless a paste was left open; one without end is cut off.
        let mut more = Vec::new();
        one.feed(b"\x1b[201~\x1b[A", &mut more);
        one.time_out(&mut more);
        assert!(!more.is_empty(), "the keyboard is dead after {bytes:?}");
    });
}

/// Values that no option is made for.
const VALUES: &[&str] = &[
    "",
    " ",
    "-",
    "--",
    "0",
    "-1",
    "18446744073709551616",
    "1e999",
    "张淑芬",
    "H99010110220100001",
    "H9901011022010000",
    "9",
    "018f0000-0000-7000-8000-000000000000",
    "2026-02-30",
    "2026-13-01T99:99",
    "0000-00-00",
    "+262143-01-01",
    "=1+1",
    "\u{1b}[2J\u{7}",
    "\u{202e}x",
    "a\nb",
    "field=",
    "=value",
    "phone=\u{0}x",
    "99010119900101001X",
    "９９",
    "ftp://[::1",
    "nowhere/file",
];

/// Every subcommand that acts on a desk, with the names of its options and how many positions it has.
fn subcommands() -> Vec<(Vec<String>, Vec<(String, bool)>, usize)> {
    fn walk(at: &clap::Command, path: &[String], found: &mut Vec<(Vec<String>, Vec<(String, bool)>, usize)>) {
        let path: Vec<String> = path.iter().cloned().chain([at.get_name().to_owned()]).collect();
        if at.has_subcommands() {
            return at.get_subcommands().for_each(|sub| walk(sub, &path, found));
        }
        let options =
            at.get_arguments().filter_map(|arg| Some((arg.get_long()?.to_owned(), arg.get_action().takes_values())));
        // These stop, watch, or leave the desk.
        let options = options
            .filter(|(name, _)| !["watch", "help", "version", "home", "passphrase-file"].contains(&name.as_str()));
        found.push((path, options.collect(), at.get_positionals().count()));
    }
    let mut found = Vec::new();
    let all = Cli::command();
    for sub in all.get_subcommands() {
        // Those of servers and of homes as a whole act on nothing here; invented data and measuring them take long.
        if !["serve", "server", "restore", "demo", "verify-demo", "help", "compact", "man", "completions"]
            .contains(&sub.get_name())
        {
            walk(sub, &[], &mut found);
        }
    }
    found
}

#[test]
fn every_option_of_every_command() {
    let home = TestHome::with_people();
    let (replica, _) = Replica::open(Home::new(home.path()), &Unlock::Nothing).unwrap();
    replica.finish_opening(Desk::now().today()).unwrap();
    let replica = Arc::new(replica);
    let attending = Attending::new(replica.clone(), home.path());
    let commands = subcommands();
    assert!(commands.len() > 40, "{}", commands.len());
    let cwd = home.folder.path().join("cwd");
    std::fs::create_dir(&cwd).unwrap();
    let mut turn = 0;
    door("every_option_of_every_command", 900, |dice| {
        let (path, options, positions) = &commands[turn % commands.len()];
        // Every command in turn, and on every round another option of it has the garbage.
        let chosen = turn / commands.len();
        turn += 1;
        let mut args: Vec<String> = vec!["zhulian".into(), "--json".into()];
        args.extend(path.iter().cloned());
        for (n, (name, valued)) in options.iter().enumerate() {
            let wanted = n == chosen % (options.len() + 1) || dice.one_in(3);
            if wanted && *valued {
                args.push(format!("--{name}={}", dice.pick(VALUES)));
            } else if wanted && name != "json" {
                args.push(format!("--{name}"));
            }
        }
        if *positions > 0 {
            args.push("--".into());
            // Half of them find a household, so that what follows is reached.
            let known = dice.one_in(2);
            (0..*positions)
                .for_each(|_| args.push(if known { "H99010110220100001" } else { dice.pick(VALUES) }.to_string()));
        }
        let request =
            Request { args: args.clone(), cwd: cwd.clone(), lang: *dice.pick(&[Lang::Zh, Lang::En]), live: false };
        let before = replica.store().last_seq();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = attending.command(request, &mut out, &mut err);
        let err = String::from_utf8(err).expect("text");
        let out = String::from_utf8(out).expect("text");
        match code {
            0 => out.lines().for_each(|line| drop(serde_json::from_str::<serde_json::Value>(line).expect(line))),
            // Not understood: told by the parser in the process that was started.
            2 => assert!(out.is_empty(), "{args:?}"),
            1 => {
                let last = err.lines().last().unwrap_or_default();
                let value: serde_json::Value = serde_json::from_str(last).unwrap_or_else(|_| panic!("{args:?}: {err}"));
                let code = value["error"]["code"].as_str().unwrap_or_default();
                let stable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
                assert!(!code.is_empty() && code.chars().all(stable), "{args:?}: {err}");
                assert!(!value["error"]["remedy"].as_str().unwrap_or_default().is_empty(), "{args:?}: {err}");
                let partly = ["import", "export", "audit", "household"].contains(&path[0].as_str());
                assert!(partly || replica.store().last_seq() == before, "refused, but recorded: {args:?}: {err}");
            }
            other => panic!("{args:?}: {other}"),
        }
        for text in [&out, &err] {
            let bad = text.lines().find_map(find_control);
            assert_eq!(bad, None, "{args:?}: {text:?}");
        }
    });
    replica.rest().unwrap();
    let files = households(&replica);
    assert!(files.len() >= 3, "the households are still there");
}

/// A door that panics is noticed, and its case can be seen again.
#[test]
fn the_checks_can_fail() {
    let seen = catch_unwind(|| {
        door("the_checks_can_fail", 300, |dice| {
            let bytes = mutated(b"\x05hello", dice);
            // A reader that believes the length that it reads.
            let length = usize::from(bytes.first().copied().unwrap_or_default());
            let _word = &bytes[bytes.len().min(1)..][..length.min(bytes.len())];
        });
    });
    assert!(seen.is_err(), "a reader that believes every length was not noticed");
    let mut tree = Tree::of(&serde_json::json!({"a": [1, 2, {"b": "c"}]}));
    let whole = tree.clone();
    tree.mutate(&mut Dice::new(7));
    assert_ne!(tree, whole, "a tree that stays as it was tests nothing");
}
