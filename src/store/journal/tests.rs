use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::frame::SEGMENT_HEADER;
use super::{Journal, SEGMENT_BYTES};
use crate::i18n::Explain;
use crate::store::Seq;
use crate::store::disk::{Disk, Fault, FaultDisk, MemDisk, OpenMode, read_file};
use crate::store::home::Home;
use crate::store::report::Finding;
use crate::store::seal::{Keys, Purpose};

const HOME_ID: [u8; 16] = [3; 16];

fn home(disk: Arc<dyn Disk>) -> Home {
    let home = Home::on(disk, "/home");
    home.make_folders().unwrap();
    home
}

fn open(home: &Home, proof: Seq) -> (Journal, Vec<Finding>) {
    let sealer = Keys::new(Zeroizing::new([5; 32]), true).sealer(Purpose::Journal);
    let opened = Journal::open(home, HOME_ID, sealer, proof, SEGMENT_BYTES).unwrap();
    (opened.journal, opened.findings)
}

fn entry(n: u64) -> Vec<u8> {
    format!("entry {n} {}", "内容".repeat(n as usize % 40)).into_bytes()
}

fn filled(home: &Home, entries: u64) -> Journal {
    let (journal, findings) = open(home, 0);
    assert_eq!(findings, []);
    for n in 1..=entries {
        assert_eq!(journal.append(&entry(n)).unwrap(), n);
    }
    journal
}

fn assert_holds(journal: &Journal, seqs: std::ops::RangeInclusive<u64>) {
    let count = (seqs.end() - seqs.start() + 1) as usize;
    let found: Vec<_> = journal.entries_from(*seqs.start()).take(count).map(|item| item.unwrap()).collect();
    assert_eq!(found, seqs.map(|n| (n, entry(n))).collect::<Vec<_>>());
}

fn last_segment(home: &Home) -> PathBuf {
    let folder = home.journal_path();
    let names = home.disk.list(&folder).unwrap();
    folder.join(&names.iter().rfind(|entry| entry.name.ends_with(".zlj")).unwrap().name)
}

/// Changes a file in place.
fn damage(home: &Home, path: &std::path::Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = read_file(&*home.disk, path, 1 << 30).unwrap();
    change(&mut bytes);
    let file = home.disk.open(path, OpenMode::Create).unwrap();
    file.write_all_at(&bytes, 0).unwrap();
}

/// Where each frame begins, and the end of the last.
fn frame_offsets(home: &Home, journal: &Journal) -> Vec<usize> {
    let _ = home;
    let mut at = SEGMENT_HEADER;
    let mut offsets = vec![at];
    for seq in journal.first_seq()..=journal.last_seq() {
        at += journal.frame(seq).unwrap().1.len();
        offsets.push(at);
    }
    offsets
}

#[test]
fn entries_come_back_after_a_reopen() {
    let home = home(Arc::new(MemDisk::new()));
    let journal = filled(&home, 50);
    assert_holds(&journal, 1..=50);
    assert_eq!(journal.entry(51).unwrap_err().code(), "store.no_such_entry");
    let hash = journal.last_hash();
    drop(journal);
    let (journal, findings) = open(&home, 50);
    assert_eq!(findings, []);
    assert_holds(&journal, 1..=50);
    assert_eq!(journal.last_hash(), hash);
    assert_eq!(journal.entry_hash(50).unwrap(), hash);
    assert_eq!(journal.append(&entry(51)).unwrap(), 51);
    assert_eq!(journal.verify(&mut |_, _| {}).unwrap(), []);
}

#[test]
fn a_group_is_there_as_a_whole_or_not_at_all() {
    let disk = MemDisk::new();
    let home_of = |disk: &MemDisk| Home::on(Arc::new(disk.clone()), "/home");
    let home = home(Arc::new(disk.clone()));
    let journal = filled(&home, 3);
    let mut group = journal.group().unwrap();
    for n in 4..=400 {
        assert_eq!(group.push(&entry(n)).unwrap(), n);
    }
    drop(group);
    assert_eq!(journal.last_seq(), 3, "dropped, so it never was");
    let mut group = journal.group().unwrap();
    for n in 4..=60_000 {
        group.push(&entry(n)).unwrap();
    }
    // Several MiB are written, but not closed: another process that opens now sees none of it.
    let (other, findings) = open(&home_of(&disk.process_killed()), 0);
    assert_eq!(other.last_seq(), 3);
    assert!(matches!(findings[..], [Finding::TailCut { .. } | Finding::GroupCut { .. }]), "{findings:?}");
    assert_holds(&other, 1..=3);
    assert_eq!(group.commit().unwrap(), 4..60_001);
    assert_holds(&journal, 1..=60_000);
    assert_eq!(journal.append(&entry(60_001)).unwrap(), 60_001);
    let (other, findings) = open(&home_of(&disk.process_killed()), 0);
    assert_eq!(findings, []);
    assert_holds(&other, 1..=60_001);
    assert_eq!(other.verify(&mut |_, _| {}).unwrap(), []);
}

#[test]
fn segments_roll_and_old_ones_can_be_dropped() {
    let home = home(Arc::new(MemDisk::new()));
    let (journal, _) = open(&home, 0);
    let long = vec![7; 100 << 10];
    let per_segment = SEGMENT_BYTES / long.len() as u64 + 1;
    for _ in 0..per_segment * 3 {
        journal.append(&long).unwrap();
    }
    let names = |home: &Home| home.disk.list(&home.journal_path()).unwrap().len();
    assert!(names(&home) >= 3, "{}", names(&home));
    let last = journal.last_seq();
    let before = names(&home);
    assert!(journal.drop_before(per_segment + 2).unwrap() >= SEGMENT_BYTES);
    assert_eq!(names(&home), before - 1);
    assert_eq!(journal.entry(1).unwrap_err().code(), "store.no_such_entry");
    assert_eq!(journal.verify(&mut |_, _| {}).unwrap(), []);
    drop(journal);
    let (journal, findings) = open(&home, 0);
    assert_eq!(findings, []);
    assert_eq!(journal.last_seq(), last);
    assert_eq!(journal.entries_from(0).count() as u64, last - journal.first_seq() + 1);
    journal.roll_now().unwrap();
    journal.drop_before(last + 1).unwrap();
    assert_eq!((journal.first_seq(), journal.last_seq()), (last + 1, last), "empty, and the numbers go on");
    drop(journal);
    let (journal, findings) = open(&home, last);
    assert_eq!(findings, []);
    assert_eq!(journal.append(&long).unwrap(), last + 1);
}

#[test]
fn an_unacknowledged_tail_is_cut_and_kept() {
    for cut_bytes in [1, 20, 39, 40, 41, 80] {
        let home = home(Arc::new(MemDisk::new()));
        let journal = filled(&home, 10);
        let offsets = frame_offsets(&home, &journal);
        drop(journal);
        // The tenth frame is torn: only its first bytes were written.
        damage(&home, &last_segment(&home), |bytes| bytes[offsets[9] + cut_bytes..].fill(0));
        let (journal, findings) = open(&home, 0);
        match &findings[..] {
            [Finding::TailCut { bytes, kept }] => {
                assert!(*bytes <= cut_bytes as u64, "{bytes} of {cut_bytes}");
                assert_eq!(read_file(&*home.disk, kept, 1 << 20).unwrap().len() as u64, *bytes);
            }
            other => panic!("{cut_bytes}: {other:?}"),
        }
        assert_holds(&journal, 1..=9);
        assert_eq!(journal.append(&entry(10)).unwrap(), 10);
        drop(journal);
        let (journal, findings) = open(&home, 10);
        assert_eq!(findings, []);
        assert_holds(&journal, 1..=10);
    }
}

#[test]
fn a_damaged_entry_that_was_acknowledged_is_reported_and_its_number_is_not_used_again() {
    let home = home(Arc::new(MemDisk::new()));
    let journal = filled(&home, 10);
    let offsets = frame_offsets(&home, &journal);
    drop(journal);
    damage(&home, &last_segment(&home), |bytes| bytes[offsets[9] + 50] ^= 4);
    let (journal, findings) = open(&home, 10);
    assert!(matches!(&findings[..], [Finding::EntriesLost { first: 10, last: 10, kept: Some(_) }]), "{findings:?}");
    assert_eq!(journal.last_seq(), 10);
    assert!(journal.entry(10).is_err());
    assert_eq!(journal.append(&entry(11)).unwrap(), 11);
    assert_eq!(journal.entry(11).unwrap(), entry(11));
    assert_eq!(journal.entry(9).unwrap(), entry(9));
}

#[test]
fn damage_in_the_middle_costs_only_what_it_hit() {
    for (at, expected) in [(0, 5), (2, 5), (4, 5), (8, 5), (9, 5), (16, 5), (24, 5), (60, 5)] {
        let home = home(Arc::new(MemDisk::new()));
        let journal = filled(&home, 10);
        let offsets = frame_offsets(&home, &journal);
        drop(journal);
        damage(&home, &last_segment(&home), |bytes| bytes[offsets[4] + at] ^= 0x41);
        let (journal, findings) = open(&home, 0);
        assert!(
            matches!(&findings[..], [Finding::EntriesLost { first, last, kept: Some(_) }]
                if *first == expected && *last == expected),
            "byte {at}: {findings:?}"
        );
        assert_eq!(journal.last_seq(), 10);
        assert_eq!(journal.entry(5).unwrap_err().code(), "store.corrupt");
        assert_holds(&journal, 6..=10);
        assert_eq!(journal.append(&entry(11)).unwrap(), 11);
        assert!(!journal.verify(&mut |_, _| {}).unwrap().is_empty());
    }
}

#[test]
fn a_broken_segment_header_is_repaired() {
    let home = home(Arc::new(MemDisk::new()));
    let before = filled(&home, 5).last_hash();
    for at in [0, 4, 20, 30, 40, 62] {
        damage(&home, &last_segment(&home), |bytes| bytes[at] ^= 0x10);
        let (journal, findings) = open(&home, 5);
        assert!(matches!(&findings[..], [Finding::SegmentHeaderRepaired { first: 1, kept: Some(_) }]), "{findings:?}");
        assert_holds(&journal, 1..=5);
        assert_eq!(journal.last_hash(), before);
        assert_eq!(journal.verify(&mut |_, _| {}).unwrap(), []);
    }
}

#[test]
fn swapped_and_foreign_entries_are_seen() {
    let home = home(Arc::new(MemDisk::new()));
    let (journal, _) = open(&home, 0);
    for n in 0..4 {
        journal.append(format!("same length {n}").as_bytes()).unwrap();
    }
    let offsets = frame_offsets(&home, &journal);
    drop(journal);
    damage(&home, &last_segment(&home), |bytes| {
        let (a, b) = (offsets[1]..offsets[2], offsets[2]..offsets[3]);
        let first = bytes[a.clone()].to_vec();
        bytes.copy_within(b.clone(), a.start);
        bytes[b].copy_from_slice(&first);
    });
    let (journal, findings) = open(&home, 4);
    assert!(findings.iter().any(|finding| matches!(finding, Finding::EntriesLost { .. })), "{findings:?}");
    assert!(journal.entry(2).is_err() || journal.entry(2).unwrap() == b"same length 1");
    assert!(journal.entry(3).is_err() || journal.entry(3).unwrap() == b"same length 2");
}

#[test]
fn a_segment_of_another_home_is_put_aside() {
    let disk = MemDisk::new();
    let home = home(Arc::new(disk));
    let journal = filled(&home, 3);
    drop(journal);
    let header = super::frame::SegmentHeader { home_id: [8; 16], first: 4, previous: [0; 16] };
    let path = home.journal_path().join("j-0000000000000004.zlj");
    crate::store::disk::replace_file(&*home.disk, &path, &header.to_bytes()).unwrap();
    let (journal, findings) = open(&home, 3);
    assert!(matches!(&findings[..], [Finding::ForeignSegment { .. }]), "{findings:?}");
    assert_eq!(journal.append(&entry(4)).unwrap(), 4);
}

#[test]
fn a_newer_version_is_refused_not_cut() {
    let home = home(Arc::new(MemDisk::new()));
    let journal = filled(&home, 3);
    let offsets = frame_offsets(&home, &journal);
    drop(journal);
    damage(&home, &last_segment(&home), |bytes| {
        bytes[offsets[2] + 8] = 9;
        let crc = super::frame::crc_of(&bytes[offsets[2]..offsets[3]]);
        bytes[offsets[2] + 4..offsets[2] + 8].copy_from_slice(&crc.to_le_bytes());
    });
    let sealer = Keys::new(Zeroizing::new([5; 32]), true).sealer(Purpose::Journal);
    assert_eq!(Journal::open(&home, HOME_ID, sealer, 3, SEGMENT_BYTES).unwrap_err().code(), "store.too_new");
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged() {
    let mem = MemDisk::new();
    let disk = Arc::new(FaultDisk::new(Arc::new(mem.clone()), Fault::None));
    let home = home(disk.clone());
    let journal = filled(&home, 5);
    disk.set_fault(Fault::SyncErrorFrom(0));
    assert_eq!(journal.append(b"lost?").unwrap_err().code(), "store.read_only");
    disk.set_fault(Fault::None);
    assert_eq!(journal.append(b"no").unwrap_err().code(), "store.read_only", "also when the disk seems well again");
    assert!(journal.halted().is_some());
    assert_holds(&journal, 1..=5);
    drop(journal);
    let (journal, _) = open(&home, 5);
    assert!(journal.last_seq() == 5 || journal.last_seq() == 6, "the unknown entry is whole or absent");
    assert_holds(&journal, 1..=5);
}

#[test]
fn a_full_disk_refuses_and_recovers() {
    let disk = MemDisk::with_capacity(400 << 10);
    let home = home(Arc::new(disk.clone()));
    let (journal, _) = open(&home, 0);
    let mut written = 0;
    let code = loop {
        match journal.append(&entry(written + 1)) {
            Ok(_) => written += 1,
            Err(error) => break error.code().to_owned(),
        }
    };
    assert_eq!(code, "store.disk_full");
    assert!(written > 1000, "{written}");
    assert_holds(&journal, 1..=written);
    let refused: Vec<Vec<u8>> = (0..100).map(|_| vec![1; 10_000]).collect();
    let mut group = journal.group().unwrap();
    let failed = refused.iter().try_for_each(|e| group.push(e).map(|_| ())).and_then(|()| group.commit().map(|_| ()));
    assert_eq!(failed.unwrap_err().code(), "store.disk_full");
    assert_eq!(journal.last_seq(), written);
    disk.set_capacity(None);
    assert_eq!(journal.append(&entry(written + 1)).unwrap(), written + 1);
    drop(journal);
    let (journal, findings) = open(&home, 0);
    assert_eq!(findings, []);
    assert_holds(&journal, 1..=written + 1);
}

#[test]
fn an_entry_too_large_is_refused() {
    let home = home(Arc::new(MemDisk::new()));
    let journal = filled(&home, 1);
    assert_eq!(journal.append(&vec![0; 17 << 20]).unwrap_err().code(), "store.too_large");
    assert_eq!(journal.append(&entry(2)).unwrap(), 2);
}

#[test]
fn threads_can_append_and_read() {
    let home = home(Arc::new(MemDisk::new()));
    let (journal, _) = open(&home, 0);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let journal = &journal;
            scope.spawn(move || {
                for n in 0..50 {
                    let text = format!("{thread}/{n}");
                    let seq = journal.append(text.as_bytes()).unwrap();
                    assert_eq!(journal.entry(seq).unwrap(), text.as_bytes());
                }
            });
        }
    });
    assert_eq!(journal.last_seq(), 200);
    assert_eq!(journal.verify(&mut |_, _| {}).unwrap(), []);
}

#[test]
fn a_group_with_a_hole_counts_only_if_something_proves_it() {
    // (entries after the group, proof, last seq expected, lost entries expected)
    for (after, proof, last, lost) in [(0, 0, 3, None), (0, 3, 3, None), (0, 20, 20, Some(10)), (1, 0, 21, Some(10))] {
        let home = home(Arc::new(MemDisk::new()));
        let journal = filled(&home, 3);
        let mut group = journal.group().unwrap();
        (4..=20).for_each(|n| assert_eq!(group.push(&entry(n)).unwrap(), n));
        group.commit().unwrap();
        (21..21 + after).for_each(|n| assert_eq!(journal.append(&entry(n)).unwrap(), n));
        let offsets = frame_offsets(&home, &journal);
        drop(journal);
        damage(&home, &last_segment(&home), |bytes| bytes[offsets[9]..offsets[10]].fill(0));
        let (journal, findings) = open(&home, proof);
        assert_eq!(journal.last_seq(), last, "{after} {proof}: {findings:?}");
        match (&findings[..], lost) {
            ([Finding::TailCut { .. }], None) => {}
            ([Finding::EntriesLost { first, last, .. }], Some(lost)) => assert_eq!((*first, *last), (lost, lost)),
            other => panic!("{after} {proof}: {other:?}"),
        }
        assert_holds(&journal, 1..=3);
        assert_eq!(journal.append(&entry(last + 1)).unwrap(), last + 1);
        drop(journal);
        let (journal, _) = open(&home, last + 1);
        assert_eq!(journal.entry(last + 1).unwrap(), entry(last + 1));
    }
}
