//! A real server process, and a real PostgreSQL where there is one.
#![allow(dead_code, reason = "each test program uses its part")]

pub mod storm;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use zhulian::central::http::Service;
use zhulian::domain::id::{DeviceId, WorkerId};
use zhulian::domain::moment::Moment;
use zhulian::domain::worker::Role;
use zhulian::sync::http::{Join, Link, Options};
use zhulian::sync::protocol::{Bytes, Secret};

use crate::central_support::device::Device;

/// A server process over a home of its own. Dropped, it is killed.
pub struct Running {
    pub child: Child,
    pub url: String,
    pub home: PathBuf,
}

/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_secs(60);

impl Running {
    /// Starts a server; `store` is `sled` or an address of PostgreSQL.
    pub fn start(home: &Path, store: &str, more: &[&str]) -> Running {
        let mut command = program(home);
        command.args(["--json", "serve", "--listen", "127.0.0.1:0", "--store", store]).args(more);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no ready line: {line:?}"));
        let url = said["url"].as_str().unwrap().to_owned();
        Running { child, url, home: home.to_owned() }
    }

    /// Kills it as a power cut would, as far as the process is concerned.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and waits until it has.
    pub fn end(&mut self) -> std::process::ExitStatus {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs `zhulian server …` on its home and gives the answer.
    pub fn admin(&self, args: &[&str]) -> Value {
        admin(&self.home, args)
    }

    /// A link to it.
    pub fn link(&self) -> Link {
        Link::new(&self.url, &Options::default()).unwrap()
    }

    /// A device that joins with a one-time code: worker, code, enrolment, all through the program.
    pub fn join(&self, n: u16, territory: &str) -> (Device, Link) {
        let name = format!("王{n}");
        let worker = self.admin(&["worker", "add", &name, "--territory", territory]);
        let worker = worker["id"].as_str().unwrap();
        let code = self.admin(&["device", "code", "--worker", worker, "--name", "笔记本"]);
        let mut key = [0; 32];
        rand::RngExt::fill(&mut rand::rng(), &mut key);
        let id = DeviceId::new();
        let join = Join {
            code: code["code"].as_str().unwrap().into(),
            device: id,
            secret: Bytes(key.to_vec()),
            name: name.clone(),
        };
        let mut link = self.link();
        let joined = link.enrol(&join).unwrap();
        assert_eq!((joined.device, joined.name.as_str()), (id, "笔记本"));
        let worker: WorkerId = worker.parse().unwrap();
        assert_eq!(joined.scope.workers, [worker]);
        let device = Device::new(id, Secret::new(key), worker, Role::GridWorker);
        (device, link)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program on a home.
pub fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhulian"));
    command.arg("--home").arg(home).env("LANG", "en").env_remove("ZHULIAN_HOME").env_remove("ZHULIAN_STORE");
    command.env_remove("ZHULIAN_PASSPHRASE_FILE").stdin(Stdio::null());
    command
}

/// Runs `zhulian server …` on a home.
pub fn admin_raw(home: &Path, args: &[&str]) -> Output {
    program(home).args(["--json", "server"]).args(args).output().unwrap()
}

/// Runs `zhulian server …` on a home and gives the answer; lists as an array.
pub fn admin(home: &Path, args: &[&str]) -> Value {
    let ran = admin_raw(home, args);
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    let text = String::from_utf8(ran.stdout).unwrap();
    let mut values: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    if args.contains(&"list") { Value::Array(values) } else { values.remove(0) }
}

pub fn now() -> Moment {
    Service::now()
}

/// A PostgreSQL server for tests: the one that `ZHULIAN_TEST_POSTGRES` names, or one in a temporary folder.
pub struct Postgres {
    url: String,
    child: Option<Child>,
    folder: Option<tempfile::TempDir>,
    /// Further settings of the server.
    settings: Vec<String>,
}

impl Postgres {
    /// One for this test; `None`, with a word why, where there is none. It ends when it is dropped.
    pub fn find() -> Option<Postgres> {
        let found = match std::env::var("ZHULIAN_TEST_POSTGRES") {
            Ok(url) if !url.is_empty() => Some(Postgres { url, child: None, folder: None, settings: Vec::new() }),
            _ => Postgres::start(),
        };
        if found.is_none() {
            eprintln!("skipped: no PostgreSQL (set ZHULIAN_TEST_POSTGRES, or install initdb and postgres)");
        }
        found
    }

    /// One in a folder of its own, on a socket there and on no port.
    pub fn start() -> Option<Postgres> {
        let bin = programs()?;
        let folder = tempfile::Builder::new().prefix("zl-pg").tempdir_in("/tmp").ok()?;
        let data = folder.path().join("data");
        let socket = folder.path().to_str()?.to_owned();
        if rustix::process::geteuid().is_root() {
            // PostgreSQL does not run as root.
            let given = Command::new("chown").arg("nobody").arg(folder.path()).status().ok()?;
            if !given.success() {
                return None;
            }
        }
        let mut made = as_user(&bin.join("initdb"));
        made.arg("-D").arg(&data).args(["-A", "trust", "-U", "zhulian", "-E", "UTF8", "--no-locale"]);
        let made = made.stdout(Stdio::null()).current_dir("/").status().ok()?;
        if !made.success() {
            return None;
        }
        let url = format!("postgres://zhulian@{}/postgres", socket.replace('/', "%2F"));
        let mut postgres = Postgres { url, child: None, folder: Some(folder), settings: Vec::new() };
        postgres.run().then_some(postgres)
    }

    /// Starts the server over its folder; whether it takes connections in time.
    fn run(&mut self) -> bool {
        let (Some(bin), Some(folder)) = (programs(), &self.folder) else { return false };
        let mut server = as_user(&bin.join("postgres"));
        server.arg("-D").arg(folder.path().join("data")).arg("-k").arg(folder.path());
        server.args(["-c", "listen_addresses=", "-c", "max_connections=200"]);
        server.args(self.settings.iter().flat_map(|setting| ["-c", setting]));
        self.child = server.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok();
        let began = Instant::now();
        while postgres::Client::connect(&self.url, postgres::NoTls).is_err() {
            if began.elapsed() > PATIENCE {
                return false;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        true
    }

    /// One that also takes connections on a port of this machine, by TLS with a certificate for `localhost` and with a
    /// password only: its port, and the certificate.
    pub fn secured(password: &str) -> Option<(Postgres, u16, PathBuf)> {
        let mut postgres = Postgres::start()?;
        let folder = postgres.folder.as_ref()?.path().to_owned();
        let role = format!("ALTER ROLE zhulian PASSWORD '{password}'");
        postgres::Client::connect(&postgres.url, postgres::NoTls).ok()?.batch_execute(&role).ok()?;
        postgres.stop();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).ok()?;
        let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        std::fs::write(&certificate, made.cert.pem()).ok()?;
        std::fs::write(&key, made.signing_key.serialize_pem()).ok()?;
        let private = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600);
        std::fs::set_permissions(&key, private).ok()?;
        if rustix::process::geteuid().is_root() {
            Command::new("chown").arg("nobody").arg(&certificate).arg(&key).status().ok()?;
        }
        let rules = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
        std::fs::write(folder.join("data/pg_hba.conf"), rules).ok()?;
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        postgres.settings = vec![
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            "ssl=on".to_owned(),
            format!("ssl_cert_file={}", certificate.display()),
            format!("ssl_key_file={}", key.display()),
        ];
        // The name of the socket holds the port.
        postgres.url = postgres.url.replace("/postgres", &format!(":{port}/postgres"));
        assert!(postgres.run(), "PostgreSQL does not come up with TLS");
        Some((postgres, port, certificate))
    }

    /// Ends it as a crash would (no checkpoint, every connection cut), and starts it again. False for a server that is not
    /// this one's to end.
    pub fn crash(&mut self) -> bool {
        if self.child.is_none() {
            return false;
        }
        self.stop();
        self.start_again();
        true
    }

    /// Starts it over the folder that it had.
    pub fn start_again(&mut self) {
        assert!(self.run(), "PostgreSQL does not come back");
    }

    /// A server with a standby that has everything the first one has acknowledged (synchronous streaming replication).
    /// `None`, with a word why, where that cannot be had.
    pub fn pair() -> Option<(Postgres, Postgres)> {
        let found = Postgres::start().and_then(|first| Some((first.standby()?, first)));
        if found.is_none() {
            eprintln!("skipped: no PostgreSQL with a standby (install initdb, postgres and pg_basebackup)");
        }
        found.map(|(standby, first)| (first, standby))
    }

    fn standby(&self) -> Option<Postgres> {
        // It lies beside the server, which may be known by a link.
        let copies = programs()?.join("postgres").canonicalize().ok()?.with_file_name("pg_basebackup");
        if !copies.exists() {
            return None;
        }
        let folder = tempfile::Builder::new().prefix("zl-pg").tempdir_in("/tmp").ok()?;
        if rustix::process::geteuid().is_root() {
            Command::new("chown").arg("nobody").arg(folder.path()).status().ok()?;
        }
        let mut copy = as_user(&copies);
        copy.arg("-h").arg(self.folder.as_ref()?.path()).args(["-U", "zhulian", "-c", "fast", "-R"]);
        copy.arg("-D").arg(folder.path().join("data")).current_dir("/");
        assert!(copy.status().ok()?.success(), "pg_basebackup does not copy");
        let url = format!("postgres://zhulian@{}/postgres", folder.path().to_str()?.replace('/', "%2F"));
        let mut standby = Postgres { url, child: None, folder: Some(folder), settings: Vec::new() };
        assert!(standby.run(), "the standby does not come up");
        // From now on a commit waits for the standby's disk too.
        let mut client = postgres::Client::connect(&self.url, postgres::NoTls).unwrap();
        client.batch_execute("ALTER SYSTEM SET synchronous_standby_names = '*'").unwrap();
        client.batch_execute("SELECT pg_reload_conf()").unwrap();
        let began = Instant::now();
        let synced = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        while client.query_one(synced, &[]).unwrap().get::<_, i64>(0) == 0 {
            assert!(began.elapsed() < PATIENCE, "the standby does not follow");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(standby)
    }

    /// The address of one of its databases, to be looked for on these servers in that order.
    pub fn on(&self, database: &str, servers: [&Postgres; 2]) -> String {
        let host = |url: &str| url.split_once('@').and_then(|(_, rest)| rest.split_once('/')).unwrap().0.to_owned();
        database.replacen(&host(&self.url), &servers.map(|server| host(&server.url)).join(","), 1)
    }

    /// Stops a standby from hearing more: what the first server writes from now on does not reach its disk. Gives what
    /// [`Postgres::forget`] wants.
    pub fn deafen(&self) -> rustix::process::Pid {
        let own = self.child.as_ref().expect("it runs").id().to_string();
        let listed = Command::new("ps").args(["-o", "pid=,args=", "--ppid", &own]).output().unwrap().stdout;
        let listed = String::from_utf8(listed).unwrap();
        let receiver = listed.lines().find(|line| line.contains("walreceiver")).expect("a standby listens");
        let pid = receiver.split_whitespace().next().and_then(|pid| pid.parse().ok()).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
        pid
    }

    /// Ends the one that was stopped, with everything that it was sent and has not read.
    pub fn forget(deaf: rustix::process::Pid) {
        rustix::process::kill_process(deaf, rustix::process::Signal::TERM).unwrap();
        rustix::process::kill_process(deaf, rustix::process::Signal::CONT).unwrap();
    }

    /// Kills it with everything that it started, as a power cut would.
    pub fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let listed = Command::new("ps").args(["-o", "pid=", "--ppid", &child.id().to_string()]).output();
        child.kill().unwrap();
        let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
        for pid in listed.split_whitespace().filter_map(|pid| rustix::process::Pid::from_raw(pid.parse().ok()?)) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        child.wait().unwrap();
    }

    /// Makes a standby the server that is written to.
    pub fn promote(&self) {
        let mut client = postgres::Client::connect(&self.url, postgres::NoTls).unwrap();
        let promoted: bool = client.query_one("SELECT pg_promote(true, 60)", &[]).unwrap().get(0);
        assert!(promoted, "the standby does not take over");
    }

    /// Ends it as a crash would; [`Postgres::start_again`] brings it back.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // At once, and with everything that it started.
            let pid = rustix::process::Pid::from_child(&child);
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::QUIT);
            let _ = child.wait();
        }
    }

    /// A database with what another one holds now; nobody may be connected to that one for long.
    pub fn copy(&self, url: &str) -> String {
        let (server, of) = url.rsplit_once('/').unwrap();
        let name = format!("zl_{}", uuid::Uuid::now_v7().simple());
        let mut client = postgres::Client::connect(&self.url, postgres::NoTls).unwrap();
        let ends = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{of}'");
        let copies = format!("CREATE DATABASE {name} TEMPLATE {of}");
        // Whoever serves it connects again at once.
        let copied = (0..50).any(|_| client.batch_execute(&ends).is_ok() && client.batch_execute(&copies).is_ok());
        assert!(copied, "the database is in use");
        format!("{server}/{name}")
    }

    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        let name = format!("zl_{}", uuid::Uuid::now_v7().simple());
        let mut client = postgres::Client::connect(&self.url, postgres::NoTls).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let (server, _) = self.url.rsplit_once('/').unwrap();
        format!("{server}/{name}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

fn as_user(program: &Path) -> Command {
    if rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig=KILL", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// The folder with `initdb` and `postgres`.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let on_path = std::env::split_paths(&path);
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    on_path.chain(debian.into_iter().rev()).find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
}
