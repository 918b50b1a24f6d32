(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma T2 of the enclosures: the Kato-Temple upper bound of the largest eigenvalue.

   A bound b of the form on some hyperplane w^T (which says that the second eigenvalue is at most b) and a trial
   vector x with Rayleigh quotient r > b give l <= r + |G x - r x|^2 / (r - b), for |x| = 1: [kato_temple].
   [opnorm_kato_temple] is the same for the squared spectral norm, any x <> 0, any shift in the residual, and r known
   only between two bounds. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral TopEigen OpNormBound.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section KatoTemple.
Variable R : rcfType.

(* for a unit vector x and the top eigenvalue l of a symmetric G *)
Theorem kato_temple n (G : 'M[R]_n) (l b r : R) (v w x : 'cV_n) :
  G^T = G -> G *m v = l *: v -> sqn v = 1 ->
  (forall z, dot (G *m z) z <= l * sqn z) ->
  (forall z, dot z w = 0 -> dot (G *m z) z <= b * sqn z) ->
  sqn x = 1 -> r = dot (G *m x) x -> b < r ->
  l <= r + sqn (G *m x - r *: x) / (r - b).
Proof.
move=> symG Gv v1 top bw x1 rE br.
have rl : r <= l by rewrite rE -[l]mulr1 -x1 top.
have bl : b < l := lt_le_trans br rl.
(* b also bounds the form on the complement of v *)
have bv z : dot z v = 0 -> dot (G *m z) z <= b * sqn z.
  move=> zv; rewrite leNgt; apply/negP => hz.
  pose q := dot v w *: z - dot z w *: v.
  have qw : dot q w = 0 by rewrite dotDl dotNl !dotZl mulrC subrr.
  have Gzv : dot (G *m z) v = 0 by rewrite dot_adj symG Gv dotZr zv mulr0.
  have vz : dot v z = 0 by rewrite dotC.
  have E1 : dot (G *m q) q = dot v w ^+ 2 * dot (G *m z) z + dot z w ^+ 2 * l.
    rewrite /q mulmxBr -!scalemxAr Gv.
    rewrite !(dotDl, dotDr, dotNl, dotNr) !(dotZl, dotZr) Gzv vz -/(sqn v) v1.
    by rewrite !mulr0 !mulr1 oppr0 addr0 add0r opprK !mulrA -!expr2.
  have E2 : sqn q = dot v w ^+ 2 * sqn z + dot z w ^+ 2.
    rewrite /q /sqn !(dotDl, dotDr, dotNl, dotNr) !(dotZl, dotZr) zv vz -/(sqn v) -/(sqn z) v1; ring.
  have [a0|a0] := eqVneq (dot v w) 0.
    by have := bw _ a0; rewrite Gv dotZl -/(sqn v) v1 !mulr1 leNgt bl.
  have := bw _ qw; rewrite E1 E2 leNgt mulrDr; apply/negP/negPn.
  apply: ltr_le_add; first by rewrite mulrCA ltr_pmul2l // lt_def sqrf_eq0 a0 sqr_ge0.
  by rewrite mulrC ler_wpmul2l ?sqr_ge0 // ltW.
(* decompose x = c v + z *)
pose c := dot x v; pose z := x - c *: v.
have zv : dot z v = 0 by rewrite dotDl dotNl dotZl -/(sqn v) v1 mulr1 subrr.
have xE : x = c *: v + z by rewrite /z addrC subrK.
pose g := dot (G *m z) z; pose s := sqn z.
have gb : g <= b * s by apply: bv.
clearbody z; have vz : dot v z = 0 by rewrite dotC.
have Gzv : dot (G *m z) v = 0 by rewrite dot_adj symG Gv dotZr zv mulr0.
have x1' : c ^+ 2 + s = 1.
  by rewrite -x1 xE /sqn dotDl !dotDr !dotZl !dotZr zv vz -/(sqn v) v1 !mulr0 addr0 add0r mulr1 expr2.
have rE' : r = c ^+ 2 * l + g.
  rewrite rE xE mulmxDr -scalemxAr Gv dotDl !dotDr !dotZl !dotZr Gzv vz -/(sqn v) v1.
  by rewrite !mulr0 addr0 add0r mulr1 mulrA mulrAC expr2.
(* the residual *)
have resE : sqn (G *m x - r *: x) = (c * (l - r)) ^+ 2 + sqn (G *m z - r *: z).
  have -> : G *m x - r *: x = (c * (l - r)) *: v + (G *m z - r *: z).
    rewrite xE mulmxDr -scalemxAr Gv scalerDr opprD addrACA; congr (_ + _).
    by rewrite !scalerA -scalerBl mulrBr [r * c]mulrC.
  have orth : dot (c * (l - r) *: v) (G *m z - r *: z) = 0.
    by rewrite dotZl dotDr dotNr dotZr vz (dotC v) Gzv mulr0 oppr0 addr0 mulr0.
  by rewrite pythagoras // sqnZ v1 mulr1.
(* |Gz - r z|^2 * s >= (g - r s)^2 *)
have cs : (g - r * s) ^+ 2 <= sqn (G *m z - r *: z) * s.
  have -> : g - r * s = dot (G *m z - r *: z) z by rewrite dotDl dotNl dotZl.
  exact: cauchy_schwarz.
have rb0 : 0 < r - b by rewrite subr_gt0.
rewrite -ler_subl_addl ler_pdivl_mulr // resE.
have s0 : 0 <= s by exact: sqn_ge0.
have cl : c ^+ 2 * (l - r) = r * s - g.
  have h1 : c ^+ 2 * l = r - g by rewrite [in RHS]rE' addrK.
  have h2 : s = 1 - c ^+ 2 by rewrite -x1' addrC addKr.
  by rewrite mulrBr h1 h2; ring.
have [sz|sp] := eqVneq s 0.
  have c1 : c ^+ 2 = 1 by rewrite -x1' sz addr0.
  have z0 : z = 0 by apply/eqP; rewrite -sqn_eq0 -/s sz.
  move: cl; rewrite c1 mul1r sz mulr0 sub0r /g z0 mulmx0 dot0l oppr0 => ->.
  by rewrite mul0r addr_ge0 ?sqr_ge0 ?sqn_ge0.
have sp' : 0 < s by rewrite lt_def sp.
rewrite -(ler_pmul2r sp').
apply: (@le_trans _ _ ((c * (l - r)) ^+ 2 * s + (g - r * s) ^+ 2)); last first.
  by rewrite mulrDl ler_add2l.
have -> : (c * (l - r)) ^+ 2 * s + (g - r * s) ^+ 2 = (l - r) * (r * s - g).
  transitivity ((l - r) * (r * s - g) * (c ^+ 2 + s)); last by rewrite x1' mulr1.
  have -> : (c * (l - r)) ^+ 2 * s = (l - r) * (c ^+ 2 * (l - r)) * s by ring.
  have -> : (l - r) * (r * s - g) * (c ^+ 2 + s)
     = (l - r) * (r * s - g) * s + (c ^+ 2 * (l - r)) * (r * s - g) by ring.
  by rewrite cl; ring.
rewrite -mulrA; apply: ler_wpmul2l; first by rewrite subr_ge0.
by rewrite mulrBl ler_add2l ler_opp2.
Qed.

(* r = |A x|^2 / |x|^2 lies in [lo, hi] and s is any approximation of it *)
Theorem opnorm_kato_temple m n (A : 'M[R]_(m, n)) c b lo hi s (w x : 'cV_n) :
  is_opnorm A c -> x != 0 ->
  (forall z, dot z w = 0 -> sqn (A *m z) <= b * sqn z) ->
  lo <= sqn (A *m x) / sqn x <= hi -> b < lo ->
  c ^+ 2 <= hi + sqn (A^T *m A *m x - s *: x) / sqn x / (lo - b).
Proof.
case: n A w x => [|n] A w x hA x0 hb /andP[rlo rhi] blo.
  by move: x0; rewrite [x]flatmx0 eqxx.
have symG : (A^T *m A)^T = A^T *m A by rewrite trmx_mul trmxK.
have formE z : dot (A^T *m A *m z) z = sqn (A *m z) by rewrite -mulmxA dot_adj trmxK.
have [v [v1 Av Gv]] := opnorm_attained (ltn0Sn n) hA.
have v2 : sqn v = 1 by rewrite -nrm_sqr v1 expr1n.
have xp : 0 < sqn x by apply: sqn_gt0.
pose a := (nrm x)^-1; have a2 : a ^+ 2 * sqn x = 1.
  by rewrite -nrm_sqr -exprMn mulVf ?expr1n // nrm_eq0.
have a2E : a ^+ 2 = (sqn x)^-1 by rewrite exprVn nrm_sqr.
pose r := sqn (A *m x) / sqn x.
have y1 : sqn (a *: x) = 1 by rewrite sqnZ.
have rE : r = dot (A^T *m A *m (a *: x)) (a *: x).
  by rewrite formE -scalemxAr sqnZ a2E mulrC.
have top z : dot (A^T *m A *m z) z <= c ^+ 2 * sqn z by rewrite formE; apply: opnorm_sqn.
have bw z : dot z w = 0 -> dot (A^T *m A *m z) z <= b * sqn z by rewrite formE; apply: hb.
have := kato_temple symG Gv v2 top bw y1 rE (lt_le_trans blo rlo).
move=> kt; apply: le_trans kt _; apply: ler_add => //.
have lb : 0 < lo - b by rewrite subr_gt0.
have rb : 0 < r - b by rewrite subr_gt0; apply: lt_le_trans blo rlo.
(* r minimises the residual over all shifts *)
have res : sqn (A^T *m A *m (a *: x) - r *: (a *: x)) <= sqn (A^T *m A *m x - s *: x) / sqn x.
  rewrite -a2E mulrC -sqnZ scalerBr scalemxAr [a *: (s *: x)]scalerA mulrC -[(s * a) *: x]scalerA.
  set y := a *: x; set u := A^T *m A *m y - r *: y.
  have uy : dot u y = 0 by rewrite dotDl dotNl dotZl -/(sqn y) y1 mulr1 rE subrr.
  have -> : A^T *m A *m y - s *: y = u + (r - s) *: y by rewrite /u scalerBl addrA subrK.
  move: u uy => u uy.
  by rewrite pythagoras; [rewrite ler_addl sqn_ge0 | rewrite dotZr uy mulr0].
rewrite ler_pmul ?sqn_ge0 ?invr_ge0 ?(ltW rb) //.
by rewrite lef_pinv ?posrE // ler_add2r.
Qed.
End KatoTemple.
