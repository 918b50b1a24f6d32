// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every function that says something of the largest singular value, on the golden matrices: what it says must be true
//! of the 45 digits known, compared in integers.
//!
//! Batches and the large path have tests of their own beside this one, with the widths they promise.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::std_instead_of_core,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking, and its numbers are small"
)]

#[allow(dead_code, reason = "each test uses a part of the oracle")]
mod exact;
mod families;
#[allow(dead_code, reason = "each test uses a part of the table")]
mod golden;

use exact::Dyadic;
use families::Source;
use golden::Golden;
use nalgebra::{DMatrix, DVector, SMatrix};
use widthwise_linalg::{
    frobenius_norm_enclosure, max_column_norm_enclosure, max_column_sum_enclosure, max_row_norm_enclosure,
    max_row_sum_enclosure,
};
use widthwise_rounding::{Scalar, ScaledEnclosure, Verdict};
use widthwise_spectral::{
    Effort, SingularBasis, SpectralNorm, alignment_in, gaussian_probe_bound, large_workspace_len,
    newton_schulz_workspace_len, nuclear_norm_in, nuclear_norm_workspace_len, orthogonality_defect_in,
    polar_factor_in, polar_factor_workspace_len, probable_norm_bound_in, probable_norm_workspace_len,
    rms_operator_norm, rms_operator_norm_in, schatten_four_norm_enclosure, singular_basis_workspace_len,
    spectral_norm, spectral_norm_batch, spectral_norm_bounds, spectral_norm_bounds_in, spectral_norm_compact,
    spectral_norm_in, spectral_norm_large_in, stable_rank_in, workspace_len,
};

/// An end of an enclosure as an exact number; `None` if it is not finite.
fn end(significand: f64, exponent: i32) -> Option<Dyadic> {
    significand.is_finite().then(|| Dyadic::new(significand).scaled(i64::from(exponent)))
}

fn ends(x: &ScaledEnclosure<f64>) -> (Option<Dyadic>, Option<Dyadic>) {
    (end(x.significand().lo(), x.exponent()), end(x.significand().hi(), x.exponent()))
}

fn one() -> Dyadic {
    Dyadic::new(1.0)
}

fn count(k: usize) -> Dyadic {
    Dyadic::new(k as f64)
}

fn power(x: &Dyadic, k: u32) -> Dyadic {
    (0..k).fold(one(), |product, _| product.mul(x))
}

/// Fails unless `factor · σ^k` may lie in `x^k · scale`, that is in `[scale · lo^k, scale · hi^k]`.
fn assert_holds(
    golden: &Golden,
    what: &str,
    factor: &Dyadic,
    k: u32,
    x: &ScaledEnclosure<f64>,
    scale: &Dyadic,
) {
    let (lo, hi) = ends(x);
    let name = &golden.name;
    let lo = lo.expect("a lower end is finite");
    assert!(golden.power_is_at_least(factor, k, &power(&lo, k).mul(scale)), "{name} {what}: {x}");
    if let Some(hi) = hi {
        assert!(golden.power_is_at_most(factor, k, &power(&hi, k).mul(scale)), "{name} {what}: {x}");
    }
}

/// Fails unless `σ` may lie in `x`.
fn assert_contains(golden: &Golden, what: &str, x: &ScaledEnclosure<f64>) {
    assert_holds(golden, what, &one(), 1, x, &one());
}

/// Fails unless `σ` is at most the upper end of `x`, and the lower end to the power of `k` at most `terms · σ^k`.
fn assert_bounded(golden: &Golden, what: &str, x: &ScaledEnclosure<f64>, k: u32, terms: usize) {
    let (lo, hi) = ends(x);
    let name = &golden.name;
    let lo = power(&lo.expect("a lower end is finite"), k);
    assert!(golden.power_is_at_least(&count(terms), k, &lo), "{name} {what}: {x}");
    assert!(hi.is_none_or(|hi| golden.power_is_at_most(&one(), 1, &hi)), "{name} {what}: {x}");
}

/// The exact squared norm of all entries.
fn square(a: &DMatrix<f64>) -> Dyadic {
    a.iter().fold(Dyadic::zero(), |sum, &x| sum.add(&Dyadic::new(x).mul(&Dyadic::new(x))))
}

fn work(length: usize) -> Vec<f64> {
    // Not zero: the contents of the workspace must not matter.
    vec![f64::NAN; length]
}

#[test]
fn spectral_norms_contain_the_golden_value() {
    for golden in Golden::all() {
        let a = &golden.matrix;
        let (m, n) = a.shape();
        let single = spectral_norm(a).unwrap();
        assert_contains(&golden, "spectral_norm", &single.scaled());
        assert_eq!(spectral_norm_in(a, &mut work(workspace_len(m, n))).unwrap(), single, "{}", golden.name);
        let transposed = spectral_norm(&a.transpose()).unwrap();
        assert_contains(&golden, "spectral_norm of the transpose", &transposed.scaled());
        for effort in [
            Effort::Cheap,
            Effort::Standard,
            Effort::RelativeWidth(1e-3),
            Effort::RelativeWidth(0.0),
            Effort::Budget { matrix_vector_products: 5, factorizations: 0 },
            Effort::Budget { matrix_vector_products: 40, factorizations: 1 },
        ] {
            let norm = spectral_norm_large_in(a, effort, &mut work(large_workspace_len(m, n))).unwrap();
            assert_contains(&golden, "spectral_norm_large_in", &norm.scaled());
            #[cfg(feature = "alloc")]
            assert_eq!(widthwise_spectral::spectral_norm_large(a, effort).unwrap(), norm);
        }
    }
}

/// At every place of a register and at its end, among matrices that are not finite, zero or far larger; and alone.
#[test]
fn kernels_of_fixed_shape_contain_the_golden_value_in_every_lane() {
    let mut tested = 0;
    for golden in Golden::all() {
        macro_rules! shapes {
            ($($m:literal $n:literal,)+) => {
                match golden.matrix.shape() {
                    $(($m, $n) => {
                        let a = SMatrix::<f64, $m, $n>::from_iterator(golden.matrix.iter().copied());
                        let neighbours = [
                            SMatrix::from_element(f64::NAN),
                            SMatrix::zeros(),
                            SMatrix::from_element(f64::MAX),
                            SMatrix::from_fn(|i, j| ((3 * i + 5 * j) % 7) as f64 - 3.0),
                        ];
                        let alone = in_batch(&[a]).pop().unwrap();
                        for place in 0..9 {
                            let mut all: Vec<_> = (0..9).map(|i| neighbours[(i + place) % 4]).collect();
                            all[place] = a;
                            let norm = in_batch(&all)[place];
                            assert_contains(&golden, "spectral_norm_batch", &norm.unwrap().scaled());
                            assert_eq!(norm, alone, "{}", golden.name);
                        }
                        assert_contains(&golden, "spectral_norm_compact", &spectral_norm_compact(&a).unwrap().scaled());
                        tested += 1;
                    })+
                    (m, n) => assert!(m.max(n) > 16, "a shape is missing"),
                }
            };
        }
        shapes! { 3 3, 4 4, 5 5, 6 6, 8 8, 10 10, 11 11, 12 12, 16 16, 16 3, 2 9, }
    }
    assert_eq!(tested, 38);
}

type Norm = Result<SpectralNorm<f64>, widthwise_linalg::KernelError>;

fn in_batch<const M: usize, const N: usize>(matrices: &[SMatrix<f64, M, N>]) -> Vec<Norm> {
    let mut norms = vec![Ok(SpectralNorm::zero()); matrices.len()];
    spectral_norm_batch(matrices, &mut norms).unwrap();
    norms
}

#[test]
fn crude_bounds_contain_the_golden_value() {
    for golden in Golden::all() {
        let a = &golden.matrix;
        let (m, n) = a.shape();
        let bounds = spectral_norm_bounds(a).unwrap();
        assert_contains(&golden, "spectral_norm_bounds", &bounds);
        for steps in [0, 1, 5, 40] {
            let bounds = spectral_norm_bounds_in(a, steps, &mut work(m + n)).unwrap();
            assert_contains(&golden, "spectral_norm_bounds_in", &bounds);
        }
    }
}

#[test]
fn schatten_and_entrywise_norms_are_consistent_with_the_golden_value() {
    for golden in Golden::all() {
        let a = &golden.matrix;
        let (m, n) = a.shape();
        let short = m.min(n);
        assert_bounded(&golden, "Schatten 4", &schatten_four_norm_enclosure(a).unwrap(), 4, short);
        assert_bounded(&golden, "Frobenius", &frobenius_norm_enclosure(a).unwrap(), 2, short);
        let nuclear = nuclear_norm_in(a, &mut work(nuclear_norm_workspace_len(m, n))).unwrap();
        assert_bounded(&golden, "nuclear", &nuclear, 1, short);
        // At most √m σ and √n σ.
        assert_sums(&golden, &max_column_sum_enclosure(a).unwrap(), m);
        assert_sums(&golden, &max_row_sum_enclosure(a).unwrap(), n);
        for norm in [max_column_norm_enclosure(a), max_row_norm_enclosure(a)] {
            let lo = ends(&norm.unwrap()).0.unwrap();
            assert!(golden.power_is_at_least(&one(), 1, &lo), "{}", golden.name);
        }
    }
}

fn assert_sums(golden: &Golden, sum: &ScaledEnclosure<f64>, terms: usize) {
    let lo = ends(sum).0.unwrap();
    assert!(golden.power_is_at_least(&count(terms), 2, &power(&lo, 2)), "{} {sum}", golden.name);
}

#[test]
fn scaled_norms_and_ratios_are_those_of_the_golden_value() {
    let mut source = Source::new(7);
    for golden in Golden::all() {
        let a = &golden.matrix;
        let (m, n) = a.shape();
        // √(n/m) σ: n σ² is m times the square.
        let rms = rms_operator_norm(a).unwrap();
        assert_holds(&golden, "rms_operator_norm", &count(n), 2, &rms, &count(m));
        assert_eq!(rms_operator_norm_in(a, &mut work(workspace_len(m, n))).unwrap(), rms);
        // ‖A‖_F²/σ²: the enclosure times σ² contains the square.
        let rank = stable_rank_in(a, &mut work(workspace_len(m, n))).unwrap();
        let (lo, hi) = ends(&rank);
        assert!(golden.power_is_at_most(&lo.unwrap(), 2, &square(a)), "{} {rank}", golden.name);
        assert!(golden.power_is_at_least(&hi.unwrap(), 2, &square(a)), "{} {rank}", golden.name);
        // ‖Ax‖/(σ‖x‖), all squared.
        let x = DVector::from_fn(n, |_, _| (source.uniform() * 64.0).round() + 0.5);
        let image = a.row_iter().fold(Dyadic::zero(), |total, row| {
            let product = |(&a, &x): (&f64, &f64)| Dyadic::new(a).mul(&Dyadic::new(x));
            let entry = row.iter().zip(x.iter()).map(product).fold(Dyadic::zero(), |s, p| s.add(&p));
            total.add(&entry.mul(&entry))
        });
        let norm_square = square(&DMatrix::from_column_slice(n, 1, x.as_slice()));
        let alignment = alignment_in(a, &x, &mut work(workspace_len(m, n))).unwrap();
        let (lo, hi) = ends(&alignment);
        let times = |end: Option<Dyadic>| power(&end.unwrap(), 2).mul(&norm_square);
        assert!(golden.power_is_at_most(&times(lo), 2, &image), "{} {alignment}", golden.name);
        assert!(golden.power_is_at_least(&times(hi), 2, &image), "{} {alignment}", golden.name);
    }
}

#[test]
fn singular_bases_contain_the_golden_value() {
    for golden in Golden::all() {
        let tall = if golden.matrix.nrows() < golden.matrix.ncols() {
            golden.matrix.transpose()
        } else {
            golden.matrix.clone()
        };
        for a in [&tall, &tall.transpose()] {
            let (m, n) = a.shape();
            let mut memory = work(singular_basis_workspace_len(m, n));
            let mut basis = SingularBasis::of(a, &mut memory).unwrap();
            let mut values = vec![ScaledEnclosure::zero(); m.min(n)];
            basis.singular_values(&mut values).unwrap();
            assert_contains(&golden, "SingularBasis::singular_values", &values[0]);
            let nuclear = basis.nuclear_norm().unwrap();
            assert_bounded(&golden, "SingularBasis::nuclear_norm", &nuclear, 1, m.min(n));
        }
    }
}

/// The draws are fixed, so that what holds with all but certainty holds always.
#[test]
fn probable_bounds_are_above_the_golden_value() {
    let mut source = Source::new(8);
    for golden in Golden::all() {
        let a = &golden.matrix;
        let (m, n) = a.shape();
        // Nearly Gaussian; sixteen vectors and a factor of ten, one chance in 10¹⁶.
        let probes = DMatrix::from_fn(n, 16, |_, _| source.normal());
        let bound = gaussian_probe_bound(a, &probes, 10.0).unwrap();
        let start = DVector::from_fn(n, |_, _| source.normal());
        let steps = 60;
        let mut memory = work(probable_norm_workspace_len(m, n, steps));
        let iterated = probable_norm_bound_in(a, &start, steps, 1e-9, &mut memory).unwrap();
        for (what, bound) in [("Gaussian probes", bound), ("power iteration", iterated)] {
            let Some(value) = end(bound.value(), 0) else { continue };
            assert!(golden.power_is_at_most(&one(), 1, &value), "{} {what}: {bound:?}", golden.name);
        }
        // No more than the Frobenius norm, at most √s σ, and 2 for what is subnormal.
        if let Some(value) = end(iterated.value() / 2.0, 0) {
            assert!(golden.power_is_at_least(&count(m.min(n)), 2, &power(&value, 2)), "{}", golden.name);
        }
    }
}

/// `‖AᵀA − 1‖₂` is `|σ² − 1|` for one of the singular values, of which the largest is known.
#[test]
fn orthogonality_defects_are_consistent_with_the_golden_value() {
    for golden in Golden::all() {
        let a = &golden.matrix;
        let (m, n) = a.shape();
        let defect = orthogonality_defect_in(a, &mut work(newton_schulz_workspace_len(m, n))).unwrap();
        let (lo, hi) = ends(&defect);
        let (lo, hi) = (lo.unwrap(), hi.unwrap());
        let name = &golden.name;
        assert!(golden.power_is_at_most(&one(), 2, &one().add(&hi)), "{name} {defect}");
        assert!(golden.power_is_at_least(&one(), 2, &one().sub(&hi)), "{name} {defect}");
        let below_one = lo.is_at_most(&one());
        assert!(below_one || golden.power_is_at_least(&one(), 2, &one().add(&lo)), "{name} {defect}");
    }
}

/// The polar factor `O` keeps the direction of the largest singular value: its norm is one of the `ones`, and that of
/// `OᵀA` is `σ`.
#[test]
fn polar_factors_have_norm_one_along_the_golden_value() {
    for golden in Golden::all() {
        let a = &golden.matrix;
        let (m, n) = a.shape();
        let mut factor = a.clone();
        let mut memory = work(polar_factor_workspace_len(m, n));
        let proved = polar_factor_in(&mut factor, 1e-8, 100, &mut memory).unwrap();
        let norm = spectral_norm(&factor).unwrap().enclosure();
        let name = &golden.name;
        assert!(proved.rank().is_some_and(|rank| (1..=m.min(n)).contains(&rank)), "{name} {proved:?}");
        assert!(norm.lo() <= proved.ones().hi() && proved.ones().lo() <= norm.hi(), "{name} {proved:?}");
        // Entries near one, so that the plain product is accurate.
        let exponent = spectral_norm(a).unwrap().scaled().exponent();
        let product = factor.transpose() * a.map(|x| x.scale_exp2(-exponent));
        let of_product = spectral_norm(&product).unwrap().scaled().scale_exp2(exponent);
        // Rounding, and what the tolerance leaves beside the ones.
        let margin = ScaledEnclosure::point(1e-7).unwrap();
        let widened =
            of_product * (ScaledEnclosure::one() + margin.hull(&(ScaledEnclosure::zero() - margin)));
        assert_contains(&golden, "polar factor", &widened);
        assert_ne!(ScaledEnclosure::one().is_at_most(&proved.ones().into()), Verdict::Refuted, "{name}");
    }
}
