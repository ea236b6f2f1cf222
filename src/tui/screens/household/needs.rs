//! The needs of a household.

use super::page::{Page, Target};
use crate::domain::codes;
use crate::domain::need::Need;
use crate::domain::records::Dossier;
use crate::i18n::screens as text;
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// Open needs first, then the others.
pub(super) fn page(file: &Dossier, ctx: &Context<'_>) -> Page {
    let mut page = Page::default();
    let live = || file.needs.iter().filter(|need| !need.meta.deleted);
    for need in live().filter(|need| need.state.is_open()).chain(live().filter(|need| !need.state.is_open())) {
        let role = if need.state.is_open() { Role::Text } else { Role::Dim };
        page.targeted(super::basic::day(need.reported_at), line(need, ctx), role, Target::Need(need.id));
        page.note(more(need, file, ctx), Role::Dim);
        page.note(need.detail.clone(), Role::Dim);
    }
    if page.is_empty() {
        page.text(text::no_needs_here(ctx.lang), Role::Dim);
    }
    page
}

/// A need in one line: what, urgency, state.
pub(super) fn line(need: &Need, ctx: &Context<'_>) -> String {
    let urgency = codes::label("urgency", need.urgency.as_str(), ctx.lang);
    format!("{}  {}  {}", need.title, urgency, need.state.label(ctx.lang))
}

/// Field of service, who needs it, until when, and what was found.
fn more(need: &Need, file: &Dossier, ctx: &Context<'_>) -> String {
    let lang = ctx.lang;
    let who = file.members.iter().find(|member| Some(member.id) == need.member);
    let parts = [
        codes::label("service_field", need.field.as_str(), lang).into_owned(),
        who.map(|member| ctx.name(&member.name).into_owned()).unwrap_or_default(),
        need.due.map(|due| text::until(lang, &due.to_string())).unwrap_or_default(),
        codes::label("reject_reason", need.reason.as_str(), lang).into_owned(),
        need.findings.clone(),
        need.remark.clone(),
        need.duplicate_reason.clone(),
        need.confirmed_note.clone(),
        need.no.clone(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}
