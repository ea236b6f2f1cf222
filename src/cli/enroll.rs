//! `enroll`

use std::path::PathBuf;

use serde_json::json;

use super::{Io, Outcome, Run};
use crate::desk::Desk;
use crate::desk::enrol::Joining;
use crate::i18n::cli as say;

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
    /// Joins although households here that are not sent yet lie outside the device's territory: they are all sent, and
    /// leave this device
    #[arg(long)]
    leave_outside: bool,
}

impl Run for Enroll {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let replica = desk.replica();
        let joining = Joining {
            url: self.url.clone(),
            code: self.code.clone(),
            name: self.name.clone(),
            trust: self.trust.as_ref().map(|path| io.path(path)),
            allow_plain: self.allow_plain,
            leave_outside: self.leave_outside,
        };
        let joined = Desk::join(replica, &joining, io.now)?;
        let (name, scope, outside) = (joined.name, joined.scope, joined.outside);
        let value = json!({
            "device": replica.device(),
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
