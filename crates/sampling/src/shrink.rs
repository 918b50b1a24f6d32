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
mod tests;
