(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claims spectral.update.no-cancellation and spectral.condition.sufficient: to first order the layers never cancel each
   other.

   B examples i go through layers of widths d 0, d 1, ...: h i l is the input of layer l, e i l its gradient at the
   output of the layer before (so that e i l.+1 belongs to the output of layer l), s i l the derivative of the function
   in front of layer l. Gradients go back as e i l = s i l * (W_l^T e i l.+1) (OuterProduct.v), rates forward as
   [signal_rate], where [output_rate] = D h + W (rate of h): the chain rule for weights that start to move with velocity
   D. That these are the derivatives is the chain rule and not proved here. The update of layer l is - eta_l G_l with
   the gradient G_l [batch_gradient].

   [no_cancellation]: sum_i <e i l.+1, output_rate i l> = - B sum_(k <= l) eta_k |G_k|_F^2. [loss_rate]: at the last
   layer this is the derivative of the mean loss. [no_cancellation_single]: for one example and eta >= 0 the rate at the
   output of layer l is at least |D_l h_l| = |D_l| |h_l|.

   [feature_change_lower] and [feature_change_upper]: for a linear network, one example and one step the change of the
   features after layer l is between u_l rms(h_l) - R rms(x) and (prod (w + u) - prod w) rms(x), R [second_order] what
   of that product is of second order in u. Control [ascent_cancels]: with ascent in one layer the first-order parts can
   cancel, and the lower bound fails. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormBound OpNormLaws Gradient Spectral PsdRoot Nuclear
  RankOne.
From Widthwise.exact Require Import UpdateAlignment OuterProduct NaturalNorm FeatureBound.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section NoCancellation.
Variable R : rcfType.
Implicit Types (l k : nat).

Definition entrywise_product n (x y : 'cV[R]_n) : 'cV[R]_n := \col_i (x i 0 * y i 0).

Lemma dot_entrywise n (x y z : 'cV[R]_n) : dot x (entrywise_product y z) = dot (entrywise_product y x) z.
Proof. by apply: eq_bigr => i _; rewrite !mxE mulrCA mulrA. Qed.

Section Rates.
Variables (d : nat -> nat) (W D : weights R d) (s h : forall l, 'cV[R]_(d l)).
Fixpoint signal_rate l : 'cV[R]_(d l) :=
  if l is k.+1 then entrywise_product (s k.+1) (D k *m h k + W k *m signal_rate k) else 0.
Definition output_rate l : 'cV[R]_(d l.+1) := D l *m h l + W l *m signal_rate l.

(* for any velocities *)
Lemma dot_output_rate (e : forall l, 'cV[R]_(d l)) l :
  (forall k, (0 < k <= l)%N -> e k = entrywise_product (s k) ((W k)^T *m e k.+1)) ->
  dot (e l.+1) (output_rate l) = \sum_(k < l.+1) dot (e k.+1) (D k *m h k).
Proof.
elim: l => [|l IH] he; first by rewrite big_ord1 /output_rate mulmx0 addr0.
rewrite big_ord_recr -IH => [|k /andP[k0 kl]]; last by apply: he; rewrite k0 (leq_trans kl).
rewrite {1}/output_rate dotDr addrC; congr (_ + _).
rewrite [LHS]dotC dot_adj dotC /= dot_entrywise -he ?ltnSn ?leqnn //.
Qed.
End Rates.

Section Batch.
Variables (d : nat -> nat) (B : nat) (W : weights R d) (s h e : 'I_B -> forall l, 'cV[R]_(d l)) (eta : nat ->
  R) (L : nat).
Hypothesis backward : forall i k, (0 < k < L)%N -> e i k = entrywise_product (s i k) ((W k)^T *m e i k.+1).

Definition batch_gradient l : 'M[R]_(d l.+1, d l) := B%:R^-1 *: \sum_i e i l.+1 *m (h i l)^T.
Definition descent l : 'M[R]_(d l.+1, d l) := - eta l *: batch_gradient l.

Theorem no_cancellation l : (0 < B)%N -> (l < L)%N ->
  \sum_i dot (e i l.+1) (output_rate W descent (s i) (h i) l)
    = - (B%:R * \sum_(k < l.+1) eta k * frob2 (batch_gradient k)).
Proof.
move=> B0 lL; have Bn : B%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite (eq_bigr (fun i => \sum_(k < l.+1) dot (e i k.+1) (descent k *m h i k))) => [|i _]; last first.
  by apply: dot_output_rate => k /andP[k0 kl]; apply: backward; rewrite k0 (leq_ltn_trans kl).
rewrite exchange_big mulr_sumr -sumrN; apply: eq_bigr => k _ /=.
rewrite (eq_bigr (fun i => inner (e i k.+1 *m (h i k)^T) (descent k))) => [|i _]; last by rewrite inner_outer.
rewrite -inner_suml; have -> : \sum_i e i k.+1 *m (h i k)^T = B%:R *: batch_gradient k.
  by rewrite scalerA divff // scale1r.
rewrite /descent innerZr innerC innerZr inner_frob2; ring.
Qed.

(* e i L is the gradient of example i's loss in the output: the mean loss changes at this rate *)
Theorem loss_rate l : (0 < B)%N -> l.+1 = L ->
  (\sum_i dot (e i l.+1) (output_rate W descent (s i) (h i) l)) / B%:R
    = - \sum_(k < l.+1) eta k * frob2 (batch_gradient k).
Proof.
move=> B0 lL; rewrite no_cancellation -?lL // mulNr mulrAC divff ?mul1r //.
by rewrite pnatr_eq0 -lt0n.
Qed.
End Batch.

Section Single.
Variables (d : nat -> nat) (W : weights R d) (s h e : forall l, 'cV[R]_(d l)) (eta : nat -> R) (L : nat).
Hypothesis backward : forall k, (0 < k < L)%N -> e k = entrywise_product (s k) ((W k)^T *m e k.+1).
Hypothesis eta0 : forall l, 0 <= eta l.

Definition step l : 'M[R]_(d l.+1, d l) := update (eta l) (e l.+1) (h l).

Lemma dot_step l : dot (e l.+1) (step l *m h l) = - (eta l * sqn (e l.+1) * sqn (h l)).
Proof. by rewrite /step update_apply nrm_sqr dotZr -/(sqn _); ring. Qed.

Theorem no_cancellation_single l c : (l < L)%N -> is_opnorm (step l) c ->
  c * nrm (h l) <= nrm (output_rate W step s h l).
Proof.
move=> lL hc; rewrite -(update_aligned hc) -/(step l).
have [e0|e0] := eqVneq (e l.+1) 0.
  by rewrite /step /update e0 mul0mx scaler0 mul0mx nrm0 nrm_ge0.
rewrite -(ler_pmul2l (nrm_gt0 e0)); apply: le_trans (cauchy_schwarz_abs _ _).
rewrite (@dot_output_rate _ W step s h e) => [|k /andP[k0 kl]]; last by apply: backward; rewrite k0 (leq_ltn_trans kl).
rewrite -normrN -sumrN ger0_norm; last first.
  by apply: sumr_ge0 => k _; rewrite dot_step opprK !mulr_ge0 ?sqn_ge0.
rewrite big_ord_recr /= dot_step opprK ler_paddl //.
  by apply: sumr_ge0 => k _; rewrite dot_step opprK !mulr_ge0 ?sqn_ge0.
rewrite /step update_apply nrmZ normrM normrN (ger0_norm (eta0 l)) (ger0_norm (sqr_ge0 _)) nrm_sqr -[sqn (e
  l.+1)]nrm_sqr.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.
End Single.

Section Linear.
Variables (d : nat -> nat) (W : weights R d) (x : 'cV[R]_(d 0)) (e : forall l, 'cV[R]_(d l)) (eta : nat -> R) (L : nat).
Hypothesis d0 : forall l, (0 < d l)%N.
Hypothesis eta0 : forall l, 0 <= eta l.
Hypothesis backward : forall k, (0 < k < L)%N -> e k = (W k)^T *m e k.+1.
Let h := features (fun=> id) W x.
Let D := step h e eta.
Variables (w u : nat -> R).
Hypotheses (hw : forall l, is_natural (W l) (w l)) (hu : forall l, is_natural (D l) (u l)).

Definition second_order (w u : nat -> R) l : R :=
  \prod_(k < l) (w k + u k) - \prod_(k < l) w k - \sum_(0 <= k < l) u k * \prod_(0 <= j < l | j != k) w j.

Lemma first_orderS (a b : nat -> R) l :
  \sum_(0 <= k < l.+1) b k * \prod_(0 <= j < l.+1 | j != k) a j
    = a l * (\sum_(0 <= k < l) b k * \prod_(0 <= j < l | j != k) a j) + b l * \prod_(k < l) a k.
Proof.
rewrite big_nat_recr //=; congr (_ + _); last first.
  congr (_ * _); rewrite big_mkcond big_nat_recr //= eqxx mulr1 -big_mkcond -(big_mkord predT) /=.
  by rewrite big_nat_cond [RHS]big_nat_cond; apply: eq_bigl => j; case: (ltngtP j l); rewrite ?andbF ?andbT.
rewrite mulr_sumr; apply: eq_big_nat => k /andP[_ kl].
by rewrite big_mkcond big_nat_recr //= -big_mkcond (gtn_eqF kl) /= mulrA mulrC mulrA mulrC.
Qed.

Let ones l : 'cV[R]_(d l) := const_mx 1.
Lemma ones_product n (y : 'cV[R]_n) : entrywise_product (const_mx 1) y = y.
Proof. by apply/matrixP => i j; rewrite !mxE mul1r (ord1 j). Qed.

Let h' := features (fun=> id) (fun k => W k + D k) x.
Lemma featuresS V l : features (fun=> id) V x l.+1 = V l *m features (fun=> id) V x l.
Proof. by apply/matrixP => i j; rewrite mxE. Qed.

Let id_lipschitz (l : nat) : lipschitz (id : R -> R). Proof. by []. Qed.

Theorem feature_change_upper l :
  rms (h' l - h l) <= (\prod_(k < l) (w k + u k) - \prod_(k < l) w k) * rms x.
Proof. exact: features_change_le. Qed.

Lemma remainder_le l : rms (h' l - h l - signal_rate W D ones h l) <= second_order w u l * rms x.
Proof.
elim: l => [|l IH]; first by rewrite /second_order !big_ord0 big_geq // /h' /h /= !subr0 !subrr mul0r /rms nrm0 mul0r.
rewrite /= ones_product /h' /h !featuresS -/h -/h'.
have -> : (W l + D l) *m h' l - W l *m h l - (D l *m h l + W l *m signal_rate W D ones h l)
  = W l *m (h' l - h l - signal_rate W D ones h l) + D l *m (h' l - h l).
  rewrite !mulmxBr mulmxDl; move: (W l *m h' l) (D l *m h' l) (W l *m h l) (D l *m h l) (W l *m signal_rate _ _ _ _ _).
  move=> a b c f g; apply/matrixP => i j; rewrite !mxE; ring.
apply: le_trans (rmsD _ _) _.
have -> : second_order w u l.+1 * rms x = w l * (second_order w u l * rms x)
  + u l * ((\prod_(k < l) (w k + u k) - \prod_(k < l) w k) * rms x).
  by rewrite /second_order first_orderS !big_ord_recr /=; move: (\sum_(_ <= _ < _) _) => S; ring.
apply: ler_add.
  apply: le_trans (natural_le _ (d0 _) (d0 _) (hw l)) _; exact: ler_wpmul2l (natural_ge0 (hw l)) _ _ IH.
apply: le_trans (natural_le _ (d0 _) (d0 _) (hu l)) _;
  apply: ler_wpmul2l (natural_ge0 (hu l)) _ _ (feature_change_upper l).
Qed.

Theorem feature_change_lower l : (l < L)%N ->
  u l * rms (h l) - second_order w u l.+1 * rms x <= rms (h' l.+1 - h l.+1).
Proof.
move=> lL; have rl := remainder_le l.+1; rewrite /= ones_product -/(output_rate W D ones h l) in rl.
have lower : u l * rms (h l) <= rms (output_rate W D ones h l).
  have [c hc ->] := hu l; rewrite sqrt_ratio.
  have -> : Num.sqrt (d l)%:R / Num.sqrt (d l.+1)%:R * c * rms (h l) = c * nrm (h l) / Num.sqrt (d l.+1)%:R.
    rewrite /rms; field; rewrite !gt_eqF ?sqrt_nat_gt0 //.
  rewrite ler_wpmul2r ?invr_ge0 ?sqrtr_ge0 //.
  apply: (@no_cancellation_single d W ones h e eta L) => // k hk.
  by rewrite /ones ones_product backward.
rewrite ler_subl_addr; apply: le_trans lower _.
set z := output_rate _ _ _ _ _ in rl *; set c := h' _ - _ in rl *.
have -> : z = c - (c - z) by rewrite opprB addrCA subrr addr0.
apply: le_trans (rmsD _ _) _; rewrite ler_add2l.
by have -> : rms (- (c - z)) = rms (c - z) by rewrite /rms -scaleN1r nrmZ normrN1 mul1r.
Qed.
End Linear.

(* control: scalars W_1 = W_2 = x = 1, gradient 1 at the output; the second layer descends, the first ascends *)
Theorem ascent_cancels (t : R) :
  let W : weights R (fun=> 1%N) := fun=> 1 in
  let D : weights R (fun=> 1%N) := fun l => (if l == 0%N then t else - t)%:M in
  output_rate W D (fun=> const_mx 1) (features (fun=> id) W 1) 1 = 0 /\
  features (fun=> id) (fun k => W k + D k) 1 2 - features (fun=> id) W 1 2 = (- t ^+ 2)%:M.
Proof.
split; apply/matrixP => i j; rewrite (ord1 i) (ord1 j).
  rewrite /output_rate /=; do 6!rewrite ?big_ord1 ?mxE /=.
  by rewrite ?eqxx; ring.
by rewrite /= !mxE !big_ord1 !mxE !big_ord1 !mxE eqxx /=; ring.
Qed.
End NoCancellation.
