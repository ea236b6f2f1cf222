//! What the household is entitled to and has received (幸福清单; paper 001): assistance from the government, what
//! charity gave, needs that were met.

use super::page::{Page, Target};
use super::{basic, shown};
use crate::domain::household::Household;
use crate::domain::need::NeedState;
use crate::domain::record::Fields as _;
use crate::domain::records::Dossier;
use crate::domain::wish::WishState;
use crate::i18n::screens as text;
use crate::tui::app::Context;
use crate::tui::theme::Role;

/// The fields of a household that say what it gets from the government.
const GRANTED: [&str; 10] = [
    "category",
    "certificate_no",
    "assisted_since",
    "tier",
    "guarantee_count",
    "monthly_amount",
    "category_allowance",
    "amount_method",
    "support_mode",
    "welfare_card",
];

/// The list.
pub(super) fn page(file: &Dossier, ctx: &Context<'_>) -> Page {
    let mut page = Page::default();
    government(file, ctx, &mut page);
    insurance(file, ctx, &mut page);
    charity(file, ctx, &mut page);
    needs(file, ctx, &mut page);
    page
}

fn government(file: &Dossier, ctx: &Context<'_>, page: &mut Page) {
    let household = &file.household;
    page.heading(text::allowance_government(ctx.lang));
    let fields = Household::TABLE.fields.iter().filter(|field| GRANTED.contains(&field.name));
    let mut any = false;
    for field in fields {
        let value = household.get(field.name).unwrap_or_default();
        if value.is_empty() || value == crate::domain::value::Value::Int(0) {
            continue;
        }
        let (content, masked) = shown(household.key(), field, &value, ctx);
        let role = if masked { Role::Masked } else { Role::Text };
        page.targeted(field.label(ctx.lang), content, role, Target::Field(household.key(), field.name, masked));
        any = true;
    }
    if !any {
        page.text(text::nothing_known(ctx.lang), Role::Dim);
    }
}

fn insurance(file: &Dossier, ctx: &Context<'_>, page: &mut Page) {
    let insured: Vec<_> = file.present_members().filter(|member| !member.insurance.is_empty()).collect();
    if !insured.is_empty() {
        page.heading(text::allowance_insurance(ctx.lang));
    }
    for member in insured {
        page.field(ctx.name(&member.name).into_owned(), member.insurance.clone());
    }
}

fn charity(file: &Dossier, ctx: &Context<'_>, page: &mut Page) {
    page.heading(text::allowance_charity(ctx.lang));
    let mut any = false;
    for wish in file.wishes.iter().filter(|wish| !wish.meta.deleted) {
        if !matches!(wish.state, WishState::Fulfilled | WishState::Confirmed | WishState::Closed) {
            continue;
        }
        let given = file.claims.iter().filter(|claim| claim.wish == wish.id && claim.fulfilled_at.is_some());
        let from: Vec<&str> = given.clone().map(|claim| claim.claimant.as_str()).collect();
        let when = given.filter_map(|claim| claim.fulfilled_at).max().map(basic::day).unwrap_or_default();
        let line = [wish.card_text.as_str(), &from.join(ctx.lang.pick("、", ", ")), &wish.state.label(ctx.lang)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("  ");
        page.targeted(when, line, Role::Text, Target::Wish(wish.id));
        any = true;
    }
    if !any {
        page.text(text::nothing_yet(ctx.lang), Role::Dim);
    }
}

fn needs(file: &Dossier, ctx: &Context<'_>, page: &mut Page) {
    let met = [NeedState::InService, NeedState::Delivered, NeedState::Confirmed, NeedState::Archived];
    page.heading(text::allowance_needs(ctx.lang));
    let mut any = false;
    for need in file.needs.iter().filter(|need| !need.meta.deleted && met.contains(&need.state)) {
        let when = need.confirmed_at.map(basic::day).unwrap_or_default();
        let line = format!("{}  {}", need.title, need.state.label(ctx.lang));
        page.targeted(when, line, Role::Text, Target::Need(need.id));
        any = true;
    }
    if !any {
        page.text(text::nothing_yet(ctx.lang), Role::Dim);
    }
}
