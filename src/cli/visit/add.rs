//! `visit add`

use serde_json::json;

use crate::cli::household::facts;
use crate::cli::{Fault, Io, Outcome, Run, ids, view, words};
use crate::desk::Desk;
use crate::domain::command::Command;
use crate::domain::due;
use crate::domain::id::HouseholdId;
use crate::domain::need::Need;
use crate::domain::risk::RiskGrade;
use crate::domain::visit::{Visit, VisitResult};
use crate::i18n::cli as say;
use crate::replica::projection::grade_letter;

/// Logs a visit and prints its id
///
/// A refusal or an empty house is a visit too. What is not given is filled in: now, yourself as visitor, and the next
/// due date by the household's risk grade.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// The household: id, beginning of an id, archive number
    #[arg(long, value_name = "ID")]
    household: String,
    /// How: door, call, third_party, pairing, kin, alarm, hotline
    #[arg(long, value_name = "MODE", default_value = "door")]
    mode: String,
    /// What came of it: met, absent, refused, moved, deceased
    #[arg(long, value_name = "RESULT")]
    result: String,
    /// What was seen and said
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// A need found on the spot, with its field of service after a colon; may be given several times
    #[arg(long, value_name = "TITLE[:FIELD]")]
    need: Vec<String>,
    /// A fact found changed: household field, or MEMBER.FIELD; may be given several times
    #[arg(long, value_name = "[MEMBER.]FIELD=VALUE")]
    set: Vec<String>,
    /// When it was, if not now: 2026-11-22, "2026-11-22 08:30"
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// How long, in minutes
    #[arg(long, value_name = "N")]
    minutes: Option<u16>,
    /// When the next visit is due: a date, or +7 days
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    next_due: Option<String>,
    /// Language spoken: putonghua, dialect, minority, sign, interpreted
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// Another worker who came along: id or name; may be given several times
    #[arg(long = "with", value_name = "WORKER")]
    with: Vec<String>,
    /// Others who came along
    #[arg(long, value_name = "NAMES")]
    companions: Option<String>,
    /// Why the visit was refused
    #[arg(long, value_name = "REASON")]
    refusal_reason: Option<String>,
    /// Who mediated
    #[arg(long, value_name = "NAME")]
    mediator: Option<String>,
}

impl Run for Add {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let household = ids::household(desk, &self.household)?;
        let visit = self.visit(desk, household, io)?;
        let needs = self.needs(desk, household, io)?;
        let amendments = facts::amendments(desk, household, &self.set, io)?;
        let found: Vec<_> =
            needs.iter().map(|need| json!({"id": need.id, "no": need.no, "title": need.title})).collect();
        let (id, next_due) = (visit.id, visit.next_due);
        let committed = desk.commit(Command::LogVisit { visit: Box::new(visit), amendments, needs })?;
        let value = json!({
            "id": id,
            "household": household,
            "seq": committed.id.seq,
            "next_due": next_due,
            "needs": found,
        });
        let head = {
            let memory = desk.replica().read();
            memory.household(household).map(|row| view::household(&memory, &row)).unwrap_or_default()
        };
        let head = head.get("head").and_then(|head| head.as_str()).unwrap_or_default().to_owned();
        let next_due = next_due.map(|date| date.to_string()).unwrap_or_else(|| "—".to_owned());
        io.answer(&value, say::visit_logged(io.lang, &id.to_string(), &head, &next_due))
    }
}

impl Add {
    fn visit(&self, desk: &Desk, household: HouseholdId, io: &Io<'_>) -> Result<Visit, Fault> {
        let mut visit = desk.new_visit(household, io.now);
        visit.mode = words::code(Visit::TABLE, "mode", &self.mode)?;
        let result = words::code(Visit::TABLE, "result", &self.result)?;
        // Every entry of the list is a variant of the type; a test of the type holds them together.
        visit.result = VisitResult::from_code(result.as_str()).unwrap_or_default();
        if let Some(at) = &self.at {
            visit.at = words::moment("at", at, io.now)?;
        }
        visit.minutes = self.minutes.unwrap_or_default();
        for name in &self.with {
            let worker = ids::worker(desk, name, "with")?;
            if !visit.visitors.contains(&worker) {
                visit.visitors.push(worker);
            }
        }
        for (field, typed) in [
            ("note", &self.note),
            ("language", &self.language),
            ("companions", &self.companions),
            ("refusal_reason", &self.refusal_reason),
            ("mediator", &self.mediator),
        ] {
            if let Some(typed) = typed {
                let value = words::value(Visit::TABLE, field, typed, io.now)?;
                words::put(&mut visit, field, value)?;
            }
        }
        visit.next_due = match &self.next_due {
            Some(typed) => Some(words::date("next_due", typed, io.now)?),
            None => {
                let grade = desk.replica().read().household(household).map_or(2, |row| row.fixed().grade);
                let grade = RiskGrade::from_code(grade_letter(grade)).unwrap_or(RiskGrade::C);
                due::propose(visit.at.date(), visit.result.code(), grade)
            }
        };
        Ok(visit)
    }

    fn needs(&self, desk: &Desk, household: HouseholdId, io: &Io<'_>) -> Result<Vec<Need>, Fault> {
        self.need
            .iter()
            .map(|typed| {
                let (title, field) = match typed.rsplit_once([':', '：']) {
                    Some((title, field)) => (title, Some(field)),
                    None => (typed.as_str(), None),
                };
                let mut need = desk.new_need(household, io.now);
                words::put(&mut need, "title", words::value(Need::TABLE, "title", title, io.now)?)?;
                need.field = match field {
                    Some(field) => words::code(Need::TABLE, "field", field)?,
                    None => Desk::field_of_need(&need.kind, &need.title),
                };
                need.source = "others_visit".into();
                Ok(need)
            })
            .collect()
    }
}
