//! The head of a household's page.

use ratatui::layout::Rect;

use super::super::format;
use super::{State, reasons};
use crate::i18n::screens as text;
use crate::tui::app::Context;
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::put;

/// Who and where: from the row, so that it stands there before the file is read.
pub(super) fn header(state: &State, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
    let (lang, theme) = (ctx.lang, &ctx.theme);
    let Some(row) = ctx.memory.household(state.household) else { return };
    let fixed = row.fixed();
    let place = ctx.memory.region(fixed.region).map(|code| ctx.memory.reference.place(code)).unwrap_or_default();
    let (grade, role) = format::grade(fixed.grade);
    let name = ctx.name(row.head());
    let mut x = put(frame.buf, area.x, area.y, area.width, &name, theme.style(Role::Title), theme) + 2;
    for (part, role) in [
        (text::persons(lang, u32::from(fixed.members)).as_str(), Role::Text),
        (format::category(fixed.category, lang), Role::Text),
        (text::facet_grade(lang, grade).as_str(), role),
        (place.as_str(), Role::Text),
        (row.archive_no(), Role::Dim),
    ] {
        x = put(frame.buf, x, area.y, area.right().saturating_sub(x), part, theme.style(role), theme) + 2;
    }
    let phone = row.phones().next().map(crate::domain::mask::phone).unwrap_or_default();
    let address = crate::domain::mask::address(row.address());
    let (due, due_role) = format::due(fixed.next_due, ctx);
    let last = format::ago(fixed.last_visit, ctx);
    let mut fields = |y: u16, parts: &[(&str, &str, Role)]| {
        let mut x = area.x;
        for (label, value, role) in parts.iter().filter(|(_, value, _)| !value.is_empty()) {
            let left = |x: u16| area.right().saturating_sub(x);
            x = put(frame.buf, x, y, left(x), label, theme.style(Role::Label), theme) + 1;
            x = put(frame.buf, x, y, left(x), value, theme.style(*role), theme) + 3;
        }
    };
    fields(
        area.y + 1,
        &[(text::field_address(lang), &address, Role::Masked), (text::field_phone(lang), &phone, Role::Masked)],
    );
    let open = text::open_things(lang, fixed.open_needs, fixed.open_wishes);
    fields(
        area.y + 2,
        &[
            (text::col_last_visit(lang), &last, Role::Text),
            (text::col_due(lang), &due, due_role),
            (text::field_visits(lang), &fixed.visits.to_string(), Role::Text),
            (text::field_open(lang), &open, Role::Text),
        ],
    );
    let reasons = state.file().map(|file| reasons(file, ctx)).unwrap_or_default();
    fields(area.y + 3, &[(text::field_reasons(lang), &reasons, role)]);
}
