// SPDX-License-Identifier: MIT OR Apache-2.0

//! A whole model: a list of parameters in, a table out.
//!
//! Parameters are plain data in a slice that the caller owns, not attributes glued to tensors, which sharding and
//! checkpoints lose. [`Plan::row`] is a line of the table, [`Plan::findings`](crate::Plan::findings) what is wrong
//! with the list.

use crate::{
    Constants, LayerScale, LogicalMatrix, Optimizer, ParametrizationError, Role, Rule, ScalingDimensions,
    Shape, ShapeFactor, WeightDecay,
};

/// A parameter of a model.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Parameter, Role, Shape};
/// let readout = Parameter::new("head", Role::Output, Shape::Dense { fan_out: 10, fan_in: 512 });
/// assert_eq!(readout.tied_to, None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Its name.
    pub name: &'a str,
    /// The part it plays.
    pub role: Role,
    /// Its shape.
    pub shape: Shape<'a>,
    /// Its shape in the same model at another width: it shows which dimensions grow.
    pub other_width: Option<Shape<'a>>,
    /// The name of the parameter whose array it shares.
    pub tied_to: Option<&'a str>,
    /// A factor of the shape that the training code applies to its updates, beside that of the optimiser.
    pub factor: ShapeFactor,
}

impl<'a> Parameter<'a> {
    /// A parameter with an array of its own and no factor beside that of the optimiser, at one width.
    #[must_use]
    pub const fn new(name: &'a str, role: Role, shape: Shape<'a>) -> Self {
        Self { name, role, shape, other_width: None, tied_to: None, factor: ShapeFactor::One }
    }

    /// The logical matrix, if the role goes with the shape.
    pub(crate) fn matrix(&self) -> Result<LogicalMatrix, ParametrizationError> {
        self.shape.require_role(self.role)?;
        self.shape.logical_matrix()
    }
}

/// A rule, an optimiser and constants, for all parameters of a model; for those of one optimiser if it has several.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Constants, Optimizer, Parameter, Plan, Role, Shape, rules};
///
/// let parameters = [
///     Parameter::new("embedding", Role::Embedding, Shape::Embedding { vocabulary: 50257, width: 768 }),
///     Parameter::new("up", Role::Hidden, Shape::Dense { fan_out: 3072, fan_in: 768 }),
///     Parameter::new("head", Role::Output, Shape::Dense { fan_out: 50257, fan_in: 768 }),
/// ];
/// let plan = Plan { rule: &rules::TABLE_8, optimizer: Optimizer::Adam, constants: Constants::UNIT };
/// for parameter in &parameters {
///     let row = plan.row(parameter)?;
///     println!("{:10} {:9} {:>10} {:?}", row.name, row.role, row.matrix, row.layer);
/// }
/// assert_eq!(plan.row(&parameters[1])?.layer.rate, 1.0 / 768.0);
/// assert_eq!(plan.findings(&parameters).count(), 0);
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// The optimiser.
    pub optimizer: Optimizer,
    /// The constants left to tuning.
    pub constants: Constants,
}

/// A line of the table.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Constants, Optimizer, Parameter, Plan, Role, Shape, rules};
/// let plan = Plan { rule: &rules::SPECTRAL, optimizer: Optimizer::Sgd, constants: Constants::UNIT };
/// let gates = Shape::Fused { blocks: 4, fan_out: 128, fan_in: 64 };
/// let row = plan.row(&Parameter::new("gates", Role::Hidden, gates))?;
/// assert_eq!((row.matrix.to_string(), row.blocks, row.layer.rate), ("128×64".to_owned(), 4, 2.0));
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row<'a> {
    /// The parameter's name.
    pub name: &'a str,
    /// Its role.
    pub role: Role,
    /// Fan-out and fan-in of its logical matrix, of one of them if it is fused.
    pub matrix: LogicalMatrix,
    /// How many logical matrices it holds.
    pub blocks: usize,
    /// Which dimensions grow with the width, by the role.
    pub scaling: ScalingDimensions,
    /// Multiplier, initialisation, rate, `ε` and weight decay.
    pub layer: LayerScale,
}

impl Plan<'_> {
    /// The line of a parameter. Its rate is what remains to be applied: factors of the shape, of the optimiser or of
    /// the training code, are divided out.
    ///
    /// # Errors
    ///
    /// Fails if the role does not go with the shape, the shape has no logical matrix, or as [`Rule::layer`].
    ///
    /// ```
    /// use widthwise_parametrization::{Constants, Optimizer, Parameter, Plan, Role, Shape, rules};
    /// let plan = Plan { rule: &rules::TABLE_3, optimizer: Optimizer::Sgd, constants: Constants::UNIT };
    /// assert_eq!(plan.row(&Parameter::new("bias", Role::Bias, Shape::Bias { width: 64 }))?.layer.rate, 64.0);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn row<'a>(&self, parameter: &Parameter<'a>) -> Result<Row<'a>, ParametrizationError> {
        let matrix = parameter.matrix()?;
        let mut layer = self.rule.layer(parameter.role, matrix, self.optimizer, &self.constants)?;
        let factor = parameter.factor.monomial().at(matrix)?;
        layer.rate = ParametrizationError::require_finite("rate", layer.rate / factor)?;
        if let WeightDecay::TimesRate(lambda) = layer.weight_decay {
            // The factor multiplies the update, not the decay.
            let lambda = ParametrizationError::require_finite("weight decay", lambda * factor)?;
            layer.weight_decay = WeightDecay::TimesRate(lambda);
        }
        Ok(Row {
            name: parameter.name,
            role: parameter.role,
            matrix,
            blocks: parameter.shape.blocks(),
            scaling: parameter.role.scaling(),
            layer,
        })
    }
}
