// SPDX-License-Identifier: MIT OR Apache-2.0

//! From a scaled large matrix to bounds of its largest singular value.
//!
//! The search ([`Workspace::enclose`]) proposes vectors and thresholds; every bound it keeps is proved by the theorem
//! it names, whatever was proposed. Each step improves the best bounds so far, so the search may end anywhere.

use widthwise_rounding::directed::{add_up, mul_up, square_root_down, square_root_up};
use widthwise_rounding::{Enclosure, Scalar};

use super::cholesky::{roundings, witness};
use super::deflation::Deflation;
use super::gram::{EntryNorms, GramNorms, gram, gram_error, mirror};
use super::kato_temple_block::RitzBlock;
use super::lanczos::{BLOCK_LIMIT, Lanczos, Operator, RITZ_VALUES, RitzValues, next_uniform};
use super::rayleigh_ritz::rayleigh_ritz;
use super::ritz_vector::RitzVector;
use crate::Certificate;

/// The arrays of the computation, for `M` with `long` rows and `short` columns.
#[derive(Debug)]
pub(super) struct Workspace<'a> {
    /// `M`: `short` columns of `long` numbers.
    pub(super) matrix: &'a mut [f64],
    /// `Ĝ`; bounds read its lower triangle.
    pub(super) gram: &'a mut [f64],
    /// `short²` numbers: the basis of the Lanczos process, or the matrix that is factorized.
    pub(super) factor: &'a mut [f64],
    /// `BLOCK_LIMIT` columns of `short` numbers.
    pub(super) vectors: &'a mut [f64],
    /// One more column of `long` numbers than `vectors` has.
    pub(super) images: &'a mut [f64],
    /// `short` numbers each.
    pub(super) diagonal: &'a mut [f64],
    pub(super) beside: &'a mut [f64],
    pub(super) next: &'a mut [f64],
    pub(super) residual: &'a mut [f64],
    /// `5 short` numbers, at least 40.
    pub(super) scratch: &'a mut [f64],
    /// The buffer of the kernels.
    pub(super) pack: &'a mut [f64],
}

/// When the search ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) products: usize,
    pub(super) factorizations: usize,
    /// The relative width that is enough, if given.
    pub(super) width: Option<f64>,
}

/// The work done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    pub(super) products: usize,
    pub(super) factorizations: usize,
}

/// The best bounds so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Best {
    pub(super) lower: f64,
    pub(super) upper: f64,
    certificate: Certificate,
}

impl Best {
    pub(super) fn raise(&mut self, lower: f64) {
        if lower > self.lower {
            self.lower = lower;
        }
    }

    pub(super) fn lower_to(&mut self, upper: f64, certificate: Certificate) {
        if upper < self.upper {
            self.upper = upper;
            self.certificate = certificate;
        }
    }

    pub(super) fn is_within(&self, width: Option<f64>) -> bool {
        width.is_some_and(|width| self.upper - self.lower <= width * self.upper)
    }
}

/// Steps of one run of the Lanczos process, at most: beyond, the orthogonalisation costs more than it finds.
const STEPS_LIMIT: usize = 640;
/// Deflated factorizations that may fail before the search for a gap ends.
const ATTEMPTS: usize = 4;
/// Direct factorizations: each quadruples or halves an interval, of a relative width between `u` and `mn`.
const DIRECT_ATTEMPTS: usize = 64;
/// A gap is used if it is this many times the errors of the certificate.
const SAFETY: f64 = 16.0;

/// What is known of `Ĝ`.
#[derive(Clone, Copy, Debug)]
struct GramKnown {
    norms: GramNorms,
    /// At least `‖Ĝ − G‖₂`.
    error: f64,
}

impl GramKnown {
    /// About the errors of a certificate with a threshold near `value` (theorems T4, T5): a heuristic.
    fn certificate_error(&self, n: usize, value: f64) -> f64 {
        let trace = (f64::from_count(n) * value - self.norms.trace).greater(0.0);
        self.error
            + f64::UNIT_ROUNDOFF * (4.0 * self.norms.frobenius + f64::from_count(roundings(n) + 2) * trace)
    }
}

/// How many of a run's Ritz vectors join the `locked` ones, of largest quotient `top` and residuals whose squares add up
/// to `squares`, and the Ritz value below them: the first choice for which the Kato-Temple bound should be about `u/10`
/// off and its gap be provable.
fn choose(
    ritz: &RitzValues,
    (locked, mut squares): (usize, f64),
    top: f64,
    error: impl Fn(f64) -> f64,
) -> Option<(usize, f64)> {
    let top = top.greater(ritz.values[0]);
    let error = error(top);
    for count in 0..=(BLOCK_LIMIT - locked).min(ritz.count) {
        if count > 0 {
            squares += ritz.residuals[count - 1] * ritz.residuals[count - 1];
        }
        let (next, residual) = if count < ritz.count {
            (ritz.values[count].greater(0.0), ritz.residuals[count])
        } else if ritz.complete && ritz.count == ritz.steps {
            (0.0, 0.0)
        } else {
            return None;
        };
        let gap = top - next;
        if count + locked > 0
            && gap > SAFETY * error
            && residual <= 0.3 * gap
            && squares <= 0.1 * f64::UNIT_ROUNDOFF * top * gap
        {
            return Some((count, next));
        }
    }
    None
}

/// Whether a run has resolved more vectors than a block holds, to no avail.
fn is_hopeless(ritz: &RitzValues, error: impl Fn(f64) -> f64) -> bool {
    let error = error(ritz.values[0]);
    ritz.count == RITZ_VALUES && ritz.residuals.iter().all(|&r| r <= error)
}

impl Workspace<'_> {
    pub(super) fn short(&self) -> usize {
        self.next.len()
    }

    pub(super) fn long(&self) -> usize {
        self.matrix.len() / self.short()
    }

    /// Encloses `‖M‖₂` for a matrix with entries of magnitude at most 2, the largest at least 1.
    pub(super) fn enclose(&mut self, limits: Limits) -> (Enclosure<f64>, Certificate, Spent) {
        let mut spent = Spent::default();
        let best = self.search(limits, &mut spent);
        (Enclosure::from_bounds(best.lower, best.upper), best.certificate, spent)
    }

    fn search(&mut self, limits: Limits, spent: &mut Spent) -> Best {
        let (short, long) = (self.short(), self.long());
        let entries = EntryNorms::of(self.matrix, &mut self.images[..long]);
        let mut best = Best {
            lower: square_root_down(entries.column_square),
            upper: square_root_up(entries.size),
            certificate: Certificate::EntryNorms,
        };
        if best.is_within(limits.width) {
            return best;
        }
        let frobenius = square_root_up(entries.frobenius_square);
        #[cfg(feature = "faer")]
        if limits.factorizations > 0 && self.search_in_single(&entries, frobenius, limits, spent, &mut best) {
            return best;
        }
        let known = (limits.factorizations > 0).then(|| {
            gram(self.matrix, long, self.gram, self.pack);
            let known = GramKnown {
                norms: GramNorms::of(self.gram, short),
                error: gram_error(long, short, entries.size),
            };
            mirror(self.gram, short);
            // The Schatten 4-norm.
            let upper = square_root_up(add_up(known.norms.frobenius, known.error));
            best.lower_to(upper, Certificate::EntryNorms);
            known
        });
        self.search_gap(known.as_ref(), frobenius, limits, spent, &mut best);
        if let Some(known) = known {
            self.search_directly(&known, frobenius, limits, spent, &mut best);
        }
        best
    }

    /// Vectors and a gap below them: theorems T1, T4 and T6.
    fn search_gap(
        &mut self,
        known: Option<&GramKnown>,
        frobenius: f64,
        limits: Limits,
        spent: &mut Spent,
        best: &mut Best,
    ) {
        let short = self.short();
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        self.next.iter_mut().for_each(|x| *x = next_uniform(&mut random));
        let (mut locked, mut squares) = (0, 0.0);
        for attempt in 0..ATTEMPTS {
            let error = |value: f64| known.map_or(0.0, |known| known.certificate_error(short, value));
            let top = best.lower * best.lower;
            let operator = match known {
                Some(_) => Operator::Gram(&*self.gram),
                None => Operator::Matrix(&*self.matrix),
            };
            let each = operator.products();
            // The quotients and residuals of what is found cost products too.
            let left = limits.products.saturating_sub(spent.products + 2 * (locked + 1)) / each;
            if left == 0 {
                return;
            }
            let (image, _) = self.images.split_at_mut(self.matrix.len() / short);
            let mut lanczos = Lanczos {
                basis: &mut *self.factor,
                diagonal: &mut *self.diagonal,
                beside: &mut *self.beside,
                scratch: &mut *self.scratch,
                next: &mut *self.next,
            };
            let (old, new) = self.vectors.split_at_mut(locked * short);
            let least = if attempt > 0 { RITZ_VALUES + 3 } else { 1 };
            let ritz = lanczos.run(operator, old, image, (left.min(STEPS_LIMIT), &mut random), |ritz| {
                ritz.steps >= least
                    && (choose(ritz, (locked, squares), top, error).is_some() || is_hopeless(ritz, error))
            });
            spent.products += ritz.steps * each;
            let choice = choose(&ritz, (locked, squares), top, error);
            let added = choice.map_or(usize::from(locked == 0 || ritz.values[0] > top), |(count, _)| count);
            let added = added.min(ritz.count).min(BLOCK_LIMIT - locked);
            for (index, out) in new.chunks_exact_mut(short).take(added).enumerate() {
                lanczos.ritz_vector(&ritz, index, out);
                squares += ritz.residuals[index] * ritz.residuals[index];
            }
            let affordable =
                limits.products.saturating_sub(spent.products) >= 2 * (locked + added) * (1 + each);
            if locked + added > 1 && affordable {
                spent.products += (locked + added) * each;
            }
            let vectors = &mut self.vectors[..(locked + added) * short];
            locked = if affordable || locked + added == 1 {
                rayleigh_ritz(vectors, short, operator, self.factor, (self.scratch, image))
            } else {
                return;
            };
            let vectors = &self.vectors[..locked * short];
            let long = image.len();
            let images = &mut self.images[..locked * long];
            let mut quotients = [RitzVector::unknown(); BLOCK_LIMIT];
            for ((x, image), quotient) in
                vectors.chunks_exact(short).zip(images.chunks_exact_mut(long)).zip(&mut quotients)
            {
                *quotient = RitzVector::of(self.matrix, x, frobenius, image);
                best.raise(quotient.root.lo());
            }
            spent.products += locked;
            let (Some(known), Some((_, next))) = (known, choice) else { return };
            if best.is_within(limits.width) || spent.factorizations >= limits.factorizations || locked == 0 {
                return;
            }
            let top = best.lower * best.lower;
            let gap = top - next;
            // Above the eigenvalues below the block, with room for an error of the Ritz value; nearer to the block if
            // that failed and no vector was missing.
            let margin = if attempt > 0 && added == 0 { 0.03 } else { 0.3 };
            let deflation = Deflation {
                threshold: top - margin * gap,
                // Enough to lift the block above the threshold by more than the gap, and no more: the error of the
                // factorization is relative to the trace.
                weight: f64::power_of_two(gap.exponent().unwrap_or(0) + 2),
                vectors,
            };
            spent.factorizations += 1;
            let proved =
                deflation.complement_upper(self.gram, &known.norms, known.error, self.factor, self.pack);
            match proved {
                Ok(complement) => {
                    let mut residual_square = 0.0;
                    for ((x, image), quotient) in
                        vectors.chunks_exact(short).zip(images.chunks_exact(long)).zip(&quotients)
                    {
                        let sizes = (frobenius, best.upper);
                        let r = quotient.residual_upper(self.matrix, x, image, sizes, self.residual);
                        residual_square = add_up(residual_square, mul_up(r, r));
                    }
                    spent.products += locked;
                    let block = RitzBlock { vectors, images, known: &quotients[..locked] };
                    if let Some(upper) = block.upper(residual_square, complement) {
                        best.lower_to(upper, Certificate::DeflatedCholesky { vectors: locked });
                    }
                    return;
                }
                // An eigenvalue above the threshold was missed: the failure names a vector that has a part of it.
                Err(column) => witness(self.factor, short, column, self.next),
            }
            if locked == BLOCK_LIMIT {
                return;
            }
        }
    }

    /// Without a gap: the smallest threshold for which a factorization succeeds (theorem T5).
    fn search_directly(
        &mut self,
        known: &GramKnown,
        frobenius: f64,
        limits: Limits,
        spent: &mut Spent,
        best: &mut Best,
    ) {
        let short = self.short();
        let mut rho = best.lower * best.lower;
        let error = known.certificate_error(short, rho);
        // What a success is worth: half the error of the square.
        let reach = error / best.lower + 16.0 * f64::UNIT_ROUNDOFF * best.lower;
        if best.upper - best.lower <= reach {
            return;
        }
        let mut random = 0x6a09_e667_f3bc_c909_u64;
        let mut failed = rho;
        let mut succeeded = f64::INFINITY;
        // A fraction of the proved error is usually enough: the actual errors are far smaller.
        let mut threshold = rho + (0.125 * error).greater(4.0 * f64::UNIT_ROUNDOFF * rho);
        for _ in 0..DIRECT_ATTEMPTS {
            if best.is_within(limits.width) || spent.factorizations >= limits.factorizations {
                return;
            }
            let deflation = Deflation { threshold, weight: 0.0, vectors: &[] };
            spent.factorizations += 1;
            let proved =
                deflation.complement_upper(self.gram, &known.norms, known.error, self.factor, self.pack);
            match proved {
                Ok(upper) => {
                    best.lower_to(square_root_up(upper), Certificate::DirectCholesky);
                    succeeded = threshold;
                }
                Err(column) => {
                    failed = threshold;
                    witness(self.factor, short, column, self.next);
                    // An eigenvalue at the threshold, unless only rounding failed: the witness has a part of it.
                    if limits.products.saturating_sub(spent.products) > 16 {
                        self.climb(frobenius, spent, best, &mut random);
                        rho = best.lower * best.lower;
                    }
                }
            }
            let below = failed.greater(rho);
            let enough = if limits.width.is_some() { 0.125 * error } else { error };
            if succeeded < f64::INFINITY {
                if succeeded - below <= enough.greater(4.0 * f64::UNIT_ROUNDOFF * rho) {
                    return;
                }
                threshold = below + 0.5 * (succeeded - below);
            } else {
                threshold = below + 3.0 * (threshold - rho).greater(0.125 * error);
                if threshold >= best.upper * best.upper {
                    return;
                }
            }
        }
    }

    /// A few Lanczos steps from `next`, and the lower bound of what they find.
    fn climb(&mut self, frobenius: f64, spent: &mut Spent, best: &mut Best, random: &mut u64) {
        let short = self.short();
        let (image, _) = self.images.split_at_mut(self.matrix.len() / short);
        let mut lanczos = Lanczos {
            basis: &mut *self.factor,
            diagonal: &mut *self.diagonal,
            beside: &mut *self.beside,
            scratch: &mut *self.scratch,
            next: &mut *self.next,
        };
        let ritz = lanczos.run(Operator::Gram(self.gram), &[], image, (12, random), |_| false);
        let vector = &mut self.vectors[..short];
        lanczos.ritz_vector(&ritz, 0, vector);
        spent.products += ritz.steps + 1;
        best.raise(RitzVector::of(self.matrix, vector, frobenius, image).root.lo());
    }
}
