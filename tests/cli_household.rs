//! Registering and amending households on the command line, and closing a wish.

mod cli_support;

use cli_support::{PEOPLE, TestHome, text};

const OF_A_GIRL: &str = "990101201505050022";

#[test]
fn a_household_is_registered_amended_and_taken_back() {
    let home = TestHome::with_people();
    let added = home.json(&[
        "household",
        "add",
        "--head",
        "周大妹",
        "--category",
        "低保",
        "--village",
        "上岙村",
        "--member",
        "周小英:孙女",
        "--set",
        "电话=13900002222",
        "--set",
        &format!("周小英.身份证号={OF_A_GIRL}"),
        "--set",
        "2.guardian=周大妹",
    ]);
    let id = text(&added["id"]);
    assert!(text(&added["archive_no"]).starts_with("临990101"), "{added}");
    assert_eq!(added["members"].as_array().unwrap().len(), 2);
    let shown = home.json(&["household", "show", &id]);
    assert_eq!(shown["household"]["member_count"], 2);
    assert_eq!(shown["household"]["region"], "990101102201");
    assert_eq!(shown["members"][0]["relation"], "02");
    assert_eq!(shown["members"][1]["sex"], "2", "as the ID number says: {shown}");
    assert_eq!(home.lines(&["find", "周大妹"]).len(), 1);
    // Facts of the household and of a member.
    let amended = home.json(&["household", "amend", &id, "--set", "申请原因=因病", "--set", "1.备注=腿脚不便"]);
    assert_eq!(amended["changed"], 2, "{amended}");
    let amended = home.json(&["household", "member", "amend", &id, "周小英", "--set", "school=东岙小学"]);
    assert_eq!(amended["changed"], 1);
    // One more member, who becomes the head.
    let number = "990101195001010037";
    let member = home.json(&[
        "household",
        "member",
        "add",
        &id,
        "--name",
        "周大山",
        "--relation",
        "配偶",
        "--id-number",
        number,
    ]);
    home.json(&["household", "amend", &id, "--set", "户主=周大山"]);
    let shown = home.json(&["household", "show", &id]);
    assert_eq!(shown["household"]["head"], member["id"], "{shown}");
    // Everything can be taken back, one after the other.
    for _ in 0..5 {
        home.json(&["undo"]);
    }
    assert!(home.lines(&["find", "周大妹"]).is_empty());
}

#[test]
fn what_cannot_be_registered_says_why() {
    let home = TestHome::with_people();
    let check = |args: &[&str], code: &str, field: Option<&str>| {
        let args: Vec<&str> = ["household"].iter().chain(args).copied().collect();
        assert_eq!(home.refusal(&args), (code.to_owned(), field.map(str::to_owned)), "{args:?}");
    };
    let [archive, name, number, ..] = PEOPLE[0];
    let of = ["add", "--category", "dibao", "--village", "上岙村", "--head"];
    let with = |rest: &[&'static str]| of.iter().chain(rest).copied().collect::<Vec<&str>>();
    check(&with(&[name]), "household.like_registered", Some("name"));
    check(&with(&["周大妹", "--id-number", number]), "member.registered_elsewhere", Some("id_number"));
    check(&with(&["周大妹", "--id-number", "99010119900101001X"]), "id_number.checksum", Some("id_number"));
    check(&with(&["周大妹", "--member", "周小英"]), "value.invalid", Some("member"));
    check(&with(&["周大妹", "--member", "周小英:亲戚的亲戚"]), "code.unknown", Some("relation"));
    check(&with(&["周大妹", "--set", "colour=red"]), "field.unknown", Some("colour"));
    check(&with(&["周大妹", "--set", "3.phone=1"]), "record.not_found", Some("member"));
    let twice = ["周大妹", "--member", "周小英:孙女", "--set", "1.id_number=990101201505050022"];
    let twice = [&twice[..], &["--set", "2.id_number=990101201505050022"]].concat();
    check(&with(&twice), "member.entered_twice", Some("id_number"));
    let elsewhere = ["add", "--category", "dibao", "--head", "周大妹", "--village"];
    let there = |rest: &[&'static str]| elsewhere.iter().chain(rest).copied().collect::<Vec<&str>>();
    check(&there(&["无名村"]), "region.unknown", Some("region"));
    check(&there(&["990101102299"]), "region.unknown", Some("region"));
    check(&["amend", archive, "--set", "region=无名村"], "region.unknown", Some("region"));
    check(&["amend", archive, "--set", "address=东岙镇上岙村12号"], "amend.nothing", None);
    check(
        &["member", "amend", archive, "1", "--set", &format!("id_number={}", PEOPLE[1][2])],
        "member.registered_elsewhere",
        Some("id_number"),
    );
    check(
        &["member", "add", archive, "--name", "李四", "--relation", "子", "--id-number", PEOPLE[1][2]],
        "member.registered_elsewhere",
        Some("id_number"),
    );
    // Whose record a refusal is about stands in it.
    let ran =
        home.run(&["household", "member", "amend", archive, "1", "--set", &format!("id_number={}", PEOPLE[1][2])]);
    assert!(ran.err.contains("张*芬：该身份证号已登记"), "{}", ran.err);
    // Looked at and found to be somebody else, and a village that is not on the list.
    home.json(&[&["household"], &with(&[name, "--not-duplicate"])[..]].concat());
    let added = home.json(&[
        "household",
        "add",
        "--category",
        "dibao",
        "--head",
        "周大妹",
        "--village",
        "后垟村",
        "--town",
        "东岙镇",
    ]);
    let region = text(&added["region"]);
    assert!(region.starts_with("990101102") && region != "990101102201", "{added}");
    let again = home.json(&["household", "add", "--category", "dibao", "--head", "周二妹", "--village", "后垟村"]);
    assert_eq!(again["region"], added["region"]);
}

#[test]
fn a_confirmed_wish_is_closed_and_its_need_filed() {
    let home = TestHome::with_people();
    let need = home.json(&["need", "add", "--household", PEOPLE[0][0], "--title", "电饭煲", "--item", "appliance"]);
    home.json(&["need", "verify", &text(&need["id"])]);
    let wish = home.json(&[
        "wish",
        "add",
        "--need",
        &text(&need["id"]),
        "--text",
        "一位老人想要一只电饭煲",
        "--category",
        "appliance",
    ]);
    let id = text(&wish["id"]);
    home.json(&["wish", "publish", &id]);
    home.json(&["wish", "claim", &id]);
    home.json(&["wish", "fulfil", &id, "--evidence", "已送到"]);
    assert_eq!(home.refusal(&["wish", "close", &id]).0, "wish.wrong_state", "nobody has confirmed it yet");
    home.json(&["wish", "confirm", &id]);
    let closed = home.json(&["wish", "close", &id]);
    assert_eq!(closed["state"], "closed");
    let needs = home.lines(&["need", "list"]);
    assert_eq!(needs[0]["state"], "archived", "{needs:?}");
    home.json(&["undo"]);
    assert_eq!(home.lines(&["wish", "list"])[0]["state"], "confirmed");
    assert_eq!(home.lines(&["need", "list"])[0]["state"], "confirmed");
}
