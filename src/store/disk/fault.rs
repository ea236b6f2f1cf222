//! A disk that stops, fails or fills up at a chosen operation.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Disk, DiskFile, Listed, LockGuard, OpenMode};

/// Passes everything to another disk, counts the operations that change something, and applies one [`Fault`].
#[derive(Debug)]
pub struct FaultDisk {
    inner: Arc<dyn Disk>,
    shared: Arc<Shared>,
}

/// What goes wrong, and when. Operations that change something are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing; only counts.
    None,
    /// The n-th and every later operation fails without effect, as if the process were dead.
    StopAt(u64),
    /// Like `StopAt`, but half of the bytes of the n-th operation, if it is a write, still reach the file.
    TearAt(u64),
    /// Every sync from the n-th operation on fails, as a dying disk does.
    SyncErrorFrom(u64),
    /// Every sync from the n-th operation on reports success and does nothing, as a disk does that lies.
    LieFrom(u64),
    /// From the n-th operation on nothing can be written; half of a write still reaches the file.
    FullFrom(u64),
}

#[derive(Debug)]
struct Shared {
    fault: std::sync::Mutex<Fault>,
    count: AtomicU64,
    /// 0: what the disk below says.
    boot: AtomicU64,
}

enum Kind {
    Write,
    Sync,
    Name,
}

enum Verdict {
    Go,
    Pretend,
    Half(io::Error),
    Fail(io::Error),
}

impl FaultDisk {
    /// A disk over `inner` with a fault.
    pub fn new(inner: Arc<dyn Disk>, fault: Fault) -> FaultDisk {
        let shared = Shared { fault: std::sync::Mutex::new(fault), count: AtomicU64::new(0), boot: AtomicU64::new(0) };
        FaultDisk { inner, shared: Arc::new(shared) }
    }

    /// How many operations that change something were asked for.
    pub fn count(&self) -> u64 {
        self.shared.count.load(Ordering::SeqCst)
    }

    /// Replaces the fault, for example to let a full disk have room again.
    pub fn set_fault(&self, fault: Fault) {
        *self.shared.fault.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = fault;
    }

    /// From now on [`Disk::boot_id`] says that this is the machine's n-th start (counted from 0).
    pub fn pretend_boot(&self, n: u64) {
        self.shared.boot.store(n + 1, Ordering::SeqCst);
    }
}

impl Shared {
    fn judge(&self, kind: Kind) -> Verdict {
        let n = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        let stopped = || io::Error::other("the disk was stopped here");
        match *self.fault.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) {
            Fault::StopAt(at) if n >= at => Verdict::Fail(stopped()),
            Fault::TearAt(at) if n == at => Verdict::Half(stopped()),
            Fault::TearAt(at) if n > at => Verdict::Fail(stopped()),
            Fault::SyncErrorFrom(at) if n >= at && matches!(kind, Kind::Sync) => {
                Verdict::Fail(io::Error::from(rustix::io::Errno::IO))
            }
            Fault::LieFrom(at) if n >= at && matches!(kind, Kind::Sync) => Verdict::Pretend,
            Fault::FullFrom(at) if n >= at && matches!(kind, Kind::Write) => {
                Verdict::Half(io::ErrorKind::StorageFull.into())
            }
            _ => Verdict::Go,
        }
    }

    fn allow(&self, kind: Kind) -> io::Result<()> {
        self.go(kind).map(|_| ())
    }

    /// Whether the operation is really to be done.
    fn go(&self, kind: Kind) -> io::Result<bool> {
        match self.judge(kind) {
            Verdict::Go => Ok(true),
            Verdict::Pretend => Ok(false),
            Verdict::Half(error) | Verdict::Fail(error) => Err(error),
        }
    }
}

#[derive(Debug)]
struct FaultFile {
    inner: Arc<dyn DiskFile>,
    shared: Arc<Shared>,
}

impl Disk for FaultDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        if mode == OpenMode::Create {
            self.shared.allow(Kind::Name)?;
        }
        Ok(Arc::new(FaultFile { inner: self.inner.open(path, mode)?, shared: self.shared.clone() }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.shared.allow(Kind::Name)?;
        self.inner.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.shared.allow(Kind::Name)?;
        self.inner.remove_file(path)
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        self.shared.allow(Kind::Name)?;
        self.inner.remove_tree(path)
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        self.shared.allow(Kind::Name)?;
        self.inner.create_dir_all(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        if self.shared.go(Kind::Sync)? { self.inner.sync_dir(path) } else { Ok(()) }
    }

    fn list(&self, path: &Path) -> io::Result<Vec<Listed>> {
        self.inner.list(path)
    }

    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        self.inner.free_bytes(path)
    }

    fn lock(&self, path: &Path, note: &str) -> io::Result<Option<Box<dyn LockGuard>>> {
        self.inner.lock(path, note)
    }

    fn boot_id(&self) -> Option<String> {
        match self.shared.boot.load(Ordering::SeqCst) {
            0 => self.inner.boot_id(),
            n => Some(format!("pretended {n}")),
        }
    }

    fn real_path(&self, path: &Path) -> Option<PathBuf> {
        self.inner.real_path(path)
    }
}

impl DiskFile for FaultFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.inner.read_at(buf, offset)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        match self.shared.judge(Kind::Write) {
            Verdict::Go | Verdict::Pretend => self.inner.write_all_at(bytes, offset),
            Verdict::Half(error) => {
                self.inner.write_all_at(&bytes[..bytes.len() / 2], offset)?;
                Err(error)
            }
            Verdict::Fail(error) => Err(error),
        }
    }

    fn size(&self) -> io::Result<u64> {
        self.inner.size()
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        // Cutting a file needs no room, so a full disk allows it.
        self.shared.allow(Kind::Name)?;
        self.inner.set_len(len)
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        self.shared.allow(Kind::Write)?;
        self.inner.allocate(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.shared.go(Kind::Sync)? { self.inner.sync_data() } else { Ok(()) }
    }
}
