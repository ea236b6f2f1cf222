//! How big a demo is, and how many households of each kind it has.

/// A demo's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Size {
    /// 600 households in 12 villages of 2 towns of one county.
    #[default]
    Village,
    /// 2,000 households in 60 villages of 4 towns of one county.
    Town,
    /// 10,000 households in 320 villages of 16 towns of one county.
    County,
    /// W市 as the papers count it: 85,700 households, 139,100 people, 12 counties, 185 towns, 3,665 villages.
    City,
}

/// The categories of the demo's register. W市 counts three (周俊、刘佳宁: 在册困难群众（低保、低边、特困人员）).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Subsistence allowance (低保).
    Dibao,
    /// The edge of the allowance (低边).
    Dibian,
    /// Extreme hardship (特困).
    Tekun,
}

/// Largest household of the demo, in persons.
pub const MOST_PERSONS: usize = 5;

/// Households of W市 by category and by persons, one to five. The papers give the two sums only (8.57万户, 13.91万人);
/// how they divide is this demo's own choice.
pub const CITY_TABLE: [(Group, [u32; MOST_PERSONS]); 3] = [
    (Group::Dibao, [38_500, 13_000, 6_900, 2_200, 400]),
    (Group::Dibian, [6_100, 5_600, 2_900, 1_500, 600]),
    (Group::Tekun, [7_900, 100, 0, 0, 0]),
];

const CITY_HOUSEHOLDS: u64 = 85_700;
const CITY_VOLUNTEERS: u64 = 6_000;

impl Size {
    /// Every size, smallest first.
    pub const ALL: &'static [Size] = &[Size::Village, Size::Town, Size::County, Size::City];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Size::Village => "village",
            Size::Town => "town",
            Size::County => "county",
            Size::City => "city",
        }
    }

    /// The size of that name.
    pub fn from_name(name: &str) -> Option<Size> {
        Size::ALL.iter().copied().find(|size| size.name() == name)
    }

    /// The size whose number of households is nearest: what a home with so many of them was filled with.
    pub fn nearest(households: u64) -> Size {
        let distance = |size: &Size| (size.households() as u64).abs_diff(households);
        Size::ALL.iter().copied().min_by_key(distance).unwrap_or_default()
    }

    /// Number of households.
    pub const fn households(self) -> usize {
        match self {
            Size::Village => 600,
            Size::Town => 2_000,
            Size::County => 10_000,
            Size::City => CITY_HOUSEHOLDS as usize,
        }
    }

    /// Number of counties, which is the number of centres.
    pub const fn counties(self) -> usize {
        match self {
            Size::City => 12,
            _ => 1,
        }
    }

    /// Number of towns, which is the number of stations.
    pub const fn towns(self) -> usize {
        match self {
            Size::Village => 2,
            Size::Town => 4,
            Size::County => 16,
            Size::City => 185,
        }
    }

    /// Number of villages, which is the number of points.
    pub const fn villages(self) -> usize {
        match self {
            Size::Village => 12,
            Size::Town => 60,
            Size::County => 320,
            Size::City => 3_665,
        }
    }

    /// Number of stations of all three levels; in W市 3,862 (周俊、刘佳宁: 三级助联体共3862个).
    pub const fn stations(self) -> usize {
        self.counties() + self.towns() + self.villages()
    }

    /// Number of volunteers among the helpers.
    pub fn volunteers(self) -> usize {
        self.scaled(CITY_VOLUNTEERS) as usize
    }

    /// Number of helpers: one social worker a station, and the volunteers.
    pub fn helpers(self) -> usize {
        self.stations() + self.volunteers()
    }

    /// A figure of the city brought down to this size, rounded to the nearest.
    pub fn scaled(self, of_city: u64) -> u64 {
        (of_city * self.households() as u64 + CITY_HOUSEHOLDS / 2) / CITY_HOUSEHOLDS
    }

    /// Households by category and persons at this size: the city's table in proportion, rounded by the largest
    /// remainders so that the sum is exact.
    pub fn table(self) -> [(Group, [u32; MOST_PERSONS]); 3] {
        let total = self.households() as u64;
        let mut table = CITY_TABLE;
        let mut remainders = Vec::new();
        let mut given = 0;
        for (row, (_, cells)) in table.iter_mut().enumerate() {
            for (column, cell) in cells.iter_mut().enumerate() {
                let exact = u64::from(*cell) * total;
                *cell = (exact / CITY_HOUSEHOLDS) as u32;
                given += u64::from(*cell);
                remainders.push((exact % CITY_HOUSEHOLDS, row, column));
            }
        }
        // The larger remainder first, then the earlier cell, so that the outcome never depends on the sort.
        remainders.sort_by_key(|&(remainder, row, column)| (std::cmp::Reverse(remainder), row, column));
        for &(_, row, column) in remainders.iter().take(total.saturating_sub(given) as usize) {
            table[row].1[column] += 1;
        }
        table
    }

    /// Number of people in all households.
    pub fn people(self) -> usize {
        let people =
            |cells: &[u32; MOST_PERSONS]| cells.iter().zip(1..).map(|(count, persons)| count * persons).sum::<u32>();
        self.table().iter().map(|(_, cells)| people(cells) as usize).sum()
    }
}

impl Group {
    /// Every category, in the order of the table.
    pub const ALL: [Group; 3] = [Group::Dibao, Group::Dibian, Group::Tekun];

    /// The code in `assist_category` that all its households stand under.
    pub const fn code(self) -> &'static str {
        match self {
            Group::Dibao => "dibao",
            Group::Dibian => "dibian",
            Group::Tekun => "tekun",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_is_the_papers_city() {
        assert_eq!(Size::City.table(), CITY_TABLE);
        assert_eq!(Size::City.people(), 139_100);
        assert_eq!(Size::City.stations(), 3_862);
        assert_eq!(Size::City.helpers(), 9_862);
        let rows: Vec<u32> = CITY_TABLE.iter().map(|(_, cells)| cells.iter().sum()).collect();
        assert_eq!(rows, [61_000, 16_700, 8_000]);
    }

    #[test]
    fn every_table_sums_up() {
        for size in Size::ALL {
            let sum: u32 = size.table().iter().flat_map(|(_, cells)| cells).sum();
            assert_eq!(sum as usize, size.households(), "{size:?}");
            assert_eq!(Size::from_name(size.name()), Some(*size));
            assert_eq!(Size::nearest(size.households() as u64 + 3), *size);
        }
    }
}
