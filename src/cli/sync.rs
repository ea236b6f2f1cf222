//! `sync`

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::{CliError, Fault, Io, Outcome, Run};
use crate::desk::Desk;
use crate::i18n::{Explain as _, cli as say};
use crate::replica::sync::DeviceSyncError;
use crate::store::codec;
use crate::sync::http::{Backoff, Progress, Summary};
use crate::sync::protocol::{MAX_FILE, ProtocolError, SealedReply};

/// Synchronises with the server: sends what was done here, receives the data of the territory
///
/// A round that is cut off goes on with the next one. Without a network, --to-file writes what waits into a file for
/// `server ingest`, and --from-file reads the reply.
#[derive(Debug, clap::Args)]
pub struct Sync {
    /// Goes on synchronising until it is stopped
    #[arg(long, conflicts_with_all = ["to_file", "from_file"])]
    watch: bool,
    /// Seconds between two rounds of --watch
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "watch", value_parser = clap::value_parser!(u16).range(1..))]
    every: u16,
    /// Writes what waits to be sent into a file instead of sending it
    #[arg(long, value_name = "FILE", conflicts_with = "from_file")]
    to_file: Option<PathBuf>,
    /// Reads the server's reply to such a file
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
}

/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

impl Run for Sync {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match (&self.to_file, &self.from_file) {
            (Some(path), _) => to_file(desk, io, path),
            (_, Some(path)) => from_file(desk, io, path),
            _ if self.watch => watch(desk, io, Duration::from_secs(self.every.into())),
            _ => {
                let summary = once(desk, io)?;
                told(io, &summary)
            }
        }
    }
}

impl Sync {
    /// Whether it goes on until it is stopped.
    pub fn watches(&self) -> bool {
        self.watch
    }
}

fn once(desk: &Desk, io: &mut Io<'_>) -> Result<Summary, DeviceSyncError> {
    let lang = io.lang;
    let done = desk.replica().sync_with_server(Desk::now(), &mut |progress| match progress {
        Progress::Pushed(done, total) => io.progress(&say::sync_pushed(lang, done, total)),
        Progress::Pulled(done) => io.progress(&say::sync_pulled(lang, done)),
        Progress::Waiting(pause) => io.progress(&say::sync_waiting(lang, pause.as_secs().max(1))),
    });
    io.progress_done();
    done
}

fn told(io: &mut Io<'_>, summary: &Summary) -> Outcome {
    if summary.verdicts.waiting > 0 {
        io.remark(say::sync_held_up(io.lang, summary.verdicts.waiting));
    }
    let line = say::synced(io.lang, summary.pushed, summary.verdicts.refused, summary.pulled);
    io.answer(summary, line)
}

/// Rounds until somebody stops it: at a steady, jittered pace while all is well, ever more slowly while it is not, and
/// never sooner than the server asked. What is told is told at once; of a failure that goes on, once.
fn watch(desk: &Desk, io: &mut Io<'_>, every: Duration) -> Outcome {
    let stop = Stop::listen()?;
    let mut steady = Backoff::new(every, every);
    let mut failing = Backoff::new(every, LONGEST_PAUSE.max(every));
    let mut failed: Option<String> = None;
    loop {
        let pause = match once(desk, io) {
            Ok(summary) => {
                failing.reset();
                if failed.take().is_some() || summary.pushed > 0 || summary.pulled > 0 {
                    say_now(io, &summary)?;
                }
                steady.pause(None)
            }
            // Somebody else's round does as well.
            Err(DeviceSyncError::Busy) => steady.pause(None),
            Err(error) if error.is_passing() => {
                let pause = failing.pause(error.retry_after());
                if failed.as_deref() != Some(error.code()) {
                    super::fault::tell(io, &error, &[]);
                    io.remark(say::sync_waiting(io.lang, pause.as_secs().max(1)));
                    failed = Some(error.code().to_owned());
                }
                pause
            }
            Err(error) => return Err(error.into()),
        };
        if stop.comes_within(pause) {
            return Ok(());
        }
    }
}

/// Tells what a round did without waiting for the end of the command, which may be days away.
fn say_now(io: &mut Io<'_>, summary: &Summary) -> Outcome {
    let line = if io.json {
        serde_json::to_string(summary).map_err(std::io::Error::from)?
    } else {
        say::synced(io.lang, summary.pushed, summary.verdicts.refused, summary.pulled)
    };
    let mut out = std::io::stdout();
    Ok(writeln!(out, "{line}").and_then(|()| out.flush())?)
}

/// SIGTERM, SIGINT and SIGHUP end the watch between two rounds, with the home closed as it should be.
struct Stop {
    told: UnixStream,
}

impl Stop {
    fn listen() -> Result<Stop, Fault> {
        let (told, teller) = UnixStream::pair()?;
        for signal in [SIGTERM, SIGINT, SIGHUP] {
            signal_hook::low_level::pipe::register(signal, teller.try_clone()?)?;
        }
        Ok(Stop { told })
    }

    /// Waits so long for a signal.
    fn comes_within(&self, pause: Duration) -> bool {
        // A time-out of nothing would mean for ever.
        let waits = self.told.set_read_timeout(Some(pause.max(Duration::from_millis(1))));
        let mut one = [0];
        match waits.and_then(|()| (&self.told).read(&mut one)) {
            Ok(_) => true,
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted),
        }
    }
}

fn to_file(desk: &Desk, io: &mut Io<'_>, path: &Path) -> Outcome {
    let path = io.path(path);
    let Some(outgoing) = desk.replica().outgoing_parcel()? else {
        let value = json!({"commands": 0, "left": 0, "file": null});
        return io.answer(&value, say::sync_nothing_to_write(io.lang));
    };
    std::fs::write(&path, codec::encode(&outgoing.parcel)?).map_err(|error| CliError::file(&path, &error))?;
    let value = json!({"commands": outgoing.commands, "left": outgoing.left, "file": path});
    io.answer(&value, say::sync_written(io.lang, outgoing.commands, outgoing.left, &path.display().to_string()))
}

fn from_file(desk: &Desk, io: &mut Io<'_>, path: &Path) -> Outcome {
    let path = io.path(path);
    let size = std::fs::metadata(&path).map_err(|error| CliError::file(&path, &error))?.len();
    let limit = MAX_FILE as u64;
    if size > limit {
        return Err(ProtocolError::TooLarge { bytes: size, limit }.into());
    }
    let bytes = std::fs::read(&path).map_err(|error| CliError::file(&path, &error))?;
    let summary = desk.replica().take_in_reply(&SealedReply::from_file(&bytes)?)?;
    told(io, &summary)
}
