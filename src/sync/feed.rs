//! Feeds: the numbered streams of changes that devices follow, and which record goes where.
//!
//! | feed | holds | who follows it |
//! |---|---|---|
//! | [`Feed::Territory`] | the files of the households of one village or grid, and leads from there | workers with that territory |
//! | [`Feed::Pool`] | open wishes and the claims on them, de-identified (paper 000: 对家庭需求信息进行脱敏处理) | everybody who may claim |
//! | [`Feed::Reference`] | regions, stations, organisations, workers, resources | everybody |
//! | [`Feed::Own`] | a worker's own claims on other people's households | that worker |

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::domain::claim::Claim;
use crate::domain::field::Privacy;
use crate::domain::household::Household;
use crate::domain::id::WorkerId;
use crate::domain::mask;
use crate::domain::record::{Fields, Record};
use crate::domain::region::RegionCode;
use crate::domain::value::Value;
use crate::domain::wish::Wish;

/// A stream of changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feed {
    /// The households of a village or grid.
    Territory(RegionCode),
    /// Open wishes, de-identified.
    Pool,
    /// Records that everybody needs.
    Reference,
    /// A worker's own claims.
    Own(WorkerId),
}

impl Feed {
    /// Stable name in bytes, for keys of stores: the same as its text.
    pub fn key(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Feed::Territory(region) => write!(f, "territory/{region}"),
            Feed::Pool => f.write_str("pool"),
            Feed::Reference => f.write_str("reference"),
            Feed::Own(worker) => write!(f, "own/{worker}"),
        }
    }
}

/// A text that names no feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a feed")]
pub struct NotAFeed;

impl FromStr for Feed {
    type Err = NotAFeed;

    fn from_str(text: &str) -> Result<Feed, NotAFeed> {
        match text.split_once('/') {
            None if text == "pool" => Ok(Feed::Pool),
            None if text == "reference" => Ok(Feed::Reference),
            Some(("territory", region)) => RegionCode::parse(region).map(Feed::Territory).ok_or(NotAFeed),
            Some(("own", worker)) => worker.parse().map(Feed::Own).map_err(|_| NotAFeed),
            _ => Err(NotAFeed),
        }
    }
}

impl Serialize for Feed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Feed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Feed, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// What a device may hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// Territories: each with everything below it.
    #[serde(default)]
    pub territories: Vec<RegionCode>,
    /// Whether open wishes are followed.
    #[serde(default)]
    pub pool: bool,
    /// The workers of the device.
    #[serde(default)]
    pub workers: Vec<WorkerId>,
}

impl Scope {
    /// Whether the feed belongs to it.
    pub fn holds(&self, feed: &Feed) -> bool {
        match feed {
            Feed::Territory(region) => self.territories.iter().any(|held| held.contains(region)),
            Feed::Pool => self.pool,
            Feed::Reference => true,
            Feed::Own(worker) => self.workers.contains(worker),
        }
    }
}

/// The beginnings of the names of every feed of a scope, and of few others: for stores that find feeds by name.
pub fn beginnings(scope: &Scope) -> Vec<String> {
    let territories = scope.territories.iter().filter(|region| !region.is_empty());
    let territories = territories.map(|region| format!("territory/{}", region.prefix()));
    let own = scope.workers.iter().map(|worker| Feed::Own(*worker).to_string());
    let pool = scope.pool.then(|| Feed::Pool.to_string());
    territories.chain(own).chain(pool).chain([Feed::Reference.to_string()]).collect()
}

/// The feed of a household's file.
pub fn of_file(household: &Household) -> Feed {
    Feed::Territory(household.region.clone())
}

/// The feed of a record that stands in no household's file.
pub fn of_loose(record: &Record) -> Feed {
    match record {
        // A lead names people: only its territory may see it, or where none is known, who reported it.
        Record::Lead(lead) if !lead.region.is_empty() => Feed::Territory(lead.region.clone()),
        Record::Lead(lead) => Feed::Own(lead.reported_by.unwrap_or_default()),
        _ => Feed::Reference,
    }
}

/// The public form of a wish: its public fields and nothing else; `None` while it is not in the pool.
pub fn card(wish: &Wish) -> Option<Wish> {
    if !wish.state.in_pool() || wish.meta.deleted {
        return None;
    }
    let mut card = Wish { id: wish.id, meta: wish.meta.clone(), ..Wish::default() };
    keep_public(wish, &mut card);
    card.meta.by = WorkerId::default();
    card.meta.unknown.clear();
    Some(card)
}

/// The public form of a claim: which units, since when, by whom in masked form.
pub fn public_claim(claim: &Claim) -> Claim {
    let mut public = Claim {
        id: claim.id,
        meta: claim.meta.clone(),
        wish: claim.wish,
        state: claim.state,
        claimed_at: claim.claimed_at,
        claimant: mask::name(&claim.claimant),
        ..Claim::default()
    };
    keep_public(claim, &mut public);
    public.meta.by = WorkerId::default();
    public.meta.unknown.clear();
    public
}

/// A claim as the worker who recorded it sees it: without the household behind the wish.
pub fn own_claim(claim: &Claim) -> Option<(WorkerId, Claim)> {
    let worker = claim.recorded_by?;
    Some((worker, Claim { household: None, ..claim.clone() }))
}

fn keep_public(from: &dyn Fields, to: &mut dyn Fields) {
    for field in from.table().fields.iter().filter(|field| field.privacy == Privacy::Public) {
        let value = from.get(field.name).unwrap_or(Value::Null);
        // Both are of one kind, so every value fits; an empty one is what the target has already.
        if !value.is_empty() {
            let _fits = to.set(field.name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claim::ClaimState;
    use crate::domain::id::{HouseholdId, NeedId, RecordId};
    use crate::domain::wish::WishState;

    fn region(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    #[test]
    fn names_come_back() {
        for text in [
            "pool",
            "reference",
            "territory/990101102201",
            "territory/990101102201003",
            "own/00000000-0000-7000-8000-000000000001",
        ] {
            let feed: Feed = text.parse().unwrap();
            assert_eq!(feed.to_string(), text);
            assert_eq!(serde_json::from_str::<Feed>(&serde_json::to_string(&feed).unwrap()).unwrap(), feed);
            assert_eq!(rmp_serde::from_slice::<Feed>(&rmp_serde::to_vec(&feed).unwrap()).unwrap(), feed);
        }
        for text in ["", "pools", "territory/", "territory/12", "own/x", "city/990101102201"] {
            assert_eq!(text.parse::<Feed>(), Err(NotAFeed), "{text}");
        }
    }

    #[test]
    fn a_territory_holds_what_lies_in_it() {
        let town = Scope { territories: vec![region("990101102000")], ..Scope::default() };
        let check = |feed: &str, expected: bool| assert_eq!(town.holds(&feed.parse().unwrap()), expected, "{feed}");
        check("territory/990101102201", true);
        check("territory/990101102201003", true);
        check("territory/990101103201", false);
        check("reference", true);
        check("pool", false);
        check("own/00000000-0000-7000-8000-000000000001", false);
        assert!(!Scope::default().holds(&"territory/990101102201".parse().unwrap()), "no territory is not every one");
    }

    #[test]
    fn a_card_gives_nobody_away() {
        let wish = Wish {
            id: RecordId::from_parts(1, [1; 10]).into(),
            household: Some(HouseholdId(RecordId::from_parts(1, [2; 10]))),
            need: Some(NeedId(RecordId::from_parts(1, [3; 10]))),
            member: Some(RecordId::from_parts(1, [4; 10]).into()),
            written_by: Some(WorkerId(RecordId::from_parts(1, [5; 10]))),
            remark: "住在村口".into(),
            card_text: "一床棉被".into(),
            units: 2,
            state: WishState::Published,
            ..Wish::default()
        };
        let public = card(&wish).unwrap();
        assert_eq!((public.card_text.as_str(), public.units, public.state), ("一床棉被", 2, WishState::Published));
        for field in Wish::TABLE.fields.iter().filter(|field| field.privacy != Privacy::Public) {
            assert_eq!(public.get(field.name), Wish::default().get(field.name), "{}", field.name);
        }
        assert!(card(&Wish { state: WishState::Draft, ..wish.clone() }).is_none());
        assert!(card(&Wish { state: WishState::Fulfilled, ..wish }).is_none());
    }

    #[test]
    fn a_public_claim_names_nobody() {
        let claim = Claim {
            claimant: "张淑芬".into(),
            claimant_phone: "13812341234".into(),
            household: Some(HouseholdId(RecordId::from_parts(1, [2; 10]))),
            recorded_by: Some(WorkerId(RecordId::from_parts(1, [5; 10]))),
            units: vec![1, 2],
            state: ClaimState::Granted,
            evidence: "送到家中".into(),
            ..Claim::default()
        };
        let public = public_claim(&claim);
        assert_eq!((public.claimant.as_str(), public.units.as_slice()), ("张*芬", [1, 2].as_slice()));
        assert_eq!(public.state, ClaimState::Granted);
        assert_eq!((public.household, public.recorded_by), (None, None));
        assert!(public.claimant_phone.is_empty() && public.evidence.is_empty());
        let (worker, own) = own_claim(&claim).unwrap();
        assert_eq!((Some(worker), own.household, own.claimant.as_str()), (claim.recorded_by, None, "张淑芬"));
    }
}
