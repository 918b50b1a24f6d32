(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.stable-rank: 1 <= sr(A) <= rank(A) <= min(m,n).

   [is_stable_rank A s]: s = |A|_F^2 / |A|^2. For A <> 0: [stable_rank_ge1], [stable_rank_le_factor] (A = U V with
   inner dimension r), [stable_rank_le_rank], [stable_rank_le_min], [stable_rank_eq1] (1 exactly for rank one);
   unchanged by multiples [stable_rankZ], transposition [stable_rank_tr] and isometries [stable_rank_isometry]. *)

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
End StableRank.
