(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claims spectral.condition.upper, spectral.update-decomposition and spectral.many-steps (its upper bound).

   [features W x l] is the signal after l layers of widths d 0, d 1, ..., none of them 0, with a function phi l entry by
   entry after layer l (the identity after the last). [features_le] and [features_change_le]: if every phi l is
   1-Lipschitz with phi l 0 = 0, natural norms w k of the weights and u k of any changes of the weights bound the
   features by prod w and their change by prod (w + u) - prod w. Controls [first_order_fails] (the first-order sum is no
   bound) and [offset_fails] (phi 0 <> 0).

   [update_decomposition] with the control [without_last_term].

   [steps_opnorm], [steps_natural] and [steps_rank]: T steps move a matrix by at most the sum of their norms, and of
   their ranks. Control [steps_unbounded] (the sum is reached: nothing bounds it when T grows). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormBound OpNormLaws Gradient OuterProduct NaturalNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Features.
Variable R : rcfType.

Lemma rms_entrywise_le n (x y : 'cV[R]_n) : (forall i, `|x i 0| <= `|y i 0|) -> rms x <= rms y.
Proof.
move=> h; rewrite ler_wpmul2r ?invr_ge0 ?sqrtr_ge0 // -[nrm y]mul1r.
by apply: nrm_entrywise_le => [|i]; rewrite ?ler01 // mul1r.
Qed.

Section Net.
Variables (d : nat -> nat) (phi : nat -> R -> R).
Definition weights := forall l, 'M[R]_(d l.+1, d l).
Fixpoint features (W : weights) (x : 'cV[R]_(d 0)) (l : nat) : 'cV[R]_(d l) :=
  if l is k.+1 then map_mx (phi k) (W k *m features W x k) else x.

Definition lipschitz (f : R -> R) := forall s t, `|f s - f t| <= `|s - t|.

Variables (W D : weights) (x : 'cV[R]_(d 0)) (w u : nat -> R).
Hypotheses (d0 : forall l, (0 < d l)%N) (hphi : forall l, lipschitz (phi l)).
Hypotheses (hw : forall l, is_natural (W l) (w l)) (hu : forall l, is_natural (D l) (u l)).

Theorem features_le l : (forall k, phi k 0 = 0) -> rms (features W x l) <= \prod_(k < l) w k * rms x.
Proof.
move=> phi0; elim: l => [|l IH]; first by rewrite big_ord0 mul1r.
rewrite big_ord_recr /=; apply: (@le_trans _ _ (rms (W l *m features W x l))).
  apply: rms_entrywise_le => i; move: (W l *m features W x l) => z; rewrite mxE.
  by have := hphi l (z i 0) 0; rewrite phi0 !subr0.
apply: le_trans (natural_le _ (d0 _) (d0 _) (hw l)) _.
by rewrite mulrAC mulrC ler_wpmul2l // (natural_ge0 (hw l)).
Qed.

Theorem features_change_le l : (forall k, phi k 0 = 0) ->
  rms (features (fun k => W k + D k) x l - features W x l) <= (\prod_(k < l) (w k + u k) - \prod_(k < l) w k) * rms x.
Proof.
move=> phi0; elim: l => [|l IH]; first by rewrite !big_ord0 !subrr mul0r /rms nrm0 mul0r.
have H := features_le l phi0; rewrite !big_ord_recr /=.
set h' := features _ x l in IH *; set h := features W x l in IH H *.
apply: (@le_trans _ _ (rms ((W l + D l) *m h' - W l *m h))).
  apply: rms_entrywise_le => i; move: (_ *m h') (_ *m h) => z' z; rewrite !mxE; exact: hphi.
have -> : (W l + D l) *m h' - W l *m h = W l *m (h' - h) + (D l *m (h' - h) + D l *m h).
  by rewrite mulmxDl -mulmxDr subrK mulmxBr addrAC.
apply: le_trans (rmsD _ _) _; have w0 := natural_ge0 (hw l); have u0 := natural_ge0 (hu l).
have b1 := natural_le (h' - h) (d0 _) (d0 _) (hw l).
have b2 := natural_le (h' - h) (d0 _) (d0 _) (hu l).
have b3 := natural_le h (d0 _) (d0 _) (hu l).
move: b1 b2 b3 IH H (rmsD (D l *m (h' - h)) (D l *m h)).
move: (rms (W l *m _)) (rms (D l *m (h' - h))) (rms (D l *m h)) (rms (D l *m (h' - h) + _)) (rms (h' - h)) (rms h).
move=> a1 a2 a3 a4 e k b1 b2 b3 IH H s.
have -> : (\prod_(i < l) (w i + u i) * (w l + u l) - \prod_(i < l) w i * w l) * rms x
  = w l * ((\prod_(i < l) (w i + u i) - \prod_(i < l) w i) * rms x)
    + (u l * ((\prod_(i < l) (w i + u i) - \prod_(i < l) w i) * rms x) + u l * (\prod_(i < l) w i * rms x)).
  by move: (\prod_(_ < _) _) (\prod_(_ < _) _) => p q; ring.
apply: ler_add; first by apply: le_trans b1 _; rewrite ler_wpmul2l.
apply: le_trans s _; apply: ler_add; [apply: le_trans b2 _|apply: le_trans b3 _]; by rewrite ler_wpmul2l.
Qed.
End Net.

(* controls: W = 0, D = 1, x = 1, two scalar layers; and a constant function after W = 0 *)
Theorem first_order_fails :
  let W : weights (fun=> 1%N) := fun=> 0 in let D : weights (fun=> 1%N) := fun=> 1 in
  let change := features (fun=> id) (fun k => W k + D k) 1 2 - features (fun=> id) W 1 2 in
  rms change = 1 /\ is_natural (W 0%N) 0 /\ is_natural (D 0%N) 1.
Proof.
have one : rms (1 : 'cV[R]_1) = 1 by rewrite /rms /nrm /sqn /dot big_ord1 !mxE eqxx mulr1 sqrtr1 divr1.
split; last first.
  split; last exact: natural_one.
  by exists 0; rewrite ?mulr0 //; split=> [|c []//]; exact: opbound0.
rewrite /= !add0r !mul0mx !mul1mx; set X := (X in rms X); have -> : X = 1 => //.
by apply/matrixP => i j; rewrite !mxE subr0.
Qed.

Theorem offset_fails :
  lipschitz (fun _ : R => 1) /\ rms (map_mx (fun=> 1) ((0 : 'M[R]_1) *m (1 : 'cV_1))) = 1 :> R.
Proof.
split=> [s t|]; first by rewrite subrr normr0.
by rewrite /rms /nrm /sqn /dot big_ord1 !mxE mulr1 sqrtr1 divr1.
Qed.

Theorem update_decomposition m n (W D : 'M[R]_(m, n)) (h e : 'cV_n) :
  (W + D) *m (h + e) - W *m h = W *m e + D *m h + D *m e.
Proof. by rewrite mulmxDl !mulmxDr -!addrA [LHS]addrC -!addrA addNr addr0 !addrA. Qed.

(* control: without D e *)
Theorem without_last_term :
  let W : 'M[R]_1 := 0 in let D : 'M[R]_1 := 1 in let h : 'cV[R]_1 := 0 in let e : 'cV[R]_1 := 1 in
  (W + D) *m (h + e) - W *m h = 1 /\ W *m e + D *m h = 0.
Proof. by rewrite /= !add0r !mul0mx mulmx0 mul1mx subr0 addr0. Qed.

Section Steps.
Variables (m n : nat) (W : nat -> 'M[R]_(m, n)).

Lemma steps_opbound (u : nat -> R) T : (forall t, opbound (W t.+1 - W t) (u t)) ->
  opbound (W T - W 0%N) (\sum_(t < T) u t).
Proof.
move=> hu; elim: T => [|T IH]; first by rewrite subrr big_ord0; exact: opbound0.
have -> : W T.+1 - W 0%N = (W T - W 0%N) + (W T.+1 - W T) by rewrite [RHS]addrC addrA subrK.
by rewrite big_ord_recr; apply: opbound_add.
Qed.

Theorem steps_opnorm (u : nat -> R) T c : (forall t, is_opnorm (W t.+1 - W t) (u t)) ->
  is_opnorm (W T - W 0%N) c -> c <= \sum_(t < T) u t.
Proof. by move=> hu [_]; apply; apply: steps_opbound => t; case: (hu t). Qed.

Theorem steps_natural (u : nat -> R) T w0 wT : (0 < m)%N -> (0 < n)%N ->
  (forall t, is_natural (W t.+1 - W t) (u t)) ->
  is_natural (W 0%N) w0 -> is_natural (W T) wT -> wT <= w0 + \sum_(t < T) u t.
Proof.
move=> m0 n0 hu [c0 [b0 _] ->] [cT [_ lT] ->].
set k := Num.sqrt _; have k0 : k != 0 by rewrite gt_eqF // sqrtr_gt0 divr_gt0 ?ltr0n.
have hv t : opbound (W t.+1 - W t) (u t / k) by have [c [hc _] ->] := hu t; rewrite -/k mulrC mulKf.
have -> : \sum_(t < T) u t = k * \sum_(t < T) u t / k.
  by rewrite mulr_sumr; apply: eq_bigr => t _; rewrite mulrC divfK.
have kp : 0 <= k by exact: sqrtr_ge0.
rewrite -mulrDr ler_wpmul2l //; apply: lT; rewrite -[W T](subrK (W 0%N)) addrC.
by apply: opbound_add => //; exact: (@steps_opbound (fun t => u t / k)) hv.
Qed.

Theorem steps_rank (B T : nat) : (forall t, (\rank (W t.+1 - W t)%R <= B)%N) -> (\rank (W T - W 0%N)%R <= T * B)%N.
Proof.
move=> hr; elim: T => [|T IH]; first by rewrite subrr mxrank0.
have -> : W T.+1 - W 0%N = (W T - W 0%N) + (W T.+1 - W T) by rewrite [RHS]addrC addrA subrK.
apply: leq_trans (mxrank_add _ _) _; rewrite mulSn addnC; exact: leq_add.
Qed.
End Steps.

(* control: a bound that does not grow with T *)
Theorem steps_unbounded (T : nat) :
  let W (t : nat) : 'M[R]_1 := t%:R%:M in is_natural (W 0%N) 0 /\ (forall t,
    is_natural (W t.+1 - W t) 1) /\ is_natural (W T) T%:R.
Proof.
have E k : is_natural (k%:R%:M : 'M[R]_1) k%:R.
  have [c hc cE] := natural_one R (ltn0Sn 0); exists (`|k%:R| * c).
    by rewrite -scalemx1; apply: opnormZ.
  by rewrite mulrCA -cE mulr1 ger0_norm ?ler0n.
split; first exact: E 0%N.
split=> [t|]; last exact: E.
have -> : t.+1%:R%:M - t%:R%:M = 1%:R%:M :> 'M[R]_1; last exact: (E 1%N).
by apply/matrixP => i j; rewrite (ord1 i) (ord1 j) !mxE eqxx !mulr1n -natrB // subSnn.
Qed.
End Features.
