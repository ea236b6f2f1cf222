//! The parts of the directory, and what is listed in each.

use crate::domain::id::{AllotmentId, OrgId, ResourceId, StationId, WorkerId};
use crate::domain::region::RegionCode;
use crate::i18n::{Lang, directory as text};
use crate::tui::app::Context;
use crate::tui::screens::pool;

/// A part of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// Workers.
    #[default]
    Workers,
    /// Organisations.
    Orgs,
    /// Stations.
    Stations,
    /// Regions of the territory.
    Regions,
    /// Resources.
    Resources,
    /// What is set aside for stations that serve the territory.
    Allotments,
}

/// The parts in their order.
pub const PARTS: [Part; 6] =
    [Part::Workers, Part::Orgs, Part::Stations, Part::Regions, Part::Resources, Part::Allotments];

/// What is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A worker.
    Worker(WorkerId),
    /// An organisation.
    Org(OrgId),
    /// A station.
    Station(StationId),
    /// A region.
    Region(RegionCode),
    /// A resource.
    Resource(ResourceId),
    /// An allotment.
    Allotment(AllotmentId),
}

impl Part {
    /// Its name.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Part::Workers => text::workers(lang),
            Part::Orgs => text::orgs(lang),
            Part::Stations => text::stations(lang),
            Part::Regions => text::regions(lang),
            Part::Resources => text::resources(lang),
            Part::Allotments => text::allotments(lang),
        }
    }

    /// What is listed in it, in no order.
    pub fn entries(self, ctx: &Context<'_>) -> Vec<Entry> {
        let held = &ctx.memory.reference;
        match self {
            Part::Workers => {
                held.workers.values().filter(|w| !w.meta.deleted).map(|worker| Entry::Worker(worker.id)).collect()
            }
            Part::Orgs => held.orgs.values().filter(|org| !org.meta.deleted).map(|org| Entry::Org(org.id)).collect(),
            Part::Stations => {
                let live = held.stations.values().filter(|station| !station.meta.deleted);
                live.map(|station| Entry::Station(station.id)).collect()
            }
            Part::Regions => {
                let live = held.regions.values().filter(|region| !region.meta.deleted);
                let own = live.filter(|region| pool::holds(ctx, &region.code));
                own.map(|region| Entry::Region(region.code.clone())).collect()
            }
            Part::Resources => {
                let live = held.resources.iter().filter(|resource| !resource.meta.deleted);
                live.map(|resource| Entry::Resource(resource.id)).collect()
            }
            Part::Allotments => {
                let live = held.allotments.values().filter(|allotment| !allotment.meta.deleted);
                let own = live.filter(|allotment| {
                    let station = allotment.station.and_then(|station| held.stations.get(&station));
                    let regions = &ctx.actor.regions;
                    station.is_none_or(|at| regions.is_empty() || regions.iter().any(|region| at.serves(region)))
                });
                own.map(|allotment| Entry::Allotment(allotment.id)).collect()
            }
        }
    }

    /// What is listed in it, in order: workers in service first; stations and regions each below what they belong to;
    /// stock that is left first.
    pub fn sorted(self, ctx: &Context<'_>) -> Vec<Entry> {
        let held = &ctx.memory.reference;
        let mut entries = self.entries(ctx);
        entries.sort_by_cached_key(|entry| {
            // Each kind is listed by itself, so the keys of different kinds never meet.
            match entry {
                Entry::Worker(id) => held.workers.get(id).map_or_else(Default::default, |worker| {
                    let region = worker.regions.first().map(ToString::to_string).unwrap_or_default();
                    (!worker.is_in_service(), region, worker.name.clone(), id.0)
                }),
                Entry::Org(id) => held
                    .orgs
                    .get(id)
                    .map_or_else(Default::default, |org| (false, org.region.to_string(), org.name.clone(), id.0)),
                Entry::Station(id) => held.stations.get(id).map_or_else(Default::default, |station| {
                    (false, station.region.to_string(), station.name.clone(), id.0)
                }),
                Entry::Region(code) => (false, code.to_string(), String::new(), Default::default()),
                Entry::Resource(id) => {
                    let found = held.resources.iter().find(|resource| resource.id == *id);
                    found.map_or_else(Default::default, |resource| {
                        (false, resource.pool.to_string(), resource.no.clone(), id.0)
                    })
                }
                Entry::Allotment(id) => held.allotments.get(id).map_or_else(Default::default, |allotment| {
                    let station = allotment.station.and_then(|station| held.stations.get(&station));
                    let region = station.map(|station| station.region.to_string()).unwrap_or_default();
                    let name = held.resource_of(*id).map(|resource| resource.name.clone()).unwrap_or_default();
                    (allotment.left() == 0, region, name, id.0)
                }),
            }
        });
        entries
    }
}
