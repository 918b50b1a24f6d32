// SPDX-License-Identifier: MIT OR Apache-2.0

//! The networks of a coordinate check on all cores. A record is a pure function of its address, so the result does not depend on their number.

use core::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use rayon::prelude::*;
use widthwise_claims::coordinate_check::{CoordinateCheck, Record};

/// Measures every network; `None` in the place of those that an interrupt came before. `advance` hears of every network.
///
/// # Errors
///
/// Fails if threads cannot be started, or if the check has no networks.
pub(super) fn run(
    check: &CoordinateCheck<'_>,
    seed: u64,
    jobs: usize,
    interrupt: &AtomicBool,
    advance: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Option<Record>>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .build()
        .context("cannot start the threads of the check")?;
    // Wide networks take long: they come first.
    let addresses: Vec<_> = check.addresses().rev().collect();
    let measure = |&address| {
        if interrupt.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let record = check.measure(seed, address)?;
        advance(1);
        Ok(Some(record))
    };
    let records: Result<Vec<_>> =
        pool.install(|| addresses.par_iter().with_max_len(1).map(measure).collect());
    let mut records = records?;
    records.reverse();
    Ok(records)
}

#[cfg(test)]
mod tests {
    use widthwise_parametrization::{Optimizer, rules};

    use super::*;

    const CHECK: CoordinateCheck<'static> = CoordinateCheck {
        widths: &[16, 32],
        draws: 3,
        ..CoordinateCheck::new(&rules::SPECTRAL, Optimizer::Adam)
    };

    #[test]
    fn any_number_of_threads_gives_the_same_records_in_the_order_of_addresses() {
        let run = |jobs| run(&CHECK, 7, jobs, &AtomicBool::new(false), &|_| ()).unwrap();
        let one = run(1);
        let addresses = one.iter().map(|record| record.as_ref().unwrap().address());
        assert!(addresses.eq(CHECK.addresses()));
        assert_eq!(run(3), one);
    }

    #[test]
    fn an_interrupt_leaves_holes() {
        let records = run(&CHECK, 7, 2, &AtomicBool::new(true), &|_| ()).unwrap();
        assert!(records.iter().all(Option::is_none));
    }
}
