//! `server worker amend`

use serde_json::json;

use crate::central::store::Device;
use crate::cli::keep::{self, Facts, one};
use crate::cli::server::{Bureau, territory};
use crate::cli::{Fault, Io, Outcome};
use crate::domain::id::WorkerId;
use crate::domain::value::FieldValue as _;
use crate::domain::worker::Worker;
use crate::i18n::{Lang, cli as say};

/// Amends a worker: role, territory, organisation, whether in service
///
/// A worker out of service can do nothing more: a device of nobody else is turned away at its next request, and on a
/// shared one the worker's commands are refused. What the device still has can be written to a file and brought in with
/// `server ingest --supervised`. Another territory leaves devices as they are; `server feed give` changes those.
#[derive(Debug, clap::Args)]
pub struct Amend {
    /// The worker, by id or name
    #[arg(value_name = "WORKER")]
    worker: String,
    /// Another name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Another role; those of server worker add
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Telephone; empty takes it away
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// The worker's organisation, by id or name; empty for none
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// Territory, by the code of a village, town or county; may be given several times. These replace those before
    #[arg(long, value_name = "CODE")]
    territory: Vec<String>,
    /// Back into service
    #[arg(long, conflicts_with = "inactive")]
    active: bool,
    /// Out of service: the worker may do nothing more
    #[arg(long)]
    inactive: bool,
}

impl Amend {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let held = one::<Worker>(bureau, &self.worker, "worker", |worker| &worker.name)?;
        let org = self.org.as_ref().map(|text| keep::org(bureau, text, "org")).transpose()?;
        let mut regions = self.territory.iter().map(|code| territory(code)).collect::<Result<Vec<_>, _>>()?;
        regions.sort();
        regions.dedup();
        let active = (self.active || self.inactive).then_some(self.active);
        let changed = Facts::new(Worker::TABLE)
            .typed("name", self.name.as_ref(), io.now)?
            .typed("role", self.role.as_ref(), io.now)?
            .typed("phone", self.phone.as_ref(), io.now)?
            .value("org", org.map(|org| org.to_value()))
            .value("regions", (!regions.is_empty()).then(|| regions.to_value()))
            .value("active", active.map(|active| active.to_value()))
            .amend(bureau, &held, io.now)?;
        let now = one::<Worker>(bureau, &held.id.to_string(), "worker", |worker| &worker.name)?;
        let devices = devices(bureau, held.id)?;
        let value = json!({
            "id": now.id,
            "name": now.name,
            "role": now.role,
            "active": now.active,
            "territories": now.regions,
            "org": now.org,
            "changed": changed,
            "devices": devices.iter().map(|device| json!({"id": device.id, "name": device.name})).collect::<Vec<_>>(),
        });
        io.answer(&value, say::amended(io.lang, &now.id.to_string(), changed))?;
        if !now.is_in_service() {
            let workers = super::workers(bureau)?;
            let left = names(devices.iter().filter(|device| is_out_of_service(device, &workers)), io.lang);
            if !left.is_empty() {
                io.remark(say::worker_left_devices(io.lang, &left));
            }
        }
        if now.regions != held.regions && !devices.is_empty() {
            io.remark(say::worker_devices_keep(io.lang, &names(devices.iter(), io.lang)));
        }
        Ok(())
    }
}

/// Devices as people call them.
fn names<'d>(devices: impl Iterator<Item = &'d Device>, lang: Lang) -> String {
    let named = devices.map(|device| match device.name.as_str() {
        "" => device.id.to_string(),
        name => name.to_owned(),
    });
    named.collect::<Vec<_>>().join(lang.pick("、", ", "))
}

/// The devices of a worker that were not revoked.
fn devices(bureau: &Bureau<'_>, worker: WorkerId) -> Result<Vec<Device>, Fault> {
    let mut devices = bureau.authority.devices()?;
    devices.retain(|device| device.revoked_at.is_none() && device.scope.workers.contains(&worker));
    Ok(devices)
}

/// Whether no worker of a device is in service.
pub fn is_out_of_service(device: &Device, workers: &[Worker]) -> bool {
    let of_it = |worker: &&Worker| device.scope.workers.contains(&worker.id);
    let mut own = workers.iter().filter(of_it).peekable();
    own.peek().is_some() && own.all(|worker| !worker.is_in_service())
}
