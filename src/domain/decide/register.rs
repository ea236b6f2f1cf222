//! Registering households, members and reference records.

use super::super::validate;
use super::{Case, Change, Kind, Reason, Record, Refusal, Right, TypedRecord, reference, stamped_record};
use crate::domain::change::FieldChange;
use crate::domain::household::Household;
use crate::domain::mask;
use crate::domain::member::{HEAD_RELATION, Member};
use crate::domain::record::RecordKey;
use crate::domain::records::Dossier;
use crate::domain::value::FieldValue as _;

pub(super) fn household(case: &Case<'_>, records: &[Record]) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    let mut faults = Vec::new();
    let household = records.iter().find_map(|record| Household::from_record(record.clone()));
    let Some(household) = household else {
        return Err(Reason::NotFound { kind: Kind::Household }.into());
    };
    let members: Vec<&Member> = records
        .iter()
        .filter_map(|record| if let Record::Member(member) = record { Some(member) } else { None })
        .collect();
    if !members.iter().any(|member| Some(member.id) == household.head) {
        faults.push(Refusal::at("head", Reason::NoHead));
    }
    for (at, member) in members.iter().enumerate() {
        if let Some(elsewhere) = registered_elsewhere(case, member)? {
            faults.push(elsewhere.of(*member));
        }
        let twice = |other: &&Member| member.id_number.is_some() && other.id_number == member.id_number;
        faults.extend(second_head(&household, &members, member).map(|fault| fault.of(*member)));
        if members[..at].iter().any(twice) {
            faults.push(Refusal::at("id_number", Reason::PersonTwice).of(*member));
        }
    }
    for record in records {
        case.absent(record.key())?;
        let of = |fault: Refusal| fault.of(record.fields());
        faults.extend(validate::record(record.fields(), case.now.today()).into_iter().map(of));
    }
    match Refusal::from_all(faults) {
        Some(refusal) => Err(refusal),
        None => Ok(records.iter().map(|record| Change::Create(Box::new(stamped_record(case, record)))).collect()),
    }
}

pub(super) fn record(case: &Case<'_>, record: &Record) -> Result<Vec<Change>, Refusal> {
    let mut counted = None;
    match record.kind() {
        Kind::Member => {
            case.permit(Right::WorkCases)?;
            if let Record::Member(member) = record {
                let dossier = case.dossier(member.household)?;
                if let Some(elsewhere) = registered_elsewhere(case, member)? {
                    return Err(elsewhere.of(member));
                }
                let present: Vec<&Member> = dossier.present_members().collect();
                if let Some(second) = second_head(&dossier.household, &present, member) {
                    return Err(second.of(member));
                }
                counted = count(&dossier, usize::from(member.left_on.is_none()), 0);
            }
        }
        Kind::Indicator => {
            case.permit(Right::WorkCases)?;
            if let Record::Indicator(indicator) = record {
                case.dossier(indicator.household)?;
            }
        }
        Kind::Region | Kind::Station | Kind::Org | Kind::Worker | Kind::Resource => {
            case.permit(Right::Administer)?;
            reference::sound(case, record)?;
        }
        // The other kinds come into being by commands of their own.
        kind => return Err(Reason::NotFound { kind }.into()),
    }
    case.absent(record.key())?;
    validate::check(record.fields(), case.now.today())?;
    let mut changes = vec![Change::Create(Box::new(stamped_record(case, record)))];
    changes.extend(counted.map(|(record, field)| Change::Update { record, fields: vec![field] }));
    Ok(changes)
}

/// The number of persons after some came and some left. Where it was another one than that of the members on the list
/// (a roster may count persons whom it does not name), it says something of its own and stays as it is.
pub(super) fn count(dossier: &Dossier, came: usize, left: usize) -> Option<(RecordKey, FieldChange)> {
    let household = &dossier.household;
    let present = dossier.present_members().count();
    let after = u16::try_from(present + came).ok()?.checked_sub(u16::try_from(left).ok()?)?;
    let followed = usize::from(household.member_count) == present && household.member_count != after;
    let field = "member_count".to_owned();
    let change = FieldChange { field, before: household.member_count.to_value(), after: after.to_value() };
    followed.then(|| (household.key(), change))
}

pub(super) fn seed(case: &Case<'_>, records: &[Record]) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Administer)?;
    if case.records.holds_households() {
        return Err(Reason::HoldsData.into());
    }
    Ok(records
        .iter()
        .map(|record| {
            let mut record = record.clone();
            // Seeded records may have a past; each has been written once at least.
            let meta = record.fields_mut().meta_mut();
            meta.rev = meta.rev.max(1);
            Change::Create(Box::new(record))
        })
        .collect())
}

/// A household has one head: who is called so beside its head is refused.
pub(super) fn second_head(household: &Household, members: &[&Member], member: &Member) -> Option<Refusal> {
    let head = members.iter().find(|other| Some(other.id) == household.head)?;
    let second = member.id != head.id && member.relation.as_str() == HEAD_RELATION;
    second.then(|| Refusal::at("relation", Reason::SecondHead { head: mask::name(&head.name) }))
}

/// A person stands in one household only.
pub(super) fn registered_elsewhere(case: &Case<'_>, member: &Member) -> Result<Option<Refusal>, Refusal> {
    let Some(id_number) = &member.id_number else { return Ok(None) };
    let Some((household, held)) = case.records.person(id_number)? else { return Ok(None) };
    if held == member.id {
        return Ok(None);
    }
    let archive_no = case.records.dossier(household)?.map(|d| d.household.archive_no.clone()).unwrap_or_default();
    Ok(Some(Refusal::at("id_number", Reason::PersonRegistered { archive_no })))
}
