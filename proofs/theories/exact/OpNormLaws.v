(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.opnorm.axioms: the spectral norm is a submultiplicative norm, invariant under transposition and
   isometries.

   [opnorm_eq0], [opnorm_triangle], [opnorm_reverse_triangle], [opnormZ], [opnorm_mul], [opnorm_tr], [opnorm_isometry]
   (Q^T Q = 1), [opnorm_submatrix] (deleting rows or columns), and [opnorm_near_isometry], the form that holds for
   every Q and that a checker can use on a Q whose columns are orthonormal up to rounding. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section NormLaws.
Variable R : rcfType.
Implicit Types (m n p : nat).

Theorem opnorm_eq0 m n (A : 'M[R]_(m, n)) c : is_opnorm A c -> (c = 0 <-> A = 0).
Proof.
move=> hc; split=> [c0|A0]; last first.
  apply/eqP; rewrite eq_le (opnorm_ge0 hc) andbT.
  by case: hc => _; apply; rewrite A0; apply: opbound0.
apply/matrixP => i j; rewrite mxE.
have /eqP : sqn (A *m delta_mx j 0) = 0.
  by apply/eqP; rewrite eq_le sqn_ge0 andbT; have := opnorm_sqn (delta_mx j 0) hc; rewrite c0 expr0n mul0r.
rewrite sqn_eq0 => /eqP/matrixP/(_ i 0).
by rewrite -colE !mxE.
Qed.

Theorem opnorm_triangle m n (A B : 'M[R]_(m, n)) a b c :
  is_opnorm A a -> is_opnorm B b -> is_opnorm (A + B) c -> c <= a + b.
Proof. by move=> [ba _] [bb _] [_]; apply; apply: opbound_add. Qed.

Theorem opnorm_reverse_triangle m n (A B : 'M[R]_(m, n)) a b c :
  is_opnorm A a -> is_opnorm B b -> is_opnorm (A + B) c -> `|a - b| <= c.
Proof.
move=> [ba la] [bb lb] [bc _].
have bN (C : 'M[R]_(m, n)) k : opbound C k -> opbound (- C) k.
  by move=> /(opboundZ (-1)); rewrite scaleN1r normrN1 mul1r.
have h1 : a <= c + b by apply: la; rewrite -[A](addrK B); apply: opbound_add => //; apply: bN.
have h2 : b <= a + c by apply: lb; rewrite -[B](addKr A); apply: opbound_add => //; apply: bN.
by rewrite ler_norml ler_subl_addr h1 andbT -[a - b]opprB ler_opp2 ler_subl_addl.
Qed.

Theorem opnormZ m n (A : 'M[R]_(m, n)) k a : is_opnorm A a -> is_opnorm (k *: A) (`|k| * a).
Proof.
move=> [ba la]; split; first exact: opboundZ.
move=> c' bc'; have [k0|k0] := eqVneq k 0.
  by rewrite k0 normr0 mul0r; exact: opbound_ge0 bc'.
have kp : 0 < `|k| by rewrite normr_gt0.
rewrite mulrC -ler_pdivl_mulr //; apply: la.
by rewrite mulrC -normfV -[A](scalerK k0); apply: opboundZ.
Qed.

Theorem opnorm_mul m n p (A : 'M[R]_(m, n)) (B : 'M_(n, p)) a b c :
  is_opnorm A a -> is_opnorm B b -> is_opnorm (A *m B) c -> c <= a * b.
Proof. by move=> [ba _] [bb _] [_]; apply; apply: opbound_mul. Qed.

Theorem opnorm_tr m n (A : 'M[R]_(m, n)) c : is_opnorm A c <-> is_opnorm A^T c.
Proof. by split=> /is_opnorm_tr //; rewrite trmxK. Qed.

(* isometries *)
Lemma sqn_isometry m p (Q : 'M[R]_(p, m)) y : Q^T *m Q = 1%:M -> sqn (Q *m y) = sqn y.
Proof. by move=> QQ; rewrite /sqn dot_adj mulmxA QQ mul1mx. Qed.

Theorem opnorm_isometry m n p (Q : 'M[R]_(p, m)) (A : 'M_(m, n)) c :
  Q^T *m Q = 1%:M -> (is_opnorm (Q *m A) c <-> is_opnorm A c).
Proof.
move=> QQ; have same d : opbound (Q *m A) d <-> opbound A d.
  by split=> /opbound_sqn [d0 h]; apply/opbound_sqn; split=> // x; move: (h x); rewrite -mulmxA (sqn_isometry _ QQ).
by split=> -[/same bc lc]; split=> // d /same; apply: lc.
Qed.

Theorem opnorm_near_isometry m n p (Q : 'M[R]_(p, m)) (A : 'M_(m, n)) a q e :
  opbound (Q^T *m Q - 1%:M) e -> is_opnorm A a -> is_opnorm (Q *m A) q ->
  (1 - e) * a ^+ 2 <= q ^+ 2 /\ q ^+ 2 <= (1 + e) * a ^+ 2.
Proof.
move=> he ha hq; have e0 := opbound_ge0 he.
have near y : (1 - e) * sqn y <= sqn (Q *m y) /\ sqn (Q *m y) <= (1 + e) * sqn y.
  have -> : sqn (Q *m y) = sqn y + dot ((Q^T *m Q - 1%:M) *m y) y.
    by rewrite mulmxBl mul1mx dotDl dotNl /sqn (dot_adj Q) mulmxA (dotC y) addrC subrK.
  have := opbound_abs_form y he; rewrite ler_norml => /andP[h1 h2].
  by rewrite mulrBl mulrDl !mul1r; split; rewrite ler_add2l.
split; last first.
  apply: opnorm_sqr_le hq _ _ => [|x]; first by rewrite mulr_ge0 ?sqr_ge0 // addr_ge0 ?ler01.
  rewrite -mulmxA; apply: le_trans (proj2 (near _)) _.
  by rewrite -mulrA ler_wpmul2l ?addr_ge0 ?ler01 //; apply: opnorm_sqn.
have [e1|e1] := leP (1 - e) 0.
  by apply: le_trans (sqr_ge0 q); apply: mulr_le0_ge0; rewrite ?sqr_ge0.
rewrite mulrC -ler_pdivl_mulr //; apply: opnorm_sqr_le ha _ _ => [|x].
  by rewrite divr_ge0 ?sqr_ge0 // ltW.
rewrite mulrAC ler_pdivl_mulr // [_ * (1 - e)]mulrC; apply: le_trans (proj1 (near _)) _.
by rewrite mulmxA; apply: opnorm_sqn.
Qed.

(* the rows f 0, f 1, ... and the columns g 0, g 1, ... of A *)
Theorem opnorm_submatrix m n m' n' (f : 'I_m' -> 'I_m) (g : 'I_n' -> 'I_n) (A : 'M[R]_(m, n)) a b :
  injective f -> injective g ->
  is_opnorm A a -> is_opnorm (\matrix_(i, j) A (f i) (g j)) b -> b <= a.
Proof.
move=> fI gI ha [_]; apply; apply/opbound_sqn; split=> [|x]; first exact: opnorm_ge0 ha.
pose y : 'cV_n := \sum_j x j 0 *: delta_mx (g j) 0.
have yE j : y j 0 = \sum_(k | g k == j) x k 0.
  rewrite summxE [RHS]big_mkcond; apply: eq_bigr => k _; rewrite !mxE eqxx andbT eq_sym.
  by case: eqP; rewrite ?mulr1 ?mulr0.
have Ay i : (A *m y) (f i) 0 = ((\matrix_(i, j) A (f i) (g j)) *m x) i 0.
  rewrite /y mulmx_sumr summxE mxE; apply: eq_bigr => j _.
  by rewrite -scalemxAr -colE !mxE mulrC.
have xy : sqn x = sqn y.
  rewrite /sqn /dot (partition_big g predT) //=; apply: eq_bigr => j _; rewrite yE.
  case: (pickP (fun k => g k == j)) => [k /eqP gk|none]; last by rewrite !big_pred0 ?mul0r.
  by rewrite !(big_pred1 k) // => l; rewrite -gk (inj_eq gI).
rewrite xy; apply: le_trans (opnorm_sqn y ha).
rewrite /sqn /dot (partition_big f predT) //=; apply: ler_sum => i _.
case: (pickP (fun k => f k == i)) => [k /eqP fk|none]; last by rewrite big_pred0 // -expr2 sqr_ge0.
by rewrite (big_pred1 k) => [|l]; rewrite -?Ay -fk ?(inj_eq fI).
Qed.
End NormLaws.
