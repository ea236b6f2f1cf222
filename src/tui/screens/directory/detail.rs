//! The selected entry in full.

use super::part::Entry;
use super::rows::{met, org_name, place, territory};
use crate::domain::allotment::Allotment;
use crate::domain::codes;
use crate::domain::org::Org;
use crate::domain::region::{Region, RegionCode};
use crate::domain::resource::Resource;
use crate::domain::station::Station;
use crate::domain::worker::Worker;
use crate::i18n::directory as text;
use crate::tui::app::Context;
use crate::tui::theme::Role;
use crate::tui::widgets::DetailRow;

/// What is known of an entry, the most important first: below a list there is room for a few lines.
pub fn rows<'a>(entry: &Entry, ctx: &Context<'a>) -> Vec<DetailRow<'a>> {
    let held = &ctx.memory.reference;
    let rows = match entry {
        Entry::Worker(id) => held.workers.get(id).map(|worker| worker_rows(worker, ctx)),
        Entry::Org(id) => held.orgs.get(id).map(|org| org_rows(org, ctx)),
        Entry::Station(id) => held.stations.get(id).map(|station| station_rows(station, ctx)),
        Entry::Region(code) => held.regions.get(code).map(|region| region_rows(region, ctx)),
        Entry::Resource(id) => {
            held.resources.iter().find(|resource| resource.id == *id).map(|resource| resource_rows(resource, ctx))
        }
        Entry::Allotment(id) => held.allotments.get(id).map(|allotment| allotment_rows(allotment, ctx)),
    };
    rows.unwrap_or_default()
}

/// Rows of labels and values; those without a value fall away.
fn titled<'a>(title: &'a str, fields: Vec<(&'a str, String)>) -> Vec<DetailRow<'a>> {
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let fields = fields.map(|(label, value)| DetailRow::field(label, value));
    std::iter::once(DetailRow::Text(title.into(), Role::Title)).chain(fields).collect()
}

fn worker_rows<'a>(worker: &'a Worker, ctx: &Context<'a>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let state = if worker.is_in_service() { text::in_service(lang) } else { text::out_of_service(lang) };
    titled(
        &worker.name,
        vec![
            (text::role(lang), worker.role.label(lang).into_owned()),
            (text::state(lang), state.to_owned()),
            (text::territory(lang), territory(&worker.regions, ctx)),
            (text::org(lang), org_name(worker.org, ctx).to_owned()),
            (text::phone(lang), worker.phone.clone()),
        ],
    )
}

fn org_rows<'a>(org: &'a Org, ctx: &Context<'a>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let hub = if org.is_hub { text::is_hub(lang).to_owned() } else { org_name(org.hub, ctx).to_owned() };
    let reference = &ctx.memory.reference;
    let offers = reference.resources.iter().filter(|resource| resource.provider == Some(org.id));
    let offers: Vec<&str> = offers.map(|resource| resource.name.as_str()).collect();
    titled(
        &org.name,
        vec![
            (text::kind(lang), codes::label("org_kind", org.kind.as_str(), lang).into_owned()),
            (text::region(lang), place(&org.region, ctx)),
            (text::contact(lang), org.contact.clone()),
            (text::offers(lang), offers.join(lang.pick("、", ", "))),
            (text::hub(lang), hub),
            (text::brand(lang), org.brand.clone()),
            (text::credit_code(lang), org.credit_code.clone()),
        ],
    )
}

fn station_rows<'a>(station: &'a Station, ctx: &Context<'a>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let reference = &ctx.memory.reference;
    let parent = station.parent.and_then(|parent| reference.stations.get(&parent));
    let tenants: Vec<&str> = station.tenants.iter().map(|org| org_name(Some(*org), ctx)).collect();
    let mut rows = titled(
        &station.name,
        vec![
            (text::level(lang), codes::label("station_level", station.level.as_str(), lang).into_owned()),
            (text::parent(lang), parent.map(|parent| parent.name.clone()).unwrap_or_default()),
            (text::address(lang), station.address.clone()),
            (text::phone(lang), station.phone.clone()),
            (text::station_kind(lang), codes::label("station_kind", station.kind.as_str(), lang).into_owned()),
            (text::met(lang), met(station)),
            (text::tenants(lang), tenants.join(lang.pick("、", ", "))),
            (text::number(lang), station.no.clone()),
        ],
    );
    let set_aside = reference.allotments.values().filter(|held| held.station == Some(station.id) && !held.meta.deleted);
    let mut stock: Vec<(String, String)> =
        set_aside.map(|allotment| (resource_name(allotment, ctx), left(allotment, ctx))).collect();
    stock.sort();
    if !stock.is_empty() {
        rows.push(DetailRow::Gap);
        rows.push(DetailRow::Heading(text::allotments(lang).into()));
        rows.extend(stock.into_iter().map(|(name, left)| line(&name, &left)));
    }
    rows
}

fn region_rows<'a>(region: &'a Region, ctx: &Context<'a>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let level = region.level.label(lang);
    let level = if region.provisional { text::provisional(lang, &level) } else { level.into_owned() };
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let households = households_in(&region.code, ctx);
    titled(
        &region.name,
        vec![
            (text::code(lang), region.code.to_string()),
            (text::region_level(lang), level),
            (text::parent_region(lang), region.parent.as_ref().map(|code| place(code, ctx)).unwrap_or_default()),
            (text::households(lang), if households > 0 { households.to_string() } else { String::new() }),
            (text::valid_from(lang), day(region.valid_from)),
            (text::valid_to(lang), day(region.valid_to)),
        ],
    )
}

/// Households on file in a region and everything below it.
fn households_in(region: &RegionCode, ctx: &Context<'_>) -> usize {
    let within: Vec<bool> = ctx.memory.regions().iter().map(|code| region.contains(code)).collect();
    let inside = |number: u32| within.get(number as usize).copied().unwrap_or(false);
    ctx.memory.rows.iter().filter(|(_, row)| row.is_present() && inside(row.fixed().region)).count()
}

fn resource_rows<'a>(resource: &'a Resource, ctx: &Context<'a>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let label = |list: &str, code: &crate::domain::codes::Code| codes::label(list, code.as_str(), lang).into_owned();
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let reference = &ctx.memory.reference;
    let stock = if resource.quantity == 0 {
        String::new()
    } else {
        text::stock(lang, resource.quantity, resource.allotted, resource.left(), &resource.unit)
    };
    let mut rows = titled(
        &resource.name,
        vec![
            (text::stock_label(lang), stock),
            (text::conditions(lang), resource.conditions.clone()),
            (text::provider(lang), org_name(resource.provider, ctx).to_owned()),
            (text::valid_to(lang), day(resource.valid_until)),
            (text::pool(lang), label("pool", &resource.pool)),
            (text::kind(lang), label("resource_kind", &resource.kind)),
            (text::field(lang), label("service_field", &resource.field)),
            (text::region(lang), place(&resource.region, ctx)),
            (text::number(lang), resource.no.clone()),
        ],
    );
    let set_aside = reference.allotments.values().filter(|held| held.resource == resource.id && !held.meta.deleted);
    let mut stations: Vec<(String, String)> = set_aside
        .map(|allotment| {
            let station = allotment.station.and_then(|station| reference.stations.get(&station));
            (station.map(|station| station.name.clone()).unwrap_or_default(), left(allotment, ctx))
        })
        .collect();
    stations.sort();
    if !stations.is_empty() {
        rows.push(DetailRow::Gap);
        rows.push(DetailRow::Heading(text::allotments(lang).into()));
        // Names of stations are long: a label would be cut.
        rows.extend(stations.into_iter().map(|(name, left)| line(&name, &left)));
    }
    rows
}

fn allotment_rows<'a>(allotment: &'a Allotment, ctx: &Context<'a>) -> Vec<DetailRow<'a>> {
    let lang = ctx.lang;
    let reference = &ctx.memory.reference;
    let station = allotment.station.and_then(|station| reference.stations.get(&station));
    let resource = reference.resource_of(allotment.id);
    let by = allotment.allotted_by.map(|worker| reference.worker_name(worker)).unwrap_or_default();
    let set_aside = format!("{} {by}", allotment.allotted_at.date());
    titled(
        resource.map(|resource| resource.name.as_str()).unwrap_or_default(),
        vec![
            (text::station(lang), station.map(|station| station.name.clone()).unwrap_or_default()),
            (text::left(lang), left(allotment, ctx)),
            (text::conditions(lang), resource.map(|resource| resource.conditions.clone()).unwrap_or_default()),
            (text::set_aside_on(lang), set_aside.trim_end().to_owned()),
            (text::valid_to(lang), resource.and_then(|r| r.valid_until).map(|day| day.to_string()).unwrap_or_default()),
        ],
    )
}

fn line<'a>(name: &str, left: &str) -> DetailRow<'a> {
    DetailRow::Text(format!("{name}  {left}").into(), Role::Text)
}

fn resource_name(allotment: &Allotment, ctx: &Context<'_>) -> String {
    ctx.memory.reference.resource_of(allotment.id).map(|resource| resource.name.clone()).unwrap_or_default()
}

/// What is left of an allotment, of how much.
fn left(allotment: &Allotment, ctx: &Context<'_>) -> String {
    let unit = ctx.memory.reference.resource_of(allotment.id).map(|resource| resource.unit.as_str());
    format!("{}/{} {}", allotment.left(), allotment.quantity, unit.unwrap_or_default()).trim_end().to_owned()
}
