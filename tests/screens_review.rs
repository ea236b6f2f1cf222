//! The review of wish cards, reasons in words, second needs and gifts, drafts of sheets: keys in, screens and records out.

mod screens_support;

use std::time::Duration;

use screens_support::{Bench, village};
use zhulian::desk::Desk;
use zhulian::domain::claim::ClaimState;
use zhulian::domain::command::Command;
use zhulian::domain::id::WorkerId;
use zhulian::domain::need::NeedState;
use zhulian::domain::record::Record;
use zhulian::domain::wish::WishState;
use zhulian::domain::worker::{Actor, Role, Worker};
use zhulian::i18n::Lang;

fn wish_state(bench: &Bench, part: &str) -> Option<WishState> {
    let memory = bench.desk.replica().read();
    memory.pools.wishes.iter().find(|wish| wish.card_text().contains(part)).map(|wish| wish.state)
}

fn need_state(bench: &Bench, title: &str) -> Option<NeedState> {
    let memory = bench.desk.replica().read();
    memory.pools.needs.iter().find(|need| need.title() == title).map(|need| need.state)
}

/// A village with a card that was just written: the valid need, one more gift of its class, so it says why.
fn card_written() -> Bench {
    let mut bench = village(Lang::Zh, 80, 24);
    // The valid need of the household that has a published wish already.
    bench.drive.keys("Alt-4 F3 F3 Ctrl-W").type_text("想要一个手提电暖器");
    let warned = bench.drive.keys("Tab Right").screen();
    assert!(warned.contains("可能重复") && warned.contains("再次提供的理由"), "{warned}");
    let refused = bench.drive.keys("F8").screen();
    assert!(refused.contains("wish.duplicate_gift"), "{refused}");
    insta::assert_snapshot!("second_gift_refused", refused);
    bench.drive.type_text("原有的已损坏");
    let written = bench.drive.keys("F8").screen();
    assert_eq!(wish_state(&bench, "电暖器"), Some(WishState::Draft), "{written}");
    bench
}

#[test]
fn a_card_is_handed_in_returned_and_published() {
    let mut bench = card_written();
    let cards = bench.drive.keys("Alt-5 F3 F3").screen();
    // The number carries the device, which is another one each time.
    let cards: Vec<&str> = cards.lines().filter(|line| !line.contains("WX990101")).collect();
    insta::assert_snapshot!("cards_to_review", cards.join("\n"));
    let again = bench.drive.keys("Ctrl-N").screen();
    assert!(again.contains("不能“驳回”"), "a card that was not handed in cannot be returned: {again}");
    bench.drive.keys("Ctrl-S");
    assert_eq!(wish_state(&bench, "电暖器"), Some(WishState::Submitted), "{}", bench.drive.screen());
    // Returned, for a reason that wants words.
    let sheet = bench.drive.keys("Ctrl-N Left").screen();
    assert!(sheet.contains("其他") && sheet.contains("说明*"), "{sheet}");
    let refused = bench.drive.keys("F8").screen();
    assert!(refused.contains("reason.remark_required"), "{refused}");
    insta::assert_snapshot!("other_wants_words", refused);
    bench.drive.type_text("请写明规格");
    bench.drive.keys("F8");
    assert_eq!(wish_state(&bench, "电暖器"), Some(WishState::Rejected), "{}", bench.drive.screen());
    // Rewritten, handed in again, published; each can be taken back.
    let why = bench.drive.keys("Insert").screen();
    assert!(why.contains("驳回原因：其他  请写明规格"), "{why}");
    bench.drive.keys("Ctrl-End").type_text("，功率小的");
    bench.drive.keys("F8");
    assert_eq!(wish_state(&bench, "功率小"), Some(WishState::Draft), "{}", bench.drive.screen());
    bench.drive.keys("s F7");
    assert_eq!(wish_state(&bench, "功率小"), Some(WishState::Published), "{}", bench.drive.screen());
    for state in [WishState::Submitted, WishState::Draft, WishState::Rejected, WishState::Submitted, WishState::Draft] {
        bench.drive.keys("Ctrl-U");
        assert_eq!(wish_state(&bench, "电暖器"), Some(state), "{}", bench.drive.screen());
    }
}

#[test]
fn what_can_be_done_with_cards_is_in_help_and_palette() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-5 F1 F2");
    let help = bench.drive.type_text("送审").screen();
    assert!(help.contains("Ctrl-S"), "{help}");
    bench.drive.keys("Esc Esc Ctrl-P");
    let palette = bench.drive.type_text("送审").screen();
    assert!(palette.contains("送审") && palette.contains("已发布"), "with the reason why not now: {palette}");
}

#[test]
fn a_second_like_need_found_on_a_visit_says_why() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("F2").type_text("zsf").keys("Enter F4 F4").type_text("电饭煲");
    let warned = bench.drive.keys("Tab Tab").screen();
    assert!(warned.contains("可能重复") && warned.contains("重复登记说明"), "{warned}");
    let refused = bench.drive.keys("F8").screen();
    assert!(refused.contains("required"), "the field of service is missing: {refused}");
    let refused = bench.drive.keys("Right F8").screen();
    assert!(refused.contains("need.duplicate_suspected"), "{refused}");
    bench.drive.type_text("原有的借给了邻居");
    let saved = bench.drive.keys("F8").screen();
    assert!(saved.contains("已保存：登记走访"), "{saved}");
    let memory = bench.desk.replica().read();
    assert_eq!(memory.pools.needs.iter().filter(|need| need.title() == "电饭煲").count(), 2);
}

#[test]
fn a_major_change_is_put_down_and_left_out_again() {
    let mut bench = village(Lang::Zh, 80, 24);
    // Result, mode, note, next visit, major change.
    let chosen = bench.drive.keys("F2").type_text("zsf").keys("Enter F4 Tab Tab Tab Tab Right").screen();
    assert!(chosen.contains("患重大疾病"), "{chosen}");
    let cleared = bench.drive.keys("Delete").screen();
    assert!(cleared.contains("未选"), "{cleared}");
    let saved = bench.drive.keys("Right F8").screen();
    assert!(saved.contains("已保存"), "{saved}");
    let household =
        bench.desk.replica().read().rows.iter().find(|(_, row)| row.head() == "张淑芬").map(|(_, r)| r.id());
    let file = bench.desk.replica().dossier(household.unwrap()).unwrap().unwrap();
    assert_eq!(file.live_visits().next().unwrap().event.as_str(), "serious_illness");
}

#[test]
fn clearing_in_a_form_never_takes_back_a_record() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-4 F3 F3 F7");
    assert_eq!(need_state(&bench, "电饭煲"), Some(NeedState::Arranged));
    // The focus is on a choice, where there is nothing to clear.
    bench.drive.keys("F2").type_text("zsf").keys("Enter F4 Ctrl-U");
    assert_eq!(need_state(&bench, "电饭煲"), Some(NeedState::Arranged), "{}", bench.drive.screen());
}

#[test]
fn a_half_written_lead_is_kept_and_thrown_away_after_a_question() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-3 F4").type_text("河边老屋有人居住");
    bench.drive.elapse(Duration::from_secs(1));
    let left = bench.drive.keys("Esc").screen();
    assert!(left.contains("草稿已保存"), "{left}");
    let again = bench.drive.keys("F4").screen();
    assert!(again.contains("河边老屋有人居住") && again.contains("Shift-F7"), "{again}");
    let asked = bench.drive.keys("Shift-F7").screen();
    insta::assert_snapshot!("discard_asked", asked);
    let kept = bench.drive.keys("Enter").screen();
    assert!(kept.contains("河边老屋有人居住"), "Enter alone says no: {kept}");
    bench.drive.keys("Shift-F7 F8");
    let fresh = bench.drive.keys("F4").screen();
    assert!(!fresh.contains("河边老屋"), "{fresh}");
    // A form that was only looked at leaves no draft.
    let untouched = bench.drive.keys("Esc F4").screen();
    assert!(!untouched.contains("草稿"), "{untouched}");
}

#[test]
fn a_form_left_open_ends_where_it_stands() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-3 F4").type_text("桥头有老人摔倒");
    // Another screen comes on top; the form waits below and is kept meanwhile.
    bench.drive.keys("Alt-2");
    bench.drive.elapse(Duration::from_secs(1));
    let back = bench.drive.keys("Esc").screen();
    assert!(back.contains("桥头有老人摔倒"), "{back}");
    bench.drive.keys("Tab Right F8");
    let leads = bench.drive.screen();
    assert!(leads.contains("已保存") && leads.contains("桥头有老人摔倒"), "{leads}");
}

#[test]
fn typing_at_a_choice_looks_it_up() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("F2").type_text("zsf").keys("Enter F4");
    let listed = bench.drive.keys("j f").screen();
    assert!(listed.contains("拒访") && !listed.contains("搬离"), "by initials: {listed}");
    let chosen = bench.drive.keys("Enter").screen();
    assert!(chosen.contains("‹ 拒访 ›") && chosen.contains("拒访原因*"), "{chosen}");
}

#[test]
fn what_waits_today_is_settled_there() {
    let mut bench = village(Lang::Zh, 80, 24);
    let leads = |bench: &Bench| {
        bench.desk.agenda(screens_support::date("2026-03-12"), screens_support::date("2026-03-19")).leads.len()
    };
    assert_eq!(leads(&bench), 2);
    let sheet = bench.drive.keys("3 Delete").screen();
    assert!(sheet.contains("线索不予采纳"), "{sheet}");
    let settled = bench.drive.keys("Right F8").screen();
    assert_eq!(leads(&bench), 1, "{settled}");
    let needs = bench.drive.keys("4").screen();
    assert!(needs.contains("透析交通补助"), "{needs}");
    bench.drive.keys("F8 F8");
    assert_eq!(need_state(&bench, "透析交通补助"), Some(NeedState::Valid), "{}", bench.drive.screen());
    let wishes = bench.drive.keys("2").screen();
    insta::assert_snapshot!("today_wishes_hints", wishes.lines().last().unwrap_or_default());
    // Enter opens the household here; it does not claim.
    let opened = bench.drive.keys("Enter").screen();
    assert!(opened.contains("户详情"), "{opened}");
}

#[test]
fn of_several_claims_the_one_meant_is_chosen() {
    let mut bench = village(Lang::Zh, 80, 24);
    // A wish of three units, claimed by two.
    bench.drive.keys("Alt-4 F3 F3 Ctrl-W").type_text("想要几个手提电暖器");
    bench.drive.keys("Tab Right Tab").type_text("原有的已损坏");
    bench.drive.keys("Tab Ctrl-U 3 F8 Alt-5 F3 F3 F7 F3 F3 F3");
    assert_eq!(wish_state(&bench, "电暖器"), Some(WishState::Published), "{}", bench.drive.screen());
    for claimant in ["爱心企业", "志愿队"] {
        bench.drive.keys("Alt-5");
        while !bench.drive.screen().contains("❯ 想要几个") {
            bench.drive.keys("Down");
        }
        bench.drive.keys("Enter Ctrl-U").type_text(claimant);
        bench.drive.keys("F8");
        bench.drive.elapse(Duration::from_secs(60));
    }
    bench.drive.keys("F3");
    while !bench.drive.screen().contains("❯ 想要几个") {
        bench.drive.keys("Down");
    }
    let asked = bench.drive.keys("Delete").screen();
    assert!(
        asked.contains("哪一份认领*") && asked.contains("志愿队  1份  待确认"),
        "the latest is meant first: {asked}"
    );
    let listed = bench.drive.keys("Enter").screen();
    assert!(listed.contains("爱心企业"), "{listed}");
    bench.drive.type_text("axqy");
    bench.drive.keys("Enter Tab Right F8");
    let household =
        bench.desk.replica().read().rows.iter().find(|(_, row)| row.head() == "张淑芬").map(|(_, r)| r.id());
    let file = bench.desk.replica().dossier(household.unwrap()).unwrap().unwrap();
    let state = |claimant: &str| file.claims.iter().find(|claim| claim.claimant == claimant).map(|claim| claim.state);
    assert_eq!(state("爱心企业"), Some(ClaimState::Released), "{}", bench.drive.screen());
    assert_eq!(state("志愿队"), Some(ClaimState::Tentative));
}

#[test]
fn a_lead_from_data_is_visited_then_verified() {
    let mut bench = village(Lang::Zh, 80, 24);
    let visit = bench.drive.keys("Alt-3 Ctrl-K").screen();
    assert!(visit.contains("登记走访") && visit.contains("黄德胜"), "{visit}");
    bench.drive.keys("F8 F8").type_text("走访属实");
    let verified = bench.drive.keys("F8").screen();
    assert!(verified.contains("已保存：核实线索"), "{verified}");
}

#[test]
fn an_old_need_is_verified_again_and_a_grave_one_handed_over() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-4 F3 F3 Ctrl-X Ctrl-R");
    assert_eq!(need_state(&bench, "电饭煲"), Some(NeedState::Recheck), "{}", bench.drive.screen());
    bench.drive.keys("Ctrl-U Ctrl-X Ctrl-E");
    assert_eq!(need_state(&bench, "电饭煲"), Some(NeedState::Escalated), "{}", bench.drive.screen());
}

#[test]
fn a_draft_is_its_writers_own() {
    let mut bench = village(Lang::Zh, 80, 24);
    bench.drive.keys("Alt-3 F4").type_text("河边老屋有人居住");
    bench.drive.keys("Esc");
    // A colleague sits down at the same machine.
    let (folder, replica) = (bench.folder, bench.desk.replica().clone());
    let colleague = Worker { id: WorkerId::new(), name: "李社工".to_owned(), active: true, ..Worker::default() };
    let id = colleague.id;
    let actor = Actor { role: Role::CivilAffairs, ..bench.desk.actor().clone() };
    let register = Command::Register { record: Box::new(Record::Worker(colleague)) };
    replica.commit(&actor, Desk::now(), register).unwrap();
    let mut other = screens_support::console(folder, Desk::new(replica, Some(id)), Lang::Zh, 80, 24);
    let fresh = other.drive.keys("Alt-3 F4").screen();
    assert!(fresh.contains("李社工") && !fresh.contains("河边老屋"), "{fresh}");
}
