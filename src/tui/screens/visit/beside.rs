//! What stands above and beside the form: whose household it is, its last visits, its open needs.

use crate::domain::codes;
use crate::domain::need::Need;
use crate::domain::records::Dossier;
use crate::domain::risk;
use crate::domain::visit::Visit;
use crate::i18n::{Lang, forms as text};
use crate::replica::projection::risk_facts;
use crate::tui::app::Context;
use crate::tui::screens::format;
use crate::tui::theme::Role;
use crate::tui::widgets::DetailRow;

pub(super) fn heading(file: &Dossier, ctx: &Context<'_>) -> String {
    let head = file.head().map(|head| ctx.name(&head.name).into_owned()).unwrap_or_default();
    let place = ctx.memory.reference.place(&file.household.region);
    let grade = risk::assess(&risk_facts(file, ctx.today())).grade;
    format!("{head}  {place}  {}", format::grade_in_full(grade, ctx.lang))
}

pub(super) fn last_visit_line(file: &Dossier, ctx: &Context<'_>) -> String {
    let lang = ctx.lang;
    match file.live_visits().next() {
        None => text::never_visited(lang).to_owned(),
        Some(last) => {
            let result = last.result.label(lang);
            let note: String = last.note.chars().take(60).collect();
            text::last_visit(lang, &last.at.date().to_string(), &result, &note)
        }
    }
}

pub(super) fn beside<'a>(file: &'a Dossier, ctx: &Context<'_>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let mut rows = vec![DetailRow::Heading(text::last_visits(lang).into())];
    for visit in file.live_visits().take(3) {
        rows.push(DetailRow::field(visit.at.date().to_string(), visited(visit, lang)));
        if !visit.note.is_empty() {
            rows.push(DetailRow::Text(visit.note.as_str().into(), Role::Text));
        }
    }
    let open: Vec<&Need> = file.needs.iter().filter(|need| !need.meta.deleted && need.state.is_open()).collect();
    if !open.is_empty() {
        rows.push(DetailRow::Gap);
        rows.push(DetailRow::Heading(text::open_needs(lang).into()));
        for need in open {
            rows.push(DetailRow::field(need.state.label(lang), need.title.as_str()));
        }
    }
    rows
}

fn visited(visit: &Visit, lang: Lang) -> String {
    format!("{} · {}", visit.result.label(lang), codes::label("visit_mode", visit.mode.as_str(), lang))
}
