//! Time: moments, the civil date, and the hybrid logical clock.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::i18n::{Explain, Lang, identifiers as text};

/// A moment: milliseconds since the Unix epoch, UTC.
///
/// China has one civil time, UTC+08:00; dates and texts are in it. In formats that people read it is written as
/// RFC 3339 text, in binary ones as an integer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Moment(pub i64);

impl Moment {
    /// The civil date.
    pub fn date(self) -> NaiveDate {
        self.civil().date()
    }

    /// Civil date and time without the offset.
    pub fn civil(self) -> NaiveDateTime {
        self.zoned().naive_local()
    }

    /// Midnight at the beginning of a civil date.
    pub fn start_of(date: NaiveDate) -> Moment {
        Moment::from_civil(date.and_time(NaiveTime::MIN))
    }

    /// From civil date and time.
    pub fn from_civil(civil: NaiveDateTime) -> Moment {
        // Milliseconds of all dates that chrono knows fit 64 bits with room for the offset.
        Moment(civil.and_utc().timestamp_millis() - CIVIL_OFFSET_MS)
    }

    /// The moment of the system's clock. Only the edges of the program may ask for it.
    pub fn from_system(time: std::time::SystemTime) -> Moment {
        Moment(DateTime::<Utc>::from(time).timestamp_millis())
    }

    /// RFC 3339 with milliseconds where there are any: `2026-11-22T08:30:00+08:00`. Moments outside the years
    /// -262,143 to 262,142 are written as the nearest one inside.
    pub fn to_rfc3339(self) -> String {
        self.zoned().to_rfc3339_opts(SecondsFormat::AutoSi, false)
    }

    /// Date and time to the minute as a screen shows them: `2026-11-22 08:30`.
    pub fn to_minute(self) -> String {
        self.civil().format("%Y-%m-%d %H:%M").to_string()
    }

    /// Later (or, with a negative duration, earlier) by `duration`; stops at the ends of the range.
    pub fn plus(self, duration: Duration) -> Moment {
        Moment(self.0.saturating_add(duration.num_milliseconds()))
    }

    /// The time since `earlier`, negative when that lies ahead; stops at the ends of the range.
    pub fn since(self, earlier: Moment) -> Duration {
        // Half the range, so that chrono's own limits (which are a little narrower than 64 bits) hold.
        Duration::milliseconds(self.0.saturating_sub(earlier.0).clamp(-(i64::MAX / 2), i64::MAX / 2))
    }

    fn zoned(self) -> DateTime<FixedOffset> {
        let clamped = self.0.clamp(EARLIEST_MS, LATEST_MS);
        let utc = DateTime::from_timestamp_millis(clamped).unwrap_or_default(); // inside chrono's range
        civil_offset().from_utc_datetime(&utc.naive_utc())
    }
}

/// When something happens: the only clock that pure code knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Now {
    /// The moment.
    pub at: Moment,
}

impl Now {
    /// At this moment.
    pub const fn new(at: Moment) -> Now {
        Now { at }
    }

    /// The civil date.
    pub fn today(self) -> NaiveDate {
        self.at.date()
    }
}

impl From<Moment> for Now {
    fn from(at: Moment) -> Now {
        Now { at }
    }
}

/// A hybrid logical clock reading: 48 bits of milliseconds since the Unix epoch, 16 bits of counter.
///
/// Readings of one device always rise, and rise above every reading that the device has seen, whatever its clock
/// says. They decide which of two contact facts is shown; nothing that must be safe rests on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hlc(pub u64);

impl Hlc {
    /// The first reading of a moment. Moments before 1970 count as 1970, those beyond 48 bits as the last.
    pub fn at(moment: Moment) -> Hlc {
        let millis = u64::try_from(moment.0).unwrap_or(0).min(u64::MAX >> COUNTER_BITS);
        Hlc(millis << COUNTER_BITS)
    }

    /// The reading for the next event of this device: the clock's when that is ahead, else one more than the last.
    #[must_use]
    pub fn tick(self, now: Moment) -> Hlc {
        // A full counter carries into the milliseconds, which keeps readings rising.
        Hlc(self.0.saturating_add(1).max(Hlc::at(now).0))
    }

    /// The reading after another device's reading was seen.
    #[must_use]
    pub fn observe(self, other: Hlc, now: Moment) -> Hlc {
        self.max(other).tick(now)
    }

    /// The moment in it.
    pub fn moment(self) -> Moment {
        Moment((self.0 >> COUNTER_BITS) as i64) // 48 bits always fit
    }

    /// The counter in it.
    pub fn counter(self) -> u16 {
        (self.0 & u64::from(u16::MAX)) as u16
    }
}

/// Why a text is not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date or time")]
pub struct MomentError;

const COUNTER_BITS: u32 = 16;
const CIVIL_OFFSET_MS: i64 = 8 * 3_600_000;
/// A day inside chrono's range, so that the offset fits too.
const EARLIEST_MS: i64 = DateTime::<Utc>::MIN_UTC.timestamp_millis() + 86_400_000;
const LATEST_MS: i64 = DateTime::<Utc>::MAX_UTC.timestamp_millis() - 86_400_000;

fn civil_offset() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).expect("eight hours are less than a day")
}

impl FromStr for Moment {
    type Err = MomentError;

    /// RFC 3339 with any offset, or a civil `2026-11-22`, `2026-11-22 08:30`, `2026-11-22 08:30:15` (also with `T`).
    fn from_str(text: &str) -> Result<Moment, MomentError> {
        let text = text.trim();
        if let Ok(zoned) = DateTime::parse_from_rfc3339(text) {
            return Ok(Moment(zoned.timestamp_millis()));
        }
        if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Ok(Moment::start_of(date));
        }
        ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .map(Moment::from_civil)
            .ok_or(MomentError)
    }
}

impl Explain for MomentError {
    fn code(&self) -> &str {
        "date.invalid"
    }

    fn message(&self, lang: Lang) -> String {
        text::moment_invalid(lang).into()
    }

    fn remedy(&self, lang: Lang) -> String {
        text::moment_remedy(lang).into()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_rfc3339())
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Moment({})", self.to_rfc3339())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&self.to_rfc3339())
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        struct MomentVisitor;
        impl serde::de::Visitor<'_> for MomentVisitor {
            type Value = Moment;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 time or milliseconds since 1970")
            }
            fn visit_i64<E: serde::de::Error>(self, millis: i64) -> Result<Moment, E> {
                Ok(Moment(millis))
            }
            fn visit_u64<E: serde::de::Error>(self, millis: u64) -> Result<Moment, E> {
                i64::try_from(millis).map(Moment).map_err(E::custom)
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Moment, E> {
                text.parse().map_err(E::custom)
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(MomentVisitor)
        } else {
            deserializer.deserialize_i64(MomentVisitor)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_civil_time() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T08:00:00+08:00", 0),
            ("1970-01-01 08:00", 0),
            ("1970-01-01T08:00", 0),
            ("1970-01-01 08:00:00.250", 250),
            ("1970-01-02", 57_600_000),
            (" 2026-11-22T08:30:00+08:00 ", 1_795_307_400_000),
            ("2026-11-22T00:30:00Z", 1_795_307_400_000),
        ] {
            assert_eq!(text.parse(), Ok(Moment(expected)), "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "2026-02-30 08:00", "2026-11-22T25:00:00Z"] {
            assert_eq!(text.parse::<Moment>(), Err(MomentError), "{text}");
        }
    }

    #[test]
    fn the_civil_day_begins_eight_hours_before_utc() {
        for (text, date) in [
            ("2026-11-21T15:59:59.999Z", "2026-11-21"),
            ("2026-11-21T16:00:00Z", "2026-11-22"),
            ("2026-11-22T15:59:59Z", "2026-11-22"),
        ] {
            let moment: Moment = text.parse().unwrap();
            assert_eq!(Now::new(moment).today(), date.parse().unwrap(), "{text}");
        }
        let date = "2026-11-22".parse().unwrap();
        assert_eq!(Moment::start_of(date).date(), date);
        assert_eq!(Moment::start_of(date).to_minute(), "2026-11-22 00:00");
    }

    #[test]
    fn what_is_written_can_be_read() {
        for millis in [0, 1, -1, 1_795_307_400_000, 1_795_307_400_123, -2_208_988_800_000] {
            let moment = Moment(millis);
            assert_eq!(moment.to_rfc3339().parse(), Ok(moment));
            let json = serde_json::to_string(&moment).unwrap();
            assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), moment);
            let binary = rmp_serde::to_vec(&moment).unwrap();
            assert!(binary.len() <= 9, "an integer");
            assert_eq!(rmp_serde::from_slice::<Moment>(&binary).unwrap(), moment);
        }
        assert_eq!(serde_json::to_string(&Moment(0)).unwrap(), "\"1970-01-01T08:00:00+08:00\"");
        assert_eq!(serde_json::from_str::<Moment>("250").unwrap(), Moment(250));
    }

    #[test]
    fn no_moment_is_too_far() {
        for moment in [Moment(i64::MIN), Moment(i64::MAX)] {
            assert!(!moment.to_rfc3339().is_empty());
            assert_eq!(moment.date(), moment.civil().date());
            moment.plus(Duration::days(1)).since(Moment(-moment.0.saturating_add(1)));
        }
        assert_eq!(Moment(i64::MAX).plus(Duration::days(1)), Moment(i64::MAX));
        Moment::from_civil(NaiveDateTime::MIN);
        Moment::from_civil(NaiveDateTime::MAX);
    }

    #[test]
    fn durations_add_up() {
        let start: Moment = "2026-11-22 08:30".parse().unwrap();
        assert_eq!(start.plus(Duration::hours(24)).to_minute(), "2026-11-23 08:30");
        assert_eq!(start.plus(Duration::hours(24)).since(start), Duration::hours(24));
    }

    #[test]
    fn clock_readings_always_rise() {
        let at = |millis| Moment(millis);
        let check = |reading: Hlc, expected: (i64, u16)| {
            assert_eq!((reading.moment().0, reading.counter()), expected, "{reading:?}");
        };
        let first = Hlc::default().tick(at(1000));
        check(first, (1000, 0));
        check(first.tick(at(1000)), (1000, 1));
        check(first.tick(at(900)), (1000, 1)); // the clock was set back
        check(first.tick(at(1001)), (1001, 0));
        check(first.observe(Hlc::at(at(5000)), at(1001)), (5000, 1)); // another device is ahead
        check(first.observe(Hlc::at(at(10)), at(1001)), (1001, 0));
        check(Hlc(Hlc::at(at(7)).0 | 0xFFFF).tick(at(7)), (8, 0)); // a full counter carries
        check(Hlc::at(at(-5)), (0, 0));
        assert_eq!(Hlc(u64::MAX).tick(at(0)), Hlc(u64::MAX));
    }
}
