//! `stock …`: stock of resources, set aside for stations.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use super::resource::resource;
use super::{Keeper, all, named, one};
use crate::cli::table::Table;
use crate::cli::{CliError, Fault, Io, Outcome, ids};
use crate::domain::allotment::Allotment;
use crate::domain::command::Command;
use crate::domain::id::{AllotmentId, ResourceId, StationId};
use crate::domain::record::Kind;
use crate::domain::region::RegionCode;
use crate::domain::resource::Resource;
use crate::domain::station::Station;
use crate::i18n::cli as say;

/// Sets stock of a resource aside for a station
#[derive(Debug, clap::Args)]
pub struct Allot {
    /// The resource: id, beginning of an id, number or name
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// The station, by id or name
    #[arg(long, value_name = "STATION")]
    station: String,
    /// How much
    #[arg(long, value_name = "N")]
    quantity: u32,
}

impl Allot {
    /// Does so.
    pub fn run(&self, keeper: &dyn Keeper, io: &mut Io<'_>) -> Outcome {
        let resource = resource(keeper, &self.resource)?;
        let station = one::<Station>(keeper, &self.station, "station", |station| &station.name)?;
        let allotment = Allotment {
            id: AllotmentId::new(),
            resource: resource.id,
            station: Some(station.id),
            quantity: self.quantity,
            ..Allotment::default()
        };
        let id = allotment.id;
        keeper.carry_out(io.now, Command::AllotStock { allotment: Box::new(allotment) })?;
        tell(keeper, io, id)
    }
}

/// Gives stock that was set aside back to its resource
#[derive(Debug, clap::Args)]
pub struct Return {
    /// The allotment: id or beginning of an id
    #[arg(value_name = "ID")]
    allotment: String,
    /// How much; all that is left if not given
    #[arg(long, value_name = "N")]
    quantity: Option<u32>,
}

impl Return {
    /// Does so.
    pub fn run(&self, keeper: &dyn Keeper, io: &mut Io<'_>) -> Outcome {
        let held = allotment(keeper, &self.allotment)?;
        let quantity = self.quantity.unwrap_or(held.left());
        keeper.carry_out(io.now, Command::ReturnStock { allotment: held.id, quantity })?;
        tell(keeper, io, held.id)
    }
}

/// Lists what is set aside: for which station, how much of it was given out, and what is left
///
/// On a device those of the stations that serve its territory.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those of this station, by id or name
    #[arg(long, value_name = "STATION")]
    station: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl List {
    /// Does so.
    pub fn run(&self, keeper: &dyn Keeper, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let station = self.station.as_ref().map(|text| one::<Station>(keeper, text, "station", |s| &s.name));
        let station = station.transpose()?.map(|station| station.id);
        let book = Book::of(keeper)?;
        let territories = keeper.territories();
        let mut table = Table::new([
            say::h_resource(lang),
            say::h_station(lang),
            say::h_set_aside(lang),
            say::h_given_out(lang),
            say::h_left(lang),
            say::h_unit(lang),
            say::h_id(lang),
        ]);
        let listed = book
            .allotments
            .iter()
            .filter(|allotment| station.is_none() || allotment.station == station)
            .filter(|allotment| station.is_some() || book.serves(allotment, &territories));
        for allotment in listed.take(self.limit.unwrap_or(usize::MAX)) {
            if io.json {
                io.value(&book.as_json(allotment))?;
                continue;
            }
            let (resource, station) = (book.resource(allotment), book.station(allotment));
            table.row([
                resource.map(|resource| resource.name.clone()).unwrap_or_default(),
                station.map(|station| station.name.clone()).unwrap_or_default(),
                allotment.quantity.to_string(),
                allotment.used.to_string(),
                allotment.left().to_string(),
                resource.map(|resource| resource.unit.clone()).unwrap_or_default(),
                allotment.id.to_string(),
            ]);
        }
        if io.json { Ok(()) } else { io.table(&table) }
    }
}

/// An allotment by id or the beginning of one, or by the name of its resource where that is set aside once only.
///
/// # Errors
/// `record.not_found`, `id.ambiguous`, and the store's.
pub fn allotment(keeper: &dyn Keeper, text: &str) -> Result<Allotment, Fault> {
    let book = Book::of(keeper)?;
    let territories = keeper.territories();
    let name = |allotment: &Allotment| book.resource(allotment).map(|held| held.name.clone()).unwrap_or_default();
    let mut fitting: Vec<&Allotment> = book.allotments.iter().filter(|held| name(held) == text.trim()).collect();
    fitting.retain(|allotment| book.serves(allotment, &territories));
    match fitting.as_slice() {
        [] => {
            let found =
                ids::among(text, Kind::Allotment, "allotment", book.allotments.iter().map(|held| held.id.into()));
            let id = AllotmentId(found?);
            let held = book.allotments.iter().find(|held| held.id == id).cloned();
            held.ok_or_else(|| ids::not_found(Kind::Allotment, "allotment").into())
        }
        [one] => Ok((*one).clone()),
        several => Err(CliError::Ambiguous { text: text.to_owned(), count: several.len(), field: "allotment" }.into()),
    }
}

/// Answers with an allotment as it now stands.
///
/// # Errors
/// The store's.
pub fn tell(keeper: &dyn Keeper, io: &mut Io<'_>, id: AllotmentId) -> Outcome {
    let book = Book::of(keeper)?;
    let held = book.allotments.iter().find(|allotment| allotment.id == id);
    let held = held.ok_or_else(|| ids::not_found(Kind::Allotment, "allotment"))?;
    let name = |name: Option<&String>| name.cloned().unwrap_or_default();
    let resource = name(book.resource(held).map(|resource| &resource.name));
    let station = name(book.station(held).map(|station| &station.name));
    let line = say::stock_now(io.lang, &id.to_string(), &resource, &station, held.quantity, held.used, held.left());
    io.answer(&book.as_json(held), line)
}

/// Allotments with what they are of and whom they are for.
struct Book {
    allotments: Vec<Allotment>,
    resources: HashMap<ResourceId, Resource>,
    stations: HashMap<StationId, Station>,
}

impl Book {
    fn of(keeper: &dyn Keeper) -> Result<Book, Fault> {
        Ok(Book {
            allotments: all(keeper)?,
            resources: all::<Resource>(keeper)?.into_iter().map(|resource| (resource.id, resource)).collect(),
            stations: all::<Station>(keeper)?.into_iter().map(|station| (station.id, station)).collect(),
        })
    }

    fn resource(&self, allotment: &Allotment) -> Option<&Resource> {
        self.resources.get(&allotment.resource)
    }

    fn station(&self, allotment: &Allotment) -> Option<&Station> {
        allotment.station.and_then(|station| self.stations.get(&station))
    }

    /// Whether its station is in one of the territories, or they in its region.
    fn serves(&self, allotment: &Allotment, territories: &[RegionCode]) -> bool {
        let Some(station) = self.station(allotment) else { return true };
        territories.is_empty() || territories.iter().any(|territory| station.serves(territory))
    }

    fn as_json(&self, allotment: &Allotment) -> Json {
        let (resource, station) = (self.resource(allotment), self.station(allotment));
        let mut of = named(allotment.resource, resource.map(|resource| resource.name.as_str()));
        of["unit"] = json!(resource.map(|resource| &resource.unit));
        json!({
            "id": allotment.id,
            "resource": of,
            "station": allotment.station.map(|id| named(id, station.map(|station| station.name.as_str()))),
            "set_aside": allotment.quantity,
            "given_out": allotment.used,
            "left": allotment.left(),
        })
    }
}
