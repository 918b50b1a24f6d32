(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Directed bounds: one step outward from a result rounded to nearest, as in widthwise_rounding::directed.

   [nearest f x]: the IEEE-754 number f is x rounded to nearest, infinite on overflow. [Bplus_nearest],
   [Bminus_nearest], [Bmult_nearest], [Bdiv_nearest], [Bsqrt_nearest]: so is the result of each operation on finite
   numbers. [next_up_bound], [next_down_bound]: the next number above f is at least x and the one below at most x,
   underflow and overflow included, where plus infinity is above every real ([above], [below]; NaN is neither). *)

From Coq Require Import Reals ZArith Lra Lia Bool.
From Flocq Require Import Core BinarySingleNaN.
From Widthwise.float Require Import Kernels RModel Ieee.
Open Scope R_scope.

Section Directed.
Variables (prec emax : Z).
Context (Hprec : Prec_gt_0 prec) (Hmax : Prec_lt_emax prec emax).
Notation float := (binary_float prec emax).
Notation emin := (SpecFloat.emin prec emax).
Notation rnd := (rnd prec emin).
Notation top := (bpow radix2 emax).

Definition nearest (f : float) (x : R) : Prop :=
  match f with
  | B754_nan => False
  | B754_infinity false => top <= rnd x
  | B754_infinity true => rnd x <= - top
  | _ => B2R f = rnd x
  end.
Definition above (f : float) (x : R) : Prop :=
  match f with B754_nan => False | B754_infinity s => s = false | _ => x <= B2R f end.
Definition below (f : float) (x : R) : Prop :=
  match f with B754_nan => False | B754_infinity s => s = true | _ => B2R f <= x end.

Lemma nearest_finite f x : is_finite f = true -> B2R f = rnd x -> nearest f x.
Proof. destruct f as [| [|] | |]; simpl; auto; discriminate. Qed.
Lemma sign_le0 (f : float) : Bsign f = true -> B2R f <= 0.
Proof. destruct f as [| | |[|] m e H]; simpl; try discriminate; try lra. intros _. now apply F2R_le_0. Qed.
Lemma sign_ge0 (f : float) : Bsign f = false -> 0 <= B2R f.
Proof. destruct f as [| | |[|] m e H]; simpl; try discriminate; try lra. intros _. now apply F2R_ge_0. Qed.
Lemma rnd_le0 x : x <= 0 -> rnd x <= 0.
Proof.
intros H. unfold RModel.rnd. rewrite <- (round_0 radix2 (FLT_exp emin prec) ZnearestE).
apply round_le; auto with typeclass_instances.
Qed.
Lemma rnd_0le x : 0 <= x -> 0 <= rnd x.
Proof.
intros H. unfold RModel.rnd. rewrite <- (round_0 radix2 (FLT_exp emin prec) ZnearestE).
apply round_le; auto with typeclass_instances.
Qed.

(* an overflow to the infinity of the sign of x *)
Lemma nearest_overflow f x s : B2SF f = binary_overflow prec emax mode_NE s ->
  Rlt_bool (Rabs (rnd x)) top = false -> (s = true -> x <= 0) -> (s = false -> 0 <= x) -> nearest f x.
Proof.
intros Hf Hb Hn Hp.
assert (Ho : top <= Rabs (rnd x)) by (destruct (Rlt_bool_spec (Rabs (rnd x)) top); [discriminate|auto]).
assert (E : f = B754_infinity s).
{ destruct f; simpl in Hf; unfold binary_overflow in Hf; simpl in Hf; try discriminate. now injection Hf as ->. }
subst f. destruct s; simpl.
- pose proof (rnd_le0 x (Hn eq_refl)) as H. rewrite Rabs_left1 in Ho; lra.
- pose proof (rnd_0le x (Hp eq_refl)) as H. rewrite Rabs_pos_eq in Ho; lra.
Qed.

Theorem Bplus_nearest (a b : float) : is_finite a = true -> is_finite b = true ->
  nearest (Bplus mode_NE a b) (B2R a + B2R b).
Proof.
intros Fa Fb. pose proof (Bplus_correct prec emax Hprec Hmax mode_NE a b Fa Fb) as H.
destruct (Rlt_bool _ _) eqn:E.
- destruct H as (H1 & H2 & _). now apply nearest_finite.
- destruct H as (H & Hs). apply (nearest_overflow _ _ _ H E); intros S; rewrite S in Hs; symmetry in Hs.
  + pose proof (sign_le0 _ S). pose proof (sign_le0 _ Hs). lra.
  + pose proof (sign_ge0 _ S). pose proof (sign_ge0 _ Hs). lra.
Qed.
Theorem Bminus_nearest (a b : float) : is_finite a = true -> is_finite b = true ->
  nearest (Bminus mode_NE a b) (B2R a - B2R b).
Proof.
intros Fa Fb. pose proof (Bminus_correct prec emax Hprec Hmax mode_NE a b Fa Fb) as H.
destruct (Rlt_bool _ _) eqn:E.
- destruct H as (H1 & H2 & _). now apply nearest_finite.
- destruct H as (H & Hs). apply (nearest_overflow _ _ _ H E); intros S; rewrite S in Hs; symmetry in Hs.
  + apply negb_true_iff in Hs. pose proof (sign_le0 _ S). pose proof (sign_ge0 _ Hs). lra.
  + apply negb_false_iff in Hs. pose proof (sign_ge0 _ S). pose proof (sign_le0 _ Hs). lra.
Qed.
Lemma xorb_mult (a b : float) (x y : R) :
  (Bsign a = true -> x <= 0) -> (Bsign a = false -> 0 <= x) ->
  (Bsign b = true -> y <= 0) -> (Bsign b = false -> 0 <= y) ->
  (xorb (Bsign a) (Bsign b) = true -> x * y <= 0) /\ (xorb (Bsign a) (Bsign b) = false -> 0 <= x * y).
Proof.
destruct (Bsign a), (Bsign b); simpl; intros A1 A2 B1 B2; split; try discriminate; intros _;
  try specialize (A1 eq_refl); try specialize (A2 eq_refl);
  try specialize (B1 eq_refl); try specialize (B2 eq_refl); nra.
Qed.
Theorem Bmult_nearest (a b : float) : is_finite a = true -> is_finite b = true ->
  nearest (Bmult mode_NE a b) (B2R a * B2R b).
Proof.
intros Fa Fb. pose proof (Bmult_correct prec emax Hprec Hmax mode_NE a b) as H.
destruct (Rlt_bool _ _) eqn:E.
- destruct H as (H1 & H2 & _). rewrite Fa, Fb in H2. now apply nearest_finite.
- destruct (xorb_mult a b _ _ (sign_le0 a) (sign_ge0 a) (sign_le0 b) (sign_ge0 b)).
  now apply (nearest_overflow _ _ _ H E).
Qed.
Theorem Bdiv_nearest (a b : float) : is_finite a = true -> is_finite b = true -> B2R b <> 0 ->
  nearest (Bdiv mode_NE a b) (B2R a / B2R b).
Proof.
intros Fa Fb Hb. pose proof (Bdiv_correct prec emax Hprec Hmax mode_NE a b Hb) as H.
destruct (Rlt_bool _ _) eqn:E.
- destruct H as (H1 & H2 & _). rewrite Fa in H2. now apply nearest_finite.
- assert (N : Bsign b = true -> / B2R b <= 0).
  { intros S. pose proof (sign_le0 _ S). left. apply Rinv_lt_0_compat. lra. }
  assert (P : Bsign b = false -> 0 <= / B2R b).
  { intros S. pose proof (sign_ge0 _ S). left. apply Rinv_0_lt_compat. lra. }
  destruct (xorb_mult a b _ _ (sign_le0 a) (sign_ge0 a) N P).
  now apply (nearest_overflow _ _ _ H E).
Qed.
Theorem Bsqrt_nearest (a : float) : is_finite a = true -> 0 <= B2R a ->
  nearest (Bsqrt mode_NE a) (sqrt (B2R a)).
Proof.
intros Fa Ha. destruct (Bsqrt_correct prec emax Hprec Hmax mode_NE a) as (H1 & H2 & _).
apply nearest_finite; auto. rewrite H2. destruct a as [s|s| |[|] m e B]; try discriminate; auto.
simpl in Ha. pose proof (F2R_lt_0 radix2 (Float radix2 (Zneg m) e) eq_refl).
simpl in H. unfold F2R in *; simpl in *. lra.
Qed.

Theorem next_up_bound f x : nearest f x -> above (Bsucc f) x.
Proof.
intros N. destruct (is_finite f) eqn:F.
- assert (E : B2R f = rnd x) by (destruct f as [| | |]; simpl in *; auto; discriminate).
  pose proof (Bsucc_correct prec emax Hprec Hmax f F) as H. destruct (Rlt_bool _ _).
  + destruct H as (H1 & H2 & _).
    assert (G : x <= B2R (Bsucc f)) by (rewrite H1, E; apply succ_round_ge_id; auto with typeclass_instances).
    destruct (Bsucc f); simpl in *; auto; discriminate.
  + destruct (Bsucc f); simpl in *; try discriminate. now injection H.
- destruct f as [| [|] | |]; try discriminate; simpl in N; try contradiction; [|reflexivity].
  (* f is minus infinity, and the step goes to the least number *)
  change (Bsucc (B754_infinity true)) with (Bopp (Bmax_float : float)).
  set (g := Bopp Bmax_float : float).
  assert (G : x <= B2R g).
  { apply Rnot_lt_le. intros C.
    assert (B2R g <= rnd x).
    { rewrite <- (rnd_id prec emin (B2R g)) by apply generic_format_B2R.
      apply round_le; [apply FLT_exp_valid, Hprec|apply valid_rnd_N|lra]. }
    pose proof (abs_B2R_lt_emax prec emax g) as A. apply Rabs_lt_inv in A. lra. }
  unfold g in *. destruct (Bmax_float : float) eqn:M; simpl in *; auto; discriminate.
Qed.
Lemma nearest_opp f x : nearest f x -> nearest (Bopp f) (- x).
Proof.
assert (E : rnd (- x) = - rnd x) by apply round_NE_opp.
destruct f as [s|[|]| |s m e B]; unfold nearest; cbn [Bopp B2R negb]; rewrite ?E; try lra; auto.
intros <-. destruct s; simpl; rewrite <- F2R_Zopp; reflexivity.
Qed.
Theorem next_down_bound f x : nearest f x -> below (Bpred f) x.
Proof.
intros N. apply nearest_opp, next_up_bound in N. unfold Bpred.
destruct (Bsucc (Bopp f)) as [s|s| |s m e B]; unfold above, below in *; cbn [Bopp] in *; auto.
- simpl in *. lra.
- now rewrite N.
- rewrite (B2R_Bopp prec emax (B754_finite s m e B) : B2R (B754_finite (negb s) m e B) = _). lra.
Qed.
End Directed.
