// SPDX-License-Identifier: MIT OR Apache-2.0

//! The enclosure of the spectral norm of a large matrix, from about 32 rows to thousands.
//!
//! The small path squares the Gram matrix some seven times. Here it is formed once, the Lanczos process proposes the
//! vector of the largest singular value, and one Cholesky factorization proves that the rest of the spectrum lies
//! below it: about `mn² + n³/3` operations and some sixty products. Steps for a matrix whose smaller dimension is `n`:
//!
//! 1. refuse NaN and infinity, scale by a power of two, bound by sums of entries;
//! 2. `Ĝ ≈ MᵀM`, its lower triangle;
//! 3. Lanczos with full reorthogonalisation until vector and gap are good enough;
//! 4. Cholesky of `bI + τvvᵀ − Ĝ` succeeds: `λ₂ ≤ b` and a little (theorem T4). It fails: an eigenvalue was missed, the
//!    failure names a vector that has a part of it, and the search goes on beside the vectors found, up to eight;
//! 5. the Kato-Temple bound for one vector or a block (T2, T6), with quotients summed compensated and residuals through
//!    the matrix itself;
//! 6. no gap: Cholesky of `cI − Ĝ` for `c` as small as succeeds (T5).
//!
//! With the feature `faer`, steps 2 to 4 are tried in binary32 first, and the factor then corrects the vector
//! (the module `single`).
//!
//! Steps 3 and 4 only propose: whatever they find, the bounds hold.

mod cholesky;
mod deflation;
mod effort;
mod enclose;
mod gram;
mod kato_temple_block;
mod lanczos;
#[cfg(all(feature = "faer", target_arch = "x86_64"))]
mod lanes;
mod norm;
mod products;
mod rayleigh_ritz;
mod ritz_vector;
#[cfg(feature = "faer")]
mod single;
mod tridiagonal;
mod vectorized;

pub use effort::Effort;
#[cfg(feature = "alloc")]
pub use norm::spectral_norm_large;
pub use norm::{large_workspace_len, spectral_norm_large_in};

#[cfg(test)]
mod tests;
