//! `server feed …`

use serde_json::json;

use super::{Bureau, device, territory};
use crate::cli::table::Table;
use crate::cli::{Fault, Io, Outcome};
use crate::i18n::cli as say;
use crate::sync::feed::Scope;
use crate::sync::protocol::ProtocolError;

/// What can be done with feeds.
#[derive(Debug, clap::Subcommand)]
pub enum Feed {
    List(List),
    Give(Give),
}

impl Feed {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        match self {
            Feed::List(act) => act.run(bureau, io),
            Feed::Give(act) => act.run(bureau, io),
        }
    }
}

/// Lists what a device may hold, with the number of each feed's last entry
#[derive(Debug, clap::Args)]
pub struct List {
    /// The device, by id or name
    #[arg(value_name = "DEVICE")]
    device: String,
}

impl List {
    fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let device = device::device(bureau, &self.device)?;
        let heads = bureau.county.begin().and_then(|mut tx| tx.heads(&device.scope));
        let mut table = Table::new([say::h_feed(io.lang), say::h_entries(io.lang)]);
        for head in heads.map_err(|fault| Fault::from(ProtocolError::from(fault)))? {
            if io.json {
                io.value(&json!({"feed": head.feed, "entries": head.seq}))?;
            } else {
                table.row([head.feed.to_string(), head.seq.to_string()]);
            }
        }
        if io.json { Ok(()) } else { io.table(&table) }
    }
}

/// Gives a device other territories; it purges what it may no longer hold once its queue is empty
#[derive(Debug, clap::Args)]
pub struct Give {
    /// The device, by id or name
    #[arg(value_name = "DEVICE")]
    device: String,
    /// Territory by the code of a village, town or county; may be given several times. These replace those before
    #[arg(long, value_name = "CODE", required = true)]
    territory: Vec<String>,
    /// Open wishes are kept from the device
    #[arg(long)]
    no_pool: bool,
}

impl Give {
    fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let device = device::device(bureau, &self.device)?;
        let mut territories = self.territory.iter().map(|code| territory(code)).collect::<Result<Vec<_>, _>>()?;
        territories.sort();
        territories.dedup();
        let scope = Scope { territories, pool: !self.no_pool, workers: device.scope.workers.clone() };
        bureau.authority.assign(io.now.at, device.id, &scope)?;
        let feeds = device::feeds(&scope);
        let value = json!({"id": device.id, "name": device.name, "feeds": feeds});
        io.answer(&value, say::feeds_given(io.lang, &device.id.to_string(), &feeds.join(" ")))
    }
}
