//! `station …`

use super::{Facts, Keeper, all, one, region, register};
use crate::cli::table::Table;
use crate::cli::view::{self, Shown};
use crate::cli::{Io, Outcome, words};
use crate::domain::codes;
use crate::domain::id::StationId;
use crate::domain::station::Station;
use crate::domain::value::FieldValue as _;
use crate::i18n::cli as say;

/// Registers a station
///
/// A centre stands in a county, a station in a town below a centre, a point in a village below a station.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
    /// Level: centre, station or point
    #[arg(long, value_name = "LEVEL")]
    level: String,
    /// Region by code or name: a county, a town or a village, as the level asks for
    #[arg(long, value_name = "REGION")]
    region: String,
    /// The station right above it, by id or name
    #[arg(long, value_name = "STATION")]
    parent: Option<String>,
    /// Kind: alliance, charity_base or window
    #[arg(long, value_name = "KIND", default_value = "alliance")]
    kind: String,
    /// Its number
    #[arg(long, value_name = "NUMBER")]
    no: Option<String>,
    /// Address
    #[arg(long, value_name = "TEXT")]
    address: Option<String>,
    /// Telephone
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
}

impl Add {
    /// Does so.
    pub fn run(&self, keeper: &dyn Keeper, io: &mut Io<'_>) -> Outcome {
        let mut station = Station { id: StationId::new(), ..Station::default() };
        station.region = region(keeper, &self.region)?;
        let parent = self.parent.as_ref().map(|text| one::<Station>(keeper, text, "parent", |station| &station.name));
        let facts = Facts::new(Station::TABLE)
            .typed("name", Some(&self.name), io.now)?
            .typed("level", Some(&self.level), io.now)?
            .typed("kind", Some(&self.kind), io.now)?
            .typed("no", self.no.as_ref(), io.now)?
            .typed("address", self.address.as_ref(), io.now)?
            .typed("phone", self.phone.as_ref(), io.now)?
            .value("parent", parent.transpose()?.map(|parent| parent.id.to_value()));
        facts.put(&mut station)?;
        let value = view::record(&station, Shown::Masked, io.lang);
        let (id, name) = (station.id, station.name.clone());
        register(keeper, io.now, station)?;
        io.answer(&value, say::station_added(io.lang, &id.to_string(), &name))
    }
}

/// Lists stations, each below the one that it belongs to
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those of this level: centre, station or point
    #[arg(long, value_name = "LEVEL")]
    level: Option<String>,
    /// Only those in this region, by code or name
    #[arg(long, value_name = "REGION")]
    within: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl List {
    /// Does so.
    pub fn run(&self, keeper: &dyn Keeper, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let level = self.level.as_ref().map(|text| words::code(Station::TABLE, "level", text)).transpose()?;
        let within = self.within.as_ref().map(|text| region(keeper, text)).transpose()?;
        let mut stations = all::<Station>(keeper)?;
        // A region's code begins with those of the regions that it lies in.
        stations.sort_by(|a, b| (&a.region, a.id).cmp(&(&b.region, b.id)));
        let name = |id: Option<StationId>| stations.iter().find(|station| Some(station.id) == id).map(|s| &*s.name);
        let mut table = Table::new([
            say::h_level(lang),
            say::h_name_of_place(lang),
            say::h_region(lang),
            say::h_above(lang),
            say::h_phone(lang),
            say::h_id(lang),
        ]);
        let listed = stations
            .iter()
            .filter(|station| level.as_ref().is_none_or(|level| station.level == *level))
            .filter(|station| within.as_ref().is_none_or(|within| within.contains(&station.region)));
        for station in listed.take(self.limit.unwrap_or(usize::MAX)) {
            if io.json {
                io.value(&view::record(station, Shown::Masked, lang))?;
                continue;
            }
            table.row([
                codes::label("station_level", station.level.as_str(), lang).into_owned(),
                station.name.clone(),
                station.region.to_string(),
                name(station.parent).unwrap_or_default().to_owned(),
                station.phone.clone(),
                station.id.to_string(),
            ]);
        }
        if io.json { Ok(()) } else { io.table(&table) }
    }
}
