//! Households that a device registered alone, under codes that it made up: before anything is sent they are put where the
//! county's own tree of regions has them, by name. A household under a code that no office gives out would belong to no
//! territory, and leave the device with the first round.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::rows::Row;
use super::super::{Replica, ReplicaError};
use crate::domain::id::HouseholdId;
use crate::domain::region::{Region, RegionCode, UNNAMED_TOWN};
use crate::i18n::{Explain, Lang, replica as say};
use crate::roster::place::{self, Place, PlaceFault};
use crate::roster::unlisted;
use crate::sync::feed::{Feed, Scope};
use crate::sync::protocol::ItemKey;

/// Places that are told one by one.
const TOLD: usize = 20;

/// A code that this device made up, with the names that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Homemade {
    /// The code.
    pub code: RegionCode,
    /// What the roster said.
    pub place: Place,
    /// Households registered there now.
    pub households: usize,
}

/// Places of this device's households that the county's tree does not have within the device's territory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} places of households are no regions of the county", .0.len())]
pub struct Homeless(pub Vec<(Homemade, PlaceFault)>);

impl Explain for Homeless {
    fn code(&self) -> &str {
        "enrol.regions_unknown"
    }
    fn field(&self) -> Option<&str> {
        Some("region")
    }
    fn message(&self, lang: Lang) -> String {
        let one = |(home, fault): &(Homemade, PlaceFault)| {
            say::homeless_place(lang, &home.place.to_string(), home.households, &fault.message(lang))
        };
        let places: Vec<String> = self.0.iter().take(TOLD).map(one).collect();
        let households = self.0.iter().map(|(home, _)| home.households).sum();
        say::homeless(lang, households, self.0.len(), &places.join(lang.pick("；", "; ")))
    }
    fn remedy(&self, lang: Lang) -> String {
        say::homeless_remedy(lang).to_owned()
    }
}

/// Places outside the territory that a device is about to get, where it has registered households that no server has yet:
/// each with the number of households. Sent there, they arrive, and leave this device.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("households in {} places lie outside the territory", .0.len())]
pub struct Strangers(pub BTreeMap<String, usize>);

impl Strangers {
    /// How many households.
    pub fn households(&self) -> usize {
        self.0.values().sum()
    }
}

impl Explain for Strangers {
    fn code(&self) -> &str {
        "enrol.households_outside"
    }
    fn field(&self) -> Option<&str> {
        Some("region")
    }
    fn message(&self, lang: Lang) -> String {
        let places = self.0.iter().take(TOLD).map(|(place, households)| say::stranger(lang, place, *households));
        let places: Vec<String> = places.collect();
        say::strangers(lang, self.households(), self.0.len(), &places.join(lang.pick("、", ", ")))
    }
    fn remedy(&self, lang: Lang) -> String {
        say::strangers_remedy(lang).to_owned()
    }
}

impl Replica {
    /// Households that no server has yet and that would lie outside those territories; `homes` are made-up regions with
    /// what stands for them there.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub fn strangers(
        &self,
        territories: &[RegionCode],
        homes: &[(RegionCode, RegionCode)],
    ) -> Result<Strangers, ReplicaError> {
        self.wait_until_open()?;
        let outside: Vec<(HouseholdId, String)> = {
            let memory = self.read();
            let place = |row: &Row<'_>| {
                let code = memory.region(row.fixed().region).cloned().unwrap_or_default();
                let home = homes.iter().find(|(made_up, _)| *made_up == code).map_or(&code, |(_, official)| official);
                let is_held = territories.iter().any(|territory| territory.contains(home));
                (!is_held).then(|| memory.reference.place(&code))
            };
            let present = memory.rows.iter().filter(|(_, row)| row.is_present());
            present.filter_map(|(_, row)| Some((row.id(), place(&row)?))).collect()
        };
        let mut strangers = Strangers::default();
        for (household, place) in outside {
            if self.base_item(&ItemKey::File(household))?.is_none() {
                *strangers.0.entry(place).or_default() += 1;
            }
        }
        Ok(strangers)
    }

    /// The territory inside which this device of a county makes up codes of places, because its server keeps no list of
    /// the regions in it; `None` where there is a list, or nobody has looked yet, and on a device that works alone.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn makes_up_regions_in(&self, day: NaiveDate) -> Result<Option<RegionCode>, ReplicaError> {
        let (Some(territories), Some(enrolment)) = (self.territories()?, self.enrolment()) else { return Ok(None) };
        let has_looked = enrolment.unlisted || self.sync_state()?.cursors.contains_key(&Feed::Reference);
        let memory = self.read();
        let regions = memory.reference.regions.values().map(|region| &**region);
        let may = has_looked && unlisted::is_unlisted(regions, &territories, day);
        Ok(unlisted::base(&territories).filter(|_| may).cloned())
    }

    /// The name of a region as far as this device knows it: also of one that stands for a code made up here, before the
    /// first round has brought it.
    pub fn region_called(&self, code: &RegionCode) -> Option<String> {
        let memory = self.read();
        let regions = &memory.reference.regions;
        let made_up = || {
            let enrolment = self.enrolment()?;
            let mut homes = enrolment.homes.iter().filter(|(_, to)| to == code);
            homes.find_map(|(from, _)| regions.get(from).map(|region| region.name.clone()))
        };
        regions.get(code).map(|region| region.name.clone()).or_else(made_up)
    }

    /// The codes that this device made up while it worked alone.
    ///
    /// # Errors
    /// When the data did not open.
    pub fn homemade_regions(&self) -> Result<Vec<Homemade>, ReplicaError> {
        self.wait_until_open()?;
        let memory = self.read();
        let mut households: BTreeMap<&RegionCode, usize> = BTreeMap::new();
        for (_, row) in memory.rows.iter().filter(|(_, row)| row.is_present()) {
            if let Some(code) = memory.region(row.fixed().region) {
                *households.entry(code).or_default() += 1;
            }
        }
        let regions = &memory.reference.regions;
        let mut found: Vec<Homemade> = regions
            .values()
            .filter(|region| region.provisional && !region.meta.deleted)
            .map(|region| {
                let households = households.get(&region.code).copied().unwrap_or(0);
                let parent = |region: &Region| region.parent.as_ref().and_then(|code| regions.get(code));
                let above = std::iter::successors(Some(region), |region| parent(region));
                let mut place = Place::default();
                // The tree is not deep; the bound guards against a circle in the data.
                for region in above.take(6).filter(|region| region.name != UNNAMED_TOWN) {
                    place.set(region.level, region.name.clone());
                }
                Homemade { code: region.code.clone(), place, households }
            })
            .collect();
        found.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(found)
    }
}

/// Which official region stands for each made-up one. Those in which nobody lives and that are not met stay as they are.
///
/// # Errors
/// [`Homeless`] with every place in which somebody lives and that is not met.
pub fn rehome(
    homemade: &[Homemade],
    official: &[Region],
    scope: &Scope,
    day: NaiveDate,
) -> Result<Vec<(RegionCode, RegionCode)>, Homeless> {
    if unlisted::is_unlisted(official.iter(), &scope.territories, day)
        && let Some(base) = unlisted::base(&scope.territories)
    {
        return adopted(homemade, scope, base);
    }
    let mut homes = Vec::new();
    let mut homeless = Vec::new();
    for home in homemade {
        let found = place::official(&home.place, official.iter(), &scope.territories, day);
        match found {
            // Codes are put in the place of codes within what was recorded, where lengths are written down too.
            Ok(code) if code.as_str().len() == home.code.as_str().len() => homes.push((home.code.clone(), code)),
            Ok(_) if home.households > 0 => {
                let name = home.place.to_string();
                homeless.push((home.clone(), PlaceFault::Unknown { name }));
            }
            Err(fault) if home.households > 0 => homeless.push((home.clone(), fault)),
            Ok(_) | Err(_) => {}
        }
    }
    if homeless.is_empty() { Ok(homes) } else { Err(Homeless(homeless)) }
}

/// Where the server keeps no list, made-up codes move into the territory, each place to one of its own.
fn adopted(homemade: &[Homemade], scope: &Scope, base: &RegionCode) -> Result<Vec<(RegionCode, RegionCode)>, Homeless> {
    let is_inside = |code: &RegionCode| scope.territories.iter().any(|territory| territory.contains(code));
    let mut homes: Vec<(RegionCode, RegionCode)> = Vec::new();
    let mut lived_in: BTreeMap<RegionCode, &RegionCode> = BTreeMap::new();
    let mut homeless = Vec::new();
    for home in homemade.iter().filter(|home| !is_inside(&home.code)) {
        let moved = unlisted::moved(&home.code, base);
        // Villages of several towns, or several villages, do not become one.
        let mut is_alone =
            |to: &RegionCode| home.households == 0 || **lived_in.entry(to.clone()).or_insert(&home.code) == home.code;
        match moved.filter(|to| is_alone(to)) {
            Some(to) => {
                let county = (home.code.county(), base.county());
                if !homes.contains(&county) {
                    homes.push(county);
                }
                homes.push((home.code.clone(), to));
            }
            None if home.households > 0 => {
                homeless.push((home.clone(), PlaceFault::Outside { name: home.place.to_string() }));
            }
            None => {}
        }
    }
    if homeless.is_empty() { Ok(homes) } else { Err(Homeless(homeless)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::region::Level;

    #[test]
    fn made_up_places_come_home_by_name_or_are_told() {
        let code = |digits: &str| RegionCode::parse(digits).unwrap();
        let region = |digits: &str, name: &str| {
            let code = code(digits);
            Region { level: code.level().unwrap(), code, name: name.into(), ..Region::default() }
        };
        let tree =
            [region("990101100000", "东岙镇"), region("990101100201", "后垟村"), region("990101101201", "上岙村")];
        let home = |digits: &str, parts: &[(Level, &str)], households| {
            let mut place = Place::default();
            parts.iter().for_each(|(level, name)| place.set(*level, (*name).to_owned()));
            Homemade { code: code(digits), place, households }
        };
        let scope = Scope { territories: vec![code("990101100000")], ..Scope::default() };
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let check = |homemade: &[Homemade], expected: Result<&[(&str, &str)], &[&str]>| match (
            rehome(homemade, &tree, &scope, day),
            expected,
        ) {
            (Ok(found), Ok(expected)) => {
                let found: Vec<_> = found.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
                assert_eq!(found, expected);
            }
            (Err(Homeless(found)), Err(expected)) => {
                assert_eq!(found.iter().map(|(_, fault)| fault.code()).collect::<Vec<_>>(), expected);
            }
            (found, expected) => panic!("{found:?} {expected:?}"),
        };
        use Level::{Grid, Town, Village};
        let houyang = [(Town, "东岙镇"), (Village, "后垟村")];
        let town = home("999900600000", &[(Town, "东岙镇")], 0);
        let village = home("999900600600", &houyang, 3);
        check(&[town.clone(), village], Ok(&[("999900600600", "990101100201")]));
        // Nobody lives in what is not met: it may stay.
        check(&[town, home("999900600601", &[(Village, "没有村")], 0)], Ok(&[]));
        let (unknown, outside) = (home("999900600601", &[(Village, "没有村")], 1), [(Village, "上岙村")]);
        check(&[unknown, home("999900600602", &outside, 1)], Err(&["region.unknown", "region.outside_territory"]));
        // A grid that the tree does not have cannot stand for its village: its code is longer.
        let grid = [houyang[0], houyang[1], (Grid, "一网格")];
        check(&[home("999900600600600", &grid, 2)], Err(&["region.unknown"]));
    }
}
