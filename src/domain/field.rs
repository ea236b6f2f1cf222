//! Field tables: each record kind is described once, and forms, lists, imports, exports, masking, merging, audit and
//! search read that description.

use crate::i18n::Lang;

/// One field of a record kind.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Stable name: the key in storage, JSON and error reports.
    pub name: &'static str,
    /// Label in Chinese.
    pub zh: &'static str,
    /// Label in English.
    pub en: &'static str,
    /// What it holds, for the form control and the checks.
    pub kind: FieldKind,
    /// Whether a record without it is refused.
    pub required: bool,
    /// How private its content is.
    pub privacy: Privacy,
    /// What happens when two devices changed it apart from each other.
    pub merge: Merge,
    /// Other column headings under which spreadsheets carry it.
    pub aliases: &'static [&'static str],
    /// Longest text in characters.
    pub max_chars: usize,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// Several lines of text.
    Note,
    /// A person's name.
    Name,
    /// A resident ID number (GB 11643-1999).
    IdNumber,
    /// A telephone number.
    Phone,
    /// A postal address.
    Address,
    /// A bank account number.
    Bank,
    /// A civil date.
    Date,
    /// A moment in time.
    Moment,
    /// An amount in fen.
    Money,
    /// A whole number from zero.
    Count,
    /// Yes or no.
    Flag,
    /// An entry of the code list of that name.
    Code(&'static str),
    /// Several entries of the code list of that name.
    Codes(&'static str),
    /// Another record, by id.
    Reference,
    /// Several records, by id.
    References,
    /// Set by the program; never entered.
    Internal,
}

/// How private a field is (Personal Information Protection Law, art. 28 and 51).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Privacy {
    /// May stand on a public wish card.
    Public,
    /// For those who work on the case; shown plainly to them.
    Case,
    /// Identifies a person: masked until revealed with a reason.
    Identity,
    /// Sensitive personal information (health, money, under-14s): masked until revealed with a reason.
    Sensitive,
}

/// How changes of one field from several devices meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// The later writer by hybrid logical clock holds; the other value stays in the history.
    LastWriter,
    /// The writer must have seen the present value, else a person settles it.
    Compare,
    /// Only the lifecycle moves it.
    Lifecycle,
    /// Never changes after it was written.
    Fixed,
}

impl Field {
    /// A field of this kind; optional, for the case, last writer holds.
    pub const fn new(kind: FieldKind) -> Field {
        let (privacy, merge, max_chars) = match kind {
            FieldKind::Name | FieldKind::IdNumber | FieldKind::Bank => (Privacy::Identity, Merge::Compare, 60),
            FieldKind::Phone => (Privacy::Identity, Merge::LastWriter, 40),
            FieldKind::Address => (Privacy::Identity, Merge::LastWriter, 120),
            FieldKind::Money => (Privacy::Case, Merge::Compare, 20),
            FieldKind::Note => (Privacy::Case, Merge::LastWriter, 2000),
            FieldKind::Internal => (Privacy::Case, Merge::Fixed, 0),
            _ => (Privacy::Case, Merge::LastWriter, 120),
        };
        Field { name: "", zh: "", en: "", kind, required: false, privacy, merge, aliases: &[], max_chars }
    }

    /// The record is refused without it.
    pub const fn required(mut self) -> Field {
        self.required = true;
        self
    }

    /// Sets how private it is.
    pub const fn privacy(mut self, privacy: Privacy) -> Field {
        self.privacy = privacy;
        self
    }

    /// Sets how changes meet.
    pub const fn merge(mut self, merge: Merge) -> Field {
        self.merge = merge;
        self
    }

    /// Column headings under which spreadsheets carry it, beside its Chinese label.
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Field {
        self.aliases = aliases;
        self
    }

    /// Longest text in characters.
    pub const fn max_chars(mut self, max_chars: usize) -> Field {
        self.max_chars = max_chars;
        self
    }

    /// Names it; called by the `record!` macro.
    pub const fn named(mut self, name: &'static str, zh: &'static str, en: &'static str) -> Field {
        self.name = name;
        self.zh = zh;
        self.en = en;
        self
    }

    /// Its label.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }

    /// Whether a person enters it, as opposed to the program.
    pub fn is_entered(&self) -> bool {
        self.kind != FieldKind::Internal && self.merge != Merge::Lifecycle
    }
}

/// Fields stand in static tables, each under one name; the same name and label is the same field.
impl PartialEq for Field {
    fn eq(&self, other: &Field) -> bool {
        self.name == other.name && self.zh == other.zh
    }
}

impl Eq for Field {}
