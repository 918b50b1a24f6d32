// SPDX-License-Identifier: MIT OR Apache-2.0

//! Theorem T6 where it is attained: what the bound adds to the quotient is needed to the last part.

use std::vec;
use std::vec::Vec;

use widthwise_rounding::directed::{add_up, mul_up};
use widthwise_rounding::{Enclosure, Scalar};

use crate::large::kato_temple_block::RitzBlock;
use crate::large::ritz_vector::RitzVector;

/// The bound for columns of `short` numbers, the residuals as they are measured.
fn upper_of(matrix: &[f64], frobenius: f64, vectors: &[f64], short: usize, complement: f64) -> Option<f64> {
    let long = matrix.len() / short;
    let mut images = vec![f64::NAN; vectors.len() / short * long];
    let mut residual = vec![f64::NAN; short];
    let (mut known, mut residual_square) = (Vec::new(), 0.0);
    for (x, image) in vectors.chunks_exact(short).zip(images.chunks_exact_mut(long)) {
        let vector = RitzVector::of(matrix, x, frobenius, image);
        let r = vector.residual_upper(matrix, x, image, (frobenius, frobenius), &mut residual);
        residual_square = add_up(residual_square, mul_up(r, r));
        known.push(vector);
    }
    RitzBlock { vectors, images: &images, known: &known }.upper(residual_square, complement)
}

/// In the plane with `b = λ₂` the bound is `λ₁` itself, whatever the vector and its length.
#[test]
fn one_vector_in_the_plane_attains_the_bound_at_every_length() {
    let matrix = [1.0, 0.0, 0.0, 0.75];
    for length in [0.125, 0.5, 1.0, 3.0, 8.0] {
        for angle in [1.0, 0.3, 1e-2, 1e-4] {
            let x = [length, length * angle];
            // √ρ + d/(2√ρ) is above √(ρ + d) by d² only.
            if let Some(upper) = upper_of(&matrix, 1.25, &x, 2, 0.5625) {
                assert!(upper >= 1.0, "{length} {angle}: {upper}");
                let (square, excess) = (1.0 + 0.5625 * angle * angle, 0.4375 * angle * angle);
                let rho = square / (1.0 + angle * angle);
                let part = excess / (1.0 + angle * angle);
                assert!(upper <= rho.square_root() + 0.5 * part / rho.square_root() + 1e-14, "{upper}");
            }
        }
        assert!(upper_of(&matrix, 1.25, &[length, 0.3 * length], 2, 0.5625).is_some());
    }
}

/// Two short vectors beside a third direction: the lesser length counts.
#[test]
fn the_shortest_vector_of_a_block_counts() {
    let matrix = [1.0, 0.0, 0.0, 0.0, 0.96, 0.0, 0.0, 0.0, 0.5];
    for lengths in [[0.125, 1.0], [0.125, 4.0], [1.0, 0.125], [0.5, 0.5]] {
        for angle in [0.2, 1e-2, 1e-3] {
            let [p, q] = lengths;
            let vectors = [p, 0.0, p * angle, 0.0, q, 0.0];
            // What is orthogonal to both is (−angle, 0, 1).
            let complement = (angle * angle + 0.25) / (1.0 + angle * angle) * (1.0 + 1e-14);
            let upper = upper_of(&matrix, 1.5, &vectors, 3, complement).unwrap();
            assert!(upper >= 1.0, "{lengths:?} {angle}: {upper}");
        }
    }
}

/// Two singular values so close that each vector is a mixture of both: the residuals, whose squares count, say nothing, and the
/// off-diagonal entries of `Θ − tN` all.
#[test]
fn mixtures_of_close_singular_vectors_are_bounded() {
    let distance = 4e-13;
    let matrix = [1.0, 0.0, 0.0, 0.0, 1.0 - distance, 0.0, 0.0, 0.0, 0.5];
    for lengths in [[1.0, 1.0], [0.25, 0.25], [0.25, 1.0], [3.0, 0.5], [8.0, 8.0]] {
        // Orthogonal, and not.
        for cosine in [0.0, 0.3, -0.5] {
            for angle in [0.785_f64, 0.6, 0.9] {
                let [p, q] = lengths;
                let (c, s) = (1.0 - 0.5 * angle * angle, angle);
                let vectors = [p * c, p * s, 0.0, q * (cosine * c - s), q * (cosine * s + c), 0.0];
                if let Some(upper) = upper_of(&matrix, 1.5, &vectors, 3, 0.25) {
                    assert!(upper >= 1.0, "{lengths:?} {cosine} {angle}: {upper}");
                } else {
                    assert!(cosine != 0.0 || lengths[0] != lengths[1], "{lengths:?} {angle}");
                }
            }
        }
    }
}

/// What is known of a vector whose image is `root` times as long, itself of length 1.
fn known_to_the_bit(root: f64, image_error: f64) -> RitzVector {
    let (root, norm_square) = (Enclosure::from_bounds(root, root), Enclosure::from_bounds(1.0, 1.0));
    RitzVector { root, norm_square, image_norm_upper: 1.0, image_error }
}

/// The same vector twice, and images so nearly the same that nothing else refuses it.
#[test]
fn a_vector_and_itself_give_no_bound() {
    let vectors = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    let image = 1.5 * (1.0 + f64::power_of_two(-41));
    let images = [1.5, 0.0, 0.0, image, 0.0, 0.0];
    let known = [known_to_the_bit(1.5, 1e-20); 2];
    assert_eq!(RitzBlock { vectors: &vectors, images: &images, known: &known }.upper(1e-30, 1.0), None);
}

/// The eigenvalue is sought up to `ρ(1 + 2⁻⁴⁰)`: what the images may be off by must leave it there.
#[test]
fn errors_of_images_up_to_the_end_of_the_interval_are_bounded() {
    let (vectors, images) = ([1.0, 0.0, 0.0, 1.0], [1.5, 0.0, 0.0, 1.5]);
    let upper = |errors: [f64; 2]| {
        let known = errors.map(|error| known_to_the_bit(1.5, error));
        RitzBlock { vectors: &vectors, images: &images, known: &known }.upper(1e-30, 1.0)
    };
    // ρ is 2.25 and the number above; its next digit is 2⁻⁵¹.
    let (end, digit) = (2.25 * f64::power_of_two(-40), f64::power_of_two(-51));
    assert!(upper([end - 2.0 * digit, 0.0]).is_some());
    assert!(upper([end, 0.0]).is_none() && upper([end + digit, 0.0]).is_none());
    // Images of which nothing is known but their size: three products of errors, of which two would pass.
    let size = f64::power_of_two(-20);
    let known = [RitzVector { image_norm_upper: size, ..known_to_the_bit(1.5, size) }; 2];
    assert_eq!(RitzBlock { vectors: &vectors, images: &images, known: &known }.upper(1e-30, 1.0), None);
}
