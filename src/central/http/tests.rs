//! What can be checked without a process.

use super::answer::{Failure, Media, Why};
use super::*;
use crate::central::enrolment::EnrolError;
use crate::central::store::LocalStore;
use crate::i18n::{Explain as _, Lang};
use crate::sync::http::{BINARY, Fault};
use crate::sync::protocol::Hash;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::Value;

fn failures() -> Vec<(Failure, u16)> {
    let protocol = |error: ProtocolError| Failure::Protocol(error);
    let feed: crate::sync::feed::Feed = "pool".parse().unwrap();
    vec![
        (protocol(ProtocolError::TooOld { theirs: 1, oldest: 2 }), 426),
        (protocol(ProtocolError::TooNew { theirs: 9, newest: 1 }), 400),
        (protocol(ProtocolError::TooLarge { bytes: 9, limit: 1 }), 413),
        (protocol(ProtocolError::TooMany { commands: 9, limit: 1 }), 413),
        (protocol(ProtocolError::Damaged { detail: "x".into() }), 400),
        (protocol(ProtocolError::Forged), 401),
        (protocol(ProtocolError::UnknownDevice), 401),
        (protocol(ProtocolError::Revoked), 403),
        (protocol(ProtocolError::OutOfService), 403),
        (protocol(ProtocolError::Gap { expected: 1, got: 2 }), 409),
        (protocol(ProtocolError::Cloned { seq: 1, held: Hash([0; 32]) }), 409),
        (protocol(ProtocolError::EpochChanged { epoch: 2, last_seq: 0, last_hash: Hash([0; 32]) }), 409),
        (protocol(ProtocolError::NotHeld { feed: feed.clone() }), 403),
        (protocol(ProtocolError::CursorUnknown { feed, seq: 1 }), 409),
        (protocol(ProtocolError::Busy { retry_after: 7 }), 503),
        (protocol(ProtocolError::Away { retry_after: 7, detail: "x".into() }), 503),
        (protocol(ProtocolError::Failed { detail: "x".into() }), 500),
        (EnrolError::Wrong.into(), 403),
        (EnrolError::Over.into(), 403),
        (EnrolError::Taken.into(), 403),
        (Failure::Unsigned, 401),
        (Failure::Stale, 401),
        (Failure::NoRoute, 404),
        (Failure::NoMethod, 405),
        (Failure::Slow, 408),
        (Failure::BadMedia("text/plain".into()), 415),
    ]
}

#[test]
fn every_failure_has_a_code_a_remedy_and_a_status() {
    let mut codes = std::collections::BTreeSet::new();
    for (failure, status) in failures() {
        assert_eq!(failure.status().as_u16(), status, "{failure}");
        assert!(codes.insert(failure.code().to_owned()), "{} twice", failure.code());
        for lang in [Lang::Zh, Lang::En] {
            assert!(!failure.message(lang).is_empty() && !failure.remedy(lang).is_empty(), "{failure}");
        }
        for media in [Media::Binary, Media::Json] {
            let answer = failure.answer(media);
            assert_eq!(answer.status().as_u16(), status);
            assert_eq!(answer.headers().contains_key(header::RETRY_AFTER), status == 503, "{failure}");
        }
    }
}

#[test]
fn a_failure_comes_back_as_the_protocol_knows_it() {
    for (failure, _) in failures() {
        let cause = match &failure {
            Failure::Protocol(error) => Some(error.clone()),
            _ => None,
        };
        let fault = Fault::of(&failure, cause);
        let bytes = crate::store::codec::encode(&fault).unwrap();
        assert_eq!(crate::store::codec::decode::<Fault>(&bytes).unwrap(), fault);
        let json = serde_json::to_string(&fault).unwrap();
        assert_eq!(serde_json::from_str::<Fault>(&json).unwrap(), fault, "{json}");
    }
}

#[test]
fn bodies_are_read_by_their_type_and_within_their_limit() {
    let headers = |media: &str| HeaderMap::from_iter([(header::CONTENT_TYPE, media.parse().unwrap())]);
    let value = serde_json::json!({"a": 1});
    let binary = crate::store::codec::encode(&value).unwrap();
    assert_eq!(Media::read::<Value>(&headers(BINARY), &binary).unwrap(), value);
    assert_eq!(Media::read::<Value>(&headers("application/json; charset=utf-8"), br#"{"a":1}"#).unwrap(), value);
    assert!(matches!(Media::read::<Value>(&headers("text/html"), b"{}"), Err(Failure::BadMedia(_))));
    assert!(matches!(Media::read::<Value>(&HeaderMap::new(), b"{}"), Err(Failure::BadMedia(_))));
    // A few bytes that would become very many are not unpacked.
    let bomb = crate::store::codec::encode(&vec![0u8; 24 << 20]).unwrap();
    assert!(bomb.len() < 1 << 20);
    let told = Media::read::<Value>(&headers(BINARY), &bomb).unwrap_err();
    assert_eq!(told.status(), StatusCode::PAYLOAD_TOO_LARGE, "{told}");
    for odd in [&b""[..], b"\xff", b"\x00\x01\x02", &binary[..binary.len() - 1]] {
        let told = Media::read::<Value>(&headers(BINARY), odd).unwrap_err();
        assert_eq!(told.code(), "push.damaged", "{odd:?}");
    }
}

#[test]
fn the_description_is_whole() {
    let description = openapi::description();
    for (path, methods) in routes::ROUTES {
        for method in methods {
            assert!(description["paths"][path][method]["responses"]["200"].is_object(), "{method} {path}");
        }
    }
    let text = description.to_string();
    let schemas = &description["components"]["schemas"];
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(schemas[name].is_object(), "{name}");
    }
}

#[test]
fn those_beyond_the_line_are_turned_away_and_the_line_empties() {
    let limits = Limits { concurrent: 1, waiting: 2, wait: Duration::from_secs(30), ..Limits::default() };
    let service = Service::new(Arc::new(LocalStore::in_memory()), limits);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (begin, begun) = std::sync::mpsc::channel::<()>();
    runtime.block_on(async {
        let first = tokio::spawn({
            let service = service.clone();
            async move { service.blocking(move |_| Ok(begun.recv().is_ok())).await }
        });
        while service.permits.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let others: Vec<_> = (0..4)
            .map(|_| {
                let service = service.clone();
                tokio::spawn(async move { service.blocking(|_| Ok(true)).await })
            })
            .collect();
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        assert_eq!(service.waiting.load(Ordering::Relaxed), 2);
        begin.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        let (mut served, mut refused) = (0, 0);
        for other in others {
            match other.await.unwrap() {
                Ok(_) => served += 1,
                Err(failure) => {
                    assert_eq!(failure.code(), "server.busy");
                    refused += 1;
                }
            }
        }
        assert_eq!((served, refused), (2, 2));
        assert_eq!(service.waiting.load(Ordering::Relaxed), 0);
        let fell: Result<(), Failure> = service.blocking(|_| panic!("a fault of a rule")).await;
        assert_eq!(fell.unwrap_err().code(), "server.failed");
        assert_eq!(service.blocking(|_| Ok(7)).await, Ok(7), "the place was given back");
    });
}

#[test]
fn the_log_tells_why_the_server_could_not() {
    let why = |error: ProtocolError| {
        let answer = Failure::from(error).answer(Media::Json);
        answer.extensions().get::<Why>().map(|why| why.0.clone())
    };
    let failed = ProtocolError::Failed { detail: "connection refused".into() };
    assert_eq!(why(failed).as_deref(), Some("the server failed: connection refused"));
    assert_eq!(why(ProtocolError::Forged), None, "what is the device's fault is told to the device");
}
