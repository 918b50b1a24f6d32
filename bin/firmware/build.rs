// SPDX-License-Identifier: MIT OR Apache-2.0

//! Hands the linker the memory map of the board, `memory/BOARD.x`, and the script of the runtime.
//!
//! The variable `BOARD` chooses another board than the one that stands for its target. A new board is a file in `memory`, and a line
//! below if it is to stand for a target.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=BOARD");
    let variable = |name| env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"));
    let target = variable("TARGET");
    let board = env::var("BOARD").unwrap_or_else(|_| match target.as_str() {
        "thumbv7em-none-eabi" | "thumbv7em-none-eabihf" => String::from("mps2-an386"),
        _ => panic!("no board stands for the target {target}: set BOARD, or build for thumbv7em-none-eabihf"),
    });
    let map = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("memory").join(format!("{board}.x"));
    println!("cargo:rerun-if-changed={}", map.display());
    let out = PathBuf::from(variable("OUT_DIR"));
    if let Err(error) = fs::copy(&map, out.join("memory.x")) {
        panic!("no memory map of the board {board}, {}: {error}", map.display());
    }
    println!("cargo:rustc-link-search={}", out.display());
    // Sections at their addresses in memory, not aligned to pages of a host.
    println!("cargo:rustc-link-arg-bins=--nmagic");
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
}
