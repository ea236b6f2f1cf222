//! Attending to other processes while this one owns the home.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Cli, CliError, Fault, Io, Outcome, Run, reach, usage};
use crate::desk::Desk;
use crate::owner::{Request, Service};
use crate::replica::Replica;
use crate::store::{KeyKind, StoreError};

/// Carries out the commands of others with the code that runs its own.
pub struct Attending {
    replica: Arc<Replica>,
    home: PathBuf,
    /// Told after a command of another process may have changed something.
    changed: Box<dyn Fn() + Send + Sync>,
    /// Whether nobody may act for now, because the owner's console is locked.
    locked: Box<dyn Fn() -> bool + Send + Sync>,
    /// Shows a console at the other end of a connection.
    console: Box<dyn Fn(UnixStream) + Send + Sync>,
}

impl Attending {
    /// For a command that takes long: others may act, but see no console.
    pub fn new(replica: Arc<Replica>, home: PathBuf) -> Attending {
        Attending { replica, home, changed: Box::new(|| {}), locked: Box::new(|| false), console: Box::new(drop) }
    }

    /// For a console: it is told of changes, and others may have a console of their own.
    pub fn with_console(
        self,
        changed: impl Fn() + Send + Sync + 'static,
        locked: impl Fn() -> bool + Send + Sync + 'static,
        console: impl Fn(UnixStream) + Send + Sync + 'static,
    ) -> Attending {
        Attending { changed: Box::new(changed), locked: Box::new(locked), console: Box::new(console), ..self }
    }

    fn carry_out(&self, cli: &Cli, io: &mut Io<'_>) -> Outcome {
        let Some(command) = cli.command.as_ref().filter(|command| command.is_of_a_desk()) else {
            return Err(CliError::NeedsWhole { pid: Some(std::process::id()) }.into());
        };
        if matches!(command, super::Sub::Sync(act) if act.watches()) {
            // It would go on here after whoever asked for it has gone.
            return Err(CliError::NeedsWhole { pid: Some(std::process::id()) }.into());
        }
        if (self.locked)() && self.replica.store().key_kind() == KeyKind::Passphrase {
            return Err(StoreError::Locked.into());
        }
        self.replica.wait(command.searches())?;
        let desk = Desk::new(self.replica.clone(), reach::settings(io).worker);
        command.run(&desk, io)
    }
}

impl Service for Attending {
    fn command(&self, request: Request, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
        let args: Vec<_> = request.args.iter().map(Into::into).collect();
        let cli = match super::parse(&args, request.lang) {
            Ok(cli) => cli,
            // The sender has understood it, so this is another version of the program.
            Err(_) => return usage::EXIT,
        };
        // Collected first: a reader who takes his time must not hold up the records.
        let mut answer = Vec::new();
        let mut io = Io::of_request(&request, cli.json, &self.home, &mut answer, err);
        let before = self.replica.store().last_seq();
        let outcome = self.carry_out(&cli, &mut io);
        io.progress_done();
        let code = match &outcome {
            Ok(()) => 0,
            Err(fault) => fault.tell(&mut io),
        };
        if self.replica.store().last_seq() != before {
            (self.changed)();
        }
        match out.write_all(&answer).map_err(Fault::from) {
            Ok(()) | Err(Fault::Closed) => code,
            Err(_) => 1,
        }
    }

    fn console(&self, terminal: UnixStream) {
        (self.console)(terminal);
    }
}
