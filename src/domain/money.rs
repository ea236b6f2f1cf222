//! Money in whole fen (a hundredth of a yuan).

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::i18n::{Explain, Lang, identifiers as text};

/// An amount in fen. Arithmetic is checked: money never wraps and never saturates in silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a number with at most one of the known signs and units.
    #[error("not an amount of money")]
    Invalid,
    /// A fraction of a fen.
    #[error("an amount cannot be finer than one fen")]
    TooPrecise,
    /// Beyond what 64 bits of fen hold.
    #[error("the amount is too large")]
    OutOfRange,
}

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// Whole yuan; `None` when too large.
    pub const fn from_yuan(yuan: i64) -> Option<Fen> {
        match yuan.checked_mul(100) {
            Some(fen) => Some(Fen(fen)),
            None => None,
        }
    }

    /// A spreadsheet's number of yuan, rounded to the nearest fen, since a double cannot hold 0.1 exactly.
    ///
    /// # Errors
    /// [`MoneyError::Invalid`] for what is no number, [`MoneyError::OutOfRange`] beyond 2^53 fen, where a double
    /// no longer tells one fen from the next.
    pub fn from_yuan_f64(yuan: f64) -> Result<Fen, MoneyError> {
        let fen = (yuan * 100.0).round();
        if !fen.is_finite() {
            Err(MoneyError::Invalid)
        } else if fen.abs() > 9_007_199_254_740_992.0 {
            Err(MoneyError::OutOfRange)
        } else {
            Ok(Fen(fen as i64))
        }
    }

    /// Reads an amount of yuan as people write it: `1,288.50元`, `￥1288.5`, `-20`, `1.2万元`, full-width digits,
    /// spaces. Commas must stand at thousands.
    ///
    /// # Errors
    /// See [`MoneyError`].
    pub fn parse(text: &str) -> Result<Fen, MoneyError> {
        let text: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
        let (negative, rest) = take_sign(&text);
        let rest = CURRENCIES.iter().find_map(|currency| rest.strip_prefix(currency)).unwrap_or(rest);
        let (negative, rest) = if negative { (true, rest) } else { take_sign(rest) };
        let (rest, zeros) = take_unit(rest);
        let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        let whole = without_separators(whole).ok_or(MoneyError::Invalid)?;
        if whole.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) || rest.ends_with('.') {
            return Err(MoneyError::Invalid);
        }
        let fen = scale(&whole, fraction, zeros + 2)?;
        Ok(Fen(if negative { -fen } else { fen }))
    }

    /// Sum; `None` when it does not fit.
    pub const fn checked_add(self, other: Fen) -> Option<Fen> {
        match self.0.checked_add(other.0) {
            Some(fen) => Some(Fen(fen)),
            None => None,
        }
    }

    /// Difference; `None` when it does not fit.
    pub const fn checked_sub(self, other: Fen) -> Option<Fen> {
        match self.0.checked_sub(other.0) {
            Some(fen) => Some(Fen(fen)),
            None => None,
        }
    }

    /// Product with a count; `None` when it does not fit.
    pub const fn checked_mul(self, count: i64) -> Option<Fen> {
        match self.0.checked_mul(count) {
            Some(fen) => Some(Fen(fen)),
            None => None,
        }
    }

    /// Negative value; `None` for the smallest amount.
    pub const fn checked_neg(self) -> Option<Fen> {
        match self.0.checked_neg() {
            Some(fen) => Some(Fen(fen)),
            None => None,
        }
    }

    /// Sum of many; `None` when it does not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Fen>) -> Option<Fen> {
        amounts.into_iter().try_fold(Fen::ZERO, Fen::checked_add)
    }

    /// Below nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Yuan with two decimals and no separators, for tables that machines read: `1288.50`.
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

const CURRENCIES: [&str; 5] = ["¥", "人民币", "RMB", "CNY", "¥:"];
/// Units and the zeros that they stand for. Longer ones first.
const UNITS: [(&str, usize); 6] = [("亿元", 8), ("万元", 4), ("亿", 8), ("万", 4), ("元整", 0), ("元", 0)];

fn take_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '−', '－']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn take_unit(text: &str) -> (&str, usize) {
    UNITS.iter().find_map(|(unit, zeros)| Some((text.strip_suffix(unit)?, *zeros))).unwrap_or((text, 0))
}

/// Digits without their thousands separators; `None` when something else is there or a comma stands elsewhere.
fn without_separators(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
}

/// `whole.fraction` times ten to the power of `places`, exactly.
fn scale(whole: &str, fraction: &str, places: usize) -> Result<i64, MoneyError> {
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > places {
        return Err(MoneyError::TooPrecise);
    }
    let digits = format!("{whole}{fraction:0<places$}");
    digits.trim_start_matches('0').parse().or_else(|_| match digits.bytes().all(|byte| byte == b'0') {
        true => Ok(0),
        false => Err(MoneyError::OutOfRange),
    })
}

impl fmt::Display for Fen {
    /// `1,288.50`; add the unit where it is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yuan = (self.0.unsigned_abs() / 100).to_string();
        let mut text = String::from(if self.0 < 0 { "-" } else { "" });
        for (index, digit) in yuan.chars().enumerate() {
            if index > 0 && (yuan.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text.push_str(&format!(".{:02}", self.0.unsigned_abs() % 100));
        f.pad(&text)
    }
}

impl Explain for MoneyError {
    fn code(&self) -> &str {
        match self {
            MoneyError::Invalid => "money.invalid",
            MoneyError::TooPrecise => "money.too_precise",
            MoneyError::OutOfRange => "money.out_of_range",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            MoneyError::Invalid => text::money_invalid(lang),
            MoneyError::TooPrecise => text::money_too_precise(lang),
            MoneyError::OutOfRange => text::money_out_of_range(lang),
        }
        .into()
    }

    fn remedy(&self, lang: Lang) -> String {
        text::money_remedy(lang).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, expected) in [
            ("0", 0),
            ("0.00", 0),
            ("629", 62_900),
            ("1288.5", 128_850),
            ("1,288.50元", 128_850),
            ("1，288.50元", 128_850),
            ("￥1,288.50", 128_850),
            ("¥ 1288.50", 128_850),
            ("人民币1288.5元整", 128_850),
            ("１２８８．５０", 128_850),
            ("1 288.50", 128_850),
            ("1.2万元", 1_200_000),
            ("1.28885万", 1_288_850),
            ("0.000001万元", 1),
            ("2亿元", 20_000_000_000),
            ("-20", -2_000),
            ("￥-20", -2_000),
            ("-￥20", -2_000),
            ("+20", 2_000),
            ("1288.500", 128_850),
            ("007", 700),
            ("12,345,678.90", 1_234_567_890),
            ("92233720368547758.07", i64::MAX),
        ] {
            assert_eq!(Fen::parse(text), Ok(Fen(expected)), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for (text, expected) in [
            ("", "money.invalid"),
            ("元", "money.invalid"),
            ("约500", "money.invalid"),
            ("500左右", "money.invalid"),
            ("五百", "money.invalid"),
            ("1,28850", "money.invalid"),
            ("1288,50", "money.invalid"),
            (",288", "money.invalid"),
            ("1,,288", "money.invalid"),
            ("12.", "money.invalid"),
            (".5", "money.invalid"),
            ("1.2.3", "money.invalid"),
            ("--5", "money.invalid"),
            ("1e3", "money.invalid"),
            ("1.234", "money.too_precise"),
            ("0.0000001万元", "money.too_precise"),
            ("92233720368547758.08", "money.out_of_range"),
            ("99999999999999999999", "money.out_of_range"),
        ] {
            let error = Fen::parse(text).expect_err(text);
            assert_eq!(error.code(), expected, "{text}");
        }
    }

    #[test]
    fn amounts_are_written_with_separators() {
        for (fen, shown, plain) in [
            (0, "0.00", "0.00"),
            (5, "0.05", "0.05"),
            (-5, "-0.05", "-0.05"),
            (128_850, "1,288.50", "1288.50"),
            (99_999, "999.99", "999.99"),
            (123_456_789_012, "1,234,567,890.12", "1234567890.12"),
            (i64::MIN, "-92,233,720,368,547,758.08", "-92233720368547758.08"),
        ] {
            assert_eq!((Fen(fen).to_string(), Fen(fen).plain()), (shown.to_owned(), plain.to_owned()));
        }
        assert_eq!(format!("{:>8}", Fen(5)), "    0.05");
    }

    #[test]
    fn what_is_written_can_be_read() {
        for fen in [0, 1, -1, 99, 100, 10_000_000, 128_850, i64::MAX, i64::MIN + 1] {
            assert_eq!(Fen::parse(&Fen(fen).to_string()), Ok(Fen(fen)));
            assert_eq!(Fen::parse(&Fen(fen).plain()), Ok(Fen(fen)));
        }
    }

    #[test]
    fn a_spreadsheet_number_is_rounded_to_the_fen() {
        for (yuan, expected) in [
            (1288.3000000000002, Ok(Fen(128_830))),
            (0.1 + 0.2, Ok(Fen(30))),
            (-1.005, Ok(Fen(-100))),
            (f64::NAN, Err(MoneyError::Invalid)),
            (f64::INFINITY, Err(MoneyError::Invalid)),
            (1e300, Err(MoneyError::OutOfRange)),
        ] {
            assert_eq!(Fen::from_yuan_f64(yuan), expected, "{yuan}");
        }
    }

    #[test]
    fn arithmetic_never_wraps() {
        assert_eq!(Fen(1).checked_add(Fen(2)), Some(Fen(3)));
        assert_eq!(Fen(1).checked_sub(Fen(2)), Some(Fen(-1)));
        assert_eq!(Fen(3).checked_mul(4), Some(Fen(12)));
        assert_eq!(Fen(3).checked_neg(), Some(Fen(-3)));
        assert_eq!(Fen::from_yuan(3), Some(Fen(300)));
        assert_eq!(Fen::checked_sum([Fen(1), Fen(2), Fen(3)]), Some(Fen(6)));
        assert_eq!(Fen::checked_sum([Fen(i64::MAX), Fen(1)]), None);
        assert_eq!(Fen(i64::MAX).checked_add(Fen(1)), None);
        assert_eq!(Fen(i64::MIN).checked_sub(Fen(1)), None);
        assert_eq!(Fen(i64::MAX).checked_mul(2), None);
        assert_eq!(Fen(i64::MIN).checked_neg(), None);
        assert_eq!(Fen::from_yuan(i64::MAX), None);
        assert!(Fen(-1).is_negative() && !Fen::ZERO.is_negative());
    }

    proptest::proptest! {
        #[test]
        fn any_amount_survives_writing_and_reading(fen in proptest::num::i64::ANY) {
            if fen != i64::MIN {
                proptest::prop_assert_eq!(Fen::parse(&Fen(fen).to_string()), Ok(Fen(fen)));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9,.+-￥元万亿 ]{0,30}|\\PC{0,30}") {
            let _ = Fen::parse(&text);
        }
    }
}
