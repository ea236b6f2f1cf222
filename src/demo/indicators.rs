//! Indicators: eight to ten measured facts behind a household's portrait.

use super::body::Course;
use super::file::File;
use super::plan::Planted;
use super::stream::{Stream, Topic};
use crate::domain::codes::Code;
use crate::domain::id::IndicatorId;
use crate::domain::indicator::Indicator;
use crate::domain::visit::VisitResult;

/// Most indicators of a household.
const MOST: usize = 10;
/// Fields hold money in fen, indicators in yuan.
const FEN_TO_YUAN: i64 = 100;

/// Writes the household's indicators.
pub(super) fn write(file: &mut File<'_>) {
    let mut stream = Stream::of(file.demo.seed, Topic::Indicator, file.n as u64);
    let mut values = always(file, &mut stream);
    for value in sometimes(file, &mut stream) {
        if values.len() < MOST {
            values.push(value);
        }
    }
    let seen = file.visits.iter().find(|visit| visit.result == VisitResult::Met && visit.mode == "door");
    let seen = seen.map(|visit| (visit.id, (file.demo.today - visit.at.date()).num_days()));
    let batch = match file.planted {
        Some(Planted::Stale) => stream.between(410, 700),
        _ => stream.between(5, 150).min(file.known),
    };
    for (code, value, source) in values {
        let verified = seen.filter(|_| stream.percent(28));
        let days_ago = verified.map_or(batch, |(_, days_ago)| days_ago);
        let at = file.at(days_ago, 20 * 60);
        let indicator = Indicator {
            id: IndicatorId::from(stream.id(at)),
            meta: file.meta(days_ago),
            household: file.household.id,
            code: Code::from(code),
            value,
            as_of: Some(file.date(days_ago)),
            source: Code::from(source),
            verified_by: verified.map(|(visit, _)| visit),
            ..Indicator::default()
        };
        file.indicators.push(indicator);
    }
}

/// A value: code of `indicator`, value, code of the `data_class` that it came from.
type Value = (&'static str, i64, &'static str);

fn always(file: &File<'_>, stream: &mut Stream) -> Vec<Value> {
    let persons = file.people.len() as i64;
    let income = file.household.annual_income.map_or(0, |fen| fen.0) / FEN_TO_YUAN / 12 / persons.max(1);
    let allowance = file.household.monthly_amount.map_or(0, |fen| fen.0) / FEN_TO_YUAN;
    let at_work = |code: &str| matches!(code, "unit" | "flexible" | "farming" | "self_employed" | "public_post");
    let working = file.members.iter().filter(|member| at_work(member.employment.as_str())).count() as i64;
    let able = file.members.iter().filter(|member| matches!(member.labour.as_str(), "full" | "partial")).count() as i64;
    let ill = file.bodies.iter().any(|body| body.illness.is_some());
    let grave = file.bodies.iter().any(|body| body.takes(Course::Grave));
    let own_cost = match (grave, ill) {
        (true, _) => stream.between(12_000, 68_000),
        (_, true) => stream.between(800, 9_500),
        _ => stream.between(0, 900),
    };
    let mut values = vec![
        ("structure_members", persons, "01"),
        ("income_per_head_month", income + allowance / persons.max(1), "03"),
        ("property_area_per_head", i64::from(file.household.housing_area) / persons.max(1), "15"),
        ("expense_medical_self", own_cost, "12"),
        ("employment_labour", able, "10"),
        ("source_registered", 1, if file.cell.group == super::size::Group::Tekun { "04" } else { "03" }),
    ];
    if allowance > 0 {
        values.push(("income_allowance_month", allowance, "03"));
    }
    if able > 0 {
        values.push(("employment_employed", working, "10"));
    }
    values
}

fn sometimes(file: &File<'_>, stream: &mut Stream) -> Vec<Value> {
    let count = |test: &dyn Fn(usize) -> bool| (0..file.people.len()).filter(|&place| test(place)).count() as i64;
    let (people, bodies) = (&file.people, &file.bodies);
    let old = count(&|n| people[n].age >= 60);
    let mut values = Vec::with_capacity(12);
    let mut put = |code, value, source| {
        if value > 0 {
            values.push((code, value, source));
        }
    };
    put("health_dementia", count(&|n| bodies[n].takes(Course::Dementia)), "12");
    put("health_serious", count(&|n| bodies[n].takes(Course::Grave)), "12");
    put("health_disabled_severe", count(&|n| bodies[n].severely_disabled()), "07");
    put("health_disabled_care", count(&|n| file.members[n].selfcare == "none"), "07");
    put("structure_living_alone", i64::from(old as usize == people.len() && people.len() <= 2), "01");
    put("structure_minors", count(&|n| people[n].age < 18), "01");
    let single_parent =
        people.len() > 1 && people[1].relation != "11" && people[1].relation != "12" && people[0].age < 56;
    put("structure_single_parent", i64::from(single_parent && people.iter().any(|p| p.age < 18)), "06");
    put("structure_orphan", i64::from(people.iter().all(|person| person.age < 18)), "23");
    put("health_mental", count(&|n| bodies[n].takes(Course::Mental)), "12");
    put("health_chronic", count(&|n| bodies[n].takes(Course::Chronic)), "12");
    let school = count(&|n| (3..22).contains(&people[n].age)) * stream.between(300, 4_200);
    put("expense_education", school, "14");
    put("structure_elders", old, "01");
    put("health_disabled_other", count(&|n| bodies[n].disability.is_some_and(|(_, level)| level > 2)), "07");
    for (code, percent, low, high, source) in [
        ("property_debt", 14, 5_000, 120_000, "15"),
        ("expense_medicine_month", 30, 60, 900, "12"),
        ("income_support_month", 18, 100, 800, "03"),
    ] {
        let value = stream.between(low, high);
        put(code, if stream.percent(percent) { value } else { 0 }, source);
    }
    put("property_rented", i64::from(stream.percent(9)), "20");
    put("property_dilapidated", i64::from(stream.percent(3)), "21");
    put("property_land", if stream.percent(30) { stream.between(1, 6) } else { 0 }, "22");
    put("property_vehicle", i64::from(stream.percent(3)), "17");
    values
}
