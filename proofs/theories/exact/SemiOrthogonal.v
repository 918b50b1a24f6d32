(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.norms.semi-orthogonal: |Q| = 1 and |Q|_F = sqrt(min(m,n)).

   Q^T Q = 1 (m x n with n >= 1 columns): [semi_orthogonal_opnorm], [semi_orthogonal_frob2], [semi_orthogonal_frob]; Q
   Q^T = 1: [semi_orthogonal_opnorm_tr], [semi_orthogonal_frob2_tr], [semi_orthogonal_frob_tr]. For every Q whatever,
   with E = Q^T Q - 1: [near_orthogonal_opnorm] (| |Q|^2 - 1 | <= |E|_F) and [near_orthogonal_frob2] (| |Q|_F^2 - n |
   <= sqrt n |E|_F), and [near_orthogonal_opnorm_tr], [near_orthogonal_frob2_tr] with Q Q^T - 1: the form a checker
   can use on a Q computed in floating point. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral TopEigen OpNormBound OpNormLaws.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section SemiOrthogonal.
Variable R : rcfType.
Implicit Types (m n : nat).

Theorem semi_orthogonal_opnorm m n (Q : 'M[R]_(m, n)) :
  (0 < n)%N -> Q^T *m Q = 1%:M -> is_opnorm Q 1.
Proof.
move=> n0 QQ; pose v : 'cV[R]_n := delta_mx (Ordinal n0) 0.
have same x : sqn (Q *m x) = 1 ^+ 2 * sqn x by rewrite sqn_isometry // expr1n mul1r.
apply: (is_opnorm_attained (x := v)) => //; last by rewrite -sqn_eq0 sqn_delta oner_eq0.
by apply/opbound_sqn; split=> [|x]; rewrite ?ler01 // same.
Qed.

Theorem semi_orthogonal_frob2 m n (Q : 'M[R]_(m, n)) : Q^T *m Q = 1%:M -> frob2 Q = n%:R.
Proof. by move=> QQ; rewrite frob2_trace QQ mxtrace1. Qed.

Theorem semi_orthogonal_frob m n (Q : 'M[R]_(m, n)) :
  Q^T *m Q = 1%:M -> frob Q = Num.sqrt (minn m n)%:R.
Proof.
by move=> QQ; rewrite /frob semi_orthogonal_frob2 //; have /minn_idPr -> := mulmx1_min QQ.
Qed.

Theorem semi_orthogonal_opnorm_tr m n (Q : 'M[R]_(m, n)) :
  (0 < m)%N -> Q *m Q^T = 1%:M -> is_opnorm Q 1.
Proof. by move=> m0 QQ; apply/opnorm_tr; apply: semi_orthogonal_opnorm; rewrite ?trmxK. Qed.

Theorem semi_orthogonal_frob2_tr m n (Q : 'M[R]_(m, n)) : Q *m Q^T = 1%:M -> frob2 Q = m%:R.
Proof. by move=> QQ; rewrite -frob2_tr semi_orthogonal_frob2 ?trmxK. Qed.

Theorem semi_orthogonal_frob_tr m n (Q : 'M[R]_(m, n)) :
  Q *m Q^T = 1%:M -> frob Q = Num.sqrt (minn m n)%:R.
Proof. by move=> QQ; rewrite -frob_tr semi_orthogonal_frob ?trmxK // minnC. Qed.

Theorem near_orthogonal_opnorm m n (Q : 'M[R]_(m, n)) q :
  (0 < n)%N -> is_opnorm Q q -> `|q ^+ 2 - 1| <= frob (Q^T *m Q - 1%:M).
Proof.
move=> n0 hq; have one : is_opnorm (1%:M : 'M[R]_n) 1.
  by apply: semi_orthogonal_opnorm; rewrite // trmx1 mul1mx.
have hq' : is_opnorm (Q *m 1%:M) q by rewrite mulmx1.
have [h1 h2] := opnorm_near_isometry (opbound_frob _) one hq'.
move: h1 h2; rewrite expr1n !mulr1 => h1 h2.
by rewrite ler_norml ler_subl_addl h2 andbT ler_subr_addr addrC.
Qed.

Theorem near_orthogonal_frob2 m n (Q : 'M[R]_(m, n)) :
  `|frob2 Q - n%:R| <= Num.sqrt n%:R * frob (Q^T *m Q - 1%:M).
Proof.
set E := Q^T *m Q - 1%:M.
have -> : frob2 Q - n%:R = \tr E by rewrite /E linearB /= mxtrace1 -frob2_trace.
pose e : 'cV[R]_n := \col_i E i i.
have -> : \tr E = dot (const_mx 1) e by apply: eq_bigr => i _; rewrite !mxE mul1r.
apply: le_trans (cauchy_schwarz_abs _ _) _.
have -> : nrm (const_mx 1 : 'cV[R]_n) = Num.sqrt n%:R.
  congr Num.sqrt; rewrite /sqn /dot (eq_bigr (fun=> 1)) => [|i _]; last by rewrite !mxE mulr1.
  by rewrite sumr_const card_ord.
rewrite ler_wpmul2l ?sqrtr_ge0 // /nrm /frob ler_wsqrtr //; apply: ler_sum => i _.
by rewrite (bigD1 i) //= !mxE -expr2 ler_addl; apply: sumr_ge0 => j _; apply: sqr_ge0.
Qed.

(* and by rows *)
Theorem near_orthogonal_opnorm_tr m n (Q : 'M[R]_(m, n)) q :
  (0 < m)%N -> is_opnorm Q q -> `|q ^+ 2 - 1| <= frob (Q *m Q^T - 1%:M).
Proof.
move=> m0 /opnorm_tr hq; have := near_orthogonal_opnorm m0 hq.
by rewrite trmxK.
Qed.
Theorem near_orthogonal_frob2_tr m n (Q : 'M[R]_(m, n)) :
  `|frob2 Q - m%:R| <= Num.sqrt m%:R * frob (Q *m Q^T - 1%:M).
Proof. by have := near_orthogonal_frob2 Q^T; rewrite frob2_tr trmxK. Qed.
End SemiOrthogonal.
