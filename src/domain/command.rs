//! [`Command`]: everything a worker can do to records, as a typed intent.
//!
//! The device that makes a command also makes the ids and business numbers of the records in it, so that the server,
//! deciding the same command later, comes to the same records.

mod subject;

use serde::{Deserialize, Serialize};

use super::allotment::Allotment;
use super::change::{Change, FieldChange};
use super::claim::Claim;
use super::codes::Code;
use super::conflict::Choice;
use super::id::{
    AllotmentId, ClaimId, ConflictId, DeviceId, HouseholdId, LeadId, NeedId, OrgId, VisitId, WishId, WorkerId,
};
use super::lead::Lead;
use super::moment::{Hlc, Moment};
use super::need::Need;
use super::record::{Kind, Record, RecordKey};
use super::region::RegionCode;
use super::visit::Visit;
use super::wish::Wish;
use super::worker::Role;

mod rehome;

/// An intent, complete in itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Puts a household with its members on the register.
    RegisterHousehold {
        /// The household, then its members.
        records: Vec<Record>,
    },
    /// Registers a region, station, organisation, worker, resource, member or indicator value.
    Register {
        /// The record.
        record: Box<Record>,
    },
    /// Changes facts of one or more records; `before` holds what the author saw.
    Amend {
        /// The household whose file they stand in; none for reference records.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        household: Option<HouseholdId>,
        /// The changed facts.
        amendments: Vec<Amendment>,
    },
    /// Logs a visit with the facts it found changed and the needs it found.
    LogVisit {
        /// The visit.
        visit: Box<Visit>,
        /// Facts that changed.
        amendments: Vec<Amendment>,
        /// Needs found on the spot.
        needs: Vec<Need>,
    },
    /// Reports a lead.
    ReportLead {
        /// The lead.
        lead: Box<Lead>,
    },
    /// Settles a lead.
    SettleLead {
        /// Which lead.
        lead: LeadId,
        /// Whether it proved true.
        verified: bool,
        /// Why it was rejected.
        reason: Code,
        /// What was found.
        outcome: String,
        /// The visit that found it.
        visit: Option<VisitId>,
    },
    /// Registers a need.
    RegisterNeed {
        /// The need.
        need: Box<Need>,
    },
    /// Finds a need valid.
    VerifyNeed {
        /// Which need.
        need: NeedId,
        /// What was found.
        findings: String,
    },
    /// Finds a need invalid.
    RejectNeed {
        /// Which need.
        need: NeedId,
        /// Why.
        reason: Code,
        /// What was found.
        findings: String,
    },
    /// Takes a need back.
    WithdrawNeed {
        /// Which need.
        need: NeedId,
        /// Why.
        reason: Code,
        /// In words; required where the reason is "other".
        #[serde(default, skip_serializing_if = "String::is_empty")]
        remark: String,
    },
    /// Joins a need to another one of the same household.
    MergeNeed {
        /// The need that ends.
        need: NeedId,
        /// The need that goes on.
        into: NeedId,
    },
    /// Grades a need by urgency, service and benefit period (paper 002: 分级识别).
    TriageNeed {
        /// Which need.
        need: NeedId,
        /// The new contents of its triage fields.
        fields: Vec<FieldChange>,
    },
    /// Marks a need as being served or delivered without a wish.
    MoveNeed {
        /// Which need.
        need: NeedId,
        /// What happened.
        act: NeedAct,
    },
    /// Closes a need as met.
    ConfirmNeed {
        /// Which need.
        need: NeedId,
        /// By whom.
        confirmation: Confirmation,
    },
    /// Writes a wish card from a need.
    WriteWish {
        /// The card.
        wish: Box<Wish>,
    },
    /// Rewrites a card that is not yet published.
    RewriteWish {
        /// Which wish.
        wish: WishId,
        /// The new contents of its card fields.
        fields: Vec<FieldChange>,
    },
    /// Hands a card in for review.
    SubmitWish {
        /// Which wish.
        wish: WishId,
    },
    /// Reviews a card and puts it into the pool.
    PublishWish {
        /// Which wish.
        wish: WishId,
        /// How long it stays open.
        until: Option<chrono::NaiveDate>,
    },
    /// Returns a card to its writer.
    RejectWish {
        /// Which wish.
        wish: WishId,
        /// Why.
        reason: Code,
        /// In words.
        remark: String,
    },
    /// Takes a wish out of the pool.
    WithdrawWish {
        /// Which wish.
        wish: WishId,
        /// Why.
        reason: Code,
        /// In words; required where the reason is "other".
        #[serde(default, skip_serializing_if = "String::is_empty")]
        remark: String,
    },
    /// Claims units of a wish.
    ClaimWish {
        /// The claim; its units are the ones asked for.
        claim: Box<Claim>,
    },
    /// Gives claimed units back.
    ReleaseClaim {
        /// Which claim.
        claim: ClaimId,
        /// Why.
        reason: Code,
        /// In words; required where the reason is "other".
        #[serde(default, skip_serializing_if = "String::is_empty")]
        remark: String,
    },
    /// Records that claimant and household were brought together.
    ConnectClaim {
        /// Which claim.
        claim: ClaimId,
    },
    /// Records that a claim was fulfilled.
    FulfilClaim {
        /// Which claim.
        claim: ClaimId,
        /// How.
        evidence: String,
    },
    /// Confirms a fulfilled wish for the beneficiary and closes its need.
    ConfirmWish {
        /// Which wish.
        wish: WishId,
        /// By whom.
        confirmation: Confirmation,
    },
    /// Takes a confirmed wish off the list, and files its need (paper 001, 微心愿: 受助人确认→销号).
    CloseWish {
        /// Which wish.
        wish: WishId,
    },
    /// Names the donor of a standing claim: the point held the wish, so nobody can have been faster.
    PassClaim {
        /// Which claim.
        claim: ClaimId,
        /// The donor.
        claimant: String,
        /// The donor's organisation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claimant_org: Option<OrgId>,
        /// The donor's telephone.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        claimant_phone: String,
    },
    /// Sets stock of a resource aside for a point.
    AllotStock {
        /// The allotment; its quantity is what is set aside.
        allotment: Box<Allotment>,
    },
    /// Gives out stock that was set aside.
    SpendStock {
        /// Which allotment.
        allotment: AllotmentId,
        /// The household that got it.
        household: HouseholdId,
        /// How much.
        quantity: u32,
    },
    /// Gives stock that was set aside back to its resource.
    ReturnStock {
        /// Which allotment.
        allotment: AllotmentId,
        /// How much.
        quantity: u32,
    },
    /// Settles a conflict between two authors.
    SettleConflict {
        /// The household in whose file it stands; none for reference records.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        household: Option<HouseholdId>,
        /// Which conflict.
        conflict: ConflictId,
        /// What holds from now on.
        choice: Choice,
        /// Why.
        #[serde(default)]
        remark: String,
    },
    /// Records in the audit trail that a masked field was shown.
    Reveal {
        /// The household whose file it stands in; none for leads and records of no household.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        household: Option<HouseholdId>,
        /// Whose record.
        record: RecordKey,
        /// Which field.
        field: String,
        /// Why, as a code of `reveal_reason`.
        reason: Code,
        /// In words.
        remark: String,
    },
    /// Records in the audit trail that a list left the program unmasked.
    Disclose {
        /// What was exported.
        what: String,
        /// How many rows.
        rows: u32,
        /// Why.
        reason: String,
    },
    /// Takes back an earlier command of the same worker.
    Undo {
        /// The device and number of the command.
        target: CommandId,
        /// Its inverse changes, latest first.
        changes: Vec<Change>,
    },
    /// Fills an empty home with ready records: invented data, or records carried over.
    Seed {
        /// The records.
        records: Vec<Record>,
    },
}

/// A fact that is to change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Amendment {
    /// Whose fact.
    pub record: RecordKey,
    /// What changes; `before` is what the author saw.
    pub change: FieldChange,
}

/// What happens to a need that is met without a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedAct {
    /// A provider was found and told.
    Arrange,
    /// The service began.
    Serve,
    /// Goods or service reached the household.
    Deliver,
    /// Facts grew old; it has to be verified again.
    Recheck,
    /// It grew into a case.
    Escalate,
    /// It was confirmed as met and is filed; a need behind a wish is filed with its wish.
    Archive,
}

/// Who says that a need was met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Confirmation {
    /// The beneficiary or a family member.
    Beneficiary {
        /// What they said.
        note: String,
    },
    /// Two workers, because the beneficiary cannot.
    TwoWorkers {
        /// The second worker; the first one is the actor.
        second: WorkerId,
        /// Why the beneficiary cannot, and what was seen. Required.
        note: String,
    },
}

/// Names a command: the device that made it and its number there, contiguous from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CommandId {
    /// The device.
    pub device: DeviceId,
    /// The number.
    pub seq: u64,
}

/// A command as it travels and as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Its name.
    pub id: CommandId,
    /// When, by hybrid logical clock.
    pub hlc: Hlc,
    /// When, by the device's wall clock.
    pub at: Moment,
    /// Who.
    pub worker: WorkerId,
    /// In which role.
    pub role: Role,
    /// What.
    pub command: Command,
}

/// What the journal keeps for each command: the intent and what it did, so that replay never depends on the version of
/// the rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The command.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// Its effects.
    pub changes: Vec<Change>,
}

impl Command {
    /// The code of the region that a device made up and registers with it: while it worked alone (a county has its own
    /// tree, and the device puts its regions in the place of those before it sends anything), or where there is no list.
    pub fn made_up_region(&self) -> Option<&RegionCode> {
        match self {
            Command::Register { record } => match &**record {
                Record::Region(region) if region.provisional => Some(&region.code),
                _ => None,
            },
            _ => None,
        }
    }

    /// Stable name, for the timeline, the audit trail and undo messages.
    pub fn name(&self) -> &'static str {
        match self {
            Command::RegisterHousehold { .. } => "register_household",
            Command::Register { record } => match record.kind() {
                Kind::Member => "register_member",
                Kind::Region => "register_region",
                Kind::Worker => "register_worker",
                _ => "register",
            },
            Command::Amend { .. } => "amend",
            Command::LogVisit { .. } => "log_visit",
            Command::ReportLead { .. } => "report_lead",
            Command::SettleLead { .. } => "settle_lead",
            Command::RegisterNeed { .. } => "register_need",
            Command::VerifyNeed { .. } => "verify_need",
            Command::RejectNeed { .. } => "reject_need",
            Command::WithdrawNeed { .. } => "withdraw_need",
            Command::MergeNeed { .. } => "merge_need",
            Command::TriageNeed { .. } => "triage_need",
            Command::MoveNeed { .. } => "move_need",
            Command::ConfirmNeed { .. } => "confirm_need",
            Command::WriteWish { .. } => "write_wish",
            Command::RewriteWish { .. } => "rewrite_wish",
            Command::SubmitWish { .. } => "submit_wish",
            Command::PublishWish { .. } => "publish_wish",
            Command::RejectWish { .. } => "reject_wish",
            Command::WithdrawWish { .. } => "withdraw_wish",
            Command::ClaimWish { .. } => "claim_wish",
            Command::ReleaseClaim { .. } => "release_claim",
            Command::ConnectClaim { .. } => "connect_claim",
            Command::FulfilClaim { .. } => "fulfil_claim",
            Command::ConfirmWish { .. } => "confirm_wish",
            Command::CloseWish { .. } => "close_wish",
            Command::PassClaim { .. } => "pass_claim",
            Command::AllotStock { .. } => "allot_stock",
            Command::SpendStock { .. } => "spend_stock",
            Command::ReturnStock { .. } => "return_stock",
            Command::SettleConflict { .. } => "settle_conflict",
            Command::Reveal { .. } => "reveal",
            Command::Disclose { .. } => "disclose",
            Command::Undo { .. } => "undo",
            Command::Seed { .. } => "seed",
        }
    }

    /// Whether [`Command::Undo`] can take it back. What has been seen cannot be unseen, and an undo is undone by doing
    /// the thing again.
    pub fn is_undoable(&self) -> bool {
        !matches!(self, Command::Reveal { .. } | Command::Disclose { .. } | Command::Undo { .. } | Command::Seed { .. })
    }
}
