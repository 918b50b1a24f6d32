(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.rule.frobenius: what a relative Frobenius update is in the spectral norm.

   For W, D <> 0: [frobenius_rule] (|D|_F = e |W|_F exactly if |D| = e sqrt(sr(W) / sr(D)) |W|) and, read backwards,
   [relative_frobenius] (|D|_F / |W|_F = (|D| / |W|) sqrt(sr(D) / sr(W))). Control [frobenius_rule_other] (|D| = e |W|
   holds as well exactly if the stable ranks are equal). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormLaws StableRank.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Relative.
Variable R : rcfType.
Implicit Types (m n : nat).

(* |A|_F = sqrt(sr(A)) |A| *)
Theorem frob_stable_rank m n (A : 'M[R]_(m, n)) c s : A != 0 -> is_opnorm A c -> is_stable_rank A s ->
  frob A = Num.sqrt s * c.
Proof.
move=> A0 hA [d hd ->]; rewrite -(is_opnorm_uniq hA hd); have c0 := opnorm_gt0 A0 hA.
by rewrite sqrtrM ?frob2_ge0 // sqrtrV ?exprn_ge0 ?(ltW c0) // sqrtr_sqr (gtr0_norm c0) divfK // gt_eqF.
Qed.

Lemma stable_rank_gt0 m n (A : 'M[R]_(m, n)) s : A != 0 -> is_stable_rank A s -> 0 < s.
Proof. by move=> A0 hs; apply: lt_le_trans (stable_rank_ge1 A0 hs); exact: ltr01. Qed.

Variables (m n : nat) (W D : 'M[R]_(m, n)) (w d rW rD : R).
Hypotheses (W0 : W != 0) (D0 : D != 0) (hW : is_opnorm W w) (hD : is_opnorm D d).
Hypotheses (hrW : is_stable_rank W rW) (hrD : is_stable_rank D rD).

Let sW : Num.sqrt rW != 0. Proof. by rewrite gt_eqF // sqrtr_gt0 (stable_rank_gt0 W0 hrW). Qed.
Let sD : Num.sqrt rD != 0. Proof. by rewrite gt_eqF // sqrtr_gt0 (stable_rank_gt0 D0 hrD). Qed.
Let rW0 : 0 <= rW := ltW (stable_rank_gt0 W0 hrW).
Let rD0 : 0 <= rD := ltW (stable_rank_gt0 D0 hrD).

Theorem frobenius_rule e : frob D = e * frob W <-> d = e * Num.sqrt (rW / rD) * w.
Proof.
rewrite (frob_stable_rank W0 hW hrW) (frob_stable_rank D0 hD hrD) sqrtrM // sqrtrV //.
split=> [h|->]; last by field.
by apply: (mulfI sD); rewrite h; field.
Qed.

Theorem relative_frobenius : frob D / frob W = d / w * Num.sqrt (rD / rW).
Proof.
rewrite (frob_stable_rank W0 hW hrW) (frob_stable_rank D0 hD hrD) sqrtrM // sqrtrV //.
by field; rewrite sW gt_eqF // (opnorm_gt0 W0 hW).
Qed.

(* control: |D| = e |W| *)
Theorem frobenius_rule_other e : e != 0 -> frob D = e * frob W -> (d = e * w <-> rD = rW).
Proof.
move=> e0 /frobenius_rule dE; have w0 : w != 0 by rewrite gt_eqF // (opnorm_gt0 W0 hW).
rewrite dE sqrtrM // sqrtrV //; split=> [h|->]; last by rewrite divff ?mulr1.
have : Num.sqrt rW = Num.sqrt rD.
  apply: (mulIf (invr_neq0 sD)); rewrite divff //; apply: (mulfI e0); apply: (mulIf w0).
  by rewrite mulr1 -h.
by move=> r; rewrite -(sqr_sqrtr rW0) -(sqr_sqrtr rD0) r.
Qed.
End Relative.
