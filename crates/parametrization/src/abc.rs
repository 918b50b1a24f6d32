// SPDX-License-Identifier: MIT OR Apache-2.0

//! Parametrizations by three exponents, and when they learn features (*Tensor Programs IV*, arXiv 2011.14522).
//!
//! `W^l = n^{−a_l} w^l`, `w^l ~ N(0, n^{−2 b_l})`, SGD with the rate `η n^{−c}`; `L` hidden layers, layer `L + 1` is
//! the output. In one step the features move by `n^{−r}` with
//!
//! `r = min(a_{L+1} + b_{L+1}, 2 a_{L+1} + c) + c − 1 + min_{l ≤ L} [2 a_l + 1(l = 1)]`.
//!
//! A stable parametrization learns features if and only if `r = 0`. Arithmetic is exact (`spectral.tp4.exponent`).

use crate::{ParametrizationError, Rational, Role, Rule, UpdateFamily};

/// The exponents `a` and `b` of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AbcLayer {
    /// The multiplier is `n^{−a}`.
    pub a: Rational,
    /// The trained array starts with the standard deviation `n^{−b}`.
    pub b: Rational,
}

impl AbcLayer {
    /// The layer with `(a + θ, b − θ)`; with `c − 2θ` for the rate of all layers it trains the same network.
    ///
    /// `None` if an exponent is no fraction of two `i64`.
    ///
    /// ```
    /// use widthwise_parametrization::{AbcLayer, Rational};
    /// let half = Rational::halves(1);
    /// let layer = AbcLayer { a: Rational::ZERO, b: half };
    /// assert_eq!(layer.shifted(half), Some(AbcLayer { a: half, b: Rational::ZERO }));
    /// ```
    #[must_use]
    pub fn shifted(self, theta: Rational) -> Option<Self> {
        Some(Self { a: self.a.checked_add(theta)?, b: self.b.checked_sub(theta)? })
    }

    fn effective(self) -> Option<Rational> {
        self.a.checked_add(self.b)
    }
}

/// A network by its exponents: the layers from the first to the output, at least two, and the exponent of the rate.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Abc, AbcLayer, Rational};
///
/// // Standard parametrization with the rate 1/n: stable, and the features freeze as n^{-1/2}.
/// let half = Rational::halves(1);
/// let layer = |b| AbcLayer { a: Rational::ZERO, b };
/// let layers = [layer(Rational::ZERO), layer(half), layer(half)];
/// let abc = Abc { layers: &layers, c: Rational::integer(1) };
/// assert_eq!((abc.feature_exponent(), abc.is_stable()), (Some(half), Some(true)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abc<'a> {
    /// The layers, the output last.
    pub layers: &'a [AbcLayer],
    /// The rate is `η n^{−c}`.
    pub c: Rational,
}

impl Abc<'_> {
    /// The exponent `r`: the features move by `n^{−r}` in one step.
    ///
    /// `None` for fewer than two layers, or if a number is no fraction of two `i64`.
    ///
    /// ```
    /// use widthwise_parametrization::{Abc, Rational};
    /// assert_eq!(Abc { layers: &[], c: Rational::ZERO }.feature_exponent(), None);
    /// ```
    #[must_use]
    pub fn feature_exponent(&self) -> Option<Rational> {
        let (output, hidden) = self.layers.split_last()?;
        let twice = |x: Rational| x.checked_add(x);
        let backward = output.effective()?.min(twice(output.a)?.checked_add(self.c)?);
        let mut least: Option<Rational> = None;
        for (index, layer) in hidden.iter().enumerate() {
            let first = Rational::integer(i64::from(index == 0));
            let exponent = twice(layer.a)?.checked_add(first)?;
            least = Some(least.map_or(exponent, |least| least.min(exponent)));
        }
        backward.checked_add(self.c)?.checked_sub(Rational::integer(1))?.checked_add(least?)
    }

    /// Whether features and outputs neither vanish nor blow up, at initialisation and in training.
    ///
    /// `None` as for [`feature_exponent`](Self::feature_exponent).
    ///
    /// ```
    /// use widthwise_parametrization::{Abc, Rational, rules};
    /// // The standard parametrization needs a rate that falls with the width.
    /// let layers = rules::STANDARD.abc_layers()?;
    /// let stable = |c| Abc { layers: &layers, c: Rational::integer(c) }.is_stable();
    /// assert_eq!((stable(0), stable(1)), (Some(false), Some(true)));
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    #[must_use]
    pub fn is_stable(&self) -> Option<bool> {
        let (half, one) = (Rational::halves(1), Rational::integer(1));
        let r = self.feature_exponent()?;
        let (output, hidden) = self.layers.split_last()?;
        let (first, middle) = hidden.split_first()?;
        let mut stable = first.effective()? == Rational::ZERO;
        for layer in middle {
            stable &= layer.effective()? == half;
        }
        let start = output.effective()?;
        let moved = output.a.checked_add(output.a)?.checked_add(self.c)?;
        Some(stable && start >= half && r >= Rational::ZERO && moved >= one && start.checked_add(r)? >= one)
    }

    /// Whether the network is stable and its features learn: `r = 0`.
    ///
    /// `None` as for [`feature_exponent`](Self::feature_exponent).
    ///
    /// ```
    /// use widthwise_parametrization::{Abc, Rational, rules};
    /// let learns = |rule: &widthwise_parametrization::Rule| {
    ///     let layers = rule.abc_layers().ok()?;
    ///     Abc { layers: &layers, c: Rational::ZERO }.learns_features()
    /// };
    /// assert_eq!(learns(&rules::TABLE_9), Some(true));
    /// assert_eq!(learns(&rules::NEURAL_TANGENT), Some(false));
    /// ```
    #[must_use]
    pub fn learns_features(&self) -> Option<bool> {
        Some(self.is_stable()? && self.feature_exponent()? == Rational::ZERO)
    }
}

impl Rule {
    /// The exponents of input, hidden and output matrix under SGD, each shifted so that the common rate has `c = 0`.
    ///
    /// A layer with the rate `n^{−c_l}` trains like one with `(a_l + c_l/2, b_l − c_l/2)` and a constant rate.
    ///
    /// # Errors
    ///
    /// Fails if the rule says nothing of one of the three, has no rate linear in the gradient, or does not draw
    /// independent entries.
    ///
    /// ```
    /// use widthwise_parametrization::{Rational, rules};
    /// let [input, hidden, output] = rules::TABLE_8.abc_layers()?;
    /// assert_eq!([input.a, hidden.a, output.a], [-1, 0, 1].map(Rational::halves));
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn abc_layers(&self) -> Result<[AbcLayer; 3], ParametrizationError> {
        let layer = |role: Role| {
            let no_start = ParametrizationError::undefined(self.name, role, "start of independent entries");
            let crate::Initial::Gaussian(sigma) = self.initial(role)? else { return Err(no_start) };
            let halves = |monomial: crate::ShapeMonomial| monomial.halves_of_width(role.scaling());
            let (multiplier, sigma) = (halves(self.multiplier(role)?), halves(sigma));
            let rate = halves(self.rate_of(role, UpdateFamily::Gradient)?);
            // a + c/2 and b − c/2, where multiplier = n^{−a}, sigma = n^{−b} and rate = n^{−c}.
            let quarters = |count: i32| Rational::new(i64::from(count), 4).ok_or(no_start);
            Ok(AbcLayer { a: quarters(-2 * multiplier - rate)?, b: quarters(-2 * sigma + rate)? })
        };
        Ok([layer(Role::Input)?, layer(Role::Hidden)?, layer(Role::Output)?])
    }
}
