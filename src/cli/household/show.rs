//! `household show`

use serde_json::{Value as Json, json};

use crate::cli::table::Table;
use crate::cli::view::Shown;
use crate::cli::{Fault, Io, Outcome, Run, ids, view, words};
use crate::desk::Desk;
use crate::domain::allotment;
use crate::domain::claim::Claim;
use crate::domain::codes;
use crate::domain::command::Command;
use crate::domain::household::Household;
use crate::domain::id::HouseholdId;
use crate::domain::mask;
use crate::domain::member::Member;
use crate::domain::record::{Fields, Kind, RecordKey, Table as FieldTable};
use crate::domain::records::Dossier;
use crate::domain::risk::{self, RiskAssessment};
use crate::domain::worker::Right;
use crate::i18n::cli as say;
use crate::replica::projection::risk_facts;

/// Shows one household with members, visits, needs and wishes; identity is masked
///
/// One masked field can be shown in full with --reveal and --reason; that is written into the audit trail.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The household: id, beginning of an id (6 digits or more), archive number
    #[arg(value_name = "ID")]
    household: String,
    /// Also the visits and events that are kept on older pages
    #[arg(long)]
    all: bool,
    /// Also what happened to it, newest first
    #[arg(long)]
    timeline: bool,
    /// A masked field to show in full, for example phone or id_number
    #[arg(long, value_name = "FIELD", requires = "reason")]
    reveal: Option<String>,
    /// The member whose field is shown: name, place in the list, last four of the ID number; else household, then head
    #[arg(long, value_name = "MEMBER", requires = "reveal")]
    of: Option<String>,
    /// Why: contact, verify_identity, apply_policy, emergency, data_correction, audit, other
    #[arg(long, value_name = "REASON", requires = "reveal")]
    reason: Option<String>,
    /// The reason in words; needed for other
    #[arg(long, value_name = "TEXT", requires = "reveal")]
    remark: Option<String>,
}

/// A field that may be shown in full.
struct Revealed {
    record: RecordKey,
    field: String,
}

impl Run for Show {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        desk.permit(Right::SeeCases)?;
        let id = ids::household(desk, &self.household)?;
        let Some(dossier) = desk.replica().dossier(id)?.filter(|dossier| !dossier.household.meta.deleted) else {
            return Err(ids::not_found(Kind::Household, "household").into());
        };
        let revealed = self.reveal(desk, &dossier)?;
        let risk = risk::assess(&risk_facts(&dossier, io.now.today()));
        if io.json {
            let value = self.as_json(desk, &dossier, &risk, revealed.as_ref(), io)?;
            io.value(&value)
        } else {
            self.as_text(desk, &dossier, &risk, revealed.as_ref(), io)
        }
    }
}

impl Show {
    /// Writes the showing into the audit trail, then allows it.
    fn reveal(&self, desk: &Desk, dossier: &Dossier) -> Result<Option<Revealed>, Fault> {
        let (Some(wanted), Some(reason)) = (&self.reveal, &self.reason) else { return Ok(None) };
        let member = match &self.of {
            Some(text) => Some(ids::member(dossier, text)?),
            None => dossier.head().map(|head| head.id),
        };
        let of_household = self.of.is_none() && words::described(Household::TABLE, wanted).is_ok();
        let (record, table): (RecordKey, &'static FieldTable) = match member {
            Some(member) if !of_household => (RecordKey { kind: Kind::Member, id: member.into() }, Member::TABLE),
            _ => (dossier.household.key(), Household::TABLE),
        };
        let field = words::described(table, wanted)?.name.to_owned();
        let reason = words::code_in("reveal_reason", "reason", reason)?;
        let remark = self.remark.clone().unwrap_or_default();
        let household = Some(dossier.household.id);
        desk.commit(Command::Reveal { household, record, field: field.clone(), reason, remark })?;
        Ok(Some(Revealed { record, field }))
    }

    fn as_json(
        &self,
        desk: &Desk,
        dossier: &Dossier,
        risk: &RiskAssessment,
        revealed: Option<&Revealed>,
        io: &Io<'_>,
    ) -> Result<Json, Fault> {
        let lang = io.lang;
        let id = dossier.household.id;
        let mut value = {
            let memory = desk.replica().read();
            memory.household(id).map(|row| view::household(&memory, &row)).unwrap_or_default()
        };
        let reasons: Vec<Json> = risk
            .reasons
            .iter()
            .map(|reason| json!({"code": reason.code(), "grade": reason.grade().code(), "text": reason.message(lang)}))
            .collect();
        value.insert("risk_reasons".to_owned(), json!(reasons));
        let row = |record: &dyn Fields, key: RecordKey| Json::Object(view::record(record, shown(revealed, key), lang));
        value.insert("household".to_owned(), row(&dossier.household, dossier.household.key()));
        let members: Vec<Json> = dossier.present_members().map(|member| row(member, member.key())).collect();
        value.insert("members".to_owned(), json!(members));
        let visits = self.visits(desk, dossier)?;
        value.insert("visits".to_owned(), visits.iter().map(|visit| row(visit, visit.key())).collect());
        value.insert("visits_older".to_owned(), json!(if self.all { 0 } else { dossier.older_visits }));
        value.insert("leads".to_owned(), live(&dossier.leads).map(|lead| row(lead, lead.key())).collect());
        value.insert("needs".to_owned(), live(&dossier.needs).map(|need| row(need, need.key())).collect());
        let wishes: Vec<Json> = live(&dossier.wishes)
            .map(|wish| {
                let mut object = row(wish, wish.key());
                let claims: Vec<Json> = live(&dossier.claims)
                    .filter(|claim| claim.wish == wish.id)
                    .map(|claim: &Claim| row(claim, claim.key()))
                    .collect();
                object["claims"] = json!(claims);
                object
            })
            .collect();
        value.insert("wishes".to_owned(), json!(wishes));
        if self.timeline {
            value.insert("timeline".to_owned(), json!(self.timeline(desk, dossier)?));
        }
        Ok(Json::Object(value))
    }

    /// Visits that count, newest first.
    fn visits(&self, desk: &Desk, dossier: &Dossier) -> Result<Vec<crate::domain::visit::Visit>, Fault> {
        let mut visits: Vec<_> = dossier.live_visits().cloned().collect();
        if self.all {
            for page in (0..dossier.older_pages).rev() {
                let older = desk.replica().older(dossier.household.id, page)?.unwrap_or_default();
                visits.extend(older.visits.into_iter().filter(|visit| !visit.meta.deleted));
            }
        }
        Ok(visits)
    }

    fn timeline(&self, desk: &Desk, dossier: &Dossier) -> Result<Vec<Json>, Fault> {
        let mut history = dossier.history.clone();
        if self.all {
            for page in (0..dossier.older_pages).rev() {
                history.extend(desk.replica().older(dossier.household.id, page)?.unwrap_or_default().history);
            }
        }
        let memory = desk.replica().read();
        Ok(history
            .iter()
            .map(|entry| {
                let fields: Vec<&str> = entry.fields.iter().map(|(_, change)| change.field.as_str()).collect();
                let given = entry.fields.iter().find_map(|(record, change)| {
                    let resource = memory.reference.resource_of(record.id.into());
                    let quantity = allotment::given(*record, change)?;
                    Some(json!({"resource": resource.map(|held| &held.name), "quantity": quantity}))
                });
                json!({
                    "seq": entry.id.seq,
                    "at": entry.at,
                    "by": memory.reference.worker_name(entry.by),
                    "what": entry.what,
                    "records": entry.records.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "fields": fields,
                    "given": given,
                })
            })
            .collect())
    }

    fn as_text(
        &self,
        desk: &Desk,
        dossier: &Dossier,
        risk: &RiskAssessment,
        revealed: Option<&Revealed>,
        io: &mut Io<'_>,
    ) -> Outcome {
        let lang = io.lang;
        let head = dossier.head().map(|head| mask::name(&head.name)).unwrap_or_default();
        let place = desk.replica().read().reference.place(&dossier.household.region);
        io.line(say::household_title(lang, &head, &place, risk.grade.code(), &risk.grade.label(lang)))?;
        for reason in &risk.reasons {
            io.line(format!("  · {}", reason.message(lang)))?;
        }
        fields(io, &dossier.household, shown(revealed, dossier.household.key()), &place)?;
        let (told, listed) = (dossier.household.member_count, dossier.present_members().count());
        if told > 0 && usize::from(told) != listed {
            io.line(format!("  {}", say::count_differs(lang, told, listed)))?;
        }
        for (n, member) in dossier.present_members().enumerate() {
            io.line("")?;
            io.line(say::member_title(lang, n + 1, &mask::name(&member.name)))?;
            fields(io, member, shown(revealed, member.key()), &place)?;
        }
        self.visits_as_text(desk, dossier, io)?;
        needs_as_text(dossier, io)?;
        wishes_as_text(dossier, io)?;
        if self.timeline {
            io.line("")?;
            io.line(say::timeline(lang))?;
            for entry in self.timeline(desk, dossier)? {
                let what = crate::i18n::domain::command(lang, entry["what"].as_str().unwrap_or_default()).to_owned();
                let (at, by) = (entry["at"].as_str().unwrap_or_default(), entry["by"].as_str().unwrap_or_default());
                let given = match entry["given"]["quantity"].as_i64() {
                    Some(quantity) => format!("{} {quantity}", entry["given"]["resource"].as_str().unwrap_or_default()),
                    None => String::new(),
                };
                io.line(format!("  {at}  {what}  {by}  {given}").trim_end())?;
            }
        }
        Ok(())
    }

    fn visits_as_text(&self, desk: &Desk, dossier: &Dossier, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let visits = self.visits(desk, dossier)?;
        if visits.is_empty() {
            return Ok(());
        }
        io.line("")?;
        io.line(say::visits_title(lang, visits.len()))?;
        let mut table =
            Table::new([say::h_time(lang), say::h_mode(lang), say::h_result(lang), say::h_by(lang), say::h_note(lang)]);
        let memory = desk.replica().read();
        for visit in &visits {
            let names: Vec<&str> = visit.visitors.iter().map(|id| memory.reference.worker_name(*id)).collect();
            table.row([
                visit.at.to_minute(),
                codes::label("visit_mode", visit.mode.as_str(), lang).into_owned(),
                visit.result.label(lang).into_owned(),
                names.join(lang.pick("、", ", ")),
                visit.note.clone(),
            ]);
        }
        drop(memory);
        io.table(&table)?;
        if !self.all && dossier.older_visits > 0 {
            io.remark(say::older_visits(lang, dossier.older_visits));
        }
        Ok(())
    }
}

fn needs_as_text(dossier: &Dossier, io: &mut Io<'_>) -> Outcome {
    let lang = io.lang;
    let mut table = Table::new([say::h_number(lang), say::h_title(lang), say::h_urgency(lang), say::h_state(lang)]);
    for need in live(&dossier.needs) {
        let urgency = codes::label("urgency", need.urgency.as_str(), lang).into_owned();
        table.row([need.no.clone(), need.title.clone(), urgency, need.state.label(lang).into_owned()]);
    }
    section(io, say::needs_title(lang), &table)
}

fn wishes_as_text(dossier: &Dossier, io: &mut Io<'_>) -> Outcome {
    let lang = io.lang;
    let mut table = Table::new([say::h_number(lang), say::h_card(lang), say::h_units(lang), say::h_state(lang)]);
    for wish in live(&dossier.wishes) {
        table.row([
            wish.no.clone(),
            wish.card_text.clone(),
            wish.units.to_string(),
            wish.state.label(lang).into_owned(),
        ]);
    }
    section(io, say::wishes_title(lang), &table)
}

fn section(io: &mut Io<'_>, title: &str, table: &Table) -> Outcome {
    if table.is_empty() {
        return Ok(());
    }
    io.line("")?;
    io.line(title)?;
    io.table(table)
}

/// A record's filled fields, one a line; a region by the name of its place, with its code.
fn fields(io: &mut Io<'_>, record: &dyn Fields, shown: Shown<'_>, place: &str) -> Outcome {
    use crate::domain::field::FieldKind as K;
    for field in record.table().fields {
        let value = record.get(field.name).unwrap_or_default();
        let told = !matches!(field.kind, K::Internal | K::Reference | K::References);
        if told && !value.is_empty() {
            let colon = io.lang.pick("：", ": ");
            let mut text = view::text(field, &value, shown, io.lang);
            if field.name == "region" && !place.is_empty() && text != place {
                text = io.lang.pick(format!("{place}（{text}）"), format!("{place} ({text})"));
            }
            io.line(format!("  {}{colon}{text}", field.label(io.lang)))?;
        }
    }
    Ok(())
}

fn shown(revealed: Option<&Revealed>, key: RecordKey) -> Shown<'_> {
    match revealed {
        Some(revealed) if revealed.record == key => Shown::Revealed(&revealed.field),
        _ => Shown::Masked,
    }
}

fn live<R: Fields>(records: &[R]) -> impl Iterator<Item = &R> {
    records.iter().filter(|record| !record.meta().deleted)
}

/// The file of a household that an argument names.
pub(in crate::cli) fn dossier(desk: &Desk, id: HouseholdId) -> Result<std::sync::Arc<Dossier>, Fault> {
    let found = desk.replica().dossier(id)?.filter(|dossier| !dossier.household.meta.deleted);
    found.ok_or_else(|| ids::not_found(Kind::Household, "household").into())
}
