// SPDX-License-Identifier: MIT OR Apache-2.0

//! From an address (seed, claim, index) to an outcome.
//!
//! An outcome is a function of the address, the format and the length of the memory alone: the same bits on every target, in any
//! order, on any number of threads.

use widthwise_linalg::{KernelError, Scaling};
use widthwise_sampling::{Instance, Sizes, Stream};

use crate::claim::Check;
use crate::{Checked, Claim, Control, Observer, Outcome, Refusal, Scratch, Trial};

/// A length of memory, in numbers, that holds every instance of every claim and the workspace of its check.
#[must_use]
pub const fn memory_len() -> usize {
    1 << 18
}

/// Draws the instance that `index` addresses into the front of `memory`; the rest of the memory is returned beside it.
///
/// # Errors
///
/// [`Refusal::Memory`] if the memory is too short.
///
/// # Examples
///
/// ```
/// use widthwise_claims::{CATALOGUE, draw, memory_len};
/// let mut memory = vec![0.0_f64; memory_len()];
/// let (instance, _) = draw(CATALOGUE[0], 0x5eed, 7, &mut memory)?;
/// assert!(instance.data().iter().all(|entry| entry.is_finite()));
/// # Ok::<(), widthwise_claims::Refusal>(())
/// ```
pub fn draw<'a, T: Checked>(
    claim: &Claim,
    seed: u64,
    index: u64,
    memory: &'a mut [T],
) -> Result<(Instance<'a, T>, &'a mut [T]), Refusal> {
    let mut stream = Stream::new(seed, claim.id, index);
    let sizes = (claim.sizes)(&mut stream);
    let len = Instance::<T>::len(claim.layout, &sizes);
    let (data, rest) = memory.split_at_mut_checked(len).ok_or(Refusal::Memory)?;
    let mut instance = Instance::new(claim.layout, sizes, data)?;
    T::sample(claim)(&mut stream, &mut instance, Scratch::new(rest))?;
    Ok((instance, rest))
}

/// Judges an instance by the claim, or by one of its controls. An entry that is not finite makes it no instance.
pub fn judge<T: Checked>(
    check: Check<T>,
    instance: &Instance<'_, T>,
    memory: &mut [T],
    observer: &mut dyn Observer<T>,
) -> Outcome {
    if let Err(error) = finite(instance) {
        return Outcome::Skipped(Refusal::Input(error));
    }
    let mut trial = Trial::new(observer);
    match check(instance, Scratch::new(memory), &mut trial) {
        Ok(()) => trial.outcome(),
        Err(refusal) => Outcome::Skipped(refusal),
    }
}

fn finite<T: Checked>(instance: &Instance<'_, T>) -> Result<(), KernelError> {
    (0..instance.layout().len()).try_for_each(|part| Scaling::of(&instance.part(part)).map(|_| ()))
}

/// Draws the instance that `index` addresses and judges it by the claim.
///
/// # Examples
///
/// ```
/// use widthwise_claims::{examine, find, memory_len};
/// let claim = find("spectral.opnorm-bound").ok_or("unknown id")?;
/// let mut memory = vec![0.0_f64; memory_len()];
/// let outcome = examine(claim, 0x5eed, 7, &mut memory, &mut ());
/// assert!(!outcome.is_refuted());
/// # Ok::<(), &str>(())
/// ```
pub fn examine<T: Checked>(
    claim: &Claim,
    seed: u64,
    index: u64,
    memory: &mut [T],
    observer: &mut dyn Observer<T>,
) -> Outcome {
    match draw(claim, seed, index, memory) {
        Ok((instance, rest)) => judge(T::check(claim), &instance, rest, observer),
        Err(refusal) => Outcome::Skipped(refusal),
    }
}

/// Loads the worked counterexample of a control into the front of `memory`; the rest of the memory is returned beside it.
///
/// # Errors
///
/// [`Refusal::Memory`] if the memory is too short.
///
/// # Examples
///
/// ```
/// use widthwise_claims::{CATALOGUE, Checked, judge, load_witness, memory_len};
/// let mut memory = vec![0.0_f32; memory_len()];
/// for claim in CATALOGUE {
///     for control in claim.controls {
///         let (instance, rest) = load_witness(claim, control, &mut memory)?;
///         assert!(judge(f32::control(control), &instance, rest, &mut ()).is_refuted(), "{}", control.id);
///     }
/// }
/// # Ok::<(), widthwise_claims::Refusal>(())
/// ```
pub fn load_witness<'a, T: Checked>(
    claim: &Claim,
    control: &Control,
    memory: &'a mut [T],
) -> Result<(Instance<'a, T>, &'a mut [T]), Refusal> {
    let mut sizes = Sizes::ONES;
    for (part, witness) in claim.layout.iter().zip(control.witness) {
        sizes = sizes.with(part.rows, witness.rows).with(part.columns, witness.columns);
    }
    let len = Instance::<T>::len(claim.layout, &sizes);
    let (data, rest) = memory.split_at_mut_checked(len).ok_or(Refusal::Memory)?;
    let entries = control.witness.iter().flat_map(|part| part.entries);
    for (data, &entry) in data.iter_mut().zip(entries) {
        *data = T::from_f64(entry);
    }
    Ok((Instance::new(claim.layout, sizes, data)?, rest))
}
