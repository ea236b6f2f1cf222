//! The portrait of a household (七维画像): how hard its life is in each of the seven dimensions, and why.
//!
//! Paper of the source: 祝建华 (七大维度, 50余项指标); weights and limits are this program's own and stand in
//! `codes/portrait.csv`. Of each indicator a share between 0 and 1 is taken, linear between the value at which there is
//! no hardship and that at which there is full hardship; a dimension's score is the weighted mean of the indicators that
//! are known, from 0 to 100. All arithmetic is in whole numbers, so every machine finds the same score. It suggests; a
//! person decides (PIPL art. 24 on automated decisions).

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::NaiveDate;

use super::codes::table::split;
use super::codes::{self, CodeEntry, CodeList};
use super::records::Dossier;
use crate::i18n::{Lang, portrait as text};

mod facts;

/// A portrait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portrait {
    /// One for each of the seven dimensions, in the order of the list `dimension`.
    pub dimensions: Vec<Dimension>,
    /// The mean of the known dimensions, weighted by the list's `weight`, 0 to 100; `None` when nothing is known.
    pub overall: Option<u8>,
}

/// One dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Code in the list `dimension`.
    pub code: &'static str,
    /// 0 (no hardship) to 100; `None` when no indicator is known.
    pub score: Option<u8>,
    /// What is known, the heaviest first.
    pub known: Vec<Contribution>,
    /// Indicators that the dimension has.
    pub indicators: usize,
}

/// What one indicator adds to its dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution {
    /// Code in the list `indicator`.
    pub indicator: &'static str,
    /// Its value in its unit; money in yuan, a flag as 0 or 1.
    pub value: i64,
    /// Points of the dimension's score, rounded.
    pub points: u8,
    /// The date of the value; `None` where it follows from the household's records as they are.
    pub as_of: Option<NaiveDate>,
}

/// A known indicator: code in the list `indicator`, value, and the date of the value where it was recorded.
pub type Known<'a> = (&'a str, i64, Option<NaiveDate>);

/// The portrait of a household from its records: what was recorded as an indicator counts, the latest value of each; else
/// what follows from the household's and its members' fields.
pub fn of(dossier: &Dossier, today: NaiveDate) -> Portrait {
    let mut known = facts::from_records(dossier, today);
    let mut recorded: Vec<_> = dossier.indicators.iter().filter(|indicator| !indicator.meta.deleted).collect();
    recorded.sort_by_key(|indicator| (indicator.as_of, indicator.meta.hlc, indicator.id));
    known.extend(recorded.into_iter().map(|indicator| (indicator.code.as_str(), indicator.value, indicator.as_of)));
    score(&known)
}

/// The portrait from indicators. Of several values of one indicator the last counts; codes that are in no list are left out.
pub fn score(known: &[Known]) -> Portrait {
    let values: HashMap<&str, Value> = known.iter().map(|(code, value, as_of)| (*code, (*value, *as_of))).collect();
    let entries = codes::list("dimension").map(CodeList::entries).unwrap_or_default();
    let dimensions: Vec<Dimension> = entries.iter().map(|entry| dimension(entry, &values)).collect();
    let weighed = entries.iter().zip(&dimensions).filter_map(|(entry, dimension)| {
        let weight: u64 = entry.attribute("weight")?.parse().ok()?;
        Some((weight, u64::from(dimension.score?)))
    });
    let (weights, sum) =
        weighed.fold((0, 0), |(weights, sum), (weight, score)| (weights + weight, sum + weight * score));
    Portrait { dimensions, overall: rounded(sum, weights) }
}

impl Dimension {
    /// The dimension's name in `lang`.
    pub fn label(&self, lang: Lang) -> String {
        codes::label("dimension", self.code, lang).into_owned()
    }

    /// How much of it is known, in words.
    pub fn coverage(&self, lang: Lang) -> String {
        match self.known.len() {
            0 => text::unknown(lang).into(),
            present => text::coverage(lang, present, self.indicators),
        }
    }
}

impl Contribution {
    /// The indicator with its value and points in words.
    pub fn message(&self, lang: Lang) -> String {
        let label = codes::label("indicator", self.indicator, lang);
        let entry = codes::list("indicator").and_then(|list| list.get(self.indicator));
        let attribute = |column| entry.and_then(|entry| entry.attribute(column)).unwrap_or_default();
        match (attribute("value_kind"), self.value) {
            ("flag", 0) => text::stated_not(lang, &label),
            ("flag", _) => text::stated(lang, &label, self.points),
            (_, value) => text::measured(lang, &label, value, unit(attribute("unit"), lang), self.points),
        }
    }
}

/// How an indicator counts.
struct Weight {
    weight: u64,
    none_at: i64,
    full_at: i64,
}

static WEIGHTS: LazyLock<HashMap<&'static str, Weight>> = LazyLock::new(|| {
    // A broken line is found by the test `every_indicator_has_a_weight`.
    include_str!("codes/portrait.csv").lines().skip(1).filter_map(read_weight).collect()
});

fn read_weight(line: &'static str) -> Option<(&'static str, Weight)> {
    let fields = split(line)?;
    let [indicator, weight, none_at, full_at, _basis] = fields[..] else { return None };
    let (none_at, full_at) = (none_at.parse().ok()?, full_at.parse().ok()?);
    let weight = Weight { weight: weight.parse().ok()?, none_at, full_at };
    (none_at != full_at && weight.weight > 0).then_some((indicator, weight))
}

/// A share of one is so many parts.
const PARTS: u64 = 1000;

impl Weight {
    /// The share of hardship, 0 to [`PARTS`].
    fn share(&self, value: i64) -> u64 {
        // In 128 bits nothing overflows whatever the value.
        let (value, none, full) = (i128::from(value), i128::from(self.none_at), i128::from(self.full_at));
        let parts = i128::from(PARTS);
        ((value - none) * parts / (full - none)).clamp(0, parts) as u64 // between 0 and 1,000
    }
}

/// A value and the date of the value, where it was recorded.
type Value = (i64, Option<NaiveDate>);

fn dimension(entry: &'static CodeEntry, values: &HashMap<&str, Value>) -> Dimension {
    let indicators: Vec<&'static CodeEntry> =
        codes::list("indicator").map(|list| list.children(entry.code).collect()).unwrap_or_default();
    let known: Vec<(&'static str, &Weight, Value)> = indicators
        .iter()
        .filter_map(|indicator| Some((indicator.code, WEIGHTS.get(indicator.code)?, *values.get(indicator.code)?)))
        .collect();
    let weights: u64 = known.iter().map(|(_, weight, _)| weight.weight).sum();
    let part = |weight: &Weight, value: i64| weight.weight * weight.share(value) * 100;
    let sum = known.iter().map(|(_, weight, (value, _))| part(weight, *value)).sum();
    let mut contributions: Vec<Contribution> = known
        .iter()
        .map(|(indicator, weight, (value, as_of))| Contribution {
            indicator,
            value: *value,
            points: rounded(part(weight, *value), weights * PARTS).unwrap_or(0),
            as_of: *as_of,
        })
        .collect();
    contributions.sort_by_key(|contribution| std::cmp::Reverse(contribution.points)); // stable: equals in the list's order
    Dimension {
        code: entry.code,
        score: rounded(sum, weights * PARTS),
        known: contributions,
        indicators: indicators.len(),
    }
}

/// `sum / of` to the nearest whole number; `None` when there is nothing to divide by.
fn rounded(sum: u64, of: u64) -> Option<u8> {
    (sum + of / 2).checked_div(of).and_then(|score| u8::try_from(score).ok())
}

fn unit(zh: &str, lang: Lang) -> &str {
    const ENGLISH: [(&str, &str); 10] = [
        ("人", "persons"),
        ("元", "yuan"),
        ("套", "homes"),
        ("平方米", "m²"),
        ("辆", "vehicles"),
        ("个", "entries"),
        ("亩", "mu"),
        ("次", "times"),
        ("月", "months"),
        ("%", "%"),
    ];
    let english = ENGLISH.iter().find(|(unit, _)| *unit == zh).map_or(zh, |(_, english)| english);
    lang.pick(zh, english)
}

#[cfg(test)]
mod tests;
