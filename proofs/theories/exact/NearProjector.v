(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The bound of the squaring chain for a matrix that is nearly a multiple of a projector, as when the largest
   eigenvalue is multiple and the others have died out: if H is symmetric and |H^2 - k H| <= e with k > 0, then
   |H| <= k + e / k, hence every eigenvalue of H is at most that: [near_projector], [near_projector_eigen].
   [near_projector_form] is the form behind it. Rust: projector_eigenvalue_upper. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen Spectral TopEigen OpNormBound.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section NearProjector.
Variable R : rcfType.

Lemma near_projector_form n (H : 'M[R]_n) k e x : H^T = H -> opbound (H *m H - k *: H) e ->
  sqn (H *m x) <= k * dot (H *m x) x + e * sqn x.
Proof.
move=> sH he; have -> : sqn (H *m x) = dot (H *m H *m x) x by rewrite -mulmxA dot_adj sH.
rewrite -ler_subl_addl -dotZl -dotNl -dotDl scalemxAl -mulmxBl.
exact: le_trans (ler_norm _) (opbound_abs_form x he).
Qed.

Theorem near_projector n (H : 'M[R]_n) k e : H^T = H -> 0 < k -> opbound (H *m H - k *: H) e ->
  opbound H (k + e / k).
Proof.
move=> sH k0 he; have [c hc] := opnorm_exists H.
have e0 := opbound_ge0 he; have c0 := opnorm_ge0 hc.
have sq : c ^+ 2 <= k * c + e.
  apply: (opnorm_sqr_le hc) => [|x]; first by rewrite addr_ge0 // mulr_ge0 // ltW.
  apply: le_trans (near_projector_form x sH he) _; rewrite mulrDl ler_add2r -mulrA.
  apply: ler_wpmul2l; first exact: ltW.
  by apply: le_trans (ler_norm _) (opbound_abs_form x (proj1 hc)).
apply: opbound_le (proj1 hc) _; rewrite leNgt; apply/negP => big.
have kc : k < c by apply: le_lt_trans big; rewrite ler_addl divr_ge0 // ltW.
have : e < c * (c - k).
  apply: (@lt_le_trans _ _ (k * (c - k))).
    by rewrite -ltr_pdivr_mull // mulrC ltr_subr_addl.
  by apply: ler_wpmul2r; rewrite ?subr_ge0; apply: ltW.
by apply/negP; rewrite -leNgt mulrBr -expr2 ler_subl_addl [c * k]mulrC.
Qed.

Theorem near_projector_eigen n (H : 'M[R]_n) k e l (x : 'cV[R]_n) : H^T = H -> 0 < k ->
  opbound (H *m H - k *: H) e -> H *m x = l *: x -> x != 0 -> l <= k + e / k.
Proof.
move=> sH k0 he Hx x0; have [_ /(_ x)] := near_projector sH k0 he.
rewrite Hx nrmZ ler_pmul2r ?nrm_gt0 //; exact: le_trans (ler_norm l).
Qed.
End NearProjector.
