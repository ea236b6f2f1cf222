//! What a command is about, in a word or two: whose visit, which need. For messages such as "taken back", and for lists of
//! commands.

use crate::domain::command::Command;
use crate::domain::id::{HouseholdId, NeedId, WishId};
use crate::domain::record::Record;
use crate::replica::Projection;

/// What a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A person, by name.
    Person(String),
    /// A need, wish or other thing, in its own words, which name nobody.
    Thing(String),
}

impl About {
    /// In words, a name as `name` shows it.
    pub fn told(self, name: impl FnOnce(&str) -> String) -> String {
        match self {
            About::Person(person) => name(&person),
            About::Thing(thing) => thing,
        }
    }
}

/// What a command is about; `None` where that cannot be said.
pub fn about(memory: &Projection, command: &Command) -> Option<About> {
    let pools = &memory.pools;
    let head = |id: HouseholdId| memory.household(id).map(|row| About::Person(row.head().to_owned()));
    let need = |id: NeedId| pools.needs.find(id).map(|row| About::Thing(row.title().to_owned()));
    let wish = |id: WishId| pools.wishes.find(id).map(|row| About::Thing(row.card_text().to_owned()));
    let found = match command {
        Command::LogVisit { visit, .. } => head(visit.household),
        Command::Amend { household: Some(id), .. } | Command::SettleConflict { household: Some(id), .. } => head(*id),
        Command::RegisterHousehold { records } => records.iter().find_map(named),
        Command::Register { record } => named(record),
        Command::ReportLead { lead } => Some(About::Person(lead.subject.clone())),
        Command::SettleLead { lead, .. } => pools.leads.find(*lead).map(|row| About::Person(row.subject.clone())),
        Command::RegisterNeed { need } => Some(About::Thing(need.title.clone())),
        Command::VerifyNeed { need: id, .. }
        | Command::RejectNeed { need: id, .. }
        | Command::WithdrawNeed { need: id, .. }
        | Command::TriageNeed { need: id, .. }
        | Command::MoveNeed { need: id, .. }
        | Command::ConfirmNeed { need: id, .. }
        | Command::MergeNeed { need: id, .. } => need(*id),
        Command::WriteWish { wish } => Some(About::Thing(wish.card_text.clone())),
        Command::ClaimWish { claim } => wish(claim.wish),
        Command::RewriteWish { wish: id, .. }
        | Command::SubmitWish { wish: id }
        | Command::PublishWish { wish: id, .. }
        | Command::RejectWish { wish: id, .. }
        | Command::WithdrawWish { wish: id, .. }
        | Command::ConfirmWish { wish: id, .. }
        | Command::CloseWish { wish: id } => wish(*id),
        Command::ReleaseClaim { claim, .. }
        | Command::ConnectClaim { claim }
        | Command::FulfilClaim { claim, .. }
        | Command::PassClaim { claim, .. } => pools.claims.get(claim).and_then(|id| wish(*id)),
        _ => None,
    };
    found.filter(|about| !matches!(about, About::Person(told) | About::Thing(told) if told.is_empty()))
}

/// A record that bears a name.
fn named(record: &Record) -> Option<About> {
    match record {
        Record::Member(member) => Some(About::Person(member.name.clone())),
        Record::Worker(worker) => Some(About::Person(worker.name.clone())),
        Record::Region(region) => Some(About::Thing(region.name.clone())),
        Record::Org(org) => Some(About::Thing(org.name.clone())),
        Record::Station(station) => Some(About::Thing(station.name.clone())),
        Record::Resource(resource) => Some(About::Thing(resource.name.clone())),
        _ => None,
    }
}
