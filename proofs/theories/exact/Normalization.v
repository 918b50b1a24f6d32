(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claims spectral.normalization.naive, spectral.normalization.frobenius-proxy and spectral.bias.

   spectral.normalization.naive: for A <> 0 of norm c, [normalised_natural] (s sqrt(b/a) A / |A| has natural norm |s|
   exactly), [normalised_scale] (nothing changes when A is multiplied by k > 0), [normalised_zero] (with 1 / 0 = 0 the
   zero matrix gives zero), [rank_one_norm] (for one example |A| is |A|_F = |d| |h|, which is free). Control
   [guarded_natural] (A / (|A| + g) falls short by |A| / (|A| + g)).

   spectral.normalization.frobenius-proxy: [frobenius_proxy] (|A|_F / sqrt(sr(A)) = |A|) and [proxy_bounds] (for a
   product of inner dimension B the quotient |A|_F / |A| is in [1, sqrt B]). Control [proxy_natural] (sqrt(b/a) A /
   |A|_F has natural norm 1 / sqrt(sr(A)), which is 1 for rank one only).

   spectral.bias: a bias is a matrix of one column with the input 1: [bias_opnorm], [bias_natural] (its natural norm is
   its rms), [bias_apply]; its gradient is gradient_bias in OuterProduct.v. Control [bias_inside_multiplier] (a
   multiplier of the weight does not multiply the bias). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormBound OpNormLaws Spectral PsdRoot Nuclear RankOne
  StableRank.
From Widthwise.exact Require Import NaturalNorm RelativeUpdate.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Normalization.
Variable R : rcfType.
Variables (m n : nat).
Implicit Types (A : 'M[R]_(m, n)) (c s k g : R).

(* c in the place of |A| *)
Definition normalised A c s : 'M[R]_(m, n) := (s * Num.sqrt (m%:R / n%:R) / c) *: A.

Lemma ratio_inverse : (0 < m)%N -> (0 < n)%N -> Num.sqrt (n%:R / m%:R) * Num.sqrt (m%:R / n%:R) = 1 :> R.
Proof.
move=> m0 n0; rewrite -sqrtrM ?divr_ge0 ?ler0n // mulrA divfK ?pnatr_eq0 -?lt0n //.
by rewrite divff ?sqrtr1 // pnatr_eq0 -lt0n.
Qed.

Theorem normalised_natural A c s : (0 < m)%N -> (0 < n)%N -> A != 0 -> is_opnorm A c ->
  is_natural (normalised A c s) `|s|.
Proof.
move=> m0 n0 A0 hA; have c0 := opnorm_gt0 A0 hA; eexists; first exact: opnormZ hA.
rewrite !normrM normfV (gtr0_norm c0) divfK ?gt_eqF // (ger0_norm (sqrtr_ge0 _)).
by rewrite mulrCA ratio_inverse // mulr1.
Qed.

Theorem normalised_scale A c s k : 0 < k -> is_opnorm A c ->
  is_opnorm (k *: A) (k * c) /\ normalised (k *: A) (k * c) s = normalised A c s.
Proof.
move=> k0 hA; split; first by have := opnormZ k hA; rewrite gtr0_norm.
rewrite /normalised scalerA -mulrA; congr (_ * _ *: _).
by rewrite invfM mulrAC mulVf ?mul1r // gt_eqF.
Qed.

Theorem normalised_zero c s : normalised 0 c s = 0 /\ is_opnorm (0 : 'M[R]_(m, n)) 0.
Proof. by split; [exact: scaler0|split=> [|d []//]; exact: opbound0]. Qed.

Theorem rank_one_norm (d : 'cV[R]_m) (h : 'cV[R]_n) c : is_opnorm (d *m h^T) c ->
  c = frob (d *m h^T) /\ c = nrm d * nrm h.
Proof. by move=> hc; rewrite outer_frob (is_opnorm_uniq hc (outer_opnorm d h)). Qed.

(* control: an additive guard *)
Theorem guarded_natural A c s g : (0 < m)%N -> (0 < n)%N -> A != 0 -> is_opnorm A c -> 0 < g ->
  is_natural (normalised A (c + g) s) (`|s| * (c / (c + g))) /\ c / (c + g) < 1.
Proof.
move=> m0 n0 A0 hA g0; have c0 := opnorm_gt0 A0 hA; have cg : 0 < c + g by rewrite addr_gt0.
split; last by rewrite ltr_pdivr_mulr // mul1r ltr_addl.
eexists; first exact: opnormZ hA.
rewrite !normrM normfV (gtr0_norm cg) (ger0_norm (sqrtr_ge0 _)).
have -> : Num.sqrt (n%:R / m%:R) * (`|s| * Num.sqrt (m%:R / n%:R) / (c + g) * c)
  = Num.sqrt (n%:R / m%:R) * Num.sqrt (m%:R / n%:R) * (`|s| * (c / (c + g))).
  by move: (Num.sqrt _) (Num.sqrt _) `|s| => x y z; field; rewrite gt_eqF.
by rewrite ratio_inverse // mul1r.
Qed.

Theorem frobenius_proxy A c s : A != 0 -> is_opnorm A c -> is_stable_rank A s -> frob A / Num.sqrt s = c.
Proof.
move=> A0 hA hs; rewrite (frob_stable_rank A0 hA hs) mulrC mulKf // gt_eqF // sqrtr_gt0; exact: stable_rank_gt0 A0 hs.
Qed.

Theorem proxy_bounds B (U : 'M[R]_(m, B)) (V : 'M_(B, n)) c : U *m V != 0 -> is_opnorm (U *m V) c ->
  1 <= frob (U *m V) / c <= Num.sqrt B%:R.
Proof.
move=> A0 hA; have [s hs] := stable_rank_exists (U *m V); have c0 := opnorm_gt0 A0 hA.
rewrite (frob_stable_rank A0 hA hs) mulfK ?gt_eqF //.
have s0 := stable_rank_ge0 hs; apply/andP; split.
  by rewrite -[X in X <= _]sqrtr1 ler_wsqrtr // (stable_rank_ge1 A0 hs).
by rewrite ler_wsqrtr // (stable_rank_le_factor A0 hs).
Qed.

(* control: initial weights divided by |A|_F *)
Theorem proxy_natural A c s : (0 < m)%N -> (0 < n)%N -> A != 0 -> is_opnorm A c -> is_stable_rank A s ->
  is_natural (normalised A (frob A) 1) (Num.sqrt s)^-1 /\ ((Num.sqrt s)^-1 = 1 <-> \rank A = 1%N).
Proof.
move=> m0 n0 A0 hA hs; have c0 := opnorm_gt0 A0 hA; have s0 := stable_rank_gt0 A0 hs.
have r0 : 0 < Num.sqrt s by rewrite sqrtr_gt0.
split.
  eexists; first exact: opnormZ hA.
  rewrite (frob_stable_rank A0 hA hs) mul1r normrM normfV normrM (gtr0_norm c0) (gtr0_norm r0) (ger0_norm (sqrtr_ge0
    _)).
  rewrite invfM -!mulrA mulVf ?gt_eqF // mulr1 mulrA ratio_inverse // mul1r //.
rewrite -(stable_rank_eq1 A0 hs); split=> [h|->]; last by rewrite sqrtr1 invr1.
have : Num.sqrt s = 1 by rewrite -[LHS]invrK h invr1.
by move=> e; rewrite -(sqr_sqrtr (ltW s0)) e expr1n.
Qed.
End Normalization.

Section Bias.
Variable R : rcfType.
Variables (n : nat) (b : 'cV[R]_n).

Lemma nrm_one : nrm (1 : 'cV[R]_1) = 1.
Proof. by rewrite /nrm /sqn /dot big_ord1 !mxE eqxx mulr1 sqrtr1. Qed.

Theorem bias_opnorm : is_opnorm b (nrm b).
Proof. by have := outer_opnorm b (1 : 'cV[R]_1); rewrite nrm_one mulr1 trmx1 mulmx1. Qed.

Theorem bias_natural : is_natural b (rms b).
Proof. by exists (nrm b); [exact: bias_opnorm|rewrite /rms sqrt_ratio sqrtr1 mul1r mulrC]. Qed.

Theorem bias_apply : b *m (1 : 'cV[R]_1) = b.
Proof. exact: mulmx1. Qed.

(* control *)
Theorem bias_inside_multiplier (a : R) p (w : 'M[R]_(n, p)) (h : 'cV_p) :
  (a *: (w *m h + b) = a *: w *m h + b) <-> (a = 1 \/ b = 0).
Proof.
rewrite scalerDr -scalemxAl; split=> [/addrI/eqP|[->|->]]; last 2 first.
- by rewrite !scale1r.
- by rewrite scaler0.
rewrite -subr_eq0 -[X in _ - X]scale1r -scalerBl scaler_eq0 subr_eq0.
by case/orP => /eqP ->; [left|right].
Qed.
End Bias.
