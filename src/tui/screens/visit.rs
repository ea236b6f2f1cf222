//! Logging a visit: one page, the last visit beside it, changed facts highlighted against what is on record, needs found
//! on the spot. A routine visit takes a handful of keys beside the note.

use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

use super::entry::{self, Entry, Item};
use crate::domain::change::FieldChange;
use crate::domain::codes;
use crate::domain::command::{Amendment, Command};
use crate::domain::due;
use crate::domain::household::Household;
use crate::domain::id::HouseholdId;
use crate::domain::member::Member;
use crate::domain::need::Need;
use crate::domain::record::{Fields as _, Kind, RecordKey, SetError};
use crate::domain::records::Dossier;
use crate::domain::risk;
use crate::domain::value::{FieldValue as _, Value};
use crate::domain::visit::{Visit, VisitResult};
use crate::i18n::{Lang, forms as text};
use crate::replica::projection::risk_facts;
use crate::tui::app::{Begin, Begun, Can, Context, Effect, Input, Message, Notice, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::{Frame, Timer};
use crate::tui::theme::Role;
use crate::tui::widgets::{Detail, DetailRow, put, split_left, split_top};

/// A draft is kept this long after the last key.
const KEEP: Timer = Timer("visit.draft");
const KEEP_AFTER: Duration = Duration::from_millis(600);

/// Facts of the household that a visit looks at.
const HOUSEHOLD_FACTS: &[&str] = &["phone", "address", "annual_income"];
/// Facts of each member that a visit looks at.
const MEMBER_FACTS: &[&str] = &["health", "disease", "selfcare", "labour", "employment", "school", "left_on"];
/// What is asked of a need found on the spot; the rest is triage.
const NEED_ITEMS: &[&str] = &["title", "field", "urgency", "item"];

/// The form.
#[derive(Debug)]
pub struct State {
    household: HouseholdId,
    file: Option<Arc<Dossier>>,
    visit: Visit,
    entry: Entry,
    needs: Vec<Need>,
    /// Waiting for a need to be made ready, or for the commit.
    waiting: bool,
    /// The next date was set by hand; it is no longer proposed.
    next_by_hand: bool,
    begun: bool,
}

/// What a draft keeps.
#[derive(Serialize, Deserialize)]
struct Draft {
    form: entry::Draft,
    needs: Vec<Need>,
}

impl State {
    /// A form for a visit to a household; it is made ready when it is first shown.
    pub fn new(household: HouseholdId) -> State {
        State {
            household,
            file: None,
            visit: Visit::default(),
            entry: Entry::default(),
            needs: Vec::new(),
            waiting: false,
            next_by_hand: false,
            begun: false,
        }
    }

    fn draft_key(&self) -> String {
        format!("visit-{}", self.household)
    }
}

/// Asks for a visit made ready, once.
pub fn refresh(state: &mut State, _: &Context<'_>) -> Vec<Effect> {
    if state.begun {
        return Vec::new();
    }
    state.begun = true;
    vec![Effect::Work(Work::Begin(Begin::Visit(state.household)))]
}

/// Fills in, submits, keeps the draft.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match input {
        Input::Message(message) => return hear(state, message, ctx),
        Input::Timer(timer) if *timer == KEEP => return Some(keep(state, ctx)),
        Input::Action(Action::Submit) => return Some(submit(state, ctx)),
        Input::Action(Action::AddNeed | Action::New) => {
            state.waiting = true;
            return Some(vec![Effect::Work(Work::Begin(Begin::Need(state.household)))]);
        }
        Input::Action(Action::SaveDraft) => {
            let mut effects = keep(state, ctx);
            effects.push(Effect::Tell(Notice::Text(text::draft_kept(ctx.lang).to_owned(), Role::Notice)));
            return Some(effects);
        }
        Input::Action(Action::DiscardDraft) => {
            return Some(vec![Effect::Work(Work::DropDraft(state.draft_key())), Effect::Leave]);
        }
        _ => {}
    }
    let area = form_area(ctx.body(), ctx);
    match state.entry.update(input, ctx, area) {
        Some(entry::Done::Moved) => Some(Vec::new()),
        Some(entry::Done::Changed(at)) => {
            follow(state, at, ctx);
            Some(vec![Effect::After(KEEP, KEEP_AFTER)])
        }
        None if matches!(input, Input::Action(Action::Back)) => {
            let mut effects = keep(state, ctx);
            effects.push(Effect::Cancel(KEEP));
            effects.push(Effect::Leave);
            Some(effects)
        }
        None => None,
    }
}

fn hear(state: &mut State, message: &Message, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match message {
        Message::Begun(_, Ok(begun)) => match &**begun {
            Begun::Visit(file, visit) => {
                begin(state, file.clone(), visit.clone(), ctx);
                Some(vec![Effect::Work(Work::LoadDraft(state.draft_key()))])
            }
            Begun::Need(_, need) => {
                state.waiting = false;
                let found = Need { visit: Some(state.visit.id), ..need.clone() };
                state.entry.add(need_items(&found));
                state.needs.push(found);
                go_to_last_need(state, ctx);
                Some(vec![Effect::After(KEEP, KEEP_AFTER)])
            }
            _ => None,
        },
        Message::Begun(_, Err(fault)) => {
            state.waiting = false;
            let fault = fault.clone();
            Some(vec![Effect::Tell(Notice::Fault(fault))])
        }
        Message::Draft(_, _, Some(content)) => {
            let Ok(draft) = serde_json::from_slice::<Draft>(content) else { return Some(Vec::new()) };
            for need in &draft.needs {
                state.entry.add(need_items(need));
            }
            state.needs = draft.needs;
            state.entry.restore(&draft.form);
            follow_result(state, ctx);
            state.entry.restore(&draft.form);
            Some(vec![Effect::Tell(Notice::Text(text::draft_taken_up(ctx.lang).to_owned(), Role::Notice))])
        }
        Message::Committed(_, _, done) => {
            state.waiting = false;
            match done {
                Ok(_) => {
                    Some(vec![Effect::Cancel(KEEP), Effect::Work(Work::DropDraft(state.draft_key())), Effect::Leave])
                }
                Err(fault) => {
                    let area = form_area(ctx.body(), ctx);
                    let elsewhere = state.entry.take_faults(fault, ctx, area);
                    Some(elsewhere.into_iter().map(|fault| Effect::Tell(Notice::Fault(fault))).collect())
                }
            }
        }
        _ => None,
    }
}

fn begin(state: &mut State, file: Arc<Dossier>, visit: Visit, ctx: &Context<'_>) {
    let table = Visit::TABLE;
    let item = |name: &str| table.field(name).map(|field| Item::new(field, &visit.get(name).unwrap_or_default()));
    let mut items: Vec<Item> = ["result", "mode", "note", "next_due", "language", "visitors", "companions"]
        .into_iter()
        .filter_map(item)
        .collect();
    let household = &file.household;
    items.extend(facts(household.key(), "", Household::TABLE, HOUSEHOLD_FACTS, &|name| household.get(name)));
    for member in file.present_members() {
        items.extend(facts(member.key(), &member.name, Member::TABLE, MEMBER_FACTS, &|name| member.get(name)));
    }
    state.entry = Entry::new(items);
    if let Some(last) = file.live_visits().next() {
        // The language and the mode rarely change from visit to visit.
        state.entry.set("language", &last.language.to_value());
    }
    state.visit = visit;
    state.file = Some(file);
    follow_result(state, ctx);
}

fn facts(
    key: RecordKey,
    whose: &str,
    table: &'static crate::domain::record::Table,
    names: &[&str],
    held: &dyn Fn(&str) -> Option<Value>,
) -> Vec<Item> {
    names
        .iter()
        .filter_map(|name| table.field(name))
        .map(|field| Item::fact(key, whose, field, &held(field.name).unwrap_or_default()))
        .collect()
}

fn need_items(need: &Need) -> Vec<Item> {
    NEED_ITEMS
        .iter()
        .filter_map(|name| Need::TABLE.field(name))
        .map(|field| Item::asked(need.key(), "＋", field, &need.get(field.name).unwrap_or_default()))
        .collect()
}

fn go_to_last_need(state: &mut State, ctx: &Context<'_>) {
    let area = form_area(ctx.body(), ctx);
    let count = state.entry.items().len();
    state.entry.focus(count.saturating_sub(NEED_ITEMS.len()), ctx, area);
}

/// What else changes when an item does.
fn follow(state: &mut State, at: usize, ctx: &Context<'_>) {
    match state.entry.items().get(at).filter(|item| item.record.is_none()).map(|item| item.field.name) {
        Some("result") => follow_result(state, ctx),
        Some("next_due") => state.next_by_hand = true,
        _ => {}
    }
}

/// A refusal asks for its reason; every result proposes its own next date.
fn follow_result(state: &mut State, ctx: &Context<'_>) {
    let today = ctx.today();
    let result = VisitResult::from_code(&state.entry.text("result", today)).unwrap_or_default();
    if result == VisitResult::Refused && !state.entry.has("refusal_reason") {
        let items = ["refusal_reason", "mediator"].into_iter().filter_map(|name| Visit::TABLE.field(name));
        state.entry.insert_after("result", items.map(|field| Item::new(field, &Value::Null)).collect());
    } else if result != VisitResult::Refused {
        state.entry.retain(|item| item.record.is_some() || !matches!(item.field.name, "refusal_reason" | "mediator"));
    }
    if !state.next_by_hand
        && let Some(file) = &state.file
    {
        let grade = risk::assess(&risk_facts(file, today)).grade;
        let next = due::propose(state.visit.at.date(), result.code(), grade);
        state.entry.set("next_due", &next.to_value());
        state.entry.hint("next_due", Some(text::proposed_by_grade(grade)));
    }
}

fn keep(state: &State, ctx: &Context<'_>) -> Vec<Effect> {
    if state.file.is_none() {
        return Vec::new();
    }
    let draft = Draft { form: state.entry.draft(ctx.today()), needs: state.needs.clone() };
    match serde_json::to_vec(&draft) {
        Ok(content) => vec![Effect::Work(Work::SaveDraft { key: state.draft_key(), content })],
        Err(_) => Vec::new(),
    }
}

fn submit(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    let area = form_area(ctx.body(), ctx);
    if state.waiting || state.file.is_none() || !state.entry.check(ctx, area) {
        return Vec::new();
    }
    match command(state, ctx) {
        Ok(command) => {
            state.waiting = true;
            vec![Effect::Work(Work::Commit(Box::new(command)))]
        }
        // The check above has refused whatever does not fit its field.
        Err(_) => Vec::new(),
    }
}

fn command(state: &State, ctx: &Context<'_>) -> Result<Command, SetError> {
    let today = ctx.today();
    let mut visit = state.visit.clone();
    let mut needs = state.needs.clone();
    for item in state.entry.items() {
        let value = state.entry.value_at(item, today);
        match item.record {
            None => visit.set(item.field.name, value)?,
            Some(key) if key.kind == Kind::Need => {
                if let Some(need) = needs.iter_mut().find(|need| need.key() == key) {
                    need.set(item.field.name, value)?;
                }
            }
            Some(_) => {}
        }
    }
    let amendments = state
        .entry
        .changed_facts(today)
        .into_iter()
        .filter(|(record, ..)| record.kind != Kind::Need)
        .map(|(record, field, before, after)| Amendment {
            record,
            change: FieldChange { field: field.name.to_owned(), before, after },
        })
        .collect();
    // A need that was opened and left blank was not found after all.
    needs.retain(|need| !need.title.trim().is_empty());
    Ok(Command::LogVisit { visit: Box::new(visit), amendments, needs })
}

/// What the form takes.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match action {
        Action::Submit | Action::SaveDraft | Action::DiscardDraft | Action::AddNeed | Action::New => {
            Can::when(state.file.is_some() && !state.waiting, text::not_ready(ctx.lang))
        }
        Action::Back => Can::Yes,
        other => state.entry.can(other),
    }
}

/// The form's part of the body.
fn form_area(body: Rect, ctx: &Context<'_>) -> Rect {
    let (_, below) = split_top(body, 2);
    if ctx.is_wide() { split_left(below, below.width * 6 / 10).0 } else { below }
}

/// Draws the form and, where there is room, the last visit.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let (theme, lang) = (&ctx.theme, ctx.lang);
    let Some(file) = &state.file else {
        put(frame.buf, area.x + 2, area.y + 1, area.width, text::loading(lang), theme.style(Role::Dim), theme);
        return;
    };
    let (head, _) = split_top(area, 2);
    put(frame.buf, head.x + 1, head.y, head.width, &heading(file, ctx), theme.style(Role::Text), theme);
    let last = last_visit_line(file, ctx);
    put(frame.buf, head.x + 1, head.y + 1, head.width, &last, theme.style(Role::Dim), theme);
    if ctx.is_wide() {
        let (_, below) = split_top(area, 2);
        let (_, side) = split_left(below, below.width * 6 / 10);
        let rows = beside(file, ctx);
        let inner = Rect { x: side.x + 2, width: side.width.saturating_sub(2), ..side };
        Detail { rows: &rows, theme: ctx.theme }.draw(inner, frame.buf, 0);
    }
    state.entry.view(ctx, form_area(area, ctx), frame);
}

fn heading(file: &Dossier, ctx: &Context<'_>) -> String {
    let head = file.head().map(|head| ctx.name(&head.name).into_owned()).unwrap_or_default();
    let place = ctx.memory.reference.place(&file.household.region);
    let grade = risk::assess(&risk_facts(file, ctx.today())).grade;
    format!("{head}  {place}  {}", super::format::grade_in_full(grade, ctx.lang))
}

fn last_visit_line(file: &Dossier, ctx: &Context<'_>) -> String {
    let lang = ctx.lang;
    match file.live_visits().next() {
        None => text::never_visited(lang).to_owned(),
        Some(last) => {
            let result = last.result.label(lang);
            let note: String = last.note.chars().take(60).collect();
            text::last_visit(lang, &last.at.date().to_string(), &result, &note)
        }
    }
}

fn beside<'a>(file: &'a Dossier, ctx: &Context<'_>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let mut rows = vec![DetailRow::Heading(text::last_visits(lang).into())];
    for visit in file.live_visits().take(3) {
        rows.push(DetailRow::field(visit.at.date().to_string(), visited(visit, lang)));
        if !visit.note.is_empty() {
            rows.push(DetailRow::Text(visit.note.as_str().into(), Role::Text));
        }
    }
    let open: Vec<&Need> = file.needs.iter().filter(|need| !need.meta.deleted && need.state.is_open()).collect();
    if !open.is_empty() {
        rows.push(DetailRow::Gap);
        rows.push(DetailRow::Heading(text::open_needs(lang).into()));
        for need in open {
            rows.push(DetailRow::field(need.state.label(lang), need.title.as_str()));
        }
    }
    rows
}

fn visited(visit: &Visit, lang: Lang) -> String {
    format!("{} · {}", visit.result.label(lang), codes::label("visit_mode", visit.mode.as_str(), lang))
}

/// Where the keys are.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    state.entry.contexts()
}

/// The keys worth showing.
pub fn hints(_: &State) -> &'static [Action] {
    &[Action::Submit, Action::AddNeed, Action::NextField, Action::Pick, Action::SaveDraft, Action::Back]
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    text::visit_title(ctx.lang).to_owned()
}

/// The household.
pub fn subject(state: &State, _: &Context<'_>) -> Subject {
    Subject { household: Some(state.household), ..Subject::default() }
}
