//! Backup, restore, compaction, rebuild: nothing is lost on the way.

mod store_support;

use std::path::Path;

use store_support::*;
use zhulian::i18n::Explain;
use zhulian::store::disk::{Disk, MemDisk, OpenMode, read_file};
use zhulian::store::{BackupOptions, Finding, Home, KeyMode, Store, Unlock};

fn homes() -> Vec<(Option<tempfile::TempDir>, Home)> {
    let folder = tempfile::tempdir().unwrap();
    let real = Home::new(folder.path().join("home"));
    vec![(None, memory_home(&MemDisk::new())), (Some(folder), real)]
}

fn filled(home: &Home, entries: u64) -> Store {
    let store = create(home.clone());
    (0..entries).for_each(|_| assert!(commit(&store).is_ok()));
    store
}

fn no_progress(_: u64, _: u64) {}

#[test]
fn compaction_keeps_everything_and_drops_what_is_covered() {
    for (_folder, home) in homes() {
        let store = filled(&home, 300);
        let held = store.index().unwrap();
        let done = store.compact(u64::MAX, &mut no_progress).unwrap();
        assert_eq!((done.records, done.journal_from), (51, 301));
        assert!(held.get(&key(300)).unwrap().is_some(), "a reader keeps the index that it holds");
        drop(held);
        assert_whole(&store, 300);
        assert_eq!(store.entry(300).unwrap_err().code(), "store.no_such_entry");
        for _ in 0..20 {
            commit(&store).unwrap();
        }
        assert_whole(&store, 320);
        let folders: Vec<String> = home_names(&home);
        assert!(folders.contains(&"g0002".into()) && !folders.contains(&"g0001".into()), "{folders:?}");
        store.close().unwrap();
        let (store, report, recovery) = open(home.clone());
        assert_eq!(report.findings, []);
        assert_whole(&store, 320);
        if home.disk().real_path(home.root()).is_none() {
            assert!(recovery.rebuilt, "an index in memory comes back from snapshot and journal");
        } else {
            assert_eq!((recovery.rebuilt, recovery.replayed), (false, 0));
        }
        assert!(store.doctor(&mut |_, _, _| {}).unwrap().is_well());
    }
}

fn home_names(home: &Home) -> Vec<String> {
    home.disk().list(home.root()).unwrap().into_iter().map(|entry| entry.name).collect()
}

#[test]
fn compaction_retains_the_entries_asked_for() {
    for (_folder, home) in homes() {
        let store = filled(&home, 100);
        assert_eq!(store.compact(40, &mut no_progress).unwrap().journal_from, 1, "one segment holds them");
        assert_eq!(store.entry(40).unwrap(), entry(40));
        commit(&store).unwrap();
        assert_whole(&store, 101);
    }
}

#[test]
fn compaction_gives_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path().join("home"));
    let store = create(home);
    let mut batch = zhulian::store::Batch::new();
    for round in 0..40u8 {
        for n in 0..50 {
            // Values that do not compress.
            let value: Vec<u8> = (0..2000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8 ^ round).collect();
            batch.put(format!("h{n}"), value);
        }
        let seq = store.append(&[round]).unwrap();
        store.apply(seq, &std::mem::take(&mut batch)).unwrap();
    }
    store.checkpoint().unwrap();
    let usage = store.disk_usage().unwrap();
    assert!(usage.index > 10 * usage.index_live, "{usage:?}");
    let done = store.compact(u64::MAX, &mut no_progress).unwrap();
    let after = store.disk_usage().unwrap();
    assert!(done.after < done.before && after.index < usage.index / 2, "{usage:?} {after:?}");
}

#[test]
fn a_lost_index_is_rebuilt_from_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path().join("home"));
    filled(&home, 120).close().unwrap();
    std::fs::remove_dir_all(home.root().join("g0001")).unwrap();
    let (store, _, recovery) = open(home);
    assert_eq!(recovery.replayed, 120);
    assert_whole(&store, 120);
}

#[test]
fn a_damaged_index_is_put_aside_and_rebuilt_from_the_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path().join("home"));
    let store = filled(&home, 120);
    store.compact(u64::MAX, &mut no_progress).unwrap();
    for _ in 0..30 {
        commit(&store).unwrap();
    }
    store.close().unwrap();
    let db = home.root().join("g0002/index/db");
    let bytes = std::fs::read(&db).unwrap();
    std::fs::write(&db, &bytes[..300]).unwrap();
    let (store, _, recovery) = open(home.clone());
    assert!(recovery.rebuilt, "{recovery:?}");
    assert_eq!((recovery.base, recovery.replayed), (120, 30));
    match &recovery.findings[..] {
        [Finding::IndexDamaged { kept: Some(kept), .. }, Finding::IndexRebuilt { base: 120, entries: 30 }] => {
            assert!(kept.join("db").exists(), "nothing is deleted");
        }
        other => panic!("{other:?}"),
    }
    assert_whole(&store, 150);
    let rebuilt = store.rebuild(turn).unwrap();
    assert_eq!((rebuilt.base, rebuilt.replayed), (120, 30));
    assert_whole(&store, 150);
}

#[test]
fn a_damaged_snapshot_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path().join("home"));
    let store = filled(&home, 60);
    store.snapshot(&mut no_progress).unwrap();
    commit(&store).unwrap();
    store.close().unwrap();
    let mut items = std::fs::read_dir(home.root()).unwrap().map(|item| item.unwrap().path());
    let path = items.find(|path| path.extension().is_some_and(|ext| ext == "zls")).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    std::fs::remove_dir_all(home.root().join("g0001/index")).unwrap();
    std::fs::create_dir(home.root().join("g0001/index")).unwrap();
    let (store, _, _) = open(home.clone());
    let health = store.doctor(&mut |_, _, _| {}).unwrap();
    assert!(!health.findings.is_empty());
    let recovery = store.rebuild(turn).unwrap();
    assert_eq!((recovery.base, recovery.replayed), (0, 61), "{recovery:?}");
    assert_whole(&store, 61);
    assert!(!path.exists(), "put aside");
}

#[test]
fn a_backup_restores_elsewhere() {
    for (folder, home) in homes() {
        let store = filled(&home, 150);
        store.compact(100, &mut no_progress).unwrap();
        commit(&store).unwrap();
        let root = folder.as_ref().map_or(Path::new("/"), |folder| folder.path());
        let file = root.join("backup.zlb");
        let options = BackupOptions {
            journal_from: 90,
            passphrase: Some((passphrase("备份专用的口令"), QUICK)),
            meta: b"device 7",
        };
        let made = store.backup(&file, &options, &mut no_progress).unwrap();
        assert_eq!((made.records, made.entries, made.applied_seq), (51, 62, 151));
        let target = Home::on(disk_of(&home), root.join("other"));
        let locked = Store::restore(&target, &file, &Unlock::Nothing, &mut no_progress).unwrap_err();
        assert_eq!(locked.code(), "home.locked");
        let wrong = Unlock::Passphrase(passphrase("不是这个口令吧"));
        let wrong = Store::restore(&target, &file, &wrong, &mut no_progress).unwrap_err();
        assert_eq!(wrong.code(), "key.wrong_passphrase");
        assert!(!target.exists().unwrap());
        let unlock = Unlock::Passphrase(passphrase("备份专用的口令"));
        let back = Store::restore(&target, &file, &unlock, &mut no_progress).unwrap();
        assert_eq!((back.records, back.entries, back.applied_seq, &back.meta[..]), (51, 62, 151, &b"device 7"[..]));
        let again = Store::restore(&target, &file, &unlock, &mut no_progress).unwrap_err();
        assert_eq!(again.code(), "restore.not_empty");
        let (restored, report) = Store::open(target, &unlock).unwrap();
        let recovery = restored.recover(turn).unwrap();
        assert_eq!(report.findings, [], "{recovery:?}");
        assert_whole(&restored, 151);
        assert_eq!(restored.entry(90).unwrap(), entry(90));
        assert_eq!(restored.first_seq(), 90);
        assert_eq!(restored.journal().last_hash(), store.journal().last_hash(), "the chain goes on");
        commit(&restored).unwrap();
        assert_whole(&restored, 152);
        assert!(restored.doctor(&mut |_, _, _| {}).unwrap().is_well());
    }
}

fn disk_of(home: &Home) -> std::sync::Arc<dyn Disk> {
    home.disk()
}

#[test]
fn a_backup_of_a_key_file_home_needs_the_key_file() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path().join("home"));
    let store = filled(&home, 10);
    let file = folder.path().join("backup.zlb");
    store.backup(&file, &BackupOptions::default(), &mut no_progress).unwrap();
    let target = Home::new(folder.path().join("other"));
    let refused = Store::restore(&target, &file, &Unlock::Nothing, &mut no_progress).unwrap_err();
    assert_eq!(refused.code(), "backup.needs_key");
    std::fs::copy(home.key_file_path(), target.key_file_path()).unwrap();
    Store::restore(&target, &file, &Unlock::Nothing, &mut no_progress).unwrap();
    let (store, _, _) = open(target);
    assert_whole(&store, 10);
}

#[test]
fn an_unsealed_home_is_backed_up_as_it_is() {
    let disk = MemDisk::new();
    let home = memory_home(&disk);
    let (store, _) = Store::create(home, &KeyMode::Unsealed).unwrap();
    store.recover(turn).unwrap();
    commit(&store).unwrap();
    let sealed = BackupOptions { passphrase: Some((passphrase("备份专用的口令"), QUICK)), ..Default::default() };
    assert_eq!(store.backup("/b".as_ref(), &sealed, &mut no_progress).unwrap_err().code(), "store.misuse");
    store.backup("/b".as_ref(), &BackupOptions::default(), &mut no_progress).unwrap();
    let target = Home::on(std::sync::Arc::new(disk), "/other");
    Store::restore(&target, "/b".as_ref(), &Unlock::Nothing, &mut no_progress).unwrap();
    let (store, _, _) = open(target);
    assert_whole(&store, 1);
}

#[test]
fn a_damaged_backup_restores_nothing() {
    let disk = MemDisk::new();
    let store = filled(&memory_home(&disk), 60);
    store.backup("/b".as_ref(), &BackupOptions::default(), &mut no_progress).unwrap();
    let good = read_file(&disk, "/b".as_ref(), 1 << 30).unwrap();
    let target = Home::on(std::sync::Arc::new(disk.clone()), "/other");
    let keyfile = read_file(&disk, "/home/keyfile".as_ref(), 1 << 20).unwrap();
    disk.create_dir_all("/other".as_ref()).unwrap();
    disk.open("/other/keyfile".as_ref(), OpenMode::Create).unwrap().write_all_at(&keyfile, 0).unwrap();
    let restore = |bytes: &[u8]| {
        disk.open("/b".as_ref(), OpenMode::Create).unwrap().write_all_at(bytes, 0).unwrap();
        Store::restore(&target, "/b".as_ref(), &Unlock::Nothing, &mut no_progress)
    };
    for at in (0..good.len()).step_by(good.len() / 150) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        let code = restore(&bad).unwrap_err().code().to_owned();
        assert!(["backup.damaged", "backup.needs_key", "store.too_new"].contains(&code.as_str()), "{at}: {code}");
        assert_eq!(restore(&good[..at]).unwrap_err().code(), "backup.damaged", "cut at {at}");
        assert!(!target.exists().unwrap());
    }
    let mut longer = good.clone();
    longer.push(0);
    assert_eq!(restore(&longer).unwrap_err().code(), "backup.damaged");
    restore(&good).unwrap();
    let (store, _, _) = open(target.clone());
    assert_whole(&store, 60);
}

#[test]
fn a_folder_with_other_things_is_not_restored_into() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&Home::new(folder.path().join("home")), 3);
    let file = folder.path().join("b");
    store.backup(&file, &BackupOptions::default(), &mut no_progress).unwrap();
    let target = folder.path().join("other");
    std::fs::create_dir(&target).unwrap();
    std::fs::write(target.join("letter.txt"), b"mine").unwrap();
    let refused = Store::restore(&Home::new(&target), &file, &Unlock::Nothing, &mut no_progress).unwrap_err();
    assert_eq!(refused.code(), "restore.not_empty");
    assert_eq!(std::fs::read(target.join("letter.txt")).unwrap(), b"mine");
}

#[test]
fn the_passphrase_can_be_changed() {
    let disk = MemDisk::new();
    let home = memory_home(&disk);
    let store = filled(&home, 5);
    let first = Unlock::Passphrase(passphrase("第一个很长的口令"));
    let second = Unlock::Passphrase(passphrase("第二个很长的口令"));
    store.change_key(&KeyMode::Passphrase(passphrase("第一个很长的口令"), QUICK)).unwrap();
    assert_eq!(store.key_kind(), zhulian::store::KeyKind::Passphrase);
    store.change_key(&KeyMode::Passphrase(passphrase("第二个很长的口令"), QUICK)).unwrap();
    assert_eq!(store.change_key(&KeyMode::Passphrase(passphrase("短"), QUICK)).unwrap_err().code(), "key.too_short");
    assert_eq!(store.change_key(&KeyMode::Unsealed).unwrap_err().code(), "store.misuse");
    drop(store);
    assert!(!disk.files().iter().any(|(path, _)| path.ends_with("keyfile")));
    assert_eq!(Store::open(home.clone(), &first).unwrap_err().code(), "key.wrong_passphrase");
    let (store, _) = Store::open(home.clone(), &second).unwrap();
    store.recover(turn).unwrap();
    assert_whole(&store, 5);
    store.change_key(&KeyMode::KeyFile).unwrap();
    drop(store);
    let (store, _, _) = open(home);
    assert_whole(&store, 5);
}

#[test]
fn settling_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&Home::new(folder.path().join("home")), 200);
    store.settle().unwrap();
    assert_whole(&store, 200);
    commit(&store).unwrap();
    assert_whole(&store, 201);
}

#[test]
fn after_a_power_cut_the_index_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path().join("home"));
    let store = filled(&home, 40);
    store.checkpoint().unwrap();
    let (untouched, touched) = (folder.path().join("untouched"), folder.path().join("touched"));
    copy_tree(home.root(), &untouched);
    commit(&store).unwrap();
    copy_tree(home.root(), &touched);
    drop(store);
    let rebooted = |root: &Path| {
        let disk = zhulian::store::disk::FaultDisk::new(
            std::sync::Arc::new(zhulian::store::disk::RealDisk),
            zhulian::store::disk::Fault::None,
        );
        disk.pretend_boot(1);
        Home::on(std::sync::Arc::new(disk), root)
    };
    let (store, report, recovery) = open(rebooted(&untouched));
    assert_eq!((report.power_lost, recovery.findings), (false, vec![]), "a cut in a quiet moment costs nothing");
    assert_whole(&store, 40);
    let (store, report, recovery) = open(rebooted(&touched));
    assert!(report.power_lost);
    assert_eq!(recovery.findings, [Finding::IndexVerified { records: 41 }]);
    assert_whole(&store, 41);
}
