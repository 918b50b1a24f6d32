(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claims spectral.condition.unique and spectral.tp4.exponent: the exponents in the width n, by arithmetic.

   A parameter with p, q in {0, 1} the exponents of its fan-in and fan-out starts with entries n^s and has the rate n^c.
   [weight_exponent] is the exponent of the natural norm of the matrix, [gradient_update_exponent] that of its first
   update by SGD (s_out the s of the output matrix), [entrywise_update_exponent] and [spectral_update_exponent] those of
   updates with entries, or with a spectral norm, of size one. That these formulas are the exponents of a network is the
   claim's analysis and not proved here; what they determine is: [start_unique], [backward_exponent],
   [gradient_rate_unique], [entrywise_rate_unique], [spectral_rate_unique]; the control [other_rate] (any other rate is
   off by the difference).

   [feature_exponent] is r of Tensor Programs IV for the parametrization W^l = n^(-a_l) w^l, w^l of scale n^(-b_l), rate
   n^(-c), with L hidden layers: [feature_exponent_shift] and [stable_shift] (nothing changes under a + t, b - t, c - 2
   t), the rows [feature_exponent_sp], [feature_exponent_sp_lr], [feature_exponent_ntp], [feature_exponent_mup] and
   [feature_exponent_mean_field], [sp_unstable], [feature_exponent_updates] (r is minus the largest update exponent of a
   hidden layer whenever a + b <= 2 a + c at the output), and the control [feature_exponent_half_shift] (a shift with c
   - t). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Inductive parameter := input_weight | hidden_weight | output_weight | hidden_bias | output_bias.

Section Exponents.
Variable R : rcfType.
Implicit Types (role : parameter) (s c s_out t : R).

Definition fan_in_exponent role : R := match role with hidden_weight | output_weight => 1 | _ => 0 end.
Definition fan_out_exponent role : R := match role with output_weight | output_bias => 0 | _ => 1 end.

Definition weight_exponent role s : R :=
  let p := fan_in_exponent role in let q := fan_out_exponent role in s + Num.max p q / 2%:R + (p - q) / 2%:R.
(* of the gradient in the layer's output *)
Definition delta_exponent role s_out : R := match role with output_weight | output_bias => 0 | _ => s_out + 2%:R^-1 end.
Definition gradient_update_exponent role s_out c : R :=
  let p := fan_in_exponent role in let q := fan_out_exponent role in
  c + delta_exponent role s_out + p / 2%:R + (p - q) / 2%:R.
Definition entrywise_update_exponent role c : R :=
  let p := fan_in_exponent role in let q := fan_out_exponent role in c + (p + q) / 2%:R + (p - q) / 2%:R.
Definition spectral_update_exponent role c : R :=
  let p := fan_in_exponent role in let q := fan_out_exponent role in c + (p - q) / 2%:R.

Lemma eq0_sub (x y z : R) : x = y - z -> (x = 0 <-> y = z).
Proof. by move->; split=> [/eqP|->]; rewrite ?subr_eq0 ?subrr // => /eqP. Qed.

Theorem start_unique role s : weight_exponent role s = 0 <->
  s = match role with hidden_weight => - 2%:R^-1 | output_weight => - 1 | _ => 0 end.
Proof.
apply: eq0_sub; rewrite /weight_exponent.
by case: role => /=; rewrite ?maxxx ?(max_r ler01) ?(max_l ler01); field.
Qed.

Theorem backward_exponent role : delta_exponent role (- 1) = - (fan_out_exponent role / 2%:R).
Proof. by case: role => /=; field. Qed.

Theorem gradient_rate_unique role c : gradient_update_exponent role (- 1) c = 0 <->
  c = fan_out_exponent role - fan_in_exponent role.
Proof.
by apply: eq0_sub; rewrite /gradient_update_exponent backward_exponent /=; field.
Qed.

Theorem entrywise_rate_unique role c : entrywise_update_exponent role c = 0 <-> c = - fan_in_exponent role.
Proof.
by apply: eq0_sub; rewrite /entrywise_update_exponent /=; field.
Qed.

Theorem spectral_rate_unique role c : spectral_update_exponent role c = 0 <->
  c = (fan_out_exponent role - fan_in_exponent role) / 2%:R.
Proof.
by apply: eq0_sub; rewrite /spectral_update_exponent /=; field.
Qed.

(* control: a rate n^t times the right one *)
Theorem other_rate role t : gradient_update_exponent role (- 1) (fan_out_exponent role - fan_in_exponent role + t) = t.
Proof. by rewrite /gradient_update_exponent backward_exponent /=; field. Qed.

(* Tensor Programs IV. Layers are counted from 1; L + 1 is the output. *)
Definition feature_exponent (L : nat) (a b : nat -> R) c : R :=
  Num.min (a L.+1 + b L.+1) (2%:R * a L.+1 + c) + c - 1
    + \big[Num.min/2%:R * a 1%N + 1]_(2 <= l < L.+1) (2%:R * a l).

Definition stable (L : nat) (a b : nat -> R) c :=
  [/\ a 1%N + b 1%N = 0, forall l, (2 <= l <= L)%N -> a l + b l = 2%:R^-1, 2%:R^-1 <= a L.+1 + b L.+1
    & [/\ 0 <= feature_exponent L a b c, 1 <= 2%:R * a L.+1 + c
        & 1 <= a L.+1 + b L.+1 + feature_exponent L a b c]].

Lemma big_min_shift (I : Type) (r : seq I) (x t : R) (F : I -> R) :
  \big[Num.min/x + t]_(i <- r) (F i + t) = \big[Num.min/x]_(i <- r) F i + t.
Proof. by apply/esym/(big_morph (fun y => y + t)) => // y z; rewrite addr_minl. Qed.

Theorem feature_exponent_shift L a b c t :
  feature_exponent L (fun l => a l + t) (fun l => b l - t) (c - 2%:R * t) = feature_exponent L a b c.
Proof.
rewrite /feature_exponent.
have -> : a L.+1 + t + (b L.+1 - t) = a L.+1 + b L.+1 by ring.
have -> : 2%:R * (a L.+1 + t) + (c - 2%:R * t) = 2%:R * a L.+1 + c by ring.
have -> : 2%:R * (a 1%N + t) + 1 = 2%:R * a 1%N + 1 + 2%:R * t by ring.
under [X in _ + X = _]eq_bigr => l _ do rewrite mulrDr.
have E (x y : R) : x + (c - 2%:R * t) - 1 + (y + 2%:R * t) = x + c - 1 + y by ring.
by rewrite big_min_shift; exact: E.
Qed.

Theorem stable_shift L a b c t :
  stable L (fun l => a l + t) (fun l => b l - t) (c - 2%:R * t) <-> stable L a b c.
Proof.
have E l : a l + t + (b l - t) = a l + b l by ring.
have E2 : 2%:R * (a L.+1 + t) + (c - 2%:R * t) = 2%:R * a L.+1 + c by ring.
rewrite /stable feature_exponent_shift !E E2.
by split=> -[h1 h2 h3 h4]; split=> // l hl; have := h2 l hl; rewrite E.
Qed.

Lemma big_min_const (I : Type) (i : I) (r : seq I) (x y : R) : \big[Num.min/x]_(j <- i :: r) y = Num.min y x.
Proof. by elim: r i => [|k r IH] i; rewrite big_cons ?big_nil // IH minA minxx. Qed.
Lemma min_hidden L (x y : R) : \big[Num.min/x]_(2 <= l < L.+3) y = Num.min y x.
Proof. exact: big_min_const. Qed.

(* The rows; all but mean field for every depth, the standard parametrization from two hidden layers on. *)
Definition sp_a (l : nat) : R := 0.
Definition sp_b (l : nat) : R := if l == 1%N then 0 else 2%:R^-1.
Definition ntp_a (l : nat) : R := if l == 1%N then 0 else 2%:R^-1.
Definition ntp_b (l : nat) : R := 0.
Definition mup_a (L l : nat) : R := if l == 1%N then - 2%:R^-1 else if l == L.+1 then 2%:R^-1 else 0.
Definition mup_b (l : nat) : R := 2%:R^-1.
Definition mean_field_a (l : nat) : R := if l == 1%N then 0 else 1.
Definition mean_field_b (l : nat) : R := 0.

Theorem feature_exponent_sp L : feature_exponent L.+2 sp_a sp_b 0 = - 1.
Proof.
rewrite /feature_exponent /sp_a /sp_b min_hidden /= !mulr0 !add0r (min_l ler01) min_r ?invr_ge0 ?ler0n //.
by ring.
Qed.

Theorem sp_unstable L : ~ stable L.+2 sp_a sp_b 0.
Proof. by case=> _ _ _ [_]; rewrite /sp_a mulr0 addr0 ler10. Qed.

Theorem feature_exponent_sp_lr L : feature_exponent L.+2 sp_a sp_b 1 = 2%:R^-1.
Proof.
rewrite /feature_exponent /sp_a /sp_b min_hidden /= !mulr0 !add0r (min_l ler01) min_l ?invf_le1 ?ler1n ?ltr0n //.
by ring.
Qed.

Lemma half_le1 : 2%:R^-1 <= 1 :> R.
Proof. by rewrite invf_le1 ?ltr0n // ler1n. Qed.

Theorem feature_exponent_ntp L : feature_exponent L.+1 ntp_a ntp_b 0 = 2%:R^-1.
Proof.
have two : 2%:R * 2%:R^-1 = 1 :> R by field.
rewrite /feature_exponent /ntp_a /ntp_b /= !addr0 two mulr0 add0r (min_l half_le1).
have -> : \big[Num.min/1]_(2 <= l < L.+2) (2%:R * (if l == 1%N then 0 else 2%:R^-1)) = 1 :> R.
  rewrite (eq_big_nat _ _ (F2 := fun=> 1)) => [|[|[|l]] //= _]; rewrite ?two //.
  by case: L => [|L]; rewrite ?min_hidden ?minxx ?big_geq.
by ring.
Qed.

Theorem feature_exponent_mup L : feature_exponent L.+1 (mup_a L.+1) mup_b 0 = 0.
Proof.
have two : 2%:R * 2%:R^-1 = 1 :> R by field.
rewrite /feature_exponent /mup_a /mup_b /= eqxx mulrN two addr0 addNr.
have -> : 2%:R^-1 + 2%:R^-1 = 1 :> R by field.
rewrite addr0 minxx subrr add0r.
rewrite (eq_big_nat _ _ (F2 := fun=> 0)) => [|[|[|l]] //= hl]; last by rewrite (ltn_eqF hl) mulr0.
by case: L => [|L]; rewrite ?min_hidden ?minxx ?big_geq.
Qed.

Theorem feature_exponent_mean_field : feature_exponent 1 mean_field_a mean_field_b (- 1) = 0.
Proof.
rewrite /feature_exponent /mean_field_a /mean_field_b big_geq //= addr0 mulr0 mulr1.
have -> : 2%:R - 1 = 1 :> R by ring.
by rewrite minxx; ring.
Qed.

(* The effective scale of layer l is n^(- a_l - b_l), its rate n^(- c - 2 a_l). *)
Theorem feature_exponent_updates L a b c : a L.+1 + b L.+1 <= 2%:R * a L.+1 + c ->
  feature_exponent L a b c =
    - \big[Num.max/gradient_update_exponent input_weight (- (a L.+1 + b L.+1)) (- c - 2%:R * a 1%N)]_(2 <= l < L.+1)
        gradient_update_exponent hidden_weight (- (a L.+1 + b L.+1)) (- c - 2%:R * a l).
Proof.
move=> h; rewrite /feature_exponent min_l //.
rewrite (big_morph _ (@oppr_max _) (erefl _)) addrC.
have F x y : 2%:R * y + (x + c - 1) = - gradient_update_exponent hidden_weight (- x) (- c - 2%:R * y).
  by rewrite /gradient_update_exponent /=; field.
have G x y : 2%:R * y + 1 + (x + c - 1) = - gradient_update_exponent input_weight (- x) (- c - 2%:R * y).
  by rewrite /gradient_update_exponent /=; field.
by rewrite -G -big_min_shift; apply: eq_bigr => l _; rewrite F.
Qed.

(* control: shifting c by t instead of 2 t *)
Theorem feature_exponent_half_shift L :
  feature_exponent L.+1 (fun l => ntp_a l + 1) (fun l => ntp_b l - 1) (0 - 1) = 2%:R^-1 + 1.
Proof.
have -> : feature_exponent L.+1 (fun l => ntp_a l + 1) (fun l => ntp_b l - 1) (0 - 1)
  = feature_exponent L.+1 (fun l => ntp_a l + 1) (fun l => ntp_b l - 1) (0 - 2%:R * 1) + 1.
  rewrite /feature_exponent /ntp_a /ntp_b /= !min_l; first by ring.
    by rewrite -subr_ge0; match goal with |- is_true (0 <= ?x) => have -> : x = 2%:R^-1 by field end;
      rewrite invr_ge0 ler0n.
  by rewrite -subr_ge0; match goal with |- is_true (0 <= ?x) => have -> : x = 3%:R / 2%:R by field end;
    rewrite divr_ge0 ?ler0n.
by rewrite feature_exponent_shift feature_exponent_ntp.
Qed.
End Exponents.
