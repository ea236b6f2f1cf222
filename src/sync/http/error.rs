//! What can go wrong between a device and a server, beyond what the protocol knows.

use std::time::Duration;

use crate::i18n::{Explain, Lang, link as say};
use crate::sync::protocol::Told;

/// Why a server cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// The machine is there, and nothing listens at that port.
    Refused,
    /// The name of the host leads nowhere.
    NameNotFound,
    /// There is no way to that network.
    NoNetwork,
    /// The connection broke off.
    Broken,
    /// The proxy that the environment names does not let the request through.
    Proxy,
    /// Anything else.
    Other,
}

/// What is wrong with a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// Nobody whom this device trusts has signed it.
    Issuer,
    /// It is for another name.
    Name,
    /// It is not valid yet, or no longer.
    Date,
    /// No encrypted connection came about.
    Handshake,
}

/// Why there is no answer, or none that the protocol knows.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LinkError {
    /// The address is no `http://` or `https://` address. `link.bad_url`
    #[error("not an address: {url}")]
    BadUrl {
        /// What was given.
        url: String,
    },
    /// The device's key would travel in the open. `link.insecure`
    #[error("plain HTTP to another machine")]
    Insecure,
    /// This device has not joined a server. `link.not_joined`
    #[error("not joined")]
    NotJoined,
    /// A certificate file that cannot be used. `link.bad_certificate_file`
    #[error("the certificate file cannot be used: {detail}")]
    BadCertificateFile {
        /// What was seen.
        detail: String,
    },
    /// The server's certificate is not trusted. `link.untrusted`
    #[error("the server's certificate is not trusted: {detail}")]
    Untrusted {
        /// What is wrong with it.
        why: Distrust,
        /// What was seen, in the library's words: for logs.
        detail: String,
    },
    /// The server cannot be reached. `link.offline`
    #[error("no connection: {detail}")]
    Offline {
        /// Of what kind the failure is.
        why: Outage,
        /// What was seen, in the system's words: for logs.
        detail: String,
    },
    /// The server took too long. `link.timeout`
    #[error("no answer in time")]
    Timeout,
    /// What answers is no server of this program. `link.not_a_server`
    #[error("not a server of this program: {detail}")]
    NotAServer {
        /// What was seen.
        detail: String,
    },
    /// The server refused, for a reason of HTTP alone.
    #[error("{}", told.code)]
    Told {
        /// Code, message and remedy as the server said.
        told: Box<Told>,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
}

impl LinkError {
    /// Whether the same request may succeed later.
    pub fn is_passing(&self) -> bool {
        match self {
            LinkError::Offline { .. } | LinkError::Timeout => true,
            LinkError::Told { told, retry_after } => {
                retry_after.is_some() || matches!(told.code.as_str(), "request.stale" | "request.slow")
            }
            _ => false,
        }
    }
}

impl Explain for LinkError {
    fn code(&self) -> &str {
        match self {
            LinkError::BadUrl { .. } => "link.bad_url",
            LinkError::Insecure => "link.insecure",
            LinkError::NotJoined => "link.not_joined",
            LinkError::BadCertificateFile { .. } => "link.bad_certificate_file",
            LinkError::Untrusted { .. } => "link.untrusted",
            LinkError::Offline { .. } => "link.offline",
            LinkError::Timeout => "link.timeout",
            LinkError::NotAServer { .. } => "link.not_a_server",
            LinkError::Told { told, .. } => &told.code,
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            LinkError::BadUrl { .. } | LinkError::Insecure => Some("url"),
            LinkError::Told { told, .. } => told.field.as_deref(),
            _ => None,
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            LinkError::BadUrl { url } => say::bad_url(lang, url),
            LinkError::Insecure => say::insecure(lang).into(),
            LinkError::NotJoined => say::not_joined(lang).into(),
            LinkError::BadCertificateFile { detail } => say::bad_certificate_file(lang, detail),
            LinkError::Untrusted { why, .. } => match why {
                Distrust::Issuer => say::untrusted_issuer(lang),
                Distrust::Name => say::untrusted_name(lang),
                Distrust::Date => say::untrusted_date(lang),
                Distrust::Handshake => say::untrusted_handshake(lang),
            }
            .into(),
            LinkError::Offline { why, .. } => match why {
                Outage::Refused => say::offline_refused(lang),
                Outage::NameNotFound => say::offline_name(lang),
                Outage::NoNetwork => say::offline_network(lang),
                Outage::Broken => say::offline_broken(lang),
                Outage::Proxy => say::offline_proxy(lang),
                Outage::Other => say::offline(lang),
            }
            .into(),
            LinkError::Timeout => say::timeout(lang).into(),
            LinkError::NotAServer { detail } => say::not_a_server(lang, detail),
            LinkError::Told { told, .. } => lang.pick(&told.message.zh, &told.message.en).clone(),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            LinkError::BadUrl { .. } => say::bad_url_remedy(lang).into(),
            LinkError::Insecure => say::insecure_remedy(lang).into(),
            LinkError::NotJoined => say::unsigned_remedy(lang).into(),
            LinkError::BadCertificateFile { .. } => say::bad_certificate_file_remedy(lang).into(),
            LinkError::Untrusted { why, .. } => match why {
                Distrust::Issuer => say::untrusted_remedy(lang),
                Distrust::Name => say::untrusted_name_remedy(lang),
                Distrust::Date => say::untrusted_date_remedy(lang),
                Distrust::Handshake => say::untrusted_handshake_remedy(lang),
            }
            .into(),
            LinkError::Offline { why, .. } => match why {
                Outage::Refused => say::offline_refused_remedy(lang),
                Outage::NameNotFound => say::offline_name_remedy(lang),
                Outage::Proxy => say::offline_proxy_remedy(lang),
                Outage::NoNetwork | Outage::Broken | Outage::Other => say::offline_remedy(lang),
            }
            .into(),
            LinkError::Timeout => say::timeout_remedy(lang).into(),
            LinkError::NotAServer { .. } => say::not_a_server_remedy(lang).into(),
            LinkError::Told { told, .. } => lang.pick(&told.remedy.zh, &told.remedy.en).clone(),
        }
    }
}
