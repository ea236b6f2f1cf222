//! Which facts are asked of a household and its members, and what is worth saying about them meanwhile.

use super::State;
use crate::desk::register::{may_grow, villages};
use crate::domain::field::{Field, FieldKind, Merge};
use crate::domain::household::Household;
use crate::domain::mask;
use crate::domain::member::Member;
use crate::domain::record::{Fields, RecordKey, Table};
use crate::domain::records::Dossier;
use crate::domain::refusal::Label;
use crate::domain::value::Value;
use crate::domain::{codes, value::FieldValue as _};
use crate::i18n::Lang;
use crate::i18n::register as text;
use crate::roster::unlisted::is_unlisted;
use crate::tui::app::Context;
use crate::tui::screens::entry::Item;

/// The choice of a village that is not on the list.
pub(super) const OTHER_VILLAGE: &str = "other";
/// Asked besides where the village is not on the list.
pub(super) static NEW_TOWN: Field =
    Field::new(FieldKind::Text).required().max_chars(40).named("new_town", "所属乡镇（街道）", "Town");
/// Asked besides where the village is not on the list.
pub(super) static NEW_VILLAGE: Field =
    Field::new(FieldKind::Text).required().max_chars(40).named("new_village", "村（社区）名称", "Name of the village");

/// What a visit at the door cannot do without comes first; the rest follows in the order of the table.
const FIRST: &[&str] = &["category", "region", "address", "phone", "poverty_cause"];
/// Facts of somebody who is registered with the household; the others are added once the household is on file.
const OF_A_NEW_MEMBER: &[&str] = &[
    "name",
    "id_number",
    "relation",
    "sex",
    "birth_date",
    "phone",
    "guardian",
    "ethnic",
    "marital",
    "education",
    "employment",
    "annual_income",
    "disabled",
    "disability_class",
    "disability_level",
    "disease",
    "health",
    "labour",
    "selfcare",
    "school",
    "note",
];

/// Persons below this age need a guardian (PIPL art. 31).
const NEEDS_GUARDIAN: u32 = 14;

fn both(say: fn(Lang) -> &'static str) -> Label {
    Label { zh: say(Lang::Zh).to_owned(), en: say(Lang::En).to_owned() }
}

/// The form that registers a household: its head, itself, its other members.
pub(super) fn of_a_household(household: &Household, members: &[Member], ctx: &Context<'_>) -> Vec<Item> {
    let mut members = members.iter().zip(1..);
    let mut items = members.next().map(|(head, at)| of_a_member(head, at)).unwrap_or_default();
    let key = household.key();
    let is_asked = |field: &Field| {
        let later = matches!(field.name, "head" | "left_on" | "member_count" | "helpers");
        field.is_entered() && field.merge != Merge::Fixed && !later
    };
    let first = FIRST.iter().filter_map(|name| Household::TABLE.field(name));
    let rest = Household::TABLE.fields.iter().filter(|field| is_asked(field) && !FIRST.contains(&field.name));
    let own = first.chain(rest).map(|field| {
        let value = household.get(field.name).unwrap_or_default();
        if field.name != "region" {
            return Item::asked(key, "", field, &value);
        }
        let choices = village_choices(ctx, true);
        let chosen = match value.as_text() {
            None if choices.len() == 1 => OTHER_VILLAGE.to_owned(),
            held => held.unwrap_or_default().to_owned(),
        };
        Item::among_with(field, choices, chosen).of(key)
    });
    items.extend(headed(own.collect(), both(text::part_household)));
    items.extend(members.flat_map(|(member, at)| of_a_member(member, at)));
    items
}

/// One of the members of a household that is being registered, by place from 1.
pub(super) fn of_a_member(member: &Member, at: usize) -> Vec<Item> {
    let asked = OF_A_NEW_MEMBER.iter().filter_map(|name| Member::TABLE.field(name));
    // What the head is to the head need not be asked.
    let asked = asked.filter(|field| at > 1 || field.name != "relation");
    let items = asked.map(|field| {
        let item = Item::asked(member.key(), "", field, &member.get(field.name).unwrap_or_default());
        if field.name == "relation" { item.required() } else { item }
    });
    let heading = if at == 1 {
        both(text::part_head)
    } else {
        Label { zh: text::part_member(Lang::Zh, at), en: text::part_member(Lang::En, at) }
    };
    headed(items.collect(), heading)
}

/// One more member of a household on file.
pub(super) fn of_one_member(member: &Member) -> Vec<Item> {
    let asked = Member::TABLE.fields.iter().filter(|field| field.is_entered() && field.name != "left_on");
    asked
        .map(|field| {
            let item = Item::asked(member.key(), "", field, &member.get(field.name).unwrap_or_default());
            if field.name == "relation" { item.required() } else { item }
        })
        .collect()
}

/// The facts of a household on file.
pub(super) fn held_household(file: &Dossier, ctx: &Context<'_>) -> Vec<Item> {
    let household = &file.household;
    facts(household.key(), Household::TABLE, household, &|field, held| match field.name {
        "region" => Some(Item::fact_among(household.key(), field, village_choices_with(held, ctx), held)),
        "head" => {
            let members = file.present_members();
            let choices = members.map(|member| (member.id.to_string(), ctx.name(&member.name).into_owned()));
            Some(Item::fact_among(household.key(), field, choices.collect(), held))
        }
        _ => None,
    })
}

/// The facts of a member on file.
pub(super) fn held_member(member: &Member) -> Vec<Item> {
    facts(member.key(), Member::TABLE, member, &|_, _| None)
}

type Special<'a> = &'a dyn Fn(&'static Field, &Value) -> Option<Item>;

fn facts(key: RecordKey, table: &'static Table, record: &dyn Fields, special: Special<'_>) -> Vec<Item> {
    let asked = table.fields.iter().filter(|field| field.is_entered() && field.merge != Merge::Fixed);
    asked
        .map(|field| {
            let held = record.get(field.name).unwrap_or_default();
            special(field, &held).unwrap_or_else(|| Item::fact(key, "", field, &held))
        })
        .collect()
}

fn headed(items: Vec<Item>, heading: Label) -> Vec<Item> {
    let mut items = items.into_iter();
    items.next().map(|first| first.headed(heading)).into_iter().chain(items).collect()
}

/// The villages of the worker's territory, by code and in words.
fn village_choices(ctx: &Context<'_>, with_other: bool) -> Vec<(String, String)> {
    let known = villages(ctx.memory, &ctx.actor.regions);
    let known = known.into_iter().map(|(code, name)| (code.as_str().to_owned(), name));
    // Where the server keeps a list of the regions nobody makes up another.
    let regions = ctx.memory.reference.regions.values().map(|region| &**region);
    let is_free = !ctx.sync.enrolled || is_unlisted(regions, &ctx.actor.regions, ctx.today());
    let other = (with_other && is_free && may_grow(&ctx.actor.regions))
        .then(|| (OTHER_VILLAGE.to_owned(), text::other_village(ctx.lang).to_owned()));
    known.chain(other).collect()
}

/// The same with the one that is held, should it not be among them.
fn village_choices_with(held: &Value, ctx: &Context<'_>) -> Vec<(String, String)> {
    let mut choices = village_choices(ctx, false);
    if let Some(held) = held.as_text()
        && choices.iter().all(|(code, _)| code != held)
    {
        let name = crate::domain::region::RegionCode::parse(held).map(|code| ctx.memory.reference.place(&code));
        choices.insert(0, (held.to_owned(), name.unwrap_or_else(|| held.to_owned())));
    }
    choices
}

/// What is worth saying about what was typed: age and sex by the ID number, a child without guardian, and which names a
/// village needs that is not on the list.
pub(super) fn advise(state: &mut State, ctx: &Context<'_>) {
    ask_for_village(state, ctx);
    let mut of: Vec<RecordKey> = state.entry.items().iter().filter_map(|item| item.record).collect();
    of.dedup();
    for key in of {
        let birth = state.entry.value(Some(key), "birth_date", ctx.today());
        let Ok(birth) = chrono::NaiveDate::from_value(birth) else {
            state.entry.hint(Some(key), "birth_date", None);
            continue;
        };
        let age = mask::age(birth, ctx.today());
        let sex = state.entry.text(Some(key), "sex", ctx.today());
        let told = |lang| text::sex_and_age(lang, &codes::label("sex", &sex, lang), age).trim().to_owned();
        state.entry.hint(Some(key), "birth_date", Some(Label { zh: told(Lang::Zh), en: told(Lang::En) }));
        let is_alone = age < NEEDS_GUARDIAN && state.entry.text(Some(key), "guardian", ctx.today()).is_empty();
        state.entry.hint(Some(key), "guardian", is_alone.then(|| both(text::guardian_missing)));
    }
}

fn ask_for_village(state: &mut State, ctx: &Context<'_>) {
    let of = Some(state.household.key());
    let is_other = state.entry.text(of, "region", ctx.today()) == OTHER_VILLAGE;
    if is_other && !state.entry.has(of, NEW_TOWN.name) {
        let asked = [&NEW_TOWN, &NEW_VILLAGE].map(|field| Item::asked(state.household.key(), "", field, &Value::Null));
        state.entry.insert_after(of, "region", asked.into());
        state.entry.hint(of, NEW_VILLAGE.name, Some(both(text::provisional_code)));
    } else if !is_other {
        state.entry.retain(|item| !matches!(item.field.name, "new_town" | "new_village"));
    }
}
