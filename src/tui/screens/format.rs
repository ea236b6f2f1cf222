//! How facts read in lists: short labels, dates relative to today, roles.

use std::borrow::Cow;

use crate::domain::codes;
use crate::domain::region::RegionCode;
use crate::domain::risk::RiskGrade;
use crate::i18n::{Lang, screens as text};
use crate::replica::Projection;
use crate::replica::projection::category_code;
use crate::replica::reference::Reference;
use crate::replica::rows::{self, NO_DAY};
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// A category in a few characters: 低保, 特困分散.
pub fn category(number: u8, lang: Lang) -> &'static str {
    category_of(category_code(number), lang)
}

/// As [`category`], by code.
pub fn category_of(code: &str, lang: Lang) -> &'static str {
    let entry = codes::list("assist_category").and_then(|list| list.get(code));
    match (entry, lang) {
        (None, _) => "",
        // The shortest of what people write in spreadsheets.
        (Some(entry), Lang::Zh) => entry.aliases.first().copied().unwrap_or(entry.zh),
        (Some(entry), Lang::En) => text::category_short(entry.code).unwrap_or(entry.en),
    }
}

/// The letter of a risk grade with its look.
pub fn grade(grade: u8) -> (&'static str, Role) {
    match grade {
        0 => ("A", Role::Warning),
        1 => ("B", Role::Accent),
        _ => ("C", Role::Dim),
    }
}

/// A risk grade in full: `A 高风险`.
pub fn grade_in_full(grade: RiskGrade, lang: Lang) -> String {
    format!("{} {}", grade.code(), grade.label(lang))
}

/// A day as lists show it: month and day within this year and the last months, else with the year. `—` for none.
pub fn date(day: i32, ctx: &Context<'_>) -> Cow<'static, str> {
    match rows::date(day) {
        None => "—".into(),
        Some(date) if (day - rows::day(ctx.today())).abs() < 300 => date.format("%m-%d").to_string().into(),
        Some(date) => date.format("%Y-%m").to_string().into(),
    }
}

/// When something is due, relative to today, with its look.
pub fn due(day: i32, ctx: &Context<'_>) -> (Cow<'static, str>, Role) {
    if day == NO_DAY {
        return ("—".into(), Role::Dim);
    }
    let ahead = i64::from(day) - i64::from(rows::day(ctx.today()));
    match ahead {
        ..0 => (text::overdue(ctx.lang, -ahead).into(), Role::Overdue),
        0 => (text::due_today(ctx.lang).into(), Role::Warning),
        1 => (text::due_tomorrow(ctx.lang).into(), Role::Accent),
        2.. => (text::due_in(ctx.lang, ahead).into(), Role::Dim),
    }
}

/// How long ago a day was: today, yesterday, n days.
pub fn ago(day: i32, ctx: &Context<'_>) -> Cow<'static, str> {
    if day == NO_DAY {
        return "—".into();
    }
    match i64::from(rows::day(ctx.today())) - i64::from(day) {
        ..=0 => text::today_word(ctx.lang).into(),
        1 => text::yesterday(ctx.lang).into(),
        days @ ..730 => text::days_ago(ctx.lang, days).into(),
        days => text::years_ago(ctx.lang, days / 365).into(),
    }
}

/// A village or grid in few cells: a grid as its village with the grid's number, `上岙村·1`.
pub fn village<'a>(number: u32, ctx: &Context<'a>) -> Cow<'a, str> {
    let memory: &'a Projection = ctx.memory;
    memory.region(number).map_or(Cow::Borrowed(""), |code| village_of(code, ctx))
}

/// As [`village`], by code.
pub fn village_of<'a>(code: &'a RegionCode, ctx: &Context<'a>) -> Cow<'a, str> {
    let reference: &'a Reference = &ctx.memory.reference;
    // Grids have the code of their village with three digits more.
    if let Some(grid) = code.as_str().get(12..15) {
        let village = reference.region_name(&code.village());
        return format!("{village}·{}", grid.trim_start_matches('0')).into();
    }
    reference.regions.get(code).map_or_else(|| code.as_str().into(), |region| region.name.as_str().into())
}

/// A number, or nothing for zero: empty cells are easier to skip than zeros.
pub fn count(number: u32) -> Cow<'static, str> {
    if number == 0 { "".into() } else { number.to_string().into() }
}
