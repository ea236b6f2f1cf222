//! The compound file around a workbook (MS-CFB): its sectors, their chains, and the streams in it.

use super::{broken, u16_at, u32_at, words};
use crate::roster::read::ReadError;

/// The streams of an OLE compound file.
pub(super) struct CompoundFile<'a> {
    bytes: &'a [u8],
    sector_size: usize,
    fat: Vec<u32>,
    entries: Vec<Entry>,
    mini_fat: Vec<u32>,
    mini_stream: Vec<u8>,
}

struct Entry {
    name: String,
    start: u32,
    len: u64,
}

const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
/// Sector numbers from here on have a meaning of their own.
const RESERVED: u32 = 0xFFFF_FFFA;
const MINI_SECTOR: usize = 64;
/// Streams shorter than this lie in the mini stream.
const MINI_CUTOFF: u64 = 4096;

impl<'a> CompoundFile<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<CompoundFile<'a>, ReadError> {
        let header = bytes.get(..512).ok_or_else(|| broken("a header cut short"))?;
        let sector_size = match u16_at(header, 30) {
            9 => 512,
            12 => 4096,
            _ => return Err(broken("its sector size")),
        };
        let mut file = CompoundFile {
            bytes,
            sector_size,
            fat: Vec::new(),
            entries: Vec::new(),
            mini_fat: Vec::new(),
            mini_stream: Vec::new(),
        };
        file.read_fat(header)?;
        let directory = file.chain(u32_at(header, 48), u64::MAX)?;
        file.entries = directory.chunks_exact(128).map(|entry| Entry::read(entry, sector_size)).collect();
        let root = file.entries.first().ok_or_else(|| broken("an empty directory"))?;
        let mini_fat_len = u64::from(u32_at(header, 64)) * sector_size as u64;
        if mini_fat_len > 0 {
            let mini_stream = file.chain(root.start, root.len)?;
            let mini_fat = file.chain(u32_at(header, 60), mini_fat_len)?;
            file.mini_stream = mini_stream;
            file.mini_fat = words(&mini_fat).collect();
        }
        Ok(file)
    }

    fn read_fat(&mut self, header: &[u8]) -> Result<(), ReadError> {
        let mut places: Vec<u32> = words(&header[76..512]).collect();
        let mut next = u32_at(header, 68);
        let mut steps = 0;
        while next < RESERVED {
            steps += 1;
            if steps > self.sectors() {
                return Err(broken("a sector chain that runs in a circle"));
            }
            places.extend(words(self.sector(next)?));
            next = places.pop().unwrap_or(END_OF_CHAIN);
        }
        for place in places.into_iter().filter(|place| *place < RESERVED) {
            if self.fat.len() > self.bytes.len() {
                return Err(broken("a table of sectors larger than the file"));
            }
            let sector: Vec<u32> = words(self.sector(place)?).collect();
            self.fat.extend(sector);
        }
        Ok(())
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector_size + 1
    }

    fn sector(&self, number: u32) -> Result<&'a [u8], ReadError> {
        let start = (number as usize + 1) * self.sector_size;
        let end = (start + self.sector_size).min(self.bytes.len());
        self.bytes.get(start..end).filter(|sector| !sector.is_empty()).ok_or_else(|| broken("a sector out of range"))
    }

    fn chain(&self, start: u32, len: u64) -> Result<Vec<u8>, ReadError> {
        follow(start, len, &self.fat, self.sectors(), |number| self.sector(number))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn stream(&self, name: &str) -> Option<Result<Vec<u8>, ReadError>> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        Some(if entry.len < MINI_CUTOFF {
            let mini = &self.mini_stream;
            follow(entry.start, entry.len, &self.mini_fat, mini.len() / MINI_SECTOR + 1, |number| {
                let start = number as usize * MINI_SECTOR;
                mini.get(start..(start + MINI_SECTOR).min(mini.len())).ok_or_else(|| broken("a sector out of range"))
            })
        } else {
            self.chain(entry.start, entry.len)
        })
    }
}

/// Joins the sectors of a chain up to a length.
fn follow<'a>(
    mut number: u32,
    len: u64,
    fat: &[u32],
    most: usize,
    sector: impl Fn(u32) -> Result<&'a [u8], ReadError>,
) -> Result<Vec<u8>, ReadError> {
    let mut joined = Vec::new();
    for _ in 0..=most {
        if number == END_OF_CHAIN {
            return Ok(joined);
        }
        joined.extend_from_slice(sector(number)?);
        if joined.len() as u64 >= len {
            joined.truncate(usize::try_from(len).unwrap_or(usize::MAX));
            return Ok(joined);
        }
        number = *fat.get(number as usize).ok_or_else(|| broken("a sector out of range"))?;
    }
    Err(broken("a sector chain that runs in a circle"))
}

impl Entry {
    fn read(entry: &[u8], sector_size: usize) -> Entry {
        let name: Vec<u16> = entry[..64].chunks_exact(2).map(|c| u16_at(c, 0)).take_while(|unit| *unit != 0).collect();
        let low = u64::from(u32_at(entry, 120));
        let high = if sector_size == 512 { 0 } else { u64::from(u32_at(entry, 124)) };
        Entry { name: String::from_utf16_lossy(&name), start: u32_at(entry, 116), len: high << 32 | low }
    }
}
