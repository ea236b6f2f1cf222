//! Wishes and claims on them, in every state that their lifecycles know.

use super::catalogue::{WANTS, things};
use super::file::File;
use super::member::phone;
use super::needs::{self, choose, reported_need, verify};
use super::plan::Story;
use super::stream::{Stream, Topic};
use crate::domain::claim::{Claim, ClaimState};
use crate::domain::codes::Code;
use crate::domain::id::{ClaimId, NeedId, WishId};
use crate::domain::moment::{Hlc, Moment};
use crate::domain::need::{Need, NeedState};
use crate::domain::numbering::Series;
use crate::domain::wish::{Wish, WishState};
use crate::domain::{mask, params, privacy};

const DAY: i64 = 86_400_000;

/// A wish for what the household needs just now.
pub(super) fn current(file: &mut File<'_>, stream: &mut Stream, story: Story) {
    let wanted = match file.planted {
        // The radio of the manual's first person.
        Some(super::plan::Planted::Person(0)) => Some(5),
        _ => choose(file, stream, 0..things()),
    };
    let Some(want) = wanted.or_else(|| choose(file, stream, 0..things())) else { return };
    // Days ago: the last step of the story.
    let published = match story {
        Story::Published if stream.percent(6) => stream.between(57, 59),
        Story::Published => stream.between(1, 52),
        Story::PublishedAgain => stream.between(30, 55),
        Story::PartlyClaimed => stream.between(8, 40),
        Story::Tentative => stream.between(4, 40),
        Story::Granted => stream.between(8, 40),
        Story::Connected | Story::Fulfilled => stream.between(24, 55),
        Story::WishWithdrawn => stream.between(15, 50),
        _ => 0,
    };
    let mut wish =
        if published > 0 { published_wish(file, stream, want, published) } else { written_wish(file, stream, want) };
    match story {
        Story::WishDraft => {}
        Story::WishSubmitted => wish.state = WishState::Submitted,
        Story::WishRejected => sent_back(file, stream, &mut wish),
        Story::WishWithdrawn => withdrawn(stream, &mut wish),
        Story::Published => {}
        Story::PublishedAgain => again(file, stream, &mut wish, published),
        Story::PartlyClaimed => partly(file, stream, &mut wish),
        Story::Tentative => {
            let days_ago = stream.between(1, 3);
            let claim = claim(file, stream, &wish, days_ago, ClaimState::Tentative, None);
            taken(file, &mut wish, claim);
        }
        Story::Granted => {
            // A third of them near the limit of seven days.
            let days_ago = if stream.percent(34) { stream.between(5, 6) } else { stream.between(1, 4) };
            let claim = claim(file, stream, &wish, days_ago, ClaimState::Granted, None);
            taken(file, &mut wish, claim);
        }
        Story::Connected => {
            let days_ago = stream.between(5, 9);
            let claim = claim(file, stream, &wish, days_ago, ClaimState::Connected, None);
            taken(file, &mut wish, claim);
            wish.state = WishState::Connected;
        }
        Story::Fulfilled => {
            let fulfilled = stream.between(1, 9);
            let claimed = fulfilled + stream.between(4, 12);
            let claim = claim(file, stream, &wish, claimed, ClaimState::Fulfilled, Some(fulfilled));
            taken(file, &mut wish, claim);
            wish.state = WishState::Fulfilled;
            set_need(file, wish.need, NeedState::Delivered, file.at(fulfilled, 17 * 60));
        }
        _ => {}
    }
    file.wishes.push(wish);
}

/// A wish that came true so many days ago, with its need met; where several were asked for, by as many givers.
pub(super) fn met(file: &mut File<'_>, stream: &mut Stream, want: usize, confirmed: i64) {
    met_in(file, stream, want, confirmed, false);
}

/// A wish for one thing that came true so many days ago.
pub(super) fn met_once(file: &mut File<'_>, stream: &mut Stream, want: usize, confirmed: i64) {
    met_in(file, stream, want, confirmed, true);
}

fn met_in(file: &mut File<'_>, stream: &mut Stream, want: usize, confirmed: i64, once: bool) {
    let fulfilled = confirmed + stream.between(1, 6);
    let claimed = fulfilled + stream.between(3, 12);
    let published = claimed + stream.between(2, 25);
    let mut wish = published_wish(file, stream, want, published);
    if once {
        set_units(file, &mut wish, 1);
    }
    for unit in 1..=wish.units {
        let mut claim = claim(file, stream, &wish, claimed, ClaimState::Fulfilled, Some(fulfilled));
        claim.units = vec![unit];
        file.claims.push(claim);
    }
    close(file, stream, &mut wish, confirmed);
    file.wishes.push(wish);
}

/// Asks for another number of things, in the need too.
pub(super) fn set_units(file: &mut File<'_>, wish: &mut Wish, units: u16) {
    wish.units = units;
    file.needs.iter_mut().filter(|need| Some(need.id) == wish.need).for_each(|need| need.quantity = units);
}

/// Confirms a wish for the beneficiary, and its need with it.
pub(super) fn close(file: &mut File<'_>, stream: &mut Stream, wish: &mut Wish, days_ago: i64) {
    let Some(at) = file.needs.iter().position(|need| Some(need.id) == wish.need) else { return };
    let mut need = file.needs[at].clone();
    needs::confirm(file, stream, &mut need, days_ago);
    wish.state = if days_ago > 20 { WishState::Closed } else { WishState::Confirmed };
    wish.confirmed_at = need.confirmed_at;
    wish.confirmed_how = need.confirmed_how.clone();
    wish.meta.hlc = need.meta.hlc;
    file.needs[at] = need;
}

/// A card written a few days ago from a need found valid, not yet in the pool.
fn written_wish(file: &mut File<'_>, stream: &mut Stream, want: usize) -> Wish {
    let mut need = reported_need(file, stream, want, 4, 12);
    verify(file, stream, &mut need);
    let verified = days_ago(file, need.verified_at.unwrap_or(need.reported_at));
    let written = (verified - stream.between(0, 2)).max(1);
    let wish = card(file, stream, want, &need, written, 1);
    file.needs.push(need);
    wish
}

/// A card that came into the pool so many days ago.
pub(super) fn published_wish(file: &mut File<'_>, stream: &mut Stream, want: usize, published: i64) -> Wish {
    let reported = published + stream.between(3, 9);
    let mut need = reported_need(file, stream, want, reported, reported);
    verify(file, stream, &mut need);
    // The visit on which it was found may lie a few days to either side.
    let reported = days_ago(file, need.reported_at);
    if reported <= published {
        need.reported_at = Moment(need.reported_at.0 - (published - reported + 3) * DAY);
        needs::unlink(file, &mut need);
    }
    let verified = need.verified_at.map_or(reported, |at| days_ago(file, at));
    if verified <= published {
        need.verified_at = Some(Moment(need.reported_at.0 + 40 * 60_000));
    }
    need.state = NeedState::Matched;
    let units = if WANTS[want].several && stream.percent(14) { stream.between(2, 4) as u16 } else { 1 };
    need.quantity = units;
    let mut wish = card(file, stream, want, &need, published, units);
    wish.state = WishState::Published;
    wish.reviewed_by = Some(file.team[2]);
    let at = file.at(published, stream.between(9 * 60, 17 * 60));
    wish.published_at = Some(at);
    let open = i64::from(params::on(at.date()).wish_publish_days());
    wish.publish_until = Some(at.date() + chrono::Duration::days(open));
    wish.meta.hlc = Hlc::at(at);
    need.meta.hlc = Hlc::at(at);
    file.needs.push(need);
    wish
}

fn card(file: &mut File<'_>, stream: &mut Stream, want: usize, need: &Need, written: i64, units: u16) -> Wish {
    let at = file.at(written, 9 * 60 + 10);
    let id = WishId::from(Stream::of(file.demo.seed, Topic::Wish, need.id.0.0.as_u64_pair().1).id(at));
    let birth = file.members.iter().find(|member| Some(member.id) == need.member).and_then(|member| member.birth_date);
    let mut wish = Wish {
        id,
        no: file.number(Series::Wish, written),
        need: Some(need.id),
        household: Some(file.household.id),
        member: need.member,
        card_text: card_text(file, stream, want),
        category: need.item.clone(),
        ceiling: need.estimated,
        units,
        age_band: birth
            .map(|birth| Code::from(mask::AgeBand::of(mask::age(birth, at.date())).as_str()))
            .unwrap_or_default(),
        town: file.household.region.town(),
        state: WishState::Draft,
        round: 1,
        written_by: Some(file.grid_worker()),
        meta: file.meta(written),
        ..Wish::default()
    };
    wish.meta.hlc = Hlc::at(at);
    wish
}

/// One of the want's texts that gives nobody in the household away.
fn card_text(file: &File<'_>, stream: &mut Stream, want: usize) -> String {
    let context = privacy::CardContext {
        names: file.members.iter().map(|member| member.name.as_str()).collect(),
        schools: file.members.iter().map(|member| member.school.as_str()).collect(),
        villages: vec![&file.village.name],
        is_child: true,
    };
    let cards = WANTS[want].cards;
    let first = stream.below(cards.len() as u32) as usize;
    (0..cards.len())
        .map(|n| cards[(first + n) % cards.len()])
        .find(|text| privacy::check(text, &context).is_empty())
        .unwrap_or("希望得到一份生活用品。")
        .to_owned()
}

fn sent_back(file: &File<'_>, stream: &mut Stream, wish: &mut Wish) {
    wish.state = WishState::Rejected;
    wish.reviewed_by = Some(file.team[2]);
    let (reason, remark) = stream.pick(&[
        ("too_large", "金额超出微心愿范围，建议改走医疗救助"),
        ("incomplete", "请写明规格，便于认领人购买"),
        ("identity_shown", "配图能认出住处，请去掉后再提交"),
        ("covered", "残联同类项目正在发放，请先核对"),
    ]);
    wish.reason = Code::from(reason);
    wish.remark = remark.to_owned();
}

fn withdrawn(stream: &mut Stream, wish: &mut Wish) {
    wish.state = WishState::Withdrawn;
    let (reason, remark) = stream.pick(&[
        ("covered", "亲友已送来同样物品"),
        ("other", "本人改变主意，想换成别的"),
        ("unreachable", "住院期间联系不上，先撤下"),
    ]);
    wish.reason = Code::from(reason);
    wish.remark = remark.to_owned();
}

/// Back in the pool for a second round after a claim was given up or ran out.
fn again(file: &mut File<'_>, stream: &mut Stream, wish: &mut Wish, published: i64) {
    wish.round = 2;
    let claimed = stream.between(14, published - 2);
    let mut first = claim(file, stream, wish, claimed, ClaimState::Granted, None);
    first.units = (1..=wish.units).collect();
    if stream.percent(55) {
        first.state = ClaimState::Released;
        first.reason =
            Code::from(stream.pick(&["cannot_supply", "over_budget", "mistaken", "other_chosen", "no_contact"]));
    } else {
        first.state = ClaimState::Expired;
    }
    let end = Moment(first.claimed_at.0 + stream.between(5, 8) * DAY);
    first.meta.hlc = Hlc::at(end);
    wish.meta.hlc = Hlc::at(end);
    set_need(file, wish.need, NeedState::Matched, end);
    file.claims.push(first);
}

/// Several units, some of them taken; the rest stays in the pool.
fn partly(file: &mut File<'_>, stream: &mut Stream, wish: &mut Wish) {
    let units = stream.between(3, 6) as u16;
    set_units(file, wish, units);
    let taken = stream.between(1, 2) as u16;
    for unit in 1..=taken {
        let state = if stream.percent(50) { ClaimState::Granted } else { ClaimState::Tentative };
        let days_ago = stream.between(1, 5);
        let mut claim = claim(file, stream, wish, days_ago, state, None);
        claim.units = vec![unit];
        file.claims.push(claim);
    }
}

/// All units taken by one claim.
pub(super) fn taken(file: &mut File<'_>, wish: &mut Wish, mut claim: Claim) {
    claim.units = (1..=wish.units).collect();
    wish.state = WishState::Claimed;
    wish.meta.hlc = claim.meta.hlc;
    set_need(file, wish.need, NeedState::Arranged, claim.claimed_at);
    file.claims.push(claim);
}

pub(super) fn set_need(file: &mut File<'_>, need: Option<NeedId>, state: NeedState, at: Moment) {
    if let Some(need) = file.needs.iter_mut().find(|held| Some(held.id) == need) {
        need.state = state;
        need.meta.hlc = need.meta.hlc.max(Hlc::at(at));
    }
}

const GIVEN: &[&str] = &[
    "已送到家中，当面试用",
    "由社工陪同送达，本人签收",
    "快递到助联体点，志愿者送上门",
    "与受助人一同选购",
    "送达并教会使用",
    "已与网格员一同上门交接",
];
const DONE: &[&str] =
    &["已与网格员一同上门，本人满意", "约好时间上门办妥", "由社工陪同完成，本人签字", "分两次上门，已办结"];
const GIVEN_TO_CHILD: &[&str] = &["孩子由家长陪同到点上领取", "送到家中，家长签收", "与孩子一同选购，未拍照"];

/// How a wish of that class came true.
fn evidence(stream: &mut Stream, item: &str) -> &'static str {
    match item {
        "study" => stream.pick(GIVEN_TO_CHILD),
        "service" | "skill" | "repair" => stream.pick(DONE),
        _ => stream.pick(GIVEN),
    }
}

/// A claim of one unit made so many days ago.
pub(super) fn claim(
    file: &File<'_>,
    stream: &mut Stream,
    wish: &Wish,
    claimed: i64,
    state: ClaimState,
    fulfilled: Option<i64>,
) -> Claim {
    let number = (wish.id.0.0.as_u64_pair().1).wrapping_add(stream.next());
    let at = file.at(claimed, stream.between(8 * 60, 20 * 60));
    let rules = params::on(at.date());
    let donor = file.demo.donor(stream, file.town.county);
    let mut claim = Claim {
        id: ClaimId::from(Stream::of(file.demo.seed, Topic::Claim, number).id(at)),
        wish: wish.id,
        household: wish.household,
        units: vec![1],
        claimant: donor.name,
        claimant_org: donor.org,
        claimant_phone: phone(stream),
        direction: Code::from("need_to_donor"),
        recorded_by: Some(file.demo.charity_officer(file.town.county)),
        state,
        claimed_at: at,
        contact_by: Some(at.date() + chrono::Duration::days(i64::from(rules.wish_contact_days()))),
        meta: file.meta(claimed),
        ..Claim::default()
    };
    claim.meta.hlc = Hlc::at(at);
    if state != ClaimState::Tentative && state != ClaimState::Lost {
        claim.fence = 1; // the first grant of its units
        claim.lease_until = Some(Moment(at.0 + i64::from(rules.wish_claim_lease_days()) * DAY));
    }
    if matches!(state, ClaimState::Connected | ClaimState::Fulfilled) {
        let latest = fulfilled.map_or(claimed - 1, |done| claimed - done);
        let earliest = if fulfilled.is_none() { (claimed - 5).max(1) } else { 1 };
        let after = stream.between(earliest, latest.clamp(1, 6).max(earliest));
        let connected = file.at(claimed - after, stream.between(9 * 60, 17 * 60));
        claim.connected_at = Some(connected);
        // Once they are in touch, the lease runs anew.
        claim.lease_until = Some(Moment(connected.0 + i64::from(rules.wish_claim_lease_days()) * DAY));
        claim.meta.hlc = Hlc::at(connected);
    }
    if let Some(done) = fulfilled {
        let done = file.at(done, stream.between(9 * 60, 18 * 60));
        claim.fulfilled_at = Some(done.max(claim.connected_at.unwrap_or(done)));
        claim.evidence = evidence(stream, wish.category.as_str()).to_owned();
        claim.meta.hlc = Hlc::at(done);
    }
    claim
}

fn days_ago(file: &File<'_>, at: Moment) -> i64 {
    (file.demo.today - at.date()).num_days()
}
