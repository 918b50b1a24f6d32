(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma L1: one inflation makes the result of k roundings a bound.

   For y >= 0 whose computed value yh met at most k roundings, (1 - u)^k y <= yh <= y / (1 - u)^k: [inflate_up] and
   [inflate_down] are the two products of widthwise_rounding::inflate_up and inflate_down for small counts,
   [inflate_gamma] is what they do beyond. [up_factor_ok] shows that the factor there, 1 + 2u ceil((k + 2) / 2), is
   large enough; [roundings_of_product] derives the premises from a product of k factors. Left to the caller: no
   overflow, and no underflow unless yh is zero. *)

From Coq Require Import Reals ZArith Lra Lia Psatz.
From Flocq Require Import Core Relative.
From Widthwise.float Require Import Kernels RModel Gamma.
Open Scope R_scope.
Opaque RModel.u RModel.eta.

Section Inflate.
Variables (prec emin : Z).
Context (Hprec : Prec_gt_0 prec).
Notation rnd := (rnd prec emin).
Notation u := (u prec).
Let Hu : 0 <= u := u_ge0 prec.

(* a rounding without underflow only loses a factor *)
Lemma rnd_rel x : bpow radix2 (emin + prec - 1) <= Rabs x -> Rabs (rnd x - x) <= u * Rabs x.
Proof.
intros Hx. destruct (relative_error_N_FLT_ex radix2 emin prec Hprec (fun x => negb (Z.even x)) x Hx) as (e & He & H).
unfold RModel.rnd. rewrite H. replace (x * (1 + e) - x) with (e * x) by ring.
rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|]. Transparent RModel.u. unfold RModel.u. exact He.
Qed.
Opaque RModel.u.

Lemma rnd_0 : rnd 0 = 0.
Proof. apply round_0, valid_rnd_N. Qed.
Lemma zero_of_shrunk k y : u < 1 -> y * (1 - u) ^ k <= 0 -> y <= 0.
Proof.
intros Hu1 H. assert (0 < (1 - u) ^ k) by (apply pow_lt; lra).
apply Rmult_le_reg_r with ((1 - u) ^ k); [auto|]. lra.
Qed.

(* widthwise_rounding::inflate_up and inflate_down, for small counts *)
Theorem inflate_up (k : nat) (y yh C : R) :
  0 <= y -> y * (1 - u) ^ k <= yh ->
  INR (k + 1) * INR (k + 2) * u <= 1 ->
  1 + INR (k + 2) * u <= C ->
  yh = 0 \/ bpow radix2 (emin + prec - 1) <= yh * C ->
  y <= rnd (yh * C).
Proof.
intros Hy Hyh Hk HC Hn.
destruct Hn as [Hn|Hn].
{ subst yh. rewrite Rmult_0_l, rnd_0. apply (zero_of_shrunk k); auto.
  rewrite !plus_INR in Hk. simpl (INR 1) in Hk. simpl (INR 2) in Hk. pose proof (pos_INR k). nra. }
rewrite !plus_INR in *. simpl (INR 1) in *. simpl (INR 2) in *.
pose proof (pos_INR k) as Hk0.
assert (Hu1 : u <= /2) by nra.
assert (Hp : 0 <= yh * C) by (eapply Rle_trans; [apply bpow_ge_0|exact Hn]).
pose proof (rnd_rel (yh * C)) as E. rewrite (Rabs_pos_eq _ Hp) in E. specialize (E Hn).
apply Rabs_le_inv in E.
apply Rle_trans with ((1 - u) * (yh * C)); [|lra].
pose proof (bernoulli_minus _ k (conj Hu (Rle_trans _ _ _ Hu1 (ltac:(lra) : /2 <= 1)))) as HB.
assert (A1 : y * (1 - INR k * u) <= yh).
{ eapply Rle_trans; [|exact Hyh]. apply Rmult_le_compat_l; auto. }
assert (B1 : 1 - (INR k + 1) * u <= (1 - u) * (1 - INR k * u)) by nra.
assert (HC0 : 0 <= C) by nra.
assert (K : 1 <= (1 - u) * (1 - INR k * u) * C).
{ apply Rle_trans with ((1 - (INR k + 1) * u) * (1 + (INR k + 2) * u)).
  - replace ((1 - (INR k + 1) * u) * (1 + (INR k + 2) * u))
      with (1 + u * (1 - (INR k + 1) * (INR k + (1+1)) * u)) by ring.
    assert (0 <= u * (1 - (INR k + 1) * (INR k + (1+1)) * u)) by (apply Rmult_le_pos; lra). lra.
  - apply Rmult_le_compat; try lra; nra. }
assert (L : (1 - u) * C * (y * (1 - INR k * u)) <= (1 - u) * C * yh).
{ apply Rmult_le_compat_l; auto. apply Rmult_le_pos; lra. }
assert (M : y * 1 <= y * ((1 - u) * (1 - INR k * u) * C)) by (apply Rmult_le_compat_l; auto).
lra.
Qed.

Theorem inflate_down (k : nat) (y yh C : R) :
  0 <= y -> yh * (1 - u) ^ k <= y -> 0 <= yh ->
  INR (k + 1) * INR (k + 2) * u <= 1 ->
  0 <= C <= 1 - INR (k + 1) * u ->
  yh = 0 \/ bpow radix2 (emin + prec - 1) <= yh * C ->
  rnd (yh * C) <= y.
Proof.
intros Hy Hyh H0 Hk HC Hn.
destruct Hn as [Hn|Hn]; [subst yh; rewrite Rmult_0_l, rnd_0; exact Hy|].
rewrite !plus_INR in *. simpl (INR 1) in *. simpl (INR 2) in *.
pose proof (pos_INR k) as Hk0.
assert (Hu1 : u <= /2) by nra.
assert (Hp : 0 <= yh * C) by (apply Rmult_le_pos; lra).
pose proof (rnd_rel (yh * C)) as E. rewrite (Rabs_pos_eq _ Hp) in E. specialize (E Hn).
apply Rabs_le_inv in E.
apply Rle_trans with ((1 + u) * (yh * C)); [lra|].
pose proof (bernoulli_minus _ k (conj Hu (Rle_trans _ _ _ Hu1 (ltac:(lra) : /2 <= 1)))) as HB.
assert (A1 : yh * (1 - INR k * u) <= y).
{ eapply Rle_trans; [|exact Hyh]. apply Rmult_le_compat_l; auto. }
assert (K : (1 + u) * C <= 1 - INR k * u).
{ apply Rle_trans with ((1 + u) * (1 - (INR k + 1) * u)); [apply Rmult_le_compat_l; lra|].
  assert (0 <= INR k * u * u) by (repeat apply Rmult_le_pos; lra). nra. }
assert (yh * ((1 + u) * C) <= yh * (1 - INR k * u)) by (apply Rmult_le_compat_l; auto). lra.
Qed.

(* for large counts: the factors 1 + gamma_k and 1 - gamma_k, which the Rust code then rounds outward *)
Theorem inflate_gamma (k : nat) (y yh : R) : let ku := INR k * u in
  0 <= y -> 0 <= yh -> y * (1 - u) ^ k <= yh -> yh * (1 - u) ^ k <= y -> u <= 1 -> ku < 1 ->
  yh * (1 - ku / (1 - ku)) <= y <= yh * (1 + ku / (1 - ku)).
Proof.
intros ku Hy Hyh Hup Hdn Hu1 Hk. pose proof (bernoulli_minus _ k (conj Hu Hu1)) as HB. fold ku in HB.
assert (K0 : 0 <= ku) by (apply Rmult_le_pos; [apply pos_INR|auto]).
assert (E : ku / (1 - ku) * (1 - ku) = ku) by (field; lra). set (g := ku / (1 - ku)) in *.
assert (U : y * (1 - ku) <= yh) by (eapply Rle_trans; [|exact Hup]; apply Rmult_le_compat_l; auto).
assert (D : yh * (1 - ku) <= y) by (eapply Rle_trans; [|exact Hdn]; apply Rmult_le_compat_l; auto).
assert (G : ku <= g) by nra.
split.
- apply Rle_trans with (2 := D). apply Rmult_le_compat_l; lra.
- apply Rmult_le_reg_r with (1 - ku); [lra|].
  replace (yh * (1 + g) * (1 - ku)) with (yh * (1 - ku + g * (1 - ku))) by ring. rewrite E. lra.
Qed.

(* the premises, when yh is y times k factors (1 + d) or 1 / (1 + d) *)
Theorem roundings_of_product (y : R) (l : list (bool * R)) :
  0 <= y -> u < 1 -> List.Forall (fun p => Rabs (snd p) <= u) l ->
  y * (1 - u) ^ length l <= y * product l /\ (y * product l) * (1 - u) ^ length l <= y.
Proof.
intros Hy Hu1 H. destruct (product_bounds u l (conj Hu Hu1) H) as (B1 & B2). split.
- apply Rmult_le_compat_l; auto.
- rewrite Rmult_assoc. rewrite <- (Rmult_1_r y) at 2. apply Rmult_le_compat_l; auto.
Qed.

(* steps = ceil((k + 2) / 2), as in the Rust code *)
Theorem up_factor_ok (k : nat) : 1 + INR (k + 2) * u <= 1 + (u + u) * INR ((k + 2 + 1) / 2).
Proof.
assert (H : (k + 2 <= 2 * ((k + 2 + 1) / 2))%nat).
{ pose proof (Nat.div_mod (k + 2 + 1) 2 ltac:(lia)). pose proof (Nat.mod_upper_bound (k + 2 + 1) 2 ltac:(lia)). lia. }
apply le_INR in H. rewrite mult_INR in H. simpl (INR 2) in H.
assert (INR (k + 2) * u <= (1 + 1) * INR ((k + 2 + 1) / 2) * u) by (apply Rmult_le_compat_r; auto).
lra.
Qed.
End Inflate.
