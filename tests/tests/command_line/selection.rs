// SPDX-License-Identifier: MIT OR Apache-2.0

//! Selectors, `list` and `explain`.

use super::{json, run, status, stderr, stdout};

#[test]
fn an_unknown_id_is_an_error_with_the_nearest_ids() {
    for command in ["check", "list", "explain"] {
        let output = run(&[command, "spectral.opnorm-buond"]);
        assert_eq!(status(&output), 2, "{command}");
        assert!(stderr(&output).contains("did you mean `spectral.opnorm-bound`?"), "{}", stderr(&output));
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn a_selector_that_selects_nothing_ends_with_status_4() {
    for selector in ["nothing.*", "paper:0000.00000", "kind:rumour"] {
        let output = run(&["check", "spectral.*", selector]);
        assert_eq!(status(&output), 4, "{selector}");
        assert!(stderr(&output).contains(selector), "{}", stderr(&output));
    }
}

#[test]
fn an_unknown_key_is_an_error() {
    let output = run(&["check", "author:yang"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("`paper:` and `kind:`"), "{}", stderr(&output));
}

#[test]
fn selectors_are_a_union() {
    let output = run(&["list", "spectral.norms.*", "spectral.opnorm-bound", "--format", "json"]);
    let list = json(&output);
    let ids: Vec<_> = list.as_array().unwrap().iter().map(|claim| claim["id"].as_str().unwrap()).collect();
    assert_eq!(ids[0], "spectral.opnorm-bound");
    assert!(ids[1..].iter().all(|id| id.starts_with("spectral.norms.")), "{ids:?}");
}

#[test]
fn list_has_a_line_for_each_claim() {
    let claims = json(&run(&["list", "--format", "json"])).as_array().unwrap().len();
    let output = run(&["list"]);
    assert_eq!(status(&output), 0);
    // A heading and a legend come with them.
    assert_eq!(stdout(&output).lines().count(), claims + 2);
    let text = stdout(&output);
    let line = text.lines().find(|line| line.starts_with("spectral.opnorm-bound ")).unwrap();
    let columns: Vec<_> = line.split_whitespace().take(4).collect();
    assert_eq!(columns, ["spectral.opnorm-bound", "exact", "2310.17813", "sipe"]);
    assert!(line.ends_with("  ‖A x‖ ≤ ‖A‖ ‖x‖"), "{line}");
}

#[test]
fn explain_shows_statement_controls_proof_and_replay() {
    let output = run(&["explain", "spectral.opnorm-bound"]);
    assert_eq!(status(&output), 0);
    for text in [
        "States      ‖A x‖ ≤ ‖A‖ ‖x‖ for every matrix A",
        "Hypotheses  none",
        "Shapes      A: m×n, x: n",
        "arXiv:2310.17813",
        "Proof       Widthwise.exact.",
        "in proofs/theories/exact/",
        "Embedded    ",
        "  column-norm\n",
        "theory-checker replay spectral.opnorm-bound --seed SEED --index INDEX",
    ] {
        assert!(stdout(&output).contains(text), "{text} is not in\n{}", stdout(&output));
    }
}

#[test]
fn explain_shows_exponents_efforts_and_error_rates_of_a_law() {
    let output = run(&["explain", "spectral.rule.ntp"]);
    assert_eq!(status(&output), 0);
    for text in [
        "Exponents   nat(W_3): 1/2, control 0",
        "standard: n = 64, 128, 256, 512, 80 draws each",
        "at most 1e-6",
        "crates/claims/error-rates.txt",
        "  spectral.rule.ntp/feature-learning\n",
    ] {
        assert!(stdout(&output).contains(text), "{text} is not in\n{}", stdout(&output));
    }
}

#[test]
fn a_law_is_listed_by_its_kind_and_has_no_instance_to_replay() {
    let laws = json(&run(&["list", "kind:law", "--format", "json"]));
    assert!(laws.as_array().unwrap().iter().all(|law| law["kind"] == "law"));
    let output = run(&["replay", "spectral.rule.ntp", "--index", "0"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("theory-checker check spectral.rule.ntp"), "{}", stderr(&output));
}

#[test]
fn every_claim_has_an_explanation() {
    for claim in json(&run(&["list", "--format", "json"])).as_array().unwrap() {
        let id = claim["id"].as_str().unwrap();
        assert_eq!(status(&run(&["explain", id])), 0, "{id}");
        let explanation = json(&run(&["explain", id, "--format", "json"]));
        if claim["kind"] == "law" {
            for key in ["states", "hypotheses", "measured_as", "decided_by", "source"] {
                assert!(explanation[key].as_str().is_some_and(|text| !text.is_empty()), "{id} {key}");
            }
            let forms = ["exponents", "statements"];
            let some = |form| explanation[form].as_array().is_some_and(|estimands| !estimands.is_empty());
            assert!(forms.into_iter().any(some), "{id}");
            continue;
        }
        if claim["kind"] != "exact" {
            for key in ["states", "remarks", "source"] {
                assert!(explanation[key].as_str().is_some_and(|text| !text.is_empty()), "{id} {key}");
            }
            assert!(!explanation["tried_by"].as_array().unwrap().is_empty(), "{id}");
            continue;
        }
        for key in ["states", "hypotheses", "shapes", "checked_as", "allowance", "source"] {
            assert!(explanation[key].as_str().is_some_and(|text| !text.is_empty()), "{id} {key}");
        }
        for control in explanation["controls"].as_array().unwrap() {
            assert!(!control["counterexample"].as_array().unwrap().is_empty(), "{control}");
        }
    }
}

#[test]
fn a_mistyped_command_is_an_error() {
    let output = run(&["chek"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("check"), "{}", stderr(&output));
}
