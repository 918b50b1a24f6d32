(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The nuclear norm over a real closed field, as a relation.

   [is_nuc A t]: t is the trace of the positive semidefinite square root of A^T A. It determines t ([is_nuc_uniq]),
   every matrix has one ([nuc_exists]), and it is the sum of the singular values, whichever eigenbasis of A^T A they
   are read from ([is_nuc_singular]). [frob2_le_opnorm_nuc]: |A|_F^2 <= |A| |A|_nuc. Serves the claims
   spectral.norms.frobenius and spectral.norms.rank-one. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral PsdRoot.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Nuclear.
Variable R : rcfType.
Implicit Types (m n : nat).

Definition is_nuc m n (A : 'M[R]_(m, n)) (t : R) :=
  exists S : 'M[R]_n, [/\ psd S, S *m S = A^T *m A & t = \tr S].

Theorem nuc_exists m n (A : 'M[R]_(m, n)) : exists t, is_nuc A t.
Proof. by have [S [pS SS]] := psd_root_exists (psd_gram A); exists (\tr S), S. Qed.

Theorem is_nuc_uniq m n (A : 'M[R]_(m, n)) s t : is_nuc A s -> is_nuc A t -> s = t.
Proof.
by move=> [S [pS SS ->]] [T [pT TT ->]]; congr (\tr _); apply: psd_root_unique => //; rewrite SS.
Qed.

Lemma trace_conj n (P : 'M[R]_n) (d : 'rV_n) : P^T *m P = 1%:M ->
  \tr (P *m diag_mx d *m P^T) = \sum_i d 0 i.
Proof. by move=> PP; rewrite mxtrace_mulC mulmxA PP mul1mx mxtrace_diag. Qed.

(* s_i >= 0 and s_i^2 the eigenvalues of A^T A *)
Theorem is_nuc_singular m n (A : 'M[R]_(m, n)) (P : 'M_n) (s : 'rV_n) :
  P^T *m P = 1%:M -> A^T *m A = P *m diag_mx (\row_i s 0 i ^+ 2) *m P^T ->
  (forall i, 0 <= s 0 i) -> is_nuc A (\sum_i s 0 i).
Proof.
move=> PP GE s0; exists (P *m diag_mx s *m P^T); split; last by rewrite trace_conj.
  exact: psd_conj.
by rewrite conj_sqr.
Qed.

Theorem frob2_le_opnorm_nuc m n (A : 'M[R]_(m, n)) c t :
  is_opnorm A c -> is_nuc A t -> frob2 A <= c * t.
Proof.
move=> hA [S [pS SS ->]]; have [P [d [PP SE]]] := spectral (proj1 pS).
have d0 i := psd_eigen_ge0 i pS PP SE.
have GE : A^T *m A = P *m diag_mx (\row_i d 0 i ^+ 2) *m P^T by rewrite -SS SE conj_sqr.
rewrite frob2_trace GE SE !trace_conj // mulr_sumr; apply: ler_sum => i _.
rewrite mxE expr2 ler_wpmul2r //.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?(opnorm_ge0 hA) //.
have := opnorm_sqn (P *m delta_mx i 0) hA.
rewrite {1}/sqn dot_adj mulmxA GE -!mulmxA (mulmxA P^T P) PP mul1mx dot_adj (mulmxA P^T P) PP mul1mx.
have -> : sqn (P *m delta_mx i 0) = 1 by rewrite /sqn dot_adj mulmxA PP mul1mx -/(sqn _) sqn_delta.
by rewrite mulr1 dot_delta mul_diag_mx !mxE !eqxx mulr1.
Qed.
End Nuclear.
