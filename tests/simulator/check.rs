//! What must hold when everything has healed and everybody has read everything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use zhulian::central::store::{Store as _, Transaction};
use zhulian::domain::claim::ClaimState;
use zhulian::domain::command::{Command, CommandId};
use zhulian::domain::id::{ClaimId, DeviceId, WorkerId};
use zhulian::domain::moment::Moment;
use zhulian::domain::params;
use zhulian::domain::record::{Kind, Record, RecordKey};
use zhulian::domain::records::Dossier;
use zhulian::domain::region::RegionCode;
use zhulian::store::codec;
use zhulian::sync::feed::{Feed, Scope};
use zhulian::sync::fold::Body;
use zhulian::sync::protocol::{Effect, Entry, ItemKey, Outcome, Part};
use zhulian::sync::rebase::Pending;

use crate::world::{Agent, World};

/// Where each command's effects stand.
type Placed = BTreeMap<CommandId, BTreeSet<Part>>;
/// When the server took claims back, by its clock.
type Expired = BTreeMap<ClaimId, Moment>;
type Documents = BTreeMap<ItemKey, (Feed, Body)>;

pub fn at_rest(world: &mut World) {
    if !world.faults().is_empty() {
        return; // what follows would only repeat it
    }
    let mut faults = Vec::new();
    {
        let store = world.server.store.clone();
        let mut tx = store.inner.begin().unwrap();
        let scope = everything(world);
        let documents = documents(&mut *tx, &scope, &mut faults);
        let files: Vec<Arc<Dossier>> = documents
            .values()
            .filter_map(|(_, body)| if let Body::File(file) = body { Some(file.clone()) } else { None })
            .collect();
        let loose = documents.values().filter_map(|(_, body)| match body {
            Body::Record(record) => Some(record.key()),
            _ => None,
        });
        let in_files = files.iter().flat_map(|file| file.records().map(|record| record.key()));
        let records: BTreeSet<RecordKey> = loose.chain(in_files).collect();
        let (placed, expired) = feeds(&mut *tx, &scope, &mut faults);
        for agent in world.agents.iter().filter(|agent| !agent.stopped) {
            replica(agent, &mut *tx, &documents, &mut faults);
            if !agent.suspect {
                verdicts(agent, &mut *tx, &placed, world.restores > 0, &files, &records, &mut faults);
            }
        }
        stopped(world, &mut *tx, &mut faults);
        claims(&files, &expired, &mut *tx, &mut faults);
        persons(&files, &mut faults);
        stock(&documents, &mut faults);
    }
    faults.into_iter().for_each(|fault| world.fault(fault));
}

/// What the run came upon: outcomes by their codes, states of claims, what the server did, what befell the devices.
pub fn reached(world: &World) -> BTreeMap<String, u32> {
    let mut reached: BTreeMap<String, u32> = BTreeMap::new();
    let mut count = |what: String| *reached.entry(what).or_default() += 1;
    for agent in &world.agents {
        for verdict in agent.device.verdicts.values() {
            match &verdict.outcome {
                Outcome::Applied => count("applied".into()),
                Outcome::Merged { .. } => count("merged".into()),
                Outcome::Refused { told, lost_claim, .. } => {
                    count(told.code.clone());
                    if lost_claim.as_ref().is_some_and(|lost| !lost.similar.is_empty()) {
                        count("similar wishes".into());
                    }
                }
            }
        }
        if agent.stopped {
            count("stopped".into());
        }
    }
    let mut tx = world.server.store.inner.begin().unwrap();
    let documents = documents(&mut *tx, &everything(world), &mut Vec::new());
    for (_, body) in documents.values() {
        let Body::File(file) = body else { continue };
        file.claims.iter().for_each(|claim| count(format!("claim {}", claim.state.code())));
        file.conflicts.iter().for_each(|conflict| count(format!("conflict {}", conflict.kind)));
        for line in &file.history {
            count(line.what.clone());
            if !line.lost.is_empty() {
                count("kept loser".into());
            }
        }
        if file.older_pages > 0 {
            count("older page".into());
        }
    }
    reached.insert("restore".into(), world.restores);
    let (woken, stand) = world.woken();
    reached.insert("waited and decided".into(), woken);
    reached.insert("waited and stands".into(), stand);
    reached
}

fn everything(world: &World) -> Scope {
    let workers: BTreeSet<WorkerId> = world.agents.iter().map(|agent| agent.device.worker).collect();
    let county = RegionCode::parse("990101000000").unwrap();
    let mut workers: Vec<WorkerId> = workers.into_iter().collect();
    workers.push(WorkerId::default());
    Scope { territories: vec![county], pool: true, workers }
}

fn documents(tx: &mut dyn Transaction, scope: &Scope, faults: &mut Vec<String>) -> Documents {
    let mut documents = Documents::new();
    for head in tx.heads(scope).unwrap() {
        for document in tx.documents_of(&head.feed, None, usize::MAX).unwrap() {
            if document.as_of > head.seq {
                faults.push(format!("{:?} is as of an entry that there is not", document.key));
            }
            match Body::decode(&document.key, &document.body.0) {
                Ok(body) => {
                    documents.insert(document.key, (document.feed, body));
                }
                Err(fault) => faults.push(format!("{:?}: {fault}", document.key)),
            }
        }
    }
    documents
}

/// Sequences without holes; every command once in each feed, where its verdict says.
fn feeds(tx: &mut dyn Transaction, scope: &Scope, faults: &mut Vec<String>) -> (Placed, Expired) {
    let (mut placed, mut expired) = (Placed::new(), Expired::new());
    for head in tx.heads(scope).unwrap() {
        let entries = tx.entries(&head.feed, 0, usize::MAX).unwrap();
        if entries.iter().map(|(seq, _)| *seq).ne(1..=head.seq) {
            faults.push(format!("{} has a hole", head.feed));
        }
        let mut causes = BTreeSet::new();
        for (seq, bytes) in entries {
            let Ok(entry) = codec::decode::<Entry>(&bytes.0) else {
                faults.push(format!("{} {seq} cannot be read", head.feed));
                continue;
            };
            if !causes.insert(entry.cause.id) {
                faults.push(format!("{:?} has two effects in {}", entry.cause.id, head.feed));
            }
            if entry.cause.what == "expire_claim" {
                let changes = entry.effects.iter().filter_map(|effect| match effect {
                    Effect::File { changes, .. } => Some(changes),
                    _ => None,
                });
                let claims = changes.flatten().map(|change| change.record()).filter(|key| key.kind == Kind::Claim);
                expired.extend(claims.map(|key| (ClaimId::from(key.id), entry.cause.at)));
            }
            placed.entry(entry.cause.id).or_default().insert(Part { feed: head.feed.clone(), seq });
        }
    }
    (placed, expired)
}

/// The device holds exactly what its territory has.
fn replica(agent: &Agent, tx: &mut dyn Transaction, documents: &Documents, faults: &mut Vec<String>) {
    let device = &agent.device;
    let Some(known) = tx.peek_device(device.id).unwrap() else { return };
    let expected: BTreeMap<&ItemKey, &(Feed, Body)> =
        documents.iter().filter(|(_, (feed, _))| known.scope.holds(feed)).collect();
    for (key, (feed, body)) in &expected {
        match device.items.get(key) {
            None => faults.push(format!("{} lacks {key:?} of {feed}", device.id)),
            Some(item) if item.feed != *feed || item.body != *body => {
                faults.push(format!("{} has another {key:?} of {feed}", device.id));
                if std::env::var("SIM_DIFF").is_ok() {
                    println!("device {:#?}\nserver {:#?}", item, (feed, body));
                }
            }
            Some(_) => {}
        }
    }
    for (key, item) in device.items.iter().filter(|(key, _)| !expected.contains_key(key)) {
        faults.push(format!("{} still has {key:?} of {}", device.id, item.feed));
    }
    let waits = |pending: &Pending| pending.verdict.as_ref().is_some_and(|verdict| verdict.outcome.waits());
    if !device.pending().iter().all(waits) {
        faults.push(format!("{}: commands hang over the server's state", device.id));
    }
}

/// One verdict for each command, with its body, known to the device; refusals in the inbox; no visit refused.
fn verdicts(
    agent: &Agent,
    tx: &mut dyn Transaction,
    placed: &Placed,
    restored: bool,
    files: &[Arc<Dossier>],
    records: &BTreeSet<RecordKey>,
    faults: &mut Vec<String>,
) {
    let device = &agent.device;
    let stored = tx.verdicts(device.id, 1, device.said.len() + 1).unwrap();
    if stored.len() != device.said.len() {
        faults.push(format!("{}: {} verdicts for {} commands", device.id, stored.len(), device.said.len()));
        return;
    }
    let mut refused_before = false;
    for (stored, said) in stored.iter().zip(&device.said) {
        let id = said.envelope.id;
        if stored.body != said.bytes || stored.hash != said.hash {
            faults.push(format!("{id:?}: the server kept other bytes"));
        }
        let known = device.verdicts.get(&id.seq);
        if known.map(|known| (&known.outcome, &known.parts)) != Some((&stored.outcome, &stored.parts)) {
            faults.push(format!("{id:?}: the device knows another verdict"));
        }
        let parts: BTreeSet<Part> = stored.parts.iter().cloned().collect();
        if placed.get(&id).cloned().unwrap_or_default() != parts {
            faults.push(format!("{id:?}: its effects are not where its verdict says"));
        }
        if stored.outcome.waits() {
            // The device knows that it waits; the feeds hold nothing of it; and what it needs is really not there.
            let there = needed(&said.envelope.command).is_some_and(|key| records.contains(&key));
            if !restored || there {
                faults.push(format!("{id:?} {} waits for what is there", said.envelope.command.name()));
            }
            continue;
        }
        let shown = device.inbox.iter().any(|item| item.envelope.id == id && item.outcome == stored.outcome);
        if stored.outcome != Outcome::Applied && !shown {
            faults.push(format!("{id:?}: nobody is told"));
        }
        match &stored.outcome {
            Outcome::Refused { told, .. } => {
                let visit = matches!(said.envelope.command, Command::LogVisit { .. });
                // What was refused may have been to bring that record into being.
                let lost_reference = told.code == "record.not_found" && !refused_before;
                refused_before = true;
                // A backup may lack what a command builds on, and which territories there were.
                let outside = told.code == "actor.outside_territory";
                let never = ["actor.not_enrolled", "record.unreadable", "command.faulty"];
                let unless_restored = (visit || outside) && !restored;
                let unless_restored = unless_restored || lost_reference && !restored;
                // After a restore, what others have yet to bring back is waited for.
                let there = needed(&said.envelope.command).is_some_and(|key| records.contains(&key));
                let too_early = told.code == "record.not_found" && there;
                let unless_restored = unless_restored || too_early;
                if never.contains(&told.code.as_str()) || unless_restored {
                    faults.push(format!("{id:?} {} was refused: {}", said.envelope.command.name(), told.code));
                }
            }
            Outcome::Merged { lost } => {
                for conflict in lost.iter().filter_map(|lost| lost.conflict) {
                    if !files.iter().any(|file| file.record(conflict).is_some()) {
                        faults.push(format!("{id:?}: its conflict is on no file"));
                    }
                }
            }
            Outcome::Applied => {}
        }
    }
}

/// The record without which a command is not found to make sense.
fn needed(command: &Command) -> Option<RecordKey> {
    let (kind, id) = match command {
        Command::LogVisit { visit, .. } => (Kind::Household, visit.household.into()),
        Command::RegisterNeed { need } => (Kind::Household, need.household.into()),
        Command::VerifyNeed { need, .. } => (Kind::Need, (*need).into()),
        Command::WriteWish { wish } => (Kind::Need, wish.need?.into()),
        Command::PublishWish { wish, .. } => (Kind::Wish, (*wish).into()),
        Command::ClaimWish { claim } => (Kind::Wish, claim.wish.into()),
        Command::ConnectClaim { claim } | Command::FulfilClaim { claim, .. } | Command::ReleaseClaim { claim, .. } => {
            (Kind::Claim, (*claim).into())
        }
        _ => return None,
    };
    Some(RecordKey { kind, id })
}

/// What a copied disk said apart is kept aside.
fn stopped(world: &World, tx: &mut dyn Transaction, faults: &mut Vec<String>) {
    let aside: BTreeSet<DeviceId> = tx.asides(usize::MAX).unwrap().into_iter().map(|aside| aside.device).collect();
    for agent in world.agents.iter().filter(|agent| agent.stopped && world.restores == 0) {
        let device = &agent.device;
        let taken = tx.peek_device(device.id).unwrap().is_some_and(|known| known.last_seq > device.said.len() as u64);
        let unsent = device.said.len() as u64 > device.answered;
        if unsent && !taken && !aside.contains(&device.id) {
            faults.push(format!("{}: what it could not send is not kept", device.id));
        }
    }
}

/// At most one claim holds a unit, in the files and in the store alike.
fn claims(files: &[Arc<Dossier>], expired: &Expired, tx: &mut dyn Transaction, faults: &mut Vec<String>) {
    let mut holders = BTreeMap::new();
    for claim in files.iter().flat_map(|file| &file.claims).filter(|claim| !claim.meta.deleted) {
        for unit in &claim.units {
            let held = tx.holding(claim.wish, *unit).unwrap();
            let holds = held.is_some_and(|holding| holding.claim == claim.id);
            if holds != claim.state.holds() {
                faults.push(format!("claim {} is {:?}, and the store says {holds}", claim.id, claim.state));
            }
            if claim.state.holds() && holders.insert((claim.wish, *unit), claim.id).is_some() {
                faults.push(format!("unit {unit} of wish {} has two claims", claim.wish));
            }
        }
        if claim.state == ClaimState::Tentative {
            faults.push(format!("claim {} is tentative at the server", claim.id));
        }
        if let (Some(ended), Some(until)) = (expired.get(&claim.id), claim.lease_until)
            && *ended < until.plus(params::on(until.date()).wish_lease_grace())
        {
            faults.push(format!("claim {} expired before its time", claim.id));
        }
    }
}

/// Nothing was set aside or given out that was not there.
fn stock(documents: &Documents, faults: &mut Vec<String>) {
    let mut allotted = BTreeMap::new();
    let records =
        || documents.values().filter_map(|(_, body)| if let Body::Record(record) = body { Some(record) } else { None });
    for record in records() {
        if let Record::Allotment(allotment) = record {
            *allotted.entry(allotment.resource).or_insert(0) += allotment.quantity;
            if allotment.used > allotment.quantity {
                faults.push(format!("allotment {} gave out more than it had", allotment.id));
            }
        }
    }
    for record in records() {
        if let Record::Resource(resource) = record {
            let aside = allotted.get(&resource.id).copied().unwrap_or(0);
            if aside != resource.allotted || aside > resource.quantity {
                faults.push(format!("resource {} has {aside} set aside of {}", resource.id, resource.quantity));
            }
        }
    }
}

/// The same person in two households is shown as a conflict.
fn persons(files: &[Arc<Dossier>], faults: &mut Vec<String>) {
    let mut seen = BTreeMap::new();
    for file in files {
        for member in file.present_members() {
            let Some(number) = &member.id_number else { continue };
            if let Some(other) = seen.insert(number.reveal().to_owned(), member.key()) {
                let told = |key| {
                    files.iter().flat_map(|file| &file.conflicts).any(|conflict| {
                        conflict.kind.as_str() == "duplicate_person"
                            && (conflict.about == Some(key) || conflict.other == Some(key))
                    })
                };
                if !told(other) && !told(member.key()) {
                    faults.push(format!("{} and {other} are one person, and nobody is told", member.key()));
                }
            }
        }
    }
}
