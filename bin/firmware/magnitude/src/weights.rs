// SPDX-License-Identifier: MIT OR Apache-2.0

//! The weights, written by the test `training`: see there.

use crate::Layer;

/// The layers, from the input to the output.
#[rustfmt::skip]
pub static LAYERS: [Layer<'static>; 3] = [
    Layer { outputs: 8, inputs: 3, scale: 4.0593757e-3, weights: &[
        -79, -3, -82,
        127, 72, -31,
        103, -56, 22,
        -7, -21, -105,
        -50, -78, -59,
        -6, -87, 100,
        -84, 39, 89,
        -30, 127, 12,
    ] },
    Layer { outputs: 8, inputs: 8, scale: 3.7051546e-3, weights: &[
        -4, -0, -2, -1, 1, -1, -3, -0,
        22, -88, 21, -3, 94, 105, 31, -123,
        104, 122, 118, 99, 94, 118, 116, 125,
        105, 125, 118, 100, 97, 118, 120, 125,
        1, -2, -2, -3, -0, -1, -2, -1,
        -3, -2, 1, 0, -2, -2, 0, -1,
        104, 123, 118, 102, 91, 116, 115, 122,
        102, 126, 119, 99, 94, 115, 118, 127,
    ] },
    Layer { outputs: 1, inputs: 8, scale: 4.573391e-3, weights: &[
        -1, 95, 124, 125, -1, -1, 124, 127,
    ] },
];
