//! The planted cases that bring needs, wishes, claims and leads of their own.

use super::catalogue::{WANTS, Whom, things};
use super::file::File;
use super::leads;
use super::needs::{choose, reported_need, school_bag, verify, whom};
use super::plan::Planted;
use super::stream::Stream;
use super::wishes;
use crate::domain::claim::ClaimState;
use crate::domain::codes::Code;
use crate::domain::moment::{Hlc, Moment};
use crate::domain::need::NeedState;
use crate::domain::wish::WishState;

/// Writes what the case is about.
pub(super) fn write(file: &mut File<'_>, stream: &mut Stream, planted: Planted) {
    match planted {
        Planted::DuplicateGift => duplicate_gift(file, stream),
        Planted::Omission => omission(file, stream),
        Planted::DoubleClaim => double_claim(file, stream),
        Planted::ChildWish => child_wish(file, stream),
        Planted::ConsentWithdrawn => consent_withdrawn(file, stream),
        Planted::LockedIn => locked_in(file, stream),
        // The stale household has nothing: that is the case.
        Planted::Stale
        | Planted::Person(_)
        | Planted::DottedName(_)
        | Planted::ShortId
        | Planted::DamagedId
        | Planted::FullWidth => {}
    }
}

/// The same school bag twice within the window, from two givers who did not know of each other.
fn duplicate_gift(file: &mut File<'_>, stream: &mut Stream) {
    // Whatever was given before of that class would make it three.
    drop_like(file, WANTS[school_bag()].item);
    let confirmed = stream.between(90, 150);
    for days_ago in [confirmed, confirmed - stream.between(10, 40)] {
        wishes::met_once(file, stream, school_bag(), days_ago);
    }
    let bags = file.needs.iter_mut().filter(|need| need.item == WANTS[school_bag()].item);
    if let Some(second) = bags.max_by_key(|need| need.reported_at) {
        second.duplicate_reason = "学校与慈善总会分别登记，当时未比对".to_owned();
    }
}

/// Removes earlier needs of a class of item, with their wishes and claims.
fn drop_like(file: &mut File<'_>, item: &str) {
    let gone: Vec<_> = file.needs.iter().filter(|need| need.item == *item).map(|need| need.id).collect();
    let wishes: Vec<_> =
        file.wishes.iter().filter(|w| w.need.is_some_and(|id| gone.contains(&id))).map(|w| w.id).collect();
    file.needs.retain(|need| !gone.contains(&need.id));
    file.wishes.retain(|wish| !wishes.contains(&wish.id));
    file.claims.retain(|claim| !wishes.contains(&claim.wish));
    file.visits.iter_mut().for_each(|visit| visit.needs.retain(|id| !gone.contains(id)));
}

/// Found valid weeks ago; no measure since.
fn omission(file: &mut File<'_>, stream: &mut Stream) {
    let Some(want) = choose(file, stream, things()..WANTS.len()).or_else(|| choose(file, stream, 0..WANTS.len()))
    else {
        return;
    };
    let reported = stream.between(28, 70);
    let mut need = reported_need(file, stream, want, reported, reported);
    verify(file, stream, &mut need);
    file.needs.push(need);
}

/// Two desks claimed the same unit while both were offline; the first to arrive holds it.
fn double_claim(file: &mut File<'_>, stream: &mut Stream) {
    let Some(want) = choose(file, stream, 0..things()) else { return };
    let mut wish = wishes::published_wish(file, stream, want, 12);
    wishes::set_units(file, &mut wish, 1);
    let claimed = stream.between(2, 4);
    let winner = wishes::claim(file, stream, &wish, claimed, ClaimState::Granted, None);
    let mut loser = wishes::claim(file, stream, &wish, claimed, ClaimState::Lost, None);
    // Made a little later, sent a day later.
    loser.claimed_at = Moment(winner.claimed_at.0 + stream.between(5, 90) * 60_000);
    loser.meta.hlc = Hlc::at(Moment(loser.claimed_at.0 + 20 * 3_600_000));
    wishes::taken(file, &mut wish, winner);
    file.claims.push(loser);
    file.wishes.push(wish);
}

/// A child's wish in the pool, its guardian's consent on file.
fn child_wish(file: &mut File<'_>, stream: &mut Stream) {
    let Some(child) = whom(file, Whom::Pupil) else { return };
    drop_like(file, WANTS[school_bag()].item);
    let published = stream.between(3, 40);
    let wish = wishes::published_wish(file, stream, school_bag(), published);
    let guardian = file.members[child].guardian.clone();
    if let Some(need) = file.needs.iter_mut().find(|need| Some(need.id) == wish.need) {
        need.evidence = format!("监护人{guardian}已签字同意发布，不公开学校和照片");
    }
    file.wishes.push(wish);
}

/// Consent given, a card published, consent taken back: the card left the pool.
fn consent_withdrawn(file: &mut File<'_>, stream: &mut Stream) {
    let Some(want) = choose(file, stream, 0..things()) else { return };
    let mut wish = wishes::published_wish(file, stream, want, 30);
    wish.state = WishState::Withdrawn;
    wish.reason = Code::from("other");
    wish.remark = "受助人撤回信息授权，心愿已撤下".to_owned();
    let at = file.at(9, 15 * 60);
    wish.meta.hlc = Hlc::at(at);
    wishes::set_need(file, wish.need, NeedState::Withdrawn, at);
    if let Some(need) = file.needs.iter_mut().find(|need| Some(need.id) == wish.need) {
        need.reason = Code::from("other");
    }
    file.household.note = "已书面撤回信息授权，只在政府渠道内办理".to_owned();
    file.wishes.push(wish);
}

/// Neighbours told of shouting behind a locked door; the need went on to a case.
fn locked_in(file: &mut File<'_>, stream: &mut Stream) {
    let Some(want) = WANTS.iter().position(|want| want.kind == "psych") else { return };
    let oldest = file.visits.last().map_or(120, |visit| (file.demo.today - visit.at.date()).num_days());
    leads::locked_in(file, stream, oldest);
    let reported = (oldest - 4).max(20);
    let mut need = reported_need(file, stream, want, reported, reported);
    need.member = file.members.get(1).map(|member| member.id);
    need.title = "精神障碍患者就医和看护".to_owned();
    need.detail = "患者长期被锁在家中，母亲拒绝就医，需精神科评估、住院和后续看护".to_owned();
    need.urgency = Code::from("1");
    need.demand_side = Code::from("both");
    verify(file, stream, &mut need);
    need.state = NeedState::Escalated;
    need.findings = "宗亲长辈劝说后入户看过，情况属实，上转联席会商".to_owned();
    file.needs.push(need);
}
