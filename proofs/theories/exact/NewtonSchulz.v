(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.newton-schulz: orthogonalisation by polynomials.

   [newton c0 c1 c2 X] = c0 X + c1 X S + c2 X S^2 with S = X^T X; the defect is E = 1 - S. [newton_singular] (on U
   diag(s) V^T it acts on the s alone, by the odd polynomial c0 s + c1 s^3 + c2 s^5), and the defect after one step:
   [newton_cubic] (3/2, -1/2: (3 E^2 + E^3) / 4), [newton_quintic] (15/8, -10/8, 3/8: 5 E^3/8 + 15 E^4/64 + 9 E^5/64)
   and [newton_other] (2, -3/2, 1/2: (- E^2 + 3 E^3 + E^4 + E^5) / 4). On numbers in [0, 1] the first two stay there and
   shrink: [cubic_contracts] (e' <= e^2), [quintic_contracts] (e' <= e^3); the third does not: [other_overshoots].
   [muon_positive]: the polynomial of Muon is positive for every x > 0. That it maps [0.68, 1.21] into itself is not
   proved here.

   Control [newton_null] (what X sends to 0 stays there, and the defect stays 1: with more columns than rows it never
   vanishes). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section NewtonSchulz.
Variable R : rcfType.
Implicit Types (m n r : nat) (c e x : R).

Definition newton m n c0 c1 c2 (X : 'M[R]_(m, n)) : 'M[R]_(m, n) :=
  let S := X^T *m X in c0 *: X + c1 *: (X *m S) + c2 *: (X *m S *m S).
Definition orthogonality_defect m n (X : 'M[R]_(m, n)) : 'M[R]_n := 1%:M - X^T *m X.

Theorem newton_singular m n r c0 c1 c2 (U : 'M[R]_(m, r)) (V : 'M[R]_(n, r)) (s : 'rV_r) :
  U^T *m U = 1%:M -> V^T *m V = 1%:M ->
  newton c0 c1 c2 (U *m diag_mx s *m V^T)
    = U *m diag_mx (\row_i (c0 * s 0 i + c1 * s 0 i ^+ 3 + c2 * s 0 i ^+ 5)) *m V^T.
Proof.
move=> UU VV; rewrite /newton; set X := U *m diag_mx s *m V^T.
have SE : X^T *m X = V *m (diag_mx s *m diag_mx s) *m V^T.
  by rewrite /X !trmx_mul trmxK tr_diag_mx -!mulmxA (mulmxA U^T U) UU mul1mx.
have step (D : 'M[R]_r) : U *m D *m V^T *m (X^T *m X) = U *m (D *m (diag_mx s *m diag_mx s)) *m V^T.
  by rewrite SE -!mulmxA (mulmxA V^T V) VV mul1mx.
have scale k (D : 'M[R]_r) : k *: (U *m D *m V^T) = U *m (k *: D) *m V^T by rewrite -scalemxAr -scalemxAl.
have add (D F : 'M[R]_r) : U *m D *m V^T + U *m F *m V^T = U *m (D + F) *m V^T by rewrite mulmxDr mulmxDl.
have -> : X *m (X^T *m X) = U *m (diag_mx s *m (diag_mx s *m diag_mx s)) *m V^T by exact: step.
rewrite step -/X {1}/X !scale !add !mulmx_diag; congr (_ *m _ *m _); apply/matrixP => i j; rewrite !mxE.
by case: (i == j); rewrite ?mulr1n ?mulr0n; ring.
Qed.

Section Defect.
Variables (m n : nat) (X : 'M[R]_(m, n)).
Notation E := (orthogonality_defect X).

(* in an eigenbasis of S everything is a polynomial in the eigenvalues *)
Lemma defect_newton c0 c1 c2 : exists (P : 'M[R]_n) (s : 'rV[R]_n),
  let J (f : R -> R) := P *m diag_mx (\row_i f (s 0 i)) *m P^T in
  [/\ forall f g, J f *m J g = J (fun t => f t * g t), forall f g, J f + J g = J (fun t => f t + g t),
      forall k f, k *: J f = J (fun t => k * f t),
      E = J (fun t => 1 - t)
    & orthogonality_defect (newton c0 c1 c2 X) = J (fun t => 1 - t * (c0 + c1 * t + c2 * t ^+ 2) ^+ 2)].
Proof.
have sS : (X^T *m X)^T = X^T *m X by rewrite trmx_mul trmxK.
have [P [s [PP SE]]] := spectral sS; have PP' : P *m P^T = 1%:M by apply: mulmx1C.
exists P, s => J.
have JM f g : J f *m J g = J (fun t => f t * g t).
  rewrite /J -!mulmxA (mulmxA P^T P) PP mul1mx (mulmxA (diag_mx _)) mulmx_diag.
  by congr (_ *m (diag_mx _ *m _)); apply/matrixP => i j; rewrite !mxE.
have JD f g : J f + J g = J (fun t => f t + g t).
  rewrite /J -mulmxDl -mulmxDr -raddfD; congr (_ *m diag_mx _ *m _).
  by apply/matrixP => i j; rewrite !mxE.
have JZ k f : k *: J f = J (fun t => k * f t).
  rewrite /J scalemxAl scalemxAr -linearZ; congr (_ *m diag_mx _ *m _).
  by apply/matrixP => i j; rewrite !mxE.
have J1 : 1%:M = J (fun=> 1).
  rewrite /J; have -> : diag_mx (\row_(i < n) 1) = 1%:M :> 'M[R]_n; last by rewrite mulmx1.
  by apply/matrixP => i j; rewrite !mxE.
have JS : X^T *m X = J id.
  by rewrite SE /J; congr (_ *m diag_mx _ *m _); apply/matrixP => i j; rewrite !mxE (ord1 i).
have J_tr f : (J f)^T = J f by rewrite /J !trmx_mul trmxK tr_diag_mx mulmxA.
have Jext f g : (forall t, f t = g t) -> J f = J g.
  by move=> h; rewrite /J; congr (_ *m diag_mx _ *m _); apply/matrixP => i j; rewrite !mxE h.
have JB f g : J f - J g = J (fun t => f t - g t).
  by rewrite -scaleN1r JZ JD; apply: Jext => t; rewrite mulN1r.
have NE : newton c0 c1 c2 X = X *m J (fun t => c0 + c1 * t + c2 * t ^+ 2).
  have -> : J (fun t => c0 + c1 * t + c2 * t ^+ 2) = c0 *: 1%:M + c1 *: J id + c2 *: (J id *m J id).
    by rewrite J1 JM !JZ !JD; apply: Jext => t; rewrite mulr1 expr2.
  by rewrite /newton JS !mulmxDr -!scalemxAr mulmx1 !mulmxA.
split=> //; first by rewrite /orthogonality_defect JS J1 JB.
rewrite /orthogonality_defect NE trmx_mul J_tr -mulmxA (mulmxA X^T X) JS !JM J1 JB.
by apply: Jext => t; ring.
Qed.

Lemma defect_eq c0 c1 c2 (f : R -> R) (T : 'M[R]_n) :
  (forall t, 1 - t * (c0 + c1 * t + c2 * t ^+ 2) ^+ 2 = f t) ->
  (forall J : (R -> R) -> 'M[R]_n,
     (forall f g, J f *m J g = J (fun t => f t * g t)) -> (forall f g, J f + J g = J (fun t => f t + g t)) ->
     (forall k f, k *: J f = J (fun t => k * f t)) -> (forall f g, (forall t, f t = g t) -> J f = J g) ->
     E = J (fun t => 1 - t) -> T = J f) ->
  orthogonality_defect (newton c0 c1 c2 X) = T.
Proof.
move=> hf hT; have [P [s [JM JD JZ JE ->]]] := defect_newton c0 c1 c2.
pose J f := P *m diag_mx (\row_i f (s 0 i)) *m P^T; rewrite (hT J) //.
  by congr (_ *m diag_mx _ *m _); apply/matrixP => i j; rewrite !mxE hf.
by move=> a b h; rewrite /J; congr (_ *m diag_mx _ *m _); apply/matrixP => i j; rewrite !mxE h.
Qed.

Theorem newton_cubic :
  orthogonality_defect (newton (3%:R / 2%:R) (- 2%:R^-1) 0 X) = 4%:R^-1 *: (3%:R *: (E *m E) + E *m E *m E).
Proof.
apply: (defect_eq (f := fun t => 4%:R^-1 * (3%:R * ((1 - t) * (1 - t)) + (1 - t) * (1 - t) * (1 - t)))) =>
  [t|J JM JD JZ _ ->].
  by field.
by rewrite !JM !JZ !JD !JZ.
Qed.

Theorem newton_quintic :
  orthogonality_defect (newton (15%:R / 8%:R) (- (10%:R / 8%:R)) (3%:R / 8%:R) X)
    = (5%:R / 8%:R) *: (E *m E *m E) + (15%:R / 64%:R) *: (E *m E *m E *m E)
      + (9%:R / 64%:R) *: (E *m E *m E *m E *m E).
Proof.
apply: (defect_eq (f := fun t => let e := 1 - t in
  5%:R / 8%:R * (e * e * e) + 15%:R / 64%:R * (e * e * e * e) + 9%:R / 64%:R * (e * e * e * e * e))) =>
    [t|J JM JD JZ _ ->] /=.
  by field.
by rewrite !JM !JZ !JD.
Qed.

Theorem newton_other :
  orthogonality_defect (newton 2%:R (- (3%:R / 2%:R)) 2%:R^-1 X)
    = 4%:R^-1 *: (- 1 *: (E *m E) + 3%:R *: (E *m E *m E) + E *m E *m E *m E + E *m E *m E *m E *m E).
Proof.
apply: (defect_eq (f := fun t => let e := 1 - t in
  4%:R^-1 * (- 1 * (e * e) + 3%:R * (e * e * e) + e * e * e * e + e * e * e * e * e))) => [t|J JM JD JZ _ ->] /=.
  by field.
by rewrite !JM !JZ !JD !JZ.
Qed.

Theorem newton_null c0 c1 c2 (v : 'cV[R]_n) : X *m v = 0 ->
  [/\ newton c0 c1 c2 X *m v = 0, E *m v = v & orthogonality_defect (newton c0 c1 c2 X) *m v = v].
Proof.
move=> Xv; have Nv : newton c0 c1 c2 X *m v = 0.
  by rewrite /newton !mulmxDl -!scalemxAl -!mulmxA Xv !mulmx0 !scaler0 !addr0.
by rewrite /orthogonality_defect !mulmxBl !mul1mx -!mulmxA Nv Xv !mulmx0 !subr0.
Qed.
End Defect.

Theorem cubic_contracts e : 0 <= e -> e <= 1 -> 0 <= (3%:R * e ^+ 2 + e ^+ 3) / 4%:R <= e ^+ 2.
Proof.
move=> e0 e1; have p k : 0 <= e ^+ k by rewrite exprn_ge0.
apply/andP; split; first by rewrite divr_ge0 ?ler0n // addr_ge0 // mulr_ge0 ?ler0n.
rewrite ler_pdivr_mulr ?ltr0n //; have -> : e ^+ 2 * 4%:R = 3%:R * e ^+ 2 + e ^+ 2 by ring.
by rewrite ler_add2l (exprS e 2) ler_pimull.
Qed.

Theorem quintic_contracts e : 0 <= e -> e <= 1 ->
  0 <= 5%:R / 8%:R * e ^+ 3 + 15%:R / 64%:R * e ^+ 4 + 9%:R / 64%:R * e ^+ 5 <= e ^+ 3.
Proof.
move=> e0 e1; have p k : 0 <= e ^+ k by rewrite exprn_ge0.
have q a b : 0 <= a%:R / b%:R :> R by rewrite divr_ge0 ?ler0n.
have e4 : e ^+ 4 <= e ^+ 3 by rewrite (exprS e 3) ler_pimull.
have e5 : e ^+ 5 <= e ^+ 3 by rewrite (exprS e 4); apply: le_trans e4; rewrite ler_pimull.
apply/andP; split; first by apply: addr_ge0; [apply: addr_ge0|]; apply: mulr_ge0.
have {2}-> : e ^+ 3 = 5%:R / 8%:R * e ^+ 3 + 15%:R / 64%:R * e ^+ 3 + 9%:R / 64%:R * e ^+ 3 by field.
by apply: ler_add; [apply: ler_add|]; apply: ler_wpmul2l.
Qed.

Theorem other_overshoots e : e = 4%:R^-1 -> (- e ^+ 2 + 3%:R * e ^+ 3 + e ^+ 4 + e ^+ 5) / 4%:R < 0.
Proof.
move=> ->; have -> : (- 4%:R^-1 ^+ 2 + 3%:R * 4%:R^-1 ^+ 3 + 4%:R^-1 ^+ 4 + 4%:R^-1 ^+ 5) / 4%:R
  = - (11%:R / 4096%:R) :> R by field.
by rewrite oppr_lt0 divr_gt0 ?ltr0n.
Qed.

Lemma odd_quintic_positive (a b c x : R) : 0 < c -> b ^+ 2 < 4%:R * a * c -> 0 < x ->
  0 < a * x - b * x ^+ 3 + c * x ^+ 5.
Proof.
move=> c0 disc x0; rewrite -(pmulr_rgt0 _ (mulr_gt0 (ltr0n _ 4) c0)).
have -> : 4%:R * c * (a * x - b * x ^+ 3 + c * x ^+ 5)
  = x * ((2%:R * c * x ^+ 2 - b) ^+ 2 + (4%:R * a * c - b ^+ 2)) by ring.
by rewrite mulr_gt0 // ltr_paddl ?sqr_ge0 // subr_gt0.
Qed.

(* 3.4445 x - 4.7750 x^3 + 2.0315 x^5 *)
Definition muon_polynomial x : R :=
  83%:R ^+ 2 / 2000%:R * x - 191%:R / 40%:R * x ^+ 3 + 17%:R * 239%:R / 2000%:R * x ^+ 5.

Theorem muon_positive x : 0 < x -> 0 < muon_polynomial x.
Proof.
have a1 : 17%:R / 5%:R <= 83%:R ^+ 2 / 2000%:R :> R.
  rewrite -subr_ge0; have -> : 83%:R ^+ 2 / 2000%:R - 17%:R / 5%:R = 89%:R / 2000%:R :> R by field.
  by rewrite divr_ge0 ?ler0n.
have c1 : 2%:R <= 17%:R * 239%:R / 2000%:R :> R.
  rewrite -subr_ge0; have -> : 17%:R * 239%:R / 2000%:R - 2%:R = 63%:R / 2000%:R :> R by field.
  by rewrite divr_ge0 ?ler0n.
have b1 : 191%:R / 40%:R <= 24%:R / 5%:R :> R.
  rewrite -subr_ge0; have -> : 24%:R / 5%:R - 191%:R / 40%:R = 40%:R^-1 :> R by field.
  by rewrite invr_ge0 ler0n.
have ac : 17%:R / 5%:R * 2%:R <= 83%:R ^+ 2 / 2000%:R * (17%:R * 239%:R / 2000%:R) :> R.
  by apply: ler_pmul => //; rewrite ?divr_ge0 ?ler0n.
apply: odd_quintic_positive; first by rewrite !mulr_gt0 ?invr_gt0 ?ltr0n.
apply: (@le_lt_trans _ _ ((24%:R / 5%:R) ^+ 2)); first by rewrite ler_pexpn2r ?nnegrE ?divr_ge0 ?ler0n.
rewrite -mulrA; apply: (@lt_le_trans _ _ (4%:R * (17%:R / 5%:R * 2%:R))); last by rewrite ler_pmul2l ?ltr0n.
rewrite -subr_gt0; have -> : 4%:R * (17%:R / 5%:R * 2%:R) - (24%:R / 5%:R) ^+ 2 = 104%:R / 25%:R :> R by field.
by rewrite divr_gt0 ?ltr0n.
Qed.
End NewtonSchulz.
