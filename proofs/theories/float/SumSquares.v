(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The sum of squares, end to end: an inflated float sum is an upper bound of the real one.

   [k_sumsq_ge]: what the rounded sum of n squares can lose, underflow included. [k_sumsq_up_ok]: for a factor of at
   least 1 + 2 (n + 2) u and an allowance of at least n + 1 smallest subnormals, fl(fl(s factor) + allowance) is at
   least the sum of the squares. *)

From Coq Require Import Reals ZArith List Lra Lia Psatz.
From Flocq Require Import Core Relative Plus_error.
From Widthwise.float Require Import Kernels RModel Gamma.
Import ListNotations.
Open Scope R_scope.

Section Up.
Variables (prec emin : Z).
Context (Hprec : Prec_gt_0 prec).
Notation fmt := (generic_format radix2 (FLT_exp emin prec)).
Notation rnd := (rnd prec emin).
Notation u := (u prec).
Notation eta := (eta emin).
Notation Rops := (Rops prec emin).
Opaque RModel.u RModel.eta.
Let Hu : 0 <= u := u_ge0 prec.
Let Ht : 0 <= eta := eta_ge0 emin.

Definition xsumsq (xs : list R) : R := fold_right (fun x s => x * x + s) 0 xs.
Lemma xsumsq_ge0 xs : 0 <= xsumsq xs.
Proof. induction xs as [|x xs IH]; simpl; [lra|]. nra. Qed.

Lemma rnd_ge x : 0 <= x -> rnd x >= (1 - u) * x - eta.
Proof.
intros Hx. pose proof (rnd_err prec emin Hprec x) as H. rewrite (Rabs_pos_eq x Hx) in H.
apply Rabs_le_inv in H. lra.
Qed.
Lemma rnd_ge0 x : 0 <= x -> 0 <= rnd x.
Proof.
intros Hx. unfold RModel.rnd. rewrite <- (round_0 radix2 (FLT_exp emin prec) ZnearestE).
apply round_le; auto with typeclass_instances.
Qed.
Lemma rnd_add_ge x y : fmt x -> fmt y -> 0 <= x + y -> rnd (x + y) >= (1 - u) * (x + y).
Proof.
intros Fx Fy Hx. pose proof (rnd_add_err prec emin Hprec x y Fx Fy) as H.
rewrite (Rabs_pos_eq _ Hx) in H. apply Rabs_le_inv in H. lra.
Qed.
Definition sq2 (xs : list R) := map (fun x => (x, x)) xs.

(* lower bound on the computed sum *)
Lemma sumsq_loop_ge (Hu1 : u <= 1) (xs : list R) : forall s, fmt s -> 0 <= s ->
  (1 - u) ^ length xs * s + (1 - u) ^ S (length xs) * xsumsq xs - INR (length xs) * eta
    <= dot_loop Rops s (sq2 xs)
  /\ 0 <= dot_loop Rops s (sq2 xs) /\ fmt (dot_loop Rops s (sq2 xs)).
Proof.
induction xs as [|x xs IH]; intros s Fs Hs.
- simpl. split; [lra|auto].
- cbn [dot_loop sq2 map fadd fmul RModel.Rops length xsumsq fold_right].
  change (map _ xs) with (sq2 xs). change (fold_right _ 0 xs) with (xsumsq xs).
  set (p := rnd (x*x)). assert (Hp0 : 0 <= p) by (apply rnd_ge0; nra).
  assert (Hp : p >= (1-u)*(x*x) - eta) by (apply rnd_ge; nra).
  assert (Fp : fmt p) by apply rnd_fmt, Hprec.
  set (s1 := rnd (s + p)).
  assert (Hs1 : s1 >= (1-u) * (s + p)) by (apply rnd_add_ge; auto; lra).
  assert (Hs10 : 0 <= s1) by (apply rnd_ge0; lra).
  destruct (IH s1 (rnd_fmt _ _ Hprec _) Hs10) as (H & H0 & H1). split; [|auto].
  eapply Rle_trans; [|exact H]. rewrite S_INR.
  pose proof (xsumsq_ge0 xs) as HX.
  generalize (xsumsq xs) (INR (length xs)) HX. intros X N HX'.
  assert (Hq : 0 <= (1-u) ^ length xs <= 1).
  { apply pow01; lra. }
  simpl. revert Hq. generalize ((1-u) ^ length xs). intros q Hq.
  assert (A : q * ((1-u) * (s + ((1-u)*(x*x) - eta))) <= q * s1).
  { apply Rmult_le_compat_l; [lra|]. apply Rle_trans with ((1-u)*(s+p)); [|lra].
    apply Rmult_le_compat_l; lra. }
  assert (Hqu : 0 <= q * u) by (apply Rmult_le_pos; lra).
  assert (B : q * (1-u) * eta <= 1 * eta) by (apply Rmult_le_compat_r; lra).
  assert (C : 0 <= u * (q * (1-u) * X)) by (repeat apply Rmult_le_pos; lra).
  nra.
Qed.
Theorem k_sumsq_ge (Hu1 : u <= 1) (xs : list R) :
  (1 - u) ^ length xs * xsumsq xs - INR (length xs) * eta <= k_sumsq Rops xs
  /\ 0 <= k_sumsq Rops xs /\ fmt (k_sumsq Rops xs).
Proof.
unfold k_sumsq, k_dot. change (map _ xs) with (sq2 xs).
destruct xs as [|x xs].
{ simpl. split; [lra|split; [lra|apply generic_format_0]]. }
cbn [dot_loop sq2 map fadd fmul fzero RModel.Rops length xsumsq fold_right].
change (map _ xs) with (sq2 xs). change (fold_right _ 0 xs) with (xsumsq xs).
rewrite Rplus_0_l, (rnd_id prec emin (rnd (x*x))) by apply rnd_fmt, Hprec.
assert (Hp0 : 0 <= rnd (x*x)) by (apply rnd_ge0; nra).
assert (Hp : rnd (x*x) >= (1-u)*(x*x) - eta) by (apply rnd_ge; nra).
destruct (sumsq_loop_ge Hu1 xs (rnd (x*x)) (rnd_fmt _ _ Hprec _) Hp0) as (H & H0 & H1).
split; [|auto]. eapply Rle_trans; [|exact H]. rewrite S_INR.
assert (Hq : 0 <= (1-u) ^ length xs <= 1).
{ apply pow01; lra. }
simpl. revert Hq. generalize ((1-u) ^ length xs) (xsumsq xs) (INR (length xs)). intros q X N Hq.
assert (A : q * ((1-u)*(x*x) - eta) <= q * rnd (x*x)) by (apply Rmult_le_compat_l; lra).
assert (B : q * eta <= 1 * eta) by (apply Rmult_le_compat_r; lra).
nra.
Qed.

(* C = 1 + 2(n+2)u and T = 2(n+1)eta = (n+1) * smallest subnormal *)
Theorem k_sumsq_up_ok (xs : list R) (C T : R) :
  INR (length xs + 2) * u <= / 2 ->
  1 + 2 * INR (length xs + 2) * u <= C <= 2 ->
  fmt T -> 2 * INR (length xs + 1) * eta <= T ->
  xsumsq xs <= k_sumsq_up Rops C T xs.
Proof.
rewrite !plus_INR. simpl (INR 2); simpl (INR 1). intros HN HC FT HT.
pose proof (pos_INR (length xs)) as Hn.
assert (Hu2 : u <= / 4) by nra. assert (Hu1 : u <= 1) by lra.
destruct (k_sumsq_ge Hu1 xs) as (H & H0 & F).
unfold k_sumsq_up. cbn [fadd fmul RModel.Rops].
pose proof (xsumsq_ge0 xs) as HX.
set (X := xsumsq xs) in *. set (s := k_sumsq Rops xs) in *.
set (n := INR (length xs)) in *.
assert (HC0 : 0 <= C) by nra.
assert (HsC : 0 <= s * C) by (apply Rmult_le_pos; auto).
pose proof (rnd_ge (s * C) HsC) as H1. pose proof (rnd_ge0 (s * C) HsC) as H2.
assert (HT0 : 0 <= T) by (apply Rle_trans with (2 * (n + 1) * eta); [repeat apply Rmult_le_pos; lra|auto]).
pose proof (rnd_add_ge (rnd (s * C)) T (rnd_fmt _ _ Hprec _) FT) as H3.
assert (H4 := H3 ltac:(lra)). clear H3.
apply Rle_trans with ((1-u) * (rnd (s*C) + T)); [|apply Rge_le, H4].
apply Rle_trans with ((1-u) * ((1-u) * (s * C) - eta + T)).
2: { apply Rmult_le_compat_l; lra. }
(* (1-u)^n >= 1 - n u *)
pose proof (bernoulli_minus _ (length xs) (conj Hu Hu1)) as HB. fold n in HB.
set (q := (1-u)^length xs) in *.
assert (Hs : (1 - n*u) * X - n * eta <= s).
{ eapply Rle_trans; [|exact H]. assert ((1-n*u)*X <= q*X) by (apply Rmult_le_compat_r; auto). lra. }
set (m := (n+2)*u). assert (Hm : 0 <= m <= /2) by (unfold m; split; nra).
assert (HCm : 1 + 2*m <= C) by (unfold m; lra).
(* (1-u)^2 (1 - n u) >= 1 - m *)
assert (K1 : 1 - m <= (1-u)*(1-u)*(1-n*u)).
{ unfold m. assert (0 <= n*u*u) by (repeat apply Rmult_le_pos; lra).
  assert (n * u <= /2) by nra. assert (0 <= u*u) by nra.
  replace ((1-u)*(1-u)*(1-n*u)) with (1 - (n+2)*u + u*u*(1-n*u) + 2*(n*u*u)) by ring. nra. }
assert (K2 : 1 <= (1 - m) * (1 + 2*m)) by nra.
assert (K3 : 1 <= (1-u)*(1-u)*(1-n*u)*C).
{ apply Rle_trans with ((1-m)*(1+2*m)); auto. apply Rmult_le_compat; lra. }
assert (K4 : 0 <= (1-u)*(1-u)*C <= 2) by (split; [repeat apply Rmult_le_pos; lra|nra]).
assert (L1 : (1-u)*(1-u)*C * ((1-n*u)*X - n*eta) <= (1-u)*(1-u)*C * s) by (apply Rmult_le_compat_l; lra).
assert (L2 : 1 * X <= (1-u)*(1-u)*(1-n*u)*C * X) by (apply Rmult_le_compat_r; auto).
assert (Hne : 0 <= n * eta) by (apply Rmult_le_pos; lra).
assert (L3 : (1-u) * (2 * (n+1) * eta - eta) <= (1-u) * (T - eta)) by (apply Rmult_le_compat_l; lra).
assert (L4 : (1-u) * (C * (n * eta)) <= 1 * (2 * (n * eta))).
{ apply Rmult_le_compat; try lra. apply Rmult_le_pos; lra. apply Rmult_le_compat_r; lra. }
assert (L5 : (1-u) * ((1-u) * (C * (n*eta))) <= (1-u) * (2 * (n * eta))) by (apply Rmult_le_compat_l; lra).
assert (L6 : 0 <= (1-u) * eta) by (apply Rmult_le_pos; lra).
nra.
Qed.
End Up.
