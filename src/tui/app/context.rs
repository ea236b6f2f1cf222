//! What `update` and `view` may read.

use chrono::NaiveDate;
use ratatui::layout::{Rect, Size};

use super::fault::Fault;
use super::settings::Settings;
use crate::domain::id::{HouseholdId, LeadId, NeedId, WishId};
use crate::domain::moment::{Moment, Now};
use crate::domain::record::RecordKey;
use crate::domain::worker::{Actor, Right};
use crate::i18n::Lang;
use crate::replica::Projection;
use crate::tui::keymap::Keymap;
use crate::tui::theme::Theme;
use crate::tui::widgets::{split_bottom, split_top};

/// Names one screen or layer that is open: messages find their way back by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Origin(pub u32);

/// How far opening the data has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Opening {
    /// Rows can be read, files not yet.
    #[default]
    Rows,
    /// Everything works.
    Open,
    /// It failed; what can be read are the rows.
    Failed(Fault),
}

/// How this device stands with its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncStatus {
    /// Whether there is a server at all; without one the worker works alone.
    pub enrolled: bool,
    /// Whether the server answered last time.
    pub online: bool,
    /// Commands that wait to be sent; see [`Replica::unsent`](crate::replica::Replica::unsent).
    pub unsent: u64,
    /// Conflicts that wait for a person.
    pub conflicts: u64,
    /// The disk takes nothing more: what is on record can be read, nothing is written.
    pub read_only: bool,
    /// The last sync.
    pub last: Option<Moment>,
}

/// A field that is shown in full for a short time, after a reason was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revealed {
    /// Whose field.
    pub record: RecordKey,
    /// Which field, by name.
    pub field: String,
    /// When it is masked again.
    pub until: Moment,
}

/// What is at hand on a screen: what actions such as "log a visit" or "reveal" are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Subject {
    /// The household.
    pub household: Option<HouseholdId>,
    /// The selected need.
    pub need: Option<NeedId>,
    /// The selected wish.
    pub wish: Option<WishId>,
    /// The selected lead.
    pub lead: Option<LeadId>,
    /// The selected field, where it is masked: whose, and its name.
    pub masked: Option<(RecordKey, &'static str)>,
}

/// Whether an action can be used now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Can {
    /// Yes.
    Yes,
    /// No, and why.
    No(String),
    /// That is for others to say: what lies below, or the console.
    Pass,
}

impl Can {
    /// Yes if `condition` holds, else no for that reason.
    pub fn when(condition: bool, reason: &str) -> Can {
        if condition { Can::Yes } else { Can::No(reason.to_owned()) }
    }
}

/// What `update` and `view` may read. It holds the lock of the rows: nothing that takes it again may be called meanwhile.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The rows, pools and reference records in RAM.
    pub memory: &'a Projection,
    /// Language, theme and the like, as set.
    pub settings: &'a Settings,
    /// Who works here.
    pub actor: &'a Actor,
    /// How far opening has come.
    pub opening: &'a Opening,
    /// The language.
    pub lang: Lang,
    /// The look.
    pub theme: Theme,
    /// The keys in force.
    pub keymap: &'a Keymap,
    /// The time.
    pub now: Now,
    /// The whole screen.
    pub size: Size,
    /// Server, unsent, conflicts.
    pub sync: &'a SyncStatus,
    /// The field that is shown in full at the moment.
    pub revealed: Option<&'a Revealed>,
    /// The screen or layer that is asked.
    pub origin: Origin,
}

/// The least size at which screens are drawn.
pub const MIN_SIZE: Size = Size { width: 60, height: 20 };
/// From this width on a list stands beside its detail.
pub const WIDE: u16 = 100;

impl Context<'_> {
    /// Today.
    pub fn today(&self) -> NaiveDate {
        self.now.today()
    }

    /// The whole screen as an area.
    pub fn screen(&self) -> Rect {
        Rect::new(0, 0, self.size.width, self.size.height)
    }

    /// Where a screen is drawn: between the title line and the hints.
    pub fn body(&self) -> Rect {
        split_bottom(split_top(self.screen(), 1).1, 1).0
    }

    /// Whether a list stands beside its detail.
    pub fn is_wide(&self) -> bool {
        self.size.width >= WIDE
    }

    /// Whether the worker has a right.
    pub fn may(&self, right: Right) -> bool {
        self.actor.role.may(right)
    }

    /// Whether the field is shown in full now.
    pub fn is_revealed(&self, record: RecordKey, field: &str) -> bool {
        self.revealed.is_some_and(|shown| shown.record == record && shown.field == field)
    }

    /// A person's name as this worker may see it in lists: those who work on cases have to recognise people; all others
    /// see it masked.
    pub fn name<'n>(&self, name: &'n str) -> std::borrow::Cow<'n, str> {
        if self.may(Right::SeeCases) { name.into() } else { crate::domain::mask::name(name).into() }
    }
}
