// SPDX-License-Identifier: MIT OR Apache-2.0

//! `replay`: an instance of a campaign again, to the last bit.

use serde_json::Value;
use widthwise_conformance::Replay;

use super::{json, run, status, stderr, stdout};

const REPLAY: [&str; 6] = ["replay", "spectral.opnorm-bound", "--seed", "0x5eed", "--index", "3"];

#[test]
fn a_replay_shows_arrays_quantities_and_comparisons() {
    let output = run(&REPLAY);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    for text in [
        "spectral.opnorm-bound   seed 0x5eed   index 3   f64\n",
        "\nA  ",
        "\nx  ",
        "‖A x‖\n",
        "left ",
        "right ",
        "0x1.",
        "outcome: ",
    ] {
        assert!(stdout(&output).contains(text), "{text} is not in\n{}", stdout(&output));
    }
}

#[test]
fn two_replays_show_the_same_numbers() {
    assert_eq!(stdout(&run(&REPLAY)), stdout(&run(&REPLAY)));
}

/// The campaign and the replay must see one computation: the tightest ratio is that of the replayed comparisons.
#[test]
fn a_replay_shows_the_numbers_of_the_campaign() {
    for scalar in ["f64", "f32"] {
        let id = "spectral.norms.entries";
        let campaign = run(&["check", id, "--instances", "200", "--scalar", scalar, "--format", "json"]);
        let tightest = &json(&campaign)["claims"][0]["tightest"];
        let index = tightest["index"].to_string();
        let replay = json(&run(&["replay", id, "--index", &index, "--scalar", scalar, "--format", "json"]));
        let ratio = |comparison: &Value| {
            let (left, right) = (comparison["left"]["hi"].as_f64()?, comparison["right"]["lo"].as_f64()?);
            (comparison["relation"] == "≤" && right > 0.0).then_some(left / right)
        };
        let ratios = replay["comparisons"].as_array().unwrap().iter().filter_map(ratio);
        let greatest = ratios.fold(0.0, |a: f64, b| if a > b { a } else { b });
        let expected = tightest["ratio"].as_f64().unwrap();
        assert!((greatest / expected - 1.0).abs() < 1e-6, "{scalar}: {greatest} {expected}");
    }
}

#[test]
fn a_control_is_refuted_where_the_campaign_says_and_made_small() {
    let campaign = json(&run(&["check", "spectral.opnorm-bound", "--instances", "1", "--format", "json"]));
    for variant in campaign["claims"][0]["control"]["variants"].as_array().unwrap() {
        let (id, index) = (variant["id"].as_str().unwrap(), variant["first_index"].to_string());
        let replay = |index: &str| {
            run(&["replay", "spectral.opnorm-bound", "--index", index, "--control", id, "--format", "json"])
        };
        let output = replay(&index);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let case = json(&output);
        assert_eq!(case["outcome"], "refuted");
        let not_zero = |case: &Value| {
            let arrays = case["arrays"].as_array().unwrap();
            arrays
                .iter()
                .flat_map(|array| array["entries"].as_array().unwrap())
                .filter(|x| **x != 0.0)
                .count()
        };
        assert!(not_zero(&case["small"]) <= not_zero(&case), "{case}");
        assert!(not_zero(&case["small"]) <= 4, "{case}");
        // No earlier instance refutes it.
        for earlier in 0..variant["first_index"].as_u64().unwrap() {
            assert_ne!(status(&replay(&earlier.to_string())), 0);
        }
    }
}

#[test]
fn an_unknown_control_is_an_error_that_names_the_known_ones() {
    let output = run(&[&REPLAY[..], &["--control", "no-such-control"]].concat());
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("column-norm, spectral-radius"), "{}", stderr(&output));
}

#[test]
fn an_index_is_required_and_in_range() {
    assert_eq!(status(&run(&["replay", "spectral.opnorm-bound"])), 2);
    assert_eq!(status(&run(&["replay", "spectral.opnorm-bound", "--index", "281474976710656"])), 2);
    assert_eq!(status(&run(&["replay", "spectral.opnorm-bound", "--index", "-1"])), 2);
}

/// The targets show an instance as the suite of conformance does, which `cargo xtask embedded` compares with the host; here the
/// suite's text is compared with the checker's.
#[test]
fn the_numbers_are_those_that_every_target_shows() {
    for words in [
        "spectral.opnorm-bound --index 3 --scalar f32",
        "spectral.update-alignment.rank-one --index 11 --scalar f64",
        "spectral.norms.entries --index 281474976710652 --scalar f32 --seed 0xffffffffffffffff",
        "spectral.opnorm-bound --index 4 --scalar f64 --control column-norm",
        "spectral.opnorm-bound --index 5 --scalar f64 --control column-norm",
    ] {
        let mut shown = String::new();
        let replay = Replay::parse(words.split(' ')).unwrap();
        let expected_status = replay.run(&mut shown).unwrap();
        let output = run(&["replay"].into_iter().chain(words.split(' ')).collect::<Vec<_>>());
        assert_eq!(status(&output), i32::from(expected_status), "{words}");
        let (expected, found) = (Paragraphs::of(&shown), Paragraphs::of(stdout(&output)));
        assert_eq!(expected, found, "{words}");
        assert!(expected.entries.len() > 1 && expected.steps.len() > 2, "{words}");
    }
}

/// What a replay shows, without its decimal digits and its layout.
#[derive(Debug, PartialEq)]
struct Paragraphs<'a> {
    heading: &'a str,
    /// The entries of the arrays, row by row.
    entries: Vec<&'a str>,
    /// Quantities and comparisons.
    steps: Vec<String>,
    outcome: &'a str,
}

impl<'a> Paragraphs<'a> {
    fn of(text: &'a str) -> Self {
        let paragraphs: Vec<_> = text.split("\n\n").collect();
        let [heading, arrays, steps, .., outcome] = paragraphs[..] else { panic!("{text}") };
        let hexadecimal = |word: &&str| word.trim_start_matches('-').starts_with("0x");
        // The overlap is decimal here, hexadecimal there, and follows from the ends.
        let steps = steps.lines().filter(|line| !line.starts_with("  overlap "));
        let steps = steps.map(|line| match (line.find('['), line.find("]  [")) {
            (Some(decimal), Some(end)) => line[..decimal].to_owned() + &line[end + 3..],
            _ => line.to_owned(),
        });
        let entries = arrays.split_whitespace().filter(hexadecimal).collect();
        Self { heading, entries, steps: steps.collect(), outcome }
    }
}
