(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.norms.frobenius: |A| <= |A|_F <= sqrt(rank A) |A| <= sqrt(min(m,n)) |A|.

   [opnorm_le_frobenius] and when it is an equality, [opnorm_eq_frobenius_outer] and [opnorm_eq_frobenius] (rank at
   most one); [frobenius_le_factor] (A = U V with inner dimension r), [frobenius_le_rank], [frobenius_le_min];
   [frobenius_le_nuclear] (|A|_F^2 <= |A| |A|_nuc, the nuclear norm as in Nuclear.v). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral TopEigen OpNormBound PsdRoot Nuclear.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section FrobeniusOpNorm.
Variable R : rcfType.
Implicit Types (m n r : nat).

Theorem opnorm_le_frobenius m n (A : 'M[R]_(m, n)) c : is_opnorm A c -> c <= frob A.
Proof. exact: opnorm_le_frob. Qed.

Theorem opnorm_eq_frobenius_outer m n (A : 'M[R]_(m, n)) c : is_opnorm A c ->
  (c = frob A <-> exists (u : 'cV_m) (v : 'cV_n), A = u *m v^T).
Proof.
case: n A => [|n] A hA.
  split=> _; first by exists 0, 0; rewrite !thinmx0.
  apply/eqP; rewrite eq_le opnorm_le_frob //=.
  have -> : A = 0 by rewrite thinmx0.
  have /eqP -> : frob (0 : 'M[R]_(m, 0)) == 0 by rewrite frob_eq0.
  exact: opnorm_ge0 hA.
split=> [cF|[u [v AE]]].
  have [v [v1 Av _]] := opnorm_attained (ltn0Sn n) hA.
  have v2 : sqn v = 1 by rewrite -nrm_sqr v1 expr1n.
  exists (A *m v), v; apply/eqP; rewrite -subr_eq0 -frob2_eq0.
  have := frob2_rank_update A v2; rewrite -nrm_sqr Av cF frob_sqr => /eqP.
  by rewrite -subr_eq subrr eq_sym.
apply/eqP; rewrite eq_le opnorm_le_frob //=.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?frob_ge0 ?(opnorm_ge0 hA) // frob_sqr AE frob2_outer.
have [v0|v0] := eqVneq v 0; first by rewrite v0 {2}/sqn dot0l mulr0 sqr_ge0.
have := opnorm_sqn v hA; rewrite {1}AE outer_mul sqnZ -/(sqn v) expr2.
by rewrite mulrAC ler_pmul2r ?sqn_gt0 // mulrC.
Qed.

Theorem opnorm_eq_frobenius m n (A : 'M[R]_(m, n)) c : is_opnorm A c ->
  (c = frob A <-> (\rank A <= 1)%N).
Proof.
move=> hA; rewrite (opnorm_eq_frobenius_outer hA); split=> [[u [v ->]]|].
  exact: leq_trans (mulmx_max_rank _ _) _.
have AE := mulmx_base A; case: (\rank A) (col_base A) (row_base A) AE => [|[|//]] U V AE _.
  by exists 0, 0; rewrite -AE (thinmx0 U) !mul0mx.
by exists U, V^T; rewrite trmxK.
Qed.

(* the number of non-zero entries of a diagonal is at most the rank *)
Lemma card_diag_rank n (d : 'rV[R]_n) : (#|[pred i : 'I_n | (d 0 i != 0)%R]| <= \rank (diag_mx d))%N.
Proof.
pose f (k : 'I_#|[pred i : 'I_n | d 0 i != 0]|) := enum_val k.
apply: (@mulmx1_min_rank _ _ _ _ _ (rowsub f 1%:M) ((rowsub f 1%:M)^T *m diag_mx (\row_k (d 0 (f k))^-1))).
apply/matrixP => i j; rewrite mulmxA mul_mx_diag [LHS]mxE [RHS]mxE [(\row_k _) 0 j]mxE.
have -> : (rowsub f 1%:M *m diag_mx d *m (rowsub f 1%:M)^T) i j = d 0 (f i) *+ (i == j).
  rewrite mul_mx_diag !mxE (bigD1 (f i)) //= big1 ?addr0 => [|k ki].
    by rewrite !mxE eqxx mul1r (inj_eq enum_val_inj) [j == i]eq_sym mulr_natr.
  by rewrite !mxE eq_sym (negbTE ki) !mul0r.
have di : d 0 (f i) != 0 by have := enum_valP i.
by case: eqP => [<-|_]; rewrite ?mulfV ?mul0r.
Qed.

Theorem frobenius_le_rank m n (A : 'M[R]_(m, n)) c : is_opnorm A c ->
  frob A <= Num.sqrt (\rank A)%:R * c.
Proof.
move=> hA; rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?frob_ge0 ?mulr_ge0 ?sqrtr_ge0 ?(opnorm_ge0 hA) //.
rewrite exprMn frob_sqr sqr_sqrtr ?ler0n //.
have symG : (A^T *m A)^T = A^T *m A by rewrite trmx_mul trmxK.
have [P [d [PP GE]]] := spectral symG.
have trG : frob2 A = \sum_i d 0 i by rewrite frob2_trace GE mxtrace_mulC mulmxA PP mul1mx mxtrace_diag.
have rk : (\rank (diag_mx d) <= \rank A)%N.
  have -> : diag_mx d = P^T *m (A^T *m A) *m P.
    by rewrite GE -!mulmxA PP mulmx1 !mulmxA PP mul1mx.
  exact: leq_trans (mxrankM_maxl _ _) (leq_trans (mxrankM_maxr _ _) (mxrankM_maxr _ _)).
have dle i : d 0 i <= c ^+ 2.
  have := opnorm_sqn (P *m delta_mx i 0) hA.
  rewrite {1}/sqn dot_adj mulmxA GE -!mulmxA (mulmxA P^T P) PP mul1mx dot_adj (mulmxA P^T P) PP mul1mx.
  have -> : sqn (P *m delta_mx i 0) = 1 by rewrite /sqn dot_adj mulmxA PP mul1mx -/(sqn _) sqn_delta.
  by rewrite mulr1 dot_delta mul_diag_mx !mxE !eqxx mulr1.
rewrite trG (bigID (fun i => d 0 i != 0)) /= [X in _ + X]big1 ?addr0 => [|i]; last by rewrite negbK => /eqP.
apply: (@le_trans _ _ (\sum_(i | d 0 i != 0) c ^+ 2)); first exact: ler_sum.
rewrite sumr_const -mulr_natl ler_wpmul2r ?sqr_ge0 // ler_nat.
exact: leq_trans (card_diag_rank d) rk.
Qed.

Theorem frobenius_le_factor m n r (U : 'M[R]_(m, r)) (V : 'M_(r, n)) c : is_opnorm (U *m V) c ->
  frob (U *m V) <= Num.sqrt r%:R * c.
Proof.
move=> hA; apply: le_trans (frobenius_le_rank hA) _.
by rewrite ler_wpmul2r ?(opnorm_ge0 hA) // ler_wsqrtr // ler_nat mulmx_max_rank.
Qed.

Theorem frobenius_le_min m n (A : 'M[R]_(m, n)) c : is_opnorm A c ->
  frob A <= Num.sqrt (minn m n)%:R * c.
Proof.
move=> hA; apply: le_trans (frobenius_le_rank hA) _.
rewrite ler_wpmul2r ?(opnorm_ge0 hA) // ler_wsqrtr // ler_nat.
by rewrite leq_min rank_leq_row rank_leq_col.
Qed.

Theorem frobenius_le_nuclear m n (A : 'M[R]_(m, n)) c t :
  is_opnorm A c -> is_nuc A t -> frob A ^+ 2 <= c * t.
Proof. by move=> hA ht; rewrite frob_sqr; apply: frob2_le_opnorm_nuc. Qed.
End FrobeniusOpNorm.
