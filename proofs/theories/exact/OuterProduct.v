(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.gradient.outer-product: the gradient of a loss in a weight matrix is d h^T.

   For z = W h + b and any loss L that has a gradient d at z: [gradient_weight] (d h^T in W) and [gradient_bias] (d in
   b). [gradient_backward]: through an entrywise phi and the next layer V the gradient d of the loss goes back as
   phi'(z) * (V^T d). For phi (z) = z^2 / 2 and L = <c, V phi (z)> ([quadratic_loss]), where d = z * (V^T c) entry by
   entry ([quadratic_delta]), the statements are identities that a checker can evaluate: [quadratic_expansion] and
   [quadratic_central_difference]; [quadratic_gradient] joins them to the general theorems. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm Gradient.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section OuterProduct.
Variable R : rcfType.
Implicit Types (m n p : nat).

Lemma frob_apply m n (E : 'M[R]_(m, n)) (h : 'cV_n) : frob (E *m h) <= frob E * nrm h.
Proof. by rewrite frob_col frob_bound. Qed.

Theorem gradient_weight m n (L : 'cV[R]_m -> R) (W : 'M_(m, n)) (b : 'cV_m) (h : 'cV_n) d :
  is_gradient L (W *m h + b) d -> is_gradient (fun W' => L (W' *m h + b)) W (d *m h^T).
Proof.
move=> hL eps e0; have hp : 0 < nrm h + 1 by rewrite ltr_paddl ?nrm_ge0 ?ltr01.
have [r r0 hr] := hL (eps / (nrm h + 1)) (divr_gt0 e0 hp).
exists (r / (nrm h + 1)) => [|E hE]; first exact: divr_gt0.
have small : frob (E *m h) <= frob E * (nrm h + 1).
  by apply: le_trans (frob_apply _ _) _; rewrite ler_wpmul2l ?frob_ge0 // ler_addl ler01.
have -> : (W + E) *m h + b = (W *m h + b) + E *m h by rewrite mulmxDl addrAC.
rewrite inner_outer -inner_col; apply: le_trans (hr _ _) _; first by apply: le_trans small _; rewrite -ler_pdivl_mulr.
by rewrite mulrAC ler_pdivr_mulr // -mulrA ler_wpmul2l ?(ltW e0).
Qed.

Theorem gradient_bias m n (L : 'cV[R]_m -> R) (W : 'M_(m, n)) (b : 'cV_m) (h : 'cV_n) d :
  is_gradient L (W *m h + b) d -> is_gradient (fun b' => L (W *m h + b')) b d.
Proof.
move=> hL eps e0; have [r r0 hr] := hL _ e0; exists r => // E hE.
by have := hr E hE; rewrite addrA.
Qed.

(* a radius that serves finitely many entries *)
Lemma common_radius n (P : 'I_n -> R -> Prop) :
  (forall i r s, s <= r -> P i r -> P i s) ->
  (forall i, exists2 r, 0 < r & P i r) -> exists2 r, 0 < r & forall i, P i r.
Proof.
move=> mono; elim: n P mono => [|n IH] P mono hP; first by exists 1; [exact: ltr01|case].
have [r r0 hr] := IH (fun i => P (lift ord0 i)) (fun i => mono (lift ord0 i)) (fun i => hP (lift ord0 i)).
have [s s0 hs] := hP ord0; exists (Num.min r s); first by rewrite lt_minr r0.
move=> i; case: (unliftP ord0 i) => [j|] ->.
  by apply: mono (hr j); rewrite le_minl lexx.
by apply: mono hs; rewrite le_minl lexx orbT.
Qed.

Lemma entry_le_nrm m (e : 'cV[R]_m) i : `|e i 0| <= nrm e.
Proof.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?nrm_ge0 // nrm_sqr real_normK ?num_real // /sqn /dot (bigD1 i) //=.
by rewrite -expr2 ler_addl; apply: sumr_ge0 => k _; rewrite -expr2 sqr_ge0.
Qed.
Lemma nrm_entrywise_le m (x e : 'cV[R]_m) k : 0 <= k ->
  (forall i, `|x i 0| <= k * `|e i 0|) -> nrm x <= k * nrm e.
Proof.
move=> k0 h; rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?nrm_ge0 // exprMn !nrm_sqr /sqn /dot mulr_sumr.
apply: ler_sum => i _; rewrite -!expr2 -exprMn -[x i 0 ^+ 2]real_normK ?num_real //.
by rewrite -[(k * _) ^+ 2]real_normK ?num_real // ler_pexpn2r ?nnegrE // normrM (ger0_norm k0).
Qed.

Theorem gradient_backward m p (L : 'cV[R]_p -> R) (V : 'M_(p, m)) (phi : R -> R) (z phi' : 'cV_m) d :
  is_gradient L (V *m map_mx phi z) d -> (forall i, has_derivative phi (z i 0) (phi' i 0)) ->
  is_gradient (fun z' => L (V *m map_mx phi z')) z (\col_i (phi' i 0 * (V^T *m d) i 0)).
Proof.
move=> hL hphi eps e0.
pose k := \sum_i `|phi' i 0|; have k0 : 0 <= k by apply: sumr_ge0.
have ki i : `|phi' i 0| <= k by rewrite /k (bigD1 i) //= ler_addl sumr_ge0.
pose v := frob V; have v0 : 0 <= v := frob_ge0 V.
pose w := nrm (V^T *m d); have w0 : 0 <= w := nrm_ge0 _.
(* the two error budgets *)
pose q := v * (k + 1) + 1; have qp : 0 < q by rewrite ltr_paddl ?ltr01 // mulr_ge0 // addr_ge0 ?ler01.
have e1 : 0 < eps / 2%:R / q by rewrite !divr_gt0 ?ltr0n.
have [r r0 hr] := hL _ e1.
pose e2 := Num.min 1 (eps / 2%:R / (w + 1)).
have wp : 0 < w + 1 by rewrite ltr_paddl ?ltr01.
have e20 : 0 < e2 by rewrite lt_minr ltr01 !divr_gt0 ?ltr0n.
pose Q i s := forall t, `|t| <= s -> `|phi (z i 0 + t) - phi (z i 0) - phi' i 0 * t| <= e2 * `|t|.
have [s s0 hs] : exists2 s, 0 < s & forall i, Q i s.
  apply: common_radius => [i a b ba Pa t tb|i]; first by apply: Pa; exact: le_trans tb ba.
  exact: hphi.
exists (Num.min s (r / q)) => [|e]; first by rewrite lt_minr s0 divr_gt0.
rewrite frob_col le_minr => /andP[es er].
pose g := map_mx phi (z + e) - map_mx phi z.
pose lin : 'cV[R]_m := \col_i (phi' i 0 * e i 0).
have gl : nrm (g - lin) <= e2 * nrm e.
  apply: nrm_entrywise_le => [|i]; first exact: ltW.
  by rewrite !mxE; apply: hs; apply: le_trans (entry_le_nrm e i) es.
have gk : nrm g <= (k + 1) * nrm e.
  apply: nrm_entrywise_le => [|i]; first by rewrite addr_ge0 ?ler01.
  have hq : `|g i 0 - phi' i 0 * e i 0| <= `|e i 0|.
    rewrite !mxE; apply: le_trans (hs i _ (le_trans (entry_le_nrm e i) es)) _.
    by rewrite -[leRHS]mul1r ler_wpmul2r // le_minl lexx.
  rewrite -[g i 0](subrK (phi' i 0 * e i 0)) mulrDl mul1r addrC; apply: le_trans (ler_norm_add _ _) _.
  by rewrite ler_add // normrM ler_wpmul2r.
have Vg : frob (V *m g) <= q * nrm e.
  apply: le_trans (frob_apply _ _) _; rewrite -/v.
  apply: (@le_trans _ _ (v * ((k + 1) * nrm e))); first by rewrite ler_wpmul2l.
  by rewrite mulrA ler_wpmul2r ?nrm_ge0 // ler_addl ler01.
have step : `|L (V *m map_mx phi (z + e)) - L (V *m map_mx phi z) - dot (V^T *m d) g| <= eps / 2%:R * nrm e.
  have := hr (V *m g); rewrite -mulmxDr [map_mx phi z + _]addrC subrK inner_col [dot d _]dotC dot_adj [dot g _]dotC.
  move=> H; apply: le_trans (H _) _; first by apply: le_trans Vg _; rewrite mulrC -ler_pdivl_mulr.
  by rewrite -mulrA ler_wpmul2l ?divr_ge0 ?ler0n ?(ltW e0) // mulrC ler_pdivr_mulr // mulrC.
have rest : `|dot (V^T *m d) (g - lin)| <= eps / 2%:R * nrm e.
  apply: le_trans (cauchy_schwarz_abs _ _) _; rewrite -/w.
  apply: (@le_trans _ _ (w * (e2 * nrm e))); first by rewrite ler_wpmul2l.
  rewrite mulrA ler_wpmul2r ?nrm_ge0 //.
  apply: (@le_trans _ _ ((w + 1) * e2)); first by rewrite ler_wpmul2r ?ler_addl ?ler01 // ltW.
  rewrite mulrC -ler_pdivl_mulr //; by rewrite le_minl lexx orbT.
have -> : inner (\col_i (phi' i 0 * (V^T *m d) i 0)) e = dot (V^T *m d) lin.
  by rewrite inner_col; apply: eq_bigr => i _; rewrite !mxE mulrAC mulrC.
have -> : L (V *m map_mx phi (z + e)) - L (V *m map_mx phi z) - dot (V^T *m d) lin
   = (L (V *m map_mx phi (z + e)) - L (V *m map_mx phi z) - dot (V^T *m d) g) + dot (V^T *m d) (g - lin).
  by rewrite dotDr dotNr; ring.
apply: le_trans (ler_norm_add _ _) _.
have -> : eps * nrm e = eps / 2%:R * nrm e + eps / 2%:R * nrm e by field.
exact: ler_add.
Qed.

Section Quadratic.
Variables (m n p : nat) (c : 'cV[R]_p) (V : 'M[R]_(p, m)) (h : 'cV[R]_n).
Implicit Types (W E : 'M[R]_(m, n)) (b e : 'cV[R]_m).

Definition quadratic_loss W b : R := dot c (V *m map_mx (fun z => z ^+ 2 / 2%:R) (W *m h + b)).
Definition quadratic_delta W b : 'cV[R]_m := \col_i ((W *m h + b) i 0 * (V^T *m c) i 0).

Lemma quadratic_lossE W b : quadratic_loss W b = \sum_i (V^T *m c) i 0 * ((W *m h + b) i 0 ^+ 2 / 2%:R).
Proof. by rewrite /quadratic_loss dotC dot_adj dotC; apply: eq_bigr => i _; rewrite [map_mx _ _ _ _]mxE. Qed.

Theorem quadratic_expansion W b E e t :
  quadratic_loss (W + t *: E) (b + t *: e)
    = quadratic_loss W b + t * (inner (quadratic_delta W b *m h^T) E + dot (quadratic_delta W b) e)
      + t ^+ 2 * \sum_i (V^T *m c) i 0 * ((E *m h + e) i 0 ^+ 2 / 2%:R).
Proof.
have zE : (W + t *: E) *m h + (b + t *: e) = (W *m h + b) + t *: (E *m h + e).
  by rewrite mulmxDl -scalemxAl scalerDr addrACA.
rewrite inner_outer -dotDr !quadratic_lossE zE /dot !mulr_sumr -!big_split; apply: eq_bigr => i _ /=.
rewrite [quadratic_delta W b i 0]mxE; move: (W *m h + b) (E *m h + e) (V^T *m c) => z s w; rewrite !mxE.
by move: (z i 0) (s i 0) (w i 0) => zi si wi; field.
Qed.

Theorem quadratic_central_difference W b E e :
  (quadratic_loss (W + E) (b + e) - quadratic_loss (W - E) (b - e)) / 2%:R
    = \sum_i \sum_j quadratic_delta W b i 0 * h j 0 * E i j + \sum_i quadratic_delta W b i 0 * e i 0.
Proof.
have -> : \sum_i \sum_j quadratic_delta W b i 0 * h j 0 * E i j = inner (quadratic_delta W b *m h^T) E.
  by apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite [in RHS]mxE big_ord1 [h^T _ _]mxE.
rewrite -/(dot (quadratic_delta W b) e).
have := quadratic_expansion W b E e 1; rewrite !scale1r => ->.
have := quadratic_expansion W b E e (-1); rewrite !scaleN1r => ->.
by field.
Qed.

Theorem quadratic_gradient W b :
  is_gradient (fun W' => quadratic_loss W' b) W (quadratic_delta W b *m h^T).
Proof.
apply: (gradient_weight (L := fun z => dot c (V *m map_mx (fun a => a ^+ 2 / 2%:R) z))).
apply: (gradient_backward (L := fun y => dot c y)) => [eps e0|i eps e0].
  exists 1; rewrite ?ltr01 // => E _; rewrite inner_col dotDr [_ + dot c E]addrC addrK subrr normr0.
  by rewrite mulr_ge0 ?frob_ge0 // ltW.
exists eps => // t te; have -> : ((W *m h + b) i 0 + t) ^+ 2 / 2%:R - (W *m h + b) i 0 ^+ 2 / 2%:R
  - (W *m h + b) i 0 * t = t / 2%:R * t by field.
rewrite normrM ler_wpmul2r // normrM normfV normr_nat ler_pdivr_mulr ?ltr0n //.
by apply: le_trans te _; rewrite ler_pmulr // ler1n.
Qed.
End Quadratic.
End OuterProduct.
