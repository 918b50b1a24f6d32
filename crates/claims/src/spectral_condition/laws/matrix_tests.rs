// SPDX-License-Identifier: MIT OR Apache-2.0

//! The laws of random matrices: they hold, their controls fail, and so do matrices of another kind under their names.

use std::boxed::Box;
use std::vec;
use std::vec::Vec;

use nalgebra::DMatrix;

use super::random_matrix::{alignment, gaussian, length, semi_orthogonal, spectral_norm, stream};
use crate::law::{
    Address, Decision, Design, Effort, Estimate, Findings, LAWS, Law, Measure, Measurements, Memory,
    Quantity, Size, find,
};

fn laws() -> impl Iterator<Item = &'static Law> {
    let of_matrices = |law: &Law| law.estimands.iter().any(|e| matches!(e.quantity(), Quantity::Formula(_)));
    LAWS.iter().copied().filter(move |law| of_matrices(law))
}

fn tried(law: &'static Law, design: Design) -> Findings {
    let mut measurements = Measurements::new(law, design);
    for address in design.addresses() {
        measurements.record(address, law.measure(0x5eed, address, &mut Memory::default()));
    }
    measurements.findings().unwrap()
}

/// What becomes of a law if its quantities were these.
fn planted(id: &str, quantities: Measure) -> Findings {
    let law = Box::leak(Box::new(Law { quantities, ..*find(id).unwrap() }));
    tried(law, law.design(Effort::Quick))
}

fn excluded(findings: &Findings) -> Vec<Quantity> {
    let excluded = findings.estimates().iter().filter(|estimate| estimate.decision() == Decision::Excluded);
    excluded.map(Estimate::quantity).collect()
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a minute without optimisation: run with --release")]
fn every_law_of_matrices_holds_and_its_control_is_refuted() {
    for law in laws() {
        let findings = tried(law, law.design(Effort::Quick));
        assert!(findings.prediction_holds(), "{} {findings:?}", law.id);
        assert!(findings.control_is_refuted(), "{} {findings:?}", law.id);
    }
}

#[test]
fn what_is_no_positive_number_supports_nothing_and_refutes_nothing() {
    for law in laws() {
        for quantities in [
            (|law, _, _, _| Ok(vec![f64::NAN; law.estimands.len()])) as Measure,
            |law, _, _, _| Ok(vec![0.0; law.estimands.len()]),
            |law, _, _, _| Ok(vec![f64::INFINITY; law.estimands.len()]),
            |_, _, _, _| Ok(vec![]),
        ] {
            let findings = planted(law.id, quantities);
            let open = |estimate: &Estimate| estimate.decision() == Decision::Unmeasured;
            assert!(findings.estimates().iter().all(open), "{} {findings:?}", law.id);
            assert!(!findings.prediction_holds() && !findings.prediction_is_refuted());
            assert!(!findings.control_is_refuted(), "{}", law.id);
        }
    }
}

#[test]
fn one_draw_without_a_number_leaves_each_size_open() {
    let law = find("spectral.claim-1").unwrap();
    let findings = planted(law.id, |_, seed, address, memory| {
        let mut values = find("spectral.claim-1").unwrap().measure(seed, address, memory)?;
        if address.draw == 7 {
            values.fill(f64::NAN);
        }
        Ok(values)
    });
    assert!(findings.estimates().iter().all(|estimate| estimate.decision() == Decision::Unmeasured));
}

#[test]
fn entries_a_twentieth_too_large_are_refuted() {
    let findings = planted("spectral.init.gaussian-opnorm", |_, seed, address, memory| {
        let mut values = find("spectral.init.gaussian-opnorm").unwrap().measure(seed, address, memory)?;
        values.iter_mut().for_each(|value| *value *= 1.05);
        Ok(values)
    });
    assert!(excluded(&findings).contains(&Quantity::Formula("‖W‖/(√m+√n)")), "{findings:?}");
}

#[test]
fn an_input_that_depends_on_the_weights_is_refuted() {
    // The first row: not orthogonal to itself.
    let findings = planted("spectral.claim-1", |law, seed, address, _| {
        let w = gaussian(&mut stream(law, seed, address, "W"), address.size);
        let h = DMatrix::from_fn(address.size.columns, 1, |i, _| w[(0, i)]);
        let image = length(&(&w * &h))? / length(&h)?;
        let aligned = alignment(&w, &h)?;
        Ok(vec![image * image, image * image, aligned, aligned])
    });
    let excluded = excluded(&findings);
    assert!(excluded.contains(&Quantity::Formula("‖Wh‖²/‖h‖²")), "{excluded:?}");
}

#[test]
fn rows_that_are_not_uniform_on_the_sphere_are_refuted() {
    // The first four unit vectors: α² is a constant.
    let findings = planted("spectral.claim-1.fails-for-contraction", |_, _, address, _| {
        let q = DMatrix::<f64>::identity(address.size.rows, address.size.columns);
        let h = super::random_matrix::graded(address.size.columns);
        let aligned = alignment(&q, &h)?;
        Ok(vec![aligned, aligned, aligned * aligned, aligned * aligned])
    });
    assert!(excluded(&findings).contains(&Quantity::Formula("α(Q,h)²")), "{findings:?}");
}

#[test]
fn an_update_along_the_top_of_the_spectrum_is_refuted() {
    // Multiples of W itself: the norms add up.
    let findings = planted("spectral.assumption-1", |law, _, _, _| Ok(vec![1.0; law.estimands.len()]));
    assert_eq!(excluded(&findings).len(), 7);
    // And an orthogonal W has no dense top.
    let findings = planted("spectral.power-iteration.accuracy", |law, seed, address, _| {
        let q = semi_orthogonal(law, seed, address)?;
        Ok(vec![1e-16 + (1.0 - spectral_norm(&q)?).abs(); 4])
    });
    assert_eq!(excluded(&findings).len(), 4, "{findings:?}");
}

#[test]
fn tails_of_ranges_stay_below_the_stated_rate_over_all_draws() {
    for law in laws() {
        for design in law.designs {
            let tails = law.estimands.iter().map(|estimand| match estimand {
                crate::law::Estimand::Range(range) => range.tail,
                _ => 0.0,
            });
            let draws = (design.sizes.len() * design.draws) as f64;
            assert!(draws * tails.sum::<f64>() <= crate::law::FALSE_ALARM, "{}", law.id);
        }
    }
}

#[test]
fn the_streams_of_addresses_and_parts_are_different() {
    let law = find("spectral.claim-1").unwrap();
    let first = |seed, size, draw, part: &str| stream(law, seed, Address { size, draw }, part).bits();
    let all = [
        first(1, Size::shape(4, 8), 0, "W"),
        first(2, Size::shape(4, 8), 0, "W"),
        first(1, Size::shape(8, 4), 0, "W"),
        first(1, Size::shape(4, 8), 1, "W"),
        first(1, Size::shape(4, 8), 0, "x"),
    ];
    for (i, x) in all.iter().enumerate() {
        assert!(all[..i].iter().all(|y| x != y));
    }
}
