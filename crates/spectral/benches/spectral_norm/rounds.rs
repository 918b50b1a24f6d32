// SPDX-License-Identifier: MIT OR Apache-2.0

//! Times of contenders that take turns, and their ratios round by round.
//!
//! A machine is never quiet. In every round each contender runs once, in an order that rotates, so that a disturbance
//! falls on neighbours alike: the ratio of two times of one round says more than the ratio of two times of a day. The
//! minimum over all rounds stands for the time itself.

use std::time::{Duration, Instant};

/// What is timed: a name, and one pass over all matrices of a case.
pub(crate) struct Contender<'a> {
    pub(crate) name: &'static str,
    /// Whether it is this crate's.
    pub(crate) ours: bool,
    pass: Box<dyn FnMut() + 'a>,
}

impl<'a> Contender<'a> {
    pub(crate) fn ours(name: &'static str, pass: impl FnMut() + 'a) -> Self {
        Self { name, ours: true, pass: Box::new(pass) }
    }

    pub(crate) fn peer(name: &'static str, pass: impl FnMut() + 'a) -> Self {
        Self { name, ours: false, pass: Box::new(pass) }
    }
}

/// The times of one contender, in seconds a matrix, by round.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    pub(crate) name: &'static str,
    pub(crate) ours: bool,
    pub(crate) rounds: Vec<f64>,
}

/// The median of some numbers and the quartiles around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

impl Times {
    pub(crate) fn minimum(&self) -> f64 {
        self.rounds.iter().copied().reduce(|a, b| if b < a { b } else { a }).unwrap_or(f64::NAN)
    }

    /// The spread of `self / other` over the rounds.
    pub(crate) fn ratio_to(&self, other: &Self) -> Spread {
        let mut ratios: Vec<f64> = self.rounds.iter().zip(&other.rounds).map(|(a, b)| a / b).collect();
        ratios.sort_by(f64::total_cmp);
        let at = |part: usize| ratios[(ratios.len() - 1) * part / 4];
        Spread { lower: at(1), median: at(2), upper: at(3) }
    }
}

/// The rounds of a case take about so long together, but there are `FEWEST` at least.
const TIME: Duration = Duration::from_secs(4);
/// A timing shorter than this is repeated and averaged.
const SHORTEST: f64 = 1e-3;
const FEWEST: usize = 3;
const MOST: usize = 60;

/// Lets the contenders take turns over a case of `matrices` matrices.
pub(crate) fn take_turns(matrices: usize, mut contenders: Vec<Contender<'_>>) -> Vec<Times> {
    let time = |contender: &mut Contender<'_>, passes: usize| {
        let start = Instant::now();
        (0..passes).for_each(|_| (contender.pass)());
        start.elapsed().as_secs_f64() / passes as f64
    };
    // A first pass warms up and tells how many make a timing.
    let passes: Vec<usize> = contenders
        .iter_mut()
        .map(|contender| (SHORTEST / time(contender, 1)).ceil().clamp(1.0, 1e4) as usize)
        .collect();
    let mut times: Vec<Times> = contenders
        .iter()
        .map(|contender| Times { name: contender.name, ours: contender.ours, rounds: Vec::new() })
        .collect();
    let start = Instant::now();
    for round in 0..MOST {
        if round >= FEWEST && start.elapsed() > TIME {
            break;
        }
        for turn in 0..contenders.len() {
            let index = (turn + round) % contenders.len();
            let pass = time(&mut contenders[index], passes[index]);
            times[index].rounds.push(pass / matrices as f64);
        }
    }
    times
}
