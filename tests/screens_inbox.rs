//! What did not stand as it was meant: conflicts, lost claims, refused commands, and how the console stands with its
//! server. Two devices and a county in one process; the second device has the console.

mod central_support;

use std::sync::Arc;

use central_support::words::*;
use central_support::{County, scope};
use chrono::{DateTime, FixedOffset, Utc};
use zhulian::desk::Desk;
use zhulian::domain::command::Command;
use zhulian::domain::id::WorkerId;
use zhulian::domain::moment::Now;
use zhulian::domain::worker::Role;
use zhulian::i18n::Lang;
use zhulian::replica::Replica;
use zhulian::store::{Home, KeyMode};
use zhulian::sync::client::{Reply, Request};
use zhulian::sync::http::{Exchange, LinkError, Traffic};
use zhulian::sync::protocol::ProtocolError;
use zhulian::tui::app::runner::sync_status;
use zhulian::tui::app::{Console, Runner, Settings, Start};
use zhulian::tui::keymap::Keymap;
use zhulian::tui::testing::Drive;
use zhulian::tui::theme::Theme;

/// A line that never fails.
struct Wire<'c>(&'c County);

impl Exchange for Wire<'_> {
    fn exchange(&mut self, request: &Request) -> Result<Result<Reply, ProtocolError>, LinkError> {
        Ok(self.0.answer(request))
    }
    fn traffic(&self) -> Traffic {
        Traffic::default()
    }
}

/// A device of a worker, joined and synced.
struct Laptop {
    _folder: tempfile::TempDir,
    desk: Desk,
}

impl Laptop {
    fn new(county: &County, n: u16, villages: &[u16]) -> Laptop {
        let worker: WorkerId = county.worker(n, Role::GridWorker);
        let folder = tempfile::tempdir().unwrap();
        let replica = Arc::new(Replica::create(Home::new(folder.path()), &KeyMode::KeyFile).unwrap());
        county.join(&replica, [n as u8; 32], scope(worker, villages));
        replica.sync_once(&mut Wire(county), Now::new(county.now), &mut |_| {}).unwrap();
        Laptop { _folder: folder, desk: Desk::new(replica, Some(worker)) }
    }

    fn act(&self, county: &County, command: Command) {
        self.desk.replica().commit(self.desk.actor(), Now::new(county.now), command).unwrap();
    }

    fn sync(&self, county: &County) {
        self.desk.replica().sync_once(&mut Wire(county), Now::new(county.now), &mut |_| {}).unwrap();
    }

    /// Its console, at the county's time.
    fn console(&self, county: &County, lang: Lang, size: (u16, u16)) -> Drive<Console> {
        let settings = Settings { lang, ..Settings::default() };
        let sync = sync_status(&self.desk);
        let start = Start { keymap: Keymap::default(), theme: Theme::default(), settings, sync };
        let runner = Runner::new(self.desk.clone()).at_once();
        let now: DateTime<Utc> = DateTime::from_timestamp_millis(county.now.0).unwrap();
        let now = now.with_timezone(&FixedOffset::east_opt(8 * 3600).unwrap());
        Drive::starting_at(Console::new(self.desk.clone(), start), size, runner, now)
    }
}

/// The region tree names village 1.
fn village(county: &County) {
    use zhulian::domain::region::{Level, Region};
    let name = "上岙村".to_owned();
    let record = Region { id: id(19, 1).into(), code: region(1), name, level: Level::Village, ..Region::default() };
    county.must(&Command::Register { record: Box::new(record.into()) });
}

/// A county with a household in village 1, and two devices there.
fn county() -> (County, Laptop, Laptop) {
    let county = County::new();
    county.worker(1, Role::CivilAffairs);
    village(&county);
    county.must(&household(1, 1));
    county.must(&household(2, 2));
    let laptops = [11, 12].map(|n| Laptop::new(&county, n, &[1]));
    let [first, second] = laptops;
    (county, first, second)
}

/// The inbox at both sizes and in both languages.
fn check(name: &str, county: &County, laptop: &Laptop) {
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(80, 24), (120, 40)] {
            let screen = laptop.console(county, lang, (width, height)).keys("Alt-7").screen();
            insta::assert_snapshot!(format!("{name}_{code}_{width}"), screen);
        }
    }
}

/// Both devices changed the category, apart from each other.
fn conflict() -> (County, Laptop, Laptop) {
    let (county, first, second) = county();
    first.act(&county, amend(1, "category", "dibao", "tekun"));
    second.act(&county, amend(1, "category", "dibao", "dibian"));
    first.sync(&county);
    second.sync(&county);
    (county, first, second)
}

fn category(laptop: &Laptop) -> String {
    let file = laptop.desk.replica().dossier(household_id(1)).unwrap().unwrap();
    file.household.category.as_str().to_owned()
}

#[test]
fn a_conflict_stands_side_by_side_and_is_settled_with_one_key() {
    let (county, first, second) = conflict();
    check("conflict", &county, &second);
    // What stands is kept.
    let mut console = second.console(&county, Lang::Zh, (80, 24));
    let before = console.keys("Alt-7").screen();
    assert!(before.contains("冲突1"), "{before}");
    let settled = console.keys("F8").screen();
    assert!(settled.contains("已保存：处理冲突"), "{settled}");
    assert!(settled.contains("没有待处理的事项") && settled.contains("冲突0"), "{settled}");
    assert_eq!(category(&second), "tekun");
    // It can be taken back, and decided the other way.
    let back = console.keys("Ctrl-U").screen();
    assert!(back.contains("已撤销：处理冲突") && back.contains("填报不一致"), "{back}");
    console.keys("Ctrl-O");
    assert_eq!(category(&second), "dibian", "{}", console.screen());
    second.sync(&county);
    first.sync(&county);
    assert_eq!(category(&first), "dibian");
}

#[test]
fn a_conflict_leads_to_the_file_of_its_household() {
    let (county, _, second) = conflict();
    let mut console = second.console(&county, Lang::Zh, (80, 24));
    let file = console.keys("Alt-7 Enter").screen();
    assert!(file.contains("户详情") && file.contains("张淑芬"), "{file}");
    let refused = console.keys("Esc Delete").screen();
    assert!(refused.contains("冲突须先处理"), "{refused}");
}

#[test]
fn a_lost_claim_shows_three_like_it_and_the_next_is_one_key_away() {
    let county = County::new();
    county.worker(1, Role::CivilAffairs);
    county.must(&household(1, 1));
    for n in 1..=4 {
        publish(n, 1, 1).iter().for_each(|command| county.must(command));
    }
    let [first, second] = [11, 12].map(|n| Laptop::new(&county, n, &[2]));
    first.act(&county, claim(1, 1, 1));
    second.act(&county, claim(2, 1, 1));
    first.sync(&county);
    second.sync(&county);
    check("lost_claim", &county, &second);
    let mut console = second.console(&county, Lang::Zh, (80, 24));
    let no_conflict = console.keys("Alt-7 F8").screen();
    assert!(no_conflict.contains("这一事项没有两个不同的值"), "{no_conflict}");
    let claimed = console.keys("F7").screen();
    assert!(claimed.contains("已保存：认领心愿") && claimed.contains("没有待处理的事项"), "{claimed}");
    let memory = second.desk.replica().read();
    assert_eq!(memory.pools.wishes.iter().filter(|row| row.is_tentative()).count(), 1);
}

#[test]
fn a_refused_command_is_told_with_its_reason_and_put_away_by_hand() {
    let (county, first, second) = county();
    first.act(&county, Command::RegisterNeed { need: Box::new(need(1, 1)) });
    first.sync(&county);
    second.sync(&county);
    let reject = Command::RejectNeed {
        need: need(1, 1).id,
        reason: central_support::words::first("reject_reason"),
        findings: "已核实，不属实".into(),
    };
    first.act(&county, reject);
    second.act(&county, Command::VerifyNeed { need: need(1, 1).id, findings: "属实".into() });
    first.sync(&county);
    second.sync(&county);
    check("refused", &county, &second);
    let mut console = second.console(&county, Lang::Zh, (80, 24));
    let away = console.keys("Alt-7 Delete").screen();
    assert!(away.contains("没有待处理的事项"), "{away}");
    let nothing = console.keys("Delete").screen();
    assert!(nothing.contains("没有选中的记录"), "{nothing}");
}

#[test]
fn the_status_line_says_how_the_device_stands() {
    let (county, _, second) = county();
    let title = |console: &mut Drive<Console>| console.screen().lines().next().unwrap_or_default().to_owned();
    let mut console = second.console(&county, Lang::Zh, (120, 40));
    insta::assert_snapshot!("status_online", title(&mut console));
    // Work of its own waits to be sent.
    second.act(&county, visit(1, 1, second.desk.actor().worker, county.now));
    let mut console = second.console(&county, Lang::Zh, (120, 40));
    insta::assert_snapshot!("status_unsent", title(&mut console));
    // The line is cut: tried with F5, and told with code and remedy.
    let offline = console.keys("F5").screen();
    insta::assert_snapshot!("sync_offline_zh", offline);
    assert!(offline.contains("离线") && offline.contains("[link.offline]"), "{offline}");
    let mut console = second.console(&county, Lang::En, (80, 24));
    insta::assert_snapshot!("sync_offline_en", console.keys("F5").screen());
    // How far a round has come.
    use zhulian::sync::http::Progress;
    use zhulian::tui::app::Message;
    let foot = |console: &mut Drive<Console>| console.screen().lines().last().unwrap_or_default().to_owned();
    for (progress, told) in [
        (Progress::Pushed(3, 10), "sending [###.......] 3/10"),
        (Progress::Pulled(42), "receiving, 42 so far"),
        (Progress::Waiting(std::time::Duration::from_secs(4)), "no answer yet, trying again in 4 s"),
    ] {
        console.message(Message::Syncing(progress));
        assert!(foot(&mut console).contains(told), "{}", foot(&mut console));
    }
    // After an hour it says so.
    console.elapse(std::time::Duration::from_secs(3_700));
    assert!(title(&mut console).contains("sync 1 h"), "{}", title(&mut console));
}
