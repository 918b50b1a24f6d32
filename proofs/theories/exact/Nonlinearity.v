(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.assumption-2.nonlinearity, its pointwise facts: entrywise functions and the norm.

   [entrywise_bounds] (alpha |t| <= |phi t| <= beta |t| everywhere gives the same for vectors), [leaky_relu_bounds] and
   [leaky_relu_change] (a leaky ReLU of slope a in [0, 1] keeps norms and changes up to the factor a), [relu_pythagoras]
   (|relu z|^2 + |relu (-z)|^2 = |z|^2), [relu_le], [lipschitz_change]. Control [relu_dead] (no lower bound for ReLU: z
   = -1). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm Gradient OuterProduct NaturalNorm FeatureBound.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Nonlinearity.
Variable R : rcfType.
Implicit Types (s t a alpha beta : R) (n : nat).

Definition relu t : R := Num.max 0 t.
Definition leaky_relu a t : R := if 0 <= t then t else a * t.

Lemma nrm_ge_entrywise n (x y : 'cV[R]_n) alpha : 0 <= alpha ->
  (forall i, alpha * `|y i 0| <= `|x i 0|) -> alpha * nrm y <= nrm x.
Proof.
move=> a0 h; have -> : alpha * nrm y = nrm (alpha *: y) by rewrite nrmZ ger0_norm.
rewrite -[nrm x]mul1r; apply: nrm_entrywise_le => [|i]; first exact: ler01.
by rewrite mul1r mxE normrM ger0_norm.
Qed.

Theorem entrywise_bounds n (phi : R -> R) alpha beta (z : 'cV_n) : 0 <= alpha -> 0 <= beta ->
  (forall t, alpha * `|t| <= `|phi t| <= beta * `|t|) ->
  alpha * nrm z <= nrm (map_mx phi z) <= beta * nrm z.
Proof.
move=> a0 b0 h; apply/andP; split; [apply: nrm_ge_entrywise => // i|apply: nrm_entrywise_le => // i].
  by rewrite mxE; case/andP: (h (z i 0)).
by rewrite mxE; case/andP: (h (z i 0)).
Qed.

Lemma leaky_reluE a t : leaky_relu a t = a * t + (1 - a) * relu t.
Proof.
rewrite /leaky_relu /relu; case: leP => h; last by rewrite mulr0 addr0.
by ring.
Qed.

Lemma relu_increment s t : t <= s -> 0 <= relu s - relu t <= s - t.
Proof.
move=> ts; rewrite /relu subr_ge0; have [t0|t0] := leP 0 t.
  by rewrite max_r ?(le_trans t0 ts) // ts lexx.
have [s0|s0] := leP 0 s; first by rewrite s0 subr0 ler_addl oppr_ge0 ltW.
by rewrite subrr lexx subr_ge0.
Qed.

Lemma leaky_relu_increment a s t : 0 <= a -> a <= 1 ->
  a * `|s - t| <= `|leaky_relu a s - leaky_relu a t| <= `|s - t|.
Proof.
move=> a0 a1; wlog ts : s t / t <= s.
  by move=> H; have [/H //|/ltW/H] := leP t s; rewrite distrC [`|leaky_relu a t - _|]distrC.
have st : 0 <= s - t by rewrite subr_ge0.
have -> : leaky_relu a s - leaky_relu a t = a * (s - t) + (1 - a) * (relu s - relu t) by rewrite !leaky_reluE; ring.
have /andP[r0 r1] := relu_increment ts; have c0 : 0 <= 1 - a by rewrite subr_ge0.
rewrite (ger0_norm st) ger0_norm; last by rewrite addr_ge0 ?mulr_ge0.
rewrite ler_addl mulr_ge0 //=; have {2}-> : s - t = a * (s - t) + (1 - a) * (s - t) by ring.
by rewrite ler_add2l ler_wpmul2l.
Qed.

Theorem leaky_relu_bounds n a (z : 'cV[R]_n) : 0 <= a -> a <= 1 ->
  a * nrm z <= nrm (map_mx (leaky_relu a) z) <= nrm z.
Proof.
move=> a0 a1; rewrite -[X in _ <= _ <= X]mul1r; apply: entrywise_bounds => // [|t]; first exact: ler01.
have := leaky_relu_increment t 0 a0 a1; have -> : leaky_relu a 0 = 0 by rewrite /leaky_relu lexx.
by rewrite !subr0 mul1r.
Qed.

Theorem leaky_relu_change n a (z e : 'cV[R]_n) : 0 <= a -> a <= 1 ->
  a * nrm e <= nrm (map_mx (leaky_relu a) (z + e) - map_mx (leaky_relu a) z) <= nrm e.
Proof.
move=> a0 a1; have E i : a * `|e i 0| <= `|leaky_relu a (z i 0 + e i 0) - leaky_relu a (z i 0)| <= `|e i 0|.
  by have := leaky_relu_increment (z i 0 + e i 0) (z i 0) a0 a1; rewrite addrC addKr.
apply/andP; split; first by apply: nrm_ge_entrywise => // i; rewrite !mxE; case/andP: (E i).
by rewrite -[nrm e]mul1r; apply: nrm_entrywise_le => [|i]; rewrite ?ler01 // !mxE mul1r; case/andP: (E i).
Qed.

Theorem relu_pythagoras n (z : 'cV[R]_n) : nrm (map_mx relu z) ^+ 2 + nrm (map_mx relu (- z)) ^+ 2 = nrm z ^+ 2.
Proof.
rewrite !nrm_sqr -big_split; apply: eq_bigr => i _ /=; rewrite !mxE /relu.
have [h|h] := leP 0 (z i 0); first by rewrite max_l ?oppr_le0 // mulr0 addr0.
by rewrite max_r ?oppr_ge0 ?ltW // mulr0 add0r mulrNN.
Qed.

Theorem relu_le n (z : 'cV[R]_n) : nrm (map_mx relu z) <= nrm z.
Proof.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?nrm_ge0 // -(relu_pythagoras z) ler_addl; exact: sqr_ge0.
Qed.

Theorem lipschitz_change n (phi : R -> R) (z e : 'cV[R]_n) : lipschitz phi ->
  nrm (map_mx phi (z + e) - map_mx phi z) <= nrm e.
Proof.
move=> h; rewrite -[nrm e]mul1r; apply: nrm_entrywise_le => [|i]; first exact: ler01.
by rewrite !mxE mul1r; have := h (z i 0 + e i 0) (z i 0); rewrite addrAC subrr add0r.
Qed.

(* control *)
Theorem relu_dead n : map_mx relu (const_mx (- 1) : 'cV[R]_n) = 0 /\ nrm (const_mx (- 1) : 'cV[R]_n) ^+ 2 = n%:R.
Proof.
split; first by apply/matrixP => i j; rewrite !mxE /relu max_l // oppr_le0 ler01.
rewrite nrm_sqr /sqn /dot (eq_bigr (fun=> 1)) => [|i _]; last by rewrite !mxE mulrNN mulr1.
by rewrite sumr_const card_ord.
Qed.
End Nonlinearity.
