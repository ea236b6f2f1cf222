//! Resources (资源): what government and charity can offer.

use chrono::NaiveDate;

use super::codes::Code;
use super::field::{Field, FieldKind as K, Merge};
use super::id::{OrgId, ResourceId};
use super::moment::Moment;
use super::region::RegionCode;

record! {
    /// A resource in one of the four pools (paper 001: 四个库区).
    Resource, ResourceId, "资源", "resource";
    no: String = Field::new(K::Text).merge(Merge::Fixed), "资源编号", "Number";
    name: String = Field::new(K::Text).required(), "资源名称", "Name";
    kind: Code = Field::new(K::Code("resource_kind")).required(), "资源类别", "Kind";
    pool: Code = Field::new(K::Code("pool")).required(), "库区", "Pool";
    origin: Code = Field::new(K::Code("origin")), "来源方式", "Origin";
    field: Code = Field::new(K::Code("service_field")), "服务领域", "Field of service";
    item: Code = Field::new(K::Code("wish_category")), "物品类别", "Class of item";
    quantity: u32 = Field::new(K::Count), "数量", "Quantity";
    allotted: u32 = Field::new(K::Internal), "已分配数量", "Set aside for points";
    unit: String = Field::new(K::Text).max_chars(10), "计量单位", "Unit";
    conditions: String = Field::new(K::Note), "适用条件", "Conditions";
    region: RegionCode = Field::new(K::Text).max_chars(15), "适用区域", "Region";
    valid_from: Option<NaiveDate> = Field::new(K::Date), "起始日期", "Valid from";
    valid_until: Option<NaiveDate> = Field::new(K::Date), "截止日期", "Valid until";
    provider: Option<OrgId> = Field::new(K::Reference).merge(Merge::Compare), "提供单位", "Provider";
    registered_at: Moment = Field::new(K::Internal), "登记时间", "Registered";
    published_at: Option<Moment> = Field::new(K::Internal), "发布时间", "Published";
}

impl Resource {
    /// What can still be set aside.
    pub fn left(&self) -> u32 {
        self.quantity.saturating_sub(self.allotted)
    }
}
