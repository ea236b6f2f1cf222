//! What the store asks of a disk, and nothing more.
//!
//! Every file of a home except sled's own goes through [`Disk`]. There are three: [`RealDisk`], [`MemDisk`] (the
//! twin in memory, which can also lose its power) and [`FaultDisk`] (stops, fails or fills up at the n-th operation
//! of another disk). That makes "killed between the rename and the sync" a line in a test instead of luck.

mod fault;
mod memory;

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use fault::{Fault, FaultDisk};
pub use memory::MemDisk;

/// A folder tree that can make what it holds durable.
pub trait Disk: fmt::Debug + Send + Sync {
    /// Opens a file.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>>;
    /// Renames a file or folder, replacing a file of the new name. Durable after [`Disk::sync_dir`] of the parents.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder and all that is in it.
    fn remove_tree(&self, path: &Path) -> io::Result<()>;
    /// Makes a folder (mode 0700) and those above it; no error when it is there.
    fn create_dir_all(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// The names in a folder, sorted; an absent folder is an error of kind `NotFound`.
    fn list(&self, path: &Path) -> io::Result<Vec<Listed>>;
    /// Bytes that can still be written below `path`.
    fn free_bytes(&self, path: &Path) -> io::Result<u64>;
    /// Takes the exclusive lock of a file and writes `note` into it; `None` when another owner holds it.
    /// The lock ends when the guard is dropped or its process dies.
    fn lock(&self, path: &Path, note: &str) -> io::Result<Option<Box<dyn LockGuard>>>;
    /// Names the run of the operating system, so that a power cut can be told from a killed process.
    /// `None` where the system does not say.
    fn boot_id(&self) -> Option<String>;
    /// The path for a library that opens files itself (sled); `None` when this disk is not made of real files.
    fn real_path(&self, path: &Path) -> Option<PathBuf>;
}

/// An open file, read and written at offsets; shared between threads.
pub trait DiskFile: fmt::Debug + Send + Sync {
    /// Reads up to `buf.len()` bytes at `offset`; 0 at the end of the file.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all of `bytes` at `offset`, extending the file where needed.
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Length in bytes.
    fn size(&self) -> io::Result<u64>;
    /// Cuts or extends (with zeros) to `len` bytes.
    fn set_len(&self, len: u64) -> io::Result<()>;
    /// Takes `len` bytes of the disk for this file, whose content is then zeros; `StorageFull` if there are not so many.
    fn allocate(&self, len: u64) -> io::Result<()>;
    /// `fdatasync`: content and length are durable when this returns.
    fn sync_data(&self) -> io::Result<()>;
}

/// A held lock; dropping it lets go.
pub trait LockGuard: fmt::Debug + Send + Sync {}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// For reading; it must be there.
    Read,
    /// For reading and writing; it must be there.
    Write,
    /// For reading and writing, emptied if it is there (mode 0600).
    Create,
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The bare name.
    pub name: String,
    /// Whether it is a folder.
    pub is_dir: bool,
    /// Length in bytes; 0 for a folder.
    pub bytes: u64,
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

#[derive(Debug)]
struct RealFile(File);

#[derive(Debug)]
struct RealLock {
    _file: File,
}

impl LockGuard for RealLock {}

impl Disk for RealDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        options.read(true).mode(0o600);
        match mode {
            OpenMode::Read => {}
            OpenMode::Write => {
                options.write(true);
            }
            OpenMode::Create => {
                options.write(true).create(true).truncate(true);
            }
        }
        Ok(Arc::new(RealFile(options.open(path)?)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn list(&self, path: &Path) -> io::Result<Vec<Listed>> {
        let mut listed = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            // A file may vanish between the listing and the look at it (sled tidies its own folder).
            let Ok(meta) = entry.metadata() else { continue };
            listed.push(Listed {
                name: entry.file_name().to_string_lossy().into_owned(),
                is_dir: meta.is_dir(),
                bytes: if meta.is_dir() { 0 } else { meta.len() },
            });
        }
        listed.sort();
        Ok(listed)
    }

    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(path)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    fn lock(&self, path: &Path, note: &str) -> io::Result<Option<Box<dyn LockGuard>>> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => {
                // The note is for the one who finds it locked; a full disk must not keep the owner out.
                let _ = file.set_len(0).and_then(|()| file.write_all_at(note.as_bytes(), 0));
                Ok(Some(Box::new(RealLock { _file: file })))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn boot_id(&self) -> Option<String> {
        fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned())
    }

    fn real_path(&self, path: &Path) -> Option<PathBuf> {
        Some(path.to_owned())
    }
}

impl DiskFile for RealFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buf, offset)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        match rustix::fs::fallocate(&self.0, rustix::fs::FallocateFlags::empty(), 0, len) {
            // Some file systems cannot: then zeros are written.
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
                let piece = vec![0; 1 << 20];
                for at in (0..len).step_by(piece.len()) {
                    self.0.write_all_at(&piece[..piece.len().min((len - at) as usize)], at)?;
                }
                Ok(())
            }
            answer => Ok(answer?),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

/// Fills `buf` from `offset`; returns how much there was before the end of the file.
pub fn read_full(file: &dyn DiskFile, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < buf.len() {
        match file.read_at(&mut buf[done..], offset + done as u64) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Reads a whole file of at most `limit` bytes; a larger one is an error of kind `FileTooLarge`.
pub fn read_file(disk: &dyn Disk, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = disk.open(path, OpenMode::Read)?;
    let size = file.size()?;
    if size > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = vec![0; size as usize];
    let read = read_full(&*file, &mut bytes, 0)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Replaces a file as one step: written aside, synced, renamed, the folder synced. After a crash the old or the new
/// content is there, never a mixture.
pub fn replace_file(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = aside(path);
    let written = write_file(disk, &aside, bytes).and_then(|()| disk.rename(&aside, path));
    if written.is_err() {
        let _ = disk.remove_file(&aside); // it holds nothing that anyone was told of
    }
    written?;
    sync_parent(disk, path)
}

/// Writes a file and syncs its content, not its name.
pub fn write_file(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = disk.open(path, OpenMode::Create)?;
    file.write_all_at(bytes, 0)?;
    file.sync_data()
}

/// The name under which a file is prepared before it is renamed into place.
pub fn aside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

/// Makes the name of `path` durable in its folder.
pub fn sync_parent(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) => disk.sync_dir(parent),
        None => Ok(()),
    }
}

/// Makes a folder and those above it, and their names durable.
pub fn create_dir_durably(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    let is_missing = |dir: &&Path| {
        !dir.as_os_str().is_empty() && disk.list(dir).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    };
    let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
    if missing.is_empty() {
        return Ok(());
    }
    disk.create_dir_all(path)?;
    missing.into_iter().try_for_each(|dir| match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => match disk.sync_dir(parent) {
            // A folder that one may pass through but not read: its keeper has to care for it.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            synced => synced,
        },
        _ => Ok(()),
    })
}

/// Whether there is a file or folder of this name.
pub fn exists(disk: &dyn Disk, path: &Path) -> io::Result<bool> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(true) };
    match disk.list(parent) {
        Ok(listed) => Ok(listed.iter().any(|entry| *entry.name == *name)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Bytes of all files below a folder; 0 when it is absent.
pub fn tree_bytes(disk: &dyn Disk, path: &Path) -> u64 {
    let Ok(listed) = disk.list(path) else { return 0 };
    listed.iter().map(|entry| if entry.is_dir { tree_bytes(disk, &path.join(&entry.name)) } else { entry.bytes }).sum()
}

/// Whether an error means that the disk has no room left for this file.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}
