(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* From an entrywise bound of a matrix to a bound of its spectral norm.

   [opbound_entrywise]: |E_ij| <= N_ij gives |E| <= |N|. [gram_perturbation]: |E_ij| <= g (|A|^T |A|)_ij + w, the
   shape of the error of a computed Gram matrix, gives |E| <= g b^2 + n w for every bound b of the matrix |A| of
   absolute values; [opbound_abs_frob] and [opbound_abs_schur] are two such bounds. Serves lemma L3. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm Entries.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Entrywise.
Variable R : rcfType.
Implicit Types (m n : nat).

Definition abs_mx m n (A : 'M[R]_(m, n)) : 'M[R]_(m, n) := \matrix_(i, j) `|A i j|.

Lemma sqn_abs n (x : 'cV[R]_n) : sqn (abs_mx x) = sqn x.
Proof. by apply: eq_bigr => i _; rewrite !mxE -!expr2 real_normK ?num_real. Qed.

Theorem opbound_entrywise m n (E N : 'M[R]_(m, n)) c :
  (forall i j, `|E i j| <= N i j) -> opbound N c -> opbound E c.
Proof.
move=> h /opbound_sqn [c0 hN]; apply/opbound_sqn; split=> // x.
rewrite -(sqn_abs x); apply: le_trans (hN _); apply: ler_sum => i _; rewrite -!expr2.
rewrite -[(E *m x) i 0 ^+ 2]real_normK ?num_real //.
have le : `|(E *m x) i 0| <= (N *m abs_mx x) i 0.
  rewrite !mxE; apply: le_trans (ler_norm_sum _ _ _) _; apply: ler_sum => j _.
  by rewrite normrM mxE ler_wpmul2r.
by rewrite ler_pexpn2r ?nnegrE // (le_trans _ le).
Qed.

Lemma opbound_const n (w : R) : 0 <= w -> opbound (const_mx w : 'M_n) (n%:R * w).
Proof.
move=> w0; have -> : const_mx w = w *: (const_mx 1 *m (const_mx 1 : 'cV[R]_n)^T) :> 'M_n.
  by apply/matrixP => i j; rewrite !mxE big_ord1 !mxE !mulr1.
rewrite mulrC -{2}(ger0_norm w0); apply: opboundZ.
have frobE : frob ((const_mx 1 : 'cV[R]_n) *m (const_mx 1 : 'cV[R]_n)^T) = n%:R.
  rewrite /frob frob2_outer -expr2 sqrtr_sqr ger0_norm ?sqn_ge0 //.
  by rewrite /sqn /dot (eq_bigr (fun=> 1)) => [|i _]; rewrite ?sumr_const ?card_ord // !mxE mulr1.
by rewrite -frobE; apply: opbound_frob.
Qed.

Theorem gram_perturbation m n (A : 'M[R]_(m, n)) (E : 'M_n) g w b :
  0 <= g -> 0 <= w -> (forall i j, `|E i j| <= g * (\sum_k `|A k i| * `|A k j|) + w) ->
  opbound (abs_mx A) b -> opbound E (g * b ^+ 2 + n%:R * w).
Proof.
move=> g0 w0 hE hb.
apply: (opbound_entrywise (N := g *: ((abs_mx A)^T *m abs_mx A) + const_mx w)).
  move=> i j; rewrite !mxE; apply: le_trans (hE i j) _.
  by rewrite ler_add2r ler_wpmul2l //; apply: ler_sum => k _; rewrite !mxE.
apply: opbound_add; last exact: opbound_const.
rewrite -{2}(ger0_norm g0) expr2; apply: opboundZ; apply: opbound_mul => //; exact: opbound_tr.
Qed.

Theorem opbound_abs_frob m n (A : 'M[R]_(m, n)) : opbound (abs_mx A) (frob A).
Proof.
have -> : frob A = frob (abs_mx A); last exact: opbound_frob.
by congr Num.sqrt; apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite mxE real_normK ?num_real.
Qed.
Theorem opbound_abs_schur m n (A : 'M[R]_(m, n)) : opbound (abs_mx A) (Num.sqrt (norm_1 A * norm_inf A)).
Proof.
have := opbound_schur (abs_mx A); rewrite /norm_1 /norm_inf.
have E1 j : \sum_i `|abs_mx A i j| = \sum_i `|A i j| by apply: eq_bigr => i _; rewrite mxE normr_id.
have E2 i : \sum_j `|abs_mx A i j| = \sum_j `|A i j| by apply: eq_bigr => j _; rewrite mxE normr_id.
by rewrite (eq_bigr _ (fun j _ => E1 j)) (eq_bigr _ (fun i _ => E2 i)).
Qed.
End Entrywise.
