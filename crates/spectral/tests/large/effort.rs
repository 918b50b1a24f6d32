// SPDX-License-Identifier: MIT OR Apache-2.0

//! Budgets and widths that are enough: they decide how narrow an enclosure is, never whether it holds.

use crate::{Source, agrees, norm, norm_with, width};
use widthwise_rounding::Scalar;
use widthwise_spectral::{Certificate, Effort, spectral_norm_large_in};

#[test]
fn any_budget_gives_a_valid_enclosure_within_it() {
    let mut source = Source(17);
    let matrices = [
        source.matrix(24, 20),
        source.matrix(50, 40),
        source.with_values(40, 40, |i| 1.0 - 1e-5 * i as f64),
        source.with_values(20, 20, |_| 1.0),
        source.with_values(20, 20, |i| 1.0 - 1e-7 * i as f64),
        source.with_values(20, 20, |i| if i < 5 { 1.0 } else { 0.5 }),
    ];
    for a in &matrices {
        for products in [0, 1, 2, 3, 5, 8, 20, 60, 1000] {
            for factorizations in [0, 1, 2, 3, 40] {
                let effort = Effort::Budget { matrix_vector_products: products, factorizations };
                let norm = norm_with(a, effort);
                assert!(agrees(a, &norm), "{effort:?} {norm:?}");
                assert!(norm.factorizations() <= factorizations, "{effort:?} {norm:?}");
                assert!(norm.matrix_vector_products() <= products, "{effort:?} {norm:?}");
            }
        }
        let unlimited = Effort::Budget { matrix_vector_products: usize::MAX, factorizations: usize::MAX };
        assert_eq!(norm_with(a, unlimited), norm(a));
    }
}

#[test]
fn a_width_that_is_enough_ends_the_search() {
    let mut source = Source(19);
    let a = source.matrix(40, 40);
    let crude = norm_with(&a, Effort::RelativeWidth(10.0));
    assert_eq!((crude.certificate(), crude.matrix_vector_products()), (Certificate::EntryNorms, 0));
    for effort in [1e-3, 1e-15, 0.0, -1.0, f64::NAN].map(Effort::RelativeWidth) {
        let norm = norm_with(&a, effort);
        let enough = if let Effort::RelativeWidth(enough) = effort { enough } else { 0.0 };
        let enough = (enough / f64::UNIT_ROUNDOFF).greater(8.0);
        assert!(agrees(&a, &norm) && width(&norm) <= enough, "{effort:?} {norm:?}");
    }
    let cheap = norm_with(&a, Effort::Cheap);
    assert!(agrees(&a, &cheap) && cheap.certificate() == Certificate::EntryNorms);
    // No workspace is needed for it.
    assert_eq!(spectral_norm_large_in(&a, Effort::Cheap, &mut []).unwrap(), cheap);
    // A cluster of all: the width is out of reach, and the search ends.
    let a = source.with_values(40, 40, |_| 1.0);
    let norm = norm_with(&a, Effort::RelativeWidth(1e-16));
    assert!(agrees(&a, &norm) && width(&norm) <= 1600.0, "{norm:?}");
}
