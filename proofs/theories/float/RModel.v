(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Rounding to nearest as a function on the reals, and the error of one operation and of a sequential dot product.

   [rnd]: the nearest number of the format with [prec] digits and least exponent [emin], ties to even, no overflow.
   [u] is the unit roundoff 2^-prec, [eta] half the smallest subnormal (half of the Rust MIN_SUBNORMAL). [Rops] runs a
   kernel of Kernels.v on rounded reals. Main results: [rnd_err] (any operation), [rnd_add_err] (sums do not
   underflow), [k_dot_error]. *)

From Coq Require Import Reals ZArith List Lra Lia Psatz.
From Flocq Require Import Core Relative Plus_error.
From Widthwise.float Require Import Kernels.
Import ListNotations.
Open Scope R_scope.

Section RModel.
Variables (prec emin : Z).
Context (Hprec : Prec_gt_0 prec).
Notation fmt := (generic_format radix2 (FLT_exp emin prec)).
Definition rnd (x : R) : R := round radix2 (FLT_exp emin prec) ZnearestE x.
Definition u : R := / 2 * bpow radix2 (- prec + 1).
Definition eta : R := / 2 * bpow radix2 emin.

Definition Rops : fops := {|
  carrier := R; fzero := 0; fone := 1;
  fadd := fun x y => rnd (x + y);
  fsub := fun x y => rnd (x - y);
  fmul := fun x y => rnd (x * y);
  fabs := Rabs |}.

Lemma u_ge0 : 0 <= u. Proof. unfold u. pose proof (bpow_ge_0 radix2 (-prec+1)). lra. Qed.
Lemma eta_ge0 : 0 <= eta. Proof. unfold eta. pose proof (bpow_ge_0 radix2 emin). lra. Qed.
Lemma rnd_fmt x : fmt (rnd x).
Proof. apply generic_format_round; [apply FLT_exp_valid, Hprec | apply valid_rnd_N]. Qed.
Lemma rnd_id x : fmt x -> rnd x = x.
Proof. intros; apply round_generic; auto with typeclass_instances. Qed.

Lemma rnd_err x : Rabs (rnd x - x) <= u * Rabs x + eta.
Proof.
destruct (error_N_FLT radix2 emin prec Hprec (fun x => negb (Z.even x)) x) as (e & t & He & Ht & _ & H).
unfold rnd. rewrite H. replace (x * (1 + e) + t - x) with (e * x + t) by ring.
eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
pose proof (Rabs_pos x). unfold u, eta. apply Rplus_le_compat; auto.
apply Rmult_le_compat_r; auto.
Qed.
Opaque u eta.
Lemma rnd_add_err x y : fmt x -> fmt y -> Rabs (rnd (x + y) - (x + y)) <= u * Rabs (x + y).
Proof.
intros Fx Fy.
destruct (FLT_plus_error_N_ex radix2 emin prec (fun x => negb (Z.even x)) x y Fx Fy) as (e & He & H).
Transparent u eta.
unfold rnd. rewrite H. replace ((x + y) * (1 + e) - (x + y)) with (e * (x + y)) by ring.
rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|].
eapply Rle_trans; [exact He|]. apply (u_rod1pu_ro_le_u_ro radix2 prec).
Qed.

Opaque u eta.

(* exact counterparts of k_dot *)
Fixpoint xdot (l : list (R * R)) : R := match l with [] => 0 | (x, y) :: r => x * y + xdot r end.
Fixpoint adot (l : list (R * R)) : R := match l with [] => 0 | (x, y) :: r => Rabs (x * y) + adot r end.
Lemma adot_ge0 l : 0 <= adot l.
Proof. induction l as [|[x y] l IH]; simpl; [lra|]. pose proof (Rabs_pos (x * y)); lra. Qed.
Lemma xdot_le_adot l : Rabs (xdot l) <= adot l.
Proof. induction l as [|[x y] l IH]; simpl; [rewrite Rabs_R0; lra|]. eapply Rle_trans; [apply Rabs_triang|]. lra. Qed.

Notation P n := ((1 + u) ^ n).
Lemma P_ge1 n : 1 <= P n. Proof. apply pow_R1_Rle. pose proof u_ge0; lra. Qed.

Lemma dot_loop_err (l : list (R * R)) : forall s, fmt s ->
  Rabs (dot_loop Rops s l - (s + xdot l))
    <= (P (length l) - 1) * Rabs s + (P (S (length l)) - 1) * adot l + INR (length l) * eta * P (length l).
Proof.
pose proof u_ge0 as Hu. pose proof eta_ge0 as Ht.
induction l as [|[x y] l IH]; intros s Fs.
- simpl. replace (s - (s + 0)) with 0 by ring. rewrite Rabs_R0. lra.
- cbn [dot_loop xdot adot length]. cbn [fadd fmul Rops].
  set (p := rnd (x * y)). set (s1 := rnd (s + p)).
  specialize (IH s1 (rnd_fmt _)).
  set (n := length l) in *.
  assert (Ep := rnd_err (x * y)). fold p in Ep.
  assert (Es := rnd_add_err s p Fs (rnd_fmt _)). fold s1 in Es.
  pose proof (P_ge1 n) as HP. rewrite S_INR.
  replace (P (S (S n))) with (P n * (1+u) * (1+u)) by (simpl; ring).
  replace (P (S n)) with (P n * (1+u)) in * by (simpl; ring).
  set (q := P n) in *. set (N := INR n) in *.
  assert (HN : 0 <= N) by (apply pos_INR).
  pose proof (adot_ge0 l) as Ha. pose proof (Rabs_pos s) as Hs. pose proof (Rabs_pos (x*y)) as Hxy.
  assert (Hp : Rabs p <= (1+u) * Rabs (x*y) + eta).
  { replace p with ((p - x*y) + x*y) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  assert (Hsp : Rabs (s + p) <= Rabs s + Rabs p) by apply Rabs_triang.
  assert (Hs1e : Rabs (s1 - (s + x*y)) <= u * Rabs s + ((1+u)*(1+u) - 1) * Rabs (x*y) + (1+u)*eta).
  { replace (s1 - (s + x*y)) with ((s1 - (s+p)) + (p - x*y)) by ring.
    eapply Rle_trans; [apply Rabs_triang|].
    assert (u * Rabs (s + p) <= u * (Rabs s + ((1+u) * Rabs (x*y) + eta))) by (apply Rmult_le_compat_l; lra). lra. }
  assert (Hs1 : Rabs s1 <= (1+u) * Rabs s + (1+u)*(1+u) * Rabs (x*y) + (1+u)*eta).
  { replace s1 with ((s1 - (s + x*y)) + (s + x*y)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. pose proof (Rabs_triang s (x*y)). lra. }
  replace (dot_loop Rops s1 l - (s + (x*y + xdot l)))
    with ((dot_loop Rops s1 l - (s1 + xdot l)) + (s1 - (s + x*y))) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  apply Rle_trans with ((q - 1) * ((1+u) * Rabs s + (1+u)*(1+u) * Rabs (x*y) + (1+u)*eta)
     + (q*(1+u) - 1) * adot l + N * eta * q
     + (u * Rabs s + ((1+u)*(1+u) - 1) * Rabs (x*y) + (1+u)*eta)).
  + assert ((q-1) * Rabs s1 <= (q-1) * ((1+u) * Rabs s + (1+u)*(1+u) * Rabs (x*y) + (1+u)*eta)).
    { apply Rmult_le_compat_l; lra. } lra.
  + assert (0 <= N * eta * q * u) by (repeat apply Rmult_le_pos; lra).
    assert (0 <= u * q * adot l * (1+u)) by (repeat apply Rmult_le_pos; lra).
    nra.
Qed.

(* starting at zero makes the first addition exact *)
Theorem k_dot_error (l : list (R * R)) : (0 < length l)%nat ->
  Rabs (k_dot Rops l - xdot l)
    <= (P (length l) - 1) * adot l + INR (length l) * eta * P (length l - 1).
Proof.
pose proof u_ge0 as Hu. pose proof eta_ge0 as Ht.
destruct l as [|[x y] l]; simpl length; [lia|]; intros _.
unfold k_dot. cbn [dot_loop fzero fadd fmul Rops xdot adot].
rewrite Rplus_0_l, (rnd_id (rnd (x*y))) by apply rnd_fmt.
set (p := rnd (x*y)). set (n := length l).
replace (S n - 1)%nat with n by lia.
pose proof (dot_loop_err l p (rnd_fmt _)) as H. fold n in H.
assert (Ep := rnd_err (x * y)). fold p in Ep.
pose proof (P_ge1 n) as HP. rewrite S_INR.
replace (P (S n)) with (P n * (1+u)) in * by (simpl; ring).
set (q := P n) in *. set (N := INR n) in *.
pose proof (adot_ge0 l) as Ha. pose proof (Rabs_pos (x*y)) as Hxy.
assert (Hp : Rabs p <= (1+u) * Rabs (x*y) + eta).
{ replace p with ((p - x*y) + x*y) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
replace (dot_loop Rops p l - (x*y + xdot l))
  with ((dot_loop Rops p l - (p + xdot l)) + (p - x*y)) by ring.
eapply Rle_trans; [apply Rabs_triang|].
assert ((q-1) * Rabs p <= (q-1) * ((1+u) * Rabs (x*y) + eta)) by (apply Rmult_le_compat_l; lra).
nra.
Qed.
End RModel.
