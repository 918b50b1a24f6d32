(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claims spectral.batch.gradient and spectral.batch.alignment: the gradient G = D H^T / B of a batch of B examples.

   Column i of D is the gradient of example i at the output of the layer, column i of H its input.
   spectral.batch.gradient: [batch_rank], [batch_opnorm] (|D| |H| / B), [batch_opnorm_sum] (sum_i |d_i| |h_i| / B),
   [batch_frob2] (|G|_F^2 from the two Gram matrices), [batch_qr] (|G| from the small factors of D and H),
   [batch_stable_rank] (at most min(B, m, n)). Controls: [repeated_stable_rank] (equal examples: 1 and not B) and
   [opposite_examples] (G = 0 though no d_i or h_i is).

   spectral.batch.alignment: [batch_apply], [batch_apply_lower], [batch_aligned] (equal norms and |cos(h_i, h_k)| <= mu:
   |G h_k| >= (1 - (B - 1) mu) / B |G| |h_k|), [batch_orthogonal]. Control [batch_cancels] (G <> 0 and G h_1 = 0). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormBound OpNormLaws Gradient Spectral PsdRoot Nuclear
  RankOne StableRank.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Batch.
Variable R : rcfType.

Definition mean_gradient m n B (D : 'M[R]_(m, B)) (H : 'M[R]_(n, B)) : 'M[R]_(m, n) := B%:R^-1 *: (D *m H^T).

Lemma opbound_mean m n B (A : 'M[R]_(m, n)) a : opbound A a -> opbound (B%:R^-1 *: A) (B%:R^-1 * a).
Proof. by move=> /(opboundZ B%:R^-1); rewrite ger0_norm ?invr_ge0 ?ler0n. Qed.
Lemma opnorm_mean m n B (A : 'M[R]_(m, n)) a : is_opnorm A a -> is_opnorm (B%:R^-1 *: A) (B%:R^-1 * a).
Proof. by move=> /(opnormZ B%:R^-1); rewrite ger0_norm ?invr_ge0 ?ler0n. Qed.

Section Gradient.
Variables (m n B : nat) (D : 'M[R]_(m, B)) (H : 'M[R]_(n, B)).
Notation G := (mean_gradient D H).

Lemma outer_sum : D *m H^T = \sum_i col i D *m (col i H)^T.
Proof.
apply/matrixP => a b; rewrite mxE summxE; apply: eq_bigr => i _.
by rewrite !mxE big_ord1 !mxE.
Qed.

Theorem batch_rank : (\rank G <= minn B (minn m n))%N.
Proof.
rewrite !leq_min rank_leq_row rank_leq_col !andbT.
apply: leq_trans (mxrank_scale _ _) _; exact: mulmx_max_rank.
Qed.

Theorem batch_opnorm a b c : is_opnorm D a -> is_opnorm H b -> is_opnorm G c -> c <= B%:R^-1 * (a * b).
Proof.
move=> [ha _] [hb _] [_]; apply.
by apply: opbound_mean; apply: opbound_mul => //; apply: opbound_tr.
Qed.

Lemma batch_opbound_sum : opbound G (B%:R^-1 * \sum_i nrm (col i D) * nrm (col i H)).
Proof.
apply: opbound_mean; rewrite outer_sum.
elim/big_ind2: _ => [|A a C c hA hC|i _]; [exact: opbound0|exact: opbound_add|].
by case: (outer_opnorm (col i D) (col i H)).
Qed.
Theorem batch_opnorm_sum c : is_opnorm G c -> c <= B%:R^-1 * \sum_i nrm (col i D) * nrm (col i H).
Proof. by case=> _; apply; exact: batch_opbound_sum. Qed.

Theorem batch_frob2 : frob2 G = B%:R^-1 ^+ 2 * \sum_i \sum_j dot (col i D) (col j D) * dot (col i H) (col j H).
Proof.
rewrite frob2Z; congr (_ * _); rewrite -inner_frob2 {1}outer_sum inner_suml; apply: eq_bigr => i _.
rewrite inner_outer outer_sum mulmx_suml [dot _ _]dotC -inner_col inner_suml; apply: eq_bigr => j _.
by rewrite inner_col outer_mul dotZl mulrC; congr (_ * _); exact: dotC.
Qed.

Theorem batch_qr p q (QD : 'M[R]_(m, p)) (RD : 'M[R]_(p, B)) (QH : 'M[R]_(n, q)) (RH : 'M[R]_(q, B)) c :
  D = QD *m RD -> H = QH *m RH -> QD^T *m QD = 1%:M -> QH^T *m QH = 1%:M ->
  is_opnorm (RD *m RH^T) c -> is_opnorm G (B%:R^-1 * c).
Proof.
move=> -> -> hD hH hc; apply: opnorm_mean.
rewrite trmx_mul -mulmxA; apply/opnorm_isometry => //; apply/opnorm_tr.
by rewrite mulmxA trmx_mul trmxK; apply/opnorm_isometry => //; apply/opnorm_tr; rewrite trmxK.
Qed.

Theorem batch_stable_rank s : G != 0 -> is_stable_rank G s -> s <= (minn B (minn m n))%:R.
Proof. by move=> G0 hs; apply: le_trans (stable_rank_le_rank G0 hs) _; rewrite ler_nat batch_rank. Qed.

Theorem batch_apply k :
  G *m col k H = B%:R^-1 *: (sqn (col k H) *: col k D + \sum_(i | i != k) dot (col i H) (col k H) *: col i D).
Proof.
rewrite -scalemxAl outer_sum mulmx_suml (bigD1 k) //= outer_mul; congr (_ *: (_ + _)).
by apply: eq_bigr => i _; rewrite outer_mul.
Qed.

Lemma nrm_sum (I : finType) (P : pred I) (F : I -> 'cV[R]_m) : nrm (\sum_(i | P i) F i) <= \sum_(i | P i) nrm (F i).
Proof.
elim/big_ind2: _ => [|x a y b hx hy|//]; first by rewrite nrm0.
by apply: le_trans (nrmD _ _) _; apply: ler_add.
Qed.

Theorem batch_apply_lower k :
  B%:R^-1 * (sqn (col k H) * nrm (col k D) - \sum_(i | i != k) `|dot (col i H) (col k H)| * nrm (col i D))
    <= nrm (G *m col k H).
Proof.
rewrite batch_apply nrmZ ger0_norm ?invr_ge0 ?ler0n // ler_wpmul2l ?invr_ge0 ?ler0n //.
set S := \sum_(i | i != k) _ *: _; rewrite ler_subl_addr.
have -> : sqn (col k H) * nrm (col k D) = nrm (sqn (col k H) *: col k D + S - S).
  by rewrite addrK nrmZ ger0_norm ?sqn_ge0.
apply: le_trans (nrmD _ _) _; rewrite ler_add2l -scaleN1r nrmZ normrN1 mul1r.
by apply: le_trans (nrm_sum _ _) _; apply: ler_sum => i _; rewrite nrmZ.
Qed.

Theorem batch_aligned k mu d h c : (forall i, nrm (col i D) = d) -> (forall i, nrm (col i H) = h) ->
  (forall i, i != k -> `|dot (col i H) (col k H)| <= mu * h ^+ 2) -> is_opnorm G c ->
  (1 - (B%:R - 1) * mu) / B%:R * (c * h) <= nrm (G *m col k H).
Proof.
move=> hd hh hmu hG; have d0 : 0 <= d by rewrite -(hd k) nrm_ge0.
have h0 : 0 <= h by rewrite -(hh k) nrm_ge0.
have Bp : 0 < B%:R :> R by rewrite ltr0n; case: (B) k {hmu} => [[]|].
have [neg|pos] := leP (1 - (B%:R - 1) * mu) 0.
  apply: le_trans (nrm_ge0 _); apply: mulr_le0_ge0; last by rewrite mulr_ge0 ?(opnorm_ge0 hG).
  by rewrite mulr_le0_ge0 // invr_ge0 ltW.
have cd : c <= d * h.
  apply: le_trans (batch_opnorm_sum hG) _; rewrite (eq_bigr (fun=> d * h)) => [|i _]; last by rewrite hd hh.
  by rewrite sumr_const card_ord -[d * h *+ B]mulr_natl mulKf // gt_eqF.
apply: le_trans (batch_apply_lower k); rewrite hd -nrm_sqr hh.
rewrite [_ / B%:R]mulrC -mulrA ler_wpmul2l ?invr_ge0 ?(ltW Bp) //.
apply: (@le_trans _ _ ((1 - (B%:R - 1) * mu) * (d * h * h))).
  by rewrite ler_wpmul2l ?(ltW pos) // ler_wpmul2r.
have -> : (1 - (B%:R - 1) * mu) * (d * h * h) = h ^+ 2 * d - (B%:R - 1) * (mu * h ^+ 2 * d) by ring.
rewrite ler_add2l ler_opp2; apply: (@le_trans _ _ (\sum_(i | i != k) mu * h ^+ 2 * d)).
  by apply: ler_sum => i ik; rewrite hd ler_wpmul2r // hmu.
rewrite sumr_const -[mu * h ^+ 2 * d *+ _]mulr_natl; have -> : #|[pred i | i != k]| = B.-1.
  by rewrite (eq_card (B := predC1 k)) ?cardC1 ?card_ord.
by case: (B) k Bp {hmu} => [[]|b] // k _; rewrite /= mulrSr addrK.
Qed.

Theorem batch_orthogonal k : (forall i, i != k -> dot (col i H) (col k H) = 0) ->
  G *m col k H = (B%:R^-1 * sqn (col k H)) *: col k D.
Proof. by move=> h; rewrite batch_apply big1 ?addr0 ?scalerA // => i /h ->; rewrite scale0r. Qed.
End Gradient.

(* controls *)
Theorem repeated_stable_rank m n B (d : 'cV[R]_m) (h : 'cV[R]_n) s : (0 < B)%N -> d != 0 -> h != 0 ->
  is_stable_rank (mean_gradient (\matrix_(i < m, j < B) d i 0) (\matrix_(i < n, j < B) h i 0)) s -> s = 1.
Proof.
move=> B0 d0 h0; have -> : mean_gradient (\matrix_(i < m, j < B) d i 0) (\matrix_(i < n, j < B) h i 0) = d *m h^T.
  apply/matrixP => i j; rewrite !mxE (eq_bigr (fun=> d i 0 * h j 0)) => [|k _]; last by rewrite !mxE.
  by rewrite sumr_const card_ord big_ord1 !mxE -[d i 0 * h j 0 *+ B]mulr_natl mulKf // pnatr_eq0 -lt0n.
move=> [c hc ->]; rewrite (is_opnorm_uniq hc (outer_opnorm d h)) frob2_outer exprMn !nrm_sqr divff //.
by rewrite mulf_neq0 ?sqn_eq0.
Qed.

Theorem opposite_examples m n (d : 'cV[R]_m) (h : 'cV[R]_n) :
  mean_gradient (\matrix_(i < m, j < 2) (if j == 0 then d i 0 else - d i 0)) (\matrix_(i < n, j < 2) h i 0) = 0.
Proof.
by apply/matrixP => i j; rewrite !mxE big_ord_recl big_ord1 !mxE /= mulNr subrr mulr0.
Qed.

Theorem batch_cancels :
  let D : 'M[R]_2 := \matrix_(i, j) (if i == 0 then (if j == 0 then 1 else - 1) else 0) in
  let H : 'M[R]_2 := \matrix_(i, j) (if (i == 1) && (j == 0) then 0 else 1) in
  mean_gradient D H != 0 /\ mean_gradient D H *m col 0 H = 0.
Proof.
move=> D H; split; last first.
  apply/matrixP => i j; rewrite -scalemxAl mxE -mulmxA mxE.
  by rewrite !big_ord_recl big_ord0 !mxE !big_ord_recl !big_ord0 !mxE /=; case: (i == 0); ring.
apply/eqP => /matrixP/(_ 0 1); rewrite !mxE !big_ord_recl big_ord0 !mxE /= => /eqP.
by rewrite !mulr0 mulr1 add0r addr0 mulrN1 oppr_eq0 invr_eq0 pnatr_eq0.
Qed.
End Batch.
