//! A server's store with a city in it: the demo's households, registered and visited by commands like any other.
#![allow(dead_code, reason = "each benchmark uses its part")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use zhulian::central::Authority;
use zhulian::central::authority::Enrolment;
use zhulian::central::postgres::PostgresStore;
use zhulian::central::store::{Embedded, Store};
use zhulian::demo::{Demo, Size};
use zhulian::domain::codes::Code;
use zhulian::domain::command::{Command, CommandId, Envelope};
use zhulian::domain::id::{DeviceId, HouseholdId, VisitId, WorkerId};
use zhulian::domain::moment::{Hlc, Moment};
use zhulian::domain::record::Record;
use zhulian::domain::region::RegionCode;
use zhulian::domain::visit::Visit;
use zhulian::domain::worker::{Role, Worker};
use zhulian::store::{Home, KeyMode, Unlock};
use zhulian::sync::feed::Scope;
use zhulian::sync::protocol::{Bytes, Hash, MAX_COMMANDS, PROTOCOL, Push, Secret, chain, encode_command};

/// The demo's seed.
const SEED: u64 = 1;

/// A store that is filled before a server process takes it.
pub struct Ground {
    pub authority: Authority,
    embedded: Option<Embedded>,
}

impl Ground {
    /// The store that `serve` finds in that home, or at that address; founded.
    pub fn open(home: &Path, store: &str) -> Ground {
        let (held, embedded): (Arc<dyn Store>, _) = if store == "sled" {
            let home = Home::new(home.join("server"));
            let embedded = Embedded::open(home, &KeyMode::KeyFile, &Unlock::Nothing).unwrap().0;
            (Arc::new(embedded.county()), Some(embedded))
        } else {
            (Arc::new(PostgresStore::connect(store).unwrap()), None)
        };
        let authority = Authority::new(held);
        authority.found(DeviceId::new(), [7; 32]).unwrap();
        Ground { authority, embedded }
    }

    /// Lets go of it, as an end of the server does.
    pub fn close(self) {
        if let Some(embedded) = self.embedded {
            embedded.store().checkpoint().unwrap();
        }
    }
}

/// What a device says, and the chain over it.
pub struct Voice {
    pub id: DeviceId,
    pub secret: Secret,
    pub worker: WorkerId,
    pub role: Role,
    pub seq: u64,
    pub hash: Hash,
}

impl Voice {
    /// A new device of a worker.
    pub fn of(worker: WorkerId, role: Role) -> Voice {
        let mut key = [0; 32];
        rand::RngExt::fill(&mut rand::rng(), &mut key);
        Voice { id: DeviceId::new(), secret: Secret::new(key), worker, role, seq: 0, hash: chain::START }
    }

    /// Lets it join.
    pub fn enrol(&self, authority: &Authority, now: Moment, territories: Vec<RegionCode>) {
        let scope = Scope { territories, pool: true, workers: vec![self.worker] };
        let enrolment = Enrolment { device: self.id, name: "笔记本".into(), secret: self.secret.clone(), scope };
        authority.enrol(now, &enrolment).unwrap();
    }

    /// A push of these commands, which are its next ones.
    pub fn push(&mut self, now: Moment, commands: Vec<Command>) -> Push {
        let (first, prev) = (self.seq + 1, self.hash);
        let commands: Vec<Bytes> = commands
            .into_iter()
            .map(|command| {
                self.seq += 1;
                let id = CommandId { device: self.id, seq: self.seq };
                let (worker, role) = (self.worker, self.role);
                let bytes = encode_command(&Envelope { id, hlc: Hlc::at(now), at: now, worker, role, command });
                self.hash = self.hash.next(self.id, self.seq, &bytes.0);
                bytes
            })
            .collect();
        Push { protocol: PROTOCOL, device: self.id, epoch: 1, first, prev, commands }
    }
}

/// Workers by the bureau's own act.
pub fn hire(authority: &Authority, now: Moment, role: Role, count: usize) -> Vec<WorkerId> {
    let ids: Vec<WorkerId> = (0..count).map(|_| WorkerId::new()).collect();
    let record = |(n, id): (usize, &WorkerId)| {
        let worker = Worker { id: *id, name: format!("王{n}"), role, active: true, ..Worker::default() };
        Command::Register { record: Box::new(Record::Worker(worker)) }
    };
    administer(authority, now, ids.iter().enumerate().map(record).collect());
    ids
}

fn administer(authority: &Authority, now: Moment, commands: Vec<Command>) {
    for some in commands.chunks(500) {
        let outcomes = authority.administer_all(now, WorkerId::default(), some).unwrap();
        assert!(outcomes.iter().all(|outcome| outcome.stands()), "{:?}", outcomes.last());
    }
}

/// What [`settle`] has brought in.
pub struct Settled {
    /// Where whose homes are.
    pub villages: BTreeMap<RegionCode, Vec<HouseholdId>>,
    /// All of it.
    pub territory: RegionCode,
    /// Commands that it took.
    pub commands: u64,
    /// Households, members and visits.
    pub records: usize,
    desk: Voice,
}

impl Settled {
    pub fn households(&self) -> usize {
        self.villages.values().map(Vec::len).sum()
    }

    /// So many visits more, from household to household.
    pub fn visit_again(&mut self, authority: &Authority, now: Moment, count: usize) {
        let all: Vec<HouseholdId> = self.villages.values().flatten().copied().collect();
        let visit = |household: &HouseholdId| Visit {
            id: VisitId::new(),
            household: *household,
            at: now,
            mode: Code::from("door"),
            visitors: vec![self.desk.worker],
            note: "入户走访，老人身体尚可，反映屋顶漏雨，已联系村委安排修缮。".into(),
            ..Visit::default()
        };
        let visits: Vec<Command> = all.iter().cycle().take(count).map(visit).map(log).collect();
        for some in visits.chunks(MAX_COMMANDS / 2) {
            said(authority, now, &mut self.desk, some.to_vec());
        }
    }
}

/// The demo's regions and households, at most so many, these with so many of their visits each.
pub fn settle(authority: &Authority, now: Moment, size: Size, most: usize, visits: usize) -> Settled {
    let today = zhulian::desk::Desk::now().today();
    let demo = Demo::new(size, SEED, today);
    let regions = demo.reference().into_iter().filter(|record| matches!(record, Record::Region(_)));
    administer(authority, now, regions.map(|record| Command::Register { record: Box::new(record) }).collect());
    let clerk = hire(authority, now, Role::CivilAffairs, 1)[0];
    let mut desk = Voice::of(clerk, Role::CivilAffairs);
    desk.enrol(authority, now, vec![demo.territory()]);
    let mut villages: BTreeMap<RegionCode, Vec<HouseholdId>> = BTreeMap::new();
    let mut queue = Vec::new();
    let mut held = 0;
    for records in demo.households().take(most) {
        let mut register = Vec::new();
        let mut logged = Vec::new();
        for record in records {
            match record {
                Record::Household(household) => {
                    villages.entry(household.region.clone()).or_default().push(household.id);
                    register.push(Record::Household(household));
                }
                Record::Member(member) => register.push(Record::Member(member)),
                Record::Visit(mut visit) if logged.len() < visits => {
                    visit.visitors = vec![clerk];
                    (visit.needs, visit.changes) = (Vec::new(), Vec::new());
                    logged.push(log(visit));
                }
                _ => {}
            }
        }
        held += register.len() + logged.len();
        queue.push(Command::RegisterHousehold { records: register });
        queue.append(&mut logged);
        if queue.len() >= MAX_COMMANDS / 2 {
            said(authority, now, &mut desk, std::mem::take(&mut queue));
        }
    }
    said(authority, now, &mut desk, queue);
    Settled { villages, territory: demo.territory(), commands: desk.seq, records: held, desk }
}

fn log(visit: Visit) -> Command {
    Command::LogVisit { visit: Box::new(visit), amendments: Vec::new(), needs: Vec::new() }
}

fn said(authority: &Authority, now: Moment, desk: &mut Voice, commands: Vec<Command>) {
    let reply = authority.push(now, &desk.push(now, commands)).unwrap();
    let refused = reply.verdicts.iter().find(|verdict| !verdict.outcome.stands());
    assert!(refused.is_none(), "{refused:?}");
}
