//! The daily loop on the command line: every command's answer and its refusals.

mod cli_support;

use cli_support::{PEOPLE, TestHome, text};
use serde_json::json;

#[test]
fn anyone_is_found_and_nobody_is_named() {
    let home = TestHome::with_people();
    for query in ["张淑芬", "zsf", "zhangshufen", "0019", "13812341234", PEOPLE[0][0]] {
        let found = home.lines(&["find", query]);
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        let keys: Vec<&String> = found[0].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "archive_no", "head", "village", "category", "risk", "score", "matched"]);
        assert_eq!(found[0]["archive_no"], PEOPLE[0][0]);
        assert_eq!(found[0]["head"], "张*芬");
        assert_eq!(found[0]["village"], "上岙村");
        assert_eq!(found[0]["category"], "dibao");
    }
    assert_eq!(home.lines(&["find", "上岙"]).len(), 3);
    assert_eq!(home.lines(&["find", "上岙", "--limit", "2"]).len(), 2);
    assert!(home.lines(&["find", "nobody"]).is_empty());
    let shown = home.run(&["find", "zsf"]);
    assert!(shown.out.contains("张*芬") && !shown.out.contains("张淑芬"), "{}", shown.out);
}

#[test]
fn a_visit_is_logged_with_its_needs_and_shown() {
    let home = TestHome::with_people();
    let visit = home.json(&[
        "visit",
        "add",
        "--household",
        PEOPLE[0][0],
        "--mode",
        "入户",
        "--result",
        "met",
        "--note",
        "身体尚可",
        "--need",
        "电饭煲:living",
        "--need",
        "陪同就医:健康管理",
        "--set",
        "电话=13812340000",
        "--language",
        "dialect",
        "--at",
        "2026-01-05 09:30",
        "--next-due",
        "2026-02-05",
    ]);
    assert_eq!(visit["needs"].as_array().unwrap().len(), 2);
    assert_eq!(visit["next_due"], "2026-02-05");
    let shown = home.json(&["household", "show", &text(&visit["household"])]);
    assert_eq!(shown["visits"][0]["id"], visit["id"]);
    assert_eq!(shown["visits"][0]["at"], "2026-01-05T09:30:00+08:00");
    assert_eq!(shown["visits"][0]["language"], "dialect");
    assert_eq!(shown["household"]["phone"], "138****0000");
    assert_eq!(shown["members"][0]["name"], "张*芬");
    assert_eq!(shown["needs"].as_array().unwrap().len(), 2);
    assert_eq!(home.lines(&["visit", "list"])[0]["id"], visit["id"]);
    // In a reader's form the id comes first.
    let logged = home.run(&["visit", "add", "--household", PEOPLE[1][0], "--result", "absent"]);
    let id = logged.out.split_whitespace().next().unwrap();
    assert_eq!(home.lines(&["visit", "list", "--household", PEOPLE[1][0]])[0]["id"], id);
}

#[test]
fn visits_are_refused_with_code_and_field() {
    let home = TestHome::with_people();
    let check = |args: &[&str], code: &str, field: Option<&str>| {
        let args: Vec<&str> = ["visit", "add"].iter().chain(args).copied().collect();
        assert_eq!(home.refusal(&args), (code.to_owned(), field.map(str::to_owned)), "{args:?}");
    };
    let of = ["--household", PEOPLE[0][0], "--result"];
    let with = |rest: &[&'static str]| of.iter().chain(rest).copied().collect::<Vec<&str>>();
    check(&with(&["refused"]), "visit.refusal_reason_missing", Some("refusal_reason"));
    check(&with(&["gone"]), "code.unknown", Some("result"));
    check(&with(&["met", "--mode", "by boat"]), "code.unknown", Some("mode"));
    check(&with(&["met", "--at", "yesterday"]), "date.invalid", Some("at"));
    check(
        &with(&["met", "--at", "2026-01-05", "--next-due", "2026-01-05"]),
        "visit.next_due_before_visit",
        Some("next_due"),
    );
    check(&with(&["met", "--need", "书包:nowhere"]), "code.unknown", Some("field"));
    check(&with(&["met", "--set", "colour=red"]), "field.unknown", Some("colour"));
    check(&with(&["met", "--with", "nobody"]), "record.not_found", Some("with"));
    check(&with(&["met", "--note", "a\u{1b}[2J"]), "text.control", Some("note"));
    check(&["--household", "H0", "--result", "met"], "record.not_found", Some("household"));
    assert!(home.lines(&["visit", "list"]).is_empty());
}

#[test]
fn due_visits_come_worst_first() {
    let home = TestHome::with_people();
    let due = home.lines(&["visit", "due", "--by", "+400"]);
    assert_eq!(due.len(), 3);
    assert_eq!(due[0]["archive_no"], PEOPLE[1][0], "an elder of high age alone comes first");
    home.json(&["visit", "add", "--household", PEOPLE[1][0], "--result", "met", "--at", "2025-01-05"]);
    let due = home.lines(&["visit", "due"]);
    assert_eq!(due[0]["archive_no"], PEOPLE[1][0]);
    assert!(due[0]["overdue_days"].as_i64().unwrap() > 300, "{}", due[0]);
    assert_eq!(home.lines(&["household", "list", "--filter", "due=overdue"]).len(), 1);
}

#[test]
fn households_are_listed_by_filters() {
    let home = TestHome::with_people();
    let check = |filters: &[&str], expected: usize| {
        let mut args = vec!["household", "list"];
        for filter in filters {
            args.extend(["--filter", filter]);
        }
        assert_eq!(home.lines(&args).len(), expected, "{filters:?}");
    };
    check(&[], 3);
    check(&["category=特困"], 1);
    check(&["category=dibao"], 1);
    check(&["village=上岙村"], 3);
    check(&["village=东岙镇"], 3);
    check(&["village=990101102000"], 3);
    check(&["village=990101103000"], 0);
    check(&["visited=never", "category=dibian"], 1);
    check(&["needs=open"], 0);
    assert_eq!(home.refusal(&["household", "list", "--filter", "colour=red"]).0, "value.invalid");
    assert_eq!(home.refusal(&["household", "list", "--filter", "category=x"]).0, "code.unknown");
}

#[test]
fn a_masked_field_is_shown_with_a_reason_only() {
    let home = TestHome::with_people();
    let show = |args: &[&str]| {
        let args: Vec<&str> = ["household", "show", PEOPLE[0][0]].iter().chain(args).copied().collect();
        home.json(&args)
    };
    let shown = show(&[]);
    assert_eq!(shown["members"][0]["id_number"], "9901**********0019");
    let shown = show(&["--reveal", "id_number", "--reason", "verify_identity"]);
    assert_eq!(shown["members"][0]["id_number"], "990101199001010019");
    assert_eq!(shown["members"][0]["name"], "张*芬", "one field only");
    let shown = show(&["--reveal", "phone", "--reason", "联系服务对象"]);
    assert_eq!(shown["household"]["phone"], PEOPLE[0][3]);
    let refused = home.refusal(&["household", "show", PEOPLE[0][0], "--reveal", "id_number", "--reason", "curious"]);
    assert_eq!(refused, ("code.unknown".to_owned(), Some("reason".to_owned())));
    assert_eq!(home.refusal(&["household", "show", "018f00"]).0, "record.not_found");
}

#[test]
fn a_need_goes_its_way() {
    let home = TestHome::with_people();
    let add = ["need", "add", "--household", PEOPLE[0][0], "--title", "助餐", "--field", "living"];
    let need = home.json(&add);
    assert_eq!(need["state"], "to_verify");
    let (id, no) = (text(&need["id"]), text(&need["no"]));
    assert_eq!(home.refusal(&add), ("need.duplicate_suspected".to_owned(), Some("duplicate_reason".to_owned())));
    let other = home.json(&[&add[..], &["--not-duplicate", "两位成员各一份"]].concat());
    assert_eq!(home.json(&["need", "verify", &no])["state"], "valid");
    assert_eq!(home.json(&["need", "triage", &id, "--urgency", "紧急", "--due", "+10"])["state"], "valid");
    assert_eq!(home.refusal(&["need", "triage", &id]).0, "amend.nothing");
    assert_eq!(home.refusal(&["need", "confirm", &id]).0, "need.wrong_state");
    assert_eq!(home.json(&["need", "deliver", &id])["state"], "delivered");
    assert_eq!(home.refusal(&["need", "confirm", &id, "--by", "two_workers"]).0, "confirm.second_worker_missing");
    assert_eq!(home.json(&["need", "confirm", &id, "--note", "收到"])["state"], "confirmed");
    let rejected = home.json(&["need", "reject", &text(&other["no"]), "--reason", "duplicate"]);
    assert_eq!(rejected["state"], "invalid");
    let listed = home.lines(&["need", "list"]);
    assert_eq!((listed.len(), &listed[0]["urgency"]), (2, &json!("2")));
    assert_eq!(home.lines(&["need", "list", "--state", "open"]).len(), 0);
    assert_eq!(home.lines(&["need", "list", "--state", "无效"]).len(), 1);
}

#[test]
fn needs_are_merged_and_withdrawn() {
    let home = TestHome::with_people();
    let add = |who: usize, title: &str| {
        text(&home.json(&["need", "add", "--household", PEOPLE[who][0], "--title", title])["id"])
    };
    let (one, two, elsewhere) = (add(0, "书包"), add(0, "文具盒"), add(1, "轮椅"));
    assert_eq!(home.refusal(&["need", "merge", &one, "--into", &elsewhere]).0, "need.other_household");
    assert_eq!(home.refusal(&["need", "merge", &one, "--into", &one]).0, "need.same");
    assert_eq!(home.json(&["need", "merge", &one, "--into", &two])["state"], "merged");
    assert_eq!(home.json(&["need", "withdraw", &two, "--reason", "covered"])["state"], "withdrawn");
    assert_eq!(home.refusal(&["need", "verify", &two]).0, "need.wrong_state");
}

#[test]
fn a_wish_is_claimed_once_and_closed_by_the_beneficiary() {
    let home = TestHome::with_people();
    let need = home.json(&["need", "add", "--household", PEOPLE[0][0], "--title", "书桌", "--quantity", "3"]);
    let need = text(&need["no"]);
    let card = ["wish", "add", "--need", &need, "--category", "furniture", "--text"];
    let write = |text: &'static str| [&card[..], &[text]].concat();
    assert_eq!(home.refusal(&write("想要书桌")), ("wish.need_required".to_owned(), Some("need".to_owned())));
    home.json(&["need", "verify", &need]);
    let refused = home.refusal(&write("张淑芬想要书桌"));
    assert_eq!(refused, ("wish.identity_in_card".to_owned(), Some("card_text".to_owned())));
    let wish = home.json(&write("一位学生想要书桌"));
    assert_eq!((&wish["state"], &wish["units"]), (&json!("draft"), &json!(3)));
    let no = text(&wish["no"]);
    assert_eq!(home.json(&["wish", "edit", &no, "--units", "2"])["units"], 2);
    assert_eq!(home.json(&["wish", "submit", &no])["state"], "submitted");
    assert_eq!(home.json(&["wish", "publish", &no])["state"], "published");

    let claim = home.json(&["wish", "claim", &no, "--units", "2", "--claimant", "爱心企业"]);
    assert_eq!((&claim["state"], &claim["units"]), (&json!("tentative"), &json!([1, 2])));
    assert_eq!(home.refusal(&["wish", "claim", &no]).0, "wish.already_claimed");
    assert_eq!(home.lines(&["wish", "list", "--state", "tentative"]).len(), 1);
    let released = home.json(&["wish", "release", &no, "--reason", "mistaken"]);
    assert_eq!((&released["state"], &released["wish_state"]), (&json!("released"), &json!("published")));
    assert_eq!(home.refusal(&["wish", "release", &no]).0, "record.not_found");

    let claim = home.json(&["wish", "claim", &no, "--units", "2"]);
    assert_eq!(home.json(&["wish", "connect", &no])["state"], "connected");
    assert_eq!(home.refusal(&["wish", "confirm", &no]).0, "wish.wrong_state");
    let fulfilled = home.json(&["wish", "fulfil", &text(&claim["id"]), "--evidence", "已送达"]);
    assert_eq!((&fulfilled["state"], &fulfilled["wish_state"]), (&json!("fulfilled"), &json!("fulfilled")));
    assert_eq!(home.refusal(&["wish", "fulfil", &no]).0, "record.not_found", "never twice");
    assert_eq!(home.json(&["wish", "confirm", &no, "--note", "收到了"])["state"], "confirmed");
    assert_eq!(home.lines(&["need", "list"])[0]["state"], "confirmed");
}

#[test]
fn a_card_is_returned_and_withdrawn_with_a_reason() {
    let home = TestHome::with_people();
    let need = text(&home.json(&["need", "add", "--household", PEOPLE[0][0], "--title", "收音机"])["no"]);
    home.json(&["need", "verify", &need]);
    let card = ["wish", "add", "--need", &need, "--category", "culture", "--text", "想听广播"];
    let no = text(&home.json(&card)["no"]);
    assert_eq!(home.refusal(&["wish", "reject", &no, "--reason", "unsuitable"]).0, "wish.wrong_state");
    home.json(&["wish", "submit", &no]);
    assert_eq!(home.json(&["wish", "reject", &no, "--reason", "unsuitable"])["state"], "rejected");
    assert_eq!(home.json(&["wish", "publish", &no, "--until", "+5"])["state"], "published");
    assert_eq!(home.json(&["wish", "withdraw", &no, "--reason", "covered"])["state"], "withdrawn");
    assert!(home.lines(&["wish", "list", "--state", "pool"]).is_empty());
}

#[test]
fn leads_are_reported_and_settled() {
    let home = TestHome::with_people();
    let lead = home.json(&["lead", "add", "--content", "独居老人多日未出门", "--household", PEOPLE[1][0]]);
    let no = text(&lead["no"]);
    assert_eq!(lead["state"], "open");
    let visit = home.json(&["visit", "add", "--household", PEOPLE[1][0], "--result", "met"]);
    let settled = home.json(&["lead", "verify", &no, "--visit", &text(&visit["id"]), "--outcome", "属实"]);
    assert_eq!(settled["state"], "verified");
    assert_eq!(home.refusal(&["lead", "reject", &no, "--reason", "untrue"]).0, "lead.settled");
    let other = home.json(&["lead", "add", "--content", "疑似困难", "--channel", "邻里反映", "--subject", "李四"]);
    assert_eq!(home.json(&["lead", "reject", &text(&other["id"]), "--reason", "不属实"])["state"], "rejected");
    let listed = home.lines(&["lead", "list", "--state", "rejected"]);
    assert_eq!((listed.len(), &listed[0]["subject"]), (1, &json!("李*")));
    assert_eq!(home.refusal(&["lead", "add", "--content", " "]), ("required".to_owned(), Some("content".to_owned())));
}
