//! Finding anyone: results change with every keystroke, best first.

use ratatui::layout::Rect;

use super::{format, household};
use crate::i18n::screens as text;
use crate::search::{Field, Found, Hit};
use crate::tui::app::{Can, Context, Effect, Input, Subject};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::text::half_width;
use crate::tui::theme::Role;
use crate::tui::widgets::{
    Cell, Column, LineInput, ListState, Motion, Row, Scroll, Table, centered, popup, put, split_bottom, split_top,
};

/// The open search.
#[derive(Debug)]
pub struct State {
    input: LineInput,
    found: Found,
    list: ListState,
    /// Earlier queries, latest first, shown while nothing is typed.
    earlier: Vec<String>,
}

impl State {
    /// An empty search that offers earlier queries.
    pub fn new(earlier: &[String]) -> State {
        let (input, found) = (LineInput::default().limit(80), Found::default());
        State { input, found, list: ListState::default(), earlier: earlier.to_vec() }
    }

    fn is_idle(&self) -> bool {
        self.input.text().trim().is_empty()
    }

    fn len(&self) -> usize {
        if self.is_idle() { self.earlier.len() } else { self.found.hits.len() }
    }

    fn search(&mut self, ctx: &Context<'_>) {
        // Full-width digits and letters come from an input method left on.
        let query = half_width(self.input.text());
        self.found = ctx.memory.search.find(query.trim(), LIMIT);
        self.list = ListState::default();
    }
}

/// Results shown at most; who is not among them needs another letter.
const LIMIT: usize = 200;

fn area(screen: Rect) -> Rect {
    centered(screen, 96, screen.height.saturating_sub(2).min(34))
}

/// Rows of results.
fn height(screen: Rect) -> u16 {
    area(screen).height.saturating_sub(4).max(1)
}

/// Looks again: records may have changed.
pub fn refresh(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    if !state.is_idle() {
        let before = state.list;
        state.search(ctx);
        state.list = before;
    }
    state.list.fit(state.len(), height(ctx.screen()));
    Vec::new()
}

/// Types, moves, opens.
pub fn update(state: &mut State, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
    match input {
        Input::Text(typed) | Input::Paste(typed) => {
            if state.input.insert(typed) {
                state.search(ctx);
            }
        }
        Input::Action(Action::Open) => return Some(open(state, ctx)),
        Input::Action(action) => match Motion::of(*action) {
            Some(motion) => {
                state.list.go(motion, state.len(), height(ctx.screen()), Scroll::Line);
            }
            None => {
                if state.input.apply(*action)? {
                    state.search(ctx);
                }
            }
        },
        _ => return None,
    }
    Some(Vec::new())
}

fn open(state: &mut State, ctx: &Context<'_>) -> Vec<Effect> {
    if state.is_idle() {
        if let Some(query) = state.earlier.get(state.list.selected) {
            state.input.set(query.clone());
            state.search(ctx);
        }
        return Vec::new();
    }
    let hit = state.found.hits.get(state.list.selected);
    let Some(row) = hit.and_then(|hit| ctx.memory.rows.get(hit.row)) else { return Vec::new() };
    let query = state.input.text().trim().to_owned();
    vec![Effect::Remember(query), Effect::Close, Effect::Go(household::State::new(row.id()).into())]
}

/// Moving, choosing, editing.
pub fn can(_: &State, action: Action, _: &Context<'_>) -> Can {
    super::typed_list_can(action)
}

/// Draws it over the screen.
pub fn view(state: &State, ctx: &Context<'_>, screen: Rect, frame: &mut Frame<'_>) {
    let (lang, theme) = (ctx.lang, &ctx.theme);
    let inner = popup(area(screen), frame.buf, theme, Action::Find.title(lang));
    let (top, rest) = split_top(inner, 1);
    let caret = state.input.draw(top, frame.buf, theme, true, text::find_hint(lang));
    frame.set_cursor(caret);
    let (list, foot) = split_bottom(rest, 1);
    let note = if !ctx.memory.searchable {
        text::find_not_ready(lang).to_owned()
    } else if state.is_idle() {
        if state.earlier.is_empty() { String::new() } else { text::find_earlier(lang).to_owned() }
    } else {
        text::find_total(lang, state.found.total, state.found.hits.len())
    };
    put(frame.buf, foot.x, foot.y, foot.width, &note, theme.style(Role::Dim), theme);
    if state.is_idle() { draw_earlier(state, ctx, list, frame) } else { draw_hits(state, ctx, list, frame) }
}

fn draw_earlier(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let columns = [Column::flex("", 10, 1)];
    let table = Table { columns: &columns, sorted: None, header: false, focused: true, empty: "", theme: ctx.theme };
    table.draw(area, frame.buf, &state.list, state.earlier.len(), |at| Row::new([state.earlier[at].as_str()]));
}

fn draw_hits(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let columns = [
        Column::flex(text::col_name(lang), 8, 2),
        Column::flex(text::col_match(lang), 12, 3),
        Column::flex(text::col_village(lang), 8, 2),
        Column::fixed(text::col_category(lang), 10).rank(2),
        Column::fixed(text::col_grade(lang), 2).rank(1),
        Column::flex(text::col_archive(lang), 10, 2).rank(3),
    ];
    let table = Table {
        columns: &columns,
        sorted: None,
        header: false,
        focused: true,
        empty: text::find_nothing(lang),
        theme: ctx.theme,
    };
    table.draw(area, frame.buf, &state.list, state.found.hits.len(), |at| hit_row(&state.found.hits[at], ctx));
}

fn hit_row<'a>(hit: &Hit, ctx: &Context<'a>) -> Row<'a> {
    let Some(row) = ctx.memory.rows.get(hit.row) else { return Row::default() };
    let fixed = row.fixed();
    let matched = matched_text(hit, ctx);

    let (grade, role) = format::grade(fixed.grade);
    Row::new([
        Cell::from(ctx.name(row.head())),
        Cell::new(matched, Role::Match),
        Cell::from(format::village(fixed.region, ctx)),
        Cell::new(format::category(fixed.category, ctx.lang), Role::Dim),
        Cell::new(grade, role),
        Cell::new(row.archive_no(), Role::Dim),
    ])
}

/// What was found, as far as it may be shown: numbers masked.
fn matched_text(hit: &Hit, ctx: &Context<'_>) -> String {
    let Some(row) = ctx.memory.rows.get(hit.row) else { return String::new() };
    let lang = ctx.lang;
    let index = usize::from(hit.index);
    match hit.field {
        Field::Name if index == 0 => String::new(),
        Field::Name => row.names().nth(index).map(|name| text::found_member(lang, &ctx.name(name))).unwrap_or_default(),
        Field::IdTail => row.id_tails().nth(index).map(|tail| text::found_id(lang, tail)).unwrap_or_default(),
        Field::Phone => row
            .phones()
            .nth(index)
            .map(|phone| text::found_phone(lang, &crate::domain::mask::phone(phone)))
            .unwrap_or_default(),
        Field::ArchiveNo => row.archive_nos().nth(index).map(|no| text::found_archive(lang, no)).unwrap_or_default(),
        Field::Village => text::found_village(lang).to_owned(),
        Field::Address => text::found_address(lang).to_owned(),
    }
}

/// The search, in front of an input line.
pub fn contexts(_: &State) -> Vec<KeyContext> {
    vec![KeyContext::Find, KeyContext::Input]
}

/// The keys worth showing.
pub fn hints(_: &State) -> &'static [Action] {
    &[Action::Open, Action::Back, Action::ClearText]
}

/// Layers have no title line of their own.
pub fn title(_: &State, _: &Context<'_>) -> String {
    String::new()
}

/// Nothing.
pub fn subject(_: &State, _: &Context<'_>) -> Subject {
    Subject::default()
}
