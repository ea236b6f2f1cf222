//! `serve`

use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::place::{self, Place};
use super::{Bureau, Server};
use crate::central::http::{self, Limits, Ready, Service, Serving, Tls};
use crate::central::store::Embedded;
use crate::cli::{CliError, Fault, Io, Outcome, Sub, usage};
use crate::i18n::{Explain as _, cli as say};
use crate::owner::{self, Owner, Request};

/// Runs the central server until it is told to end (SIGTERM or SIGINT)
///
/// Prints one line when it takes requests, and its log on the error stream. `server …` administers it meanwhile.
#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7600")]
    listen: SocketAddr,
    /// The store: sled (in the home, the default) or postgres://…; ZHULIAN_STORE if not given
    #[arg(long, value_name = "STORE")]
    store: Option<String>,
    /// Certificate chain in PEM form; with --tls-key the server speaks HTTPS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Key of the certificate in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Requests worked on at once; more wait in line
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
    /// Requests in line; more are told to come back
    #[arg(long, value_name = "N", default_value_t = 512)]
    queue: u16,
    /// Connections that may be open; who comes beyond them is told to come back
    #[arg(long, value_name = "N", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    connections: u32,
    /// Days for which the bytes of commands that stand are kept, at least 90; what they did stands in the files
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u16).range(90..))]
    keep_days: u16,
    /// What the log tells: error, warn, info (each request) or debug
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log: tracing::Level,
}

/// How often the embedded store is looked at for compaction.
const TIDY: Duration = Duration::from_secs(3600);

impl Serve {
    /// Does so.
    ///
    /// # Errors
    /// Why it cannot: `home.in_use`, `serve.address`, `serve.tls`, those of the store.
    pub fn run(&self, passphrase_file: Option<&PathBuf>, io: &mut Io<'_>) -> Outcome {
        // A second subscriber is refused; there is only this one.
        let _ = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_target(false)
            .with_max_level(self.log)
            .with_writer(std::io::stderr)
            .try_init();
        let place = Place::open(self.store.as_deref(), passphrase_file, io)?;
        let elsewhere = self.store.as_deref().filter(|_| place.embedded.is_none());
        if let Some(url) = elsewhere {
            place::remember(url, io)?;
        }
        let lock = if place.embedded.is_none() { place::lock(io)? } else { None };
        let limits = Limits {
            concurrent: self.concurrency.into(),
            waiting: self.queue.into(),
            connections: self.connections as usize,
            keep_days: self.keep_days.into(),
            ..Limits::default()
        };
        let service = Service::new(place.county.clone(), limits);
        let attends = place.embedded.is_some() || lock.is_some();
        let owner = attends.then(|| {
            let embedded = place.embedded.clone();
            let attending = Attending { service: service.clone(), embedded, home: io.home.clone() };
            Owner::start(&place::home(io), Arc::new(attending))
        });
        if let Some(Err(error)) = &owner {
            tracing::warn!(%error, "commands of administration are not attended to");
        }
        let tls = self.tls_cert.clone().zip(self.tls_key.clone());
        let tls = tls.map(|(certificate, key)| Tls { certificate: io.path(&certificate), key: io.path(&key) });
        let serving = Serving { listen: self.listen, tls };
        if let Some(embedded) = place.embedded.clone() {
            std::thread::spawn(move || {
                loop {
                    match embedded.tidy() {
                        Ok(true) => tracing::info!("compacted"),
                        Ok(false) => {}
                        Err(error) => tracing::warn!(code = error.code(), "could not be compacted"),
                    }
                    std::thread::sleep(TIDY);
                }
            });
        }
        let (lang, as_json, kind) = (io.lang, io.json, place.kind);
        let served = http::serve(service, &serving, |ready| {
            let line = if as_json { line_json(ready, kind) } else { say::listening(lang, &line_of(ready, kind)) };
            // Whoever started it may have closed the stream; the server goes on.
            let mut out = std::io::stdout();
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        });
        drop(owner);
        place.close()?;
        drop(lock);
        Ok(served?)
    }
}

fn line_of(ready: Ready, store: &str) -> String {
    let scheme = if ready.tls { "https" } else { "http" };
    format!("{scheme}={} store={store} pid={}", ready.address, std::process::id())
}

fn line_json(ready: Ready, store: &str) -> String {
    let scheme = if ready.tls { "https" } else { "http" };
    let url = format!("{scheme}://{}", ready.address);
    json!({"listening": {scheme: ready.address.to_string()}, "url": url, "store": store, "pid": std::process::id()})
        .to_string()
}

/// Carries out `server …` for other processes while the server runs.
struct Attending {
    service: Arc<Service>,
    embedded: Option<Embedded>,
    home: PathBuf,
}

impl Attending {
    fn carry_out(&self, act: &Server, io: &mut Io<'_>) -> Outcome {
        let (authority, county) = (self.service.authority(), &**self.service.county());
        act.run(&Bureau { authority, county, embedded: self.embedded.as_ref() }, io)
    }
}

impl owner::Service for Attending {
    fn command(&self, request: Request, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
        let args: Vec<_> = request.args.iter().map(Into::into).collect();
        // The sender has understood it, so what is not understood here is of another version of the program.
        let Ok(cli) = crate::cli::parse(&args, request.lang) else { return usage::EXIT };
        let mut io = Io::of_request(&request, cli.json, &self.home, out, err);
        let outcome = match &cli.command {
            Some(Sub::Server(act)) => self.carry_out(act, &mut io),
            _ => Err(CliError::NeedsWhole { pid: Some(std::process::id()) }.into()),
        };
        match outcome {
            Ok(()) => 0,
            Err(fault) => Fault::tell(&fault, &mut io),
        }
    }

    /// The server shows no console.
    fn console(&self, _: UnixStream) {}
}
