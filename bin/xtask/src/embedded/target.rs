// SPDX-License-Identifier: MIT OR Apache-2.0

//! The targets, and how the suite runs on each.

/// A target of the compiler.
#[derive(Debug)]
pub(super) struct Target {
    /// Its name to the compiler.
    pub(super) triple: &'static str,
    /// Whether every library is built for it without default features: a target without an operating system, so that nothing of the
    /// standard library is there to be used.
    pub(super) libraries: bool,
    /// How the suite runs, if there is an emulator for it.
    pub(super) run: Option<Emulation>,
}

/// How the suite runs on a target.
#[derive(Debug)]
pub(super) enum Emulation {
    /// `bin/firmware` on an emulated board.
    Board {
        /// The emulator.
        emulator: Tool,
        /// The arguments that name the board.
        board: &'static [&'static str],
    },
    /// The host program under user emulation of Linux, linked statically.
    Linux {
        /// The emulator.
        emulator: Tool,
        /// The linker, unless it is the compiler's own.
        linker: Option<Tool>,
    },
    /// The host program in the WebAssembly engine of Node.
    Node,
}

/// A program, and the Debian packages it comes with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tool {
    pub(super) program: &'static str,
    pub(super) packages: &'static [&'static str],
}

/// Node, with the interface of WASI.
pub(super) const NODE: Tool = Tool { program: "node", packages: &["nodejs"] };

const QEMU_ARM: Tool = Tool { program: "qemu-system-arm", packages: &["qemu-system-arm"] };
const QEMU_RISCV: Tool = Tool { program: "qemu-system-riscv32", packages: &["qemu-system-misc"] };

/// A Cortex-M on one of Arm's boards with 4 MiB of flash and of RAM.
const fn cortex_m(triple: &'static str, board: &'static [&'static str]) -> Target {
    let run = Some(Emulation::Board { emulator: QEMU_ARM, board });
    Target { triple, libraries: true, run }
}

const fn riscv(triple: &'static str) -> Target {
    let board = &["-M", "virt", "-bios", "none"];
    Target { triple, libraries: true, run: Some(Emulation::Board { emulator: QEMU_RISCV, board }) }
}

const fn bare(triple: &'static str) -> Target {
    Target { triple, libraries: true, run: None }
}

const fn linux(triple: &'static str, emulator: &'static str, linker: Option<Tool>) -> Target {
    let emulator = Tool { program: emulator, packages: &["qemu-user"] };
    Target { triple, libraries: false, run: Some(Emulation::Linux { emulator, linker }) }
}

/// Every target. IBM's s390x is missing on purpose: QEMU 7.2 multiplies two binary32 numbers to a binary64 number wrongly there.
pub(super) static TARGETS: [Target; 15] = [
    // The code of a Cortex-M0: no FPU, no compare-and-swap, no hardware division. It runs on a Cortex-M3.
    cortex_m("thumbv6m-none-eabi", &["-M", "mps2-an385"]),
    // Cortex-M3: no FPU.
    cortex_m("thumbv7m-none-eabi", &["-M", "mps2-an385"]),
    // Cortex-M4, once without its FPU.
    cortex_m("thumbv7em-none-eabi", &["-M", "mps2-an386"]),
    cortex_m("thumbv7em-none-eabihf", &["-M", "mps2-an386"]),
    // Cortex-M33 with FPU.
    cortex_m("thumbv8m.main-none-eabihf", &["-M", "mps2-an505"]),
    // RISC-V without floating-point instructions; once without atomic ones as well.
    riscv("riscv32imc-unknown-none-elf"),
    riscv("riscv32imac-unknown-none-elf"),
    bare("riscv64gc-unknown-none-elf"),
    bare("aarch64-unknown-none"),
    bare("x86_64-unknown-none"),
    bare("wasm32-unknown-unknown"),
    Target { triple: "wasm32-wasip1", libraries: false, run: Some(Emulation::Node) },
    linux("aarch64-unknown-linux-musl", "qemu-aarch64", None),
    linux(
        "armv7-unknown-linux-gnueabihf",
        "qemu-arm",
        Some(Tool {
            program: "arm-linux-gnueabihf-gcc",
            packages: &["gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"],
        }),
    ),
    // Big endian.
    linux(
        "powerpc64-unknown-linux-gnu",
        "qemu-ppc64",
        Some(Tool {
            program: "powerpc64-linux-gnu-gcc",
            packages: &["gcc-powerpc64-linux-gnu", "libc6-dev-ppc64-cross"],
        }),
    ),
];

impl Target {
    /// The programs that building and running take.
    pub(super) fn tools(&self) -> Vec<Tool> {
        match &self.run {
            None => Vec::new(),
            Some(Emulation::Board { emulator, .. }) => vec![*emulator],
            Some(Emulation::Linux { emulator, linker }) => {
                core::iter::once(*emulator).chain(*linker).collect()
            }
            Some(Emulation::Node) => vec![NODE],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_there_once_and_has_something_to_do() {
        let mut triples: Vec<_> = TARGETS.iter().map(|target| target.triple).collect();
        triples.sort_unstable();
        triples.dedup();
        assert_eq!(triples.len(), TARGETS.len());
        assert!(TARGETS.iter().all(|target| target.libraries || target.run.is_some()));
    }
}
