(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.muon.natural-norm: which factor makes an orthogonalised update of natural norm one.

   O has b rows (fan-out) and a columns (fan-in), both positive, and is semi-orthogonal: what U V^T is for a gradient of
   full rank. [rms_entry A] = |A|_F / sqrt (a b). [orthogonal_norms] (|O| = 1, |O|_F = sqrt(min(a,b)), entries 1 /
   sqrt(max(a,b))), [rms_to_rms_factor] (sqrt(b/a): natural norm 1), [keller_factor] (sqrt(max(1,b/a)): max(1,
   sqrt(a/b))), [match_rms_factor] (k sqrt(max(a,b)): entries k, natural norm k sqrt(max(a,b)) sqrt(a/b)),
   [match_rms_square] (for a = b that is k sqrt a). Controls: [keller_factor_one] (natural norm 1 exactly for a <= b),
   [orthogonal_frob_one] (|O|_F = 1 exactly for min(a,b) = 1). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormLaws SemiOrthogonal Gradient NaturalNorm OrthogonalStart.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section OrthogonalUpdate.
Variable R : rcfType.

Definition rms_entry m n (A : 'M[R]_(m, n)) : R := frob A / Num.sqrt (m * n)%:R.

Variables (b a : nat) (O : 'M[R]_(b, a)).
Hypotheses (b0 : (0 < b)%N) (a0 : (0 < a)%N) (hO : semi_orthogonal O).

Let sb : 0 < Num.sqrt b%:R :> R := sqrt_nat_gt0 R b0.
Let sa : 0 < Num.sqrt a%:R :> R := sqrt_nat_gt0 R a0.

Lemma orthogonal_frob : frob O = Num.sqrt (minn b a)%:R.
Proof. by case: hO => QQ; [exact: semi_orthogonal_frob|exact: semi_orthogonal_frob_tr]. Qed.

Lemma orthogonal_entry : rms_entry O = (Num.sqrt (maxn b a)%:R)^-1.
Proof.
rewrite /rms_entry orthogonal_frob; have -> : (b * a = minn b a * maxn b a)%N by case: (leqP b a) => // _;
  rewrite mulnC.
rewrite natrM sqrtrM ?ler0n // invfM mulrA divff ?mul1r // gt_eqF //.
by apply: sqrt_nat_gt0; rewrite leq_min b0.
Qed.

Theorem orthogonal_norms :
  [/\ is_opnorm O 1, frob O = Num.sqrt (minn b a)%:R & rms_entry O = (Num.sqrt (maxn b a)%:R)^-1].
Proof. by split; [exact: semi_orthogonal_norm|exact: orthogonal_frob|exact: orthogonal_entry]. Qed.

Lemma scaled_natural k : 0 <= k -> is_natural (k *: O) (Num.sqrt (a%:R / b%:R) * k).
Proof. by move=> k0; exists k => //; apply: start_opnorm. Qed.

Theorem rms_to_rms_factor : is_natural (Num.sqrt (b%:R / a%:R) *: O) 1.
Proof. exact: start_natural. Qed.

Theorem keller_factor :
  is_natural (Num.sqrt (Num.max 1 (b%:R / a%:R)) *: O) (Num.max 1 (Num.sqrt (a%:R / b%:R))).
Proof.
have r0 : 0 < a%:R / b%:R :> R by rewrite divr_gt0 ?ltr0n.
have -> : Num.max 1 (Num.sqrt (a%:R / b%:R)) = Num.sqrt (a%:R / b%:R) * Num.sqrt (Num.max 1 (b%:R / a%:R)) :> R.
  rewrite -sqrtrM ?(ltW r0) // -[b%:R / a%:R]invf_div.
  move: (a%:R / b%:R : R) r0 => r r0.
  have sr : (1 <= Num.sqrt r) = (1 <= r) by rewrite -{1}[1]sqrtr1 ler_sqrt.
  have rV : (1 <= r^-1) = (r <= 1) by rewrite invf_ge1.
  have [r1|r1] := leP 1 r.
    have -> : Num.max 1 r^-1 = 1 by apply: max_l; rewrite invf_le1.
    by rewrite mulr1 max_r // sr.
  have -> : Num.max 1 r^-1 = r^-1 by apply: max_r; rewrite rV ltW.
  rewrite divff ?gt_eqF // sqrtr1 max_l // -[X in _ <= X]sqrtr1 ler_sqrt ?ltr01 //; exact: ltW.
by apply: scaled_natural; rewrite sqrtr_ge0.
Qed.

Theorem match_rms_factor k : 0 <= k ->
  rms_entry (k * Num.sqrt (maxn b a)%:R *: O) = k /\
  is_natural (k * Num.sqrt (maxn b a)%:R *: O) (k * Num.sqrt (maxn b a)%:R * Num.sqrt (a%:R / b%:R)).
Proof.
move=> k0; have kk : 0 <= k * Num.sqrt (maxn b a)%:R by rewrite mulr_ge0 ?sqrtr_ge0.
split; last by rewrite [X in is_natural _ X]mulrC; exact: scaled_natural.
rewrite /rms_entry frobZ (ger0_norm kk) -mulrA -/(rms_entry O) orthogonal_entry mulfK // gt_eqF //.
by apply: sqrt_nat_gt0; rewrite leq_max b0.
Qed.

Theorem match_rms_square k : 0 <= k -> b = a ->
  is_natural (k * Num.sqrt (maxn b a)%:R *: O) (k * Num.sqrt a%:R).
Proof.
move=> k0 ba; have [_] := match_rms_factor k0.
have -> : Num.sqrt a%:R = Num.sqrt (maxn b a)%:R :> R by rewrite ba maxnn.
have -> : Num.sqrt (a%:R / b%:R) = 1 :> R by apply/sqrt_ratio_eq1.
by rewrite mulr1.
Qed.

(* controls *)
Theorem keller_factor_one : is_natural (Num.sqrt (Num.max 1 (b%:R / a%:R)) *: O) 1 <-> (a <= b)%N.
Proof.
have E : (Num.sqrt (a%:R / b%:R) <= 1 :> R) = (a <= b)%N.
  by rewrite -[X in _ <= X]sqrtr1 ler_sqrt ?ltr01 // ler_pdivr_mulr ?ltr0n // mul1r ler_nat.
rewrite -E; split=> [h|h]; last by have := keller_factor; rewrite (max_l h).
have e := is_natural_uniq h keller_factor.
apply: (@le_trans _ _ (Num.max 1 (Num.sqrt (a%:R / b%:R)))); first by rewrite le_maxr lexx orbT.
by rewrite -e.
Qed.

Theorem orthogonal_frob_one : frob O = 1 <-> minn b a = 1%N.
Proof.
rewrite orthogonal_frob; split=> [h|->]; last exact: sqrtr1.
have := sqr_sqrtr (ler0n R (minn b a)); rewrite h expr1n => /esym/eqP.
by rewrite pnatr_eq1 => /eqP.
Qed.
End OrthogonalUpdate.
