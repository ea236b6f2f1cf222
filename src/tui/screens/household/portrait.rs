//! The portrait: the risk grade with its reasons, and the seven dimensions with what they rest on.

use super::format;
use super::page::Page;
use crate::domain::portrait::{self, Dimension};
use crate::domain::records::Dossier;
use crate::domain::risk;
use crate::i18n::screens as text;
use crate::replica::projection::risk_facts;
use crate::tui::app::Context;
use crate::tui::text::{Align, fit};
use crate::tui::theme::Role;

/// Cells of a bar.
const BAR: u8 = 20;
/// Cells of a dimension's name: the longest in either language.
const NAME: usize = 14;

/// Grade and reasons, then a bar for each dimension, then the indicators of each.
pub(super) fn page(file: &Dossier, ctx: &Context<'_>) -> Page {
    let mut page = Page::default();
    grade(file, ctx, &mut page);
    let lang = ctx.lang;
    let portrait = portrait::of(file, ctx.today());
    let overall = portrait.overall.map_or_else(|| text::nothing_known(lang).to_owned(), |n| n.to_string());
    page.heading(text::portrait_bars(lang, &overall));
    for dimension in &portrait.dimensions {
        let name = fit(&dimension.label(lang), NAME.max(lang.pick(8, 20)), Align::Left, "");
        let score = dimension.score.map_or_else(|| "  —".to_owned(), |score| format!("{score:>3}"));
        let line = format!("{name}{}{score}  {}", bar(dimension, ctx), dimension.coverage(lang));
        page.text(line, role_of(dimension.score));
    }
    for dimension in portrait.dimensions.iter().filter(|dimension| !dimension.known.is_empty()) {
        page.heading(dimension.label(lang));
        for known in &dimension.known {
            let as_of = known.as_of.map(|date| text::as_of(lang, &date.to_string())).unwrap_or_default();
            let role = if known.points == 0 { Role::Dim } else { Role::Text };
            page.text(format!("{}  {as_of}", known.message(lang)), role);
        }
    }
    page.text("", Role::Text);
    page.text(text::portrait_suggests(lang), Role::Dim);
    page
}

fn grade(file: &Dossier, ctx: &Context<'_>, page: &mut Page) {
    let lang = ctx.lang;
    let assessment = risk::assess(&risk_facts(file, ctx.today()));
    let (_, role) = format::grade(assessment.grade as u8);
    page.styled(text::facet_grade_label(lang), format::grade_in_full(assessment.grade, lang), role);
    let members: Vec<_> = file.present_members().collect();
    for reason in &assessment.reasons {
        let who = reason.member().and_then(|at| members.get(at)).map(|member| ctx.name(&member.name).into_owned());
        let words = reason.message(lang);
        page.note(who.map_or_else(|| words.clone(), |who| text::reason_of(lang, &who, &words)), Role::Text);
    }
    if assessment.reasons.is_empty() {
        page.note(text::no_reasons(lang), Role::Dim);
    }
}

fn bar(dimension: &Dimension, ctx: &Context<'_>) -> String {
    let symbols = ctx.theme.symbols();
    let full = usize::from(dimension.score.unwrap_or(0)) * usize::from(BAR) / 100;
    let empty = usize::from(BAR).saturating_sub(full);
    format!("{}{}", symbols.bar_full.repeat(full), symbols.bar_empty.repeat(empty))
}

/// How hard a score is, as a look.
fn role_of(score: Option<u8>) -> Role {
    match score {
        None => Role::Dim,
        Some(60..) => Role::Overdue,
        Some(30..) => Role::Warning,
        Some(_) => Role::Text,
    }
}
