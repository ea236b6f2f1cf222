//! A household by hand: registering one with its members, adding a member, and amending the facts of either. What is asked
//! comes from the field tables; [`Purpose`] says of which records.

mod command;
mod fields;

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
use crate::domain::refusal::Reason;
use crate::domain::region::RegionCode;
use crate::i18n::register as text;
use crate::tui::app::{Begin, Begun, Can, Context, Effect, Input, Message, Notice, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{put, split_top};

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

fn hear(state: &mut State, message: &Message, ctx: &Context<'_>, area: Rect) -> Option<Vec<Effect>> {
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
                effects.push(Effect::Go(super::household::State::new(state.household.id).into()));
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
const LIKE: &str = "household.like_registered";

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
                let fault = crate::tui::app::Fault::of(&crate::domain::refusal::Refusal::from(Reason::NotFound {
                    kind: Kind::Member,
                }));
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

/// Rows above the form.
const HEAD: u16 = 2;

fn form_area(body: Rect) -> Rect {
    split_top(body, HEAD).1
}

/// Draws whose facts these are, which part has the focus, and the form.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let (theme, lang) = (&ctx.theme, ctx.lang);
    let (head, form) = split_top(area, HEAD);
    let width = head.width.saturating_sub(1);
    put(frame.buf, head.x + 1, head.y, width, &about(state, ctx), theme.style(Role::Accent), theme);
    if !state.ready {
        put(frame.buf, form.x + 1, form.y, width, text::loading(lang), theme.style(Role::Dim), theme);
        return;
    }
    put(frame.buf, head.x + 1, head.y + 1, width, &whereabouts(state, ctx), theme.style(Role::Dim), theme);
    state.entry.view(ctx, form, frame);
}

/// The household on file, or how one is registered.
fn about(state: &State, ctx: &Context<'_>) -> String {
    let Some(household) = state.purpose.held() else { return text::how_to(ctx.lang).to_owned() };
    let (head, village) = pool::head_and_village(Some(household), ctx);
    let member = match (state.purpose, &state.file) {
        (Purpose::AmendMember(_, id), Some(file)) => file.members.iter().find(|member| member.id == id),
        _ => None,
    };
    let whose = member.map(|member| ctx.name(&member.name).into_owned()).unwrap_or_default();
    let parts = [text::household_of(ctx.lang, &head), village, whose];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}

/// The part of the form that has the focus, and how to get to the next one.
fn whereabouts(state: &State, ctx: &Context<'_>) -> String {
    let items = state.entry.items();
    let Some((at, _)) = state.entry.focused() else { return String::new() };
    let heading = items[..=at].iter().rev().find_map(|item| item.heading.as_ref());
    let heading = heading.map(|heading| ctx.lang.pick(&heading.zh, &heading.en).clone()).unwrap_or_default();
    let place = text::place_in_form(ctx.lang, &heading, at + 1, items.len());
    if items.iter().filter(|item| item.heading.is_some()).count() < 2 {
        return place.trim_start().to_owned();
    }
    let next = ctx.keymap.chord_for(&contexts(state), Action::NextPane);
    let key = next.map(|chord| chord.label(ctx.lang)).unwrap_or_default();
    format!("{place}  {}", text::next_part(ctx.lang, &key))
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

/// The household, where it is on file.
pub fn subject(state: &State, _: &Context<'_>) -> Subject {
    Subject { household: state.purpose.held(), ..Subject::default() }
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
