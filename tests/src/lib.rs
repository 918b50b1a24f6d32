// SPDX-License-Identifier: MIT OR Apache-2.0

//! What crosses crates: golden digests, traceability, the command line from outside, the firmware.
//!
//! The tests are in `tests/`; the library is empty.
