//! Visits: a history that keeps to the risk grade's interval, with the lateness, the empty houses and the refusals of
//! real work, and the next due date that the day's agenda rests on.

use chrono::{Datelike, Duration};

use super::body::Course;
use super::file::File;
use super::member::phone;
use super::notes;
use super::plan::{Agenda, Planted};
use super::stream::{Stream, Topic};
use crate::domain::change::FieldChange;
use crate::domain::codes::Code;
use crate::domain::id::VisitId;
use crate::domain::params;
use crate::domain::record::{Kind, RecordKey};
use crate::domain::risk::RiskGrade;
use crate::domain::value::Value;
use crate::domain::visit::{Observed, Visit, VisitResult};

/// Something that happened on a day, before it is a record.
#[derive(Debug, Clone, Copy)]
struct Event {
    days_ago: i64,
    result: VisitResult,
}

/// Writes the household's visits, newest first.
pub(super) fn write(file: &mut File<'_>) {
    let mut stream = Stream::of(file.demo.seed, Topic::Visit, file.n as u64);
    let rules = params::on(file.demo.today);
    let interval = i64::from(rules.visit_interval_days(file.grade.code()));
    let retry = i64::from(rules.visit_retry_days());
    let mut events = history(file, &mut stream, interval);
    if file.planted == Some(Planted::LockedIn) {
        // Refused again and again, until the clan had talked the mother round.
        events.iter_mut().skip(4).for_each(|event| event.result = VisitResult::Refused);
    }
    let mut visits = Vec::with_capacity(events.len());
    for (index, event) in events.iter().enumerate() {
        let next = match event.result {
            VisitResult::Absent | VisitResult::Refused => retry,
            _ => interval,
        };
        visits.push(visit(file, &mut stream, *event, next, index));
    }
    file.visits = visits;
    if stream.percent(7) {
        phone_changed(file, &mut stream);
    }
}

/// The visits' days and results, newest first.
fn history(file: &File<'_>, stream: &mut Stream, interval: i64) -> Vec<Event> {
    let wanted = match file.planted {
        Some(Planted::Person(0)) => 46,
        _ => stream.between(17, 23) as usize,
    };
    let met = |days_ago| Event { days_ago, result: VisitResult::Met };
    let mut events = Vec::with_capacity(wanted + 1);
    let last_met = match file.agenda {
        _ if file.planted == Some(Planted::Stale) => stream.between(400, 640),
        Agenda::Ahead => stream.between(1, interval - 1),
        Agenda::Today => interval,
        Agenda::Overdue => {
            interval
                + match file.grade {
                    RiskGrade::A => stream.between(1, 4),
                    RiskGrade::B => stream.between(2, 12),
                    RiskGrade::C => stream.between(3, 30),
                }
        }
        Agenda::Retry => {
            let days_ago = stream.between(1, 3);
            events.push(Event { days_ago, result: VisitResult::Absent });
            days_ago + interval - stream.between(0, interval / 6)
        }
        Agenda::AfterRefusal => {
            let days_ago = stream.between(1, 2);
            events.push(Event { days_ago, result: VisitResult::Refused });
            days_ago + interval - stream.between(0, interval / 6)
        }
    };
    let mut day = last_met.min(file.known);
    events.push(met(day));
    while events.len() < wanted && day < file.known {
        if stream.percent(5) && day + 3 < file.known {
            // Nobody at home first; met on the second attempt.
            day += stream.between(1, 3);
            events.push(Event { days_ago: day, result: VisitResult::Absent });
        } else if stream.per_mille(16) && day + 9 < file.known {
            day += stream.between(2, 9);
            events.push(Event { days_ago: day, result: VisitResult::Refused });
        }
        day += gap(stream, interval);
        if day > file.known {
            break;
        }
        events.push(met(day));
    }
    events
}

/// Days between two visits: mostly on the day or a little early, sometimes late.
fn gap(stream: &mut Stream, interval: i64) -> i64 {
    let lateness = match stream.below(100) {
        0..62 => -stream.between(0, interval / 7),
        62..90 => stream.between(1, (interval / 8).max(1)),
        _ => stream.between(1, interval / 3),
    };
    (interval + lateness).max(2)
}

fn visit(file: &File<'_>, stream: &mut Stream, event: Event, next: i64, index: usize) -> Visit {
    let at = file.at(event.days_ago, stream.between(8 * 60 + 10, 17 * 60 + 20));
    let mode = mode(stream, file, event.result);
    let date = file.date(event.days_ago);
    let mut visit = Visit {
        id: VisitId::from(stream.id(at)),
        meta: file.meta(event.days_ago),
        household: file.household.id,
        at,
        minutes: match (event.result, mode) {
            (VisitResult::Met, "door" | "pairing") => stream.between(12, 55) as u16,
            (VisitResult::Met, _) => stream.between(3, 14) as u16,
            _ => stream.between(2, 10) as u16,
        },
        mode: Code::from(mode),
        result: event.result,
        visitors: vec![file.grid_worker()],
        next_due: Some(date + Duration::days(next)),
        ..Visit::default()
    };
    visit.meta.hlc = crate::domain::moment::Hlc::at(at);
    if matches!(mode, "door" | "pairing") {
        company(&mut visit, file, stream);
    }
    match event.result {
        VisitResult::Met => visit.language = Code::from(language(stream, file)),
        VisitResult::Refused => refusal(&mut visit, file, stream),
        _ => {}
    }
    let seen =
        notes::Seen { mode, result: event.result, month: date.month(), reason: visit.refusal_reason.as_str(), index };
    visit.note = notes::write(file, stream, seen);
    visit
}

fn mode(stream: &mut Stream, file: &File<'_>, result: VisitResult) -> &'static str {
    match (result, file.grade) {
        (VisitResult::Absent, _) => stream.weighted(&[("door", 82), ("call", 18)]),
        (VisitResult::Refused, _) => "door",
        (_, RiskGrade::A) => stream.weighted(&[
            ("door", 56),
            ("call", 18),
            ("pairing", 10),
            ("kin", 7),
            ("alarm", 5),
            ("third_party", 3),
            ("hotline", 1),
        ]),
        _ => stream.weighted(&[("door", 74), ("call", 13), ("pairing", 7), ("kin", 4), ("third_party", 2)]),
    }
}

/// Who went along (祝建华: 助联体+村社干部、党员、社工、网格员、志愿者).
fn company(visit: &mut Visit, file: &File<'_>, stream: &mut Stream) {
    for (helper, percent) in [(0, 12), (1, 6), (2, 24), (4, 10)] {
        if stream.percent(percent) && !visit.visitors.contains(&file.team[helper]) {
            visit.visitors.push(file.team[helper]);
        }
    }
    if stream.percent(7) {
        visit.companions = stream
            .pick(&["村医", "镇卫生院家庭医生", "驻村干部", "爱心企业志愿者两名", "残联康复指导员", "镇民政助理"])
            .to_owned();
    }
}

fn language(stream: &mut Stream, file: &File<'_>) -> &'static str {
    let head = &file.members[0];
    let deaf = file.bodies[0].disability.is_some_and(|(class, level)| class == 2 && level <= 2);
    let unclear = file.bodies[0].disability.is_some_and(|(class, level)| matches!(class, 5 | 6) && level <= 2)
        || file.bodies[0].takes(Course::Dementia);
    match file.people[0].age {
        _ if deaf => stream.weighted(&[("sign", 55), ("interpreted", 25), ("dialect", 20)]),
        _ if unclear => stream.weighted(&[("interpreted", 66), ("dialect", 34)]),
        _ if head.ethnic != "01" => stream.weighted(&[("minority", 34), ("dialect", 36), ("putonghua", 30)]),
        65.. => stream.weighted(&[("dialect", 84), ("putonghua", 16)]),
        _ => stream.weighted(&[("dialect", 46), ("putonghua", 54)]),
    }
}

fn refusal(visit: &mut Visit, file: &File<'_>, stream: &mut Stream) {
    let locked_in = file.planted == Some(Planted::LockedIn);
    let reason = match locked_in {
        true => stream.weighted(&[("family_objects", 70), ("shame", 30)]),
        false => stream.weighted(&[
            ("busy", 30),
            ("no_need", 20),
            ("privacy", 15),
            ("shame", 12),
            ("distrust", 9),
            ("family_objects", 8),
            ("mental_state", 6),
        ]),
    };
    visit.refusal_reason = Code::from(reason);
    if locked_in || stream.percent(52) {
        visit.mediator = stream
            .pick(&["宗亲长辈", "房族叔公", "村妇女主任", "邻居阿婆", "村支书", "户主姐姐", "老人协会会长"])
            .to_owned();
    }
}

/// At one of the visits a new telephone number was found out.
fn phone_changed(file: &mut File<'_>, stream: &mut Stream) {
    let record = RecordKey { kind: Kind::Household, id: file.household.id.into() };
    let now = file.household.phone.clone();
    let seen = |visit: &&mut Visit| visit.result == VisitResult::Met && visit.mode == "door";
    let Some(visit) = file.visits.iter_mut().find(seen).filter(|_| !now.is_empty()) else { return };
    let change = FieldChange { field: "phone".to_owned(), before: Value::Text(phone(stream)), after: Value::Text(now) };
    visit.changes.push(Observed { record, change });
    visit.note.push_str("联系电话有变，已更新。");
}
