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
    fn a_number_names_series_county_date_device_and_serial() {
        let region = RegionCode::parse("990101102201").unwrap();
        let date = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let number = number(Series::Wish, &region, date, DeviceId::default(), 7);
        assert_eq!(number, "WX9901012026112200000007");
    }
}
