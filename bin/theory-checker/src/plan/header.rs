// SPDX-License-Identifier: MIT OR Apache-2.0

//! Names and shapes from the header of a `.safetensors` file. The tensors themselves are never read.
//!
//! A file is eight bytes with the length of the header, the header in JSON, and the tensors without gaps. All of it is
//! checked against the length of the file, so a file that was cut off is noticed.

use core::fmt;
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use safetensors::tensor::TensorInfo;
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

/// Bytes before the header.
const PREFIX: u64 = size_of::<u64>() as u64;

/// The format allows no longer header.
const LONGEST_HEADER: u64 = 100_000_000;

/// A tensor of a file.
#[derive(Debug)]
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
}

/// The tensors of a file, in the order of its header.
///
/// # Errors
///
/// Fails if the file cannot be read, is cut off, or its header is malformed; says at which byte or for which tensor.
pub(super) fn read(path: &Path) -> Result<Vec<Tensor>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    ensure!(
        length >= PREFIX,
        "a file of {length} bytes, and the first {PREFIX} are the length of the header"
    );
    let mut prefix = [0; size_of::<u64>()];
    file.read_exact(&mut prefix)?;
    let header_length = u64::from_le_bytes(prefix);
    ensure!(
        header_length <= LONGEST_HEADER,
        "byte 0: a header of {header_length} bytes, more than the format allows ({LONGEST_HEADER})"
    );
    ensure!(
        header_length <= length - PREFIX,
        "byte 0: a header of {header_length} bytes in a file of {length} bytes"
    );
    let mut text = Vec::new();
    file.take(header_length).read_to_end(&mut text)?;
    let text = match core::str::from_utf8(&text) {
        Ok(text) => text,
        Err(error) => bail!("byte {}: the header is not UTF-8", PREFIX + error.valid_up_to() as u64),
    };
    let header: Header = serde_json::from_str(text)
        .with_context(|| format!("the header, {header_length} bytes from byte {PREFIX}, is malformed"))?;
    require_layout(&header.0, length - PREFIX - header_length)?;
    Ok(header.0.into_iter().map(|(name, info)| Tensor { name, shape: info.shape }).collect())
}

/// Checks that the tensors fill the bytes behind the header, without gaps.
fn require_layout(tensors: &[(String, TensorInfo)], bytes: u64) -> Result<()> {
    let mut in_order: Vec<_> = tensors.iter().collect();
    in_order.sort_by_key(|(_, info)| info.data_offsets);
    let mut end = 0;
    for (name, info) in in_order {
        let TensorInfo { dtype, shape, data_offsets: (from, to) } = info;
        let bits = shape.iter().try_fold(dtype.bitsize(), |product, &axis| product.checked_mul(axis));
        let Some(bits) = bits else { bail!("tensor `{name}`: the size of the shape {shape:?} overflows") };
        ensure!(*from == end && from <= to, "tensor `{name}`: bytes {from} to {to} do not follow byte {end}");
        ensure!(
            bits % 8 == 0 && to - from == bits / 8,
            "tensor `{name}`: {} bytes for the shape {shape:?} of {dtype:?}, which takes {} bits",
            to - from,
            bits
        );
        end = *to;
    }
    ensure!(end as u64 == bytes, "the tensors take {end} bytes, and the file has {bytes} behind its header");
    Ok(())
}

/// The header: tensors in its order, each name once. Free text of the file (`__metadata__`) is skipped.
struct Header(Vec<(String, TensorInfo)>);

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a member for each tensor")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let (mut names, mut tensors) = (HashSet::new(), Vec::new());
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if !names.insert(name.clone()) {
                return Err(de::Error::custom(format!("the name `{name}` is there twice")));
            }
            tensors.push((name, map.next_value()?));
        }
        Ok(Header(tensors))
    }
}
