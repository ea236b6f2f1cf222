//! Stations, organisations, and stock that points give out.

use super::*;
use crate::domain::allotment::Allotment;
use crate::domain::change::FieldChange;
use crate::domain::command::Amendment;
use crate::domain::id::{OrgId, StationId};
use crate::domain::org::Org;
use crate::domain::record::Fields as _;
use crate::domain::resource::Resource;
use crate::domain::station::Station;
use crate::domain::value::Value;

fn station(n: u8, level: &str, region: &str, parent: Option<u8>) -> Station {
    Station {
        id: StationId(id(n)),
        name: format!("助联体{n}"),
        level: Code::from(level),
        region: RegionCode::parse(region).unwrap(),
        parent: parent.map(|parent| StationId(id(parent))),
        ..Station::default()
    }
}

/// A centre (40), a station (41) and a point (42), each below the one before.
fn network() -> Book {
    let mut book = village();
    book.put(station(40, "centre", "990101000000", None));
    book.put(station(41, "station", "990101102000", Some(40)));
    book.put(station(42, "point", "990101102201", Some(41)));
    book
}

fn code(result: Result<Vec<crate::domain::change::Change>, Refusal>) -> String {
    result
        .err()
        .map(|refusal| format!("{} {}", refusal.code(), refusal.field().unwrap_or_default()))
        .unwrap_or_default()
}

#[test]
fn a_station_stands_in_a_region_of_its_level_below_one_of_the_level_above() {
    let book = network();
    let check = |level: &str, region: &str, parent: Option<u8>, expected: &str| {
        let record = Box::new(station(50, level, region, parent).into());
        let decided = decide(&book, &actor(1, Role::CivilAffairs), now(), &Command::Register { record });
        assert_eq!(code(decided), expected, "{level} {region} {parent:?}");
    };
    check("centre", "990102000000", None, "");
    check("centre", "441900000000", None, ""); // a city without counties
    check("centre", "990101102000", None, "station.region region");
    check("centre", "990102000000", Some(40), "station.parentless parent");
    check("station", "990101103000", Some(40), "");
    check("station", "990101103000", None, "station.parent parent");
    check("station", "990101103000", Some(41), "station.parent parent");
    check("station", "990102103000", Some(40), "station.parent_elsewhere parent");
    check("point", "990101102202", Some(41), "");
    check("point", "990101102000", Some(41), "station.region region");
    check("point", "990101102201001", Some(41), "station.region region");
    check("point", "990101102202", Some(40), "station.parent parent");
    check("point", "990101102202", Some(99), "record.not_found parent");
    check("corner", "990101102202", Some(41), "code.unknown level");
}

#[test]
fn who_amends_a_station_cannot_put_it_where_none_can_stand() {
    let book = network();
    let held: Station = book.get(id(42));
    let amend = |field: &str, after: Value| {
        let before = held.get(field).unwrap();
        let change = FieldChange { field: field.to_owned(), before, after };
        let command = Command::Amend { household: None, amendments: vec![Amendment { record: held.key(), change }] };
        code(decide(&book, &actor(1, Role::CivilAffairs), now(), &command))
    };
    assert_eq!(amend("region", Value::Text("990101102202".into())), "");
    assert_eq!(amend("region", Value::Text("990101102000".into())), "station.region region");
    assert_eq!(amend("parent", Value::Null), "station.parent parent");
    assert_eq!(amend("name", Value::Text("新名".into())), "");
}

#[test]
fn an_organisation_belongs_to_one_that_is_there_and_not_to_itself() {
    let mut book = village();
    book.put(Org { id: OrgId(id(60)), name: "慈善总会".into(), kind: first("org_kind"), ..Org::default() });
    let check = |hub: Option<u8>, expected: &str| {
        let hub = hub.map(|hub| OrgId(id(hub)));
        let org = Org { id: OrgId(id(61)), name: "协会".into(), kind: first("org_kind"), hub, ..Org::default() };
        let command = Command::Register { record: Box::new(org.into()) };
        assert_eq!(code(decide(&book, &actor(1, Role::CivilAffairs), now(), &command)), expected);
    };
    check(None, "");
    check(Some(60), "");
    check(Some(61), "org.hub_itself hub");
    check(Some(62), "record.not_found hub");
    let worker = Worker { id: WorkerId(id(63)), name: "王".into(), org: Some(OrgId(id(62))), ..Worker::default() };
    let command = Command::Register { record: Box::new(worker.into()) };
    assert_eq!(code(decide(&book, &actor(1, Role::CivilAffairs), now(), &command)), "record.not_found org");
}

#[test]
fn a_territory_is_amended_by_who_saw_it() {
    let book = village();
    let regions = |codes: &[&str]| Value::List(codes.iter().map(|code| Value::Text((*code).into())).collect());
    let amend = |before: Value, after: Value| {
        let record = Worker { id: WorkerId(id(2)), ..Worker::default() }.key();
        let change = FieldChange { field: "regions".into(), before, after };
        let command = Command::Amend { household: None, amendments: vec![Amendment { record, change }] };
        code(decide(&book, &actor(1, Role::CivilAffairs), now(), &command))
    };
    assert_eq!(amend(Value::Null, regions(&["990101102201"])), "");
    assert_eq!(amend(regions(&["990101102202"]), regions(&["990101102201"])), "conflict.stale regions");
    assert_eq!(amend(Value::Null, regions(&["here"])), "field.invalid regions");
}

#[test]
fn a_village_does_not_dispose_of_what_its_county_has() {
    let mut book = network();
    let county = RegionCode::parse("990101000000").unwrap();
    let named = |name: &str, region: RegionCode| Resource {
        id: id(70).into(),
        name: name.into(),
        kind: first("resource_kind"),
        pool: first("pool"),
        quantity: 9,
        region,
        ..Resource::default()
    };
    let resource = named("棉被", county.clone());
    book.put(Resource { allotted: 3, ..resource.clone() });
    let station = Some(StationId(id(42)));
    let held = Allotment { id: id(72).into(), resource: id(70).into(), station, quantity: 3, ..Allotment::default() };
    book.put(Allotment { id: id(71).into(), ..held.clone() });
    let of = |region: &str| Actor { regions: vec![RegionCode::parse(region).unwrap()], ..actor(1, Role::GridWorker) };
    let check = |region: &str, command: &Command, expected: &str| {
        assert_eq!(code(decide(&book, &of(region), now(), command)), expected, "{region} {}", command.name());
    };
    let allot = Command::AllotStock { allotment: Box::new(held) };
    check("990101000000", &allot, "");
    check("990101102201", &allot, "stock.outside_territory ");
    let change = FieldChange { field: "quantity".into(), before: Value::Int(9), after: Value::Int(90) };
    let amend = Command::Amend { household: None, amendments: vec![Amendment { record: resource.key(), change }] };
    check("990101000000", &amend, "");
    check("990101102201", &amend, "stock.outside_territory ");
    let own = Resource { id: id(73).into(), ..named("鼓楼", RegionCode::parse("990101102201").unwrap()) };
    check("990101102201", &Command::Register { record: Box::new(own.into()) }, "");
    let other = Resource { id: id(74).into(), ..named("鼓楼", county) };
    check("990101102201", &Command::Register { record: Box::new(other.into()) }, "stock.outside_territory ");
    // What the point itself has it may give back.
    let back = Command::ReturnStock { allotment: id(71).into(), quantity: 3 };
    check("990101102201", &back, "");
    check("990101103201", &back, "stock.outside_territory ");
}

#[test]
fn a_point_gives_out_to_households_of_its_region() {
    let mut book = network();
    book.put(station(43, "point", "990101102202", Some(41)));
    let resource =
        Resource { id: id(70).into(), name: "棉被".into(), quantity: 9, allotted: 9, ..Resource::default() };
    book.put(resource);
    for (n, at) in [(71, 42), (72, 43), (73, 41)] {
        let station = Some(StationId(id(at)));
        book.put(Allotment { id: id(n).into(), resource: id(70).into(), station, quantity: 3, ..Allotment::default() });
    }
    let give = |allotment: u8, quantity: u32| {
        let command = Command::SpendStock { allotment: id(allotment).into(), household: household(), quantity };
        code(decide(&book, &actor(1, Role::GridWorker), now(), &command))
    };
    assert_eq!(give(71, 3), "");
    assert_eq!(give(71, 4), "stock.short quantity");
    assert_eq!(give(71, 0), "stock.short quantity");
    assert_eq!(give(72, 1), "stock.other_point household");
    assert_eq!(give(73, 1), "", "the town's station serves its villages");
}
