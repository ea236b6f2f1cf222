//! A code list to choose from: the code and Enter, or a few letters of the name.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::list::{ListState, Motion, Scroll};
use super::{LineInput, Lookup, lookup_keys, popup, put_in, split_top};
use crate::i18n::{Lang, console as msg};
use crate::tui::keymap::Action;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// One entry of a code list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The code that is stored.
    pub code: String,
    /// The name that is shown.
    pub label: String,
    lookup: Lookup,
}

impl Choice {
    /// An entry found by its code, its label (with pinyin and initials) and `aliases`.
    pub fn new<'a>(code: &str, label: &'a str, aliases: impl IntoIterator<Item = &'a str>) -> Choice {
        let lookup = lookup_keys(std::iter::once(label).chain(aliases));
        Choice { code: code.to_owned(), label: label.to_owned(), lookup }
    }
}

/// The open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickList {
    title: String,
    choices: Vec<Choice>,
    input: LineInput,
    found: Vec<usize>,
    list: ListState,
    /// The choices are looked up elsewhere; see [`PickList::feed`].
    fed: bool,
}

/// Characters of a record's id.
const ID: usize = 36;
const HEIGHT: u16 = 12;
const WIDTH: u16 = 44;

impl PickList {
    /// A list with the entry of code `current` selected, if there is one.
    pub fn new(title: impl Into<String>, choices: Vec<Choice>, current: Option<&str>, screen: Rect) -> PickList {
        let found: Vec<usize> = (0..choices.len()).collect();
        let mut list = ListState::default();
        if let Some(at) = current.and_then(|code| choices.iter().position(|c| c.code == code)) {
            list.select(at, found.len(), height(screen));
        }
        PickList { title: title.into(), choices, input: LineInput::default(), found, list, fed: false }
    }

    /// A list whose choices are looked up elsewhere by what is typed, best first: of more than can be listed at once.
    pub fn looked_up(title: impl Into<String>, choices: Vec<Choice>, screen: Rect) -> PickList {
        PickList { fed: true, ..PickList::new(title, choices, None, screen) }
    }

    /// Gives a list that is looked up elsewhere the choices for what is typed.
    pub fn feed(&mut self, choices: Vec<Choice>) {
        self.found = (0..choices.len()).collect();
        self.choices = choices;
        self.list = ListState::default();
    }

    /// What is typed, where the choices for it are to be looked up elsewhere.
    pub fn query(&self) -> Option<String> {
        self.fed.then(|| text::half_width(self.input.text()).trim().to_owned())
    }

    /// Types or pastes.
    pub fn insert(&mut self, typed: &str) {
        if self.input.insert(typed) {
            self.search();
        }
    }

    /// Moves or edits; false if the action is not one of the list's.
    pub fn apply(&mut self, action: Action, screen: Rect) -> bool {
        if let Some(motion) = Motion::of(action) {
            self.list.go(motion, self.found.len(), height(screen), Scroll::Line);
            return true;
        }
        match self.input.apply(action) {
            Some(changed) => {
                if changed {
                    self.search();
                }
                true
            }
            None => false,
        }
    }

    fn search(&mut self) {
        if self.fed {
            return;
        }
        let typed = text::half_width(self.input.text()).trim().to_owned();
        let mut found: Vec<(u32, usize)> = Vec::new();
        for (i, choice) in self.choices.iter().enumerate() {
            // A code typed in full comes first, then codes that start so, then names.
            let by_code = if choice.code.eq_ignore_ascii_case(&typed) {
                Some(10_000)
            } else if choice.code.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(&typed)) {
                Some(5_000)
            } else {
                None
            };
            if let Some(score) = by_code.max(choice.lookup.score(&typed)) {
                found.push((score, i));
            }
        }
        if typed.is_empty() {
            found.sort_by_key(|&(_, i)| i);
        } else {
            found.sort_by_key(|&(score, i)| (u32::MAX - score, i));
        }
        self.found = found.into_iter().map(|(_, i)| i).collect();
        self.list = ListState::default();
    }

    /// The selected entry.
    pub fn chosen(&self) -> Option<&Choice> {
        self.found.get(self.list.selected).map(|&i| &self.choices[i])
    }

    /// Draws the list over the screen; returns where the cursor belongs.
    pub fn draw(&self, screen: Rect, buf: &mut Buffer, theme: &Theme, lang: Lang) -> Position {
        let all = if self.fed { usize::from(HEIGHT) } else { self.choices.len() };
        let rows = height(screen).min(u16::try_from(all).unwrap_or(u16::MAX).max(1));
        let area = super::centered(screen, WIDTH, rows + 3);
        let inner = popup(area, buf, theme, &self.title);
        let (top, list) = split_top(inner, 1);
        let hint = if self.fed { msg::name_or_letters(lang) } else { msg::code_or_letters(lang) };
        let cursor = self.input.draw(top, buf, theme, true, hint);
        if self.found.is_empty() {
            put_in(list, buf, (list.x, list.y), list.width, msg::nothing_found(lang), theme.style(Role::Dim), theme);
        }
        // The id of a record says nothing to a reader.
        let code = |choice: &'_ Choice| if choice.code.len() == ID { 0 } else { text::width(&choice.code) };
        let code_cells = self.choices.iter().map(code).max().unwrap_or(0).min(16) as u16;
        for (y, at) in (list.y..list.bottom()).zip(self.list.visible(self.found.len(), list.height)) {
            let choice = &self.choices[self.found[at]];
            if at == self.list.selected {
                put_in(list, buf, (list.x, y), 1, theme.symbols().marker, theme.style(Role::Marker), theme);
            }
            put_in(list, buf, (list.x + 2, y), code_cells, &choice.code, theme.style(Role::Key), theme);
            let x = list.x + 2 + code_cells + u16::from(code_cells > 0);
            put_in(list, buf, (x, y), list.width, &choice.label, theme.style(Role::Text), theme);
        }
        cursor
    }
}

fn height(screen: Rect) -> u16 {
    HEIGHT.min(screen.height.saturating_sub(5)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Rect = Rect { x: 0, y: 0, width: 80, height: 24 };

    fn list() -> PickList {
        let choices =
            [("1", "上门"), ("2", "电话"), ("10", "委托第三方"), ("11", "亲邻")].map(|(c, l)| Choice::new(c, l, []));
        PickList::new("走访方式", choices.into(), Some("2"), SCREEN)
    }

    #[test]
    fn codes_names_and_initials_choose() {
        assert_eq!(list().chosen().map(|c| c.code.as_str()), Some("2"));
        for (typed, expected) in [
            ("1", Some("1")),
            ("10", Some("10")),
            ("１１", Some("11")),
            ("dh", Some("2")),
            ("亲", Some("11")),
            ("wt", Some("10")),
            ("x", None),
        ] {
            let mut list = list();
            list.insert(typed);
            assert_eq!(list.chosen().map(|c| c.code.as_str()), expected, "{typed}");
        }
    }

    #[test]
    fn arrows_move_among_what_fits() {
        let mut list = list();
        list.insert("1");
        list.apply(Action::Down, SCREEN);
        assert_eq!(list.chosen().map(|c| c.code.as_str()), Some("10"));
        list.apply(Action::DeleteBack, SCREEN);
        assert_eq!(list.chosen().map(|c| c.code.as_str()), Some("1"));
        assert!(!list.apply(Action::Submit, SCREEN));
    }
}
