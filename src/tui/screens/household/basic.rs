//! The household's own facts.

use super::page::{Page, Target};
use super::{format, reasons, shown};
use crate::domain::field::FieldKind;
use crate::domain::household::Household;
use crate::domain::moment::Moment;
use crate::domain::record::Fields;
use crate::domain::records::Dossier;
use crate::domain::region::RegionCode;
use crate::domain::value::Value;
use crate::i18n::screens as text;
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// Every fact that is known.
pub(super) fn page(file: &Dossier, ctx: &Context<'_>) -> Page {
    let mut page = Page::default();
    fields(&mut page, &file.household, ctx);
    page
}

/// The fields of a record that are filled in, each with what an action would be about.
pub(super) fn fields(page: &mut Page, record: &dyn Fields, ctx: &Context<'_>) {
    let key = crate::domain::record::RecordKey { kind: record.table().kind, id: record.record_id() };
    for field in record.table().fields {
        let value = record.get(field.name).unwrap_or(Value::Null);
        if value.is_empty() || matches!(field.kind, FieldKind::Internal | FieldKind::Reference) {
            continue;
        }
        let (content, masked) = match field.kind {
            FieldKind::References => (names(&value, ctx), false),
            _ if field.name == "region" => (place(&value, ctx), false),
            _ => shown(key, field, &value, ctx),
        };
        let role = if masked { Role::Masked } else { Role::Text };
        if !content.is_empty() && content != "0" {
            page.targeted(field.label(ctx.lang), content, role, Target::Field(key, field.name, masked));
        }
    }
}

/// Workers by name.
fn names(value: &Value, ctx: &Context<'_>) -> String {
    use crate::domain::value::FieldValue as _;
    let workers: Vec<crate::domain::id::WorkerId> = Vec::from_value(value.clone()).unwrap_or_default();
    let names: Vec<&str> = workers.iter().map(|id| ctx.memory.reference.worker_name(*id)).collect();
    names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(ctx.lang.pick("、", ", "))
}

fn place(value: &Value, ctx: &Context<'_>) -> String {
    let code = value.as_text().and_then(RegionCode::parse);
    code.map(|code| ctx.memory.reference.place(&code)).unwrap_or_default()
}

/// The file in short: who they are, the last visit, what is open.
pub(super) fn summary(file: &Dossier, ctx: &Context<'_>) -> Page {
    let lang = ctx.lang;
    let mut page = Page::default();
    let household = &file.household;
    let head = file.head().map(|head| ctx.name(&head.name).into_owned()).unwrap_or_default();
    page.text(head, Role::Title);
    let grade = ctx.memory.household(household.id).map_or(2, |row| row.fixed().grade);
    page.field(Household::TABLE.field("category").map_or("", |f| f.label(lang)), category(household, ctx));
    page.styled(text::facet_grade_label(lang), format::grade(grade).0, format::grade(grade).1);
    page.styled(text::field_reasons(lang), reasons(file, ctx), Role::Dim);
    page.field(text::col_village(lang), ctx.memory.reference.place(&household.region));
    page.styled(text::field_address(lang), crate::domain::mask::address(&household.address), Role::Masked);
    page.styled(text::field_phone(lang), crate::domain::mask::phone(&household.phone), Role::Masked);
    page.heading(text::tab_members(lang));
    for member in file.present_members() {
        page.text(super::members::line(member, ctx), Role::Text);
    }
    match file.live_visits().next() {
        Some(visit) => {
            page.heading(text::last_visit_heading(lang, &super::visits::when(visit.at)));
            page.text(super::visits::line(visit, ctx), Role::Text);
            page.text(visit.note.clone(), Role::Dim);
        }
        None => {
            page.heading(text::never_visited(lang));
        }
    }
    let open: Vec<_> = file.needs.iter().filter(|need| !need.meta.deleted && need.state.is_open()).collect();
    if !open.is_empty() {
        page.heading(text::tab_needs(lang));
        for need in open {
            page.text(super::needs::line(need, ctx), Role::Text);
        }
    }
    let wishes: Vec<_> = file.wishes.iter().filter(|wish| super::wishes::is_open(wish)).collect();
    if !wishes.is_empty() {
        page.heading(text::tab_wishes(lang));
        for wish in wishes {
            page.text(super::wishes::line(wish, ctx), Role::Text);
        }
    }
    page
}

fn category(household: &Household, ctx: &Context<'_>) -> String {
    crate::domain::codes::label("assist_category", household.category.as_str(), ctx.lang).into_owned()
}

/// A date as files show it.
pub(super) fn day(moment: Moment) -> String {
    moment.date().to_string()
}
