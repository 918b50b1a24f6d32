// SPDX-License-Identifier: MIT OR Apache-2.0

//! A self-test for a known fault of compilers: does this build compute what is written?
//!
//! A certified bound is worth nothing if the compiler breaks the arithmetic under it, and some releases do. rustc 1.95.0, 1.96.0 and
//! 1.96.1 (LLVM 22.1.2) miscompile safe code at opt-level 3 on x86-64 and i686 without SSE4.1, which is their default: a small matrix
//! that is filled in its upper triangle in memory, mirrored, and summed before and after scaling comes out with entries mixed up. A
//! certified upper bound may then lie *below* the truth, by percents, and nothing warns.
//!
//! | build | this code |
//! | --- | --- |
//! | rustc 1.91 to 1.94, and 1.97 on | right at every opt-level |
//! | rustc 1.95 and 1.96, opt-level 0, 1, 2, `s`, `z` | right |
//! | rustc 1.95 and 1.96, opt-level 3, `-C target-cpu=x86-64-v2` or `-C no-vectorize-slp` | right |
//! | rustc 1.95 and 1.96, opt-level 3 (the default of `--release`), plain x86-64 or i686 | **wrong** |
//!
//! No kernel of this crate is written in that form, and their bits are compared with golden ones at opt-level 3 too. Still, code beside
//! them may be: a program whose results matter runs [`self_test`] once at its start, and refuses to go on if it fails.
//!
//! The test is about the settings with which *this* crate was compiled. It is not generic, so they are those of the profile, unless
//! the profile overrides them for this package alone.

use core::hint::black_box;

/// Four rows of four numbers, in memory: the form that is broken.
type Rows = [[f64; 4]; 4];

/// What the self-test found: a compiler that broke the computation.
///
/// # Examples
///
/// ```
/// if let Err(fault) = widthwise_linalg::canary::self_test() {
///     assert!(fault.computed() < fault.lower() || fault.computed() > fault.upper());
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Miscompilation {
    computed: f64,
}

impl Miscompilation {
    /// What this build computed.
    #[must_use]
    pub fn computed(&self) -> f64 {
        self.computed
    }

    /// The least right result.
    #[must_use]
    pub fn lower(&self) -> f64 {
        LOWER
    }

    /// The greatest right result.
    #[must_use]
    pub fn upper(&self) -> f64 {
        UPPER
    }
}

impl core::fmt::Display for Miscompilation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "the compiler broke floating-point arithmetic in this build: {} instead of {LOWER}; \
             compile at opt-level 2 or with a rustc other than 1.95 and 1.96",
            self.computed
        )
    }
}

impl core::error::Error for Miscompilation {}

/// `A = u vᵀ` with `u = (3, −7, 1, 9)` and `v = (2, 1, −3, 4)`: `‖u‖² = 140` and `‖v‖² = 30`.
const RANK_ONE: Rows =
    [[6.0, 3.0, -9.0, 12.0], [-14.0, -7.0, 21.0, -28.0], [2.0, 1.0, -3.0, 4.0], [18.0, 9.0, -27.0, 36.0]];

/// The exact result. `‖A‖_F² = 140 · 30 = 4200`, and for rank one `‖AᵀA‖_F = ‖A‖_F²`. The first scaling is by `2⁻¹²`, since
/// `2¹² ≤ 4200 < 2¹³`, which leaves `4200 · 2⁻²⁴` for the matrix and `4200² · 2⁻⁴⁸` for its Gram matrix; the second is by `2²⁴`, since
/// `2⁻²⁴ ≤ 4200² · 2⁻⁴⁸ < 2⁻²³`, which leaves `4200²`. No entry or sum needs more than 25 bits.
const LOWER: f64 = 4200.0 * 4200.0 + 4200.0 / 16_777_216.0;

/// The exact result and the four steps upward that the computation adds, at most one unit in the last place each.
const UPPER: f64 = LOWER * (1.0 + 4.0 * f64::EPSILON);

/// Computes a known number in the form that some compilers break, and looks at it.
///
/// About 300 operations. The formatted error says what to do.
///
/// # Errors
///
/// Fails if the result is not the known one: then no result of this build can be trusted.
///
/// # Examples
///
/// ```
/// match widthwise_linalg::canary::self_test() {
///     Ok(()) => println!("floating-point arithmetic survived compilation"),
///     Err(fault) => println!("refusing to work: {fault}"),
/// }
/// ```
#[inline(never)]
pub fn self_test() -> Result<(), Miscompilation> {
    judge(squared_lengths(&black_box(RANK_ONE), black_box(1)))
}

fn judge(computed: f64) -> Result<(), Miscompilation> {
    if (LOWER..=UPPER).contains(&computed) { Ok(()) } else { Err(Miscompilation { computed }) }
}

/// The squared Frobenius norms, rounded upward and summed, of the scaled matrix and of its first `squarings` scaled Gram matrices.
#[inline(never)]
fn squared_lengths(a: &Rows, squarings: usize) -> f64 {
    // Shaped like a bound of the spectral norm by repeated squaring. What matters to the fault: the triangle in memory, its mirror image,
    // the sums around the scaling, the branches of `next_up` between them, and the exit in the middle of the loop.
    let mut scaled = *a;
    scale(&mut scaled, reciprocal_power_of_two(squared_length(a)));
    let mut sum = squared_length(&scaled);
    let mut w = gram(&scaled);
    let mut done = 1;
    loop {
        let factor = reciprocal_power_of_two(squared_length(&w).next_up());
        scale(&mut w, factor);
        sum += squared_length(&w);
        if done == squarings {
            return sum;
        }
        w = gram(&w);
        done += 1;
    }
}

/// `‖A‖_F²`, rounded upward.
fn squared_length(a: &Rows) -> f64 {
    let mut sum = 0.0;
    for row in a {
        for &entry in row {
            sum += entry * entry;
        }
    }
    sum.next_up()
}

/// `AᵀA`, accumulated in memory: never write a kernel like this one.
#[expect(clippy::needless_range_loop, reason = "the form of the loops is what is tested")]
fn gram(a: &Rows) -> Rows {
    let mut g = [[0.0; 4]; 4];
    for row in a {
        for i in 0..4 {
            for j in i..4 {
                g[i][j] += row[i] * row[j];
            }
        }
    }
    for i in 0..4 {
        for j in 0..i {
            g[i][j] = g[j][i];
        }
    }
    g
}

fn scale(a: &mut Rows, factor: f64) {
    for row in a {
        for entry in row {
            *entry *= factor;
        }
    }
}

/// `2^(−e)` for a positive normal `x` with `2^e ≤ x < 2^(e+1)`.
fn reciprocal_power_of_two(x: f64) -> f64 {
    f64::from_bits((2046 - (x.to_bits() >> 52)) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_build_without_optimisation_passes() {
        // Optimised builds are judged in the tests of the workspace, where compiler and opt-level are known.
        if cfg!(debug_assertions) {
            assert_eq!(self_test(), Ok(()));
        }
    }

    #[test]
    fn only_the_known_number_passes() {
        assert!(judge(LOWER).is_ok() && judge(UPPER).is_ok());
        for wrong in [LOWER.next_down(), UPPER.next_up(), f64::NAN, f64::INFINITY, 0.0] {
            assert!(judge(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_error_says_what_was_computed_and_what_to_do() {
        let message = judge(17_923_392.0).unwrap_err().to_string();
        assert!(message.contains("17923392") && message.contains("opt-level 2"), "{message}");
    }
}
