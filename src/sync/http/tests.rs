//! Signatures.

use super::seal::{Seal, Signed, WINDOW_MINUTES};
use crate::domain::id::{DeviceId, RecordId};
use crate::domain::moment::Moment;
use crate::sync::protocol::Secret;

#[test]
fn a_signature_holds_for_one_request_of_one_device() {
    let device = DeviceId(RecordId::from_parts(1, [9; 10]));
    let (secret, other) = (Secret::new([1; 32]), Secret::new([2; 32]));
    let at = Moment(1_795_300_000_000);
    let signed = Signed { method: "POST", path: "/v1/push", body: b"body" };
    let seal = Seal::parse(&Seal::new(device, &secret, at, signed).header()).unwrap();
    assert_eq!((seal.device, seal.at), (device, at));
    assert!(seal.fits(&secret, signed));
    assert!(!seal.fits(&other, signed));
    for changed in [
        Signed { method: "GET", ..signed },
        Signed { path: "/v1/pull", ..signed },
        Signed { body: b"bodY", ..signed },
        Signed { method: "POST\0/v1", path: "/push", ..signed },
    ] {
        assert!(!seal.fits(&secret, changed), "{changed:?}");
    }
    let later = seal.header().replace(&at.0.to_string(), &(at.0 + 1).to_string());
    assert!(!Seal::parse(&later).unwrap().fits(&secret, signed));
    for (minutes, near) in
        [(0, true), (WINDOW_MINUTES, true), (WINDOW_MINUTES + 1, false), (-WINDOW_MINUTES - 1, false)]
    {
        assert_eq!(seal.is_near(Moment(at.0 + minutes * 60_000)), near, "{minutes}");
    }
    assert!(!seal.is_near(Moment(i64::MIN)), "no clock makes this overflow");
    for text in ["", "Zhulian", "Basic a:b:c", "Zhulian x:1:00", "Zhulian 0192f0c1-0000-7000-8000-000000000000:1:zz"] {
        assert_eq!(Seal::parse(text), None, "{text}");
    }
}
