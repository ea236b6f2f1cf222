//! The columns and rows of each part.

use super::part::{Entry, Part};
use crate::domain::allotment::Allotment;
use crate::domain::codes;
use crate::domain::id::OrgId;
use crate::domain::region::{Level, Region, RegionCode};
use crate::domain::resource::Resource;
use crate::domain::station::Station;
use crate::domain::worker::Worker;
use crate::i18n::{Lang, directory as text};
use crate::tui::app::Context;
use crate::tui::theme::Role;
use crate::tui::widgets::{Cell, Column, Row};

/// The columns of a part.
pub fn columns(part: Part, lang: Lang) -> Vec<Column> {
    let count = |title: &'static str| Column::fixed(title, lang.pick(6, 9)).right();
    match part {
        Part::Workers => vec![
            Column::flex(text::name(lang), 10, 2),
            Column::fixed(text::role(lang), lang.pick(10, 21)),
            Column::flex(text::org(lang), 14, 3).rank(1),
            Column::flex(text::territory(lang), 12, 3),
            Column::fixed(text::state(lang), lang.pick(6, 14)),
        ],
        Part::Orgs => vec![
            Column::flex(text::org_name(lang), 20, 4),
            Column::fixed(text::kind(lang), lang.pick(16, 32)).rank(1),
            Column::flex(text::region(lang), 10, 2),
        ],
        Part::Stations => vec![
            Column::flex(text::station(lang), 22, 4),
            Column::fixed(text::level(lang), lang.pick(6, 15)),
            Column::flex(text::region(lang), 12, 2).rank(1),
            Column::fixed(text::met(lang), lang.pick(6, 6)).right().rank(2),
        ],
        Part::Regions => vec![
            Column::flex(text::region_name(lang), 18, 4),
            Column::fixed(text::region_level(lang), lang.pick(14, 8)),
            Column::fixed(text::code(lang), 15),
        ],
        Part::Resources => vec![
            Column::flex(text::resource(lang), 18, 4),
            Column::fixed(text::pool(lang), lang.pick(10, 14)).rank(2),
            Column::fixed(text::kind(lang), lang.pick(8, 17)).rank(1),
            count(text::total(lang)),
            count(text::set_aside(lang)),
            count(text::left(lang)),
            Column::fixed(text::unit(lang), lang.pick(4, 5)),
        ],
        Part::Allotments => vec![
            Column::flex(text::resource(lang), 14, 3),
            Column::flex(text::station(lang), 16, 4),
            count(text::set_aside(lang)).rank(1),
            count(text::given_out(lang)).rank(1),
            count(text::left(lang)),
            Column::fixed(text::unit(lang), lang.pick(4, 5)),
        ],
    }
}

/// One entry of the list. What is not held any more leaves an empty row until the list is made anew.
pub fn row<'a>(entry: &Entry, ctx: &Context<'a>) -> Row<'a> {
    let held = &ctx.memory.reference;
    match entry {
        Entry::Worker(id) => held.workers.get(id).map(|worker| worker_row(worker, ctx)),
        Entry::Org(id) => held.orgs.get(id).map(|org| {
            Row::new([
                Cell::from(org.name.as_str()),
                Cell::new(codes::label("org_kind", org.kind.as_str(), ctx.lang), Role::Dim),
                Cell::new(place(&org.region, ctx), Role::Dim),
            ])
        }),
        Entry::Station(id) => held.stations.get(id).map(|station| station_row(station, ctx)),
        Entry::Region(code) => held.regions.get(code).map(|region| region_row(region, ctx)),
        Entry::Resource(id) => {
            held.resources.iter().find(|resource| resource.id == *id).map(|resource| resource_row(resource, ctx))
        }
        Entry::Allotment(id) => held.allotments.get(id).map(|allotment| allotment_row(allotment, ctx)),
    }
    .unwrap_or_default()
}

fn worker_row<'a>(worker: &'a Worker, ctx: &Context<'a>) -> Row<'a> {
    let (role, state) = match worker.is_in_service() {
        true => (Role::Text, text::in_service(ctx.lang)),
        false => (Role::Dim, text::out_of_service(ctx.lang)),
    };
    Row::new([
        Cell::new(worker.name.as_str(), role),
        Cell::new(worker.role.label(ctx.lang), Role::Dim),
        Cell::new(org_name(worker.org, ctx), Role::Dim),
        Cell::new(territory(&worker.regions, ctx), Role::Dim),
        Cell::new(state, if worker.is_in_service() { Role::Ok } else { Role::Warning }),
    ])
}

fn station_row<'a>(station: &'a Station, ctx: &Context<'a>) -> Row<'a> {
    let depth = match station.level.as_str() {
        "centre" => 0,
        "station" => 1,
        _ => 2,
    };
    Row::new([
        Cell::from(format!("{}{}", "  ".repeat(depth), station.name)),
        Cell::new(codes::label("station_level", station.level.as_str(), ctx.lang), Role::Dim),
        Cell::new(place(&station.region, ctx), Role::Dim),
        Cell::new(met(station), Role::Dim),
    ])
}

/// How many items of the checklist of DB3301/T 0464 a station meets, of how many.
pub fn met(station: &Station) -> String {
    let items = codes::list("station_checklist").map_or(0, |list| list.entries().len());
    format!("{}/{items}", station.checklist.len())
}

fn region_row<'a>(region: &'a Region, ctx: &Context<'a>) -> Row<'a> {
    let highest = ctx.actor.regions.iter().filter_map(RegionCode::level).map(depth).min().unwrap_or(0);
    let indent = depth(region.level).saturating_sub(highest);
    let (level, role) = match region.provisional {
        true => (text::provisional(ctx.lang, &region.level.label(ctx.lang)).into(), Role::Warning),
        false => (region.level.label(ctx.lang), Role::Dim),
    };
    Row::new([
        Cell::from(format!("{}{}", "  ".repeat(indent), region.name)),
        Cell::new(level, role),
        Cell::new(region.code.as_str(), Role::Dim),
    ])
}

/// How many levels lie above.
fn depth(level: Level) -> usize {
    match level {
        Level::City => 0,
        Level::County => 1,
        Level::Town => 2,
        Level::Village => 3,
        Level::Grid => 4,
    }
}

fn resource_row<'a>(resource: &'a Resource, ctx: &Context<'a>) -> Row<'a> {
    // What is not counted has no stock.
    let count = |n: u32| if resource.quantity == 0 { "—".to_owned() } else { n.to_string() };
    let left = if resource.quantity > 0 && resource.left() == 0 { Role::Warning } else { Role::Text };
    Row::new([
        Cell::from(resource.name.as_str()),
        Cell::new(codes::label("pool", resource.pool.as_str(), ctx.lang), Role::Dim),
        Cell::new(codes::label("resource_kind", resource.kind.as_str(), ctx.lang), Role::Dim),
        Cell::from(count(resource.quantity)),
        Cell::from(count(resource.allotted)),
        Cell::new(count(resource.left()), left),
        Cell::new(resource.unit.as_str(), Role::Dim),
    ])
}

fn allotment_row<'a>(allotment: &'a Allotment, ctx: &Context<'a>) -> Row<'a> {
    let held = &ctx.memory.reference;
    let resource = held.resource_of(allotment.id);
    let station = allotment.station.and_then(|station| held.stations.get(&station));
    let left = if allotment.left() == 0 { Role::Warning } else { Role::Text };
    Row::new([
        Cell::from(resource.map(|resource| resource.name.as_str()).unwrap_or_default()),
        Cell::new(station.map(|station| station.name.as_str()).unwrap_or_default(), Role::Dim),
        Cell::from(allotment.quantity.to_string()),
        Cell::from(allotment.used.to_string()),
        Cell::new(allotment.left().to_string(), left),
        Cell::new(resource.map(|resource| resource.unit.as_str()).unwrap_or_default(), Role::Dim),
    ])
}

/// An organisation's name; empty for none.
pub fn org_name<'a>(org: Option<OrgId>, ctx: &Context<'a>) -> &'a str {
    org.and_then(|id| ctx.memory.reference.orgs.get(&id)).map(|org| org.name.as_str()).unwrap_or_default()
}

/// A region by name, a village with its town; empty for none.
pub fn place(code: &RegionCode, ctx: &Context<'_>) -> String {
    if code.is_empty() { String::new() } else { ctx.memory.reference.place(code) }
}

/// The regions of a worker by name.
pub fn territory(regions: &[RegionCode], ctx: &Context<'_>) -> String {
    let names: Vec<String> = regions.iter().map(|code| place(code, ctx)).collect();
    names.join(ctx.lang.pick("、", ", "))
}
