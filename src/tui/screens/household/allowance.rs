//! What the household is entitled to and receives (幸福清单).

use super::page::Page;
use crate::domain::records::Dossier;
use crate::i18n::screens as text;
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// Assistance from the government, then what came from wishes.
pub(super) fn page(file: &Dossier, ctx: &Context<'_>) -> Page {
    let lang = ctx.lang;
    let household = &file.household;
    let mut page = Page::default();
    page.heading(text::allowance_government(lang));
    page.field(
        text::col_category(lang),
        crate::domain::codes::label("assist_category", household.category.as_str(), lang),
    );
    if page.is_empty() {
        page.text(text::nothing_known(lang), Role::Dim);
    }
    page
}
