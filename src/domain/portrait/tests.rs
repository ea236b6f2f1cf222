use super::*;
use crate::domain::codes::Code;
use crate::domain::household::Household;
use crate::domain::indicator::Indicator;
use crate::domain::member::Member;
use crate::domain::money::Fen;

fn known(pairs: &[(&'static str, i64)]) -> Vec<Known<'static>> {
    pairs.iter().map(|(code, value)| (*code, *value, None)).collect()
}

fn scores(portrait: &Portrait) -> Vec<(&str, u8)> {
    portrait.dimensions.iter().filter_map(|dimension| Some((dimension.code, dimension.score?))).collect()
}

#[test]
fn every_indicator_has_a_weight() {
    let lines = include_str!("../codes/portrait.csv").lines().count() - 1;
    let indicators = codes::list("indicator").unwrap().entries();
    assert_eq!((lines, WEIGHTS.len()), (indicators.len(), indicators.len()));
    for indicator in indicators {
        let weight = WEIGHTS.get(indicator.code).unwrap_or_else(|| panic!("{}", indicator.code));
        assert_eq!((weight.share(weight.none_at), weight.share(weight.full_at)), (0, PARTS), "{}", indicator.code);
        if indicator.attribute("value_kind") == Some("flag") {
            assert_eq!((weight.none_at, weight.full_at), (0, 1), "{}", indicator.code);
        }
    }
    let weights = codes::list("dimension").unwrap().entries().iter();
    let weights: Vec<u64> = weights.map(|entry| entry.attribute("weight").unwrap().parse().unwrap()).collect();
    assert_eq!(weights.iter().sum::<u64>(), 100);
}

#[test]
fn shares_are_linear_between_their_limits() {
    let rising = Weight { weight: 1, none_at: 0, full_at: 20_000 };
    let falling = Weight { weight: 1, none_at: 3000, full_at: 500 };
    for (weight, value, expected) in [
        (&rising, 0, 0),
        (&rising, 10_000, 500),
        (&rising, 20_000, 1000),
        (&rising, i64::MAX, 1000),
        (&rising, i64::MIN, 0),
        (&falling, 5000, 0),
        (&falling, 3000, 0),
        (&falling, 1750, 500),
        (&falling, 500, 1000),
        (&falling, i64::MIN, 1000),
    ] {
        assert_eq!(weight.share(value), expected, "{value}");
    }
}

#[test]
fn a_dimension_is_the_weighted_mean_of_what_is_known() {
    for (pairs, expected, overall) in [
        (vec![], vec![], None),
        (vec![("no_such_indicator", 1)], vec![], None),
        (vec![("health_serious", 1)], vec![("health", 100)], Some(100)),
        (vec![("health_serious", 0)], vec![("health", 0)], Some(0)),
        // 30 of 30 and 0 of 10
        (vec![("health_serious", 1), ("health_uninsured", 0)], vec![("health", 75)], Some(75)),
        // health weighs 25 and property 10: (25 * 75 + 10 * 0) / 35
        (
            vec![("health_serious", 1), ("health_uninsured", 0), ("property_rented", 0)],
            vec![("health", 75), ("property", 0)],
            Some(54),
        ),
        // the later value counts
        (vec![("health_serious", 1), ("health_serious", 0)], vec![("health", 0)], Some(0)),
    ] {
        let portrait = score(&known(&pairs));
        assert_eq!((scores(&portrait), portrait.overall), (expected, overall), "{pairs:?}");
        assert_eq!(portrait.dimensions.len(), 7);
    }
}

#[test]
fn a_score_is_explained_heaviest_first() {
    let portrait = score(&known(&[("health_uninsured", 1), ("health_serious", 2), ("health_dementia", 0)]));
    let health = &portrait.dimensions[1];
    let said: Vec<String> = health.known.iter().map(|contribution| contribution.message(Lang::Zh)).collect();
    assert_eq!(said, ["重病人数：2人（+50分）", "未参加基本医疗保险人数：1人（+17分）", "失智人数：0人（+0分）"]);
    assert_eq!(health.score, Some(67));
    assert_eq!((health.label(Lang::Zh), health.coverage(Lang::Zh)), ("健康状况".into(), "3/8项指标有数据".into()));
    assert_eq!(portrait.dimensions[2].coverage(Lang::Zh), "暂无数据");
    let flags = score(&known(&[("property_rented", 0), ("property_dilapidated", 1)]));
    let said: Vec<String> = flags.dimensions[3].known.iter().map(|known| known.message(Lang::Zh)).collect();
    assert_eq!(said, ["居住危房（+75分）", "无租住房屋"]);
}

#[test]
fn the_order_of_indicators_makes_no_difference() {
    let mut pairs = vec![("health_serious", 1), ("income_drop", 30), ("structure_elders", 1), ("expense_rent", 7000)];
    let first = score(&known(&pairs));
    pairs.reverse();
    assert_eq!(score(&known(&pairs)), first);
}

fn dossier() -> Dossier {
    let member = |birth: &str, disease: &str, employment: &str| Member {
        birth_date: Some(birth.parse().unwrap()),
        disease: disease.into(),
        employment: Code::from(employment),
        ..Member::default()
    };
    Dossier {
        household: Household {
            category: Code::from("dibao"),
            annual_income: Some(Fen(2_400_000)),
            monthly_amount: Some(Fen(100_000)),
            ..Household::default()
        },
        members: vec![member("1945-05-01", "尿毒症", "unemployed"), member("2015-05-01", "", "student")],
        ..Dossier::default()
    }
}

#[test]
fn records_alone_give_a_portrait() {
    let today = "2026-11-22".parse().unwrap();
    let portrait = of(&dossier(), today);
    let value = |code: &str| {
        let mut all = portrait.dimensions.iter().flat_map(|dimension| &dimension.known);
        all.find(|known| known.indicator == code).map(|known| known.value)
    };
    for (code, expected) in [
        ("structure_members", Some(2)),
        ("structure_minors", Some(1)),
        ("structure_elders", Some(1)),
        ("structure_living_alone", Some(0)),
        ("structure_orphan", None), // nobody has stated it
        ("health_serious", Some(1)),
        ("health_chronic", Some(0)),
        ("health_disabled_care", None),
        ("income_per_head_month", Some(1000)),
        ("income_allowance_month", Some(1000)),
        ("property_housing", None),
        ("source_registered", Some(1)),
        ("employment_employed", Some(0)),
        ("employment_labour", None),
    ] {
        assert_eq!(value(code), expected, "{code}");
    }
    assert!(portrait.overall.is_some());
}

#[test]
fn recorded_indicators_go_before_derived_ones_and_late_before_early() {
    let today = "2026-11-22".parse().unwrap();
    let mut dossier = dossier();
    let recorded = |value, as_of: &str| Indicator {
        code: Code::from("income_per_head_month"),
        value,
        as_of: Some(as_of.parse().unwrap()),
        ..Indicator::default()
    };
    dossier.indicators = vec![recorded(800, "2026-06-30"), recorded(600, "2025-06-30")];
    let portrait = of(&dossier, today);
    let income = portrait.dimensions[2].known.iter().find(|known| known.indicator == "income_per_head_month").unwrap();
    assert_eq!((income.value, income.as_of), (800, "2026-06-30".parse().ok()));
}

#[test]
fn an_empty_file_has_no_opinion_on_people() {
    let portrait = of(&Dossier::default(), "2026-11-22".parse().unwrap());
    assert_eq!(scores(&portrait).iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["source"]);
}
