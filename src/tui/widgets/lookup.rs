//! Finding an entry by a few typed characters: part of its text, its pinyin, its initials, its code.

use pinyin::ToPinyin;

use crate::tui::text;

/// What an entry can be found by; made once per entry by [`lookup_keys`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lookup {
    /// Lower-case forms: the texts themselves, full pinyin, initials.
    forms: Vec<String>,
}

/// The forms of some texts: each in lower case and half width, and for Chinese its pinyin and its initials.
pub fn lookup_keys<'a>(texts: impl IntoIterator<Item = &'a str>) -> Lookup {
    let mut forms = Vec::new();
    for original in texts {
        let lower = text::half_width(original).to_lowercase();
        let (mut full, mut initials) = (String::new(), String::new());
        let mut chinese = false;
        for (c, reading) in lower.chars().zip(lower.as_str().to_pinyin()) {
            match reading {
                Some(reading) => {
                    chinese = true;
                    full.push_str(reading.plain());
                    initials.push_str(reading.first_letter());
                }
                None => {
                    full.push(c);
                    initials.push(c);
                }
            }
        }
        forms.push(lower);
        if chinese {
            forms.push(full);
            forms.push(initials);
        }
    }
    Lookup { forms }
}

impl Lookup {
    /// How well a query fits, higher is better; `None` if it does not. An empty query fits everything equally.
    ///
    /// Every word of the query must be found: at the start (best), at the start of a word, inside, or with its
    /// letters in order but apart (worst).
    pub fn score(&self, query: &str) -> Option<u32> {
        let query = text::half_width(query).to_lowercase();
        let mut total = 0;
        for word in query.split_whitespace() {
            total += self.forms.iter().filter_map(|form| score_word(form, word)).max()?;
        }
        Some(total)
    }
}

fn score_word(form: &str, word: &str) -> Option<u32> {
    if form == word {
        return Some(1000);
    }
    if let Some(at) = form.find(word) {
        let word_start = at > 0 && !form[..at].ends_with(char::is_alphanumeric);
        // A shorter form is a closer fit.
        let closeness = 100u32.saturating_sub(form.chars().count() as u32);
        return Some(
            closeness
                + if at == 0 {
                    800
                } else if word_start {
                    600
                } else {
                    400
                },
        );
    }
    let mut rest = form.char_indices();
    let mut first = None;
    let mut last = 0;
    for c in word.chars() {
        let (at, _) = rest.find(|(_, x)| *x == c)?;
        first.get_or_insert(at);
        last = at;
    }
    let spread = last - first.unwrap_or(0) + 1 - word.len().min(last + 1);
    Some(200u32.saturating_sub(spread as u32).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_in_both_languages_and_by_pinyin() {
        let entry = lookup_keys(["登记走访", "Log a visit"]);
        for (query, found) in [
            ("", true),
            ("登记", true),
            ("走访", true),
            ("djzf", true),
            ("dengji", true),
            ("zoufang", true),
            ("visit", true),
            ("LOG", true),
            ("ｌｏｇ", true),
            ("lgvst", true),
            ("log zf", true),
            ("claim", false),
            ("log claim", false),
        ] {
            assert_eq!(entry.score(query).is_some(), found, "{query}");
        }
    }

    #[test]
    fn closer_fits_score_higher() {
        let entry = lookup_keys(["提交", "Submit"]);
        let other = lookup_keys(["不提交", "Do not submit"]);
        for query in ["提交", "tj", "submit", "sub"] {
            assert!(entry.score(query) > other.score(query), "{query}");
        }
    }
}
