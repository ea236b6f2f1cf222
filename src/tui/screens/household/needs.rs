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
