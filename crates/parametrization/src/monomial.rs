// SPDX-License-Identifier: MIT OR Apache-2.0

//! Products of powers, the one form that every scaling rule has.
//!
//! A rule says that an initial scale, a multiplier or a rate is proportional to `√c · x₁^{h₁/2} ⋯ x_N^{h_N/2}`, where
//! the `x` are dimensions, `c` is a small fraction, and the `h` are whole numbers. So rules are tables of whole
//! numbers: products and quotients of rules are exact, and a value needs no elementary function but the root.
//!
//! Two alphabets are in use: [`ShapeMonomial`] in fan-in, fan-out and the lesser of the two, and
//! [`DepthMonomial`](crate::depth::DepthMonomial).

use core::fmt;
use core::num::NonZeroU8;

use widthwise_rounding::Scalar;

use crate::{LogicalMatrix, ParametrizationError, Rational, ScalingDimensions};

/// The product `√c · x₁^{h₁/2} ⋯ x_N^{h_N/2}` of powers of positive numbers.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{LogicalMatrix, ShapeMonomial};
///
/// // √(fan-out/fan-in)
/// let ratio = ShapeMonomial::from_halves([-1, 1, 0]);
/// assert_eq!(ratio.at(LogicalMatrix::new(256, 1024)?)?, 0.5);
/// assert_eq!(ratio.to_string(), "fan-in^(-1/2) fan-out^(1/2)");
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Monomial<const N: usize> {
    /// Twice the exponents. Constructors take `i8`, and no function combines more than twenty monomials, so nothing
    /// overflows.
    halves: [i16; N],
    /// Square of the coefficient, a fraction in lowest terms. Constructors take `u8`, and no function combines more
    /// than eight coefficients (255⁸ < 2⁶⁴).
    numerator: u64,
    denominator: u64,
}

impl<const N: usize> Monomial<N> {
    /// The constant 1.
    pub const ONE: Self = Self::from_halves([0; N]);

    /// The monomial whose exponents are the halves of the given whole numbers.
    ///
    /// ```
    /// use widthwise_parametrization::ShapeMonomial;
    /// assert_eq!(ShapeMonomial::from_halves([0, 2, 0]).to_string(), "fan-out");
    /// ```
    #[must_use]
    pub const fn from_halves(halves: [i8; N]) -> Self {
        let mut wide = [0; N];
        let mut i = 0;
        while i < N {
            wide[i] = halves[i] as i16;
            i += 1;
        }
        Self { halves: wide, numerator: 1, denominator: 1 }
    }

    /// This monomial with the coefficient `√(numerator/denominator)`.
    ///
    /// ```
    /// use core::num::NonZeroU8;
    /// use widthwise_parametrization::{LogicalMatrix, ShapeMonomial};
    /// // The initial scale of He, √(2/fan-in).
    /// let two = NonZeroU8::MIN.saturating_add(1);
    /// let he = ShapeMonomial::from_halves([-1, 0, 0]).with_square_of_coefficient(two, NonZeroU8::MIN);
    /// assert_eq!(he.at(LogicalMatrix::new(64, 32)?)?, 0.25);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    #[must_use]
    pub const fn with_square_of_coefficient(mut self, numerator: NonZeroU8, denominator: NonZeroU8) -> Self {
        (self.numerator, self.denominator) = reduced(numerator.get() as u64, denominator.get() as u64);
        self
    }

    /// The exponents.
    ///
    /// ```
    /// use widthwise_parametrization::{Rational, ShapeMonomial};
    /// let [fan_in, fan_out, lesser] = ShapeMonomial::from_halves([-2, 0, 1]).exponents();
    /// assert_eq!([fan_in, fan_out, lesser], [-2, 0, 1].map(Rational::halves));
    /// ```
    #[must_use]
    pub fn exponents(&self) -> [Rational; N] {
        self.halves.map(|h| Rational::halves(i32::from(h)))
    }

    /// Whether the two have the same exponents, whatever their coefficients.
    ///
    /// ```
    /// use widthwise_parametrization::ShapeMonomial;
    /// assert!(!ShapeMonomial::ONE.is_proportional_to(&ShapeMonomial::from_halves([1, 0, 0])));
    /// ```
    #[must_use]
    pub fn is_proportional_to(&self, other: &Self) -> bool {
        self.halves == other.halves
    }

    pub(crate) const fn halves(&self) -> [i16; N] {
        self.halves
    }

    pub(crate) const fn times(self, other: Self) -> Self {
        let mut product = self;
        let mut i = 0;
        while i < N {
            product.halves[i] += other.halves[i];
            i += 1;
        }
        (product.numerator, product.denominator) =
            reduced(self.numerator * other.numerator, self.denominator * other.denominator);
        product
    }

    pub(crate) const fn inverse(mut self) -> Self {
        let mut i = 0;
        while i < N {
            self.halves[i] = -self.halves[i];
            i += 1;
        }
        (self.numerator, self.denominator) = (self.denominator, self.numerator);
        self
    }

    pub(crate) const fn over(self, other: Self) -> Self {
        self.times(other.inverse())
    }

    /// The value at `x`, entries positive: numerator and denominator are each a product of whole powers times one
    /// root, and the result is their quotient. NaN or infinite if a part overflows.
    ///
    /// While whole powers and radicands are exact (dimensions are), the result has at most five roundings, and one
    /// only where the radicands are squares.
    pub(crate) fn evaluate(&self, x: &[f64; N]) -> f64 {
        let mut parts = [Part::with_radicand(self.numerator), Part::with_radicand(self.denominator)];
        for (&halves, &x) in self.halves.iter().zip(x) {
            let part = &mut parts[usize::from(halves < 0)];
            for _ in 0..halves.unsigned_abs() / 2 {
                part.whole *= x;
            }
            if halves % 2 != 0 {
                part.radicand *= x;
            }
        }
        let [numerator, denominator] = parts.map(|part| part.whole * part.radicand.square_root());
        numerator / denominator
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, names: &[&str; N]) -> fmt::Result {
        let mut separator = "";
        if (self.numerator, self.denominator) != (1, 1) {
            write!(f, "({}/{})^(1/2)", self.numerator, self.denominator)?;
            separator = " ";
        }
        for (name, exponent) in names.iter().zip(self.exponents()) {
            if exponent == Rational::ZERO {
                continue;
            }
            write!(f, "{separator}{name}")?;
            separator = " ";
            if exponent != Rational::integer(1) {
                write!(f, "^({exponent})")?;
            }
        }
        if separator.is_empty() { f.write_str("1") } else { Ok(()) }
    }
}

/// A product of whole powers, and what is left under its root.
struct Part {
    whole: f64,
    radicand: f64,
}

impl Part {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a product of at most eight numbers of eight bits, rounded if at all"
    )]
    const fn with_radicand(radicand: u64) -> Self {
        Self { whole: 1.0, radicand: radicand as f64 }
    }
}

const fn reduced(numerator: u64, denominator: u64) -> (u64, u64) {
    let (mut a, mut b) = (numerator, denominator);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    // The divisor of two numbers that are not both zero is not zero; a plain division would keep a panic for it.
    match (numerator.checked_div(a), denominator.checked_div(a)) {
        (Some(numerator), Some(denominator)) => (numerator, denominator),
        _ => (numerator, denominator),
    }
}

/// A monomial in fan-in, fan-out and the lesser of the two, in this order.
///
/// The greater needs no symbol: it is `fan-in · fan-out / min(fan-in, fan-out)`.
pub type ShapeMonomial = Monomial<3>;

impl ShapeMonomial {
    /// The value for a matrix: at most five roundings, and the nearest number where every radicand is a square.
    ///
    /// # Errors
    ///
    /// Fails if the value, or its numerator or denominator, is outside of the range of binary64: no rule of this
    /// crate leaves it.
    ///
    /// # Examples
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, ShapeMonomial};
    /// // The spectral initial scale √min(fan-in, fan-out)/fan-in.
    /// let sigma = ShapeMonomial::from_halves([-2, 0, 1]);
    /// assert_eq!(sigma.at(LogicalMatrix::new(64, 256)?)?, 0.03125);
    /// assert!(ShapeMonomial::from_halves([127, 0, 0]).at(LogicalMatrix::new(1, usize::MAX)?).is_err());
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn at(&self, matrix: LogicalMatrix) -> Result<f64, ParametrizationError> {
        let (fan_in, fan_out) = (f64::from_count(matrix.fan_in()), f64::from_count(matrix.fan_out()));
        let value = self.evaluate(&[fan_in, fan_out, fan_in.lesser(fan_out)]);
        ParametrizationError::require_positive("the monomial", value)
    }

    /// Twice the exponent of the width, see [`exponent_of_width`](Self::exponent_of_width).
    pub(crate) fn halves_of_width(&self, scaling: ScalingDimensions) -> i32 {
        let [fan_in, fan_out, lesser] = self.halves.map(i32::from);
        let (p, q) = (i32::from(scaling.fan_in), i32::from(scaling.fan_out));
        fan_in * p + fan_out * q + lesser * if p < q { p } else { q }
    }

    /// The exponent of the width `n` when the dimensions named by `scaling` grow like `n` and the others stand still.
    ///
    /// ```
    /// use widthwise_parametrization::{Rational, Role, ShapeMonomial};
    /// let sigma = ShapeMonomial::from_halves([-2, 0, 1]);
    /// assert_eq!(sigma.exponent_of_width(Role::Hidden.scaling()), Rational::halves(-1));
    /// assert_eq!(sigma.exponent_of_width(Role::Output.scaling()), Rational::integer(-1));
    /// ```
    #[must_use]
    pub fn exponent_of_width(&self, scaling: ScalingDimensions) -> Rational {
        Rational::halves(self.halves_of_width(scaling))
    }
}

impl fmt::Display for ShapeMonomial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &["fan-in", "fan-out", "min(fan-in, fan-out)"])
    }
}

impl fmt::Display for crate::depth::DepthMonomial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &["m", "L", "s_x", "s_b", "c", "cos", "r"])
    }
}

/// The monomials that the tables of rules are written in: `a` is fan-in, `b` fan-out.
pub(crate) mod powers {
    use super::ShapeMonomial;

    pub(crate) const ONE: ShapeMonomial = ShapeMonomial::ONE;
    pub(crate) const A: ShapeMonomial = ShapeMonomial::from_halves([2, 0, 0]);
    pub(crate) const B: ShapeMonomial = ShapeMonomial::from_halves([0, 2, 0]);
    pub(crate) const ROOT_A: ShapeMonomial = ShapeMonomial::from_halves([1, 0, 0]);
    pub(crate) const ROOT_B: ShapeMonomial = ShapeMonomial::from_halves([0, 1, 0]);
    pub(crate) const ROOT_MIN: ShapeMonomial = ShapeMonomial::from_halves([0, 0, 1]);
    pub(crate) const ROOT_MAX: ShapeMonomial = ROOT_A.times(ROOT_B).over(ROOT_MIN);
    pub(crate) const PER_A: ShapeMonomial = A.inverse();
    pub(crate) const PER_B: ShapeMonomial = B.inverse();
    pub(crate) const PER_ROOT_A: ShapeMonomial = ROOT_A.inverse();
    pub(crate) const PER_ROOT_B: ShapeMonomial = ROOT_B.inverse();
    /// `b/a`
    pub(crate) const ASPECT: ShapeMonomial = B.over(A);
    /// `√(b/a)`
    pub(crate) const ROOT_ASPECT: ShapeMonomial = ROOT_B.over(ROOT_A);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;

    fn monomial() -> impl Strategy<Value = ShapeMonomial> {
        let square = |x: u8| NonZeroU8::new(x).unwrap();
        ([-4_i8..5, -4_i8..5, -4_i8..5], 1_u8..30, 1_u8..30).prop_map(move |(h, n, d)| {
            Monomial::from_halves(h).with_square_of_coefficient(square(n), square(d))
        })
    }

    #[test]
    fn extreme_exponents_and_coefficients_combine_without_overflow() {
        let m = ShapeMonomial::from_halves([i8::MIN; 3])
            .with_square_of_coefficient(NonZeroU8::MAX, NonZeroU8::MIN);
        // The effective rate of one rule over that of another: the longest product there is.
        let effective = m.times(m).times(m);
        assert_eq!(effective.over(effective), ShapeMonomial::ONE);
        let other = m.inverse().times(m.inverse()).times(m.inverse());
        assert_eq!(effective.over(other).halves, [-768; 3]);
        assert_eq!(effective.over(other).numerator, 255_u64.pow(6));
    }

    #[test]
    fn display_names_every_power() {
        let two = NonZeroU8::new(2).unwrap();
        assert_eq!(ShapeMonomial::ONE.to_string(), "1");
        assert_eq!(powers::ROOT_MIN.over(powers::A).to_string(), "fan-in^(-1) min(fan-in, fan-out)^(1/2)");
        assert_eq!(
            powers::B.with_square_of_coefficient(two, NonZeroU8::MIN).to_string(),
            "(2/1)^(1/2) fan-out"
        );
    }

    proptest! {
        #[test]
        fn products_and_quotients_undo_each_other(x in monomial(), y in monomial()) {
            prop_assert_eq!(x.times(y).over(y), x);
            prop_assert_eq!(x.times(y), y.times(x));
            prop_assert_eq!(x.inverse().inverse(), x);
        }

        #[test]
        fn the_square_of_a_value_is_the_exact_fraction_within_eleven_roundings(
            x in monomial(), a in 1_usize..64, b in 1_usize..64,
        ) {
            let value = x.at(LogicalMatrix::new(b, a).unwrap()).unwrap();
            // Up to 30·63¹² and less than 2⁷⁸: exact in `u128`.
            let (mut n, mut d) = (u128::from(x.numerator), u128::from(x.denominator));
            for (h, v) in x.halves.iter().zip([a, b, a.min(b)]) {
                let power = (v as u128).pow(u32::from(h.unsigned_abs()));
                if *h < 0 { d *= power } else { n *= power }
            }
            // Five roundings twice, one of the square, and three of the fraction itself.
            let exact = n as f64 / d as f64;
            let allowance = widthwise_rounding::gamma_upper::<f64>(14);
            prop_assert!((value * value - exact).magnitude() <= allowance * exact, "{} {}", value * value, exact);
        }
    }
}
