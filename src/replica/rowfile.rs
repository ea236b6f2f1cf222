//! The row file: the projection as of a journal entry, so that a start draws before the index is open.
//!
//! The early chunks are what the first frame needs: regions, workers, household rows. Needs, wishes, leads and claims
//! follow as late chunks, read while the first frame already stands.

use serde::{Deserialize, Serialize};

use super::pools::{LeadRow, NeedRow, Pools, WishRow};
use super::projection::Projection;
use super::rows::Rows;
use crate::domain::id::{ClaimId, OrgId, RegionId, WishId, WorkerId};
use crate::domain::record::Record;
use crate::domain::region::{Level, Region, RegionCode};
use crate::domain::worker::{Role, Worker};
use crate::store::{Part as StorePart, StoreError, codec};

/// Version of the layout; a file of another one is built anew.
const VERSION: u8 = 4;
/// Rows in one chunk: a chunk is unsealed and read by one thread. Chunks stay so small that the memory they are read
/// into is used again for the next one instead of being left behind as holes.
const CHUNK: usize = 512;

/// What stands before the rows.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    version: u8,
    /// Regions by the numbers that rows use.
    regions: Vec<RegionCode>,
}

/// As much of a region as the first frame shows; the records follow from the index.
#[derive(Serialize, Deserialize)]
pub(super) struct RegionBrief(RegionId, RegionCode, String, Level, Option<RegionCode>);

/// As much of a worker as the first frame shows: name, role and territory.
#[derive(Serialize, Deserialize)]
pub(super) struct WorkerBrief(WorkerId, String, Role, Option<OrgId>, Vec<RegionCode>);

/// One chunk, read.
pub(super) enum Chunk {
    Head(Box<Head>),
    Regions(Vec<RegionBrief>),
    Workers(Vec<WorkerBrief>),
    Rows(Rows),
    Needs(Vec<NeedRow>),
    Wishes(Vec<WishRow>),
    Leads(Vec<LeadRow>),
    Claims(Vec<(ClaimId, WishId)>),
}

const HEAD: u8 = 0;
const REGIONS: u8 = 1;
const ROWS: u8 = 2;
const NEEDS: u8 = 3;
const WISHES: u8 = 4;
const LEADS: u8 = 5;
const CLAIMS: u8 = 6;
const WORKERS: u8 = 7;

/// The projection as chunks.
pub(super) struct Saved {
    /// Head, regions, workers, then rows in the order of lists (by region, then archive number).
    pub early: Vec<Vec<u8>>,
    /// Needs, wishes, leads, claims.
    pub late: Vec<Vec<u8>>,
}

/// Writes the projection as chunks.
pub(super) fn save(projection: &Projection) -> Result<Saved, StoreError> {
    let head = Head { version: VERSION, regions: projection.regions().to_vec() };
    let mut early = vec![tagged(HEAD, codec::encode(&head)?)];
    let regions: Vec<RegionBrief> =
        projection.reference.regions.values().map(|region| RegionBrief::of(region)).collect();
    push_parts(&mut early, REGIONS, &regions)?;
    let with_territory = projection.reference.workers.values().filter(|worker| !worker.regions.is_empty());
    push_parts(&mut early, WORKERS, &with_territory.map(|worker| WorkerBrief::of(worker)).collect::<Vec<_>>())?;
    for numbers in projection.list_order().chunks(CHUNK) {
        early.push(tagged(ROWS, projection.rows.save(numbers)));
    }
    let pools = &projection.pools;
    let mut late = Vec::new();
    push_parts(&mut late, NEEDS, pools.needs.rows())?;
    push_parts(&mut late, WISHES, pools.wishes.rows())?;
    push_parts(&mut late, LEADS, pools.leads.rows())?;
    push_parts(&mut late, CLAIMS, &pools.claims.iter().collect::<Vec<_>>())?;
    Ok(Saved { early, late })
}

/// Cuts a list into chunks, so that no chunk grows with the size of the home.
fn push_parts<T: Serialize>(chunks: &mut Vec<Vec<u8>>, tag: u8, rows: &[T]) -> Result<(), StoreError> {
    for part in rows.chunks(CHUNK) {
        chunks.push(tagged(tag, codec::encode_positional(part)?));
    }
    Ok(())
}

fn tagged(tag: u8, mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.insert(0, tag);
    bytes
}

/// Reads one chunk.
///
/// # Errors
/// `store.too_new` when another version of the program wrote the file: it is to be built anew.
pub(super) fn read(bytes: &[u8]) -> Result<Chunk, StoreError> {
    let damaged = || StoreError::corrupt(StorePart::Rows, "a chunk of another layout");
    match bytes.split_first() {
        Some((&HEAD, rest)) => {
            let head: Head = codec::decode(rest)?;
            if head.version != VERSION {
                return Err(StoreError::TooNew { what: StorePart::Rows, version: head.version });
            }
            Ok(Chunk::Head(Box::new(head)))
        }
        Some((&REGIONS, rest)) => codec::decode(rest).map(Chunk::Regions),
        Some((&WORKERS, rest)) => codec::decode(rest).map(Chunk::Workers),
        Some((&NEEDS, rest)) => codec::decode(rest).map(Chunk::Needs),
        Some((&WISHES, rest)) => codec::decode(rest).map(Chunk::Wishes),
        Some((&LEADS, rest)) => codec::decode(rest).map(Chunk::Leads),
        Some((&CLAIMS, rest)) => codec::decode(rest).map(Chunk::Claims),
        Some((&ROWS, rest)) => Rows::load(rest).map(Chunk::Rows).ok_or_else(damaged),
        _ => Err(damaged()),
    }
}

/// The projection without its pools, from the early chunks.
pub(super) fn join(chunks: Vec<Chunk>) -> Projection {
    let mut projection = Projection::default();
    let mut parts = Vec::new();
    let briefs = |of: fn(&Chunk) -> usize| chunks.iter().map(of).sum();
    projection.reference.regions.reserve(briefs(|chunk| if let Chunk::Regions(list) = chunk { list.len() } else { 0 }));
    projection.reference.workers.reserve(briefs(|chunk| if let Chunk::Workers(list) = chunk { list.len() } else { 0 }));
    for chunk in chunks {
        match chunk {
            Chunk::Head(head) => projection.set_regions(head.regions),
            Chunk::Regions(regions) => {
                regions.into_iter().for_each(|brief| projection.reference.put(Record::Region(brief.record())));
            }
            Chunk::Workers(workers) => {
                workers.into_iter().for_each(|brief| projection.reference.put(Record::Worker(brief.record())));
            }
            Chunk::Rows(rows) => parts.push(rows),
            Chunk::Needs(_) | Chunk::Wishes(_) | Chunk::Leads(_) | Chunk::Claims(_) => {}
        }
    }
    projection.rows = Rows::join(parts);
    projection
}

/// The pools, from the late chunks.
pub(super) fn join_pools(chunks: Vec<Chunk>) -> Pools {
    let mut pools = Pools::default();
    let count = |of: fn(&Chunk) -> usize| chunks.iter().map(of).sum();
    // Lists that grow step by step leave their former, smaller selves behind as holes in memory.
    pools.needs.reserve(count(|chunk| if let Chunk::Needs(rows) = chunk { rows.len() } else { 0 }));
    pools.wishes.reserve(count(|chunk| if let Chunk::Wishes(rows) = chunk { rows.len() } else { 0 }));
    pools.leads.reserve(count(|chunk| if let Chunk::Leads(rows) = chunk { rows.len() } else { 0 }));
    pools.claims.reserve(count(|chunk| if let Chunk::Claims(rows) = chunk { rows.len() } else { 0 }));
    for chunk in chunks {
        match chunk {
            Chunk::Needs(rows) => pools.needs.extend(rows),
            Chunk::Wishes(rows) => pools.wishes.extend(rows),
            Chunk::Leads(rows) => pools.leads.extend(rows),
            Chunk::Claims(claims) => pools.claims.extend(claims),
            Chunk::Head(_) | Chunk::Regions(_) | Chunk::Workers(_) | Chunk::Rows(_) => {}
        }
    }
    pools
}

impl RegionBrief {
    fn of(region: &Region) -> RegionBrief {
        RegionBrief(region.id, region.code.clone(), region.name.clone(), region.level, region.parent.clone())
    }

    fn record(self) -> Region {
        let RegionBrief(id, code, name, level, parent) = self;
        Region { id, code, name, level, parent, ..Region::default() }
    }
}

impl WorkerBrief {
    fn of(worker: &Worker) -> WorkerBrief {
        WorkerBrief(worker.id, worker.name.clone(), worker.role, worker.org, worker.regions.clone())
    }

    fn record(self) -> Worker {
        let WorkerBrief(id, name, role, org, regions) = self;
        Worker { id, name, role, org, regions, active: true, ..Worker::default() }
    }
}
