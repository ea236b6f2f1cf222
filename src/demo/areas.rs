//! The second and third area of the city demo, as far as today's record kinds carry what the papers tell of them: Q区
//! (黄剑锋、晏子) and G村 (李晓伟).

use chrono::{Datelike, NaiveDate};

use super::Demo;
use super::names;
use super::places::{Out, code};
use super::stream::{Stream, Topic};
use crate::domain::codes::Code;
use crate::domain::id::{ResourceId, WorkerId};
use crate::domain::id_number::Sex;
use crate::domain::record::Record;
use crate::domain::region::{Level, RegionCode};
use crate::domain::resource::Resource;
use crate::domain::worker::{Role, Worker};

/// The district of the second area.
pub(super) fn q() -> RegionCode {
    code(990_201_000_000)
}

/// The village of the third area.
pub(super) fn g() -> RegionCode {
    code(990_321_100_201)
}

/// The lead departments of Q区 (民政、卫生、教育、人社、住建、综治、司法这七个牵头部门).
const LEAD_DEPARTMENTS: [(&str, &str); 7] = [
    ("Q区民政局", "civil_affairs"),
    ("Q区卫生健康局", "department"),
    ("Q区教育局", "department"),
    ("Q区人力资源和社会保障局", "department"),
    ("Q区住房和城乡建设局", "department"),
    ("Q区社会治安综合治理办公室", "department"),
    ("Q区司法局", "department"),
];

/// The areas' regions.
pub(super) fn regions(out: &mut Out) {
    let q_city = code(990_200_000_000);
    out.put(&q_city, "Q市", Level::City, None, |_| ());
    out.put(&q(), "Q区", Level::County, Some(&q_city), |_| ());
    let (l_city, s_county, d_town) = (code(990_300_000_000), code(990_321_000_000), code(990_321_100_000));
    out.put(&l_city, "L市", Level::City, None, |_| ());
    out.put(&s_county, "S县", Level::County, Some(&l_city), |_| ());
    out.put(&d_town, "D镇", Level::Town, Some(&s_county), |_| ());
    out.put(&g(), "G村", Level::Village, Some(&d_town), |_| ());
}

impl Demo {
    /// The areas' organisations.
    pub(super) fn area_orgs(&self) -> Vec<Record> {
        let lead = LEAD_DEPARTMENTS.iter().enumerate();
        let mut out: Vec<Record> =
            lead.map(|(index, (name, kind))| self.org(20_000 + index, (*name).to_owned(), kind, &q(), "")).collect();
        for (number, name, kind, region) in [
            (20_010, "LJW红十字医疗救助基金", "foundation", q()),
            (20_011, "HK智慧养老服务中心", "charity_org", q()),
            (20_012, "Q区“救急难”公益基金", "foundation", q()),
            (20_020, "G村村民委员会", "village_committee", g()),
            (20_021, "G村老人协会", "elder_association", g()),
            (20_022, "G村银发志愿服务队", "volunteer_team", g()),
        ] {
            out.push(self.org(number, name.to_owned(), kind, &region, ""));
        }
        out
    }

    /// The three workers of G村's canteen.
    pub(super) fn area_workers(&self) -> Vec<Record> {
        (0..3_u64)
            .map(|index| {
                let mut stream = Stream::of(self.seed, Topic::Worker, 90_000_000 + index);
                let id = WorkerId::from(stream.id(self.at(super::BEGUN, 8 * 60)));
                let surname = names::surname_of(&mut stream, "12");
                let mut worker = Worker {
                    id,
                    name: names::full(&mut stream, surname, Sex::Female, 44),
                    role: Role::SocialWorker,
                    org: Some(self.org_id(20_021)),
                    regions: vec![g()],
                    active: true,
                    ..Worker::default()
                };
                worker.meta = self.reference_meta();
                worker.into()
            })
            .collect()
    }

    /// What the areas and the programme have to give.
    pub(super) fn area_resources(&self) -> Vec<Record> {
        let year = self.today.year();
        let span = |from: i32, years: i32| {
            (NaiveDate::from_ymd_opt(from, 1, 1), NaiveDate::from_ymd_opt(from + years - 1, 12, 31))
        };
        let root = self.places.root();
        let rows = [
            (
                "“1619”专项基金",
                "funds",
                18_000_000,
                "元",
                &root,
                10_001,
                span(2023, 5),
                "十六至十九周岁困难家庭青少年培养",
            ),
            (
                "LJW红十字医疗救助基金捐赠",
                "funds",
                10_000_000,
                "元",
                &q(),
                20_010,
                span(year - 2, 5),
                "分五年到账，用于医疗救助",
            ),
            ("Q区志愿者队伍", "volunteer", 13_623, "人", &q(), 20_000, span(year, 1), "实名登记"),
            ("鼓楼", "space", 11, "座", &g(), 20_020, span(year, 20), "闲置鼓楼改作食堂和活动场所"),
            ("村民换工", "labour", 30, "人", &g(), 20_021, span(year, 1), "修缮鼓楼、帮厨"),
            ("县级助餐补助资金", "funds", 150_000, "元", &g(), 20_020, span(year, 1), "“十几万”，按十五万元登记"),
        ];
        rows.iter()
            .enumerate()
            .map(|(index, (name, kind, quantity, unit, region, provider, (from, until), conditions))| {
                let at = self.at(60, 14 * 60);
                let mut stream = Stream::of(self.seed, Topic::Resource, 1_000_000 + index as u64);
                let charity = matches!(*provider, 10_001 | 20_010);
                let mut resource = Resource {
                    id: ResourceId::from(stream.id(at)),
                    name: (*name).to_owned(),
                    kind: Code::from(*kind),
                    pool: Code::from(if charity { "charity_supply" } else { "gov_supply" }),
                    origin: Code::from(if charity { "raised" } else { "coordinated" }),
                    quantity: *quantity,
                    unit: (*unit).to_owned(),
                    conditions: (*conditions).to_owned(),
                    region: (*region).clone(),
                    valid_from: *from,
                    valid_until: *until,
                    provider: Some(self.org_id(*provider)),
                    registered_at: at,
                    published_at: Some(self.at(58, 10 * 60)),
                    ..Resource::default()
                };
                resource.meta = self.reference_meta();
                resource.into()
            })
            .collect()
    }
}
