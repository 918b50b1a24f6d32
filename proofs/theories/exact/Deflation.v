(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma T4 of the enclosures: a gap below the largest eigenvalue, by one deflated factorisation.

   M is the computed matrix b + tau v v^T - K, off by at most EM, where K is within EG of G. If the form of M is at
   least -low (as when its Cholesky factorisation runs to completion), then the form of G is at most b + low + EM + EG
   on the hyperplane orthogonal to v, whatever v is: [deflation], and [opnorm_deflation] for G = A^T A, the hypothesis
   of [opnorm_kato_temple]. [block_deflation] is the same for several vectors, the columns of X. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Deflation.
Variable R : rcfType.

Lemma form_le n (X Y : 'M[R]_n) e z : opbound (X - Y) e ->
  dot (X *m z) z <= dot (Y *m z) z + e * sqn z.
Proof.
move=> he; rewrite -ler_subl_addl -dotNl -dotDl -mulmxBl.
exact: le_trans (ler_norm _) (opbound_abs_form z he).
Qed.

Theorem block_deflation n q (G K M : 'M[R]_n) (X : 'M[R]_(n, q)) b tau EG EM low :
  opbound (G - K) EG ->
  opbound (M - (b%:M + tau *: (X *m X^T) - K)) EM ->
  (forall z, - low * sqn z <= dot (M *m z) z) ->
  forall z, X^T *m z = 0 -> dot (G *m z) z <= (b + low + EM + EG) * sqn z.
Proof.
move=> hG hM hlow z zX.
have := le_trans (hlow z) (form_le z hM).
have -> : dot ((b%:M + tau *: (X *m X^T) - K) *m z) z = b * sqn z - dot (K *m z) z.
  rewrite mulmxBl mulmxDl mul_scalar_mx -scalemxAl -mulmxA zX mulmx0 scaler0 addr0.
  by rewrite dotDl dotNl dotZl.
move=> h; apply: le_trans (form_le z hG) _.
rewrite [X in _ <= X]mulrDl ler_add2r -subr_ge0.
have -> : (b + low + EM) * sqn z - dot (K *m z) z
    = b * sqn z - dot (K *m z) z + EM * sqn z - - low * sqn z by ring.
by rewrite subr_ge0.
Qed.

Theorem deflation n (G K M : 'M[R]_n) (v : 'cV[R]_n) b tau EG EM low :
  opbound (G - K) EG ->
  opbound (M - (b%:M + tau *: (v *m v^T) - K)) EM ->
  (forall z, - low * sqn z <= dot (M *m z) z) ->
  forall z, dot z v = 0 -> dot (G *m z) z <= (b + low + EM + EG) * sqn z.
Proof.
move=> hG hM hlow z zv; apply: (block_deflation hG hM hlow).
by apply/matrixP => i j; rewrite !ord1 -dot_mx dotC zv mxE.
Qed.

Theorem opnorm_deflation m n (A : 'M[R]_(m, n)) (K M : 'M[R]_n) (v : 'cV[R]_n) b tau EG EM low :
  opbound (A^T *m A - K) EG ->
  opbound (M - (b%:M + tau *: (v *m v^T) - K)) EM ->
  (forall z, - low * sqn z <= dot (M *m z) z) ->
  forall z, dot z v = 0 -> sqn (A *m z) <= (b + low + EM + EG) * sqn z.
Proof.
move=> hG hM hlow z zv; have := deflation hG hM hlow zv.
by rewrite -mulmxA dot_adj trmxK.
Qed.
End Deflation.
