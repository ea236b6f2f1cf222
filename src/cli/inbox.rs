//! `inbox`

use serde_json::{Value as Json, json};

use super::{CliError, Io, Outcome, Run, view};
use crate::desk::Desk;
use crate::domain::conflict::{Choice, Conflict};
use crate::domain::display;
use crate::domain::field::Field;
use crate::domain::id::{ConflictId, WorkerId};
use crate::domain::moment::Moment;
use crate::domain::record::RecordKey;
use crate::domain::refusal::Reason;
use crate::domain::wish::WishState;
use crate::i18n::{Explain as _, Lang, cli as say, domain};
use crate::replica::pools::WishRow;
use crate::replica::sync::{InboxEntry, OpenConflict};
use crate::sync::protocol::{Lost, Outcome as Verdict};

/// Lists what waits for an answer, with what to do next
///
/// These are claims that no server has confirmed, fulfilled wishes that the beneficiary has not confirmed yet, refused
/// commands, lost claims (who holds the wish, since when, and three like it), and conflicts. Nothing leaves by itself.
#[derive(Debug, clap::Args)]
pub struct Inbox {
    /// The refused command of that number was seen to and leaves the inbox
    #[arg(long, value_name = "SEQ", conflicts_with = "settle")]
    seen: Option<u64>,
    /// Settles the conflict of that id
    #[arg(long, value_name = "ID", requires = "choice")]
    settle: Option<String>,
    /// What shall hold: keep_held, take_offered or noted
    #[arg(long, value_name = "CHOICE", requires = "settle")]
    choice: Option<String>,
    /// Why, in words
    #[arg(long, value_name = "TEXT", default_value = "")]
    remark: String,
}

impl Run for Inbox {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match (self.seen, &self.settle) {
            (Some(seq), _) => {
                let held = desk.replica().inbox()?.iter().any(|entry| entry.envelope.id.seq == seq);
                if !held {
                    let expected = ("待办中的操作序号", "the number of a command in the inbox");
                    return Err(CliError::Value { option: "seen", value: seq.to_string(), expected }.into());
                }
                desk.replica().seen(seq)?;
                io.answer(&json!({"seen": seq}), say::inbox_seen(io.lang, seq))
            }
            (None, Some(id)) => self.settle(desk, io, id),
            (None, None) => list(desk, io),
        }
    }
}

impl Inbox {
    fn settle(&self, desk: &Desk, io: &mut Io<'_>, id: &str) -> Outcome {
        let text = self.choice.as_deref().unwrap_or_default();
        let choice = Choice::from_code(text).ok_or_else(|| CliError::Value {
            option: "choice",
            value: text.to_owned(),
            expected: ("keep_held、take_offered 或 noted", "keep_held, take_offered or noted"),
        })?;
        let id: ConflictId = id.parse().map_err(|_| CliError::Value {
            option: "settle",
            value: id.to_owned(),
            expected: ("冲突编号", "the id of a conflict"),
        })?;
        let open = desk.replica().open_conflicts()?;
        let found = open.iter().find(|open| open.conflict.id == id);
        let found = found.ok_or(Reason::NotFound { kind: crate::domain::record::Kind::Conflict })?;
        desk.settle(found, choice, &self.remark)?;
        io.answer(&json!({"conflict": id, "choice": choice.code()}), say::inbox_settled(io.lang, &id.to_string()))
    }
}

fn list(desk: &Desk, io: &mut Io<'_>) -> Outcome {
    let lang = io.lang;
    let (conflicts, commands) = desk.letters()?;
    let mut items: Vec<Json> = commands.iter().map(|entry| of_entry(entry, lang)).collect();
    items.extend(conflicts.iter().map(|open| of_conflict(open, desk, lang)));
    let mut waits: Vec<Json> = {
        let memory = desk.replica().read();
        memory.pools.wishes.iter().flat_map(|wish| waiting(wish, lang)).collect()
    };
    waits.sort_by_key(|item| item["by"].as_str().unwrap_or_default().to_owned());
    items.append(&mut waits);
    for item in &items {
        if io.json {
            io.value(item)?;
            continue;
        }
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        io.line(format!("{}  {}", text("no"), text("message")).trim())?;
        let next = item["next"].as_array().into_iter().flatten().filter_map(Json::as_str);
        for line in std::iter::once(text("remedy").as_str()).chain(next).filter(|line| !line.is_empty()) {
            io.line(format!("    {line}"))?;
        }
    }
    if items.is_empty() {
        io.remark(say::inbox_empty(lang));
    }
    if desk.replica().enrolment().is_none() {
        io.remark(say::inbox_alone(lang));
    }
    Ok(())
}

/// A command that does not stand as it was meant.
fn of_entry(entry: &InboxEntry, lang: Lang) -> Json {
    let seq = entry.envelope.id.seq;
    let name = entry.envelope.command.name();
    let what = domain::command(lang, name);
    let done = say::inbox_refused_next(lang, seq);
    match &entry.outcome {
        Verdict::Refused { told, also, lost_claim } => {
            let mut item = json!({
                "kind": "refused",
                "code": told.code,
                "field": told.field,
                "seq": seq,
                "command": name,
                "at": entry.envelope.at.to_rfc3339(),
                "message": say::inbox_refused(lang, what, seq, &told.message(lang)),
                "remedy": told.remedy(lang),
                "also": also.iter().map(|told| told.message(lang)).collect::<Vec<_>>(),
                "next": [done],
            });
            if let Some(lost) = lost_claim {
                let since = lost.since.to_minute();
                item["kind"] = json!("lost_claim");
                item["wish"] = json!(lost.wish);
                item["holder"] = json!(lost.holder);
                item["since"] = json!(lost.since.to_rfc3339());
                item["similar"] = json!(lost.similar);
                item["message"] = json!(say::inbox_lost(lang, &lost.holder, &since));
                let similar = lost.similar.iter().map(|wish| say::inbox_similar(lang, &wish.no, &wish.card_text));
                item["next"] = similar.chain([done]).collect();
            }
            item
        }
        Verdict::Merged { lost } => {
            let fields: Vec<String> = lost.iter().map(|lost| label(lost, lang)).collect();
            json!({
                "kind": "overtaken",
                "code": "field.overtaken",
                "field": lost.first().map(|lost| lost.field.clone()),
                "seq": seq,
                "command": name,
                "at": entry.envelope.at.to_rfc3339(),
                "message": say::inbox_overtaken(lang, what, seq, &fields.join(lang.pick("、", ", "))),
                "remedy": say::inbox_overtaken_remedy(lang),
                "next": [done],
            })
        }
        Verdict::Applied => Json::Null,
    }
}

/// Both sides of a conflict, masked.
fn of_conflict(open: &OpenConflict, desk: &Desk, lang: Lang) -> Json {
    let conflict = &open.conflict;
    let Conflict { id, about, field, .. } = conflict;
    let (held, offered) = display::sides(conflict, lang);
    let memory = desk.replica().read();
    let author = |worker: Option<WorkerId>, at: Option<Moment>| {
        let name = worker.map(|worker| memory.reference.worker_name(worker).to_owned()).unwrap_or_default();
        format!("{name} {}", at.map(Moment::to_minute).unwrap_or_default()).trim().to_owned()
    };
    let held_by = author(conflict.held_by, conflict.held_at);
    let offered_by = author(conflict.offered_by, conflict.offered_at);
    let subject = display::subject(conflict, lang);
    let is_fact = matches!(conflict.kind.as_str(), "stale_value" | "removed_record");
    let told = if is_fact { say::inbox_conflict } else { say::inbox_conflict_other };
    let message = told(lang, &subject, &held, &held_by, &offered, &offered_by);
    let next = (conflict.kind.as_str() == "duplicate_delivery").then(|| say::inbox_duplicates(lang));
    json!({
        "kind": "conflict",
        "code": "conflict.open",
        "conflict": id,
        "conflict_kind": conflict.kind,
        "household": open.household,
        "record": about,
        "other": conflict.other,
        "field": field,
        "held": {"value": held, "by": conflict.held_by, "at": conflict.held_at.map(|at| at.to_rfc3339())},
        "offered": {"value": offered, "by": conflict.offered_by, "at": conflict.offered_at.map(|at| at.to_rfc3339())},
        "message": message,
        "remedy": say::inbox_conflict_remedy(lang, &id.to_string()),
        "next": next.into_iter().collect::<Vec<_>>(),
    })
}

fn field_of(record: RecordKey, name: &str) -> Option<&'static Field> {
    record.kind.table().fields.iter().find(|field| field.name == name)
}

fn label(lost: &Lost, lang: Lang) -> String {
    field_of(lost.record, &lost.field).map_or_else(|| lost.field.clone(), |field| field.label(lang).to_owned())
}

/// What waits about a wish.
fn waiting(wish: &WishRow, lang: Lang) -> Vec<Json> {
    let mut items = Vec::new();
    if let Some(claim) = wish.claim.as_ref().filter(|_| wish.is_tentative()) {
        items.push(json!({
            "kind": "tentative_claim",
            "code": "claim.tentative",
            "wish": wish.id,
            "claim": claim.id,
            "no": wish.no(),
            "card_text": wish.card_text(),
            "by": view::day(claim.contact_by),
            "message": say::inbox_tentative(lang, wish.card_text(), &view::day_text(claim.contact_by)),
            "remedy": say::inbox_tentative_remedy(lang, wish.no()),
        }));
    }
    if wish.state == WishState::Fulfilled {
        items.push(json!({
            "kind": "to_confirm",
            "code": "wish.to_confirm",
            "wish": wish.id,
            "no": wish.no(),
            "card_text": wish.card_text(),
            "by": null,
            "message": say::inbox_confirm(lang, wish.card_text()),
            "remedy": say::inbox_confirm_remedy(lang, wish.no()),
        }));
    }
    items
}
