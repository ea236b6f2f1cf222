//! A county set up from nothing on the command line: organisations, stations, resources, stock; two devices give it out,
//! hold wishes for donors, deliver one twice; a worker leaves. Real processes.

mod central_support;
mod server_support;

use std::path::Path;

use serde_json::{Value, json};
use server_support::{Running, admin_raw, program};

const COUNTY: &str = "990101000000";
const TOWN: &str = "990101100000";
const VILLAGE: &str = "990101100201";
const ELSEWHERE: &str = "990101100202";

/// Runs the program on a device's home: its answer, or the code of its error.
fn run(home: &Path, args: &[&str]) -> Result<Vec<Value>, String> {
    let ran = program(home).arg("--json").args(args).output().unwrap();
    if !ran.status.success() {
        return Err(code_of(&ran.stderr));
    }
    let out = String::from_utf8(ran.stdout).unwrap();
    Ok(out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect())
}

fn done(home: &Path, args: &[&str]) -> Value {
    let said = run(home, args).unwrap_or_else(|code| panic!("{args:?}: {code}"));
    said.into_iter().next().unwrap_or_default()
}

fn code_of(err: &[u8]) -> String {
    let err = String::from_utf8_lossy(err);
    let told: Value = err.lines().rev().find_map(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    told["error"]["code"].as_str().unwrap_or(&err).to_owned()
}

fn refused(server: &Running, args: &[&str]) -> String {
    let ran = admin_raw(&server.home, args);
    assert_eq!(ran.status.code(), Some(1), "{args:?}");
    code_of(&ran.stderr)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}"))
}

/// What stands in some fields.
fn fields(value: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| value[name].clone()).collect()
}

/// The county with its network, ten quilts of which six are the point's, and two laptops of the village.
fn county(folder: &Path) -> (Running, [std::path::PathBuf; 2], String) {
    let server = Running::start(&folder.join("server"), "sled", &[]);
    let list = "统计用区划代码,名称,级别\n990101000000,东海县,县\n990101100000,东岙镇,乡镇\n990101100201,前垟村,村\n\
                990101100202,后垟村,村\n";
    let path = folder.join("区划.csv");
    std::fs::write(&path, list).unwrap();
    server.admin(&["region", "import", path.to_str().unwrap()]);
    server.admin(&["org", "add", "东海县慈善总会", "--kind", "charity_federation", "--region", COUNTY]);
    server.admin(&["station", "add", "东海县助联体中心", "--level", "centre", "--region", COUNTY]);
    let town = ["--level", "站", "--region", "东岙镇", "--parent", "东海县助联体中心"];
    server.admin(&[&["station", "add", "东岙镇助联体站"], town.as_slice()].concat());
    let point = ["--level", "point", "--region", VILLAGE, "--parent", "东岙镇助联体站"];
    server.admin(&[&["station", "add", "前垟村助联体点"], point.as_slice()].concat());
    let quilts = ["--kind", "goods", "--pool", "charity_supply", "--quantity", "10", "--unit", "床"];
    let provider = ["--provider", "东海县慈善总会"];
    let resource = server.admin(&[&["resource", "add", "棉被"], quilts.as_slice(), &provider].concat());
    assert!(text(&resource, "no").starts_with("ZY990101"), "{resource}");
    let set = server.admin(&["stock", "allot", "棉被", "--station", "前垟村助联体点", "--quantity", "6"]);
    assert_eq!(fields(&set, &["set_aside", "given_out", "left"]), json!([6, 0, 6]));
    let laptops = ["one", "two"].map(|name| {
        let worker = format!("王{name}");
        server.admin(&["worker", "add", &worker, "--territory", VILLAGE, "--org", "东海县慈善总会"]);
        let code = server.admin(&["device", "code", "--worker", &worker, "--name", name]);
        let home = folder.join(name);
        done(&home, &["enroll", &server.url, text(&code, "code")]);
        done(&home, &["sync"]);
        home
    });
    (server, laptops, text(&set, "id").to_owned())
}

#[test]
fn what_cannot_stand_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (server, ..) = county(folder.path());
    let station = |level: &str, region: &str, parent: &str| {
        refused(&server, &["station", "add", "某处", "--level", level, "--region", region, "--parent", parent])
    };
    assert_eq!(station("point", TOWN, "东岙镇助联体站"), "station.region");
    assert_eq!(station("point", ELSEWHERE, "东海县助联体中心"), "station.parent");
    assert_eq!(station("point", ELSEWHERE, "没有的站"), "record.not_found");
    assert_eq!(station("point", "990101100299", "东岙镇助联体站"), "region.unknown");
    assert_eq!(station("centre", COUNTY, "东岙镇助联体站"), "station.parentless");
    let stock = |args: &[&str]| refused(&server, &[&["stock"], args].concat());
    assert_eq!(stock(&["allot", "棉被", "--station", "前垟村助联体点", "--quantity", "5"]), "stock.short");
    assert_eq!(refused(&server, &["resource", "amend", "棉被", "--quantity", "5"]), "stock.set_aside");
    assert_eq!(refused(&server, &["resource", "amend", "棉被", "--quantity", "10"]), "amend.nothing");
    assert_eq!(refused(&server, &["worker", "amend", "没有的人", "--inactive"]), "record.not_found");

    // What can be amended is.
    server.admin(&["resource", "amend", "棉被", "--quantity", "12", "--conditions", "每户一床"]);
    server.admin(&["org", "amend", "东海县慈善总会", "--contact", "陈主任"]);
    let resource = &server.admin(&["resource", "list"])[0];
    assert_eq!(fields(resource, &["quantity", "set_aside", "given_out", "left"]), json!([12, 6, 0, 6]));
    assert_eq!(resource["provider"]["name"], "东海县慈善总会");
    assert_eq!(server.admin(&["org", "list"])[0]["contact"], "陈主任");
    let levels = server.admin(&["station", "list"]);
    let levels: Vec<&str> = levels.as_array().unwrap().iter().map(|station| text(station, "level")).collect();
    assert_eq!(levels, ["centre", "station", "point"]);
    let amended = server.admin(&["worker", "amend", "王one", "--role", "social_worker", "--territory", TOWN]);
    assert_eq!(fields(&amended, &["role", "territories", "changed"]), json!(["social_worker", [TOWN], 2]));
    assert_eq!(amended["devices"][0]["name"], "one");
}

#[test]
fn two_devices_of_a_point_never_give_out_more_than_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let (server, [one, two], allotment) = county(folder.path());
    let stock = &run(&one, &["stock", "list"]).unwrap()[0];
    assert_eq!(fields(stock, &["set_aside", "given_out", "left"]), json!([6, 0, 6]));
    assert_eq!((text(&stock["resource"], "name"), text(&stock["station"], "name")), ("棉被", "前垟村助联体点"));
    assert_eq!(run(&one, &["org", "list"]).unwrap().len(), 1);
    assert_eq!(run(&one, &["station", "list", "--level", "point"]).unwrap().len(), 1);
    assert_eq!(run(&one, &["resource", "list"]).unwrap()[0]["left"], 4);

    let household = |home: &Path, head: &str| {
        let made = done(home, &["household", "add", "--head", head, "--village", VILLAGE, "--category", "dibao"]);
        text(&made, "id").to_owned()
    };
    let (first, second) = (household(&one, "张淑芬"), household(&two, "李国强"));
    done(&one, &["sync"]);
    done(&two, &["sync"]);
    let give = |home: &Path, household: &str, quantity: &str| {
        run(home, &["stock", "give", &allotment, "--household", household, "--quantity", quantity])
    };
    assert_eq!(give(&one, &first, "7").unwrap_err(), "stock.short", "the device knows what is left");
    // Apart from each other: each has enough as far as it knows.
    assert_eq!(give(&one, &first, "4").unwrap()[0]["left"], 2);
    assert_eq!(give(&two, &second, "4").unwrap()[0]["left"], 2);
    assert_eq!(done(&one, &["sync"])["verdicts"]["applied"], 1);
    assert_eq!(done(&two, &["sync"])["verdicts"]["refused"], 1);
    let letter = &run(&two, &["inbox"]).unwrap()[0];
    assert_eq!(fields(letter, &["kind", "code", "command"]), json!(["refused", "stock.short", "spend_stock"]));
    assert!(text(letter, "message").contains('2'), "it says what is left: {letter}");
    assert_eq!(done(&two, &["stats"])["refused"], 1);
    // The view shows what the server says; what was said stays in the journal.
    assert_eq!(run(&two, &["stock", "list"]).unwrap()[0]["left"], 2);
    let said = run(&two, &["audit"]).unwrap();
    assert!(said.iter().any(|entry| entry.to_string().contains("spend_stock")), "{said:?}");
    assert_eq!(give(&two, &second, "2").unwrap()[0]["left"], 0);
    assert_eq!(done(&two, &["sync"])["verdicts"]["applied"], 1);
    let list = server.admin(&["stock", "list"]);
    assert_eq!(fields(&list[0], &["set_aside", "given_out", "left"]), json!([6, 6, 0]));
    // The household's file says what it got, on the other device too.
    done(&one, &["sync"]);
    let shown = done(&one, &["household", "show", &second, "--timeline"]);
    let given = shown["timeline"].as_array().unwrap().iter().find(|line| line["what"] == "spend_stock").unwrap();
    assert_eq!(given["given"], json!({"resource": "棉被", "quantity": 2}));

    // What nobody needs goes back; what was given out does not.
    let more = server.admin(&["stock", "allot", "棉被", "--station", "东岙镇助联体站", "--quantity", "3"]);
    assert_eq!(refused(&server, &["stock", "return", text(&more, "id"), "--quantity", "4"]), "stock.short");
    assert_eq!(server.admin(&["stock", "return", text(&more, "id")])["left"], 0);
    assert_eq!(server.admin(&["resource", "list"])[0]["left"], 4);
}

/// A published wish of a new household.
fn wish(home: &Path, head: &str, card: &str) -> String {
    let household = done(home, &["household", "add", "--head", head, "--village", VILLAGE, "--category", "dibao"]);
    let need =
        done(home, &["need", "add", "--household", text(&household, "id"), "--title", "电饭煲", "--kind", "appliance"]);
    done(home, &["need", "verify", text(&need, "id")]);
    let card = ["--text", card, "--category", "appliance", "--ceiling", "200", "--publish"];
    let made = done(home, &[&["wish", "add", "--need", text(&need, "id")], card.as_slice()].concat());
    text(&made, "id").to_owned()
}

#[test]
fn a_point_holds_a_wish_and_a_second_delivery_is_shown_to_all() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, [one, two], _) = county(folder.path());
    let held = wish(&one, "张淑芬", "想要一个电饭煲");
    let twice = wish(&one, "李国强", "想要一台电风扇");
    let sync = |home: &Path| done(home, &["sync"]);
    let _both = (sync(&one), sync(&two));

    // The point holds a wish; when a donor comes by, the line is down, and it is certain all the same.
    let claim = done(&one, &["wish", "claim", &held, "--standing"]);
    assert_eq!(claim["standing"], true);
    let _both = (sync(&one), sync(&two));
    let list = run(&two, &["wish", "list", "--state", "claimed"]).unwrap();
    assert_eq!(list[0]["claim"]["standing"], true);
    let passed = done(&one, &["wish", "pass", &held, "--claimant", "爱心人士", "--org", "东海县慈善总会"]);
    assert_eq!(fields(&passed, &["state", "claimant", "standing"]), json!(["granted", "爱心人士", false]));
    assert_eq!(run(&one, &["wish", "pass", &held, "--claimant", "别人"]).unwrap_err(), "claim.not_standing");

    // Both devices claim and deliver, apart from each other.
    for home in [&one, &two] {
        done(home, &["wish", "claim", &twice, "--claimant", "捐赠人"]);
        done(home, &["wish", "fulfil", &twice, "--evidence", "送到家中"]);
    }
    let _both = (sync(&one), sync(&two));
    sync(&one);
    for home in [&one, &two] {
        assert_eq!(done(home, &["stats"])["duplicate_deliveries"], 1);
        let list = run(home, &["wish", "list", "--state", "duplicate"]).unwrap();
        assert_eq!((list.len(), text(&list[0], "id")), (1, twice.as_str()));
        let states: Vec<&str> = list[0]["deliveries"].as_array().unwrap().iter().map(|d| text(d, "state")).collect();
        assert_eq!((states.len(), states.contains(&"fulfilled"), states.contains(&"duplicate")), (2, true, true));
        let inbox = run(home, &["inbox"]).unwrap();
        let conflict = inbox.iter().find(|item| item["kind"] == "conflict").unwrap();
        assert_eq!(conflict["conflict_kind"], "duplicate_delivery");
        assert!(text(conflict, "message").contains("捐赠人"), "{conflict}");
    }
}

#[test]
fn a_worker_out_of_service_can_do_nothing_more_and_what_is_left_comes_in_supervised() {
    let folder = tempfile::tempdir().unwrap();
    let (server, [one, two], _) = county(folder.path());
    done(&one, &["household", "add", "--head", "张淑芬", "--village", VILLAGE, "--category", "dibao"]);
    let amended = server.admin(&["worker", "amend", "王one", "--inactive"]);
    assert_eq!(fields(&amended, &["active", "changed"]), json!([false, 1]));
    assert_eq!(run(&one, &["sync"]).unwrap_err(), "device.out_of_service");
    done(&two, &["sync"]);
    let state = |n: usize| server.admin(&["device", "list"])[n]["state"].clone();
    let names = server.admin(&["device", "list"]);
    let of_one = names.as_array().unwrap().iter().position(|device| device["name"] == "one").unwrap();
    assert_eq!((state(of_one), state(1 - of_one)), (json!("out_of_service"), json!("active")));
    assert_eq!(refused(&server, &["device", "code", "--worker", "王one"]), "worker.out_of_service");

    let file = folder.path().join("batch");
    let file = file.to_str().unwrap();
    done(&one, &["sync", "--to-file", file]);
    assert_eq!(refused(&server, &["ingest", file]), "device.out_of_service");
    assert_eq!(server.admin(&["ingest", file, "--supervised"])["verdicts"]["applied"], 1);
    done(&two, &["sync"]);
    assert_eq!(done(&two, &["stats"])["households"], 1);
    // Put back, the device goes on.
    server.admin(&["worker", "amend", "王one", "--active"]);
    done(&one, &["sync"]);
    assert_eq!(done(&one, &["stats"])["pending"], 0);
}
