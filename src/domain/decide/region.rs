//! Regions that devices made up, when the code is given up: the county's own list has the place, or another place has the
//! code too. A code that was given up names its successor and is never used again, as with official codes (GB/T 10114).

use chrono::NaiveDate;

use crate::domain::change::Change;
use crate::domain::household::Household;
use crate::domain::lead::Lead;
use crate::domain::org::Org;
use crate::domain::record::Record;
use crate::domain::records::Dossier;
use crate::domain::region::{Region, RegionCode};
use crate::domain::resource::Resource;
use crate::domain::station::Station;
use crate::domain::wish::Wish;
use crate::domain::worker::Worker;

/// The made-up region ends that day in favour of its successor.
pub fn end_region(region: &Region, successor: &RegionCode, day: NaiveDate) -> Option<Change> {
    let ended = Region { successor: Some(successor.clone()), valid_to: Some(day), ..region.clone() };
    Change::between(region, &ended)
}

/// A household in the region that was given up goes to its successor, and its wishes say the successor's town.
pub fn move_household(file: &Dossier, from: &RegionCode, to: &RegionCode) -> Vec<Change> {
    if file.household.region != *from {
        return Vec::new();
    }
    let moved = Household { region: to.clone(), ..file.household.clone() };
    let wishes = file.wishes.iter().filter(|wish| wish.town == from.town());
    let wishes = wishes.filter_map(|wish| Change::between(wish, &Wish { town: to.town(), ..wish.clone() }));
    Change::between(&file.household, &moved).into_iter().chain(wishes).collect()
}

/// A record outside of files that names the region, a station, a resource, a lead or a worker's territory, names the
/// successor instead.
pub fn move_record(record: &Record, from: &RegionCode, to: &RegionCode) -> Option<Change> {
    let region = to.clone();
    match record {
        Record::Lead(held) if held.region == *from => Change::between(held, &Lead { region, ..held.clone() }),
        Record::Station(held) if held.region == *from => Change::between(held, &Station { region, ..held.clone() }),
        Record::Resource(held) if held.region == *from => Change::between(held, &Resource { region, ..held.clone() }),
        Record::Org(held) if held.region == *from => Change::between(held, &Org { region, ..held.clone() }),
        Record::Worker(held) => {
            let regions = moved_territories(&held.regions, from, to)?;
            Change::between(held, &Worker { regions, ..held.clone() })
        }
        _ => None,
    }
}

/// Territories with the successor in the place of the region that was given up; `None` where they do not name it.
pub fn moved_territories(held: &[RegionCode], from: &RegionCode, to: &RegionCode) -> Option<Vec<RegionCode>> {
    let mut after: Vec<RegionCode> = held.iter().map(|code| if code == from { to } else { code }).cloned().collect();
    let is_named = held.contains(from);
    after.sort();
    after.dedup();
    is_named.then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(digits: &str) -> RegionCode {
        RegionCode::parse(digits).unwrap()
    }

    #[test]
    fn a_household_moves_with_the_town_on_its_wishes() {
        let (from, to) = (code("990101612745"), code("990101100201"));
        let household = Household { region: from.clone(), ..Household::default() };
        let wishes = ["990101612000", "990101101000"].map(|town| Wish { town: code(town), ..Wish::default() });
        let file = Dossier { household, wishes: wishes.to_vec(), ..Dossier::default() };
        let changed: Vec<String> = move_household(&file, &from, &to)
            .iter()
            .flat_map(|change| match change {
                Change::Update { fields, .. } => fields.iter().map(|field| format!("{field:?}")).collect(),
                Change::Create(_) => vec![],
            })
            .collect();
        assert_eq!(changed.len(), 2, "{changed:?}");
        assert!(changed[0].contains(to.as_str()) && changed[1].contains(to.town().as_str()), "{changed:?}");
        assert_eq!(move_household(&file, &code("990101612746"), &to), []);
    }

    #[test]
    fn territories_name_the_successor_once() {
        let codes = |digits: &[&str]| digits.iter().map(|digits| code(digits)).collect::<Vec<_>>();
        let (from, to) = (code("990101612745"), code("990101100201"));
        let check = |held: &[&str], expected: Option<&[&str]>| {
            assert_eq!(moved_territories(&codes(held), &from, &to), expected.map(codes), "{held:?}");
        };
        check(&[], None);
        check(&["990101100201"], None);
        check(&["990101612745"], Some(&["990101100201"]));
        check(&["990101612745", "990101100201"], Some(&["990101100201"]));
        check(&["990101612745", "990101100202"], Some(&["990101100201", "990101100202"]));
    }
}
