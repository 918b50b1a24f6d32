// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Rayleigh-Ritz step on a few vectors: rotates them so that their quotients part. Only proposes.

use widthwise_rounding::Scalar;

use super::lanczos::{BLOCK_LIMIT, Operator, normalize, orthogonalize};
use super::products::{add_product, dot};

type Small = [[f64; BLOCK_LIMIT]; BLOCK_LIMIT];

/// Orthonormalises the columns and rotates them to Ritz vectors; returns how many are independent, which come first.
/// `images` holds at least as many numbers as `vectors`.
pub(super) fn rayleigh_ritz(
    vectors: &mut [f64],
    n: usize,
    operator: Operator<'_>,
    images: &mut [f64],
    (scratch, image): (&mut [f64], &mut [f64]),
) -> usize {
    let mut count = 0;
    for index in 0..(vectors.len() / n).min(BLOCK_LIMIT) {
        let (done, rest) = vectors.split_at_mut(index * n);
        let column = &mut rest[..n];
        orthogonalize(&done[..count * n], column, scratch);
        // What is left of a dependent unit vector is rounding.
        let independent = dot(column, column) > f64::power_of_two(-20) && normalize(column);
        if independent {
            orthogonalize(&done[..count * n], column, scratch);
            if normalize(column) {
                vectors.copy_within(index * n..(index + 1) * n, count * n);
                count += 1;
            }
        }
    }
    if count <= 1 {
        return count;
    }
    let vectors = &mut vectors[..count * n];
    let images = &mut images[..count * n];
    for (x, y) in vectors.chunks_exact(n).zip(images.chunks_exact_mut(n)) {
        operator.apply(x, image, y);
    }
    let mut projected = Small::default();
    for (i, y) in images.chunks_exact(n).enumerate() {
        for (j, x) in vectors.chunks_exact(n).enumerate() {
            projected[i][j] = dot(x, y);
        }
    }
    let rotation = eigenvectors(&mut projected, count);
    for (j, out) in images.chunks_exact_mut(n).enumerate() {
        out.fill(0.0);
        for (i, x) in vectors.chunks_exact(n).enumerate() {
            add_product(x, &[rotation[i][j]], 1.0, out);
        }
    }
    vectors.copy_from_slice(images);
    count
}

/// The eigenvectors of the symmetric leading `q × q` block, by cyclic Jacobi rotations.
fn eigenvectors(a: &mut Small, q: usize) -> Small {
    let mut v = Small::default();
    for (i, row) in v.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for _ in 0..12 {
        for i in 0..q {
            for j in i + 1..q {
                let off = 0.5 * (a[i][j] + a[j][i]);
                if off == 0.0 {
                    continue;
                }
                let ratio = (a[j][j] - a[i][i]) / (2.0 * off);
                let root = (1.0 + ratio * ratio).square_root();
                let tangent = if ratio >= 0.0 { 1.0 / (ratio + root) } else { -1.0 / (root - ratio) };
                if !(tangent.is_finite() && tangent != 0.0) {
                    continue;
                }
                let cosine = 1.0 / (1.0 + tangent * tangent).square_root();
                let sine = tangent * cosine;
                for row in a.iter_mut().take(q).chain(v.iter_mut().take(q)) {
                    (row[i], row[j]) = (cosine * row[i] - sine * row[j], sine * row[i] + cosine * row[j]);
                }
                let (above, below) = a.split_at_mut(j);
                for (x, y) in above[i].iter_mut().zip(&mut below[0]).take(q) {
                    (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
                }
            }
        }
    }
    v
}
