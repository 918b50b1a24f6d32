// SPDX-License-Identifier: MIT OR Apache-2.0

//! One instance again, with every number to the last bit: what `theory-checker replay` shows, without its decimal digits.
//!
//! The address is read from the words of a command line, which a microcontroller gets through the debugger.

use core::fmt::{self, Write};
use core::num::ParseIntError;

use widthwise_claims::{
    Check, Claim, Comparison, Control, Hexadecimal, Observer, Outcome, draw, find, judge,
};
use widthwise_rounding::{Scalar, ScaledEnclosure, Verdict};
use widthwise_sampling::Instance;

use crate::command::{FAILED, INCONCLUSIVE, PASSED};
use crate::fingerprint::{MEMORY, SEED};
use crate::format::{Format, FormatName};

/// Indices repeat after this many.
const INDICES: u64 = 1 << 48;

/// The address of an instance, and by what it is judged.
///
/// It displays as the arguments that name it, which `theory-checker replay` takes as well.
///
/// # Examples
///
/// ```
/// use widthwise_conformance::Replay;
///
/// let words = "spectral.opnorm-bound --index 3 --scalar f32".split(' ');
/// let replay = Replay::parse(words)?;
/// assert_eq!(replay.to_string(), "spectral.opnorm-bound --seed 0x5eed --index 3 --scalar f32");
///
/// let mut output = String::new();
/// assert_eq!(replay.run(&mut output), Ok(0));
/// assert!(output.contains("outcome: "));
/// # Ok::<(), widthwise_conformance::ReplayError<'_>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Replay {
    claim: &'static Claim,
    control: Option<&'static Control>,
    format: FormatName,
    seed: u64,
    index: u64,
}

/// Words that address no instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplayError<'a> {
    /// There is no id, or no option `--index`.
    Missing(&'static str),
    /// No claim has this id.
    UnknownClaim(&'a str),
    /// The claim has no such control.
    UnknownControl(&'a str),
    /// No option has this name.
    UnknownOption(&'a str),
    /// The option, named first, has no value or not one of its kind.
    Value(&'a str, &'a str),
}

impl fmt::Display for ReplayError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "{what} is missing"),
            Self::UnknownClaim(id) => write!(f, "no claim has the id `{id}`"),
            Self::UnknownControl(name) => write!(f, "the claim has no control `{name}`"),
            Self::UnknownOption(option) => {
                write!(f, "unknown option `{option}`; the options are --scalar, --seed, --index, --control")
            }
            Self::Value(option, value) => write!(f, "`{value}` is no value of the option {option}"),
        }
    }
}

impl core::error::Error for ReplayError<'_> {}

impl Replay {
    /// The address that the words name: an id, then options `--index N`, `--scalar f32` or `f64` (the default), `--seed S`, decimal
    /// or hexadecimal, and `--control NAME`.
    ///
    /// # Errors
    ///
    /// Fails if the words are not of that form, or name a claim or a control that does not exist.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, ReplayError<'a>> {
        let mut words = words.into_iter();
        let id = words.next().ok_or(ReplayError::Missing("the id of a claim"))?;
        let claim = find(id).ok_or(ReplayError::UnknownClaim(id))?;
        let (mut control, mut format, mut seed, mut index) = (None, FormatName::F64, SEED, None);
        while let Some(option) = words.next() {
            let value = words.next().unwrap_or("");
            let bad = ReplayError::Value(option, value);
            match option {
                "--control" => {
                    let named = |control: &&Control| control.id == value || control_name(control) == value;
                    let found = claim.controls.iter().find(named);
                    control = Some(found.ok_or(ReplayError::UnknownControl(value))?);
                }
                "--scalar" => format = FormatName::parse(value).ok_or(bad)?,
                "--seed" => seed = number(value).map_err(|_| bad)?,
                "--index" => {
                    index = Some(number(value).ok().filter(|&index| index < INDICES).ok_or(bad)?);
                }
                _ => return Err(ReplayError::UnknownOption(option)),
            }
        }
        let index = index.ok_or(ReplayError::Missing("the option --index"))?;
        Ok(Self { claim, control, format, seed, index })
    }

    /// The address of an entry of the table of digests, whose name is a claim's id or a control's; `None` for another subject.
    pub(crate) fn of_digest(name: &str, format: &str, index: u64) -> Option<Self> {
        let claim = find(name.split_once('/').map_or(name, |(claim, _)| claim))?;
        let control = claim.controls.iter().find(|control| control.id == name);
        let format = FormatName::parse(format)?;
        (control.is_some() || claim.id == name).then_some(Self { claim, control, format, seed: SEED, index })
    }

    /// Judges the instance again and writes its arrays, every quantity, every comparison and the outcome.
    ///
    /// Returns the exit status, that of `theory-checker replay`: 0 for an instance that the claim holds on, 1 for a counterexample, 3 for
    /// one that is skipped or too wide; for a control, 0 if the instance refutes it, 1 if not. An instance that does not fit into the
    /// memory of the suite is skipped here, while `theory-checker` may have room for it.
    ///
    /// # Errors
    ///
    /// Fails if `output` cannot be written.
    pub fn run(&self, output: &mut dyn Write) -> Result<u8, fmt::Error> {
        match self.format {
            FormatName::F32 => self.run_in::<f32>(output),
            FormatName::F64 => self.run_in::<f64>(output),
        }
    }

    #[inline(never)]
    fn run_in<T: Format>(&self, output: &mut dyn Write) -> Result<u8, fmt::Error> {
        let Self { claim, control, seed, index, .. } = *self;
        let (id, states) =
            control.map_or((claim.id, claim.statement), |control| (control.id, control.states));
        writeln!(output, "{id}   seed {seed:#x}   index {index}   {}\n{states}\n", T::NAME)?;
        let check: Check<T> = control.map_or(T::check(claim), T::control);
        let mut memory = [T::zero(); MEMORY];
        let outcome = match draw(claim, seed, index, &mut memory) {
            Ok((instance, rest)) => {
                write_arrays(&instance, output)?;
                writeln!(output)?;
                let mut writer = Writer { output: &mut *output, outcome: Ok(()) };
                let outcome = judge(check, &instance, rest, &mut writer);
                writer.outcome?;
                outcome
            }
            Err(refusal) => Outcome::Skipped(refusal),
        };
        write!(output, "\noutcome: ")?;
        write_outcome(&outcome, output)?;
        writeln!(output)?;
        Ok(self.status(&outcome))
    }

    fn status(&self, outcome: &Outcome) -> u8 {
        match (outcome, self.control) {
            (Outcome::Decided(findings), None) if findings.verdict == Verdict::Refuted => FAILED,
            (Outcome::Decided(findings), None) if !findings.too_wide => PASSED,
            (Outcome::Decided(findings), Some(_)) if findings.verdict == Verdict::Refuted => PASSED,
            (Outcome::Decided(_), Some(_)) => FAILED,
            _ => INCONCLUSIVE,
        }
    }
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { claim, seed, index, format, .. } = self;
        write!(f, "{} --seed {seed:#x} --index {index} --scalar {}", claim.id, format.text())?;
        self.control.map_or(Ok(()), |control| write!(f, " --control {}", control_name(control)))
    }
}

/// The name of a control without the id of its claim.
fn control_name(control: &Control) -> &'static str {
    control.id.rsplit_once('/').map_or(control.id, |(_, name)| name)
}

fn number(text: &str) -> Result<u64, ParseIntError> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    }
}

fn write_arrays<T: Scalar>(instance: &Instance<'_, T>, output: &mut dyn Write) -> fmt::Result {
    for (position, part) in instance.layout().iter().enumerate() {
        let matrix = instance.part(position);
        match matrix.shape() {
            (rows, 1) => writeln!(output, "{}  {rows}", part.name)?,
            (rows, columns) => writeln!(output, "{}  {rows}×{columns}", part.name)?,
        }
        for row in matrix.row_iter() {
            for &significand in &row {
                write!(output, "  {}", Hexadecimal { significand, exponent: 0 })?;
            }
            writeln!(output)?;
        }
    }
    Ok(())
}

/// Writes what a check computes, until writing fails.
struct Writer<'a> {
    output: &'a mut dyn Write,
    outcome: fmt::Result,
}

impl Writer<'_> {
    fn line(&mut self, line: fmt::Arguments<'_>) {
        if self.outcome.is_ok() {
            self.outcome = self.output.write_fmt(line);
        }
    }
}

impl<T: Scalar> Observer<T> for Writer<'_> {
    fn quantity(&mut self, name: &'static str, value: &ScaledEnclosure<T>) {
        self.line(format_args!("{name}\n  {}\n", Ends(value)));
    }

    fn comparison(&mut self, comparison: &Comparison<T>) {
        let Comparison { formula, left, right, overlap, allowance, .. } = comparison;
        let verdict = match comparison.verdict {
            Verdict::Proved => "proved",
            Verdict::Undecided => "undecided",
            Verdict::Refuted => "refuted",
        };
        self.line(format_args!("{formula}   {verdict}\n  left   {}\n  right  {}\n", Ends(left), Ends(right)));
        if comparison.verdict == Verdict::Undecided {
            let number = |significand: f64| Hexadecimal { significand, exponent: 0 };
            self.line(format_args!("  overlap {}, allowed {}\n", number(*overlap), number(*allowance)));
        }
    }
}

/// Both ends of an enclosure.
struct Ends<'a, T>(&'a ScaledEnclosure<T>);

impl<T: Scalar> fmt::Display for Ends<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ends, exponent) = (self.0.significand(), self.0.exponent());
        let end = |significand| Hexadecimal { significand, exponent };
        write!(f, "[{}, {}]", end(ends.lo()), end(ends.hi()))
    }
}

fn write_outcome(outcome: &Outcome, output: &mut dyn Write) -> fmt::Result {
    output.write_str(match outcome {
        Outcome::Decided(findings) => match findings.verdict {
            Verdict::Proved => "proved",
            Verdict::Refuted => "refuted",
            Verdict::Undecided if findings.too_wide => "undecided, and too wide to have tested anything",
            Verdict::Undecided => "undecided: the sides overlap within their allowance",
        },
        Outcome::Skipped(refusal) => return write!(output, "skipped, {refusal}"),
        _ => "unknown",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};

    fn parse(words: &str) -> Result<Replay, ReplayError<'_>> {
        Replay::parse(words.split(' ').filter(|word| !word.is_empty()))
    }

    #[test]
    fn an_address_reads_back_as_it_displays() {
        for words in [
            "spectral.opnorm-bound --seed 0x5eed --index 3 --scalar f32",
            "spectral.opnorm-bound --seed 0xffffffffffffffff --index 0 --scalar f64 --control column-norm",
        ] {
            assert_eq!(parse(words).unwrap().to_string(), words);
        }
        let named =
            parse("spectral.opnorm-bound --index 1 --control spectral.opnorm-bound/column-norm").unwrap();
        assert!(named.to_string().ends_with("--seed 0x5eed --index 1 --scalar f64 --control column-norm"));
    }

    #[test]
    fn what_is_no_address_is_refused_by_name() {
        let error = |words| parse(words).unwrap_err();
        assert_eq!(error(""), ReplayError::Missing("the id of a claim"));
        assert_eq!(error("spectral.opnorm-bound"), ReplayError::Missing("the option --index"));
        assert_eq!(error("nothing --index 1"), ReplayError::UnknownClaim("nothing"));
        assert_eq!(error("spectral.opnorm-bound --control no"), ReplayError::UnknownControl("no"));
        assert_eq!(error("spectral.opnorm-bound --instances 1"), ReplayError::UnknownOption("--instances"));
        assert_eq!(error("spectral.opnorm-bound --index -1"), ReplayError::Value("--index", "-1"));
        let beyond = ReplayError::Value("--index", "281474976710656");
        assert_eq!(error("spectral.opnorm-bound --index 281474976710656"), beyond);
        assert_eq!(error("spectral.opnorm-bound --index"), ReplayError::Value("--index", ""));
        assert_eq!(error("spectral.opnorm-bound --seed 0xg"), ReplayError::Value("--seed", "0xg"));
        assert_eq!(error("spectral.opnorm-bound --scalar f16"), ReplayError::Value("--scalar", "f16"));
    }

    #[test]
    fn an_instance_beyond_the_memory_is_skipped_and_inconclusive() {
        let skipped = (0..1000).find_map(|index| {
            let replay = Replay::of_digest("spectral.opnorm-bound", "f32", index)?;
            let mut output = String::new();
            (replay.run(&mut output).unwrap() == INCONCLUSIVE).then_some(output)
        });
        assert!(
            skipped.unwrap().ends_with("outcome: skipped, the memory given is too small for this instance\n")
        );
    }

    #[test]
    fn output_that_cannot_be_written_is_an_error() {
        struct Full(usize);
        impl Write for Full {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0 = self.0.checked_sub(text.len()).ok_or(fmt::Error)?;
                Ok(())
            }
        }
        let replay = parse("spectral.opnorm-bound --index 3 --scalar f32").unwrap();
        let mut whole = String::new();
        replay.run(&mut whole).unwrap();
        for room in [0, 10, whole.len() / 2, whole.len() - 1] {
            assert_eq!(replay.run(&mut Full(room)), Err(fmt::Error), "{room}");
        }
        assert_eq!(replay.run(&mut Full(whole.len())), Ok(PASSED));
    }
}
