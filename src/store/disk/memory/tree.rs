//! The files and names of a disk in memory: as they are, and what of them is durable.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand::{RngExt, rngs::StdRng};

/// What a real disk writes as one piece; a write that is interrupted by a power cut is torn at these borders.
const SECTOR: usize = 512;

#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) files: Vec<Inode>,
    pub(super) names: BTreeMap<PathBuf, Node>,
    pub(super) durable_names: BTreeMap<PathBuf, Node>,
    pub(super) pending_names: Vec<NameOp>,
    pub(super) locked: HashSet<PathBuf>,
    pub(super) capacity: Option<u64>,
    pub(super) boots: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    Dir,
    File(usize),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Inode {
    // Shared between the copies of a disk until one of them writes.
    pub(super) current: Arc<Vec<u8>>,
    pub(super) durable: Arc<Vec<u8>>,
    pub(super) pending: Vec<Change>,
}

#[derive(Debug, Clone)]
pub(super) enum Change {
    Write(u64, Vec<u8>),
    SetLen(u64),
}

#[derive(Debug, Clone)]
pub(super) enum NameOp {
    Link(PathBuf, Node),
    Unlink(PathBuf),
    Rename(PathBuf, PathBuf, Node),
}

impl NameOp {
    pub(super) fn touches(&self, dir: &Path) -> bool {
        match self {
            NameOp::Link(path, _) | NameOp::Unlink(path) => path.parent() == Some(dir),
            NameOp::Rename(from, to, _) => from.parent() == Some(dir) || to.parent() == Some(dir),
        }
    }

    pub(super) fn apply(&self, names: &mut BTreeMap<PathBuf, Node>) {
        match self {
            NameOp::Link(path, node) => {
                names.insert(path.clone(), *node);
            }
            NameOp::Unlink(path) => names.retain(|name, _| !name.starts_with(path)),
            NameOp::Rename(from, to, node) => {
                let moved: Vec<_> =
                    names.iter().filter(|(name, _)| name.starts_with(from)).map(|(n, v)| (n.clone(), *v)).collect();
                names.retain(|name, _| !name.starts_with(from) && !name.starts_with(to));
                names.insert(to.clone(), *node);
                for (name, node) in moved {
                    if let Ok(rest) = name.strip_prefix(from)
                        && !rest.as_os_str().is_empty()
                    {
                        names.insert(to.join(rest), node);
                    }
                }
            }
        }
    }
}

impl Change {
    pub(super) fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Write(offset, data) => {
                let end = *offset as usize + data.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                bytes[*offset as usize..end].copy_from_slice(data);
            }
            Change::SetLen(len) => bytes.resize(*len as usize, 0),
        }
    }
}

impl Inode {
    pub(super) fn after_cut(&self, rng: &mut StdRng, survive: f64) -> Inode {
        if self.pending.is_empty() {
            return Inode { current: self.durable.clone(), ..self.clone() };
        }
        let mut durable = self.durable.to_vec();
        for change in &self.pending {
            match change {
                Change::SetLen(_) if rng.random_bool(survive) => change.apply(&mut durable),
                Change::SetLen(_) => {}
                Change::Write(offset, data) => {
                    let mut at = 0;
                    while at < data.len() {
                        // Up to the next sector border of the file, whichever way the write is aligned.
                        let border = SECTOR - (*offset as usize + at) % SECTOR;
                        let end = data.len().min(at + border);
                        if rng.random_bool(survive) {
                            Change::Write(offset + at as u64, data[at..end].to_vec()).apply(&mut durable);
                        }
                        at = end;
                    }
                }
            }
        }
        let durable = Arc::new(durable);
        Inode { current: durable.clone(), durable, pending: Vec::new() }
    }
}

impl Tree {
    pub(super) fn used(&self) -> u64 {
        self.names
            .values()
            .map(|node| match node {
                Node::File(id) => self.files[*id].current.len() as u64,
                Node::Dir => 0,
            })
            .sum()
    }

    pub(super) fn name(&mut self, op: NameOp) {
        op.apply(&mut self.names);
        self.pending_names.push(op);
    }

    pub(super) fn need_dir(&self, path: &Path) -> io::Result<()> {
        if path.parent().is_none() || path == Path::new("") {
            return Ok(()); // the root is always there
        }
        match self.names.get(path) {
            Some(Node::Dir) => Ok(()),
            Some(Node::File(_)) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Inode {
    pub(super) fn change(&mut self, change: Change) {
        change.apply(Arc::make_mut(&mut self.current));
        self.pending.push(change);
    }
}
