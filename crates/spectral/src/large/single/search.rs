// SPDX-License-Identifier: MIT OR Apache-2.0

//! The search that proves its gap in binary32.

use pulp::bytemuck::cast_slice_mut;
use widthwise_rounding::Scalar;
use widthwise_rounding::directed::mul_up;

use super::super::enclose::{Best, Limits, Spent, Workspace};
use super::super::gram::EntryNorms;
use super::super::kato_temple_block::RitzBlock;
use super::super::lanczos::{Lanczos, Operator, RitzValues, next_uniform, normalize};
use super::super::ritz_vector::RitzVector;
use super::deflation::SingleDeflation;
use super::gram::{LEAST, gram, gram_error, gram_size, round};
use super::refine::refine;
use crate::Certificate;

/// Steps of the Lanczos process, at most: a gap that takes more is too narrow for binary32.
const STEPS_LIMIT: usize = 192;
/// Times that the vector is measured, at most; once or twice it is corrected.
const ROUNDS: usize = 4;

/// What the search for the gap is told of its errors.
#[derive(Clone, Copy, Debug)]
struct Proof {
    /// `‖Ĝ − G‖₂`, at most.
    gram_error: f64,
}

impl Proof {
    /// Whether a run has found a gap, to a tenth, and a vector good enough to be corrected: a heuristic.
    fn finds_gap(&self, ritz: &RitzValues) -> bool {
        let gap = ritz.values[0] - ritz.values[1];
        ritz.count > 1
            && gap > 1.5 * self.gram_error
            && ritz.residuals[0] <= 1e-4 * gap
            && ritz.residuals[1] <= 0.1 * gap
    }

    /// Whether the gap is known well enough to be too narrow.
    fn is_hopeless(&self, ritz: &RitzValues) -> bool {
        let gap = ritz.values[0] - ritz.values[1];
        ritz.count > 1
            && gap <= 1.5 * self.gram_error
            && ritz.residuals[0] <= 0.2 * self.gram_error
            && ritz.residuals[1] <= 0.2 * self.gram_error
    }
}

impl Workspace<'_> {
    /// Encloses by one vector and a gap proved in binary32; whether the enclosure is as narrow as it gets.
    pub(in super::super) fn search_in_single(
        &mut self,
        entries: &EntryNorms,
        frobenius: f64,
        limits: Limits,
        spent: &mut Spent,
        best: &mut Best,
    ) -> bool {
        let (short, long) = (self.short(), self.long());
        // The quotient and the residual cost a product each.
        let left = limits.products.saturating_sub(spent.products + 2);
        if short < LEAST || left == 0 {
            return false;
        }
        let (gram_single, factor) = cast_slice_mut::<f64, f32>(self.factor).split_at_mut(short * short);
        gram(self.matrix, long, gram_single, cast_slice_mut(self.gram), factor);
        let proof = Proof { gram_error: gram_error(long, short, entries) };
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        self.next.iter_mut().for_each(|x| *x = next_uniform(&mut random));
        let (image, _) = self.images.split_at_mut(long);
        let mut lanczos = Lanczos {
            basis: &mut *self.gram,
            diagonal: &mut *self.diagonal,
            beside: &mut *self.beside,
            scratch: &mut *self.scratch,
            next: &mut *self.next,
        };
        let ritz = lanczos.run(
            Operator::Single(gram_single),
            &[],
            image,
            (left.min(STEPS_LIMIT), &mut random),
            |ritz| proof.finds_gap(ritz) || proof.is_hopeless(ritz),
        );
        spent.products += ritz.steps;
        let x = &mut self.vectors[..short];
        lanczos.ritz_vector(&ritz, 0, x);
        if !normalize(x) || !proof.finds_gap(&ritz) {
            return false;
        }
        let (top, next) = (ritz.values[0], ritz.values[1]);
        let gap = top - next;
        // As far below the largest eigenvalue as the errors ask for, but not so near to the next that its error matters.
        let margin = (0.3 + 2.5 * proof.gram_error / gap).lesser(0.85);
        let threshold = top - margin * gap;
        let single: &mut [f32] = cast_slice_mut(&mut *self.next);
        let (vector, single) = single.split_at_mut(short);
        round(x, vector);
        let deflation = SingleDeflation {
            threshold: f32::from_f64(threshold),
            // Enough to lift the vector above the threshold, and no more: it adds to the factor.
            weight: f32::from_f64(f64::power_of_two(gap.exponent().unwrap_or(0) + 2)),
            vector,
        };
        spent.factorizations += 1;
        let product = cast_slice_mut(&mut *self.gram);
        let sizes = (gram_size(long, short, entries), proof.gram_error);
        let Some(second) = deflation.second_upper(gram_single, sizes, factor, product) else { return false };
        let mut last = f64::INFINITY;
        for _ in 0..ROUNDS {
            if limits.products.saturating_sub(spent.products) < 2 {
                return true;
            }
            spent.products += 2;
            let known = [RitzVector::of(self.matrix, x, frobenius, image)];
            best.raise(known[0].root.lo());
            let sizes = (frobenius, best.upper);
            let size = known[0].residual_upper(self.matrix, x, image, sizes, self.residual);
            let block = RitzBlock { vectors: x, images: image, known: &known };
            if let Some(upper) = block.upper(mul_up(size, size), second) {
                best.lower_to(upper, Certificate::DeflatedCholesky { vectors: 1 });
            }
            let rho = known[0].lower();
            let room = rho - second;
            let wanted = (0.1 * f64::UNIT_ROUNDOFF * rho * room.greater(0.0)).square_root();
            // A correction is worth the solutions that leave the products to measure it.
            let solutions = limits.products.saturating_sub(spent.products + 2);
            if size <= wanted || best.is_within(limits.width) || solutions == 0 {
                return true;
            }
            if !(room > 0.0 && size <= 0.5 * last) {
                return false;
            }
            last = size;
            let goal = (0.3 * wanted / size).lesser(0.1);
            let shift = rho - f64::from(deflation.threshold);
            spent.products +=
                refine(factor, (shift, goal), solutions, (x, self.residual), self.scratch, single);
            if !normalize(x) {
                return false;
            }
        }
        false
    }
}
