//! The help page, made from the bindings in force.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{lookup_keys, put_in};
use crate::i18n::{Lang, console as msg};
use crate::tui::keymap::{Action, Context, Keymap, Section};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// The page: first what can be done here, then everything else with the place where it can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpPage {
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Heading(String),
    Entry { keys: String, title: String },
    Gap,
}

impl HelpPage {
    /// The page for someone in `contexts`.
    pub fn new(keymap: &Keymap, contexts: &[Context], lang: Lang) -> HelpPage {
        let mut lines = vec![Line::Heading(msg::help_here(lang).to_owned())];
        let here = keymap.reachable(contexts);
        for &action in Action::ALL {
            let keys: Vec<String> = here.iter().filter(|b| b.action == action).map(|b| b.chord.label(lang)).collect();
            push(&mut lines, action, keys, lang);
        }
        for &section in Section::ALL {
            for &context in Context::ALL.iter().filter(|c| !contexts.contains(c)) {
                let mut entries = Vec::new();
                // What holds anywhere is listed again only if something hides it here.
                let shown = |a: Action| context == Context::Global && here.iter().any(|b| b.action == a);
                for &action in Action::ALL.iter().filter(|&&a| a.section() == section && !shown(a)) {
                    let bound = keymap.bindings().iter().filter(|b| b.context == context && b.action == action);
                    push(&mut entries, action, bound.map(|b| b.chord.label(lang)).collect(), lang);
                }
                if !entries.is_empty() {
                    lines.push(Line::Gap);
                    lines.push(Line::Heading(msg::help_elsewhere(lang, section.title(lang), context.title(lang))));
                    lines.append(&mut entries);
                }
            }
        }
        HelpPage { lines }
    }

    /// The lines that fit a query (part of the title, its pinyin or initials, or the key), with their headings.
    pub fn matching(&self, query: &str) -> HelpPage {
        let mut lines = Vec::new();
        let mut heading = None;
        for line in &self.lines {
            match line {
                Line::Heading(_) => heading = Some(line),
                Line::Entry { keys, title } => {
                    if lookup_keys([title.as_str(), keys]).score(query).is_some() {
                        if let Some(heading) = heading.take() {
                            lines.extend((!lines.is_empty()).then_some(Line::Gap));
                            lines.push(heading.clone());
                        }
                        lines.push(line.clone());
                    }
                }
                Line::Gap => {}
            }
        }
        HelpPage { lines }
    }

    /// The number of lines.
    pub fn height(&self) -> usize {
        self.lines.len()
    }

    /// Draws the lines from `offset` on.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme, offset: usize) {
        let widest = self.lines.iter().map(|line| match line {
            Line::Entry { keys, .. } => text::width(keys),
            _ => 0,
        });
        let key_cells = (widest.max().unwrap_or(0) as u16).min(area.width / 2);
        for (y, line) in (area.y..area.bottom()).zip(self.lines.iter().skip(offset)) {
            match line {
                Line::Gap => {}
                Line::Heading(title) => {
                    put_in(area, buf, (area.x, y), area.width, title, theme.style(Role::Title), theme);
                }
                Line::Entry { keys, title } => {
                    put_in(area, buf, (area.x + 2, y), key_cells, keys, theme.style(Role::Key), theme);
                    let x = area.x + 2 + key_cells + 2;
                    put_in(area, buf, (x, y), area.width, title, theme.style(Role::Text), theme);
                }
            }
        }
    }
}

fn push(lines: &mut Vec<Line>, action: Action, keys: Vec<String>, lang: Lang) {
    if !keys.is_empty() {
        lines.push(Line::Entry { keys: keys.join(lang.pick("、", ", ")), title: action.title(lang).to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_stands_in_the_help() {
        for lang in [Lang::Zh, Lang::En] {
            for contexts in [&[][..], &[Context::Find, Context::Input], &[Context::Wishes, Context::List]] {
                let page = HelpPage::new(Keymap::standard(), contexts, lang);
                for &action in Action::ALL {
                    let found = page
                        .lines
                        .iter()
                        .any(|l| matches!(l, Line::Entry { title, .. } if title == action.title(lang)));
                    assert!(found, "{} {contexts:?}", action.name());
                }
            }
        }
    }

    #[test]
    fn a_search_keeps_headings_of_what_it_finds() {
        let page = HelpPage::new(Keymap::standard(), &[Context::Wishes, Context::List], Lang::Zh);
        let found = page.matching("renling");
        assert!(found.lines.iter().any(|l| matches!(l, Line::Entry { title, .. } if title == "认领")));
        assert!(matches!(found.lines[0], Line::Heading(_)));
        assert!(found.height() < page.height() / 4, "{found:?}");
        assert_eq!(page.matching("").height(), page.height());
        assert_eq!(page.matching("zzzz").height(), 0);
    }

    #[test]
    fn what_can_be_done_here_comes_first() {
        let page = HelpPage::new(Keymap::standard(), &[Context::Wishes, Context::List], Lang::Zh);
        let gap = page.lines.iter().position(|l| *l == Line::Gap).expect("a second part");
        let here = &page.lines[..gap];
        assert!(
            here.iter().any(|l| matches!(l, Line::Entry { keys, title } if title == "认领" && keys == "回车、c")),
            "{here:?}"
        );
        assert!(!here.iter().any(|l| matches!(l, Line::Entry { title, .. } if title == "删前一词")));
    }
}
