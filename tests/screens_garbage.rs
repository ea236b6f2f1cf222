//! Keys without sense, pasted control characters, sizes that change in the middle: the console goes on, and nothing but
//! text reaches the screen.

mod screens_support;

use std::time::Duration;

use screens_support::{Bench, village};
use zhulian::domain::text::find_control;
use zhulian::i18n::Lang;

/// A small generator: the same garbage for the same seed.
struct Garbage(u64);

impl Garbage {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const KEYS: &[&str] = &[
    "Up",
    "Down",
    "Left",
    "Right",
    "PgUp",
    "PgDn",
    "Home",
    "End",
    "Enter",
    "Enter",
    "Enter",
    "Esc",
    "Tab",
    "Shift-Tab",
    "Space",
    "Backspace",
    "Delete",
    "Insert",
    "F1",
    "F2",
    "F3",
    "F4",
    "F4",
    "F5",
    "F6",
    "F7",
    "F8",
    "F8",
    "F8",
    "F9",
    "F10",
    "F11",
    "F12",
    "Shift-F7",
    "Ctrl-A",
    "Ctrl-B",
    "Ctrl-C",
    "Ctrl-D",
    "Ctrl-E",
    "Ctrl-F",
    "Ctrl-G",
    "Ctrl-K",
    "Ctrl-L",
    "Ctrl-N",
    "Ctrl-O",
    "Ctrl-P",
    "Ctrl-R",
    "Ctrl-S",
    "Ctrl-T",
    "Ctrl-U",
    "Ctrl-W",
    "Ctrl-X",
    "Ctrl-Y",
    "Alt-1",
    "Alt-2",
    "Alt-3",
    "Alt-4",
    "Alt-5",
    "Alt-8",
    "Alt-9",
    "Ctrl-Up",
    "Ctrl-Down",
    "a",
    "q",
    "z",
    "g",
    "1",
    "9",
];

const TEXTS: &[&str] = &[
    "张淑芬",
    "zsf",
    "a\u{1b}[2J\u{1b}]0;title\u{7}b",
    "\u{202e}gnp.exe\u{2066}",
    "第一行\n第二行\r\n\t第三行",
    "👨‍👩‍👧‍👦e\u{301}\u{200b}",
    "99010119900101001X",
    "2026-02-30",
    "+7",
    "-999999999999999999999",
    "９９．５０",
    "=HYPERLINK(\"http://x\")",
];

fn disturb(bench: &mut Bench, garbage: &mut Garbage) -> String {
    match garbage.below(20) {
        0 => {
            let (width, height) = (1 + garbage.below(160) as u16, 1 + garbage.below(50) as u16);
            bench.drive.resize(width, height);
            format!("{width}x{height}")
        }
        1..=3 => {
            let text = garbage.pick(TEXTS);
            bench.drive.paste(text);
            format!("{text:?}")
        }
        4 => {
            bench.drive.elapse(Duration::from_millis(700));
            "…".to_owned()
        }
        _ => {
            let key = garbage.pick(KEYS);
            bench.drive.keys(key);
            key.to_owned()
        }
    }
}

fn check(seed: u64) {
    let lang = if seed.is_multiple_of(2) { Lang::Zh } else { Lang::En };
    from("", 400, seed, village(lang, 80, 24));
}

/// Garbage from a screen on, to which those keys lead.
fn from(keys: &str, steps: usize, seed: u64, mut bench: Bench) {
    let mut garbage = Garbage(seed);
    bench.drive.keys(keys);
    let mut done = Vec::new();
    for _ in 0..steps {
        done.push(disturb(&mut bench, &mut garbage));
        let screen = bench.drive.screen();
        for line in screen.lines() {
            // The joiner stands inside of one drawn sign only.
            assert_eq!(find_control(&line.replace('\u{200d}', "")), None, "{line:?} after {done:?}");
        }
    }
    // Whatever happened, the ordinary way back works.
    bench.drive.resize(80, 24).keys("Enter Esc Esc Esc Esc");
    for _ in 0..30 {
        bench.drive.keys("Esc");
    }
    let screen = bench.drive.keys("Alt-1").screen();
    let title = screen.lines().next().unwrap_or_default();
    assert!(title.contains("今日工作") || title.contains("Today"), "{screen}\nafter {done:?}");
}

#[test]
fn garbage_is_survived() {
    for seed in [0x9e37_79b9, 0x51_7cc1, 0xb727_2202, 0x2545_f491, 0x1234_5677, 0xdead_beef] {
        check(seed);
    }
}

#[test]
fn garbage_in_the_forms_of_a_household_is_survived() {
    for (at, keys) in ["Alt-2 F4", "Alt-2 F4 F4 F4", "Alt-2 Insert", "Alt-2 Enter Tab Insert", "Alt-2 Enter Ctrl-A"]
        .into_iter()
        .enumerate()
    {
        for seed in [0x9e37_79b9, 0x51_7cc1] {
            from(keys, 120, seed + at as u64, village(if at % 2 == 0 { Lang::Zh } else { Lang::En }, 80, 24));
        }
    }
}
