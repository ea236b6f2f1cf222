//! The wishes of a household, with who claims them.

use super::page::{Page, Target};
use crate::domain::records::Dossier;
use crate::domain::wish::{Wish, WishState};
use crate::i18n::screens as text;
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// Each wish with its claims.
pub(super) fn page(file: &Dossier, ctx: &Context<'_>) -> Page {
    let mut page = Page::default();
    for wish in file.wishes.iter().filter(|wish| !wish.meta.deleted) {
        let role = if is_open(wish) { Role::Text } else { Role::Dim };
        page.targeted(wish.no.clone(), line(wish, ctx), role, Target::Wish(wish.id));
        for claim in file.claims.iter().filter(|claim| claim.wish == wish.id && !claim.meta.deleted) {
            page.note(format!("{}  {}", claim.claimant, claim.state.label(ctx.lang)), Role::Dim);
        }
    }
    if page.is_empty() {
        page.text(text::no_wishes_here(ctx.lang), Role::Dim);
    }
    page
}

/// A wish in one line: card, state.
pub(super) fn line(wish: &Wish, ctx: &Context<'_>) -> String {
    format!("{}  {}", wish.card_text, wish.state.label(ctx.lang))
}

/// Whether it is still under way.
pub(super) fn is_open(wish: &Wish) -> bool {
    !wish.meta.deleted && !matches!(wish.state, WishState::Withdrawn | WishState::Closed | WishState::Confirmed)
}
