//! Stock: set aside for a point, given out, given back. Never negative, because each step is decided on what stands.

use super::super::validate;
use super::{Case, Change, Kind, Reason, Refusal, Right, update};
use crate::domain::allotment::Allotment;
use crate::domain::household::Household;
use crate::domain::id::{AllotmentId, HouseholdId};
use crate::domain::resource::Resource;
use crate::domain::station::Station;

pub(super) fn allot(case: &Case<'_>, allotment: &Allotment) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Administer)?;
    case.absent(allotment.key())?;
    let before: Resource = case.get(allotment.resource)?;
    keeps(case, &before)?;
    let station = allotment.station.ok_or(Refusal::at("station", Reason::NotFound { kind: Kind::Station }))?;
    case.get::<Station>(station)?;
    let free = before.left();
    if allotment.quantity == 0 || allotment.quantity > free {
        return Err(Refusal::at("quantity", Reason::StockShort { left: free }));
    }
    let mut after = before.clone();
    after.allotted += allotment.quantity;
    let mut allotment = case.stamped(allotment.clone());
    allotment.used = 0;
    allotment.allotted_by = Some(case.actor.worker);
    allotment.allotted_at = case.now.at;
    validate::check(&allotment, case.now.today())?;
    Ok(vec![Change::create(allotment), update(&before, &after)?])
}

pub(super) fn spend(
    case: &Case<'_>,
    id: AllotmentId,
    household: HouseholdId,
    quantity: u32,
) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    let dossier = case.dossier(household)?;
    let before: Allotment = case.get(id)?;
    serves(case, &before, &dossier.household)?;
    if quantity == 0 || quantity > before.left() {
        return Err(Refusal::at("quantity", Reason::StockShort { left: before.left() }));
    }
    let mut after = before.clone();
    after.used += quantity;
    Ok(vec![update(&before, &after)?])
}

/// A resource is kept by those whose territory it is for: a village does not dispose of what its county has.
pub(super) fn keeps(case: &Case<'_>, resource: &Resource) -> Result<(), Refusal> {
    if case.holds(&resource.region) {
        return Ok(());
    }
    Err(Reason::StockElsewhere { resource: resource.name.clone() }.into())
}

/// A point gives out to the households of its region, so that nobody gives out what was set aside for somebody else's. A
/// household that moved away not long ago still counts.
fn serves(case: &Case<'_>, allotment: &Allotment, household: &Household) -> Result<(), Refusal> {
    let missing = || Refusal::at("station", Reason::NotFound { kind: Kind::Station });
    let station: Station = case.get(allotment.station.ok_or_else(missing)?)?;
    let former = case.records.former_regions(household.id)?;
    let is_served = std::iter::once(&household.region).chain(&former).any(|region| station.region.contains(region));
    if is_served { Ok(()) } else { Err(Refusal::at("household", Reason::OtherPoint { station: station.name })) }
}

pub(super) fn give_back(case: &Case<'_>, id: AllotmentId, quantity: u32) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Administer)?;
    let before: Allotment = case.get(id)?;
    if quantity == 0 || quantity > before.left() {
        return Err(Refusal::at("quantity", Reason::StockShort { left: before.left() }));
    }
    let mut after = before.clone();
    after.quantity -= quantity;
    let held: Resource = case.get(before.resource)?;
    // The station may give back what it has, and who keeps the resource may take it back.
    let station = before.station.and_then(|station| case.get::<Station>(station).ok());
    if !station.is_some_and(|station| case.holds(&station.region)) {
        keeps(case, &held)?;
    }
    let mut freed = held.clone();
    freed.allotted = held.allotted.saturating_sub(quantity);
    Ok(vec![update(&before, &after)?, update(&held, &freed)?])
}
