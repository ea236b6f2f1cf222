//! Everything that happened to a household, newest first.

use super::page::Page;
use crate::domain::records::{Dossier, OlderPage};
use crate::i18n::{domain, screens as text};
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// Each command with who gave it.
pub(super) fn page(file: &Dossier, older: &[OlderPage], ctx: &Context<'_>) -> Page {
    let lang = ctx.lang;
    let mut page = Page::default();
    for entry in file.history.iter().chain(older.iter().flat_map(|page| page.history.iter())) {
        let by = ctx.memory.reference.worker_name(entry.by);
        page.field(entry.at.to_minute(), format!("{}  {}", domain::command(lang, &entry.what), by));
    }
    if page.is_empty() {
        page.text(text::no_history(lang), Role::Dim);
    }
    if file.older_pages as usize > older.len() {
        page.text(text::older_waiting(lang, &super::visits::older_key(ctx)), Role::Accent);
    }
    page
}
