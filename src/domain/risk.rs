//! The risk grade of a household, which sets how often it is visited, with its reasons.
//!
//! Source: graded visiting (高风险、重点、一般), one region's opinion. High risk: 80 or older and living alone or in an
//! empty nest, dementia, or an illness that threatens life. Key: 60 or older and disabled or in need of care, scattered
//! 特困, orphans, children in hardship. General: all others. The ages are dated parameters.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::params::{self, Params};
use super::{codes, disease};
use crate::i18n::{Lang, risk as text};

/// What the grade depends on. Codes are those of the lists named; an empty code means "not stated".
#[derive(Debug, Clone, Default)]
pub struct RiskFacts<'a> {
    /// The day of the assessment.
    pub today: NaiveDate,
    /// List `assist_category`.
    pub category: &'a str,
    /// How an elder lives, where a worker has stated it; else it is derived from the members.
    pub living: Option<Living>,
    /// Everybody who lives in the household.
    pub members: Vec<MemberFacts<'a>>,
}

/// How an elder lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Living {
    /// Alone.
    Alone,
    /// Elders only, the children live elsewhere.
    EmptyNest,
    /// With others who can help.
    WithOthers,
}

/// What the grade depends on in one member.
#[derive(Debug, Clone, Default)]
pub struct MemberFacts<'a> {
    /// Full years; `None` when the birth date is unknown.
    pub age: Option<u32>,
    /// List `relation`.
    pub relation: &'a str,
    /// List `disability_class`.
    pub disability_class: &'a str,
    /// List `disability_level`.
    pub disability_level: &'a str,
    /// List `health`.
    pub health: &'a str,
    /// List `selfcare`.
    pub selfcare: &'a str,
    /// The illnesses as text.
    pub disease: &'a str,
    /// List `child_status`.
    pub child_status: &'a str,
}

/// The grade. Ordered from the highest risk to the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RiskGrade {
    /// 高风险: weekly, and soon after a major change.
    A,
    /// 重点: monthly.
    B,
    /// 一般: quarterly.
    C,
}

impl RiskGrade {
    /// The code in the list `risk_grade`.
    pub fn code(self) -> &'static str {
        match self {
            RiskGrade::A => "A",
            RiskGrade::B => "B",
            RiskGrade::C => "C",
        }
    }

    /// The grade of a code; `None` for any other text.
    pub fn from_code(code: &str) -> Option<RiskGrade> {
        match code {
            "A" => Some(RiskGrade::A),
            "B" => Some(RiskGrade::B),
            "C" => Some(RiskGrade::C),
            _ => None,
        }
    }

    /// The label in `lang`: 高风险, 重点, 一般.
    pub fn label(self, lang: Lang) -> String {
        codes::label("risk_grade", self.code(), lang).into_owned()
    }
}

/// Why a household has its grade. `member` is an index into [`RiskFacts::members`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Of high age and alone.
    HighAgeAlone {
        /// Who.
        member: usize,
        /// Full years.
        age: u32,
    },
    /// Of high age in a household of elders.
    HighAgeEmptyNest {
        /// Who.
        member: usize,
        /// Full years.
        age: u32,
    },
    /// A dementia.
    Dementia {
        /// Who.
        member: usize,
    },
    /// An illness that threatens life; `class` is a code of `disease_class`, so the exact name stays hidden.
    LifeThreatening {
        /// Who.
        member: usize,
        /// List `disease_class`.
        class: &'static str,
    },
    /// An elder with a disability.
    DisabledElder {
        /// Who.
        member: usize,
        /// Full years.
        age: u32,
    },
    /// An elder who cannot care for himself, in part or at all.
    DependentElder {
        /// Who.
        member: usize,
        /// Full years.
        age: u32,
    },
    /// 特困 who lives at home.
    ScatteredTekun,
    /// An orphan, or a child without support in fact.
    Orphan {
        /// Who.
        member: usize,
    },
    /// A child in hardship: stated so, disabled, seriously ill, or without an adult in the household
    /// (国发〔2016〕36号).
    ChildInHardship {
        /// Who.
        member: usize,
    },
    /// The age is unknown, so the rules about age could not be applied.
    AgeUnknown {
        /// Who.
        member: usize,
    },
}

/// A grade with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskAssessment {
    /// The grade.
    pub grade: RiskGrade,
    /// Every reason, also those of lower grades than the one given, worst first; empty when nothing stands out.
    pub reasons: Vec<Reason>,
}

/// Grades a household.
pub fn assess(facts: &RiskFacts) -> RiskAssessment {
    let params = params::on(facts.today);
    let mut reasons: Vec<Reason> =
        (0..facts.members.len()).flat_map(|member| member_reasons(facts, member, &params)).collect();
    if facts.category == "tekun_fensan" {
        reasons.push(Reason::ScatteredTekun);
    }
    reasons.sort_by_key(|reason| reason.grade());
    let grade = reasons.first().map_or(RiskGrade::C, Reason::grade);
    RiskAssessment { grade, reasons }
}

/// How the members live, as stated or else derived: one member is alone; two or more of whom none is below the age of an
/// elder are an empty nest. Unknown ages count as younger.
pub fn living(facts: &RiskFacts) -> Living {
    let elder_age = params::on(facts.today).elder_age();
    facts.living.unwrap_or(match &facts.members[..] {
        [_] => Living::Alone,
        [_, _, ..] if facts.members.iter().all(|member| member.age.is_some_and(|age| age >= elder_age)) => {
            Living::EmptyNest
        }
        _ => Living::WithOthers,
    })
}

fn member_reasons(facts: &RiskFacts, member: usize, params: &Params) -> Vec<Reason> {
    let person = &facts.members[member];
    let mut reasons = illness_reasons(person, member);
    match person.age {
        None => reasons.push(Reason::AgeUnknown { member }),
        Some(age) if age >= params.elder_age() => {
            if age >= params.high_risk_age() {
                match living(facts) {
                    Living::Alone => reasons.push(Reason::HighAgeAlone { member, age }),
                    Living::EmptyNest => reasons.push(Reason::HighAgeEmptyNest { member, age }),
                    Living::WithOthers => {}
                }
            }
            if is_disabled(person) {
                reasons.push(Reason::DisabledElder { member, age });
            } else if matches!(person.selfcare, "partial" | "none") {
                reasons.push(Reason::DependentElder { member, age });
            }
        }
        Some(age) if age < params.adult_age() => reasons.extend(child_reason(facts, member, params)),
        Some(_) => {}
    }
    reasons
}

fn illness_reasons(person: &MemberFacts, member: usize) -> Vec<Reason> {
    let named = disease::in_text(person.disease);
    let with_risk = |risk| named.iter().find(move |entry| entry.attribute("risk") == Some(risk));
    let mut reasons = Vec::new();
    if with_risk("dementia").is_some() {
        reasons.push(Reason::Dementia { member });
    }
    if let Some(entry) = with_risk("life") {
        reasons.push(Reason::LifeThreatening { member, class: entry.parent.unwrap_or("other") });
    } else if person.health == "41" {
        // GB/T 2261.3-2003: cancer, where no illness is named.
        reasons.push(Reason::LifeThreatening { member, class: "tumour" });
    }
    reasons
}

fn child_reason(facts: &RiskFacts, member: usize, params: &Params) -> Option<Reason> {
    let child = &facts.members[member];
    if matches!(child.child_status, "orphan" | "unsupported") {
        return Some(Reason::Orphan { member });
    }
    // An adult whose age nobody knows is still an adult who may be there.
    let without_adult = facts.members.iter().all(|person| person.age.is_some_and(|age| age < params.adult_age()));
    let in_hardship =
        child.child_status == "hardship" || is_disabled(child) || child.health == "serious" || without_adult;
    in_hardship.then_some(Reason::ChildInHardship { member })
}

fn is_disabled(person: &MemberFacts) -> bool {
    let by_health = codes::list("health").is_some_and(|list| list.is_within(person.health, "60"));
    !person.disability_class.is_empty() || !person.disability_level.is_empty() || by_health
}

impl Reason {
    /// The grade that this reason alone leads to.
    pub fn grade(&self) -> RiskGrade {
        match self {
            Reason::HighAgeAlone { .. }
            | Reason::HighAgeEmptyNest { .. }
            | Reason::Dementia { .. }
            | Reason::LifeThreatening { .. } => RiskGrade::A,
            Reason::DisabledElder { .. }
            | Reason::DependentElder { .. }
            | Reason::ScatteredTekun
            | Reason::Orphan { .. }
            | Reason::ChildInHardship { .. } => RiskGrade::B,
            Reason::AgeUnknown { .. } => RiskGrade::C,
        }
    }

    /// The member it is about; `None` when it is about the household.
    pub fn member(&self) -> Option<usize> {
        match *self {
            Reason::HighAgeAlone { member, .. }
            | Reason::HighAgeEmptyNest { member, .. }
            | Reason::Dementia { member }
            | Reason::LifeThreatening { member, .. }
            | Reason::DisabledElder { member, .. }
            | Reason::DependentElder { member, .. }
            | Reason::Orphan { member }
            | Reason::ChildInHardship { member }
            | Reason::AgeUnknown { member } => Some(member),
            Reason::ScatteredTekun => None,
        }
    }

    /// Stable, dotted, language-free.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::HighAgeAlone { .. } => "risk.high_age_alone",
            Reason::HighAgeEmptyNest { .. } => "risk.high_age_empty_nest",
            Reason::Dementia { .. } => "risk.dementia",
            Reason::LifeThreatening { .. } => "risk.life_threatening",
            Reason::DisabledElder { .. } => "risk.disabled_elder",
            Reason::DependentElder { .. } => "risk.dependent_elder",
            Reason::ScatteredTekun => "risk.scattered_tekun",
            Reason::Orphan { .. } => "risk.orphan",
            Reason::ChildInHardship { .. } => "risk.child_in_hardship",
            Reason::AgeUnknown { .. } => "risk.age_unknown",
        }
    }

    /// The reason in words, without the member's name.
    pub fn message(&self, lang: Lang) -> String {
        match *self {
            Reason::HighAgeAlone { age, .. } => text::high_age_alone(lang, age),
            Reason::HighAgeEmptyNest { age, .. } => text::high_age_empty_nest(lang, age),
            Reason::Dementia { .. } => text::dementia(lang).into(),
            Reason::LifeThreatening { class, .. } => {
                text::life_threatening(lang, &codes::label("disease_class", class, lang))
            }
            Reason::DisabledElder { age, .. } => text::disabled_elder(lang, age),
            Reason::DependentElder { age, .. } => text::dependent_elder(lang, age),
            Reason::ScatteredTekun => text::scattered_tekun(lang).into(),
            Reason::Orphan { .. } => text::orphan(lang).into(),
            Reason::ChildInHardship { .. } => text::child_in_hardship(lang).into(),
            Reason::AgeUnknown { .. } => text::age_unknown(lang).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aged(age: u32) -> MemberFacts<'static> {
        MemberFacts { age: Some(age), ..MemberFacts::default() }
    }

    fn check(category: &str, members: Vec<MemberFacts>, grade: RiskGrade, reasons: &[&str]) {
        let facts = RiskFacts { today: "2026-11-22".parse().unwrap(), category, living: None, members };
        let assessment = assess(&facts);
        let found: Vec<&str> = assessment.reasons.iter().map(Reason::code).collect();
        assert_eq!((assessment.grade, &found[..]), (grade, reasons), "{facts:?}");
        for reason in assessment.reasons {
            assert!(!reason.message(Lang::Zh).is_empty() && !reason.message(Lang::En).is_empty());
            assert!(reason.member().is_none_or(|member| member < facts.members.len()));
        }
    }

    #[test]
    fn high_risk() {
        use RiskGrade::A;
        check("dibao", vec![aged(80)], A, &["risk.high_age_alone"]);
        check("dibao", vec![aged(82), aged(79)], A, &["risk.high_age_empty_nest"]);
        check("dibao", vec![aged(82), aged(81)], A, &["risk.high_age_empty_nest", "risk.high_age_empty_nest"]);
        check("dibao", vec![aged(40), MemberFacts { disease: "老年痴呆", ..aged(70) }], A, &["risk.dementia"]);
        check("dibao", vec![MemberFacts { disease: "尿毒症", ..aged(40) }, aged(41)], A, &["risk.life_threatening"]);
        check(
            "dibao",
            vec![MemberFacts { disease: "高血压、肺癌", ..aged(8) }, aged(41)],
            A,
            &["risk.life_threatening"],
        );
        check("dibao", vec![MemberFacts { health: "41", ..aged(50) }], A, &["risk.life_threatening"]);
        check(
            "tekun_fensan",
            vec![MemberFacts { disability_class: "4", ..aged(85) }],
            A,
            &["risk.high_age_alone", "risk.disabled_elder", "risk.scattered_tekun"],
        );
    }

    #[test]
    fn key() {
        use RiskGrade::B;
        check("dibao", vec![MemberFacts { disability_class: "1", ..aged(60) }], B, &["risk.disabled_elder"]);
        check("dibao", vec![MemberFacts { health: "64", ..aged(60) }], B, &["risk.disabled_elder"]);
        check("dibao", vec![MemberFacts { selfcare: "none", ..aged(60) }, aged(30)], B, &["risk.dependent_elder"]);
        check("tekun_fensan", vec![aged(65)], B, &["risk.scattered_tekun"]);
        check("dibao", vec![MemberFacts { child_status: "orphan", ..aged(10) }, aged(70)], B, &["risk.orphan"]);
        check("dibao", vec![MemberFacts { child_status: "unsupported", ..aged(10) }, aged(70)], B, &["risk.orphan"]);
        check(
            "dibao",
            vec![MemberFacts { child_status: "hardship", ..aged(10) }, aged(40)],
            B,
            &["risk.child_in_hardship"],
        );
        check(
            "dibao",
            vec![MemberFacts { disability_level: "2", ..aged(10) }, aged(40)],
            B,
            &["risk.child_in_hardship"],
        );
        check("dibao", vec![MemberFacts { health: "serious", ..aged(10) }, aged(40)], B, &["risk.child_in_hardship"]);
        check("dibao", vec![aged(16), aged(10)], B, &["risk.child_in_hardship", "risk.child_in_hardship"]);
    }

    #[test]
    fn general() {
        use RiskGrade::C;
        check("dibao", vec![], C, &[]);
        check("dibao", vec![aged(79)], C, &[]);
        check("dibao", vec![aged(85), aged(50)], C, &[]);
        check("tekun_jizhong", vec![aged(70)], C, &[]);
        check("dibao", vec![MemberFacts { disability_class: "4", ..aged(59) }], C, &[]);
        check("dibao", vec![MemberFacts { disease: "高血压", health: "serious", ..aged(50) }], C, &[]);
        check("dibao", vec![MemberFacts { selfcare: "full", ..aged(70) }, aged(30)], C, &[]);
        check("dibao", vec![MemberFacts { child_status: "left_behind", ..aged(10) }, aged(70)], C, &[]);
        check("dibao", vec![MemberFacts::default()], C, &["risk.age_unknown"]);
        check("dibao", vec![aged(10), MemberFacts::default()], C, &["risk.age_unknown"]);
    }

    #[test]
    fn what_a_worker_states_about_living_counts_more_than_the_register() {
        let today = "2026-11-22".parse().unwrap();
        for (stated, grade) in [
            (None, RiskGrade::C),
            (Some(Living::Alone), RiskGrade::A),
            (Some(Living::EmptyNest), RiskGrade::A),
            (Some(Living::WithOthers), RiskGrade::C),
        ] {
            let facts = RiskFacts { today, category: "dibao", living: stated, members: vec![aged(85), aged(50)] };
            assert_eq!(assess(&facts).grade, grade, "{stated:?}");
        }
    }

    #[test]
    fn reasons_hide_the_exact_illness() {
        let members = vec![MemberFacts { disease: "尿毒症", ..aged(40) }];
        let facts = RiskFacts { today: "2026-11-22".parse().unwrap(), category: "dibao", living: None, members };
        let assessment = assess(&facts);
        assert_eq!(assessment.reasons[0].message(Lang::Zh), "患危及生命的疾病（肾脏泌尿疾病）");
    }

    #[test]
    fn grades_have_codes() {
        for grade in [RiskGrade::A, RiskGrade::B, RiskGrade::C] {
            assert_eq!(RiskGrade::from_code(grade.code()), Some(grade));
            assert!(codes::list("risk_grade").unwrap().get(grade.code()).is_some());
        }
        assert_eq!(RiskGrade::from_code(""), None);
        assert_eq!(RiskGrade::A.label(Lang::Zh), "高风险");
    }
}
