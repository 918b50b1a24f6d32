// SPDX-License-Identifier: MIT OR Apache-2.0

//! The tests, their lines and their count.

use semihosting::println;
use widthwise_claims::{
    Checked, Claim, Control, Subject, Tally, fingerprint_claim, fingerprint_kernels, judge, load_witness,
};

/// How many tests passed and failed so far.
#[derive(Default)]
pub struct Suite {
    passed: u32,
    failed: u32,
}

impl Suite {
    /// Counts and prints the outcome of a test.
    pub fn test(&mut self, name: &str, variant: &str, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
        println!("test {name} {variant} ... {}", if passed { "ok" } else { "FAILED" });
    }

    /// Prints the digests of the kernels.
    pub fn kernels<T: Checked>(&mut self, memory: &mut [T]) {
        let outcome = fingerprint_kernels(memory, &mut |fingerprint| println!("digest {fingerprint}"));
        self.test("kernels", T::NAME, outcome.is_ok());
    }

    /// Puts a claim on trial and prints the digests of its check and of its controls.
    ///
    /// The claim must be tested, never refuted, and no enclosure too wide.
    pub fn claim<T: Checked>(&mut self, claim: &'static Claim, memory: &mut [T]) {
        let mut tally = Tally::default();
        let outcome = fingerprint_claim(claim, memory, &mut |fingerprint| {
            println!("digest {fingerprint}");
            if let Subject::Claim(_) = fingerprint.subject {
                tally = tally.merge(&fingerprint.tally);
            }
        });
        let holds = tally.proved + tally.undecided > 0 && tally.refuted == 0 && tally.too_wide == 0;
        self.test(claim.id, T::NAME, outcome.is_ok() && holds);
    }

    /// Refutes a control by its worked counterexample.
    pub fn counterexample<T: Checked>(&mut self, claim: &Claim, control: &Control, memory: &mut [T]) {
        let refuted = match load_witness(claim, control, memory) {
            Ok((instance, rest)) => judge(T::control(control), &instance, rest, &mut ()).is_refuted(),
            Err(_) => false,
        };
        self.test(control.id, T::NAME, refuted);
    }

    /// Prints the count; whether all tests passed.
    pub fn finish(self) -> bool {
        println!("{} passed, {} failed", self.passed, self.failed);
        self.failed == 0 && self.passed > 0
    }
}
