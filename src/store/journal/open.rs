//! Opening the journal: finding its end, and what to do about an end that is not whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use super::frame::{FRAME_HEADER, FrameHeader, Hash, Parsed, SEGMENT_HEADER, SegmentHeader, genesis, hash_of};
use super::scan::{Scan, scan};
use super::{FIRST_STEP, Journal, Layout, Opened, Segment, Writer};
use crate::store::Seq;
use crate::store::disk::{DiskFile, OpenMode, read_full};
use crate::store::error::{At, Part, Result, StoreError};
use crate::store::home::Home;
use crate::store::report::Finding;
use crate::store::seal::Sealer;

pub(super) fn open(home: &Home, home_id: [u8; 16], sealer: Sealer, proof: Seq, segment_bytes: u64) -> Result<Opened> {
    let mut findings = Vec::new();
    let mut segments = BTreeMap::new();
    for segment in load_segments(home, home_id, &mut findings)? {
        segments.insert(segment.header.first, Arc::new(segment));
    }
    let writer = match segments.values().next_back().cloned() {
        Some(last) => resume(home, last, proof, &mut findings)?,
        None => {
            if proof > 0 {
                findings.push(Finding::EntriesLost { first: 1, last: proof, kept: None });
            }
            let header = SegmentHeader { home_id, first: proof + 1, previous: genesis(&home_id) };
            let segment = Arc::new(Segment::create(home, header)?);
            segments.insert(proof + 1, segment.clone());
            Writer::at_start(segment, proof + 1, header.previous)
        }
    };
    let journal = Journal {
        home: home.clone(),
        home_id,
        sealer,
        segment_bytes,
        layout: RwLock::new(Layout { segments, next: writer.next }),
        writer: Mutex::new(writer),
        halted: OnceLock::new(),
    };
    if proof > journal.last_seq() {
        let lost = Finding::EntriesLost { first: journal.last_seq() + 1, last: proof, kept: None };
        // Damage at the end was already reported with its copy.
        if !findings.iter().any(|finding| matches!(finding, Finding::EntriesLost { last, .. } if *last == proof)) {
            findings.push(lost);
        }
        match journal.skip_to(proof) {
            Ok(()) => {}
            // Without room for a new segment the numbers of the lost entries would be used again: write nothing.
            Err(StoreError::DiskFull) => journal.writer_even_if_halted().blocked = true,
            Err(error) => return Err(error),
        }
    }
    Ok(Opened { journal, findings })
}

/// Opens every segment and checks its header; puts aside what belongs to another home, and repairs a broken header
/// from the file's name and first frame.
fn load_segments(home: &Home, home_id: [u8; 16], findings: &mut Vec<Finding>) -> Result<Vec<Segment>> {
    let folder = home.journal_path();
    let mut segments = Vec::new();
    for entry in home.disk.list(&folder).at("read", &folder)? {
        let path = folder.join(&entry.name);
        if entry.name.starts_with("j-") && entry.name.ends_with(".part") {
            home.disk.remove_file(&path).at("remove", &path)?; // a segment that never came into use
            continue;
        }
        let Some(first) = seq_of_name(&entry.name) else { continue };
        let file = home.disk.open(&path, OpenMode::Write).at("open", &path)?;
        let mut head = [0; SEGMENT_HEADER];
        let read = read_full(&*file, &mut head, 0).at("read", &path)?;
        let header = match SegmentHeader::parse(&head[..read]) {
            Ok(header) if header.home_id == home_id && header.first == first => header,
            Ok(_) => {
                drop(file);
                let kept = home.quarantine(&path)?;
                findings.push(Finding::ForeignSegment { kept });
                continue;
            }
            Err(StoreError::Corrupt { .. }) => {
                let kept = home.quarantine_bytes(&format!("{}.header", entry.name), &head[..read]).ok();
                let header = rebuild_header(&*file, home_id, first).at("read", &path)?;
                match file.write_all_at(&header.to_bytes(), 0).and_then(|()| file.sync_data()) {
                    Ok(()) => findings.push(Finding::SegmentHeaderRepaired { first, kept }),
                    Err(error) => return Err(StoreError::io("write", &path, error)),
                }
                header
            }
            Err(error) => return Err(error),
        };
        segments.push(Segment { header, path, file, offsets: Mutex::new(None) });
    }
    Ok(segments)
}

fn seq_of_name(name: &str) -> Option<Seq> {
    let digits = name.strip_prefix("j-")?.strip_suffix(".zlj")?;
    if digits.len() != 16 {
        return None;
    }
    Seq::from_str_radix(digits, 16).ok().filter(|seq| *seq > 0)
}

/// The header says nothing that is not known otherwise: the hash stands in the first frame too.
fn rebuild_header(file: &dyn DiskFile, home_id: [u8; 16], first: Seq) -> std::io::Result<SegmentHeader> {
    let mut head = [0; FRAME_HEADER];
    read_full(file, &mut head, SEGMENT_HEADER as u64)?;
    let previous = match FrameHeader::parse(&head) {
        Parsed::Frame(header) if header.seq == first => header.previous,
        _ => genesis(&home_id),
    };
    Ok(SegmentHeader { home_id, first, previous })
}

/// Finds the end of the last segment and makes it clean.
fn resume(home: &Home, segment: Arc<Segment>, proof: Seq, findings: &mut Vec<Finding>) -> Result<Writer> {
    let first = segment.header.first;
    let found = scan(&*segment.file, first, None).at("read", &segment.path)?;
    if let Some(version) = found.too_new {
        return Err(StoreError::TooNew { what: Part::Journal, version });
    }
    let after = first + found.offsets.len() as u64;
    let cut = Cut::of(&found, after, proof);
    let end = found.end + found.torn;
    for (from, to) in found.holes.iter().filter(|(from, _)| *from < cut.next) {
        let kept = keep_copy(home, &segment, 0, end).ok();
        findings.push(Finding::EntriesLost { first: *from, last: *to, kept });
    }
    let last_hash = if cut.next == after {
        found.last_hash.unwrap_or(segment.header.previous)
    } else {
        hash_before(&segment, &found, cut.next)?
    };
    let mut blocked = false;
    if cut.damaged {
        match keep_copy(home, &segment, cut.at, end) {
            Ok(kept) if cut.acknowledged => {
                findings.push(Finding::EntriesLost { first: after, last: proof, kept: Some(kept) });
            }
            Ok(kept) => findings.push(Finding::TailCut { bytes: end - cut.at, kept }),
            Err(StoreError::DiskFull) => blocked = true,
            Err(error) => return Err(error),
        }
    } else if cut.at < found.end {
        findings.push(Finding::GroupCut { entries: after - cut.next });
    }
    let size = segment.file.size().at("read", &segment.path)?;
    let mut zeroed = size;
    if !blocked && cut.at < end {
        segment.file.set_len(cut.at).and_then(|()| segment.file.sync_data()).at("cut", &segment.path)?;
        zeroed = cut.at;
    }
    let mut offsets = found.offsets;
    offsets.truncate((cut.next - first) as usize);
    *segment.offsets.lock().unwrap_or_else(|p| p.into_inner()) = Some(offsets);
    Ok(Writer {
        segment,
        end: cut.at,
        zeroed: zeroed.max(cut.at),
        step: FIRST_STEP,
        next: cut.next,
        last_hash,
        blocked,
        buffer: Vec::new(),
    })
}

/// Where a segment is cut, and the seq that follows.
struct Cut {
    at: u64,
    next: Seq,
    /// Whether entries behind the cut are known to have been acknowledged.
    acknowledged: bool,
    /// Whether what is cut is more than an unfinished group, so that a copy is worth keeping.
    damaged: bool,
}

impl Cut {
    fn of(found: &Scan, after: Seq, proof: Seq) -> Cut {
        match found.open_group {
            // An unfinished group was never acknowledged, unless something else proves that it was: then only what is
            // missing of it is lost.
            Some((at, seq)) if proof < seq => {
                let damaged = found.torn > 0 || found.doubtful_group().is_some();
                Cut { at, next: seq, acknowledged: false, damaged }
            }
            _ => Cut { at: found.end, next: after, acknowledged: proof >= after, damaged: found.torn > 0 },
        }
    }
}

/// The hash that the frame with number `seq` has to carry: that of the frame before it.
fn hash_before(segment: &Segment, found: &Scan, seq: Seq) -> Result<Hash> {
    let count = (seq - segment.header.first) as usize;
    let Some(offset) = found.offsets[..count].iter().rev().flatten().next() else {
        return Ok(segment.header.previous);
    };
    let mut head = [0; FRAME_HEADER];
    read_full(&*segment.file, &mut head, *offset).at("read", &segment.path)?;
    let Parsed::Frame(header) = FrameHeader::parse(&head) else {
        return Err(StoreError::corrupt(Part::Journal, "the entry before a group"));
    };
    let mut frame = vec![0; header.frame_len()];
    read_full(&*segment.file, &mut frame, *offset).at("read", &segment.path)?;
    Ok(hash_of(&frame))
}

fn keep_copy(home: &Home, segment: &Segment, from: u64, to: u64) -> Result<std::path::PathBuf> {
    let mut bytes = vec![0; (to - from) as usize];
    let read = read_full(&*segment.file, &mut bytes, from).at("read", &segment.path)?;
    bytes.truncate(read);
    let name = segment.path.file_name().unwrap_or_else(|| Path::new("segment").as_os_str()).to_string_lossy();
    home.quarantine_bytes(&format!("{name}.{from:x}-{to:x}"), &bytes)
}
