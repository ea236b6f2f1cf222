//! The console on a disk that takes nothing more, and on one that fails: what is on record can be read, what was typed
//! stays.

mod screens_support;

use std::sync::Arc;

use screens_support::{Bench, console, on_disk};
use zhulian::desk::Desk;
use zhulian::i18n::Lang;
use zhulian::replica::Replica;
use zhulian::store::disk::{Fault, FaultDisk, RealDisk};
use zhulian::store::{Home, Unlock};

const NOTE: &str = "老人身体尚好，药已备齐";

fn village_on(fault: Fault) -> (Bench, Arc<FaultDisk>) {
    let disk = Arc::new(FaultDisk::new(Arc::new(RealDisk), Fault::None));
    let bench = on_disk(disk.clone(), Lang::Zh);
    let from = disk.count() + 1;
    disk.set_fault(match fault {
        Fault::FullFrom(_) => Fault::FullFrom(from),
        _ => Fault::SyncErrorFrom(from),
    });
    (bench, disk)
}

#[test]
fn a_full_disk_is_said_and_the_visit_goes_in_once_there_is_room() {
    let (mut bench, disk) = village_on(Fault::FullFrom(0));
    let before = bench.desk.replica().store().last_seq();
    bench.drive.keys("F4 Tab Tab").type_text(NOTE);
    let refused = bench.drive.keys("F8").screen();
    assert!(refused.contains("磁盘空间不足") && refused.contains("store.disk_full"), "{refused}");
    assert!(refused.contains("磁盘已满"), "the status line says it as long as it lasts: {refused}");
    assert!(refused.contains(NOTE), "{refused}");
    assert_eq!(bench.desk.replica().store().last_seq(), before);
    // Looking around still works, and the form is still there.
    let found = bench.drive.keys("F2").type_text("zsf").screen();
    assert!(found.contains("张淑芬"), "{found}");
    let form = bench.drive.keys("Esc").screen();
    assert!(form.contains(NOTE), "{form}");
    disk.set_fault(Fault::None);
    let saved = bench.drive.keys("F8").screen();
    assert!(saved.contains("已保存") && !saved.contains("磁盘已满"), "{saved}");
    assert_eq!(bench.desk.replica().store().last_seq(), before + 1);
}

#[test]
fn after_a_failed_sync_the_console_only_reads() {
    let (mut bench, _) = village_on(Fault::SyncErrorFrom(0));
    let visit = |bench: &mut Bench| bench.drive.keys("F2").type_text("zsf").keys("Enter F4").screen();
    visit(&mut bench);
    bench.drive.keys("Tab Tab").type_text(NOTE);
    let refused = bench.drive.keys("F8").screen();
    assert!(refused.contains("已转为只读") && refused.contains(NOTE), "{refused}");
    let list = bench.drive.keys("Esc Alt-2").screen();
    assert!(list.contains("只读") && list.contains("张淑芬"), "{list}");
    // What would write says why it cannot.
    let wish = bench.drive.keys("Alt-5 Enter").screen();
    assert!(wish.contains("可以查看，不能登记"), "{wish}");
    // The draft is there after a new start on a good disk.
    let Bench { folder, desk, drive } = bench;
    drop((drive, desk));
    let (replica, _) = Replica::open(Home::new(folder.path()), &Unlock::Nothing).unwrap();
    let mut bench = console(folder, Desk::new(Arc::new(replica), None), Lang::Zh, 80, 24);
    let again = visit(&mut bench);
    assert!(again.contains(NOTE) && again.contains("草稿"), "{again}");
}
