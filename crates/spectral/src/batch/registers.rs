// SPDX-License-Identifier: MIT OR Apache-2.0

//! The choice of the registers for a format.

use widthwise_rounding::Scalar;

use super::Groups;
#[cfg(all(feature = "std", target_arch = "x86_64"))]
use super::avx2;
use super::lanes::Portable;
#[cfg(all(feature = "std", target_arch = "x86_64"))]
use super::twofold::Twofold;

mod sealed {
    use super::{Groups, Scalar};

    /// A format with registers.
    pub trait Registers: Scalar {
        /// Encloses the norms in the widest registers.
        fn enclose<const M: usize, const N: usize>(groups: Groups<'_, Self, M, N>);
    }
}

/// A format in which batches are computed: every [`Scalar`], that is `f32` and `f64`.
///
/// The bound of [`spectral_norm_batch`](crate::spectral_norm_batch). Registers differ by format, which a bound by `Scalar`
/// could not tell.
pub trait BatchScalar: sealed::Registers {}

macro_rules! format {
    ($scalar:ty, $registers:ident, $lanes:literal) => {
        impl sealed::Registers for $scalar {
            #[inline]
            fn enclose<const M: usize, const N: usize>(groups: Groups<'_, Self, M, N>) {
                #[cfg(all(feature = "std", target_arch = "x86_64"))]
                if let Some(processor) = pulp::x86::V3::try_new() {
                    return processor.vectorize(OnAvx2 { groups, processor });
                }
                groups.enclose::<Portable<$scalar, 4>, 4>(Portable([0.0; 4]));
            }
        }

        impl BatchScalar for $scalar {}

        #[cfg(all(feature = "std", target_arch = "x86_64"))]
        impl<const M: usize, const N: usize> pulp::NullaryFnOnce for OnAvx2<'_, $scalar, M, N> {
            type Output = ();

            #[inline(always)]
            fn call(self) {
                let zero = avx2::$registers::zero(self.processor);
                self.groups.enclose::<Twofold<avx2::$registers, $lanes>, { 2 * $lanes }>(Twofold(zero, zero));
            }
        }
    };
}

/// The work, and the proof that the processor has AVX2.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
struct OnAvx2<'a, T, const M: usize, const N: usize> {
    groups: Groups<'a, T, M, N>,
    processor: pulp::x86::V3,
}

format!(f32, Singles, 8);
format!(f64, Doubles, 4);
