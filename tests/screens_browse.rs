//! The browsing screens: keys in, screens out.

mod screens_support;

use std::time::Duration;

use screens_support::{Bench, console, home, reopened, village};
use zhulian::desk::Desk;
use zhulian::i18n::Lang;
use zhulian::tui::testing::Drive;

/// A picture of the screen after some keys.
macro_rules! screens {
    ($($name:ident: $lang:ident $width:literal x $height:literal $keys:literal;)*) => {$(
        #[test]
        fn $name() {
            let mut bench = village(Lang::$lang, $width, $height);
            insta::assert_snapshot!(bench.drive.keys($keys).screen());
        }
    )*};
}

screens! {
    today_zh: Zh 80 x 24 "";
    today_en: En 80 x 24 "";
    today_wide_zh: Zh 120 x 40 "";
    today_small_zh: Zh 60 x 20 "";
    today_wishes: Zh 80 x 24 "Tab";
    today_leads: Zh 80 x 24 "3";
    today_needs_en: En 120 x 40 "4";
    households_zh: Zh 80 x 24 "Alt-2 Down Down";
    households_en: En 80 x 24 "Alt-2";
    households_wide_zh: Zh 120 x 40 "Alt-2";
    households_wide_en: En 120 x 40 "Alt-2";
    households_small: Zh 60 x 20 "Alt-2 End";
    households_by_due: Zh 80 x 24 "Alt-2 Ctrl-O";
    filter_panel: Zh 80 x 24 "Alt-2 F3 Down Right";
    filter_village: Zh 80 x 24 "Alt-2 F3 Down Down Enter x i a a o";
    filtered: Zh 80 x 24 "Alt-2 F3 Down Right F3";
    household_basic: Zh 80 x 24 "Alt-2 Enter";
    household_basic_en: En 120 x 40 "Alt-2 Enter";
    household_small: Zh 60 x 20 "Alt-2 Enter Tab";
    household_members: Zh 80 x 24 "Alt-2 Down Enter Tab";
    household_portrait: Zh 120 x 40 "Alt-2 Down Enter Tab Tab";
    household_portrait_en: En 80 x 24 "Alt-2 Down Enter Tab Tab";
    household_entitlements: Zh 80 x 24 "Alt-2 Enter Tab Tab Tab";
    household_visits: Zh 80 x 24 "Alt-2 Enter Right Right Right Right";
    household_needs: Zh 80 x 24 "Alt-2 Enter Tab Tab Tab Tab Tab";
    household_wishes: Zh 80 x 24 "Alt-2 Down Down Enter Shift-Tab Shift-Tab";
    household_timeline: Zh 80 x 24 "Alt-2 Enter Shift-Tab";
    find_by_initials: Zh 80 x 24 "F2 z s f";
    find_nobody: Zh 80 x 24 "F2 x x x x";
    palette_zh: Zh 80 x 24 "Ctrl-P";
    palette_typed: Zh 80 x 24 "Ctrl-P y u y a n";
    palette_en: En 80 x 24 "Ctrl-P l a n g";
    help_zh: Zh 80 x 24 "F1";
    help_search: En 80 x 24 "F1 F2 f i l t";
    menu_zh: Zh 80 x 24 "F9";
    settings_zh: Zh 80 x 24 "Alt-8";
    lock_key_file: Zh 80 x 24 "F12";
    started_chord: Zh 80 x 24 "Ctrl-G";
    disabled_action_tells_why: Zh 80 x 24 "Alt-8 Ctrl-X Ctrl-K";
    too_small: Zh 40 x 10 "";
}

fn nothing(lang: Lang) -> Bench {
    let (folder, replica) = home(vec![]);
    console(folder, Desk::new(replica, None), lang, 80, 24)
}

#[test]
fn a_first_start_offers_what_can_be_done() {
    insta::assert_snapshot!(nothing(Lang::Zh).drive.screen());
    insta::assert_snapshot!(nothing(Lang::En).drive.screen());
}

#[test]
fn beginning_alone_asks_for_a_name_and_keeps_it() {
    let mut bench = nothing(Lang::Zh);
    bench.drive.keys("Down Down Enter");
    insta::assert_snapshot!(bench.drive.type_text("周海燕").screen());
    insta::assert_snapshot!(bench.drive.keys("Enter").screen());
    let memory = bench.desk.replica().read();
    assert!(memory.reference.workers.values().any(|worker| worker.name == "周海燕"));
}

#[test]
fn the_demo_fills_an_empty_home() {
    let mut bench = nothing(Lang::Zh);
    let screen = bench.drive.keys("End Enter").screen();
    assert_eq!(bench.desk.replica().read().rows.len(), 600);
    assert!(screen.contains("今日工作") && screen.contains("上岙村"), "{screen}");
}

#[test]
fn finding_opens_restores_and_remembers() {
    let mut bench = village(Lang::Zh, 80, 24);
    let before = bench.drive.keys("Alt-2 Down Down").screen();
    assert_eq!(bench.drive.keys("F2 z Esc").screen(), before, "Esc restores what was there");
    let opened = bench.drive.keys("F2").type_text("上岙 cgq").keys("Enter").screen();
    assert!(opened.contains("陈国强") && opened.contains("基本"), "{opened}");
    assert_eq!(bench.drive.keys("Esc").screen(), before, "back to the list, the search closed");
    insta::assert_snapshot!(bench.drive.keys("F2").screen());
    assert!(bench.drive.keys("Enter").screen().contains("陈国强"));
}

#[test]
fn full_width_digits_find_too() {
    let mut bench = village(Lang::Zh, 80, 24);
    let screen = bench.drive.keys("F2").type_text("１３８００００１００２").screen();
    assert!(screen.contains("陈国强") && !screen.contains("13800001002"), "found, and masked: {screen}");
}

#[test]
fn language_and_theme_change_while_running_and_are_kept() {
    let mut bench = village(Lang::Zh, 80, 24);
    let screen = bench.drive.keys("F11").screen();
    assert!(screen.contains("Today") && !screen.contains("今日"), "{screen}");
    bench.drive.keys("Ctrl-X Ctrl-T");
    let kept = std::fs::read_to_string(bench.folder.path().join("settings.toml")).unwrap();
    assert_eq!(kept, "lang = \"en\"\ntheme = \"light\"\n");
}

#[test]
fn the_pane_follows_when_the_selection_rests() {
    let mut bench = village(Lang::Zh, 120, 30);
    let in_pane = |drive: &mut Drive<_>, name: &str| {
        drive.screen().lines().any(|line| line.split('│').nth(1).is_some_and(|pane| pane.contains(name)))
    };
    bench.drive.keys("Alt-2");
    assert!(in_pane(&mut bench.drive, "张淑芬"));
    bench.drive.keys("Down Down");
    assert!(in_pane(&mut bench.drive, "张淑芬"), "a held key leaves the pane alone");
    bench.drive.elapse(Duration::from_millis(100));
    assert!(in_pane(&mut bench.drive, "曾阿妹"), "{}", bench.drive.screen());
}

#[test]
fn rows_are_there_before_the_index_is_open() {
    let (folder, replica) = home(screens_support::records());
    replica.rest().unwrap();
    drop(replica);
    let mut drive = screens_support::unopened(folder.path());
    let screen = drive.screen();
    assert!(screen.contains("张淑芬") && screen.contains("正在打开"), "{screen}");
    let screen = drive.keys("Enter").screen();
    assert!(screen.contains("正在读取") && screen.contains("东岙镇上岙村"), "{screen}");
}

#[test]
fn an_opened_home_shows_the_same_as_a_new_one() {
    let fresh = village(Lang::Zh, 80, 24).drive.keys("Alt-2").screen();
    // The count of unsent commands comes with opening.
    let again = reopened(Lang::Zh, 80, 24).drive.keys("Alt-2").screen().replace("未传1", "未传0");
    assert_eq!(again, fresh);
}

#[test]
fn a_locked_console_shows_nothing_and_opens_by_passphrase() {
    let mut bench = screens_support::sealed(Lang::Zh);
    let locked = bench.drive.keys("F12").screen();
    assert!(!locked.contains("张淑芬") && locked.contains("口令"), "{locked}");
    assert!(bench.drive.keys("F2 Alt-2 Ctrl-P Esc").screen().contains("口令"), "nothing gets around the lock");
    let wrong = bench.drive.type_text("wrong one").keys("Enter").screen();
    assert!(wrong.contains("口令不对") && !wrong.contains("张淑芬"), "{wrong}");
    let open = bench.drive.type_text(screens_support::PASSPHRASE).keys("Enter").screen();
    assert!(open.contains("张淑芬"), "{open}");
}

#[test]
fn a_field_is_revealed_for_a_reason_and_masked_again_after_its_time() {
    let mut bench = village(Lang::Zh, 80, 24);
    let masked = bench.drive.keys("Alt-2 Enter Down Down Down Down").screen();
    assert!(masked.contains("138****1001") && !masked.contains("13800001001"), "{masked}");
    let asked = bench.drive.keys("Ctrl-R").screen();
    assert!(!asked.contains("13800001001"), "{asked}");
    let shown = bench.drive.keys("Right F8").screen();
    assert!(shown.contains("13800001001"), "{asked}\n{shown}");
    let later = bench.drive.elapse(Duration::from_secs(31)).screen();
    assert!(later.contains("138****1001") && !later.contains("13800001001"), "{later}");
}

#[test]
fn the_clock_moves_by_the_minute_only() {
    let mut bench = village(Lang::Zh, 80, 24);
    let before = bench.drive.screen();
    assert_eq!(bench.drive.elapse(Duration::from_secs(59)).screen(), before);
    let after = bench.drive.elapse(Duration::from_secs(1)).screen();
    assert!(after.contains("09:01"), "{after}");
}

const ALL_KEYS: &str = "Up Down Left Right PgUp PgDn Home End Enter Esc Tab Shift-Tab Space Backspace Delete Insert F1 F2 F3 \
    F4 F6 F7 F8 F9 F10 F11 Ctrl-A Ctrl-D Ctrl-E Ctrl-G Ctrl-K Ctrl-L Ctrl-N Ctrl-O Ctrl-P Ctrl-R Ctrl-T Ctrl-W Ctrl-X \
    Ctrl-Up Ctrl-Down Ctrl-Home Alt-1 Alt-2 Alt-8 1 2 3 4 a e f g h j k l n o q r s v z / ? :";

/// The next number of a fixed sequence (Knuth's MMIX generator).
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

#[test]
fn any_size_can_be_drawn() {
    let ways = [
        "",
        "Alt-2",
        "Alt-2 F3",
        "Alt-2 F3 Down Down Enter",
        "Alt-2 Enter",
        "Alt-2 Enter Tab Tab",
        "F2 z",
        "Ctrl-P",
        "F1",
        "F9",
        "Alt-8",
        "F12",
    ];
    for keys in ways {
        let mut bench = village(Lang::Zh, 80, 24);
        bench.drive.keys(keys);
        for (width, height) in [
            (1, 1),
            (1, 200),
            (300, 1),
            (2, 2),
            (59, 20),
            (60, 19),
            (60, 20),
            (61, 21),
            (99, 20),
            (100, 20),
            (101, 33),
            (250, 80),
            (7, 3),
        ] {
            let screen = bench.drive.resize(width, height).screen();
            assert_eq!(screen.lines().count(), usize::from(height), "{keys} at {width}x{height}");
        }
    }
}

#[test]
fn random_keys_do_no_harm() {
    let keys: Vec<&str> = ALL_KEYS.split_whitespace().collect();
    let mut seed = 20_260_312;
    let mut bench = village(Lang::Zh, 80, 24);
    let mut pressed: Vec<&str> = Vec::new();
    for n in 0..2500 {
        let key = keys[next(&mut seed) % keys.len()];
        pressed.push(key);
        bench.drive.keys(key);
        if n % 7 == 0 {
            bench.drive.elapse(Duration::from_millis(80));
        }
        if n % 50 == 0 {
            bench.drive.resize(60 + (next(&mut seed) % 80) as u16, 20 + (next(&mut seed) % 30) as u16);
        }
        let screen = bench.drive.screen();
        assert!(!screen.trim().is_empty(), "{pressed:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_says_what_happened_and_what_to_do() {
    use zhulian::domain::records::Unreadable;
    use zhulian::replica::ReplicaError;
    use zhulian::tui::app::{Fault, Message, Origin};
    let (folder, replica) = home(screens_support::records());
    let id = replica.read().rows.iter().map(|(_, row)| row).find(|row| row.head() == "张淑芬").unwrap().id();
    replica.rest().unwrap();
    drop(replica);
    // The index never opens, so that no file is read but the ones that this test answers for.
    let mut drive = screens_support::unopened(folder.path());
    let waiting = drive.keys("Alt-2 Enter").screen();
    assert!(waiting.contains("正在读取"), "{waiting}");
    let fault = Fault::from(ReplicaError::from(Unreadable("校验不符".to_owned())));
    // Today, the list, the household: each has its number.
    drive.message(Message::Household(Origin(3), id, Err(fault.clone())));
    let told = drive.elapse(Duration::from_secs(60)).screen();
    insta::assert_snapshot!("household_unreadable", told);
    assert!(!told.contains("正在读取"), "{told}");
    drive.resize(120, 40);
    drive.keys("Esc");
    drive.message(Message::Household(Origin(2), id, Err(fault)));
    let beside = drive.elapse(Duration::from_secs(60)).screen();
    assert!(beside.contains("这户的档案无法读取") && beside.contains("record.unreadable"), "{beside}");
}
