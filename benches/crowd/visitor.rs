//! A device that has nothing but its voice and its cursors: many of them fit into one process.

use std::time::{Duration, Instant};

use zhulian::central::Authority;
use zhulian::central::store::Transaction;
use zhulian::domain::command::Command;
use zhulian::domain::id::{HouseholdId, VisitId, WorkerId};
use zhulian::domain::region::RegionCode;
use zhulian::domain::visit::{Visit, VisitResult};
use zhulian::domain::worker::Role;
use zhulian::sync::client::{Reply, Request};
use zhulian::sync::feed::Scope;
use zhulian::sync::http::{Link, Options};
use zhulian::sync::protocol::{Cursor, Cursors, Known, MAX_PAGE, PROTOCOL, Parcel, Pull};

use crate::central_support::words::first;
use crate::city_support::Voice;
use crate::server_support::now;

pub struct Visitor {
    voice: Voice,
    village: RegionCode,
    households: Vec<HouseholdId>,
    cursors: Cursors,
}

/// What a device saw of a sync.
#[derive(Default)]
pub struct Seen {
    /// From the moment at which it was due to the verdicts.
    pub push: Duration,
    /// To the end of the pull.
    pub whole: Duration,
    /// How often it was asked to come back later.
    pub waits: u32,
    pub fault: Option<String>,
}

/// How often a device comes back before it gives up.
const TRIES: u32 = 20;

impl Visitor {
    pub fn join(authority: &Authority, worker: WorkerId, village: RegionCode, households: Vec<HouseholdId>) -> Visitor {
        let voice = Voice::of(worker, Role::GridWorker);
        voice.enrol(authority, now(), vec![village.clone()]);
        Visitor { voice, village, households, cursors: Cursors::new() }
    }

    /// As after a sync: nothing that is there now is new to it.
    pub fn read_everything(&mut self, tx: &mut dyn Transaction) {
        let scope = Scope { territories: vec![self.village.clone()], pool: true, workers: vec![self.voice.worker] };
        self.cursors = tx.heads(&scope).unwrap().into_iter().map(|head| (head.feed, head.seq)).collect();
    }

    /// Its next push: visits to its households.
    pub fn prepare(&mut self, visits: u64) -> Request {
        let at = now();
        let mode = first("visit_mode");
        let visit = |household: &HouseholdId| Visit {
            id: VisitId::new(),
            household: *household,
            at,
            minutes: 20,
            mode: mode.clone(),
            result: VisitResult::Met,
            visitors: vec![self.voice.worker],
            note: "入户走访，老人身体尚可，反映屋顶漏雨，已联系村委安排修缮。".into(),
            ..Visit::default()
        };
        let log = |visit| Command::LogVisit { visit: Box::new(visit), amendments: Vec::new(), needs: Vec::new() };
        let commands = self.households.iter().cycle().take(visits as usize).map(visit).map(log).collect();
        let push = self.voice.push(at, commands);
        Request::Push(Parcel::pack(&push, &self.voice.secret).unwrap())
    }

    /// Pushes and pulls over a connection of its own.
    pub fn sync(&mut self, url: &str, request: &Request, due: Instant) -> Seen {
        let mut seen = Seen::default();
        seen.fault = self.try_sync(url, request, due, &mut seen).err();
        seen
    }

    fn try_sync(&mut self, url: &str, request: &Request, due: Instant, seen: &mut Seen) -> Result<(), String> {
        let link = Link::new(url, &Options::default()).map_err(|error| error.to_string())?;
        let mut link = link.of(self.voice.id, self.voice.secret.clone());
        let Reply::Push(reply) = answer(&mut link, request, seen)? else { return Err("no answer to a push".into()) };
        seen.push = due.elapsed();
        if let Some(refused) = reply.verdicts.iter().find(|verdict| !verdict.outcome.stands()) {
            return Err(format!("{:?}", refused.outcome));
        }
        if reply.last_seq != self.voice.seq {
            return Err(format!("{} of {} commands are known", reply.last_seq, self.voice.seq));
        }
        loop {
            let known = self.cursors.iter().map(|(feed, seq)| Cursor { feed: feed.clone(), seq: *seq }).collect();
            let pull = Pull {
                protocol: PROTOCOL,
                device: self.voice.id,
                epoch: reply.epoch,
                known: Known::Cursors(known),
                max_bytes: MAX_PAGE as u32,
                territories: None,
            };
            let Reply::Page(page) = answer(&mut link, &Request::Pull(pull), seen)? else {
                return Err("no answer to a pull".into());
            };
            self.cursors.extend(page.cursors.into_iter().map(|cursor| (cursor.feed, cursor.seq)));
            if !page.more {
                break;
            }
        }
        seen.whole = due.elapsed();
        Ok(())
    }
}

fn answer(link: &mut Link, request: &Request, seen: &mut Seen) -> Result<Reply, String> {
    loop {
        let pause = match link.exchange(request) {
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(error)) => error.retry_after().ok_or_else(|| error.to_string())?,
            Err(error) if error.is_passing() => Duration::from_secs(1),
            Err(error) => return Err(error.to_string()),
        };
        seen.waits += 1;
        if seen.waits > TRIES {
            return Err("asked to come back too often".into());
        }
        std::thread::sleep(pause);
    }
}
