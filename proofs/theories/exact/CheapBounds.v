(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma T7 of the enclosures: bounds of the spectral norm that need no iteration.

   [opnorm_le_schatten4]: |A|^2 <= |A^T A|_F. The other one, sqrt(|A|_1 |A|_inf), is [opnorm_le_schur] in Entries.v; the Frobenius norm and the lower bounds are
   [opnorm_le_frobenius], [column_le_opnorm] and [frobenius_le_min]. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section CheapBounds.
Variable R : rcfType.

Theorem opnorm_le_schatten4 m n (A : 'M[R]_(m, n)) c : is_opnorm A c -> c <= Num.sqrt (frob (A^T *m A)).
Proof. by case=> _; apply; apply: gram_bound; apply: opbound_frob. Qed.
End CheapBounds.
