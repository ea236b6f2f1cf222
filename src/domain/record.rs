//! Records: what the program keeps about the world, one kind a file, each described by one field table.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::field::Field;
use super::id::{RecordId, WorkerId};
use super::moment::Hlc;
use super::value::{Value, WrongKind};
use crate::i18n::Lang;

/// What every record carries beside its own fields.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Meta {
    /// Number of the version, counted from 1.
    pub rev: u32,
    /// When it was last written, by hybrid logical clock.
    pub hlc: Hlc,
    /// Who wrote it last.
    pub by: WorkerId,
    /// Set when its creation was undone; the record stays in storage and leaves every list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// When contact facts were changed since, by field: the later writer holds ([`super::field::Merge::LastWriter`]).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clocks: BTreeMap<String, Hlc>,
    /// What a newer version of the program wrote here.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, Value>,
}

/// The description of a record kind.
#[derive(Debug)]
pub struct Table {
    /// Which kind.
    pub kind: Kind,
    /// Name in Chinese.
    pub zh: &'static str,
    /// Name in English.
    pub en: &'static str,
    /// Its fields in the order of forms and detail panes.
    pub fields: &'static [Field],
}

impl Table {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
    /// Its name in a language.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}

/// Names a record among all records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordKey {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: RecordId,
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.name(), self.id)
    }
}

impl super::value::FieldValue for RecordKey {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        const WRONG: WrongKind = WrongKind { expected: "kind/id" };
        let (kind, id) = value.as_text().and_then(|text| text.split_once('/')).ok_or(WRONG)?;
        Ok(RecordKey { kind: Kind::from_name(kind).ok_or(WRONG)?, id: id.parse().map_err(|_| WRONG)? })
    }
}

/// A field that could not be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetError {
    /// The kind has no such field.
    NoField,
    /// The value is not of the field's kind.
    WrongKind(WrongKind),
}

/// Access to a record's fields by name, made by the `record!` macro.
pub trait Fields {
    /// The field table.
    fn table(&self) -> &'static Table;
    /// The content of a field; `None` where there is no such field.
    fn get(&self, name: &str) -> Option<Value>;
    /// Replaces the content of a field.
    fn set(&mut self, name: &str, value: Value) -> Result<(), SetError>;
    /// The common part.
    fn meta(&self) -> &Meta;
    /// The common part, to change.
    fn meta_mut(&mut self) -> &mut Meta;
    /// The record's id, of whatever kind.
    fn record_id(&self) -> RecordId;
}

/// A Rust type that is one kind of record.
pub trait TypedRecord: Fields + Into<Record> + Clone {
    /// Its kind.
    const KIND: Kind;
    /// Takes it out of a [`Record`] of that kind.
    fn from_record(record: Record) -> Option<Self>;
}

/// Defines a record kind: the struct, its field table, access by field name, and storage by field name that leaves
/// out blank fields and keeps those a newer version wrote.
#[macro_export]
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident, $id:ty, $zh:literal, $en:literal;
        $( $(#[$fmeta:meta])* $field:ident : $ty:ty = $def:expr, $fzh:literal, $fen:literal; )*
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name {
            /// Its id.
            pub id: $id,
            /// Version, writer and time.
            pub meta: $crate::domain::record::Meta,
            $( $(#[$fmeta])* #[doc = concat!($fzh, " / ", $fen)] pub $field: $ty, )*
            /// Fields written by a newer version, kept as they are.
            pub unknown: ::std::collections::BTreeMap<String, $crate::domain::value::Value>,
        }

        impl $name {
            /// The field table of this kind.
            pub const TABLE: &'static $crate::domain::record::Table = &$crate::domain::record::Table {
                kind: $crate::domain::record::Kind::$name,
                zh: $zh,
                en: $en,
                fields: &[ $( ($def).named(stringify!($field), $fzh, $fen) ),* ],
            };
            /// Names this record.
            pub fn key(&self) -> $crate::domain::record::RecordKey {
                $crate::domain::record::RecordKey { kind: $crate::domain::record::Kind::$name, id: self.id.into() }
            }
        }

        impl $crate::domain::record::TypedRecord for $name {
            const KIND: $crate::domain::record::Kind = $crate::domain::record::Kind::$name;
            fn from_record(record: $crate::domain::record::Record) -> Option<Self> {
                match record {
                    $crate::domain::record::Record::$name(record) => Some(record),
                    _ => None,
                }
            }
        }

        impl From<$name> for $crate::domain::record::Record {
            fn from(record: $name) -> Self {
                $crate::domain::record::Record::$name(record)
            }
        }

        impl $crate::domain::record::Fields for $name {
            fn table(&self) -> &'static $crate::domain::record::Table {
                Self::TABLE
            }
            fn get(&self, name: &str) -> Option<$crate::domain::value::Value> {
                match name {
                    $( stringify!($field) => Some($crate::domain::value::FieldValue::to_value(&self.$field)), )*
                    "deleted" => Some($crate::domain::value::Value::Bool(self.meta.deleted)),
                    other => self.unknown.get(other).cloned(),
                }
            }
            fn set(
                &mut self,
                name: &str,
                value: $crate::domain::value::Value,
            ) -> Result<(), $crate::domain::record::SetError> {
                match name {
                    $( stringify!($field) => {
                        self.$field = $crate::domain::value::FieldValue::from_value(value)
                            .map_err($crate::domain::record::SetError::WrongKind)?;
                    } )*
                    "deleted" => {
                        self.meta.deleted = $crate::domain::value::FieldValue::from_value(value)
                            .map_err($crate::domain::record::SetError::WrongKind)?;
                    }
                    _ => return Err($crate::domain::record::SetError::NoField),
                }
                Ok(())
            }
            fn meta(&self) -> &$crate::domain::record::Meta {
                &self.meta
            }
            fn meta_mut(&mut self) -> &mut $crate::domain::record::Meta {
                &mut self.meta
            }
            fn record_id(&self) -> $crate::domain::id::RecordId {
                self.id.into()
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeMap as _;
                use $crate::domain::value::FieldValue as _;
                let filled = 2 + self.unknown.len() $( + usize::from(!self.$field.is_blank()) )*;
                let mut map = serializer.serialize_map(Some(filled))?;
                map.serialize_entry("id", &self.id)?;
                map.serialize_entry("meta", &self.meta)?;
                $( if !self.$field.is_blank() {
                    map.serialize_entry(stringify!($field), &self.$field)?;
                } )*
                for (name, value) in &self.unknown {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ByName;
                impl<'de> ::serde::de::Visitor<'de> for ByName {
                    type Value = $name;
                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str(concat!("a ", stringify!($name), " by field names"))
                    }
                    fn visit_map<A: ::serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut record = $name::default();
                        while let Some(name) = map.next_key::<::std::borrow::Cow<'de, str>>()? {
                            match &*name {
                                "id" => record.id = map.next_value()?,
                                "meta" => record.meta = map.next_value()?,
                                $( stringify!($field) => record.$field = map.next_value()?, )*
                                _ => {
                                    record.unknown.insert(name.into_owned(), map.next_value()?);
                                }
                            }
                        }
                        Ok(record)
                    }
                }
                deserializer.deserialize_map(ByName)
            }
        }
    };
}

/// An enumeration whose values are entries of a code list, written by their codes.
#[macro_export]
macro_rules! code_enum {
    (
        $(#[$meta:meta])*
        $name:ident in $list:literal { $( $(#[$vmeta:meta])* $variant:ident = $code:literal ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name {
            $( $(#[$vmeta])* #[doc = concat!("Code `", $code, "`.")] #[serde(rename = $code)] $variant, )+
        }

        impl $name {
            /// The code list that has the labels.
            pub const LIST: &'static str = $list;
            /// All values in the list's order.
            pub const ALL: &'static [$name] = &[$( $name::$variant ),+];

            /// The code.
            pub const fn code(self) -> &'static str {
                match self { $( $name::$variant => $code, )+ }
            }
            /// The value of that code.
            pub fn from_code(code: &str) -> Option<$name> {
                match code { $( $code => Some($name::$variant), )+ _ => None }
            }
            /// Its label.
            pub fn label(self, lang: $crate::i18n::Lang) -> ::std::borrow::Cow<'static, str> {
                $crate::domain::codes::label($list, self.code(), lang)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ALL[0]
            }
        }

        impl $crate::domain::value::FieldValue for $name {
            fn to_value(&self) -> $crate::domain::value::Value {
                $crate::domain::value::Value::Text(self.code().to_owned())
            }
            fn from_value(
                value: $crate::domain::value::Value,
            ) -> Result<Self, $crate::domain::value::WrongKind> {
                value
                    .as_text()
                    .and_then($name::from_code)
                    .ok_or($crate::domain::value::WrongKind { expected: concat!("a code of ", $list) })
            }
        }
    };
}

macro_rules! kinds {
    ($( $(#[$meta:meta])* $name:ident = $text:literal in $module:ident; )*) => {
        /// The kinds of records.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Kind { $( $(#[$meta])* #[serde(rename = $text)] $name, )* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$( Kind::$name ),*];
            /// Stable name in storage and JSON.
            pub const fn name(self) -> &'static str {
                match self { $( Kind::$name => $text, )* }
            }
            /// The kind of that name.
            pub fn from_name(name: &str) -> Option<Kind> {
                match name { $( $text => Some(Kind::$name), )* _ => None }
            }
            /// The field table.
            pub const fn table(self) -> &'static Table {
                match self { $( Kind::$name => super::$module::$name::TABLE, )* }
            }
        }

        /// Any record.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub enum Record { $( $(#[$meta])* #[serde(rename = $text)] $name(super::$module::$name), )* }

        impl Record {
            /// Its kind.
            pub fn kind(&self) -> Kind {
                match self { $( Record::$name(_) => Kind::$name, )* }
            }
            /// Its fields by name.
            pub fn fields(&self) -> &dyn Fields {
                match self { $( Record::$name(record) => record, )* }
            }
            /// Its fields by name, to change.
            pub fn fields_mut(&mut self) -> &mut dyn Fields {
                match self { $( Record::$name(record) => record, )* }
            }
            /// Names it.
            pub fn key(&self) -> RecordKey {
                RecordKey { kind: self.kind(), id: self.fields().record_id() }
            }
        }
    };
}

kinds! {
    /// 户
    Household = "household" in household;
    /// 家庭成员
    Member = "member" in member;
    /// 指标值
    Indicator = "indicator" in indicator;
    /// 走访
    Visit = "visit" in visit;
    /// 线索
    Lead = "lead" in lead;
    /// 需求
    Need = "need" in need;
    /// 微心愿
    Wish = "wish" in wish;
    /// 认领
    Claim = "claim" in claim;
    /// 资源
    Resource = "resource" in resource;
    /// 区划
    Region = "region" in region;
    /// 助联体
    Station = "station" in station;
    /// 单位
    Org = "org" in org;
    /// 人员
    Worker = "worker" in worker;
    /// 冲突
    Conflict = "conflict" in conflict;
    /// 配额
    Allotment = "allotment" in allotment;
}
