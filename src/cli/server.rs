//! `serve` and `server …`: the central server and its administration.
//!
//! The server's data lie in the folder `server` of the home, with a lock and a socket of their own. While a server runs,
//! `server …` hands its command to it through that socket; otherwise it opens the store itself.

mod backup;
mod device;
mod feed;
mod ingest;
mod org;
mod place;
mod region;
mod resource;
mod serve;
mod station;
mod stock;
mod worker;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use serve::Serve;

use self::place::Place;
use super::keep::{Keeper, all};
use super::{CliError, Fault, Io, Outcome, reach};
use crate::central::Authority;
use crate::central::enrolment::County;
use crate::central::store::{Embedded, StoreFault};
use crate::domain::command::Command;
use crate::domain::id::WorkerId;
use crate::domain::moment::Now;
use crate::domain::numbering::{self, Series};
use crate::domain::record::{Kind, Record};
use crate::domain::region::{Region, RegionCode};
use crate::owner::{self, Answer, Request};
use crate::store::StoreError;
use crate::sync::feed::Feed;
use crate::sync::fold::Body;
use crate::sync::protocol::{Outcome as Verdict, ProtocolError};

/// What a bureau administers.
pub struct Bureau<'c> {
    /// The authority over the county.
    pub authority: &'c Authority,
    /// The county's store.
    pub county: &'c dyn County,
    /// The embedded store beneath, where it is that one.
    pub embedded: Option<&'c Embedded>,
}

/// Where the server's data are, and what to do there.
#[derive(Debug, clap::Args)]
pub struct Server {
    /// The server's store: sled (in the home), or postgres://…; ZHULIAN_STORE if not given, else the one served last
    #[arg(long, value_name = "STORE", global = true)]
    store: Option<String>,
    /// What to do.
    #[command(subcommand)]
    act: Act,
}

/// What can be administered.
#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Workers of the county
    #[command(subcommand)]
    Worker(worker::Worker),
    /// Organisations: departments, charities, village bodies, enterprises
    #[command(subcommand)]
    Org(org::Org),
    /// Stations on three levels: centres, stations, points
    #[command(subcommand)]
    Station(station::Station),
    /// Resources: what government and charity can offer
    #[command(subcommand)]
    Resource(resource::Resource),
    /// Stock of resources, set aside for stations
    #[command(subcommand)]
    Stock(stock::Stock),
    /// Devices, and the one-time codes by which they join
    #[command(subcommand)]
    Device(device::Device),
    /// Feeds, and who holds them
    #[command(subcommand)]
    Feed(feed::Feed),
    /// Regions of the county: towns, villages, grids
    #[command(subcommand)]
    Region(region::Region),
    Ingest(ingest::Ingest),
    Backup(backup::BackupCounty),
    Restore(backup::RestoreCounty),
    Restored(backup::Restored),
}

impl Server {
    /// Does so, through the server that runs on this home or on the store itself. Gives the exit code.
    ///
    /// # Errors
    /// Why it did not.
    pub fn reach(&self, passphrase_file: Option<&PathBuf>, args: &[OsString], io: &mut Io<'_>) -> Result<u8, Fault> {
        /// How long to wait for a server that starts or ends, or for another command.
        const PATIENCE: Duration = Duration::from_secs(15);
        let home = place::home(io);
        if let Some(restore) = self.restores() {
            return restore.run(passphrase_file, io).map(|()| 0);
        }
        let began = Instant::now();
        loop {
            let args = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
            let request = Request { args, cwd: io.cwd.clone(), lang: io.lang, live: io.live };
            let answer = owner::command(&home, &request, io.out, io.err).map_err(|error| reach::lost(error, &home))?;
            if let Answer::Done(code) = answer {
                return Ok(code);
            }
            match Place::open(self.store.as_deref(), passphrase_file, io) {
                Ok(place) => {
                    let outcome = self.run(&place.bureau(), io);
                    return place.close().and(outcome).map(|()| 0);
                }
                Err(fault) if fault.code() == "home.in_use" && began.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Does so on an open county.
    ///
    /// # Errors
    /// Why it did not.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        match &self.act {
            Act::Worker(act) => act.run(bureau, io),
            Act::Org(act) => act.run(bureau, io),
            Act::Station(act) => act.run(bureau, io),
            Act::Resource(act) => act.run(bureau, io),
            Act::Stock(act) => act.run(bureau, io),
            Act::Device(act) => act.run(bureau, io),
            Act::Feed(act) => act.run(bureau, io),
            Act::Region(act) => act.run(bureau, io),
            Act::Ingest(act) => act.run(bureau, io),
            Act::Backup(act) => act.run(bureau, io),
            Act::Restored(act) => act.run(bureau, io),
            // A store that is open is none to restore into.
            Act::Restore(_) => Err(StoreError::RestoreNotEmpty(io.home.join("server")).into()),
        }
    }
}

/// Every reference record of the county, in the order of ids.
fn each_reference(bureau: &Bureau<'_>, see: &mut dyn FnMut(Record)) -> Result<(), Fault> {
    const AT_ONCE: usize = 500;
    let failed = |fault: StoreFault| Fault::from(ProtocolError::from(fault));
    let mut tx = bureau.county.begin().map_err(failed)?;
    let mut after = None;
    loop {
        let documents = tx.documents_of(&Feed::Reference, after.as_ref(), AT_ONCE).map_err(failed)?;
        for document in &documents {
            let body = Body::decode(&document.key, &document.body.0);
            if let Body::Record(record) = body.map_err(|fault| failed(StoreFault::Damaged(fault.0)))? {
                see(record);
            }
        }
        if documents.len() < AT_ONCE {
            return Ok(());
        }
        after = documents.last().map(|document| document.key.clone());
    }
}

impl Keeper for Bureau<'_> {
    fn records(&self, kind: Kind) -> Result<Vec<Record>, Fault> {
        let mut found = Vec::new();
        each_reference(self, &mut |record| {
            if record.kind() == kind {
                found.push(record);
            }
        })?;
        Ok(found)
    }

    fn carry_out(&self, now: Now, command: Command) -> Outcome {
        match self.authority.administer(now.at, WorkerId::default(), &command)? {
            Verdict::Refused { told, .. } => Err(Fault::Told(Box::new(told))),
            Verdict::Applied | Verdict::Merged { .. } => Ok(()),
        }
    }

    fn resource_number(&self, region: &RegionCode, now: Now) -> Result<String, Fault> {
        let realm = self.authority.realm()?;
        // Without a region of its own it is one of the county.
        let county =
            if region.is_empty() { all::<Region>(self)?.into_iter().next().map(|held| held.code) } else { None };
        let region = county.as_ref().unwrap_or(region);
        // Every act of the bureau has a number of its own; the next one is that of this registration.
        Ok(numbering::number(Series::Resource, region, now.today(), realm.device, realm.last_act + 1))
    }

    fn territories(&self) -> Vec<RegionCode> {
        Vec::new()
    }
}

/// A territory by its region code.
fn territory(text: &str) -> Result<RegionCode, Fault> {
    let code = text.trim().strip_prefix("territory/").unwrap_or(text.trim());
    RegionCode::parse(code).ok_or_else(|| {
        let expected = ("区划代码，例如 990101102201", "the code of a region, as 990101102201");
        CliError::Value { option: "territory", value: text.to_owned(), expected }.into()
    })
}
