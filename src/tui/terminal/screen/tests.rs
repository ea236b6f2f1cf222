use proptest::prelude::*;
use ratatui::style::{Color, Modifier, Style};

use super::*;
use crate::tui::testing::Emulator;

/// Draws frames one after the other and compares the terminal with each.
fn check(can: Capabilities, frames: &[(Buffer, Option<Position>)]) -> Result<(), TestCaseError> {
    let mut screen = Screen::new(can);
    let area = frames[0].0.area;
    let mut terminal = Emulator::new(area.width, area.height);
    terminal.feed(Screen::enter());
    for (frame, cursor) in frames {
        let mut wanted = frame.clone();
        normalise(&mut wanted);
        let mut buf = frame.clone();
        if frame.area != terminal.cells().area {
            terminal.resize(frame.area.width, frame.area.height);
        }
        let bytes = screen.draw(&mut buf, *cursor).to_vec();
        terminal.feed(&bytes);
        let shown = printable(&bytes);
        prop_assert_eq!(
            crate::tui::testing::text_of(terminal.cells()),
            crate::tui::testing::text_of(&wanted),
            "{}",
            shown
        );
        let mut found = terminal.cells().clone();
        normalise(&mut found);
        for (i, (found, wanted)) in found.content.iter().zip(&wanted.content).enumerate() {
            prop_assert_eq!(found, wanted, "cell {} of {:?} after {}", i, area, shown);
        }
        prop_assert_eq!(terminal.cursor(), *cursor, "{}", shown);
        prop_assert_eq!(terminal.unknown(), &[] as &[String]);
        // The same frame again costs nothing.
        prop_assert_eq!(screen.draw(&mut frame.clone(), *cursor), b"");
    }
    Ok(())
}

fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\x1b', "^")
}

const WIDTH: u16 = 24;
const HEIGHT: u16 = 10;

fn style() -> impl Strategy<Value = Style> {
    prop_oneof![
        4 => Just(Style::new()),
        1 => Just(Style::new().fg(Color::Red)),
        1 => Just(Style::new().fg(Color::Indexed(80)).add_modifier(Modifier::BOLD)),
        1 => Just(Style::new().bg(Color::Blue)),
        1 => Just(Style::new().add_modifier(Modifier::REVERSED)),
        1 => Just(Style::new().add_modifier(Modifier::UNDERLINED | Modifier::DIM)),
        1 => Just(Style::new().fg(Color::Rgb(1, 2, 3)).bg(Color::LightYellow)),
    ]
}

/// A text of characters that behave differently: narrow, wide, blank, of uncertain width, combining, forbidden.
fn line() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            4 => Just("a"), 2 => Just("bc"), 4 => Just("张"), 3 => Just("三四"), 4 => Just(" "), 2 => Just("            "),
            1 => Just("…"), 1 => Just("e\u{301}"), 1 => Just("“"), 1 => Just("─"), 1 => Just("\u{202e}"), 1 => Just("\x1b[2J"),
        ],
        0..12,
    )
    .prop_map(|parts| parts.concat())
}

fn frame(width: u16, height: u16) -> impl Strategy<Value = Buffer> {
    let texts = proptest::collection::vec((0..width, 0..height, line(), style()), 0..20);
    // Single cells written without regard to wide characters, as a careless overlay does.
    let cells = proptest::collection::vec(
        (0..width, 0..height, prop_oneof![Just("|"), Just(" "), Just("户"), Just("\u{7}")]),
        0..6,
    );
    (texts, cells).prop_map(move |(texts, cells)| {
        let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
        for (x, y, text, style) in texts {
            buf.set_string(x, y, text, style);
        }
        for (x, y, symbol) in cells {
            buf[(x, y)].set_symbol(symbol);
        }
        buf
    })
}

fn cursor() -> impl Strategy<Value = Option<Position>> {
    proptest::option::of((0..WIDTH, 0..HEIGHT).prop_map(|(x, y)| Position::new(x, y)))
}

fn capabilities() -> impl Strategy<Value = Capabilities> {
    proptest::sample::select(vec![
        Capabilities::FULL,
        Capabilities::PLAIN,
        Capabilities::of_term(Some("linux")),
        Capabilities::of_term(Some("vt220")),
    ])
}

/// A screen with a list between a header and a footer, scrolled to `offset`; beside it a pane that stays.
fn list(lines: &[(String, Style)], offset: usize, marked: usize, side: bool) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
    buf.set_string(0, 0, "户主  户号", Style::new().add_modifier(Modifier::BOLD));
    for y in 1..HEIGHT - 1 {
        let index = offset + usize::from(y) - 1;
        let (text, style) = &lines[index % lines.len()];
        buf.set_string(1, y, format!("{index} {text}"), *style);
        if index == marked {
            buf.set_string(0, y, ">", Style::new().add_modifier(Modifier::REVERSED));
        }
        if side {
            buf.set_string(14, y, "│住址 上岙", Style::new());
        }
    }
    buf.set_string(0, HEIGHT - 1, format!("{marked}/86000"), Style::new());
    buf
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_terminal_shows_what_was_meant(
        can in capabilities(),
        frames in proptest::collection::vec((frame(WIDTH, HEIGHT), cursor()), 1..5),
    ) {
        check(can, &frames)?;
    }

    #[test]
    fn scrolled_lists_too(
        can in capabilities(),
        lines in proptest::collection::vec((line(), style()), 1..40),
        steps in proptest::collection::vec((0usize..30, 0usize..10), 1..6),
        side in any::<bool>(),
    ) {
        let frames: Vec<_> = steps.iter().map(|&(offset, at)| (list(&lines, offset, offset + at, side), None)).collect();
        check(can, &frames)?;
    }

    #[test]
    fn sizes_may_change(a in frame(WIDTH, HEIGHT), b in frame(7, 3), c in frame(1, 1), d in frame(30, 12)) {
        check(Capabilities::FULL, &[a, b, c, d].map(|buf| (buf, None)))?;
    }
}

#[test]
fn an_empty_screen_does_not_panic() {
    for (width, height) in [(0, 0), (0, 5), (5, 0)] {
        let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
        Screen::new(Capabilities::FULL).draw(&mut buf, None);
    }
}

#[test]
fn leaving_undoes_entering() {
    let leave = printable(Screen::leave());
    for mode in ["1049", "2004", "1000", "1006", "2026"] {
        assert!(leave.contains(&format!("^[?{mode}l")), "{mode}");
    }
    for mode in ["7", "25"] {
        assert!(leave.contains(&format!("^[?{mode}h")), "{mode}");
    }
}

#[test]
fn a_marker_moves_for_a_few_bytes() {
    let lines: Vec<(String, Style)> = (0..50).map(|i| (format!("张淑芬{i}"), Style::new())).collect();
    let mut screen = Screen::new(Capabilities::FULL);
    screen.draw(&mut list(&lines, 0, 3, false), None);
    let bytes = screen.draw(&mut list(&lines, 0, 4, false), None).to_vec();
    assert!(bytes.len() <= 60, "{} {}", bytes.len(), printable(&bytes));
    assert!(!printable(&bytes).contains("^[2J"));
}

#[test]
fn scrolling_sends_one_row() {
    let lines: Vec<(String, Style)> = (0..50).map(|i| (format!("张淑芬{i}"), Style::new())).collect();
    let mut screen = Screen::new(Capabilities::FULL);
    screen.draw(&mut list(&lines, 0, 7, false), None);
    let bytes = printable(screen.draw(&mut list(&lines, 1, 8, false), None));
    assert!(bytes.contains("^[2;9r^[S^[r"), "{bytes}");
    assert_eq!(bytes.matches("张").count(), 1, "{bytes}");
}
