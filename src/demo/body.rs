//! Health: disabilities and illnesses as a register of poor households has them.

use super::family::Person;
use super::plan::{Cell, Planted};
use super::size::Group;
use super::stream::Stream;

/// A person's health.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Body {
    /// Class and level of a disability (GB/T 26341-2010), as digits.
    pub disability: Option<(u8, u8)>,
    pub illness: Option<&'static Illness>,
}

/// An illness.
#[derive(Debug)]
pub(super) struct Illness {
    pub name: &'static str,
    /// Code of `health`.
    pub health: &'static str,
    pub weight: u32,
    pub course: Course,
}

/// What an illness means for a household's risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    Chronic,
    Mental,
    /// Takes the mind (失智).
    Dementia,
    /// Threatens life.
    Grave,
}

const fn illness(name: &'static str, health: &'static str, weight: u32, course: Course) -> Illness {
    Illness { name, health, weight, course }
}

const OLD: &[Illness] = &[
    illness("高血压", "31", 26, Course::Chronic),
    illness("糖尿病", "37", 14, Course::Chronic),
    illness("冠心病", "31", 9, Course::Chronic),
    illness("脑梗死后遗症", "32", 9, Course::Chronic),
    illness("慢性阻塞性肺疾病", "33", 8, Course::Chronic),
    illness("类风湿关节炎", "49", 7, Course::Chronic),
    illness("骨质疏松", "49", 6, Course::Chronic),
    illness("白内障", "49", 6, Course::Chronic),
    illness("慢性胃炎", "34", 5, Course::Chronic),
    illness("帕金森病", "38", 3, Course::Chronic),
    illness("阿尔茨海默病", "38", 3, Course::Dementia),
    illness("恶性肿瘤", "41", 3, Course::Grave),
];
const ADULT: &[Illness] = &[
    illness("糖尿病", "37", 12, Course::Chronic),
    illness("腰椎间盘突出", "49", 11, Course::Chronic),
    illness("乙型肝炎", "34", 7, Course::Chronic),
    illness("慢性肾炎", "35", 8, Course::Chronic),
    illness("强直性脊柱炎", "49", 7, Course::Chronic),
    illness("系统性红斑狼疮", "49", 5, Course::Chronic),
    illness("癫痫", "38", 6, Course::Chronic),
    illness("精神分裂症", "38", 9, Course::Mental),
    illness("双相情感障碍", "38", 4, Course::Mental),
    illness("肺结核", "36", 3, Course::Chronic),
    illness("股骨头坏死", "49", 6, Course::Chronic),
    illness("尿毒症", "serious", 5, Course::Grave),
    illness("恶性肿瘤", "41", 5, Course::Grave),
    illness("再生障碍性贫血", "serious", 1, Course::Grave),
];
const CHILD: &[Illness] = &[
    illness("支气管哮喘", "33", 8, Course::Chronic),
    illness("先天性心脏病", "31", 5, Course::Chronic),
    illness("癫痫", "38", 4, Course::Chronic),
    illness("白血病", "41", 1, Course::Grave),
];
/// The locked-up patient's.
const LOCKED_IN: Illness = illness("精神分裂症", "38", 0, Course::Mental);

/// Draws a person's health.
pub(super) fn draw(stream: &mut Stream, cell: Cell, person: &Person, is_head: bool, planted: Option<Planted>) -> Body {
    if planted == Some(Planted::LockedIn) {
        return match is_head {
            true => Body::default(),
            false => Body { disability: Some((6, 2)), illness: Some(&LOCKED_IN) },
        };
    }
    // A single adult is on the register for an illness or a disability of their own, hardly ever for anything else.
    let alone = cell.persons == 1;
    let (disabled, ill) = match person.age {
        60.. if cell.group == Group::Tekun => (24, 62),
        60.. => (22, 64),
        18.. if alone => (64, 88),
        18.. if matches!(person.relation, "20" | "30") => (58, 40),
        18.. if is_head => (17, 36),
        18.. => (9, 18),
        _ if alone => (18, 6),
        _ => (4, 3),
    };
    let disability = stream.percent(disabled).then(|| disability(stream, person.age));
    // Whoever is disabled need not be ill beside it.
    let ill = if disability.is_some() { ill / 3 } else { ill };
    let list = match person.age {
        60.. => OLD,
        18.. => ADULT,
        _ => CHILD,
    };
    let illness = stream.percent(ill).then(|| of(stream, list));
    Body { disability, illness }
}

fn disability(stream: &mut Stream, age: u32) -> (u8, u8) {
    let class = if age >= 60 {
        stream.weighted(&[(1, 22), (2, 24), (3, 2), (4, 42), (5, 3), (6, 4), (7, 3)])
    } else {
        stream.weighted(&[(1, 9), (2, 9), (3, 3), (4, 31), (5, 22), (6, 21), (7, 5)])
    };
    (class, stream.weighted(&[(1, 15), (2, 30), (3, 32), (4, 23)]))
}

fn of(stream: &mut Stream, list: &'static [Illness]) -> &'static Illness {
    let total: u32 = list.iter().map(|illness| illness.weight).sum();
    let mut at = stream.below(total);
    for illness in list {
        if at < illness.weight {
            return illness;
        }
        at -= illness.weight;
    }
    &list[0] // the weights are not all zero
}

impl Body {
    /// Levels one and two count as severe.
    pub fn severely_disabled(&self) -> bool {
        self.disability.is_some_and(|(_, level)| level <= 2)
    }

    /// Whether the illness takes that course.
    pub fn takes(&self, course: Course) -> bool {
        self.illness.is_some_and(|illness| illness.course == course)
    }
}
