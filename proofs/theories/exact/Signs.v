(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.adam.sign-of-rank-one: the entrywise sign of an outer product is an outer product of signs.

   [sign A] takes the sign of each entry (0 for 0), [nonzeros x] counts the entries that are not 0, [nrm1 x] is sum_i
   |x_i|. [sign_outer] (sign(d h^T) = sign(d) sign(h)^T), [sign_outer_opnorm] (its norm), [sign_outer_dense] (sqrt(m n)
   without zeros), [sign_outer_apply] (applied to h it is |h|_1 sign(d)), [sign_alignment] (the alignment is |h|_1 /
   (sqrt(nonzeros h) |h|)) and [sign_alignment_bounds] (between 1 / sqrt(nonzeros h) and 1). That the first step of Adam
   without epsilon is the sign is adam_first_step in Adam.v, and [first_step_outer] here. Controls: [sign_not_aligned]
   (alignment below 1) and [softsign_not_rank_one] (another entrywise map). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormLaws Gradient Spectral PsdRoot Nuclear RankOne Adam.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Signs.
Variable R : rcfType.
Implicit Types (m n : nat).

Definition sign m n (A : 'M[R]_(m, n)) : 'M[R]_(m, n) := map_mx Num.sg A.
Definition nonzeros n (x : 'cV[R]_n) : nat := #|[pred i | x i 0 != 0]|.
Definition nrm1 n (x : 'cV[R]_n) : R := \sum_i `|x i 0|.

Theorem sign_outer m n (d : 'cV[R]_m) (h : 'cV[R]_n) : sign (d *m h^T) = sign d *m (sign h)^T.
Proof. by apply/matrixP => i j; rewrite !mxE !big_ord1 !mxE sgrM. Qed.

Theorem first_step_outer m n (d : 'cV[R]_m) (h : 'cV[R]_n) b1 b2 : b1 != 1 -> b2 < 1 ->
  adam_update b1 b2 0 [:: d *m h^T] = sign d *m (sign h)^T.
Proof. by move=> h1 h2; rewrite adam_first_step // -sign_outer. Qed.

Lemma nrm_sign n (x : 'cV[R]_n) : nrm (sign x) = Num.sqrt (nonzeros x)%:R.
Proof.
congr Num.sqrt; rewrite /nonzeros -sum1_card natr_sum big_mkcond /=; apply: eq_bigr => i _.
by rewrite mxE inE -expr2 sqr_sg; case: eqP.
Qed.

Theorem sign_outer_opnorm m n (d : 'cV[R]_m) (h : 'cV[R]_n) :
  is_opnorm (sign (d *m h^T)) (Num.sqrt (nonzeros d * nonzeros h)%:R).
Proof. by rewrite sign_outer natrM sqrtrM ?ler0n // -!nrm_sign; exact: outer_opnorm. Qed.

Theorem sign_outer_dense m n (d : 'cV[R]_m) (h : 'cV[R]_n) :
  (forall i, d i 0 != 0) -> (forall i, h i 0 != 0) -> is_opnorm (sign (d *m h^T)) (Num.sqrt (m * n)%:R).
Proof.
have full k (x : 'cV[R]_k) : (forall i, x i 0 != 0) -> nonzeros x = k.
  by move=> hx; rewrite /nonzeros -[RHS]card_ord; apply: eq_card => i; rewrite !inE hx.
by move=> hd hh; have := sign_outer_opnorm d h; rewrite !full.
Qed.

Lemma dot_sign n (x : 'cV[R]_n) : dot (sign x) x = nrm1 x.
Proof. by apply: eq_bigr => i _; rewrite mxE -normrEsg. Qed.

Theorem sign_outer_apply m n (d : 'cV[R]_m) (h : 'cV[R]_n) : sign (d *m h^T) *m h = nrm1 h *: sign d.
Proof. by rewrite sign_outer outer_mul dot_sign. Qed.

Lemma nrm1_ge0 n (x : 'cV[R]_n) : 0 <= nrm1 x.
Proof. exact: sumr_ge0. Qed.
Lemma sign_eq0 m n (A : 'M[R]_(m, n)) : (sign A == 0) = (A == 0).
Proof.
apply/eqP/eqP => [/matrixP h|->]; last by apply/matrixP => i j; rewrite !mxE sgr0.
by apply/matrixP => i j; have /eqP := h i j; rewrite !mxE sgr_eq0 => /eqP.
Qed.

Theorem sign_alignment m n (d : 'cV[R]_m) (h : 'cV[R]_n) c : d != 0 -> h != 0 -> is_opnorm (sign (d *m h^T)) c ->
  nrm (sign (d *m h^T) *m h) / (c * nrm h) = nrm1 h / (Num.sqrt (nonzeros h)%:R * nrm h).
Proof.
move=> d0 h0 /is_opnorm_uniq/(_ (sign_outer_opnorm d h)) ->.
rewrite sign_outer_apply nrmZ ger0_norm ?nrm1_ge0 // natrM sqrtrM ?ler0n // -!nrm_sign.
have nd : nrm (sign d) != 0 by rewrite nrm_eq0 sign_eq0.
have ns : nrm (sign h) != 0 by rewrite nrm_eq0 sign_eq0.
have nh : nrm h != 0 by rewrite nrm_eq0.
by field; rewrite ?nd ?ns ?nh.
Qed.

Theorem sign_alignment_bounds n (h : 'cV[R]_n) : h != 0 ->
  (Num.sqrt (nonzeros h)%:R)^-1 <= nrm1 h / (Num.sqrt (nonzeros h)%:R * nrm h) <= 1.
Proof.
move=> h0; rewrite -nrm_sign.
have ns : 0 < nrm (sign h) by rewrite nrm_gt0 // sign_eq0.
have nh : 0 < nrm h by rewrite nrm_gt0.
apply/andP; split; last first.
  rewrite ler_pdivr_mulr ?mulr_gt0 // mul1r -dot_sign; apply: le_trans (cauchy_schwarz_abs _ _); exact: ler_norm.
rewrite invfM mulrA mulrAC ler_pmull ?invr_gt0 // ler_pdivl_mulr // mul1r.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?nrm_ge0 ?nrm1_ge0 // nrm_sqr /sqn /dot /nrm1 expr2 mulr_suml.
apply: ler_sum => i _; rewrite -expr2 -real_normK ?num_real // expr2 ler_wpmul2l // (bigD1 i) //= ler_addl.
exact: sumr_ge0.
Qed.

(* controls *)
Definition pair_col (a b : R) : 'cV[R]_2 := \col_i (if i == 0 then a else b).

Theorem sign_not_aligned :
  nrm1 (pair_col 2%:R 1) / (Num.sqrt (nonzeros (pair_col 2%:R 1))%:R * nrm (pair_col 2%:R 1)) < 1.
Proof.
set h := pair_col _ _; have h0 i : h i 0 != 0 by rewrite mxE; case: ifP; rewrite ?oner_eq0 ?pnatr_eq0.
have -> : nonzeros h = 2%N by rewrite /nonzeros -[RHS]card_ord; apply: eq_card => i; rewrite !inE h0.
have -> : nrm1 h = 3%:R.
  by rewrite /nrm1 big_ord_recl big_ord1 !mxE /= ger0_norm ?ler0n // normr1; ring.
have -> : nrm h = Num.sqrt 5%:R.
  by congr Num.sqrt; rewrite /sqn /dot big_ord_recl big_ord1 !mxE /=; ring.
rewrite -sqrtrM ?ler0n // -natrM ltr_pdivr_mulr ?sqrtr_gt0 ?ltr0n // mul1r.
by rewrite -(@ltr_pexpn2r _ 2) ?nnegrE ?sqrtr_ge0 ?ler0n // sqr_sqrtr ?ler0n // -natrX ltr_nat.
Qed.

Theorem softsign_not_rank_one :
  \det (map_mx (fun x => x / (1 + `|x|)) (pair_col 1 2%:R *m (pair_col 1 2%:R)^T)) != 0.
Proof.
rewrite (expand_det_row _ 0) !big_ord_recl big_ord0 /cofactor !det_mx11 !mxE !big_ord1 !mxE /=.
rewrite !ger0_norm ?mulr_ge0 ?ler01 ?ler0n //.
have -> : 1 * 1 / (1 + 1 * 1) * ((-1) ^+ (0 + 0) * (2%:R * 2%:R / (1 + 2%:R * 2%:R)))
  + (1 * 2%:R / (1 + 1 * 2%:R) * ((-1) ^+ (0 + 1) * (2%:R * 1 / (1 + 2%:R * 1))) + 0) = - 2%:R / 45%:R :> R by field.
by rewrite mulf_neq0 ?oppr_eq0 ?invr_eq0 ?pnatr_eq0.
Qed.
End Signs.
