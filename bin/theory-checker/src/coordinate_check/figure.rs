// SPDX-License-Identifier: MIT OR Apache-2.0

//! The plot of a coordinate check: a row for each observable, a column for each layer, a curve for each step.

use anyhow::Result;
use widthwise_claims::coordinate_check::{Coordinate, Estimate, Observable, Report};
use widthwise_rounding::Scalar;

use super::{Outcome, human};
use crate::plot::{Figure, Panel, Series};

/// More curves than that are no longer told apart.
const MOST_CURVES: usize = 6;

/// The plot as SVG.
pub(super) fn svg(outcome: &Outcome<'_>, report: &Report) -> Result<String> {
    let check = &outcome.check;
    let panel = |observable: Observable, layer: usize| {
        let steps: Vec<_> = steps(check.steps);
        let estimates =
            steps.iter().filter_map(|&step| report.estimate(Coordinate { observable, layer, step }));
        Panel { title: observable.formula(layer), series: estimates.map(series).collect() }
    };
    let row = |observable| (1..=check.layers()).map(|layer| panel(observable, layer)).collect();
    let figure = Figure {
        title: format!("{}: {}", human::subject(outcome), human::headline(outcome)),
        abscissa: "width",
        rows: Observable::ALL.into_iter().map(row).collect(),
    };
    figure.svg()
}

/// The start, the last step, and so many of those between that the curves can be told apart.
fn steps(last: usize) -> Vec<usize> {
    if last < MOST_CURVES {
        return (0..=last).collect();
    }
    (0..MOST_CURVES).map(|curve| last * curve / (MOST_CURVES - 1)).collect()
}

fn series(estimate: &Estimate) -> Series {
    let points = estimate
        .samples
        .iter()
        .map(|sample| [f64::from_count(sample.width).natural_logarithm(), sample.mean]);
    let moment = match estimate.coordinate.step {
        0 => "start".to_owned(),
        step => format!("step {step}"),
    };
    let power = estimate.slope.map(|slope| slope.estimate);
    let label = power.map_or(moment.clone(), |power| format!("{moment}: {}", human::hundredths(power)));
    Series { label, points: points.collect(), power }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_few_and_hold_both_ends() {
        assert_eq!(steps(3), [0, 1, 2, 3]);
        assert_eq!(steps(5), [0, 1, 2, 3, 4, 5]);
        assert_eq!(steps(100), [0, 20, 40, 60, 80, 100]);
    }
}
