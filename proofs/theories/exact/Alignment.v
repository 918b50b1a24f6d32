(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.opnorm-bound.equality: |A x| = |A| |x| exactly for the top right singular vectors.

   With M = c^2 I - A^T A ([defect_mx c A]) and d = c^2 |x|^2 - |A x|^2 ([defect c A x]), for c = |A|: [defect_ge0],
   [defect_le_residual] (d <= |x| |M x|), [residual_le_defect] (|M x|^2 <= c^2 d), [opnorm_equality] (|A x| = c |x|
   iff A^T A x = c^2 x), (a) [defect_spectral] and [defect_singular] (d is the sum of (c^2 - s_i^2) <v_i, x>^2 over an
   orthonormal eigenbasis of A^T A), [opnorm_equality_span] (equality exactly on the span of the v_i with s_i = c),
   (b) [defect_gap] (a gap below the top eigenvalue bounds the part of x across v). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Alignment.
Variable R : rcfType.
Variables (m n : nat).
Implicit Types (A : 'M[R]_(m, n)) (x v z : 'cV[R]_n) (b c : R).

Definition defect_mx c A : 'M[R]_n := c ^+ 2 *: 1%:M - A^T *m A.
Definition defect c A x : R := c ^+ 2 * sqn x - sqn (A *m x).

Lemma defect_mxE c A x : defect_mx c A *m x = c ^+ 2 *: x - A^T *m A *m x.
Proof. by rewrite mulmxBl -scalemxAl mul1mx. Qed.
Lemma defect_form c A x : defect c A x = dot (defect_mx c A *m x) x.
Proof. by rewrite defect_mxE dotDl dotNl dotZl -mulmxA dot_adj trmxK. Qed.

Theorem defect_ge0 A c x : is_opnorm A c -> 0 <= defect c A x.
Proof. by move=> /opnorm_sqn h; rewrite subr_ge0. Qed.

Theorem defect_le_residual c A x : defect c A x <= nrm x * nrm (defect_mx c A *m x).
Proof.
rewrite defect_form mulrC; apply: le_trans (ler_norm _) _; exact: cauchy_schwarz_abs.
Qed.

Theorem residual_le_defect A c x : is_opnorm A c ->
  nrm (defect_mx c A *m x) ^+ 2 <= c ^+ 2 * defect c A x.
Proof.
move=> hA; rewrite nrm_sqr; set y := defect_mx c A *m x.
have [c0|c0] := eqVneq (c ^+ 2) 0.
  have A0 z : A *m z = 0.
    by apply/eqP; rewrite -sqn_eq0 eq_le sqn_ge0 andbT; have := opnorm_sqn z hA; rewrite c0 mul0r.
  by rewrite /y defect_mxE -mulmxA A0 mulmx0 c0 scale0r subr0 mul0r /sqn dot0l.
have cp : 0 < c ^+ 2 by rewrite lt_def c0 sqr_ge0.
(* the form of M is non-negative at c^2 x - y *)
have sM : (defect_mx c A)^T = defect_mx c A.
  by rewrite linearB linearZ /= trmx1 trmx_mul trmxK.
have := defect_ge0 (c ^+ 2 *: x - y) hA; rewrite defect_form.
have -> : dot (defect_mx c A *m (c ^+ 2 *: x - y)) (c ^+ 2 *: x - y)
        = c ^+ 2 * (c ^+ 2 * defect c A x) - 2%:R * c ^+ 2 * sqn y + dot (defect_mx c A *m y) y.
  rewrite mulmxBr -scalemxAr -/y defect_form -/y.
  rewrite !(dotDl, dotDr, dotNl, dotNr, dotZl, dotZr).
  have -> : dot (defect_mx c A *m y) x = sqn y by rewrite dot_adj sM.
  by rewrite -/(sqn y); ring.
have qy : dot (defect_mx c A *m y) y <= c ^+ 2 * sqn y.
  by rewrite -defect_form ler_subl_addr ler_addl sqn_ge0.
move=> h; rewrite -(ler_pmul2l cp) -subr_ge0; apply: le_trans h _.
have -> : c ^+ 2 * (c ^+ 2 * defect c A x) - c ^+ 2 * sqn y
        = c ^+ 2 * (c ^+ 2 * defect c A x) - 2%:R * c ^+ 2 * sqn y + c ^+ 2 * sqn y by ring.
by rewrite ler_add2l.
Qed.

Lemma nrm_eq_defect A c x : 0 <= c -> (nrm (A *m x) = c * nrm x <-> defect c A x = 0).
Proof.
move=> c0; rewrite /defect -!nrm_sqr -exprMn; split=> [->|/eqP]; first by rewrite subrr.
by rewrite subr_eq0 eqr_expn2 ?mulr_ge0 ?nrm_ge0 // => /eqP.
Qed.

Theorem opnorm_equality A c x : is_opnorm A c ->
  (nrm (A *m x) = c * nrm x <-> A^T *m A *m x = c ^+ 2 *: x).
Proof.
move=> hA; have c0 := opnorm_ge0 hA.
rewrite (nrm_eq_defect A x c0).
have -> : A^T *m A *m x = c ^+ 2 *: x <-> defect_mx c A *m x = 0.
  by rewrite defect_mxE; split=> [->|/eqP]; rewrite ?subrr // subr_eq0 => /eqP.
split=> h; last by rewrite defect_form h dot0l.
apply/eqP; rewrite -nrm_eq0 -sqrf_eq0 eq_le sqr_ge0 andbT.
by have := residual_le_defect x hA; rewrite h mulr0.
Qed.

(* (a): P orthogonal, its columns the eigenvectors v_i of A^T A, D their eigenvalues s_i^2 *)
Theorem defect_spectral A (P : 'M[R]_n) (D : 'rV_n) c x :
  P^T *m P = 1%:M -> A^T *m A = P *m diag_mx D *m P^T ->
  defect c A x = \sum_i (c ^+ 2 - D 0 i) * dot (col i P) x ^+ 2.
Proof.
move=> PP GE; have PP' : P *m P^T = 1%:M by apply: mulmx1C.
pose w := P^T *m x.
have wE i : w i 0 = dot (col i P) x by rewrite mxE; apply: eq_bigr => j _; rewrite !mxE.
have xE : sqn x = sqn w by rewrite /w /sqn dot_adj trmxK mulmxA PP' mul1mx.
have AE : sqn (A *m x) = \sum_i D 0 i * w i 0 ^+ 2.
  rewrite /sqn dot_adj mulmxA GE dotC -!mulmxA dot_adj -/w; apply: eq_bigr => i _.
  by rewrite mul_diag_mx mxE -mulrA expr2.
rewrite /defect xE AE /sqn /dot mulr_sumr -sumrB; apply: eq_bigr => i _.
by rewrite -expr2 -mulrBl wE.
Qed.

(* (a) once more, with the existence of the basis and singular values s_i in [0, c] *)
Theorem defect_singular A c : is_opnorm A c ->
  exists (P : 'M[R]_n) (s : 'rV_n),
    [/\ P^T *m P = 1%:M, A^T *m A = P *m diag_mx (\row_i s 0 i ^+ 2) *m P^T,
       forall i, 0 <= s 0 i <= c
     & forall x, defect c A x = \sum_i (c ^+ 2 - s 0 i ^+ 2) * dot (col i P) x ^+ 2].
Proof.
move=> hA; have symG : (A^T *m A)^T = A^T *m A by rewrite trmx_mul trmxK.
have [P [D [PP GE]]] := spectral symG.
have Dq i : D 0 i = sqn (A *m col i P).
  have hw : P^T *m col i P = delta_mx i 0 by rewrite colE mulmxA PP mul1mx.
  rewrite /sqn dot_adj mulmxA GE -!mulmxA hw dotC dot_adj hw dotC dot_delta.
  by rewrite mul_diag_mx !mxE !eqxx mulr1.
have D0 i : 0 <= D 0 i by rewrite Dq sqn_ge0.
have cP i : sqn (col i P) = 1 by rewrite colE /sqn dot_adj mulmxA PP mul1mx -/(sqn _) sqn_delta.
have sD : \row_i (\row_i Num.sqrt (D 0 i)) 0 i ^+ 2 = D.
  by apply/matrixP => i j; rewrite (ord1 i) !mxE (sqr_sqrtr (D0 j)).
exists P, (\row_i Num.sqrt (D 0 i)); split=> //; rewrite ?sD //.
  move=> i; rewrite mxE sqrtr_ge0 /= -(@ler_pexpn2r _ 2) ?nnegrE ?sqrtr_ge0 ?(opnorm_ge0 hA) //.
  by rewrite (sqr_sqrtr (D0 i)) Dq; have := opnorm_sqn (col i P) hA; rewrite cP mulr1.
move=> x; rewrite (defect_spectral _ _ PP GE); apply: eq_bigr => i _.
by rewrite mxE (sqr_sqrtr (D0 i)).
Qed.

(* <v_i, x> = 0 for every s_i < c: x is in the span of the right singular vectors with s_i = c *)
Theorem opnorm_equality_span A c (P : 'M[R]_n) (s : 'rV_n) x : is_opnorm A c ->
  P^T *m P = 1%:M -> A^T *m A = P *m diag_mx (\row_i s 0 i ^+ 2) *m P^T -> (forall i, 0 <= s 0 i <= c) ->
  (nrm (A *m x) = c * nrm x <-> forall i, s 0 i < c -> dot (col i P) x = 0).
Proof.
move=> hA PP GE sc; have c0 := opnorm_ge0 hA.
rewrite (nrm_eq_defect A x c0) (defect_spectral _ _ PP GE).
have F0 i : true -> 0 <= (c ^+ 2 - (\row_i s 0 i ^+ 2) 0 i) * dot (col i P) x ^+ 2.
  move=> _; have /andP[s0 s1] := sc i.
  by rewrite mxE mulr_ge0 ?sqr_ge0 // subr_ge0 ler_pexpn2r ?nnegrE.
split=> [h i si|h].
  have /eqP := psumr_eq0P F0 h (i := i) isT; have /andP[s0 s1] := sc i.
  rewrite mxE mulf_eq0 subr_eq0 sqrf_eq0 eqr_expn2 // => /orP[/eqP ci|/eqP //].
  by move: si; rewrite ci ltxx.
apply: big1 => i _; rewrite mxE; have /andP[s0 s1] := sc i.
move: s1; rewrite le_eqVlt => /orP[/eqP ->|/h ->]; first by rewrite subrr mul0r.
by rewrite expr0n mulr0.
Qed.

(* (b): the gap b < c^2 is said on the hyperplane orthogonal to v *)
Theorem defect_gap A c b v x :
  sqn v = 1 -> A^T *m A *m v = c ^+ 2 *: v ->
  (forall z, dot z v = 0 -> dot (A^T *m A *m z) z <= b * sqn z) ->
  (c ^+ 2 - b) * (sqn x - dot v x ^+ 2) <= defect c A x.
Proof.
move=> v1 Gv hb; pose a := dot v x; pose z := x - a *: v.
have zv : dot z v = 0 by rewrite dotDl dotNl dotZl -/(sqn v) v1 mulr1 (dotC x) subrr.
have vz : dot v z = 0 by rewrite dotC.
have xE : x = a *: v + z by rewrite /z addrC subrK.
have sx : sqn x = a ^+ 2 + sqn z.
  by rewrite {1}xE pythagoras ?sqnZ ?v1 ?mulr1 // dotZl vz mulr0.
have sA : sqn (A *m x) = c ^+ 2 * a ^+ 2 + dot (A^T *m A *m z) z.
  have orth : dot (A *m (a *: v)) (A *m z) = 0.
    by rewrite -scalemxAr dotZl dotC dot_adj mulmxA Gv dotZr zv !mulr0.
  rewrite xE mulmxDr pythagoras //; congr (_ + _); last by rewrite /sqn dot_adj mulmxA dotC.
  by rewrite -scalemxAr sqnZ /sqn dot_adj mulmxA Gv dotZr -/(sqn v) v1 mulr1 mulrC.
rewrite /defect -/a sx sA.
have -> : c ^+ 2 * (a ^+ 2 + sqn z) - (c ^+ 2 * a ^+ 2 + dot (A^T *m A *m z) z)
        = c ^+ 2 * sqn z - dot (A^T *m A *m z) z by ring.
have -> : (c ^+ 2 - b) * (a ^+ 2 + sqn z - a ^+ 2) = c ^+ 2 * sqn z - b * sqn z by ring.
by rewrite ler_add2l ler_opp2; apply: hb.
Qed.
End Alignment.
