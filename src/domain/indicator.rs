//! Indicator values (指标值): measured facts behind a household's portrait.

use chrono::NaiveDate;

use super::codes::Code;
use super::field::{Field, FieldKind as K, Privacy};
use super::id::{HouseholdId, IndicatorId, VisitId};

record! {
    /// One indicator of one household as of a date (paper 001: seven dimensions, more than fifty indicators).
    Indicator, IndicatorId, "指标值", "indicator";
    household: HouseholdId = Field::new(K::Internal).required(), "所属户", "Household";
    code: Code = Field::new(K::Code("indicator")).required(), "指标", "Indicator";
    value: i64 = Field::new(K::Count).privacy(Privacy::Sensitive), "数值", "Value";
    as_of: Option<NaiveDate> = Field::new(K::Date).required(), "数据日期", "As of";
    source: Code = Field::new(K::Code("data_class")), "数据来源", "Source";
    verified_by: Option<VisitId> = Field::new(K::Internal), "核实走访", "Verified by visit";
}
