//! Registering a household by hand and amending it: keys in, screens out.

mod screens_support;

use screens_support::{Bench, village};
use zhulian::domain::id::HouseholdId;
use zhulian::domain::records::Dossier;
use zhulian::i18n::Lang;

/// The screens after the keys, at both sizes and in both languages.
fn check(name: &str, keys: &str) {
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(80, 24), (120, 40)] {
            let mut bench = village(lang, width, height);
            let screen = bench.drive.keys(keys).screen();
            insta::assert_snapshot!(format!("{name}_{code}_{width}"), screen);
        }
    }
}

#[test]
fn the_forms() {
    check("register", "Alt-2 F4");
    check("register_member", "Alt-2 F4 F4");
    check("amend_household", "Alt-2 Insert");
    check("amend_member", "Alt-2 Enter Tab Insert");
    check("add_member", "Alt-2 Enter Ctrl-A");
}

/// A valid invented number of somebody of that birth date.
fn id_number(birth: &str, sequence: u32) -> String {
    zhulian::domain::id_number::IdNumber::compose(990_101, screens_support::date(birth), sequence)
        .unwrap()
        .reveal()
        .to_owned()
}

fn file(bench: &Bench, head: &str) -> Option<Dossier> {
    let id: Option<HouseholdId> = {
        let memory = bench.desk.replica().read();
        memory.rows.iter().map(|(_, row)| row).find(|row| row.is_present() && row.head() == head).map(|row| row.id())
    };
    id.map(|id| (*bench.desk.replica().dossier(id).unwrap().unwrap()).clone())
}

/// Fills in a head and a household in 上岙村.
fn filled(bench: &mut Bench, name: &str, number: &str) {
    bench.drive.keys("Alt-2 F4").type_text(name);
    bench.drive.keys("Tab").type_text(number);
    // The household: its category and its village.
    bench.drive.keys("F6 Right Tab").type_text("上岙").keys("Enter");
}

#[test]
fn a_household_is_registered_with_its_members() {
    let mut bench = village(Lang::Zh, 80, 24);
    filled(&mut bench, "周大妹", &id_number("1948-06-01", 702));
    bench.drive.keys("Tab").type_text("上岙村一组3号");
    bench.drive.keys("Tab").type_text("13812345678");
    bench.drive.keys("F4").type_text("周小军");
    bench.drive.keys("Tab").type_text(&id_number("2015-09-09", 703));
    // The household has a head already.
    let typed = bench.drive.keys("Tab Right Right").screen();
    // What identifies somebody is masked as soon as it is not being typed.
    assert!(typed.contains("9901**********") && !typed.contains("9901012015"), "{typed}");
    assert!(typed.contains("未满14周岁"), "{typed}");
    let saved = bench.drive.keys("F8").screen();
    assert!(saved.contains("已保存：登记家庭"), "{saved}");
    assert!(saved.contains("户详情") && saved.contains("周大妹"), "{saved}");
    let file_held = file(&bench, "周大妹").unwrap();
    assert_eq!(file_held.household.member_count, 2);
    assert_eq!(file_held.household.region.as_str(), "990101102201");
    assert!(file_held.household.archive_no.starts_with("临990101"), "{}", file_held.household.archive_no);
    assert_eq!(file_held.head().unwrap().relation.as_str(), "02");
    assert_eq!(file_held.members[0].sex.as_str(), "2", "as the number says");
    assert_eq!(file_held.members[1].birth_date, Some(screens_support::date("2015-09-09")));
    let found = bench.drive.keys("F2").type_text("zdm").screen();
    assert!(found.contains("周大妹"), "{found}");
    let undone = bench.drive.keys("Esc Ctrl-U").screen();
    assert!(undone.contains("已撤销：登记家庭（周大妹）"), "{undone}");
    assert!(file(&bench, "周大妹").is_none());
}

#[test]
fn faults_stand_at_their_fields_and_nothing_is_lost() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-2 F4 Tab").type_text("990101194806017021");
    let screen = bench.drive.keys("F8").screen();
    insta::assert_snapshot!("register_faults", screen);
    assert!(screen.contains("id_number.checksum"), "{screen}");
    // The draft outlives the form, and stands with the focus where it was left.
    let again = bench.drive.keys("Tab Esc F4").screen();
    assert!(again.contains("990101194806017021") && again.contains("草稿"), "{again}");
}

#[test]
fn who_is_on_file_already_is_refused() {
    let mut bench = village(Lang::Zh, 80, 24);
    let held = file(&bench, "陈国强").unwrap().members[0].id_number.unwrap();
    filled(&mut bench, "陈国强", held.reveal());
    // The village has a household of that head: to be looked at first.
    let like = bench.drive.keys("F8").screen();
    assert!(like.contains("household.like_registered"), "{like}");
    // Submitted all the same, the number is refused.
    let refused = bench.drive.keys("F8").screen();
    insta::assert_snapshot!("register_on_file", refused);
    assert!(refused.contains("member.registered_elsewhere"), "{refused}");
    // Another person of the same name may be registered.
    let number = id_number("1960-01-01", 705);
    bench.drive.keys("Ctrl-U").type_text(&number);
    bench.drive.keys("F8");
    let saved = bench.drive.keys("F8").screen();
    assert!(saved.contains("已保存：登记家庭"), "{saved}");
}

#[test]
fn one_number_cannot_stand_for_two_members() {
    let mut bench = village(Lang::Zh, 80, 24);
    let number = id_number("1948-06-01", 702);
    filled(&mut bench, "周大妹", &number);
    bench.drive.keys("F4").type_text("周小军");
    bench.drive.keys("Tab").type_text(&number).keys("Tab Right Right");
    let refused = bench.drive.keys("F8").screen();
    assert!(refused.contains("member.entered_twice") && refused.contains("周*军："), "{refused}");
    // The member is taken out again, after a question.
    let asked = bench.drive.keys("Ctrl-D").screen();
    assert!(asked.contains("移除这名成员？"), "{asked}");
    let removed = bench.drive.keys("F8").screen();
    assert!(!removed.contains("周小军"), "{removed}");
    let saved = bench.drive.keys("F8").screen();
    assert!(saved.contains("已保存：登记家庭"), "{saved}");
}

#[test]
fn a_village_that_is_not_on_the_list_gets_a_provisional_code() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-2 F4").type_text("周大妹");
    let list = bench.drive.keys("F6 Right Tab Space PgDn Enter").screen();
    assert!(list.contains("所属乡镇（街道）"), "{list}");
    bench.drive.keys("Tab").type_text("东岙镇").keys("Tab").type_text("后垟村");
    let saved = bench.drive.keys("F8").screen();
    assert!(saved.contains("已保存：登记家庭"), "{saved}");
    let region = file(&bench, "周大妹").unwrap().household.region;
    let memory = bench.desk.replica().read();
    assert_eq!(memory.reference.place(&region), "东岙镇后垟村");
    assert!(memory.reference.regions[&region].provisional);
}

#[test]
fn facts_are_amended_and_members_added() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-2 Insert");
    // Nothing to send yet.
    let nothing = bench.drive.keys("F8").screen();
    assert!(nothing.contains("没有变化"), "{nothing}");
    let head = "张淑芬";
    let category = file(&bench, head).unwrap().household.category;
    bench.drive.keys("Tab Right");
    let changed = bench.drive.screen();
    assert!(changed.contains("原为："), "{changed}");
    let saved = bench.drive.keys("F8").screen();
    assert!(saved.contains("已保存：更正信息"), "{saved}");
    assert_ne!(file(&bench, head).unwrap().household.category, category);
    bench.drive.keys("Ctrl-U");
    assert_eq!(file(&bench, head).unwrap().household.category, category);
    // One more member.
    bench.drive.keys("Enter Ctrl-A").type_text("张大强").keys("Tab");
    bench.drive.type_text(&id_number("1970-01-01", 707)).keys("Tab Right Right");
    let saved = bench.drive.keys("F8").screen();
    assert!(saved.contains("已保存"), "{saved}");
    assert_eq!(file(&bench, head).unwrap().members.len(), 2);
    // A number that somebody else has is refused in an amendment too.
    let held = file(&bench, "陈国强").unwrap().members[0].id_number.unwrap();
    bench.drive.keys("Tab Insert Tab").type_text(held.reveal());
    let refused = bench.drive.keys("F8").screen();
    assert!(refused.contains("member.registered_elsewhere") && refused.contains("张*芬："), "{refused}");
}

#[test]
fn a_village_outside_the_territory_is_refused() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-2 F4").type_text("周大妹");
    bench.drive.keys("F6 Right Tab Space PgDn Enter Tab").type_text("南山镇").keys("Tab").type_text("石门村");
    let regions = bench.desk.replica().read().reference.regions.len();
    let refused = bench.drive.keys("F8").screen();
    assert!(refused.contains("actor.outside_territory") && refused.contains("石门村"), "{refused}");
    assert_eq!(bench.desk.replica().read().reference.regions.len(), regions, "nothing is left behind");
}

#[test]
fn the_household_of_a_lead_is_registered_from_the_lead() {
    let mut bench = village(Lang::Zh, 80, 24);
    // 周阿婆 of 下岙村 is on no file.
    let leads = bench.drive.keys("Alt-3").screen();
    assert!(leads.contains("周阿婆"), "{leads}");
    let selected = bench.drive.keys("Home Ctrl-X Ctrl-F").screen();
    let form =
        if selected.contains("周阿婆") { selected } else { bench.drive.keys("Esc Down Ctrl-X Ctrl-F").screen() };
    assert!(form.contains("登记家庭") && form.contains("周阿婆"), "{form}");
    let saved = bench.drive.keys("F6 Right F8").screen();
    assert!(saved.contains("已保存：登记家庭"), "{saved}");
    assert_eq!(file(&bench, "周阿婆").unwrap().household.region.as_str(), "990101102202");
}

#[test]
fn a_masked_address_is_shown_with_a_reason_and_edited() {
    let mut bench = village(Lang::Zh, 120, 40);
    let head = "张淑芬";
    let before = file(&bench, head).unwrap().household.address.clone();
    let form = bench.drive.keys("Alt-2 Insert Tab Tab").screen();
    assert!(!form.contains(&before), "{form}");
    let mut tabs = 0;
    while !bench.drive.screen().contains("Ctrl-R") {
        bench.drive.keys("Tab");
        tabs += 1;
        assert!(tabs < 40, "{}", bench.drive.screen());
    }
    let sheet = bench.drive.keys("Ctrl-R").screen();
    assert!(sheet.contains("查看原因"), "{sheet}");
    let shown = bench.drive.keys("Right F8").screen();
    assert!(shown.contains(&before), "{shown}");
    let saved = bench.drive.type_text("后院").keys("F8").screen();
    assert!(saved.contains("已保存：更正信息"), "{saved}");
    assert_eq!(file(&bench, head).unwrap().household.address, format!("{before}后院"));
}
