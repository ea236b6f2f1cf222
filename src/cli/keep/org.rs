//! `org …`

use super::{Facts, Keeper, all, amend, one, org, region, register};
use crate::cli::table::Table;
use crate::cli::view::{self, Shown};
use crate::cli::{Fault, Io, Outcome, words};
use crate::domain::codes;
use crate::domain::id::OrgId;
use crate::domain::org::Org;
use crate::domain::value::FieldValue as _;
use crate::i18n::cli as say;

/// Registers an organisation
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
    /// Kind, as civil_affairs, department, town_government, village_committee, charity_federation, foundation,
    /// charity_org, social_work, volunteer_team, enterprise, hospital, school, care_institution
    #[arg(long, value_name = "KIND")]
    kind: String,
    #[command(flatten)]
    more: More,
}

/// What an organisation has beside name and kind.
#[derive(Debug, clap::Args)]
struct More {
    /// Unified social credit code
    #[arg(long, value_name = "CODE")]
    credit_code: Option<String>,
    /// Region by code or name
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Whether it is a hub for others: yes or no
    #[arg(long, value_name = "yes|no")]
    is_hub: Option<String>,
    /// The hub that it belongs to, by id or name
    #[arg(long, value_name = "ORG")]
    hub: Option<String>,
    /// What its services are known as
    #[arg(long, value_name = "TEXT")]
    brand: Option<String>,
    /// Whom to turn to
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
}

impl More {
    fn facts(&self, keeper: &dyn Keeper, io: &Io<'_>) -> Result<Facts, Fault> {
        let hub = self.hub.as_ref().map(|text| org(keeper, text, "hub")).transpose()?;
        let place = self.region.as_ref().map(|text| region(keeper, text)).transpose()?;
        Ok(Facts::new(Org::TABLE)
            .typed("credit_code", self.credit_code.as_ref(), io.now)?
            .typed("is_hub", self.is_hub.as_ref(), io.now)?
            .typed("brand", self.brand.as_ref(), io.now)?
            .typed("contact", self.contact.as_ref(), io.now)?
            .value("region", place.map(|place| place.to_value()))
            .value("hub", hub.map(|hub| hub.to_value())))
    }
}

impl Add {
    /// Does so.
    pub fn run(&self, keeper: &dyn Keeper, io: &mut Io<'_>) -> Outcome {
        let mut record = Org { id: OrgId::new(), ..Org::default() };
        let facts = self.more.facts(keeper, io)?;
        let facts = facts.typed("name", Some(&self.name), io.now)?.typed("kind", Some(&self.kind), io.now)?;
        facts.put(&mut record)?;
        let value = view::record(&record, Shown::Masked, io.lang);
        let (id, name) = (record.id, record.name.clone());
        register(keeper, io.now, record)?;
        io.answer(&value, say::org_added(io.lang, &id.to_string(), &name))
    }
}

/// Amends an organisation
#[derive(Debug, clap::Args)]
pub struct Amend {
    /// The organisation, by id or name
    #[arg(value_name = "ORG")]
    org: String,
    /// Another name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Another kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    #[command(flatten)]
    more: More,
}

impl Amend {
    /// Does so.
    pub fn run(&self, keeper: &dyn Keeper, io: &mut Io<'_>) -> Outcome {
        let held = one::<Org>(keeper, &self.org, "org", |org| &org.name)?;
        let facts = self.more.facts(keeper, io)?;
        let facts = facts.typed("name", self.name.as_ref(), io.now)?.typed("kind", self.kind.as_ref(), io.now)?;
        amend(keeper, io, &held, facts)
    }
}

/// Lists organisations
#[derive(Debug, clap::Args)]
pub struct List {
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
        let kind = self.kind.as_ref().map(|text| words::code(Org::TABLE, "kind", text)).transpose()?;
        let orgs = all::<Org>(keeper)?;
        let hub = |org: &Org| orgs.iter().find(|hub| Some(hub.id) == org.hub).map(|hub| hub.name.clone());
        let mut table = Table::new([
            say::h_name_of_place(lang),
            say::h_kind(lang),
            say::h_region(lang),
            say::h_hub(lang),
            say::h_contact(lang),
            say::h_id(lang),
        ]);
        let listed = orgs.iter().filter(|org| kind.as_ref().is_none_or(|kind| org.kind == *kind));
        for org in listed.take(self.limit.unwrap_or(usize::MAX)) {
            if io.json {
                io.value(&view::record(org, Shown::Masked, lang))?;
                continue;
            }
            table.row([
                org.name.clone(),
                codes::label("org_kind", org.kind.as_str(), lang).into_owned(),
                org.region.to_string(),
                hub(org).unwrap_or_default(),
                org.contact.clone(),
                org.id.to_string(),
            ]);
        }
        if io.json { Ok(()) } else { io.table(&table) }
    }
}
