//! The row file: the projection as of a journal entry, so that a start draws before the index is open.

use serde::{Deserialize, Serialize};

use super::pools::Pools;
use super::projection::Projection;
use super::rows::Rows;
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
    Pools(Box<Pools>),
    Rows(Rows),
}

const HEAD: u8 = 0;
const POOLS: u8 = 1;
const ROWS: u8 = 2;

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
    let mut chunks = vec![tagged(HEAD, codec::encode(&head)?), tagged(POOLS, codec::encode(&projection.pools)?)];
    for numbers in projection.list_order().chunks(CHUNK) {
        chunks.push(tagged(ROWS, projection.rows.save(numbers)));
    }
    Ok(chunks)
}

fn tagged(tag: u8, mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.insert(0, tag);
    bytes
}

/// Reads one chunk.
pub(super) fn read(bytes: &[u8]) -> Result<Chunk, StoreError> {
    let damaged = || StoreError::corrupt(StorePart::Rows, "a chunk of another layout");
    match bytes.split_first() {
        Some((&HEAD, rest)) => {
            let head: Head = codec::decode(rest)?;
            if head.version == VERSION { Ok(Chunk::Head(Box::new(head))) } else { Err(damaged()) }
        }
        Some((&POOLS, rest)) => {
            let mut pools: Pools = codec::decode(rest)?;
            pools.reindex();
            Ok(Chunk::Pools(Box::new(pools)))
        }
        Some((&ROWS, rest)) => Rows::load(rest).map(Chunk::Rows).ok_or_else(damaged),
        _ => Err(damaged()),
    }
}

/// The projection from its chunks.
pub(super) fn join(chunks: Vec<Chunk>) -> Projection {
    let mut projection = Projection::default();
    let mut parts = Vec::new();
    for chunk in chunks {
        match chunk {
            Chunk::Head(head) => {
                projection.set_regions(head.regions);
                for record in head.records {
                    projection.reference.put(record);
                }
            }
            Chunk::Pools(pools) => projection.pools = *pools,
            Chunk::Rows(rows) => parts.push(rows),
        }
    }
    projection.rows = Rows::join(parts);
    projection
}
