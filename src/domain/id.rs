//! Identifiers: UUIDv7, made on the device, unique without a server and sorted by the time of their making.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::moment::Moment;
use super::value::{FieldValue, Value, WrongKind};

/// Any record's id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub Uuid);

impl RecordId {
    /// A new id, unique across devices. Reads the clock and the system's random generator, so only the edges call it.
    pub fn new() -> RecordId {
        RecordId(Uuid::now_v7())
    }

    /// An id of version 7 layout from a moment and 10 given bytes, for data that must come out the same every time.
    pub fn from_parts(unix_millis: u64, random: [u8; 10]) -> RecordId {
        RecordId(uuid::Builder::from_unix_timestamp_millis(unix_millis, &random).into_uuid())
    }

    /// The id that everybody comes to who derives it from the same parts: for records that a rule makes, on the device
    /// and on the server alike.
    pub fn derived(unix_millis: u64, parts: &[&[u8]]) -> RecordId {
        use sm3::Digest as _;
        let mut hash = sm3::Sm3::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let full: [u8; 32] = hash.finalize().into();
        let mut random = [0; 10];
        random.copy_from_slice(&full[..10]);
        RecordId::from_parts(unix_millis, random)
    }

    /// When it was made, by the clock of the device that made it; `None` for ids of another layout.
    pub fn made_at(&self) -> Option<Moment> {
        let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
        let millis = i64::try_from(seconds).ok()?.checked_mul(1000)?;
        Some(Moment(millis + i64::from(nanos / 1_000_000)))
    }

    /// The 16 bytes.
    pub fn bytes(&self) -> [u8; 16] {
        *self.0.as_bytes()
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for RecordId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(RecordId)
    }
}

impl FieldValue for RecordId {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        value.as_text().and_then(|text| text.parse().ok()).ok_or(WrongKind { expected: "an id" })
    }
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub RecordId);

        impl $name {
            /// A new id; see [`RecordId::new`].
            #[allow(clippy::new_without_default)]
            pub fn new() -> $name {
                $name(RecordId::new())
            }
        }
        impl From<RecordId> for $name {
            fn from(id: RecordId) -> $name {
                $name(id)
            }
        }
        impl From<$name> for RecordId {
            fn from(id: $name) -> RecordId {
                id.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
        impl FieldValue for $name {
            fn to_value(&self) -> Value {
                self.0.to_value()
            }
            fn from_value(value: Value) -> Result<Self, WrongKind> {
                RecordId::from_value(value).map($name)
            }
        }
    )*};
}

ids! {
    /// A household (户).
    HouseholdId
    /// A household member (家庭成员).
    MemberId
    /// An indicator value (指标值).
    IndicatorId
    /// A visit (走访).
    VisitId
    /// A lead (线索).
    LeadId
    /// A need (需求).
    NeedId
    /// A wish (微心愿).
    WishId
    /// A claim on a wish (认领).
    ClaimId
    /// A resource (资源).
    ResourceId
    /// A region (区划).
    RegionId
    /// A station (助联体).
    StationId
    /// An organisation (单位).
    OrgId
    /// A worker (人员).
    WorkerId
    /// An allotment (配额).
    AllotmentId
    /// A conflict (冲突).
    ConflictId
    /// A device (设备).
    DeviceId
}
