// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every claim of the catalogue on its own instances, and every control on its worked counterexample.

use widthwise_claims::{CATALOGUE, Checked, Tally, examine, judge, load_witness, memory_len};

fn tally<T: Checked>(count: u64) {
    let mut memory = vec![T::zero(); memory_len()];
    for claim in CATALOGUE {
        let mut tally = Tally::default();
        let t = std::time::Instant::now();
        for index in 0..count {
            tally.add(index, &examine::<T>(claim, 1, index, &mut memory, &mut ()));
        }
        println!("{} {} {:?} {:?}", claim.id, T::NAME, t.elapsed() / (count as u32), tally);
    }
}

#[test]
fn claims_hold() {
    tally::<f64>(2000);
    tally::<f32>(2000);
}

#[test]
fn worked_counterexamples_refute_their_controls() {
    fn refute<T: Checked>() {
        let mut memory = vec![T::zero(); memory_len()];
        for claim in CATALOGUE {
            for control in claim.controls {
                let (instance, rest) = load_witness(claim, control, &mut memory).unwrap();
                let outcome = judge(T::control(control), &instance, rest, &mut ());
                assert!(outcome.is_refuted(), "{} {}: {outcome:?}", T::NAME, control.id);
            }
        }
    }
    refute::<f32>();
    refute::<f64>();
}
