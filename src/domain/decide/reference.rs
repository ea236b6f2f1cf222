//! Reference records that stand on others: stations on three levels, organisations under hubs, and whoever belongs to an
//! organisation.

use super::{Case, Label, Reason, Record, Refusal, stock};
use crate::domain::id::OrgId;
use crate::domain::org::Org;
use crate::domain::region::Level;
use crate::domain::station::Station;

/// The fields by which such a record stands on others or in a place.
pub(super) const STANDING: &[&str] = &["level", "parent", "region", "hub", "org", "provider"];

/// Refuses a record that stands on one which is not there, or in a place where none of its kind can stand.
pub(super) fn sound(case: &Case<'_>, record: &Record) -> Result<(), Refusal> {
    match record {
        Record::Station(station) => station_stands(case, station),
        Record::Org(org) if org.hub == Some(org.id) => Err(Refusal::at("hub", Reason::HubItself)),
        Record::Org(org) => is_there(case, "hub", org.hub),
        Record::Worker(worker) => is_there(case, "org", worker.org),
        Record::Resource(resource) => {
            stock::keeps(case, resource)?;
            is_there(case, "provider", resource.provider)
        }
        _ => Ok(()),
    }
}

fn is_there(case: &Case<'_>, field: &'static str, org: Option<OrgId>) -> Result<(), Refusal> {
    let Some(org) = org else { return Ok(()) };
    match case.get::<Org>(org) {
        Ok(_) => Ok(()),
        Err(refusal) => Err(Refusal::at(field, refusal.reason)),
    }
}

/// The levels from the highest down, with the regions in which each stands (paper 001: 在区(县)、镇(街)、村(社)建立). A
/// city without counties has its centre itself.
const LEVELS: [(&str, &[Level]); 3] =
    [("centre", &[Level::County, Level::City]), ("station", &[Level::Town]), ("point", &[Level::Village])];

/// A station stands in a region of its level, and right below one of the level above.
fn station_stands(case: &Case<'_>, station: &Station) -> Result<(), Refusal> {
    // A level that is not on the list is the field table's to refuse.
    let Some(place) = LEVELS.iter().position(|(level, _)| *level == station.level.as_str()) else { return Ok(()) };
    let (level, regions) = LEVELS[place];
    let level = Label::of("station_level", level);
    if !station.region.level().is_some_and(|at| regions.contains(&at)) {
        let place = Label::of("region_level", regions[0].code());
        return Err(Refusal::at("region", Reason::StationRegion { level, place }));
    }
    let Some((above, _)) = place.checked_sub(1).map(|above| LEVELS[above]) else {
        let alone = station.parent.is_none();
        return if alone { Ok(()) } else { Err(Refusal::at("parent", Reason::StationParentless { level })) };
    };
    let wrong = || Refusal::at("parent", Reason::StationParent { level, above: Label::of("station_level", above) });
    let Some(parent) = station.parent else { return Err(wrong()) };
    let parent: Station = case.get(parent).map_err(|refusal| Refusal::at("parent", refusal.reason))?;
    if parent.level.as_str() != above {
        return Err(wrong());
    }
    if !parent.region.contains(&station.region) {
        return Err(Refusal::at("parent", Reason::StationElsewhere { parent: parent.name }));
    }
    Ok(())
}
