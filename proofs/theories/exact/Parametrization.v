(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claims spectral.init.sigma and spectral.equals-mup: the scale and the rate of the spectral parametrization.

   a is the fan-in, b the fan-out, both positive numbers. [sigma_spectral a b] = min(1, sqrt(b/a)) / sqrt a is the rule,
   [sigma_normalised a b] = sqrt(b/a) / (sqrt a + sqrt b) the scale at which sigma (sqrt a + sqrt b) is sqrt(b/a).

   spectral.init.sigma: [half_min_bounds] (of sqrt r / (1 + sqrt r)), [sigma_normalised_ratio],
   [sigma_normalised_exact], [sigma_bounds] (the two scales differ by a factor in [1/2, 1]), [sigma_closed_form]
   (sqrt(min(a,b)) / a), [sigma_square] (1 / sqrt a for b = a) and the control [sigma_not_inverse] (1 / a is wrong for
   every a <> 1).

   spectral.equals-mup: for a finite input d and output k and a width n, [mup_sigma] (the rule at each role),
   [mup_sigma_ratio], [mup_rate_ratio] and [mup_adam_ratio] (the ratios to Table 3 of Tensor Programs V do not depend on
   the width), and the control [kaiming_ratio] (with 1 / sqrt fan-in at the output the ratio is a different one at every
   width). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Inductive role := input_layer | hidden_layer | output_layer.

Section Scale.
Variable R : rcfType.
Implicit Types (a b r d n k : R).

Definition sigma_spectral a b : R := Num.min 1 (Num.sqrt (b / a)) / Num.sqrt a.
Definition sigma_normalised a b : R := Num.sqrt (b / a) / (Num.sqrt a + Num.sqrt b).
Definition rate_spectral a b : R := b / a.
Definition adam_rate_spectral a : R := a^-1.

Theorem half_min_bounds r : 0 < r ->
  2%:R^-1 * Num.min 1 (Num.sqrt r) <= Num.sqrt r / (1 + Num.sqrt r) <= Num.min 1 (Num.sqrt r).
Proof.
rewrite -sqrtr_gt0; move: (Num.sqrt r) => s s0.
have p : 0 < 1 + s by rewrite addr_gt0 ?ltr01.
rewrite ler_pdivl_mulr // ler_pdivr_mulr //.
case: (leP 1 s) => s1.
  rewrite mulr1 mul1r ler_paddl ?ler01 // andbT mulrC ler_pdivr_mulr ?ltr0n // mulr_natr mulr2n.
  by rewrite ler_add2r.
have sL : s <= 1 := ltW s1.
apply/andP; split; last by rewrite mulrDr mulr1 ler_addl mulr_ge0 // ltW.
rewrite -mulrA mulrC ler_pdivr_mulr ?ltr0n // ler_wpmul2l ?(ltW s0) //.
by rewrite mulr2n ler_add2l.
Qed.

Lemma sqrt_aspect a b : 0 < a -> 0 < b -> Num.sqrt (b / a) = Num.sqrt b / Num.sqrt a.
Proof. by move=> a0 b0; rewrite sqrtrM ?sqrtrV // ltW. Qed.

Lemma sqrtr_div a : 0 < a -> Num.sqrt a / a = (Num.sqrt a)^-1.
Proof.
move=> a0; have s0 : Num.sqrt a != 0 by rewrite gt_eqF // sqrtr_gt0.
by rewrite -{2}(sqr_sqrtr (ltW a0)) expr2 invfM mulrA divff // mul1r.
Qed.

Theorem sigma_normalised_ratio a b : 0 < a -> 0 < b ->
  sigma_normalised a b = (Num.sqrt a)^-1 * (Num.sqrt (b / a) / (1 + Num.sqrt (b / a))).
Proof.
move=> a0 b0; rewrite /sigma_normalised sqrt_aspect //.
have : 0 < Num.sqrt b by rewrite sqrtr_gt0.
have : 0 < Num.sqrt a by rewrite sqrtr_gt0.
move: (Num.sqrt a) (Num.sqrt b) => s t s0 t0.
by field; rewrite !gt_eqF ?addr_gt0.
Qed.

Theorem sigma_normalised_exact a b : 0 < a -> 0 < b ->
  sigma_normalised a b * (Num.sqrt a + Num.sqrt b) = Num.sqrt (b / a).
Proof. by move=> a0 b0; rewrite divfK // gt_eqF // addr_gt0 // sqrtr_gt0. Qed.

Theorem sigma_bounds a b : 0 < a -> 0 < b ->
  2%:R^-1 * sigma_spectral a b <= sigma_normalised a b <= sigma_spectral a b.
Proof.
move=> a0 b0; rewrite sigma_normalised_ratio // /sigma_spectral mulrA !(mulrC _ (Num.sqrt a)^-1).
have s0 : 0 < (Num.sqrt a)^-1 by rewrite invr_gt0 sqrtr_gt0.
by rewrite !ler_pmul2l //; apply: half_min_bounds; rewrite divr_gt0.
Qed.

Theorem sigma_closed_form a b : 0 < a -> 0 < b -> sigma_spectral a b = Num.sqrt (Num.min a b) / a.
Proof.
move=> a0 b0; rewrite /sigma_spectral sqrt_aspect //.
have sa : 0 < Num.sqrt a by rewrite sqrtr_gt0.
rewrite -{4}(sqr_sqrtr (ltW a0)).
have -> : Num.sqrt (Num.min a b) = Num.min (Num.sqrt a) (Num.sqrt b).
  case: (leP a b) => h; first by rewrite min_l // ler_sqrt.
  by rewrite min_r // ler_sqrt // ltW.
case: (leP (Num.sqrt a) (Num.sqrt b)) => h.
  rewrite min_l; last by rewrite ler_pdivl_mulr // mul1r.
  by field; rewrite gt_eqF.
rewrite min_r; last by rewrite ler_pdivr_mulr // mul1r ltW.
by field; rewrite gt_eqF.
Qed.

Theorem sigma_square a : 0 < a -> sigma_spectral a a = (Num.sqrt a)^-1.
Proof. by move=> a0; rewrite /sigma_spectral divff ?gt_eqF // sqrtr1 minxx mul1r. Qed.

(* control: sigma = 1 / fan-in for square layers *)
Theorem sigma_not_inverse a : 0 < a -> (sigma_spectral a a = a^-1 <-> a = 1).
Proof.
move=> a0; rewrite sigma_square //; split=> [/invr_inj h|->]; last by rewrite sqrtr1.
have := sqr_sqrtr (ltW a0); rewrite h expr2 => /(congr1 (fun x => x / a)).
by rewrite mulfK ?divff // gt_eqF.
Qed.

(* The shape of a layer by its role, and Table 3: variance 1/d, 1/n, 1/n^2, rates n, 1, 1/n, for Adam 1, 1/n, 1/n. *)
Definition fan_in role d n : R := if role is input_layer then d else n.
Definition fan_out role n k : R := if role is output_layer then k else n.
Definition table3_sigma role a : R := if role is output_layer then a^-1 else (Num.sqrt a)^-1.
Definition table3_rate role a b : R :=
  match role with input_layer => b | hidden_layer => 1 | output_layer => a^-1 end.
Definition table3_adam_rate role a : R := if role is input_layer then 1 else a^-1.

Theorem mup_sigma role d n k : 0 < d -> d <= n -> 0 < k -> k <= n ->
  sigma_spectral (fan_in role d n) (fan_out role n k) =
    match role with input_layer => (Num.sqrt d)^-1 | hidden_layer => (Num.sqrt n)^-1 | output_layer =>
      Num.sqrt k / n end.
Proof.
move=> d0 dn k0 kn; have n0 := lt_le_trans d0 dn.
case: role => /=; [|exact: sigma_square|by rewrite sigma_closed_form // min_r].
by rewrite sigma_closed_form // min_l // sqrtr_div.
Qed.

Theorem mup_sigma_ratio role d n k : 0 < d -> d <= n -> 0 < k -> k <= n ->
  sigma_spectral (fan_in role d n) (fan_out role n k) / table3_sigma role (fan_in role d n)
    = if role is output_layer then Num.sqrt k else 1.
Proof.
move=> d0 dn k0 kn; have n0 := lt_le_trans d0 dn; rewrite mup_sigma //.
case: role => /=; rewrite ?divff ?invr_eq0 ?gt_eqF ?sqrtr_gt0 //.
by rewrite invrK divfK // gt_eqF.
Qed.

Theorem mup_rate_ratio role d n k : 0 < d -> 0 < n -> 0 < k ->
  rate_spectral (fan_in role d n) (fan_out role n k) / table3_rate role (fan_in role d n) (fan_out role n k)
    = match role with input_layer => d^-1 | hidden_layer => 1 | output_layer => k end.
Proof.
move=> d0 n0 k0; rewrite /rate_spectral.
by case: role => /=; field; rewrite !gt_eqF.
Qed.

Theorem mup_adam_ratio role d n : 0 < d -> 0 < n ->
  adam_rate_spectral (fan_in role d n) / table3_adam_rate role (fan_in role d n)
    = if role is input_layer then d^-1 else 1.
Proof.
move=> d0 n0; rewrite /adam_rate_spectral.
by case: role => /=; field; rewrite ?gt_eqF.
Qed.

(* control: 1 / sqrt fan-in at the output *)
Theorem kaiming_ratio n n' : 0 < n -> 0 < n' ->
  ((Num.sqrt n)^-1 / table3_sigma output_layer n = (Num.sqrt n')^-1 / table3_sigma output_layer n' <-> n = n').
Proof.
have E x : 0 < x -> (Num.sqrt x)^-1 / table3_sigma output_layer x = Num.sqrt x.
  by move=> x0; rewrite /= invrK -sqrtr_div // divfK // gt_eqF.
move=> n0 n0'; rewrite !E //; split=> [h|-> //].
by rewrite -(sqr_sqrtr (ltW n0)) h sqr_sqrtr // ltW.
Qed.
End Scale.
