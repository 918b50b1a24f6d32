(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* A symmetric matrix has a real eigenvalue, over any real closed field.

   [sym_eigen]: for A^T = A of positive size there are a number a and a vector x <> 0 with A x = a x. The
   characteristic polynomial has a root in R[i]; the real and imaginary parts of its eigenvector and the symmetry of A
   force the root to be real. Serves the spectral theorem. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.real_closed Require Import complex.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.
Local Open Scope complex_scope.

Section Eig.
Variable R : rcfType.
Local Notation C := R[i].
Local Notation toC := (real_complex R).

Let re n (v : 'rV[C]_n) : 'cV[R]_n := \col_i complex.Re (v 0 i).
Let im n (v : 'rV[C]_n) : 'cV[R]_n := \col_i complex.Im (v 0 i).
Lemma re_mul n (A : 'M[R]_n) (v : 'rV[C]_n) : A^T = A ->
  re (v *m map_mx toC A) = A *m re v /\ im (v *m map_mx toC A) = A *m im v.
Proof.
move=> symA; split; apply/matrixP => i j; rewrite !mxE raddf_sum; apply: eq_bigr => k _;
  rewrite !mxE -{2}symA mxE; case: (v 0 k) => a b /=; rewrite !mulr0 ?subr0 ?add0r ?addr0;
  by rewrite mulrC.
Qed.
Lemma re_scale n (a b : R) (v : 'rV[C]_n) :
  re ((a +i* b) *: v) = a *: re v - b *: im v /\
  im ((a +i* b) *: v) = a *: im v + b *: re v.
Proof. by split; apply/matrixP => i j; rewrite !mxE; case: (v 0 i) => c d. Qed.

(* a real symmetric matrix of positive size has a real eigenpair *)
Theorem sym_eigen n (A : 'M[R]_n.+1) : A^T = A ->
  exists (a : R) (x : 'cV_n.+1), x != 0 /\ A *m x = a *: x.
Proof.
move=> symA; pose B : 'M[C]_n.+1 := map_mx toC A.
have /closed_rootP [l] : size (char_poly B) != 1%N by rewrite size_char_poly.
rewrite -eigenvalue_root_char => /eigenvalueP [v vB v0].
case: l vB => a b vB.
have [hr hi] := re_mul v symA; rewrite -/B vB in hr hi.
have [er ei] := re_scale a b v; rewrite hr in er; rewrite hi in ei.
have nz : sqn (re v) + sqn (im v) != 0.
  apply: contraNneq v0 => /eqP; rewrite paddr_eq0 ?sqn_ge0 // !sqn_eq0 => /andP[/eqP r0 /eqP i0].
  apply/eqP/matrixP => i j; rewrite (ord1 i) mxE; apply/eqP; rewrite eq_complex /=.
  by move/matrixP/(_ j 0): r0; move/matrixP/(_ j 0): i0; rewrite !mxE => -> ->; rewrite !eqxx.
have b0 : b = 0.
  have := dot_adj A (re v) (im v); rewrite symA er ei dotDl dotDr dotNl !dotZl !dotZr.
  rewrite -/(sqn _) -/(sqn _) => H.
  have : b * (sqn (re v) + sqn (im v)) = 0.
    transitivity (a * dot (re v) (im v) + b * sqn (re v) - (a * dot (re v) (im v) - b * sqn (im v))).
      by ring.
    by rewrite -H /sqn subrr.
  by move/eqP; rewrite mulf_eq0 (negbTE nz) orbF => /eqP.
move: er ei; rewrite b0 !scale0r subr0 addr0 => er ei.
have [r0|r0] := eqVneq (re v) 0; last by exists a, (re v).
exists a, (im v); split=> //; apply: contraNneq nz => ->.
by rewrite r0 /sqn dot0l addr0.
Qed.
End Eig.
