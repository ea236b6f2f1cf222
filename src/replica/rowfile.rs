//! The row file: the projection as of a journal entry, so that a start draws before the index is open.

use serde::{Deserialize, Serialize};

use super::pools::{LeadRow, NeedRow, Pools, WishRow};
use super::projection::Projection;
use super::rows::Rows;
use crate::domain::id::{ClaimId, WishId};
use crate::domain::record::Record;
use crate::domain::region::RegionCode;
use crate::store::{Part as StorePart, StoreError, codec};

/// Version of the layout; a file of another one is built anew.
const VERSION: u8 = 2;
/// Rows in one chunk: a chunk is unsealed and read by one thread.
const CHUNK: usize = 4096;

/// What stands before the rows.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    version: u8,
    /// Regions by the numbers that rows use.
    regions: Vec<RegionCode>,
    /// Regions and the workers with a territory: enough for the first frame.
    records: Vec<Record>,
}

/// One chunk, read.
pub(super) enum Chunk {
    Head(Box<Head>),
    Needs(Vec<NeedRow>),
    Wishes(Vec<WishRow>),
    Leads(Vec<LeadRow>),
    Claims(Vec<(ClaimId, WishId)>),
    Rows(Rows),
}

const HEAD: u8 = 0;
const ROWS: u8 = 2;
const NEEDS: u8 = 3;
const WISHES: u8 = 4;
const LEADS: u8 = 5;
const CLAIMS: u8 = 6;

/// The projection as chunks: head, pools, then rows in the order of lists (by region, then archive number).
pub(super) fn save(projection: &Projection) -> Result<Vec<Vec<u8>>, StoreError> {
    let reference = &projection.reference;
    let workers = reference.workers.values().filter(|worker| !worker.regions.is_empty());
    let head = Head {
        version: VERSION,
        regions: projection.regions().to_vec(),
        records: (reference.regions.values().cloned().map(Record::Region))
            .chain(workers.cloned().map(Record::Worker))
            .collect(),
    };
    let mut chunks = vec![tagged(HEAD, codec::encode(&head)?)];
    let pools = &projection.pools;
    push_parts(&mut chunks, NEEDS, pools.needs.rows())?;
    push_parts(&mut chunks, WISHES, pools.wishes.rows())?;
    push_parts(&mut chunks, LEADS, pools.leads.rows())?;
    push_parts(&mut chunks, CLAIMS, &pools.claims.iter().collect::<Vec<_>>())?;
    for numbers in projection.list_order().chunks(CHUNK) {
        chunks.push(tagged(ROWS, projection.rows.save(numbers)));
    }
    Ok(chunks)
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
        Some((&NEEDS, rest)) => codec::decode(rest).map(Chunk::Needs),
        Some((&WISHES, rest)) => codec::decode(rest).map(Chunk::Wishes),
        Some((&LEADS, rest)) => codec::decode(rest).map(Chunk::Leads),
        Some((&CLAIMS, rest)) => codec::decode(rest).map(Chunk::Claims),
        Some((&ROWS, rest)) => Rows::load(rest).map(Chunk::Rows).ok_or_else(damaged),
        _ => Err(damaged()),
    }
}

/// The projection from its chunks.
pub(super) fn join(chunks: Vec<Chunk>) -> Projection {
    let mut projection = Projection::default();
    let mut parts = Vec::new();
    let mut pools = Pools::default();
    for chunk in chunks {
        match chunk {
            Chunk::Head(head) => {
                projection.set_regions(head.regions);
                for record in head.records {
                    projection.reference.put(record);
                }
            }
            Chunk::Needs(rows) => pools.needs.extend(rows),
            Chunk::Wishes(rows) => pools.wishes.extend(rows),
            Chunk::Leads(rows) => pools.leads.extend(rows),
            Chunk::Claims(claims) => pools.claims.extend(claims),
            Chunk::Rows(rows) => parts.push(rows),
        }
    }
    projection.pools = pools;
    projection.rows = Rows::join(parts);
    projection
}
