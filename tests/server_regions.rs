//! Regions on the server, rosters on devices of a county, households that a device registered alone: real processes.

mod central_support;
mod server_support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use server_support::{Postgres, Running, admin_raw, program};

const VILLAGES: [&str; 8] = ["前垟村", "后垟村", "上岙村", "下岙村", "大坑村", "溪口村", "岭脚村", "枫树坪村"];
const COUNTY: &str = "990101000000";
const DONGAO: &str = "990101100000";
/// Households of the sample roster.
const HOUSEHOLDS: u64 = 400;

/// The county with these towns, each with the eight villages, as a spreadsheet.
fn regions(folder: &Path, towns: &[(&str, &str)]) -> PathBuf {
    let mut text = "统计用区划代码,名称,级别,启用日期\n990101000000,东海县,县,2020-01-01\n".to_owned();
    for (code, town) in towns {
        text += &format!("{code},{town},乡镇,2020-01-01\n");
        for (number, village) in (201..).zip(VILLAGES) {
            // Statistical lists name the committee.
            text += &format!("{}{number},{village}村民委员会,村,\n", &code[..9]);
        }
    }
    let path = folder.join("区划.csv");
    std::fs::write(&path, text).unwrap();
    path
}

fn roster(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosters").join(name)
}

struct Ran {
    code: Option<i32>,
    said: Vec<Value>,
    err: String,
}

/// Runs the program on a device's home.
fn run(home: &Path, args: &[&str]) -> Ran {
    let ran = program(home).arg("--json").args(args).output().unwrap();
    let out = String::from_utf8(ran.stdout).unwrap();
    let said = out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    Ran { code: ran.status.code(), said, err: String::from_utf8_lossy(&ran.stderr).into_owned() }
}

fn done(home: &Path, args: &[&str]) -> Value {
    let ran = run(home, args);
    assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.err);
    ran.said.into_iter().next().unwrap_or_default()
}

fn import(home: &Path, files: &[PathBuf], more: &[&str]) -> Ran {
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    run(home, &[&["import"], files.as_slice(), more].concat())
}

fn households(home: &Path) -> u64 {
    done(home, &["stats"])["households"].as_u64().unwrap()
}

/// A new worker's one-time code for that territory.
fn code(server: &Running, name: &str, territory: &str) -> String {
    server.admin(&["worker", "add", name, "--territory", territory]);
    server.admin(&["device", "code", "--worker", name])["code"].as_str().unwrap().to_owned()
}

/// Another code for a worker who is there, for that territory.
fn another_code(server: &Running, name: &str, territory: &str) -> String {
    server.admin(&["device", "code", "--worker", name, "--territory", territory])["code"].as_str().unwrap().to_owned()
}

fn import_regions(server: &Running, file: &Path) -> Value {
    server.admin(&["region", "import", file.to_str().unwrap()])
}

fn dongao() -> [PathBuf; 2] {
    [roster("低保家庭查询_东岙镇.xlsx"), roster("低保家庭人员查询_东岙镇.xlsx")]
}

fn codes_of(ran: &Ran) -> Vec<&str> {
    ran.said[0]["errors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap()).collect()
}

#[test]
fn a_roster_on_a_device_of_a_county_stays_within_its_territory() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&folder.path().join("server"), "sled", &[]);
    let list = regions(folder.path(), &[(DONGAO, "东岙镇"), ("990101101000", "西垟镇")]);
    let taken = import_regions(&server, &list);
    assert_eq!((taken["regions"]["new"].as_u64(), taken["committed"].as_bool()), (Some(19), Some(true)), "{taken}");
    let again = import_regions(&server, &list);
    assert_eq!((again["regions"]["new"].as_u64(), again["regions"]["unchanged"].as_u64()), (Some(0), Some(19)));
    let listed = server.admin(&["region", "list", "--within", DONGAO]);
    assert_eq!(listed.as_array().unwrap().len(), 9);
    assert_eq!(listed[1]["name"], "前垟村村民委员会");

    let laptop = folder.path().join("laptop");
    done(&laptop, &["enroll", &server.url, &code(&server, "王一", DONGAO)]);
    let early = import(&laptop, &dongao(), &[]);
    assert_eq!(early.code, Some(1));
    assert!(early.err.contains("region.none") && early.said.is_empty(), "said once, not of every row: {}", early.err);
    done(&laptop, &["sync"]);
    let outside =
        import(&laptop, &[roster("低保边缘家庭_西垟镇.csv"), roster("低保边缘人员_西垟镇.csv")], &["--as", "低边"]);
    assert_eq!(outside.code, Some(1));
    assert!(
        codes_of(&outside).iter().all(|code| *code == "region.outside_territory") && codes_of(&outside).len() == 150
    );
    let first = &outside.said[0]["errors"][0];
    assert_eq!((first["column"].as_str(), first["value_masked"].as_str()), (Some("所属社区"), Some("枫树坪村")));
    assert_eq!(households(&laptop), 0);

    let unknown = folder.path().join("东岙镇低保.csv");
    let row = "户主姓名,户主身份证号,家庭人口,所属乡镇,所属村\n石珍勇,994179199005131575,1,东岙镇,不存在村\n";
    std::fs::write(&unknown, row).unwrap();
    let refused = import(&laptop, &[unknown], &["--as", "低保"]);
    assert_eq!((refused.code, codes_of(&refused)), (Some(1), vec!["region.unknown"]));
    assert!(refused.said[0]["errors"][0]["remedy"].as_str().unwrap().contains("server region import"));

    let taken = import(&laptop, &dongao(), &[]);
    assert_eq!(taken.code, Some(0), "{}", taken.err);
    assert_eq!(taken.said[0]["households"]["new"].as_u64(), Some(HOUSEHOLDS));
    assert!(!taken.err.contains("outside"), "{}", taken.err);
    let sent = done(&laptop, &["sync"]);
    assert_eq!((sent["verdicts"]["refused"].as_u64(), households(&laptop)), (Some(0), HOUSEHOLDS), "{sent}");

    let other = folder.path().join("other");
    done(&other, &["enroll", &server.url, &code(&server, "李二", DONGAO)]);
    done(&other, &["sync"]);
    assert_eq!(households(&other), HOUSEHOLDS, "a second device of the territory has them");
    let village = "990101100202";
    let narrow = folder.path().join("narrow");
    done(&narrow, &["enroll", &server.url, &code(&server, "赵三", village)]);
    done(&narrow, &["sync"]);
    let there = households(&narrow);
    assert!(there > 0 && there < HOUSEHOLDS, "one village has its own: {there}");
    let again = import(&laptop, &dongao(), &[]);
    assert_eq!(again.said[0]["households"]["unchanged"].as_u64(), Some(HOUSEHOLDS), "{}", again.said[0]);
}

#[test]
fn households_of_a_device_that_worked_alone_come_home_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&folder.path().join("server"), "sled", &[]);
    let laptop = folder.path().join("laptop");
    let alone = import(&laptop, &dongao(), &["--unsealed", "--worker-name", "王一"]);
    assert_eq!(alone.code, Some(0), "{}", alone.err);
    assert_eq!(households(&laptop), HOUSEHOLDS);

    // The server keeps a list that has none of the villages: the device does not join, and nothing of it changes.
    import_regions(&server, &regions(folder.path(), &[("990101101000", "西垟镇")]));
    let good = code(&server, "王一", COUNTY);
    let refused = run(&laptop, &["enroll", &server.url, &good]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("enrol.regions_unknown") && refused.err.contains("东岙镇后垟村"), "{}", refused.err);
    assert_eq!(run(&laptop, &["sync"]).code, Some(1), "{}", refused.err);
    assert_eq!(households(&laptop), HOUSEHOLDS);
    assert!(
        server.admin(&["device", "list"]).as_array().unwrap().is_empty(),
        "the server knows no device that refused"
    );

    import_regions(&server, &regions(folder.path(), &[(DONGAO, "东岙镇"), ("990101101000", "西垟镇")]));
    // A territory that does not hold them is no home either.
    let elsewhere = run(&laptop, &["enroll", &server.url, &another_code(&server, "王一", "990101101000")]);
    assert_eq!(elsewhere.code, Some(1));
    assert!(elsewhere.err.contains("enrol.regions_unknown"), "{}", elsewhere.err);

    // The code that the device did not take is still good, and after that once more for the same device.
    let joined = done(&laptop, &["enroll", &server.url, &good]);
    assert_eq!(joined["outside"].as_u64(), Some(0), "{joined}");
    assert_eq!(done(&laptop, &["enroll", &server.url, &good])["name"], joined["name"]);
    assert_eq!(server.admin(&["device", "list"]).as_array().unwrap().len(), 1);
    let other = folder.path().join("thief");
    assert!(run(&other, &["enroll", &server.url, &good]).err.contains("enrol.code_over"));
    done(&laptop, &["sync"]);
    assert_eq!(households(&laptop), HOUSEHOLDS, "no household leaves the device");
    assert!(run(&laptop, &["inbox"]).said.iter().all(|entry| entry["code"].is_null()), "nothing was refused");
    let stats = done(&laptop, &["stats"]);
    assert_eq!((stats["pending"].as_u64(), stats["refused"].as_u64()), (Some(0), Some(0)), "{stats}");
    let again = import(&laptop, &dongao(), &[]);
    assert_eq!(again.said[0]["households"]["unchanged"].as_u64(), Some(HOUSEHOLDS), "{} {}", again.said[0], again.err);

    let other = folder.path().join("other");
    done(&other, &["enroll", &server.url, &code(&server, "孙四", DONGAO)]);
    done(&other, &["sync"]);
    assert_eq!(households(&other), HOUSEHOLDS);
    let listed = server.admin(&["region", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 19, "nothing made up has reached the server");
    assert!(listed.as_array().unwrap().iter().all(|region| region["provisional"] == false));
}

#[test]
fn in_a_county_without_a_list_places_are_made_up_inside_the_territory() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&folder.path().join("server"), "sled", &[]);
    let device = |name: &str| folder.path().join(name);
    let xiyang = [roster("低保边缘家庭_西垟镇.csv"), roster("低保边缘人员_西垟镇.csv")];
    // One that worked alone, one that joins and takes its roster in before the first round, and one without a roster.
    let (alone, joined, bare) = (device("alone"), device("joined"), device("bare"));
    assert_eq!(import(&alone, &dongao(), &["--unsealed", "--worker-name", "王一"]).code, Some(0));
    done(&alone, &["enroll", &server.url, &code(&server, "王一", COUNTY)]);
    let sent = done(&alone, &["sync"]);
    assert_eq!((sent["verdicts"]["refused"].as_u64(), households(&alone)), (Some(0), HOUSEHOLDS), "{sent}");
    done(&joined, &["enroll", &server.url, &code(&server, "李二", COUNTY)]);
    let taken = import(&joined, &xiyang, &["--as", "低边"]);
    assert_eq!(taken.code, Some(0), "{} {:?}", taken.err, taken.said);
    done(&joined, &["sync"]);
    done(&alone, &["sync"]);
    done(&bare, &["enroll", &server.url, &code(&server, "赵三", COUNTY)]);
    done(&bare, &["sync"]);
    for home in [&alone, &joined, &bare] {
        assert_eq!(households(home), HOUSEHOLDS + 150, "{}", home.display());
        assert_eq!(run(home, &["inbox"]).said, [] as [Value; 0], "{}", home.display());
    }
    let again = import(&bare, &dongao(), &[]);
    assert_eq!(again.said[0]["households"]["unchanged"].as_u64(), Some(HOUSEHOLDS), "{} {}", again.said[0], again.err);
    let listed = server.admin(&["region", "list"]);
    let inside = |region: &Value| region["code"].as_str().unwrap().starts_with("990101");
    assert!(!listed.as_array().unwrap().is_empty() && listed.as_array().unwrap().iter().all(inside), "{listed}");

    // A town's device takes no other town for its own.
    let town = device("town");
    assert_eq!(import(&town, &dongao(), &["--unsealed", "--worker-name", "孙四"]).code, Some(0));
    done(&town, &["enroll", &server.url, &code(&server, "孙四", "990101200000")]);
    let other = import(&town, &xiyang, &["--as", "低边"]);
    assert_eq!(other.code, Some(1));
    assert!(codes_of(&other).iter().all(|code| *code == "region.outside_territory"), "{}", other.said[0]);
}

#[test]
fn what_was_registered_stays_in_sight() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&folder.path().join("server"), "sled", &[]);
    import_regions(&server, &regions(folder.path(), &[(DONGAO, "东岙镇"), ("990101101000", "西垟镇")]));
    let laptop = folder.path().join("laptop");
    done(&laptop, &["enroll", &server.url, &code(&server, "王一", DONGAO)]);
    done(&laptop, &["sync"]);
    let add = |head: &str, village: &str| {
        run(&laptop, &["household", "add", "--head", head, "--category", "dibao", "--village", village])
    };
    assert_eq!(add("周大妹", "990101100202").code, Some(0));
    let outside = add("周二妹", "990101101201");
    assert_eq!(outside.code, Some(1));
    assert!(outside.err.contains("actor.outside_territory") && outside.err.contains("region"), "{}", outside.err);
    assert_eq!(households(&laptop), 1);

    // The first one is not sent yet; a territory without its village is refused, and the code stays good.
    let elsewhere = another_code(&server, "王一", "990101101000");
    let refused = run(&laptop, &["enroll", &server.url, &elsewhere]);
    assert_eq!(refused.code, Some(1));
    let told = &refused.err;
    assert!(
        told.contains("enrol.households_outside") && told.contains("后垟村") && told.contains("--leave-outside"),
        "{told}"
    );
    assert_eq!(households(&laptop), 1);
    let joined = done(&laptop, &["enroll", &server.url, &elsewhere, "--leave-outside"]);
    assert_eq!(joined["outside"].as_u64(), Some(1), "{joined}");
    let sent = done(&laptop, &["sync"]);
    assert_eq!((sent["verdicts"]["applied"].as_u64(), households(&laptop)), (Some(1), 0), "{sent}");
    let other = folder.path().join("other");
    done(&other, &["enroll", &server.url, &code(&server, "李二", DONGAO)]);
    done(&other, &["sync"]);
    assert_eq!(households(&other), 1, "nothing is dropped at the server");
    // What the server has already is no reason to refuse.
    done(&other, &["enroll", &server.url, &another_code(&server, "李二", "990101101000")]);
}

#[test]
fn made_up_places_get_official_codes_when_the_list_comes() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&folder.path().join("server"), "sled", &[]);
    let device = |name: &str| folder.path().join(name);
    let (first, late, narrow) = (device("first"), device("late"), device("narrow"));
    done(&first, &["enroll", &server.url, &code(&server, "王一", COUNTY)]);
    assert_eq!(import(&first, &dongao(), &[]).code, Some(0));
    done(&first, &["sync"]);
    // Two villages of the list, one of them given to a device, and what another device has not sent when it comes.
    let listed = server.admin(&["region", "list"]);
    let village = listed.as_array().unwrap().iter().find(|region| region["name"] == "后垟村").unwrap()["code"].clone();
    done(&narrow, &["enroll", &server.url, &code(&server, "赵三", village.as_str().unwrap())]);
    done(&narrow, &["sync"]);
    let there = households(&narrow);
    assert!(there > 0 && there < HOUSEHOLDS);
    done(&late, &["enroll", &server.url, &code(&server, "李二", COUNTY)]);
    let taken =
        import(&late, &[roster("低保边缘家庭_西垟镇.csv"), roster("低保边缘人员_西垟镇.csv")], &["--as", "低边"]);
    assert_eq!(taken.code, Some(0), "{}", taken.err);

    let list = regions(folder.path(), &[(DONGAO, "东岙镇"), ("990101101000", "西垟镇")]);
    let taken = import_regions(&server, &list);
    assert_eq!(taken["made_up"]["households"].as_u64(), Some(HOUSEHOLDS), "{taken}");
    assert_eq!(taken["made_up"]["left"].as_u64(), Some(0), "{taken}");
    let again = import_regions(&server, &list);
    assert_eq!(again["made_up"]["replaced"].as_array().map(Vec::len), Some(0), "{again}");
    let listed = server.admin(&["region", "list"]);
    let given_up = |region: &&Value| region["provisional"] == true;
    for region in listed.as_array().unwrap().iter().filter(given_up) {
        let by = region["successor"].as_str().unwrap_or_else(|| panic!("{region}"));
        assert!(by.starts_with(&DONGAO[..9]) && !region["valid_to"].is_null(), "{region}");
    }

    let sent = done(&late, &["sync"]);
    assert_eq!((sent["verdicts"]["refused"].as_u64(), households(&late)), (Some(0), HOUSEHOLDS + 150), "{sent}");
    for (home, expected) in [(&first, HOUSEHOLDS + 150), (&narrow, there)] {
        done(home, &["sync"]);
        assert_eq!(households(home), expected, "{}", home.display());
        assert_eq!(run(home, &["inbox"]).said, [] as [Value; 0], "{}", home.display());
    }
    // Official territories hold them all, and rosters meet them by name.
    for (name, territory, expected) in [("东", DONGAO, HOUSEHOLDS), ("西", "990101101000", 150)] {
        let home = device(name);
        done(&home, &["enroll", &server.url, &code(&server, name, territory)]);
        done(&home, &["sync"]);
        assert_eq!(households(&home), expected);
    }
    let again = import(&first, &dongao(), &[]);
    assert_eq!(again.said[0]["households"]["unchanged"].as_u64(), Some(HOUSEHOLDS), "{} {}", again.said[0], again.err);
}

#[test]
fn two_villages_never_share_a_made_up_number() {
    two_villages_share_no_number("sled");
    if let Some(postgres) = Postgres::find() {
        two_villages_share_no_number(&postgres.database());
    }
}

fn two_villages_share_no_number(store: &str) {
    use zhulian::roster::unlisted::numbers;
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&folder.path().join("server"), store, &[]);
    let number = |name: &str| numbers(name).next();
    let one = "上岙村".to_owned();
    let other = (1..).map(|n| format!("上岙{n}村")).find(|name| number(name) == number(&one)).unwrap();
    let add = |home: &Path, head: &str, village: &str| {
        let place = ["--village", village, "--town", "东岙镇"];
        let said =
            done(home, &[&["household", "add", "--head", head, "--category", "dibao"], place.as_slice()].concat());
        said["region"].as_str().unwrap().to_owned()
    };
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    for (home, name) in [(&first, "王一"), (&second, "李二")] {
        done(home, &["enroll", &server.url, &code(&server, name, COUNTY)]);
        done(home, &["sync"]);
    }
    assert_eq!(add(&first, "周大妹", &one), add(&second, "吴大妹", &other), "by themselves they take the same number");
    add(&second, "吴二妹", &other);
    for home in [&first, &second, &first] {
        let sent = done(home, &["sync"]);
        assert_eq!(sent["verdicts"]["refused"].as_u64(), Some(0), "{sent}");
    }
    // Each goes on in its own village, and nobody takes one for the other.
    let codes = (add(&first, "周三妹", &one), add(&second, "吴三妹", &other));
    assert_ne!(codes.0, codes.1);
    for home in [&first, &second, &first] {
        done(home, &["sync"]);
    }
    let third = folder.path().join("third");
    done(&third, &["enroll", &server.url, &code(&server, "赵三", COUNTY)]);
    done(&third, &["sync"]);
    for home in [&first, &second, &third] {
        for (head, village) in
            [("周大妹", &one), ("周三妹", &one), ("吴大妹", &other), ("吴二妹", &other), ("吴三妹", &other)]
        {
            let found = run(home, &["find", head]);
            assert_eq!(found.said[0]["village"].as_str(), Some(village.as_str()), "{head} {}", found.said[0]);
        }
        assert_eq!(run(home, &["inbox"]).said, [] as [Value; 0], "{}", home.display());
    }
    let listed = server.admin(&["region", "list"]);
    let used = |region: &&Value| region["successor"].is_null() && region["level"] == "village";
    assert_eq!(listed.as_array().unwrap().iter().filter(used).count(), 2, "{listed}");
}

#[test]
fn a_list_of_regions_with_an_error_is_kept_out_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("server");
    let list = folder.path().join("区划.csv");
    std::fs::write(&list, "区划代码,名称\n990101000000,东海县\n990101100000,东岙镇\n99010110,后垟村\n").unwrap();
    let ran = admin_raw(&home, &["region", "import", list.to_str().unwrap()]);
    assert_eq!(ran.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(
        (said["errors"][0]["code"].as_str(), said["errors"][0]["row"].as_u64()),
        (Some("region.code_invalid"), Some(4))
    );
    assert!(String::from_utf8_lossy(&ran.stderr).contains("regions.refused"));
    assert_eq!(server_support::admin(&home, &["region", "list"]).as_array().unwrap().len(), 0);
    std::fs::write(&list, "姓名,电话\n张三,1\n").unwrap();
    let ran = admin_raw(&home, &["region", "import", list.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&ran.stderr).contains("regions.no_header"));
}
