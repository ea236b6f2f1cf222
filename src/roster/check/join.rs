//! Which household a person's row belongs to, and whose fault it is when there is none.

use std::collections::HashMap;

use crate::domain::id_number::IdNumber;
use crate::roster::fault::Fault;
use crate::roster::rows::HeadId;
use crate::roster::source::RowRef;

/// The households met so far and the rows that wait for one.
#[derive(Debug, Default)]
pub(super) struct Join {
    known: HashMap<IdNumber, Known>,
    refused: Vec<Refused>,
    groups: Vec<Group>,
    /// Where a group of waiting rows stands, by what they call the head.
    by_key: HashMap<String, usize>,
}

#[derive(Debug, Clone, Copy)]
enum Known {
    Accepted { row: RowRef, house: usize },
    Refused { row: RowRef },
    OnRegister { house: usize },
}

/// A household row with an error.
#[derive(Debug)]
struct Refused {
    head: HeadId,
    name: String,
    row: RowRef,
}

/// Rows that name the same household, which was not found among the sound ones.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) head: HeadId,
    /// The head's name, where one of the rows is the head's own.
    name: String,
    pub(super) rows: Vec<Waiting>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    pub(super) at: RowRef,
    /// Whether the row has no error of its own.
    pub(super) sound: bool,
}

impl Join {
    /// The row of the household with this head, sound or refused.
    pub(super) fn household_row(&self, head: &IdNumber) -> Option<RowRef> {
        match self.known.get(head)? {
            Known::Accepted { row, .. } | Known::Refused { row } => Some(*row),
            Known::OnRegister { .. } => None,
        }
    }

    pub(super) fn accept(&mut self, head: IdNumber, row: RowRef, house: usize) {
        self.known.insert(head, Known::Accepted { row, house });
    }

    pub(super) fn on_register(&mut self, head: IdNumber, house: usize) {
        self.known.insert(head, Known::OnRegister { house });
    }

    pub(super) fn refuse(&mut self, head: HeadId, name: String, row: RowRef) {
        if let HeadId::Known(number) = &head {
            self.known.insert(*number, Known::Refused { row });
        }
        self.refused.push(Refused { head, name, row });
    }

    pub(super) fn house(&self, head: &IdNumber) -> Option<usize> {
        match self.known.get(head)? {
            Known::Accepted { house, .. } | Known::OnRegister { house } => Some(*house),
            Known::Refused { .. } => None,
        }
    }

    pub(super) fn is_refused(&self, head: &IdNumber) -> bool {
        matches!(self.known.get(head), Some(Known::Refused { .. }))
    }

    /// Puts a row aside whose household was not found. `name` is the head's, when the row is the head's own.
    pub(super) fn wait(&mut self, head: HeadId, at: RowRef, name: String, sound: bool) {
        let key = match &head {
            HeadId::Known(number) => number.reveal().to_owned(),
            HeadId::Rounded(number) => format!("{number:e}"),
            HeadId::Bad { key, .. } => key.clone(),
            HeadId::Blank => String::new(),
        };
        let groups = &mut self.groups;
        let index = *self.by_key.entry(key).or_insert_with(|| {
            groups.push(Group { head, name: String::new(), rows: Vec::new() });
            groups.len() - 1
        });
        let group = &mut self.groups[index];
        if group.name.is_empty() {
            group.name = name;
        }
        group.rows.push(Waiting { at, sound });
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter()
    }

    /// The refused household that the rows meant: by the same number, sound or wrong; by a number of which a
    /// spreadsheet program kept the beginning; else by the name of the head, if only one refused household has it.
    pub(super) fn refused_for(&self, group: &Group) -> Option<RowRef> {
        if let HeadId::Known(number) = &group.head
            && let Some(Known::Refused { row }) = self.known.get(number)
        {
            return Some(*row);
        }
        let candidates = self.refused.iter().filter(|refused| !matches!(refused.head, HeadId::Known(_)));
        let by_number: Vec<&Refused> = candidates.clone().filter(|refused| means(&refused.head, &group.head)).collect();
        let named = |refused: &&Refused| !group.name.is_empty() && refused.name == group.name;
        match by_number[..] {
            [only] => return Some(only.row),
            [] => {}
            _ => return by_number.into_iter().find(named).map(|refused| refused.row),
        }
        let mut by_name = candidates.filter(named);
        match (by_name.next(), by_name.next()) {
            (Some(only), None) => Some(only.row),
            _ => None,
        }
    }
}

/// Whether a wrong head number can stand for another one.
fn means(refused: &HeadId, named: &HeadId) -> bool {
    match (refused, named) {
        (HeadId::Bad { key, .. }, HeadId::Bad { key: other, .. }) => !key.is_empty() && key == other,
        (HeadId::Bad { key, fault }, HeadId::Known(number)) => {
            matches!(fault, Fault::IdNumber(_)) && filled_up(key, number.reveal())
        }
        (HeadId::Rounded(rounded), HeadId::Known(number)) => {
            number.reveal().parse::<f64>().is_ok_and(|exact| close(*rounded, exact))
        }
        (HeadId::Rounded(one), HeadId::Rounded(other)) => one == other,
        _ => false,
    }
}

/// Whether a rounded number can be the exact one: the digits that it shows agree.
fn close(rounded: f64, exact: f64) -> bool {
    let shown = format!("{rounded:e}");
    let digits = shown.split('e').next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
    // Six digits are the region code alone: fewer tell nobody apart.
    if digits < 6 {
        return false;
    }
    // Of 15 or more digits the last one may be off by the number format itself.
    let unit = 10_f64.powi(18 - i32::try_from(digits.min(15)).unwrap_or(15));
    // Doubles of this size lie 128 apart, so each of the two may be off by half of that and more in sum.
    (rounded - exact).abs() <= unit / 2.0 + 128.0
}

/// `990701199309204000`: a program kept 15 digits of the number and filled up with zeros.
fn filled_up(key: &str, number: &str) -> bool {
    key.len() == 18 && key.ends_with("000") && key.as_bytes()[..14] == number.as_bytes()[..14]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_numbers_are_recognised() {
        let exact = 990_701_199_309_204_517_u64 as f64;
        for (rounded, expected) in [
            (9.907011993092045e17, true),
            (990_701_199_309_205_000_f64, true),
            (9.90701e17, true),
            (9.9e17, false),
            (9.907011993092055e17, false),
            (9.90702e17, false),
        ] {
            assert_eq!(close(rounded, exact), expected, "{rounded:e}");
        }
        assert!(filled_up("990701199309204000", "990701199309204517"));
        assert!(!filled_up("990701199309214000", "990701199309204517"));
        assert!(!filled_up("短", "990701199309204517"));
    }
}
