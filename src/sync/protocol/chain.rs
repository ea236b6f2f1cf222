//! The hash chain over a device's commands.

use std::fmt;

use serde::{Deserialize, Serialize};
use sm3::{Digest as _, Sm3};

use super::bytes::fixed;
use crate::domain::id::DeviceId;

/// SM3 (GB/T 32905) over everything that a device has said so far.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(#[serde(with = "fixed")] pub [u8; 32]);

/// The hash before a device's first command.
pub const START: Hash = Hash([0; 32]);

impl Hash {
    /// The hash after one more command.
    #[must_use]
    pub fn next(self, device: DeviceId, seq: u64, command: &[u8]) -> Hash {
        let mut hash = Sm3::new();
        hash.update(self.0);
        hash.update(device.0.bytes());
        hash.update(seq.to_be_bytes());
        hash.update((command.len() as u64).to_be_bytes());
        hash.update(command);
        Hash(hash.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
