// SPDX-License-Identifier: MIT OR Apache-2.0

//! The same families and the same shrinking as proptest strategies.
//!
//! A strategy draws a seed from proptest's generator and the instance from a [`Stream`] of its own, so that a failing case
//! replays. All values are finite. What is given (sizes) is kept while shrinking; what is drawn shrinks.

use core::fmt;
use std::vec;
use std::vec::Vec;

use nalgebra::{DMatrix, DMatrixView, DVector};
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{Reason, TestRunner};
use rand_core::Rng;
use widthwise_linalg::KernelError;
use widthwise_rounding::Scalar;

use crate::instance::{Place, Rows, view};
use crate::{Dimension, Families, Instance, Part, Shrinker, Sizes, Stream, fill_instance, workspace_len};

static MATRIX: [Part; 1] = [Part::matrix("A", Dimension::M, Dimension::N)];
static VECTOR: [Part; 1] = [Part::vector("x", Dimension::N)];

/// Matrices of a shape, or of drawn [shapes](crate::Shape), from families and magnitudes.
///
/// # Examples
///
/// ```
/// use proptest::prelude::*;
/// use widthwise_sampling::{Families, strategy};
///
/// proptest!(|(a in strategy::matrices::<f64>(Some((2, 3)), Families::ALL))| {
///     prop_assert_eq!(a.shape(), (2, 3));
///     prop_assert!(a.iter().all(|x| x.is_finite()));
/// });
/// ```
pub fn matrices<T: Scalar>(
    shape: Option<(usize, usize)>,
    families: Families<'static>,
) -> impl Strategy<Value = DMatrix<T>> {
    let sizes = shape.map(|(m, n)| Sizes { m, n, ..Sizes::ONES });
    instances(&MATRIX, sizes, families).prop_map(|instance| instance.part(0).into_owned())
}

/// Vectors of a length, or of drawn lengths, from families and magnitudes.
///
/// # Examples
///
/// ```
/// use proptest::prelude::*;
/// use widthwise_sampling::{Families, Magnitude, strategy};
///
/// let families = Families { magnitudes: &[Magnitude::Large], ..Families::ALL };
/// proptest!(|(x in strategy::vectors::<f64>(None, families))| {
///     prop_assert!(x.iter().all(|&x| x == 0.0 || x.abs() > 1e100));
/// });
/// ```
pub fn vectors<T: Scalar>(
    length: Option<usize>,
    families: Families<'static>,
) -> impl Strategy<Value = DVector<T>> {
    let sizes = length.map(|n| Sizes { n, ..Sizes::ONES });
    instances(&VECTOR, sizes, families)
        .prop_map(|instance| DVector::from_iterator(instance.data.len(), instance.data))
}

/// Instances of a layout, of given or drawn [sizes](Sizes::draw), from families and magnitudes.
///
/// # Examples
///
/// ```
/// use proptest::prelude::*;
/// use widthwise_sampling::{Dimension, Families, Part, strategy};
///
/// static LAYOUT: [Part; 2] = [
///     Part::matrix("A", Dimension::M, Dimension::N),
///     Part::vector("x", Dimension::N),
/// ];
/// proptest!(|(mut instance in strategy::instances::<f64>(&LAYOUT, None, Families::ALL))| {
///     let instance = instance.lend()?;
///     let [a, x] = instance.parts();
///     prop_assert_eq!(a.ncols(), x.nrows());
/// });
/// ```
#[must_use]
pub fn instances<T: Scalar>(
    layout: &'static [Part],
    sizes: Option<Sizes>,
    families: Families<'static>,
) -> InstanceStrategy<T> {
    InstanceStrategy { layout, sizes, families, scalar: core::marker::PhantomData }
}

/// The strategy that [`instances`] returns.
#[derive(Clone, Copy, Debug)]
pub struct InstanceStrategy<T> {
    layout: &'static [Part],
    sizes: Option<Sizes>,
    families: Families<'static>,
    scalar: core::marker::PhantomData<T>,
}

/// An instance that owns its entries.
#[derive(Clone, PartialEq)]
pub struct OwnedInstance<T> {
    layout: &'static [Part],
    sizes: Sizes,
    data: Vec<T>,
}

impl<T: Scalar> OwnedInstance<T> {
    /// The instance, in this memory.
    ///
    /// # Errors
    ///
    /// Never fails for an instance that a strategy made; the error is that of [`Instance::new`].
    pub fn lend(&mut self) -> Result<Instance<'_, T>, KernelError> {
        Instance::new(self.layout, self.sizes, &mut self.data)
    }

    /// The sizes of the dimensions.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// The part at a position of the layout; an empty 0×0 matrix past its end.
    #[must_use]
    pub fn part(&self, position: usize) -> DMatrixView<'_, T> {
        view(&self.data, Place::of(self.layout, &self.sizes, position))
    }
}

impl<T: Scalar> fmt::Debug for OwnedInstance<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.layout.iter().enumerate();
        f.debug_map().entries(parts.map(|(position, part)| (part.name, Rows(self.part(position))))).finish()
    }
}

impl<T: Scalar> Strategy for InstanceStrategy<T> {
    type Tree = InstanceTree<T>;
    type Value = OwnedInstance<T>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let mut stream = Stream::new(runner.rng().next_u64(), "proptest", 0);
        let sizes = self.sizes.unwrap_or_else(|| Sizes::draw(&mut stream));
        let data = vec![T::zero(); Instance::<T>::len(self.layout, &sizes)];
        let mut value = OwnedInstance { layout: self.layout, sizes, data };
        let work = self.layout.iter().map(|part| workspace_len(sizes.of(part.rows), sizes.of(part.columns)));
        let mut work = vec![T::zero(); work.max().unwrap_or(0)];
        value
            .lend()
            .and_then(|mut instance| fill_instance(&mut stream, &self.families, &mut instance, &mut work))
            .map_err(|error| Reason::from(std::format!("{error}")))?;
        let shrinker = if self.sizes.is_some() { Shrinker::keeping_sizes() } else { Shrinker::new() };
        let scratch = vec![T::zero(); Shrinker::scratch_len(self.layout, &sizes)];
        Ok(InstanceTree { failing: value, candidate: None, shrinker, scratch })
    }
}

/// An instance and its way to simpler ones.
#[derive(Clone, Debug)]
pub struct InstanceTree<T: Scalar> {
    /// The simplest instance that failed; at first, the one that was drawn.
    failing: OwnedInstance<T>,
    /// The simpler one that is being tried.
    candidate: Option<OwnedInstance<T>>,
    shrinker: Shrinker,
    scratch: Vec<T>,
}

impl<T: Scalar> InstanceTree<T> {
    fn propose(&mut self) -> bool {
        let Self { failing, candidate, shrinker, scratch } = self;
        let layout = failing.layout;
        let proposal = failing.lend().and_then(|instance| shrinker.propose(&instance, scratch));
        *candidate = proposal.ok().flatten().map(|proposal| OwnedInstance {
            layout,
            sizes: proposal.sizes(),
            data: proposal.data().to_vec(),
        });
        candidate.is_some()
    }
}

impl<T: Scalar> ValueTree for InstanceTree<T> {
    type Value = OwnedInstance<T>;

    fn current(&self) -> OwnedInstance<T> {
        self.candidate.as_ref().unwrap_or(&self.failing).clone()
    }

    fn simplify(&mut self) -> bool {
        if let Some(candidate) = self.candidate.take() {
            self.failing = candidate;
            self.shrinker.report(true);
        }
        self.propose()
    }

    fn complicate(&mut self) -> bool {
        if self.candidate.is_none() {
            return false;
        }
        self.shrinker.report(false);
        // At the end the instance that is known to fail is tried once more: in a tuple of strategies, that is what
        // passes the turn to the next of them.
        self.propose();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Magnitude, MatrixFamily};
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestError};

    fn runner() -> TestRunner {
        TestRunner::new_with_rng(
            Config { cases: 500, failure_persistence: None, ..Config::default() },
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        )
    }

    #[test]
    fn drawn_matrices_shrink_in_size_and_in_entries() {
        let result = runner().run(&matrices::<f64>(None, Families::ALL), |a| {
            prop_assert!(a.ncols() < 2 || a.iter().all(|&x| x < 2.5));
            Ok(())
        });
        let Err(TestError::Fail(_, a)) = result else { panic!("{result:?}") };
        assert_eq!(a, nalgebra::dmatrix![4.0, 0.0]);
    }

    #[test]
    fn given_sizes_are_kept() {
        let families = Families { magnitudes: &[Magnitude::Unit], ..Families::ALL };
        let result = runner().run(&matrices::<f32>(Some((2, 2)), families), |a| {
            prop_assert!(a[(0, 0)] <= 1.5);
            Ok(())
        });
        let Err(TestError::Fail(_, a)) = result else { panic!("{result:?}") };
        assert_eq!(a, nalgebra::dmatrix![2.0, 0.0; 0.0, 0.0]);
    }

    #[test]
    fn in_a_tuple_every_component_shrinks() {
        let strategy =
            (vectors::<f64>(Some(2), Families::ALL), vectors::<f64>(None, Families::ALL), 0_u32..1000);
        let result = runner().run(&strategy, |(x, y, k)| {
            prop_assert!(x[0] <= 0.25 || y.len() < 3 || k < 7);
            Ok(())
        });
        let Err(TestError::Fail(_, (x, y, k))) = result else { panic!("{result:?}") };
        assert_eq!((x, y, k), (nalgebra::dvector![1.0, 0.0], nalgebra::dvector![0.0, 0.0, 0.0], 7));
    }

    #[test]
    fn trees_end_at_a_local_minimum_and_keep_the_last_failure() {
        // The sum depends on its order: neither sizes nor entries shrink in one pass.
        let fails = |a: &DMatrix<f64>| a.iter().sum::<f64>() != a.iter().rev().sum::<f64>();
        let (mut runner, mut found) = (runner(), 0);
        for _ in 0..50 {
            let strategy = instances::<f64>(&MATRIX, None, Families::ALL);
            let mut tree = strategy.new_tree(&mut runner).unwrap();
            let current = |tree: &InstanceTree<f64>| tree.current().part(0).into_owned();
            if current(&tree).len() > 30 || !fails(&current(&tree)) {
                continue;
            }
            found += 1;
            let mut moved = tree.simplify();
            while moved {
                moved = if fails(&current(&tree)) { tree.simplify() } else { tree.complicate() };
            }
            let mut smallest = tree.current();
            assert!(fails(&smallest.part(0).into_owned()));
            let mut scratch = vec![0.0; Shrinker::scratch_len(&MATRIX, &smallest.sizes())];
            let instance = smallest.lend().unwrap();
            let mut shrinker = Shrinker::new();
            while let Some(candidate) = shrinker.propose(&instance, &mut scratch).unwrap() {
                assert!(!fails(&candidate.part(0).into_owned()), "{instance:?} can shrink to {candidate:?}");
            }
        }
        assert!(found > 0);
    }

    #[test]
    fn only_the_given_families_are_drawn() {
        let families =
            Families { matrices: &[MatrixFamily::Signs], magnitudes: &[Magnitude::Unit], ..Families::ALL };
        let result = runner().run(&matrices::<f64>(None, families), |a| {
            prop_assert!(a.iter().all(|x| x.abs() == 1.0));
            Ok(())
        });
        assert!(result.is_ok(), "{result:?}");
    }

    #[test]
    fn counterexamples_are_printed_by_the_names_of_their_parts() {
        let sizes = Sizes { m: 2, n: 2, ..Sizes::ONES };
        let mut instance = OwnedInstance { layout: &MATRIX, sizes, data: vec![1.0_f64, 2.0, 3.0, 0.1] };
        let expected = "{\"A\": [[1.0, 3.0], [2.0, 0.1]]}";
        assert_eq!(std::format!("{instance:?}"), expected);
        assert_eq!(std::format!("{:?}", instance.lend().unwrap()), expected);
    }
}
