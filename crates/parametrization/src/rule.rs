// SPDX-License-Identifier: MIT OR Apache-2.0

//! A rule is a table: for each role a multiplier, an initialisation, and a rate for each family of optimisers.
//!
//! A layer computes `z = multiplier · w h + bias` (the bias is outside of the multiplier). The trained array is `w`;
//! what the network feels is the **effective** matrix `W = multiplier · w`, see [`Effective`]. Entries of a table are
//! [`ShapeMonomial`]s: they carry no constants to tune and no base width. Those are [`Constants`](crate::Constants)
//! and [`Factors`](crate::Factors).

use crate::monomial::powers::{ONE, PER_ROOT_A};
use crate::{Initial, Optimizer, ParametrizationError, Role, ShapeMonomial, UpdateFamily};

/// How multiplier, initialisation and rate of every parameter follow from its role and shape.
///
/// The rules of the literature are in [`rules`](crate::rules). A rule of one's own is a value of this type.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{LogicalMatrix, Optimizer, Role, rules};
///
/// let readout = LogicalMatrix::new(10, 1024)?;
/// let rate = |rule: &widthwise_parametrization::Rule| rule.rate(Role::Output, Optimizer::Adam)?.at(readout);
/// assert_eq!(rate(&rules::TABLE_3)?, 1.0 / 1024.0);
/// // Table 8 has a multiplier 1/fan-in instead.
/// assert_eq!(rate(&rules::TABLE_8)?, 1.0);
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What the products of queries and keys are multiplied by; fan-in is the dimension of a head.
    pub attention_logits: ShapeMonomial,
    /// Size of an entry of the gradient of the effective matrix below the output; the `ε` of Adam follows it
    /// (`spectral.adam.epsilon`).
    pub gradient_entry: ShapeMonomial,
    /// Matrices from a finite dimension to the width, and the table of one-hot inputs, whose fan-in is 1.
    pub input: Option<Entry>,
    /// Matrices from width to width.
    pub hidden: Option<Entry>,
    /// Matrices from the width to a finite dimension.
    pub output: Option<Entry>,
    /// Biases of hidden units.
    pub bias: Option<Entry>,
    /// Biases of outputs.
    pub output_bias: Option<Entry>,
    /// Gains of normalisation layers.
    pub gain: Option<Entry>,
    /// Matrices between finite dimensions.
    pub finite: Option<Entry>,
}

/// What a rule says of one role.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Entry, ShapeMonomial, rules};
/// // A rule of one's own: the spectral one with a constant rate for hidden layers under Adam.
/// let mut rule = rules::SPECTRAL;
/// rule.hidden = rule.hidden.map(|mut entry: Entry| {
///     entry.rates.entrywise = Some(ShapeMonomial::ONE);
///     entry
/// });
/// assert!(!rule.equivalence(&rules::SPECTRAL, widthwise_parametrization::UpdateFamily::Entrywise).holds());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// What the product with the trained array is multiplied by.
    pub multiplier: ShapeMonomial,
    /// The initialisation of the trained array.
    pub initial: Initial<ShapeMonomial>,
    /// The rates for the trained array.
    pub rates: Rates,
}

/// The rates of one role; `None` where the rule has none.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Rates, ShapeMonomial};
/// let per_fan_in = ShapeMonomial::from_halves([-2, 0, 0]);
/// let adam_alone = Rates { gradient: None, entrywise: Some(per_fan_in), spectral: None };
/// assert_eq!(adam_alone.of(widthwise_parametrization::UpdateFamily::Entrywise), Some(per_fan_in));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Updates linear in the gradient.
    pub gradient: Option<ShapeMonomial>,
    /// Updates with entries of size one.
    pub entrywise: Option<ShapeMonomial>,
    /// Updates of spectral norm one, the factor of the shape included.
    pub spectral: Option<ShapeMonomial>,
}

impl Rates {
    /// The rate for a family.
    ///
    /// ```
    /// use widthwise_parametrization::{UpdateFamily, rules};
    /// let entry = rules::NEURAL_TANGENT.hidden.ok_or("no hidden layers")?;
    /// assert_eq!(entry.rates.of(UpdateFamily::Spectral), None);
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub const fn of(&self, family: UpdateFamily) -> Option<ShapeMonomial> {
        match family {
            UpdateFamily::Gradient => self.gradient,
            UpdateFamily::Entrywise => self.entrywise,
            UpdateFamily::Spectral => self.spectral,
        }
    }
}

/// The effective form of a role under a rule: what remains if the multiplier is folded into the matrix
/// (`spectral.multiplier`).
///
/// Two rules with one effective form train the same network, step by step.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Role, UpdateFamily, rules};
/// let effective = rules::NEURAL_TANGENT.effective(Role::Hidden, UpdateFamily::Gradient)?;
/// assert_eq!(effective.rate.to_string(), "fan-in^(-1)");
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effective {
    /// The initialisation of `W = multiplier · w`.
    pub initial: Initial<ShapeMonomial>,
    /// The rate of `W`: `multiplier² · rate` for updates linear in the gradient, else `multiplier · rate`.
    pub rate: ShapeMonomial,
}

impl Entry {
    /// The effective form; `None` if there is no rate for the family.
    ///
    /// ```
    /// use widthwise_parametrization::{UpdateFamily, rules};
    /// for family in UpdateFamily::ALL {
    ///     let [three, eight] = [rules::TABLE_3.output, rules::TABLE_8.output];
    ///     assert_eq!(three.and_then(|e| e.effective(family)), eight.and_then(|e| e.effective(family)));
    /// }
    /// ```
    #[must_use]
    pub const fn effective(&self, family: UpdateFamily) -> Option<Effective> {
        let Some(rate) = self.rates.of(family) else { return None };
        let mut rate = rate.times(self.multiplier);
        if family.multiplier_power() == 2 {
            rate = rate.times(self.multiplier);
        }
        Some(Effective { initial: self.initial.times(self.multiplier), rate })
    }
}

impl Rule {
    /// What the rule says of a role.
    ///
    /// # Errors
    ///
    /// Fails if it says nothing, as mean field of hidden layers.
    ///
    /// ```
    /// use widthwise_parametrization::{Role, rules};
    /// let error = rules::MEAN_FIELD.entry(Role::Hidden).unwrap_err();
    /// assert_eq!(error.to_string(), "mean field has no entry for the role hidden");
    /// ```
    pub const fn entry(&self, role: Role) -> Result<&Entry, ParametrizationError> {
        let entry = match role {
            Role::Input | Role::Embedding => &self.input,
            Role::Hidden => &self.hidden,
            Role::Output => &self.output,
            Role::Bias => &self.bias,
            Role::OutputBias => &self.output_bias,
            Role::Gain => &self.gain,
            Role::Finite => &self.finite,
        };
        match entry {
            Some(entry) => Ok(entry),
            None => Err(ParametrizationError::undefined(self.name, role, "entry")),
        }
    }

    /// What the product with the trained array is multiplied by.
    ///
    /// # Errors
    ///
    /// As [`entry`](Self::entry).
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, Role, rules};
    /// let readout = LogicalMatrix::new(10, 256)?;
    /// assert_eq!(rules::NEURAL_TANGENT.multiplier(Role::Output)?.at(readout)?, 1.0 / 16.0);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn multiplier(&self, role: Role) -> Result<ShapeMonomial, ParametrizationError> {
        Ok(self.entry(role)?.multiplier)
    }

    /// The initialisation of the trained array.
    ///
    /// # Errors
    ///
    /// As [`entry`](Self::entry).
    ///
    /// ```
    /// use widthwise_parametrization::{Initial, Role, rules};
    /// assert_eq!(rules::STANDARD.initial(Role::Bias)?, Initial::Zero);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn initial(&self, role: Role) -> Result<Initial<ShapeMonomial>, ParametrizationError> {
        Ok(self.entry(role)?.initial)
    }

    /// The rate of the trained array: that of the family, divided by the factor of the shape that the optimiser
    /// applies by itself.
    ///
    /// # Errors
    ///
    /// As [`entry`](Self::entry); and if the rule has no rate for the family.
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, Optimizer, Role, ShapeFactor, rules};
    /// let (plain, scaled) = (ShapeFactor::One, ShapeFactor::RmsToRms);
    /// let rate = |factor| rules::SPECTRAL.rate(Role::Hidden, Optimizer::Orthogonalized(factor));
    /// let matrix = LogicalMatrix::new(256, 1024)?;
    /// assert_eq!((rate(plain)?.at(matrix)?, rate(scaled)?.at(matrix)?), (0.5, 1.0));
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn rate(&self, role: Role, optimizer: Optimizer) -> Result<ShapeMonomial, ParametrizationError> {
        Ok(self.rate_of(role, optimizer.family())?.over(optimizer.shape_factor().monomial()))
    }

    /// The effective form of a role: multiplier 1, with the initialisation and rate that train the same network.
    ///
    /// # Errors
    ///
    /// As [`rate`](Self::rate).
    ///
    /// ```
    /// use widthwise_parametrization::{Role, UpdateFamily, rules};
    /// let [eight, nine] = [&rules::TABLE_8, &rules::TABLE_9];
    /// for role in Role::ALL {
    ///     assert_eq!(eight.effective(role, UpdateFamily::Gradient), nine.effective(role, UpdateFamily::Gradient));
    /// }
    /// ```
    pub fn effective(&self, role: Role, family: UpdateFamily) -> Result<Effective, ParametrizationError> {
        let entry = self.entry(role)?;
        entry.effective(family).ok_or(ParametrizationError::undefined(self.name, role, family_rate(family)))
    }

    /// How Adam's `ε` for the trained array follows from the shape: multiplier times the size of an entry of the
    /// effective gradient (`spectral.adam.epsilon`).
    ///
    /// # Errors
    ///
    /// As [`entry`](Self::entry).
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, Role, rules};
    /// let readout = LogicalMatrix::new(10, 256)?;
    /// let epsilon = |rule: &widthwise_parametrization::Rule| rule.epsilon(Role::Output)?.at(readout);
    /// assert_eq!((epsilon(&rules::TABLE_3)?, epsilon(&rules::TABLE_8)?), (1.0, 1.0 / 256.0));
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn epsilon(&self, role: Role) -> Result<ShapeMonomial, ParametrizationError> {
        Ok(self.entry(role)?.multiplier.times(self.effective_gradient_entry(role)))
    }

    /// The size of an entry of the gradient of the effective matrix.
    pub(crate) const fn effective_gradient_entry(&self, role: Role) -> ShapeMonomial {
        match role {
            Role::Output | Role::OutputBias | Role::Finite => ONE,
            Role::Input | Role::Hidden | Role::Bias | Role::Gain | Role::Embedding => self.gradient_entry,
        }
    }

    /// The rate of a family, the factor of the shape included.
    pub(crate) fn rate_of(
        &self,
        role: Role,
        family: UpdateFamily,
    ) -> Result<ShapeMonomial, ParametrizationError> {
        let undefined = ParametrizationError::undefined(self.name, role, family_rate(family));
        self.entry(role)?.rates.of(family).ok_or(undefined)
    }

    /// This rule under another name, with another rate for matrices under updates of spectral norm one.
    pub(crate) const fn with_spectral_rate(mut self, name: &'static str, rate: ShapeMonomial) -> Self {
        self.name = name;
        self.input = with_spectral_rate(self.input, rate);
        self.hidden = with_spectral_rate(self.hidden, rate);
        self.output = with_spectral_rate(self.output, rate);
        self
    }
}

const fn with_spectral_rate(entry: Option<Entry>, rate: ShapeMonomial) -> Option<Entry> {
    match entry {
        Some(mut entry) => {
            entry.rates.spectral = Some(rate);
            Some(entry)
        }
        None => None,
    }
}

const fn family_rate(family: UpdateFamily) -> &'static str {
    match family {
        UpdateFamily::Gradient => "rate of gradient updates",
        UpdateFamily::Entrywise => "rate of entrywise updates",
        UpdateFamily::Spectral => "rate of spectral updates",
    }
}

/// A row of a table, in the order of its columns.
pub(crate) const fn entry(
    multiplier: ShapeMonomial,
    initial: Initial<ShapeMonomial>,
    [gradient, entrywise, spectral]: [Option<ShapeMonomial>; 3],
) -> Option<Entry> {
    Some(Entry { multiplier, initial, rates: Rates { gradient, entrywise, spectral } })
}

/// Attention logits as most frameworks have them, `1/√d`: right if queries and keys were independent, as at
/// initialisation only.
pub(crate) const LOGITS_OF_INDEPENDENT: ShapeMonomial = PER_ROOT_A;
