// SPDX-License-Identifier: MIT OR Apache-2.0

//! The table of digests of result bits: computed here, committed in `golden/digests.txt`, printed by the firmware.
//!
//! A line is a name (subject, format, range of indices), a space and 16 hexadecimal digits; see `widthwise_claims::Fingerprint`. After a
//! change of results that is meant, `WIDTHWISE_BLESS=1 cargo test -p widthwise-tests --test digests` writes the golden table anew.

use widthwise_claims::{
    CATALOGUE, Checked, FINGERPRINT_MEMORY, Fingerprint, Refusal, fingerprint_claim, fingerprint_kernels,
};

/// The golden table.
pub const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/digests.txt");

/// The variable that, set to 1, makes the test of the digests write [`GOLDEN`] instead of comparing with it.
pub const BLESS: &str = "WIDTHWISE_BLESS";

/// The table as this build computes it.
///
/// # Errors
///
/// None: the memory has the length asked for.
pub fn compute() -> Result<Vec<String>, Refusal> {
    let mut lines = in_format::<f32>()?;
    lines.extend(in_format::<f64>()?);
    Ok(lines)
}

fn in_format<T: Checked>() -> Result<Vec<String>, Refusal> {
    let mut memory = vec![T::zero(); FINGERPRINT_MEMORY];
    let mut lines = Vec::new();
    let mut report = |line: &Fingerprint| lines.push(line.to_string());
    fingerprint_kernels(&mut memory, &mut report)?;
    for claim in CATALOGUE {
        fingerprint_claim(claim, &mut memory, &mut report)?;
    }
    Ok(lines)
}

/// The first lines in which two tables differ, in words; `None` if they are equal.
///
/// Kernels come before the claims that rest on them, so the first difference is the one to look at.
#[must_use]
pub fn first_difference<A: AsRef<str>, B: AsRef<str>>(expected: &[A], found: &[B]) -> Option<String> {
    let differing = expected.iter().zip(found).filter(|(a, b)| a.as_ref() != b.as_ref()).count();
    for (expected, found) in expected.iter().zip(found) {
        let (expected, found) = (expected.as_ref(), found.as_ref());
        if expected != found {
            return Some(format!("expected {expected}\n   found {found}\n{differing} lines differ"));
        }
    }
    let (a, b) = (expected.len(), found.len());
    (a != b).then(|| format!("expected {a} lines, found {b}"))
}
