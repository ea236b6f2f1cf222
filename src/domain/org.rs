//! Organisations (单位): departments, charities, village bodies, enterprises.

use super::codes::Code;
use super::field::{Field, FieldKind as K};
use super::id::OrgId;
use super::region::RegionCode;

record! {
    /// An organisation.
    Org, OrgId, "单位", "organisation";
    name: String = Field::new(K::Text).required(), "名称", "Name";
    kind: Code = Field::new(K::Code("org_kind")).required(), "类型", "Kind";
    credit_code: String = Field::new(K::Text).max_chars(18), "统一社会信用代码", "Credit code";
    region: RegionCode = Field::new(K::Text).max_chars(15), "所在区划", "Region";
    is_hub: bool = Field::new(K::Flag), "枢纽型组织", "Hub organisation";
    hub: Option<OrgId> = Field::new(K::Reference), "所属枢纽", "Hub";
    brand: String = Field::new(K::Text), "服务品牌", "Brand";
    contact: String = Field::new(K::Text).max_chars(60), "联系人", "Contact";
}
