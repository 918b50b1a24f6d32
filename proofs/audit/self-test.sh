#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# audit/self-test.sh     run after `make`: does the gate see what it is there to see?
#
# Works on a copy of the tree with its compiled files. Each sabotage is applied, what it touches is rebuilt, and the gate must
# fail with the expected message; a sabotage that passes unnoticed fails the test. The untouched copy must pass.
set -eu
cd "$(dirname "$0")/.."
copy=$(mktemp -d); trap 'rm -rf "$copy"' EXIT
cp -a . "$copy/clean"
unnoticed=0

# sabotage NAME EXPECTED-MESSAGE COMMAND: runs COMMAND in a fresh copy
sabotage() {
  rm -rf "$copy/tree"; cp -a "$copy/clean" "$copy/tree"
  (cd "$copy/tree"; eval "$3")
  if diff -rq "$copy/clean" "$copy/tree" > /dev/null; then echo "SELF-TEST: $1: the sabotage changed nothing"; unnoticed=1; return; fi
  if (cd "$copy/tree"; audit/gate.sh) > "$copy/out.txt" 2>&1; then echo "SELF-TEST: $1: passed unnoticed"; unnoticed=1
  elif grep -qF "$2" "$copy/out.txt"; then echo "SELF-TEST: $1: noticed"
  else echo "SELF-TEST: $1: failed for another reason:"; cat "$copy/out.txt"; unnoticed=1; fi
}
rebuild() { make > make.log 2>&1 || { cat make.log; echo "SELF-TEST: the sabotage does not compile"; }; }

leaf=theories/exact/CheapBounds.v
before_end="/^End CheapBounds/i"
sabotage "an axiom nobody uses" "forbidden word" "sed -i '$before_end Axiom convenient : False.' $leaf; rebuild"
sabotage "a proof left open" "forbidden word" "sed -i 's/^Proof. by case=> _; apply; apply: gram_bound.*/Proof. Admitted./' $leaf; rebuild"
sabotage "an assumption outside a section" "assumption outside a section" "sed -i '\$a Variable convenient : False.' $leaf; rebuild"
sabotage "an axiom that another library declares" "rests on" \
  "sed -i 's/^Proof. by case=> _; apply; apply: gram_bound/Proof. have _ := Classical_Prop.classic True. by case=> _; apply; apply: gram_bound/; s/^From mathcomp Require Import ring/From Coq Require Classical_Prop. &/' $leaf; rebuild"
sabotage "one more hypothesis in a theorem" "a pinned statement changed" \
  "sed -i 's/^Theorem opnorm_le_schatten4.*is_opnorm A c ->/Theorem opnorm_le_schatten4 m n (A : '\\''M[R]_(m, n)) c : is_opnorm A c -> A^T *m A = 1%:M ->/; s/^Proof. by case=> _; apply; apply: gram_bound/Proof. move=> h _; move: h. by case=> _; apply; apply: gram_bound/' $leaf; rebuild"
sabotage "another definition under the same name" "a pinned statement changed" \
  "sed -i 's/exists2 c, is_opnorm A c & s = /exists2 c, opbound A c \\/\\\\ (forall d, opbound A d -> c <= d) \\& s = /' theories/exact/StableRank.v; rebuild"
sabotage "a theorem that is not there" "is not stated in" "sed -i 's/opnorm_le_schatten4/opnorm_le_schatten5/' manifest.toml"
sabotage "a claim dropped in silence" "a pinned statement changed" "grep -v norms.T7.schatten manifest.toml > m; mv m manifest.toml"
sabotage "a file nobody builds" "files differ" "cp $leaf theories/exact/Forgotten.v"
sabotage "a file changed after it was compiled" "not compiled since it changed" "sleep 1; echo '(* later *)' >> $leaf"

if (cd "$copy/clean"; audit/gate.sh); then :; else echo "SELF-TEST: the untouched copy fails"; unnoticed=1; fi
[ $unnoticed -eq 0 ] && echo "SELF-TEST: ok"
exit $unnoticed
