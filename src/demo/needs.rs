//! Needs: what a household needs just now, and what it was helped with before.

use super::catalogue::{SCHOOL_BAG, WANTS, Want, Whom, things};
use super::file::File;
use super::plan::{Planted, Story};
use super::stream::{Stream, Topic};
use super::wishes;
use crate::domain::codes::Code;
use crate::domain::id::NeedId;
use crate::domain::moment::{Hlc, Moment};
use crate::domain::money::Fen;
use crate::domain::need::{Need, NeedState};
use crate::domain::numbering::Series;
use crate::domain::visit::VisitResult;

/// Writes the household's needs with their wishes and claims.
pub(super) fn write(file: &mut File<'_>) {
    let mut stream = Stream::of(file.demo.seed, Topic::Need, file.n as u64);
    past(file, &mut stream);
    if let Some(planted) = file.planted.filter(|planted| planted.has_own_story()) {
        super::planted::write(file, &mut stream, planted);
    }
    if let Some(story) = file.story {
        current(file, &mut stream, story);
    }
    for visit in file.visits.iter_mut().filter(|visit| !visit.needs.is_empty()) {
        for need in file.needs.iter().filter(|need| visit.needs.contains(&need.id)) {
            visit.note.push_str(stream.pick(&["提出需求：", "现场登记需求：", "需帮助："]));
            visit.note.push_str(&need.title);
            visit.note.push('。');
        }
    }
    if file.household.consent == "none" && !file.wishes.is_empty() {
        file.household.consent = Code::from("given"); // no card without it
    }
    // Newest first, as files keep them.
    file.needs.sort_by_key(|need| std::cmp::Reverse((need.reported_at, need.id)));
    file.wishes.sort_by_key(|wish| std::cmp::Reverse(wish.id));
    file.claims.sort_by_key(|claim| std::cmp::Reverse((claim.claimed_at, claim.id)));
}

/// Needs that were met. How long ago depends on how long the household is known.
fn past(file: &mut File<'_>, stream: &mut Stream) {
    if file.known < 330 || file.planted == Some(Planted::Stale) {
        return;
    }
    let count = match file.planted {
        Some(Planted::Person(0)) => 3,
        _ => stream.weighted(&[(0, 34), (1, 38), (2, 21), (3, 7)]),
    };
    for _ in 0..count {
        let met = stream.between(16, file.known.min(1_100) - 180);
        if stream.percent(44) {
            let Some(want) = choose(file, stream, 0..things()) else { continue };
            wishes::met(file, stream, want, met);
        } else {
            let Some(want) = choose(file, stream, things()..WANTS.len()) else { continue };
            let reported = met + stream.between(8, 60);
            let mut need = reported_need(file, stream, want, reported, reported);
            verify(file, stream, &mut need);
            confirm(file, stream, &mut need, met);
            file.needs.push(need);
        }
    }
}

fn current(file: &mut File<'_>, stream: &mut Stream, story: Story) {
    let about_a_wish = matches!(
        story,
        Story::Published
            | Story::PublishedAgain
            | Story::PartlyClaimed
            | Story::Tentative
            | Story::Granted
            | Story::Connected
            | Story::Fulfilled
            | Story::WishDraft
            | Story::WishSubmitted
            | Story::WishRejected
            | Story::WishWithdrawn
    );
    if about_a_wish {
        return wishes::current(file, stream, story);
    }
    let range = if stream.percent(30) { 0..things() } else { things()..WANTS.len() };
    let Some(want) = choose(file, stream, range).or_else(|| choose(file, stream, 0..WANTS.len())) else { return };
    let (low, high) = match story {
        Story::Draft => (1, 5),
        Story::Reported => (1, 3),
        Story::ToVerify if stream.percent(22) => (6, 9),
        Story::ToVerify => (1, 4),
        Story::Valid => (4, 12),
        Story::Arranged => (8, 40),
        Story::InService => (16, 70),
        Story::Delivered => (14, 40),
        Story::Recheck => (45, 75),
        Story::Escalated => (25, 90),
        _ => (10, 60),
    };
    let mut need = reported_need(file, stream, want, low, high);
    match story {
        Story::Draft => need.state = NeedState::Draft,
        Story::Reported => need.state = NeedState::Reported,
        Story::ToVerify => need.state = NeedState::ToVerify,
        Story::Invalid => reject(file, stream, &mut need),
        Story::Withdrawn => {
            need.state = NeedState::Withdrawn;
            need.reason = Code::from(stream.pick(&["covered", "other", "unreachable"]));
        }
        Story::Merged => return merged(file, stream, want, need),
        _ => verify(file, stream, &mut need),
    }
    match story {
        Story::Arranged => need.state = NeedState::Arranged,
        Story::InService => need.state = NeedState::InService,
        Story::Delivered => need.state = NeedState::Delivered,
        Story::Recheck => need.state = NeedState::Recheck,
        Story::Escalated => need.state = NeedState::Escalated,
        _ => {}
    }
    let reported = need.reported_at.date();
    if need.state == NeedState::Valid || need.state == NeedState::Arranged {
        need.due = reported.checked_add_days(chrono::Days::new(due_days(need.urgency.as_str())));
    }
    file.needs.push(need);
}

fn due_days(urgency: &str) -> u64 {
    crate::domain::codes::list("urgency")
        .and_then(|list| list.get(urgency)?.attribute("due_days")?.parse().ok())
        .unwrap_or(15)
}

/// The same need told by two people: one goes on, the other is merged into it.
fn merged(file: &mut File<'_>, stream: &mut Stream, want: usize, mut need: Need) {
    let mut again = reported_need(file, stream, want, 1, 3);
    need.state = NeedState::ToVerify;
    verify(file, stream, &mut need);
    need.state = NeedState::InService;
    again.duplicate_reason = "邻里另行反映同一情况，已并入".to_owned();
    unlink(file, &mut again);
    again.source = Code::from("others_neighbour");
    again.state = NeedState::Merged;
    again.merged_into = Some(need.id);
    file.needs.extend([need, again]);
}

/// Something that the household may need and that is not like anything it needed before.
pub(super) fn choose(file: &File<'_>, stream: &mut Stream, range: std::ops::Range<usize>) -> Option<usize> {
    let (start, count) = (range.start, range.len());
    let first = stream.below(count as u32) as usize;
    // Small numbers and no common factor with the lists' lengths matter little here: every entry is looked at once.
    (0..count).map(|n| start + (first + n) % count).find(|&at| {
        let want = &WANTS[at];
        whom(file, want.whom).is_some() && !file.needs.iter().any(|need| is_like(need, want))
    })
}

/// What the duplicate check would say: same class of item, same words, or same field and service.
fn is_like(need: &Need, want: &Want) -> bool {
    if !need.item.is_empty() && !want.item.is_empty() {
        return need.item == want.item;
    }
    need.title == want.title || (need.field == want.field && need.service == want.service)
}

/// Who in the household may need it, by place.
pub(super) fn whom(file: &File<'_>, whom: Whom) -> Option<usize> {
    (0..file.people.len()).find(|&place| {
        let (age, body) = (file.people[place].age, &file.bodies[place]);
        match whom {
            Whom::Elder => age >= 62,
            Whom::Pupil => (6..15).contains(&age),
            Whom::Youth => (15..20).contains(&age),
            Whom::Disabled => {
                age >= 16 && (body.disability.is_some_and(|(class, level)| class == 4 && level <= 3) || age >= 84)
            }
            Whom::Ill => body.illness.is_some() && age >= 3,
            Whom::Worker => (20..58).contains(&age) && !body.severely_disabled(),
            Whom::Anybody => age >= 16,
        }
    })
}

/// A need as it was registered between `low` and `high` days ago, on a visit where there was one.
pub(super) fn reported_need(file: &mut File<'_>, stream: &mut Stream, want: usize, low: i64, high: i64) -> Need {
    let kind = &WANTS[want];
    let span = low..=high.min(file.known);
    let found_on = file.visits.iter().position(|visit| {
        let near = (file.demo.today - visit.at.date()).num_days();
        (span.contains(&near) || low == high && (near - low).abs() <= 6 && near > 0)
            && visit.result == VisitResult::Met
            && visit.needs.is_empty()
            && matches!(visit.mode.as_str(), "door" | "pairing")
    });
    let days_ago = match found_on {
        Some(visit) => (file.demo.today - file.visits[visit].at.date()).num_days(),
        None => stream.between(low, high.min(file.known).max(low)),
    };
    let at = match found_on {
        Some(visit) => Moment(file.visits[visit].at.0 + 12 * 60_000),
        None => file.at(days_ago, stream.between(8 * 60 + 30, 16 * 60 + 50)),
    };
    let id = NeedId::from(stream.id(at));
    let member = whom(file, kind.whom).unwrap_or(0);
    let mut need = Need {
        id,
        no: file.number(Series::Need, days_ago),
        household: file.household.id,
        member: Some(file.members[member].id),
        title: kind.title.to_owned(),
        detail: stream.pick(kind.detail).to_owned(),
        field: Code::from(kind.field),
        kind: Code::from(kind.kind),
        service: Code::from(kind.service),
        item: Code::from(kind.item),
        urgency: Code::from(urgency(stream, file, kind)),
        benefit_period: Code::from(kind.period),
        layer: Code::from(kind.layer),
        demand_side: Code::from(kind.side),
        quantity: 1,
        estimated: (kind.value.1 > 0).then(|| Fen(stream.between(kind.value.0, kind.value.1) / 10 * 1_000)),
        reported_at: at,
        reported_by: Some(file.grid_worker()),
        meta: file.meta(days_ago),
        ..Need::default()
    };
    need.meta.hlc = Hlc::at(at);
    match found_on {
        Some(visit) => {
            need.source = Code::from("others_visit");
            need.visit = Some(file.visits[visit].id);
            file.visits[visit].needs.push(id);
        }
        None => {
            need.source = Code::from(stream.weighted(&[
                ("others_cadre", 26),
                ("others_neighbour", 16),
                ("others_volunteer", 14),
                ("self_window", 14),
                ("self_hotline", 10),
                ("self_online", 12),
                ("others_org", 8),
            ]));
        }
    }
    need
}

/// Takes a need off the visit it was thought to be found on.
pub(super) fn unlink(file: &mut File<'_>, need: &mut Need) {
    if let Some(visit) = need.visit.take() {
        need.source = Code::from("others_cadre");
        file.visits.iter_mut().filter(|held| held.id == visit).for_each(|held| held.needs.retain(|id| *id != need.id));
    }
}

fn urgency(stream: &mut Stream, file: &File<'_>, want: &Want) -> &'static str {
    use crate::domain::risk::RiskGrade;
    match (want.layer, file.grade) {
        ("survival", RiskGrade::A) => stream.weighted(&[("1", 8), ("2", 30), ("3", 40), ("4", 22)]),
        ("survival", _) => stream.weighted(&[("1", 3), ("2", 17), ("3", 42), ("4", 38)]),
        _ => stream.weighted(&[("2", 4), ("3", 24), ("4", 72)]),
    }
}

const FOUND: &[&str] = &[
    "已入户看过，情况属实",
    "电话与本人核对，情况属实",
    "与村里核对，确有需要",
    "与户主和邻居核实，属实",
    "本人和家属均确认",
    "两名工作人员同往，情况属实",
];
const FOUND_THING: &[&str] =
    &["现场查看，旧物已不能用", "已比对发放记录，近期未领过同类物品", "家中确无此物", "原物是借来的，已归还"];
const FOUND_COST: &[&str] = &["查看了医院票据，金额相符", "与医保结算单核对，自付部分属实"];

/// What verifying a need found, in words that fit it.
fn findings(stream: &mut Stream, need: &Need) -> &'static str {
    match need.kind.as_str() {
        "medical_cost" => stream.pick(FOUND_COST),
        _ if !need.item.is_empty() && stream.percent(55) => stream.pick(FOUND_THING),
        _ => stream.pick(FOUND),
    }
}

/// Finds the need valid some days after it was registered, at the latest yesterday.
pub(super) fn verify(file: &File<'_>, stream: &mut Stream, need: &mut Need) {
    let reported = (file.demo.today - need.reported_at.date()).num_days();
    let at = if need.visit.is_some() && stream.percent(58) {
        Moment(need.reported_at.0 + 25 * 60_000)
    } else {
        let days_ago = (reported - stream.between(1, 4)).max(1);
        let earliest = if days_ago == reported { need.reported_at.0 + 30 * 60_000 } else { 0 };
        Moment(file.at(days_ago, stream.between(9 * 60, 17 * 60)).0.max(earliest))
    };
    need.state = NeedState::Valid;
    need.verified_at = Some(at);
    need.verified_by = Some(if stream.percent(70) { file.grid_worker() } else { file.team[2] });
    need.findings = findings(stream, need).to_owned();
    need.meta.hlc = need.meta.hlc.max(Hlc::at(at));
}

fn reject(file: &File<'_>, stream: &mut Stream, need: &mut Need) {
    verify(file, stream, need);
    need.state = NeedState::Invalid;
    let (reason, findings) = stream.pick(&[
        ("covered", "卫健部门已安排，不再重复受理"),
        ("untrue", "入户查看，所述物品尚可使用"),
        ("out_of_scope", "属邻里纠纷，已转村调解委员会"),
        ("duplicate", "与上月登记的为同一事项"),
        ("incomplete", "未能提供票据，待补齐后重新登记"),
    ]);
    need.reason = Code::from(reason);
    need.findings = findings.to_owned();
}

const THANKS: &[&str] =
    &["家属签字确认", "电话回访，本人说帮了大忙", "回访确认，困难已缓解", "本人确认，表示满意", "入户回访，本人确认"];
const THANKS_THING: &[&str] = &["本人确认已收到，东西好用", "当面试用，说正合用", "入户回访，东西在用"];
const THANKS_SERVICE: &[&str] = &["本人确认服务已到位", "本人说来的人有耐心，愿意继续", "家属确认，按约上门"];
/// Services that end with a payment or a repair, not with somebody's company.
const PAID_OR_BUILT: [&str; 4] = ["medical_advance", "policy_cash", "tuition_aid", "house_repair"];

/// What was said when a need was met, in words that fit it.
fn thanks(stream: &mut Stream, need: &Need) -> &'static str {
    let own_words = stream.percent(60);
    match need.item.is_empty() {
        false if own_words && need.item != "service" && need.item != "skill" => stream.pick(THANKS_THING),
        true if own_words && !PAID_OR_BUILT.contains(&need.service.as_str()) => stream.pick(THANKS_SERVICE),
        _ => stream.pick(THANKS),
    }
}

/// Closes the need by the beneficiary's word, or by two workers' where that cannot be had.
pub(super) fn confirm(file: &File<'_>, stream: &mut Stream, need: &mut Need, days_ago: i64) {
    let at = file.at(days_ago, stream.between(9 * 60, 17 * 60));
    let cannot = file.members.iter().any(|member| Some(member.id) == need.member && member.selfcare == "none");
    let two = cannot || stream.percent(5);
    need.state = if days_ago > 60 && stream.percent(62) { NeedState::Archived } else { NeedState::Confirmed };
    need.confirmed_at = Some(at);
    need.confirmed_how = Code::from(if two { "two_workers" } else { "beneficiary" });
    need.confirmed_by = if two { vec![file.grid_worker(), file.team[2]] } else { vec![file.grid_worker()] };
    need.confirmed_note = match two {
        true => "本人无法表达，两人同往查看，物品已在使用、服务已到位".to_owned(),
        false => thanks(stream, need).to_owned(),
    };
    need.meta.hlc = Hlc::at(at);
}

/// The kind of need that planted gifts to children are about.
pub(super) fn school_bag() -> usize {
    SCHOOL_BAG
}
