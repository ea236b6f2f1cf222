//! Every central store passes one suite.

mod central_support;

use std::sync::Arc;

use central_support::conformance;
use zeroize::Zeroizing;
use zhulian::central::store::{LocalStore, Store};
use zhulian::store::index::SledIndex;
use zhulian::store::seal::{Keys, Purpose};

#[test]
fn the_store_in_memory_conforms() {
    conformance::all(&|| Arc::new(LocalStore::in_memory()));
}

fn embedded(folder: &std::path::Path) -> LocalStore {
    let sealer = Keys::new(Zeroizing::new([9; 32]), true).sealer(Purpose::Index);
    LocalStore::new(Arc::new(SledIndex::open(&folder.join("index"), sealer, 1 << 20).unwrap()))
}

#[test]
fn the_embedded_store_conforms() {
    let folders = std::cell::RefCell::new(Vec::new());
    conformance::all(&|| {
        let folder = tempfile::tempdir().unwrap();
        let store = embedded(folder.path());
        folders.borrow_mut().push(folder);
        Arc::new(store)
    });
}

#[test]
fn the_embedded_store_keeps_what_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let store = embedded(folder.path());
    let county = central_support::County::over(Arc::new(store.clone()), Arc::new(store));
    county.authority.found(zhulian::domain::id::DeviceId(central_support::words::id(0, 0)), [7; 32]).unwrap();
    county.worker(1, zhulian::domain::worker::Role::CivilAffairs);
    county.must(&central_support::words::household(1, 1));
    let device = county.device(11, zhulian::domain::worker::Role::GridWorker, &[1]);
    drop(county);
    let store = embedded(folder.path());
    let mut tx = store.begin().unwrap();
    assert_eq!(tx.realm().unwrap().epoch, 1);
    assert!(tx.holds_files().unwrap());
    assert_eq!(tx.devices().unwrap()[0].id, device.id);
}
