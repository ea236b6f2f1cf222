//! Which households are shown: category, grade, village, due, open needs and wishes, left.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::domain::codes;
use crate::i18n::{Lang, screens as text};
use crate::replica::projection::category_code;
use crate::replica::rows::{DELETED, LEFT, NO_DAY, Row};
use crate::tui::app::Context;
use crate::tui::screens::format;
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Choice, ListState, PickList, centered, popup, put};

/// What a household must be to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Filter {
    category: Option<u8>,
    grade: Option<u8>,
    /// Index of a region that rows stand in.
    village: Option<u32>,
    due: Due,
    open: Open,
    left: bool,
}

/// By the next visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Due {
    #[default]
    Any,
    Overdue,
    Week,
    Never,
}

/// By what is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Open {
    #[default]
    Any,
    Needs,
    Wishes,
    None,
}

/// What one can filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    Category,
    Grade,
    Village,
    Due,
    Open,
    Left,
}

/// In the order of the panel.
pub(super) const FACETS: [Facet; 6] =
    [Facet::Category, Facet::Grade, Facet::Village, Facet::Due, Facet::Open, Facet::Left];

const DUES: [Due; 4] = [Due::Any, Due::Overdue, Due::Week, Due::Never];
const OPENS: [Open; 4] = [Open::Any, Open::Needs, Open::Wishes, Open::None];

impl Filter {
    /// Whether it keeps anything out besides those who left.
    pub(super) fn is_set(&self) -> bool {
        *self != Filter::default()
    }

    /// Whether a household is shown.
    pub(super) fn passes(&self, row: &Row<'_>, today: i32) -> bool {
        let fixed = row.fixed();
        let gone = fixed.flags & LEFT != 0;
        let due = match self.due {
            Due::Any => true,
            Due::Overdue => fixed.next_due != NO_DAY && fixed.next_due < today,
            Due::Week => fixed.next_due != NO_DAY && (today..=today + 7).contains(&fixed.next_due),
            Due::Never => fixed.last_visit == NO_DAY,
        };
        let open = match self.open {
            Open::Any => true,
            Open::Needs => fixed.open_needs > 0,
            Open::Wishes => fixed.open_wishes > 0,
            Open::None => fixed.open_needs == 0 && fixed.open_wishes == 0,
        };
        fixed.flags & DELETED == 0
            && gone == self.left
            && due
            && open
            && self.category.is_none_or(|category| is_within(fixed.category, category))
            && self.grade.is_none_or(|grade| grade == fixed.grade)
            && self.village.is_none_or(|village| village == fixed.region)
    }

    /// The next (or previous) choice of a facet.
    pub(super) fn step(&mut self, facet: Facet, by: i32, ctx: &Context<'_>) {
        match facet {
            Facet::Category => {
                let count = codes::list("assist_category").map_or(0, |list| list.entries().len());
                self.category = stepped(self.category.map(u32::from), by, count).map(|n| n as u8);
            }
            Facet::Grade => self.grade = stepped(self.grade.map(u32::from), by, 3).map(|n| n as u8),
            Facet::Village => {
                let order = villages(ctx);
                let at = self.village.and_then(|held| order.iter().position(|n| *n == held)).map(|at| at as u32);
                self.village = stepped(at, by, order.len()).map(|at| order[at as usize]);
            }
            Facet::Due => self.due = DUES[wrapped(self.due as usize, by, DUES.len())],
            Facet::Open => self.open = OPENS[wrapped(self.open as usize, by, OPENS.len())],
            Facet::Left => self.left = !self.left,
        }
    }

    /// The villages to pick from: all that rows stand in, by place.
    pub(super) fn pick_village(&self, ctx: &Context<'_>) -> PickList {
        let place = |number: u32| ctx.memory.region(number).map(|code| ctx.memory.reference.place(code));
        let all = Choice::new("", text::facet_all(ctx.lang), []);
        let choices = villages(ctx)
            .into_iter()
            .filter_map(|number| Some(Choice::new(ctx.memory.region(number)?.as_str(), &place(number)?, [])));
        let current = self.village.and_then(|number| ctx.memory.region(number)).map(|code| code.as_str());
        PickList::new(text::col_village(ctx.lang), std::iter::once(all).chain(choices).collect(), current, ctx.screen())
    }

    /// Keeps one village, by its code; an empty code or none keeps all.
    pub(super) fn set_village(&mut self, code: Option<&str>, ctx: &Context<'_>) {
        let at = ctx.memory.regions().iter().position(|held| Some(held.as_str()) == code);
        self.village = at.map(|at| at as u32);
    }

    /// What it keeps, in a few words; empty where it keeps everything.
    pub(super) fn summary(&self, ctx: &Context<'_>) -> String {
        let plain = Filter::default();
        let parts: Vec<String> = FACETS
            .iter()
            .filter(|facet| self.value(**facet, ctx) != plain.value(**facet, ctx))
            .map(|facet| self.value(*facet, ctx).into_owned())
            .collect();
        if parts.is_empty() { String::new() } else { text::filtered(ctx.lang, &parts.join(" · ")) }
    }

    fn value<'a>(&self, facet: Facet, ctx: &Context<'a>) -> Cow<'a, str> {
        let lang = ctx.lang;
        let all = || Cow::Borrowed(text::facet_all(lang));
        match facet {
            Facet::Category => self.category.map_or_else(all, |n| format::category(n, lang).into()),
            Facet::Grade => self.grade.map_or_else(all, |n| text::facet_grade(lang, format::grade(n).0).into()),
            Facet::Village => {
                let code = self.village.and_then(|n| ctx.memory.region(n));
                code.map_or_else(all, |code| ctx.memory.reference.place(code).into())
            }
            Facet::Due => match self.due {
                Due::Any => all(),
                Due::Overdue => text::facet_overdue(lang).into(),
                Due::Week => text::facet_week(lang).into(),
                Due::Never => text::facet_never(lang).into(),
            },
            Facet::Open => match self.open {
                Open::Any => all(),
                Open::Needs => text::facet_needs(lang).into(),
                Open::Wishes => text::facet_wishes(lang).into(),
                Open::None => text::facet_nothing(lang).into(),
            },
            Facet::Left => if self.left { text::facet_left(lang) } else { text::facet_present(lang) }.into(),
        }
    }

    /// Draws the panel over the list.
    pub(super) fn draw(&self, list: &ListState, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let theme = &ctx.theme;
        let outer = centered(area, 56, FACETS.len() as u16 + 2);
        let inner = popup(outer, frame.buf, theme, text::filter_title(ctx.lang));
        for (at, (y, facet)) in (inner.y..inner.bottom()).zip(FACETS).enumerate() {
            if at == list.selected {
                put(frame.buf, inner.x, y, 1, theme.symbols().marker, theme.style(Role::Marker), theme);
            }
            let label = label(facet, ctx.lang);
            put(frame.buf, inner.x + 2, y, 14, label, theme.style(Role::Label), theme);
            let value = format!("‹ {} ›", self.value(facet, ctx));
            let role =
                if self.value(facet, ctx) == Filter::default().value(facet, ctx) { Role::Dim } else { Role::Accent };
            put(frame.buf, inner.x + 17, y, inner.width.saturating_sub(17), &value, theme.style(role), theme);
        }
    }
}

fn label(facet: Facet, lang: Lang) -> &'static str {
    match facet {
        Facet::Category => text::col_category(lang),
        Facet::Grade => text::facet_grade_label(lang),
        Facet::Village => text::col_village(lang),
        Facet::Due => text::facet_due(lang),
        Facet::Open => text::facet_open(lang),
        Facet::Left => text::facet_register(lang),
    }
}

/// A category is also within the one above it: 分散供养特困 within 特困.
fn is_within(category: u8, wanted: u8) -> bool {
    category == wanted
        || codes::list("assist_category")
            .is_some_and(|list| list.is_within(category_code(category), category_code(wanted)))
}

/// The regions that rows stand in, by code.
fn villages(ctx: &Context<'_>) -> Vec<u32> {
    let regions = ctx.memory.regions();
    let mut order: Vec<u32> = (0..regions.len() as u32).collect();
    order.sort_by(|a, b| regions[*a as usize].cmp(&regions[*b as usize]));
    order
}

/// None, first … last, none, round and round.
fn stepped(held: Option<u32>, by: i32, count: usize) -> Option<u32> {
    let at = held.map_or(0, |n| n as usize + 1);
    match wrapped(at, by, count + 1) {
        0 => None,
        n => Some(n as u32 - 1),
    }
}

fn wrapped(at: usize, by: i32, count: usize) -> usize {
    (at as i64 + i64::from(by)).rem_euclid(count as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_round() {
        for (held, by, count, expected) in [
            (None, 1, 3, Some(0)),
            (Some(0), 1, 3, Some(1)),
            (Some(2), 1, 3, None),
            (None, -1, 3, Some(2)),
            (Some(0), -1, 3, None),
            (None, 1, 0, None),
        ] {
            assert_eq!(stepped(held, by, count), expected, "{held:?} {by} {count}");
        }
    }
}
