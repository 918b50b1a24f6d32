// SPDX-License-Identifier: MIT OR Apache-2.0

//! Measures how often the laws err: every law at the least effort, on many seeds.
//!
//! ```sh
//! cargo run --release -p widthwise-claims --features alloc --example error_rates -- 1000 > crates/claims/error-rates.txt
//! ```
//!
//! Behind the number of seeds, ids of laws choose among them.
//!
//! A false alarm is a seed that refutes the law; a miss is one that does not refute the control. Rates far below one in a thousand cannot be
//! counted, so beside the counts stand those of a normal distribution with the mean and the standard deviation of the estimated slopes, summed over
//! the quantities of a law for false alarms, and for the quantity that tells best for misses.

#![allow(clippy::std_instead_of_core, reason = "an example for the desk, with threads and output")]

use std::error::Error;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use widthwise_claims::law::{Effort, Exponent, Findings, LAWS, Law, Measurements, Memory, TOLERANCE};
use widthwise_rounding::Scalar;

/// The first seed; the checker's own is none of them.
const FIRST_SEED: u64 = 1_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let seeds: u64 = arguments.next().ok_or("how many seeds?")?.parse()?;
    let chosen: Vec<_> = arguments.collect();
    println!(
        "# The rates of error of the laws at the effort \"quick\", measured by the example `error_rates`."
    );
    println!(
        "# An exponent: law, quantity, predicted, mean and standard deviation of the estimates, largest standard error."
    );
    println!(
        "# A law: law, seeds, refuted, open, controls not refuted, false alarms and misses by normal tails."
    );
    for law in LAWS.iter().filter(|law| chosen.is_empty() || chosen.iter().any(|id| id == law.id)) {
        report(law, &findings(law, seeds)?);
    }
    Ok(())
}

/// The findings on each seed, by all cores.
fn findings(law: &'static Law, seeds: u64) -> Result<Vec<Findings>, Box<dyn Error>> {
    let next = AtomicU64::new(0);
    let share = || {
        let (mut share, mut memory) = (Vec::new(), Memory::default());
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= seeds {
                return share;
            }
            share.push((number, on_seed(law, FIRST_SEED + number, &mut memory)));
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut all = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(share)).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect::<Vec<_>>()
    });
    all.sort_by_key(|(number, _)| *number);
    let findings: Vec<_> = all.into_iter().filter_map(|(_, findings)| findings).collect();
    if u64::try_from(findings.len())? < seeds {
        return Err(format!("{}: a seed has no findings", law.id).into());
    }
    Ok(findings)
}

fn on_seed(law: &'static Law, seed: u64, memory: &mut Memory) -> Option<Findings> {
    let design = law.design(Effort::Quick);
    let mut measurements = Measurements::new(law, design);
    for address in design.addresses() {
        measurements.record(address, law.measure(seed, address, memory));
    }
    measurements.findings()
}

fn report(law: &Law, findings: &[Findings]) {
    let (mut false_alarms, mut misses) = (0.0, 1.0);
    for (quantity, exponent) in law.exponents.iter().enumerate() {
        let estimates = || findings.iter().filter_map(|findings| findings.estimates().get(quantity));
        let slopes: Vec<f64> =
            estimates().filter_map(|estimate| estimate.slope).map(|slope| slope.estimate).collect();
        let largest = estimates()
            .filter_map(|estimate| estimate.slope)
            .fold(0.0, |largest: f64, slope| largest.greater(slope.standard_error));
        let (mean, deviation) = moments(&slopes);
        let Exponent { quantity, predicted, control } = *exponent;
        println!("{} {quantity} {predicted} {mean:.4} {deviation:.4} {largest:.4}", law.id);
        let bias = mean - predicted.to_f64();
        false_alarms += tail((TOLERANCE - bias) / deviation) + tail((TOLERANCE + bias) / deviation);
        let distance = (mean - control.to_f64()).magnitude();
        let missed = tail((distance - TOLERANCE) / deviation);
        misses = if missed < misses { missed } else { misses };
    }
    let count = |what: fn(&Findings) -> bool| findings.iter().filter(|findings| what(findings)).count();
    println!(
        "{} {} {} {} {} {false_alarms:.1e} {misses:.1e}",
        law.id,
        findings.len(),
        count(Findings::prediction_is_refuted),
        count(|findings| !findings.prediction_is_refuted() && !findings.prediction_holds()),
        count(|findings| !findings.control_is_refuted()),
    );
}

/// Mean and standard deviation.
fn moments(x: &[f64]) -> (f64, f64) {
    let count = f64::from_count(x.len());
    let mean = x.iter().sum::<f64>() / count;
    let squares = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
    (mean, (squares / (count - 1.0)).square_root())
}

/// The probability that a standard normal number exceeds `x`.
fn tail(x: f64) -> f64 {
    0.5 * libm::erfc(x * core::f64::consts::FRAC_1_SQRT_2)
}
