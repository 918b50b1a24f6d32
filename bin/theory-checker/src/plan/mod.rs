// SPDX-License-Identifier: MIT OR Apache-2.0

//! `plan`: a model in, the table of its scales and rates and what is wrong with it out.

mod comparison;
mod csv;
mod description;
mod header;
mod human;
mod model;
pub(crate) mod names;
pub(crate) mod options;
mod patterns;
mod python;
mod sheet;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use widthwise_parametrization::{Constants, Plan, UpdateFamily, WeightDecay};

use crate::exit_status::ExitStatus;
use crate::output::{self, OutputFile, log};
use crate::render::json;
use model::Model;
use options::{PlanFormat, PlanOptions, RoleOptions};
use patterns::Patterns;
use sheet::{Other, Sheet};

/// Makes the plan and writes it.
///
/// # Errors
///
/// Fails if a file cannot be read or written, if a parameter in it has no numbers, or if a number is out of range.
pub(crate) fn run(options: &PlanOptions) -> Result<ExitStatus> {
    let file = options.output.as_deref().map(OutputFile::prepare).transpose()?;
    let weight_decay = options.constants.weight_decay;
    if matches!(weight_decay, WeightDecay::Coupled(_)) && options.optimizer.family() != UpdateFamily::Gradient
    {
        bail!(
            "`--weight-decay coupled=…` has no width-free scale under a normalised update: it goes with sgd alone"
        );
    }
    let plan = Plan {
        rule: options.rule,
        optimizer: options.optimizer,
        constants: Constants {
            initial: options.constants.initial,
            rate: options.constants.rate,
            epsilon: options.constants.epsilon,
            weight_decay,
        },
    };
    let model = load(&options.model, &options.roles)?;
    let other = options.base.as_deref().or(options.other_width.as_deref());
    let other_model = other.map(|path| load(path, &options.roles)).transpose()?;
    let matched = other_model.as_ref().zip(other).map(|(other, path)| {
        let context = || format!("{} against {}", options.model.display(), path.display());
        model.matched(other).with_context(context)
    });
    let other = match matched.transpose()? {
        None => Other::None,
        Some(matched) if options.base.is_some() => Other::Base(matched),
        Some(matched) => Other::Width(matched),
    };
    let sheet = sheet::sheet(&model, &other, &plan, options.compare)
        .with_context(|| options.model.display().to_string())?;
    let status = if sheet.findings.is_empty() { ExitStatus::NoFindings } else { ExitStatus::Findings };
    let text = render(&sheet, options.format, status)?;
    match file {
        None => output::print(&text, options.color)?,
        Some(file) => {
            file.write(&text, options.color)?;
            for finding in &sheet.findings {
                log(format_args!("finding: {}", finding.message));
            }
        }
    }
    Ok(status)
}

fn render(sheet: &Sheet<'_>, format: PlanFormat, status: ExitStatus) -> Result<String> {
    match format {
        PlanFormat::Human => Ok(human::text(sheet, status)),
        PlanFormat::Json => json::to_text(sheet),
        PlanFormat::Toml => Ok(toml::to_string(sheet)?),
        PlanFormat::Csv => Ok(csv::text(sheet)),
        PlanFormat::Python => {
            ensure!(sheet.comparison.is_none(), "`--format python` has no place for a second rule");
            python::text(sheet)
        }
    }
}

/// A model from a file, by the ending of its name.
fn load(path: &Path, roles: &RoleOptions) -> Result<Model> {
    let read = || -> Result<Model> {
        let metadata = fs::metadata(path)?;
        ensure!(!metadata.is_dir(), "it is a directory");
        ensure!(metadata.is_file(), "it is no regular file");
        ensure!(metadata.len() > 0, "it is empty");
        let ending = path.extension().and_then(|ending| ending.to_str());
        if ending == Some("safetensors") {
            return load_patterns(roles)?.model(header::read(path)?);
        }
        ensure!(
            !roles.are_given(),
            "`--role`, `--roles`, `--skip` and `--layout` are for `.safetensors` files"
        );
        let text = fs::read_to_string(path)?;
        match ending {
            Some("toml") => toml::from_str(&text).map_err(one_paragraph),
            Some("json") => Ok(serde_json::from_str(&text)?),
            _ => bail!("models are read from `.toml`, `.json` and `.safetensors` files"),
        }
    };
    read().with_context(|| format!("cannot read {}", path.display()))
}

fn load_patterns(roles: &RoleOptions) -> Result<Patterns> {
    let read = |path: &Path| -> Result<Patterns> {
        let text = fs::read_to_string(path)?;
        toml::from_str(&text).map_err(one_paragraph)
    };
    let patterns = match roles.file.as_deref() {
        None => Patterns::default(),
        Some(path) => read(path).with_context(|| format!("cannot read {}", path.display()))?,
    };
    Ok(patterns.behind(&roles.roles, &roles.skip, roles.layout))
}

/// The message of the TOML reader, with the line it is about, without a line end of its own.
fn one_paragraph(error: toml::de::Error) -> anyhow::Error {
    anyhow!("{}", error.to_string().trim_end())
}
