//! What is worth saying while a sheet is filled in: a like need or gift of the household, whatever in a card gives somebody
//! away.

use super::{Purpose, Record, State};
use crate::domain::codes::Code;
use crate::domain::decide::{card_findings, like_gift};
use crate::domain::duplicate;
use crate::domain::field::Field;
use crate::domain::mask::AgeBand;
use crate::domain::need::Need;
use crate::domain::record::Table;
use crate::domain::records::Dossier;
use crate::domain::refusal::Label;
use crate::domain::value::Value;
use crate::domain::wish::Wish;
use crate::i18n::forms as text;
use crate::tui::app::{Context, Fault};
use crate::tui::screens::entry::{Entry, Item, Of};

/// The field in which a worker says why a second like need or gift is none too many.
const WHY_AGAIN: &str = "duplicate_reason";

/// Looks again at what was typed.
pub(super) fn advise(state: &mut State, ctx: &Context<'_>) {
    state.entry.require_words(ctx);
    let Some(file) = state.file.clone() else { return };
    match (&state.purpose, &state.record) {
        (Purpose::Need(_), Record::Need(need)) => {
            let like = like_need(&file, need, &state.entry, None, ctx);
            ask_why(&mut state.entry, None, Need::TABLE, "title", like);
        }
        (Purpose::Wish(..) | Purpose::RewriteWish(..), Record::Wish(wish)) => {
            let like = second_gift(&file, wish, &state.entry, ctx);
            let hint = identity_shown(&file, wish, &state.entry, ctx);
            ask_why(&mut state.entry, None, Wish::TABLE, "category", like);
            state.entry.hint(None, "card_text", hint);
        }
        _ => {}
    }
}

/// Shows what is alike below a field, and asks behind it why it is needed all the same; an answer that was begun stays.
pub fn ask_why(entry: &mut Entry, of: Of, table: &'static Table, behind: &str, like: Option<Label>) {
    let why: Option<&'static Field> = table.field(WHY_AGAIN);
    match (&like, why) {
        (Some(_), Some(why)) if !entry.has(of, WHY_AGAIN) => {
            let item = match of {
                Some(record) => Item::asked(record, "＋", why, &Value::Null),
                None => Item::new(why, &Value::Null),
            };
            entry.insert_after(of, behind, vec![item]);
        }
        (None, _) => entry.retain(|item| item.record != of || item.field.name != WHY_AGAIN || !item.is_empty()),
        _ => {}
    }
    entry.hint(of, behind, like);
}

/// A refusal as a second like need or gift is answered in that field.
pub(super) fn ask_about(state: &mut State, fault: &Fault) {
    let is_asked = fault.each().any(|fault| fault.field.as_deref() == Some(WHY_AGAIN));
    if !is_asked || state.entry.has(None, WHY_AGAIN) {
        return;
    }
    let (table, behind) = match &state.purpose {
        Purpose::Wish(..) | Purpose::RewriteWish(..) => (Wish::TABLE, "category"),
        _ => (Need::TABLE, "title"),
    };
    let why = table.field(WHY_AGAIN).map(|field| Item::new(field, &Value::Null));
    state.entry.insert_after(None, behind, why.into_iter().collect());
}

/// The earlier need that a need being typed may repeat; `of` says whose items hold it.
pub fn like_need(file: &Dossier, held: &Need, entry: &Entry, of: Of, ctx: &Context<'_>) -> Option<Label> {
    let typed = |name: &str| entry.text(of, name, ctx.today());
    let need = Need {
        title: typed("title"),
        field: Code::from(typed("field").as_str()),
        item: Code::from(typed("item").as_str()),
        ..held.clone()
    };
    let is_named = !need.title.is_empty() || !need.item.is_empty();
    is_named.then(|| duplicate::like_need(file, &need, ctx.today())).flatten().map(text::like_need)
}

fn second_gift(file: &Dossier, held: &Wish, entry: &Entry, ctx: &Context<'_>) -> Option<Label> {
    let wish = Wish { category: Code::from(entry.text(None, "category", ctx.today()).as_str()), ..held.clone() };
    if wish.category.is_empty() || is_explained(file, &wish) {
        return None;
    }
    like_gift(file, &wish, ctx.today()).map(|(title, date)| text::like_gift(&title, date))
}

/// The need has said already why there is another like it.
fn is_explained(file: &Dossier, wish: &Wish) -> bool {
    let need = file.needs.iter().find(|need| Some(need.id) == wish.need);
    need.is_some_and(|need| !need.duplicate_reason.trim().is_empty())
}

fn identity_shown(file: &Dossier, wish: &Wish, entry: &Entry, ctx: &Context<'_>) -> Option<Label> {
    let child = [AgeBand::To5, AgeBand::To15, AgeBand::To19].iter().any(|band| band.as_str() == wish.age_band.as_str());
    let found = card_findings(&entry.text(None, "card_text", ctx.today()), file, child);
    found.first().map(|finding| {
        let (message, remedy) = (Label::message_of(finding), Label::remedy_of(finding));
        Label { zh: format!("{}；{}", message.zh, remedy.zh), en: format!("{}; {}", message.en, remedy.en) }
    })
}
