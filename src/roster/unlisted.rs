//! Territories of which the server keeps no list of regions: places of rosters get provisional codes inside the device's
//! own territory, so that their households stay with who registered them. A number follows from the name, so that two
//! devices that make up the same village give it the same code.

use chrono::NaiveDate;

use super::place::{Place, PlaceFault};
use crate::domain::region::{Level, Likeness, Region, RegionCode, likeness};

/// The first of the numbers in each three-digit group that no office gives out (GB/T 10114 ends towns below 600), so that
/// a provisional code is seen as one and meets no real one.
const FIRST: u16 = 600;
/// How many there are.
const COUNT: u16 = 400;

/// The last of them, which names share when all others are taken.
pub const LAST: u16 = FIRST + COUNT - 1;

/// Whether a code may be a made-up one: among its numbers is one that no office gives out.
pub fn may_be_made_up(code: &RegionCode) -> bool {
    let digits = code.as_str();
    [6..9, 9..12, 12..15].into_iter().filter_map(|group| digits.get(group)).any(|number| number >= "600")
}

/// The numbers that a region of that name may have below its parent, the likeliest first.
pub fn numbers(name: &str) -> impl Iterator<Item = u16> {
    let start = crc32c::crc32c(name.as_bytes()) % u32::from(COUNT);
    // Below 400 and so within 16 bits.
    (0..COUNT).map(move |step| FIRST + (start as u16 + step) % COUNT)
}

/// The code with that number in the digits of a level below a parent.
pub fn numbered(parent: &RegionCode, level: Level, number: u16) -> Option<RegionCode> {
    let digits = parent.as_str();
    let text = match level {
        Level::Town => format!("{}{number:03}000", digits.get(..6)?),
        Level::Village => format!("{}{number:03}", digits.get(..9)?),
        Level::Grid => format!("{}{number:03}", digits.get(..12)?),
        Level::City | Level::County => return None,
    };
    RegionCode::parse(&text)
}

/// Whether the regions hold no official village or grid of the territories.
pub fn is_unlisted<'r>(
    mut regions: impl Iterator<Item = &'r Region>,
    territories: &[RegionCode],
    day: NaiveDate,
) -> bool {
    !regions.any(|region| {
        matches!(region.level, Level::Village | Level::Grid)
            && region.is_official_on(day)
            && territories.iter().any(|territory| territory.contains(&region.code))
    })
}

/// The territory in which codes are made up: the only one, or one as wide as a county. Among several villages or towns
/// nobody can tell which one a name means.
pub fn base(territories: &[RegionCode]) -> Option<&RegionCode> {
    match territories {
        [only] => Some(only),
        several => several.iter().find(|territory| territory.prefix().len() <= 6),
    }
}

/// The region of a level that the territory itself says: of a town's territory the town, of a village's both.
pub fn given(base: &RegionCode, level: Level) -> Option<RegionCode> {
    let digits = base.prefix().len();
    match level {
        Level::Town => (digits >= 9).then(|| base.town()),
        Level::Village => (digits >= 12).then(|| base.village()),
        Level::Grid => (digits >= 15).then(|| base.clone()),
        Level::City | Level::County => None,
    }
}

/// Whether a place may get a code there. `name_of` tells the names of regions, as far as they are known.
///
/// # Errors
/// [`PlaceFault::NoVillage`], and [`PlaceFault::Outside`] where the territory is another town or village.
pub fn may_lie(
    place: &Place,
    base: &RegionCode,
    name_of: impl Fn(&RegionCode) -> Option<String>,
) -> Result<(), PlaceFault> {
    if place.village.is_none() {
        return Err(PlaceFault::NoVillage);
    }
    for (level, name) in place.parts() {
        let held = given(base, level).and_then(|code| name_of(&code));
        if held.is_some_and(|held| likeness(level, &held, name) < Some(Likeness::Form)) {
            return Err(PlaceFault::Outside { name: place.to_string() });
        }
    }
    Ok(())
}

/// The code inside the territory that stands for one made up elsewhere; `None` where the territory is a part of what the
/// code stands for. Codes of several towns meet in one where the territory is a town.
pub fn moved(code: &RegionCode, base: &RegionCode) -> Option<RegionCode> {
    let (digits, own) = (code.as_str(), base.prefix());
    if own.len() > digits.len() {
        return None;
    }
    if code.level() == Some(Level::Town) && own.len() >= 9 {
        return Some(base.town());
    }
    RegionCode::parse(&format!("{own}{}", &digits[own.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(digits: &str) -> RegionCode {
        RegionCode::parse(digits).unwrap()
    }

    #[test]
    fn a_code_moves_into_the_territory() {
        let check = |made_up: &str, base: &str, expected: Option<&str>| {
            let found = moved(&code(made_up), &code(base));
            assert_eq!(found.as_ref().map(RegionCode::as_str), expected, "{made_up} in {base}");
            assert!(found.is_none_or(|found| code(base).contains(&found)), "{made_up} in {base}");
        };
        check("999900612000", "990101000000", Some("990101612000"));
        check("999900612745", "990101000000", Some("990101612745"));
        check("999900612745801", "990101000000", Some("990101612745801"));
        check("999900612745", "990100000000", Some("990100612745"));
        check("999900612000", "990101100000", Some("990101100000"));
        check("999900612745", "990101100000", Some("990101100745"));
        check("999900612745", "990101100201", Some("990101100201"));
        check("999900612745801", "990101100201", Some("990101100201801"));
        check("999900612745", "990101100201001", None);
    }

    #[test]
    fn made_up_codes_are_seen_as_such() {
        for (digits, expected) in [
            ("990101612745", true),
            ("990101100745", true),
            ("990101100201", false),
            ("990101100201801", true),
            ("990101100201001", false),
            ("990101000000", false),
        ] {
            assert_eq!(may_be_made_up(&code(digits)), expected, "{digits}");
        }
    }

    #[test]
    fn a_name_has_its_number_everywhere() {
        let first = |name: &str| numbers(name).next().unwrap();
        assert_eq!(first("后垟村"), first("后垟村"));
        assert_ne!(first("后垟村"), first("前垟村"));
        let mut all: Vec<u16> = numbers("后垟村").collect();
        all.sort_unstable();
        assert_eq!(all, (600..1000).collect::<Vec<_>>());
    }

    #[test]
    fn a_town_is_not_taken_for_another() {
        let place = |town: &str, village: &str| Place {
            town: Some(town.into()),
            village: Some(village.into()),
            ..Place::default()
        };
        let town = code("990101100000");
        let named = |of: &RegionCode| (*of == code("990101100000")).then(|| "东岙镇".to_owned());
        assert_eq!(may_lie(&place("东岙镇", "后垟村"), &town, named), Ok(()));
        assert_eq!(may_lie(&place("东岙", "后垟村"), &town, named), Ok(()));
        let fault = may_lie(&place("西垟镇", "后垟村"), &town, named);
        assert!(matches!(fault, Err(PlaceFault::Outside { .. })), "{fault:?}");
        assert_eq!(may_lie(&place("西垟镇", "后垟村"), &town, |_| None), Ok(()));
        assert_eq!(may_lie(&place("西垟镇", "后垟村"), &code("990101000000"), named), Ok(()));
        assert_eq!(may_lie(&Place::default(), &town, named), Err(PlaceFault::NoVillage));
    }

    #[test]
    fn codes_are_made_up_where_it_is_clear_whose_they_are() {
        let (town, other, county) = (code("990101100000"), code("990101101000"), code("990101000000"));
        let check = |territories: &[&RegionCode], expected: Option<&RegionCode>| {
            let territories: Vec<RegionCode> = territories.iter().map(|code| (*code).clone()).collect();
            assert_eq!(base(&territories), expected, "{territories:?}");
        };
        check(&[], None);
        check(&[&town], Some(&town));
        check(&[&town, &other], None);
        check(&[&town, &county], Some(&county));
    }
}
