(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma T7 of the enclosures: bounds of the spectral norm that need no iteration.

   Above: [opnorm_le_schatten4] (|A|^2 <= |A^T A|_F), with [opnorm_le_schur] (sqrt(|A|_1 |A|_inf), Entries.v) and the
   Frobenius norm. Below: [row_le_opnorm], [schatten4_le_opnorm] (|A^T A|_F <= sqrt(min(m,n)) |A|^2), with
   [column_le_opnorm] (Entries.v) and [frobenius_le_min] (FrobeniusOpNorm.v). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm FrobeniusOpNorm Entries.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section CheapBounds.
Variable R : rcfType.
Implicit Types (m n : nat).

Theorem opnorm_le_schatten4 m n (A : 'M[R]_(m, n)) c : is_opnorm A c -> c <= Num.sqrt (frob (A^T *m A)).
Proof. by case=> _; apply; apply: gram_bound; apply: opbound_frob. Qed.

Theorem schatten4_le_opnorm m n (A : 'M[R]_(m, n)) c :
  is_opnorm A c -> frob (A^T *m A) <= Num.sqrt (minn m n)%:R * c ^+ 2.
Proof.
move=> hA; apply: le_trans (frobenius_le_rank (gram_opnorm hA)) _.
rewrite ler_wpmul2r ?sqr_ge0 // ler_wsqrtr // ler_nat leq_min rank_leq_col andbT.
exact: leq_trans (mxrankM_maxr _ _) (rank_leq_row _).
Qed.

Theorem row_le_opnorm m n (A : 'M[R]_(m, n)) c i : is_opnorm A c -> nrm (row i A)^T <= c.
Proof.
move=> /is_opnorm_tr /column_le_opnorm; apply: le_trans; rewrite tr_row.
exact: (le_max (fun j => nrm (col j A^T))).
Qed.
End CheapBounds.
