(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claims spectral.dual.steepest and spectral.update.loss-change: the inner product with a gradient, in spectral terms.

   spectral.dual.steepest: [nuclear_duality] (<G, T> <= |T| |G|_nuc), [nuclear_attained] (some T with |T| <= 1 attains
   it), [natural_duality] and [natural_attained] (with rms norms the value is sqrt(b/a) |G|_nuc), [proximal_step] (minus
   |G|_nuc / l times that T minimises <G, T> + l |T|^2 / 2). The maximiser is given by its properties, not as U V^T of a
   decomposition. [entry_duality] and [entry_attained]: with all |T_ij| <= 1 the maximum is sum |G_ij|, at the sign.
   Control [frobenius_direction_longer]: G sqrt(r) / |G|_F can have a larger product, being longer than 1.

   spectral.update.loss-change: for D = - eta G, eta >= 0: [loss_change] (<G, D> = - eta |G|_F^2 = - |D|_F |G|_F),
   [loss_change_stable_rank] (= - sr(G) |D| |G|), and for every D [loss_change_nuclear] and [loss_change_rank]. Control
   [loss_change_rank_one] (without sr(G) it holds for rank one only). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormBound OpNormLaws SymEigen Spectral PsdRoot Nuclear
  Gradient.
From Widthwise.exact Require Import FrobeniusOpNorm StableRank NaturalNorm RelativeUpdate.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Duality.
Variable R : rcfType.
Implicit Types (m n : nat).

Lemma inner_trace m n (A B : 'M[R]_(m, n)) : inner A B = \tr (A^T *m B).
Proof.
rewrite /inner exchange_big; apply: eq_bigr => j _; rewrite mxE; apply: eq_bigr => i _.
by rewrite mxE.
Qed.

(* G^T G = P diag(s^2) P^T: the products with G and T column by column of P *)
Lemma inner_columns m n (G T : 'M[R]_(m, n)) (P : 'M_n) : P^T *m P = 1%:M ->
  inner G T = \sum_i dot (G *m col i P) (T *m col i P).
Proof.
move=> PP; have PP' : P *m P^T = 1%:M by apply: mulmx1C.
have -> : inner G T = inner (G *m P) (T *m P).
  by rewrite !inner_trace trmx_mul -mulmxA [RHS]mxtrace_mulC -!mulmxA PP' mulmx1.
rewrite /inner exchange_big; apply: eq_bigr => i _; apply: eq_bigr => j _.
by rewrite !colE !mulmxA -!colE ![col _ _ _ _]mxE.
Qed.

Theorem nuclear_duality m n (G T : 'M[R]_(m, n)) t c : is_nuc G t -> is_opnorm T c -> inner G T <= c * t.
Proof.
move=> [S [pS SS ->]] hT; have [P [d [PP SE]]] := spectral (proj1 pS).
have d0 i := psd_eigen_ge0 i pS PP SE.
have GE : G^T *m G = P *m diag_mx (\row_i d 0 i ^+ 2) *m P^T by rewrite -SS SE conj_sqr.
have cP i : nrm (col i P) = 1.
  by rewrite /nrm colE /sqn dot_adj mulmxA PP mul1mx -/(sqn _) sqn_delta sqrtr1.
have nG i : nrm (G *m col i P) = d 0 i.
  rewrite /nrm; have -> : sqn (G *m col i P) = d 0 i ^+ 2; last by rewrite sqrtr_sqr ger0_norm.
  have hw : P^T *m col i P = delta_mx i 0 by rewrite colE mulmxA PP mul1mx.
  rewrite /sqn dot_adj mulmxA GE -!mulmxA hw dotC dot_adj hw dotC dot_delta.
  by rewrite mul_diag_mx !mxE !eqxx mulr1.
rewrite (inner_columns _ _ PP) SE trace_conj // mulr_sumr; apply: ler_sum => i _.
apply: le_trans (ler_norm _) _; apply: le_trans (cauchy_schwarz_abs _ _) _.
by rewrite nG mulrC ler_wpmul2r // -[c]mulr1 -(cP i) opnorm_le.
Qed.

(* G pinv(S), S the square root of G^T G *)
Theorem nuclear_attained m n (G : 'M[R]_(m, n)) t : is_nuc G t ->
  exists T : 'M[R]_(m, n), opbound T 1 /\ inner G T = t.
Proof.
move=> [S [pS SS ->]]; have [P [d [PP SE]]] := spectral (proj1 pS).
have PP' : P *m P^T = 1%:M by apply: mulmx1C.
have d0 i := psd_eigen_ge0 i pS PP SE.
have GE : G^T *m G = P *m diag_mx (\row_i d 0 i ^+ 2) *m P^T by rewrite -SS SE conj_sqr.
pose E := P *m diag_mx (\row_i (d 0 i)^-1) *m P^T.
have sE : E^T = E by rewrite /E !trmx_mul trmxK tr_diag_mx mulmxA.
have conj_mul (a b : 'rV[R]_n) :
    P *m diag_mx a *m P^T *m (P *m diag_mx b *m P^T) = P *m diag_mx (\row_i (a 0 i * b 0 i)) *m P^T.
  rewrite -!mulmxA (mulmxA P^T P) PP mul1mx (mulmxA (diag_mx a)) mulmx_diag.
  by congr (_ *m (diag_mx _ *m _)); apply/matrixP => i j; rewrite !mxE.
exists (G *m E); split; last first.
  rewrite inner_trace mulmxA GE conj_mul SE !trace_conj //; apply: eq_bigr => i _; rewrite !mxE.
  by have [->|di] := eqVneq (d 0 i) 0; rewrite ?invr0 ?mulr0 // expr2 mulfK.
apply/opbound_sqn; split=> [|x]; first exact: ler01.
have -> : sqn (G *m E *m x) = dot (P *m diag_mx (\row_i (d 0 i != 0)%:R) *m P^T *m x) x.
  have K : (G *m E)^T *m (G *m E) = P *m diag_mx (\row_i (d 0 i != 0)%:R) *m P^T.
    rewrite trmx_mul sE mulmxA -[E *m G^T *m G]mulmxA GE /E !conj_mul.
    have -> // : \row_i ((\row_j ((\row_k (d 0 k)^-1) 0 j * (\row_k d 0 k ^+ 2) 0 j)) 0 i * (\row_k (d 0 k)^-1) 0 i)
      = \row_i (d 0 i != 0)%:R.
    apply/matrixP => i j; rewrite !mxE; have [->|di] := eqVneq (d 0 j) 0; first by rewrite invr0 mulr0.
    by rewrite expr2 mulKf // divff.
  by rewrite /sqn dot_adj mulmxA K dotC.
have -> : sqn x = sqn (P^T *m x) by rewrite /sqn dot_adj trmxK mulmxA PP' mul1mx.
rewrite -!mulmxA dot_adj expr1n mul1r; apply: ler_sum => i _.
rewrite mul_diag_mx !mxE; case: eqP => _ /=; first by rewrite !mul0r -expr2 sqr_ge0.
by rewrite mul1r.
Qed.

(* |G|_nuc <= sqrt(rank) |G|_F *)
Theorem nuclear_le_rank m n (G : 'M[R]_(m, n)) t : is_nuc G t -> t <= Num.sqrt (\rank G)%:R * frob G.
Proof.
move=> [S [pS SS ->]]; have [P [d [PP SE]]] := spectral (proj1 pS).
have GE : G^T *m G = P *m diag_mx (\row_i d 0 i ^+ 2) *m P^T by rewrite -SS SE conj_sqr.
have -> : \rank G = #|[pred i : 'I_n | d 0 i != 0]|.
  by rewrite (rank_eigen PP GE); apply: eq_card => i; rewrite !inE mxE sqrf_eq0.
have -> : frob G = Num.sqrt (\sum_i d 0 i ^+ 2).
  by rewrite /frob (frob2_eigen PP GE); congr Num.sqrt; apply: eq_bigr => i _; rewrite mxE.
rewrite SE trace_conj //; pose a : 'cV[R]_n := \col_i (d 0 i != 0)%:R; pose b : 'cV[R]_n := \col_i d 0 i.
have -> : \sum_i d 0 i = dot a b.
  by apply: eq_bigr => i _; rewrite !mxE; case: eqP => [->|_]; rewrite ?mulr0 ?mul1r.
apply: le_trans (ler_norm _) _; apply: le_trans (cauchy_schwarz_abs _ _) _.
have -> : nrm a = Num.sqrt #|[pred i : 'I_n | d 0 i != 0]|%:R.
  congr Num.sqrt; rewrite -sum1_card natr_sum big_mkcond /=; apply: eq_bigr => i _.
  by rewrite !mxE inE; case: (d 0 i != 0); rewrite ?mulr1 ?mulr0.
have -> // : nrm b = Num.sqrt (\sum_i d 0 i ^+ 2).
by congr Num.sqrt; apply: eq_bigr => i _; rewrite !mxE expr2.
Qed.

Theorem natural_duality m n (G T : 'M[R]_(m, n)) t c : (0 < m)%N -> (0 < n)%N -> is_nuc G t -> is_natural T c ->
  inner G T <= c * (Num.sqrt (m%:R / n%:R) * t).
Proof.
move=> m0 n0 ht [c' hT ->]; apply: le_trans (nuclear_duality ht hT) _; rewrite mulrACA.
have -> : Num.sqrt (n%:R / m%:R) * Num.sqrt (m%:R / n%:R) = 1 :> R.
  rewrite -sqrtrM ?divr_ge0 ?ler0n // mulrA divfK ?pnatr_eq0 -?lt0n //.
  by rewrite divff ?sqrtr1 // pnatr_eq0 -lt0n.
by rewrite mul1r.
Qed.

Theorem natural_attained m n (G : 'M[R]_(m, n)) t : (0 < m)%N -> (0 < n)%N -> is_nuc G t ->
  exists T : 'M[R]_(m, n), (forall c, is_natural T c -> c <= 1) /\ inner G T = Num.sqrt (m%:R / n%:R) * t.
Proof.
move=> m0 n0 ht; have [T [bT GT]] := nuclear_attained ht.
exists (Num.sqrt (m%:R / n%:R) *: T); rewrite innerZr GT; split=> // c [c' [_ lc] ->].
have := lc _ (opboundZ (Num.sqrt (m%:R / n%:R)) bT); rewrite mulr1 ger0_norm ?sqrtr_ge0 // => cc.
apply: le_trans (_ : Num.sqrt (n%:R / m%:R) * Num.sqrt (m%:R / n%:R) <= 1); first by rewrite ler_wpmul2l ?sqrtr_ge0.
rewrite -sqrtrM ?divr_ge0 ?ler0n // mulrA divfK ?pnatr_eq0 -?lt0n //.
by rewrite divff ?sqrtr1 // pnatr_eq0 -lt0n.
Qed.

Lemma nuc_ge0 m n (G : 'M[R]_(m, n)) t : is_nuc G t -> 0 <= t.
Proof.
move=> [S [pS _ ->]]; have [P [d [PP SE]]] := spectral (proj1 pS).
by rewrite SE trace_conj //; apply: sumr_ge0 => i _; exact: psd_eigen_ge0 pS PP SE.
Qed.

Theorem proximal_step m n (G : 'M[R]_(m, n)) t l : is_nuc G t -> 0 < l ->
  (forall T c, is_opnorm T c -> - (t ^+ 2 / (2%:R * l)) <= inner G T + l / 2%:R * c ^+ 2) /\
  (exists T c, is_opnorm T c /\ inner G T + l / 2%:R * c ^+ 2 <= - (t ^+ 2 / (2%:R * l))).
Proof.
move=> ht l0; have ln : l != 0 by rewrite gt_eqF.
have t0 := nuc_ge0 ht.
split=> [T c hT|].
  have : inner G (-1 *: T) <= c * t.
    by apply: (nuclear_duality ht); have := opnormZ (-1) hT; rewrite normrN1 mul1r.
  rewrite innerZr mulN1r ler_oppl => h; apply: le_trans (_ : - (c * t) + l / 2%:R * c ^+ 2 <= _);
    last by rewrite ler_add2r.
  rewrite -subr_ge0; have -> : - (c * t) + l / 2%:R * c ^+ 2 - - (t ^+ 2 / (2%:R * l))
    = (l * c - t) ^+ 2 / (2%:R * l) by field.
  by rewrite divr_ge0 ?sqr_ge0 // mulr_ge0 ?ler0n // ltW.
have [T [bT GT]] := nuclear_attained ht; pose T' := (- (t / l)) *: T.
have [c hc] := opnorm_exists T'; exists T', c; split=> //.
have ct : c <= t / l.
  by case: hc => _; apply; have := opboundZ (- (t / l)) bT; rewrite mulr1 normrN ger0_norm // divr_ge0 // ltW.
rewrite innerZr GT; apply: le_trans (_ : - (t / l) * t + l / 2%:R * (t / l) ^+ 2 <= _).
  rewrite ler_add2l ler_wpmul2l ?divr_ge0 ?ler0n ?(ltW l0) // ler_pexpn2r ?nnegrE ?(opnorm_ge0 hc) //.
  by rewrite divr_ge0 // ltW.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; field.
Qed.

Theorem entry_duality m n (G T : 'M[R]_(m, n)) : (forall i j, `|T i j| <= 1) ->
  inner G T <= \sum_i \sum_j `|G i j|.
Proof.
move=> hT; apply: ler_sum => i _; apply: ler_sum => j _; apply: le_trans (ler_norm _) _.
by rewrite normrM -[X in _ <= X]mulr1 ler_wpmul2l.
Qed.
Theorem entry_attained m n (G : 'M[R]_(m, n)) :
  (forall i j, `|map_mx Num.sg G i j| <= 1) /\ inner G (map_mx Num.sg G) = \sum_i \sum_j `|G i j|.
Proof.
split=> [i j|]; first by rewrite mxE normr_sg; case: (_ != 0); rewrite ?ler01 ?lexx.
by apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite mxE mulrC -normrEsg.
Qed.

(* control: the direction of G itself, of the same Frobenius norm as an orthogonal matrix of its rank *)
Theorem frobenius_direction_longer m n (G : 'M[R]_(m, n)) s : G != 0 -> is_stable_rank G s ->
  let T := (Num.sqrt (\rank G)%:R / frob G) *: G in
  [/\ inner G T = Num.sqrt (\rank G)%:R * frob G, is_opnorm T (Num.sqrt ((\rank G)%:R / s))
    & Num.sqrt ((\rank G)%:R / s) <= 1 <-> s = (\rank G)%:R].
Proof.
move=> G0 hs T; have [c hc _] := hs; have s0 := stable_rank_gt0 G0 hs; have c0 := opnorm_gt0 G0 hc.
have F0 : frob G != 0 by rewrite frob_eq0.
split; first by rewrite innerZr inner_frob2 -frob_sqr expr2 mulrA divfK.
  have := opnormZ (Num.sqrt (\rank G)%:R / frob G) hc; rewrite ger0_norm ?divr_ge0 ?sqrtr_ge0 //.
  have -> // : Num.sqrt (\rank G)%:R / frob G * c = Num.sqrt ((\rank G)%:R / s).
  rewrite (frob_stable_rank G0 hc hs) sqrtrM ?ler0n // sqrtrV ?(ltW s0) //.
  by rewrite invfM mulrA divfK // gt_eqF.
rewrite -[X in _ <= X]sqrtr1 ler_sqrt ?ltr01 // ler_pdivr_mulr // mul1r.
split=> [h|->//]; apply/eqP; rewrite eq_le h andbT; exact: stable_rank_le_rank.
Qed.

(* first-order change of the loss *)
Section LossChange.
Variables (m n : nat) (G : 'M[R]_(m, n)) (eta : R).
Hypothesis eta0 : 0 <= eta.
Let D := - eta *: G.

Theorem loss_change : inner G D = - (eta * frob2 G) /\ inner G D = - (frob D * frob G).
Proof.
have E : inner G D = - (eta * frob2 G) by rewrite innerZr inner_frob2 mulNr.
by split=> //; rewrite E frobZ normrN ger0_norm // -frob_sqr expr2 mulrA.
Qed.

Theorem loss_change_stable_rank c d s : G != 0 -> is_opnorm G c -> is_opnorm D d -> is_stable_rank G s ->
  inner G D = - (s * d * c).
Proof.
move=> G0 hG hD [c' hG' ->]; rewrite -(is_opnorm_uniq hG hG').
rewrite (is_opnorm_uniq hD (opnormZ (- eta) hG)) normrN ger0_norm // (proj1 loss_change).
by field; rewrite gt_eqF // (opnorm_gt0 G0 hG).
Qed.

(* control: without the stable rank *)
Theorem loss_change_rank_one c d : 0 < eta -> G != 0 -> is_opnorm G c -> is_opnorm D d ->
  (inner G D = - (d * c) <-> \rank G = 1%N).
Proof.
move=> ep G0 hG hD; have [s hs] := stable_rank_exists G; have c0 := opnorm_gt0 G0 hG.
rewrite (loss_change_stable_rank G0 hG hD hs) -(stable_rank_eq1 G0 hs).
have d0 : 0 < d by rewrite (is_opnorm_uniq hD (opnormZ (- eta) hG)) normrN gtr0_norm ?mulr_gt0.
have dc : d * c != 0 by rewrite gt_eqF // mulr_gt0.
split=> [/oppr_inj|->]; last by rewrite mul1r.
by rewrite -mulrA -[X in _ = X]mul1r => /(mulIf dc).
Qed.
End LossChange.

Theorem loss_change_nuclear m n (G D : 'M[R]_(m, n)) t d : is_nuc G t -> is_opnorm D d -> `|inner G D| <= d * t.
Proof.
move=> ht hD; rewrite ler_norml (nuclear_duality ht hD) andbT ler_oppl -mulN1r -innerZr.
by apply: (nuclear_duality ht); have := opnormZ (-1) hD; rewrite normrN1 mul1r.
Qed.

Theorem loss_change_rank m n (G D : 'M[R]_(m, n)) d : is_opnorm D d ->
  `|inner G D| <= Num.sqrt (\rank G)%:R * d * frob G.
Proof.
move=> hD; have [t ht] := nuc_exists G; apply: le_trans (loss_change_nuclear ht hD) _.
by rewrite [_ * d]mulrC -mulrA ler_wpmul2l ?(opnorm_ge0 hD) // nuclear_le_rank.
Qed.
End Duality.
