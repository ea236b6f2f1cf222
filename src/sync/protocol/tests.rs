use super::*;
use crate::domain::id::RecordId;
use crate::i18n::{Explain, Lang};
use crate::store::codec;

fn device(n: u8) -> DeviceId {
    DeviceId(RecordId::from_parts(1, [n; 10]))
}

fn push() -> Push {
    Push {
        protocol: PROTOCOL,
        device: device(1),
        epoch: 1,
        first: 3,
        prev: Hash([7; 32]),
        commands: vec![Bytes(vec![1, 2, 255]), Bytes(Vec::new())],
    }
}

#[test]
fn this_and_the_two_versions_before_are_served() {
    let check = |theirs, ours, expected: Result<(), &str>| {
        assert_eq!(accepts(theirs, ours).map_err(|e| e.code().to_owned()), expected.map_err(str::to_owned), "{theirs}");
    };
    check(5, 5, Ok(()));
    check(3, 5, Ok(()));
    check(2, 5, Err("protocol.too_old"));
    check(6, 5, Err("protocol.too_new"));
    check(0, 1, Err("protocol.too_old"));
    check(1, 1, Ok(()));
}

#[test]
fn messages_come_back_and_bytes_stay_bytes() {
    let bytes = codec::encode(&push()).unwrap();
    assert_eq!(codec::decode::<Push>(&bytes).unwrap(), push());
    let long = Bytes(vec![255; 100]);
    assert!(rmp_serde::to_vec(&long).unwrap().len() <= 103);
    assert_eq!(serde_json::from_str::<Bytes>(&serde_json::to_string(&long).unwrap()).unwrap(), long);
}

#[test]
fn the_chain_depends_on_all_that_was_said() {
    let start = chain::START;
    let base = start.next(device(1), 1, b"a");
    assert_eq!(base, start.next(device(1), 1, b"a"));
    for other in [
        start.next(device(2), 1, b"a"),
        start.next(device(1), 2, b"a"),
        start.next(device(1), 1, b"b"),
        base.next(device(1), 1, b"a"),
    ] {
        assert_ne!(base, other);
    }
}

#[test]
fn a_parcel_opens_only_as_it_was_sealed() {
    let secret = Secret::new([9; 32]);
    let parcel = Parcel::pack(&push(), &secret).unwrap();
    assert_eq!(parcel.open(&secret).unwrap(), push());
    let again: Parcel = codec::decode(&codec::encode(&parcel).unwrap()).unwrap();
    assert_eq!(again, parcel);

    let check = |parcel: &Parcel, secret: &Secret, expected: &str| {
        assert_eq!(parcel.open(secret).unwrap_err().code(), expected);
    };
    check(&parcel, &Secret::new([8; 32]), "push.forged");
    let mut changed = parcel.clone();
    changed.body.0[3] ^= 1;
    check(&changed, &secret, "push.forged");
    let mut other = parcel.clone();
    other.device = device(2);
    check(&other, &secret, "push.forged");
    let foreign = Push { device: device(2), ..push() };
    let mut wrong_name = Parcel::pack(&foreign, &secret).unwrap();
    wrong_name.device = device(1);
    check(&wrong_name, &secret, "push.forged");
}

#[test]
fn errors_travel_and_speak_both_languages() {
    let errors = [
        ProtocolError::TooOld { theirs: 1, oldest: 2 },
        ProtocolError::TooNew { theirs: 3, newest: 2 },
        ProtocolError::TooLarge { bytes: 2, limit: 1 },
        ProtocolError::TooMany { commands: 2, limit: 1 },
        ProtocolError::Damaged { detail: "x".into() },
        ProtocolError::Forged,
        ProtocolError::UnknownDevice,
        ProtocolError::Revoked,
        ProtocolError::OutOfService,
        ProtocolError::Gap { expected: 3, got: 5 },
        ProtocolError::Cloned { seq: 3, held: Hash([1; 32]) },
        ProtocolError::EpochChanged { epoch: 2, last_seq: 1, last_hash: Hash([1; 32]) },
        ProtocolError::NotHeld { feed: crate::sync::feed::Feed::Pool },
        ProtocolError::CursorUnknown { feed: crate::sync::feed::Feed::Pool, seq: 9 },
        ProtocolError::Busy { retry_after: 5 },
        ProtocolError::Away { retry_after: 5, detail: "connection refused".into() },
        ProtocolError::Failed { detail: "x".into() },
    ];
    let mut codes: Vec<String> = errors.iter().map(|error| error.code().to_owned()).collect();
    for error in &errors {
        let binary = codec::encode(error).unwrap();
        assert_eq!(codec::decode::<ProtocolError>(&binary).unwrap(), *error);
        let json = serde_json::to_string(error).unwrap();
        assert_eq!(serde_json::from_str::<ProtocolError>(&json).unwrap(), *error);
        for lang in [Lang::Zh, Lang::En] {
            assert!(!error.message(lang).is_empty() && !error.remedy(lang).is_empty());
        }
    }
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), errors.len());
}
