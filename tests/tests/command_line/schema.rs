// SPDX-License-Identifier: MIT OR Apache-2.0

//! Results against the committed JSON Schema.

use serde_json::Value;

use super::{json, run};

const SCHEMA: &str = include_str!("../../../bin/theory-checker/schema/check-v1.json");

#[test]
fn results_of_every_verdict_follow_the_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let check = ["check", "kind:exact", "spectral.rule.uniform", "--effort", "quick", "--format", "json"];
    for arguments in
        [&["--instances", "5"][..], &["--time-budget", "0s"], &["--instances", "5", "--scalar", "f32"]]
    {
        let result = json(&run(&[&check, arguments].concat()));
        let errors: Vec<_> = validator.iter_errors(&result).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let mut broken = result.clone();
        broken["claims"][0]["refuted"] = Value::from("none");
        assert!(!validator.is_valid(&broken), "the schema accepts anything");
        let mut broken = result;
        let law = broken["claims"].as_array_mut().unwrap().last_mut().unwrap();
        assert_eq!(law["kind"], "law");
        law["power"] = Value::from("great");
        assert!(!validator.is_valid(&broken), "the schema accepts any law");
    }
}

#[test]
fn plans_follow_their_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../bin/theory-checker/schema/plan-v1.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/models/transformer.toml");
    for arguments in [&["--rule", "spectral"][..], &["--rule", "modular"], &["--compare", "modular"]] {
        let plan =
            json(&run(&[&["plan", model, "--optimizer", "adam", "--format", "json"], arguments].concat()));
        let errors: Vec<_> = validator.iter_errors(&plan).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let mut broken = plan;
        broken["parameters"][0]["fan_in"] = Value::from("one");
        assert!(!validator.is_valid(&broken), "the schema accepts anything");
    }
}
