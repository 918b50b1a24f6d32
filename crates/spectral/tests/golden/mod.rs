// SPDX-License-Identifier: MIT OR Apache-2.0

//! The golden table: matrices by their bits, and their largest singular value to 45 digits.

use nalgebra::DMatrix;
use num_bigint::BigInt;

use super::exact::Dyadic;

/// A matrix and what is known of its norm `σ`.
#[derive(Clone, Debug)]
pub(crate) struct Golden {
    pub(crate) name: String,
    pub(crate) matrix: DMatrix<f64>,
    /// `σ` lies between these fractions.
    below: Fraction,
    above: Fraction,
}

/// Numerator and denominator.
type Fraction = (BigInt, BigInt);

impl Golden {
    /// The table.
    pub(crate) fn all() -> Vec<Self> {
        let table: serde_json::Value =
            serde_json::from_str(include_str!("../golden-spectral-norms.json")).unwrap();
        let all: Vec<_> = table.as_array().unwrap().iter().map(Self::of).collect();
        assert_eq!(all.len(), 41);
        all
    }

    fn of(entry: &serde_json::Value) -> Self {
        let size = |key: &str| usize::try_from(entry[key].as_u64().unwrap()).unwrap();
        let rows = entry["rows_bits_hex"].as_array().unwrap().iter();
        let bits = rows.flat_map(|row| row.as_str().unwrap().split(' '));
        let entries = bits.map(|bits| f64::from_bits(u64::from_str_radix(bits, 16).unwrap()));
        let matrix = DMatrix::from_row_iterator(size("m"), size("n"), entries);
        let (numerator, denominator) = decimal(entry["sigma1"].as_str().unwrap());
        let slack = BigInt::from(10).pow(44);
        Self {
            name: entry["name"].as_str().unwrap().to_owned(),
            matrix,
            below: (&numerator * (&slack - 1), &denominator * &slack),
            above: (&numerator * (&slack + 1), &denominator * &slack),
        }
    }

    /// Whether the digits allow `factor · σ^power ≤ bound`.
    pub(crate) fn power_is_at_most(&self, factor: &Dyadic, power: u32, bound: &Dyadic) -> bool {
        compare(factor, &self.below, power, bound).is_le()
    }

    /// Whether the digits allow `factor · σ^power ≥ bound`.
    pub(crate) fn power_is_at_least(&self, factor: &Dyadic, power: u32, bound: &Dyadic) -> bool {
        compare(factor, &self.above, power, bound).is_ge()
    }
}

/// `factor · fraction^power` and `bound`.
fn compare(factor: &Dyadic, fraction: &Fraction, power: u32, bound: &Dyadic) -> std::cmp::Ordering {
    let unit = factor.exponent.min(bound.exponent);
    let left = factor.at(unit) * fraction.0.pow(power);
    left.cmp(&(bound.at(unit) * fraction.1.pow(power)))
}

/// The decimal number as a fraction.
fn decimal(text: &str) -> Fraction {
    let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let power = power.parse::<i64>().unwrap() - fraction.len() as i64;
    let numerator: BigInt = format!("{whole}{fraction}").parse().unwrap();
    let ten = |k: i64| BigInt::from(10).pow(u32::try_from(k).unwrap());
    if power >= 0 { (numerator * ten(power), BigInt::from(1)) } else { (numerator, ten(-power)) }
}
