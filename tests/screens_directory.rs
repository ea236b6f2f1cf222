//! The directory, giving out stock, and wishes that a point holds for donors: keys in, screens and records out.

mod screens_support;

use screens_support::{Bench, console, home, records};
use zhulian::desk::Desk;
use zhulian::domain::allotment::Allotment;
use zhulian::domain::claim::ClaimState;
use zhulian::domain::codes::Code;
use zhulian::domain::id::{RecordId, WorkerId};
use zhulian::domain::org::Org;
use zhulian::domain::record::Record;
use zhulian::domain::region::RegionCode;
use zhulian::domain::resource::Resource;
use zhulian::domain::station::Station;
use zhulian::domain::worker::{Role, Worker};
use zhulian::i18n::Lang;

fn id(n: u8) -> RecordId {
    RecordId::from_parts(1_700_000_000_000, [n; 10])
}

/// The village with who and what there is to help with.
fn village(lang: Lang, width: u16, height: u16) -> Bench {
    let mut all = records();
    let region = |code: &str| RegionCode::parse(code).unwrap();
    let org = |n: u8, name: &str, kind: &str, hub: Option<u8>| {
        Record::Org(Org {
            id: id(n).into(),
            name: name.to_owned(),
            kind: Code::from(kind),
            region: region("990101000000"),
            is_hub: hub.is_none(),
            hub: hub.map(|hub| id(hub).into()),
            contact: "陈主任".to_owned(),
            ..Org::default()
        })
    };
    all.extend([
        org(1, "演示县慈善总会", "charity_federation", None),
        org(2, "演示县海潮鞋业有限公司", "enterprise", Some(1)),
    ]);
    let station = |n: u8, name: &str, level: &str, code: &str, parent: Option<u8>| {
        Record::Station(Station {
            id: id(n).into(),
            no: format!("ZL{code}"),
            name: name.to_owned(),
            level: Code::from(level),
            kind: Code::from("alliance"),
            region: region(code),
            parent: parent.map(|parent| id(parent).into()),
            address: "便民服务中心".to_owned(),
            phone: "0577-88880000".to_owned(),
            tenants: vec![id(1).into()],
            ..Station::default()
        })
    };
    all.extend([
        station(10, "演示县助联体中心", "centre", "990101000000", None),
        station(11, "东岙镇助联体站", "station", "990101102000", Some(10)),
        station(12, "上岙村助联体点", "point", "990101102201", Some(11)),
    ]);
    let resource = |n: u8, name: &str, kind: &str, quantity: u32, allotted: u32, unit: &str| {
        Record::Resource(Resource {
            id: id(n).into(),
            no: format!("ZY9901012026{n:04}"),
            name: name.to_owned(),
            kind: Code::from(kind),
            pool: Code::from(if kind == "policy" { "gov_supply" } else { "charity_supply" }),
            field: Code::from("living"),
            quantity,
            allotted,
            unit: unit.to_owned(),
            conditions: "每户一床，一年内不重复".to_owned(),
            provider: Some(id(1).into()),
            ..Resource::default()
        })
    };
    all.extend([resource(20, "临时救助", "policy", 0, 0, ""), resource(21, "棉被", "goods", 30, 12, "床")]);
    let allotment = |n: u8, station: u8, quantity: u32, used: u32| {
        Record::Allotment(Allotment {
            id: id(n).into(),
            resource: id(21).into(),
            station: Some(id(station).into()),
            quantity,
            used,
            allotted_at: screens_support::moment("2026-03-01 09:00"),
            ..Allotment::default()
        })
    };
    all.extend([allotment(30, 11, 4, 4), allotment(31, 12, 8, 2)]);
    all.push(Record::Worker(Worker {
        id: WorkerId(id(40)),
        name: "李社工".to_owned(),
        role: Role::SocialWorker,
        org: Some(id(1).into()),
        regions: vec![region("990101000000")],
        phone: "13800002222".to_owned(),
        active: false,
        ..Worker::default()
    }));
    // The one who is asked for sits here.
    let seated = all.iter().find_map(|record| match record {
        Record::Worker(worker) if worker.name == "王秀兰" => Some(worker.id),
        _ => None,
    });
    let (folder, replica) = home(all);
    console(folder, Desk::new(replica, seated), lang, width, height)
}

#[test]
fn each_part_of_the_directory() {
    let parts = ["workers", "orgs", "stations", "regions", "resources", "allotments"];
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(80, 24), (120, 40)] {
            let mut bench = village(lang, width, height);
            bench.drive.keys("Alt-9");
            for part in parts {
                insta::assert_snapshot!(format!("{part}_{code}_{width}"), bench.drive.screen());
                bench.drive.keys("F6");
            }
        }
    }
}

#[test]
fn the_least_window_shows_the_directory() {
    let mut bench = village(Lang::Zh, 60, 20);
    insta::assert_snapshot!("allotments_zh_60", bench.drive.keys("Alt-9 Shift-F6").screen());
    let mut bench = village(Lang::En, 60, 20);
    insta::assert_snapshot!("resources_en_60", bench.drive.keys("Alt-9 Shift-F6 Shift-F6 End").screen());
}

#[test]
fn stock_is_given_out_to_a_household_of_the_point() {
    let mut bench = village(Lang::Zh, 80, 24);
    let nothing = bench.drive.keys("Alt-9 F8").screen();
    assert!(nothing.contains("请先在“配额”一栏选中一项"), "{nothing}");
    let sheet = bench.drive.keys("Shift-F6 F8").screen();
    assert!(sheet.contains("发放物资") && sheet.contains("上岙村助联体点  棉被  剩余6床"), "{sheet}");
    // Only households of the point's village are offered; a few letters find one.
    let offered = bench.drive.keys("Enter").screen();
    assert!(offered.contains("张淑芬") && !offered.contains("刘玉梅"), "{offered}");
    let found = bench.drive.type_text("cgq").screen();
    assert!(found.contains("陈国强") && !found.contains("张淑芬"), "{found}");
    insta::assert_snapshot!("give_out_to", found);
    bench.drive.keys("Enter Tab Ctrl-U").type_text("7");
    let short = bench.drive.keys("F8").screen();
    assert!(short.contains("stock.short"), "{short}");
    bench.drive.keys("Ctrl-U").type_text("2");
    let done = bench.drive.keys("F8").screen();
    assert!(done.contains("已保存：发放物资"), "{done}");
    let left = |bench: &Bench| bench.desk.replica().read().reference.allotments[&id(31).into()].left();
    assert_eq!(left(&bench), 4);
    // The file of the household says what it got.
    let file = bench.drive.keys("F2").type_text("cgq").keys("Enter Shift-Tab").screen();
    assert!(file.contains("发放物资") && file.contains("棉被 2床"), "{file}");
    // It can be taken back.
    bench.drive.keys("Ctrl-U");
    assert_eq!(left(&bench), 6);
    // Where nothing is left, the reason is told.
    let empty = bench.drive.keys("Alt-9 End F8").screen();
    assert!(empty.contains("物资不足，只剩0"), "{empty}");
}

#[test]
fn a_point_holds_a_wish_and_names_its_donor() {
    let mut bench = village(Lang::Zh, 120, 40);
    let sheet = bench.drive.keys("Alt-5 Ctrl-W").screen();
    assert!(sheet.contains("预先认领心愿"), "{sheet}");
    bench.drive.keys("F8");
    // Under way, the newest first.
    let held = bench.drive.keys("F3").screen();
    assert!(held.contains("由助联体点为日常到访的捐赠人保留"), "{held}");
    insta::assert_snapshot!(
        "held_for_donors",
        held.lines().filter(|l| !l.contains("WX990101")).collect::<Vec<_>>().join("\n")
    );
    let sheet = bench.drive.keys("Ctrl-X Ctrl-D").screen();
    assert!(sheet.contains("指定捐赠人") && sheet.contains("认领单位"), "{sheet}");
    bench.drive.type_text("李慈").keys("Tab").type_text("海潮");
    bench.drive.keys("Enter Tab").type_text("13800001234");
    let done = bench.drive.keys("F8").screen();
    assert!(done.contains("已保存：指定捐赠人"), "{done}");
    let memory = bench.desk.replica().read();
    let claims: Vec<_> = memory.pools.wishes.iter().filter_map(|row| row.claim.clone()).collect();
    assert!(claims.iter().all(|claim| !claim.standing));
    drop(memory);
    let passed = claims.iter().find_map(|claim| {
        let key =
            zhulian::domain::record::RecordKey { kind: zhulian::domain::record::Kind::Claim, id: claim.id.into() };
        match bench.desk.replica().record(key, None).unwrap() {
            Some(Record::Claim(claim)) if claim.claimant == "李慈" => Some(claim),
            _ => None,
        }
    });
    let passed = passed.expect("a claim of that donor");
    assert_eq!((passed.claimant_org, passed.state), (Some(id(2).into()), ClaimState::Tentative));
    let again = bench.drive.keys("Ctrl-X Ctrl-D").screen();
    assert!(again.contains("不是预先认领"), "{again}");
}
