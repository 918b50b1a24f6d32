(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma L0: the constants gamma_k = k u / (1 - k u).

   [gamma_simple]: gamma_k <= (k + 1) u while k (k + 1) u <= 1, the test of widthwise_rounding::gamma_upper.
   [product_gamma]: a product of k factors (1 + d) or 1 / (1 + d) with |d| <= u is 1 + t with |t| <= gamma_k.
   [gamma_bound] is the case of k equal factors 1 + u. *)

From Coq Require Import Reals List Lra Psatz.
From Flocq Require Import Core.
Import ListNotations.
Open Scope R_scope.

Lemma bernoulli_minus u n : 0 <= u <= 1 -> 1 - INR n * u <= (1 - u) ^ n.
Proof.
intros Hu; induction n as [|n IH]; [simpl; lra|].
rewrite S_INR; simpl. pose proof (pos_INR n).
assert (0 <= INR n * u * u) by (repeat apply Rmult_le_pos; lra).
apply Rle_trans with ((1-u) * (1 - INR n * u)); [nra|]. apply Rmult_le_compat_l; lra.
Qed.
Theorem gamma_bound u n : 0 <= u -> INR n * u < 1 ->
  (1 + u) ^ n - 1 <= INR n * u / (1 - INR n * u).
Proof.
intros Hu Hn. pose proof (pos_INR n) as HN.
assert (H : (1 + u) ^ n * (1 - INR n * u) <= 1).
{ clear HN. induction n as [|n IH]; [simpl; lra|].
  rewrite S_INR in *. pose proof (pos_INR n). simpl.
  assert (Hn' : INR n * u < 1) by nra. specialize (IH Hn').
  assert (0 < (1+u)^n) by (apply pow_lt; lra).
  assert (0 <= INR n * u * u) by (repeat apply Rmult_le_pos; lra).
  apply Rle_trans with ((1+u)^n * (1 - INR n * u)); [|lra].
  rewrite (Rmult_comm (1+u)), Rmult_assoc. apply Rmult_le_compat_l; [lra|]. nra. }
apply Rmult_le_reg_r with (1 - INR n * u); [lra|].
unfold Rdiv. rewrite (Rmult_assoc (INR n * u)), Rinv_l by lra. lra.
Qed.

Lemma pow01 a n : 0 <= a <= 1 -> 0 <= a ^ n <= 1.
Proof. intros Ha; induction n; simpl; [lra|nra]. Qed.

Theorem gamma_simple u k : 0 <= u -> INR k * INR (k + 1) * u <= 1 -> INR k * u < 1 ->
  INR k * u / (1 - INR k * u) <= INR (k + 1) * u.
Proof.
intros Hu H H1. pose proof (pos_INR k) as Hk. rewrite plus_INR in *. simpl (INR 1) in *.
apply Rmult_le_reg_r with (1 - INR k * u); [lra|].
unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
assert (INR k * (INR k + 1) * u * u <= 1 * u) by (apply Rmult_le_compat_r; auto). nra.
Qed.

(* a rounding factor, in the numerator (true) or the denominator *)
Definition factor (p : bool * R) : R := if fst p then 1 + snd p else / (1 + snd p).
Definition product (l : list (bool * R)) : R := fold_right (fun p y => factor p * y) 1 l.

Lemma factor_bounds u p : 0 <= u < 1 -> Rabs (snd p) <= u -> 1 - u <= factor p <= / (1 - u).
Proof.
intros Hu H. apply Rabs_le_inv in H. destruct p as [[|] d]; unfold factor; cbn [fst snd] in *.
- split; [lra|]. apply Rmult_le_reg_r with (1 - u); [lra|]. rewrite Rinv_l by lra. nra.
- split; [|apply Rinv_le; lra]. apply Rmult_le_reg_r with (1 + d); [lra|]. rewrite Rinv_l by lra. nra.
Qed.
Lemma product_bounds u l : 0 <= u < 1 -> Forall (fun p => Rabs (snd p) <= u) l ->
  (1 - u) ^ length l <= product l /\ product l * (1 - u) ^ length l <= 1.
Proof.
intros Hu H. induction H as [|p l Hp _ IH]; [simpl; lra|]. destruct IH as (I1 & I2).
pose proof (factor_bounds u p Hu Hp) as F. cbn [product fold_right length pow]. fold (product l).
assert (0 < (1 - u) ^ length l) by (apply pow_lt; lra).
split.
- apply Rmult_le_compat; lra.
- replace (factor p * product l * ((1 - u) * (1 - u) ^ length l))
    with ((factor p * (1 - u)) * (product l * (1 - u) ^ length l)) by ring.
  assert (factor p * (1 - u) <= 1).
  { apply Rle_trans with (/ (1 - u) * (1 - u)); [apply Rmult_le_compat_r; lra|]. rewrite Rinv_l by lra. lra. }
  assert (0 <= factor p * (1 - u)) by (apply Rmult_le_pos; lra).
  assert (0 <= product l * (1 - u) ^ length l) by (apply Rmult_le_pos; lra).
  nra.
Qed.
Theorem product_gamma u l : 0 <= u < 1 -> Forall (fun p => Rabs (snd p) <= u) l ->
  let k := INR (length l) in k * u < 1 -> Rabs (product l - 1) <= k * u / (1 - k * u).
Proof.
intros Hu H k Hk. destruct (product_bounds u l Hu H) as (B1 & B2).
pose proof (bernoulli_minus u (length l) ltac:(lra)) as B. fold k in B.
pose proof (pos_INR (length l)) as K. fold k in K.
assert (E : k * u / (1 - k * u) * (1 - k * u) = k * u) by (field; lra).
set (g := k * u / (1 - k * u)) in *. assert (0 <= k * u) by (apply Rmult_le_pos; lra).
assert (G : 0 <= g) by (apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]).
apply Rabs_le. split.
- assert (k * u <= g) by nra. lra.
- assert (P0 : 0 <= product l) by (apply Rle_trans with ((1 - u) ^ length l); [apply pow_le; lra|lra]).
  apply Rmult_le_reg_r with (1 - k * u); [lra|].
  assert (product l * (1 - k * u) <= product l * (1 - u) ^ length l) by (apply Rmult_le_compat_l; lra). lra.
Qed.
