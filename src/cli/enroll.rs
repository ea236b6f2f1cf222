//! `enroll`

use std::path::PathBuf;

use serde_json::json;

use super::{Io, Outcome, Run};
use crate::desk::Desk;
use crate::i18n::cli as say;
use crate::replica::sync::{Enrolment, rehome};
use crate::store::seal::random_secret;
use crate::sync::http::{Join, Link, Options, regions};
use crate::sync::protocol::{Bytes, MAX_PAGE};

/// Joins a server with a one-time code, and makes the device's key
///
/// The home is made where there is none. What was done on this device alone is sent too; a demo does not join.
#[derive(Debug, clap::Args)]
pub struct Enroll {
    /// The server's address, such as https://zhulian.example.org
    #[arg(value_name = "URL")]
    url: String,
    /// The code that the operator gave, good for ten minutes
    #[arg(value_name = "CODE")]
    code: String,
    /// What to call this device
    #[arg(long, value_name = "NAME", default_value = "")]
    name: String,
    /// A certificate file (PEM) to trust instead of the public ones
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Lets the key travel unencrypted to another machine; for closed test networks only
    #[arg(long)]
    allow_plain: bool,
}

impl Run for Enroll {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let replica = desk.replica();
        replica.may_enrol()?;
        let trust = self.trust.as_ref().map(|path| io.path(path));
        let options = Options { trust: trust.clone(), allow_plain: self.allow_plain, ..Options::default() };
        let mut link = Link::new(&self.url, &options)?;
        let secret = Bytes(random_secret()?.to_vec());
        let code = self.code.clone();
        let join = Join { code, device: replica.device(), secret: secret.clone(), name: self.name.clone() };
        let joined = link.enrol(&join)?;
        // Before anything is sent: a household under a code that was made up here belongs to no territory.
        let homemade = replica.homemade_regions()?;
        let homes = if homemade.is_empty() {
            Vec::new()
        } else {
            let official = regions(&mut link, joined.device, MAX_PAGE as u32)?;
            rehome(&homemade, &official, &joined.scope, io.now.today())?
        };
        let (name, scope) = (joined.name.clone(), joined.scope.clone());
        replica.enrol(Enrolment {
            url: self.url.clone(),
            secret,
            name: joined.name,
            scope: joined.scope,
            at: io.now.at,
            trust,
            allow_plain: self.allow_plain,
            was: Vec::new(),
            homes,
        })?;
        if let Some(worker) = scope.workers.first() {
            let path = replica.store().home().settings_path();
            crate::settings::write(&path, "worker", &worker.to_string())?;
        }
        let outside = replica.households_outside()?;
        let value = json!({
            "device": joined.device,
            "name": name,
            "server": self.url,
            "workers": scope.workers,
            "territories": scope.territories,
            "pending": replica.unsent(),
            "outside": outside,
        });
        if outside > 0 {
            io.remark(say::enrolled_outside(io.lang, outside));
        }
        let shown = if name.is_empty() { &self.url } else { &name };
        io.answer(&value, say::enrolled(io.lang, shown, scope.workers.len(), scope.territories.len()))
    }
}
