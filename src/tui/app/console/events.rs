//! What comes in: keys, timers, messages.

use std::time::Duration;

use super::super::context::{Opening, Origin};
use super::super::effect::{Effect, Input, Message, Notice, Order, Seat, Work};
use super::super::fault::Fault;
use super::super::{frame, global};
use super::{CLOCK, Console, MASK, NOTICE, Out, context};
use crate::domain::moment::{Moment, Now};
use crate::i18n::{domain, screens as text};
use crate::sync::http::Progress;
use crate::tui::keymap::{Action, Context as KeyContext, Keymap};
use crate::tui::screens::{Screen, welcome};
use crate::tui::session::{self, App, Frame, Mouse, MouseKind, Timer};
use crate::tui::theme::Role;

impl Console {
    pub(super) fn start(&mut self, out: &mut Out) {
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

    pub(super) fn await_minute(&self, out: &mut Out) {
        let into = self.world.now.at.0.rem_euclid(60_000) as u64; // below 60,000
        out.push(session::Effect::After(CLOCK, Duration::from_millis(60_000 - into)));
    }

    pub(super) fn timer(&mut self, timer: Timer, out: &mut Out) {
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
    pub(super) fn offer_to_all(&mut self, timer: Timer, out: &mut Out) {
        let open =
            self.stack.iter().flat_map(|place| place.layers.iter().map(|(origin, _)| *origin).chain([place.origin]));
        for origin in open.collect::<Vec<_>>() {
            self.deliver(origin, &Input::Timer(timer), out);
        }
    }

    /// Gives an input to the screen or layer of that name, if it is still open.
    /// Tells whether it was taken.
    pub(super) fn deliver(&mut self, to: Origin, input: &Input, out: &mut Out) -> bool {
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

    pub(super) fn message(&mut self, message: Message, out: &mut Out) {
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
            Message::Undone(Ok((what, about))) => {
                self.world.full = false;
                let lang = self.world.settings.lang;
                let told = text::undone_of(lang, domain::command(lang, what), about);
                self.tell(Notice::Text(told, Role::Ok), out);
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
            Message::Syncing(progress) => {
                let lang = self.world.settings.lang;
                let told = match progress {
                    Progress::Pushed(done, total) => {
                        let gauge = gauge(*done, *total);
                        text::sync_pushed(lang, &gauge, *done, *total)
                    }
                    Progress::Pulled(done) => text::sync_pulled(lang, *done),
                    Progress::Waiting(pause) => text::sync_waiting(lang, pause.as_secs().max(1)),
                };
                self.tell(Notice::Text(told, Role::Notice), out);
            }
            Message::Synced(Ok(done)) => {
                let lang = self.world.settings.lang;
                let told = text::synced(lang, done.pushed, done.verdicts.refused, done.pulled);
                let role = if done.verdicts.refused > 0 { Role::Warning } else { Role::Ok };
                self.tell(Notice::Text(told, role), out);
            }
            Message::Synced(Err(fault)) => self.fault(fault.clone(), out),
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

    pub(super) fn fault(&mut self, fault: Fault, out: &mut Out) {
        self.world.full |= is_full(&fault);
        self.tell(Notice::Fault(fault), out);
    }

    /// Data that turned out to be none.
    pub(super) fn first_start(&mut self, out: &mut Out) {
        let empty = self.desk.replica().read().rows.is_empty();
        if empty && matches!(self.top().screen, Screen::Today(_)) {
            self.carry_out_one(Effect::Replace(welcome::State::default().into()), Origin::default(), out);
        }
    }

    pub(super) fn locked(&mut self, input: &Input, out: &mut Out) {
        let now = self.world.now;
        let effects = match (&mut self.world.lock, input) {
            (Some(lock), _) => lock.update(input, now),
            (None, _) => Vec::new(),
        };
        self.carry_out(effects, Origin::default(), out);
    }
}

/// How much of a whole is done, in ten cells.
fn gauge(done: u64, total: u64) -> String {
    let full = done.min(total) * 10 / total.max(1);
    (0..10).map(|cell| if cell < full { '#' } else { '.' }).collect()
}

/// Whether an error says that the disk has no room.
fn is_full(fault: &Fault) -> bool {
    matches!(fault.code.as_str(), "store.disk_full" | "draft.disk_full")
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
