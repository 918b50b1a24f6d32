// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers that the kernel of a single matrix computes in.
//!
//! The kernel keeps independent entries side by side in vectors, each with its own sum, so wider registers change the
//! speed and no bit. With the feature `std` an x86-64 processor with AVX2, asked at run time, works on four or eight numbers
//! at a time; everywhere else a vector is one number.
//!
//! Nothing is fused but the error of a product: `fma(a, b, −fl(ab))` is the number that Dekker's seventeen operations
//! give, unless the product is below `2^(MIN_EXPONENT + 2·DIGITS)`. There the two may differ by `5ω`. Such differences reach
//! no result: a sum that they can change is below `2^(MIN_EXPONENT + DIGITS)`, its square is zero, and in a sum of larger
//! terms they are far below its last digit.

use widthwise_rounding::Scalar;
use widthwise_rounding::error_free::two_prod;

use crate::access::{at, put};

/// Operations on vectors of numbers. Each acts on every lane alone.
pub(crate) trait Registers<T: Scalar>: Copy {
    /// Numbers side by side.
    type Vector: Copy;
    /// How many.
    const LANES: usize;

    /// The same number in every lane.
    fn splat(self, x: T) -> Self::Vector;

    /// The first numbers of a slice.
    fn load(self, x: &[T]) -> Self::Vector;

    /// Stores to the first numbers of a slice.
    fn store(self, vector: Self::Vector, x: &mut [T]);

    /// `x(lane)` for every lane.
    fn gather(self, x: impl Fn(usize) -> T) -> Self::Vector;

    /// The sums.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The differences.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The products.
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The products and their errors.
    fn two_prod(self, a: Self::Vector, b: Self::Vector) -> (Self::Vector, Self::Vector);

    /// The sums and their errors (Knuth).
    #[inline(always)]
    fn two_sum(self, a: Self::Vector, b: Self::Vector) -> (Self::Vector, Self::Vector) {
        let sum = self.add(a, b);
        let b_virtual = self.sub(sum, a);
        let a_virtual = self.sub(sum, b_virtual);
        (sum, self.add(self.sub(a, a_virtual), self.sub(b, b_virtual)))
    }
}

/// One number at a time, on any target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

impl<T: Scalar> Registers<T> for Portable {
    type Vector = T;
    const LANES: usize = 1;

    #[inline(always)]
    fn splat(self, x: T) -> T {
        x
    }

    #[inline(always)]
    fn load(self, x: &[T]) -> T {
        at(x, 0)
    }

    #[inline(always)]
    fn store(self, vector: T, x: &mut [T]) {
        put(x, 0, vector);
    }

    #[inline(always)]
    fn gather(self, x: impl Fn(usize) -> T) -> T {
        x(0)
    }

    #[inline(always)]
    fn add(self, a: T, b: T) -> T {
        a + b
    }

    #[inline(always)]
    fn sub(self, a: T, b: T) -> T {
        a - b
    }

    #[inline(always)]
    fn mul(self, a: T, b: T) -> T {
        a * b
    }

    #[inline(always)]
    fn two_prod(self, a: T, b: T) -> (T, T) {
        two_prod(a, b)
    }
}

/// Registers of an x86-64 processor with AVX2.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
pub(crate) mod avx2 {
    use core::arch::x86_64::{__m128, __m256, __m256d};

    use pulp::cast;
    use pulp::x86::V3;

    use super::Registers;

    macro_rules! registers {
        ($name:ident, $about:literal, $scalar:ty, $lanes:literal, $vector:ty, $set:ident,
         $splat:ident, $add:ident, $sub:ident, $mul:ident, $mul_sub:ident) => {
            #[doc = $about]
            #[derive(Clone, Copy, Debug)]
            pub(crate) struct $name(pub(crate) V3);

            impl Registers<$scalar> for $name {
                type Vector = $vector;
                const LANES: usize = $lanes;

                #[inline(always)]
                fn splat(self, x: $scalar) -> $vector {
                    self.0.$set.$splat(x)
                }

                #[inline(always)]
                fn load(self, x: &[$scalar]) -> $vector {
                    let mut numbers = [0.0; $lanes];
                    numbers.copy_from_slice(&x[..$lanes]);
                    cast(numbers)
                }

                #[inline(always)]
                fn store(self, vector: $vector, x: &mut [$scalar]) {
                    x[..$lanes].copy_from_slice(&cast::<$vector, [$scalar; $lanes]>(vector));
                }

                #[inline(always)]
                fn gather(self, x: impl Fn(usize) -> $scalar) -> $vector {
                    let mut numbers = [0.0; $lanes];
                    for (lane, number) in numbers.iter_mut().enumerate() {
                        *number = x(lane);
                    }
                    cast(numbers)
                }

                #[inline(always)]
                fn add(self, a: $vector, b: $vector) -> $vector {
                    self.0.$set.$add(a, b)
                }

                #[inline(always)]
                fn sub(self, a: $vector, b: $vector) -> $vector {
                    self.0.$set.$sub(a, b)
                }

                #[inline(always)]
                fn mul(self, a: $vector, b: $vector) -> $vector {
                    self.0.$set.$mul(a, b)
                }

                #[inline(always)]
                fn two_prod(self, a: $vector, b: $vector) -> ($vector, $vector) {
                    let product = self.mul(a, b);
                    (product, self.0.fma.$mul_sub(a, b, product))
                }
            }
        };
    }

    registers!(
        Doubles,
        "Four numbers of binary64.",
        f64,
        4,
        __m256d,
        avx,
        _mm256_set1_pd,
        _mm256_add_pd,
        _mm256_sub_pd,
        _mm256_mul_pd,
        _mm256_fmsub_pd
    );
    registers!(
        Singles,
        "Eight numbers of binary32.",
        f32,
        8,
        __m256,
        avx,
        _mm256_set1_ps,
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_mul_ps,
        _mm256_fmsub_ps
    );
    registers!(
        FourSingles,
        "Four numbers of binary32, for matrices with fewer than eight rows.",
        f32,
        4,
        __m128,
        sse,
        _mm_set1_ps,
        _mm_add_ps,
        _mm_sub_ps,
        _mm_mul_ps,
        _mm_fmsub_ps
    );
}
