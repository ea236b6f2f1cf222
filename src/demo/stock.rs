//! Goods of a county, set aside for stations in its towns and points in its villages, and what these have given out.

use chrono::Duration;

use super::Demo;
use super::stream::{Stream, Topic};
use crate::domain::allotment::Allotment;
use crate::domain::id::AllotmentId;
use crate::domain::moment::Hlc;
use crate::domain::record::Record;
use crate::domain::resource::Resource;

/// Of a hundred things, so many are set aside at most: the rest is the county's own.
const SET_ASIDE: u32 = 60;
/// Things that a station gets on average.
const EACH: u32 = 5;

impl Demo {
    /// Everything that is set aside.
    pub(super) fn allotments(&self) -> Vec<Record> {
        let counties = 0..self.places.counties.len();
        counties
            .flat_map(|county| self.county_resources(county))
            .flat_map(|(_, set_aside)| set_aside)
            .map(Record::from)
            .collect()
    }

    /// What of a county's resource is set aside, by station; only goods are.
    pub(super) fn set_aside(&self, resource: &Resource, county: usize, number: u64) -> Vec<Allotment> {
        if resource.kind.as_str() != "goods" {
            return Vec::new();
        }
        let mut stream = Stream::of(self.seed, Topic::Allotment, number);
        let stations = self.below_the_centre(county);
        let mut budget = resource.quantity * SET_ASIDE / 100;
        let share = (budget * 100 / (EACH * stations.len() as u32).max(1)).min(100);
        let at = resource.registered_at.plus(Duration::days(6));
        let mut out = Vec::new();
        for station in stations {
            let quantity = (stream.between(2, 2 * i64::from(EACH) - 2) as u32).min(budget);
            let (gets, given) = (stream.percent(share), stream.between(0, 70) as u32);
            let id = AllotmentId::from(stream.id(at));
            if !gets || quantity == 0 {
                continue;
            }
            budget -= quantity;
            let mut meta = self.reference_meta();
            meta.hlc = Hlc::at(at);
            out.push(Allotment {
                id,
                allotted_by: Some(meta.by),
                meta,
                resource: resource.id,
                station: Some(station),
                quantity,
                used: quantity * given / 100,
                allotted_at: at,
                ..Allotment::default()
            });
        }
        out
    }
}
