// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signals of a small network as enclosures, entry by entry: what goes forward, what comes back, and how it changes.
//!
//! The inequalities about networks compare a change with products of norms of the weights. The change is never computed
//! as a difference of two passes, where it would drown in their rounding, but by a recursion of its own; entries are
//! enclosed one by one, since an activation asks for their signs.

use nalgebra::DMatrixView;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use crate::allowance::units;
use crate::enclosed::{point, rms_factor, root, spectral_norm};
use crate::{Refusal, Scratch};

/// The widest layer.
const WIDEST: usize = 8;

/// Layers of the networks on trial: `n → m → k → p`.
pub(crate) const LAYERS: usize = 3;

/// The parts of an instance about a network and its change: matrices, their changes, the input.
pub(crate) const NETWORK_AND_CHANGE: &[Part] = &[
    Part::matrix("W₁", Dimension::M, Dimension::N),
    Part::matrix("W₂", Dimension::K, Dimension::M),
    Part::matrix("W₃", Dimension::P, Dimension::K),
    Part::matrix("ΔW₁", Dimension::M, Dimension::N),
    Part::matrix("ΔW₂", Dimension::K, Dimension::M),
    Part::matrix("ΔW₃", Dimension::P, Dimension::K),
    Part::vector("x", Dimension::N),
];

/// How wide an overlap of signals may be against the product of norms that bounds them.
///
/// A layer of width at most 8 adds 8 · 16 + 32 units of `|W||h|`, whose norm is at most `√8 ‖W‖ ‖h‖`: over three layers
/// less than 5500 units; six spectral norms have 192 units each.
pub(crate) fn allowance<T: Scalar>() -> f64 {
    units::<T>(1 << 13)
}

/// Draws the widths of a network, none above the widest.
pub(crate) fn widths(stream: &mut Stream) -> Sizes {
    let mut width = || 1 + stream.below(8) as usize;
    Sizes { m: width(), n: width(), k: width(), p: width() }
}

/// The matrices of the three layers that stand at a position of the layout and behind it.
pub(crate) fn layers<'v, T: Scalar>(
    instance: &'v Instance<'_, T>,
    first: usize,
) -> [DMatrixView<'v, T>; LAYERS] {
    core::array::from_fn(|layer| instance.part(first + layer))
}

/// `√(n/m) ‖W‖` for each of the matrices.
pub(crate) fn natural_norms<T: Scalar>(
    matrices: &[DMatrixView<'_, T>; LAYERS],
    scratch: &mut Scratch<'_, T>,
) -> Result<[ScaledEnclosure<T>; LAYERS], Refusal> {
    let mut norms = [ScaledEnclosure::zero(); LAYERS];
    for (norm, w) in norms.iter_mut().zip(matrices) {
        *norm = rms_factor(w.nrows(), w.ncols()) * spectral_norm(w, scratch)?;
    }
    Ok(norms)
}

/// Features and their change behind the layer at an index: `Δz = (W + ΔW) Δh + ΔW h`, and the activation behind all layers but the last.
pub(crate) fn through_layer<T: Scalar>(
    index: usize,
    (w, d): (&DMatrixView<'_, T>, &DMatrixView<'_, T>),
    (h, moved): (&Signal<T>, &Signal<T>),
    activation: Activation,
) -> Result<(Signal<T>, Signal<T>), Refusal> {
    let one = ScaledEnclosure::one();
    let z = h.through(w)?;
    let difference = moved.through(w)?.plus(one, &moved.through(d)?).plus(one, &h.through(d)?);
    if index + 1 < LAYERS { activation.apply(&z, &difference) } else { Ok((z, difference)) }
}

/// A vector of enclosures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signal<T> {
    entries: [ScaledEnclosure<T>; WIDEST],
    len: usize,
}

impl<T: Scalar> Signal<T> {
    /// Fails if the layer is too wide.
    pub(crate) fn from_fn(
        len: usize,
        mut entry: impl FnMut(usize) -> ScaledEnclosure<T>,
    ) -> Result<Self, Refusal> {
        let mut signal = Self { entries: [ScaledEnclosure::zero(); WIDEST], len };
        let entries = signal.entries.get_mut(..len).ok_or(Refusal::Hypothesis("no layer is wider than 8"))?;
        for (i, place) in entries.iter_mut().enumerate() {
            *place = entry(i);
        }
        Ok(signal)
    }

    /// A stored vector.
    pub(crate) fn of(x: &DMatrixView<'_, T>) -> Result<Self, Refusal> {
        Self::from_fn(x.nrows(), |i| point(x[(i, 0)]))
    }

    pub(crate) fn zero(len: usize) -> Result<Self, Refusal> {
        Self::from_fn(len, |_| ScaledEnclosure::zero())
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The entry `i`, zero past the end.
    pub(crate) fn entry(&self, i: usize) -> ScaledEnclosure<T> {
        self.entries.get(i).copied().unwrap_or_else(ScaledEnclosure::zero)
    }

    fn entries(&self) -> impl Iterator<Item = ScaledEnclosure<T>> {
        self.entries.iter().copied().take(self.len)
    }

    /// `W h`
    pub(crate) fn through(&self, w: &DMatrixView<'_, T>) -> Result<Self, Refusal> {
        Self::from_fn(w.nrows(), |i| {
            let products = w.row(i).iter().zip(self.entries()).map(|(&w, h)| point(w) * h).fold(None, add);
            products.unwrap_or_else(ScaledEnclosure::zero)
        })
    }

    /// `Wᵀ δ`
    pub(crate) fn back_through(&self, w: &DMatrixView<'_, T>) -> Result<Self, Refusal> {
        Self::from_fn(w.ncols(), |j| {
            let products = w.column(j).iter().zip(self.entries()).map(|(&w, d)| point(w) * d).fold(None, add);
            products.unwrap_or_else(ScaledEnclosure::zero)
        })
    }

    /// `h + factor · other`
    pub(crate) fn plus(&self, factor: ScaledEnclosure<T>, other: &Self) -> Self {
        let mut sum = *self;
        for (sum, other) in sum.entries.iter_mut().zip(other.entries()) {
            *sum = *sum + factor * other;
        }
        sum
    }

    pub(crate) fn dot(&self, other: &Self) -> ScaledEnclosure<T> {
        self.entries().zip(other.entries()).fold(ScaledEnclosure::zero(), |sum, (a, b)| sum + a * b)
    }

    pub(crate) fn norm(&self) -> ScaledEnclosure<T> {
        root(self.entries().fold(ScaledEnclosure::zero(), |sum, entry| sum + entry.square()))
    }

    pub(crate) fn root_mean_square(&self) -> ScaledEnclosure<T> {
        self.norm() / root(ScaledEnclosure::count(self.len.max(1)))
    }
}

fn add<T: Scalar>(sum: Option<ScaledEnclosure<T>>, term: ScaledEnclosure<T>) -> Option<ScaledEnclosure<T>> {
    Some(sum.map_or(term, |sum| sum + term))
}

/// The activation `max(t, a t)` with `|a| ≤ 1`: the identity (1), a leaky ReLU (¼), ReLU (0), the magnitude (−1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Activation {
    /// The slope `a` below zero, a power of two with a sign, or zero.
    pub(crate) slope: f64,
}

impl Activation {
    pub(crate) const ALL: [Self; 4] =
        [Self { slope: 1.0 }, Self { slope: 0.25 }, Self { slope: 0.0 }, Self { slope: -1.0 }];

    fn times<T: Scalar>(self, z: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
        point(T::from_f64(self.slope)) * z
    }

    /// `φ(z)`
    pub(crate) fn value<T: Scalar>(self, z: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
        z.maximum(&self.times(z))
    }

    /// `φ(z + e) − φ(z)`, linear in `e` where the signs are known.
    pub(crate) fn change<T: Scalar>(
        self,
        z: ScaledEnclosure<T>,
        e: ScaledEnclosure<T>,
    ) -> ScaledEnclosure<T> {
        let moved = z + e;
        let zero = T::zero();
        if z.significand().lo() >= zero && moved.significand().lo() >= zero {
            return e;
        }
        if z.significand().hi() <= zero && moved.significand().hi() <= zero {
            return self.times(e);
        }
        // Whatever the signs, the function is 1-Lipschitz.
        let limit = e.magnitude();
        (self.value(moved) - self.value(z)).minimum(&limit).maximum(&-limit)
    }

    /// `φ` of a signal, and its change when the signal moves.
    pub(crate) fn apply<T: Scalar>(
        self,
        z: &Signal<T>,
        moved: &Signal<T>,
    ) -> Result<(Signal<T>, Signal<T>), Refusal> {
        let value = Signal::from_fn(z.len(), |i| self.value(z.entry(i)))?;
        let change = Signal::from_fn(z.len(), |i| self.change(z.entry(i), moved.entry(i)))?;
        Ok((value, change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use widthwise_rounding::Enclosure;

    fn holds(x: ScaledEnclosure<f64>, exact: f64) -> bool {
        let x = x.to_enclosure();
        x.contains(exact)
    }

    proptest! {
        /// Sixteenths of small integers: floating-point arithmetic on them is exact.
        #[test]
        fn activations_and_their_changes_are_enclosed(z in -64_i32..64, e in -64_i32..64, wide in 0_i32..8) {
            let sixteenth = |x: i32| f64::from(x) / 16.0;
            for activation in Activation::ALL {
                let exact = |t: f64| t.greater(activation.slope * t);
                let (z, e) = (sixteenth(z), sixteenth(e));
                let uncertain = Enclosure::from_bounds(z - sixteenth(wide), z + sixteenth(wide));
                prop_assert!(holds(activation.value(uncertain.into()), exact(z)));
                let change = activation.change(uncertain.into(), point(e));
                prop_assert!(holds(change, exact(z + e) - exact(z)), "{change}");
                prop_assert!(change.to_enclosure().magnitude().hi() <= e.abs());
                if wide == 0 {
                    prop_assert!(change.to_enclosure().is_point());
                }
            }
        }
    }

    #[test]
    fn signals_go_forward_and_back() {
        let w = [1.0, 3.0, 2.0, -4.0, 0.0, 1.0];
        let w = DMatrixView::from_slice(&w, 2, 3);
        let x = [1.0, 2.0, -1.0];
        let x = Signal::of(&DMatrixView::from_slice(&x, 3, 1)).unwrap();
        let z = x.through(&w).unwrap();
        assert!(holds(z.entry(0), 5.0) && holds(z.entry(1), -6.0) && z.len() == 2);
        let back = z.back_through(&w).unwrap();
        assert!(holds(back.entry(0), -13.0) && holds(back.entry(1), 34.0) && holds(back.entry(2), -6.0));
        assert!(holds(back.dot(&x), 61.0) && holds(z.norm().square(), 61.0));
        assert!(holds(z.plus(point(2.0), &z).entry(1), -18.0));
        assert!(holds(z.root_mean_square().square(), 30.5));
        assert!(Signal::<f64>::zero(9).is_err());
    }
}
