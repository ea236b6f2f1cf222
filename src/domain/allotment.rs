//! Allotments (配额): stock of a resource set aside for one point, so that the point can give it out offline.

use super::change::FieldChange;
use super::field::{Field, FieldKind as K, Merge};
use super::id::{AllotmentId, ResourceId, StationId, WorkerId};
use super::moment::Moment;
use super::record::{Kind, RecordKey};
use super::value::Value;

record! {
    /// Stock set aside for a point. What is set aside never exceeds the resource, and what is given out never exceeds
    /// what is set aside: both are counted by the server, one command after the other.
    Allotment, AllotmentId, "配额", "allotment";
    resource: ResourceId = Field::new(K::Internal).required(), "资源", "Resource";
    station: Option<StationId> = Field::new(K::Reference).required().merge(Merge::Fixed), "助联体", "Station";
    quantity: u32 = Field::new(K::Count).merge(Merge::Lifecycle), "分配数量", "Set aside";
    used: u32 = Field::new(K::Count).merge(Merge::Lifecycle), "已发放数量", "Given out";
    allotted_by: Option<WorkerId> = Field::new(K::Internal), "分配人", "Set aside by";
    allotted_at: Moment = Field::new(K::Internal), "分配时间", "Set aside at";
}

/// How much was given out, where a change of a record says so.
pub fn given(record: RecordKey, change: &FieldChange) -> Option<i64> {
    let count = |value: &Value| if let Value::Int(count) = value { Some(*count) } else { None };
    let gives = record.kind == Kind::Allotment && change.field == "used";
    gives.then(|| Some(count(&change.after)? - count(&change.before).unwrap_or(0))).flatten()
}

impl Allotment {
    /// What the point can still give out.
    pub fn left(&self) -> u32 {
        self.quantity.saturating_sub(self.used)
    }
}
