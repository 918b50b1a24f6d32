(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The kernels on IEEE-754 data, and the bridge to rounded reals.

   [Bops] runs a kernel of Kernels.v on Flocq's IEEE-754 numbers (one NaN, signed zeros, infinities). The bridge needs
   no hypothesis on the inputs: whenever the IEEE result is finite, its real value is the result on rounded reals.
   [k_dot_bridge], [k_sumsq_up_bridge], [k_two_sum_bridge], [k_two_prod_bridge], [k_dot2_bridge]; and what follows
   from them: [ieee_dot_error] (L2), [ieee_sumsq_up_certified], [ieee_two_sum], [ieee_two_prod], [ieee_dot2_error]
   (L4). *)

From Coq Require Import Reals ZArith List Lra Lia Psatz Bool.
From Flocq Require Import Core BinarySingleNaN.
From Widthwise.float Require Import Kernels RModel Gamma Tree SumSquares ErrorFree Dot2.
Import ListNotations.
Open Scope R_scope.

Section Bridge.
Variables (prec emax : Z).
Context (Hprec : Prec_gt_0 prec) (Hmax : Prec_lt_emax prec emax).
Notation float := (binary_float prec emax).
Notation emin := (SpecFloat.emin prec emax).
Notation Rops := (Rops prec emin).

Definition Bops : fops := {|
  carrier := float; fzero := B754_zero false; fone := Bone;
  fadd := Bplus mode_NE; fsub := Bminus mode_NE; fmul := Bmult mode_NE; fabs := Babs |}.

Lemma B2SF_overflow_notfinite s (z : float) :
  B2SF z = binary_overflow prec emax mode_NE s -> is_finite z = false.
Proof. destruct z; simpl; try reflexivity; discriminate. Qed.

Lemma Bmult_fin (x y : float) : is_finite (Bmult mode_NE x y) = true ->
  is_finite x = true /\ is_finite y = true /\
  B2R (Bmult mode_NE x y) = rnd prec emin (B2R x * B2R y).
Proof.
intros F. pose proof (Bmult_correct prec emax Hprec Hmax mode_NE x y) as H.
destruct (Rlt_bool _ _).
- destruct H as (H1 & H2 & _). rewrite F in H2. symmetry in H2.
  apply andb_prop in H2. destruct H2. split; [auto|split; [auto|]]. exact H1.
- apply B2SF_overflow_notfinite in H. congruence.
Qed.
Lemma Bplus_fin (x y : float) : is_finite (Bplus mode_NE x y) = true ->
  is_finite x = true /\ is_finite y = true /\
  B2R (Bplus mode_NE x y) = rnd prec emin (B2R x + B2R y).
Proof.
intros F. 
assert (G : is_finite x = true /\ is_finite y = true).
{ destruct x as [sx|sx| |sx mx ex Hx], y as [sy|sy| |sy my ey Hy]; simpl in F; auto; try discriminate.
  all: destruct (Bool.eqb _ _); discriminate. }
destruct G as (Fx & Fy). split; [auto|split; [auto|]].
pose proof (Bplus_correct prec emax Hprec Hmax mode_NE x y Fx Fy) as H.
destruct (Rlt_bool _ _).
- apply H.
- destruct H as (H & _). apply B2SF_overflow_notfinite in H. congruence.
Qed.
Lemma Bminus_fin (x y : float) : is_finite (Bminus mode_NE x y) = true ->
  is_finite x = true /\ is_finite y = true /\
  B2R (Bminus mode_NE x y) = rnd prec emin (B2R x - B2R y).
Proof.
intros F.
assert (G : is_finite x = true /\ is_finite y = true).
{ destruct x as [sx|sx| |sx mx ex Hx], y as [sy|sy| |sy my ey Hy]; simpl in F; auto; try discriminate.
  all: destruct (Bool.eqb _ _); discriminate. }
destruct G as (Fx & Fy). split; [auto|split; [auto|]].
pose proof (Bminus_correct prec emax Hprec Hmax mode_NE x y Fx Fy) as H.
destruct (Rlt_bool _ _).
- apply H.
- destruct H as (H & _). apply B2SF_overflow_notfinite in H. congruence.
Qed.

Definition toR2 (p : float * float) := (B2R (fst p), B2R (snd p)).
Lemma dot_loop_bridge l : forall s : float,
  is_finite (dot_loop Bops s l) = true ->
  is_finite s = true /\ 
  B2R (dot_loop Bops s l) = dot_loop Rops (B2R s) (map toR2 l).
Proof.
induction l as [|[x y] l IH]; intros s F; [simpl in *; auto|].
cbn [dot_loop map toR2 fst snd fadd fmul RModel.Rops Bops] in *.
destruct (IH _ F) as (F1 & E). destruct (Bplus_fin _ _ F1) as (Fs & Fp & E1).
destruct (Bmult_fin _ _ Fp) as (_ & _ & E2). split; [auto|].
rewrite E, E1, E2. reflexivity.
Qed.
Theorem k_dot_bridge l : is_finite (k_dot Bops l) = true ->
  B2R (k_dot Bops l) = k_dot Rops (map toR2 l).
Proof. intros F. apply dot_loop_bridge in F. destruct F as (_ & F). exact F. Qed.

Theorem k_sumsq_up_bridge (C T : float) xs :
  is_finite (k_sumsq_up Bops C T xs) = true ->
  B2R (k_sumsq_up Bops C T xs) = k_sumsq_up Rops (B2R C) (B2R T) (map B2R xs).
Proof.
unfold k_sumsq_up. cbn [fadd fmul Bops RModel.Rops]. intros F.
destruct (Bplus_fin _ _ F) as (F1 & _ & E1).
destruct (Bmult_fin _ _ F1) as (F2 & _ & E2).
rewrite E1, E2. unfold k_sumsq in *. rewrite (k_dot_bridge _ F2), !map_map. reflexivity.
Qed.

Theorem k_two_sum_bridge (a b : float) : is_finite (snd (k_two_sum Bops a b)) = true ->
  is_finite (fst (k_two_sum Bops a b)) = true /\
  B2R (fst (k_two_sum Bops a b)) = fst (k_two_sum Rops (B2R a) (B2R b)) /\
  B2R (snd (k_two_sum Bops a b)) = snd (k_two_sum Rops (B2R a) (B2R b)).
Proof.
unfold k_two_sum. cbn [fst snd fadd fsub Bops RModel.Rops]. intros F.
destruct (Bplus_fin _ _ F) as (Fa & Fb & E).
destruct (Bminus_fin _ _ Fa) as (_ & Fav & Ea). destruct (Bminus_fin _ _ Fav) as (Fs & Fbv & Eav).
destruct (Bminus_fin _ _ Fb) as (_ & _ & Eb). destruct (Bminus_fin _ _ Fbv) as (_ & _ & Ebv).
destruct (Bplus_fin _ _ Fs) as (_ & _ & Es).
split; [exact Fs|split; [exact Es|]]. rewrite E, Ea, Eb, Eav, Ebv, Es. reflexivity.
Qed.

Lemma k_split_bridge (c a : float) : is_finite (snd (k_split Bops c a)) = true ->
  is_finite (fst (k_split Bops c a)) = true /\
  B2R (fst (k_split Bops c a)) = fst (k_split Rops (B2R c) (B2R a)) /\
  B2R (snd (k_split Bops c a)) = snd (k_split Rops (B2R c) (B2R a)).
Proof.
unfold k_split. cbn [fst snd fone fadd fsub fmul Bops RModel.Rops]. intros F.
destruct (Bminus_fin _ _ F) as (_ & Fh & E). destruct (Bminus_fin _ _ Fh) as (Fc & Fd & Eh).
destruct (Bminus_fin _ _ Fd) as (_ & _ & Ed). destruct (Bmult_fin _ _ Fc) as (Ff & _ & Ec).
destruct (Bplus_fin _ _ Ff) as (_ & _ & Ef). rewrite (Bone_correct prec emax Hprec Hmax) in Ef.
split; [exact Fh|]. rewrite E, Eh, Ed, Ec, Ef. split; reflexivity.
Qed.
Theorem k_two_prod_bridge (c a b : float) : is_finite (snd (k_two_prod Bops c a b)) = true ->
  is_finite (fst (k_two_prod Bops c a b)) = true /\
  B2R (fst (k_two_prod Bops c a b)) = fst (k_two_prod Rops (B2R c) (B2R a) (B2R b)) /\
  B2R (snd (k_two_prod Bops c a b)) = snd (k_two_prod Rops (B2R c) (B2R a) (B2R b)).
Proof.
unfold k_two_prod.
pose proof (k_split_bridge c a) as Sa. pose proof (k_split_bridge c b) as Sb.
destruct (k_split Bops c a) as [ah al], (k_split Bops c b) as [bh bl].
destruct (k_split Rops (B2R c) (B2R a)) as [ah' al'], (k_split Rops (B2R c) (B2R b)) as [bh' bl'].
cbn [fst snd fone fadd fsub fmul Bops RModel.Rops] in *. intros F.
destruct (Bminus_fin _ _ F) as (Fl & F1 & E). destruct (Bmult_fin _ _ Fl) as (Fal & Fbl & El).
destruct (Sa Fal) as (_ & Eah & Eal). destruct (Sb Fbl) as (_ & Ebh & Ebl).
destruct (Bminus_fin _ _ F1) as (F2 & F3 & E1). destruct (Bmult_fin _ _ F3) as (_ & _ & E3).
destruct (Bminus_fin _ _ F2) as (F4 & F5 & E2). destruct (Bmult_fin _ _ F5) as (_ & _ & E5).
destruct (Bminus_fin _ _ F4) as (Fp & F6 & E4). destruct (Bmult_fin _ _ F6) as (_ & _ & E6).
destruct (Bmult_fin _ _ Fp) as (_ & _ & Ep).
split; [exact Fp|split; [exact Ep|]].
rewrite E, El, E1, E3, E2, E5, E4, E6, Ep, Eah, Eal, Ebh, Ebl. reflexivity.
Qed.

Definition state_R (s : float * float * float) : R * R * R := let '(p, q, e) := s in (B2R p, B2R q, B2R e).
Lemma dot2_loop_bridge (c : float) l : forall s : float * float * float,
  is_finite (snd (fst (dot2_loop Bops c s l))) = true -> is_finite (snd (dot2_loop Bops c s l)) = true ->
  is_finite (snd (fst s)) = true /\ is_finite (snd s) = true /\
  state_R (dot2_loop Bops c s l) = dot2_loop Rops (B2R c) (state_R s) (map toR2 l).
Proof.
induction l as [|[x y] l IH]; intros s Fq Fe; [simpl in *; auto|].
cbn [dot2_loop map toR2 fst snd] in *. destruct (IH _ Fq Fe) as (F1 & F2 & E). rewrite E. clear IH E Fq Fe.
destruct s as [[high low] errors]. unfold add_product in *.
pose proof (k_two_prod_bridge c x y) as Bp.
destruct (k_two_prod Bops c x y) as [h r]. destruct (k_two_prod Rops (B2R c) (B2R x) (B2R y)) as [h' r'].
pose proof (k_two_sum_bridge high h) as Bs. cbn [fst snd state_R] in *.
destruct (k_two_sum Bops high h) as [p t]. cbn [fst snd state_R fadd fabs Bops RModel.Rops] in *.
destruct (Bplus_fin _ _ F1) as (Flow & Ftr & E1). destruct (Bplus_fin _ _ Ftr) as (Ft & Fr & E2).
destruct (Bplus_fin _ _ F2) as (Ferr & Fm & E3). destruct (Bplus_fin _ _ Fm) as (_ & _ & E4).
destruct (Bp Fr) as (_ & Eh & Er). destruct (Bs Ft) as (_ & Ep & Et).
split; [exact Flow|split; [exact Ferr|]].
rewrite E1, E2, E3, E4, !B2R_Babs. rewrite Eh in Ep, Et. rewrite Er, Et, Ep.
destruct (k_two_sum Rops (B2R high) h') as [p' t']. reflexivity.
Qed.
Theorem k_dot2_bridge (c : float) l :
  is_finite (snd (fst (k_dot2 Bops c l))) = true -> is_finite (snd (k_dot2 Bops c l)) = true ->
  state_R (k_dot2 Bops c l) = k_dot2 Rops (B2R c) (map toR2 l).
Proof. intros F1 F2. destruct (dot2_loop_bridge c l _ F1 F2) as (_ & _ & E). exact E. Qed.

(* A result that is not finite is no bound and no error term: the caller must test it. *)
Theorem ieee_dot_error (l : list (float * float)) : let n := INR (length l) in
  is_finite (k_dot Bops l) = true -> n * u prec <= / 2 ->
  Rabs (B2R (k_dot Bops l) - xdot (map toR2 l))
    <= n * u prec / (1 - n * u prec) * adot (map toR2 l) + n * (2 * eta emin).
Proof.
intros n F Hn. rewrite (k_dot_bridge _ F).
assert (E : n = INR (length (map toR2 l))) by (unfold n; now rewrite map_length).
rewrite E in *. apply dot_error_gamma; auto.
Qed.

Theorem ieee_two_sum (a b : float) : (1 < prec)%Z -> let (s, e) := k_two_sum Bops a b in
  is_finite e = true -> is_finite s = true /\ B2R s + B2R e = B2R a + B2R b.
Proof.
intros Hp. pose proof (k_two_sum_bridge a b) as H.
destruct (k_two_sum Bops a b) as [s e]. cbn [fst snd] in H. intros F. destruct (H F) as (Fs & -> & ->).
split; auto. assert (He : (emin <= 0)%Z) by (unfold SpecFloat.emin, Prec_lt_emax in *; lia).
apply two_sum; auto; apply generic_format_B2R.
Qed.

(* power is 2^((prec + 1) / 2); without the lower bound of |a b| the error term is wrong by at most 7/2 smallest
   subnormals *)
Theorem ieee_two_prod (power a b : float) : (4 <= prec)%Z ->
  B2R power = bpow radix2 ((prec + 1) / 2) ->
  let (p, e) := k_two_prod Bops power a b in
  is_finite e = true ->
  is_finite p = true /\
  (B2R a * B2R b = 0 \/ bpow radix2 (emin + 2 * prec - 1) <= Rabs (B2R a * B2R b) ->
   B2R p + B2R e = B2R a * B2R b) /\
  Rabs (B2R a * B2R b - (B2R p + B2R e)) <= 7 / 2 * (2 * eta emin).
Proof.
intros Hp Hc. pose proof (k_two_prod_bridge power a b) as H.
destruct (k_two_prod Bops power a b) as [p e]. cbn [fst snd] in H. intros F. destruct (H F) as (Fp & -> & ->).
split; auto. rewrite Hc.
assert (He : (emin < 0)%Z) by (unfold SpecFloat.emin, Prec_lt_emax in *; lia).
apply two_prod; auto; apply generic_format_B2R.
Qed.

(* (high, low, errors): the exact sum is within ((1 + u)^n - 1) errors / (1 - u)^(n+1), and 7/2 smallest subnormals a
   term, of high + low *)
Theorem ieee_dot2_error (power : float) (l : list (float * float)) : (4 <= prec)%Z ->
  B2R power = bpow radix2 ((prec + 1) / 2) ->
  let '(p, q, e) := k_dot2 Bops power l in
  is_finite q = true -> is_finite e = true ->
  (Rabs (B2R p + B2R q - xdot (map toR2 l)) - INR (length l) * (7 / 2 * (2 * eta emin))) * (1 - u prec) ^ (length l + 1)
    <= ((1 + u prec) ^ length l - 1) * B2R e.
Proof.
intros Hp Hc. pose proof (k_dot2_bridge power l) as Br.
destruct (k_dot2 Bops power l) as [[p q] e]. cbn [fst snd state_R] in Br. intros Fq Fe. specialize (Br Fq Fe).
rewrite Hc in Br.
assert (He : (emin < 0)%Z) by (unfold SpecFloat.emin, Prec_lt_emax in *; lia).
assert (Hu1 : u prec <= 1).
{ unfold u. assert (bpow radix2 (- prec + 1) <= bpow radix2 0) by (apply bpow_le; lia).
  simpl (bpow radix2 0) in *. lra. }
assert (F : Forall (in_format prec emin) (map toR2 l)).
{ apply Forall_forall. intros d Hd. apply in_map_iff in Hd. destruct Hd as ([x y] & <- & _).
  split; apply generic_format_B2R. }
pose proof (dot2_error_underflow prec emin Hprec Hp He (map toR2 l) Hu1 F) as H.
rewrite <- Br, map_length in H. exact H.
Qed.

Theorem ieee_sumsq_up_certified (C T : float) xs :
  is_finite (k_sumsq_up Bops C T xs) = true ->
  INR (length xs + 2) * u prec <= / 2 ->
  1 + 2 * INR (length xs + 2) * u prec <= B2R C <= 2 ->
  2 * INR (length xs + 1) * eta emin <= B2R T ->
  xsumsq (map B2R xs) <= B2R (k_sumsq_up Bops C T xs).
Proof.
intros F Hn HC HT. rewrite k_sumsq_up_bridge by exact F.
apply k_sumsq_up_ok; rewrite ?map_length; auto.
apply generic_format_B2R.
Qed.
End Bridge.

(* The formats of the Rust type f64, binary64, and f32, binary32: every theorem above holds for both. *)
Lemma binary64_prec : Prec_gt_0 53. Proof. reflexivity. Qed.
Lemma binary64_emax : Prec_lt_emax 53 1024. Proof. reflexivity. Qed.
Lemma binary32_prec : Prec_gt_0 24. Proof. reflexivity. Qed.
Lemma binary32_emax : Prec_lt_emax 24 128. Proof. reflexivity. Qed.
Definition f64_dot_error := ieee_dot_error 53 1024 binary64_prec binary64_emax.
Definition f32_dot_error := ieee_dot_error 24 128 binary32_prec binary32_emax.
Definition f64_two_prod := ieee_two_prod 53 1024 binary64_prec binary64_emax.
Definition f32_two_prod := ieee_two_prod 24 128 binary32_prec binary32_emax.
Definition f64_dot2_error := ieee_dot2_error 53 1024 binary64_prec binary64_emax.
Definition f32_dot2_error := ieee_dot2_error 24 128 binary32_prec binary32_emax.
Definition f64_sumsq_up := ieee_sumsq_up_certified 53 1024 binary64_prec binary64_emax.
Definition f32_sumsq_up := ieee_sumsq_up_certified 24 128 binary32_prec binary32_emax.
