//! Whatever bytes come by wire or by stick, they are taken or refused with a code of their own: nothing panics, and a
//! refusal changes nothing.

mod central_support;

use central_support::County;
use central_support::device::Device;
use central_support::words::{household, household_id, region, visit};
use proptest::prelude::*;
use zhulian::domain::id::WorkerId;
use zhulian::domain::worker::Role;
use zhulian::i18n::{Explain as _, Lang};
use zhulian::store::codec;
use zhulian::sync::client::Local as _;
use zhulian::sync::feed::Feed;
use zhulian::sync::protocol::{
    Bootstrap, Bytes, Chunk, Cursor, Hash, ItemKey, Known, Page, Parcel, ProtocolError, Pull, Push, PushReply, Resume,
};

/// A county with one device that has said two things, the first of them heard.
fn county() -> (County, Device) {
    let county = County::new();
    county.worker(1, Role::CivilAffairs);
    county.must(&household(1, 1));
    let mut device = county.device(11, Role::GridWorker, &[1]);
    county.sync(&mut device).unwrap();
    device.act(county.now, visit(1, 1, device.worker, county.now)).unwrap();
    county.sync(&mut device).unwrap();
    device.act(county.now, visit(2, 1, device.worker, county.now)).unwrap();
    (county, device)
}

fn held(county: &County) -> Vec<(Vec<u8>, Vec<u8>)> {
    county.store.index().scan(b"").map(|record| record.unwrap()).collect()
}

fn told(error: &ProtocolError, expected: &[&str]) {
    assert!(expected.contains(&error.code()), "{error:?}");
    for lang in [Lang::Zh, Lang::En] {
        assert!(!error.message(lang).is_empty() && !error.remedy(lang).is_empty());
    }
}

fn sound_push(device: &Device) -> Push {
    let commands = device.commands(2, 9, 1 << 20).unwrap();
    Push { protocol: 1, device: device.id, epoch: 1, first: 2, prev: device.hash_at(1).unwrap(), commands }
}

/// Bytes that were sound before something happened to them.
fn spoilt(sound: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let len = sound.len();
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        (0..len).prop_map({
            let sound = sound.clone();
            move |cut| sound[..cut].to_vec()
        }),
        prop::collection::vec((0..len, any::<u8>()), 1..8).prop_map(move |hits| {
            let mut bytes = sound.clone();
            hits.into_iter().for_each(|(at, byte)| bytes[at] = byte);
            bytes
        }),
    ]
}

fn feed() -> impl Strategy<Value = Feed> {
    prop_oneof![
        (0u16..4).prop_map(|n| Feed::Territory(region(n))),
        Just(Feed::Pool),
        Just(Feed::Reference),
        Just(Feed::Own(WorkerId::default())),
    ]
}

fn seq() -> impl Strategy<Value = u64> {
    prop_oneof![0u64..12, Just(u64::MAX), Just(u64::MAX - 1), any::<u64>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_parcel_of_any_bytes_is_refused_and_changes_nothing(cut in any::<prop::sample::Index>(), noise in prop::collection::vec(any::<u8>(), 0..64)) {
        let (county, device) = county();
        let before = held(&county);
        let sound = Parcel::pack(&sound_push(&device), &device.secret).unwrap();
        // On the wire or on the stick: the outer message.
        let bytes = codec::encode(&sound).unwrap();
        let mut spoilt = bytes[..cut.index(bytes.len())].to_vec();
        spoilt.extend(&noise);
        if let Ok(parcel) = codec::decode::<Parcel>(&spoilt)
            && parcel != sound
        {
            told(&county.authority.receive(county.now, &parcel).unwrap_err(), &["push.forged", "device.unknown"]);
        }
        // Whoever has the key can seal any bytes.
        let body = { let mut body = sound.body.0.clone(); body.truncate(cut.index(body.len())); body.extend(&noise); body };
        let sealed = seal(&device, body);
        if let Err(error) = county.authority.receive(county.now, &sealed) {
            told(&error, &["push.damaged", "push.too_large", "push.forged", "push.gap", "device.cloned", "epoch.changed"]);
            if error.code() != "device.cloned" {
                prop_assert_eq!(held(&county), before);
            }
        }
    }

    #[test]
    fn a_push_of_any_numbers_is_refused_with_its_code(first in seq(), epoch in prop_oneof![Just(1u32), any::<u32>()], prev in any::<[u8; 32]>(), count in 0usize..4) {
        let (county, device) = county();
        let commands = vec![Bytes(vec![1, 2, 3]); count];
        let push = Push { first, epoch, prev: Hash(prev), commands, ..sound_push(&device) };
        if let Err(error) = county.authority.push(county.now, &push) {
            told(&error, &["push.gap", "device.cloned", "epoch.changed"]);
        } else {
            prop_assert!(false, "nobody guesses a hash");
        }
        let reply = county.authority.push(county.now, &sound_push(&device)).unwrap();
        prop_assert!(reply.verdicts[0].outcome.stands(), "the device itself goes on");
    }

    #[test]
    fn a_command_of_any_bytes_has_a_verdict(bytes in prop::collection::vec(any::<u8>(), 0..300), spoil in any::<bool>(), at in any::<prop::sample::Index>()) {
        let (county, mut device) = county();
        let bytes = if spoil {
            let mut sound = device.said[1].bytes.0.clone();
            let at = at.index(sound.len());
            sound[at] = sound[at].wrapping_add(1 + bytes.first().copied().unwrap_or(0) % 255);
            sound
        } else {
            bytes
        };
        let envelope = device.said[1].envelope.clone();
        device.write_bytes(envelope, Bytes(bytes));
        county.sync(&mut device).unwrap();
        prop_assert_eq!(device.answered, 3);
        prop_assert!(device.verdicts[&2].outcome.stands());
    }

    #[test]
    fn a_pull_with_any_cursors_is_answered_or_refused(cursors in prop::collection::vec((feed(), seq()), 0..6), epoch in prop_oneof![Just(1u32), any::<u32>()], max_bytes in prop_oneof![Just(0u32), any::<u32>()], digest in prop::option::of(any::<[u8; 16]>()), protocol in prop_oneof![Just(1u16), any::<u16>()]) {
        let (county, device) = county();
        let known = match digest {
            Some(digest) => Known::Digest(digest),
            None => Known::Cursors(cursors.into_iter().map(|(feed, seq)| Cursor { feed, seq }).collect()),
        };
        let pull = Pull { protocol, device: device.id, epoch, known, max_bytes, territories: None };
        let before = held(&county);
        match county.authority.pull(county.now, &pull) {
            Ok(page) => prop_assert!(page.entries.iter().all(|entry| entry.feed != Feed::Territory(region(2)))),
            Err(error) => told(&error, &["cursor.unknown", "epoch.changed", "protocol.too_old", "protocol.too_new"]),
        }
        prop_assert_eq!(held(&county), before);
    }

    #[test]
    fn a_bootstrap_resumed_anywhere_is_answered_or_refused(feeds in prop::collection::vec(feed(), 0..5), at in prop::option::of((feed(), seq(), 0u16..4, any::<bool>())), epoch in prop_oneof![Just(1u32), any::<u32>()], max_bytes in prop_oneof![Just(0u32), any::<u32>()]) {
        let (county, device) = county();
        let resume = at.map(|(feed, head, n, older)| {
            let after = if older { ItemKey::Older(household_id(n), 7) } else { ItemKey::File(household_id(n)) };
            Resume { epoch, feed, head, after: Some(after) }
        });
        let ask = Bootstrap { protocol: 1, device: device.id, feeds, resume, max_bytes };
        match county.authority.bootstrap(county.now, &ask) {
            Ok(chunk) => prop_assert!(chunk.items.iter().all(|item| ask.feeds.contains(&item.feed))),
            Err(error) => told(&error, &["feed.not_held", "epoch.changed"]),
        }
    }

    #[test]
    fn messages_of_any_bytes_are_read_or_refused(bytes in spoilt(codec::encode(&sound_push(&county().1)).unwrap())) {
        // What either side reads: none of it panics, and what is read can be written again.
        macro_rules! read {
            ($($message:ty),*) => { $(
                if let Ok(message) = codec::decode_within::<$message>(&bytes, 1 << 20) {
                    prop_assert!(codec::encode(&message).is_ok());
                }
            )* };
        }
        read!(Parcel, Push, PushReply, Pull, Page, Bootstrap, Chunk, ProtocolError);
    }
}

/// A parcel of any body under the device's own seal.
fn seal(device: &Device, body: Vec<u8>) -> Parcel {
    use hmac::{Hmac, Mac as _};
    let mut mac = <Hmac<sm3::Sm3> as hmac::KeyInit>::new_from_slice(&*device.secret.0).unwrap();
    mac.update(b"zhulian push");
    mac.update(&device.id.0.bytes());
    mac.update(&body);
    Parcel { device: device.id, body: Bytes(body), seal: mac.finalize().into_bytes().into() }
}
