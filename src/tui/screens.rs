//! The screens and what can lie over them, one file each.
//!
//! Every module here has a `State` and these functions; `screens!` and `layers!` join them to [`Screen`] and
//! [`Layer`]:
//!
//! | function | says |
//! |---|---|
//! | `refresh(&mut State, &Context) -> Vec<Effect>` | brings the state up to date: it was just shown, records changed, the size or the day is another |
//! | `update(&mut State, &Input, &Context) -> Option<Vec<Effect>>` | takes an input; `None` if it means nothing here |
//! | `can(&State, Action, &Context) -> Can` | whether an action can be used now, and if not, why; whatever `update` takes must be `Can::Yes` here |
//! | `view(&State, &Context, Rect, &mut Frame)` | draws; changes nothing |
//! | `contexts(&State) -> Vec<keymap::Context>` | where the keys are, innermost first |
//! | `hints(&State) -> &'static [Action]` | the keys worth showing below, most important first |
//! | `title(&State, &Context) -> String` | the title line |
//! | `subject(&State, &Context) -> Subject` | the household, need, wish, field at hand, for actions such as "log a visit" |
//!
//! A layer is drawn over the whole screen and takes every input; what it passes on goes to the console, never to the
//! screen below.

pub mod directory;
pub mod entry;
pub mod find;
pub mod format;
pub mod help;
pub mod household;
pub mod households;
pub mod import;
pub mod inbox;
pub mod leads;
pub mod lock;
pub mod menu;
pub mod needs;
pub mod palette;
pub mod pool;
pub mod register;
pub mod settings;
pub mod sheet;
pub mod today;
pub mod visit;
pub mod welcome;
pub mod wishes;

use ratatui::layout::{Position, Rect};

use super::app::{Can, Context, Effect, Input, Subject};
use super::keymap::{Action, Context as KeyContext};
use super::session::{Frame, Mouse, MouseKind};
use super::widgets::ListState;

/// Joins modules with a `State` and the functions above to one enumeration.
macro_rules! parts {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident in $module:ident;)* }) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub enum $name { $( $(#[$vmeta])* $variant(Box<$module::State>), )* }

        impl $name {
            /// Which one this is, for finding it again in a stack.
            pub fn kind(&self) -> &'static str {
                match self { $( $name::$variant(_) => stringify!($variant), )* }
            }
            /// Brings the state up to date.
            pub fn refresh(&mut self, ctx: &Context<'_>) -> Vec<Effect> {
                match self { $( $name::$variant(state) => $module::refresh(state, ctx), )* }
            }
            /// Takes an input; `None` if it means nothing here.
            pub fn update(&mut self, input: &Input, ctx: &Context<'_>) -> Option<Vec<Effect>> {
                match self { $( $name::$variant(state) => $module::update(state, input, ctx), )* }
            }
            /// Whether an action can be used now.
            pub fn can(&self, action: Action, ctx: &Context<'_>) -> Can {
                match self { $( $name::$variant(state) => $module::can(state, action, ctx), )* }
            }
            /// Draws.
            pub fn view(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
                match self { $( $name::$variant(state) => $module::view(state, ctx, area, frame), )* }
            }
            /// Where the keys are, innermost first.
            pub fn contexts(&self) -> Vec<KeyContext> {
                match self { $( $name::$variant(state) => $module::contexts(state), )* }
            }
            /// The keys worth showing, most important first.
            pub fn hints(&self) -> &'static [Action] {
                match self { $( $name::$variant(state) => $module::hints(state), )* }
            }
            /// The title line.
            pub fn title(&self, ctx: &Context<'_>) -> String {
                match self { $( $name::$variant(state) => $module::title(state, ctx), )* }
            }
            /// What is at hand.
            pub fn subject(&self, ctx: &Context<'_>) -> Subject {
                match self { $( $name::$variant(state) => $module::subject(state, ctx), )* }
            }
        }

        $(
            impl From<$module::State> for $name {
                fn from(state: $module::State) -> $name {
                    $name::$variant(Box::new(state))
                }
            }
        )*
    };
}

parts! {
    /// A screen.
    Screen {
        /// What waits today.
        Today in today;
        /// All households.
        Households in households;
        /// One household.
        Household in household;
        /// Logging a visit.
        Visit in visit;
        /// One act to fill in.
        Sheet in sheet;
        /// Registering a household or member, and amending their facts.
        Register in register;
        /// Signs that somebody may need help.
        Leads in leads;
        /// The triage queue.
        Needs in needs;
        /// The pool of micro-wishes.
        Wishes in wishes;
        /// Bringing in rosters.
        Import in import;
        /// What did not stand as it was meant.
        Inbox in inbox;
        /// Who and what there is to help with.
        Directory in directory;
        /// Language, theme, keys.
        Settings in settings;
        /// A home without data.
        Welcome in welcome;
    }
}

parts! {
    /// Something over a screen.
    Layer {
        /// Finding a household.
        Find in find;
        /// Every action by name.
        Palette in palette;
        /// The keys.
        Help in help;
        /// The main menu.
        Menu in menu;
    }
}

/// The row of a list at which the left button was pressed.
fn clicked_row(mouse: &Mouse, body: Rect, list: &ListState, len: usize) -> Option<usize> {
    let inside = mouse.kind == MouseKind::Press && body.contains(Position::new(mouse.x, mouse.y));
    let at = list.offset + usize::from(mouse.y.saturating_sub(body.y));
    (inside && at < len).then_some(at)
}

/// What a list with an input line above it takes: moving, choosing, editing.
fn typed_list_can(action: Action) -> Can {
    let motion = super::widgets::Motion::of(action).is_some();
    if motion || action == Action::Open { Can::Yes } else { editing_can(action) }
}

/// What an input line takes.
fn editing_can(action: Action) -> Can {
    let edits = matches!(
        action,
        Action::Left
            | Action::Right
            | Action::WordLeft
            | Action::WordRight
            | Action::LineStart
            | Action::LineEnd
            | Action::DeleteBack
            | Action::DeleteForward
            | Action::DeleteWord
            | Action::DeleteToEnd
            | Action::ClearText
    );
    if edits { Can::Yes } else { Can::Pass }
}
