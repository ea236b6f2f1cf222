//! What every central store has to do. A store's own test gives a function that makes an empty one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use zhulian::central::store::{
    Aside, Device, Document, Holding, PersonKey, Realm, Store, StoreFault, StoredVerdict, Transaction,
};
use zhulian::domain::command::CommandId;
use zhulian::domain::id::{DeviceId, MemberId};
use zhulian::domain::moment::Moment;
use zhulian::domain::record::{Kind, RecordKey};
use zhulian::sync::feed::{Feed, Scope};
use zhulian::sync::protocol::{Bytes, Cursor, Hash, ItemKey, Outcome, chain};

use super::words::{claim_id, household_id, id, region, wish_id};

/// The whole suite: each check gets an empty store.
pub fn all(fresh: &dyn Fn() -> Arc<dyn Store>) {
    what_is_committed_is_seen_and_nothing_else(fresh());
    the_realm_and_devices_come_back(fresh());
    a_name_has_one_verdict(fresh());
    asides_are_kept_once(fresh());
    documents_follow_their_feed_and_tag(fresh());
    large_values_come_back_and_go_away(fresh());
    places_and_persons_are_found(fresh());
    feeds_have_no_holes(fresh());
    heads_are_those_of_a_scope(fresh());
    a_unit_has_one_holder(fresh());
    leases_lapse_in_order(fresh());
    fences_rise_even_between_threads(fresh());
    feeds_have_no_holes_between_threads(fresh());
    if fresh().begin().unwrap().keeps_notes() {
        notes_are_found_by_their_beginning(fresh());
        a_waiting_verdict_is_settled_once(fresh());
        old_bytes_are_taken_away(fresh());
    }
}

fn committed<T>(store: &Arc<dyn Store>, work: impl FnOnce(&mut dyn Transaction) -> T) -> T {
    let mut tx = store.begin().unwrap();
    let done = work(&mut *tx);
    tx.commit().unwrap();
    done
}

fn territory(n: u16) -> Feed {
    Feed::Territory(region(n))
}

fn file(n: u16, feed: Feed, body: &[u8]) -> Document {
    let (key, body) = (ItemKey::File(household_id(n)), Bytes(body.to_vec()));
    Document { key, feed, as_of: u64::from(n), tag: String::new(), former: Vec::new(), body }
}

fn device(n: u16) -> Device {
    Device {
        id: DeviceId(id(2, n)),
        name: format!("笔记本{n}"),
        secret: Bytes(vec![n as u8; 32]),
        scope: Scope { territories: vec![region(n)], pool: true, workers: Vec::new() },
        former: vec![(Scope::default(), Moment(5))],
        enrolled_at: Moment(1),
        revoked_at: None,
        last_seq: 7,
        last_hash: Hash([n as u8; 32]),
        seen_at: Some(Moment(9)),
        cloned_at: None,
    }
}

fn what_is_committed_is_seen_and_nothing_else(store: Arc<dyn Store>) {
    let mut tx = store.begin().unwrap();
    tx.put_document(&file(1, territory(1), b"one")).unwrap();
    assert!(tx.document(&file(1, territory(1), b"").key).unwrap().is_some(), "a transaction sees its own writes");
    drop(tx);
    committed(&store, |tx| {
        assert_eq!(tx.document(&file(1, territory(1), b"").key).unwrap(), None, "dropped");
        assert!(!tx.holds_files().unwrap());
        tx.put_document(&file(2, territory(1), b"two")).unwrap();
        assert!(tx.holds_files().unwrap());
    });
    assert!(store.begin().unwrap().holds_files().unwrap());
}

fn the_realm_and_devices_come_back(store: Arc<dyn Store>) {
    assert_eq!(store.begin().unwrap().realm().unwrap(), Realm::default());
    let realm = Realm { epoch: 3, device: DeviceId(id(0, 1)), last_act: 9, person_key: Bytes(vec![1; 32]) };
    committed(&store, |tx| {
        tx.put_realm(&realm).unwrap();
        let _done = [2, 1].map(|n| tx.put_device(&device(n)).unwrap());
    });
    let mut tx = store.begin().unwrap();
    assert_eq!(tx.realm().unwrap(), realm);
    assert_eq!(tx.devices().unwrap(), [device(1), device(2)]);
    assert_eq!(tx.peek_device(DeviceId(id(2, 2))).unwrap(), Some(device(2)));
    assert_eq!(tx.device(DeviceId(id(2, 3))).unwrap(), None);
}

fn verdict(device: u16, seq: u64) -> StoredVerdict {
    StoredVerdict {
        id: CommandId { device: DeviceId(id(2, device)), seq },
        hash: chain::START.next(DeviceId(id(2, device)), seq, b"x"),
        body: Bytes(vec![0, 255, seq as u8]),
        decided_at: Moment(3),
        outcome: Outcome::Applied,
        parts: Vec::new(),
        households: vec![household_id(1)],
    }
}

fn a_name_has_one_verdict(store: Arc<dyn Store>) {
    committed(&store, |tx| (1..=5).for_each(|seq| tx.put_verdict(&verdict(1, seq)).unwrap()));
    committed(&store, |tx| tx.put_verdict(&verdict(2, 1)).unwrap());
    let mut tx = store.begin().unwrap();
    let seqs = |found: Vec<StoredVerdict>| found.into_iter().map(|verdict| verdict.id.seq).collect::<Vec<_>>();
    assert_eq!(seqs(tx.verdicts(DeviceId(id(2, 1)), 2, 3).unwrap()), [2, 3, 4]);
    assert_eq!(seqs(tx.verdicts(DeviceId(id(2, 1)), 5, 3).unwrap()), [5]);
    assert_eq!(tx.verdict(verdict(1, 4).id).unwrap(), Some(verdict(1, 4)));
    assert_eq!(tx.verdict(verdict(2, 4).id).unwrap(), None);
    let again = tx.put_verdict(&verdict(1, 4)).and_then(|()| tx.commit());
    assert!(matches!(again, Err(StoreFault::Conflict(_) | StoreFault::Again)), "{again:?}");
}

fn old_bytes_are_taken_away(store: Arc<dyn Store>) {
    let refused = StoredVerdict { outcome: Outcome::waiting(), ..verdict(1, 3) };
    let recent = StoredVerdict { decided_at: Moment(100), ..verdict(2, 2) };
    let put = [verdict(1, 1), verdict(1, 2), refused.clone(), verdict(2, 1), recent.clone()];
    let aside = |at: i64| Aside {
        device: DeviceId(id(2, 1)),
        first: 1,
        at: Moment(at),
        code: "device.revoked".into(),
        commands: vec![Bytes(vec![at as u8])],
    };
    committed(&store, |tx| {
        put.iter().for_each(|verdict| tx.put_verdict(verdict).unwrap());
        [5, 100].into_iter().for_each(|at| tx.keep_aside(&aside(at)).unwrap());
    });
    // In small steps, and from the first again after the last.
    let trimmed: usize = (0..4).map(|_| committed(&store, |tx| tx.trim(Moment(50), 2).unwrap())).sum();
    assert_eq!(trimmed, 4, "three that stand, and one that was kept aside");
    let light = |verdict: &StoredVerdict| StoredVerdict { body: Bytes::default(), ..verdict.clone() };
    let mut tx = store.begin().unwrap();
    for verdict in &put {
        let kept = *verdict == refused || *verdict == recent;
        let expected = if kept { verdict.clone() } else { light(verdict) };
        assert_eq!(tx.verdict(verdict.id).unwrap(), Some(expected));
    }
    assert_eq!(tx.asides(9).unwrap(), [aside(100)]);
    drop(tx);
    committed(&store, |tx| tx.put_verdict(&verdict(0, 1)).unwrap());
    let again: usize = (0..4).map(|_| committed(&store, |tx| tx.trim(Moment(50), 2).unwrap())).sum();
    assert_eq!(again, 1, "one that came later and stands before the others");
}

fn notes_are_found_by_their_beginning(store: Arc<dyn Store>) {
    let value = |n: u8| Bytes(vec![n; 3]);
    committed(&store, |tx| {
        for (n, key) in (1..).zip(["w/b", "w/a", "w", "x/a", "w/\u{7f}"]) {
            tx.put_note(key.as_bytes(), Some(&value(n))).unwrap();
        }
        assert_eq!(tx.notes(b"w/", 9).unwrap(), [value(2), value(1), value(5)], "its own writes, in order");
        assert_eq!(tx.note(b"w/a").unwrap(), Some(value(2)));
    });
    committed(&store, |tx| {
        tx.put_note(b"w/b", None).unwrap();
        tx.put_note(b"w/c", None).unwrap();
        tx.put_note(b"w/a", Some(&value(9))).unwrap();
        tx.put_note(b"w/d", Some(&value(8))).unwrap();
        assert_eq!(tx.notes(b"w/", 9).unwrap(), [value(9), value(8), value(5)]);
    });
    let mut tx = store.begin().unwrap();
    assert_eq!(tx.notes(b"w/", 2).unwrap(), [value(9), value(8)]);
    assert_eq!(tx.note(b"w/b").unwrap(), None);
    assert_eq!(tx.notes(b"y", 9).unwrap(), []);
}

fn a_waiting_verdict_is_settled_once(store: Arc<dyn Store>) {
    let waiting = StoredVerdict { outcome: Outcome::waiting(), ..verdict(1, 1) };
    committed(&store, |tx| tx.put_verdict(&waiting).unwrap());
    let mut tx = store.begin().unwrap();
    assert!(tx.put_verdict(&verdict(1, 1)).and_then(|()| tx.commit()).is_err(), "a second one is still a second one");
    committed(&store, |tx| tx.settle_verdict(&verdict(1, 1)).unwrap());
    assert_eq!(store.begin().unwrap().verdict(verdict(1, 1).id).unwrap(), Some(verdict(1, 1)));
    for n in [1, 2] {
        let mut tx = store.begin().unwrap();
        let again = tx.settle_verdict(&verdict(1, n)).and_then(|()| tx.commit());
        assert_eq!(again, Err(StoreFault::Again), "{n}");
    }
}

fn asides_are_kept_once(store: Arc<dyn Store>) {
    let aside = |at: i64, byte: u8| Aside {
        device: DeviceId(id(2, 1)),
        first: 4,
        at: Moment(at),
        code: "device.cloned".into(),
        commands: vec![Bytes(vec![byte])],
    };
    committed(&store, |tx| tx.keep_aside(&aside(1, 1)).unwrap());
    committed(&store, |tx| tx.keep_aside(&aside(2, 1)).unwrap());
    committed(&store, |tx| tx.keep_aside(&aside(3, 2)).unwrap());
    let held = store.begin().unwrap().asides(10).unwrap();
    assert_eq!(held.len(), 2);
    assert!(held.contains(&aside(1, 1)) && held.contains(&aside(3, 2)));
    let mut tx = store.begin().unwrap();
    let mut of = |n: u16, limit: usize| tx.asides_of(DeviceId(id(2, n)), limit).unwrap();
    assert_eq!([of(1, 9), of(1, 1), of(2, 9)], [2, 1, 0]);
}

fn documents_follow_their_feed_and_tag(store: Arc<dyn Store>) {
    let card = |n: u16, tag: &str| Document {
        key: ItemKey::Card(RecordKey { kind: Kind::Wish, id: id(14, n) }),
        feed: Feed::Pool,
        tag: tag.into(),
        ..file(n, Feed::Pool, b"card")
    };
    committed(&store, |tx| {
        (1..=9).for_each(|n| tx.put_document(&file(n, territory(n % 2), &[n as u8])).unwrap());
        (1..=4).for_each(|n| tx.put_document(&card(n, if n % 2 == 0 { "food" } else { "school" })).unwrap());
    });
    let keys = |found: Vec<Document>| found.into_iter().map(|document| document.key).collect::<Vec<_>>();
    let files = |numbers: &[u16]| numbers.iter().map(|n| ItemKey::File(household_id(*n))).collect::<Vec<_>>();
    committed(&store, |tx| {
        assert_eq!(keys(tx.documents_of(&territory(1), None, 3).unwrap()), files(&[1, 3, 5]));
        let after = ItemKey::File(household_id(5));
        assert_eq!(keys(tx.documents_of(&territory(1), Some(&after), 9).unwrap()), files(&[7, 9]));
        tx.put_document(&file(3, territory(0), b"moved")).unwrap();
        tx.remove_document(&ItemKey::File(household_id(5))).unwrap();
        tx.remove_document(&ItemKey::File(household_id(77))).unwrap();
        assert_eq!(keys(tx.tagged(&Feed::Pool, "food", 9).unwrap()), [card(2, "").key, card(4, "").key]);
        tx.put_document(&card(2, "school")).unwrap();
    });
    let mut tx = store.begin().unwrap();
    assert_eq!(keys(tx.documents_of(&territory(1), None, 9).unwrap()), files(&[1, 7, 9]));
    assert_eq!(keys(tx.documents_of(&territory(0), None, 9).unwrap()), files(&[2, 3, 4, 6, 8]));
    assert_eq!(keys(tx.tagged(&Feed::Pool, "food", 9).unwrap()), [card(4, "").key]);
    assert_eq!(tx.tagged(&Feed::Pool, "school", 2).unwrap().len(), 2);
    assert_eq!(tx.document(&ItemKey::File(household_id(3))).unwrap().unwrap().body, Bytes(b"moved".to_vec()));
}

fn large_values_come_back_and_go_away(store: Arc<dyn Store>) {
    // Noise, so that no compression makes it small.
    let noise = |len: usize| {
        let mut state = 1u64;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u8
        };
        (0..len).map(next).collect::<Vec<u8>>()
    };
    for len in [0, 100, 90_000, 400_000, 1_100_000, 50] {
        let document = file(1, territory(1), &noise(len));
        committed(&store, |tx| tx.put_document(&document).unwrap());
        assert_eq!(store.begin().unwrap().document(&document.key).unwrap(), Some(document), "{len}");
    }
}

fn places_and_persons_are_found(store: Arc<dyn Store>) {
    let key = RecordKey { kind: Kind::Need, id: id(13, 1) };
    let person: PersonKey = [5; 32];
    let (first, second) = (MemberId(id(11, 1)), MemberId(id(11, 2)));
    committed(&store, |tx| {
        assert_eq!(tx.persons(&person).unwrap(), []);
        tx.put_place(key, household_id(1)).unwrap();
        tx.put_person(&person, household_id(1), first).unwrap();
        tx.put_person(&person, household_id(2), second).unwrap();
        tx.put_person(&[6; 32], household_id(3), first).unwrap();
    });
    committed(&store, |tx| {
        assert_eq!(tx.place(key).unwrap(), Some(household_id(1)));
        assert_eq!(tx.place(RecordKey { kind: Kind::Wish, ..key }).unwrap(), None);
        assert_eq!(tx.persons(&person).unwrap(), [(household_id(1), first), (household_id(2), second)]);
        tx.remove_person(&person, first).unwrap();
        tx.put_place(key, household_id(2)).unwrap();
    });
    let mut tx = store.begin().unwrap();
    assert_eq!(tx.persons(&person).unwrap(), [(household_id(2), second)]);
    assert_eq!(tx.place(key).unwrap(), Some(household_id(2)));
}

fn entry(seq: u64) -> Bytes {
    Bytes(vec![seq as u8; 100])
}

fn feeds_have_no_holes(store: Arc<dyn Store>) {
    let feed = territory(1);
    committed(&store, |tx| {
        assert_eq!(tx.lock_feeds(&[Feed::Pool, feed.clone()]).unwrap(), [0, 0]);
        (1..=10).for_each(|seq| tx.append(&feed, seq, &entry(seq)).unwrap());
    });
    let mut tx = store.begin().unwrap();
    tx.lock_feeds(std::slice::from_ref(&feed)).unwrap();
    for seq in [10, 12] {
        assert!(tx.append(&feed, seq, &entry(seq)).is_err(), "{seq}");
    }
    drop(tx);
    let mut tx = store.begin().unwrap();
    assert_eq!(tx.head(&feed).unwrap(), 10);
    let read = |found: Vec<(u64, Bytes)>| found.into_iter().map(|(seq, _)| seq).collect::<Vec<_>>();
    assert_eq!(read(tx.entries(&feed, 0, 350).unwrap()), [1, 2, 3]);
    assert_eq!(read(tx.entries(&feed, 3, 0).unwrap()), [4], "at least one");
    assert_eq!(read(tx.entries(&feed, 8, 1 << 20).unwrap()), [9, 10]);
    assert_eq!(read(tx.entries(&feed, 10, 1 << 20).unwrap()), [0u64; 0]);
    assert_eq!(tx.entries(&feed, 4, 0).unwrap()[0].1, entry(5));
}

fn heads_are_those_of_a_scope(store: Arc<dyn Store>) {
    let own = Feed::Own(zhulian::domain::id::WorkerId(id(1, 1)));
    let feeds = [territory(1), territory(2), Feed::Pool, Feed::Reference, own.clone()];
    committed(&store, |tx| {
        tx.lock_feeds(&feeds).unwrap();
        feeds.iter().for_each(|feed| tx.append(feed, 1, &entry(1)).unwrap());
        tx.append(&territory(2), 2, &entry(2)).unwrap();
    });
    let mut tx = store.begin().unwrap();
    let mut heads = |scope: Scope| tx.heads(&scope).unwrap();
    let cursor = |feed: Feed, seq: u64| Cursor { feed, seq };
    assert_eq!(heads(Scope::default()), [cursor(Feed::Reference, 1)]);
    let scope =
        Scope { territories: vec![region(2)], pool: true, workers: vec![zhulian::domain::id::WorkerId(id(1, 1))] };
    assert_eq!(
        heads(scope),
        [cursor(territory(2), 2), cursor(Feed::Pool, 1), cursor(Feed::Reference, 1), cursor(own, 1)]
    );
}

fn holding(unit: u16, claim: u16, lease: Option<i64>) -> Holding {
    let lease_until = lease.map(Moment);
    Holding { wish: wish_id(1), unit, claim: claim_id(claim), fence: i64::from(claim), lease_until }
}

fn a_unit_has_one_holder(store: Arc<dyn Store>) {
    committed(&store, |tx| {
        assert!(tx.hold_unit(&holding(1, 1, Some(5))).unwrap());
        assert!(!tx.hold_unit(&holding(1, 2, Some(5))).unwrap(), "within one transaction");
        assert!(tx.hold_unit(&holding(2, 2, Some(5))).unwrap(), "another unit");
    });
    committed(&store, |tx| {
        assert!(!tx.hold_unit(&holding(1, 2, None)).unwrap());
        assert_eq!(tx.holding(wish_id(1), 1).unwrap(), Some(holding(1, 1, Some(5))));
        assert!(tx.hold_unit(&holding(1, 1, Some(9))).unwrap(), "the holder itself may change its lease");
        tx.free_unit(wish_id(1), 2, claim_id(1)).unwrap();
        assert!(tx.holding(wish_id(1), 2).unwrap().is_some(), "only the holder gives back");
        tx.free_unit(wish_id(1), 2, claim_id(2)).unwrap();
    });
    let mut tx = store.begin().unwrap();
    assert_eq!(tx.holding(wish_id(1), 1).unwrap(), Some(holding(1, 1, Some(9))));
    assert_eq!(tx.holding(wish_id(1), 2).unwrap(), None);
    assert!(tx.hold_unit(&holding(2, 3, None)).unwrap());
}

fn leases_lapse_in_order(store: Arc<dyn Store>) {
    committed(&store, |tx| {
        for (unit, lease) in [(1, Some(30)), (2, Some(10)), (3, None), (4, Some(20)), (5, Some(40))] {
            assert!(tx.hold_unit(&holding(unit, unit, lease)).unwrap());
        }
        tx.hold_unit(&holding(4, 4, Some(50))).unwrap();
    });
    let mut tx = store.begin().unwrap();
    let mut units = |before: i64, limit: usize| {
        tx.lapsed(Moment(before), limit).unwrap().into_iter().map(|holding| holding.unit).collect::<Vec<_>>()
    };
    assert_eq!(units(35, 9), [2, 1]);
    assert_eq!(units(30, 9), [2], "ends before, not at");
    assert_eq!(units(99, 3), [2, 1, 5]);
    assert_eq!(units(5, 9), [0u16; 0]);
}

/// Does the work in several threads, again where another was faster.
fn contend(store: &Arc<dyn Store>, work: impl Fn(&mut dyn Transaction) -> Result<(), StoreFault> + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    loop {
                        let mut tx = store.begin().unwrap();
                        match work(&mut *tx).and_then(|()| tx.commit()) {
                            Ok(()) => break,
                            Err(StoreFault::Again) => {}
                            Err(fault) => panic!("{fault}"),
                        }
                    }
                }
            });
        }
    });
}

fn fences_rise_even_between_threads(store: Arc<dyn Store>) {
    let highest = AtomicU32::new(0);
    contend(&store, |tx| {
        highest.fetch_max(tx.next_fence(wish_id(1))?, Relaxed);
        Ok(())
    });
    let next = committed(&store, |tx| tx.next_fence(wish_id(1)).unwrap());
    assert!(next > highest.load(Relaxed) && next > 100);
    assert_eq!(committed(&store, |tx| tx.next_fence(wish_id(2)).unwrap()), 1);
}

fn feeds_have_no_holes_between_threads(store: Arc<dyn Store>) {
    let feeds = [territory(1), Feed::Pool];
    contend(&store, |tx| {
        let heads = tx.lock_feeds(&feeds)?;
        for (feed, head) in feeds.iter().zip(heads) {
            tx.append(feed, head + 1, &entry(head))?;
        }
        Ok(())
    });
    let mut tx = store.begin().unwrap();
    for feed in &feeds {
        let seqs: Vec<u64> = tx.entries(feed, 0, usize::MAX).unwrap().into_iter().map(|(seq, _)| seq).collect();
        assert_eq!(seqs, (1..=100).collect::<Vec<_>>(), "{feed}");
    }
}
