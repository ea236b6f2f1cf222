//! Households and devices that change their place, and servers that come back from a backup.

use super::*;

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

/// Puts a worker out of service, or back.
fn in_service(county: &County, worker: WorkerId, active: bool) {
    let change = FieldChange { field: "active".into(), before: Value::Bool(!active), after: Value::Bool(active) };
    let amendments = vec![zhulian::domain::command::Amendment { record: key(Kind::Worker, worker), change }];
    county.must(&Command::Amend { household: None, amendments });
}

#[test]
fn a_device_whose_worker_left_is_turned_away_and_its_work_kept_aside() {
    let (county, [mut first, ..]) = county();
    let at = county.now;
    first.act(at, visit(1, 1, first.worker, at)).unwrap();
    in_service(&county, first.worker, false);
    assert_eq!(county.sync(&mut first).unwrap_err().code(), "device.out_of_service");
    let Some(Request::Push(parcel)) = Client::default().next(&first).unwrap() else { panic!("nothing to push") };
    let push = parcel.open(&first.secret).unwrap();
    let aside = county.tx().asides(10).unwrap();
    assert_eq!((aside.len(), aside[0].code.as_str()), (1, "device.out_of_service"));
    assert_eq!(aside[0].commands, push.commands);
    // Nor does it hear anything more.
    let pull = zhulian::sync::protocol::Pull {
        protocol: zhulian::sync::protocol::PROTOCOL,
        device: first.id,
        epoch: first.epoch,
        known: zhulian::sync::protocol::Known::Cursors(Vec::new()),
        max_bytes: 1 << 20,
        territories: None,
    };
    assert_eq!(county.authority.pull(at, &pull).unwrap_err().code(), "device.out_of_service");
    let reply = county.authority.ingest_supervised(at, &push).unwrap();
    assert_eq!(reply.verdicts[0].outcome, Outcome::Applied);
    assert_eq!(server_file(&county, 1).visits.len(), 1);
    // Back in service, the device goes on as if nothing had been.
    in_service(&county, first.worker, true);
    first.act(at, visit(2, 1, first.worker, at)).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(outcomes(&first), ["applied", "applied"]);
}

#[test]
fn on_a_shared_device_only_who_left_is_refused() {
    let (county, [mut first, ..]) = county();
    let at = county.now;
    let colleague = county.worker(44, Role::GridWorker);
    let workers = vec![first.worker, colleague];
    county.enrol(&first, zhulian::sync::feed::Scope { workers, ..scope(first.worker, &[1]) });
    county.sync(&mut first).unwrap();
    in_service(&county, first.worker, false);
    let left = first.worker;
    first.act(at, visit(1, 1, left, at)).unwrap();
    first.worker = colleague;
    first.act(at, visit(2, 1, colleague, at)).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(outcomes(&first), ["actor.out_of_service", "applied"]);
    assert_eq!(first.inbox.len(), 1, "with what it said");
    assert!(matches!(&first.inbox[0].envelope.command, Command::LogVisit { .. }));
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
