// SPDX-License-Identifier: MIT OR Apache-2.0

//! How deep the stack reaches during a call: the memory below it is painted, and looked at afterwards.
#![expect(unsafe_code, reason = "the memory below the stack belongs to nobody, and no safe code reaches it")]

use core::arch::asm;

/// What nothing else is likely to leave in memory.
const PAINT: u32 = 0xa5a5_5a5a;

/// Bytes painted: more than any kernel takes, less than any board has.
const PAINTED: usize = 128 * 1024;

/// The bytes of stack below this function's frame that `work` uses.
#[inline(never)]
pub(crate) fn peak(work: &mut dyn FnMut()) -> usize {
    let top = pointer() & !7;
    // A frame of this function's own may still lie below the pointer that was read.
    let (low, high) = (top - PAINTED, top - 8);
    for address in (low..high).step_by(4) {
        // SAFETY: below the stack pointer and, on a board with more than `PAINTED` bytes left, in RAM above all statics; no
        // interrupt is enabled that would use it, and no Rust object lives there.
        unsafe { (address as *mut u32).write_volatile(PAINT) };
    }
    work();
    // SAFETY: as above, and every word was written.
    let is_painted = |address: &usize| unsafe { (*address as *const u32).read_volatile() } == PAINT;
    let deepest = (low..high).step_by(4).find(|address| !is_painted(address)).unwrap_or(top);
    top - deepest
}

/// The stack pointer.
#[inline(always)]
fn pointer() -> usize {
    let pointer;
    // SAFETY: reads a register.
    #[cfg(target_arch = "arm")]
    unsafe {
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    // SAFETY: reads a register.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}
