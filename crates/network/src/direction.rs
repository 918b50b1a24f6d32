// SPDX-License-Identifier: MIT OR Apache-2.0

//! The update of one array: direction, rate, decay, in the order of operations of the module
//! [`optimizer`](crate::optimizer).

use alloc::vec;
use alloc::vec::Vec;

use nalgebra::{DMatrixView, DMatrixViewMut};
use widthwise_linalg::frobenius_norm_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{
    Effort, large_workspace_len, newton_schulz_in, newton_schulz_workspace_len, polar_factor_in,
    polar_factor_workspace_len, spectral_norm_large_in,
};

use crate::finite::is_finite;
use crate::{Decay, Method, NetworkError, Orthogonalization, Rule};

/// Entries that are carried through all steps before the next ones: they fit the first cache.
const PIECE: usize = 1024;

/// The memory that directions of whole matrices need, for the largest of them.
#[derive(Clone, Debug)]
pub(crate) struct Work<T> {
    small: Vec<T>,
    large: Vec<f64>,
}

impl<T: Scalar> Work<T> {
    pub(crate) fn new() -> Self {
        Self { small: vec![], large: vec![] }
    }

    /// Makes room for the rule of an array.
    pub(crate) fn reserve(&mut self, rule: &Rule<T>, (rows, columns): (usize, usize), batch: usize) {
        if rows.min(columns) <= 1
            && !matches!(rule.method, Method::Orthogonalized(Orthogonalization::NewtonSchulz { .. }))
            || rule.needs_norm_of_factors(batch)
        {
            return;
        }
        let (small, large) = match rule.method {
            Method::SpectralNormalized => (0, large_workspace_len(rows, columns)),
            Method::Orthogonalized(Orthogonalization::Polar { .. }) => {
                (polar_factor_workspace_len(rows, columns), 0)
            }
            Method::Orthogonalized(Orthogonalization::NewtonSchulz { .. }) => {
                (newton_schulz_workspace_len(rows, columns), 0)
            }
            _ => (0, 0),
        };
        self.small.resize(self.small.len().max(small), T::zero());
        self.large.resize(self.large.len().max(large), 0.0);
    }
}

/// A rule and what it remembers of the gradients of its array.
#[derive(Clone, Debug)]
pub(crate) struct ArrayState<T> {
    rule: Rule<T>,
    /// The mean of the gradients, or the heavy ball.
    first: Vec<T>,
    /// The mean of their squares.
    second: Vec<T>,
    /// `β₁ᵗ` and `β₂ᵗ`.
    powers: [T; 2],
}

impl<T: Scalar> ArrayState<T> {
    pub(crate) fn new(rule: Rule<T>, entries: usize) -> Self {
        let (first, second) = match rule.method {
            Method::Momentum { .. } => (entries, 0),
            Method::Adam { .. } => (entries, entries),
            _ => (0, 0),
        };
        let zeros = |length| vec![T::zero(); length];
        Self { rule, first: zeros(first), second: zeros(second), powers: [T::one(); 2] }
    }

    pub(crate) fn rule(&self) -> &Rule<T> {
        &self.rule
    }

    /// Writes the update of an array `own` with a given gradient into `out`; `norm` is that of the gradient, where the rule
    /// needs it and it is known. Returns whether all entries of the update are finite.
    pub(crate) fn write(
        &mut self,
        shape: (usize, usize),
        (own, gradient, out): (&[T], &[T], &mut [T]),
        norm: Option<ScaledEnclosure<T>>,
        work: &mut Work<T>,
    ) -> Result<bool, NetworkError> {
        match self.rule.method {
            Method::SpectralNormalized => {
                self.load(own, gradient, out);
                let norm = match norm {
                    Some(norm) => norm,
                    None => spectral_norm(shape, out, work)?,
                };
                normalize(out, &norm);
                self.finish(own, out);
            }
            Method::Orthogonalized(by) => {
                self.load(own, gradient, out);
                let matrix = &mut DMatrixViewMut::from_slice(&mut *out, shape.0, shape.1);
                match (by, norm) {
                    (Orthogonalization::Polar { .. }, Some(norm)) => normalize(out, &norm),
                    (Orthogonalization::Polar { .. }, None) if shape.0.min(shape.1) <= 1 => {
                        let norm = frobenius_norm_enclosure(matrix)?;
                        normalize(out, &norm);
                    }
                    (Orthogonalization::Polar { tolerance, max_steps }, None) => {
                        polar_factor_in(matrix, tolerance, max_steps, &mut work.small)?;
                    }
                    (Orthogonalization::NewtonSchulz { polynomial, steps }, _) => {
                        newton_schulz_in(matrix, polynomial, steps, &mut work.small)?;
                    }
                }
                self.finish(own, out);
            }
            _ => return self.write_entries(own, gradient, out),
        }
        Ok(is_finite(out))
    }

    /// The methods that treat every entry alone.
    fn write_entries(&mut self, own: &[T], gradient: &[T], out: &mut [T]) -> Result<bool, NetworkError> {
        let memory = match self.rule.method {
            Method::Momentum { .. } | Method::Adam { .. } => own.len(),
            _ => 0,
        };
        NetworkError::require("numbers that a rule remembers", memory, self.first.len())?;
        if let Method::Adam { first_decay, second_decay, .. } = self.rule.method {
            self.powers[0] *= first_decay;
            self.powers[1] *= second_decay;
        }
        let (mut start, mut all_finite) = (0, true);
        for ((own, gradient), out) in own.chunks(PIECE).zip(gradient.chunks(PIECE)).zip(out.chunks_mut(PIECE))
        {
            let range = start..start + out.len();
            start = range.end;
            self.load(own, gradient, out);
            match self.rule.method {
                Method::Momentum { decay } => heavy_ball(decay, &mut self.first[range], out),
                Method::Adam { first_decay, second_decay, epsilon } => {
                    let adam = Adam { decays: [first_decay, second_decay], epsilon, powers: self.powers };
                    adam.direct(&mut self.first[range.clone()], &mut self.second[range], out);
                }
                Method::Sign => out.iter_mut().for_each(|x| *x = sign(*x)),
                _ => {}
            }
            self.finish(own, out);
            all_finite &= is_finite(out);
        }
        Ok(all_finite)
    }

    /// `g`, or `g + λw` under a coupled decay.
    fn load(&self, own: &[T], gradient: &[T], out: &mut [T]) {
        if let Decay::Coupled(factor) = self.rule.decay {
            for ((out, &own), &gradient) in out.iter_mut().zip(own).zip(gradient) {
                *out = gradient + factor * own;
            }
        } else {
            out.copy_from_slice(gradient);
        }
    }

    /// `−(ηd)`, and `−(ηd) − (ηλ)w` under a decoupled decay.
    fn finish(&self, own: &[T], out: &mut [T]) {
        let rate = self.rule.rate;
        if let Decay::Decoupled(factor) = self.rule.decay {
            let shrinkage = rate * factor;
            for (out, &own) in out.iter_mut().zip(own) {
                *out = -(rate * *out) - shrinkage * own;
            }
        } else {
            for out in out {
                *out = -(rate * *out);
            }
        }
    }
}

/// `m = μm + g`, in both places.
fn heavy_ball<T: Scalar>(decay: T, momentum: &mut [T], out: &mut [T]) {
    for (momentum, out) in momentum.iter_mut().zip(out) {
        *momentum = decay * *momentum + *out;
        *out = *momentum;
    }
}

struct Adam<T> {
    decays: [T; 2],
    epsilon: T,
    powers: [T; 2],
}

impl<T: Scalar> Adam<T> {
    fn direct(&self, first: &mut [T], second: &mut [T], out: &mut [T]) {
        let [decay, square_decay] = self.decays;
        let [correction, square_correction] = self.powers.map(|power| T::one() - power);
        for ((first, second), out) in first.iter_mut().zip(second).zip(out) {
            let gradient = *out;
            *first = decay * *first + (T::one() - decay) * gradient;
            *second = square_decay * *second + (T::one() - square_decay) * (gradient * gradient);
            let (mean, square) = (*first / correction, *second / square_correction);
            *out = if mean == T::zero() { T::zero() } else { mean / (square.square_root() + self.epsilon) };
        }
    }
}

/// The sign, of zero zero.
fn sign<T: Scalar>(x: T) -> T {
    if x > T::zero() {
        T::one()
    } else if x < T::zero() {
        -T::one()
    } else {
        T::zero()
    }
}

/// Divides by the upper end of a norm: first by its power of two, then by its significand. Zero stays zero.
fn normalize<T: Scalar>(out: &mut [T], norm: &ScaledEnclosure<T>) {
    let (significand, exponent) = (norm.significand().hi(), norm.exponent());
    if significand == T::zero() {
        out.fill(T::zero());
        return;
    }
    let factor = T::power_of_two(-exponent);
    if factor.is_finite() && factor >= T::MIN_NORMAL {
        out.iter_mut().for_each(|out| *out = *out * factor / significand);
    } else {
        // The same in as many steps as it takes.
        out.iter_mut().for_each(|out| *out = out.scale_exp2(-exponent) / significand);
    }
}

/// The spectral norm of a matrix of any shape.
fn spectral_norm<T: Scalar>(
    (rows, columns): (usize, usize),
    entries: &[T],
    work: &mut Work<T>,
) -> Result<ScaledEnclosure<T>, NetworkError> {
    let matrix = DMatrixView::from_slice(entries, rows, columns);
    if rows.min(columns) <= 1 {
        return Ok(frobenius_norm_enclosure(&matrix)?);
    }
    Ok(spectral_norm_large_in(&matrix, Effort::Standard, &mut work.large)?.scaled())
}
