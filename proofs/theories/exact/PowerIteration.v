(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.power-iteration.monotone: the values |A q| / |q| of power iteration on A^T A never decrease, and bound
   |A| from below.

   [power_iteration_monotone]: |A q| / |q| <= |A^T A q| / |A q| <= |A q'| / |q'| <= |A| for q' = A^T A q and A q <> 0.
   Control [square_iteration_decreases]: with q' = A q instead they can decrease. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormBound.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section PowerIteration.
Variable R : rcfType.

Theorem power_iteration_monotone m n (A : 'M[R]_(m, n)) c (q : 'cV_n) : is_opnorm A c -> A *m q != 0 ->
  let q' := A^T *m A *m q in
  [/\ nrm (A *m q) / nrm q <= nrm q' / nrm (A *m q), nrm q' / nrm (A *m q) <= nrm (A *m q') / nrm q'
    & nrm (A *m q') / nrm q' <= c].
Proof.
move=> hA Aq q'; have q0 : q != 0 by apply: contraNneq Aq => ->; rewrite mulmx0.
have key : nrm (A *m q) ^+ 2 <= nrm q * nrm q'.
  by rewrite nrm_sqr /sqn dot_adj mulmxA; apply: le_trans (cauchy_schwarz_abs _ _); exact: ler_norm.
have Aqp := nrm_gt0 Aq; have qp := nrm_gt0 q0.
have q'p : 0 < nrm q' by rewrite -(pmulr_rgt0 _ qp); apply: lt_le_trans key; rewrite exprn_gt0.
have q'0 : q' != 0 by rewrite -nrm_eq0 gt_eqF.
split; last exact: opnorm_lower.
  by rewrite ler_pdivr_mulr // mulrAC ler_pdivl_mulr // -expr2 mulrC.
rewrite ler_pdivr_mulr // mulrAC ler_pdivl_mulr // -expr2 [X in _ <= X]mulrC nrm_sqr /sqn {1}/q' -mulmxA dot_adj trmxK.
by apply: le_trans (cauchy_schwarz_abs _ _); exact: ler_norm.
Qed.

(* control: A = [[0, 2], [1, 0]], from the second axis to the first *)
Theorem square_iteration_decreases :
  let A : 'M[R]_2 := \matrix_(i, j) (if i == j then 0 else if i == 0 then 2%:R else 1) in
  let e : 'I_2 -> 'cV[R]_2 := fun j => delta_mx j 0 in
  [/\ A *m e 1 = 2%:R *: e 0, nrm (A *m e 1) / nrm (e 1) = 2%:R & nrm (A *m e 0) / nrm (e 0) = 1].
Proof.
move=> A e; have n1 j : nrm (e j) = 1 by rewrite /nrm sqn_delta sqrtr1.
have E1 : A *m e 1 = 2%:R *: e 0.
  by apply/matrixP => i j; rewrite (ord1 j) -colE !mxE; case: i => [[|[|]]] //= _; rewrite ?mulr1 ?mulr0.
have E0 : A *m e 0 = e 1.
  by apply/matrixP => i j; rewrite (ord1 j) -colE !mxE; case: i => [[|[|]]].
by split=> //; rewrite ?E1 ?E0 ?nrmZ !n1 ?divr1 // mulr1 ger0_norm ?ler0n.
Qed.
End PowerIteration.
