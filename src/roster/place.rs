//! Regions by the names that rosters give them.

use crate::domain::region::Level;
use crate::domain::text;

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

    pub(super) fn set(&mut self, level: Level, name: String) {
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
    fn a_place_reads_from_the_top() {
        let mut place = Place::default();
        place.set(Level::Village, "后垟村".into());
        place.set(Level::Town, "东岙镇".into());
        assert_eq!(place.to_string(), "东岙镇后垟村");
    }
}
