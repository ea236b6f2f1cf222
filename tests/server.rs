//! Real server processes, real HTTP, real devices: joining, syncing, refusing, dying.

mod central_support;
mod server_support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use central_support::device::Device;
use central_support::words::{household, household_id, visit};
use server_support::storm::{compare, push_until, say, sync};
use server_support::{Postgres, Running, admin_raw, now};
use zhulian::i18n::Explain as _;
use zhulian::sync::client::{Client, Local as _, Request};
use zhulian::sync::http::seal::{Seal, Signed};
use zhulian::sync::http::{Link, LinkError, Options};
use zhulian::sync::overlay::Base as _;
use zhulian::sync::protocol::{Bytes, Outcome, ProtocolError, SealedReply, Secret};

const VILLAGE: &str = "990101100201";

/// Each store there is, by the name that `--store` takes, with the database that must stay meanwhile.
fn stores() -> (Vec<String>, Option<Postgres>) {
    let postgres = Postgres::find();
    (std::iter::once("sled".to_owned()).chain(postgres.as_ref().map(Postgres::database)).collect(), postgres)
}

#[test]
fn devices_join_with_a_code_and_see_each_others_work() {
    let (stores, _postgres) = stores();
    for store in stores {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Running::start(folder.path(), &store, &[]);
        let (mut first, mut link) = server.join(1, VILLAGE);
        let (mut second, mut other) = server.join(2, VILLAGE);
        assert_eq!(link.hello().unwrap().unwrap().last_seq, 0);
        say(&mut first, household(1, 1));
        let by = first.worker;
        for n in 1..=20 {
            say(&mut first, visit(n, 1, by, now()));
        }
        let summary = sync(&mut first, &mut link).unwrap();
        assert_eq!((summary.pushed, summary.verdicts.applied), (21, 21), "{store}: {summary:?}");
        assert_eq!(first.file(household_id(1)).unwrap().unwrap().visits.len(), 20);
        let summary = sync(&mut second, &mut other).unwrap();
        assert!(summary.pulled > 0);
        assert_eq!(second.file(household_id(1)).unwrap(), first.file(household_id(1)).unwrap(), "{store}");

        let idle = sync(&mut second, &mut other).unwrap();
        assert_eq!((idle.rounds, idle.pushed, idle.pulled), (1, 0, 0));
        assert!(idle.bytes_up + idle.bytes_down <= 1024, "{store}: a sync without changes: {idle:?}");

        let listed = server.admin(&["device", "list"]);
        let commands: Vec<u64> = listed.as_array().unwrap().iter().map(|d| d["commands"].as_u64().unwrap()).collect();
        assert_eq!(commands.iter().sum::<u64>(), 21);
        assert!(server.end().success(), "{store}: told to end, it ends well");

        // And after a start anew, administered with and without a running server.
        let offline = server_support::admin(folder.path(), &["worker", "list"]);
        assert_eq!(offline.as_array().unwrap().len(), 2, "{store}");
        let again = Running::start(folder.path(), &store, &[]);
        let mut link = Link::new(&again.url, &Options::default()).unwrap().of(second.id, second.secret.clone());
        assert_eq!(sync(&mut second, &mut link).unwrap().rounds, 1, "{store}");
    }
}

#[test]
fn a_revoked_device_is_refused_at_its_next_request_and_its_work_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(folder.path(), "sled", &[]);
    let (mut device, mut link) = server.join(1, VILLAGE);
    say(&mut device, household(1, 1));
    sync(&mut device, &mut link).unwrap();
    let by = device.worker;
    say(&mut device, visit(1, 1, by, now()));
    server.admin(&["device", "revoke", &device.id.to_string()]);
    assert_eq!(sync(&mut device, &mut link).unwrap_err().code(), "device.revoked");
    assert_eq!(link.hello().unwrap(), Err(ProtocolError::Revoked));
    assert_eq!(server.admin(&["device", "list"])[0]["state"], "revoked");

    // What it still had comes in as a file, under supervision; twice is once.
    let Some(Request::Push(parcel)) = Client::default().next(&device).unwrap() else { panic!("a push") };
    let file = folder.path().join("batch");
    std::fs::write(&file, zhulian::store::codec::encode(&parcel).unwrap()).unwrap();
    let file = file.to_str().unwrap();
    let refused = admin_raw(folder.path(), &["ingest", file]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("device.revoked"));
    for _ in 0..2 {
        let taken = server.admin(&["ingest", file, "--supervised"]);
        assert_eq!((taken["pushed"].as_u64(), taken["verdicts"]["applied"].as_u64()), (Some(1), Some(1)));
    }
    let reply = std::fs::read(format!("{file}.reply")).unwrap();
    let reply = SealedReply::from_file(&reply).unwrap().open(&device.secret).unwrap();
    assert_eq!(reply.verdicts[0].outcome, Outcome::Applied);
    let mut bytes = std::fs::read(file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(file, bytes).unwrap();
    assert!(!admin_raw(folder.path(), &["ingest", file, "--supervised"]).status.success(), "a changed byte is seen");
}

#[test]
fn what_is_wrong_with_a_request_is_told_with_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(folder.path(), "sled", &[]);
    let (device, mut link) = server.join(1, VILLAGE);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let secret = &device.secret;
    let pull = serde_json::json!({"protocol": 1, "device": device.id, "epoch": 1, "max_bytes": 1000,
        "known": {"cursors": []}})
    .to_string();
    let sealed = |at, secret: &Secret, body: &str| {
        let signed = Signed { method: "POST", path: "/v1/pull", body: body.as_bytes() };
        Seal::new(device.id, secret, at, signed).header()
    };
    let post = |path: &str, media: &str, seal: &str, body: &[u8]| {
        let request = agent.post(format!("{}{path}", server.url)).header("content-type", media);
        let mut answer = request.header("authorization", seal).header("accept", "application/json").send(body).unwrap();
        let said: serde_json::Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        assert!(answer.headers().contains_key("zhulian-now"));
        (answer.status().as_u16(), said)
    };
    let json = "application/json";
    let (status, page) = post("/v1/pull", json, &sealed(now(), secret, &pull), pull.as_bytes());
    assert_eq!((status, page["epoch"].as_u64()), (200, Some(1)), "{page}");

    let far = zhulian::domain::moment::Moment(now().0 - 3_600_000);
    let stranger = Secret::new([1; 32]);
    let unknown = pull.replace(&device.id.to_string(), "01890000-0000-7000-8000-000000000000");
    for (seal, media, body, code, expected) in [
        (String::new(), json, pull.as_str(), "request.unsigned", 401),
        (sealed(far, secret, &pull), json, &pull, "request.stale", 401),
        (sealed(now(), &stranger, &pull), json, &pull, "push.forged", 401),
        (sealed(now(), secret, "other"), json, &pull, "push.forged", 401),
        (sealed(now(), secret, &unknown), json, &unknown, "push.forged", 401),
        (sealed(now(), secret, "{"), json, "{", "push.damaged", 400),
        (sealed(now(), secret, &pull), "text/plain", &pull, "request.bad_media", 415),
    ] {
        let (status, said) = post("/v1/pull", media, &seal, body.as_bytes());
        assert_eq!((said["error"]["code"].as_str(), status), (Some(code), expected), "{said}");
        for lang in ["zh", "en"] {
            assert!(!said["error"]["message"][lang].as_str().unwrap().is_empty());
            assert!(!said["error"]["remedy"][lang].as_str().unwrap().is_empty());
        }
    }
    let large = vec![b' '; 9 << 20];
    let announced = agent.post(format!("{}/v1/push", server.url)).header("content-type", json).send(&large[..]);
    // The server may close the line before it has read what it will not take.
    if let Ok(mut answer) = announced {
        assert_eq!(answer.status().as_u16(), 413);
        assert!(answer.body_mut().read_to_string().unwrap().contains("push.too_large"));
    }
    let get = |path: &str| {
        let mut answer = agent.get(format!("{}{path}", server.url)).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    assert_eq!(get("/v1/nothing").0, 404);
    assert_eq!(get("/v1/push").0, 405);
    assert_eq!(get("/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(get("/readyz").0, 200);
    let (_, described) = get("/openapi.json");
    let described: serde_json::Value = serde_json::from_str(&described).unwrap();
    assert!(described["paths"]["/v1/push"]["post"].is_object());
    let (_, metrics) = get("/metrics");
    assert!(metrics.contains(r#"zhulian_http_requests_total{route="/v1/pull",status="401"}"#), "{metrics}");

    // A laptop whose clock is wrong by years asks once more, and that is all.
    let mut wrong = Link::new(&server.url, &Options::default()).unwrap().of(device.id, Secret::new([9; 32]));
    assert_eq!(wrong.hello().unwrap(), Err(ProtocolError::Forged));
    assert!(link.hello().unwrap().is_ok());
    let mut nobody = Link::new("http://127.0.0.1:9", &Options::default()).unwrap().of(device.id, secret.clone());
    assert!(matches!(nobody.hello(), Err(LinkError::Offline { .. })));
}

#[test]
fn tls_is_spoken_with_those_who_trust_the_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let home = folder.path().join("home");
    let tls = ["--tls-cert", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let server = Running::start(&home, "sled", &tls);
    assert!(server.url.starts_with("https://"));
    let url = server.url.replace("127.0.0.1", "localhost");
    let (device, secret) = (zhulian::domain::id::DeviceId::new(), Secret::new([1; 32]));
    let mut trusting = Link::new(&url, &Options { trust: Some(certificate), ..Options::default() })
        .unwrap()
        .of(device, secret.clone());
    assert_eq!(trusting.hello().unwrap(), Err(ProtocolError::UnknownDevice));
    let mut doubting = Link::new(&url, &Options::default()).unwrap().of(device, secret);
    let error = doubting.hello().unwrap_err();
    assert_eq!(error.code(), "link.untrusted", "{error}");

    let swapped = ["--tls-cert", key.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let refused =
        server_support::program(&folder.path().join("other")).args(["--json", "serve"]).args(swapped).output();
    let refused = refused.unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("serve.tls"));
}

/// Cycles of the storms below; `ZHULIAN_KILL_CYCLES=100` for the long run.
fn cycles() -> usize {
    std::env::var("ZHULIAN_KILL_CYCLES").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

const CLIENTS: u16 = 20;

fn storm(stores: &[String], servers_at_once: usize) {
    for store in stores {
        let folder = tempfile::tempdir().unwrap();
        let home = |n: usize| folder.path().join(n.to_string());
        let mut servers: Vec<Running> = (0..servers_at_once).map(|n| Running::start(&home(n), store, &[])).collect();
        let mut devices: Vec<Device> = (1..=CLIENTS)
            .map(|n| {
                let (mut device, mut link) = servers[0].join(n, central_support::words::region(n).as_str());
                say(&mut device, household(n, n));
                sync(&mut device, &mut link).unwrap();
                device
            })
            .collect();
        let mut acknowledged = 0;
        for cycle in 0..cycles() {
            let stop = AtomicBool::new(false);
            let urls: Vec<String> = servers.iter().map(|server| server.url.clone()).collect();
            std::thread::scope(|scope| {
                for (n, device) in devices.iter_mut().enumerate() {
                    let (stop, url) = (&stop, &urls[n % urls.len()]);
                    let household = u16::try_from(n + 1).unwrap();
                    scope.spawn(move || push_until(stop, device, url, household));
                }
                std::thread::sleep(Duration::from_millis(150 + 70 * (cycle as u64 % 5)));
                servers[0].kill();
                // Those of the other server go on meanwhile.
                std::thread::sleep(Duration::from_millis(if servers_at_once > 1 { 300 } else { 0 }));
                stop.store(true, Ordering::Relaxed);
            });
            servers[0] = Running::start(&home(0), store, &[]);
            let last = servers.last().unwrap();
            // Everything in the end, else what is new: the long run would be nothing but asking.
            let again = if cycle + 1 == cycles() { u64::MAX } else { 200 };
            compare(&servers[0], &mut devices, again);
            compare(last, &mut devices[..2], again);
            acknowledged = devices.iter().map(zhulian::sync::client::Local::answered).sum();
        }
        assert!(acknowledged > u64::from(CLIENTS) * 2, "{store}: {acknowledged} commands: the storm was no storm");
        eprintln!("{store}: {acknowledged} acknowledged commands through {} kills", cycles());
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let (stores, _postgres) = stores();
    storm(&stores, 1);
}

#[test]
fn two_servers_on_one_database_are_one_and_one_may_die() {
    if let Some(postgres) = Postgres::find() {
        storm(&[postgres.database()], 2);
    }
}

#[test]
fn a_database_that_crashes_and_comes_back_loses_nothing() {
    let Some(mut postgres) = Postgres::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(folder.path(), &postgres.database(), &[]);
    let (mut device, mut link) = server.join(1, VILLAGE);
    say(&mut device, household(1, 1));
    let by = device.worker;
    for n in 1..=3 {
        say(&mut device, visit(n, 1, by, now()));
        sync(&mut device, &mut link).unwrap();
        if !postgres.crash() {
            return;
        }
        // The server's connections are broken: the round asks again, and the server connects anew.
        let summary = sync(&mut device, &mut link).unwrap();
        assert_eq!((summary.pushed, link.hello().unwrap().unwrap().last_seq), (0, u64::from(n) + 1));
    }
    assert_eq!(device.file(household_id(1)).unwrap().unwrap().visits.len(), 3);
}

#[test]
fn an_overloaded_server_asks_for_patience_and_serves_all_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(folder.path(), "sled", &["--concurrency", "1", "--queue", "1"]);
    let devices: Vec<(Device, Link)> = (1..=6).map(|n| server.join(n, VILLAGE)).collect();
    let began = Instant::now();
    std::thread::scope(|scope| {
        for (n, (mut device, mut link)) in devices.into_iter().enumerate() {
            scope.spawn(move || {
                let n = u16::try_from(n).unwrap() + 1;
                say(&mut device, household(n, 1));
                let by = device.worker;
                for visited in 0..200 {
                    say(&mut device, visit(1000 * n + visited, n, by, now()));
                }
                // Politely: as long as the server asks for patience, and never for ever.
                while let Err(error) = sync(&mut device, &mut link) {
                    assert!(error.is_passing(), "{error}");
                    assert!(began.elapsed() < Duration::from_secs(120));
                }
                assert_eq!(device.answered(), 201);
            });
        }
    });
}

#[test]
fn a_code_is_spent_once_and_wrong_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(folder.path(), "sled", &[]);
    server.admin(&["worker", "add", "王五", "--territory", VILLAGE]);
    let code = server.admin(&["device", "code", "--worker", "王五"]);
    assert_eq!((code["minutes"].as_i64(), code["tries"].as_i64()), (Some(10), Some(5)));
    let text = code["code"].as_str().unwrap();
    let join = |code: &str| {
        let (device, secret) = (zhulian::domain::id::DeviceId::new(), Bytes(vec![3; 32]));
        let join = zhulian::sync::http::Join { code: code.into(), device, secret, name: "机".into() };
        server.link().enrol(&join).map(|joined| joined.scope).map_err(|error| error.code().to_owned())
    };
    assert_eq!(join("AAAA-AAAA-AAAA"), Err("enrol.code_wrong".into()));
    let scope = join(text).unwrap();
    assert_eq!(scope.territories.iter().map(ToString::to_string).collect::<Vec<_>>(), [VILLAGE]);
    assert_eq!(join(text), Err("enrol.code_over".into()));
    let unknown = admin_raw(folder.path(), &["device", "code", "--worker", "没有这个人"]);
    assert_eq!(unknown.status.code(), Some(1));
    let disk = std::fs::read_dir(folder.path().join("server/journal")).unwrap();
    for file in disk.flatten().filter(|file| file.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        let plain = text.replace('-', "");
        assert!(!bytes.windows(plain.len()).any(|window| window == plain.as_bytes()), "the code is kept nowhere");
    }
}
