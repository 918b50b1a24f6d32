// SPDX-License-Identifier: MIT OR Apache-2.0

//! The losses as curves over the constant of the rate, a panel for each rule.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

use crate::{Sweep, WIDTHS};

/// Writes the plot as SVG.
///
/// # Errors
///
/// Fails if the file cannot be written.
pub fn write(path: &Path, sweeps: &[Sweep]) -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (900, 400)).into_drawing_area();
        area.fill(&WHITE)?;
        for (panel, sweep) in area.split_evenly((1, sweeps.len())).iter().zip(sweeps) {
            draw(panel, sweep)?;
        }
        area.present()?;
    }
    std::fs::write(path, text)?;
    Ok(())
}

fn draw(
    panel: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    sweep: &Sweep,
) -> Result<(), Box<dyn Error>> {
    let (first, last) = (sweep.exponents[0], sweep.exponents[7]);
    let mut chart = ChartBuilder::on(panel)
        .margin(10)
        .caption(sweep.rule.name, ("sans-serif", 18))
        .x_label_area_size(40)
        .y_label_area_size(40)
        .build_cartesian_2d(first..last, (0.02..4.0_f64).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("log2 of the constant of the rate")
        .y_desc("loss")
        .light_line_style(TRANSPARENT)
        .draw()?;
    for (index, (width, losses)) in WIDTHS.iter().zip(&sweep.losses).enumerate() {
        let color = HSLColor(0.6 - 0.2 * index as f64, 0.8, 0.4);
        let points =
            sweep.exponents.iter().zip(losses).map(|(exponent, loss)| (*exponent, loss.clamp(0.02, 4.0)));
        chart
            .draw_series(LineSeries::new(points, color.stroke_width(2)).point_size(3))?
            .label(width.to_string())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .border_style(BLACK)
        .background_style(WHITE)
        .position(SeriesLabelPosition::UpperLeft)
        .draw()?;
    Ok(())
}
