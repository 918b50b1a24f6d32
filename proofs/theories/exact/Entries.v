(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.norms.entries: from the largest entry of a matrix to its spectral norm and back.

   max |a_ij| <= largest column norm <= |A| <= sqrt(|A|_1 |A|_inf) <= sqrt(m n) max |a_ij|:

   [entry_le_column], [column_le_opnorm], [opnorm_le_schur], [schur_le_entry]. The four quantities are [max_entry],
   [max_column] (of the 2-norms of the columns), [norm_1] (largest column sum of |a_ij|) and [norm_inf] (largest row
   sum); a maximum over an empty range is 0. [opnorm_le_schur] is also the Schur test among the cheap bounds T7. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Entries.
Variable R : rcfType.

Section Max.
Variables (n : nat) (f : 'I_n -> R).
Lemma le_max i : f i <= \big[Num.max/0]_j f j.
Proof.
have : i \in index_enum (ordinal_finType n) by rewrite mem_index_enum.
elim: (index_enum _) => // j r IH; rewrite inE big_cons le_maxr => /orP[/eqP <-|/IH ->]; by rewrite ?lexx ?orbT.
Qed.
Lemma max_ge0 : 0 <= \big[Num.max/0]_j f j.
Proof. by elim/big_rec: _ => // i x _ x0; rewrite le_maxr x0 orbT. Qed.
Lemma max_le c : 0 <= c -> (forall i, f i <= c) -> \big[Num.max/0]_j f j <= c.
Proof. by move=> c0 h; elim/big_rec: _ => // i x _ xc; rewrite le_maxl h. Qed.
End Max.

Variables (m n : nat).
Implicit Types (A : 'M[R]_(m, n)).

Definition max_entry A : R := \big[Num.max/0]_i \big[Num.max/0]_j `|A i j|.
Definition max_column A : R := \big[Num.max/0]_j nrm (col j A).
Definition norm_1 A : R := \big[Num.max/0]_j \sum_i `|A i j|.
Definition norm_inf A : R := \big[Num.max/0]_i \sum_j `|A i j|.

Lemma entry_le_max A i j : `|A i j| <= max_entry A.
Proof. apply: le_trans (le_max (fun i => \big[Num.max/0]_j `|A i j|) i); exact: (le_max (fun j => `|A i j|)). Qed.

Theorem entry_le_column A : max_entry A <= max_column A.
Proof.
apply: max_le => [|i]; first exact: max_ge0.
apply: max_le => [|j]; first exact: max_ge0.
apply: le_trans (le_max (fun j => nrm (col j A)) j).
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?nrm_ge0 // nrm_sqr real_normK ?num_real // /sqn /dot (bigD1 i) //=.
by rewrite !mxE -expr2 ler_addl; apply: sumr_ge0 => k _; rewrite -expr2 sqr_ge0.
Qed.

Theorem column_le_opnorm A c : is_opnorm A c -> max_column A <= c.
Proof.
move=> hA; apply: max_le => [|j]; first exact: opnorm_ge0 hA.
have := hA.1.2 (delta_mx j 0); rewrite -colE.
have -> : nrm (delta_mx j 0 : 'cV[R]_n) = 1 by rewrite /nrm sqn_delta sqrtr1.
by rewrite mulr1.
Qed.

(* Cauchy-Schwarz with the weights |a_j| *)
Lemma weighted_cauchy_schwarz (a x : 'I_n -> R) :
  (\sum_j a j * x j) ^+ 2 <= (\sum_j `|a j|) * \sum_j `|a j| * x j ^+ 2.
Proof.
pose s : 'cV[R]_n := \col_j (Num.sg (a j) * Num.sqrt `|a j|).
pose t : 'cV[R]_n := \col_j (Num.sqrt `|a j| * x j).
have sqa j : Num.sqrt `|a j| * Num.sqrt `|a j| = `|a j| by rewrite -expr2 sqr_sqrtr.
have -> : \sum_j a j * x j = dot s t.
  by apply: eq_bigr => j _; rewrite !mxE mulrA -(mulrA (Num.sg _)) sqa -numEsg.
apply: le_trans (cauchy_schwarz s t) _; rewrite ler_pmul //; try exact: sqn_ge0.
  apply: ler_sum => j _; rewrite !mxE mulrACA sqa -expr2 sqr_sg.
  by case: (a j != 0); rewrite ?mul1r ?mul0r.
by apply: ler_sum => j _; rewrite !mxE mulrACA sqa expr2.
Qed.

Theorem opbound_schur A : opbound A (Num.sqrt (norm_1 A * norm_inf A)).
Proof.
have p0 : 0 <= norm_1 A * norm_inf A by rewrite mulr_ge0 ?max_ge0.
apply/opbound_sqn; split=> [|x]; first exact: sqrtr_ge0.
rewrite (sqr_sqrtr p0) mulrAC mulrC /sqn /dot.
apply: (@le_trans _ _ (norm_inf A * \sum_i \sum_j `|A i j| * x j 0 ^+ 2)).
  rewrite mulr_sumr; apply: ler_sum => i _; rewrite -expr2 mxE.
  apply: le_trans (weighted_cauchy_schwarz _ _) _; rewrite ler_wpmul2r //.
    by apply: sumr_ge0 => j _; rewrite mulr_ge0 ?sqr_ge0.
  exact: (le_max (fun i => \sum_j `|A i j|)).
rewrite ler_wpmul2l ?max_ge0 // exchange_big mulr_sumr; apply: ler_sum => j _.
rewrite -mulr_suml -expr2 ler_wpmul2r ?sqr_ge0 //.
exact: (le_max (fun j => \sum_i `|A i j|)).
Qed.

Theorem opnorm_le_schur A c : is_opnorm A c -> c <= Num.sqrt (norm_1 A * norm_inf A).
Proof. by case=> _; apply; apply: opbound_schur. Qed.

Theorem schur_le_entry A : Num.sqrt (norm_1 A * norm_inf A) <= Num.sqrt (m * n)%:R * max_entry A.
Proof.
have e0 : 0 <= max_entry A by exact: max_ge0.
rewrite -[max_entry A](ger0_norm e0) -sqrtr_sqr -sqrtrM ?ler0n // ler_wsqrtr //.
have -> : (m * n)%:R * max_entry A ^+ 2 = (m%:R * max_entry A) * (n%:R * max_entry A).
  by rewrite natrM expr2 mulrACA.
rewrite ler_pmul ?max_ge0 //; apply: max_le => [|k]; rewrite ?mulr_ge0 ?ler0n //.
  by rewrite mulr_natl -[m in leRHS]card_ord -sumr_const; apply: ler_sum => i _; apply: entry_le_max.
by rewrite mulr_natl -[n in leRHS]card_ord -sumr_const; apply: ler_sum => i _; apply: entry_le_max.
Qed.
End Entries.
