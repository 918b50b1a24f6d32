(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.norms.frobenius: |A| <= |A|_F <= sqrt(rank A) |A| <= sqrt(min(m,n)) |A|.

   [opnorm_le_frobenius] and when it is an equality, [opnorm_eq_frobenius_outer] and [opnorm_eq_frobenius] (rank at
   most one); [frobenius_le_factor] (A = U V with inner dimension r), [frobenius_le_rank], [frobenius_le_min]; when
   the bound by the rank is an equality, [frobenius_eq_rank] (all non-zero singular values are equal) and
   [frobenius_eq_rank_gram] ((A^T A)^2 = |A|^2 A^T A), both said with squares, [frobenius_eq_rank_sqr];
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

(* The columns of P are eigenvectors of A^T A, the numbers d_i its eigenvalues: |A P e_i|^2 = d_i, the largest is |A|^2,
   their sum is |A|_F^2, and the rank of A counts those that are not 0. *)
Section Eigenbasis.
Variables (m n : nat) (A : 'M[R]_(m, n)) (P : 'M[R]_n) (d : 'rV[R]_n).
Hypotheses (PP : P^T *m P = 1%:M) (GE : A^T *m A = P *m diag_mx d *m P^T).

Lemma frob2_eigen : frob2 A = \sum_i d 0 i.
Proof. by rewrite frob2_trace GE trace_conj. Qed.

Lemma sqn_eigenvector i : sqn (A *m (P *m delta_mx i 0)) = d 0 i.
Proof.
rewrite {1}/sqn dot_adj mulmxA GE -!mulmxA (mulmxA P^T P) PP mul1mx dot_adj (mulmxA P^T P) PP mul1mx.
by rewrite dot_delta mul_diag_mx !mxE !eqxx mulr1.
Qed.

Lemma eigen_le_opnorm c i : is_opnorm A c -> d 0 i <= c ^+ 2.
Proof.
move=> hA; have := opnorm_sqn (P *m delta_mx i 0) hA; rewrite sqn_eigenvector.
have -> : sqn (P *m delta_mx i 0) = 1 by rewrite /sqn dot_adj mulmxA PP mul1mx -/(sqn _) sqn_delta.
by rewrite mulr1.
Qed.

Lemma rank_eigen : \rank A = #|[pred i : 'I_n | (d 0 i != 0)%R]|.
Proof.
apply/eqP; rewrite eqn_leq; apply/andP; split; last first.
  apply: leq_trans (card_diag_rank d) _.
  have -> : diag_mx d = P^T *m (A^T *m A) *m P.
    by rewrite GE -!mulmxA PP mulmx1 !mulmxA PP mul1mx.
  exact: leq_trans (mxrankM_maxl _ _) (leq_trans (mxrankM_maxr _ _) (mxrankM_maxr _ _)).
(* A P has a zero column wherever d has a zero entry; what is left factors A *)
pose f (k : 'I_#|[pred i : 'I_n | d 0 i != 0]|) := enum_val k.
have AE : A = colsub f (A *m P) *m rowsub f P^T.
  rewrite -[LHS]mulmx1 -(mulmx1C PP) mulmxA; apply/matrixP => i j; rewrite !mxE.
  rewrite (bigID (fun k => d 0 k != 0)) /= [X in _ + X]big1 ?addr0 => [|k]; last first.
    rewrite negbK -sqn_eigenvector sqn_eq0 mulmxA -colE => /eqP/matrixP/(_ i 0); rewrite [LHS]mxE => ->.
    by rewrite mxE mul0r.
  by rewrite big_enum_val; apply: eq_bigr => k _; rewrite [in RHS]mxE [X in _ = _ * X]mxE.
by rewrite AE mulmx_max_rank.
Qed.

Lemma opnorm_le_eigen c g : is_opnorm A c -> 0 <= g -> (forall i, d 0 i <= g) -> c ^+ 2 <= g.
Proof.
move=> hA g0 dg; apply: opnorm_sqr_le hA g0 _ => x; pose w := P^T *m x.
have -> : sqn x = sqn w by rewrite /w /sqn dot_adj trmxK mulmxA (mulmx1C PP) mul1mx.
have -> : sqn (A *m x) = dot w (diag_mx d *m w).
  by rewrite {1}/sqn dot_adj mulmxA GE /w [RHS]dot_adj trmxK !mulmxA.
clearbody w; rewrite mulr_sumr; apply: ler_sum => i _.
by rewrite mul_diag_mx mxE mulrCA ler_wpmul2r // -expr2 sqr_ge0.
Qed.

(* what |A|_F^2 lacks to rank(A) |A|^2 *)
Lemma rank_defect c : (\rank A)%:R * c ^+ 2 - frob2 A = \sum_(i | d 0 i != 0) (c ^+ 2 - d 0 i).
Proof.
rewrite frob2_eigen rank_eigen sumrB sumr_const mulr_natl; congr (_ - _).
by rewrite (bigID (fun i => d 0 i != 0)) /= [X in _ + X]big1 ?addr0 // => i; rewrite negbK => /eqP.
Qed.

Lemma rank_defect_eq0 c : is_opnorm A c ->
  (frob2 A = (\rank A)%:R * c ^+ 2 <-> forall i, d 0 i != 0 -> d 0 i = c ^+ 2).
Proof.
move=> hA; split=> [FE i di|all].
  have := rank_defect c; rewrite FE subrr => /esym/psumr_eq0P h; apply/esym/eqP; rewrite -subr_eq0 h //.
  by move=> k _; rewrite subr_ge0 eigen_le_opnorm.
by apply/esym/eqP; rewrite -subr_eq0 rank_defect big1 // => i /all ->; rewrite subrr.
Qed.
End Eigenbasis.

Theorem frobenius_le_rank m n (A : 'M[R]_(m, n)) c : is_opnorm A c ->
  frob A <= Num.sqrt (\rank A)%:R * c.
Proof.
move=> hA; rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?frob_ge0 ?mulr_ge0 ?sqrtr_ge0 ?(opnorm_ge0 hA) //.
rewrite exprMn frob_sqr sqr_sqrtr ?ler0n //.
have [P [d [PP GE]]] := spectral (proj1 (psd_gram A)).
rewrite -subr_ge0 (rank_defect PP GE); apply: sumr_ge0 => i _.
by rewrite subr_ge0 (eigen_le_opnorm PP GE).
Qed.

(* when it is an equality *)
Theorem frobenius_eq_rank_sqr m n (A : 'M[R]_(m, n)) c : is_opnorm A c ->
  (frob A = Num.sqrt (\rank A)%:R * c <-> frob2 A = (\rank A)%:R * c ^+ 2).
Proof.
move=> hA; have c0 := opnorm_ge0 hA.
have {2}-> : (\rank A)%:R = Num.sqrt (\rank A)%:R ^+ 2 :> R by rewrite sqr_sqrtr ?ler0n.
rewrite -exprMn -frob_sqr; split=> [->//|/eqP].
by rewrite eqr_expn2 ?frob_ge0 ?mulr_ge0 ?sqrtr_ge0 // => /eqP.
Qed.

(* s_i >= 0 and s_i^2 the eigenvalues of A^T A; every A has such P and s, by [spectral] and [psd_eigen_ge0] *)
Theorem frobenius_eq_rank m n (A : 'M[R]_(m, n)) c (P : 'M_n) (s : 'rV_n) : is_opnorm A c ->
  P^T *m P = 1%:M -> A^T *m A = P *m diag_mx (\row_i s 0 i ^+ 2) *m P^T -> (forall i, 0 <= s 0 i) ->
  (frob2 A = (\rank A)%:R * c ^+ 2 <-> forall i j, s 0 i != 0 -> s 0 j != 0 -> s 0 i = s 0 j).
Proof.
move=> hA PP GE s0; rewrite (rank_defect_eq0 PP GE hA); split=> [all i j si sj|eqs i].
  apply/eqP; rewrite -(@eqr_expn2 _ 2) //.
  by have := all i; have := all j; rewrite !mxE !expf_neq0 // => -> // ->.
rewrite mxE sqrf_eq0 => si; apply/eqP; rewrite eq_le; apply/andP; split.
  by have := eigen_le_opnorm PP GE i hA; rewrite mxE.
apply: (opnorm_le_eigen PP GE hA) => [|j]; rewrite ?sqr_ge0 // mxE.
by have [->|sj] := eqVneq (s 0 j) 0; rewrite ?expr0n ?sqr_ge0 // (eqs i j).
Qed.

Theorem frobenius_eq_rank_gram m n (A : 'M[R]_(m, n)) c : is_opnorm A c ->
  (frob2 A = (\rank A)%:R * c ^+ 2 <-> (A^T *m A) *m (A^T *m A) = c ^+ 2 *: (A^T *m A)).
Proof.
move=> hA; have [P [d [PP GE]]] := spectral (proj1 (psd_gram A)).
rewrite (rank_defect_eq0 PP GE hA) GE conj_sqr // scalemxAl scalemxAr.
split=> [all|/(congr1 (fun M => P^T *m M *m P))].
  congr (_ *m _ *m _); apply/matrixP => i j; rewrite !mxE; have [->|di] := eqVneq (d 0 i) 0.
    by rewrite expr0n !mul0rn mulr0.
  by rewrite expr2 {1}all // mulrnAr.
rewrite !mulmxA PP !mul1mx -!mulmxA PP !mulmx1 => /matrixP eqd i di.
have := eqd i i; rewrite !mxE eqxx !mulr1n expr2; exact: mulIf.
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
