//! The resident identity number, GB 11643-1999.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

use crate::i18n::{Explain, Lang, identifiers as text};

/// A resident identity number: 6 digits of the address at issue, 8 of the birth date, 3 of sequence (odd for men),
/// and the check character.
///
/// The address part is the code at the time of issue: it may be abolished or differ from where the person lives, so
/// nothing here derives a residence from it. [`fmt::Display`] and [`fmt::Debug`] show the masked form, so a number
/// cannot leak into a log; [`IdNumber::reveal`] gives the number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdNumber([u8; 18]); // ASCII digits, the last perhaps `X`; the constructors keep it so

/// Sex as the number states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Odd sequence.
    Male,
    /// Even sequence.
    Female,
}

impl Sex {
    /// The code of GB/T 2261.1-2003: `1` or `2`.
    pub fn code(self) -> &'static str {
        match self {
            Sex::Male => "1",
            Sex::Female => "2",
        }
    }
}

/// Why a text is not an identity number. Carries nothing of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdNumberError {
    /// Neither 18 nor 15 characters.
    #[error("an identity number has 18 characters, not {0}")]
    Length(usize),
    /// Something else than digits, or an X that is not at the end.
    #[error("an identity number consists of digits, and X only at its end")]
    Characters,
    /// A spreadsheet turned the number into a floating point number and lost its last digits.
    #[error("the last digits were lost when a spreadsheet stored the number as a number")]
    Damaged,
    /// The birth date is not in the calendar, or more than 130 years ago.
    #[error("the birth date in the number does not exist")]
    Date,
    /// Born after today.
    #[error("the birth date in the number lies in the future")]
    Future,
    /// The check character does not fit.
    #[error("the check character does not fit")]
    Checksum,
}

impl IdNumber {
    /// Reads a number as people write it: white space, hyphens and a leading apostrophe are ignored, full-width
    /// digits and a lower-case x accepted, and the 15 digits of numbers before 1999 completed to 18.
    ///
    /// # Errors
    /// The first that applies of [`IdNumberError`]'s cases.
    pub fn parse(text: &str, today: NaiveDate) -> Result<IdNumber, IdNumberError> {
        let number = Self::parse_undated(text)?;
        let birth = number.birth_date();
        if birth > today {
            return Err(IdNumberError::Future);
        }
        if today.year() - birth.year() > OLDEST {
            return Err(IdNumberError::Date);
        }
        Ok(number)
    }

    /// Reads a number from storage, where it was checked before it was written; its date is not held against today.
    ///
    /// # Errors
    /// As [`IdNumber::parse`], except [`IdNumberError::Future`].
    pub fn parse_stored(text: &str) -> Result<IdNumber, IdNumberError> {
        Self::parse_undated(text)
    }

    /// Puts a number together; `None` when `address` is not below 1,000,000 or `sequence` not below 1,000, or the
    /// year has not four digits. For invented people use an address of 99xxxx: no province has it.
    pub fn compose(address: u32, birth: NaiveDate, sequence: u32) -> Option<IdNumber> {
        if address > 999_999 || sequence > 999 || !(1000..=9999).contains(&birth.year()) {
            return None;
        }
        let body = format!("{address:06}{}{sequence:03}", birth.format("%Y%m%d"));
        let mut number = [0; 18];
        number[..17].copy_from_slice(body.as_bytes());
        number[17] = check_character(&number[..17]);
        Some(IdNumber(number))
    }

    /// The number itself. Whoever calls this must be allowed to see it and be on record for it.
    pub fn reveal(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default() // ASCII by construction
    }

    /// The birth date.
    pub fn birth_date(&self) -> NaiveDate {
        birth_date(&self.0).unwrap_or_default() // a real date by construction
    }

    /// The sex.
    pub fn sex(&self) -> Sex {
        if (self.0[16] - b'0').is_multiple_of(2) { Sex::Female } else { Sex::Male }
    }

    /// The last `count` characters, all of them when there are not so many.
    pub fn tail(&self, count: usize) -> &str {
        &self.reveal()[18 - count.min(18)..]
    }

    /// Four characters, ten stars, four characters: `3303**********1234`.
    pub fn masked(&self) -> String {
        format!("{}**********{}", &self.reveal()[..4], self.tail(4))
    }

    fn parse_undated(text: &str) -> Result<IdNumber, IdNumberError> {
        let characters: Vec<char> =
            text.nfkc().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\'' | '\u{2019}')).collect();
        let characters: Vec<u8> = match characters.iter().map(|c| u8::try_from(*c)).collect() {
            Ok(ascii) => ascii,
            Err(_) => return Err(IdNumberError::Characters),
        };
        let characters = characters.to_ascii_uppercase();
        if is_floating_point(&characters) {
            return Err(IdNumberError::Damaged);
        }
        let digits = characters.strip_suffix(b"X").unwrap_or(&characters);
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(IdNumberError::Characters);
        }
        match characters.len() {
            18 => Self::check(characters.try_into().map_err(|_| IdNumberError::Length(0))?),
            15 if digits.len() == 15 => Self::complete(digits),
            15 => Err(IdNumberError::Characters), // an X at the end of a number that has no check character
            length => Err(IdNumberError::Length(length)),
        }
    }

    fn check(number: [u8; 18]) -> Result<IdNumber, IdNumberError> {
        birth_date(&number).ok_or(IdNumberError::Date)?;
        if check_character(&number[..17]) == number[17] {
            Ok(IdNumber(number))
        } else if number.ends_with(b"000") {
            Err(IdNumberError::Damaged) // a double keeps 15 digits; the program that wrote it filled up with zeros
        } else {
            Err(IdNumberError::Checksum)
        }
    }

    /// 15 digits: the year has two digits and belongs to the 20th century; there is no check character.
    fn complete(digits: &[u8]) -> Result<IdNumber, IdNumberError> {
        let mut number = [0; 18];
        number[..6].copy_from_slice(&digits[..6]);
        number[6..8].copy_from_slice(b"19");
        number[8..17].copy_from_slice(&digits[6..]);
        number[17] = check_character(&number[..17]);
        birth_date(&number).ok_or(IdNumberError::Date)?;
        Ok(IdNumber(number))
    }
}

/// Nobody is older, in years; the oldest person ever known reached 122.
const OLDEST: i32 = 130;
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: &[u8; 11] = b"10X98765432";

fn check_character(digits: &[u8]) -> u8 {
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECK_CHARACTERS[(sum % 11) as usize]
}

fn birth_date(number: &[u8; 18]) -> Option<NaiveDate> {
    let value = |digits: &[u8]| digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let year = i32::try_from(value(&number[6..10])).ok().filter(|year| *year >= 1000)?;
    NaiveDate::from_ymd_opt(year, value(&number[10..12]), value(&number[12..14]))
}

/// `9.90701E+17` and the like.
fn is_floating_point(text: &[u8]) -> bool {
    let number = str::from_utf8(text).ok().filter(|text| text.contains(['E', '.']));
    number.is_some_and(|text| text.parse::<f64>().is_ok())
}

impl fmt::Display for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.masked())
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({})", self.masked())
    }
}

impl Serialize for IdNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.reveal())
    }
}

impl<'de> Deserialize<'de> for IdNumber {
    /// Reads what was stored: checked like [`IdNumber::parse`] but for today's date, which it does not know.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<IdNumber, D::Error> {
        struct TextVisitor;
        impl serde::de::Visitor<'_> for TextVisitor {
            type Value = IdNumber;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a resident identity number")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<IdNumber, E> {
                IdNumber::parse_undated(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

impl Explain for IdNumberError {
    fn code(&self) -> &str {
        match self {
            IdNumberError::Length(_) => "id_number.length",
            IdNumberError::Characters => "id_number.characters",
            IdNumberError::Damaged => "id_number.damaged",
            IdNumberError::Date => "id_number.date",
            IdNumberError::Future => "id_number.future",
            IdNumberError::Checksum => "id_number.checksum",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            IdNumberError::Length(length) => text::id_length(lang, *length),
            IdNumberError::Characters => text::id_characters(lang).into(),
            IdNumberError::Damaged => text::id_damaged(lang).into(),
            IdNumberError::Date => text::id_date(lang).into(),
            IdNumberError::Future => text::id_future(lang).into(),
            IdNumberError::Checksum => text::id_checksum(lang).into(),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match self {
            IdNumberError::Damaged => text::id_damaged_remedy(lang).into(),
            IdNumberError::Length(_) | IdNumberError::Characters => text::id_shape_remedy(lang).into(),
            _ => text::id_remedy(lang).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        "2026-11-22".parse().unwrap()
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("34052419800101001X", "34052419800101001X"),
            ("11010519491231002X", "11010519491231002X"),
            ("34052419800101001x", "34052419800101001X"),
            ("990101199001010019", "990101199001010019"),
            (" 990101 19900101 0019 ", "990101199001010019"),
            ("'990101199001010019", "990101199001010019"),
            ("990101-19900101-0019", "990101199001010019"),
            ("９９０１０１１９９００１０１００１９", "990101199001010019"),
            ("３４０５２４１９８００１０１００１Ｘ", "34052419800101001X"),
            ("990101\u{3000}199001010019", "990101199001010019"),
            ("990101900101001", "990101199001010019"),
            ("340524800101001", "34052419800101001X"),
        ] {
            assert_eq!(IdNumber::parse(text, today()).unwrap().reveal(), expected, "{text}");
        }
    }

    #[test]
    fn each_fault_has_its_code() {
        for (text, expected) in [
            ("", "id_number.length"),
            ("9901011990", "id_number.length"),
            ("9901011990010100190", "id_number.length"),
            ("99010119900101001", "id_number.length"),
            ("99010119900101001A", "id_number.characters"),
            ("99010119900101X019", "id_number.characters"),
            ("9901**********0019", "id_number.characters"),
            ("九九0101199001010019", "id_number.characters"),
            ("9901019001010X", "id_number.length"),
            ("99010190010100X", "id_number.characters"),
            ("9.907011993092045e+17", "id_number.damaged"),
            ("9.90701E+17", "id_number.damaged"),
            ("９．９E＋17", "id_number.damaged"),
            ("990101199001011000", "id_number.damaged"),
            ("990101199002300019", "id_number.date"),
            ("990101199013010019", "id_number.date"),
            ("990101000001010019", "id_number.date"),
            ("990101188001010015", "id_number.date"),
            ("990101902301001", "id_number.date"),
            ("990101209001010015", "id_number.future"),
            ("990101199001010018", "id_number.checksum"),
            ("340524198001010010", "id_number.checksum"),
        ] {
            let error = IdNumber::parse(text, today()).expect_err(text);
            assert_eq!(error.code(), expected, "{text}");
            for lang in [Lang::Zh, Lang::En] {
                assert!(!error.message(lang).is_empty() && !error.remedy(lang).is_empty());
            }
        }
    }

    #[test]
    fn birth_date_and_sex_come_from_the_number() {
        for (text, birth, sex) in [
            ("34052419800101001X", "1980-01-01", Sex::Male),
            ("11010519491231002X", "1949-12-31", Sex::Female),
            ("990101199001010019", "1990-01-01", Sex::Male),
        ] {
            let number = IdNumber::parse(text, today()).unwrap();
            assert_eq!((number.birth_date(), number.sex()), (birth.parse().unwrap(), sex), "{text}");
        }
        assert_eq!((Sex::Male.code(), Sex::Female.code()), ("1", "2"));
    }

    #[test]
    fn somebody_born_today_is_not_from_the_future() {
        let number = IdNumber::compose(990101, today(), 1).unwrap();
        assert_eq!(IdNumber::parse(number.reveal(), today()), Ok(number));
        assert_eq!(IdNumber::parse(number.reveal(), today().pred_opt().unwrap()), Err(IdNumberError::Future));
    }

    #[test]
    fn every_wrong_digit_is_noticed() {
        let number = IdNumber::compose(990101, "1957-03-02".parse().unwrap(), 42).unwrap();
        for place in 0..17 {
            for digit in b'0'..=b'9' {
                let mut changed = number.0;
                changed[place] = digit;
                let text = str::from_utf8(&changed).unwrap();
                assert_eq!(IdNumber::parse(text, today()).is_ok(), changed == number.0, "{text}");
            }
        }
    }

    #[test]
    fn nothing_shows_the_number_unasked() {
        let number = IdNumber::parse("990101199001010019", today()).unwrap();
        assert_eq!(number.to_string(), "9901**********0019");
        assert_eq!(format!("{number:?}"), "IdNumber(9901**********0019)");
        assert_eq!((number.tail(4), number.tail(99)), ("0019", "990101199001010019"));
        for error in [IdNumberError::Checksum, IdNumberError::Damaged] {
            assert!(!error.message(Lang::Zh).contains("9901"));
        }
    }

    #[test]
    fn stored_numbers_are_checked_when_read() {
        let number = IdNumber::parse("34052419800101001X", today()).unwrap();
        let json = serde_json::to_string(&number).unwrap();
        assert_eq!(json, "\"34052419800101001X\"");
        assert_eq!(serde_json::from_str::<IdNumber>(&json).unwrap(), number);
        assert_eq!(rmp_serde::from_slice::<IdNumber>(&rmp_serde::to_vec(&number).unwrap()).unwrap(), number);
        assert!(serde_json::from_str::<IdNumber>("\"340524198001010010\"").is_err());
    }

    #[test]
    fn parts_out_of_range_are_not_composed() {
        let birth = today();
        assert_eq!(IdNumber::compose(1_000_000, birth, 1), None);
        assert_eq!(IdNumber::compose(990101, birth, 1000), None);
        assert_eq!(IdNumber::compose(990101, NaiveDate::MAX, 1), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9xX]{14,19}|\\PC{0,30}") {
            if let Ok(number) = IdNumber::parse(&text, today()) {
                proptest::prop_assert_eq!(IdNumber::parse(number.reveal(), today()), Ok(number));
            }
        }

        #[test]
        fn what_is_composed_can_be_read(address in 100_000u32..1_000_000, days in 0u64..40_000, sequence in 0u32..1000) {
            let birth = today() - chrono::Days::new(days);
            let number = IdNumber::compose(address, birth, sequence).unwrap();
            proptest::prop_assert_eq!(IdNumber::parse(number.reveal(), today()), Ok(number));
            proptest::prop_assert_eq!(number.birth_date(), birth);
            proptest::prop_assert_eq!(number.sex() == Sex::Male, sequence % 2 == 1);
        }
    }
}
