(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma L4, second half: the compensated dot product, bounded by the errors that it sums itself.

   The kernel is widthwise_linalg::DotAccumulator::add_product, term by term ([k_dot2]). With (p, q, e) its state
   after n terms and s the exact sum of products, [dot2_error]: |p + q - s| (1 - u)^(n+1) <= ((1 + u)^n - 1) e, so
   that gamma_n times e, inflated for n + 1 roundings, bounds the error. There each product is zero or at least
   2^(emin + 2 prec - 1), as for [two_prod]; without that, [dot2_error_underflow] adds 7/2 smallest subnormals a term.
   Nothing may overflow: the bridge in Ieee.v has the form that a caller can test. *)

From Coq Require Import Reals ZArith List Lra Lia Psatz.
From Flocq Require Import Core.
From Widthwise.float Require Import Kernels RModel Gamma ErrorFree.
Import ListNotations.
Open Scope R_scope.
Opaque RModel.u RModel.eta.

Section Dot2.
Variables (prec emin : Z).
Context (Hprec : Prec_gt_0 prec).
Hypothesis Hp : (4 <= prec)%Z.
Hypothesis He : (emin < 0)%Z.
Notation fmt := (generic_format radix2 (FLT_exp emin prec)).
Notation rnd := (rnd prec emin).
Notation u := (u prec).
Notation Rops := (Rops prec emin).
Notation power := (bpow radix2 ((prec + 1) / 2)).

(* s = s + c, term by term *)
Fixpoint sum_loop (s : R) (cs : list R) : R := match cs with [] => s | c :: l => sum_loop (rnd (s + c)) l end.
Definition total (f : R * R -> R) (l : list (R * R)) : R := fold_right (fun p s => f p + s) 0 l.

(* the error terms (t, r), and the high part, in the order of the kernel *)
Fixpoint error_terms (p : R) (xy : list (R * R)) : list (R * R) :=
  match xy with
  | [] => []
  | (x, y) :: l =>
    let h := fst (k_two_prod Rops power x y) in
    (snd (k_two_sum Rops p h), snd (k_two_prod Rops power x y)) :: error_terms (fst (k_two_sum Rops p h)) l
  end.
Fixpoint high_part (p : R) (xy : list (R * R)) : R :=
  match xy with
  | [] => p
  | (x, y) :: l => high_part (fst (k_two_sum Rops p (fst (k_two_prod Rops power x y)))) l
  end.

Lemma dot2_loopE (xy : list (R * R)) : forall p q e,
  dot2_loop Rops power (p, q, e) xy
    = (high_part p xy, sum_loop q (map (fun d => rnd (fst d + snd d)) (error_terms p xy)),
       sum_loop e (map (fun d => rnd (Rabs (fst d) + Rabs (snd d))) (error_terms p xy))).
Proof.
induction xy as [|[x y] l IH]; intros p q e; [reflexivity|].
cbn [dot2_loop high_part error_terms map sum_loop].
unfold add_product at 1.
destruct (k_two_prod Rops power x y) as [h r]. cbn [fst snd].
destruct (k_two_sum Rops p h) as [p' t]. cbn [fst snd]. apply IH.
Qed.

Definition product_ok (d : R * R) : Prop :=
  fst d * snd d = 0 \/ bpow radix2 (emin + 2 * prec - 1) <= Rabs (fst d * snd d).
Definition in_format (d : R * R) : Prop := fmt (fst d) /\ fmt (snd d).

Lemma fmt_two_sum p h : fmt (fst (k_two_sum Rops p h)) /\ fmt (snd (k_two_sum Rops p h)).
Proof. split; apply rnd_fmt, Hprec. Qed.
Lemma fmt_two_prod x y : fmt (fst (k_two_prod Rops power x y)) /\ fmt (snd (k_two_prod Rops power x y)).
Proof. unfold k_two_prod. destruct (k_split _ _ x), (k_split _ _ y). split; apply rnd_fmt, Hprec. Qed.

Lemma error_terms_exact (xy : list (R * R)) : forall p, fmt p -> Forall in_format xy -> Forall product_ok xy ->
  high_part p xy + total (fun d => fst d + snd d) (error_terms p xy) = p + xdot xy.
Proof.
induction xy as [|[x y] l IH]; intros p Fp F H; [simpl; ring|].
inversion F as [|d l' (Fx & Fy) Fl]; subst. inversion H as [|d l' Hxy Hl]; subst.
unfold product_ok in Hxy. cbn [fst snd] in *.
cbn [high_part error_terms xdot total fold_right fst snd].
destruct (fmt_two_prod x y) as (Fh & Fr).
destruct (two_prod prec emin x y Hp He Fx Fy) as (E & _). specialize (E Hxy).
set (h := fst (k_two_prod Rops power x y)) in *. set (r := snd (k_two_prod Rops power x y)) in *.
destruct (fmt_two_sum p h) as (Fp' & Ft).
assert (S := two_sum prec emin p h ltac:(lia) ltac:(lia) Fp Fh).
set (p' := fst (k_two_sum Rops p h)) in *. set (t := snd (k_two_sum Rops p h)) in *.
specialize (IH p' Fp' Fl Hl). fold (total (fun d => fst d + snd d) (error_terms p' l)). lra.
Qed.
Lemma error_terms_near (xy : list (R * R)) : forall p, fmt p -> Forall in_format xy ->
  Rabs (high_part p xy + total (fun d => fst d + snd d) (error_terms p xy) - (p + xdot xy))
    <= INR (length xy) * (7 / 2 * (2 * eta emin)).
Proof.
induction xy as [|[x y] l IH]; intros p Fp F.
{ simpl. replace (p + 0 - (p + 0)) with 0 by ring. rewrite Rabs_R0. lra. }
inversion F as [|d l' (Fx & Fy) Fl]; subst. cbn [fst snd] in *.
cbn [high_part error_terms xdot total fold_right fst snd length]. rewrite S_INR.
destruct (fmt_two_prod x y) as (Fh & Fr).
destruct (two_prod prec emin x y Hp He Fx Fy) as (_ & E).
set (h := fst (k_two_prod Rops power x y)) in *. set (r := snd (k_two_prod Rops power x y)) in *.
destruct (fmt_two_sum p h) as (Fp' & Ft).
assert (S := two_sum prec emin p h ltac:(lia) ltac:(lia) Fp Fh).
set (p' := fst (k_two_sum Rops p h)) in *. set (t := snd (k_two_sum Rops p h)) in *.
specialize (IH p' Fp' Fl). fold (total (fun d => fst d + snd d) (error_terms p' l)).
set (T := total (fun d => fst d + snd d) (error_terms p' l)) in *.
replace (high_part p' l + (t + r + T) - (p + (x * y + xdot l)))
  with ((high_part p' l + T - (p' + xdot l)) - (x * y - (h + r))) by lra.
eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra.
Qed.
Lemma error_terms_fmt (xy : list (R * R)) : forall p, Forall in_format (error_terms p xy).
Proof.
induction xy as [|[x y] l IH]; intros p; cbn [error_terms]; constructor; auto. cbn [fst snd].
split; [apply fmt_two_sum|apply fmt_two_prod].
Qed.
Lemma error_terms_length (xy : list (R * R)) : forall p, length (error_terms p xy) = length xy.
Proof. induction xy as [|[x y] l IH]; intros p; cbn [error_terms length]; auto. Qed.

Notation P n := ((1 + u) ^ n).
Let Hu : 0 <= u := u_ge0 prec.
Definition magnitude (d : R * R) : R := Rabs (fst d) + Rabs (snd d).
Definition compensation (d : R * R) : R := rnd (fst d + snd d).

Lemma total_magnitude_ge0 l : 0 <= total magnitude l.
Proof.
induction l as [|d l IH]; [simpl; lra|].
change (total magnitude (d :: l)) with (magnitude d + total magnitude l).
assert (0 <= magnitude d) by (unfold magnitude; pose proof (Rabs_pos (fst d)); pose proof (Rabs_pos (snd d)); lra).
lra.
Qed.
Lemma compensation_err d : fmt (fst d) -> fmt (snd d) ->
  Rabs (compensation d - (fst d + snd d)) <= u * magnitude d.
Proof.
intros F1 F2. eapply Rle_trans; [apply rnd_add_err; auto|].
apply Rmult_le_compat_l; [auto|apply Rabs_triang].
Qed.

(* every term meets its own rounding and those of the additions after it *)
Lemma sum_loop_err (l : list (R * R)) : Forall in_format l ->
  forall s, fmt s ->
  Rabs (sum_loop s (map compensation l) - (s + total (fun d => fst d + snd d) l))
    <= (P (length l) - 1) * Rabs s + (P (S (length l)) - 1) * total magnitude l.
Proof.
intros H. induction H as [|d l (F1 & F2) H IH]; intros s Fs.
- simpl. replace (s - (s + 0)) with 0 by ring. rewrite Rabs_R0. lra.
- cbn [map sum_loop total fold_right length]. fold (total magnitude l). fold (total (fun d => fst d + snd d) l).
  set (c := compensation d). set (s1 := rnd (s + c)).
  assert (Fc : fmt c) by apply rnd_fmt, Hprec. specialize (IH s1 (rnd_fmt _ _ Hprec _)).
  assert (Ec := compensation_err d F1 F2). fold c in Ec.
  assert (Es := rnd_add_err prec emin Hprec s c Fs Fc). fold s1 in Es.
  pose proof (P_ge1 prec (length l)) as HP. pose proof (total_magnitude_ge0 l) as HM.
  set (n := length l) in *. set (T := total (fun d => fst d + snd d) l) in *. set (M := total magnitude l) in *.
  set (w := fst d + snd d) in *. set (m := magnitude d) in *.
  assert (Hw : Rabs w <= m) by apply Rabs_triang.
  replace (P (S (S n))) with (P n * (1 + u) * (1 + u)) by (simpl; ring).
  replace (P (S n)) with (P n * (1 + u)) in * by (simpl; ring).
  set (q := P n) in *. pose proof (Rabs_pos s). pose proof (Rabs_pos w).
  assert (Hc : Rabs c <= (1 + u) * m).
  { replace c with ((c - w) + w) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  assert (Hsc : Rabs (s + c) <= Rabs s + (1 + u) * m) by (eapply Rle_trans; [apply Rabs_triang|]; lra).
  assert (Hue : u * Rabs (s + c) <= u * (Rabs s + (1 + u) * m)) by (apply Rmult_le_compat_l; auto).
  assert (Hs1 : Rabs s1 <= (1 + u) * (Rabs s + (1 + u) * m)).
  { replace s1 with ((s1 - (s + c)) + (s + c)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  replace (sum_loop s1 (map compensation l) - (s + (w + T)))
    with ((sum_loop s1 (map compensation l) - (s1 + T)) + ((s1 - (s + c)) + (c - w))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. pose proof (Rabs_triang (s1 - (s + c)) (c - w)).
  assert (Hq : (q - 1) * Rabs s1 <= (q - 1) * ((1 + u) * (Rabs s + (1 + u) * m))) by (apply Rmult_le_compat_l; lra).
  assert (0 <= q * (1 + u) * u * M) by (repeat apply Rmult_le_pos; lra).
  lra.
Qed.

(* the first addition, to zero, is exact *)
Lemma sum_loop_err0 (l : list (R * R)) : Forall in_format l ->
  Rabs (sum_loop 0 (map compensation l) - total (fun d => fst d + snd d) l) <= (P (length l) - 1) * total magnitude l.
Proof.
intros H. destruct H as [|d l (F1 & F2) H].
{ simpl. replace (0 - 0) with 0 by ring. rewrite Rabs_R0. lra. }
cbn [map sum_loop total fold_right length]. fold (total magnitude l). fold (total (fun d => fst d + snd d) l).
assert (Fc : fmt (compensation d)) by apply rnd_fmt, Hprec.
rewrite Rplus_0_l, (rnd_id prec emin _ Fc).
pose proof (sum_loop_err l H _ Fc) as E. assert (Ec := compensation_err d F1 F2).
pose proof (P_ge1 prec (length l)) as HP. pose proof (total_magnitude_ge0 l) as HM.
set (c := compensation d) in *. set (T := total (fun d => fst d + snd d) l) in *. set (M := total magnitude l) in *.
set (w := fst d + snd d) in *. set (m := magnitude d) in *. set (n := length l) in *.
assert (Hw : Rabs w <= m) by apply Rabs_triang.
replace (P (S n)) with (P n * (1 + u)) in * by (simpl; ring). set (q := P n) in *.
assert (Hc : Rabs c <= (1 + u) * m).
{ replace c with ((c - w) + w) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
assert ((q - 1) * Rabs c <= (q - 1) * ((1 + u) * m)) by (apply Rmult_le_compat_l; lra).
replace (sum_loop c (map compensation l) - (w + T))
  with ((sum_loop c (map compensation l) - (c + T)) + (c - w)) by ring.
eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.

(* the sum of the magnitudes loses at most a factor (1 - u)^(n+1) *)
Lemma magnitudes_lower (l : list (R * R)) : u <= 1 -> Forall in_format l ->
  forall s, fmt s -> 0 <= s ->
  (1 - u) ^ length l * (s + (1 - u) * total magnitude l)
    <= sum_loop s (map (fun d => rnd (Rabs (fst d) + Rabs (snd d))) l).
Proof.
intros Hu1 H. induction H as [|d l (F1 & F2) H IH]; intros s Fs Hs.
- simpl. lra.
- cbn [map sum_loop total fold_right length pow]. fold (total magnitude l).
  set (c := rnd (Rabs (fst d) + Rabs (snd d))). set (s1 := rnd (s + c)).
  assert (Fa1 : fmt (Rabs (fst d))) by now apply generic_format_abs.
  assert (Fa2 : fmt (Rabs (snd d))) by now apply generic_format_abs.
  assert (Ec := rnd_add_err prec emin Hprec _ _ Fa1 Fa2). fold c in Ec.
  assert (Hm : 0 <= magnitude d).
  { unfold magnitude. pose proof (Rabs_pos (fst d)). pose proof (Rabs_pos (snd d)). lra. }
  fold (magnitude d) in Ec. rewrite (Rabs_pos_eq _ Hm) in Ec. apply Rabs_le_inv in Ec.
  assert (Fc : fmt c) by apply rnd_fmt, Hprec.
  assert (Hc : (1 - u) * magnitude d <= c) by lra.
  assert (Hc0 : 0 <= c) by (apply Rle_trans with (2 := Hc); apply Rmult_le_pos; lra).
  assert (Es := rnd_add_err prec emin Hprec s c Fs Fc). fold s1 in Es.
  rewrite (Rabs_pos_eq (s + c)) in Es by lra. apply Rabs_le_inv in Es.
  assert (Hs1 : (1 - u) * (s + c) <= s1) by lra.
  assert (Hs10 : 0 <= s1) by (apply Rle_trans with (2 := Hs1); apply Rmult_le_pos; lra).
  specialize (IH s1 (rnd_fmt _ _ Hprec _) Hs10).
  eapply Rle_trans; [|exact IH]. pose proof (total_magnitude_ge0 l) as HM.
  set (M := total magnitude l) in *. set (m := magnitude d) in *.
  assert (Hq : 0 <= (1 - u) ^ length l) by (apply pow_le; lra).
  set (q := (1 - u) ^ length l) in *.
  replace ((1 - u) * q * (s + (1 - u) * (m + M)))
    with (q * ((1 - u) * (s + (1 - u) * m) + (1 - u) * ((1 - u) * M))) by ring.
  apply Rmult_le_compat_l; auto.
  assert ((1 - u) * (s + (1 - u) * m) <= (1 - u) * (s + c)) by (apply Rmult_le_compat_l; lra).
  assert (0 <= u * ((1 - u) * M)) by (repeat apply Rmult_le_pos; lra). lra.
Qed.

(* the low part against the exact sum of the error terms *)
Lemma low_part_err (xy : list (R * R)) : u <= 1 ->
  let l := error_terms 0 xy in
  let q := sum_loop 0 (map (fun d => rnd (fst d + snd d)) l) in
  let e := sum_loop 0 (map (fun d => rnd (Rabs (fst d) + Rabs (snd d))) l) in
  Rabs (q - total (fun d => fst d + snd d) l) * (1 - u) ^ (length xy + 1) <= ((1 + u) ^ length xy - 1) * e.
Proof.
intros Hu1 l q e.
pose proof (error_terms_fmt xy 0) as F. pose proof (error_terms_length xy 0) as Hn. fold l in F, Hn. rewrite <- Hn.
pose proof (sum_loop_err0 l F) as B. change (sum_loop 0 (map compensation l)) with q in B.
pose proof (magnitudes_lower l Hu1 F 0 (generic_format_0 _ _) (Rle_refl 0)) as L. fold e in L.
pose proof (P_ge1 prec (length l)) as HP. pose proof (total_magnitude_ge0 l) as HM.
rewrite Nat.add_1_r. cbn [pow].
assert (Hq : 0 <= (1 - u) * (1 - u) ^ length l) by (apply Rmult_le_pos; [lra|apply pow_le; lra]).
apply Rle_trans with ((P (length l) - 1) * total magnitude l * ((1 - u) * (1 - u) ^ length l)).
- apply Rmult_le_compat_r; auto.
- rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|].
  rewrite Rplus_0_l in L. lra.
Qed.

Theorem dot2_error (xy : list (R * R)) : u <= 1 -> Forall in_format xy -> Forall product_ok xy ->
  let '(p, q, e) := k_dot2 Rops power xy in
  Rabs (p + q - xdot xy) * (1 - u) ^ (length xy + 1) <= ((1 + u) ^ length xy - 1) * e.
Proof.
intros Hu1 F H. unfold k_dot2. cbn [fzero RModel.Rops]. rewrite dot2_loopE.
pose proof (error_terms_exact xy 0 (generic_format_0 _ _) F H) as E.
pose proof (low_part_err xy Hu1) as B. cbv zeta in B.
replace (high_part 0 xy + _ - xdot xy)
  with (sum_loop 0 (map (fun d => rnd (fst d + snd d)) (error_terms 0 xy))
        - total (fun d => fst d + snd d) (error_terms 0 xy)) by lra.
exact B.
Qed.

Theorem dot2_error_underflow (xy : list (R * R)) : u <= 1 -> Forall in_format xy ->
  let '(p, q, e) := k_dot2 Rops power xy in
  (Rabs (p + q - xdot xy) - INR (length xy) * (7 / 2 * (2 * eta emin))) * (1 - u) ^ (length xy + 1)
    <= ((1 + u) ^ length xy - 1) * e.
Proof.
intros Hu1 F. unfold k_dot2. cbn [fzero RModel.Rops]. rewrite dot2_loopE.
pose proof (error_terms_near xy 0 (generic_format_0 _ _) F) as E.
pose proof (low_part_err xy Hu1) as B. cbv zeta in B.
eapply Rle_trans; [|exact B]. apply Rmult_le_compat_r; [apply pow_le; lra|].
set (q := sum_loop 0 (map (fun d => rnd (fst d + snd d)) (error_terms 0 xy))) in *.
set (T := total (fun d => fst d + snd d) (error_terms 0 xy)) in *.
replace (high_part 0 xy + q - xdot xy) with ((q - T) + (high_part 0 xy + T - (0 + xdot xy))) by ring.
pose proof (Rabs_triang (q - T) (high_part 0 xy + T - (0 + xdot xy))). lra.
Qed.
End Dot2.
