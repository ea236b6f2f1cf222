//! [`Console`]: the screens, what lies over them, and who gets an input.

mod effects;
mod events;

use ratatui::layout::Size;

use super::context::{Can, Context, Opening, Origin, Revealed, Subject, SyncStatus};
use super::effect::{Input, Notice, Order};
use super::global;
use super::settings::Settings;
use crate::desk::Desk;
use crate::domain::moment::{Moment, Now};
use crate::replica::Projection;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::screens::{Layer, Screen, lock, today, welcome};
use crate::tui::session::{self, Timer};
use crate::tui::theme::{Role, Theme};

/// The minute on the status line.
const CLOCK: Timer = Timer("clock");
/// A passing message ends.
const NOTICE: Timer = Timer("notice");
/// A field shown in full is masked again.
const MASK: Timer = Timer("mask");

/// What the console starts with.
#[derive(Debug, Clone)]
pub struct Start {
    /// The keys.
    pub keymap: Keymap,
    /// The look, with the colours that the terminal has.
    pub theme: Theme,
    /// Language and the like.
    pub settings: Settings,
    /// How the device stands with its server.
    pub sync: SyncStatus,
}

/// What holds for all screens.
#[derive(Debug)]
pub(super) struct World {
    pub keymap: Keymap,
    pub theme: Theme,
    pub settings: Settings,
    pub sync: SyncStatus,
    pub opening: Opening,
    pub size: Size,
    pub now: Now,
    pub notice: Option<Notice>,
    pub revealed: Option<Revealed>,
    /// The disk took nothing more when something was last to be kept.
    pub full: bool,
    /// The console is locked; what it shows meanwhile.
    pub lock: Option<lock::State>,
    /// The state of the rows that the screen on top has seen: generation and day.
    seen: (u64, chrono::NaiveDate),
}

/// A screen with what lies over it.
#[derive(Debug)]
pub(super) struct Place {
    pub origin: Origin,
    pub screen: Screen,
    pub layers: Vec<(Origin, Layer)>,
}

/// The console program.
pub struct Console {
    pub(super) desk: Desk,
    pub(super) world: World,
    /// The screens, the present one last; never empty.
    pub(super) stack: Vec<Place>,
    next_origin: u32,
    started: bool,
    queries: Vec<String>,
}

/// Queries remembered.
const QUERIES: usize = 20;

/// What the session shall do.
type Out = Vec<session::Effect<Order>>;

impl Console {
    /// A console at a worker's desk.
    pub fn new(desk: Desk, start: Start) -> Console {
        let Start { keymap, theme, settings, sync } = start;
        let opening = if desk.replica().is_open() { Opening::Open } else { Opening::Rows };
        let is_new = !sync.enrolled || sync.last.is_none();
        let empty = is_new && desk.replica().is_open() && desk.replica().read().rows.is_empty();
        let now = Now::new(Moment(0));
        let world = World {
            keymap,
            theme,
            settings,
            sync,
            opening,
            size: Size::ZERO,
            now,
            notice: None,
            revealed: None,
            full: false,
            lock: None,
            seen: (u64::MAX, now.today()),
        };
        let mut console =
            Console { desk, world, stack: Vec::new(), next_origin: 0, started: false, queries: Vec::new() };
        let origin = console.origin();
        let screen = if empty { welcome::State::default().into() } else { today::State::default().into() };
        console.stack.push(Place { origin, screen, layers: Vec::new() });
        console
    }

    /// Goes behind the lock screen.
    pub fn lock(&mut self) {
        self.world.revealed = None;
        self.world.notice = None;
        self.world.lock = Some(lock::State::new(self.desk.replica().store().key_kind()));
    }

    /// Whether it is behind the lock screen.
    pub fn is_locked(&self) -> bool {
        self.world.lock.is_some()
    }

    fn origin(&mut self) -> Origin {
        self.next_origin += 1;
        Origin(self.next_origin)
    }

    pub(super) fn top(&self) -> &Place {
        // Never empty: the last screen cannot be left.
        &self.stack[self.stack.len() - 1]
    }

    /// Calls with the context for `origin`, under the lock of the rows.
    pub(super) fn with<T>(&self, origin: Origin, see: impl FnOnce(&Context<'_>) -> T) -> T {
        let memory = self.desk.replica().read();
        see(&context(&self.world, &self.desk, &memory, origin))
    }

    /// Whether an action can be used now, by whoever would take it.
    pub fn can(&self, action: Action) -> Can {
        match self.own_can(action) {
            Can::Pass => self.with(self.top().origin, |ctx| global::can(self, action, ctx)),
            own => own,
        }
    }

    /// Whether the layer on top, or the screen, takes an action now.
    pub(super) fn own_can(&self, action: Action) -> Can {
        let place = self.top();
        match place.layers.last() {
            Some((origin, layer)) => self.with(*origin, |ctx| layer.can(action, ctx)),
            None => self.with(place.origin, |ctx| place.screen.can(action, ctx)),
        }
    }

    /// Whether the screen or the console could carry out an action, whatever lies over the screen.
    pub(super) fn can_below(&self, action: Action) -> Can {
        let place = self.top();
        self.with(place.origin, |ctx| match place.screen.can(action, ctx) {
            Can::Pass => global::can(self, action, ctx),
            own => own,
        })
    }

    /// The layers on top that only pass by: they give way when something else is opened. A dialog stays.
    pub(super) fn passing_layers(&self) -> impl Iterator<Item = &Layer> {
        self.top().layers.iter().rev().map(|(_, layer)| layer).take_while(|layer| global::is_passing(layer))
    }

    /// What was looked for before, latest first. It names people, so it is kept in RAM only.
    pub(super) fn queries(&self) -> &[String] {
        &self.queries
    }

    fn remember(&mut self, query: String) {
        self.queries.retain(|held| *held != query);
        self.queries.insert(0, query);
        self.queries.truncate(QUERIES);
    }

    /// What is at hand.
    pub(super) fn subject(&self, ctx: &Context<'_>) -> Subject {
        self.top().screen.subject(ctx)
    }

    /// Gives an input to the top layer, or to the top screen if there is none. Tells whether it was taken.
    pub(super) fn offer(&mut self, input: &Input, out: &mut Out) -> bool {
        let Console { desk, world, stack, .. } = self;
        let Some(place) = stack.last_mut() else { return false };
        let (origin, effects) = {
            let memory = desk.replica().read();
            match place.layers.last_mut() {
                Some((origin, layer)) => (*origin, layer.update(input, &context(world, desk, &memory, *origin))),
                None => {
                    let ctx = context(world, desk, &memory, place.origin);
                    (place.origin, place.screen.update(input, &ctx))
                }
            }
        };
        let taken = effects.is_some();
        self.carry_out(effects.unwrap_or_default(), origin, out);
        taken
    }

    fn act(&mut self, action: Action, out: &mut Out) {
        if let Can::No(reason) = self.can(action) {
            return self.tell(Notice::Text(reason, Role::Warning), out);
        }
        if !self.offer(&Input::Action(action), out) {
            let origin = self.top().layers.last().map_or(self.top().origin, |(origin, _)| *origin);
            // Whatever `can` lets through somebody takes; a test goes through all of them.
            let effects = global::act(self, action).unwrap_or_default();
            self.carry_out(effects, origin, out);
        }
    }
}

pub(super) fn context<'a>(world: &'a World, desk: &'a Desk, memory: &'a Projection, origin: Origin) -> Context<'a> {
    Context {
        memory,
        settings: &world.settings,
        actor: desk.actor(),
        opening: &world.opening,
        lang: world.settings.lang,
        theme: world.theme,
        keymap: &world.keymap,
        now: world.now,
        size: world.size,
        sync: &world.sync,
        revealed: world.revealed.as_ref(),
        origin,
    }
}
