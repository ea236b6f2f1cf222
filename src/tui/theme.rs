//! Looks: a style per role, for four themes, three colour depths and two character sets.
//!
//! Widgets name a [`Role`], never a colour. `NO_COLOR` is resolved here and not by the terminal library, so that
//! a selection stays visible without colours (a marker and reverse video).

mod palettes;

use ratatui::style::Style;
use ratatui::symbols::border;

/// What a piece of text is, as far as its look is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Less important text: units, empty values, positions.
    Dim,
    /// Screen titles and column headers.
    Title,
    /// The name of a field.
    Label,
    /// Something to look at: counts, the current tab.
    Accent,
    /// The marker in front of the selected row.
    Marker,
    /// A selected entry that is short enough to be restyled as a whole (menus, tabs, buttons).
    Selected,
    /// Past its date.
    Overdue,
    /// Needs attention soon.
    Warning,
    /// Done, valid, online.
    Ok,
    /// Wrong input, refused.
    Error,
    /// Lines around and between panes.
    Border,
    /// Lines around the pane that has the focus.
    BorderFocus,
    /// A field one can type into.
    Input,
    /// The field that has the caret.
    InputFocus,
    /// A value that differs from the last one on record.
    Changed,
    /// Cannot be chosen now.
    Disabled,
    /// A key in a hint.
    Key,
    /// A masked identity.
    Masked,
    /// Not yet confirmed by the server.
    Tentative,
    /// A short message that goes away by itself.
    Notice,
    /// The parts of a text that a search matched.
    Match,
}

impl Role {
    /// Every role, for a page that shows the theme.
    pub const ALL: [Role; 22] = [
        Role::Text,
        Role::Dim,
        Role::Title,
        Role::Label,
        Role::Accent,
        Role::Marker,
        Role::Selected,
        Role::Overdue,
        Role::Warning,
        Role::Ok,
        Role::Error,
        Role::Border,
        Role::BorderFocus,
        Role::Input,
        Role::InputFocus,
        Role::Changed,
        Role::Disabled,
        Role::Key,
        Role::Masked,
        Role::Tentative,
        Role::Notice,
        Role::Match,
    ];
}

/// The themes one can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeName {
    /// For dark backgrounds; the default.
    #[default]
    Dark,
    /// For light backgrounds.
    Light,
    /// Few, strong colours.
    HighContrast,
    /// No colour at all: bold, dim, underline, reverse.
    Mono,
}

impl ThemeName {
    /// All themes, in the order in which the theme key goes through them.
    pub const ALL: [ThemeName; 4] = [ThemeName::Dark, ThemeName::Light, ThemeName::HighContrast, ThemeName::Mono];

    /// The stable name used in settings: `dark`, `light`, `high-contrast`, `mono`.
    pub const fn as_str(self) -> &'static str {
        match self {
            ThemeName::Dark => "dark",
            ThemeName::Light => "light",
            ThemeName::HighContrast => "high-contrast",
            ThemeName::Mono => "mono",
        }
    }

    /// The theme of a stable name.
    pub fn from_name(name: &str) -> Option<ThemeName> {
        ThemeName::ALL.into_iter().find(|theme| theme.as_str() == name)
    }

    /// The next theme, round and round.
    pub fn next(self) -> ThemeName {
        let at = ThemeName::ALL.iter().position(|&t| t == self).unwrap_or(0);
        ThemeName::ALL[(at + 1) % ThemeName::ALL.len()]
    }
}

/// How many colours the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Depth {
    /// None, or the user asked for none (`NO_COLOR`).
    Mono,
    /// The 16 ANSI colours.
    Ansi16,
    /// The 256 colours of xterm, or more.
    Ansi256,
}

impl Depth {
    /// From the values of `NO_COLOR`, `COLORTERM` and `TERM`. A non-empty `NO_COLOR` means none (no-color.org).
    pub fn detect(no_color: Option<&str>, colorterm: Option<&str>, term: Option<&str>) -> Depth {
        let term = term.unwrap_or("");
        if no_color.is_some_and(|v| !v.is_empty()) || term == "dumb" || term.starts_with("vt") {
            Depth::Mono
        } else if colorterm.is_some_and(|v| !v.is_empty()) || term.contains("256") || term.contains("direct") {
            Depth::Ansi256
        } else {
            Depth::Ansi16
        }
    }
}

/// The characters that are not letters: lines, marks, bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbols {
    /// In front of the selected row; one cell.
    pub marker: &'static str,
    /// In front of a row marked for a bulk action; one cell.
    pub mark: &'static str,
    /// Where text was cut off.
    pub ellipsis: &'static str,
    /// A ticked box.
    pub checked: &'static str,
    /// An empty box.
    pub unchecked: &'static str,
    /// The filled part of a bar or gauge; one cell.
    pub bar_full: &'static str,
    /// The empty part of a bar or gauge; one cell.
    pub bar_empty: &'static str,
    /// Sorted with the smallest first.
    pub ascending: &'static str,
    /// Sorted with the largest first.
    pub descending: &'static str,
    /// Stands before a changed value.
    pub changed: &'static str,
    /// Stands in front of an error text.
    pub error: &'static str,
    /// Between two parts of one line.
    pub separator: &'static str,
    /// Box lines.
    pub border: border::Set<'static>,
}

/// Box lines for terminals whose font draws the usual ones two cells wide, and for non-UTF-8 locales.
pub const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

const UNICODE: Symbols = Symbols {
    marker: "❯",
    mark: "✓",
    ellipsis: "…",
    checked: "[x]",
    unchecked: "[ ]",
    bar_full: "█",
    bar_empty: "░",
    ascending: "↑",
    descending: "↓",
    changed: "~",
    error: "!",
    separator: "│",
    border: border::PLAIN,
};

const ASCII: Symbols = Symbols {
    marker: ">",
    mark: "+",
    ellipsis: "..",
    checked: "[x]",
    unchecked: "[ ]",
    bar_full: "#",
    bar_empty: ".",
    ascending: "^",
    descending: "v",
    changed: "~",
    error: "!",
    separator: "|",
    border: ASCII_BORDER,
};

/// A theme resolved for one terminal. Small and `Copy`: it is part of the state and handed to every widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    name: ThemeName,
    depth: Depth,
    ascii: bool,
}

impl Default for Theme {
    fn default() -> Self {
        Theme::new(ThemeName::Dark, Depth::Ansi256, false)
    }
}

impl Theme {
    /// A theme for a terminal with `depth` colours; `ascii` draws lines and marks with ASCII only.
    pub const fn new(name: ThemeName, depth: Depth, ascii: bool) -> Theme {
        Theme { name, depth, ascii }
    }

    /// A theme for the terminal that these environment variables describe: colours by `NO_COLOR`, `COLORTERM` and
    /// `TERM`; ASCII lines where the locale names an encoding other than UTF-8, and on the Linux console.
    pub fn of_environment(name: ThemeName, variable: impl Fn(&str) -> Option<String>) -> Theme {
        let term = variable("TERM");
        let depth = Depth::detect(variable("NO_COLOR").as_deref(), variable("COLORTERM").as_deref(), term.as_deref());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
        let other_encoding = locale.is_some_and(|locale| {
            let encoding = locale.split_once('.').map_or("", |(_, encoding)| encoding).to_ascii_lowercase();
            !matches!(encoding.split('@').next(), Some("utf-8" | "utf8"))
        });
        Theme::new(name, depth, other_encoding || term.as_deref() == Some("linux"))
    }

    /// Which theme this is.
    pub const fn name(&self) -> ThemeName {
        self.name
    }

    /// The same terminal with another theme.
    pub const fn with_name(self, name: ThemeName) -> Theme {
        Theme { name, ..self }
    }

    /// The same theme with ASCII lines and marks, or without.
    pub const fn with_ascii(self, ascii: bool) -> Theme {
        Theme { ascii, ..self }
    }

    /// Whether lines and marks are ASCII.
    pub const fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// The characters for lines and marks.
    pub const fn symbols(&self) -> &'static Symbols {
        if self.ascii { &ASCII } else { &UNICODE }
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        if self.depth == Depth::Mono {
            return palettes::mono(role);
        }
        match (self.name, self.depth) {
            (ThemeName::Mono, _) => palettes::mono(role),
            (ThemeName::HighContrast, _) => palettes::high_contrast(role),
            (ThemeName::Dark, Depth::Ansi256) => palettes::dark256(role),
            (ThemeName::Light, Depth::Ansi256) => palettes::light256(role),
            (ThemeName::Dark, _) => palettes::dark16(role),
            (ThemeName::Light, _) => palettes::light16(role),
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};

    use super::*;

    #[test]
    fn depth_follows_the_environment() {
        for (no_color, colorterm, term, expected) in [
            (None, None, Some("xterm-256color"), Depth::Ansi256),
            (None, Some("truecolor"), Some("xterm"), Depth::Ansi256),
            (None, None, Some("linux"), Depth::Ansi16),
            (None, None, Some("dumb"), Depth::Mono),
            (Some("1"), Some("truecolor"), Some("xterm-256color"), Depth::Mono),
            (Some(""), None, Some("xterm-256color"), Depth::Ansi256),
            (None, None, None, Depth::Ansi16),
        ] {
            assert_eq!(Depth::detect(no_color, colorterm, term), expected, "{no_color:?} {colorterm:?} {term:?}");
        }
    }

    #[test]
    fn the_environment_decides_about_lines() {
        for (term, lang, ascii) in [
            ("xterm", Some("zh_CN.UTF-8"), false),
            ("xterm", Some("C.utf8"), false),
            ("xterm", Some("zh_CN.GB18030"), true),
            ("xterm", Some("C"), true),
            ("xterm", Some("de_DE.UTF-8@euro"), false),
            ("xterm", None, false),
            ("linux", Some("zh_CN.UTF-8"), true),
        ] {
            let variable = |name: &str| match name {
                "TERM" => Some(term.to_owned()),
                "LANG" => lang.map(str::to_owned),
                _ => None,
            };
            assert_eq!(Theme::of_environment(ThemeName::Dark, variable).is_ascii(), ascii, "{term} {lang:?}");
        }
    }

    #[test]
    fn a_selection_is_visible_without_colour() {
        for name in ThemeName::ALL {
            for depth in [Depth::Mono, Depth::Ansi16, Depth::Ansi256] {
                let theme = Theme::new(name, depth, false);
                for role in [Role::Selected, Role::Marker] {
                    assert!(theme.style(role).add_modifier.contains(Modifier::REVERSED), "{name:?} {depth:?} {role:?}");
                }
            }
        }
    }

    #[test]
    fn mono_has_no_colour() {
        for name in ThemeName::ALL {
            let theme = Theme::new(name, Depth::Mono, false);
            for role in Role::ALL {
                assert_eq!((theme.style(role).fg, theme.style(role).bg), (None, None), "{name:?} {role:?}");
            }
        }
        for role in Role::ALL {
            assert_eq!(Theme::new(ThemeName::Mono, Depth::Ansi256, false).style(role).fg, None);
        }
    }

    #[test]
    fn sixteen_colours_stay_within_sixteen() {
        for name in ThemeName::ALL {
            for role in Role::ALL {
                let style = Theme::new(name, Depth::Ansi16, false).style(role);
                assert!(!matches!(style.fg, Some(Color::Indexed(_) | Color::Rgb(..))), "{name:?} {role:?}");
            }
        }
    }

    #[test]
    fn names_round_trip() {
        for name in ThemeName::ALL {
            assert_eq!(ThemeName::from_name(name.as_str()), Some(name));
        }
        assert_eq!(ThemeName::from_name("solarized"), None);
    }

    #[test]
    fn ascii_symbols_are_ascii() {
        let s = Theme::default().with_ascii(true);
        let s = s.symbols();
        for text in [s.marker, s.mark, s.ellipsis, s.checked, s.bar_full, s.bar_empty, s.separator, s.border.top_left] {
            assert!(text.is_ascii(), "{text}");
        }
    }
}
