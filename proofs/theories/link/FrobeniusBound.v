(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The Frobenius bound, end to end: from the bits of a float kernel to the spectral norm of a real matrix.

   [float_opnorm_certified]: run on the entries of A, row by row, the inflated sum of squares is, when finite, at
   least the square of the spectral norm of A. *)

From Coq Require Import Reals.
From Flocq Require Import Core BinarySingleNaN.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.analysis Require Import Rstruct reals.
From Widthwise.exact Require Import Vec Frobenius OpNorm.
From Widthwise.float Require Import Kernels RModel SumSquares Ieee.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Lemma xsumsq_big (l : seq R) : xsumsq l = \sum_(x <- l) x ^+ 2.
Proof. by elim: l => [|x l IH]; rewrite ?big_nil // big_cons -IH expr2. Qed.

(* the order and the operations of the standard reals, beside those of the ring *)
Delimit Scope R_scope with coqR.

Section FrobeniusBound.
Variables (prec emax : Z) (Hp : Prec_gt_0 prec) (He : Prec_lt_emax prec emax).
Notation float := (binary_float prec emax).
Notation ops := (Bops prec emax Hp He).
Variables (m n : nat) (F : 'I_m -> 'I_n -> float) (C T : float).
Definition A : 'M[R]_(m, n) := \matrix_(i, j) B2R (F i j).
Definition row_major : seq float := [seq F i j | i <- enum 'I_m, j <- enum 'I_n].

Lemma size_row_major : size row_major = (m * n)%N.
Proof. by rewrite size_allpairs !size_enum_ord. Qed.
Lemma frob2_row_major : frob2 A = xsumsq (List.map (@B2R prec emax) row_major).
Proof.
rewrite xsumsq_big -[List.map _ _]/(map _ _) big_map big_allpairs_dep /= /frob2 big_enum /=.
by apply: eq_bigr => i _; rewrite big_enum /=; apply: eq_bigr => j _; rewrite mxE.
Qed.

Theorem float_opnorm_certified c :
  is_opnorm A c ->
  is_finite (k_sumsq_up ops C T row_major) = true ->
  (INR (m * n + 2) * u prec <= / 2)%coqR ->
  (1 + 2 * INR (m * n + 2) * u prec <= B2R C <= 2)%coqR ->
  (2 * INR (m * n + 1) * eta (SpecFloat.emin prec emax) <= B2R T)%coqR ->
  c ^+ 2 <= B2R (k_sumsq_up ops C T row_major).
Proof.
move=> hA fin h1 h2 h3.
apply: (@le_trans _ _ (frob2 A)).
  by rewrite -frob_sqr ler_pexpn2r ?nnegrE ?(opnorm_ge0 hA) ?frob_ge0 ?opnorm_le_frob.
rewrite frob2_row_major; apply/RleP.
by apply: ieee_sumsq_up_certified => //; rewrite -[length _]/(size _) size_row_major.
Qed.
End FrobeniusBound.
