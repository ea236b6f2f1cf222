//! Drawing the form: whose facts these are, which part has the focus, and the items.

use ratatui::layout::Rect;

use super::super::pool;
use super::{Purpose, State, contexts};
use crate::i18n::register as text;
use crate::tui::app::Context;
use crate::tui::keymap::Action;
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{put, split_top};

/// Rows above the form.
const HEAD: u16 = 2;

pub(super) fn form_area(body: Rect) -> Rect {
    split_top(body, HEAD).1
}

/// Draws whose facts these are, which part has the focus, and the form.
pub fn view(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let (theme, lang) = (&ctx.theme, ctx.lang);
    let (head, form) = split_top(area, HEAD);
    let width = head.width.saturating_sub(1);
    put(frame.buf, head.x + 1, head.y, width, &about(state, ctx), theme.style(Role::Accent), theme);
    if !state.ready {
        put(frame.buf, form.x + 1, form.y, width, text::loading(lang), theme.style(Role::Dim), theme);
        return;
    }
    put(frame.buf, head.x + 1, head.y + 1, width, &whereabouts(state, ctx), theme.style(Role::Dim), theme);
    state.entry.view(ctx, form, frame);
}

/// The household on file, or how one is registered.
fn about(state: &State, ctx: &Context<'_>) -> String {
    let Some(household) = state.purpose.held() else { return text::how_to(ctx.lang).to_owned() };
    let (head, village) = pool::head_and_village(Some(household), ctx);
    let member = match (state.purpose, &state.file) {
        (Purpose::AmendMember(_, id), Some(file)) => file.members.iter().find(|member| member.id == id),
        _ => None,
    };
    let whose = member.map(|member| ctx.name(&member.name).into_owned()).unwrap_or_default();
    let parts = [text::household_of(ctx.lang, &head), village, whose];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}

/// The part of the form that has the focus, and how to get to the next one.
fn whereabouts(state: &State, ctx: &Context<'_>) -> String {
    let items = state.entry.items();
    let Some((at, _)) = state.entry.focused() else { return String::new() };
    let heading = items[..=at].iter().rev().find_map(|item| item.heading.as_ref());
    let heading = heading.map(|heading| ctx.lang.pick(&heading.zh, &heading.en).clone()).unwrap_or_default();
    let place = text::place_in_form(ctx.lang, &heading, at + 1, items.len());
    if items.iter().filter(|item| item.heading.is_some()).count() < 2 {
        return place.trim_start().to_owned();
    }
    let next = ctx.keymap.chord_for(&contexts(state), Action::NextPane);
    let key = next.map(|chord| chord.label(ctx.lang)).unwrap_or_default();
    format!("{place}  {}", text::next_part(ctx.lang, &key))
}
