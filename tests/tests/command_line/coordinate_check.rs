// SPDX-License-Identifier: MIT OR Apache-2.0

//! `coordinate-check`: verdicts, the nearest rule, the plot, and what becomes of bad input.

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use super::{checker, json, run, status, stderr, stdout};

/// Options of a check that is quick in a build without optimisation: narrow networks, and few.
const QUICK: [(&str, &str); 4] =
    [("--optimizer", "spectrally-normalized"), ("--widths", "32,128"), ("--draws", "3"), ("--steps", "1")];

/// The command line of a quick check with these options more or instead.
fn quick<'a>(options: &[&'a str]) -> Vec<&'a str> {
    let kept = QUICK.iter().filter(|(name, _)| !options.contains(name));
    let kept = kept.flat_map(|&(name, value)| [name, value]);
    ["coordinate-check"].into_iter().chain(kept).chain(options.iter().copied()).collect()
}

#[test]
fn the_spectral_rule_passes_and_says_what_was_not_seen() {
    let output = run(&quick(&["--draws", "40", "--rate", "0.2"]));
    assert_eq!(status(&output), 0, "{}{}", stdout(&output), stderr(&output));
    let text = stdout(&output);
    for part in [
        "spectral under spectrally-normalized\n16 → n → n → 4, relu, rate 0.2, 1 step on 1 example;",
        "160 of n = 32, 40 of",
        "\nnat(ΔW_2)             1    0.000 ± 0.000  [ 0.000,  0.000]         0  flat\n",
        "\nnearest  maximal-update-table-3, ",
        "\nwarning  one step only: ",
        "\nwarning  the widths span a factor of 4.0",
        "\nwarning  two widths ",
        "\npass\nexit status 0: pass: ",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn wrong_rules_fail_and_are_named() {
    for (rule, quantity, nearest) in [
        ("standard", "nat(W_3) at the start goes as n^(0.", "standard; no power is farther off than"),
        ("neural-tangent", "nat(W_3) at the start goes as n^(0.", "neural-tangent; no power"),
        ("standard-over-width", "nat(W_3) at the start goes as n^(0.", "standard-over-width; no power"),
    ] {
        let output = run(&quick(&["--optimizer", "sgd", "--rule", rule]));
        assert_eq!(status(&output), 1, "{rule} {}{}", stdout(&output), stderr(&output));
        assert!(stdout(&output).contains(&format!("\nfail: {quantity}")), "{}", stdout(&output));
        assert!(stdout(&output).contains(&format!("\nnearest  {nearest}")), "{}", stdout(&output));
    }
    let output = run(&quick(&["--rule", "uniform"]));
    assert_eq!(status(&output), 1);
    assert!(
        stdout(&output).contains("\nfail: nat(ΔW_1) at step 1 goes as n^(-0.50)\n"),
        "{}",
        stdout(&output)
    );
    // One pattern, two rules: each under its own optimiser.
    let output = run(&quick(&["--rule", "relative-frobenius"]));
    assert!(stdout(&output).contains("\nnearest  relative-frobenius; no power"), "{}", stdout(&output));
}

#[test]
fn what_is_too_noisy_or_does_not_train_is_inconclusive() {
    let output = run(&quick(&["--optimizer", "sgd", "--draws", "2", "--widths", "32,64"]));
    assert_eq!(status(&output), 3, "{}", stdout(&output));
    assert!(stdout(&output).contains("\ninconclusive: the interval of "), "{}", stdout(&output));
    let output = run(&quick(&["--rate", "0"]));
    assert_eq!(status(&output), 3);
    assert!(stdout(&output).contains(" is zero in every network: nothing trains\n"), "{}", stdout(&output));
    let output = run(&quick(&["--optimizer", "sgd", "--rate", "1e200", "--steps", "4"]));
    assert_eq!(status(&output), 3);
    assert!(stdout(&output).contains(" left the format of binary64"), "{}", stdout(&output));
    let output = run(&quick(&["--widths", "1,2"]));
    assert_eq!(status(&output), 3);
    assert!(stdout(&output).contains("\ninconclusive: a hidden layer has 1 neurons"), "{}", stdout(&output));
}

#[test]
fn the_same_seed_gives_the_same_bytes_with_any_number_of_threads() {
    let one = run(&quick(&["--format", "json", "--jobs", "1"]));
    let three = run(&quick(&["--format", "json", "--jobs", "3"]));
    assert_eq!(one.stdout, three.stdout);
    let other = run(&quick(&["--format", "json", "--seed", "7"]));
    assert_ne!(one.stdout, other.stdout);
    assert_eq!(json(&other)["seed"], "0x7");
}

#[test]
fn results_of_every_verdict_follow_the_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../bin/theory-checker/schema/coordinate-check-v1.json"))
            .unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (arguments, verdict) in [
        (&["--draws", "40", "--rate", "0.2"][..], "pass"),
        (&["--rule", "uniform"], "fail"),
        (&["--rate", "0"], "inconclusive"),
        (&["--hidden", "2,1,2", "--batch", "2", "--activation", "tanh", "--rule", "uniform"], "fail"),
        (&["--depth", "4", "--rule", "spectral-max"], "fail"),
    ] {
        let result = json(&run(&quick(&[arguments, &["--format", "json"]].concat())));
        let errors: Vec<_> = validator.iter_errors(&result).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(result["verdict"], verdict, "{arguments:?}");
        let mut broken = result;
        broken["estimates"][0]["decision"] = Value::from("fine");
        assert!(!validator.is_valid(&broken), "the schema accepts anything");
    }
}

#[test]
fn a_plot_is_a_whole_file_with_a_panel_for_every_quantity() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("check.svg");
    let output = run(&quick(&["--rule", "uniform", "--plot", path.to_str().unwrap()]));
    assert_eq!(status(&output), 1, "{}", stderr(&output));
    let svg = fs::read_to_string(&path).unwrap();
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    for formula in
        ["nat(ΔW_1)", "nat(W_3)", "RMS(z_2)", "nat(W_2 - W_2⁰)", "RMS(z_3 - z_3⁰)", "step 1: -0.50"]
    {
        assert!(svg.contains(formula), "{formula}");
    }
    assert!(!svg.contains("NaN"));
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "a temporary file is left over");
}

#[test]
fn a_plot_that_cannot_be_written_is_noticed_before_anything_runs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("missing").join("check.svg");
    let output =
        run(&quick(&["--draws", "10000", "--widths", "2048,4096", "--plot", path.to_str().unwrap()]));
    assert_eq!(status(&output), 2);
    assert!(
        stderr(&output).contains("cannot write") && stderr(&output).contains("missing"),
        "{}",
        stderr(&output)
    );
    assert_eq!(stdout(&output), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_no_result() {
    for option in ["--plot", "--output"] {
        let output = run(&quick(&[option, "/dev/full"]));
        assert_eq!(status(&output), 2, "{option}");
        assert!(stderr(&output).contains("cannot write /dev/full"), "{}", stderr(&output));
        assert!(stdout(&output).contains("\nexit status "), "{option} {}", stdout(&output));
    }
}

#[test]
fn a_file_holds_what_standard_output_would() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("check.txt");
    let output = run(&quick(&["--rule", "uniform", "--output", path.to_str().unwrap()]));
    assert_eq!((status(&output), stdout(&output)), (1, ""));
    assert!(stderr(&output).contains("fail: nat(ΔW_1) at step 1"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&path).unwrap(), stdout(&run(&quick(&["--rule", "uniform"]))));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_check_and_says_how_far_it_came() {
    use std::process::Command;
    use std::time::Duration;
    let long =
        ["--draws", "10000", "--widths", "32,64", "--steps", "1000", "--format", "json", "--jobs", "1"];
    let child = checker().args(quick(&long)).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(status(&output), 130, "{}", stderr(&output));
    let result = json(&output);
    assert_eq!(result["verdict"], "interrupted");
    assert!(result["estimates"].as_array().unwrap().is_empty());
}

#[test]
fn what_is_no_check_is_a_usage_error_that_names_it() {
    for (arguments, message) in [
        (&["--rule", "spektral"][..], "spectral"),
        (&["--activation", "swish"], "silu"),
        (&["--widths", "128,64"], "two widths at least are needed, in ascending order"),
        (&["--widths", "64"], "two widths at least are needed"),
        (&["--widths", "64,many"], "many"),
        (&["--widths", "64,100000"], "between 1 and 8192 are possible, not 100000"),
        (&["--steps", "0"], "--steps"),
        (&["--draws", "1"], "two draws at least"),
        (&["--depth", "1"], "--depth"),
        (&["--depth", "3", "--hidden", "1,1"], "cannot be used with"),
        (&["--rate=-1"], "--rate"),
        (&["--rate", "NaN"], "--rate"),
        (&["--batch", "0"], "examples of a batch"),
        (&["--seed", "5eed"], "--seed"),
        (&["--rule", "mean-field"], "mean field has no rate of spectral updates"),
        (&["--rule", "entry-size"], "relative entry size has no rate of spectral updates"),
    ] {
        let output = run(&quick(arguments));
        assert_eq!(status(&output), 2, "{arguments:?} {}", stdout(&output));
        assert!(stderr(&output).contains(message), "{arguments:?} {}", stderr(&output));
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn help_documents_the_exit_statuses() {
    let output = run(&["coordinate-check", "--help"]);
    assert_eq!(status(&output), 0);
    for line in
        ["  0    pass: ", "  1    fail: ", "  2    usage", "  3    inconclusive: ", "  130  interrupted"]
    {
        assert!(stdout(&output).contains(line), "{line}");
    }
}
