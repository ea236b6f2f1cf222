//! A household by hand: registering one with its members, adding a member, and amending the facts of either. What is asked
//! comes from the field tables; [`Purpose`] says of which records.

mod command;
mod fields;
mod hear;
mod view;

use std::sync::Arc;

use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

use super::entry::draft::{self, Kept};
use super::entry::{self, Done, Entry, KEEP, KEEP_AFTER};
use super::pool;
use crate::desk::register::{new_member, told_by_id_number, villages};
use crate::domain::household::Household;
use crate::domain::id::{HouseholdId, LeadId, MemberId};
use crate::domain::member::Member;
use crate::domain::record::{Kind, RecordKey};
use crate::domain::records::Dossier;
use crate::domain::region::RegionCode;
use crate::i18n::register as text;
use crate::tui::app::{Begin, Can, Context, Effect, Input, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use hear::hear;
use view::form_area;
pub use view::view;

/// What the form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Registers a household with its members.
    Household,
    /// Registers one more member.
    Member(HouseholdId),
    /// Amends the facts of a household.
    AmendHousehold(HouseholdId),
    /// Amends the facts of a member.
    AmendMember(HouseholdId, MemberId),
}

impl Purpose {
    /// The household that is on file already.
    fn held(self) -> Option<HouseholdId> {
        match self {
            Purpose::Household => None,
            Purpose::Member(id) | Purpose::AmendHousehold(id) | Purpose::AmendMember(id, _) => Some(id),
        }
    }
}

/// The form.
#[derive(Debug)]
pub struct State {
    purpose: Purpose,
    entry: Entry,
    /// The household that is being made; its fields stand in the form.
    household: Household,
    /// The members that are being made, the head first; their fields stand in the form.
    members: Vec<Member>,
    file: Option<Arc<Dossier>>,
    begun: bool,
    ready: bool,
    waiting: bool,
    /// Its like was shown: submitted once more, it is registered.
    despite_like: bool,
    /// The member whose removal waits for an answer.
    removing: Option<MemberId>,
    /// The lead that the household was found by: whom it is about and where.
    lead: Option<(LeadId, String, RegionCode)>,
}

/// What a draft keeps.
#[derive(Serialize, Deserialize)]
struct Draft {
    form: entry::Draft,
    household: HouseholdId,
    members: Vec<MemberId>,
}

impl State {
    /// A form for a purpose; it is made ready when it is first shown.
    pub fn new(purpose: Purpose) -> State {
        State {
            purpose,
            entry: Entry::default(),
            household: Household::default(),
            members: Vec::new(),
            file: None,
            begun: false,
            ready: false,
            waiting: false,
            despite_like: false,
            removing: None,
            lead: None,
        }
    }

    /// A form for the household that a lead is about, with what the lead says of it.
    pub fn of_lead(lead: LeadId, subject: &str, region: &RegionCode) -> State {
        State { lead: Some((lead, subject.to_owned(), region.clone())), ..State::new(Purpose::Household) }
    }

    fn draft_key(&self) -> String {
        match self.purpose {
            Purpose::Household => match &self.lead {
                Some((lead, ..)) => format!("household-{lead}"),
                None => "household".to_owned(),
            },
            Purpose::Member(household) => format!("member-{household}"),
            Purpose::AmendHousehold(household) => format!("amend-{household}"),
            Purpose::AmendMember(_, member) => format!("amend-{member}"),
        }
    }

    fn draft(&self, entry: &Entry, ctx: &Context<'_>) -> Draft {
        Draft {
            form: entry.draft(ctx.today()),
            household: self.household.id,
            members: self.members.iter().map(|member| member.id).collect(),
        }
    }

    /// The member whose field has the focus, and its place among those being made.
    fn focused_member(&self) -> Option<(usize, &Member)> {
        let record = self.entry.focused()?.1.record?;
        self.members.iter().enumerate().find(|(_, member)| member.key() == record)
    }
}

/// Makes the form ready, once.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    if std::mem::replace(&mut state.begun, true) {
        if let Some(revealed) = ctx.revealed {
            state.entry.unveil(revealed.record, &revealed.field);
        }
        return Vec::new();
    }
    if let Some(household) = state.purpose.held() {
        return vec![Effect::Work(Work::Begin(Begin::File(household)))];
    }
    state.household.id = HouseholdId::new();
    let villages = villages(ctx.memory, &ctx.actor.regions);
    if let [(only, _)] = villages.as_slice() {
        state.household.region = only.clone();
    }
    state.members = vec![new_member(state.household.id)];
    if let Some((_, subject, region)) = &state.lead {
        state.members[0].name.clone_from(subject);
        if villages.iter().any(|(code, _)| code == region) {
            state.household.region = region.clone();
        }
    }
    state.entry = Entry::new(fields::of_a_household(&state.household, &state.members, ctx));
    state.ready = true;
    vec![Effect::Work(Work::LoadDraft(state.draft_key()))]
}

/// Fills in, adds and removes members, submits.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let area = form_area(ctx.body());
    if let Input::Message(message) = input {
        return hear(state, message, ctx, area);
    }
    if !state.entry.is_covered()
        && let Input::Action(action) = input
        && let Some(effects) = act(state, *action, ctx, area)
    {
        return Some(effects);
    }
    let (key, ready, touched) = (state.draft_key(), state.ready, state.entry.is_touched());
    let kept = state.draft(&state.entry, ctx);
    let content = |_: &Entry| ready.then(|| Kept::of(key, &kept)).flatten();
    if let Some(effects) = draft::take(&mut state.entry, input, touched, ctx, content) {
        return Some(effects);
    }
    let done = state.entry.update(input, ctx, area);
    if !state.entry.is_asking() && done != Some(Done::Discard) {
        state.removing = None;
    }
    match done? {
        Done::Discard => match state.removing.take() {
            Some(member) => Some(remove(state, member)),
            None => Some(draft::discard(Some(state.draft_key()))),
        },
        Done::Moved => Some(Vec::new()),
        Done::Changed(at) => {
            follow(state, at, ctx);
            Some(vec![Effect::After(KEEP, KEEP_AFTER)])
        }
    }
}

fn act(state: &mut State, action: Action, ctx: &Context<'_>, area: Rect) -> Option<Vec<Effect>> {
    match action {
        Action::Submit => Some(submit(state, ctx, area)),
        Action::AddMember if state.purpose == Purpose::Household => {
            let member = new_member(state.household.id);
            let key = member.key();
            state.members.push(member.clone());
            state.entry.add(fields::of_a_member(&member, state.members.len()));
            state.entry.focus_on(Some(key), "name", ctx, area);
            Some(vec![Effect::After(KEEP, KEEP_AFTER)])
        }
        Action::RemoveMember => {
            let (at, member) = state.focused_member()?;
            let (id, key) = (member.id, member.key());
            if at == 0 {
                return None;
            }
            if state.entry.items().iter().all(|item| item.record != Some(key) || item.is_empty()) {
                return Some(remove(state, id));
            }
            state.removing = Some(id);
            state.entry.ask(text::remove_title(ctx.lang), text::remove_body(ctx.lang));
            Some(Vec::new())
        }
        Action::NextPane | Action::PreviousPane => {
            let at = section(&state.entry, action == Action::NextPane);
            state.entry.focus(usize::MAX, ctx, area);
            state.entry.focus(at, ctx, area);
            Some(Vec::new())
        }
        _ => None,
    }
}

/// Where the next or the previous part of the form begins, round its ends.
fn section(entry: &Entry, forward: bool) -> usize {
    let here = entry.focused().map_or(0, |(at, _)| at);
    let starts: Vec<usize> =
        entry.items().iter().enumerate().filter(|(_, item)| item.heading.is_some()).map(|(at, _)| at).collect();
    let found = if forward {
        starts.iter().find(|at| **at > here).or(starts.first())
    } else {
        starts.iter().rev().find(|at| **at < here).or(starts.last())
    };
    found.copied().unwrap_or(here)
}

fn remove(state: &mut State, member: MemberId) -> Vec<Effect> {
    let key = RecordKey { kind: Kind::Member, id: member.into() };
    state.members.retain(|held| held.id != member);
    state.entry.retain(|item| item.record != Some(key));
    vec![Effect::After(KEEP, KEEP_AFTER)]
}

/// What else changes when an item does.
fn follow(state: &mut State, at: usize, ctx: &Context<'_>) {
    state.despite_like = false;
    let Some(item) = state.entry.items().get(at) else { return };
    let (of, field) = (item.record, item.field.name);
    if field == "id_number" {
        let typed = state.entry.text(of, field, ctx.today());
        for (field, value) in told_by_id_number(&typed, ctx.today()).into_iter().flatten() {
            state.entry.put(of, field, &value);
        }
    }
    fields::advise(state, ctx);
}

fn submit(state: &mut State, ctx: &Context<'_>, area: Rect) -> Vec<Effect> {
    if !state.ready || state.waiting || !state.entry.check(ctx, area) {
        return Vec::new();
    }
    match command::work(state, ctx) {
        Some(work) => {
            state.waiting = true;
            vec![Effect::Work(work)]
        }
        // The check above has refused whatever does not fit its field.
        None => Vec::new(),
    }
}

/// What the form takes.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    let lang = ctx.lang;
    match action {
        _ if state.entry.is_covered() => state.entry.can(action),
        Action::Submit => match pool::permitted(ctx, crate::domain::worker::Right::WorkCases) {
            Can::Yes => Can::when(state.ready && !state.waiting, text::not_ready(lang)),
            other => other,
        },
        Action::SaveDraft | Action::DiscardDraft => Can::when(state.ready && !state.waiting, text::not_ready(lang)),
        Action::AddMember if state.purpose == Purpose::Household => Can::when(state.ready, text::not_ready(lang)),
        Action::AddMember => Can::No(text::finish_first(lang).to_owned()),
        Action::AddHousehold if state.purpose == Purpose::Household => Can::No(text::is_open(lang).to_owned()),
        Action::RemoveMember => match state.focused_member() {
            Some((at, _)) if at > 0 => Can::Yes,
            Some(_) if state.purpose == Purpose::Household => Can::No(text::head_stays(lang).to_owned()),
            _ => Can::No(text::no_new_member(lang).to_owned()),
        },
        Action::NextPane | Action::PreviousPane | Action::Back => Can::Yes,
        other => state.entry.can(other),
    }
}

/// Where the keys are.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    let mut contexts = state.entry.contexts();
    // Its own keys come before those of all forms.
    let at = contexts.iter().position(|context| *context == KeyContext::Form).unwrap_or(contexts.len());
    if !state.entry.is_covered() {
        contexts.insert(at, KeyContext::Register);
    }
    contexts
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    let own: &[Action] = match state.purpose {
        Purpose::Household if state.focused_member().is_some_and(|(at, _)| at > 0) => {
            &[Action::Submit, Action::AddMember, Action::RemoveMember, Action::NextField, Action::Pick, Action::Back]
        }
        Purpose::Household => &[
            Action::Submit,
            Action::AddMember,
            Action::NextField,
            Action::Pick,
            Action::SaveDraft,
            Action::DiscardDraft,
            Action::Back,
        ],
        Purpose::Member(_) => {
            &[Action::Submit, Action::NextField, Action::Pick, Action::SaveDraft, Action::DiscardDraft, Action::Back]
        }
        _ if state.entry.focused().is_some_and(|(_, item)| item.masked().is_some()) => {
            &[Action::Submit, Action::Reveal, Action::NextField, Action::SaveDraft, Action::Back]
        }
        _ => &[Action::Submit, Action::NextField, Action::Pick, Action::CopyLast, Action::SaveDraft, Action::Back],
    };
    state.entry.hints().unwrap_or(own)
}

/// The title line.
pub fn title(state: &State, ctx: &Context<'_>) -> String {
    let lang = ctx.lang;
    match state.purpose {
        Purpose::Household => text::title_household(lang),
        Purpose::Member(_) => text::title_member(lang),
        Purpose::AmendHousehold(_) => text::title_amend_household(lang),
        Purpose::AmendMember(..) => text::title_amend_member(lang),
    }
    .to_owned()
}

/// The household, where it is on file, and the field with the focus, where its content is masked.
pub fn subject(state: &State, _: &Context<'_>) -> Subject {
    let masked = state.entry.focused().and_then(|(_, item)| item.masked());
    Subject { household: state.purpose.held(), masked, ..Subject::default() }
}
