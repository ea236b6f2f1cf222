//! Households (户): the unit that everything else hangs on.

use chrono::NaiveDate;

use super::codes::Code;
use super::field::{Field, FieldKind as K, Merge, Privacy};
use super::id::{HouseholdId, MemberId, WorkerId};
use super::money::Fen;
use super::region::RegionCode;

record! {
    /// A household under care. Column names follow the exports of the national low-income information system.
    Household, HouseholdId, "户", "household";
    archive_no: String = Field::new(K::Text).merge(Merge::Fixed).max_chars(40), "档案号", "Archive number";
    head: Option<MemberId> = Field::new(K::Reference).merge(Merge::Compare), "户主", "Head of household";
    category: Code = Field::new(K::Code("assist_category")).required().merge(Merge::Compare).aliases(&["救助类型", "对象类别", "保障类型"]), "救助类别", "Category";
    sub_kind: Code = Field::new(K::Code("urban_rural")).aliases(&["户籍类型", "户口性质", "城乡类别"]), "城乡类别", "Urban or rural";
    region: RegionCode = Field::new(K::Text).required().merge(Merge::Compare).max_chars(15), "所属村（社区）", "Village";
    address: String = Field::new(K::Address).aliases(&["住址", "地址", "家庭地址", "现住址"]), "家庭住址", "Address";
    phone: String = Field::new(K::Phone).aliases(&["手机", "联系方式", "电话", "手机号码"]), "联系电话", "Telephone";
    residence_kind: Code = Field::new(K::Code("residence_kind")), "居住情况", "Residence";
    poverty_cause: Code = Field::new(K::Code("poverty_cause")).aliases(&["主要致贫原因", "致贫原因", "困难原因"]), "申请原因", "Main cause of hardship";
    member_count: u16 = Field::new(K::Count).aliases(&["家庭人口数", "家庭人数", "人口数"]), "家庭人口", "Persons in the household";
    guarantee_count: u16 = Field::new(K::Count).aliases(&["保障人口数", "保障人数", "享受人数"]), "保障人口", "Persons receiving assistance";
    monthly_amount: Option<Fen> = Field::new(K::Money).privacy(Privacy::Sensitive).aliases(&["户月保障金额", "月保障金额", "月供养金", "合计"]), "户月保障金额（元）", "Monthly amount (yuan)";
    annual_income: Option<Fen> = Field::new(K::Money).privacy(Privacy::Sensitive).aliases(&["家庭年总收入"]), "家庭年总收入（元）", "Yearly income (yuan)";
    category_allowance: Option<Fen> = Field::new(K::Money).privacy(Privacy::Sensitive).aliases(&["家庭分类施保总额", "人员分类施保总额", "分类施保总额"]), "分类施保总额（元）", "Category supplement (yuan)";
    certificate_no: String = Field::new(K::Text).privacy(Privacy::Identity).max_chars(40).aliases(&["低保（特困）证号", "特困证号", "证号"]), "低保证号", "Certificate number";
    assisted_since: Option<NaiveDate> = Field::new(K::Date).aliases(&["最初享受月", "享受起始月", "首次享受月份"]), "最初享受月份", "Assisted since";
    amount_method: String = Field::new(K::Text), "救助金计算方式", "How the amount is set";
    tier: String = Field::new(K::Text), "分档类型", "Tier";
    support_mode: Code = Field::new(K::Code("support_mode")), "供养方式", "Support mode";
    bank_name: String = Field::new(K::Text), "开户银行", "Bank";
    bank_holder: String = Field::new(K::Name), "银行账户名称", "Account holder";
    bank_account: String = Field::new(K::Bank).aliases(&["银行账号"]), "银行帐号", "Account number";
    welfare_card: String = Field::new(K::Bank).aliases(&["一卡通帐号"]), "一卡通账号", "Welfare card number";
    housing_units: u16 = Field::new(K::Count).aliases(&["产权住房套数"]), "拥有产权住房套数", "Dwellings owned";
    housing_area: u16 = Field::new(K::Count).aliases(&["住房总面积"]), "住房总面积（平方米）", "Dwelling area (m²)";
    financial_assets: Option<Fen> = Field::new(K::Money).privacy(Privacy::Sensitive).aliases(&["金融资产总额"]), "金融资产总额（元）", "Financial assets (yuan)";
    consent: Code = Field::new(K::Code("consent_state")), "信息授权", "Consent";
    helpers: Vec<WorkerId> = Field::new(K::References), "帮扶小组", "Helpers";
    note: String = Field::new(K::Note), "备注", "Remarks";
    left_on: Option<NaiveDate> = Field::new(K::Date).merge(Merge::Compare), "退出日期", "Left the register on";
}
