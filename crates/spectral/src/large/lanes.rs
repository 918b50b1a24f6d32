// SPDX-License-Identifier: MIT OR Apache-2.0

//! Sixteen sums of a dot product in four registers of an x86-64 processor with AVX2.
//!
//! The compiler keeps the sixteen sums of the portable loop in memory. Nothing is fused and the order is that of the
//! portable loop, so the results are the same bits.

use pulp::x86::V3;
use pulp::{cast, f64x4};

use super::products::LANES;

/// `xᵀy` in [`LANES`] sums; must be inlined into code that is compiled for AVX2.
#[inline(always)]
pub(super) fn dot(processor: V3, x: &[f64], y: &[f64]) -> f64 {
    let ((x_chunks, x_rest), (y_chunks, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    let mut first = [0.0; LANES];
    for (sum, (x, y)) in first.iter_mut().zip(x_rest.iter().zip(y_rest)) {
        *sum = x * y;
    }
    let [mut a, mut b, mut c, mut d]: [f64x4; 4] = cast(first);
    for (x, y) in x_chunks.iter().zip(y_chunks) {
        let (x, y): ([f64x4; 4], [f64x4; 4]) = (cast(*x), cast(*y));
        a = processor.add_f64x4(a, processor.mul_f64x4(x[0], y[0]));
        b = processor.add_f64x4(b, processor.mul_f64x4(x[1], y[1]));
        c = processor.add_f64x4(c, processor.mul_f64x4(x[2], y[2]));
        d = processor.add_f64x4(d, processor.mul_f64x4(x[3], y[3]));
    }
    let (a, b) = (processor.add_f64x4(a, c), processor.add_f64x4(b, d));
    let [p, q, r, s]: [f64; 4] = cast(processor.add_f64x4(a, b));
    (p + r) + (q + s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::large::products::lanes_dot;
    use proptest::prelude::*;
    use std::vec::Vec;

    proptest! {
        /// Failure mode 13: with and without the instructions of the processor.
        #[test]
        fn registers_give_the_bits_of_the_portable_loop(
            terms in prop::collection::vec((-1.0_f64..1.0, -1.0_f64..1.0), 0..130),
        ) {
            if let Some(processor) = V3::try_new() {
                let (x, y): (Vec<f64>, Vec<f64>) = terms.into_iter().unzip();
                let found = processor.vectorize(
                    #[inline(always)]
                    || dot(processor, &x, &y),
                );
                prop_assert_eq!(found.to_bits(), lanes_dot(&x, &y).to_bits());
            }
        }
    }
}
