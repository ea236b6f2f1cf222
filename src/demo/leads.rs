//! Leads: signs that somebody may need help, from neighbours, from data, from the people themselves.

use super::Demo;
use super::file::File;
use super::member::phone;
use super::names;
use super::stream::{Stream, Topic};
use crate::domain::codes::Code;
use crate::domain::id::LeadId;
use crate::domain::id_number::Sex;
use crate::domain::lead::{Lead, LeadState};
use crate::domain::moment::{Hlc, Moment};
use crate::domain::numbering::{self, Series};
use crate::domain::visit::VisitResult;

/// How a lead came, who told, and what.
struct Source {
    channel: &'static str,
    role: &'static str,
    weight: u32,
    about_household: &'static [&'static str],
    about_stranger: &'static [&'static str],
}

const SOURCES: &[Source] = &[
    Source {
        channel: "screening_data",
        role: "screening",
        weight: 24,
        about_household: &[
            "数据比对：家庭成员上月新增住院记录",
            "数据比对：残疾等级有变更",
            "数据比对：就业登记状态由在职转为失业",
        ],
        about_stranger: &[
            "数据比对：未在册人员连续三月无社保缴纳且有住院记录",
            "数据比对：新办一级残疾证，未享受任何救助",
        ],
    },
    Source {
        channel: "screening_cost",
        role: "screening",
        weight: 14,
        about_household: &["医保结算：年内自付医疗费超过预警线", "医保结算：近两月自付费用明显增加"],
        about_stranger: &["医保结算：年内自付医疗费超过预警线，未在册", "医保结算：患者为外地户籍，自付比例高"],
    },
    Source {
        channel: "screening_device",
        role: "screening",
        weight: 4,
        about_household: &["水表连续三日未走字", "一键呼叫器夜间触发两次"],
        about_stranger: &[],
    },
    Source {
        channel: "others_neighbour",
        role: "neighbour",
        weight: 22,
        about_household: &["邻居反映几天没见人出门", "邻居反映老人摔了一跤，走路更慢", "邻里说最近家里常有争吵声"],
        about_stranger: &["隔壁租户一家三口断了收入，孩子还小", "村尾老屋住着一位老人，子女多年未回"],
    },
    Source {
        channel: "others_neighbour",
        role: "clan_observer",
        weight: 8,
        about_household: &["宗亲反映户主住院，家中孩子无人照看"],
        about_stranger: &["民情观察员反映，堂侄车祸后借债治疗"],
    },
    Source {
        channel: "others_cadre",
        role: "village_cadre",
        weight: 12,
        about_household: &["村干部反映房屋墙体开裂", "村里排查发现取暖用炭盆，不安全"],
        about_stranger: &["村里排查发现一户因火灾暂住祠堂"],
    },
    Source {
        channel: "self_hotline",
        role: "self",
        weight: 8,
        about_household: &["本人来电，问医药费能否再报一部分", "来电说救助金未到账"],
        about_stranger: &["来电求助，丈夫手术费不够"],
    },
    Source {
        channel: "self_online",
        role: "self",
        weight: 8,
        about_household: &["线上自报，希望申请孩子学费资助"],
        about_stranger: &["线上自报，失业半年，房租欠两个月", "线上自报，独自带两个孩子，无固定收入"],
    },
    Source {
        channel: "others_org",
        role: "school",
        weight: 4,
        about_household: &["学校反映孩子近来常缺课"],
        about_stranger: &["学校反映一名学生初三后未再入学"],
    },
];

/// Leads about a household on the register; most households have none.
pub(super) fn write(file: &mut File<'_>) {
    let mut stream = Stream::of(file.demo.seed, Topic::Lead, file.n as u64);
    let state = match stream.below(1_000) {
        0..14 => LeadState::Open,
        14..44 => LeadState::Verified,
        44..58 => LeadState::Rejected,
        _ => return,
    };
    if file.known < 120 || file.planted.is_some_and(|planted| planted.has_own_story()) {
        return;
    }
    let source = source(&mut stream, |source| source.about_household);
    let reported = match state {
        LeadState::Open => stream.between(1, 4),
        _ => stream.between(8, 90),
    };
    let at = file.at(reported, stream.between(8 * 60, 18 * 60));
    let mut lead = told(&mut stream, source, source.about_household, at);
    lead.no = file.number(Series::Lead, reported);
    lead.household = Some(file.household.id);
    lead.subject = file.members[0].name.clone();
    lead.region = file.household.region.clone();
    lead.address = file.household.address.clone();
    lead.reported_by = Some(file.grid_worker());
    lead.meta = file.meta(reported);
    lead.meta.hlc = Hlc::at(at);
    if state != LeadState::Open {
        settle(file, &mut stream, &mut lead, state, reported);
    }
    file.leads.push(lead);
}

/// A lead about the locked-up patient, found true on the first visit that was let in.
pub(super) fn locked_in(file: &mut File<'_>, stream: &mut Stream, days_ago: i64) {
    let days_ago = days_ago + 2;
    let at = file.at(days_ago, 9 * 60);
    let source = &SOURCES[3];
    let mut lead = told(stream, source, &["邻居反映屋内常有喊叫声，门从外面上锁，疑有病人被关"], at);
    lead.no = file.number(Series::Lead, days_ago);
    lead.household = Some(file.household.id);
    lead.subject = file.members[0].name.clone();
    lead.region = file.household.region.clone();
    lead.address = file.household.address.clone();
    lead.reported_by = Some(file.grid_worker());
    lead.meta = file.meta(days_ago);
    let met = file.visits.iter().rev().find(|visit| visit.result == VisitResult::Met).map(|visit| (visit.id, visit.at));
    if let Some((visit, at)) = met {
        lead.state = LeadState::Verified;
        lead.visit = Some(visit);
        lead.settled_at = Some(Moment(at.0 + 3_600_000));
        lead.settled_by = Some(file.grid_worker());
        lead.outcome = "经宗亲劝说后入户，见到患者本人，已请精神科医生评估".to_owned();
        lead.meta.hlc = Hlc::at(Moment(at.0 + 3_600_000));
    }
    file.leads.push(lead);
}

/// Number of leads about people who are not on the register.
pub(super) fn strays(demo: &Demo) -> usize {
    demo.size.scaled(2_000) as usize
}

/// A lead about somebody who is not on the register.
pub(super) fn stray(demo: &Demo, number: usize) -> Lead {
    let mut stream = Stream::of(demo.seed, Topic::StrayLead, number as u64);
    let village_index = number * demo.places.villages.len() / strays(demo).max(1);
    let village = &demo.places.villages[village_index];
    let source = source(&mut stream, |source| source.about_stranger);
    let by_data = source.role == "screening";
    // A data lead is settled by a visit, and a stranger has no file for it.
    let state = match number % 10 {
        0..6 => LeadState::Open,
        6 | 7 => LeadState::Rejected,
        _ if by_data => LeadState::Open,
        _ => LeadState::Verified,
    };
    let reported = if state == LeadState::Open { stream.between(1, 6) } else { stream.between(6, 80) };
    let at = demo.at(reported, stream.between(8 * 60, 18 * 60));
    let mut lead = told(&mut stream, source, source.about_stranger, at);
    let (sex, age) = if stream.percent(50) { (Sex::Male, 52) } else { (Sex::Female, 47) };
    let surname = names::surname(&mut stream);
    lead.subject = names::full(&mut stream, surname, sex, age);
    lead.region = demo.places.grid(village_index, 1);
    lead.address = format!("{}{}{}号", demo.places.towns[village.town].name, village.name, stream.between(1, 236));
    lead.phone = phone(&mut stream);
    let worker = demo.grid_worker(village_index);
    lead.reported_by = Some(worker);
    lead.meta.rev = 1;
    lead.meta.by = worker;
    lead.meta.hlc = Hlc::at(at);
    // Numbers of strays stand behind those of the village's households.
    let device = demo.device(village_index);
    lead.no = numbering::number(Series::Lead, &lead.region, at.date(), device, 9_000 + number as u64 % 900);
    if state != LeadState::Open {
        lead.state = state;
        lead.settled_at = Some(Moment(at.0 + stream.between(1, 3) * 86_400_000));
        lead.settled_by = Some(worker);
        lead.outcome = outcome(&mut stream, &mut lead, state);
        lead.meta.hlc = Hlc::at(lead.settled_at.unwrap_or(at));
    }
    lead
}

fn source(stream: &mut Stream, texts: impl Fn(&Source) -> &'static [&'static str]) -> &'static Source {
    let weight = |source: &Source| if texts(source).is_empty() { 0 } else { source.weight };
    let mut at = stream.below(SOURCES.iter().map(weight).sum());
    for source in SOURCES {
        if at < weight(source) {
            return source;
        }
        at -= weight(source);
    }
    &SOURCES[0] // the weights are not all zero
}

fn told(stream: &mut Stream, source: &Source, texts: &[&str], at: Moment) -> Lead {
    let by_data = source.role == "screening";
    let reporter = match source.role {
        "screening" | "self" | "school" => String::new(),
        _ => {
            let surname = names::surname(stream);
            names::full(stream, surname, Sex::Female, 55)
        }
    };
    Lead {
        id: LeadId::from(stream.id(at)),
        channel: Code::from(source.channel),
        reporter_role: Code::from(source.role),
        reporter_phone: if by_data || reporter.is_empty() { String::new() } else { phone(stream) },
        reporter,
        content: stream.pick(texts).to_owned(),
        reported_at: at,
        ..Lead::default()
    }
}

/// Settles a lead on the first visit after it; one that no visit followed stays open.
fn settle(file: &File<'_>, stream: &mut Stream, lead: &mut Lead, state: LeadState, reported: i64) {
    let after = file.visits.iter().rev().find(|visit| visit.result == VisitResult::Met && visit.at > lead.reported_at);
    let by_data = lead.channel.as_str().starts_with("screening");
    if by_data && after.is_none() {
        return;
    }
    let settled = match after {
        Some(visit) => Moment(visit.at.0 + 2 * 3_600_000),
        None => file.at((reported - stream.between(1, 3)).max(1), 16 * 60),
    };
    lead.state = state;
    lead.visit = after.map(|visit| visit.id);
    lead.settled_at = Some(settled);
    lead.settled_by = Some(file.grid_worker());
    lead.outcome = outcome(stream, lead, state);
    lead.meta.hlc = Hlc::at(settled);
}

fn outcome(stream: &mut Stream, lead: &mut Lead, state: LeadState) -> String {
    if state == LeadState::Rejected {
        let (reason, outcome) = stream.pick(&[
            ("untrue", "入户查看，人在家，情况正常"),
            ("covered", "民政部门已受理，不再重复登记"),
            ("duplicate", "与前日线索为同一事"),
            ("unreachable", "所留电话为空号，村里无此人"),
        ]);
        lead.reason = Code::from(reason);
        return outcome.to_owned();
    }
    stream.pick(&["入户核实属实，已登记需求", "核实属实，已告知政策并协助申请", "属实，已请村医和社工跟进"]).to_owned()
}
