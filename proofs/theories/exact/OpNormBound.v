(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.opnorm-bound: |A x| <= |A| |x|.

   [opnorm_le] is the bound. That it says something about every matrix: [opnorm_exists] (every matrix has a spectral
   norm) and, for at least one column, [opnorm_attained] (some unit vector attains it, and is an eigenvector of A^T A)
   and [is_opnorm_max] (the norm is the maximum of |A x| over unit x). [opnorm_lower] is lemma T1 of the enclosures:
   every vector gives a lower bound. [frob_bound] (Frobenius.v) is the bound that needs no spectral theory. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral TopEigen.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Bound.
Variable R : rcfType.
Implicit Types (m n : nat).

Theorem opnorm_le m n (A : 'M[R]_(m, n)) c x :
  is_opnorm A c -> nrm (A *m x) <= c * nrm x.
Proof. by case=> [[_]]. Qed.

Lemma opnorm_top m n (A : 'M[R]_(m, n.+1)) :
  exists c (v : 'cV_n.+1), [/\ is_opnorm A c, sqn v = 1, sqn (A *m v) = c ^+ 2 & A^T *m A *m v = c ^+ 2 *: v].
Proof.
have symG : (A^T *m A)^T = A^T *m A by rewrite trmx_mul trmxK.
have [l [v [v1 Gv top]]] := top_eigen symG.
have Av : sqn (A *m v) = l by rewrite /sqn dot_adj mulmxA Gv dotZr -/(sqn v) v1 mulr1.
have l0 : 0 <= l by rewrite -Av sqn_ge0.
have v0 : v != 0 by rewrite -sqn_eq0 v1 oner_eq0.
exists (Num.sqrt l), v; rewrite !(sqr_sqrtr l0); split=> //.
apply: (is_opnorm_attained (x := v)) => //; first exact: opbound_form.
by rewrite (sqr_sqrtr l0) v1 mulr1.
Qed.

Theorem opnorm_exists m n (A : 'M[R]_(m, n)) : exists c, is_opnorm A c.
Proof.
case: n A => [|n] A; last by have [c [v [hc _ _ _]]] := opnorm_top A; exists c.
by exists 0; rewrite thinmx0; split=> [|c [c0 _]] //; apply: opbound0.
Qed.

Theorem opnorm_attained m n (A : 'M[R]_(m, n)) c : (0 < n)%N -> is_opnorm A c ->
  exists v, [/\ nrm v = 1, nrm (A *m v) = c & A^T *m A *m v = c ^+ 2 *: v].
Proof.
case: n A => [//|n] A _ hc; have [d [v [hd v1 Av Gv]]] := opnorm_top A.
have cd := is_opnorm_uniq hc hd; have c0 := opnorm_ge0 hc.
exists v; rewrite cd; split=> //; first by rewrite /nrm v1 sqrtr1.
by rewrite /nrm Av sqrtr_sqr ger0_norm // -cd.
Qed.

Theorem is_opnorm_max m n (A : 'M[R]_(m, n)) c : (0 < n)%N ->
  is_opnorm A c <->
  (forall x, nrm x = 1 -> nrm (A *m x) <= c) /\ (exists x, nrm x = 1 /\ nrm (A *m x) = c).
Proof.
move=> n0; split=> [hc|[hle [v [v1 Av]]]].
  split=> [x x1|]; first by have := opnorm_le x hc; rewrite x1 mulr1.
  by have [v [v1 Av _]] := opnorm_attained n0 hc; exists v.
have v0 : v != 0 by rewrite -nrm_eq0 v1 oner_eq0.
have bc : opbound A c.
  split=> [|x]; first by rewrite -Av nrm_ge0.
  have [->|x0] := eqVneq x 0; first by rewrite mulmx0 !nrm0 mulr0.
  have nx : nrm ((nrm x)^-1 *: x) = 1.
    by rewrite nrmZ ger0_norm ?invr_ge0 ?nrm_ge0 // mulVf // nrm_eq0.
  have := hle _ nx; rewrite -scalemxAr nrmZ ger0_norm ?invr_ge0 ?nrm_ge0 //.
  by rewrite mulrC ler_pdivr_mulr ?nrm_gt0.
by apply: (is_opnorm_attained (x := v)) => //; rewrite -!nrm_sqr Av v1 expr1n mulr1.
Qed.

(* T1: any vector gives a lower bound, however it was found *)
Theorem opnorm_lower m n (A : 'M[R]_(m, n)) c (x : 'cV_n) : is_opnorm A c -> x != 0 ->
  nrm (A *m x) / nrm x <= c.
Proof. by move=> hc x0; rewrite ler_pdivr_mulr ?opnorm_le // nrm_gt0. Qed.
End Bound.
