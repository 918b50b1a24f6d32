// SPDX-License-Identifier: MIT OR Apache-2.0

//! How often laws err: the table that `widthwise-claims` keeps, measured by its example `error_rates`.

use serde::Serialize;

/// The table, as a reader of the repository finds it.
pub(crate) const FILE: &str = "crates/claims/error-rates.txt";

const TABLE: &str = include_str!("../../../../crates/claims/error-rates.txt");

/// What became of a law on many seeds, at the least effort.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct ErrorRates {
    /// Seeds tried.
    pub(crate) seeds: u64,
    /// Seeds that refuted the law.
    pub(crate) refuted: u64,
    /// Seeds that left it open.
    pub(crate) open: u64,
    /// Seeds that did not refute the control.
    pub(crate) control_not_refuted: u64,
    /// The probability of a false alarm if estimates are normal with the mean and scatter that they had.
    pub(crate) false_alarm: f64,
    /// The same of a control that is not refuted.
    pub(crate) miss: f64,
}

/// The rates of a law; `None` if it is not in the table.
pub(crate) fn of(id: &str) -> Option<ErrorRates> {
    TABLE.lines().find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        // A line of a law has seven fields, one of an exponent six, one of another estimate eight.
        let [law, seeds, refuted, open, control_not_refuted, false_alarm, miss] = fields[..] else {
            return None;
        };
        (law == id).then_some(())?;
        let count = |field: &str| field.parse().ok();
        let rate = |field: &str| field.parse().ok();
        Some(ErrorRates {
            seeds: count(seeds)?,
            refuted: count(refuted)?,
            open: count(open)?,
            control_not_refuted: count(control_not_refuted)?,
            false_alarm: rate(false_alarm)?,
            miss: rate(miss)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use widthwise_claims::law::{Effort, Estimand, FALSE_ALARM, LAWS, POWER};

    use super::*;

    #[test]
    fn every_law_keeps_the_rates_that_are_stated() {
        for law in LAWS {
            let rates = of(law.id).unwrap();
            assert!(rates.seeds >= 1000, "{} {rates:?}", law.id);
            assert_eq!((rates.refuted, rates.control_not_refuted), (0, 0), "{}", law.id);
            assert!(rates.false_alarm <= FALSE_ALARM, "{} {rates:?}", law.id);
            assert!(1.0 - rates.miss >= POWER, "{} {rates:?}", law.id);
            assert!(rates.open * 200 <= rates.seeds, "{} {rates:?}", law.id);
        }
        assert_eq!(of("spectral.rule"), None);
    }

    #[test]
    fn the_table_speaks_of_the_estimands_that_there_are() {
        for law in LAWS {
            let lines = TABLE.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            let own: Vec<_> = lines.filter(|fields| fields[0] == law.id).collect();
            let fields = |count: usize, range: core::ops::Range<usize>| {
                let lines = own.iter().filter(move |fields| fields.len() == count);
                lines.map(|fields| fields[range.clone()].join(" ")).collect::<Vec<_>>()
            };
            let exponents = law.estimands.iter().filter_map(Estimand::exponent);
            let stated: Vec<_> = exponents.map(|e| format!("{} {}", e.quantity, e.predicted)).collect();
            assert_eq!(fields(6, 1..3), stated, "{}", law.id);
            let sizes = law.design(Effort::Quick).sizes;
            let others = law.estimands.iter().filter(|estimand| estimand.exponent().is_none());
            let stated: Vec<_> = others
                .flat_map(|e| sizes.iter().map(move |size| format!("{} {size}", e.quantity())))
                .collect();
            assert_eq!(fields(8, 1..3), stated, "{}", law.id);
        }
    }
}
