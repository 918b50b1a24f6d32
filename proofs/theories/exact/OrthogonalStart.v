(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claims spectral.init.semi-orthogonal and spectral.claim-1 (a): a start s Q with Q semi-orthogonal.

   spectral.init.semi-orthogonal: [start_opnorm] (|s Q| = s exactly) and [start_natural] (natural norm 1 for s =
   sqrt(fan-out / fan-in)); control [unit_start_natural] (s = 1 has sqrt(fan-in / fan-out), which is 1 for square layers
   only: [unit_start_square]).

   spectral.claim-1 (a): with orthonormal columns, which needs fan-out >= fan-in, [start_aligned] (|W h| = |W| |h| for
   every h) and [start_aligned_gram] (W^T W = s^2 is all it takes); control [start_not_aligned] (with orthonormal rows
   some h <> 0 has W h = 0). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormBound OpNormLaws SemiOrthogonal NaturalNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Start.
Variable R : rcfType.
Implicit Types (m n : nat) (s : R).

(* orthonormal columns or orthonormal rows *)
Definition semi_orthogonal m n (Q : 'M[R]_(m, n)) := Q^T *m Q = 1%:M \/ Q *m Q^T = 1%:M.

Lemma semi_orthogonal_norm m n (Q : 'M[R]_(m, n)) : (0 < m)%N -> (0 < n)%N -> semi_orthogonal Q -> is_opnorm Q 1.
Proof. by move=> m0 n0 [] QQ; [exact: semi_orthogonal_opnorm|exact: semi_orthogonal_opnorm_tr]. Qed.

Theorem start_opnorm m n (Q : 'M[R]_(m, n)) s : (0 < m)%N -> (0 < n)%N -> 0 <= s -> semi_orthogonal Q ->
  is_opnorm (s *: Q) s.
Proof.
move=> m0 n0 s0 hQ; have := opnormZ s (semi_orthogonal_norm m0 n0 hQ).
by rewrite mulr1 ger0_norm.
Qed.

Theorem start_natural m n (Q : 'M[R]_(m, n)) : (0 < m)%N -> (0 < n)%N -> semi_orthogonal Q ->
  is_natural (Num.sqrt (m%:R / n%:R) *: Q) 1.
Proof.
move=> m0 n0 hQ; exists (Num.sqrt (m%:R / n%:R)); first by apply: start_opnorm => //; rewrite sqrtr_ge0.
have sm := sqrt_nat_gt0 R m0; have sn := sqrt_nat_gt0 R n0; rewrite !sqrt_ratio.
by move: sm sn; move: (Num.sqrt _) (Num.sqrt _) => x y x0 y0; field; rewrite !gt_eqF.
Qed.

(* control: s = 1 *)
Theorem unit_start_natural m n (Q : 'M[R]_(m, n)) : (0 < m)%N -> (0 < n)%N -> semi_orthogonal Q ->
  is_natural Q (Num.sqrt (n%:R / m%:R)).
Proof. by move=> m0 n0 hQ; exists 1; rewrite ?mulr1 //; exact: semi_orthogonal_norm. Qed.

Lemma sqrt_ratio_eq1 m n : (0 < m)%N -> (Num.sqrt (n%:R / m%:R) = 1 :> R <-> n = m).
Proof.
move=> m0; have m1 : m%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
split=> [h|->]; last by rewrite divff // sqrtr1.
have := sqr_sqrtr (divr_ge0 (ler0n R n) (ler0n R m)); rewrite h expr1n => /(congr1 (fun x => x * m%:R)).
by rewrite divfK // mul1r => /eqP; rewrite eqr_nat => /eqP.
Qed.

Theorem unit_start_square m n (Q : 'M[R]_(m, n)) : (0 < m)%N -> (0 < n)%N -> semi_orthogonal Q ->
  (is_natural Q 1 <-> m = n).
Proof.
move=> m0 n0 hQ; have h := unit_start_natural m0 n0 hQ; split=> [h1|mn].
  by apply/esym/(sqrt_ratio_eq1 n m0); exact: is_natural_uniq h h1.
by move: h; have /(sqrt_ratio_eq1 n m0) -> := esym mn.
Qed.

Theorem start_aligned_gram m n (W : 'M[R]_(m, n)) s h c : 0 <= s -> W^T *m W = (s ^+ 2)%:M -> is_opnorm W c ->
  nrm (W *m h) = c * nrm h.
Proof.
case: n W h => [|n] W h s0 WW hW.
  by rewrite (thinmx0 W) mul0mx nrm0 (flatmx0 h) nrm0 mulr0.
have E x : sqn (W *m x) = s ^+ 2 * sqn x by rewrite /sqn dot_adj mulmxA WW mul_scalar_mx dotZr.
have hs : is_opnorm W s.
  apply: (is_opnorm_attained (x := delta_mx 0 0)) => //; last by rewrite -sqn_eq0 sqn_delta oner_eq0.
  by apply/opbound_sqn; split=> // x; rewrite E.
by rewrite (is_opnorm_uniq hW hs) /nrm E sqrtrM ?sqr_ge0 // sqrtr_sqr ger0_norm.
Qed.

Theorem start_aligned m n (Q : 'M[R]_(m, n)) s h c : Q^T *m Q = 1%:M -> is_opnorm (s *: Q) c ->
  nrm (s *: Q *m h) = c * nrm h.
Proof.
move=> QQ; apply: (@start_aligned_gram _ _ _ `|s|) => //.
by rewrite [(s *: Q)^T]linearZ /= -scalemxAr -scalemxAl scalerA QQ real_normK ?num_real // scalemx1.
Qed.

(* control: fan-out < fan-in *)
Theorem start_not_aligned m n (Q : 'M[R]_(m, n)) s : (m < n)%N -> exists2 h : 'cV[R]_n, h != 0 & s *: Q *m h = 0.
Proof.
move=> mn.
have rk : (\rank (kermx Q^T) != 0)%N.
  by rewrite mxrank_ker subn_eq0 -ltnNge; apply: leq_ltn_trans mn; rewrite mxrank_tr rank_leq_row.
have /rowV0Pn [v /sub_kermxP vQ v0] : kermx Q^T != 0 by rewrite -mxrank_eq0.
exists v^T; first by rewrite -trmx0 (inj_eq trmx_inj).
by rewrite -scalemxAl -[Q]trmxK -trmx_mul vQ trmx0 scaler0.
Qed.
End Start.
