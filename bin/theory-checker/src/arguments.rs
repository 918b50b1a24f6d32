// SPDX-License-Identifier: MIT OR Apache-2.0

//! The command line.

use core::num::ParseIntError;
use core::str::FromStr;
use core::time::Duration;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use widthwise_claims::law;

use crate::coordinate_check::options::CoordinateCheckOptions;
use crate::exit_status;
use crate::plan::options::PlanOptions;

/// The seed of a campaign that names none.
pub(crate) const DEFAULT_SEED: &str = "0x5eed";

/// Indices repeat after 2⁴⁸, so more instances would be the same ones again.
const MOST_INSTANCES: u64 = 1 << 48;

/// Puts the theory of feature learning on trial.
///
/// Every claim is checked on random instances, with enclosures that take rounding into account: an instance proves a claim,
/// refutes it, or is undecided, and no tolerance is picked by hand. Beside each claim its controls, deliberately wrong
/// variants, are checked as well; a run passes only if they are refuted.
///
/// Without a command, every claim is put on trial (`check`).
#[derive(Debug, Parser)]
#[command(version, after_help = exit_status::help(), args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) check: CheckOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Put claims and their controls on trial (the default command)
    #[command(after_help = exit_status::help())]
    Check {
        #[command(flatten)]
        selection: SelectionArguments,
        #[command(flatten)]
        options: CheckOptions,
    },
    /// List the claims, one a line
    List {
        #[command(flatten)]
        selection: SelectionArguments,
        #[command(flatten)]
        appearance: Appearance,
    },
    /// Explain a claim: statement, hypotheses, check, controls, proof, source
    Explain {
        /// The id of the claim
        id: String,
        #[command(flatten)]
        appearance: Appearance,
    },
    /// Judge one instance again and show every number
    ///
    /// The numbers are those of the campaign to the last bit. The exit status tells the outcome: 0 for an instance that
    /// the claim holds on, 1 for a counterexample, 3 for one that is skipped or too wide. A control is on trial the other
    /// way round: 0 if the instance refutes it, 1 if not.
    Replay(ReplayArguments),
    /// Plan scales and rates of a model by a rule, and find what is wrong with its list of parameters
    ///
    /// A description is TOML or JSON, a list of parameters with name, role and shape. The tensors of a checkpoint get their
    /// roles by patterns of names; a tensor that no pattern matches is an error, since a role cannot be guessed.
    ///
    /// Roles: input (from a finite dimension to the width), hidden, output, bias, output-bias, gain, embedding, finite.
    #[command(after_help = exit_status::plan_help())]
    Plan(PlanOptions),
    /// Check whether features, their changes and spectral norms keep their size under a rule while the width grows
    ///
    /// Networks of several widths are drawn, trained for a few steps and measured; the power of the width of every quantity is estimated, and the rule whose powers are
    /// nearest is named. A correct rule has the power 0 everywhere, but for the output, which starts at n^(-1/2).
    #[command(after_help = exit_status::coordinate_check_help())]
    CoordinateCheck(CoordinateCheckOptions),
}

#[derive(Args, Debug)]
pub(crate) struct SelectionArguments {
    /// An id, a glob (`spectral.*`), `paper:2310.17813`, `kind:exact` or `kind:law`; several are a union, none means all
    #[arg(value_name = "SELECTOR")]
    pub(crate) selectors: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct CheckOptions {
    /// The seed, decimal or hexadecimal, or `random` to draw one; it is always printed
    #[arg(long, value_name = "SEED", default_value = DEFAULT_SEED)]
    pub(crate) seed: Seed,
    /// Instances of each exact claim, whatever the effort
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_INSTANCES))]
    pub(crate) instances: Option<u64>,
    /// How many instances of each claim, and how wide and how many networks and matrices of each law
    #[arg(long, value_enum, default_value_t = Effort::Quick)]
    pub(crate) effort: Effort,
    /// The floating-point format of exact claims; laws are measured in binary64
    #[arg(long, value_enum, default_value_t = Format::F64)]
    pub(crate) scalar: Format,
    /// Stop after this time, as in `90s` or `1h 30m`; what is unfinished then is inconclusive
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub(crate) time_budget: Option<Duration>,
    #[command(flatten)]
    pub(crate) run: RunOptions,
}

/// How a command that takes a while runs, and where its result goes.
#[derive(Args, Debug)]
pub(crate) struct RunOptions {
    /// Threads, at least 1; without this option one for each core. The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Write the result to a file; it appears there whole or not at all
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The progress bar on standard error
    #[arg(long, value_enum, default_value_t = Progress::Auto)]
    pub(crate) progress: Progress,
    #[command(flatten)]
    pub(crate) appearance: Appearance,
}

#[derive(Args, Debug)]
pub(crate) struct ReplayArguments {
    /// The id of the claim
    pub(crate) id: String,
    /// The seed of the campaign
    #[arg(long, value_name = "SEED", default_value = DEFAULT_SEED, value_parser = parse_seed)]
    pub(crate) seed: u64,
    /// The index of the instance
    #[arg(long, value_name = "INDEX", value_parser = clap::value_parser!(u64).range(0..MOST_INSTANCES))]
    pub(crate) index: u64,
    /// The floating-point format
    #[arg(long, value_enum, default_value_t = Format::F64)]
    pub(crate) scalar: Format,
    /// Judge by this control of the claim instead
    #[arg(long, value_name = "NAME")]
    pub(crate) control: Option<String>,
    #[command(flatten)]
    pub(crate) appearance: Appearance,
}

/// How a result is written.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Appearance {
    /// How the result is written
    #[arg(long = "format", value_name = "FORMAT", value_enum, default_value_t = Rendering::Human)]
    pub(crate) rendering: Rendering,
    /// Colours: `auto` asks the terminal and honours NO_COLOR
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rendering {
    /// For reading
    Human,
    /// For programs: one object, with a schema
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// Where a terminal shows them
    Auto,
    /// Also in files and pipes
    Always,
    /// Nowhere
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Progress {
    /// If standard error is a terminal
    Auto,
    /// Without
    Never,
}

/// How much work claims and laws are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Effort {
    /// Half a minute on two cores: 20 000 instances; narrow networks, on which the rates of error were measured
    Quick,
    /// Two minutes: 60 000 instances, widths of 64 to 512
    Standard,
    /// An hour: 1 000 000 instances, widths of 64 to 1024, and twice the draws
    Thorough,
}

impl Effort {
    /// Instances of each exact claim.
    pub(crate) fn instances(self) -> u64 {
        match self {
            Self::Quick => 20_000,
            Self::Standard => 60_000,
            Self::Thorough => 1_000_000,
        }
    }
}

impl From<Effort> for law::Effort {
    fn from(effort: Effort) -> Self {
        match effort {
            Effort::Quick => Self::Quick,
            Effort::Standard => Self::Standard,
            Effort::Thorough => Self::Thorough,
        }
    }
}

/// A floating-point format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// IEEE 754 binary32
    F32,
    /// IEEE 754 binary64
    F64,
}

impl Format {
    /// The name on the command line and in results.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }
}

/// A seed that is given or yet to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seed {
    /// This one.
    Given(u64),
    /// One from the operating system's entropy.
    Random,
}

impl FromStr for Seed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "random" { Ok(Self::Random) } else { parse_seed(text).map(Self::Given) }
    }
}

/// A seed from its decimal or hexadecimal text.
fn parse_seed(text: &str) -> Result<u64, String> {
    let parsed: Result<u64, ParseIntError> = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
    {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|error| {
        format!("{error}; a seed is a number below 2^64, decimal (24301) or hexadecimal (0x5eed)")
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn seeds_are_decimal_hexadecimal_or_random() {
        assert_eq!("24301".parse(), Ok(Seed::Given(0x5eed)));
        assert_eq!("0x5EED".parse(), Ok(Seed::Given(0x5eed)));
        assert_eq!("0xffffffffffffffff".parse(), Ok(Seed::Given(u64::MAX)));
        assert_eq!("random".parse(), Ok(Seed::Random));
        for bad in ["", "0x", "-1", "5eed", "18446744073709551616", "Random", "1.0"] {
            assert!(bad.parse::<Seed>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_default_command_takes_the_options_of_check() {
        let arguments = Arguments::try_parse_from(["theory-checker", "--seed", "7"]).unwrap();
        assert!(arguments.command.is_none());
        assert_eq!(arguments.check.seed, Seed::Given(7));
    }

    #[test]
    fn time_budgets_are_numbers_with_units() {
        let budget = |text| {
            let arguments = Arguments::try_parse_from(["theory-checker", "--time-budget", text]);
            arguments.map(|arguments| arguments.check.time_budget)
        };
        assert_eq!(budget("90s").unwrap(), Some(Duration::from_secs(90)));
        assert_eq!(budget("1h 30m").unwrap(), Some(Duration::from_secs(5400)));
        assert_eq!(budget("250ms").unwrap(), Some(Duration::from_millis(250)));
        for bad in ["90", "-1s", "soon", ""] {
            assert!(budget(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for bad in [["--instances", "0"], ["--jobs", "0"], ["--instances", "281474976710657"]] {
            assert!(Arguments::try_parse_from(["theory-checker"].iter().chain(&bad)).is_err(), "{bad:?}");
        }
    }
}
