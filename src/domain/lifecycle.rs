//! Lifecycles as tables: from which state which act leads where (the state machines of needs, wishes and claims).

use super::claim::ClaimState;
use super::need::NeedState;
use super::refusal::{Label, Reason};
use super::wish::WishState;

/// Something that happens to a need, wish or claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Act {
    Verify,
    Reject,
    Withdraw,
    Merge,
    Triage,
    Match,
    Arrange,
    Serve,
    Deliver,
    Confirm,
    Archive,
    Recheck,
    Escalate,
    Rewrite,
    Submit,
    Publish,
    Claim,
    Release,
    Connect,
    Fulfil,
    Close,
    Grant,
    Expire,
    Lose,
    DeliverLate,
    DeliverTwice,
    Pass,
    Undo,
}

impl Act {
    /// Its name in both languages.
    pub fn label(self) -> Label {
        let (zh, en) = match self {
            Act::Verify => ("核实", "verify"),
            Act::Reject => ("不予认定", "reject"),
            Act::Withdraw => ("撤回", "withdraw"),
            Act::Merge => ("并入", "merge"),
            Act::Triage => ("分级", "triage"),
            Act::Match => ("匹配", "match"),
            Act::Arrange => ("安排", "arrange"),
            Act::Serve => ("开始服务", "begin the service"),
            Act::Deliver => ("送达", "deliver"),
            Act::Confirm => ("确认", "confirm"),
            Act::Archive => ("归档", "archive"),
            Act::Recheck => ("重新核实", "verify again"),
            Act::Escalate => ("上转个案", "escalate"),
            Act::Rewrite => ("修改", "rewrite"),
            Act::Submit => ("送审", "hand in for review"),
            Act::Publish => ("发布", "publish"),
            Act::Claim => ("认领", "claim"),
            Act::Release => ("放弃认领", "release"),
            Act::Connect => ("对接", "connect"),
            Act::Fulfil => ("圆梦", "fulfil"),
            Act::Close => ("销号", "close"),
            Act::Grant => ("授予", "grant"),
            Act::Expire => ("到期收回", "expire"),
            Act::Lose => ("认领失败", "lose"),
            Act::DeliverLate => ("补记送达", "record a late delivery"),
            Act::Pass => ("转交", "pass on"),
            Act::DeliverTwice => ("记为重复送达", "record a second delivery"),
            Act::Undo => ("撤销", "undo"),
        };
        Label { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// One line of a lifecycle table.
#[derive(Debug, Clone, Copy)]
pub struct Step<S: 'static> {
    /// The states it leads from.
    pub from: &'static [S],
    /// What happens.
    pub act: Act,
    /// The state it leads to.
    pub to: S,
}

/// The lifecycle of a need.
pub const NEED: &[Step<NeedState>] = {
    use NeedState::*;
    &[
        Step { from: &[Draft, Reported, ToVerify, Recheck], act: Act::Verify, to: Valid },
        Step { from: &[Draft, Reported, ToVerify, Recheck], act: Act::Reject, to: Invalid },
        Step { from: &[Draft, Reported, ToVerify, Valid, Recheck], act: Act::Withdraw, to: Withdrawn },
        Step { from: &[Draft, Reported, ToVerify, Valid, Recheck], act: Act::Merge, to: Merged },
        Step { from: &[Valid, Matched], act: Act::Arrange, to: Arranged },
        Step { from: &[Valid], act: Act::Match, to: Matched },
        Step { from: &[Arranged], act: Act::Release, to: Matched },
        Step { from: &[Valid, Matched, Arranged], act: Act::Serve, to: InService },
        Step { from: &[Valid, Matched, Arranged, InService], act: Act::Deliver, to: Delivered },
        Step { from: &[Arranged, InService, Delivered], act: Act::Confirm, to: Confirmed },
        Step { from: &[Confirmed], act: Act::Archive, to: Archived },
        Step { from: &[Valid, Matched], act: Act::Recheck, to: Recheck },
        Step { from: &[Valid, Matched, Arranged, InService], act: Act::Escalate, to: Escalated },
    ]
};

/// The lifecycle of a wish.
pub const WISH: &[Step<WishState>] = {
    use WishState::*;
    &[
        Step { from: &[Draft, Rejected], act: Act::Rewrite, to: Draft },
        Step { from: &[Draft, Rejected], act: Act::Submit, to: Submitted },
        Step { from: &[Draft, Submitted, Rejected], act: Act::Publish, to: Published },
        Step { from: &[Submitted], act: Act::Reject, to: Rejected },
        Step { from: &[Draft, Submitted, Rejected, Published], act: Act::Withdraw, to: Withdrawn },
        Step { from: &[Published, Claimed, Connected], act: Act::Claim, to: Claimed },
        Step { from: &[Claimed, Connected], act: Act::Release, to: Published },
        Step { from: &[Claimed, Connected], act: Act::Connect, to: Connected },
        Step { from: &[Claimed, Connected], act: Act::Fulfil, to: Fulfilled },
        Step { from: &[Fulfilled], act: Act::Confirm, to: Confirmed },
        Step { from: &[Confirmed], act: Act::Close, to: Closed },
    ]
};

/// The lifecycle of a claim.
pub const CLAIM: &[Step<ClaimState>] = {
    use ClaimState::*;
    &[
        Step { from: &[Tentative], act: Act::Grant, to: Granted },
        Step { from: &[Tentative], act: Act::Lose, to: Lost },
        Step { from: &[Tentative, Granted], act: Act::Connect, to: Connected },
        Step { from: &[Tentative, Granted, Connected], act: Act::Release, to: Released },
        Step { from: &[Tentative, Granted, Connected], act: Act::Fulfil, to: Fulfilled },
        Step { from: &[Tentative], act: Act::Pass, to: Tentative },
        Step { from: &[Granted], act: Act::Pass, to: Granted },
        Step { from: &[Granted], act: Act::Expire, to: Expired },
        // Delivered without a grant: it counts while nobody else holds the units, and is kept as a second delivery when
        // somebody does.
        Step { from: &[Lost, Released, Expired], act: Act::DeliverLate, to: Fulfilled },
        Step { from: &[Lost, Released, Expired], act: Act::DeliverTwice, to: Duplicate },
    ]
};

/// Where the act leads from the state; `None` where the table does not allow it.
pub fn step<S: Copy + PartialEq>(table: &[Step<S>], from: S, act: Act) -> Option<S> {
    table.iter().find(|step| step.act == act && step.from.contains(&from)).map(|step| step.to)
}

/// The acts that are possible in a state, for menus and hints.
pub fn acts<S: Copy + PartialEq>(table: &'static [Step<S>], from: S) -> impl Iterator<Item = Act> {
    table.iter().filter(move |step| step.from.contains(&from)).map(|step| step.act)
}

/// Where the act leads a need, or the refusal that names its state.
pub fn need(from: NeedState, act: Act) -> Result<NeedState, Reason> {
    step(NEED, from, act)
        .ok_or_else(|| Reason::NeedState { state: Label::of(NeedState::LIST, from.code()), act: act.label() })
}

/// Where the act leads a wish, or the refusal that names its state.
pub fn wish(from: WishState, act: Act) -> Result<WishState, Reason> {
    step(WISH, from, act).ok_or_else(|| {
        // A need is found invalid, a card goes back to its writer.
        let label = match act {
            Act::Reject => Label { zh: "驳回".to_owned(), en: "return it".to_owned() },
            act => act.label(),
        };
        Reason::WishState { state: Label::of(WishState::LIST, from.code()), act: label }
    })
}

/// Where the act leads a claim, or the refusal that names its state.
pub fn claim(from: ClaimState, act: Act) -> Result<ClaimState, Reason> {
    step(CLAIM, from, act)
        .ok_or_else(|| Reason::ClaimState { state: Label::of(ClaimState::LIST, from.code()), act: act.label() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_arranged_or_delivered_can_be_confirmed() {
        for state in NeedState::ALL.iter().copied() {
            let possible = step(NEED, state, Act::Confirm).is_some();
            let expected = matches!(state, NeedState::Arranged | NeedState::InService | NeedState::Delivered);
            assert_eq!(possible, expected, "{state:?}");
        }
    }

    #[test]
    fn a_state_and_an_act_lead_to_one_state_only() {
        fn check<S: Copy + PartialEq + std::fmt::Debug>(table: &[Step<S>], all: &[S]) {
            for state in all {
                for line in table {
                    let hits = table.iter().filter(|l| l.act == line.act && l.from.contains(state)).count();
                    assert!(hits <= 1, "{state:?} {:?}", line.act);
                }
            }
        }
        check(NEED, NeedState::ALL);
        check(WISH, WishState::ALL);
        check(CLAIM, ClaimState::ALL);
    }
}
