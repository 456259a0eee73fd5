#!/usr/bin/env bash
# Files stay readable: at most 600 lines of C; a function at most 70 lines (K&R layout, brace in column 0).
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0
while read -r f; do
    n=$(wc -l <"$f")
    if [ "$n" -gt 600 ]; then
        echo "$f: $n lines, more than 600: split it by what it is about"
        bad=1
    fi
done < <(git ls-files -- 'common/*.[ch]' 'server/*.[ch]' 'client/*.[ch]')
while read -r f; do
    awk -v f="$f" '
        /^\{/ { start = NR }
        /^\}/ { if (start && NR - start - 1 > 70) { printf "%s:%d: a function of %d lines, more than 70\n", f, start, NR - start - 1; bad = 1 } start = 0 }
        END { exit bad }' "$f" || bad=1
done < <(git ls-files -- 'common/*.c' 'server/*.c' 'client/*.c')
exit $bad
