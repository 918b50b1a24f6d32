// SPDX-License-Identifier: MIT OR Apache-2.0

//! Times the norms of a Gaussian matrix and measures their enclosures: `cargo run --release --example norms`.
//!
//! A line gives the time of one call (the best of several rounds) and the relative width in units of `u`.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "an example that stops at the first surprise; its counts are small"
)]

use core::hint::black_box;
use std::time::Instant;

use nalgebra::{DMatrix, DVector};
use widthwise_linalg::{
    frobenius_norm_enclosure, max_column_norm_enclosure, max_column_sum_enclosure, max_row_norm_enclosure,
    max_row_sum_enclosure,
};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{
    NewtonSchulz, SingularBasis, newton_schulz_in, newton_schulz_workspace_len, nuclear_norm_in,
    nuclear_norm_workspace_len, orthogonality_defect_in, polar_factor_in, polar_factor_workspace_len,
    probable_norm_bound_in, probable_norm_workspace_len, rms_operator_norm_in, schatten_four_norm_enclosure,
    singular_basis_workspace_len, spectral_norm_bounds, spectral_norm_in, workspace_len,
};

/// Nearly Gaussian numbers: sums of twelve uniform ones from a linear congruential generator.
fn normal(state: &mut u64) -> f64 {
    (0..12).fold(-6.0, |sum, _| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        sum + (*state >> 11) as f64 / 9_007_199_254_740_992.0
    })
}

fn time<R>(name: &str, mut run: impl FnMut() -> R, describe: impl Fn(&R) -> String) {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        black_box(run());
        best = best.lesser(start.elapsed().as_secs_f64());
    }
    println!("{name:28} {:12.2} us  {}", best * 1e6, describe(&run()));
}

fn width(x: &ScaledEnclosure<f64>) -> String {
    format!("{:.1} u", x.significand().relative_width() / f64::UNIT_ROUNDOFF)
}

fn main() {
    let mut state = 1;
    for (m, n) in [(8, 8), (32, 32), (64, 16), (128, 128)] {
        let a = DMatrix::from_fn(m, n, |_, _| normal(&mut state));
        println!("-- {m} x {n}");
        time("max column norm", || max_column_norm_enclosure(&a).unwrap(), width);
        time("max row norm", || max_row_norm_enclosure(&a).unwrap(), width);
        time("max column sum", || max_column_sum_enclosure(&a).unwrap(), width);
        time("max row sum", || max_row_sum_enclosure(&a).unwrap(), width);
        time("Frobenius", || frobenius_norm_enclosure(&a).unwrap(), width);
        time("Schatten 4", || schatten_four_norm_enclosure(&a).unwrap(), width);
        time("spectral, cheap bounds", || spectral_norm_bounds(&a).unwrap(), width);
        let mut work = vec![0.0; workspace_len(m, n)];
        time("spectral", || spectral_norm_in(&a, &mut work).unwrap().scaled(), width);
        time("RMS operator", || rms_operator_norm_in(&a, &mut work).unwrap(), width);
        let mut work = vec![0.0; nuclear_norm_workspace_len(m, n)];
        time("nuclear", || nuclear_norm_in(&a, &mut work).unwrap(), width);
        let mut work = vec![0.0; singular_basis_workspace_len(m, n)];
        let mut values = vec![ScaledEnclosure::zero(); m.min(n)];
        let all = || {
            let mut basis = SingularBasis::of(&a, &mut work).unwrap();
            basis.singular_values(&mut values).unwrap();
            let first = values[0].exponent();
            let widths = values.iter().map(|x| x.scale_exp2(-first).to_enclosure().width());
            widths.fold(0.0_f64, f64::greater)
        };
        time("all singular values", all, |w| format!("{:.1} u of the first", w / f64::UNIT_ROUNDOFF));
        let mut work = vec![0.0; newton_schulz_workspace_len(m, n)];
        let muon = || newton_schulz_in(&mut a.clone(), NewtonSchulz::Muon, 5, &mut work).unwrap();
        time("Muon, 5 steps", muon, |x| format!("defect {}", x.to_enclosure()));
        time("its defect alone", || orthogonality_defect_in(&a, &mut work).unwrap(), width);
        let mut work = vec![0.0; polar_factor_workspace_len(m, n)];
        let polar = || polar_factor_in(&mut a.clone(), 1e-10, 100, &mut work).unwrap();
        time("polar factor", polar, |p| format!("{} steps, {}", p.steps(), p.ones()));
        let norm = {
            let mut work = vec![0.0; workspace_len(m, n)];
            spectral_norm_in(&a, &mut work).unwrap().enclosure().hi()
        };
        let start = DVector::from_fn(n, |_, _| normal(&mut state));
        let mut work = vec![0.0; probable_norm_workspace_len(m, n, 100)];
        time(
            "probable bound, 100 steps",
            || probable_norm_bound_in(&a, &start, 100, 1e-6, &mut work).unwrap(),
            |b| format!("{:.3} times the norm", b.value() / norm),
        );
    }
}
