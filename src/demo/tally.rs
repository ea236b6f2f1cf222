//! Counting held records, one at a time, from wherever they come: the store, the generator, an import.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::areas;
use super::count::{Count, Counts};
use super::size::{Group, MOST_PERSONS};
use crate::domain::claim::{Claim, ClaimState};
use crate::domain::codes::{self, Code};
use crate::domain::household::Household;
use crate::domain::id::{HouseholdId, MemberId, NeedId, WishId};
use crate::domain::member::Member;
use crate::domain::need::NeedState;
use crate::domain::org::Org;
use crate::domain::params;
use crate::domain::record::Record;
use crate::domain::region::{Level, Region, RegionCode};
use crate::domain::resource::Resource;
use crate::domain::visit::{Visit, VisitResult};
use crate::domain::wish::Wish;
use crate::domain::worker::{Role, Worker};

/// Counts of records, as of a day.
#[derive(Debug)]
pub struct Tally {
    as_of: NaiveDate,
    simple: HashMap<Count, u64>,
    homes: HashMap<HouseholdId, Home>,
    births: HashMap<MemberId, NaiveDate>,
    wishes: HashMap<WishId, CountedWish>,
    /// Day on which each wish was first fulfilled.
    given: HashMap<WishId, NaiveDate>,
    /// Needs found valid and not yet acted upon, with the day.
    waiting: HashMap<NeedId, NaiveDate>,
    lost: HashSet<WishId>,
    verified_leads: HashSet<HouseholdId>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Home {
    group: Option<Group>,
    members: u64,
    last_met: Option<NaiveDate>,
    kin_objected: bool,
}

#[derive(Debug, Clone)]
struct CountedWish {
    household: Option<HouseholdId>,
    member: Option<MemberId>,
    need: Option<NeedId>,
    category: Code,
    published: Option<NaiveDate>,
}

impl Tally {
    /// An empty tally. Lateness is counted as of the day; for a demo that is [`super::Demo::made_on`].
    pub fn new(as_of: NaiveDate) -> Tally {
        Tally {
            as_of,
            simple: HashMap::new(),
            homes: HashMap::new(),
            births: HashMap::new(),
            wishes: HashMap::new(),
            given: HashMap::new(),
            waiting: HashMap::new(),
            lost: HashSet::new(),
            verified_leads: HashSet::new(),
        }
    }

    /// Counts a record. Undone records do not count.
    pub fn add(&mut self, record: &Record) {
        if record.fields().meta().deleted {
            return;
        }
        match record {
            Record::Household(household) => self.household(household),
            Record::Member(member) => self.member(member),
            Record::Visit(visit) => self.visit(visit),
            Record::Lead(lead) => {
                if let (Some(household), crate::domain::lead::LeadState::Verified) = (lead.household, lead.state) {
                    self.verified_leads.insert(household);
                }
            }
            Record::Need(need) => {
                if let (NeedState::Valid, Some(at)) = (need.state, need.verified_at) {
                    self.waiting.insert(need.id, at.date());
                }
            }
            Record::Wish(wish) => self.wish(wish),
            Record::Claim(claim) => self.claim(claim),
            Record::Region(region) => self.region(region),
            Record::Station(station) => {
                self.one(Count::Stations);
                match station.level.as_str() {
                    "centre" => self.one(Count::Centres),
                    "station" => self.one(Count::TownStations),
                    "point" => self.one(Count::Points),
                    _ => {}
                }
            }
            Record::Org(org) => self.org(org),
            Record::Worker(worker) => self.worker(worker),
            Record::Resource(resource) => self.resource(resource),
            Record::Indicator(_) | Record::Conflict(_) | Record::Allotment(_) => {}
        }
    }

    /// Takes over what another tally counted of other records, so that two threads can count one demo.
    pub fn absorb(&mut self, other: Tally) {
        for (what, count) in other.simple {
            *self.simple.entry(what).or_default() += count;
        }
        for (id, home) in other.homes {
            let held = self.homes.entry(id).or_default();
            held.group = held.group.or(home.group);
            held.members += home.members;
            held.last_met = held.last_met.max(home.last_met);
            held.kin_objected |= home.kin_objected;
        }
        self.births.extend(other.births);
        self.wishes.extend(other.wishes);
        for (wish, day) in other.given {
            self.first_given(wish, day);
        }
        self.waiting.extend(other.waiting);
        self.lost.extend(other.lost);
        self.verified_leads.extend(other.verified_leads);
    }

    fn one(&mut self, what: Count) {
        *self.simple.entry(what).or_default() += 1;
    }

    fn household(&mut self, household: &Household) {
        if household.left_on.is_some() {
            return;
        }
        let list = codes::list("assist_category");
        let within = |group: &Group| list.is_some_and(|list| list.is_within(household.category.as_str(), group.code()));
        let group = Group::ALL.into_iter().find(within);
        self.homes.entry(household.id).or_default().group = group;
        self.one(Count::Households);
        if household.consent == "withdrawn" {
            self.one(Count::WithdrawnConsents);
        }
    }

    fn member(&mut self, member: &Member) {
        if member.left_on.is_some() {
            return;
        }
        self.homes.entry(member.household).or_default().members += 1;
        self.one(Count::People);
        if let Some(birth) = member.birth_date {
            self.births.insert(member.id, birth);
        }
        for (what, holds) in [
            (Count::DottedNames, member.name.contains('·')),
            (Count::MissingIds, member.id_number.is_none()),
            (Count::CompletedIds, member.note.contains("15位身份证号")),
            (Count::FullWidthNames, member.note.contains("全角")),
        ] {
            if holds {
                self.one(what);
            }
        }
    }

    fn visit(&mut self, visit: &Visit) {
        let home = self.homes.entry(visit.household).or_default();
        if visit.result == VisitResult::Met {
            home.last_met = home.last_met.max(Some(visit.at.date()));
        }
        home.kin_objected |= visit.refusal_reason == "family_objects";
    }

    fn wish(&mut self, wish: &Wish) {
        let counted = CountedWish {
            household: wish.household,
            member: wish.member,
            need: wish.need,
            category: wish.category.clone(),
            published: wish.published_at.map(|at| at.date()),
        };
        self.wishes.insert(wish.id, counted);
    }

    fn claim(&mut self, claim: &Claim) {
        if claim.state == ClaimState::Lost {
            self.lost.insert(claim.wish);
        }
        if let Some(at) = claim.fulfilled_at {
            self.first_given(claim.wish, at.date());
        }
    }

    fn first_given(&mut self, wish: WishId, day: NaiveDate) {
        let first = self.given.entry(wish).or_insert(day);
        *first = (*first).min(day);
    }

    fn region(&mut self, region: &Region) {
        if in_other_area(&region.code) {
            return;
        }
        match region.valid_to.filter(|end| *end < self.as_of) {
            None => self.one(Count::Regions(region.level)),
            Some(_) if region.level == Level::Town && region.successor.is_some() => self.one(Count::RecodedTowns),
            Some(_) => {}
        }
    }

    fn org(&mut self, org: &Org) {
        let department = org.kind == "department";
        if org.region == areas::q() && (department || org.kind == "civil_affairs") {
            self.one(Count::LeadDepartments);
        }
        if department && !in_other_area(&org.region) {
            self.one(Count::Departments);
        }
    }

    fn worker(&mut self, worker: &Worker) {
        if worker.regions.iter().any(|region| *region == areas::g()) {
            self.one(Count::WorkersOfG);
        }
        if worker.regions.iter().any(in_other_area) {
            return;
        }
        let kind = match worker.role {
            Role::SocialWorker => Count::SocialWorkers,
            Role::Volunteer => Count::Volunteers,
            _ => return,
        };
        self.one(Count::Helpers);
        self.one(kind);
    }

    fn resource(&mut self, resource: &Resource) {
        let (kind, region) = (resource.kind.as_str(), &resource.region);
        let what = match kind {
            "funds" if *region == areas::q() => Count::PledgeYuan,
            "funds" if *region == areas::g() => Count::CountyYuan,
            "funds" if resource.name.contains("1619") => Count::FundYuan,
            "volunteer" if *region == areas::q() => Count::RosterOfQ,
            "space" if *region == areas::g() => Count::Towers,
            _ => return,
        };
        *self.simple.entry(what).or_default() += u64::from(resource.quantity);
    }

    fn homes_of(&self, test: impl Fn(&Home) -> bool) -> u64 {
        self.homes.values().filter(|home| test(home)).count() as u64
    }

    /// Households of which one person was given things of one class on two days within the window.
    fn duplicate_gifts(&self) -> u64 {
        let window = i64::from(params::on(self.as_of).duplicate_window_days());
        let mut days: HashMap<(HouseholdId, Option<MemberId>, &str), Vec<NaiveDate>> = HashMap::new();
        for (id, day) in &self.given {
            let Some(wish) = self.wishes.get(id) else { continue };
            let Some(household) = wish.household else { continue };
            days.entry((household, wish.member, wish.category.as_str())).or_default().push(*day);
        }
        let close = |days: &mut Vec<NaiveDate>| {
            days.sort_unstable();
            days.windows(2).any(|pair| (pair[1] - pair[0]).num_days() <= window)
        };
        let homes: HashSet<HouseholdId> =
            days.iter_mut().filter_map(|((household, ..), days)| close(days).then_some(*household)).collect();
        homes.len() as u64
    }

    fn omissions(&self) -> u64 {
        let limit = i64::from(params::on(self.as_of).need_omission_days());
        let served: HashSet<NeedId> = self.wishes.values().filter_map(|wish| wish.need).collect();
        let late =
            |(need, day): &(&NeedId, &NaiveDate)| (self.as_of - **day).num_days() > limit && !served.contains(need);
        self.waiting.iter().filter(late).count() as u64
    }

    fn silent(&self) -> u64 {
        let limit = i64::from(params::on(self.as_of).never_contacted_days());
        self.homes_of(|home| home.last_met.is_none_or(|day| (self.as_of - day).num_days() > limit))
    }

    fn child_wishes(&self) -> u64 {
        let of_child = |wish: &&CountedWish| {
            let (Some(published), Some(member)) = (wish.published, wish.member) else { return false };
            let limit = params::on(published).child_consent_age();
            self.births.get(&member).is_some_and(|birth| crate::domain::mask::age(*birth, published) < limit)
        };
        self.wishes.values().filter(of_child).count() as u64
    }

    fn locked_in(&self) -> u64 {
        let held = |id: &&HouseholdId| self.homes.get(*id).is_some_and(|home| home.kin_objected);
        self.verified_leads.iter().filter(held).count() as u64
    }
}

impl Counts for Tally {
    fn count(&self, what: Count) -> u64 {
        match what {
            Count::HouseholdsOf(group) => self.homes_of(|home| home.group == Some(group)),
            Count::PeopleOf(group) => {
                self.homes.values().filter(|home| home.group == Some(group)).map(|home| home.members).sum()
            }
            Count::HouseholdsWith(group, persons) => {
                self.homes_of(|home| home.group == Some(group) && home.members == u64::from(persons))
            }
            Count::DuplicateGifts => self.duplicate_gifts(),
            Count::Omissions => self.omissions(),
            Count::Silent => self.silent(),
            Count::LostClaims => self.lost.len() as u64,
            Count::ChildWishes => self.child_wishes(),
            Count::LockedIn => self.locked_in(),
            Count::Codes(name) => codes::list(name).map_or(0, |list| {
                list.entries().iter().filter(|entry| list.get(entry.parent.unwrap_or("")).is_none()).count() as u64
            }),
            simple => self.simple.get(&simple).copied().unwrap_or(0),
        }
    }
}

/// Whether a region belongs to Q市 or L市.
fn in_other_area(code: &RegionCode) -> bool {
    ["9902", "9903"].iter().any(|city| code.as_str().starts_with(city))
}

/// That persons fit the counts' small number.
const _: () = assert!(MOST_PERSONS < 256);
