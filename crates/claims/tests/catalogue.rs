// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every claim of the catalogue on its own instances, every control on them and on its worked counterexample.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;

use widthwise_claims::{
    CATALOGUE, Checked, Claim, Outcome, Refusal, Tally, draw, examine, find, judge, load_witness, memory_len,
};

/// As many as a debug build checks in seconds; the checker runs millions.
const INSTANCES: u64 = if cfg!(debug_assertions) { 300 } else { 5_000 };

const SEED: u64 = 0x5eed;

fn holds<T: Checked>(claim: &Claim) {
    let mut memory = vec![T::zero(); memory_len()];
    let mut tally = Tally::default();
    for index in 0..INSTANCES {
        tally.add(index, &examine::<T>(claim, SEED, index, &mut memory, &mut ()));
    }
    assert_eq!(tally.refuted, 0, "{} {}: {tally:?}", T::NAME, claim.id);
    assert_eq!(tally.too_wide, 0, "{} {}: {tally:?}", T::NAME, claim.id);
    assert_eq!(tally.out_of_memory, 0, "{} {}: {tally:?}", T::NAME, claim.id);
    assert!(tally.skipped * 5 <= tally.instances, "{} {}: {tally:?}", T::NAME, claim.id);
    assert_eq!(tally.instances, tally.proved + tally.undecided + tally.refuted + tally.skipped);
}

#[test]
fn claims_hold_in_both_formats() {
    for claim in CATALOGUE {
        holds::<f32>(claim);
        holds::<f64>(claim);
    }
}

/// The index of the first instance that refutes the control.
fn first_refutation<T: Checked>(claim: &Claim, control: usize) -> Option<u64> {
    let mut memory = vec![T::zero(); memory_len()];
    (0..1_000).find(|&index| match draw(claim, SEED, index, &mut memory) {
        Ok((instance, rest)) => {
            judge(T::control(&claim.controls[control]), &instance, rest, &mut ()).is_refuted()
        }
        Err(_) => false,
    })
}

#[test]
fn controls_are_refuted_on_the_instances_of_their_claims() {
    for claim in CATALOGUE {
        for (position, control) in claim.controls.iter().enumerate() {
            assert!(first_refutation::<f64>(claim, position).is_some(), "f64 {}", control.id);
            assert!(first_refutation::<f32>(claim, position).is_some(), "f32 {}", control.id);
        }
    }
}

#[test]
fn worked_counterexamples_refute_their_controls_and_not_their_claims() {
    fn refute<T: Checked>() {
        let mut memory = vec![T::zero(); memory_len()];
        for claim in CATALOGUE {
            for control in claim.controls {
                let (instance, rest) = load_witness(claim, control, &mut memory).unwrap();
                let outcome = judge(T::control(control), &instance, rest, &mut ());
                assert!(outcome.is_refuted(), "{} {}: {outcome:?}", T::NAME, control.id);
                let outcome = judge(T::check(claim), &instance, rest, &mut ());
                assert!(!outcome.is_refuted(), "{} {}: {outcome:?}", T::NAME, claim.id);
            }
        }
    }
    refute::<f32>();
    refute::<f64>();
}

#[test]
fn entries_that_are_not_finite_have_no_verdict() {
    let mut memory = vec![0.0_f64; memory_len()];
    for claim in CATALOGUE {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for part in 0..claim.layout.len() {
                let (mut instance, rest) = draw(claim, SEED, 3, &mut memory).unwrap();
                instance.part_mut(part)[(0, 0)] = bad;
                let outcome = judge(f64::check(claim), &instance, rest, &mut ());
                assert!(matches!(outcome, Outcome::Skipped(Refusal::Input(_))), "{} {outcome:?}", claim.id);
            }
        }
    }
}

#[test]
fn too_little_memory_is_a_refusal_at_every_length() {
    let claim = find("spectral.opnorm.axioms").unwrap();
    let mut memory = vec![0.0_f64; memory_len()];
    let full = examine(claim, SEED, 5, &mut memory, &mut ());
    assert!(full.verdict().is_some());
    for length in 0..400 {
        let outcome = examine(claim, SEED, 5, &mut memory[..length], &mut ());
        assert!(outcome == Outcome::Skipped(Refusal::Memory) || outcome == full, "{length} {outcome:?}");
    }
}

#[test]
fn outcomes_depend_on_the_address_alone() {
    let (mut clean, mut dirty) = (vec![0.0_f64; memory_len()], vec![f64::NAN; memory_len()]);
    for claim in CATALOGUE {
        for index in [17, 3, 250] {
            let first = examine(claim, SEED, index, &mut clean, &mut ());
            assert_eq!(first, examine(claim, SEED, index, &mut dirty, &mut ()), "{} {index}", claim.id);
        }
    }
}

#[test]
fn ids_are_unique_and_controls_carry_the_id_of_their_claim() {
    let mut seen = HashSet::new();
    for claim in CATALOGUE {
        assert!(seen.insert(claim.id));
        assert!(!claim.controls.is_empty(), "{}", claim.id);
        for control in claim.controls {
            assert!(seen.insert(control.id));
            assert_eq!(control.id.split_once('/').map(|(claim, _)| claim), Some(claim.id));
            assert_eq!(control.witness.len(), claim.layout.len(), "{}", control.id);
            for part in control.witness {
                assert_eq!(part.entries.len(), part.rows * part.columns, "{}", control.id);
            }
        }
    }
}
