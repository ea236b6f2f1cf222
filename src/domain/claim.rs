//! Claims (认领) on the units of a wish.

use chrono::NaiveDate;

use super::codes::Code;
use super::field::{Field, FieldKind as K, Merge, Privacy};
use super::id::{ClaimId, HouseholdId, OrgId, WishId, WorkerId};
use super::moment::Moment;

record! {
    /// A claim. Offline it stays tentative; only the central server grants, one holder for each unit.
    Claim, ClaimId, "认领", "claim";
    wish: WishId = Field::new(K::Internal).required(), "心愿", "Wish";
    household: Option<HouseholdId> = Field::new(K::Internal), "所属户", "Household";
    units: Vec<u16> = Field::new(K::Internal).privacy(Privacy::Public), "认领份额", "Units";
    claimant: String = Field::new(K::Name).required().privacy(Privacy::Case), "认领人", "Claimant";
    claimant_org: Option<OrgId> = Field::new(K::Reference), "认领单位", "Claimant organisation";
    claimant_phone: String = Field::new(K::Phone), "认领人电话", "Claimant's telephone";
    direction: Code = Field::new(K::Code("claim_direction")), "认领方向", "Direction";
    recorded_by: Option<WorkerId> = Field::new(K::Internal), "经办人", "Recorded by";
    standing: bool = Field::new(K::Internal), "预先认领", "Held by a point for its donors";
    state: ClaimState = Field::new(K::Code("claim_state")).merge(Merge::Lifecycle), "状态", "State";
    claimed_at: Moment = Field::new(K::Internal), "认领时间", "Claimed";
    contact_by: Option<NaiveDate> = Field::new(K::Internal), "联系期限", "Contact by";
    fence: i64 = Field::new(K::Internal), "授予序号", "Fencing number";
    lease_until: Option<Moment> = Field::new(K::Internal), "租约到期", "Lease ends";
    connected_at: Option<Moment> = Field::new(K::Internal), "对接时间", "Contact made";
    fulfilled_at: Option<Moment> = Field::new(K::Internal), "圆梦时间", "Fulfilled";
    evidence: String = Field::new(K::Note).merge(Merge::Lifecycle), "圆梦说明", "How it was fulfilled";
    reason: Code = Field::new(K::Code("release_reason")).merge(Merge::Lifecycle), "放弃原因", "Reason of release";
    remark: String = Field::new(K::Note).max_chars(200).merge(Merge::Lifecycle), "放弃说明", "Why it was released";
}

code_enum! {
    /// How far a claim has come.
    ClaimState in "claim_state" {
        /// 待确认
        Tentative = "tentative",
        /// 已授予
        Granted = "granted",
        /// 已对接
        Connected = "connected",
        /// 已圆梦
        Fulfilled = "fulfilled",
        /// 已放弃
        Released = "released",
        /// 已到期
        Expired = "expired",
        /// 认领失败
        Lost = "lost",
        /// 重复送达
        Duplicate = "duplicate",
    }
}

impl ClaimState {
    /// Whether it holds its units.
    pub fn holds(self) -> bool {
        matches!(self, ClaimState::Tentative | ClaimState::Granted | ClaimState::Connected | ClaimState::Fulfilled)
    }
}
