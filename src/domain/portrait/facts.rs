//! Indicators that follow from a household's records, so that a portrait exists from the day of the import.

use chrono::NaiveDate;

use super::Known;
use crate::domain::member::Member;
use crate::domain::records::Dossier;
use crate::domain::{codes, disease, mask, params};

/// What can be known. An indicator whose facts are missing is left out, which is not the same as 0.
pub(super) fn from_records(dossier: &Dossier, today: NaiveDate) -> Vec<Known<'_>> {
    let members: Vec<&Member> = dossier.present_members().collect();
    let mut known = structure(&members, today);
    known.extend(health(&members));
    known.extend(employment(&members));
    known.extend(money(dossier, members.len()));
    known.extend(source(dossier));
    known.into_iter().map(|(code, value)| (code, value, None)).collect()
}

type Facts = Vec<(&'static str, i64)>;

fn structure(members: &[&Member], today: NaiveDate) -> Facts {
    if members.is_empty() {
        return Vec::new();
    }
    let params = params::on(today);
    let mut facts = vec![("structure_members", count(members, |_| true))];
    let ages: Option<Vec<u32>> =
        members.iter().map(|member| member.birth_date.map(|birth| mask::age(birth, today))).collect();
    if let Some(ages) = ages {
        let elders = ages.iter().filter(|age| **age >= params.elder_age()).count();
        facts.push(("structure_minors", ages.iter().filter(|age| **age < params.adult_age()).count() as i64));
        facts.push(("structure_elders", elders as i64));
        facts.push(("structure_living_alone", i64::from(elders > 0 && elders == ages.len())));
    }
    let stated = |codes: &[&str]| i64::from(members.iter().any(|member| codes.contains(&member.child_status.as_str())));
    if members.iter().any(|member| !member.child_status.is_empty()) {
        facts.push(("structure_orphan", stated(&["orphan", "unsupported"])));
        facts.push(("structure_left_behind", stated(&["left_behind"])));
    }
    facts
}

fn health(members: &[&Member]) -> Facts {
    let is_stated = |member: &Member| {
        !member.health.is_empty() || !member.disease.is_empty() || !member.disability_class.is_empty()
    };
    if !members.iter().any(|member| is_stated(member)) {
        return Vec::new();
    }
    let level = |member: &Member, levels: &[&str]| levels.contains(&member.disability_level.as_str());
    let mut facts = vec![
        ("health_serious", count(members, is_seriously_ill)),
        ("health_chronic", count(members, |member| !is_seriously_ill(member) && is_chronically_ill(member))),
        ("health_disabled_severe", count(members, |member| level(member, &["1", "2"]))),
        ("health_disabled_other", count(members, |member| level(member, &["3", "4"]))),
        ("health_mental", count(members, |member| member.disability_class == "6" || has_class(member, "mental"))),
        ("health_dementia", count(members, |member| has_class(member, "cognitive"))),
    ];
    if members.iter().any(|member| !member.selfcare.is_empty()) {
        facts.push(("health_disabled_care", count(members, |member| member.selfcare == "none")));
    }
    if members.iter().any(|member| !member.insurance.is_empty()) {
        let insurances = codes::list("insurance");
        let uninsured = |member: &Member| {
            insurances.and_then(|list| list.by_label(&member.insurance)).is_some_and(|entry| entry.code == "none")
        };
        facts.push(("health_uninsured", count(members, uninsured)));
    }
    facts
}

fn is_seriously_ill(member: &Member) -> bool {
    member.health == "serious"
        || member.health == "41"
        || disease::in_text(&member.disease).iter().any(|entry| entry.attribute("risk") == Some("life"))
}

fn is_chronically_ill(member: &Member) -> bool {
    let by_health = codes::list("health").is_some_and(|list| list.is_within(member.health.as_str(), "30"));
    by_health || !disease::in_text(&member.disease).is_empty()
}

fn has_class(member: &Member, class: &str) -> bool {
    disease::in_text(&member.disease).iter().any(|entry| entry.parent == Some(class))
}

fn employment(members: &[&Member]) -> Facts {
    let mut facts = Vec::new();
    if members.iter().any(|member| !member.labour.is_empty()) {
        let able = |member: &Member| matches!(member.labour.as_str(), "full" | "partial");
        facts.push(("employment_labour", count(members, able)));
    }
    if members.iter().any(|member| !member.employment.is_empty()) {
        let working = ["unit", "flexible", "farming", "self_employed", "public_post"];
        facts.push(("employment_employed", count(members, |member| working.contains(&member.employment.as_str()))));
        facts.push(("employment_unemployed", count(members, |member| member.employment == "registered_unemployed")));
        facts.push(("employment_flexible", count(members, |member| member.employment == "flexible")));
    }
    facts
}

fn money(dossier: &Dossier, members: usize) -> Facts {
    let household = &dossier.household;
    let persons = i64::try_from(members.max(1)).unwrap_or(1);
    let mut facts = Vec::new();
    if let Some(income) = household.annual_income {
        facts.push(("income_per_head_month", income.0 / 100 / 12 / persons));
    }
    if let Some(amount) = household.monthly_amount {
        facts.push(("income_allowance_month", amount.0 / 100));
    }
    if let Some(assets) = household.financial_assets {
        facts.push(("property_financial", assets.0 / 100));
    }
    // A count of 0 is also what stands there when nobody has asked.
    if household.housing_units > 0 {
        facts.push(("property_housing", i64::from(household.housing_units)));
    }
    if household.housing_area > 0 {
        facts.push(("property_area_per_head", i64::from(household.housing_area) / persons));
    }
    facts
}

fn source(dossier: &Dossier) -> Facts {
    let registered = codes::list("assist_category").is_some_and(|list| {
        ["dibao", "tekun", "dibian"].iter().any(|kind| list.is_within(dossier.household.category.as_str(), kind))
    });
    let channels = codes::list("discovery_channel");
    let leads = |group: &str| {
        let within = |code: &str| channels.is_some_and(|list| list.is_within(code, group));
        dossier.leads.iter().filter(|lead| !lead.meta.deleted && within(lead.channel.as_str())).count() as i64
    };
    vec![
        ("source_registered", i64::from(registered)),
        ("source_data_alert", leads("screening")),
        ("source_visit_reports", leads("others")),
        ("source_self_requests", leads("self")),
    ]
}

fn count(members: &[&Member], is: impl Fn(&Member) -> bool) -> i64 {
    members.iter().filter(|member| is(member)).count() as i64 // a household is small
}
