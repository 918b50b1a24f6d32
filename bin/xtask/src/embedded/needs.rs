// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a target needs on this machine: installed if it can be, else an error that names the line to type.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::target::{Target, Tool};

/// Makes sure that the compiler's target and the tools of a target are there.
pub(super) fn install(target: &Target) -> Result<()> {
    if !has_rust_target(target.triple)? {
        add_rust_target(target.triple)?;
    }
    for tool in target.tools() {
        if !is_on_path(tool.program) {
            add_packages(&tool)?;
        }
    }
    Ok(())
}

fn has_rust_target(triple: &str) -> Result<bool> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", triple])
        .output()
        .context("rustc does not start")?;
    let folder = String::from_utf8_lossy(&output.stdout);
    // Without the target the folder is missing, or empty after it was removed.
    let holds_core = |folder: &Path| {
        folder.read_dir().is_ok_and(|files| {
            files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libcore-"))
        })
    };
    Ok(output.status.success() && holds_core(Path::new(folder.trim())))
}

fn add_rust_target(triple: &str) -> Result<()> {
    eprintln!("installing the target {triple}");
    let added = Command::new("rustup").args(["target", "add", triple]).status();
    if added.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    bail!("the compiler has no target {triple}; type: rustup target add {triple}")
}

fn is_on_path(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn add_packages(tool: &Tool) -> Result<()> {
    if !is_on_path("apt-get") || !is_root() {
        bail!("{}", missing(tool));
    }
    eprintln!("installing {}", tool.packages.join(", "));
    let apt_get = |arguments: &[&str]| {
        let status = Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    let install = [&["install", "-y", "-qq", "--no-install-recommends"], tool.packages].concat();
    // A fresh machine has no lists of packages.
    if (apt_get(&install) || (apt_get(&["update", "-qq"]) && apt_get(&install))) && is_on_path(tool.program) {
        return Ok(());
    }
    bail!("{}", missing(tool))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn missing(tool: &Tool) -> String {
    format!(
        "{} is not installed; on Debian: sudo apt-get install --no-install-recommends {}",
        tool.program,
        tool.packages.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::target::NODE;

    #[test]
    fn a_missing_tool_is_an_error_that_names_the_line_to_type() {
        assert_eq!(
            missing(&NODE),
            "node is not installed; on Debian: sudo apt-get install --no-install-recommends nodejs"
        );
    }

    #[test]
    fn a_target_that_the_compiler_does_not_know_is_not_there() {
        assert!(!has_rust_target("no-such-target").unwrap());
    }

    #[test]
    fn programs_are_looked_for_in_the_path() {
        assert!(is_on_path("cargo"));
        assert!(!is_on_path("no-such-program"));
    }
}
