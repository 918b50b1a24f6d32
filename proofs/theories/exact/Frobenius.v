(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The Frobenius norm over a real closed field.

   [frob2 A] is the sum of the squared entries, [frob A] its square root. Main results: [frob2_trace] (|A|_F^2 = tr
   (A^T A)), [frob_bound] (|A x| <= |A|_F |x|), and Bessel's inequality in matrix form, [frob2_rank_update] and
   [bessel2]. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Frobenius.
Variable R : rcfType.
Implicit Types (m n : nat).

Definition frob2 m n (A : 'M[R]_(m, n)) : R := \sum_i \sum_j A i j ^+ 2.
Definition frob m n (A : 'M[R]_(m, n)) : R := Num.sqrt (frob2 A).

Lemma frob2_ge0 m n (A : 'M[R]_(m, n)) : 0 <= frob2 A.
Proof. by apply: sumr_ge0 => i _; apply: sumr_ge0 => j _; apply: sqr_ge0. Qed.
Lemma frob_ge0 m n (A : 'M[R]_(m, n)) : 0 <= frob A.
Proof. exact: sqrtr_ge0. Qed.
Lemma frob_sqr m n (A : 'M[R]_(m, n)) : frob A ^+ 2 = frob2 A.
Proof. by rewrite sqr_sqrtr ?frob2_ge0. Qed.
Lemma frob2_tr m n (A : 'M[R]_(m, n)) : frob2 A^T = frob2 A.
Proof.
rewrite /frob2 exchange_big; apply: eq_bigr => i _; apply: eq_bigr => j _.
by rewrite mxE.
Qed.
Lemma frob2_trace m n (A : 'M[R]_(m, n)) : frob2 A = \tr (A^T *m A).
Proof.
rewrite -frob2_tr; apply: eq_bigr => i _; rewrite mxE; apply: eq_bigr => j _.
by rewrite !mxE expr2.
Qed.

Lemma frob2_eq0 m n (A : 'M[R]_(m, n)) : (frob2 A == 0) = (A == 0).
Proof.
apply/eqP/eqP => [h|->]; last by rewrite /frob2 big1 // => i _; rewrite big1 // => j _; rewrite mxE expr0n.
have s0 i : true -> 0 <= \sum_j A i j ^+ 2 by move=> _; apply: sumr_ge0 => j _; apply: sqr_ge0.
apply/matrixP => i j; rewrite mxE; have hi := psumr_eq0P s0 h (i := i) isT.
have t0 k : true -> 0 <= A i k ^+ 2 by move=> _; apply: sqr_ge0.
by have /eqP := psumr_eq0P t0 hi (i := j) isT; rewrite sqrf_eq0 => /eqP.
Qed.
Lemma frob_eq0 m n (A : 'M[R]_(m, n)) : (frob A == 0) = (A == 0).
Proof. by rewrite -frob2_eq0 -frob_sqr sqrf_eq0. Qed.
Lemma frob2Z m n k (A : 'M[R]_(m, n)) : frob2 (k *: A) = k ^+ 2 * frob2 A.
Proof.
rewrite mulr_sumr; apply: eq_bigr => i _; rewrite mulr_sumr; apply: eq_bigr => j _.
by rewrite mxE exprMn.
Qed.
Lemma frob_tr m n (A : 'M[R]_(m, n)) : frob A^T = frob A.
Proof. by rewrite /frob frob2_tr. Qed.
Lemma frob2_outer m n (u : 'cV[R]_m) (v : 'cV[R]_n) : frob2 (u *m v^T) = sqn u * sqn v.
Proof.
rewrite /frob2 /sqn /dot mulr_suml; apply: eq_bigr => i _.
rewrite mulr_sumr; apply: eq_bigr => j _.
by rewrite !mxE big_ord1 !mxE expr2 mulrACA.
Qed.

Lemma sqn_mul_frob m n (A : 'M[R]_(m, n)) x : sqn (A *m x) <= frob2 A * sqn x.
Proof.
rewrite /sqn {1}/dot /frob2 mulr_suml; apply: ler_sum => i _; rewrite -expr2.
have -> : (A *m x) i 0 = dot (row i A)^T x.
  by rewrite mxE; apply: eq_bigr => j _; rewrite !mxE.
apply: le_trans (cauchy_schwarz _ _) _; rewrite ler_wpmul2r ?sqn_ge0 //.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => j _; rewrite !mxE expr2.
Qed.

Theorem frob_bound m n (A : 'M[R]_(m, n)) x : nrm (A *m x) <= frob A * nrm x.
Proof.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?nrm_ge0 ?frob_ge0 //.
by rewrite exprMn !nrm_sqr frob_sqr sqn_mul_frob.
Qed.

(* Bessel: a unit vector w takes |A w|^2 out of the Frobenius norm, and what is left bounds A on the hyperplane w^T. *)
Lemma frob2_rank_update m n (A : 'M[R]_(m, n)) w :
  sqn w = 1 -> frob2 A = frob2 (A - (A *m w) *m w^T) + sqn (A *m w).
Proof.
move=> w1; rewrite /sqn /dot /frob2 -big_split /=; apply: eq_bigr => i _.
have rowE : (A *m w) i 0 = dot (row i A)^T w by rewrite mxE; apply: eq_bigr => j _; rewrite !mxE.
have -> : \sum_j (A - A *m w *m w^T) i j ^+ 2 = sqn ((row i A)^T - (A *m w) i 0 *: w).
  by apply: eq_bigr => j _; rewrite !mxE big_ord1 !mxE expr2.
have -> : \sum_j A i j ^+ 2 = sqn (row i A)^T by apply: eq_bigr => j _; rewrite !mxE expr2.
rewrite rowE; set r := (row i A)^T; rewrite /sqn !(dotDl, dotDr, dotNl, dotNr, dotZl, dotZr) (dotC w r).
by rewrite -/(sqn w) -/(sqn r) w1; ring.
Qed.
Theorem bessel2 m n (A : 'M[R]_(m, n)) w x : sqn w = 1 -> dot x w = 0 ->
  sqn (A *m x) <= (frob2 A - sqn (A *m w)) * sqn x.
Proof.
move=> w1 xw; rewrite (frob2_rank_update A w1) addrK.
have -> : A *m x = (A - A *m w *m w^T) *m x.
  by rewrite mulmxBl outer_mul dotC xw scale0r subr0.
exact: sqn_mul_frob.
Qed.
End Frobenius.
