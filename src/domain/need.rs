//! Needs (需求).

use chrono::NaiveDate;

use super::codes::Code;
use super::field::{Field, FieldKind as K, Merge, Privacy};
use super::id::{HouseholdId, MemberId, NeedId, VisitId, WorkerId};
use super::moment::Moment;
use super::money::Fen;

record! {
    /// What a household or one of its members needs.
    Need, NeedId, "需求", "need";
    no: String = Field::new(K::Text).merge(Merge::Fixed), "需求编号", "Number";
    household: HouseholdId = Field::new(K::Internal).required(), "所属户", "Household";
    member: Option<MemberId> = Field::new(K::Reference), "需求人", "Member";
    title: String = Field::new(K::Text).required().max_chars(60), "需求事项", "What is needed";
    detail: String = Field::new(K::Note), "详细说明", "Details";
    field: Code = Field::new(K::Code("service_field")).required(), "服务领域", "Field of service";
    kind: Code = Field::new(K::Code("need_type")), "需求类型", "Kind of need";
    service: Code = Field::new(K::Code("service_type")), "服务类型", "Kind of service";
    item: Code = Field::new(K::Code("wish_category")), "物品类别", "Class of item";
    urgency: Code = Field::new(K::Code("urgency")).required(), "紧急程度", "Urgency";
    benefit_period: Code = Field::new(K::Code("benefit_period")), "受益周期", "Benefit period";
    layer: Code = Field::new(K::Code("need_layer")), "需求层次", "Layer";
    demand_side: Code = Field::new(K::Code("demand_side")), "供给方向", "Who should provide";
    quantity: u16 = Field::new(K::Count), "数量", "Quantity";
    estimated: Option<Fen> = Field::new(K::Money).merge(Merge::LastWriter), "估算金额（元）", "Estimated value (yuan)";
    source: Code = Field::new(K::Code("discovery_channel")), "来源", "Source";
    visit: Option<VisitId> = Field::new(K::Internal), "来源走访", "Found on visit";
    due: Option<NaiveDate> = Field::new(K::Date), "办理期限", "Due";
    evidence: String = Field::new(K::Note).privacy(Privacy::Sensitive), "佐证材料", "Evidence";
    reported_at: Moment = Field::new(K::Internal), "登记时间", "Registered";
    reported_by: Option<WorkerId> = Field::new(K::Internal), "登记人", "Registered by";
    duplicate_reason: String = Field::new(K::Text), "重复登记说明", "Why it is not a duplicate";
    state: NeedState = Field::new(K::Code("need_state")).merge(Merge::Lifecycle), "状态", "State";
    verified_at: Option<Moment> = Field::new(K::Internal), "核实时间", "Verified";
    verified_by: Option<WorkerId> = Field::new(K::Internal), "核实人", "Verified by";
    findings: String = Field::new(K::Note).merge(Merge::Lifecycle), "核实情况", "Findings";
    reason: Code = Field::new(K::Code("reject_reason")).merge(Merge::Lifecycle), "不予认定原因", "Reason";
    remark: String = Field::new(K::Note).max_chars(200).merge(Merge::Lifecycle), "撤回说明", "Why it was withdrawn";
    merged_into: Option<NeedId> = Field::new(K::Internal), "并入需求", "Merged into";
    confirmed_at: Option<Moment> = Field::new(K::Internal), "确认满足时间", "Confirmed";
    confirmed_how: Code = Field::new(K::Code("confirmation")).merge(Merge::Lifecycle), "确认方式", "Confirmed how";
    confirmed_by: Vec<WorkerId> = Field::new(K::Internal), "经办人", "Recorded by";
    confirmed_note: String = Field::new(K::Note).merge(Merge::Lifecycle), "确认说明", "Confirmation note";
}

code_enum! {
    /// How far a need has come. Only the beneficiary's confirmation, or two workers' note, reaches `Confirmed`.
    NeedState in "need_state" {
        /// 草稿
        Draft = "draft",
        /// 已填报
        Reported = "reported",
        /// 待核实
        ToVerify = "to_verify",
        /// 有效
        Valid = "valid",
        /// 无效
        Invalid = "invalid",
        /// 并入
        Merged = "merged",
        /// 已匹配
        Matched = "matched",
        /// 已安排
        Arranged = "arranged",
        /// 服务中
        InService = "in_service",
        /// 已送达
        Delivered = "delivered",
        /// 已确认满足
        Confirmed = "confirmed",
        /// 归档
        Archived = "archived",
        /// 撤回
        Withdrawn = "withdrawn",
        /// 过期重核
        Recheck = "recheck",
        /// 上转个案
        Escalated = "escalated",
    }
}

impl NeedState {
    /// Whether work on it is still ahead.
    pub fn is_open(self) -> bool {
        !matches!(
            self,
            NeedState::Invalid | NeedState::Merged | NeedState::Confirmed | NeedState::Archived | NeedState::Withdrawn
        )
    }
}
