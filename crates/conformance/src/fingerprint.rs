// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is hashed to compare a target with another: the one definition, for host and device alike.
//!
//! Two builds compute the same bits if and only if, up to the accidents of a 64-bit hash, they report the same fingerprints. A
//! fingerprint covers a block of eight addresses of one subject in one format, and 16 bits of the hash of each, so that the first index
//! that differs is known and can be replayed.
//!
//! | subject | what is hashed at each index |
//! | --- | --- |
//! | a kernel | its results on a matrix of each family, at a shape given by the index |
//! | a function on golden matrices | its enclosure of the norm of the matrix at that place in the table |
//! | a claim | the entries of the instance, then every quantity, comparison and the outcome of its check |
//! | a control | the same for the control's check, on the claim's instances |
//!
//! Seed, number of blocks and length of the memory are part of the address. The memory is small enough for a microcontroller: an
//! instance that does not fit is skipped, which is an outcome like any other.

use widthwise_claims::{Check, Claim, Outcome, Refusal, Tally, draw, judge};

use crate::kernels::{Kernel, SHAPES, hash_kernel};
use crate::{Digest, Format};

/// The numbers of memory in each format that everything is computed in. Another length would change what is skipped.
///
/// 32 KiB in binary64. Enough for every shape but the largest few, whose cost has no place on a microcontroller.
pub const MEMORY: usize = 4096;

/// The seed of every stream.
pub const SEED: u64 = 0x5eed;

/// Indices of a block.
pub(crate) const BLOCK: usize = 8;

/// Blocks of a claim, and of each of its controls.
pub(crate) const BLOCKS: u64 = 4;

/// The digests of a block of results.
///
/// It displays as a line of the table of digests: subject, format, range of indices, digest, then four digits for each index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fingerprint {
    name: &'static str,
    format: &'static str,
    first: u64,
    /// One for each index.
    indices: [Digest; BLOCK],
    len: usize,
}

impl Fingerprint {
    pub(crate) fn new<T: Format>(name: &'static str, first: u64) -> Self {
        Self { name, format: T::NAME, first, indices: [Digest::new(); BLOCK], len: 0 }
    }

    /// Adds the digest of the next index; a block has room for eight.
    pub(crate) fn add(&mut self, digest: Digest) {
        if let Some(place) = self.indices.get_mut(self.len) {
            *place = digest;
            self.len += 1;
        }
    }

    fn indices(&self) -> impl Iterator<Item = &Digest> {
        self.indices.iter().take(self.len)
    }
}

impl core::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut whole = Digest::new();
        self.indices().for_each(|digest| whole.add(digest.value()));
        write!(f, "{} {} {}..{} {whole}", self.name, self.format, self.first, self.first + self.len as u64)?;
        self.indices().try_for_each(|digest| write!(f, " {:04x}", digest.folded()))
    }
}

/// A block of instances of a claim, judged by `check`: the claim's own or one of its controls, whose name is given.
pub(crate) fn of_claim<T: Format>(
    name: &'static str,
    claim: &Claim,
    check: Check<T>,
    first: u64,
    memory: &mut [T],
) -> (Fingerprint, Tally) {
    let (mut fingerprint, mut tally) = (Fingerprint::new::<T>(name, first), Tally::default());
    for index in first..first + BLOCK as u64 {
        let mut digest = Digest::new();
        let outcome = match draw(claim, SEED, index, memory) {
            Ok((instance, rest)) => {
                for &entry in instance.data() {
                    digest.add_scalar(entry);
                }
                judge(check, &instance, rest, &mut digest)
            }
            Err(refusal) => Outcome::Skipped(refusal),
        };
        digest.add_outcome(&outcome);
        tally.add(index, &outcome);
        fingerprint.add(digest);
    }
    (fingerprint, tally)
}

/// A kernel at each of its shapes; whether none was refused.
///
/// Sizes 1 to 5, where compilers unroll and vectorise, come as dynamic and as fixed shapes.
pub(crate) fn of_kernel<T: Format>(kernel: Kernel, memory: &mut [T]) -> (Fingerprint, Result<(), Refusal>) {
    let (mut fingerprint, mut outcome) = (Fingerprint::new::<T>(kernel.name(), 0), Ok(()));
    for (index, shape) in (0..).zip(SHAPES) {
        let mut digest = Digest::new();
        if let Err(refusal) = hash_kernel(kernel, SEED, index, shape, memory, &mut digest) {
            digest.add_outcome(&Outcome::Skipped(refusal));
            outcome = Err(refusal);
        }
        fingerprint.add(digest);
    }
    (fingerprint, outcome)
}
