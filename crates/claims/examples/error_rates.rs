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
//! counted, so beside the counts stand those of a normal distribution with the mean and the standard deviation of the estimates, summed over
//! the estimates of a law for false alarms, and for the estimate that tells best for misses. Ranges and distributions have a probability of a false alarm
//! that is a theorem's, and it is summed instead.

#![allow(clippy::std_instead_of_core, reason = "an example for the desk, with threads and output")]

use std::error::Error;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use widthwise_claims::law::{
    Effort, Estimate, Exponent, Findings, LAWS, LEVEL, Law, Measurements, Memory, STANDARD_ERRORS, TOLERANCE,
};
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
        "# Another: law, quantity, size, form, predicted, mean and deviation of what is compared, its largest error or bound."
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
    // Every seed has the same estimates, in the same order.
    for position in 0..findings.first().map_or(0, |findings| findings.estimates().len()) {
        let estimates: Vec<_> =
            findings.iter().filter_map(|findings| findings.estimates().get(position).copied()).collect();
        let rates = match estimates.first() {
            Some(Estimate::Exponent(_)) => of_exponent(law, &estimates),
            Some(Estimate::Mean(_)) => of_mean(law, &estimates),
            Some(Estimate::Range(_)) => of_range(law, &estimates),
            Some(Estimate::Distribution(_)) => of_distribution(law, &estimates),
            None => continue,
        };
        false_alarms += rates.false_alarm;
        misses = if rates.miss < misses { rates.miss } else { misses };
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

/// How often one estimate errs.
struct Rates {
    false_alarm: f64,
    miss: f64,
}

fn of_exponent(law: &Law, estimates: &[Estimate]) -> Rates {
    let exponents: Vec<_> = estimates.iter().filter_map(Estimate::exponent).collect();
    let slopes: Vec<_> = exponents.iter().filter_map(|estimate| estimate.slope).collect();
    let largest = slopes.iter().fold(0.0, |largest: f64, slope| largest.greater(slope.standard_error));
    let slopes: Vec<_> = slopes.iter().map(|slope| slope.estimate).collect();
    let (mean, deviation) = moments(&slopes);
    let Some(Exponent { quantity, predicted, control }) = exponents.first().map(|estimate| estimate.exponent)
    else {
        return Rates { false_alarm: 1.0, miss: 1.0 };
    };
    println!("{} {quantity} {predicted} {mean:.4} {deviation:.4} {largest:.4}", law.id);
    let bias = mean - predicted.to_f64();
    Rates {
        false_alarm: tail((TOLERANCE - bias) / deviation) + tail((TOLERANCE + bias) / deviation),
        miss: tail(((mean - control.to_f64()).magnitude() - TOLERANCE) / deviation),
    }
}

fn of_mean(law: &Law, estimates: &[Estimate]) -> Rates {
    let mut means = Vec::new();
    let (mut largest, mut errors) = (0.0_f64, 0.0);
    let mut model = None;
    for estimate in estimates {
        if let Estimate::Mean(estimate) = estimate
            && let Some(average) = estimate.average
        {
            means.push(average.mean);
            largest = largest.greater(average.standard_error);
            errors += average.standard_error;
            model = Some(*estimate);
        }
    }
    let Some(model) = model else { return Rates { false_alarm: 1.0, miss: 1.0 } };
    let (mean, deviation) = moments(&means);
    let margin = |value: f64| {
        model.model_error * value.magnitude() + STANDARD_ERRORS * errors / f64::from_count(means.len())
    };
    let (quantity, size, predicted) = (model.quantity, model.size, model.predicted);
    println!("{} {quantity} {size} mean {predicted:.6} {mean:.6} {deviation:.6} {largest:.6}", law.id);
    let bias = mean - predicted;
    Rates {
        false_alarm: tail((margin(predicted) - bias) / deviation)
            + tail((margin(predicted) + bias) / deviation),
        miss: tail(((mean - model.control).magnitude() - margin(model.control)) / deviation),
    }
}

fn of_range(law: &Law, estimates: &[Estimate]) -> Rates {
    let (mut least, mut greatest) = (Vec::new(), Vec::new());
    let mut model = None;
    for estimate in estimates {
        if let Estimate::Range(estimate) = estimate
            && let Some([lo, hi]) = estimate.extremes
        {
            least.push(lo);
            greatest.push(hi);
            model = Some(*estimate);
        }
    }
    let Some(model) = model else { return Rates { false_alarm: 1.0, miss: 1.0 } };
    let (least, greatest) = (moments(&least), moments(&greatest));
    let [lo, hi] = model.predicted;
    // The end that is a number; of two, the upper.
    let (end, (mean, deviation)) = if hi.is_finite() { (hi, greatest) } else { (lo, least) };
    let draws = f64::from_count(law.design(Effort::Quick).draws);
    let (quantity, size) = (model.quantity, model.size);
    println!(
        "{} {quantity} {size} range {end:.6} {mean:.6} {deviation:.6} {:.1e}",
        law.id,
        draws * model.tail
    );
    let [lo, hi] = model.control;
    let misses = [tail((greatest.0 - hi) / greatest.1), tail((lo - least.0) / least.1)];
    Rates { false_alarm: draws * model.tail, miss: misses[0].lesser(misses[1]) }
}

fn of_distribution(law: &Law, estimates: &[Estimate]) -> Rates {
    let (mut distances, mut from_control) = (Vec::new(), Vec::new());
    let mut model = None;
    for estimate in estimates {
        if let Estimate::Distribution(estimate) = estimate
            && let Some((predicted, control)) = estimate.distances
        {
            distances.push(predicted);
            from_control.push(control);
            model = Some(*estimate);
        }
    }
    let Some(model) = model else { return Rates { false_alarm: 1.0, miss: 1.0 } };
    let (mean, deviation) = moments(&distances);
    let (quantity, size, critical) = (model.quantity, model.size, model.critical);
    println!("{} {quantity} {size} distribution 0 {mean:.6} {deviation:.6} {critical:.6}", law.id);
    let (mean, deviation) = moments(&from_control);
    Rates { false_alarm: LEVEL, miss: tail((mean - critical) / deviation) }
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
