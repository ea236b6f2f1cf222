//! Choosing the files: a path with completion, and the folder it leads to.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use ratatui::layout::Rect;

use crate::domain::codes::{self, Code};
use crate::i18n::forms as text;
use crate::tui::app::effect::Long;
use crate::tui::app::{Context, Effect, Input, Message, Origin, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Cell, Column, LineInput, ListState, Motion, Row, Scroll, put, split_bottom, split_top};

/// Endings of files that may hold a roster.
const ENDINGS: [&str; 5] = ["xlsx", "xlsm", "xls", "ods", "csv"];

/// What is being chosen.
#[derive(Debug, Default)]
pub(super) struct Choose {
    input: LineInput,
    /// The folder that is listed, as it was asked for and as it really is.
    asked: String,
    folder: PathBuf,
    entries: Vec<Entry>,
    list: ListState,
    chosen: Vec<PathBuf>,
    unreadable: bool,
    /// What the households are, where neither titles nor file names say it.
    category: Option<&'static str>,
}

/// What stands in a folder: folders, and files that may hold a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: String,
    is_folder: bool,
    bytes: u64,
}

/// A folder that was listed.
#[derive(Debug)]
pub(super) struct Listing {
    asked: String,
    folder: PathBuf,
    entries: Option<Vec<Entry>>,
}

/// The folder that a path as typed leads to, and the beginning of a name in it.
fn parts(typed: &str) -> (&str, &str) {
    typed.rfind('/').map_or(("", typed), |at| typed.split_at(at + 1))
}

impl Choose {
    /// Lists the folder of what is typed.
    pub(super) fn list(&mut self, origin: Origin) -> Effect {
        parts(self.input.text()).0.clone_into(&mut self.asked);
        let asked = self.asked.clone();
        Effect::Work(Work::Long(Long(Box::new(move |_, _, post| {
            let listing = read(asked);
            post(Message::Outcome(origin, Ok(Box::new(listing))));
        }))))
    }

    /// A folder was listed; one that is no longer wanted is dropped.
    pub(super) fn take(&mut self, listing: &Listing, ctx: &Context<'_>) {
        if listing.asked == self.asked {
            self.folder.clone_from(&listing.folder);
            self.unreadable = listing.entries.is_none();
            self.entries = listing.entries.clone().unwrap_or_default();
            self.fit(ctx);
        }
    }

    /// The category of all households in the files, if it was set.
    pub(super) fn category(&self) -> Option<Code> {
        self.category.map(Code::from)
    }

    /// Goes to the next category; the last is followed by what the files themselves say.
    fn next_category(&mut self, today: NaiveDate) {
        let entries: Vec<&'static str> = codes::list("assist_category")
            .map(|list| list.entries_on(today).map(|entry| entry.code).collect())
            .unwrap_or_default();
        let next = match self.category {
            None => 0,
            Some(held) => entries.iter().position(|code| *code == held).map_or(0, |at| at + 1),
        };
        self.category = entries.get(next).copied();
    }

    /// Forgets what was chosen.
    pub(super) fn clear(&mut self) {
        self.chosen.clear();
    }

    /// The files to be read: the chosen ones, else the one at the cursor.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        if !self.chosen.is_empty() {
            return self.chosen.clone();
        }
        let at_cursor = self.shown().nth(self.list.selected).filter(|entry| !entry.is_folder);
        at_cursor.map(|entry| self.folder.join(&entry.name)).into_iter().collect()
    }

    /// The entries that begin with what is typed.
    fn shown(&self) -> impl Iterator<Item = &Entry> {
        let (_, beginning) = parts(self.input.text());
        let beginning = beginning.to_lowercase();
        self.entries.iter().filter(move |entry| entry.name.to_lowercase().starts_with(&beginning))
    }

    fn fit(&mut self, ctx: &Context<'_>) {
        let len = self.shown().count();
        self.list.fit(len, height(ctx));
    }

    pub(super) fn update(&mut self, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
        let edited = match input {
            Input::Text(typed) | Input::Paste(typed) => self.input.insert(typed),
            Input::Action(action) => {
                if let Some(motion) = Motion::of(*action) {
                    let len = self.shown().count();
                    self.list.go(motion, len, height(ctx), Scroll::Line);
                    return Some(Vec::new());
                }
                match action {
                    Action::NextPane => self.complete(),
                    Action::Open => self.open(),
                    Action::Filter => {
                        self.next_category(ctx.today());
                        false
                    }
                    action => self.input.apply(*action)?,
                }
            }
            _ => return None,
        };
        if edited {
            self.list = ListState::default();
        }
        // Another folder has to be read first.
        if parts(self.input.text()).0 != self.asked { Some(vec![self.list(ctx.origin)]) } else { Some(Vec::new()) }
    }

    /// Completes what is typed as far as the names that begin with it agree.
    fn complete(&mut self) -> bool {
        let names: Vec<&Entry> = self.shown().collect();
        let [first, rest @ ..] = names.as_slice() else { return false };
        let mut common = first.name.as_str();
        for entry in rest {
            let same = common.chars().zip(entry.name.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8());
            common = &common[..same.sum::<usize>()];
        }
        let slash = if rest.is_empty() && first.is_folder { "/" } else { "" };
        let completed = format!("{}{common}{slash}", self.asked);
        if common.is_empty() || completed.len() <= self.input.text().len() {
            return false;
        }
        self.input.set(completed);
        true
    }

    /// Goes into a folder; chooses a file, or leaves it out again.
    fn open(&mut self) -> bool {
        let Some(entry) = self.shown().nth(self.list.selected).cloned() else { return false };
        if entry.is_folder {
            self.input.set(format!("{}{}/", self.asked, entry.name));
            return true;
        }
        let path = self.folder.join(&entry.name);
        match self.chosen.iter().position(|held| *held == path) {
            Some(at) => {
                self.chosen.remove(at);
            }
            None => self.chosen.push(path),
        }
        false
    }

    pub(super) fn view(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let (lang, theme) = (ctx.lang, &ctx.theme);
        let (top, rest) = split_top(area, 3);
        let (list, bottom) = split_bottom(rest, 3);
        let (_, bottom) = split_top(bottom, 1);
        let label = text::import_path(lang);
        let x = put(frame.buf, top.x + 1, top.y, top.width, label, theme.style(Role::Label), theme) + 1;
        let line = Rect { x, width: top.right().saturating_sub(x + 1), height: 1, ..top };
        let at = self.input.draw(line, frame.buf, theme, true, text::import_path_hint(lang));
        frame.set_cursor(at);
        let folder = self.folder.display().to_string();
        put(frame.buf, top.x + 1, top.y + 1, top.width, &folder, theme.style(Role::Dim), theme);
        let shown: Vec<&Entry> = self.shown().collect();
        let columns = [
            Column::fixed(text::column_chosen(lang), lang.pick(4, 6)),
            Column::flex(text::column_file(lang), 20, 1),
            Column::fixed(text::column_size(lang), 10).right(),
        ];
        let row = |at: usize| {
            let entry = shown[at];
            let chosen = self.chosen.contains(&self.folder.join(&entry.name));
            let name = if entry.is_folder { format!("{}/", entry.name) } else { entry.name.clone() };
            let size = if entry.is_folder { String::new() } else { format!("{} KB", entry.bytes.div_ceil(1024)) };
            Row::new([
                Cell::new(if chosen { "✓" } else { "" }, Role::Ok),
                Cell::new(name, if entry.is_folder { Role::Accent } else { Role::Text }),
                Cell::new(size, Role::Dim),
            ])
        };
        let empty = if self.unreadable { text::folder_unreadable(lang) } else { text::no_rosters_here(lang) };
        super::super::pool::table(&columns, empty, ctx).draw(list, frame.buf, &self.list, shown.len(), row);
        let names: Vec<String> = self.chosen.iter().map(|path| file_name(path)).collect();
        let told = text::files_chosen(lang, names.len(), &names.join(lang.pick("、", ", ")));
        let category = self
            .category
            .map_or(text::category_by_file(lang).into(), |code| codes::label("assist_category", code, lang));
        let contexts = [KeyContext::Import, KeyContext::Find, KeyContext::Input];
        let key = ctx.keymap.chord_for(&contexts, Action::Filter).map(|chord| chord.label(lang)).unwrap_or_default();
        let category = text::import_category(lang, &category, &key);
        for (y, told) in (bottom.y..bottom.bottom()).zip([category, told]) {
            put(frame.buf, bottom.x + 1, y, bottom.width.saturating_sub(1), &told, theme.style(Role::Text), theme);
        }
    }
}

/// Rows of the list.
fn height(ctx: &Context<'_>) -> u16 {
    ctx.body().height.saturating_sub(7).max(1)
}

/// The last part of a path.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Reads a folder. What is asked for may begin with `~`; nothing means where the program was started.
fn read(asked: String) -> Listing {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let folder = match (asked.as_str(), asked.strip_prefix("~/"), home) {
        ("", ..) => std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        (_, Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(&asked),
    };
    let entries = std::fs::read_dir(&folder).ok().map(|found| {
        let mut entries: Vec<Entry> = found.flatten().filter_map(|entry| entry_of(&entry.path())).collect();
        entries.sort_by(|a, b| b.is_folder.cmp(&a.is_folder).then_with(|| a.name.cmp(&b.name)));
        entries
    });
    Listing { asked, folder, entries }
}

fn entry_of(path: &Path) -> Option<Entry> {
    let name = file_name(path);
    let data = std::fs::metadata(path).ok()?;
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let is_roster = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
    let is_shown = !name.starts_with('.') && (data.is_dir() || is_roster);
    is_shown.then(|| Entry { name, is_folder: data.is_dir(), bytes: data.len() })
}
