//! Code lists: categories, kinds, states and reasons as dated, bilingual data with their legal basis.
//!
//! Each list is one CSV file under `codes/` with the columns
//! `code,parent,zh,en,valid_from,valid_to,basis,aliases` and, where a list needs more, further columns
//! (see [`CodeEntry::attribute`]). Codes that are numbers are those of the national standard named in
//! `basis`; codes that are words are this program's own. The files are embedded and read once, when first asked for.

use std::borrow::{Borrow, Cow};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::i18n::Lang;

pub(in crate::domain) mod table;

/// A code out of some code list, or what an old or foreign record holds in its place.
///
/// A clone allocates nothing. Codes of the embedded lists take no memory of their own. An unknown code is kept
/// as it came, so records of newer versions survive. The default is the empty code: "not stated".
#[derive(Clone, PartialEq, Eq)]
pub struct Code(Repr);

/// Two words wide. A known code is always `Known`, so derived equality is equality of text.
#[derive(Clone, PartialEq, Eq)]
enum Repr {
    /// Index into [`KNOWN`].
    Known(u16),
    Other(Arc<str>),
}

impl Code {
    /// The code written as `text`, which need not be in any list; check with [`CodeList::get`].
    pub fn new(text: &str) -> Code {
        match PLACES.get(text) {
            Some(place) => Code(Repr::Known(*place)),
            None => Code(Repr::Other(Arc::from(text))),
        }
    }

    /// The code as it is stored.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Known(index) => KNOWN[usize::from(*index)],
            Repr::Other(text) => text,
        }
    }

    /// Nothing stated.
    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }
}

/// One line of a code list.
#[derive(Debug, Clone)]
pub struct CodeEntry {
    /// What records store; unique in its list.
    pub code: &'static str,
    /// The broader entry, or the entry of another list that this one belongs to (an indicator's dimension).
    pub parent: Option<&'static str>,
    /// Chinese label; the standard's own words where there is a standard.
    pub zh: &'static str,
    /// English label.
    pub en: &'static str,
    /// First day on which the entry may be chosen; `None` means always.
    pub valid_from: Option<NaiveDate>,
    /// Last day on which the entry may be chosen; `None` means no end.
    pub valid_to: Option<NaiveDate>,
    /// The law, standard or paper that it comes from; `本项目设定` where this program decided.
    pub basis: &'static str,
    /// Other spellings found in spreadsheets.
    pub aliases: Vec<&'static str>,
    attributes: Vec<(&'static str, &'static str)>,
}

impl CodeEntry {
    /// The label in `lang`.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }

    /// Whether the entry may be chosen on `date`.
    pub fn is_valid_on(&self, date: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date <= to)
    }

    /// A further column of the list, for example `five_kind` of `assist_category`, `unit` of `indicator`, `layer`
    /// of `need_type`, `department` of `data_class`. `None` when the list has no such column or the cell is empty.
    pub fn attribute(&self, column: &str) -> Option<&'static str> {
        self.attributes.iter().find(|(name, value)| *name == column && !value.is_empty()).map(|(_, value)| *value)
    }

    /// The entry's code as a value for a record.
    pub fn to_code(&self) -> Code {
        Code::new(self.code)
    }
}

/// A code list.
#[derive(Debug)]
pub struct CodeList {
    /// The file's name without `.csv`.
    pub name: &'static str,
    entries: Vec<CodeEntry>,
    by_code: HashMap<&'static str, usize>,
    by_label: HashMap<String, usize>,
}

impl CodeList {
    /// The entry with this code, valid today or not: old records keep their meaning.
    pub fn get(&self, code: &str) -> Option<&CodeEntry> {
        self.by_code.get(code).map(|&index| &self.entries[index])
    }

    /// All entries in the file's order, which is the order of presentation.
    pub fn entries(&self) -> &[CodeEntry] {
        &self.entries
    }

    /// The entries that may be chosen on `date`, in the order of presentation.
    pub fn entries_on(&self, date: NaiveDate) -> impl Iterator<Item = &CodeEntry> {
        self.entries.iter().filter(move |entry| entry.is_valid_on(date))
    }

    /// The entries directly below `parent`.
    pub fn children<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a CodeEntry> {
        self.entries.iter().filter(move |entry| entry.parent == Some(parent))
    }

    /// Whether `code` is `ancestor` or stands below it: `tekun_fensan` is within `tekun`.
    pub fn is_within(&self, code: &str, ancestor: &str) -> bool {
        let mut current = Some(code);
        // No list is deeper than its number of entries, so a circle of parents ends too.
        for _ in 0..=self.entries.len() {
            match current {
                Some(code) if code == ancestor => return true,
                Some(code) => current = self.get(code).and_then(|entry| entry.parent),
                None => return false,
            }
        }
        false
    }

    /// The label of `code` in `lang`; the code itself when the list does not know it.
    pub fn label<'a>(&'a self, code: &'a str, lang: Lang) -> &'a str {
        self.get(code).map_or(code, |entry| entry.label(lang))
    }

    /// The entry that a cell of a spreadsheet means: its Chinese or English label, one of its aliases, or the code.
    /// Full-width letters, brackets and digits, letter case and spaces make no difference. `None` when nothing fits:
    /// nothing is guessed.
    pub fn by_label(&self, text: &str) -> Option<&CodeEntry> {
        self.by_label.get(&table::fold(text)).map(|&index| &self.entries[index])
    }
}

/// The entries of a list for who typed something that is not in it: `code label`, …; of a long list the first ones.
pub fn choices(name: &str, lang: Lang) -> String {
    const SHOWN: usize = 24;
    let entries = list(name).map(CodeList::entries).unwrap_or_default();
    let told: Vec<String> =
        entries.iter().take(SHOWN).map(|entry| format!("{} {}", entry.code, entry.label(lang))).collect();
    told.join(lang.pick("、", ", ")) + if entries.len() > SHOWN { "…" } else { "" }
}

/// The list called `name`; `None` when there is none.
pub fn list(name: &str) -> Option<&'static CodeList> {
    LISTS.binary_search_by(|list| list.name.cmp(name)).ok().map(|index| &LISTS[index])
}

/// The label of `code` in the list called `list_name`; the code itself when list or code is unknown.
pub fn label(list_name: &str, code: &str, lang: Lang) -> Cow<'static, str> {
    match list(list_name).and_then(|list| list.get(code)) {
        Some(entry) => Cow::Borrowed(entry.label(lang)),
        None => Cow::Owned(code.to_owned()),
    }
}

/// All lists, by name.
pub fn all() -> &'static [CodeList] {
    &LISTS
}

/// Read once. What a broken file would lose here, the tests report by name.
static LISTS: LazyLock<Vec<CodeList>> = LazyLock::new(|| {
    let mut lists: Vec<CodeList> = table::FILES.iter().map(|(name, text)| table::read(name, text).0).collect();
    lists.sort_by_key(|list| list.name);
    lists
});

/// Every code of every list, and the empty code, sorted: what [`Code`] points into.
static KNOWN: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut known: Vec<&'static str> =
        LISTS.iter().flat_map(|list| list.entries.iter().map(|entry| entry.code)).collect();
    known.push("");
    known.sort_unstable();
    known.dedup();
    known
});

/// Where each known code stands; asked for every code of every record read.
static PLACES: LazyLock<HashMap<&'static str, u16>> =
    LazyLock::new(|| (0..).zip(&**KNOWN).map(|(place, code)| (*code, place)).collect());

impl Default for Code {
    fn default() -> Code {
        Code(Repr::Known(0)) // the empty text sorts first
    }
}

impl From<&str> for Code {
    fn from(text: &str) -> Code {
        Code::new(text)
    }
}

impl From<&String> for Code {
    fn from(text: &String) -> Code {
        Code::new(text)
    }
}

impl From<String> for Code {
    fn from(text: String) -> Code {
        Code::new(&text)
    }
}

impl std::str::FromStr for Code {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Code, Self::Err> {
        Ok(Code::new(text))
    }
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Code {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl std::hash::Hash for Code {
    /// As `str` hashes, for [`Borrow`].
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Code) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Code) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
        struct TextVisitor;
        impl serde::de::Visitor<'_> for TextVisitor {
            type Value = Code;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a code")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Code, E> {
                Ok(Code::new(text))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

#[cfg(test)]
mod tests;
