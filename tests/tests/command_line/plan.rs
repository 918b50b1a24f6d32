// SPDX-License-Identifier: MIT OR Apache-2.0

//! `plan`: tables and findings of whole models.

use std::fs;
use std::path::Path;

use serde_json::Value;
use snapbox::file;

use super::{json, run, status, stderr, stdout};

/// A model of `models/`.
macro_rules! model {
    ($name:literal) => {
        concat!(env!("CARGO_MANIFEST_DIR"), "/models/", $name)
    };
}

const PERCEPTRON: &str = model!("perceptron.toml");
const NARROW: &str = model!("perceptron-narrow.toml");
const TRANSFORMER: &str = model!("transformer.toml");
const RESIDUAL: &str = model!("residual.json");

#[test]
fn the_plan_of_a_perceptron_is_a_table_without_findings() {
    let constants = ["--rate", "0.01", "--epsilon", "1e-8", "--weight-decay", "times-rate=0.1"];
    let output = run(&[&["plan", PERCEPTRON, "--optimizer", "adam"], &constants[..]].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    snapbox::assert_data_eq!(stdout(&output), file!["../../golden/plans/perceptron.txt"]);
}

#[test]
fn a_transformer_may_tie_its_readout_under_table_8_alone() {
    let plan = |rule| run(&["plan", TRANSFORMER, "--optimizer", "adam", "--rule", rule]);
    let permitted = plan("maximal-update-table-8");
    assert_eq!(status(&permitted), 0);
    snapbox::assert_data_eq!(stdout(&permitted), file!["../../golden/plans/transformer-table-8.txt"]);
    let forbidden = plan("spectral");
    assert_eq!(status(&forbidden), 1);
    snapbox::assert_data_eq!(stdout(&forbidden), file!["../../golden/plans/transformer-spectral.txt"]);
}

#[test]
fn a_residual_network_has_the_fan_in_of_its_depthwise_kernels() {
    let output = run(&["plan", RESIDUAL, "--optimizer", "sgd", "--rate", "0.1"]);
    assert_eq!(status(&output), 0);
    snapbox::assert_data_eq!(stdout(&output), file!["../../golden/plans/residual.txt"]);
    let plan = json(&run(&["plan", RESIDUAL, "--optimizer", "sgd", "--format", "json"]));
    let kernel = parameter(&plan, "stage.2.depthwise.weight");
    assert_eq!((&kernel["fan_in"], &kernel["fan_out"]), (&9.into(), &256.into()));
    // 8 groups of 32 channels with 3 × 3 taps.
    assert_eq!(parameter(&plan, "stage.2.grouped.weight")["fan_in"], 288);
}

#[test]
fn two_rules_stand_side_by_side_with_conversion_and_reason() {
    let output = run(&["plan", PERCEPTRON, "--optimizer", "sgd", "--compare", "standard"]);
    assert_eq!(status(&output), 0);
    snapbox::assert_data_eq!(stdout(&output), file!["../../golden/plans/perceptron-comparison.txt"]);
    let arguments = ["plan", TRANSFORMER, "--optimizer", "adam", "--rule", "maximal-update-table-3"];
    let compare = |rule| {
        json(&run(&[&arguments[..], &["--compare", rule, "--format", "json"]].concat()))["comparison"].clone()
    };
    let identical = compare("maximal-update-table-9");
    assert_eq!((&identical["equivalent"], &identical["reason"]), (&true.into(), &"identical".into()));
    assert_eq!(compare("spectral")["reason"], "equal up to constants");
    let different = compare("standard");
    assert_eq!(different["equivalent"], false);
    assert_eq!(different["reason"], "the rate differs by n^(-1) for the role hidden");
    // Which of the two divides the products of queries and keys by the dimension of a head, and which by its root.
    assert_eq!(
        (&identical["attention_logits"], &different["attention_logits"]),
        (&0.015625.into(), &0.125.into())
    );
    let human = run(&[&arguments[..], &["--compare", "standard"]].concat());
    let line = "products of queries and keys: times 0.015625 (maximal-update-table-3), 0.125 (standard)\n";
    assert!(stdout(&human).contains(line), "{}", stdout(&human));
}

#[test]
fn the_conversion_has_a_factor_for_every_constant() {
    let constants = ["--epsilon", "1e-8", "--weight-decay", "times-rate=0.5"];
    let arguments = ["plan", PERCEPTRON, "--optimizer", "adam", "--compare", "standard"];
    let plan = json(&run(&[&arguments[..], &constants, &["--format", "json"]].concat()));
    let comparison = &parameter(&plan, "layers.1.weight")["comparison"];
    // Spectral against standard at 512 × 1024: the rate 1/1024 against 1; the gradient 1/512 against 1/√512.
    assert_eq!(
        (&comparison["rate_factor"], &comparison["weight_decay_factor"]),
        (&(1.0 / 1024.0).into(), &1024.0.into())
    );
    assert!((comparison["epsilon_factor"].as_f64().unwrap() - 0.044_194_173_824).abs() < 1e-12);
    let csv = run(&[&arguments[..], &constants, &["--format", "csv"]].concat());
    let column = |line: &str| line.rsplit(',').map(str::to_owned).take(2).collect::<Vec<_>>();
    let lines: Vec<_> = stdout(&csv).lines().map(column).collect();
    assert_eq!(lines[0], ["weight_decay_factor", "epsilon_factor"]);
    assert_eq!(lines[3][0], "1024.0");
    let human = run(&[&arguments[..], &constants].concat());
    assert!(stdout(&human).contains("× 0.000976562  × 0.0441942  × 1024"), "{}", stdout(&human));
    // What stands alone stays.
    let alone = run(&[&arguments[..], &["--weight-decay", "independent=0.5", "--format", "json"]].concat());
    assert_eq!(parameter(&json(&alone), "layers.1.weight")["comparison"]["weight_decay_factor"], 1.0);
}

#[test]
fn an_orthogonal_embedding_is_stated_by_token() {
    let plan = |rule, format| {
        let output = run(&["plan", TRANSFORMER, "--optimizer", "adam", "--rule", rule, "--format", format]);
        stdout(&output).to_owned()
    };
    let said = "of an embedding, the norm of each token's vector";
    for format in ["human", "python"] {
        assert!(plan("spectral-orthogonal", format).contains(said), "{format}");
        assert!(!plan("spectral", format).contains(said), "{format}");
    }
}

#[test]
fn formats_for_programs_hold_the_same_numbers() {
    let arguments = ["plan", TRANSFORMER, "--optimizer", "adam", "--rate", "0.3", "--format"];
    let text = |format| stdout(&run(&[&arguments[..], &[format]].concat())).to_owned();
    let json: Value = serde_json::from_str(&text("json")).unwrap();
    let toml: Value = toml::from_str(&text("toml")).unwrap();
    let csv = text("csv");
    let python = text("python");
    let parameters = json["parameters"].as_array().unwrap();
    assert_eq!(parameters.len(), 12);
    for (index, expected) in parameters.iter().enumerate() {
        let (name, rate) = (expected["name"].as_str().unwrap(), expected["scale"]["rate"].as_f64().unwrap());
        assert_eq!(toml["parameters"][index]["name"], name);
        assert_eq!(toml["parameters"][index]["scale"], expected["scale"]);
        let line: Vec<_> = csv.lines().nth(index + 1).unwrap().split(',').collect();
        let column = csv.lines().next().unwrap().split(',').position(|heading| heading == "rate").unwrap();
        assert_eq!((line[0], line[column].parse()), (name, Ok(rate)));
        assert!(python.contains(&format!("    \"{name}\": {{\"lr\": {rate:?}}},\n")), "{python}");
    }
    assert_eq!(json["findings"], toml["findings"]);
    assert_eq!(json["findings"][0]["kind"], "tied-against-rule");
    assert_eq!(csv.lines().count(), 13);
    assert!(python.contains("ATTENTION = 0.015625\n"), "{python}");
    assert!(python.contains("# finding: lm_head.weight: tied to wte.weight"), "{python}");
}

#[test]
fn python_is_what_a_script_pastes() {
    let arguments = ["plan", PERCEPTRON, "--rule", "maximal-update-table-8", "--optimizer", "adam"];
    let constants = ["--rate", "0.001", "--epsilon", "1e-8", "--weight-decay", "times-rate=0.1"];
    let output = run(&[&arguments[..], &constants, &["--format", "python"]].concat());
    snapbox::assert_data_eq!(stdout(&output), file!["../../golden/plans/perceptron.py"]);
    let output = run(&[&arguments[..], &["--format", "python", "--compare", "spectral"]].concat());
    assert_eq!((status(&output), stdout(&output)), (2, ""));
    // A rule that says nothing of biases leaves no hole in a script.
    let output = run(&["plan", PERCEPTRON, "--rule", "modular", "--optimizer", "adam", "--format", "python"]);
    assert_eq!((status(&output), stdout(&output)), (2, ""));
    assert!(stderr(&output).contains("modular says nothing of the parameter `layers.0.bias`"));
}

#[test]
fn a_rule_that_says_nothing_of_a_role_is_a_finding() {
    let output = run(&["plan", PERCEPTRON, "--optimizer", "adam", "--rule", "modular", "--format", "json"]);
    assert_eq!(status(&output), 1);
    let plan = json(&output);
    assert_eq!(parameter(&plan, "layers.0.bias")["scale"], Value::Null);
    assert_eq!(plan["findings"][0]["kind"], "refused");
    assert_eq!(plan["findings"].as_array().unwrap().len(), 3);
}

#[test]
fn what_should_grow_with_the_width_and_does_not_is_found() {
    let whole = run(&["plan", PERCEPTRON, "--optimizer", "adam", "--other-width", NARROW]);
    assert_eq!(status(&whole), 0, "{}", stdout(&whole));
    let directory = tempfile::tempdir().unwrap();
    let frozen = fs::read_to_string(NARROW).unwrap().replace("fan_out = 128", "fan_out = 512");
    let path = write(directory.path(), "frozen.toml", frozen.as_bytes());
    let output = run(&["plan", PERCEPTRON, "--optimizer", "adam", "--other-width", &path]);
    assert_eq!(status(&output), 1);
    assert!(
        stdout(&output).contains(
            "finding layers.1.weight: fan-out of the role hidden should grow with the width, and is 512 at both\n"
        ),
        "{}",
        stdout(&output)
    );
}

#[test]
fn numbers_at_a_base_are_factors_and_at_the_base_itself_they_are_one() {
    let arguments = ["plan", PERCEPTRON, "--rule", "maximal-update-table-8", "--optimizer", "adam"];
    let constants = ["--rate", "0.5", "--weight-decay", "times-rate=0.25", "--epsilon", "1e-8"];
    let at = |base| json(&run(&[&arguments[..], &constants, &["--format", "json", "--base", base]].concat()));
    let same = at(PERCEPTRON);
    for line in same["parameters"].as_array().unwrap() {
        let scale = &line["scale"];
        assert_eq!((&scale["multiplier"], &scale["rate"]), (&1.0.into(), &0.5.into()));
        assert_eq!((&scale["epsilon"], &scale["weight_decay"]), (&1e-8.into(), &0.25.into()));
        let weight = line["name"] == "layers.0.weight" || line["name"] == "layers.1.weight";
        assert_eq!(scale["initial"]["scale"], if weight { 1.0 } else { 0.0 });
    }
    // Four times as wide: Table 8 under Adam.
    let wide = at(NARROW);
    let hidden = &parameter(&wide, "layers.1.weight")["scale"];
    assert_eq!((&hidden["initial"]["scale"], &hidden["rate"]), (&0.5.into(), &0.125.into()));
    assert_eq!(hidden["weight_decay"], 1.0);
    let readout = &parameter(&wide, "readout.weight")["scale"];
    assert_eq!((&readout["multiplier"], &readout["rate"]), (&0.25.into(), &0.5.into()));
    assert_eq!(wide["relative_to_base"], true);
}

#[test]
fn models_that_do_not_match_are_refused() {
    let output = run(&["plan", PERCEPTRON, "--optimizer", "sgd", "--base", TRANSFORMER]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("there is no parameter `layers.0.weight`"), "{}", stderr(&output));
    let directory = tempfile::tempdir().unwrap();
    let more = fs::read_to_string(PERCEPTRON).unwrap()
        + "\n[[parameters]]\nname = \"gain\"\nrole = \"gain\"\nshape.gain = { width = 4 }\n";
    let path = write(directory.path(), "more.toml", more.as_bytes());
    let output = run(&["plan", PERCEPTRON, "--optimizer", "sgd", "--base", &path]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("parameter `gain` is only there"), "{}", stderr(&output));
}

#[test]
fn a_file_holds_the_plan_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plan.json");
    let arguments = ["plan", TRANSFORMER, "--optimizer", "adam", "--format", "json"];
    let output = run(&[&arguments[..], &["--output", path.to_str().unwrap()]].concat());
    assert_eq!((status(&output), stdout(&output)), (1, ""));
    assert!(stderr(&output).contains("finding: lm_head.weight"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&path).unwrap(), stdout(&run(&arguments)));
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "a temporary file is left over");
    // What fails leaves the old file as it is.
    let output = run(&["plan", "missing.toml", "--optimizer", "adam", "--output", path.to_str().unwrap()]);
    assert_eq!(status(&output), 2);
    assert_eq!(fs::read_to_string(&path).unwrap(), stdout(&run(&arguments)));
}

#[test]
fn help_tells_formats_rules_and_exit_statuses() {
    let output = run(&["plan", "--help"]);
    assert_eq!(status(&output), 0);
    for text in [
        "--optimizer <OPTIMIZER>",
        "maximal-update-table-8",
        "orthogonalized-spectral-max",
        "--role <GLOB=ROLE>",
        "  0    the plan has no findings\n",
        "  1    the plan has findings",
        "  2    usage error",
    ] {
        assert!(stdout(&output).contains(text), "{text} is not in\n{}", stdout(&output));
    }
}

/// A parameter of a plan.
fn parameter<'a>(plan: &'a Value, name: &str) -> &'a Value {
    plan["parameters"].as_array().unwrap().iter().find(|line| line["name"] == name).unwrap()
}

/// Writes a file and returns its path.
pub(crate) fn write(directory: &Path, name: &str, bytes: &[u8]) -> String {
    let path = directory.join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}
