//! Visit notes, put together from what such notes speak of: who was there, health, the house, the season, money, kin, and
//! what was done. A few thousand different ones, short as a grid worker writes them.

use super::body::Course;
use super::file::File;
use super::plan::Planted;
use super::stream::Stream;
use super::words::*;
use crate::domain::visit::VisitResult;

/// What a note is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub mode: &'a str,
    pub result: VisitResult,
    pub month: u32,
    /// Code of the refusal's reason.
    pub reason: &'a str,
    /// How many visits came after this one.
    pub index: usize,
}

/// A note on a visit.
pub(super) fn write(file: &File<'_>, stream: &mut Stream, seen: Seen<'_>) -> String {
    if file.planted == Some(Planted::LockedIn) {
        return locked_in(stream, seen);
    }
    let mut note = String::with_capacity(120);
    match seen.result {
        VisitResult::Absent => add(&mut note, stream.pick(if seen.mode == "call" { NO_ANSWER } else { ABSENT })),
        VisitResult::Refused => {
            add(&mut note, stream.pick(refused(seen.reason)));
            if stream.percent(40) {
                add(
                    &mut note,
                    stream.pick(&[
                        "已说明来意",
                        "把联系卡塞进门缝",
                        "请邻居帮着留意",
                        "拟请熟人一同再来",
                        "一周后再访",
                    ]),
                );
            }
        }
        _ => met(file, stream, seen, &mut note),
    }
    note.push('。');
    note
}

fn met(file: &File<'_>, stream: &mut Stream, seen: Seen<'_>, note: &mut String) {
    let old = file.people[0].age >= 60;
    let child = file.people.iter().any(|person| (3..18).contains(&person.age));
    match seen.mode {
        "call" | "hotline" => add(note, stream.pick(BY_PHONE)),
        "alarm" => return add(note, stream.pick(BY_ALARM)),
        "kin" => return add(note, stream.pick(BY_KIN)),
        "third_party" => return add(note, stream.pick(BY_THIRD)),
        "pairing" => add(note, stream.pick(PAIRED)),
        _ => add(note, at_home(file, stream, old)),
    }
    let near = matches!(seen.mode, "door" | "pairing");
    if stream.percent(64) {
        health(file, stream, old, note);
    }
    if near && stream.percent(46) {
        add(note, stream.pick(HOME));
    }
    if child && stream.percent(48) {
        add(note, stream.pick(CHILD));
    }
    match stream.below(100) {
        0..22 => add(note, money(file, stream, old)),
        22..40 => add(note, kin(file, stream)),
        40..66 => add(note, season(stream, seen.month, near)),
        _ => {}
    }
    if near && stream.percent(38) {
        add(note, stream.pick(DONE));
    }
}

fn at_home(file: &File<'_>, stream: &mut Stream, old: bool) -> &'static str {
    let working = !matches!(file.members[0].employment.as_str(), "unable" | "unemployed" | "student" | "retired");
    let lines = match stream.below(3) {
        _ if old => OLD_AT_HOME,
        0 if file.people.len() > 1 => FAMILY_AT_HOME,
        1 if working => AT_WORK,
        _ => AT_HOME,
    };
    stream.pick(lines)
}

fn money(file: &File<'_>, stream: &mut Stream, old: bool) -> &'static str {
    let working = file.members.iter().any(|member| matches!(member.labour.as_str(), "full" | "partial"));
    let disabled = file.bodies.iter().any(|body| body.disability.is_some());
    let lines = match stream.below(2) {
        _ if file.household.monthly_amount.is_none() && !old => MONEY_WORK,
        0 => MONEY,
        _ if disabled => MONEY_DISABLED,
        _ if old => MONEY_OLD,
        _ if working => MONEY_WORK,
        _ => MONEY,
    };
    stream.pick(lines)
}

fn kin(file: &File<'_>, stream: &mut Stream) -> &'static str {
    // Who never married has no children in the register; young parents have theirs at home.
    let children_away = file.people[0].age >= 58 && file.people[0].marital != "10" && file.people.len() <= 2;
    if children_away && stream.percent(66) { stream.pick(CHILDREN_AWAY) } else { stream.pick(OTHER_KIN) }
}

fn health(file: &File<'_>, stream: &mut Stream, old: bool, note: &mut String) {
    let ill = file.bodies.iter().position(|body| body.illness.is_some());
    if let Some(place) = ill.filter(|_| stream.percent(42)) {
        let illness = file.bodies[place].illness.map_or("", |illness| illness.name);
        let who = if place == 0 { "" } else { file.members[place].name.as_str() };
        let how = match file.bodies[place].takes(Course::Grave) {
            true => stream.pick(&[
                "治疗中，精神差",
                "每周去医院两三次",
                "本月自付医药费较多",
                "刚做完一个疗程",
                "复查指标有波动",
            ]),
            false => {
                stream.pick(&["控制得住", "近来平稳", "药快用完，已提醒去配", "定期复查", "偶有反复", "比上月好些"])
            }
        };
        add(note, who);
        note.push_str(illness);
        note.push_str(how);
    } else if old && stream.percent(24) {
        let (high, low) = (stream.between(122, 168), stream.between(70, 98));
        add(note, "血压");
        note.push_str(&format!("{high}/{low}"));
    } else {
        add(note, stream.pick(if old { HEALTH_OLD } else { HEALTH_GENERAL }));
    }
}

fn season(stream: &mut Stream, month: u32, near: bool) -> &'static str {
    let (said, seen) = match month {
        12 | 1 | 2 => WINTER,
        3..=5 => SPRING,
        6..=9 => SUMMER,
        _ => AUTUMN,
    };
    if near && stream.percent(55) { stream.pick(seen) } else { stream.pick(said) }
}

/// The case of paper 003: kin shut a patient in until the clan had talked the mother round.
fn locked_in(stream: &mut Stream, seen: Seen<'_>) -> String {
    match seen.result {
        VisitResult::Met => [
            "出院回家第二周，睡眠好转，社工每周来一次。",
            "与母亲商定住院治疗，宗亲一同送医，费用先由救急难基金垫付。",
            "儿子服药后能坐下说话，铁链已拆，母亲情绪缓和。",
            "母亲同意开门，儿子已由精神科医生上门评估，开始服药。",
        ][seen.index.min(3)]
        .to_owned(),
        _ => stream
            .pick(&[
                "母亲把门反锁，称家丑不可外扬。屋内有人喊叫，判断儿子被锁在里间。",
                "隔窗劝说半小时，母亲仍不让进，宗亲长辈答应再劝。",
                "母亲怕儿子被带走，拒绝评估。请房族叔公继续做工作。",
                "送去米油，母亲收下但不开里屋。",
            ])
            .to_owned(),
    }
}

/// Adds a piece behind a comma; after two commas a full stop.
fn add(note: &mut String, piece: &str) {
    if !note.is_empty() {
        let commas = note.chars().rev().take_while(|c| *c != '。').filter(|c| *c == '，').count();
        note.push(if commas >= 2 { '。' } else { '，' });
    }
    note.push_str(piece);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_joined_as_sentences() {
        let mut note = String::new();
        for piece in ["甲", "乙", "丙", "丁", "戊"] {
            add(&mut note, piece);
        }
        assert_eq!(note, "甲，乙，丙。丁，戊");
    }
}
