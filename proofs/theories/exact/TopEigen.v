(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The top eigenvector of a symmetric matrix.

   [top_eigen]: a symmetric matrix G of positive size has a unit v and a number l with G v = l v and <G z, z> <= l
   |z|^2 for every z: its largest eigenvalue, said without sorting. Serves the existence of the spectral norm
   (OpNormBound.v) and the enclosures T2 and T3. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Top.
Variable R : rcfType.

Theorem top_eigen n (G : 'M[R]_n.+1) : G^T = G ->
  exists (l : R) (v : 'cV_n.+1), [/\ sqn v = 1, G *m v = l *: v &
     forall z, dot (G *m z) z <= l * sqn z].
Proof.
move=> /spectral [P [d [PP GE]]].
have [k _ kmax] := @arg_maxP _ _ _ ord0 predT (fun i => d 0 i) isT.
have PP' : P *m P^T = 1%:M by apply: mulmx1C.
exists (d 0 k), (P *m delta_mx k 0); split.
- rewrite /sqn dot_adj mulmxA PP mul1mx /dot (bigD1 k) //= big1 ?addr0 => [|i ik].
    by rewrite mxE !eqxx mulr1.
  by rewrite mxE (negbTE ik) mul0r.
- rewrite GE -!mulmxA (mulmxA P^T) PP mul1mx scalemxAr; congr (_ *m _).
  by apply/matrixP => i j; rewrite mul_diag_mx !mxE; case: eqP => [->|]; rewrite ?mulr0.
move=> z; pose w := P^T *m z.
have -> : sqn z = sqn w by rewrite /w /sqn dot_adj trmxK mulmxA PP' mul1mx.
have -> : dot (G *m z) z = \sum_i d 0 i * w i 0 ^+ 2.
  rewrite GE -!mulmxA dot_adj -/w; apply: eq_bigr => i _.
  by rewrite mul_diag_mx mxE -mulrA expr2.
rewrite /sqn /dot mulr_sumr; apply: ler_sum => i _.
rewrite -expr2 ler_wpmul2r ?sqr_ge0 //. exact: kmax.
Qed.

End Top.
