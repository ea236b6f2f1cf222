//! The command palette: every command by name, with its key, and the reason when it cannot be used now.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::list::{ListState, Motion, Scroll};
use super::{LineInput, Lookup, lookup_keys, popup, put_in, split_top};
use crate::i18n::{Lang, console as msg};
use crate::tui::keymap::{Action, Context, Keymap};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaletteItem<T> {
    /// What is chosen.
    pub value: T,
    /// What it does.
    pub title: String,
    /// Its key, as a person reads it; empty if it has none here.
    pub keys: String,
    /// Why it cannot be chosen now.
    pub disabled: Option<String>,
    lookup: Lookup,
}

impl<T> PaletteItem<T> {
    /// A command found by its title and by `aliases` (the other language, its stable name).
    pub fn new<'a>(
        value: T,
        title: &'a str,
        keys: String,
        aliases: impl IntoIterator<Item = &'a str>,
    ) -> PaletteItem<T> {
        let lookup = lookup_keys(std::iter::once(title).chain(aliases));
        PaletteItem { value, title: title.to_owned(), keys, disabled: None, lookup }
    }

    /// The same command with the reason why it cannot be chosen, if there is one.
    pub fn disabled(self, reason: Option<String>) -> PaletteItem<T> {
        PaletteItem { disabled: reason, ..self }
    }
}

/// Every action as a palette entry, in the order of the help; `disabled` gives the reason for those that cannot be used.
/// Motions and text editing are left out: nobody moves a caret by name.
pub fn actions_as_items(
    keymap: &Keymap,
    contexts: &[Context],
    lang: Lang,
    mut disabled: impl FnMut(Action) -> Option<String>,
) -> Vec<PaletteItem<Action>> {
    use crate::tui::keymap::Section;
    Action::ALL
        .iter()
        .filter(|action| !matches!(action.section(), Section::Motion | Section::Editing | Section::Dialogs))
        .map(|&action| {
            let keys = keymap.chord_for(contexts, action).map_or_else(String::new, |chord| chord.label(lang));
            PaletteItem::new(action, action.title(lang), keys, [action.title(lang.other()), action.name()])
                .disabled(disabled(action))
        })
        .collect()
}

/// The open palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette<T> {
    items: Vec<PaletteItem<T>>,
    input: LineInput,
    /// Indices of the items that fit, best first.
    found: Vec<usize>,
    list: ListState,
}

/// Rows of the list at most.
const HEIGHT: u16 = 14;
/// Cells of the palette at most.
const WIDTH: u16 = 64;

impl<T: Clone> Palette<T> {
    /// A palette over these commands.
    pub fn new(items: Vec<PaletteItem<T>>) -> Palette<T> {
        let found = (0..items.len()).collect();
        Palette { items, input: LineInput::default(), found, list: ListState::default() }
    }

    /// What has been typed.
    pub fn query(&self) -> &str {
        self.input.text()
    }

    /// Types or pastes.
    pub fn insert(&mut self, typed: &str) {
        if self.input.insert(typed) {
            self.search();
        }
    }

    /// Moves or edits; false if the action is not one of the palette's.
    pub fn apply(&mut self, action: Action, screen: Rect) -> bool {
        if let Some(motion) = Motion::of(action) {
            self.list.go(motion, self.found.len(), self.height(screen), Scroll::Line);
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
        let query = self.input.text();
        let mut found: Vec<(u32, usize)> =
            self.items.iter().enumerate().filter_map(|(i, item)| Some((item.lookup.score(query)?, i))).collect();
        // Usable ones first, then the better fit, then the order given.
        found.sort_by_key(|&(score, i)| (self.items[i].disabled.is_some() && !query.is_empty(), u32::MAX - score, i));
        self.found = found.into_iter().map(|(_, i)| i).collect();
        self.list = ListState::default();
    }

    /// The selected command, or the reason why it cannot be chosen. `None` if nothing fits.
    pub fn chosen(&self) -> Option<Result<T, String>> {
        let item = &self.items[*self.found.get(self.list.selected)?];
        Some(match &item.disabled {
            None => Ok(item.value.clone()),
            Some(reason) => Err(reason.clone()),
        })
    }

    fn height(&self, screen: Rect) -> u16 {
        HEIGHT.min(screen.height.saturating_sub(5)).max(1)
    }

    /// Draws the palette over the screen; returns where the cursor belongs.
    pub fn draw(&self, screen: Rect, buf: &mut Buffer, theme: &Theme, lang: Lang) -> Position {
        let area = super::centered(screen, WIDTH, self.height(screen) + 3);
        let inner = popup(area, buf, theme, msg::commands(lang));
        let (top, list) = split_top(inner, 1);
        let cursor = self.input.draw(top, buf, theme, true, msg::type_to_search(lang));
        if self.found.is_empty() {
            put_in(list, buf, (list.x, list.y), list.width, msg::nothing_found(lang), theme.style(Role::Dim), theme);
        }
        for (y, at) in (list.y..list.bottom()).zip(self.list.visible(self.found.len(), list.height)) {
            self.draw_item(
                Rect { y, height: 1, ..list },
                buf,
                theme,
                &self.items[self.found[at]],
                at == self.list.selected,
            );
        }
        cursor
    }

    fn draw_item(&self, area: Rect, buf: &mut Buffer, theme: &Theme, item: &PaletteItem<T>, selected: bool) {
        if selected {
            put_in(area, buf, (area.x, area.y), 1, theme.symbols().marker, theme.style(Role::Marker), theme);
        }
        let note = item.disabled.as_deref().unwrap_or(&item.keys);
        let note_cells = (text::width(note) as u16).min(area.width / 2);
        let room = area.width.saturating_sub(2 + note_cells + 1);
        let role = if item.disabled.is_some() { Role::Disabled } else { Role::Text };
        put_in(area, buf, (area.x + 2, area.y), room, &item.title, theme.style(role), theme);
        let note_role = if item.disabled.is_some() { Role::Dim } else { Role::Key };
        put_in(
            area,
            buf,
            (area.right().saturating_sub(note_cells), area.y),
            note_cells,
            note,
            theme.style(note_role),
            theme,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::Section;

    fn palette() -> Palette<Action> {
        let disabled = |action| (action == Action::Claim).then(|| "离线".to_owned());
        Palette::new(actions_as_items(Keymap::standard(), &[Context::Wishes, Context::List], Lang::Zh, disabled))
    }

    #[test]
    fn every_action_worth_a_name_is_in_it() {
        let items = actions_as_items(Keymap::standard(), &[], Lang::En, |_| None);
        for &action in Action::ALL {
            let expected = !matches!(action.section(), Section::Motion | Section::Editing | Section::Dialogs);
            assert_eq!(items.iter().any(|i| i.value == action), expected, "{}", action.name());
        }
    }

    #[test]
    fn typing_narrows_in_both_languages() {
        for (query, expected) in [
            ("dj zf", Action::LogVisit),
            ("visit", Action::LogVisit),
            ("fabu", Action::Publish),
            ("退出", Action::Quit),
        ] {
            let mut palette = palette();
            palette.insert(query);
            assert_eq!(palette.chosen(), Some(Ok(expected)), "{query}");
        }
        let mut palette = palette();
        palette.insert("zzzz");
        assert_eq!(palette.chosen(), None);
        palette.apply(Action::ClearText, Rect::new(0, 0, 80, 24));
        assert_eq!(palette.chosen(), Some(Ok(Action::Help)));
    }

    #[test]
    fn a_disabled_command_tells_why() {
        let mut palette = palette();
        palette.insert("renling");
        for usable in [Action::Release, Action::Hold] {
            assert_eq!(palette.chosen(), Some(Ok(usable)), "usable ones come first");
            palette.apply(Action::Down, Rect::new(0, 0, 80, 24));
        }
        assert_eq!(palette.chosen(), Some(Err("离线".to_owned())));
    }
}
