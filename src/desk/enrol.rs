//! Joining a server with a one-time code: the command line and the console's first screen do it alike.

use std::path::PathBuf;

use super::Desk;
use crate::domain::id::WorkerId;
use crate::domain::moment::Now;
use crate::i18n::{Explain, Lang};
use crate::replica::sync::{Enrolment, Homeless, Strangers, rehome};
use crate::replica::{Replica, ReplicaError};
use crate::roster::unlisted;
use crate::settings::SettingsError;
use crate::sync::feed::Scope;
use crate::sync::http::{Join, Link, LinkError, Options};

/// What joining takes.
#[derive(Debug, Clone, Default)]
pub struct Joining {
    /// The server's address.
    pub url: String,
    /// The one-time code.
    pub code: String,
    /// What to call this device; empty leaves it to the server.
    pub name: String,
    /// A certificate file (PEM) to trust instead of the public ones.
    pub trust: Option<PathBuf>,
    /// Whether the key may travel unencrypted to another machine; for closed test networks only.
    pub allow_plain: bool,
    /// Whether households that are not sent yet may lie outside the territory: they arrive at the server and leave here.
    pub leave_outside: bool,
}

/// What the server said.
#[derive(Debug, Clone)]
pub struct Joined {
    /// What the device is called there.
    pub name: String,
    /// Workers and territories of the device.
    pub scope: Scope,
    /// Households here that lie outside that territory: once sent, the server keeps them and they leave this device.
    pub outside: usize,
}

impl Joined {
    /// The worker who works on the device.
    pub fn worker(&self) -> Option<WorkerId> {
        self.scope.workers.first().copied()
    }
}

/// Why a device did not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The home holds invented data, or its store failed.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    /// The connection, or the server's refusal.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Households here lie in places that are no regions of the county.
    #[error(transparent)]
    Homeless(#[from] Homeless),
    /// Households here lie outside the territory.
    #[error(transparent)]
    Strangers(#[from] Strangers),
    /// Who works here could not be kept.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl JoinError {
    fn told(&self) -> &dyn Explain {
        match self {
            JoinError::Replica(error) => error,
            JoinError::Link(error) => error,
            JoinError::Homeless(error) => error,
            JoinError::Strangers(error) => error,
            JoinError::Settings(error) => error,
        }
    }
}

impl Explain for JoinError {
    fn code(&self) -> &str {
        self.told().code()
    }
    fn field(&self) -> Option<&str> {
        self.told().field()
    }
    fn message(&self, lang: Lang) -> String {
        self.told().message(lang)
    }
    fn remedy(&self, lang: Lang) -> String {
        self.told().remedy(lang)
    }
}

impl Desk {
    /// Joins a server: asks what the one-time code gives, looks whether what is recorded here has its place there, makes the
    /// device's key, spends the code, and keeps the enrolment. The data come with the first round.
    ///
    /// The code is spent only when nothing here stands against joining, and joining again with it is harmless while it
    /// lives. What was recorded here and not sent stays in sight: a household in a place that the county does not have, or
    /// outside the device's territory, keeps the device from joining, the latter unless the worker wants to leave it to the
    /// server.
    ///
    /// # Errors
    /// `enrol.demo_home`, `enrol.code_wrong`, `enrol.code_over`, `enrol.regions_unknown` ([`Homeless`]),
    /// `enrol.households_outside` ([`Strangers`]), those of the connection, and the store's. Until the enrolment is kept
    /// nothing has changed here.
    pub fn join(replica: &Replica, joining: &Joining, now: Now) -> Result<Joined, JoinError> {
        replica.may_enrol()?;
        let Joining { url, code, name, trust, allow_plain, leave_outside } = joining.clone();
        let url = url.trim().to_owned();
        let options = Options { trust: trust.clone(), allow_plain, ..Options::default() };
        let mut link = Link::new(&url, &options)?;
        let code = code.trim().to_owned();
        let (scope, regions) = link.offer(&code, replica.device())?;
        // Before anything is sent: a household under a code that was made up here belongs to no territory.
        let homes = rehome(&replica.homemade_regions()?, &regions, &scope, now.today())?;
        let strangers = replica.strangers(&scope.territories, &homes)?;
        let outside = strangers.households();
        if outside > 0 && !leave_outside {
            return Err(strangers.into());
        }
        let unlisted = unlisted::is_unlisted(regions.iter(), &scope.territories, now.today());
        let secret = replica.joining_key(&url, &code)?;
        let joined = link.enrol(&Join { code, device: replica.device(), secret: secret.clone(), name })?;
        replica.enrol(Enrolment {
            url,
            secret,
            name: joined.name.clone(),
            scope: joined.scope.clone(),
            at: now.at,
            trust,
            allow_plain,
            was: Vec::new(),
            homes,
            unlisted,
        })?;
        let joined = Joined { name: joined.name, scope: joined.scope, outside };
        if let Some(worker) = joined.worker() {
            crate::settings::write(&replica.store().home().settings_path(), "worker", &worker.to_string())?;
        }
        Ok(joined)
    }
}
