//! The ends of ID numbers, packed: four characters in two bytes, so that all of a city are looked through in no time.

use std::ops::Range;

/// The last six characters of ID numbers, person by person, row by row.
#[derive(Default)]
pub(super) struct Ids {
    /// The last four characters, four bits each, the last in the lowest.
    last: Vec<u16>,
    /// The two before them.
    front: Vec<u8>,
    /// How many persons there are up to and with each row.
    ends: Vec<u32>,
}

/// Four bits for a digit, `x`, or [`NONE`].
type Nibble = u8;

/// No character, or one that no ID number has.
const NONE: Nibble = 0xf;

/// What to look for: of the last four and of the two before them, the bits that count and their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pattern {
    last: (u16, u16),
    front: (u8, u8),
    /// Whether persons fit of whom fewer than six characters are known.
    front_may_lack: bool,
}

/// The bits of a front that are known.
fn known(front: u8) -> u8 {
    match (front >> 4, front & NONE) {
        (NONE, NONE) => 0,
        (NONE, _) => NONE,
        _ => u8::MAX,
    }
}

impl Ids {
    /// Adds an ID number, folded, to the row begun last or begins one.
    pub(super) fn push(&mut self, number: &str) {
        let (front, last) = pack(number.bytes().rev());
        self.last.push(last);
        self.front.push(front);
    }

    /// Ends a row.
    pub(super) fn end_row(&mut self) {
        self.ends.push(self.last.len() as u32);
    }

    /// Appends rows of another.
    pub(super) fn extend(&mut self, other: &Ids, rows: Range<usize>) {
        let persons = other.persons(&rows);
        let shift = self.last.len() as u32;
        let from = persons.start as u32;
        self.last.extend_from_slice(&other.last[persons.clone()]);
        self.front.extend_from_slice(&other.front[persons]);
        self.ends.extend(other.ends[rows].iter().map(|end| end - from + shift));
    }

    /// Gives back spare memory.
    pub(super) fn seal(&mut self) {
        self.last.shrink_to_fit();
        self.front.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// The persons of some rows.
    pub(super) fn persons(&self, rows: &Range<usize>) -> Range<usize> {
        let before = |row: usize| if row == 0 { 0 } else { self.ends[row - 1] as usize };
        before(rows.start)..before(rows.end)
    }

    /// Row and person of each that fits the pattern, ascending.
    pub(super) fn find(&self, pattern: Pattern, rows: Range<usize>) -> impl Iterator<Item = (usize, usize)> {
        /// So many are compared at once.
        const GROUP: usize = 64;
        let persons = self.persons(&rows);
        let (mask, value) = pattern.last;
        let mut row = rows.start;
        let groups = persons.clone().step_by(GROUP).map(move |from| from..persons.end.min(from + GROUP));
        groups
            .filter(move |group| self.last[group.clone()].iter().fold(false, |any, last| any | (last & mask == value)))
            .flatten()
            .filter(move |&person| {
                let front = self.front[person];
                let known = if pattern.front_may_lack { known(front) } else { u8::MAX };
                self.last[person] & mask == value && (front ^ pattern.front.1) & pattern.front.0 & known == 0
            })
            .map(move |person| {
                row += self.ends[row..].iter().take_while(|&&end| end as usize <= person).count();
                (row, person)
            })
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.last.capacity() * size_of::<u16>() + self.front.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

impl Pattern {
    /// The last four begin so; all of them if four characters are typed. `None` if no ID number can.
    pub(super) fn beginning(typed: &str) -> Option<Pattern> {
        let nibbles = nibbles(typed).filter(|nibbles| (1..=4).contains(&nibbles.len()))?;
        let value = nibbles.iter().fold(0, |value, &nibble| value << 4 | u16::from(nibble));
        let spare = 4 * (4 - nibbles.len());
        Some(Pattern { last: (u16::MAX << spare, value << spare), front: (0, 0), front_may_lack: false })
    }

    /// The last characters are these, up to six.
    pub(super) fn ending(typed: &str) -> Option<Pattern> {
        let nibbles = nibbles(typed).filter(|nibbles| (1..=6).contains(&nibbles.len()))?;
        let value = nibbles.iter().fold(0u32, |value, &nibble| value << 4 | u32::from(nibble));
        let mask = u32::MAX >> (32 - 4 * nibbles.len());
        let front = ((mask >> 16) as u8, (value >> 16) as u8);
        Some(Pattern { last: (mask as u16, value as u16), front, front_may_lack: false })
    }

    /// A whole ID number, as a card reader types it. Numbers of the first generation (15 digits, until 1999) have no check
    /// digit; the day of birth and the serial number before it are the same as in today's (18, GB 11643).
    pub(super) fn whole(typed: &str) -> Option<Pattern> {
        match typed.len() {
            18 => Pattern::ending(&typed[12..]).map(|six| Pattern { front_may_lack: true, ..six }),
            15 => Pattern::ending(&typed[10..]).map(|five| Pattern {
                last: (five.last.0 << 4, five.last.1 << 4),
                front: (0xff, five.front.1 << 4 | (five.last.1 >> 12) as u8),
                front_may_lack: true,
            }),
            _ => None,
        }
    }
}

/// The front and the last four of a number whose characters come from the last to the first.
fn pack(reversed: impl Iterator<Item = u8>) -> (u8, u16) {
    let mut nibbles = reversed.map(|byte| nibble(byte).unwrap_or(NONE)).chain(std::iter::repeat(NONE));
    let mut take = |count: u32| {
        (0..count).zip(&mut nibbles).fold(0u16, |packed, (place, nibble)| packed | u16::from(nibble) << (4 * place))
    };
    let last = take(4);
    (take(2) as u8, last)
}

fn nibble(byte: u8) -> Option<Nibble> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'x' => Some(10),
        _ => None,
    }
}

fn nibbles(typed: &str) -> Option<Vec<Nibble>> {
    typed.bytes().map(nibble).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(rows: &[&[&str]]) -> Ids {
        let mut ids = Ids::default();
        for row in rows {
            row.iter().for_each(|number| ids.push(number));
            ids.end_row();
        }
        ids
    }

    const ROWS: [&[&str]; 5] = [&["561234", "99123x"], &[], &["61234"], &["", "abcd", "123"], &["990101199001561234"]];

    #[test]
    fn patterns() {
        fn check(pattern: Option<Pattern>, expected: &[(usize, usize)]) {
            let ids = ids(&ROWS);
            let found: Vec<_> = pattern.into_iter().flat_map(|pattern| ids.find(pattern, 0..5)).collect();
            assert_eq!(found, expected, "{pattern:?}");
        }
        check(Pattern::beginning("1"), &[(0, 0), (0, 1), (2, 2), (4, 6)]);
        check(Pattern::beginning("123x"), &[(0, 1)]);
        check(Pattern::beginning("1234"), &[(0, 0), (2, 2), (4, 6)]);
        check(Pattern::beginning("12345"), &[]);
        check(Pattern::beginning("12a"), &[]);
        check(Pattern::beginning(""), &[]);
        check(Pattern::ending("234"), &[(0, 0), (2, 2), (4, 6)]);
        check(Pattern::ending("3"), &[(3, 5)]);
        check(Pattern::ending("61234"), &[(0, 0), (2, 2), (4, 6)]);
        check(Pattern::ending("561234"), &[(0, 0), (4, 6)]);
        check(Pattern::ending("661234"), &[]);
        check(Pattern::ending("1561234"), &[]);
        check(Pattern::whole("990101199001561234"), &[(0, 0), (2, 2), (4, 6)]);
        check(Pattern::whole("990101900156123"), &[(0, 0), (2, 2), (4, 6)]);
        check(Pattern::whole("990101900199123"), &[(0, 1)]);
        check(Pattern::whole("9901019001"), &[]);
    }

    #[test]
    fn rows_are_copied_and_counted() {
        let from = ids(&ROWS);
        let mut to = ids(&ROWS[..1]);
        to.extend(&from, 2..5);
        let found: Vec<_> = to.find(Pattern::ending("1234").unwrap(), 0..4).collect();
        assert_eq!(found, [(0, 0), (1, 2), (3, 6)]);
        let found: Vec<_> = to.find(Pattern::ending("1234").unwrap(), 1..2).collect();
        assert_eq!(found, [(1, 2)]);
        assert_eq!(to.persons(&(2..3)), 3..6);
        let many: Vec<&[&str]> = vec![&["111111", "1234"]; 300];
        assert_eq!(ids(&many).find(Pattern::ending("1234").unwrap(), 7..300).count(), 293);
    }
}
