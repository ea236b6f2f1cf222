//! Homes on the command line: made, filled, counted, saved, restored, checked.

mod cli_support;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use cli_support::{PEOPLE, Ran, TestHome, error_of, path_text, program, roster, text};
use serde_json::{Value, json};
use zhulian::store::{Kdf, KeyMode, Passphrase};

#[test]
fn a_missing_home_is_told_with_what_to_do() {
    let home = TestHome::missing();
    for args in [&["find", "x"][..], &["stats"], &["visit", "due"], &["settings"], &["doctor"], &["undo"]] {
        assert_eq!(home.refusal(args).0, "home.missing", "{args:?}");
    }
    assert!(!home.path().exists(), "looking makes nothing");
    // The environment names it as well.
    let ran = Ran::of(program().env("ZHULIAN_HOME", home.path()).args(["stats", "--json"]).output().unwrap());
    assert_eq!(error_of(&ran).0, "home.missing");
    assert!(ran.err.contains(&path_text(&home.path())), "{}", ran.err);
}

#[test]
fn the_demo_fills_an_empty_home_once_and_holds_its_figures() {
    let home = TestHome::missing();
    let demo = home.json(&["demo", "--no-open"]);
    assert_eq!((&demo["households"], &demo["size"]), (&json!(600), &json!("village")));
    assert_eq!(home.refusal(&["demo", "--no-open"]).0, "home.not_empty");
    let stats = home.json(&["stats"]);
    assert_eq!((&stats["households"], &stats["members"]), (&json!(600), &demo["members"]));
    assert!(stats["visits"].as_u64().unwrap() > 600 && stats["disk_bytes"].as_u64().unwrap() > 100_000);
    for name in ["pending", "refused", "conflicts"] {
        assert_eq!(stats[name], 0);
    }
    let figures = home.lines(&["verify-demo"]);
    let passed = figures.iter().filter(|row| row["outcome"] == "pass").count();
    assert!(passed > 20, "{passed} of {}", figures.len());
    assert!(figures.iter().all(|row| row["outcome"] != "fail"));
    let found = home.lines(&["find", &text(&home.lines(&["household", "list", "--limit", "1"])[0]["archive_no"])]);
    assert_eq!(found.len(), 1);
    // Somebody who leaves changes a figure.
    assert_eq!(home.lines(&["worker", "list", "--limit", "1"])[0]["you"], true);
    assert!(!home.lines(&["visit", "due"]).is_empty());
}

#[test]
fn rosters_come_in_once_and_only_without_error() {
    let home = TestHome::missing();
    let files = [roster("低保家庭查询_东岙镇.xlsx"), roster("低保家庭人员查询_东岙镇.xlsx")];
    fn joined<'a>(files: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
        let mut args = vec!["import", files[0].as_str(), files[1].as_str()];
        args.extend(more);
        args
    }
    let import = |more: &[&'static str]| joined(&files, more);
    let dry = home.json(&import(&["--dry-run"]));
    assert_eq!(dry["committed"], false);
    assert!(!home.path().exists(), "a dry run makes no home");
    let first = home.json(&import(&["--worker-name", "李网格"]));
    assert_eq!(first["committed"], true);
    assert_eq!(first["households"]["new"], dry["households"]["new"]);
    assert_eq!(home.json(&["stats"])["households"], first["households"]["new"]);
    assert_eq!(home.lines(&["worker", "list"])[0]["name"], "李网格");
    let mode = fs::metadata(home.path().join("keyfile")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let commands = home.json(&["stats"])["commands"].clone();
    let again = home.json(&import(&[]));
    assert_eq!((&again["households"]["new"], &again["households"]["updated"]), (&json!(0), &json!(0)));
    assert_eq!(home.json(&["stats"])["commands"], commands, "nothing was written");

    let bad = [roster("问题样例_家庭_南山镇.xlsx"), roster("问题样例_人员_南山镇.xlsx")];
    let errors = home.folder.path().join("errors.xlsx");
    let args = ["import", &bad[0], &bad[1], "--errors", &path_text(&errors)];
    let (answer, code) = home.failing(&args);
    assert_eq!(code, "import.refused");
    assert_eq!(answer[0]["committed"], false);
    let listed = answer[0]["errors"].as_array().unwrap();
    assert!(!listed.is_empty());
    for key in ["file", "sheet", "row", "column", "code", "value_masked"] {
        assert!(listed[0].get(key).is_some(), "{key}");
    }
    assert!(fs::metadata(&errors).unwrap().len() > 1000);
    assert_eq!(home.json(&["stats"])["households"], first["households"]["new"]);
    let valid = home.json(&["import", &bad[0], &bad[1], "--accept-valid"]);
    assert_eq!(valid["committed"], true);
    let held = home.json(&["stats"])["households"].as_u64().unwrap();
    assert_eq!(held, first["households"]["new"].as_u64().unwrap() + valid["households"]["new"].as_u64().unwrap());
    // What was imported is not undone command by command.
    assert_eq!(home.refusal(&["undo"]).0, "undo.not_possible");
}

#[test]
fn a_file_that_is_no_roster_makes_no_home() {
    let home = TestHome::missing();
    let file = home.folder.path().join("notes.csv");
    fs::write(&file, "a,b\n1,2\n").unwrap();
    let refused = home.refusal(&["import", &path_text(&file)]).0;
    assert!(refused.starts_with("roster."), "{refused}");
    assert!(!home.path().exists());
    assert_eq!(home.refusal(&["import", &path_text(&file), "--as", "nobody"]).0, "code.unknown");
}

#[test]
fn paths_start_where_the_command_was_given() {
    let home = TestHome::missing();
    let copied = home.folder.path().join("特困人员.xlsx");
    fs::copy(roster("特困人员_东岙镇.xlsx"), &copied).unwrap();
    let mut command = home.command(&["import", "特困人员.xlsx", "--json"]);
    let ran = Ran::of(command.current_dir(home.folder.path()).output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut command = home.command(&["export", "households", "--out", "out.csv", "--json"]);
    let ran = Ran::of(command.current_dir(home.folder.path()).output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(home.folder.path().join("out.csv").exists());
}

#[test]
fn a_home_under_a_passphrase_opens_with_it_only() {
    let home = TestHome::missing();
    let secret = home.folder.path().join("secret");
    fs::write(&secret, "正确的口令八个字\n").unwrap();
    let wrong = home.folder.path().join("wrong");
    fs::write(&wrong, "another passphrase").unwrap();
    let file = roster("特困人员_东岙镇.xlsx");
    let with = |file: &std::path::Path, args: &[&str]| {
        [&["--passphrase-file", file.to_str().unwrap()], args]
            .concat()
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(home.json(&with(&secret, &["import", &file]))["committed"], true);
    assert!(!home.path().join("keyfile").exists());
    assert_eq!(home.refusal(&["stats"]).0, "home.locked");
    assert_eq!(home.refusal(&with(&wrong, &["stats"])).0, "key.wrong_passphrase");
    assert_eq!(home.refusal(&with(&home.folder.path().join("none"), &["stats"])).0, "file.io");
    assert!(home.json(&with(&secret, &["stats"]))["households"].as_u64().unwrap() > 0);
    assert_eq!(home.json(&with(&secret, &["key", "show"]))["key"], "passphrase");
    let mut command = home.command(&["stats", "--json"]);
    let ran = Ran::of(command.env("ZHULIAN_PASSPHRASE_FILE", &secret).output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.err);

    let changed = with(&secret, &["key", "passphrase", "--new-passphrase-file", wrong.to_str().unwrap()]);
    assert_eq!(home.json(&changed)["key"], "passphrase");
    assert_eq!(home.refusal(&with(&secret, &["stats"])).0, "key.wrong_passphrase");
    assert_eq!(home.refusal(&with(&wrong, &["key", "passphrase"])).0, "prompt.unavailable");
    assert_eq!(home.json(&with(&wrong, &["key", "file"]))["key"], "key_file");
    home.json(&["stats"]);
}

#[test]
fn nothing_readable_lies_in_the_home() {
    let home = TestHome::with_people_under(&KeyMode::Passphrase(
        Passphrase::new("a long passphrase"),
        Kdf { memory_kib: 64, passes: 1 },
    ));
    let mut files = vec![home.path()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for known in [PEOPLE[0][1], PEOPLE[0][2], PEOPLE[0][3], "上岙村"] {
            let found = bytes.windows(known.len()).any(|part| part == known.as_bytes());
            assert!(!found, "{known} in {}", path.display());
        }
    }
}

#[test]
fn undo_takes_back_what_was_done_last() {
    let home = TestHome::with_people();
    home.json(&["visit", "add", "--household", PEOPLE[0][0], "--result", "met"]);
    home.json(&["need", "add", "--household", PEOPLE[0][0], "--title", "轮椅"]);
    assert_eq!(home.json(&["undo"])["undone"], "register_need");
    assert_eq!(home.json(&["undo"])["undone"], "log_visit");
    assert!(home.lines(&["need", "list"]).is_empty() && home.lines(&["visit", "list"]).is_empty());
    for _ in 0..6 {
        home.json(&["undo"]); // three households and three regions
    }
    assert_eq!(home.refusal(&["undo"]).0, "undo.nothing");
    assert_eq!(home.json(&["stats"])["households"], 0);
}

#[test]
fn the_inbox_says_what_waits() {
    let home = TestHome::with_people();
    assert!(home.lines(&["inbox"]).is_empty());
    let need = text(&home.json(&["need", "add", "--household", PEOPLE[0][0], "--title", "收音机"])["no"]);
    home.json(&["need", "verify", &need]);
    let card = ["wish", "add", "--need", &need, "--category", "culture", "--text", "想听广播", "--publish"];
    let no = text(&home.json(&card)["no"]);
    home.json(&["wish", "claim", &no]);
    let waiting = home.lines(&["inbox"]);
    assert_eq!((waiting.len(), &waiting[0]["code"]), (1, &json!("claim.tentative")));
    assert!(waiting[0]["remedy"].as_str().unwrap().contains(&no));
    let stats = home.json(&["stats"]);
    assert_eq!((&stats["wishes"]["tentative"], &stats["wishes"]["claimed"]), (&json!(1), &json!(0)));
    home.json(&["wish", "fulfil", &no]);
    assert_eq!(home.lines(&["inbox"])[0]["code"], "wish.to_confirm");
    home.json(&["wish", "confirm", &no]);
    assert!(home.lines(&["inbox"]).is_empty());
    assert!(home.run(&["inbox"]).err.contains("服务器"), "it says that there is none");
}

#[test]
fn the_trail_names_everything_and_is_whole() {
    let home = TestHome::with_people();
    home.json(&["household", "show", PEOPLE[0][0], "--reveal", "phone", "--reason", "contact", "--remark", "约时间"]);
    let out = path_text(&home.folder.path().join("all.csv"));
    home.json(&["export", "members", "--out", &out, "--unmask", "--reason", "年度核查"]);
    let trail = home.lines(&["audit"]);
    let last = &trail[trail.len() - 2..];
    assert_eq!((&last[0]["what"], &last[0]["reason"]), (&json!("reveal"), &json!("contact: 约时间")));
    assert!(last[0]["subject"].as_str().unwrap().ends_with(" phone"));
    assert_eq!((&last[1]["what"], &last[1]["subject"]), (&json!("disclose"), &json!("members (3)")));
    assert_eq!(last[1]["worker_name"], "王网格");
    let all = serde_json::to_string(&trail).unwrap();
    assert!(!all.contains(PEOPLE[0][3]) && !all.contains(PEOPLE[0][1]), "it names fields, not their contents");
    let sums: Vec<u64> = trail.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert_eq!(sums, (1..=trail.len() as u64).collect::<Vec<_>>());
    assert!(home.lines(&["audit", "--since", "+1"]).is_empty());
    let verified = home.json(&["audit", "--verify"]);
    assert_eq!((&verified["verified"], &verified["entries"]), (&json!(true), &json!(trail.len())));
}

#[test]
fn exports_are_masked_unless_a_reason_is_given() {
    let home = TestHome::with_people();
    let file = |name: &str| path_text(&home.folder.path().join(name));
    for kind in ["households", "members", "visits", "needs", "wishes", "leads"] {
        let answer = home.json(&["export", kind, "--out", &file("list.csv")]);
        assert_eq!(answer["masked"], true, "{kind}");
        let bytes = fs::read(file("list.csv")).unwrap();
        assert!(bytes.starts_with(&[0xef, 0xbb, 0xbf]), "{kind}: a byte order mark");
        let content = String::from_utf8(bytes).unwrap();
        for known in [PEOPLE[0][1], PEOPLE[0][2], PEOPLE[0][3]] {
            assert!(!content.contains(known), "{kind}: {known}");
        }
        home.json(&["export", kind, "--out", &file("list.xlsx")]);
        assert!(fs::read(file("list.xlsx")).unwrap().starts_with(b"PK"), "{kind}");
    }
    home.json(&["export", "members", "--out", &file("full.csv"), "--unmask", "--reason", "年度核查"]);
    assert!(fs::read_to_string(file("full.csv")).unwrap().contains(PEOPLE[0][2]));
    assert_eq!(home.refusal(&["export", "members", "--out", &file("x.pdf")]).0.split('.').next(), Some("export"));
    let refused = home.refusal(&["export", "members", "--out", &file("y.csv"), "--unmask", "--reason", " "]);
    assert_eq!(refused, ("reason.required".to_owned(), Some("reason".to_owned())));
    assert!(!home.folder.path().join("y.csv").exists());
}

#[test]
fn a_backup_becomes_the_same_home_elsewhere() {
    let home = TestHome::with_people();
    let visit = text(&home.json(&["visit", "add", "--household", PEOPLE[0][0], "--result", "met"])["id"]);
    let file = path_text(&home.folder.path().join("backup.zls"));
    let made = home.json(&["backup", &file]);
    assert_eq!(made["key"], "key_file");
    let other = TestHome::missing();
    assert_eq!(other.refusal(&["restore", &file]).0, "backup.needs_key");
    let told = other.run(&["restore", &file]);
    assert!(told.err.contains("--key-file") && told.err.contains("keyfile"), "{}", told.err);
    let told = home.run(&["backup", &file]);
    assert!(told.err.contains(made["key_file"].as_str().unwrap()) && told.err.contains("--key-file"), "{}", told.err);
    // Another home's key file, and a file that is none, open nothing and stay where they are.
    let stranger = TestHome::with_people();
    for wrong in [stranger.path().join("keyfile"), home.path().join("current")] {
        let wrong = path_text(&wrong);
        assert_eq!(other.refusal(&["restore", &file, "--key-file", &wrong]).0, "backup.other_key");
        assert!(!other.path().join("keyfile").exists());
    }
    // The copy that was kept is enough; that of the home may be gone with it.
    let key = path_text(&home.folder.path().join("safe"));
    fs::copy(home.path().join("keyfile"), &key).unwrap();
    other.json(&["restore", &file, "--key-file", &key]);
    assert_eq!(text(&other.lines(&["visit", "list"])[0]["id"]), visit);
    assert_eq!(other.json(&["stats"])["commands"], home.json(&["stats"])["commands"]);
    assert_eq!(other.refusal(&["restore", &file]).0, "restore.not_empty");
    assert_eq!(fs::read(other.path().join("keyfile")).unwrap(), fs::read(&key).unwrap());
    assert_eq!(
        other.refusal(&["restore", &file, "--key-file", &path_text(&stranger.path().join("keyfile"))]).0,
        "restore.not_empty"
    );
    assert_eq!(fs::read(other.path().join("keyfile")).unwrap(), fs::read(&key).unwrap(), "not replaced");
    // Under a passphrase of its own it needs nothing else.
    let secret = home.folder.path().join("secret");
    fs::write(&secret, "for the safe only").unwrap();
    let sealed = home.json(&["backup", &file, "--own-passphrase-file", &path_text(&secret)]);
    assert_eq!(sealed["key"], "own_passphrase");
    let third = TestHome::missing();
    assert_eq!(third.refusal(&["restore", &file]).0, "home.locked");
    third.json(&["restore", &file, "--passphrase-file", &path_text(&secret)]);
    fs::write(&file, b"not a backup").unwrap();
    let fourth = TestHome::missing();
    assert_eq!(fourth.refusal(&["restore", &file]).0, "backup.damaged");
    assert_eq!(fourth.refusal(&["restore", "no such file"]).0, "file.io");
}

#[test]
fn the_doctor_sees_damage_and_repairs_what_it_can() {
    let home = TestHome::with_people();
    let well = home.json(&["doctor"]);
    assert_eq!((&well["well"], &well["findings"]), (&json!(true), &json!([])));
    assert_eq!(well["clock"]["behind"], false);
    home.json(&["compact"]);
    assert_eq!(home.lines(&["find", "上岙"]).len(), 3);
    assert_eq!(home.json(&["doctor", "--repair"])["well"], true);
    assert_eq!(home.json(&["audit", "--verify"])["verified"], true);
    // An entry in the middle of the journal is flipped.
    let journal = home.path().join("journal/j-0000000000000001.zlj");
    let mut bytes = fs::read(&journal).unwrap();
    bytes[200] ^= 1;
    fs::write(&journal, bytes).unwrap();
    let (answer, code) = home.failing(&["doctor"]);
    assert_eq!((code.as_str(), &answer[0]["well"]), ("doctor.findings", &json!(false)));
    assert_eq!(home.lines(&["find", "上岙"]).len(), 3, "the records themselves are whole");
}

#[test]
fn settings_are_kept_and_checked() {
    let home = TestHome::with_people();
    assert_eq!(home.json(&["settings", "lang"]), json!({"lang": null}));
    home.json(&["settings", "lang", "en"]);
    assert_eq!(home.json(&["settings"])["lang"], "en");
    let ran = home.run(&["find", "nobody"]);
    assert_eq!(ran.err, "nothing found\n");
    let ran = home.run(&["--lang", "zh", "find", "nobody"]);
    assert_eq!(ran.err, "没有找到\n");
    assert_eq!(home.refusal(&["settings", "theme", "pink"]), ("settings.invalid".to_owned(), Some("theme".to_owned())));
    assert_eq!(home.refusal(&["settings", "colour", "x"]).0, "settings.unknown");
    assert_eq!(home.refusal(&["settings", "keymap", "nowhere.toml"]).0, "keymap.invalid");
    home.json(&["settings", "lang", "--unset"]);
    assert_eq!(home.json(&["settings", "lang"]), json!({"lang": null}));
    // A worker who is set is the one who acts.
    let other = text(&home.json(&["worker", "add", "赵社工", "--role", "social_worker"])["id"]);
    home.json(&["settings", "worker", &other]);
    let you: Vec<Value> = home.lines(&["worker", "list"]).into_iter().filter(|w| w["you"] == true).collect();
    assert_eq!((you.len(), &you[0]["name"]), (1, &json!("赵社工")));
    // A spoilt file is told, and does not stop anything.
    fs::write(home.path().join("settings.toml"), "lang = \"en\"\ntheme = \"pink\"\n").unwrap();
    let ran = home.run(&["find", "上岙"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("settings.toml, line 2"), "{}", ran.err);
}

#[test]
fn two_workers_confirm_where_the_beneficiary_cannot() {
    let home = TestHome::with_people();
    home.json(&["worker", "add", "赵社工", "--role", "社工"]);
    let need = text(&home.json(&["need", "add", "--household", PEOPLE[1][0], "--title", "助餐"])["no"]);
    home.json(&["need", "verify", &need]);
    home.json(&["need", "deliver", &need]);
    let confirm = ["need", "confirm", &need, "--second"];
    let by = |second: &'static str, note: &'static str| [&confirm[..], &[second, "--note", note]].concat();
    assert_eq!(home.refusal(&by("王网格", "看到了")).0, "confirm.second_worker_same");
    assert_eq!(home.refusal(&by("赵社工", "")).0, "confirm.second_worker_missing");
    assert_eq!(home.json(&by("赵社工", "本人失能，已见送餐"))["state"], "confirmed");
}
