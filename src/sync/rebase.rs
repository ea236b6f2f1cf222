//! The local view: what the server says, and on top of it what this device has said and the server has not yet shown.
//!
//! A pending command is replayed over the server's state by [`merge`], the very function by which the server will
//! decide it. A command stays on top until its verdict is known **and** the device's cursors have passed its effects, so
//! that nothing flickers; a refused one leaves the view with its verdict and goes to the inbox. A command that no longer
//! fits is not dropped: it waits for its verdict and is shown with the reason.

use std::collections::BTreeSet;

use super::feed::Scope;
use super::overlay::{Base, Overlay};
use super::protocol::{Cause, Cursors, LostClaim, Outcome, Verdict};
use crate::domain::change::{Change, FieldChange};
use crate::domain::command::{Command, CommandId, Envelope};
use crate::domain::id::OrgId;
use crate::domain::merge::{LostField, Merged, merge};
use crate::domain::record::{Kind, RecordKey};
use crate::domain::records::Unreadable;
use crate::domain::refusal::Refusal;
use crate::domain::region::RegionCode;
use crate::domain::worker::Actor;

/// A command of this device that the server's state does not show yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The command.
    pub envelope: Envelope,
    /// The server's verdict, once it came.
    pub verdict: Option<Verdict>,
}

/// How a pending command stands in the local view.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// It is shown, as the server will probably see it.
    Shown {
        /// What others have overtaken.
        lost: Vec<LostField>,
    },
    /// The server's state shows it already: it can leave the queue once its verdict is known.
    Arrived,
    /// The server has refused it: it is not shown, and stands in the inbox.
    Refused,
    /// It no longer fits and will probably be refused. It waits for its verdict.
    Doubtful {
        /// Why.
        refusal: Refusal,
    },
}

/// The local view.
pub struct Rebased<'a> {
    /// The server's state with the pending commands on top.
    pub view: Overlay<'a>,
    /// How each pending command stands, in order.
    pub fates: Vec<(CommandId, Fate)>,
}

impl Rebased<'_> {
    /// Commands that can leave the queue: the server has spoken, and the view needs them no more. Their verdicts stay in
    /// the inbox where a person has to see them.
    pub fn settled(&self, pending: &[Pending]) -> BTreeSet<CommandId> {
        self.fates
            .iter()
            .zip(pending)
            .filter(|((_, fate), pending)| {
                let decided = pending.verdict.as_ref().is_some_and(|verdict| !verdict.outcome.waits());
                decided && matches!(fate, Fate::Arrived | Fate::Refused)
            })
            .map(|((id, _), _)| *id)
            .collect()
    }
}

/// Something for a person to look at: it stays until they have.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxItem {
    /// The command.
    pub envelope: Envelope,
    /// What the server said.
    pub outcome: Outcome,
}

impl InboxItem {
    /// The item that a verdict makes, if a person has to see it.
    pub fn of(envelope: &Envelope, verdict: &Verdict) -> Option<InboxItem> {
        match &verdict.outcome {
            Outcome::Applied => None,
            outcome if outcome.waits() => None,
            outcome => Some(InboxItem { envelope: envelope.clone(), outcome: outcome.clone() }),
        }
    }

    /// The claim that was lost, where it is one.
    pub fn lost_claim(&self) -> Option<&LostClaim> {
        match &self.outcome {
            Outcome::Refused { lost_claim, .. } => lost_claim.as_deref(),
            _ => None,
        }
    }
}

/// Puts the pending commands on top of the server's state.
///
/// `arrived` are this device's own commands that entries pulled so far have brought back; `cursors` how far each feed was
/// read; `scope` what the device holds.
///
/// # Errors
/// When the server's state cannot be read.
pub fn rebase<'a>(
    base: &'a dyn Base,
    scope: &Scope,
    cursors: &Cursors,
    arrived: &BTreeSet<CommandId>,
    pending: &[Pending],
) -> Result<Rebased<'a>, Unreadable> {
    let mut view = Overlay::new(base);
    let mut fates = Vec::with_capacity(pending.len());
    for Pending { envelope, verdict } in pending {
        let fate = match verdict.as_ref().filter(|verdict| !verdict.outcome.waits()) {
            Some(verdict) if !verdict.outcome.stands() => Fate::Refused,
            _ if arrived.contains(&envelope.id) => Fate::Arrived,
            Some(verdict) if passed(verdict, scope, cursors) => Fate::Arrived,
            _ => replay(&mut view, scope, envelope)?,
        };
        fates.push((envelope.id, fate));
    }
    Ok(Rebased { view, fates })
}

/// Whether the cursors have passed all effects that this device can see. A feed of its scope that it has not read at all
/// is still to be fetched: until then only the prediction shows what was done.
pub fn passed(verdict: &Verdict, scope: &Scope, cursors: &Cursors) -> bool {
    verdict.parts.iter().all(|part| match cursors.get(&part.feed) {
        Some(seq) => *seq >= part.seq,
        None => !scope.holds(&part.feed),
    })
}

fn replay(view: &mut Overlay<'_>, scope: &Scope, envelope: &Envelope) -> Result<Fate, Unreadable> {
    view.expect(&envelope.command)?;
    let actor = actor_of(envelope, None, scope.territories.clone());
    match merge(view, &actor, envelope) {
        Ok(Merged { refused: Some(refusal), .. }) => Ok(Fate::Doubtful { refusal }),
        Ok(Merged { changes, lost, .. }) => {
            view.apply(&cause_of(envelope, &lost, &changes), &changes)?;
            Ok(Fate::Shown { lost })
        }
        Err(refusal) => Ok(Fate::Doubtful { refusal }),
    }
}

/// Who acts in a command.
pub fn actor_of(envelope: &Envelope, org: Option<OrgId>, regions: Vec<RegionCode>) -> Actor {
    // An empty list would mean every territory; a region of no digits contains nothing.
    let regions = if regions.is_empty() { vec![RegionCode::default()] } else { regions };
    Actor { worker: envelope.worker, role: envelope.role, org, regions, device: envelope.id.device }
}

/// What the timeline and the stamps of records need of a command.
pub fn cause_of(envelope: &Envelope, lost: &[LostField], changes: &[Change]) -> Cause {
    Cause {
        id: envelope.id,
        hlc: envelope.hlc,
        at: envelope.at,
        by: envelope.worker,
        what: envelope.command.name().to_owned(),
        lost: lost.iter().map(|lost| (lost.record, lost.change.clone())).collect(),
        seen: match &envelope.command {
            Command::Reveal { record, .. } => vec![*record],
            // What was given out stands in the household's timeline too.
            Command::SpendStock { household, .. } => {
                vec![RecordKey { kind: Kind::Household, id: (*household).into() }]
            }
            _ => Vec::new(),
        },
        told: match &envelope.command {
            Command::SpendStock { .. } => changes.iter().flat_map(changed_fields).collect(),
            _ => Vec::new(),
        },
    }
}

fn changed_fields(change: &Change) -> Vec<(RecordKey, FieldChange)> {
    match change {
        Change::Update { record, fields } => fields.iter().map(|field| (*record, field.clone())).collect(),
        Change::Create(_) => Vec::new(),
    }
}
