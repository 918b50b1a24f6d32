// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tells the tests which compiler builds them, and at which opt-level: what the self-test of the compiler must say depends on it.

#![allow(clippy::expect_used, reason = "a build script fails by panicking")]

use std::env::var;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let opt_level = var("OPT_LEVEL").expect("cargo sets the opt-level");
    println!("cargo:rustc-env=WIDTHWISE_OPT_LEVEL={opt_level}");
    let compiler = var("RUSTC").expect("cargo names the compiler");
    let output = Command::new(&compiler).arg("-vV").output().expect("the compiler runs");
    let version = String::from_utf8(output.stdout).expect("the compiler's answer is text");
    let release =
        version.lines().find_map(|line| line.strip_prefix("release: ")).expect("a release is named");
    println!("cargo:rustc-env=WIDTHWISE_RUSTC_RELEASE={release}");
}
