//! One household of the roster beside the same household of the register.

use chrono::NaiveDate;

use super::{Mint, Register};
use crate::domain::change::FieldChange;
use crate::domain::codes;
use crate::domain::command::{Amendment, Command};
use crate::domain::field::{Field, FieldKind};
use crate::domain::household::Household;
use crate::domain::id::{HouseholdId, MemberId};
use crate::domain::member::Member;
use crate::domain::record::{Fields, Kind, Record, RecordKey};
use crate::domain::records::{Dossier, Unreadable};
use crate::domain::region::RegionCode;
use crate::domain::value::{FieldValue, Value};
use crate::roster::family::{Family, StatedMember};

/// What differs.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Changed fields of the household.
    pub(super) household: Vec<FieldChange>,
    /// Changed fields of members.
    pub(super) members: Vec<(MemberId, Vec<FieldChange>)>,
    /// Positions in the family of persons who are new to the register.
    pub(super) joining: Vec<usize>,
    /// Positions of persons who come from another household.
    pub(super) moving: Vec<usize>,
    /// Members of the register who are not in the roster.
    pub(super) missing: Vec<MemberId>,
    /// Whether the head of the roster is yet to become a member.
    pub(super) new_head: bool,
    /// Whether the region changes to one that the tree does not have yet.
    pub(super) new_region: bool,
}

impl Found {
    pub(super) fn is_empty(&self) -> bool {
        self.household.is_empty()
            && self.members.is_empty()
            && self.joining.is_empty()
            && self.moving.is_empty()
            && !self.new_region
    }

    /// The household's changed fields with their descriptions.
    pub(super) fn household_fields(&self) -> impl Iterator<Item = (&'static Field, &FieldChange)> {
        self.household.iter().filter_map(|change| Some((Household::TABLE.field(&change.field)?, change)))
    }
}

/// Changed fields of a member with their descriptions.
pub(super) fn member_fields(changes: &[FieldChange]) -> impl Iterator<Item = (&'static Field, &FieldChange)> {
    changes.iter().filter_map(|change| Some((Member::TABLE.field(&change.field)?, change)))
}

/// Compares. `region` is the household's by the roster, where the tree has it.
pub(super) fn reconcile(
    family: &Family,
    dossier: &Dossier,
    region: Option<&RegionCode>,
    register: &dyn Register,
) -> Result<Found, Unreadable> {
    let mut found = Found::default();
    let held = &dossier.household;
    if let Some(stated) = &family.household {
        found.household = changed(held, &stated.household, &stated.stated);
        match region {
            // The register may know the grid where the roster names the village only.
            Some(region) if region.contains(&held.region) => {}
            Some(region) => found.household.push(field_change("region", held.region.to_value(), region.to_value())),
            None => found.new_region = true,
        }
        if held.left_on.is_some() {
            found.household.push(field_change("left_on", held.left_on.to_value(), Value::Null));
        }
    }
    let mut met = Vec::with_capacity(family.members.len());
    for (position, stated) in family.members.iter().enumerate() {
        match held_member(stated, dossier, &met) {
            Some(member) => {
                met.push(member.id);
                let mut changes = changed(member, &stated.member, &stated.stated);
                if member.left_on.is_some() {
                    changes.push(field_change("left_on", member.left_on.to_value(), Value::Null));
                }
                if !changes.is_empty() {
                    found.members.push((member.id, changes));
                }
                let is_head = stated.member.id_number == Some(family.head);
                if is_head && held.head != Some(member.id) {
                    found.household.push(field_change("head", held.head.to_value(), Some(member.id).to_value()));
                }
            }
            None => {
                found.new_head |= stated.member.id_number == Some(family.head);
                match elsewhere(stated, Some(held.id), register)? {
                    Some(_) => found.moving.push(position),
                    None => found.joining.push(position),
                }
            }
        }
    }
    if family.is_complete {
        found.missing = dossier.present_members().map(|member| member.id).filter(|id| !met.contains(id)).collect();
    }
    Ok(found)
}

/// The commands that put a new household on the register.
pub(super) fn register(
    family: Family,
    region: Option<RegionCode>,
    register: &dyn Register,
    mint: &mut dyn Mint,
    today: NaiveDate,
) -> Result<Vec<Command>, Unreadable> {
    let Some(stated) = family.household else { return Ok(Vec::new()) };
    let mut commands = Vec::new();
    let mut household = stated.household;
    household.id = mint.household_id();
    household.region = region.unwrap_or_default();
    household.archive_no = mint.archive_no(&household.region);
    let mut members = Vec::with_capacity(family.members.len());
    for stated in family.members {
        if let Some(from) = elsewhere(&stated, None, register)? {
            commands.push(leave(from, today));
        }
        let mut member = stated.member;
        member.id = mint.member_id();
        member.household = household.id;
        if member.id_number == Some(family.head) {
            household.head = Some(member.id);
        }
        members.push(member);
    }
    let records = std::iter::once(Record::from(household)).chain(members.into_iter().map(Record::from)).collect();
    commands.push(Command::RegisterHousehold { records });
    Ok(commands)
}

/// The commands that bring a household of the register to what the roster says.
pub(super) fn change(
    family: Family,
    household: HouseholdId,
    region: Option<RegionCode>,
    register: &dyn Register,
    mint: &mut dyn Mint,
    today: NaiveDate,
) -> Result<Vec<Command>, Unreadable> {
    let Some(dossier) = register.dossier(household)? else { return Ok(Vec::new()) };
    let mut found = reconcile(&family, &dossier, region.as_ref(), register)?;
    let mut commands = Vec::new();
    for (position, stated) in family.members.into_iter().enumerate() {
        if found.moving.contains(&position) {
            if let Some(from) = elsewhere(&stated, Some(household), register)? {
                commands.push(leave(from, today));
            }
        } else if !found.joining.contains(&position) {
            continue;
        }
        let mut member = stated.member;
        member.id = mint.member_id();
        member.household = household;
        if member.id_number == Some(family.head) {
            found.household.push(field_change("head", dossier.household.head.to_value(), Some(member.id).to_value()));
        }
        commands.push(Command::Register { record: Box::new(member.into()) });
    }
    let of_household = found.household.into_iter().map(|change| (dossier.household.key(), change));
    let of_members = found.members.into_iter().flat_map(|(member, changes)| {
        let key = RecordKey { kind: Kind::Member, id: member.into() };
        changes.into_iter().map(move |change| (key, change))
    });
    let amendments: Vec<Amendment> =
        of_household.chain(of_members).map(|(record, change)| Amendment { record, change }).collect();
    if !amendments.is_empty() {
        commands.push(Command::Amend { household: Some(household), amendments });
    }
    Ok(commands)
}

/// The household and record in which the person stands, if that is another household.
pub(super) fn elsewhere(
    stated: &StatedMember,
    here: Option<HouseholdId>,
    register: &dyn Register,
) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
    let Some(number) = &stated.member.id_number else { return Ok(None) };
    let found = register.person(number)?;
    Ok(found.filter(|(household, _)| Some(*household) != here))
}

/// A person leaves the household in which the register has him.
fn leave((household, member): (HouseholdId, MemberId), today: NaiveDate) -> Command {
    let record = RecordKey { kind: Kind::Member, id: member.into() };
    let change = field_change("left_on", Value::Null, today.to_value());
    Command::Amend { household: Some(household), amendments: vec![Amendment { record, change }] }
}

/// The record of the person in this household: by ID number; without one by name and birth date.
/// Nobody of `met` is met twice.
fn held_member<'d>(stated: &StatedMember, dossier: &'d Dossier, met: &[MemberId]) -> Option<&'d Member> {
    let living = || dossier.members.iter().filter(|held| !held.meta.deleted && !met.contains(&held.id));
    if let Some(number) = stated.member.id_number
        && let Some(held) = living().find(|held| held.id_number == Some(number))
    {
        return Some(held);
    }
    let person = &stated.member;
    living().find(|held| {
        let numberless = held.id_number.is_none() || person.id_number.is_none();
        let births_agree =
            held.birth_date == person.birth_date || held.birth_date.is_none() || person.birth_date.is_none();
        numberless && held.name == person.name && births_agree
    })
}

/// The stated fields in which two records differ. What the roster leaves blank stays as it is.
fn changed(held: &dyn Fields, new: &dyn Fields, stated: &[&'static str]) -> Vec<FieldChange> {
    held.table()
        .fields
        .iter()
        .filter(|field| stated.contains(&field.name))
        .filter_map(|field| {
            let (before, after) = (held.get(field.name)?, new.get(field.name)?);
            (!after.is_empty() && !agree(field, &before, &after)).then(|| field_change(field.name, before, after))
        })
        .collect()
}

/// Whether what is held says what the roster says, perhaps more closely: 长子 where the roster has 子.
fn agree(field: &Field, held: &Value, stated: &Value) -> bool {
    match (field.kind, held, stated) {
        (FieldKind::Code(list), Value::Text(held), Value::Text(stated)) => {
            held == stated || codes::list(list).is_some_and(|list| list.is_within(held, stated))
        }
        _ => held == stated,
    }
}

fn field_change(field: &str, before: Value, after: Value) -> FieldChange {
    FieldChange { field: field.to_owned(), before, after }
}
