//! `demo`

use std::time::Instant;

use serde_json::json;

use super::{Io, Outcome, Run};
use crate::demo::{Demo as Drawn, Size};
use crate::desk::Desk;
use crate::domain::command::Command;
use crate::domain::record::Record;
use crate::domain::refusal::Reason;
use crate::domain::worker::{Actor, Role};
use crate::i18n::cli as say;
use crate::replica::Stage;
use crate::settings;

/// Fills an empty home with invented data and opens the console
///
/// The same size, seed and day give the same data. village has 600 households, town 2,000, county 10,000, city 85,700
/// with 139,100 people. All of it is invented: ID numbers begin with 99, which no province has.
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// How much: village, town, county, city
    #[arg(long, value_name = "SIZE", default_value = "village", value_parser = ["village", "town", "county", "city"])]
    size: String,
    /// Another demo of the same size
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Do not open the console
    #[arg(long)]
    pub(super) no_open: bool,
}

/// Records that hang on no household in one command: far below what one journal entry can hold.
const LOOSE_CHUNK: usize = 200;

impl Run for Demo {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let began = Instant::now();
        let replica = desk.replica();
        if replica.read().rows.iter().any(|(_, row)| row.is_present()) {
            return Err(Reason::HoldsData.into());
        }
        // The parser lets no other names through.
        let size = Size::from_name(&self.size).unwrap_or_default();
        let demo = Drawn::new(size, self.seed, io.now.today());
        let actor = Actor {
            worker: demo.worker(),
            role: Role::GridWorker,
            org: None,
            regions: Vec::new(),
            device: replica.device(),
        };
        let reference = demo.reference();
        let strays: Vec<Record> = demo.leads_without_household().map(Record::from).collect();
        let loose = reference.chunks(LOOSE_CHUNK).chain(strays.chunks(LOOSE_CHUNK)).map(<[Record]>::to_vec);
        let mut commands = loose.chain(demo.households()).map(|records| Ok(Command::Seed { records }));
        let lang = io.lang;
        let total = demo.len() as u64;
        replica.commit_all(&actor, io.now, &mut commands, &mut |stage, count| {
            io.progress(&match stage {
                Stage::Writing => say::demo_writing(lang, count, total),
                Stage::Indexing => say::demo_indexing(lang, count, total),
            });
            true
        })?;
        io.progress_done();
        replica.store().settle()?;
        settings::write(&io.home.join("settings.toml"), "worker", &demo.worker().to_string())?;
        self.tell(desk, size, began, io)
    }
}

impl Demo {
    fn tell(&self, desk: &Desk, size: Size, began: Instant, io: &mut Io<'_>) -> Outcome {
        let (households, members) = {
            let memory = desk.replica().read();
            let members: u64 = memory.rows.iter().map(|(_, row)| u64::from(row.fixed().members)).sum();
            (memory.rows.len(), members)
        };
        let value = json!({
            "size": size.name(),
            "seed": self.seed,
            "households": households,
            "members": members,
            "home": io.home,
            "ms": began.elapsed().as_millis() as u64,
        });
        let home = io.home.display().to_string();
        io.answer(&value, say::demo_done(io.lang, households, members, &home))
    }
}
