//! Registering households and members by hand: what the desk fills in, and the look at who is on file already.

use std::cell::RefCell;
use std::collections::VecDeque;

use chrono::NaiveDate;

use super::Desk;
use super::intake::DeskMint;
use crate::domain::codes::Code;
use crate::domain::command::Command;
use crate::domain::household::Household;
use crate::domain::id::{HouseholdId, MemberId};
use crate::domain::id_number::IdNumber;
use crate::domain::mask;
use crate::domain::member::{HEAD_RELATION, Member};
use crate::domain::moment::Now;
use crate::domain::numbering::Series;
use crate::domain::record::{Fields, Record};
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::region::{Level, Region, RegionCode};
use crate::domain::value::{FieldValue as _, Value};
use crate::replica::{Committed, Projection, ReplicaError};
use crate::roster::place::{self, Place, PlaceFault};
use crate::roster::plan::Mint as _;

/// A household to be put on the register by hand.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    /// The household.
    pub household: Household,
    /// Its members, the head first.
    pub members: Vec<Member>,
    /// A village that is not on the list of regions, by its town's and its own name: it gets a provisional code.
    pub new_place: Option<(String, String)>,
    /// Registered although the village has a household whose head bears the same name.
    pub despite_like: bool,
}

impl Desk {
    /// A household to be filled in, with the region where there is only one to choose from.
    pub fn new_household(&self) -> Household {
        let villages = villages(&self.replica().read(), &self.actor().regions);
        let region = if let [(only, _)] = villages.as_slice() { only.clone() } else { RegionCode::default() };
        Household { id: HouseholdId::new(), region, ..Household::default() }
    }

    /// Puts a household with its members on the register. Archive number, number of persons and the head are filled in
    /// where they are blank; a village that is not on the list is registered first, with a provisional code; on a
    /// device of a county it is refused instead.
    ///
    /// # Errors
    /// [`Reason::OutsideTerritory`]; [`Reason::HouseholdLike`] where the village has a household whose head bears the same name, unless that was looked
    /// at; and as [`Replica::commit`](crate::replica::Replica::commit).
    pub fn register_household(&self, registration: Registration, now: Now) -> Result<Committed, ReplicaError> {
        let Registration { mut household, mut members, new_place, despite_like } = registration;
        let mut new_regions = Vec::new();
        if let Some((town, village)) = new_place {
            let base = self.replica().makes_up_regions_in(now.today())?;
            match self.replica().territories()? {
                // In a county nobody makes up regions: the household would leave the device with the next round.
                Some(territories) if base.is_none() => {
                    household.region = self.official_village(&town, &village, &territories, now)?;
                }
                _ => (household.region, new_regions) = self.provisional_village(&town, &village, now, base),
            }
        }
        // The worker's territory, and on a device of a county the device's: from anywhere else the household would leave
        // with the next round.
        let held = self.replica().territories()?;
        let is_held =
            |region: &RegionCode| held.as_ref().is_none_or(|held| held.iter().any(|held| held.contains(region)));
        let may_lie = is_held(&household.region) && is_within(&household.region, &self.actor().regions);
        if !household.region.is_empty() && !may_lie {
            let region = self.replica().read().reference.place(&household.region);
            return Err(ReplicaError::Refused(Refusal::at("region", Reason::OutsideTerritory { region })));
        }
        if let Some(head) = members.first_mut() {
            household.head = household.head.or(Some(head.id));
            if head.relation.is_empty() {
                head.relation = Code::from(HEAD_RELATION);
            }
            let memory = self.replica().read();
            if !despite_like && let Some(like) = like_household(&memory, &head.name, &household.region) {
                return Err(ReplicaError::Refused(Refusal::at("name", like).of(&*head)));
            }
        }
        if household.member_count == 0 {
            household.member_count = u16::try_from(members.len()).unwrap_or(u16::MAX);
        }
        if household.archive_no.is_empty() {
            household.archive_no = self.number(Series::Archive, &household.region, now.today());
        }
        for region in new_regions {
            let command = Command::Register { record: Box::new(Record::Region(region)) };
            self.replica().commit(self.actor(), now, command)?;
        }
        let records = std::iter::once(Record::Household(household)).chain(members.into_iter().map(Record::Member));
        self.replica().commit(self.actor(), now, Command::RegisterHousehold { records: records.collect() })
    }

    /// The county's region that a village means, by its town's and its own name.
    fn official_village(
        &self,
        town: &str,
        village: &str,
        territories: &[RegionCode],
        now: Now,
    ) -> Result<RegionCode, Refusal> {
        let named = |name: &str| Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        let place = Place { town: named(town), village: named(village), ..Place::default() };
        let memory = self.replica().read();
        let regions = memory.reference.regions.values().map(|region| &**region);
        place::official(&place, regions, territories, now.today()).map_err(|fault| {
            let name = place.to_string();
            Refusal::at(
                "region",
                match fault {
                    PlaceFault::Outside { .. } => Reason::OutsideTerritory { region: name },
                    PlaceFault::Ambiguous { .. } => Reason::RegionAmbiguous { name },
                    PlaceFault::NoRegions | PlaceFault::NoVillage | PlaceFault::Unknown { .. } => {
                        Reason::RegionUnknown { name }
                    }
                },
            )
        })
    }

    /// The code of a village that is not on the list, and the regions that have to be registered for it.
    fn provisional_village(
        &self,
        town: &str,
        village: &str,
        now: Now,
        base: Option<RegionCode>,
    ) -> (RegionCode, Vec<Region>) {
        let named = |name: &str| Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        let place = Place { town: named(town), village: named(village), ..Place::default() };
        let minted = RefCell::new(VecDeque::new());
        let code = DeskMint::new(self, now, &minted, base).provisional_region(&place);
        (code, minted.into_inner().into())
    }

    /// The village of that name or code in the worker's territory, of that town where several bear it.
    ///
    /// # Errors
    /// [`Reason::RegionUnknown`] and [`Reason::RegionAmbiguous`].
    pub fn village_named(&self, name: &str, town: Option<&str>) -> Result<RegionCode, Refusal> {
        let memory = self.replica().read();
        let refused = |reason| Err(Refusal::at("region", reason));
        let name = name.trim();
        if let Some(code) = RegionCode::parse(name) {
            let known = memory.reference.regions.contains_key(&code) || self.actor().regions.contains(&code);
            return if known { Ok(code) } else { refused(Reason::RegionUnknown { name: name.to_owned() }) };
        }
        let of_town =
            |code: &RegionCode| town.is_none_or(|town| memory.reference.region_name(&code.town()) == town.trim());
        let found: Vec<RegionCode> = villages(&memory, &self.actor().regions)
            .into_iter()
            // By its own name, or with the town before it.
            .filter(|(code, place)| (memory.reference.region_name(code) == name || place == name) && of_town(code))
            .map(|(code, _)| code)
            .collect();
        match found.as_slice() {
            [] => refused(Reason::RegionUnknown { name: name.to_owned() }),
            [only] => Ok(only.clone()),
            _ => refused(Reason::RegionAmbiguous { name: name.to_owned() }),
        }
    }
}

/// A member to be filled in.
pub fn new_member(household: HouseholdId) -> Member {
    Member { id: MemberId::new(), household, ..Member::default() }
}

/// Whether a region lies in a territory; an empty one is everything that the device holds.
fn is_within(region: &RegionCode, territory: &[RegionCode]) -> bool {
    territory.is_empty() || territory.iter().any(|held| held.contains(region))
}

/// Whether a territory may hold villages that are not on the list of regions: it is more than single villages.
pub fn may_grow(territory: &[RegionCode]) -> bool {
    territory.is_empty() || territory.iter().any(|held| held.village() == held.town())
}

/// The villages and grids of a territory (all where it is empty) with their names, by code.
pub fn villages(memory: &Projection, territory: &[RegionCode]) -> Vec<(RegionCode, String)> {
    let listed = memory.reference.regions.values().filter(|region| {
        let is_low = matches!(region.level, Level::Village | Level::Grid);
        is_low && region.valid_to.is_none() && !region.meta.deleted && is_within(&region.code, territory)
    });
    let mut found: Vec<RegionCode> = listed.map(|region| region.code.clone()).collect();
    // A village that was given to the worker is there, whether the list names it or not.
    found.extend(territory.iter().filter(|held| held.village() != held.town()).cloned());
    found.sort();
    found.dedup();
    found.into_iter().map(|code| (code.clone(), memory.reference.place(&code))).collect()
}

/// Why a household may be on file already: one of the same village whose head bears the same name.
pub fn like_household(memory: &Projection, head: &str, region: &RegionCode) -> Option<Reason> {
    let village = region.village();
    memory
        .rows
        .iter()
        .map(|(_, row)| row)
        .filter(|row| row.is_present() && row.head() == head)
        .find(|row| memory.region(row.fixed().region).is_some_and(|held| held.village() == village))
        .map(|row| Reason::HouseholdLike {
            head: mask::name(row.head()),
            place: memory.reference.place(&village),
            archive_no: row.archive_no().to_owned(),
        })
}

/// What a person's ID number says besides: date of birth and sex, as fields of a member.
pub fn told_by_id_number(typed: &str, today: NaiveDate) -> Option<[(&'static str, Value); 2]> {
    let number = IdNumber::parse(typed, today).ok()?;
    Some([("birth_date", number.birth_date().to_value()), ("sex", Value::Text(number.sex().code().to_owned()))])
}

/// Fills in what the ID number of a member says, where it is blank.
pub fn fill_in_by_id_number(member: &mut Member, today: NaiveDate) {
    let Some(number) = member.id_number else { return };
    for (field, value) in told_by_id_number(number.reveal(), today).into_iter().flatten() {
        if member.get(field).is_none_or(|held| held.is_empty()) {
            // Both fields take what an ID number gives.
            let _set = member.set(field, value);
        }
    }
}
