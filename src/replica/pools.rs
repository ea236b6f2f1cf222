//! What lists need of needs, wishes, claims and leads, held in RAM beside the household rows.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::by_id::ById;
use super::rows::{NO_DAY, day};
use crate::domain::claim::{Claim, ClaimState};
use crate::domain::codes::Code;
use crate::domain::conflict::ConflictState;
use crate::domain::id::{ClaimId, ConflictId, HouseholdId, LeadId, NeedId, RecordId, WishId};
use crate::domain::lead::{Lead, LeadState};
use crate::domain::money::Fen;
use crate::domain::need::{Need, NeedState};
use crate::domain::record::{Kind, RecordKey};
use crate::domain::records::Dossier;
use crate::domain::region::RegionCode;
use crate::domain::wish::{Wish, WishState};

/// A need as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NeedRow {
    /// The need.
    pub id: NeedId,
    /// Its household.
    pub household: HouseholdId,
    /// Its number, and what is needed.
    texts: Texts,
    /// Field of service.
    pub field: Code,
    /// Urgency, 1 most urgent to 4.
    pub urgency: Code,
    /// State.
    pub state: NeedState,
    /// Day of registration.
    pub reported: i32,
    /// Day by which it is to be met; [`NO_DAY`] for none.
    pub due: i32,
    /// When it was registered, in milliseconds, to order the queue.
    pub reported_at: i64,
}

/// A wish as the pool shows it: the card and how far it has come; no identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WishRow {
    /// The wish.
    pub id: WishId,
    /// Its household, where this device may know it.
    pub household: Option<HouseholdId>,
    /// Its number, the card's text, the town's code.
    texts: Texts,
    /// Category.
    pub category: Code,
    /// Age band of the beneficiary.
    pub age_band: Code,
    /// Ceiling of its cost.
    pub ceiling: Option<Fen>,
    /// State.
    pub state: WishState,
    /// Round in the pool; later rounds stand first.
    pub round: u16,
    /// Units in all.
    pub units: u16,
    /// Units that no living claim holds.
    pub free: u16,
    /// Deliveries of what somebody else had claimed: kept twice, counted once.
    pub duplicates: u16,
    /// Day of publication.
    pub published: i32,
    /// Last day in the pool.
    pub until: i32,
    /// The latest living claim.
    pub claim: Option<ClaimRow>,
}

/// The living claim of a wish, as the pool shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimRow {
    /// The claim.
    pub id: ClaimId,
    /// State.
    pub state: ClaimState,
    /// Day by which contact must be made.
    pub contact_by: i32,
    /// Day on which a granted lease ends.
    pub lease_until: i32,
    /// A point holds it for donors who come by.
    pub standing: bool,
}

/// A lead as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeadRow {
    /// The lead.
    pub id: LeadId,
    /// The household it is about.
    pub household: Option<HouseholdId>,
    /// Its number.
    pub no: String,
    /// The person it is about.
    pub subject: String,
    /// What was noticed.
    pub content: String,
    /// Village.
    pub region: RegionCode,
    /// Channel.
    pub channel: Code,
    /// State.
    pub state: LeadState,
    /// Day of the report.
    pub reported: i32,
}

/// Rows of one kind, found by id, in the order in which they came.
#[derive(Debug, Clone)]
pub struct Pool<T> {
    rows: Vec<T>,
    by_id: ById,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Pool { rows: Vec::new(), by_id: ById::default() }
    }
}

/// A row with an id.
pub trait PoolRow {
    /// Its record's id.
    fn record_id(&self) -> RecordId;
}

macro_rules! pool_rows {
    ($($row:ty),*) => {$(
        impl PoolRow for $row {
            fn record_id(&self) -> RecordId {
                self.id.into()
            }
        }
    )*};
}
pool_rows!(NeedRow, WishRow, LeadRow);

impl<T: PoolRow> Pool<T> {
    /// Every row.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }
    /// How many.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// The row of a record.
    pub fn find(&self, id: impl Into<RecordId>) -> Option<&T> {
        self.at(id.into()).map(|at| &self.rows[at as usize])
    }
    /// Writes a row, new or over the present one.
    pub fn put(&mut self, row: T) {
        match self.at(row.record_id()) {
            Some(at) => self.rows[at as usize] = row,
            None => self.push(row),
        }
    }
    /// Takes a row out.
    pub fn remove(&mut self, id: impl Into<RecordId>) {
        let rows = &self.rows;
        if let Some(at) = self.by_id.remove(id.into(), |row| rows[row as usize].record_id()) {
            self.rows.swap_remove(at as usize);
            if let Some(moved) = self.rows.get(at as usize) {
                self.by_id.renumber(moved.record_id(), self.rows.len() as u32, at);
            }
        }
    }
    /// Every row as one slice.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }
    /// Makes room for so many more rows.
    pub(super) fn reserve(&mut self, more: usize) {
        self.rows.reserve_exact(more);
        let rows = &self.rows;
        self.by_id.reserve(more, |row| rows[row as usize].record_id());
    }
    /// Adds rows whose ids are new.
    pub(super) fn extend(&mut self, rows: Vec<T>) {
        rows.into_iter().for_each(|row| self.push(row));
    }

    fn push(&mut self, row: T) {
        let (id, at) = (row.record_id(), self.rows.len() as u32);
        self.rows.push(row);
        let rows = &self.rows;
        self.by_id.insert(id, at, |row| rows[row as usize].record_id());
    }

    fn at(&self, id: RecordId) -> Option<u32> {
        self.by_id.get(id, |row| self.rows[row as usize].record_id())
    }
}

/// Several texts in one piece of memory: a city has a hundred thousand rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Texts(Box<str>);

/// Stands between the texts. No text on record holds it: control characters are stripped at the door.
const BETWEEN: char = '\u{1f}';

impl Texts {
    fn of(texts: &[&str]) -> Texts {
        Texts(texts.join(BETWEEN.encode_utf8(&mut [0; 4])).into_boxed_str())
    }

    fn get(&self, at: usize) -> &str {
        self.0.split(BETWEEN).nth(at).unwrap_or_default()
    }
}

impl NeedRow {
    /// Its number.
    pub fn no(&self) -> &str {
        self.texts.get(0)
    }

    /// What is needed.
    pub fn title(&self) -> &str {
        self.texts.get(1)
    }

    /// The row of a need.
    pub fn of(need: &Need) -> NeedRow {
        NeedRow {
            id: need.id,
            household: need.household,
            texts: Texts::of(&[&need.no, &need.title]),
            field: need.field.clone(),
            urgency: need.urgency.clone(),
            state: need.state,
            reported: day(need.reported_at.date()),
            due: need.due.map_or(NO_DAY, day),
            reported_at: need.reported_at.0,
        }
    }
}

impl WishRow {
    /// Its number.
    pub fn no(&self) -> &str {
        self.texts.get(0)
    }

    /// The card's text.
    pub fn card_text(&self) -> &str {
        self.texts.get(1)
    }

    /// The town's code; empty where none is on record.
    pub fn town(&self) -> RegionCode {
        RegionCode::parse(self.texts.get(2)).unwrap_or_default()
    }

    /// The row of a wish with its claims.
    pub fn of(wish: &Wish, claims: &[Claim]) -> WishRow {
        let mine: Vec<Claim> = claims.iter().filter(|claim| claim.wish == wish.id).cloned().collect();
        let free = crate::domain::decide::free_units(wish, &mine).len() as u16;
        let claim = mine
            .iter()
            .filter(|claim| !claim.meta.deleted && claim.state.holds())
            .max_by_key(|claim| (claim.state != ClaimState::Fulfilled, claim.claimed_at))
            .map(|claim| ClaimRow {
                id: claim.id,
                state: claim.state,
                contact_by: claim.contact_by.map_or(NO_DAY, day),
                lease_until: claim.lease_until.map_or(NO_DAY, |at| day(at.date())),
                standing: claim.standing,
            });
        WishRow {
            id: wish.id,
            household: wish.household,
            texts: Texts::of(&[&wish.no, &wish.card_text, wish.town.as_str()]),
            category: wish.category.clone(),
            age_band: wish.age_band.clone(),
            ceiling: wish.ceiling,
            state: wish.state,
            round: wish.round,
            units: wish.units,
            free,
            duplicates: mine.iter().filter(|claim| claim.state == ClaimState::Duplicate && !claim.meta.deleted).count()
                as u16,
            published: wish.published_at.map_or(NO_DAY, |at| day(at.date())),
            until: wish.publish_until.map_or(NO_DAY, day),
            claim,
        }
    }

    /// Whether the claim waits for the server's word.
    pub fn is_tentative(&self) -> bool {
        self.claim.as_ref().is_some_and(|claim| claim.state == ClaimState::Tentative)
    }
}

impl LeadRow {
    /// The row of a lead.
    pub fn of(lead: &Lead) -> LeadRow {
        LeadRow {
            id: lead.id,
            household: lead.household,
            no: lead.no.clone(),
            subject: lead.subject.clone(),
            content: lead.content.clone(),
            region: lead.region.clone(),
            channel: lead.channel.clone(),
            state: lead.state,
            reported: day(lead.reported_at.date()),
        }
    }
}

/// The pools, and where the records in them are kept.
#[derive(Debug, Default)]
pub struct Pools {
    /// Needs.
    pub needs: Pool<NeedRow>,
    /// Wishes.
    pub wishes: Pool<WishRow>,
    /// Leads.
    pub leads: Pool<LeadRow>,
    /// Claims by id, with their wish.
    pub claims: HashMap<ClaimId, WishId>,
    /// Conflicts that wait for a person, with the household in whose file they stand.
    pub conflicts: HashMap<ConflictId, HouseholdId>,
}

impl Pools {
    /// Brings the rows of one household's file up to date.
    pub fn project(&mut self, dossier: &Dossier) {
        for need in &dossier.needs {
            if need.meta.deleted { self.needs.remove(need.id) } else { self.needs.put(NeedRow::of(need)) }
        }
        for wish in &dossier.wishes {
            if wish.meta.deleted {
                self.wishes.remove(wish.id)
            } else {
                self.wishes.put(WishRow::of(wish, &dossier.claims))
            }
        }
        for claim in &dossier.claims {
            self.claims.insert(claim.id, claim.wish);
        }
        for lead in &dossier.leads {
            self.project_lead(lead);
        }
        for conflict in &dossier.conflicts {
            if conflict.state == ConflictState::Open && !conflict.meta.deleted {
                self.conflicts.insert(conflict.id, dossier.household.id);
            } else {
                self.conflicts.remove(&conflict.id);
            }
        }
    }

    /// Takes the rows of a household out whose file this device holds no longer.
    pub fn forget_household(&mut self, household: HouseholdId) {
        let needs: Vec<_> = self.needs.iter().filter(|row| row.household == household).map(|row| row.id).collect();
        needs.into_iter().for_each(|need| self.needs.remove(need));
        let of_it = |row: &&WishRow| row.household == Some(household);
        let wishes: Vec<_> = self.wishes.iter().filter(of_it).map(|row| row.id).collect();
        if !wishes.is_empty() {
            self.claims.retain(|_, wish| !wishes.contains(wish));
        }
        wishes.into_iter().for_each(|wish| self.wishes.remove(wish));
        let of_it = |row: &&LeadRow| row.household == Some(household);
        let leads: Vec<_> = self.leads.iter().filter(of_it).map(|row| row.id).collect();
        leads.into_iter().for_each(|lead| self.leads.remove(lead));
        self.conflicts.retain(|_, held| *held != household);
    }

    /// Takes the row of a record out that stood in no file and is no longer held. Rows of files stay.
    pub fn forget_loose(&mut self, key: RecordKey) {
        match key.kind {
            Kind::Wish if self.wishes.find(key.id).is_some_and(|row| row.household.is_none()) => {
                self.wishes.remove(key.id);
            }
            Kind::Claim => {
                let wish = self.claims.get(&key.id.into()).copied();
                let in_file = wish.and_then(|wish| self.wishes.find(wish)).is_some_and(|row| row.household.is_some());
                if !in_file {
                    self.claims.remove(&key.id.into());
                }
            }
            Kind::Lead if self.leads.find(key.id).is_some_and(|row| row.household.is_none()) => {
                self.leads.remove(key.id);
            }
            _ => {}
        }
    }

    /// Brings the row of one lead up to date.
    pub fn project_lead(&mut self, lead: &Lead) {
        if lead.meta.deleted { self.leads.remove(lead.id) } else { self.leads.put(LeadRow::of(lead)) }
    }
}
