// SPDX-License-Identifier: MIT OR Apache-2.0

//! Time in the emulator, which executes one instruction a nanosecond when told so (`-icount shift=0`).
//!
//! RISC-V counts instructions itself. Cortex-M has the system timer: a tick is a period of the board's clock, some tens of instructions. How
//! many, the loop of known length says.
#![expect(unsafe_code, reason = "counters and timers are registers of the processor")]

/// The ticks that `work` takes.
#[cfg(target_arch = "riscv32")]
pub(crate) fn ticks(work: impl FnOnce()) -> u32 {
    let count = || {
        let count: u32;
        // SAFETY: reads a counter of retired instructions.
        unsafe { core::arch::asm!("csrr {}, minstret", out(reg) count, options(nostack)) };
        count
    };
    let start = count();
    work();
    count().wrapping_sub(start)
}

/// The ticks that `work` takes, below `2^24`.
#[cfg(target_arch = "arm")]
pub(crate) fn ticks(work: impl FnOnce()) -> u32 {
    const CONTROL: *mut u32 = 0xe000_e010 as *mut u32;
    const RELOAD: *mut u32 = 0xe000_e014 as *mut u32;
    const CURRENT: *mut u32 = 0xe000_e018 as *mut u32;
    const MASK: u32 = 0x00ff_ffff;
    // SAFETY: the registers of the system timer, which every Cortex-M here has and nothing else uses: the longest period, the
    // processor's clock, no interrupt.
    unsafe {
        RELOAD.write_volatile(MASK);
        CURRENT.write_volatile(0);
        CONTROL.write_volatile(0b101);
    }
    // SAFETY: reading the counter changes nothing.
    let count = || unsafe { CURRENT.read_volatile() };
    // It starts from zero, and reloads at the first tick.
    while count() == 0 {}
    let start = count();
    work();
    start.wrapping_sub(count()) & MASK
}

/// Executes as many instructions, and a few around them.
#[cfg_attr(not(kernel = "loop-of-200000-instructions"), allow(dead_code, reason = "a kernel of its own"))]
pub(crate) fn loop_of_200_000_instructions() {
    // SAFETY: counts a register down to zero.
    #[cfg(target_arch = "arm")]
    unsafe {
        core::arch::asm!("2: subs {0}, {0}, #1", "bne 2b", inout(reg) 100_000 => _, options(nomem, nostack));
    }
    // SAFETY: counts a register down to zero.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        core::arch::asm!("2: addi {0}, {0}, -1", "bnez {0}, 2b", inout(reg) 100_000 => _, options(nomem, nostack));
    }
}
