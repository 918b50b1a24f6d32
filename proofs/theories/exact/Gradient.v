(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Gradients as first-order expansions, over a real closed field.

   [is_gradient f W G]: f (W + E) = f W + <G, E> + o(|E|_F), with epsilon and a radius; vectors are matrices of one
   column. [has_derivative f x a] is the same for a function of one number. [gradient_uniq]: there is at most one
   gradient. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Gradient.
Variable R : rcfType.
Implicit Types (m n : nat).

Definition inner m n (A B : 'M[R]_(m, n)) : R := \sum_i \sum_j A i j * B i j.

Definition is_gradient m n (f : 'M[R]_(m, n) -> R) (W G : 'M[R]_(m, n)) :=
  forall eps, 0 < eps -> exists2 r, 0 < r &
    forall E, frob E <= r -> `|f (W + E) - f W - inner G E| <= eps * frob E.

Definition has_derivative (f : R -> R) (x a : R) :=
  forall eps, 0 < eps -> exists2 r, 0 < r &
    forall t, `|t| <= r -> `|f (x + t) - f x - a * t| <= eps * `|t|.

Lemma innerBl m n (A B C : 'M[R]_(m, n)) : inner (A - B) C = inner A C - inner B C.
Proof.
rewrite -sumrB; apply: eq_bigr => i _; rewrite -sumrB; apply: eq_bigr => j _.
by rewrite !mxE mulrBl.
Qed.
Lemma innerDl m n (A B C : 'M[R]_(m, n)) : inner (A + B) C = inner A C + inner B C.
Proof.
rewrite -big_split; apply: eq_bigr => i _; rewrite -big_split; apply: eq_bigr => j _.
by rewrite mxE mulrDl.
Qed.
Lemma innerC m n (A B : 'M[R]_(m, n)) : inner A B = inner B A.
Proof. by apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite mulrC. Qed.
Lemma inner_suml m n (I : finType) (F : I -> 'M[R]_(m, n)) C : inner (\sum_i F i) C = \sum_i inner (F i) C.
Proof.
apply: (big_morph (fun A => inner A C)) => [A B|]; first exact: innerDl.
by rewrite /inner big1 // => i _; rewrite big1 // => j _; rewrite mxE mul0r.
Qed.
Lemma innerZr m n (A B : 'M[R]_(m, n)) k : inner A (k *: B) = k * inner A B.
Proof.
rewrite mulr_sumr; apply: eq_bigr => i _; rewrite mulr_sumr; apply: eq_bigr => j _.
by rewrite mxE mulrCA.
Qed.
Lemma inner_frob2 m n (A : 'M[R]_(m, n)) : inner A A = frob2 A.
Proof. by apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite expr2. Qed.
Lemma inner_col m (x y : 'cV[R]_m) : inner x y = dot x y.
Proof. by apply: eq_bigr => i _; rewrite big_ord1. Qed.
Lemma frob_col m (x : 'cV[R]_m) : frob x = nrm x.
Proof. by congr Num.sqrt; apply: eq_bigr => i _; rewrite big_ord1 expr2. Qed.
Lemma inner_outer m n (d : 'cV[R]_m) (h : 'cV[R]_n) E : inner (d *m h^T) E = dot d (E *m h).
Proof.
apply: eq_bigr => i _; rewrite mxE mulr_sumr; apply: eq_bigr => j _.
by rewrite mxE big_ord1 mxE -mulrA [h j 0 * _]mulrC.
Qed.
Lemma frobZ m n k (A : 'M[R]_(m, n)) : frob (k *: A) = `|k| * frob A.
Proof. by rewrite /frob frob2Z sqrtrM ?sqr_ge0 // sqrtr_sqr. Qed.

Theorem gradient_uniq m n (f : 'M[R]_(m, n) -> R) W G H :
  is_gradient f W G -> is_gradient f W H -> G = H.
Proof.
move=> hG hH; apply/eqP; rewrite -subr_eq0 -frob_eq0; apply/negPn/negP => D0.
set d := frob (G - H) in D0; have dp : 0 < d by rewrite lt_def D0 frob_ge0.
have e0 : 0 < d / 4%:R by rewrite divr_gt0 ?ltr0n.
have [r r0 hr] := hG _ e0; have [s s0 hs] := hH _ e0.
pose q := Num.min r s; have q0 : 0 < q by rewrite lt_minr r0.
pose E := (q / d) *: (G - H).
have FE : frob E = q by rewrite frobZ -/d ger0_norm ?divr_ge0 ?(ltW q0) ?(ltW dp) // divfK.
have iE : inner (G - H) E = q * d by rewrite innerZr inner_frob2 -frob_sqr -/d; field.
have h1 := hr E; have h2 := hs E; rewrite FE !le_minl !lexx ?orbT in h1 h2.
have {}h1 := h1 isT; have {}h2 := h2 isT.
have : q * d <= d / 4%:R * q + d / 4%:R * q.
  rewrite -iE innerBl; apply: le_trans (ler_add h2 h1); apply: le_trans (ler_norm _) _.
  have -> : inner G E - inner H E = (f (W + E) - f W - inner H E) - (f (W + E) - f W - inner G E) by ring.
  exact: ler_norm_sub.
have -> : d / 4%:R * q + d / 4%:R * q = q * d / 2%:R by field.
by rewrite leNgt ltr_pdivr_mulr ?ltr0n // ltr_pmulr ?mulr_gt0 // ltr1n.
Qed.
End Gradient.
