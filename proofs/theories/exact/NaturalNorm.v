(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.rms.natural-norm: in root mean squares the norm of a matrix is sqrt(a/b) |A|, a its columns, b its
   rows.

   [rms x] = |x| / sqrt n; [is_natural A t]: t = sqrt(a/b) |A|. Shapes are not empty. [natural_max] (t is the maximum of
   rms (A x) / rms x), [natural_mul], [natural_one], [natural_tr] (the transpose has (b/a) t) and the control
   [natural_tr_other] (A = (1, 1): 2, its transpose 1). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm OpNormBound OpNormLaws Spectral PsdRoot Nuclear RankOne.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section NaturalNorm.
Variable R : rcfType.
Implicit Types (m n p : nat).

Definition rms n (x : 'cV[R]_n) : R := nrm x / Num.sqrt n%:R.
Definition is_natural m n (A : 'M[R]_(m, n)) (t : R) := exists2 c, is_opnorm A c & t = Num.sqrt (n%:R / m%:R) * c.

Theorem natural_exists m n (A : 'M[R]_(m, n)) : exists t, is_natural A t.
Proof. by have [c hc] := opnorm_exists A; exists (Num.sqrt (n%:R / m%:R) * c), c. Qed.
Theorem is_natural_uniq m n (A : 'M[R]_(m, n)) s t : is_natural A s -> is_natural A t -> s = t.
Proof. by move=> [c hc ->] [d hd ->]; rewrite (is_opnorm_uniq hc hd). Qed.

Lemma sqrt_nat_gt0 n : (0 < n)%N -> 0 < Num.sqrt n%:R :> R.
Proof. by move=> n0; rewrite sqrtr_gt0 ltr0n. Qed.
Lemma sqrt_ratio m n : Num.sqrt (n%:R / m%:R) = Num.sqrt n%:R / Num.sqrt m%:R :> R.
Proof. by rewrite sqrtrM ?sqrtrV ?ler0n. Qed.
Lemma rms_ge0 n (x : 'cV[R]_n) : 0 <= rms x.
Proof. by rewrite divr_ge0 ?nrm_ge0 ?sqrtr_ge0. Qed.
Lemma nrm_rms n (x : 'cV[R]_n) : (0 < n)%N -> nrm x = Num.sqrt n%:R * rms x.
Proof. by move=> n0; rewrite mulrC divfK // gt_eqF // sqrt_nat_gt0. Qed.
Lemma rmsD n (x y : 'cV[R]_n) : rms (x + y) <= rms x + rms y.
Proof. by rewrite -mulrDl ler_wpmul2r ?invr_ge0 ?sqrtr_ge0 // nrmD. Qed.
Lemma natural_ge0 m n (A : 'M[R]_(m, n)) t : is_natural A t -> 0 <= t.
Proof. by move=> [c hc ->]; rewrite mulr_ge0 ?sqrtr_ge0 ?(opnorm_ge0 hc). Qed.

Theorem natural_le m n (A : 'M[R]_(m, n)) t x : (0 < m)%N -> (0 < n)%N -> is_natural A t -> rms (A *m x) <= t * rms x.
Proof.
move=> m0 n0 [c hc ->]; rewrite sqrt_ratio /rms ler_pdivr_mulr ?sqrt_nat_gt0 //.
apply: le_trans (opnorm_le x hc) _; rewrite le_eqVlt; apply/orP; left; apply/eqP.
by field; rewrite !gt_eqF ?sqrt_nat_gt0.
Qed.

Theorem natural_max m n (A : 'M[R]_(m, n)) t : (0 < m)%N -> (0 < n)%N ->
  is_natural A t <->
  (forall x, x != 0 -> rms (A *m x) / rms x <= t) /\ (exists x, x != 0 /\ rms (A *m x) / rms x = t).
Proof.
move=> m0 n0; have sm := sqrt_nat_gt0 m0; have sn := sqrt_nat_gt0 n0.
have E x : x != 0 -> rms (A *m x) / rms x = Num.sqrt (n%:R / m%:R) * (nrm (A *m x) / nrm x).
  by move=> x0; rewrite sqrt_ratio /rms; field; rewrite ?gt_eqF // nrm_gt0.
have attain c : is_opnorm A c -> exists x, x != 0 /\ rms (A *m x) / rms x = Num.sqrt (n%:R / m%:R) * c.
  move=> hc; have [v [v1 Av _]] := opnorm_attained n0 hc.
  have v0 : v != 0 by rewrite -nrm_eq0 v1 oner_eq0.
  by exists v; rewrite E // Av v1 divr1.
have upper c x : is_opnorm A c -> x != 0 -> rms (A *m x) / rms x <= Num.sqrt (n%:R / m%:R) * c.
  by move=> hc x0; rewrite E // ler_wpmul2l ?sqrtr_ge0 // ler_pdivr_mulr ?nrm_gt0 // opnorm_le.
split=> [[c hc ->]|[up [x [x0 xt]]]]; first by split=> [x x0|]; [exact: upper|exact: attain].
have [c hc] := opnorm_exists A; exists c => //; have [y [y0 yc]] := attain c hc.
by apply/eqP; rewrite eq_le -{1}xt upper //= -yc up.
Qed.

Theorem natural_mul m n p (A : 'M[R]_(m, n)) (B : 'M_(n, p)) a b c : (0 < n)%N ->
  is_natural A a -> is_natural B b -> is_natural (A *m B) c -> c <= a * b.
Proof.
move=> n0 [a' ha ->] [b' hb ->] [c' hc ->]; rewrite !sqrt_ratio.
have -> : Num.sqrt n%:R / Num.sqrt m%:R * a' * (Num.sqrt p%:R / Num.sqrt n%:R * b')
  = Num.sqrt p%:R / Num.sqrt m%:R * (a' * b').
  by rewrite mulrACA; congr (_ * _); rewrite mulrC mulrA divfK // gt_eqF // sqrt_nat_gt0.
by rewrite ler_wpmul2l ?divr_ge0 ?sqrtr_ge0 // (opnorm_mul ha hb hc).
Qed.

Theorem natural_one n : (0 < n)%N -> is_natural (1%:M : 'M[R]_n) 1.
Proof.
move=> n0; exists 1; last by rewrite divff ?sqrtr1 ?mulr1 // pnatr_eq0 -lt0n.
apply: (is_opnorm_attained (x := delta_mx (Ordinal n0) 0)) => [||]; last by rewrite mul1mx expr1n mul1r.
  by split=> [|x]; rewrite ?ler01 // mul1mx mul1r.
by rewrite -sqn_eq0 sqn_delta oner_eq0.
Qed.

Theorem natural_tr m n (A : 'M[R]_(m, n)) t : (0 < m)%N -> (0 < n)%N ->
  is_natural A t -> is_natural A^T (m%:R / n%:R * t).
Proof.
move=> m0 n0 [c hc ->]; exists c; first exact: is_opnorm_tr.
have sm := sqrt_nat_gt0 m0; have sn := sqrt_nat_gt0 n0; rewrite !sqrt_ratio.
rewrite -{1}(sqr_sqrtr (ler0n R m)) -{1}(sqr_sqrtr (ler0n R n)).
by move: sm sn; move: (Num.sqrt _) (Num.sqrt _) => x y x0 y0; field; rewrite !gt_eqF.
Qed.

(* control: invariance under transposition *)
Theorem natural_tr_other :
  is_natural (const_mx 1 : 'M[R]_(1, 2)) 2%:R /\ is_natural (const_mx 1 : 'M[R]_(1, 2))^T 1.
Proof.
have h : is_natural (const_mx 1 : 'M[R]_(1, 2)) 2%:R.
  exists (Num.sqrt 2%:R); last by rewrite divr1 -expr2 sqr_sqrtr ?ler0n.
  have -> : (const_mx 1 : 'M[R]_(1, 2)) = (1 : 'cV_1) *m (const_mx 1 : 'cV[R]_2)^T.
    by apply/matrixP => i j; rewrite mul1mx !mxE.
  have -> : Num.sqrt 2%:R = nrm (1 : 'cV[R]_1) * nrm (const_mx 1 : 'cV[R]_2).
    rewrite /nrm /sqn /dot big_ord1 !mxE eqxx mulr1 sqrtr1 mul1r.
    by congr Num.sqrt; rewrite (eq_bigr (fun=> 1)) ?sumr_const ?card_ord // => i _; rewrite !mxE mulr1.
  exact: outer_opnorm.
by split=> //; have := natural_tr (ltn0Sn 0) (ltn0Sn 1) h; rewrite divfK ?pnatr_eq0.
Qed.
End NaturalNorm.
