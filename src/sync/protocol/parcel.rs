//! A sealed push: the bytes that travel by HTTP and by USB stick alike.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sm3::Sm3;
use zeroize::Zeroizing;

use super::bytes::fixed;
use super::{Bytes, MAX_PUSH, ProtocolError, Push};
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

    fn mac(&self, device: DeviceId, body: &[u8]) -> Hmac<Sm3> {
        let mut mac = <Hmac<Sm3> as KeyInit>::new_from_slice(&*self.0).expect("HMAC takes keys of any length");
        mac.update(b"zhulian push");
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
        let seal = secret.mac(push.device, &body).finalize().into_bytes().into();
        Ok(Parcel { device: push.device, body: Bytes(body), seal })
    }

    /// Checks the seal and unpacks.
    ///
    /// # Errors
    /// `push.forged`, `push.too_large`, `push.damaged`.
    pub fn open(&self, secret: &Secret) -> Result<Push, ProtocolError> {
        secret.mac(self.device, &self.body.0).verify_slice(&self.seal).map_err(|_| ProtocolError::Forged)?;
        // Some room for the message around the commands.
        let push: Push = codec::decode_within(&self.body.0, MAX_PUSH + (64 << 10)).map_err(|error| match error {
            StoreError::TooLarge { bytes, limit } => ProtocolError::TooLarge { bytes, limit },
            other => ProtocolError::Damaged { detail: other.to_string() },
        })?;
        if push.device == self.device { Ok(push) } else { Err(ProtocolError::Forged) }
    }
}
