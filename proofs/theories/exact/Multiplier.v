(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.multiplier: a multiplier can be traded for a scale and a rate, and every step of training stays the same.

   Layers i compute with the effective matrices a_i w_i and train w_i. An optimiser maps the history of a layer's gradients,
   the newest first, to an update; [train] runs one of each layer with rate r, coupled decay l (the L2 term l |w|^2 / 2, which
   enters the gradient) and decoupled decay k (a step is (1 - r k) w - r u). The gradient of the loss in the effective matrices
   is any function of them and of the step; [gradient_multiplier] is the factor a that it takes on in w.

   [multiplier]: let the optimiser u' answer gradients t times as large with c times the update of u. Then multipliers a t,
   starts w / t, rates r' with t c r' = r, coupled decay t^2 l and r' k' = r k give the same effective matrices after every
   number of steps, layer by layer with its own t. Its instances: [multiplier_momentum] (SGD with or without momentum: r / t^2,
   L2 t^2 l), [multiplier_adam] (r / t, eps t, k t) and [multiplier_normalised] (every update that does not feel the size of
   the gradients, among them sign descent and orthogonalised or spectrally normalised momentum: r / t, k t). The table of
   effective rates is the case a = 1 with t the multiplier.

   Controls: [sgd_linear_rate] (SGD with r / t), [adam_square_rate] (Adam with r / t^2), [adam_same_epsilon] (eps kept). *)

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
have GE : A i *: gradient t (fun j => A j *: (T' t j).1) i + l' i *: (T' t i).1
  = s i *: (a i *: gradient t (fun j => a j *: (T t j).1) i + l i *: (T t i).1).
  rewrite same scalerDr -Hw !scalerA; congr (_ *: _ + _ *: _); first by rewrite mulrC.
  by rewrite /l' expr2; ring.
rewrite /T' /T /= -/(T' t) -/(T t) -[train A r' l' k' u' w0' t i]/(T' t i) -[train a r l k u w0 t i]/(T t i).
rewrite -/T' -/T.
split; last by rewrite Hh; congr (_ :: _); exact: GE.
have hE : [:: A i *: gradient t (fun j => A j *: (T' t j).1) i + l' i *: (T' t i).1 & (T' t i).2]
  = [seq s i *: G | G <- (a i *: gradient t (fun j => a j *: (T t j).1) i + l i *: (T t i).1) :: (T t i).2].
  by rewrite /= GE Hh.
rewrite hE hu scalerBr scalerA mulrC -scalerA Hw hk; congr (_ - _).
by rewrite !scalerA -hr; congr (_ *: _); ring.
Qed.
End Training.
End Multiplier.
