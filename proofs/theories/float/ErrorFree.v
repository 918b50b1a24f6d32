(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma L4, first half: error-free transforms, in the order of operations of widthwise_rounding::error_free.

   [two_sum]: Knuth's sum, s + e = a + b always. [two_prod]: Veltkamp's splitting and Dekker's product without a fused
   operation, p + e = a b whenever a b is zero or at least 2^(emin + 2 prec - 1), and within 7/2 smallest subnormals
   otherwise (no overflow). Both come from Flocq's Pff2Flocq; what is proved here is that the Rust code, whose signs
   and order differ, computes the same numbers. *)

From Coq Require Import Reals ZArith Lra Lia Bool.
From Flocq Require Import Core Pff2Flocq.
From Widthwise.float Require Import Kernels RModel.
Open Scope R_scope.

Section ErrorFree.
Variables (prec emin : Z).
Context (Hprec : Prec_gt_0 prec).
Notation fmt := (generic_format radix2 (FLT_exp emin prec)).
Notation rnd := (rnd prec emin).
Notation Rops := (Rops prec emin).

(* ties to even are symmetric *)
Lemma even_sym z : negb (Z.even z) = negb (negb (Z.even (- (z + 1)))).
Proof. rewrite Z.even_opp, Z.even_add. simpl. now destruct (Z.even z). Qed.
Lemma rnd_opp x : rnd (- x) = - rnd x.
Proof. apply round_NE_opp. Qed.

Theorem two_sum a b : (1 < prec)%Z -> (emin <= 0)%Z -> fmt a -> fmt b ->
  fst (k_two_sum Rops a b) + snd (k_two_sum Rops a b) = a + b.
Proof. intros Hp He Fa Fb. exact (TwoSum_correct emin prec _ Hp He even_sym a b Fa Fb). Qed.

Notation half := ((prec + 1) / 2)%Z.
Lemma half_div2 : (prec - Z.div2 prec)%Z = half.
Proof.
rewrite Z.div2_div. pose proof (Z.div_mod prec 2 ltac:(lia)). pose proof (Z.mod_pos_bound prec 2 ltac:(lia)).
pose proof (Z.div_mod (prec + 1) 2 ltac:(lia)). pose proof (Z.mod_pos_bound (prec + 1) 2 ltac:(lia)). lia.
Qed.

(* the factor 2^s + 1 is a number *)
Lemma split_factor : (4 <= prec)%Z -> (emin < 0)%Z -> rnd (bpow radix2 half + 1) = bpow radix2 half + 1.
Proof.
intros Hp He. apply rnd_id.
assert (Hh : (0 <= half < prec)%Z) by (split; [apply Z.div_pos; lia|apply Z.div_lt_upper_bound; lia]).
apply generic_format_FLT. exists (Float radix2 (2 ^ half + 1) 0).
- unfold F2R; cbn [Fnum Fexp]. rewrite plus_IZR, (IZR_Zpower radix2) by lia. simpl (bpow radix2 0). ring.
- cbn [Fnum]. rewrite Z.abs_eq by (pose proof (Z.pow_nonneg 2 half); lia).
  assert (2 ^ half + 1 < 2 ^ (half + 1))%Z.
  { rewrite Z.pow_add_r by lia.
    assert (2 ^ 1 <= 2 ^ half)%Z by (apply Z.pow_le_mono_r; [lia|apply Z.div_le_lower_bound; lia]). lia. }
  assert (2 ^ (half + 1) <= 2 ^ prec)%Z by (apply Z.pow_le_mono_r; lia). simpl radix_val. lia.
- cbn [Fexp]. lia.
Qed.

(* c - (c - a) is Veltkamp's (a - c) + c *)
Lemma split_veltkamp a : (4 <= prec)%Z -> (emin < 0)%Z ->
  let c := rnd (a * (bpow radix2 half + 1)) in let high := rnd (rnd (a - c) + c) in
  k_split Rops (bpow radix2 half) a = (high, rnd (a - high)).
Proof.
intros Hp He c high. unfold k_split. cbn [fone fadd fsub fmul RModel.Rops].
rewrite (split_factor Hp He), (Rmult_comm (_ + 1)). fold c.
assert (E : rnd (c - rnd (c - a)) = high).
{ replace (c - a) with (- (a - c)) by ring. rewrite rnd_opp. unfold high. f_equal. ring. }
rewrite E. reflexivity.
Qed.

Theorem two_prod a b : (4 <= prec)%Z -> (emin < 0)%Z -> fmt a -> fmt b ->
  let p := fst (k_two_prod Rops (bpow radix2 half) a b) in
  let e := snd (k_two_prod Rops (bpow radix2 half) a b) in
  (a * b = 0 \/ bpow radix2 (emin + 2 * prec - 1) <= Rabs (a * b) -> p + e = a * b) /\
  Rabs (a * b - (p + e)) <= 7 / 2 * (2 * eta emin).
Proof.
intros Hp He Fa Fb. unfold k_two_prod.
pose proof (split_veltkamp a Hp He) as Sa. pose proof (split_veltkamp b Hp He) as Sb. cbv zeta in Sa, Sb.
rewrite Sa, Sb. cbn [fst snd fone fadd fsub fmul RModel.Rops]. clear Sa Sb.
(* Dekker's theorem with the two factors exchanged has the same order of subtractions *)
pose proof (Dekker radix2 emin prec (fun z => negb (Z.even z)) Hp He b a Fb Fa (or_introl eq_refl)) as (D1 & D2).
rewrite half_div2 in D1, D2.
change (round radix2 (FLT_exp emin prec) (Znearest (fun z => negb (Z.even z)))) with rnd in D1, D2.
set (ah := rnd (rnd (a - rnd (a * (bpow radix2 half + 1))) + rnd (a * (bpow radix2 half + 1)))) in *.
set (bh := rnd (rnd (b - rnd (b * (bpow radix2 half + 1))) + rnd (b * (bpow radix2 half + 1)))) in *.
set (al := rnd (a - ah)) in *. set (bl := rnd (b - bh)) in *.
rewrite (Rmult_comm b a), (Rmult_comm bh ah), (Rmult_comm bh al), (Rmult_comm bl ah), (Rmult_comm bl al) in D1, D2.
set (p := rnd (a * b)) in *.
set (t1 := rnd (- p + rnd (ah * bh))) in *. set (t2 := rnd (t1 + rnd (al * bh))) in *.
set (t3 := rnd (t2 + rnd (ah * bl))) in *.
assert (E1 : rnd (p - rnd (ah * bh)) = - t1) by (unfold t1; rewrite <- rnd_opp; f_equal; ring).
assert (E2 : rnd (- t1 - rnd (al * bh)) = - t2) by (unfold t2; rewrite <- rnd_opp; f_equal; ring).
assert (E3 : rnd (- t2 - rnd (ah * bl)) = - t3) by (unfold t3; rewrite <- rnd_opp; f_equal; ring).
rewrite E1, E2, E3. replace (rnd (al * bl) - - t3) with (t3 + rnd (al * bl)) by ring.
split.
- intros H. symmetry. apply D1, H.
- eapply Rle_trans; [exact D2|]. unfold eta. lra.
Qed.
End ErrorFree.
