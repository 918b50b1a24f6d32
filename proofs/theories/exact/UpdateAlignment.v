(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.update-alignment.rank-one: a gradient step from one example is aligned with that example.

   The update is D = - eta d h^T ([update eta d h]; d the gradient at the output, h the input of the layer, eta any
   step): [update_apply] (D h = - eta |h|^2 d), [update_aligned] (|D h| = |D| |h|), [update_opnorm] and [update_frob]
   (|D| = |D|_F = |eta| |d| |h|), [update_other_input] (|D h'| = |eta| |d| |<h, h'>|). No vector needs to be non-zero. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm Spectral PsdRoot Nuclear RankOne OpNormLaws.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Update.
Variable R : rcfType.
Variables (m n : nat) (eta : R) (d : 'cV[R]_m) (h : 'cV[R]_n).

Definition update : 'M[R]_(m, n) := - eta *: (d *m h^T).

Lemma update_mul x : update *m x = (- eta * dot h x) *: d.
Proof. by rewrite -scalemxAl outer_mul scalerA. Qed.

Theorem update_apply : update *m h = (- eta * nrm h ^+ 2) *: d.
Proof. by rewrite update_mul nrm_sqr. Qed.

Theorem update_opnorm : is_opnorm update (`|eta| * nrm d * nrm h).
Proof. rewrite -mulrA -normrN; apply: opnormZ; exact: outer_opnorm. Qed.

Theorem update_frob : frob update = `|eta| * nrm d * nrm h.
Proof. by rewrite /frob frob2Z sqrtrM ?sqr_ge0 // sqrtr_sqr normrN -/(frob _) outer_frob mulrA. Qed.

Theorem update_aligned c : is_opnorm update c -> nrm (update *m h) = c * nrm h.
Proof.
move/is_opnorm_uniq/(_ update_opnorm) ->.
rewrite update_apply nrmZ normrM normrN (ger0_norm (sqr_ge0 (nrm h))) expr2.
by rewrite mulrAC -!mulrA; congr (_ * _); rewrite mulrCA [nrm d * _]mulrC.
Qed.

Theorem update_other_input h' : nrm (update *m h') = `|eta| * nrm d * `|dot h h'|.
Proof. by rewrite update_mul nrmZ normrM normrN mulrAC. Qed.
End Update.
