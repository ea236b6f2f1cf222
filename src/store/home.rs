//! The folder of a home: where everything lies, and who owns it.
//!
//! ```text
//! home/            0700, files 0600
//!   lock           held by the owning process; contains its pid
//!   zhulian.sock   where a second process attaches
//!   key.json       key envelope (copy: journal/key.json)
//!   keyfile        only in key-file mode
//!   current        names the generation in use
//!   checkpoint     what is known to be durable, and whether the last close was clean
//!   g0001/index/   sled
//!   rows           list rows for the first frame
//!   journal/       segments
//!   snapshot-*.zls
//!   reserve        room kept free for bad times
//!   quarantine/    what was damaged; never deleted by the program
//!   drafts/  settings.toml
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{self, Disk, LockGuard, RealDisk};
use super::error::{At, Result, StoreError};

/// The paths of a home on a disk. Holds nothing open.
#[derive(Debug, Clone)]
pub struct Home {
    pub(crate) root: PathBuf,
    pub(crate) disk: Arc<dyn Disk>,
}

impl Home {
    /// A home on this machine's disk. Nothing is touched yet.
    pub fn new(root: impl Into<PathBuf>) -> Home {
        Home::on(Arc::new(RealDisk), root)
    }

    /// A home on a given disk.
    pub fn on(disk: Arc<dyn Disk>, root: impl Into<PathBuf>) -> Home {
        Home { root: root.into(), disk }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The disk that it lies on.
    pub fn disk(&self) -> Arc<dyn Disk> {
        self.disk.clone()
    }

    /// The socket where a second process attaches to the owner.
    pub fn socket_path(&self) -> PathBuf {
        self.root.join("zhulian.sock")
    }

    /// The user's settings.
    pub fn settings_path(&self) -> PathBuf {
        self.root.join("settings.toml")
    }

    /// The folder of drafts.
    pub fn drafts_path(&self) -> PathBuf {
        self.root.join("drafts")
    }

    /// The folder of damaged files; never emptied by the program.
    pub fn quarantine_path(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    /// The key file of key-file mode.
    pub fn key_file_path(&self) -> PathBuf {
        self.root.join("keyfile")
    }

    pub(crate) fn key_path(&self) -> PathBuf {
        self.root.join("key.json")
    }

    pub(crate) fn key_copy_path(&self) -> PathBuf {
        self.journal_path().join("key.json")
    }

    pub(crate) fn lock_path(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(crate) fn current_path(&self) -> PathBuf {
        self.root.join("current")
    }

    pub(crate) fn checkpoint_path(&self) -> PathBuf {
        self.root.join("checkpoint")
    }

    pub(crate) fn journal_path(&self) -> PathBuf {
        self.root.join("journal")
    }

    pub(crate) fn rows_path(&self) -> PathBuf {
        self.root.join("rows")
    }

    pub(crate) fn reserve_path(&self) -> PathBuf {
        self.root.join("reserve")
    }

    pub(crate) fn restoring_path(&self) -> PathBuf {
        self.root.join("restore.part")
    }

    /// Whether a home was created here (its key envelope or the copy is there).
    ///
    /// # Errors
    /// `store.io` when the folder cannot be read.
    pub fn exists(&self) -> Result<bool> {
        for path in [self.key_path(), self.key_copy_path()] {
            if disk::exists(&*self.disk, &path).at("read", &path)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The process that owns the home, as its lock file says; `None` when that cannot be read.
    pub fn owner_pid(&self) -> Option<u32> {
        let text = disk::read_file(&*self.disk, &self.lock_path(), 64).ok()?;
        std::str::from_utf8(&text).ok()?.trim().parse().ok()
    }

    /// Takes the owner lock, making the folder if needed.
    pub(crate) fn own(&self) -> Result<Box<dyn LockGuard>> {
        disk::create_dir_durably(&*self.disk, &self.root).at("create", &self.root)?;
        let path = self.lock_path();
        let note = format!("{}\n", std::process::id());
        self.disk.lock(&path, &note).at("lock", &path)?.ok_or_else(|| StoreError::InUse(self.owner_pid()))
    }

    pub(crate) fn remove_checkpoint(&self) -> Result<()> {
        let path = self.checkpoint_path();
        self.disk.remove_file(&path).at("remove", &path)?;
        self.disk.sync_dir(&self.root).at("sync", &path)
    }

    /// Makes the folders of a home.
    pub(crate) fn make_folders(&self) -> Result<()> {
        let path = self.journal_path();
        disk::create_dir_durably(&*self.disk, &path).at("create", &path)
    }

    /// Moves a file or folder into the quarantine under a name of its own; returns where it is now.
    pub(crate) fn quarantine(&self, path: &Path) -> Result<PathBuf> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let to = self.free_quarantine_name(&name)?;
        self.disk.rename(path, &to).at("quarantine", path)?;
        self.disk.sync_dir(&self.quarantine_path()).at("sync", &to)?;
        disk::sync_parent(&*self.disk, path).at("sync", path)?;
        Ok(to)
    }

    /// Puts a copy of damaged bytes into the quarantine. A copy of the same name and bytes is not made twice.
    pub(crate) fn quarantine_bytes(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let wanted = self.quarantine_path().join(name);
        if disk::read_file(&*self.disk, &wanted, bytes.len() as u64).is_ok_and(|old| old == bytes) {
            return Ok(wanted);
        }
        let to = self.free_quarantine_name(name)?;
        disk::replace_file(&*self.disk, &to, bytes).at("quarantine", &to)?;
        Ok(to)
    }

    fn free_quarantine_name(&self, name: &str) -> Result<PathBuf> {
        let folder = self.quarantine_path();
        disk::create_dir_durably(&*self.disk, &folder).at("create", &folder)?;
        let taken: Vec<String> =
            self.disk.list(&folder).at("read", &folder)?.into_iter().map(|entry| entry.name).collect();
        let free = (0u32..)
            .map(|n| if n == 0 { name.to_owned() } else { format!("{name}.{n}") })
            .find(|candidate| !taken.contains(candidate));
        Ok(folder.join(free.unwrap_or_else(|| name.to_owned())))
    }
}
