//! What an import would do to the register: new, updated and unchanged households and persons, with every change of a
//! field. Nobody is ever deleted: who is on the register and not in the roster is listed.
//!
//! A plan holds no records. [`Plan::commands`] makes them household by household while they are committed, so that a
//! city's roster fits into memory.

mod reconcile;
mod register;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use register::find;
pub use register::{Mint, Register};

use super::check::{Checked, Pace, Stopped, push_notice};
use super::family::Family;
use super::map::Role;
use super::notice::Notice;
use super::place::Place;
use super::read::{Phase, Watch};
use crate::domain::codes::{self, Code};
use crate::domain::command::Command;
use crate::domain::field::Field;
use crate::domain::id::HouseholdId;
use crate::domain::id_number::IdNumber;
use crate::domain::mask;
use crate::domain::records::{Dossier, Unreadable};
use crate::domain::region::RegionCode;
use crate::domain::value::Value;
use crate::i18n::{Explain, Lang};

/// How many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not on the register yet.
    pub new: usize,
    /// On the register, with other facts.
    pub updated: usize,
    /// On the register as the roster has them.
    pub unchanged: usize,
    /// Rows with errors.
    pub refused: usize,
}

impl Counts {
    /// Whether there is anything to commit.
    pub fn is_effective(&self) -> bool {
        self.new + self.updated > 0
    }
}

/// A field that would change, for the preview.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The household's archive number.
    pub archive_no: String,
    /// The person's name, masked; the head's for fields of the household.
    pub name_masked: String,
    /// The field.
    pub field: &'static Field,
    /// What the register has.
    pub before: Value,
    /// What the roster has.
    pub after: Value,
}

/// Changes of fields that are kept for the preview; beyond these they are only counted.
pub const MAX_DIFFERENCES: usize = 20_000;

/// What an import would do.
#[derive(Debug)]
pub struct Plan {
    checked: Checked,
    steps: Vec<Step>,
    households: Counts,
    members: Counts,
    differences: Vec<Difference>,
    differences_beyond: usize,
    notices: Vec<Notice>,
    /// Every place of the roster with its region, where the tree has it.
    places: BTreeMap<Place, Option<RegionCode>>,
}

/// What becomes of a checked household.
#[derive(Debug, Clone, Copy)]
enum Step {
    Register,
    Change(HouseholdId),
    Leave,
}

/// A plan that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The job was stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// A record of the register could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// Compares checked rosters with the register.
///
/// # Errors
/// [`PlanError`].
pub fn plan(checked: Checked, register: &dyn Register, watch: Watch<'_>) -> Result<Plan, PlanError> {
    let mut plan = Plan {
        steps: Vec::with_capacity(checked.len()),
        households: Counts { refused: checked.refused_households(), ..Counts::default() },
        members: Counts { refused: checked.refused_members(), ..Counts::default() },
        differences: Vec::new(),
        differences_beyond: 0,
        notices: checked.notices().to_vec(),
        places: BTreeMap::new(),
        checked,
    };
    let heads: HashSet<IdNumber> = plan.checked.houses.iter().map(|house| house.head).collect();
    let mut seen = Seen { heads, claimed: HashMap::new(), scopes: BTreeSet::new() };
    let mut pace = Pace::new(Phase::Compare, plan.checked.len() as u64);
    for index in 0..plan.checked.len() {
        pace.step(watch)?;
        let Some(family) = plan.checked.family(index) else { continue };
        plan.compare(index, &family, register, &mut seen)?;
    }
    plan.list_missing(register, &seen)?;
    for (place, region) in &plan.places {
        if region.is_none() {
            push_notice(&mut plan.notices, Notice::NewPlace { name: place.to_string() });
        }
    }
    Ok(plan)
}

/// What was met while comparing.
struct Seen {
    /// The heads of the roster.
    heads: HashSet<IdNumber>,
    /// The households of the register that the roster has.
    claimed: HashMap<HouseholdId, usize>,
    /// Which part of the register the roster is about: category and town.
    scopes: BTreeSet<(String, Place)>,
}

impl Plan {
    /// The checked rosters, with the errors.
    pub fn checked(&self) -> &Checked {
        &self.checked
    }

    /// Households by what would become of them.
    pub fn households(&self) -> Counts {
        self.households
    }

    /// Persons by what would become of them. A head who stands in the household's row only counts as a person.
    pub fn members(&self) -> Counts {
        self.members
    }

    /// The fields that would change.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// How many more fields would change than are listed.
    pub fn differences_beyond(&self) -> usize {
        self.differences_beyond
    }

    /// What else a person should know.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The places that the tree of regions does not have.
    pub fn new_places(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|(_, region)| region.is_none()).map(|(place, _)| place)
    }

    /// Whether there is anything to commit.
    pub fn is_effective(&self) -> bool {
        self.households.is_effective() || self.members.is_effective()
    }

    /// The commands that carry the plan out, in order, made while they are taken. They belong into one commit: all or
    /// none. `register` must be the one that was compared with.
    ///
    /// # Errors
    /// An item is [`Unreadable`] when the register cannot be read; nothing may be committed then.
    pub fn commands<'a>(
        &'a self,
        register: &'a dyn Register,
        mint: &'a mut dyn Mint,
    ) -> impl Iterator<Item = Result<Command, Unreadable>> + 'a {
        let mut regions: HashMap<&Place, RegionCode> = HashMap::new();
        (0..self.steps.len()).flat_map(move |index| {
            let made = self.commands_of(index, register, mint, &mut regions);
            match made {
                Ok(commands) => commands.into_iter().map(Ok).collect::<Vec<_>>(),
                Err(error) => vec![Err(error)],
            }
        })
    }

    fn commands_of<'a>(
        &'a self,
        index: usize,
        register: &dyn Register,
        mint: &mut dyn Mint,
        regions: &mut HashMap<&'a Place, RegionCode>,
    ) -> Result<Vec<Command>, Unreadable> {
        let step = self.steps[index];
        if matches!(step, Step::Leave) {
            return Ok(Vec::new());
        }
        let Some(family) = self.checked.family(index) else { return Ok(Vec::new()) };
        let region = family.household.as_ref().map(|stated| {
            let known = self.places.get_key_value(&stated.place);
            match known {
                Some((_, Some(region))) => region.clone(),
                Some((place, None)) => regions.entry(place).or_insert_with(|| mint.provisional_region(place)).clone(),
                None => mint.provisional_region(&stated.place),
            }
        });
        let today = self.checked.source().today;
        match step {
            Step::Register => reconcile::register(family, region, register, mint, today),
            Step::Change(household) => reconcile::change(family, household, region, register, mint, today),
            Step::Leave => Ok(Vec::new()),
        }
    }

    fn compare(
        &mut self,
        index: usize,
        family: &Family,
        register: &dyn Register,
        seen: &mut Seen,
    ) -> Result<(), Unreadable> {
        let region = match &family.household {
            None => None,
            Some(stated) => {
                seen.scopes.insert((root(stated.household.category.as_str()), town(&stated.place)));
                match self.places.get(&stated.place) {
                    Some(region) => region.clone(),
                    None => {
                        let region = register.region(&stated.place)?;
                        self.places.insert(stated.place.clone(), region.clone());
                        region
                    }
                }
            }
        };
        if family.head_names_differ {
            let at = self.checked.at(family.row, self.checked.column(family.row, Role::HeadName));
            push_notice(&mut self.notices, Notice::HeadNames { at });
        }
        let Some(dossier) = find(family, register, seen, index)? else {
            self.note_moves(family, None, register)?;
            self.households.new += usize::from(family.household.is_some());
            self.members.new += family.members.len();
            self.steps.push(Step::Register);
            return Ok(());
        };
        let found = reconcile::reconcile(family, &dossier, region.as_ref(), register)?;
        self.note_moves(family, Some(dossier.household.id), register)?;
        self.note_changes(family, &dossier, &found);
        self.steps.push(if found.is_empty() { Step::Leave } else { Step::Change(dossier.household.id) });
        Ok(())
    }

    fn note_changes(&mut self, family: &Family, dossier: &Dossier, found: &reconcile::Found) {
        let archive_no = &dossier.household.archive_no;
        if family.household.is_some() {
            let changed = !found.household.is_empty();
            self.households.updated += usize::from(changed);
            self.households.unchanged += usize::from(!changed);
        }
        self.members.new += found.joining.len();
        self.members.updated += found.members.len() + found.moving.len();
        self.members.unchanged += family.members.len() - found.joining.len() - found.members.len() - found.moving.len();
        let head = dossier.head().map(|head| mask::name(&head.name)).unwrap_or_default();
        if found.household.iter().any(|change| change.field == "head") || found.new_head {
            let at = self.checked.at(family.row, self.checked.column(family.row, Role::HeadId));
            push_notice(&mut self.notices, Notice::HeadChanged { at, archive_no: archive_no.clone() });
        }
        for (field, change) in found.household_fields() {
            self.difference(archive_no, &head, field, change);
        }
        for (member, changes) in &found.members {
            let name = dossier.members.iter().find(|held| held.id == *member).map(|held| mask::name(&held.name));
            for (field, change) in reconcile::member_fields(changes) {
                self.difference(archive_no, name.as_deref().unwrap_or_default(), field, change);
            }
        }
        for missing in dossier.present_members().filter(|held| found.missing.contains(&held.id)) {
            let notice =
                Notice::MemberMissing { archive_no: archive_no.clone(), name_masked: mask::name(&missing.name) };
            push_notice(&mut self.notices, notice);
        }
    }

    fn difference(
        &mut self,
        archive_no: &str,
        name_masked: &str,
        field: &'static Field,
        change: &crate::domain::change::FieldChange,
    ) {
        if self.differences.len() >= MAX_DIFFERENCES {
            self.differences_beyond += 1;
            return;
        }
        self.differences.push(Difference {
            archive_no: archive_no.to_owned(),
            name_masked: name_masked.to_owned(),
            field,
            before: change.before.clone(),
            after: change.after.clone(),
        });
    }

    /// Persons who stand in another household of the register.
    fn note_moves(
        &mut self,
        family: &Family,
        into: Option<HouseholdId>,
        register: &dyn Register,
    ) -> Result<(), Unreadable> {
        for stated in &family.members {
            let Some((from, _)) = reconcile::elsewhere(stated, into, register)? else { continue };
            let from_archive_no = register.dossier(from)?.map(|held| held.household.archive_no.clone());
            let notice = Notice::MemberMoved {
                at: self.checked.at(stated.row, None),
                from_archive_no: from_archive_no.unwrap_or_default(),
                name_masked: mask::name(&stated.member.name),
            };
            push_notice(&mut self.notices, notice);
        }
        Ok(())
    }

    /// Households of the register that the roster is about and does not have.
    fn list_missing(&mut self, register: &dyn Register, seen: &Seen) -> Result<(), Unreadable> {
        for (category, town) in &seen.scopes {
            let Some(region) = register.region(town)? else { continue };
            for household in register.households(&Code::new(category), &region)? {
                if seen.claimed.contains_key(&household) {
                    continue;
                }
                let Some(dossier) = register.dossier(household)? else { continue };
                if dossier.household.left_on.is_some() || dossier.household.meta.deleted {
                    continue;
                }
                let notice = Notice::HouseholdMissing {
                    archive_no: dossier.household.archive_no.clone(),
                    head_masked: dossier.head().map(|head| mask::name(&head.name)).unwrap_or_default(),
                };
                push_notice(&mut self.notices, notice);
            }
        }
        Ok(())
    }
}

/// The broadest category above this one.
fn root(category: &str) -> String {
    let mut code = category;
    // No list is deeper than a few levels; the bound only guards against a circle in the data.
    for _ in 0..8 {
        let entry = codes::list("assist_category").and_then(|list| list.get(code));
        match entry.and_then(|entry| entry.parent) {
            Some(parent) => code = parent,
            None => break,
        }
    }
    code.to_owned()
}

fn town(place: &Place) -> Place {
    Place { village: None, grid: None, ..place.clone() }
}

impl Explain for PlanError {
    fn code(&self) -> &str {
        match self {
            PlanError::Stopped(stopped) => stopped.code(),
            PlanError::Unreadable(_) => "record.unreadable",
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            PlanError::Stopped(stopped) => stopped.message(lang),
            PlanError::Unreadable(fault) => crate::domain::refusal::Refusal::from(fault.clone()).message(lang),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            PlanError::Stopped(stopped) => stopped.remedy(lang),
            PlanError::Unreadable(fault) => crate::domain::refusal::Refusal::from(fault.clone()).remedy(lang),
        }
    }
}
