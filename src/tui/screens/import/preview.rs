//! What an import would do: counts, errors, changes, remarks.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::layout::Rect;

use super::choose::file_name;
use super::work::Planned;
use crate::domain::display;
use crate::domain::worker::Right;
use crate::i18n::{Explain as _, Lang, forms as text};
use crate::roster::plan::{Counts, Plan};
use crate::tui::app::{Can, Context, Effect};
use crate::tui::keymap::Action;
use crate::tui::screens::pool;
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{
    Cell, Column, Confirm, Detail, DetailRow, ListState, Motion, Row, Scroll, put, split_bottom, split_top,
};

/// Rows above the list: files, counts, tabs.
const HEAD: u16 = 7;
/// Rows below it: the selected line in full.
const FOOT: u16 = 4;

/// The lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Faults,
    Changes,
    Notices,
}

const TABS: [Tab; 3] = [Tab::Faults, Tab::Changes, Tab::Notices];

/// The preview, and afterwards the result.
#[derive(Debug)]
pub(super) struct Preview {
    pub(super) plan: Arc<Plan>,
    pub(super) faults: Vec<Problem>,
    pub(super) committed: bool,
    pub(super) question: Option<Confirm>,
    paths: Vec<PathBuf>,
    tab: Tab,
    lists: [ListState; TABS.len()],
}

/// An error as it is listed.
#[derive(Debug)]
pub(super) struct Problem {
    file: String,
    sheet: String,
    row: u32,
    column: String,
    code: String,
    value: String,
    message: [String; 2],
    remedy: [String; 2],
}

impl Preview {
    pub(super) fn new(planned: &Planned, ctx: &Context<'_>) -> Preview {
        let faults: Vec<Problem> = planned
            .plan
            .checked()
            .problems()
            .map(|problem| Problem {
                file: problem.file.to_owned(),
                sheet: problem.sheet_name.to_owned(),
                row: problem.row,
                column: problem.column.to_owned(),
                code: problem.fault.code().to_owned(),
                value: problem.value_masked.clone(),
                message: [problem.fault.message(Lang::Zh), problem.fault.message(Lang::En)],
                remedy: [problem.fault.remedy(Lang::Zh), problem.fault.remedy(Lang::En)],
            })
            .collect();
        let tab = match (faults.is_empty(), planned.plan.differences().is_empty()) {
            (false, _) => Tab::Faults,
            (true, false) => Tab::Changes,
            (true, true) => Tab::Notices,
        };
        let mut preview = Preview {
            plan: planned.plan.clone(),
            faults,
            committed: false,
            question: None,
            paths: planned.paths.clone(),
            tab,
            lists: Default::default(),
        };
        preview.fit(ctx);
        preview
    }

    /// About how many commands the plan takes: one for each household that is new or changed.
    pub(super) fn steps(&self) -> u64 {
        let (households, members) = (self.plan.households(), self.plan.members());
        (households.new + households.updated.max(members.updated)) as u64
    }

    /// Beside the first roster.
    pub(super) fn report_path(&self, lang: Lang) -> PathBuf {
        let first = self.paths.first().cloned().unwrap_or_default();
        let stem = first.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        first.with_file_name(format!("{stem}{}.xlsx", text::report_suffix(lang)))
    }

    /// Asks whether only the valid rows shall come in.
    pub(super) fn ask(&mut self, lang: Lang) {
        let (households, members) = (self.plan.households(), self.plan.members());
        let body = text::accept_valid_body(
            lang,
            self.fault_count(),
            households.refused,
            members.refused,
            households.new + households.updated,
        );
        self.question = Some(Confirm::new(text::accept_valid(lang), body));
    }

    fn fault_count(&self) -> usize {
        self.plan.checked().error_count()
    }

    fn len(&self, tab: Tab) -> usize {
        match tab {
            Tab::Faults => self.faults.len(),
            Tab::Changes => self.plan.differences().len(),
            Tab::Notices => self.plan.notices().len(),
        }
    }

    pub(super) fn fit(&mut self, ctx: &Context<'_>) {
        for tab in TABS {
            let len = self.len(tab);
            self.lists[tab as usize].fit(len, height(ctx));
        }
    }

    pub(super) fn apply(&mut self, action: Action, ctx: &Context<'_>) -> Option<Vec<Effect>> {
        if let Some(motion) = Motion::of(action) {
            let len = self.len(self.tab);
            self.lists[self.tab as usize].go(motion, len, height(ctx), Scroll::Line);
            return Some(Vec::new());
        }
        let step = match action {
            Action::NextPane | Action::Filter => 1,
            Action::PreviousPane => TABS.len() - 1,
            _ => return None,
        };
        self.tab = TABS[(self.tab as usize + step) % TABS.len()];
        Some(Vec::new())
    }

    pub(super) fn can(&self, action: Action, ctx: &Context<'_>) -> Can {
        if self.question.is_some() {
            let answers = matches!(
                action,
                Action::Accept | Action::Decline | Action::Back | Action::Open | Action::Left | Action::Right
            );
            return if answers { Can::Yes } else { Can::Pass };
        }
        match action {
            Action::Submit if self.committed => Can::No(text::import_committed(ctx.lang).to_owned()),
            Action::Submit if !self.plan.is_effective() => Can::No(text::nothing_to_import(ctx.lang).to_owned()),
            Action::Submit => pool::permitted(ctx, Right::Import),
            Action::Export => Can::when(!self.faults.is_empty(), text::no_faults(ctx.lang)),
            Action::Back | Action::NextPane | Action::PreviousPane | Action::Filter => Can::Yes,
            _ if Motion::of(action).is_some() => Can::Yes,
            _ => Can::Pass,
        }
    }

    pub(super) fn view(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let (head, rest) = split_top(area, HEAD);
        let (list, foot) = split_bottom(rest, FOOT);
        self.draw_head(ctx, head, frame);
        match self.tab {
            Tab::Faults => self.draw_faults(ctx, list, frame),
            Tab::Changes => self.draw_changes(ctx, list, frame),
            Tab::Notices => self.draw_notices(ctx, list, frame),
        }
        let rows = self.in_full(ctx.lang);
        let foot = Rect { x: foot.x + 2, width: foot.width.saturating_sub(2), ..foot };
        Detail { rows: &rows, theme: ctx.theme }.draw(foot, frame.buf, 0);
        if let Some(question) = &self.question {
            let at = question.draw(ctx.screen(), frame.buf, &ctx.theme, ctx.lang);
            frame.set_cursor(at);
        }
    }

    fn draw_head(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let (lang, theme) = (ctx.lang, &ctx.theme);
        let mut line = |y: u16, x: u16, text: &str, role: Role| {
            put(frame.buf, area.x + x, area.y + y, area.width.saturating_sub(x), text, theme.style(role), theme);
        };
        let names: Vec<String> = self.paths.iter().map(|path| file_name(path)).collect();
        line(0, 1, &names.join(lang.pick("、", ", ")), Role::Text);
        let columns =
            [text::count_new(lang), text::count_updated(lang), text::count_unchanged(lang), text::count_refused(lang)];
        for (at, title) in (0u16..).zip(columns) {
            line(1, 12 + at * 11, &format!("{}{title}", pad(title, 10)), Role::Label);
        }
        let rows = [(text::households(lang), self.plan.households()), (text::members(lang), self.plan.members())];
        for (y, (label, counts)) in (2u16..).zip(rows) {
            line(y, 1, label, Role::Label);
            for (at, (number, role)) in (0u16..).zip(numbers(counts)) {
                line(y, 12 + at * 11, &format!("{number:>10}"), role);
            }
        }
        let (told, role) = if self.committed {
            (text::import_committed(lang).to_owned(), Role::Ok)
        } else if !self.plan.is_effective() {
            (text::nothing_to_import(lang).to_owned(), Role::Warning)
        } else if self.faults.is_empty() {
            (text::ready_to_import(lang).to_owned(), Role::Ok)
        } else {
            (text::faults_found(lang, self.fault_count(), self.plan.checked().skipped()), Role::Error)
        };
        line(4, 1, &told, role);
        let names = [text::tab_faults(lang), text::tab_changes(lang), text::tab_notices(lang)];
        let counts = [
            self.fault_count(),
            self.plan.differences().len() + self.plan.differences_beyond(),
            self.len(Tab::Notices),
        ];
        let bar = Rect { y: area.y + 5, height: 1, ..area };
        pool::filter_line(&names, &counts, self.tab as usize, ctx, bar, frame);
    }

    fn list(&self) -> &ListState {
        &self.lists[self.tab as usize]
    }

    fn draw_faults(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let lang = ctx.lang;
        let columns = [
            Column::fixed(text::column_row(lang), 6).right(),
            Column::flex(text::column_column(lang), 12, 1),
            Column::flex(text::column_value(lang), 14, 1),
            Column::flex(text::column_message(lang), 24, 3),
            Column::fixed(text::column_code(lang), 22).rank(2),
            Column::flex(text::column_file(lang), 16, 1).rank(3),
        ];
        let row = |at: usize| {
            let fault = &self.faults[at];
            Row::new([
                Cell::from(fault.row.to_string()),
                Cell::from(fault.column.as_str()),
                Cell::new(fault.value.as_str(), Role::Masked),
                Cell::new(lang.pick(&fault.message[0], &fault.message[1]).as_str(), Role::Error),
                Cell::new(fault.code.as_str(), Role::Dim),
                Cell::new(fault.file.as_str(), Role::Dim),
            ])
        };
        pool::table(&columns, text::no_faults(lang), ctx).draw(area, frame.buf, self.list(), self.faults.len(), row);
    }

    fn draw_changes(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let lang = ctx.lang;
        let columns = [
            Column::flex(text::column_person(lang), 8, 1),
            Column::flex(text::column_column(lang), 12, 1),
            Column::flex(text::column_before(lang), 12, 2),
            Column::flex(text::column_after(lang), 12, 2),
            Column::fixed(crate::i18n::screens::col_archive(lang), 20).rank(1),
        ];
        let differences = self.plan.differences();
        let row = |at: usize| {
            let change = &differences[at];
            Row::new([
                Cell::from(change.name_masked.as_str()),
                Cell::from(change.field.label(lang)),
                Cell::new(display::masked(change.field, &change.before, lang), Role::Dim),
                Cell::new(display::masked(change.field, &change.after, lang), Role::Changed),
                Cell::new(change.archive_no.as_str(), Role::Dim),
            ])
        };
        pool::table(&columns, text::no_changes(lang), ctx).draw(area, frame.buf, self.list(), differences.len(), row);
    }

    fn draw_notices(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let lang = ctx.lang;
        let columns = [
            Column::fixed(text::column_row(lang), 6).right(),
            Column::flex(text::column_message(lang), 30, 3),
            Column::flex(text::column_file(lang), 16, 1).rank(1),
        ];
        let notices = self.plan.notices();
        let row = |at: usize| {
            let notice = &notices[at];
            let place = notice.at();
            Row::new([
                Cell::from(place.map(|at| at.row.to_string()).unwrap_or_default()),
                Cell::from(notice.message(lang)),
                Cell::new(place.map(|at| at.file.clone()).unwrap_or_default(), Role::Dim),
            ])
        };
        pool::table(&columns, text::no_notices(lang), ctx).draw(area, frame.buf, self.list(), notices.len(), row);
    }

    /// The selected line in full, with what to do.
    fn in_full(&self, lang: Lang) -> Vec<DetailRow<'_>> {
        let at = self.list().selected;
        match self.tab {
            Tab::Faults => self.faults.get(at).map_or_else(Vec::new, |fault| {
                let place = text::fault_place(lang, &fault.file, &fault.sheet, fault.row, &fault.column, &fault.code);
                vec![
                    DetailRow::Text(place.into(), Role::Dim),
                    DetailRow::Text(lang.pick(&fault.message[0], &fault.message[1]).as_str().into(), Role::Error),
                    DetailRow::Text(lang.pick(&fault.remedy[0], &fault.remedy[1]).as_str().into(), Role::Text),
                ]
            }),
            Tab::Notices => self.plan.notices().get(at).map_or_else(Vec::new, |notice| {
                vec![
                    DetailRow::Text(notice.message(lang).into(), Role::Text),
                    DetailRow::Text(notice.remedy(lang).into(), Role::Dim),
                ]
            }),
            Tab::Changes => Vec::new(),
        }
    }
}

/// Rows of the list: without its heading.
fn height(ctx: &Context<'_>) -> u16 {
    ctx.body().height.saturating_sub(HEAD + FOOT + 1).max(1)
}

fn numbers(counts: Counts) -> [(usize, Role); 4] {
    let role = |number: usize, role: Role| if number == 0 { Role::Dim } else { role };
    [
        (counts.new, role(counts.new, Role::Ok)),
        (counts.updated, role(counts.updated, Role::Changed)),
        (counts.unchanged, role(counts.unchanged, Role::Text)),
        (counts.refused, role(counts.refused, Role::Error)),
    ]
}

/// Blanks that bring a text to the right edge of so many cells.
fn pad(text: &str, cells: usize) -> String {
    " ".repeat(cells.saturating_sub(crate::tui::text::width(text)))
}
