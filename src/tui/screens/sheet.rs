//! A sheet to fill in for one act: register a need, settle a lead, write a card, claim, release, confirm, reveal. What is
//! asked comes from the field tables; [`Purpose`] says which fields, and which command they make.

mod about;
pub(super) mod advice;
mod command;
mod fields;

use std::sync::Arc;

use ratatui::layout::Rect;

use self::about::parts;
use self::advice::advise;
use super::entry::draft::{self, Kept};
use super::entry::{self, Done, Entry, KEEP, KEEP_AFTER};
use crate::domain::claim::Claim;
use crate::domain::id::{AllotmentId, ClaimId, HouseholdId, LeadId, NeedId, WishId};
use crate::domain::lead::Lead;
use crate::domain::need::Need;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::records::Dossier;
use crate::domain::wish::Wish;
use crate::i18n::forms as text;
use crate::tui::app::{Begin, Begun, Can, Context, Effect, Input, Message, Notice, Revealed, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::put;

/// How long a revealed field is shown, in milliseconds.
const SHOWN_FOR: i64 = 30_000;

/// What the sheet is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Registers a need.
    Need(HouseholdId),
    /// Reports a lead.
    Lead(Option<HouseholdId>),
    /// Settles a lead: true or not.
    SettleLead(LeadId, bool),
    /// Finds a need valid.
    VerifyNeed(HouseholdId, NeedId),
    /// Finds a need invalid.
    RejectNeed(HouseholdId, NeedId),
    /// Takes a need back.
    WithdrawNeed(HouseholdId, NeedId),
    /// Grades a need.
    Triage(HouseholdId, NeedId),
    /// Joins a need to another one of the household.
    MergeNeed(HouseholdId, NeedId),
    /// Closes a need as met.
    ConfirmNeed(HouseholdId, NeedId),
    /// Writes a card from a need.
    Wish(HouseholdId, NeedId),
    /// Rewrites a card.
    RewriteWish(HouseholdId, WishId),
    /// Returns a card to its writer.
    RejectWish(WishId),
    /// Takes a wish out of the pool.
    WithdrawWish(WishId),
    /// Claims units.
    Claim(WishId),
    /// Claims units for donors who come by.
    Hold(WishId),
    /// Names the donor of such a claim.
    NameDonor(ClaimId),
    /// Gives out stock that was set aside.
    GiveOut(AllotmentId),
    /// Records that claimant and household were brought together.
    Connect(ClaimId),
    /// Gives a claim back.
    Release(ClaimId),
    /// Records that a claim was fulfilled.
    Fulfil(ClaimId),
    /// The beneficiary confirms.
    ConfirmWish(WishId),
    /// Shows a masked field.
    Reveal(Option<HouseholdId>, RecordKey, &'static str),
}

/// The sheet.
#[derive(Debug)]
pub struct State {
    purpose: Purpose,
    entry: Entry,
    record: Record,
    file: Option<Arc<Dossier>>,
    begun: bool,
    ready: bool,
    waiting: bool,
}

/// The record that the sheet makes or is about.
#[derive(Debug)]
enum Record {
    None,
    Need(Box<Need>),
    Lead(Box<Lead>),
    Wish(Box<Wish>),
    Claim(Box<Claim>),
}

impl State {
    /// A sheet for a purpose; it is made ready when it is first shown.
    pub fn new(purpose: Purpose) -> State {
        State {
            purpose,
            entry: Entry::default(),
            record: Record::None,
            file: None,
            begun: false,
            ready: false,
            waiting: false,
        }
    }

    /// Under which a half-filled sheet is kept: those that make a record hold more than a line or two.
    fn draft_key(&self) -> Option<String> {
        Some(match &self.purpose {
            Purpose::Need(household) => format!("need-{household}"),
            Purpose::Lead(None) => "lead".to_owned(),
            Purpose::Lead(Some(household)) => format!("lead-{household}"),
            Purpose::Wish(_, need) => format!("wish-{need}"),
            Purpose::RewriteWish(_, wish) => format!("rewrite-{wish}"),
            _ => return None,
        })
    }
}

/// Asks for what the sheet needs, once.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    if std::mem::replace(&mut state.begun, true) {
        return Vec::new();
    }
    let begin = match &state.purpose {
        Purpose::Need(household) => Some(Begin::Need(*household)),
        Purpose::Lead(household) => Some(Begin::Lead(*household)),
        Purpose::SettleLead(lead, _) => Some(Begin::ReadLead(*lead)),
        Purpose::Wish(household, need) => Some(Begin::Wish(*household, *need)),
        Purpose::Claim(wish) | Purpose::Hold(wish) => Some(Begin::Claim(*wish, 1)),
        Purpose::Triage(household, _) | Purpose::RewriteWish(household, _) => Some(Begin::File(*household)),
        Purpose::Connect(claim) | Purpose::Release(claim) | Purpose::Fulfil(claim) | Purpose::NameDonor(claim) => {
            fields::of_several(*claim, ctx).map(Begin::File)
        }
        _ => None,
    };
    match begin {
        Some(begin) => vec![Effect::Work(Work::Begin(begin))],
        None => {
            state.entry = Entry::new(fields::items(&state.purpose, None, ctx));
            state.ready = true;
            Vec::new()
        }
    }
}

/// Fills in and submits.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let area = form_area(state, ctx, ctx.body());
    match input {
        Input::Message(message) => return hear(state, message, ctx, area),
        Input::Action(Action::Submit) if !state.entry.is_asking() => return Some(submit(state, ctx, area)),
        _ => {}
    }
    let (key, ready, touched) = (state.draft_key(), state.ready, state.entry.is_touched());
    let content = |entry: &Entry| Kept::of(key.filter(|_| ready)?, &entry.draft(ctx.today()));
    if let Some(effects) = draft::take(&mut state.entry, input, touched, ctx, content) {
        return Some(effects);
    }
    match state.entry.update(input, ctx, area)? {
        Done::Discard => Some(draft::discard(state.draft_key())),
        Done::Moved => Some(Vec::new()),
        Done::Changed(_) => {
            advise(state, ctx);
            let keeps = state.draft_key().map(|_| Effect::After(KEEP, KEEP_AFTER));
            Some(keeps.into_iter().collect())
        }
    }
}

fn drop_draft(state: &State) -> impl Iterator<Item = Effect> + use<> {
    state.draft_key().map(|key| Effect::Work(Work::DropDraft(key))).into_iter()
}

fn hear(state: &mut State, message: &Message, ctx: &Context<'_>, area: Rect) -> Option<Vec<Effect>> {
    match message {
        Message::Begun(_, Ok(begun)) => {
            take(state, begun, ctx);
            Some(state.draft_key().map(|key| Effect::Work(Work::LoadDraft(key))).into_iter().collect())
        }
        Message::Draft(_, _, Some(content)) => {
            let Ok(draft) = serde_json::from_slice::<entry::Draft>(content) else { return Some(Vec::new()) };
            // What stands in some items decides whether there are others.
            state.entry.restore(&draft);
            advise(state, ctx);
            state.entry.restore(&draft);
            Some(vec![draft::taken_up(&state.entry, ctx)])
        }
        Message::Begun(_, Err(fault)) => Some(vec![Effect::Tell(Notice::Fault(fault.clone())), Effect::Leave]),
        Message::Committed(_, _, Ok(_)) => Some(finished(state, ctx)),
        Message::Committed(_, _, Err(fault)) => {
            state.waiting = false;
            advice::ask_about(state, fault);
            let elsewhere = state.entry.take_faults(fault, ctx, area);
            Some(elsewhere.into_iter().map(|fault| Effect::Tell(Notice::Fault(fault))).collect())
        }
        _ => None,
    }
}

fn take(state: &mut State, begun: &Begun, ctx: &Context<'_>) {
    match begun {
        Begun::Need(file, need) => {
            state.file = Some(file.clone());
            state.record = Record::Need(Box::new(need.clone()));
        }
        Begun::Wish(file, wish) => {
            state.file = Some(file.clone());
            state.record = Record::Wish(Box::new(wish.clone()));
        }
        Begun::Lead(file, lead) => {
            state.file = file.clone();
            state.record = Record::Lead(Box::new(lead.clone()));
        }
        Begun::Claim(claim) => state.record = Record::Claim(Box::new(claim.clone())),
        Begun::File(file) => {
            state.record = match &state.purpose {
                Purpose::Triage(_, id) => {
                    file.needs.iter().find(|need| need.id == *id).cloned().map(Box::new).map(Record::Need)
                }
                Purpose::RewriteWish(_, id) => {
                    file.wishes.iter().find(|wish| wish.id == *id).cloned().map(Box::new).map(Record::Wish)
                }
                _ => None,
            }
            .unwrap_or(Record::None);
            state.file = Some(file.clone());
        }
        Begun::Visit(..) => return,
    }
    let held: Option<&dyn Fields> = match &state.record {
        Record::None => None,
        Record::Need(record) => Some(&**record),
        Record::Lead(record) => Some(&**record),
        Record::Wish(record) => Some(&**record),
        Record::Claim(record) => Some(&**record),
    };
    let mut asked = fields::items(&state.purpose, held, ctx);
    if let Some(file) = &state.file {
        asked.splice(0..0, fields::which_claim(&state.purpose, file, ctx));
    }
    state.entry = Entry::new(asked);
    state.ready = true;
    advise(state, ctx);
}

fn submit(state: &mut State, ctx: &Context<'_>, area: Rect) -> Vec<Effect> {
    if !state.ready || state.waiting || !state.entry.check(ctx, area) {
        return Vec::new();
    }
    match command::command(state, ctx) {
        Some(command) => {
            state.waiting = true;
            vec![Effect::Work(Work::Commit(Box::new(command)))]
        }
        None => Vec::new(),
    }
}

fn finished(state: &State, ctx: &Context<'_>) -> Vec<Effect> {
    let mut effects: Vec<Effect> = drop_draft(state).chain([Effect::Leave]).collect();
    match &state.purpose {
        Purpose::Reveal(_, record, field) => effects.push(Effect::Reveal(Revealed {
            record: *record,
            field: (*field).to_owned(),
            until: crate::domain::moment::Moment(ctx.now.at.0 + SHOWN_FOR),
        })),
        Purpose::Claim(_) | Purpose::Hold(_) => {
            effects.push(Effect::Tell(Notice::Text(text::claim_is_tentative(ctx.lang).to_owned(), Role::Warning)));
        }
        _ => {}
    }
    effects
}

/// What the sheet takes.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match action {
        _ if state.entry.is_asking() => state.entry.can(action),
        Action::Submit => Can::when(state.ready && !state.waiting, text::not_ready(ctx.lang)),
        Action::SaveDraft | Action::DiscardDraft => {
            Can::when(state.draft_key().is_some(), text::no_draft_here(ctx.lang))
        }
        Action::Back => Can::Yes,
        other => state.entry.can(other),
    }
}

fn form_area(state: &State, ctx: &Context<'_>, body: Rect) -> Rect {
    parts(state, ctx, body).1
}

/// Draws what it is about and the form.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let theme = &ctx.theme;
    let (about, form) = parts(state, ctx, area);
    for (y, line) in (area.y..form.y).zip(&about) {
        put(frame.buf, area.x + 1, y, area.width.saturating_sub(1), line, theme.style(Role::Accent), theme);
    }
    if state.ready {
        state.entry.view(ctx, form, frame);
    } else {
        put(frame.buf, form.x + 1, form.y, area.width, text::loading(ctx.lang), theme.style(Role::Dim), theme);
    }
}

/// Where the keys are.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    state.entry.contexts()
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    state.entry.hints().unwrap_or(&[Action::Submit, Action::NextField, Action::Pick, Action::Back])
}

/// The title line.
pub fn title(state: &State, ctx: &Context<'_>) -> String {
    text::sheet_title(ctx.lang, &state.purpose).to_owned()
}

/// What the sheet is about.
pub fn subject(state: &State, _: &Context<'_>) -> Subject {
    let household = match &state.purpose {
        Purpose::Need(id) | Purpose::Lead(Some(id)) | Purpose::Wish(id, _) => Some(*id),
        _ => None,
    };
    Subject { household, ..Subject::default() }
}
