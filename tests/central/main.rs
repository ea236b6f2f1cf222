//! The central server and its devices over a perfect wire: one rule after the other.

mod central_support;

use central_support::County;
use central_support::device::{Device, key};
use central_support::words::*;
use zhulian::domain::claim::{Claim, ClaimState};
use zhulian::domain::command::Command;
use zhulian::domain::conflict::Choice;
use zhulian::domain::id::{MemberId, NeedId};
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

fn wish_of(county: &County, household: u16, n: u16) -> Wish {
    server_file(county, household).wishes.into_iter().find(|wish| wish.id == wish_id(n)).unwrap()
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
fn a_contact_fact_goes_to_the_later_writer_and_the_other_value_is_kept() {
    let (county, [mut first, mut second, _]) = county();
    let (early, late) = (county.now, Moment(county.now.0 + 60_000));
    second.act(late, amend(1, "phone", "0577-88880000", "0577-22222222")).unwrap();
    first.act(early, amend(1, "phone", "0577-88880000", "0577-11111111")).unwrap();
    county.sync(&mut second).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(outcomes(&first), ["merged phone"]);
    let held = server_file(&county, 1);
    assert_eq!(held.household.phone, "0577-22222222");
    assert_eq!(held.history[0].lost[0].1.after, Value::Text("0577-11111111".into()));
    assert!(held.conflicts.is_empty());
    county.sync(&mut second).unwrap();
    assert_eq!(file(&first, 1).unwrap(), held);
    assert_eq!(file(&second, 1).unwrap(), held);

    // The other way round the later one simply holds.
    first.act(Moment(late.0 + 1), amend(1, "phone", "0577-22222222", "0577-33333333")).unwrap();
    second.act(Moment(late.0 + 2), amend(1, "phone", "0577-22222222", "0577-44444444")).unwrap();
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    assert_eq!(server_file(&county, 1).household.phone, "0577-44444444");
    assert_eq!(outcomes(&second), ["applied", "applied"]);
}

#[test]
fn a_fact_that_must_be_seen_becomes_a_conflict_that_a_person_settles() {
    let (county, [mut first, mut second, _]) = county();
    let at = county.now;
    first.act(at, amend(1, "category", "dibao", "tekun_fensan")).unwrap_or_else(|e| panic!("{e}"));
    second.act(at, amend(1, "category", "dibao", "dibian")).unwrap_or_else(|e| panic!("{e}"));
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    assert_eq!(outcomes(&second), ["merged category"]);
    let held = server_file(&county, 1);
    assert_eq!(held.household.category.as_str(), "tekun_fensan");
    let conflict = held.conflicts[0].clone();
    assert_eq!(conflict.held, Value::Text("tekun_fensan".into()));
    assert_eq!(conflict.offered, Value::Text("dibian".into()));
    assert_eq!((conflict.held_by, conflict.offered_by), (Some(first.worker), Some(second.worker)));
    let Outcome::Merged { lost } = &second.inbox[0].outcome else { panic!("{:?}", second.inbox) };
    assert_eq!(lost[0].conflict, Some(conflict.key()));

    county.sync(&mut first).unwrap();
    let settle = Command::SettleConflict {
        household: Some(household_id(1)),
        conflict: conflict.id,
        choice: Choice::TakeOffered,
        remark: "入户核实".into(),
    };
    first.act(at, settle.clone()).unwrap();
    second.act(at, settle).unwrap();
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    assert_eq!(server_file(&county, 1).household.category.as_str(), "dibian");
    assert_eq!(outcomes(&second)[1], "conflict.settled");
}

#[test]
fn the_same_person_in_two_households_is_kept_twice_and_shown() {
    let (county, [mut first, _, mut third]) = county();
    let at = county.now;
    let mut other = household(8, 2);
    if let Command::RegisterHousehold { records } = &mut other
        && let Record::Member(member) = &mut records[1]
    {
        member.id_number = Some(person(7));
    }
    first.act(at, household(7, 1)).unwrap();
    third.act(at, other).unwrap();
    county.sync(&mut first).unwrap();
    county.sync(&mut third).unwrap();
    assert_eq!((outcomes(&first), outcomes(&third)), (vec!["applied".to_owned()], vec!["applied".to_owned()]));
    let conflict = server_file(&county, 8).conflicts[0].clone();
    assert_eq!(conflict.kind.as_str(), "duplicate_person");
    assert_eq!(conflict.other, Some(key(Kind::Member, MemberId(id(11, 7)))));
    assert!(server_file(&county, 7).conflicts.is_empty());
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
fn the_pool_shows_cards_without_the_household() {
    let (_, [first, _, third]) = with_wish(1);
    let wish = key(Kind::Wish, wish_id(21));
    let Some(Record::Wish(card)) = third.sees(wish) else { panic!("no card") };
    assert_eq!((card.household, card.need, card.state), (None, None, WishState::Published));
    let Some(Record::Wish(full)) = first.sees(wish) else { panic!("no wish") };
    assert_eq!(full.household, Some(household_id(1)));
}

#[test]
fn a_unit_is_granted_once_and_the_loser_is_told() {
    let (county, [mut first, _, mut third]) = with_wish(1);
    let at = county.now;
    first.act(at, claim(1, 21, 1)).unwrap();
    third.act(at, claim(2, 21, 1)).unwrap();
    let Some(Record::Claim(tentative)) = third.sees(key(Kind::Claim, claim_id(2))) else { panic!("no claim") };
    assert_eq!(tentative.state, ClaimState::Tentative);
    county.sync(&mut third).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!((outcomes(&third), outcomes(&first)), (vec!["applied".into()], vec!["wish.already_claimed".into()]));
    let granted = claim_of(&county, 1, 2);
    assert_eq!(granted.state, ClaimState::Granted);
    assert!(granted.fence > 0 && granted.lease_until == Some(county.now.plus(chrono::Duration::days(7))));
    assert_eq!(claim_of(&county, 1, 1).state, ClaimState::Lost);
    let lost = first.inbox[0].lost_claim().unwrap();
    assert_eq!((lost.wish, lost.holder.as_str(), lost.since), (wish_id(21), "李*心", at));
    assert_eq!(lost.similar.iter().map(|wish| wish.wish).collect::<Vec<_>>(), [wish_id(22)]);
    // The one who has no business in the village still sees the own claim.
    let Some(Record::Claim(own)) = third.sees(key(Kind::Claim, claim_id(2))) else { panic!("no claim") };
    assert_eq!((own.state, own.household, own.fence), (ClaimState::Granted, None, granted.fence));
}

#[test]
fn units_go_to_as_many_claimants_and_fences_rise() {
    let (county, [mut first, mut second, mut third]) = with_wish(3);
    let at = county.now;
    first.act(at, claim(1, 21, 2)).unwrap();
    second.act(at, claim(2, 21, 2)).unwrap();
    third.act(at, claim(3, 21, 1)).unwrap();
    for device in [&mut first, &mut second, &mut third] {
        county.sync(device).unwrap();
    }
    assert_eq!(outcomes(&second), ["wish.units_left"]);
    let (a, c) = (claim_of(&county, 1, 1), claim_of(&county, 1, 3));
    assert_eq!((a.units, c.units), (vec![1, 2], vec![3]));
    assert!(a.fence < c.fence);
    assert_eq!(wish_of(&county, 1, 21).state, WishState::Claimed);
    assert!(county.tx().holding(wish_id(21), 3).unwrap().is_some());
}

#[test]
fn a_lease_ends_after_its_grace_and_the_wish_comes_back() {
    let (mut county, [mut first, mut second, _]) = with_wish(1);
    let at = county.now;
    first.act(at, claim(1, 21, 1)).unwrap();
    county.sync(&mut first).unwrap();
    let sweep = |county: &mut County, days: i64, hours: i64| {
        county.now = at.plus(chrono::Duration::days(days) + chrono::Duration::hours(hours));
        county.authority.sweep(county.now, 100).unwrap()
    };
    assert_eq!(sweep(&mut county, 7, 23), 0, "within the grace");
    assert_eq!(sweep(&mut county, 8, 1), 1);
    assert_eq!(sweep(&mut county, 8, 2), 0);
    assert_eq!(claim_of(&county, 1, 1).state, ClaimState::Expired);
    let wish = wish_of(&county, 1, 21);
    assert_eq!((wish.state, wish.round), (WishState::Published, 2));
    county.sync(&mut second).unwrap();
    second.act(county.now, claim(2, 21, 1)).unwrap();
    county.sync(&mut second).unwrap();
    assert_eq!(claim_of(&county, 1, 2).state, ClaimState::Granted);

    // The first one delivers after all: kept, not counted, and put before a person.
    first.act(county.now, fulfil(1)).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(claim_of(&county, 1, 1).state, ClaimState::Duplicate);
    assert_eq!(server_file(&county, 1).conflicts[0].kind.as_str(), "duplicate_delivery");
    second.act(county.now, fulfil(2)).unwrap();
    county.sync(&mut second).unwrap();
    assert_eq!(claim_of(&county, 1, 2).state, ClaimState::Fulfilled);
    assert_eq!(wish_of(&county, 1, 21).state, WishState::Fulfilled);
}

#[test]
fn a_late_delivery_counts_while_nobody_else_has_the_units() {
    let (mut county, [mut first, ..]) = with_wish(1);
    let at = county.now;
    first.act(at, claim(1, 21, 1)).unwrap();
    county.sync(&mut first).unwrap();
    county.now = at.plus(chrono::Duration::days(9));
    assert_eq!(county.authority.sweep(county.now, 100).unwrap(), 1);
    county.sync(&mut first).unwrap();
    first.act(county.now, fulfil(1)).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(claim_of(&county, 1, 1).state, ClaimState::Fulfilled);
    assert_eq!(wish_of(&county, 1, 21).state, WishState::Fulfilled);
    assert_eq!(county.tx().holding(wish_id(21), 1).unwrap().unwrap().claim, claim_id(1));
}

#[test]
fn a_loser_who_delivered_meanwhile_is_kept_twice_and_counted_once() {
    let (county, [mut first, _, mut third]) = with_wish(1);
    let at = county.now;
    for (device, n) in [(&mut first, 1), (&mut third, 2)] {
        device.act(at, claim(n, 21, 1)).unwrap();
        device.act(at, fulfil(n)).unwrap();
    }
    county.sync(&mut first).unwrap();
    county.sync(&mut third).unwrap();
    assert_eq!(outcomes(&first), ["applied", "applied"]);
    assert_eq!(outcomes(&third), ["wish.already_claimed", "applied"]);
    let states = [1, 2].map(|n| claim_of(&county, 1, n).state);
    assert_eq!(states, [ClaimState::Fulfilled, ClaimState::Duplicate]);
    let conflict = &server_file(&county, 1).conflicts[0];
    assert_eq!(
        (conflict.about, conflict.other),
        (Some(key(Kind::Claim, claim_id(2))), Some(key(Kind::Claim, claim_id(1))))
    );
}

#[test]
fn a_released_unit_goes_to_the_next() {
    let (county, [mut first, mut second, _]) = with_wish(1);
    let at = county.now;
    first.act(at, claim(1, 21, 1)).unwrap();
    county.sync(&mut first).unwrap();
    first.act(at, release(1)).unwrap();
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    second.act(at, claim(2, 21, 1)).unwrap();
    county.sync(&mut second).unwrap();
    assert!(claim_of(&county, 1, 2).fence > claim_of(&county, 1, 1).fence);
    assert_eq!(wish_of(&county, 1, 21).round, 2);
}

#[test]
fn a_household_moves_with_its_file_and_late_work_still_arrives() {
    let (county, [mut first, mut second, mut third]) = county();
    let at = county.now;
    for n in 1..=45 {
        county.must(&visit(100 + n, 1, zhulian::domain::id::WorkerId(id(1, 1)), at));
    }
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    first.act(at, visit(1, 1, first.worker, at)).unwrap();
    let (from, to) = (region(1).as_str().to_owned(), region(2).as_str().to_owned());
    second.act(at, amend(1, "region", &from, &to)).unwrap();
    county.sync(&mut second).unwrap();
    assert!(file(&second, 1).is_none(), "it left");
    county.sync(&mut third).unwrap();
    assert_eq!(file(&third, 1).unwrap(), server_file(&county, 1));
    county.sync(&mut first).unwrap();
    assert_eq!(outcomes(&first), ["applied"], "work begun before the move");
    assert!(file(&first, 1).is_none());
    county.sync(&mut third).unwrap();
    assert_eq!(file(&third, 1).unwrap(), server_file(&county, 1));
    let pages = third.items.keys().filter(|key| matches!(key, ItemKey::Older(..))).count();
    assert_eq!(pages as u32, server_file(&county, 1).older_pages);
    assert!(pages > 0, "the older visits went along");
    assert!(!first.items.keys().any(|key| matches!(key, ItemKey::Older(..))), "and left with it");
}

#[test]
fn a_device_with_another_territory_sends_and_then_purges() {
    let (county, [mut first, ..]) = county();
    let at = county.now;
    first.act(at, visit(1, 1, first.worker, at)).unwrap();
    county.authority.assign(at, first.id, &central_support::scope(first.worker, &[2])).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(outcomes(&first), ["applied"]);
    assert!(file(&first, 1).is_none() && file(&first, 2).is_some());
    assert_eq!(server_file(&county, 1).visits.len(), 1);
}

#[test]
fn a_revoked_device_is_refused_and_its_work_kept_aside() {
    let (county, [mut first, ..]) = county();
    let at = county.now;
    first.act(at, visit(1, 1, first.worker, at)).unwrap();
    county.authority.revoke(at, first.id).unwrap();
    assert_eq!(county.sync(&mut first).unwrap_err().code(), "device.revoked");
    assert_eq!(county.sync(&mut first).unwrap_err().code(), "device.revoked");
    assert_eq!(county.tx().asides(10).unwrap().len(), 1, "once, however often it was sent");
    let Some(Request::Push(parcel)) = Client::default().next(&first).unwrap() else { panic!("nothing to push") };
    let push = parcel.open(&first.secret).unwrap();
    let reply = county.authority.ingest_supervised(at, &push).unwrap();
    assert_eq!(reply.verdicts[0].outcome, Outcome::Applied);
    assert_eq!(server_file(&county, 1).visits.len(), 1);
}

#[test]
fn after_a_restore_devices_bring_back_what_the_backup_lacks() {
    let (mut county, [mut first, mut second, mut third]) = with_wish(2);
    let at = county.now;
    first.act(at, visit(1, 1, first.worker, at)).unwrap();
    county.sync(&mut first).unwrap();
    let backup = copy(&county);
    first.act(at, visit(2, 1, first.worker, at)).unwrap();
    first.act(at, claim(1, 21, 1)).unwrap();
    county.sync(&mut first).unwrap();
    let fence = claim_of(&county, 1, 1).fence;
    county.sync(&mut third).unwrap();
    county = County { now: county.now, ..County::over(backup.clone(), backup) };
    county.authority.restored().unwrap();
    assert_eq!(server_file(&county, 1).visits.len(), 1);
    third.act(at, claim(2, 21, 2)).unwrap_err();
    third.act(at, claim(2, 21, 1)).unwrap();
    for _ in 0..2 {
        for device in [&mut second, &mut third, &mut first] {
            county.sync(device).unwrap();
        }
    }
    assert_eq!(outcomes(&first), ["applied"; 3]);
    let held = server_file(&county, 1);
    assert_eq!(held.visits.len(), 2);
    assert_eq!(file(&first, 1).unwrap(), held);
    assert_eq!(file(&second, 1).unwrap(), held);
    assert!(claim_of(&county, 1, 1).fence > fence, "fences rise across a restore");
}

fn copy(county: &County) -> std::sync::Arc<zhulian::central::store::LocalStore> {
    use zhulian::store::Index as _;
    let index = zhulian::store::index::MemoryIndex::new();
    let held = county.store.index();
    let batch: zhulian::store::Batch =
        held.scan(b"").map(|record| record.unwrap()).map(|(key, value)| (key, Some(value))).collect();
    index.apply(held.applied_seq(), &batch).unwrap();
    std::sync::Arc::new(zhulian::central::store::LocalStore::new(std::sync::Arc::new(index)))
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
fn undo_works_after_sync_and_fails_where_others_have_built_on_it() {
    let (county, [mut first, mut second, _]) = county();
    let at = county.now;
    let register = Command::RegisterNeed { need: Box::new(need(5, 1)) };
    first.act(at, register).unwrap();
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    let created = server_file(&county, 1).needs[0].clone();
    let undo = Command::Undo {
        target: zhulian::domain::command::CommandId { device: first.id, seq: 1 },
        changes: vec![zhulian::domain::change::Change::create(created).inverse()],
    };
    second.act(at, Command::VerifyNeed { need: NeedId(id(13, 5)), findings: String::new() }).unwrap();
    first.act(at, undo).unwrap();
    county.sync(&mut second).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(outcomes(&first), ["applied", "undo.changed_since"]);
    assert!(!server_file(&county, 1).needs[0].meta.deleted);
}

#[test]
fn a_point_gives_out_only_what_was_set_aside_for_it() {
    use zhulian::domain::allotment::Allotment;
    use zhulian::domain::id::AllotmentId;
    let (county, [mut first, mut second, _]) = county();
    let at = county.now;
    for command in stock(10, &[(1, 6)]) {
        county.must(&command);
    }
    let more = Allotment {
        id: AllotmentId(id(18, 2)),
        resource: id(16, 1).into(),
        station: Some(id(17, 1).into()),
        quantity: 5,
        ..Allotment::default()
    };
    let refused = county.act(&Command::AllotStock { allotment: Box::new(more) });
    assert!(matches!(&refused, Outcome::Refused { told, .. } if told.code == "stock.short"), "{refused:?}");

    let spend =
        |quantity: u32| Command::SpendStock { allotment: AllotmentId(id(18, 1)), household: household_id(1), quantity };
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    assert!(first.act(at, spend(7)).is_err(), "the device knows what is left");
    first.act(at, spend(4)).unwrap();
    second.act(at, spend(4)).unwrap();
    second.act(at, spend(2)).unwrap();
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    assert_eq!(outcomes(&second), ["stock.short", "applied"]);
    let document = county.tx().document(&ItemKey::Record(key(Kind::Allotment, id(18, 1)))).unwrap().unwrap();
    let Ok(Body::Record(Record::Allotment(left))) = Body::decode(&document.key, &document.body.0) else { panic!() };
    assert_eq!((left.used, left.left()), (6, 0));
    let told = server_file(&county, 1).history;
    assert_eq!(told.iter().filter(|line| line.what == "spend_stock").count(), 2);
    county.sync(&mut first).unwrap();
    assert_eq!(file(&first, 1).unwrap(), server_file(&county, 1));
}

#[test]
fn a_point_holds_a_wish_and_passes_it_on_offline() {
    let (mut county, [mut first, mut second, _]) = with_wish(1);
    let at = county.now;
    let standing = {
        let Command::ClaimWish { mut claim } = claim(1, 21, 1) else { panic!() };
        claim.standing = true;
        Command::ClaimWish { claim }
    };
    first.act(at, standing).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(claim_of(&county, 1, 1).lease_until, Some(at.plus(chrono::Duration::days(30))));
    county.now = at.plus(chrono::Duration::days(20));
    assert_eq!(county.authority.sweep(county.now, 100).unwrap(), 0);
    let pass = Command::PassClaim {
        claim: claim_id(1),
        claimant: "李慈".into(),
        claimant_org: None,
        claimant_phone: "13800001234".into(),
    };
    first.act(county.now, pass.clone()).unwrap();
    second.act(county.now, claim(2, 21, 1)).unwrap();
    county.sync(&mut second).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(
        (outcomes(&first), outcomes(&second)),
        (vec!["applied".to_owned(); 2], vec!["wish.already_claimed".into()])
    );
    let passed = claim_of(&county, 1, 1);
    assert_eq!((passed.claimant.as_str(), passed.standing, passed.state), ("李慈", false, ClaimState::Granted));
    assert_eq!(first.act(county.now, pass).unwrap_err().reason.code(), "claim.not_standing");
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
fn a_command_that_no_longer_fits_waits_for_its_verdict() {
    use zhulian::sync::rebase::Fate;
    let (county, [mut first, mut second, _]) = with_wish(1);
    let at = county.now;
    first.act(at, claim(1, 21, 1)).unwrap();
    second.act(at, claim(2, 21, 1)).unwrap();
    county.sync(&mut second).unwrap();
    // The answer to the push is lost, and the device sees by a pull that somebody was faster.
    let mut client = Client::default();
    let Some(Request::Push(_)) = client.next(&first).unwrap() else { panic!("nothing to push") };
    let pull = zhulian::sync::protocol::Pull {
        protocol: zhulian::sync::protocol::PROTOCOL,
        device: first.id,
        epoch: first.epoch,
        known: zhulian::sync::protocol::Known::Cursors(
            first
                .cursors
                .iter()
                .map(|(feed, seq)| zhulian::sync::protocol::Cursor { feed: feed.clone(), seq: *seq })
                .collect(),
        ),
        max_bytes: 1 << 20,
        territories: None,
    };
    let page = county.answer(&Request::Pull(pull));
    client.take(&mut first, page).unwrap();
    let pending = first.pending();
    let fates = first.view(&pending).fates;
    assert!(matches!(&fates[0].1, Fate::Doubtful { refusal } if refusal.code() == "wish.already_claimed"), "{fates:?}");
    county.sync(&mut first).unwrap();
    assert!(first.pending().is_empty());
    assert_eq!(first.inbox.len(), 1);
}

#[test]
fn a_device_cannot_make_its_worker_an_administrator() {
    use zhulian::domain::worker::Worker;
    let (county, [mut first, ..]) = county();
    let at = county.now;
    let own = key(Kind::Worker, first.worker);
    let chief = Worker { id: id(1, 50).into(), name: "王".into(), role: Role::CivilAffairs, ..Worker::default() };
    let promotion = Command::Amend {
        household: None,
        amendments: vec![zhulian::domain::command::Amendment {
            record: own,
            change: change("role", "grid_worker", "civil_affairs"),
        }],
    };
    first.act(at, promotion).unwrap();
    first.act(at, Command::Register { record: Box::new(Record::Worker(chief.clone())) }).unwrap();
    let seed = zhulian::domain::command::Envelope {
        command: Command::Seed { records: vec![Record::Worker(chief)] },
        id: zhulian::domain::command::CommandId { device: first.id, seq: 3 },
        ..first.said[0].envelope.clone()
    };
    first.write(seed);
    county.sync(&mut first).unwrap();
    assert_eq!(outcomes(&first), ["actor.not_permitted"; 3]);
    // What the device says about the role of its author counts for nothing either.
    let mut boasting = first.said[0].envelope.clone();
    boasting.id.seq = 4;
    boasting.role = Role::CivilAffairs;
    first.write(boasting);
    county.sync(&mut first).unwrap();
    assert_eq!(outcomes(&first)[3], "actor.not_permitted");
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
