//! Dates as people type them.

use chrono::{Datelike, Days, NaiveDate};

use crate::i18n::{Explain, Lang, console as msg};
use crate::tui::text::half_width;

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Nothing was typed.
    #[error("no date")]
    Empty,
    /// Not understood, or not in the calendar.
    #[error("not a date")]
    Unreadable,
}

impl Explain for DateError {
    fn code(&self) -> &str {
        match self {
            DateError::Empty => "date.empty",
            DateError::Unreadable => "date.unreadable",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            DateError::Empty => msg::date_empty(lang),
            DateError::Unreadable => msg::date_unreadable(lang),
        }
        .to_owned()
    }

    fn remedy(&self, lang: Lang) -> String {
        msg::date_remedy(lang).to_owned()
    }
}

/// Reads `2025-03-12`, `2025/3/12`, `2025.3.12`, `2025年3月12日`, `20250312`, `250312`, `3-12`, `12` (of this month),
/// `+7`, `-1` (days from today), `今`, `昨`, `明` (also with `天`); full-width digits too.
///
/// # Errors
/// When it is none of these, or a day that does not exist.
pub fn parse_date(typed: &str, today: NaiveDate) -> Result<NaiveDate, DateError> {
    let typed = half_width(typed);
    let typed = typed.trim();
    match typed.trim_end_matches('天') {
        "" => return Err(DateError::Empty),
        "今" | "today" => return Ok(today),
        "昨" | "yesterday" => return today.pred_opt().ok_or(DateError::Unreadable),
        "明" | "tomorrow" => return today.succ_opt().ok_or(DateError::Unreadable),
        _ => {}
    }
    if let Some(days) = typed.strip_prefix('+') {
        let days = days.parse().map_err(|_| DateError::Unreadable)?;
        return today.checked_add_days(Days::new(days)).ok_or(DateError::Unreadable);
    }
    if let Some(days) = typed.strip_prefix('-') {
        let days = days.parse().map_err(|_| DateError::Unreadable)?;
        return today.checked_sub_days(Days::new(days)).ok_or(DateError::Unreadable);
    }
    let parts: Vec<&str> = typed.split(['-', '/', '.', '年', '月', '日', ' ']).filter(|p| !p.is_empty()).collect();
    let number = |text: &str| text.parse::<u32>().map_err(|_| DateError::Unreadable);
    let (year, month, day) = match parts.as_slice() {
        [all] if all.len() == 8 && all.is_ascii() => (number(&all[..4])?, number(&all[4..6])?, number(&all[6..])?),
        [all] if all.len() == 6 && all.is_ascii() => {
            (2000 + number(&all[..2])?, number(&all[2..4])?, number(&all[4..])?)
        }
        [all] if all.len() == 4 && all.is_ascii() => (today.year_ce().1, number(&all[..2])?, number(&all[2..])?),
        [day] => (today.year_ce().1, today.month(), number(day)?),
        [month, day] => (today.year_ce().1, number(month)?, number(day)?),
        [year, month, day] => {
            let short = year.len() <= 2;
            (number(year)? + if short { 2000 } else { 0 }, number(month)?, number(day)?)
        }
        _ => return Err(DateError::Unreadable),
    };
    let year = i32::try_from(year).ok().filter(|y| (1900..=2200).contains(y)).ok_or(DateError::Unreadable)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or(DateError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_type_them() {
        let today = NaiveDate::from_ymd_opt(2025, 3, 12).expect("a date");
        let check = |typed: &str, expected: Option<(i32, u32, u32)>| {
            let expected = expected.map(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).expect("a date"));
            assert_eq!(parse_date(typed, today).ok(), expected, "{typed}");
        };
        check("2024-02-29", Some((2024, 2, 29)));
        check("2025-02-29", None);
        check("2025/3/1", Some((2025, 3, 1)));
        check("２０２５年３月１日", Some((2025, 3, 1)));
        check("20250301", Some((2025, 3, 1)));
        check("250301", Some((2025, 3, 1)));
        check("0301", Some((2025, 3, 1)));
        check("3-1", Some((2025, 3, 1)));
        check("5", Some((2025, 3, 5)));
        check("+20", Some((2025, 4, 1)));
        check("-12", Some((2025, 2, 28)));
        check("今天", Some((2025, 3, 12)));
        check("昨", Some((2025, 3, 11)));
        check("", None);
        check("下周", None);
        check("99999999999", None);
        check("+99999999999999", None);
        check("32", None);
        check("1-2-3-4", None);
    }
}
