// SPDX-License-Identifier: MIT OR Apache-2.0

//! Hands the linker the memory map of the board, `memory/BOARD.x`, and the script of the runtime: the build script of every package here.
//!
//! The variable `BOARD` chooses another board than the one that stands for its target. A new board is a file in `memory`, and a line
//! below if it is to stand for a target.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-env-changed=BOARD");
    let variable = |name| env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"));
    let target = variable("TARGET");
    let board = env::var("BOARD").unwrap_or_else(|_| match target.as_str() {
        "thumbv6m-none-eabi" | "thumbv7m-none-eabi" => String::from("mps2-an385"),
        "thumbv7em-none-eabi" | "thumbv7em-none-eabihf" => String::from("mps2-an386"),
        "thumbv8m.main-none-eabi" | "thumbv8m.main-none-eabihf" => String::from("mps2-an505"),
        _ if target.starts_with("riscv32") => String::from("rv-virt"),
        _ => panic!("no board stands for the target {target}: set BOARD, or see bin/firmware/README.md"),
    });
    let package = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    // The packages lie in the folder of the workspace, or are it.
    let folder =
        package.ancestors().take(2).find(|folder| folder.join("memory").is_dir()).unwrap_or(&package);
    println!("cargo:rerun-if-changed={}", folder.join("build.rs").display());
    let map = folder.join("memory").join(format!("{board}.x"));
    println!("cargo:rerun-if-changed={}", map.display());
    let out = PathBuf::from(variable("OUT_DIR"));
    if let Err(error) = fs::copy(&map, out.join("memory.x")) {
        panic!("no memory map of the board {board}, {}: {error}", map.display());
    }
    println!("cargo:rustc-link-search={}", out.display());
    // Sections at their addresses in memory, not aligned to pages of a host.
    println!("cargo:rustc-link-arg-bins=--nmagic");
    if target.starts_with("riscv") {
        // The script of Cortex-M includes the memory map, that of RISC-V expects it before itself.
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
}
