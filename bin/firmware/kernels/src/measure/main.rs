// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![no_main]

//! One kernel on a board: the deepest its stack reaches, and the instructions it executes. The size of this image, less that of the image
//! without a kernel, is the flash it takes.
//!
//! `cargo xtask embedded --measure` builds this image for one kernel after the other (`--cfg kernel="NAME"`) and keeps the table. One line is
//! printed, `NAME STACK TICKS`, the numbers in hexadecimal: an image that can format numbers would hide what a kernel adds.

#[path = "../../../src/board.rs"]
mod board;
mod clock;
mod kernel;
mod stack;

use core::hint::{black_box, spin_loop};
use core::panic::PanicInfo;

use kernel::{INPUTS, NAME, kernel};
use semihosting::io::{self, Write};
use semihosting::process;

/// Calls that are timed together, since a timer's tick is many instructions.
const CALLS: u32 = 8;

/// The exit status if the debugger does not take the output.
const NO_OUTPUT: i32 = 4;

/// Says nothing, so that a kernel that can panic pays for its panics alone and not for messages.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        spin_loop();
    }
}

/// What runs after reset, on every board.
fn run() -> ! {
    // Opaque, so that neither the call nor an argument is folded into the frames that are measured from.
    let work: &mut dyn FnMut() = &mut || kernel(black_box(&INPUTS));
    let depth = stack::peak(black_box(&mut *work));
    let ticks = clock::ticks(|| {
        for _ in 0..CALLS {
            black_box(&mut *work)();
        }
    });
    let status = report(depth, ticks).map_or(NO_OUTPUT, |()| 0);
    process::exit(status)
}

fn report(depth: usize, ticks: u32) -> io::Result<()> {
    let mut output = io::stdout()?;
    output.write_all(NAME.as_bytes())?;
    for number in [u32::try_from(depth).unwrap_or(u32::MAX), ticks] {
        let mut digits = *b" 00000000";
        for (place, digit) in digits.iter_mut().skip(1).enumerate() {
            let nibble = (number >> (28 - 4 * place)) as u8 & 0xf;
            *digit = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
        }
        output.write_all(&digits)?;
    }
    output.write_all(b"\n")
}
