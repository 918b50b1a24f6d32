(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.stable-rank: 1 <= sr(A) <= rank(A) <= min(m,n).

   [is_stable_rank A s]: s = |A|_F^2 / |A|^2. For A <> 0: [stable_rank_ge1], [stable_rank_le_factor] (A = U V with
   inner dimension r), [stable_rank_le_rank], [stable_rank_le_min], [stable_rank_eq1] (1 exactly for rank one),
   [stable_rank_eq_rank] and [stable_rank_eq_rank_gram] (the rank exactly if all non-zero singular values are equal);
   unchanged by multiples [stable_rankZ], transposition [stable_rank_tr] and isometries [stable_rank_isometry]. For
   every Q whatever, with e a bound of Q^T Q - 1: [frob2_near_isometry] and [stable_rank_near_isometry], the form a
   checker can use on a Q whose columns are orthonormal up to rounding. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormBound OpNormLaws FrobeniusOpNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section StableRank.
Variable R : rcfType.
Implicit Types (m n r : nat).

Definition is_stable_rank m n (A : 'M[R]_(m, n)) (s : R) :=
  exists2 c, is_opnorm A c & s = frob2 A / c ^+ 2.

Theorem stable_rank_exists m n (A : 'M[R]_(m, n)) : exists s, is_stable_rank A s.
Proof. by have [c hc] := opnorm_exists A; exists (frob2 A / c ^+ 2), c. Qed.
Theorem is_stable_rank_uniq m n (A : 'M[R]_(m, n)) s t :
  is_stable_rank A s -> is_stable_rank A t -> s = t.
Proof. by move=> [c hc ->] [d hd ->]; rewrite (is_opnorm_uniq hc hd). Qed.

Lemma opnorm_gt0 m n (A : 'M[R]_(m, n)) c : A != 0 -> is_opnorm A c -> 0 < c.
Proof.
move=> A0 hA; rewrite lt_def (opnorm_ge0 hA) andbT.
by apply: contraNneq A0 => c0; apply/eqP; apply/(opnorm_eq0 hA).
Qed.

Theorem stable_rank_ge1 m n (A : 'M[R]_(m, n)) s : A != 0 -> is_stable_rank A s -> 1 <= s.
Proof.
move=> A0 [c hA ->]; have cp := opnorm_gt0 A0 hA.
rewrite ler_pdivl_mulr ?exprn_gt0 // mul1r -frob_sqr ler_pexpn2r ?nnegrE ?frob_ge0 ?(ltW cp) //.
exact: opnorm_le_frob hA.
Qed.

Theorem stable_rank_le_rank m n (A : 'M[R]_(m, n)) s :
  A != 0 -> is_stable_rank A s -> s <= (\rank A)%:R.
Proof.
move=> A0 [c hA ->]; have cp := opnorm_gt0 A0 hA.
rewrite ler_pdivr_mulr ?exprn_gt0 //.
have := frobenius_le_rank hA.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?frob_ge0 ?mulr_ge0 ?sqrtr_ge0 ?(ltW cp) //.
by rewrite exprMn frob_sqr sqr_sqrtr ?ler0n.
Qed.

Theorem stable_rank_le_factor m n r (U : 'M[R]_(m, r)) (V : 'M_(r, n)) s :
  U *m V != 0 -> is_stable_rank (U *m V) s -> s <= r%:R.
Proof.
by move=> A0 hs; apply: le_trans (stable_rank_le_rank A0 hs) _; rewrite ler_nat mulmx_max_rank.
Qed.

Theorem stable_rank_le_min m n (A : 'M[R]_(m, n)) s :
  A != 0 -> is_stable_rank A s -> s <= (minn m n)%:R.
Proof.
move=> A0 hs; apply: le_trans (stable_rank_le_rank A0 hs) _.
by rewrite ler_nat leq_min rank_leq_row rank_leq_col.
Qed.

Theorem stable_rank_eq1 m n (A : 'M[R]_(m, n)) s : A != 0 -> is_stable_rank A s ->
  (s = 1 <-> \rank A = 1%N).
Proof.
move=> A0 [c hA ->]; have cp := opnorm_gt0 A0 hA.
have -> : frob2 A / c ^+ 2 = 1 <-> c = frob A.
  have c2 : c ^+ 2 != 0 by rewrite expf_neq0 // gt_eqF.
  split=> [/divr1_eq|cF]; last by rewrite -frob_sqr -cF divff.
  rewrite -frob_sqr => /eqP; rewrite eqr_expn2 ?frob_ge0 ?(ltW cp) //.
  by move/eqP.
rewrite (opnorm_eq_frobenius hA); have : (0 < \rank A)%N by rewrite lt0n mxrank_eq0.
by case: (\rank A) => [|[|k]] // _; split.
Qed.

Lemma stable_rank_eq m n (A : 'M[R]_(m, n)) c k : A != 0 -> is_opnorm A c ->
  (frob2 A / c ^+ 2 = k <-> frob2 A = k * c ^+ 2).
Proof.
move=> A0 hA; have c2 : c ^+ 2 != 0 by rewrite expf_neq0 // gt_eqF // (opnorm_gt0 A0 hA).
by split=> [<-|->]; rewrite ?divfK ?mulfK.
Qed.

(* sigma_i >= 0 and sigma_i^2 the eigenvalues of A^T A *)
Theorem stable_rank_eq_rank m n (A : 'M[R]_(m, n)) s (P : 'M_n) (sigma : 'rV_n) : A != 0 -> is_stable_rank A s ->
  P^T *m P = 1%:M -> A^T *m A = P *m diag_mx (\row_i sigma 0 i ^+ 2) *m P^T -> (forall i, 0 <= sigma 0 i) ->
  (s = (\rank A)%:R <-> forall i j, sigma 0 i != 0 -> sigma 0 j != 0 -> sigma 0 i = sigma 0 j).
Proof.
by move=> A0 [c hA ->] PP GE sigma0; rewrite (stable_rank_eq _ A0 hA); apply: frobenius_eq_rank PP GE sigma0.
Qed.

Theorem stable_rank_eq_rank_gram m n (A : 'M[R]_(m, n)) c s : A != 0 -> is_opnorm A c -> is_stable_rank A s ->
  (s = (\rank A)%:R <-> (A^T *m A) *m (A^T *m A) = c ^+ 2 *: (A^T *m A)).
Proof.
move=> A0 hA [d hd ->]; rewrite -(is_opnorm_uniq hA hd) (stable_rank_eq _ A0 hA).
exact: frobenius_eq_rank_gram.
Qed.

Theorem stable_rankZ m n (A : 'M[R]_(m, n)) k s :
  k != 0 -> is_stable_rank A s -> is_stable_rank (k *: A) s.
Proof.
move=> k0 [c hA ->]; exists (`|k| * c); first exact: opnormZ.
have k2 : k ^+ 2 != 0 by rewrite expf_neq0.
by rewrite frob2Z exprMn real_normK ?num_real // -mulf_div divff ?mul1r.
Qed.

Theorem stable_rank_tr m n (A : 'M[R]_(m, n)) s : is_stable_rank A s -> is_stable_rank A^T s.
Proof. by move=> [c hA ->]; exists c; rewrite ?frob2_tr //; apply/opnorm_tr; rewrite trmxK. Qed.

Theorem stable_rank_isometry m n p (Q : 'M[R]_(p, m)) (A : 'M_(m, n)) s :
  Q^T *m Q = 1%:M -> is_stable_rank A s -> is_stable_rank (Q *m A) s.
Proof.
move=> QQ [c hA ->]; exists c; first exact/opnorm_isometry.
by rewrite !frob2_trace trmx_mul -!mulmxA (mulmxA Q^T) QQ mul1mx.
Qed.

Theorem frob2_near_isometry m n p (Q : 'M[R]_(p, m)) (A : 'M_(m, n)) e :
  opbound (Q^T *m Q - 1%:M) e ->
  (1 - e) * frob2 A <= frob2 (Q *m A) /\ frob2 (Q *m A) <= (1 + e) * frob2 A.
Proof.
move=> he; have columns k (B : 'M[R]_(k, n)) : frob2 B = \sum_j sqn (col j B).
  by rewrite /frob2 exchange_big; apply: eq_bigr => j _; apply: eq_bigr => i _; rewrite mxE expr2.
suff : `|frob2 (Q *m A) - frob2 A| <= e * frob2 A.
  by rewrite ler_distl mulrBl mulrDl !mul1r => /andP.
rewrite !columns -sumrB mulr_sumr; apply: le_trans (ler_norm_sum _ _ _) _; apply: ler_sum => j _.
have -> : sqn (col j (Q *m A)) - sqn (col j A) = dot ((Q^T *m Q - 1%:M) *m col j A) (col j A).
  by rewrite !colE -mulmxA mulmxBl mul1mx dotDl dotNl /sqn (dot_adj Q) mulmxA [in RHS]dotC.
exact: opbound_abs_form.
Qed.

Lemma stable_rank_ge0 m n (A : 'M[R]_(m, n)) s : is_stable_rank A s -> 0 <= s.
Proof. by move=> [c _ ->]; rewrite divr_ge0 ?frob2_ge0 ?sqr_ge0. Qed.

(* no hypothesis e < 1: otherwise the left sides are not positive *)
Theorem stable_rank_near_isometry m n p (Q : 'M[R]_(p, m)) (A : 'M_(m, n)) e s t :
  opbound (Q^T *m Q - 1%:M) e -> is_stable_rank A s -> is_stable_rank (Q *m A) t ->
  (1 - e) * t <= (1 + e) * s /\ (1 - e) * s <= (1 + e) * t.
Proof.
move=> he hs ht; have e0 := opbound_ge0 he; have e1 : 0 <= 1 + e by rewrite addr_ge0 ?ler01.
have [e2|e2] := leP (1 - e) 0.
  by split; apply: (@le_trans _ _ 0); rewrite ?mulr_le0_ge0 ?mulr_ge0 ?(stable_rank_ge0 hs) ?(stable_rank_ge0 ht).
have [F1 F2] := frob2_near_isometry A he.
case: hs ht => [a ha ->] [q hq ->]; have [N1 N2] := opnorm_near_isometry he ha hq.
have [A0|A0] := eqVneq A 0.
  have frob0 k : frob2 (0 : 'M[R]_(k, n)) = 0 by apply/eqP; rewrite frob2_eq0.
  by rewrite A0 mulmx0 !frob0 !mul0r !mulr0.
have a2 : 0 < a ^+ 2 by rewrite exprn_gt0 // (opnorm_gt0 A0 ha).
have q2 : 0 < q ^+ 2 by apply: lt_le_trans N1; rewrite mulr_gt0.
rewrite !mulrA; split; rewrite ler_pdivr_mulr // mulrAC ler_pdivl_mulr //.
  rewrite mulrAC; apply: (@le_trans _ _ (q ^+ 2 * frob2 (Q *m A))); first by rewrite ler_wpmul2r ?frob2_ge0.
  by rewrite [X in _ <= X]mulrC ler_wpmul2l // ltW.
apply: (@le_trans _ _ (frob2 (Q *m A) * q ^+ 2)); first by rewrite ler_wpmul2r // ltW.
by rewrite [X in X <= _]mulrC [X in _ <= X]mulrAC ler_wpmul2r ?frob2_ge0.
Qed.
End StableRank.
