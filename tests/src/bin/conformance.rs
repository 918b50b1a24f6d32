// SPDX-License-Identifier: MIT OR Apache-2.0

//! The suite of conformance under an operating system, or what passes for one: what the firmware is on bare metal.
//!
//! Without arguments it runs the suite; `replay ID --index N` shows one instance. `cargo xtask embedded` builds it for each target,
//! runs it, and compares its digests.

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut output = String::new();
    let status = widthwise_conformance::command(words.iter().map(String::as_str), &mut output);
    print!("{output}");
    match status {
        Ok(status) => ExitCode::from(status),
        Err(_) => ExitCode::FAILURE,
    }
}
