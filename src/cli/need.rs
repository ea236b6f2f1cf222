//! `need …`

mod add;
mod confirm;
mod list;
mod merge;
mod moved;
mod reject;
mod triage;
mod verify;
mod withdraw;

use serde_json::json;

use super::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::{Command, NeedAct};
use crate::domain::id::NeedId;
use crate::i18n::cli as say;
pub(in crate::cli) use confirm::By;

/// What can be done with needs.
#[derive(Debug, clap::Subcommand)]
pub enum Need {
    Add(Box<add::Add>),
    Verify(verify::Verify),
    Reject(reject::Reject),
    Triage(triage::Triage),
    Withdraw(withdraw::Withdraw),
    Merge(merge::Merge),
    /// Records that a provider was found and told
    Arrange(moved::Moved),
    /// Records that the service began
    Serve(moved::Moved),
    /// Records that goods or service reached the household
    Deliver(moved::Moved),
    /// Sends a verified need back to be verified again, because its facts grew old
    Recheck(moved::Moved),
    /// Hands a need over to case work
    Escalate(moved::Moved),
    Confirm(confirm::Confirm),
    /// Files a need that was confirmed as met; one behind a wish is filed with its wish
    Archive(moved::Moved),
    List(list::List),
}

impl Run for Need {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Need::Add(act) => act.run(desk, io),
            Need::Verify(act) => act.run(desk, io),
            Need::Reject(act) => act.run(desk, io),
            Need::Triage(act) => act.run(desk, io),
            Need::Withdraw(act) => act.run(desk, io),
            Need::Merge(act) => act.run(desk, io),
            Need::Arrange(act) => act.run(NeedAct::Arrange, desk, io),
            Need::Serve(act) => act.run(NeedAct::Serve, desk, io),
            Need::Deliver(act) => act.run(NeedAct::Deliver, desk, io),
            Need::Recheck(act) => act.run(NeedAct::Recheck, desk, io),
            Need::Escalate(act) => act.run(NeedAct::Escalate, desk, io),
            Need::Confirm(act) => act.run(desk, io),
            Need::Archive(act) => act.run(NeedAct::Archive, desk, io),
            Need::List(act) => act.run(desk, io),
        }
    }
}

/// Carries out a command on a need and answers with the state it led to.
fn commit(desk: &Desk, io: &mut Io<'_>, need: NeedId, command: Command) -> Outcome {
    let committed = desk.commit(command)?;
    let row = desk.replica().read().pools.needs.find(need).cloned();
    let Some(row) = row else { return Err(ids::not_found(crate::domain::record::Kind::Need, "need").into()) };
    let value = json!({"id": row.id, "no": row.no(), "state": row.state, "seq": committed.id.seq});
    io.answer(&value, say::need_now(io.lang, &row.id.to_string(), row.no(), row.title(), &row.state.label(io.lang)))
}
