//! Household members (家庭成员).

use chrono::NaiveDate;

use super::codes::Code;
use super::field::{Field, FieldKind as K, Merge, Privacy};
use super::id::{HouseholdId, MemberId};
use super::id_number::IdNumber;
use super::money::Fen;

/// The relation of a household's head (GB/T 4761).
pub const HEAD_RELATION: &str = "02";

record! {
    /// A person of a household.
    Member, MemberId, "家庭成员", "member";
    household: HouseholdId = Field::new(K::Internal).required(), "所属户", "Household";
    name: String = Field::new(K::Name).required().aliases(&["成员姓名", "家庭成员姓名", "人员姓名", "户主姓名"]), "姓名", "Name";
    id_number: Option<IdNumber> = Field::new(K::IdNumber).aliases(&["公民身份号码", "身份证号码", "家庭成员身份证号", "户主身份证号", "证件号码"]), "身份证号", "ID number";
    relation: Code = Field::new(K::Code("relation")).aliases(&["与户主的关系", "家庭关系"]), "与户主关系", "Relation to head";
    sex: Code = Field::new(K::Code("sex")), "性别", "Sex";
    birth_date: Option<NaiveDate> = Field::new(K::Date).privacy(Privacy::Identity).merge(Merge::Compare).aliases(&["出生年月", "出生年月日"]), "出生日期", "Date of birth";
    ethnic: Code = Field::new(K::Code("ethnic")), "民族", "Ethnic group";
    marital: Code = Field::new(K::Code("marital")), "婚姻状况", "Marital status";
    education: Code = Field::new(K::Code("education")).aliases(&["学历"]), "文化程度", "Education";
    political: String = Field::new(K::Text), "政治面貌", "Political affiliation";
    employment: Code = Field::new(K::Code("employment")).aliases(&["就业情况"]), "就业状况", "Employment";
    annual_income: Option<Fen> = Field::new(K::Money).privacy(Privacy::Sensitive).aliases(&["年收入"]), "年收入（元）", "Yearly income (yuan)";
    disabled: bool = Field::new(K::Flag).privacy(Privacy::Sensitive).aliases(&["是否残疾人"]), "是否残疾", "Disabled";
    disability_no: String = Field::new(K::Text).privacy(Privacy::Identity).max_chars(20).aliases(&["残疾证号码"]), "残疾证号", "Disability certificate";
    disability_class: Code = Field::new(K::Code("disability_class")).privacy(Privacy::Sensitive).aliases(&["残疾类型"]), "残疾类别", "Kind of disability";
    disability_level: Code = Field::new(K::Code("disability_level")).privacy(Privacy::Sensitive).aliases(&["残疾级别"]), "残疾等级", "Grade of disability";
    disease: String = Field::new(K::Text).privacy(Privacy::Sensitive).aliases(&["患病情况", "疾病名称", "重大疾病"]), "患病病种", "Illness";
    health: Code = Field::new(K::Code("health")).privacy(Privacy::Sensitive), "健康状况", "Health";
    labour: Code = Field::new(K::Code("labour_ability")).aliases(&["劳动能力情况"]), "劳动能力", "Capacity to work";
    selfcare: Code = Field::new(K::Code("selfcare")).privacy(Privacy::Sensitive).aliases(&["自理能力"]), "生活自理能力", "Self-care";
    caregiver: String = Field::new(K::Name).aliases(&["照料护理人"]), "照料人", "Caregiver";
    institution: String = Field::new(K::Text).aliases(&["供养服务机构"]), "供养机构", "Care institution";
    insurance: String = Field::new(K::Text), "参保类型", "Insurance";
    school: String = Field::new(K::Text).privacy(Privacy::Identity), "在读学校", "School";
    employer: String = Field::new(K::Text), "在职单位", "Employer";
    phone: String = Field::new(K::Phone).aliases(&["本人电话"]), "联系电话", "Telephone";
    guardian: String = Field::new(K::Name), "监护人", "Guardian";
    child_status: Code = Field::new(K::Code("child_status")), "儿童类别", "Child status";
    note: String = Field::new(K::Note), "备注", "Remarks";
    left_on: Option<NaiveDate> = Field::new(K::Date).merge(Merge::Compare), "迁出或去世日期", "Left the household on";
}
