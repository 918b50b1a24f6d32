(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma T6 of the enclosures: the Kato-Temple bound for a cluster, through several vectors, the columns of X.

   With |X y|^2 >= beta |y|^2, the form of G at most t on the range of X and at most b < t on its complement, and a
   residual G X - X S of norm at most r for some S, the form of G is at most t + r^2 / (beta (t - b)):
   [block_kato_temple]; [opnorm_block_kato_temple] is the same for the squared spectral norm. The bound b on the
   complement is what [block_deflation] delivers. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section BlockKatoTemple.
Variable R : rcfType.

Lemma double_le_sum (a c d : R) : 0 <= a -> 0 <= c -> d ^+ 2 <= a * c -> d *+ 2 <= a + c.
Proof.
move=> a0 c0 h; apply: le_trans (ler_norm _) _.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?addr_ge0 // real_normK ?num_real //.
apply: (@le_trans _ _ (a * c *+ 4)).
  have -> : (d *+ 2) ^+ 2 = d ^+ 2 *+ 4 by ring.
  by rewrite ler_pmuln2r.
rewrite -subr_ge0; have -> : (a + c) ^+ 2 - a * c *+ 4 = (a - c) ^+ 2 by ring.
exact: sqr_ge0.
Qed.

(* the columns of X are independent: every vector has its part in their range *)
Lemma range_complement n q (X : 'M[R]_(n, q)) beta (x : 'cV[R]_n) : 0 < beta ->
  (forall y, beta * sqn y <= sqn (X *m y)) -> exists y, X^T *m (x - X *m y) = 0.
Proof.
move=> beta0 hX; have unitN : X^T *m X \in unitmx.
  rewrite -row_free_unit -kermx_eq0; apply/eqP/row_matrixP => i; rewrite row0.
  set u := row i _; have uN : u *m (X^T *m X) = 0.
    by rewrite /u -row_mul mulmx_ker row0.
  have Nu : X^T *m X *m u^T = 0.
    by apply: trmx_inj; rewrite trmx_mul trmxK trmx_mul trmxK uN trmx0.
  have : sqn (X *m u^T) = 0 by rewrite /sqn dot_adj mulmxA dotC Nu dot0l.
  move: (hX u^T) => /[swap] ->; rewrite pmulr_rle0 // => le0.
  have /eqP : sqn u^T == 0 by rewrite eq_le le0 sqn_ge0.
  by move/eqP; rewrite sqn_eq0 => /eqP /(congr1 trmx); rewrite trmxK trmx0.
exists (invmx (X^T *m X) *m (X^T *m x)).
by rewrite mulmxBr mulmxA mulKVmx // subrr.
Qed.

Theorem block_kato_temple n q (G : 'M[R]_n) (X : 'M[R]_(n, q)) (S : 'M[R]_q) (b t r beta : R) :
  G^T = G -> 0 < beta -> (forall y, beta * sqn y <= sqn (X *m y)) ->
  opbound (G *m X - X *m S) r ->
  (forall z, X^T *m z = 0 -> dot (G *m z) z <= b * sqn z) ->
  (forall y, dot (G *m (X *m y)) (X *m y) <= t * sqn (X *m y)) -> b < t ->
  forall x, dot (G *m x) x <= (t + r ^+ 2 / beta / (t - b)) * sqn x.
Proof.
move=> symG beta0 hX hR hb ht bt x; have [y] := range_complement x beta0 hX.
set z := x - _ => zX; have xE : x = X *m y + z by rewrite /z addrC subrK.
clearbody z; rewrite {x}xE.
have d0 : 0 < t - b by rewrite subr_gt0.
have orth (w : 'cV_q) : dot (X *m w) z = 0 by rewrite dot_adj zX dotC dot0l.
pose D := dot ((G *m X - X *m S) *m y) z.
have cross : dot (G *m (X *m y)) z = D.
  by rewrite /D mulmxBl dotDl dotNl -[X *m S *m y]mulmxA orth subr0 mulmxA.
have -> : dot (G *m (X *m y + z)) (X *m y + z)
    = dot (G *m (X *m y)) (X *m y) + D *+ 2 + dot (G *m z) z.
  have sym : dot (G *m z) (X *m y) = D by rewrite dot_adj symG dotC cross.
  by rewrite mulmxDr dotDl !dotDr cross sym; ring.
rewrite pythagoras //; set P := sqn (X *m y); set Z := sqn z.
have P0 : 0 <= P := sqn_ge0 _; have Z0 : 0 <= Z := sqn_ge0 _.
pose E := r ^+ 2 / beta; have E0 : 0 <= E by rewrite divr_ge0 ?sqr_ge0 // ltW.
have hD : D ^+ 2 <= E / (t - b) * P * ((t - b) * Z).
  have -> : E / (t - b) * P * ((t - b) * Z) = E * P * Z.
    by rewrite mulrACA -[RHS]mulrA; congr (_ * _); rewrite mulrVK // unitfE gt_eqF.
  apply: le_trans (cauchy_schwarz _ _) _; apply: ler_wpmul2r => //.
  have /opbound_sqn [_ /(_ y)] := hR; move=> h; apply: le_trans h _.
  have hy : sqn y <= beta^-1 * P by rewrite mulrC ler_pdivl_mulr // mulrC hX.
  by rewrite /E -mulrA; exact: (ler_wpmul2l (sqr_ge0 r) hy).
rewrite -/E; clearbody E.
have := double_le_sum _ _ hD; rewrite !mulr_ge0 ?invr_ge0 ?(ltW d0) // => /(_ isT isT) h2.
apply: (@le_trans _ _ (t * P + (E / (t - b) * P + (t - b) * Z) + b * Z)).
  by rewrite ler_add ?hb // ler_add ?ht.
rewrite -subr_ge0.
have -> : (t + E / (t - b)) * (P + Z) - (t * P + (E / (t - b) * P + (t - b) * Z) + b * Z)
    = E / (t - b) * Z by ring.
by rewrite !mulr_ge0 ?invr_ge0 ?(ltW d0).
Qed.

Theorem opnorm_block_kato_temple m n q (A : 'M[R]_(m, n)) c (X : 'M[R]_(n, q)) (S : 'M[R]_q) (b t r beta : R) :
  is_opnorm A c -> 0 < beta -> (forall y, beta * sqn y <= sqn (X *m y)) ->
  opbound (A^T *m A *m X - X *m S) r ->
  (forall z, X^T *m z = 0 -> sqn (A *m z) <= b * sqn z) ->
  (forall y, sqn (A *m (X *m y)) <= t * sqn (X *m y)) -> b < t -> 0 <= t ->
  c ^+ 2 <= t + r ^+ 2 / beta / (t - b).
Proof.
move=> hA beta0 hX hR hb ht bt t0.
have formE z : dot (A^T *m A *m z) z = sqn (A *m z) by rewrite -mulmxA dot_adj trmxK.
have symG : (A^T *m A)^T = A^T *m A by rewrite trmx_mul trmxK.
apply: (opnorm_sqr_le hA) => [|x].
  by rewrite addr_ge0 // !divr_ge0 ?sqr_ge0 // ?subr_ge0 ltW.
rewrite -formE; apply: (block_kato_temple symG beta0 hX hR) => // [z zX|y]; rewrite formE.
  exact: hb.
exact: ht.
Qed.
End BlockKatoTemple.
