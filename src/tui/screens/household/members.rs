//! The members of a household.

use super::page::Page;
use crate::domain::member::Member;
use crate::domain::records::Dossier;
use crate::domain::{codes, mask};
use crate::i18n::screens as text;
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// Each member with every fact that is known; those who left come last.
pub(super) fn page(file: &Dossier, ctx: &Context<'_>) -> Page {
    let mut page = Page::default();
    let (present, left): (Vec<&Member>, Vec<&Member>) =
        file.members.iter().filter(|member| !member.meta.deleted).partition(|member| member.left_on.is_none());
    for member in present.into_iter().chain(left) {
        page.heading(line(member, ctx));
        super::basic::fields(&mut page, member, ctx);
    }
    if page.is_empty() {
        page.text(text::no_members(ctx.lang), Role::Dim);
    }
    page
}

/// A member in one line: name, relation, sex, age, what weighs on them.
pub(super) fn line(member: &Member, ctx: &Context<'_>) -> String {
    let lang = ctx.lang;
    let mut parts = vec![ctx.name(&member.name).into_owned()];
    for (list, code) in [("relation", &member.relation), ("sex", &member.sex)] {
        if !code.is_empty() {
            parts.push(codes::label(list, code.as_str(), lang).into_owned());
        }
    }
    if let Some(birth) = member.birth_date {
        parts.push(text::years_old(lang, mask::age(birth, ctx.today())));
    }
    if member.disabled || !member.disability_class.is_empty() {
        parts.push(text::is_disabled(lang).to_owned());
    }
    if !member.disease.is_empty() {
        parts.push(mask::disease(&member.disease, lang));
    }
    if let Some(left) = member.left_on {
        parts.push(text::left_on(lang, &left.to_string()));
    }
    parts.join("  ")
}
