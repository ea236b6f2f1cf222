//! An error as messages carry it: in both languages, since the language can be switched while it is shown.

use crate::domain::record::RecordKey;
use crate::i18n::{Explain, Lang};
use crate::replica::ReplicaError;

/// An explained error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fault {
    /// Stable code.
    pub code: String,
    /// The field it is about, by name.
    pub field: Option<String>,
    /// The record it is about, where a form holds several.
    pub record: Option<RecordKey>,
    /// What is wrong, in Chinese and in English.
    pub message: [String; 2],
    /// What to do, in Chinese and in English.
    pub remedy: [String; 2],
    /// Further errors found in the same look; for forms, those of other fields.
    pub also: Vec<Fault>,
}

impl Fault {
    /// An explained error.
    pub fn of(error: &dyn Explain) -> Fault {
        Fault {
            code: error.code().to_owned(),
            field: error.field().map(str::to_owned),
            record: error.record(),
            message: [error.message(Lang::Zh), error.message(Lang::En)],
            remedy: [error.remedy(Lang::Zh), error.remedy(Lang::En)],
            also: Vec::new(),
        }
    }

    /// This error and the further ones.
    pub fn each(&self) -> impl Iterator<Item = &Fault> {
        std::iter::once(self).chain(&self.also)
    }

    /// What is wrong.
    pub fn message(&self, lang: Lang) -> &str {
        let [zh, en] = &self.message;
        lang.pick(zh, en)
    }

    /// What to do.
    pub fn remedy(&self, lang: Lang) -> &str {
        let [zh, en] = &self.remedy;
        lang.pick(zh, en)
    }
}

impl From<&ReplicaError> for Fault {
    fn from(error: &ReplicaError) -> Fault {
        let mut fault = Fault::of(error);
        if let ReplicaError::Refused(refusal) = error {
            fault.also = refusal.also.iter().map(|also| Fault::of(also)).collect();
        }
        fault
    }
}

impl From<ReplicaError> for Fault {
    fn from(error: ReplicaError) -> Fault {
        Fault::from(&error)
    }
}
