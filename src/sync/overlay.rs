//! [`Overlay`]: records on top of records. Commands are merged over it and their effects put into it, one after the other,
//! without touching what lies beneath. The server decides a push this way, and a device shows its pending commands.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::protocol::Cause;
use crate::domain::change::{Change, write};
use crate::domain::claim::Claim;
use crate::domain::command::{Command, CommandId, Entry};
use crate::domain::id::{HouseholdId, MemberId, WishId};
use crate::domain::id_number::IdNumber;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::{Dossier, HistoryEntry, OlderPage, Records, Unreadable};
use crate::domain::region::RegionCode;
use crate::replica::household_of;

/// Visits that a file keeps at least; twice as many move the older half to a page.
pub const RECENT_VISITS: usize = 20;
/// Timeline lines that a file keeps at least.
pub const RECENT_HISTORY: usize = 30;

/// The records beneath an overlay.
pub trait Base {
    /// A household's file.
    fn file(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable>;
    /// A record outside of files. Where a record is held in several forms (a wish card and one's own claim), the fullest.
    fn loose(&self, key: RecordKey) -> Result<Option<Record>, Unreadable>;
    /// The household in whose file a record stands, as far as that is known. Visits and indicators need not be.
    fn place(&self, key: RecordKey) -> Result<Option<HouseholdId>, Unreadable>;
    /// Claims outside of files on a wish outside of files.
    fn loose_claims(&self, wish: WishId) -> Result<Vec<Claim>, Unreadable>;
    /// The living members with that ID number.
    fn persons(&self, id_number: &IdNumber) -> Result<Vec<(HouseholdId, MemberId)>, Unreadable>;
    /// Whether any file is held.
    fn holds_files(&self) -> Result<bool, Unreadable>;
    /// Regions that a household left not long ago. Only the server knows them.
    fn former_regions(&self, household: HouseholdId) -> Result<Vec<RegionCode>, Unreadable>;
    /// An earlier command.
    fn entry(&self, id: CommandId) -> Result<Option<Entry>, Unreadable>;
    /// The households whose files an earlier command touched.
    fn households_of(&self, id: CommandId) -> Result<Vec<HouseholdId>, Unreadable>;
}

/// Records on top of records.
pub struct Overlay<'a> {
    base: &'a dyn Base,
    /// Files that were changed here.
    files: BTreeMap<HouseholdId, Arc<Dossier>>,
    /// Pages that were cut off files here.
    pages: BTreeMap<(HouseholdId, u32), OlderPage>,
    /// Records outside of files that were changed here.
    loose: BTreeMap<RecordKey, Record>,
    /// In whose file records stand that were created here.
    places: HashMap<RecordKey, HouseholdId>,
    /// Households that the present command names.
    hints: Vec<HouseholdId>,
    read: RefCell<HashMap<HouseholdId, Option<Arc<Dossier>>>>,
}

/// What one command did, by where it stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Touched {
    /// Changes in files. A file that was only looked at has none.
    pub files: BTreeMap<HouseholdId, Vec<Change>>,
    /// Records outside of files.
    pub loose: BTreeSet<RecordKey>,
}

impl<'a> Overlay<'a> {
    /// Nothing on top of the base yet.
    pub fn new(base: &'a dyn Base) -> Overlay<'a> {
        Overlay {
            base,
            files: BTreeMap::new(),
            pages: BTreeMap::new(),
            loose: BTreeMap::new(),
            places: HashMap::new(),
            hints: Vec::new(),
            read: RefCell::default(),
        }
    }

    /// Says which command comes next, so that records without an index of their own are found.
    pub fn expect(&mut self, command: &Command) -> Result<(), Unreadable> {
        self.hints = named(command);
        match command {
            Command::Undo { target, changes } => {
                self.hints.extend(self.base.households_of(*target)?);
                self.hints.extend(changes.iter().filter_map(|change| match change {
                    Change::Create(record) => household_of(record),
                    Change::Update { .. } => None,
                }));
            }
            Command::SettleLead { lead, .. } => {
                self.hints.extend(self.place(RecordKey { kind: Kind::Lead, id: (*lead).into() })?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Households that the expected command names.
    pub fn named(&self) -> &[HouseholdId] {
        &self.hints
    }

    /// Puts the effects of a command on top. All of them, or none where one does not fit.
    ///
    /// # Errors
    /// When a change is to a record that is not held or does not fit its field table.
    pub fn apply(&mut self, cause: &Cause, changes: &[Change]) -> Result<Touched, Unreadable> {
        let mut touched = Touched::default();
        let mut files: BTreeMap<HouseholdId, Dossier> = BTreeMap::new();
        let mut loose: BTreeMap<RecordKey, Record> = BTreeMap::new();
        let mut places = Vec::new();
        for key in cause.seen.iter().chain(cause.lost.iter().map(|(key, _)| key)) {
            if let Some(household) = self.place(*key)? {
                self.open(&mut files, household)?;
                touched.files.entry(household).or_default();
            }
        }
        for change in changes {
            let key = change.record();
            let home = match change {
                Change::Create(record) => household_of(record),
                Change::Update { .. } => {
                    let fresh = places.iter().find(|(placed, _)| *placed == key).map(|(_, household)| *household);
                    match fresh {
                        Some(household) => Some(household),
                        None => self.place(key)?,
                    }
                }
            };
            match home {
                Some(household) => {
                    let here = files.contains_key(&household) || founds(change, household);
                    if !here && self.file(household)?.is_none() {
                        return Err(Unreadable(format!("household {household} is not held")));
                    }
                    let file = self.open(&mut files, household)?;
                    change_file(file, cause, change)?;
                    touched.files.entry(household).or_default().push(change.clone());
                    if matches!(change, Change::Create(_)) {
                        places.push((key, household));
                    }
                }
                None => {
                    let record = match change {
                        Change::Create(record) => created(record, cause),
                        Change::Update { fields, .. } => {
                            let held = match loose.remove(&key) {
                                Some(record) => Some(record),
                                None => self.loose_record(key)?,
                            };
                            let mut record = held.ok_or_else(|| missing(key))?;
                            write(record.fields_mut(), fields, cause.hlc, cause.by).map_err(|_| misfit(key))?;
                            record
                        }
                    };
                    loose.insert(key, record);
                    touched.loose.insert(key);
                }
            }
        }
        for (household, mut file) in files {
            note(&mut file, cause, touched.files.get(&household).map_or(&[], Vec::as_slice));
            if let Some((number, page)) = cut_older(&mut file) {
                self.pages.insert((household, number), page);
            }
            self.files.insert(household, Arc::new(file));
        }
        // One by one: `append` would build all that is there anew.
        self.loose.extend(loose);
        self.places.extend(places);
        Ok(touched)
    }

    /// Takes off what is on top.
    pub fn into_parts(self) -> Parts {
        Parts { files: self.files, pages: self.pages, loose: self.loose, places: self.places }
    }

    /// A file's present form.
    pub fn file(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        if let Some(file) = self.files.get(&household) {
            return Ok(Some(file.clone()));
        }
        if let Some(held) = self.read.borrow().get(&household) {
            return Ok(held.clone());
        }
        let file = self.base.file(household)?;
        self.read.borrow_mut().insert(household, file.clone());
        Ok(file)
    }

    /// Files that were changed here.
    pub fn files(&self) -> &BTreeMap<HouseholdId, Arc<Dossier>> {
        &self.files
    }

    /// Pages that were cut off files here.
    pub fn pages(&self) -> &BTreeMap<(HouseholdId, u32), OlderPage> {
        &self.pages
    }

    /// Records outside of files that were changed here.
    pub fn loose(&self) -> &BTreeMap<RecordKey, Record> {
        &self.loose
    }

    /// In whose file records stand that were created here.
    pub fn places(&self) -> &HashMap<RecordKey, HouseholdId> {
        &self.places
    }

    /// A record outside of files in its present form.
    pub fn loose_record(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        match self.loose.get(&key) {
            Some(record) => Ok(Some(record.clone())),
            None => self.base.loose(key),
        }
    }

    /// The household in whose file a record stands.
    pub fn place(&self, key: RecordKey) -> Result<Option<HouseholdId>, Unreadable> {
        if key.kind == Kind::Household {
            let household = key.id.into();
            return Ok(self.file(household)?.map(|_| household));
        }
        if let Some(household) = self.places.get(&key) {
            return Ok(Some(*household));
        }
        if let Some(household) = self.base.place(key)? {
            return Ok(Some(household));
        }
        for household in &self.hints {
            if self.file(*household)?.is_some_and(|file| file.record(key).is_some()) {
                return Ok(Some(*household));
            }
        }
        Ok(None)
    }

    fn open<'f>(
        &self,
        files: &'f mut BTreeMap<HouseholdId, Dossier>,
        household: HouseholdId,
    ) -> Result<&'f mut Dossier, Unreadable> {
        Ok(match files.entry(household) {
            std::collections::btree_map::Entry::Occupied(held) => held.into_mut(),
            std::collections::btree_map::Entry::Vacant(slot) => {
                slot.insert(self.file(household)?.map(Arc::unwrap_or_clone).unwrap_or_default())
            }
        })
    }
}

impl Records for Overlay<'_> {
    fn record(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        if let Some(household) = self.place(key)?
            && let Some(record) = self.file(household)?.and_then(|file| file.record(key))
        {
            return Ok(Some(record));
        }
        self.loose_record(key)
    }

    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        self.file(household)
    }

    fn claims_on(&self, wish: WishId) -> Result<Vec<Claim>, Unreadable> {
        if let Some(household) = self.place(RecordKey { kind: Kind::Wish, id: wish.into() })? {
            let claims = |file: Arc<Dossier>| file.claims.iter().filter(|claim| claim.wish == wish).cloned().collect();
            return Ok(self.file(household)?.map(claims).unwrap_or_default());
        }
        let mut claims = self.base.loose_claims(wish)?;
        for record in self.loose.values() {
            if let Record::Claim(claim) = record
                && claim.wish == wish
            {
                claims.retain(|held| held.id != claim.id);
                claims.push(claim.clone());
            }
        }
        Ok(claims)
    }

    fn person(&self, id_number: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
        let here = |file: &Dossier, member: MemberId| {
            file.present_members().any(|held| held.id == member && held.id_number.as_ref() == Some(id_number))
        };
        for (household, member) in self.base.persons(id_number)? {
            if self.file(household)?.is_some_and(|file| here(&file, member)) {
                return Ok(Some((household, member)));
            }
        }
        Ok(self.files.iter().find_map(|(household, file)| {
            let member = file.present_members().find(|member| member.id_number.as_ref() == Some(id_number))?;
            Some((*household, member.id))
        }))
    }

    fn holds_households(&self) -> bool {
        !self.files.is_empty() || self.base.holds_files().unwrap_or(true)
    }

    fn former_regions(&self, household: HouseholdId) -> Result<Vec<RegionCode>, Unreadable> {
        self.base.former_regions(household)
    }

    fn entry(&self, id: CommandId) -> Result<Option<Entry>, Unreadable> {
        self.base.entry(id)
    }
}

/// What is on top, when the base is no longer needed.
#[derive(Debug, Default)]
pub struct Parts {
    /// Files that were changed.
    pub files: BTreeMap<HouseholdId, Arc<Dossier>>,
    /// Pages that were cut off files.
    pub pages: BTreeMap<(HouseholdId, u32), OlderPage>,
    /// Records outside of files that were changed.
    pub loose: BTreeMap<RecordKey, Record>,
    /// In whose file records stand that were created.
    pub places: HashMap<RecordKey, HouseholdId>,
}

/// The households that a command names itself.
fn named(command: &Command) -> Vec<HouseholdId> {
    match command {
        Command::Amend { household, .. }
        | Command::Reveal { household, .. }
        | Command::SettleConflict { household, .. } => household.iter().copied().collect(),
        Command::LogVisit { visit, .. } => vec![visit.household],
        Command::SpendStock { household, .. } => vec![*household],
        Command::RegisterNeed { need } => vec![need.household],
        Command::ReportLead { lead } => lead.household.iter().copied().collect(),
        Command::Register { record } => household_of(record).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether a change puts that household on file.
fn founds(change: &Change, household: HouseholdId) -> bool {
    let key = RecordKey { kind: Kind::Household, id: household.into() };
    matches!(change, Change::Create(record) if record.key() == key)
}

/// One change in a household's file.
pub fn change_file(file: &mut Dossier, cause: &Cause, change: &Change) -> Result<(), Unreadable> {
    match change {
        Change::Create(record) => file.insert(created(record, cause)),
        Change::Update { record, fields } => {
            let target = file.fields_mut(*record).ok_or_else(|| missing(*record))?;
            write(target, fields, cause.hlc, cause.by).map_err(|_| misfit(*record))?;
        }
    }
    Ok(())
}

/// Writes a command into a file's timeline.
pub fn note(file: &mut Dossier, cause: &Cause, changes: &[Change]) {
    if cause.what == "seed" || file.history.iter().any(|line| line.id == cause.id && line.what == cause.what) {
        return;
    }
    // A command may have been about several files: each keeps its own part.
    let here = |key: &RecordKey| file.record(*key).is_some();
    let mut line = HistoryEntry {
        id: cause.id,
        at: cause.at,
        by: cause.by,
        what: cause.what.clone(),
        records: cause.seen.iter().copied().filter(here).collect(),
        fields: Vec::new(),
        lost: cause.lost.iter().filter(|(key, _)| here(key)).cloned().collect(),
    };
    line.fields.extend(cause.told.iter().cloned());
    for change in changes {
        match change {
            Change::Create(record) => line.records.push(record.key()),
            Change::Update { record, fields } => {
                let changed = fields.iter().filter(|field| field.before != field.after);
                line.fields.extend(changed.map(|field| (*record, field.clone())));
            }
        }
    }
    file.history.insert(0, line);
}

/// Moves the older half of long lists to a page of their own, so that a file stays small: the page with its number.
pub fn cut_older(file: &mut Dossier) -> Option<(u32, OlderPage)> {
    let cut_visits = file.visits.len() >= 2 * RECENT_VISITS;
    let cut_history = file.history.len() >= 2 * RECENT_HISTORY;
    if !cut_visits && !cut_history {
        return None;
    }
    let mut page = OlderPage::default();
    if cut_visits {
        page.visits = file.visits.split_off(RECENT_VISITS);
        file.older_visits += u32::try_from(page.visits.len()).unwrap_or(u32::MAX);
    }
    if cut_history {
        page.history = file.history.split_off(RECENT_HISTORY);
    }
    let number = file.older_pages;
    file.older_pages += 1;
    Some((number, page))
}

fn created(record: &Record, cause: &Cause) -> Record {
    let mut record = record.clone();
    record.fields_mut().meta_mut().hlc = cause.hlc;
    record
}

fn missing(key: RecordKey) -> Unreadable {
    Unreadable(format!("{key}: changed but not held"))
}

fn misfit(key: RecordKey) -> Unreadable {
    Unreadable(format!("{key}: a change does not fit its field table"))
}
