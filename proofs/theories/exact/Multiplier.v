(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.multiplier: a multiplier can be traded for a scale and a rate, and every step of training stays the
   same.

   Layers i compute with the effective matrices a_i w_i and train w_i. An optimiser maps the history of a layer's
   gradients, the newest first, to an update; [train] runs one of each layer with rate r, coupled decay l (the L2 term l
   |w|^2 / 2, which enters the gradient) and decoupled decay k (a step is (1 - r k) w - r u). The gradient of the loss
   in the effective matrices is any function of them and of the step; [gradient_multiplier] is the factor a that it
   takes on in w.

   [multiplier]: let the optimiser u' answer gradients t times as large with c times the update of u. Then multipliers a
   t, starts w / t, rates r' with t c r' = r, coupled decay t^2 l and r' k' = r k give the same effective matrices after
   every number of steps, layer by layer with its own t. Its instances: [multiplier_momentum] (SGD with or without
   momentum: r / t^2, L2 t^2 l), [multiplier_adam] (r / t, eps t, k t) and [multiplier_normalised] (every update that
   does not feel the size of the gradients, among them sign descent and orthogonalised or spectrally normalised
   momentum: r / t, k t). The table of effective rates is the case a = 1 with t the multiplier.

   Controls: [sgd_linear_rate] (SGD with r / t), [adam_square_rate] (Adam with r / t^2), [adam_same_epsilon] (eps kept).
   *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm Gradient Adam.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Multiplier.
Variable R : rcfType.

(* the chain rule *)
Theorem gradient_multiplier m n (L : 'M[R]_(m, n) -> R) (a : R) (w G : 'M_(m, n)) :
  is_gradient L (a *: w) G -> is_gradient (fun w' => L (a *: w')) w (a *: G).
Proof.
move=> hL eps e0; have ap : 0 < `|a| + 1 by rewrite ltr_paddl ?ltr01.
have [r r0 hr] := hL (eps / (`|a| + 1)) (divr_gt0 e0 ap).
exists (r / (`|a| + 1)) => [|E hE]; first exact: divr_gt0.
have small : frob (a *: E) <= frob E * (`|a| + 1) by rewrite frobZ mulrC ler_wpmul2l ?frob_ge0 // ler_addl ler01.
have innerZl : inner (a *: G) E = inner G (a *: E).
  by apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite !mxE mulrCA mulrA.
rewrite scalerDr innerZl; apply: le_trans (hr _ _) _; first by apply: le_trans small _; rewrite -ler_pdivl_mulr.
by rewrite mulrAC ler_pdivr_mulr // -mulrA ler_wpmul2l // ltW.
Qed.

Definition optimiser m n := seq 'M[R]_(m, n) -> 'M[R]_(m, n).

(* SGD: the newest gradient and b times the momentum before it; b = 0 is SGD without momentum *)
Fixpoint momentum m n (b : R) (h : seq 'M[R]_(m, n)) : 'M[R]_(m, n) :=
  if h is G :: h' then b *: momentum b h' + G else 0.

Section Training.
Variables (layer : Type) (m n : layer -> nat).
Definition parameters := forall i, 'M[R]_(m i, n i).
Variable gradient : nat -> parameters -> parameters.

Fixpoint train (a r l k : layer -> R) (u : forall i, optimiser (m i) (n i)) (w0 : parameters) (t : nat) (i : layer) :
    'M[R]_(m i, n i) * seq 'M[R]_(m i, n i) :=
  match t with
  | 0%N => (w0 i, [::])
  | t'.+1 =>
    let w := (train a r l k u w0 t' i).1 in
    let G := a i *: gradient t' (fun j => a j *: (train a r l k u w0 t' j).1) i + l i *: w in
    let h := G :: (train a r l k u w0 t' i).2 in
    ((1 - r i * k i) *: w - r i *: u i h, h)
  end.

Definition effective a r l k u w0 t i : 'M[R]_(m i, n i) := a i *: (train a r l k u w0 t i).1.

Definition extensional := forall t V W, (forall i, V i = W i) -> forall i, gradient t V i = gradient t W i.

Theorem multiplier (a r l k r' k' c s : layer -> R) (u u' : forall i, optimiser (m i) (n i)) (w0 : parameters) :
  extensional -> (forall i, s i != 0) ->
  (forall i h, u' i [seq s i *: G | G <- h] = c i *: u i h) ->
  (forall i, s i * c i * r' i = r i) -> (forall i, r' i * k' i = r i * k i) ->
  forall t i, effective (fun i => a i * s i) r' (fun i => s i ^+ 2 * l i) k' u' (fun i => (s i)^-1 *: w0 i) t i
            = effective a r l k u w0 t i.
Proof.
move=> ext s0 hu hr hk.
set A := fun i => a i * s i; set l' := fun i => _ * l i; set w0' := fun i => _ *: w0 i.
pose T' := train A r' l' k' u' w0'; pose T := train a r l k u w0.
suff sim t i : s i *: (T' t i).1 = (T t i).1 /\ (T' t i).2 = [seq s i *: G | G <- (T t i).2].
  by move=> t i; rewrite /effective -scalerA (proj1 (sim t i)).
elim: t i => [|t IH] i; first by rewrite /= /w0' scalerA divff // scale1r.
have same : gradient t (fun j => A j *: (T' t j).1) i = gradient t (fun j => a j *: (T t j).1) i.
  by apply: ext => j; rewrite -scalerA (proj1 (IH j)).
have [Hw Hh] := IH i.
pose G' := A i *: gradient t (fun j => A j *: (T' t j).1) i + l' i *: (T' t i).1.
pose G := a i *: gradient t (fun j => a j *: (T t j).1) i + l i *: (T t i).1.
have GE : G' = s i *: G.
  rewrite /G' /G same scalerDr -Hw !scalerA; congr (_ *: _ + _ *: _); first by rewrite mulrC.
  by rewrite /l' expr2; ring.
have -> : T' t.+1 i = ((1 - r' i * k' i) *: (T' t i).1 - r' i *: u' i (G' :: (T' t i).2), G' :: (T' t i).2) by [].
have -> : T t.+1 i = ((1 - r i * k i) *: (T t i).1 - r i *: u i (G :: (T t i).2), G :: (T t i).2) by [].
rewrite GE Hh /= -[s i *: G :: _]/[seq s i *: H | H <- G :: (T t i).2]; split=> //.
rewrite hu scalerBr scalerA mulrC -scalerA Hw hk; congr (_ - _).
by rewrite !scalerA -hr; congr (_ *: _); ring.
Qed.

Lemma momentumZ p q b a (h : seq 'M[R]_(p, q)) : momentum b [seq a *: G | G <- h] = a *: momentum b h.
Proof. by elim: h => [|G h /= ->]; rewrite ?scaler0 // scalerDr !scalerA mulrC. Qed.

Theorem multiplier_momentum (a r l k b s : layer -> R) (w0 : parameters) :
  extensional -> (forall i, s i != 0) ->
  forall t i,
    effective (fun i => a i * s i) (fun i => r i / s i ^+ 2) (fun i => s i ^+ 2 * l i) (fun i => k i * s i ^+ 2)
      (fun i => momentum (b i)) (fun i => (s i)^-1 *: w0 i) t i
    = effective a r l k (fun i => momentum (b i)) w0 t i.
Proof.
move=> ext s0; apply: (@multiplier a r l k _ _ s s _ _ w0) => // [i h|i|i]; first exact: momentumZ.
  by field; rewrite s0.
by field; rewrite s0.
Qed.

Lemma adam_updateZ p q (b1 b2 eps a : R) (h : seq 'M[R]_(p, q)) : 0 < a ->
  adam_update b1 b2 (eps * a) [seq a *: G | G <- h] = adam_update b1 b2 eps h.
Proof.
move=> a0; apply/matrixP => i j; rewrite !mxE.
have -> : [seq (G : 'M[R]_(p, q)) i j | G <- [seq a *: G | G <- h]] = [seq a * g | g <- [seq (G : 'M[R]_(p,
  q)) i j | G <- h]].
  by rewrite -!map_comp; apply: eq_map => G /=; rewrite mxE.
move: [seq _ | G <- h] => g; rewrite /adam_entry size_map averageZ.
have -> : [seq x ^+ 2 | x <- [seq a * x | x <- g]] = [seq a ^+ 2 * y | y <- [seq x ^+ 2 | x <- g]].
  by rewrite -!map_comp; apply: eq_map => x /=; rewrite exprMn.
have root V P : Num.sqrt (a ^+ 2 * V / P) = a * Num.sqrt (V / P).
  by rewrite -mulrA sqrtrM ?sqr_ge0 // sqrtr_sqr gtr0_norm.
rewrite averageZ root [eps * a]mulrC -mulrDr -[a * _ / _]mulrA.
by rewrite invfM mulrACA divff ?mul1r // gt_eqF.
Qed.

Theorem multiplier_adam (a r l k b1 b2 eps s : layer -> R) (w0 : parameters) :
  extensional -> (forall i, 0 < s i) ->
  forall t i,
    effective (fun i => a i * s i) (fun i => r i / s i) (fun i => s i ^+ 2 * l i) (fun i => k i * s i)
      (fun i => adam_update (b1 i) (b2 i) (eps i * s i)) (fun i => (s i)^-1 *: w0 i) t i
    = effective a r l k (fun i => adam_update (b1 i) (b2 i) (eps i)) w0 t i.
Proof.
move=> ext s0; have s1 i : s i != 0 by rewrite gt_eqF.
apply: (@multiplier a r l k _ _ (fun=> 1) s _ _ w0) => // [i h|i|i]; first by rewrite scale1r adam_updateZ.
  by field; rewrite s1.
by field; rewrite s1.
Qed.

Theorem multiplier_normalised (a r l k b s : layer -> R) (O : forall i, 'M[R]_(m i, n i) -> 'M[R]_(m i, n i))
    (w0 : parameters) :
  extensional -> (forall i, 0 < s i) -> (forall i x G, 0 < x -> O i (x *: G) = O i G) ->
  forall t i,
    effective (fun i => a i * s i) (fun i => r i / s i) (fun i => s i ^+ 2 * l i) (fun i => k i * s i)
      (fun i h => O i (momentum (b i) h)) (fun i => (s i)^-1 *: w0 i) t i
    = effective a r l k (fun i h => O i (momentum (b i) h)) w0 t i.
Proof.
move=> ext s0 hO; have s1 i : s i != 0 by rewrite gt_eqF.
apply: (@multiplier a r l k _ _ (fun=> 1) s _ _ w0) => // [i h|i|i]; first by rewrite scale1r momentumZ hO.
  by field; rewrite s1.
by field; rewrite s1.
Qed.
End Training.

(* two updates that do not feel the size of the gradient *)
Theorem sign_invariant m n x (G : 'M[R]_(m, n)) : 0 < x -> map_mx Num.sg (x *: G) = map_mx Num.sg G.
Proof. by move=> x0; apply/matrixP => i j; rewrite !mxE sgrM (gtr0_sg x0) mul1r. Qed.
Theorem normalised_invariant m n x (G : 'M[R]_(m, n)) : 0 < x ->
  (frob (x *: G))^-1 *: (x *: G) = (frob G)^-1 *: G.
Proof.
move=> x0; rewrite frobZ (gtr0_norm x0) scalerA; congr (_ *: _).
by rewrite invfM mulrC mulrA divff ?mul1r // gt_eqF.
Qed.

(* Controls: one weight W with gradient W (the loss W^2 / 2), W = 1, one step;
  then the multiplier 2 and the start 1/2. *)
Section Controls.
Definition one_weight : unit -> nat := fun=> 1%N.
Definition identity_gradient (t : nat) (W : parameters one_weight one_weight) := W.
Definition one_step (a r : R) (u : optimiser 1 1) (w : R) :=
  effective identity_gradient (fun=> a) (fun=> r) (fun=> 0) (fun=> 0) (fun=> u) (fun=> const_mx w) 1 tt 0 0.

Lemma one_stepE a r (u : optimiser 1 1) w : one_step a r u w = a * (w - r * u [:: const_mx (a * (a * w))] 0 0).
Proof.
rewrite /one_step /effective /= !mxE scale0r addr0 mulr0 subr0 mul1r; congr (_ * (_ - _ * u [:: _] _ _)).
by apply/matrixP => i j; rewrite !mxE.
Qed.

Theorem sgd_linear_rate : one_step 1 1 (momentum 0) 1 = 0 /\ one_step 2%:R 2%:R^-1 (momentum 0) 2%:R^-1 = - 1.
Proof. by rewrite !one_stepE /= !scaler0 !add0r !mxE; split; field. Qed.

Theorem adam_square_rate b1 b2 : b1 != 1 -> b2 < 1 ->
  one_step 1 1 (adam_update b1 b2 0) 1 = 0 /\ one_step 2%:R 4%:R^-1 (adam_update b1 b2 0) 2%:R^-1 = 2%:R^-1.
Proof.
move=> b11 b21; rewrite !one_stepE !adam_first_step // !mxE !gtr0_sg ?mulr_gt0 ?invr_gt0 ?ltr01 ?ltr0n //.
by split; field.
Qed.

Theorem adam_same_epsilon b1 b2 : b1 != 1 -> b2 < 1 ->
  one_step 1 1 (adam_update b1 b2 1) 1 = 2%:R^-1 /\ one_step 2%:R 2%:R^-1 (adam_update b1 b2 1) 2%:R^-1 = 3%:R^-1.
Proof.
move=> b11 b21; rewrite !one_stepE !mxE !adam_first_entry // !mxE !gtr0_norm ?mulr_gt0 ?invr_gt0 ?ltr01 ?ltr0n //.
by split; field.
Qed.
End Controls.
End Multiplier.
