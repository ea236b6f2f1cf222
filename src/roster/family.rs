//! A household with its members, as the roster has them.

use super::check::{Checked, House};
use super::place::Place;
use super::rows::{self, HEAD_RELATION, HouseholdRow, MemberRow};
use super::source::RowRef;
use crate::domain::codes::Code;
use crate::domain::household::Household;
use crate::domain::id_number::IdNumber;
use crate::domain::member::Member;

/// A household with its members. All ids are blank: who plans the import gives them.
#[derive(Debug, Clone)]
pub struct Family {
    /// The head's ID number.
    pub head: IdNumber,
    /// The household; none where the files bring persons of a household that is on the register.
    pub household: Option<StatedHousehold>,
    /// The members, the head first when the files have the head.
    pub members: Vec<StatedMember>,
    /// Whether the files list the members, so that a person of the register who is not among them is missing.
    pub is_complete: bool,
    /// Whether household and person row give the head different names.
    pub head_names_differ: bool,
    pub(super) row: RowRef,
}

/// A household and what of it the roster states.
#[derive(Debug, Clone)]
pub struct StatedHousehold {
    /// The record, its region and head still blank.
    pub household: Household,
    /// The fields that the roster states; the others keep what the register has.
    pub stated: Vec<&'static str>,
    /// Where it lies.
    pub place: Place,
}

/// A member and what of the person the roster states.
#[derive(Debug, Clone)]
pub struct StatedMember {
    /// The record, its household still blank.
    pub member: Member,
    /// The fields that the roster states.
    pub stated: Vec<&'static str>,
    pub(super) row: RowRef,
}

impl Family {
    /// Reads the rows of a checked household again.
    pub(super) fn of(checked: &Checked, house: &House) -> Family {
        let persons = &checked.persons[house.first as usize..(house.first + house.count) as usize];
        let mut members: Vec<StatedMember> = persons
            .iter()
            .map(|person| {
                let read = rows::member(&checked.source, person.row);
                stated_member(read, person.row, house.head_row == Some(person.row), &house.head)
            })
            .collect();
        let is_complete = house.head_row.is_some() || checked.source.has_members();
        let mut household = house.row.map(|row| rows::household(&checked.source, row));
        let mut head_names_differ = false;
        if let Some(read) = &mut household {
            match (house.head_row, house.row) {
                (Some(_), _) => {
                    let name = members.first().map(|head| head.member.name.as_str());
                    head_names_differ = !read.head_name.is_empty() && name != Some(&read.head_name);
                }
                (None, row) => members.insert(0, head_of(read, house.head, row.unwrap_or_default())),
            }
        }
        let count = members.len();
        let household = household.map(|read| stated_household(read, is_complete.then_some(count)));
        let row = house.row.or(house.head_row).or(persons.first().map(|person| person.row)).unwrap_or_default();
        Family { head: house.head, household, members, is_complete, head_names_differ, row }
    }
}

fn stated_household(read: HouseholdRow, count: Option<usize>) -> StatedHousehold {
    let HouseholdRow { mut household, mut stated, place, .. } = read;
    if let (Some(count), false) = (count, stated.contains(&"member_count")) {
        household.member_count = u16::try_from(count).unwrap_or(u16::MAX);
        stated.push("member_count");
    }
    StatedHousehold { household, stated, place }
}

fn stated_member(mut read: MemberRow, row: RowRef, is_head: bool, head: &IdNumber) -> StatedMember {
    if is_head {
        read.member.relation = Code::new(HEAD_RELATION);
        read.member.id_number = Some(*head);
        read.note_stated("relation");
    }
    StatedMember { member: read.member, stated: read.stated, row }
}

/// The head as the household's row knows him: name, number, and what the number says.
fn head_of(read: &HouseholdRow, head: IdNumber, row: RowRef) -> StatedMember {
    let member = Member {
        name: read.head_name.clone(),
        id_number: Some(head),
        relation: Code::new(HEAD_RELATION),
        sex: Code::new(head.sex().code()),
        birth_date: Some(head.birth_date()),
        ..Member::default()
    };
    StatedMember { member, stated: vec!["name", "id_number", "relation", "sex", "birth_date"], row }
}
