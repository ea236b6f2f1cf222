//! A row becomes a record. Every fault of the row is found in one look.

use super::cell;
use super::date::RosterDate;
use super::fault::Fault;
use super::map::{Column, Role, SheetKind};
use super::place::Place;
use super::read::Cell;
use super::source::{RowRef, Source, Table, category_field, member_field};
use crate::domain::codes::{self, Code};
use crate::domain::field::{Field, Privacy};
use crate::domain::household::Household;
use crate::domain::id_number::{IdNumber, IdNumberError};
use crate::domain::member::Member;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::domain::{display, mask, text};
use crate::i18n::Lang;

/// The relation of the head to himself, GB/T 4761-2008.
pub(super) use crate::domain::member::HEAD_RELATION;

/// A fault with the column in which it stands, as a position in the layout; `None` where the sheet has no such column.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) column: Option<usize>,
    pub(super) fault: Fault,
}

/// The household part of a row.
#[derive(Debug)]
pub(super) struct HouseholdRow {
    pub(super) household: Household,
    /// The fields that the roster states.
    pub(super) stated: Vec<&'static str>,
    pub(super) place: Place,
    pub(super) head_name: String,
    pub(super) head: HeadId,
    pub(super) faults: Vec<Located>,
    /// The column of a cause of hardship that the list does not have.
    pub(super) unknown_cause: Option<usize>,
}

/// The person part of a row.
#[derive(Debug)]
pub(super) struct MemberRow {
    pub(super) member: Member,
    pub(super) stated: Vec<&'static str>,
    pub(super) head: HeadId,
    pub(super) faults: Vec<Located>,
}

/// How a row names the household's head.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum HeadId {
    /// By a sound number.
    Known(IdNumber),
    /// Not at all.
    Blank,
    /// By a number that a spreadsheet program has rounded.
    Rounded(f64),
    /// By something else.
    Bad {
        /// As it is compared.
        key: String,
        /// Why it is no number.
        fault: Fault,
    },
}

impl HeadId {
    fn read(cell: Cell<'_>, source: &Source) -> HeadId {
        match cell::id_number(cell, source.today) {
            Ok(Some(number)) => HeadId::Known(number),
            Ok(None) => HeadId::Blank,
            Err(fault) => match (cell, &fault) {
                (Cell::Number(number), Fault::IdNumber(IdNumberError::Damaged)) => HeadId::Rounded(number),
                (Cell::Number(number), _) => HeadId::Bad { key: number.to_string(), fault },
                (Cell::Text(text), Fault::IdNumber(IdNumberError::Damaged)) if text.trim().parse::<f64>().is_ok() => {
                    HeadId::Rounded(text.trim().parse().unwrap_or_default())
                }
                (Cell::Text(text), _) => HeadId::Bad { key: folded(text), fault },
                _ => HeadId::Bad { key: String::new(), fault },
            },
        }
    }

    pub(super) fn fault(&self, heading: &str) -> Option<Fault> {
        match self {
            HeadId::Known(_) => None,
            HeadId::Blank => Some(Fault::Required { heading: heading.to_owned() }),
            HeadId::Rounded(_) => Some(IdNumberError::Damaged.into()),
            HeadId::Bad { fault, .. } => Some(fault.clone()),
        }
    }
}

/// An ID number as wrong ones are compared.
fn folded(text: &str) -> String {
    text.chars().map(text::plain).filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase()
}

/// Reads the household part of a row.
pub(super) fn household(source: &Source, at: RowRef) -> HouseholdRow {
    let (table, row) = (source.table(at), source.row(at));
    let mut read = HouseholdRow {
        household: Household::default(),
        stated: Vec::new(),
        place: Place::default(),
        head_name: String::new(),
        head: HeadId::Blank,
        faults: Vec::new(),
        unknown_cause: None,
    };
    read.head(source, table, at);
    for (position, column) in table.layout.columns.iter().enumerate() {
        let cell = row.cell(column.index);
        match column.role {
            Some(Role::Household(field)) => read.field(position, field, cell, source),
            Some(Role::Place(level)) => match cell::line(cell, 60) {
                Ok(Some(name)) => read.place.set(level, name),
                Ok(None) => {}
                Err(fault) => read.faults.push(Located { column: Some(position), fault }),
            },
            _ => {}
        }
    }
    read.settle_category(table);
    read.settle_place(table);
    read
}

impl HouseholdRow {
    fn head(&mut self, source: &Source, table: &Table, at: RowRef) {
        let row = source.row(at);
        let single = table.layout.kind == SheetKind::Single;
        let (name, id) = if single {
            (Role::Member(member_field("name")), Role::Member(member_field("id_number")))
        } else {
            (Role::HeadName, Role::HeadId)
        };
        if let Some((position, column)) = find(table, id) {
            self.head = HeadId::read(row.cell(column.index), source);
            if let Some(fault) = self.head.fault(&column.heading) {
                self.faults.push(Located { column: Some(position), fault });
            }
        }
        let Some((position, column)) = find(table, name) else { return };
        match cell::name(row.cell(column.index), member_field("name").max_chars) {
            Ok(Some(name)) => self.head_name = name,
            Ok(None) if table.layout.kind == SheetKind::Combined => {}
            Ok(None) => {
                let fault = Fault::Required { heading: column.heading.clone() };
                self.faults.push(Located { column: Some(position), fault });
            }
            Err(fault) => self.faults.push(Located { column: Some(position), fault }),
        }
    }

    fn field(&mut self, position: usize, field: &'static Field, cell: Cell<'_>, source: &Source) {
        match cell::value(field, cell, source.today) {
            Ok(Some(value)) => {
                state(&mut self.household, &mut self.stated, field.name, value);
            }
            Ok(None) => {}
            // Offices word the cause as they like, so an unknown one is no reason to refuse the household.
            Err(Fault::UnknownCode { field }) if field.name == "poverty_cause" => {
                // Not noted as stated: what a worker chose in the meantime stands.
                self.household.poverty_cause = Code::new("other");
                self.unknown_cause = Some(position);
                if let (Ok(Some(words)), true) = (cell::line(cell, 200), self.household.note.is_empty()) {
                    self.household.note = format!("{}：{words}", field.zh);
                }
            }
            Err(fault) => self.faults.push(Located { column: Some(position), fault }),
        }
    }

    fn settle_category(&mut self, table: &Table) {
        if self.household.category.is_empty() {
            match &table.title.category {
                Some(category) => self.household.category = category.clone(),
                None => {
                    let role = find(table, Role::Household(category_field()));
                    let heading = role.map_or(category_field().zh.to_owned(), |(_, column)| column.heading.clone());
                    let fault = Fault::Required { heading };
                    self.faults.push(Located { column: role.map(|(position, _)| position), fault });
                }
            }
        }
        if self.household.category.as_str() == "tekun" {
            match self.household.support_mode.as_str() {
                "jizhong" => self.household.category = Code::new("tekun_jizhong"),
                "fensan" => self.household.category = Code::new("tekun_fensan"),
                _ => {}
            }
        }
        if !self.stated.contains(&"category") {
            self.stated.push("category");
        }
        if let (true, Some(kind)) = (self.household.sub_kind.is_empty(), &table.title.urban_rural) {
            self.household.sub_kind = kind.clone();
            self.stated.push("sub_kind");
        }
    }

    fn settle_place(&mut self, table: &Table) {
        if self.place.village.is_none() || self.place.town.is_none() {
            let told = Place::from_address(&self.household.address);
            self.place.village = self.place.village.take().or(told.village);
            self.place.town = self.place.town.take().or_else(|| table.title.town.clone()).or(told.town);
        }
        self.place.county = self.place.county.take().or_else(|| table.title.county.clone());
        if self.place.town.is_none() && self.place.village.is_none() {
            let places = table.layout.columns.iter().position(|c| matches!(c.role, Some(Role::Place(_))));
            let column = places.or_else(|| find(table, Role::HeadId).map(|(position, _)| position));
            let heading = Household::TABLE.field("region").map_or("", |field| field.zh).to_owned();
            self.faults.push(Located { column, fault: Fault::Required { heading } });
        }
    }
}

/// Reads the person part of a row.
pub(super) fn member(source: &Source, at: RowRef) -> MemberRow {
    let (table, row) = (source.table(at), source.row(at));
    let head_cell = table.column(Role::HeadId).map_or(Cell::Empty, |column| row.cell(column.index));
    let mut read = MemberRow {
        member: Member::default(),
        stated: Vec::new(),
        head: HeadId::read(head_cell, source),
        faults: Vec::new(),
    };
    let mut birth = None;
    for (position, column) in table.layout.columns.iter().enumerate() {
        let Some(Role::Member(field)) = column.role else { continue };
        let cell = row.cell(column.index);
        if field.name == "birth_date" {
            birth = cell::date(cell).ok().flatten().map(|date| (position, date));
        }
        match cell::value(field, cell, source.today) {
            Ok(Some(value)) => {
                state(&mut read.member, &mut read.stated, field.name, value);
            }
            Ok(None) if field.required => {
                let fault = Fault::Required { heading: column.heading.clone() };
                read.faults.push(Located { column: Some(position), fault });
            }
            Ok(None) => {}
            Err(fault) => read.faults.push(Located { column: Some(position), fault }),
        }
    }
    if table.layout.kind == SheetKind::Single && read.member.id_number.is_none() {
        read.require_id(table);
    }
    read.agree_with_id(table, birth);
    read
}

impl MemberRow {
    /// Without an ID number nobody can be told apart from others of the name.
    fn require_id(&mut self, table: &Table) {
        let Some((position, column)) = find(table, Role::Member(member_field("id_number"))) else { return };
        if !self.faults.iter().any(|located| located.column == Some(position)) {
            let fault = Fault::Required { heading: column.heading.clone() };
            self.faults.push(Located { column: Some(position), fault });
        }
    }

    /// Birth date and sex must be what the ID number says; where they are not stated it gives them.
    fn agree_with_id(&mut self, table: &Table, birth: Option<(usize, RosterDate)>) {
        let Some(number) = self.member.id_number else { return };
        match birth {
            Some((position, date)) if !date.covers(number.birth_date()) => {
                let known = self.faults.iter().any(|located| located.column == Some(position));
                if !known {
                    self.faults.push(Located { column: Some(position), fault: Fault::BirthMismatch });
                }
            }
            // A stated month gets its day from the number; a date that could not be read is a fault of its own.
            _ => {
                self.member.birth_date = Some(number.birth_date());
                self.note_stated("birth_date");
            }
        }
        let sex = number.sex().code();
        match self.member.sex.as_str() {
            "1" | "2" if self.member.sex.as_str() != sex => {
                let column = find(table, Role::Member(member_field("sex"))).map(|(position, _)| position);
                self.faults.push(Located { column, fault: Fault::SexMismatch });
            }
            _ => {
                self.member.sex = Code::new(sex);
                self.note_stated("sex");
            }
        }
    }

    pub(super) fn note_stated(&mut self, name: &'static str) {
        if !self.stated.contains(&name) {
            self.stated.push(name);
        }
    }
}

/// Puts a checked value into the record and notes that the roster states it.
fn state(record: &mut dyn Fields, stated: &mut Vec<&'static str>, name: &'static str, value: Value) {
    // Values come from `cell::value`, which makes them of the field's kind.
    if record.set(name, value).is_ok() {
        stated.push(name);
    }
}

/// The column of this role and its position in the layout.
pub(super) fn find(table: &Table, role: Role) -> Option<(usize, &Column)> {
    table.layout.columns.iter().enumerate().find(|(_, column)| column.role == Some(role))
}

/// What a cell says, for an error list: identity and sensitive fields masked, control characters taken out, cut short.
pub(super) fn masked(role: Option<Role>, cell: Cell<'_>) -> String {
    let raw = match cell {
        Cell::Empty => return String::new(),
        Cell::Text(text) => text::strip_control(text.trim()).chars().take(60).collect(),
        Cell::Number(number) if number.abs() >= 1e15 => format!("{number:e}"),
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Error(text) => return text.to_owned(),
    };
    match role {
        Some(Role::HeadName) => mask::name(&raw),
        Some(Role::HeadId) => mask::id_text(&raw),
        // Whoever mistypes a column may have put anything into it, so nothing of a code's kind is trusted to be one.
        Some(Role::Household(field) | Role::Member(field)) => match field.privacy {
            Privacy::Public | Privacy::Case => hide_numbers(&raw),
            _ => display::masked(field, &Value::Text(raw), Lang::Zh),
        },
        _ => hide_numbers(&raw),
    }
}

/// Runs of seven or more digits may be a telephone or ID number in the wrong column.
fn hide_numbers(text: &str) -> String {
    let longest = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    if longest < 7 { text.to_owned() } else { text.chars().map(|c| if c.is_ascii_digit() { '*' } else { c }).collect() }
}

/// Whether a relation is the head's own.
pub(super) fn is_head_relation(relation: &Code) -> bool {
    codes::list("relation").is_some_and(|list| list.is_within(relation.as_str(), HEAD_RELATION))
}
