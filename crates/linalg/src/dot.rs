// SPDX-License-Identifier: MIT OR Apache-2.0

//! The dot product `xᵀy = Σ x_i y_i`.
//!
//! [`dot`] is the plain kernel whose order of operations is a contract: one accumulator, ascending index, one
//! multiplication and one addition a term, no fused operation. Its error is at most `γ_n Σ|x_i y_i| + nω` (lemma L2).
//! [`dot_enclosure`] returns an interval that contains the exact value.
//!
//! # Proof
//!
//! Order and bound: `proofs/theories/float/Tree.v`, theorems `tree_error` and `dot_error_gamma`; for IEEE data, where a finite result is the
//! only hypothesis, `proofs/theories/float/Ieee.v`, theorem `ieee_dot_error`.

use nalgebra::{Dim, RawStorage, Vector};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::{DotAccumulator, KernelError, Scaling};

/// The dot product, summed in ascending order: `s = s + x_i · y_i` from `s = 0`.
///
/// NaN and infinite entries propagate as in plain arithmetic. `2n` operations.
///
/// # Errors
///
/// Fails if the lengths differ.
///
/// # Proof
///
/// `tree_error`: if the result is finite, its error is at most `γ_n Σ|x_i y_i| + nω`.
///
/// # Examples
///
/// ```
/// use nalgebra::vector;
/// assert_eq!(widthwise_linalg::dot(&vector![1.0, 2.0], &vector![3.0, 4.0])?, 11.0);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn dot<T: Scalar, D: Dim, E: Dim, S1: RawStorage<T, D>, S2: RawStorage<T, E>>(
    x: &Vector<T, D, S1>,
    y: &Vector<T, E, S2>,
) -> Result<T, KernelError> {
    KernelError::require("second vector", x.nrows(), y.nrows())?;
    Ok(sequential_dot(x, y))
}

/// [`dot`] of two vectors known to have one length.
#[inline]
pub(crate) fn sequential_dot<T: Scalar, D: Dim, E: Dim, S1: RawStorage<T, D>, S2: RawStorage<T, E>>(
    x: &Vector<T, D, S1>,
    y: &Vector<T, E, S2>,
) -> T {
    let mut sum = T::zero();
    for (&x, &y) in x.iter().zip(y.iter()) {
        sum += x * y;
    }
    sum
}

/// Encloses the exact dot product of the stored entries.
///
/// Compensated after exact scaling: about one ulp wide unless the terms cancel by more than `γ_n²`; a point
/// when no operation rounded. About `30n` operations.
///
/// # Errors
///
/// Fails if the lengths differ or an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::vector;
/// use widthwise_linalg::dot_enclosure;
///
/// let exact = dot_enclosure(&vector![1e200, 1.0], &vector![1e200, -1.0])?;
/// assert!(exact.to_enclosure().hi() == f64::INFINITY);
/// let zero = dot_enclosure(&vector![3.0, 4.0], &vector![4.0, -3.0])?;
/// assert!(zero.to_enclosure().is_point());
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn dot_enclosure<T: Scalar, D: Dim, E: Dim, S1: RawStorage<T, D>, S2: RawStorage<T, E>>(
    x: &Vector<T, D, S1>,
    y: &Vector<T, E, S2>,
) -> Result<ScaledEnclosure<T>, KernelError> {
    KernelError::require("second vector", x.nrows(), y.nrows())?;
    let (scale_x, scale_y) = (Scaling::of(x)?, Scaling::of(y)?);
    Ok(scaled_dot(x.iter(), &scale_x, y.iter(), &scale_y))
}

/// The enclosure of `Σ x_i y_i` under known scalings.
#[inline]
pub(crate) fn scaled_dot<'a, T: Scalar>(
    x: impl Iterator<Item = &'a T>,
    scale_x: &Scaling<T>,
    y: impl Iterator<Item = &'a T>,
    scale_y: &Scaling<T>,
) -> ScaledEnclosure<T> {
    let mut sum = DotAccumulator::new();
    if !(scale_x.is_exact() && scale_y.is_exact()) {
        sum.assume_scaled_inexactly();
    }
    for (&x, &y) in x.zip(y) {
        sum.add_product(scale_x.apply(x), scale_y.apply(y));
    }
    ScaledEnclosure::new(sum.enclosure(), scale_x.exponent() + scale_y.exponent())
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DVector, vector};
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn order_of_operations_is_ascending() {
        // (1 + 2⁻⁵³) rounds to 1, twice; descending order would give 1 + 2⁻⁵².
        let x = vector![1.0, f64::UNIT_ROUNDOFF, f64::UNIT_ROUNDOFF];
        assert_eq!(dot(&x, &vector![1.0, 1.0, 1.0]).unwrap(), 1.0);
    }

    #[test]
    fn lengths_must_agree() {
        let error = dot(&DVector::from_element(2, 1.0), &DVector::from_element(3, 1.0)).unwrap_err();
        assert_eq!(error.to_string(), "second vector: 2 needed, 3 given");
        assert!(dot_enclosure(&vector![1.0], &DVector::from_element(0, 1.0)).is_err());
    }

    #[test]
    fn empty_dot_is_zero() {
        let empty = DVector::<f64>::zeros(0);
        assert_eq!(dot(&empty, &empty).unwrap(), 0.0);
        assert_eq!(dot_enclosure(&empty, &empty).unwrap(), ScaledEnclosure::zero());
    }

    proptest! {
        #[test]
        fn plain_dot_is_within_lemma_l2_of_the_enclosure(
            terms in prop::collection::vec((-1e3_f64..1e3, -1e3_f64..1e3), 1..50),
        ) {
            let x = DVector::from_iterator(terms.len(), terms.iter().map(|t| t.0));
            let y = DVector::from_iterator(terms.len(), terms.iter().map(|t| t.1));
            let plain = dot(&x, &y).unwrap();
            let exact = dot_enclosure(&x, &y).unwrap().to_enclosure();
            let total: f64 = terms.iter().map(|t| (t.0 * t.1).abs()).sum();
            let bound = widthwise_rounding::gamma_upper::<f64>(terms.len()) * total * 1.001;
            prop_assert!(plain >= exact.lo() - bound && plain <= exact.hi() + bound);
        }

        #[test]
        fn scaling_by_powers_of_two_scales_the_enclosure(
            terms in prop::collection::vec((-1e3_f64..1e3, -1e3_f64..1e3), 1..20), k in -900_i32..900,
        ) {
            let x = DVector::from_iterator(terms.len(), terms.iter().map(|t| t.0));
            let y = DVector::from_iterator(terms.len(), terms.iter().map(|t| t.1));
            let scaled = x.map(|x| x.scale_exp2(k));
            prop_assume!(scaled.iter().zip(x.iter()).all(|(s, x)| s.scale_exp2(-k) == *x && s.magnitude() >= f64::MIN_NORMAL || *x == 0.0));
            prop_assert_eq!(dot_enclosure(&scaled, &y).unwrap(), dot_enclosure(&x, &y).unwrap().scale_exp2(k));
        }
    }
}
