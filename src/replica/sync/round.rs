//! A round with a server, over whatever carries requests.

use super::super::vault::unreadable;
use super::super::{Replica, ReplicaError};
use super::session::Session;
use crate::domain::moment::Now;
use crate::i18n::{Explain, Lang, replica as say};
use crate::sync::client::{Client, Local as _, Reply, Request, RoundError};
use crate::sync::http::{Exchange, Link, Options, Progress, Summary, SyncError, round};
use crate::sync::protocol::{Parcel, ProtocolError, SealedReply, Verdict};

/// Why a round did not come to its end. What was answered until then is kept.
#[derive(Debug, thiserror::Error)]
pub enum DeviceSyncError {
    /// This device has joined no server. `sync.not_enrolled`
    #[error("this device has joined no server")]
    NotEnrolled,
    /// A round is under way already. `sync.busy`
    #[error("a round is under way")]
    Busy,
    /// The device's own store.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    /// The connection, the server, or what it said.
    #[error(transparent)]
    Sync(#[from] SyncError),
}

impl DeviceSyncError {
    /// Whether another round later may succeed, with nobody doing anything.
    pub fn is_passing(&self) -> bool {
        match self {
            DeviceSyncError::Busy => true,
            DeviceSyncError::Sync(error) => error.is_passing(),
            DeviceSyncError::NotEnrolled | DeviceSyncError::Replica(_) => false,
        }
    }
}

impl DeviceSyncError {
    /// How long the server asked to stay away.
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            DeviceSyncError::Sync(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl Explain for DeviceSyncError {
    fn code(&self) -> &str {
        match self {
            DeviceSyncError::NotEnrolled => "sync.not_enrolled",
            DeviceSyncError::Busy => "sync.busy",
            DeviceSyncError::Replica(error) => error.code(),
            DeviceSyncError::Sync(error) => error.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            DeviceSyncError::Replica(error) => error.field(),
            DeviceSyncError::Sync(error) => error.field(),
            _ => None,
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            DeviceSyncError::NotEnrolled => say::not_enrolled(lang).to_owned(),
            DeviceSyncError::Busy => say::sync_busy(lang).to_owned(),
            DeviceSyncError::Replica(error) => error.message(lang),
            DeviceSyncError::Sync(error) => error.message(lang),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            DeviceSyncError::NotEnrolled => say::not_enrolled_remedy(lang).to_owned(),
            DeviceSyncError::Busy => say::sync_busy_remedy(lang).to_owned(),
            DeviceSyncError::Replica(error) => error.remedy(lang),
            DeviceSyncError::Sync(error) => error.remedy(lang),
        }
    }
}

impl Replica {
    /// Pushes what has no verdict and pulls until nothing is new. Others may read and commit meanwhile. A round that is
    /// cut off anywhere goes on with the next one.
    ///
    /// # Errors
    /// [`DeviceSyncError`].
    pub fn sync_once(
        &self,
        link: &mut dyn Exchange,
        now: Now,
        see: &mut dyn FnMut(Progress),
    ) -> Result<Summary, DeviceSyncError> {
        self.wait_until_open().map_err(DeviceSyncError::Replica)?;
        let enrolment = self.enrolment().ok_or(DeviceSyncError::NotEnrolled)?;
        let Ok(_alone) = self.syncing.try_lock() else { return Err(DeviceSyncError::Busy) };
        let secret = enrolment.key().map_err(ReplicaError::from)?;
        let failed = |fault: crate::domain::records::Unreadable| DeviceSyncError::Replica(fault.into());
        let mut session = Session::new(self, secret).map_err(failed)?;
        let done = round(link, &mut session, Client::default(), see);
        let answered = !matches!(done, Err(SyncError::Link(_)));
        self.online.store(answered, std::sync::atomic::Ordering::Relaxed);
        let summary = done?;
        session.finish(now).map_err(failed)?;
        self.refresh_view().map_err(failed)?;
        if session.moved || summary.pushed > 0 || summary.pulled > 0 {
            // What left the device must not stand in the file of rows either.
            self.save_rows()?;
            self.vault.store.checkpoint().map_err(unreadable).map_err(failed)?;
        }
        Ok(summary)
    }
}

/// What a device writes into a file instead of sending it.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The bytes that would have been sent, with the device's seal.
    pub parcel: Parcel,
    /// Commands in it.
    pub commands: u64,
    /// Commands that wait behind it, for a further file.
    pub left: u64,
}

impl Replica {
    /// [`Replica::sync_once`] with the server that the device has joined.
    ///
    /// # Errors
    /// [`DeviceSyncError`].
    pub fn sync_with_server(&self, now: Now, see: &mut dyn FnMut(Progress)) -> Result<Summary, DeviceSyncError> {
        let enrolment = self.enrolment().ok_or(DeviceSyncError::NotEnrolled)?;
        let secret = enrolment.key().map_err(ReplicaError::from)?;
        let options =
            Options { trust: enrolment.trust.clone(), allow_plain: enrolment.allow_plain, ..Options::default() };
        let link = Link::new(&enrolment.url, &options).map_err(SyncError::from)?;
        self.sync_once(&mut link.of(self.device(), secret), now, see)
    }

    /// The commands that have no verdict yet, as one sealed batch for a file; `None` where none wait.
    ///
    /// # Errors
    /// [`DeviceSyncError`].
    pub fn outgoing_parcel(&self) -> Result<Option<Outgoing>, DeviceSyncError> {
        let session = self.file_session()?;
        let waiting = session.last_seq() - session.answered();
        let request = Client::default().next(&session).map_err(SyncError::from)?;
        let Some(Request::Push(parcel)) = request else { return Ok(None) };
        let secret = session.identity().1;
        let commands = parcel.open(&secret).map_err(|error| SyncError::Round(RoundError::Server(error)))?.commands;
        let commands = commands.len() as u64;
        Ok(Some(Outgoing { parcel, commands, left: waiting.saturating_sub(commands) }))
    }

    /// Takes in the reply to a batch that travelled as a file. What it says already is passed over.
    ///
    /// # Errors
    /// [`DeviceSyncError`]; `push.forged` where the seal is not the server's, `round.wrong_answer` for the reply to
    /// another device.
    pub fn take_in_reply(&self, sealed: &SealedReply) -> Result<Summary, DeviceSyncError> {
        let Ok(_alone) = self.syncing.try_lock() else { return Err(DeviceSyncError::Busy) };
        let mut session = self.file_session()?;
        if sealed.device != self.device() {
            return Err(SyncError::Round(RoundError::WrongAnswer).into());
        }
        let refused = |error: ProtocolError| SyncError::Round(RoundError::Server(error));
        let reply = sealed.open(&session.identity().1).map_err(refused)?;
        if session.hash_at(reply.last_seq).is_some_and(|hash| hash != reply.last_hash) {
            return Err(SyncError::Round(RoundError::WrongAnswer).into());
        }
        let before = session.answered();
        let waited = session.waiting().map_err(|fault| DeviceSyncError::Replica(fault.into()))?;
        let is_fresh =
            |verdict: &&Verdict| verdict.seq > before || (waited.contains(&verdict.seq) && !verdict.outcome.waits());
        let fresh: Vec<_> = reply.verdicts.iter().filter(is_fresh).cloned().collect();
        let mut summary = Summary { pushed: fresh.len() as u64, rounds: 1, ..Summary::default() };
        fresh.iter().for_each(|verdict| summary.verdicts.count(&verdict.outcome));
        if !fresh.is_empty() {
            Client::default().take(&mut session, Ok(Reply::Push(reply.clone()))).map_err(SyncError::from)?;
            self.vault.store.checkpoint().map_err(ReplicaError::from)?;
        }
        Ok(summary)
    }

    fn file_session(&self) -> Result<Session<'_>, DeviceSyncError> {
        self.wait_until_open().map_err(DeviceSyncError::Replica)?;
        let enrolment = self.enrolment().ok_or(DeviceSyncError::NotEnrolled)?;
        let secret = enrolment.key().map_err(ReplicaError::from)?;
        Session::new(self, secret).map_err(|fault| DeviceSyncError::Replica(fault.into()))
    }
}
