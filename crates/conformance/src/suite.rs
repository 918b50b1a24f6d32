// SPDX-License-Identifier: MIT OR Apache-2.0

//! The suite: its tests, their lines and their count.

use core::fmt::{self, Write};

use widthwise_claims::{CATALOGUE, Claim, Control, SELF_CONTROLS, Tally, judge, load_witness};
use widthwise_linalg::canary;

use crate::fingerprint::{self, BLOCK, BLOCKS, Fingerprint, MEMORY};
use crate::golden::Enclosing;
use crate::kernels::Kernel;
use crate::{Digest, Format};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u32,
    /// Tests that failed.
    pub failed: u32,
}

impl Counts {
    /// Whether there were tests and none failed.
    ///
    /// ```
    /// use widthwise_conformance::Counts;
    /// assert!(Counts { passed: 1, failed: 0 }.all_passed());
    /// assert!(!Counts { passed: 1, failed: 1 }.all_passed());
    /// assert!(!Counts::default().all_passed());
    /// ```
    #[must_use]
    pub fn all_passed(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

/// It displays as the last line of a run.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs the suite: the canary, the self-controls, then in each format every kernel, golden matrix, claim and worked counterexample.
///
/// Writes a line `test NAME FORMAT ... ok` (or `FAILED`) for each test, a line `digest …` for each entry of the table of digests,
/// and a last line `N passed, N failed`.
///
/// The memory is on the stack: 80 KiB at most, beside the frames of the checks.
///
/// # Errors
///
/// Fails if `output` cannot be written.
///
/// # Examples
///
/// ```
/// let mut output = String::new();
/// let counts = widthwise_conformance::run(&mut output)?;
/// assert!(output.contains("\ndigest kernel.dot f32 0..8 "));
/// assert!(output.ends_with(&format!("{counts}\n")));
/// # Ok::<(), core::fmt::Error>(())
/// ```
pub fn run(output: &mut dyn Write) -> Result<Counts, fmt::Error> {
    let mut suite = Suite { output, counts: Counts::default() };
    suite.test(&"compiler canary", "f64", canary::self_test().is_ok())?;
    for control in &SELF_CONTROLS {
        suite.test(&control.id, "f64", !control.confirms())?;
    }
    suite.all::<f32>()?;
    suite.all::<f64>()?;
    let Suite { output, counts } = suite;
    writeln!(output, "{counts}")?;
    Ok(counts)
}

/// A run of the suite so far.
struct Suite<'a> {
    output: &'a mut dyn Write,
    counts: Counts,
}

impl Suite<'_> {
    /// Everything in one format. A frame of its own, so that the memory of one format is gone before the other's is taken.
    #[inline(never)]
    fn all<T: Format>(&mut self) -> fmt::Result {
        let mut memory = [T::zero(); MEMORY];
        for kernel in Kernel::ALL {
            let (fingerprint, outcome) = fingerprint::of_kernel(kernel, &mut memory);
            self.digest(&fingerprint)?;
            self.test(&kernel.name(), T::NAME, outcome.is_ok())?;
        }
        for function in Enclosing::ALL {
            self.golden(function, &mut memory)?;
        }
        for claim in CATALOGUE {
            self.claim(claim, &mut memory)?;
            for control in claim.controls {
                self.counterexample(claim, control, &mut memory)?;
            }
        }
        Ok(())
    }

    /// Counts and writes the outcome of a test.
    fn test(&mut self, name: &dyn fmt::Display, format: &str, passed: bool) -> fmt::Result {
        let count = if passed { &mut self.counts.passed } else { &mut self.counts.failed };
        *count += 1;
        writeln!(self.output, "test {name} {format} ... {}", if passed { "ok" } else { "FAILED" })
    }

    fn digest(&mut self, fingerprint: &Fingerprint) -> fmt::Result {
        writeln!(self.output, "digest {fingerprint}")
    }

    /// Encloses the norms of the golden matrices by one function: a test for each matrix that the function takes.
    fn golden<T: Format>(&mut self, function: Enclosing, memory: &mut [T]) -> fmt::Result {
        for (block, matrices) in (0..).zip(T::golden().chunks(BLOCK)) {
            let mut fingerprint = Fingerprint::new::<T>(function.name(), block * BLOCK as u64);
            for matrix in matrices {
                let mut digest = Digest::new();
                if function.takes(matrix) {
                    let enclosed = matrix.enclose(function, memory, &mut digest);
                    self.test(&format_args!("{}/{}", function.name(), matrix.name), T::NAME, enclosed)?;
                }
                fingerprint.add(digest);
            }
            self.digest(&fingerprint)?;
        }
        Ok(())
    }

    /// Puts a claim and its controls on trial.
    ///
    /// The claim must be tested, never refuted, and no enclosure too wide. What a control comes to on the claim's instances is hashed;
    /// it is refuted by its worked counterexample.
    fn claim<T: Format>(&mut self, claim: &'static Claim, memory: &mut [T]) -> fmt::Result {
        let mut tally = Tally::default();
        for block in 0..BLOCKS {
            let (fingerprint, counts) =
                fingerprint::of_claim(claim.id, claim, T::check(claim), block * BLOCK as u64, memory);
            self.digest(&fingerprint)?;
            tally = tally.merge(&counts);
        }
        for control in claim.controls {
            for block in 0..BLOCKS {
                let (fingerprint, _) = fingerprint::of_claim(
                    control.id,
                    claim,
                    T::control(control),
                    block * BLOCK as u64,
                    memory,
                );
                self.digest(&fingerprint)?;
            }
        }
        let holds = tally.proved + tally.undecided > 0 && tally.refuted == 0 && tally.too_wide == 0;
        self.test(&claim.id, T::NAME, holds)
    }

    /// Refutes a control by its worked counterexample.
    fn counterexample<T: Format>(
        &mut self,
        claim: &Claim,
        control: &Control,
        memory: &mut [T],
    ) -> fmt::Result {
        let refuted = match load_witness(claim, control, memory) {
            Ok((instance, rest)) => judge(T::control(control), &instance, rest, &mut ()).is_refuted(),
            Err(_) => false,
        };
        self.test(&control.id, T::NAME, refuted)
    }
}
