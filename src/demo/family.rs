//! Who lives together: relations, ages and marriages that fit each other.

use super::plan::{Cell, Planted};
use super::size::Group;
use super::stream::Stream;
use crate::domain::id_number::Sex;

/// A person before names and numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    /// Code of `relation` (GB/T 4761-2008).
    pub relation: &'static str,
    pub sex: Sex,
    pub age: u32,
    /// Code of `marital` (GB/T 2261.2-2003).
    pub marital: &'static str,
    pub kin: Kin,
}

/// Whose surname a person bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kin {
    /// The head's own line: the head, a father's children, brothers, the father.
    Head,
    /// The father of the head's children, where that is not the head.
    OtherFather,
    /// One of their own.
    Own,
}

use Sex::{Female, Male};

/// The persons of a household, head first.
pub(super) fn compose(stream: &mut Stream, cell: Cell, planted: Option<Planted>) -> Vec<Person> {
    match planted {
        Some(Planted::LockedIn) => return locked_in(),
        Some(Planted::DuplicateGift) => return with_pupil(stream, cell.persons),
        Some(Planted::ChildWish) => return with_pupil(stream, cell.persons),
        _ => {}
    }
    match cell.persons {
        1 => vec![alone(stream, cell.group)],
        2 => two(stream, cell.group),
        3 => three(stream),
        4 => four(stream),
        _ => five(stream),
    }
}

/// An age from sixty on, as a register of old people has them.
pub(super) fn old_age(stream: &mut Stream) -> u32 {
    let (low, high) = stream.weighted(&[((60, 69), 47), ((70, 79), 38), ((80, 89), 13), ((90, 98), 2)]);
    stream.between(low, high) as u32
}

fn alone(stream: &mut Stream, group: Group) -> Person {
    let (old, adult) = match group {
        Group::Tekun => (84, 100),
        Group::Dibao => (55, 97),
        Group::Dibian => (60, 98),
    };
    let draw = stream.below(100);
    if draw < old {
        let men = if group == Group::Tekun { 82 } else { 44 };
        let sex = if stream.percent(men) { Male } else { Female };
        let marital = match group {
            Group::Tekun => stream.weighted(&[("10", 82), ("30", 12), ("40", 6)]),
            _ => stream.weighted(&[("30", 64), ("10", 18), ("40", 13), ("20", 5)]),
        };
        return head(sex, old_age(stream), marital);
    }
    if draw < adult {
        let sex = if stream.percent(62) { Male } else { Female };
        let lowest = if group == Group::Tekun { 45 } else { 24 };
        let age = stream.between(lowest, 59) as u32;
        let marital = stream.weighted(&[("10", 58), ("40", 27), ("30", 9), ("20", 6)]);
        return head(sex, age, marital);
    }
    let sex = if stream.percent(50) { Male } else { Female };
    head(sex, stream.between(6, 17) as u32, "10")
}

fn two(stream: &mut Stream, group: Group) -> Vec<Person> {
    if group == Group::Tekun {
        // Two old brothers, or an old couple without children.
        if stream.percent(55) {
            let age = old_age(stream);
            let younger = stream.between(1, 6) as u32;
            let brother =
                Person { relation: "73", sex: Male, age: age.max(66) - younger, marital: "10", kin: Kin::Head };
            return vec![head(Male, age.max(66), "10"), brother];
        }
        let age = old_age(stream).max(63);
        return couple(stream, age);
    }
    match stream.weighted(&[('o', 40), ('p', 27), ('d', 20), ('m', 13)]) {
        'o' => {
            let age = old_age(stream).max(63);
            couple(stream, age)
        }
        'p' => {
            let parent = single_parent(stream);
            let child = child(stream, &parent, 0);
            vec![parent, child]
        }
        'd' => {
            let age = stream.between(60, 82) as u32;
            let sex = if stream.percent(35) { Male } else { Female };
            let marital = stream.weighted(&[("30", 80), ("40", 20)]);
            let parent = head(sex, age, marital);
            let grown = grown_child(stream, &parent);
            vec![parent, grown]
        }
        _ => {
            let age = stream.between(40, 59) as u32;
            couple(stream, age)
        }
    }
}

fn three(stream: &mut Stream) -> Vec<Person> {
    match stream.weighted(&[('c', 50), ('p', 18), ('a', 14), ('d', 10), ('g', 8)]) {
        'c' => young_family(stream, 1),
        'p' => {
            let parent = single_parent(stream);
            let children = [child(stream, &parent, 0), child(stream, &parent, 1)];
            children_by_age(vec![parent], children.into())
        }
        'a' => {
            let age = stream.between(38, 58) as u32;
            let mut family = couple(stream, age);
            family.push(parent_of(stream, &family[0], false));
            family
        }
        'd' => {
            let age = stream.between(62, 82) as u32;
            let mut family = couple(stream, age);
            let grown = grown_child(stream, &family[0]);
            family.push(grown);
            family
        }
        _ => {
            let age = stream.between(60, 74) as u32;
            let mut family = couple(stream, age);
            let grandchild = grandchild(stream, &family[0]);
            family.push(grandchild);
            family
        }
    }
}

fn four(stream: &mut Stream) -> Vec<Person> {
    match stream.weighted(&[('c', 55), ('a', 26), ('g', 19)]) {
        'c' => young_family(stream, 2),
        'a' => {
            let mut family = young_family(stream, 1);
            family.push(parent_of(stream, &family[0], false));
            family
        }
        _ => {
            let age = stream.between(62, 74) as u32;
            let mut family = couple(stream, age);
            let grown = grown_child(stream, &family[0]);
            let grandchild = grandchild(stream, &family[0]);
            family.extend([grown, grandchild]);
            family
        }
    }
}

fn five(stream: &mut Stream) -> Vec<Person> {
    match stream.weighted(&[('c', 55), ('a', 30), ('k', 15)]) {
        'c' => {
            let mut family = young_family(stream, 2);
            family.push(parent_of(stream, &family[0], false));
            family
        }
        'a' => {
            let mut family = young_family(stream, 1);
            let parents = [parent_of(stream, &family[0], true), parent_of(stream, &family[0], false)];
            family.extend(parents);
            family
        }
        _ => young_family(stream, 3),
    }
}

/// A family with a pupil, for the cases about gifts to children.
fn with_pupil(stream: &mut Stream, persons: usize) -> Vec<Person> {
    let mut family = if persons == 2 {
        let parent = single_parent(stream);
        let child = child(stream, &parent, 0);
        vec![parent, child]
    } else {
        young_family(stream, persons - 2)
    };
    let parents = family.len() - if persons == 2 { 1 } else { persons - 2 };
    for (index, person) in family.iter_mut().skip(parents).enumerate() {
        person.age = 12 - 2 * index as u32;
    }
    let youngest_parent = family[..parents].iter().map(|person| person.age).min().unwrap_or(0);
    for person in &mut family[..parents] {
        person.age += 34_u32.saturating_sub(youngest_parent);
    }
    family
}

/// The mother who keeps her grown son at home.
fn locked_in() -> Vec<Person> {
    let son = Person { relation: "21", sex: Male, age: 34, marital: "10", kin: Kin::OtherFather };
    vec![head(Female, 62, "30"), son]
}

fn head(sex: Sex, age: u32, marital: &'static str) -> Person {
    Person { relation: "02", sex, age, marital, kin: Kin::Head }
}

fn couple(stream: &mut Stream, age: u32) -> Vec<Person> {
    let sex = if stream.percent(84) { Male } else { Female };
    let marital = stream.weighted(&[("21", 90), ("22", 9), ("23", 1)]);
    let apart = stream.between(-1, 5);
    let (relation, other, age_of_other) = match sex {
        Male => ("12", Female, i64::from(age) - apart),
        Female => ("11", Male, i64::from(age) + apart),
    };
    let spouse = Person { relation, sex: other, age: age_of_other.max(22) as u32, marital, kin: Kin::Own };
    vec![head(sex, age, marital), spouse]
}

fn single_parent(stream: &mut Stream) -> Person {
    let sex = if stream.percent(38) { Male } else { Female };
    let age = stream.between(30, 50) as u32;
    head(sex, age, stream.weighted(&[("40", 62), ("30", 38)]))
}

fn young_family(stream: &mut Stream, children: usize) -> Vec<Person> {
    let age = stream.between(30, 50) as u32;
    let mut family = couple(stream, age);
    let children = (0..children).map(|place| child(stream, &family[0], place)).collect();
    let mut family_with = children_by_age(std::mem::take(&mut family), children);
    let mother = family_with[..2].iter().map(|parent| parent.age).min().unwrap_or(30);
    // No child is older than its mother's twentieth year allows.
    for child in &mut family_with[2..] {
        child.age = child.age.min(mother.saturating_sub(20));
    }
    family_with
}

/// A child of the head; the second one some years younger than the first may be.
fn child(stream: &mut Stream, parent: &Person, place: usize) -> Person {
    let oldest = i64::from(parent.age) - 22 - 3 * place as i64;
    let age = stream.between(0.max(oldest - 12), oldest.clamp(1, 21)) as u32;
    let sex = if stream.percent(51) { Male } else { Female };
    let kin = if parent.sex == Male { Kin::Head } else { Kin::OtherFather };
    let relation = if sex == Male { "21" } else { "31" };
    Person { relation, sex, age, marital: "10", kin }
}

/// Puts children behind their parents, the oldest first, and says which son or daughter each is.
fn children_by_age(mut family: Vec<Person>, mut children: Vec<Person>) -> Vec<Person> {
    children.sort_by_key(|child| std::cmp::Reverse(child.age));
    if children.len() > 1 {
        let (mut sons, mut daughters) = (0, 0);
        for child in &mut children {
            let (count, codes) = match child.sex {
                Male => (&mut sons, ["22", "23", "24"]),
                Female => (&mut daughters, ["32", "33", "34"]),
            };
            child.relation = codes[*count];
            *count += 1;
        }
    }
    family.extend(children);
    family
}

fn grown_child(stream: &mut Stream, parent: &Person) -> Person {
    let age = (i64::from(parent.age) - stream.between(23, 32)).max(20) as u32;
    let sex = if stream.percent(74) { Male } else { Female };
    let marital = stream.weighted(&[("10", 68), ("40", 26), ("30", 6)]);
    let kin = if parent.sex == Male { Kin::Head } else { Kin::OtherFather };
    Person { relation: if sex == Male { "20" } else { "30" }, sex, age, marital, kin }
}

fn grandchild(stream: &mut Stream, grandparent: &Person) -> Person {
    let age = stream.between(5, i64::from(grandparent.age).min(70) - 53) as u32;
    let sex = if stream.percent(52) { Male } else { Female };
    let kin = if grandparent.sex == Male { Kin::Head } else { Kin::OtherFather };
    Person { relation: if sex == Male { "41" } else { "42" }, sex, age, marital: "10", kin }
}

fn parent_of(stream: &mut Stream, head: &Person, father: bool) -> Person {
    let age = (head.age + stream.between(23, 30) as u32).min(96);
    let (relation, sex, kin) = if father { ("51", Male, Kin::Head) } else { ("52", Female, Kin::Own) };
    Person { relation, sex, age, marital: if father { "21" } else { "30" }, kin }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::stream::Topic;

    #[test]
    fn ages_fit_relations() {
        for n in 0..4_000_u64 {
            let persons = 1 + (n % 5) as usize;
            let group = if persons <= 2 { Group::ALL[(n % 3) as usize] } else { Group::Dibao };
            let family = compose(&mut Stream::of(3, Topic::Member, n), Cell { group, persons }, None);
            assert_eq!(family.len(), persons);
            let head = family[0];
            assert_eq!(head.relation, "02");
            for person in &family[1..] {
                let years = i64::from(head.age) - i64::from(person.age);
                let fits = match person.relation.as_bytes()[0] {
                    b'1' => years.abs() <= 8 && person.sex != head.sex && person.age >= 22,
                    b'2' => years >= 20 && person.sex == Male,
                    b'3' => years >= 20 && person.sex == Female,
                    b'4' => years >= 45 && person.age < 18,
                    b'5' => years <= -20,
                    b'7' => years > 0,
                    _ => false,
                };
                assert!(fits, "{family:?}");
            }
            let mother = family.iter().take(2).map(|person| person.age).min().unwrap();
            assert!(
                family.iter().filter(|p| matches!(p.relation.as_bytes()[0], b'2' | b'3')).all(|c| c.age + 17 < mother),
                "{family:?}"
            );
        }
    }
}
