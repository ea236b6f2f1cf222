//! The row file: the projection as of a journal entry, so that a start draws before the index is open.
//!
//! The early chunks are what the first frame needs: regions, workers, household rows. Needs, wishes, leads and claims
//! follow as late chunks, read while the first frame already stands.

use serde::{Deserialize, Serialize};

use super::pools::{LeadRow, NeedRow, Pools, WishRow};
use super::projection::Projection;
use super::rows::{Room, Rows};
use crate::domain::id::{ClaimId, ConflictId, HouseholdId, OrgId, RegionId, WishId, WorkerId};
use crate::domain::record::Record;
use crate::domain::region::{Level, Region, RegionCode};
use crate::domain::worker::{Role, Worker};
use crate::store::{Part as StorePart, StoreError, codec};

/// Version of the layout; a file of another one is built anew.
const VERSION: u8 = 6;
/// Rows in one chunk: a chunk is unsealed and read by one thread. Chunks stay so small that the memory they are read
/// into is used again for the next one instead of being left behind as holes.
const CHUNK: usize = 512;

/// What stands before the rows.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    version: u8,
    /// Regions by the numbers that rows use.
    regions: Vec<RegionCode>,
    /// How many briefs and rows follow: lists that grow step by step leave their former, smaller selves behind as holes
    /// in memory.
    region_briefs: u32,
    worker_briefs: u32,
    rows: Room,
}

/// The part of [`Head`] that every version of the layout has.
#[derive(Deserialize)]
struct AnyHead {
    version: u8,
}

/// What stands before the pools: how many rows follow.
#[derive(Serialize, Deserialize)]
pub(super) struct PoolsHead {
    needs: u32,
    wishes: u32,
    leads: u32,
    claims: u32,
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
    Conflicts(Vec<(ConflictId, HouseholdId)>),
    PoolsHead(PoolsHead),
}

const HEAD: u8 = 0;
const REGIONS: u8 = 1;
const ROWS: u8 = 2;
const NEEDS: u8 = 3;
const WISHES: u8 = 4;
const LEADS: u8 = 5;
const CLAIMS: u8 = 6;
const WORKERS: u8 = 7;
const CONFLICTS: u8 = 8;
const POOLS_HEAD: u8 = 9;

/// The projection as chunks.
pub(super) struct Saved {
    /// Head, regions, workers, then rows in the order of lists (by region, then archive number).
    pub early: Vec<Vec<u8>>,
    /// Head, needs, wishes, leads, claims, conflicts.
    pub late: Vec<Vec<u8>>,
}

/// Writes the projection as chunks.
pub(super) fn save(projection: &Projection) -> Result<Saved, StoreError> {
    let regions: Vec<RegionBrief> =
        projection.reference.regions.values().map(|region| RegionBrief::of(region)).collect();
    let with_territory = projection.reference.workers.values().filter(|worker| !worker.regions.is_empty());
    let workers: Vec<WorkerBrief> = with_territory.map(|worker| WorkerBrief::of(worker)).collect();
    let order = projection.list_order();
    let head = Head {
        version: VERSION,
        regions: projection.regions().to_vec(),
        region_briefs: regions.len() as u32,
        worker_briefs: workers.len() as u32,
        rows: projection.rows.room(&order),
    };
    let mut early = vec![tagged(HEAD, codec::encode(&head)?)];
    push_parts(&mut early, REGIONS, &regions)?;
    push_parts(&mut early, WORKERS, &workers)?;
    for numbers in order.chunks(CHUNK) {
        early.push(tagged(ROWS, projection.rows.save(numbers)));
    }
    let pools = &projection.pools;
    let head = PoolsHead {
        needs: pools.needs.len() as u32,
        wishes: pools.wishes.len() as u32,
        leads: pools.leads.len() as u32,
        claims: pools.claims.len() as u32,
    };
    let mut late = vec![tagged(POOLS_HEAD, codec::encode(&head)?)];
    push_parts(&mut late, NEEDS, pools.needs.rows())?;
    push_parts(&mut late, WISHES, pools.wishes.rows())?;
    push_parts(&mut late, LEADS, pools.leads.rows())?;
    push_parts(&mut late, CLAIMS, &pools.claims.iter().collect::<Vec<_>>())?;
    push_parts(&mut late, CONFLICTS, &pools.conflicts.iter().collect::<Vec<_>>())?;
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
/// `store.too_new` when another version of the program wrote the file, `store.corrupt` when it cannot be understood:
/// it is to be built anew.
pub(super) fn read(bytes: &[u8]) -> Result<Chunk, StoreError> {
    decode(bytes).map_err(|error| match error {
        StoreError::Undecodable(_) => damaged(),
        error => error,
    })
}

fn damaged() -> StoreError {
    StoreError::corrupt(StorePart::Rows, "a chunk of another layout")
}

fn decode(bytes: &[u8]) -> Result<Chunk, StoreError> {
    match bytes.split_first() {
        Some((&HEAD, rest)) => {
            let AnyHead { version } = codec::decode(rest)?;
            if version != VERSION {
                return Err(StoreError::TooNew { what: StorePart::Rows, version });
            }
            codec::decode(rest).map(|head| Chunk::Head(Box::new(head)))
        }
        Some((&REGIONS, rest)) => codec::decode(rest).map(Chunk::Regions),
        Some((&WORKERS, rest)) => codec::decode(rest).map(Chunk::Workers),
        Some((&NEEDS, rest)) => codec::decode(rest).map(Chunk::Needs),
        Some((&WISHES, rest)) => codec::decode(rest).map(Chunk::Wishes),
        Some((&LEADS, rest)) => codec::decode(rest).map(Chunk::Leads),
        Some((&CLAIMS, rest)) => codec::decode(rest).map(Chunk::Claims),
        Some((&CONFLICTS, rest)) => codec::decode(rest).map(Chunk::Conflicts),
        Some((&POOLS_HEAD, rest)) => codec::decode(rest).map(Chunk::PoolsHead),
        Some((&ROWS, rest)) => Rows::load(rest).map(Chunk::Rows).ok_or_else(damaged),
        _ => Err(damaged()),
    }
}

/// Takes the next early chunk in; together they are the projection without its pools.
pub(super) fn take_in(projection: &mut Projection, chunk: Chunk) {
    match chunk {
        Chunk::Head(head) => {
            projection.reference.regions.reserve(head.region_briefs as usize);
            projection.reference.workers.reserve(head.worker_briefs as usize);
            projection.rows.reserve(head.rows);
            projection.set_regions(head.regions);
        }
        Chunk::Regions(regions) => {
            regions.into_iter().for_each(|brief| projection.reference.put(Record::Region(brief.record())));
        }
        Chunk::Workers(workers) => {
            workers.into_iter().for_each(|brief| projection.reference.put(Record::Worker(brief.record())));
        }
        Chunk::Rows(rows) => projection.rows.append(rows),
        late => take_in_pools(&mut projection.pools, late),
    }
}

/// Takes the next late chunk in; together they are the pools.
pub(super) fn take_in_pools(pools: &mut Pools, chunk: Chunk) {
    match chunk {
        Chunk::PoolsHead(head) => {
            pools.needs.reserve(head.needs as usize);
            pools.wishes.reserve(head.wishes as usize);
            pools.leads.reserve(head.leads as usize);
            pools.claims.reserve(head.claims as usize);
        }
        Chunk::Needs(rows) => pools.needs.extend(rows),
        Chunk::Wishes(rows) => pools.wishes.extend(rows),
        Chunk::Leads(rows) => pools.leads.extend(rows),
        Chunk::Claims(claims) => pools.claims.extend(claims),
        Chunk::Conflicts(conflicts) => pools.conflicts.extend(conflicts),
        // Chunks of the early part do not stand in the late one.
        Chunk::Head(_) | Chunk::Regions(_) | Chunk::Workers(_) | Chunk::Rows(_) => {}
    }
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
