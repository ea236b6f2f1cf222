//! Bytes, texts and numbers, changed.

use super::Dice;
use super::tree::Tree;

/// Flips, cuts, splices, repeats; writes extreme lengths.
pub fn bytes(of: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = of.to_vec();
    for _ in 0..=dice.roll(4) {
        if bytes.is_empty() {
            bytes.push(dice.next() as u8);
            continue;
        }
        let at = dice.roll(bytes.len());
        let end = (at + 1 + dice.roll(64)).min(bytes.len());
        match dice.roll(9) {
            0 | 1 => bytes[at] ^= 1 << dice.roll(8),
            2 => bytes[at] = *dice.pick(&[0, 1, 0x7f, 0x80, 0xc1, 0xd9, 0xdf, 0xff, b'"', b'\n', 0x1b]),
            3 => bytes.truncate(at),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let piece = bytes[at..end].to_vec();
                let into = dice.roll(bytes.len());
                bytes.splice(into..into, piece);
            }
            // A length, in whatever order its bytes stand.
            6 => {
                let width = *dice.pick(&[1, 2, 4, 8]);
                let end = (at + width).min(bytes.len());
                let fill = *dice.pick(&[0x00, 0x7f, 0xff]);
                bytes[at..end].fill(fill);
            }
            7 => {
                let piece = bytes[at..end].to_vec();
                (0..dice.roll(200)).for_each(|_| bytes.extend_from_slice(&piece));
            }
            _ => {
                let other = dice.roll(bytes.len());
                bytes.swap(at, other);
            }
        }
    }
    bytes
}

const TEXTS: &[&str] = &[
    "",
    " ",
    "0",
    "-1",
    "张淑芬",
    "\u{1b}[2J\u{1b}]0;t\u{7}",
    "\u{202e}gnp",
    "a\0b",
    "99010119900101001X",
    "9999-99-99",
    "2026-02-30",
    "territory:990101102201",
    "territory:",
    "pool",
    "own:",
    "=1+1",
    "１２３",
    "e\u{301}\u{200b}",
    "018f0000-0000-7000-8000-000000000000",
    "999999999999999999999999999999",
    "1e400",
    "NaN",
];

/// A text changed, at ends and borders of characters too.
pub fn text(of: &str, dice: &mut Dice) -> String {
    let chars: Vec<char> = of.chars().collect();
    let at = dice.roll(chars.len() + 1);
    match dice.roll(6) {
        0 | 1 => (*dice.pick(TEXTS)).to_owned(),
        2 => chars[..at].iter().collect(),
        3 => {
            chars[..at].iter().chain(dice.pick(TEXTS).chars().collect::<Vec<_>>().iter()).chain(&chars[at..]).collect()
        }
        4 => of.repeat(1 + dice.roll(60)),
        _ => String::from_utf8_lossy(&bytes(of.as_bytes(), dice)).into_owned(),
    }
}

/// A number at an edge.
pub fn number(dice: &mut Dice) -> Tree {
    match dice.roll(10) {
        0 => Tree::Uint(u64::MAX),
        1 => Tree::Int(i64::MIN),
        2 => Tree::Int(-1),
        3 => Tree::Uint(0),
        4 => Tree::Uint(1 << 53),
        5 => Tree::Float(f64::NAN),
        6 => Tree::Uint(u64::from(u32::MAX)),
        7 => Tree::Uint(i64::MAX as u64),
        _ => Tree::Uint(dice.next() % 70_000),
    }
}
