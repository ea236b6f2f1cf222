//! Stations, organisations and resources: who helps, from where, with what.

use chrono::Duration;

use super::Demo;
use super::member::phone;
use super::names;
use super::stream::{Stream, Topic};
use crate::domain::allotment::Allotment;
use crate::domain::codes::{self, Code};
use crate::domain::id::{OrgId, ResourceId, StationId};
use crate::domain::id_number::Sex;
use crate::domain::moment::Hlc;
use crate::domain::numbering::{self, Series};
use crate::domain::org::Org;
use crate::domain::record::{Meta, Record};
use crate::domain::region::RegionCode;
use crate::domain::resource::Resource;
use crate::domain::station::Station;

/// Somebody who claims wishes.
pub(super) struct Donor {
    pub name: String,
    pub org: Option<OrgId>,
}

/// Organisations of a county: stem of the name, kind, brand. `{}` stands for the county.
const COUNTY_ORGS: &[(&str, &str, &str)] = &[
    ("{}民政局", "civil_affairs", ""),
    ("{}慈善总会", "charity_federation", "暖冬同行"),
    ("{}红十字会", "red_cross", "博爱送万家"),
    ("{}残疾人联合会", "disabled_federation", ""),
    ("共青团{}委员会", "youth_league", "亲青帮"),
    ("{}总工会", "union", ""),
    ("{}妇女联合会", "women_federation", "爱心妈妈"),
    ("{}人民医院", "hospital", ""),
    ("{}和风社会工作服务中心", "social_work", "银龄陪伴"),
    ("{}志愿者协会", "volunteer_team", "周末进村"),
    ("{}海潮鞋业有限公司", "enterprise", ""),
    ("{}永旺电器有限公司", "enterprise", ""),
    ("{}佳禾食品有限公司", "enterprise", ""),
    ("{}安康养老服务中心", "care_institution", ""),
];
const CIVIL_AFFAIRS: usize = 0;
const FEDERATION: usize = 1;
const SOCIAL_WORK: usize = 8;
/// Places in the list whose organisations claim wishes, with weights.
const GIVERS: &[(usize, u32)] = &[(1, 24), (2, 8), (4, 8), (5, 6), (6, 8), (9, 16), (10, 12), (11, 10), (12, 8)];

/// Departments beside civil affairs whose data and forces come together (祝建华: 17个相关部门的力量, with civil affairs).
/// The paper names none; these are this demo's choice.
const DEPARTMENTS: [&str; 16] = [
    "教育局",
    "公安局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源局",
    "住房和城乡建设局",
    "交通运输局",
    "农业农村局",
    "卫生健康局",
    "退役军人事务局",
    "应急管理局",
    "市场监督管理局",
    "医疗保障局",
    "税务局",
    "数据局",
];

/// A county's resources: name, kind, pool, origin, field, item, quantity, unit, conditions, provider in [`COUNTY_ORGS`].
type Offer = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    u32,
    &'static str,
    &'static str,
    usize,
);

const OFFERS: &[Offer] = &[
    (
        "最低生活保障",
        "policy",
        "gov_supply",
        "coordinated",
        "living",
        "",
        0,
        "",
        "共同生活家庭成员人均收入低于当地低保标准",
        0,
    ),
    (
        "特困人员救助供养",
        "policy",
        "gov_supply",
        "coordinated",
        "care",
        "",
        0,
        "",
        "无劳动能力、无生活来源、无法定赡养抚养人",
        0,
    ),
    ("临时救助", "policy", "gov_supply", "coordinated", "living", "", 0, "", "急难情形可先行救助、后补手续", 0),
    (
        "困难残疾人生活补贴",
        "policy",
        "gov_supply",
        "coordinated",
        "rehab",
        "",
        0,
        "",
        "低保、低边家庭中的持证残疾人",
        3,
    ),
    (
        "居家适老化改造",
        "technical",
        "gov_supply",
        "coordinated",
        "environment",
        "repair",
        120,
        "户",
        "七十周岁以上或重度残疾",
        0,
    ),
    ("家庭医生签约随访", "technical", "gov_supply", "coordinated", "health", "", 600, "人", "慢性病患者", 7),
    ("棉被", "goods", "charity_supply", "raised", "living", "bedding", 260, "床", "每户一床，一年内不重复", 1),
    ("书包文具套装", "goods", "charity_supply", "raised", "family", "study", 180, "套", "在读儿童，一学年一套", 4),
    ("米面油", "goods", "charity_supply", "raised", "living", "food", 400, "份", "", 12),
    ("小家电", "goods", "charity_supply", "raised", "environment", "appliance", 90, "台", "以旧换新优先", 11),
    ("轮椅和助行器", "goods", "charity_supply", "raised", "rehab", "assistive", 45, "件", "可借用，用毕归还", 2),
    ("心理咨询师", "talent", "charity_supply", "raised", "spirit", "", 6, "名", "每周六在助联体中心坐诊", 8),
    ("陪诊陪聊志愿者", "volunteer", "charity_supply", "raised", "spirit", "service", 75, "名", "两人同行", 9),
    (
        "慈善医疗救助金",
        "funds",
        "charity_supply",
        "raised",
        "health",
        "",
        800_000,
        "元",
        "自付部分一万元以上，每年一次",
        1,
    ),
    ("敬老院助浴间", "space", "gov_supply", "coordinated", "care", "", 4, "间", "预约使用", 13),
    ("换工互助队", "labour", "charity_supply", "raised", "living", "", 22, "人", "修缮、收割等农活", 9),
];

impl Demo {
    /// The bureau of civil affairs of a county.
    pub(super) fn civil_affairs(&self, county: usize) -> OrgId {
        self.county_org(county, CIVIL_AFFAIRS)
    }

    /// The charity federation of a county.
    pub(super) fn federation(&self, county: usize) -> OrgId {
        self.county_org(county, FEDERATION)
    }

    /// The social work agency of a county.
    pub(super) fn social_work(&self, county: usize) -> OrgId {
        self.county_org(county, SOCIAL_WORK)
    }

    /// The government of a town.
    pub(super) fn town_hall(&self, town: usize) -> Option<OrgId> {
        Some(self.org_id(100_000 + town))
    }

    /// Somebody who claims a wish: an organisation of the county, or a person.
    pub(super) fn donor(&self, stream: &mut Stream, county: usize) -> Donor {
        if stream.percent(56) {
            let place = stream.weighted(GIVERS);
            let name = COUNTY_ORGS[place].0.replace("{}", &self.places.counties[county].name);
            return Donor { name, org: Some(self.county_org(county, place)) };
        }
        let sex = if stream.percent(45) { Sex::Male } else { Sex::Female };
        let age = stream.between(20, 58) as u32;
        let surname = names::surname(stream);
        Donor { name: names::full(stream, surname, sex, age), org: None }
    }

    /// Region and county of every station, centres first, then stations, then points.
    pub(super) fn station_places(&self) -> Vec<(RegionCode, usize)> {
        let places = &self.places;
        let centres = places.counties.iter().enumerate().map(|(index, county)| (county.code.clone(), index));
        let stations = places.towns.iter().map(|town| (town.code.clone(), town.county));
        let points = places.villages.iter().map(|v| (v.code.clone(), places.towns[v.town].county));
        centres.chain(stations).chain(points).collect()
    }

    /// Every station.
    pub(super) fn stations(&self) -> Vec<Record> {
        let places = &self.places;
        let (counties, towns) = (places.counties.len(), places.towns.len());
        let items: Vec<Code> = codes::list("station_checklist")
            .map(|list| list.entries().iter().map(|entry| entry.to_code()).collect())
            .unwrap_or_default();
        let all = self.station_places();
        let put = |(index, (region, county)): (usize, (RegionCode, usize))| -> Record {
            let mut stream = Stream::of(self.seed, Topic::Station, index as u64);
            let (level, name, parent, met) = if index < counties {
                ("centre", format!("{}助联体中心", places.counties[index].name), None, 14)
            } else if index < counties + towns {
                let town = &places.towns[index - counties];
                ("station", format!("{}助联体站", town.name), Some(county), stream.between(9, 14) as usize)
            } else {
                let village = &places.villages[index - counties - towns];
                let town = &places.towns[village.town].name;
                (
                    "point",
                    format!("{town}{}助联体点", village.name),
                    Some(counties + village.town),
                    stream.between(4, 11) as usize,
                )
            };
            let tenants = match level {
                "centre" => vec![self.federation(county), self.social_work(county)],
                "station" => vec![self.social_work(county)],
                _ => Vec::new(),
            };
            Station {
                id: self.station_id(index),
                meta: self.reference_meta(),
                no: format!("ZL{region}"),
                address: name
                    .replace("助联体中心", "民政服务大厅")
                    .replace("助联体站", "便民服务中心")
                    .replace("助联体点", "便民服务点"),
                name,
                level: Code::from(level),
                kind: Code::from("alliance"),
                parent: parent.map(|parent| self.station_id(parent)),
                region,
                phone: phone(&mut stream),
                checklist: items.iter().take(met).cloned().collect(),
                tenants,
                ..Station::default()
            }
            .into()
        };
        all.into_iter().enumerate().map(put).collect()
    }

    /// Every organisation.
    pub(super) fn orgs(&self) -> Vec<Record> {
        let places = &self.places;
        let mut out = Vec::new();
        let root = places.root();
        let root_name = if places.counties.len() == 1 { &places.counties[0].name } else { "W市" };
        if places.counties.len() > 1 {
            out.push(self.org(10_000, "W市民政局".to_owned(), "civil_affairs", &root, ""));
            out.push(self.org(10_001, "W市慈善总会".to_owned(), "charity_federation", &root, "接续奋斗"));
        }
        for (index, department) in DEPARTMENTS.iter().enumerate() {
            out.push(self.org(11_000 + index, format!("{root_name}{department}"), "department", &root, ""));
        }
        for (county_index, county) in places.counties.iter().enumerate() {
            for (place, (name, kind, brand)) in COUNTY_ORGS.iter().enumerate() {
                let name = name.replace("{}", &county.name);
                out.push(self.org(county_index * 100 + place, name, kind, &county.code, brand));
            }
        }
        for (index, town) in places.towns.iter().enumerate() {
            let office = if town.urban { "办事处" } else { "人民政府" };
            out.push(self.org(100_000 + index, format!("{}{office}", town.name), "town_government", &town.code, ""));
        }
        out
    }

    /// Every resource.
    pub(super) fn resources(&self) -> Vec<Record> {
        let counties = 0..self.places.counties.len();
        counties.flat_map(|county| self.county_resources(county)).map(|(resource, _)| resource.into()).collect()
    }

    /// A county's resources, each with what of it is set aside.
    pub(super) fn county_resources(&self, county: usize) -> Vec<(Resource, Vec<Allotment>)> {
        let offers = (0..OFFERS.len()).map(|offer| {
            let mut resource = self.offer(county, offer);
            let set_aside = self.set_aside(&resource, county, (county * OFFERS.len() + offer) as u64);
            resource.allotted = set_aside.iter().map(|allotment| allotment.quantity).sum();
            (resource, set_aside)
        });
        offers.collect()
    }

    /// The stations in the towns of a county and the points in its villages.
    pub(super) fn below_the_centre(&self, county: usize) -> Vec<StationId> {
        let centres = self.places.counties.len();
        let all = self.station_places().into_iter().enumerate().skip(centres);
        all.filter(|(_, (_, of))| *of == county).map(|(index, _)| self.station_id(index)).collect()
    }

    fn offer(&self, county: usize, offer: usize) -> Resource {
        let &(name, kind, pool, origin, field, item, quantity, unit, conditions, provider) = &OFFERS[offer];
        let mut stream = Stream::of(self.seed, Topic::Resource, (county * OFFERS.len() + offer) as u64);
        let registered = stream.between(20, 300);
        let at = self.at(registered, 14 * 60);
        let region = self.places.counties[county].code.clone();
        // A tenth of them still wait for publication.
        let published = stream.percent(90).then(|| self.at(registered - stream.between(1, 4), 10 * 60));
        let device = self.device(0);
        let mut resource = Resource {
            id: ResourceId::from(stream.id(at)),
            no: numbering::number(Series::Resource, &region, at.date(), device, (offer + 1) as u64),
            name: name.to_owned(),
            kind: Code::from(kind),
            pool: Code::from(pool),
            origin: Code::from(origin),
            field: Code::from(field),
            item: Code::from(item),
            quantity,
            unit: unit.to_owned(),
            conditions: conditions.to_owned(),
            region,
            valid_from: Some(at.date()),
            valid_until: (kind != "policy").then(|| self.date(0) + Duration::days(stream.between(30, 400))),
            provider: Some(self.county_org(county, provider)),
            registered_at: at,
            published_at: published,
            meta: self.reference_meta(),
            ..Resource::default()
        };
        resource.meta.hlc = Hlc::at(published.unwrap_or(at));
        resource
    }

    /// An organisation of a number in the demo's own series.
    pub(super) fn org(&self, number: usize, name: String, kind: &str, region: &RegionCode, brand: &str) -> Record {
        Org {
            id: self.org_id(number),
            meta: self.reference_meta(),
            name,
            kind: Code::from(kind),
            region: region.clone(),
            is_hub: kind == "charity_federation",
            brand: brand.to_owned(),
            ..Org::default()
        }
        .into()
    }

    pub(super) fn org_id(&self, number: usize) -> OrgId {
        Stream::of(self.seed, Topic::Org, number as u64).id(self.at(super::BEGUN, 8 * 60)).into()
    }

    pub(super) fn reference_meta(&self) -> Meta {
        Meta { rev: 1, hlc: Hlc::at(self.at(super::BEGUN, 8 * 60)), by: self.grid_worker(0), ..Meta::default() }
    }

    fn county_org(&self, county: usize, place: usize) -> OrgId {
        self.org_id(county * 100 + place)
    }

    fn station_id(&self, index: usize) -> StationId {
        Stream::of(self.seed, Topic::Station, 1_000_000 + index as u64).id(self.at(super::BEGUN, 8 * 60)).into()
    }
}
