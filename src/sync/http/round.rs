//! A whole round with a server over a line that fails.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::{Backoff, Link, LinkError, Traffic};
use crate::i18n::{Explain, Lang};
use crate::sync::client::{Client, Local, Reply, Request, RoundError};
use crate::sync::protocol::{Outcome, ProtocolError};

/// What carries requests to a server and brings the answers back.
pub trait Exchange {
    /// Sends a request and gives the answer.
    ///
    /// # Errors
    /// The outer one is the carrier's, the inner one the server's.
    fn exchange(&mut self, request: &Request) -> Result<Result<Reply, ProtocolError>, LinkError>;
    /// What went over the wire so far.
    fn traffic(&self) -> Traffic;
}

impl Exchange for Link {
    fn exchange(&mut self, request: &Request) -> Result<Result<Reply, ProtocolError>, LinkError> {
        Link::exchange(self, request)
    }
    fn traffic(&self) -> Traffic {
        Link::traffic(self)
    }
}

/// What a round did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Commands sent that got a verdict.
    pub pushed: u64,
    /// What became of them.
    pub verdicts: Verdicts,
    /// Entries and items that came.
    pub pulled: u64,
    /// Requests with an answer.
    pub rounds: u64,
    /// Bytes sent, heads of HTTP included.
    pub bytes_up: u64,
    /// Bytes received, heads of HTTP included.
    pub bytes_down: u64,
    /// How long it took.
    pub ms: u64,
    /// Why feeds had to be fetched anew; never between a sound device and a sound server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misfit: Option<String>,
}

/// Verdicts by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Verdicts {
    /// Stand as they were.
    pub applied: u64,
    /// Stand in part.
    pub merged: u64,
    /// Refused; each stays in the inbox.
    pub refused: u64,
    /// Not decided yet: they wait at the server for what another device has yet to bring back after a restore.
    #[serde(skip_serializing_if = "is_none")]
    pub waiting: u64,
}

// What serde asks for takes a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Verdicts {
    /// Counts one more.
    pub fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Applied => self.applied += 1,
            Outcome::Merged { .. } => self.merged += 1,
            outcome if outcome.waits() => self.waiting += 1,
            Outcome::Refused { .. } => self.refused += 1,
        }
    }
}

/// How far a round has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many commands of so many have their verdict.
    Pushed(u64, u64),
    /// So many entries and items have come.
    Pulled(u64),
    /// The line or the server failed; the next try is after that pause.
    Waiting(Duration),
}

/// Why a round ended early. Everything that was answered until then is kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SyncError {
    /// The connection.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The protocol, or the device's own store.
    #[error(transparent)]
    Round(#[from] RoundError),
}

impl SyncError {
    /// Whether another round later may succeed, with nobody doing anything.
    pub fn is_passing(&self) -> bool {
        match self {
            SyncError::Link(error) => error.is_passing(),
            SyncError::Round(RoundError::Server(error)) => error.is_passing(),
            SyncError::Round(_) => false,
        }
    }

    /// How long the server asked to stay away.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            SyncError::Link(LinkError::Told { retry_after, .. }) => *retry_after,
            SyncError::Round(RoundError::Server(error)) => error.retry_after(),
            _ => None,
        }
    }

    fn inner(&self) -> &dyn Explain {
        match self {
            SyncError::Link(error) => error,
            SyncError::Round(error) => error,
        }
    }
}

impl Explain for SyncError {
    fn code(&self) -> &str {
        self.inner().code()
    }
    fn field(&self) -> Option<&str> {
        self.inner().field()
    }
    fn message(&self, lang: Lang) -> String {
        self.inner().message(lang)
    }
    fn remedy(&self, lang: Lang) -> String {
        self.inner().remedy(lang)
    }
}

/// Tries of one request, with pauses between them, before the round gives up.
const TRIES: u32 = 4;
/// Beyond this a round does not wait for the server: it ends, and whoever watches begins another one later.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Pushes and pulls until nothing is new. Every answer is durable on the device before the next request, so a round that
/// ends early, or a program that is killed, goes on where it was, also within a bootstrap.
///
/// # Errors
/// [`SyncError`].
pub fn round(
    link: &mut dyn Exchange,
    local: &mut dyn Local,
    client: Client,
    see: &mut dyn FnMut(Progress),
) -> Result<Summary, SyncError> {
    let began = Instant::now();
    let before = link.traffic();
    let mut summary = Summary::default();
    let done = go_on(link, local, client, see, &mut summary);
    let after = link.traffic();
    summary.bytes_up = after.bytes_up - before.bytes_up;
    summary.bytes_down = after.bytes_down - before.bytes_down;
    summary.ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    done.map(|()| summary)
}

fn go_on(
    link: &mut dyn Exchange,
    local: &mut dyn Local,
    mut client: Client,
    see: &mut dyn FnMut(Progress),
    summary: &mut Summary,
) -> Result<(), SyncError> {
    let unsent = local.last_seq() - local.answered();
    while let Some(request) = client.next(local)? {
        let reply = patiently(link, &request, see)?;
        summary.rounds += 1;
        if let Ok(reply) = &reply {
            summary.count(reply);
        }
        client.take(local, reply)?;
        match request {
            Request::Push(_) => see(Progress::Pushed(summary.pushed, unsent.max(summary.pushed))),
            Request::Pull(_) | Request::Bootstrap(_) => see(Progress::Pulled(summary.pulled)),
        }
    }
    summary.misfit = client.misfit().map(str::to_owned);
    Ok(())
}

/// One request, again after a pause where line or server fail.
fn patiently(
    link: &mut dyn Exchange,
    request: &Request,
    see: &mut dyn FnMut(Progress),
) -> Result<Result<Reply, ProtocolError>, SyncError> {
    let mut backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(4));
    let mut tries = 0;
    loop {
        tries += 1;
        let answer = link.exchange(request);
        let asked = match &answer {
            Ok(Err(error)) => error.retry_after(),
            Err(LinkError::Told { retry_after, .. }) => *retry_after,
            _ => None,
        };
        let passing = match &answer {
            Ok(Err(error)) => error.is_passing(),
            Ok(Ok(_)) => false,
            Err(error) => error.is_passing(),
        };
        let pause = backoff.pause(asked);
        if !passing || tries >= TRIES || pause > LONGEST_WAIT {
            return Ok(answer?);
        }
        see(Progress::Waiting(pause));
        std::thread::sleep(pause);
    }
}

impl Summary {
    fn count(&mut self, reply: &Reply) {
        match reply {
            Reply::Push(reply) => {
                self.pushed += reply.verdicts.len() as u64;
                reply.verdicts.iter().for_each(|verdict| self.verdicts.count(&verdict.outcome));
            }
            Reply::Page(page) => self.pulled += page.entries.len() as u64,
            Reply::Chunk(chunk) => self.pulled += chunk.items.len() as u64,
        }
    }
}
