// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random streams with an address: (seed, name, index).
//!
//! An instance is a pure function of its address, so any instance of a campaign can be drawn alone, on any machine, in
//! any order. The generator is ChaCha8 (D. J. Bernstein, *ChaCha, a variant of Salsa20*, 2008), read as a table that is
//! entered at a computed place; nothing is shared between two streams and nothing is skipped over.
//!
//! | part of the address | where it enters ChaCha |
//! | --- | --- |
//! | seed | first 8 of the 32 key bytes, little-endian; the other 24 are the ASCII text `widthwise sampling, v. 1` |
//! | name | the 64-bit stream number: FNV-1a-64 of the bytes of the name |
//! | index | word position `index · 2²⁰`: each instance owns 2²⁰ words of 32 bits |
//!
//! Every draw is integer arithmetic followed by an exact conversion, or by operations that [`Scalar`] guarantees to give
//! the same bits on every target. A draw takes the same words whatever the format of its result.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use widthwise_rounding::Scalar;

/// Words of 32 bits that one index owns.
const WORDS_PER_INDEX: u128 = 1 << 20;

/// The part of the key that is not the seed. Changing it changes every stream.
const KEY_TEXT: &[u8; 24] = b"widthwise sampling, v. 1";

/// A reproducible stream of random draws, addressed by a seed, a name and an index.
///
/// Streams with different addresses are independent, except that names are told apart by 64 bits of hash, indices repeat
/// after 2⁴⁸, and a stream that draws more than 2²⁰ words runs into that of the next index. The largest instance of the
/// families in this crate, four matrices of 96×96, takes less than a quarter of that.
///
/// # Examples
///
/// ```
/// use widthwise_sampling::Stream;
///
/// let mut stream = Stream::new(1, "example", 42);
/// let die = 1 + stream.below(6);
/// assert!((1..=6).contains(&die));
/// // The same address gives the same draws.
/// assert_eq!(1 + Stream::new(1, "example", 42).below(6), die);
/// ```
#[derive(Clone, Debug)]
pub struct Stream {
    generator: ChaCha8Rng,
    /// The second number of the last pair of normal draws.
    spare_normal: Option<f64>,
}

impl Stream {
    /// The stream at an address. Costs no more than the first draw: one block of ChaCha.
    ///
    /// ```
    /// use widthwise_sampling::Stream;
    /// assert_ne!(Stream::new(0, "a", 0).bits(), Stream::new(0, "b", 0).bits());
    /// assert_ne!(Stream::new(0, "a", 0).bits(), Stream::new(0, "a", 1).bits());
    /// assert_ne!(Stream::new(0, "a", 0).bits(), Stream::new(1, "a", 0).bits());
    /// ```
    #[must_use]
    pub fn new(seed: u64, name: &str, index: u64) -> Self {
        let mut key = [0; 32];
        let (head, tail) = key.split_at_mut(8);
        head.copy_from_slice(&seed.to_le_bytes());
        tail.copy_from_slice(KEY_TEXT);
        let mut generator = ChaCha8Rng::from_seed(key);
        // The order matters: implementations differ in whether the stream number resets the position.
        generator.set_stream(fnv1a(name.as_bytes()));
        generator.set_word_pos(u128::from(index) * WORDS_PER_INDEX);
        Self { generator, spare_normal: None }
    }

    /// 64 uniform bits. Two words.
    ///
    /// ```
    /// # use widthwise_sampling::Stream;
    /// assert_eq!(Stream::new(0, "bits", 0).bits(), 0x73fc_6a74_58bb_6d42);
    /// ```
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A uniform integer in `0..n`, without bias; zero if `n` is zero. One word, seldom more.
    ///
    /// Lemire's multiplication with rejection (*Fast random integer generation in an interval*, 2019).
    ///
    /// ```
    /// # use widthwise_sampling::Stream;
    /// assert!(Stream::new(0, "below", 0).below(3) < 3);
    /// assert_eq!(Stream::new(0, "below", 0).below(1), 0);
    /// ```
    pub fn below(&mut self, n: u32) -> u32 {
        let mut product = u64::from(self.generator.next_u32()) * u64::from(n);
        if low(product) < n {
            // 2³² mod n values of the low half belong to no complete round.
            let surplus = n.wrapping_neg() % n;
            while low(product) < surplus {
                product = u64::from(self.generator.next_u32()) * u64::from(n);
            }
        }
        high(product)
    }

    /// A uniform position in a sequence of a given length; zero if it is empty. One word, seldom more.
    pub(crate) fn position(&mut self, length: usize) -> usize {
        self.below(u32::try_from(length).unwrap_or(u32::MAX)) as usize
    }

    /// A position in `weights`, each drawn in proportion to its weight. One word, seldom more.
    ///
    /// Zero if there is no positive weight. Weights past a total of 2³² − 1 count as zero.
    ///
    /// ```
    /// # use widthwise_sampling::Stream;
    /// assert_eq!(Stream::new(0, "weighted", 0).weighted(&[0, 5, 0]), 1);
    /// ```
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        self.weighted_by(weights.iter().copied())
    }

    /// As [`weighted`](Self::weighted), for weights that are computed.
    pub(crate) fn weighted_by(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total = weights.clone().fold(0_u32, u32::saturating_add);
        let mut rest = self.below(total);
        for (position, weight) in weights.enumerate() {
            if rest < weight {
                return position;
            }
            rest -= weight;
        }
        0
    }

    /// Plus or minus one, equally often. One word.
    ///
    /// ```
    /// # use widthwise_sampling::Stream;
    /// assert_eq!(Stream::new(0, "sign", 0).sign::<f32>().abs(), 1.0);
    /// ```
    pub fn sign<T: Scalar>(&mut self) -> T {
        if self.generator.next_u32() >> 31 == 0 { T::one() } else { -T::one() }
    }

    /// A uniform number on the grid of multiples of `2u` in `[−1, 1)`. Two words.
    ///
    /// The number in `f32` is the one in `f64`, at the same place of the stream, rounded down to the coarser grid.
    ///
    /// ```
    /// # use widthwise_sampling::Stream;
    /// let coarse: f32 = Stream::new(0, "uniform", 0).uniform();
    /// let fine: f64 = Stream::new(0, "uniform", 0).uniform();
    /// assert!((0.0..=f64::from(f32::EPSILON)).contains(&(fine - f64::from(coarse))));
    /// ```
    pub fn uniform<T: Scalar>(&mut self) -> T {
        let half = 1_i64 << (T::DIGITS - 1);
        let integer = (self.bits() >> (64 - T::DIGITS)).cast_signed() - half;
        // |integer| ≤ 2⁵², so the conversions are exact, and so is the product with a power of two.
        #[expect(clippy::cast_precision_loss, reason = "the integer has at most 53 bits")]
        let value = T::from_f64(integer as f64);
        value * T::power_of_two(1 - T::DIGITS)
    }

    /// A uniform number between `lo` and `hi`: `lo + (hi − lo) · k / 2⁵³` rounded, with `k` uniform in `0..2⁵³`. Two words.
    ///
    /// May round to `hi`.
    ///
    /// ```
    /// # use widthwise_sampling::Stream;
    /// let x = Stream::new(0, "uniform_in", 0).uniform_in(-8.0, 8.0);
    /// assert!((-8.0..=8.0).contains(&x));
    /// ```
    pub fn uniform_in(&mut self, lo: f64, hi: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "the integer has 53 bits")]
        let fraction = (self.bits() >> 11) as f64 * f64::power_of_two(-53);
        lo + (hi - lo) * fraction
    }

    /// A standard normal number. Two and a half words on average.
    ///
    /// Marsaglia's polar method (*A convenient method for generating normal variables*, 1964): a point uniform in the unit
    /// disc gives two independent numbers; the second is kept for the next call. Only `+ − × ÷`, the logarithm and the root
    /// of [`Scalar`], hence the same bits on every target. The magnitude never exceeds 13. For another format,
    /// round with [`Scalar::from_f64`].
    ///
    /// ```
    /// # use widthwise_sampling::Stream;
    /// assert!(Stream::new(0, "normal", 0).normal().abs() < 13.0);
    /// ```
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        loop {
            let x: f64 = self.uniform();
            let y: f64 = self.uniform();
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let factor = (-2.0 * square.natural_logarithm() / square).square_root();
                self.spare_normal = Some(y * factor);
                return x * factor;
            }
        }
    }

    /// Ten to a power that is uniform in `lo..=hi`, a log-uniform number. Two words.
    ///
    /// As `2^y` with `y = x log₂ 10`: the fraction of `y` goes through `libm::exp2`, which is plain arithmetic, and the
    /// integer part is an exact scaling. The relative error is about `|y| u`. Infinite or zero beyond the range of `f64`.
    ///
    /// ```
    /// # use widthwise_sampling::Stream;
    /// let x = Stream::new(0, "power_of_ten", 0).power_of_ten(-8.0, 8.0);
    /// assert!((0.999e-8..1.001e8).contains(&x));
    /// ```
    pub fn power_of_ten(&mut self, lo: f64, hi: f64) -> f64 {
        let power = self.uniform_in(lo, hi) * core::f64::consts::LOG2_10;
        #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and so does the scaling")]
        let integer = power as i32;
        libm::exp2(power - f64::from(integer)).scale_exp2(integer)
    }
}

/// The hash FNV-1a with 64 bits (Fowler, Noll, Vo).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The lower half of a product of two 32-bit integers.
#[expect(clippy::cast_possible_truncation, reason = "the upper half is dropped on purpose")]
fn low(product: u64) -> u32 {
    product as u32
}

/// The upper half of a product of two 32-bit integers.
fn high(product: u64) -> u32 {
    (product >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    const DRAWS: u32 = 200_000;

    /// Whether the mean of independent draws with a known mean and standard deviation lies within six standard errors.
    fn mean_is(draws: impl Iterator<Item = f64>, mean: f64, deviation: f64) -> bool {
        let (count, sum) = draws.fold((0.0, 0.0), |(count, sum), x| (count + 1.0, sum + x));
        (sum / count - mean).magnitude() <= 6.0 * deviation / count.square_root()
    }

    /// A block of ChaCha8 from the definition of the cipher.
    fn chacha8_block(key: &[u8; 32], nonce: u64, counter: u64) -> [u32; 16] {
        let mut input = [0; 16];
        input[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
        for (word, bytes) in input[4..12].iter_mut().zip(key.chunks_exact(4)) {
            *word = u32::from_le_bytes(bytes.try_into().unwrap());
        }
        input[12..].copy_from_slice(&[low(counter), high(counter), low(nonce), high(nonce)]);
        let mut x = input;
        let mut quarter = |a: usize, b: usize, c: usize, d: usize| {
            for (a, b, d, turn) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
                x[a] = x[a].wrapping_add(x[b]);
                x[d] = (x[d] ^ x[a]).rotate_left(turn);
            }
        };
        for _ in 0..4 {
            for i in 0..4 {
                quarter(i, 4 + i, 8 + i, 12 + i);
            }
            for i in 0..4 {
                quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
            }
        }
        core::array::from_fn(|i| x[i].wrapping_add(input[i]))
    }

    #[test]
    fn stream_is_chacha8_at_the_documented_address() {
        let key: [u8; 32] = [&0x0123_4567_89ab_cdef_u64.to_le_bytes()[..], b"widthwise sampling, v. 1"]
            .concat()
            .try_into()
            .unwrap();
        let mut stream = Stream::new(0x0123_4567_89ab_cdef, "foobar", 0x2_0000_0003);
        for block in 0..100 {
            let counter = 0x2_0000_0003 * 0x1_0000 + block;
            for pair in chacha8_block(&key, 0x8594_4171_f739_67e8, counter).chunks_exact(2) {
                assert_eq!(stream.bits(), u64::from(pair[1]) << 32 | u64::from(pair[0]));
            }
        }
    }

    #[test]
    fn names_are_hashed_by_fnv1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn neighbouring_indices_do_not_overlap_and_the_greatest_is_served() {
        let mut stream = Stream::new(1, "overlap", 6);
        stream.generator.set_word_pos(6 * WORDS_PER_INDEX + WORDS_PER_INDEX);
        assert_eq!(stream.bits(), Stream::new(1, "overlap", 7).bits());
        let _ = Stream::new(u64::MAX, "", u64::MAX).bits();
    }

    #[test]
    fn integers_below_a_bound_that_does_not_divide_the_range_are_unbiased() {
        // Without rejection the residues would have probabilities 1/2, 1/4, 1/4.
        let mut stream = Stream::new(1, "below", 0);
        let residues: Vec<u32> = (0..DRAWS).map(|_| stream.below(3 << 30) % 3).collect();
        for wanted in 0..3 {
            let hits = residues.iter().map(|&residue| f64::from(u8::from(residue == wanted)));
            assert!(mean_is(hits, 1.0 / 3.0, (2.0 / 9.0_f64).square_root()));
        }
    }

    #[test]
    fn weights_are_frequencies() {
        let mut stream = Stream::new(1, "weighted", 0);
        let weights = [1, 0, 5, 2];
        let positions: Vec<usize> = (0..DRAWS).map(|_| stream.weighted(&weights)).collect();
        for (wanted, weight) in weights.into_iter().enumerate() {
            let p = f64::from(weight) / 8.0;
            let hits = positions.iter().map(|&position| f64::from(u8::from(position == wanted)));
            assert!(mean_is(hits, p, (p * (1.0 - p)).square_root()));
        }
        assert_eq!(stream.weighted(&[]), 0);
        assert_eq!(stream.weighted(&[0, 0]), 0);
        assert!((0..1000).all(|_| stream.weighted(&[u32::MAX, 7, u32::MAX]) == 0));
    }

    #[test]
    fn signs_are_balanced() {
        let mut stream = Stream::new(1, "sign", 0);
        assert!(mean_is((0..DRAWS).map(|_| stream.sign()), 0.0, 1.0));
    }

    #[test]
    fn uniform_numbers_have_the_moments_of_their_distribution() {
        let mut stream = Stream::new(1, "uniform", 0);
        let x: Vec<f64> = (0..DRAWS).map(|_| stream.uniform()).collect();
        assert!(mean_is(x.iter().copied(), 0.0, (1.0 / 3.0_f64).square_root()));
        assert!(mean_is(x.iter().map(|x| x * x), 1.0 / 3.0, (4.0 / 45.0_f64).square_root()));
        let y: Vec<f64> = (0..DRAWS).map(|_| stream.uniform_in(-3.0, 5.0)).collect();
        assert!(mean_is(y.iter().copied(), 1.0, 8.0 / 12.0_f64.square_root()));
        assert!(y.iter().all(|y| (-3.0..=5.0).contains(y)));
    }

    #[test]
    fn normal_numbers_have_the_moments_of_their_distribution() {
        let mut stream = Stream::new(1, "normal", 0);
        let x: Vec<f64> = (0..DRAWS).map(|_| stream.normal()).collect();
        // The variance of x^k is E x^(2k) − (E x^k)², with E x^(2k) = 1·3·5⋯(2k−1).
        assert!(mean_is(x.iter().copied(), 0.0, 1.0));
        assert!(mean_is(x.iter().map(|x| x * x), 1.0, 2.0_f64.square_root()));
        assert!(mean_is(x.iter().map(|x| x * x * x), 0.0, 15.0_f64.square_root()));
        assert!(mean_is(x.iter().map(|x| x * x * x * x), 3.0, 96.0_f64.square_root()));
        // Neighbours come from one pair; neither they nor their squares are correlated.
        assert!(mean_is(x.chunks_exact(2).map(|x| x[0] * x[1]), 0.0, 1.0));
        let squares = x.chunks_exact(2).map(|x| (x[0] * x[0] - 1.0) * (x[1] * x[1] - 1.0));
        assert!(mean_is(squares, 0.0, 2.0));
        // P(|x| < 1) = erf(1/√2).
        let inside = x.iter().map(|x| f64::from(u8::from(x.magnitude() < 1.0)));
        assert!(mean_is(inside, 0.682_689_492_137_086, 0.466));
    }

    #[test]
    fn powers_of_ten_are_log_uniform() {
        let mut stream = Stream::new(1, "power_of_ten", 0);
        let x: Vec<f64> = (0..DRAWS).map(|_| stream.power_of_ten(-8.0, 8.0)).collect();
        let log = |x: &f64| x.natural_logarithm() / core::f64::consts::LN_10;
        assert!(mean_is(x.iter().map(log), 0.0, 16.0 / 12.0_f64.square_root()));
        assert!(x.iter().all(|x| (0.999e-8..1.001e8).contains(x)));
    }

    #[test]
    fn powers_of_ten_agree_with_the_power_function() {
        for index in 0..2000 {
            let mut stream = Stream::new(2, "power_of_ten", index);
            let power = stream.clone().uniform_in(-300.0, 300.0);
            let (found, expected) = (stream.power_of_ten(-300.0, 300.0), libm::pow(10.0, power));
            assert!((found / expected - 1.0).magnitude() < 1e-12, "{power}");
        }
        assert_eq!(Stream::new(0, "", 0).power_of_ten(1e300, 1e300), f64::INFINITY);
        assert_eq!(Stream::new(0, "", 0).power_of_ten(-1e300, -1e300), 0.0);
    }

    proptest! {
        #[test]
        fn integers_are_below_their_bound(seed in any::<u64>(), n in 1_u32..) {
            prop_assert!(Stream::new(seed, "", 0).below(n) < n);
            prop_assert_eq!(Stream::new(seed, "", 0).below(0), 0);
        }

        #[test]
        fn uniform_numbers_lie_on_their_grid_and_take_the_same_words(seed in any::<u64>()) {
            let (mut coarse, mut fine) = (Stream::new(seed, "", 0), Stream::new(seed, "", 0));
            let (x, y): (f32, f64) = (coarse.uniform(), fine.uniform());
            prop_assert!((-1.0..1.0).contains(&x) && (-1.0..1.0).contains(&y));
            let steps = x.scale_exp2(23);
            prop_assert_eq!(steps, steps.trunc());
            prop_assert_eq!(f64::from(steps), libm::floor(y.scale_exp2(23)));
            prop_assert_eq!(coarse.bits(), fine.bits());
        }
    }
}
