//! PostgreSQL dies with its machine and a standby takes its place: what devices were told stands there too, once, and the
//! server finds the new one by itself.

mod central_support;
mod server_support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use central_support::device::Device;
use central_support::words::{household, region};
use server_support::storm::{compare, go_visiting, say, sync};
use server_support::{Postgres, Running};
use zhulian::i18n::Explain as _;
use zhulian::sync::client::{Client, Local as _};
use zhulian::sync::http::{Link, Options};

/// Devices that push all the while.
const DEVICES: u16 = 8;

#[test]
fn a_standby_that_takes_over_has_everything_that_was_acknowledged() {
    let Some((mut first, standby)) = Postgres::pair() else { return };
    let database = first.database();
    // The standby stands first, and takes no writes yet.
    let store = first.on(&database, [&standby, &first]);
    let folder = tempfile::tempdir().unwrap();
    let mut server = Running::start(&folder.path().join("1"), &store, &[]);
    let mut devices: Vec<Device> = (1..=DEVICES)
        .map(|n| {
            let (mut device, mut link) = server.join(n, region(n).as_str());
            say(&mut device, household(n, n));
            sync(&mut device, &mut link).unwrap();
            device
        })
        .collect();

    let taken_over = AtomicBool::new(false);
    let before_and_after: Vec<(u64, u64)> = std::thread::scope(|scope| {
        let pushing: Vec<_> = (1..)
            .zip(devices.iter_mut())
            .map(|(n, device)| {
                let (taken_over, url) = (&taken_over, server.url.as_str());
                scope.spawn(move || push_through(device, n, url, taken_over))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(1500));
        // In its last moments the first one is alone: what it writes now nobody else has, so nobody may be told it stands.
        let deaf = standby.deafen();
        std::thread::sleep(Duration::from_millis(500));
        first.kill();
        Postgres::forget(deaf);
        // Nobody answers for a while, and then a standby that takes no writes yet.
        std::thread::sleep(Duration::from_millis(700));
        standby.promote();
        taken_over.store(true, Ordering::Relaxed);
        pushing.into_iter().map(|device| device.join().unwrap()).collect()
    });
    for (n, (before, after)) in (1..).zip(before_and_after) {
        assert!(before > 1, "device {n} had pushed nothing when the database died");
        assert!(after > before, "device {n}: {before} acknowledged before, {after} after");
    }
    compare(&server, &mut devices, u64::MAX);

    // A server that starts now finds the one that lives, though the dead one stands first in its address.
    server.kill();
    let store = first.on(&database, [&first, &standby]);
    let again = Running::start(&folder.path().join("2"), &store, &[]);
    compare(&again, &mut devices, u64::MAX);
}

/// Pushes until the standby has acknowledged three more pushes: acknowledged up to then, and in the end. Every error on the
/// way must be one that passes.
fn push_through(device: &mut Device, n: u16, url: &str, taken_over: &AtomicBool) -> (u64, u64) {
    let mut link = Link::new(url, &Options::default()).unwrap().of(device.id, device.secret.clone());
    let began = Instant::now();
    let mut before = 0;
    let mut more = 0;
    while more < 3 {
        assert!(began.elapsed() < Duration::from_secs(90), "the server does not recover");
        if device.answered() == device.last_seq() {
            (0..5).for_each(|_| go_visiting(device, n));
        }
        let over = taken_over.load(Ordering::Relaxed);
        let mut client = Client::default();
        let request = client.next(device).unwrap().expect("there is something to push");
        match link.exchange(&request) {
            Ok(Ok(answer)) => {
                client.take(device, Ok(answer)).unwrap();
                if over {
                    more += 1;
                } else {
                    before = device.answered();
                }
            }
            Ok(Err(error)) => {
                assert!(error.is_passing(), "{}: {error}", error.code());
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(error) => {
                assert!(error.is_passing(), "{}: {error}", error.code());
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
    (before, device.answered())
}
