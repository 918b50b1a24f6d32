// SPDX-License-Identifier: MIT OR Apache-2.0

//! The first draws of some streams and a digest of every family, as literal bits.
//!
//! Whoever changes one of these numbers changes every instance that was ever reported by its address. That needs a
//! reason, a new version in the key of [`Stream`] and a line in the changelog.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use nalgebra::{DMatrix, DVector};
use widthwise_rounding::Scalar;
use widthwise_sampling::{
    Dimension, Families, Instance, MatrixFamily, Part, Shape, Sizes, Stream, VectorFamily, fill_instance,
    fill_matrix, fill_vector,
};

/// FNV-1a over the little-endian bits of the entries.
fn digest<'a, T: Scalar>(entries: impl IntoIterator<Item = &'a T>) -> u64 {
    let bytes = entries.into_iter().flat_map(|x| x.to_canonical_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[test]
fn first_bits_of_streams_never_change() {
    let bits = |seed, name, index| Stream::new(seed, name, index).bits();
    assert_eq!(bits(0, "", 0), 0x4420_9243_fc27_e58b);
    assert_eq!(bits(1, "spectral.opnorm-bound", 0), 0xada3_d0f6_a481_ecad);
    assert_eq!(bits(1, "spectral.opnorm-bound", 1), 0xff54_a52a_867e_9a15);
    assert_eq!(bits(u64::MAX, "spectral.opnorm-bound", u64::MAX), 0x0e55_1aa9_342f_6400);
}

#[test]
fn first_draws_of_every_kind_never_change() {
    let mut stream = Stream::new(1, "golden", 0);
    assert_eq!([(); 5].map(|()| stream.below(1000)), [1, 803, 483, 739, 11]);
    assert_eq!([(); 5].map(|()| stream.weighted(&[1, 2, 3])), [2, 2, 1, 1, 1]);
    assert_eq!([(); 8].map(|()| stream.sign::<f64>()), [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, -1.0, -1.0]);
    assert_eq!(
        [(); 3].map(|()| stream.uniform::<f64>().to_bits()),
        [0xbfe7_6fca_fa33_52a0, 0xbfec_5c26_f1c6_a7fa, 0x3f72_df9d_f5fa_6400]
    );
    assert_eq!([(); 3].map(|()| stream.uniform::<f32>().to_bits()), [0x3db7_4a60, 0xbf5b_33c4, 0xbec4_1d4c]);
    assert_eq!(
        [(); 3].map(|()| stream.uniform_in(-8.0, 8.0).to_bits()),
        [0x4018_9fa0_3857_0b2c, 0x4006_6ab2_ecf4_f59c, 0xbfff_6eb8_4204_acc8]
    );
    assert_eq!(
        [(); 5].map(|()| stream.normal().to_bits()),
        [
            0x3ffb_0b20_0f67_c766,
            0x3ff8_016d_4a09_e08d,
            0xbfe5_d97f_7969_0e6b,
            0x3fde_0178_34fb_8f2b,
            0x3fea_2f9e_7372_e96d
        ]
    );
    assert_eq!(
        [(); 3].map(|()| stream.power_of_ten(-8.0, 8.0).to_bits()),
        [0x418d_2425_0e4d_d249, 0x3f81_33c7_26a6_702b, 0x3f26_fc3b_52fc_73a9]
    );
    assert_eq!([(); 4].map(|()| Shape::draw(&mut stream)), [(1, 2), (17, 4), (2, 1), (2, 3)]);
}

/// Digests of a 5×5, a 7×3 and a 3×7 matrix of every family.
fn matrices<T: Scalar>() -> Vec<(&'static str, u64)> {
    let digest = |family| {
        let mut stream = Stream::new(1, "golden.matrix", 0);
        let mut entries = Vec::new();
        for (rows, columns) in [(5, 5), (7, 3), (3, 7)] {
            let mut a = DMatrix::<T>::zeros(rows, columns);
            fill_matrix(&mut stream, family, &mut a, &mut [T::zero(); 10]).unwrap();
            entries.extend(a.iter().copied());
        }
        digest(&entries)
    };
    MatrixFamily::ALL.into_iter().map(|family| (family.name(), digest(family))).collect()
}

/// Digests of a vector of every family, beside a Gaussian matrix.
fn vectors<T: Scalar>() -> Vec<(&'static str, u64)> {
    let digest = |family| {
        let mut stream = Stream::new(1, "golden.vector", 0);
        let (mut a, mut x) = (DMatrix::<T>::zeros(4, 5), DVector::zeros(5));
        fill_matrix(&mut stream, MatrixFamily::Gaussian, &mut a, &mut [T::zero(); 9]).unwrap();
        fill_vector(&mut stream, family, Some(&a), &mut x, &mut [T::zero(); 9]).unwrap();
        digest(&x)
    };
    VectorFamily::ALL.into_iter().map(|family| (family.name(), digest(family))).collect()
}

#[test]
fn matrices_of_every_family_never_change() {
    assert_eq!(
        matrices::<f64>(),
        [
            ("zero", 0xf644_84bc_58de_4b05),
            ("Gaussian", 0xfea7_1a83_da8f_6589),
            ("low-rank", 0x746e_bc09_7dca_904c),
            ("graded-spectrum", 0x173d_7776_aeec_d12f),
            ("graded-rows", 0x52e8_1030_90c3_99d2),
            ("integers", 0xbc51_9b81_7ee2_4198),
            ("outer-product", 0x40c4_4539_0869_a6cb),
            ("signs", 0x3606_1dad_ba15_f958),
            ("ones", 0xee80_da2d_7479_da58),
            ("semi-orthogonal", 0x67cc_f71a_3b09_993f),
            ("twin-singular-values", 0x168e_e46a_7930_18d5),
            ("single-entry", 0x609e_fb94_d33b_05a9),
            ("Hilbert", 0x8520_581d_fcac_2def)
        ]
    );
    assert_eq!(
        matrices::<f32>(),
        [
            ("zero", 0xf644_84bc_58de_4b05),
            ("Gaussian", 0xa017_5ac0_cdf8_ac96),
            ("low-rank", 0x1473_a645_5a64_9134),
            ("graded-spectrum", 0x7f00_3bf9_23f7_a7dd),
            ("graded-rows", 0x0ccf_e188_f685_e557),
            ("integers", 0x7af9_bd11_9b94_0e78),
            ("outer-product", 0x47e7_c972_4afe_52cc),
            ("signs", 0x92d0_796f_1a1c_4378),
            ("ones", 0x195c_cd35_6004_a678),
            ("semi-orthogonal", 0x052c_c9ff_66d9_001c),
            ("twin-singular-values", 0xde68_b4b4_3747_566b),
            ("single-entry", 0x4897_f69e_8182_9731),
            ("Hilbert", 0xa89f_9c6b_baad_d5db)
        ]
    );
}

#[test]
fn vectors_of_every_family_never_change() {
    assert_eq!(
        vectors::<f64>(),
        [
            ("zero", 0x40d6_9e0c_f0f6_5c45),
            ("coordinate", 0x7d11_439b_619a_5078),
            ("graded", 0xcfe3_3cbf_47f1_b310),
            ("ones", 0x33e8_1a0d_cc8f_3478),
            ("Gaussian", 0x18ec_4168_11e7_ce7f),
            ("top-singular", 0xb653_27b2_a79d_06ee),
            ("orthogonal-to-top-singular", 0xb385_bcd3_a24c_05bf)
        ]
    );
    assert_eq!(
        vectors::<f32>(),
        [
            ("zero", 0x40d6_9e0c_f0f6_5c45),
            ("coordinate", 0x122a_eab0_6da0_cd58),
            ("graded", 0x58e4_49ad_6375_bd20),
            ("ones", 0x7bc2_785e_16b1_7058),
            ("Gaussian", 0xd267_cdf4_cd37_131d),
            ("top-singular", 0x0c5e_5380_78bf_abf5),
            ("orthogonal-to-top-singular", 0xb84b_63b1_c583_462b)
        ]
    );
}

#[test]
fn a_hundred_instances_never_change() {
    fn check<T: Scalar>() -> u64 {
        static LAYOUT: [Part; 3] = [
            Part::matrix("A", Dimension::M, Dimension::N),
            Part::vector("x", Dimension::N),
            Part::matrix("B", Dimension::K, Dimension::M),
        ];
        let mut entries = Vec::new();
        for index in 0..100 {
            let mut stream = Stream::new(1, "golden.instance", index);
            let sizes = Sizes::draw(&mut stream);
            let mut data = vec![T::zero(); Instance::<T>::len(&LAYOUT, &sizes)];
            let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
            fill_instance(&mut stream, &Families::ALL, &mut instance, &mut [T::zero(); 310]).unwrap();
            entries.extend_from_slice(instance.data());
        }
        digest(&entries)
    }
    assert_eq!(check::<f64>(), 0x3a57_88ce_2046_075f);
    assert_eq!(check::<f32>(), 0xec3d_c807_97af_f728);
}
