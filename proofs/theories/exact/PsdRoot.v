(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The square root of a positive semidefinite matrix.

   [psd A]: A is symmetric and its form is non-negative. [psd_root_exists], [psd_root_unique]: exactly one psd S has S
   S = A. Serves the nuclear norm. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Root.
Variable R : rcfType.
Implicit Types (n : nat).

Definition psd n (A : 'M[R]_n) := A^T = A /\ forall z, 0 <= dot (A *m z) z.

Lemma psd_gram m n (A : 'M[R]_(m, n)) : psd (A^T *m A).
Proof. by split=> [|z]; [rewrite trmx_mul trmxK | rewrite -mulmxA dot_adj trmxK sqn_ge0]. Qed.

(* the eigenvalues of a psd matrix are non-negative *)
Lemma psd_eigen_ge0 n (A P : 'M[R]_n) (d : 'rV_n) i : psd A ->
  P^T *m P = 1%:M -> A = P *m diag_mx d *m P^T -> 0 <= d 0 i.
Proof.
move=> [_ pA] PP AE; have := pA (P *m delta_mx i 0).
rewrite AE -!mulmxA (mulmxA P^T) PP mul1mx dot_adj (mulmxA P^T) PP mul1mx.
by rewrite dotC dot_delta mul_diag_mx !mxE !eqxx mulr1.
Qed.
Lemma psd_conj n (P : 'M[R]_n) (d : 'rV_n) : (forall i, 0 <= d 0 i) -> psd (P *m diag_mx d *m P^T).
Proof.
move=> d0; split=> [|z]; first by rewrite !trmx_mul trmxK tr_diag_mx mulmxA.
rewrite -!mulmxA dot_adj; apply: sumr_ge0 => i _.
by rewrite mul_diag_mx mxE -mulrA -expr2 mulr_ge0 ?sqr_ge0.
Qed.
Lemma conj_sqr n (P : 'M[R]_n) (d : 'rV_n) : P^T *m P = 1%:M ->
  (P *m diag_mx d *m P^T) *m (P *m diag_mx d *m P^T) = P *m diag_mx (\row_i d 0 i ^+ 2) *m P^T.
Proof.
move=> PP; rewrite -!mulmxA (mulmxA P^T P) PP mul1mx (mulmxA (diag_mx d)) mulmx_diag.
by congr (_ *m (diag_mx _ *m _)); apply/matrixP => i j; rewrite !mxE expr2.
Qed.

Theorem psd_root_exists n (A : 'M[R]_n) : psd A -> exists S, psd S /\ S *m S = A.
Proof.
move=> pA; have [P [d [PP AE]]] := spectral (proj1 pA).
have d0 i := psd_eigen_ge0 i pA PP AE.
exists (P *m diag_mx (\row_i Num.sqrt (d 0 i)) *m P^T); split.
  by apply: psd_conj => i; rewrite mxE sqrtr_ge0.
rewrite conj_sqr // [RHS]AE; congr (_ *m diag_mx _ *m _); apply/matrixP => i j.
by rewrite !mxE (ord1 i) (sqr_sqrtr (d0 j)).
Qed.

Theorem psd_root_unique n (A B : 'M[R]_n) : psd A -> psd B -> A *m A = B *m B -> A = B.
Proof.
move=> pA pB AB.
have [P [d [PP AE]]] := spectral (proj1 pA); have [Q [e [QQ BE]]] := spectral (proj1 pB).
have PP' : P *m P^T = 1%:M by apply: mulmx1C.
have QQ' : Q *m Q^T = 1%:M by apply: mulmx1C.
have d0 i := psd_eigen_ge0 i pA PP AE; have e0 i := psd_eigen_ge0 i pB QQ BE.
suff WE : Q^T *m P *m diag_mx d = diag_mx e *m (Q^T *m P).
  have PD : P *m diag_mx d = Q *m diag_mx e *m Q^T *m P.
    by rewrite -!mulmxA -WE !mulmxA QQ' mul1mx.
  by rewrite AE BE PD -mulmxA PP' mulmx1.
(* W = Q^T P intertwines the squares of the diagonals, hence the diagonals *)
have : Q^T *m P *m diag_mx (\row_i d 0 i ^+ 2) = diag_mx (\row_i e 0 i ^+ 2) *m (Q^T *m P).
  have := congr1 (fun M => Q^T *m M *m P) AB; rewrite AE BE !conj_sqr //.
  by rewrite -!mulmxA PP mulmx1 !(mulmxA Q^T Q) QQ mul1mx.
move: (Q^T *m P) => W WE; apply/matrixP => i j; rewrite mul_diag_mx mul_mx_diag !mxE.
have := congr1 (fun M : 'M_n => M i j) WE; rewrite mul_diag_mx mul_mx_diag !mxE.
have [->|w0] := eqVneq (W i j) 0; first by rewrite !mulr0 !mul0r.
move/eqP; rewrite mulrC (inj_eq (mulIf w0)) eqr_expn2 // => /eqP ->.
by rewrite mulrC.
Qed.
End Root.
