(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The kernels, written once over a record of operations.

   Each definition has the operations of the Rust function named beside it, in the same order with the same operands;
   the Rust line stands above it. The record is instantiated with rounded reals ([Rops], RModel.v), which carry the
   error bounds, and with IEEE-754 data ([Bops], Ieee.v), which is what runs. There is no fused operation. *)

From Coq Require Import List ZArith.
Import ListNotations.

Record fops := {
  carrier :> Type;
  fzero : carrier;
  fone : carrier;
  fadd : carrier -> carrier -> carrier;
  fsub : carrier -> carrier -> carrier;
  fmul : carrier -> carrier -> carrier;
  fabs : carrier -> carrier;
}.

Section Kernels.
Variable o : fops.

(* widthwise_linalg::dot:  let mut sum = 0;  for (x, y) { sum += x * y; } *)
Fixpoint dot_loop (s : o) (xy : list (o * o)) : o :=
  match xy with
  | [] => s
  | (x, y) :: r => dot_loop (fadd o s (fmul o x y)) r
  end.
Definition k_dot xy := dot_loop (fzero o) xy.

(* the sum of squares, and its inflation  s * factor + allowance *)
Definition k_sumsq xs := k_dot (map (fun x => (x, x)) xs).
Definition k_sumsq_up (factor allowance : o) xs := fadd o (fmul o (k_sumsq xs) factor) allowance.

(* widthwise_rounding::error_free::two_sum *)
Definition k_two_sum (a b : o) : o * o :=
  let s := fadd o a b in
  let b_virtual := fsub o s a in
  let a_virtual := fsub o s b_virtual in
  let b_error := fsub o b b_virtual in
  let a_error := fsub o a a_virtual in
  (s, fadd o a_error b_error).

(* widthwise_rounding::error_free::split;  power is 2^((DIGITS + 1) / 2) *)
Definition k_split (power a : o) : o * o :=
  let factor := fadd o power (fone o) in
  let c := fmul o factor a in
  let high := fsub o c (fsub o c a) in
  (high, fsub o a high).

(* widthwise_rounding::error_free::two_prod *)
Definition k_two_prod (power a b : o) : o * o :=
  let p := fmul o a b in
  let (a_high, a_low) := k_split power a in
  let (b_high, b_low) := k_split power b in
  let e := fsub o (fmul o a_low b_low)
             (fsub o (fsub o (fsub o p (fmul o a_high b_high)) (fmul o a_low b_high)) (fmul o a_high b_low)) in
  (p, e).

(* widthwise_linalg::DotAccumulator:  the state is (high, low, errors), from (0, 0, 0);  add_product, term by term *)
Definition add_product (power : o) (state : o * o * o) (x y : o) : o * o * o :=
  let '(high, low, errors) := state in
  let (h, r) := k_two_prod power x y in
  let (p, t) := k_two_sum high h in
  (p, fadd o low (fadd o t r), fadd o errors (fadd o (fabs o t) (fabs o r))).
Fixpoint dot2_loop (power : o) (state : o * o * o) (xy : list (o * o)) : o * o * o :=
  match xy with
  | [] => state
  | (x, y) :: l => dot2_loop power (add_product power state x y) l
  end.
Definition k_dot2 power xy := dot2_loop power (fzero o, fzero o, fzero o) xy.
End Kernels.
