// SPDX-License-Identifier: MIT OR Apache-2.0

//! Times the spectral norm: `cargo run --release --example timing`.

use nalgebra::{DMatrix, SMatrix};
use std::hint::black_box;
use std::time::Instant;
use widthwise_rounding::Scalar;
use widthwise_spectral::{Certificate, SpectralNorm, spectral_norm, spectral_norm_in, workspace_len};

/// Sums of twelve uniform numbers, nearly Gaussian, from a linear congruential generator.
struct Source(u64);

impl Source {
    fn normal(&mut self) -> f64 {
        (0..12).fold(-6.0, |sum, _| {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum + f64::from((self.0 >> 32) as u32) / 4_294_967_296.0
        })
    }
}

fn report<T: Scalar>(
    name: &str,
    matrices: &[DMatrix<T>],
    repetitions: usize,
    norm: impl Fn(usize) -> SpectralNorm<T>,
) {
    let start = Instant::now();
    for _ in 0..repetitions {
        for index in 0..matrices.len() {
            black_box(norm(black_box(index)));
        }
    }
    let nanoseconds = start.elapsed().as_nanos() as f64 / (repetitions * matrices.len()) as f64;
    let (mut widest, mut squarings) = (0.0_f64, 0);
    for index in 0..matrices.len() {
        let norm = norm(index);
        widest =
            widest.greater(norm.scaled().significand().relative_width().to_f64() / T::UNIT_ROUNDOFF.to_f64());
        if let Certificate::KatoTemple { squarings: k } | Certificate::SquaringChain { squarings: k } =
            norm.certificate()
        {
            squarings += k;
        }
    }
    let mean = squarings as f64 / matrices.len() as f64;
    println!("{name:32} {:10.2} us   {widest:7.1} u   {mean:5.1} squarings", nanoseconds / 1000.0);
}

fn fixed<const N: usize>(source: &mut Source) {
    let matrices: Vec<_> = (0..256).map(|_| DMatrix::from_fn(N, N, |_, _| source.normal())).collect();
    let statics: Vec<SMatrix<f64, N, N>> =
        matrices.iter().map(|a| SMatrix::from_column_slice(a.as_slice())).collect();
    report(&format!("f64 Gaussian {N}x{N} fixed"), &matrices, 100, |i| spectral_norm(&statics[i]).unwrap());
}

fn main() {
    let mut source = Source(1);
    fixed::<2>(&mut source);
    fixed::<3>(&mut source);
    fixed::<5>(&mut source);
    fixed::<7>(&mut source);
    for n in [2, 3, 5, 7, 17, 33, 96] {
        let mut work = vec![0.0; workspace_len(n, n)];
        let count = if n < 30 { 64 } else { 8 };
        let repetitions = 1 + 100_000 / (count * n * n);
        let gaussian: Vec<_> = (0..count).map(|_| DMatrix::from_fn(n, n, |_, _| source.normal())).collect();
        let in_work = std::cell::RefCell::new(&mut work);
        report(&format!("f64 Gaussian {n}x{n}"), &gaussian, repetitions, |i| {
            spectral_norm_in(&gaussian[i], &mut in_work.borrow_mut()).unwrap()
        });
        let identity = [DMatrix::identity(n, n)];
        report(&format!("f64 identity {n}x{n}"), &identity, repetitions, |i| {
            spectral_norm_in(&identity[i], &mut in_work.borrow_mut()).unwrap()
        });
        let qr: Vec<_> = gaussian.iter().map(|a| a.clone().qr().q()).collect();
        report(&format!("f64 orthogonal {n}x{n}"), &qr, repetitions, |i| {
            spectral_norm_in(&qr[i], &mut in_work.borrow_mut()).unwrap()
        });
        let twins: Vec<_> = qr
            .iter()
            .map(|q| {
                let d = DMatrix::from_fn(n, n, |i, j| {
                    if i != j {
                        0.0
                    } else if i == 0 {
                        1.0
                    } else if i == 1 {
                        1.0 - 1e-9
                    } else {
                        0.5 / i as f64
                    }
                });
                q * d * q.transpose()
            })
            .collect();
        report(&format!("f64 twins {n}x{n}"), &twins, repetitions, |i| {
            spectral_norm_in(&twins[i], &mut in_work.borrow_mut()).unwrap()
        });
        let single: Vec<DMatrix<f32>> = gaussian.iter().map(|a| a.map(|x| x as f32)).collect();
        let mut work = vec![0.0_f32; workspace_len(n, n)];
        let in_work = std::cell::RefCell::new(&mut work);
        report(&format!("f32 Gaussian {n}x{n}"), &single, repetitions, |i| {
            spectral_norm_in(&single[i], &mut in_work.borrow_mut()).unwrap()
        });
    }
}
