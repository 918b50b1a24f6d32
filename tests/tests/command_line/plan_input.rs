// SPDX-License-Identifier: MIT OR Apache-2.0

//! Input of `plan` that has no plan: the message names the parameter and the line or byte, and the status is 2.

use std::fs;

use super::plan::write;
use super::plan_checkpoint::{WEIGHT, safetensors, weight_and_bias};
use super::{run, status, stderr, stdout};

/// A description with one hidden matrix `w`, on three lines; what is missing follows.
pub(super) const HIDDEN: &str = "[[parameters]]\nname = \"w\"\nrole = \"hidden\"\n";

/// A file is refused with messages on standard error, and nothing on standard output.
fn refused(name: &str, bytes: &[u8], messages: &[&str]) {
    refused_with(name, bytes, &[], messages);
}

pub(super) fn refused_with(name: &str, bytes: &[u8], arguments: &[&str], messages: &[&str]) {
    let directory = tempfile::tempdir().unwrap();
    let path = write(directory.path(), name, bytes);
    let output = run(&[&["plan", &path, "--optimizer", "adam"], arguments].concat());
    let log = stderr(&output);
    assert_eq!(status(&output), 2, "{log}");
    assert_eq!(stdout(&output), "");
    for message in [&[name], messages].concat() {
        assert!(log.contains(message), "{message} is not in\n{log}");
    }
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
fn dimensions_that_are_zero_negative_or_too_large_are_named() {
    let with = |shape: &str| format!("# a comment\n{HIDDEN}{shape}\n");
    for (shape, messages) in [
        ("shape.dense = { fan_out = 3, fan_in = 0 }", ["line 2", "parameter `w`: fan-in is zero"]),
        ("shape.dense = { fan_out = -3, fan_in = 1 }", ["line 5, column 27", "integer `-3`, expected usize"]),
        (
            "shape.convolution = { out_channels = 1, in_channels = 9223372036854775807, groups = 1, kernel = [3] }",
            ["line 2", "parameter `w`: fan-in overflows"],
        ),
        (
            "shape.fused = { blocks = 3, fan_out = 9223372036854775807, fan_in = 1 }",
            ["line 2", "fan-out overflows"],
        ),
        (
            "shape.convolution = { out_channels = 6, in_channels = 4, groups = 4, kernel = [1] }",
            ["line 2", "parameter `w`: 4 groups do not divide 6 channels"],
        ),
        (
            "shape.bias = { width = 3 }",
            ["line 2", "parameter `w`: the role hidden does not go with the shape of a bias"],
        ),
        (
            "shape.dens = { fan_out = 3, fan_in = 1 }",
            ["line 5, column 7", "unknown variant `dens`, expected one of `dense`"],
        ),
        ("shape.dense = { fan_out = 3 }", ["line 5", "missing field `fan_in`"]),
        (
            "shape.dense = { fan_out = 3, fan_in = 1, fan = 2 }",
            ["line 5, column 42", "unexpected keys in table: fan"],
        ),
        ("", ["line 2", "missing field `shape`"]),
    ] {
        refused("model.toml", with(shape).as_bytes(), &messages);
    }
}

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    let matrix = "shape.dense = { fan_out = 3, fan_in = 1 }\n";
    let toml = format!("{HIDDEN}{matrix}").replace("hidden", "hiden");
    refused(
        "model.toml",
        toml.as_bytes(),
        &["line 3, column 8", "unknown role `hiden`; did you mean `hidden`?"],
    );
    let factor = format!("{HIDDEN}{matrix}factor = \"spectral-mx\"\n");
    refused("model.toml", factor.as_bytes(), &["line 5", "did you mean `spectral-max`?"]);
    let json = br#"{"parameters": [
        {"name": "w", "role": "outptu", "shape": {"dense": {"fan_out": 3, "fan_in": 1}}}
    ]}"#;
    refused("model.json", json, &["line 2", "unknown role `outptu`; did you mean `output`?"]);
    let good = format!("{HIDDEN}{matrix}");
    for (arguments, message) in [
        (["--rule", "spectrl"], "a similar value exists: 'spectral'"),
        (["--compare", "standrad"], "a similar value exists: 'standard'"),
        (["--weight-decay", "times-rat=1"], "did you mean `times-rate`?"),
    ] {
        // These are errors of the command line, not of the file.
        let directory = tempfile::tempdir().unwrap();
        let path = write(directory.path(), "model.toml", good.as_bytes());
        let output = run(&[&["plan", &path, "--optimizer", "adam"], &arguments[..]].concat());
        assert_eq!(status(&output), 2);
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
    }
}

#[test]
fn a_name_that_is_there_twice_is_found_at_its_second_line() {
    let one = format!("{HIDDEN}shape.dense = {{ fan_out = 3, fan_in = 1 }}\n");
    refused(
        "model.toml",
        one.repeat(2).as_bytes(),
        &["line 5", "parameter `w`: the name is taken by an earlier one"],
    );
    let line = r#"{"name": "w", "role": "hidden", "shape": {"dense": {"fan_out": 3, "fan_in": 1}}}"#;
    let json = format!("{{\"parameters\": [\n{line},\n{line}]}}");
    refused("model.json", json.as_bytes(), &["line 3", "parameter `w`: the name is taken by an earlier one"]);
    let header = format!("{{{WEIGHT},{WEIGHT}}}");
    refused_with(
        "model.safetensors",
        &safetensors(&header, 24),
        &["--role", "*=hidden"],
        &["the name `w` is there twice", "line 1 column"],
    );
}

#[test]
fn constants_that_are_no_numbers_are_named() {
    let with = |constant: &str| format!("{HIDDEN}shape.dense = {{ fan_out = 3, fan_in = 1 }}\n{constant}\n");
    for (constant, message) in [
        ("rate = nan", "parameter `w`: rate must be a finite number, at least zero, and is NaN"),
        ("initial = -inf", "parameter `w`: initial must be a finite number, at least zero, and is -inf"),
        ("initial = -1.0", "parameter `w`: initial must be a finite number, at least zero, and is -1"),
    ] {
        refused("model.toml", with(constant).as_bytes(), &["line 1", message]);
    }
    let directory = tempfile::tempdir().unwrap();
    let path = write(directory.path(), "model.toml", with("").as_bytes());
    for (option, value) in [
        ("--rate", "NaN"),
        ("--initial", "inf"),
        ("--epsilon", "-1"),
        ("--rate", "one"),
        ("--weight-decay", "coupled=nan"),
    ] {
        let output = run(&["plan", &path, "--optimizer", "sgd", &format!("{option}={value}")]);
        assert_eq!(status(&output), 2, "{option} {value}");
        assert!(stderr(&output).contains(option), "{}", stderr(&output));
    }
    let output =
        run(&["plan", &path, "--optimizer", "sgd", "--rate", "1e308", "--weight-decay", "coupled=1e308"]);
    assert_eq!(status(&output), 2, "{}", stdout(&output));
    assert!(
        stderr(&output).contains("parameter `w`") && stderr(&output).contains("out of range"),
        "{}",
        stderr(&output)
    );
    let output = run(&["plan", &path, "--optimizer", "adam", "--weight-decay", "coupled=0.1"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("it goes with sgd alone"), "{}", stderr(&output));
}

#[test]
fn files_that_are_cut_off_tell_where() {
    let cut = format!("{HIDDEN}shape.dense = {{ fan_out = 3, ");
    refused("model.toml", cut.as_bytes(), &["line 4, column", "unclosed inline table"]);
    refused("model.json", br#"{"parameters": [{"name": "w", "#, &["EOF", "line 1 column 30"]);
    refused("model.json", br#"{"parameters": []} x"#, &["there are no parameters", "line 1"]);
    refused("model.toml", b"head_dimension = 64\n", &["missing field `parameters`"]);
    refused("model.toml", b"head_dimension = 0\nparameters = []\n", &["line 1", "head_dimension is zero"]);
    refused("model.toml", b"parameters = []\n", &["line 1", "there are no parameters"]);
    refused("model.toml", b"\xff\xfe", &["UTF-8"]);
}

#[test]
fn files_that_are_none_are_refused() {
    for ending in ["toml", "json", "safetensors"] {
        refused(&format!("model.{ending}"), b"", &["it is empty"]);
    }
    refused("model.txt", b"x", &["models are read from `.toml`, `.json` and `.safetensors` files"]);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.toml");
    fs::create_dir(&path).unwrap();
    let output = run(&["plan", path.to_str().unwrap(), "--optimizer", "adam"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("it is a directory"), "{}", stderr(&output));
    #[cfg(unix)]
    {
        let output = run(&["plan", "/dev/null", "--optimizer", "adam"]);
        assert_eq!(status(&output), 2);
        assert!(stderr(&output).contains("it is no regular file"), "{}", stderr(&output));
    }
}

#[test]
fn no_beginning_of_a_file_is_taken_for_the_whole() {
    let toml = format!("{HIDDEN}shape.dense = {{ fan_out = 3, fan_in = 1 }}");
    let json = r#"{"parameters":[{"name":"w","role":"hidden","shape":{"dense":{"fan_out":3,"fan_in":1}}}]}"#;
    let tensors = weight_and_bias();
    let directory = tempfile::tempdir().unwrap();
    for (name, whole) in
        [("model.toml", toml.as_bytes()), ("model.json", json.as_bytes()), ("model.safetensors", &tensors)]
    {
        let roles: &[&str] =
            if name == "model.safetensors" { &["--role", "w=hidden", "--role", "b=bias"] } else { &[] };
        for length in 0..=whole.len() {
            let path = write(directory.path(), name, &whole[..length]);
            let output = run(&[&["plan", &path, "--optimizer", "adam"], roles].concat());
            let expected = if length == whole.len() { 0 } else { 2 };
            assert_eq!(status(&output), expected, "{length} bytes of {name}: {}", stderr(&output));
        }
    }
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = 100_000;
    refused("model.json", "[".repeat(deep).as_bytes(), &["line 1"]);
    refused("model.json", format!("{{\"parameters\": {}", "[".repeat(deep)).as_bytes(), &["line 1"]);
    refused("model.toml", format!("parameters = {}", "[".repeat(deep)).as_bytes(), &["line 1", "recurs"]);
    refused("model.toml", format!("{}a = 1", "a.".repeat(deep)).as_bytes(), &["recursion limit"]);
}
