//! Regions that devices made up, because the county kept no list when they registered households there.
//!
//! A device takes a number from the village's name ([`unlisted`]), so two of them mostly agree; the server sees to the rest
//! when such a region arrives. A place that the county has by that name, under its own code or under another made-up
//! number, is that place. A number that another place has already is given up by both, because nobody could tell later
//! which of the two a device means by it: each gets a number of its own, and what stands under the old one moves.
//!
//! When the county's list comes ([`Authority::settle_regions`]), made-up regions whose names it has are given up in favour
//! of the official ones. Households, leads, stations, resources and territories move along, and devices learn it with
//! their next round. What still arrives under a code that was given up is put where it belongs.
//!
//! Notes of the store: `y/<code>` is what took a code's place, `y/<code>/<device>` what it means coming from that device,
//! `z/<code>` that the code is given up.

mod tree;

use std::cell::RefCell;
use std::collections::BTreeMap;

use self::tree::{Tree, counterpart, is_made_up, like};
use super::reading::Reading;
use super::verdict::Deciding;
use super::{Authority, Fault};
use crate::central::store::{Device, StoreFault};
use crate::domain::change::Change;
use crate::domain::command::Command;
use crate::domain::decide;
use crate::domain::id::{DeviceId, HouseholdId, RegionId};
use crate::domain::moment::{Hlc, Moment};
use crate::domain::region::{Level, Region, RegionCode};
use crate::domain::worker::Actor;
use crate::roster::unlisted;
use crate::store::codec;
use crate::sync::feed::{Feed, Scope};
use crate::sync::protocol::{Bytes, Cause, ItemKey, ProtocolError};

/// Households that one act moves: an entry of a feed holds their whole files.
const AT_ONCE: usize = 50;
/// Moved households after which a transaction ends and another one goes on.
const ENOUGH: usize = 200;
/// How often a code may have been given up for another one.
const STEPS: usize = 8;

/// What a transaction knows of regions.
#[derive(Default)]
pub(super) struct Regions {
    /// Regions, and records of the county that name one, once a region had to be looked for by its name.
    tree: Option<Tree>,
    /// What made-up codes mean coming from devices, as far as that was asked.
    homes: BTreeMap<(DeviceId, RegionCode), Option<RegionCode>>,
    /// Codes that were given up here, with their successors: territories of devices follow when everything is written.
    pub moves: Vec<(RegionCode, RegionCode)>,
}

/// What [`Authority::settle_regions`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// Made-up codes with the official ones that took their place.
    pub regions: Vec<(RegionCode, RegionCode)>,
    /// Households that moved.
    pub households: usize,
    /// Made-up villages and grids that the list does not have.
    pub left: usize,
}

impl Authority {
    /// Puts official regions in the place of those that devices made up, by their names. To be called when the county's
    /// list has come; again has no further effect.
    ///
    /// # Errors
    /// The store's. What was moved until then stays, and another call goes on.
    pub fn settle_regions(&self, now: Moment) -> Result<Settled, ProtocolError> {
        let mut settled = Settled::default();
        loop {
            let (regions, households, left) = self.transact(|tx, realm| {
                let reading = Reading::new(tx, realm.person_key.clone(), now);
                let mut deciding = Deciding::new(&reading, &realm, now);
                let done = deciding.settle_some()?;
                reading.check()?;
                if !done.0.is_empty() {
                    deciding.into_work().write(reading, now)?.tx.commit()?;
                }
                Ok(done)
            })?;
            settled.households += households;
            settled.left = left;
            if regions.is_empty() {
                return Ok(settled);
            }
            settled.regions.extend(regions);
        }
    }
}

impl Deciding<'_, '_> {
    /// Made-up regions that the county's list has are given up, until enough households have moved: the codes, the
    /// households, and how many villages and grids remain.
    fn settle_some(&mut self) -> Result<(Vec<(RegionCode, RegionCode)>, usize, usize), Fault> {
        let mut made_up: Vec<Region> = self.tree()?.regions.iter().filter(|held| is_made_up(held)).cloned().collect();
        // Towns before their villages: what the list does not have goes along.
        made_up.sort_by(|a, b| (a.code.prefix().len(), &a.code).cmp(&(b.code.prefix().len(), &b.code)));
        let (mut households, mut left) = (0, 0);
        for region in made_up {
            // It may have gone along with its town.
            let is_there = self.tree()?.regions.iter().any(|held| held.id == region.id && is_made_up(held));
            if !is_there {
                continue;
            }
            let (county, now) = (region.code.county(), self.now);
            match counterpart(self.tree()?, &region, &[county], now) {
                Some(code) if code == region.code => {}
                Some(_) if households >= ENOUGH => {}
                Some(code) => households += self.give_up(&region, &code)?,
                None => left += usize::from(matches!(region.level, Level::Village | Level::Grid)),
            }
        }
        Ok((self.regions.moves.clone(), households, left))
    }

    /// What a command of that device means where it names regions under codes that were given up.
    pub fn rehome(&mut self, device: DeviceId, command: &mut Command) -> Result<(), StoreFault> {
        let named = RefCell::new(Vec::new());
        command.rehome(&|code| {
            if unlisted::may_be_made_up(code) {
                named.borrow_mut().push(code.clone());
            }
            None
        });
        let mut homes = BTreeMap::new();
        for code in named.into_inner() {
            if let Some(home) = self.home(device, &code)? {
                homes.insert(code, home);
            }
        }
        if !homes.is_empty() {
            command.rehome(&|code| homes.get(code).cloned());
        }
        Ok(())
    }

    /// What stands for a code that comes from a device; `None` for the code itself.
    fn home(&mut self, device: DeviceId, code: &RegionCode) -> Result<Option<RegionCode>, StoreFault> {
        if !self.reading.with(|tx| Ok(tx.keeps_notes()))? {
            return Ok(None);
        }
        let asked = (device, code.clone());
        if let Some(known) = self.regions.homes.get(&asked) {
            return Ok(known.clone());
        }
        let mut found = self.noted(&means(code, device))?;
        for _ in 0..STEPS {
            match self.noted(&successor(found.as_ref().unwrap_or(code)))? {
                Some(next) => found = Some(next),
                None => break,
            }
        }
        self.regions.homes.insert(asked, found.clone());
        Ok(found)
    }

    fn noted(&self, note: &[u8]) -> Result<Option<RegionCode>, StoreFault> {
        let held = self.reading.with(|tx| tx.note(note))?;
        Ok(held.map(|held| codec::decode(&held.0)).transpose()?)
    }

    fn write_note(&mut self, note: &[u8], code: &RegionCode) -> Result<(), StoreFault> {
        self.regions.homes.clear();
        let value = Bytes(codec::encode(code)?);
        self.reading.with(|tx| tx.put_note(note, Some(&value)))
    }

    /// A region that a device made up arrives: the region to register, or none where the county has the place already.
    pub fn arrives(&mut self, device: DeviceId, actor: &Actor, region: &Region) -> Result<Option<Region>, StoreFault> {
        let is_own = |code: &RegionCode| actor.regions.iter().any(|territory| territory.contains(code));
        if !is_own(&region.code) {
            return Ok(None);
        }
        let now = self.now;
        let tree = self.tree()?;
        let holders: Vec<&Region> = tree.regions.iter().filter(|held| held.code == region.code).collect();
        if holders.iter().any(|held| !held.provisional) {
            return Ok(None);
        }
        // What the territory itself says, a town for a town's device, is no number from a name: it stays.
        let by_name = || like(tree, region).filter(|code| is_own(code) && unlisted::may_be_made_up(&region.code));
        let place = counterpart(tree, region, &actor.regions, now).or_else(by_name);
        let other = holders.iter().find(|held| is_made_up(held) && place.as_ref() != Some(&region.code));
        let (is_free, other) = (holders.is_empty(), other.map(|held| (*held).clone()));
        if !self.reading.with(|tx| Ok(tx.keeps_notes()))? {
            return Ok((is_free && place.is_none()).then(|| region.clone()));
        }
        let is_free = is_free && region.parent.as_ref().is_none_or(|parent| parent.contains(&region.code));
        let code = match place {
            Some(code) if code == region.code => return Ok(None),
            Some(code) => {
                self.means(device, &region.code, &code)?;
                None
            }
            None if is_free && self.noted(&given_up(&region.code))?.is_none() => Some(region.code.clone()),
            None => {
                let code = self.free_code(region)?;
                if !is_own(&code) {
                    return Ok(None);
                }
                if code != region.code {
                    self.means(device, &region.code, &code)?;
                }
                Some(code)
            }
        };
        // Under another code it is another record: the device's own, which has the old one, goes.
        let id = |code: &RegionCode| if *code == region.code { region.id } else { RegionId::new() };
        let registered = code.map(|code| Region { id: id(&code), code, ..region.clone() });
        self.tree()?.regions.extend(registered.clone());
        if let Some(other) = other {
            let code = self.free_code(&other)?;
            if code == other.code {
                return Ok(registered);
            }
            let id = RegionId::new();
            let fresh = Region { id, code: code.clone(), ..other.clone() };
            self.move_along(&[Change::create(fresh.clone())])?;
            self.tree()?.regions.push(fresh);
            self.give_up(&other, &code)?;
        }
        Ok(registered)
    }

    /// From that device the code means another one, for ever, so nobody else gets it.
    fn means(&mut self, device: DeviceId, code: &RegionCode, home: &RegionCode) -> Result<(), StoreFault> {
        self.write_note(&means(code, device), home)?;
        self.write_note(&given_up(code), home)
    }

    /// A made-up code that nobody has or had, for a region of that name below that one's parent.
    fn free_code(&mut self, region: &Region) -> Result<RegionCode, StoreFault> {
        let parent = region.parent.clone().or_else(|| region.code.above()).unwrap_or_default();
        for number in unlisted::numbers(&region.name) {
            let Some(code) = unlisted::numbered(&parent, region.level, number) else { break };
            let is_taken = code == region.code || self.tree()?.regions.iter().any(|held| held.code == code);
            if !is_taken && self.noted(&given_up(&code))?.is_none() {
                return Ok(code);
            }
        }
        // 400 unknown names below one parent: the rest share the last code, as on devices.
        Ok(unlisted::numbered(&parent, region.level, unlisted::LAST).unwrap_or_else(|| region.code.clone()))
    }

    /// A made-up region is given up in favour of another one: how many households moved.
    fn give_up(&mut self, region: &Region, to: &RegionCode) -> Result<usize, StoreFault> {
        let (from, day) = (&region.code, self.now.date());
        let mut changes: Vec<Change> = decide::end_region(region, to, day).into_iter().collect();
        let tree = self.tree()?;
        changes.extend(tree.others.iter().filter_map(|record| decide::move_record(record, from, to)));
        for held in tree.regions.iter_mut().filter(|held| held.id == region.id) {
            held.successor = Some(to.clone());
        }
        let below: Vec<Region> = tree
            .regions
            .iter()
            .filter(|held| is_made_up(held) && held.parent.as_ref() == Some(from))
            .cloned()
            .collect();
        for record in &mut tree.others {
            if let Some(change) = decide::move_record(record, from, to)
                && let Change::Update { fields, .. } = change
            {
                // It comes from the record itself.
                let _fits = crate::domain::change::apply_fields(record.fields_mut(), &fields);
            }
        }
        self.move_along(&changes)?;
        self.write_note(&successor(from), to)?;
        self.write_note(&given_up(from), to)?;
        self.regions.moves.push((from.clone(), to.clone()));
        let mut moved = self.move_files(from, to)?;
        for child in below {
            moved += self.follow(&child, to)?;
        }
        Ok(moved)
    }

    /// What lies below a region that was given up goes below its successor: to the official place of its name, else to a
    /// made-up one.
    fn follow(&mut self, child: &Region, parent: &RegionCode) -> Result<usize, StoreFault> {
        let now = self.now;
        let there = Region { parent: Some(parent.clone()), ..child.clone() };
        let tree = self.tree()?;
        let held = counterpart(tree, child, std::slice::from_ref(&parent.county()), now).or_else(|| like(tree, &there));
        let code = match held {
            Some(code) => code,
            None => {
                let code = self.free_code(&there)?;
                if code == child.code {
                    return Ok(0);
                }
                let fresh = Region { id: RegionId::new(), code: code.clone(), ..there };
                self.move_along(&[Change::create(fresh.clone())])?;
                self.tree()?.regions.push(fresh);
                code
            }
        };
        self.give_up(child, &code)
    }

    /// Files and leads of a region go to its successor: how many households.
    fn move_files(&mut self, from: &RegionCode, to: &RegionCode) -> Result<usize, StoreFault> {
        let (feed, mut keys, mut after) = (Feed::Territory(from.clone()), Vec::new(), None);
        loop {
            let documents = self.reading.with(|tx| tx.documents_of(&feed, after.as_ref(), AT_ONCE))?;
            let last = documents.len() < AT_ONCE;
            after = documents.last().map(|document| document.key.clone());
            keys.extend(documents.into_iter().map(|document| document.key));
            if last {
                break;
            }
        }
        let mut households: Vec<HouseholdId> = Vec::new();
        let mut changes = Vec::new();
        for key in keys {
            match key {
                ItemKey::File(household) => households.push(household),
                ItemKey::Record(key) => {
                    let record = self.overlay.loose_record(key).map_err(|fault| StoreFault::Damaged(fault.0))?;
                    changes.extend(record.and_then(|record| decide::move_record(&record, from, to)));
                }
                // Pages go with their files.
                ItemKey::Older(..) | ItemKey::Card(_) | ItemKey::Own(..) => {}
            }
        }
        // Households of this very transaction stand in no feed yet.
        households.extend(self.overlay.files().keys().copied());
        households.sort_unstable();
        households.dedup();
        self.move_along(&changes)?;
        let mut moved = 0;
        for some in households.chunks(AT_ONCE) {
            let mut changes = Vec::new();
            for household in some {
                let file = self.overlay.file(*household).map_err(|fault| StoreFault::Damaged(fault.0))?;
                let own = file.map(|file| decide::move_household(&file, from, to)).unwrap_or_default();
                moved += usize::from(!own.is_empty());
                changes.extend(own);
            }
            self.move_along(&changes)?;
        }
        Ok(moved)
    }

    /// Publishes what moves, as an act of the server itself.
    fn move_along(&mut self, changes: &[Change]) -> Result<(), StoreFault> {
        if changes.is_empty() {
            return Ok(());
        }
        let (id, at) = (self.next_act()?, self.now);
        let by = Default::default();
        let what = "move_region".to_owned();
        let cause = Cause { id, hlc: Hlc::at(at), at, by, what, lost: Vec::new(), seen: Vec::new(), told: Vec::new() };
        let published = self.ledger.publish(self.reading, &mut self.overlay, &cause, changes);
        self.reading.check()?;
        published.map(drop).map_err(|fault| StoreFault::Damaged(fault.0))
    }

    fn tree(&mut self) -> Result<&mut Tree, StoreFault> {
        if self.regions.tree.is_none() {
            let tree = self.reading.with(|tx| Tree::read(tx, &self.overlay))?;
            self.regions.tree = Some(tree);
        }
        Ok(self.regions.tree.get_or_insert_default())
    }
}

/// Territories of a device follow regions that were given up.
pub(super) fn followed(device: &Device, moves: &[(RegionCode, RegionCode)]) -> Option<Scope> {
    let mut territories = device.scope.territories.clone();
    for (from, to) in moves {
        if let Some(moved) = decide::moved_territories(&territories, from, to) {
            territories = moved;
        }
    }
    (territories != device.scope.territories).then(|| Scope { territories, ..device.scope.clone() })
}

fn successor(code: &RegionCode) -> Vec<u8> {
    format!("y/{code}").into_bytes()
}

fn means(code: &RegionCode, device: DeviceId) -> Vec<u8> {
    [b"y/", code.as_str().as_bytes(), b"/", device.0.bytes().as_slice()].concat()
}

fn given_up(code: &RegionCode) -> Vec<u8> {
    format!("z/{code}").into_bytes()
}
