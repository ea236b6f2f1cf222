//! How long to wait before the next try.

use std::time::Duration;

use rand::RngExt as _;

/// Pauses that grow, with chance in them: a county whose server was away does not come back all at one moment.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

/// The longest pause that a server may ask for.
const MOST_ASKED: Duration = Duration::from_secs(600);

impl Backoff {
    /// Begins with pauses of about `first`, and ends with pauses of about `longest`.
    pub fn new(first: Duration, longest: Duration) -> Backoff {
        Backoff { first, longest, next: first }
    }

    /// The next pause: between half of the present step and all of it, and never shorter than what the server asked for
    /// (up to ten minutes).
    pub fn pause(&mut self, asked: Option<Duration>) -> Duration {
        let share = rand::rng().random_range(0.5..=1.0);
        let own = self.next.mul_f64(share);
        self.next = (self.next * 2).min(self.longest);
        // All who were asked to wait as long do not come back together either.
        asked.map_or(own, |asked| own.max(asked.min(MOST_ASKED).mul_f64(0.5 + share)))
    }

    /// After a success.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_obey_the_server() {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(8));
        let mut backoff = Backoff::new(first, longest);
        for step in [1, 2, 4, 8, 8, 8] {
            let (step, pause) = (Duration::from_secs(step), backoff.pause(None));
            assert!(pause >= step / 2 && pause <= step, "{pause:?} of {step:?}");
        }
        backoff.reset();
        assert!(backoff.pause(None) <= first);
        let asked = Duration::from_secs(100);
        let pause = backoff.pause(Some(asked));
        assert!(pause >= asked && pause <= asked * 2, "{pause:?}");
        assert!(backoff.pause(Some(Duration::from_secs(1 << 40))) <= MOST_ASKED * 2);
    }
}
