//! Which household is what: its category and size, the need it has just now, when its visit is due, and the planted
//! cases. Decided by place in a round, not by chance, so that the numbers come out exactly at every seed.

use std::collections::HashMap;

use super::Demo;
use super::names::DOTTED;
use super::places::stride;
use super::size::{CITY_TABLE, Group, Size};

/// A household's category and its number of persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub group: Group,
    pub persons: usize,
}

/// A case that the demo is sure to hold, to show what the program makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Planted {
    /// A person that the manual speaks of, by place in its list.
    Person(u8),
    /// A child that got the same thing twice within the window (祝建华: 同一批学生收到了两份书包和学习用品).
    DuplicateGift,
    /// A need found valid that nobody did anything about in time (黄剑锋、晏子: 遗漏救助).
    Omission,
    /// Nobody was met and no fact renewed for over a year.
    Stale,
    /// Two claims on one unit made without a connection: one holds, the other lost.
    DoubleClaim,
    /// A wish of a child under fourteen, with the guardian's consent.
    ChildWish,
    /// Consent given and taken back; the wish was withdrawn with it.
    ConsentWithdrawn,
    /// A name with a dot between its parts, by place in the list of such names.
    DottedName(u8),
    /// An ID number of 15 digits, completed to 18.
    ShortId,
    /// An ID number that a spreadsheet turned into a floating point number: left out until seen.
    DamagedId,
    /// Name, address and telephone written in full-width characters, normalised.
    FullWidth,
    /// A patient locked up at home by kin who refuse all visits until the clan talks them round (黄剑锋、晏子: 让宗亲不断游说患者母亲).
    LockedIn,
}

/// What a household needs just now, by how far that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Story {
    Published,
    PublishedAgain,
    PartlyClaimed,
    Tentative,
    Granted,
    Connected,
    Fulfilled,
    WishDraft,
    WishSubmitted,
    WishRejected,
    WishWithdrawn,
    ToVerify,
    Reported,
    Draft,
    Valid,
    Arranged,
    InService,
    Delivered,
    Recheck,
    Escalated,
    Invalid,
    Withdrawn,
    Merged,
}

/// How many of a thousand households have that story; the rest have none just now.
const STORIES: &[(Story, u32)] = &[
    (Story::Published, 59),
    (Story::PublishedAgain, 8),
    (Story::PartlyClaimed, 5),
    (Story::Tentative, 12),
    (Story::Granted, 15),
    (Story::Connected, 10),
    (Story::Fulfilled, 10),
    (Story::WishDraft, 10),
    (Story::WishSubmitted, 12),
    (Story::WishRejected, 5),
    (Story::WishWithdrawn, 4),
    (Story::ToVerify, 30),
    (Story::Reported, 8),
    (Story::Draft, 4),
    (Story::Valid, 22),
    (Story::Arranged, 26),
    (Story::InService, 36),
    (Story::Delivered, 14),
    (Story::Recheck, 8),
    (Story::Escalated, 4),
    (Story::Invalid, 10),
    (Story::Withdrawn, 6),
    (Story::Merged, 5),
];

/// When a household's next visit is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Agenda {
    Overdue,
    Today,
    /// Nobody was at home a few days ago.
    Retry,
    /// The household would not see anybody; another attempt this week.
    AfterRefusal,
    Ahead,
}

const AGENDA: &[(Agenda, u32)] =
    &[(Agenda::Overdue, 12), (Agenda::Today, 11), (Agenda::Retry, 6), (Agenda::AfterRefusal, 4)];

/// Planted cases of the city, and the least number at any size. Their sum over all kinds stays below a tenth of the
/// smallest demo.
const QUOTAS: &[(Planted, u64, u64)] = &[
    (Planted::DuplicateGift, 40, 2),
    (Planted::Omission, 25, 2),
    (Planted::Stale, 12, 1),
    (Planted::DoubleClaim, 6, 1),
    (Planted::ChildWish, 60, 2),
    (Planted::ConsentWithdrawn, 20, 1),
    (Planted::DottedName(0), 120, 3),
    (Planted::ShortId, 120, 3),
    (Planted::DamagedId, 30, 2),
    (Planted::FullWidth, 80, 2),
    (Planted::LockedIn, 1, 1),
];

impl Planted {
    /// How many of these a demo of this size holds.
    pub fn quota(self, size: Size) -> u64 {
        let same = |kind: &Planted| std::mem::discriminant(kind) == std::mem::discriminant(&self);
        QUOTAS
            .iter()
            .find(|(kind, ..)| same(kind))
            .map_or(0, |&(_, of_city, least)| size.scaled(of_city).max(least).min(of_city))
    }

    /// Whether the case brings a need, wish or visit history of its own.
    pub(super) fn has_own_story(self) -> bool {
        !matches!(
            self,
            Planted::DottedName(_) | Planted::ShortId | Planted::DamagedId | Planted::FullWidth | Planted::Person(_)
        )
    }

    /// Whether a household of that many persons can have the case.
    fn fits(self, cell: Cell) -> bool {
        match self {
            Planted::DuplicateGift => cell.persons >= 3,
            Planted::ChildWish => cell.persons >= 2 && cell.group != Group::Tekun,
            Planted::LockedIn => cell.persons == 2 && cell.group == Group::Dibao,
            Planted::ShortId | Planted::DottedName(_) => cell.persons == 1,
            _ => true,
        }
    }
}

/// Cells in the order of the table, with the running number of households.
pub(super) fn cells(size: Size) -> Vec<(Cell, usize)> {
    let mut end = 0;
    let mut cells = Vec::new();
    for (group, counts) in size.table() {
        for (count, persons) in counts.iter().zip(1..) {
            end += *count as usize;
            cells.push((Cell { group, persons }, end));
        }
    }
    cells
}

/// Where the planted cases are.
pub(super) fn plant(demo: &Demo, persons: u8) -> HashMap<usize, Planted> {
    let mut planted: HashMap<usize, Planted> = (0..persons).map(|n| (usize::from(n), Planted::Person(n))).collect();
    let total = demo.len();
    let step = stride(total);
    // From the seed, so that each demo has its cases elsewhere; past the named persons, who stand first.
    let mut at = (demo.seed % total as u64) as usize;
    for &(kind, ..) in QUOTAS {
        let mut left = kind.quota(demo.size);
        let mut tries = 0;
        while left > 0 && tries < total {
            at = (at + step) % total;
            tries += 1;
            if planted.contains_key(&at) || !kind.fits(demo.cell(at)) {
                continue;
            }
            let kind = match kind {
                Planted::DottedName(_) => Planted::DottedName((left % DOTTED.len() as u64) as u8),
                kind => kind,
            };
            planted.insert(at, kind);
            left -= 1;
        }
    }
    planted
}

impl Demo {
    /// Category and size of a household.
    pub(super) fn cell(&self, n: usize) -> Cell {
        let at = place(n, stride(self.len()), 0, self.len());
        self.cells.iter().find(|(_, end)| at < *end).map_or(self.cells[0].0, |(cell, _)| *cell)
    }

    /// What the household needs just now.
    pub(super) fn story(&self, n: usize) -> Option<Story> {
        if self.planted.get(&n).is_some_and(|planted| planted.has_own_story()) {
            return None;
        }
        match self.planted.get(&n) {
            Some(Planted::Person(0)) => Some(Story::Published),
            Some(Planted::Person(1)) => Some(Story::Granted),
            Some(Planted::Person(2)) => Some(Story::ToVerify),
            _ => share(STORIES, self.turn(n, 414_214)),
        }
    }

    /// When the household's next visit is due.
    pub(super) fn agenda(&self, n: usize) -> Agenda {
        match self.planted.get(&n) {
            Some(Planted::Stale) => Agenda::Overdue,
            Some(Planted::Person(0)) => Agenda::Today,
            _ => share(AGENDA, self.turn(n, 732_051)).unwrap_or(Agenda::Ahead),
        }
    }

    /// Whether the household came onto the register within the last half year.
    pub(super) fn is_new(&self, n: usize) -> bool {
        let settled = self.story(n).is_some() || self.planted.contains_key(&n);
        !settled && self.agenda(n) == Agenda::Ahead && self.turn(n, 318_310) < 180_000
    }

    /// The household's place in a round of a million, evenly spread: `share` of a million households on, its next
    /// neighbour follows. The seed turns the round.
    fn turn(&self, n: usize, share: usize) -> u32 {
        let total = self.len();
        let step = coprime((total as u64 * share as u64 / 1_000_000) as usize, total);
        let start = (self.seed % 1_000) as usize * 7 + share;
        (place(n, step, start, total) as u64 * 1_000_000 / total as u64) as u32
    }
}

/// Where a step around a circle leads after `n` turns. In 64 bits, so that every machine comes to the same place.
fn place(n: usize, step: usize, start: usize, total: usize) -> usize {
    ((n as u64 * step as u64 + start as u64) % total as u64) as usize
}

/// The first step from `from` on that reaches every place of the circle.
fn coprime(from: usize, total: usize) -> usize {
    fn gcd(a: usize, b: usize) -> usize {
        if b == 0 { a } else { gcd(b, a % b) }
    }
    (from.max(1)..from + total).find(|step| gcd(*step, total) == 1).unwrap_or(1)
}

/// The part of a list of thousandths that a place in a million falls to.
fn share<T: Copy>(list: &[(T, u32)], place: u32) -> Option<T> {
    let mut end = 0;
    list.iter().find_map(|(item, per_mille)| {
        end += per_mille * 1_000;
        (place < end).then_some(*item)
    })
}

/// That the table names every category once; the compiler cannot see it.
const _: () = assert!(CITY_TABLE.len() == Group::ALL.len());
