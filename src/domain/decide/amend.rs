//! Amending facts, with the check that the author saw what now stands.

use std::collections::BTreeMap;

use super::super::field::{Field, Merge};
use super::super::validate;
use super::super::value::Value;
use super::register::{count, registered_elsewhere, second_head};
use super::{
    Case, Change, Code, Label, Reason, Record, RecordKey, Refusal, Right, in_words, label, need_reason, reference,
    set_field, stock,
};
use crate::domain::change::FieldChange;
use crate::domain::command::Amendment;
use crate::domain::id::HouseholdId;
use crate::domain::moment::Now;
use crate::domain::record::Kind;
use crate::domain::records::Records;
use crate::domain::worker::Actor;
use crate::i18n::Lang;

pub(super) fn amend(case: &Case<'_>, amendments: &[Amendment]) -> Result<Vec<Change>, Refusal> {
    let changes = amended(case, amendments)?;
    if changes.is_empty() { Err(Reason::NothingChanged.into()) } else { Ok(changes) }
}

/// The changes that the amendments make; those that change nothing fall away.
pub(super) fn amended(case: &Case<'_>, amendments: &[Amendment]) -> Result<Vec<Change>, Refusal> {
    let mut keys: Vec<RecordKey> = amendments.iter().map(|amendment| amendment.record).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut changes = Vec::new();
    let mut faults = Vec::new();
    for key in keys {
        permit(case, key.kind)?;
        let Some(record) = case.records.record(key)?.filter(|record| !record.fields().meta().deleted) else {
            return Err(Reason::NotFound { kind: key.kind }.into());
        };
        guard(case, &record)?;
        let mut fields = Vec::new();
        let mut after = record.clone();
        for amendment in amendments.iter().filter(|amendment| amendment.record == key) {
            match amend_field(case, &record, &mut after, &amendment.change) {
                Ok(Some(change)) => fields.push(change),
                Ok(None) => {}
                Err(fault) => faults.push(fault.of(record.fields())),
            }
        }
        faults.extend(misplaced(case, &after, &fields, amendments)?.map(|fault| fault.of(record.fields())));
        if !fields.is_empty() {
            changes.push(Change::Update { record: key, fields });
        }
    }
    match Refusal::from_all(faults) {
        Some(refusal) => Err(refusal),
        None => {
            recount(case, amendments, &mut changes)?;
            Ok(changes)
        }
    }
}

/// Who moved away, died or came back is counted, unless the same command says a number of its own.
fn recount(case: &Case<'_>, amendments: &[Amendment], changes: &mut Vec<Change>) -> Result<(), Refusal> {
    if amendments.iter().any(|amendment| amendment.change.field == "member_count") {
        return Ok(());
    }
    let mut moves: BTreeMap<HouseholdId, (usize, usize)> = BTreeMap::new();
    for change in changes.iter() {
        let Change::Update { record, fields } = change else { continue };
        let Some(left) = fields.iter().find(|field| field.field == "left_on") else { continue };
        let Some(Record::Member(member)) = case.records.record(*record)? else { continue };
        let (came, gone) = moves.entry(member.household).or_default();
        *came += usize::from(left.after.is_empty());
        *gone += usize::from(left.before.is_empty());
    }
    for (household, (came, gone)) in moves {
        let dossier = case.dossier(household)?;
        let Some((key, field)) = count(&dossier, came, gone) else { continue };
        let held = changes.iter_mut().find_map(|change| match change {
            Change::Update { record, fields } if *record == key => Some(fields),
            _ => None,
        });
        match held {
            Some(fields) => fields.push(field),
            None => changes.push(Change::Update { record: key, fields: vec![field] }),
        }
    }
    Ok(())
}

/// A person stands in one household only, and its head is one of its members.
fn misplaced(
    case: &Case<'_>,
    after: &Record,
    fields: &[FieldChange],
    amendments: &[Amendment],
) -> Result<Option<Refusal>, Refusal> {
    let changed = |name: &str| fields.iter().any(|change| change.field == name);
    match after {
        Record::Member(member) if changed("id_number") => registered_elsewhere(case, member),
        // The head may change in the same command.
        Record::Member(member)
            if changed("relation") && !amendments.iter().any(|amendment| amendment.change.field == "head") =>
        {
            let dossier = case.dossier(member.household)?;
            let present: Vec<_> = dossier.present_members().collect();
            Ok(second_head(&dossier.household, &present, member))
        }
        Record::Household(household) if changed("head") => {
            let dossier = case.dossier(household.id)?;
            let is_member = dossier.present_members().any(|member| Some(member.id) == household.head);
            Ok((!is_member).then(|| Refusal::at("head", Reason::NotAMember)))
        }
        Record::Station(_) | Record::Org(_) | Record::Worker(_) | Record::Resource(_)
            if reference::STANDING.iter().any(|field| changed(field)) =>
        {
            reference::sound(case, after).map(|()| None)
        }
        _ => Ok(None),
    }
}

pub(super) fn reveal(
    case: &Case<'_>,
    key: RecordKey,
    field: &str,
    reason: &Code,
    remark: &str,
) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Reveal)?;
    need_reason("reveal_reason", reason, "查看原因", "reason")?;
    in_words(reason, remark, "remark", label("说明", "the remark"))?;
    let Some(record) = case.records.record(key)? else {
        return Err(Reason::NotFound { kind: key.kind }.into());
    };
    guard(case, &record)?;
    match record.fields().table().field(field) {
        Some(_) => Ok(Vec::new()),
        None => Err(Refusal::at(field.to_owned(), Reason::NoField { name: field.to_owned() })),
    }
}

/// Whether the actor may amend these records at all.
pub(in crate::domain) fn rights(
    records: &dyn Records,
    actor: &Actor,
    now: Now,
    keys: &[RecordKey],
) -> Result<(), Refusal> {
    let case = Case { records, actor, now };
    for key in keys {
        permit(&case, key.kind)?;
        if let Some(record) = records.record(*key)? {
            guard(&case, &record)?;
        }
    }
    Ok(())
}

fn permit(case: &Case<'_>, kind: Kind) -> Result<(), Refusal> {
    match kind {
        Kind::Region | Kind::Station | Kind::Org | Kind::Worker | Kind::Resource => case.permit(Right::Administer),
        _ => case.permit(Right::WorkCases),
    }
}

/// Refuses records of households outside the actor's territory, and resources that another one keeps.
fn guard(case: &Case<'_>, record: &Record) -> Result<(), Refusal> {
    if let Record::Resource(resource) = record {
        return stock::keeps(case, resource);
    }
    let household = match record {
        Record::Household(household) => Some(household.id),
        Record::Member(member) => Some(member.household),
        Record::Indicator(indicator) => Some(indicator.household),
        Record::Visit(visit) => Some(visit.household),
        Record::Need(need) => Some(need.household),
        _ => None,
    };
    household.map_or(Ok(()), |household| case.dossier(household).map(|_| ()))
}

fn amend_field(
    case: &Case<'_>,
    held: &Record,
    after: &mut Record,
    change: &FieldChange,
) -> Result<Option<FieldChange>, Refusal> {
    let Some(field) = held.fields().table().field(&change.field) else {
        return Err(Refusal::at(change.field.clone(), Reason::NoField { name: change.field.clone() }));
    };
    // A territory is typed into no form, but it is amended; what is fixed or moved by a lifecycle is not.
    if matches!(field.merge, Merge::Fixed | Merge::Lifecycle) {
        return Err(Refusal::at(field.name, Reason::FixedField { field }));
    }
    let present = held.fields().get(field.name).unwrap_or_default();
    if present == change.after {
        return Ok(None);
    }
    if field.merge == Merge::Compare && present != change.before {
        let reason = Reason::Stale { field, seen: shown(field, &change.before), now: shown(field, &present) };
        return Err(Refusal::at(field.name, reason));
    }
    set_field(after.fields_mut(), change)?;
    if let Record::Resource(resource) = &*after
        && field.name == "quantity"
        && resource.quantity < resource.allotted
    {
        return Err(Refusal::at(field.name, Reason::StockSetAside { allotted: resource.allotted }));
    }
    let value = after.fields().get(field.name).unwrap_or_default();
    // The same content in other words: nothing and nought.
    if value == present {
        return Ok(None);
    }
    validate::field(field, &value, case.now.today())?;
    Ok(Some(FieldChange { field: field.name.to_owned(), before: present, after: value }))
}

/// A value as a message may show it: codes by their labels, identity masked.
fn shown(field: &'static Field, value: &Value) -> Label {
    use super::super::display;
    Label { zh: display::masked(field, value, Lang::Zh), en: display::masked(field, value, Lang::En) }
}
