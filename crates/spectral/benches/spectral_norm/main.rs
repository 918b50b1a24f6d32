// SPDX-License-Identifier: MIT OR Apache-2.0

//! The certified spectral norm beside the singular values of other libraries, which come without a proof.
//!
//! ```sh
//! cargo bench -p widthwise-spectral --all-features --bench spectral_norm -- --largest 512
//! ```
//!
//! Without the features `std` and `faer` it times the portable kernels.
//!
//! Gaussian matrices, one thread. A line of ours gives the time of one matrix (the minimum over the rounds) and its
//! ratio to each peer (median and quartiles over the rounds): below one, the enclosure is cheaper than the plain value.
//! Plots go to `target/tmp`. `--largest N` stops at matrices of `N` rows. `--only FORMAT` times one of `f64` and `f32`.
//! `--export FOLDER` leaves the peers out and writes the matrices and our times there, for `benches/peers`.
//!
//! A contender that would need more than twenty seconds for a matrix, judged by the size before, is left out.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::std_instead_of_core,
    reason = "a program that stops at the first surprise; its counts are small"
)]

mod report;
mod rounds;

use core::hint::black_box;
use std::error::Error;
use std::path::{Path, PathBuf};

use nalgebra::{DMatrix, RealField, SMatrix};
use report::{Case, plot, print_table, write_json};
use rounds::{Contender, take_turns};
use widthwise_rounding::Scalar;
use widthwise_spectral::{
    BatchScalar, Effort, SpectralNorm, large_workspace_len, spectral_norm, spectral_norm_batch,
    spectral_norm_compact, spectral_norm_in, spectral_norm_large_in, workspace_len,
};

/// A format of all contenders.
trait Format: BatchScalar + RealField + faer::traits::ComplexField<Real = Self> {}
impl<T: BatchScalar + RealField + faer::traits::ComplexField<Real = T>> Format for T {}

/// A contender that is expected to need more seconds for a matrix is left out.
const PATIENCE: f64 = 20.0;
/// The largest size known when the program is compiled.
const LARGEST_FIXED: usize = 32;
/// Above it a batch is a loop over single matrices.
const LARGEST_IN_BATCH: usize = 16;

/// Squaring is not meant for more rows.
const LARGEST_SINGLE: usize = 512;

/// What the command line asks for.
struct Options {
    largest: usize,
    only: Option<String>,
    export: Option<PathBuf>,
}

impl Options {
    fn from_command_line() -> Result<Self, Box<dyn Error>> {
        let mut options = Self { largest: 2048, only: None, export: None };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--largest" => options.largest = value()?.parse()?,
                "--only" => options.only = Some(value()?),
                "--export" => options.export = Some(value()?.into()),
                // What cargo adds.
                "--bench" => {}
                _ => return Err(format!("unknown argument {argument}").into()),
            }
        }
        Ok(options)
    }
}

/// Nearly Gaussian numbers: sums of twelve uniform ones from a linear congruential generator.
struct Source(u64);

impl Source {
    fn normal<T: Scalar>(&mut self) -> T {
        let sum = (0..12).fold(-6.0, |sum, _| {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum + (self.0 >> 11) as f64 / 9_007_199_254_740_992.0
        });
        T::from_f64(sum)
    }
}

/// The cases of sizes known when the program is compiled: rows and the number of matrices. A row is a line.
macro_rules! fixed {
    ($contest:expr, $format:ty, $($n:literal: $matrices:literal),+) => {$(
        if $contest.wants($n, <$format>::NAME) {
            let mut source = Source($n);
            let fixed: Vec<SMatrix<$format, $n, $n>> =
                (0..$matrices).map(|_| SMatrix::from_fn(|_, _| source.normal())).collect();
            let dynamic: Vec<DMatrix<$format>> =
                fixed.iter().map(|a| DMatrix::from_column_slice($n, $n, a.as_slice())).collect();
            $contest.export(&dynamic);
            let mut norms = vec![Ok(SpectralNorm::zero()); fixed.len()];
            let mut contenders = vec![
                Contender::ours("single", || each(&fixed, spectral_norm)),
                Contender::peer("nalgebra, fixed", || each(&fixed, |a| a.singular_values())),
                Contender::peer("nalgebra, dynamic", || each(&dynamic, |a| a.singular_values())),
                Contender::peer("faer", || each(&dynamic, faer_values)),
            ];
            if $n <= LARGEST_IN_BATCH {
                contenders.insert(1, Contender::ours("compact", || each(&fixed, spectral_norm_compact)));
                contenders.insert(
                    2,
                    Contender::ours("batch", || spectral_norm_batch(black_box(&fixed), &mut norms).unwrap()),
                );
            }
            $contest.run(<$format>::NAME, ($n, $n), $matrices, contenders);
        }
    )+};
}

/// One pass over all matrices, every result kept from the optimiser.
fn each<A, R>(matrices: &[A], mut norm: impl FnMut(&A) -> R) {
    for a in matrices {
        black_box(norm(black_box(a)));
    }
}

/// The contest: all cases so far.
struct Contest {
    options: Options,
    cases: Vec<Case>,
}

impl Contest {
    /// Whether a contender may take part: its last time, grown with the number of operations, is bearable, and it has
    /// taken part in the case before.
    fn is_bearable(&self, name: &str, format: &str, (rows, columns): (usize, usize)) -> bool {
        let operations = |rows: usize, columns: usize| (rows * columns * rows.min(columns)) as f64;
        let before = self.cases.iter().rev().find(|case| case.format == format && case.rows != rows);
        let Some(before) = before else { return true };
        let Some(times) = before.times.iter().find(|times| times.name == name) else {
            // A row of another kind of size begins here, or it was left out before.
            return before.rows <= LARGEST_FIXED && rows > LARGEST_FIXED;
        };
        times.minimum() * operations(rows, columns) / operations(before.rows, before.columns) < PATIENCE
    }

    fn run(&mut self, format: &'static str, shape: (usize, usize), matrices: usize, all: Vec<Contender<'_>>) {
        let exporting = self.options.export.is_some();
        let (kept, left_out): (Vec<_>, Vec<_>) = all
            .into_iter()
            .filter(|contender| contender.ours || !exporting)
            .partition(|contender| self.is_bearable(contender.name, format, shape));
        let times = take_turns(matrices, kept);
        let case = Case { format, rows: shape.0, columns: shape.1, matrices, times };
        print_table(&case);
        for contender in left_out {
            println!("  {:18} left out", contender.name);
        }
        self.cases.push(case);
    }

    fn export<T: Scalar>(&self, matrices: &[DMatrix<T>]) {
        let Some(folder) = &self.options.export else { return };
        let (rows, columns) = matrices[0].shape();
        let numbers = matrices.iter().flat_map(|a| a.iter());
        let bytes: Vec<u8> = if T::DIGITS == 24 {
            numbers.flat_map(|x| (x.to_f64() as f32).to_le_bytes()).collect()
        } else {
            numbers.flat_map(|x| x.to_f64().to_le_bytes()).collect()
        };
        std::fs::write(folder.join(format!("{rows}x{columns}.{}", T::NAME)), bytes).unwrap();
    }

    fn wants(&self, rows: usize, format: &str) -> bool {
        rows <= self.options.largest && self.options.only.as_deref().is_none_or(|only| only == format)
    }

    /// A size known when the program runs.
    fn dynamic<T: Format>(&mut self, rows: usize, columns: usize, matrices: usize) {
        if !self.wants(rows, T::NAME) {
            return;
        }
        let mut source = Source((rows + columns) as u64);
        let dynamic: Vec<DMatrix<T>> =
            (0..matrices).map(|_| DMatrix::from_fn(rows, columns, |_, _| source.normal())).collect();
        self.export(&dynamic);
        let mut work = vec![T::NAN; workspace_len(rows, columns)];
        let mut large_work = vec![0.0; large_workspace_len(rows, columns)];
        let mut contenders = vec![
            Contender::ours("large", || {
                each(&dynamic, |a| spectral_norm_large_in(a, Effort::Standard, &mut large_work));
            }),
            Contender::peer("nalgebra, dynamic", || each(&dynamic, |a| a.singular_values())),
            Contender::peer("faer", || each(&dynamic, faer_values)),
        ];
        if rows <= LARGEST_SINGLE {
            let single = || each(&dynamic, |a| spectral_norm_in(a, &mut work));
            contenders.insert(0, Contender::ours("single", single));
        }
        self.run(T::NAME, (rows, columns), matrices, contenders);
    }

    fn all_sizes<T: Format>(&mut self) {
        fixed!(self, T, 2: 256, 3: 256, 4: 256, 8: 128, 16: 64, 32: 16);
        for (rows, matrices) in [(64, 8), (128, 2), (256, 1), (512, 1), (1024, 1), (2048, 1)] {
            self.dynamic::<T>(rows, rows, matrices);
        }
        self.dynamic::<T>(2048, 512, 1);
    }
}

/// The singular values of faer, on one thread.
fn faer_values<T: Format>(a: &DMatrix<T>) -> Vec<T> {
    let view = faer::MatRef::from_column_major_slice(a.as_slice(), a.nrows(), a.ncols());
    view.singular_values().unwrap()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut contest = Contest { options: Options::from_command_line()?, cases: Vec::new() };
    faer::set_global_parallelism(faer::Par::Seq);
    let vectors = if cfg!(feature = "std") { "vector" } else { "portable" };
    let products = if cfg!(feature = "faer") { "faer's" } else { "portable" };
    println!("{vectors} kernels for batches, {products} products for large matrices");
    if let Some(folder) = &contest.options.export {
        std::fs::create_dir_all(folder)?;
    }
    contest.all_sizes::<f64>();
    contest.all_sizes::<f32>();
    if let Some(folder) = &contest.options.export {
        return write_json(&contest.cases, &folder.join("ours.json"));
    }
    for format in ["f64", "f32"] {
        let name = format!("spectral-norm-{format}.svg");
        plot(&contest.cases, format, &Path::new(env!("CARGO_TARGET_TMPDIR")).join(name))?;
    }
    Ok(())
}
