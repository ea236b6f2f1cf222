//! Conflicts (冲突): what two people did apart from each other and a person has to settle. Both sides are kept.

use super::codes::Code;
use super::field::{Field, FieldKind as K, Merge, Privacy};
use super::id::{ConflictId, HouseholdId, WorkerId};
use super::moment::Moment;
use super::record::RecordKey;
use super::value::Value;

record! {
    /// A conflict. It stands in the file of the household it is about and never leaves it.
    Conflict, ConflictId, "冲突", "conflict";
    household: Option<HouseholdId> = Field::new(K::Internal), "所属户", "Household";
    kind: Code = Field::new(K::Code("conflict_kind")).required().merge(Merge::Fixed), "冲突类别", "Kind";
    about: Option<RecordKey> = Field::new(K::Internal), "相关记录", "Record";
    other: Option<RecordKey> = Field::new(K::Internal), "另一记录", "Other record";
    field: String = Field::new(K::Internal), "相关字段", "Field";
    held: Value = Field::new(K::Internal).privacy(Privacy::Identity), "现值", "What stands";
    held_by: Option<WorkerId> = Field::new(K::Internal), "现值填报人", "Written by";
    held_at: Option<Moment> = Field::new(K::Internal), "现值填报时间", "Written";
    offered: Value = Field::new(K::Internal).privacy(Privacy::Identity), "另一值", "The other value";
    offered_by: Option<WorkerId> = Field::new(K::Internal), "另一值填报人", "Offered by";
    offered_at: Option<Moment> = Field::new(K::Internal), "另一值填报时间", "Offered";
    state: ConflictState = Field::new(K::Code("conflict_state")).merge(Merge::Lifecycle), "状态", "State";
    choice: Code = Field::new(K::Code("conflict_choice")).merge(Merge::Lifecycle), "处理结果", "Choice";
    settled_by: Option<WorkerId> = Field::new(K::Internal), "处理人", "Settled by";
    settled_at: Option<Moment> = Field::new(K::Internal), "处理时间", "Settled";
    remark: String = Field::new(K::Note).merge(Merge::Lifecycle), "处理说明", "Remark";
}

code_enum! {
    /// Whether somebody has looked into it.
    ConflictState in "conflict_state" {
        /// 待处理
        Open = "open",
        /// 已处理
        Settled = "settled",
    }
}

code_enum! {
    /// What holds after a conflict was settled.
    Choice in "conflict_choice" {
        /// 保留现值
        KeepHeld = "keep_held",
        /// 采用另一值
        TakeOffered = "take_offered",
        /// 已核实知悉
        Noted = "noted",
    }
}
