//! What surrounds every screen: the title line above, hints and notices below.

use ratatui::layout::{Position, Rect};

use super::console::{Console, context};
use super::context::{Context, MIN_SIZE, Opening};
use super::effect::Notice;
use crate::i18n::{console as console_text, domain, screens as text};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::session::{App as _, Frame};
use crate::tui::text as cells;
use crate::tui::theme::Role;
use crate::tui::widgets::{Segment, clear, continuation_hints, hints, put, split_bottom, split_top, status_line};

/// Draws the whole console.
pub(super) fn view(console: &Console, frame: &mut Frame<'_>) {
    let memory = console.desk.replica().read();
    let place = console.top();
    let ctx = context(&console.world, &console.desk, &memory, place.origin);
    let area = frame.area();
    if area.width < MIN_SIZE.width || area.height < MIN_SIZE.height {
        return too_small(&ctx, frame);
    }
    if let Some(lock) = &console.world.lock {
        return lock.view(&ctx, area, frame);
    }
    let (title, rest) = split_top(area, 1);
    let (body, foot) = split_bottom(rest, 1);
    title_line(console, &ctx, title, frame);
    place.screen.view(&ctx, body, frame);
    for (origin, layer) in &place.layers {
        layer.view(&Context { origin: *origin, ..ctx }, area, frame);
    }
    // A notice never hides what is being typed in a layer, which may reach down to the last line.
    foot_line(console, &ctx, foot, frame);
}

fn too_small(ctx: &Context<'_>, frame: &mut Frame<'_>) {
    let area = frame.area();
    let message = console_text::too_small(ctx.lang, area.width, area.height);
    let wanted = text::wanted_size(ctx.lang, MIN_SIZE.width, MIN_SIZE.height);
    for (y, line) in (area.y..area.bottom()).zip([message, wanted]) {
        put(frame.buf, area.x, y, area.width, &line, ctx.theme.style(Role::Text), &ctx.theme);
    }
}

fn title_line(console: &Console, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let lang = ctx.lang;
    let title = console.top().screen.title(ctx);
    let left = [Segment::new(text::program(lang), Role::Title).rank(9), Segment::new(title, Role::Title)];
    let sync = ctx.sync;
    let region = match ctx.actor.regions.as_slice() {
        [] => text::all_territory(lang).to_owned(),
        [one] => ctx.memory.reference.region_name(one),
        [first, rest @ ..] => text::territory_and_more(lang, &ctx.memory.reference.region_name(first), rest.len()),
    };
    let (state, role) = match (ctx.opening, sync.read_only, sync.enrolled, sync.online) {
        (Opening::Open, false, ..) if console.world.full => (text::disk_full(lang), Role::Error),
        (Opening::Rows, ..) => (text::opening(lang), Role::Accent),
        (Opening::Failed(_), ..) => (text::not_opened(lang), Role::Error),
        (Opening::Open, true, ..) => (text::read_only(lang), Role::Error),
        (Opening::Open, false, false, _) => (text::alone(lang), Role::Dim),
        (Opening::Open, false, true, true) => (text::online(lang), Role::Ok),
        (Opening::Open, false, true, false) => (text::offline(lang), Role::Warning),
    };
    let last = sync.last.map_or_else(
        || text::never_synced(lang).to_owned(),
        |at| text::synced_before(lang, ctx.now.at.since(at).num_minutes().max(0)),
    );
    let conflicts = if sync.conflicts == 0 { Role::Dim } else { Role::Warning };
    // What gives way first where there is little room: the clock, the program's name, the region.
    let right = [
        Segment::new(ctx.memory.reference.worker_name(ctx.actor.worker), Role::Text).rank(4),
        Segment::new(region, Role::Dim).rank(7),
        Segment::new(state, role).rank(1),
        Segment::new(text::unsent(lang, sync.unsent), Role::Dim).rank(3),
        Segment::new(text::conflicts(lang, sync.conflicts), conflicts).rank(if sync.conflicts == 0 { 5 } else { 2 }),
        Segment::new(last, Role::Dim).rank(6),
        Segment::new(ctx.now.at.civil().format("%H:%M").to_string(), Role::Text).rank(8),
    ];
    status_line(area, frame.buf, &ctx.theme, &left, &right);
}

/// Keys that are worth knowing everywhere, after those of the screen.
const EVERYWHERE: [Action; 5] = [Action::Help, Action::Find, Action::Palette, Action::Menu, Action::Quit];

fn foot_line(console: &Console, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let contexts: Vec<KeyContext> = console.contexts();
    let pending = frame.pending().to_vec();
    if !pending.is_empty() {
        return continuation_hints(area, frame.buf, &ctx.theme, ctx.lang, ctx.keymap, &contexts, &pending);
    }
    let area = match &console.world.notice {
        Some(notice) => draw_notice(notice, ctx, &contexts, area, frame),
        None => area,
    };
    let place = console.top();
    let own = place.layers.last().map_or_else(|| place.screen.hints(), |(_, layer)| layer.hints());
    let actions: Vec<Action> =
        own.iter().copied().chain(EVERYWHERE.into_iter().filter(|action| !own.contains(action))).collect();
    hints(area, frame.buf, &ctx.theme, ctx.lang, ctx.keymap, &contexts, &actions);
}

/// The most rows that an error with its remedy takes.
const FAULT_ROWS: usize = 4;

/// Draws a notice in the last line, or above it if it takes more than one; gives back what is left to the hints.
fn draw_notice(notice: &Notice, ctx: &Context<'_>, contexts: &[KeyContext], foot: Rect, frame: &mut Frame<'_>) -> Rect {
    let lang = ctx.lang;
    let parts: Vec<(String, Role)> = match notice {
        Notice::Text(message, role) => vec![(message.clone(), *role)],
        Notice::Fault(fault) => {
            let sign = ctx.theme.symbols().error;
            vec![
                (format!("{sign} {} [{}]", fault.message(lang), fault.code), Role::Error),
                (format!("  {}", fault.remedy(lang)), Role::Text),
            ]
        }
        Notice::Done(what, undoable) => {
            let done = text::done(lang, domain::command(lang, what));
            let key = ctx.keymap.chord_for(contexts, Action::Undo).filter(|_| *undoable);
            let hint = key.map(|chord| text::undo_hint(lang, &chord.label(lang)));
            vec![(format!("{done}  {}", hint.unwrap_or_default()), Role::Ok)]
        }
    };
    let width = usize::from(foot.width);
    if let [(line, role)] = parts.as_slice()
        && cells::width(line.trim_end()) <= width
    {
        clear(frame.buf, foot);
        let end = put(frame.buf, foot.x, foot.y, foot.width, line.trim_end(), ctx.theme.style(*role), &ctx.theme);
        let x = (end + 2).min(foot.right());
        return Rect { x, width: foot.right() - x, ..foot };
    }
    let mut lines: Vec<(&str, Role)> = Vec::new();
    for (part, role) in &parts {
        lines.extend(cells::wrap(part, width).into_iter().map(|range| (&part[range], *role)));
    }
    lines.truncate(FAULT_ROWS);
    let rows = lines.len() as u16;
    let area = Rect { y: foot.y.saturating_sub(rows), height: rows.min(foot.y), ..foot };
    clear(frame.buf, area);
    for (y, (line, role)) in (area.y..area.bottom()).zip(lines) {
        put(frame.buf, area.x, y, area.width, line, ctx.theme.style(role), &ctx.theme);
    }
    if let Some(caret) = frame.cursor().filter(|caret| area.contains(*caret)) {
        // What is typed is under the notice: the caret waits above it.
        frame.set_cursor(Position::new(caret.x, area.y.saturating_sub(1)));
    }
    foot
}
