//! The world: what happens when, to whom.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use zhulian::central::Authority;
use zhulian::central::authority::Enrolment;
use zhulian::central::store::LocalStore;
use zhulian::domain::command::Command;
use zhulian::domain::id::{DeviceId, WorkerId};
use zhulian::domain::moment::{Hlc, Moment};
use zhulian::domain::record::Record;
use zhulian::domain::worker::{Role, Worker};
use zhulian::i18n::Explain as _;
use zhulian::store::Index as _;
use zhulian::sync::client::{Client, Local as _, Reply, Request, RoundError};
use zhulian::sync::protocol::{Outcome, ProtocolError, Secret};

use crate::acts;
use crate::central_support::device::{Device, Flaw};
use crate::central_support::scope;
use crate::central_support::words::{household, id, stock};
use crate::dice::Dice;
use crate::store::{Bug, Seen, SimStore};

pub const SECOND: i64 = 1000;
pub const HOUR: i64 = 3600 * SECOND;
pub const DAY: i64 = 24 * HOUR;
const START: i64 = 1_795_300_000_000;
const TIMEOUT: i64 = 90 * SECOND;

/// What to simulate.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    pub devices: usize,
    pub days: i64,
    pub bug: Bug,
    pub flaw: Flaw,
}

impl Plan {
    /// How much more slowly than in a short run people work: over months, each does something once or twice a day.
    fn pace(&self) -> i64 {
        (self.days / 15).max(1)
    }
}

/// The server of the moment.
pub struct Server {
    pub store: Arc<SimStore>,
    pub authority: Authority,
    /// How far its clock is off.
    offset: i64,
}

/// A device with its surroundings.
pub struct Agent {
    pub device: Device,
    /// Told to stop by the server, or by itself.
    pub stopped: bool,
    /// One of several with the same name, or revoked: it may be stopped.
    pub suspect: bool,
    pub villages: Vec<u16>,
    offset: i64,
    round: Option<(u64, Client)>,
    cut_off_until: i64,
    deaf_until: i64,
}

#[derive(Debug)]
enum Event {
    Act(usize),
    Sync(usize),
    /// Another round soon, besides those that come by themselves.
    Retry(usize),
    Arrive(usize, u64, Box<Request>),
    Answer(usize, u64, Box<Result<Reply, ProtocolError>>),
    Timeout(usize, u64),
    Sweep,
    Fate,
}

pub struct World {
    pub plan: Plan,
    pub dice: Dice,
    pub now: i64,
    pub server: Server,
    pub agents: Vec<Agent>,
    pub villages: u16,
    pub restores: u32,
    pub acts: BTreeMap<&'static str, u32>,
    pub calm: bool,
    seen: Arc<Mutex<Seen>>,
    faults: Vec<String>,
    events: BTreeMap<(i64, u64), Event>,
    serial: u64,
    backup: Option<LocalStore>,
}

impl World {
    pub fn new(plan: Plan) -> World {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let store = Arc::new(SimStore::new(LocalStore::in_memory(), seen.clone(), plan.bug));
        let server = Server { authority: Authority::new(store.clone()), store, offset: 0 };
        let villages = (plan.devices as u16 / 3).max(2);
        let mut world = World {
            plan,
            dice: Dice::new(plan.seed),
            now: START,
            server,
            agents: Vec::new(),
            villages,
            restores: 0,
            acts: BTreeMap::new(),
            calm: false,
            seen,
            faults: Vec::new(),
            events: BTreeMap::new(),
            serial: 0,
            backup: None,
        };
        world.populate();
        world
    }

    fn populate(&mut self) {
        let now = Moment(self.now);
        let authority = self.server.authority.clone();
        authority.found(DeviceId(id(0, 0)), [7; 32]).unwrap();
        let must = |command: &Command| {
            let outcome = authority.administer(now, WorkerId(id(1, 1)), command).unwrap();
            assert_eq!(outcome, Outcome::Applied);
        };
        for village in 0..self.villages {
            for n in 0..4 {
                must(&household(village * 10 + n, village));
            }
        }
        for command in stock(60, &[(1, 30), (2, 20)]) {
            must(&command);
        }
        for n in 0..self.plan.devices {
            let number = 10 + n as u16;
            let worker = WorkerId(id(1, number));
            let name = format!("王{number}");
            let record = Worker { id: worker, name, role: Role::GridWorker, active: true, ..Worker::default() };
            must(&Command::Register { record: Box::new(Record::Worker(record)) });
            let mut villages = vec![n as u16 % self.villages];
            if self.dice.percent(25) {
                villages.push((n as u16 + 1) % self.villages);
            }
            let secret = Secret::new([number as u8; 32]);
            let mut device = Device::new(DeviceId(id(2, number)), secret.clone(), worker, Role::GridWorker);
            device.flaw = self.plan.flaw;
            let scope = scope(worker, &villages);
            authority.enrol(now, &Enrolment { device: device.id, name: String::new(), secret, scope }).unwrap();
            let offset = if self.dice.percent(20) { self.dice.range(-30 * DAY, 30 * DAY) } else { 0 };
            self.agents.push(Agent {
                device,
                stopped: false,
                suspect: false,
                villages,
                offset,
                round: None,
                cut_off_until: 0,
                deaf_until: 0,
            });
            let (act, sync) = (self.dice.range(0, 8 * HOUR), self.dice.range(0, 8 * HOUR));
            self.after(act, Event::Act(n));
            self.after(sync / 4, Event::Sync(n));
        }
        self.after(HOUR, Event::Sweep);
        self.after(5 * HOUR, Event::Fate);
    }

    fn after(&mut self, delay: i64, event: Event) {
        self.serial += 1;
        self.events.insert((self.now + delay.max(1), self.serial), event);
    }

    pub fn fault(&mut self, what: String) {
        if !self.faults.contains(&what) {
            self.faults.push(what);
        }
    }

    pub fn faults(&self) -> Vec<String> {
        self.seen.lock().unwrap().faults.iter().chain(&self.faults).cloned().collect()
    }

    /// Commands that waited and were decided, and how many of them stand.
    pub fn woken(&self) -> (u32, u32) {
        self.seen.lock().unwrap().woken
    }

    /// Runs all days, then lets everything heal.
    pub fn run(&mut self) {
        let end = START + self.plan.days * DAY;
        while let Some(((at, _), event)) = self.events.pop_first() {
            if at > end || !self.faults.is_empty() {
                break;
            }
            self.now = at;
            self.happen(event);
        }
        self.heal();
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Act(n) => {
                self.act(n);
                let next = self.dice.range(HOUR, 12 * HOUR) * self.plan.pace();
                self.after(next, Event::Act(n));
            }
            Event::Retry(n) => self.begin_round(n),
            Event::Sync(n) => {
                self.begin_round(n);
                let next =
                    if self.dice.percent(15) { self.dice.range(DAY, 5 * DAY) } else { self.dice.range(HOUR, DAY) };
                self.after(next, Event::Sync(n));
            }
            Event::Arrive(n, ticket, request) => {
                if let Some(answer) = self.answer(&request) {
                    self.reply(n, ticket, answer);
                }
            }
            Event::Answer(n, ticket, answer) => self.take(n, ticket, *answer),
            Event::Timeout(n, ticket) => {
                if self.agents[n].round.as_ref().is_some_and(|(awaited, _)| *awaited == ticket) {
                    self.agents[n].round = None;
                    if self.dice.percent(50) {
                        self.after(10 * SECOND, Event::Retry(n));
                    }
                }
            }
            Event::Sweep => {
                let now = Moment(self.now + self.server.offset);
                if let Err(error) = self.server.authority.sweep(now, 50) {
                    self.server_failed(&error);
                }
                self.after(6 * HOUR, Event::Sweep);
            }
            Event::Fate => {
                self.fate();
                let next = self.dice.range(HOUR, 20 * HOUR);
                self.after(next, Event::Fate);
            }
        }
    }

    fn begin_round(&mut self, n: usize) {
        if !self.agents[n].stopped && self.agents[n].round.is_none() {
            // Small ones are cut and resumed more often, and make for more rounds than anything else.
            let batch = [2, 7, 7, 1000, 1000, 1000][self.dice.below(6) as usize];
            let page = [400, 4000, 4000, 1 << 20, 1 << 20, 1 << 20][self.dice.below(6) as usize];
            self.send(n, Client::new(batch, 1 << 20, page));
        }
    }

    fn act(&mut self, n: usize) {
        let agent = &mut self.agents[n];
        if agent.stopped {
            return;
        }
        let at = Moment(self.now + agent.offset);
        for _ in 0..1 + self.dice.below(4) {
            if self.dice.percent(1) {
                acts::poison(&mut agent.device, at, &mut self.dice);
                continue;
            }
            let Some(command) = acts::compose(&agent.device, at, self.villages, &mut self.dice) else { continue };
            let name = command.name();
            if agent.device.act(at, command).is_ok() {
                *self.acts.entry(name).or_default() += 1;
            }
        }
    }

    fn send(&mut self, n: usize, mut client: Client) {
        let agent = &mut self.agents[n];
        match client.next(&agent.device) {
            Ok(Some(request)) => {
                self.serial += 1;
                let ticket = self.serial;
                agent.round = Some((ticket, client));
                let cut_off = agent.cut_off_until > self.now;
                self.after(TIMEOUT, Event::Timeout(n, ticket));
                let copies = if cut_off || self.dice.percent(4) { 0 } else { 1 + u64::from(self.dice.percent(4)) };
                for _ in 0..copies {
                    // A copy may come hours later.
                    let delay = if self.dice.percent(2) {
                        self.dice.range(HOUR, 2 * DAY)
                    } else {
                        self.dice.range(20, 20 * SECOND)
                    };
                    self.after(delay, Event::Arrive(n, ticket, Box::new(request.clone())));
                }
            }
            Ok(None) => agent.round = None,
            Err(error) => {
                agent.round = None;
                let fault = format!("{}: round cannot be continued: {error}", agent.device.id);
                self.fault(fault);
            }
        }
    }

    /// What the server answers, if it lives to do so.
    fn answer(&mut self, request: &Request) -> Option<Result<Reply, ProtocolError>> {
        let now = Moment(self.now + self.server.offset);
        if !self.calm && self.dice.percent(4) {
            self.server.store.cut_in.store(self.dice.below(60) as i64, std::sync::atomic::Ordering::Relaxed);
        }
        let authority = &self.server.authority;
        let answer = match request {
            Request::Push(parcel) => authority.receive(now, parcel).map(Reply::Push),
            Request::Pull(pull) => authority.pull(now, pull).map(Reply::Page),
            Request::Bootstrap(ask) => authority.bootstrap(now, ask).map(Reply::Chunk),
        };
        self.server.store.cut_in.store(-1, std::sync::atomic::Ordering::Relaxed);
        if let Err(error @ ProtocolError::Failed { .. }) = &answer {
            self.server_failed(error);
            return None;
        }
        Some(answer)
    }

    fn server_failed(&mut self, error: &ProtocolError) {
        if !error.to_string().contains("power cut") {
            self.fault(format!("the server failed: {error}"));
        }
    }

    fn reply(&mut self, n: usize, ticket: u64, answer: Result<Reply, ProtocolError>) {
        let agent = &self.agents[n];
        let deaf = agent.deaf_until > self.now || agent.cut_off_until > self.now;
        if deaf || self.dice.percent(4) {
            return;
        }
        for _ in 0..1 + u64::from(self.dice.percent(3)) {
            let delay = self.dice.range(20, 20 * SECOND);
            self.after(delay, Event::Answer(n, ticket, Box::new(answer.clone())));
        }
    }

    fn take(&mut self, n: usize, ticket: u64, answer: Result<Reply, ProtocolError>) {
        let agent = &mut self.agents[n];
        let Some((awaited, client)) = agent.round.take() else { return };
        if awaited != ticket {
            agent.round = Some((awaited, client));
            return;
        }
        agent.device.cut = self.dice.percent(3);
        self.take_in(n, client, answer);
    }

    /// The device takes an answer in and goes on.
    fn take_in(&mut self, n: usize, mut client: Client, answer: Result<Reply, ProtocolError>) {
        let agent = &mut self.agents[n];
        let heard = match &answer {
            Ok(Reply::Page(page)) => page.entries.iter().map(|entry| entry.cause.hlc).max(),
            _ => None,
        };
        if let Ok(Reply::Page(page)) = &answer {
            let read = |feed| agent.device.cursors.get(feed).copied().unwrap_or(0);
            if let Some(entry) = page.entries.iter().find(|entry| entry.seq <= read(&entry.feed)) {
                let fault = format!("{}: {} {} was sent again", agent.device.id, entry.feed, entry.seq);
                return self.fault(fault);
            }
        }
        let unknown = matches!(&answer, Err(ProtocolError::CursorUnknown { .. }));
        let name = agent.device.id;
        trace(&agent.device, self.now, &answer);
        let taken = client.take(&mut agent.device, answer);
        agent.device.cut = false;
        if unknown {
            self.fault(format!("{name}: the server does not know a cursor that it gave"));
            return;
        }
        match taken {
            Ok(()) => {
                let at = Moment(self.now + agent.offset);
                let clock = agent.device.clock;
                agent.device.clock = clock.observe(heard.unwrap_or(Hlc::default()), at);
                if let Some(misfit) = client.misfit() {
                    self.fault(format!("{name}: a page does not follow what was read before: {misfit}"));
                    return;
                }
                self.send(n, client);
            }
            Err(RoundError::Store(_)) => self.after(HOUR, Event::Retry(n)),
            Err(RoundError::Server(error)) if error.is_passing() => {}
            Err(RoundError::WrongAnswer) => {}
            Err(error) => {
                agent.stopped = true;
                if !agent.suspect {
                    self.fault(format!("{name} was stopped: {}", error.code()));
                }
            }
        }
    }

    /// Something happens that nobody wants.
    fn fate(&mut self) {
        let n = self.dice.below(self.agents.len() as u64) as usize;
        match self.dice.below(100) {
            0..20 => self.agents[n].cut_off_until = self.now + self.dice.range(HOUR, 4 * DAY),
            20..35 => self.agents[n].deaf_until = self.now + self.dice.range(HOUR, DAY),
            35..50 => self.agents[n].offset = self.dice.range(-30 * DAY, 30 * DAY),
            50..55 => self.server.offset = self.dice.range(-30 * DAY, 30 * DAY),
            55..60 => self.server.offset = 0,
            60..75 => self.assign(n),
            75..81 => self.backup = Some(self.copy()),
            81..91 => self.restore(),
            91..94 => self.clone_disk(n),
            94..95 => {
                self.agents[n].suspect = true;
                let _told = self.server.authority.revoke(Moment(self.now), self.agents[n].device.id);
            }
            _ => {
                // The machine is switched off in the middle of whatever it does.
                self.agents[n].round = None;
            }
        }
    }

    fn assign(&mut self, n: usize) {
        let village = self.dice.below(u64::from(self.villages)) as u16;
        let mut villages = vec![village];
        if self.dice.percent(30) {
            villages.extend(self.agents[n].villages.first());
            villages.dedup();
        }
        let scope = scope(self.agents[n].device.worker, &villages);
        let id = self.agents[n].device.id;
        if let Err(error) = self.server.authority.assign(Moment(self.now + self.server.offset), id, &scope) {
            self.fault(format!("assign: {error}"));
        }
        for agent in self.agents.iter_mut().filter(|agent| agent.device.id == id) {
            agent.villages.clone_from(&villages);
        }
    }

    fn copy(&self) -> LocalStore {
        let index = zhulian::store::index::MemoryIndex::new();
        let held = self.server.store.inner.index();
        let batch: zhulian::store::Batch =
            held.scan(b"").map(|record| record.unwrap()).map(|(key, value)| (key, Some(value))).collect();
        index.apply(held.applied_seq(), &batch).unwrap();
        LocalStore::new(Arc::new(index))
    }

    fn restore(&mut self) {
        let Some(backup) = self.backup.take() else { return };
        if self.restores >= 2 {
            return;
        }
        self.restores += 1;
        let store = Arc::new(SimStore::new(backup, self.seen.clone(), self.plan.bug));
        let offset = self.server.offset;
        self.server = Server { authority: Authority::new(store.clone()), store, offset };
        self.server.authority.restored().unwrap();
        // What the operator had done since the backup has to be done again.
        let now = Moment(self.now + offset);
        for n in 0..self.agents.len() {
            let scope = scope(self.agents[n].device.worker, &self.agents[n].villages);
            self.server.authority.assign(now, self.agents[n].device.id, &scope).unwrap();
            // Some come back much later than those who build on what they did.
            if self.dice.percent(30) {
                self.agents[n].cut_off_until = self.now + self.dice.range(HOUR, 3 * DAY);
            }
        }
    }

    fn clone_disk(&mut self, n: usize) {
        if self.agents[n].suspect {
            return;
        }
        self.agents[n].suspect = true;
        let agent = &self.agents[n];
        let twin = Agent {
            device: agent.device.clone(),
            stopped: false,
            suspect: true,
            villages: agent.villages.clone(),
            offset: agent.offset,
            round: None,
            cut_off_until: 0,
            deaf_until: 0,
        };
        self.agents.push(twin);
        let at = self.agents.len() - 1;
        self.after(HOUR, Event::Act(at));
        self.after(5 * HOUR, Event::Sync(at));
    }

    /// All faults end. Three rounds must empty every queue; then everybody reads what the others said.
    fn heal(&mut self) {
        self.calm = true;
        self.events.clear();
        for round in 0..6 {
            for n in 0..self.agents.len() {
                self.agents[n].round = None;
                self.agents[n].cut_off_until = 0;
                self.whole_round(n);
            }
            if round == 2 && self.faults().is_empty() {
                for n in 0..self.agents.len() {
                    let device = &self.agents[n].device;
                    if !self.agents[n].stopped && device.answered() != device.last_seq() {
                        let left = device.last_seq() - device.answered();
                        self.fault(format!("{} still has {left} commands after three rounds", device.id));
                    }
                }
            }
        }
        self.events.clear();
    }

    fn whole_round(&mut self, n: usize) {
        let mut client = Client::default();
        for _ in 0..300 {
            if self.agents[n].stopped || !self.faults.is_empty() {
                return;
            }
            let request = match client.next(&self.agents[n].device) {
                Ok(Some(request)) => request,
                Ok(None) => return,
                Err(error) => return self.fault(format!("{}: {error}", self.agents[n].device.id)),
            };
            let Some(answer) = self.answer(&request) else { return };
            // As `take_in`, which sends by itself: the message it schedules is dropped with all events.
            let copy = client.clone();
            self.agents[n].round = None;
            self.take_in(n, copy, answer);
            match self.agents[n].round.take() {
                Some((_, next)) => client = next,
                None => return,
            }
        }
        let device = self.agents[n].device.id;
        self.fault(format!("{device}: a round that does not end"));
    }
}

/// With `SIM_TRACE=<household id>`: what each device is told about it.
fn trace(device: &Device, now: i64, answer: &Result<Reply, ProtocolError>) {
    let Ok(wanted) = std::env::var("SIM_TRACE") else { return };
    match answer {
        Ok(Reply::Page(page)) => {
            for entry in &page.entries {
                for effect in &entry.effects {
                    let text = format!("{effect:?}");
                    if text.contains(&wanted) {
                        println!("{now} {} {} {} {:.60}", device.id, entry.feed, entry.seq, text);
                    }
                }
            }
            println!(
                "{now} {} cursors {:?} dropped {:?} bootstrap {:?}",
                device.id, page.cursors, page.dropped, page.bootstrap
            );
        }
        Ok(Reply::Chunk(chunk)) => {
            for item in &chunk.items {
                if format!("{:?}", item.key).contains(&wanted) {
                    println!("{now} {} chunk {:?} {} as of {}", device.id, item.key, item.feed, item.as_of);
                }
            }
            println!("{now} {} chunk complete {:?}", device.id, chunk.complete);
        }
        Ok(Reply::Push(_)) => {}
        Err(error) => println!("{now} {} {error:?}", device.id),
    }
}
