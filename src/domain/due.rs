//! When a household must be visited next, and whom to visit first.
//!
//! Frequencies by risk grade and the rule for major changes are dated parameters; their source is graded visiting
//! (one region's opinion). A visit is judged by the parameters of the day that started its clock.

use std::cmp::Ordering;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::moment::{Moment, Now};
use super::params;
use super::risk::RiskGrade;
use crate::i18n::{Lang, risk as text};

/// What the next visit depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueFacts<'a> {
    /// The grade.
    pub grade: RiskGrade,
    /// When the household came into the register.
    pub registered: NaiveDate,
    /// The last visit that met somebody.
    pub last_met: Option<NaiveDate>,
    /// The last visit of any result: its date and its code in the list `visit_result`.
    pub last_attempt: Option<(NaiveDate, &'a str)>,
    /// The last major change (list `change_event`) that no visit has met since.
    pub open_change: Option<Moment>,
}

/// A visit that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitDue {
    /// The last day on which it is in time.
    pub date: NaiveDate,
    /// The moment at which it is late, where hours count; else the end of that day.
    pub deadline: Moment,
    /// Why then.
    pub cause: DueCause,
}

/// Which rule set the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueCause {
    /// Never visited.
    First {
        /// Days after registration.
        days: u32,
    },
    /// The interval of the grade.
    Interval {
        /// Days after the last visit.
        days: u32,
    },
    /// Nobody was met.
    Retry {
        /// Days after the attempt.
        days: u32,
    },
    /// A major change.
    Change {
        /// Hours after the change.
        hours: i64,
    },
}

/// The next visit; `None` when the household has moved away. Of several rules the earliest date counts, except that an
/// attempt in which nobody was met sets a new date of its own: yesterday's attempt is not overdue again today.
pub fn next_visit(facts: &DueFacts) -> Option<VisitDue> {
    // A visit that found that somebody had died found the household.
    let found = facts.last_attempt.filter(|(_, result)| *result == "deceased").map(|(date, _)| date);
    let last_met = facts.last_met.max(found);
    let unmet = facts
        .last_attempt
        .filter(|(date, result)| matches!(*result, "absent" | "refused") && last_met.is_none_or(|met| met < *date));
    if facts.last_attempt.is_some_and(|(_, result)| result == "moved") {
        return None;
    }
    let regular = match (unmet, last_met) {
        (Some((attempt, _)), _) => {
            let days = params::on(attempt).visit_retry_days();
            by_day(add_days(attempt, days), DueCause::Retry { days })
        }
        (None, Some(met)) => {
            let days = params::on(met).visit_interval_days(facts.grade.code());
            by_day(add_days(met, days), DueCause::Interval { days })
        }
        (None, None) => {
            let days = params::on(facts.registered).visit_interval_days(facts.grade.code());
            by_day(add_days(facts.registered, days), DueCause::First { days })
        }
    };
    let after_change = facts.open_change.map(|change| after_change(change, facts.grade));
    Some(after_change.filter(|due| due.deadline < regular.deadline).unwrap_or(regular))
}

/// The visit that a major change calls for.
pub fn after_change(change: Moment, grade: RiskGrade) -> VisitDue {
    let limit = params::on(change.date()).visit_after_change(grade.code());
    let deadline = change.plus(limit);
    VisitDue { date: deadline.date(), deadline, cause: DueCause::Change { hours: limit.num_hours() } }
}

/// The date to propose for the visit after one on `visited` with this result; `None` after `moved`.
pub fn propose(visited: NaiveDate, result: &str, grade: RiskGrade) -> Option<NaiveDate> {
    let params = params::on(visited);
    match result {
        "moved" => None,
        "absent" | "refused" => Some(add_days(visited, params.visit_retry_days())),
        _ => Some(add_days(visited, params.visit_interval_days(grade.code()))),
    }
}

/// How a due visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DueState {
    /// Late.
    Overdue {
        /// Full or begun days since it became late, at least 1.
        days: u32,
    },
    /// Must be made today.
    Today,
    /// Not yet.
    Ahead {
        /// Days left, at least 1.
        days: u32,
    },
}

/// A place in the worst-first order: sort ascending, and the worst comes first.
///
/// Overdue visits come before all others, ordered by the share of their interval that they are late: a day late for a
/// weekly visit weighs as much as 13 days for a quarterly one. Those not yet due follow by date; equals by grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DueRank {
    /// Days late times 1,000,000 through the days of the interval; 0 when not late.
    lateness: u64,
    days_ahead: i64,
    grade: RiskGrade,
}

impl VisitDue {
    /// How it stands now.
    pub fn state(&self, now: Now) -> DueState {
        let days = (self.date - now.today()).num_days();
        match days.cmp(&0) {
            Ordering::Greater => DueState::Ahead { days: day_count(days) },
            Ordering::Less => DueState::Overdue { days: day_count(-days) },
            // A deadline of hours may pass on its own day.
            Ordering::Equal if now.at >= self.deadline => DueState::Overdue { days: 1 },
            Ordering::Equal => DueState::Today,
        }
    }

    /// Its place in the worst-first order. The interval is the grade's on the due date.
    pub fn rank(&self, grade: RiskGrade, now: Now) -> DueRank {
        let interval = u64::from(params::on(self.date).visit_interval_days(grade.code()).max(1));
        let (lateness, days_ahead) = match self.state(now) {
            DueState::Overdue { days } => (u64::from(days) * 1_000_000 / interval, 0),
            DueState::Today => (0, 0),
            DueState::Ahead { days } => (0, i64::from(days)),
        };
        DueRank { lateness, days_ahead, grade }
    }
}

impl Ord for DueRank {
    fn cmp(&self, other: &DueRank) -> Ordering {
        let key = |rank: &DueRank| (std::cmp::Reverse(rank.lateness), rank.days_ahead, rank.grade);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for DueRank {
    fn partial_cmp(&self, other: &DueRank) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl DueCause {
    /// The rule in words.
    pub fn message(&self, lang: Lang) -> String {
        match *self {
            DueCause::First { days } => text::due_first(lang, days),
            DueCause::Interval { days } => text::due_interval(lang, days),
            DueCause::Retry { days } => text::due_retry(lang, days),
            DueCause::Change { hours } => text::due_change(lang, hours),
        }
    }
}

/// The day `count` working days (Monday to Friday) after `date`. Public holidays and the working weekends that the State
/// Council announces each year are not known here, so a term may end a few days early, never late.
pub fn add_workdays(date: NaiveDate, count: u32) -> NaiveDate {
    let mut day = date;
    let mut left = count;
    while left > 0 {
        let Some(next) = day.succ_opt() else { return day };
        day = next;
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            left -= 1;
        }
    }
    day
}

/// `date` and `days`; the last day of the calendar when it ends before that.
pub fn add_days(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)
}

fn by_day(date: NaiveDate, cause: DueCause) -> VisitDue {
    VisitDue { date, deadline: Moment::start_of(add_days(date, 1)), cause }
}

fn day_count(days: i64) -> u32 {
    u32::try_from(days).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn facts(grade: RiskGrade) -> DueFacts<'static> {
        DueFacts { grade, registered: day("2026-01-01"), last_met: None, last_attempt: None, open_change: None }
    }

    #[test]
    fn the_next_visit_follows_grade_and_history() {
        let met = |grade, date| DueFacts {
            last_met: Some(day(date)),
            last_attempt: Some((day(date), "met")),
            ..facts(grade)
        };
        let unmet = |grade, date, result| DueFacts { last_attempt: Some((day(date), result)), ..facts(grade) };
        for (facts, expected) in [
            (facts(RiskGrade::A), Some(("2026-01-08", DueCause::First { days: 7 }))),
            (facts(RiskGrade::C), Some(("2026-04-01", DueCause::First { days: 90 }))),
            (met(RiskGrade::A, "2026-11-15"), Some(("2026-11-22", DueCause::Interval { days: 7 }))),
            (met(RiskGrade::B, "2026-11-15"), Some(("2026-12-15", DueCause::Interval { days: 30 }))),
            (met(RiskGrade::C, "2026-11-15"), Some(("2027-02-13", DueCause::Interval { days: 90 }))),
            (unmet(RiskGrade::B, "2026-11-15", "absent"), Some(("2026-11-18", DueCause::Retry { days: 3 }))),
            (unmet(RiskGrade::B, "2026-11-15", "refused"), Some(("2026-11-18", DueCause::Retry { days: 3 }))),
            (unmet(RiskGrade::B, "2026-11-15", "moved"), None),
            (
                DueFacts { last_met: Some(day("2026-11-01")), ..unmet(RiskGrade::B, "2026-11-15", "absent") },
                Some(("2026-11-18", DueCause::Retry { days: 3 })),
            ),
            (
                DueFacts { last_met: Some(day("2026-11-16")), ..unmet(RiskGrade::B, "2026-11-15", "absent") },
                Some(("2026-12-16", DueCause::Interval { days: 30 })),
            ),
            (
                DueFacts { open_change: Some("2026-11-16 10:00".parse().unwrap()), ..met(RiskGrade::A, "2026-11-15") },
                Some(("2026-11-17", DueCause::Change { hours: 24 })),
            ),
            (
                DueFacts { open_change: Some("2026-11-21 10:00".parse().unwrap()), ..met(RiskGrade::A, "2026-11-10") },
                Some(("2026-11-17", DueCause::Interval { days: 7 })),
            ),
        ] {
            let found = next_visit(&facts).map(|due| (due.date, due.cause));
            assert_eq!(found, expected.map(|(date, cause)| (day(date), cause)), "{facts:?}");
        }
    }

    #[test]
    fn a_proposal_agrees_with_the_rule() {
        for (result, expected) in [
            ("met", Some("2026-12-22")),
            ("deceased", Some("2026-12-22")),
            ("absent", Some("2026-11-25")),
            ("refused", Some("2026-11-25")),
            ("moved", None),
        ] {
            let proposed = propose(day("2026-11-22"), result, RiskGrade::B);
            assert_eq!(proposed, expected.map(day), "{result}");
            let met = (result == "met").then(|| day("2026-11-22"));
            let later =
                DueFacts { last_met: met, last_attempt: Some((day("2026-11-22"), result)), ..facts(RiskGrade::B) };
            assert_eq!(next_visit(&later).map(|due| due.date), proposed, "{result}");
        }
    }

    #[test]
    fn a_visit_is_in_time_to_the_end_of_its_day() {
        let due = by_day(day("2026-11-22"), DueCause::Interval { days: 7 });
        for (now, expected) in [
            ("2026-11-20 12:00", DueState::Ahead { days: 2 }),
            ("2026-11-22 00:00", DueState::Today),
            ("2026-11-22 23:59", DueState::Today),
            ("2026-11-23 00:00", DueState::Overdue { days: 1 }),
            ("2026-12-02 08:00", DueState::Overdue { days: 10 }),
        ] {
            assert_eq!(due.state(Now::new(now.parse().unwrap())), expected, "{now}");
        }
    }

    #[test]
    fn hours_count_after_a_major_change() {
        let due = after_change("2026-11-22 08:00".parse().unwrap(), RiskGrade::A);
        for (now, expected) in [
            ("2026-11-22 20:00", DueState::Ahead { days: 1 }),
            ("2026-11-23 07:59", DueState::Today),
            ("2026-11-23 08:00", DueState::Overdue { days: 1 }),
        ] {
            assert_eq!(due.state(Now::new(now.parse().unwrap())), expected, "{now}");
        }
    }

    #[test]
    fn the_worst_comes_first() {
        let now = Now::new("2026-11-22 09:00".parse().unwrap());
        let mut rows = [
            ("C, 12 days late", RiskGrade::C, "2026-11-10"),
            ("A, 1 day late", RiskGrade::A, "2026-11-21"),
            ("C, 14 days late", RiskGrade::C, "2026-11-08"),
            ("B, 1 day late", RiskGrade::B, "2026-11-21"),
            ("C, today", RiskGrade::C, "2026-11-22"),
            ("A, today", RiskGrade::A, "2026-11-22"),
            ("A, in 5 days", RiskGrade::A, "2026-11-27"),
            ("C, tomorrow", RiskGrade::C, "2026-11-23"),
        ];
        rows.sort_by_key(|(_, grade, date)| by_day(day(date), DueCause::Retry { days: 3 }).rank(*grade, now));
        let order: Vec<&str> = rows.iter().map(|(name, _, _)| *name).collect();
        assert_eq!(
            order,
            [
                "C, 14 days late",
                "A, 1 day late",
                "C, 12 days late",
                "B, 1 day late",
                "A, today",
                "C, today",
                "C, tomorrow",
                "A, in 5 days"
            ]
        );
    }

    #[test]
    fn working_days_leave_out_weekends() {
        for (from, count, expected) in [
            ("2026-11-20", 0, "2026-11-20"), // a Friday
            ("2026-11-20", 1, "2026-11-23"),
            ("2026-11-20", 5, "2026-11-27"),
            ("2026-11-22", 10, "2026-12-04"),
        ] {
            assert_eq!(add_workdays(day(from), count), day(expected), "{from} {count}");
        }
        assert_eq!(add_workdays(NaiveDate::MAX, 3), NaiveDate::MAX);
        assert_eq!(add_days(NaiveDate::MAX, 3), NaiveDate::MAX);
    }

    #[test]
    fn each_rule_is_told() {
        for cause in [
            DueCause::First { days: 7 },
            DueCause::Interval { days: 7 },
            DueCause::Retry { days: 3 },
            DueCause::Change { hours: 24 },
        ] {
            assert!(!cause.message(Lang::Zh).is_empty() && !cause.message(Lang::En).is_empty());
        }
    }
}
