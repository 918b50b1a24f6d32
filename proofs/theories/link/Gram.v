(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma L3: the error of a Gram matrix computed in floating point, in the spectral norm.

   The entries of widthwise_linalg::gram are sequential dot products of two columns, i <= j, and copies below the
   diagonal ([gram_float]). If they are finite and m u <= 1/2, the computed matrix differs from A^T A by at most
   gamma_m b^2 + m n omega in the spectral norm, for every bound b of the matrix |A| ([gram_error]); b = |A|_F gives
   [gram_error_frob], the bound documented there, and b = sqrt(|A|_1 |A|_inf) gives [gram_error_schur]. [square_error]
   is the same for the square of a symmetric matrix, the E_j of lemma T3. *)

From Coq Require Import Reals Lra.
From Flocq Require Import Core BinarySingleNaN.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.analysis Require Import Rstruct reals.
From Widthwise.exact Require Import Vec Frobenius OpNorm Entries Entrywise.
From Widthwise.float Require Import Kernels RModel Tree Ieee.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

(* the order and the operations of the standard reals, beside those of the ring *)
Delimit Scope R_scope with coqR.

Section Gram.
Variables (prec emax : Z) (Hp : Prec_gt_0 prec) (He : Prec_lt_emax prec emax).
Notation float := (binary_float prec emax).
Notation ops := (Bops prec emax Hp He).
Notation emin := (SpecFloat.emin prec emax).
Variables (m n : nat) (F : 'I_m -> 'I_n -> float).

Definition real_mx : 'M[R]_(m, n) := \matrix_(i, j) B2R (F i j).
Definition column_pairs i j : seq (float * float) := [seq (F k i, F k j) | k <- enum 'I_m].
Definition gram_float (i j : 'I_n) : float :=
  if (i <= j)%N then k_dot ops (column_pairs i j) else k_dot ops (column_pairs j i).
Definition gram_mx : 'M[R]_n := \matrix_(i, j) B2R (gram_float i j).

Lemma xdot_big (l : seq (R * R)) : xdot l = \sum_(p <- l) p.1 * p.2.
Proof. by elim: l => [|[x y] l IH]; rewrite ?big_nil // big_cons -IH. Qed.
Lemma adot_big (l : seq (R * R)) : adot l = \sum_(p <- l) `|p.1| * `|p.2|.
Proof. by elim: l => [|[x y] l IH]; rewrite ?big_nil // big_cons -IH -normrM. Qed.

Definition gamma_m : R := (INR m * u prec / (1 - INR m * u prec))%coqR.
Definition omega : R := (2 * eta emin)%coqR.

Lemma entry_error i j : is_finite (k_dot ops (column_pairs i j)) = true -> (INR m * u prec <= / 2)%coqR ->
  `|B2R (k_dot ops (column_pairs i j)) - (real_mx^T *m real_mx) i j|
    <= gamma_m * (\sum_k `|real_mx k i| * `|real_mx k j|) + m%:R * omega.
Proof.
move=> fin hm; have h := @ieee_dot_error prec emax Hp He (column_pairs i j); cbv zeta in h.
have sz : length (column_pairs i j) = m by rewrite -[length _]/(size _) size_map size_enum_ord.
rewrite sz in h; have {h} := h fin hm; move/RleP.
have -> : xdot (List.map (toR2 prec emax) (column_pairs i j)) = (real_mx^T *m real_mx) i j.
  rewrite xdot_big -[List.map _ _]/(map _ _) big_map /column_pairs big_map big_enum mxE /=.
  by apply: eq_bigr => k _; rewrite !mxE.
have -> : adot (List.map (toR2 prec emax) (column_pairs i j)) = \sum_k `|real_mx k i| * `|real_mx k j|.
  rewrite adot_big -[List.map _ _]/(map _ _) big_map /column_pairs big_map big_enum /=.
  by apply: eq_bigr => k _; rewrite !mxE.
by rewrite -INRE.
Qed.

Theorem gram_error b :
  (forall i j, is_finite (gram_float i j) = true) -> (INR m * u prec <= / 2)%coqR ->
  opbound (abs_mx real_mx) b ->
  opbound (gram_mx - real_mx^T *m real_mx) (gamma_m * b ^+ 2 + n%:R * (m%:R * omega)).
Proof.
move=> fin hm hb.
have u0 := u_ge0 prec; have e0 := eta_ge0 emin; have m0 := pos_INR m.
have mu0 := Rmult_le_pos _ _ m0 u0.
apply: gram_perturbation hb.
- by apply/RleP/Rmult_le_pos => //; apply/Rlt_le/Rinv_0_lt_compat; lra.
- by rewrite mulr_ge0 ?ler0n //; apply/RleP/Rmult_le_pos => //; lra.
move=> i j; have := fin i j; have entry (X Y : 'M[R]_n) : (X - Y) i j = X i j - Y i j by rewrite !mxE.
rewrite entry [gram_mx i j]mxE /gram_float.
case: leqP => _ fij; first exact: entry_error.
have -> : (real_mx^T *m real_mx) i j = (real_mx^T *m real_mx) j i.
  by rewrite !mxE; apply: eq_bigr => k _; rewrite !mxE mulrC.
apply: le_trans (entry_error fij hm) _; rewrite ler_add2r.
by under eq_bigr do rewrite mulrC.
Qed.

Theorem gram_error_frob :
  (forall i j, is_finite (gram_float i j) = true) -> (INR m * u prec <= / 2)%coqR ->
  opbound (gram_mx - real_mx^T *m real_mx) (gamma_m * frob2 real_mx + n%:R * (m%:R * omega)).
Proof. by move=> fin hm; rewrite -frob_sqr; apply: gram_error => //; apply: opbound_abs_frob. Qed.

Theorem gram_error_schur :
  (forall i j, is_finite (gram_float i j) = true) -> (INR m * u prec <= / 2)%coqR ->
  opbound (gram_mx - real_mx^T *m real_mx) (gamma_m * (norm_1 real_mx * norm_inf real_mx) + n%:R * (m%:R * omega)).
Proof.
move=> fin hm; have p0 : 0 <= norm_1 real_mx * norm_inf real_mx by rewrite mulr_ge0 ?max_ge0.
by rewrite -(sqr_sqrtr p0); apply: gram_error => //; apply: opbound_abs_schur.
Qed.
End Gram.

(* E_j of lemma T3: the product of the columns of a symmetric matrix H is H^2 *)
Theorem square_error prec emax (Hp : Prec_gt_0 prec) (He : Prec_lt_emax prec emax) n
    (F : 'I_n -> 'I_n -> binary_float prec emax) : let H := real_mx F in
  H^T = H -> (forall i j, is_finite (gram_float Hp He F i j) = true) -> (INR n * u prec <= / 2)%coqR ->
  opbound (gram_mx Hp He F - H *m H) (gamma_m prec n * frob2 H + n%:R * (n%:R * omega prec emax)).
Proof. by move=> H symH fin hn; have := gram_error_frob fin hn; rewrite symH. Qed.
