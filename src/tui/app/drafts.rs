//! Half-filled forms on disk, so that nothing typed is lost when the terminal dies. Sealed like everything else.

use std::path::PathBuf;

use super::fault::Fault;
use crate::i18n::screens as text;
use crate::i18n::{Explain, Lang};
use crate::store::disk::is_full;
use crate::store::seal::Purpose;
use crate::store::{Store, StoreError};

/// The drafts of a home.
pub struct Drafts<'a> {
    store: &'a Store,
}

/// Why a draft could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The disk refused.
    #[error("{0}")]
    Disk(#[from] std::io::Error),
    /// It cannot be sealed or opened.
    #[error("{0}")]
    Sealed(#[from] StoreError),
    /// The name has characters that a file name here may not have.
    #[error("not a draft's name")]
    Name,
}

impl Explain for DraftError {
    fn code(&self) -> &str {
        match self {
            DraftError::Disk(error) if is_full(error) => "draft.disk_full",
            DraftError::Disk(_) => "draft.disk",
            DraftError::Sealed(_) => "draft.sealed",
            DraftError::Name => "draft.name",
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            DraftError::Disk(error) if is_full(error) => text::draft_disk_full(lang).to_owned(),
            other => text::draft_failed(lang, &other.to_string()),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            DraftError::Disk(error) if is_full(error) => text::draft_disk_full_remedy(lang).to_owned(),
            _ => text::draft_failed_remedy(lang).to_owned(),
        }
    }
}

impl From<DraftError> for Fault {
    fn from(error: DraftError) -> Fault {
        Fault::of(&error)
    }
}

const PLACE: &[u8] = b"draft";

impl<'a> Drafts<'a> {
    /// The drafts beside a store.
    pub fn of(store: &'a Store) -> Drafts<'a> {
        Drafts { store }
    }

    /// Keeps a draft in place of an earlier one of that name.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn save(&self, key: &str, content: &[u8]) -> Result<(), DraftError> {
        let path = self.path(key)?;
        let sealed = self.store.sealer(Purpose::Drafts).seal(PLACE, key.as_bytes(), content)?;
        std::fs::create_dir_all(self.store.home().drafts_path())?;
        let aside = path.with_extension("new");
        std::fs::write(&aside, sealed)?;
        std::fs::rename(&aside, &path)?;
        Ok(())
    }

    /// Reads a draft; `None` if there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn load(&self, key: &str) -> Result<Option<Vec<u8>>, DraftError> {
        match std::fs::read(self.path(key)?) {
            Ok(sealed) => Ok(Some(self.store.sealer(Purpose::Drafts).open(PLACE, key.as_bytes(), &sealed)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Throws a draft away; one that is not there is no error.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn drop(&self, key: &str) -> Result<(), DraftError> {
        match std::fs::remove_file(self.path(key)?) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn path(&self, key: &str) -> Result<PathBuf, DraftError> {
        let plain = key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if !plain || key.is_empty() || key.len() > 120 {
            return Err(DraftError::Name);
        }
        Ok(self.store.home().drafts_path().join(format!("{key}.draft")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Home, KeyMode};

    #[test]
    fn drafts_come_back_and_are_unreadable_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::create(Home::new(folder.path()), &KeyMode::KeyFile).unwrap();
        let drafts = Drafts::of(&store);
        assert_eq!(drafts.load("visit-1").unwrap(), None);
        drafts.save("visit-1", "老人说屋顶漏雨".as_bytes()).unwrap();
        assert_eq!(drafts.load("visit-1").unwrap().unwrap(), "老人说屋顶漏雨".as_bytes());
        let on_disk = std::fs::read(store.home().drafts_path().join("visit-1.draft")).unwrap();
        assert!(!on_disk.windows(6).any(|window| window == "屋顶".as_bytes()));
        drafts.drop("visit-1").unwrap();
        drafts.drop("visit-1").unwrap();
        assert_eq!(drafts.load("visit-1").unwrap(), None);
        assert_eq!(drafts.save("../x", b"").unwrap_err().code(), "draft.name");
    }
}
