//! [`Refusal`]: why a command was not carried out, in the words of the person's language.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::codes;
use super::field::{Field, FieldKind};
use super::mask;
use super::moment::Moment;
use super::record::{Fields, Kind, RecordKey};
use super::records::Unreadable;
use super::value::Value;
use crate::i18n::{Explain, Lang};

/// A refused command: the reason, the field at fault, and the further faults found in the same look.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The field at fault, by name.
    pub field: Option<Cow<'static, str>>,
    /// The record at fault, where a command is about several.
    pub of: Option<Box<Whose>>,
    /// Further faults, so that a form can show all of them at once.
    pub also: Vec<Refusal>,
}

/// The record that a refusal is about, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// The record.
    pub record: RecordKey,
    /// The person's name, masked; empty where that need not be said.
    pub name: String,
}

impl Refusal {
    /// A refusal that is about the field.
    pub fn at(field: impl Into<Cow<'static, str>>, reason: Reason) -> Refusal {
        Refusal { field: Some(field.into()), ..Refusal::from(reason) }
    }

    /// The same, said of one record among several; a member's is told by the member's name.
    pub fn of(self, record: &dyn Fields) -> Refusal {
        let key = RecordKey { kind: record.table().kind, id: record.record_id() };
        let name = if key.kind == Kind::Member { record.get("name") } else { None };
        let whose = name.as_ref().and_then(Value::as_text).map(mask::name).unwrap_or_default();
        let also = self.also.into_iter().map(|refusal| refusal.of(record)).collect();
        Refusal { of: Some(Box::new(Whose { record: key, name: whose })), also, ..self }
    }

    /// One refusal out of several; `None` for none.
    pub fn from_all(all: Vec<Refusal>) -> Option<Refusal> {
        let mut all = all.into_iter();
        let mut first = all.next()?;
        first.also.extend(all);
        Some(first)
    }

    /// This one and all further ones.
    pub fn each(&self) -> impl Iterator<Item = &Refusal> {
        std::iter::once(self).chain(&self.also)
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Refusal {
        Refusal { reason, field: None, of: None, also: Vec::new() }
    }
}

impl From<Unreadable> for Refusal {
    fn from(fault: Unreadable) -> Refusal {
        Reason::Unreadable { fault: fault.0 }.into()
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.reason.code(), self.reason.message(Lang::En))
    }
}

impl std::error::Error for Refusal {}

impl Explain for Refusal {
    fn code(&self) -> &str {
        self.reason.code()
    }
    fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
    fn record(&self) -> Option<RecordKey> {
        self.of.as_ref().map(|of| of.record)
    }
    fn message(&self, lang: Lang) -> String {
        let message = self.reason.message(lang);
        match &self.of {
            Some(of) if !of.name.is_empty() => format!("{}{}{message}", of.name, lang.pick("：", ": ")),
            _ => message,
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match &self.reason {
            Reason::UnknownCode {
                field: Field { kind: FieldKind::Code(list) | FieldKind::Codes(list), .. }, ..
            } => {
                format!("{}{}", lang.pick("请改为其中一项：", "choose one of: "), codes::choices(list, lang))
            }
            reason => reason.remedy(lang),
        }
    }
}

/// A part of a message that reads differently in each language.
pub trait Say {
    /// In words.
    fn say(&self, lang: Lang) -> String;
}

impl Say for String {
    fn say(&self, _: Lang) -> String {
        self.clone()
    }
}
impl Say for u32 {
    fn say(&self, _: Lang) -> String {
        self.to_string()
    }
}
impl Say for NaiveDate {
    fn say(&self, lang: Lang) -> String {
        self.format(lang.pick("%Y年%-m月%-d日", "%Y-%m-%d")).to_string()
    }
}
impl Say for Moment {
    fn say(&self, lang: Lang) -> String {
        self.date().say(lang)
    }
}
impl Say for Kind {
    fn say(&self, lang: Lang) -> String {
        self.table().label(lang).to_owned()
    }
}
impl Say for Option<&'static Field> {
    fn say(&self, lang: Lang) -> String {
        self.map(|field| field.label(lang).to_owned()).unwrap_or_default()
    }
}
impl Say for &'static Field {
    fn say(&self, lang: Lang) -> String {
        self.label(lang).to_owned()
    }
}

/// A label in both languages.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Label {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Label {
    /// The label of an entry of a code list.
    pub fn of(list: &str, code: &str) -> Label {
        Label {
            zh: super::codes::label(list, code, Lang::Zh).into_owned(),
            en: super::codes::label(list, code, Lang::En).into_owned(),
        }
    }
}

impl Label {
    /// What an explained fault says, in both languages.
    pub fn message_of(fault: &dyn Explain) -> Label {
        Label { zh: fault.message(Lang::Zh), en: fault.message(Lang::En) }
    }
    /// What to do about an explained fault, in both languages.
    pub fn remedy_of(fault: &dyn Explain) -> Label {
        Label { zh: fault.remedy(Lang::Zh), en: fault.remedy(Lang::En) }
    }
}

impl Say for Label {
    fn say(&self, lang: Lang) -> String {
        lang.pick(&self.zh, &self.en).clone()
    }
}

macro_rules! reasons {
    ($( $(#[$meta:meta])* $name:ident $({ $($arg:ident : $type:ty),+ })? , $code:literal:
        $zh:literal, $en:literal; $zh_remedy:literal, $en_remedy:literal; )*) => {
        /// Why a command was refused. The variant's documentation is its message.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs)]
        pub enum Reason { $( $(#[$meta])* #[doc = concat!("`", $code, "`: ", $en)] $name $({ $($arg: $type),+ })?, )* }

        impl Reason {
            /// Every code, for the manual and the tests.
            pub const CODES: &'static [&'static str] = &[$( $code ),*];

            /// Stable code.
            pub fn code(&self) -> &'static str {
                match self { $( Reason::$name $({ $($arg: _),+ })? => $code, )* }
            }
            /// What is wrong.
            pub fn message(&self, lang: Lang) -> String {
                match self { $( Reason::$name $({ $($arg),+ })? => {
                    $( $( let $arg = Say::say($arg, lang); let _ = &$arg; )+ )?
                    match lang { Lang::Zh => format!($zh), Lang::En => format!($en) }
                } )* }
            }
            /// What to do.
            pub fn remedy(&self, lang: Lang) -> String {
                match self { $( Reason::$name $({ $($arg),+ })? => {
                    $( $( let $arg = Say::say($arg, lang); let _ = &$arg; )+ )?
                    match lang { Lang::Zh => format!($zh_remedy), Lang::En => format!($en_remedy) }
                } )* }
            }
        }
    };
}

reasons! {
    NotFound { kind: Kind }, "record.not_found":
        "没有找到这条{kind}记录", "no such {kind}";
        "请在列表中重新选择；可能已被撤销或不在本机辖区内", "choose it again from the list; it may have been undone or lie outside this device's territory";
    Exists { kind: Kind }, "record.exists":
        "这条{kind}记录已经存在", "this {kind} exists already";
        "无需重复登记，请打开已有记录", "open the existing record instead";
    Unreadable { fault: String }, "record.unreadable":
        "记录无法读取：{fault}", "a record cannot be read: {fault}";
        "请运行 zhulian doctor 检查并修复数据", "run zhulian doctor to check and repair the data";
    NotPermitted { role: Label, act: Label }, "actor.not_permitted":
        "{role}没有“{act}”的权限", "a {role} may not: {act}";
        "请由有权限的人员办理，或联系民政管理人员调整角色", "ask somebody who may, or have the civil-affairs administrator change the role";
    WorkerLeft { name: String }, "worker.out_of_service":
        "“{name}”已离岗", "{name} is out of service";
        "请改选在岗人员，或先恢复其在岗（server worker amend --active）", "choose somebody in service, or put the worker back first (server worker amend --active)";
    OutsideTerritory { region: String }, "actor.outside_territory":
        "该户（{region}）不在您的负责区域内", "the household ({region}) lies outside your territory";
    "请转交该区域的网格员", "hand it to the grid worker of that territory";
    Required { field: &'static Field }, "required":
        "“{field}”不能为空", "{field} is required";
        "请填写“{field}”", "enter {field}";
    TooLong { field: &'static Field, limit: u32 }, "text.too_long":
        "“{field}”超过{limit}个字", "{field} is longer than {limit} characters";
        "请缩短后再提交", "shorten it";
    Control { field: &'static Field }, "text.control":
        "“{field}”含有不可见的控制字符", "{field} contains invisible control characters";
        "请删除后重新输入", "delete them and type the text again";
    UnknownCode { field: &'static Field, value: String }, "code.unknown":
        "“{field}”没有“{value}”这一项", "{field} has no entry “{value}”";
        "请从列表中选择", "choose from the list";
    WrongKind { field: Label, expected: String }, "field.invalid":
        "“{field}”的内容不符合要求（{expected}）", "{field} is not valid ({expected})";
        "请按要求重新填写", "enter it in the required form";
    NoField { name: String }, "field.unknown":
        "没有名为“{name}”的字段", "there is no field named “{name}”";
        "请核对字段名称", "check the field's name";
    FixedField { field: &'static Field }, "field.fixed":
        "“{field}”不能直接修改", "{field} cannot be changed directly";
        "请使用对应的办理操作", "use the operation meant for it";
    DateInFuture { field: &'static Field, date: NaiveDate }, "date.future":
        "“{field}”（{date}）晚于今天", "{field} ({date}) lies in the future";
        "请核对日期和电脑时间", "check the date and the computer's clock";
    DateTooEarly { field: &'static Field, date: NaiveDate }, "date.too_early":
        "“{field}”（{date}）过早", "{field} ({date}) is too early";
        "请核对日期", "check the date";
    NumberOutOfRange { field: &'static Field }, "number.out_of_range":
        "“{field}”超出合理范围", "{field} is out of range";
        "请核对数值", "check the number";
    Stale { field: &'static Field, seen: Label, now: Label }, "conflict.stale":
        "“{field}”已被他人由“{seen}”改为“{now}”", "{field} was changed from “{seen}” to “{now}” by somebody else";
        "请查看新值后再决定是否修改", "look at the present value and decide again";
    PersonRegistered { archive_no: String }, "member.registered_elsewhere":
        "该身份证号已登记在档案号{archive_no}的家庭", "this ID number is registered in household {archive_no}";
        "请先在原家庭办理迁出，或核对身份证号", "let the person leave that household first, or check the number";
    PersonTwice, "member.entered_twice":
        "这个身份证号在本户填了两次", "this ID number is entered twice in this household";
        "请核对各成员的身份证号，或移除重复的成员", "check the members' ID numbers, or take the second entry out";
    HouseholdLike { head: String, place: String, archive_no: String }, "household.like_registered":
        "{place}已有户主同名的家庭：{head}，档案号{archive_no}", "{place} already has a household of that head: {head}, archive number {archive_no}";
        "请先打开该户核对；确属另一户的，再次提交即可登记（命令行加 --not-duplicate）", "look at that household first; if it is another one, submit once more (on the command line: --not-duplicate)";
    NotAMember, "household.head_not_member":
        "户主须是本户现有成员", "the head has to be a present member of the household";
        "请先登记该成员，再变更户主", "register the member first, then change the head";
    SecondHead { head: String }, "household.second_head":
        "本户已有户主：{head}", "the household has a head: {head}";
        "请核对与户主关系；确需变更户主的，请先变更家庭的户主，并改正原户主的关系", "check the relation; if the head changes, name the new head in the household's facts and give the former one another relation";
    RegionUnknown { name: String }, "region.unknown":
        "没有找到名为“{name}”的村（社区）", "no village is named “{name}”";
        "请核对名称或填写12位区划代码；新增的村请同时填写所属乡镇", "check the name or give the 12-digit code; for a new village name its town too";
    RegionAmbiguous { name: String }, "region.ambiguous":
        "有多个村（社区）名为“{name}”", "several villages are named “{name}”";
        "请同时填写所属乡镇，或填写12位区划代码", "name the town too, or give the 12-digit code";
    NoHead, "household.no_head":
        "家庭没有户主", "the household has no head";
        "请指定一名成员为户主", "name one member as head";
    VisitorMissing, "visit.visitor_missing":
        "走访人员中没有您本人", "you are not among the visitors";
        "请把自己加入走访人员", "add yourself to the visitors";
    RefusalReasonMissing, "visit.refusal_reason_missing":
        "拒访须注明原因", "a refused visit needs its reason";
        "请选择拒访原因", "choose the reason of refusal";
    NextDueBeforeVisit { date: NaiveDate }, "visit.next_due_before_visit":
        "下次走访日期（{date}）不晚于本次走访", "the next visit ({date}) is not after this one";
        "请改为之后的日期", "choose a later date";
    LeadSettled { state: Label }, "lead.settled":
        "该线索已办结（{state}）", "the lead is settled already ({state})";
        "如情况有变，请登记新线索", "report a new lead if things have changed";
    LeadNeedsVisit, "lead.visit_required":
        "数据筛查发现的线索须经入户走访核实", "a lead found in data must be verified by a visit";
        "请先登记走访，再核实线索", "log the visit first";
    ReasonMissing { field: Label }, "reason.required":
        "须注明“{field}”", "{field} is required for this";
        "请选择原因", "choose the reason";
    RemarkMissing { field: Label }, "reason.remark_required":
        "原因为“其他”时，须在“{field}”中写明", "where the reason is “other”, say which in {field}";
        "请填写“{field}”，或改选列表中的原因", "fill in {field}, or choose a reason from the list";
    NeedDuplicate { title: String, date: NaiveDate, state: Label }, "need.duplicate_suspected":
        "该户{date}已登记同类需求“{title}”（{state}）", "on {date} a like need “{title}” was registered for this household ({state})";
        "如确非重复，请填写“重复登记说明”后再提交；否则请并入已有需求", "if it is not a duplicate, say why in “Why it is not a duplicate”; otherwise merge it into the other need";
    GiftDuplicate { title: String, date: NaiveDate }, "wish.duplicate_gift":
        "该户{date}已有同类心愿或物品“{title}”", "on {date} this household already had a like wish or gift: “{title}”";
        "如确需再次提供，请填写“再次提供的理由”后再提交", "if a second one is really needed, say so in “Why once more”";
    NeedState { state: Label, act: Label }, "need.wrong_state":
        "需求处于“{state}”，不能“{act}”", "the need is “{state}”: cannot {act}";
        "请按需求办理流程操作", "follow the steps of a need";
    OtherHousehold, "need.other_household":
        "两条需求不属于同一户", "the two needs belong to different households";
        "只能并入同一户的需求", "merge only within a household";
    SameNeed, "need.same":
        "不能并入自身", "a need cannot be merged into itself";
        "请选择另一条需求", "choose another need";
    SecondWorkerMissing, "confirm.second_worker_missing":
        "受助人无法确认时，须由两名工作人员共同说明", "where the beneficiary cannot confirm, two workers must";
        "请填写第二名工作人员和说明", "name the second worker and write the note";
    SecondWorkerSame, "confirm.second_worker_same":
        "第二名工作人员不能是您本人", "the second worker cannot be you";
        "请选择另一名工作人员", "choose another worker";
    WishState { state: Label, act: Label }, "wish.wrong_state":
        "心愿处于“{state}”，不能“{act}”", "the wish is “{state}”: cannot {act}";
        "请按心愿办理流程操作", "follow the steps of a wish";
    WishIdentity { found: Label, instead: Label }, "wish.identity_in_card":
        "心愿卡会泄露身份：{found}", "the card would give the person away: {found}";
        "{instead}", "{instead}";
    WishHasNoNeed, "wish.need_required":
        "心愿须来源于已核实的需求", "a wish comes from a verified need";
        "请先登记并核实需求", "register and verify the need first";
    NoUnits, "wish.no_units":
        "心愿数量须为1至999", "a wish has 1 to 999 units";
        "请填写数量", "enter the number of units";
    AlreadyClaimed { who: String, when: Moment }, "wish.already_claimed":
        "该心愿已由{who}于{when}认领", "already claimed by {who} on {when}";
        "请在心愿池中另选一个", "choose another wish from the pool";
    UnitsLeft { left: u32 }, "wish.units_left":
        "只剩{left}份可认领", "only {left} units are left";
        "请减少份数", "ask for fewer units";
    Expired { date: NaiveDate }, "wish.expired":
        "公示已于{date}截止", "the wish closed on {date}";
        "请重新发布后再认领", "publish it again first";
    ClaimState { state: Label, act: Label }, "claim.wrong_state":
        "认领处于“{state}”，不能“{act}”", "the claim is “{state}”: cannot {act}";
        "请按认领办理流程操作", "follow the steps of a claim";
    NotYourClaim, "claim.not_yours":
        "这是他人的认领", "this claim is somebody else's";
        "请由经办人或民政管理人员办理", "let the person who recorded it, or civil affairs, do this";
    NotStanding, "claim.not_standing":
        "该认领不是预先认领，不能转交", "this claim is not a standing one";
        "请由认领人自行对接，或放弃后重新认领", "let the claimant go on with it, or release it and claim again";
    StockShort { left: u32 }, "stock.short":
        "物资不足，只剩{left}", "only {left} are left";
        "请减少数量，或申请补充配额", "give out less, or ask for more to be set aside";
    OtherPoint { station: String }, "stock.other_point":
        "该户不在“{station}”的服务范围内", "the household lies outside what {station} serves";
        "请从该户所在村、镇或县的助联体发放", "give it out from a station of the household's village, town or county";
    StockElsewhere { resource: String }, "stock.outside_territory":
        "资源“{resource}”不归您的负责区域管理", "{resource} is not kept by your territory";
        "请由管理该资源的单位办理", "ask whoever keeps it";
    StockSetAside { allotted: u32 }, "stock.set_aside":
        "已分配给各点{allotted}，数量不能低于此数", "{allotted} are set aside for points already";
        "请先退回配额，再减少数量", "have stock given back first";
    StationRegion { level: Label, place: Label }, "station.region":
        "助联体{level}须设在{place}", "a station of the level {level} stands in a {place}";
        "请填写{place}的区划代码，或改选级别", "give the region code of a {place}, or choose another level";
    StationParent { level: Label, above: Label }, "station.parent":
        "助联体{level}的上级须是{above}", "above a station of the level {level} stands a {above}";
        "请改选上级助联体；没有的，请先登记上一级", "choose another parent; register that one first if it is missing";
    StationParentless { level: Label }, "station.parentless":
        "助联体{level}是最高一级，没有上级", "the level {level} is the highest: nothing stands above it";
        "请不要填写上级助联体，或改选级别", "leave the parent out, or choose another level";
    StationElsewhere { parent: String }, "station.parent_elsewhere":
        "该区划不在上级助联体“{parent}”的辖区内", "the region lies outside that of the parent, {parent}";
        "请核对区划代码和上级助联体", "check the region code and the parent";
    HubItself, "org.hub_itself":
        "单位不能以自己为所属枢纽", "an organisation cannot be its own hub";
        "请改选所属枢纽，或留空", "choose another hub, or leave it out";
    ConflictSettled, "conflict.settled":
        "该冲突已处理", "the conflict is settled already";
        "如需更改，请重新更正信息", "amend the fact if it is still wrong";
    ChoiceMissing, "conflict.nothing_to_take":
        "该冲突没有可采用的另一值", "this conflict has no other value to take";
        "请选择“保留现值”或“已核实知悉”", "keep what stands, or note that it was looked into";
    NothingToUndo, "undo.nothing":
        "没有可撤销的操作", "there is nothing to undo";
        "只能撤销本人在本机的操作", "only your own commands on this device can be undone";
    NotUndoable { what: Label }, "undo.not_possible":
        "“{what}”不能撤销", "{what} cannot be undone";
        "如有错误，请登记更正", "record a correction instead";
    ChangedSince { kind: Kind }, "undo.changed_since":
        "这条{kind}记录之后又有变动，不能撤销", "the {kind} was changed since, so this cannot be undone";
        "请先撤销之后的操作，或登记更正", "undo the later command first, or record a correction";
    HoldsData, "home.not_empty":
        "本机已有数据", "this home already holds data";
        "请换一个空的数据目录（--home）", "choose an empty home (--home)";
    NothingChanged, "amend.nothing":
        "没有变化", "nothing has changed";
        "请修改后再保存", "change something first";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once() {
        let mut codes = Reason::CODES.to_vec();
        codes.sort_unstable();
        let before = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), before);
    }

    #[test]
    fn messages_speak_both_languages() {
        let reason = Reason::NotFound { kind: Kind::Wish };
        assert_eq!(reason.message(Lang::Zh), "没有找到这条微心愿记录");
        assert_eq!(reason.message(Lang::En), "no such wish");
    }
}
