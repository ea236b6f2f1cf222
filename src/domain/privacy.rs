//! What a public card must not tell: finds in a free text whatever points to a person.
//!
//! A wish card shows no name, identity number, telephone, door number or exact disease, and a child's card no school
//! (PIPL art. 28 and 51; masking as common practice in civil affairs). The check knows the household's own names and
//! finds numbers by their form; a name of somebody who is not in the household it finds only with a form of address
//! (`王阿姨`, `李某`). Whoever verifies a card still reads it.

use std::ops::Range;

use crate::i18n::{Explain, Lang, privacy as text};

mod doors;
mod names;
mod numbers;
mod schools;
mod view;

use view::View;

/// Whom the card is about, as far as the check needs to know.
#[derive(Debug, Clone, Default)]
pub struct CardContext<'a> {
    /// Full names of the head and the members.
    pub names: Vec<&'a str>,
    /// Names of villages or communities that must not stand in the card; none where the village may be shown.
    pub villages: Vec<&'a str>,
    /// Names of the schools that members attend.
    pub schools: Vec<&'a str>,
    /// Whether the card is for a child: then no school may be named.
    pub is_child: bool,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindingKind {
    /// A name of the household, whole or in part.
    Name,
    /// A surname with a form of address: 张阿婆, 老张, 李某.
    Address,
    /// An identity number, also with stars in it.
    IdNumber,
    /// A telephone number, also with spaces or Chinese digits, also with stars in it.
    Phone,
    /// An account in a messenger or an e-mail address.
    Contact,
    /// Another long number: a bank card, a certificate, the last digits of a number.
    Number,
    /// A house, building, room or villagers' group number.
    Door,
    /// The village, where it must not be shown.
    Village,
    /// The exact name of a disease.
    Disease,
    /// A school, on a child's card.
    School,
}

/// A place in the text that must be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Where it is, in bytes of the text as given.
    pub range: Range<usize>,
    /// The text there.
    pub text: String,
}

/// Everything in `text` that points to a person, in order and without overlaps. An empty list lets the card pass.
pub fn check(text: &str, context: &CardContext) -> Vec<Finding> {
    let spaced = View::with_spaces(text);
    let dense = View::without_spaces(text);
    let mut found: Vec<(FindingKind, Range<usize>)> = Vec::new();
    let mut add = |view: &View, kind, ranges: Vec<Range<usize>>| {
        found.extend(ranges.into_iter().map(|range| (kind, view.bytes(range))));
    };
    for (kind, range) in numbers::find(&spaced.chars) {
        add(&spaced, kind, vec![range]);
    }
    add(&dense, FindingKind::Name, names::own_names(&dense.chars, &context.names));
    add(&dense, FindingKind::Address, names::forms_of_address(&dense.chars, &context.names));
    add(&dense, FindingKind::Door, doors::find(&dense.chars, &context.villages));
    add(&dense, FindingKind::Village, names::villages(&dense.chars, &context.villages));
    let diseases = super::disease::mentions(&dense.chars).iter().map(|mention| mention.start..mention.end).collect();
    add(&dense, FindingKind::Disease, diseases);
    if context.is_child {
        add(&dense, FindingKind::School, schools::find(&dense.chars, &context.schools));
    }
    settle(text, found)
}

/// Of overlapping places the longer one stays; places of one kind with nothing but space between become one.
fn settle(text: &str, mut found: Vec<(FindingKind, Range<usize>)>) -> Vec<Finding> {
    found.sort_by_key(|(kind, range)| (range.start, std::cmp::Reverse(range.end), *kind));
    let mut settled: Vec<(FindingKind, Range<usize>)> = Vec::new();
    for (kind, range) in found {
        match settled.last_mut() {
            Some((last_kind, last)) if range.start < last.end => {
                if range.len() > last.len() {
                    (*last_kind, *last) = (kind, range);
                }
            }
            Some((last_kind, last)) if *last_kind == kind && text[last.end..range.start].trim().is_empty() => {
                last.end = range.end; // 3 幢 201 室 is one place
            }
            _ => settled.push((kind, range)),
        }
    }
    settled.into_iter().map(|(kind, range)| Finding { kind, text: text[range.clone()].to_owned(), range }).collect()
}

impl Explain for Finding {
    fn code(&self) -> &str {
        match self.kind {
            FindingKind::Name => "privacy.name",
            FindingKind::Address => "privacy.form_of_address",
            FindingKind::IdNumber => "privacy.id_number",
            FindingKind::Phone => "privacy.phone",
            FindingKind::Contact => "privacy.contact",
            FindingKind::Number => "privacy.number",
            FindingKind::Door => "privacy.door",
            FindingKind::Village => "privacy.village",
            FindingKind::Disease => "privacy.disease",
            FindingKind::School => "privacy.school",
        }
    }

    fn message(&self, lang: Lang) -> String {
        let found = self.text.as_str();
        match self.kind {
            FindingKind::Name => text::name(lang, found),
            FindingKind::Address => text::form_of_address(lang, found),
            FindingKind::IdNumber => text::id_number(lang, found),
            FindingKind::Phone => text::phone(lang, found),
            FindingKind::Contact => text::contact(lang, found),
            FindingKind::Number => text::number(lang, found),
            FindingKind::Door => text::door(lang, found),
            FindingKind::Village => text::village(lang, found),
            FindingKind::Disease => text::disease(lang, found),
            FindingKind::School => text::school(lang, found),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match self.kind {
            FindingKind::Name | FindingKind::Address => text::name_remedy(lang).into(),
            FindingKind::IdNumber | FindingKind::Phone | FindingKind::Contact | FindingKind::Number => {
                text::number_remedy(lang).into()
            }
            FindingKind::Door | FindingKind::Village => text::place_remedy(lang).into(),
            FindingKind::Disease => {
                let class = super::disease::classes(&self.text, lang);
                text::disease_remedy(lang, &class)
            }
            FindingKind::School => text::school_remedy(lang).into(),
        }
    }
}

#[cfg(test)]
mod tests;
