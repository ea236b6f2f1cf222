//! Keeping sled's threads asleep while nothing happens.
//!
//! The first time that a process opens sled it starts a pool of seven threads for reading and writing, which lives as
//! long as the process. Each of them looks for work once a second, also when there is none: seven wake-ups a second of
//! an idle console, which neither sled's configuration nor closing the database ends. A thread's timer slack says by how
//! much the system may put off its time-outs to save wake-ups. It is inherited by the threads that a thread starts, and
//! a thread that is given work is woken at once whatever it is. So it is set to a minute while sled starts its pool.
//!
//! Linux only; elsewhere, and where `/proc` cannot be written, the seven wake-ups stay.

use std::fs;
use std::path::PathBuf;

/// The slack of the pool's threads, in nanoseconds: a minute, at which the console's clock wakes up anyway.
const SLACK: u64 = 60_000_000_000;

/// Runs what may start sled's pool.
pub(super) fn starting_quietly<T>(start: impl FnOnce() -> T) -> T {
    let _restored = Slack::set();
    start()
}

/// Sets this thread's slack back when it is dropped: also when sled panics on a damaged file, for every later pause of
/// this thread would take a minute.
struct Slack {
    path: PathBuf,
    before: String,
}

impl Slack {
    fn set() -> Option<Slack> {
        let path = own_slack()?;
        let before = fs::read_to_string(&path).ok()?;
        let slack = Slack { path, before };
        // Without it everything works as well, with more wake-ups.
        let _ = fs::write(&slack.path, SLACK.to_string());
        Some(slack)
    }
}

impl Drop for Slack {
    fn drop(&mut self) {
        let _ = fs::write(&self.path, self.before.trim());
    }
}

/// Where the timer slack of this thread stands.
fn own_slack() -> Option<PathBuf> {
    let thread = fs::read_link("/proc/thread-self").ok()?; // 123/task/456
    Some(PathBuf::from("/proc").join(thread.file_name()?).join("timerslack_ns"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slack(path: &std::path::Path) -> Option<u64> {
        fs::read_to_string(path).ok()?.trim().parse().ok()
    }

    #[test]
    fn threads_started_meanwhile_sleep_long_and_this_one_as_before() {
        let Some((path, before)) = own_slack().and_then(|path| Some((path.clone(), slack(&path)?))) else {
            return eprintln!("skipped: this system does not tell a thread's timer slack");
        };
        let inherited = starting_quietly(|| std::thread::spawn(|| own_slack().and_then(|path| slack(&path))));
        assert_eq!(inherited.join().unwrap(), Some(SLACK));
        assert_eq!(slack(&path), Some(before));
        assert!(crate::containment::contained::<()>(|| starting_quietly(|| panic!("a damaged file"))).is_err());
        assert_eq!(slack(&path), Some(before));
    }
}
