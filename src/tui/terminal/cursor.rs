//! The cursor: where it is, and the cheapest way to somewhere else.

use std::io::Write;

use ratatui::layout::Position;

/// Where the terminal's cursor is, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cursor {
    /// Nothing is known.
    Lost,
    /// Only the row is known: behind the last column, or behind a symbol of uncertain width.
    Row(u16),
    /// Row and column are known.
    At(Position),
}

impl Cursor {
    /// Moves to `(x, y)`, appending the shortest sequence that does it.
    pub(super) fn go(&mut self, x: u16, y: u16, out: &mut Vec<u8>) {
        let to = Position::new(x, y);
        if *self == Cursor::At(to) {
            return;
        }
        let mut best = absolute(to);
        let mut offer = |candidate: Vec<u8>| {
            if candidate.len() < best.len() {
                best = candidate;
            }
        };
        match *self {
            Cursor::Lost => {}
            Cursor::Row(row) => {
                if let Some(down) = down(row, y) {
                    offer(joined(b"\r", &down, &right(0, x)));
                    if row == y {
                        offer(column(x));
                    }
                }
            }
            Cursor::At(from) => {
                if let Some(down) = down(from.y, y) {
                    offer(joined(b"\r", &down, &right(0, x)));
                    offer(joined(b"", &down, &sideways(from.x, x)));
                } else {
                    offer(joined(&up(from.y, y), b"", &sideways(from.x, x)));
                    offer(joined(&up(from.y, y), b"\r", &right(0, x)));
                }
            }
        }
        out.extend_from_slice(&best);
        *self = Cursor::At(to);
    }

    /// The cost in bytes of moving to `(x, y)`.
    pub(super) fn cost(self, x: u16, y: u16) -> usize {
        let (mut cursor, mut out) = (self, Vec::new());
        cursor.go(x, y, &mut out);
        out.len()
    }
}

fn joined(a: &[u8], b: &[u8], c: &[u8]) -> Vec<u8> {
    [a, b, c].concat()
}

fn absolute(to: Position) -> Vec<u8> {
    let (row, column) = (to.y + 1, to.x + 1);
    match (row, column) {
        (1, 1) => b"\x1b[H".to_vec(),
        (_, 1) => sequence(format_args!("{row}H")),
        _ => sequence(format_args!("{row};{column}H")),
    }
}

fn column(x: u16) -> Vec<u8> {
    sequence(format_args!("{}G", x + 1))
}

/// Down within the screen by line feeds: the rows above the last never scroll.
fn down(from: u16, to: u16) -> Option<Vec<u8>> {
    let rows = to.checked_sub(from)?;
    Some(if rows < 4 { vec![b'\n'; usize::from(rows)] } else { counted(rows, 'B') })
}

fn up(from: u16, to: u16) -> Vec<u8> {
    counted(from - to, 'A')
}

fn sideways(from: u16, to: u16) -> Vec<u8> {
    if to >= from {
        return right(from, to);
    }
    let cells = from - to;
    if to == 0 {
        vec![b'\r']
    } else if cells < 4 {
        vec![8; usize::from(cells)]
    } else {
        let back = counted(cells, 'D');
        let anew = column(to);
        if anew.len() < back.len() { anew } else { back }
    }
}

fn right(from: u16, to: u16) -> Vec<u8> {
    if to == from { Vec::new() } else { counted(to - from, 'C') }
}

fn counted(n: u16, letter: char) -> Vec<u8> {
    if n == 1 { sequence(format_args!("{letter}")) } else { sequence(format_args!("{n}{letter}")) }
}

fn sequence(rest: std::fmt::Arguments<'_>) -> Vec<u8> {
    let mut out = b"\x1b[".to_vec();
    // Writing to a vector cannot fail.
    let _ = out.write_fmt(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_motion() {
        let check = |from: Cursor, to: (u16, u16), expected: &str| {
            let (mut cursor, mut out) = (from, Vec::new());
            cursor.go(to.0, to.1, &mut out);
            let found = String::from_utf8_lossy(&out)
                .replace('\x1b', "^")
                .replace('\r', "<")
                .replace('\n', "v")
                .replace('\x08', "b");
            assert_eq!(found, expected, "{from:?} {to:?}");
            assert_eq!(from.cost(to.0, to.1), out.len());
        };
        let at = |x, y| Cursor::At(Position::new(x, y));
        check(at(5, 5), (5, 5), "");
        check(at(5, 5), (0, 5), "<");
        check(at(5, 5), (0, 6), "<v");
        check(at(5, 5), (5, 6), "v");
        check(at(5, 5), (5, 7), "vv");
        check(at(5, 5), (5, 4), "^[A");
        check(at(1, 15), (0, 14), "^[A<");
        check(at(5, 5), (3, 5), "bb");
        check(at(5, 5), (6, 5), "^[C");
        check(at(5, 5), (45, 5), "^[40C");
        check(at(50, 5), (8, 5), "^[9G");
        check(at(5, 5), (0, 0), "^[H");
        check(at(50, 5), (60, 30), "^[31;61H");
        check(Cursor::Row(5), (0, 5), "<");
        check(Cursor::Row(5), (3, 5), "^[4G");
        check(Cursor::Row(5), (0, 7), "<vv");
        check(Cursor::Row(5), (3, 2), "^[3;4H");
        check(Cursor::Lost, (0, 7), "^[8H");
    }
}
