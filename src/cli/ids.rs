//! Which record an argument means: a full id, the beginning of one, a business number, an archive number, a name.

use super::{CliError, Fault};
use crate::desk::Desk;
use crate::domain::id::{ClaimId, HouseholdId, LeadId, MemberId, NeedId, RecordId, WishId, WorkerId};
use crate::domain::record::Kind;
use crate::domain::records::Dossier;
use crate::domain::refusal::{Reason, Refusal};
use crate::replica::rows::DELETED;

/// The least number of hexadecimal digits of a shortened id.
pub const LEAST_DIGITS: usize = 6;

/// A household by id, archive number or certificate number.
pub fn household(desk: &Desk, text: &str) -> Result<HouseholdId, Fault> {
    let memory = desk.replica().read();
    let rows = memory.rows.iter().filter(|(_, row)| row.fixed().flags & DELETED == 0);
    let fits = |row: &crate::replica::rows::Row<'_>| row.archive_nos().any(|no| no.eq_ignore_ascii_case(text.trim()));
    let numbered = rows.map(|(_, row)| (RecordId::from(row.id()), fits(&row)));
    pick(text, Kind::Household, "household", numbered).map(HouseholdId)
}

/// A need by id or number.
pub fn need(desk: &Desk, text: &str) -> Result<NeedId, Fault> {
    let memory = desk.replica().read();
    let rows = memory.pools.needs.iter().map(|row| (row.id.into(), row.no().eq_ignore_ascii_case(text.trim())));
    pick(text, Kind::Need, "need", rows).map(NeedId)
}

/// A wish by id or number.
pub fn wish(desk: &Desk, text: &str) -> Result<WishId, Fault> {
    let memory = desk.replica().read();
    let rows = memory.pools.wishes.iter().map(|row| (row.id.into(), row.no().eq_ignore_ascii_case(text.trim())));
    pick(text, Kind::Wish, "wish", rows).map(WishId)
}

/// A lead by id or number.
pub fn lead(desk: &Desk, text: &str) -> Result<LeadId, Fault> {
    let memory = desk.replica().read();
    let rows = memory.pools.leads.iter().map(|row| (row.id.into(), row.no.eq_ignore_ascii_case(text.trim())));
    pick(text, Kind::Lead, "lead", rows).map(LeadId)
}

/// A claim by its own id, or the living claim of the wish that is named instead.
pub fn claim(desk: &Desk, text: &str) -> Result<ClaimId, Fault> {
    let claims: Vec<RecordId> = desk.replica().read().pools.claims.keys().map(|id| RecordId::from(*id)).collect();
    match pick(text, Kind::Claim, "claim", claims.into_iter().map(|id| (id, false))) {
        Ok(id) if desk.replica().read().pools.claims.contains_key(&id.into()) => Ok(ClaimId(id)),
        Err(fault) if fault.code() == "id.ambiguous" => Err(fault),
        _ => {
            let wish = wish(desk, text)?;
            desk.current_claim(wish)?.map(|claim| claim.id).ok_or_else(|| not_found(Kind::Claim, "wish").into())
        }
    }
}

/// A worker by id or name.
pub fn worker(desk: &Desk, text: &str, field: &'static str) -> Result<WorkerId, Fault> {
    let memory = desk.replica().read();
    let workers = memory.reference.workers.values().filter(|worker| !worker.meta.deleted);
    let rows = workers.map(|worker| (worker.id.into(), worker.name == text.trim()));
    pick(text, Kind::Worker, field, rows).map(WorkerId)
}

/// A member of a household by id, name, last four of the ID number, or place in the list from 1.
pub fn member(dossier: &Dossier, text: &str) -> Result<MemberId, Fault> {
    let text = text.trim();
    let place = text.parse::<usize>().ok().filter(|place| text.len() < 3 && *place > 0);
    if let Some(member) = place.and_then(|place| dossier.present_members().nth(place - 1)) {
        return Ok(member.id);
    }
    let rows = dossier.present_members().map(|member| {
        let tail = member.id_number.as_ref().is_some_and(|id| id.tail(4).eq_ignore_ascii_case(text));
        (member.id.into(), member.name == text || tail)
    });
    pick(text, Kind::Member, "member", rows).map(MemberId)
}

/// A record by its full id, or by its beginning among the given ones.
pub fn among(
    text: &str,
    kind: Kind,
    field: &'static str,
    records: impl IntoIterator<Item = RecordId>,
) -> Result<RecordId, Fault> {
    pick(text, kind, field, records.into_iter().map(|id| (id, false)))
}

/// The one record that a text means, among records with whether it is their number or name.
fn pick(
    text: &str,
    kind: Kind,
    field: &'static str,
    records: impl Iterator<Item = (RecordId, bool)>,
) -> Result<RecordId, Fault> {
    if let Ok(id) = text.trim().parse() {
        return Ok(id);
    }
    let prefix = Prefix::parse(text);
    let (mut named, mut begun) = (Vec::new(), Vec::new());
    for (id, is_named) in records {
        if is_named {
            named.push(id);
        } else if prefix.is_some_and(|prefix| prefix.begins(id)) {
            begun.push(id);
        }
    }
    let found = if named.is_empty() { begun } else { named };
    match found.as_slice() {
        [] => Err(not_found(kind, field).into()),
        [id] => Ok(*id),
        several => Err(CliError::Ambiguous { text: text.to_owned(), count: several.len(), field }.into()),
    }
}

/// The refusal that says which kind is missing.
pub fn not_found(kind: Kind, field: &'static str) -> Refusal {
    Refusal::at(field, Reason::NotFound { kind })
}

/// The beginning of an id: its digits at the top of 128 bits.
#[derive(Debug, Clone, Copy)]
struct Prefix {
    value: u128,
    mask: u128,
}

impl Prefix {
    /// At least [`LEAST_DIGITS`] hexadecimal digits; hyphens are ignored.
    fn parse(text: &str) -> Option<Prefix> {
        let digits: String = text.trim().chars().filter(|c| *c != '-').collect();
        if !(LEAST_DIGITS..=32).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let shift = 4 * (32 - digits.len()) as u32;
        let value = u128::from_str_radix(&digits, 16).ok()? << shift;
        Some(Prefix { value, mask: u128::MAX << shift })
    }

    fn begins(self, id: RecordId) -> bool {
        u128::from_be_bytes(id.bytes()) & self.mask == self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<usize, &str>) {
        let ids: Vec<RecordId> = [
            "018f0000-0000-7000-8000-000000000001",
            "018f0000-0000-7000-8000-000000000002",
            "018f1111-0000-7000-8000-000000000003",
        ]
        .map(|id| id.parse().unwrap())
        .to_vec();
        let numbers = ["XQ1", "XQ2", "XQ2"];
        let records = ids.iter().zip(numbers).map(|(id, no)| (*id, no == text));
        let found = pick(text, Kind::Need, "need", records);
        match expected {
            Ok(at) => assert_eq!(found.unwrap(), ids[at], "{text}"),
            Err(code) => assert_eq!(found.unwrap_err().code(), code, "{text}"),
        }
    }

    #[test]
    fn an_argument_means_one_record() {
        check("018f0000-0000-7000-8000-000000000002", Ok(1));
        check("018F0000000070008000000000000001", Ok(0));
        check("018f1111", Ok(2));
        check("018f-11", Ok(2));
        check("018f00", Err("id.ambiguous"));
        check("018f", Err("record.not_found")); // too short
        check("018f2222", Err("record.not_found"));
        check("XQ1", Ok(0));
        check("XQ2", Err("id.ambiguous"));
        check("", Err("record.not_found"));
    }
}
