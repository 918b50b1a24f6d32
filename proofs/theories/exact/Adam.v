(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.adam.update-bound: how large an update of Adam can be.

   A history is the list of the gradients so far, the newest first. [average b h] is the exponential moving average that
   starts at 0, [adam_entry b1 b2 eps h] the update of one entry with both bias corrections, [adam_update] that of a
   matrix. [adam_constant b1 b2 t] is C_t = (1 - b1) / sqrt (1 - b2) * sqrt (sum_(j < t) (b1^2 / b2)^j) * sqrt (1 -
   b2^t) / (1 - b1^t).

   [adam_entry_bound]: |update| <= C_t for every history and eps >= 0 (b1^2 < b2, which the claim assumes, is only
   needed for the limit in t). [adam_update_bound]: hence |U| <= |U|_F <= C_t sqrt (m n). [adam_first_step]: without eps
   the first update is the sign. [adam_entry_attained]: gradients b1/b2 times as large at each step back attain C_t for
   eps = 0. Control [adam_entry_above_one]: an update can exceed 1. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Adam.
Variable R : rcfType.
Implicit Types (b eps g a : R) (h : seq R) (t m n : nat).

Fixpoint average b h : R := if h is g :: h' then b * average b h' + (1 - b) * g else 0.

Definition adam_entry b1 b2 eps h : R :=
  average b1 h / (1 - b1 ^+ size h)
    / (Num.sqrt (average b2 [seq g ^+ 2 | g <- h] / (1 - b2 ^+ size h)) + eps).

Definition adam_update m n b1 b2 eps (h : seq 'M[R]_(m, n)) : 'M[R]_(m, n) :=
  \matrix_(i, j) adam_entry b1 b2 eps [seq (G : 'M[R]_(m, n)) i j | G <- h].

Definition adam_constant b1 b2 t : R :=
  (1 - b1) / Num.sqrt (1 - b2) * Num.sqrt (\sum_(j < t) (b1 ^+ 2 / b2) ^+ j)
    * Num.sqrt (1 - b2 ^+ t) / (1 - b1 ^+ t).

Lemma averageZ b a h : average b [seq a * g | g <- h] = a * average b h.
Proof. by elim: h => [|g h /= ->]; rewrite /= ?mulr0 //; ring. Qed.

Lemma average_ge0 b h : 0 <= b -> b <= 1 -> (forall g, g \in h -> 0 <= g) -> 0 <= average b h.
Proof.
move=> b0 b1; elim: h => //= g h IH pos; apply: addr_ge0; apply: mulr_ge0; rewrite ?subr_ge0 //.
  by apply: IH => x xh; rewrite pos // in_cons xh orbT.
exact: pos (mem_head _ _).
Qed.

Lemma one_sub_exp_gt0 b t : 0 <= b -> b < 1 -> (0 < t)%N -> 0 < 1 - b ^+ t.
Proof. by move=> b0 b1 t0; rewrite subr_gt0 exprn_ilt1 // -lt0n. Qed.

Lemma geometric_recl q t : \sum_(j < t.+1) (q : R) ^+ j = 1 + q * \sum_(j < t) q ^+ j.
Proof. by rewrite big_ord_recl expr0 mulr_sumr; congr (_ + _); apply: eq_bigr => j _; rewrite exprS. Qed.
Lemma geometric_ge0 q t : 0 <= q -> 0 <= \sum_(j < t) (q : R) ^+ j.
Proof. by move=> q0; apply: sumr_ge0 => j _; rewrite exprn_ge0. Qed.

(* (x + y)^2 <= (1 + s) (X + y^2) when x^2 <= s X *)
Lemma weighted_square (x y s X : R) : 0 <= s -> 0 <= X -> x ^+ 2 <= s * X ->
  (x + y) ^+ 2 <= (1 + s) * (X + y ^+ 2).
Proof.
move=> s0 X0 xs; have cross : x * y *+ 2 <= s * y ^+ 2 + X.
  apply: le_trans (ler_norm _) _.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?addr_ge0 ?(mulr_ge0 s0) ?sqr_ge0 //.
  rewrite real_normK ?num_real // -subr_ge0.
  have -> : (s * y ^+ 2 + X) ^+ 2 - (x * y *+ 2) ^+ 2
    = (s * y ^+ 2 - X) ^+ 2 + 4%:R * (y ^+ 2 * (s * X - x ^+ 2)) by ring.
  by apply: addr_ge0; rewrite ?sqr_ge0 //; apply: mulr_ge0; rewrite ?ler0n // mulr_ge0 ?sqr_ge0 ?subr_ge0.
rewrite -subr_ge0; have -> : (1 + s) * (X + y ^+ 2) - (x + y) ^+ 2
  = (s * X - x ^+ 2) + (s * y ^+ 2 + X - x * y *+ 2) by ring.
by rewrite addr_ge0 // subr_ge0.
Qed.

Lemma average_sqr b1 b2 h : 0 <= b1 -> b1 < 1 -> 0 < b2 -> b2 < 1 ->
  average b1 h ^+ 2 <= (1 - b1) ^+ 2 / (1 - b2) * (\sum_(j < size h) (b1 ^+ 2 / b2) ^+ j)
                         * average b2 [seq g ^+ 2 | g <- h].
Proof.
move=> b10 b11 b20 b21; have c2 : 0 < 1 - b2 by rewrite subr_gt0.
set K := (1 - b1) ^+ 2 / (1 - b2); have K0 : 0 <= K by rewrite divr_ge0 ?sqr_ge0 // ltW.
set q := b1 ^+ 2 / b2; have q0 : 0 <= q by rewrite divr_ge0 ?sqr_ge0 // ltW.
elim: h => [|g h IH] /=; first by rewrite expr0n mulr0.
rewrite geometric_recl; move: IH (geometric_ge0 (size h) q0).
set S := \sum_(j < _) _; set v := average b2 _; set m := average b1 h => IH S0.
have v0 : 0 <= v by apply: average_ge0 => [||y /mapP[x _ ->]]; rewrite ?sqr_ge0 ?ltW.
have -> : K * (1 + q * S) * (b2 * v + (1 - b2) * g ^+ 2) = (1 + q * S) * (K * b2 * v + ((1 - b1) * g) ^+ 2).
  by rewrite /K; field; rewrite gt_eqF.
apply: weighted_square; [exact: mulr_ge0|by apply: mulr_ge0 => //; apply: mulr_ge0 => //; exact: ltW|].
have -> : q * S * (K * b2 * v) = b1 ^+ 2 * (K * S * v) by rewrite /q; field; rewrite gt_eqF.
by rewrite exprMn ler_wpmul2l ?sqr_ge0.
Qed.

Theorem adam_entry_bound b1 b2 eps h : 0 <= b1 -> b1 < 1 -> 0 < b2 -> b2 < 1 -> 0 <= eps ->
  `|adam_entry b1 b2 eps h| <= adam_constant b1 b2 (size h).
Proof.
move=> b10 b11 b20 b21 e0; have := average_sqr h b10 b11 b20 b21.
have v0 : 0 <= average b2 [seq g ^+ 2 | g <- h].
  by apply: average_ge0 => [||y /mapP[x _ ->]]; rewrite ?sqr_ge0 ?ltW.
have S0 : 0 <= \sum_(j < size h) (b1 ^+ 2 / b2) ^+ j by apply: geometric_ge0; rewrite divr_ge0 ?sqr_ge0 // ltW.
have c1 : 0 < 1 - b1 by rewrite subr_gt0.
have c2 : 0 < 1 - b2 by rewrite subr_gt0.
rewrite /adam_entry /adam_constant; case: h v0 S0 => [|g h] v0 S0.
  by rewrite /= !mul0r normr0 !expr0 !subrr invr0 !mulr0.
have t1 : 0 < 1 - b1 ^+ size (g :: h) by apply: one_sub_exp_gt0.
have t2 : 0 < 1 - b2 ^+ size (g :: h) by apply: one_sub_exp_gt0; rewrite // ltW.
move: (average b1 _) (average b2 _) (\sum_(j < _) _) (1 - b1 ^+ _) (1 - b2 ^+ _) v0 S0 t1 t2 =>
  m v S p1 p2 v0 S0 p10 p20 mv.
have mS : `|m| <= (1 - b1) / Num.sqrt (1 - b2) * Num.sqrt S * Num.sqrt v.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?mulr_ge0 ?invr_ge0 ?sqrtr_ge0 ?(ltW c1) //.
  by rewrite real_normK ?num_real // !exprMn exprVn !sqr_sqrtr ?(ltW c2).
rewrite sqrtrM // sqrtrV ?(ltW p20) // !normrM !normfV (gtr0_norm p10).
set sv := Num.sqrt v in mS *; have sv0 : 0 <= sv := sqrtr_ge0 v.
have [v00|vp] := eqVneq sv 0.
  have -> : `|m| = 0 by apply/eqP; rewrite eq_le normr_ge0 andbT; apply: le_trans mS _; rewrite v00 mulr0.
  by rewrite !mul0r !mulr_ge0 ?invr_ge0 ?sqrtr_ge0 ?ltW.
have svp : 0 < sv by rewrite lt_def vp.
have sp : 0 < Num.sqrt p2 by rewrite sqrtr_gt0.
have den : 0 < sv / Num.sqrt p2 + eps by rewrite ltr_paddr // divr_gt0.
rewrite (gtr0_norm den) ler_pdivr_mulr // -mulrA ler_pdivr_mulr //.
set A := (1 - b1) / _ * _ in mS *; have A0 : 0 <= A by rewrite !mulr_ge0 ?invr_ge0 ?sqrtr_ge0 ?ltW.
apply: le_trans mS _.
have -> : A * (Num.sqrt p2 / p1) * (sv / Num.sqrt p2 + eps) * p1 = A * sv + A * Num.sqrt p2 * eps.
  by field; rewrite !gt_eqF.
by rewrite ler_addl mulr_ge0 // mulr_ge0 ?sqrtr_ge0.
Qed.

Theorem adam_update_bound m n b1 b2 eps (h : seq 'M[R]_(m, n)) c :
  0 <= b1 -> b1 < 1 -> 0 < b2 -> b2 < 1 -> 0 <= eps -> is_opnorm (adam_update b1 b2 eps h) c ->
  c <= frob (adam_update b1 b2 eps h) /\
  frob (adam_update b1 b2 eps h) <= adam_constant b1 b2 (size h) * Num.sqrt (m * n)%:R.
Proof.
move=> b10 b11 b20 b21 e0 hc; split; first exact: opnorm_le_frob.
have entry l := adam_entry_bound l b10 b11 b20 b21 e0.
have C0 : 0 <= adam_constant b1 b2 (size h).
  by rewrite -(size_map (fun G : 'M[R]_(m, n) => 0 : R)); apply: le_trans (normr_ge0 _) (entry _).
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?frob_ge0 ?(mulr_ge0 C0) ?sqrtr_ge0 //.
rewrite frob_sqr exprMn sqr_sqrtr ?ler0n // /frob2.
have -> : adam_constant b1 b2 (size h) ^+ 2 * (m * n)%:R
  = \sum_(i < m) \sum_(j < n) adam_constant b1 b2 (size h) ^+ 2.
  by rewrite !sumr_const !card_ord -mulrnA mulr_natr mulnC.
apply: ler_sum => i _; apply: ler_sum => j _; rewrite mxE -[_ ^+ 2]real_normK ?num_real //.
rewrite ler_pexpn2r ?nnegrE ?normr_ge0 //.
by have := entry [seq (G : 'M[R]_(m, n)) i j | G <- h]; rewrite size_map.
Qed.

Lemma adam_first_entry b1 b2 eps g : b1 != 1 -> b2 < 1 -> adam_entry b1 b2 eps [:: g] = g / (`|g| + eps).
Proof.
move=> b11 b21; rewrite /adam_entry /= !mulr0 !add0r !expr1.
have c1 : 1 - b1 != 0 by rewrite subr_eq0 eq_sym.
have c2 : 1 - b2 != 0 by rewrite gt_eqF // subr_gt0.
have -> : (1 - b1) * g / (1 - b1) = g by field.
by have -> : (1 - b2) * g ^+ 2 / (1 - b2) = g ^+ 2; [field|rewrite sqrtr_sqr].
Qed.

Theorem adam_first_step m n b1 b2 (G : 'M[R]_(m, n)) : b1 != 1 -> b2 < 1 ->
  adam_update b1 b2 0 [:: G] = map_mx Num.sg G.
Proof.
move=> b11 b21; apply/matrixP => i j; rewrite !mxE adam_first_entry // addr0.
have [->|g0] := eqVneq (G i j) 0; first by rewrite sgr0 mul0r.
by rewrite {1}[G i j]numEsg mulfK // normr_eq0.
Qed.

(* gradients that shrink backwards in time by b1 / b2 *)
Fixpoint attaining q t : seq R := if t is t'.+1 then 1 :: [seq q * g | g <- attaining q t'] else [::].

Lemma size_attaining q t : size (attaining q t) = t.
Proof. by elim: t => //= t IH; rewrite size_map IH. Qed.

Lemma average_attaining b q t : average b (attaining q t) = (1 - b) * \sum_(j < t) (b * q) ^+ j.
Proof.
elim: t => [|t IH] /=; first by rewrite big_ord0 mulr0.
by rewrite averageZ IH geometric_recl; ring.
Qed.

Lemma attaining_sqr q t : [seq g ^+ 2 | g <- attaining q t] = attaining (q ^+ 2) t.
Proof.
elim: t => //= t IH; rewrite expr1n -IH -!map_comp; congr (_ :: _).
by apply: eq_map => g /=; rewrite exprMn.
Qed.

Theorem adam_entry_attained b1 b2 t : 0 <= b1 -> b1 < 1 -> 0 < b2 -> b2 < 1 ->
  adam_entry b1 b2 0 (attaining (b1 / b2) t) = adam_constant b1 b2 t.
Proof.
move=> b10 b11 b20 b21; rewrite /adam_entry /adam_constant size_attaining attaining_sqr !average_attaining addr0.
have -> : b1 * (b1 / b2) = b1 ^+ 2 / b2 by rewrite mulrA expr2.
have -> : b2 * (b1 / b2) ^+ 2 = b1 ^+ 2 / b2 by field; rewrite gt_eqF.
case: t => [|t]; first by rewrite !expr0 !subrr !invr0 !mulr0 mul0r.
set S := \sum_(j < _) _.
have S0 : 0 < S.
  have q0 : 0 <= b1 ^+ 2 / b2 by rewrite divr_ge0 ?sqr_ge0 // ltW.
  by rewrite /S geometric_recl ltr_paddr ?ltr01 // mulr_ge0 // geometric_ge0.
have c2 : 0 < 1 - b2 by rewrite subr_gt0.
have t1 : 0 < 1 - b1 ^+ t.+1 by apply: one_sub_exp_gt0.
have t2 : 0 < 1 - b2 ^+ t.+1 by apply: one_sub_exp_gt0; rewrite // ltW.
rewrite sqrtrM ?mulr_ge0 ?(ltW c2) ?(ltW S0) // sqrtrM ?(ltW c2) // sqrtrV ?(ltW t2) //.
have sS : Num.sqrt S != 0 by rewrite gt_eqF // sqrtr_gt0.
have sc : Num.sqrt (1 - b2) != 0 by rewrite gt_eqF // sqrtr_gt0.
have st : Num.sqrt (1 - b2 ^+ t.+1) != 0 by rewrite gt_eqF // sqrtr_gt0.
have -> : (1 - b1) * S = (1 - b1) * Num.sqrt S ^+ 2 by rewrite sqr_sqrtr // ltW.
by field; rewrite sS sc st gt_eqF.
Qed.

(* control: |update| <= 1 *)
Theorem adam_entry_above_one : 1 < adam_entry 2%:R^-1 (3%:R / 4%:R) 0 [:: 1; 2%:R / 3%:R].
Proof.
rewrite /adam_entry /= !mulr0 !add0r !addr0 mulr1.
have -> : (3%:R / 4%:R * ((1 - 3%:R / 4%:R) * (2%:R / 3%:R) ^+ 2) + (1 - 3%:R / 4%:R) * 1 ^+ 2)
   / (1 - (3%:R / 4%:R) ^+ 2) = 16%:R / 21%:R :> R by field.
have -> : (2%:R^-1 * ((1 - 2%:R^-1) * (2%:R / 3%:R)) + (1 - 2%:R^-1)) / (1 - 2%:R^-1 ^+ 2) = 8%:R / 9%:R :> R by field.
rewrite ltr_pdivl_mulr; last by rewrite sqrtr_gt0 divr_gt0 ?ltr0n.
rewrite mul1r -(@ltr_pexpn2r _ 2) ?nnegrE ?sqrtr_ge0 ?divr_ge0 ?ler0n //.
rewrite sqr_sqrtr ?divr_ge0 ?ler0n // -subr_gt0.
have -> : (8%:R / 9%:R) ^+ 2 - 16%:R / 21%:R = 16%:R / 567%:R :> R by field.
by rewrite divr_gt0 ?ltr0n.
Qed.
End Adam.
