// SPDX-License-Identifier: MIT OR Apache-2.0
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::std_instead_of_core, reason = "a test fails by panicking")
)]

//! The chores of this repository that are more than a line of shell: `cargo xtask`.

mod embedded;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Chores of the repository
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Embedded(embedded::Arguments),
}

fn main() -> ExitCode {
    let Command::Embedded(arguments) = Arguments::parse().command;
    embedded::run(&arguments)
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
    fn an_unknown_target_is_an_error_that_names_the_known_ones() {
        let error = Arguments::try_parse_from(["xtask", "embedded", "thumbv9-none-eabi"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        let text = error.to_string();
        assert!(text.contains("thumbv9-none-eabi") && text.contains("thumbv8m.main-none-eabihf"), "{text}");
    }

    #[test]
    fn a_replay_needs_an_index_and_a_target() {
        let parse = |words: &[&str]| Arguments::try_parse_from([&["xtask", "embedded"], words].concat());
        assert!(parse(&["wasm32-wasip1", "--replay", "a.b", "--index", "3", "--scalar", "f32"]).is_ok());
        assert!(parse(&["wasm32-wasip1", "--replay", "a.b"]).is_err());
        assert!(parse(&["--replay", "a.b", "--index", "3"]).is_err());
        assert!(parse(&["wasm32-wasip1", "--index", "3"]).is_err());
    }
}
