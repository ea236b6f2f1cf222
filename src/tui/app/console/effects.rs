//! Carrying out what screens and layers want done.

use std::time::Duration;

use super::super::context::{Context, Origin};
use super::super::effect::{Effect, Notice, Order, Work};
use super::super::global;
use super::super::settings::Settings;
use super::{Console, MASK, NOTICE, Out, Place, context};
use crate::tui::screens::{Screen, entry, today};
use crate::tui::session;

impl Console {
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>, origin: Origin, out: &mut Out) {
        for effect in effects {
            self.carry_out_one(effect, origin, out);
        }
    }

    pub(super) fn carry_out_one(&mut self, effect: Effect, origin: Origin, out: &mut Out) {
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
                self.refresh_layers(out);
            }
            Effect::Close => {
                if let Some(place) = self.stack.last_mut() {
                    place.layers.pop();
                }
                self.refresh_layers(out);
            }
            Effect::Act(action) => self.act(action, out),
            Effect::Tell(notice) => self.tell(notice, out),
            Effect::Reveal(revealed) => {
                let wait = revealed.until.since(self.world.now.at).to_std().unwrap_or_default();
                out.push(session::Effect::After(MASK, wait));
                self.world.revealed = Some(revealed);
                self.refresh(out);
            }
            Effect::After(timer, wait) => out.push(session::Effect::After(timer, wait)),
            Effect::Cancel(timer) => out.push(session::Effect::Cancel(timer)),
            Effect::Set(settings) => self.set(settings, out),
            Effect::Lock => self.lock(),
            Effect::Unlock => self.world.lock = None,
            Effect::Remember(query) => self.remember(query),
            Effect::Session(session::Effect::Quit) => {
                // What was typed since the last rest is kept too.
                self.offer_to_all(entry::KEEP, out);
                out.push(session::Effect::Quit);
            }
            Effect::Session(effect) => out.push(effect),
        }
    }

    /// Shows a screen. One of the same kind that is open already comes to the front instead, unless there may be several.
    pub(super) fn go(&mut self, screen: Screen, out: &mut Out) {
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
    pub(super) fn take_away(&mut self, origin: Origin) {
        let asked = self.stack.iter().position(|place| place.origin == origin);
        let at = asked.unwrap_or(self.stack.len().saturating_sub(1));
        if at < self.stack.len() {
            self.stack.remove(at);
        }
    }

    pub(super) fn leave(&mut self, origin: Origin, out: &mut Out) {
        self.world.revealed = None;
        self.take_away(origin);
        if self.stack.is_empty() {
            return self.go(today::State::default().into(), out);
        }
        self.refresh(out);
    }

    /// Brings the present screen and what lies over it up to date.
    pub(super) fn refresh(&mut self, out: &mut Out) {
        self.refresh_from(true, out);
    }

    /// Brings what lies over the present screen up to date. The screen itself has nothing new to show while it has seen
    /// the records as they are; looking through those of a city takes longer than a key may.
    fn refresh_layers(&mut self, out: &mut Out) {
        let is_stale = self.world.seen != (self.desk.replica().read().generation, self.world.now.today());
        self.refresh_from(is_stale, out);
    }

    fn refresh_from(&mut self, screen: bool, out: &mut Out) {
        let Console { desk, world, stack, .. } = self;
        let Some(place) = stack.last_mut() else { return };
        let mut wanted = Vec::new();
        {
            let memory = desk.replica().read();
            world.seen = (memory.generation, world.now.today());
            let ctx = context(world, desk, &memory, place.origin);
            if screen {
                wanted.push((place.origin, place.screen.refresh(&ctx)));
            }
            for (origin, layer) in &mut place.layers {
                wanted.push((*origin, layer.refresh(&Context { origin: *origin, ..ctx })));
            }
        }
        for (origin, effects) in wanted {
            self.carry_out(effects, origin, out);
        }
    }

    pub(super) fn tell(&mut self, notice: Notice, out: &mut Out) {
        // An error stays long enough to be read twice.
        let seconds = if matches!(notice, Notice::Fault(_)) { 30 } else { 6 };
        self.world.notice = Some(notice);
        out.push(session::Effect::After(NOTICE, Duration::from_secs(seconds)));
    }

    pub(super) fn set(&mut self, settings: Settings, out: &mut Out) {
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
}
