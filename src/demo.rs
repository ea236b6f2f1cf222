//! The demo: invented data, the same for the same size, seed and day, drawn one household at a time.
//!
//! Pure: no clock, no file, no generator of the system. Names, numbers and addresses are invented; ID numbers begin with
//! 99, which no province has; telephones begin with 199.
//!
//! | to find | look in |
//! |---|---|
//! | how big, how many of each category | `size` |
//! | which household is what: planted cases, present needs, the agenda | `plan` |
//! | regions; stations, organisations, resources, stock; workers; the papers' other areas | `places`, `network`, `stock`, `staff`, `areas` |
//! | a household being written | `file`, with `family`, `names`, `body`, `member`, `indicators` |
//! | visits and their notes | `visits`, `notes`, `words` |
//! | needs, wishes, claims, leads | `catalogue`, `needs`, `wishes`, `planted`, `leads` |
//! | counting held records against the papers' figures | `tally`, [`verify()`] |

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};

use crate::domain::id::WorkerId;
use crate::domain::lead::Lead;
use crate::domain::moment::Moment;
use crate::domain::record::Record;
use crate::domain::region::RegionCode;
use crate::domain::worker::Worker;

mod areas;
mod body;
mod catalogue;
mod count;
mod family;
mod file;
mod indicators;
mod leads;
mod member;
mod names;
mod needs;
mod network;
mod notes;
mod places;
mod plan;
mod planted;
mod size;
mod staff;
mod stock;
mod stream;
mod tally;
mod verify;
mod visits;
mod wishes;
mod words;

pub use count::{Count, Counts};
pub use plan::Planted;
pub use size::{CITY_TABLE, Group, MOST_PERSONS, Size};
pub use tally::Tally;
pub use verify::{FigureRow, Outcome, verify};

use places::Places;
use plan::Cell;

/// A demo of one size, seed and day. Small: households are drawn when asked for, so that a city never stands in memory.
#[derive(Debug)]
pub struct Demo {
    size: Size,
    seed: u64,
    today: NaiveDate,
    /// Midnight at the beginning of `today`, in milliseconds.
    midnight: i64,
    places: Places,
    /// First household of each county.
    county_starts: Vec<usize>,
    cells: Vec<(Cell, usize)>,
    planted: HashMap<usize, Planted>,
}

/// Days before the demo's day on which its organisations and workers were registered.
const BEGUN: i64 = 2_200;

impl Demo {
    /// A demo as of a day. Everything in it happened before that day; due dates lie around it.
    pub fn new(size: Size, seed: u64, today: NaiveDate) -> Demo {
        let places = Places::new(size);
        let county_starts = (0..places.counties.len())
            .map(|county| places.villages.iter().find(|v| places.towns[v.town].county == county).map_or(0, |v| v.first))
            .collect();
        let mut demo = Demo {
            size,
            seed,
            today,
            midnight: Moment::start_of(today).0,
            places,
            county_starts,
            cells: plan::cells(size),
            planted: HashMap::new(),
        };
        demo.planted = plan::plant(&demo, member::PERSONS.len() as u8);
        demo
    }

    /// Its size.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The day as of which it is drawn.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// Number of households.
    #[allow(clippy::len_without_is_empty)] // no demo is empty
    pub fn len(&self) -> usize {
        self.size.households()
    }

    /// Everything that hangs on no household, in the order in which one may stand on the other: regions from the city
    /// down to the grids, stations, organisations, workers, resources, what of these is set aside. The first worker is [`Demo::worker`].
    pub fn reference(&self) -> Vec<Record> {
        let with_areas = self.size == Size::City;
        let mut out = self.places.records(self.today, with_areas);
        out.extend(self.stations());
        out.extend(self.orgs());
        if with_areas {
            out.extend(self.area_orgs());
        }
        out.extend(self.workers());
        if with_areas {
            out.extend(self.area_workers());
        }
        out.extend(self.resources());
        if with_areas {
            out.extend(self.area_resources());
        }
        out.extend(self.allotments());
        out
    }

    /// The grid worker who opens the console. The territory is everything that the demo holds: on a demo machine nobody
    /// should be told that a household is somebody else's.
    pub fn worker(&self) -> WorkerId {
        self.grid_worker(0)
    }

    /// What the demo's worker is responsible for: the county, or the city.
    pub fn territory(&self) -> RegionCode {
        self.places.root()
    }

    /// The records of one household: household, members with the head first, indicators, visits, leads, needs, wishes,
    /// claims; lists newest first. Any number gives the same records at any time and on any thread; a number from
    /// [`Demo::len`] on gives none.
    pub fn household(&self, n: usize) -> Vec<Record> {
        if n >= self.len() {
            return Vec::new();
        }
        let mut file = file::File::begin(self, n);
        visits::write(&mut file);
        indicators::write(&mut file);
        needs::write(&mut file);
        leads::write(&mut file);
        file.into_records()
    }

    /// Every household, one at a time.
    pub fn households(&self) -> impl Iterator<Item = Vec<Record>> + '_ {
        (0..self.len()).map(|n| self.household(n))
    }

    /// Leads about people who are not on the register.
    pub fn leads_without_household(&self) -> impl Iterator<Item = Lead> + '_ {
        (0..leads::strays(self)).map(|n| leads::stray(self, n))
    }

    /// The planted case of a household, where it has one.
    pub fn planted(&self, n: usize) -> Option<Planted> {
        self.planted.get(&n).copied()
    }

    /// What the demo was drawn to hold, count by count; [`verify()`] compares held records with the papers instead.
    pub fn figures(&self) -> Vec<(Count, u64)> {
        verify::expected(self.size)
    }

    /// The day as of which the demo was drawn that a worker record comes from: any of its workers tells. Ages, lateness
    /// and omissions are to be counted as of that day.
    pub fn made_on(worker: &Worker) -> NaiveDate {
        worker.meta.hlc.moment().date()
    }

    /// The moment so many days before the demo's day, at a minute of that day.
    fn at(&self, days_ago: i64, minute: i64) -> Moment {
        Moment(self.midnight - days_ago * 86_400_000 + minute * 60_000)
    }

    fn date(&self, days_ago: i64) -> NaiveDate {
        self.today - Duration::days(days_ago)
    }

    fn first_of_county(&self, county: usize) -> usize {
        self.county_starts[county]
    }
}
