//! Text from outside, cleaned at the door: what comes in can neither steer a terminal nor pose as another text.

use std::borrow::Cow;

use crate::i18n::{Explain, Lang, identifiers};

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A control, bidirectional or invisible character, with its place counted from 1.
    #[error("character {place} is a control character (U+{:04X})", *character as u32)]
    Control {
        /// Counted in characters from 1.
        place: usize,
        /// Which.
        character: char,
    },
    /// More characters than the field takes.
    #[error("{actual} characters, at most {max} are allowed")]
    TooLong {
        /// The limit in characters.
        max: usize,
        /// What was given.
        actual: usize,
    },
}

/// One line, such as an address or a card: trimmed, white space runs made one space, full-width letters and digits made
/// plain ones (Chinese punctuation stays). `max` counts characters.
///
/// # Errors
/// A control character anywhere but tabs and line ends (which become spaces), or too long.
pub fn clean_line(text: &str, max: usize) -> Result<String, TextError> {
    refuse_control(text, &['\t', '\n', '\r'])?;
    let words: Vec<String> = text.split_whitespace().map(|word| word.chars().map(plain).collect()).collect();
    limit(words.join(" "), max)
}

/// A note of several lines: line ends made `\n`, trailing white space and outer blank lines removed, tabs made spaces,
/// full-width letters and digits made plain ones. `max` counts characters.
///
/// # Errors
/// A control character anywhere but tabs and line ends, or too long.
pub fn clean_note(text: &str, max: usize) -> Result<String, TextError> {
    refuse_control(text, &['\t', '\n', '\r'])?;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.trim_end().chars().map(|c| if c == '\t' { ' ' } else { plain(c) }).collect())
        .collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |index| index + 1);
    limit(lines[first..last].join("\n"), max)
}

/// A person's name: as [`clean_line`], spaces between Chinese characters removed (`张　三` is 张三), and the many dots
/// of minority names made `·` (U+00B7, as GB/T 13000 and the identity card write it).
///
/// # Errors
/// As [`clean_line`].
pub fn clean_name(text: &str, max: usize) -> Result<String, TextError> {
    let line = clean_line(text, usize::MAX)?;
    let mut name = String::with_capacity(line.len());
    for (index, c) in line.char_indices() {
        let dot = is_name_dot(c);
        // Spaces stay inside names in Latin letters.
        let beside_latin = |side: Option<char>| side.is_some_and(|c| c == '.' || c.is_alphabetic() && c < '\u{250}');
        let before = name.chars().next_back();
        let after = line[index + c.len_utf8()..].chars().next();
        match c {
            ' ' if beside_latin(before) && beside_latin(after) => name.push(' '),
            ' ' => {}
            // Between Latin letters a full stop is an initial's, as in "J.R."
            '.' if beside_latin(before) => name.push('.'),
            _ if dot => name.push('·'),
            _ => name.push(c),
        }
    }
    limit(name, max)
}

/// The first character that must not stand in any text from outside, with its place counted in characters from 1.
/// Tabs and line ends count too: [`clean_line`] and [`clean_note`] deal with them first.
pub fn find_control(text: &str) -> Option<(usize, char)> {
    text.chars().enumerate().find(|(_, c)| is_control(*c)).map(|(index, c)| (index + 1, c))
}

/// The text without control characters, for showing what older versions or other programs let in. Tabs and line ends
/// become spaces.
pub fn strip_control(text: &str) -> Cow<'_, str> {
    if find_control(text).is_none() {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter_map(|c| match c {
        '\t' | '\n' | '\r' => Some(' '),
        _ => (!is_control(c)).then_some(c),
    });
    Cow::Owned(kept.collect())
}

/// Controls (C0, DEL, C1), bidirectional marks and overrides, line and paragraph separators, invisible and zero-width
/// characters, tags, and code points that are no characters. Unicode Technical Report 36 tells why.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// Full-width letters, digits and the signs of numbers and addresses made plain; the ideographic space made a space.
/// Chinese punctuation stays as it is.
pub fn plain(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '－' | '＋' | '．' | '／' | '＃' | '＠' | '＿' | '＝' =>
        {
            char::from_u32(c as u32 - 0xFEE0).unwrap_or(c) // the block mirrors ASCII
        }
        '\u{3000}' => ' ',
        _ => c,
    }
}

fn is_name_dot(c: char) -> bool {
    matches!(c, '·' | '•' | '‧' | '∙' | '⋅' | '・' | '･' | '●' | '．' | '.' | '\u{0387}' | '\u{2024}' | '\u{16EB}')
}

fn refuse_control(text: &str, allowed: &[char]) -> Result<(), TextError> {
    match text.chars().enumerate().find(|(_, c)| is_control(*c) && !allowed.contains(c)) {
        Some((index, character)) => Err(TextError::Control { place: index + 1, character }),
        None => Ok(()),
    }
}

fn limit(text: String, max: usize) -> Result<String, TextError> {
    match text.chars().count() {
        actual if actual > max => Err(TextError::TooLong { max, actual }),
        _ => Ok(text),
    }
}

impl Explain for TextError {
    fn code(&self) -> &str {
        match self {
            TextError::Control { .. } => "text.control",
            TextError::TooLong { .. } => "text.too_long",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match *self {
            TextError::Control { place, .. } => identifiers::text_control(lang, place),
            TextError::TooLong { max, actual } => identifiers::text_too_long(lang, max, actual),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match *self {
            TextError::Control { .. } => identifiers::text_control_remedy(lang).into(),
            TextError::TooLong { max, actual } => identifiers::text_too_long_remedy(lang, actual - max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cleaned() {
        for (text, expected) in [
            ("  西垟镇　枫树坪村１２９号 ", "西垟镇 枫树坪村129号"),
            ("张淑芬，６８岁（独居）", "张淑芬，68岁（独居）"),
            ("a\tb\r\nc", "a b c"),
            ("Ａ座－３", "A座-3"),
            ("", ""),
            ("𠮷野家", "𠮷野家"),
        ] {
            assert_eq!(clean_line(text, 100).as_deref(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn notes_keep_their_lines() {
        for (text, expected) in [
            ("\r\n第一行 \r\n\r\n第二行\t说明\n\n", "第一行\n\n第二行 说明"),
            ("血压１５０／９０", "血压150/90"),
            (" \n\t\n", ""),
            ("", ""),
            ("一\r二", "一\n二"),
        ] {
            assert_eq!(clean_note(text, 100).as_deref(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn names_lose_spaces_and_get_one_kind_of_dot() {
        for (text, expected) in [
            ("张　三", "张三"),
            (" 张 淑 芬 ", "张淑芬"),
            ("买买提•吐尔逊", "买买提·吐尔逊"),
            ("买买提．吐尔逊", "买买提·吐尔逊"),
            ("买买提 · 吐尔逊", "买买提·吐尔逊"),
            ("买买提.吐尔逊", "买买提·吐尔逊"),
            ("John  Smith", "John Smith"),
            ("J.R. Smith", "J.R. Smith"),
            ("José  Pérez", "José Pérez"),
        ] {
            assert_eq!(clean_name(text, 50).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_could_steer_a_terminal_is_refused() {
        for (text, place, character) in [
            ("张\u{1b}[2J三", 2, '\u{1b}'),
            ("\u{7}", 1, '\u{7}'),
            ("张\u{9b}3", 2, '\u{9b}'),
            ("ab\u{202e}cd", 3, '\u{202e}'),
            ("\u{feff}张", 1, '\u{feff}'),
            ("张\u{200b}三", 2, '\u{200b}'),
            ("x\u{2066}", 2, '\u{2066}'),
            ("x\0", 2, '\0'),
            ("x\u{e0041}", 2, '\u{e0041}'),
            ("x\u{2028}y", 2, '\u{2028}'),
        ] {
            let expected = Err(TextError::Control { place, character });
            assert_eq!(clean_line(text, 100), expected, "{text:?}");
            assert_eq!(clean_note(text, 100), expected, "{text:?}");
            assert_eq!(clean_name(text, 100), expected, "{text:?}");
            assert_eq!(find_control(text), Some((place, character)), "{text:?}");
            assert_eq!(find_control(&strip_control(text)), None, "{text:?}");
        }
        assert_eq!(find_control("张淑芬 68岁，🙂 e\u{301}"), None);
        assert_eq!(strip_control("a\nb\u{1b}[1m"), "a b[1m");
    }

    #[test]
    fn length_counts_characters_after_cleaning() {
        assert_eq!(clean_line("  张淑芬  ", 3).as_deref(), Ok("张淑芬"));
        let error = clean_line("张淑芬芳", 3).unwrap_err();
        assert_eq!(error, TextError::TooLong { max: 3, actual: 4 });
        assert_eq!(error.code(), "text.too_long");
        assert_eq!(error.remedy(Lang::Zh), "请删减1个字");
    }

    proptest::proptest! {
        #[test]
        fn what_is_cleaned_is_clean(text in "(?s).{0,60}") {
            for cleaned in [clean_line(&text, 60), clean_name(&text, 60)].into_iter().flatten() {
                proptest::prop_assert_eq!(find_control(&cleaned), None);
                proptest::prop_assert_eq!(clean_line(&cleaned, 60), Ok(cleaned.clone()));
            }
            if let Ok(note) = clean_note(&text, 60) {
                proptest::prop_assert_eq!(clean_note(&note, 60), Ok(note.clone()));
            }
            proptest::prop_assert_eq!(find_control(&strip_control(&text)), None);
        }
    }
}
