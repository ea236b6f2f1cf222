//! Which record a command is about: one table for whoever has to find its household or put it into words.

use super::Command;
use crate::domain::record::{Kind, RecordKey};

impl Command {
    /// The record on file that it is about: the one that it moves, and for one that it makes, the household or wish that
    /// this is for. `None` where there is none (a new household), or more than one (a roster, a second opinion of an
    /// earlier command).
    pub fn subject(&self) -> Option<RecordKey> {
        let (kind, id) = match self {
            Command::Amend { household, .. }
            | Command::SettleConflict { household, .. }
            | Command::Reveal { household, .. } => (Kind::Household, (*household)?.into()),
            Command::LogVisit { visit, .. } => (Kind::Household, visit.household.into()),
            Command::RegisterNeed { need } => (Kind::Household, need.household.into()),
            Command::SpendStock { household, .. } => (Kind::Household, (*household).into()),
            Command::ReportLead { lead } => (Kind::Household, lead.household?.into()),
            Command::SettleLead { lead, .. } => (Kind::Lead, (*lead).into()),
            Command::VerifyNeed { need, .. }
            | Command::RejectNeed { need, .. }
            | Command::WithdrawNeed { need, .. }
            | Command::MergeNeed { need, .. }
            | Command::TriageNeed { need, .. }
            | Command::MoveNeed { need, .. }
            | Command::ConfirmNeed { need, .. } => (Kind::Need, (*need).into()),
            Command::WriteWish { wish } => match (wish.household, wish.need) {
                (Some(household), _) => (Kind::Household, household.into()),
                (None, need) => (Kind::Need, need?.into()),
            },
            Command::ClaimWish { claim } => (Kind::Wish, claim.wish.into()),
            Command::RewriteWish { wish, .. }
            | Command::SubmitWish { wish }
            | Command::PublishWish { wish, .. }
            | Command::RejectWish { wish, .. }
            | Command::WithdrawWish { wish, .. }
            | Command::ConfirmWish { wish, .. }
            | Command::CloseWish { wish } => (Kind::Wish, (*wish).into()),
            Command::ReleaseClaim { claim, .. }
            | Command::ConnectClaim { claim }
            | Command::FulfilClaim { claim, .. }
            | Command::PassClaim { claim, .. } => (Kind::Claim, (*claim).into()),
            Command::ReturnStock { allotment, .. } => (Kind::Allotment, (*allotment).into()),
            Command::AllotStock { allotment } => (Kind::Resource, allotment.resource.into()),
            Command::RegisterHousehold { .. }
            | Command::Register { .. }
            | Command::Disclose { .. }
            | Command::Undo { .. }
            | Command::Seed { .. } => return None,
        };
        Some(RecordKey { kind, id })
    }
}
