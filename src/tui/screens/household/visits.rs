//! The visits, newest first: the last twenty, older ones on demand.

use super::page::Page;
use crate::domain::codes;
use crate::domain::moment::Moment;
use crate::domain::records::{Dossier, OlderPage};
use crate::domain::visit::{Visit, VisitResult};
use crate::i18n::screens as text;
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// Visits shown before older ones are asked for.
pub(super) const FIRST: usize = 20;

/// Each visit with its whole note. `all` shows everything that has been read.
pub(super) fn page(file: &Dossier, older: &[OlderPage], all: bool, ctx: &Context<'_>) -> Page {
    let lang = ctx.lang;
    let mut page = Page::default();
    let read = older.iter().flat_map(|page| page.visits.iter()).filter(|visit| !visit.meta.deleted);
    let shown = if all { usize::MAX } else { FIRST };
    for visit in file.live_visits().chain(read).take(shown) {
        let role = if visit.result == VisitResult::Met { Role::Text } else { Role::Warning };
        page.styled(when(visit.at), line(visit, ctx), role);
        details(visit, file, ctx, &mut page);
        page.note(visit.note.clone(), Role::Dim);
    }
    if page.is_empty() {
        page.text(text::never_visited(lang), Role::Dim);
    }
    if waits(file, older, all) {
        page.text(text::older_waiting(lang, &older_key(ctx)), Role::Accent);
    }
    page
}

/// Whether there are visits that are not shown.
pub(super) fn waits(file: &Dossier, older: &[OlderPage], all: bool) -> bool {
    (!all && file.live_visits().count() > FIRST) || file.older_pages as usize > older.len()
}

/// What the visit's line does not say.
fn details(visit: &Visit, file: &Dossier, ctx: &Context<'_>, page: &mut Page) {
    let lang = ctx.lang;
    let mut parts = Vec::new();
    if !visit.refusal_reason.is_empty() {
        parts.push(codes::label("refuse_visit_reason", visit.refusal_reason.as_str(), lang).into_owned());
    }
    if !visit.mediator.is_empty() {
        parts.push(text::mediated_by(lang, &visit.mediator));
    }
    if !visit.event.is_empty() {
        parts.push(codes::label("change_event", visit.event.as_str(), lang).into_owned());
    }
    for observed in &visit.changes {
        parts.push(super::timeline::changed(observed.record, &observed.change, ctx));
    }
    for need in visit.needs.iter().filter_map(|id| file.needs.iter().find(|need| need.id == *id)) {
        parts.push(text::need_found(lang, &need.title));
    }
    page.note(parts.join(lang.pick("；", "; ")), Role::Text);
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

/// A visit in one line: mode, result, visitors, next date.
pub(super) fn line(visit: &Visit, ctx: &Context<'_>) -> String {
    let lang = ctx.lang;
    let visitors: Vec<&str> = visit.visitors.iter().map(|id| ctx.memory.reference.worker_name(*id)).collect();
    let next = visit.next_due.map(|next| text::next_visit(lang, &next.to_string()));
    let parts = [
        codes::label("visit_mode", visit.mode.as_str(), lang).into_owned(),
        visit.result.label(lang).into_owned(),
        visitors.join(lang.pick("、", ", ")),
        visit.companions.clone(),
        codes::label("language", visit.language.as_str(), lang).into_owned(),
        next.unwrap_or_default(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}
