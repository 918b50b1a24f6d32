#![no_std]
mod householder;
pub use householder::orthonormal_columns;
