//! Enrolment: a bureau gives out a one-time code, bound to a worker and to feeds; a device spends it and joins.
//!
//! A code is twelve characters, `K7MR-2QXF-9D4T`: the first four name it, the other eight are its secret. It ends
//! after [`LIFE_MINUTES`] or [`TRIES`] wrong secrets, whichever comes first, and is good for one device. The store keeps
//! only the keyed hash of the secret.

use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};
use sm3::Sm3;

use super::authority::{Authority, Enrolment};
use super::store::{Realm, Store, StoreFault};
use crate::domain::id::DeviceId;
use crate::domain::moment::Moment;
use crate::i18n::{Explain, Lang, central as say};
use crate::sync::feed::Scope;
use crate::sync::http::{Ask, Join, Joined, Offer, plain_code};
use crate::sync::protocol::{Bytes, PROTOCOL, ProtocolError};

/// Minutes that a code lives.
pub const LIFE_MINUTES: i64 = 10;
/// Wrong secrets that end a code.
pub const TRIES: u8 = 5;
/// Characters that are told apart on paper and by telephone: no 0 and O, 1 and I and L, U and V.
const ALPHABET: &[u8; 28] = b"23456789ABCDEFGHJKMNPQRSTWXY";
const SELECTOR: usize = 4;
const SECRET: usize = 8;

/// A code as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Its first four characters, by which it is found.
    pub selector: String,
    /// HMAC-SM3 of all of it under the county's key.
    pub hash: Bytes,
    /// What the device will be called.
    pub name: String,
    /// What the device may hold, with its workers.
    pub scope: Scope,
    /// When it was given out.
    pub issued_at: Moment,
    /// When it ends.
    pub until: Moment,
    /// Wrong secrets so far.
    pub tries: u8,
    /// The device that spent it.
    #[serde(default)]
    pub device: Option<DeviceId>,
}

impl Code {
    /// Whether it may still be spent by a new device.
    pub fn is_open(&self, now: Moment) -> bool {
        self.device.is_none() && self.tries < TRIES && now < self.until
    }
}

/// Where codes are kept. Every store of the server keeps them.
pub trait Codes: Send + Sync {
    /// Changes the code of that selector in one durable step; none takes it away. `change` may be called again where
    /// another transaction was faster.
    ///
    /// # Errors
    /// The store's.
    fn change(&self, selector: &str, change: &mut dyn FnMut(Option<Code>) -> Option<Code>) -> Result<(), StoreFault>;

    /// Every code.
    ///
    /// # Errors
    /// The store's.
    fn codes(&self) -> Result<Vec<Code>, StoreFault>;
}

/// A store that a server can stand on.
pub trait County: Store + Codes {}

impl<S: Store + Codes> County for S {}

/// Why a device may not join.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// No such code. `enrol.code_wrong`
    #[error("no such code")]
    Wrong,
    /// The code was spent, is over, or was tried too often. `enrol.code_over`
    #[error("the code is over")]
    Over,
    /// The device is enrolled for other workers; nobody's key is replaced by somebody else's code. `enrol.device_taken`
    #[error("the device is enrolled for other workers")]
    Taken,
    /// The server refused or failed.
    #[error("{0}")]
    Server(#[from] ProtocolError),
}

impl From<StoreFault> for EnrolError {
    fn from(fault: StoreFault) -> EnrolError {
        EnrolError::Server(fault.into())
    }
}

impl Explain for EnrolError {
    fn code(&self) -> &str {
        match self {
            EnrolError::Wrong => "enrol.code_wrong",
            EnrolError::Over => "enrol.code_over",
            EnrolError::Taken => "enrol.device_taken",
            EnrolError::Server(error) => error.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            EnrolError::Wrong | EnrolError::Over => Some("code"),
            EnrolError::Taken => Some("device"),
            EnrolError::Server(error) => error.field(),
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            EnrolError::Wrong => say::code_wrong(lang).into(),
            EnrolError::Over => say::code_over(lang).into(),
            EnrolError::Taken => say::device_taken(lang).into(),
            EnrolError::Server(error) => error.message(lang),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            EnrolError::Wrong => say::code_wrong_remedy(lang).into(),
            EnrolError::Over => say::code_over_remedy(lang).into(),
            EnrolError::Taken => say::device_taken_remedy(lang).into(),
            EnrolError::Server(error) => error.remedy(lang),
        }
    }
}

/// Gives out a code; the text is shown once and kept nowhere.
///
/// # Errors
/// The store's.
pub fn issue(
    authority: &Authority,
    codes: &dyn Codes,
    now: Moment,
    name: &str,
    scope: &Scope,
) -> Result<(String, Code), ProtocolError> {
    let key = authority.realm()?.person_key;
    loop {
        let text = random_text();
        let selector = text[..SELECTOR].to_owned();
        let code = Code {
            selector: selector.clone(),
            hash: Bytes(mac(&key, &text).finalize().into_bytes().to_vec()),
            name: name.to_owned(),
            scope: scope.clone(),
            issued_at: now,
            until: now.plus(chrono::Duration::minutes(LIFE_MINUTES)),
            tries: 0,
            device: None,
        };
        let mut taken = false;
        codes.change(&selector, &mut |held| {
            taken = held.as_ref().is_some_and(|held| held.is_open(now));
            if taken { held } else { Some(code.clone()) }
        })?;
        if !taken {
            return Ok((grouped(&text), code));
        }
    }
}

/// What a code would give a device, and a piece of the county's regions: the device looks whether it can join before the
/// code is spent. A wrong code counts as a try.
///
/// # Errors
/// [`EnrolError`].
pub fn offer(authority: &Authority, codes: &dyn Codes, now: Moment, ask: &Ask) -> Result<Offer, EnrolError> {
    let realm = authority.realm()?;
    let (name, scope) = look_up(authority, codes, now, &realm, (&ask.code, ask.device, None))?;
    Ok(Offer { name, scope, regions: authority.regions(ask.resume.as_ref(), ask.max_bytes)? })
}

/// Lets a device join with a code. While the code lives, the same device with the same key may say the same again, as after
/// a lost answer or a fault of its disk: nothing changes then.
///
/// # Errors
/// [`EnrolError`].
pub fn join(authority: &Authority, codes: &dyn Codes, now: Moment, join: &Join) -> Result<Joined, EnrolError> {
    let secret = join.secret()?;
    let realm = authority.realm()?;
    let (name, scope) = look_up(authority, codes, now, &realm, (&join.code, join.device, Some(&join.secret)))?;
    let name = if name.is_empty() { join.name.clone() } else { name };
    authority.enrol(now, &Enrolment { device: join.device, name: name.clone(), secret, scope: scope.clone() })?;
    Ok(Joined { device: join.device, name, scope, epoch: realm.epoch, protocol: PROTOCOL, now })
}

/// Name and scope that a code gives; it is spent where the device shows the key that it will have.
fn look_up(
    authority: &Authority,
    codes: &dyn Codes,
    now: Moment,
    realm: &Realm,
    (typed, device, key): (&str, DeviceId, Option<&Bytes>),
) -> Result<(String, Scope), EnrolError> {
    let text = plain_code(typed);
    if text.len() != SELECTOR + SECRET || !text.is_ascii() {
        return Err(EnrolError::Wrong);
    }
    let known = authority.store().begin()?.peek_device(device)?;
    let mut outcome = Err(EnrolError::Wrong);
    codes.change(&text[..SELECTOR], &mut |held| {
        let Some(mut held) = held else {
            outcome = Err(EnrolError::Wrong);
            return None;
        };
        let fits = mac(&realm.person_key, &text).verify_slice(&held.hash.0).is_ok();
        let is_again = held.device == Some(device)
            && now < held.until
            && held.tries < TRIES
            && known
                .as_ref()
                .is_none_or(|known| known.revoked_at.is_none() && key.is_none_or(|key| known.secret == *key));
        let current = known.as_ref().filter(|known| known.revoked_at.is_none());
        let taken = current.is_some_and(|known| known.scope.workers != held.scope.workers);
        outcome = if !held.is_open(now) && !is_again {
            Err(EnrolError::Over)
        } else if fits && taken {
            Err(EnrolError::Taken)
        } else if fits {
            if key.is_some() {
                held.device = Some(device);
            }
            Ok((held.name.clone(), held.scope.clone()))
        } else {
            held.tries = held.tries.saturating_add(1);
            Err(EnrolError::Wrong)
        };
        Some(held)
    })?;
    outcome
}

fn grouped(text: &str) -> String {
    let groups: Vec<&str> = (0..text.len()).step_by(4).map(|at| &text[at..text.len().min(at + 4)]).collect();
    groups.join("-")
}

fn random_text() -> String {
    let mut rng = rand::rng();
    (0..SELECTOR + SECRET).map(|_| char::from(ALPHABET[rng.random_range(0..ALPHABET.len())])).collect()
}

fn mac(key: &Bytes, text: &str) -> Hmac<Sm3> {
    let mut mac = <Hmac<Sm3> as KeyInit>::new_from_slice(&key.0).expect("HMAC takes keys of any length");
    mac.update(b"zhulian enrolment code");
    mac.update(text.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::central::store::LocalStore;
    use crate::domain::id::RecordId;
    use std::sync::Arc;

    const NOW: Moment = Moment(1_795_300_000_000);

    fn county() -> (Arc<LocalStore>, Authority) {
        let store = Arc::new(LocalStore::in_memory());
        let authority = Authority::new(store.clone());
        authority.found(DeviceId(RecordId::from_parts(1, [1; 10])), [7; 32]).unwrap();
        (store, authority)
    }

    fn ask(n: u8, code: &str) -> Join {
        let device = DeviceId(RecordId::from_parts(1, [n; 10]));
        Join { code: code.into(), device, secret: Bytes(vec![n; 32]), name: "笔记本".into() }
    }

    #[test]
    fn a_code_is_good_for_one_device_and_ten_minutes() {
        let (store, authority) = county();
        let (text, code) = issue(&authority, &*store, NOW, "", &Scope::default()).unwrap();
        assert_eq!(text.len(), 14);
        assert!(!format!("{code:?}").contains(&text), "the code itself is not kept");
        let typed = text.to_lowercase().replace('-', " ");
        let joined = join(&authority, &*store, NOW, &ask(2, &typed)).unwrap();
        assert_eq!((joined.name.as_str(), joined.epoch), ("笔记本", 1));
        let held = authority.devices().unwrap();
        join(&authority, &*store, NOW, &ask(2, &text)).expect("the answer was lost: the same device asks again");
        assert_eq!(authority.devices().unwrap(), held, "nothing changes by that");
        let other_key = Join { secret: Bytes(vec![9; 32]), ..ask(2, &text) };
        assert_eq!(join(&authority, &*store, NOW, &other_key), Err(EnrolError::Over), "another key is another device");
        assert_eq!(join(&authority, &*store, NOW, &ask(3, &text)), Err(EnrolError::Over));
        assert_eq!(authority.devices().unwrap().len(), 1);
        authority.revoke(NOW, ask(2, "").device).unwrap();
        assert_eq!(
            join(&authority, &*store, NOW, &ask(2, &text)),
            Err(EnrolError::Over),
            "revoked, it needs a new code"
        );

        let (late, _) = issue(&authority, &*store, NOW, "", &Scope::default()).unwrap();
        let after = NOW.plus(chrono::Duration::minutes(LIFE_MINUTES));
        assert_eq!(join(&authority, &*store, after, &ask(4, &late)), Err(EnrolError::Over));
    }

    #[test]
    fn asking_what_a_code_gives_does_not_spend_it() {
        let (store, authority) = county();
        let (text, _) = issue(&authority, &*store, NOW, "", &Scope::default()).unwrap();
        let what = |n, code: &str, resume| {
            let ask = Ask { code: code.into(), device: self::ask(n, "").device, resume, max_bytes: 1 };
            offer(&authority, &*store, NOW, &ask)
        };
        for n in 1..=2 {
            let record = crate::domain::region::Region {
                id: crate::domain::id::RegionId::new(),
                code: crate::domain::region::RegionCode::parse(&format!("99010110{n}000")).unwrap(),
                name: format!("镇{n}"),
                level: crate::domain::region::Level::Town,
                ..Default::default()
            };
            let register = crate::domain::command::Command::Register { record: Box::new(record.into()) };
            authority.administer(NOW, Default::default(), &register).unwrap();
        }
        let first = what(2, &text, None).unwrap();
        let second = what(3, &text, first.regions.resume.clone()).unwrap();
        assert_eq!((first.regions.items.len(), second.regions.items.len(), second.regions.resume), (1, 1, None));
        assert_eq!(authority.devices().unwrap(), []);
        join(&authority, &*store, NOW, &ask(2, &text)).expect("the code is still good");
        what(2, &text, None).expect("its own device may ask again");
        assert_eq!(what(3, &text, None), Err(EnrolError::Over));
        let (text, _) = issue(&authority, &*store, NOW, "", &Scope::default()).unwrap();
        let last = if text.ends_with('2') { "3" } else { "2" };
        for _ in 0..TRIES {
            assert_eq!(what(4, &format!("{}{last}", &text[..13]), None), Err(EnrolError::Wrong), "guessing is counted");
        }
        assert_eq!(what(4, &text, None), Err(EnrolError::Over));
    }

    #[test]
    fn a_code_of_one_worker_takes_no_device_of_another() {
        let (store, authority) = county();
        let scope = |n| Scope {
            workers: vec![crate::domain::id::WorkerId(RecordId::from_parts(1, [n; 10]))],
            ..Scope::default()
        };
        let code = |n| issue(&authority, &*store, NOW, "", &scope(n)).unwrap().0;
        join(&authority, &*store, NOW, &ask(2, &code(1))).unwrap();
        let held = authority.devices().unwrap();
        let theirs = code(2);
        let attack = Join { secret: Bytes(vec![9; 32]), ..ask(2, &theirs) };
        assert_eq!(join(&authority, &*store, NOW, &attack), Err(EnrolError::Taken));
        assert_eq!(authority.devices().unwrap(), held, "key and scope stay");
        join(&authority, &*store, NOW, &ask(2, &code(1))).expect("its own worker joins anew");
        authority.revoke(NOW, ask(2, "").device).unwrap();
        join(&authority, &*store, NOW, &ask(2, &theirs)).expect("handed over");
    }

    #[test]
    fn five_wrong_secrets_end_a_code() {
        let (store, authority) = county();
        let (text, _) = issue(&authority, &*store, NOW, "", &Scope::default()).unwrap();
        let last = if text.ends_with('2') { "3" } else { "2" };
        let wrong = format!("{}{last}", &text[..text.len() - 1]);
        for _ in 0..TRIES {
            assert_eq!(join(&authority, &*store, NOW, &ask(2, &wrong)), Err(EnrolError::Wrong));
        }
        assert_eq!(join(&authority, &*store, NOW, &ask(2, &text)), Err(EnrolError::Over));
        for odd in ["", "ABC", "张淑芬张淑芬张淑芬张淑芬", "2222-2222-2222-2222"] {
            assert_eq!(join(&authority, &*store, NOW, &ask(2, odd)), Err(EnrolError::Wrong), "{odd}");
        }
    }
}
