//! Wishes (微心愿): the public, de-identified side of a need.

use chrono::NaiveDate;

use super::codes::Code;
use super::field::{Field, FieldKind as K, Merge, Privacy};
use super::id::{HouseholdId, MemberId, NeedId, WishId, WorkerId};
use super::moment::Moment;
use super::money::Fen;
use super::region::RegionCode;

record! {
    /// A wish card. Card fields carry no identity (paper 000: 对家庭需求信息进行脱敏处理).
    Wish, WishId, "微心愿", "wish";
    no: String = Field::new(K::Text).privacy(Privacy::Public).merge(Merge::Fixed), "心愿编号", "Number";
    need: Option<NeedId> = Field::new(K::Internal), "来源需求", "From need";
    household: Option<HouseholdId> = Field::new(K::Internal), "所属户", "Household";
    member: Option<MemberId> = Field::new(K::Internal), "受助人", "Beneficiary";
    card_text: String = Field::new(K::Note).required().privacy(Privacy::Public).max_chars(120), "心愿内容", "Card text";
    category: Code = Field::new(K::Code("wish_category")).required().privacy(Privacy::Public), "心愿类别", "Category";
    ceiling: Option<Fen> = Field::new(K::Money).privacy(Privacy::Public).merge(Merge::LastWriter), "金额上限（元）", "Ceiling (yuan)";
    units: u16 = Field::new(K::Count).required().privacy(Privacy::Public), "数量", "Units";
    age_band: Code = Field::new(K::Code("age_band")).privacy(Privacy::Public), "年龄段", "Age band";
    town: RegionCode = Field::new(K::Text).privacy(Privacy::Public).max_chars(15), "所在乡镇", "Town";
    duplicate_reason: String = Field::new(K::Text), "再次提供的理由", "Why once more";
    state: WishState = Field::new(K::Code("wish_state")).privacy(Privacy::Public).merge(Merge::Lifecycle), "状态", "State";
    round: u16 = Field::new(K::Internal).privacy(Privacy::Public), "轮次", "Round";
    written_by: Option<WorkerId> = Field::new(K::Internal), "填报人", "Written by";
    reviewed_by: Option<WorkerId> = Field::new(K::Internal), "审核人", "Reviewed by";
    published_at: Option<Moment> = Field::new(K::Internal).privacy(Privacy::Public), "发布时间", "Published";
    publish_until: Option<NaiveDate> = Field::new(K::Date).privacy(Privacy::Public), "公示截止", "Open until";
    reason: Code = Field::new(K::Code("reject_reason")).merge(Merge::Lifecycle), "原因", "Reason";
    remark: String = Field::new(K::Note).merge(Merge::Lifecycle), "说明", "Remark";
    confirmed_at: Option<Moment> = Field::new(K::Internal), "确认时间", "Confirmed";
    confirmed_how: Code = Field::new(K::Code("confirmation")).merge(Merge::Lifecycle), "确认方式", "Confirmed how";
}

code_enum! {
    /// How far a wish has come.
    WishState in "wish_state" {
        /// 草稿
        Draft = "draft",
        /// 提交
        Submitted = "submitted",
        /// 已发布
        Published = "published",
        /// 已认领
        Claimed = "claimed",
        /// 已对接
        Connected = "connected",
        /// 已圆梦
        Fulfilled = "fulfilled",
        /// 受助人确认
        Confirmed = "confirmed",
        /// 销号
        Closed = "closed",
        /// 驳回
        Rejected = "rejected",
        /// 撤回
        Withdrawn = "withdrawn",
    }
}

impl WishState {
    /// Whether its units may be claimed: it stands in the pool.
    pub fn in_pool(self) -> bool {
        matches!(self, WishState::Published | WishState::Claimed | WishState::Connected)
    }
}
