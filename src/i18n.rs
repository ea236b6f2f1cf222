//! Every text a person reads, in Chinese and in English.
//!
//! One file per area under `i18n/`, each a [`messages!`](crate::messages!) table. An entry needs both languages and
//! its arguments are checked by `format!`, so a missing or misspelt message does not compile.

pub mod central;
pub mod cli;
pub mod console;
pub mod demo;
pub mod directory;
pub mod domain;
pub mod forms;
pub mod identifiers;
pub mod keys;
pub mod link;
pub mod portrait;
pub mod privacy;
pub mod region;
pub mod register;
pub mod replica;
pub mod risk;
pub mod roster;
pub mod screens;
pub mod settings;
pub mod store;
pub mod sync;

/// Chinese or English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Simplified Chinese as a civil-affairs office writes it; the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language of a locale name such as `zh_CN.UTF-8`, `en` or `en-GB`; `None` for any other language.
    pub fn from_locale(locale: &str) -> Option<Lang> {
        let language = locale.split(['_', '-', '.', '@']).next()?;
        if language.eq_ignore_ascii_case("zh") {
            Some(Lang::Zh)
        } else if language.eq_ignore_ascii_case("en") {
            Some(Lang::En)
        } else {
            None
        }
    }

    /// The language of this process's environment; see [`Lang::from_variables`].
    pub fn from_env() -> Lang {
        Lang::from_variables(|name| std::env::var(name).ok())
    }

    /// The language of an environment: the first non-empty of `LC_ALL`, `LC_MESSAGES`, `LANG`, as POSIX orders them.
    /// Chinese when that names neither Chinese nor English.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Lang {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(variable)
            .find(|value| !value.is_empty())
            .and_then(|value| Lang::from_locale(&value))
            .unwrap_or_default()
    }

    /// The other language, for the key that switches while running.
    pub fn other(self) -> Lang {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }

    /// Picks one of two texts.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// An error as it is told to a person or a script: a stable code, the field it is about, what is wrong and what to do.
pub trait Explain {
    /// Stable, dotted, language-free, for example `wish.already_claimed`.
    fn code(&self) -> &str;
    /// The field at fault, by its name in the record's field table, where there is one.
    fn field(&self) -> Option<&str> {
        None
    }
    /// The record at fault, where a command is about several and one of them is meant.
    fn record(&self) -> Option<crate::domain::record::RecordKey> {
        None
    }
    /// What is wrong.
    fn message(&self, lang: Lang) -> String;
    /// What the person can do about it.
    fn remedy(&self, lang: Lang) -> String;
}

/// Declares messages: `name => "中文", "English";` or `name(n: usize) => "共{n}户", "{n} households";`.
///
/// Each becomes `pub fn name(lang: Lang) -> &'static str` or `pub fn name(lang: Lang, n: usize) -> String`.
#[macro_export]
macro_rules! messages {
    () => {};
    ($(#[$meta:meta])* $name:ident => $zh:literal, $en:literal; $($rest:tt)*) => {
        $(#[$meta])*
        #[doc = concat!("```text\n", $zh, "\n", $en, "\n```")]
        pub const fn $name(lang: $crate::i18n::Lang) -> &'static str {
            match lang {
                $crate::i18n::Lang::Zh => $zh,
                $crate::i18n::Lang::En => $en,
            }
        }
        $crate::messages! { $($rest)* }
    };
    ($(#[$meta:meta])* $name:ident($($arg:ident : $type:ty),+ $(,)?) => $zh:literal, $en:literal; $($rest:tt)*) => {
        $(#[$meta])*
        #[doc = concat!("```text\n", $zh, "\n", $en, "\n```")]
        pub fn $name(lang: $crate::i18n::Lang, $($arg: $type),+) -> String {
            match lang {
                $crate::i18n::Lang::Zh => format!($zh),
                $crate::i18n::Lang::En => format!($en),
            }
        }
        $crate::messages! { $($rest)* }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locale_names_are_understood() {
        for (locale, expected) in [
            ("zh_CN.UTF-8", Some(Lang::Zh)),
            ("zh", Some(Lang::Zh)),
            ("en_US", Some(Lang::En)),
            ("EN-gb", Some(Lang::En)),
            ("C.UTF-8", None),
            ("fr_FR", None),
            ("", None),
        ] {
            assert_eq!(Lang::from_locale(locale), expected, "{locale}");
        }
    }
}
