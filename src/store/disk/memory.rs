//! A disk in memory that can lose its power.

mod tree;

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use tree::{Change, Inode, NameOp, Node, Tree};

use super::{Disk, DiskFile, Listed, LockGuard, OpenMode};

/// The twin of [`super::RealDisk`] in memory. It knows for every file and name what has been synced, so
/// [`MemDisk::power_cut`] can show what may be left after a power cut: any of the unsynced writes, in any
/// combination, torn at sector borders, and names that came or went without a sync of their folder.
#[derive(Debug, Clone, Default)]
pub struct MemDisk(Arc<Mutex<Tree>>);

impl MemDisk {
    /// An empty disk.
    pub fn new() -> MemDisk {
        MemDisk::default()
    }

    /// An empty disk that holds at most `bytes` bytes of files.
    pub fn with_capacity(bytes: u64) -> MemDisk {
        let disk = MemDisk::new();
        disk.tree().capacity = Some(bytes);
        disk
    }

    /// Makes the disk larger or smaller; `None` is without limit.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.tree().capacity = bytes;
    }

    /// The disk as a power cut may leave it: what was synced is there, what was not may be there, be missing or be
    /// torn, as the seed decides. Locks are gone, and the machine has started anew.
    pub fn power_cut(&self, seed: u64) -> MemDisk {
        let tree = self.tree();
        let mut rng = StdRng::seed_from_u64(seed);
        // How much of the unsynced state survives differs from cut to cut: all, none, or some.
        let survive: f64 = [0.0, 0.2, 0.5, 0.8, 1.0][rng.random_range(0..5)];
        let files = tree.files.iter().map(|file| file.after_cut(&mut rng, survive)).collect();
        let mut names = tree.durable_names.clone();
        for op in &tree.pending_names {
            if rng.random_bool(survive) {
                op.apply(&mut names);
            }
        }
        // What lies in a folder whose own name was lost is lost with it.
        let whole: BTreeMap<PathBuf, Node> = names
            .iter()
            .filter(|(path, _)| {
                let above = path.ancestors().skip(1).filter(|dir| dir.parent().is_some() && *dir != Path::new(""));
                above.into_iter().all(|dir| names.get(dir) == Some(&Node::Dir))
            })
            .map(|(path, node)| (path.clone(), *node))
            .collect();
        MemDisk::restarted(files, whole, &tree)
    }

    /// The disk as `kill -9` leaves it: everything written is there, locks are gone, the machine runs on.
    pub fn process_killed(&self) -> MemDisk {
        let tree = self.tree();
        let after = Tree {
            files: tree.files.clone(),
            names: tree.names.clone(),
            durable_names: tree.durable_names.clone(),
            pending_names: tree.pending_names.clone(),
            locked: HashSet::new(),
            capacity: tree.capacity,
            boots: tree.boots,
        };
        MemDisk(Arc::new(Mutex::new(after)))
    }

    /// All files with their content, for tests that damage one.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let tree = self.tree();
        tree.names
            .iter()
            .filter_map(|(path, node)| match node {
                Node::File(id) => Some((path.clone(), tree.files[*id].current.to_vec())),
                Node::Dir => None,
            })
            .collect()
    }

    fn restarted(files: Vec<Inode>, names: BTreeMap<PathBuf, Node>, before: &Tree) -> MemDisk {
        MemDisk(Arc::new(Mutex::new(Tree {
            files,
            durable_names: names.clone(),
            names,
            pending_names: Vec::new(),
            locked: HashSet::new(),
            capacity: before.capacity,
            boots: before.boots + 1,
        })))
    }

    fn tree(&self) -> MutexGuard<'_, Tree> {
        // A panic of another thread leaves the maps whole: no operation stops half-way.
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[derive(Debug)]
struct MemFile {
    disk: MemDisk,
    id: usize,
}

#[derive(Debug)]
struct MemLock {
    disk: MemDisk,
    path: PathBuf,
}

impl LockGuard for MemLock {}

impl Drop for MemLock {
    fn drop(&mut self) {
        self.disk.tree().locked.remove(&self.path);
    }
}

impl Disk for MemDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        let mut tree = self.tree();
        let id = match (tree.names.get(path).copied(), mode) {
            (Some(Node::Dir), _) => return Err(io::ErrorKind::IsADirectory.into()),
            (Some(Node::File(id)), OpenMode::Create) => {
                tree.files[id].change(Change::SetLen(0));
                id
            }
            (Some(Node::File(id)), _) => id,
            (None, OpenMode::Create) => {
                if let Some(parent) = path.parent() {
                    tree.need_dir(parent)?;
                }
                tree.files.push(Inode::default());
                let id = tree.files.len() - 1;
                tree.name(NameOp::Link(path.to_owned(), Node::File(id)));
                id
            }
            (None, _) => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(Arc::new(MemFile { disk: self.clone(), id }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut tree = self.tree();
        let node = *tree.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        tree.name(NameOp::Rename(from.to_owned(), to.to_owned(), node));
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut tree = self.tree();
        match tree.names.get(path) {
            Some(Node::File(_)) => tree.name(NameOp::Unlink(path.to_owned())),
            Some(Node::Dir) => return Err(io::ErrorKind::IsADirectory.into()),
            None => return Err(io::ErrorKind::NotFound.into()),
        }
        Ok(())
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        let mut tree = self.tree();
        tree.need_dir(path)?;
        tree.name(NameOp::Unlink(path.to_owned()));
        Ok(())
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        let mut tree = self.tree();
        let mut above: Vec<&Path> =
            path.ancestors().filter(|dir| dir.parent().is_some() && *dir != Path::new("")).collect();
        above.reverse();
        for dir in above {
            if !tree.names.contains_key(dir) {
                tree.name(NameOp::Link(dir.to_owned(), Node::Dir));
            }
        }
        tree.need_dir(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut tree = self.tree();
        tree.need_dir(path)?;
        let pending = std::mem::take(&mut tree.pending_names);
        let (now, later): (Vec<_>, Vec<_>) = pending.into_iter().partition(|op| op.touches(path));
        for op in now {
            op.apply(&mut tree.durable_names);
        }
        tree.pending_names = later;
        Ok(())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<Listed>> {
        let tree = self.tree();
        tree.need_dir(path)?;
        let mut listed: Vec<Listed> = tree
            .names
            .iter()
            .filter(|(name, _)| name.parent() == Some(path))
            .map(|(name, node)| Listed {
                name: name.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                is_dir: *node == Node::Dir,
                bytes: match node {
                    Node::File(id) => tree.files[*id].current.len() as u64,
                    Node::Dir => 0,
                },
            })
            .collect();
        listed.sort();
        Ok(listed)
    }

    fn free_bytes(&self, _path: &Path) -> io::Result<u64> {
        let tree = self.tree();
        Ok(tree.capacity.map_or(u64::MAX, |capacity| capacity.saturating_sub(tree.used())))
    }

    fn lock(&self, path: &Path, _note: &str) -> io::Result<Option<Box<dyn LockGuard>>> {
        let taken = self.tree().locked.insert(path.to_owned());
        Ok(taken.then(|| Box::new(MemLock { disk: self.clone(), path: path.to_owned() }) as Box<dyn LockGuard>))
    }

    fn boot_id(&self) -> Option<String> {
        Some(format!("memory {}", self.tree().boots))
    }

    fn real_path(&self, _path: &Path) -> Option<PathBuf> {
        None
    }
}

impl DiskFile for MemFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let tree = self.disk.tree();
        let bytes = &tree.files[self.id].current;
        let start = (offset as usize).min(bytes.len());
        let read = buf.len().min(bytes.len() - start);
        buf[..read].copy_from_slice(&bytes[start..start + read]);
        Ok(read)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut tree = self.disk.tree();
        let len = tree.files[self.id].current.len() as u64;
        let grows = (offset + bytes.len() as u64).saturating_sub(len);
        if grows > 0
            && let Some(capacity) = tree.capacity
            && tree.used() + grows > capacity
        {
            return Err(io::ErrorKind::StorageFull.into());
        }
        tree.files[self.id].change(Change::Write(offset, bytes.to_vec()));
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.tree().files[self.id].current.len() as u64)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.tree().files[self.id].change(Change::SetLen(len));
        Ok(())
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        let mut tree = self.disk.tree();
        let grows = len.saturating_sub(tree.files[self.id].current.len() as u64);
        if tree.capacity.is_some_and(|capacity| tree.used() + grows > capacity) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if grows > 0 {
            tree.files[self.id].change(Change::SetLen(len));
        }
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut tree = self.disk.tree();
        let file = &mut tree.files[self.id];
        for change in std::mem::take(&mut file.pending) {
            change.apply(Arc::make_mut(&mut file.durable));
        }
        Ok(())
    }
}
