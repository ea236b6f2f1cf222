//! What the server thinks of a command.

use serde::{Deserialize, Serialize};

use super::page::Part;
use crate::domain::codes::Code;
use crate::domain::id::WishId;
use crate::domain::moment::Moment;
use crate::domain::record::RecordKey;
use crate::domain::refusal::{Label, Refusal};
use crate::domain::region::RegionCode;
use crate::domain::value::Value;
use crate::i18n::{Explain, Lang, sync as say};

/// The code of [`Outcome::waiting`].
const WAITS: &str = "command.waits";

/// The server's answer to one command; the same for ever, unless it says that the command [waits](Outcome::waits).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The command's number on its device.
    pub seq: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// Where its effects stand in the feeds. The device shows its own prediction until its cursors have passed these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It stands as it was meant.
    Applied,
    /// It stands, but for the fields that others had changed.
    Merged {
        /// What did not stand, and why.
        lost: Vec<Lost>,
    },
    /// It does not stand. Its bytes are kept.
    Refused {
        /// Why, the first fault.
        told: Told,
        /// Further faults.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also: Vec<Told>,
        /// For a claim that came too late: who has it, and what else is open.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lost_claim: Option<Box<LostClaim>>,
    },
}

/// A fault in words, for programs and for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Stable code.
    pub code: String,
    /// The field at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong.
    pub message: Label,
    /// What to do.
    pub remedy: Label,
}

impl Told {
    /// An explained fault, in both languages.
    pub fn of(fault: &dyn Explain) -> Told {
        Told {
            code: fault.code().to_owned(),
            field: fault.field().map(str::to_owned),
            message: Label::message_of(fault),
            remedy: Label::remedy_of(fault),
        }
    }
}

impl Explain for Told {
    fn code(&self) -> &str {
        &self.code
    }
    fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
    fn message(&self, lang: Lang) -> String {
        lang.pick(&self.message.zh, &self.message.en).clone()
    }
    fn remedy(&self, lang: Lang) -> String {
        lang.pick(&self.remedy.zh, &self.remedy.en).clone()
    }
}

impl Outcome {
    /// A refusal by the rules.
    pub fn refused(refusal: &Refusal) -> Outcome {
        Outcome::Refused {
            told: Told::of(refusal),
            also: refusal.also.iter().map(|fault| Told::of(fault)).collect(),
            lost_claim: None,
        }
    }

    /// What a command is told that waits on the server for a record which others have yet to bring back after a restore.
    /// The server decides it when the record comes, or refuses it for good once every device must have sent again what it
    /// kept. To a program that does not know of it this is a refusal that explains itself.
    pub fn waiting() -> Outcome {
        let label = |say: fn(Lang) -> &'static str| Label { zh: say(Lang::Zh).into(), en: say(Lang::En).into() };
        let told =
            Told { code: WAITS.to_owned(), field: None, message: label(say::waits), remedy: label(say::waits_remedy) };
        Outcome::Refused { told, also: Vec::new(), lost_claim: None }
    }

    /// Whether the command waits: no verdict yet. The device shows it as it shows what it has not sent, and asks again.
    pub fn waits(&self) -> bool {
        matches!(self, Outcome::Refused { told, .. } if told.code == WAITS)
    }

    /// Whether the command stands, in whole or in part.
    pub fn stands(&self) -> bool {
        !matches!(self, Outcome::Refused { .. })
    }
}

/// A field whose change did not stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lost {
    /// Which record.
    pub record: RecordKey,
    /// Which field.
    pub field: String,
    /// What stands.
    #[serde(default)]
    pub held: Value,
    /// What the author wanted.
    #[serde(default)]
    pub offered: Value,
    /// The conflict that a person settles; none where the later writer simply holds and the other value is in the
    /// history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<RecordKey>,
}

/// Who has what a claim asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LostClaim {
    /// The wish.
    pub wish: WishId,
    /// The present holder, masked.
    pub holder: String,
    /// When the holder's claim was made.
    pub since: Moment,
    /// Up to three open wishes like it.
    pub similar: Vec<SimilarWish>,
}

/// An open wish, de-identified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimilarWish {
    /// The wish.
    pub wish: WishId,
    /// Its number.
    pub no: String,
    /// Its card.
    pub card_text: String,
    /// Its category.
    pub category: Code,
    /// The town.
    pub town: RegionCode,
    /// Its units; at least one of them is free.
    pub units: u16,
}
