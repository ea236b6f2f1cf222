//! [`Console`]: the screens, what lies over them, and who gets an input.

use std::time::Duration;

use ratatui::layout::Size;

use super::context::{Can, Context, Opening, Origin, Revealed, Subject, SyncStatus};
use super::effect::{Effect, Input, Message, Notice, Order, Seat, Work};
use super::fault::Fault;
use super::settings::Settings;
use super::{frame, global};
use crate::desk::Desk;
use crate::domain::moment::{Moment, Now};
use crate::replica::Projection;
use crate::tui::keymap::{Action, Context as KeyContext, Keymap};
use crate::tui::screens::{Layer, Screen, lock, today, welcome};
use crate::tui::session::{self, App, Frame, Mouse, MouseKind, Timer};
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
        let empty = desk.replica().is_open() && desk.replica().read().rows.is_empty();
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

    fn carry_out(&mut self, effects: Vec<Effect>, origin: Origin, out: &mut Out) {
        for effect in effects {
            self.carry_out_one(effect, origin, out);
        }
    }

    fn carry_out_one(&mut self, effect: Effect, origin: Origin, out: &mut Out) {
        match effect {
            Effect::Work(work) => {
                out.push(session::Effect::Work(Order { work, origin, now: self.world.now }));
            }
            Effect::Go(screen) => self.go(screen, out),
            Effect::Replace(screen) => {
                self.take_away(origin);
                self.go(screen, out);
            }
            Effect::Leave => self.leave(origin, out),
            Effect::Open(layer) => {
                let origin = self.origin();
                if let Some(place) = self.stack.last_mut() {
                    place.layers.push((origin, layer));
                }
                self.refresh(out);
            }
            Effect::Close => {
                if let Some(place) = self.stack.last_mut() {
                    place.layers.pop();
                }
                self.refresh(out);
            }
            Effect::Act(action) => self.act(action, out),
            Effect::Tell(notice) => self.tell(notice, out),
            Effect::Reveal(revealed) => {
                let wait = revealed.until.since(self.world.now.at).to_std().unwrap_or_default();
                out.push(session::Effect::After(MASK, wait));
                self.world.revealed = Some(revealed);
            }
            Effect::After(timer, wait) => out.push(session::Effect::After(timer, wait)),
            Effect::Cancel(timer) => out.push(session::Effect::Cancel(timer)),
            Effect::Set(settings) => self.set(settings, out),
            Effect::Lock => self.lock(),
            Effect::Unlock => self.world.lock = None,
            Effect::Remember(query) => self.remember(query),
            Effect::Session(session::Effect::Quit) => {
                // What was typed since the last rest is kept too.
                self.offer_to_all(crate::tui::screens::entry::KEEP, out);
                out.push(session::Effect::Quit);
            }
            Effect::Session(effect) => out.push(effect),
        }
    }

    /// Shows a screen. One of the same kind that is open already comes to the front instead, unless there may be several.
    fn go(&mut self, screen: Screen, out: &mut Out) {
        self.world.revealed = None;
        let single = global::is_single(&screen);
        let open = self.stack.iter().position(|place| single && place.screen.kind() == screen.kind());
        let place = match open {
            Some(at) => self.stack.remove(at),
            None => Place { origin: self.origin(), screen, layers: Vec::new() },
        };
        self.stack.push(place);
        self.refresh(out);
    }

    /// Takes the screen away that asked for it; it may lie below others by now. Without one it is the one on top.
    fn take_away(&mut self, origin: Origin) {
        let asked = self.stack.iter().position(|place| place.origin == origin);
        let at = asked.unwrap_or(self.stack.len().saturating_sub(1));
        if at < self.stack.len() {
            self.stack.remove(at);
        }
    }

    fn leave(&mut self, origin: Origin, out: &mut Out) {
        self.world.revealed = None;
        self.take_away(origin);
        if self.stack.is_empty() {
            return self.go(today::State::default().into(), out);
        }
        self.refresh(out);
    }

    /// Brings the present screen and what lies over it up to date.
    fn refresh(&mut self, out: &mut Out) {
        let Console { desk, world, stack, .. } = self;
        let Some(place) = stack.last_mut() else { return };
        let mut wanted = Vec::new();
        {
            let memory = desk.replica().read();
            world.seen = (memory.generation, world.now.today());
            let ctx = context(world, desk, &memory, place.origin);
            wanted.push((place.origin, place.screen.refresh(&ctx)));
            for (origin, layer) in &mut place.layers {
                wanted.push((*origin, layer.refresh(&Context { origin: *origin, ..ctx })));
            }
        }
        for (origin, effects) in wanted {
            self.carry_out(effects, origin, out);
        }
    }

    fn tell(&mut self, notice: Notice, out: &mut Out) {
        // An error stays long enough to be read twice.
        let seconds = if matches!(notice, Notice::Fault(_)) { 30 } else { 6 };
        self.world.notice = Some(notice);
        out.push(session::Effect::After(NOTICE, Duration::from_secs(seconds)));
    }

    fn set(&mut self, settings: Settings, out: &mut Out) {
        self.world.theme = settings.themed(self.world.theme);
        if settings.mouse != self.world.settings.mouse {
            out.push(session::Effect::Mouse(settings.mouse));
        }
        if let Some(keymap) = settings.keymap().filter(|_| settings.keymap != self.world.settings.keymap) {
            self.world.keymap = keymap;
        }
        let changes = settings.changes(&self.world.settings);
        self.world.settings = settings;
        let order = Order { work: Work::SaveSettings(changes), origin: Origin::default(), now: self.world.now };
        out.push(session::Effect::Work(order));
        self.refresh(out);
    }

    fn start(&mut self, out: &mut Out) {
        self.started = true;
        if self.world.opening == Opening::Rows {
            let order = Order { work: Work::FinishOpening, origin: Origin::default(), now: self.world.now };
            out.push(session::Effect::Work(order));
        }
        if self.world.settings.mouse {
            out.push(session::Effect::Mouse(true));
        }
        self.await_minute(out);
    }

    fn await_minute(&self, out: &mut Out) {
        let into = self.world.now.at.0.rem_euclid(60_000) as u64; // below 60,000
        out.push(session::Effect::After(CLOCK, Duration::from_millis(60_000 - into)));
    }

    fn timer(&mut self, timer: Timer, out: &mut Out) {
        match timer {
            CLOCK => self.await_minute(out),
            NOTICE => self.world.notice = None,
            MASK => self.world.revealed = None,
            other => {
                self.offer_to_all(other, out);
            }
        }
    }

    /// A timer reaches its screen below layers and other screens too.
    fn offer_to_all(&mut self, timer: Timer, out: &mut Out) {
        let open =
            self.stack.iter().flat_map(|place| place.layers.iter().map(|(origin, _)| *origin).chain([place.origin]));
        for origin in open.collect::<Vec<_>>() {
            self.deliver(origin, &Input::Timer(timer), out);
        }
    }

    /// Gives an input to the screen or layer of that name, if it is still open.
    /// Tells whether it was taken.
    fn deliver(&mut self, to: Origin, input: &Input, out: &mut Out) -> bool {
        let Console { desk, world, stack, .. } = self;
        let mut effects = None;
        {
            let memory = desk.replica().read();
            let ctx = context(world, desk, &memory, to);
            for place in stack {
                if place.origin == to {
                    effects = place.screen.update(input, &ctx);
                }
                if let Some((_, layer)) = place.layers.iter_mut().find(|(origin, _)| *origin == to) {
                    effects = layer.update(input, &ctx);
                }
            }
        }
        let taken = effects.is_some();
        self.carry_out(effects.unwrap_or_default(), to, out);
        taken
    }

    fn message(&mut self, message: Message, out: &mut Out) {
        match &message {
            Message::Opened(Ok(())) => {
                self.world.opening = Opening::Open;
                self.first_start(out);
                self.refresh(out);
            }
            Message::Opened(Err(fault)) => {
                self.world.opening = Opening::Failed(fault.clone());
                self.tell(Notice::Fault(fault.clone()), out);
            }
            Message::Committed(_, what, Ok(_)) => {
                self.world.full = false;
                let undoable = global::is_undoable(what);
                self.tell(Notice::Done(what, undoable), out);
            }
            Message::Undone(Ok(what)) => {
                self.world.full = false;
                let text = crate::i18n::screens::undone(
                    self.world.settings.lang,
                    crate::i18n::domain::command(self.world.settings.lang, what),
                );
                self.tell(Notice::Text(text, Role::Ok), out);
            }
            // A form shows what is wrong at its fields; once is enough.
            Message::Committed(origin, _, Err(fault)) | Message::Begun(origin, Err(fault)) => {
                let (origin, fault) = (*origin, fault.clone());
                self.world.full |= is_full(&fault);
                if !self.deliver(origin, &Input::Message(message), out) {
                    self.fault(fault, out);
                }
                return;
            }
            Message::Undone(Err(fault))
            | Message::Household(_, _, Err(fault))
            | Message::Older(_, _, _, Err(fault))
            | Message::Refused(_, fault)
            | Message::Outcome(_, Err(fault))
            | Message::Failed(fault) => self.fault(fault.clone(), out),
            Message::Sync(sync) => self.world.sync = *sync,
            Message::Seated(Seat(desk)) => {
                self.desk = desk.clone();
                self.refresh(out);
            }
            Message::Unlocked(_) => {
                let effects = self.world.lock.as_mut().map(|lock| lock.answered(&message)).unwrap_or_default();
                return self.carry_out(effects, Origin::default(), out);
            }
            _ => {}
        }
        if let Some(origin) = message.origin() {
            self.deliver(origin, &Input::Message(message), out);
        }
    }

    fn fault(&mut self, fault: Fault, out: &mut Out) {
        self.world.full |= is_full(&fault);
        self.tell(Notice::Fault(fault), out);
    }

    /// Data that turned out to be none.
    fn first_start(&mut self, out: &mut Out) {
        let empty = self.desk.replica().read().rows.is_empty();
        if empty && matches!(self.top().screen, Screen::Today(_)) {
            self.carry_out_one(Effect::Replace(welcome::State::default().into()), Origin::default(), out);
        }
    }

    fn locked(&mut self, input: &Input, out: &mut Out) {
        let now = self.world.now;
        let effects = match (&mut self.world.lock, input) {
            (Some(lock), _) => lock.update(input, now),
            (None, _) => Vec::new(),
        };
        self.carry_out(effects, Origin::default(), out);
    }
}

impl App for Console {
    type Message = Message;
    type Work = Order;

    fn update(&mut self, input: Input, now: session::Now) -> Out {
        let mut out = Out::new();
        self.world.now = Now::new(Moment(now.timestamp_millis()));
        match input {
            Input::Resize(size) => {
                self.world.size = size;
                if !self.started {
                    self.start(&mut out);
                }
                self.refresh(&mut out);
            }
            Input::Timer(timer) => self.timer(timer, &mut out),
            Input::Message(message) => self.message(message, &mut out),
            Input::Resumed => {}
            input if self.world.lock.is_some() => self.locked(&input, &mut out),
            Input::Action(action) => {
                // What was said has been read when the next thing is done; only how to take it back stays a while.
                if !matches!(self.world.notice, Some(Notice::Done(..))) {
                    self.world.notice = None;
                }
                self.act(action, &mut out);
            }
            // The wheel moves like the keys do.
            Input::Mouse(Mouse { kind: MouseKind::WheelUp, .. }) => self.act(Action::Up, &mut out),
            Input::Mouse(Mouse { kind: MouseKind::WheelDown, .. }) => self.act(Action::Down, &mut out),
            Input::Text(_) | Input::Paste(_) | Input::Mouse(_) | Input::Unbound(_) => {
                self.offer(&input, &mut out);
            }
        }
        let generation = self.desk.replica().read().generation;
        if self.world.seen != (generation, self.world.now.today()) {
            self.refresh(&mut out);
        }
        out
    }

    fn view(&self, frame: &mut Frame<'_>) {
        frame::view(self, frame);
    }

    fn contexts(&self) -> Vec<KeyContext> {
        if self.world.lock.is_some() {
            return vec![KeyContext::Lock, KeyContext::Input];
        }
        let place = self.top();
        place.layers.last().map_or_else(|| place.screen.contexts(), |(_, layer)| layer.contexts())
    }

    fn keymap(&self) -> &Keymap {
        &self.world.keymap
    }
}

/// Whether an error says that the disk has no room.
fn is_full(fault: &Fault) -> bool {
    matches!(fault.code.as_str(), "store.disk_full" | "draft.disk_full")
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
