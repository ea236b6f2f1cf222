//! What was typed, cut into tokens, in every way in which it may be meant.

use super::fold::{fold, plain_into};
use super::latin::Latin;
use super::letters::Letters;
use super::lines::ROW;
use super::occurrences::Needle;
use super::segment::door_at;

/// Tokens beyond these are not looked at: nobody types so many, and a pasted page must not stall the screen.
const MOST_TOKENS: usize = 8;

/// Characters beyond these are not looked at.
const LONGEST: usize = 200;

/// One way to understand a query: every token must match.
pub(super) struct Plan {
    /// At least one.
    pub tokens: Vec<Token>,
    /// How many gaps between words were closed: `zhang shufen` as `zhangshufen`. Matches of a closed form rank first.
    pub bridged: u16,
}

/// Something that must occur in a household.
pub(super) struct Token {
    /// Folded, as it may stand in an address.
    pub text: String,
    /// Letters, digits and characters only, as names, villages and numbers are kept.
    pub plain: String,
    /// To look for `plain`.
    pub needle: Needle,
    /// To look for `text` in addresses.
    pub address: AddressNeedles,
    /// What `text` consists of.
    pub text_letters: Letters,
    /// What `plain` consists of.
    pub plain_letters: Letters,
    /// What it can be.
    pub kind: Kind,
}

/// A text to look for in addresses, which are kept in two parts.
pub(super) struct AddressNeedles {
    /// Behind the first digit of the address.
    pub door: Needle,
    /// What of the text stands before its first digit, if anything does.
    pub street: Option<Needle>,
    /// The rest as it begins a door; `None` if the text has no digit.
    pub behind_street: Option<Needle>,
}

impl AddressNeedles {
    fn new(text: &str) -> AddressNeedles {
        let (street, door) = text.split_at(door_at(text));
        AddressNeedles {
            door: Needle::new(text.as_bytes()),
            street: (!street.is_empty()).then(|| Needle::new(street.as_bytes())),
            behind_street: (!door.is_empty()).then(|| Needle::new(&[&[ROW], door.as_bytes()].concat())),
        }
    }
}

/// What a token can be.
pub(super) enum Kind {
    /// Letters only: pinyin or initials.
    Latin(Box<Latin>),
    /// Digits, perhaps with the `x` that may end an ID number.
    Number,
    /// Anything else: characters, or letters and digits mixed.
    Other,
}

impl Token {
    fn new(text: String) -> Option<Token> {
        let mut plain = String::with_capacity(text.len());
        plain_into(&text, &mut plain);
        if plain.is_empty() {
            return None;
        }
        let kind = match Latin::new(&plain) {
            Some(latin) => Kind::Latin(Box::new(latin)),
            None if is_number(&plain) => Kind::Number,
            None => Kind::Other,
        };
        let (text_letters, plain_letters) = (Letters::of(&text), Letters::of(&plain));
        let (needle, address) = (Needle::new(plain.as_bytes()), AddressNeedles::new(&text));
        Some(Token { text, plain, needle, address, text_letters, plain_letters, kind })
    }
}

/// All ways to understand a query; none if it says nothing.
pub(super) fn plans(query: &str) -> Vec<Plan> {
    let words = words(query);
    let as_typed = tokens(words.iter().flat_map(|word| cut(word, script_changes)));
    if as_typed.is_empty() {
        return Vec::new();
    }
    let joined = join(&as_typed);
    let split = tokens(words.iter().flat_map(|word| cut(word, number_ends)));
    let is_split = split.len() > as_typed.len();
    let mut plans = vec![Plan { tokens: as_typed, bridged: 0 }];
    plans.extend(joined);
    if is_split {
        plans.push(Plan { tokens: split, bridged: 0 });
    }
    plans
}

/// The folded words of a query.
fn words(query: &str) -> Vec<String> {
    let query: String = query.chars().take(LONGEST).collect();
    query.split(is_gap).map(fold).filter(|word| !word.is_empty()).collect()
}

fn tokens<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Token> {
    texts.filter_map(|text| Token::new(text.to_owned())).take(MOST_TOKENS).collect()
}

/// What separates words.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, ',' | '，' | ';' | '；' | '、' | '。' | '|' | '｜')
}

/// The script of a character, or `None` for signs, which belong to what stands before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Digit,
    Other,
}

fn script(c: char) -> Option<Script> {
    match c {
        'a'..='z' => Some(Script::Latin),
        '0'..='9' => Some(Script::Digit),
        c if c.is_alphanumeric() => Some(Script::Other),
        _ => None,
    }
}

/// Cuts a word wherever `ends` says so.
fn cut(word: &str, ends: fn(&str) -> Vec<usize>) -> impl Iterator<Item = &str> {
    let ends = ends(word);
    let starts = std::iter::once(0).chain(ends.clone());
    starts.zip(ends.into_iter().chain([word.len()])).map(|(start, end)| &word[start..end])
}

/// Where one script follows another.
fn changes(word: &str) -> Vec<(usize, Script, Script)> {
    let mut changes = Vec::new();
    let mut before = None;
    for (at, c) in word.char_indices() {
        let Some(script) = script(c) else { continue };
        if let Some(before) = before.filter(|&before| before != script) {
            changes.push((at, before, script));
        }
        before = Some(script);
    }
    changes
}

/// Where characters and letters meet: `上岙zsf` is two tokens.
fn script_changes(word: &str) -> Vec<usize> {
    let meet =
        |before, after| matches!((before, after), (Script::Latin, Script::Other) | (Script::Other, Script::Latin));
    changes(word).into_iter().filter(|&(_, before, after)| meet(before, after)).map(|(at, ..)| at).collect()
}

/// Also where a name meets a number of four digits or more: `张1234`, `1234zsf`.
fn number_ends(word: &str) -> Vec<usize> {
    let mut ends = script_changes(word);
    if !is_number(word) {
        let four = |part: &str| part.len() >= 4 && is_number(part);
        ends.extend(changes(word).iter().map(|&(at, ..)| at).filter(|&at| four(&word[at..]) || four(&word[..at])));
        ends.sort_unstable();
        ends.dedup();
    }
    ends
}

/// Digits, perhaps with an `x` at the end.
fn is_number(plain: &str) -> bool {
    let digits = plain.strip_suffix('x').unwrap_or(plain);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Closes the gaps between neighbours of one script; `None` if there are none.
fn join(tokens: &[Token]) -> Option<Plan> {
    let mut joined: Vec<(Option<Script>, String)> = Vec::new();
    for token in tokens {
        let script = match token.kind {
            Kind::Latin(_) => Some(Script::Latin),
            Kind::Number => Some(Script::Digit),
            Kind::Other if !token.plain.is_ascii() => Some(Script::Other),
            Kind::Other => None,
        };
        match joined.last_mut() {
            Some((last, text)) if *last == script && script.is_some() => text.push_str(&token.text),
            _ => joined.push((script, token.text.clone())),
        }
    }
    let bridged = (tokens.len() - joined.len()) as u16; // at most MOST_TOKENS
    let joined = joined.into_iter().filter_map(|(_, text)| Token::new(text)).collect();
    (bridged > 0).then_some(Plan { tokens: joined, bridged })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_query() {
        fn check(query: &str, expected: &[&str]) {
            let plans: Vec<String> = plans(query)
                .iter()
                .map(|plan| plan.tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" "))
                .collect();
            assert_eq!(plans, expected, "{query:?}");
        }
        check("", &[]);
        check(" 　\t", &[]);
        check("- ·", &[]);
        check("张淑芬", &["张淑芬"]);
        check("上岙 ＺＳＦ", &["上岙 zsf"]);
        check("上岙zsf", &["上岙 zsf"]);
        check("zsf,上岙", &["zsf 上岙"]);
        check("zhang shufen", &["zhang shufen", "zhangshufen"]);
        check("xi'an", &["xi'an"]);
        check("张 淑芬 1234", &["张 淑芬 1234", "张淑芬 1234"]);
        check("138 0000 1234", &["138 0000 1234", "13800001234"]);
        check("上岙村12号", &["上岙村12号"]);
        check("张1234", &["张1234", "张 1234"]);
        check("1234张", &["1234张", "1234 张"]);
        check("zsf123x", &["zsf123x", "zsf 123x"]);
        check("zsf1234", &["zsf1234", "zsf 1234"]);
        check("张zsf1234", &["张 zsf1234", "张 zsf 1234"]);
        check("1234x", &["1234x"]);
        check("3303a", &["3303a", "3303 a"]);
        check("买买提·艾力", &["买买提·艾力"]);
        check("a b c d e f g h i", &["a b c d e f g h", "abcdefgh"]);
    }

    #[test]
    fn kinds() {
        for (plain, number) in [("1", true), ("12x", true), ("x", false), ("x1", false), ("1xx", false), ("一", false)]
        {
            assert_eq!(is_number(plain), number, "{plain}");
        }
    }
}
