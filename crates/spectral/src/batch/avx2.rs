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
use pulp::{cast, f32x4, f32x8, f64x4};

use super::lanes::{Lanes, WithSingles};
use super::twofold::Twofold;

macro_rules! register {
    ($name:ident, $scalar:ty, $count:literal, $vector:ty, $add:ident, $sub:ident, $mul:ident, $div:ident,
     $root:ident, $magnitude:ident, $greater:ident, $select:ident, $splat:ident,
     $signs:ident,
     $bits:ty, $and:ident, $minus:ident, $exponent:expr, $transposed:ident) => {
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
            fn gather_four(self, x: impl Fn(usize) -> [$scalar; 4]) -> [Self; 4] {
                let [a, b, c, d] = $transposed(self.processor, x);
                [
                    Self { value: a, ..self },
                    Self { value: b, ..self },
                    Self { value: c, ..self },
                    Self { value: d, ..self },
                ]
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
    0x7ff_u64 << 52,
    transposed_doubles
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
    0xff_u32 << 23,
    transposed_singles
);

/// Four numbers of four lanes: pairs within the halves of the registers, then the halves.
#[inline(always)]
fn transposed_doubles(processor: V3, x: impl Fn(usize) -> [f64; 4]) -> [f64x4; 4] {
    let avx = processor.avx;
    let (a, b, c, d) = (cast(x(0)), cast(x(1)), cast(x(2)), cast(x(3)));
    let (ab_even, ab_odd) = (avx._mm256_unpacklo_pd(a, b), avx._mm256_unpackhi_pd(a, b));
    let (cd_even, cd_odd) = (avx._mm256_unpacklo_pd(c, d), avx._mm256_unpackhi_pd(c, d));
    [
        cast(avx._mm256_permute2f128_pd::<0x20>(ab_even, cd_even)),
        cast(avx._mm256_permute2f128_pd::<0x20>(ab_odd, cd_odd)),
        cast(avx._mm256_permute2f128_pd::<0x31>(ab_even, cd_even)),
        cast(avx._mm256_permute2f128_pd::<0x31>(ab_odd, cd_odd)),
    ]
}

/// Four numbers of eight lanes: lanes `l` and `l + 4` share a register, whose halves are transposed alike.
#[inline(always)]
fn transposed_singles(processor: V3, x: impl Fn(usize) -> [f32; 4]) -> [f32x8; 4] {
    let avx = processor.avx;
    let (a, b, c, d) = (cast([x(0), x(4)]), cast([x(1), x(5)]), cast([x(2), x(6)]), cast([x(3), x(7)]));
    let (ac_low, ac_high) = (avx._mm256_unpacklo_ps(a, c), avx._mm256_unpackhi_ps(a, c));
    let (bd_low, bd_high) = (avx._mm256_unpacklo_ps(b, d), avx._mm256_unpackhi_ps(b, d));
    [
        cast(avx._mm256_unpacklo_ps(ac_low, bd_low)),
        cast(avx._mm256_unpackhi_ps(ac_low, bd_low)),
        cast(avx._mm256_unpacklo_ps(ac_high, bd_high)),
        cast(avx._mm256_unpackhi_ps(ac_high, bd_high)),
    ]
}

impl WithSingles<f64> for Twofold<Doubles, 4> {
    type Single = Singles;

    #[inline(always)]
    fn to_single(self) -> Singles {
        let processor = self.0.processor;
        let low = processor.convert_f64x4_to_f32x4(self.0.value);
        let high = processor.convert_f64x4_to_f32x4(self.1.value);
        Singles { processor, value: cast([low, high]) }
    }

    #[inline(always)]
    fn with_singles(self, single: Singles) -> Self {
        let processor = single.processor;
        let [low, high] = cast::<f32x8, [f32x4; 2]>(single.value);
        Self(
            Doubles { processor, value: processor.convert_f32x4_to_f64x4(low) },
            Doubles { processor, value: processor.convert_f32x4_to_f64x4(high) },
        )
    }
}

impl WithSingles<f32> for Singles {
    type Single = Self;

    #[inline(always)]
    fn to_single(self) -> Self {
        self
    }

    #[inline(always)]
    fn with_singles(self, single: Self) -> Self {
        single
    }
}

impl WithSingles<f32> for Twofold<Singles, 8> {
    type Single = Self;

    #[inline(always)]
    fn to_single(self) -> Self {
        self
    }

    #[inline(always)]
    fn with_singles(self, single: Self) -> Self {
        single
    }
}
