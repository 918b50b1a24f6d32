// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whether an array has only finite entries, at the speed of memory.

use widthwise_rounding::Scalar;

/// Sums side by side, so that no addition waits for the one before.
const LANES: usize = 16;

/// Whether no entry is NaN or infinite.
pub(crate) fn is_finite<T: Scalar>(entries: &[T]) -> bool {
    // 0·x is zero for a finite x and NaN otherwise, and no later zero takes a NaN away.
    let mut poison = [T::zero(); LANES];
    let (chunks, rest) = entries.as_chunks::<LANES>();
    for chunk in chunks {
        for (poison, &entry) in poison.iter_mut().zip(chunk) {
            *poison += entry * T::zero();
        }
    }
    for (poison, &entry) in poison.iter_mut().zip(rest) {
        *poison += entry * T::zero();
    }
    poison.iter().all(|&poison| poison == T::zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn one_entry_anywhere_is_found() {
        for length in [1, 15, 16, 17, 40] {
            assert!(is_finite(&vec![f64::MAX; length]));
            for place in 0..length {
                for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    let mut entries = vec![-1e300; length];
                    entries[place] = value;
                    assert!(!is_finite(&entries), "{length} {place}");
                }
            }
        }
        assert!(is_finite::<f32>(&[]));
    }
}
