//! Leads (线索): a sign that somebody may need help, to be verified.

use super::codes::Code;
use super::field::{Field, FieldKind as K, Merge};
use super::id::{HouseholdId, LeadId, VisitId, WorkerId};
use super::moment::Moment;
use super::region::RegionCode;

record! {
    /// A lead. One found by data must be verified by a visit (paper 000: 大数据+铁脚板).
    Lead, LeadId, "线索", "lead";
    no: String = Field::new(K::Text).merge(Merge::Fixed), "线索编号", "Number";
    channel: Code = Field::new(K::Code("discovery_channel")).required(), "发现渠道", "Channel";
    reporter_role: Code = Field::new(K::Code("reporter_role")), "报告人身份", "Reporter's role";
    reporter: String = Field::new(K::Name), "报告人", "Reporter";
    reporter_phone: String = Field::new(K::Phone), "报告人电话", "Reporter's telephone";
    household: Option<HouseholdId> = Field::new(K::Reference), "涉及户", "Household";
    subject: String = Field::new(K::Name), "涉及人员", "Person concerned";
    region: RegionCode = Field::new(K::Text).max_chars(15), "所属村（社区）", "Village";
    address: String = Field::new(K::Address), "地址", "Address";
    phone: String = Field::new(K::Phone), "联系电话", "Telephone";
    content: String = Field::new(K::Note).required(), "线索内容", "What was noticed";
    reported_at: Moment = Field::new(K::Internal), "报告时间", "Reported";
    reported_by: Option<WorkerId> = Field::new(K::Internal), "登记人", "Registered by";
    state: LeadState = Field::new(K::Code("lead_state")).merge(Merge::Lifecycle), "状态", "State";
    settled_at: Option<Moment> = Field::new(K::Internal), "办结时间", "Settled";
    settled_by: Option<WorkerId> = Field::new(K::Internal), "核实人", "Settled by";
    visit: Option<VisitId> = Field::new(K::Internal), "核实走访", "Verifying visit";
    reason: Code = Field::new(K::Code("reject_reason")).merge(Merge::Lifecycle), "不予采纳原因", "Reason";
    outcome: String = Field::new(K::Note).merge(Merge::Lifecycle), "核实情况", "Findings";
}

code_enum! {
    /// How far a lead has come.
    LeadState in "lead_state" {
        /// 待核实
        Open = "open",
        /// 属实
        Verified = "verified",
        /// 不属实
        Rejected = "rejected",
    }
}
