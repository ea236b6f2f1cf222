//! The lists that can be written, as columns of field tables.

use crate::desk::Desk;
use crate::domain::field::{Field, FieldKind};
use crate::domain::id::{HouseholdId, WorkerId};
use crate::domain::mask;
use crate::domain::moment::Moment;
use crate::domain::record::{Fields, Kind, Record, RecordKey, Table as FieldTable};
use crate::domain::records::{Dossier, Unreadable};
use crate::domain::value::{FieldValue, Value};
use crate::i18n::{Lang, cli as say};
use crate::replica::projection::grade_letter;
use crate::roster::export::{Content, Heading, Table};

/// A list with its columns.
pub(super) struct List {
    kind: Kind,
    name: String,
    columns: Vec<Column>,
    plain: bool,
    lang: Lang,
}

/// What stands in a column.
#[derive(Clone, Copy)]
enum Column {
    /// A field of the record.
    Own(&'static Field),
    /// The household's archive number.
    ArchiveNo,
    /// The head's name.
    Head,
    /// Town and village.
    Place,
    /// Risk grade of the household.
    Risk,
    /// When the record came about.
    When(&'static str),
    /// Names of workers.
    Workers(&'static str),
}

impl List {
    /// The list of that name; the names are those of the command line.
    pub(super) fn of(name: &str, plain: bool, lang: Lang) -> List {
        use Column::{ArchiveNo, Head, Place, Risk, When, Workers};
        let (kind, before): (Kind, &[Column]) = match name {
            "members" => (Kind::Member, &[ArchiveNo, Place]),
            "visits" => (Kind::Visit, &[ArchiveNo, Head, Place, When("at"), Workers("visitors")]),
            "needs" => (Kind::Need, &[ArchiveNo, Head, Place, When("reported_at")]),
            "wishes" => (Kind::Wish, &[When("published_at")]),
            "leads" => (Kind::Lead, &[When("reported_at")]),
            _ => (Kind::Household, &[Head, Place, Risk]),
        };
        let table: &'static FieldTable = kind.table();
        let own = table.fields.iter().filter(|field| is_told(field)).map(Column::Own);
        List { kind, name: name.to_owned(), columns: before.iter().copied().chain(own).collect(), plain, lang }
    }

    /// Its columns for the writer.
    pub(super) fn table(&self) -> Table {
        let lang = self.lang;
        let heading = |column: &Column| match column {
            Column::Own(field) => Heading::of(field, lang),
            Column::ArchiveNo => Heading::new(say::h_archive(lang), 22),
            Column::Head => Heading::new(say::h_head(lang), 13),
            Column::Place => Heading::new(say::h_place(lang), 22),
            Column::Risk => Heading::new(say::h_risk(lang), 8),
            Column::When(_) => Heading::new(say::h_time(lang), 18),
            Column::Workers(_) => Heading::new(say::h_by(lang), 18),
        };
        Table { name: self.name.clone(), headings: self.columns.iter().map(heading).collect() }
    }

    /// How many rows it has, as the lists in memory have it.
    pub(super) fn count(&self, desk: &Desk) -> u32 {
        let memory = desk.replica().read();
        let present = || memory.rows.iter().filter(|(_, row)| row.is_present()).map(|(_, row)| row.fixed());
        let count = match self.kind {
            Kind::Member => present().map(|fixed| u64::from(fixed.members)).sum(),
            Kind::Visit => present().map(|fixed| u64::from(fixed.visits)).sum(),
            Kind::Need => memory.pools.needs.len() as u64,
            Kind::Wish => memory.pools.wishes.len() as u64,
            Kind::Lead => memory.pools.leads.len() as u64,
            _ => present().count() as u64,
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Its rows, made while they are written.
    pub(super) fn rows<'a>(
        &'a self,
        desk: &'a Desk,
    ) -> Box<dyn Iterator<Item = Result<Vec<Content>, Unreadable>> + 'a> {
        if self.kind == Kind::Lead {
            let leads: Vec<RecordKey> = {
                let memory = desk.replica().read();
                memory.pools.leads.iter().map(|lead| RecordKey { kind: Kind::Lead, id: lead.id.into() }).collect()
            };
            return Box::new(leads.into_iter().filter_map(move |key| match desk.replica().record(key, None) {
                Ok(Some(Record::Lead(lead))) => Some(Ok(self.row(desk, &Dossier::default(), &lead))),
                Ok(_) => None,
                Err(error) => Some(Err(Unreadable(error.to_string()))),
            }));
        }
        let order: Vec<HouseholdId> = {
            let memory = desk.replica().read();
            let rows = memory.list_order();
            let rows = rows.iter().filter_map(|number| memory.rows.get(*number)).filter(|row| row.is_present());
            rows.map(|row| row.id()).collect()
        };
        Box::new(order.into_iter().flat_map(move |id| match self.of_household(desk, id) {
            Ok(rows) => rows.into_iter().map(Ok).collect::<Vec<_>>(),
            Err(error) => vec![Err(error)],
        }))
    }

    /// The rows of one household.
    fn of_household(&self, desk: &Desk, id: HouseholdId) -> Result<Vec<Vec<Content>>, Unreadable> {
        let unreadable = |error: crate::replica::ReplicaError| Unreadable(error.to_string());
        let Some(dossier) = desk.replica().dossier(id).map_err(unreadable)? else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        match self.kind {
            Kind::Member => rows.extend(dossier.present_members().map(|member| self.row(desk, &dossier, member))),
            Kind::Visit => {
                rows.extend(dossier.live_visits().map(|visit| self.row(desk, &dossier, visit)));
                for page in (0..dossier.older_pages).rev() {
                    let older = desk.replica().older(id, page).map_err(unreadable)?.unwrap_or_default();
                    let visits = older.visits.iter().filter(|visit| !visit.meta.deleted);
                    rows.extend(visits.map(|visit| self.row(desk, &dossier, visit)));
                }
            }
            Kind::Need => {
                let needs = dossier.needs.iter().filter(|need| !need.meta.deleted);
                rows.extend(needs.map(|need| self.row(desk, &dossier, need)));
            }
            Kind::Wish => {
                let wishes = dossier.wishes.iter().filter(|wish| !wish.meta.deleted);
                rows.extend(wishes.map(|wish| self.row(desk, &dossier, wish)));
            }
            _ => rows.push(self.row(desk, &dossier, &dossier.household)),
        }
        Ok(rows)
    }

    fn row(&self, desk: &Desk, dossier: &Dossier, record: &dyn Fields) -> Vec<Content> {
        let memory = desk.replica().read();
        let text = |text: String| if text.is_empty() { Content::Empty } else { Content::Text(text) };
        let cell = |column: &Column| match column {
            Column::Own(field) => {
                let value = record.get(field.name).unwrap_or_default();
                if self.plain {
                    Content::plain(field, &value, self.lang)
                } else {
                    Content::masked(field, &value, self.lang)
                }
            }
            Column::ArchiveNo => text(dossier.household.archive_no.clone()),
            Column::Head => {
                let name = dossier.head().map(|head| head.name.as_str()).unwrap_or_default();
                text(if self.plain { name.to_owned() } else { mask::name(name) })
            }
            Column::Place => text(memory.reference.place(&dossier.household.region)),
            Column::Risk => {
                let row = memory.household(dossier.household.id);
                text(row.map(|row| grade_letter(row.fixed().grade).to_owned()).unwrap_or_default())
            }
            Column::When(name) => match record.get(name) {
                Some(Value::Int(millis)) if millis != 0 => Content::Text(Moment(millis).to_minute()),
                _ => Content::Empty,
            },
            Column::Workers(name) => {
                let ids: Vec<WorkerId> = record.get(name).and_then(|v| Vec::from_value(v).ok()).unwrap_or_default();
                let names: Vec<&str> = ids.iter().map(|id| memory.reference.worker_name(*id)).collect();
                text(names.join(self.lang.pick("、", ", ")))
            }
        };
        self.columns.iter().map(cell).collect()
    }
}

/// Whether a field says something outside of the program: ids and what the program keeps for itself do not.
fn is_told(field: &Field) -> bool {
    !matches!(field.kind, FieldKind::Internal | FieldKind::Reference | FieldKind::References | FieldKind::Moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::household::Household;
    use crate::domain::lead::Lead;
    use crate::domain::member::Member;
    use crate::domain::need::Need;
    use crate::domain::visit::Visit;
    use crate::domain::wish::Wish;

    #[test]
    fn a_wish_list_carries_no_identity() {
        for field in Wish::TABLE.fields.iter().filter(|field| is_told(field)) {
            assert!(field.privacy < crate::domain::field::Privacy::Identity, "{}", field.name);
        }
        let told = |table: &FieldTable, name: &str| table.field(name).is_some_and(is_told);
        assert!(told(Household::TABLE, "address") && !told(Household::TABLE, "head"));
        assert!(told(Member::TABLE, "id_number") && told(Need::TABLE, "title") && told(Lead::TABLE, "content"));
        assert!(!told(Visit::TABLE, "household"));
    }
}
