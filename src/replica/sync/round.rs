//! A round with a server, over whatever carries requests.

use super::super::vault::unreadable;
use super::super::{Replica, ReplicaError};
use super::session::Session;
use crate::domain::moment::Now;
use crate::i18n::{Explain, Lang, replica as say};
use crate::sync::client::Client;
use crate::sync::http::{Exchange, Progress, Summary, SyncError, round};

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
        let summary = round(link, &mut session, Client::default(), see)?;
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
