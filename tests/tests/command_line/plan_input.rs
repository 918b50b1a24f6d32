// SPDX-License-Identifier: MIT OR Apache-2.0

//! Input of `plan` that has no plan: the message names the parameter and the line or byte, and the status is 2.

use std::fs;

use super::plan::write;
use super::{json, run, status, stderr, stdout};

/// A description with one hidden matrix `w`, on three lines; what is missing follows.
const HIDDEN: &str = "[[parameters]]\nname = \"w\"\nrole = \"hidden\"\n";

/// A file is refused with messages on standard error, and nothing on standard output.
fn refused(name: &str, bytes: &[u8], messages: &[&str]) {
    refused_with(name, bytes, &[], messages);
}

fn refused_with(name: &str, bytes: &[u8], arguments: &[&str], messages: &[&str]) {
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

/// A file of tensors: length, header, as many bytes as given.
fn safetensors(header: &str, bytes: usize) -> Vec<u8> {
    let length = u64::try_from(header.len()).unwrap().to_le_bytes();
    [&length, header.as_bytes(), &vec![0; bytes]].concat()
}

const WEIGHT: &str = r#""w":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}"#;
const BIAS: &str = r#""b":{"dtype":"F32","shape":[3],"data_offsets":[24,36]}"#;

fn weight_and_bias() -> Vec<u8> {
    safetensors(&format!("{{{WEIGHT},{BIAS}}}"), 36)
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
fn a_checkpoint_gets_its_roles_by_patterns() {
    let directory = tempfile::tempdir().unwrap();
    let path = write(directory.path(), "model.safetensors", &weight_and_bias());
    let plan = |arguments: &[&str]| {
        run(&[&["plan", &path, "--optimizer", "sgd", "--format", "csv"], arguments].concat())
    };
    let output = plan(&["--role", "w=hidden", "--role", "*=bias"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("\nw,hidden,2,3,1,"), "{}", stdout(&output));
    assert!(stdout(&output).contains("\nb,bias,1,3,1,"), "{}", stdout(&output));
    // The order of axes, by option and by file; the option counts.
    let output = plan(&["--role", "w=hidden", "--role", "b=bias", "--layout", "in-out"]);
    assert!(stdout(&output).contains("\nw,hidden,3,2,1,"), "{}", stdout(&output));
    let roles =
        "layout = \"in-out\"\nskip = [\"b\"]\n[[patterns]]\nname = \"w\"\nrole = \"output\"\ninitial = 0.0\n";
    let roles = write(directory.path(), "roles.toml", roles.as_bytes());
    let output = plan(&["--roles", &roles]);
    assert!(stdout(&output).contains("\nw,output,3,2,1,true,false,1.0,zero,"), "{}", stdout(&output));
    assert_eq!(stdout(&output).lines().count(), 2);
    let output = plan(&["--roles", &roles, "--layout", "out-in"]);
    assert!(stdout(&output).contains("\nw,output,2,3,1,"), "{}", stdout(&output));
}

#[test]
fn tensors_of_many_axes_are_convolutions_and_stacks_are_fused() {
    let directory = tempfile::tempdir().unwrap();
    let header = r#"{"__metadata__":{"format":"pt"},
        "conv":{"dtype":"F16","shape":[8,1,3,3],"data_offsets":[0,144]},
        "qkv":{"dtype":"F32","shape":[2,6],"data_offsets":[144,192]},
        "table":{"dtype":"F32","shape":[5,2],"data_offsets":[192,232]},
        "scale":{"dtype":"F32","shape":[2],"data_offsets":[232,240]},
        "steps":{"dtype":"I64","shape":[],"data_offsets":[240,248]}}"#;
    let path = write(directory.path(), "model.safetensors", &safetensors(header, 248));
    let roles = r#"
        skip = ["steps"]
        [[patterns]]
        name = "conv"
        role = "input"
        [[patterns]]
        name = "qkv"
        role = "hidden"
        blocks = 3
        layout = "in-out"
        [[patterns]]
        name = "table"
        role = "embedding"
        [[patterns]]
        name = "scale"
        role = "gain"
    "#;
    let roles = write(directory.path(), "roles.toml", roles.as_bytes());
    let output = run(&["plan", &path, "--optimizer", "adam", "--format", "csv", "--roles", &roles]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    for line in
        ["\nconv,input,9,8,1,", "\nqkv,hidden,2,2,3,", "\ntable,embedding,1,2,1,", "\nscale,gain,1,2,1,"]
    {
        assert!(stdout(&output).contains(line), "{line} is not in {}", stdout(&output));
    }
    let output = run(&["plan", &path, "--optimizer", "adam", "--role", "*=hidden"]);
    assert_eq!(status(&output), 2);
    assert!(
        stderr(&output).contains("tensor `scale`: a matrix has two axes or more, and the shape is [2]"),
        "{}",
        stderr(&output)
    );
    let output = run(&["plan", &path, "--optimizer", "adam", "--role", "*=gain"]);
    assert!(
        stderr(&output).contains("tensor `conv`: a gain has one axis, and the shape is [8, 1, 3, 3]"),
        "{}",
        stderr(&output)
    );
}

/// A checkpoint of a model whose readout shares the array of the table of tokens, which it stores once.
fn tied_checkpoint() -> Vec<u8> {
    let header = r#"{"wte":{"dtype":"F32","shape":[5,2],"data_offsets":[0,40]},
        "mix":{"dtype":"F32","shape":[2,2],"data_offsets":[40,56]},
        "conv":{"dtype":"F32","shape":[2,2,3],"data_offsets":[56,104]}}"#;
    safetensors(header, 104)
}

/// Roles of its tensors, with the second uses.
fn ties(ties: &[[&str; 3]]) -> String {
    let patterns = [["wte", "embedding"], ["mix", "hidden"], ["conv", "hidden"]];
    let patterns =
        patterns.map(|[name, role]| format!("[[patterns]]\nname = \"{name}\"\nrole = \"{role}\"\n"));
    let ties = ties.iter().map(|[name, tied_to, role]| {
        format!("[[ties]]\nname = \"{name}\"\ntied_to = \"{tied_to}\"\nrole = \"{role}\"\n")
    });
    patterns.into_iter().chain(ties).collect()
}

#[test]
fn an_array_that_a_checkpoint_stores_once_has_a_line_for_each_use() {
    let directory = tempfile::tempdir().unwrap();
    let path = write(directory.path(), "model.safetensors", &tied_checkpoint());
    let roles = ties(&[["head", "wte", "output"], ["again", "mix", "hidden"], ["table", "mix", "embedding"]]);
    for layout in ["", "layout = \"in-out\"\n"] {
        let roles = write(directory.path(), "roles.toml", format!("{layout}{roles}").as_bytes());
        let plan = |rule, format| {
            let arguments = ["plan", &path, "--roles", &roles, "--optimizer", "adam"];
            run(&[&arguments[..], &["--rule", rule, "--format", format]].concat())
        };
        let permitted = plan("maximal-update-table-8", "csv");
        // The table has a row a token whatever the layout of matrices is.
        for line in ["\nhead,output,2,5,1,true,false,0.5,gaussian,1.0,1.0,", "\nagain,hidden,2,2,1,"] {
            assert!(stdout(&permitted).contains(line), "{line} is not in {}", stdout(&permitted));
        }
        assert!(stdout(&permitted).contains("\ntable,embedding,1,2,1,"), "{}", stdout(&permitted));
        // The matrix as a table is one use too many; the readout is in order under Table 8, and not under this rule.
        let forbidden = plan("spectral", "json");
        assert_eq!((status(&permitted), status(&forbidden)), (1, 1), "{}", stderr(&permitted));
        let plan = json(&forbidden);
        let tied: Vec<_> =
            plan["findings"].as_array().unwrap().iter().map(|found| &found["parameter"]).collect();
        assert_eq!(tied, ["head", "table"]);
        assert_eq!(plan["parameters"][3]["tied_to"], "wte");
        assert!(plan["parameters"][0]["tied_to"].is_null());
    }
}

#[test]
fn a_tie_to_nothing_under_a_taken_name_or_in_a_wrong_role_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    for (tie, message) in [
        (["head", "wta", "output"], "tie `head`: there is no parameter `wta`"),
        (["mix", "wte", "output"], "tie `mix`: the name is taken by another parameter"),
        (["head", "wte", "bias"], "tie `head`: the role bias does not go with the shape of a matrix"),
        (
            ["head", "conv", "embedding"],
            "tie `head`: the role embedding does not go with the shape of a convolution",
        ),
        (["head", "wte", "outputs"], "unknown role `outputs`; did you mean `output`?"),
    ] {
        let roles = write(directory.path(), "roles.toml", ties(&[tie]).as_bytes());
        refused_with("model.safetensors", &tied_checkpoint(), &["--roles", &roles], &[message]);
    }
    let twice = ties(&[["head", "wte", "output"]; 2]);
    let roles = write(directory.path(), "roles.toml", twice.as_bytes());
    let message = "tie `head`: the name is taken by another parameter";
    refused_with("model.safetensors", &tied_checkpoint(), &["--roles", &roles], &[message]);
}

#[test]
fn a_role_cannot_be_forgotten_and_a_pattern_not_misspelt() {
    let refused = |arguments: &[&str], message| {
        refused_with("model.safetensors", &weight_and_bias(), arguments, &[message]);
    };
    refused(&[], "no pattern gives tensor `w` of shape [3, 2] a role");
    refused(&["--role", "w=hidden"], "no pattern gives tensor `b` of shape [3] a role");
    refused(&["--role", "*=hidden", "--role", "h.*=bias"], "the pattern `h.*` matches no tensor");
    refused(&["--skip", "*"], "there are no parameters");
    refused(&["--roles", "missing.toml", "--role", "*=hidden"], "cannot read missing.toml");
    let directory = tempfile::tempdir().unwrap();
    for (text, message) in [
        ("[[patterns]]\nname = \"w\"\nrole = \"hiden\"\n", "line 3"),
        ("[[patterns]]\nname = \"w[\"\nrole = \"hidden\"\n", "`w[` is no pattern"),
        (
            "[[patterns]]\nname = \"*\"\nrole = \"hidden\"\nblocks = 2\n",
            "tensor `w`: 2 fused matrices do not divide the 3 outputs",
        ),
        (
            "[[patterns]]\nname = \"*\"\nrole = \"hidden\"\nblocks = 0\n",
            "tensor `w`: 0 fused matrices do not divide",
        ),
        (
            "[[patterns]]\nname = \"*\"\nrole = \"hidden\"\nrate = nan\n",
            "tensor `w`: rate must be a finite number",
        ),
        ("[[pattern]]\n", "unknown field `pattern`"),
    ] {
        let roles = write(directory.path(), "roles.toml", text.as_bytes());
        refused(&["--roles", &roles], message);
    }
    // Patterns are for tensors: a description has its roles.
    let description = format!("{HIDDEN}shape.dense = {{ fan_out = 3, fan_in = 1 }}\n");
    refused_with(
        "model.toml",
        description.as_bytes(),
        &["--role", "*=hidden"],
        &["are for `.safetensors` files"],
    );
}

#[test]
fn checkpoints_that_are_cut_off_or_lie_are_refused() {
    let whole = weight_and_bias();
    let refused = |bytes: &[u8], messages: &[&str]| {
        refused_with("model.safetensors", bytes, &["--role", "*=hidden"], messages);
    };
    refused(&whole[..5], &["a file of 5 bytes"]);
    refused(&whole[..40], &["byte 0", "in a file of 40 bytes"]);
    refused(&whole[..whole.len() - 1], &["the tensors take 36 bytes, and the file has 35 behind its header"]);
    refused(&[&whole[..], &[0]].concat(), &["the tensors take 36 bytes, and the file has 37"]);
    let mut huge = vec![0; 100];
    huge[..8].copy_from_slice(&(2_u64 << 30).to_le_bytes());
    refused(&huge, &["byte 0", "a header of 2147483648 bytes"]);
    huge[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    refused(&huge, &["byte 0", "a header of 18446744073709551615 bytes"]);
    huge[..8].copy_from_slice(&93_u64.to_le_bytes());
    refused(&huge, &["byte 0", "a header of 93 bytes in a file of 100 bytes"]);
    refused(
        &safetensors("{\"w\":", 0),
        &["the header, 5 bytes from byte 8, is malformed", "EOF", "line 1 column 5"],
    );
    refused(&[&2_u64.to_le_bytes()[..], &[b'{', 0xff]].concat(), &["byte 9: the header is not UTF-8"]);
    let one = |tensor: &str| safetensors(&format!("{{\"w\":{tensor}}}"), 24);
    for (tensor, message) in [
        (
            r#"{"dtype":"F32","shape":[3,2],"data_offsets":[0,20]}"#,
            "tensor `w`: 20 bytes for the shape [3, 2] of F32",
        ),
        (
            r#"{"dtype":"F32","shape":[3,2],"data_offsets":[4,28]}"#,
            "tensor `w`: bytes 4 to 28 do not follow byte 0",
        ),
        (r#"{"dtype":"F32","shape":[3,2],"data_offsets":[24,0]}"#, "tensor `w`: bytes 24 to 0 do not follow"),
        (
            r#"{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,24]}"#,
            "tensor `w`: the size of the shape [4294967296, 4294967296, 4] overflows",
        ),
        (r#"{"dtype":"F33","shape":[3,2],"data_offsets":[0,24]}"#, "unknown variant `F33`"),
        (r#"{"dtype":"F32","shape":[-3,2],"data_offsets":[0,24]}"#, "integer `-3`, expected usize"),
    ] {
        refused(&one(tensor), &[message]);
    }
    let empty = safetensors(r#"{"w":{"dtype":"F32","shape":[3,0],"data_offsets":[0,0]}}"#, 0);
    refused(&empty, &["tensor `w`: fan-in is zero"]);
}

#[cfg(target_os = "linux")]
#[test]
fn of_a_checkpoint_the_header_alone_is_read() {
    // A file with a hole of 64 GiB: whoever reads it all does not come back in time, or runs out of memory.
    let directory = tempfile::tempdir().unwrap();
    let bytes = 1_u64 << 36;
    let header =
        format!(r#"{{"w":{{"dtype":"F32","shape":[{},4],"data_offsets":[0,{bytes}]}}}}"#, bytes / 16);
    let path = write(directory.path(), "model.safetensors", &safetensors(&header, 0));
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(bytes + 8 + u64::try_from(header.len()).unwrap()).unwrap();
    let output = run(&["plan", &path, "--optimizer", "adam", "--role", "w=output", "--format", "csv"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("\nw,output,4,4294967296,1,"), "{}", stdout(&output));
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
