//! Actions that mean the same on every screen, and why they may be unavailable.

use super::console::Console;
use super::context::{Can, Context, Opening};
use super::effect::{Effect, Notice, Work};
use crate::domain::need::NeedState;
use crate::domain::worker::Right as CaseRight;
use crate::i18n::{forms, screens as text};
use crate::tui::keymap::Action;
use crate::tui::screens::{
    Layer, Screen, directory, find, help, households, import, inbox, leads, menu, needs, palette, pool, register,
    settings, sheet, today, visit, wishes,
};
use crate::tui::session;
use crate::tui::theme::Role;

/// Whether an action that neither screen nor layer takes can be used now.
pub(super) fn can(console: &Console, action: Action, ctx: &Context<'_>) -> Can {
    use Action::*;
    let lang = ctx.lang;
    match action {
        Help | Palette | Menu | Back | Refresh | Language | Theme | Redraw | Suspend | Lock | Quit | GoToday
        | GoDirectory | GoSettings => Can::Yes,
        Find | GoHouseholds => Can::when(ctx.may(CaseRight::SeeCases), text::no_right(lang)),
        Undo => open(ctx),
        Redo => Can::No(text::no_redo(lang).to_owned()),
        Export => Can::No(text::no_export(lang).to_owned()),
        GoInbox => Can::when(ctx.sync.enrolled, text::no_server(lang)),
        GoLeads | GoNeeds => Can::when(ctx.may(CaseRight::SeeCases), text::no_right(lang)),
        GoWishes => Can::when(ctx.may(CaseRight::Claim) || ctx.may(CaseRight::SeeCases), text::no_right(lang)),
        GoImport => Can::when(ctx.may(CaseRight::Import), text::no_right(lang)),
        AddHousehold => pool::permitted(ctx, CaseRight::WorkCases),
        AddLead => pool::permitted(ctx, CaseRight::ReportLead),
        LogVisit | AddNeed if console.subject(ctx).household.is_none() => Can::No(text::no_household(lang).to_owned()),
        LogVisit | AddNeed => pool::permitted(ctx, CaseRight::WorkCases),
        AddWish => match valid_need(console, ctx) {
            Some(_) => pool::permitted(ctx, CaseRight::WorkCases),
            None => Can::No(forms::choose_valid_need(lang).to_owned()),
        },
        Reveal if console.subject(ctx).masked.is_none() => Can::No(forms::nothing_masked(lang).to_owned()),
        Reveal => pool::permitted(ctx, CaseRight::Reveal),
        _ => Can::No(text::not_here(lang).to_owned()),
    }
}

/// The selected need, if a card can be written from it.
fn valid_need(console: &Console, ctx: &Context<'_>) -> Option<sheet::Purpose> {
    let row = console.subject(ctx).need.and_then(|need| ctx.memory.pools.needs.find(need))?;
    let is_valid = matches!(row.state, NeedState::Valid | NeedState::Matched);
    is_valid.then_some(sheet::Purpose::Wish(row.household, row.id))
}

/// The form that an action about the selected household, need or field opens.
fn form(console: &Console, action: Action, ctx: &Context<'_>) -> Option<Screen> {
    let subject = console.subject(ctx);
    let purpose = match action {
        Action::LogVisit => return Some(visit::State::new(subject.household?).into()),
        Action::AddNeed => sheet::Purpose::Need(subject.household?),
        Action::AddLead => sheet::Purpose::Lead(subject.household),
        Action::AddWish => valid_need(console, ctx)?,
        Action::Reveal => {
            let (record, field) = subject.masked?;
            sheet::Purpose::Reveal(subject.household, record, field)
        }
        _ => return None,
    };
    Some(sheet::State::new(purpose).into())
}

/// The form that registers a household: the one that the selected lead is about, if that is on no file.
fn household_form(console: &Console, ctx: &Context<'_>) -> register::State {
    let lead = console.subject(ctx).lead.and_then(|lead| ctx.memory.pools.leads.find(lead));
    match lead.filter(|row| row.household.is_none()) {
        Some(row) => register::State::of_lead(row.id, &row.subject, &row.region),
        None => register::State::new(register::Purpose::Household),
    }
}

/// Whether records can be read and changed.
fn open(ctx: &Context<'_>) -> Can {
    match ctx.opening {
        Opening::Open => Can::Yes,
        Opening::Rows => Can::No(text::still_opening(ctx.lang).to_owned()),
        Opening::Failed(fault) => Can::No(fault.message(ctx.lang).to_owned()),
    }
}

/// What such an action does; `None` for one that means nothing here.
pub(super) fn act(console: &Console, action: Action) -> Option<Vec<Effect>> {
    let lang = console.world.settings.lang;
    let place = console.top();
    Some(match action {
        Action::Help => {
            let state = help::State::new(&console.world.keymap, &session::App::contexts(console), lang);
            over(console, state.into(), "Help")
        }
        Action::Palette => {
            let reason = |action| match console.can_below(action) {
                Can::No(reason) => Some(reason),
                Can::Yes | Can::Pass => None,
            };
            let state = palette::State::new(&console.world.keymap, &place.screen.contexts(), lang, reason);
            over(console, state.into(), "Palette")
        }
        Action::Menu => over(console, menu::State::default().into(), "Menu"),
        Action::Find => over(console, find::State::new(console.queries()).into(), "Find"),
        Action::Back => back(console),
        Action::Refresh if !console.world.sync.enrolled => {
            vec![Effect::Tell(Notice::Text(text::refreshed_alone(lang).to_owned(), Role::Notice))]
        }
        Action::Refresh => {
            vec![Effect::Tell(Notice::Text(text::syncing(lang).to_owned(), Role::Notice)), Effect::Work(Work::Sync)]
        }
        Action::Undo => vec![Effect::Work(Work::Undo)],
        Action::Language => {
            let mut settings = console.world.settings.clone();
            settings.lang = lang.other();
            vec![Effect::Set(settings)]
        }
        Action::Theme => {
            let mut settings = console.world.settings.clone();
            settings.theme = settings.theme.next();
            vec![Effect::Set(settings)]
        }
        Action::Redraw => vec![Effect::Session(session::Effect::Redraw)],
        Action::Suspend => vec![Effect::Session(session::Effect::Suspend)],
        Action::Lock => vec![Effect::Lock],
        Action::Quit => vec![Effect::Session(session::Effect::Quit)],
        Action::GoToday => to(console, today::State::default().into()),
        Action::GoHouseholds => to(console, households::State::default().into()),
        Action::GoDirectory => to(console, directory::State::default().into()),
        Action::GoSettings => to(console, settings::State::default().into()),
        Action::GoLeads => to(console, leads::State::default().into()),
        Action::GoNeeds => to(console, needs::State::default().into()),
        Action::GoImport => to(console, import::State::default().into()),
        Action::GoInbox => to(console, inbox::State::default().into()),
        Action::GoWishes => to(console, wishes::State::default().into()),
        Action::AddHousehold => {
            let form = console.with(place.origin, |ctx| household_form(console, ctx));
            to(console, form.into())
        }
        Action::LogVisit | Action::AddNeed | Action::AddLead | Action::AddWish | Action::Reveal => {
            let form = console.with(place.origin, |ctx| form(console, action, ctx));
            form.map_or_else(Vec::new, |form| to(console, form))
        }
        _ => return None,
    })
}

/// Screens of which one at most is open.
pub(super) fn is_single(screen: &Screen) -> bool {
    !matches!(screen, Screen::Household(_) | Screen::Visit(_) | Screen::Sheet(_) | Screen::Register(_))
}

/// Layers that give way when something else is opened, as opposed to dialogs, which wait for an answer.
pub(super) fn is_passing(layer: &Layer) -> bool {
    matches!(layer, Layer::Find(_) | Layer::Palette(_) | Layer::Help(_) | Layer::Menu(_))
}

/// Whether the command of that name can be taken back.
pub(super) fn is_undoable(name: &str) -> bool {
    !matches!(name, "reveal" | "disclose" | "undo" | "seed")
}

/// Shows a screen after closing what lies over the present one.
fn to(console: &Console, screen: Screen) -> Vec<Effect> {
    let mut effects: Vec<Effect> = console.passing_layers().map(|_| Effect::Close).collect();
    effects.push(Effect::Go(screen));
    effects
}

/// Opens a layer. One of the same kind that is open already closes instead; one that only passes gives way.
fn over(console: &Console, layer: Layer, kind: &str) -> Vec<Effect> {
    let same = console.top().layers.last().is_some_and(|(_, open)| open.kind() == kind);
    let mut effects: Vec<Effect> = console.passing_layers().map(|_| Effect::Close).collect();
    if !same {
        effects.push(Effect::Open(layer));
    }
    effects
}

fn back(console: &Console) -> Vec<Effect> {
    let place = console.top();
    if !place.layers.is_empty() {
        return vec![Effect::Close];
    }
    let alone = console.stack.len() == 1 && matches!(place.screen, Screen::Today(_) | Screen::Welcome(_));
    if alone { vec![Effect::Tell(Notice::Text(quit_hint(console), Role::Notice))] } else { vec![Effect::Leave] }
}

fn quit_hint(console: &Console) -> String {
    let keymap = &console.world.keymap;
    let lang = console.world.settings.lang;
    let chord = keymap.chord_for(&session::App::contexts(console), Action::Quit);
    text::quit_hint(lang, &chord.map(|chord| chord.label(lang)).unwrap_or_default())
}
