// SPDX-License-Identifier: MIT OR Apache-2.0

//! The checks of the claims as properties: no instance that proptest finds, drawn from any family at any magnitude, refutes a claim.
//!
//! The functions are those of the checker and the firmware. The instances are wilder: every part from every family, at a magnitude of its
//! own, whatever the claim's own sampler would draw. A claim with a hypothesis is stated so that it holds for all of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use core::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use widthwise_claims::{CATALOGUE, Checked, find, judge, memory_len};
use widthwise_sampling::{Families, strategy};

fn config() -> Config {
    // Regressions are named tests: a seed changes its meaning with the strategy.
    Config {
        cases: if cfg!(debug_assertions) { 48 } else { 2_000 },
        failure_persistence: None,
        ..Config::default()
    }
}

fn no_instance_refutes<T: Checked>() {
    let memory = RefCell::new(vec![T::zero(); memory_len()]);
    for claim in CATALOGUE {
        let instances = strategy::instances::<T>(claim.layout, None, Families::ALL);
        TestRunner::new(config())
            .run(&instances, |mut instance| {
                let instance = instance.lend().map_err(|error| TestCaseError::fail(error.to_string()))?;
                let outcome = judge(T::check(claim), &instance, &mut memory.borrow_mut(), &mut ());
                prop_assert!(!outcome.is_refuted(), "{} {}: {outcome:?}", T::NAME, claim.id);
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn no_instance_refutes_a_claim_in_single_precision() {
    no_instance_refutes::<f32>();
}

#[test]
fn no_instance_refutes_a_claim_in_double_precision() {
    no_instance_refutes::<f64>();
}

#[test]
fn a_wrong_statement_is_refuted_and_its_counterexample_made_small() {
    let claim = find("spectral.opnorm-bound").unwrap();
    let control = claim.controls.iter().find(|control| control.id.ends_with("column-norm")).unwrap();
    let memory = RefCell::new(vec![0.0_f64; memory_len()]);
    let instances = strategy::instances::<f64>(claim.layout, None, Families::ALL);
    let failure = TestRunner::new(Config { cases: 1_000, ..config() }).run(&instances, |mut instance| {
        let instance = instance.lend().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let outcome = judge(f64::control(control), &instance, &mut memory.borrow_mut(), &mut ());
        prop_assert!(!outcome.is_refuted());
        Ok(())
    });
    let Err(proptest::test_runner::TestError::Fail(_, small)) = failure else {
        panic!("no counterexample: {failure:?}");
    };
    // One row of two ones against the vector of two ones is the least there is.
    assert_eq!((small.part(0).shape(), small.part(1).shape()), ((1, 2), (2, 1)), "{small:?}");
    assert!(small.part(0).iter().chain(small.part(1).iter()).all(|entry| entry.abs() == 1.0), "{small:?}");
}
