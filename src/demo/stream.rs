//! A seeded stream of numbers that never changes.

use crate::domain::id::RecordId;
use crate::domain::moment::Moment;

/// What a stream is for. Each part of a household draws from a stream of its own, so that a change in one part leaves
/// the others as they were.
#[derive(Debug, Clone, Copy)]
pub(super) enum Topic {
    Region,
    Station,
    Org,
    Worker,
    Resource,
    Household,
    Member,
    Indicator,
    Visit,
    Need,
    Wish,
    Claim,
    Lead,
    StrayLead,
    Device,
    Allotment,
}

/// SplitMix64 (Steele, Lea, Flood 2014). Written out here because the demo's records, pictures and tests rest on the very
/// numbers: a generator from a library may give others after an update.
#[derive(Debug, Clone)]
pub(super) struct Stream(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Stream {
    /// The stream of one thing: its seed, what it is for, and which one of many.
    pub fn of(seed: u64, topic: Topic, number: u64) -> Stream {
        let topic = mix((topic as u64 + 1).wrapping_mul(GOLDEN));
        Stream(mix(mix(seed ^ topic).wrapping_add(number.wrapping_mul(GOLDEN))))
    }

    /// 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number below `limit`; 0 for a limit of 0.
    pub fn below(&mut self, limit: u32) -> u32 {
        // The high half of a product: even, without a division (Lemire 2019, without his last correction, which
        // would matter beyond one in four billion).
        ((u64::from(limit) * (self.next() >> 32)) >> 32) as u32
    }

    /// A number between two, both of them included; the first where the second is not greater.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::from(self.below(u32::try_from(high - low + 1).unwrap_or(0)))
    }

    /// Yes in that many of a hundred cases.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// Yes in that many of a thousand cases.
    pub fn per_mille(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of a list, each as likely. The list must not be empty: all lists here are constants.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u32) as usize]
    }

    /// One of a list by weight.
    pub fn weighted<T: Copy>(&mut self, list: &[(T, u32)]) -> T {
        let total: u32 = list.iter().map(|(_, weight)| weight).sum();
        let mut at = self.below(total);
        for (item, weight) in list {
            if at < *weight {
                return *item;
            }
            at -= weight;
        }
        list[list.len() - 1].0 // only reached when all weights are zero
    }

    /// An id that sorts by the moment and comes out the same every time.
    pub fn id(&mut self, at: Moment) -> RecordId {
        let (a, b) = (self.next().to_be_bytes(), self.next().to_be_bytes());
        let random = [a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], b[0], b[1]];
        RecordId::from_parts(u64::try_from(at.0).unwrap_or(0), random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        // The reference implementation's first numbers from the seed 1234567.
        let mut stream = Stream(1_234_567);
        for expected in [
            6_457_827_717_110_365_317_u64,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ] {
            assert_eq!(stream.next(), expected);
        }
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut stream = Stream::of(1, Topic::Visit, 7);
        let mut seen = [0_u32; 5];
        for _ in 0..5_000 {
            seen[stream.below(5) as usize] += 1;
            assert!((-3..=3).contains(&stream.between(-3, 3)));
            assert_eq!(stream.weighted(&[('a', 0), ('b', 3)]), 'b');
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
        assert_eq!((stream.below(0), stream.between(5, 5)), (0, 5));
    }

    #[test]
    fn streams_differ_by_seed_topic_and_number() {
        let first = |seed, topic, number| Stream::of(seed, topic, number).next();
        let all =
            [first(1, Topic::Visit, 0), first(2, Topic::Visit, 0), first(1, Topic::Need, 0), first(1, Topic::Visit, 1)];
        for (index, number) in all.iter().enumerate() {
            assert!(!all[..index].contains(number));
        }
    }
}
