//! Numbers by which a person can be reached or recognised.

use std::ops::Range;

use super::FindingKind;
use super::view::{ends, is_break, reads};

/// Identity numbers, telephone numbers, accounts and other long numbers.
pub(super) fn find(text: &[char]) -> Vec<(FindingKind, Range<usize>)> {
    let mut found = Vec::new();
    for run in runs(text) {
        in_run(text, &run, &mut found);
    }
    found.extend(contacts(text).into_iter().map(|range| (FindingKind::Contact, range)));
    found
}

/// A digit of a run: where it stands, its value (`*` where it is hidden), and whether a group begins with it.
struct Digit {
    place: usize,
    value: char,
    begins_group: bool,
}

/// Separators that people put between groups of digits.
const SEPARATORS: [char; 9] = [' ', '-', '.', '·', '—', '–', '_', '/', '\u{a0}'];
/// At most so many separators stand between two digits of one number.
const WIDEST_GAP: usize = 2;

/// The sequences of digits, Arabic or Chinese, that may be one number.
fn runs(text: &[char]) -> Vec<Vec<Digit>> {
    let mut runs: Vec<Vec<Digit>> = Vec::new();
    let mut gap = usize::MAX;
    for (place, c) in text.iter().enumerate() {
        match digit(*c) {
            Some(value) => {
                let new = Digit { place, value, begins_group: gap > 0 };
                match runs.last_mut() {
                    Some(run) if gap <= WIDEST_GAP => run.push(new),
                    _ => runs.push(vec![Digit { begins_group: true, ..new }]),
                }
                gap = 0;
            }
            None if SEPARATORS.contains(c) => gap = gap.saturating_add(1),
            // The check character of an identity number.
            None if matches!(c, 'x' | 'X') && gap == 0 && runs.last().is_some_and(|run| run.len() % 18 == 17) => {
                if let Some(run) = runs.last_mut() {
                    run.push(Digit { place, value: 'X', begins_group: false });
                }
                gap = usize::MAX;
            }
            None => gap = usize::MAX,
        }
    }
    runs
}

fn digit(c: char) -> Option<char> {
    const CHINESE: [(&str, char); 10] = [
        ("零〇○", '0'),
        ("一壹幺么", '1'),
        ("二贰两", '2'),
        ("三叁", '3'),
        ("四肆", '4'),
        ("五伍", '5'),
        ("六陆", '6'),
        ("七柒", '7'),
        ("八捌", '8'),
        ("九玖", '9'),
    ];
    match c {
        '0'..='9' | '*' => Some(c),
        '＊' | '×' | '●' => Some('*'),
        _ => CHINESE.iter().find(|(forms, _)| forms.contains(c)).map(|(_, value)| *value),
    }
}

fn in_run(text: &[char], run: &[Digit], found: &mut Vec<(FindingKind, Range<usize>)>) {
    let mut start = 0;
    while start < run.len() {
        let matched = run[start].begins_group.then(|| number_at(text, run, start)).flatten();
        match matched {
            Some((kind, end)) => {
                found.push((kind, run[start].place..run[end - 1].place + 1));
                start = end;
            }
            None => start += 1,
        }
    }
}

/// The number that begins with the group at `start`, and where in the run it ends.
fn number_at(text: &[char], run: &[Digit], start: usize) -> Option<(FindingKind, usize)> {
    let ends_group = |end: usize| end == run.len() || run[end].begins_group;
    let values: Vec<char> = run[start..].iter().map(|digit| digit.value).collect();
    let shown = |count: usize| values[..count].iter().filter(|value| **value != '*').count();
    for (length, kind) in [(18, FindingKind::IdNumber), (15, FindingKind::IdNumber), (13, FindingKind::Phone)] {
        let fits = match length {
            18 => values.len() >= 18 && values[0] != '*',
            15 => values.len() >= 15 && values[0] != '*' && is_short_id(&values[..15]),
            _ => values.len() >= 13 && values.starts_with(&['8', '6']) && is_mobile(&values[2..13]),
        };
        if fits && ends_group(start + length) && shown(length) >= 4 {
            return Some((kind, start + length));
        }
    }
    if values.len() >= 11 && is_mobile(&values[..11]) && ends_group(start + 11) && shown(11) >= 4 {
        return Some((FindingKind::Phone, start + 11));
    }
    // Area code with or without a separator, and a subscriber's number.
    for length in [12, 11, 10] {
        if values.len() >= length && values[0] == '0' && values[1] != '0' && ends_group(start + length) {
            return Some((FindingKind::Phone, start + length));
        }
    }
    let group = (start + 1..=run.len()).find(|end| ends_group(*end)).unwrap_or(run.len());
    let before = run[start].place;
    let after = text.get(run[group - 1].place + 1);
    match group - start {
        9.. if shown(group - start) >= 4 => Some((FindingKind::Number, group)),
        7 | 8 if !values[..group - start].contains(&'*') && !is_amount(after) => {
            let is_date = group - start == 8 && matches!(values[0], '1' | '2') && matches!(values[1], '9' | '0');
            (!is_date).then_some((FindingKind::Phone, group))
        }
        4..=6 if names_a_tail(text, before) => Some((FindingKind::Number, group)),
        _ => None,
    }
}

/// Mobile numbers have eleven digits and begin with 13 to 19.
fn is_mobile(values: &[char]) -> bool {
    values[0] == '1' && matches!(values[1], '3'..='9')
}

/// The birth date of a 15-digit number must be possible.
fn is_short_id(values: &[char]) -> bool {
    let number = |range: Range<usize>| values[range].iter().collect::<String>().parse::<u32>().ok();
    number(8..10).is_some_and(|month| (1..=12).contains(&month))
        && number(10..12).is_some_and(|day| (1..=31).contains(&day))
}

/// What follows makes it an amount.
fn is_amount(after: Option<&char>) -> bool {
    after.is_some_and(|c| "元块万毫克年平米个".contains(*c) || c.is_ascii_alphabetic())
}

/// `尾号1234`, `身份证后四位是1234`.
fn names_a_tail(text: &[char], place: usize) -> bool {
    const WORDS: [&str; 6] = ["尾号", "后四位", "后4位", "末四位", "后六位", "末六位"];
    (place.saturating_sub(2)..=place).any(|end| WORDS.iter().any(|word| ends(text, end, word)))
}

/// Accounts in messengers and e-mail addresses.
fn contacts(text: &[char]) -> Vec<Range<usize>> {
    const MESSENGERS: [&str; 8] = ["微信号", "微信", "QQ号", "QQ", "qq", "wechat", "WeChat", "抖音号"];
    let is_account = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut found = Vec::new();
    for start in 0..text.len() {
        if let Some(word) = MESSENGERS.iter().find(|word| reads(text, start, word)) {
            let mut account = start + word.len().min(word.chars().count());
            while text.get(account).is_some_and(|c| matches!(c, ':' | '：' | ' ' | '是' | '为')) {
                account += 1;
            }
            let length = text[account..].iter().take_while(|c| is_account(c)).count();
            if length >= 5 {
                found.push(start..account + length);
            }
        }
        if text[start] == '@' {
            let name = text[..start].iter().rev().take_while(|c| is_account(c) || **c == '.').count();
            let host = text[start + 1..].iter().take_while(|c| is_account(c) || **c == '.').count();
            if name > 0 && host > 2 && is_break(text.get(start + 1 + host)) {
                found.push(start - name..start + 1 + host);
            }
        }
    }
    found
}
