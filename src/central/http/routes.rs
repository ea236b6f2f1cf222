//! The routes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{get, post};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::answer::{Failure, Media, Why};
use super::{Service, openapi};
use crate::central::enrolment;
use crate::domain::id::DeviceId;
use crate::sync::http::seal::{Seal, Signed};
use crate::sync::http::{Ask, Join, NOW};
use crate::sync::protocol::{Bootstrap, Hello, PROTOCOL, Parcel, ProtocolError, Pull};

/// Every route with its methods, as the description names them.
pub(super) const ROUTES: [(&str, &[&str]); 10] = [
    ("/v1/hello", &["get"]),
    ("/v1/enroll/offer", &["post"]),
    ("/v1/enroll", &["post"]),
    ("/v1/push", &["post"]),
    ("/v1/pull", &["get", "post"]),
    ("/v1/bootstrap", &["post"]),
    ("/healthz", &["get"]),
    ("/readyz", &["get"]),
    ("/metrics", &["get"]),
    ("/openapi.json", &["get"]),
];

/// Puts the routes together.
pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/v1/hello", get(hello))
        .route("/v1/enroll/offer", post(offer))
        .route("/v1/enroll", post(enroll))
        .route("/v1/push", post(push))
        .route("/v1/pull", get(pull_by_query).post(pull))
        .route("/v1/bootstrap", post(bootstrap))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/openapi.json", get(async || Media::Json.answer(StatusCode::OK, &openapi::description())))
        .fallback(async || Failure::NoRoute.answer(Media::Json))
        .method_not_allowed_fallback(async || Failure::NoMethod.answer(Media::Json))
        .layer(from_fn_with_state(service.clone(), around))
        .with_state(service)
}

/// What those get who come when too many connections are open.
pub(super) fn busy(service: Arc<Service>) -> Router {
    let told = async |headers: HeaderMap| {
        let mut answer = super::busy().answer(Media::wanted(&headers));
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        answer
    };
    Router::new().fallback(told).layer(from_fn_with_state(service.clone(), around)).with_state(service)
}

type Here = State<Arc<Service>>;

/// A request that was read.
struct Read {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Read {
    async fn whole(limit: usize, request: Request) -> Result<Read, (Media, Failure)> {
        let (parts, body) = request.into_parts();
        let media = Media::wanted(&parts.headers);
        let announced = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let too_large = |bytes: u64| (media, ProtocolError::TooLarge { bytes, limit: limit as u64 }.into());
        if let Some(bytes) = announced.filter(|bytes| *bytes > limit as u64) {
            return Err(too_large(bytes));
        }
        // Without a length it is cut off at the limit; what a broken line left is no message either.
        let body = to_bytes(body, limit).await.map_err(|_| too_large(limit as u64 + 1))?;
        let path = parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
        Ok(Read { method: parts.method, path, headers: parts.headers, body })
    }

    fn signed(&self) -> Signed<'_> {
        Signed { method: self.method.as_str(), path: &self.path, body: &self.body }
    }

    fn seal(&self) -> Option<Seal> {
        Seal::parse(self.headers.get(header::AUTHORIZATION)?.to_str().ok()?)
    }

    /// Whether the message is of the device that signed the request.
    fn is_of(&self, device: DeviceId) -> Result<(), Failure> {
        match self.seal() {
            Some(seal) if seal.device == device => Ok(()),
            _ => Err(ProtocolError::Forged.into()),
        }
    }
}

/// Reads a request that its device has signed, works beside the runtime, answers. Nothing of a body is unpacked before its
/// signature was checked.
async fn answered<T, A>(
    service: Arc<Service>,
    request: Request,
    work: impl FnOnce(&Service, &Read, T) -> Result<A, Failure> + Send + 'static,
) -> Response<Body>
where
    T: DeserializeOwned + Send + 'static,
    A: serde::Serialize + Send + 'static,
{
    let read = match Read::whole(service.limits.body, request).await {
        Ok(read) => read,
        Err((media, failure)) => return failure.answer(media),
    };
    let media = Media::wanted(&read.headers);
    // Writing the answer takes its time too, so it is done beside the runtime as well.
    let done = service.blocking(move |service| {
        service.check(read.seal().as_ref(), read.signed())?;
        let message = Media::read(&read.headers, &read.body)?;
        Ok(media.answer(StatusCode::OK, &work(service, &read, message)?))
    });
    done.await.unwrap_or_else(|failure| failure.answer(media))
}

async fn hello(State(service): Here, request: Request) -> Response<Body> {
    let read = match Read::whole(service.limits.body, request).await {
        Ok(read) => read,
        Err((media, failure)) => return failure.answer(media),
    };
    let media = Media::wanted(&read.headers);
    let done = service.blocking(move |service| {
        let seal = read.seal();
        service.check(seal.as_ref(), read.signed())?;
        let device = seal.map(|seal| seal.device).unwrap_or_default();
        let welcome = service.authority.welcome(Service::now(), &Hello { protocol: PROTOCOL, device })?;
        Ok(media.answer(StatusCode::OK, &welcome))
    });
    done.await.unwrap_or_else(|failure| failure.answer(media))
}

async fn offer(State(service): Here, request: Request) -> Response<Body> {
    unsigned(service, request, |service, ask: Ask| {
        Ok(enrolment::offer(&service.authority, &*service.county, Service::now(), &ask)?)
    })
    .await
}

async fn enroll(State(service): Here, request: Request) -> Response<Body> {
    unsigned(service, request, |service, join: Join| {
        let joined = enrolment::join(&service.authority, &*service.county, Service::now(), &join)?;
        service.metrics.joined();
        Ok(joined)
    })
    .await
}

/// As [`answered`], for those who are not known yet.
async fn unsigned<T, A>(
    service: Arc<Service>,
    request: Request,
    work: impl FnOnce(&Service, T) -> Result<A, Failure> + Send + 'static,
) -> Response<Body>
where
    T: DeserializeOwned + Send + 'static,
    A: serde::Serialize + Send + 'static,
{
    // What is said by them is short.
    const LIMIT: usize = 16 << 10;
    let read = match Read::whole(LIMIT, request).await {
        Ok(read) => read,
        Err((media, failure)) => return failure.answer(media),
    };
    let media = Media::wanted(&read.headers);
    let done = service.blocking(move |service| {
        let message = Media::read_within(&read.headers, &read.body, LIMIT)?;
        Ok(media.answer(StatusCode::OK, &work(service, message)?))
    });
    done.await.unwrap_or_else(|failure| failure.answer(media))
}

async fn push(State(service): Here, request: Request) -> Response<Body> {
    answered(service, request, |service, read, parcel: Parcel| {
        read.is_of(parcel.device)?;
        let reply = service.authority.receive(Service::now(), &parcel)?;
        service.metrics.pushed(&reply);
        Ok(reply)
    })
    .await
}

async fn pull(State(service): Here, request: Request) -> Response<Body> {
    answered(service, request, pulled).await
}

fn pulled(service: &Service, read: &Read, pull: Pull) -> Result<crate::sync::protocol::Page, Failure> {
    read.is_of(pull.device)?;
    let page = service.authority.pull(Service::now(), &pull)?;
    service.metrics.pulled(page.entries.len());
    Ok(page)
}

/// The same with the message as JSON in the query, for those who look by hand.
async fn pull_by_query(State(service): Here, request: Request) -> Response<Body> {
    let read = match Read::whole(service.limits.body, request).await {
        Ok(read) => read,
        Err((media, failure)) => return failure.answer(media),
    };
    let media = Media::wanted(&read.headers);
    let done = service.blocking(move |service| {
        service.check(read.seal().as_ref(), read.signed())?;
        let pull = query(&read.path)?;
        Ok(media.answer(StatusCode::OK, &pulled(service, &read, pull)?))
    });
    done.await.unwrap_or_else(|failure| failure.answer(media))
}

fn query(path: &str) -> Result<Pull, Failure> {
    let damaged = |detail: &str| Failure::from(ProtocolError::Damaged { detail: detail.into() });
    let uri: Uri = path.parse().map_err(|_| damaged("query"))?;
    let query = axum::extract::Query::<std::collections::HashMap<String, String>>::try_from_uri(&uri);
    let query = query.map_err(|_| damaged("query"))?;
    let message = query.get("message").ok_or_else(|| damaged("query: message"))?;
    serde_json::from_str(message).map_err(|_| damaged("query: message"))
}

async fn bootstrap(State(service): Here, request: Request) -> Response<Body> {
    answered(service, request, |service, read, ask: Bootstrap| {
        read.is_of(ask.device)?;
        let chunk = service.authority.bootstrap(Service::now(), &ask)?;
        service.metrics.pulled(chunk.items.len());
        Ok(chunk)
    })
    .await
}

/// Whether requests would be answered now: the store is there, and the server is not ending.
async fn readyz(State(service): Here) -> Response<Body> {
    let ending = service.ending.load(Ordering::Relaxed);
    let realm = service.blocking(|service| Ok(service.authority.realm()?));
    match realm.await {
        Ok(realm) if !ending && realm.epoch > 0 => {
            Media::Json.answer(StatusCode::OK, &json!({"ready": true, "epoch": realm.epoch}))
        }
        Ok(_) => Media::Json.answer(StatusCode::SERVICE_UNAVAILABLE, &json!({"ready": false})),
        Err(failure) => failure.not_ready(),
    }
}

async fn metrics(State(service): Here) -> Response<Body> {
    let waiting = service.waiting.load(Ordering::Relaxed);
    let working = service.limits.concurrent.saturating_sub(service.permits.available_permits());
    let text = service.metrics.text(waiting, working, service.connections.load(Ordering::Relaxed));
    let mut answer = Response::new(Body::from(text));
    let media = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, media);
    answer
}

/// Around every request: its time limit, the server's clock in the answer, metrics, a line in the log. The line holds no
/// personal data: neither bodies nor addresses, and of paths only the route.
async fn around(State(service): Here, request: Request, next: Next) -> Response<Body> {
    let began = Instant::now();
    let media = Media::wanted(request.headers());
    let route = request.extensions().get::<MatchedPath>().map_or("other", |path| path.as_str()).to_owned();
    let device = request.headers().get(header::AUTHORIZATION).and_then(|value| Seal::parse(value.to_str().ok()?));
    let method = request.method().clone();
    let done = tokio::time::timeout(service.limits.request, next.run(request)).await;
    let mut answer = done.unwrap_or_else(|_| Failure::Slow.answer(media));
    let now = Service::now();
    answer.headers_mut().insert(HeaderName::from_static(NOW), HeaderValue::from(now.0));
    let (status, took) = (answer.status().as_u16(), began.elapsed());
    service.metrics.answered(&route, status, took);
    let device = device.map(|seal| seal.device.to_string()).unwrap_or_default();
    let ms = took.as_secs_f64() * 1000.0;
    if answer.status().is_server_error() {
        let why = answer.extensions_mut().remove::<Why>().map(|why| why.0).unwrap_or_default();
        tracing::warn!(method = method.as_str(), route, status, ms, device, why, "answered");
    } else {
        tracing::info!(method = method.as_str(), route, status, ms, device, "answered");
    }
    answer
}
