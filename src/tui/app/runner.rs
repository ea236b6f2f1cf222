//! Carries out [`Work`] through the desk: short work at once, long work on a thread of its own.

use std::sync::Arc;

use super::context::{Origin, SyncStatus};
use super::drafts::Drafts;
use super::effect::{Begin, Begun, Long, Message, Order, Seat, Work};
use super::fault::Fault;
use crate::demo::{Demo, Size};
use crate::desk::Desk;
use crate::desk::enrol::Joining;
use crate::domain::command::Command;
use crate::domain::id::HouseholdId;
use crate::domain::moment::Now;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::Dossier;
use crate::domain::refusal::Reason;
use crate::replica::{ReplicaError, Stage};
use crate::settings::Settings as Kept;
use crate::sync::http::Progress;
use crate::tui::app::Console;
use crate::tui::session::{Post, Run};

/// Runs the console's work at a worker's desk.
pub struct Runner {
    desk: Desk,
    /// Whether long work is done at once: for tests.
    at_once: bool,
}

impl Runner {
    /// A runner at the console's desk.
    pub fn new(desk: Desk) -> Runner {
        Runner { desk, at_once: false }
    }

    /// The same runner with no threads: everything is done when it returns.
    pub fn at_once(self) -> Runner {
        Runner { at_once: true, ..self }
    }

    /// The name of this worker's own draft: on a shared machine nobody takes up what somebody else typed.
    fn own(&self, key: &str) -> String {
        format!("{key}-{}", self.desk.actor().worker)
    }

    /// Does it here, or on a thread of its own if it may take long.
    fn long(&self, post: &Post<Message>, work: impl FnOnce(&Desk, &Post<Message>) + Send + 'static) {
        if self.at_once {
            return work(&self.desk, post);
        }
        let (desk, post) = (self.desk.clone(), post.clone());
        std::thread::spawn(move || work(&desk, &post));
    }

    /// What needs the index waits for it on a thread while it opens, so that keys are still answered.
    fn when_open(&self, post: &Post<Message>, work: impl FnOnce(&Desk, &Post<Message>) + Send + 'static) {
        if self.desk.replica().is_open() { work(&self.desk, post) } else { self.long(post, work) }
    }

    fn commit(&self, origin: Origin, now: Now, command: Command, post: &Post<Message>) {
        self.when_open(post, move |desk, post| {
            let what = command.name();
            let done = desk.replica().commit(desk.actor(), now, command);
            post.send(Message::Committed(origin, what, done.map(Arc::new).map_err(Fault::from)));
            post.send(Message::Sync(sync_status(desk)));
        });
    }
}

impl Run<Console> for Runner {
    fn run(&mut self, order: Order, post: &Post<Message>) {
        self.desk = seat(&self.desk).unwrap_or_else(|| self.desk.clone());
        let Order { work, origin, now } = order;
        match work {
            Work::FinishOpening => self.long(post, move |desk, post| {
                let opened = desk.replica().finish_opening(now.today());
                // Who works here may be known only now.
                if let Some(desk) = seat(desk) {
                    post.send(Message::Seated(Seat(desk)));
                }
                post.send(Message::Opened(opened.map(drop).map_err(Fault::from)));
                post.send(Message::Sync(sync_status(desk)));
            }),
            Work::Commit(command) => self.commit(origin, now, *command, post),
            Work::Register(registration) => self.when_open(post, move |desk, post| {
                let done = desk.register_household(*registration, now);
                let done = done.map(Arc::new).map_err(Fault::from);
                post.send(Message::Committed(origin, "register_household", done));
                post.send(Message::Sync(sync_status(desk)));
            }),
            Work::Undo => self.when_open(post, move |desk, post| {
                let undone = desk.undo(now).map(|(_, command, about)| {
                    let about = about.map(|about| about.told(str::to_owned)).unwrap_or_default();
                    (command.name(), about)
                });
                post.send(Message::Undone(undone.map_err(Fault::from)));
                post.send(Message::Sync(sync_status(desk)));
            }),
            Work::OpenHousehold(household) => self.when_open(post, move |desk, post| {
                let found = desk.replica().dossier(household).map_err(Fault::from);
                post.send(Message::Household(origin, household, found));
            }),
            Work::Older(household, page) => self.when_open(post, move |desk, post| {
                let found = desk.replica().older(household, page).map_err(Fault::from);
                post.send(Message::Older(origin, household, page, found));
            }),
            Work::Begin(what) => self.when_open(post, move |desk, post| {
                post.send(Message::Begun(origin, begin(desk, now, &what).map(Box::new).map_err(Fault::from)));
            }),
            Work::Unlock(passphrase) => self.long(post, move |desk, post| {
                let right = desk.replica().store().unlocks(&passphrase);
                post.send(Message::Unlocked(right));
            }),
            Work::SaveSettings(changes) => {
                let path = self.desk.replica().store().home().settings_path();
                for (key, value) in changes {
                    report(crate::settings::write(&path, key, &value).map_err(|error| Fault::of(&error)), post);
                }
            }
            Work::SaveDraft { key, content } => {
                let kept = Drafts::of(self.desk.replica().store()).save(&self.own(&key), &content);
                report(kept.map_err(Fault::from), post);
            }
            Work::LoadDraft(key) => match Drafts::of(self.desk.replica().store()).load(&self.own(&key)) {
                Ok(found) => post.send(Message::Draft(origin, key, found)),
                Err(error) => {
                    post.send(Message::Failed(error.into()));
                    post.send(Message::Draft(origin, key, None));
                }
            },
            Work::DropDraft(key) => {
                report(Drafts::of(self.desk.replica().store()).drop(&self.own(&key)).map_err(Fault::from), post);
            }
            Work::SettleIn(name) => {
                self.when_open(post, move |desk, post| match Desk::settle_in(desk.replica(), &name, now) {
                    Ok(worker) => {
                        post.send(Message::Seated(Seat(Desk::new(desk.replica().clone(), Some(worker)))));
                        post.send(Message::Sync(sync_status(desk)));
                    }
                    Err(error) => post.send(Message::Refused(origin, error.into())),
                });
            }
            Work::Demo => self.long(post, move |desk, post| demo(desk, now, origin, post)),
            Work::Join(joining) => self.long(post, move |desk, post| join(desk, now, origin, joining.as_deref(), post)),
            Work::Sync => self.long(post, move |desk, post| sync(desk, now, post)),
            Work::Long(Long(work)) => self.long(post, move |desk, post| {
                let own = post.clone();
                work(desk, now, &move |message| own.send(message));
                post.send(Message::Changed);
                post.send(Message::Sync(sync_status(desk)));
            }),
        }
    }
}

/// The desk of the home's worker, where the present one's worker is nobody on record: at the start the rows may not say
/// who works here, and in an empty home nobody does.
fn seat(desk: &Desk) -> Option<Desk> {
    let known = |desk: &Desk| desk.replica().read().reference.workers.contains_key(&desk.actor().worker);
    if known(desk) || !desk.replica().is_open() {
        return None;
    }
    let (kept, _) = Kept::read(&desk.replica().store().home().settings_path());
    Some(Desk::new(desk.replica().clone(), kept.worker)).filter(known)
}

/// Fills the home with an invented village, as `zhulian demo` does.
fn demo(desk: &Desk, now: Now, origin: Origin, post: &Post<Message>) {
    let village = Demo::new(Size::Village, 1, now.today());
    let total = village.len() as u64;
    let done = desk.fill_with(&village, now, &mut |stage, count| {
        if stage == Stage::Writing {
            post.send(Message::Progress(origin, count, total));
        }
        true
    });
    if let Err(error) = done {
        return post.send(Message::Refused(origin, error.into()));
    }
    let path = desk.replica().store().home().settings_path();
    let kept = crate::settings::write(&path, "worker", &village.worker().to_string());
    report(kept.map_err(|error| Fault::of(&error)), post);
    post.send(Message::Seated(Seat(Desk::new(desk.replica().clone(), Some(village.worker())))));
    post.send(Message::Sync(sync_status(desk)));
}

fn report(done: Result<(), Fault>, post: &Post<Message>) {
    if let Err(fault) = done {
        post.send(Message::Failed(fault));
    }
}

/// How the device stands.
pub fn sync_status(desk: &Desk) -> SyncStatus {
    let replica = desk.replica();
    let read_only = replica.store().read_only().is_some();
    let enrolled = replica.enrolment().is_some();
    // While the index opens only this much is known.
    let standing = if replica.is_open() { replica.standing().ok().flatten() } else { None };
    SyncStatus {
        enrolled,
        online: enrolled && replica.is_online(),
        unsent: replica.unsent(),
        conflicts: standing.as_ref().map_or(0, |standing| standing.conflicts),
        read_only,
        last: standing.and_then(|standing| standing.last),
    }
}

/// A round with the server, told as it goes. The worker may be known only afterwards.
fn sync(desk: &Desk, now: Now, post: &Post<Message>) {
    let done = desk.replica().sync_with_server(now, &mut |progress| post.send(Message::Syncing(progress)));
    if let Some(desk) = seat(desk) {
        post.send(Message::Seated(Seat(desk)));
    }
    post.send(Message::Synced(done.map_err(|error| Fault::of(&error))));
    post.send(Message::Changed);
    post.send(Message::Sync(sync_status(desk)));
}

/// Joins a server, unless that is done already, and fetches the data. The worker is known only with them.
fn join(desk: &Desk, now: Now, origin: Origin, joining: Option<&Joining>, post: &Post<Message>) {
    if let Some(joining) = joining {
        let joined = Desk::join(desk.replica(), joining, now);
        let entered = joined.is_ok();
        post.send(Message::Joined(origin, joined.map(|_| false).map_err(|error| Fault::of(&error))));
        post.send(Message::Sync(sync_status(desk)));
        if !entered {
            return;
        }
    }
    let done = desk.replica().sync_with_server(now, &mut |progress| match progress {
        Progress::Pulled(count) => post.send(Message::Progress(origin, count, 0)),
        other => post.send(Message::Syncing(other)),
    });
    if let Some(desk) = seat(desk) {
        post.send(Message::Seated(Seat(desk)));
    }
    post.send(Message::Changed);
    post.send(Message::Sync(sync_status(desk)));
    post.send(Message::Joined(origin, done.map(|_| true).map_err(|error| Fault::of(&error))));
}

fn begin(desk: &Desk, now: Now, what: &Begin) -> Result<Begun, ReplicaError> {
    let file = |household: HouseholdId| -> Result<Arc<Dossier>, ReplicaError> {
        let missing = || ReplicaError::from(Reason::NotFound { kind: Kind::Household });
        desk.replica().dossier(household)?.ok_or_else(missing)
    };
    Ok(match what {
        Begin::Visit(household) => Begun::Visit(file(*household)?, desk.new_visit(*household, now)),
        Begin::Need(household) => Begun::Need(file(*household)?, desk.new_need(*household, now)),
        Begin::Wish(household, need) => {
            let file = file(*household)?;
            let found = file.needs.iter().find(|held| held.id == *need);
            let wish = desk.new_wish(found.ok_or(Reason::NotFound { kind: Kind::Need })?, now);
            Begun::Wish(file, wish)
        }
        Begin::Lead(household) => Begun::Lead(household.map(file).transpose()?, desk.new_lead(*household, now)),
        Begin::Claim(wish, units) => Begun::Claim(desk.new_claim(*wish, *units, "")),
        Begin::File(household) => Begun::File(file(*household)?),
        Begin::ReadLead(lead) => {
            let household = desk.replica().read().pools.leads.find(*lead).and_then(|row| row.household);
            let key = RecordKey { kind: Kind::Lead, id: (*lead).into() };
            match desk.replica().record(key, household)? {
                Some(Record::Lead(lead)) => Begun::Lead(household.map(file).transpose()?, lead),
                _ => return Err(Reason::NotFound { kind: Kind::Lead }.into()),
            }
        }
    })
}
