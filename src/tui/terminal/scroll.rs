//! Finds a band of rows that moved up or down between two buffers, when moving it on the terminal saves bytes.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use ratatui::buffer::Cell;

use super::grid::is_erased;

/// A band of rows `top..=bottom` whose content moves by `by` rows: up if positive, down if negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Move {
    pub(super) top: usize,
    pub(super) bottom: usize,
    pub(super) by: isize,
}

/// What setting the margins, scrolling and resetting them costs, in bytes.
const OVERHEAD: i64 = 20;
/// Below so many bytes of difference no scroll can pay.
const WORTHWHILE: i64 = 80;
/// How many distances are tried at most.
const CANDIDATES: usize = 3;

/// The best move, if any pays. Both buffers hold `width` cells a row and are normalised.
pub(super) fn find(old: &[Cell], new: &[Cell], width: usize) -> Option<Move> {
    let rows: Vec<(&[Cell], &[Cell])> = old.chunks(width).zip(new.chunks(width)).collect();
    let plain: Vec<i64> = rows.iter().map(|(old, new)| cost(Some(old), new)).collect();
    if plain.iter().sum::<i64>() < WORTHWHILE {
        return None;
    }
    let distances = distances(&rows, &plain);
    if distances.is_empty() {
        return None;
    }
    let fresh: Vec<i64> = rows.iter().map(|(_, new)| cost(None, new)).collect();
    let best =
        distances.into_iter().filter_map(|by| best_band(&rows, &plain, &fresh, by)).max_by_key(|(gain, _)| *gain)?;
    (best.0 > OVERHEAD).then_some(best.1)
}

/// The distances by which the most rows moved.
fn distances(rows: &[(&[Cell], &[Cell])], plain: &[i64]) -> Vec<isize> {
    let mut origins: HashMap<u64, Vec<usize>> = HashMap::new();
    for (y, (old, _)) in rows.iter().enumerate() {
        if !old.iter().all(is_erased) {
            origins.entry(hash(old)).or_default().push(y);
        }
    }
    let mut votes: HashMap<isize, i64> = HashMap::new();
    for (y, (_, new)) in rows.iter().enumerate().filter(|(y, _)| plain[*y] > 0) {
        for &origin in origins.get(&hash(new)).map_or(&[][..], |o| &o[..o.len().min(4)]) {
            *votes.entry(origin as isize - y as isize).or_default() += plain[y];
        }
    }
    let mut found: Vec<(i64, isize)> = votes.into_iter().map(|(by, gain)| (gain, by)).collect();
    found.sort_unstable_by_key(|&(gain, by)| (-gain, by));
    found.truncate(CANDIDATES);
    found.into_iter().map(|(_, by)| by).collect()
}

/// The band that saves the most when its content moves by `by` rows, with what it saves.
fn best_band(rows: &[(&[Cell], &[Cell])], plain: &[i64], fresh: &[i64], by: isize) -> Option<(i64, Move)> {
    let n = by.unsigned_abs();
    let len = rows.len();
    if n == 0 || n >= len {
        return None;
    }
    // Work on rows in the direction of the move: index i runs from the edge that the content moves to.
    let at = |i: usize| if by > 0 { i } else { len - 1 - i };
    let moved: Vec<i64> = (0..len - n).map(|i| plain[at(i)] - cost(Some(rows[at(i + n)].0), rows[at(i)].1)).collect();
    let bare: Vec<i64> = (0..len).map(|i| plain[at(i)] - fresh[at(i)]).collect();
    let moved_sum = sums(&moved);
    let bare_sum = sums(&bare);
    let mut best: Option<(i64, usize, usize)> = None;
    let mut low = 0; // the start with the smallest sum so far
    for split in 1..=len - n {
        // Rows start..split receive moved content, split..split + n are left bare.
        if moved_sum[split - 1] < moved_sum[low] {
            low = split - 1;
        }
        let gain = moved_sum[split] - moved_sum[low] + bare_sum[split + n] - bare_sum[split];
        if best.is_none_or(|(g, ..)| gain > g) {
            best = Some((gain, low, split + n - 1));
        }
    }
    let (gain, start, end) = best?;
    let (top, bottom) = if by > 0 { (start, end) } else { (at(end), at(start)) };
    Some((gain, Move { top, bottom, by }))
}

fn sums(values: &[i64]) -> Vec<i64> {
    let mut out = vec![0; values.len() + 1];
    for (i, value) in values.iter().enumerate() {
        out[i + 1] = out[i] + value;
    }
    out
}

/// About how many bytes turn one row (or an empty one) into another.
fn cost(old: Option<&[Cell]>, new: &[Cell]) -> i64 {
    let empty = Cell::EMPTY;
    let tail = new.iter().rposition(|cell| !is_erased(cell)).map_or(0, |x| x + 1);
    let mut bytes = 0;
    let mut in_run = false;
    for (x, cell) in new[..tail].iter().enumerate() {
        if old.map_or(&empty, |old| &old[x]) == cell {
            in_run = false;
        } else {
            // A motion, and often a change of style, in front of every run.
            bytes += cell.symbol().len() as i64 + if in_run { 0 } else { 6 };
            in_run = true;
        }
    }
    let erase = old.is_some_and(|old| !old[tail..].iter().all(is_erased));
    bytes + if erase { 6 } else { 0 }
}

fn hash(row: &[Cell]) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn screen(lines: &[String]) -> Vec<Cell> {
        let mut buf = Buffer::empty(Rect::new(0, 0, 40, lines.len() as u16));
        for (y, line) in lines.iter().enumerate() {
            buf.set_string(0, y as u16, line, Style::new());
        }
        super::super::grid::normalise(&mut buf);
        buf.content
    }

    /// A header, `rows` rows of a list from `first` on with a marker at `marked`, a footer.
    fn list(first: usize, rows: usize, marked: usize) -> Vec<String> {
        let row = |i: usize| {
            format!("{} {:05} 张淑芬{} 上岙村{}组", if i == marked { ">" } else { " " }, i * 7919, i * 31 % 97, i % 13)
        };
        let mut lines = vec!["户主  户号".to_owned()];
        lines.extend((first..first + rows).map(row));
        lines.push(format!("{}/86000", marked + 1));
        lines
    }

    #[test]
    fn bands_are_found() {
        let check = |old: &[String], new: &[String], expected: Option<(usize, usize, isize)>| {
            let found = find(&screen(old), &screen(new), 40).map(|m| (m.top, m.bottom, m.by));
            assert_eq!(found, expected, "{old:#?} {new:#?}");
        };
        check(&list(10, 10, 19), &list(11, 10, 20), Some((1, 10, 1)));
        check(&list(10, 10, 10), &list(9, 10, 9), Some((1, 10, -1)));
        check(&list(10, 10, 15), &list(13, 10, 18), Some((1, 10, 3)));
        check(&list(10, 10, 15), &list(5, 10, 10), Some((1, 10, -5)));
        check(&list(10, 10, 15), &list(10, 10, 16), None);
        check(&list(10, 10, 15), &list(20, 10, 25), None);
        check(&list(10, 10, 15), &list(10, 10, 15), None);
    }
}
