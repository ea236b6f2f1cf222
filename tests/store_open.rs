//! Making, opening and closing a home.

mod store_support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use store_support::*;
use zhulian::i18n::{Explain, Lang};
use zhulian::store::disk::MemDisk;
use zhulian::store::seal::Purpose;
use zhulian::store::{Batch, Finding, Home, KeyKind, KeyMode, RowsPart, Store, StoreError, Unlock};

fn code<T>(result: Result<T, StoreError>) -> String {
    match result {
        Ok(_) => "ok".into(),
        Err(error) => {
            for lang in [Lang::Zh, Lang::En] {
                assert!(!error.message(lang).is_empty() && !error.remedy(lang).is_empty());
            }
            error.code().to_owned()
        }
    }
}

fn real_home() -> (tempfile::TempDir, Home) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path().join("home"));
    (folder, home)
}

#[test]
fn a_home_keeps_what_was_acknowledged() {
    let disk = MemDisk::new();
    let (_folder, real) = real_home();
    for home in [memory_home(&disk), real] {
        let store = create(home.clone());
        for n in 1..=120 {
            assert_eq!(commit(&store).unwrap(), n);
        }
        assert_whole(&store, 120);
        store.close().unwrap();
        let (store, report, recovery) = open(home);
        assert_eq!((report.findings, recovery.findings, report.power_lost), (vec![], vec![], false));
        assert_whole(&store, 120);
    }
}

#[test]
fn an_entry_that_the_index_lacks_is_replayed() {
    let (_folder, home) = real_home();
    let store = create(home.clone());
    commit(&store).unwrap();
    for n in 2..=5 {
        store.append(&entry(n)).unwrap();
    }
    store.append_group((6..=9).map(entry)).unwrap();
    assert_eq!((store.last_seq(), store.applied_seq().unwrap()), (9, 1));
    drop(store);
    let (store, _, recovery) = open(home);
    assert_eq!((recovery.replayed, recovery.rebuilt), (8, false));
    assert_whole(&store, 9);
}

#[test]
fn the_three_ways_to_keep_the_key() {
    let good = passphrase("四个不相关的词语");
    let modes = [
        (KeyMode::Passphrase(good.clone(), QUICK), KeyKind::Passphrase),
        (KeyMode::KeyFile, KeyKind::KeyFile),
        (KeyMode::Unsealed, KeyKind::Unsealed),
    ];
    for (mode, kind) in modes {
        let home = memory_home(&MemDisk::new());
        let (store, report) = Store::create(home.clone(), &mode).unwrap();
        assert_eq!((report.key, store.key_kind()), (kind, kind));
        store.recover(turn).unwrap();
        commit(&store).unwrap();
        let person = store.person_key();
        drop(store);
        assert_eq!(zhulian::store::envelope::key_kind(&home).unwrap(), kind);
        let expected = if kind == KeyKind::Passphrase { "home.locked" } else { "ok" };
        assert_eq!(code(Store::open(home.clone(), &Unlock::Nothing)), expected);
        if kind == KeyKind::Passphrase {
            let wrong = Unlock::Passphrase(passphrase("四个不相关的词句"));
            assert_eq!(code(Store::open(home.clone(), &wrong)), "key.wrong_passphrase");
        }
        let (store, _) = Store::open(home, &Unlock::Passphrase(good.clone())).unwrap();
        store.recover(turn).unwrap();
        assert_whole(&store, 1);
        assert_eq!(store.person_key(), person);
    }
}

#[test]
fn a_passphrase_typed_with_full_width_forms_is_the_same() {
    let home = memory_home(&MemDisk::new());
    Store::create(home.clone(), &KeyMode::Passphrase(passphrase("Pass-word 2025"), QUICK)).unwrap();
    Store::open(home, &Unlock::Passphrase(passphrase("Ｐａｓｓ－ｗｏｒｄ　２０２５"))).unwrap();
}

#[test]
fn refusals_have_codes() {
    let disk = MemDisk::new();
    let home = memory_home(&disk);
    assert_eq!(code(Store::open(home.clone(), &Unlock::Nothing)), "home.missing");
    assert_eq!(code(Store::create(home.clone(), &KeyMode::Passphrase(passphrase("short"), QUICK))), "key.too_short");
    assert_eq!(code(Store::open(home.clone(), &Unlock::Nothing)), "home.missing", "the refused home was not made");
    let (store, _) = Store::create(home.clone(), &KeyMode::KeyFile).unwrap();
    assert_eq!(code(store.append(b"x")), "store.not_ready");
    assert_eq!(code(store.get(b"x")), "store.not_ready");
    assert_eq!(code(Store::open(home.clone(), &Unlock::Nothing)), "home.in_use");
    store.recover(turn).unwrap();
    assert_eq!(code(store.apply(1, &Batch::new())), "store.misuse");
    assert_eq!(code(store.entry(1)), "store.no_such_entry");
    drop(store);
    assert_eq!(code(Store::create(home.clone(), &KeyMode::KeyFile)), "home.exists");
}

#[test]
fn a_second_process_is_told_who_owns_the_home() {
    let (_folder, home) = real_home();
    let store = create(home.clone());
    match Store::open(home.clone(), &Unlock::Nothing) {
        Err(StoreError::InUse(pid)) => assert_eq!(pid, Some(std::process::id())),
        other => panic!("{other:?}"),
    }
    drop(store);
    open(home);
}

#[test]
fn the_key_envelope_survives_damage_of_one_copy() {
    let (_folder, home) = real_home();
    let store = create(home.clone());
    commit(&store).unwrap();
    drop(store);
    let copies = [home.root().join("key.json"), home.root().join("journal/key.json")];
    for path in &copies {
        for damaged in [&b""[..], b"{\"format\":1}", b"\0\0\0"] {
            std::fs::write(path, damaged).unwrap();
            let (store, report, _) = open(home.clone());
            assert_eq!(report.findings, [Finding::KeyCopyRepaired]);
            assert_whole(&store, 1);
        }
        std::fs::remove_file(path).unwrap();
        let (_, report, _) = open(home.clone());
        assert_eq!(report.findings, [Finding::KeyCopyRepaired]);
    }
    for path in &copies {
        std::fs::write(path, b"{}").unwrap();
    }
    assert_eq!(code(Store::open(home.clone(), &Unlock::Nothing)), "key.damaged");
    std::fs::write(&copies[0], br#"{"format":7,"checksum":"x"}"#).unwrap();
    assert_eq!(code(Store::open(home, &Unlock::Nothing)), "store.too_new");
}

#[test]
fn a_lost_or_foreign_key_file_is_named() {
    let (_folder, home) = real_home();
    drop(create(home.clone()));
    let key = std::fs::read(home.key_file_path()).unwrap();
    std::fs::remove_file(home.key_file_path()).unwrap();
    assert_eq!(code(Store::open(home.clone(), &Unlock::Nothing)), "key.wrong_file");
    std::fs::write(home.key_file_path(), b"00".repeat(32)).unwrap();
    assert_eq!(code(Store::open(home.clone(), &Unlock::Nothing)), "key.wrong_file");
    std::fs::write(home.key_file_path(), key).unwrap();
    open(home);
}

#[test]
fn files_are_for_the_owner_only() {
    let (_folder, home) = real_home();
    let store = create(home.clone());
    commit(&store).unwrap();
    store.write_rows(1, &[b"rows".to_vec()], &[]).unwrap();
    store.close().unwrap();
    fn check(path: &Path) {
        let mode = std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let sleds_own = path.parent().and_then(Path::file_name).is_some_and(|name| name == "index");
        if sleds_own {
            return; // sled makes its own files; the folder around them keeps others out
        }
        if path.is_dir() {
            assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
            for item in std::fs::read_dir(path).unwrap() {
                check(&item.unwrap().path());
            }
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
        }
    }
    check(home.root());
}

#[test]
fn rows_come_back_chunk_by_chunk_before_recovery() {
    let (_folder, home) = real_home();
    let store = create(home.clone());
    assert_eq!(store.read_rows(RowsPart::All, |_, bytes| Ok(bytes)).unwrap(), None);
    let chunks: Vec<Vec<u8>> = (0..37).map(|n| vec![n as u8; n * 1000]).collect();
    store.write_rows(5, &chunks[..10], &chunks[10..]).unwrap();
    drop(store);
    // The stamp also says that five entries were acknowledged once; they are gone from the journal.
    let (store, report) = Store::open(home.clone(), &Unlock::Nothing).unwrap();
    assert_eq!(report.findings, [Finding::EntriesLost { first: 1, last: 5, kept: None }]);
    let (stamp, read) = store.read_rows(RowsPart::All, |at, bytes| Ok((at, bytes))).unwrap().unwrap();
    assert_eq!(stamp, 5);
    assert_eq!(read, chunks.into_iter().enumerate().collect::<Vec<_>>());
    let part = |part| store.read_rows(part, |at, _| Ok(at)).unwrap().unwrap().1;
    assert_eq!(part(RowsPart::Early), (0..10).collect::<Vec<_>>());
    assert_eq!(part(RowsPart::Late), (10..37).collect::<Vec<_>>());
    let failed = store.read_rows(RowsPart::All, |at, _| if at == 20 { Err(StoreError::Misuse("no")) } else { Ok(()) });
    assert_eq!(code(failed), "store.misuse");
    store.write_rows(6, &[], &[]).unwrap();
    assert_eq!(store.read_rows(RowsPart::All, |_, bytes| Ok(bytes)).unwrap(), Some((6, vec![])));
}

#[test]
fn drafts_can_be_sealed() {
    let store = create(memory_home(&MemDisk::new()));
    let sealer = store.sealer(Purpose::Drafts);
    let sealed = sealer.seal(b"visit", b"h1", "写到一半".as_bytes()).unwrap();
    assert_eq!(sealer.open(b"visit", b"h1", &sealed).unwrap(), "写到一半".as_bytes());
    assert!(!sealed.windows(3).any(|window| window == "写".as_bytes()));
}

#[test]
fn readers_work_while_another_thread_writes() {
    let (_folder, home) = real_home();
    let store = create(home);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..300 {
                commit(&store).unwrap();
            }
        });
        while !writer.is_finished() {
            let last = store.applied_seq().unwrap();
            if last > 0 {
                assert!(store.get(&key(last)).unwrap().is_some());
                assert_eq!(store.entry(last).unwrap(), entry(last));
            }
        }
    });
    assert_whole(&store, 300);
}
