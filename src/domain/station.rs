//! Stations (助联体): the three-level network of service places.

use super::codes::Code;
use super::field::{Field, FieldKind as K};
use super::id::{OrgId, StationId};
use super::region::RegionCode;

record! {
    /// A station: centre, station or point (paper 001: 在区(县)、镇(街)、村(社)建立).
    Station, StationId, "助联体", "station";
    no: String = Field::new(K::Text), "编号", "Number";
    name: String = Field::new(K::Text).required(), "名称", "Name";
    level: Code = Field::new(K::Code("station_level")).required(), "级别", "Level";
    kind: Code = Field::new(K::Code("station_kind")), "类型", "Kind";
    parent: Option<StationId> = Field::new(K::Reference), "上级助联体", "Parent";
    region: RegionCode = Field::new(K::Text).required().max_chars(15), "所在区划", "Region";
    address: String = Field::new(K::Text), "地址", "Address";
    phone: String = Field::new(K::Text).max_chars(40), "联系电话", "Telephone";
    checklist: Vec<Code> = Field::new(K::Codes("station_checklist")), "达标事项", "Checklist items met";
    tenants: Vec<OrgId> = Field::new(K::References), "入驻单位", "Tenants";
}

impl Station {
    /// Whether people of that territory may turn to it: it lies there, or serves a region around it.
    pub fn serves(&self, territory: &RegionCode) -> bool {
        territory.contains(&self.region) || self.region.contains(territory)
    }
}
