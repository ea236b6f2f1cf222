//! A sheet to fill in for one act: register a need, settle a lead, write a card, claim, release, confirm, reveal. What is
//! asked comes from the field tables; [`Purpose`] says which fields, and which command they make.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::entry::{Entry, Item};
use crate::domain::change::FieldChange;
use crate::domain::claim::Claim;
use crate::domain::codes::Code;
use crate::domain::command::{Command, Confirmation};
use crate::domain::decide::{TRIAGE_FIELDS, card_findings};
use crate::domain::duplicate;
use crate::domain::field::{Field, FieldKind};
use crate::domain::id::{ClaimId, HouseholdId, LeadId, NeedId, WishId, WorkerId};
use crate::domain::lead::Lead;
use crate::domain::mask::AgeBand;
use crate::domain::need::Need;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::records::Dossier;
use crate::domain::refusal::Label;
use crate::domain::value::{FieldValue as _, Value};
use crate::domain::wish::Wish;
use crate::i18n::forms as text;
use crate::tui::app::{Begin, Begun, Can, Context, Effect, Input, Message, Notice, Revealed, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{put, split_top};

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

static REVEAL_REASON: Field =
    Field::new(FieldKind::Code("reveal_reason")).required().named("reason", "查看原因", "Reason");
static INTO: Field = Field::new(FieldKind::Reference).required().named("into", "并入到", "Merge into");
static REMARK: Field = Field::new(FieldKind::Note).max_chars(200).named("remark", "说明", "Remark");
static UNITS: Field = Field::new(FieldKind::Count).required().named("units", "认领份数", "Units");
static SECOND: Field = Field::new(FieldKind::References).named(
    "second",
    "第二名工作人员（受助人无法确认时）",
    "Second worker, if need be",
);
static NOTE: Field = Field::new(FieldKind::Note).max_chars(500).named("note", "确认说明", "Note");

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
        Purpose::Claim(wish) => Some(Begin::Claim(*wish, 1)),
        Purpose::Triage(household, _) | Purpose::RewriteWish(household, _) => Some(Begin::File(*household)),
        _ => None,
    };
    match begin {
        Some(begin) => vec![Effect::Work(Work::Begin(begin))],
        None => {
            state.entry = Entry::new(items(&state.purpose, None, ctx));
            state.ready = true;
            Vec::new()
        }
    }
}

/// Fills in and submits.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let area = form_area(ctx.body());
    match input {
        Input::Message(message) => return hear(state, message, ctx, area),
        Input::Action(Action::Submit) => return Some(submit(state, ctx, area)),
        _ => {}
    }
    match state.entry.update(input, ctx, area) {
        Some(done) => {
            if matches!(done, super::entry::Done::Changed(_)) {
                advise(state, ctx);
            }
            Some(Vec::new())
        }
        None if matches!(input, Input::Action(Action::Back)) => Some(vec![Effect::Leave]),
        None => None,
    }
}

fn hear(state: &mut State, message: &Message, ctx: &Context<'_>, area: Rect) -> Option<Vec<Effect>> {
    match message {
        Message::Begun(_, Ok(begun)) => {
            take(state, begun, ctx);
            Some(Vec::new())
        }
        Message::Begun(_, Err(fault)) => Some(vec![Effect::Tell(Notice::Fault(fault.clone())), Effect::Leave]),
        Message::Committed(_, _, Ok(_)) => Some(finished(state, ctx)),
        Message::Committed(_, _, Err(fault)) => {
            state.waiting = false;
            if fault.code == "need.duplicate_suspected" && !state.entry.has("duplicate_reason") {
                // Asked only when it is needed.
                let field = Need::TABLE.field("duplicate_reason");
                state.entry.add(field.map(|field| Item::new(field, &Value::Null)).into_iter().collect());
            }
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
    state.entry = Entry::new(items(&state.purpose, held, ctx));
    state.ready = true;
    advise(state, ctx);
}

/// The fields that a purpose asks for.
fn items(purpose: &Purpose, held: Option<&dyn Fields>, ctx: &Context<'_>) -> Vec<Item> {
    let of = |table: &'static crate::domain::record::Table, names: &[&str]| -> Vec<Item> {
        let value = |name: &str| held.and_then(|record| record.get(name)).unwrap_or_default();
        names.iter().filter_map(|name| table.field(name)).map(|field| Item::new(field, &value(field.name))).collect()
    };
    let blank = |field: &'static Field| Item::new(field, &Value::Null);
    match purpose {
        Purpose::Need(_) => of(
            Need::TABLE,
            &[
                "title",
                "field",
                "item",
                "urgency",
                "quantity",
                "estimated",
                "benefit_period",
                "source",
                "due",
                "detail",
            ],
        ),
        Purpose::Lead(_) => of(
            Lead::TABLE,
            &["content", "channel", "subject", "address", "phone", "reporter_role", "reporter", "reporter_phone"],
        ),
        Purpose::SettleLead(_, true) => of(Lead::TABLE, &["outcome"]),
        Purpose::SettleLead(_, false) => of(Lead::TABLE, &["reason", "outcome"]),
        Purpose::VerifyNeed(..) => of(Need::TABLE, &["findings"]),
        Purpose::RejectNeed(..) => of(Need::TABLE, &["reason", "findings"]),
        Purpose::WithdrawNeed(..) => of(Need::TABLE, &["reason"]),
        Purpose::Triage(..) => of(Need::TABLE, TRIAGE_FIELDS),
        Purpose::MergeNeed(_, need) => vec![Item::among(&INTO, other_needs(*need, ctx))],
        Purpose::ConfirmNeed(..) | Purpose::ConfirmWish(_) => vec![blank(&SECOND), blank(&NOTE)],
        Purpose::Wish(..) | Purpose::RewriteWish(..) => {
            of(Wish::TABLE, &["card_text", "category", "units", "ceiling", "publish_until"])
        }
        Purpose::RejectWish(_) => of(Wish::TABLE, &["reason", "remark"]),
        Purpose::WithdrawWish(_) => of(Wish::TABLE, &["reason"]),
        Purpose::Claim(_) => {
            let mut asked = of(Claim::TABLE, &["claimant", "claimant_phone"]);
            let free = match held.map(Fields::record_id).and_then(|_| wish_of(purpose)) {
                Some(wish) => ctx.memory.pools.wishes.find(wish).map_or(1, |row| row.free),
                None => 1,
            };
            if free > 1 {
                asked.push(Item::new(&UNITS, &Value::Int(1)));
            }
            asked
        }
        Purpose::Release(_) => of(Claim::TABLE, &["reason"]),
        Purpose::Fulfil(_) => of(Claim::TABLE, &["evidence"]),
        Purpose::Reveal(..) => vec![blank(&REVEAL_REASON), blank(&REMARK)],
    }
}

/// The open needs into which one can be merged, by id and in words.
fn other_needs(need: NeedId, ctx: &Context<'_>) -> Vec<(String, String)> {
    let Some(row) = ctx.memory.pools.needs.find(need) else { return Vec::new() };
    super::needs::others(row, ctx)
        .map(|other| (other.id.to_string(), format!("{}  {}  {}", other.title, other.state.label(ctx.lang), other.no)))
        .collect()
}

fn wish_of(purpose: &Purpose) -> Option<WishId> {
    match purpose {
        Purpose::Claim(wish) | Purpose::ConfirmWish(wish) => Some(*wish),
        _ => None,
    }
}

/// What is worth saying while it is typed: a like need of the household, whatever in a card gives somebody away.
fn advise(state: &mut State, ctx: &Context<'_>) {
    let today = ctx.today();
    let Some(file) = state.file.clone() else { return };
    match (&state.purpose, &state.record) {
        (Purpose::Need(_), Record::Need(need)) => {
            let typed = Need {
                title: state.entry.text("title", today),
                field: Code::from(state.entry.text("field", today).as_str()),
                item: Code::from(state.entry.text("item", today).as_str()),
                ..(**need).clone()
            };
            let like = if typed.title.is_empty() && typed.item.is_empty() {
                None
            } else {
                duplicate::like_need(&file, &typed, today)
            };
            state.entry.hint("title", like.map(text::like_need));
        }
        (Purpose::Wish(..) | Purpose::RewriteWish(..), Record::Wish(wish)) => {
            let child = [AgeBand::To5, AgeBand::To15].iter().any(|band| band.as_str() == wish.age_band.as_str());
            let card = state.entry.text("card_text", today);
            let found = card_findings(&card, &file, child);
            let hint = found.first().map(|finding| {
                let (message, remedy) = (Label::message_of(finding), Label::remedy_of(finding));
                Label { zh: format!("{}；{}", message.zh, remedy.zh), en: format!("{}; {}", message.en, remedy.en) }
            });
            state.entry.hint("card_text", hint);
        }
        _ => {}
    }
}

fn submit(state: &mut State, ctx: &Context<'_>, area: Rect) -> Vec<Effect> {
    if !state.ready || state.waiting || !state.entry.check(ctx, area) {
        return Vec::new();
    }
    match command(state, ctx) {
        Some(command) => {
            state.waiting = true;
            vec![Effect::Work(Work::Commit(Box::new(command)))]
        }
        None => Vec::new(),
    }
}

fn command(state: &State, ctx: &Context<'_>) -> Option<Command> {
    let today = ctx.today();
    let typed = |name: &str| state.entry.text(name, today);
    let code = |name: &str| Code::from(typed(name).as_str());
    Some(match &state.purpose {
        Purpose::Need(_) => match &state.record {
            Record::Need(need) => Command::RegisterNeed { need: Box::new(filled(&**need, &state.entry, ctx)?) },
            _ => return None,
        },
        Purpose::Lead(_) => match &state.record {
            Record::Lead(lead) => Command::ReportLead { lead: Box::new(filled(&**lead, &state.entry, ctx)?) },
            _ => return None,
        },
        Purpose::Wish(..) => match &state.record {
            Record::Wish(wish) => Command::WriteWish { wish: Box::new(filled(&**wish, &state.entry, ctx)?) },
            _ => return None,
        },
        Purpose::Claim(_) => match &state.record {
            Record::Claim(claim) => {
                let mut claim = (**claim).clone();
                claim.claimant = typed("claimant");
                claim.claimant_phone = typed("claimant_phone");
                if let Value::Int(units) = state.entry.value("units", today) {
                    claim.units = vec![0; usize::try_from(units).unwrap_or(1).clamp(1, 999)];
                }
                Command::ClaimWish { claim: Box::new(claim) }
            }
            _ => return None,
        },
        Purpose::SettleLead(lead, verified) => Command::SettleLead {
            lead: *lead,
            verified: *verified,
            reason: code("reason"),
            outcome: typed("outcome"),
            visit: latest_visit(state),
        },
        Purpose::VerifyNeed(_, need) => Command::VerifyNeed { need: *need, findings: typed("findings") },
        Purpose::RejectNeed(_, need) => {
            Command::RejectNeed { need: *need, reason: code("reason"), findings: typed("findings") }
        }
        Purpose::MergeNeed(_, need) => Command::MergeNeed { need: *need, into: typed("into").parse().ok()? },
        Purpose::WithdrawNeed(_, need) => Command::WithdrawNeed { need: *need, reason: code("reason") },
        Purpose::Triage(_, need) => match &state.record {
            Record::Need(held) => {
                Command::TriageNeed { need: *need, fields: differences(&**held, &state.entry, TRIAGE_FIELDS, ctx) }
            }
            _ => return None,
        },
        Purpose::RewriteWish(_, wish) => match &state.record {
            Record::Wish(held) => {
                let names = &["card_text", "category", "ceiling", "units", "publish_until"];
                Command::RewriteWish { wish: *wish, fields: differences(&**held, &state.entry, names, ctx) }
            }
            _ => return None,
        },
        Purpose::ConfirmNeed(_, need) => Command::ConfirmNeed { need: *need, confirmation: confirmation(state, ctx) },
        Purpose::ConfirmWish(wish) => Command::ConfirmWish { wish: *wish, confirmation: confirmation(state, ctx) },
        Purpose::RejectWish(wish) => {
            Command::RejectWish { wish: *wish, reason: code("reason"), remark: typed("remark") }
        }
        Purpose::WithdrawWish(wish) => Command::WithdrawWish { wish: *wish, reason: code("reason") },
        Purpose::Release(claim) => Command::ReleaseClaim { claim: *claim, reason: code("reason") },
        Purpose::Fulfil(claim) => Command::FulfilClaim { claim: *claim, evidence: typed("evidence") },
        Purpose::Reveal(household, record, field) => Command::Reveal {
            household: *household,
            record: *record,
            field: (*field).to_owned(),
            reason: code("reason"),
            remark: typed("remark"),
        },
    })
}

/// A lead found in data is settled by a visit: the latest one of its household since it was reported.
fn latest_visit(state: &State) -> Option<crate::domain::id::VisitId> {
    let (Record::Lead(lead), Some(file)) = (&state.record, &state.file) else { return None };
    file.live_visits().find(|visit| visit.at >= lead.reported_at).map(|visit| visit.id)
}

fn confirmation(state: &State, ctx: &Context<'_>) -> Confirmation {
    let note = state.entry.text("note", ctx.today());
    let second = Vec::<WorkerId>::from_value(state.entry.value("second", ctx.today())).unwrap_or_default();
    match second.first() {
        Some(second) => Confirmation::TwoWorkers { second: *second, note },
        None => Confirmation::Beneficiary { note },
    }
}

/// The record with what was typed; `None` where something does not fit, which the check has shown already.
fn filled<R: Fields + Clone>(held: &R, entry: &Entry, ctx: &Context<'_>) -> Option<R> {
    let mut record = held.clone();
    for item in entry.items() {
        record.set(item.field.name, entry.value_at(item, ctx.today())).ok()?;
    }
    Some(record)
}

fn differences(held: &dyn Fields, entry: &Entry, names: &[&str], ctx: &Context<'_>) -> Vec<FieldChange> {
    names
        .iter()
        .filter_map(|name| {
            let (before, after) = (held.get(name)?, entry.value(name, ctx.today()));
            let same = before == after || (before.is_empty() && after.is_empty());
            (!same).then(|| FieldChange { field: (*name).to_owned(), before, after })
        })
        .collect()
}

fn finished(state: &State, ctx: &Context<'_>) -> Vec<Effect> {
    let mut effects = vec![Effect::Leave];
    match &state.purpose {
        Purpose::Reveal(_, record, field) => effects.push(Effect::Reveal(Revealed {
            record: *record,
            field: (*field).to_owned(),
            until: crate::domain::moment::Moment(ctx.now.at.0 + SHOWN_FOR),
        })),
        Purpose::Claim(_) => {
            effects.push(Effect::Tell(Notice::Text(text::claim_is_tentative(ctx.lang).to_owned(), Role::Warning)));
        }
        _ => {}
    }
    effects
}

/// What the sheet takes.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match action {
        Action::Submit => Can::when(state.ready && !state.waiting, text::not_ready(ctx.lang)),
        Action::Back => Can::Yes,
        other => state.entry.can(other),
    }
}

fn form_area(body: Rect) -> Rect {
    split_top(body, 2).1
}

/// Draws what it is about and the form.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let theme = &ctx.theme;
    put(frame.buf, area.x + 1, area.y, area.width, &about(state, ctx), theme.style(Role::Accent), theme);
    if state.ready {
        state.entry.view(ctx, form_area(area), frame);
    } else {
        put(frame.buf, area.x + 1, area.y + 1, area.width, text::loading(ctx.lang), theme.style(Role::Dim), theme);
    }
}

/// The household, need, card or lead in one line.
fn about(state: &State, ctx: &Context<'_>) -> String {
    let pools = &ctx.memory.pools;
    let household =
        |id: HouseholdId| ctx.memory.household(id).map(|row| ctx.name(row.head()).into_owned()).unwrap_or_default();
    match &state.purpose {
        Purpose::Need(id) | Purpose::Lead(Some(id)) => household(*id),
        Purpose::VerifyNeed(id, need)
        | Purpose::RejectNeed(id, need)
        | Purpose::WithdrawNeed(id, need)
        | Purpose::Triage(id, need)
        | Purpose::MergeNeed(id, need)
        | Purpose::ConfirmNeed(id, need)
        | Purpose::Wish(id, need) => {
            let title = pools.needs.find(*need).map(|row| row.title.as_str()).unwrap_or_default();
            format!("{}  {title}", household(*id))
        }
        Purpose::RewriteWish(_, wish)
        | Purpose::RejectWish(wish)
        | Purpose::WithdrawWish(wish)
        | Purpose::Claim(wish)
        | Purpose::ConfirmWish(wish) => pools.wishes.find(*wish).map(|row| row.card_text.clone()).unwrap_or_default(),
        Purpose::Release(claim) | Purpose::Fulfil(claim) => pools
            .claims
            .get(claim)
            .and_then(|wish| pools.wishes.find(*wish))
            .map(|row| row.card_text.clone())
            .unwrap_or_default(),
        Purpose::SettleLead(lead, _) => {
            pools.leads.find(*lead).map(|row| format!("{}  {}", row.subject, row.content)).unwrap_or_default()
        }
        Purpose::Lead(None) => String::new(),
        Purpose::Reveal(_, key, field) => {
            key.kind.table().field(field).map(|field| field.label(ctx.lang).to_owned()).unwrap_or_default()
        }
    }
}

/// Where the keys are.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    state.entry.contexts()
}

/// The keys worth showing.
pub fn hints(_: &State) -> &'static [Action] {
    &[Action::Submit, Action::NextField, Action::Pick, Action::Back]
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
