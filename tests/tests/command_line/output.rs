// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where results go, and what happens when they cannot.

use std::fs;
use std::process::Stdio;

use super::{checker, run, status, stderr, stdout};

const SMALL: [&str; 4] = ["check", "spectral.norms.entries", "--instances", "10"];

#[test]
fn a_file_holds_what_standard_output_would() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("result.txt");
    let output = run(&[&SMALL[..], &["--output", path.to_str().unwrap()]].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert_eq!(stdout(&output), "");
    assert_eq!(fs::read_to_string(&path).unwrap(), stdout(&run(&SMALL)));
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "a temporary file is left over");
}

#[test]
fn a_directory_that_does_not_exist_is_noticed_before_anything_runs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("missing").join("result.json");
    let output = run(&["check", "--instances", "1000000000", "--output", path.to_str().unwrap()]);
    assert_eq!(status(&output), 2);
    assert!(
        stderr(&output).contains("cannot write") && stderr(&output).contains("missing"),
        "{}",
        stderr(&output)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing() {
    let output = run(&[&SMALL[..], &["--output", "/dev/full"]].concat());
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("cannot write /dev/full"), "{}", stderr(&output));
    assert_eq!(stdout(&output), stdout(&run(&SMALL)));
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_is_full_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = checker().args(SMALL).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("cannot write to standard output"), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_error() {
    for arguments in [&["list"][..], &SMALL, &["explain", "spectral.opnorm-bound"]] {
        let mut child =
            checker().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        assert!(!stderr(&output).contains("panicked"));
    }
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let escape = '\u{1b}';
    assert!(!stdout(&run(&SMALL)).contains(escape));
    assert!(stdout(&run(&[&SMALL[..], &["--color", "always"]].concat())).contains(escape));
    let forced =
        |variables: &[(&str, &str)]| checker().args(SMALL).envs(variables.iter().copied()).output().unwrap();
    assert!(stdout(&forced(&[("CLICOLOR_FORCE", "1")])).contains(escape));
    assert!(!stdout(&forced(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")])).contains(escape));
}

#[test]
fn lines_fit_a_terminal_of_a_hundred_columns() {
    let output =
        run(&["check", "kind:exact", "spectral.rule.uniform", "--instances", "10", "--effort", "quick"]);
    for line in stdout(&output).lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}
