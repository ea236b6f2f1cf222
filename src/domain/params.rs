//! Time limits, ages and amounts as dated data with their legal basis (`codes/params.csv`).
//!
//! Laws and local rules change; what held on a visit's day must still be found when that day is judged.

use std::sync::LazyLock;

use chrono::{Duration, NaiveDate};

use super::codes::table::{read_date, split};
use super::money::Fen;
use crate::i18n::Lang;

/// The parameters that hold on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params {
    date: NaiveDate,
}

/// The parameters that hold on `date`.
pub fn on(date: NaiveDate) -> Params {
    Params { date }
}

/// One parameter over one span of days.
#[derive(Debug, Clone)]
pub struct Param {
    /// Stable name, for example `visit_interval_days.A`.
    pub name: &'static str,
    /// The value in `unit`.
    pub value: i64,
    /// `days`, `hours`, `minutes`, `workdays`, `months`, `years`, `percent`, `count` or `fen`.
    pub unit: &'static str,
    /// Chinese description.
    pub zh: &'static str,
    /// English description.
    pub en: &'static str,
    /// First day; `None` means always before.
    pub valid_from: Option<NaiveDate>,
    /// Last day; `None` means no end.
    pub valid_to: Option<NaiveDate>,
    /// The law, rule or paper; `本项目设定` where this program decided.
    pub basis: &'static str,
}

impl Param {
    /// The description in `lang`.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}

/// The parameter called `name` as it holds on `date`; `None` when there is none.
pub fn param(name: &str, date: NaiveDate) -> Option<&'static Param> {
    all().iter().find(|param| {
        param.name == name
            && param.valid_from.is_none_or(|from| from <= date)
            && param.valid_to.is_none_or(|to| date <= to)
    })
}

/// All parameters with all their spans, in the file's order.
pub fn all() -> &'static [Param] {
    static PARAMS: LazyLock<Vec<Param>> = LazyLock::new(|| read(include_str!("codes/params.csv")).0);
    &PARAMS
}

impl Params {
    /// Days between two visits of a household of risk grade `A`, `B` or `C`. Any other grade counts as `C`, the
    /// rule's "all others". Source: graded visiting, one region's opinion.
    pub fn visit_interval_days(&self, grade: &str) -> u32 {
        self.number(match grade {
            "A" => "visit_interval_days.A",
            "B" => "visit_interval_days.B",
            _ => "visit_interval_days.C",
        })
    }

    /// Time for a visit after a major change (serious illness, new disability, fall of income, disaster), by grade.
    pub fn visit_after_change(&self, grade: &str) -> Duration {
        self.hours(match grade {
            "A" => "visit_after_change_hours.A",
            "B" => "visit_after_change_hours.B",
            _ => "visit_after_change_hours.C",
        })
    }

    /// Days until the next attempt after nobody was at home.
    pub fn visit_retry_days(&self) -> u32 {
        self.number("visit_retry_days")
    }

    /// Households that a worker visits in a week.
    pub fn visit_quota_per_week(&self) -> u32 {
        self.number("visit_quota_per_week")
    }

    /// Days within which the claimant of a wish must have made contact.
    pub fn wish_contact_days(&self) -> u32 {
        self.number("wish_contact_days")
    }

    /// Days that a claim on a wish lasts.
    pub fn wish_claim_lease_days(&self) -> u32 {
        self.number("wish_claim_lease_days")
    }

    /// Days that a point may hold a wish for donors who come by.
    pub fn wish_standing_days(&self) -> u32 {
        self.number("wish_standing_days")
    }

    /// Time after the end of a lease before the wish may be granted to another.
    pub fn wish_lease_grace(&self) -> Duration {
        self.hours("wish_lease_grace_hours")
    }

    /// Days before a limit at which a wish counts as near it.
    pub fn wish_warn_days(&self) -> u32 {
        self.number("wish_warn_days")
    }

    /// Days that a wish stays published.
    pub fn wish_publish_days(&self) -> u32 {
        self.number("wish_publish_days")
    }

    /// Highest value of one unit of a micro-wish.
    pub fn wish_ceiling(&self) -> Fen {
        Fen(self.value("wish_ceiling_fen"))
    }

    /// Days within which a lead must be verified or rejected.
    pub fn lead_verify_days(&self) -> u32 {
        self.number("lead_verify_days")
    }

    /// Days within which a reported need must be verified.
    pub fn need_verify_days(&self) -> u32 {
        self.number("need_verify_days")
    }

    /// Days after which a valid need without a measure counts as omitted.
    pub fn need_omission_days(&self) -> u32 {
        self.number("need_omission_days")
    }

    /// Days after which a valid need without a measure must be checked again.
    pub fn need_recheck_days(&self) -> u32 {
        self.number("need_recheck_days")
    }

    /// Days around an allocation or need in which a like one counts as a possible duplicate.
    pub fn duplicate_window_days(&self) -> u32 {
        self.number("duplicate_window_days")
    }

    /// Days without any contact after which a household counts among the silent.
    pub fn never_contacted_days(&self) -> u32 {
        self.number("never_contacted_days")
    }

    /// Medical costs paid by a household itself within a year that raise an alert.
    pub fn medical_self_pay_alarm(&self) -> Fen {
        Fen(self.value("medical_self_pay_alarm_fen"))
    }

    /// Time for the triage of an emergency.
    pub fn emergency_triage(&self) -> Duration {
        self.hours("emergency_triage_hours")
    }

    /// Time for first aid in an emergency.
    pub fn emergency_first_aid(&self) -> Duration {
        self.hours("emergency_first_aid_hours")
    }

    /// Working days for the papers of an emergency.
    pub fn emergency_paperwork_workdays(&self) -> u32 {
        self.number("emergency_paperwork_workdays")
    }

    /// Days after which a fact of this group (`phone`, `address`, `health`, `income`, `employment`, `property`;
    /// any other name counts as `other`) is stale.
    pub fn stale_days(&self, group: &str) -> u32 {
        self.number(match group {
            "phone" => "stale_days.phone",
            "address" => "stale_days.address",
            "health" => "stale_days.health",
            "income" => "stale_days.income",
            "employment" => "stale_days.employment",
            "property" => "stale_days.property",
            _ => "stale_days.other",
        })
    }

    /// Age from which a person is an elder, in years.
    pub fn elder_age(&self) -> u32 {
        self.number("elder_age")
    }

    /// Age from which living alone is a high risk, in years.
    pub fn high_risk_age(&self) -> u32 {
        self.number("high_risk_age")
    }

    /// Age of majority, in years.
    pub fn adult_age(&self) -> u32 {
        self.number("adult_age")
    }

    /// Age below which a guardian must consent, in years (PIPL art. 28, 31).
    pub fn child_consent_age(&self) -> u32 {
        self.number("child_consent_age")
    }

    /// Cells of a report for outsiders that count fewer people than this are suppressed.
    pub fn small_cell(&self) -> u32 {
        self.number("small_cell")
    }

    /// Time within which a worker may undo a command.
    pub fn undo_limit(&self) -> Duration {
        Duration::minutes(self.value("undo_minutes"))
    }

    fn hours(&self, name: &'static str) -> Duration {
        Duration::hours(self.value(name))
    }

    fn number(&self, name: &'static str) -> u32 {
        // The test `every_accessor_answers_on_every_day` proves the range.
        u32::try_from(self.value(name)).expect("parameters that are counted are not negative")
    }

    fn value(&self, name: &'static str) -> i64 {
        // The test `every_name_covers_every_day` proves that each name has a value on every day.
        param(name, self.date).expect("the embedded parameters cover every day").value
    }
}

const HEADER: &str = "name,value,unit,zh,en,valid_from,valid_to,basis";
const UNITS: [&str; 9] = ["days", "hours", "minutes", "workdays", "months", "years", "percent", "count", "fen"];

/// Reads the table, and says what is wrong with it line by line.
fn read(text: &'static str) -> (Vec<Param>, Vec<String>) {
    let mut params = Vec::new();
    let mut problems = Vec::new();
    let mut lines = text.lines().enumerate();
    if lines.next().map(|(_, line)| line) != Some(HEADER) {
        problems.push(format!("the header must be {HEADER}"));
        return (params, problems);
    }
    for (number, line) in lines {
        match read_param(line) {
            Ok(param) => params.push(param),
            Err(what) => problems.push(format!("{}: {what}", number + 1)),
        }
    }
    (params, problems)
}

fn read_param(line: &'static str) -> Result<Param, String> {
    let fields = split(line).ok_or("a quote is not closed")?;
    let [name, value, unit, zh, en, valid_from, valid_to, basis] = fields[..] else {
        return Err(format!("{} fields, expected 8", fields.len()));
    };
    if !UNITS.contains(&unit) {
        return Err(format!("unknown unit {unit}"));
    }
    if [name, zh, en, basis].contains(&"") {
        return Err("name, zh, en and basis must not be empty".into());
    }
    Ok(Param {
        name,
        value: value.parse().map_err(|_| format!("{value} is not a whole number"))?,
        unit,
        zh,
        en,
        valid_from: read_date(valid_from)?,
        valid_to: read_date(valid_to)?,
        basis,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_embedded_table_is_sound() {
        assert_eq!(read(include_str!("codes/params.csv")).1, Vec::<String>::new());
        assert!(all().iter().all(|param| param.value > 0));
    }

    #[test]
    fn every_name_covers_every_day() {
        for name in all().iter().map(|param| param.name) {
            let mut spans: Vec<_> = all().iter().filter(|param| param.name == name).collect();
            spans.sort_by_key(|param| param.valid_from);
            assert_eq!(spans[0].valid_from, None, "{name}");
            assert_eq!(spans[spans.len() - 1].valid_to, None, "{name}");
            for pair in spans.windows(2) {
                assert_eq!(pair[0].valid_to.and_then(|to| to.succ_opt()), pair[1].valid_from, "{name}");
            }
        }
    }

    #[test]
    fn every_accessor_answers_on_every_day() {
        for date in [NaiveDate::MIN, day("2026-07-01"), NaiveDate::MAX] {
            let params = on(date);
            let days: Vec<u32> = ["A", "B", "C", ""].map(|grade| params.visit_interval_days(grade)).into();
            assert_eq!(days, [7, 30, 90, 90]);
            let hours: Vec<i64> = ["A", "B", "C", ""].map(|grade| params.visit_after_change(grade).num_hours()).into();
            assert_eq!(hours, [24, 72, 168, 168]);
            let counts = [
                (params.visit_retry_days(), 3),
                (params.visit_quota_per_week(), 4),
                (params.wish_contact_days(), 7),
                (params.wish_claim_lease_days(), 7),
                (params.wish_standing_days(), 30),
                (params.wish_warn_days(), 2),
                (params.wish_publish_days(), 60),
                (params.lead_verify_days(), 3),
                (params.need_verify_days(), 5),
                (params.need_omission_days(), 15),
                (params.need_recheck_days(), 15),
                (params.duplicate_window_days(), 90),
                (params.never_contacted_days(), 180),
                (params.emergency_paperwork_workdays(), 10),
                (params.stale_days("phone"), 180),
                (params.stale_days("address"), 365),
                (params.stale_days("health"), 180),
                (params.stale_days("income"), 365),
                (params.stale_days("employment"), 180),
                (params.stale_days("property"), 365),
                (params.stale_days("pets"), 365),
                (params.elder_age(), 60),
                (params.high_risk_age(), 80),
                (params.adult_age(), 18),
                (params.child_consent_age(), 14),
                (params.small_cell(), 5),
            ];
            for (index, (value, expected)) in counts.into_iter().enumerate() {
                assert_eq!(value, expected, "row {index}");
            }
            assert_eq!(params.wish_ceiling(), Fen(100_000));
            assert_eq!(params.medical_self_pay_alarm(), Fen(2_000_000));
            assert_eq!(params.wish_lease_grace(), Duration::hours(24));
            assert_eq!(params.emergency_triage(), Duration::hours(2));
            assert_eq!(params.emergency_first_aid(), Duration::hours(24));
            assert_eq!(params.undo_limit(), Duration::hours(24));
        }
    }

    #[test]
    fn a_broken_table_is_reported_line_by_line() {
        let check = |line: &'static str, expected: &str| assert_eq!(read_param(line).unwrap_err(), expected, "{line}");
        check("a,1,days,甲,A,,", "7 fields, expected 8");
        check("a,x,days,甲,A,,,b", "x is not a whole number");
        check("a,1,moons,甲,A,,,b", "unknown unit moons");
        check("a,1,days,甲,A,yesterday,,b", "yesterday is not a date");
        check("a,1,days,,A,,,b", "name, zh, en and basis must not be empty");
    }

    #[test]
    fn an_unknown_name_is_none() {
        assert!(param("visit_interval_days.Z", day("2026-01-01")).is_none());
        assert_eq!(param("visit_interval_days.A", day("2026-01-01")).unwrap().label(Lang::Zh), "高风险户探访间隔");
    }
}
