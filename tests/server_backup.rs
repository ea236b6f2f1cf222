//! A county put back to an earlier state: devices bring back what it lacks. Real processes.

mod central_support;
mod server_support;

use std::path::Path;

use central_support::device::Device;
use central_support::words::{household, household_id, visit};
use server_support::{Postgres, Running, admin, admin_raw, now};
use zhulian::domain::command::{Command, CommandId, Envelope};
use zhulian::domain::moment::Hlc;
use zhulian::domain::worker::Role;
use zhulian::sync::client::{Client, Local as _};
use zhulian::sync::http::{Link, Options, Summary, round};
use zhulian::sync::overlay::Base as _;
use zhulian::sync::protocol::Outcome;

const VILLAGE: &str = "990101100201";

fn sync(device: &mut Device, server: &Running) -> Summary {
    let mut link = Link::new(&server.url, &Options::default()).unwrap().of(device.id, device.secret.clone());
    round(&mut link, device, Client::default(), &mut |_| {}).unwrap()
}

fn say(device: &mut Device, command: Command) {
    let at = now();
    let id = CommandId { device: device.id, seq: device.last_seq() + 1 };
    device.write(Envelope { id, hlc: Hlc::at(at), at, worker: device.worker, role: Role::GridWorker, command });
}

fn visits(device: &Device) -> usize {
    device.file(household_id(1)).unwrap().map_or(0, |file| file.visits.len())
}

fn log_visits(device: &mut Device, numbers: std::ops::Range<u16>) {
    let by = device.worker;
    numbers.for_each(|n| say(device, visit(n, 1, by, now())));
}

/// Nothing that either device was told is missing, and a device that joins now sees all of it.
fn nothing_is_lost(server: &Running, devices: [&mut Device; 2], expected: usize) {
    for device in devices {
        sync(device, server);
        sync(device, server);
        assert_eq!(device.answered(), device.last_seq());
        assert!(device.verdicts.values().all(|verdict| verdict.outcome == Outcome::Applied), "{:?}", device.verdicts);
        assert!(device.inbox.is_empty() && device.pending().is_empty());
    }
    let (mut fresh, _) = server.join(9, VILLAGE);
    sync(&mut fresh, server);
    assert_eq!(visits(&fresh), expected);
}

#[test]
fn a_restored_server_is_brought_up_to_date_by_its_devices() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("county");
    let backup = folder.path().join("county.backup");
    let backup = backup.to_str().unwrap();
    let mut server = Running::start(&home, "sled", &[]);
    let (mut first, _) = server.join(1, VILLAGE);
    let (mut second, _) = server.join(2, VILLAGE);
    say(&mut first, household(1, 1));
    log_visits(&mut first, 1..6);
    sync(&mut first, &server);
    let made = server.admin(&["backup", backup]);
    assert_eq!(made["key"], "key_file", "{made}");
    // What the backup lacks: more of the first, and all of the second, which builds on the first.
    log_visits(&mut first, 6..11);
    sync(&mut first, &server);
    sync(&mut second, &server);
    log_visits(&mut second, 20..25);
    sync(&mut second, &server);
    assert_eq!(visits(&second), 15);

    let busy = admin_raw(&home, &["restore", backup]);
    assert!(String::from_utf8_lossy(&busy.stderr).contains("restore.not_empty"), "the data that are there stay");
    server.kill();
    let key = made["key_file"].as_str().unwrap().to_owned();
    let lost = folder.path().join("lost");
    std::fs::rename(&home, &lost).unwrap();
    let key = lost.join(Path::new(&key).strip_prefix(&home).unwrap());
    let without = admin_raw(&home, &["restore", backup]);
    assert!(String::from_utf8_lossy(&without.stderr).contains("backup.needs_key"), "{without:?}");
    assert!(!home.join("server.restored").exists());
    let done = admin(&home, &["restore", backup, "--key-file", key.to_str().unwrap()]);
    assert_eq!(done["epoch"].as_u64(), Some(2), "{done}");

    let server = Running::start(&home, "sled", &[]);
    log_visits(&mut second, 30..32);
    nothing_is_lost(&server, [&mut second, &mut first], 17);
    assert_eq!(first.epoch, 2);
}

#[test]
fn a_restore_that_was_cut_off_before_the_epoch_rose_is_seen_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Running::start(folder.path(), "sled", &[]);
    server.end();
    std::fs::write(folder.path().join("server.restored"), "").unwrap();
    let server = Running::start(folder.path(), "sled", &[]);
    let (mut device, _) = server.join(1, VILLAGE);
    sync(&mut device, &server);
    assert_eq!(device.epoch, 2);
    assert!(!folder.path().join("server.restored").exists());
}

#[test]
fn a_database_that_was_put_back_is_marked_by_a_command() {
    let Some(postgres) = Postgres::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let url = postgres.database();
    let server = Running::start(folder.path(), &url, &[]);
    let refused = admin_raw(folder.path(), &["backup", "x"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("backup.foreign_store"));
    let (mut first, _) = server.join(1, VILLAGE);
    let (mut second, _) = server.join(2, VILLAGE);
    say(&mut first, household(1, 1));
    log_visits(&mut first, 1..6);
    sync(&mut first, &server);
    let copy = postgres.copy(&url);
    sync(&mut second, &server);
    log_visits(&mut second, 20..25);
    sync(&mut second, &server);
    drop(server);
    let other = folder.path().join("other");
    let server = Running::start(&other, &copy, &[]);
    assert_eq!(server.admin(&["restored"])["epoch"].as_u64(), Some(2));
    nothing_is_lost(&server, [&mut first, &mut second], 10);
}
