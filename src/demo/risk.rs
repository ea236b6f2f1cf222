//! The risk grade by which the demo's visits were planned.

use super::body::Course;
use super::file::File;
use super::size::Group;

/// The grades of graded visiting (one region's opinion): high risk, key, general.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grade {
    A,
    B,
    C,
}

/// High risk: eighty and over living alone or with old people only, dementia, an illness that threatens life.
/// Key: disabled elders, scattered 特困, children without an adult. General: all others.
pub(super) fn grade(file: &File<'_>) -> Grade {
    let ages = || file.people.iter().map(|person| person.age);
    let empty_nest = ages().any(|age| age >= 80) && ages().all(|age| age >= 60);
    let in_danger = file.bodies.iter().any(|body| body.takes(Course::Dementia) || body.takes(Course::Grave));
    if empty_nest || in_danger {
        return Grade::A;
    }
    let disabled_elder = file.people.iter().zip(&file.bodies).any(|(p, body)| p.age >= 60 && body.disability.is_some());
    let child_alone = ages().all(|age| age < 18);
    match disabled_elder || child_alone || file.cell.group == Group::Tekun {
        true => Grade::B,
        false => Grade::C,
    }
}

impl Grade {
    /// Its code in `risk_grade`.
    pub fn code(self) -> &'static str {
        match self {
            Grade::A => "A",
            Grade::B => "B",
            Grade::C => "C",
        }
    }
}
