//! A county for tests: a server in memory, and devices that speak the protocol through the program's own client.

#![allow(dead_code)] // every test file uses its part

pub mod conformance;
pub mod device;
pub mod words;

use std::sync::Arc;

use zhulian::central::Authority;
use zhulian::central::authority::Enrolment;
use zhulian::central::store::{LocalStore, Store, Transaction};
use zhulian::domain::command::Command;
use zhulian::domain::id::{DeviceId, WorkerId};
use zhulian::domain::moment::Moment;
use zhulian::domain::record::Record;
use zhulian::domain::region::RegionCode;
use zhulian::domain::worker::{Role, Worker};
use zhulian::replica::Replica;
use zhulian::store::Index as _;
use zhulian::sync::client::{Client, Reply, Request, RoundError};
use zhulian::sync::feed::Scope;
use zhulian::sync::protocol::{Bytes, Outcome, ProtocolError, Secret};

use device::Device;
use words::{id, region};

/// A server with its store, and the moment by its clock.
pub struct County {
    pub store: Arc<LocalStore>,
    pub authority: Authority,
    pub now: Moment,
}

pub const START: i64 = 1_795_300_000_000;

impl County {
    /// Founded, with a bureau worker (1) and no one else.
    pub fn new() -> County {
        let store = Arc::new(LocalStore::in_memory());
        let county = County::over(store.clone(), store);
        county.authority.found(DeviceId(id(0, 0)), [7; 32]).unwrap();
        county
    }

    /// Over a store of the caller's, which may lie.
    pub fn over(store: Arc<LocalStore>, seen: Arc<dyn Store>) -> County {
        County { store, authority: Authority::new(seen), now: Moment(START) }
    }

    pub fn tx(&self) -> Box<dyn Transaction + '_> {
        self.store.begin().unwrap()
    }

    pub fn act(&self, command: &Command) -> Outcome {
        self.authority.administer(self.now, WorkerId(id(1, 1)), command).unwrap()
    }

    pub fn must(&self, command: &Command) {
        let outcome = self.act(command);
        assert_eq!(outcome, Outcome::Applied, "{}", command.name());
    }

    pub fn worker(&self, n: u16, role: Role) -> WorkerId {
        let worker = WorkerId(id(1, n));
        let record = Worker { id: worker, name: format!("王{n}"), role, active: true, ..Worker::default() };
        self.must(&Command::Register { record: Box::new(Record::Worker(record)) });
        worker
    }

    /// A worker with a device that holds these villages.
    pub fn device(&self, n: u16, role: Role, villages: &[u16]) -> Device {
        let worker = self.worker(n, role);
        let device = Device::new(DeviceId(id(2, n)), Secret::new([n as u8; 32]), worker, role);
        self.enrol(&device, scope(worker, villages));
        device
    }

    pub fn enrol(&self, device: &Device, scope: Scope) {
        let (device, secret) = (device.id, device.secret.clone());
        let enrolment = Enrolment { device, name: "笔记本".into(), secret, scope };
        self.authority.enrol(self.now, &enrolment).unwrap();
    }

    /// Joins a device on disk, as both sides keep it; at its server's address nobody listens.
    pub fn join(&self, replica: &Replica, secret: [u8; 32], scope: Scope) {
        let (device, name) = (replica.device(), String::new());
        let joining = Enrolment { device, name: name.clone(), secret: Secret::new(secret), scope: scope.clone() };
        self.authority.enrol(self.now, &joining).unwrap();
        let enrolment = zhulian::replica::sync::Enrolment {
            url: "http://127.0.0.1:9".into(),
            secret: Bytes(secret.to_vec()),
            name,
            scope,
            at: self.now,
            trust: None,
            allow_plain: false,
            was: Vec::new(),
            homes: Vec::new(),
            unlisted: false,
        };
        replica.enrol(enrolment).unwrap();
    }

    /// What the server answers to a request.
    pub fn answer(&self, request: &Request) -> Result<Reply, ProtocolError> {
        match request {
            Request::Push(parcel) => self.authority.receive(self.now, parcel).map(Reply::Push),
            Request::Pull(pull) => self.authority.pull(self.now, pull).map(Reply::Page),
            Request::Bootstrap(ask) => self.authority.bootstrap(self.now, ask).map(Reply::Chunk),
        }
    }

    /// A whole round over a perfect wire: how many requests it took.
    pub fn sync(&self, device: &mut Device) -> Result<usize, RoundError> {
        self.round(device, Client::default())
    }

    pub fn round(&self, device: &mut Device, mut client: Client) -> Result<usize, RoundError> {
        let mut requests = 0;
        while let Some(request) = client.next(device)? {
            requests += 1;
            assert!(requests < 10_000, "a round that does not end: {request:?}");
            let reply = self.answer(&request);
            client.take(device, reply)?;
        }
        Ok(requests)
    }
}

/// The scope of a worker with these villages, who also follows the pool.
pub fn scope(worker: WorkerId, villages: &[u16]) -> Scope {
    Scope { territories: villages.iter().map(|n| region(*n)).collect(), pool: true, workers: vec![worker] }
}

pub fn regions(villages: &[u16]) -> Vec<RegionCode> {
    villages.iter().map(|n| region(*n)).collect()
}

/// The same county with the store of an earlier moment, and the epoch risen.
pub fn restored(county: &County, backup: LocalStore) -> County {
    let store = Arc::new(backup);
    let restored = County { now: county.now.plus(chrono::Duration::hours(1)), ..County::over(store.clone(), store) };
    restored.authority.restored().unwrap();
    restored
}

/// What the county holds now.
pub fn copy(county: &County) -> LocalStore {
    let index = zhulian::store::index::MemoryIndex::new();
    let held = county.store.index();
    let records = held.scan(b"").map(|record| record.unwrap()).map(|(key, value)| (key, Some(value)));
    index.apply(held.applied_seq(), &records.collect()).unwrap();
    LocalStore::new(Arc::new(index))
}
