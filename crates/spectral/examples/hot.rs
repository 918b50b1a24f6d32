//! temp
use core::hint::black_box;
use nalgebra::SMatrix;
use widthwise_spectral::{SpectralNorm, spectral_norm_batch};
fn normal(state: &mut u64) -> f64 {
    (0..12).fold(-6.0, |sum, _| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        sum + (*state >> 11) as f64 / 9_007_199_254_740_992.0
    })
}
macro_rules! run { ($s:ident $n:literal $reps:expr) => {{
    let mut st = 1;
    let m: Vec<SMatrix<$s, $n, $n>> = (0..512).map(|_| SMatrix::from_fn(|_, _| normal(&mut st) as $s)).collect();
    let mut norms = vec![Ok(SpectralNorm::zero()); 512];
    let mut best = f64::INFINITY;
    for _ in 0..$reps {
        let t = std::time::Instant::now();
        spectral_norm_batch(black_box(&m), &mut norms).unwrap();
        let e = t.elapsed().as_secs_f64() * 1e9 / 512.0;
        if e < best { best = e; }
    }
    println!("{} {} {:.1} ns", stringify!($s), $n, best);
}};}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let reps: usize = a[2].parse().unwrap();
    match a[1].as_str() {
        "d4" => run!(f64 4 reps), "d8" => run!(f64 8 reps), "s8" => run!(f32 8 reps), "s4" => run!(f32 4 reps), "d2" => run!(f64 2 reps),
        _ => { run!(f64 2 reps); run!(f64 3 reps); run!(f64 4 reps); run!(f64 8 reps); run!(f64 16 reps); run!(f32 2 reps); run!(f32 3 reps); run!(f32 4 reps); run!(f32 8 reps); run!(f32 16 reps); }
    }
}
