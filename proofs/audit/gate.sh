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

# 4. one throw-away file asks Coq about each
{ { cut -d' ' -f3 audit/theorems.lst; cat audit/definitions.lst; } | sed 's/\.[^.]*$//' | LC_ALL=C sort -u | sed 's/.*/Require &./'
  echo 'Set Printing Width 1000000.'
  while read -r d; do echo "Print $d."; done < audit/definitions.lst
  while read -r id tier thm; do
    echo "Goal True. idtac \"@@ $id $tier\". Abort. Check @$thm."
    echo "Goal True. idtac \"@assumptions\". Abort. Print Assumptions $thm."
  done < audit/theorems.lst; } > audit/Audit.v
# shellcheck disable=SC2046
coqc -q -w none $(grep '^-Q' _CoqProject) -o audit/Audit.vo audit/Audit.v > audit/out.txt || { bad "a claimed theorem or definition is missing"; exit 1; }
[ "$(grep -c '^@@ ' audit/out.txt)" -eq "$(wc -l < audit/theorems.lst)" ] || bad "not every theorem answered"

# 5. axioms, theorem by theorem, against the list of its tier ("name  why" a line)
awk '/^@assumptions/{a=1;next} /^@@ /{a=0;id=$2;tier=$3;next}
     a && /^[^ ]/ && !/^Axioms:/ && !/^Closed under/ {print id, tier, $1}' audit/out.txt | LC_ALL=C sort -u > audit/axioms.lst
while read -r id tier ax; do
  grep -v '^#' "audit/allow.$tier" | cut -d' ' -f1 | grep -qxF "$ax" || bad "$id ($tier) rests on $ax"
done < audit/axioms.lst

# 6. statements and definitions are pinned: a weaker theorem is a diff to review
awk '/^@assumptions/{a=1} /^@@ /{a=0} !a' audit/out.txt > audit/statements.now
if [ "${1:-}" = --accept ]; then cp audit/statements.now audit/statements.txt; fi
diff audit/statements.txt audit/statements.now || bad "a pinned statement changed (review, then --accept)"

[ $fail -eq 0 ] && echo "GATE: ok, $(wc -l < audit/theorems.lst) theorems"
exit $fail
