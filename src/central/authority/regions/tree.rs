//! The county's regions by their names, as a transaction sees them.

use crate::central::store::{StoreFault, Transaction};
use crate::domain::moment::Moment;
use crate::domain::record::{Kind, Record};
use crate::domain::region::{Level, Likeness, Region, RegionCode, UNNAMED_TOWN, likeness};
use crate::roster::place::{self, Place};
use crate::store::codec;
use crate::sync::feed::Feed;
use crate::sync::overlay::Overlay;
use crate::sync::protocol::ItemKey;

/// Regions, and the other reference records, which may name one.
#[derive(Default)]
pub(super) struct Tree {
    pub regions: Vec<Region>,
    pub others: Vec<Record>,
}

impl Tree {
    /// The county's reference records as this transaction sees them.
    pub fn read(tx: &mut dyn Transaction, overlay: &Overlay<'_>) -> Result<Tree, StoreFault> {
        /// Documents read at once.
        const PORTION: usize = 512;
        let mut tree = Tree::default();
        let mut after: Option<ItemKey> = None;
        loop {
            let documents = tx.documents_of(&Feed::Reference, after.as_ref(), PORTION)?;
            for document in &documents {
                let ItemKey::Record(key) = document.key else { continue };
                if !overlay.loose().contains_key(&key) && key.kind != Kind::Wish {
                    // One that cannot be read names no region that could be moved.
                    if let Ok(record) = codec::decode::<Record>(&document.body.0) {
                        tree.take(record);
                    }
                }
            }
            if documents.len() < PORTION {
                break;
            }
            after = documents.last().map(|document| document.key.clone());
        }
        overlay.loose().values().cloned().for_each(|record| tree.take(record));
        Ok(tree)
    }

    fn take(&mut self, record: Record) {
        match record {
            Record::Region(region) if !region.meta.deleted => self.regions.push(region),
            Record::Region(_) => {}
            other => self.others.push(other),
        }
    }
}

/// Whether a region has a made-up code that is in use.
pub(super) fn is_made_up(region: &Region) -> bool {
    region.provisional && region.successor.is_none() && !region.meta.deleted
}

/// The official region that a made-up one means by its names.
pub(super) fn counterpart(tree: &Tree, region: &Region, territories: &[RegionCode], now: Moment) -> Option<RegionCode> {
    let day = now.date();
    let official = tree.regions.iter().filter(|held| held.is_official_on(day));
    if region.level == Level::Town {
        let mut towns = official.filter(|held| {
            let is_near = territories.iter().any(|held_in| held_in.contains(&held.code) || held.code.contains(held_in));
            held.level == Level::Town && is_near && likeness(Level::Town, &held.name, &region.name).is_some()
        });
        return towns.next().filter(|_| towns.next().is_none()).map(|town| town.code.clone());
    }
    let parent = |region: &Region| {
        let code = region.parent.clone()?;
        // Of several with one code the one that is in use, else the last that had it.
        let mut held = tree.regions.iter().filter(|held| held.code == code);
        held.clone().find(|held| held.successor.is_none()).or_else(|| held.next()).cloned()
    };
    let mut place = Place::default();
    // The tree is not deep; the bound guards against a circle in the data.
    for region in std::iter::successors(Some(region.clone()), parent).take(6) {
        if region.name != UNNAMED_TOWN {
            place.set(region.level, region.name);
        }
    }
    let found = place::official(&place, official, territories, day).ok()?;
    // A village stands for a grid that the list does not have only where the list has no grids; its code is shorter.
    (found.as_str().len() == region.code.as_str().len()).then_some(found)
}

/// The made-up region of that name below the same parent.
pub(super) fn like(tree: &Tree, region: &Region) -> Option<RegionCode> {
    let near = tree.regions.iter().filter(|held| {
        is_made_up(held) && held.level == region.level && held.parent == region.parent && held.id != region.id
    });
    let found = near.filter_map(|held| Some((likeness(region.level, &held.name, &region.name)?, held)));
    let best = found.max_by(|(a, held), (b, other)| a.cmp(b).then_with(|| other.code.cmp(&held.code)));
    // Two forms of a name may be two places, which only people can tell; the same name below one parent is one.
    best.filter(|(likeness, _)| *likeness == Likeness::Same).map(|(_, held)| held.code.clone())
}
