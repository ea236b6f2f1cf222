//! What planning asks of the register, and of the edges for new records.

use std::collections::HashMap;
use std::sync::Arc;

use super::Seen;
use crate::domain::codes::Code;
use crate::domain::id::{HouseholdId, MemberId};
use crate::domain::id_number::IdNumber;
use crate::domain::records::{Dossier, Unreadable};
use crate::domain::region::RegionCode;
use crate::roster::family::Family;
use crate::roster::place::Place;

/// What planning asks of the register.
pub trait Register {
    /// The living record of the person with that ID number.
    fn person(&self, id_number: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable>;
    /// The whole file of a household.
    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable>;
    /// The region of these names, at the lowest level that is named; `None` when the tree does not have it.
    fn region(&self, place: &Place) -> Result<Option<RegionCode>, Unreadable>;
    /// The households on the register now, of this category or one below it, in this region.
    fn households(&self, category: &Code, region: &RegionCode) -> Result<Vec<HouseholdId>, Unreadable>;
}

/// Gives what new records need. The edges implement it, because ids come from the clock and the random generator.
pub trait Mint {
    /// An id for a new household.
    fn household_id(&mut self) -> HouseholdId;
    /// An id for a new member.
    fn member_id(&mut self) -> MemberId;
    /// An archive number for a new household in this region.
    fn archive_no(&mut self, region: &RegionCode) -> String;
    /// A provisional code for a place that the tree does not have; the same for the same place. The caller registers
    /// the region before the household that lies in it.
    fn provisional_region(&mut self, place: &Place) -> RegionCode;
}

/// The household of the register that the family is: by its head; else the one that most of its members stand in, if
/// that one's head is in no household of the roster (the head has died or left, and another one took the place).
pub(super) fn find(
    family: &Family,
    register: &dyn Register,
    seen: &mut Seen,
    index: usize,
) -> Result<Option<Arc<Dossier>>, Unreadable> {
    if let Some((household, member)) = register.person(&family.head)?
        && let Some(dossier) = register.dossier(household)?
        && dossier.household.head == Some(member)
    {
        seen.claimed.insert(household, index);
        return Ok(Some(dossier));
    }
    let mut tally: HashMap<HouseholdId, usize> = HashMap::new();
    for number in family.members.iter().filter_map(|stated| stated.member.id_number) {
        if let Some((household, _)) = register.person(&number)? {
            *tally.entry(household).or_default() += 1;
        }
    }
    let Some((household, here)) = tally.into_iter().max_by_key(|(household, count)| (*count, *household)) else {
        return Ok(None);
    };
    if seen.claimed.contains_key(&household) {
        return Ok(None);
    }
    let Some(dossier) = register.dossier(household)? else { return Ok(None) };
    let old_head = dossier.head().and_then(|head| head.id_number);
    let others = dossier.present_members().filter(|member| Some(member.id) != dossier.household.head).count();
    if old_head.is_some_and(|head| seen.heads.contains(&head)) || 2 * here <= others {
        return Ok(None);
    }
    seen.claimed.insert(household, index);
    Ok(Some(dossier))
}
