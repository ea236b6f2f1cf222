//! `sync`

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::{CliError, Io, Outcome, Run};
use crate::desk::Desk;
use crate::i18n::{Explain as _, cli as say};
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
    /// Writes what waits to be sent into a file instead of sending it
    #[arg(long, value_name = "FILE", conflicts_with = "from_file")]
    to_file: Option<PathBuf>,
    /// Reads the server's reply to such a file
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
}

/// Between two rounds of `--watch`.
const PAUSE: Duration = Duration::from_secs(30);
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

impl Run for Sync {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match (&self.to_file, &self.from_file) {
            (Some(path), _) => to_file(desk, io, path),
            (_, Some(path)) => from_file(desk, io, path),
            _ if self.watch => watch(desk, io),
            _ => {
                let summary = once(desk, io)?;
                told(io, &summary)
            }
        }
    }
}

fn once(desk: &Desk, io: &mut Io<'_>) -> Result<Summary, crate::replica::sync::DeviceSyncError> {
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
    let line = say::synced(io.lang, summary.pushed, summary.verdicts.refused, summary.pulled);
    io.answer(summary, line)
}

/// Rounds until somebody stops it: at a steady, jittered pace while all is well, ever more slowly while it is not.
fn watch(desk: &Desk, io: &mut Io<'_>) -> Outcome {
    let mut steady = Backoff::new(PAUSE, PAUSE);
    let mut failing = Backoff::new(PAUSE, LONGEST_PAUSE);
    loop {
        let pause = match once(desk, io) {
            Ok(summary) => {
                failing = Backoff::new(PAUSE, LONGEST_PAUSE);
                if summary.pushed > 0 || summary.pulled > 0 {
                    told(io, &summary)?;
                }
                steady.pause(None)
            }
            Err(error) if error.is_passing() => {
                io.remark(error.message(io.lang));
                failing.pause(None)
            }
            Err(error) => return Err(error.into()),
        };
        std::thread::sleep(pause);
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
