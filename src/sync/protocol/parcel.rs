//! What travels sealed: a push, by HTTP and by USB stick alike, and the reply that a stick carries back.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sm3::Sm3;
use zeroize::Zeroizing;

use super::bytes::fixed;
use super::{Bytes, MAX_PUSH, ProtocolError, Push, PushReply};
use crate::domain::id::DeviceId;
use crate::store::{StoreError, codec};

/// A device's key, agreed at enrolment.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub Zeroizing<[u8; 32]>);

impl Secret {
    /// Takes 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Secret {
        Secret(Zeroizing::new(bytes))
    }

    /// `what` keeps a push from passing for a reply.
    fn mac(&self, what: &[u8], device: DeviceId, body: &[u8]) -> Hmac<Sm3> {
        let mut mac = <Hmac<Sm3> as KeyInit>::new_from_slice(&*self.0).expect("HMAC takes keys of any length");
        mac.update(what);
        mac.update(&device.0.bytes());
        mac.update(body);
        mac
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

const PUSH: &[u8] = b"zhulian push";
const REPLY: &[u8] = b"zhulian reply";
/// Room for the message around the commands of a push.
const AROUND: usize = 64 << 10;
/// The most bytes of a reply after decompression. Each verdict may quote both values of every field that it merged.
const MAX_REPLY: usize = 4 * MAX_PUSH;

/// A push with the seal of its device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// The device that sealed it.
    pub device: DeviceId,
    /// The encoded [`Push`].
    pub body: Bytes,
    /// HMAC-SM3 over device and body.
    #[serde(with = "fixed")]
    pub seal: [u8; 32],
}

impl Parcel {
    /// Packs a push.
    ///
    /// # Errors
    /// `push.too_large`.
    pub fn pack(push: &Push, secret: &Secret) -> Result<Parcel, ProtocolError> {
        let bytes: usize = push.commands.iter().map(|command| command.0.len()).sum();
        if bytes > MAX_PUSH {
            return Err(ProtocolError::TooLarge { bytes: bytes as u64, limit: MAX_PUSH as u64 });
        }
        let body = codec::encode(push).map_err(|error| ProtocolError::Damaged { detail: error.to_string() })?;
        let seal = secret.mac(PUSH, push.device, &body).finalize().into_bytes().into();
        Ok(Parcel { device: push.device, body: Bytes(body), seal })
    }

    /// Checks the seal and unpacks.
    ///
    /// # Errors
    /// `push.forged`, `push.too_large`, `push.damaged`.
    pub fn open(&self, secret: &Secret) -> Result<Push, ProtocolError> {
        secret.mac(PUSH, self.device, &self.body.0).verify_slice(&self.seal).map_err(|_| ProtocolError::Forged)?;
        let push: Push = codec::decode_within(&self.body.0, MAX_PUSH + AROUND).map_err(unreadable)?;
        if push.device == self.device { Ok(push) } else { Err(ProtocolError::Forged) }
    }

    /// Reads the file that a device has written; its seal is not checked yet.
    ///
    /// # Errors
    /// `push.too_large`, `push.damaged`.
    pub fn from_file(bytes: &[u8]) -> Result<Parcel, ProtocolError> {
        codec::decode_within(bytes, MAX_FILE).map_err(unreadable)
    }
}

/// The most bytes of a file with a parcel or a reply.
pub const MAX_FILE: usize = MAX_PUSH + (256 << 10);

/// The reply to a parcel that came as a file: under the seal of the device's key, for whoever carries the file must not
/// be able to say that the server has taken in what it has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedReply {
    /// The device that it is for.
    pub device: DeviceId,
    /// The encoded [`PushReply`].
    pub body: Bytes,
    /// HMAC-SM3 over device and body.
    #[serde(with = "fixed")]
    pub seal: [u8; 32],
}

impl SealedReply {
    /// Packs a reply for a device with that key.
    ///
    /// # Errors
    /// `push.damaged` where it cannot be written.
    pub fn pack(reply: &PushReply, device: DeviceId, secret: &Secret) -> Result<SealedReply, ProtocolError> {
        let body = codec::encode(reply).map_err(unreadable)?;
        let seal = secret.mac(REPLY, device, &body).finalize().into_bytes().into();
        Ok(SealedReply { device, body: Bytes(body), seal })
    }

    /// Reads the file that the server has written; its seal is not checked yet.
    ///
    /// # Errors
    /// `push.too_large`, `push.damaged`.
    pub fn from_file(bytes: &[u8]) -> Result<SealedReply, ProtocolError> {
        codec::decode_within(bytes, MAX_REPLY).map_err(unreadable)
    }

    /// Checks the seal and unpacks.
    ///
    /// # Errors
    /// `push.forged`, `push.too_large`, `push.damaged`.
    pub fn open(&self, secret: &Secret) -> Result<PushReply, ProtocolError> {
        secret.mac(REPLY, self.device, &self.body.0).verify_slice(&self.seal).map_err(|_| ProtocolError::Forged)?;
        codec::decode_within(&self.body.0, MAX_REPLY).map_err(unreadable)
    }
}

fn unreadable(error: StoreError) -> ProtocolError {
    match error {
        StoreError::TooLarge { bytes, limit } => ProtocolError::TooLarge { bytes, limit },
        other => ProtocolError::Damaged { detail: other.to_string() },
    }
}
