// SPDX-License-Identifier: MIT OR Apache-2.0

//! The measurements of laws on all cores, with a result that does not depend on their number.
//!
//! The unit of work is one measurement: what stands at an address, a pure function of (seed, law, size, draw). Threads enter what they find on
//! sheets of their own, which merge in any order. Laws are done one after the other, since a law has no verdict before its last
//! measurement; within a law the great sizes, which take long, come first.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use widthwise_claims::law::{Address, Effort, Law, Measurements, Memory};

use crate::campaign::Stop;

/// What is to be measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    /// The laws on trial.
    pub(crate) laws: &'a [&'static Law],
    /// The seed of every stream.
    pub(crate) seed: u64,
    /// Sizes and draws.
    pub(crate) effort: Effort,
    /// Threads.
    pub(crate) jobs: usize,
    /// When the time budget ends.
    pub(crate) deadline: Option<Instant>,
}

/// Runs the plan. `advance` hears of every measurement.
///
/// # Errors
///
/// Fails if threads cannot be started, or if measurements are lost.
pub(crate) fn run(
    plan: &Plan<'_>,
    interrupt: &AtomicBool,
    advance: &(dyn Fn(u64) + Sync),
) -> Result<(Vec<Measurements>, Option<Stop>)> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.jobs)
        .build()
        .context("cannot start the threads of the campaign")?;
    let (units, next) = (plan.units(), AtomicUsize::new(0));
    let shares = pool.broadcast(|_| share(plan, &units, &next, interrupt, advance));

    let mut sheets = plan.empty();
    let mut stop = None;
    for (share, stopped) in shares {
        for (sum, part) in sheets.iter_mut().zip(&share) {
            sum.merge(part);
        }
        stop = stop.or(stopped);
    }
    for sheet in &sheets {
        ensure!(
            stop.is_some() || sheet.recorded() == sheet.design().measurements(),
            "internal error: {} was announced with {} measurements and had {}",
            sheet.law().id,
            sheet.design().measurements(),
            sheet.recorded()
        );
    }
    Ok((sheets, stop))
}

/// The part of the work that one thread does, in memory of its own.
fn share(
    plan: &Plan<'_>,
    units: &[(usize, Address)],
    next: &AtomicUsize,
    interrupt: &AtomicBool,
    advance: &(dyn Fn(u64) + Sync),
) -> (Vec<Measurements>, Option<Stop>) {
    let (mut sheets, mut memory) = (plan.empty(), Memory::default());
    // The atomic only hands out numbers; it orders no other memory.
    while let Some(&(position, address)) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
        if interrupt.load(Ordering::Relaxed) {
            return (sheets, Some(Stop::Interrupt));
        }
        if plan.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return (sheets, Some(Stop::TimeBudget));
        }
        if let (Some(law), Some(sheet)) = (plan.laws.get(position), sheets.get_mut(position)) {
            sheet.record(address, law.measure(plan.seed, address, &mut memory));
            advance(1);
        }
    }
    (sheets, None)
}

impl Plan<'_> {
    /// How many measurements there are.
    pub(crate) fn measurements(&self) -> usize {
        self.laws.iter().map(|law| law.design(self.effort).measurements()).sum()
    }

    /// Every measurement, with the position of its law.
    fn units(&self) -> Vec<(usize, Address)> {
        let of_law = |(position, law): (usize, &&'static Law)| {
            law.design(self.effort).addresses().rev().map(move |address| (position, address))
        };
        self.laws.iter().enumerate().flat_map(of_law).collect()
    }

    /// Sheets on which nothing stands.
    fn empty(&self) -> Vec<Measurements> {
        self.laws.iter().map(|&law| Measurements::new(law, law.design(self.effort))).collect()
    }
}

#[cfg(test)]
mod tests {
    use widthwise_claims::law::{Design, LAWS, Size, find};

    use super::*;

    /// A law on networks that are small enough for a test.
    fn small(id: &str) -> &'static Law {
        const SIZES: &[Size] = &Size::widths([8, 16]);
        let designs = [Design { sizes: SIZES, draws: 5 }; 3];
        Box::leak(Box::new(Law { designs, ..*find(id).unwrap() }))
    }

    fn plan<'a>(laws: &'a [&'static Law], jobs: usize) -> Plan<'a> {
        Plan { laws, seed: 1, effort: Effort::Quick, jobs, deadline: None }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let laws = [small("spectral.rule.sp"), small("spectral.rule.uniform")];
        let run = |jobs| run(&plan(&laws, jobs), &AtomicBool::new(false), &|_| ()).unwrap();
        let (one, stop) = run(1);
        assert_eq!(stop, None);
        assert!(one.iter().all(|sheet| sheet.findings().is_some()));
        assert_eq!(run(3).0, one);
    }

    #[test]
    fn the_units_are_every_measurement_once() {
        let plan = plan(LAWS, 1);
        let mut units = plan.units();
        assert_eq!(units.len(), plan.measurements());
        units.sort_by_key(|(position, address)| {
            (*position, address.size.rows, address.size.columns, address.draw)
        });
        units.dedup();
        assert_eq!(units.len(), plan.measurements());
    }

    #[test]
    fn what_is_cut_short_says_so() {
        let laws = [small("spectral.rule.sp")];
        let (sheets, stop) = run(&plan(&laws, 2), &AtomicBool::new(true), &|_| ()).unwrap();
        assert_eq!((sheets[0].recorded(), stop), (0, Some(Stop::Interrupt)));
        let plan = Plan { deadline: Some(Instant::now()), ..plan(&laws, 2) };
        assert_eq!(run(&plan, &AtomicBool::new(false), &|_| ()).unwrap().1, Some(Stop::TimeBudget));
    }
}
