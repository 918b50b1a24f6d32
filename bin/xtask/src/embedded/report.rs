// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a run of the suite says, and whether it is what it must be.
//!
//! The exit status, the last line, every line of a test and every digest must agree: a target that falls silent must not pass.

use anyhow::{Result, bail, ensure};
use widthwise_conformance::first_difference;

use super::Tables;
use super::emulation::Run;

/// What a target showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) tests: usize,
    pub(super) digests: usize,
}

/// The digests of a run.
pub(super) fn digests(output: &str) -> impl Iterator<Item = &str> {
    output.lines().filter_map(|line| line.strip_prefix("digest "))
}

/// Whether a run of the suite on a target passed, with the digests of both tables.
pub(super) fn judge(triple: &str, run: &Run, tables: &Tables) -> Result<Counts> {
    ended(run)?;
    let tests = || run.text.lines().filter(|line| line.starts_with("test "));
    let failed: Vec<_> = tests().filter(|line| !line.ends_with(" ... ok")).collect();
    ensure!(failed.is_empty(), "{} tests fail on the target:\n  {}", failed.len(), failed.join("\n  "));
    let passed = tests().count();
    let (expected, last) = (format!("{passed} passed, 0 failed"), last_line(&run.text));
    ensure!(
        passed > 0 && last == expected && run.text.ends_with('\n'),
        "the last line should be {expected:?}; it is {last:?}, and the run ended with {}",
        run.end()
    );
    ensure!(run.code() == Some(0), "every test passes, but the run ended with {}", run.end());
    for (table, name) in [(&tables.golden, "golden table"), (&tables.host, "host")] {
        if let Some(difference) = first_difference(table.lines(), digests(&run.text)) {
            let replay = difference.replay();
            let replay =
                replay.map(|replay| format!("\n  there: cargo xtask embedded {triple} --replay {replay}"));
            bail!("the target differs from the {name}: {difference}{}", replay.unwrap_or_default());
        }
    }
    Ok(Counts { tests: passed, digests: digests(&run.text).count() })
}

/// Whether a run ended by itself.
pub(super) fn ended(run: &Run) -> Result<()> {
    ensure!(!run.is_killed(), "the run {}; its last line: {:?}", run.end(), last_line(&run.text));
    Ok(())
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}

/// The first line in which two texts differ, from both; of a text that ends too early, the words "the end".
pub(super) fn first_line_that_differs<'a>(expected: &'a str, found: &'a str) -> Option<(&'a str, &'a str)> {
    let (mut a, mut b) = (expected.lines(), found.lines());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => return Some((a.unwrap_or("the end"), b.unwrap_or("the end"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::emulation;
    use super::*;

    const LINES: [&str; 2] = [
        "kernel.dot f32 0..2 0123456789abcdef 0001 0002",
        "spectral.opnorm-bound f32 8..10 0123456789abcdef 0001 0002",
    ];

    fn tables() -> Tables {
        let table = LINES.join("\n") + "\n";
        Tables { golden: table.clone(), host: table }
    }

    fn output() -> String {
        let [kernel, claim] = LINES;
        format!(
            "digest {kernel}\ntest kernel.dot f32 ... ok\ndigest {claim}\ntest spectral.opnorm-bound f32 ... ok\n2 passed, 0 failed\n"
        )
    }

    /// The error of a run whose output was changed from a good one.
    fn error(from: &str, to: &str, code: i32) -> String {
        let changed = output().replace(from, to);
        assert!(from == to || changed != output(), "nothing was changed");
        judge("wasm32-wasip1", &Run::ended(&changed, code), &tables()).unwrap_err().to_string()
    }

    #[test]
    fn a_run_that_says_all_it_must_passes() {
        assert_eq!(
            judge("wasm32-wasip1", &Run::ended(&output(), 0), &tables()).unwrap(),
            Counts { tests: 2, digests: 2 }
        );
    }

    #[test]
    fn a_failed_test_is_named() {
        let text = error("dot f32 ... ok", "dot f32 ... FAILED", 1);
        assert_eq!(text, "1 tests fail on the target:\n  test kernel.dot f32 ... FAILED");
        // A line that was cut is no test that passed, whatever the rest says.
        assert!(error("dot f32 ... ok", "dot f32 ... o", 0).contains("test kernel.dot f32 ... o"));
    }

    #[test]
    fn a_last_line_that_is_missing_cut_or_wrong_is_a_failure() {
        for last in
            ["", "2 passed, 0 failed", "2 passed, 0 fail\n", "3 passed, 0 failed\n", "2 passed, 1 failed\n"]
        {
            let text = error("2 passed, 0 failed\n", last, 0);
            assert!(text.starts_with("the last line should be \"2 passed, 0 failed\""), "{text}");
        }
        // A panic in the middle.
        let text = error("2 passed, 0 failed\n", "panicked at kernel.rs\n", 101);
        assert!(
            text.ends_with("it is \"panicked at kernel.rs\", and the run ended with exit status 101"),
            "{text}"
        );
        let text = judge("wasm32-wasip1", &Run::ended("", 0), &tables()).unwrap_err().to_string();
        assert!(text.contains("it is \"\""), "{text}");
        let text = judge("wasm32-wasip1", &Run::ended("0 passed, 0 failed\n", 0), &tables())
            .unwrap_err()
            .to_string();
        assert!(text.contains("the last line should be"), "{text}");
    }

    #[test]
    fn an_exit_status_that_is_not_zero_is_a_failure() {
        assert_eq!(error("", "", 1), "every test passes, but the run ended with exit status 1");
    }

    #[test]
    fn a_killed_emulator_is_a_failure_even_after_the_last_line() {
        let text = judge("wasm32-wasip1", &Run::killed(&output()), &tables()).unwrap_err().to_string();
        let seconds = emulation::DEADLINE.as_secs();
        let expected =
            format!("the run ran past {seconds} s and was killed; its last line: \"2 passed, 0 failed\"");
        assert_eq!(text, expected);
    }

    #[test]
    fn a_digest_that_differs_names_the_first_index() {
        let text = error("8..10 0123456789abcdef 0001 0002", "8..10 0123456789abcdee 0001 0003", 0);
        assert!(text.starts_with("the target differs from the golden table: spectral.opnorm-bound in f32 first differs at index 9"), "{text}");
        let address = "spectral.opnorm-bound --seed 0x5eed --index 9 --scalar f32";
        assert!(text.contains(&format!("theory-checker replay {address}\n")), "{text}");
        assert!(text.ends_with(&format!("cargo xtask embedded wasm32-wasip1 --replay {address}")), "{text}");
    }

    #[test]
    fn a_target_that_has_the_golden_bits_but_not_the_host_s_fails() {
        let tables = Tables { host: tables().host.replace("0001 0002", "0001 0003"), ..tables() };
        let text = judge("wasm32-wasip1", &Run::ended(&output(), 0), &tables).unwrap_err().to_string();
        assert!(
            text.starts_with("the target differs from the host: kernel.dot in f32 first differs at index 1"),
            "{text}"
        );
    }

    #[test]
    fn digests_that_are_missing_or_cut_are_failures() {
        let text = error("digest kernel.dot f32 0..2 0123456789abcdef 0001 0002\n", "", 0);
        assert!(text.contains("another line than expected") && text.contains(LINES[0]), "{text}");
        let text = error("8..10 0123456789abcdef 0001 0002", "8..10 0123456789abcdef 0001", 0);
        assert!(text.contains("one that is not whole"), "{text}");
        let text = error(&format!("digest {}\n", LINES[1]), "", 0);
        assert!(text.contains("a digest is missing"), "{text}");
    }

    #[test]
    fn the_first_line_that_differs_is_found() {
        assert_eq!(first_line_that_differs("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_line_that_differs("a\nb\n", "a\nc\n"), Some(("b", "c")));
        assert_eq!(first_line_that_differs("a\nb\n", "a\n"), Some(("b", "the end")));
        assert_eq!(first_line_that_differs("a\n", "a\nb\n"), Some(("the end", "b")));
    }
}
