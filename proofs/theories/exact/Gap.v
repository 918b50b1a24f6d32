(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma T3 of the enclosures: the spectral norm and a gap below it, by repeated squaring.

   H 0, H 1, ... are symmetric matrices with H 0 / s 0 within E0 of G and H (j+1) / s (j+1) within E j of (H j)^2:
   exact squaring up to the rounding errors E j and the scale factors s j > 0. (a) [upper_chain]: a bound M k of H k
   goes back through the chain to a bound of G. (b) [gap_test]: if b goes through the chain to a b k > 0 with |H
   k|_F^2 - |H k w|^2 / |w|^2 <= (b k)^2 for some w, then the form of G is at most b on the hyperplane orthogonal to
   its top eigenvector: its second eigenvalue is at most b. For G = A^T A they read [opnorm_upper_chain] and
   [opnorm_gap_test], the hypothesis of [opnorm_kato_temple]. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral TopEigen OpNormBound.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Gap.
Variable R : rcfType.

(* squaring keeps "above b" on the same vector *)
Lemma above_sq n (H : 'M[R]_n) x b : H^T = H -> 0 < b ->
  b * sqn x < dot (H *m x) x -> b ^+ 2 * sqn x < dot (H *m (H *m x)) x.
Proof.
move=> sH b0 hx; have x0 : sqn x != 0.
  by apply: contraTneq hx => x0; rewrite x0 mulr0; move/eqP: x0; rewrite sqn_eq0 => /eqP ->; rewrite dotC dot0l ltxx.
have xp : 0 < sqn x by rewrite lt_def x0 sqn_ge0.
have -> : dot (H *m (H *m x)) x = sqn (H *m x) by rewrite dot_adj sH.
rewrite -(ltr_pmul2r xp); apply: lt_le_trans (cauchy_schwarz _ _).
by rewrite -mulrA -expr2 -exprMn ltr_expn2r // mulr_ge0 ?sqn_ge0 // ltW.
Qed.
(* a perturbation of norm <= E costs E *)
Lemma above_perturb n (X Y : 'M[R]_n) x b E : opbound (X - Y) E ->
  b * sqn x < dot (X *m x) x -> (b - E) * sqn x < dot (Y *m x) x.
Proof.
move=> [E0 hE] hb; have -> : dot (Y *m x) x = dot (X *m x) x - dot ((X - Y) *m x) x.
  by rewrite mulmxBl dotDl dotNl opprB addrC subrK.
rewrite mulrBl; apply: ltr_le_add => //; rewrite ler_opp2.
apply: le_trans (ler_norm _) _; apply: le_trans (cauchy_schwarz_abs _ _) _.
by rewrite -nrm_sqr expr2 mulrA ler_wpmul2r ?nrm_ge0.
Qed.

Section Chain.
Variables (n : nat) (G : 'M[R]_n) (H : nat -> 'M[R]_n) (s E : nat -> R) (E0 : R) (k : nat).
Hypothesis s_gt0 : forall j, 0 < s j.
Hypothesis start : opbound ((s 0%N)^-1 *: H 0%N - G) E0.
Hypothesis squaring : forall j, (j < k)%N -> opbound ((s j.+1)^-1 *: H j.+1 - H j *m H j) (E j).
Hypothesis symH : forall j, (j <= k)%N -> (H j)^T = H j.

Lemma opbound_near m (X Y : 'M[R]_m) a e : opbound X a -> opbound (X - Y) e -> opbound Y (a + e).
Proof.
move=> ha he; rewrite -[Y](subKr X); apply: opbound_add => //.
by have := opboundZ (-1) he; rewrite scaleN1r normrN1 mul1r.
Qed.
Lemma opbound_unscale m (X : 'M[R]_m) a t : 0 < t -> opbound X a -> opbound (t^-1 *: X) (a / t).
Proof. by move=> t0 h; rewrite mulrC -[X in X * a]ger0_norm ?invr_ge0 ?ltW //; apply: opboundZ. Qed.

Theorem upper_chain (M : nat -> R) :
  opbound (H k) (M k) -> (forall j, (j < k)%N -> 0 <= M j /\ M j.+1 / s j.+1 + E j <= M j ^+ 2) ->
  opbound G (M 0%N / s 0%N + E0).
Proof.
move=> hk hM; apply: opbound_near start; apply: opbound_unscale => //.
suff chain i : (i <= k)%N -> opbound (H (k - i)%N) (M (k - i)%N) by have := chain k (leqnn k); rewrite subnn.
elim: i => [|i IH] ik; first by rewrite subn0.
have {}IH := IH (ltnW ik); set j := (k - i.+1)%N.
have jk : (j < k)%N by rewrite ltn_subrL (leq_ltn_trans _ ik).
have jS : (k - i)%N = j.+1 by rewrite /j subnSK.
rewrite jS in IH; have [M0 hj] := hM _ jk.
have sq := opbound_near (opbound_unscale (s_gt0 j.+1) IH) (squaring jk).
have := gram_bound (A := H j) (g := M j.+1 / s j.+1 + E j); rewrite symH ?(ltnW jk) // => /(_ sq) hr.
by apply: opbound_le hr _; rewrite -[M j]ger0_norm // -sqrtr_sqr ler_wsqrtr.
Qed.

(* the top eigenvector v of G with its eigenvalue l; b goes through the chain as the numbers bs *)
Theorem gap_test (l b : R) (v w : 'cV_n) (bs : nat -> R) :
  G^T = G -> sqn v = 1 -> G *m v = l *: v -> (forall z, dot (G *m z) z <= l * sqn z) ->
  bs 0%N <= s 0%N * (b - E0) -> (forall j, (j < k)%N -> bs j.+1 <= s j.+1 * (bs j ^+ 2 - E j)) ->
  (forall j, (j <= k)%N -> 0 < bs j) ->
  w != 0 -> frob2 (H k) - sqn (H k *m w) / sqn w <= bs k ^+ 2 ->
  forall z, dot z v = 0 -> dot (G *m z) z <= b * sqn z.
Proof.
move=> symG v1 Gv top b0 bstep bpos w0 test z zv; rewrite leNgt; apply/negP => hz.
have z0 : z != 0 by apply: contraTneq hz => ->; rewrite mulmx0 /sqn !dot0l mulr0 ltxx.
have zp : 0 < sqn z by apply: sqn_gt0.
have vz : dot v z = 0 by rewrite dotC.
have bl : b < l by have := lt_le_trans hz (top z); rewrite ltr_pmul2r.
(* every non-zero x in the span of v and z is above b, for G and then for every H j *)
have above p q : p *: v + q *: z != 0 ->
    forall j, (j <= k)%N -> bs j * sqn (p *: v + q *: z) < dot (H j *m (p *: v + q *: z)) (p *: v + q *: z).
  move=> x0; set x := _ + _ in x0 *; have xp := sqn_gt0 x0.
  have sx : sqn x = p ^+ 2 * sqn v + q ^+ 2 * sqn z.
    by rewrite pythagoras ?sqnZ // dotZl dotZr vz !mulr0.
  have Gx : b * sqn x < dot (G *m x) x.
    have -> : dot (G *m x) x = p ^+ 2 * (l * sqn v) + q ^+ 2 * dot (G *m z) z.
      have Gzv : dot (G *m z) v = 0 by rewrite dot_adj symG Gv dotZr zv mulr0.
      rewrite /x mulmxDr -!scalemxAr Gv !(dotDl, dotDr, dotZl, dotZr) vz Gzv -/(sqn v).
      by rewrite !mulr0 addr0 add0r !expr2 !mulrA.
    rewrite sx mulrDr [b * (q ^+ 2 * _)]mulrCA [b * (p ^+ 2 * _)]mulrCA.
    have [q0|q0] := eqVneq q 0; last first.
      by apply: ler_lt_add; [rewrite ler_wpmul2l ?sqr_ge0 // ler_wpmul2r ?sqn_ge0 // ltW
                            | rewrite ltr_pmul2l // lt_def sqrf_eq0 q0 sqr_ge0].
    move: xp; rewrite sx q0 expr0n !mul0r !addr0 => /lt0r_neq0; rewrite mulf_eq0 negb_or => /andP[p0 v0].
    by rewrite ltr_pmul2l ?ltr_pmul2r // lt_def ?p0 ?v0 ?sqr_ge0 ?sqn_ge0.
  elim=> [|j IH] jk.
    have := above_perturb (X := G) (Y := (s 0%N)^-1 *: H 0%N) (E := E0) _ Gx.
    have flip : opbound (G - (s 0%N)^-1 *: H 0%N) E0.
      by have := opboundZ (-1) start; rewrite scaleN1r normrN1 mul1r opprB.
    move=> /(_ flip); rewrite -scalemxAl dotZl mulrC ltr_pdivl_mull // mulrCA mulrA => h.
    by apply: le_lt_trans h; rewrite -mulrA mulrC ler_wpmul2r // ltW.
  have {}IH := IH (ltnW jk); have sj := symH (ltnW jk).
  have sq := above_sq sj (bpos _ (ltnW jk)) IH.
  rewrite mulmxA in sq.
  have flip : opbound (H j *m H j - (s j.+1)^-1 *: H j.+1) (E j).
    by have := opboundZ (-1) (squaring jk); rewrite scaleN1r normrN1 mul1r opprB.
  have := above_perturb flip sq; rewrite -scalemxAl dotZl mulrC ltr_pdivl_mull // mulrCA mulrA => h.
  by apply: le_lt_trans h; rewrite -mulrA mulrC ler_wpmul2r ?(ltW xp) // bstep.
(* one of them is orthogonal to w *)
pose x := dot z w *: v - dot v w *: z.
have xw : dot x w = 0 by rewrite dotDl dotNl !dotZl mulrC subrr.
suff : exists p q, p *: v + q *: z != 0 /\ dot (p *: v + q *: z) w = 0.
  move=> [p [q [x0 xw']]]; have := above p q x0 k (leqnn k); set y := _ + _ in x0 xw' *.
  have bk := bpos k (leqnn k); have yp := sqn_gt0 x0; move=> hk.
  have := above_sq (symH (leqnn k)) bk hk.
  have -> : dot (H k *m (H k *m y)) y = sqn (H k *m y) by rewrite dot_adj symH.
  rewrite ltNge => /negP; apply.
  pose w1 := (nrm w)^-1 *: w.
  have w2 : sqn w1 = 1 by rewrite sqnZ -nrm_sqr -exprMn mulVf ?expr1n // nrm_eq0.
  have yw1 : dot y w1 = 0 by rewrite dotZr xw' mulr0.
  apply: le_trans (bessel2 _ w2 yw1) _; rewrite ler_wpmul2r ?(ltW yp) //.
  by rewrite -scalemxAr sqnZ exprVn nrm_sqr mulrC.
have [zw|zw] := eqVneq (dot z w) 0; first by exists 0, 1; rewrite scale0r scale1r add0r.
exists (dot z w), (- dot v w); rewrite scaleNr -/x; split=> //.
have -> : x = dot z w *: v + (- dot v w) *: z by rewrite scaleNr.
rewrite -sqn_eq0 pythagoras ?dotZl ?dotZr ?vz ?mulr0 // !sqnZ v1 mulr1 gt_eqF // ltr_paddr //.
  by rewrite mulr_ge0 ?sqr_ge0 ?sqn_ge0.
by rewrite lt_def sqrf_eq0 zw sqr_ge0.
Qed.
End Chain.

Theorem opnorm_upper_chain m n (A : 'M[R]_(m, n)) c (H : nat -> 'M[R]_n) (s E M : nat -> R) E0 k :
  is_opnorm A c -> (forall j, 0 < s j) ->
  opbound ((s 0%N)^-1 *: H 0%N - A^T *m A) E0 ->
  (forall j, (j < k)%N -> opbound ((s j.+1)^-1 *: H j.+1 - H j *m H j) (E j)) ->
  (forall j, (j <= k)%N -> (H j)^T = H j) ->
  opbound (H k) (M k) -> (forall j, (j < k)%N -> 0 <= M j /\ M j.+1 / s j.+1 + E j <= M j ^+ 2) ->
  c ^+ 2 <= M 0%N / s 0%N + E0.
Proof.
move=> /gram_opnorm [_ lc] s0 start sq symH hk hM; apply: lc.
exact: (upper_chain s0 start sq symH hk hM).
Qed.

Theorem opnorm_gap_test m n (A : 'M[R]_(m, n)) (H : nat -> 'M[R]_n) (s E bs : nat -> R) E0 k b (w : 'cV_n) :
  (forall j, 0 < s j) ->
  opbound ((s 0%N)^-1 *: H 0%N - A^T *m A) E0 ->
  (forall j, (j < k)%N -> opbound ((s j.+1)^-1 *: H j.+1 - H j *m H j) (E j)) ->
  (forall j, (j <= k)%N -> (H j)^T = H j) ->
  bs 0%N <= s 0%N * (b - E0) -> (forall j, (j < k)%N -> bs j.+1 <= s j.+1 * (bs j ^+ 2 - E j)) ->
  (forall j, (j <= k)%N -> 0 < bs j) ->
  w != 0 -> frob2 (H k) - sqn (H k *m w) / sqn w <= bs k ^+ 2 ->
  exists v, forall z, dot z v = 0 -> sqn (A *m z) <= b * sqn z.
Proof.
case: n A H w => [|n] A H w s0 start sq symH b0 bstep bpos w0 test.
  by move: w0; rewrite [w]flatmx0 eqxx.
have [c hc] := opnorm_exists A; have [v [v1 _ Gv]] := opnorm_attained (ltn0Sn n) hc.
have formE z : dot (A^T *m A *m z) z = sqn (A *m z) by rewrite -mulmxA dot_adj trmxK.
exists v => z zv; rewrite -formE.
apply: (gap_test s0 start sq symH (l := c ^+ 2) (v := v) (w := w) (bs := bs)) => //.
- by rewrite trmx_mul trmxK.
- by rewrite -nrm_sqr v1 expr1n.
- by move=> y; rewrite formE; apply: opnorm_sqn.
Qed.
End Gap.
