//! `server ingest`

use std::path::PathBuf;

use serde_json::json;

use super::Bureau;
use crate::cli::{CliError, Fault, Io, Outcome};
use crate::i18n::cli as say;
use crate::store::codec;
use crate::sync::protocol::{MAX_FILE, Outcome as Verdict, Parcel, ProtocolError, PushReply, SealedReply, Secret};

/// Takes in a batch that came as a file
///
/// The bytes are those that a device would have sent, with its seal. The reply is written beside the file, or to --reply,
/// and goes back to the device the same way. Taking in the same file again has no further effect.
#[derive(Debug, clap::Args)]
pub struct Ingest {
    /// The file from the device
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to write the reply; FILE.reply if not given
    #[arg(long, value_name = "FILE")]
    reply: Option<PathBuf>,
    /// Takes in what a device still had that was revoked or whose workers went out of service
    #[arg(long)]
    supervised: bool,
}

impl Ingest {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let path = io.path(&self.file);
        let size = std::fs::metadata(&path).map_err(|error| CliError::file(&path, &error))?.len();
        let limit = MAX_FILE as u64;
        if size > limit {
            return Err(ProtocolError::TooLarge { bytes: size, limit }.into());
        }
        let bytes = std::fs::read(&path).map_err(|error| CliError::file(&path, &error))?;
        let parcel = Parcel::from_file(&bytes)?;
        let secret = secret_of(bureau, &parcel)?;
        let reply = self.take_in(bureau, io, &parcel, &secret)?;
        let sealed = SealedReply::pack(&reply, parcel.device, &secret)?;
        let target = match &self.reply {
            Some(reply) => io.path(reply),
            None => {
                let mut name = path.clone().into_os_string();
                name.push(".reply");
                name.into()
            }
        };
        std::fs::write(&target, codec::encode(&sealed)?).map_err(|error| CliError::file(&target, &error))?;
        let count = |fits: fn(&Verdict) -> bool| reply.verdicts.iter().filter(|verdict| fits(&verdict.outcome)).count();
        let applied = count(|outcome| matches!(outcome, Verdict::Applied));
        let merged = count(|outcome| matches!(outcome, Verdict::Merged { .. }));
        let waiting = count(Verdict::waits);
        let refused = reply.verdicts.len() - applied - merged - waiting;
        let value = json!({
            "device": parcel.device,
            "pushed": reply.verdicts.len(),
            "verdicts": {"applied": applied, "merged": merged, "refused": refused, "waiting": waiting},
            "reply": target,
        });
        if waiting > 0 {
            io.remark(say::sync_held_up(io.lang, waiting as u64));
        }
        io.answer(&value, say::ingested(io.lang, applied, merged, refused, &target.display().to_string()))
    }

    fn take_in(&self, bureau: &Bureau<'_>, io: &Io<'_>, parcel: &Parcel, secret: &Secret) -> Result<PushReply, Fault> {
        if self.supervised {
            Ok(bureau.authority.ingest_supervised(io.now.at, &parcel.open(secret)?)?)
        } else {
            Ok(bureau.authority.receive(io.now.at, parcel)?)
        }
    }
}

/// The key of the device that a parcel says it is from.
fn secret_of(bureau: &Bureau<'_>, parcel: &Parcel) -> Result<Secret, ProtocolError> {
    let held = bureau.county.begin().and_then(|mut tx| tx.peek_device(parcel.device)).map_err(ProtocolError::from)?;
    let device = held.ok_or(ProtocolError::UnknownDevice)?;
    let key = device.secret.0.as_slice().try_into();
    key.map(Secret::new).map_err(|_| ProtocolError::Failed { detail: "a device without a key".into() })
}
