//! What a command is about, in a word or two: whose visit, which need. For messages such as "taken back", and for lists of
//! commands.

use crate::domain::command::Command;
use crate::domain::id::WishId;
use crate::domain::record::{Kind, Record, RecordKey};
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
    let found = match command {
        Command::RegisterHousehold { records } => records.iter().find_map(named),
        Command::Register { record } => named(record),
        Command::ReportLead { lead } => Some(About::Person(lead.subject.clone())),
        Command::RegisterNeed { need } => Some(About::Thing(need.title.clone())),
        Command::WriteWish { wish } => Some(About::Thing(wish.card_text.clone())),
        _ => command.subject().and_then(|key| on_file(memory, key)),
    };
    found.filter(|about| !matches!(about, About::Person(told) | About::Thing(told) if told.is_empty()))
}

/// A record on file, by what names it.
fn on_file(memory: &Projection, key: RecordKey) -> Option<About> {
    let pools = &memory.pools;
    let wish = |id: WishId| pools.wishes.find(id).map(|row| About::Thing(row.card_text().to_owned()));
    match key.kind {
        Kind::Household => memory.household(key.id.into()).map(|row| About::Person(row.head().to_owned())),
        Kind::Lead => pools.leads.find(key.id).map(|row| About::Person(row.subject.clone())),
        Kind::Need => pools.needs.find(key.id).map(|row| About::Thing(row.title().to_owned())),
        Kind::Wish => wish(key.id.into()),
        Kind::Claim => pools.claims.get(&key.id.into()).and_then(|id| wish(*id)),
        _ => None,
    }
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
