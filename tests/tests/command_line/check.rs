// SPDX-License-Identifier: MIT OR Apache-2.0

//! `check`: campaigns.

use snapbox::str;

use super::{json, run, status, stderr, stdout};

/// A campaign that is large enough to have several blocks.
const SEVERAL_BLOCKS: [&str; 5] =
    ["check", "spectral.norms.entries", "spectral.stable-rank", "--instances", "1100"];

/// The law with the least noise, and so with the fewest draws.
const LAW: [&str; 4] = ["check", "spectral.rule.uniform", "--effort", "quick"];

#[test]
fn claims_hold_and_their_controls_are_refuted() {
    let output = run(&["check", "kind:exact", "--instances", "30", "--color", "never"]);
    assert_eq!(status(&output), 0, "{}{}", stdout(&output), stderr(&output));
}

#[test]
fn the_human_result_is_a_table_with_a_verdict() {
    let output = run(&["check", "spectral.norms.entries", "--instances", "40"]);
    snapbox::assert_data_eq!(
        stdout(&output),
        str![[r#"
theory-checker [..]   seed 0x5eed   f64   40 instances a claim

claim                   instances  proved  undecided  refuted  skipped
spectral.norms.entries         40 [..]        0        0  held
  tightest left/right [..] at [..], widest undecided overlap [..] at [..]
  controls refuted: longer-side at [..]

held: 1 of 1 claim held, 1 of 1 control refuted
exit status 0: everything selected held, and every control was refuted

"#]]
    );
}

#[test]
fn the_json_result_has_the_promised_keys() {
    let output =
        run(&["check", "spectral.norms.entries", "--instances", "40", "--format", "json", "--seed", "7"]);
    snapbox::assert_data_eq!(
        stdout(&output),
        str![[r#"
{
  "schema_version": 1,
  "tool_version": "[..]",
  "seed": "0x7",
  "scalar": "f64",
  "verdict": "held",
  "claims": [
    {
      "id": "spectral.norms.entries",
      "kind": "exact",
      "paper": "2310.17813",
      "verdict": "held",
      "reason": null,
      "instances": 40,
      "proved": [..],
      "undecided": [..],
      "refuted": 0,
      "skipped": 0,
      "too_wide": 0,
      "tightest": {
        "ratio": [..],
        "index": [..]
      },
      "widest_undecided": [..],
      "proof": {
        "theorem": "Widthwise.exact.[..]",
        "file": "proofs/theories/exact/[..].v"
      },
      "control": {
        "id": "spectral.norms.entries/control",
        "verdict": "refuted",
        "instances": [..],
        "first_index": [..],
        "variants": [
          {
            "id": "spectral.norms.entries/longer-side",
            "verdict": "refuted",
            "instances": [..],
            "first_index": [..]
          }
        ]
      },
      "counterexample": null
    }
  ]
}

"#]]
    );
}

#[test]
fn every_instance_has_one_outcome() {
    let output = run(&["check", "kind:exact", "--instances", "30", "--format", "json"]);
    let result = json(&output);
    let claims = result["claims"].as_array().unwrap();
    assert!(claims.len() >= 10);
    for claim in claims {
        let count = |key: &str| claim[key].as_u64().unwrap();
        assert_eq!(count("instances"), 30, "{claim}");
        assert_eq!(count("proved") + count("undecided") + count("refuted") + count("skipped"), 30, "{claim}");
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    for format in ["human", "json"] {
        let with = |jobs| run(&[&SEVERAL_BLOCKS[..], &["--format", format, "--jobs", jobs]].concat());
        let one = with("1");
        assert_eq!(status(&one), 0, "{}", stderr(&one));
        for jobs in ["2", "5"] {
            assert_eq!(stdout(&with(jobs)), stdout(&one));
        }
        let law = |jobs| run(&[&LAW[..], &["--format", format, "--jobs", jobs]].concat());
        assert_eq!(stdout(&law("3")), stdout(&law("1")));
    }
}

#[test]
fn a_law_is_shown_with_every_exponent_and_its_control() {
    let output = run(&LAW);
    assert_eq!(status(&output), 0, "{}{}", stdout(&output), stderr(&output));
    snapbox::assert_data_eq!(
        stdout(&output),
        str![[r#"
theory-checker [..]   seed 0x5eed   f64   20000 instances a claim

law                    estimates
spectral.rule.uniform  n = 32, 64, 128, 256, 4 draws each  held
  nat(ΔW_1)  -0.500 ± 0.000  in [-0.700, -0.300]  predicted -1/2  control    0
  nat(ΔW_2)  [..]0.000 ± 0.000  in [-0.200,  0.200]  predicted    0  control    0
  nat(ΔW_3)   0.500 ± 0.000  in [ 0.300,  0.700]  predicted  1/2  control    0

held: 1 of 1 claim held, 1 of 1 control refuted
exit status 0: everything selected held, and every control was refuted

"#]]
    );
}

#[test]
fn the_json_of_a_law_has_the_promised_keys() {
    let result = json(&run(&[&LAW[..], &["--format", "json"]].concat()));
    let law = &result["claims"][0];
    assert_eq!((&law["id"], &law["kind"]), (&"spectral.rule.uniform".into(), &"law".into()));
    assert_eq!((&law["verdict"], &law["control"]["refuted"]), (&"held".into(), &true.into()));
    assert_eq!((&law["false_alarm"], &law["power"]), (&1e-6.into(), &0.999.into()));
    assert_eq!((&law["replicates"], &law["measured"]), (&4.into(), &16.into()));
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let exponents = law["exponents"].as_array().unwrap();
    assert_eq!(exponents.len(), 3);
    for (exponent, predicted) in exponents.iter().zip([-0.5, 0.0, 0.5]) {
        assert_eq!(
            (number(&exponent["predicted"]), number(&exponent["control_predicted"])),
            (predicted, 0.0)
        );
        assert!((number(&exponent["estimate"]) - predicted).abs() < 1e-9, "{exponent}");
        assert!(number(&exponent["standard_error"]) < 1e-9, "{exponent}");
        assert!(number(&exponent["interval"][0]) < predicted && predicted < number(&exponent["interval"][1]));
    }
    for key in ["quantity", "estimate", "interval", "predicted", "control_predicted"] {
        assert!(exponents.iter().any(|exponent| exponent[key] == law[key]), "{key}");
    }
}

#[test]
fn effort_widens_the_networks() {
    let with =
        |effort| json(&run(&["check", "spectral.rule.uniform", "--effort", effort, "--format", "json"]));
    let [quick, standard] = ["quick", "standard"].map(with);
    assert_eq!(quick["claims"][0]["widths"], serde_json::json!([32, 64, 128, 256]));
    assert_eq!(standard["claims"][0]["widths"], serde_json::json!([64, 128, 256, 512]));
}

#[test]
fn decimal_and_hexadecimal_seeds_are_the_same_and_another_seed_is_another_campaign() {
    let with = |seed| run(&["check", "spectral.norms.entries", "--instances", "40", "--seed", seed]);
    assert_eq!(stdout(&with("24301")), stdout(&with("0x5eed")));
    assert_ne!(stdout(&with("24301")), stdout(&with("24302")));
}

#[test]
fn a_random_seed_is_printed_and_repeats_the_campaign() {
    let with = |seed: &str| {
        run(&["check", "spectral.norms.entries", "--instances", "10", "--format", "json", "--seed", seed])
    };
    let random = with("random");
    let result = json(&random);
    let seed = result["seed"].as_str().unwrap();
    assert!(stderr(&random).contains(seed));
    assert_eq!(stdout(&with(seed)), stdout(&random));
    assert_ne!(json(&with("random"))["seed"], result["seed"]);
}

#[test]
fn single_precision_is_another_campaign() {
    let output = run(&["check", "kind:exact", "--instances", "30", "--scalar", "f32", "--format", "json"]);
    assert_eq!(status(&output), 0, "{}{}", stdout(&output), stderr(&output));
    assert_eq!(json(&output)["scalar"], "f32");
}

#[test]
fn no_command_is_the_default_campaign() {
    // Nothing of it runs; what would is listed.
    let options = ["--instances", "3", "--time-budget", "0s", "--format", "json"];
    let output = json(&run(&options));
    assert_eq!(output, json(&run(&[&["check"], &options[..]].concat())));
    let claims = output["claims"].as_array().unwrap();
    assert!(claims.iter().any(|claim| claim["kind"] == "law"));
    let listed = json(&run(&["list", "kind:exact", "kind:law", "--format", "json"]));
    assert_eq!(claims.len(), listed.as_array().unwrap().len());
}

#[test]
fn an_exhausted_time_budget_is_inconclusive_and_says_so() {
    let output = run(&["check", "spectral.norms.entries", "--time-budget", "0s", "--format", "json"]);
    assert_eq!(status(&output), 3);
    let result = json(&output);
    assert_eq!(result["verdict"], "inconclusive");
    assert_eq!(result["claims"][0]["reason"], "the time budget ended after 0 instances");
    assert_eq!(result["claims"][0]["control"]["verdict"], "unfinished");
    let output = run(&[&LAW[..], &["--time-budget", "0s", "--format", "json"]].concat());
    assert_eq!(status(&output), 3);
    let law = &json(&output)["claims"][0];
    assert_eq!(law["reason"], "the time budget ended after 0 of 16 measurements");
    assert_eq!(
        (&law["estimate"], &law["control"]["refuted"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_writes_what_was_finished() {
    use std::io::Read;
    use std::process::{Command, Stdio};

    let mut child = super::checker()
        .args(["check", "--instances", "1000000000", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first line of the log comes after the handler is in place.
    let mut log = child.stderr.take().unwrap();
    let mut first = [0; 32];
    log.read_exact(&mut first).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(status(&output), 130);
    assert_eq!(json(&output)["verdict"], "interrupted");
}

#[test]
fn bad_values_are_named_and_end_with_status_2() {
    for (option, value) in [
        ("--seed", "5eed"),
        ("--seed", "0x"),
        ("--seed", "18446744073709551616"),
        ("--instances", "0"),
        ("--jobs", "0"),
        ("--scalar", "f16"),
        ("--effort", "heroic"),
        ("--time-budget", "soon"),
        ("--format", "yaml"),
    ] {
        let output = run(&["check", option, value]);
        assert_eq!(status(&output), 2, "{option} {value}");
        assert!(stderr(&output).contains(value) && stderr(&output).contains(option), "{}", stderr(&output));
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn help_documents_the_exit_statuses() {
    let output = run(&["--help"]);
    assert_eq!(status(&output), 0);
    for line in [
        "  0    everything",
        "  1    a claim",
        "  2    usage",
        "  3    inconclusive",
        "  4    a selector",
        "  130  ",
    ] {
        assert!(stdout(&output).contains(line), "{}", stdout(&output));
    }
}
