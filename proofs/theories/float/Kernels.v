(* SPDX-License-Identifier: MIT OR Apache-2.0 *)

(* The kernels, written once over a record of operations.

   Each definition has the operations of the Rust function named beside it, in the same order with the same operands; the Rust
   line stands above it. The record is instantiated with rounded reals ([Rops], RModel.v), which carry the error bounds, and with
   IEEE-754 data ([Bops], Ieee.v), which is what runs. There is no fused operation. *)

From Coq Require Import List ZArith.
Import ListNotations.

Record fops := {
  carrier :> Type;
  fzero : carrier;
  fone : carrier;
  fadd : carrier -> carrier -> carrier;
  fsub : carrier -> carrier -> carrier;
  fmul : carrier -> carrier -> carrier;
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
End Kernels.
