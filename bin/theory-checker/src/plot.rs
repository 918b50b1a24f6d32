// SPDX-License-Identifier: MIT OR Apache-2.0

//! Small multiples on logarithmic axes, as SVG: quantities against the width, in which a power of the width is a straight line.
//!
//! Points are given by the natural logarithms of their coordinates, as means of logarithms are what is known of them; so no value is too large to
//! be drawn. Every panel of a grid shows at least a factor of ten, lest noise look like a trend.

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

/// A curve: points, and a line that is fitted through them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    /// What the key says.
    pub(crate) label: String,
    /// Natural logarithms of abscissa and ordinate.
    pub(crate) points: Vec<[f64; 2]>,
    /// The power, if one was fitted: the line has this slope and runs through the mean of the points.
    pub(crate) power: Option<f64>,
}

/// A pair of axes with its curves.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Panel {
    /// What stands above it.
    pub(crate) title: String,
    /// The curves; colours follow their order.
    pub(crate) series: Vec<Series>,
}

/// Panels in rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figure {
    /// What stands above all.
    pub(crate) title: String,
    /// What the abscissa is.
    pub(crate) abscissa: &'static str,
    /// The panels, row by row.
    pub(crate) rows: Vec<Vec<Panel>>,
}

/// Pixels of a panel with its key.
const PANEL: (u32, u32) = (350, 220);

/// Pixels of the line above all.
const HEAD: u32 = 34;

/// Pixels of the key: its width, its upper end, a line.
const KEY: u32 = 84;
const KEY_TOP: i32 = 44;
const KEY_LINE: i32 = 15;

impl Figure {
    /// The figure as the text of an SVG file.
    ///
    /// # Errors
    ///
    /// Fails if the plot cannot be drawn.
    pub(crate) fn svg(&self) -> Result<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let size =
            |panel: u32, count: usize| u32::try_from(count).ok().and_then(|count| panel.checked_mul(count));
        let (Some(width), Some(height)) = (size(PANEL.0, columns), size(PANEL.1, self.rows.len().max(1)))
        else {
            return Err(anyhow!("too many panels for a plot"));
        };
        let mut text = String::new();
        let area =
            SVGBackend::with_string(&mut text, (width, height.saturating_add(HEAD))).into_drawing_area();
        self.draw(&area, columns).map_err(|error| anyhow!("cannot draw the plot: {error}"))?;
        drop(area);
        Ok(text)
    }

    fn draw(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
        columns: usize,
    ) -> Result<(), Box<dyn core::error::Error>> {
        area.fill(&WHITE)?;
        let (head, body) = area.split_vertically(HEAD);
        head.titled(&self.title, ("sans-serif", 16))?;
        let places = body.split_evenly((self.rows.len().max(1), columns));
        for (row, places) in self.rows.iter().zip(places.chunks(columns)) {
            for (panel, place) in row.iter().zip(places) {
                self.draw_panel(panel, place)?;
            }
        }
        area.present()?;
        Ok(())
    }

    fn draw_panel(
        &self,
        panel: &Panel,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
    ) -> Result<(), Box<dyn core::error::Error>> {
        let (area, key) = area.split_horizontally(PANEL.0.saturating_sub(KEY));
        // Octaves to the right, decades upwards: ticks at whole numbers of them are round numbers.
        let (octave, decade) = (core::f64::consts::LN_2, core::f64::consts::LN_10);
        let scaled = |[x, y]: [f64; 2]| (x / octave, y / decade);
        let points =
            || panel.series.iter().flat_map(|series| series.points.iter().map(|&point| scaled(point)));
        let Some([left, right]) = range(points().map(|(x, _)| x), 0.25, 1.0) else { return Ok(()) };
        let Some([low, high]) = range(points().map(|(_, y)| y), 0.1, 1.0) else { return Ok(()) };
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .caption(&panel.title, ("sans-serif", 14))
            .x_label_area_size(34)
            .y_label_area_size(46)
            .build_cartesian_2d(left..right, low..high)?;
        chart
            .configure_mesh()
            .x_desc(self.abscissa)
            .x_labels(5)
            .y_labels(5)
            .x_label_formatter(&|&x| tick(x * octave))
            .y_label_formatter(&|&y| tick(y * decade))
            .light_line_style(TRANSPARENT)
            .bold_line_style(BLACK.mix(0.12))
            .draw()?;
        let mut height = KEY_TOP;
        for (index, series) in panel.series.iter().enumerate() {
            let color = shade(index, panel.series.len());
            let points: Vec<_> = series.points.iter().map(|&point| scaled(point)).collect();
            if let (Some(power), Some(&(x, _)), Some(&(end, _))) =
                (series.power, points.first(), points.last())
            {
                let mean = |of: fn(&(f64, f64)) -> f64| {
                    points.iter().map(of).sum::<f64>() / points.iter().map(|_| 1.0).sum::<f64>()
                };
                let (center, level) = (mean(|point| point.0), mean(|point| point.1));
                let at = |x: f64| (x, level + power * (x - center) * octave / decade);
                chart.draw_series(LineSeries::new([at(x), at(end)], color.stroke_width(1)))?;
            }
            chart.draw_series(points.iter().map(|&point| Circle::new(point, 3, color.filled())))?;
            // The key stands beside the axes, where it hides no curve.
            key.draw(&Circle::new((3, height), 3, color.filled()))?;
            key.draw(&Text::new(series.label.clone(), (10, height - 5), ("sans-serif", 11)))?;
            height += KEY_LINE;
        }
        Ok(())
    }
}

/// The ends of what holds all values, with a margin on both sides, at least so wide; `None` for no finite value.
fn range(values: impl Iterator<Item = f64>, margin: f64, least: f64) -> Option<[f64; 2]> {
    let ends = values.filter(|value| value.is_finite()).fold(None, |ends: Option<[f64; 2]>, value| {
        let [lo, hi] = ends.unwrap_or([value, value]);
        Some([if value < lo { value } else { lo }, if value > hi { value } else { hi }])
    });
    let [lo, hi] = ends?;
    let missing = least - (hi - lo);
    let more = margin + if missing > 0.0 { missing / 2.0 } else { 0.0 };
    Some([lo - more, hi + more])
}

/// The number with this natural logarithm, to three digits.
fn tick(logarithm: f64) -> String {
    let decades = logarithm / core::f64::consts::LN_10;
    if !(-3.0..4.5).contains(&decades) {
        return format!("1e{}", decades.round());
    }
    let value = libm::exp(logarithm);
    let digits = if value >= 9.995 {
        0
    } else if value >= 0.9995 {
        1
    } else if value >= 0.09995 {
        2
    } else {
        4
    };
    let text = format!("{value:.digits$}");
    let trimmed = if digits > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    trimmed.to_owned()
}

/// Light for early curves, dark for late ones.
fn shade(index: usize, count: usize) -> RGBColor {
    const FIRST: [f64; 3] = [158.0, 202.0, 225.0];
    const LAST: [f64; 3] = [8.0, 48.0, 107.0];
    let of = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    let place = if count > 1 { of(index) / of(count - 1) } else { 1.0 };
    let mut channels = FIRST.iter().zip(&LAST).map(|(first, last)| byte(first + (last - first) * place));
    let mut next = || channels.next().unwrap_or(0);
    RGBColor(next(), next(), next())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 255, as both ends are"
)]
fn byte(value: f64) -> u8 {
    value.round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(points: Vec<[f64; 2]>) -> Figure {
        let series = Series { label: "step 1".to_owned(), points, power: Some(0.5) };
        let panel = Panel { title: "RMS(z_1) < 1 & more".to_owned(), series: vec![series] };
        Figure { title: "a plot".to_owned(), abscissa: "width", rows: vec![vec![panel.clone(), panel]] }
    }

    #[test]
    fn a_plot_has_a_mark_for_every_point_and_its_text_is_escaped() {
        let svg = figure(vec![[4.16, 0.0], [4.85, 0.35], [5.55, 0.7]]).svg().unwrap();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
        // Three points and the one in the key, twice.
        assert_eq!(svg.matches("<circle").count(), 8);
        assert!(svg.contains("RMS(z_1) &lt; 1 &amp; more") && !svg.contains("NaN"));
    }

    #[test]
    fn values_of_any_size_are_drawn_and_none_are_no_error() {
        for points in [vec![[0.0, -744.0], [9.0, 709.0]], vec![[1.0, 1.0]], vec![], vec![[f64::NAN, 1.0]]] {
            let svg = figure(points).svg().unwrap();
            assert!(svg.trim_end().ends_with("</svg>") && !svg.contains("NaN"));
        }
        assert!(Figure { rows: vec![], ..figure(vec![]) }.svg().is_ok());
    }

    #[test]
    fn ticks_are_round_numbers() {
        let tick = |value: f64| tick(libm::log(value));
        assert_eq!(
            ["64", "0.1", "1", "3.2", "0.32", "1e-5", "1e7"],
            [64.0, 0.1, 1.0, 3.16, 0.316, 1e-5, 1e7].map(tick).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn noise_does_not_fill_a_panel() {
        let [lo, hi] = range([0.01, -0.01].into_iter(), 0.1, 1.0).unwrap();
        assert!(hi - lo > 1.0);
        assert_eq!(range([f64::NAN].into_iter(), 0.1, 1.0), None);
    }
}
