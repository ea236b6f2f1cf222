//! Messages and headers of HTTP alone.

use serde::{Deserialize, Serialize};

use crate::domain::id::DeviceId;
use crate::domain::moment::Moment;
use crate::i18n::Explain;
use crate::sync::feed::Scope;
use crate::sync::protocol::{Bytes, Chunk, ProtocolError, Resume, Secret, Told};

/// The media type of bodies in the crate's codec.
pub const BINARY: &str = "application/vnd.zhulian";
/// The media type of bodies in JSON.
pub const JSON: &str = "application/json";
/// The header with the server's clock, in milliseconds since 1970.
pub const NOW: &str = "zhulian-now";

/// A device asks to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// The one-time code, as typed.
    pub code: String,
    /// The device's id, made by itself.
    pub device: DeviceId,
    /// The device's key, made by itself: 32 random bytes.
    pub secret: Bytes,
    /// What the device calls itself; the bureau's name for it stands above this.
    #[serde(default)]
    pub name: String,
}

impl Join {
    /// The device's key.
    ///
    /// # Errors
    /// `push.damaged` when it is not 32 bytes long.
    pub fn secret(&self) -> Result<Secret, ProtocolError> {
        let bytes = self.secret.0.as_slice().try_into();
        bytes.map(Secret::new).map_err(|_| ProtocolError::Damaged { detail: "secret".into() })
    }
}

/// A device asks what a one-time code would give it, so that it can see whether it can join. The code stays good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The one-time code, as typed.
    pub code: String,
    /// The device's id, made by itself.
    pub device: DeviceId,
    /// Where the last piece of the regions ended; none to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
    /// The most bytes of the piece.
    pub max_bytes: u32,
}

/// A one-time code as typed, without hyphens and spaces, in capitals.
pub fn plain_code(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect()
}

/// What a one-time code would give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// What the device would be called; empty where the code leaves that to it.
    pub name: String,
    /// What it would hold, with its workers.
    pub scope: Scope,
    /// A piece of the county's regions.
    pub regions: Chunk,
}

/// The device has joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The device.
    pub device: DeviceId,
    /// What people call it.
    pub name: String,
    /// What it may hold, with its workers.
    pub scope: Scope,
    /// The server's epoch.
    pub epoch: u32,
    /// The version of the protocol that the server speaks.
    pub protocol: u16,
    /// The server's clock.
    pub now: Moment,
}

/// Why a request was refused: the body of every answer that is no success.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// Code, field, message and remedy.
    pub error: Told,
    /// The error as the protocol knows it; none for those of HTTP alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<ProtocolError>,
}

impl Fault {
    /// An error in both languages.
    pub fn of(error: &dyn Explain, cause: Option<ProtocolError>) -> Fault {
        Fault { error: Told::of(error), cause }
    }
}
