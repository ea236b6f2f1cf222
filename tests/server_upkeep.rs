//! What a server does beside answering: upkeep by turns, numbers of its own acts, and who may come in.

mod central_support;
mod server_support;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use central_support::words::id;
use server_support::{Postgres, Running, now};
use zhulian::central::Authority;
use zhulian::central::postgres::PostgresStore;
use zhulian::central::store::{LocalStore, Store};
use zhulian::domain::command::Command;
use zhulian::domain::id::{DeviceId, RegionId, WorkerId};
use zhulian::domain::record::Record;
use zhulian::domain::region::{Level, Region, RegionCode};
use zhulian::sync::protocol::Outcome;

/// Two servers' views of one store, for each store there is.
fn pairs() -> (Vec<[Arc<dyn Store>; 2]>, Option<Postgres>) {
    let local = Arc::new(LocalStore::in_memory());
    let mut pairs: Vec<[Arc<dyn Store>; 2]> = vec![[local.clone(), local]];
    let postgres = Postgres::find();
    if let Some(url) = postgres.as_ref().map(Postgres::database) {
        pairs.push([(); 2].map(|()| Arc::new(PostgresStore::connect(&url).unwrap()) as Arc<dyn Store>));
    }
    (pairs, postgres)
}

fn founded(pair: [Arc<dyn Store>; 2]) -> [Authority; 2] {
    let both = pair.map(Authority::new);
    both[0].found(DeviceId(id(0, 0)), [7; 32]).unwrap();
    both
}

fn region(n: u32) -> Command {
    let code = RegionCode::parse(&format!("990101{n:03}000")).unwrap();
    let record = Region { id: RegionId::new(), code, name: format!("镇{n}"), level: Level::Town, ..Region::default() };
    Command::Register { record: Box::new(Record::Region(record)) }
}

#[test]
fn two_servers_that_act_at_once_give_no_number_twice() {
    const EACH: u32 = 20;
    let (pairs, _postgres) = pairs();
    for pair in pairs {
        let both = founded(pair);
        std::thread::scope(|scope| {
            for (of, authority) in (0..).zip(&both) {
                for thread in 0..2 {
                    scope.spawn(move || {
                        for n in 0..EACH {
                            let command = region(100 + of * 100 + thread * EACH + n);
                            let outcome = authority.administer(now(), WorkerId::default(), &command);
                            assert_eq!(outcome, Ok(Outcome::Applied));
                        }
                    });
                }
            }
        });
        assert_eq!(both[0].realm().unwrap().last_act, u64::from(4 * EACH));
    }
}

#[test]
fn several_commands_stand_together_or_not_at_all() {
    let (pairs, _postgres) = pairs();
    for pair in pairs {
        let [authority, _] = founded(pair);
        let (one, two) = (region(100), region(101));
        let twice = [one.clone(), two.clone(), one.clone()];
        let outcomes = authority.administer_all(now(), WorkerId::default(), &twice).unwrap();
        assert!(matches!(outcomes.as_slice(), [Outcome::Applied, Outcome::Applied, Outcome::Refused { .. }]));
        assert_eq!(authority.realm().unwrap().last_act, 0, "nothing of it was written");
        let outcomes = authority.administer_all(now(), WorkerId::default(), &[one, two]).unwrap();
        assert_eq!(outcomes, [Outcome::Applied, Outcome::Applied]);
    }
}

#[test]
fn of_two_servers_one_does_the_upkeep_each_time() {
    const EVERY: Duration = Duration::from_secs(60);
    let (pairs, _postgres) = pairs();
    for pair in pairs {
        let [first, second] = founded(pair);
        let at = |seconds: i64| now().plus(chrono::Duration::seconds(seconds));
        let did = |authority: &Authority, seconds| authority.upkeep(at(seconds), EVERY, 50, 90).unwrap().is_some();
        assert!(did(&first, 0));
        assert!(!did(&second, 5) && !did(&first, 30));
        assert!(did(&second, 61), "the first has ended: another one goes on");
        assert!(!did(&first, 70));
        assert!(did(&first, -3600), "a clock that was put back stops nothing");
    }
}

/// The status and head of an answer to a plain request.
fn ask(address: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // Beyond twice the limit the line is cut without a word.
    let _cut = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn who_comes_when_too_many_are_in_is_told_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(folder.path(), "sled", &["--connections", "3"]);
    let address = server.url.trim_start_matches("http://").to_owned();
    assert!(ask(&address).starts_with("HTTP/1.1 200"));
    let mut inside: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(&address).unwrap()).collect();
    let until = |fits: &dyn Fn(&str) -> bool| {
        let began = Instant::now();
        loop {
            let answer = ask(&address);
            if fits(&answer) {
                return answer;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "{answer}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let refused = until(&|answer| answer.starts_with("HTTP/1.1 503")).to_lowercase();
    assert!(refused.contains("retry-after: ") && refused.contains("connection: close"), "{refused}");
    assert!(refused.contains("zhulian-now: "), "{refused}");
    inside.extend((0..3).map(|_| TcpStream::connect(&address).unwrap()));
    until(&str::is_empty);
    drop(inside);
    until(&|answer| answer.starts_with("HTTP/1.1 200"));
}
