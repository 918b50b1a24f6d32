// SPDX-License-Identifier: MIT OR Apache-2.0

//! Making a failing instance small enough to be read.
//!
//! Moves, in this order: delete indices of a dimension in every part that carries it; replace a matrix by a cross
//! approximation of low rank; simplify all entries of a part alike; simplify one entry. A move is proposed only if it lowers
//! the measure (sum of the dimensions, total [complexity](crate::simplicity) of the entries), compared in this order. So
//! shrinking ends, never makes an instance larger, and at its end no move that lowers the measure keeps the failure.

use widthwise_linalg::KernelError;
use widthwise_rounding::Scalar;

use crate::cross::approximate;
use crate::simplicity::{Simplification, complexity, significant_bits};
use crate::{Dimension, Instance, Part, Sizes, workspace_len};

/// Proposes smaller and simpler versions of an instance, one at a time, and is told which of them still fail.
///
/// # Examples
///
/// ```
/// use widthwise_sampling::{Dimension, Instance, Part, Shrinker, Sizes};
///
/// static LAYOUT: [Part; 1] = [Part::vector("x", Dimension::N)];
/// let (mut data, mut scratch) = ([0.3, 17.2, -0.6], [0.0; 7]);
/// let instance = Instance::new(&LAYOUT, Sizes { n: 3, ..Sizes::ONES }, &mut data)?;
/// let mut shrinker = Shrinker::new();
/// // The first proposal deletes the first entry.
/// let candidate = shrinker.propose(&instance, &mut scratch)?;
/// assert!(candidate.is_some_and(|candidate| candidate.data() == [17.2, -0.6]));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrinker {
    position: Position,
    keeps_sizes: bool,
    /// Whether the current pass over all moves has changed the instance.
    changed: bool,
    /// Whether the move at the position has been proposed and waits for its answer.
    pending: bool,
}

/// A move, or where to look for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    /// Delete `chunk` indices from `start` on of a dimension; a zero chunk stands for the largest.
    Delete { symbol: usize, chunk: usize, start: usize },
    /// Replace a part by an approximation of a rank.
    Rank { part: usize, rank: usize },
    /// Simplify all entries of a part.
    Part { part: usize, simplification: usize },
    /// Simplify one entry.
    Entry { entry: usize, simplification: usize },
    /// No move is left.
    End,
}

impl Shrinker {
    /// A shrinker that makes all moves.
    #[must_use]
    pub const fn new() -> Self {
        let position = Position::Delete { symbol: 0, chunk: 0, start: 0 };
        Self { position, keeps_sizes: false, changed: false, pending: false }
    }

    /// A shrinker that leaves the dimensions as they are.
    #[must_use]
    pub const fn keeping_sizes() -> Self {
        Self { position: Position::Rank { part: 0, rank: 1 }, keeps_sizes: true, ..Self::new() }
    }

    /// Numbers of scratch memory that shrinking an instance needs: its entries, and rows plus columns of its largest part.
    ///
    /// ```
    /// use widthwise_sampling::{Dimension, Part, Shrinker, Sizes};
    /// static LAYOUT: [Part; 1] = [Part::matrix("A", Dimension::M, Dimension::N)];
    /// assert_eq!(Shrinker::scratch_len(&LAYOUT, &Sizes { m: 2, n: 3, ..Sizes::ONES }), 11);
    /// ```
    #[must_use]
    pub fn scratch_len(layout: &[Part], sizes: &Sizes) -> usize {
        let work = layout.iter().map(|part| workspace_len(sizes.of(part.rows), sizes.of(part.columns)));
        layout.iter().fold(work.max().unwrap_or(0), |len, part| len.saturating_add(part.len(sizes)))
    }

    /// Writes the next candidate into `scratch`; `None` if no move is left.
    ///
    /// `current` is the simplest instance known to fail. The candidate must be [reported](Self::report) before the next
    /// call, else it counts as one that does not fail.
    ///
    /// # Errors
    ///
    /// Fails if `scratch` is shorter than [`scratch_len`](Self::scratch_len).
    pub fn propose<'s, T: Scalar>(
        &mut self,
        current: &Instance<'_, T>,
        scratch: &'s mut [T],
    ) -> Result<Option<Instance<'s, T>>, KernelError> {
        let needed = Self::scratch_len(current.layout(), &current.sizes());
        if scratch.len() < needed {
            return Err(KernelError::shape("scratch memory", needed, scratch.len()));
        }
        if self.pending {
            self.report(false);
        }
        let sizes = loop {
            if self.position == Position::End {
                return Ok(None);
            }
            if let Some(sizes) = self.attempt(current, scratch) {
                break sizes;
            }
        };
        self.pending = true;
        Instance::new(current.layout(), sizes, scratch).map(Some)
    }

    /// Says whether the last candidate still fails. If so, it must be `current` in the next call of [`propose`](Self::propose).
    pub fn report(&mut self, still_fails: bool) {
        if !self.pending {
            return;
        }
        self.pending = false;
        if still_fails {
            self.changed = true;
        }
        match &mut self.position {
            // Where something was deleted, other indices have moved up.
            Position::Delete { chunk, start, .. } if !still_fails => *start += *chunk,
            Position::Rank { rank, .. } if !still_fails => *rank *= 2,
            Position::Rank { part, rank } => (*part, *rank) = (*part + 1, 1),
            Position::Part { simplification, .. } | Position::Entry { simplification, .. } => {
                *simplification = if still_fails { 0 } else { *simplification + 1 };
            }
            Position::Delete { .. } | Position::End => {}
        }
    }

    /// Builds the candidate of the position; `None`, and the position moved on, if there is none.
    fn attempt<T: Scalar>(&mut self, current: &Instance<'_, T>, scratch: &mut [T]) -> Option<Sizes> {
        let (layout, sizes) = (current.layout(), current.sizes());
        match self.position {
            Position::Delete { symbol, chunk, start } => {
                let Some(&dimension) = Dimension::SYMBOLS.get(symbol) else {
                    self.position = Position::Rank { part: 0, rank: 1 };
                    return None;
                };
                let size = sizes.of(dimension);
                let carried = layout.iter().any(|part| part.rows == dimension || part.columns == dimension);
                let chunk = if chunk == 0 { size / 2 } else { chunk };
                if !carried || chunk == 0 || size < 2 {
                    self.position = Position::Delete { symbol: symbol + 1, chunk: 0, start: 0 };
                    return None;
                }
                let end = start.saturating_add(chunk).min(size);
                if start >= end || end - start == size {
                    self.position = if chunk > 1 {
                        Position::Delete { symbol, chunk: chunk / 2, start: 0 }
                    } else {
                        Position::Delete { symbol: symbol + 1, chunk: 0, start: 0 }
                    };
                    return None;
                }
                self.position = Position::Delete { symbol, chunk, start };
                delete(current, dimension, start, end, scratch);
                Some(sizes.with(dimension, size - (end - start)))
            }
            Position::Rank { part, rank } => {
                let Some(shape) = layout.get(part) else {
                    self.position = Position::Part { part: 0, simplification: 0 };
                    return None;
                };
                if rank >= sizes.of(shape.rows).min(sizes.of(shape.columns))
                    || !approximate(current, part, rank, scratch)
                {
                    self.position = Position::Rank { part: part + 1, rank: 1 };
                    return None;
                }
                self.keep_if_simpler(current, scratch, sizes)
            }
            Position::Part { part, simplification } => {
                let Some(shape) = layout.get(part) else {
                    self.position = Position::Entry { entry: 0, simplification: 0 };
                    return None;
                };
                let Some(&kind) = Simplification::ALL.get(simplification) else {
                    self.position = Position::Part { part: part + 1, simplification: 0 };
                    return None;
                };
                let start = Instance::<T>::len(layout.get(..part).unwrap_or_default(), &sizes);
                let end = start.saturating_add(shape.len(&sizes));
                simplify(current, start, end, kind, scratch);
                self.keep_if_simpler(current, scratch, sizes)
            }
            Position::Entry { entry, simplification } => {
                let Some(&x) = current.data().get(entry) else {
                    // The pass is over. A pass that changed something may have made way for earlier moves.
                    self.position = Position::End;
                    if self.changed {
                        *self = if self.keeps_sizes { Self::keeping_sizes() } else { Self::new() };
                    }
                    return None;
                };
                let Some(&kind) = Simplification::ALL.get(simplification) else {
                    self.position = Position::Entry { entry: entry + 1, simplification: 0 };
                    return None;
                };
                if complexity(kind.apply(x, x.exponent().unwrap_or(0), significant_bits(x))) >= complexity(x)
                {
                    self.position = Position::Entry { entry, simplification: simplification + 1 };
                    return None;
                }
                simplify(current, entry, entry + 1, kind, scratch);
                Some(sizes)
            }
            Position::End => None,
        }
    }

    /// The candidate of the same sizes, if it is simpler than the current instance; else the next position.
    fn keep_if_simpler<T: Scalar>(
        &mut self,
        current: &Instance<'_, T>,
        candidate: &[T],
        sizes: Sizes,
    ) -> Option<Sizes> {
        let total = |data: &[T]| data.iter().fold(0_u64, |sum, &x| sum + u64::from(complexity(x)));
        let data = current.data();
        if total(candidate.get(..data.len()).unwrap_or_default()) < total(data) {
            return Some(sizes);
        }
        self.pending = true;
        self.report(false);
        None
    }
}

impl Default for Shrinker {
    fn default() -> Self {
        Self::new()
    }
}

/// Shrinks a failing instance in place, and returns how many moves were made.
///
/// `still_fails` is called at most `limit` times. It must be a function of its argument; that the instance fails at first
/// is not checked. Equal input gives equal output on every target.
///
/// # Errors
///
/// Fails if `scratch` is shorter than [`Shrinker::scratch_len`].
///
/// # Examples
///
/// ```
/// use widthwise_sampling::{Dimension, Instance, Part, Sizes, shrink};
///
/// static LAYOUT: [Part; 1] = [Part::vector("x", Dimension::N)];
/// let (mut data, mut scratch) = ([0.3, 17.2, -0.6], [0.0; 7]);
/// let mut instance = Instance::new(&LAYOUT, Sizes { n: 3, ..Sizes::ONES }, &mut data)?;
/// // "No entry exceeds 10" fails; the simplest greater number of the kind that shrinking prefers is 16.
/// shrink(&mut instance, &mut scratch, &mut |x| x.data().iter().any(|&x| x > 10.0), 1000)?;
/// assert_eq!(instance.data(), [16.0]);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn shrink<T: Scalar>(
    instance: &mut Instance<'_, T>,
    scratch: &mut [T],
    still_fails: &mut dyn FnMut(&Instance<'_, T>) -> bool,
    limit: usize,
) -> Result<usize, KernelError> {
    let mut shrinker = Shrinker::new();
    let mut made = 0;
    for _ in 0..limit {
        let Some(candidate) = shrinker.propose(instance, scratch)? else { break };
        let fails = still_fails(&candidate);
        if fails {
            instance.copy_from(&candidate)?;
            made += 1;
        }
        shrinker.report(fails);
    }
    Ok(made)
}

/// Writes the instance without the indices `start..end` of a dimension.
fn delete<T: Scalar>(
    current: &Instance<'_, T>,
    dimension: Dimension,
    start: usize,
    end: usize,
    scratch: &mut [T],
) {
    let deleted = start..end;
    let mut target = scratch.iter_mut();
    for (position, part) in current.layout().iter().enumerate() {
        for (j, column) in current.part(position).column_iter().enumerate() {
            if part.columns == dimension && deleted.contains(&j) {
                continue;
            }
            for (i, &entry) in column.iter().enumerate() {
                if part.rows == dimension && deleted.contains(&i) {
                    continue;
                }
                if let Some(target) = target.next() {
                    *target = entry;
                }
            }
        }
    }
}

/// Writes the instance with the entries `start..end` simplified together.
fn simplify<T: Scalar>(
    current: &Instance<'_, T>,
    start: usize,
    end: usize,
    kind: Simplification,
    scratch: &mut [T],
) {
    let data = current.data();
    let chosen = data.get(start..end).unwrap_or_default();
    let exponent = chosen.iter().filter_map(|x| x.exponent()).max().unwrap_or(0);
    let bits = chosen.iter().map(|&x| significant_bits(x)).max().unwrap_or(0);
    for (position, (target, &x)) in scratch.iter_mut().zip(data).enumerate() {
        // A zero stays one: it is the simplest number there is.
        let simplified = (start..end).contains(&position) && x != T::zero();
        *target = if simplified { kind.apply(x, exponent, bits) } else { x };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Families, Stream, fill_instance};
    use proptest::prelude::*;
    use std::vec;
    use std::vec::Vec;

    static LAYOUT: [Part; 3] =
        [Part::matrix("A", Dimension::M, Dimension::N), Part::vector("x", Dimension::N), Part::scalar("c")];

    /// Sizes and entries of a random instance.
    fn sample<T: Scalar>(index: u64, m: usize, n: usize) -> (Sizes, Vec<T>) {
        let sizes = Sizes { m, n, ..Sizes::ONES };
        let mut data = vec![T::zero(); m * n + n + 1];
        if let Ok(mut instance) = Instance::new(&LAYOUT, sizes, &mut data) {
            let stream = &mut Stream::new(3, "shrink", index);
            let drawn = fill_instance(stream, &Families::ALL, &mut instance, &mut vec![T::zero(); m + n + 1]);
            assert!(drawn.is_ok());
        }
        (sizes, data)
    }

    fn scratch<T: Scalar>(sizes: &Sizes) -> Vec<T> {
        vec![T::zero(); Shrinker::scratch_len(&LAYOUT, sizes)]
    }

    /// A failure that depends on sizes, on a cancellation and on a single entry.
    fn fails<T: Scalar>(instance: &Instance<'_, T>, kind: u64) -> bool {
        let [a, x, c] = instance.parts();
        let sum = a.iter().fold(T::zero(), |sum, &x| sum + x);
        match kind {
            0 => a.ncols() >= 2 && a.iter().any(|&x| x > T::from_f64(0.3)),
            1 => sum != a.iter().rev().fold(T::zero(), |sum, &x| sum + x),
            2 => x.iter().zip(a.iter()).any(|(&x, &a)| x * a > c[0]),
            3 => a.iter().any(|&x| x * x == T::zero() && x != T::zero()),
            _ => a.nrows() > x.nrows(),
        }
    }

    fn total<T: Scalar>(instance: &Instance<'_, T>) -> (usize, u64) {
        let sizes = instance.sizes();
        (sizes.m + sizes.n, instance.data().iter().map(|&x| u64::from(complexity(x))).sum())
    }

    fn check<T: Scalar>(index: u64, m: usize, n: usize, kind: u64) -> Result<(), TestCaseError> {
        let (sizes, mut data) = sample::<T>(index, m, n);
        let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
        if !fails(&instance, kind) {
            return Ok(());
        }
        let mut last = total(&instance);
        let before = last;
        let mut scratch = scratch(&sizes);
        let mut strict = true;
        let made = shrink(
            &mut instance,
            &mut scratch,
            &mut |candidate| {
                let failed = fails(candidate, kind);
                strict &= total(candidate) < last;
                if failed {
                    last = total(candidate);
                }
                failed
            },
            1_000_000,
        )
        .unwrap();
        prop_assert!(strict, "a candidate was not smaller");
        prop_assert!(fails(&instance, kind));
        prop_assert_eq!(total(&instance), last);
        prop_assert!(last < before || made == 0);
        // No single move that a fresh shrinker knows keeps the failure.
        let mut shrinker = Shrinker::new();
        while let Some(candidate) = shrinker.propose(&instance, &mut scratch).unwrap() {
            prop_assert!(
                !fails(&candidate, kind),
                "{:?} can shrink to {:?}",
                instance.data(),
                candidate.data()
            );
            shrinker.report(false);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn result_fails_is_smaller_and_is_a_local_minimum(
            index in any::<u64>(), m in 1_usize..7, n in 1_usize..7, kind in 0_u64..5,
        ) {
            check::<f64>(index, m, n, kind)?;
            check::<f32>(index, m, n, kind)?;
        }
    }

    #[test]
    fn what_always_fails_shrinks_to_zeros_of_size_one() {
        let (sizes, mut data) = sample::<f64>(1, 300, 3);
        let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
        shrink(&mut instance, &mut scratch(&sizes), &mut |_| true, 100).unwrap();
        assert_eq!((instance.sizes(), instance.data()), (Sizes::ONES, &[0.0; 3][..]));
    }

    #[test]
    fn what_never_fails_stays() {
        let (sizes, mut data) = sample::<f64>(1, 4, 3);
        let copy = data.clone();
        let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
        let made = shrink(&mut instance, &mut scratch(&sizes), &mut |_| false, usize::MAX).unwrap();
        assert_eq!((made, instance.data()), (0, &copy[..]));
    }

    #[test]
    fn calls_are_limited_and_scratch_memory_is_checked() {
        let (sizes, mut data) = sample::<f64>(2, 4, 3);
        let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
        let mut calls = 0;
        let mut count = |_: &Instance<'_, f64>| {
            calls += 1;
            true
        };
        shrink(&mut instance, &mut scratch(&sizes), &mut count, 5).unwrap();
        assert_eq!(calls, 5);
        let error = shrink(&mut instance, &mut [0.0; 1], &mut |_| true, 5).unwrap_err();
        assert!(!error.is_nan() && error.position().is_none());
    }

    #[test]
    fn entries_that_are_not_finite_are_shrunk_away_where_they_do_not_matter() {
        let sizes = Sizes { m: 2, n: 2, ..Sizes::ONES };
        let mut data = [f64::NAN, f64::INFINITY, 2.5, f64::NEG_INFINITY, 1.0, f64::NAN, 3.0];
        let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
        let mut has_nan = |x: &Instance<'_, f64>| x.data().iter().any(|x| x.is_nan());
        shrink(&mut instance, &mut scratch(&sizes), &mut has_nan, 1000).unwrap();
        assert_eq!(instance.data().iter().filter(|x| x.is_nan()).count(), 1);
        assert_eq!(instance.data().iter().filter(|&&x| x == 0.0).count(), 2);
    }
}
