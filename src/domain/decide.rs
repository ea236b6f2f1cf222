//! [`decide`]: the one place where business rules live. Pure: the device, the server and the simulator call it alike.

use super::change::{Change, FieldChange};
use super::codes::Code;
use super::command::{Command, Confirmation};
use super::id::{HouseholdId, RecordId};
use super::moment::Now;
use super::record::{Fields, Kind, Record, RecordKey, SetError, TypedRecord};
use super::records::{Dossier, Records};
use super::refusal::{Label, Reason, Refusal};
use super::region::RegionCode;
use super::worker::{Actor, Right};

mod amend;
mod claim;
mod conflict;
mod grant;
mod lead;
mod need;
mod reference;
mod region;
mod register;
mod stock;
mod undo;
mod visit;
mod wish;

pub(super) use amend::rights;
pub use claim::{current_claim, free_units, holder, lost_claim};
pub(super) use conflict::opened;
pub use grant::{expire, grant};
pub use need::TRIAGE_FIELDS;
pub use region::{end_region, move_household, move_record, moved_territories};
pub use undo::inverse_of;
pub use wish::{card_findings, like_gift};

/// What a command would do: its changes, or why it is refused.
pub fn decide(records: &dyn Records, actor: &Actor, now: Now, command: &Command) -> Result<Vec<Change>, Refusal> {
    let case = Case { records, actor, now };
    match command {
        Command::RegisterHousehold { records } => register::household(&case, records),
        Command::Register { record } => register::record(&case, record),
        Command::Seed { records } => register::seed(&case, records),
        Command::Amend { amendments, .. } => amend::amend(&case, amendments),
        Command::LogVisit { visit, amendments, needs } => visit::log(&case, visit, amendments, needs),
        Command::ReportLead { lead } => lead::report(&case, lead),
        Command::SettleLead { lead, verified, reason, outcome, visit } => {
            lead::settle(&case, *lead, *verified, reason, outcome, *visit)
        }
        Command::RegisterNeed { need } => need::register(&case, need).map(|change| vec![change]),
        Command::VerifyNeed { need, findings } => need::verify(&case, *need, findings),
        Command::RejectNeed { need, reason, findings } => need::reject(&case, *need, reason, findings),
        Command::WithdrawNeed { need, reason, remark } => need::withdraw(&case, *need, reason, remark),
        Command::MergeNeed { need, into } => need::merge(&case, *need, *into),
        Command::TriageNeed { need, fields } => need::triage(&case, *need, fields),
        Command::MoveNeed { need, act } => need::act(&case, *need, *act),
        Command::ConfirmNeed { need, confirmation } => need::confirm(&case, *need, confirmation),
        Command::WriteWish { wish } => wish::write(&case, wish),
        Command::RewriteWish { wish, fields } => wish::rewrite(&case, *wish, fields),
        Command::SubmitWish { wish } => wish::submit(&case, *wish),
        Command::PublishWish { wish, until } => wish::publish(&case, *wish, *until),
        Command::RejectWish { wish, reason, remark } => wish::reject(&case, *wish, reason, remark),
        Command::WithdrawWish { wish, reason, remark } => wish::withdraw(&case, *wish, reason, remark),
        Command::ConfirmWish { wish, confirmation } => wish::confirm(&case, *wish, confirmation),
        Command::CloseWish { wish } => wish::close(&case, *wish),
        Command::ClaimWish { claim } => claim::claim(&case, claim),
        Command::ReleaseClaim { claim, reason, remark } => claim::release(&case, *claim, reason, remark),
        Command::ConnectClaim { claim } => claim::connect(&case, *claim),
        Command::FulfilClaim { claim, evidence } => claim::fulfil(&case, *claim, evidence),
        Command::PassClaim { claim, claimant, claimant_org, claimant_phone } => {
            claim::pass(&case, *claim, claimant, *claimant_org, claimant_phone)
        }
        Command::AllotStock { allotment } => stock::allot(&case, allotment),
        Command::SpendStock { allotment, household, quantity } => {
            stock::spend(&case, *allotment, *household, *quantity)
        }
        Command::ReturnStock { allotment, quantity } => stock::give_back(&case, *allotment, *quantity),
        Command::SettleConflict { conflict, choice, remark, .. } => conflict::settle(&case, *conflict, *choice, remark),
        Command::Reveal { record, field, reason, remark, .. } => amend::reveal(&case, *record, field, reason, remark),
        Command::Disclose { reason, .. } => {
            case.permit(Right::Export)?;
            case.permit(Right::Reveal)?;
            if reason.trim().is_empty() {
                return Err(Refusal::at("reason", Reason::ReasonMissing { field: label("导出原因", "reason") }));
            }
            Ok(Vec::new())
        }
        Command::Undo { target, changes } => undo::undo(&case, *target, changes),
    }
}

/// What every rule works with.
struct Case<'a> {
    records: &'a dyn Records,
    actor: &'a Actor,
    now: Now,
}

impl Case<'_> {
    /// Refuses unless the actor's role has the right.
    fn permit(&self, right: Right) -> Result<(), Refusal> {
        permit(self.actor, right)
    }

    /// The record of that id, or the refusal that says which kind is missing. Undone records count as missing.
    fn get<R: TypedRecord>(&self, id: impl Into<RecordId>) -> Result<R, Refusal> {
        let key = RecordKey { kind: R::KIND, id: id.into() };
        self.records
            .record(key)?
            .and_then(R::from_record)
            .filter(|record| !record.meta().deleted)
            .ok_or_else(|| Reason::NotFound { kind: R::KIND }.into())
    }

    /// Whether a region lies in the actor's territory.
    fn holds(&self, region: &RegionCode) -> bool {
        self.actor.regions.is_empty() || self.actor.regions.iter().any(|held| held.contains(region))
    }

    /// The file of a household in the actor's territory.
    fn dossier(&self, household: HouseholdId) -> Result<std::sync::Arc<Dossier>, Refusal> {
        let dossier = self
            .records
            .dossier(household)?
            .filter(|dossier| !dossier.household.meta.deleted)
            .ok_or(Reason::NotFound { kind: Kind::Household })?;
        let region = &dossier.household.region;
        if !self.holds(region) && !self.records.former_regions(household)?.iter().any(|region| self.holds(region)) {
            return Err(Reason::OutsideTerritory { region: region.to_string() }.into());
        }
        Ok(dossier)
    }

    /// Refuses a second record of the same id.
    fn absent(&self, key: RecordKey) -> Result<(), Refusal> {
        match self.records.record(key)? {
            Some(_) => Err(Reason::Exists { kind: key.kind }.into()),
            None => Ok(()),
        }
    }

    /// A record stamped as new.
    fn stamped<R: Fields>(&self, mut record: R) -> R {
        let meta = record.meta_mut();
        meta.rev = 1;
        meta.by = self.actor.worker;
        meta.deleted = false;
        record
    }

    /// The workers behind a confirmation, and its note; two workers need a note and must differ.
    fn confirmation(&self, confirmation: &Confirmation) -> Result<Confirmed, Refusal> {
        match confirmation {
            Confirmation::Beneficiary { note } => {
                Ok(Confirmed { how: Code::from("beneficiary"), by: vec![self.actor.worker], note: note.clone() })
            }
            Confirmation::TwoWorkers { second, note } => {
                if *second == self.actor.worker {
                    return Err(Refusal::at("second", Reason::SecondWorkerSame));
                }
                self.get::<super::worker::Worker>(*second)
                    .map_err(|_| Refusal::at("second", Reason::SecondWorkerMissing))?;
                if note.trim().is_empty() {
                    return Err(Refusal::at("note", Reason::SecondWorkerMissing));
                }
                Ok(Confirmed {
                    how: Code::from("two_workers"),
                    by: vec![self.actor.worker, *second],
                    note: note.clone(),
                })
            }
        }
    }
}

/// Refuses unless the actor's role has the right; also for reading, which no command asks for.
pub fn permit(actor: &Actor, right: Right) -> Result<(), Refusal> {
    if actor.role.may(right) {
        return Ok(());
    }
    let role = Label::of("role", actor.role.code());
    Err(Reason::NotPermitted { role, act: right_label(right) }.into())
}

struct Confirmed {
    how: Code,
    by: Vec<super::id::WorkerId>,
    note: String,
}

/// Refuses an empty reason code, or one that is not on the list.
fn need_reason(list: &str, reason: &Code, zh: &str, en: &str) -> Result<(), Refusal> {
    let known = super::codes::list(list).is_some_and(|list| list.get(reason.as_str()).is_some());
    if known { Ok(()) } else { Err(Refusal::at("reason", Reason::ReasonMissing { field: label(zh, en) })) }
}

/// Refuses the reason "other" without words: alone it says nothing to whoever reads the file later.
fn in_words(reason: &Code, words: &str, field: &'static str, said_in: Label) -> Result<(), Refusal> {
    let is_said = reason.as_str() != OTHER || !words.trim().is_empty();
    if is_said { Ok(()) } else { Err(Refusal::at(field, Reason::RemarkMissing { field: said_in })) }
}

/// The entry of a list of reasons that stands for none of the others.
const OTHER: &str = "other";

fn label(zh: &str, en: &str) -> Label {
    Label { zh: zh.to_owned(), en: en.to_owned() }
}

fn right_label(right: Right) -> Label {
    let (zh, en) = match right {
        Right::SeeCases => ("查看家庭档案", "see case files"),
        Right::WorkCases => ("办理家庭档案", "work on case files"),
        Right::ReportLead => ("报告线索", "report leads"),
        Right::Verify => ("核实", "verify"),
        Right::PublishWish => ("发布心愿", "publish wishes"),
        Right::Claim => ("认领心愿", "claim wishes"),
        Right::Import => ("导入名册", "import rosters"),
        Right::Export => ("导出", "export"),
        Right::Reveal => ("查看完整信息", "see full identity"),
        Right::Administer => ("维护基础信息", "keep reference data"),
        Right::Audit => ("查看审计记录", "read the audit trail"),
    };
    label(zh, en)
}

/// The change from one version to the next; refuses where nothing differs.
fn update<R: Fields>(before: &R, after: &R) -> Result<Change, Refusal> {
    Change::between(before, after).ok_or_else(|| Reason::NothingChanged.into())
}

/// Sets a field by name, turning a misfit into a refusal that names the field.
fn set_field(record: &mut dyn Fields, change: &FieldChange) -> Result<(), Refusal> {
    let table = record.table();
    record.set(&change.field, change.after.clone()).map_err(|error| match error {
        SetError::NoField => Refusal::at(change.field.clone(), Reason::NoField { name: change.field.clone() }),
        SetError::WrongKind(wrong) => {
            let field = table
                .field(&change.field)
                .map_or_else(|| label(&change.field, &change.field), |field| label(field.zh, field.en));
            Refusal::at(change.field.clone(), Reason::WrongKind { field, expected: wrong.expected.to_owned() })
        }
    })
}

/// Any record stamped as new.
fn stamped_record(case: &Case<'_>, record: &Record) -> Record {
    let mut record = record.clone();
    let meta = record.fields_mut().meta_mut();
    meta.rev = 1;
    meta.by = case.actor.worker;
    meta.deleted = false;
    record
}

#[cfg(test)]
mod tests;
