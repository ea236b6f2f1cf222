//! Visits (走访): append-only; a refusal or an empty house is a visit too.

use chrono::NaiveDate;

use super::change::FieldChange;
use super::codes::Code;
use super::field::{Field, FieldKind as K, Merge};
use super::id::{HouseholdId, NeedId, VisitId, WorkerId};
use super::moment::Moment;
use super::value::{FieldValue, Value, WrongKind};

record! {
    /// A visit to a household.
    Visit, VisitId, "走访", "visit";
    household: HouseholdId = Field::new(K::Internal).required(), "走访户", "Household";
    at: Moment = Field::new(K::Moment).required().merge(Merge::Fixed), "走访时间", "Time";
    minutes: u16 = Field::new(K::Count).merge(Merge::Fixed), "时长（分钟）", "Minutes";
    mode: Code = Field::new(K::Code("visit_mode")).required().merge(Merge::Fixed), "走访方式", "Mode";
    result: VisitResult = Field::new(K::Code("visit_result")).required().merge(Merge::Fixed), "走访结果", "Result";
    visitors: Vec<WorkerId> = Field::new(K::References).required().merge(Merge::Fixed), "走访人员", "Visitors";
    companions: String = Field::new(K::Text).merge(Merge::Fixed), "同行人员", "Companions";
    language: Code = Field::new(K::Code("language")).merge(Merge::Fixed), "交流语言", "Language";
    refusal_reason: Code = Field::new(K::Code("refuse_visit_reason")).merge(Merge::Fixed), "拒访原因", "Reason of refusal";
    mediator: String = Field::new(K::Text).merge(Merge::Fixed), "动员人", "Mediator";
    event: Code = Field::new(K::Code("change_event")).merge(Merge::Fixed), "重大变化", "Major change";
    note: String = Field::new(K::Note).merge(Merge::Fixed), "走访记录", "Notes";
    changes: Vec<Observed> = Field::new(K::Internal), "情况变化", "Changed facts";
    needs: Vec<NeedId> = Field::new(K::Internal), "发现需求", "Needs found";
    next_due: Option<NaiveDate> = Field::new(K::Date).merge(Merge::Fixed), "下次走访", "Next visit due";
}

code_enum! {
    /// What came of a visit.
    VisitResult in "visit_result" {
        /// 见到本人或家人
        Met = "met",
        /// 未遇
        Absent = "absent",
        /// 拒访
        Refused = "refused",
        /// 搬离
        Moved = "moved",
        /// 去世
        Deceased = "deceased",
    }
}

/// A fact that a visit found changed: the record and what became of one of its fields.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Observed {
    /// Which record.
    pub record: super::record::RecordKey,
    /// What changed.
    #[serde(flatten)]
    pub change: FieldChange,
}

impl FieldValue for Observed {
    /// Changed facts are written by the program and only read through the typed record, so their value form is a summary.
    fn to_value(&self) -> Value {
        Value::Text(format!("{} {}", self.record, self.change.field))
    }
    fn from_value(_: Value) -> Result<Self, WrongKind> {
        Err(WrongKind { expected: "no entry: written by the program" })
    }
}
