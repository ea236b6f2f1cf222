//! The pictures of the README are what the console draws today. `ZHULIAN_PICTURES=write cargo test --test picture` draws
//! them anew.

mod screens_support;

use std::fmt::Write as _;
use std::path::PathBuf;

use ratatui::buffer::{Buffer, CellWidth as _};
use ratatui::style::{Color, Modifier};
use screens_support::{NOW, console, date, moment};
use zhulian::demo::{Demo, Size};
use zhulian::desk::Desk;
use zhulian::domain::command::Command;
use zhulian::domain::moment::Now;
use zhulian::domain::worker::{Actor, Role};
use zhulian::i18n::Lang;
use zhulian::replica::Replica;
use zhulian::store::{Home, KeyMode};

/// One cell, in the units of the picture.
const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 10.0;
const PAPER: &str = "#1b1d23";
const INK: &str = "#d6d9e0";

#[test]
fn pictures_show_the_console_as_it_is() {
    for (lang, name) in [(Lang::Zh, "console-zh"), (Lang::En, "console-en")] {
        let mut bench = village(lang);
        // Someone with visits, needs and wishes, found by initials; then the portrait.
        let (buffer, _) = bench.drive.keys("F2").type_text("zsf").keys("Enter").buffer();
        compare(name, &svg(&buffer));
        let (buffer, _) = bench.drive.keys("Esc").buffer();
        compare(&format!("{name}-today"), &svg(&buffer));
    }
}

fn compare(name: &str, drawn: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/pictures/{name}.svg"));
    if std::env::var_os("ZHULIAN_PICTURES").is_some_and(|what| what == "write") {
        std::fs::write(&path, drawn).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == drawn, "{} is out of date: run ZHULIAN_PICTURES=write cargo test --test picture", path.display());
}

/// The console on the demo village, on the day on which all screen tests take place.
fn village(lang: Lang) -> screens_support::Bench {
    let demo = Demo::new(Size::Village, 1, date(&NOW[..10]));
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::create(Home::new(folder.path()), &KeyMode::KeyFile).unwrap();
    let device = replica.device();
    let actor = Actor { worker: demo.worker(), role: Role::GridWorker, org: None, regions: Vec::new(), device };
    let loose = demo.reference().into_iter().chain(demo.leads_without_household().map(Into::into)).collect::<Vec<_>>();
    let mut commands = std::iter::once(loose).chain(demo.households()).map(|records| Ok(Command::Seed { records }));
    replica.commit_all(&actor, Now::new(moment(NOW)), &mut commands, &mut |_, _| true).unwrap();
    console(folder, Desk::new(replica.into(), Some(demo.worker())), lang, 110, 30)
}

/// The cells as a picture: one text element for each run of one style and one width, so that columns stay in line
/// whatever fonts the reader has.
fn svg(buffer: &Buffer) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let (width, height) = (f32::from(columns) * CELL.0 + 2.0 * MARGIN, f32::from(rows) * CELL.1 + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-size=\"14\" \
         font-family=\"'Sarasa Mono SC','Noto Sans Mono CJK SC','Cascadia Mono',Menlo,Consolas,monospace\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    );
    for y in 0..rows {
        let mut x = 0;
        while x < columns {
            x = run(buffer, x, y, &mut out);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Draws the run that begins at a cell; gives the column after it.
fn run(buffer: &Buffer, from: u16, y: u16, out: &mut String) -> u16 {
    let first = &buffer[(from, y)];
    let step = first.cell_width().max(1);
    let mut text = String::new();
    let mut x = from;
    while x < buffer.area.width {
        let cell = &buffer[(x, y)];
        if cell.style() != first.style() || cell.cell_width().max(1) != step {
            break;
        }
        text.push_str(if cell.symbol().is_empty() { " " } else { cell.symbol() });
        x += step;
    }
    let style = first.style();
    let marks = style.add_modifier;
    let (mut ink, mut paper) = (colour(style.fg, INK), colour(style.bg, PAPER));
    if marks.contains(Modifier::REVERSED) {
        std::mem::swap(&mut ink, &mut paper);
    }
    let (left, top) = (MARGIN + f32::from(from) * CELL.0, MARGIN + f32::from(y) * CELL.1);
    let length = f32::from(x - from) * CELL.0;
    if paper != PAPER {
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{length:.1}\" height=\"{:.1}\" fill=\"{paper}\"/>",
            CELL.1
        );
    }
    if !text.trim().is_empty() {
        let bold = if marks.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
        let faint = if marks.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace(' ', "\u{a0}");
        let _ = writeln!(
            out,
            "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{length:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{ink}\"{bold}{faint}>{text}</text>",
            top + CELL.1 * 0.75,
        );
    }
    x
}

/// A colour of the 256-colour table as a web colour.
fn colour(colour: Option<Color>, default: &str) -> String {
    let index = match colour {
        None | Some(Color::Reset) => return default.to_owned(),
        Some(Color::Rgb(r, g, b)) => return format!("#{r:02x}{g:02x}{b:02x}"),
        Some(Color::Indexed(index)) => index,
        Some(named) => NAMED.iter().position(|held| *held == named).map_or(7, |index| index as u8),
    };
    const BASIC: [&str; 16] = [
        "#2e3440", "#d95468", "#8bd49c", "#ebbf83", "#5ec4ff", "#b62d65", "#70e1e8", "#b7c5d3", "#41505e", "#d95468",
        "#8bd49c", "#f7dab3", "#5ec4ff", "#e27e8d", "#70e1e8", "#ffffff",
    ];
    match index {
        0..16 => BASIC[usize::from(index)].to_owned(),
        16..232 => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let n = index - 16;
            format!("#{:02x}{:02x}{:02x}", level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        232.. => format!("#{0:02x}{0:02x}{0:02x}", 8 + 10 * (index - 232)),
    }
}

const NAMED: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];
