//! A disk that is really full: a small file system in memory, which takes the right to mount. Without it the test says
//! so and passes; `store_power` fills disks by other means.

mod store_support;

use std::path::{Path, PathBuf};
use std::process::Command;

use store_support::*;
use zhulian::i18n::Explain;
use zhulian::store::{Home, Room};

/// A mounted file system; unmounted when dropped.
struct Mounted {
    folder: tempfile::TempDir,
}

impl Mounted {
    fn new(mib: u32) -> Option<Mounted> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={mib}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Mounted { folder })
    }

    fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let filler = std::fs::File::create(self.path().join("filler")).unwrap();
        let piece = vec![1; 1 << 20];
        let mut at = 0;
        for size in [piece.len(), 4096, 1] {
            while std::os::unix::fs::FileExt::write_all_at(&filler, &piece[..size], at).is_ok() {
                at += size as u64;
            }
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.folder.path()).output();
    }
}

fn files(root: &Path) -> Vec<String> {
    std::fs::read_dir(root).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_full_disk_is_survived() {
    let Some(disk) = Mounted::new(320) else {
        println!("skipped: no right to mount a file system");
        return;
    };
    let home = Home::new(disk.path().join("home"));
    let store = create(home.clone());
    for _ in 0..100 {
        commit(&store).unwrap();
    }
    store.checkpoint().unwrap();
    assert!(files(home.root()).contains(&"reserve".into()), "room is kept for bad times");

    // It fills up while the home is open.
    disk.fill();
    assert!(matches!(store.room().unwrap(), Room::Full(_)));
    assert_eq!(commit(&store).unwrap_err().code(), "store.disk_full");
    assert_eq!(store.append_group([b"a", b"b"]).unwrap_err().code(), "store.disk_full");
    assert_eq!(store.compact(0, &mut |_, _| {}).unwrap_err().code(), "store.disk_full");
    assert_whole(&store, 100);
    disk.free();
    commit(&store).unwrap();
    assert_whole(&store, 101);

    // It is full when the home is opened: everything can be read, nothing is written.
    store.checkpoint().unwrap();
    drop(store);
    disk.fill();
    let (store, _, recovery) = open(home.clone());
    assert!(!recovery.rebuilt, "{recovery:?}");
    assert_whole(&store, 101);
    assert_eq!(commit(&store).unwrap_err().code(), "store.disk_full");
    drop(store);
    let (store, _, _) = open(home.clone());
    assert_whole(&store, 101);

    // And when there is room again, all goes on as before.
    disk.free();
    commit(&store).unwrap();
    store.checkpoint().unwrap();
    assert_whole(&store, 102);
    assert!(files(home.root()).contains(&"reserve".into()));
    drop(store);
    let (store, _, _) = open(home);
    assert_whole(&store, 102);
    assert!(
        store
            .doctor(&mut |_, _, _| {})
            .unwrap()
            .findings
            .iter()
            .all(|found| found.severity() < zhulian::store::Severity::Loss)
    );
}

#[test]
fn a_small_disk_that_fills_up_bit_by_bit() {
    let Some(disk) = Mounted::new(24) else {
        println!("skipped: no right to mount a file system");
        return;
    };
    let home = Home::new(disk.path().join("home"));
    let store = create(home.clone());
    let mut last = 0;
    let error = loop {
        match commit(&store) {
            Ok(seq) => last = seq,
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "store.disk_full");
    assert!(last > 1000, "{last}");
    assert_whole(&store, last);
    drop(store);
    let (store, _, _) = open(home);
    assert_whole(&store, last);
}
