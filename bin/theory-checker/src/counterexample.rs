// SPDX-License-Identifier: MIT OR Apache-2.0

//! An instance at its address, judged again, and made small if it is a counterexample.

use widthwise_claims::{Check, Checked, Claim, Control, Refusal, draw, judge, memory_len};
use widthwise_sampling::{Shrinker, shrink};

use crate::arguments::Format;
use crate::transcript::Transcript;

/// Instances that shrinking may judge. Most of them are small, since it begins by deleting rows and columns.
const SHRINK_LIMIT: usize = 20_000;

/// Where an instance comes from and by what it is judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address {
    pub(crate) claim: &'static Claim,
    /// The control that judges in place of the claim.
    pub(crate) control: Option<&'static Control>,
    pub(crate) seed: u64,
    pub(crate) index: u64,
    pub(crate) format: Format,
}

/// An instance judged again.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) address: Address,
    /// The instance as it is drawn.
    pub(crate) drawn: Transcript,
    /// The instance made as small as it goes while it refutes; `None` if it does not refute.
    pub(crate) small: Option<Transcript>,
}

impl Address {
    /// Draws the instance, judges it, and makes it small if it refutes.
    ///
    /// # Errors
    ///
    /// Fails if the instance cannot be drawn.
    pub(crate) fn open(self) -> Result<Case, Refusal> {
        match self.format {
            Format::F32 => self.open_in::<f32>(),
            Format::F64 => self.open_in::<f64>(),
        }
    }

    fn open_in<T: Checked>(self) -> Result<Case, Refusal> {
        let check: Check<T> = match self.control {
            Some(control) => T::control(control),
            None => T::check(self.claim),
        };
        let mut memory = vec![T::zero(); memory_len()];
        let (mut instance, rest) = draw(self.claim, self.seed, self.index, &mut memory)?;
        let drawn = Transcript::of(check, &instance, rest);
        if !drawn.outcome.is_refuted() {
            return Ok(Case { address: self, drawn, small: None });
        }
        // Memory of its own: the check keeps as much as it had in the campaign.
        let mut scratch = vec![T::zero(); Shrinker::scratch_len(instance.layout(), &instance.sizes())];
        let mut still_refutes = |candidate: &widthwise_sampling::Instance<'_, T>| {
            judge(check, candidate, rest, &mut ()).is_refuted()
        };
        shrink(&mut instance, &mut scratch, &mut still_refutes, SHRINK_LIMIT)?;
        let small = Transcript::of(check, &instance, rest);
        Ok(Case { address: self, drawn, small: Some(small) })
    }

    /// The command that judges this instance again.
    pub(crate) fn replay_command(&self) -> String {
        let mut command =
            format!("theory-checker replay {} --seed {:#x} --index {}", self.claim.id, self.seed, self.index);
        if self.format != Format::F64 {
            command += " --scalar ";
            command += self.format.name();
        }
        if let Some(control) = self.control {
            command += " --control ";
            command += control_name(control);
        }
        command
    }
}

/// The name of a control without the id of its claim.
pub(crate) fn control_name(control: &Control) -> &'static str {
    control.id.rsplit_once('/').map_or(control.id, |(_, name)| name)
}
