// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checkpoints as input of `plan`: roles by patterns, arrays that are stored once and used twice, headers that lie.

use std::fs;

use super::plan::write;
use super::plan_input::{HIDDEN, refused_with};
use super::{json, run, status, stderr, stdout};

/// A file of tensors: length, header, as many bytes as given.
pub(super) fn safetensors(header: &str, bytes: usize) -> Vec<u8> {
    let length = u64::try_from(header.len()).unwrap().to_le_bytes();
    [&length, header.as_bytes(), &vec![0; bytes]].concat()
}

pub(super) const WEIGHT: &str = r#""w":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}"#;
const BIAS: &str = r#""b":{"dtype":"F32","shape":[3],"data_offsets":[24,36]}"#;

pub(super) fn weight_and_bias() -> Vec<u8> {
    safetensors(&format!("{{{WEIGHT},{BIAS}}}"), 36)
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
