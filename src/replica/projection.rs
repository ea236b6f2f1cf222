//! The replica's memory: everything that lists, search and the agenda read, rebuilt from files and never a truth.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::persons::Persons;
use super::pools::Pools;
use super::reference::Reference;
use super::rows::{self, DELETED, Fixed, LEFT, NO_DAY, RowData, Rows, day};
use crate::domain::due::{self, DueFacts};
use crate::domain::household::Household;
use crate::domain::id::{HouseholdId, RecordId};
use crate::domain::id_number::IdNumber;
use crate::domain::moment::Moment;
use crate::domain::records::Dossier;
use crate::domain::region::RegionCode;
use crate::domain::risk::{self, MemberFacts, RiskFacts, RiskGrade};
use crate::domain::visit::VisitResult;
use crate::domain::wish::WishState;
use crate::domain::{codes, mask, params};
use crate::search;

/// What is held in RAM of all households, needs, wishes, leads and reference records.
#[derive(Default)]
pub struct Projection {
    /// Household rows.
    pub rows: Rows,
    /// Needs, wishes, claims, leads.
    pub pools: Pools,
    /// Whether the pools and the reference records are there as well; until then only household rows are.
    pub complete: bool,
    /// Regions, stations, organisations, workers, resources.
    pub reference: Reference,
    /// The search index; empty until [`Projection::searchable`].
    pub search: search::Index,
    /// Whether every row can be found.
    pub searchable: bool,
    /// Counts every change, so that views know when to look again.
    pub generation: u64,
    pub(super) regions: RegionNumbers,
    persons: Persons,
}

/// Regions numbered in the order in which rows met them.
#[derive(Debug, Default)]
pub(super) struct RegionNumbers {
    codes: Vec<RegionCode>,
    numbers: HashMap<RegionCode, u32>,
}

impl RegionNumbers {
    fn number(&mut self, code: &RegionCode) -> u32 {
        if let Some(number) = self.numbers.get(code) {
            return *number;
        }
        let number = self.codes.len() as u32;
        self.codes.push(code.clone());
        self.numbers.insert(code.clone(), number);
        number
    }
}

/// Keyed hash of an ID number: what the program compares persons by without keeping numbers in RAM.
pub trait PersonHash {
    /// The hash.
    fn person_hash(&self, id_number: &IdNumber) -> u64;
}

impl Projection {
    /// The region of a row.
    pub fn region(&self, number: u32) -> Option<&RegionCode> {
        self.regions.codes.get(number as usize)
    }

    /// Every region that rows stand in, by number.
    pub fn regions(&self) -> &[RegionCode] {
        &self.regions.codes
    }

    /// Sets the numbered regions of loaded rows.
    pub fn set_regions(&mut self, codes: Vec<RegionCode>) {
        self.regions.numbers = codes.iter().enumerate().map(|(n, code)| (code.clone(), n as u32)).collect();
        self.regions.codes = codes;
    }

    /// The row that holds a person of that hash.
    pub fn person(&self, hash: u64) -> Option<u32> {
        self.persons.find(hash, &self.rows)
    }

    /// Finds persons again after rows were loaded.
    pub fn index_persons(&mut self) {
        self.persons = Persons::of(&self.rows);
    }

    /// Brings the row and the pool rows of one household up to date; search follows where it is ready.
    pub fn project(&mut self, dossier: &Dossier, hash: &dyn PersonHash, today: NaiveDate) {
        let data = self.row_data(dossier, hash, today);
        if let Some(number) = self.rows.find(data.id) {
            self.persons.forget(number, &self.rows);
        }
        let number = self.rows.put(&data);
        if data.fixed.flags & DELETED == 0 {
            self.persons.note(number, &self.rows);
        }
        self.pools.project(dossier);
        if self.searchable {
            self.index_row(number);
        }
        self.generation += 1;
    }

    /// Takes a household out that this device no longer holds.
    pub fn forget(&mut self, household: HouseholdId) {
        self.pools.forget_household(household);
        let Some(number) = self.rows.find(household) else { return };
        self.persons.forget(number, &self.rows);
        // Rows keep their numbers, which search and lists refer to; the row itself is emptied, and left out when the
        // rows are saved.
        let fixed = Fixed { flags: DELETED, grade_until: i32::MAX, ..Fixed::default() };
        self.rows.put(&RowData::emptied(household, fixed));
        self.search.remove(number);
        self.generation += 1;
    }

    /// Makes one row findable as it now stands.
    fn index_row(&mut self, number: u32) {
        let Some(row) = self.rows.get(number) else { return };
        if row.is_present() {
            with_doc(number, &row, &self.regions.codes, &self.reference, |doc| self.search.upsert(doc));
        } else {
            self.search.remove(number);
        }
    }

    /// A search index over the rows as they stand; taken without holding anything up, then put in by the caller.
    pub fn build_search(&self) -> search::Index {
        let rows = self.rows.len() as u32;
        let workers = if rows < PARALLEL_FROM { 1 } else { threads() };
        let part = rows.div_ceil(workers).max(1);
        let mut index = std::thread::scope(|scope| {
            let rest: Vec<_> = (1..workers)
                .map(|n| scope.spawn(move || self.search_builder(n * part..((n + 1) * part).min(rows))))
                .collect();
            let first = self.search_builder(0..part.min(rows));
            let rest =
                rest.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            search::Builder::build_all(std::iter::once(first).chain(rest))
        });
        index.set_threads(threads() as usize);
        index
    }

    fn search_builder(&self, rows: std::ops::Range<u32>) -> search::Builder {
        let mut builder = search::Builder::with_capacity(rows.len());
        for number in rows {
            if let Some(row) = self.rows.get(number).filter(rows::Row::is_present) {
                with_doc(number, &row, &self.regions.codes, &self.reference, |doc| builder.add(doc));
            }
        }
        builder
    }

    fn row_data(&mut self, dossier: &Dossier, hash: &dyn PersonHash, today: NaiveDate) -> RowData {
        let household = &dossier.household;
        let head = dossier.head();
        let members: Vec<_> = head
            .into_iter()
            .chain(dossier.present_members().filter(|member| head.is_none_or(|head| head.id != member.id)))
            .collect();
        let phones = std::iter::once(&household.phone).chain(members.iter().map(|member| &member.phone));
        // One for each name, so that a hit tells whose it is.
        let ends = members.iter().map(|member| member.id_number.as_ref().map_or("", |id| id.tail(6)).to_owned());
        RowData {
            id: household.id,
            names: members.iter().map(|member| member.name.clone()).collect(),
            archive_nos: [&household.archive_no, &household.certificate_no]
                .into_iter()
                .filter(|no| !no.is_empty())
                .cloned()
                .collect(),
            phones: phones.filter(|phone| !phone.is_empty()).cloned().collect(),
            id_ends: ends.collect(),
            persons: members.iter().filter_map(|m| m.id_number.as_ref()).map(|id| hash.person_hash(id)).collect(),
            address: household.address.clone(),
            fixed: self.fixed(dossier, members.len(), today),
        }
    }

    fn fixed(&mut self, dossier: &Dossier, members: usize, today: NaiveDate) -> Fixed {
        let household = &dossier.household;
        let graded = grade_of(dossier, today);
        let open_needs = dossier.needs.iter().filter(|need| !need.meta.deleted && need.state.is_open()).count();
        let open_wishes = dossier
            .wishes
            .iter()
            .filter(|wish| !wish.meta.deleted)
            .filter(|wish| !matches!(wish.state, WishState::Withdrawn | WishState::Closed | WishState::Confirmed))
            .count();
        let visits = dossier.live_visits().count() as u32 + dossier.older_visits;
        let mut flags = 0;
        if household.meta.deleted {
            flags |= DELETED;
        }
        if household.left_on.is_some() {
            flags |= LEFT;
        }
        Fixed {
            region: self.regions.number(&household.region),
            category: category_number(household.category.as_str()),
            grade: graded as u8,
            members: members.min(255) as u8,
            flags,
            open_needs: open_needs.min(255) as u8,
            open_wishes: open_wishes.min(255) as u8,
            visits: visits.min(u32::from(u16::MAX)) as u16,
            last_visit: dossier.last_met().map_or(NO_DAY, |visit| day(visit.at.date())),
            next_due: next_due(dossier, graded).map_or(NO_DAY, day),
            grade_until: grade_until(dossier, today).map_or(i32::MAX, day),
        }
    }

    /// Row numbers in the order of lists: by region, then archive number; undone registrations left out.
    pub fn list_order(&self) -> Vec<u32> {
        let mut order: Vec<u32> =
            self.rows.iter().filter(|(_, row)| row.fixed().flags & DELETED == 0).map(|(number, _)| number).collect();
        let place = |number: &u32| {
            let row = self.rows.get(*number);
            let region = row.and_then(|row| self.region(row.fixed().region));
            (region, row.map(|row| row.archive_no()).unwrap_or_default())
        };
        // Loaded rows are in order already, which a stable merge sort sees in one pass.
        order.sort_by(|a, b| place(a).cmp(&place(b)));
        order
    }

    /// The household's row, where it counts.
    pub fn household(&self, id: HouseholdId) -> Option<rows::Row<'_>> {
        self.rows.find(id).and_then(|row| self.rows.get(row))
    }
}

/// Rows from which on search is built on several threads: below, one takes a tenth of a second, and the parts of several
/// would stand beside the whole for a moment.
const PARALLEL_FROM: u32 = 150_000;

/// Threads that search may use: two at most, as more would only wait for memory.
fn threads() -> u32 {
    if std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1) { 2 } else { 1 }
}

/// Calls with the search document of a row; the document borrows texts put together here.
fn with_doc(
    number: u32,
    row: &rows::Row<'_>,
    regions: &[RegionCode],
    reference: &Reference,
    take: impl FnOnce(&search::Doc<'_>),
) {
    let names: Vec<&str> = row.names().collect();
    let id_ends: Vec<&str> = row.id_ends().collect();
    let phones: Vec<&str> = row.phones().collect();
    let archive_nos: Vec<&str> = row.archive_nos().collect();
    let village = regions.get(row.fixed().region as usize).map(|code| reference.region_name(code)).unwrap_or_default();
    take(&search::Doc {
        row: number,
        names: &names,
        id_tails: &id_ends,
        phones: &phones,
        archive_nos: &archive_nos,
        village: &village,
        address: row.address(),
    });
}

/// Index of a category in its code list; 255 for one that is not on it.
fn category_number(code: &str) -> u8 {
    let list = codes::list("assist_category");
    list.and_then(|list| list.entries().iter().position(|entry| entry.code == code))
        .and_then(|at| u8::try_from(at).ok())
        .unwrap_or(u8::MAX)
}

/// The category of that index.
pub fn category_code(number: u8) -> &'static str {
    codes::list("assist_category")
        .and_then(|list| list.entries().get(usize::from(number)))
        .map(|entry| entry.code)
        .unwrap_or_default()
}

/// The letter of a risk grade.
pub fn grade_letter(grade: u8) -> &'static str {
    match grade {
        0 => "A",
        1 => "B",
        _ => "C",
    }
}

fn grade_of(dossier: &Dossier, today: NaiveDate) -> RiskGrade {
    risk::assess(&risk_facts(dossier, today)).grade
}

/// The facts about a household that its risk grade rests on; members in the order of [`Dossier::present_members`].
pub fn risk_facts(dossier: &Dossier, today: NaiveDate) -> RiskFacts<'_> {
    let members = dossier.present_members().map(|member| MemberFacts {
        age: member.birth_date.map(|birth| mask::age(birth, today)),
        relation: member.relation.as_str(),
        disability_class: member.disability_class.as_str(),
        disability_level: member.disability_level.as_str(),
        health: member.health.as_str(),
        selfcare: member.selfcare.as_str(),
        disease: &member.disease,
        child_status: member.child_status.as_str(),
    });
    RiskFacts { today, category: dossier.household.category.as_str(), living: None, members: members.collect() }
}

/// The next birthday that moves a member across an age on which the grade depends.
fn grade_until(dossier: &Dossier, today: NaiveDate) -> Option<NaiveDate> {
    let params = params::on(today);
    let ages = [params.adult_age(), params.elder_age(), params.high_risk_age()];
    dossier
        .present_members()
        .filter_map(|member| member.birth_date)
        .flat_map(|birth| ages.map(|age| mask::birthday(birth, age)))
        .flatten()
        .filter(|date| *date > today)
        .min()
}

/// The day by which the next visit is due: as the last visit proposed, or earlier where a rule asks for it.
fn next_due(dossier: &Dossier, grade: RiskGrade) -> Option<NaiveDate> {
    if dossier.household.left_on.is_some() {
        return None;
    }
    let last = dossier.live_visits().next();
    let household = &dossier.household;
    let facts = DueFacts {
        grade,
        registered: registered_on(household),
        last_met: dossier.last_met().map(|visit| visit.at.date()),
        last_attempt: last.map(|visit| (visit.at.date(), visit.result.code())),
        open_change: open_change(dossier),
    };
    let ruled = due::next_visit(&facts)?.date;
    Some(last.and_then(|visit| visit.next_due).map_or(ruled, |agreed| agreed.min(ruled)))
}

/// The day on which the household came into the register. Its stamp moves with every amendment, its id does not; a stamp
/// before the id is that of a record that was carried over.
fn registered_on(household: &Household) -> NaiveDate {
    let stamp = household.meta.hlc.moment();
    RecordId::from(household.id).made_at().map_or(stamp, |made| made.min(stamp)).date()
}

/// The latest major change that a visit or a call brought to light and no visit at the door has met since.
fn open_change(dossier: &Dossier) -> Option<Moment> {
    let mut since = dossier.live_visits().take_while(|visit| visit.event.is_empty() || visit.mode.as_str() != "door");
    since
        .find(|visit| !visit.event.is_empty())
        .filter(|told| {
            !dossier
                .live_visits()
                .any(|visit| visit.at > told.at && visit.mode.as_str() == "door" && visit.result == VisitResult::Met)
        })
        .map(|visit| visit.at)
}
