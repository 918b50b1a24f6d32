(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Lemma T8 of the enclosures: the spectral norm of a 2 x 2 matrix in closed form.

   [opnorm_two_by_two]: for the rows (a, b) and (c, d) it is (sqrt((a+d)^2 + (c-b)^2) + sqrt((a-d)^2 + (b+c)^2)) / 2. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral TopEigen OpNormBound FrobeniusOpNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section TwoByTwo.
Variable R : rcfType.

Lemma sum2 (F : 'I_2 -> R) : \sum_i F i = F 0 + F 1.
Proof. by rewrite !big_ord_recl big_ord0 addr0; congr (_ + F _); apply: val_inj. Qed.

Theorem opnorm_two_by_two (A : 'M[R]_2) (a b c d : R) :
  A 0 0 = a -> A 0 1 = b -> A 1 0 = c -> A 1 1 = d ->
  is_opnorm A ((Num.sqrt ((a + d) ^+ 2 + (c - b) ^+ 2) + Num.sqrt ((a - d) ^+ 2 + (b + c) ^+ 2)) / 2%:R).
Proof.
move=> Ea Eb Ec Ed.
set p := Num.sqrt ((a + d) ^+ 2 + _); set q := Num.sqrt ((a - d) ^+ 2 + _).
have p0 : 0 <= p := sqrtr_ge0 _; have q0 : 0 <= q := sqrtr_ge0 _.
have p2 : p ^+ 2 = (a + d) ^+ 2 + (c - b) ^+ 2 by apply: sqr_sqrtr; rewrite addr_ge0 ?sqr_ge0.
have q2 : q ^+ 2 = (a - d) ^+ 2 + (b + c) ^+ 2 by apply: sqr_sqrtr; rewrite addr_ge0 ?sqr_ge0.
clearbody p q; pose s : R := (p + q) / 2%:R; pose t : R := (p - q) / 2%:R; rewrite -/s.
have [l hl] := opnorm_exists A; have [v [v1 _ Gv]] := opnorm_attained (ltn0Sn 1) hl.
have l0 := opnorm_ge0 hl.
have s0 : 0 <= s by rewrite /s divr_ge0 ?ler0n ?addr_ge0.
have FE : frob2 A = a ^+ 2 + b ^+ 2 + c ^+ 2 + d ^+ 2.
  by rewrite /frob2 !sum2 Ea Eb Ec Ed !addrA.
have st : frob2 A = s ^+ 2 + t ^+ 2.
  have -> : s ^+ 2 + t ^+ 2 = (p ^+ 2 + q ^+ 2) / 2%:R by rewrite /s /t; field.
  by rewrite p2 q2 FE; field.
have dt : (a * d - b * c) ^+ 2 = s ^+ 2 * t ^+ 2.
  rewrite -exprMn; congr (_ ^+ 2).
  have -> : s * t = (p ^+ 2 - q ^+ 2) / 4%:R by rewrite /s /t; field.
  by rewrite p2 q2; field.
(* l^2 is an eigenvalue of A^T A, that is a root of (x - s^2)(x - t^2) *)
have root : (l ^+ 2 - s ^+ 2) * (l ^+ 2 - t ^+ 2) = 0.
  have -> : (l ^+ 2 - s ^+ 2) * (l ^+ 2 - t ^+ 2) = l ^+ 2 ^+ 2 - (s ^+ 2 + t ^+ 2) * l ^+ 2 + s ^+ 2 * t ^+ 2 by ring.
  rewrite -st -dt FE; move: (l ^+ 2) Gv => g Gv.
  have e1 : (a ^+ 2 + c ^+ 2 - g) * v 0 0 + (a * b + c * d) * v 1 0 = 0.
    have := congr1 (fun u : 'cV_2 => u 0 0) Gv; rewrite !(mxE, sum2) Ea Eb Ec Ed => /eqP.
    by rewrite -subr_eq0 => /eqP h; rewrite -[RHS]h; move: (v 0 0) (v 1 0) => x y; ring.
  have e2 : (a * b + c * d) * v 0 0 + (b ^+ 2 + d ^+ 2 - g) * v 1 0 = 0.
    have := congr1 (fun u : 'cV_2 => u 1 0) Gv; rewrite !(mxE, sum2) Ea Eb Ec Ed => /eqP.
    by rewrite -subr_eq0 => /eqP h; rewrite -[RHS]h; move: (v 0 0) (v 1 0) => x y; ring.
  set D := _ + _; have Dx : D * v 0 0 = 0.
    transitivity ((b ^+ 2 + d ^+ 2 - g) * ((a ^+ 2 + c ^+ 2 - g) * v 0 0 + (a * b + c * d) * v 1 0)
      - (a * b + c * d) * ((a * b + c * d) * v 0 0 + (b ^+ 2 + d ^+ 2 - g) * v 1 0)); first by rewrite /D; ring.
    by rewrite e1 e2 !mulr0 subrr.
  have Dy : D * v 1 0 = 0.
    transitivity ((a ^+ 2 + c ^+ 2 - g) * ((a * b + c * d) * v 0 0 + (b ^+ 2 + d ^+ 2 - g) * v 1 0)
      - (a * b + c * d) * ((a ^+ 2 + c ^+ 2 - g) * v 0 0 + (a * b + c * d) * v 1 0)); first by rewrite /D; ring.
    by rewrite e1 e2 !mulr0 subrr.
  apply/eqP; apply: contraTT isT => D0; move: (v1) => /eqP.
  have -> : v = 0; last by rewrite nrm0 eq_sym oner_eq0.
  have Dv : D *: v = 0.
    apply/matrixP => i j; rewrite (ord1 j) !mxE.
    by have [->|->] : i = 0 \/ i = 1; first by case: i => [[|[|//]] hi]; [left|right]; apply: val_inj.
  by apply/eqP; move/eqP: Dv; rewrite scaler_eq0 (negbTE D0).
suff -> : s = l by [].
apply/eqP; rewrite -(eqr_expn2 (n := 2)) //.
have ts : t ^+ 2 <= s ^+ 2.
  by rewrite -subr_ge0 (_ : s ^+ 2 - t ^+ 2 = p * q) ?mulr_ge0 // /s /t; field.
move/eqP: root; rewrite mulf_eq0 !subr_eq0 => /orP[|] /eqP lE; first by rewrite lE.
have h : frob2 A <= 2%:R * l ^+ 2.
  rewrite -frob_sqr -(sqr_sqrtr (ler0n R 2)) -exprMn ler_pexpn2r ?nnegrE ?frob_ge0 ?mulr_ge0 ?sqrtr_ge0 //.
  exact: frobenius_le_min hl.
by rewrite lE eq_le ts andbT; move: h; rewrite st lE mulrDl mul1r ler_add2r.
Qed.
End TwoByTwo.
