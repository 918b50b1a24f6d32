(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The spectral theorem for symmetric matrices, over any real closed field.

   [spectral]: A^T = A gives A = P diag(d) P^T with P^T P = 1. By induction on the size: a Householder matrix
   ([householder]) sends an eigenvector to the first axis and leaves a smaller symmetric block. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Widthwise.exact Require Import Vec Frobenius OpNorm SymEigen.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Spec.
Variable R : rcfType.

(* a symmetric orthogonal H with H x = e whenever |x| = |e| *)
Lemma householder n (x e : 'cV[R]_n) : sqn x = sqn e ->
  exists H : 'M[R]_n, [/\ H^T = H, H *m H = 1%:M & H *m x = e].
Proof.
move=> xe; pose u := x - e; have [u0|u0] := eqVneq u 0.
  by exists 1%:M; rewrite trmx1 mul1mx mul1mx; split=> //; apply/eqP; rewrite -subr_eq0 -/u u0.
have s0 : sqn u != 0 by rewrite sqn_eq0.
pose c := 2%:R / sqn u; pose U := u *m u^T.
have UU : U *m U = sqn u *: U by rewrite /U mulmxA outer_mul scalemxAl.
exists (1%:M - c *: U); split.
- by rewrite linearB linearZ /= trmx1 trmx_mul trmxK.
- rewrite mulmxBl mul1mx mulmxBr mulmx1 -!scalemxAl -scalemxAr UU !scalerA.
  have -> : c * c * sqn u = c + c by rewrite /c; field.
  by rewrite scalerDl opprB addrK subrK.
- rewrite mulmxBl mul1mx -scalemxAl outer_mul scalerA.
  have -> : c * dot u x = 1.
    have h : sqn u = 2%:R * dot u x.
      rewrite /sqn /u !(dotDl, dotDr, dotNl, dotNr) (dotC e x) -/(sqn x) -/(sqn e) -xe; ring.
    have d0 : dot u x != 0 by apply: contraNneq s0; rewrite h => ->; rewrite mulr0.
    by rewrite /c h; field.
  by rewrite scale1r /u opprB addrC subrK.
Qed.

Theorem spectral n (A : 'M[R]_n) : A^T = A ->
  exists (P : 'M_n) (d : 'rV_n), P^T *m P = 1%:M /\ A = P *m diag_mx d *m P^T.
Proof.
elim: n A => [|n IH] A symA.
  by exists 1%:M, 0; split; apply/matrixP => - [].
have [a [y [y0 Ay]]] := sym_eigen symA.
rewrite -[n.+1]/(1 + n)%N in A symA y y0 Ay *.
have ny0 : nrm y != 0 by rewrite nrm_eq0.
pose x := (nrm y)^-1 *: y.
have Ax : A *m x = a *: x by rewrite -scalemxAr Ay !scalerA mulrC.
pose e : 'cV[R]_(1 + n) := delta_mx 0 0.
have xe : sqn x = sqn e.
  rewrite sqnZ -nrm_sqr -exprMn mulVf // expr1n.
  rewrite /sqn /dot (bigD1 0) //= big1 ?addr0 => [|i i0]; rewrite !mxE ?eqxx ?mulr1 //.
  by rewrite (negbTE i0) mul0r.
have [H [Hs HH Hx]] := householder xe.
pose B : 'M[R]_(1 + n) := H *m A *m H.
have Be : B *m e = a *: e.
  by rewrite /B -Hx -!mulmxA (mulmxA H H) HH mul1mx Ax -scalemxAr Hx.
have Bs : B^T = B by rewrite /B !trmx_mul Hs symA mulmxA.
have AB : A = H *m B *m H by rewrite /B !mulmxA HH mul1mx -mulmxA HH mulmx1.
clearbody B.
have Bcol i : B i 0 = a * (i == 0)%:R.
  have -> : B i 0 = (B *m e) i 0.
    by rewrite mxE (bigD1 0) //= big1 ?addr0 ?mxE ?eqxx ?mulr1 // => k k0; rewrite mxE (negbTE k0) mulr0.
  by rewrite Be !mxE eqxx andbT.
have dl0 : dlsubmx B = 0.
  by apply/matrixP => i j; rewrite !mxE (ord1 j) lshift0 Bcol mulr0.
have ur0 : ursubmx B = 0 by rewrite -Bs -trmx_dlsub dl0 trmx0.
have ulE : ulsubmx B = a%:M.
  by apply/matrixP => i j; rewrite !mxE (ord1 i) (ord1 j) lshift0 Bcol eqxx mulr1.
have drs : (drsubmx B)^T = drsubmx B by rewrite trmx_drsub Bs.
have [Q [d [QQ Bd]]] := IH _ drs.
pose P : 'M[R]_(1 + n) := block_mx 1%:M 0 0 Q.
have PP : P^T *m P = 1%:M.
  by rewrite tr_block_mx mulmx_block !trmx0 trmx1 !mul0mx !mulmx0 !addr0 add0r mul1mx QQ -scalar_mx_block.
exists (H *m P), (row_mx a%:M d); split.
  by rewrite trmx_mul Hs -mulmxA (mulmxA H) HH mul1mx.
rewrite trmx_mul Hs [LHS]AB -!mulmxA; congr (_ *m _); rewrite !mulmxA; congr (_ *m _).
rewrite -[LHS]submxK dl0 ur0 ulE Bd diag_mx_row /P tr_block_mx !trmx0 trmx1.
rewrite !mulmx_block !mul0mx !mulmx0 !addr0 !add0r !mul1mx ?mulmx1.
rewrite mul0mx; congr block_mx; apply/matrixP => i j.
by rewrite !mxE (ord1 i) (ord1 j) !eqxx.
Qed.
End Spec.
