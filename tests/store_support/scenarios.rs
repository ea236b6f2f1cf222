//! What a home can be in the middle of when it is stopped, and what must be true afterwards. Shared by the tests that
//! stop it by a fault of the disk and by those that stop a real process.

use super::findings::is_harmless;
use super::*;
use zhulian::store::{BackupOptions, Options, RowsPart};

pub type Outcome = Result<(), StoreError>;

/// Is told every acknowledged entry.
pub type Said<'a> = &'a dyn Fn(u64);

pub struct Scenario {
    pub name: &'static str,
    /// Prepares the disk that the scenario begins with; everything lies below the path.
    before: fn(Arc<dyn Disk>, &Path),
    /// The scenario itself, on `home` below the same path.
    run: fn(Home, Said) -> Outcome,
}

pub const SCENARIOS: [Scenario; 9] = [
    Scenario { name: "create", before: |_, _| {}, run: run_create },
    Scenario { name: "open", before: some_entries, run: run_open },
    Scenario { name: "commit", before: some_entries, run: run_commit },
    Scenario { name: "commit across segments", before: some_entries, run: run_long_commits },
    Scenario { name: "group", before: some_entries, run: run_group },
    Scenario { name: "dropped group", before: some_entries, run: run_dropped_group },
    Scenario { name: "compact", before: some_entries, run: run_compact },
    Scenario { name: "rows, key, checkpoint", before: some_entries, run: run_rest },
    Scenario { name: "restore", before: a_backup, run: run_restore },
];

impl Scenario {
    pub fn prepare(&self, disk: Arc<dyn Disk>, below: &Path) {
        (self.before)(disk, below);
    }

    pub fn run(&self, disk: Arc<dyn Disk>, below: &Path, said: Said) -> Outcome {
        (self.run)(Home::on(disk, below.join("home")), said)
    }
}

const BEFORE: u64 = 12;
/// The entries of the group scenario.
const GROUP: std::ops::RangeInclusive<u64> = BEFORE + 1..=BEFORE + 40;

fn some_entries(disk: Arc<dyn Disk>, below: &Path) {
    let store = create(Home::on(disk, below.join("home")));
    (0..BEFORE).for_each(|_| drop(commit(&store)));
    store.write_rows(BEFORE, &[b"rows".to_vec()], &[]).unwrap();
    store.checkpoint().unwrap();
}

fn a_backup(disk: Arc<dyn Disk>, below: &Path) {
    let store = create(Home::on(disk, below.join("elsewhere")));
    (0..BEFORE).for_each(|_| drop(commit(&store)));
    let options = BackupOptions { passphrase: Some((restore_passphrase(), QUICK)), ..Default::default() };
    store.backup(&below.join("backup"), &options, &mut |_, _| {}).unwrap();
}

fn restore_passphrase() -> Passphrase {
    passphrase("备份专用的口令")
}

fn open_home(home: Home) -> Result<Store, StoreError> {
    let (store, _) = Store::open(home, &Unlock::Nothing)?;
    store.recover(turn)?;
    Ok(store)
}

fn run_create(home: Home, said: Said) -> Outcome {
    let (store, _) = Store::create(home, &KeyMode::KeyFile)?;
    store.recover(turn)?;
    for _ in 0..3 {
        said(commit(&store)?);
    }
    store.close()
}

fn run_open(home: Home, _: Said) -> Outcome {
    open_home(home.clone())?.close()?;
    drop(open_home(home)?);
    Ok(())
}

fn run_commit(home: Home, said: Said) -> Outcome {
    let store = open_home(home)?;
    for _ in 0..6 {
        said(commit(&store)?);
    }
    Ok(())
}

fn run_long_commits(home: Home, said: Said) -> Outcome {
    let options = Options { segment_bytes: 40_000, ..Options::default() };
    let (store, _) = Store::open_with(home, &Unlock::Nothing, options)?;
    store.recover(turn)?;
    for _ in 0..10 {
        // Every entry is padded to a size of its own; a new segment begins in between.
        let seq = store.last_seq() + 1;
        let mut bytes = entry(seq);
        bytes.resize(12_000 + seq as usize, b' ');
        said(store.append(&bytes)?);
        store.apply(seq, &turn(&*store.index()?, seq, &entry(seq))?)?;
    }
    store.journal().verify(&mut |_, _| {})?;
    Ok(())
}

fn run_group(home: Home, said: Said) -> Outcome {
    let store = open_home(home)?;
    let seqs = store.append_group(GROUP.map(entry))?;
    said(seqs.end - 1);
    said(commit_behind(&store)?);
    Ok(())
}

fn run_dropped_group(home: Home, said: Said) -> Outcome {
    let store = open_home(home)?;
    let mut group = store.begin_group()?;
    for n in GROUP {
        // Long enough that some of it is written before the end.
        group.push(&[b"undone ".as_slice(), &vec![b'x'; 30_000], n.to_string().as_bytes()].concat())?;
    }
    drop(group);
    for _ in 0..3 {
        said(commit(&store)?);
    }
    Ok(())
}

/// Brings the index up to the journal, then commits one more.
fn commit_behind(store: &Store) -> Result<u64, StoreError> {
    for seq in store.applied_seq()? + 1..=store.last_seq() {
        let batch = turn(&*store.index()?, seq, &store.entry(seq)?)?;
        store.apply(seq, &batch)?;
    }
    commit(store)
}

fn run_compact(home: Home, said: Said) -> Outcome {
    let store = open_home(home)?;
    said(commit(&store)?);
    store.compact(u64::MAX, &mut |_, _| {})?;
    said(commit(&store)?);
    store.compact(0, &mut |_, _| {})?;
    said(commit(&store)?);
    store.snapshot(&mut |_, _| {})
}

fn run_rest(home: Home, said: Said) -> Outcome {
    let store = open_home(home)?;
    said(commit(&store)?);
    store.write_rows(BEFORE + 1, &[b"rows".to_vec()], &[])?;
    store.change_key(&KeyMode::KeyFile)?;
    store.checkpoint()?;
    store.backup(&store.home().root().join("backup"), &BackupOptions::default(), &mut |_, _| {})?;
    store.settle()?;
    store.close()
}

fn run_restore(home: Home, said: Said) -> Outcome {
    let unlock = Unlock::Passphrase(restore_passphrase());
    Store::restore(&home, &home.root().with_file_name("backup"), &unlock, &mut |_, _| {})?;
    said(BEFORE);
    let (store, _) = Store::open(home, &unlock)?;
    store.recover(turn)?;
    said(commit(&store)?);
    Ok(())
}

/// Opens what is left and checks it.
pub fn check(scenario: &Scenario, disk: Arc<dyn Disk>, below: &Path, acknowledged: u64, what: &str) {
    let home = Home::on(disk.clone(), below.join("home"));
    let restoring = scenario.name == "restore";
    let unlock = if restoring { Unlock::Passphrase(restore_passphrase()) } else { Unlock::Nothing };
    if !home.exists().unwrap_or(false) {
        assert_eq!(acknowledged, 0, "{what}: no home");
        // And one can be made.
        if restoring {
            Store::restore(&home, &below.join("backup"), &unlock, &mut |_, _| {})
                .unwrap_or_else(|error| panic!("{what}: {error}: {:?}", disk.list(home.root())));
        } else {
            Store::create(home.clone(), &KeyMode::KeyFile).unwrap();
        }
    }
    let (store, report) = Store::open(home, &unlock).unwrap_or_else(|error| panic!("{what}: {error}"));
    let recovery = store.recover(turn).unwrap_or_else(|error: StoreError| panic!("{what}: {error}"));
    let last = store.last_seq();
    for finding in report.findings.iter().chain(&recovery.findings) {
        assert!(is_harmless(finding), "{what}: {finding:?}");
    }
    assert!(last >= acknowledged, "{what}: {acknowledged} acknowledged, {last} there: {report:?}");
    if scenario.name == "group" {
        assert!(last <= BEFORE || last >= *GROUP.end(), "{what}: half a group, up to {last}");
    }
    for seq in store.first_seq()..=last {
        let bytes = store.entry(seq).unwrap_or_else(|error| panic!("{what}: entry {seq}: {error}"));
        assert!(bytes.starts_with(&entry(seq)), "{what}: entry {seq}");
    }
    assert_eq!(store.applied_seq().unwrap(), last, "{what}");
    assert_eq!(store.get(b"total").unwrap().map_or(0, |bytes| number(&bytes)), last, "{what}: each applied once");
    match store.read_rows(RowsPart::All, |_, bytes| Ok(bytes)) {
        Ok(rows) => assert!(rows.is_none_or(|(stamp, rows)| stamp <= last && rows == [b"rows"]), "{what}"),
        Err(error) => panic!("{what}: {error}"),
    }
    assert_eq!(commit(&store).unwrap(), last + 1, "{what}");
    assert_eq!(store.journal().verify(&mut |_, _| {}).unwrap(), [], "{what}");
}
