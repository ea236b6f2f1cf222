//! The claim protocol, walked through in every state that its bounds allow.
//!
//! Bounds: three devices; two wishes, one of two units and one of one; each device claims, delivers and gives back in any
//! order, at most [`SAYS`] commands, [`TOTAL`] in all; the server's clock makes [`TICKS`] steps of 7.5 days (a lease is 7
//! days, its grace one); the server is restored once, from a backup that has none of it.
//!
//! What a command does is decided by the program's own rules ([`merge`], [`decide::grant`], [`decide::expire`]); the server's
//! part (holdings, fences, the chain of names) is modelled, and `the_model_is_the_server` follows walks through the model on
//! the real one. A transaction is one step, so a crash of the server is one that did not happen. Any message may arrive
//! at any time and any number of times: that covers loss, duplication, reordering and crashes of devices, whose journals
//! survive.

mod central_support;

use std::collections::BTreeMap;
use std::sync::Arc;

use central_support::County;
use central_support::words::{claim_id, household, id, publish, region, wish_id};
use stateright::{Checker, Model, Property};
use zhulian::domain::change::{Change, apply_fields};
use zhulian::domain::claim::{Claim, ClaimState};
use zhulian::domain::command::{Command, CommandId, Entry, Envelope};
use zhulian::domain::decide;
use zhulian::domain::id::{ClaimId, DeviceId, HouseholdId, MemberId, WishId, WorkerId};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::merge::merge;
use zhulian::domain::moment::{Hlc, Moment, Now};
use zhulian::domain::record::{Kind, Record, RecordKey};
use zhulian::domain::records::{Dossier, Records, Unreadable};
use zhulian::domain::wish::{Wish, WishState};
use zhulian::domain::worker::{Actor, Role};
use zhulian::sync::fold::Body;
use zhulian::sync::protocol::ItemKey;

const DEVICES: u16 = 3;
const UNITS: [u16; 2] = [2, 1];
const SAYS: usize = 3;
const TOTAL: usize = 4;
const TICKS: u8 = 2;
/// In the grace of a lease after one step, beyond it after two.
const TICK_HOURS: i64 = 180;
const START: i64 = central_support::START;

/// What a device says about its claim on a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Say {
    Claim,
    Fulfil,
    Release,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    /// A device says it, and the server hears it for the first time.
    Hear(u16, u16, Say),
    /// A copy of a message arrives that begins with that command of the device, and ends with its last one.
    Again(u16, u8),
    Tick,
    Sweep,
    Restore,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct AClaim {
    state: ClaimState,
    units: Vec<u16>,
    fence: i64,
    lease: Option<i64>,
}

/// The server's state.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Server {
    wishes: BTreeMap<u16, (WishState, u16)>,
    claims: BTreeMap<(u16, u16), AClaim>,
    /// Who holds a unit of a wish, and until when.
    holdings: BTreeMap<(u16, u16), (u16, Option<i64>)>,
    fences: BTreeMap<u16, i64>,
    /// Commands of each device that are decided, and which of them stand.
    decided: BTreeMap<u16, Vec<bool>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct World {
    server: Server,
    epoch: i64,
    tick: u8,
    /// What each device has ever said.
    journals: BTreeMap<u16, Vec<(u16, Say)>>,
    /// The highest fence that was ever given on a wish.
    highest: BTreeMap<u16, i64>,
    /// A promise that was broken on the way here.
    broken: Option<&'static str>,
}

impl World {
    fn new() -> World {
        World { server: fresh(), epoch: 1, tick: 0, journals: BTreeMap::new(), highest: BTreeMap::new(), broken: None }
    }

    fn now(&self) -> Moment {
        Moment(START).plus(chrono::Duration::hours(TICK_HOURS * i64::from(self.tick)))
    }

    fn step(&self, step: Step) -> World {
        let mut next = self.clone();
        match step {
            Step::Hear(device, wish, say) => {
                next.journals.entry(device).or_default().push((wish, say));
                next.push(device, 1);
            }
            Step::Again(device, first) => next.push(device, usize::from(first)),
            Step::Tick => next.tick += 1,
            Step::Sweep => next.sweep(),
            Step::Restore => {
                next.server = fresh();
                next.epoch += 1;
            }
        }
        next
    }

    /// The push from that command on: what is known has its verdict, what is new is decided, a gap is refused.
    fn push(&mut self, device: u16, first: usize) {
        let known = self.server.decided.get(&device).map_or(0, Vec::len);
        if first > known + 1 {
            return;
        }
        let journal = self.journals[&device].clone();
        for (at, (wish, say)) in journal.iter().enumerate().skip(known) {
            let stands = self.decide(device, at as u64 + 1, *wish, *say);
            self.server.decided.entry(device).or_default().push(stands);
        }
    }

    fn decide(&mut self, device: u16, seq: u64, wish: u16, say: Say) -> bool {
        let envelope = envelope(device, seq, wish, say);
        let merged = merge(&View(&self.server), &actor(device), &envelope);
        let Ok(merged) = merged else { return false };
        let stands = merged.refused.is_none();
        self.apply(merged.changes) && stands
    }

    fn sweep(&mut self) {
        let over = self.now().plus(-chrono::Duration::hours(24)).0;
        let lapsed: Vec<(u16, u16)> = self
            .server
            .holdings
            .iter()
            .filter(|(_, (_, lease))| lease.is_some_and(|lease| lease < over))
            .map(|((wish, _), (device, _))| (*device, *wish))
            .collect();
        let server = Actor { worker: WorkerId::default(), role: Role::CivilAffairs, ..actor(0) };
        for (device, wish) in lapsed {
            let claim = claim_id(number(device, wish));
            let changes = decide::expire(&View(&self.server), &server, Now::new(self.now()), claim);
            if let Ok(changes) = changes {
                self.apply(changes);
            }
        }
    }

    /// The server's part: units by the uniqueness rule, fences, leases.
    fn apply(&mut self, changes: Vec<Change>) -> bool {
        let mut next = self.server.clone();
        let mut touched = Vec::new();
        for change in &changes {
            let key = change.record();
            let record = match change {
                Change::Create(record) => (**record).clone(),
                Change::Update { fields, .. } => {
                    let Ok(Some(mut record)) = View(&next).record(key) else { return false };
                    match &mut record {
                        Record::Wish(wish) => apply_fields(wish, fields).unwrap(),
                        Record::Claim(claim) => apply_fields(claim, fields).unwrap(),
                        other => panic!("{other:?}"),
                    }
                    record
                }
            };
            match record {
                Record::Wish(wish) => {
                    let at = (0..2).find(|n| wish_id(*n) == wish.id).unwrap();
                    next.wishes.insert(at, (wish.state, wish.round));
                }
                Record::Claim(claim) => {
                    let at = whose(claim.id);
                    touched.push(at);
                    next.claims.insert(at, seen(&claim));
                }
                _ => {} // a conflict for a person
            }
        }
        for at in touched {
            if !self.settle(&mut next, at) {
                return false;
            }
        }
        self.server = next;
        true
    }

    fn settle(&mut self, next: &mut Server, (device, wish): (u16, u16)) -> bool {
        let was = self.server.claims.get(&(device, wish)).filter(|was| was.state.holds()).cloned();
        let is = next.claims[&(device, wish)].clone();
        let holds = is.state.holds();
        let taken = |unit: &u16| next.holdings.get(&(wish, *unit)).is_some_and(|(holder, _)| *holder != device);
        if holds && is.units.iter().any(taken) {
            return false;
        }
        if holds && was.is_none() {
            let fence = next.fences.entry(wish).or_default();
            *fence += 1;
            let fence = self.epoch << 32 | *fence;
            if self.highest.get(&wish).is_some_and(|highest| fence <= *highest) {
                self.broken = Some("a fence that does not rise");
            }
            self.highest.insert(wish, fence);
            if is.state == ClaimState::Tentative {
                let mut claim = real(device, wish, &is);
                let granted = decide::grant(&claim, fence, Now::new(self.now())).unwrap();
                let Change::Update { fields, .. } = granted else { panic!("a grant changes the claim") };
                apply_fields(&mut claim, &fields).unwrap();
                next.claims.insert((device, wish), seen(&claim));
            } else {
                next.claims.get_mut(&(device, wish)).unwrap().fence = fence;
            }
        }
        let is = next.claims[&(device, wish)].clone();
        if let Some(was) = was {
            if is.state == ClaimState::Expired && was.lease.is_none_or(|lease| lease + 24 * 3_600_000 > self.now().0) {
                self.broken = Some("a claim that expired within lease and grace");
            }
            for unit in was.units.iter().filter(|unit| !(holds && is.units.contains(unit))) {
                next.holdings.remove(&(wish, *unit));
            }
        }
        if holds {
            let lease = is.lease.filter(|_| is.state == ClaimState::Granted);
            for unit in &is.units {
                next.holdings.insert((wish, *unit), (device, lease));
            }
        }
        true
    }
}

fn fresh() -> Server {
    Server { wishes: [0, 1].map(|wish| (wish, (WishState::Published, 1))).into(), ..Server::default() }
}

fn number(device: u16, wish: u16) -> u16 {
    device * 10 + wish
}

fn whose(claim: ClaimId) -> (u16, u16) {
    let all = (1..=DEVICES).flat_map(|device| [(device, 0), (device, 1)]);
    all.into_iter().find(|(device, wish)| claim_id(number(*device, *wish)) == claim).unwrap()
}

fn worker(device: u16) -> WorkerId {
    WorkerId(id(1, 10 + device))
}

fn device_id(device: u16) -> DeviceId {
    DeviceId(id(2, 10 + device))
}

fn actor(device: u16) -> Actor {
    let regions = vec![region(1)];
    Actor { worker: worker(device), role: Role::GridWorker, org: None, regions, device: device_id(device) }
}

fn envelope(device: u16, seq: u64, wish: u16, say: Say) -> Envelope {
    let n = number(device, wish);
    let command = match say {
        Say::Claim => central_support::words::claim(n, wish, 1),
        Say::Fulfil => central_support::words::fulfil(n),
        Say::Release => central_support::words::release(n),
    };
    let at = Moment(START);
    let id = CommandId { device: device_id(device), seq };
    Envelope { id, hlc: Hlc::at(at), at, worker: worker(device), role: Role::GridWorker, command }
}

fn seen(claim: &Claim) -> AClaim {
    let lease = claim.lease_until.map(|until| until.0);
    AClaim { state: claim.state, units: claim.units.clone(), fence: claim.fence, lease }
}

fn real(device: u16, wish: u16, claim: &AClaim) -> Claim {
    let Command::ClaimWish { claim: said } = central_support::words::claim(number(device, wish), wish, 1) else {
        unreachable!("it claims")
    };
    Claim {
        state: claim.state,
        units: claim.units.clone(),
        fence: claim.fence,
        lease_until: claim.lease.map(Moment),
        claimed_at: Moment(START),
        recorded_by: Some(worker(device)),
        ..*said
    }
}

/// The server's records, as rules read them.
struct View<'s>(&'s Server);

impl Records for View<'_> {
    fn record(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        Ok(match key.kind {
            Kind::Wish => {
                let wish = (0..2).find(|n| wish_id(*n).0 == key.id);
                wish.map(|n| {
                    let (state, round) = self.0.wishes[&n];
                    let units = UNITS[usize::from(n)];
                    Record::Wish(Wish { state, round, need: None, ..central_support::words::wish(n, n, units) })
                })
            }
            Kind::Claim => {
                let claim = self.0.claims.iter().find(|((d, w), _)| claim_id(number(*d, *w)).0 == key.id);
                claim.map(|((device, wish), claim)| Record::Claim(real(*device, *wish, claim)))
            }
            _ => None,
        })
    }
    fn dossier(&self, _: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        Ok(None)
    }
    fn claims_on(&self, wish: WishId) -> Result<Vec<Claim>, Unreadable> {
        let on = self.0.claims.iter().filter(|((_, of), _)| wish_id(*of) == wish);
        Ok(on.map(|((device, wish), claim)| real(*device, *wish, claim)).collect())
    }
    fn person(&self, _: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
        Ok(None)
    }
    fn holds_households(&self) -> bool {
        true
    }
    fn entry(&self, _: CommandId) -> Result<Option<Entry>, Unreadable> {
        Ok(None)
    }
}

struct Claims;

impl Model for Claims {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World::new()]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        let said: usize = world.journals.values().map(Vec::len).sum();
        for device in 1..=DEVICES {
            let journal = world.journals.get(&device).map(Vec::as_slice).unwrap_or_default();
            for first in 1..=journal.len() as u8 {
                steps.push(Step::Again(device, first));
            }
            // Devices are alike: one speaks for the first time after the one before it has.
            let turn = device == 1 || world.journals.contains_key(&(device - 1));
            if journal.len() >= SAYS || said >= TOTAL || !turn {
                continue;
            }
            for wish in 0..2 {
                let claimed = journal.contains(&(wish, Say::Claim));
                let says = if claimed { vec![Say::Fulfil, Say::Release] } else { vec![Say::Claim] };
                let new = says.into_iter().filter(|say| !journal.contains(&(wish, *say)));
                steps.extend(new.map(|say| Step::Hear(device, wish, say)));
            }
        }
        if world.tick < TICKS {
            steps.push(Step::Tick);
        }
        steps.push(Step::Sweep);
        if world.epoch == 1 && said > 0 {
            steps.push(Step::Restore);
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        // Steps that change nothing are no new states: that is what sending again must be.
        Some(world.step(step)).filter(|next| next != world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no promise was broken on the way", |_, world: &World| world.broken.is_none()),
            Property::always("a unit has one living claim at most, the one that the store says", |_, world: &World| {
                let mut holders = BTreeMap::new();
                for ((device, wish), claim) in world.server.claims.iter().filter(|(_, claim)| claim.state.holds()) {
                    for unit in &claim.units {
                        if holders.insert((*wish, *unit), *device).is_some() {
                            return false;
                        }
                    }
                }
                holders == world.server.holdings.iter().map(|(unit, (device, _))| (*unit, *device)).collect()
            }),
            Property::always("a wish is fulfilled no oftener than it has units", |_, world: &World| {
                (0..2).all(|wish| {
                    let done = world
                        .server
                        .claims
                        .iter()
                        .filter(|((_, of), claim)| *of == wish && claim.state == ClaimState::Fulfilled);
                    done.map(|(_, claim)| claim.units.len()).sum::<usize>() <= usize::from(UNITS[usize::from(wish)])
                })
            }),
            Property::always("nothing is tentative at the server", |_, world: &World| {
                world.server.claims.values().all(|claim| claim.state != ClaimState::Tentative)
            }),
            Property::always("every delivery that was heard is kept", |_, world: &World| {
                world.server.decided.iter().all(|(device, decided)| {
                    world.journals[device].iter().zip(decided).all(|((wish, say), _)| {
                        let kept = || {
                            let claim = world.server.claims.get(&(*device, *wish));
                            claim.is_some_and(|claim| {
                                matches!(claim.state, ClaimState::Fulfilled | ClaimState::Duplicate)
                            })
                        };
                        *say != Say::Fulfil || kept()
                    })
                })
            }),
            Property::sometimes("a claim is lost", |_, world: &World| has(world, ClaimState::Lost)),
            Property::sometimes("a claim expires", |_, world: &World| has(world, ClaimState::Expired)),
            Property::sometimes("a claim is given back", |_, world: &World| has(world, ClaimState::Released)),
            Property::sometimes("something is delivered twice", |_, world: &World| has(world, ClaimState::Duplicate)),
            Property::sometimes("a wish is fulfilled by two", |_, world: &World| {
                world.server.holdings.keys().filter(|(wish, _)| *wish == 0).count() == 2
                    && world.server.wishes[&0].0 == WishState::Fulfilled
            }),
            Property::sometimes("a wish goes on to another after a lease", |_, world: &World| {
                has(world, ClaimState::Expired) && world.server.wishes[&1].1 > 1 && world.server.holdings.len() > 1
            }),
            Property::sometimes("a delivery counts after its claim expired", |_, world: &World| {
                world
                    .server
                    .claims
                    .iter()
                    .any(|((_, wish), claim)| claim.state == ClaimState::Fulfilled && world.server.wishes[wish].1 > 1)
            }),
            Property::sometimes("a restored server hears it all again", |_, world: &World| {
                world.epoch == 2 && world.server.decided.values().map(Vec::len).sum::<usize>() == TOTAL
            }),
        ]
    }
}

fn has(world: &World, state: ClaimState) -> bool {
    world.server.claims.values().any(|claim| claim.state == state)
}

#[test]
fn claims_keep_their_promises_in_every_state() {
    let checker = Claims.checker().threads(2).spawn_bfs().join();
    println!("{} states, {} steps deep", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
    assert!(checker.unique_state_count() > 10_000, "{}", checker.unique_state_count());
}

/// The real server with the two wishes, its devices, and what it holds in the model's terms.
struct Real {
    county: County,
    devices: Vec<central_support::device::Device>,
}

impl Real {
    fn new() -> Real {
        let county = County::new();
        county.worker(1, Role::CivilAffairs);
        county.must(&household(1, 1));
        for wish in 0..2 {
            publish(wish, 1, UNITS[usize::from(wish)]).iter().for_each(|command| county.must(command));
        }
        let devices = (1..=DEVICES).map(|n| county.device(10 + n, Role::GridWorker, &[1])).collect();
        Real { county, devices }
    }

    fn step(&mut self, world: &World, step: Step) {
        self.county.now = world.now();
        match step {
            Step::Hear(n, wish, say) => {
                let device = &mut self.devices[usize::from(n) - 1];
                let seq = device.said.len() as u64 + 1;
                device.write(envelope(n, seq, wish, say));
                self.county.sync(device).unwrap();
            }
            Step::Again(n, first) => {
                // An answer was lost: the device sends again from there.
                let device = &mut self.devices[usize::from(n) - 1];
                device.answered = u64::from(first) - 1;
                self.county.sync(device).unwrap();
            }
            Step::Tick | Step::Restore => {}
            Step::Sweep => {
                self.county.authority.sweep(self.county.now, 50).unwrap();
            }
        }
    }

    fn server(&self) -> Server {
        let mut tx = self.county.tx();
        let document = tx.document(&ItemKey::File(central_support::words::household_id(1))).unwrap().unwrap();
        let Ok(Body::File(file)) = Body::decode(&document.key, &document.body.0) else { panic!("no file") };
        let mut server = Server::default();
        for wish in &file.wishes {
            let at = (0..2).find(|n| wish_id(*n) == wish.id).unwrap();
            server.wishes.insert(at, (wish.state, wish.round));
            for unit in 1..=wish.units {
                if let Some(holding) = tx.holding(wish.id, unit).unwrap() {
                    let (device, _) = whose(holding.claim);
                    server.holdings.insert((at, unit), (device, holding.lease_until.map(|until| until.0)));
                }
            }
        }
        for claim in &file.claims {
            let at = whose(claim.id);
            let fence = server.fences.entry(at.1).or_default();
            *fence = (claim.fence & 0xffff_ffff).max(*fence);
            server.claims.insert(at, seen(claim));
        }
        for (n, device) in (1..).zip(&self.devices) {
            let stands = device.verdicts.values().map(|verdict| verdict.outcome.stands()).collect::<Vec<_>>();
            if !stands.is_empty() {
                server.decided.insert(n, stands);
            }
        }
        server
    }
}

#[test]
fn the_model_is_the_server() {
    let mut dice = 7u64;
    let mut pick = |n: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % n
    };
    for walk in 0..60 {
        let (mut world, mut real, mut path) = (World::new(), Real::new(), Vec::new());
        for _ in 0..14 {
            let mut steps = Vec::new();
            Claims.actions(&world, &mut steps);
            // A restore is followed in the tests of restores: this county stays as it is.
            steps.retain(|step| *step != Step::Restore);
            let step = steps[pick(steps.len())];
            path.push(step);
            world = world.step(step);
            real.step(&world, step);
            let mut expected = world.server.clone();
            let mut found = real.server();
            // Which numbers were given is seen in the claims.
            (expected.fences, found.fences) = Default::default();
            assert_eq!(found, expected, "walk {walk}: {path:?}");
        }
    }
}
