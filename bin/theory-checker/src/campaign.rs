// SPDX-License-Identifier: MIT OR Apache-2.0

//! Claims and controls on all cores, with a result that does not depend on their number.
//!
//! The unit of work is a block of instances of one claim, or one control. What a unit amounts to is a pure function of (seed, claim,
//! format, block); the tallies of blocks merge by an associative and commutative operation, and a control stops at its first
//! refutation on its own. So threads may take the units in any order. They take controls first, then the first block of every claim,
//! then the second: a campaign that is cut short has something to say about each.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use widthwise_claims::{Checked, Claim, Control, Outcome, Tally, draw, examine, judge, memory_len};

/// Instances in a block: long enough that the cost of taking one does not show, short enough that Ctrl-C is answered at once.
const BLOCK: u64 = 512;

/// Instances on which a control is tried before it counts as not refuted.
pub(crate) const CONTROL_INSTANCES: u64 = 1000;

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    /// The claims on trial.
    pub(crate) claims: &'a [&'static Claim],
    /// The seed of every stream.
    pub(crate) seed: u64,
    /// Instances of each claim.
    pub(crate) instances: u64,
    /// Threads.
    pub(crate) jobs: usize,
    /// When the time budget ends.
    pub(crate) deadline: Option<Instant>,
}

/// Why a campaign stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The time budget ended.
    TimeBudget,
    /// Ctrl-C.
    Interrupt,
}

/// What came of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ControlOutcome {
    /// Instances tried.
    pub(crate) instances: u64,
    /// The index of the first that refutes the control.
    pub(crate) first_refuted: Option<u64>,
}

/// What came of a claim and its controls; `None` stands for a control that was not tried to its end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Counts {
    pub(crate) tally: Tally,
    pub(crate) controls: Vec<Option<ControlOutcome>>,
}

/// Runs the plan. `advance` hears of every instance of a claim that is done.
///
/// # Errors
///
/// Fails if threads cannot be started, or if the instances that ran are not those that were announced.
pub(crate) fn run<T: Checked>(
    plan: &Plan<'_>,
    interrupt: &AtomicBool,
    advance: &(dyn Fn(u64) + Sync),
) -> Result<(Vec<Counts>, Option<Stop>)> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.jobs)
        .build()
        .context("cannot start the threads of the campaign")?;
    let next = AtomicU64::new(0);
    let shares = pool.broadcast(|_| share::<T>(plan, &next, interrupt, advance));

    let mut counts = plan.empty();
    let mut stop = None;
    for (share, stopped) in shares {
        for (sum, part) in counts.iter_mut().zip(share) {
            sum.tally = sum.tally.merge(&part.tally);
            for (sum, part) in sum.controls.iter_mut().zip(part.controls) {
                *sum = sum.or(part);
            }
        }
        stop = stop.or(stopped);
    }
    plan.verify(&counts, stop)?;
    Ok((counts, stop))
}

/// The part of the work that one thread does, in memory of its own.
fn share<T: Checked>(
    plan: &Plan<'_>,
    next: &AtomicU64,
    interrupt: &AtomicBool,
    advance: &(dyn Fn(u64) + Sync),
) -> (Vec<Counts>, Option<Stop>) {
    let mut memory = vec![T::zero(); memory_len()];
    let mut counts = plan.empty();
    // The atomic only hands out numbers; it orders no other memory.
    while let Some(unit) = plan.unit(next.fetch_add(1, Ordering::Relaxed)) {
        if interrupt.load(Ordering::Relaxed) {
            return (counts, Some(Stop::Interrupt));
        }
        if plan.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return (counts, Some(Stop::TimeBudget));
        }
        match unit {
            Unit::Control { claim, control } => {
                let (Some(tested), Some(counts)) = (plan.claims.get(claim), counts.get_mut(claim)) else {
                    continue;
                };
                if let (Some(control), Some(slot)) =
                    (tested.controls.get(control), counts.controls.get_mut(control))
                {
                    *slot = Some(try_control(tested, control, plan.seed, &mut memory));
                }
            }
            Unit::Block { claim, first, count } => {
                if let (Some(claim), Some(counts)) = (plan.claims.get(claim), counts.get_mut(claim)) {
                    counts.tally =
                        counts.tally.merge(&tally_block(claim, plan.seed, first, count, &mut memory));
                    advance(count);
                }
            }
        }
    }
    (counts, None)
}

/// The tally of a block of instances.
fn tally_block<T: Checked>(claim: &Claim, seed: u64, first: u64, count: u64, memory: &mut [T]) -> Tally {
    let mut tally = Tally::default();
    for index in first..first + count {
        tally.add(index, &examine(claim, seed, index, memory, &mut ()));
    }
    tally
}

/// Tries a control on the claim's instances until one refutes it.
fn try_control<T: Checked>(claim: &Claim, control: &Control, seed: u64, memory: &mut [T]) -> ControlOutcome {
    let refutes = |&index: &u64| examine_control(claim, control, seed, index, memory).is_refuted();
    match (0..CONTROL_INSTANCES).find(refutes) {
        Some(index) => ControlOutcome { instances: index + 1, first_refuted: Some(index) },
        None => ControlOutcome { instances: CONTROL_INSTANCES, first_refuted: None },
    }
}

fn examine_control<T: Checked>(
    claim: &Claim,
    control: &Control,
    seed: u64,
    index: u64,
    memory: &mut [T],
) -> Outcome {
    match draw(claim, seed, index, memory) {
        Ok((instance, rest)) => judge(T::control(control), &instance, rest, &mut ()),
        Err(refusal) => Outcome::Skipped(refusal),
    }
}

/// A piece of work: positions in the plan's list of claims and in the claim's list of controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Control { claim: usize, control: usize },
    Block { claim: usize, first: u64, count: u64 },
}

impl Plan<'_> {
    /// The number of controls of all claims.
    pub(crate) fn controls(&self) -> usize {
        self.claims.iter().map(|claim| claim.controls.len()).sum()
    }

    /// The piece of work with a number; `None` past the last.
    fn unit(&self, number: u64) -> Option<Unit> {
        let mut number = usize::try_from(number).ok()?;
        for (claim, tested) in self.claims.iter().enumerate() {
            if number < tested.controls.len() {
                return Some(Unit::Control { claim, control: number });
            }
            number -= tested.controls.len();
        }
        let claim = number.checked_rem(self.claims.len())?;
        let first = u64::try_from(number / self.claims.len()).ok()?.checked_mul(BLOCK)?;
        let count = self.instances.checked_sub(first)?.min(BLOCK);
        (count > 0).then_some(Unit::Block { claim, first, count })
    }

    /// The counts of nothing.
    fn empty(&self) -> Vec<Counts> {
        let counts =
            |claim: &&Claim| Counts { tally: Tally::default(), controls: vec![None; claim.controls.len()] };
        self.claims.iter().map(counts).collect()
    }

    /// Whether what ran is what was announced. A checker that loses instances must not pass.
    fn verify(&self, counts: &[Counts], stop: Option<Stop>) -> Result<()> {
        for (claim, Counts { tally, controls }) in self.claims.iter().zip(counts) {
            let judged = tally.proved + tally.undecided + tally.refuted + tally.skipped;
            ensure!(
                judged == tally.instances,
                "internal error: {} has {} instances but {judged} outcomes",
                claim.id,
                tally.instances
            );
            if stop.is_none() {
                ensure!(
                    tally.instances == self.instances && controls.iter().all(Option::is_some),
                    "internal error: {} was announced with {} instances and ran {}",
                    claim.id,
                    self.instances,
                    tally.instances
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use widthwise_claims::CATALOGUE;

    use super::*;

    fn plan(instances: u64, jobs: usize) -> Plan<'static> {
        Plan { claims: CATALOGUE, seed: 1, instances, jobs, deadline: None }
    }

    #[test]
    fn the_units_are_every_control_and_every_instance_once() {
        for instances in [1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 7] {
            let plan = plan(instances, 1);
            let units: Vec<_> = (0..).map_while(|number| plan.unit(number)).collect();
            let mut controls = 0;
            let mut covered = vec![0; CATALOGUE.len()];
            for unit in units {
                match unit {
                    Unit::Control { claim, control } => {
                        assert!(control < CATALOGUE[claim].controls.len());
                        controls += 1;
                    }
                    // Blocks of a claim come in order, so each must begin where the last one ended.
                    Unit::Block { claim, first, count } => {
                        assert_eq!(covered[claim], first);
                        covered[claim] += count;
                    }
                }
            }
            assert_eq!(controls, plan.controls());
            assert!(covered.iter().all(|&covered| covered == instances));
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_counts() {
        let run = |jobs| run::<f64>(&plan(BLOCK / 4, jobs), &AtomicBool::new(false), &|_| ()).unwrap();
        let (one, stop) = run(1);
        assert_eq!(stop, None);
        assert_eq!(run(3).0, one);
    }

    #[test]
    fn an_interrupted_campaign_says_so() {
        let (counts, stop) = run::<f32>(&plan(1000, 2), &AtomicBool::new(true), &|_| ()).unwrap();
        assert_eq!(stop, Some(Stop::Interrupt));
        assert!(counts.iter().all(|counts| counts.tally.instances == 0));
    }

    #[test]
    fn an_exhausted_budget_stops_at_the_border_of_a_block() {
        let plan = Plan { deadline: Some(Instant::now()), ..plan(1000, 2) };
        let (_, stop) = run::<f32>(&plan, &AtomicBool::new(false), &|_| ()).unwrap();
        assert_eq!(stop, Some(Stop::TimeBudget));
    }

    #[test]
    fn lost_instances_are_noticed() {
        let plan = plan(10, 1);
        let counts = plan.empty();
        assert!(plan.verify(&counts, None).is_err());
        assert!(plan.verify(&counts, Some(Stop::Interrupt)).is_ok());
    }
}
