//! What comes back: the file, a draft, the outcome of what was submitted.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::super::entry::{Entry, draft};
use super::super::household;
use super::{Draft, Purpose, State, fields};
use crate::desk::register::new_member;
use crate::domain::id::MemberId;
use crate::domain::member::Member;
use crate::domain::record::Kind;
use crate::domain::records::Dossier;
use crate::domain::refusal::{Reason, Refusal};
use crate::tui::app::{Begun, Context, Effect, Fault, Message, Notice, Work};

/// Takes the answer to what was asked.
pub(super) fn hear(state: &mut State, message: &Message, ctx: &Context<'_>, area: Rect) -> Option<Vec<Effect>> {
    match message {
        Message::Begun(_, Ok(begun)) => {
            let Begun::File(file) = &**begun else { return None };
            take(state, file, ctx)
        }
        Message::Begun(_, Err(fault)) => Some(vec![Effect::Tell(Notice::Fault(fault.clone())), Effect::Leave]),
        Message::Draft(_, _, Some(content)) => {
            let Ok(draft) = serde_json::from_slice::<Draft>(content) else { return Some(Vec::new()) };
            take_up(state, &draft, ctx);
            Some(vec![draft::taken_up(&state.entry, ctx)])
        }
        Message::Committed(_, _, Ok(_)) => {
            let mut effects = draft::discard(Some(state.draft_key()));
            if state.purpose == Purpose::Household {
                effects.push(Effect::Go(household::State::new(state.household.id).into()));
            }
            Some(effects)
        }
        Message::Committed(_, _, Err(fault)) => {
            state.waiting = false;
            state.despite_like = fault.each().any(|fault| fault.code == LIKE);
            let elsewhere = state.entry.take_faults(fault, ctx, area);
            Some(elsewhere.into_iter().map(|fault| Effect::Tell(Notice::Fault(fault))).collect())
        }
        _ => None,
    }
}

/// The code of [`Reason::HouseholdLike`]; a test holds them together.
pub(super) const LIKE: &str = "household.like_registered";

/// The file was read: what it holds is asked, or what is new beside it.
fn take(state: &mut State, file: &Arc<Dossier>, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    state.file = Some(file.clone());
    state.entry = Entry::new(match state.purpose {
        Purpose::Household => return None,
        Purpose::Member(household) => {
            if state.members.is_empty() {
                state.members = vec![new_member(household)];
            }
            fields::of_one_member(&state.members[0])
        }
        Purpose::AmendHousehold(_) => fields::held_household(file, ctx),
        Purpose::AmendMember(_, id) => match file.members.iter().find(|member| member.id == id) {
            Some(member) => fields::held_member(member),
            None => {
                let fault = Fault::of(&Refusal::from(Reason::NotFound { kind: Kind::Member }));
                return Some(vec![Effect::Tell(Notice::Fault(fault)), Effect::Leave]);
            }
        },
    });
    state.ready = true;
    fields::advise(state, ctx);
    Some(vec![Effect::Work(Work::LoadDraft(state.draft_key()))])
}

fn take_up(state: &mut State, draft: &Draft, ctx: &Context<'_>) {
    let household = state.purpose.held().unwrap_or(draft.household);
    match state.purpose {
        Purpose::Household => {
            state.household.id = draft.household;
            state.members = draft.members.iter().map(|id| Member { id: *id, ..new_member(household) }).collect();
            if state.members.is_empty() {
                state.members.push(new_member(household));
            }
            state.entry = Entry::new(fields::of_a_household(&state.household, &state.members, ctx));
        }
        Purpose::Member(_) => {
            let id = draft.members.first().copied().unwrap_or_else(MemberId::new);
            state.members = vec![Member { id, ..new_member(household) }];
            state.entry = Entry::new(fields::of_one_member(&state.members[0]));
        }
        Purpose::AmendHousehold(_) | Purpose::AmendMember(..) => {}
    }
    // What stands in some items decides which others there are.
    state.entry.restore(&draft.form);
    fields::advise(state, ctx);
    state.entry.restore(&draft.form);
    fields::advise(state, ctx);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_like_of_a_household_is_known_by_its_code() {
        let like = Reason::HouseholdLike { head: String::new(), place: String::new(), archive_no: String::new() };
        assert_eq!(like.code(), LIKE);
    }
}
