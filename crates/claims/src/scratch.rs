// SPDX-License-Identifier: MIT OR Apache-2.0

//! Working memory handed from the caller to a check.
//!
//! Checks run where there is no heap, so the caller gives one slice and a check carves its matrices from it. A frame
//! gives the pieces back: what was taken from it is free again when it ends.

use nalgebra::{DMatrixViewMut, DVectorViewMut};
use widthwise_rounding::Scalar;

use crate::Refusal;

/// A slice from which matrices are carved, one after the other.
#[derive(Debug)]
pub struct Scratch<'a, T> {
    free: &'a mut [T],
}

impl<'a, T: Scalar> Scratch<'a, T> {
    /// The working memory that `memory` holds.
    #[must_use]
    pub fn new(memory: &'a mut [T]) -> Self {
        Self { free: memory }
    }

    /// A part of the same memory until it is dropped.
    #[must_use]
    pub fn frame(&mut self) -> Scratch<'_, T> {
        Scratch { free: self.free }
    }

    /// All that is free, as a workspace.
    #[must_use]
    pub fn rest(&mut self) -> &mut [T] {
        self.free
    }

    /// Carves `len` numbers.
    ///
    /// # Errors
    ///
    /// [`Refusal::Memory`] if fewer are free.
    ///
    /// ```
    /// use widthwise_claims::{Refusal, Scratch};
    /// let mut memory = [0.0; 4];
    /// let mut scratch = Scratch::new(&mut memory);
    /// assert_eq!(scratch.take(3)?.len(), 3);
    /// assert_eq!(scratch.take(2), Err(Refusal::Memory));
    /// # Ok::<(), Refusal>(())
    /// ```
    pub fn take(&mut self, len: usize) -> Result<&'a mut [T], Refusal> {
        let free = core::mem::take(&mut self.free);
        let Some((taken, rest)) = free.split_at_mut_checked(len) else {
            return Err(Refusal::Memory);
        };
        self.free = rest;
        Ok(taken)
    }

    /// Carves a matrix; its entries are whatever the memory held.
    ///
    /// # Errors
    ///
    /// [`Refusal::Memory`] if it does not fit.
    pub fn matrix(&mut self, rows: usize, columns: usize) -> Result<DMatrixViewMut<'a, T>, Refusal> {
        let data = self.take(rows * columns)?;
        Ok(DMatrixViewMut::from_slice(data, rows, columns))
    }

    /// Carves a vector; its entries are whatever the memory held.
    ///
    /// # Errors
    ///
    /// [`Refusal::Memory`] if it does not fit.
    pub fn vector(&mut self, len: usize) -> Result<DVectorViewMut<'a, T>, Refusal> {
        let data = self.take(len)?;
        Ok(DVectorViewMut::from_slice(data, len))
    }
}
