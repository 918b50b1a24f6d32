// SPDX-License-Identifier: MIT OR Apache-2.0

//! The command line of theory-checker from outside: what it prints, how it ends, and that neither depends on the machine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking"
)]

mod check;
mod coordinate_check;
mod output;
mod plan;
mod plan_checkpoint;
mod plan_input;
mod replay;
mod schema;
mod selection;

use std::process::{Command, Output};
use std::sync::OnceLock;

use escargot::CargoRun;

/// The checker, built once in the profile of the tests.
fn checker() -> Command {
    static BUILD: OnceLock<CargoRun> = OnceLock::new();
    let run = BUILD.get_or_init(|| {
        escargot::CargoBuild::new()
            .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
            .package("theory-checker")
            .bin("theory-checker")
            .current_release()
            .current_target()
            .run()
            .expect("theory-checker builds")
    });
    let mut command = run.command();
    // What a developer has set must not change what a test sees.
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// Runs the checker with arguments.
fn run(arguments: &[&str]) -> Output {
    checker().args(arguments).output().expect("theory-checker starts")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("theory-checker ends by itself")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("results are text")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("the log is text")
}

/// A result in JSON.
fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("a result is JSON")
}
