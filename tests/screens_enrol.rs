//! Joining a server from the console's first screen, against a real server process.

mod central_support;
mod screens_support;
mod server_support;

use screens_support::{Bench, console, home};
use server_support::Running;
use zhulian::desk::Desk;
use zhulian::desk::enrol::Joining;
use zhulian::i18n::{Explain as _, Lang};

const VILLAGE: &str = "990101100201";

fn nothing(lang: Lang, width: u16, height: u16) -> Bench {
    let (folder, replica) = home(vec![]);
    console(folder, Desk::new(replica, None), lang, width, height)
}

fn code(server: &Running, name: &str) -> String {
    let worker = server.admin(&["worker", "add", name, "--territory", VILLAGE]);
    let code = server.admin(&["device", "code", "--worker", worker["id"].as_str().unwrap(), "--name", "笔记本"]);
    code["code"].as_str().unwrap().to_owned()
}

#[test]
fn the_form() {
    for (lang, name) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(80, 24), (120, 40), (60, 20)] {
            let mut bench = nothing(lang, width, height);
            insta::assert_snapshot!(format!("join_{name}_{width}"), bench.drive.keys("Enter").screen());
        }
    }
}

#[test]
fn what_is_wrong_is_told_at_its_field_and_nothing_is_lost() {
    let mut bench = nothing(Lang::Zh, 80, 24);
    let empty = bench.drive.keys("Enter F8").screen();
    assert!(empty.contains("“登记码”不能为空"), "{empty}");
    // Nobody listens there.
    // The focus stands at the first fault.
    bench.drive.type_text("ABCD-EFGH").keys("Shift-Tab Ctrl-U");
    bench.drive.type_text("http://127.0.0.1:9");
    let offline = bench.drive.keys("F8").screen();
    assert!(offline.contains("[link.offline]") && offline.contains("ABCD-EFGH"), "{offline}");
    assert!(offline.contains("http://127.0.0.1:9"), "{offline}");
    // The key never travels unencrypted to another machine.
    bench.drive.keys("Ctrl-U").type_text("http://zhulian.example.org");
    let plain = bench.drive.keys("F8").screen();
    assert!(plain.contains("[link.insecure]") && !plain.contains("link.offline"), "{plain}");
    bench.drive.keys("Ctrl-U").type_text("zhulian.example.org");
    let no_address = bench.drive.keys("F8").screen();
    assert!(no_address.contains("[link.bad_url]"), "{no_address}");
    let missing = bench.drive.keys("Ctrl-U").type_text("https://zhulian.example.org").keys("Tab Tab Tab");
    missing.type_text("/nowhere/ca.pem");
    let missing = bench.drive.keys("F8").screen();
    assert!(missing.contains("[link.bad_certificate_file]"), "{missing}");
    // Back to the offers, and in again: what was typed is still there.
    bench.drive.keys("Esc");
    assert!(bench.drive.screen().contains("请选择从哪里开始"), "{}", bench.drive.screen());
    let again = bench.drive.keys("Enter").screen();
    assert!(again.contains("ABCD-EFGH"), "{again}");
}

#[test]
fn a_disk_that_fails_right_after_joining_costs_no_new_code() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(folder.path(), "sled", &[]);
    let (own, replica) = home(vec![]);
    // What stands in its place cannot be replaced by a file.
    std::fs::create_dir(own.path().join("enrolment")).unwrap();
    let joining = Joining { url: server.url.clone(), code: code(&server, "王秀兰"), ..Joining::default() };
    let failed = Desk::join(&replica, &joining, Desk::now()).unwrap_err();
    assert!(failed.code().starts_with("store."), "{failed}");
    assert!(replica.enrolment().is_none());
    std::fs::remove_dir(own.path().join("enrolment")).unwrap();
    for _ in 0..2 {
        Desk::join(&replica, &joining, Desk::now()).unwrap();
        replica.sync_with_server(Desk::now(), &mut |_| {}).unwrap();
    }
    assert_eq!(server.admin(&["device", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_device_joins_and_the_console_opens_on_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Running::start(folder.path(), "sled", &[]);
    let join = |bench: &mut Bench, url: &str, code: &str| {
        bench.drive.keys("Enter Ctrl-U").type_text(url).keys("Tab").type_text(code);
        bench.drive.keys("F8").screen()
    };
    let mut first = nothing(Lang::Zh, 80, 24);
    let wrong = join(&mut first, &server.url, "AAAA-AAAA-AAAA");
    assert!(wrong.contains("enrol.code_wrong"), "{wrong}");
    first.drive.keys("Ctrl-U").type_text(&code(&server, "王秀兰"));
    let joined = first.drive.keys("F8").screen();
    assert!(joined.contains("今日工作") && joined.contains("王秀兰") && joined.contains("在线"), "{joined}");
    // Its first household, in the one village that it was given, sent with F5.
    first.drive.keys("Ctrl-X Ctrl-F").type_text("周大妹").keys("F6 Right");
    let registered = first.drive.keys("F8").screen();
    assert!(registered.contains("已保存：登记家庭"), "{registered}");
    assert!(registered.contains("未传"), "{registered}");
    let sent = first.drive.keys("F5").screen();
    assert!(sent.contains("同步完成：上传1条，退回0条"), "{sent}");
    assert_eq!(first.desk.replica().read().rows.iter().filter(|(_, row)| row.is_present()).count(), 1);
    assert!(sent.contains("未传0"), "{sent}");
    // The server is gone: what is recorded waits, and says so.
    server.kill();
    let offline = first.drive.keys("F5").screen();
    assert!(offline.contains("离线") && offline.contains("link."), "{offline}");
}
