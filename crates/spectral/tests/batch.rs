// SPDX-License-Identifier: MIT OR Apache-2.0

//! Batches of spectral norms against the exact oracle, against the norm of one matrix, and under hostile input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::std_instead_of_core,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, its numbers are small, and its inputs need not be the same bits everywhere"
)]

#[allow(dead_code, reason = "each test uses a part of the oracle")]
mod exact;

use exact::{Dyadic, Exact, encloses_largest_singular_value};
use nalgebra::SMatrix;
use widthwise_rounding::{Scalar, Verdict};
use widthwise_spectral::{
    BatchScalar, Certificate, KernelError, SpectralNorm, spectral_norm_batch, spectral_norm_in, workspace_len,
};

type Norm<T> = Result<SpectralNorm<T>, KernelError>;

fn norms<T: BatchScalar, const M: usize, const N: usize>(matrices: &[SMatrix<T, M, N>]) -> Vec<Norm<T>> {
    let mut norms = vec![Ok(SpectralNorm::zero()); matrices.len()];
    spectral_norm_batch(matrices, &mut norms).unwrap();
    norms
}

/// The norm of one matrix.
fn spectral_norm<T: Scalar, const M: usize, const N: usize>(a: &SMatrix<T, M, N>) -> Norm<T> {
    spectral_norm_in(a, &mut vec![T::zero(); workspace_len(M, N)])
}

/// A linear congruential generator: the matrices must be the same in every run.
struct Source(u64);

impl Source {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / 9_007_199_254_740_992.0 * 2.0 - 1.0
    }

    fn matrix<const M: usize, const N: usize>(&mut self) -> SMatrix<f64, M, N> {
        SMatrix::from_fn(|_, _| self.uniform())
    }

    /// A matrix of rank at most `values.len()` with about these singular values, if there are no more than fit.
    fn with_values<const M: usize, const N: usize>(&mut self, values: &[f64]) -> SMatrix<f64, M, N> {
        let mut a = SMatrix::zeros();
        for (k, value) in values.iter().enumerate().take(M.min(N)) {
            a[(k, k)] = *value;
        }
        for _ in 0..2 {
            let u = SMatrix::<f64, M, 1>::from_fn(|_, _| self.uniform()).normalize();
            a -= u * (u.transpose() * a) * 2.0;
            let v = SMatrix::<f64, N, 1>::from_fn(|_, _| self.uniform()).normalize();
            a -= (a * v) * v.transpose() * 2.0;
        }
        a
    }

    /// Hard matrices of one shape, well beyond a register of them.
    fn families<const M: usize, const N: usize>(&mut self) -> Vec<(&'static str, SMatrix<f64, M, N>)> {
        let power = |x: f64, k: i32| x * 2.0_f64.powi(k);
        let column = SMatrix::<f64, M, 1>::from_fn(|_, _| self.uniform());
        let row = SMatrix::<f64, 1, N>::from_fn(|_, _| self.uniform());
        let noise = self.matrix::<M, N>();
        let mut all = vec![
            ("zero", SMatrix::zeros()),
            ("identity", SMatrix::identity()),
            ("all ones", SMatrix::from_element(1.0)),
            ("one entry", SMatrix::from_fn(|i, j| if (i, j) == (M / 2, N - 1) { -0.3 } else { 0.0 })),
            ("rank one", column * row),
            ("rank one and noise", column * row + noise * 1e-12),
            ("zero row", SMatrix::from_fn(|i, j| if i == 0 { 0.0 } else { noise[(i, j)] })),
            ("signs", noise.map(|x| if x > 0.0 { 1.0 } else { -1.0 })),
            ("zero and one", noise.map(|x| if x > 0.0 { 1.0 } else { 0.0 })),
            ("small integers", noise.map(|x| (3.0 * x).round())),
            ("orthogonal", self.with_values(&[1.0; 16])),
            ("twins 1e-3", self.with_values(&[1.0, 1.0 - 1e-3, 0.5])),
            ("twins 1e-9", self.with_values(&[1.0, 1.0 - 1e-9, 0.5])),
            ("twins 1e-15", self.with_values(&[1.0, 1.0 - 1e-15, 0.5])),
            ("gap of a tenth", self.with_values(&[1.0, 0.9, 0.8, 0.7])),
            ("gap of a fiftieth", self.with_values(&[1.0, 0.98, 0.96, 0.94])),
            ("graded", self.with_values(&[1.0, 1e-2, 1e-4, 1e-6, 1e-8])),
            ("Hilbert", SMatrix::from_fn(|i, j| 1.0 / (i + j + 1) as f64)),
            ("Jordan", SMatrix::from_fn(|i, j| if j == i || j == i + 1 { 1.0 } else { 0.0 })),
            ("rows scaled", SMatrix::from_fn(|i, j| power(noise[(i, j)], (5 * i % 17) as i32 * 3 - 24))),
            ("columns scaled", SMatrix::from_fn(|i, j| power(noise[(i, j)], (5 * j % 17) as i32 * 3 - 24))),
            ("mixed exponents", noise.map(|x| power(x, (x * 2e5) as i32 % 300))),
            ("small", noise.map(|x| power(x, -1000))),
            ("large", noise.map(|x| power(x, 1000))),
            ("largest numbers", noise.map(|x| if x > 0.0 { f64::MAX } else { -f64::MAX })),
            ("subnormal", noise.map(|x| (x * 20.0).round() * f64::from_bits(1))),
        ];
        all.extend((0..40).map(|_| ("uniform", self.matrix())));
        all
    }
}

fn is_right<T: Scalar, const M: usize, const N: usize>(a: &SMatrix<T, M, N>, norm: &SpectralNorm<T>) -> bool {
    let exact: Exact =
        a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect();
    let (norm, exponent) = (norm.scaled().significand(), i64::from(norm.scaled().exponent()));
    let end = |x: T| Dyadic::new(x.to_f64()).scaled(exponent);
    encloses_largest_singular_value(&exact, &end(norm.lo()), Some(&end(norm.hi())))
}

/// The relative width in units of `u`.
fn width<T: Scalar>(norm: &SpectralNorm<T>) -> f64 {
    norm.scaled().significand().relative_width().to_f64() / T::UNIT_ROUNDOFF.to_f64()
}

/// Whether the norm was proved in a batch: other certificates are those of the path of a single matrix.
fn is_of_batch<T: Scalar, const M: usize, const N: usize>(norm: &SpectralNorm<T>) -> bool {
    norm.certificate()
        == if (M, N) == (2, 2) {
            Certificate::ClosedForm2x2
        } else {
            Certificate::DeflatedCholesky { vectors: 1 }
        }
}

/// The families in one format: right, overlapping with the norm of one matrix, narrow if that is by Kato-Temple.
fn families_agree<T: BatchScalar, const M: usize, const N: usize>() {
    let families = Source(3).families::<M, N>();
    let all: Vec<(&str, SMatrix<T, M, N>)> = families
        .into_iter()
        .map(|(name, a)| (name, a.map(T::from_f64)))
        .filter(|(_, a)| a.iter().all(|x| x.is_finite()))
        .collect();
    let matrices: Vec<SMatrix<T, M, N>> = all.iter().map(|(_, a)| *a).collect();
    let norms = norms(&matrices);
    let mut proved = 0;
    for ((name, a), norm) in all.iter().zip(&norms) {
        let (norm, single) = (norm.unwrap(), spectral_norm(a).unwrap());
        assert!(is_right(a, &norm), "{} {name} {M}x{N}: {norm:?} {a:?}", T::NAME);
        assert_ne!(norm.scaled().is_equal_to(&single.scaled()), Verdict::Refuted, "{name} {M}x{N}");
        if is_of_batch::<T, M, N>(&norm) {
            proved += 1;
            assert!(width(&norm) <= 8.0, "{} {name} {M}x{N}: {}u", T::NAME, width(&norm));
        }
        if *name == "gap of a tenth" && M.min(N) > 1 {
            assert!(width(&norm) <= 8.0, "{} {name} {M}x{N}: {}u", T::NAME, width(&norm));
        }
    }
    if M.min(N) > 1 {
        assert!(proved >= 40, "only {proved} of {} {M}x{N} were proved in a batch", norms.len());
    }
}

macro_rules! families_agree {
    ($($name:ident $m:literal $n:literal,)+) => {$(
        #[test]
        fn $name() {
            families_agree::<f64, $m, $n>();
            families_agree::<f32, $m, $n>();
        }
    )+};
}

families_agree! {
    families_of_one_row 1 4,
    families_of_one_column 4 1,
    families_of_two_by_two 2 2,
    families_of_two_by_seven 2 7,
    families_of_three_by_three 3 3,
    families_of_three_by_five 3 5,
    families_of_six_by_three 6 3,
    families_of_four_by_four 4 4,
    families_of_five_by_five 5 5,
    families_of_seven_by_seven 7 7,
    families_of_eight_by_eight 8 8,
    families_of_nine_by_twelve 9 12,
}

#[test]
fn larger_matrices_are_enclosed() {
    let mut source = Source(5);
    let matrices: Vec<SMatrix<f32, 16, 16>> =
        (0..9).map(|_| source.matrix::<16, 16>().map(f32::from_f64)).collect();
    for (a, norm) in matrices.iter().zip(norms(&matrices)) {
        assert!(is_right(a, &norm.unwrap()) && width(&norm.unwrap()) <= 8.0);
    }
    // Beyond the shapes that are packed.
    let a = source.matrix::<17, 3>();
    assert_eq!(norms(&[a]), [spectral_norm(&a)]);
}

#[test]
fn most_random_matrices_are_proved_at_once_and_narrow() {
    fn rate<const N: usize>() -> usize {
        let mut source = Source(9);
        let matrices: Vec<SMatrix<f64, N, N>> = (0..1000).map(|_| source.matrix()).collect();
        let proved = |norm: &SpectralNorm<f64>| is_of_batch::<f64, N, N>(norm) && width(norm) <= 8.0;
        norms(&matrices).iter().filter(|norm| proved(&norm.unwrap())).count()
    }
    assert!(rate::<2>() >= 970 && rate::<4>() >= 970 && rate::<8>() >= 970);
}

#[test]
fn golden_matrices_are_enclosed() {
    let table: serde_json::Value = serde_json::from_str(include_str!("golden-spectral-norms.json")).unwrap();
    let mut tested = 0;
    for entry in table.as_array().unwrap() {
        let size = |key: &str| entry[key].as_u64().unwrap();
        let rows = entry["rows_bits_hex"].as_array().unwrap().iter();
        let bits = rows.flat_map(|row| row.as_str().unwrap().split(' '));
        let entries: Vec<f64> = bits.map(|x| f64::from_bits(u64::from_str_radix(x, 16).unwrap())).collect();
        macro_rules! shapes {
            ($($m:literal $n:literal,)+) => {
                match (size("m"), size("n")) {
                    $(($m, $n) => {
                        let a = SMatrix::<f64, $m, $n>::from_row_slice(&entries);
                        // The matrix among others.
                        let [other, norm, _] = norms(&[a.map(|x| x * 0.5), a, SMatrix::identity()])[..] else { panic!() };
                        assert!(is_right(&a, &norm.unwrap()), "{}: {norm:?}", entry["name"]);
                        assert_ne!(norm.unwrap().scaled().is_equal_to(&spectral_norm(&a).unwrap().scaled()), Verdict::Refuted);
                        assert!(other.is_ok());
                        tested += 1;
                    })+
                    _ => assert!(size("m").max(size("n")) > 16, "a shape is missing"),
                }
            };
        }
        shapes! { 3 3, 4 4, 5 5, 6 6, 8 8, 10 10, 11 11, 12 12, 16 16, 16 3, 2 9, }
    }
    assert_eq!(tested, 38);
}

/// Every permutation of a batch, and every part of it, has the same norms.
#[test]
fn lanes_are_independent() {
    fn check<T: BatchScalar>() {
        let matrices: Vec<SMatrix<T, 4, 4>> =
            Source(21).families::<4, 4>().into_iter().map(|(_, a)| a.map(T::from_f64)).collect();
        let all = norms(&matrices);
        let count = matrices.len();
        for step in [1, 5, 7, 13] {
            let order: Vec<usize> = (0..count).map(|k| (k * step + 3) % count).collect();
            let shuffled: Vec<SMatrix<T, 4, 4>> = order.iter().map(|&k| matrices[k]).collect();
            for (k, norm) in order.iter().zip(norms(&shuffled)) {
                assert_eq!(norm, all[*k]);
            }
        }
        for length in 0..20 {
            assert_eq!(norms(&matrices[..length]), all[..length]);
        }
    }
    check::<f64>();
    check::<f32>();
}

#[test]
fn hostile_lanes_leave_their_neighbours_alone() {
    fn check<T: BatchScalar>() {
        let good = Source(31).matrix::<3, 4>().map(T::from_f64);
        let want = norms(&[good])[0];
        assert!(want.is_ok());
        let huge = T::power_of_two(if T::DIGITS == 24 { 120 } else { 300 });
        for place in 0..20 {
            for position in 0..12 {
                for hostile in
                    [T::NAN, T::INFINITY, -T::INFINITY, T::MAX, T::MIN_SUBNORMAL, huge, T::one() / huge]
                {
                    let mut matrices = [good; 20];
                    matrices[place][position] = hostile;
                    for (lane, norm) in norms(&matrices).iter().enumerate() {
                        if lane != place {
                            assert_eq!(*norm, want);
                        } else if hostile.is_finite() {
                            assert!(is_right(&matrices[lane], &norm.unwrap()), "{norm:?}");
                        } else {
                            let error = norm.unwrap_err();
                            assert_eq!(error.position(), Some((position % 3, position / 3)));
                            assert_eq!(error.is_nan(), hostile.is_nan());
                        }
                    }
                }
            }
        }
        // Whole matrices.
        for hostile in [T::NAN, T::MAX, T::MIN_SUBNORMAL, T::zero(), -T::MIN_NORMAL] {
            let mut matrices = [good; 9];
            matrices[4] = SMatrix::from_element(hostile);
            let norms = norms(&matrices);
            assert!(norms.iter().enumerate().all(|(lane, norm)| lane == 4 || *norm == want));
            assert!(hostile.is_nan() || is_right(&matrices[4], &norms[4].unwrap()));
        }
    }
    check::<f64>();
    check::<f32>();
}

#[test]
fn places_must_be_as_many_as_matrices() {
    let matrices = [SMatrix::<f64, 2, 2>::identity(); 3];
    let mut places = [Ok(SpectralNorm::zero()); 2];
    let error = spectral_norm_batch(&matrices, &mut places).unwrap_err();
    assert_eq!(error.to_string(), "norms: 3 needed, 2 given");
    assert_eq!(places, [Ok(SpectralNorm::zero()); 2]);
    assert_eq!(spectral_norm_batch::<f64, 2, 2>(&[], &mut []), Ok(()));
}

#[test]
fn powers_of_two_scale_the_enclosure_exactly() {
    let matrices: Vec<SMatrix<f64, 3, 3>> = {
        let mut source = Source(41);
        (0..9).map(|_| source.matrix()).collect()
    };
    let want = norms(&matrices);
    for exponent in [-900, -30, 1, 700, 1020] {
        let scaled: Vec<SMatrix<f64, 3, 3>> =
            matrices.iter().map(|a| a.map(|x| x.scale_exp2(exponent))).collect();
        for (norm, want) in norms(&scaled).iter().zip(&want) {
            assert_eq!(norm.unwrap().scaled(), want.unwrap().scaled().scale_exp2(exponent));
        }
    }
}
