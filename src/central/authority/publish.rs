//! From effects to feeds and documents: what a command did is put into the feeds that may see it, and at the end of the
//! transaction numbered and written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::reading::Reading;
use crate::central::store::{Document, StoreFault, Transaction};
use crate::domain::change::Change;
use crate::domain::claim::Claim;
use crate::domain::id::{HouseholdId, MemberId, WishId};
use crate::domain::id_number::IdNumber;
use crate::domain::moment::Moment;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::{Dossier, OlderPage, Unreadable};
use crate::domain::region::RegionCode;
use crate::replica::household_of;
use crate::store::codec;
use crate::sync::feed::{self, Feed};
use crate::sync::fold::{Body, loose_key};
use crate::sync::overlay::{Overlay, Parts};
use crate::sync::protocol::{Bytes, Cause, Effect, Entry, ItemKey, KEEP_DAYS, Part};

/// What a transaction is going to write.
#[derive(Default)]
pub(super) struct Ledger {
    posted: Vec<Posted>,
    files: BTreeMap<HouseholdId, FileNote>,
    items: BTreeMap<ItemKey, ItemNote>,
    persons: Vec<(IdNumber, HouseholdId, MemberId, bool)>,
}

/// One command's effects.
struct Posted {
    cause: Cause,
    feeds: BTreeMap<Feed, Vec<Effect>>,
}

/// What is to be known of a file that was touched.
#[derive(Default)]
struct FileNote {
    /// The last command that touched it.
    last: usize,
    /// Regions that it left.
    left: Vec<RegionCode>,
}

/// What is to be known of an item outside of files.
struct ItemNote {
    last: usize,
    feed: Feed,
    tag: String,
    /// None takes it away.
    record: Option<Record>,
}

/// What a command did.
pub(super) struct Published {
    /// Which of the ledger's commands it is.
    pub place: usize,
    /// The households whose files it touched.
    pub households: Vec<HouseholdId>,
}

impl Ledger {
    /// Puts the effects of a command into the overlay and into the feeds that may see them. Everything or nothing.
    pub fn publish(
        &mut self,
        reading: &Reading<'_>,
        overlay: &mut Overlay<'_>,
        cause: &Cause,
        changes: &[Change],
    ) -> Result<Published, Unreadable> {
        let before = Before::of(overlay, changes)?;
        let touched = overlay.apply(cause, changes)?;
        let place = self.posted.len();
        let mut posting = Posting { feeds: BTreeMap::new(), cause };
        let households = touched.files.keys().copied().collect();
        for (household, changes) in touched.files {
            let was = before.files.get(&household).cloned().flatten();
            let Some(is) = overlay.file(household)? else { continue };
            let note = self.files.entry(household).or_default();
            note.last = place;
            posting.file(reading, overlay, note, was.as_deref(), &is, changes)?;
            self.cards(&mut posting, place, was.as_deref(), &is);
            self.note_persons(was.as_deref(), &is);
        }
        for key in &touched.loose {
            if let Some(record) = overlay.loose_record(*key)? {
                self.loose(&mut posting, place, before.loose.get(key), record);
            }
        }
        let mut feeds = posting.feeds;
        feeds.retain(|_, effects| !effects.is_empty());
        self.posted.push(Posted { cause: cause.clone(), feeds });
        Ok(Published { place, households })
    }

    /// A record outside of files takes its new form.
    fn loose(&mut self, posting: &mut Posting<'_>, place: usize, was: Option<&Record>, is: Record) {
        let now_in = feed::of_loose(&is);
        if let Some(was_in) = was.map(feed::of_loose).filter(|was_in| *was_in != now_in) {
            posting.post(was_in, Effect::Remove(is.key()));
        }
        posting.post(now_in.clone(), Effect::Put(Box::new(is.clone())));
        let key = loose_key(&now_in, is.key());
        self.items.insert(key, ItemNote { last: place, feed: now_in, tag: String::new(), record: Some(is) });
    }

    /// The public forms of wishes and claims, and claims for those who recorded them.
    fn cards(&mut self, posting: &mut Posting<'_>, place: usize, was: Option<&Dossier>, is: &Dossier) {
        let claim_before = |claim: &Claim| was.and_then(|was| was.claims.iter().find(|held| held.id == claim.id));
        let changed: Vec<&Claim> = is.claims.iter().filter(|claim| claim_before(claim) != Some(claim)).collect();
        for claim in &changed {
            if let Some((worker, own)) = feed::own_claim(claim) {
                self.item(posting, place, Feed::Own(worker), own.key(), String::new(), Some(own.into()));
            }
        }
        for wish in &is.wishes {
            let before = was.and_then(|was| was.wishes.iter().find(|held| held.id == wish.id));
            let (was_open, card) = (before.and_then(feed::card).is_some(), feed::card(wish));
            let of_wish = |claim: &&Claim| claim.wish == wish.id;
            match card {
                Some(card) => {
                    if before != Some(wish) {
                        let tag = card.category.as_str().to_owned();
                        self.item(posting, place, Feed::Pool, card.key(), tag, Some(card.into()));
                    }
                    // A wish that comes into the pool brings its claims; one that is there, those that changed.
                    let claims: Vec<&Claim> = if was_open {
                        changed.iter().copied().filter(of_wish).collect()
                    } else {
                        is.claims.iter().filter(of_wish).collect()
                    };
                    for claim in claims {
                        let public = feed::public_claim(claim);
                        self.item(posting, place, Feed::Pool, public.key(), String::new(), Some(public.into()));
                    }
                }
                None if was_open => {
                    self.item(posting, place, Feed::Pool, wish.key(), String::new(), None);
                    for claim in was.iter().flat_map(|was| &was.claims).filter(of_wish) {
                        self.item(posting, place, Feed::Pool, claim.key(), String::new(), None);
                    }
                }
                None => {}
            }
        }
    }

    fn item(
        &mut self,
        posting: &mut Posting<'_>,
        place: usize,
        feed: Feed,
        key: RecordKey,
        tag: String,
        record: Option<Record>,
    ) {
        let effect = match &record {
            Some(record) => Effect::Put(Box::new(record.clone())),
            None => Effect::Remove(key),
        };
        posting.post(feed.clone(), effect);
        self.items.insert(loose_key(&feed, key), ItemNote { last: place, feed, tag, record });
    }

    fn note_persons(&mut self, was: Option<&Dossier>, is: &Dossier) {
        for member in &is.members {
            let before = was.and_then(|was| was.members.iter().find(|held| held.id == member.id));
            let before = before.and_then(|member| member.id_number.as_ref());
            if before == member.id_number.as_ref() {
                continue;
            }
            if let Some(number) = before {
                self.persons.push((*number, is.household.id, member.id, false));
            }
            if let Some(number) = &member.id_number {
                self.persons.push((*number, is.household.id, member.id, true));
            }
        }
    }

    /// The open wishes that this transaction takes out of the pool.
    pub fn closed(&self) -> BTreeSet<WishId> {
        let gone = self.items.iter().filter(|(_, note)| note.record.is_none());
        gone.filter_map(|(key, _)| match key {
            ItemKey::Card(record) if record.kind == Kind::Wish => Some(record.id.into()),
            _ => None,
        })
        .collect()
    }

    /// Numbers the entries and writes everything: where each command's effects stand.
    pub fn write(self, reading: Reading<'_>, parts: Parts, now: Moment) -> Result<Written<'_>, StoreFault> {
        let persons: Vec<_> = self
            .persons
            .iter()
            .map(|(number, household, member, here)| (reading.person(number), *household, *member, *here))
            .collect();
        let mut formers = BTreeMap::new();
        for household in parts.files.keys() {
            let held = reading.document(&ItemKey::File(*household)).map_err(|fault| StoreFault::Damaged(fault.0))?;
            formers.insert(*household, held.map(|document| document.former.clone()).unwrap_or_default());
        }
        // Pages of files that moved go along.
        let mut pages = parts.pages;
        for (household, note) in &self.files {
            let moved = !note.left.is_empty();
            for number in 0..parts.files.get(household).filter(|_| moved).map_or(0, |file| file.older_pages) {
                if let std::collections::btree_map::Entry::Vacant(slot) = pages.entry((*household, number)) {
                    slot.insert(
                        older_page(&reading, *household, number).map_err(|fault| StoreFault::Damaged(fault.0))?,
                    );
                }
            }
        }
        let mut tx = reading.into_tx();
        let places = number(&mut *tx, self.posted)?;
        let as_of =
            |last: usize, feed: &Feed| places[last].iter().find(|part| part.feed == *feed).map_or(0, |part| part.seq);
        for (household, file) in &parts.files {
            let Some(note) = self.files.get(household) else { continue };
            let feed = feed::of_file(&file.household);
            let as_of = as_of(note.last, &feed);
            let mut former = formers.remove(household).unwrap_or_default();
            former.retain(|(region, moved)| {
                now.since(*moved).num_days() <= KEEP_DAYS && *region != file.household.region
            });
            former.extend(note.left.iter().map(|region| (region.clone(), now)));
            let body = encode(&Body::File(file.clone()))?;
            let key = ItemKey::File(*household);
            tx.put_document(&Document { key, feed: feed.clone(), as_of, tag: String::new(), former, body })?;
            for ((_, number), page) in pages.range((*household, 0)..=(*household, u32::MAX)) {
                let key = ItemKey::Older(*household, *number);
                let body = encode(&Body::Older(page.clone()))?;
                let feed = feed.clone();
                tx.put_document(&Document { key, feed, as_of, tag: String::new(), former: Vec::new(), body })?;
            }
        }
        for (key, note) in self.items {
            match note.record {
                Some(record) => {
                    let body = encode(&Body::Record(record))?;
                    let as_of = as_of(note.last, &note.feed);
                    tx.put_document(&Document {
                        key,
                        feed: note.feed,
                        as_of,
                        tag: note.tag,
                        former: Vec::new(),
                        body,
                    })?;
                }
                None => tx.remove_document(&key)?,
            }
        }
        for (key, household) in parts.places {
            if !matches!(key.kind, Kind::Visit | Kind::Indicator | Kind::Household) {
                tx.put_place(key, household)?;
            }
        }
        for (person, household, member, here) in persons {
            if here {
                tx.put_person(&person, household, member)?;
            } else {
                tx.remove_person(&person, member)?;
            }
        }
        Ok(Written { tx, places, moves: Vec::new() })
    }
}

/// A transaction with everything but the verdicts in it.
pub(super) struct Written<'t> {
    pub tx: Box<dyn Transaction + 't>,
    /// Where each command's effects stand.
    pub places: Vec<Vec<Part>>,
    /// Regions that were given up, with their successors: territories of devices have followed.
    pub moves: Vec<(RegionCode, RegionCode)>,
}

/// Gives every entry its number, and appends it.
fn number(tx: &mut dyn Transaction, posted: Vec<Posted>) -> Result<Vec<Vec<Part>>, StoreFault> {
    let feeds: Vec<Feed> = {
        let touched: BTreeSet<&Feed> = posted.iter().flat_map(|posted| posted.feeds.keys()).collect();
        touched.into_iter().cloned().collect()
    };
    let mut heads: BTreeMap<Feed, u64> = feeds.iter().cloned().zip(tx.lock_feeds(&feeds)?).collect();
    let mut places = Vec::with_capacity(posted.len());
    for Posted { cause, feeds } in posted {
        let parts: Vec<Part> = feeds
            .keys()
            .map(|feed| {
                let head = heads.entry(feed.clone()).or_default();
                *head += 1;
                Part { feed: feed.clone(), seq: *head }
            })
            .collect();
        for ((feed, effects), part) in feeds.into_iter().zip(&parts) {
            let cause = seen_from(&cause, &feed, &effects);
            let others = parts.iter().filter(|other| *other != part).cloned().collect();
            let entry = Entry { feed, seq: part.seq, cause, parts: others, effects };
            tx.append(&entry.feed, part.seq, &Bytes(codec::encode(&entry)?))?;
        }
        places.push(parts);
    }
    Ok(places)
}

/// The cause as a feed may see it: values that did not stand, and records that were shown, belong to the household's
/// territory alone; the pool does not learn who works there.
fn seen_from(cause: &Cause, feed: &Feed, effects: &[Effect]) -> Cause {
    let mut cause = cause.clone();
    let in_file = effects.iter().any(|effect| matches!(effect, Effect::File { .. } | Effect::Enter { .. }));
    if !in_file {
        cause.lost.clear();
        cause.seen.clear();
        cause.told.clear();
    }
    if *feed == Feed::Pool {
        cause.by = Default::default();
    }
    cause
}

/// A command's effects, feed by feed, as they are gathered.
struct Posting<'c> {
    feeds: BTreeMap<Feed, Vec<Effect>>,
    cause: &'c Cause,
}

impl Posting<'_> {
    fn post(&mut self, feed: Feed, effect: Effect) {
        self.feeds.entry(feed).or_default().push(effect);
    }

    fn file(
        &mut self,
        reading: &Reading<'_>,
        overlay: &Overlay<'_>,
        note: &mut FileNote,
        was: Option<&Dossier>,
        is: &Arc<Dossier>,
        changes: Vec<Change>,
    ) -> Result<(), Unreadable> {
        let household = is.household.id;
        let now_in = feed::of_file(&is.household);
        let moved_from = was.filter(|was| feed::of_file(&was.household) != now_in);
        let Some(was) = moved_from else {
            self.post(now_in, Effect::File { household, changes });
            return Ok(());
        };
        debug_assert!(!self.cause.what.is_empty());
        self.post(feed::of_file(&was.household), Effect::Leave { household });
        note.left.push(was.household.region.clone());
        let mut older = Vec::new();
        for number in 0..is.older_pages {
            older.push(match overlay.pages().get(&(household, number)) {
                Some(page) => page.clone(),
                None => older_page(reading, household, number)?,
            });
        }
        self.post(now_in, Effect::Enter { dossier: Box::new((**is).clone()), older });
        Ok(())
    }
}

fn older_page(reading: &Reading<'_>, household: HouseholdId, number: u32) -> Result<OlderPage, Unreadable> {
    match reading.body(&ItemKey::Older(household, number))? {
        Some(Body::Older(page)) => Ok(page),
        _ => Err(Unreadable(format!("page {number} of household {household} is missing"))),
    }
}

fn encode(body: &Body) -> Result<Bytes, StoreFault> {
    body.encode().map(Bytes).map_err(|fault| StoreFault::Failed(fault.0))
}

/// What changes are about to touch, as it is before them.
struct Before {
    files: BTreeMap<HouseholdId, Option<Arc<Dossier>>>,
    loose: BTreeMap<RecordKey, Record>,
}

impl Before {
    fn of(overlay: &Overlay<'_>, changes: &[Change]) -> Result<Before, Unreadable> {
        let mut before = Before { files: BTreeMap::new(), loose: BTreeMap::new() };
        for change in changes {
            let key = change.record();
            let household = match change {
                Change::Create(record) => household_of(record),
                Change::Update { .. } => overlay.place(key)?,
            };
            match household {
                Some(household) => {
                    before.files.insert(household, overlay.file(household)?);
                }
                None => {
                    if let Some(record) = overlay.loose_record(key)? {
                        before.loose.insert(key, record);
                    }
                }
            }
        }
        Ok(before)
    }
}
