// SPDX-License-Identifier: MIT OR Apache-2.0

//! The functions of `widthwise-spectral`: the spectral norm by every method, and what is built on it.

use nalgebra::{Const, DVectorView, Dim, DimMin, Matrix, RawStorage, SMatrix};
use widthwise_claims::{Refusal, Scratch};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{
    KernelError, NewtonSchulz, alignment_in, gaussian_probe_bound, newton_schulz_in, nuclear_norm,
    nuclear_norm_in, orthogonality_defect_in, polar_factor, polar_factor_in, probable_norm_bound_in,
    rms_operator_norm_in, schatten_four_norm_enclosure, spectral_norm, spectral_norm_bounds,
    spectral_norm_bounds_in, spectral_norm_in, stable_rank_in, workspace_len,
};

use super::linear_algebra::copy;
use super::{Kernel, add_all};
use crate::golden::{large, of_a_batch};
use crate::{Digest, Format};

/// Steps of what is iterated a given number of times.
const STEPS: usize = 6;

/// Steps after which the polar factor is given up.
const POLAR_STEPS: usize = 60;

/// A function on a matrix of any storage, in a workspace of the caller's.
pub(super) fn hash_matrix<T: Format, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    kernel: Kernel,
    a: &Matrix<T, R, C, S>,
    x: &DVectorView<'_, T>,
    mut scratch: Scratch<'_, T>,
    digest: &mut Digest,
) -> Result<(), Refusal> {
    let (rows, columns) = a.shape();
    match kernel {
        Kernel::SpectralBounds => {
            digest.add_enclosure(&spectral_norm_bounds(a)?);
            digest.add_enclosure(&schatten_four_norm_enclosure(a)?);
            digest.add_enclosure(&spectral_norm_bounds_in(a, STEPS, scratch.rest())?);
        }
        Kernel::SpectralNorm => {
            let work = scratch.take(workspace_len(rows, columns))?;
            digest.add_enclosure(&spectral_norm_in(a, work)?.scaled());
        }
        Kernel::SpectralNormLarge => {
            let mut entries = scratch.matrix(rows, columns)?;
            copy(a, &mut entries);
            digest.add_enclosure(&large(&entries.as_view())?);
        }
        Kernel::NormRatios => {
            let work = scratch.rest();
            digest.add_enclosure(&rms_operator_norm_in(a, work)?);
            unless_zero(stable_rank_in(a, work), digest)?;
            unless_zero(alignment_in(a, x, work), digest)?;
        }
        Kernel::NuclearNorm => digest.add_enclosure(&nuclear_norm_in(a, scratch.rest())?),
        Kernel::NewtonSchulz => {
            let mut iterate = scratch.matrix(rows, columns)?;
            copy(a, &mut iterate);
            let work = scratch.rest();
            for polynomial in [NewtonSchulz::Muon, NewtonSchulz::Quintic, NewtonSchulz::Cubic] {
                digest.add_enclosure(&newton_schulz_in(&mut iterate, polynomial, STEPS, work)?);
                add_all(digest, &iterate);
            }
            digest.add_enclosure(&orthogonality_defect_in(&iterate, work)?);
        }
        Kernel::PolarFactor => {
            let mut factor = scratch.matrix(rows, columns)?;
            copy(a, &mut factor);
            let proved = polar_factor_in(&mut factor, tolerance(), POLAR_STEPS, scratch.rest())?;
            add_all(digest, &factor);
            digest.add(proved.rank().map_or(u64::MAX, |rank| rank as u64));
            add_all(digest, &[proved.ones().lo(), proved.ones().hi(), proved.zeros()]);
        }
        Kernel::ProbableBound => {
            let factor = T::from_f64(10.0);
            digest.add_scalar(gaussian_probe_bound(a, x, factor)?.value());
            if x.iter().any(|&entry| entry != T::zero()) {
                let bound = probable_norm_bound_in(a, x, STEPS, 1e-3, scratch.rest())?;
                digest.add_scalar(bound.value());
                digest.add(bound.failure_probability().to_bits());
            }
        }
        _ => {}
    }
    Ok(())
}

/// What takes a matrix of fixed size without a workspace.
pub(super) fn hash_fixed<T: Format, const N: usize>(
    kernel: Kernel,
    a: &SMatrix<T, N, N>,
    digest: &mut Digest,
) -> Result<(), Refusal>
where
    Const<N>: DimMin<Const<N>, Output = Const<N>>,
{
    match kernel {
        Kernel::SpectralNorm => digest.add_enclosure(&spectral_norm(a)?.scaled()),
        Kernel::SpectralNormBatch => digest.add_enclosure(&of_a_batch(*a)?),
        Kernel::NuclearNorm => digest.add_enclosure(&nuclear_norm(a)?),
        Kernel::PolarFactor => {
            let mut factor = *a;
            digest.add(polar_factor(&mut factor, tolerance(), POLAR_STEPS)?.steps() as u64);
            add_all(digest, &factor);
        }
        _ => {}
    }
    Ok(())
}

/// The least relative singular value that counts.
fn tolerance<T: Scalar>() -> T {
    T::from_f64(1e-3)
}

/// A ratio that a zero matrix or vector does not have.
fn unless_zero<T: Scalar>(
    ratio: Result<ScaledEnclosure<T>, KernelError>,
    digest: &mut Digest,
) -> Result<(), Refusal> {
    match ratio {
        Ok(ratio) => digest.add_enclosure(&ratio),
        Err(error) if error.is_undefined_for_zero() => digest.add(0),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
