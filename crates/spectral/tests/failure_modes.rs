// SPDX-License-Identifier: MIT OR Apache-2.0

//! Mistakes that have been made in computing norms, each with a test that would see it.
//!
//! The numbers are those of the list in `README.md` beside this file, which says where the mistakes are tested that
//! concern a part that no caller can reach. Every matrix of a shape that a batch below serves is tried in a batch as
//! well: with the feature `std` that is another code path.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and its numbers are small"
)]

#[allow(dead_code, reason = "each test uses a part of the oracle")]
mod exact;
mod families;

use exact::{CharacteristicPolynomial, Dyadic, Exact};
use families::{FAMILIES, Source};
use nalgebra::{DMatrix, DVector, SMatrix};
use widthwise_linalg::{KernelError, Scaling, gram};
use widthwise_rounding::{Scalar, gamma_upper, inflate_down, inflate_up};
use widthwise_spectral::{
    BatchScalar, Certificate, Effort, SingularBasis, SpectralNorm, large_workspace_len, nuclear_norm_in,
    nuclear_norm_workspace_len, orthogonality_defect_in, polar_factor_in, polar_factor_workspace_len,
    rms_operator_norm_in, schatten_four_norm_enclosure, singular_basis_workspace_len, spectral_norm_batch,
    spectral_norm_bounds, spectral_norm_bounds_in, spectral_norm_in, spectral_norm_large_in, stable_rank_in,
    workspace_len,
};

fn norm_of<T: Scalar>(a: &DMatrix<T>) -> SpectralNorm<T> {
    let mut work = vec![T::NAN; workspace_len(a.nrows(), a.ncols())];
    spectral_norm_in(a, &mut work).unwrap()
}

fn polynomial_of<T: Scalar>(a: &DMatrix<T>) -> CharacteristicPolynomial {
    let exact: Exact =
        a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect();
    CharacteristicPolynomial::of_gram(&exact)
}

/// Fails unless the norm of `a` is enclosed, alone and in a batch, decided exactly.
fn assert_enclosed<T: BatchScalar>(a: &DMatrix<T>) -> SpectralNorm<T> {
    let (norm, polynomial) = (norm_of(a), polynomial_of(a));
    for norm in [Some(norm), norm_in_batch(a)].into_iter().flatten() {
        let end = |x: T| Dyadic::new(x.to_f64()).scaled(i64::from(norm.scaled().exponent()));
        let significand = norm.scaled().significand();
        assert!(polynomial.largest_is_at_least(&end(significand.lo())), "{norm:?} {a:?}");
        assert!(polynomial.largest_is_at_most(&end(significand.hi())), "{norm:?} {a:?}");
    }
    norm
}

/// The norm from the second register of a batch, beside a matrix that is not finite, for shapes of a list.
fn norm_in_batch<T: BatchScalar>(a: &DMatrix<T>) -> Option<SpectralNorm<T>> {
    fn in_shape<T: BatchScalar, const M: usize, const N: usize>(a: &DMatrix<T>) -> SpectralNorm<T> {
        let a = SMatrix::<T, M, N>::from_iterator(a.iter().copied());
        let mut matrices = [SMatrix::from_fn(|i, j| T::from_count(i + 2 * j)); 11];
        (matrices[8], matrices[9]) = (SMatrix::from_element(T::NAN), a);
        let mut norms = [Ok(SpectralNorm::zero()); 11];
        spectral_norm_batch(&matrices, &mut norms).unwrap();
        assert!(norms[8].is_err());
        norms[9].unwrap()
    }
    macro_rules! shapes {
        ($($m:literal x $n:literal),+) => {
            match a.shape() {
                $(($m, $n) => Some(in_shape::<T, $m, $n>(a)),)+
                _ => None,
            }
        };
    }
    shapes! { 1 x 9, 2 x 2, 3 x 3, 4 x 4, 5 x 5, 6 x 6, 7 x 7, 8 x 8, 2 x 5, 4 x 7, 12 x 12 }
}

fn width<T: Scalar>(norm: &SpectralNorm<T>) -> f64 {
    (norm.scaled().significand().relative_width() / T::UNIT_ROUNDOFF).to_f64()
}

fn family(name: &str) -> fn(&mut Source, usize, usize) -> DMatrix<f64> {
    FAMILIES.iter().find(|(other, _)| *other == name).expect("a family of this name").1
}

/// 1. The estimate of power iteration is a lower bound, after one step a poor one.
#[test]
fn power_iteration_is_not_an_upper_bound() {
    let mut source = Source::new(1);
    for _ in 0..20 {
        let a = family("Gaussian")(&mut source, 12, 12);
        let x = &a.transpose() * (&a * DVector::from_element(12, 1.0));
        let estimate = (&a * &x).norm() / x.norm();
        let norm = assert_enclosed(&a).enclosure();
        assert!(estimate < norm.lo(), "one step does not reach the norm: {estimate} {norm}");
    }
}

/// 2. A starting vector orthogonal to the top singular vector.
#[test]
fn no_starting_vector_is_blind() {
    let mut source = Source::new(2);
    for n in 2..10 {
        // The largest value sits in one block, on one entry, or in no direction more than in others.
        for k in 0..n {
            let mut a = DMatrix::identity(n, n) * 0.5;
            a[(k, (k + 1) % n)] = 7.0;
            assert!(assert_enclosed(&a).enclosure().lo() >= 7.0);
        }
        for name in
            ["permutation", "Hadamard", "scaled identity", "rows that sum to zero", "duplicated blocks"]
        {
            assert_enclosed(&family(name)(&mut source, n, n));
        }
        // The all-ones vector is in the kernel, on both sides.
        let centred = DMatrix::from_fn(n, n, |i, j| if i == j { n as f64 - 1.0 } else { -1.0 });
        assert!(assert_enclosed(&centred).enclosure().contains(n as f64));
    }
}

/// 3. Exact multiplicity, and twins at every distance down to the last digit.
#[test]
fn multiple_and_nearly_multiple_values_are_enclosed() {
    let mut source = Source::new(3);
    for n in 2..9 {
        for name in ["scaled identity", "orthogonal", "Hadamard", "skew", "half multiple"] {
            let norm = assert_enclosed(&family(name)(&mut source, n, n));
            assert!(width(&norm) <= (2 * n * n) as f64 + 20.0, "{name}: {}u", width(&norm));
        }
    }
    let reflection = DMatrix::from_fn(6, 6, |i, j| if i == j { 2.0 / 3.0 } else { -1.0 / 3.0 });
    for k in 0..=53 {
        let values = [1.0, 1.0 - f64::power_of_two(-k), 0.3, 0.3, 0.2, 0.1];
        let diagonal = DMatrix::from_diagonal(&DVector::from_row_slice(&values));
        assert!(assert_enclosed(&diagonal).enclosure().contains(1.0));
        assert_enclosed(&(&reflection * diagonal * &reflection));
    }
}

/// 4. A pair so close that one vector of the plane stands for both: no gap may be claimed between the two.
#[test]
fn a_missed_twin_widens_the_enclosure_and_no_more() {
    let mut source = Source::new(4);
    for exponent in [30, 37, 40, 44, 48, 52] {
        let gap = f64::power_of_two(-exponent);
        for _ in 0..10 {
            let (u, v) = (source.matrix(8, 8).qr().q(), source.matrix(8, 8).qr().q());
            let values = DVector::from_fn(8, |i, _| [1.0, 1.0 - gap, 0.4][i.min(2)]);
            let norm = assert_enclosed(&(u * DMatrix::from_diagonal(&values) * v));
            assert!(width(&norm) <= 150.0, "{}u", width(&norm));
        }
    }
}

/// 5. The plain value of a singular value decomposition, inflated by one rounding.
#[test]
fn plain_singular_values_lie_on_both_sides() {
    let mut source = Source::new(5);
    let (mut below, mut above) = (0, 0);
    for trial in 0..120 {
        let n = 2 + trial % 7;
        let a = family("Gaussian")(&mut source, n, n);
        assert_enclosed(&a);
        let value = a.singular_values()[0];
        let polynomial = polynomial_of(&a);
        below += usize::from(!polynomial.largest_is_at_most(&Dyadic::new(value * (1.0 + f64::EPSILON))));
        above += usize::from(!polynomial.largest_is_at_least(&Dyadic::new(value * (1.0 - f64::EPSILON))));
    }
    assert!(below > 5 && above > 5, "a plain value inflated by an ulp fails on both sides: {below} {above}");
}

/// 6. One ulp after a sum of many terms, `1 + 2u` after two roundings, and `1 + u`, which is one.
#[test]
fn inflation_counts_the_roundings() {
    let u = f64::UNIT_ROUNDOFF;
    assert_eq!(1.0 + u, 1.0);
    assert_eq!(inflate_up(2, 1.0), 1.0 + 4.0 * u);
    // A one and a thousand squares just below half an ulp: all are lost.
    let mut terms = vec![0.99 * f32::UNIT_ROUNDOFF; 1001];
    terms[0] = 1.0;
    let computed = terms.iter().fold(0.0, |sum, x| sum + x);
    let exact: f64 = terms.iter().copied().map(f64::from).sum();
    assert!(f64::from(computed.next_up()) < exact && f64::from(inflate_up(1001, computed)) >= exact);
    // The same, rounded up every time.
    terms[1..].iter_mut().for_each(|x| *x = 1.01 * f32::UNIT_ROUNDOFF);
    let computed = terms.iter().fold(0.0, |sum, x| sum + x);
    let exact: f64 = terms.iter().copied().map(f64::from).sum();
    assert!(f64::from(computed.next_down()) > exact && f64::from(inflate_down(1001, computed)) <= exact);
    // A row vector of such entries, as a norm.
    let a = DMatrix::from_fn(
        1,
        1001,
        |_, j| if j == 0 { 1.0 } else { (0.99 * f32::UNIT_ROUNDOFF).square_root() },
    );
    assert_enclosed(&a);
}

/// 7. One triangle of the Gram matrix that is not the mirror of the other.
#[test]
fn gram_matrices_are_symmetric_to_the_bit() {
    let mut source = Source::new(7);
    for (name, family) in FAMILIES {
        for (m, n) in [(1, 4), (5, 5), (9, 7)] {
            let a = family(&mut source, m, n);
            let mut g = DMatrix::from_element(n, n, f64::NAN);
            gram(&a, &mut g).unwrap();
            let bits = |g: &DMatrix<f64>| g.map(f64::to_canonical_bits);
            assert_eq!(bits(&g), bits(&g.transpose()), "{name}");
        }
    }
}

/// 8. A NaN that `max` ignores, in any position, with anything beside it.
#[test]
fn not_a_number_is_never_hidden() {
    for (m, n) in [(1, 1), (1, 5), (2, 2), (3, 4), (6, 6), (9, 2)] {
        for index in 0..m * n {
            for beside in [0.0, 1.0, f64::MAX, f64::INFINITY] {
                let mut a = DMatrix::from_element(m, n, beside);
                a[index] = f64::NAN;
                let mut work = vec![0.0; workspace_len(m, n)];
                assert!(spectral_norm_in(&a, &mut work).is_err());
                assert!(Scaling::of(&a).is_err());
            }
        }
    }
}

/// 8. The same for every other function, and for infinity.
#[test]
fn no_function_hides_what_is_not_finite() {
    type Refuses = fn(&DMatrix<f64>, &mut [f64]) -> Option<KernelError>;
    let functions: [Refuses; 11] = [
        |a, _| spectral_norm_bounds(a).err(),
        |a, work| spectral_norm_bounds_in(a, 3, work).err(),
        |a, _| schatten_four_norm_enclosure(a).err(),
        |a, work| nuclear_norm_in(a, work).err(),
        |a, work| rms_operator_norm_in(a, work).err(),
        |a, work| stable_rank_in(a, work).err(),
        |a, work| spectral_norm_large_in(a, Effort::Standard, work).err(),
        |a, work| spectral_norm_large_in(a, Effort::Cheap, work).err(),
        |a, work| SingularBasis::of(a, work).err(),
        |a, work| orthogonality_defect_in(a, work).err(),
        |a, work| polar_factor_in(&mut a.clone(), 1e-3, 20, work).err(),
    ];
    for (m, n) in [(1, 1), (1, 5), (3, 4), (6, 6), (7, 2)] {
        let lengths = [
            large_workspace_len(m, n),
            nuclear_norm_workspace_len(m, n),
            singular_basis_workspace_len(m, n),
            polar_factor_workspace_len(m, n),
        ];
        let mut work = vec![0.0; lengths.into_iter().fold(0, usize::max)];
        for index in 0..m * n {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let mut a = DMatrix::from_fn(m, n, |i, j| (i + 2 * j) as f64 - 1.5);
                a[index] = bad;
                for (which, function) in functions.iter().enumerate() {
                    let error = function(&a, &mut work).unwrap_or_else(|| panic!("{which} accepts {a}"));
                    assert_eq!(error.position(), Some((index % m, index / m)), "{which}");
                    assert_eq!(
                        (error.is_nan(), error.is_infinite()),
                        (bad.is_nan(), !bad.is_nan()),
                        "{which}"
                    );
                }
            }
        }
    }
}

/// 9. Scales at the ends of the range, subnormal input, exponents that differ by hundreds, graded rows and columns.
#[test]
fn every_scale_is_enclosed() {
    let mut source = Source::new(9);
    for n in 2..9 {
        for name in [
            "near the largest numbers",
            "near the smallest numbers",
            "largest numbers",
            "subnormal",
            "one tiny number among ones",
            "mixed exponents",
            "rows scaled",
            "columns scaled",
            "graded",
            "graded by powers of two",
        ] {
            assert_enclosed(&family(name)(&mut source, n, n));
            assert_enclosed(&family(name)(&mut source, n, n + 3));
        }
    }
    let above = norm_of(&DMatrix::from_element(4, 4, f64::MAX)).enclosure();
    assert_eq!((above.lo(), above.hi()), (f64::MAX, f64::INFINITY));
}

/// 9. An entry that is lost in scaling raises the norm, or lowers it: both ends have to give way.
#[test]
fn entries_lost_in_scaling_move_both_ends() {
    // The norm of a diagonal matrix is its largest entry, so nothing but the loss of an entry widens the enclosure.
    let (large, tiny) = (f64::power_of_two(1000), f64::power_of_two(-1000));
    for (lost, lower, upper) in [(0.0, 1.6875, 1.6875), (tiny, 1.6875_f64.next_down(), 1.6875_f64.next_up())]
    {
        for d in [lost, -lost] {
            let a = DMatrix::from_row_slice(2, 2, &[1.6875 * large, d, d, large]);
            let norm = assert_enclosed(&a).enclosure();
            assert_eq!((norm.lo(), norm.hi()), (lower * large, upper * large), "{d:e}");
        }
    }
    // A row of which the square root is a number.
    let a = DMatrix::from_row_slice(1, 3, &[3.0 * large, tiny, 4.0 * large]);
    let norm = assert_enclosed(&a).enclosure();
    assert!(norm.lo() <= 5.0 * large && norm.hi() > 5.0 * large && norm.relative_width() < 1e-15);
    // A column of three entries a row: the path with squarings.
    for d in [tiny, -tiny] {
        let a = DMatrix::from_fn(3, 4, |i, j| if (i, j) == (2, 3) { d } else { large });
        assert_enclosed(&a);
    }
}

/// 10. Degenerate shapes and ranks.
#[test]
fn degenerate_shapes_and_ranks_are_enclosed() {
    let mut source = Source::new(10);
    for (m, n) in [(1, 1), (1, 9), (9, 1), (2, 40), (40, 2), (3, 30)] {
        for name in ["Gaussian", "rank one", "rank one and noise", "zero row and column", "one entry", "zero"]
        {
            assert_enclosed(&family(name)(&mut source, m, n));
        }
    }
    for k in 3..17 {
        let noise = (0..k).fold(1.0, |x, _| x / 10.0);
        let a = source.matrix(7, 1) * source.matrix(1, 7) + source.matrix(7, 7) * noise;
        assert!(width(&assert_enclosed(&a)) <= 16.0);
    }
}

/// 13. One result for every build, target and level of optimisation, of a path with a gap and of one without.
#[test]
fn bits_do_not_depend_on_the_build() {
    let ends = |a: &DMatrix<f64>| {
        let norm = norm_of(a).enclosure();
        (norm.lo(), norm.hi())
    };
    let hilbert = DMatrix::from_fn(6, 6, |i, j| 1.0 / (i + j + 1) as f64);
    let reflection = DMatrix::from_fn(6, 6, |i, j| if i == j { 2.0 / 3.0 } else { -1.0 / 3.0 });
    assert_eq!(ends(&hilbert), (1.618899858924339, 1.6188998589243393));
    assert_eq!(ends(&reflection), (0.9999999999999999, 1.000000000000004));
}

/// 14. The constants alone, since the slack of one hides an error in another.
#[test]
fn constants_hold_with_nothing_to_spare() {
    let u = f64::from(f32::UNIT_ROUNDOFF);
    for k in [1_usize, 2, 7, 100, 4094, 4095, 4096, 5000] {
        let ku = k as f64 * u;
        let gamma = f64::from(gamma_upper::<f32>(k));
        assert!(gamma >= ku / (1.0 - ku) && gamma <= (ku + u) / (1.0 - ku - u) * (1.0 + 4.0 * u), "{k}");
    }
}

/// 15. Whether there is a gap is decided by a proof: a wrong guess anywhere leads to the bound that needs none.
#[test]
fn without_a_gap_nothing_is_claimed_from_one() {
    for n in 3..10 {
        let norm = assert_enclosed(&DMatrix::<f64>::identity(n, n));
        assert!(matches!(norm.certificate(), Certificate::SquaringChain { .. }), "{norm:?}");
    }
}
