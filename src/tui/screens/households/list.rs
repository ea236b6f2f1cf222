//! Which households are listed, in which order, and how a row reads.

use chrono::NaiveDate;
use ratatui::layout::Rect;

use super::filter::Filter;
use crate::i18n::{Lang, screens as text};
use crate::replica::Projection;
use crate::replica::rows::{LEFT, NO_DAY};
use crate::tui::app::Context;
use crate::tui::screens::format;
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Cell, Column, ListState, Order, Row, Segment, Table, position_text, status_line};

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sort {
    /// By village, then archive number.
    #[default]
    Village,
    /// Whose visit is due first.
    Due,
    /// Who was not visited for longest.
    LastVisit,
    /// The highest risk first.
    Grade,
    /// The most open needs and wishes first.
    Open,
    /// By category.
    Category,
}

const SORTS: [Sort; 6] = [Sort::Village, Sort::Due, Sort::LastVisit, Sort::Grade, Sort::Open, Sort::Category];

impl Sort {
    pub(super) fn next(self) -> Sort {
        SORTS[(self as usize + 1) % SORTS.len()]
    }

    fn label(self, lang: Lang) -> &'static str {
        match self {
            Sort::Village => text::sort_village(lang),
            Sort::Due => text::sort_due(lang),
            Sort::LastVisit => text::sort_last(lang),
            Sort::Grade => text::sort_grade(lang),
            Sort::Open => text::sort_open(lang),
            Sort::Category => text::sort_category(lang),
        }
    }

    /// The column that shows the order.
    fn column(self) -> (usize, Order) {
        match self {
            Sort::Village => (2, Order::Ascending),
            Sort::Due => (6, Order::Ascending),
            Sort::LastVisit => (5, Order::Ascending),
            Sort::Grade => (4, Order::Ascending),
            Sort::Open => (7, Order::Descending),
            Sort::Category => (3, Order::Ascending),
        }
    }
}

/// The listed rows.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Row numbers in order.
    pub(super) rows: Vec<u32>,
    people: u32,
    overdue: usize,
    /// The rows before filtering, kept for as long as no record changes.
    order: Vec<u32>,
    as_of: Option<(u64, NaiveDate)>,
}

impl Listing {
    /// The households that pass a filter. `before` lends its order if no record changed since.
    pub(super) fn of(ctx: &Context<'_>, filter: &Filter, sort: Sort, before: Listing) -> Listing {
        let memory = ctx.memory;
        let generation = memory.generation;
        let order = match before.as_of {
            Some((held, _)) if held == generation => before.order,
            _ => within_territory(ctx, memory.list_order()),
        };
        let today = crate::replica::rows::day(ctx.today());
        let mut rows: Vec<u32> = order
            .iter()
            .copied()
            .filter(|row| memory.rows.get(*row).is_some_and(|row| filter.passes(&row, today)))
            .collect();
        sort_rows(&mut rows, sort, memory);
        let fixed = |row: &u32| memory.rows.get(*row).map(|row| *row.fixed());
        let people = rows.iter().filter_map(fixed).map(|fixed| u32::from(fixed.members)).sum();
        let late = |day: i32| day != NO_DAY && day < today;
        let overdue = rows.iter().filter_map(fixed).filter(|fixed| late(fixed.next_due)).count();
        Listing { rows, people, overdue, order, as_of: Some((generation, ctx.today())) }
    }

    /// Whether it shows the records as they are.
    pub(super) fn is_current(&self, ctx: &Context<'_>) -> bool {
        self.as_of == Some((ctx.memory.generation, ctx.today()))
    }

    /// Draws the visible rows.
    pub(super) fn draw(
        &self,
        list: &ListState,
        sort: Sort,
        focused: bool,
        ctx: &Context<'_>,
        area: Rect,
        frame: &mut Frame<'_>,
    ) {
        let lang = ctx.lang;
        let columns = [
            Column::flex(text::col_name(lang), 8, 2),
            Column::fixed(text::col_members(lang), lang.pick(4, 7)).right().rank(3),
            Column::flex(text::col_village(lang), 8, 2),
            Column::fixed(text::col_category(lang), lang.pick(10, 11)),
            Column::fixed(text::col_grade(lang), lang.pick(4, 5)),
            Column::fixed(text::col_last(lang), 8).rank(1),
            Column::fixed(text::col_due(lang), lang.pick(10, 11)),
            Column::fixed(text::col_needs(lang), lang.pick(4, 5)).right().rank(2),
            Column::fixed(text::col_wishes(lang), lang.pick(4, 6)).right().rank(2),
            Column::fixed(text::col_flags(lang), 4).rank(4),
        ];
        let table = Table {
            columns: &columns,
            sorted: Some(sort.column()),
            header: true,
            focused,
            empty: text::no_households(lang),
            theme: ctx.theme,
        };
        table.draw(area, frame.buf, list, self.rows.len(), |at| row(self.rows[at], ctx));
    }

    /// Draws how many there are, what is filtered, and where the selection stands.
    pub(super) fn draw_totals(
        &self,
        list: &ListState,
        filter: &Filter,
        sort: Sort,
        ctx: &Context<'_>,
        area: Rect,
        frame: &mut Frame<'_>,
    ) {
        let lang = ctx.lang;
        let overdue = if self.overdue > 0 { text::total_overdue(lang, self.overdue) } else { String::new() };
        let left = [
            Segment::new(text::totals(lang, self.rows.len(), self.people), Role::Text),
            Segment::new(overdue, Role::Overdue).rank(2),
            Segment::new(filter.summary(ctx), Role::Accent).rank(1),
            Segment::new(text::sorted_by(lang, sort.label(lang)), Role::Dim).rank(3),
        ];
        let right = [Segment::new(position_text(list, self.rows.len()), Role::Dim).rank(4)];
        status_line(area, frame.buf, &ctx.theme, &left, &right);
    }
}

/// The worker's own territory; all rows where it names no region.
fn within_territory(ctx: &Context<'_>, mut order: Vec<u32>) -> Vec<u32> {
    let territory = &ctx.actor.regions;
    if territory.is_empty() {
        return order;
    }
    let regions = ctx.memory.regions();
    let within: Vec<bool> = regions.iter().map(|code| territory.iter().any(|held| held.contains(code))).collect();
    order.retain(|row| {
        let region = ctx.memory.rows.get(*row).map(|row| row.fixed().region as usize);
        region.and_then(|region| within.get(region)).copied().unwrap_or(false)
    });
    order
}

fn sort_rows(rows: &mut [u32], sort: Sort, memory: &Projection) {
    let fixed = |row: &u32| memory.rows.get(*row).map(|row| *row.fixed()).unwrap_or_default();
    match sort {
        Sort::Village => {}
        // Those without a date come last; never visited first.
        Sort::Due => rows.sort_by_cached_key(|row| {
            let due = fixed(row).next_due;
            if due == NO_DAY { i32::MAX } else { due }
        }),
        Sort::LastVisit => rows.sort_by_cached_key(|row| fixed(row).last_visit),
        Sort::Grade => rows.sort_by_cached_key(|row| (fixed(row).grade, fixed(row).next_due)),
        Sort::Open => rows.sort_by_cached_key(|row| {
            let fixed = fixed(row);
            std::cmp::Reverse(u16::from(fixed.open_needs) + u16::from(fixed.open_wishes))
        }),
        Sort::Category => rows.sort_by_cached_key(|row| fixed(row).category),
    }
}

fn row<'a>(number: u32, ctx: &Context<'a>) -> Row<'a> {
    let Some(row) = ctx.memory.rows.get(number) else { return Row::default() };
    let fixed = row.fixed();

    let (grade, grade_role) = format::grade(fixed.grade);
    let (due, due_role) = format::due(fixed.next_due, ctx);
    let left = fixed.flags & LEFT != 0;
    Row::new([
        Cell::new(ctx.name(row.head()), if left { Role::Dim } else { Role::Text }),
        Cell::from(format::count(u32::from(fixed.members))),
        Cell::from(format::village(fixed.region, ctx)),
        Cell::new(format::category(fixed.category, ctx.lang), Role::Dim),
        Cell::new(grade, grade_role),
        Cell::new(format::date(fixed.last_visit, ctx), Role::Dim),
        Cell::new(due, due_role),
        Cell::from(format::count(u32::from(fixed.open_needs))),
        Cell::from(format::count(u32::from(fixed.open_wishes))),
        Cell::new(if left { text::flag_left(ctx.lang) } else { "" }, Role::Dim),
    ])
}
