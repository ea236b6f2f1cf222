//! Reference records held whole in RAM: regions, stations, organisations, workers, resources, and what of these is set
//! aside for points.

use std::collections::HashMap;

use crate::domain::allotment::Allotment;
use crate::domain::id::{AllotmentId, OrgId, StationId, WorkerId};
use crate::domain::org::Org;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::region::{Level, Region, RegionCode};
use crate::domain::resource::Resource;
use crate::domain::station::Station;
use crate::domain::worker::Worker;

/// The reference records by kind. Those of which a city has thousands are boxed, since the empty places of a table would
/// otherwise cost as much as the records.
#[derive(Debug, Default)]
pub struct Reference {
    /// Regions by code; of several with one code, the one in force.
    pub regions: HashMap<RegionCode, Box<Region>>,
    /// Stations.
    pub stations: HashMap<StationId, Box<Station>>,
    /// Organisations.
    pub orgs: HashMap<OrgId, Org>,
    /// Workers.
    pub workers: HashMap<WorkerId, Box<Worker>>,
    /// Resources.
    pub resources: Vec<Resource>,
    /// Stock that is set aside for points.
    pub allotments: HashMap<AllotmentId, Allotment>,
}

impl Reference {
    /// Takes a record in, new or over the present version. Kinds that belong to households are left alone.
    pub fn put(&mut self, record: Record) {
        match record {
            Record::Region(region) => {
                let newer = self.regions.get(&region.code).is_none_or(|held| {
                    let in_force = region.valid_to.is_none();
                    // Two that made a place up by themselves have a record each, and one of them goes.
                    let as_good = held.provisional && region.provisional && in_force;
                    let later = held.valid_to.is_some() || region.valid_from > held.valid_from || as_good;
                    // An official code before one that a device made up.
                    let outranks = match (held.provisional, region.provisional) {
                        (true, false) => true,
                        (false, true) => false,
                        _ => later,
                    };
                    // What the row file tells in brief was never stamped, and gives way to any record.
                    held.id == region.id || held.meta.rev < region.meta.rev.min(1) || outranks
                });
                if newer {
                    self.regions.insert(region.code.clone(), Box::new(region));
                }
            }
            Record::Station(station) => {
                self.stations.insert(station.id, Box::new(station));
            }
            Record::Org(org) => {
                self.orgs.insert(org.id, org);
            }
            Record::Worker(worker) => {
                self.workers.insert(worker.id, Box::new(worker));
            }
            Record::Resource(resource) => match self.resources.iter_mut().find(|held| held.id == resource.id) {
                Some(held) => *held = resource,
                None => self.resources.push(resource),
            },
            Record::Allotment(allotment) => {
                self.allotments.insert(allotment.id, allotment);
            }
            _ => {}
        }
    }

    /// Lets a record go that this device no longer holds.
    pub fn forget(&mut self, key: RecordKey) {
        match key.kind {
            Kind::Region => self.regions.retain(|_, held| held.key() != key),
            Kind::Station => drop(self.stations.remove(&key.id.into())),
            Kind::Org => drop(self.orgs.remove(&key.id.into())),
            Kind::Worker => drop(self.workers.remove(&key.id.into())),
            Kind::Resource => self.resources.retain(|held| held.key() != key),
            Kind::Allotment => drop(self.allotments.remove(&key.id.into())),
            _ => {}
        }
    }

    /// Every record of a kind that is held here.
    pub fn of_kind(&self, kind: Kind) -> Vec<Record> {
        match kind {
            Kind::Region => self.regions.values().map(|r| Record::Region((**r).clone())).collect(),
            Kind::Station => self.stations.values().map(|r| Record::Station((**r).clone())).collect(),
            Kind::Org => self.orgs.values().cloned().map(Record::Org).collect(),
            Kind::Worker => self.workers.values().map(|r| Record::Worker((**r).clone())).collect(),
            Kind::Resource => self.resources.iter().cloned().map(Record::Resource).collect(),
            Kind::Allotment => self.allotments.values().cloned().map(Record::Allotment).collect(),
            _ => Vec::new(),
        }
    }

    /// The record of that key.
    pub fn get(&self, key: RecordKey) -> Option<Record> {
        match key.kind {
            Kind::Region => self.regions.values().find(|r| r.key() == key).map(|r| Record::Region((**r).clone())),
            Kind::Station => self.stations.get(&key.id.into()).map(|r| Record::Station((**r).clone())),
            Kind::Org => self.orgs.get(&key.id.into()).cloned().map(Record::Org),
            Kind::Worker => self.workers.get(&key.id.into()).map(|r| Record::Worker((**r).clone())),
            Kind::Resource => self.resources.iter().find(|r| r.key() == key).cloned().map(Record::Resource),
            Kind::Allotment => self.allotments.get(&key.id.into()).cloned().map(Record::Allotment),
            _ => None,
        }
    }

    /// The resource of which an allotment sets something aside.
    pub fn resource_of(&self, allotment: AllotmentId) -> Option<&Resource> {
        let resource = self.allotments.get(&allotment)?.resource;
        self.resources.iter().find(|held| held.id == resource)
    }

    /// A region's name; its code where the name is unknown.
    pub fn region_name(&self, code: &RegionCode) -> String {
        self.regions.get(code).map_or_else(|| code.to_string(), |region| region.name.clone())
    }

    /// A region's name with its town before it, as people say it.
    pub fn place(&self, code: &RegionCode) -> String {
        let own = self.region_name(code);
        match self.regions.get(code).map(|region| region.level) {
            Some(Level::Village | Level::Grid) => {
                let town = self.regions.get(&code.town()).map(|town| town.name.as_str()).unwrap_or_default();
                format!("{town}{own}")
            }
            _ => own,
        }
    }

    /// A worker's name; empty where unknown.
    pub fn worker_name(&self, id: WorkerId) -> &str {
        self.workers.get(&id).map(|worker| worker.name.as_str()).unwrap_or_default()
    }

    /// The region of a level with that name below a parent, for imports that only carry names.
    pub fn region_named(&self, level: Level, name: &str, under: Option<&RegionCode>) -> Option<&Region> {
        self.regions
            .values()
            .filter(|region| region.level == level && region.name == name && !region.meta.deleted)
            .filter(|region| region.successor.is_none())
            .filter(|region| under.is_none_or(|parent| parent.contains(&region.code)))
            .min_by(|a, b| a.code.cmp(&b.code))
            .map(|region| &**region)
    }
}
