// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tables of digests compared: where do two computations part?
//!
//! A line is that of a run without its first word: subject, format, range of indices, 16 hexadecimal digits for all, four for each index.

use core::fmt;

use crate::Replay;
use crate::fingerprint::BLOCK;

/// The first difference between two tables of digests.
///
/// It displays as a report: what differs, the first index that does, and how to see it.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'a> {
    what: What<'a>,
    /// Lines that both tables have and that differ.
    differing: usize,
}

#[derive(Clone, Copy, Debug)]
enum What<'a> {
    /// A result: the lines, and the first index whose four digits differ, if that of all do not hide it.
    Result { expected: Line<'a>, found: Line<'a>, index: Option<u64> },
    /// A line of another subject, or something that is no line at all.
    Line { expected: &'a str, found: &'a str },
    /// The table found ends too early, before the line expected.
    Missing { expected: &'a str },
    /// The table found goes on, with this line.
    Extra { found: &'a str },
}

/// A line of a table.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    text: &'a str,
    name: &'a str,
    format: &'a str,
    first: u64,
    digest: &'a str,
    /// Four for each index, with spaces between.
    digits: &'a str,
}

impl<'a> Line<'a> {
    /// A line that is whole: every digit is there.
    fn parse(text: &'a str) -> Option<Self> {
        let mut words = text.splitn(5, ' ');
        let (name, format, range, digest) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let digits = words.next()?;
        let (first, end) = range.split_once("..")?;
        let (first, end): (u64, u64) = (first.parse().ok()?, end.parse().ok()?);
        let indices = end.checked_sub(first).filter(|indices| (1..=BLOCK as u64).contains(indices))?;
        let whole = digits.split(' ').count() as u64 == indices
            && digits.split(' ').all(|digits| is_hexadecimal(digits, 4))
            && is_hexadecimal(digest, 16);
        whole.then_some(Self { text, name, format, first, digest, digits })
    }

    fn is_of_the_same(&self, other: &Self) -> bool {
        (self.name, self.format, self.first) == (other.name, other.format, other.first)
    }

    fn first_difference(&self, other: &Self) -> Option<u64> {
        let pairs = self.digits.split(' ').zip(other.digits.split(' '));
        (self.first..).zip(pairs).find(|(_, (a, b))| a != b).map(|(index, _)| index)
    }
}

fn is_hexadecimal(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The first difference between two tables, line by line; `None` if they are equal.
///
/// Kernels come before the claims that rest on them, so the first difference is the one to look at.
///
/// # Examples
///
/// ```
/// use widthwise_conformance::first_difference;
/// let golden = ["kernel.dot f32 0..2 0123456789abcdef 0001 0002"];
/// let found = ["kernel.dot f32 0..2 0123456789abcdee 0001 0003"];
/// assert!(first_difference(golden, golden).is_none());
/// let difference = first_difference(golden, found).ok_or("equal")?;
/// assert!(difference.to_string().starts_with("kernel.dot in f32 first differs at index 1\n"));
/// # Ok::<(), &str>(())
/// ```
pub fn first_difference<'a>(
    expected: impl IntoIterator<Item = &'a str>,
    found: impl IntoIterator<Item = &'a str>,
) -> Option<Difference<'a>> {
    let (mut expected, mut found) = (expected.into_iter(), found.into_iter());
    let (mut first, mut differing) = (None, 0);
    loop {
        let what = match (expected.next(), found.next()) {
            (None, None) => break,
            (Some(expected), None) => What::Missing { expected },
            (None, Some(found)) => What::Extra { found },
            (Some(expected), Some(found)) if expected == found => continue,
            (Some(expected), Some(found)) => {
                differing += 1;
                compare(expected, found)
            }
        };
        first = first.or(Some(what));
        if matches!(what, What::Missing { .. } | What::Extra { .. }) {
            break;
        }
    }
    first.map(|what| Difference { what, differing })
}

/// How two lines that are not equal differ.
fn compare<'a>(expected: &'a str, found: &'a str) -> What<'a> {
    match (Line::parse(expected), Line::parse(found)) {
        (Some(expected), Some(found)) if expected.is_of_the_same(&found) => {
            What::Result { expected, found, index: expected.first_difference(&found) }
        }
        _ => What::Line { expected, found },
    }
}

impl Difference<'_> {
    /// The instance to replay, if the difference is one of a claim or a control.
    #[must_use]
    pub fn replay(&self) -> Option<Replay> {
        match &self.what {
            What::Result { expected, index: Some(index), .. } => {
                Replay::of_digest(expected.name, expected.format, *index)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (expected, found) = match &self.what {
            What::Result { expected, found, index } => {
                write!(f, "{} in {} ", expected.name, expected.format)?;
                match index {
                    Some(index) => writeln!(f, "first differs at index {index}")?,
                    None => writeln!(
                        f,
                        "differs, though no index shows it ({} and {})",
                        expected.digest, found.digest
                    )?,
                }
                (expected.text, found.text)
            }
            What::Line { expected, found } => {
                writeln!(f, "another line than expected, or one that is not whole")?;
                (*expected, *found)
            }
            What::Missing { expected } => {
                writeln!(f, "a digest is missing")?;
                (*expected, "the end")
            }
            What::Extra { found } => {
                writeln!(f, "a digest too many")?;
                ("the end", *found)
            }
        };
        write!(f, "  expected {expected}\n     found {found}\n  {} lines differ", self.differing)?;
        self.replay().map_or(Ok(()), |replay| write!(f, "\n  replay: theory-checker replay {replay}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};

    const GOLDEN: [&str; 3] = [
        "kernel.dot f64 0..2 0000000000000000 0000 0001",
        "spectral.opnorm-bound f32 8..11 00000000000000aa 0000 0001 0002",
        "spectral.opnorm-bound/column-norm f64 8..11 00000000000000aa 0000 0001 0002",
    ];

    fn report(position: usize, line: &str) -> String {
        let mut found = GOLDEN;
        found[position] = line;
        first_difference(GOLDEN, found).unwrap().to_string()
    }

    #[test]
    fn equal_tables_do_not_differ() {
        assert!(first_difference(GOLDEN, GOLDEN).is_none());
        assert!(first_difference([], []).is_none());
    }

    #[test]
    fn the_first_index_that_differs_is_named_with_its_replay() {
        let text = report(1, "spectral.opnorm-bound f32 8..11 00000000000000ab 0000 0011 0012");
        assert!(text.starts_with("spectral.opnorm-bound in f32 first differs at index 9\n"), "{text}");
        assert!(text.ends_with(
            "1 lines differ\n  replay: theory-checker replay spectral.opnorm-bound --seed 0x5eed --index 9 --scalar f32"
        ), "{text}");
        let text = report(2, "spectral.opnorm-bound/column-norm f64 8..11 00000000000000ab 0000 0001 0012");
        assert!(text.ends_with("--index 10 --scalar f64 --control column-norm"), "{text}");
        let text = report(0, "kernel.dot f64 0..2 0000000000000001 0100 0001");
        assert!(text.starts_with("kernel.dot in f64 first differs at index 0\n"), "{text}");
        assert!(!text.contains("replay"), "{text}");
    }

    #[test]
    fn a_difference_that_sixteen_bits_hide_is_still_one() {
        let text = report(1, "spectral.opnorm-bound f32 8..11 00000000000000ab 0000 0001 0002");
        assert!(text.contains("differs, though no index shows it"), "{text}");
    }

    #[test]
    fn the_first_of_several_differences_counts() {
        let found = [GOLDEN[0], "spectral.opnorm-bound f32 8..11 01000000000000aa 1000 0001 0002", "x"];
        let text = first_difference(GOLDEN, found).unwrap().to_string();
        assert!(text.contains("at index 8") && text.contains("2 lines differ"), "{text}");
    }

    #[test]
    fn lines_that_are_missing_too_many_or_cut_are_differences() {
        let text = first_difference(GOLDEN, GOLDEN[..2].iter().copied()).unwrap().to_string();
        assert!(text.contains("a digest is missing") && text.contains(GOLDEN[2]), "{text}");
        let text = first_difference(GOLDEN[..2].iter().copied(), GOLDEN).unwrap().to_string();
        assert!(text.contains("a digest too many"), "{text}");
        for cut in [
            "",
            "kernel.dot f64 0..2 00000000",
            &GOLDEN[0][..GOLDEN[0].len() - 1],
            &GOLDEN[0][..GOLDEN[0].len() - 5],
        ] {
            let text = report(0, cut);
            assert!(text.contains("one that is not whole") && text.contains(GOLDEN[0]), "{text}");
        }
        // A line left out in the middle is named.
        let text = first_difference(GOLDEN, [GOLDEN[0], GOLDEN[2]]).unwrap().to_string();
        assert!(text.contains("another line") && text.contains(GOLDEN[1]), "{text}");
    }
}
