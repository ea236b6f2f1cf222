//! Which fields a sheet asks for, by its purpose.

use super::super::entry::Item;
use super::super::{needs, wishes};
use super::Purpose;
use crate::domain::claim::{Claim, ClaimState};
use crate::domain::decide::TRIAGE_FIELDS;
use crate::domain::field::{Field, FieldKind};
use crate::domain::id::{ClaimId, HouseholdId, NeedId, WishId};
use crate::domain::lead::Lead;
use crate::domain::need::Need;
use crate::domain::record::{Fields, Table};
use crate::domain::records::Dossier;
use crate::domain::refusal::Label;
use crate::domain::value::Value;
use crate::domain::wish::Wish;
use crate::i18n::{Lang, forms as text};
use crate::tui::app::Context;

static REVEAL_REASON: Field =
    Field::new(FieldKind::Code("reveal_reason")).required().named("reason", "查看原因", "Reason");
static INTO: Field = Field::new(FieldKind::Reference).required().named("into", "并入到", "Merge into");
static REMARK: Field = Field::new(FieldKind::Note).max_chars(200).named("remark", "说明", "Remark");
static CLAIM: Field = Field::new(FieldKind::Reference).required().named("claim", "哪一份认领", "Which claim");
static UNITS: Field = Field::new(FieldKind::Count).required().named("units", "认领份数", "Units");
static DONOR_ORG: Field = Field::new(FieldKind::Reference).named("claimant_org", "认领单位", "Claimant organisation");
static HOUSEHOLD: Field = Field::new(FieldKind::Reference).required().named("household", "发放给", "To the household");
static QUANTITY: Field = Field::new(FieldKind::Count).required().named("quantity", "数量", "Quantity");
static SECOND: Field = Field::new(FieldKind::References).named("second", "第二名工作人员", "Second worker");
static NOTE: Field = Field::new(FieldKind::Note).max_chars(500).named("note", "确认说明", "Note");

/// What a card's writer fills in.
pub(super) const CARD_FIELDS: &[&str] = &["card_text", "category", "units", "ceiling", "publish_until"];

/// The fields that a purpose asks for.
pub(super) fn items(purpose: &Purpose, held: Option<&dyn Fields>, ctx: &Context<'_>) -> Vec<Item> {
    let of = |table: &'static Table, names: &[&str]| -> Vec<Item> {
        let value = |name: &str| held.and_then(|record| record.get(name)).unwrap_or_default();
        names.iter().filter_map(|name| table.field(name)).map(|field| Item::new(field, &value(field.name))).collect()
    };
    // A reason is no part of every such record, but of every such act.
    let reasoned = |items: Vec<Item>| -> Vec<Item> {
        let is_reason = |item: &Item| item.field.name == "reason";
        items.into_iter().map(|item| if is_reason(&item) { item.required() } else { item }).collect()
    };
    let blank = |field: &'static Field| Item::new(field, &Value::Null);
    match purpose {
        Purpose::Need(_) => of(
            Need::TABLE,
            &[
                "title",
                "field",
                "item",
                "urgency",
                "quantity",
                "estimated",
                "benefit_period",
                "source",
                "due",
                "detail",
            ],
        ),
        Purpose::Lead(_) => of(
            Lead::TABLE,
            &["content", "channel", "subject", "address", "phone", "reporter_role", "reporter", "reporter_phone"],
        ),
        Purpose::SettleLead(_, true) => of(Lead::TABLE, &["outcome"]),
        Purpose::SettleLead(_, false) => reasoned(of(Lead::TABLE, &["reason", "outcome"])),
        Purpose::VerifyNeed(..) => of(Need::TABLE, &["findings"]),
        Purpose::RejectNeed(..) => reasoned(of(Need::TABLE, &["reason", "findings"])),
        Purpose::WithdrawNeed(..) => reasoned(of(Need::TABLE, &["reason", "remark"])),
        Purpose::Triage(..) => of(Need::TABLE, TRIAGE_FIELDS),
        Purpose::MergeNeed(_, need) => vec![Item::among(&INTO, other_needs(*need, ctx))],
        Purpose::ConfirmNeed(..) | Purpose::ConfirmWish(_) => {
            let hint =
                Label { zh: text::confirm_hint(Lang::Zh).to_owned(), en: text::confirm_hint(Lang::En).to_owned() };
            let mut second = blank(&SECOND);
            second.hint = Some(hint);
            vec![second, blank(&NOTE)]
        }
        Purpose::Wish(..) | Purpose::RewriteWish(..) => of(Wish::TABLE, CARD_FIELDS),
        Purpose::RejectWish(_) => reasoned(of(Wish::TABLE, &["reason", "remark"])),
        Purpose::WithdrawWish(_) => reasoned(of(Wish::TABLE, &["reason", "remark"])),
        Purpose::Claim(_) | Purpose::Hold(_) => {
            let mut asked = of(Claim::TABLE, &["claimant", "claimant_phone"]);
            let free = match held.map(Fields::record_id).and_then(|_| wish_of(purpose)) {
                Some(wish) => ctx.memory.pools.wishes.find(wish).map_or(1, |row| row.free),
                None => 1,
            };
            if free > 1 {
                asked.push(Item::new(&UNITS, &Value::Int(1)));
            }
            asked
        }
        Purpose::NameDonor(_) => {
            let mut asked = of(Claim::TABLE, &["claimant", "claimant_phone"]);
            asked.insert(1, Item::among_with(&DONOR_ORG, orgs(ctx), String::new()));
            asked
        }
        Purpose::GiveOut(id) => {
            let reference = &ctx.memory.reference;
            let station = reference.allotments.get(id).and_then(|held| held.station);
            let region = station.and_then(|station| reference.stations.get(&station)).map(|held| held.region.clone());
            vec![Item::household(&HOUSEHOLD, region.unwrap_or_default()), Item::new(&QUANTITY, &Value::Int(1))]
        }
        Purpose::Release(_) => reasoned(of(Claim::TABLE, &["reason", "remark"])),
        Purpose::Connect(_) => Vec::new(),
        Purpose::Fulfil(_) => of(Claim::TABLE, &["evidence"]),
        Purpose::Reveal(..) => vec![blank(&REVEAL_REASON), blank(&REMARK)],
    }
}

/// The open needs into which one can be merged, by id and in words.
fn other_needs(need: NeedId, ctx: &Context<'_>) -> Vec<(String, String)> {
    let Some(row) = ctx.memory.pools.needs.find(need) else { return Vec::new() };
    needs::others(row, ctx)
        .map(|other| {
            (other.id.to_string(), format!("{}  {}  {}", other.title(), other.state.label(ctx.lang), other.no()))
        })
        .collect()
}

/// The household of a wish of which several units are claimed, so that there may be several claims to choose from.
pub(super) fn of_several(claim: ClaimId, ctx: &Context<'_>) -> Option<HouseholdId> {
    let pools = &ctx.memory.pools;
    let wish = pools.claims.get(&claim).and_then(|wish| pools.wishes.find(*wish))?;
    wish.household.filter(|_| wishes::has_several_held(wish))
}

/// Whose claim is meant, where several are living; the latest is likely.
pub(super) fn which_claim(purpose: &Purpose, file: &Dossier, ctx: &Context<'_>) -> Option<Item> {
    let (Purpose::Connect(latest) | Purpose::Release(latest) | Purpose::Fulfil(latest) | Purpose::NameDonor(latest)) =
        purpose
    else {
        return None;
    };
    let wish = ctx.memory.pools.claims.get(latest)?;
    let living = |claim: &&Claim| {
        claim.wish == *wish && !claim.meta.deleted && claim.state.holds() && claim.state != ClaimState::Fulfilled
    };
    let meant = |claim: &&Claim| claim.standing || !matches!(purpose, Purpose::NameDonor(_));
    let claims = file.claims.iter().filter(living).filter(meant);
    let choices: Vec<(String, String)> = claims.map(|claim| in_words(claim, ctx)).collect();
    // The latest may be one that is not meant.
    let likely = choices.iter().find(|(id, _)| *id == latest.to_string()).or(choices.first());
    let likely = likely.map(|(id, _)| id.clone()).unwrap_or_default();
    let is_asked = choices.len() > 1 || (!choices.is_empty() && likely != latest.to_string());
    is_asked.then(|| Item::among_with(&CLAIM, choices, likely))
}

fn in_words(claim: &Claim, ctx: &Context<'_>) -> (String, String) {
    let units = text::claimed_units(ctx.lang, claim.units.len());
    (claim.id.to_string(), format!("{}  {units}  {}", claim.claimant, claim.state.label(ctx.lang)))
}

/// Organisations by id and name.
fn orgs(ctx: &Context<'_>) -> Vec<(String, String)> {
    let present = ctx.memory.reference.orgs.values().filter(|org| !org.meta.deleted);
    let mut orgs: Vec<(String, String)> = present.map(|org| (org.id.to_string(), org.name.clone())).collect();
    orgs.sort_by(|a, b| a.1.cmp(&b.1));
    orgs
}

fn wish_of(purpose: &Purpose) -> Option<WishId> {
    match purpose {
        Purpose::Claim(wish) | Purpose::Hold(wish) | Purpose::ConfirmWish(wish) => Some(*wish),
        _ => None,
    }
}
