//! Everything that happens outside of `update`, as data.

use std::sync::Arc;
use std::time::Duration;

use super::context::{Origin, Revealed};
use super::fault::Fault;
use super::settings::Settings;
use crate::desk::Registration;
use crate::desk::enrol::Joining;
use crate::domain::claim::Claim;
use crate::domain::command::Command;
use crate::domain::id::{HouseholdId, LeadId, NeedId, WishId};
use crate::domain::lead::Lead;
use crate::domain::moment::Now;
use crate::domain::need::Need;
use crate::domain::records::{Dossier, OlderPage};
use crate::domain::visit::Visit;
use crate::domain::wish::Wish;
use crate::replica::Committed;
use crate::store::Passphrase;
use crate::sync::http::{Progress, Summary};
use crate::tui::keymap::Action;
use crate::tui::screens::{Layer, Screen};
use crate::tui::session::{self, Timer};
use crate::tui::theme::Role;

/// What comes in.
pub type Input = session::Input<Message>;

/// What a screen or layer wants done.
#[derive(Debug)]
pub enum Effect {
    /// Work outside of `update`; the answer comes back to the sender.
    Work(Work),
    /// Shows a screen on top of the present one.
    Go(Screen),
    /// Shows a screen in place of the present one.
    Replace(Screen),
    /// Leaves the present screen.
    Leave,
    /// Opens something over the present screen.
    Open(Layer),
    /// Closes the topmost layer.
    Close,
    /// Carries out an action as if its key had been pressed.
    Act(Action),
    /// Shows a passing message.
    Tell(Notice),
    /// Shows a field in full for a while.
    Reveal(Revealed),
    /// [`Input::Timer`] after a time; starting it again replaces it.
    After(Timer, Duration),
    /// Stops a timer.
    Cancel(Timer),
    /// Changes language, theme or keys, and keeps that.
    Set(Settings),
    /// Goes behind the lock screen.
    Lock,
    /// Back from the lock screen.
    Unlock,
    /// Keeps what was looked for, until the console ends.
    Remember(String),
    /// What the session itself does: quit, suspend, redraw, mouse, bell.
    Session(session::Effect<Order>),
}

/// A passing message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A text in the language of the moment.
    Text(String, Role),
    /// An error, with its remedy.
    Fault(Fault),
    /// A command was carried out: its stable name, and whether it can be taken back.
    Done(&'static str, bool),
}

/// Work for the [`super::Runner`], with the time at which it was asked for.
#[derive(Debug)]
pub struct Order {
    /// What.
    pub work: Work,
    /// For whom.
    pub origin: Origin,
    /// When.
    pub now: Now,
}

/// Work outside of `update`.
#[derive(Debug)]
pub enum Work {
    /// Opens the index behind the running console: [`Message::Opened`].
    FinishOpening,
    /// Carries out a command: [`Message::Committed`].
    Commit(Box<Command>),
    /// Puts a household on the register by hand: [`Message::Committed`].
    Register(Box<Registration>),
    /// Takes back the last command: [`Message::Undone`].
    Undo,
    /// Reads a household's file: [`Message::Household`].
    OpenHousehold(HouseholdId),
    /// Reads a page of older visits and history; page 0 is the oldest: [`Message::Older`].
    Older(HouseholdId, u32),
    /// Makes a record ready to be filled in, with what it needs beside it: [`Message::Begun`].
    Begin(Begin),
    /// Tries a passphrase: [`Message::Unlocked`].
    Unlock(Passphrase),
    /// Keeps settings: names and values of [`crate::settings`].
    SaveSettings(Vec<(&'static str, String)>),
    /// Keeps a half-filled form, sealed.
    SaveDraft {
        /// Its name: letters, digits, `-` and `.` only.
        key: String,
        /// Its content.
        content: Vec<u8>,
    },
    /// Reads a draft: [`Message::Draft`].
    LoadDraft(String),
    /// Throws a draft away.
    DropDraft(String),
    /// Puts the first worker into an empty home, by name: [`Message::Seated`].
    SettleIn(String),
    /// Fills an empty home with an invented village: [`Message::Progress`], then [`Message::Seated`].
    Demo,
    /// Joins a server, unless that is done, and fetches the data: [`Message::Joined`] twice, [`Message::Progress`] between.
    Join(Option<Box<Joining>>),
    /// A round with the server: [`Message::Syncing`] on the way, [`Message::Synced`] at the end.
    Sync,
    /// Something else that takes long, run on a thread of its own with the desk; it reports through the post it is given.
    Long(Long),
}

/// What long work does, with the desk, the time at which it was asked for, and a way to report.
pub type Job = dyn FnOnce(&crate::desk::Desk, Now, &dyn Fn(Message)) + Send;

/// Long work: runs on a thread of its own.
pub struct Long(pub Box<Job>);

impl std::fmt::Debug for Long {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Long")
    }
}

/// Which record to make ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// A visit to a household.
    Visit(HouseholdId),
    /// A need of a household.
    Need(HouseholdId),
    /// A wish card from a need of a household.
    Wish(HouseholdId, NeedId),
    /// A lead, about a household if one is known.
    Lead(Option<HouseholdId>),
    /// A claim on units of a wish.
    Claim(WishId, u16),
    /// Nothing new: the file alone, for work on a need, wish or claim in it.
    File(HouseholdId),
    /// A lead on record, to settle it.
    ReadLead(LeadId),
}

/// A record made ready.
#[derive(Debug, Clone)]
pub enum Begun {
    /// A visit, with the household's file.
    Visit(Arc<Dossier>, Visit),
    /// A need, with the household's file.
    Need(Arc<Dossier>, Need),
    /// A wish card, with the household's file.
    Wish(Arc<Dossier>, Wish),
    /// A lead, with the household's file if there is one.
    Lead(Option<Arc<Dossier>>, Lead),
    /// A claim.
    Claim(Claim),
    /// A household's file.
    File(Arc<Dossier>),
}

/// A desk, as a message.
#[derive(Clone)]
pub struct Seat(pub crate::desk::Desk);

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seat({})", self.0.actor().worker)
    }
}

/// What work reports.
#[derive(Debug)]
pub enum Message {
    /// The index is open, or why not.
    Opened(Result<(), Fault>),
    /// A command was carried out or refused.
    Committed(Origin, &'static str, Result<Arc<Committed>, Fault>),
    /// The last command was taken back: its stable name and what it was about, empty where that cannot be said.
    Undone(Result<(&'static str, String), Fault>),
    /// Who works here has become known or is somebody else.
    Seated(Seat),
    /// The device has joined a server (`false`), then its data are here (`true`); or why not.
    Joined(Origin, Result<bool, Fault>),
    /// Work of that screen failed.
    Refused(Origin, Fault),
    /// A household's file; `None` if it is not held here.
    Household(Origin, HouseholdId, Result<Option<Arc<Dossier>>, Fault>),
    /// A page of older entries and its number.
    Older(Origin, HouseholdId, u32, Result<Option<OlderPage>, Fault>),
    /// A record is ready to be filled in.
    Begun(Origin, Result<Box<Begun>, Fault>),
    /// Whether the passphrase was right.
    Unlocked(bool),
    /// A draft; `None` if there is none.
    Draft(Origin, String, Option<Vec<u8>>),
    /// Somebody else (another terminal, a sync) changed records.
    Changed,
    /// How far a round with the server has come.
    Syncing(Progress),
    /// A round with the server is over.
    Synced(Result<Summary, Fault>),
    /// How the device stands with its server.
    Sync(super::context::SyncStatus),
    /// How far long work has come: done, of how many.
    Progress(Origin, u64, u64),
    /// The outcome of [`Work::Long`], for the screen that asked; it knows the type.
    Outcome(Origin, Result<Box<dyn std::any::Any + Send>, Fault>),
    /// Something failed that no screen waits for.
    Failed(Fault),
}

impl Message {
    /// The screen or layer it is for; `None` when the console or every screen is meant.
    pub fn origin(&self) -> Option<Origin> {
        match self {
            Message::Committed(origin, ..)
            | Message::Joined(origin, ..)
            | Message::Refused(origin, ..)
            | Message::Household(origin, ..)
            | Message::Older(origin, ..)
            | Message::Begun(origin, ..)
            | Message::Draft(origin, ..)
            | Message::Progress(origin, ..)
            | Message::Outcome(origin, ..) => Some(*origin),
            Message::Opened(_)
            | Message::Seated(_)
            | Message::Undone(_)
            | Message::Unlocked(_)
            | Message::Changed
            | Message::Sync(_)
            | Message::Syncing(_)
            | Message::Synced(_)
            | Message::Failed(_) => None,
        }
    }
}
