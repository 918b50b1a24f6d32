// SPDX-License-Identifier: MIT OR Apache-2.0

//! A model from its description in TOML or JSON.
//!
//! ```toml
//! [[parameters]]
//! name = "up"
//! role = "hidden"
//! shape.dense = { fan_out = 3072, fan_in = 768 }
//! ```
//!
//! A parameter is checked while it is read, so what is wrong with its numbers is reported at its line as what is wrong
//! with its spelling is.

use core::fmt;
use std::collections::HashSet;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::model::{Model, ModelParameter, ModelShape, Own};
use super::names::{self, FACTORS, ROLES};
use widthwise_parametrization::{Role, ShapeFactor};

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let description = Description::deserialize(deserializer)?;
        Ok(Self { head_dimension: description.head_dimension, parameters: description.parameters.0 })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    #[serde(default, deserialize_with = "head_dimension")]
    head_dimension: Option<usize>,
    parameters: Parameters,
}

/// A parameter as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(deserialize_with = "role")]
    role: Role,
    shape: ModelShape,
    tied_to: Option<String>,
    #[serde(default = "no_factor", deserialize_with = "factor")]
    factor: ShapeFactor,
    #[serde(default = "one")]
    initial: f64,
    #[serde(default = "one")]
    rate: f64,
}

pub(super) fn one() -> f64 {
    1.0
}

pub(super) fn no_factor() -> ShapeFactor {
    ShapeFactor::One
}

pub(super) fn role<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Role, D::Error> {
    deserializer.deserialize_str(NameVisitor("role", &ROLES))
}

pub(super) fn factor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ShapeFactor, D::Error> {
    deserializer.deserialize_str(NameVisitor("factor", &FACTORS))
}

/// A name of a table. The check is in the visitor, where a format knows the line.
struct NameVisitor<T: 'static>(&'static str, &'static [(&'static str, T)]);

impl<T: Copy> Visitor<'_> for NameVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}", self.0)
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<T, E> {
        names::find(self.0, name, self.1).map_err(E::custom)
    }
}

pub(super) fn head_dimension<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    match usize::deserialize(deserializer)? {
        0 => Err(de::Error::custom("head_dimension is zero")),
        dimension => Ok(Some(dimension)),
    }
}

/// The parameters, each name once.
struct Parameters(Vec<ModelParameter>);

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ParametersVisitor)
    }
}

struct ParametersVisitor;

impl<'de> Visitor<'de> for ParametersVisitor {
    type Value = Parameters;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of parameters")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Parameters, A::Error> {
        let (mut names, mut parameters) = (HashSet::new(), Vec::new());
        while let Some(parameter) = sequence.next_element_seed(ParameterSeed(&mut names))? {
            parameters.push(parameter);
        }
        if parameters.is_empty() {
            return Err(de::Error::custom("there are no parameters"));
        }
        Ok(Parameters(parameters))
    }
}

/// The next parameter, beside the names of those before it.
struct ParameterSeed<'a>(&'a mut HashSet<String>);

impl<'de> DeserializeSeed<'de> for ParameterSeed<'_> {
    type Value = ModelParameter;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ModelParameter, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ParameterSeed<'_> {
    type Value = ModelParameter;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a parameter with name, role and shape")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ModelParameter, A::Error> {
        let Written { name, role, shape, tied_to, factor, initial, rate } =
            Written::deserialize(MapAccessDeserializer::new(map))?;
        let wrong = |message: String| de::Error::custom(format!("parameter `{name}`: {message}"));
        if !self.0.insert(name.clone()) {
            return Err(wrong("the name is taken by an earlier one".to_owned()));
        }
        let own = Own::checked(factor, initial, rate).map_err(wrong)?;
        let parameter = ModelParameter { name: name.clone(), role, shape, tied_to, own };
        parameter.check().map_err(|error| wrong(error.to_string()))?;
        Ok(parameter)
    }
}
