//! That `can` and `update` agree in every place, so that help, palette and keys never promise what nothing does.

use std::sync::Arc;

use chrono::DateTime;
use ratatui::layout::Size;

use super::console::Console;
use super::{Can, Input, Settings, Start, SyncStatus};
use crate::desk::Desk;
use crate::domain::codes::Code;
use crate::domain::command::Command;
use crate::domain::household::Household;
use crate::domain::id::{HouseholdId, MemberId, WorkerId};
use crate::domain::member::Member;
use crate::domain::moment::{Moment, Now};
use crate::domain::record::Record;
use crate::domain::worker::{Actor, Role, Worker};
use crate::replica::Replica;
use crate::store::{Home, KeyMode};
use crate::tui::app::global;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::session::App as _;
use crate::tui::theme::Theme;

fn desk(folder: &std::path::Path) -> Desk {
    let replica = Replica::create(Home::new(folder), &KeyMode::KeyFile).unwrap();
    let (id, head, worker) = (HouseholdId::new(), MemberId::new(), WorkerId::new());
    let records = vec![
        Record::Worker(Worker {
            id: worker,
            name: "王秀兰".to_owned(),
            role: Role::GridWorker,
            active: true,
            ..Worker::default()
        }),
        Record::Household(Household {
            id,
            head: Some(head),
            category: Code::from("dibao"),
            phone: "19900001111".to_owned(),
            ..Household::default()
        }),
        Record::Member(Member { id: head, household: id, name: "张淑芬".to_owned(), ..Member::default() }),
    ];
    let actor = Actor { worker, role: Role::CivilAffairs, org: None, regions: vec![], device: replica.device() };
    replica.commit(&actor, Now::new(Moment(1_773_000_000_000)), Command::Seed { records }).unwrap();
    Desk::new(Arc::new(replica), None)
}

/// A console after some actions, each followed by the answers to the work it asked for.
fn console(desk: &Desk, width: u16, actions: &[Action]) -> Console {
    let start = Start {
        keymap: Keymap::default(),
        theme: Theme::default(),
        settings: Settings::default(),
        sync: SyncStatus::default(),
    };
    let mut console = Console::new(desk.clone(), start);
    feed(&mut console, desk, Input::Resize(Size::new(width, 30)));
    for action in actions {
        feed(&mut console, desk, Input::Action(*action));
    }
    console
}

fn feed(console: &mut Console, desk: &Desk, input: Input) {
    use crate::tui::session::{Effect, Post, Run as _};
    let now = DateTime::parse_from_rfc3339("2026-03-12T09:00:00+08:00").unwrap();
    let (sender, inbox) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let post = Post::new(move |message| sender.lock().unwrap().send(message).unwrap());
    let mut runner = super::Runner::new(desk.clone()).at_once();
    let mut inputs = vec![input];
    while let Some(input) = inputs.pop() {
        for effect in console.update(input, now) {
            if let Effect::Work(order) = effect {
                runner.run(order, &post);
            }
        }
        inputs.extend(inbox.try_iter().map(Input::Message));
    }
}

/// Ways to every place that browsing leads to.
const PLACES: [&[Action]; 17] = {
    use Action::*;
    [
        &[],
        &[NextTab],
        &[GoHouseholds],
        &[GoHouseholds, Filter],
        &[GoHouseholds, Filter, Down, Down, Open],
        &[GoHouseholds, NextPane],
        &[GoHouseholds, Open],
        &[GoHouseholds, Open, NextTab],
        &[GoHouseholds, Open, NextTab, NextTab, NextTab, NextTab],
        &[GoHouseholds, Open, PreviousTab],
        &[Find],
        &[Palette],
        &[Help],
        &[Help, Find],
        &[Menu],
        &[GoSettings],
        &[GoHouseholds, Open, Find],
    ]
};

#[test]
fn what_can_be_done_is_done_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    for width in [80, 120] {
        for place in PLACES {
            for &action in Action::ALL {
                check(&desk, width, place, action);
            }
        }
    }
}

fn check(desk: &Desk, width: u16, place: &[Action], action: Action) {
    let mut console = console(desk, width, place);
    let said = console.own_can(action);
    let effective = console.can(action);
    let taken = console.offer(&Input::Action(action), &mut Vec::new());
    let at = format!("{place:?} {} at {width}: {said:?} {effective:?}", action.name());
    match said {
        Can::Yes => assert!(taken, "promised, not done: {at}"),
        Can::Pass => {
            assert!(!taken, "done, not promised: {at}");
            let global = global::act(&console, action).is_some();
            assert!(global || effective != Can::Yes, "promised by the console, not done: {at}");
        }
        Can::No(reason) => assert!(!reason.is_empty(), "no reason: {at}"),
    }
}

#[test]
fn the_last_screen_cannot_be_left() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    let mut console = console(&desk, 80, &[Action::Back, Action::Back, Action::GoSettings]);
    for _ in 0..5 {
        feed(&mut console, &desk, Input::Action(Action::Back));
    }
    assert_eq!(console.stack.len(), 1);
    assert_eq!(console.top().screen.kind(), "Today");
}
