// SPDX-License-Identifier: MIT OR Apache-2.0

//! Each lemma of the proof in binary32 alone, in exact arithmetic: for whatever vector, threshold and garbage.

mod deflated;
mod factorization;
mod gram_matrix;
mod outward;
mod refinement;

use std::vec;
use std::vec::Vec;

use crate::exact::{Dyadic, Exact};
use crate::large::gram::EntryNorms;

use super::UNIT_ROUNDOFF;
use super::gram::gram;

const U: f64 = UNIT_ROUNDOFF;

fn exact(x: f64) -> Dyadic {
    Dyadic::new(x)
}

fn dot(x: &[f64], y: &[f64]) -> Dyadic {
    x.iter().zip(y).fold(Dyadic::zero(), |sum, (&x, &y)| sum.add(&exact(x).mul(&exact(y))))
}

fn negative(x: &Dyadic) -> Dyadic {
    Dyadic::zero().sub(x)
}

fn is_within(x: &Dyadic, bound: &Dyadic) -> bool {
    x.is_at_most(bound) && negative(x).is_at_most(bound)
}

fn norms(matrix: &[f64], long: usize) -> EntryNorms {
    EntryNorms::of(matrix, &mut vec![f64::NAN; long])
}

/// The Gram matrix in binary32 with room for `rows` rows at a time; everything else is NaN before.
fn single_gram(matrix: &[f64], long: usize, rows: usize) -> Vec<f32> {
    let short = matrix.len() / long;
    let mut out = vec![f32::NAN; short * short];
    gram(matrix, long, &mut out, &mut vec![f32::NAN; rows * short], &mut vec![f32::NAN; short * short]);
    out
}

struct Source(u64);

impl Source {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / 4_503_599_627_370_496.0 - 1.0
    }

    fn numbers(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.uniform()).collect()
    }
}

/// The product of two rotations of many angles about a diagonal, so that singular values are known nearly.
fn with_values(values: &[f64], long: usize, source: &mut Source) -> Vec<f64> {
    let short = values.len();
    let mut matrix = vec![0.0; long * short];
    values.iter().enumerate().for_each(|(j, &value)| matrix[j + j * long] = value);
    let (left, right) = (source.numbers(long), source.numbers(short));
    let square = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
    for column in matrix.chunks_exact_mut(long) {
        let along = 2.0 * column.iter().zip(&left).map(|(a, x)| a * x).sum::<f64>() / square(&left);
        column.iter_mut().zip(&left).for_each(|(a, x)| *a -= along * x);
    }
    for i in 0..long {
        let along = 2.0 * (0..short).map(|j| matrix[i + j * long] * right[j]).sum::<f64>() / square(&right);
        (0..short).for_each(|j| matrix[i + j * long] -= along * right[j]);
    }
    matrix
}

fn exact_gram(matrix: &[f64], long: usize) -> Exact {
    matrix.chunks_exact(long).map(|x| matrix.chunks_exact(long).map(|y| dot(x, y)).collect()).collect()
}
