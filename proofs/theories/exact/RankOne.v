(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* Claim spectral.norms.rank-one: |u v^T| = |u v^T|_F = |u v^T|_nuc = |u| |v|.

   [outer_opnorm], [outer_frob], [outer_nuc]. Zero vectors and empty shapes are included. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm Spectral PsdRoot Nuclear.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section RankOne.
Variable R : rcfType.
Variables (m n : nat) (u : 'cV[R]_m) (v : 'cV[R]_n).

Theorem outer_frob : frob (u *m v^T) = nrm u * nrm v.
Proof. by rewrite /frob frob2_outer sqrtrM ?sqn_ge0. Qed.

Theorem outer_opnorm : is_opnorm (u *m v^T) (nrm u * nrm v).
Proof.
have bound : opbound (u *m v^T) (nrm u * nrm v) by rewrite -outer_frob; apply: opbound_frob.
have [v0|v0] := eqVneq v 0.
  by split=> // c' /opbound_ge0; rewrite v0 nrm0 mulr0.
apply: (is_opnorm_attained (x := v)) => //.
by rewrite outer_mul sqnZ exprMn !nrm_sqr -/(sqn v); ring.
Qed.

Theorem outer_nuc : is_nuc (u *m v^T) (nrm u * nrm v).
Proof.
exists ((nrm u / nrm v) *: (v *m v^T)); split; last first.
- rewrite mxtraceZ mxtrace_mulC trace_mx11 -dot_mx -/(sqn v) -nrm_sqr expr2 mulrA.
  have [->|v0] := eqVneq (nrm v) 0; first by rewrite !mulr0.
  by rewrite divfK.
- rewrite trmx_mul trmxK -scalemxAl -scalemxAr scalerA !mulmxA.
  rewrite !outer_mul -!scalemxAl scalerA -/(sqn u) -/(sqn v) -!nrm_sqr.
  have [/eqP|v0] := eqVneq (nrm v) 0; first by rewrite nrm_eq0 => /eqP ->; rewrite mul0mx !scaler0.
  by congr (_ *: _); field.
- split=> [|z]; first by rewrite linearZ /= trmx_mul trmxK.
  by rewrite -scalemxAl dotZl outer_mul dotZl -expr2 mulr_ge0 ?sqr_ge0 ?divr_ge0 ?nrm_ge0.
Qed.
End RankOne.
