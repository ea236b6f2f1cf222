//! The store beside its limits: a bare append with `fdatasync`, bare sled, and itself without seals.
//!
//! `cargo bench --bench store` prints the paired percentiles first (both sides of a pair alternate within one run, so
//! that a noisy machine disturbs them alike), then divan's table.

use std::fs::{File, OpenOptions};
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use divan::counter::{BytesCount, ItemsCount};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use zhulian::store::seal::Purpose;
use zhulian::store::{Batch, Home, Index, KeyMode, Options, RowsPart, Seq, Store, StoreError};

/// Households of a city.
const CITY: usize = 85_700;
/// A household's list row, in bytes.
const ROW: usize = 200;
/// A visit as a record, in bytes.
const RECORD: usize = 1200;

fn main() {
    // `cargo bench --bench store -- get` asks for one benchmark of the table only.
    let chosen = std::env::args().skip(1).any(|arg| !arg.starts_with('-'));
    if std::env::args().any(|arg| arg == "--bench") && !chosen {
        println!("acknowledged write of {RECORD} bytes, microseconds (ratio to the bare append in brackets)\n");
        acknowledged_writes();
        bulk();
    }
    divan::main();
}

/// A home in a folder of the target directory: on the disk that is measured, not in memory.
struct Bench {
    _folder: tempfile::TempDir,
    path: PathBuf,
    store: Store,
}

fn folder() -> tempfile::TempDir {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tempfile::tempdir_in(target).unwrap()
}

fn bench(mode: &KeyMode) -> Bench {
    let folder = folder();
    let path = folder.path().to_owned();
    let (store, _) = Store::create_with(Home::new(path.join("home")), mode, Options::default()).unwrap();
    store.recover(no_turn).unwrap();
    Bench { _folder: folder, path, store }
}

fn no_turn(_: &dyn Index, _: Seq, _: &[u8]) -> Result<Batch, StoreError> {
    Ok(Batch::new())
}

fn record(rng: &mut StdRng) -> Vec<u8> {
    let mut bytes = vec![0; RECORD];
    rng.fill_bytes(&mut bytes);
    bytes
}

fn key(n: usize) -> Vec<u8> {
    let mut key = b"h".to_vec();
    // Spread like the identifiers of the product, which do not come in order.
    key.extend_from_slice(&(n as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes());
    key
}

/// Times of one side, and its percentiles.
struct Times(Vec<Duration>);

impl Times {
    fn of(&mut self, call: impl FnOnce()) {
        let start = Instant::now();
        call();
        self.0.push(start.elapsed());
    }

    fn percentile(&mut self, part: f64) -> f64 {
        self.0.sort();
        self.0[((self.0.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e6
    }
}

/// The peer: what any program pays that appends and syncs.
struct BareAppend {
    file: File,
    at: u64,
}

impl BareAppend {
    fn new(path: &Path) -> BareAppend {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path).unwrap();
        BareAppend { file, at: 0 }
    }

    fn append(&mut self, bytes: &[u8]) {
        self.file.write_all_at(bytes, self.at).unwrap();
        self.file.sync_data().unwrap();
        self.at += bytes.len() as u64;
    }
}

fn acknowledged_writes() {
    const ROUNDS: usize = 4000;
    let sealed = bench(&KeyMode::KeyFile);
    let plain = bench(&KeyMode::Unsealed);
    let journal = bench(&KeyMode::KeyFile);
    let mut bare = BareAppend::new(&sealed.path.join("bare"));
    let mut rng = StdRng::seed_from_u64(1);
    let mut times: [Times; 4] = std::array::from_fn(|_| Times(Vec::new()));
    let commit = |bench: &Bench, n: usize, bytes: &[u8]| {
        let seq = bench.store.append(bytes).unwrap();
        let mut batch = Batch::new();
        batch.put(key(n % 2000), bytes);
        bench.store.apply(seq, &batch).unwrap();
    };
    for n in 0..ROUNDS {
        let bytes = record(&mut rng);
        times[0].of(|| bare.append(&bytes));
        times[1].of(|| assert!(journal.store.append(&bytes).is_ok()));
        times[2].of(|| commit(&sealed, n, &bytes));
        times[3].of(|| commit(&plain, n, &bytes));
    }
    let names = ["bare append + fdatasync", "journal alone", "journal + index, sealed", "journal + index, unsealed"];
    let limits = [times[0].percentile(0.5), times[0].percentile(0.99)];
    for (name, times) in names.into_iter().zip(&mut times) {
        let (p50, p99) = (times.percentile(0.5), times.percentile(0.99));
        println!(
            "{name:28} p50 {p50:7.0} ({:.2}x)   p99 {p99:7.0} ({:.2}x)   p99.9 {:7.0}",
            p50 / limits[0],
            p99 / limits[1],
            times.percentile(0.999)
        );
    }
    println!();
}

/// A roster's worth of entries as one group, then into the index.
fn bulk() {
    const ENTRIES: usize = 20_000;
    for mode in [KeyMode::KeyFile, KeyMode::Unsealed] {
        let Bench { store, _folder, .. } = bench(&mode);
        let mut rng = StdRng::seed_from_u64(2);
        let bytes = record(&mut rng);
        let start = Instant::now();
        store.append_group((0..ENTRIES).map(|_| &bytes)).unwrap();
        let appended = start.elapsed();
        let mut batch = Batch::new();
        for n in 0..ENTRIES {
            batch.put(key(n), bytes.as_slice());
            if batch.len() == 128 {
                store.apply(ENTRIES as u64, &std::mem::take(&mut batch)).unwrap();
            }
        }
        store.apply(ENTRIES as u64, &batch).unwrap();
        let applied = start.elapsed() - appended;
        store.checkpoint().unwrap();
        let all = start.elapsed();
        let before = store.disk_usage().unwrap().index;
        let start = Instant::now();
        store.compact(u64::MAX, &mut |_, _| {}).unwrap();
        let compacted = start.elapsed();
        let per_second = |time: Duration| ENTRIES as f64 / time.as_secs_f64();
        println!(
            "bulk, {:?}: group {:.0}/s, index {:.0}/s, both with checkpoint {:.0}/s; compaction {:.0}/s, index {} -> {} MB \
             for {} MB of records",
            store.key_kind(),
            per_second(appended),
            per_second(applied),
            per_second(all),
            per_second(compacted),
            before >> 20,
            store.disk_usage().unwrap().index >> 20,
            (ENTRIES * RECORD) >> 20,
        );
    }
    println!();
}

fn modes() -> [KeyMode; 2] {
    [KeyMode::KeyFile, KeyMode::Unsealed]
}

/// 85,700 rows as the console loads them before its first frame. Budget: 30 ms.
#[divan::bench(args = [0, 1], sample_count = 30, sample_size = 1)]
fn load_rows(bencher: divan::Bencher, mode: usize) {
    let Bench { store, _folder, .. } = bench(&modes()[mode]);
    let mut rng = StdRng::seed_from_u64(3);
    let chunks: Vec<Vec<u8>> = (0..CITY / 4096 + 1)
        .map(|_| {
            let mut chunk = vec![0; 4096 * ROW];
            rng.fill_bytes(&mut chunk);
            chunk
        })
        .collect();
    store.write_rows(0, &chunks, &[]).unwrap();
    let bytes: usize = chunks.iter().map(Vec::len).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench_local(|| store.read_rows(RowsPart::All, |_, bytes| Ok(bytes.len())).unwrap());
}

/// Reading one record of 20,000.
#[divan::bench(args = [0, 1])]
fn get(bencher: divan::Bencher, mode: usize) {
    let Bench { store, _folder, .. } = bench(&modes()[mode]);
    fill(&store);
    let mut rng = StdRng::seed_from_u64(4);
    let index = store.index().unwrap();
    bencher.bench_local(|| black_box(index.get(&key(rng.random_range(0..20_000))).unwrap().unwrap()));
}

/// The peer of `get`.
#[divan::bench]
fn get_bare_sled(bencher: divan::Bencher) {
    let folder = folder();
    let db = sled::Config::new().path(folder.path().join("db")).flush_every_ms(None).open().unwrap();
    let mut rng = StdRng::seed_from_u64(5);
    for n in 0..20_000 {
        db.insert(key(n), record(&mut rng)).unwrap();
    }
    bencher.bench_local(|| black_box(db.get(key(rng.random_range(0..20_000))).unwrap().unwrap()));
}

/// The first and the second step of opening a home of 20,000 records.
#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn open(bencher: divan::Bencher, steps: u32) {
    let Bench { store, path, _folder } = bench(&KeyMode::KeyFile);
    fill(&store);
    store.settle().unwrap();
    store.close().unwrap();
    bencher.bench_local(|| {
        let (store, report) = Store::open(Home::new(path.join("home")), &zhulian::store::Unlock::Nothing).unwrap();
        if steps == 2 {
            store.recover(no_turn).unwrap();
        }
        report.last_seq
    });
}

/// Reading the journal in order.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn read_journal(bencher: divan::Bencher) {
    let Bench { store, _folder, .. } = bench(&KeyMode::KeyFile);
    let mut rng = StdRng::seed_from_u64(6);
    store.append_group((0..20_000).map(|_| record(&mut rng))).unwrap();
    bencher
        .counter(ItemsCount::new(20_000u32))
        .bench_local(|| store.entries_from(1).map(|item| item.unwrap().1.len()).sum::<usize>());
}

/// Sealing and opening a record.
#[divan::bench(args = [0, 1])]
fn seal_and_open(bencher: divan::Bencher, mode: usize) {
    let Bench { store, _folder, .. } = bench(&modes()[mode]);
    let sealer = store.sealer(Purpose::Index);
    let bytes = record(&mut StdRng::seed_from_u64(7));
    bencher.counter(BytesCount::new(RECORD)).bench_local(|| {
        let sealed = sealer.seal(b"index", b"key", &bytes).unwrap();
        sealer.open(b"index", b"key", &sealed).unwrap()
    });
}

fn fill(store: &Store) {
    let mut rng = StdRng::seed_from_u64(8);
    let mut batch = Batch::new();
    let seq = store.append(b"fill").unwrap();
    for n in 0..20_000 {
        batch.put(key(n), record(&mut rng));
        if batch.len() == 256 {
            store.apply(seq, &std::mem::take(&mut batch)).unwrap();
        }
    }
    store.apply(seq, &batch).unwrap();
}
