//! One household: who and where, and its file in tabs.

mod allowance;
mod basic;
mod header;
mod members;
mod needs;
mod page;
mod portrait;
mod timeline;
mod visits;
mod wishes;

use std::sync::Arc;

use ratatui::layout::Rect;

use super::{format, register};
use crate::domain::id::HouseholdId;
use crate::domain::record::{Kind, RecordKey};
use crate::domain::records::{Dossier, OlderPage};
use crate::domain::risk;
use crate::domain::worker::Right;
use crate::domain::{display, field};
use crate::i18n::{Lang, screens as text};
use crate::replica::projection::risk_facts;
use crate::tui::app::{Can, Context, Effect, Fault, Input, Message, Subject, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Motion, put, split_top, tabs};
use header::header;
use page::{Cursor, Page, Target};

/// The tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Basic,
    Members,
    Portrait,
    Allowance,
    Visits,
    Needs,
    Wishes,
    Timeline,
}

const TABS: [Tab; 8] =
    [Tab::Basic, Tab::Members, Tab::Portrait, Tab::Allowance, Tab::Visits, Tab::Needs, Tab::Wishes, Tab::Timeline];

impl Tab {
    fn title(self, lang: Lang) -> &'static str {
        match self {
            Tab::Basic => text::tab_basic(lang),
            Tab::Members => text::tab_members(lang),
            Tab::Portrait => text::tab_portrait(lang),
            Tab::Allowance => text::tab_allowance(lang),
            Tab::Visits => text::tab_visits(lang),
            Tab::Needs => text::tab_needs(lang),
            Tab::Wishes => text::tab_wishes(lang),
            Tab::Timeline => text::tab_timeline(lang),
        }
    }
}

/// The screen.
#[derive(Debug)]
pub struct State {
    household: HouseholdId,
    file: File,
    /// Older pages read so far, newest first.
    older: Vec<OlderPage>,
    /// Whether more than the latest visits are shown.
    all_visits: bool,
    tab: Tab,
    cursors: [Cursor; TABS.len()],
}

/// How far reading the file has come.
#[derive(Debug)]
enum File {
    Loading,
    Missing,
    Unreadable(Fault),
    Here(Arc<Dossier>),
}

impl State {
    /// The screen of a household.
    pub fn new(household: HouseholdId) -> State {
        State {
            household,
            file: File::Loading,
            older: Vec::new(),
            all_visits: false,
            tab: Tab::default(),
            cursors: [Cursor { block: 0, offset: 0 }; TABS.len()],
        }
    }

    /// The household.
    pub fn household(&self) -> HouseholdId {
        self.household
    }

    /// Its file, once it has been read.
    pub fn file(&self) -> Option<&Arc<Dossier>> {
        match &self.file {
            File::Here(file) => Some(file),
            File::Loading | File::Missing | File::Unreadable(_) => None,
        }
    }

    fn cursor(&self) -> Cursor {
        self.cursors[self.tab as usize]
    }

    fn page(&self, ctx: &Context<'_>) -> Page {
        let Some(file) = self.file() else { return Page::default() };
        match self.tab {
            Tab::Basic => basic::page(file, ctx),
            Tab::Members => members::page(file, ctx),
            Tab::Portrait => portrait::page(file, ctx),
            Tab::Allowance => allowance::page(file, ctx),
            Tab::Visits => visits::page(file, &self.older, self.all_visits, ctx),
            Tab::Needs => needs::page(file, ctx),
            Tab::Wishes => wishes::page(file, ctx),
            Tab::Timeline => timeline::page(file, &self.older, ctx),
        }
    }

    /// The number of the next older page; pages count from the oldest.
    fn next_older(&self) -> Option<u32> {
        self.file()?.older_pages.checked_sub(self.older.len() as u32 + 1)
    }

    /// Whether there are entries that are not shown.
    fn has_older(&self) -> bool {
        self.file().is_some_and(|file| visits::waits(file, &self.older, self.all_visits))
    }

    fn turn(&mut self, by: isize) {
        let at = (self.tab as isize + by).rem_euclid(TABS.len() as isize);
        self.tab = TABS[at as usize];
    }
}

/// Rows of the header.
const HEADER: u16 = 4;

fn body(ctx: &Context<'_>) -> Rect {
    split_top(ctx.body(), HEADER + 2).1
}

/// Reads the file (again).
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    let page = state.page(ctx);
    page.fit(&mut state.cursors[state.tab as usize], body(ctx));
    vec![Effect::Work(Work::OpenHousehold(state.household))]
}

/// Turns tabs, moves, reads older entries.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match input {
        Input::Message(Message::Household(_, id, Ok(found))) if *id == state.household => {
            // One whose registration was taken back is on file no longer.
            let found = found.clone().filter(|file| !file.household.meta.deleted);
            state.file = found.map_or(File::Missing, File::Here);
            let page = state.page(ctx);
            page.fit(&mut state.cursors[state.tab as usize], body(ctx));
            Some(Vec::new())
        }
        // A file that was read before stays; what went wrong is told below it.
        Input::Message(Message::Household(_, id, Err(fault))) if *id == state.household => {
            if state.file().is_none() {
                state.file = File::Unreadable(fault.clone());
            }
            Some(Vec::new())
        }
        Input::Message(Message::Older(_, id, number, Ok(found))) if *id == state.household => {
            // Asked for twice, it must not stand there twice.
            if state.next_older() == Some(*number) {
                state.older.push(found.clone().unwrap_or_default());
            }
            Some(Vec::new())
        }
        Input::Action(action) => act(state, *action, ctx),
        _ => None,
    }
}

fn act(state: &mut State, action: Action, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    if let Some(motion) = Motion::of(action) {
        let page = state.page(ctx);
        page.go(&mut state.cursors[state.tab as usize], motion, body(ctx));
        return Some(Vec::new());
    }
    match action {
        Action::NextTab | Action::NextPane => state.turn(1),
        Action::PreviousTab | Action::PreviousPane => state.turn(-1),
        Action::Older => {
            let waiting = state.file().is_some_and(|file| file.live_visits().count() > visits::FIRST);
            if !std::mem::replace(&mut state.all_visits, true) && waiting && state.tab == Tab::Visits {
                return Some(Vec::new());
            }
            let older = state.next_older().map(|number| Effect::Work(Work::Older(state.household, number)));
            return Some(older.into_iter().collect());
        }
        // The household is open already.
        Action::Open => return None,
        action => return act_on_selected(state, action, ctx),
    }
    state.page(ctx).fit(&mut state.cursors[state.tab as usize], body(ctx));
    Some(Vec::new())
}

/// What can be done with the selected need or wish is done here too.
fn act_on_selected(state: &State, action: Action, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    let (pools, subject) = (&ctx.memory.pools, subject(state, ctx));
    let register = |purpose| Some(vec![Effect::Go(register::State::new(purpose).into())]);
    match (state.tab, action) {
        (_, Action::AddMember) => return register(register::Purpose::Member(state.household)),
        (Tab::Needs | Tab::Wishes, _) => {}
        (_, Action::Edit) => return register(amends(state, ctx)),
        _ => {}
    }
    match state.tab {
        Tab::Needs => super::needs::act(pools.needs.find(subject.need?)?, action),
        Tab::Wishes => super::wishes::act(pools.wishes.find(subject.wish?)?, action),
        _ => None,
    }
}

fn can_act_on_selected(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match state.tab {
        _ if action == Action::Open => Can::Pass,
        _ if action == Action::AddMember => amendable(state, ctx),
        Tab::Needs | Tab::Wishes => can_act_on_listed(state, action, ctx),
        _ if action == Action::Edit => amendable(state, ctx),
        _ => Can::Pass,
    }
}

/// Whether facts of this file can be changed.
fn amendable(state: &State, ctx: &Context<'_>) -> Can {
    match super::pool::permitted(ctx, Right::WorkCases) {
        Can::Yes => Can::when(state.file().is_some(), text::not_read(ctx.lang)),
        other => other,
    }
}

/// Whose facts are amended: those of the member at hand, else the household's.
fn amends(state: &State, ctx: &Context<'_>) -> register::Purpose {
    match state.page(ctx).target(state.cursor()) {
        Some(Target::Field(RecordKey { kind: Kind::Member, id }, ..)) => {
            register::Purpose::AmendMember(state.household, id.into())
        }
        _ => register::Purpose::AmendHousehold(state.household),
    }
}

fn can_act_on_listed(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    let (pools, subject) = (&ctx.memory.pools, subject(state, ctx));
    match state.tab {
        Tab::Needs => super::needs::can_act(subject.need.and_then(|id| pools.needs.find(id)), action, ctx),
        Tab::Wishes => super::wishes::can_act(subject.wish.and_then(|id| pools.wishes.find(id)), action, ctx),
        _ => Can::Pass,
    }
}

/// Turning, moving, reading older entries, and what the selected need or wish allows.
pub fn can(state: &State, action: Action, ctx: &Context<'_>) -> Can {
    match action {
        Action::NextTab | Action::PreviousTab | Action::NextPane | Action::PreviousPane => Can::Yes,
        Action::Older => Can::when(state.has_older(), text::no_older(ctx.lang)),
        _ if Motion::of(action).is_some() => Can::Yes,
        action => can_act_on_selected(state, action, ctx),
    }
}

/// Draws header, tabs and the page of the present tab.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let theme = &ctx.theme;
    let (head, rest) = split_top(area, HEADER);
    let (bar, rest) = split_top(rest, 1);
    let (_, body) = split_top(rest, 1);
    header(state, ctx, head, frame);
    let titles: Vec<&str> = TABS.iter().map(|tab| tab.title(ctx.lang)).collect();
    tabs(bar, frame.buf, theme, &titles, state.tab as usize);
    let cursor = state.cursor();
    match &state.file {
        File::Loading => {
            put(frame.buf, body.x + 2, body.y, body.width, text::loading(ctx.lang), theme.style(Role::Dim), theme);
        }
        File::Missing => {
            put(frame.buf, body.x + 2, body.y, body.width, text::not_held(ctx.lang), theme.style(Role::Warning), theme);
        }
        File::Unreadable(fault) => unreadable(fault, ctx).draw(body, frame, ctx, 0, None),
        File::Here(_) => state.page(ctx).draw(body, frame, ctx, cursor.offset, Some(cursor.block)),
    }
}

/// What stands in place of a file that cannot be read: what happened and what to do.
pub(super) fn unreadable(fault: &Fault, ctx: &Context<'_>) -> Page {
    let mut page = Page::default();
    page.text(text::file_unreadable(ctx.lang), Role::Error);
    page.text(format!("{} [{}]", fault.message(ctx.lang), fault.code), Role::Text);
    page.text(fault.remedy(ctx.lang), Role::Text);
    page.text(text::file_unreadable_hint(ctx.lang), Role::Dim);
    page
}

/// Why the household has its risk grade, in words.
fn reasons(file: &Dossier, ctx: &Context<'_>) -> String {
    let assessment = risk::assess(&risk_facts(file, ctx.today()));
    let words: Vec<String> = assessment.reasons.iter().map(|reason| reason.message(ctx.lang)).collect();
    if words.is_empty() { text::no_reasons(ctx.lang).to_owned() } else { words.join(ctx.lang.pick("；", "; ")) }
}

/// The file in short, for the pane beside the list.
pub fn summary(file: &Dossier, ctx: &Context<'_>) -> Page {
    basic::summary(file, ctx)
}

/// A field's content as this worker may see it now, and whether it is masked.
fn shown(
    key: RecordKey,
    field: &field::Field,
    value: &crate::domain::value::Value,
    ctx: &Context<'_>,
) -> (String, bool) {
    let plain = display::plain(field, value, ctx.lang);
    // Names are what a worker recognises people by.
    let is_name = field.kind == field::FieldKind::Name && ctx.may(crate::domain::worker::Right::SeeCases);
    if is_name || ctx.is_revealed(key, field.name) {
        return (plain, false);
    }
    let masked = display::masked(field, value, ctx.lang);
    let hides = masked != plain;
    (masked, hides)
}

/// The household's file.
pub fn contexts(state: &State) -> Vec<KeyContext> {
    match state.tab {
        Tab::Visits => vec![KeyContext::Household, KeyContext::Visits, KeyContext::List],
        // Its own keys come before those of the acts on what is listed.
        Tab::Needs => vec![KeyContext::Household, KeyContext::List, KeyContext::Needs],
        Tab::Wishes => vec![KeyContext::Household, KeyContext::List, KeyContext::Wishes],
        _ => vec![KeyContext::Household, KeyContext::List],
    }
}

/// The keys worth showing.
pub fn hints(state: &State) -> &'static [Action] {
    match state.tab {
        Tab::Basic => &[Action::NextTab, Action::LogVisit, Action::Edit, Action::Reveal, Action::Back],
        Tab::Members => &[Action::NextTab, Action::Edit, Action::AddMember, Action::Reveal, Action::Back],
        Tab::Visits | Tab::Timeline if state.has_older() => {
            &[Action::NextTab, Action::LogVisit, Action::Older, Action::Back]
        }
        Tab::Needs => {
            &[Action::Verify, Action::AddNeed, Action::AddWish, Action::Triage, Action::NextTab, Action::Back]
        }
        Tab::Wishes => &[Action::Publish, Action::Connect, Action::Fulfil, Action::ConfirmReceipt, Action::NextTab],
        _ => &[Action::NextTab, Action::LogVisit, Action::Back],
    }
}

/// The title line.
pub fn title(_: &State, ctx: &Context<'_>) -> String {
    text::household(ctx.lang).to_owned()
}

/// The household, and what the selected line is about.
pub fn subject(state: &State, ctx: &Context<'_>) -> Subject {
    let mut subject = Subject { household: Some(state.household), ..Subject::default() };
    match state.page(ctx).target(state.cursor()) {
        Some(Target::Field(key, field, true)) => subject.masked = Some((key, field)),
        Some(Target::Need(need)) => subject.need = Some(need),
        Some(Target::Wish(wish)) => subject.wish = Some(wish),
        Some(Target::Field(_, _, false)) | None => {}
    }
    subject
}
