(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma T7 of the enclosures, its bound by Collatz and Wielandt: if x has positive entries and no entry of
   |A|^T (|A| x) exceeds g times that of x, then |A y|^2 <= g |y|^2 for every y: [collatz_wielandt], and
   [opnorm_collatz_wielandt] for the squared spectral norm. Rust: spectral_norm_bounds_in. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm Entries Entrywise.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section CollatzWielandt.
Variable R : rcfType.

Theorem collatz_wielandt m n (A : 'M[R]_(m, n)) (x : 'cV[R]_n) g :
  (forall j, 0 < x j 0) ->
  (forall j, ((abs_mx A)^T *m (abs_mx A *m x)) j 0 <= g * x j 0) ->
  forall y, sqn (A *m y) <= g * sqn y.
Proof.
move=> x0 hg y; pose s i : R := (abs_mx A *m x) i 0; pose q j := y j 0 / x j 0.
have sE i : s i = \sum_j `|A i j * x j 0|.
  by rewrite /s mxE; apply: eq_bigr => j _; rewrite mxE normrM (gtr0_norm (x0 j)).
apply: (@le_trans _ _ (\sum_i s i * \sum_j `|A i j * x j 0| * q j ^+ 2)).
  apply: ler_sum => i _; rewrite -expr2 mxE sE.
  have -> : \sum_j A i j * y j 0 = \sum_j (A i j * x j 0) * q j.
    by apply: eq_bigr => j _; rewrite /q -mulrA [x j 0 * _]mulrC divfK ?gt_eqF.
  exact: weighted_cauchy_schwarz.
have -> : \sum_i s i * (\sum_j `|A i j * x j 0| * q j ^+ 2)
    = \sum_j x j 0 * q j ^+ 2 * ((abs_mx A)^T *m (abs_mx A *m x)) j 0.
  under eq_bigr do rewrite mulr_sumr.
  rewrite exchange_big; apply: eq_bigr => j _; rewrite [in RHS]mxE mulr_sumr; apply: eq_bigr => i _.
  rewrite -/(s i) [_^T _ _]mxE [abs_mx _ _ _]mxE normrM (gtr0_norm (x0 j)).
  by rewrite mulrC [RHS]mulrA; congr (_ * _); rewrite -mulrA mulrC.
rewrite mulr_sumr; apply: ler_sum => j _.
have -> : g * (y j 0 * y j 0) = x j 0 * q j ^+ 2 * (g * x j 0).
  have -> : y j 0 = q j * x j 0 by rewrite /q divfK ?gt_eqF.
  ring.
by apply: ler_wpmul2l; rewrite ?hg // mulr_ge0 ?sqr_ge0 // ltW.
Qed.

Theorem opnorm_collatz_wielandt m n (A : 'M[R]_(m, n)) c (x : 'cV[R]_n) g : is_opnorm A c -> 0 <= g ->
  (forall j, 0 < x j 0) ->
  (forall j, ((abs_mx A)^T *m (abs_mx A *m x)) j 0 <= g * x j 0) -> c ^+ 2 <= g.
Proof. by move=> hA g0 x0 hg; apply: (opnorm_sqr_le hA g0); apply: collatz_wielandt hg. Qed.
End CollatzWielandt.
