//! One spelling for what is stored and what is typed.

use unicode_normalization::UnicodeNormalization;

/// Appends `text` as it is compared: full-width and other compatibility forms folded (NFKC), lower case, tone marks and
/// other accents dropped (ü becomes `v`, as pinyin is typed), white space and control characters left out.
pub(super) fn fold_into(text: &str, out: &mut String) {
    if text.chars().all(is_folded) {
        out.push_str(text);
        return;
    }
    if text.is_ascii() {
        out.extend(text.chars().filter(char::is_ascii_graphic).map(|c| c.to_ascii_lowercase()));
        return;
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkd().flat_map(char::to_lowercase) {
        match c {
            '\u{308}' if plain.ends_with('u') => {
                plain.pop();
                plain.push('v');
            }
            '\u{300}'..='\u{36f}' => {}
            c if c.is_whitespace() || c.is_control() => {}
            c => plain.push(c),
        }
    }
    out.extend(plain.nfc());
}

/// [`fold_into`] a new string.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Appends the letters, digits and characters of folded text: without the dot of 买买提·艾力, the hyphen of 0577-8888
/// or the apostrophe of xi'an.
pub(super) fn plain_into(folded: &str, out: &mut String) {
    out.extend(folded.chars().filter(|&c| is_plain(c)));
}

/// Letters, digits, characters, and the private-use area, where older systems keep rare characters.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{e000}'..='\u{f8ff}')
}

/// What folding leaves as it is, seen without a look into Unicode's tables.
fn is_folded(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | 'a'..='z' | '0'..='9')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        fn check(text: &str, folded: &str, plain: &str) {
            let mut out = String::new();
            plain_into(&fold(text), &mut out);
            assert_eq!((fold(text).as_str(), out.as_str()), (folded, plain), "{text:?}");
        }
        check("张淑芬", "张淑芬", "张淑芬");
        check("ＺＳＦ　１２Ｘ", "zsf12x", "zsf12x");
        check("买买提·艾力", "买买提·艾力", "买买提艾力");
        check("买买提・艾力", "买买提・艾力", "买买提艾力");
        check(" 张\t三\u{0} ", "张三", "张三");
        check("Lǚ Lü lü", "lvlvlv", "lvlvlv");
        check("Zhāng Sān", "zhangsan", "zhangsan");
        check("DB-2023 01\u{7f}", "db-202301", "db202301");
        check("xi'an", "xi'an", "xian");
        check("3-201室", "3-201室", "3201室");
        check("\u{f91d}", "\u{6b04}", "\u{6b04}"); // a compatibility ideograph and its unified twin
        check("𠮷田\u{e5f0}", "𠮷田\u{e5f0}", "𠮷田\u{e5f0}");
        check("한국", "한국", "한국");
    }
}
