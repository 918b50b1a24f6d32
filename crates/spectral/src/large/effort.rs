// SPDX-License-Identifier: MIT OR Apache-2.0

//! How far the enclosure of a large matrix goes.

use super::enclose::Limits;

/// How much work an enclosure of the spectral norm of a large matrix may cost, or how narrow it shall be.
///
/// Whatever is asked for, the enclosure is valid: when a budget ends, or a width is out of reach, it is the best one
/// found so far.
///
/// ```
/// use nalgebra::DMatrix;
/// use widthwise_spectral::{Effort, large_workspace_len, spectral_norm_large_in};
///
/// let a = DMatrix::from_fn(40, 30, |i, j| ((7 * i + 3 * j) % 11) as f64 - 5.0);
/// let mut work = vec![0.0; large_workspace_len(40, 30)];
/// let crude = spectral_norm_large_in(&a, Effort::Cheap, &mut work)?.enclosure();
/// let tight = spectral_norm_large_in(&a, Effort::Standard, &mut work)?.enclosure();
/// assert!(crude.lo() <= tight.lo() && tight.hi() <= crude.hi());
/// assert!(tight.relative_width() < 1e-14 && crude.relative_width() > 0.1);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Effort {
    /// Sums of entries only, as by [`spectral_norm_bounds`](crate::spectral_norm_bounds): `O(mn)` and no workspace. The
    /// ends are at most a factor of `√min(m, n)` apart.
    Cheap,
    /// Until the enclosure is about as narrow as this method makes it: a few `u` if at most eight singular values
    /// are close to the largest, about `n²u` otherwise.
    Standard,
    /// Until the relative width is at most this, or out of reach. NaN and negative widths are out of reach.
    RelativeWidth(f64),
    /// As [`Standard`](Self::Standard), within these numbers.
    ///
    /// Without a factorization the Gram matrix is not formed, and each step of the search costs two products. With
    /// some, it is formed in addition, which costs about as much as three factorizations. With the feature `faer` the
    /// first factorization is in `f32`, at half the cost, and solving with its factor counts as a product.
    Budget {
        /// Products of the matrix, its transpose or its Gram matrix with a vector.
        matrix_vector_products: usize,
        /// Cholesky factorizations.
        factorizations: usize,
    },
}

impl Effort {
    pub(super) fn limits(self) -> Limits {
        let unlimited = Limits { products: usize::MAX, factorizations: usize::MAX, width: None };
        match self {
            Self::Cheap => Limits { products: 0, factorizations: 0, width: None },
            Self::Standard => unlimited,
            Self::RelativeWidth(width) => Limits { width: Some(width), ..unlimited },
            Self::Budget { matrix_vector_products, factorizations } => {
                Limits { products: matrix_vector_products, factorizations, width: None }
            }
        }
    }
}
