//! One suite for every index, and a model that random batches are compared with.

use std::collections::BTreeMap;

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::{Batch, Index, MAX_VALUE, MemoryIndex, SledIndex};
use crate::i18n::Explain;
use crate::store::seal::{Keys, Purpose, Sealer};

/// How a case gets a fresh index; a second call of `reopen` gives it again after it was closed.
struct Case {
    name: &'static str,
    folder: tempfile::TempDir,
    sealed: bool,
}

impl Case {
    fn all() -> Vec<Case> {
        [("memory", true), ("sled, sealed", true), ("sled, unsealed", false)]
            .map(|(name, sealed)| Case { name, folder: tempfile::tempdir().unwrap(), sealed })
            .into()
    }

    fn sealer(&self) -> Sealer {
        Keys::new(Zeroizing::new([9; 32]), self.sealed).sealer(Purpose::Index)
    }

    fn open(&self) -> Box<dyn Index> {
        match self.name {
            "memory" => Box::new(MemoryIndex::new()),
            _ => Box::new(SledIndex::open(&self.folder.path().join("index"), self.sealer(), 1 << 20).unwrap()),
        }
    }

    fn keeps(&self) -> bool {
        self.name != "memory"
    }
}

fn batch(ops: &[(&str, Option<&str>)]) -> Batch {
    ops.iter().map(|(key, value)| (key.as_bytes().to_vec(), value.map(|v| v.as_bytes().to_vec()))).collect()
}

fn all(index: &dyn Index, prefix: &str) -> Vec<(String, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    index.scan(prefix.as_bytes()).map(|record| record.unwrap()).map(|(key, value)| (text(key), text(value))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn what_is_put_is_found_until_it_is_deleted() {
    for case in Case::all() {
        let index = case.open();
        assert_eq!(index.get(b"h1").unwrap(), None, "{}", case.name);
        index.apply(1, &batch(&[("h1", Some("张")), ("h2", Some("李")), ("v1", Some(""))])).unwrap();
        assert_eq!(index.get(b"h1").unwrap().unwrap(), "张".as_bytes(), "{}", case.name);
        assert_eq!(index.get(b"v1").unwrap().unwrap(), b"", "{}", case.name);
        index.apply(2, &batch(&[("h1", None), ("h3", None), ("h2", Some("王"))])).unwrap();
        assert_eq!(all(&*index, ""), pairs(&[("h2", "王"), ("v1", "")]), "{}", case.name);
        assert_eq!(index.applied_seq(), 2);
        assert_eq!(index.stats().records, 2);
        index.verify(&mut |_| {}).unwrap();
    }
}

#[test]
fn a_scan_gives_its_prefix_in_order() {
    for case in Case::all() {
        let index = case.open();
        index
            .apply(1, &batch(&[("b", Some("3")), ("ab", Some("2")), ("a", Some("1")), ("b\u{7f}", Some("4"))]))
            .unwrap();
        assert_eq!(all(&*index, "a"), pairs(&[("a", "1"), ("ab", "2")]), "{}", case.name);
        assert_eq!(all(&*index, "b"), pairs(&[("b", "3"), ("b\u{7f}", "4")]), "{}", case.name);
        assert_eq!(all(&*index, "c"), vec![], "{}", case.name);
        assert_eq!(all(&*index, "").len(), 4, "{}: its own record is hidden", case.name);
    }
}

#[test]
fn a_scan_may_begin_anywhere() {
    let many: Vec<String> = (0..200).map(|n| format!("m{n:03}")).collect();
    let ops: Vec<(&str, Option<&str>)> =
        many.iter().map(|key| (key.as_str(), Some("v"))).chain([("a", Some("1")), ("n", Some("2"))]).collect();
    for case in Case::all() {
        let index = case.open();
        index.apply(1, &batch(&ops)).unwrap();
        let check = |prefix: &str, from: &str, expected: &[&str]| {
            let scan = index.scan_from(prefix.as_bytes(), from.as_bytes());
            let found: Vec<String> = scan.map(|record| String::from_utf8(record.unwrap().0).unwrap()).collect();
            assert_eq!(found, expected, "{}: {prefix} from {from}", case.name);
        };
        let all: Vec<&str> = many.iter().map(String::as_str).collect();
        check("m", "", &all);
        check("m", "m", &all);
        check("m", "a", &all);
        check("m", "m063", &all[63..]);
        check("m", "m063\0", &all[64..]);
        check("m", "m199\0", &[]);
        check("m", "n", &[]);
        check("m19", "m195", &all[195..]);
        check("b", "a", &[]);
        check("", "m199", &["m199", "n"]);
    }
}

#[test]
fn the_last_operation_on_a_key_counts() {
    for case in Case::all() {
        let index = case.open();
        index.apply(1, &batch(&[("k", Some("1")), ("k", None), ("k", Some("2"))])).unwrap();
        index.apply(1, &batch(&[("l", Some("1")), ("l", None)])).unwrap();
        assert_eq!(all(&*index, ""), pairs(&[("k", "2")]), "{}", case.name);
        index.verify(&mut |_| {}).unwrap();
    }
}

#[test]
fn misuse_is_refused_and_changes_nothing() {
    let long = "x".repeat(MAX_VALUE + 1);
    let cases: [(u64, Batch, &str); 5] = [
        (1, batch(&[("good", Some("1")), ("", Some("1"))]), "store.misuse"),
        (1, batch(&[("good", Some("1")), ("\0meta", Some("1"))]), "store.misuse"),
        (1, batch(&[("good", Some("1")), (&"k".repeat(300), Some("1"))]), "store.misuse"),
        (1, batch(&[("good", Some("1")), ("long", Some(&long))]), "store.too_large"),
        (0, batch(&[("good", Some("1"))]), "store.misuse"),
    ];
    for case in Case::all() {
        let index = case.open();
        index.apply(1, &batch(&[("k", Some("1"))])).unwrap();
        for (seq, batch, code) in &cases {
            assert_eq!(index.apply(*seq, batch).unwrap_err().code(), *code, "{}", case.name);
        }
        assert_eq!(all(&*index, ""), pairs(&[("k", "1")]), "{}", case.name);
        index.verify(&mut |_| {}).unwrap();
    }
}

#[test]
fn large_values_come_back_after_a_reopen() {
    for case in Case::all().into_iter().filter(Case::keeps) {
        let sizes = [1, 1000, 4096, 16_384, 20_000, 65_536, MAX_VALUE];
        let index = case.open();
        for (at, size) in sizes.iter().enumerate() {
            let mut batch = Batch::new();
            batch.put(format!("k{at}"), vec![at as u8; *size]);
            index.apply(at as u64, &batch).unwrap();
        }
        index.make_durable().unwrap();
        drop(index);
        let index = case.open();
        for (at, size) in sizes.iter().enumerate() {
            assert_eq!(index.get(format!("k{at}").as_bytes()).unwrap().unwrap(), vec![at as u8; *size]);
        }
        index.verify(&mut |_| {}).unwrap();
    }
}

#[test]
fn nothing_readable_about_a_person_reaches_the_files() {
    let case = Case { name: "sled, sealed", folder: tempfile::tempdir().unwrap(), sealed: true };
    let index = case.open();
    for seq in 1..200 {
        index.apply(seq, &batch(&[(&format!("h{seq}"), Some("张淑芬 990101194512120021"))])).unwrap();
    }
    index.make_durable().unwrap();
    drop(index);
    let mut bytes = 0;
    for entry in std::fs::read_dir(case.folder.path().join("index")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let content = std::fs::read(&path).unwrap();
            bytes += content.len();
            for secret in ["张淑芬".as_bytes(), b"9901011945"] {
                assert!(!content.windows(secret.len()).any(|window| window == secret), "{}", path.display());
            }
        }
    }
    assert!(bytes > 10_000, "the files were looked at");
}

#[derive(Debug, Clone)]
enum Step {
    Apply(Vec<(u8, Option<Vec<u8>>)>),
    Durable,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop::option::weighted(0.8, prop::collection::vec(any::<u8>(), 0..600));
    prop_oneof![
        8 => prop::collection::vec((0u8..40, value), 0..12).prop_map(Step::Apply),
        1 => Just(Step::Durable),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_index_behaves_as_a_sorted_map(steps in prop::collection::vec(step(), 1..30)) {
        for case in Case::all() {
            let mut index = case.open();
            let mut model: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
            for (seq, step) in steps.iter().enumerate() {
                match step {
                    Step::Apply(ops) => {
                        let mut batch = Batch::new();
                        for (key, value) in ops {
                            let key = format!("key {key}").into_bytes();
                            match value {
                                Some(value) => {
                                    batch.put(key.clone(), value.clone());
                                    model.insert(key, value.clone());
                                }
                                None => {
                                    batch.delete(key.clone());
                                    model.remove(&key);
                                }
                            }
                        }
                        index.apply(seq as u64, &batch).unwrap();
                        prop_assert_eq!(index.applied_seq(), seq as u64);
                    }
                    Step::Durable => index.make_durable().unwrap(),
                    Step::Reopen if case.keeps() => {
                        let before = (index.applied_seq(), index.stats().records);
                        drop(index);
                        index = case.open();
                        prop_assert_eq!((index.applied_seq(), index.stats().records), before);
                    }
                    Step::Reopen => {}
                }
            }
            let found: BTreeMap<_, _> = index.scan(b"").map(|record| record.unwrap()).collect();
            prop_assert_eq!(&found, &model, "{}", case.name);
            prop_assert_eq!(index.stats().records, model.len() as u64);
            index.verify(&mut |_| {}).unwrap();
        }
    }
}
