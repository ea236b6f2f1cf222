//! Forms and pools of the console: keys in, screens out.

mod screens_support;

use std::sync::Arc;
use std::time::Duration;

use screens_support::{Bench, console, village};
use zhulian::desk::Desk;
use zhulian::domain::need::NeedState;
use zhulian::domain::wish::WishState;
use zhulian::i18n::Lang;
use zhulian::replica::Replica;
use zhulian::store::{Home, Unlock};

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
fn the_visit_form() {
    check("visit", "F4");
}

#[test]
fn the_triage_queue() {
    check("needs", "Alt-4");
}

#[test]
fn the_pool_of_wishes() {
    check("wishes", "Alt-5");
    check("wishes_under_way", "Alt-5 F3");
}

#[test]
fn leads_to_be_verified() {
    check("leads", "Alt-3");
}

#[test]
fn a_roster_with_errors() {
    let path = "tests/rosters/问题样例_家庭_南山镇.xlsx";
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(80, 24), (120, 40)] {
            let mut bench = village(lang, width, height);
            bench.drive.keys("Alt-6").type_text(path);
            bench.drive.keys("F8");
            insta::assert_snapshot!(format!("import_{code}_{width}"), bench.drive.screen());
            bench.drive.keys("F8");
            insta::assert_snapshot!(format!("import_ask_{code}_{width}"), bench.drive.screen());
        }
    }
}

fn households(bench: &Bench) -> usize {
    bench.desk.replica().read().rows.iter().filter(|(_, row)| row.is_present()).count()
}

#[test]
fn a_roster_comes_in_once() {
    let mut bench = village(Lang::Zh, 80, 24);
    let before = households(&bench);
    bench.drive.keys("Alt-6").type_text("tests/rosters/低保家庭");
    // Both files that begin so: the households and their members.
    let choose = bench.drive.keys("Enter Down Enter").screen();
    assert!(choose.contains("已选 2 个文件"), "{choose}");
    let preview = bench.drive.keys("F8").screen();
    assert!(preview.contains("核查无误"), "{preview}");
    assert_eq!(households(&bench), before, "the preview changes nothing");
    let done = bench.drive.keys("F8").screen();
    assert!(done.contains("已导入"), "{done}");
    assert_eq!(households(&bench), before + 400);
    let undone = bench.drive.keys("Ctrl-U").screen();
    assert!(undone.contains("“2026-03-12 09:00 导入名册”不能撤销"), "{undone}");
    // The same files again.
    bench.drive.keys("Esc Enter Down Enter F8");
    let again = bench.drive.screen();
    assert!(again.contains("没有需要导入的内容"), "{again}");
    let refused = bench.drive.keys("F8").screen();
    assert!(refused.contains("没有需要导入的内容"), "{refused}");
    assert_eq!(households(&bench), before + 400);
}

/// Waits until the screen says it, as long as the work on its thread takes.
fn wait_for(bench: &mut Bench, told: &[&str]) -> String {
    for _ in 0..2_000 {
        let screen = bench.drive.screen();
        if told.iter().any(|told| screen.contains(told)) {
            return screen;
        }
        bench.drive.wait(Duration::from_millis(100));
    }
    panic!("never said {told:?}: {}", bench.drive.screen());
}

#[test]
fn an_import_that_is_stopped_leaves_nothing_behind() {
    let mut bench = screens_support::threaded(Lang::Zh);
    let before = households(&bench);
    bench.drive.keys("Alt-6").type_text("tests/rosters/低保家庭");
    wait_for(&mut bench, &["低保家庭人员"]);
    bench.drive.keys("Enter Down Enter F8");
    wait_for(&mut bench, &["核查无误"]);
    let working = bench.drive.keys("F8").screen();
    assert!(working.contains("Esc 停止"), "{working}");
    bench.drive.keys("Esc");
    // It may have been too late already; what is said is what is so.
    let ended = wait_for(&mut bench, &["已停止，档案没有变化", "已导入"]);
    let came_in = if ended.contains("已导入") { 400 } else { 0 };
    assert_eq!(households(&bench), before + came_in, "{ended}");
    // Stopped or not, it can be done again.
    if came_in == 0 {
        bench.drive.keys("F8");
        wait_for(&mut bench, &["已导入"]);
        assert_eq!(households(&bench), before + 400);
    }
}

#[test]
fn the_category_of_a_roster_can_be_set() {
    let mut bench = village(Lang::Zh, 80, 24);
    let by_file = bench.drive.keys("Alt-6").screen();
    assert!(by_file.contains("类别 按名册识别（F3 更换）"), "{by_file}");
    let set = bench.drive.keys("F3").screen();
    assert!(set.contains("类别 最低生活保障对象"), "{set}");
}

#[test]
fn only_the_valid_rows_after_a_question() {
    let mut bench = village(Lang::Zh, 80, 24);
    let before = households(&bench);
    let folder = tempfile::tempdir().unwrap();
    let roster = folder.path().join("名册.xlsx");
    std::fs::copy("tests/rosters/问题样例_家庭_南山镇.xlsx", &roster).unwrap();
    bench.drive.keys("Alt-6").type_text(roster.to_str().unwrap());
    bench.drive.keys("F8 F8 Enter");
    assert_eq!(households(&bench), before, "Enter alone answers no");
    bench.drive.keys("Ctrl-E");
    assert!(folder.path().join("名册_错误.xlsx").exists(), "{}", bench.drive.screen());
    bench.drive.keys("F8 F8");
    assert!(households(&bench) > before, "{}", bench.drive.screen());
}

#[test]
fn a_routine_visit_takes_few_keys() {
    let mut bench = village(Lang::Zh, 80, 24);
    let selected = bench.drive.screen();
    assert!(selected.contains("逾期"), "{selected}");
    // The visit, its mode, the note, another next date, a need found on the spot, all of it sent.
    let keys = ["F4", "Tab Right Tab", "Tab Ctrl-U 2 0 2 6 - 0 4 - 0 1", "F4", "Tab Right Tab Right", "F8"];
    let count: usize = keys.iter().map(|keys| keys.split_whitespace().count()).sum();
    let title = "防滑垫";
    assert!(count + title.chars().count() <= 60, "{count}");
    bench.drive.keys(keys[0]).keys(keys[1]).type_text("老人身体尚好，药已备齐。");
    bench.drive.keys(keys[2]).keys(keys[3]).type_text(title);
    let filled = bench.drive.keys(keys[4]).screen();
    let done = bench.drive.keys(keys[5]).screen();
    assert!(done.contains("已保存"), "{filled}\n{done}");
    let memory = bench.desk.replica().read();
    assert!(memory.pools.needs.iter().any(|need| need.title() == title));
}

#[test]
fn the_shortest_visit() {
    let mut bench = village(Lang::Zh, 80, 24);
    let before = bench.desk.replica().store().last_seq();
    bench.drive.keys("F4 Tab Tab").type_text("一切正常。");
    let done = bench.drive.keys("F8").screen();
    assert!(done.contains("已保存"), "{done}");
    assert_eq!(bench.desk.replica().store().last_seq(), before + 1);
}

#[test]
fn a_refusal_stands_at_its_field_and_nothing_is_lost() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("F4 Tab Tab").type_text("敲门无人应答");
    // Refused help: the reason is asked for, and missing.
    let screen = bench.drive.keys("Shift-Tab Shift-Tab Right Right F8").screen();
    insta::assert_snapshot!("visit_refused", screen);
    assert!(screen.contains("敲门无人应答"), "{screen}");
}

/// The process dies: nothing is closed, the home is opened again.
fn died(bench: Bench) -> Bench {
    let Bench { folder, desk, drive } = bench;
    drop(drive);
    drop(desk);
    let (replica, _) = Replica::open(Home::new(folder.path()), &Unlock::Nothing).unwrap();
    // Without the file of rows that a proper end leaves behind, nobody is known before the index is open.
    replica.finish_opening(screens_support::date("2026-03-12")).unwrap();
    console(folder, Desk::new(Arc::new(replica), None), Lang::Zh, 80, 24)
}

#[test]
fn a_draft_outlives_the_terminal() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("F4 Tab Tab").type_text("灶台电线已换新");
    bench.drive.elapse(Duration::from_secs(1));
    let mut bench = died(bench);
    let again = bench.drive.keys("F4").screen();
    assert!(again.contains("灶台电线已换新"), "{again}");
    assert!(again.contains("草稿"), "{again}");
    // Once submitted it is gone.
    bench.drive.keys("F8");
    let fresh = bench.drive.keys("Alt-2 F2").type_text("张淑芬").keys("Enter F4").screen();
    assert!(fresh.contains("登记走访") && !fresh.contains("上次未提交的草稿"), "{fresh}");
}

#[test]
fn a_claim_is_tentative_and_can_be_taken_back() {
    let mut bench = village(Lang::Zh, 80, 24);
    let sheet = bench.drive.keys("Alt-5 Enter").screen();
    insta::assert_snapshot!("claim_sheet", sheet);
    let claimed = bench.drive.keys("F8").screen();
    assert!(claimed.contains("待确认"), "{claimed}");
    let tentative = |bench: &Bench| {
        let memory = bench.desk.replica().read();
        memory.pools.wishes.iter().filter(|wish| wish.is_tentative()).count()
    };
    assert_eq!(tentative(&bench), 2);
    bench.drive.keys("Ctrl-U");
    assert_eq!(tentative(&bench), 1, "{}", bench.drive.screen());
}

#[test]
fn a_claim_goes_its_way_to_the_beneficiary() {
    let mut bench = village(Lang::Zh, 80, 24);
    let state = |bench: &Bench| {
        let memory = bench.desk.replica().read();
        memory.pools.wishes.iter().find(|wish| wish.card_text().contains("台灯")).map(|wish| wish.state)
    };
    bench.drive.keys("Alt-5 F3 Ctrl-T");
    assert_eq!(state(&bench), Some(WishState::Connected), "{}", bench.drive.screen());
    bench.drive.keys("F8").type_text("台灯已送到");
    bench.drive.keys("F8");
    assert_eq!(state(&bench), Some(WishState::Fulfilled), "{}", bench.drive.screen());
    bench.drive.keys("Ctrl-K Tab").type_text("孩子很喜欢");
    bench.drive.keys("F8");
    assert_eq!(state(&bench), Some(WishState::Confirmed), "{}", bench.drive.screen());
    // Among what has ended it waits to be closed.
    let ended = bench.drive.keys("F3 F3").screen();
    assert!(ended.contains("台灯") && ended.contains("销号"), "{ended}");
    let closed = bench.drive.keys("Ctrl-X Ctrl-O").screen();
    assert_eq!(state(&bench), Some(WishState::Closed), "{closed}");
    assert!(closed.contains("已保存：心愿销号"), "{closed}");
    let again = bench.drive.keys("Ctrl-X Ctrl-O").screen();
    assert!(again.contains("不能“销号”"), "{again}");
    bench.drive.keys("Ctrl-U");
    assert_eq!(state(&bench), Some(WishState::Confirmed), "{}", bench.drive.screen());
}

fn need_state(bench: &Bench, title: &str) -> Option<NeedState> {
    let memory = bench.desk.replica().read();
    memory.pools.needs.iter().find(|need| need.title() == title).map(|need| need.state)
}

#[test]
fn a_need_is_verified_graded_written_on_a_card_and_published() {
    let mut bench = village(Lang::Zh, 80, 24);
    // The most urgent one comes first.
    bench.drive.keys("Alt-4 F8").type_text("已核对透析记录");
    bench.drive.keys("F8");
    assert_eq!(need_state(&bench, "透析交通补助"), Some(NeedState::Valid), "{}", bench.drive.screen());
    let undone = bench.drive.keys("Ctrl-U").screen();
    assert_eq!(need_state(&bench, "透析交通补助"), Some(NeedState::Reported), "{undone}");
    // Rejecting asks for a reason.
    let asked = bench.drive.keys("Down Delete F8").screen();
    assert_eq!(need_state(&bench, "检修灶台电线"), Some(NeedState::ToVerify), "{asked}");
    insta::assert_snapshot!("reject_without_reason", asked);
    bench.drive.keys("Right F8");
    assert_eq!(need_state(&bench, "检修灶台电线"), Some(NeedState::Invalid), "{}", bench.drive.screen());
}

#[test]
fn a_card_that_names_somebody_is_refused() {
    let mut bench = village(Lang::Zh, 80, 24);
    // 电饭煲 is the valid need.
    bench.drive.keys("Alt-4 F3 F3 Ctrl-W").type_text("张淑芬想要一只电饭煲");
    let screen = bench.drive.keys("F8").screen();
    insta::assert_snapshot!("card_with_a_name", screen);
    assert!(screen.contains("张淑芬想要一只电饭煲"), "nothing typed is lost: {screen}");
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut bench = village(Lang::Zh, 80, 24);
    let reported = bench.drive.keys("Alt-4 Ctrl-W").screen();
    assert!(reported.contains("请先选中一条有效的需求"), "{reported}");
    let undelivered = bench.drive.keys("Ctrl-K").screen();
    assert!(undelivered.contains("当前状态") || undelivered.contains("不能"), "{undelivered}");
    let free = bench.drive.keys("Alt-5 Delete").screen();
    assert!(free.contains("还没有人认领"), "{free}");
}

#[test]
fn needs_without_a_wish_are_arranged_and_merged() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-4 F3 F3 F7");
    assert_eq!(need_state(&bench, "电饭煲"), Some(NeedState::Arranged), "{}", bench.drive.screen());
    bench.drive.keys("Ctrl-U");
    assert_eq!(need_state(&bench, "电饭煲"), Some(NeedState::Valid), "{}", bench.drive.screen());
    // The other open need of the household is the only choice.
    let sheet = bench.drive.keys("Ctrl-B").screen();
    assert!(sheet.contains("检修灶台电线"), "{sheet}");
    bench.drive.keys("F8");
    assert_eq!(need_state(&bench, "电饭煲"), Some(NeedState::Merged), "{}", bench.drive.screen());
}

#[test]
fn leads_are_settled_with_a_reason_or_a_finding() {
    let mut bench = village(Lang::Zh, 80, 24);
    let open = |bench: &Bench| {
        let memory = bench.desk.replica().read();
        memory.pools.leads.iter().filter(|lead| lead.state == zhulian::domain::lead::LeadState::Open).count()
    };
    bench.drive.keys("Alt-3 F4").type_text("独居老人近日未见出门");
    bench.drive.keys("Tab Right F8");
    assert_eq!(open(&bench), 3, "{}", bench.drive.screen());
    bench.drive.keys("Delete Right F8");
    assert_eq!(open(&bench), 2, "{}", bench.drive.screen());
}

#[test]
fn a_masked_field_is_shown_after_a_reason() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-2 Enter");
    // The first masked line of the file.
    for _ in 0..30 {
        if bench.drive.keys("Ctrl-R").screen().contains("查看完整信息") {
            break;
        }
        bench.drive.keys("Down");
    }
    let sheet = bench.drive.screen();
    assert!(sheet.contains("查看完整信息"), "{sheet}");
    let before = bench.desk.replica().store().last_seq();
    bench.drive.keys("F8");
    assert_eq!(bench.desk.replica().store().last_seq(), before, "no reason, no look");
    bench.drive.keys("Right F8");
    assert_eq!(bench.desk.replica().store().last_seq(), before + 1, "the look is on record");
    let shown = bench.drive.screen();
    bench.drive.elapse(Duration::from_secs(31));
    assert_ne!(shown, bench.drive.screen(), "masked again");
}

#[test]
fn a_console_without_a_file_of_rows_learns_who_works_here() {
    let mut bench = screens_support::after_a_crash(Lang::Zh);
    assert!(bench.desk.replica().read().reference.workers.len() == 1);
    let form = bench.drive.keys("F4").screen();
    assert!(form.lines().next().unwrap().contains("王秀兰"), "{form}");
    assert!(form.contains("走访人员*                王秀兰"), "{form}");
    let saved = bench.drive.keys("F8").screen();
    assert!(saved.contains("已保存：登记走访"), "{saved}");
}
