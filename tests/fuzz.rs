//! Every door between devices and the server, with bytes that somebody changed: nothing panics, runs away or eats the
//! memory; what is refused says why and has changed nothing; what is sealed and was changed is refused.
//!
//! Cases are made from seeds: `FUZZ_CASES=n FUZZ_SEED=n` makes others, and a case that fails prints how to see it again.

mod central_support;
mod fuzz_support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

use central_support::County;
use central_support::device::{Device, Flaw};
use central_support::words::*;
use fuzz_support::mutate::{bytes as mutated, text as mutated_text};
use fuzz_support::tree::Tree;
use fuzz_support::{Dice, door, explains};
use zhulian::central::enrolment::{issue, join};
use zhulian::central::http::{Limits, Service, Serving, serve};
use zhulian::domain::command::Command;
use zhulian::domain::id::DeviceId;
use zhulian::domain::moment::Now;
use zhulian::domain::worker::{Actor, Role};
use zhulian::i18n::Explain as _;
use zhulian::replica::Replica;
use zhulian::store::{Home, KeyMode, codec};
use zhulian::sync::client::{Client, Reply, Request};
use zhulian::sync::feed::Scope;
use zhulian::sync::http::seal::{Seal, Signed};
use zhulian::sync::http::{BINARY, Exchange, JSON, Join, LinkError, Traffic};
use zhulian::sync::protocol::{Bytes, Parcel, ProtocolError, Push, SealedReply, Secret};

/// Everything that the server holds.
type State = Vec<(Vec<u8>, Vec<u8>)>;

/// A county with households in two villages and two workers of the first village.
fn county() -> (County, [Device; 2]) {
    let county = County::new();
    county.worker(1, Role::CivilAffairs);
    for (n, village) in [(1, 1), (2, 2), (3, 1)] {
        county.must(&household(n, village));
    }
    let mut devices = [county.device(11, Role::GridWorker, &[1]), county.device(12, Role::GridWorker, &[1])];
    for device in &mut devices {
        county.sync(device).unwrap();
    }
    (county, devices)
}

/// What a worker says on a day.
fn day(worker: zhulian::domain::id::WorkerId, county: &County) -> [Command; 3] {
    [
        visit(1, 1, worker, county.now),
        amend(1, "phone", "0577-88880000", "0577-88881111"),
        Command::RegisterNeed { need: Box::new(need(1, 1)) },
    ]
}

fn work(device: &mut Device, county: &County) {
    for command in day(device.worker, county) {
        device.act(county.now, command).unwrap();
    }
}

fn state(county: &County) -> State {
    county.store.index().scan(b"").map(|record| record.unwrap()).map(|(key, value)| (key.to_vec(), value)).collect()
}

fn request_of(device: &Device) -> Request {
    Client::default().next(device).unwrap().expect("something to ask")
}

fn parcel_of(device: &Device) -> Parcel {
    match request_of(device) {
        Request::Push(parcel) => parcel,
        other => panic!("a push: {other:?}"),
    }
}

/// A message mutated as bytes or as a tree.
fn changed<T: serde::Serialize>(message: &T, dice: &mut Dice) -> Vec<u8> {
    if dice.one_in(2) {
        mutated(&codec::encode(message).unwrap(), dice)
    } else {
        let mut tree = Tree::of(message);
        tree.mutate(dice);
        codec::encode(&tree).unwrap()
    }
}

/// The same for messages that their receiver must be able to read, if not to like.
fn readable<T: serde::Serialize + serde::de::DeserializeOwned>(message: &T, dice: &mut Dice) -> Option<T> {
    let mut tree = Tree::of(message);
    tree.mutate(dice);
    codec::decode(&codec::encode(&tree).unwrap()).ok()
}

type Receives<'a> = &'a dyn Fn(&Parcel) -> Result<(), ProtocolError>;

/// What a device has sealed and somebody has changed on its way, by wire or by stick.
fn changed_pushes(usual: u64, county: &County, parcel: &Parcel, receive: Receives<'_>) {
    let before = state(county);
    door("pushes_that_were_changed_on_their_way", usual, |dice| {
        let read = match Parcel::from_file(&changed(parcel, dice)) {
            // Something around it was changed that means nothing.
            Ok(read) if read == *parcel => return,
            Ok(read) => read,
            Err(error) => return explains(&error),
        };
        let error = receive(&read).expect_err("a changed push was taken in");
        explains(&error);
        assert!(state(county) == before, "a refused push has left something: {error}");
    });
}

#[test]
fn pushes_that_were_changed_on_their_way() {
    let (county, [mut device, _]) = county();
    work(&mut device, &county);
    let parcel = parcel_of(&device);
    changed_pushes(400, &county, &parcel, &|read| county.authority.receive(county.now, read).map(drop));
    let reply = county.authority.receive(county.now, &parcel).unwrap();
    assert_eq!(reply.verdicts.len(), 3, "the push itself is still good");
}

/// Pushes that an enrolled device has sealed and that make no sense: each command gets a verdict or the push is refused
/// whole, and the colleague goes on working.
#[test]
fn pushes_of_a_device_that_went_mad() {
    let (fresh, [device, _]) = county();
    let mut worked = device.clone();
    work(&mut worked, &fresh);
    let push = parcel_of(&worked).open(&worked.secret).unwrap();
    let (mut taken, mut colleague) = (0, None);
    let mut here = None;
    door("pushes_of_a_device_that_went_mad", 160, |dice| {
        // A county serves until it has taken something in.
        let (county, [device, other]) = here.take().unwrap_or_else(county);
        let Some(push) = mad(&push, dice) else {
            here = Some((county, [device, other]));
            return;
        };
        let parcel = Parcel::pack(&push, &device.secret).unwrap();
        let before = state(&county);
        match county.authority.receive(county.now, &parcel) {
            Err(error) => {
                explains(&error);
                let kept = matches!(error, ProtocolError::Revoked | ProtocolError::Cloned { .. });
                assert!(kept || state(&county) == before, "a refused push has left something: {error}");
                here = (!kept).then_some((county, [device, other]));
            }
            Ok(reply) => {
                assert_eq!(reply.verdicts.len(), push.commands.len(), "a verdict for each command");
                let again = county.authority.receive(county.now, &parcel).unwrap();
                assert_eq!(again.verdicts, reply.verdicts, "sending again is harmless");
                taken += 1;
                let mut other = other;
                county.sync(&mut other).expect("the colleague goes on");
                let (by, at) = (other.worker, county.now);
                other.act(at, visit(9, 3, by, at)).unwrap();
                county.sync(&mut other).expect("the colleague's work arrives");
                assert!(other.pending().is_empty());
                colleague = Some(other);
            }
        }
    });
    println!("{taken} were taken in, command by command");
    drop(colleague);
}

/// The push with its own fields or one of its commands changed.
fn mad(push: &Push, dice: &mut Dice) -> Option<Push> {
    if dice.one_in(4) {
        return readable(push, dice).filter(|mad| mad.device == push.device);
    }
    let mut push = push.clone();
    let at = dice.roll(push.commands.len());
    let command = &mut push.commands[at].0;
    if dice.one_in(4) {
        *command = mutated(command, dice);
    } else {
        let mut tree: Tree = rmp_serde::from_slice(command).unwrap();
        tree.mutate(dice);
        *command = tree.bytes();
    }
    Some(push)
}

/// Questions that make no sense: an answer within the device's own scope, or a refusal; the server changes nothing.
#[test]
fn questions_for_changes_and_for_whole_feeds() {
    let (county, [mut device, mut other]) = county();
    work(&mut other, &county);
    county.sync(&mut other).unwrap();
    let Request::Pull(pull) = request_of(&device) else { panic!("a pull") };
    device.fetching = Some((device.cursors.keys().cloned().collect(), None));
    let Request::Bootstrap(ask) = request_of(&device) else { panic!("a bootstrap") };
    let resumed = zhulian::sync::protocol::Bootstrap { max_bytes: 1, ..ask.clone() };
    let chunk = county.authority.bootstrap(county.now, &resumed).unwrap();
    let resumed = zhulian::sync::protocol::Bootstrap { resume: chunk.resume, ..ask.clone() };
    assert!(resumed.resume.is_some());
    let (own, before) = (device.scope(), state(&county));
    let mine = |id: DeviceId| id == device.id;
    door("questions_for_changes_and_for_whole_feeds", 500, |dice| {
        if dice.one_in(2) {
            let Some(pull) = readable(&pull, dice) else { return };
            match county.authority.pull(county.now, &pull) {
                Ok(page) if mine(pull.device) => {
                    assert!(page.entries.iter().all(|entry| own.holds(&entry.feed)), "out of scope: {pull:?}");
                }
                Ok(_) => {}
                Err(error) => explains(&error),
            }
        } else {
            let Some(ask) = readable(if dice.one_in(2) { &ask } else { &resumed }, dice) else { return };
            match county.authority.bootstrap(county.now, &ask) {
                Ok(chunk) if mine(ask.device) => {
                    assert!(chunk.items.iter().all(|item| own.holds(&item.feed)), "out of scope: {ask:?}");
                    let most = chunk.complete.len() <= own.territories.len() + 3;
                    assert!(most, "a feed asked for twice is answered once: {}", chunk.complete.len());
                }
                Ok(_) => {}
                Err(error) => explains(&error),
            }
        }
    });
    assert!(state(&county) == before, "asking has changed something");
}

/// What a device holds.
fn held(device: &Device) -> String {
    let Device { verdicts, items, cursors, settled, epoch, answered, arrived, fetching, inbox, .. } = device;
    format!("{verdicts:?}{items:?}{cursors:?}{settled:?}{epoch}{answered}{arrived:?}{fetching:?}{inbox:?}")
}

/// Answers that were changed: taken in whole, or not at all.
fn changed_answers(usual: u64, flaw: Flaw) {
    let (county, [mut device, mut other]) = county();
    work(&mut other, &county);
    county.sync(&mut other).unwrap();
    device.flaw = flaw;
    let mut whole = device.clone();
    whole.cursors.clear();
    whole.items.clear();
    whole.fetching = Some((device.cursors.keys().cloned().collect(), None));
    let mut speaks = device.clone();
    work(&mut speaks, &county);
    let samples: Vec<(Device, Reply)> = [device, whole, speaks]
        .into_iter()
        .map(|device| {
            let reply = county.answer(&request_of(&device)).unwrap();
            (device, reply)
        })
        .collect();
    door("answers_that_were_changed", usual, |dice| {
        let (device, reply) = dice.clone().pick(&samples);
        let reply = match reply {
            Reply::Push(reply) => readable(reply, dice).map(Reply::Push),
            Reply::Page(page) => readable(page, dice).map(Reply::Page),
            Reply::Chunk(chunk) => readable(chunk, dice).map(Reply::Chunk),
        };
        let Some(reply) = reply else { return };
        let mut device = device.clone();
        let mut client = Client::default();
        client.next(&device).unwrap();
        let before = held(&device);
        if let Err(error) = client.take(&mut device, Ok(reply)) {
            explains(&error);
            assert!(held(&device) == before, "half an answer was taken in: {error}");
        }
    });
}

#[test]
fn answers_that_were_changed() {
    changed_answers(400, Flaw::None);
}

/// A laptop with a store on disk.
struct Laptop {
    _folder: tempfile::TempDir,
    replica: Replica,
    worker: zhulian::domain::id::WorkerId,
    secret: Secret,
}

impl Laptop {
    fn new(county: &County, n: u16) -> Laptop {
        let worker = county.worker(n, Role::GridWorker);
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let replica = Replica::create(Home::new(folder.path()), &KeyMode::KeyFile).unwrap();
        let secret = [n as u8; 32];
        county.join(&replica, secret, central_support::scope(worker, &[1]));
        let secret = Secret::new(secret);
        Laptop { _folder: folder, replica, worker, secret }
    }

    fn act(&self, county: &County, command: Command) {
        let regions = central_support::regions(&[1]);
        let (worker, role, device) = (self.worker, Role::GridWorker, self.replica.device());
        let actor = Actor { worker, role, org: None, regions, device };
        self.replica.commit(&actor, Now::new(county.now), command).unwrap();
    }

    /// What it holds, as far as a person sees it.
    fn held(&self) -> String {
        let files = [1, 2, 3].map(|n| self.replica.dossier(household_id(n)).unwrap());
        format!("{files:?}{:?}{}", self.replica.standing().unwrap(), self.replica.inbox().unwrap().len())
    }
}

/// A line on which the answer to a request is changed.
struct Wire<'c> {
    county: &'c County,
    dice: Dice,
    /// The request whose answer is changed; those after it fail.
    victim: u32,
}

impl Exchange for Wire<'_> {
    fn exchange(&mut self, request: &Request) -> Result<Result<Reply, ProtocolError>, LinkError> {
        let reply = self.county.answer(request);
        let broken = || LinkError::BadUrl { url: String::new() };
        match (self.victim, reply) {
            (0, Ok(reply)) => {
                self.victim = u32::MAX;
                let reply = match reply {
                    Reply::Push(reply) => readable(&reply, &mut self.dice).map(Reply::Push),
                    Reply::Page(page) => readable(&page, &mut self.dice).map(Reply::Page),
                    Reply::Chunk(chunk) => readable(&chunk, &mut self.dice).map(Reply::Chunk),
                };
                reply.map(Ok).ok_or_else(broken)
            }
            (u32::MAX, _) => Err(broken()),
            (_, reply) => {
                self.victim -= 1;
                Ok(reply)
            }
        }
    }
    fn traffic(&self) -> Traffic {
        Traffic::default()
    }
}

#[test]
fn answers_that_were_changed_on_a_disk() {
    let (county, _) = county();
    let mut n = 100;
    let mut laptop: Option<Laptop> = None;
    door("answers_that_were_changed_on_a_disk", 40, |dice| {
        let at = Now::new(county.now);
        // What was taken in is the server's word, so the laptop that has heard it is worn out.
        let here = laptop.take().unwrap_or_else(|| {
            n += 1;
            let laptop = Laptop::new(&county, n);
            let mut wire = Wire { county: &county, dice: dice.clone(), victim: u32::MAX - 1 };
            laptop.replica.sync_once(&mut wire, at, &mut |_| {}).unwrap();
            laptop.act(&county, visit(n * 40, 1, laptop.worker, county.now));
            laptop
        });
        let before = here.held();
        let mut wire = Wire { county: &county, dice: dice.clone(), victim: dice.roll(2) as u32 };
        let first = wire.victim == 0;
        match here.replica.sync_once(&mut wire, at, &mut |_| {}) {
            Err(error) => {
                explains(&error);
                let whole = first && matches!(error.code(), "round.wrong_answer" | "record.unreadable");
                assert!(!whole || here.held() == before, "half an answer was taken in: {error}");
            }
            Ok(_) => drop(here.held()),
        }
        here.replica.save_rows().unwrap();
    });
}

#[test]
fn replies_that_a_stick_brings() {
    let (county, _) = county();
    let laptop = Laptop::new(&county, 100);
    let wire = &mut Wire { county: &county, dice: Dice::new(1), victim: u32::MAX - 1 };
    laptop.replica.sync_once(wire, Now::new(county.now), &mut |_| {}).unwrap();
    day(laptop.worker, &county).into_iter().for_each(|command| laptop.act(&county, command));
    let parcel = laptop.replica.outgoing_parcel().unwrap().unwrap().parcel;
    let reply = county.authority.receive(county.now, &parcel).unwrap();
    let sealed = SealedReply::pack(&reply, parcel.device, &laptop.secret).unwrap();
    // The seal of a push is none for a reply.
    let dressed = SealedReply { device: parcel.device, body: parcel.body.clone(), seal: parcel.seal };
    assert_eq!(laptop.replica.take_in_reply(&dressed).unwrap_err().code(), "push.forged");
    let before = laptop.held();
    door("replies_that_a_stick_brings", 300, |dice| {
        let read = match SealedReply::from_file(&changed(&sealed, dice)) {
            Ok(read) if read == sealed => return,
            Ok(read) => read,
            Err(error) => return explains(&error),
        };
        let error = laptop.replica.take_in_reply(&read).expect_err("a changed reply was taken in");
        explains(&error);
        assert!(laptop.held() == before, "a refused reply has left something: {error}");
    });
    assert_eq!(laptop.replica.take_in_reply(&sealed).unwrap().verdicts.applied, 3, "the reply itself is still good");
}

#[test]
fn requests_to_join() {
    let (county, [device, colleague]) = county();
    let own = Scope { territories: central_support::regions(&[1]), pool: true, workers: vec![device.worker] };
    let (code, _) = issue(&county.authority, &*county.store, county.now, "", &own).unwrap();
    let id = DeviceId(id(2, 77));
    let sample = Join { code, device: id, secret: Bytes(vec![7; 32]), name: "笔记本".into() };
    let secrets = |county: &County| {
        let devices = county.authority.devices().unwrap();
        devices.into_iter().map(|device| (device.id, device.secret)).collect::<Vec<_>>()
    };
    let before = secrets(&county);
    door("requests_to_join", 300, |dice| {
        let Some(mut ask) = readable(&sample, dice) else { return };
        if dice.one_in(4) {
            ask.device = colleague.id;
        }
        match join(&county.authority, &*county.store, county.now, &ask) {
            Ok(joined) => {
                // Only its own code lets anyone in, and nobody in another's place.
                let plain = |code: &str| code.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>();
                assert_eq!(plain(&ask.code).to_uppercase(), plain(&sample.code));
                assert_eq!(joined.device, ask.device);
            }
            Err(error) => explains(&error),
        }
        let after = secrets(&county);
        assert!(before.iter().all(|held| after.contains(held)), "a device was put out of its place");
    });
}

/// Requests over the wire, with heads and bodies that make no sense.
#[test]
fn requests_over_http() {
    let (county, [mut device, _]) = county();
    // Bodies that never come are not waited for long.
    let limits = Limits { request: Duration::from_millis(400), ..Limits::default() };
    let service = Service::new(county.store.clone(), limits);
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let serving = Serving { listen: "127.0.0.1:0".parse().unwrap(), tls: None };
        serve(service, &serving, |ready| tell.send(ready.address).unwrap()).unwrap();
    });
    let address = told.recv().unwrap();
    work(&mut device, &county);
    let parcel = codec::encode(&parcel_of(&device)).unwrap();
    let before = state(&county);
    let bomb = {
        let mut bytes = vec![0x11];
        bytes.extend(zstd::bulk::compress(&vec![0; 64 << 20], 1).unwrap());
        bytes
    };
    let (mut answered, mut asked) = (0, 0);
    door("requests_over_http", 150, |dice| {
        asked += 1;
        let path = *dice.pick(&["/v1/push", "/v1/pull", "/v1/bootstrap", "/v1/enroll", "/v1/enroll/offer"]);
        let body = match dice.roll(4) {
            0 => bomb.clone(),
            1 => mutated(&parcel, dice),
            2 => mutated_text(r#"{"protocol":1,"device":"x","known":{"cursors":[]}}"#, dice).into_bytes(),
            _ => parcel.clone(),
        };
        let media = *dice.pick(&[BINARY, JSON, "text/plain", "application/vnd.zhulian; q=\u{1}", ""]);
        let signed = Signed { method: "POST", path, body: &body };
        let seal = Seal::new(device.id, &device.secret, Service::now(), signed).header();
        // The parcel itself, whole, under its own type, at its own door, would rightly be taken in.
        let right = body == parcel && path == "/v1/push" && media.starts_with(BINARY);
        let seal = if right || dice.one_in(3) { mutated_text(&seal, dice).replace(['\r', '\n'], " ") } else { seal };
        let length = if dice.one_in(5) { mutated_text("17", dice) } else { body.len().to_string() };
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {media}\r\nauthorization: {seal}\r\n\
             accept: {JSON}\r\ncontent-length: {length}\r\n\r\n"
        )
        .into_bytes();
        if dice.one_in(6) {
            request = mutated(&request, dice);
        }
        let Some((status, said)) = spoken(address, &request, &body) else { return };
        answered += 1;
        if right {
            // Its seal may have stayed what it was.
            return;
        }
        assert!((200..500).contains(&status) || status == 503, "{status}: {said}");
        // A changed request may have asked for another form.
        if status >= 400
            && said.contains(JSON)
            && let Some(json) = said.find('{').map(|at| &said[at..])
        {
            // A second answer may follow where the first request was shorter than it said.
            let first = serde_json::Deserializer::from_str(json).into_iter::<serde_json::Value>().next();
            let fault = first.and_then(Result::ok).unwrap_or_else(|| panic!("{said}"));
            assert!(fault["error"]["code"].as_str().is_some_and(|code| code.contains('.')), "{said}");
        }
    });
    assert!(asked < 20 || answered * 2 > asked, "{answered} of {asked} were answered");
    println!("{answered} of {asked} were answered");
    assert!(state(&county).len() >= before.len());
    let ready = || spoken(address, b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", b"");
    // A machine under load may be late once.
    assert!((0..20).any(|_| matches!(ready(), Some((200, _)))), "the server goes on");
}

/// Sends a request and reads the status and the whole answer; `None` where the server hangs up.
fn spoken(address: std::net::SocketAddr, head: &[u8], body: &[u8]) -> Option<(u16, String)> {
    let mut line = TcpStream::connect(address).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let _hung_up = line.write_all(head).and_then(|()| line.write_all(body));
    let mut answer = Vec::new();
    let _hung_up = line.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    Some((text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?, text))
}

/// The checks notice what they are for: a door that does not look at the seal, and a device that keeps half an answer.
#[test]
fn the_checks_can_fail() {
    let (county, [mut device, _]) = county();
    work(&mut device, &county);
    let parcel = parcel_of(&device);
    let unsealed = |read: &Parcel| {
        let push: Push =
            codec::decode(&read.body.0).map_err(|error| ProtocolError::Damaged { detail: error.to_string() })?;
        county.authority.push(county.now, &push).map(drop)
    };
    let seen = catch_unwind(AssertUnwindSafe(|| changed_pushes(400, &county, &parcel, &unsealed)));
    assert!(seen.is_err(), "a door that looks at no seal was not noticed");
    let seen = catch_unwind(|| changed_answers(400, Flaw::CursorFirst));
    assert!(seen.is_err(), "half an answer was not noticed");
}
