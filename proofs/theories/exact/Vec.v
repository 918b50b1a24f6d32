(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Euclidean vectors over a real closed field.

   Vectors are columns 'cV[R]_n, n >= 0. [dot x y] is the inner product, [sqn x] the squared norm, [nrm x] the norm.
   Main results: [cauchy_schwarz], its two equality cases [cauchy_schwarz_eq] and [cauchy_schwarz_dir], the triangle
   inequality [nrmD], the adjoint [dot_adj] (<Ax, y> = <x, A^T y>), which replaces most work with indices, and
   [outer_mul] (u v^T x = <v, x> u). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Euclid.
Variable R : rcfType.
Implicit Types (m n : nat).

Definition dot n (x y : 'cV[R]_n) : R := \sum_i x i 0 * y i 0.
Definition sqn n (x : 'cV[R]_n) : R := dot x x.
Definition nrm n (x : 'cV[R]_n) : R := Num.sqrt (sqn x).

Lemma dotC n (x y : 'cV[R]_n) : dot x y = dot y x.
Proof. by apply: eq_bigr => i _; rewrite mulrC. Qed.
Lemma dotDl n (x y z : 'cV[R]_n) : dot (x + y) z = dot x z + dot y z.
Proof. by rewrite -big_split; apply: eq_bigr => i _; rewrite mxE mulrDl. Qed.
Lemma dotZl n a (x z : 'cV[R]_n) : dot (a *: x) z = a * dot x z.
Proof. by rewrite mulr_sumr; apply: eq_bigr => i _; rewrite mxE mulrA. Qed.
Lemma dotZr n a (x z : 'cV[R]_n) : dot x (a *: z) = a * dot x z.
Proof. by rewrite dotC dotZl dotC. Qed.
Lemma dotDr n (x y z : 'cV[R]_n) : dot x (y + z) = dot x y + dot x z.
Proof. by rewrite dotC dotDl !(dotC _ x). Qed.
Lemma dotNl n (x z : 'cV[R]_n) : dot (- x) z = - dot x z.
Proof. by rewrite -scaleN1r dotZl mulN1r. Qed.
Lemma dotNr n (x z : 'cV[R]_n) : dot x (- z) = - dot x z.
Proof. by rewrite dotC dotNl dotC. Qed.
Lemma dot0l n (z : 'cV[R]_n) : dot 0 z = 0.
Proof. by rewrite /dot big1 // => i _; rewrite mxE mul0r. Qed.

Lemma dot_mx n (x y : 'cV[R]_n) : dot x y = (x^T *m y) 0 0.
Proof. by rewrite mxE; apply: eq_bigr => i _; rewrite mxE. Qed.

Lemma dot_adj m n (A : 'M[R]_(m, n)) x y : dot (A *m x) y = dot x (A^T *m y).
Proof. by rewrite !dot_mx trmx_mul mulmxA. Qed.

Lemma outer_mul m n (u : 'cV[R]_m) (v x : 'cV[R]_n) : u *m v^T *m x = dot v x *: u.
Proof.
rewrite -mulmxA; apply/matrixP => i j; rewrite !mxE big_ord1 (ord1 j).
by rewrite mulrC -dot_mx.
Qed.
Lemma dot_delta n i (x : 'cV[R]_n) : dot (delta_mx i 0) x = x i 0.
Proof.
rewrite /dot (bigD1 i) //= big1 ?addr0 => [|k ki]; rewrite !mxE ?eqxx ?mul1r //.
by rewrite (negbTE ki) mul0r.
Qed.

Lemma sqn_ge0 n (x : 'cV[R]_n) : 0 <= sqn x.
Proof. by apply: sumr_ge0 => i _; rewrite -expr2 sqr_ge0. Qed.
Lemma sqn_eq0 n (x : 'cV[R]_n) : (sqn x == 0) = (x == 0).
Proof.
apply/eqP/eqP => [h|->]; last by rewrite /sqn dot0l.
apply/matrixP => i j; rewrite (ord1 j) mxE.
have hge k : true -> 0 <= x k 0 * x k 0 by move=> _; rewrite -expr2 sqr_ge0.
by have /eqP := psumr_eq0P hge h (i:=i) isT; rewrite -expr2 sqrf_eq0 => /eqP.
Qed.
Lemma nrm_ge0 n (x : 'cV[R]_n) : 0 <= nrm x. Proof. exact: sqrtr_ge0. Qed.
Lemma nrm_sqr n (x : 'cV[R]_n) : nrm x ^+ 2 = sqn x.
Proof. by rewrite sqr_sqrtr // sqn_ge0. Qed.
Lemma nrm_eq0 n (x : 'cV[R]_n) : (nrm x == 0) = (x == 0).
Proof. by rewrite -sqn_eq0 -nrm_sqr sqrf_eq0. Qed.
Lemma nrm0 n : nrm (0 : 'cV[R]_n) = 0.
Proof. by apply/eqP; rewrite nrm_eq0. Qed.
Lemma sqnZ n a (x : 'cV[R]_n) : sqn (a *: x) = a ^+ 2 * sqn x.
Proof. by rewrite /sqn dotZl dotZr mulrA. Qed.
Lemma nrmZ n a (x : 'cV[R]_n) : nrm (a *: x) = `|a| * nrm x.
Proof. by rewrite /nrm sqnZ sqrtrM ?sqr_ge0 // sqrtr_sqr. Qed.

Lemma sqn_delta n i : sqn (delta_mx i 0 : 'cV[R]_n) = 1.
Proof. by rewrite /sqn dot_delta mxE !eqxx. Qed.
Lemma sqnN n (x : 'cV[R]_n) : sqn (- x) = sqn x.
Proof. by rewrite /sqn dotNl dotNr opprK. Qed.
Lemma sqn_gt0 n (x : 'cV[R]_n) : x != 0 -> 0 < sqn x.
Proof. by move=> x0; rewrite lt_def sqn_eq0 x0 sqn_ge0. Qed.
Lemma nrm_gt0 n (x : 'cV[R]_n) : x != 0 -> 0 < nrm x.
Proof. by move=> x0; rewrite lt_def nrm_eq0 x0 nrm_ge0. Qed.
Lemma pythagoras n (x y : 'cV[R]_n) : dot x y = 0 -> sqn (x + y) = sqn x + sqn y.
Proof. by move=> h; rewrite /sqn dotDl !dotDr (dotC y) h addr0 add0r. Qed.

(* Lagrange: | |x|^2 y - <x,y> x |^2 = |x|^2 (|x|^2 |y|^2 - <x,y>^2) *)
Lemma lagrange n (x y : 'cV[R]_n) :
  sqn (sqn x *: y - dot x y *: x) = sqn x * (sqn x * sqn y - dot x y ^+ 2).
Proof.
rewrite {1}/sqn dotDl !dotDr !dotNl !dotNr !dotZl !dotZr (dotC y x).
by rewrite -/(sqn x) -/(sqn y); ring.
Qed.

Theorem cauchy_schwarz n (x y : 'cV[R]_n) : dot x y ^+ 2 <= sqn x * sqn y.
Proof.
have [/eqP|x0] := eqVneq (sqn x) 0.
  by rewrite sqn_eq0 => /eqP ->; rewrite /sqn !dot0l expr0n mul0r.
rewrite -subr_ge0 -(pmulr_rge0 _ (_ : 0 < sqn x)) ?lt_def ?x0 ?sqn_ge0 //.
by rewrite -lagrange sqn_ge0.
Qed.

Theorem cauchy_schwarz_abs n (x y : 'cV[R]_n) : `|dot x y| <= nrm x * nrm y.
Proof.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?nrm_ge0 //.
by rewrite exprMn !nrm_sqr real_normK ?num_real ?cauchy_schwarz.
Qed.

Theorem cauchy_schwarz_eq n (x y : 'cV[R]_n) :
  dot x y ^+ 2 = sqn x * sqn y <-> sqn x *: y = dot x y *: x.
Proof.
split=> [h|h].
  by apply/eqP; rewrite -subr_eq0 -sqn_eq0 lagrange h subrr mulr0.
move: (lagrange x y); rewrite h subrr {1}/sqn dot0l => /esym/eqP.
rewrite mulf_eq0 sqn_eq0 => /orP[/eqP ->|].
  by rewrite /sqn !dot0l expr0n mul0r.
by rewrite subr_eq0 => /eqP.
Qed.

(* Equality with a sign: <x,y> = |x||y| iff y points the way of x. *)
Theorem cauchy_schwarz_dir n (x y : 'cV[R]_n) :
  dot x y = nrm x * nrm y <-> nrm x *: y = nrm y *: x.
Proof.
have key : sqn (nrm x *: y - nrm y *: x)
         = 2%:R * nrm x * nrm y * (nrm x * nrm y - dot x y).
  rewrite /sqn dotDl !dotDr !dotNl !dotNr !dotZl !dotZr (dotC y x).
  by rewrite -/(sqn x) -/(sqn y) -!nrm_sqr; ring.
split=> [h|h].
  by apply/eqP; rewrite -subr_eq0 -sqn_eq0 key h subrr mulr0.
move: key; rewrite h subrr {1}/sqn dot0l => /esym/eqP.
rewrite !mulf_eq0 pnatr_eq0 /= !nrm_eq0 subr_eq0 => /orP[/orP[]|] /eqP.
- by move->; rewrite dot0l /nrm /sqn dot0l sqrtr0 mul0r.
- by move->; rewrite dotC dot0l /nrm /sqn dot0l sqrtr0 mulr0.
- by move->.
Qed.

Theorem nrmD n (x y : 'cV[R]_n) : nrm (x + y) <= nrm x + nrm y.
Proof.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?addr_ge0 ?nrm_ge0 //.
have -> : nrm (x + y) ^+ 2 = sqn x + sqn y + 2%:R * dot x y.
  by rewrite nrm_sqr /sqn dotDl !dotDr (dotC y x); ring.
rewrite sqrrD !nrm_sqr addrAC ler_add2r ler_add2l mulr_natl ler_pmuln2r //.
by apply: le_trans (cauchy_schwarz_abs x y); exact: ler_norm.
Qed.
End Euclid.
