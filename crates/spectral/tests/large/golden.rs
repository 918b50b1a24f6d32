// SPDX-License-Identifier: MIT OR Apache-2.0

//! Norms known to 45 digits.

use crate::exact::Dyadic;
use crate::{ends, norm, widest_allowed, width};
use nalgebra::DMatrix;
use num_bigint::BigInt;

#[test]
fn golden_matrices_are_enclosed() {
    let table: serde_json::Value =
        serde_json::from_str(include_str!("../golden-spectral-norms.json")).unwrap();
    let mut seen = 0;
    for entry in table.as_array().unwrap() {
        let size = |key: &str| usize::try_from(entry[key].as_u64().unwrap()).unwrap();
        let rows = entry["rows_bits_hex"].as_array().unwrap();
        let entries = rows.iter().flat_map(|row| row.as_str().unwrap().split(' '));
        let a = DMatrix::from_row_iterator(
            size("m"),
            size("n"),
            entries.map(|bits| f64::from_bits(u64::from_str_radix(bits, 16).unwrap())),
        );
        let name = entry["name"].as_str().unwrap();
        let norm = norm(&a);
        // The value is right to 45 digits; digits · 10^power as a fraction.
        let text = entry["sigma1"].as_str().unwrap();
        let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let power = power.parse::<i64>().unwrap() - fraction.len() as i64;
        let digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
        let ten = |k: i64| BigInt::from(10).pow(u32::try_from(k).unwrap());
        let compare = |x: &Dyadic, change: i64| {
            let slack = ten(44);
            let (mut left, mut right) = (x.mantissa.clone() * &slack, digits.clone() * (&slack + change));
            if power >= 0 {
                right *= ten(power);
            } else {
                left *= ten(-power);
            }
            let shift = usize::try_from(x.exponent.unsigned_abs()).unwrap();
            if x.exponent >= 0 {
                left <<= shift;
            } else {
                right <<= shift;
            }
            left.cmp(&right)
        };
        let (lo, hi) = ends(&norm.scaled());
        assert!(compare(&lo, 1).is_le(), "{name} {norm:?}");
        assert!(compare(&hi, -1).is_ge(), "{name} {norm:?}");
        let (m, n) = a.shape();
        let allowed = widest_allowed(&norm, m, n).max(10.0);
        assert!(width(&norm) <= allowed, "{name}: {}u {norm:?}", width(&norm));
        seen += usize::from(m.min(n) >= 3);
    }
    assert_eq!(seen, 40);
}
