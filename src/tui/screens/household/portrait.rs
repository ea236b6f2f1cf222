//! The portrait: the risk grade with its reasons, and the indicators by the seven dimensions.

use super::format;
use super::page::Page;
use crate::domain::codes;
use crate::domain::records::Dossier;
use crate::domain::risk;
use crate::i18n::screens as text;
use crate::replica::projection::risk_facts;
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// Grade, reasons, dimensions.
pub(super) fn page(file: &Dossier, ctx: &Context<'_>) -> Page {
    let lang = ctx.lang;
    let mut page = Page::default();
    let assessment = risk::assess(&risk_facts(file, ctx.today()));
    let (_, role) = format::grade(assessment.grade as u8);
    page.styled(text::facet_grade_label(lang), format::grade_in_full(assessment.grade, lang), role);
    let members: Vec<_> = file.present_members().collect();
    for reason in &assessment.reasons {
        let who = reason.member().and_then(|at| members.get(at)).map(|member| ctx.name(&member.name).into_owned());
        let words = reason.message(lang);
        page.note(who.map_or(words.clone(), |who| text::reason_of(lang, &who, &words)), Role::Text);
    }
    let (Some(dimensions), Some(indicators)) = (codes::list("dimension"), codes::list("indicator")) else {
        return page;
    };
    for dimension in dimensions.entries() {
        page.heading(dimension.label(lang));
        for entry in indicators.children(dimension.code) {
            for held in file.indicators.iter().filter(|held| held.code.as_str() == entry.code && !held.meta.deleted) {
                let value = format!("{} {}", held.value, entry.attribute("unit").unwrap_or(""));
                page.field(entry.label(lang), value);
            }
        }
    }
    page
}
