//! `wish …`

mod add;
mod claim;
mod close;
mod confirm;
mod connect;
mod edit;
mod fulfil;
mod list;
mod pass;
mod publish;
mod reject;
mod release;
mod submit;
mod withdraw;

use serde_json::{Value as Json, json};

use super::{Fault, Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::claim::Claim;
use crate::domain::command::Command;
use crate::domain::id::{ClaimId, WishId};
use crate::domain::record::{Kind, Record, RecordKey};
use crate::i18n::cli as say;

/// What can be done with wishes.
#[derive(Debug, clap::Subcommand)]
pub enum Wish {
    Add(add::Add),
    Edit(edit::Edit),
    Submit(submit::Submit),
    Publish(publish::Publish),
    Reject(reject::Reject),
    Withdraw(withdraw::Withdraw),
    List(list::List),
    Claim(claim::Claim),
    Pass(pass::Pass),
    Release(release::Release),
    Connect(connect::Connect),
    Fulfil(fulfil::Fulfil),
    Confirm(confirm::Confirm),
    Close(close::Close),
}

impl Run for Wish {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Wish::Add(act) => act.run(desk, io),
            Wish::Edit(act) => act.run(desk, io),
            Wish::Submit(act) => act.run(desk, io),
            Wish::Publish(act) => act.run(desk, io),
            Wish::Reject(act) => act.run(desk, io),
            Wish::Withdraw(act) => act.run(desk, io),
            Wish::List(act) => act.run(desk, io),
            Wish::Claim(act) => act.run(desk, io),
            Wish::Pass(act) => act.run(desk, io),
            Wish::Release(act) => act.run(desk, io),
            Wish::Connect(act) => act.run(desk, io),
            Wish::Fulfil(act) => act.run(desk, io),
            Wish::Confirm(act) => act.run(desk, io),
            Wish::Close(act) => act.run(desk, io),
        }
    }
}

/// Carries out a command on a wish and answers with the state it led to.
fn commit(desk: &Desk, io: &mut Io<'_>, wish: WishId, command: Command) -> Outcome {
    let committed = desk.commit(command)?;
    let row = desk.replica().read().pools.wishes.find(wish).cloned();
    let Some(row) = row else { return Err(ids::not_found(Kind::Wish, "wish").into()) };
    let value = json!({
        "id": row.id,
        "no": row.no(),
        "state": row.state,
        "units": row.units,
        "free": row.free,
        "seq": committed.id.seq,
    });
    io.answer(&value, say::wish_now(io.lang, &row.id.to_string(), row.no(), &row.state.label(io.lang)))
}

/// Carries out a command on a claim and answers with the states of claim and wish.
fn commit_claim(desk: &Desk, io: &mut Io<'_>, claim: ClaimId, command: Command) -> Outcome {
    let committed = desk.commit(command)?;
    let claim = read_claim(desk, claim)?;
    let row = desk.replica().read().pools.wishes.find(claim.wish).cloned();
    let Some(row) = row else { return Err(ids::not_found(Kind::Wish, "wish").into()) };
    let mut value = claim_json(&claim);
    value["no"] = json!(row.no());
    value["wish_state"] = json!(row.state);
    value["free"] = json!(row.free);
    value["seq"] = json!(committed.id.seq);
    let (claim_state, wish_state) = (claim.state.label(io.lang), row.state.label(io.lang));
    io.answer(&value, say::claim_now(io.lang, &claim.id.to_string(), row.no(), &claim_state, &wish_state))
}

fn read_claim(desk: &Desk, id: ClaimId) -> Result<Claim, Fault> {
    match desk.replica().record(RecordKey { kind: Kind::Claim, id: id.into() }, None)? {
        Some(Record::Claim(claim)) => Ok(claim),
        _ => Err(ids::not_found(Kind::Claim, "claim").into()),
    }
}

/// A claim, its state first.
fn claim_json(claim: &Claim) -> Json {
    json!({
        "state": claim.state,
        "id": claim.id,
        "wish": claim.wish,
        "units": claim.units,
        "claimant": claim.claimant,
        "standing": claim.standing,
        "contact_by": claim.contact_by,
    })
}
