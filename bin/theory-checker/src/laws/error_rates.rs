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
        // A line of a law has seven fields, one of an exponent six.
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
    use widthwise_claims::law::{FALSE_ALARM, LAWS, POWER};

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
    fn the_table_speaks_of_the_exponents_that_there_are() {
        for law in LAWS {
            let lines = TABLE.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            let own: Vec<_> = lines.filter(|fields| fields.len() == 6 && fields[0] == law.id).collect();
            let stated: Vec<_> =
                law.exponents.iter().map(|e| [e.quantity.to_string(), e.predicted.to_string()]).collect();
            assert_eq!(own.iter().map(|fields| &fields[1..3]).collect::<Vec<_>>(), stated, "{}", law.id);
        }
    }
}
