//! A device that keeps synchronising while the server comes and goes, and one that is killed in the middle again and again.

mod central_support;
mod server_support;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use server_support::{Postgres, Running, program};

const TOWN: &str = "990101100000";
const HOUSEHOLDS: u64 = 400;
const PATIENCE: Duration = Duration::from_secs(60);

fn run(home: &Path, args: &[&str]) -> Value {
    let ran = program(home).arg("--json").args(args).output().unwrap();
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    let out = String::from_utf8(ran.stdout).unwrap();
    out.lines().next().map(|line| serde_json::from_str(line).unwrap()).unwrap_or_default()
}

fn regions(server: &Running, folder: &Path) {
    let villages = ["前垟村", "后垟村", "上岙村", "下岙村", "大坑村", "溪口村", "岭脚村", "枫树坪村"];
    let mut text = "代码,名称\n990101,东海县\n990101100,东岙镇\n".to_owned();
    (201..).zip(villages).for_each(|(n, village)| text += &format!("990101100{n},{village}\n"));
    let file = folder.join("区划.csv");
    std::fs::write(&file, text).unwrap();
    server.admin(&["region", "import", file.to_str().unwrap()]);
}

fn enrol(server: &Running, home: &Path, name: &str) {
    server.admin(&["worker", "add", name, "--territory", TOWN]);
    let code = server.admin(&["device", "code", "--worker", name]);
    run(home, &["enroll", &server.url, code["code"].as_str().unwrap()]);
    run(home, &["sync"]);
}

fn import(home: &Path) -> Value {
    let roster = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosters").join(name);
    let files: [PathBuf; 2] = [roster("低保家庭查询_东岙镇.xlsx"), roster("低保家庭人员查询_东岙镇.xlsx")];
    run(home, &["import", files[0].to_str().unwrap(), files[1].to_str().unwrap()])
}

/// A process whose lines come as they are said.
struct Said {
    child: Child,
    out: Receiver<String>,
    err: Receiver<String>,
}

fn lines(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    told
}

impl Said {
    fn start(home: &Path, args: &[&str]) -> Said {
        let mut child =
            program(home).arg("--json").args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
        Said { child, out, err }
    }
}

impl Drop for Said {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Requests for changes that the server has answered.
fn pulls(server: &Running) -> String {
    let text = ureq::get(format!("{}/metrics", server.url)).call().unwrap().body_mut().read_to_string().unwrap();
    text.lines().filter(|line| line.contains("requests_total") && line.contains("/v1/pull")).collect()
}

#[test]
fn a_watch_outlives_its_server_and_tells_at_once_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("server");
    let mut server = Running::start(&home, "sled", &[]);
    let address = server.url.trim_start_matches("http://").to_owned();
    regions(&server, folder.path());
    let laptop = folder.path().join("laptop");
    enrol(&server, &laptop, "王一");
    let before = pulls(&server);
    let mut watch = Said::start(&laptop, &["sync", "--watch", "--every", "1"]);
    // It has the home once it has asked for the first time. Others act meanwhile through it; it sends what they did.
    let began = Instant::now();
    while pulls(&server) == before {
        assert!(began.elapsed() < PATIENCE, "the watch asks for nothing");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(import(&laptop)["households"]["new"].as_u64(), Some(HOUSEHOLDS));
    let told: Value = serde_json::from_str(&watch.out.recv_timeout(PATIENCE).expect("told while it goes on")).unwrap();
    assert_eq!(told["verdicts"]["applied"].as_u64(), Some(HOUSEHOLDS), "{told}");

    server.kill();
    let told: Value = serde_json::from_str(&watch.err.recv_timeout(PATIENCE).expect("told that it is away")).unwrap();
    assert_eq!(told["error"]["code"], "link.offline", "{told}");
    std::thread::sleep(Duration::from_secs(3));
    assert!(watch.err.try_recv().is_err(), "a failure that goes on is told once");
    let mut again = program(&home);
    let mut again = again.args(["serve", "--listen", &address]).stdout(Stdio::null()).spawn().unwrap();
    let back = watch.out.recv_timeout(PATIENCE);
    let back: Value = serde_json::from_str(&back.expect("told that it is back")).unwrap();
    assert_eq!((back["pushed"].as_u64(), back["rounds"].as_u64()), (Some(0), Some(1)), "{back}");
    again.kill().unwrap();
    again.wait().unwrap();

    let pid = rustix::process::Pid::from_child(&watch.child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert!(watch.child.wait().unwrap().success(), "told to end, it ends well");
    assert_eq!(run(&laptop, &["stats"])["households"].as_u64(), Some(HOUSEHOLDS));
}

/// Status, `Retry-After` and body.
fn get(server: &Running, path: &str) -> (u16, Option<String>, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.get(format!("{}{path}", server.url)).call().unwrap();
    let retry_after = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    (answer.status().as_u16(), retry_after, answer.body_mut().read_to_string().unwrap())
}

#[test]
fn while_the_database_is_away_devices_are_told_when_to_come_back_and_do() {
    let Some(mut postgres) = Postgres::start() else { return eprintln!("skipped: no PostgreSQL") };
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&folder.path().join("server"), &postgres.database(), &[]);
    regions(&server, folder.path());
    let laptop = folder.path().join("laptop");
    enrol(&server, &laptop, "王一");
    assert_eq!(get(&server, "/readyz").0, 200);

    postgres.stop();
    // The first who ask may find connections that have only just broken.
    let away = || get(&server, "/readyz").2.contains("server.away");
    assert!((0..20).any(|_| away()), "{:?}", get(&server, "/readyz"));
    let (status, retry_after, body) = get(&server, "/readyz");
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, retry_after.as_deref()), (503, Some("5")), "{body}");
    assert_eq!((&told["ready"], told["error"]["code"].as_str()), (&Value::Bool(false), Some("server.away")), "{body}");
    assert!(!told["error"]["remedy"]["zh"].as_str().unwrap().is_empty());
    assert_eq!(get(&server, "/healthz").0, 200, "the process itself is alive");
    // A single round waits as it is told, some times, and then says why it ends.
    let began = Instant::now();
    let ran = program(&laptop).args(["--json", "sync"]).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.code() == Some(1) && said.contains("server.away"), "{said}");
    assert!(began.elapsed() > Duration::from_secs(15), "it did not wait: {:?}", began.elapsed());

    let mut watch = Said::start(&laptop, &["sync", "--watch", "--every", "1"]);
    let told = watch.err.recv_timeout(PATIENCE).expect("told that the database is away");
    assert!(told.contains("server.away"), "{told}");
    assert_eq!(import(&laptop)["households"]["new"].as_u64(), Some(HOUSEHOLDS), "work goes on meanwhile");
    postgres.start_again();
    let back = watch.out.recv_timeout(PATIENCE);
    let back: Value = serde_json::from_str(&back.expect("told that it is back")).unwrap();
    assert_eq!(back["verdicts"]["applied"].as_u64(), Some(HOUSEHOLDS), "{back}");
    assert_eq!(get(&server, "/readyz").0, 200);
    assert!(watch.child.try_wait().unwrap().is_none(), "the watch goes on");
}

#[test]
fn a_device_that_is_killed_in_the_middle_of_its_rounds_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&folder.path().join("server"), "sled", &[]);
    regions(&server, folder.path());
    let (laptop, other) = (folder.path().join("laptop"), folder.path().join("other"));
    enrol(&server, &laptop, "王一");
    let imported = import(&laptop);
    assert_eq!(imported["committed"].as_bool(), Some(true));
    let (mut killed, mut cut_short, mut states) = (0, 0, std::collections::BTreeSet::new());
    for home in [&laptop, &other] {
        // The second one is killed while it fetches.
        if home == &other {
            server.admin(&["worker", "add", "李二", "--territory", TOWN]);
            let code = server.admin(&["device", "code", "--worker", "李二"]);
            run(home, &["enroll", &server.url, code["code"].as_str().unwrap()]);
        }
        for step in 0..14_u64 {
            let mut round = program(home).arg("sync").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(60 + step * 60));
            if round.try_wait().unwrap().is_none() {
                round.kill().unwrap();
                killed += 1;
            }
            round.wait().unwrap();
            let stats = run(home, &["stats"]);
            let (pending, here) = (stats["pending"].as_u64().unwrap(), stats["households"].as_u64().unwrap());
            // Of the one that sends: sent and not shown as done, or the other way round; of the other: fetched in part.
            cut_short += u64::from((pending > 0 && pending < HOUSEHOLDS) || (here > 0 && here < HOUSEHOLDS));
            states.insert((pending, here));
            if home == &laptop {
                assert_eq!(here, HOUSEHOLDS, "what was acknowledged stays, sent or not");
            }
        }
        run(home, &["sync"]);
        let stats = run(home, &["stats"]);
        assert_eq!((stats["households"].as_u64(), stats["pending"].as_u64()), (Some(HOUSEHOLDS), Some(0)), "{stats}");
        assert_eq!((stats["refused"].as_u64(), stats["conflicts"].as_u64()), (Some(0), Some(0)), "{stats}");
    }
    assert!(killed > 0, "no round was killed");
    println!("{killed} killed, {cut_short} of them between two answers: {states:?}");
    // Every command once: the numbers of the server are those of the journal.
    let devices = server.admin(&["device", "list"]);
    let commands: Vec<u64> = devices.as_array().unwrap().iter().map(|d| d["commands"].as_u64().unwrap()).collect();
    assert!(commands.contains(&HOUSEHOLDS), "{commands:?}");
    let members = |home: &Path| run(home, &["stats"])["members"].as_u64();
    assert_eq!(members(&laptop), members(&other));
    run(&other, &["doctor"]);
}
