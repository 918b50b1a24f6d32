// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lanes in one 256-bit register of an x86-64 processor with AVX2.
//!
//! `pulp` proves by its token that the processor has the instructions; every operation below is one of them, correctly
//! rounded, and none is fused, so the results are those of the portable lanes.
//!
//! The compiler inlines an operation only into code compiled for AVX2. A closure that is passed to an iterator or to
//! `array::map` is not, so the kernel loops.

use core::ops::{Add, Mul, Sub};

use pulp::x86::V3;
use pulp::{cast, f32x8, f64x4};

use super::lanes::Lanes;

macro_rules! register {
    ($name:ident, $scalar:ty, $count:literal, $vector:ty, $add:ident, $sub:ident, $mul:ident, $div:ident,
     $root:ident, $magnitude:ident, $greater:ident, $select:ident, $splat:ident,
     $signs:ident,
     $bits:ty, $and:ident, $minus:ident, $exponent:expr) => {
        /// A register of numbers.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name {
            processor: V3,
            value: $vector,
        }

        impl $name {
            /// A register of zeros.
            #[inline(always)]
            pub(super) fn zero(processor: V3) -> Self {
                Self { processor, value: processor.$splat(0.0) }
            }
        }

        impl Lanes<$scalar> for $name {
            #[inline(always)]
            fn splat(self, x: $scalar) -> Self {
                Self { value: self.processor.$splat(x), ..self }
            }

            #[inline(always)]
            fn over(self, divisor: Self) -> Self {
                Self { value: self.processor.$div(self.value, divisor.value), ..self }
            }

            #[inline(always)]
            fn square_root(self) -> Self {
                Self { value: self.processor.$root(self.value), ..self }
            }

            #[inline(always)]
            fn magnitude(self) -> Self {
                Self { value: self.processor.$magnitude(self.value), ..self }
            }

            #[inline(always)]
            fn if_greater(self, other: Self, value: Self, otherwise: Self) -> Self {
                let mask = self.processor.$greater(self.value, other.value);
                Self { value: self.processor.$select(mask, value.value, otherwise.value), ..self }
            }

            #[inline(always)]
            fn gather(self, x: impl Fn(usize) -> $scalar) -> Self {
                let mut values = [0.0; $count];
                for (lane, value) in values.iter_mut().enumerate() {
                    *value = x(lane);
                }
                Self { value: cast::<[$scalar; $count], $vector>(values), ..self }
            }

            #[inline(always)]
            fn get(&self, lane: usize) -> $scalar {
                cast::<$vector, [$scalar; $count]>(self.value)[lane]
            }

            #[inline(always)]
            fn reciprocal_power_of_two(self) -> Self {
                // The exponent fields of the number and of the reciprocal add to twice the bias.
                let mask = cast::<[$bits; $count], $vector>([$exponent; $count]);
                let twice_bias = cast([$exponent & ($exponent << 1); $count]);
                let field = cast(self.processor.$and(self.value, mask));
                Self { value: cast(self.processor.avx2.$minus(twice_bias, field)), ..self }
            }

            #[inline(always)]
            fn all_positive(self) -> bool {
                let mask = self.processor.$greater(self.value, self.processor.$splat(0.0));
                self.processor.avx.$signs(cast(mask)) == (1 << $count) - 1
            }
        }

        impl Add for $name {
            type Output = Self;

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self { value: self.processor.$add(self.value, other.value), ..self }
            }
        }

        impl Sub for $name {
            type Output = Self;

            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self { value: self.processor.$sub(self.value, other.value), ..self }
            }
        }

        impl Mul for $name {
            type Output = Self;

            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self { value: self.processor.$mul(self.value, other.value), ..self }
            }
        }
    };
}

register!(
    Doubles,
    f64,
    4,
    f64x4,
    add_f64x4,
    sub_f64x4,
    mul_f64x4,
    div_f64x4,
    sqrt_f64x4,
    abs_f64x4,
    cmp_gt_f64x4,
    select_f64x4,
    splat_f64x4,
    _mm256_movemask_pd,
    u64,
    and_f64x4,
    _mm256_sub_epi64,
    0x7ff_u64 << 52
);
register!(
    Singles,
    f32,
    8,
    f32x8,
    add_f32x8,
    sub_f32x8,
    mul_f32x8,
    div_f32x8,
    sqrt_f32x8,
    abs_f32x8,
    cmp_gt_f32x8,
    select_f32x8,
    splat_f32x8,
    _mm256_movemask_ps,
    u32,
    and_f32x8,
    _mm256_sub_epi32,
    0xff_u32 << 23
);
