//! The central server and its devices over a perfect wire: one rule after the other.

#[path = "../central_support/mod.rs"]
mod central_support;

mod claims;
mod merge;
mod moves;

use central_support::device::{Device, key};
use central_support::words::*;
use central_support::{County, scope};
use zhulian::domain::change::FieldChange;
use zhulian::domain::claim::{Claim, ClaimState};
use zhulian::domain::command::Command;
use zhulian::domain::conflict::Choice;
use zhulian::domain::id::{MemberId, NeedId, WorkerId};
use zhulian::domain::moment::Moment;
use zhulian::domain::record::{Kind, Record};
use zhulian::domain::records::Dossier;
use zhulian::domain::value::Value;
use zhulian::domain::wish::{Wish, WishState};
use zhulian::domain::worker::Role;
use zhulian::i18n::Explain as _;
use zhulian::sync::client::{Client, Local as _, Reply, Request, RoundError};
use zhulian::sync::fold::Body;
use zhulian::sync::protocol::{ItemKey, Outcome, ProtocolError};

/// A county with two workers of village 1 and one of village 2, with a household in each.
fn county() -> (County, [Device; 3]) {
    let county = County::new();
    county.worker(1, Role::CivilAffairs);
    county.must(&household(1, 1));
    county.must(&household(2, 2));
    let mut devices = [
        county.device(11, Role::GridWorker, &[1]),
        county.device(12, Role::GridWorker, &[1]),
        county.device(13, Role::GridWorker, &[2]),
    ];
    for device in &mut devices {
        county.sync(device).unwrap();
    }
    (county, devices)
}

fn file(device: &Device, household: u16) -> Option<Dossier> {
    use zhulian::sync::overlay::Base as _;
    device.file(household_id(household)).unwrap().map(|file| (*file).clone())
}

fn server_file(county: &County, household: u16) -> Dossier {
    let document = county.tx().document(&ItemKey::File(household_id(household))).unwrap().unwrap();
    match Body::decode(&document.key, &document.body.0).unwrap() {
        Body::File(file) => (*file).clone(),
        other => panic!("{other:?}"),
    }
}

fn outcomes(device: &Device) -> Vec<String> {
    let told = |outcome: &Outcome| match outcome {
        Outcome::Applied => "applied".to_owned(),
        Outcome::Merged { lost } => {
            format!("merged {}", lost.iter().map(|lost| lost.field.as_str()).collect::<Vec<_>>().join(","))
        }
        Outcome::Refused { told, .. } => told.code.clone(),
    };
    device.verdicts.values().map(|verdict| told(&verdict.outcome)).collect()
}

fn claim_of(county: &County, household: u16, n: u16) -> Claim {
    server_file(county, household).claims.into_iter().find(|claim| claim.id == claim_id(n)).unwrap()
}

/// The county with a wish (21) of so many units of household 1 in the pool.
fn with_wish(units: u16) -> (County, [Device; 3]) {
    let (county, mut devices) = county();
    for command in publish(21, 1, units).into_iter().chain(publish(22, 1, 1)) {
        county.must(&command);
    }
    for device in &mut devices {
        county.sync(device).unwrap();
    }
    (county, devices)
}

#[test]
fn a_device_gets_its_territory_and_nothing_else() {
    let (_, [first, _, third]) = county();
    assert!(file(&first, 1).is_some() && file(&first, 2).is_none());
    assert!(file(&third, 2).is_some() && file(&third, 1).is_none());
}

#[test]
fn work_reaches_the_server_and_the_colleague_and_nothing_is_done_twice() {
    let (county, [mut first, mut second, _]) = county();
    let at = county.now;
    for n in 1..=3 {
        first.act(at, visit(n, 1, first.worker, at)).unwrap();
    }
    assert_eq!(first.view(&first.pending()).fates.len(), 3);
    county.sync(&mut first).unwrap();
    assert_eq!(outcomes(&first), ["applied"; 3]);
    assert!(first.pending().is_empty());
    county.sync(&mut second).unwrap();
    assert_eq!(file(&first, 1), file(&second, 1));
    assert_eq!(file(&second, 1).unwrap().visits.len(), 3);
    assert_eq!(*file(&first, 1).as_ref().unwrap(), server_file(&county, 1));

    // The same push again, as a lost answer makes a device send it.
    let mut old = first.clone();
    old.reopen(0).unwrap();
    let verdicts = first.verdicts.clone();
    county.sync(&mut old).unwrap();
    assert_eq!(old.verdicts, verdicts);
    assert_eq!(server_file(&county, 1).visits.len(), 3);
}

#[test]
fn a_sync_without_changes_is_one_request() {
    let (county, [mut first, ..]) = county();
    assert_eq!(county.sync(&mut first).unwrap(), 1);
}

#[test]
fn a_gap_and_a_copied_disk_are_told_apart() {
    let (county, [mut first, ..]) = county();
    let at = county.now;
    first.act(at, visit(1, 1, first.worker, at)).unwrap();
    let mut copy = first.clone();
    first.act(at, visit(2, 1, first.worker, at)).unwrap();
    copy.act(at, visit(3, 1, copy.worker, at)).unwrap();
    county.sync(&mut first).unwrap();
    let error = county.sync(&mut copy).unwrap_err();
    assert_eq!(error.code(), "device.cloned");
    let asides = county.tx().asides(10).unwrap();
    assert_eq!((asides.len(), asides[0].code.as_str(), asides[0].commands.len()), (1, "device.cloned", 2));
    assert_eq!(server_file(&county, 1).visits.len(), 2, "nothing of the copy was taken in");

    // A copy that has said less than the server knows finds out by the answer.
    let mut behind = first.clone();
    behind.said.truncate(1);
    behind.reopen(0).unwrap();
    let error = county.sync(&mut behind).unwrap_err();
    assert_eq!(error, RoundError::OldCopy { theirs: 2, ours: 1 });

    let request = {
        let mut skips = first.clone();
        skips.act(at, visit(4, 1, first.worker, at)).unwrap();
        skips.act(at, visit(5, 1, first.worker, at)).unwrap();
        skips.answered = 3;
        Client::default().next(&skips).unwrap().unwrap()
    };
    match county.answer(&request) {
        Err(ProtocolError::Gap { expected: 3, got: 4 }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn poison_gets_a_verdict_and_does_not_block_the_queue() {
    let (county, [mut first, ..]) = county();
    let at = county.now;
    let seq = first.act(at, visit(1, 1, first.worker, at)).unwrap();
    let envelope = first.said[seq as usize - 1].envelope.clone();
    let named = |seq: u64| {
        let mut envelope = envelope.clone();
        envelope.id.seq = seq;
        envelope
    };
    first.write_bytes(named(2), vec![0xc1, 0xff, 0x00].into());
    // A command of a newer program: the same bytes with another name.
    let named_three = zhulian::sync::protocol::encode_command(&named(3));
    let Value::Map(mut fields) = rmp_serde::from_slice(&named_three.0).unwrap() else { panic!("no map") };
    fields.insert("command".into(), Value::Map([("do".into(), Value::Text("teleport".into()))].into()));
    first.write_bytes(named(3), rmp_serde::to_vec_named(&Value::Map(fields)).unwrap().into());
    first.write_bytes(named(4), zhulian::sync::protocol::encode_command(&named(9)));
    let mut stranger = named(5);
    stranger.worker = zhulian::domain::id::WorkerId(id(1, 99));
    first.write(stranger);
    first.act(at, visit(6, 1, first.worker, at)).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(
        outcomes(&first),
        ["applied", "command.undecodable", "command.unknown", "command.misnamed", "actor.not_enrolled", "applied"]
    );
    assert_eq!(first.inbox.len(), 4);
    let stored = county.tx().verdicts(first.id, 1, 10).unwrap();
    assert!(stored.iter().zip(&first.said).all(|(stored, said)| stored.body == said.bytes), "every body is kept");
}

#[test]
fn a_bootstrap_in_small_pieces_is_right_although_work_goes_on() {
    let (county, [mut first, mut second, _]) = county();
    let at = county.now;
    for n in 30..60 {
        county.must(&household(n, 1));
    }
    let mut fresh = Device::new(second.id, second.secret.clone(), second.worker, second.role);
    let mut client = Client::new(10, 10_000, 600);
    county.sync(&mut first).unwrap();
    let mut steps = 0;
    while let Some(request) = client.next(&fresh).unwrap() {
        steps += 1;
        let n = if steps % 30 == 1 { 32 } else { 30 + steps % 30 };
        first.act(at, visit(200 + steps, n, first.worker, at)).unwrap();
        if steps == 9 {
            let (from, to) = (region(1).as_str().to_owned(), region(2).as_str().to_owned());
            first.act(at, amend(31, "region", &from, &to)).unwrap();
        }
        county.sync(&mut first).unwrap();
        let reply = county.answer(&request);
        client.take(&mut fresh, reply).unwrap();
        if steps == 5 {
            // Switched off and on again.
            client = Client::new(10, 10_000, 600);
        }
        if steps > 40 {
            break;
        }
    }
    county.sync(&mut fresh).unwrap();
    county.sync(&mut second).unwrap();
    county.sync(&mut first).unwrap();
    assert!(steps > 10);
    assert!(file(&fresh, 31).is_none());
    for n in (30..60).filter(|n| *n != 31) {
        let held = server_file(&county, n);
        assert_eq!(file(&fresh, n).unwrap(), held, "{n}");
        assert_eq!(file(&first, n).unwrap(), held, "{n}");
    }
}

#[test]
fn nothing_flickers_between_push_and_pull() {
    let (county, [mut first, mut second, _]) = county();
    let at = county.now;
    first.act(at, visit(1, 1, first.worker, at)).unwrap();
    first.act(at, amend(1, "phone", "0577-88880000", "0577-11111111")).unwrap();
    second.act(at, visit(2, 1, second.worker, at)).unwrap();
    county.sync(&mut second).unwrap();
    let shown = |device: &Device| {
        let pending = device.pending();
        let view = device.view(&pending);
        let file = view.view.file(household_id(1)).unwrap().unwrap();
        let mine = file.visits.iter().filter(|visit| visit.note == "走访记录1").count();
        (mine, file.household.phone.clone())
    };
    let mut client = Client::default();
    let mut steps = 0;
    while let Some(request) = client.next(&first).unwrap() {
        assert_eq!(shown(&first), (1, "0577-11111111".to_owned()), "before step {steps}");
        let reply = county.answer(&request);
        client.take(&mut first, reply).unwrap();
        assert_eq!(shown(&first), (1, "0577-11111111".to_owned()), "after step {steps}");
        steps += 1;
    }
    assert!(steps >= 2 && first.pending().is_empty());
}

#[test]
fn many_feeds_without_news_cost_one_small_request() {
    let county = County::new();
    county.worker(1, Role::CivilAffairs);
    let villages: Vec<u16> = (0..60).collect();
    for n in &villages {
        county.must(&household(*n, *n));
    }
    let mut desk = county.device(11, Role::CivilAffairs, &villages);
    county.sync(&mut desk).unwrap();
    assert_eq!(desk.cursors.len(), 61, "and the reference records");
    let request = Client::default().next(&desk).unwrap().unwrap();
    let Request::Pull(pull) = &request else { panic!("{request:?}") };
    let Ok(Reply::Page(page)) = county.answer(&request) else { panic!("no page") };
    let bytes =
        zhulian::store::codec::encode(pull).unwrap().len() + zhulian::store::codec::encode(&page).unwrap().len();
    assert!(bytes < 512, "{bytes}");
    assert_eq!(county.sync(&mut desk).unwrap(), 1);
    county.must(&visit(1, 7, zhulian::domain::id::WorkerId(id(1, 1)), county.now));
    assert_eq!(county.sync(&mut desk).unwrap(), 2, "the digest, then the cursors");
    assert_eq!(file(&desk, 7).unwrap(), server_file(&county, 7));
}

#[test]
fn a_program_that_is_too_old_can_still_push() {
    use zhulian::sync::protocol::{Known, Parcel, Pull};
    let (county, [mut first, ..]) = county();
    let at = county.now;
    first.act(at, visit(1, 1, first.worker, at)).unwrap();
    let Some(Request::Push(parcel)) = Client::default().next(&first).unwrap() else { panic!("nothing to push") };
    let mut push = parcel.open(&first.secret).unwrap();
    push.protocol = 0;
    let parcel = Parcel::pack(&push, &first.secret).unwrap();
    assert!(county.answer(&Request::Push(parcel)).is_ok());
    for (protocol, code) in [(0, "protocol.too_old"), (99, "protocol.too_new")] {
        let pull = Pull {
            protocol,
            device: first.id,
            epoch: 1,
            known: Known::Cursors(Vec::new()),
            max_bytes: 1,
            territories: None,
        };
        assert_eq!(county.answer(&Request::Pull(pull)).unwrap_err().code(), code);
    }
}

#[test]
fn a_push_keeps_its_cost_on_the_wire() {
    let (county, [mut first, ..]) = county();
    let at = county.now;
    let words =
        ["血压偏高", "药已送到", "子女在外务工", "屋顶漏雨", "低保金已到账", "想学编织", "腿脚不便", "邻居常来照看"];
    for n in 0..200u16 {
        // Ids as random as real ones, notes of about forty characters.
        let chance = zhulian::domain::id::RecordId::derived(1_795_300_000_000 + u64::from(n), &[&n.to_be_bytes()]);
        let Command::LogVisit { mut visit, amendments, needs } = visit(n, 1, first.worker, at) else { panic!() };
        visit.id = chance.into();
        let word = |at: usize| words[usize::from(chance.bytes()[at]) % words.len()];
        visit.note = [8, 9, 10, 11, 12, 13].map(word).join("，");
        let command = Command::LogVisit { visit, amendments, needs };
        first.act(Moment(at.0 + i64::from(n) * 61_237), command).unwrap();
    }
    let Some(Request::Push(parcel)) = Client::default().next(&first).unwrap() else { panic!("nothing to push") };
    let each = parcel.body.0.len() / 200;
    println!("{each} bytes a visit");
    assert!(each <= 250, "{each} bytes a visit");
    county.sync(&mut first).unwrap();
    assert_eq!(server_file(&county, 1).older_visits + server_file(&county, 1).visits.len() as u32, 200);
}
