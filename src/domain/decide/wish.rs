//! Wishes: write, submit, publish, reject, withdraw, confirm.

use chrono::{Days, NaiveDate};

use super::super::lifecycle::{self, Act};
use super::super::{mask, params, privacy, validate};
use super::{
    Case, Change, Code, Confirmation, Label, Reason, Refusal, Right, in_words, label, need, need_reason, set_field,
    update,
};
use crate::domain::change::FieldChange;
use crate::domain::claim::ClaimState;
use crate::domain::id::WishId;
use crate::domain::need::{Need, NeedState};
use crate::domain::records::Dossier;
use crate::domain::wish::{Wish, WishState};

pub(super) fn write(case: &Case<'_>, wish: &Wish) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    case.absent(wish.key())?;
    let need: Need = match wish.need {
        Some(need) => case.get(need)?,
        None => return Err(Refusal::at("need", Reason::WishHasNoNeed)),
    };
    if !matches!(need.state, NeedState::Valid | NeedState::Matched) {
        return Err(Refusal::at("need", Reason::WishHasNoNeed));
    }
    let dossier = case.dossier(need.household)?;
    let mut wish = case.stamped(wish.clone());
    wish.household = Some(need.household);
    wish.member = wish.member.or(need.member);
    wish.town = dossier.household.region.town();
    wish.state = WishState::Draft;
    wish.round = 1;
    wish.written_by = Some(case.actor.worker);
    if wish.category.as_str().is_empty() {
        wish.category = need.item.clone();
    }
    wish.age_band = age_band(&dossier, &wish, case.now.today());
    check_card(case, &wish, &dossier)?;
    check_gift(&dossier, &wish, Some(&need), case.now.today())?;
    Ok(vec![Change::create(wish)])
}

/// The fields of a card that its writer may change.
const REWRITABLE: [&str; 6] = ["card_text", "category", "ceiling", "units", "publish_until", "duplicate_reason"];

/// Refuses a second like gift of which neither the card nor its need says why.
fn check_gift(dossier: &Dossier, wish: &Wish, need: Option<&Need>, today: NaiveDate) -> Result<(), Refusal> {
    let explained = need.is_some_and(|need| !need.duplicate_reason.trim().is_empty());
    match like_gift(dossier, wish, today) {
        Some((title, date)) if !explained && wish.duplicate_reason.trim().is_empty() => {
            Err(Refusal::at("duplicate_reason", Reason::GiftDuplicate { title, date }))
        }
        _ => Ok(()),
    }
}

pub(super) fn rewrite(case: &Case<'_>, id: WishId, fields: &[FieldChange]) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    let (before, mut after) = moved(case, id, Act::Rewrite)?;
    for change in fields {
        if !REWRITABLE.contains(&change.field.as_str()) {
            return Err(Refusal::at(change.field.clone(), Reason::NoField { name: change.field.clone() }));
        }
        set_field(&mut after, change)?;
    }
    if let Some(household) = after.household {
        let dossier = case.dossier(household)?;
        check_card(case, &after, &dossier)?;
        if before.category != after.category {
            let need = dossier.needs.iter().find(|need| Some(need.id) == after.need);
            check_gift(&dossier, &after, need, case.now.today())?;
        }
    }
    Ok(vec![update(&before, &after)?])
}

pub(super) fn submit(case: &Case<'_>, id: WishId) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    let (before, after) = moved(case, id, Act::Submit)?;
    Ok(vec![update(&before, &after)?])
}

pub(super) fn publish(case: &Case<'_>, id: WishId, until: Option<NaiveDate>) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::PublishWish)?;
    let (before, mut after) = moved(case, id, Act::Publish)?;
    let today = case.now.today();
    let open_days = u64::from(params::on(today).wish_publish_days());
    after.reviewed_by = Some(case.actor.worker);
    after.published_at = Some(case.now.at);
    after.publish_until = until.or(after.publish_until).or_else(|| today.checked_add_days(Days::new(open_days)));
    after.reason = Code::default();
    if let Some(date) = after.publish_until
        && date < today
    {
        return Err(Refusal::at("publish_until", Reason::Expired { date }));
    }
    let household = after.household.ok_or(Reason::WishHasNoNeed)?;
    // Looked at again: a name may have been added to the household since the card was written.
    check_card(case, &after, &*case.dossier(household)?)?;
    let mut changes = vec![update(&before, &after)?];
    if let Some(need) = after.need {
        let before: Need = case.get(need)?;
        if before.state == NeedState::Valid {
            let mut after = before.clone();
            after.state = lifecycle::need(before.state, Act::Match)?;
            changes.push(update(&before, &after)?);
        }
    }
    Ok(changes)
}

pub(super) fn reject(case: &Case<'_>, id: WishId, reason: &Code, remark: &str) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::PublishWish)?;
    need_reason("reject_reason", reason, "驳回原因", "reason")?;
    in_words(reason, remark, "remark", label("说明", "the remark"))?;
    let (before, mut after) = moved(case, id, Act::Reject)?;
    after.reviewed_by = Some(case.actor.worker);
    after.reason = reason.clone();
    after.remark = remark.to_owned();
    validate::check(&after, case.now.today())?;
    Ok(vec![update(&before, &after)?])
}

pub(super) fn withdraw(case: &Case<'_>, id: WishId, reason: &Code, remark: &str) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::PublishWish)?;
    need_reason("reject_reason", reason, "撤回原因", "reason")?;
    in_words(reason, remark, "remark", label("说明", "the remark"))?;
    let (before, mut after) = moved(case, id, Act::Withdraw)?;
    after.reason = reason.clone();
    after.remark = remark.to_owned();
    validate::check(&after, case.now.today())?;
    Ok(vec![update(&before, &after)?])
}

pub(super) fn confirm(case: &Case<'_>, id: WishId, confirmation: &Confirmation) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    let (before, mut after) = moved(case, id, Act::Confirm)?;
    let confirmed = case.confirmation(confirmation)?;
    after.confirmed_at = Some(case.now.at);
    after.confirmed_how = confirmed.how;
    let mut changes = vec![update(&before, &after)?];
    if let Some(need) = before.need {
        let (need_before, need_after) = need::confirmed(case, need, confirmation)?;
        changes.push(update(&need_before, &need_after)?);
    }
    Ok(changes)
}

/// Takes a confirmed wish off the list (销号). Whoever may publish wishes may, and only once the beneficiary has
/// confirmed; the need behind it is met for good and is filed with it (归档).
pub(super) fn close(case: &Case<'_>, id: WishId) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::PublishWish)?;
    let (before, after) = moved(case, id, Act::Close)?;
    let mut changes = vec![update(&before, &after)?];
    if let Some(need) = before.need {
        let before: Need = case.get(need)?;
        if let Ok(state) = lifecycle::need(before.state, Act::Archive) {
            changes.push(update(&before, &Need { state, ..before.clone() })?);
        }
    }
    Ok(changes)
}

/// The wish before and after an act of its lifecycle, once territory and table allow it.
pub(super) fn moved(case: &Case<'_>, id: WishId, act: Act) -> Result<(Wish, Wish), Refusal> {
    let before: Wish = case.get(id)?;
    if let Some(household) = before.household {
        case.dossier(household)?;
    }
    let mut after = before.clone();
    after.state = lifecycle::wish(before.state, act)?;
    Ok((before, after))
}

/// Checks the card's fields, and its text for anything that would give the person away (PIPL art. 6 and 51).
fn check_card(case: &Case<'_>, wish: &Wish, dossier: &Dossier) -> Result<(), Refusal> {
    let mut faults = validate::record(wish, case.now.today());
    if !(1..=999).contains(&wish.units) {
        faults.push(Refusal::at("units", Reason::NoUnits));
    }
    // Up to 17 a school points to its pupil; the band does not say whether somebody of 16 to 19 is one.
    let child = [mask::AgeBand::To5, mask::AgeBand::To15, mask::AgeBand::To19]
        .iter()
        .any(|band| band.as_str() == wish.age_band.as_str());
    faults.extend(card_findings(&wish.card_text, dossier, child).iter().map(|finding| {
        let reason = Reason::WishIdentity { found: Label::message_of(finding), instead: Label::remedy_of(finding) };
        Refusal::at("card_text", reason)
    }));
    match Refusal::from_all(faults) {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

/// What in a card's text would give the household away.
pub fn card_findings(text: &str, dossier: &Dossier, is_child: bool) -> Vec<privacy::Finding> {
    let context = privacy::CardContext {
        names: dossier.members.iter().map(|member| member.name.as_str()).collect(),
        schools: dossier.members.iter().map(|member| member.school.as_str()).collect(),
        villages: Vec::new(),
        is_child,
    };
    privacy::check(text, &context)
}

fn age_band(dossier: &Dossier, wish: &Wish, today: NaiveDate) -> Code {
    let birth = dossier
        .members
        .iter()
        .find(|member| Some(member.id) == wish.member)
        .or_else(|| dossier.head())
        .and_then(|member| member.birth_date);
    birth.map(|birth| Code::from(mask::AgeBand::of(mask::age(birth, today)).as_str())).unwrap_or_default()
}

/// An earlier gift of the same class for the same household: a wish still on its way, or fulfilled within the window.
pub fn like_gift(dossier: &Dossier, new: &Wish, today: NaiveDate) -> Option<(String, NaiveDate)> {
    let window = i64::from(params::on(today).duplicate_window_days());
    dossier.wishes.iter().filter(|held| held.id != new.id && !held.meta.deleted).find_map(|held| {
        let same_person = held.member.is_none() || new.member.is_none() || held.member == new.member;
        if held.category != new.category || !same_person || matches!(held.state, WishState::Withdrawn) {
            return None;
        }
        let given = dossier
            .claims
            .iter()
            .filter(|claim| claim.wish == held.id && claim.state == ClaimState::Fulfilled)
            .filter_map(|claim| claim.fulfilled_at)
            .max();
        let date = given.or(held.published_at).map_or(today, |at| at.date());
        let ended = matches!(held.state, WishState::Confirmed | WishState::Closed);
        (!ended || (today - date).num_days() <= window).then(|| (held.card_text.clone(), date))
    })
}
