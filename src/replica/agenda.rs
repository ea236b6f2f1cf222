//! Today's work, derived from dates and states and never stored: visits due, wishes near their limits, leads and needs
//! to verify.

use chrono::{Days, NaiveDate};

use super::projection::{Projection, grade_letter};
use super::rows::{NO_DAY, day};
use crate::domain::claim::ClaimState;
use crate::domain::id::{HouseholdId, LeadId, NeedId, WishId};
use crate::domain::lead::LeadState;
use crate::domain::need::NeedState;
use crate::domain::params;
use crate::domain::region::RegionCode;
use crate::domain::wish::WishState;

/// A visit to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueVisit {
    /// The row of the household.
    pub row: u32,
    /// The household.
    pub household: HouseholdId,
    /// Risk grade: 0 high, 1 key, 2 general.
    pub grade: u8,
    /// The day on which it is due; [`NO_DAY`] where the household was never visited.
    pub due: i32,
    /// Days past the due date; negative for days ahead.
    pub overdue: i32,
}

/// A wish that wants attention, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WishLimit {
    /// The wish.
    pub wish: WishId,
    /// Which limit.
    pub limit: Limit,
    /// Its last day.
    pub day: i32,
}

/// The limits a wish can come near to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Claimant and household must be brought together.
    Contact,
    /// The granted lease ends.
    Lease,
    /// It leaves the pool unclaimed.
    Pool,
    /// It was fulfilled and waits for the beneficiary's confirmation.
    Confirm,
}

/// Everything that waits.
#[derive(Debug, Clone, Default)]
pub struct Agenda {
    /// Visits due by the horizon, worst first.
    pub visits: Vec<DueVisit>,
    /// How many of them are overdue.
    pub overdue: usize,
    /// Wishes near a limit, nearest first.
    pub wishes: Vec<WishLimit>,
    /// Leads to verify, oldest first.
    pub leads: Vec<LeadId>,
    /// Needs to verify, most urgent first.
    pub needs: Vec<NeedId>,
}

impl Agenda {
    /// What waits in a territory (all of it, where it names no region) up to and including a day.
    pub fn of(projection: &Projection, territory: &[RegionCode], today: NaiveDate, until: NaiveDate) -> Agenda {
        let within: Vec<bool> = projection
            .regions()
            .iter()
            .map(|region| territory.is_empty() || territory.iter().any(|held| held.contains(region)))
            .collect();
        let in_territory = |household: HouseholdId| {
            projection
                .household(household)
                .is_some_and(|row| within.get(row.fixed().region as usize).copied().unwrap_or(false))
        };
        let mut agenda = Agenda { wishes: wishes(projection, today), ..Agenda::default() };
        let params = params::on(today);
        let intervals = [0, 1, 2].map(|grade| i64::from(params.visit_interval_days(grade_letter(grade))));
        agenda.visits = visits(projection, &within, intervals, day(today), day(until));
        agenda.overdue = agenda.visits.iter().filter(|visit| visit.overdue > 0).count();
        agenda.wishes.retain(|limit| {
            let household = projection.pools.wishes.find(limit.wish).and_then(|wish| wish.household);
            household.is_none_or(in_territory)
        });
        let mut leads: Vec<_> = projection.pools.leads.iter().filter(|lead| lead.state == LeadState::Open).collect();
        leads.retain(|lead| lead.household.is_none_or(in_territory));
        leads.sort_by_key(|lead| (lead.reported, lead.id));
        agenda.leads = leads.iter().map(|lead| lead.id).collect();
        let to_verify = [NeedState::Reported, NeedState::ToVerify, NeedState::Recheck];
        let mut needs: Vec<_> = projection
            .pools
            .needs
            .iter()
            .filter(|need| to_verify.contains(&need.state) && in_territory(need.household))
            .collect();
        needs.sort_by(|a, b| (&a.urgency, a.reported, a.id).cmp(&(&b.urgency, b.reported, b.id)));
        agenda.needs = needs.iter().map(|need| need.id).collect();
        agenda
    }
}

fn visits(projection: &Projection, within: &[bool], intervals: [i64; 3], today: i32, until: i32) -> Vec<DueVisit> {
    let mut due: Vec<DueVisit> = projection
        .rows
        .iter()
        .filter(|(_, row)| row.is_present() && within.get(row.fixed().region as usize).copied().unwrap_or(false))
        .filter(|(_, row)| row.fixed().next_due <= until)
        .map(|(number, row)| {
            let fixed = row.fixed();
            let overdue = if fixed.next_due == NO_DAY { 0 } else { today - fixed.next_due };
            DueVisit { row: number, household: row.id(), grade: fixed.grade, due: fixed.next_due, overdue }
        })
        .collect();
    due.sort_by_key(|visit| (std::cmp::Reverse(weight(visit, intervals)), visit.grade, visit.household));
    due
}

/// How pressing a visit is: days overdue count for the interval of its grade (dated parameters), so that three days late
/// on a weekly visit weigh more than a week late on a quarterly one.
fn weight(visit: &DueVisit, intervals: [i64; 3]) -> i64 {
    let interval = intervals[usize::from(visit.grade.min(2))].max(1);
    if visit.due == NO_DAY { 1000 / interval } else { i64::from(visit.overdue) * 1000 / interval }
}

fn wishes(projection: &Projection, today: NaiveDate) -> Vec<WishLimit> {
    let warn = u64::from(params::on(today).wish_warn_days());
    let horizon = today.checked_add_days(Days::new(warn)).map_or(day(today), day);
    let mut near: Vec<WishLimit> = projection
        .pools
        .wishes
        .iter()
        .filter_map(|wish| {
            let claim = wish.claim.as_ref();
            let (limit, last) = match wish.state {
                WishState::Fulfilled => (Limit::Confirm, day(today)),
                _ => match claim.map(|claim| (claim.state, claim.contact_by, claim.lease_until)) {
                    Some((ClaimState::Tentative | ClaimState::Granted, contact_by, _)) => (Limit::Contact, contact_by),
                    Some((ClaimState::Connected, _, lease_until)) if lease_until != NO_DAY => {
                        (Limit::Lease, lease_until)
                    }
                    _ if wish.state == WishState::Published => (Limit::Pool, wish.until),
                    _ => return None,
                },
            };
            (last != NO_DAY && last <= horizon).then_some(WishLimit { wish: wish.id, limit, day: last })
        })
        .collect();
    near.sort_by_key(|wish| (wish.day, wish.limit, wish.wish));
    near
}
