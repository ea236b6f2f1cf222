//! The desk: one worker at work on a replica. The command line and the console both act through it, so that a record
//! made here has the same defaults, numbers and ids as one made there.

mod about;
mod demo;
pub mod enrol;
mod inbox;
mod intake;
pub mod register;

use std::sync::Arc;

use chrono::{Days, NaiveDate};

use crate::domain::claim::Claim;
use crate::domain::codes::{self, Code};
use crate::domain::command::Command;
use crate::domain::decide;
use crate::domain::id::{ClaimId, HouseholdId, LeadId, NeedId, VisitId, WishId, WorkerId};
use crate::domain::lead::Lead;
use crate::domain::moment::{Moment, Now};
use crate::domain::need::Need;
use crate::domain::numbering::{self, Series};
use crate::domain::params;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::refusal::Refusal;
use crate::domain::region::RegionCode;
use crate::domain::visit::Visit;
use crate::domain::wish::Wish;
use crate::domain::worker::{Actor, Right, Role, Worker};
use crate::replica::agenda::Agenda;
use crate::replica::projection::grade_letter;
use crate::replica::{Committed, Replica, ReplicaError};

pub use about::{About, about};
pub use intake::IntakeError;
pub use register::Registration;

/// A worker at work.
#[derive(Clone)]
pub struct Desk {
    replica: Arc<Replica>,
    actor: Actor,
}

impl Desk {
    /// Sits the worker down: the one asked for, else the first with a territory, else the first at all.
    pub fn new(replica: Arc<Replica>, worker: Option<WorkerId>) -> Desk {
        let actor = {
            let memory = replica.read();
            let workers = &memory.reference.workers;
            let enrolment = replica.enrolment();
            // A device that has joined a server holds the whole county's list: its own worker sits here.
            // On a shared one, somebody who is in service.
            let left = |id: &WorkerId| workers.get(id).is_some_and(|worker| !worker.is_in_service());
            let own = enrolment.as_ref().and_then(|enrolment| {
                let own = &enrolment.scope.workers;
                own.iter().find(|id| !left(id)).or(own.first()).copied()
            });
            let seated = worker.and_then(|id| workers.get(&id)).or_else(|| own.and_then(|id| workers.get(&id)));
            if let (None, Some(enrolment), Some(own)) = (seated, &enrolment, own) {
                // Before the first round the list is not here yet.
                let regions = enrolment.scope.territories.clone();
                let brief = Worker { id: own, role: Role::GridWorker, regions, ..Worker::default() };
                return Desk { actor: actor_of(Some(&brief), &replica), replica: replica.clone() };
            }
            let chosen = seated.or_else(|| {
                workers.values().filter(|worker| !worker.meta.deleted).min_by_key(|w| (w.regions.is_empty(), w.id))
            });
            actor_of(chosen.map(|worker| &**worker), &replica)
        };
        Desk { replica, actor }
    }

    /// Puts the first worker into an empty home: somebody who works alone, in the role of a grid worker.
    ///
    /// # Errors
    /// When the home already has records.
    pub fn settle_in(replica: &Replica, name: &str, now: Now) -> Result<WorkerId, ReplicaError> {
        let worker = Worker {
            id: WorkerId::new(),
            name: name.to_owned(),
            role: Role::GridWorker,
            active: true,
            ..Worker::default()
        };
        let id = worker.id;
        let actor = Actor { worker: id, role: Role::GridWorker, org: None, regions: vec![], device: replica.device() };
        replica.commit(&actor, now, Command::Seed { records: vec![Record::Worker(worker)] })?;
        Ok(id)
    }

    /// The replica.
    pub fn replica(&self) -> &Arc<Replica> {
        &self.replica
    }

    /// Who works here.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The time, from the system's clock.
    pub fn now() -> Now {
        Now::new(Moment::from_system(std::time::SystemTime::now()))
    }

    /// Carries out a command now.
    ///
    /// # Errors
    /// As [`Replica::commit`].
    pub fn commit(&self, command: Command) -> Result<Committed, ReplicaError> {
        self.replica.commit(&self.actor, Desk::now(), command)
    }

    /// Takes back this worker's latest command; gives it, and what it was about.
    ///
    /// # Errors
    /// As [`Replica::undo`].
    pub fn undo(&self, now: Now) -> Result<(Committed, Command, Option<About>), ReplicaError> {
        let (committed, command) = self.replica.undo(&self.actor, now)?;
        let about = about(&self.replica.read(), &command);
        Ok((committed, command, about))
    }

    /// What waits up to and including a day.
    pub fn agenda(&self, today: NaiveDate, until: NaiveDate) -> Agenda {
        Agenda::of(&self.replica.read(), &self.actor.regions, today, until)
    }

    /// A visit to a household with everything filled in that can be: time, visitor, next due date.
    pub fn new_visit(&self, household: HouseholdId, now: Now) -> Visit {
        Visit {
            id: VisitId::new(),
            household,
            at: now.at,
            mode: Code::from("door"),
            visitors: vec![self.actor.worker],
            next_due: self.propose_next_due(household, now.today()),
            ..Visit::default()
        }
    }

    /// When the next visit is due if somebody is met on that day: by the risk grade's interval.
    pub fn propose_next_due(&self, household: HouseholdId, visited: NaiveDate) -> Option<NaiveDate> {
        let grade = self.replica.read().household(household).map_or(2, |row| row.fixed().grade);
        let days = params::on(visited).visit_interval_days(grade_letter(grade));
        visited.checked_add_days(Days::new(u64::from(days)))
    }

    /// A need of a household, numbered, with urgency "normal".
    pub fn new_need(&self, household: HouseholdId, now: Now) -> Need {
        let region = self.region_of(Some(household));
        Need {
            id: NeedId::new(),
            no: self.number(Series::Need, &region, now.today()),
            household,
            urgency: Code::from("3"),
            quantity: 1,
            reported_at: now.at,
            ..Need::default()
        }
    }

    /// A wish card from a need, numbered, with the need's item and quantity. The text is left to a person: a need's
    /// title may say who it is about.
    pub fn new_wish(&self, need: &Need, now: Now) -> Wish {
        let region = self.region_of(Some(need.household));
        Wish {
            id: WishId::new(),
            no: self.number(Series::Wish, &region, now.today()),
            need: Some(need.id),
            household: Some(need.household),
            member: need.member,
            category: need.item.clone(),
            ceiling: need.estimated,
            units: need.quantity.max(1),
            ..Wish::default()
        }
    }

    /// A lead, numbered.
    pub fn new_lead(&self, household: Option<HouseholdId>, now: Now) -> Lead {
        let region = self.region_of(household);
        Lead {
            id: LeadId::new(),
            no: self.number(Series::Lead, &region, now.today()),
            household,
            region,
            reported_at: now.at,
            ..Lead::default()
        }
    }

    /// A number for a resource of that region, which a device gives once.
    pub fn resource_number(&self, region: &RegionCode, today: NaiveDate) -> String {
        let own = if region.is_empty() { self.region_of(None) } else { region.clone() };
        self.number(Series::Resource, &own, today)
    }

    /// A claim on as many units of a wish, on behalf of a claimant; the worker's own name where none is given.
    pub fn new_claim(&self, wish: WishId, units: u16, claimant: &str) -> Claim {
        let name = if claimant.is_empty() {
            self.replica.read().reference.worker_name(self.actor.worker).to_owned()
        } else {
            claimant.to_owned()
        };
        Claim {
            id: ClaimId::new(),
            wish,
            // Zero stands for "any": the rules choose the lowest free units.
            units: vec![0; usize::from(units.max(1))],
            claimant: name,
            claimant_org: self.actor.org,
            direction: Code::from("need_to_donor"),
            ..Claim::default()
        }
    }

    /// The living claim that an act on a wish is about; see [`decide::current_claim`].
    ///
    /// # Errors
    /// When the claims cannot be read.
    pub fn current_claim(&self, wish: WishId) -> Result<Option<Claim>, ReplicaError> {
        Ok(decide::current_claim(&self.claims_on(wish)?, wish).cloned())
    }

    /// All claims ever made on a wish, as far as they are held here.
    ///
    /// # Errors
    /// When the claims cannot be read.
    pub fn claims_on(&self, wish: WishId) -> Result<Vec<Claim>, ReplicaError> {
        let ids: Vec<ClaimId> = {
            let memory = self.replica.read();
            memory.pools.claims.iter().filter(|(_, on)| **on == wish).map(|(id, _)| *id).collect()
        };
        let mut claims = Vec::new();
        for id in ids {
            if let Some(Record::Claim(claim)) =
                self.replica.record(RecordKey { kind: Kind::Claim, id: id.into() }, None)?
            {
                claims.push(claim);
            }
        }
        Ok(claims)
    }

    /// Refuses unless the worker's role has the right: for what is read or taken out, which no command decides.
    ///
    /// # Errors
    /// [`Reason::NotPermitted`](crate::domain::refusal::Reason::NotPermitted).
    pub fn permit(&self, right: Right) -> Result<(), Refusal> {
        decide::permit(&self.actor, right)
    }

    /// The field of service that a need's words point to: that of the kind of need they name, else daily living, the
    /// broadest one.
    pub fn field_of_need(kind: &Code, title: &str) -> Code {
        let kinds = codes::list("need_type");
        let named = kinds.and_then(|kinds| {
            kinds.get(kind.as_str()).or_else(|| kinds.by_label(title)).or_else(|| {
                kinds.entries().iter().find(|entry| entry.aliases.iter().any(|alias| title.contains(alias)))
            })
        });
        Code::from(named.and_then(|entry| entry.parent).unwrap_or("living"))
    }

    /// The region of a household, or the worker's own.
    fn region_of(&self, household: Option<HouseholdId>) -> RegionCode {
        let memory = self.replica.read();
        household
            .and_then(|id| memory.household(id))
            .and_then(|row| memory.region(row.fixed().region))
            .or(self.actor.regions.first())
            .cloned()
            .unwrap_or_default()
    }

    fn number(&self, series: Series, region: &RegionCode, today: NaiveDate) -> String {
        numbering::number(series, region, today, self.replica.device(), self.replica.next_serial())
    }
}

fn actor_of(worker: Option<&Worker>, replica: &Replica) -> Actor {
    Actor {
        worker: worker.map(|worker| worker.id).unwrap_or_default(),
        role: worker.map_or(Role::GridWorker, |worker| worker.role),
        org: worker.and_then(|worker| worker.org),
        regions: worker.map(|worker| worker.regions.clone()).unwrap_or_default(),
        device: replica.device(),
    }
}
