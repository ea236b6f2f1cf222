//! The rows of all sheets, households before persons, whatever order the files came in.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::join::Join;
use super::{Checked, House, Pace, Person, Stopped};
use crate::domain::codes::Code;
use crate::domain::household::Household;
use crate::domain::id_number::IdNumber;
use crate::domain::region::Level;
use crate::roster::fault::Fault;
use crate::roster::map::{Role, SheetKind};
use crate::roster::notice::Notice;
use crate::roster::place::{Place, PlaceFault};
use crate::roster::read::{Cell, Phase};
use crate::roster::rows::{self, HEAD_RELATION, HeadId, HouseholdRow, Located, MemberRow};
use crate::roster::source::{RowRef, member_field};

/// Reads every row and joins persons to households.
pub(super) fn read_all(
    checked: &mut Checked,
    registered: &mut dyn FnMut(&IdNumber) -> bool,
    located: &mut dyn FnMut(&Place) -> Result<(), PlaceFault>,
    watch: &mut dyn FnMut(Phase, u64, u64) -> ControlFlow<()>,
) -> Result<(), Stopped> {
    let of = |checked: &Checked, kind: SheetKind| checked.source.rows(&[kind]).collect::<Vec<RowRef>>();
    let households = of(checked, SheetKind::Household);
    let singles = of(checked, SheetKind::Single);
    let combined = of(checked, SheetKind::Combined);
    let members = of(checked, SheetKind::Member);
    let total = households.len() + singles.len() + combined.len() + members.len();
    let mut pace = Pace::new(Phase::Check, total as u64);
    let mut sheets = Sheets { checked, join: Join::default(), persons: HashMap::new(), registered, located };
    for at in households {
        pace.step(watch)?;
        let read = rows::household(&sheets.checked.source, at);
        sheets.household(at, read, false);
    }
    for at in singles {
        pace.step(watch)?;
        sheets.single(at);
    }
    let mut group = None;
    for at in combined {
        pace.step(watch)?;
        sheets.combined(at, &mut group);
    }
    for at in members {
        pace.step(watch)?;
        let read = rows::member(&sheets.checked.source, at);
        let head = read.head.clone();
        sheets.member(at, read, head);
    }
    sheets.finish();
    Ok(())
}

struct Sheets<'a> {
    checked: &'a mut Checked,
    join: Join,
    /// The row in which a person stands.
    persons: HashMap<IdNumber, RowRef>,
    registered: &'a mut dyn FnMut(&IdNumber) -> bool,
    located: &'a mut dyn FnMut(&Place) -> Result<(), PlaceFault>,
}

/// The household that the rows of a combined sheet belong to.
#[derive(Clone)]
struct Group {
    head: HeadId,
    table: u16,
}

impl Sheets<'_> {
    /// Takes a household's row; answers whether it can be imported.
    fn household(&mut self, at: RowRef, mut read: HouseholdRow, beside_person: bool) -> bool {
        if let HeadId::Known(head) = &read.head
            && let Some(earlier) = self.join.household_row(head)
        {
            let column = self.id_column(at);
            let fault = Fault::Duplicate { row: self.number(earlier), same: self.same(at, earlier) };
            read.faults.push(Located { column, fault });
            self.refuse_household(at, read.faults);
            return false;
        }
        if read.faults.is_empty()
            && matches!(read.head, HeadId::Known(_))
            && let Err(fault) = (self.located)(&read.place)
        {
            read.faults.push(Located { column: self.place_column(at), fault: fault.into() });
        }
        match (read.faults.is_empty(), &read.head) {
            (true, HeadId::Known(head)) => {
                if let Some(position) = read.unknown_cause {
                    let at = self.checked.at(at, Some(position));
                    self.checked.notice(Notice::CauseUnknown { at });
                }
                let stated = read.stated.contains(&"member_count").then_some(read.household.member_count);
                self.join.accept(*head, at, self.checked.houses.len());
                self.checked.houses.push(House {
                    row: Some(at),
                    head: *head,
                    head_row: None,
                    stated_count: if beside_person { None } else { stated },
                    named: 0,
                    first: 0,
                    count: 0,
                });
                true
            }
            _ => {
                self.join.refuse(read.head, read.head_name, at);
                self.refuse_household(at, read.faults);
                false
            }
        }
    }

    fn refuse_household(&mut self, at: RowRef, faults: Vec<Located>) {
        self.checked.refused_households += 1;
        for located in faults {
            self.checked.problem(at, located);
        }
    }

    /// A person who is a household alone: one row, both records.
    fn single(&mut self, at: RowRef) {
        let mut of_household = rows::household(&self.checked.source, at);
        let of_member = rows::member(&self.checked.source, at);
        // Name and number stand in the person's columns and are judged there.
        of_household.faults.retain(|located| !of_member.faults.iter().any(|other| other.column == located.column));
        let sound = of_member.faults.is_empty();
        let faults = of_member.faults;
        of_household.faults.extend(faults);
        let own = of_member.member.id_number;
        let accepted = self.household(at, of_household, true);
        match own {
            Some(own) if accepted && sound => {
                let house = self.checked.houses.len() - 1;
                self.persons.insert(own, at);
                self.add_person(house, at, true);
                self.checked.houses[house].named += 1;
            }
            _ => self.checked.refused_members += 1,
        }
    }

    /// A person beside the household's columns. The group is the household of the row before, for sheets that name the
    /// head in one row only.
    fn combined(&mut self, at: RowRef, group: &mut Option<Group>) {
        let of_member = rows::member(&self.checked.source, at);
        let own_head = rows::is_head_relation(&of_member.member.relation);
        let head = match (&of_member.head, of_member.member.id_number) {
            (HeadId::Blank, Some(own)) if own_head => HeadId::Known(own),
            (HeadId::Blank, _) => match group.as_ref().filter(|group| group.table == at.table) {
                Some(group) => group.head.clone(),
                None => HeadId::Blank,
            },
            (head, _) => head.clone(),
        };
        let begins = group.as_ref().is_none_or(|group| group.table != at.table || group.head != head);
        if begins && head != HeadId::Blank {
            let known = matches!(&head, HeadId::Known(number) if self.join.household_row(number).is_some());
            if !known {
                let mut of_household = rows::household(&self.checked.source, at);
                // The head's number was judged above; a row that fills it down from another has none of its own.
                let column = self.id_column(at);
                of_household.faults.retain(|located| located.column != column || column.is_none());
                of_household.head = head.clone();
                if of_household.head_name.is_empty() {
                    of_household.head_name = of_member.member.name.clone();
                }
                if let (Some(fault), Some(column)) = (head.fault(""), column) {
                    of_household.faults.push(Located { column: Some(column), fault });
                }
                self.household(at, of_household, false);
            }
        }
        *group = Some(Group { head: head.clone(), table: at.table });
        self.member(at, of_member, head);
    }

    /// Takes a person's row.
    fn member(&mut self, at: RowRef, mut read: MemberRow, head: HeadId) {
        self.settle_relation(at, &mut read, &head);
        if let Some(own) = read.member.id_number {
            match self.persons.get(&own) {
                Some(&earlier) => {
                    let column = self.column(at, Role::Member(member_field("id_number")));
                    let fault = Fault::Duplicate { row: self.number(earlier), same: self.same(at, earlier) };
                    read.faults.push(Located { column, fault });
                }
                None => {
                    self.persons.insert(own, at);
                }
            }
        }
        let sound = read.faults.is_empty();
        if !sound {
            self.checked.refused_members += 1;
            for located in read.faults {
                self.checked.problem(at, located);
            }
        }
        let is_head = matches!((&head, read.member.id_number), (HeadId::Known(head), Some(own)) if *head == own);
        match &head {
            HeadId::Known(number) => {
                if let Some(house) = self.house_of(number) {
                    self.checked.houses[house].named = self.checked.houses[house].named.saturating_add(1);
                    if sound {
                        self.add_person(house, at, is_head);
                    }
                } else {
                    let name = if is_head { read.member.name } else { String::new() };
                    self.join.wait(head, at, name, sound);
                }
            }
            HeadId::Blank => {
                if sound {
                    let column = self.id_column(at);
                    let heading = self.heading(at, column);
                    self.checked.refused_members += 1;
                    self.checked.problem(at, Located { column, fault: Fault::Required { heading } });
                }
            }
            HeadId::Rounded(_) | HeadId::Bad { .. } => {
                let name = if rows::is_head_relation(&read.member.relation) { read.member.name } else { String::new() };
                self.join.wait(head, at, name, sound);
            }
        }
    }

    /// The head's relation to himself is the head's; nobody else's is.
    fn settle_relation(&mut self, at: RowRef, read: &mut MemberRow, head: &HeadId) {
        let HeadId::Known(number) = head else { return };
        let called_head = rows::is_head_relation(&read.member.relation);
        let column = self.column(at, Role::Member(member_field("relation")));
        match read.member.id_number {
            Some(own) if own == *number => {
                if !called_head && !read.member.relation.is_empty() && read.faults.is_empty() {
                    let at = self.checked.at(at, column);
                    self.checked.notice(Notice::RelationCorrected { at });
                }
                if !read.faults.iter().any(|located| located.column == column) {
                    read.member.relation = Code::new(HEAD_RELATION);
                }
            }
            // A head without a number of his own has the one by which his household is named.
            None if called_head && read.faults.is_empty() => read.member.id_number = Some(*number),
            Some(_) if called_head => read.faults.push(Located { column, fault: Fault::NotTheHead }),
            _ => {}
        }
    }

    /// The position of the household with this head, also when only the register has it.
    fn house_of(&mut self, head: &IdNumber) -> Option<usize> {
        if let Some(house) = self.join.house(head) {
            return Some(house);
        }
        if self.join.is_refused(head) || !(self.registered)(head) {
            return None;
        }
        let house = self.checked.houses.len();
        self.checked.houses.push(House {
            row: None,
            head: *head,
            head_row: None,
            stated_count: None,
            named: 0,
            first: 0,
            count: 0,
        });
        self.join.on_register(*head, house);
        Some(house)
    }

    fn add_person(&mut self, house: usize, row: RowRef, is_head: bool) {
        if is_head {
            self.checked.houses[house].head_row = Some(row);
        }
        self.checked.persons.push(Person { house: house as u32, row });
    }

    /// Settles the rows whose household was not found, then orders persons by household, the head first.
    fn finish(mut self) {
        let join = std::mem::take(&mut self.join);
        for group in join.waiting() {
            let because = join.refused_for(group);
            let mut skipped = group.rows.iter().filter(|waiting| waiting.sound);
            if because.is_none()
                && let Some(first) = skipped.next()
            {
                let column = self.id_column(first.at);
                let heading = self.heading(first.at, column);
                let fault = group.head.fault(&heading).unwrap_or(Fault::NoHousehold);
                self.checked.refused_members += 1;
                self.checked.problem(first.at, Located { column, fault });
            }
            let because = because.or_else(|| group.rows.iter().find(|waiting| waiting.sound).map(|first| first.at));
            let rows: Vec<RowRef> = skipped.map(|waiting| waiting.at).collect();
            self.checked.skipped.extend(rows.into_iter().map(|row| super::Skipped { row, because }));
        }
        let checked = self.checked;
        checked.skipped.sort_unstable_by_key(|skipped| skipped.row);
        checked.problems.sort_by_key(|problem| (problem.row, problem.column));
        let houses = &checked.houses;
        checked.persons.sort_by_key(|person| {
            let is_head = houses[person.house as usize].head_row == Some(person.row);
            (person.house, !is_head, person.row)
        });
        for (position, person) in checked.persons.iter().enumerate() {
            let house = &mut checked.houses[person.house as usize];
            if house.count == 0 {
                house.first = position as u32;
            }
            house.count += 1;
        }
    }

    fn number(&self, at: RowRef) -> u32 {
        self.checked.source.row(at).number
    }

    fn column(&self, at: RowRef, role: Role) -> Option<usize> {
        rows::find(self.checked.source.table(at), role).map(|(position, _)| position)
    }

    /// The column by which the row names its household.
    fn id_column(&self, at: RowRef) -> Option<usize> {
        self.column(at, Role::HeadId).or_else(|| self.column(at, Role::Member(member_field("id_number"))))
    }

    /// The column that says most closely where the household lies.
    fn place_column(&self, at: RowRef) -> Option<usize> {
        let address = Household::TABLE.field("address").map(Role::Household);
        let roles = [Level::Grid, Level::Village, Level::Town].map(Role::Place).into_iter().chain(address);
        let row = self.checked.source.row(at);
        let columns = &self.checked.source.table(at).layout.columns;
        let is_filled = |column: &usize| row.cell(columns[*column].index) != Cell::Empty;
        let found: Vec<usize> = roles.filter_map(|role| self.column(at, role)).collect();
        found.iter().copied().find(is_filled).or_else(|| found.first().copied()).or_else(|| self.id_column(at))
    }

    fn heading(&self, at: RowRef, column: Option<usize>) -> String {
        let table = self.checked.source.table(at);
        column.and_then(|column| table.layout.columns.get(column)).map_or(String::new(), |c| c.heading.clone())
    }

    /// Whether two rows of one sheet say the same in every column that is imported.
    fn same(&self, one: RowRef, other: RowRef) -> bool {
        let (a, b) = (self.checked.source.row(one), self.checked.source.row(other));
        let columns = &self.checked.source.table(one).layout.columns;
        one.table == other.table
            && columns
                .iter()
                .filter(|column| column.role.is_some_and(|role| role != Role::Ignored))
                .all(|column| a.cell(column.index) == b.cell(column.index))
    }
}
