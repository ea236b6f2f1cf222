//! Which command a filled-in form makes.

use super::fields::{NEW_TOWN, NEW_VILLAGE, OTHER_VILLAGE};
use super::{Purpose, State};
use crate::desk::Registration;
use crate::domain::change::FieldChange;
use crate::domain::command::{Amendment, Command};
use crate::domain::record::{Fields, Record, RecordKey};
use crate::tui::app::{Context, Work};
use crate::tui::screens::entry::Entry;

/// The work; `None` where something does not fit its field, which the check of the form has shown already.
pub(super) fn work(state: &State, ctx: &Context<'_>) -> Option<Work> {
    let command = match state.purpose {
        Purpose::Household => return Some(Work::Register(Box::new(registration(state, ctx)?))),
        Purpose::Member(_) => {
            let mut member = state.members.first()?.clone();
            fill(&mut member, &state.entry, state.members.first()?.key(), ctx)?;
            Command::Register { record: Box::new(Record::Member(member)) }
        }
        Purpose::AmendHousehold(household) | Purpose::AmendMember(household, _) => {
            Command::Amend { household: Some(household), amendments: amendments(&state.entry, ctx) }
        }
    };
    Some(Work::Commit(Box::new(command)))
}

fn registration(state: &State, ctx: &Context<'_>) -> Option<Registration> {
    let key = state.household.key();
    let mut household = state.household.clone();
    fill(&mut household, &state.entry, key, ctx)?;
    let typed = |name: &str| state.entry.text(Some(key), name, ctx.today());
    let is_new = typed("region") == OTHER_VILLAGE;
    let members = state.members.iter().map(|member| {
        let mut filled = member.clone();
        fill(&mut filled, &state.entry, member.key(), ctx)?;
        Some(filled)
    });
    Some(Registration {
        members: members.collect::<Option<Vec<_>>>()?,
        household,
        new_place: is_new.then(|| (typed(NEW_TOWN.name), typed(NEW_VILLAGE.name))),
        despite_like: state.despite_like,
    })
}

/// Puts what was typed for a record into it.
fn fill(record: &mut dyn Fields, entry: &Entry, key: RecordKey, ctx: &Context<'_>) -> Option<()> {
    for item in entry.items().iter().filter(|item| item.record == Some(key)) {
        let value = entry.value_at(item, ctx.today());
        let is_of_the_form = record.table().field(item.field.name).is_none();
        if is_of_the_form || value.as_text() == Some(OTHER_VILLAGE) && item.field.name == "region" {
            continue;
        }
        record.set(item.field.name, value).ok()?;
    }
    Some(())
}

fn amendments(entry: &Entry, ctx: &Context<'_>) -> Vec<Amendment> {
    let changed = entry.changed_facts(ctx.today()).into_iter();
    changed
        .map(|(record, field, before, after)| Amendment {
            record,
            change: FieldChange { field: field.name.to_owned(), before, after },
        })
        .collect()
}
