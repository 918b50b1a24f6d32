// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is hashed to compare a target with another: the one definition, for host and device alike.
//!
//! Two builds compute the same bits if and only if, up to the accidents of a 64-bit hash, they report the same fingerprints. A
//! fingerprint covers a block of eight addresses of one subject in one format, so a difference is known to within eight instances, whose
//! replay then shows the quantity.
//!
//! | subject | what is hashed at each index |
//! | --- | --- |
//! | a claim | the entries of the instance, then every quantity, comparison and the outcome of its check |
//! | a control | the same for the control's check, on the claim's instances |
//! | a kernel | its results on a matrix of each family, at a shape given by the index |
//!
//! Seed, number of blocks and length of the memory are part of the address. The memory is small enough for a microcontroller: an
//! instance that does not fit is skipped, which is an outcome like any other. Counting the outcomes costs nothing, so every fingerprint
//! carries its [`Tally`].

use crate::claim::Check;
use crate::kernels::{Kernel, SHAPES, hash_kernel};
use crate::{Checked, Claim, Control, Digest, Outcome, Refusal, Tally, draw, judge};

/// The numbers of memory that every fingerprint is computed in. More is refused as less is: it would change what is skipped.
///
/// 32 KiB in binary64. Enough for every shape but the largest few, whose cost has no place on a microcontroller.
pub const FINGERPRINT_MEMORY: usize = 4096;

/// The seed of every stream.
const SEED: u64 = 0x5eed;

/// Indices of a block.
const BLOCK: u64 = 8;

/// Blocks of a claim, and of each of its controls.
const BLOCKS: u64 = 4;

/// What a fingerprint is of.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Subject {
    /// A claim's check.
    Claim(&'static Claim),
    /// A control's check.
    Control(&'static Control),
    /// A kernel, by name.
    Kernel(&'static str),
}

impl Subject {
    /// The claim's or control's id, or the kernel's name.
    ///
    /// ```
    /// use widthwise_claims::{CATALOGUE, Subject};
    /// assert_eq!(Subject::Claim(CATALOGUE[0]).name(), CATALOGUE[0].id);
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Claim(claim) => claim.id,
            Self::Control(control) => control.id,
            Self::Kernel(name) => name,
        }
    }
}

/// The digest of a block of result bits.
///
/// It displays as a line of a table of digests: subject, format, range of indices, digest.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Fingerprint {
    /// What was computed.
    pub subject: Subject,
    /// The format, by its name in Rust.
    pub format: &'static str,
    /// The first of eight indices.
    pub first: u64,
    /// The digest of all results.
    pub digest: Digest,
    /// The outcomes; none for a kernel.
    pub tally: Tally,
}

impl core::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (name, last) = (self.subject.name(), self.first + BLOCK);
        write!(f, "{name} {} {}..{last} {}", self.format, self.first, self.digest)
    }
}

/// Reports the fingerprints of a claim and of its controls, block by block.
///
/// The contents of `memory` do not matter.
///
/// # Errors
///
/// [`Refusal::Memory`] if `memory` is not [`FINGERPRINT_MEMORY`] long.
///
/// # Examples
///
/// ```
/// use widthwise_claims::{CATALOGUE, FINGERPRINT_MEMORY, Tally, fingerprint_claim};
///
/// let mut memory = vec![0.0_f32; FINGERPRINT_MEMORY];
/// let mut tally = Tally::default();
/// fingerprint_claim(CATALOGUE[0], &mut memory, &mut |fingerprint| {
///     println!("{fingerprint}");
///     if fingerprint.subject.name() == CATALOGUE[0].id {
///         tally = tally.merge(&fingerprint.tally);
///     }
/// })?;
/// assert_eq!((tally.instances, tally.refuted), (32, 0));
/// # Ok::<(), widthwise_claims::Refusal>(())
/// ```
pub fn fingerprint_claim<T: Checked>(
    claim: &'static Claim,
    memory: &mut [T],
    report: &mut dyn FnMut(&Fingerprint),
) -> Result<(), Refusal> {
    require_length(memory)?;
    let controls = claim.controls.iter().map(|control| (Subject::Control(control), T::control(control)));
    for (subject, check) in core::iter::once((Subject::Claim(claim), T::check(claim))).chain(controls) {
        for block in 0..BLOCKS {
            let first = block * BLOCK;
            let (digest, tally) = block_of_claim(claim, check, first, memory);
            report(&Fingerprint { subject, format: T::NAME, first, digest, tally });
        }
    }
    Ok(())
}

fn block_of_claim<T: Checked>(
    claim: &Claim,
    check: Check<T>,
    first: u64,
    memory: &mut [T],
) -> (Digest, Tally) {
    let (mut digest, mut tally) = (Digest::new(), Tally::default());
    for index in first..first + BLOCK {
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
    }
    (digest, tally)
}

/// Reports the fingerprints of the kernels on which the claims rest: random draws, products, norms, singular values.
///
/// Sizes 1 to 5, where compilers unroll and vectorise, come as dynamic and as fixed shapes. The contents of `memory` do not matter.
///
/// # Errors
///
/// [`Refusal::Memory`] if `memory` is not [`FINGERPRINT_MEMORY`] long.
///
/// # Examples
///
/// ```
/// use widthwise_claims::{FINGERPRINT_MEMORY, fingerprint_kernels};
///
/// let (mut once, mut again) = (Vec::new(), Vec::new());
/// let mut memory = vec![0.0_f64; FINGERPRINT_MEMORY];
/// fingerprint_kernels(&mut memory, &mut |kernel| once.push(kernel.to_string()))?;
/// fingerprint_kernels(&mut memory, &mut |kernel| again.push(kernel.to_string()))?;
/// assert_eq!(once, again);
/// # Ok::<(), widthwise_claims::Refusal>(())
/// ```
pub fn fingerprint_kernels<T: Checked>(
    memory: &mut [T],
    report: &mut dyn FnMut(&Fingerprint),
) -> Result<(), Refusal> {
    require_length(memory)?;
    for kernel in Kernel::ALL {
        let mut digest = Digest::new();
        for (index, shape) in (0..BLOCK).zip(SHAPES) {
            if let Err(refusal) = hash_kernel(kernel, SEED, index, shape, memory, &mut digest) {
                digest.add_outcome(&Outcome::Skipped(refusal));
            }
        }
        let (subject, tally) = (Subject::Kernel(kernel.name()), Tally::default());
        report(&Fingerprint { subject, format: T::NAME, first: 0, digest, tally });
    }
    Ok(())
}

fn require_length<T>(memory: &[T]) -> Result<(), Refusal> {
    if memory.len() == FINGERPRINT_MEMORY { Ok(()) } else { Err(Refusal::Memory) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CATALOGUE;
    use std::string::{String, ToString};
    use std::vec::Vec;

    fn all<T: Checked>(memory: &mut [T]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut report = |line: &Fingerprint| lines.push(line.to_string());
        assert_eq!(fingerprint_kernels(memory, &mut report), Ok(()));
        for claim in CATALOGUE {
            assert_eq!(fingerprint_claim(claim, memory, &mut report), Ok(()));
        }
        lines
    }

    #[test]
    fn what_the_memory_held_does_not_matter() {
        assert_eq!(all(&mut [0.0_f32; FINGERPRINT_MEMORY]), all(&mut [f32::NAN; FINGERPRINT_MEMORY]));
        assert_eq!(all(&mut [0.0_f64; FINGERPRINT_MEMORY]), all(&mut [f64::NAN; FINGERPRINT_MEMORY]));
    }

    #[test]
    fn every_subject_and_block_has_a_line_of_its_own() {
        let mut names: Vec<_> = all(&mut [0.0_f64; FINGERPRINT_MEMORY])
            .iter()
            .filter_map(|line| line.rsplit_once(' ').map(|(name, _)| name.to_string()))
            .collect();
        let (count, controls) =
            (names.len(), CATALOGUE.iter().map(|claim| claim.controls.len()).sum::<usize>());
        assert_eq!(count, Kernel::ALL.len() + 4 * (CATALOGUE.len() + controls));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn another_length_of_memory_is_refused() {
        for length in [0, FINGERPRINT_MEMORY - 1, FINGERPRINT_MEMORY + 1] {
            let mut memory = std::vec![0.0_f32; length];
            assert_eq!(fingerprint_kernels(&mut memory, &mut |_| ()), Err(Refusal::Memory));
            assert_eq!(fingerprint_claim(CATALOGUE[0], &mut memory, &mut |_| ()), Err(Refusal::Memory));
        }
    }
}
