//! [`Value`]: what a field holds once its record's type is set aside.
//!
//! Forms, imports, field-level changes, masking, audit diffs and records written by a newer version all work on
//! values; [`FieldValue`] carries a typed field to a value and back.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::codes::Code;
use super::id_number::IdNumber;
use super::moment::{Hlc, Moment};
use super::money::Fen;

/// A field's content without its record's type. Serialises to the plain form of the format in use.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing entered.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A count, an amount in fen, a moment in milliseconds.
    Int(i64),
    /// Only met in records of newer versions and in indicators.
    Float(f64),
    /// Text, a code, an ISO date, an id.
    Text(String),
    /// Bytes written by a newer version.
    Bytes(Vec<u8>),
    /// Several values in order.
    List(Vec<Value>),
    /// Named values.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// Whether nothing has been entered: null, an empty text or an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(items) => items.is_empty(),
            _ => false,
        }
    }

    /// The text inside, where it is a text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A value that is not of the field's kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct WrongKind {
    /// What the field takes.
    pub expected: &'static str,
}

/// A Rust type that can stand in a record's field.
pub trait FieldValue: Sized {
    /// The value that stands for this content; empty content is [`Value::Null`].
    fn to_value(&self) -> Value;
    /// The content that a value stands for.
    fn from_value(value: Value) -> Result<Self, WrongKind>;
    /// Whether the content is the default one, which is not written to storage.
    fn is_blank(&self) -> bool {
        false
    }
}

impl FieldValue for String {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
    fn to_value(&self) -> Value {
        if self.is_empty() { Value::Null } else { Value::Text(self.clone()) }
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        match value {
            Value::Null => Ok(String::new()),
            Value::Text(text) => Ok(text),
            _ => Err(WrongKind { expected: "text" }),
        }
    }
}

impl FieldValue for bool {
    fn is_blank(&self) -> bool {
        !*self
    }
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        match value {
            Value::Null => Ok(false),
            Value::Bool(yes) => Ok(yes),
            _ => Err(WrongKind { expected: "yes or no" }),
        }
    }
}

macro_rules! integer_values {
    ($($type:ty),*) => {$(
        impl FieldValue for $type {
            fn is_blank(&self) -> bool {
                *self == 0
            }
            fn to_value(&self) -> Value {
                Value::Int(i64::from(*self))
            }
            fn from_value(value: Value) -> Result<Self, WrongKind> {
                match value {
                    Value::Null => Ok(0),
                    Value::Int(number) => Self::try_from(number).map_err(|_| WrongKind { expected: "a number in range" }),
                    _ => Err(WrongKind { expected: "a whole number" }),
                }
            }
        }
    )*};
}
integer_values!(u8, u16, u32, i32, i64);

impl FieldValue for NaiveDate {
    fn to_value(&self) -> Value {
        Value::Text(self.format("%Y-%m-%d").to_string())
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        const WRONG: WrongKind = WrongKind { expected: "a date YYYY-MM-DD" };
        value.as_text().and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).ok_or(WRONG)
    }
}

impl FieldValue for Code {
    fn is_blank(&self) -> bool {
        self.as_str().is_empty()
    }
    fn to_value(&self) -> Value {
        if self.as_str().is_empty() { Value::Null } else { Value::Text(self.as_str().to_owned()) }
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        String::from_value(value).map(|text| Code::from(text.as_str())).map_err(|_| WrongKind { expected: "a code" })
    }
}

impl FieldValue for Fen {
    fn is_blank(&self) -> bool {
        self.0 == 0
    }
    fn to_value(&self) -> Value {
        Value::Int(self.0)
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        i64::from_value(value).map(Fen).map_err(|_| WrongKind { expected: "an amount in fen" })
    }
}

impl FieldValue for Moment {
    fn is_blank(&self) -> bool {
        self.0 == 0
    }
    fn to_value(&self) -> Value {
        Value::Int(self.0)
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        i64::from_value(value).map(Moment).map_err(|_| WrongKind { expected: "a moment in milliseconds" })
    }
}

impl FieldValue for Hlc {
    fn is_blank(&self) -> bool {
        self.0 == 0
    }
    fn to_value(&self) -> Value {
        // 48 bits of milliseconds and 16 of counter stay below 2^63 until the year 6429.
        Value::Int(self.0 as i64)
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        i64::from_value(value).map(|n| Hlc(n as u64)).map_err(|_| WrongKind { expected: "a logical clock" })
    }
}

impl FieldValue for IdNumber {
    fn to_value(&self) -> Value {
        Value::Text(self.reveal().to_owned())
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        const WRONG: WrongKind = WrongKind { expected: "a resident ID number" };
        value.as_text().and_then(|text| IdNumber::parse_stored(text).ok()).ok_or(WRONG)
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    fn is_blank(&self) -> bool {
        self.is_none()
    }
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, FieldValue::to_value)
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        if value.is_empty() { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

impl<T: FieldValue> FieldValue for Vec<T> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
    fn to_value(&self) -> Value {
        if self.is_empty() { Value::Null } else { Value::List(self.iter().map(FieldValue::to_value).collect()) }
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        match value {
            Value::Null => Ok(Vec::new()),
            Value::List(items) => items.into_iter().map(T::from_value).collect(),
            _ => Err(WrongKind { expected: "a list" }),
        }
    }
}

impl FieldValue for Value {
    fn is_blank(&self) -> bool {
        *self == Value::Null
    }
    fn to_value(&self) -> Value {
        self.clone()
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        Ok(value)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(yes) => serializer.serialize_bool(*yes),
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::Float(number) => serializer.serialize_f64(*number),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Value::List(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    seq.serialize_element(item)?;
                }
                seq.end()
            }
            Value::Map(items) => {
                let mut map = serializer.serialize_map(Some(items.len()))?;
                for (name, item) in items {
                    map.serialize_entry(name, item)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }
    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number).map(Value::Int).map_err(|_| E::custom("number out of range"))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }
    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Value, E> {
        Ok(Value::Bytes(bytes.to_vec()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut items = BTreeMap::new();
        while let Some((name, item)) = map.next_entry()? {
            items.insert(name, item);
        }
        Ok(Value::Map(items))
    }
}
