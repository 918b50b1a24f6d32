// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lanes that the kernel must not touch.

use super::*;

/// Entries without a leading digit are the general function's, also those that a power of two could still scale.
#[test]
fn a_lane_of_subnormal_numbers_is_left_to_the_general_function() {
    fn check<T: Scalar>(exponent: i32) {
        for found in examples::<T>().iter().take(20) {
            let half = |x: One<T>| (x.0[0] * T::power_of_two(-1)).scale_exp2(exponent);
            let a = SMatrix::<T, 4, 4>::from_fn(|i, j| half(found.matrix[j][i]));
            assert!(a.iter().all(|x| x.magnitude() < T::MIN_NORMAL));
            let mut packed = a.data.0.map(|column| column.map(|x| Portable([x])));
            scale::<T, One<T>, 1, 4, 4>(&mut packed);
            assert!(packed.iter().flatten().all(|x| x.0[0] == T::zero()));
            let norm = norms_in::<T, _, 1, 4, 4>(Portable([T::zero()]), &[a]);
            assert_eq!(norm, [crate::spectral_norm(&a)]);
        }
    }
    check::<f64>(-1022);
    check::<f32>(-126);
}
