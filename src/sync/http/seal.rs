//! How requests are signed.
//!
//! ```text
//! authorization: Zhulian <device>:<time>:<seal>
//! seal = HMAC-SM3(device's key, "zhulian http" 0 METHOD 0 PATH 0 time 0 SM3(body))     in hexadecimal
//! ```
//!
//! `time` is in milliseconds since 1970 and within [`WINDOW_MINUTES`] of the server's clock, so that a request that was
//! listened to is worth nothing later. A push that is sent again has no effect in any case.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sm3::{Digest as _, Sm3};

use crate::domain::id::DeviceId;
use crate::domain::moment::Moment;
use crate::sync::protocol::Secret;

/// How far the time of a request may be from the server's clock, either way.
pub const WINDOW_MINUTES: i64 = 10;
/// The name of the scheme.
pub const SCHEME: &str = "Zhulian";

/// What is signed, beside the key.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path, with its query.
    pub path: &'a str,
    /// The body as it travels.
    pub body: &'a [u8],
}

/// A signature as it stands in the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Who signs.
    pub device: DeviceId,
    /// When, by the server's clock as the device knows it.
    pub at: Moment,
    seal: [u8; 32],
}

impl Seal {
    /// Signs a request.
    pub fn new(device: DeviceId, secret: &Secret, at: Moment, signed: Signed<'_>) -> Seal {
        Seal { device, at, seal: mac(secret, at, signed).finalize().into_bytes().into() }
    }

    /// The value of the header `authorization`.
    pub fn header(&self) -> String {
        let mut header = format!("{SCHEME} {}:{}:", self.device, self.at.0);
        for byte in self.seal {
            // Writing to a string cannot fail.
            let _ = write!(header, "{byte:02x}");
        }
        header
    }

    /// Reads the value of the header; `None` for anything else.
    pub fn parse(header: &str) -> Option<Seal> {
        let mut parts = header.strip_prefix(SCHEME)?.trim().splitn(3, ':');
        let device = parts.next()?.parse().ok()?;
        let at = Moment(parts.next()?.parse().ok()?);
        let hex = parts.next()?.as_bytes();
        if hex.len() != 64 {
            return None;
        }
        let mut seal = [0; 32];
        for (byte, pair) in seal.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Seal { device, at, seal })
    }

    /// Whether the device's key made it for that request.
    pub fn fits(&self, secret: &Secret, signed: Signed<'_>) -> bool {
        mac(secret, self.at, signed).verify_slice(&self.seal).is_ok()
    }

    /// Whether its time is near that clock.
    pub fn is_near(&self, now: Moment) -> bool {
        self.at.0.abs_diff(now.0) <= WINDOW_MINUTES as u64 * 60_000
    }
}

fn mac(secret: &Secret, at: Moment, signed: Signed<'_>) -> Hmac<Sm3> {
    let mut mac = <Hmac<Sm3> as KeyInit>::new_from_slice(&*secret.0).expect("HMAC takes keys of any length");
    let at = at.0.to_string();
    for part in ["zhulian http", signed.method, signed.path, &at] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    mac.update(&Sm3::digest(signed.body));
    mac
}
