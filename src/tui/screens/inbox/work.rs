//! What the inbox reads and does, off the console's thread.

use std::sync::Arc;

use crate::desk::Desk;
use crate::domain::command::Command;
use crate::domain::conflict::Choice;
use crate::domain::refusal::Reason;
use crate::replica::ReplicaError;
use crate::replica::sync::{InboxEntry, OpenConflict};
use crate::tui::app::effect::Long;
use crate::tui::app::{Fault, Message, Origin, Work};

/// What lies in the inbox.
#[derive(Debug, Clone, Default)]
pub struct Letters {
    /// Conflicts first, then commands, each oldest first.
    pub items: Vec<Item>,
}

/// One thing that a person has to look at.
#[derive(Debug, Clone)]
pub enum Item {
    /// Two values for one fact.
    Conflict(OpenConflict),
    /// A command that was refused or stands in part.
    Command(InboxEntry),
}

/// What is done with a letter.
#[derive(Debug)]
pub enum Act {
    /// A conflict is settled.
    Settle(OpenConflict, Choice),
    /// The first wish like the lost one that is still free is claimed.
    ClaimNext(InboxEntry),
    /// A command was seen to.
    PutAway(u64),
}

/// The choice that leaves everything as it stands.
pub fn keeping(open: &OpenConflict) -> Choice {
    if open.conflict.field.is_empty() { Choice::Noted } else { Choice::KeepHeld }
}

/// Reads the inbox.
pub fn read(origin: Origin) -> Work {
    Work::Long(Long(Box::new(move |desk, _, post| answer(desk, origin, post))))
}

/// Does it, and reads the inbox again.
pub fn carry_out(act: Act, origin: Origin) -> Work {
    Work::Long(Long(Box::new(move |desk, _, post| {
        let (what, done) = match act {
            Act::Settle(open, choice) => ("settle_conflict", desk.settle(&open, choice, "")),
            Act::ClaimNext(entry) => claim_next(desk, &entry),
            Act::PutAway(seq) => {
                if let Err(error) = desk.replica().seen(seq) {
                    post(Message::Failed(error.into()));
                }
                return answer(desk, origin, post);
            }
        };
        match done {
            Ok(committed) => post(Message::Committed(origin, what, Ok(Arc::new(committed)))),
            Err(error) => post(Message::Failed(Fault::from(error))),
        }
        answer(desk, origin, post);
    })))
}

type Done = (&'static str, Result<crate::replica::Committed, ReplicaError>);

fn claim_next(desk: &Desk, entry: &InboxEntry) -> Done {
    const WHAT: &str = "claim_wish";
    let similar = entry.lost_claim().map(|lost| lost.similar.as_slice()).unwrap_or_default();
    let free = {
        let memory = desk.replica().read();
        let is_free = |id| memory.pools.wishes.find(id).is_some_and(|row| row.free > 0 && row.state.in_pool());
        similar.iter().map(|wish| wish.wish).find(|id| is_free(*id))
    };
    let Some(wish) = free else {
        let kind = crate::domain::record::Kind::Wish;
        return (WHAT, Err(Reason::NotFound { kind }.into()));
    };
    let claimant = match &entry.envelope.command {
        Command::ClaimWish { claim } => claim.claimant.clone(),
        _ => String::new(),
    };
    let claim = desk.new_claim(wish, 1, &claimant);
    let done = desk.commit(Command::ClaimWish { claim: Box::new(claim) });
    // The lost claim has been seen to; where that cannot be noted it only stays in the list.
    if done.is_ok() {
        let _stays = desk.replica().seen(entry.envelope.id.seq);
    }
    (WHAT, done)
}

fn answer(desk: &Desk, origin: Origin, post: &dyn Fn(Message)) {
    let read = || -> Result<Letters, ReplicaError> {
        let (conflicts, commands) = desk.letters()?;
        let commands = commands.into_iter().map(Item::Command);
        Ok(Letters { items: conflicts.into_iter().map(Item::Conflict).chain(commands).collect() })
    };
    let outcome = read().map(|letters| Box::new(letters) as Box<dyn std::any::Any + Send>);
    post(Message::Outcome(origin, outcome.map_err(Fault::from)));
}
