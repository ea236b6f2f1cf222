//! Messages as trees: decoded without knowing their type, changed, encoded again.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::Dice;
use super::mutate::{number, text};

/// Any value of MessagePack or JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
}

struct Reads;

impl<'de> Visitor<'de> for Reads {
    type Value = Tree;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }
    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Tree, D::Error> {
        Tree::deserialize(from)
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<Tree, D::Error> {
        Tree::deserialize(from)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Int(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Uint(value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Float(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }
    fn visit_bytes<E>(self, value: &[u8]) -> Result<Tree, E> {
        Ok(Tree::Bytes(value.to_vec()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = from.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Tree, A::Error> {
        let mut map = Vec::new();
        while let Some(pair) = from.next_entry()? {
            map.push(pair);
        }
        Ok(Tree::Map(map))
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Tree, D::Error> {
        from.deserialize_any(Reads)
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Tree::Null => to.serialize_unit(),
            Tree::Bool(value) => to.serialize_bool(*value),
            Tree::Int(value) => to.serialize_i64(*value),
            Tree::Uint(value) => to.serialize_u64(*value),
            Tree::Float(value) => to.serialize_f64(*value),
            Tree::Text(value) => to.serialize_str(value),
            Tree::Bytes(value) => to.serialize_bytes(value),
            Tree::List(list) => {
                let mut seq = to.serialize_seq(Some(list.len()))?;
                list.iter().try_for_each(|item| seq.serialize_element(item))?;
                seq.end()
            }
            Tree::Map(map) => {
                let mut out = to.serialize_map(Some(map.len()))?;
                map.iter().try_for_each(|(key, value)| out.serialize_entry(key, value))?;
                out.end()
            }
        }
    }
}

impl Tree {
    /// A message as a tree.
    pub fn of<T: Serialize>(message: &T) -> Tree {
        rmp_serde::from_slice(&rmp_serde::to_vec_named(message).unwrap()).unwrap()
    }

    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, rmp_serde::decode::Error> {
        rmp_serde::from_slice(&self.bytes())
    }

    pub fn bytes(&self) -> Vec<u8> {
        rmp_serde::to_vec_named(self).unwrap()
    }

    fn count(&self) -> usize {
        1 + match self {
            Tree::List(list) => list.iter().map(Tree::count).sum(),
            Tree::Map(map) => map.iter().map(|(_, value)| value.count()).sum(),
            _ => 0,
        }
    }

    /// The `n`th value, the root first.
    fn at(&mut self, n: &mut usize) -> Option<&mut Tree> {
        if *n == 0 {
            return Some(self);
        }
        *n -= 1;
        match self {
            Tree::List(list) => list.iter_mut().find_map(|item| item.at(n)),
            Tree::Map(map) => map.iter_mut().find_map(|(_, value)| value.at(n)),
            _ => None,
        }
    }

    fn pick(&mut self, dice: &mut Dice) -> &mut Tree {
        let mut n = dice.roll(self.count());
        self.at(&mut n).expect("counted")
    }

    /// Changes one to three values somewhere in it.
    pub fn mutate(&mut self, dice: &mut Dice) {
        for _ in 0..=dice.roll(3) {
            // A part of it may come to stand somewhere else.
            let other = self.pick(dice).clone();
            let value = self.pick(dice);
            match dice.roll(8) {
                0 => *value = other,
                1 => *value = Tree::Null,
                2 => *value = kind_of_its_own(dice),
                _ => value.change(dice),
            }
        }
    }

    fn change(&mut self, dice: &mut Dice) {
        match self {
            Tree::Null => *self = kind_of_its_own(dice),
            Tree::Bool(value) => *value = !*value,
            Tree::Int(_) | Tree::Uint(_) | Tree::Float(_) => *self = number(dice),
            Tree::Text(value) => *value = text(value, dice),
            Tree::Bytes(value) => *value = super::mutate::bytes(value, dice),
            Tree::List(list) => change_list(list, dice),
            Tree::Map(map) => {
                if !map.is_empty() && dice.one_in(3) {
                    let at = dice.roll(map.len());
                    map[at].0 = Tree::Text("unknown_field".into());
                } else {
                    change_list(map, dice);
                }
            }
        }
    }
}

fn change_list<T: Clone>(list: &mut Vec<T>, dice: &mut Dice) {
    if list.is_empty() {
        return;
    }
    let at = dice.roll(list.len());
    let other = dice.roll(list.len());
    match dice.roll(5) {
        0 => drop(list.remove(at)),
        1 => list.insert(other, list[at].clone()),
        2 => list.swap(at, other),
        3 => list.truncate(at),
        // Repeated very often.
        _ => list.extend(std::iter::repeat_n(list[at].clone(), 300)),
    }
}

fn kind_of_its_own(dice: &mut Dice) -> Tree {
    match dice.roll(8) {
        0 => Tree::Bool(true),
        1 => number(dice),
        2 => Tree::Text(text("", dice)),
        3 => Tree::Bytes(vec![0xff; dice.roll(40)]),
        4 => Tree::List(Vec::new()),
        5 => Tree::Map(Vec::new()),
        // Very deep.
        6 => (0..dice.roll(600)).fold(Tree::Null, |tree, _| Tree::List(vec![tree])),
        _ => (0..dice.roll(600)).fold(Tree::Null, |tree, _| Tree::Map(vec![(Tree::Text("a".into()), tree)])),
    }
}
