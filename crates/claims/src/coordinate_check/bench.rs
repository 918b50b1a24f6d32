// SPDX-License-Identifier: MIT OR Apache-2.0

//! The bench: draws the network of an address, trains it, and measures it after every step.
//!
//! Spectral norms of large matrices are Rayleigh quotients after 32 products, lower bounds that lie within 2 % of the norm of a random matrix and on
//! that of an update, whose largest singular values stand apart: for a slope, which forgets constant factors, that is ample, at a tenth of the cost of an enclosure.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use nalgebra::DMatrix;
use widthwise_network as network;
use widthwise_network::{
    Initializer, Input, LayerInitializer, LayerRule, Loss, Method, Network, NetworkError, Norms,
    Orthogonalization, Pass, Workspace, change_root_mean_square, root_mean_square,
};
use widthwise_parametrization::{
    Constants, Initial, LayerScale, LogicalMatrix, Optimizer, Role, ShapeFactor,
};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::Stream;
use widthwise_spectral::{Effort, large_workspace_len, spectral_norm_large_in};

use super::{CoordinateCheck, CoordinateCheckError, Observable};
use crate::law::Address;

/// Up to this smaller dimension the enclosure of a spectral norm is cheap.
const SMALL: usize = 32;

/// Products with a matrix that its Rayleigh quotient is given.
const PRODUCTS: Effort = Effort::Budget { matrix_vector_products: 32, factorizations: 0 };

/// The name of the streams.
const NAME: &str = "spectral.coordinate-check";

/// What was measured on one network.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    address: Address,
    /// In the order of the coordinates; it ends early where a number left the format.
    values: Vec<f64>,
    failure: Option<NetworkError>,
}

impl Record {
    /// Where the network stands.
    #[must_use]
    pub fn address(&self) -> Address {
        self.address
    }

    /// The values in the order of [`CoordinateCheck::coordinates`], as far as the network got.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Why the values end early: a number of the network left the format.
    #[must_use]
    pub fn failure(&self) -> Option<NetworkError> {
        self.failure
    }
}

/// One batch: inputs, and the coefficients of the linear loss.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) inputs: DMatrix<f64>,
    pub(super) coefficients: DMatrix<f64>,
}

impl CoordinateCheck<'_> {
    /// Draws the network of an address, trains it and measures it: a pure function of seed, address and check.
    ///
    /// `5 L` numbers a step. A network whose numbers leave the format is measured until then.
    ///
    /// # Errors
    ///
    /// As [`require_valid`](Self::require_valid), and if the address is none of this check.
    ///
    /// ```
    /// use widthwise_claims::coordinate_check::CoordinateCheck;
    /// use widthwise_claims::law::Address;
    /// use widthwise_parametrization::{Optimizer, rules};
    /// let check = CoordinateCheck { widths: &[8, 16], steps: 2, ..CoordinateCheck::new(&rules::SPECTRAL, Optimizer::Adam) };
    /// let record = check.measure(0x5eed, Address::at_width(16, 3))?;
    /// assert_eq!(record.values().len(), check.coordinates().len());
    /// assert_eq!(record.failure(), None);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn measure(&self, seed: u64, address: Address) -> Result<Record, CoordinateCheckError> {
        self.require_valid()?;
        if !self.widths.contains(&address.width()) || address.draw >= self.draws_at(address.width()) {
            return Err(CoordinateCheckError::ADDRESS);
        }
        let batch = self.batch(seed, address);
        self.measure_on(seed, address, &batch)
    }

    /// [`measure`](Self::measure) on a given batch.
    pub(super) fn measure_on(
        &self,
        seed: u64,
        address: Address,
        batch: &Batch,
    ) -> Result<Record, CoordinateCheckError> {
        let scales = self.scales(address.width())?;
        let mut network = Network::new(&self.neurons(address.width()), self.activation)?;
        for (layer, scale) in scales.iter().enumerate() {
            network.set_multiplier(layer, scale.multiplier)?;
        }
        let initializers = scales.iter().map(initializer).collect::<Result<Vec<_>, _>>()?;
        let name = format!("{NAME}/{}", address.width());
        let index = address.draw as u64;
        network.initialize(&initializers, network::Address { seed, name: &name, index })?;

        let mut values = Vec::new();
        let failure = self.train(network, &scales, batch, &mut values).err();
        Ok(Record { address, values, failure })
    }

    /// The batch of an address. Neither rule nor depth enters.
    fn batch(&self, seed: u64, address: Address) -> Batch {
        let name = format!("{NAME}/{}/batch", address.width());
        let mut stream = Stream::new(seed, &name, address.draw as u64);
        let inputs = on_spheres(&mut stream, self.inputs, self.batch);
        Batch { inputs, coefficients: on_spheres(&mut stream, self.outputs, self.batch) }
    }

    /// The numbers of each layer. The factor of the shape that an optimiser applies and its rule divides out is left out of both.
    pub(super) fn scales(&self, width: usize) -> Result<Vec<LayerScale>, CoordinateCheckError> {
        let optimizer = match self.optimizer {
            Optimizer::Orthogonalized(_) => Optimizer::Orthogonalized(ShapeFactor::One),
            other => other,
        };
        let constants = Constants { rate: self.rate, ..Constants::UNIT };
        let neurons = self.neurons(width);
        let matrices = neurons.iter().zip(neurons.iter().skip(1)).zip(roles(self.layers()));
        let scale = |((&fan_in, &fan_out), role): ((&usize, &usize), Role)| {
            let scale = self.rule.layer(role, LogicalMatrix::new(fan_out, fan_in)?, optimizer, &constants)?;
            initializer(&scale)?;
            Ok(scale)
        };
        matrices.map(scale).collect()
    }

    fn method(&self) -> Method<f64> {
        match self.optimizer {
            Optimizer::Sgd => Method::GradientDescent,
            Optimizer::Adam => Method::Adam { first_decay: 0.9, second_decay: 0.999, epsilon: 0.0 },
            Optimizer::SignDescent => Method::Sign,
            Optimizer::Orthogonalized(_) => {
                Method::Orthogonalized(Orthogonalization::Polar { tolerance: 1e-10, max_steps: 100 })
            }
            Optimizer::SpectrallyNormalized => Method::SpectralNormalized,
        }
    }

    /// Trains the network and enters the values of each moment.
    fn train(
        &self,
        network: Network<f64>,
        scales: &[LayerScale],
        batch: &Batch,
        values: &mut Vec<f64>,
    ) -> Result<(), NetworkError> {
        let rule = |scale: &LayerScale| {
            let rule = network::Rule::new(self.method(), scale.rate);
            LayerRule { weights: rule, bias: rule }
        };
        let rules: Vec<_> = scales.iter().map(rule).collect();
        let examples = batch.inputs.ncols();
        let mut optimizer = network::Optimizer::new(&network, examples, &rules)?;
        let mut workspace = Workspace::new(&network, examples)?;
        let mut pass = Pass::new(&network, examples)?;
        let (input, loss) = (Input::Dense(&batch.inputs), Loss::Linear(&batch.coefficients));

        pass.forward(&network, input)?;
        let start = Moment { network: network.clone(), pass: pass.clone() };
        let mut ruler = Ruler::default();
        for &observable in &Observable::AT_START {
            for layer in 0..self.layers() {
                values.push(ruler.observe(observable, layer, &start, &workspace, &start)?);
            }
        }
        let mut now = Moment { network, pass };
        for _ in 0..self.steps {
            workspace.step(&mut now.network, &mut optimizer, input, &loss)?;
            now.pass.forward(&now.network, input)?;
            for observable in Observable::ALL {
                for layer in 0..self.layers() {
                    values.push(ruler.observe(observable, layer, &now, &workspace, &start)?);
                }
            }
        }
        Ok(())
    }
}

/// The roles of so many weight matrices.
pub(super) fn roles(layers: usize) -> impl Iterator<Item = Role> {
    (1..=layers).map(move |layer| match layer {
        1 => Role::Input,
        _ if layer == layers => Role::Output,
        _ => Role::Hidden,
    })
}

/// A network with a pass of the batch through it.
struct Moment {
    network: Network<f64>,
    pass: Pass<f64>,
}

/// What measures, with its memory.
#[derive(Default)]
struct Ruler {
    difference: Option<DMatrix<f64>>,
    work: Vec<f64>,
}

impl Ruler {
    /// The value of an observable of a layer, counted from 0.
    fn observe(
        &mut self,
        observable: Observable,
        layer: usize,
        now: &Moment,
        workspace: &Workspace<f64>,
        start: &Moment,
    ) -> Result<f64, NetworkError> {
        let multiplier = now.network.multipliers()[layer];
        match observable {
            Observable::Update => self.natural(multiplier, &workspace.update().layers()[layer].weights),
            Observable::Weight => self.natural(multiplier, &now.network.layers()[layer].weights),
            Observable::WeightChange => {
                let (now, start) =
                    (&now.network.layers()[layer].weights, &start.network.layers()[layer].weights);
                let mut difference = match self.difference.take() {
                    Some(difference) if difference.shape() == now.shape() => difference,
                    _ => now.clone(),
                };
                for ((difference, now), start) in difference.iter_mut().zip(now.iter()).zip(start.iter()) {
                    *difference = now - start;
                }
                let norm = self.natural(multiplier, &difference);
                self.difference = Some(difference);
                norm
            }
            Observable::Preactivation => Ok(middle(root_mean_square(&now.pass.preactivations()[layer])?)),
            Observable::PreactivationChange => Ok(middle(change_root_mean_square(
                &start.pass.preactivations()[layer],
                &now.pass.preactivations()[layer],
            )?)),
        }
    }

    /// `nat(αA) = α √(fan-in/fan-out) ‖A‖`
    fn natural(&mut self, multiplier: f64, a: &DMatrix<f64>) -> Result<f64, NetworkError> {
        let (fan_out, fan_in) = a.shape();
        if fan_out.min(fan_in) <= SMALL {
            return Ok(multiplier * middle(Norms::of_matrix(a)?.natural()));
        }
        let needed = large_workspace_len(fan_out, fan_in);
        if self.work.len() < needed {
            self.work = vec![0.0; needed];
        }
        let quotient = spectral_norm_large_in(a, PRODUCTS, &mut self.work)?.enclosure().lo();
        Ok(multiplier * quotient * (f64::from_count(fan_in) / f64::from_count(fan_out)).square_root())
    }
}

fn initializer(scale: &LayerScale) -> Result<LayerInitializer<f64>, CoordinateCheckError> {
    let weights = match scale.initial {
        Initial::Zero => Initializer::Zero,
        Initial::Gaussian(sigma) => Initializer::Gaussian { sigma },
        Initial::Orthogonal(sigma) => Initializer::SemiOrthogonal { sigma },
        Initial::Constant(_) => return Err(CoordinateCheckError::EQUAL_ENTRIES),
    };
    Ok(LayerInitializer { weights, bias: Initializer::Zero })
}

/// Columns uniform on the sphere of the radius `√dimension`: normal numbers, scaled.
fn on_spheres(stream: &mut Stream, dimension: usize, columns: usize) -> DMatrix<f64> {
    let mut x = DMatrix::from_fn(dimension, columns, |_, _| stream.normal());
    for mut column in x.column_iter_mut() {
        let squares = column.iter().fold(0.0, |sum, x| sum + x * x);
        let factor = (f64::from_count(dimension) / squares).square_root();
        for x in column.iter_mut() {
            *x *= factor;
        }
    }
    x
}

/// A number of an enclosure whose width is a few roundings.
fn middle(enclosure: ScaledEnclosure<f64>) -> f64 {
    enclosure.to_enclosure().midpoint()
}

#[cfg(test)]
impl Record {
    /// A record of any values.
    pub(super) fn of(address: Address, values: Vec<f64>) -> Self {
        Self { address, values, failure: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rayleigh_quotients_lie_within_two_per_cent_of_the_norm() {
        let mut stream = Stream::new(1, "matrices", 0);
        let n = 300;
        let random = DMatrix::from_fn(n, n, |_, _| stream.normal());
        let [u, v] = [on_spheres(&mut stream, n, 2), on_spheres(&mut stream, n, 2)];
        for (matrix, relative) in [(random, 0.02), (u * v.transpose(), 1e-12)] {
            let norm = middle(Norms::of_matrix(&matrix).unwrap().natural());
            let quotient = Ruler::default().natural(1.0, &matrix).unwrap();
            assert!(
                quotient <= norm * (1.0 + 1e-12) && quotient >= norm * (1.0 - relative),
                "{quotient} {norm}"
            );
        }
    }
}
