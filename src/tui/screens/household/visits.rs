//! The visits, newest first; older ones on demand.

use super::page::Page;
use crate::domain::codes;
use crate::domain::moment::Moment;
use crate::domain::records::{Dossier, OlderPage};
use crate::domain::visit::{Visit, VisitResult};
use crate::i18n::screens as text;
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// Each visit with its whole note.
pub(super) fn page(file: &Dossier, older: &[OlderPage], ctx: &Context<'_>) -> Page {
    let lang = ctx.lang;
    let mut page = Page::default();
    let read = older.iter().flat_map(|page| page.visits.iter()).filter(|visit| !visit.meta.deleted);
    for visit in file.live_visits().chain(read) {
        let role = if visit.result == VisitResult::Met { Role::Text } else { Role::Warning };
        page.styled(when(visit.at), line(visit, ctx), role);
        page.note(visit.note.clone(), Role::Dim);
    }
    if page.is_empty() {
        page.text(text::never_visited(lang), Role::Dim);
    }
    let waiting = file.older_pages.saturating_sub(older.len() as u32);
    if waiting > 0 {
        let key = older_key(ctx);
        page.text(text::older_waiting(lang, &key), Role::Accent);
    }
    page
}

/// The key that reads older entries.
pub(super) fn older_key(ctx: &Context<'_>) -> String {
    use crate::tui::keymap::{Action, Context as KeyContext};
    let contexts = [KeyContext::Household, KeyContext::List];
    ctx.keymap.chord_for(&contexts, Action::Older).map(|chord| chord.label(ctx.lang)).unwrap_or_default()
}

/// When, to the minute.
pub(super) fn when(at: Moment) -> String {
    at.to_minute()
}

/// A visit in one line: mode, result, visitors.
pub(super) fn line(visit: &Visit, ctx: &Context<'_>) -> String {
    let lang = ctx.lang;
    let mut parts =
        vec![codes::label("visit_mode", visit.mode.as_str(), lang).into_owned(), visit.result.label(lang).into_owned()];
    let visitors: Vec<&str> = visit.visitors.iter().map(|id| ctx.memory.reference.worker_name(*id)).collect();
    parts.push(visitors.join(lang.pick("、", ", ")));
    if !visit.companions.is_empty() {
        parts.push(visit.companions.clone());
    }
    if let Some(next) = visit.next_due {
        parts.push(text::next_visit(lang, &next.to_string()));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("  ")
}
