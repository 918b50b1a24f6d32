use core::hint::black_box;
use std::time::Instant;
use nalgebra::SMatrix;
use widthwise_spectral::*;
struct Source(u64);
impl Source {
    fn normal(&mut self) -> f64 {
        (0..12).fold(-6.0, |sum, _| {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum + (self.0 >> 11) as f64 / 9_007_199_254_740_992.0
        })
    }
}
macro_rules! run { ($t:ty, $n:literal, $m:literal) => {{
    let mut s = Source(1);
    let ms: Vec<_> = (0..256).map(|_| SMatrix::<$t, $n, $m>::from_fn(|_, _| s.normal() as $t)).collect();
    let mut norms = vec![Ok(SpectralNorm::zero()); 256];
    let (mut tb, mut ts, mut tn) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..30 {
        let t = Instant::now();
        spectral_norm_batch(black_box(&ms), &mut norms).unwrap();
        black_box(&norms);
        tb = tb.min(t.elapsed().as_secs_f64() / 256.0);
        let t = Instant::now();
        for m in &ms { black_box(spectral_norm(black_box(m)).unwrap()); }
        ts = ts.min(t.elapsed().as_secs_f64() / 256.0);
        let t = Instant::now();
        for m in &ms { black_box(black_box(m).singular_values().max()); }
        tn = tn.min(t.elapsed().as_secs_f64() / 256.0);
    }
    let single = norms.iter().zip(&ms).filter(|(n, m)| n.as_ref().unwrap() == &spectral_norm(*m).unwrap()).count();
    let w = norms.iter().map(|n| n.unwrap().scaled().significand().relative_width() / (<$t>::EPSILON / 2.0)).fold(0.0, <$t>::max);
    for (n, m) in norms.iter().zip(&ms) { let (a, b) = (n.unwrap().enclosure(), spectral_norm(m).unwrap().enclosure()); assert!(a.intersection(&b).is_some(), "{a} {b}"); }
    println!("{} {}x{} batch {:7.1} ns 1/{:.1}  single {:7.1} ns 1/{:.1}  nalgebra {:7.1} ns  width {w:.1} same as single {single}", stringify!($t), $n, $m, tb * 1e9, tn / tb, ts * 1e9, tn / ts, tn * 1e9);
}}}
fn main() { if std::env::args().nth(1).is_some() { for _ in 0..100 { run!(f64, 4, 4); } return; }
    run!(f64, 2, 2); run!(f64, 3, 3); run!(f64, 4, 4); run!(f64, 5, 5); run!(f64, 8, 8); run!(f64, 16, 16); run!(f64, 4, 8);
    run!(f32, 2, 2); run!(f32, 3, 3); run!(f32, 4, 4); run!(f32, 8, 8); run!(f32, 16, 16);
}
