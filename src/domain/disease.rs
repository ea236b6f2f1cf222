//! Names of diseases: found in free text, and replaced by their class where the exact name must not be shown.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::codes::{self, CodeEntry, CodeList};
use crate::i18n::Lang;

/// A disease that stands in a text.
#[derive(Debug, Clone, Copy)]
pub struct Mention {
    /// Index of its first character.
    pub start: usize,
    /// Index after its last character.
    pub end: usize,
    /// Its entry in the list `disease`.
    pub entry: &'static CodeEntry,
}

impl Mention {
    /// Whether the illness threatens life (attribute `risk` of the list).
    pub fn is_life_threatening(&self) -> bool {
        self.entry.attribute("risk") == Some("life")
    }

    /// Whether it is a dementia.
    pub fn is_dementia(&self) -> bool {
        self.entry.attribute("risk") == Some("dementia")
    }
}

/// The diseases named in `text`, the longest name at each place, in order.
pub fn mentions(text: &[char]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.len() {
        match longest_at(text, start) {
            Some(mention) => {
                start = mention.end;
                found.push(mention);
            }
            None => start += 1,
        }
    }
    found
}

/// The diseases named in a record's field, each once, in order.
pub fn in_text(text: &str) -> Vec<&'static CodeEntry> {
    let characters: Vec<char> = text.chars().map(super::text::plain).filter(|c| !c.is_whitespace()).collect();
    let mut entries: Vec<&'static CodeEntry> = Vec::new();
    for mention in mentions(&characters) {
        if !entries.iter().any(|entry| entry.code == mention.entry.code) {
            entries.push(mention.entry);
        }
    }
    entries
}

/// What may be shown of a field with diseases: their classes, each once; "other illness" for a text that names none;
/// nothing for an empty one.
pub fn classes(text: &str, lang: Lang) -> String {
    if text.trim().is_empty() || ["无", "没有", "否"].contains(&text.trim()) {
        return String::new();
    }
    let mut labels: Vec<String> = Vec::new();
    for entry in in_text(text) {
        let label = codes::label("disease_class", entry.parent.unwrap_or("other"), lang).into_owned();
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    if labels.is_empty() {
        labels.push(codes::label("disease_class", "other", lang).into_owned());
    }
    labels.join(lang.pick("、", ", "))
}

/// The spellings that begin with a character, longest first.
type Spellings = HashMap<char, Vec<(Vec<char>, &'static CodeEntry)>>;

static BY_FIRST: LazyLock<Spellings> = LazyLock::new(|| {
    let mut by_first = Spellings::new();
    for entry in codes::list("disease").map(CodeList::entries).unwrap_or_default() {
        for spelling in std::iter::once(entry.zh).chain(entry.aliases.iter().copied()) {
            let spelling: Vec<char> = spelling.chars().map(|c| c.to_ascii_lowercase()).collect();
            if let Some(first) = spelling.first() {
                by_first.entry(*first).or_default().push((spelling, entry));
            }
        }
    }
    for spellings in by_first.values_mut() {
        spellings.sort_by_key(|(spelling, _)| std::cmp::Reverse(spelling.len()));
    }
    by_first
});

/// Words that contain the name of a disease and mean something else: the name, what stands before it, what after.
const OTHER_WORDS: [(&str, &str, &str); 12] = [
    ("中风", "其", ""),
    ("中风", "集", ""),
    ("中风", "", "格"),
    ("中风", "", "力"),
    ("中风", "", "景"),
    ("癌", "防", ""),
    ("强直", "", "接"),
    ("结核", "", "心"),
    ("结核", "", "对"),
    ("结核", "", "算"),
    ("抑郁", "不", ""),
    ("烧伤", "", "元"),
];

fn longest_at(text: &[char], start: usize) -> Option<Mention> {
    let spellings = BY_FIRST.get(&text[start].to_ascii_lowercase())?;
    let fits = |spelling: &[char]| {
        text[start..].len() >= spelling.len()
            && spelling.iter().zip(&text[start..]).all(|(wanted, c)| *wanted == c.to_ascii_lowercase())
    };
    let (spelling, entry) =
        spellings.iter().find(|(spelling, _)| fits(spelling) && is_word(text, start, spelling.len()))?;
    Some(Mention { start, end: start + spelling.len(), entry })
}

/// Whether the name at `start` stands for the disease and is not a part of another word.
fn is_word(text: &[char], start: usize, length: usize) -> bool {
    let name: String = text[start..start + length].iter().collect();
    let before = start.checked_sub(1).map(|index| text[index]);
    let after = text.get(start + length).copied();
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if name.is_ascii() && (is_latin(before) || is_latin(after)) {
        return false; // "sma" in "small"
    }
    !OTHER_WORDS.iter().any(|(word, preceded, followed)| {
        *word == name
            && preceded.chars().next().is_none_or(|c| before == Some(c))
            && followed.chars().next().is_none_or(|c| after == Some(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diseases_are_found_in_records() {
        for (text, expected) in [
            ("尿毒症", vec!["uraemia"]),
            ("高血压，糖尿病", vec!["hypertension", "diabetes"]),
            ("恶性肿瘤", vec!["malignant_tumour"]),
            ("肺癌晚期、肺癌转移", vec!["lung_cancer"]),
            ("先天性心脏病", vec!["congenital_heart"]),
            ("慢性 支气管炎", vec!["bronchitis"]),
            ("ＨＩＶ", vec!["hiv"]),
            ("某某癌", vec!["malignant_tumour"]),
            ("其中风险较大", vec![]),
            ("中国风格", vec![]),
            ("防癌筛查", vec![]),
            ("size small", vec![]),
            ("腿脚不便", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<&str> = in_text(text).iter().map(|entry| entry.code).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn only_the_class_is_shown() {
        for (text, zh, en) in [
            ("尿毒症", "肾脏泌尿疾病", "Kidney and urinary diseases"),
            ("高血压、冠心病、糖尿病", "心血管疾病、内分泌代谢疾病", "Heart and circulation, Hormones and metabolism"),
            ("不明原因发热", "其他疾病", "Other illness"),
            ("无", "", ""),
            ("", "", ""),
        ] {
            assert_eq!((classes(text, Lang::Zh), classes(text, Lang::En)), (zh.to_owned(), en.to_owned()), "{text}");
        }
    }

    #[test]
    fn no_class_shows_a_disease() {
        for class in codes::list("disease_class").unwrap().entries() {
            let exact: Vec<&str> = in_text(class.zh).iter().map(|entry| entry.code).collect();
            assert!(matches!(exact[..], [] | ["tumour"] | ["psychosis"]), "{}: {exact:?}", class.zh);
        }
    }
}
