//! Regions by the names that rosters give them.

use chrono::NaiveDate;

use crate::domain::region::{Level, Likeness, Region, RegionCode, likeness};
use crate::domain::text;
use crate::i18n::{Explain, Lang, region as words};

/// Where a household lies, by names. Codes come from the region tree of the register; a name that it does not have gets
/// a provisional code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The city.
    pub city: Option<String>,
    /// The county, district or county-level city.
    pub county: Option<String>,
    /// The township, town or street.
    pub town: Option<String>,
    /// The village or community.
    pub village: Option<String>,
    /// The grid below the village.
    pub grid: Option<String>,
}

impl Place {
    /// Whether nothing is named.
    pub fn is_empty(&self) -> bool {
        *self == Place::default()
    }

    /// The part of this level.
    pub fn part(&self, level: Level) -> Option<&str> {
        match level {
            Level::City => &self.city,
            Level::County => &self.county,
            Level::Town => &self.town,
            Level::Village => &self.village,
            Level::Grid => &self.grid,
        }
        .as_deref()
    }

    /// Names the part of this level.
    pub fn set(&mut self, level: Level, name: String) {
        let part = match level {
            Level::City => &mut self.city,
            Level::County => &mut self.county,
            Level::Town => &mut self.town,
            Level::Village => &mut self.village,
            Level::Grid => &mut self.grid,
        };
        *part = Some(name);
    }

    /// The named parts from the city down.
    pub fn parts(&self) -> impl Iterator<Item = (Level, &str)> {
        Level::ALL.iter().filter_map(|level| Some((*level, self.part(*level)?)))
    }

    /// Town and village as an address begins with them: 东岙镇后垟村31号 → 东岙镇, 后垟村.
    pub fn from_address(address: &str) -> Place {
        let mut place = Place::default();
        let address = text::strip_control(address);
        let mut rest: &str = &address;
        for (level, ends) in [(Level::Town, &["街道", "镇", "乡"][..]), (Level::Village, &["社区", "村"][..])] {
            let found = ends.iter().filter_map(|end| Some(rest.find(end)? + end.len())).min();
            let Some(end) = found else { continue };
            let name = rest[..end].rsplit(['县', '区', '市', '省']).next().unwrap_or_default();
            // A name has at least one character before its ending; 区 at the end of 社区 is part of it.
            let name = if level == Level::Village { &rest[..end] } else { name };
            if (2..=12).contains(&name.chars().count()) {
                place.set(level, name.to_owned());
                rest = &rest[end..];
            }
        }
        place
    }
}

/// Why a place is no region in which this device may keep households.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceFault {
    /// The device has no regions yet: it has not synchronised. `region.none`
    #[error("the device holds no regions")]
    NoRegions,
    /// No village is named. `region.village_missing`
    #[error("no village is named")]
    NoVillage,
    /// The server knows no such region. `region.unknown`
    #[error("no region {name}")]
    Unknown {
        /// The name that is not known.
        name: String,
    },
    /// There are several. `region.ambiguous`
    #[error("{count} regions {name}")]
    Ambiguous {
        /// The place.
        name: String,
        /// How many regions it may be.
        count: usize,
    },
    /// It lies outside of the device's territory. `region.outside_territory`
    #[error("{name} lies outside the territory")]
    Outside {
        /// The place.
        name: String,
    },
}

impl Explain for PlaceFault {
    fn code(&self) -> &str {
        match self {
            PlaceFault::NoRegions => "region.none",
            PlaceFault::NoVillage => "region.village_missing",
            PlaceFault::Unknown { .. } => "region.unknown",
            PlaceFault::Ambiguous { .. } => "region.ambiguous",
            PlaceFault::Outside { .. } => "region.outside_territory",
        }
    }
    fn field(&self) -> Option<&str> {
        Some("region")
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            PlaceFault::NoRegions => words::place_no_regions(lang).into(),
            PlaceFault::NoVillage => words::place_no_village(lang).into(),
            PlaceFault::Unknown { name } => words::place_unknown(lang, name),
            PlaceFault::Ambiguous { name, count } => words::place_ambiguous(lang, name, *count),
            PlaceFault::Outside { name } => words::place_outside(lang, name),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            PlaceFault::NoRegions => words::place_no_regions_remedy(lang),
            PlaceFault::NoVillage => words::place_no_village_remedy(lang),
            PlaceFault::Unknown { .. } => words::place_unknown_remedy(lang),
            PlaceFault::Ambiguous { .. } => words::place_ambiguous_remedy(lang),
            PlaceFault::Outside { .. } => words::place_outside_remedy(lang),
        }
        .into()
    }
}

/// The official region that a place means, within the territories of a device.
///
/// Names are followed from the top: each must lie in one that fits the name above. A city or county that the tree does not
/// have at all is passed over, for a county's tree begins with itself. A grid is taken only where the tree has grids of that
/// village; else the village stands for it.
///
/// # Errors
/// [`PlaceFault`].
pub fn official<'r>(
    place: &Place,
    regions: impl Iterator<Item = &'r Region> + Clone,
    territories: &[RegionCode],
    day: NaiveDate,
) -> Result<RegionCode, PlaceFault> {
    let regions = regions.filter(|region| region.is_official_on(day));
    if regions.clone().next().is_none() {
        return Err(PlaceFault::NoRegions);
    }
    if place.village.is_none() {
        return Err(PlaceFault::NoVillage);
    }
    let mut found: Vec<&RegionCode> = Vec::new();
    for (level, name) in place.parts() {
        let of_level = || {
            let below = |region: &&Region| found.is_empty() || found.iter().any(|above| above.contains(&region.code));
            regions.clone().filter(move |region| region.level == level).filter(below)
        };
        let fitting = |least: Likeness| -> Vec<&RegionCode> {
            let fits = |region: &&Region| likeness(level, &region.name, name).is_some_and(|found| found >= least);
            of_level().filter(fits).map(|region| &region.code).collect()
        };
        let mut fit = fitting(Likeness::Same);
        if fit.is_empty() {
            fit = fitting(Likeness::Form);
        }
        if fit.is_empty() {
            let may_lack = matches!(level, Level::City | Level::County | Level::Grid);
            if may_lack && of_level().next().is_none() {
                continue;
            }
            return Err(PlaceFault::Unknown { name: name.to_owned() });
        }
        found = fit;
    }
    found.sort_unstable();
    found.dedup();
    let inside = |code: &&&RegionCode| territories.iter().any(|territory| territory.contains(code));
    let own: Vec<&RegionCode> = found.iter().filter(inside).copied().collect();
    match own.as_slice() {
        [] => Err(PlaceFault::Outside { name: place.to_string() }),
        [only] => Ok((*only).clone()),
        several => Err(PlaceFault::Ambiguous { name: place.to_string(), count: several.len() }),
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.parts().try_for_each(|(_, name)| f.write_str(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_town_and_village() {
        for (address, town, village) in [
            ("东岙镇后垟村31号", Some("东岙镇"), Some("后垟村")),
            ("台州市黄岩区宁溪镇上岙社区3幢", Some("宁溪镇"), Some("上岙社区")),
            ("南山街道12号", Some("南山街道"), None),
            ("后垟村31号", None, Some("后垟村")),
            ("31号", None, None),
            ("", None, None),
        ] {
            let place = Place::from_address(address);
            assert_eq!((place.town.as_deref(), place.village.as_deref()), (town, village), "{address}");
        }
    }

    #[test]
    fn a_place_is_met_in_the_official_tree_within_the_territory() {
        let region = |code: &str, name: &str| {
            let code = RegionCode::parse(code).unwrap();
            Region { level: code.level().unwrap(), code, name: name.into(), ..Region::default() }
        };
        let mut tree = vec![
            region("990101000000", "东海县"),
            region("990101100000", "东岙镇"),
            region("990101100201", "后垟村"),
            region("990101100202", "前垟村村民委员会"),
            region("990101100202001", "一"),
            region("990101101000", "西垟镇"),
            region("990101101201", "后垟村"),
            region("990101101202", "上岙村"),
            Region { provisional: true, ..region("990101100600", "新村") },
            Region { valid_to: NaiveDate::from_ymd_opt(2020, 1, 1), ..region("990101100203", "老村") },
        ];
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let check = |tree: &[Region], parts: &[(Level, &str)], territory: &str, expected: Result<&str, &str>| {
            let mut place = Place::default();
            parts.iter().for_each(|(level, name)| place.set(*level, (*name).to_owned()));
            let territories = [RegionCode::parse(territory).unwrap()];
            let found = official(&place, tree.iter(), &territories, day);
            let found = found.as_ref().map(RegionCode::as_str).map_err(Explain::code);
            assert_eq!(found, expected, "{place} in {territory}");
        };
        use Level::{County, Grid, Town, Village};
        let county = "990101000000";
        check(&tree, &[(Town, "东岙镇"), (Village, "后垟村")], county, Ok("990101100201"));
        check(&tree, &[(Town, "东岙"), (Village, "前垟村")], county, Ok("990101100202"));
        check(&tree, &[(County, "东海县"), (Town, "西垟镇"), (Village, "后垟村")], county, Ok("990101101201"));
        check(&tree, &[(County, "西海县"), (Village, "上岙村")], county, Err("region.unknown"));
        check(&tree, &[(Level::City, "某市"), (Village, "上岙村")], county, Ok("990101101202"));
        check(&tree, &[(Village, "后垟村")], county, Err("region.ambiguous"));
        check(&tree, &[(Village, "后垟村")], "990101101000", Ok("990101101201"));
        check(&tree, &[(Village, "上岙村")], "990101100000", Err("region.outside_territory"));
        check(&tree, &[(Town, "东岙镇"), (Village, "新村")], county, Err("region.unknown"));
        check(&tree, &[(Town, "东岙镇"), (Village, "老村")], county, Err("region.unknown"));
        check(&tree, &[(Town, "东岙镇")], county, Err("region.village_missing"));
        check(&tree, &[(Town, "东岙镇"), (Village, "前垟村"), (Grid, "一网格")], county, Ok("990101100202001"));
        check(&tree, &[(Town, "东岙镇"), (Village, "前垟村"), (Grid, "二")], county, Err("region.unknown"));
        check(&tree, &[(Town, "东岙镇"), (Village, "后垟村"), (Grid, "二")], county, Ok("990101100201"));
        tree.retain(|region| region.provisional);
        check(&tree, &[(Village, "后垟村")], county, Err("region.none"));
    }

    #[test]
    fn a_place_reads_from_the_top() {
        let mut place = Place::default();
        place.set(Level::Village, "后垟村".into());
        place.set(Level::Town, "东岙镇".into());
        assert_eq!(place.to_string(), "东岙镇后垟村");
    }
}
