#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# audit/gate.sh [--accept]     run after `make`: are the theorems of manifest.toml there, unchanged, on allowed axioms only?
set -eu
cd "$(dirname "$0")/.."
fail=0; bad() { echo "GATE: $*"; fail=1; }

# 1. every .v on disk is in _CoqProject and the other way round, and is compiled
find theories -name '*.v' | LC_ALL=C sort > audit/disk.lst
grep '\.v$' _CoqProject | LC_ALL=C sort | diff - audit/disk.lst > audit/disk.diff || bad "files differ: $(cat audit/disk.diff)"
while read -r f; do [ -n "$(find "${f}o" -newer "$f" 2>/dev/null)" ] || bad "not compiled since it changed: $f"; done < audit/disk.lst

# 2. words that hide a hole (comments included: say it otherwise there), and assumptions outside a section
# shellcheck disable=SC2046
if grep -nEw 'Admitted|admit|give_up|Axioms?|Conjectures?|Parameters?|Primitive|bypass_check|(Guard|Positivity|Universe) Checking|type-in-type' \
     $(cat audit/disk.lst) _CoqProject; then bad "forbidden word"; fi
while read -r f; do
  awk '/^ *Section /{d++} /^ *End /{d--} d==0 && /^ *(Local |Global |#\[[^]]*\] *)?(Variables?|Hypothes[ie]s|Context)[ (]/{print FILENAME ": " $0; e=1} END{exit e}' "$f" \
    || bad "assumption outside a section"
done < audit/disk.lst

# 3. manifest -> "id tier theorem"; each theorem is stated in the file the manifest names; no id is both proved and unproved
awk -F'"' '/^\[/{c=($0=="[claims]" || $0=="[lemmas]")} c && /^"/{n=split($4,t," "); for(i=1;i<=n;i++) print $2, $8, t[i]}' manifest.toml > audit/theorems.lst
awk -F'"' '/^\[/{c=($0=="[claims]" || $0=="[lemmas]")} c && /^"/{n=split($4,t," "); for(i=1;i<=n;i++) print t[i], $6}' manifest.toml |
while read -r thm file; do
  module=$(echo "${thm%.*}" | sed 's/^Widthwise\./theories\//; s/\./\//g')
  [ "$module.v" = "$file" ] && grep -qE "^(Theorem|Lemma) ${thm##*.}( |\$)" "$file" || echo "$thm is not stated in $file"
done > audit/disk.diff
[ ! -s audit/disk.diff ] || bad "$(cat audit/disk.diff)"
[ -z "$(awk -F'"' '/^"/{print $2}' manifest.toml | LC_ALL=C sort | uniq -d)" ] || bad "an id stands twice in manifest.toml"
[ $fail -eq 0 ] || exit 1

# 4. one throw-away file a tier asks Coq for each statement and definition, and for what the tier as a whole rests on
prelude() {
  case $1 in
    exact) echo 'From mathcomp Require Import all_ssreflect all_algebra. Open Scope ring_scope.' ;;
    float) echo 'From Coq Require Import Reals. From Flocq Require Import Core BinarySingleNaN. Open Scope R_scope.' ;;
    link) echo 'From Coq Require Import Reals. From Flocq Require Import Core BinarySingleNaN.
      From mathcomp Require Import all_ssreflect all_algebra. From mathcomp.analysis Require Import Rstruct. Open Scope ring_scope.' ;;
  esac
}
: > audit/statements.now; : > audit/axioms.lst
for tier in exact float link; do
  awk -v t=$tier '$2==t' audit/theorems.lst > audit/tier.lst
  grep "^Widthwise\.$tier\." audit/definitions.lst > audit/tier-definitions.lst
  { prelude $tier
    { cut -d' ' -f3 audit/tier.lst; cat audit/tier-definitions.lst; } | sed 's/\.[^.]*$//; s/.*/Require &./' | LC_ALL=C sort -u
    echo 'Set Printing Width 120.'
    while read -r d; do echo "Print $d."; done < audit/tier-definitions.lst
    while read -r id _ thm; do echo "Goal True. idtac \"@@ $id\". Abort. Check @$thm."; done < audit/tier.lst
    awk '{printf "%s@%s", (n++ ? ", " : "Definition tier := ("), $3} END{print ")."}' audit/tier.lst
    echo 'Goal True. idtac "@tier". Abort. Print Assumptions tier.'; } > audit/Audit.v
  # shellcheck disable=SC2046
  coqc -q -w none $(grep '^-Q' _CoqProject) audit/Audit.v > audit/out.txt || { bad "a claimed theorem or definition of tier $tier is missing"; exit 1; }
  [ "$(grep -c '^@@ ' audit/out.txt)" -eq "$(wc -l < audit/tier.lst)" ] || bad "not every theorem of tier $tier answered"
  sed '/^@tier/,$d' audit/out.txt >> audit/statements.now
  awk -v t=$tier '/^@tier/{a=1;next} a && /^[^ ]/ && !/^Axioms:/ && !/^Closed under/ {print t, $1}' audit/out.txt >> audit/axioms.lst
done

# 5. the axioms of a tier, against its list ("name  why" a line)
while read -r tier ax; do
  grep -v '^#' "audit/allow.$tier" | cut -d' ' -f1 | grep -qxF "$ax" || bad "a theorem of tier $tier rests on $ax"
done < audit/axioms.lst

# 6. statements and definitions are pinned: a weaker theorem is a diff to review
if [ "${1:-}" = --accept ]; then cp audit/statements.now audit/statements.txt; fi
diff audit/statements.txt audit/statements.now || bad "a pinned statement changed (review, then --accept)"

[ $fail -eq 0 ] && echo "GATE: ok, $(wc -l < audit/theorems.lst) theorems"
exit $fail
