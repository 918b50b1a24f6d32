// SPDX-License-Identifier: MIT OR Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::std_instead_of_core, reason = "a test fails by panicking")
)]

mod arguments;
mod campaign;
mod check;
mod coordinate_check;
mod counterexample;
mod definition;
mod embedded;
mod exit_status;
mod explain;
mod interrupt;
mod laws;
mod list;
mod number;
mod output;
mod plan;
mod plot;
mod proofs;
mod render;
mod replay;
mod result;
mod selection;
mod self_test;
mod transcript;
mod verdict;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use arguments::{Arguments, Command};
use exit_status::ExitStatus;
use selection::SelectionError;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let status = run(arguments).unwrap_or_else(|error| {
        output::log(format_args!("{error:#}"));
        match error.downcast_ref::<SelectionError>() {
            Some(SelectionError::Nothing(_) | SelectionError::NothingToTry) => ExitStatus::NothingSelected,
            _ => ExitStatus::Error,
        }
    });
    status.into()
}

fn run(arguments: Arguments) -> Result<ExitStatus> {
    match arguments.command {
        None => {
            check::run(&selection::select(&[])?.something_to_try()?, &arguments.check, interrupt::watch()?)
        }
        Some(Command::Check { selection, options }) => check::run(
            &selection::select(&selection.selectors)?.something_to_try()?,
            &options,
            interrupt::watch()?,
        ),
        Some(Command::List { selection, appearance }) => {
            list::run(&selection::select(&selection.selectors)?, appearance)
        }
        Some(Command::Explain { id, appearance }) => explain::run(selection::find(&id)?, appearance),
        Some(Command::Replay(arguments)) => replay::run(&arguments),
        Some(Command::Plan(options)) => plan::run(&options),
        Some(Command::CoordinateCheck(options)) => coordinate_check::run(&options, interrupt::watch()?),
    }
}
