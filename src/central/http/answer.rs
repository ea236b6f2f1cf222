//! Answers: bodies in the media type that was asked for, errors with their status.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::central::enrolment::EnrolError;
use crate::i18n::{Explain, Lang, link as say};
use crate::store::{StoreError, codec};
use crate::sync::http::{BINARY, Fault, JSON};
use crate::sync::protocol::{MAX_PUSH, ProtocolError};

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// As the protocol knows it.
    #[error("{0}")]
    Protocol(#[from] ProtocolError),
    /// The device may not join.
    #[error("{0}")]
    Enrol(#[from] EnrolError),
    /// No signature, or none that can be read. `request.unsigned`
    #[error("not signed")]
    Unsigned,
    /// The time of the signature is far from the server's clock. `request.stale`
    #[error("signed at another time")]
    Stale,
    /// No such path. `request.no_route`
    #[error("no such path")]
    NoRoute,
    /// The path takes another method. `request.no_method`
    #[error("no such method")]
    NoMethod,
    /// The request took too long. `request.slow`
    #[error("too slow")]
    Slow,
    /// The body is of a type that is not read. `request.bad_media`
    #[error("bodies of {0}")]
    BadMedia(String),
}

impl Explain for Failure {
    fn code(&self) -> &str {
        match self {
            Failure::Protocol(error) => error.code(),
            Failure::Enrol(error) => error.code(),
            Failure::Unsigned => "request.unsigned",
            Failure::Stale => "request.stale",
            Failure::NoRoute => "request.no_route",
            Failure::NoMethod => "request.no_method",
            Failure::Slow => "request.slow",
            Failure::BadMedia(_) => "request.bad_media",
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Failure::Protocol(error) => error.field(),
            Failure::Enrol(error) => error.field(),
            Failure::Unsigned | Failure::Stale => Some("authorization"),
            Failure::BadMedia(_) => Some("content-type"),
            Failure::NoRoute | Failure::NoMethod | Failure::Slow => None,
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            Failure::Protocol(error) => error.message(lang),
            Failure::Enrol(error) => error.message(lang),
            Failure::Unsigned => say::unsigned(lang).into(),
            Failure::Stale => say::stale(lang).into(),
            Failure::NoRoute => say::no_route(lang).into(),
            Failure::NoMethod => say::no_method(lang).into(),
            Failure::Slow => say::slow(lang).into(),
            Failure::BadMedia(media) => say::bad_media(lang, media),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            Failure::Protocol(error) => error.remedy(lang),
            Failure::Enrol(error) => error.remedy(lang),
            Failure::Unsigned => say::unsigned_remedy(lang).into(),
            Failure::Stale => say::stale_remedy(lang).into(),
            Failure::NoRoute => say::no_route_remedy(lang).into(),
            Failure::NoMethod => say::no_method_remedy(lang).into(),
            Failure::Slow => say::slow_remedy(lang).into(),
            Failure::BadMedia(_) => say::bad_media_remedy(lang, BINARY),
        }
    }
}

impl Failure {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Failure::Protocol(error) | Failure::Enrol(EnrolError::Server(error)) => status_of(error),
            Failure::Enrol(EnrolError::Wrong | EnrolError::Over | EnrolError::Taken) => StatusCode::FORBIDDEN,
            Failure::Unsigned | Failure::Stale => StatusCode::UNAUTHORIZED,
            Failure::NoRoute => StatusCode::NOT_FOUND,
            Failure::NoMethod => StatusCode::METHOD_NOT_ALLOWED,
            Failure::Slow => StatusCode::REQUEST_TIMEOUT,
            Failure::BadMedia(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }

    /// The answer.
    pub fn answer(&self, media: Media) -> Response<Body> {
        let cause = match self {
            Failure::Protocol(error) | Failure::Enrol(EnrolError::Server(error)) => Some(error.clone()),
            _ => None,
        };
        let retry_after = cause.as_ref().and_then(ProtocolError::retry_after);
        // Code and `Retry-After` say all that a device needs, also one that does not know this cause yet; the detail is for
        // the operator, who finds it in the log.
        let cause = cause.filter(|cause| !matches!(cause, ProtocolError::Away { .. }));
        let mut answer = media.answer(self.status(), &Fault::of(self, cause));
        if let Some(seconds) = retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.as_secs()));
        }
        if answer.status().is_server_error() {
            answer.extensions_mut().insert(Why(self.to_string()));
        }
        answer
    }

    /// The answer to who asks whether the server is ready.
    pub fn not_ready(&self) -> Response<Body> {
        let error = Fault::of(self, None).error;
        let mut answer = self.answer(Media::Json);
        let told = Media::Json.answer(StatusCode::SERVICE_UNAVAILABLE, &json!({"ready": false, "error": error}));
        (*answer.status_mut(), *answer.body_mut()) = (told.status(), told.into_body());
        answer
    }
}

/// Why the server could not, for the line in its log: whoever runs it can do something about that. Holds no personal data.
#[derive(Debug, Clone)]
pub struct Why(pub String);

fn status_of(error: &ProtocolError) -> StatusCode {
    match error {
        ProtocolError::TooOld { .. } => StatusCode::UPGRADE_REQUIRED,
        ProtocolError::TooNew { .. } | ProtocolError::Damaged { .. } => StatusCode::BAD_REQUEST,
        ProtocolError::TooLarge { .. } | ProtocolError::TooMany { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        ProtocolError::Forged | ProtocolError::UnknownDevice => StatusCode::UNAUTHORIZED,
        ProtocolError::Revoked | ProtocolError::OutOfService | ProtocolError::NotHeld { .. } => StatusCode::FORBIDDEN,
        ProtocolError::Gap { .. }
        | ProtocolError::Cloned { .. }
        | ProtocolError::EpochChanged { .. }
        | ProtocolError::CursorUnknown { .. } => StatusCode::CONFLICT,
        ProtocolError::Busy { .. } | ProtocolError::Away { .. } => StatusCode::SERVICE_UNAVAILABLE,
        ProtocolError::Failed { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// The crate's codec.
    Binary,
    /// JSON.
    Json,
}

impl Media {
    /// What the answer is wanted in: as it says, else JSON for people with a browser or curl.
    pub fn wanted(headers: &HeaderMap) -> Media {
        let accept = headers.get(header::ACCEPT).or_else(|| headers.get(header::CONTENT_TYPE));
        let accept = accept.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if accept.contains(BINARY) { Media::Binary } else { Media::Json }
    }

    /// Reads a body.
    ///
    /// # Errors
    /// `request.bad_media`, `push.damaged`, `push.too_large`.
    pub fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Failure> {
        // Some room for the message around a push of the largest size.
        Media::read_within(headers, body, MAX_PUSH + (256 << 10))
    }

    /// The same for bodies of at most so many bytes when unpacked.
    ///
    /// # Errors
    /// As [`Media::read`].
    pub fn read_within<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8], limit: usize) -> Result<T, Failure> {
        let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if media.starts_with(BINARY) {
            codec::decode_within(body, limit).map_err(|error| unreadable(error).into())
        } else if media.starts_with(JSON) {
            // The position is enough to find the fault; the words may quote the body.
            serde_json::from_slice(body).map_err(|error| {
                let detail = format!("JSON, line {}, column {}", error.line(), error.column());
                ProtocolError::Damaged { detail }.into()
            })
        } else {
            Err(Failure::BadMedia(media.chars().filter(|c| !c.is_control()).take(60).collect()))
        }
    }

    /// An answer.
    pub fn answer<T: Serialize>(self, status: StatusCode, message: &T) -> Response<Body> {
        let (media, body) = match self {
            Media::Binary => (BINARY, codec::encode(message).map_err(|_| ())),
            Media::Json => (JSON, serde_json::to_vec(message).map_err(|_| ())),
        };
        let mut answer = match body {
            Ok(body) => Response::new(Body::from(body)),
            // Only a message with a map whose keys are no texts cannot be written; there is none.
            Err(()) => {
                let mut answer = Response::new(Body::empty());
                *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                return answer;
            }
        };
        *answer.status_mut() = status;
        answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        answer
    }
}

fn unreadable(error: StoreError) -> ProtocolError {
    match error {
        StoreError::TooLarge { bytes, limit } => ProtocolError::TooLarge { bytes, limit },
        other => ProtocolError::Damaged { detail: other.to_string() },
    }
}
