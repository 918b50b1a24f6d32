(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The spectral norm over a real closed field, as a relation.

   [opbound A c]: c >= 0 and |A x| <= c |x| for every x. [is_opnorm A c]: c is the least such bound. It determines c
   ([is_opnorm_uniq]); that such a c exists and is attained is shown in OpNormBound.v. Main results: [opbound_sqn] and
   [opbound_form] (the bound said with squares, and through the form of A^T A), and how bounds go through sums,
   products, multiples and transposes; [gram_opnorm] (|A^T A| = |A|^2). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section OpNorm.
Variable R : rcfType.
Implicit Types (m n p : nat).

Definition opbound m n (A : 'M[R]_(m, n)) (c : R) :=
  0 <= c /\ forall x : 'cV_n, nrm (A *m x) <= c * nrm x.
Definition is_opnorm m n (A : 'M[R]_(m, n)) (c : R) :=
  opbound A c /\ forall c', opbound A c' -> c <= c'.

Lemma is_opnorm_uniq m n (A : 'M[R]_(m, n)) c d :
  is_opnorm A c -> is_opnorm A d -> c = d.
Proof. by move=> [bc lc] [bd ld]; apply/eqP; rewrite eq_le lc // ld. Qed.
Lemma opnorm_ge0 m n (A : 'M[R]_(m, n)) c : is_opnorm A c -> 0 <= c.
Proof. by case=> [[]]. Qed.
Lemma opbound_ge0 m n (A : 'M[R]_(m, n)) c : opbound A c -> 0 <= c.
Proof. by case. Qed.

(* the same with squares, which avoids roots *)
Lemma opbound_sqn m n (A : 'M[R]_(m, n)) c :
  opbound A c <-> 0 <= c /\ forall x, sqn (A *m x) <= c ^+ 2 * sqn x.
Proof.
split=> -[c0 h]; split=> // x; move: (h x).
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?nrm_ge0 //.
  by rewrite exprMn !nrm_sqr.
by rewrite -!nrm_sqr -exprMn ler_pexpn2r ?nnegrE ?mulr_ge0 ?nrm_ge0.
Qed.
Lemma opbound_form m n (A : 'M[R]_(m, n)) g : 0 <= g ->
  (forall x, dot (A^T *m A *m x) x <= g * sqn x) -> opbound A (Num.sqrt g).
Proof.
move=> g0 h; apply/opbound_sqn; split=> [|x]; first exact: sqrtr_ge0.
by rewrite (sqr_sqrtr g0) {1}/sqn dot_adj mulmxA dotC; exact: h.
Qed.
Lemma opnorm_sqn m n (A : 'M[R]_(m, n)) c x : is_opnorm A c -> sqn (A *m x) <= c ^+ 2 * sqn x.
Proof. by case=> /opbound_sqn [_ h] _. Qed.
Lemma opnorm_sqr_le m n (A : 'M[R]_(m, n)) c g : is_opnorm A c -> 0 <= g ->
  (forall x, sqn (A *m x) <= g * sqn x) -> c ^+ 2 <= g.
Proof.
move=> [[c0 _] lc] g0 h; have le : c <= Num.sqrt g.
  by apply: lc; apply/opbound_sqn; split=> [|x]; rewrite ?sqrtr_ge0 ?(sqr_sqrtr g0).
by rewrite -(sqr_sqrtr g0) ler_pexpn2r ?nnegrE ?sqrtr_ge0.
Qed.
Lemma opbound_le m n (A : 'M[R]_(m, n)) c c' : opbound A c -> c <= c' -> opbound A c'.
Proof.
move=> [c0 h] cc; split=> [|x]; first exact: le_trans c0 cc.
by apply: le_trans (h x) _; rewrite ler_wpmul2r ?nrm_ge0.
Qed.
(* a bound that some vector attains is the norm *)
Lemma is_opnorm_attained m n (A : 'M[R]_(m, n)) c x :
  opbound A c -> x != 0 -> sqn (A *m x) = c ^+ 2 * sqn x -> is_opnorm A c.
Proof.
move=> bc x0 ax; split=> // c' /opbound_sqn [c'0 /(_ x)].
rewrite ax ler_pmul2r ?sqn_gt0 // ler_pexpn2r // nnegrE; exact: opbound_ge0 bc.
Qed.

Lemma opbound_frob m n (A : 'M[R]_(m, n)) : opbound A (frob A).
Proof. by split; [exact: frob_ge0|exact: frob_bound]. Qed.
Lemma opnorm_le_frob m n (A : 'M[R]_(m, n)) c : is_opnorm A c -> c <= frob A.
Proof. by case=> _; apply; exact: opbound_frob. Qed.
Lemma opbound0 m n c : 0 <= c -> opbound (0 : 'M[R]_(m, n)) c.
Proof. by move=> c0; split=> // x; rewrite mul0mx nrm0 mulr_ge0 ?nrm_ge0. Qed.
(* the form of a matrix is within its norm *)
Lemma opbound_abs_form n (B : 'M[R]_n) e y : opbound B e -> `|dot (B *m y) y| <= e * sqn y.
Proof.
move=> [e0 he]; apply: le_trans (cauchy_schwarz_abs _ _) _.
by rewrite -nrm_sqr expr2 mulrA ler_wpmul2r ?nrm_ge0.
Qed.

Lemma opboundZ m n (A : 'M[R]_(m, n)) k a : opbound A a -> opbound (k *: A) (`|k| * a).
Proof.
move=> [a0 h]; split=> [|x]; first by rewrite mulr_ge0.
by rewrite -scalemxAl nrmZ -mulrA ler_wpmul2l.
Qed.
Lemma opbound_mul m n p (A : 'M[R]_(m, n)) (B : 'M_(n, p)) a b :
  opbound A a -> opbound B b -> opbound (A *m B) (a * b).
Proof.
move=> [a0 ha] [b0 hb]; split=> [|x]; first exact: mulr_ge0.
rewrite -mulmxA; apply: le_trans (ha _) _.
by rewrite -mulrA ler_wpmul2l.
Qed.
Lemma opbound_add m n (A B : 'M[R]_(m, n)) a b :
  opbound A a -> opbound B b -> opbound (A + B) (a + b).
Proof.
move=> [a0 ha] [b0 hb]; split=> [|x]; first exact: addr_ge0.
by rewrite mulmxDl mulrDl; apply: le_trans (nrmD _ _) _; rewrite ler_add.
Qed.
Lemma opbound_tr m n (A : 'M[R]_(m, n)) a : opbound A a -> opbound A^T a.
Proof.
move=> [a0 ha]; split=> // y; set z := A^T *m y.
have [->|z0] := eqVneq z 0; first by rewrite nrm0 mulr_ge0 ?nrm_ge0.
have zp : 0 < nrm z by rewrite lt_def nrm_eq0 z0 nrm_ge0.
rewrite -(ler_pmul2r zp) -expr2 nrm_sqr /sqn {2}/z -dot_adj.
apply: le_trans (ler_norm _) _; apply: le_trans (cauchy_schwarz_abs _ _) _.
by rewrite mulrAC ler_wpmul2r ?nrm_ge0.
Qed.
Lemma is_opnorm_tr m n (A : 'M[R]_(m, n)) c : is_opnorm A c -> is_opnorm A^T c.
Proof.
move=> [bc lc]; split; first exact: opbound_tr.
by move=> c' /opbound_tr; rewrite trmxK; apply: lc.
Qed.

(* A bound g of A^T A gives the bound sqrt g of A. *)
Lemma gram_bound m n (A : 'M[R]_(m, n)) g :
  opbound (A^T *m A) g -> opbound A (Num.sqrt g).
Proof.
move=> [g0 hg]; split=> [|x]; first exact: sqrtr_ge0.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?nrm_ge0 ?sqrtr_ge0 //.
rewrite exprMn (sqr_sqrtr g0) !nrm_sqr {1}/sqn dot_adj mulmxA.
apply: le_trans (ler_norm _) _; apply: le_trans (cauchy_schwarz_abs _ _) _.
by rewrite -nrm_sqr expr2 mulrCA ler_wpmul2l ?nrm_ge0.
Qed.
(* |A^T A| = |A|^2 *)
Lemma gram_opnorm m n (A : 'M[R]_(m, n)) c :
  is_opnorm A c -> is_opnorm (A^T *m A) (c ^+ 2).
Proof.
move=> [bc lc]; split; first by rewrite expr2; apply: opbound_mul => //; exact: opbound_tr.
move=> g bg; have := lc _ (gram_bound bg).
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?sqrtr_ge0 //; last by case: bc.
by rewrite sqr_sqrtr //; case: bg.
Qed.
End OpNorm.
