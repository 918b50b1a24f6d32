// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![no_main]

//! The proof that no kernel can panic on matrices of fixed size: this image links.
//!
//! Its panic handler calls a function that does not exist, so the linker refuses the image if the compiler leaves any way to a panic in the
//! code that is called here. It is linked, not run: `cargo xtask embedded --panic-free` does so at several opt-levels.

#[path = "../../src/board.rs"]
mod board;

use core::hint::{black_box, spin_loop};
use core::panic::PanicInfo;

use nalgebra::{Const, DimMin, SMatrix, SVector};
use widthwise_linalg::{
    dot, dot_enclosure, frobenius_norm_enclosure, gram, gram_enclosure, matvec, matvec_enclosure,
    matvec_norm_enclosure, max_column_norm_enclosure, max_column_sum_enclosure, max_entry,
    max_row_norm_enclosure, max_row_sum_enclosure, outer_product, two_norm_enclosure,
};
use widthwise_parametrization::{Constants, LogicalMatrix, Optimizer, Role, rules};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{
    rms_operator_norm, spectral_norm, spectral_norm_bounds, spectral_norm_compact, stable_rank,
};

/// Refuses to be linked: nothing defines the function.
#[panic_handler]
#[expect(unsafe_code, reason = "a function that the linker does not find must be foreign")]
fn panic(_: &PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn a_panic_is_reachable() -> !;
    }
    a_panic_is_reachable()
}

/// Calls every kernel once, with arguments that the compiler does not know.
fn run() -> ! {
    in_format::<f32>();
    in_format::<f64>();
    scales();
    loop {
        spin_loop();
    }
}

fn in_format<T: Scalar>() {
    of_size::<T, 2>();
    of_size::<T, 4>();
    of_size::<T, 8>();
    of_size::<T, 16>();
}

fn of_size<T: Scalar, const N: usize>()
where
    Const<N>: DimMin<Const<N>, Output = Const<N>>,
{
    let a = &black_box(SMatrix::<T, N, N>::zeros());
    let x = &black_box(SVector::<T, N>::zeros());
    plain(a, x);
    enclosed(a, x);
    norms(a, x);
    black_box(spectral_norm(a)).ok();
    black_box(spectral_norm_compact(a)).ok();
    black_box(spectral_norm_bounds(a)).ok();
    black_box(rms_operator_norm(a)).ok();
    black_box(stable_rank(a)).ok();
}

/// The kernels of a rounded result.
fn plain<T: Scalar, const N: usize>(a: &SMatrix<T, N, N>, x: &SVector<T, N>) {
    black_box(dot(x, x)).ok();
    let mut image = SVector::<T, N>::zeros();
    black_box(matvec(a, x, &mut image)).ok();
    black_box(image);
    let mut product = SMatrix::<T, N, N>::zeros();
    black_box(gram(a, &mut product)).ok();
    black_box(product);
    black_box(outer_product(x, x, &mut product)).ok();
    black_box(product);
}

/// The same, enclosed.
fn enclosed<T: Scalar, const N: usize>(a: &SMatrix<T, N, N>, x: &SVector<T, N>) {
    black_box(dot_enclosure(x, x)).ok();
    let mut image = SVector::<ScaledEnclosure<T>, N>::from_element(ScaledEnclosure::zero());
    black_box(matvec_enclosure(a, x, &mut image)).ok();
    black_box(image);
    black_box(matvec_norm_enclosure(a, x)).ok();
    let mut product = SMatrix::<ScaledEnclosure<T>, N, N>::from_element(ScaledEnclosure::zero());
    black_box(gram_enclosure(a, &mut product)).ok();
    black_box(product);
}

/// Norms that are sums and maxima of entries.
fn norms<T: Scalar, const N: usize>(a: &SMatrix<T, N, N>, x: &SVector<T, N>) {
    black_box(two_norm_enclosure(x)).ok();
    black_box(frobenius_norm_enclosure(a)).ok();
    black_box(max_column_norm_enclosure(a)).ok();
    black_box(max_row_norm_enclosure(a)).ok();
    black_box(max_column_sum_enclosure(a)).ok();
    black_box(max_row_sum_enclosure(a)).ok();
    black_box(max_entry(a)).ok();
}

/// The scales of a layer under every rule.
fn scales() {
    let (fan_out, fan_in) = black_box((32, 64));
    let Ok(matrix) = LogicalMatrix::new(fan_out, fan_in) else { return };
    for rule in rules::ALL {
        let (role, optimizer) = black_box((Role::Hidden, Optimizer::Adam));
        black_box(rule.layer(role, matrix, optimizer, &black_box(Constants::UNIT))).ok();
        black_box(rule.attention_logits(fan_in)).ok();
    }
}
