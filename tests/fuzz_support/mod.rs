//! Deterministic fuzzing: a seed makes a case, `FUZZ_SEED` and `FUZZ_CASES` make others.
#![allow(dead_code, reason = "each test program uses its part")]

pub mod mutate;
pub mod tree;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use zhulian::i18n::{Explain, Lang};

/// The seed of the first case where `FUZZ_SEED` says no other.
const SEED: u64 = 20_261_122;
/// A case that takes longer has run away; no timing, so it is far more than any case needs.
const RUN_AWAY: Duration = Duration::from_secs(30);
/// The most memory that the process may ever have held, where the system tells: far more than the doors need, far less
/// than a declared length of four billion.
const MEMORY: u64 = 1 << 30;

/// A small generator: the same numbers for the same seed.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..4 {
            dice.next();
        }
        dice
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn roll(&mut self, sides: usize) -> usize {
        (self.next() % sides.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs the cases of a door. One that fails says how to see it again.
pub fn door(test: &str, usual: u64, mut case: impl FnMut(&mut Dice)) {
    let seed = variable("FUZZ_SEED").unwrap_or(SEED);
    for n in 0..variable("FUZZ_CASES").unwrap_or(usual) {
        let seed = seed.wrapping_add(n);
        let began = Instant::now();
        let done = catch_unwind(AssertUnwindSafe(|| case(&mut Dice::new(seed))));
        let again =
            || eprintln!("again: FUZZ_SEED={seed} FUZZ_CASES=1 cargo test --test {} {test}", env!("CARGO_CRATE_NAME"));
        if let Err(fault) = done {
            again();
            resume_unwind(fault);
        }
        if began.elapsed() > RUN_AWAY {
            again();
            panic!("the case has run away: {:?}", began.elapsed());
        }
    }
    if let Some(peak) = peak_memory() {
        assert!(peak < MEMORY, "{test}: {} MiB were held", peak >> 20);
    }
}

/// The most memory that this process has held; `None` where the system does not tell.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

/// A refusal must be able to explain itself, and must not carry control characters to a screen.
pub fn explains(error: &dyn Explain) {
    let code = error.code();
    let stable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
    // Those of a single cell have no part before a point: "required".
    assert!(!code.is_empty() && code.chars().all(stable), "{code:?} is no code");
    for lang in [Lang::Zh, Lang::En] {
        assert!(!error.message(lang).is_empty() && !error.remedy(lang).is_empty(), "{code} says nothing");
    }
}
