//! The device's side of the protocol without the wire: [`Client`] says what to send next and takes in what comes back,
//! [`Local`] is the device's store.
//!
//! A round pushes everything that has no verdict, asks what became of commands that wait on the server, then pulls until nothing is new, fetching whole feeds where the device
//! has none yet. Every answer is taken in as one commit of the store, so a round may end anywhere (a lost answer, a crash)
//! and the next one goes on; sending again is harmless.

use super::feed::Feed;
use super::fold::{Body, Held, take_chunk, take_page};
use super::protocol::{
    Bootstrap, Bytes, Chunk, Cursors, Hash, ItemKey, Known, MAX_COMMANDS, MAX_PAGE, MAX_PUSH, PROTOCOL, Page, Parcel,
    ProtocolError, Pull, Push, PushReply, Resume, Secret, Verdict, digest, territories_digest,
};
use crate::domain::command::CommandId;
use crate::domain::id::DeviceId;
use crate::domain::records::Unreadable;
use crate::domain::region::RegionCode;
use crate::i18n::{Explain, Lang, sync as say};

/// The device's store, as a round needs it. Writes are staged until [`Local::commit`].
pub trait Local: Held {
    /// The device and its key.
    fn identity(&self) -> (DeviceId, Secret);
    /// The server's epoch that cursors belong to; 0 before the first round.
    fn epoch(&self) -> u32;
    /// Goes to another epoch: every item, cursor and bootstrap of the old one is forgotten, and which commands had
    /// arrived. Commands and their verdicts stay.
    fn enter_epoch(&mut self, epoch: u32) -> Result<(), Unreadable>;
    /// How far each feed was read.
    fn cursors(&self) -> Result<Cursors, Unreadable>;
    /// The number of this device's last command.
    fn last_seq(&self) -> u64;
    /// Every command up to here has a verdict.
    fn answered(&self) -> u64;
    /// Commands whose verdict is that they [wait](super::protocol::Outcome::waits), in order: they are asked about again
    /// in every round. A store that keeps no such list learns of their effects by the feeds alone.
    fn waiting(&self) -> Result<Vec<u64>, Unreadable> {
        Ok(Vec::new())
    }
    /// The territories that the device believes to be its own. A store that does not keep them is not told of changes.
    fn territories(&self) -> Option<Vec<RegionCode>> {
        None
    }
    /// The server says which territories the device may hold now.
    fn set_territories(&mut self, _territories: &[RegionCode]) -> Result<(), Unreadable> {
        Ok(())
    }
    /// The chain's hash after a command; `None` where the command is no longer kept. Number 0 always has one.
    fn hash_at(&self, seq: u64) -> Option<Hash>;
    /// Commands from a number on, within both limits, at least one if there is one.
    fn commands(&self, first: u64, count: usize, bytes: usize) -> Result<Vec<Bytes>, Unreadable>;
    /// Keeps verdicts, those for the inbox too.
    fn take_verdicts(&mut self, verdicts: &[Verdict]) -> Result<(), Unreadable>;
    /// The server lacks the commands after that number: their verdicts are void, they will be sent again.
    fn reopen(&mut self, after: u64) -> Result<(), Unreadable>;
    /// A command of this device has come back in the server's state.
    fn note_arrival(&mut self, id: CommandId) -> Result<(), Unreadable>;
    /// Feeds being fetched, and how far that has come.
    fn fetching(&self) -> Result<Option<(Vec<Feed>, Option<Resume>)>, Unreadable>;
    /// Sets what is being fetched.
    fn set_fetching(&mut self, fetching: Option<(Vec<Feed>, Option<Resume>)>) -> Result<(), Unreadable>;
    /// Makes everything since the last commit durable, or nothing of it.
    fn commit(&mut self) -> Result<(), Unreadable>;
    /// Forgets everything since the last commit.
    fn roll_back(&mut self);
}

/// What to send.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Commands.
    Push(Parcel),
    /// A question for changes.
    Pull(Pull),
    /// A question for whole feeds.
    Bootstrap(Bootstrap),
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// To [`Request::Push`].
    Push(PushReply),
    /// To [`Request::Pull`].
    Page(Page),
    /// To [`Request::Bootstrap`].
    Chunk(Chunk),
}

/// Why a round cannot go on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RoundError {
    /// The server said no. Passing faults are worth another round later.
    #[error("{0}")]
    Server(ProtocolError),
    /// The server has more of this device's commands than the device: it is an old copy of itself. `device.old_copy`
    #[error("the server has command {theirs}, this device only {ours}")]
    OldCopy {
        /// The server's last command of this device.
        theirs: u64,
        /// The device's own.
        ours: u64,
    },
    /// The server lacks commands that the device no longer keeps. `device.commands_gone`
    #[error("command {seq} is no longer kept")]
    CommandsGone {
        /// The first that is missing.
        seq: u64,
    },
    /// The answer does not belong to the question. `round.wrong_answer`
    #[error("the answer does not belong to the question")]
    WrongAnswer,
    /// The device's own store failed.
    #[error("{0}")]
    Store(#[from] Unreadable),
}

impl Explain for RoundError {
    fn code(&self) -> &str {
        match self {
            RoundError::Server(error) => error.code(),
            RoundError::OldCopy { .. } => "device.old_copy",
            RoundError::CommandsGone { .. } => "device.commands_gone",
            RoundError::WrongAnswer => "round.wrong_answer",
            RoundError::Store(_) => "record.unreadable",
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            RoundError::Server(error) => error.field(),
            _ => None,
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            RoundError::Server(error) => error.message(lang),
            RoundError::OldCopy { theirs, ours } => say::old_copy(lang, *theirs, *ours),
            RoundError::CommandsGone { seq } => say::commands_gone(lang, *seq),
            RoundError::WrongAnswer => say::wrong_answer(lang).into(),
            RoundError::Store(fault) => say::store_unreadable(lang, &fault.0),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            RoundError::Server(error) => error.remedy(lang),
            RoundError::OldCopy { .. } => say::old_copy_remedy(lang).into(),
            RoundError::CommandsGone { .. } => say::commands_gone_remedy(lang).into(),
            RoundError::WrongAnswer => say::failed_remedy(lang).into(),
            RoundError::Store(_) => say::store_unreadable_remedy(lang).into(),
        }
    }
}

/// Above this number of feeds a round first asks by digest.
const MANY_FEEDS: usize = 20;

/// One round.
#[derive(Debug, Clone)]
pub struct Client {
    /// Commands in one push; halved when the server finds it too much.
    batch: usize,
    bytes: usize,
    page_bytes: u32,
    tell_cursors: bool,
    misfit: Option<String>,
    /// Commands that wait were asked about up to here.
    asked: u64,
    /// What had a verdict when the round began: those that came later need no asking.
    began: Option<u64>,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Push,
    /// What waits on the server is sent again, which is harmless: the answer is what became of it.
    Ask,
    Pull,
    Done,
}

impl Default for Client {
    fn default() -> Client {
        Client::new(MAX_COMMANDS, MAX_PUSH / 2, MAX_PAGE)
    }
}

impl Client {
    /// A round with limits of its own: commands and bytes of a push, bytes of a page.
    pub fn new(batch: usize, bytes: usize, page: usize) -> Client {
        let page_bytes = u32::try_from(page).unwrap_or(u32::MAX);
        Client {
            batch: batch.max(1),
            bytes,
            page_bytes,
            tell_cursors: false,
            misfit: None,
            asked: 0,
            began: None,
            phase: Phase::Push,
        }
    }

    /// Why feeds are being fetched anew, where a page did not fit what was read before: worth a line in the log, for it
    /// never happens between a sound device and a sound server.
    pub fn misfit(&self) -> Option<&str> {
        self.misfit.as_deref()
    }

    /// What to send next; `None` when the round is over.
    ///
    /// # Errors
    /// `device.commands_gone`, and the store's.
    pub fn next(&mut self, local: &dyn Local) -> Result<Option<Request>, RoundError> {
        self.began.get_or_insert(local.answered());
        if self.phase == Phase::Push {
            if let Some(push) = self.push(local)? {
                return Ok(Some(push));
            }
            self.phase = Phase::Ask;
        }
        if self.phase == Phase::Ask {
            if let Some(push) = self.ask(local)? {
                return Ok(Some(push));
            }
            self.phase = Phase::Pull;
        }
        if self.phase == Phase::Done {
            return Ok(None);
        }
        let (device, _) = local.identity();
        if let Some((feeds, resume)) = local.fetching()? {
            let max_bytes = self.page_bytes;
            return Ok(Some(Request::Bootstrap(Bootstrap { protocol: PROTOCOL, device, feeds, resume, max_bytes })));
        }
        let cursors = local.cursors()?;
        let known = if cursors.len() > MANY_FEEDS && !self.tell_cursors {
            Known::Digest(digest(&cursors))
        } else {
            let cursors = cursors.into_iter().map(|(feed, seq)| super::protocol::Cursor { feed, seq });
            Known::Cursors(cursors.collect())
        };
        let (epoch, max_bytes) = (local.epoch(), self.page_bytes);
        let territories = local.territories().map(|territories| territories_digest(&territories));
        Ok(Some(Request::Pull(Pull { protocol: PROTOCOL, device, epoch, known, max_bytes, territories })))
    }

    fn push(&self, local: &dyn Local) -> Result<Option<Request>, RoundError> {
        let first = local.answered() + 1;
        if first > local.last_seq() {
            return Ok(None);
        }
        let commands = local.commands(first, self.batch, self.bytes)?;
        self.parcel(local, first, commands)
    }

    /// Sends what waits once more, a run of numbers at a time.
    fn ask(&self, local: &dyn Local) -> Result<Option<Request>, RoundError> {
        let waiting = local.waiting()?;
        let began = self.began.unwrap_or(u64::MAX);
        let mut left = waiting.into_iter().filter(|seq| *seq > self.asked && *seq <= began);
        let Some(first) = left.next() else { return Ok(None) };
        let run = 1 + left.zip(first + 1..).take_while(|(seq, next)| seq == next).count();
        let commands = local.commands(first, run.min(self.batch), self.bytes)?;
        // Where it is no longer kept, the feeds alone say what became of it.
        if commands.is_empty() { Ok(None) } else { self.parcel(local, first, commands) }
    }

    fn parcel(&self, local: &dyn Local, first: u64, commands: Vec<Bytes>) -> Result<Option<Request>, RoundError> {
        let (device, secret) = local.identity();
        let prev = local.hash_at(first - 1).ok_or(RoundError::CommandsGone { seq: first - 1 })?;
        if commands.is_empty() {
            return Err(RoundError::CommandsGone { seq: first });
        }
        let push = Push { protocol: PROTOCOL, device, epoch: local.epoch(), first, prev, commands };
        Parcel::pack(&push, &secret).map(|parcel| Some(Request::Push(parcel))).map_err(RoundError::Server)
    }

    /// Takes in the answer to the last request. Either all of it is durable afterwards, or nothing.
    ///
    /// # Errors
    /// What the server said where the round cannot go on, and the store's.
    pub fn take(&mut self, local: &mut dyn Local, reply: Result<Reply, ProtocolError>) -> Result<(), RoundError> {
        let taken = match reply {
            Ok(reply) => self.take_reply(local, reply),
            Err(error) => self.take_error(local, error),
        };
        match taken.and_then(|()| Ok(local.commit()?)) {
            Ok(()) => Ok(()),
            Err(error) => {
                local.roll_back();
                Err(error)
            }
        }
    }

    fn take_reply(&mut self, local: &mut dyn Local, reply: Reply) -> Result<(), RoundError> {
        match reply {
            Reply::Push(reply) => self.take_push(local, &reply),
            Reply::Page(page) => self.take_page(local, &page),
            Reply::Chunk(chunk) => Self::take_chunk(local, &chunk),
        }
    }

    fn take_push(&mut self, local: &mut dyn Local, reply: &PushReply) -> Result<(), RoundError> {
        if reply.last_seq > local.last_seq() {
            return Err(RoundError::OldCopy { theirs: reply.last_seq, ours: local.last_seq() });
        }
        if reply.epoch != local.epoch() {
            local.enter_epoch(reply.epoch)?;
        }
        let before = (local.answered(), self.asked);
        let waited = local.waiting()?.len();
        local.take_verdicts(&reply.verdicts)?;
        if self.phase == Phase::Ask {
            self.asked = reply.verdicts.iter().map(|verdict| verdict.seq).fold(self.asked, u64::max);
        }
        // A push that brought nothing forward would be sent for ever.
        let came = local.waiting()?.len() < waited;
        if (local.answered(), self.asked) > before || came { Ok(()) } else { Err(RoundError::WrongAnswer) }
    }

    fn take_page(&mut self, local: &mut dyn Local, page: &Page) -> Result<(), RoundError> {
        if let Some(territories) = &page.territories {
            local.set_territories(territories)?;
        }
        if page.tell_cursors {
            self.tell_cursors = true;
            return Ok(());
        }
        if page.epoch != local.epoch() {
            return Err(RoundError::WrongAnswer);
        }
        let (device, _) = local.identity();
        match take_page(local, page) {
            Ok(()) => {}
            // What was fetched does not fit what comes after it: fetch these feeds anew.
            Err(fault) => {
                self.misfit = Some(fault.0);
                local.roll_back();
                let mut feeds: Vec<Feed> = page.entries.iter().map(|entry| entry.feed.clone()).collect();
                feeds.sort();
                feeds.dedup();
                feeds.iter().try_for_each(|feed| local.drop_feed(feed))?;
                return Ok(local.set_fetching(Some((feeds, None)))?);
            }
        }
        for entry in page.entries.iter().filter(|entry| entry.cause.id.device == device) {
            local.note_arrival(entry.cause.id)?;
        }
        // A territory is purged when everything that was done in it has reached the server.
        if local.answered() == local.last_seq() {
            page.dropped.iter().try_for_each(|feed| local.drop_feed(feed))?;
        }
        if !page.bootstrap.is_empty() {
            local.set_fetching(Some((page.bootstrap.clone(), None)))?;
        } else if !page.more {
            self.phase = Phase::Done;
        }
        Ok(())
    }

    fn take_chunk(local: &mut dyn Local, chunk: &Chunk) -> Result<(), RoundError> {
        let Some((feeds, _)) = local.fetching()? else { return Err(RoundError::WrongAnswer) };
        // The server was restored since this was asked for: the next page says how to go on.
        if chunk.epoch != local.epoch() {
            return Ok(local.set_fetching(None)?);
        }
        let (device, _) = local.identity();
        take_chunk(local, chunk)?;
        for item in chunk.items.iter().filter(|item| matches!(item.key, ItemKey::File(_))) {
            if let Body::File(file) = Body::decode(&item.key, &item.body.0)? {
                for line in file.history.iter().filter(|line| line.id.device == device) {
                    local.note_arrival(line.id)?;
                }
            }
        }
        let next = chunk.resume.clone().map(|resume| (feeds, Some(resume)));
        Ok(local.set_fetching(next)?)
    }

    fn take_error(&mut self, local: &mut dyn Local, error: ProtocolError) -> Result<(), RoundError> {
        match error {
            ProtocolError::EpochChanged { epoch, last_seq, last_hash } => {
                self.same_history(local, last_seq, last_hash)?;
                local.enter_epoch(epoch)?;
                if last_seq < local.answered() {
                    local.reopen(last_seq)?;
                }
                self.asked = 0;
                self.began = None;
                self.phase = Phase::Push;
                Ok(())
            }
            // The server lacks what it had: it was put back without raising its epoch.
            ProtocolError::Gap { expected, .. } if expected <= local.answered() => {
                local.reopen(expected - 1)?;
                self.phase = Phase::Push;
                Ok(())
            }
            ProtocolError::CursorUnknown { feed, .. } => {
                local.drop_feed(&feed)?;
                Ok(())
            }
            // Its territory changed while it was being fetched: the next page says what it may hold now.
            ProtocolError::NotHeld { .. } if local.fetching()?.is_some() => {
                // Items without a cursor are of feeds that were not complete.
                let (feeds, _) = local.fetching()?.unwrap_or_default();
                for feed in feeds {
                    if local.cursor(&feed)?.is_none() {
                        local.drop_feed(&feed)?;
                    }
                }
                Ok(local.set_fetching(None)?)
            }
            ProtocolError::TooMany { .. } | ProtocolError::TooLarge { .. } if self.batch > 1 => {
                self.batch /= 2;
                Ok(())
            }
            other => Err(RoundError::Server(other)),
        }
    }

    /// Whether the server's last command of this device is this device's.
    fn same_history(&self, local: &dyn Local, last_seq: u64, last_hash: Hash) -> Result<(), RoundError> {
        if last_seq > local.last_seq() {
            return Err(RoundError::OldCopy { theirs: last_seq, ours: local.last_seq() });
        }
        match local.hash_at(last_seq) {
            Some(ours) if ours != last_hash => {
                Err(RoundError::Server(ProtocolError::Cloned { seq: last_seq, held: last_hash }))
            }
            Some(_) => Ok(()),
            None => Err(RoundError::CommandsGone { seq: last_seq }),
        }
    }
}
