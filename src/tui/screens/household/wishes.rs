//! The wishes of a household, with who claims them.

use super::page::{Page, Target};
use crate::domain::claim::Claim;
use crate::domain::codes;
use crate::domain::records::Dossier;
use crate::domain::wish::{Wish, WishState};
use crate::i18n::screens as text;
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// Each wish with its claims; those under way first.
pub(super) fn page(file: &Dossier, ctx: &Context<'_>) -> Page {
    let mut page = Page::default();
    let live = || file.wishes.iter().filter(|wish| !wish.meta.deleted);
    for wish in live().filter(|wish| is_open(wish)).chain(live().filter(|wish| !is_open(wish))) {
        let role = if is_open(wish) { Role::Text } else { Role::Dim };
        let day = wish.published_at.map(super::basic::day).unwrap_or_default();
        page.targeted(day, line(wish, ctx), role, Target::Wish(wish.id));
        let ceiling = wish.ceiling.map(|fen| text::up_to(ctx.lang, &fen.to_string())).unwrap_or_default();
        let until = wish.publish_until.map(|day| text::until(ctx.lang, &day.to_string())).unwrap_or_default();
        let reason = codes::label("reject_reason", wish.reason.as_str(), ctx.lang);
        let parts = [&*ceiling, &until, &reason, &wish.remark, &wish.duplicate_reason, &wish.no];
        page.note(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  "), Role::Dim);
        for claim in file.claims.iter().filter(|claim| claim.wish == wish.id && !claim.meta.deleted) {
            let role = if claim.state.holds() { Role::Text } else { Role::Dim };
            page.note(claim_line(claim, ctx), role);
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

fn claim_line(claim: &Claim, ctx: &Context<'_>) -> String {
    let lang = ctx.lang;
    let contact = claim.contact_by.filter(|_| claim.connected_at.is_none() && claim.state.holds());
    let parts = [
        text::claimed_by(lang, &claim.claimant),
        claim.state.label(lang).into_owned(),
        contact.map(|day| text::contact_by(lang, &day.to_string())).unwrap_or_default(),
        codes::label("release_reason", claim.reason.as_str(), lang).into_owned(),
        claim.remark.clone(),
        claim.evidence.clone(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}

/// Whether it is still under way.
pub(super) fn is_open(wish: &Wish) -> bool {
    !wish.meta.deleted && !matches!(wish.state, WishState::Withdrawn | WishState::Closed | WishState::Confirmed)
}
