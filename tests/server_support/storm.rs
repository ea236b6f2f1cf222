//! Devices that push again and again, and what must be true of a server afterwards.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use zhulian::domain::command::{Command, CommandId, Envelope};
use zhulian::domain::id::VisitId;
use zhulian::domain::moment::Hlc;
use zhulian::domain::worker::Role;
use zhulian::sync::client::{Client, Local as _, Request};
use zhulian::sync::http::{Link, Options, Summary, SyncError, round};
use zhulian::sync::overlay::Base as _;
use zhulian::sync::protocol::Outcome;

use super::{Running, now};
use crate::central_support::device::Device;
use crate::central_support::words::{household, household_id, visit};

pub fn sync(device: &mut Device, link: &mut Link) -> Result<Summary, SyncError> {
    round(link, device, Client::default(), &mut |_| {})
}

/// Writes a command into the device's journal; what the server thinks of it is the server's matter.
pub fn say(device: &mut Device, command: Command) {
    let at = now();
    let id = CommandId { device: device.id, seq: device.last_seq() + 1 };
    device.write(Envelope { id, hlc: Hlc::at(at), at, worker: device.worker, role: Role::GridWorker, command });
}

/// One more visit to a household, with a name of its own.
pub fn go_visiting(device: &mut Device, household: u16) {
    let mut command = visit(1, household, device.worker, now());
    if let Command::LogVisit { visit, .. } = &mut command {
        visit.id = VisitId::new();
    }
    say(device, command);
}

/// A push of each device again and again until told to stop. What was acknowledged is in the device's verdicts.
pub fn push_until(stop: &AtomicBool, device: &mut Device, url: &str, household: u16) {
    let mut link = Link::new(url, &Options::default()).unwrap().of(device.id, device.secret.clone());
    while !stop.load(Ordering::Relaxed) {
        if device.answered() == device.last_seq() {
            (0..5).for_each(|_| go_visiting(device, household));
        }
        let mut client = Client::default();
        let Ok(Some(request @ Request::Push(_))) = client.next(device) else { return };
        // A line that breaks is what this is about; the next try says what became of it.
        match link.exchange(&request) {
            Ok(answer) => drop(client.take(device, answer)),
            Err(_) => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}

/// Everything that a device was told stands on the server, under the same name and with the same bytes.
/// The last `again` commands of each are asked for again.
pub fn compare(server: &Running, devices: &mut [Device], again: u64) {
    for device in devices {
        let told: BTreeMap<u64, Outcome> =
            device.verdicts.iter().map(|(seq, verdict)| (*seq, verdict.outcome.clone())).collect();
        let mut link = Link::new(&server.url, &Options::default()).unwrap().of(device.id, device.secret.clone());
        let welcome = link.hello().unwrap().unwrap();
        assert!(welcome.last_seq >= device.answered(), "acknowledged {}, held {}", device.answered(), welcome.last_seq);
        assert_eq!(Some(welcome.last_hash), device.hash_at(welcome.last_seq));
        // Asking again gives the stored verdicts.
        device.reopen(device.answered().saturating_sub(again)).unwrap();
        device.commit().unwrap();
        sync(device, &mut link).unwrap();
        for (seq, outcome) in &told {
            assert_eq!(&device.verdicts[seq].outcome, outcome);
        }
        assert_eq!(device.answered(), device.last_seq());
        // Each visit stands once in the file that devices get.
        let applied = device.verdicts.values().filter(|verdict| verdict.outcome == Outcome::Applied).count();
        let file = device.file(household_id(device_number(device))).unwrap().unwrap();
        assert_eq!(visits(device, &file), applied - 1, "visits beside the registration");
    }
}

fn visits(device: &Device, file: &zhulian::domain::records::Dossier) -> usize {
    use zhulian::sync::fold::{Body, Held as _};
    use zhulian::sync::protocol::ItemKey;
    let older = (0..).map_while(|page| device.item(&ItemKey::Older(file.household.id, page)).unwrap());
    let older: usize = older.map(|item| if let Body::Older(page) = item.body { page.visits.len() } else { 0 }).sum();
    file.visits.len() + older
}

/// The number of the household that a device began with.
fn device_number(device: &Device) -> u16 {
    let first: Envelope = rmp_serde::from_slice(&device.said[0].bytes.0).unwrap();
    (1..=100).find(|n| first.command == household(*n, *n)).unwrap()
}
