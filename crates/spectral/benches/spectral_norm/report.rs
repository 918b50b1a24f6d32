// SPDX-License-Identifier: MIT OR Apache-2.0

//! The results as a table, as a plot, and as JSON for the script that compares with Python.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

use crate::rounds::Times;

/// The times of all contenders on matrices of one shape and format.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) format: &'static str,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) matrices: usize,
    pub(crate) times: Vec<Times>,
}

fn human(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "us"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s "),
    };
    format!("{value:8.2} {unit}")
}

/// Prints the minimum of each contender and, for ours, the ratio to each peer: median and quartiles over the rounds.
pub(crate) fn print_table(case: &Case) {
    let rounds = case.times.first().map_or(0, |times| times.rounds.len());
    println!("\n{} {} x {}, {rounds} rounds", case.format, case.rows, case.columns);
    let (ours, peers): (Vec<_>, Vec<_>) = case.times.iter().partition(|times| times.ours);
    for times in &ours {
        print!("  {:18} {}", times.name, human(times.minimum()));
        for peer in &peers {
            let ratio = times.ratio_to(peer);
            print!("   {:.4} [{:.4}, {:.4}] of {}", ratio.median, ratio.lower, ratio.upper, peer.name);
        }
        println!();
    }
    for times in &peers {
        println!("  {:18} {}", times.name, human(times.minimum()));
    }
}

/// Plots the minima of the square cases of one format against the number of rows, both logarithmic.
pub(crate) fn plot(cases: &[Case], format: &str, path: &Path) -> Result<(), Box<dyn Error>> {
    let square: Vec<&Case> =
        cases.iter().filter(|case| case.format == format && case.rows == case.columns).collect();
    let (Some(first), Some(last)) = (square.first(), square.last()) else { return Ok(()) };
    let mut names: Vec<(&str, bool)> = Vec::new();
    for times in square.iter().flat_map(|case| &case.times) {
        if !names.contains(&(times.name, times.ours)) {
            names.push((times.name, times.ours));
        }
    }
    let points = |name: &str| -> Vec<(f64, f64)> {
        let of = |case: &&Case| case.times.iter().find(|times| times.name == name).map(Times::minimum);
        square.iter().filter_map(|case| of(case).map(|time| (case.rows as f64, time * 1e6))).collect()
    };
    let all: Vec<f64> = names.iter().flat_map(|(name, _)| points(name)).map(|(_, time)| time).collect();
    let low = all.iter().fold(f64::INFINITY, |low, &time| if time < low { time } else { low });
    let high = all.iter().fold(0.0, |high, &time| if time > high { time } else { high });

    let drawing = SVGBackend::new(path, (900, 600)).into_drawing_area();
    drawing.fill(&WHITE)?;
    let (left, right) = (first.rows as f64 * 0.9, last.rows as f64 * 1.2);
    let mut chart = ChartBuilder::on(&drawing)
        .caption(format!("Largest singular value, {format}: time of one matrix"), ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(72)
        .build_cartesian_2d((left..right).log_scale(), (low * 0.7..high * 1.4).log_scale())?;
    chart.configure_mesh().x_desc("rows").y_desc("microseconds").draw()?;
    for (index, &(name, ours)) in names.iter().enumerate() {
        let colour = Palette99::pick(index).to_rgba();
        let style = colour.stroke_width(if ours { 3 } else { 1 });
        chart
            .draw_series(LineSeries::new(points(name), style))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .border_style(BLACK)
        .background_style(WHITE)
        .draw()?;
    drawing.present()?;
    println!("plot: {}", path.display());
    Ok(())
}

/// Writes the cases as JSON.
pub(crate) fn write_json(cases: &[Case], path: &Path) -> Result<(), Box<dyn Error>> {
    let case = |case: &Case| {
        let seconds: serde_json::Map<_, _> =
            case.times.iter().map(|times| (times.name.to_owned(), times.minimum().into())).collect();
        serde_json::json!({
            "format": case.format, "rows": case.rows, "columns": case.columns,
            "matrices": case.matrices, "seconds": seconds,
        })
    };
    let cases: Vec<_> = cases.iter().map(case).collect();
    std::fs::write(path, serde_json::to_string_pretty(&cases)?)?;
    Ok(())
}
