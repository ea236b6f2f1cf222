//! `resource …`

use std::collections::HashMap;

use serde_json::json;

use super::{Facts, Keeper, all, amend, named, one, org, region, register};
use crate::cli::table::Table;
use crate::cli::view::{self, Shown};
use crate::cli::{Fault, Io, Outcome, words};
use crate::domain::allotment::Allotment;
use crate::domain::codes;
use crate::domain::id::ResourceId;
use crate::domain::org::Org;
use crate::domain::resource::Resource;
use crate::domain::value::FieldValue as _;
use crate::i18n::cli as say;

/// Registers a resource
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
    /// Kind: policy, goods, technical, talent, volunteer, funds, space or labour
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// Pool: gov_supply, gov_demand, charity_supply or charity_demand
    #[arg(long, value_name = "POOL")]
    pool: String,
    #[command(flatten)]
    more: More,
}

/// What a resource has beside name, kind and pool.
#[derive(Debug, clap::Args)]
struct More {
    /// How it was brought about: coordinated or raised
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<String>,
    /// Field of service
    #[arg(long, value_name = "FIELD")]
    field: Option<String>,
    /// Class of item
    #[arg(long, value_name = "ITEM")]
    item: Option<String>,
    /// How much there is in all
    #[arg(long, value_name = "N")]
    quantity: Option<String>,
    /// What it is counted in
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// For whom it is, and when
    #[arg(long, value_name = "TEXT")]
    conditions: Option<String>,
    /// Where it can be used: a region by code or name
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// First day: a date or +7 days
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last day: a date or +30 days
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Who provides it: an organisation by id or name
    #[arg(long, value_name = "ORG")]
    provider: Option<String>,
}

impl More {
    fn facts(&self, keeper: &dyn Keeper, io: &Io<'_>) -> Result<Facts, Fault> {
        let provider = self.provider.as_ref().map(|text| org(keeper, text, "provider")).transpose()?;
        let place = self.region.as_ref().map(|text| region(keeper, text)).transpose()?;
        let typed = [
            ("origin", &self.origin),
            ("field", &self.field),
            ("item", &self.item),
            ("quantity", &self.quantity),
            ("unit", &self.unit),
            ("conditions", &self.conditions),
            ("valid_from", &self.from),
            ("valid_until", &self.until),
        ];
        let facts = Facts::new(Resource::TABLE)
            .value("region", place.map(|place| place.to_value()))
            .value("provider", provider.map(|provider| provider.to_value()));
        typed.into_iter().try_fold(facts, |facts, (field, typed)| facts.typed(field, typed.as_ref(), io.now))
    }
}

impl Add {
    /// Does so.
    pub fn run(&self, keeper: &dyn Keeper, io: &mut Io<'_>) -> Outcome {
        let mut resource = Resource { id: ResourceId::new(), registered_at: io.now.at, ..Resource::default() };
        let facts = self.more.facts(keeper, io)?;
        let facts = facts.typed("name", Some(&self.name), io.now)?.typed("kind", Some(&self.kind), io.now)?.typed(
            "pool",
            Some(&self.pool),
            io.now,
        )?;
        facts.put(&mut resource)?;
        if resource.region.is_empty() {
            // Who has a territory registers for it.
            resource.region = keeper.territories().into_iter().next().unwrap_or_default();
        }
        resource.no = keeper.resource_number(&resource.region, io.now)?;
        let value = view::record(&resource, Shown::Masked, io.lang);
        let (id, no, name) = (resource.id, resource.no.clone(), resource.name.clone());
        register(keeper, io.now, resource)?;
        io.answer(&value, say::resource_added(io.lang, &id.to_string(), &no, &name))
    }
}

/// Amends a resource
#[derive(Debug, clap::Args)]
pub struct Amend {
    /// The resource: id, beginning of an id, number or name
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// Another name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Another kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Another pool
    #[arg(long, value_name = "POOL")]
    pool: Option<String>,
    #[command(flatten)]
    more: More,
}

impl Amend {
    /// Does so.
    pub fn run(&self, keeper: &dyn Keeper, io: &mut Io<'_>) -> Outcome {
        let held = resource(keeper, &self.resource)?;
        let facts = self.more.facts(keeper, io)?;
        let facts = facts.typed("name", self.name.as_ref(), io.now)?.typed("kind", self.kind.as_ref(), io.now)?.typed(
            "pool",
            self.pool.as_ref(),
            io.now,
        )?;
        amend(keeper, io, &held, facts)
    }
}

/// A resource by id, number or name.
pub(super) fn resource(keeper: &dyn Keeper, text: &str) -> Result<Resource, Fault> {
    let is_number = |resource: &&Resource| resource.no.eq_ignore_ascii_case(text.trim());
    let by_number = all::<Resource>(keeper)?.iter().find(is_number).cloned();
    by_number.map_or_else(|| one::<Resource>(keeper, text, "resource", |resource| &resource.name), Ok)
}

/// Lists resources, with what there is, what is set aside for stations and what is left
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those in this pool
    #[arg(long, value_name = "POOL")]
    pool: Option<String>,
    /// Only those of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl List {
    /// Does so.
    pub fn run(&self, keeper: &dyn Keeper, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let code = |field: &str, typed: &Option<String>| {
            typed.as_ref().map(|text| words::code(Resource::TABLE, field, text)).transpose()
        };
        let (pool, kind) = (code("pool", &self.pool)?, code("kind", &self.kind)?);
        let orgs: HashMap<_, _> = all::<Org>(keeper)?.into_iter().map(|org| (org.id, org.name)).collect();
        let mut given: HashMap<ResourceId, u32> = HashMap::new();
        for allotment in all::<Allotment>(keeper)? {
            *given.entry(allotment.resource).or_default() += allotment.used;
        }
        let mut table = Table::new([
            say::h_number(lang),
            say::h_name_of_place(lang),
            say::h_pool(lang),
            say::h_kind(lang),
            say::h_total(lang),
            say::h_set_aside(lang),
            say::h_given_out(lang),
            say::h_left(lang),
            say::h_unit(lang),
            say::h_until(lang),
        ]);
        let resources = all::<Resource>(keeper)?;
        let fits = |resource: &&Resource| {
            pool.as_ref().is_none_or(|pool| resource.pool == *pool)
                && kind.as_ref().is_none_or(|kind| resource.kind == *kind)
        };
        for resource in resources.iter().filter(fits).take(self.limit.unwrap_or(usize::MAX)) {
            let given_out = given.get(&resource.id).copied().unwrap_or(0);
            if io.json {
                let mut value = view::record(resource, Shown::Masked, lang);
                value.remove("allotted");
                value.insert("quantity".to_owned(), json!(resource.quantity));
                value.insert("set_aside".to_owned(), json!(resource.allotted));
                value.insert("given_out".to_owned(), json!(given_out));
                value.insert("left".to_owned(), json!(resource.left()));
                let provider = |id| named(id, orgs.get(&id).map(String::as_str));
                value.insert("provider".to_owned(), json!(resource.provider.map(provider)));
                io.value(&value)?;
                continue;
            }
            // What is not counted has no stock.
            let count = |n: u32| if resource.quantity == 0 { String::new() } else { n.to_string() };
            table.row([
                resource.no.clone(),
                resource.name.clone(),
                codes::label("pool", resource.pool.as_str(), lang).into_owned(),
                codes::label("resource_kind", resource.kind.as_str(), lang).into_owned(),
                count(resource.quantity),
                count(resource.allotted),
                count(given_out),
                count(resource.left()),
                resource.unit.clone(),
                resource.valid_until.map(|date| date.to_string()).unwrap_or_default(),
            ]);
        }
        if io.json { Ok(()) } else { io.table(&table) }
    }
}
