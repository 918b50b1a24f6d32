// SPDX-License-Identifier: MIT OR Apache-2.0

//! The firmware on an emulated Cortex-M4: every test passes there, and every result has the bits of the host.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use core::time::Duration;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Instant;

use widthwise_tests::digests::{GOLDEN, compute, first_difference};

const FIRMWARE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bin/firmware");
const TARGET: &str = "thumbv7em-none-eabihf";
const EMULATOR: &str = "qemu-system-arm";
const MACHINE: &str = "mps2-an386";

/// The emulator takes a few seconds; beyond this it is taken to hang.
const DEADLINE: Duration = Duration::from_secs(120);

#[test]
#[ignore = "needs qemu-system-arm and the target thumbv7em-none-eabihf: run by .ci/run"]
fn firmware_passes_with_the_bits_of_the_host() {
    let image = Path::new(FIRMWARE).join("target").join(TARGET).join("release/firmware");
    build();
    let (status, output) = emulate(&image);

    let failed: Vec<_> = output.lines().filter(|line| line.ends_with("FAILED")).collect();
    assert!(failed.is_empty(), "failed on the target: {failed:#?}");
    let passed = output.lines().filter(|line| line.starts_with("test ") && line.ends_with("... ok")).count();
    let last = output.lines().last().unwrap_or_default();
    assert!(passed > 0 && last == format!("{passed} passed, 0 failed"), "the last line is {last:?}");
    assert!(status.success(), "the emulator ended with {status}");

    let target: Vec<_> = output.lines().filter_map(|line| line.strip_prefix("digest ")).collect();
    let golden = std::fs::read_to_string(GOLDEN).expect("the golden table is committed");
    let golden: Vec<_> = golden.lines().collect();
    let host = compute().expect("the memory has the length asked for");
    for (name, difference) in
        [("golden table", first_difference(&golden, &target)), ("host", first_difference(&host, &target))]
    {
        if let Some(difference) = difference {
            panic!("the target differs from the {name}\n{difference}");
        }
    }
}

/// Builds the image: in its own workspace and target folder, as by hand.
fn build() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "--locked", "--target", TARGET, "--target-dir", "target"])
        .current_dir(FIRMWARE)
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the image does not build; is the target there? rustup target add {TARGET}");
}

/// Runs the image until it exits or the deadline passes: its exit status and what it printed.
fn emulate(image: &Path) -> (ExitStatus, String) {
    let spawned = Command::new(EMULATOR)
        .args(["-M", MACHINE, "-nographic", "-monitor", "none", "-serial", "none"])
        .args(["-semihosting-config", "enable=on,target=native", "-kernel"])
        .arg(image)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let mut emulator = match spawned {
        Ok(emulator) => emulator,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("{EMULATOR} is not installed; on Debian: apt-get install qemu-system-arm")
        }
        Err(error) => panic!("{EMULATOR} does not start: {error}"),
    };
    let mut pipe = emulator.stdout.take().expect("the output is piped");
    // Read while it runs: a full pipe would stop the emulator.
    let reader = thread::spawn(move || {
        let mut output = Vec::new();
        pipe.read_to_end(&mut output).map(|_| output)
    });
    let status = wait(&mut emulator);
    let output = reader.join().expect("the reader does not panic").expect("the output can be read");
    let output = String::from_utf8_lossy(&output).into_owned();
    let Some(status) = status else {
        let last = output.lines().last().unwrap_or_default();
        panic!("the emulator ran past {} s and was killed; its last line: {last:?}", DEADLINE.as_secs());
    };
    (status, output)
}

/// Waits for the emulator; kills it at the deadline, and then returns `None`.
fn wait(emulator: &mut Child) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        if let Some(status) = emulator.try_wait().expect("the emulator can be waited for") {
            return Some(status);
        }
        if start.elapsed() > DEADLINE {
            emulator.kill().expect("the emulator can be killed");
            emulator.wait().expect("a killed process ends");
            return None;
        }
        thread::sleep(Duration::from_millis(50));
    }
}
