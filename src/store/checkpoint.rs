//! A small file that remembers, across runs, what was certainly durable and whether the last run ended well.

use serde::{Deserialize, Serialize};

use super::Seq;
use super::disk;
use super::error::{At, Result, StoreError};
use super::home::Home;

/// Its content: one line of JSON and its CRC32C.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// The last journal entry.
    pub(super) last_seq: Seq,
    /// What the durable index had applied.
    pub(super) applied_seq: Seq,
    /// Whether the index was not written to since: it is then as it was made durable.
    pub(super) clean: bool,
    /// Whether the index was opened since it was last written to: sled has then written its page table, and opening it
    /// once more changes nothing on the disk.
    #[serde(default)]
    pub(super) settled: bool,
    /// Which run of the operating system wrote it.
    pub(super) boot: Option<String>,
}

impl Checkpoint {
    /// `Ok(None)` when there is none; `Err(())` when it is damaged.
    pub(super) fn read(home: &Home) -> Result<std::result::Result<Option<Checkpoint>, ()>> {
        let path = home.checkpoint_path();
        let bytes = match disk::read_file(&*home.disk, &path, 4096) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Ok(None)),
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => return Ok(Err(())),
            Err(error) => return Err(StoreError::io("read", &path, error)),
        };
        Ok(checked_line(&bytes).and_then(|line| serde_json::from_slice(line).ok()).map(Some).ok_or(()))
    }

    pub(super) fn write(&self, home: &Home) -> Result<()> {
        let path = home.checkpoint_path();
        let line = serde_json::to_vec(self).map_err(|error| StoreError::Undecodable(error.to_string()))?;
        disk::replace_file(&*home.disk, &path, &with_checksum(line)).at("write", &path)
    }

    /// Whether the machine may have lost its power since the last run: it did not end well, and the system was started
    /// anew or does not say.
    pub(super) fn power_may_have_been_lost(&self, boot: Option<&str>) -> bool {
        !self.clean && (boot.is_none() || self.boot.as_deref() != boot)
    }
}

/// Appends a space, the CRC32C in hex and a line end.
pub(super) fn with_checksum(mut line: Vec<u8>) -> Vec<u8> {
    let crc = crc32c::crc32c(&line);
    line.extend_from_slice(format!(" {crc:08x}\n").as_bytes());
    line
}

/// What stands before the checksum, if it is right.
pub(super) fn checked_line(bytes: &[u8]) -> Option<&[u8]> {
    let line = bytes.strip_suffix(b"\n")?;
    let (line, crc) = line.split_at_checked(line.len().checked_sub(9)?)?;
    (crc == format!(" {:08x}", crc32c::crc32c(line)).as_bytes()).then_some(line)
}
