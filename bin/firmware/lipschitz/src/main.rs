// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![no_main]

//! Before a network is trusted with a sensor: a certified bound of how much it amplifies an error of the readings, computed at start-up
//! from the weights in flash and compared with the limit of the design.
//!
//! One line is printed, `lipschitz 401d6c43, at most 2.460: within the limit`: the bits of the bound, and the bound rounded up to
//! thousandths. The exit status is 0 if the bound is within the limit, 1 if it is above, and 2 if the layers do not fit each other. A product
//! would not leave, but refuse to start what depends on the network.

#[path = "../../src/board.rs"]
mod board;

use core::hint::black_box;
use core::panic::PanicInfo;

use magnitude::{LAYERS, lipschitz_bound, thousandths};
use semihosting::{println, process};

/// What the design allows: an error of the reading may move the estimate by three times its length.
const LIMIT: f32 = 3.0;

/// The exit status of a bound above the limit.
const ABOVE: i32 = 1;

/// The exit status of layers that do not fit each other.
const NO_NETWORK: i32 = 2;

/// The exit status after a panic.
const PANICKED: i32 = 101;

/// Ends, with a status of its own.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    process::exit(PANICKED)
}

/// What runs after reset.
fn run() -> ! {
    // Opaque, so that it is this processor that computes the bound, and not the compiler.
    let Ok(bound) = lipschitz_bound(black_box(&LAYERS)) else {
        println!("lipschitz: the layers do not fit");
        process::exit(NO_NETWORK)
    };
    // So written that a bound that is not a number is above the limit.
    let (verdict, status) = if bound <= LIMIT { ("within", 0) } else { ("above", ABOVE) };
    // Integers only: formatting a floating-point number takes more flash than the bound.
    let rounded = thousandths(bound);
    println!(
        "lipschitz {:08x}, at most {}.{:03}: {verdict} the limit",
        bound.to_bits(),
        rounded / 1000,
        rounded % 1000
    );
    process::exit(status)
}
