//! Every record of the demo is one that the program itself could have written.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Duration, NaiveDate};
use zhulian::demo::{Demo, Planted, Size};
use zhulian::domain::claim::{Claim, ClaimState};
use zhulian::domain::codes::Code;
use zhulian::domain::decide::{card_findings, free_units};
use zhulian::domain::due;
use zhulian::domain::duplicate;
use zhulian::domain::id::{RecordId, WorkerId};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::lead::LeadState;
use zhulian::domain::moment::Moment;
use zhulian::domain::need::{Need, NeedState};
use zhulian::domain::params;
use zhulian::domain::record::Record;
use zhulian::domain::records::Dossier;
use zhulian::domain::risk;
use zhulian::domain::validate;
use zhulian::domain::visit::VisitResult;
use zhulian::domain::wish::{Wish, WishState};
use zhulian::replica::agenda::Agenda;
use zhulian::replica::projection::{PersonHash, Projection, risk_facts};
use zhulian::replica::rows;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn village() -> Demo {
    Demo::new(Size::Village, 1, today())
}

fn file(records: Vec<Record>) -> Dossier {
    let mut dossier = Dossier::default();
    for record in records {
        dossier.insert(record);
    }
    dossier
}

/// Every file of a few demos: several seeds, and days at which a year begins, ends, or has a day too many.
fn files(mut look: impl FnMut(&Demo, usize, &Dossier)) {
    for (seed, day) in [(1, "2026-11-22"), (2, "2027-01-01"), (77, "2028-02-29"), (4_000_000_000, "2026-12-31")] {
        let demo = Demo::new(Size::Village, seed, day.parse().unwrap());
        for (n, records) in demo.households().enumerate() {
            look(&demo, n, &file(records));
        }
    }
}

#[test]
fn every_record_is_without_fault() {
    for size in [Size::Village, Size::City] {
        let demo = Demo::new(size, 1, today());
        let strays = demo.leads_without_household().map(Record::from);
        for record in demo.reference().into_iter().chain(strays) {
            if let Record::Worker(worker) = &record {
                assert_eq!(Demo::made_on(worker), today(), "{worker:?}");
            }
            assert_eq!(validate::record(record.fields(), today()), [], "{record:?}");
        }
    }
    files(|demo, n, dossier| {
        for record in dossier.records() {
            assert_eq!(validate::record(record.fields(), demo.today()), [], "{n}: {record:?}");
        }
    });
}

#[test]
fn ids_and_numbers_stand_once() {
    let demo = village();
    let mut ids: HashSet<RecordId> = HashSet::new();
    let mut numbers: HashSet<String> = HashSet::new();
    let strays = demo.leads_without_household().map(Record::from).collect();
    for record in demo.households().chain([demo.reference(), strays]).flatten() {
        assert!(ids.insert(record.fields().record_id()), "{record:?}");
        let number = match &record {
            Record::Household(household) => household.archive_no.clone(),
            Record::Member(member) => member.id_number.map(|id| id.reveal().to_owned()).unwrap_or_default(),
            Record::Need(need) => need.no.clone(),
            Record::Wish(wish) => wish.no.clone(),
            Record::Lead(lead) => lead.no.clone(),
            Record::Resource(resource) => resource.no.clone(),
            Record::Station(station) => station.no.clone(),
            Record::Region(region) => region.code.to_string(),
            _ => continue,
        };
        assert!(number.is_empty() || numbers.insert(number.clone()), "{number} stands twice");
    }
}

#[test]
fn whatever_a_record_names_exists() {
    let demo = village();
    let (mut workers, mut orgs, mut stations, mut regions) =
        (HashSet::new(), HashSet::new(), HashSet::new(), HashSet::new());
    let mut resources = HashSet::new();
    for record in demo.reference() {
        match record {
            Record::Worker(worker) => {
                assert!(worker.org.is_none_or(|org| orgs.contains(&org)) && !worker.regions.is_empty(), "{worker:?}");
                workers.insert(worker.id);
            }
            Record::Org(org) => {
                orgs.insert(org.id);
            }
            Record::Station(station) => {
                assert!(station.parent.is_none_or(|parent| stations.contains(&parent)), "{station:?}");
                stations.insert(station.id);
            }
            Record::Region(region) => {
                regions.insert(region.code);
            }
            Record::Resource(resource) => {
                assert!(resource.provider.is_some_and(|org| orgs.contains(&org)));
                resources.insert(resource.id);
            }
            Record::Allotment(allotment) => {
                assert!(resources.contains(&allotment.resource), "{allotment:?}");
                assert!(allotment.station.is_some_and(|station| stations.contains(&station)), "{allotment:?}");
            }
            other => panic!("{other:?} is no reference record"),
        }
    }
    assert!(workers.contains(&demo.worker()) && regions.contains(&demo.territory()));
    let known = |worker: &Option<WorkerId>| worker.is_some_and(|worker| workers.contains(&worker));
    for (n, records) in demo.households().enumerate() {
        let dossier = file(records);
        let household = &dossier.household;
        assert!(regions.contains(&household.region) && demo.territory().contains(&household.region));
        assert_eq!(household.helpers.len(), 5);
        assert!(household.helpers.iter().all(|helper| workers.contains(helper)));
        assert_eq!(household.head, Some(dossier.members[0].id), "{n}");
        assert!(dossier.members.iter().all(|member| member.household == household.id));
        let visits: HashSet<_> = dossier.visits.iter().map(|visit| visit.id).collect();
        for indicator in &dossier.indicators {
            assert!(indicator.verified_by.is_none_or(|visit| visits.contains(&visit)));
        }
        for visit in &dossier.visits {
            assert!(visit.visitors.iter().all(|visitor| workers.contains(visitor)));
            assert!(visit.visitors.contains(&visit.meta.by), "the author is among the visitors");
        }
        for need in &dossier.needs {
            assert!(need.member.is_some_and(|id| dossier.members.iter().any(|member| member.id == id)), "{need:?}");
            let on_visit = dossier.visits.iter().find(|visit| visit.needs.contains(&need.id)).map(|visit| visit.id);
            assert_eq!(need.visit, on_visit, "{n}: need and visit name each other");
        }
        let needs = dossier.visits.iter().flat_map(|visit| &visit.needs);
        for id in needs {
            assert!(dossier.needs.iter().any(|need| need.id == *id), "{n}: a visit names a need that is not there");
        }
        for claim in &dossier.claims {
            assert!(known(&claim.recorded_by) && claim.claimant_org.is_none_or(|org| orgs.contains(&org)));
            assert!(dossier.wishes.iter().any(|wish| wish.id == claim.wish));
        }
        for lead in &dossier.leads {
            assert!(lead.visit.is_none_or(|visit| visits.contains(&visit)));
        }
    }
}

#[test]
fn people_are_who_their_numbers_say() {
    let mut compound = HashSet::new();
    files(|demo, n, dossier| {
        for (place, member) in dossier.members.iter().enumerate() {
            let birth = member.birth_date.unwrap();
            if let Some(number) = member.id_number {
                assert!(number.reveal().starts_with("99"));
                assert_eq!((number.birth_date(), number.sex().code()), (birth, member.sex.as_str()), "{n}/{place}");
                assert_eq!(IdNumber::parse(number.reveal(), demo.today()), Ok(number));
            }
            assert!(member.phone.is_empty() || member.phone.starts_with("199"));
            let age = zhulian::domain::mask::age(birth, demo.today());
            assert!(age < 105);
            if age < 18 {
                assert!(!member.guardian.is_empty() && member.marital == "10", "{n}/{place}");
            }
            assert_eq!(member.disabled, !member.disability_class.is_empty());
            let surname = zhulian::domain::surname::surname(&member.name);
            if surname.chars().count() == 2 || "曾单仇解查区盖乐朴".contains(surname) || member.name.contains('·')
            {
                compound.insert(surname.to_owned());
            }
        }
    });
    for surname in ["曾", "单", "仇", "解", "查", "区", "盖", "乐", "朴", "欧阳", "尉迟"] {
        assert!(compound.contains(surname), "{surname} is missing");
    }
}

#[test]
fn visits_keep_to_the_grade_and_to_the_past() {
    files(|demo, n, dossier| {
        let midnight = Moment::start_of(demo.today());
        assert!(!dossier.visits.is_empty());
        for pair in dossier.visits.windows(2) {
            assert!(pair[0].at > pair[1].at, "{n}: newest first, one a day at most");
        }
        for visit in &dossier.visits {
            assert!(visit.at < midnight && visit.next_due > Some(visit.at.date()), "{n}: {visit:?}");
            assert_eq!(visit.result == VisitResult::Refused, !visit.refusal_reason.is_empty(), "{n}: {visit:?}");
            assert!(visit.note.chars().count() >= 5, "{n}: {:?}", visit.note);
        }
    });
    let demo = village();
    let long_known = (0..demo.len())
        .map(|n| file(demo.household(n)))
        .filter(|file| file.household.assisted_since.is_some_and(|since| (today() - since).num_days() > 2_200));
    let counts: Vec<usize> = long_known.map(|file| file.visits.len()).collect();
    let average = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
    assert!((18.0..24.0).contains(&average), "about twenty visits, not {average}");
}

#[test]
fn notes_are_of_many_kinds() {
    let demo = village();
    let notes: Vec<String> = (0..demo.len()).flat_map(|n| file(demo.household(n)).visits).map(|v| v.note).collect();
    let different: HashSet<&String> = notes.iter().collect();
    assert!(different.len() * 2 > notes.len(), "{} of {} notes differ", different.len(), notes.len());
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for note in &notes {
        *seen.entry(note).or_default() += 1;
    }
    let most = seen.values().max().copied().unwrap_or(0);
    assert!(most * 50 < notes.len(), "one note stands {most} times");
}

/// Any hash will do: nobody is looked for by number here.
struct ByTail;

impl PersonHash for ByTail {
    fn person_hash(&self, id_number: &IdNumber) -> u64 {
        id_number.tail(9).bytes().fold(0, |hash, byte| hash * 31 + u64::from(byte))
    }
}

#[test]
fn the_agenda_of_a_day_is_one_that_can_be_worked() {
    for (seed, day) in (0..6).flat_map(|seed| [(seed, "2026-11-22"), (seed, "2028-02-29")]) {
        let today: NaiveDate = day.parse().unwrap();
        let demo = Demo::new(Size::Village, seed, today);
        let mut projection = Projection::default();
        for records in demo.households() {
            projection.project(&file(records), &ByTail, today);
        }
        let territory = [demo.territory()];
        let now = Agenda::of(&projection, &territory, today, today);
        let week = Agenda::of(&projection, &territory, today, today + Duration::days(6));
        let said = format!("seed {seed}, {day}");
        assert!((10..=25).contains(&now.visits.len()), "{said}: {} visits due or overdue", now.visits.len());
        assert!((3..=18).contains(&now.overdue), "{said}: {} visits overdue", now.overdue);
        assert!((40..=190).contains(&week.visits.len()), "{said}: {} visits this week", week.visits.len());
        assert!((4..=40).contains(&now.wishes.len()), "{said}: {} wishes near a limit", now.wishes.len());
        assert!((10..=45).contains(&now.needs.len()), "{said}: {} needs to verify", now.needs.len());
        let strays = demo.leads_without_household().filter(|lead| lead.state == LeadState::Open).count();
        assert!((6..=40).contains(&(now.leads.len() + strays)), "{said}: {} leads", now.leads.len() + strays);
        let grades: BTreeMap<u8, usize> = projection.rows.iter().fold(BTreeMap::new(), |mut grades, (_, row)| {
            *grades.entry(row.fixed().grade).or_default() += 1;
            grades
        });
        assert!((36..=84).contains(&grades[&0]) && (80..=180).contains(&grades[&1]), "{said}: {grades:?}");
        // What the last visit proposed is what the rules ask for.
        for (_, row) in projection.rows.iter() {
            let n = row.fixed();
            assert!(n.next_due != rows::NO_DAY && n.last_visit != rows::NO_DAY, "{said}");
        }
    }
}

#[test]
fn the_last_visit_proposed_what_the_rules_ask_for() {
    files(|demo, n, dossier| {
        let grade = risk::assess(&risk_facts(dossier, demo.today())).grade;
        let last = &dossier.visits[0];
        assert_eq!(last.next_due, due::propose(last.at.date(), last.result.code(), grade), "{n}");
    });
}

#[test]
fn needs_stand_as_their_lifecycle_leaves_them() {
    let mut states = HashSet::new();
    files(|demo, n, dossier| {
        for need in &dossier.needs {
            states.insert(need.state);
            check_need(demo, dossier, need).unwrap_or_else(|fault| panic!("{n}: {fault}: {need:?}"));
        }
    });
    for state in NeedState::ALL {
        assert!(states.contains(state), "no need is {state:?}");
    }
}

fn check_need(demo: &Demo, dossier: &Dossier, need: &Need) -> Result<(), &'static str> {
    use NeedState::*;
    let midnight = Moment::start_of(demo.today());
    let ensure = |holds: bool, fault| if holds { Ok(()) } else { Err(fault) };
    let registered = dossier.visits.last().map_or(Moment(0), |visit| Moment::start_of(visit.at.date()));
    ensure(need.reported_at < midnight && need.reported_at.0 > 0, "reported at no past moment")?;
    ensure(
        dossier.visits.len() > 16 || need.reported_at.0 >= registered.0 - 86_400_000 * 200,
        "long before the household",
    )?;
    let unseen = matches!(need.state, Draft | Reported | ToVerify | Merged);
    ensure(
        unseen || need.state == Withdrawn || need.verified_at.is_some() && need.verified_by.is_some(),
        "not verified",
    )?;
    ensure(need.verified_at.is_none_or(|at| at >= need.reported_at && at < midnight), "verified at the wrong time")?;
    ensure(matches!(need.state, Invalid | Withdrawn) != need.reason.is_empty(), "reason and state disagree")?;
    let met = matches!(need.state, Confirmed | Archived);
    ensure(met == need.confirmed_at.is_some(), "confirmation and state disagree")?;
    if met {
        let two = need.confirmed_how == "two_workers";
        ensure(two || need.confirmed_how == "beneficiary", "confirmed by nobody")?;
        ensure(need.confirmed_by.len() == if two { 2 } else { 1 }, "wrong number of workers")?;
        ensure(!need.confirmed_note.is_empty(), "confirmed without a word")?;
        ensure(
            need.confirmed_at > need.verified_at && need.confirmed_at < Some(midnight),
            "confirmed at the wrong time",
        )?;
    }
    ensure((need.state == Merged) == need.merged_into.is_some(), "merged into nothing")?;
    if let Some(into) = need.merged_into {
        let target = dossier.needs.iter().find(|held| held.id == into).ok_or("merged into a need elsewhere")?;
        ensure(target.state.is_open(), "merged into a closed need")?;
    }
    let wish = dossier.wishes.iter().find(|wish| wish.need == Some(need.id));
    let fits = match wish.map(|wish| (wish.state, wish.round)) {
        None => need.state != Matched,
        Some((WishState::Draft | WishState::Submitted | WishState::Rejected, _)) => need.state == Valid,
        Some((WishState::Published, _)) => need.state == Matched,
        Some((WishState::Claimed | WishState::Connected, _)) => need.state == Arranged,
        Some((WishState::Fulfilled, _)) => need.state == Delivered,
        Some((WishState::Confirmed | WishState::Closed, _)) => met,
        Some((WishState::Withdrawn, _)) => matches!(need.state, Matched | Withdrawn),
    };
    ensure(fits, "need and wish disagree")
}

#[test]
fn wishes_and_claims_stand_as_their_lifecycles_leave_them() {
    let (mut wishes, mut claims, mut published, mut several) = (HashSet::new(), HashSet::new(), 0, 0);
    files(|demo, n, dossier| {
        for wish in &dossier.wishes {
            wishes.insert(wish.state);
            several += usize::from(wish.units > 1);
            published += usize::from(demo.today() == today() && wish.state == WishState::Published);
            let of_wish: Vec<Claim> = dossier.claims.iter().filter(|claim| claim.wish == wish.id).cloned().collect();
            check_wish(demo, dossier, wish, &of_wish)
                .unwrap_or_else(|fault| panic!("{n}: {fault}: {wish:?} {of_wish:?}"));
        }
        for claim in &dossier.claims {
            claims.insert(claim.state);
            check_claim(demo, claim).unwrap_or_else(|fault| panic!("{n}: {fault}: {claim:?}"));
        }
    });
    for state in WishState::ALL {
        assert!(wishes.contains(state), "no wish is {state:?}");
    }
    // A second delivery comes of two devices that did not know of each other; the demo has one.
    for state in ClaimState::ALL.iter().filter(|state| **state != ClaimState::Duplicate) {
        assert!(claims.contains(state), "no claim is {state:?}");
    }
    assert!((34..=52).contains(&published), "about forty wishes in the pool, not {published}");
    assert!(several >= 4, "{several} wishes with several units");
}

fn check_wish(demo: &Demo, dossier: &Dossier, wish: &Wish, claims: &[Claim]) -> Result<(), &'static str> {
    use WishState::*;
    let ensure = |holds: bool, fault| if holds { Ok(()) } else { Err(fault) };
    let need = dossier.needs.iter().find(|need| wish.need == Some(need.id)).ok_or("a wish without its need")?;
    ensure(card_findings(&wish.card_text, dossier, true).is_empty(), "the card gives somebody away")?;
    ensure(wish.household == Some(dossier.household.id) && wish.member == need.member, "somebody else's wish")?;
    ensure(wish.category == need.item && wish.town == dossier.household.region.town(), "card and need disagree")?;
    ensure(!wish.age_band.is_empty() && wish.units >= 1 && wish.round >= 1, "an unfinished card")?;
    let consent = dossier.household.consent.as_str();
    ensure(consent == "given" || consent == "withdrawn" && !wish.state.in_pool(), "published without consent")?;
    let in_pool = !matches!(wish.state, Draft | Submitted | Rejected);
    ensure(in_pool == wish.published_at.is_some(), "publication and state disagree")?;
    ensure(!in_pool || wish.published_at > need.verified_at, "published before its need was verified")?;
    ensure(matches!(wish.state, Draft | Submitted) == wish.reviewed_by.is_none(), "review and state disagree")?;
    ensure(matches!(wish.state, Rejected | Withdrawn) != wish.reason.is_empty(), "reason and state disagree")?;
    if wish.state.in_pool() {
        ensure(wish.publish_until >= Some(demo.today()), "open beyond its time")?;
    }
    let free = free_units(wish, claims).len();
    let held = claims.iter().filter(|claim| claim.state.holds());
    let mut units: Vec<u16> = held.clone().flat_map(|claim| claim.units.clone()).collect();
    units.sort_unstable();
    ensure(units.windows(2).all(|pair| pair[0] != pair[1]), "a unit with two holders")?;
    ensure(units.iter().all(|unit| (1..=wish.units).contains(unit)), "a unit that is none")?;
    ensure(claims.iter().all(|claim| Some(claim.claimed_at) > wish.published_at), "claimed before it was published")?;
    let fulfilled = held.clone().filter(|claim| claim.state == ClaimState::Fulfilled).count();
    let connected = held.clone().any(|claim| claim.state == ClaimState::Connected);
    let fits = match wish.state {
        Draft | Submitted | Rejected => claims.is_empty(),
        Published => free > 0 && (wish.round == 1 || !claims.is_empty()),
        Withdrawn => held.count() == 0,
        Claimed => free == 0 && !connected,
        Connected => free == 0 && connected,
        Fulfilled | Confirmed | Closed => free == 0 && fulfilled == held.count(),
    };
    ensure(fits, "claims and state disagree")?;
    let ended = matches!(wish.state, Confirmed | Closed);
    ensure(
        ended == (wish.confirmed_at.is_some() && !wish.confirmed_how.is_empty()),
        "confirmation and state disagree",
    )?;
    ensure(!ended || wish.confirmed_at == need.confirmed_at, "wish and need were confirmed apart")
}

fn check_claim(demo: &Demo, claim: &Claim) -> Result<(), &'static str> {
    use ClaimState::*;
    let ensure = |holds: bool, fault| if holds { Ok(()) } else { Err(fault) };
    let (rules, midnight) = (params::on(claim.claimed_at.date()), Moment::start_of(demo.today()));
    let days = |date: NaiveDate| (date - claim.claimed_at.date()).num_days();
    ensure(claim.claimed_at < midnight && !claim.units.is_empty() && !claim.claimant.is_empty(), "no claim at all")?;
    ensure(claim.contact_by.map(days) == Some(i64::from(rules.wish_contact_days())), "wrong limit of contact")?;
    let granted = !matches!(claim.state, Tentative | Lost);
    ensure(granted == (claim.fence > 0) && granted == claim.lease_until.is_some(), "grant and state disagree")?;
    ensure(!matches!(claim.state, Granted | Connected) || claim.lease_until > Some(midnight), "a lease that ran out")?;
    ensure(claim.state != Expired || claim.lease_until < Some(midnight), "a lease that still runs")?;
    ensure((claim.state == Released) != claim.reason.is_empty(), "reason and state disagree")?;
    ensure(matches!(claim.state, Connected | Fulfilled) == claim.connected_at.is_some(), "contact and state disagree")?;
    ensure(claim.connected_at.is_none_or(|at| at > claim.claimed_at && at < midnight), "contact at the wrong time")?;
    ensure((claim.state == Fulfilled) == (claim.fulfilled_at.is_some() && !claim.evidence.is_empty()), "fulfilment")?;
    ensure(
        claim.fulfilled_at.is_none_or(|at| Some(at) >= claim.connected_at && at < midnight),
        "fulfilled at the wrong time",
    )
}

#[test]
fn only_planted_needs_are_alike() {
    let mut alike = HashMap::new();
    files(|demo, n, dossier| {
        for need in &dossier.needs {
            let mut others = dossier.clone();
            others.needs.retain(|held| held.reported_at < need.reported_at && held.id != need.id);
            let day = need.reported_at.date();
            if need.duplicate_reason.is_empty() {
                assert!(duplicate::like_need(&others, need, day).is_none(), "{n}: {need:?}");
            } else {
                *alike.entry(demo.planted(n) == Some(Planted::DuplicateGift)).or_insert(0) += 1;
            }
        }
    });
    assert_eq!(alike.get(&true), Some(&8), "two planted in each of four demos");
    assert!(alike.get(&false).is_some_and(|merged| *merged >= 4), "needs merged into like ones");
}

#[test]
fn leads_are_settled_as_the_rules_ask() {
    let demo = village();
    let strays: Vec<_> = demo.leads_without_household().collect();
    assert!(strays.len() >= 10 && strays.iter().all(|lead| lead.household.is_none()));
    let mut states = HashSet::new();
    let mut check = |lead: &zhulian::domain::lead::Lead, today: NaiveDate| {
        states.insert(lead.state);
        let settled = lead.state != LeadState::Open;
        assert_eq!(settled, lead.settled_at.is_some() && lead.settled_by.is_some(), "{lead:?}");
        assert!(lead.settled_at.is_none_or(|at| at > lead.reported_at && at < Moment::start_of(today)), "{lead:?}");
        assert_eq!(lead.state == LeadState::Rejected, !lead.reason.is_empty(), "{lead:?}");
        let by_data = lead.channel.as_str().starts_with("screening");
        assert!(!(by_data && lead.state == LeadState::Verified && lead.visit.is_none()), "{lead:?}");
    };
    strays.iter().for_each(|lead| check(lead, today()));
    files(|demo, _, dossier| dossier.leads.iter().for_each(|lead| check(lead, demo.today())));
    assert_eq!(states.len(), 3);
}

#[test]
fn the_manuals_first_person_is_there() {
    let demo = village();
    let file = file(demo.household(0));
    assert_eq!((file.members.len(), file.members[0].name.as_str()), (1, "张淑芬"));
    assert!(file.visits.len() > 40 && file.needs.len() >= 3);
    assert!(file.wishes.iter().any(|wish| wish.state == WishState::Published));
    let village = demo.reference().into_iter().find_map(|record| match record {
        Record::Region(region) if region.code == file.household.region.village() => Some(region.name),
        _ => None,
    });
    assert_eq!(village.as_deref(), Some("上岙村"));
    assert_eq!(file.household.category.as_str().split('_').next(), Some("dibao"));
    assert_eq!(Code::from("02"), file.members[0].relation);
}

#[test]
fn what_is_set_aside_adds_up() {
    for size in [Size::Village, Size::Town, Size::City] {
        let demo = Demo::new(size, 1, today());
        let (mut set_aside, mut used) = (HashMap::<_, u32>::new(), 0);
        let mut stations = HashSet::new();
        let records = demo.reference();
        for record in &records {
            match record {
                Record::Station(station) => drop(stations.insert(station.id)),
                Record::Allotment(allotment) => {
                    assert!(allotment.quantity > 0 && allotment.used <= allotment.quantity, "{allotment:?}");
                    assert!(stations.contains(&allotment.station.unwrap()));
                    *set_aside.entry(allotment.resource).or_default() += allotment.quantity;
                    used += allotment.used;
                }
                _ => {}
            }
        }
        for record in &records {
            let Record::Resource(resource) = record else { continue };
            assert_eq!(resource.allotted, set_aside.remove(&resource.id).unwrap_or(0), "{resource:?}");
            assert!(resource.allotted <= resource.quantity, "{resource:?}");
        }
        assert!(set_aside.is_empty() && used > 0);
    }
}
