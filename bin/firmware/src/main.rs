// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![no_main]

//! The suite of conformance on bare metal: the same functions, on the same instances, as on the host.
//!
//! Command line, output and exit status go through the debugger, or the emulator that plays it (semihosting). Without arguments the
//! suite runs; `replay ID --index N` shows one instance. Whether the bits are those of the host is for the reader of the digests to
//! say: `cargo xtask embedded` builds this image for every board, runs it and compares.

mod board;

use core::fmt::{self, Write};
use core::panic::PanicInfo;

use semihosting::experimental::env::args;
use semihosting::io::{self, Write as _};
use semihosting::process;
use widthwise_conformance::{USAGE, command};

/// Bytes of the longest command line.
const COMMAND_LINE: usize = 256;

/// The exit status if the debugger does not take the output.
const NO_OUTPUT: i32 = 4;

/// The exit status after a panic, as on the host.
const PANICKED: i32 = 101;

/// Says where, and ends.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    if let Ok(stdout) = io::stdout() {
        // What more could be done if this fails?
        writeln!(Console(stdout), "{info}").ok();
    }
    process::exit(PANICKED)
}

/// What runs after reset, on every board.
fn run() -> ! {
    let Ok(stdout) = io::stdout() else { process::exit(NO_OUTPUT) };
    let mut output = Console(stdout);
    let status = match args::<COMMAND_LINE>() {
        // The first word is the program. A word that is not text names nothing.
        Ok(line) => command((&line).skip(1).map(|word| word.unwrap_or("?")), &mut output),
        Err(_) => output
            .write_str("error: the debugger tells no command line, or one that is too long\n")
            .map(|()| USAGE),
    };
    process::exit(status.map_or(NO_OUTPUT, i32::from))
}

/// The debugger's console.
struct Console(io::Stdout);

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_all(text.as_bytes()).map_err(|_| fmt::Error)
    }
}
