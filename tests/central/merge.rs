//! What becomes of work that others have overtaken, and of what a device may not do.

use super::*;

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
