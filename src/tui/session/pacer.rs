//! When the next frame may go out, so that a held key on a slow link never queues frames.
//!
//! Behind a frame goes a status query; the terminal's answer tells that the frame has arrived. Frames are held back
//! while more bytes are under way than the link carries in about one round trip. A terminal that does not answer
//! costs nothing: nothing waits for a first answer, and after a few silent queries no more are sent.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The state of one link.
#[derive(Debug, Clone)]
pub(super) struct Pacer {
    /// Frames that have not been answered: when they were sent, and their bytes.
    under_way: VecDeque<(Instant, usize)>,
    /// Bytes that may be under way before the next frame has to wait.
    window: usize,
    /// The shortest time from a frame to its answer, and the last.
    base: Option<Duration>,
    last: Duration,
    /// Whether the terminal has ever answered.
    answers: bool,
    /// Queries sent without any answer yet, the time of the first, and the bytes sent since the start.
    silent: u32,
    first_query: Option<Instant>,
    blind_bytes: usize,
}

/// A frame not answered for so long is taken for lost.
const LOST_AFTER: Duration = Duration::from_secs(2);
/// So many queries are tried on a terminal that never answers.
const TRIES: u32 = 4;
/// Until a terminal has answered, or this time has passed without an answer, no more than so many bytes are sent.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const BLIND_LIMIT: usize = 16 * 1024;
/// A longer wait than the base time by this much means that frames queue up.
const QUEUE_LIMIT: Duration = Duration::from_millis(25);
/// A first answer comes within this time, or later than anyone would wait for at the end.
const FIRST_ANSWER: Duration = Duration::from_millis(300);
const WINDOW_START: usize = 2048;
const WINDOW_LEAST: usize = 256;
const WINDOW_MOST: usize = 64 * 1024;

impl Pacer {
    pub(super) fn new(queries: bool) -> Pacer {
        Pacer {
            under_way: VecDeque::new(),
            window: WINDOW_START,
            base: None,
            last: Duration::ZERO,
            answers: false,
            silent: if queries { 0 } else { TRIES },
            first_query: None,
            blind_bytes: 0,
        }
    }

    /// Whether a frame may go out now.
    pub(super) fn may_send(&mut self, now: Instant) -> bool {
        while self.under_way.front().is_some_and(|(sent, _)| now.saturating_duration_since(*sent) >= LOST_AFTER) {
            self.under_way.pop_front();
        }
        if self.answers {
            return self.bytes_under_way() < self.window || self.under_way.is_empty();
        }
        // Not known yet: a mute terminal must not be kept waiting, a slow one not be flooded meanwhile.
        let waiting = self.first_query.is_some_and(|first| now.saturating_duration_since(first) < FIRST_WAIT);
        !waiting || self.blind_bytes < BLIND_LIMIT
    }

    /// When a frame that has to wait may go out at the latest.
    pub(super) fn latest(&self) -> Option<Instant> {
        if !self.answers {
            return self.first_query.map(|first| first + FIRST_WAIT);
        }
        self.under_way.front().map(|(sent, _)| *sent + LOST_AFTER)
    }

    fn bytes_under_way(&self) -> usize {
        self.under_way.iter().map(|(_, bytes)| bytes).sum()
    }

    /// A frame of `bytes` goes out. Returns whether a query shall follow it.
    pub(super) fn sent(&mut self, bytes: usize, now: Instant) -> bool {
        if !self.answers {
            self.blind_bytes = self.blind_bytes.saturating_add(bytes);
            if self.silent >= TRIES {
                return false;
            }
            self.silent += 1;
            self.first_query.get_or_insert(now);
        }
        self.under_way.push_back((now, bytes));
        true
    }

    /// The terminal has answered the oldest query.
    pub(super) fn answered(&mut self, now: Instant) {
        self.answers = true;
        let before = self.bytes_under_way();
        let Some((sent, _)) = self.under_way.pop_front() else { return };
        let took = now.saturating_duration_since(sent);
        self.last = took;
        let base = match self.base {
            // The base time follows a link that has become slower, slowly.
            Some(base) if took > base => base + (took - base) / 64,
            _ => took,
        };
        self.base = Some(base);
        if took > base + QUEUE_LIMIT {
            // What was under way stood in a queue for a part of the time: as many bytes as fit without one.
            let share = base.as_secs_f64() / took.as_secs_f64();
            let fits = (before as f64 * share) as usize;
            self.window = fits.min(self.window).max(WINDOW_LEAST);
        } else if before * 2 > self.window {
            self.window = (self.window + WINDOW_LEAST).min(WINDOW_MOST);
        }
    }

    /// How long to wait at the end for answers under way, so that they do not reach the shell as typed text.
    pub(super) fn grace(&self, now: Instant) -> Option<Duration> {
        let (sent, _) = self.under_way.back()?;
        if self.answers {
            Some(self.last * 2 + Duration::from_millis(10))
        } else {
            // A session that ends right after its start may not have heard of its terminal yet.
            let fresh = now.saturating_duration_since(*sent) < FIRST_ANSWER;
            fresh.then_some(FIRST_ANSWER / 2)
        }
    }

    /// The connection begins anew (after a suspension): what was under way is not answered.
    pub(super) fn forget(&mut self) {
        self.under_way.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link with a delay in each direction and a rate, on which Down is held: the time from the last key to the
    /// arrival of the last frame, for frames of `frame` bytes and a key every `every` for 1.5 s.
    fn lag(delay: Duration, bytes_per_second: usize, frame: usize, answers: bool) -> Duration {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut pacer = Pacer::new(true);
        let (mut free, mut answers_due, mut dirty) = (start, VecDeque::new(), false);
        let mut last_arrival = start;
        let last_key = 1500;
        for ms in 0..20_000 {
            let now = at(ms);
            while answers_due.front().is_some_and(|due| *due <= now) {
                answers_due.pop_front();
                pacer.answered(now);
            }
            dirty |= ms <= last_key && ms % 33 == 0;
            if dirty && pacer.may_send(now) {
                dirty = false;
                let query = pacer.sent(frame, now);
                free = free.max(now) + Duration::from_secs_f64(frame as f64 / bytes_per_second as f64);
                last_arrival = free + delay;
                if query && answers {
                    answers_due.push_back(free + delay * 2);
                }
            }
        }
        last_arrival.saturating_duration_since(at(1485))
    }

    #[test]
    fn a_held_key_lags_by_about_one_round_trip() {
        let ms = Duration::from_millis;
        // Small frames are never held back.
        assert!(lag(ms(100), 16_000, 60, true) < ms(110));
        assert!(lag(ms(100), 16_000, 300, true) < ms(130));
        // Frames of which the link carries fewer than keys come: a queue of them would take seconds.
        assert!(lag(ms(100), 16_000, 1500, true) < ms(450), "{:?}", lag(ms(100), 16_000, 1500, true));
        assert!(lag(ms(100), 16_000, 4500, true) < ms(1000), "{:?}", lag(ms(100), 16_000, 4500, true));
        assert!(lag(ms(10), 16_000, 1500, true) < ms(250), "{:?}", lag(ms(10), 16_000, 1500, true));
        assert!(lag(ms(100), 16_000, 4500, false) > ms(3000), "the test would not notice a queue");
    }

    #[test]
    fn a_mute_terminal_is_not_waited_for() {
        let now = Instant::now();
        let mut pacer = Pacer::new(true);
        // Everything that a person does in the first second, and without a limit after it.
        assert!((0..20).all(|_| pacer.may_send(now) && (pacer.sent(500, now) || pacer.silent == TRIES)));
        let later = now + FIRST_WAIT;
        let queries = (0..100).filter(|_| pacer.may_send(later) && pacer.sent(10_000, later)).count();
        assert_eq!(queries, 0);
        assert!(pacer.may_send(later));
        assert_eq!(pacer.grace(later), None);
        let mut pacer = Pacer::new(false);
        assert!((0..100).all(|_| pacer.may_send(now) && !pacer.sent(10_000, now)));
    }

    #[test]
    fn a_lost_answer_delays_only_once() {
        let now = Instant::now();
        let mut pacer = Pacer::new(true);
        pacer.sent(10, now);
        pacer.answered(now);
        pacer.sent(100_000, now);
        assert!(!pacer.may_send(now));
        assert_eq!(pacer.latest(), Some(now + LOST_AFTER));
        assert!(pacer.may_send(now + LOST_AFTER));
    }
}
