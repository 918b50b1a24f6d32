// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds libraries and images.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::root;
use super::target::{Emulation, Target};

/// Builds every library for a target without default features; returns how many there are.
pub(super) fn libraries(target: &Target) -> Result<usize> {
    let libraries = packages()?;
    let mut command = cargo();
    command.args(["build", "--locked", "--no-default-features", "--target", target.triple]);
    // Nothing here is ever debugged, and writing what a debugger needs takes a fifth of the time.
    command.env("CARGO_PROFILE_DEV_DEBUG", "0");
    for library in &libraries {
        command.args(["-p", library]);
    }
    run(&mut command).context("the libraries without default features")?;
    Ok(libraries.len())
}

/// The packages of the libraries: `crates/NAME` is `widthwise-NAME`.
fn packages() -> Result<Vec<String>> {
    let mut packages = Vec::new();
    for folder in root().join("crates").read_dir().context("the folder of the libraries")? {
        let folder = folder?;
        if folder.path().join("Cargo.toml").exists() {
            packages.push(format!("widthwise-{}", folder.file_name().to_string_lossy()));
        }
    }
    packages.sort();
    ensure!(!packages.is_empty(), "there are no libraries in crates/");
    Ok(packages)
}

/// An image of `bin/firmware`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Firmware {
    /// The package.
    pub(super) package: &'static str,
    /// Its binary.
    pub(super) image: &'static str,
    /// The opt-level.
    pub(super) level: &'static str,
    /// The kernel that it is to measure.
    pub(super) kernel: Option<&'static str>,
}

/// Builds an image of `bin/firmware`; returns its path.
pub(super) fn firmware(triple: &str, firmware: Firmware) -> Result<PathBuf> {
    let Firmware { package, image, level, kernel } = firmware;
    let folder = root().join("bin/firmware");
    let mut command = cargo();
    command.args(["rustc", "--quiet", "--release", "--locked", "--target", triple, "--target-dir", "target"]);
    command.args(["--package", package, "--bin", image]).current_dir(&folder);
    command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level);
    if let Some(kernel) = kernel {
        command.args(["--", "--cfg"]).arg(format!("kernel=\"{kernel}\""));
    }
    run(untouched(&mut command)).with_context(|| format!("the image {image}"))?;
    Ok(folder.join("target").join(triple).join("release").join(image))
}

/// What a developer has set for other purposes must not change an image.
fn untouched(command: &mut Command) -> &mut Command {
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("BOARD")
}

/// What is run on a target.
#[derive(Debug)]
pub(super) struct Images {
    /// The suite.
    pub(super) suite: PathBuf,
    /// The example of `bin/firmware`, on a board.
    pub(super) example: Option<PathBuf>,
}

/// Builds what is run on a target.
pub(super) fn images(triple: &str, emulation: &Emulation) -> Result<Images> {
    let mut command = cargo();
    command.args(["build", "--locked", "--target", triple, "--target-dir", "target"]);
    untouched(&mut command);
    let variable = |name| format!("CARGO_TARGET_{}_{name}", triple.replace(['-', '.'], "_").to_uppercase());
    let images = match emulation {
        Emulation::Board { .. } => {
            let firmware = root().join("bin/firmware");
            command.args(["--profile", "suite", "--package", "firmware", "--package", "lipschitz"]);
            command.current_dir(&firmware);
            let images = firmware.join("target").join(triple).join("suite");
            Images { suite: images.join("firmware"), example: Some(images.join("lipschitz")) }
        }
        Emulation::Linux { linker, .. } => {
            command.env(variable("LINKER"), linker.map_or("rust-lld", |linker| linker.program));
            command.env(variable("RUSTFLAGS"), "-C target-feature=+crt-static");
            Images { suite: program(&mut command, triple, "conformance"), example: None }
        }
        Emulation::Node => Images { suite: program(&mut command, triple, "conformance.wasm"), example: None },
    };
    run(&mut command).context("the image")?;
    Ok(images)
}

/// Builds the host program.
fn program(command: &mut Command, triple: &str, file: &str) -> PathBuf {
    command.args(["--release", "--package", "widthwise-tests", "--bin", "conformance"]);
    root().join("target").join(triple).join("release").join(file)
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().context("cargo does not start")?;
    ensure!(status.success(), "the build fails: {command:?}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_libraries_are_those_of_the_folder() {
        let packages = packages().unwrap();
        for library in ["widthwise-rounding", "widthwise-claims", "widthwise-conformance"] {
            assert!(packages.iter().any(|package| package == library), "{packages:?}");
        }
    }
}
