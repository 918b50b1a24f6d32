(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.muon.weight-decay: decoupled decay bounds the weights.

   W (t+1) = (1 - eta lambda) W t - eta O t with |O t| <= c. [decay_bounded]: |W t| <= max(|W 0|, c / lambda) when 0 <
   lambda, 0 <= eta and eta lambda <= 1. [without_decay]: |W t| <= |W 0| + eta c t for lambda = 0. Control
   [decay_grows]: for eta lambda > 2 the norm grows even with O = 0. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormLaws.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section WeightDecay.
Variable R : rcfType.
Variables (m n : nat) (W O : nat -> 'M[R]_(m, n)) (eta lambda c : R).
Hypothesis step : forall t, W t.+1 = (1 - eta * lambda) *: W t - eta *: O t.
Hypothesis hO : forall t, opbound (O t) c.
Hypothesis eta0 : 0 <= eta.

Lemma step_opbound t k : eta * lambda <= 1 -> opbound (W t) k ->
  opbound (W t.+1) ((1 - eta * lambda) * k + eta * c).
Proof.
move=> el hW; rewrite step -scaleNr; apply: opbound_add.
  by have := opboundZ (1 - eta * lambda) hW; rewrite ger0_norm // subr_ge0.
by have := opboundZ (- eta) (hO t); rewrite normrN ger0_norm.
Qed.

Theorem decay_bounded w0 t w : 0 < lambda -> eta * lambda <= 1 -> is_opnorm (W 0%N) w0 -> is_opnorm (W t) w ->
  w <= Num.max w0 (c / lambda).
Proof.
move=> l0 el [b0 _] [_]; apply; elim: t => [|t IH].
  by apply: opbound_le b0 _; rewrite le_maxr lexx.
apply: opbound_le (step_opbound el IH) _; set M := Num.max _ _.
have cM : eta * c <= eta * lambda * M.
  by rewrite -mulrA ler_wpmul2l // mulrC -ler_pdivr_mulr // le_maxr lexx orbT.
by rewrite mulrBl mul1r -addrA ger_addl addrC subr_le0.
Qed.

Theorem without_decay w0 t w : lambda = 0 -> is_opnorm (W 0%N) w0 -> is_opnorm (W t) w -> w <= w0 + eta * c * t%:R.
Proof.
move=> l0 [b0 _] [_]; apply; elim: t => [|t IH]; first by rewrite mulr0 addr0.
have el : eta * lambda <= 1 by rewrite l0 mulr0 ler01.
apply: opbound_le (step_opbound el IH) _.
by rewrite l0 mulr0 subr0 mul1r -addrA -[t.+1]addn1 natrD mulrDr mulr1.
Qed.
End WeightDecay.

(* control *)
Theorem decay_grows (R : rcfType) m n (W : nat -> 'M[R]_(m, n)) eta lambda w0 t :
  (forall t, W t.+1 = (1 - eta * lambda) *: W t - eta *: 0) -> 2%:R < eta * lambda -> is_opnorm (W 0%N) w0 ->
  1 < eta * lambda - 1 /\ is_opnorm (W t) ((eta * lambda - 1) ^+ t * w0).
Proof.
move=> step el h0; have g : 1 < eta * lambda - 1 by rewrite ltr_subr_addr.
split=> //; elim: t => [|t IH]; first by rewrite mul1r.
rewrite step scaler0 subr0 exprS -mulrA; have := opnormZ (1 - eta * lambda) IH.
by rewrite distrC ger0_norm // ltW // (lt_trans ltr01 g).
Qed.
