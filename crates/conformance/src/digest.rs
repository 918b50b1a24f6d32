// SPDX-License-Identifier: MIT OR Apache-2.0

//! A fingerprint of result bits: equal on every target, or something is wrong with one of them.
//!
//! FNV-1a with 64 bits over little-endian bytes. It is no cryptographic hash: it finds accidents, not attacks.

use widthwise_claims::{Comparison, Observer, Outcome, Refusal};
use widthwise_rounding::{Scalar, ScaledEnclosure, Verdict};

/// A running FNV-1a hash.
///
/// # Examples
///
/// ```
/// use widthwise_conformance::Digest;
/// let mut digest = Digest::new();
/// digest.add(0);
/// assert_eq!(format!("{digest}"), "a8c7f832281a39c5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Digest {
    /// The hash of nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a number of a format by its bits.
    pub(crate) fn add_scalar<T: Scalar>(&mut self, value: T) {
        self.add(value.to_canonical_bits());
    }

    /// Adds the eight bytes of a number.
    pub fn add(&mut self, value: u64) {
        for byte in value.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    /// The hash so far.
    #[must_use]
    pub const fn value(&self) -> u64 {
        self.0
    }

    /// The hash folded to 16 bits: enough to tell where two lists of hashes differ.
    #[must_use]
    pub const fn folded(&self) -> u16 {
        let [a, b, c, d, e, f, g, h] = self.0.to_le_bytes();
        u16::from_le_bytes([a ^ c ^ e ^ g, b ^ d ^ f ^ h])
    }

    /// Adds the bits of an enclosure.
    pub(crate) fn add_enclosure<T: Scalar>(&mut self, value: &ScaledEnclosure<T>) {
        let significand = value.significand();
        self.add(significand.lo().to_canonical_bits());
        self.add(significand.hi().to_canonical_bits());
        self.add(i64::from(value.exponent()).cast_unsigned());
    }

    /// Adds an outcome.
    pub(crate) fn add_outcome(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Decided(findings) => {
                self.add(match findings.verdict {
                    Verdict::Proved => 1,
                    Verdict::Undecided => 2,
                    Verdict::Refuted => 3,
                });
                self.add(findings.tightest.map_or(0, Scalar::to_canonical_bits));
                self.add(findings.widest_overlap.to_canonical_bits());
                self.add(u64::from(findings.too_wide));
            }
            Outcome::Skipped(Refusal::Hypothesis(_)) => self.add(4),
            Outcome::Skipped(Refusal::Memory) => self.add(5),
            Outcome::Skipped(Refusal::Input(_)) => self.add(6),
            // What the claims may come to have: a value of its own, so that it is not taken for another.
            _ => self.add(7),
        }
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Display for Digest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Adds every quantity and both sides of every comparison.
impl<T: Scalar> Observer<T> for Digest {
    fn quantity(&mut self, _: &'static str, value: &ScaledEnclosure<T>) {
        self.add_enclosure(value);
    }

    fn comparison(&mut self, comparison: &Comparison<T>) {
        self.add_enclosure(&comparison.left);
        self.add_enclosure(&comparison.right);
        self.add(comparison.overlap.to_canonical_bits());
        self.add(comparison.allowance.to_canonical_bits());
    }
}
