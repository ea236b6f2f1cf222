//! The demo's regions: a city, its counties, towns, villages and grids, with invented names.

use chrono::{Datelike, Duration, NaiveDate};

use super::size::Size;
use super::stream::{Stream, Topic};
use crate::domain::codes::Code;
use crate::domain::moment::{Hlc, Moment};
use crate::domain::record::Record;
use crate::domain::region::{Level, Region, RegionCode};

/// All regions of a demo.
#[derive(Debug)]
pub(super) struct Places {
    pub city: RegionCode,
    pub counties: Vec<County>,
    pub towns: Vec<Town>,
    pub villages: Vec<Village>,
}

#[derive(Debug)]
pub(super) struct County {
    pub code: RegionCode,
    pub name: String,
    /// The six digits that ID numbers begin with.
    pub address: u32,
}

#[derive(Debug)]
pub(super) struct Town {
    pub code: RegionCode,
    pub name: String,
    pub county: usize,
    /// The code that it had before this year.
    pub former: Option<RegionCode>,
    /// A subdistrict, whose villages are urban communities.
    pub urban: bool,
}

#[derive(Debug)]
pub(super) struct Village {
    pub code: RegionCode,
    pub name: String,
    pub town: usize,
    pub former: Option<RegionCode>,
    pub grids: usize,
    /// Number of its first household.
    pub first: usize,
    /// Number of its households.
    pub households: usize,
}

/// Counties of W市; their codes follow GB/T 2260: districts from 01, counties from 21, county-level cities from 81.
const COUNTIES: [(&str, u32); 12] = [
    ("云岙县", 990_121),
    ("望澜区", 990_101),
    ("临汐区", 990_102),
    ("柏浦区", 990_103),
    ("澄岚市", 990_181),
    ("石帆市", 990_182),
    ("清垟县", 990_122),
    ("岚屏县", 990_123),
    ("竹岭县", 990_124),
    ("枫塘县", 990_125),
    ("霁湾县", 990_126),
    ("松垟县", 990_127),
];
/// The first towns and villages bear the names of the sample rosters, so that those can be imported into a demo.
const FIRST_TOWNS: [&str; 3] = ["东岙镇", "西垟镇", "南山镇"];
const FIRST_VILLAGES: [&str; 8] = ["上岙", "下岙", "枫树坪", "溪口", "前垟", "后垟", "大坑", "岭脚"];
/// Which town got a new code this year.
const RECODED_TOWN: usize = 1;

const TOWN_FIRST: [&str; 26] = [
    "云", "石", "青", "白", "金", "银", "龙", "凤", "松", "竹", "梅", "柳", "枫", "桂", "玉", "清", "双", "新", "古",
    "长", "潮", "霞", "沙", "茶", "梧", "樟",
];
const TOWN_LAST: [&str; 14] = ["溪", "桥", "岭", "浦", "塘", "港", "湾", "洋", "坪", "源", "田", "陂", "渡", "川"];
const VILLAGE_FIRST: [&str; 32] = [
    "上", "下", "前", "后", "大", "小", "里", "外", "东", "西", "高", "低", "新", "老", "石", "黄", "叶", "林", "杨",
    "朱", "叠", "双", "三", "九", "横", "直", "乌", "白", "红", "水", "山", "龙",
];
const VILLAGE_LAST: [&str; 22] = [
    "岙", "垟", "坑", "坪", "岭", "溪", "桥", "塘", "湾", "头", "门", "田", "源", "林", "洋", "屿", "坦", "降", "垄",
    "埠", "渚", "尖",
];
const COMMUNITIES: [&str; 24] = [
    "望江", "临河", "文昌", "永宁", "康乐", "迎春", "朝阳", "和平", "光明", "幸福", "友谊", "春晖", "银杏", "桂苑",
    "荷塘", "书香", "枫林", "清泉", "安澜", "仁和", "广福", "长乐", "同心", "兴业",
];

impl Places {
    /// The regions of a demo of this size. They do not depend on the seed: an import must find them by name.
    pub fn new(size: Size) -> Places {
        let counties: Vec<County> = COUNTIES[..size.counties()]
            .iter()
            .map(|&(name, address)| County {
                code: code(u64::from(address) * 1_000_000),
                name: name.to_owned(),
                address,
            })
            .collect();
        let towns = towns(size, &counties);
        let villages = villages(size, &towns);
        Places { city: code(990_100_000_000), counties, towns, villages }
    }

    /// What the demo's worker is responsible for: everything that the demo holds.
    pub fn root(&self) -> RegionCode {
        if self.counties.len() == 1 { self.counties[0].code.clone() } else { self.city.clone() }
    }

    /// The village of a household.
    pub fn village_of(&self, household: usize, size: Size) -> usize {
        household * self.villages.len() / size.households()
    }

    /// The code of a grid of a village, counted from 1.
    pub fn grid(&self, village: usize, grid: usize) -> RegionCode {
        let village = &self.villages[village].code;
        // A village has twelve digits and a grid three more, so the text is always a region code.
        RegionCode::parse(&format!("{village}{grid:03}")).unwrap_or_else(|| village.clone())
    }

    /// Every region record, from the city down, then the codes that ended.
    pub fn records(&self, today: NaiveDate, with_areas: bool) -> Vec<Record> {
        let mut out = Out { today, records: Vec::new() };
        out.put(&self.city, "W市", Level::City, None, |_| ());
        for county in &self.counties {
            out.put(&county.code, &county.name, Level::County, Some(&self.city), |_| ());
        }
        for town in &self.towns {
            let parent = &self.counties[town.county].code;
            out.put(&town.code, &town.name, Level::Town, Some(parent), |region| {
                region.urban_kind = Code::from(if town.urban { "111" } else { "121" });
                out_dates(region, today, town.former.is_some());
            });
        }
        for (index, village) in self.villages.iter().enumerate() {
            let town = &self.towns[village.town];
            out.put(&village.code, &village.name, Level::Village, Some(&town.code), |region| {
                region.urban_kind = Code::from(if town.urban { "111" } else { "220" });
                out_dates(region, today, village.former.is_some());
            });
            for grid in 1..=village.grids {
                let name = format!("{}{}网格", village.name, if grid == 1 { "第一" } else { "第二" });
                out.put(&self.grid(index, grid), &name, Level::Grid, Some(&village.code), |_| ());
            }
        }
        self.ended(&mut out);
        if with_areas {
            super::areas::regions(&mut out);
        }
        out.records
    }

    /// The codes that ended with last year, each with its successor.
    fn ended(&self, out: &mut Out) {
        let end = NaiveDate::from_ymd_opt(out.today.year() - 1, 12, 31);
        for town in &self.towns {
            let Some(former) = &town.former else { continue };
            let parent = &self.counties[town.county].code;
            out.put(former, &town.name, Level::Town, Some(parent), |region| {
                region.valid_to = end;
                region.successor = Some(town.code.clone());
            });
        }
        for village in &self.villages {
            let Some(former) = &village.former else { continue };
            out.put(former, &village.name, Level::Village, Some(&former.town()), |region| {
                region.valid_to = end;
                region.successor = Some(village.code.clone());
            });
        }
    }
}

/// Collects region records.
pub(super) struct Out {
    pub today: NaiveDate,
    pub records: Vec<Record>,
}

impl Out {
    pub fn put(
        &mut self,
        code: &RegionCode,
        name: &str,
        level: Level,
        parent: Option<&RegionCode>,
        more: impl FnOnce(&mut Region),
    ) {
        let mut region = Region {
            id: Stream::of(0, Topic::Region, self.records.len() as u64).id(Moment::start_of(self.today)).into(),
            code: code.clone(),
            name: name.to_owned(),
            level,
            parent: parent.cloned(),
            ..Region::default()
        };
        region.meta.rev = 1;
        region.meta.hlc = Hlc::at(Moment::start_of(self.today - Duration::days(super::BEGUN)));
        more(&mut region);
        self.records.push(region.into());
    }
}

fn out_dates(region: &mut Region, today: NaiveDate, recoded: bool) {
    if recoded {
        region.valid_from = NaiveDate::from_ymd_opt(today.year(), 1, 1);
    }
}

fn towns(size: Size, counties: &[County]) -> Vec<Town> {
    let mut names = combinations(&TOWN_FIRST, &TOWN_LAST, 0);
    let mut last_county = usize::MAX;
    let (mut streets, mut others) = (0, 0);
    (0..size.towns())
        .map(|index| {
            let county = index * counties.len() / size.towns();
            if county != last_county {
                (last_county, streets, others) = (county, 0, 0);
            }
            let first_in_city = FIRST_TOWNS.get(index).copied();
            let place_in_county = streets + others;
            // A third of a district's or a county-level city's towns are subdistricts, two of a county's.
            let wanted = if counties[county].name.ends_with('县') { 2 } else { 5 };
            let urban = first_in_city.is_none() && streets < wanted && (place_in_county % 3 == 0 || index > 2);
            let rural = !urban && first_in_city.is_none() && others % 4 == 3;
            let number = if urban { &mut streets } else { &mut others };
            *number += 1;
            let base = if urban {
                0
            } else if rural {
                200
            } else {
                100
            };
            let town_code = u64::from(counties[county].address) * 1_000_000 + (base + *number) * 1_000;
            let name = match first_in_city {
                Some(name) => name.to_owned(),
                None => {
                    let kind = if urban {
                        "街道"
                    } else if rural {
                        "乡"
                    } else {
                        "镇"
                    };
                    format!("{}{kind}", names.next().unwrap_or_default())
                }
            };
            // The old codes of a recoded town lie beyond those in use.
            let former = (index == RECODED_TOWN).then(|| code(town_code + 50_000));
            Town { code: code(town_code), name, county, former, urban }
        })
        .collect()
}

fn villages(size: Size, towns: &[Town]) -> Vec<Village> {
    let (total, households) = (size.villages(), size.households());
    let mut all = Vec::with_capacity(total);
    for (index, town) in towns.iter().enumerate() {
        let (start, end) = ((index * total).div_ceil(towns.len()), ((index + 1) * total).div_ceil(towns.len()));
        let mut names = village_names(index, town.urban);
        for village in start..end {
            let number = (if town.urban { 1 } else { 201 }) + (village - start) as u64;
            let first = (village * households).div_ceil(total);
            let count = ((village + 1) * households).div_ceil(total) - first;
            all.push(Village {
                code: code(digits(&town.code) + number),
                name: names.next().unwrap_or_default(),
                town: index,
                former: town.former.as_ref().map(|former| code(digits(former) + number)),
                grids: if count >= 30 { 2 } else { 1 },
                first,
                households: count,
            });
        }
    }
    all
}

/// The names of a town's villages, none twice.
fn village_names(town: usize, urban: bool) -> Box<dyn Iterator<Item = String>> {
    let rural = move || {
        let first = if town < FIRST_TOWNS.len() { &FIRST_VILLAGES[..] } else { &[] };
        let others =
            combinations(&VILLAGE_FIRST, &VILLAGE_LAST, town * 37).filter(move |name| !first.contains(&name.as_str()));
        first.iter().map(|name| (*name).to_owned()).chain(others).map(|name| format!("{name}村"))
    };
    if !urban {
        return Box::new(rural());
    }
    let communities = (0..COMMUNITIES.len()).map(move |n| COMMUNITIES[(town * 7 + n * 5) % COMMUNITIES.len()]);
    Box::new(communities.map(|name| format!("{name}社区")).chain(rural()))
}

/// Every combination of two lists once, in an order that jumps about.
fn combinations(
    first: &'static [&'static str],
    last: &'static [&'static str],
    offset: usize,
) -> impl Iterator<Item = String> {
    let total = first.len() * last.len();
    let stride = stride(total);
    (0..total).map(move |n| {
        let at = (n * stride + offset) % total;
        format!("{}{}", first[at % first.len()], last[at / first.len()])
    })
}

/// A step by which every place of a circle of `total` is reached once, near its golden section so that neighbours land
/// far apart.
pub(super) fn stride(total: usize) -> usize {
    fn gcd(a: usize, b: usize) -> usize {
        if b == 0 { a } else { gcd(b, a % b) }
    }
    let golden = ((total as u64 * 618_034 / 1_000_000) as usize).max(1);
    (golden..golden + total).find(|step| gcd(*step, total) == 1).unwrap_or(1)
}

fn digits(code: &RegionCode) -> u64 {
    code.as_str().parse().unwrap_or(0) // twelve digits always fit
}

/// A region code of twelve digits.
pub(super) fn code(number: u64) -> RegionCode {
    RegionCode::parse(&format!("{number:012}")).unwrap_or_default() // only called with twelve digits
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn regions_form_a_tree_with_codes_and_names_of_their_own() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        for size in Size::ALL {
            let places = Places::new(*size);
            let records = places.records(today, true);
            let regions: Vec<&Region> = records
                .iter()
                .map(|record| match record {
                    Record::Region(region) => region,
                    other => panic!("{other:?}"),
                })
                .collect();
            let codes: HashSet<&str> = regions.iter().map(|region| region.code.as_str()).collect();
            assert_eq!(codes.len(), regions.len(), "{size:?}: every code once");
            let places_by_name: HashSet<(&Option<RegionCode>, &str)> =
                regions.iter().map(|region| (&region.parent, region.name.as_str())).collect();
            assert!(places_by_name.len() >= regions.len() - 1, "{size:?}: only the recoded town stands twice");
            for region in &regions {
                if let Some(parent) = &region.parent {
                    assert!(codes.contains(parent.as_str()), "{} {}", region.code, region.name);
                    assert!(parent.contains(&region.code), "{} {}", region.code, region.name);
                }
                if let Some(successor) = &region.successor {
                    assert!(codes.contains(successor.as_str()) && region.valid_to < Some(today), "{}", region.code);
                }
            }
            let households: usize = places.villages.iter().map(|village| village.households).sum();
            assert_eq!(households, size.households());
            for (index, village) in places.villages.iter().enumerate() {
                assert_eq!(places.village_of(village.first, *size), index);
                assert_eq!(places.village_of(village.first + village.households - 1, *size), index);
            }
        }
    }

    #[test]
    fn strides_reach_every_place() {
        for total in [1, 2, 3, 600, 2_000, 10_000, 85_700] {
            let step = stride(total);
            let reached: HashSet<usize> = (0..total).map(|n| n * step % total).collect();
            assert_eq!(reached.len(), total);
        }
    }
}
