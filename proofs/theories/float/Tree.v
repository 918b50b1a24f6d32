(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma L2: the error of a dot product in any bracketing.

   A kernel is a tree of products and additions. [tree_error]: its error is at most ((1 + u)^h - 1) sum |x y| + N eta
   (1 + u)^h, where h ([height]) is the largest number of roundings that a product meets and N ([nprod]) the number of
   products; [tree_error_gamma] is the form gamma_h sum |x y| + N omega. [seq_tree_loop] says that the sequential
   kernel is such a tree, and [dot_error_gamma] is the bound documented at widthwise_linalg::dot: gamma_n sum |x y| +
   n omega. *)

From Coq Require Import Reals ZArith List Lra Lia Psatz.
From Flocq Require Import Core.
From Widthwise.float Require Import Kernels RModel Gamma.
Open Scope R_scope.
Opaque RModel.u RModel.eta.

Inductive tree (T : Type) : Type :=
| Prod (x y : T)                 (* x * y *)
| Add (l r : tree T).            (* l + r *)
Arguments Prod {T}. Arguments Add {T}.

Section Eval.
Variable o : fops.
Fixpoint eval (t : tree o) : o :=
  match t with
  | Prod x y => fmul o x y
  | Add l r => fadd o (eval l) (eval r)
  end.
End Eval.

(* the sequential kernel  s = x0*y0; s = s + x1*y1; ...  as a tree *)
Fixpoint seq_tree {T} (s : tree T) (l : list (T * T)) : tree T :=
  match l with nil => s | cons (x, y) r => seq_tree (Add s (Prod x y)) r end.
Lemma seq_tree_loop (o : fops) l : forall s : tree o,
  eval o (seq_tree s l) = dot_loop o (eval o s) l.
Proof. induction l as [|[x y] l IH]; intros s; [reflexivity|]. simpl. rewrite IH. reflexivity. Qed.

Section Err.
Variables (prec emin : Z).
Context (Hprec : Prec_gt_0 prec).
Notation Rops := (Rops prec emin).
Notation u := (u prec).
Notation eta := (eta emin).
Notation fmt := (generic_format radix2 (FLT_exp emin prec)).

Fixpoint exact (t : tree R) : R :=
  match t with Prod x y => x * y | Add l r => exact l + exact r end.
Fixpoint absum (t : tree R) : R :=
  match t with Prod x y => Rabs (x * y) | Add l r => absum l + absum r end.
(* h = largest number of roundings met by a product; N = number of products *)
Fixpoint height {T} (t : tree T) : nat :=
  match t with Prod _ _ => 1 | Add l r => S (Nat.max (height l) (height r)) end.
Fixpoint nprod {T} (t : tree T) : nat :=
  match t with Prod _ _ => 1 | Add l r => nprod l + nprod r end.

Notation P n := ((1 + u) ^ n).
Lemma eval_fmt (t : tree Rops) : fmt (eval Rops t).
Proof. destruct t; apply rnd_fmt, Hprec. Qed.
Lemma P_mono a b : (a <= b)%nat -> P a <= P b.
Proof. intros H. apply Rle_pow; [pose proof (u_ge0 prec); lra|auto]. Qed.
Lemma absum_ge0 t : 0 <= absum t.
Proof. induction t; simpl; try pose proof (Rabs_pos (x*y)); lra. Qed.
Lemma exact_le t : Rabs (exact t) <= absum t.
Proof. induction t; simpl; try lra; (eapply Rle_trans; [apply Rabs_triang|]; lra). Qed.

(* one rounding on top of an already bounded error: pure real arithmetic *)
Lemma step (a q N S e x : R) : 0 <= u -> 0 <= eta -> 1 <= q -> 0 <= N -> 0 <= S ->
  Rabs (a - x) <= (q - 1) * S + N * eta * q -> Rabs x <= S ->
  Rabs (e - a) <= u * Rabs a ->
  Rabs (e - x) <= (q * (1 + u) - 1) * S + N * eta * (q * (1 + u)).
Proof.
intros Hu He Hq HN HS H1 H2 H3.
assert (Ha : Rabs a <= q * S + N * eta * q).
{ replace a with ((a - x) + x) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
replace (e - x) with ((e - a) + (a - x)) by ring. eapply Rle_trans; [apply Rabs_triang|].
assert (u * Rabs a <= u * (q * S + N * eta * q)) by (apply Rmult_le_compat_l; lra). nra.
Qed.
Lemma widen (q q' N S x : R) : 0 <= eta -> 0 <= N -> 0 <= S -> q <= q' ->
  x <= (q - 1) * S + N * eta * q -> x <= (q' - 1) * S + N * eta * q'.
Proof.
intros He HN HS Hq H. assert (0 <= (q' - q) * S) by (apply Rmult_le_pos; lra).
assert (0 <= N * eta) by (apply Rmult_le_pos; lra).
assert (0 <= (N * eta) * (q' - q)) by (apply Rmult_le_pos; lra). lra.
Qed.

Theorem tree_error (t : tree R) :
  Rabs (eval Rops t - exact t) <= (P (height t) - 1) * absum t + INR (nprod t) * eta * P (height t).
Proof.
pose proof (u_ge0 prec) as Hu. pose proof (eta_ge0 emin) as He.
induction t as [x y|l IHl r IHr]; cbn [eval fmul fadd RModel.Rops].
- simpl. pose proof (rnd_err prec emin Hprec (x*y)) as H.
  assert (0 <= eta * u) by (apply Rmult_le_pos; lra). lra.
- cbn [height nprod absum exact]. set (h := Nat.max (height l) (height r)). rewrite plus_INR.
  replace (P (S h)) with (P h * (1+u)) by (simpl; ring).
  pose proof (absum_ge0 l). pose proof (absum_ge0 r).
  pose proof (pos_INR (nprod l)). pose proof (pos_INR (nprod r)).
  apply step with (a := eval Rops l + eval Rops r); try lra.
  + apply P_ge1.
  + assert (Hl := widen _ (P h) _ _ _ He H1 H (P_mono _ _ (Nat.le_max_l _ _)) IHl).
    assert (Hr := widen _ (P h) _ _ _ He H2 H0 (P_mono _ _ (Nat.le_max_r _ _)) IHr).
    replace (eval Rops l + eval Rops r - (exact l + exact r))
      with ((eval Rops l - exact l) + (eval Rops r - exact r)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. lra.
  + eapply Rle_trans; [apply Rabs_triang|]. pose proof (exact_le l). pose proof (exact_le r). lra.
  + apply rnd_add_err; auto using eval_fmt.
Qed.

(* gamma_h = h u / (1 - h u); 2 eta is the smallest subnormal omega *)
Theorem tree_error_gamma (t : tree R) : let h := INR (height t) in
  h * u <= / 2 ->
  Rabs (eval Rops t - exact t) <= h * u / (1 - h * u) * absum t + INR (nprod t) * (2 * eta).
Proof.
intros h Hh. pose proof (u_ge0 prec) as Hu. pose proof (eta_ge0 emin) as He.
pose proof (pos_INR (height t)) as H0. fold h in H0.
assert (G : P (height t) - 1 <= h * u / (1 - h * u)) by (apply gamma_bound; fold h; lra).
assert (G1 : h * u / (1 - h * u) <= 1).
{ apply Rmult_le_reg_r with (1 - h * u); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
eapply Rle_trans; [apply tree_error|]. pose proof (absum_ge0 t). pose proof (pos_INR (nprod t)).
apply Rplus_le_compat; [apply Rmult_le_compat_r; auto|].
rewrite Rmult_assoc. apply Rmult_le_compat_l; auto.
rewrite (Rmult_comm eta). apply Rmult_le_compat_r; lra.
Qed.

Theorem dot_error_gamma (l : list (R * R)) : let n := INR (length l) in
  n * u <= / 2 ->
  Rabs (k_dot Rops l - xdot l) <= n * u / (1 - n * u) * adot l + n * (2 * eta).
Proof.
intros n Hn. pose proof (u_ge0 prec) as Hu. pose proof (eta_ge0 emin) as He.
destruct l as [|p l].
{ unfold k_dot, n. simpl. rewrite Rminus_0_r, Rabs_R0. lra. }
eapply Rle_trans; [apply k_dot_error; [auto|simpl; lia]|].
set (k := length (p :: l)) in *. pose proof (pos_INR k) as H0. fold n in H0 |- *.
assert (G : P k - 1 <= n * u / (1 - n * u)) by (apply gamma_bound; fold n; lra).
assert (G1 : n * u / (1 - n * u) <= 1).
{ apply Rmult_le_reg_r with (1 - n * u); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
assert (M : P (k - 1) <= P k) by (apply P_mono; lia).
apply Rplus_le_compat; [apply Rmult_le_compat_r; auto; apply adot_ge0|].
rewrite Rmult_assoc. apply Rmult_le_compat_l; auto.
rewrite (Rmult_comm eta). apply Rmult_le_compat_r; lra.
Qed.
End Err.
