// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels that are measured, one an image, and what they work on.

use core::hint::black_box;

use nalgebra::{ArrayStorage, SMatrix, SVector};

/// What the kernels work on. All of it is in every image.
#[allow(dead_code, reason = "a kernel takes one of them")]
pub(crate) struct Inputs {
    pub(crate) f32: Matrices<f32>,
    pub(crate) f64: Matrices<f64>,
}

/// Square matrices, and a vector.
#[allow(dead_code, reason = "a kernel takes one of them")]
pub(crate) struct Matrices<T> {
    pub(crate) two: SMatrix<T, 2, 2>,
    pub(crate) four: SMatrix<T, 4, 4>,
    pub(crate) eight: SMatrix<T, 8, 8>,
    pub(crate) sixteen: SMatrix<T, 16, 16>,
    pub(crate) vector: SVector<T, 8>,
}

/// Independent entries, uniform in `[−1, 1)`, of 23 bits, so that both formats hold the same numbers.
macro_rules! entries {
    ($float:ty, $rows:literal, $columns:literal) => {{
        let mut entries = [[0.0; $rows]; $columns];
        // Knuth's linear congruential generator; its upper bits are random enough to be no special case.
        let mut state: u64 = 1;
        let mut j = 0;
        while j < $columns {
            let mut i = 0;
            while i < $rows {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                entries[j][i] = (state >> 41) as $float / 4_194_304.0 - 1.0;
                i += 1;
            }
            j += 1;
        }
        SMatrix::<$float, $rows, $columns>::from_array_storage(ArrayStorage(entries))
    }};
}

macro_rules! matrices {
    ($float:ty) => {
        Matrices {
            two: entries!($float, 2, 2),
            four: entries!($float, 4, 4),
            eight: entries!($float, 8, 8),
            sixteen: entries!($float, 16, 16),
            vector: entries!($float, 8, 1),
        }
    };
}

/// The matrices of every image.
pub(crate) static INPUTS: Inputs = Inputs { f32: matrices!(f32), f64: matrices!(f64) };

/// The function that the image is built for, and its name; without one a function that does nothing.
macro_rules! kernels {
    ($($name:literal: |$inputs:ident| $result:expr;)*) => {
        $(
            /// The kernel of this image.
            #[cfg(kernel = $name)]
            pub(crate) fn kernel($inputs: &Inputs) {
                black_box(&$result);
            }

            /// Its name.
            #[cfg(kernel = $name)]
            pub(crate) const NAME: &str = $name;
        )*

        /// No kernel.
        #[cfg(not(any($(kernel = $name),*)))]
        pub(crate) fn kernel(_: &Inputs) {
            black_box(());
        }

        /// The name of none.
        #[cfg(not(any($(kernel = $name),*)))]
        pub(crate) const NAME: &str = "nothing";
    };
}

kernels! {
    "loop-of-200000-instructions": |_x| crate::clock::loop_of_200_000_instructions();
    "dot-8-f32": |x| widthwise_linalg::dot(&x.f32.vector, &x.f32.vector);
    "dot-8-f64": |x| widthwise_linalg::dot(&x.f64.vector, &x.f64.vector);
    "matvec-8-f32": |x| {
        let mut image = SVector::<f32, 8>::zeros();
        (widthwise_linalg::matvec(&x.f32.eight, &x.f32.vector, &mut image), image)
    };
    "matvec-8-f64": |x| {
        let mut image = SVector::<f64, 8>::zeros();
        (widthwise_linalg::matvec(&x.f64.eight, &x.f64.vector, &mut image), image)
    };
    "spectral-norm-bounds-8-f32": |x| widthwise_spectral::spectral_norm_bounds(&x.f32.eight);
    "spectral-norm-compact-2-f32": |x| widthwise_spectral::spectral_norm_compact(&x.f32.two);
    "spectral-norm-compact-4-f32": |x| widthwise_spectral::spectral_norm_compact(&x.f32.four);
    "spectral-norm-compact-8-f32": |x| widthwise_spectral::spectral_norm_compact(&x.f32.eight);
    "spectral-norm-compact-16-f32": |x| widthwise_spectral::spectral_norm_compact(&x.f32.sixteen);
    "spectral-norm-compact-2-f64": |x| widthwise_spectral::spectral_norm_compact(&x.f64.two);
    "spectral-norm-compact-4-f64": |x| widthwise_spectral::spectral_norm_compact(&x.f64.four);
    "spectral-norm-compact-8-f64": |x| widthwise_spectral::spectral_norm_compact(&x.f64.eight);
    "spectral-norm-compact-16-f64": |x| widthwise_spectral::spectral_norm_compact(&x.f64.sixteen);
    "spectral-norm-8-f32": |x| widthwise_spectral::spectral_norm(&x.f32.eight);
    "spectral-norm-8-f64": |x| widthwise_spectral::spectral_norm(&x.f64.eight);
    "parametrization-layer": |_x| {
        let (role, optimizer, fan_out, fan_in) = black_box((
            widthwise_parametrization::Role::Hidden, widthwise_parametrization::Optimizer::Adam, 32, 64,
        ));
        widthwise_parametrization::LogicalMatrix::new(fan_out, fan_in).and_then(|matrix| {
            let constants = &widthwise_parametrization::Constants::UNIT;
            widthwise_parametrization::rules::SPECTRAL.layer(role, matrix, optimizer, constants)
        })
    };
    "lipschitz-bound": |_x| magnitude::lipschitz_bound(black_box(&magnitude::LAYERS));
    "nalgebra-singular-values-2-f32": |x| x.f32.two.singular_values();
    "nalgebra-singular-values-4-f32": |x| x.f32.four.singular_values();
    "nalgebra-singular-values-8-f32": |x| x.f32.eight.singular_values();
    "nalgebra-singular-values-16-f32": |x| x.f32.sixteen.singular_values();
    "nalgebra-singular-values-2-f64": |x| x.f64.two.singular_values();
    "nalgebra-singular-values-4-f64": |x| x.f64.four.singular_values();
    "nalgebra-singular-values-8-f64": |x| x.f64.eight.singular_values();
    "nalgebra-singular-values-16-f64": |x| x.f64.sixteen.singular_values();
}
