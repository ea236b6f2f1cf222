//! Commands that name regions under codes that were given up.

use super::Command;
use crate::domain::change::{Change, FieldChange};
use crate::domain::record::Record;
use crate::domain::region::RegionCode;
use crate::domain::value::Value;

/// The fields of records in which one region stands. The code of a region is its own name and stays.
const PLACES: [&str; 3] = ["region", "town", "parent"];

impl Command {
    /// Puts other regions in the place of those for which `to` has one, wherever the command names them.
    pub fn rehome(&mut self, to: &dyn Fn(&RegionCode) -> Option<RegionCode>) {
        match self {
            Command::RegisterHousehold { records } | Command::Seed { records } => {
                records.iter_mut().for_each(|one| record(one, to));
            }
            Command::Register { record: one } => record(one, to),
            Command::Amend { amendments, .. } => {
                amendments.iter_mut().for_each(|amendment| field(&mut amendment.change, to));
            }
            Command::LogVisit { amendments, .. } => {
                amendments.iter_mut().for_each(|amendment| field(&mut amendment.change, to));
            }
            Command::ReportLead { lead } => {
                if let Some(region) = to(&lead.region) {
                    lead.region = region;
                }
            }
            Command::Undo { changes, .. } => {
                for change in changes {
                    match change {
                        Change::Create(one) => record(one, to),
                        Change::Update { fields, .. } => fields.iter_mut().for_each(|one| field(one, to)),
                    }
                }
            }
            _ => {}
        }
    }
}

fn record(record: &mut Record, to: &dyn Fn(&RegionCode) -> Option<RegionCode>) {
    let fields = record.fields_mut();
    for name in PLACES {
        if let Some(Value::Text(code)) = fields.get(name)
            && let Some(region) = RegionCode::parse(&code).and_then(|code| to(&code))
        {
            // The field held a code.
            let _set = fields.set(name, Value::Text(region.as_str().to_owned()));
        }
    }
}

fn field(change: &mut FieldChange, to: &dyn Fn(&RegionCode) -> Option<RegionCode>) {
    if !PLACES.contains(&change.field.as_str()) {
        return;
    }
    for value in [&mut change.before, &mut change.after] {
        if let Value::Text(code) = value
            && let Some(region) = RegionCode::parse(code).and_then(|code| to(&code))
        {
            region.as_str().clone_into(code);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command::{Amendment, CommandId};
    use crate::domain::household::Household;
    use crate::domain::lead::Lead;
    use crate::domain::region::Region;

    fn code(digits: &str) -> RegionCode {
        RegionCode::parse(digits).unwrap()
    }

    #[test]
    fn regions_are_exchanged_wherever_a_command_names_them() {
        let (from, to, other) = (code("990101600745"), code("990101100201"), code("990101600746"));
        let household = |region: &RegionCode| Household { region: region.clone(), ..Household::default() };
        let change = |before: &RegionCode, after: &RegionCode| FieldChange {
            field: "region".to_owned(),
            before: Value::Text(before.to_string()),
            after: Value::Text(after.to_string()),
        };
        let amend = |before, after| Command::Amend {
            household: None,
            amendments: vec![Amendment { record: household(before).key(), change: change(before, after) }],
        };
        let register = |record: Record| Command::Register { record: Box::new(record) };
        let grid = |parent: &RegionCode| {
            register(Region { code: from.clone(), parent: Some(parent.clone()), ..Region::default() }.into())
        };
        let lead = |region: &RegionCode| Command::ReportLead {
            lead: Box::new(Lead { region: region.clone(), ..Lead::default() }),
        };
        let undo = |region: &RegionCode| Command::Undo {
            target: CommandId { device: Default::default(), seq: 1 },
            changes: vec![Change::Create(Box::new(household(region).into()))],
        };
        let new = |region: &RegionCode| Command::RegisterHousehold { records: vec![household(region).into()] };
        for (given, expected) in [
            (new(&from), new(&to)),
            (new(&other), new(&other)),
            (amend(&from, &other), amend(&to, &other)),
            (amend(&other, &from), amend(&other, &to)),
            (lead(&from), lead(&to)),
            (undo(&from), undo(&to)),
            // The parent follows, the code is what is being registered.
            (grid(&from), grid(&to)),
        ] {
            let mut got = given.clone();
            got.rehome(&|code| (*code == from).then(|| to.clone()));
            assert_eq!(got, expected);
        }
    }
}
