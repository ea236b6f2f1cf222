//! The stores that a server process stands on, embedded and PostgreSQL: the suite of all stores, what is their own, and
//! writers at one time.

mod central_support;
mod server_support;

use std::sync::Arc;

use central_support::words::{claim_id, household_id, id, region, wish_id};
use server_support::Postgres;
use zhulian::central::enrolment::{Code, County};
use zhulian::central::postgres::PostgresStore;
use zhulian::central::store::{
    Aside, Device, Document, Embedded, Holding, LocalStore, Realm, Store, StoreFault, StoredVerdict, Transaction,
};
use zhulian::domain::command::CommandId;
use zhulian::domain::id::{DeviceId, MemberId, WorkerId};
use zhulian::domain::moment::Moment;
use zhulian::domain::record::{Kind, RecordKey};
use zhulian::store::{Home, KeyMode, Unlock};
use zhulian::sync::feed::{Feed, Scope};
use zhulian::sync::protocol::{Bytes, Cursor, ItemKey, Outcome, chain};

const NOW: Moment = Moment(1_795_300_000_000);

#[test]
fn the_embedded_store_conforms() {
    let folders = std::cell::RefCell::new(Vec::new());
    central_support::conformance::all(&|| {
        let folder = tempfile::tempdir().unwrap();
        let (embedded, _) = Embedded::open(Home::new(folder.path()), &KeyMode::KeyFile, &Unlock::Nothing).unwrap();
        folders.borrow_mut().push(folder);
        Arc::new(embedded.county())
    });
}

#[test]
fn the_store_on_postgres_conforms() {
    if let Some(postgres) = Postgres::find() {
        central_support::conformance::all(&|| Arc::new(PostgresStore::connect(&postgres.database()).unwrap()));
    }
}

/// Runs a check on every store there is.
fn on_each(check: impl Fn(&str, &dyn County)) {
    check("memory", &LocalStore::in_memory());
    let folder = tempfile::tempdir().unwrap();
    let (embedded, _) = Embedded::open(Home::new(folder.path()), &KeyMode::KeyFile, &Unlock::Nothing).unwrap();
    check("embedded", &embedded.county());
    if let Some(postgres) = Postgres::find() {
        check("postgres", &PostgresStore::connect(&postgres.database()).unwrap());
    }
}

fn tx<'s>(store: &'s (impl Store + ?Sized)) -> Box<dyn Transaction + 's> {
    store.begin().unwrap()
}

fn village(n: u16) -> Feed {
    Feed::Territory(region(n))
}

fn device(n: u16) -> Device {
    Device {
        id: DeviceId(id(2, n)),
        name: "笔记本".into(),
        secret: Bytes(vec![n as u8; 32]),
        scope: Scope { territories: vec![region(n)], pool: true, workers: vec![WorkerId(id(1, n))] },
        former: Vec::new(),
        enrolled_at: NOW,
        revoked_at: None,
        last_seq: 0,
        last_hash: chain::START,
        seen_at: None,
        cloned_at: None,
    }
}

fn document(n: u16, feed: Feed, tag: &str, body: &[u8]) -> Document {
    let key = ItemKey::File(household_id(n));
    Document { key, feed, as_of: 1, tag: tag.into(), former: Vec::new(), body: Bytes(body.to_vec()) }
}

fn verdict(device: u16, seq: u64) -> StoredVerdict {
    StoredVerdict {
        id: CommandId { device: DeviceId(id(2, device)), seq },
        hash: chain::START,
        body: Bytes(vec![seq as u8; 40]),
        decided_at: NOW,
        outcome: Outcome::Applied,
        parts: Vec::new(),
        households: vec![household_id(1)],
    }
}

#[test]
fn what_is_committed_is_there_and_what_is_dropped_is_not() {
    on_each(|name, store| {
        assert_eq!(tx(store).realm().unwrap(), Realm::default(), "{name}");
        let realm = Realm { epoch: 3, device: DeviceId(id(0, 0)), last_act: 7, person_key: Bytes(vec![1; 32]) };
        let mut dropped = tx(store);
        dropped.realm().unwrap();
        dropped.put_realm(&realm).unwrap();
        dropped.put_device(&device(1)).unwrap();
        dropped.put_document(&document(1, village(1), "", b"a")).unwrap();
        drop(dropped);
        assert_eq!(tx(store).realm().unwrap(), Realm::default(), "{name}");
        assert_eq!(tx(store).peek_device(device(1).id).unwrap(), None, "{name}");
        assert_eq!(tx(store).document(&document(1, village(1), "", b"").key).unwrap(), None, "{name}");

        let mut kept = tx(store);
        kept.realm().unwrap();
        kept.put_realm(&realm).unwrap();
        kept.put_device(&device(1)).unwrap();
        kept.put_device(&device(2)).unwrap();
        assert_eq!(kept.device(device(1).id).unwrap(), Some(device(1)), "{name}: its own writes are seen");
        kept.commit().unwrap();
        assert_eq!(tx(store).realm().unwrap(), realm, "{name}");
        assert_eq!(tx(store).devices().unwrap(), [device(1), device(2)], "{name}");
        let mut change = tx(store);
        let mut held = change.device(device(2).id).unwrap().unwrap();
        held.last_seq = 9;
        change.put_device(&held).unwrap();
        change.commit().unwrap();
        assert_eq!(tx(store).peek_device(held.id).unwrap().map(|device| device.last_seq), Some(9), "{name}");
    });
}

#[test]
fn a_name_gets_one_verdict() {
    on_each(|name, store| {
        let mut first = tx(store);
        for seq in [1, 2, 4] {
            first.put_verdict(&verdict(1, seq)).unwrap();
        }
        first.put_verdict(&verdict(2, 3)).unwrap();
        assert_eq!(first.put_verdict(&verdict(1, 2)), Err(StoreFault::Conflict("verdict")), "{name}");
        assert_eq!(first.verdict(verdict(1, 4).id).unwrap(), Some(verdict(1, 4)), "{name}");
        first.commit().unwrap();
        let mut second = tx(store);
        assert_eq!(second.put_verdict(&verdict(1, 1)), Err(StoreFault::Conflict("verdict")), "{name}");
        drop(second);
        let mut third = tx(store);
        let device = verdict(1, 1).id.device;
        assert_eq!(third.verdicts(device, 1, 10).unwrap(), [verdict(1, 1), verdict(1, 2)], "{name}: up to the hole");
        assert_eq!(third.verdicts(device, 1, 1).unwrap(), [verdict(1, 1)], "{name}");
        assert_eq!(third.verdicts(device, 1, 0).unwrap(), [], "{name}");
        assert_eq!(third.verdicts(device, 5, 10).unwrap(), [], "{name}");
        assert_eq!(third.verdict(verdict(2, 1).id).unwrap(), None, "{name}");

        let aside = Aside { device, first: 3, at: NOW, code: "device.cloned".into(), commands: vec![Bytes(vec![1])] };
        let other = Aside { commands: vec![Bytes(vec![2])], ..aside.clone() };
        for aside in [&aside, &aside, &other, &aside] {
            let mut keep = tx(store);
            keep.keep_aside(aside).unwrap();
            keep.commit().unwrap();
        }
        assert_eq!(tx(store).asides(10).unwrap().len(), 2, "{name}: the same bytes are kept once");
        assert_eq!(tx(store).asides(1).unwrap().len(), 1, "{name}");
    });
}

#[test]
fn documents_are_found_by_key_by_feed_and_by_tag() {
    on_each(|name, store| {
        assert!(!tx(store).holds_files().unwrap(), "{name}");
        let mut add = tx(store);
        for n in 1..=5 {
            add.put_document(&document(n, village(1), if n % 2 == 0 { "meal" } else { "" }, &[n as u8])).unwrap();
        }
        assert!(add.holds_files().unwrap(), "{name}: its own writes are seen");
        let own: Vec<_> = add.documents_of(&village(1), None, 3).unwrap();
        assert_eq!(own.iter().map(|held| held.body.0[0]).collect::<Vec<_>>(), [1, 2, 3], "{name}");
        add.put_document(&document(6, village(2), "meal", &vec![6; 300_000])).unwrap();
        add.commit().unwrap();

        let bodies = |documents: Vec<Document>| documents.iter().map(|held| held.body.0[0]).collect::<Vec<_>>();
        let mut see = tx(store);
        let after = document(3, village(1), "", b"").key;
        assert_eq!(bodies(see.documents_of(&village(1), Some(&after), 10).unwrap()), [4, 5], "{name}");
        assert_eq!(bodies(see.tagged(&village(1), "meal", 10).unwrap()), [2, 4], "{name}");
        assert_eq!(bodies(see.tagged(&village(1), "meal", 1).unwrap()), [2], "{name}");
        assert_eq!(see.tagged(&village(1), "", 10).unwrap(), [], "{name}: no tag is no tag to search by");
        let large = see.document(&document(6, village(2), "", b"").key).unwrap().unwrap();
        assert_eq!(large.body.0, vec![6; 300_000], "{name}: large ones come back whole");
        drop(see);

        // One moves to another feed, one loses its tag, one goes.
        let mut change = tx(store);
        for key in [2, 4, 5].map(|n| document(n, village(1), "", b"").key) {
            change.document(&key).unwrap().unwrap();
        }
        change.put_document(&document(2, village(2), "meal", &[2])).unwrap();
        change.put_document(&document(4, village(1), "", &[4])).unwrap();
        change.remove_document(&document(5, village(1), "", b"").key).unwrap();
        change.remove_document(&document(99, village(1), "", b"").key).unwrap();
        change.commit().unwrap();
        let mut see = tx(store);
        assert_eq!(bodies(see.documents_of(&village(1), None, 10).unwrap()), [1, 3, 4], "{name}");
        assert_eq!(bodies(see.documents_of(&village(2), None, 10).unwrap()), [2, 6], "{name}");
        assert_eq!(see.tagged(&village(1), "meal", 10).unwrap(), [], "{name}");
        assert_eq!(bodies(see.tagged(&village(2), "meal", 10).unwrap()), [2, 6], "{name}");
        assert_eq!(see.document(&document(5, village(1), "", b"").key).unwrap(), None, "{name}");
    });
}

#[test]
fn places_and_persons_are_noted_and_taken_back() {
    on_each(|name, store| {
        let key = RecordKey { kind: Kind::Wish, id: wish_id(1).into() };
        let (person, other) = ([7; 32], [8; 32]);
        let mut add = tx(store);
        assert_eq!(add.place(key).unwrap(), None, "{name}");
        add.put_place(key, household_id(1)).unwrap();
        assert_eq!(add.place(key).unwrap(), Some(household_id(1)), "{name}");
        assert_eq!(add.persons(&person).unwrap(), [], "{name}");
        for n in [1, 2] {
            add.put_person(&person, household_id(n), MemberId(id(11, n))).unwrap();
        }
        assert_eq!(add.persons(&person).unwrap().len(), 2, "{name}");
        add.commit().unwrap();
        let mut change = tx(store);
        change.remove_person(&person, MemberId(id(11, 1))).unwrap();
        change.put_place(key, household_id(2)).unwrap();
        change.commit().unwrap();
        let mut see = tx(store);
        assert_eq!(see.persons(&person).unwrap(), [(household_id(2), MemberId(id(11, 2)))], "{name}");
        assert_eq!(see.persons(&other).unwrap(), [], "{name}");
        assert_eq!(see.place(key).unwrap(), Some(household_id(2)), "{name}");
    });
}

#[test]
fn feeds_are_numbered_without_holes() {
    on_each(|name, store| {
        let (one, two) = (village(1), village(2));
        let mut add = tx(store);
        assert_eq!(add.lock_feeds(&[one.clone(), two.clone()]).unwrap(), [0, 0], "{name}");
        for seq in 1..=300 {
            add.append(&one, seq, &Bytes(vec![0; 10])).unwrap();
        }
        assert_eq!(add.append(&one, 302, &Bytes(vec![0])), Err(StoreFault::Conflict("feed entry")), "{name}");
        drop(add);
        assert_eq!(tx(store).head(&one).unwrap(), 0, "{name}");

        let mut add = tx(store);
        add.lock_feeds(&[one.clone(), two.clone(), Feed::Pool]).unwrap();
        for seq in 1..=300 {
            add.append(&one, seq, &Bytes(vec![seq as u8; 10])).unwrap();
        }
        add.append(&two, 1, &Bytes(vec![0; 10])).unwrap();
        assert_eq!(add.head(&one).unwrap(), 300, "{name}");
        add.commit().unwrap();
        let mut more = tx(store);
        assert_eq!(more.lock_feeds(std::slice::from_ref(&one)).unwrap(), [300], "{name}");
        more.append(&one, 301, &Bytes(vec![1; 10])).unwrap();
        more.commit().unwrap();

        let mut see = tx(store);
        let numbers = |found: Vec<(u64, Bytes)>| found.into_iter().map(|(seq, _)| seq).collect::<Vec<_>>();
        assert_eq!(numbers(see.entries(&one, 298, 1000).unwrap()), [299, 300, 301], "{name}");
        assert_eq!(numbers(see.entries(&one, 0, 25).unwrap()), [1, 2], "{name}: within the limit");
        assert_eq!(numbers(see.entries(&one, 0, 0).unwrap()), [1], "{name}: at least one");
        assert_eq!(numbers(see.entries(&one, 0, 1 << 20).unwrap()).len(), 301, "{name}");
        assert_eq!(numbers(see.entries(&one, 301, 10).unwrap()), [0; 0], "{name}");
        assert_eq!(see.head(&Feed::Pool).unwrap(), 0, "{name}");
        let scope = Scope { territories: vec![region(1)], pool: true, workers: vec![WorkerId(id(1, 1))] };
        assert_eq!(see.heads(&scope).unwrap(), [Cursor { feed: one.clone(), seq: 301 }], "{name}");
        let town = Scope { territories: vec![region(1).town()], ..Scope::default() };
        assert_eq!(see.heads(&town).unwrap().len(), 2, "{name}: a town holds its villages");
        assert_eq!(see.heads(&Scope::default()).unwrap(), [], "{name}");
    });
}

#[test]
fn a_unit_has_one_holder_and_fences_only_rise() {
    on_each(|name, store| {
        let holding = |unit, claim, until: Option<i64>| Holding {
            wish: wish_id(1),
            unit,
            claim: claim_id(claim),
            fence: i64::from(claim),
            lease_until: until.map(Moment),
        };
        let mut add = tx(store);
        assert!(add.hold_unit(&holding(1, 1, Some(100))).unwrap(), "{name}");
        assert!(add.hold_unit(&holding(2, 1, Some(50))).unwrap(), "{name}");
        assert!(!add.hold_unit(&holding(1, 2, Some(100))).unwrap(), "{name}: it is taken");
        assert_eq!([add.next_fence(wish_id(1)).unwrap(), add.next_fence(wish_id(1)).unwrap()], [1, 2], "{name}");
        assert_eq!(add.next_fence(wish_id(2)).unwrap(), 1, "{name}");
        add.commit().unwrap();
        let mut see = tx(store);
        assert_eq!(see.holding(wish_id(1), 1).unwrap(), Some(holding(1, 1, Some(100))), "{name}");
        assert!(!see.hold_unit(&holding(1, 2, None)).unwrap(), "{name}");
        assert_eq!(see.lapsed(Moment(100), 10).unwrap(), [holding(2, 1, Some(50))], "{name}");
        assert_eq!(see.lapsed(Moment(101), 10).unwrap().len(), 2, "{name}");
        assert_eq!(see.lapsed(Moment(101), 1).unwrap(), [holding(2, 1, Some(50))], "{name}: oldest first");
        drop(see);

        let mut change = tx(store);
        assert!(change.hold_unit(&holding(1, 1, None)).unwrap(), "{name}: fulfilled, no lease any more");
        change.free_unit(wish_id(1), 2, claim_id(9)).unwrap();
        assert!(change.holding(wish_id(1), 2).unwrap().is_some(), "{name}: it is another's");
        change.free_unit(wish_id(1), 2, claim_id(1)).unwrap();
        assert!(change.hold_unit(&holding(2, 2, Some(70))).unwrap(), "{name}");
        assert_eq!(change.next_fence(wish_id(1)).unwrap(), 3, "{name}");
        change.commit().unwrap();
        assert_eq!(tx(store).lapsed(Moment(1000), 10).unwrap(), [holding(2, 2, Some(70))], "{name}");
    });
}

#[test]
fn codes_change_in_one_step() {
    on_each(|name, store| {
        let code = Code {
            selector: "K7MR".into(),
            hash: Bytes(vec![1; 32]),
            name: "笔记本".into(),
            scope: Scope::default(),
            issued_at: NOW,
            until: NOW,
            tries: 0,
            device: None,
        };
        store.change("K7MR", &mut |held| held).unwrap();
        assert_eq!(store.codes().unwrap(), [], "{name}");
        store.change("K7MR", &mut |held| held.or(Some(code.clone()))).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let more = |held: Option<Code>| held.map(|held| Code { tries: held.tries + 1, ..held });
                    store.change("K7MR", &mut |held| more(held)).unwrap();
                });
            }
        });
        assert_eq!(store.codes().unwrap(), [Code { tries: 4, ..code.clone() }], "{name}: none is lost");
        store.change("K7MR", &mut |_| None).unwrap();
        assert_eq!(store.codes().unwrap(), [], "{name}");
    });
}

#[test]
fn writers_at_one_time_leave_feeds_whole_and_units_held_once() {
    on_each(|name, store| {
        const EACH: u64 = 25;
        let feeds = [village(1), village(2)];
        let granted = std::sync::atomic::AtomicU64::new(0);
        std::thread::scope(|scope| {
            for writer in 0..4u16 {
                let (feeds, granted) = (&feeds, &granted);
                scope.spawn(move || {
                    for n in 0..EACH {
                        // As the authority does: begun again where another one was faster.
                        while let Err(fault) = write(store, feeds, writer, n, granted) {
                            assert_eq!(fault, StoreFault::Again);
                        }
                    }
                });
            }
        });
        let mut see = tx(store);
        for feed in &feeds {
            assert_eq!(see.head(feed).unwrap(), 4 * EACH, "{name}");
            let entries = see.entries(feed, 0, 1 << 20).unwrap();
            let numbers: Vec<u64> = entries.iter().map(|(seq, _)| *seq).collect();
            assert_eq!(numbers, (1..=4 * EACH).collect::<Vec<_>>(), "{name}");
        }
        assert_eq!(granted.into_inner(), EACH, "{name}: each unit was given once");
        assert_eq!(u64::from(see.next_fence(wish_id(1)).unwrap()), 4 * EACH + 1, "{name}");
        let document = see.document(&document(1, village(1), "", b"").key).unwrap().unwrap();
        assert_eq!(document.as_of, 4 * EACH, "{name}: no change of it was lost");
    });
}

fn write(
    store: &dyn County,
    feeds: &[Feed],
    writer: u16,
    n: u64,
    granted: &std::sync::atomic::AtomicU64,
) -> Result<(), StoreFault> {
    let mut tx = store.begin()?;
    let held = tx.document(&ItemKey::File(household_id(1)))?;
    let as_of = held.map_or(0, |held| held.as_of) + 1;
    tx.put_document(&Document { as_of, ..document(1, village(1), "", &[1]) })?;
    let fence = i64::from(tx.next_fence(wish_id(1))?);
    let unit = u16::try_from(n).unwrap() + 1;
    let holding = Holding { wish: wish_id(1), unit, claim: claim_id(writer), fence, lease_until: None };
    let got = tx.hold_unit(&holding)?;
    let heads = tx.lock_feeds(feeds)?;
    for (feed, head) in feeds.iter().zip(heads) {
        tx.append(feed, head + 1, &Bytes(vec![writer as u8; 20]))?;
    }
    tx.commit()?;
    if got {
        granted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
    Ok(())
}

#[test]
fn the_embedded_store_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Embedded::open(Home::new(folder.path()), &KeyMode::KeyFile, &Unlock::Nothing).unwrap().0;
    for round in 0..3u16 {
        let embedded = open();
        let county = embedded.county();
        assert_eq!(tx(&county).devices().unwrap().len(), usize::from(round));
        let mut add = tx(&county);
        add.put_device(&device(round + 1)).unwrap();
        // More than one journal entry may hold.
        let noise: Vec<u8> = (0..3_000_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for n in 0..8 {
            add.put_document(&document(100 * round + n, village(1), "", &noise)).unwrap();
        }
        add.commit().unwrap();
        assert_eq!(tx(&county).documents_of(&village(1), None, 100).unwrap().len(), 8 * (usize::from(round) + 1));
        if round == 1 {
            embedded.store().compact(embedded.store().last_seq() + 1, &mut |_, _| {}).unwrap();
            let mut tx = tx(&county);
            assert_eq!(tx.documents_of(&village(1), None, 100).unwrap().len(), 16, "after compaction");
        }
    }
    let last: Arc<dyn County> = Arc::new(open().county());
    assert_eq!(tx(&*last).devices().unwrap(), [device(1), device(2), device(3)]);
}
