//! Business numbers: unique without a server, readable over the telephone.

use chrono::NaiveDate;

use super::id::DeviceId;
use super::region::RegionCode;

/// Which series a number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// Needs: `XQ`.
    Need,
    /// Wishes: `WX`.
    Wish,
    /// Leads: `XS`.
    Lead,
    /// Resources: `ZY`.
    Resource,
    /// Archive numbers before the server has given one: `临`.
    Archive,
}

impl Series {
    fn prefix(self) -> &'static str {
        match self {
            Series::Need => "XQ",
            Series::Wish => "WX",
            Series::Lead => "XS",
            Series::Resource => "ZY",
            Series::Archive => "临",
        }
    }
}

/// A number: series, county, date, device tag and a serial that never repeats on the device.
pub fn number(series: Series, region: &RegionCode, date: NaiveDate, device: DeviceId, serial: u64) -> String {
    let county = region.as_str().get(..6).unwrap_or("000000");
    format!("{}{county}{}{}{serial:04}", series.prefix(), date.format("%Y%m%d"), device_tag(device))
}

/// The archive number that the server gives a household: `H`, the 12 digits of its village, 5 digits. `None` where the
/// village is not known or has no number left.
pub fn archive(region: &RegionCode, serial: u32) -> Option<String> {
    let known = !region.is_empty() && (1..=99_999).contains(&serial);
    known.then(|| format!("H{}{serial:05}", region.village()))
}

/// The serial of an archive number that [`archive`] made for that village.
pub fn archive_serial(region: &RegionCode, number: &str) -> Option<u32> {
    let serial = number.strip_prefix('H')?.strip_prefix(region.village().as_str())?;
    (serial.len() == 5 && serial.bytes().all(|digit| digit.is_ascii_digit())).then(|| serial.parse().ok()).flatten()
}

/// Whether a household still waits for its archive number: it has none, or one that a device made up.
pub fn is_provisional(number: &str) -> bool {
    number.is_empty() || number.starts_with(Series::Archive.prefix())
}

/// Four characters that tell devices of one county apart on paper. Safety never rests on them: records have UUIDs.
pub fn device_tag(device: DeviceId) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKLMNPQRSTVWXY";
    let bytes = device.0.bytes();
    bytes[12..16].iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_number_is_read_as_it_was_made() {
        let check = |region: &str, serial: u32, expected: Option<&str>| {
            let region = RegionCode::parse(region).unwrap_or_default();
            let made = archive(&region, serial);
            assert_eq!(made.as_deref(), expected);
            if let Some(number) = made {
                assert_eq!(archive_serial(&region, &number), Some(serial));
                assert!(!is_provisional(&number));
            }
        };
        check("990101102201", 7, Some("H99010110220100007"));
        check("990101102201003", 99_999, Some("H99010110220199999"));
        check("990101102201", 100_000, None);
        check("990101102201", 0, None);
        check("", 7, None);
        let region = RegionCode::parse("990101102201").unwrap();
        for other in ["H990101102202", "H9901011022010007", "H9901011022010000七", "低保字第001号", ""] {
            assert_eq!(archive_serial(&region, other), None, "{other}");
        }
        assert!(is_provisional("") && is_provisional("临99010120261122000001") && !is_provisional("低保字第001号"));
    }

    #[test]
    fn a_number_names_series_county_date_device_and_serial() {
        let region = RegionCode::parse("990101102201").unwrap();
        let date = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let number = number(Series::Wish, &region, date, DeviceId::default(), 7);
        assert_eq!(number, "WX9901012026112200000007");
    }
}
