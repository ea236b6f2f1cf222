//! The device's connection to a server: one request, one answer.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{Response, StatusCode};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::seal::{Seal, Signed};
use super::{Ask, BINARY, Distrust, Fault, Join, Joined, LinkError, NOW, Offer, Outage};
use crate::domain::id::DeviceId;
use crate::domain::moment::Moment;
use crate::domain::record::Record;
use crate::domain::region::Region;
use crate::store::codec;
use crate::sync::client::{Reply, Request};
use crate::sync::feed::Scope;
use crate::sync::fold;
use crate::sync::protocol::{MAX_PAGE, MAX_PUSH, ProtocolError, Secret, Welcome};

/// How a connection behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The longest time until a connection stands.
    pub connect: Duration,
    /// The longest time for one request with its answer: enough for a megabyte over a slow line.
    pub request: Duration,
    /// Certificates to trust instead of the public ones, in PEM form.
    pub trust: Option<PathBuf>,
    /// Whether a device key may travel unencrypted to another machine. Only for closed test networks.
    pub allow_plain: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { connect: Duration::from_secs(10), request: Duration::from_secs(120), trust: None, allow_plain: false }
    }
}

/// What went over the wire: HTTP heads and bodies, without TLS and TCP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Requests.
    pub requests: u64,
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
}

/// A connection to one server. It holds a socket open between requests where it can.
#[derive(Debug)]
pub struct Link {
    agent: Agent,
    base: String,
    identity: Option<(DeviceId, Secret)>,
    allow_plain: bool,
    /// The server's clock less this machine's, in milliseconds.
    ahead: i64,
    traffic: Traffic,
}

/// The largest answer, in bytes: a page may be larger than its limit by one command.
const MOST: usize = 4 * MAX_PUSH;

impl Link {
    /// To the server at that address. Nothing is sent yet.
    ///
    /// # Errors
    /// `link.bad_url`, `link.bad_certificate_file`.
    pub fn new(url: &str, options: &Options) -> Result<Link, LinkError> {
        let base = url.trim().trim_end_matches('/').to_owned();
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
        let bad_url = || LinkError::BadUrl { url: url.to_owned() };
        if host.is_none_or(|host| host.is_empty() || host.contains(char::is_whitespace)) {
            return Err(bad_url());
        }
        // What the library cannot read as an address is told now, not with the first request.
        base.parse::<ureq::http::Uri>().map_err(|_| bad_url())?;
        let mut tls = TlsConfig::builder();
        if let Some(path) = &options.trust {
            tls = tls.root_certs(trusted(path)?);
        }
        let agent = Agent::config_builder()
            .timeout_connect(Some(options.connect))
            .timeout_global(Some(options.request))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("zhulian/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls.build())
            .build()
            .into();
        let allow_plain = options.allow_plain;
        Ok(Link { agent, base, identity: None, allow_plain, ahead: 0, traffic: Traffic::default() })
    }

    /// The same as that device.
    #[must_use]
    pub fn of(mut self, device: DeviceId, secret: Secret) -> Link {
        self.identity = Some((device, secret));
        self
    }

    /// What went over the wire so far.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// Asks what a one-time code would give a device, and for the county's regions. The code stays good.
    ///
    /// # Errors
    /// As [`Link::enrol`].
    pub fn offer(&mut self, code: &str, device: DeviceId) -> Result<(Scope, Vec<Region>), LinkError> {
        self.may_send_keys()?;
        let mut regions = Vec::new();
        let mut resume = None;
        loop {
            let ask = Ask { code: code.to_owned(), device, resume, max_bytes: MAX_PAGE as u32 };
            let offer: Offer = self.send("POST", "/v1/enroll/offer", Some(&encode(&ask)?), false)?.map_err(refused)?;
            for item in &offer.regions.items {
                let body = fold::Body::decode(&item.key, &item.body.0);
                if let fold::Body::Record(Record::Region(region)) =
                    body.map_err(|fault| LinkError::NotAServer { detail: fault.to_string() })?
                {
                    regions.push(region);
                }
            }
            match offer.regions.resume {
                Some(next) => resume = Some(next),
                None => return Ok((offer.scope, regions)),
            }
        }
    }

    /// Codes and keys go unencrypted to this machine only.
    fn may_send_keys(&self) -> Result<(), LinkError> {
        let is_open = self.base.starts_with("http://") && !is_this_machine(&self.base);
        if is_open && !self.allow_plain { Err(LinkError::Insecure) } else { Ok(()) }
    }

    /// Joins with a one-time code. From then on the link is that device's.
    ///
    /// # Errors
    /// `link.insecure`, `enrol.code_wrong`, `enrol.code_over`, and those of the connection.
    pub fn enrol(&mut self, join: &Join) -> Result<Joined, LinkError> {
        self.may_send_keys()?;
        let secret = join.secret().map_err(refused)?;
        let joined: Joined = self.send("POST", "/v1/enroll", Some(&encode(join)?), false)?.map_err(refused)?;
        self.identity = Some((join.device, secret));
        Ok(joined)
    }

    /// The first word: versions, epoch, limits, clock.
    ///
    /// # Errors
    /// The outer one is the connection's, the inner one the server's.
    pub fn hello(&mut self) -> Result<Result<Welcome, ProtocolError>, LinkError> {
        self.send("GET", "/v1/hello", None, true)
    }

    /// Sends a request of a round and gives the answer, for [`Client::take`](crate::sync::client::Client::take).
    ///
    /// # Errors
    /// The outer one is the connection's, the inner one the server's.
    pub fn exchange(&mut self, request: &Request) -> Result<Result<Reply, ProtocolError>, LinkError> {
        Ok(match request {
            Request::Push(parcel) => self.post("/v1/push", parcel)?.map(Reply::Push),
            Request::Pull(pull) => self.post("/v1/pull", pull)?.map(Reply::Page),
            Request::Bootstrap(ask) => self.post("/v1/bootstrap", ask)?.map(Reply::Chunk),
        })
    }

    fn post<T: DeserializeOwned>(
        &mut self,
        path: &str,
        message: &impl Serialize,
    ) -> Result<Result<T, ProtocolError>, LinkError> {
        self.send("POST", path, Some(&encode(message)?), true)
    }

    /// Sends, and once more with the server's clock where this machine's is too far from it.
    fn send<T: DeserializeOwned>(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
        signed: bool,
    ) -> Result<Result<T, ProtocolError>, LinkError> {
        match self.send_once(method, path, body, signed) {
            Err(LinkError::Told { told, .. }) if told.code == "request.stale" => {
                self.send_once(method, path, body, signed)
            }
            answer => answer,
        }
    }

    fn send_once<T: DeserializeOwned>(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
        signed: bool,
    ) -> Result<Result<T, ProtocolError>, LinkError> {
        let mut headers = vec![("accept", BINARY.to_owned())];
        if body.is_some() {
            headers.push(("content-type", BINARY.to_owned()));
        }
        if signed {
            let (device, secret) = self.identity.as_ref().ok_or(LinkError::NotJoined)?;
            let at = Moment(clock().0.saturating_add(self.ahead));
            let signed = Signed { method, path, body: body.unwrap_or_default() };
            headers.push(("authorization", Seal::new(*device, secret, at, signed).header()));
        }
        let url = format!("{}{path}", self.base);
        self.traffic.requests += 1;
        self.traffic.bytes_up += sent(method, &url, &headers, body);
        let answer = match body {
            Some(body) => {
                let request =
                    headers.iter().fold(self.agent.post(&url), |request, (name, value)| request.header(*name, value));
                request.send(body)
            }
            None => {
                let request =
                    headers.iter().fold(self.agent.get(&url), |request, (name, value)| request.header(*name, value));
                request.call()
            }
        };
        self.answered(answer.map_err(|error| failed(&error))?)
    }

    fn answered<T: DeserializeOwned>(
        &mut self,
        mut answer: Response<Body>,
    ) -> Result<Result<T, ProtocolError>, LinkError> {
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let now: Option<i64> = header(NOW).and_then(|text| text.parse().ok());
        let retry_after = header("retry-after").and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let is_ours = header("content-type").is_some_and(|media| media.starts_with(BINARY));
        let status = answer.status();
        let head: usize = answer.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        let bytes = answer.body_mut().with_config().limit(MOST as u64).read_to_vec().map_err(|error| failed(&error))?;
        self.traffic.bytes_down += (head + bytes.len() + 19) as u64;
        let Some(now) = now.filter(|_| is_ours) else {
            return Err(LinkError::NotAServer { detail: format!("HTTP {}", status.as_u16()) });
        };
        self.ahead = now.saturating_sub(clock().0);
        let odd = |error: crate::store::StoreError| LinkError::NotAServer { detail: error.to_string() };
        if status == StatusCode::OK {
            return codec::decode_within(&bytes, MOST).map(Ok).map_err(odd);
        }
        let fault: Fault = codec::decode_within(&bytes, MOST).map_err(odd)?;
        match fault.cause {
            Some(cause) => Ok(Err(cause)),
            None => Err(LinkError::Told { told: Box::new(fault.error), retry_after }),
        }
    }
}

fn refused(error: ProtocolError) -> LinkError {
    LinkError::Told { told: Box::new(Fault::of(&error, None).error), retry_after: error.retry_after() }
}

fn encode(message: &impl Serialize) -> Result<Vec<u8>, LinkError> {
    // Only a message with a map whose keys are no texts cannot be written, and there is none.
    codec::encode(message).map_err(|error| LinkError::NotAServer { detail: error.to_string() })
}

fn clock() -> Moment {
    Moment::from_system(SystemTime::now())
}

/// Bytes of a request as HTTP/1.1 writes it.
fn sent(method: &str, url: &str, headers: &[(&str, String)], body: Option<&[u8]>) -> u64 {
    let path = url.splitn(4, '/').nth(3).map_or(1, |path| path.len() + 1);
    let host = url.split('/').nth(2).map_or(0, str::len);
    let line = method.len() + path + 12;
    let own: usize = headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    // host, user-agent, accept-encoding are the library's.
    let rest = host + 8 + 12 + 4 + "zhulian/".len() + env!("CARGO_PKG_VERSION").len();
    let length = body.map_or(0, |body| 18 + body.len().to_string().len() + body.len());
    (line + own + rest + length + 2) as u64
}

fn is_this_machine(base: &str) -> bool {
    let host = base.trim_start_matches("http://");
    let host = host.split('/').next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn trusted(path: &std::path::Path) -> Result<RootCerts, LinkError> {
    let bad = |detail: String| LinkError::BadCertificateFile { detail };
    let pem = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| bad(error.to_string()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(bad("no certificate in it".to_owned()));
    }
    Ok(RootCerts::Specific(Arc::new(certificates)))
}

fn failed(error: &ureq::Error) -> LinkError {
    use std::io::ErrorKind as K;
    let detail = error.to_string();
    let offline = |why| LinkError::Offline { why, detail: detail.clone() };
    match error {
        ureq::Error::Timeout(_) => LinkError::Timeout,
        ureq::Error::Tls(_) => LinkError::Untrusted { why: Distrust::Handshake, detail },
        ureq::Error::Rustls(error) => LinkError::Untrusted { why: distrust(error), detail },
        ureq::Error::BadUri(_) => LinkError::BadUrl { url: detail },
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
            LinkError::NotAServer { detail }
        }
        ureq::Error::HostNotFound => offline(Outage::NameNotFound),
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => offline(Outage::Proxy),
        ureq::Error::Io(io) => {
            // The handshake's own errors come wrapped as those of the stream.
            if let Some(error) = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                return LinkError::Untrusted { why: distrust(error), detail };
            }
            match io.kind() {
                K::TimedOut | K::WouldBlock => LinkError::Timeout,
                K::ConnectionRefused => offline(Outage::Refused),
                K::NetworkUnreachable | K::HostUnreachable | K::NetworkDown | K::AddrNotAvailable => {
                    offline(Outage::NoNetwork)
                }
                K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe | K::UnexpectedEof | K::NotConnected => {
                    offline(Outage::Broken)
                }
                // The system's resolver has no kind of its own for a name that leads nowhere.
                K::NotFound => offline(Outage::NameNotFound),
                _ if detail.contains("lookup address") => offline(Outage::NameNotFound),
                _ => offline(Outage::Other),
            }
        }
        _ => offline(Outage::Other),
    }
}

/// What is wrong with a certificate.
fn distrust(error: &rustls::Error) -> Distrust {
    use rustls::CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(C::UnknownIssuer | C::BadSignature | C::Revoked) => Distrust::Issuer,
        rustls::Error::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => Distrust::Name,
        rustls::Error::InvalidCertificate(
            C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. },
        ) => Distrust::Date,
        rustls::Error::InvalidCertificate(_) => Distrust::Issuer,
        _ => Distrust::Handshake,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_before_anything_is_sent() {
        for url in ["", "zhulian.example", "ftp://a", "http://", "https://a b"] {
            assert!(matches!(Link::new(url, &Options::default()), Err(LinkError::BadUrl { .. })), "{url}");
        }
        assert_eq!(Link::new(" https://a.example/ ", &Options::default()).unwrap().base, "https://a.example");
    }

    #[test]
    fn a_key_goes_unencrypted_to_this_machine_only() {
        for (base, expected) in [
            ("http://127.0.0.1:8000", true),
            ("http://[::1]:8000", true),
            ("http://localhost", true),
            ("http://10.0.0.1:8000", false),
            ("http://127.0.0.1.example", false),
            ("http://localhost.example/127.0.0.1", false),
        ] {
            assert_eq!(is_this_machine(base), expected, "{base}");
        }
        let mut link = Link::new("http://10.0.0.1", &Options::default()).unwrap();
        let join =
            Join { code: String::new(), device: DeviceId::default(), secret: vec![0; 32].into(), name: String::new() };
        assert_eq!(link.enrol(&join), Err(LinkError::Insecure));
        assert_eq!(link.offer("", DeviceId::default()), Err(LinkError::Insecure));
    }

    #[test]
    fn failures_are_told_in_words() {
        use crate::i18n::{Explain as _, Lang};
        let io = |kind: std::io::ErrorKind| ureq::Error::Io(kind.into());
        let tls = |fault| {
            let error = rustls::Error::InvalidCertificate(fault);
            ureq::Error::Io(std::io::Error::new(std::io::ErrorKind::InvalidData, error))
        };
        for (error, code, words) in [
            (io(std::io::ErrorKind::ConnectionRefused), "link.offline", "没有程序应答"),
            (ureq::Error::HostNotFound, "link.offline", "找不到该地址"),
            (io(std::io::ErrorKind::NetworkUnreachable), "link.offline", "网络不通"),
            (io(std::io::ErrorKind::ConnectionReset), "link.offline", "连接中断"),
            (ureq::Error::InvalidProxyUrl, "link.offline", "代理"),
            (io(std::io::ErrorKind::Other), "link.offline", "无法连接服务器"),
            (io(std::io::ErrorKind::TimedOut), "link.timeout", "规定时间"),
            (tls(rustls::CertificateError::UnknownIssuer), "link.untrusted", "信任的机构"),
            (tls(rustls::CertificateError::NotValidForName), "link.untrusted", "地址不符"),
            (tls(rustls::CertificateError::Expired), "link.untrusted", "过期"),
            (ureq::Error::Tls("x"), "link.untrusted", "加密连接"),
        ] {
            let told = failed(&error);
            assert_eq!(told.code(), code, "{error}");
            let message = told.message(Lang::Zh);
            assert!(message.contains(words) && message.is_ascii() == words.is_ascii(), "{message}");
            assert!(!message.contains("io:") && !told.message(Lang::En).contains("io:"), "{message}");
            assert!(!told.remedy(Lang::Zh).is_empty() && !told.remedy(Lang::En).is_empty());
        }
    }
}
