//! Rosters brought in through the desk: all or nothing, twice the same changes nothing.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use zhulian::desk::Desk;
use zhulian::replica::Replica;
use zhulian::roster::plan::Plan;
use zhulian::roster::read::unwatched;
use zhulian::roster::source::{Options, Source};
use zhulian::store::{Home, KeyMode};

fn plan(desk: &Desk, names: &[&str]) -> Plan {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rosters");
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    let source = Source::open(&paths, &Options::on(Desk::now().today()), &mut unwatched).unwrap();
    desk.plan_import(source, &mut unwatched).unwrap()
}

fn commit(desk: &Desk, plan: &Plan) -> u64 {
    desk.commit_import(plan, Desk::now(), &mut |_, _| ControlFlow::Continue(())).unwrap()
}

#[test]
fn a_roster_comes_in_whole_and_a_second_time_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::create(Home::new(folder.path()), &KeyMode::KeyFile).unwrap();
    Desk::settle_in(&replica, "王网格", Desk::now()).unwrap();
    let desk = Desk::new(Arc::new(replica), None);
    let files = ["低保家庭查询_东岙镇.xlsx", "低保家庭人员查询_东岙镇.xlsx"];

    let first = plan(&desk, &files);
    assert_eq!((first.households().new, first.members().new), (400, 1052));
    assert_eq!(desk.replica().read().rows.len(), 0, "planning changes nothing");
    commit(&desk, &first);
    {
        let memory = desk.replica().read();
        assert_eq!(memory.rows.iter().filter(|(_, row)| row.is_present()).count(), 400);
        let people: u32 = memory.rows.iter().map(|(_, row)| u32::from(row.fixed().members)).sum();
        assert_eq!(people, 1052);
        let place = memory.rows.get(0).and_then(|row| memory.region(row.fixed().region)).unwrap();
        assert!(memory.reference.place(place).starts_with("东岙镇"), "{}", memory.reference.place(place));
    }
    let second = plan(&desk, &files);
    assert!(!second.is_effective());
    assert_eq!((second.households().unchanged, second.households().new, second.households().updated), (400, 0, 0));
}

#[test]
fn a_cancelled_import_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::create(Home::new(folder.path()), &KeyMode::KeyFile).unwrap();
    Desk::settle_in(&replica, "王网格", Desk::now()).unwrap();
    let desk = Desk::new(Arc::new(replica), None);
    let planned = plan(&desk, &["特困人员_东岙镇.xlsx", "低保家庭查询_东岙镇.xlsx", "低保家庭人员查询_东岙镇.xlsx"]);
    let cancelled = desk.commit_import(&planned, Desk::now(), &mut |_, count| {
        if count > 100 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(cancelled.is_err());
    assert_eq!(desk.replica().read().rows.len(), 0);
    commit(&desk, &planned);
    assert_eq!(desk.replica().read().rows.len(), 460);
}
