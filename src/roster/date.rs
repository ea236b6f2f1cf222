//! Dates as rosters write them: `1957年3月2日`, `1957.3.2`, `1957-03-02`, `1957/3/2`, `19570302`; months as `202407`,
//! `2024年7月`, `2024.7`; a spreadsheet's day number.

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use crate::i18n::{Explain, Lang, roster as text};

/// A date as far as a roster states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RosterDate {
    /// A day.
    Day(NaiveDate),
    /// A month, by its first day.
    Month(NaiveDate),
}

/// A text or number that is no date. Two-digit years and `3/2/1957` are refused: they can mean several dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the calendar")]
pub struct DateError;

impl RosterDate {
    /// Reads a date. Full-width digits and spaces make no difference, and a time of day behind it is left off.
    ///
    /// # Errors
    /// [`DateError`] where it is not in one of the forms above or not in the calendar.
    pub fn parse(text: &str) -> Result<RosterDate, DateError> {
        // No date is longer; a hostile text must not cost more than a look.
        let text: String = text.nfkc().take(40).collect();
        let day = without_time(text.trim());
        let mut plain = String::with_capacity(day.len());
        for c in day.chars().filter(|c| !c.is_whitespace() && !matches!(c, '日' | '号')) {
            plain.push(if matches!(c, '年' | '月' | '.' | '/' | '、' | '—' | '–' | '−' | '‐') {
                '-'
            } else {
                c
            });
        }
        let parts: Vec<&str> = plain.strip_suffix('-').unwrap_or(&plain).split('-').collect();
        if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit())) {
            return Err(DateError);
        }
        match parts[..] {
            [digits] if digits.len() == 8 => day_of(&digits[..4], &digits[4..6], &digits[6..]),
            [digits] if digits.len() == 6 => month_of(&digits[..4], &digits[4..]),
            [year, month] => month_of(year, month),
            [year, month, day] => day_of(year, month, day),
            _ => Err(DateError),
        }
    }

    /// Reads a number: `19570302`, `202407`, or the day number of a spreadsheet program (1 is 1 January 1900).
    ///
    /// # Errors
    /// [`DateError`] where it is none of these.
    pub fn from_number(number: f64) -> Result<RosterDate, DateError> {
        if !(1.0..1e8).contains(&number) {
            return Err(DateError);
        }
        let whole = number.floor();
        if whole >= 100_000.0 {
            return if whole == number { RosterDate::parse(&format!("{whole}")) } else { Err(DateError) };
        }
        // Below 10,000 lie days before 1927, but also every year that somebody typed alone.
        if whole < 10_000.0 {
            return Err(DateError);
        }
        // 30 December 1899 makes up for 29 February 1900, a day that only spreadsheet programs know.
        NaiveDate::from_ymd_opt(1899, 12, 30)
            .and_then(|epoch| epoch.checked_add_days(chrono::Days::new(whole as u64)))
            .map(RosterDate::Day)
            .ok_or(DateError)
    }

    /// The day, or the first day of the month.
    pub fn first_day(self) -> NaiveDate {
        match self {
            RosterDate::Day(day) | RosterDate::Month(day) => day,
        }
    }

    /// Whether the day is this date or lies in this month.
    pub fn covers(self, day: NaiveDate) -> bool {
        match self {
            RosterDate::Day(own) => own == day,
            RosterDate::Month(own) => (own.year(), own.month()) == (day.year(), day.month()),
        }
    }
}

/// Leaves off ` 00:00:00` or `T00:00`.
fn without_time(text: &str) -> &str {
    match text.split_once([' ', 'T']) {
        Some((day, time)) if time.trim_start().split_once(':').is_some_and(|(hour, _)| hour.parse::<u8>().is_ok()) => {
            day
        }
        _ => text,
    }
}

fn day_of(year: &str, month: &str, day: &str) -> Result<RosterDate, DateError> {
    date(year, month, day).map(RosterDate::Day)
}

fn month_of(year: &str, month: &str) -> Result<RosterDate, DateError> {
    date(year, month, "1").map(RosterDate::Month)
}

fn date(year: &str, month: &str, day: &str) -> Result<NaiveDate, DateError> {
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return Err(DateError);
    }
    let number = |digits: &str| digits.parse::<u32>().map_err(|_| DateError);
    let year = year.parse::<i32>().map_err(|_| DateError)?;
    NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).ok_or(DateError)
}

impl Explain for DateError {
    fn code(&self) -> &str {
        "date.invalid"
    }
    fn message(&self, lang: Lang) -> String {
        text::date_invalid(lang).into()
    }
    fn remedy(&self, lang: Lang) -> String {
        text::date_invalid_remedy(lang).into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn dates_are_read_in_every_usual_form() {
        for (text, expected) in [
            ("1957年3月2日", RosterDate::Day(ymd(1957, 3, 2))),
            ("1957 年 03 月 02 日", RosterDate::Day(ymd(1957, 3, 2))),
            ("1957年3月2号", RosterDate::Day(ymd(1957, 3, 2))),
            ("1957.3.2", RosterDate::Day(ymd(1957, 3, 2))),
            ("1957．3．2", RosterDate::Day(ymd(1957, 3, 2))),
            ("1957-03-02", RosterDate::Day(ymd(1957, 3, 2))),
            ("1957/3/2", RosterDate::Day(ymd(1957, 3, 2))),
            ("１９５７／３／２", RosterDate::Day(ymd(1957, 3, 2))),
            ("19570302", RosterDate::Day(ymd(1957, 3, 2))),
            (" 1957-03-02 00:00:00 ", RosterDate::Day(ymd(1957, 3, 2))),
            ("1957-03-02T08:30", RosterDate::Day(ymd(1957, 3, 2))),
            ("2000-02-29", RosterDate::Day(ymd(2000, 2, 29))),
            ("202407", RosterDate::Month(ymd(2024, 7, 1))),
            ("2024年7月", RosterDate::Month(ymd(2024, 7, 1))),
            ("2024.07", RosterDate::Month(ymd(2024, 7, 1))),
            ("2024-7", RosterDate::Month(ymd(2024, 7, 1))),
        ] {
            assert_eq!(RosterDate::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_or_could_be_several_is_refused() {
        for text in [
            "",
            " ",
            "-",
            "年月日",
            "1957",
            "1957年",
            "57.3.2",
            "3/2/1957",
            "1957-02-31",
            "1957-13-01",
            "1957-00-01",
            "1900-02-29",
            "195732",
            "202413",
            "1957030",
            "1957--3-2",
            "一九五七年三月二日",
            "1957-3-2-1",
            "不详",
            "1957年3月2日生",
            "99999999999999999999",
            "1957-03-02 abc",
            "－1957-3-2",
        ] {
            assert_eq!(RosterDate::parse(text), Err(DateError), "{text}");
        }
    }

    #[test]
    fn numbers_are_dates_or_day_numbers() {
        for (number, expected) in [
            (19_570_302.0, Ok(RosterDate::Day(ymd(1957, 3, 2)))),
            (202_407.0, Ok(RosterDate::Month(ymd(2024, 7, 1)))),
            (20_881.0, Ok(RosterDate::Day(ymd(1957, 3, 2)))),
            (20_881.75, Ok(RosterDate::Day(ymd(1957, 3, 2)))),
            (45_474.0, Ok(RosterDate::Day(ymd(2024, 7, 1)))),
            (1957.0, Err(DateError)),
            (0.0, Err(DateError)),
            (-1.0, Err(DateError)),
            (202_407.5, Err(DateError)),
            (f64::NAN, Err(DateError)),
            (f64::INFINITY, Err(DateError)),
            (1e300, Err(DateError)),
        ] {
            assert_eq!(RosterDate::from_number(number), expected, "{number}");
        }
    }

    #[test]
    fn a_month_covers_its_days() {
        let month = RosterDate::parse("2024年7月").unwrap();
        assert!(month.covers(ymd(2024, 7, 31)) && !month.covers(ymd(2024, 8, 1)));
        let day = RosterDate::parse("2024-07-01").unwrap();
        assert!(day.covers(ymd(2024, 7, 1)) && !day.covers(ymd(2024, 7, 2)));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = RosterDate::parse(&text);
        }

        #[test]
        fn no_number_makes_it_panic(number in proptest::num::f64::ANY) {
            let _ = RosterDate::from_number(number);
        }

        #[test]
        fn what_is_written_is_read_back(days in 0_u64..50_000) {
            let date = ymd(1900, 1, 1) + chrono::Days::new(days);
            for format in ["%Y年%-m月%-d日", "%Y-%m-%d", "%Y.%-m.%-d", "%Y/%m/%d", "%Y%m%d"] {
                prop_assert_eq!(RosterDate::parse(&date.format(format).to_string()), Ok(RosterDate::Day(date)));
            }
        }
    }
}
