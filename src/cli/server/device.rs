//! `server device …`

use serde_json::json;

use super::{Bureau, territory, worker};
use crate::central::enrolment::{self, LIFE_MINUTES, TRIES};
use crate::central::store::Device as Held;
use crate::cli::keep::pick;
use crate::cli::table::Table;
use crate::cli::{CliError, Fault, Io, Outcome};
use crate::domain::record::Kind;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::worker::Worker as Person;
use crate::i18n::cli as say;
use crate::sync::feed::Scope;
use crate::sync::protocol::ProtocolError;

/// What can be done with devices.
#[derive(Debug, clap::Subcommand)]
pub enum Device {
    Code(Code),
    List(List),
    Revoke(Revoke),
}

impl Device {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        match self {
            Device::Code(act) => act.run(bureau, io),
            Device::List(act) => act.run(bureau, io),
            Device::Revoke(act) => act.run(bureau, io),
        }
    }
}

/// Gives out a one-time code for a device: ten minutes, five tries, bound to workers and territories
#[derive(Debug, clap::Args)]
pub struct Code {
    /// The worker of the device, by id or name; may be given several times for a shared machine
    #[arg(long, value_name = "WORKER", required = true)]
    worker: Vec<String>,
    /// Territory that the device may hold, by the code of a village, town or county; may be given several times. Those of
    /// the workers if not given
    #[arg(long, value_name = "CODE")]
    territory: Vec<String>,
    /// Open wishes are kept from the device
    #[arg(long)]
    no_pool: bool,
    /// What people call the device
    #[arg(long, value_name = "NAME", default_value = "")]
    name: String,
}

impl Code {
    fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let mut workers = Vec::new();
        for text in &self.worker {
            let all = worker::workers(bureau)?;
            let found = pick(text, "worker", Kind::Worker, all, |worker| (worker.id.to_string(), worker.name.clone()))?;
            if !found.is_in_service() {
                return Err(Refusal::at("worker", Reason::WorkerLeft { name: found.name }).into());
            }
            workers.push(found);
        }
        let mut territories = self.territory.iter().map(|code| territory(code)).collect::<Result<Vec<_>, _>>()?;
        if territories.is_empty() {
            territories = workers.iter().flat_map(|worker| worker.regions.iter().cloned()).collect();
        }
        territories.sort();
        territories.dedup();
        let scope =
            Scope { territories, pool: !self.no_pool, workers: workers.iter().map(|worker| worker.id).collect() };
        let name = crate::domain::text::clean_name(&self.name, 60).map_err(|_| CliError::Value {
            option: "name",
            value: self.name.clone(),
            expected: ("不超过 60 个字的名称", "a name of up to 60 characters"),
        })?;
        let (text, code) = enrolment::issue(bureau.authority, bureau.county, io.now.at, &name, &scope)?;
        let value = json!({
            "code": text,
            "until": code.until.to_rfc3339(),
            "minutes": LIFE_MINUTES,
            "tries": TRIES,
            "workers": code.scope.workers,
            "feeds": feeds(&code.scope),
        });
        let line = say::device_code(io.lang, &text, &code.until.to_minute());
        io.answer(&value, line)
    }
}

/// Lists devices
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let headings = [
            say::h_name(lang),
            say::h_state(lang),
            say::h_seen(lang),
            say::h_commands(lang),
            say::h_territory(lang),
            say::h_id(lang),
        ];
        let mut table = Table::new(headings);
        let workers = worker::workers(bureau)?;
        for device in bureau.authority.devices()? {
            let state = state(&device, &workers);
            if io.json {
                io.value(&json!({
                    "id": device.id,
                    "name": device.name,
                    "state": state,
                    "enrolled_at": device.enrolled_at.to_rfc3339(),
                    "seen_at": device.seen_at.map(|at| at.to_rfc3339()),
                    "commands": device.last_seq,
                    "workers": device.scope.workers,
                    "feeds": feeds(&device.scope),
                }))?;
                continue;
            }
            table.row([
                device.name.clone(),
                say::device_state(lang, state).to_owned(),
                device.seen_at.map(|at| at.to_minute()).unwrap_or_default(),
                device.last_seq.to_string(),
                feeds(&device.scope).join(" "),
                device.id.to_string(),
            ]);
        }
        if io.json { Ok(()) } else { io.table(&table) }
    }
}

fn state(device: &Held, workers: &[Person]) -> &'static str {
    match (device.revoked_at, device.cloned_at) {
        (Some(_), _) => "revoked",
        (None, Some(_)) => "cloned",
        (None, None) if worker::is_out_of_service(device, workers) => "out_of_service",
        (None, None) => "active",
    }
}

/// Ends a device at its next request
///
/// What it still had queued is kept aside and can be brought in under supervision with `server ingest --supervised`.
#[derive(Debug, clap::Args)]
pub struct Revoke {
    /// The device, by id or name
    #[arg(value_name = "DEVICE")]
    device: String,
}

impl Revoke {
    fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let device = device(bureau, &self.device)?;
        bureau.authority.revoke(io.now.at, device.id)?;
        let value = json!({"id": device.id, "name": device.name, "state": "revoked"});
        io.answer(&value, say::device_revoked(io.lang, &device.id.to_string(), &device.name))
    }
}

/// A device by id, the beginning of one, or name.
pub fn device(bureau: &Bureau<'_>, text: &str) -> Result<Held, Fault> {
    let all = bureau.authority.devices()?;
    let found = pick(text, "device", Kind::Worker, all, |device| (device.id.to_string(), device.name.clone()));
    found.map_err(|fault| match fault {
        Fault::Refused(_) => ProtocolError::UnknownDevice.into(),
        other => other,
    })
}

/// The feeds of a scope by their names.
pub fn feeds(scope: &Scope) -> Vec<String> {
    let mut feeds: Vec<String> = scope.territories.iter().map(|region| format!("territory/{region}")).collect();
    if scope.pool {
        feeds.push("pool".to_owned());
    }
    feeds.push("reference".to_owned());
    feeds.extend(scope.workers.iter().map(|worker| format!("own/{worker}")));
    feeds
}
