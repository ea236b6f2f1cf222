//! Bringing rosters in: [`roster`](crate::roster) reads, checks and plans; the desk compares with its replica, gives ids,
//! numbers and provisional region codes, and commits the plan as one.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::NaiveDate;

use super::Desk;
use crate::domain::codes::{self, Code};
use crate::domain::command::Command;
use crate::domain::id::{HouseholdId, MemberId, RegionId};
use crate::domain::id_number::IdNumber;
use crate::domain::moment::Now;
use crate::domain::numbering::{self, Series};
use crate::domain::record::Record;
use crate::domain::records::{Dossier, Unreadable};
use crate::domain::region::{Level, Region, RegionCode, UNNAMED_TOWN};
use crate::domain::worker::Right;
use crate::replica::projection::category_code;
use crate::replica::reference::Reference;
use crate::replica::{Replica, ReplicaError, Stage};
use crate::roster::check::{self, Stopped};
use crate::roster::place::{self, Place, PlaceFault};
use crate::roster::plan::{self, Mint, Plan, PlanError, Register};
use crate::roster::read::Watch;
use crate::roster::source::Source;
use crate::roster::unlisted;

impl Desk {
    /// Checks rosters and compares them with the replica; nothing is changed.
    ///
    /// # Errors
    /// The job was stopped, the role may not import, or a held record cannot be read.
    pub fn plan_import(&self, source: Source, watch: Watch<'_>) -> Result<Plan, IntakeError> {
        self.permit_import()?;
        let register = HeldRegister::of(self.replica())?;
        // Without any region no row can stand: said once, not of every row.
        if register.may_lie(&Place::default()) == Err(PlaceFault::NoRegions) {
            return Err(PlaceFault::NoRegions.into());
        }
        let mut registered = |number: &IdNumber| matches!(register.person(number), Ok(Some(_)));
        let checked = check::check_within(source, &mut registered, &mut |place| register.may_lie(place), &mut *watch)?;
        Ok(plan::plan(checked, &register, watch)?)
    }

    /// Commits a plan, all of it or nothing; tells the number of commands.
    ///
    /// # Errors
    /// As [`Replica::commit_all`](crate::replica::Replica::commit_all).
    pub fn commit_import(
        &self,
        plan: &Plan,
        now: Now,
        progress: &mut dyn FnMut(Stage, u64) -> ControlFlow<()>,
    ) -> Result<u64, IntakeError> {
        self.permit_import()?;
        let register = HeldRegister::of(self.replica())?;
        // The device may have joined a county since the plan was made.
        plan.new_places().try_for_each(|place| register.may_lie(place))?;
        let minted = RefCell::new(VecDeque::new());
        let mut mint = DeskMint::new(self, now, &minted, register.base.clone());
        let mut planned = plan.commands(&register, &mut mint);
        let mut held_back = None;
        let mut commands = std::iter::from_fn(|| {
            // A household's region goes before the household.
            if held_back.is_none() {
                held_back = planned.next();
            }
            match minted.borrow_mut().pop_front() {
                Some(region) => Some(Ok(Command::Register { record: Box::new(Record::Region(region)) })),
                None => held_back.take(),
            }
        });
        let done = self
            .replica()
            .commit_all(self.actor(), now, &mut commands, &mut |stage, count| progress(stage, count).is_continue())?;
        Ok(done)
    }

    fn permit_import(&self) -> Result<(), ReplicaError> {
        use crate::domain::refusal::{Label, Reason};
        if self.actor().role.may(Right::Import) {
            return Ok(());
        }
        let act = Label { zh: "导入名册".to_owned(), en: "import rosters".to_owned() };
        Err(Reason::NotPermitted { role: Label::of("role", self.actor().role.code()), act }.into())
    }
}

/// What can go wrong while rosters come in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The job was stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The plan could not be made.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A place is no region of the county.
    #[error(transparent)]
    Place(#[from] PlaceFault),
    /// The replica refused or failed.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

impl crate::i18n::Explain for IntakeError {
    fn code(&self) -> &str {
        self.told().code()
    }
    fn field(&self) -> Option<&str> {
        self.told().field()
    }
    fn message(&self, lang: crate::i18n::Lang) -> String {
        self.told().message(lang)
    }
    fn remedy(&self, lang: crate::i18n::Lang) -> String {
        self.told().remedy(lang)
    }
}

impl IntakeError {
    fn told(&self) -> &dyn crate::i18n::Explain {
        match self {
            IntakeError::Stopped(error) => error,
            IntakeError::Plan(error) => error,
            IntakeError::Place(error) => error,
            IntakeError::Replica(error) => error,
        }
    }
}

/// The replica as an import reads it.
struct HeldRegister<'a> {
    replica: &'a Replica,
    /// What the device of a county may hold; `None` on one that works alone.
    territories: Option<Vec<RegionCode>>,
    today: NaiveDate,
    /// Places that were looked up in the county's tree.
    known: RefCell<HashMap<Place, Result<RegionCode, PlaceFault>>>,
    /// The territory inside which codes are made up, where the server keeps no list of its regions.
    base: Option<RegionCode>,
    /// Names that this roster gives to the territory itself and what it lies in.
    named: RefCell<HashMap<RegionCode, String>>,
}

impl<'a> HeldRegister<'a> {
    fn of(replica: &'a Replica) -> Result<HeldRegister<'a>, ReplicaError> {
        let (territories, today) = (replica.territories()?, Desk::now().today());
        let base = replica.makes_up_regions_in(today)?;
        Ok(HeldRegister { replica, territories, today, known: RefCell::default(), base, named: RefCell::default() })
    }

    /// Whether a household may lie there: on a device of a county only in an official region of its territory, or, where
    /// there is no list of them, in what is made up inside it. From anywhere else it would leave with the next round.
    fn may_lie(&self, place: &Place) -> Result<(), PlaceFault> {
        if let Some(base) = &self.base {
            return self.may_be_made_up(place, base);
        }
        match &self.territories {
            None => Ok(()),
            Some(territories) => self.official(place, territories).map(drop),
        }
    }

    fn may_be_made_up(&self, place: &Place, base: &RegionCode) -> Result<(), PlaceFault> {
        let mut named = self.named.borrow_mut();
        let name_of = |code: &RegionCode| self.replica.region_called(code).or_else(|| named.get(code).cloned());
        unlisted::may_lie(place, base, name_of)?;
        for (level, name) in place.parts() {
            if let Some(code) = unlisted::given(base, level) {
                named.entry(code).or_insert_with(|| name.to_owned());
            }
        }
        Ok(())
    }

    /// The region made up for a place before.
    fn made_up(&self, place: &Place, base: &RegionCode) -> Option<RegionCode> {
        let memory = self.replica.read();
        let mut found = base.county();
        for (level, name) in place.parts().filter(|(level, _)| !matches!(level, Level::City | Level::County)) {
            found = match unlisted::given(base, level) {
                Some(code) => memory.reference.regions.get(&code)?.code.clone(),
                None => memory.reference.region_named(level, name, Some(&found))?.code.clone(),
            };
        }
        Some(found)
    }

    fn official(&self, place: &Place, territories: &[RegionCode]) -> Result<RegionCode, PlaceFault> {
        if let Some(known) = self.known.borrow().get(place) {
            return known.clone();
        }
        let memory = self.replica.read();
        let regions = memory.reference.regions.values().map(|region| &**region);
        let found = place::official(place, regions, territories, self.today);
        self.known.borrow_mut().insert(place.clone(), found.clone());
        found
    }
}

impl Register for HeldRegister<'_> {
    fn person(&self, id_number: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
        self.replica.person(id_number).map_err(|error| Unreadable(error.to_string()))
    }
    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        self.replica.dossier(household).map_err(|error| Unreadable(error.to_string()))
    }
    fn region(&self, place: &Place) -> Result<Option<RegionCode>, Unreadable> {
        if let Some(base) = &self.base {
            return Ok(self.made_up(place, base));
        }
        Ok(match &self.territories {
            // A town alone is asked for too: which part of the register a roster is about.
            Some(_) if place.village.is_none() => locate(&self.replica.read().reference, place),
            Some(territories) => self.official(place, territories).ok(),
            None => locate(&self.replica.read().reference, place),
        })
    }
    fn households(&self, category: &Code, region: &RegionCode) -> Result<Vec<HouseholdId>, Unreadable> {
        let memory = self.replica.read();
        let list = codes::list("assist_category");
        let of_category = |code: &str| list.is_some_and(|list| list.is_within(code, category.as_str()));
        Ok(memory
            .rows
            .iter()
            .filter(|(_, row)| row.is_present() && of_category(category_code(row.fixed().category)))
            .filter(|(_, row)| memory.region(row.fixed().region).is_some_and(|held| region.contains(held)))
            .map(|(_, row)| row.id())
            .collect())
    }
}

/// The region of these names, at the lowest level that is named.
fn locate(reference: &Reference, place: &Place) -> Option<RegionCode> {
    let mut found: Option<RegionCode> = None;
    for (level, name) in place.parts() {
        let region = reference.region_named(level, name, found.as_ref())?;
        found = Some(region.code.clone());
    }
    found
}

/// Ids from the system, numbers and provisional codes from the desk.
pub(super) struct DeskMint<'a> {
    desk: &'a Desk,
    now: Now,
    /// Regions made and not yet registered.
    minted: &'a RefCell<VecDeque<Region>>,
    /// What was made so far, by the code of the parent and the name.
    made: HashMap<(String, String), RegionCode>,
    /// On a device of a county whose server keeps no list: the territory inside which codes are made up.
    base: Option<RegionCode>,
}

/// The county of those who work alone and have none: no province begins with 99 (GB/T 2260).
const NO_COUNTY: &str = "999900000000";

impl<'a> DeskMint<'a> {
    pub(super) fn new(
        desk: &'a Desk,
        now: Now,
        minted: &'a RefCell<VecDeque<Region>>,
        base: Option<RegionCode>,
    ) -> DeskMint<'a> {
        DeskMint { desk, now, minted, made: HashMap::new(), base }
    }

    /// The region of that name below the parent: held, made before, or made now.
    fn below(&mut self, parent: &RegionCode, level: Level, name: &str) -> RegionCode {
        let memory = self.desk.replica().read();
        if let Some(region) = memory.reference.region_named(level, name, Some(parent)) {
            return region.code.clone();
        }
        let key = (parent.as_str().to_owned(), name.to_owned());
        if let Some(code) = self.made.get(&key) {
            return code.clone();
        }
        let taken = |code: &RegionCode| {
            memory.reference.regions.contains_key(code) || self.made.values().any(|made| made == code)
        };
        let code = unlisted::numbers(name)
            .filter_map(|number| unlisted::numbered(parent, level, number))
            .find(|code| !taken(code))
            // 400 unknown names below one parent: the rest share the last code and are told apart by hand.
            .or_else(|| unlisted::numbered(parent, level, unlisted::LAST))
            .unwrap_or_else(|| parent.clone());
        drop(memory);
        self.made.insert(key, code.clone());
        self.mint(parent, level, name, &code);
        code
    }

    /// The region that the territory itself says, which gets that name unless it has one.
    fn given(&mut self, code: RegionCode, parent: &RegionCode, level: Level, name: &str) -> RegionCode {
        let is_named = self.desk.replica().region_called(&code).is_some();
        if !is_named && !self.made.values().any(|made| *made == code) {
            self.made.insert((parent.as_str().to_owned(), name.to_owned()), code.clone());
            self.mint(parent, level, name, &code);
        }
        code
    }

    fn mint(&self, parent: &RegionCode, level: Level, name: &str, code: &RegionCode) {
        self.minted.borrow_mut().push_back(Region {
            id: RegionId::new(),
            code: code.clone(),
            name: name.to_owned(),
            level,
            parent: Some(parent.clone()),
            provisional: true,
            ..Region::default()
        });
    }

    fn made_up(&mut self, parent: &RegionCode, level: Level, name: &str) -> RegionCode {
        match self.base.as_ref().and_then(|base| unlisted::given(base, level)) {
            Some(code) => self.given(code, parent, level, name),
            None => self.below(parent, level, name),
        }
    }

    fn county(&self) -> RegionCode {
        let own = self.desk.actor().regions.first().map(RegionCode::county);
        let held = || self.desk.replica().read().reference.regions.keys().map(RegionCode::county).min();
        own.or_else(held).or_else(|| RegionCode::parse(NO_COUNTY)).unwrap_or_default()
    }
}

impl Mint for DeskMint<'_> {
    fn household_id(&mut self) -> HouseholdId {
        HouseholdId::new()
    }
    fn member_id(&mut self) -> MemberId {
        MemberId::new()
    }
    fn archive_no(&mut self, region: &RegionCode) -> String {
        let serial = self.desk.replica().next_serial();
        numbering::number(Series::Archive, region, self.now.today(), self.desk.actor().device, serial)
    }
    fn provisional_region(&mut self, place: &Place) -> RegionCode {
        let county = place
            .county
            .as_deref()
            .and_then(|name| {
                self.desk.replica().read().reference.region_named(Level::County, name, None).map(|r| r.code.clone())
            })
            .unwrap_or_else(|| self.county());
        let mut code = self.base.as_ref().map_or(county, RegionCode::county);
        // A village without a town stands below an unnamed one.
        if place.town.is_none() && (place.village.is_some() || place.grid.is_some()) {
            code = self.made_up(&code, Level::Town, UNNAMED_TOWN);
        }
        for (level, name) in place.parts() {
            if matches!(level, Level::Town | Level::Village | Level::Grid) {
                code = self.made_up(&code, level, name);
            }
        }
        code
    }
}
