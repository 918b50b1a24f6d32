// SPDX-License-Identifier: MIT OR Apache-2.0

//! Ctrl-C: the first one asks the campaign to stop at the border of a block, the second one ends the process.

use core::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

use crate::exit_status::ExitStatus;
use crate::output::log;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Watches for Ctrl-C from now on.
///
/// # Errors
///
/// Fails if the operating system lets nobody watch.
pub(crate) fn watch() -> Result<&'static AtomicBool> {
    ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(ExitStatus::Interrupted.code()));
        }
        log("interrupted: finishing what has begun; once more to stop at once");
    })
    .context("cannot watch for Ctrl-C")?;
    Ok(&INTERRUPTED)
}
