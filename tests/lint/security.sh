#!/usr/bin/env bash
# Each threat of SECURITY.md has its test: the file is there, and ctest runs it.
set -u
cd "$(dirname "$0")/../.." || exit 2
status=0
say() { echo "SECURITY.md: $1"; status=1; }

# Whether the nearest CMakeLists.txt takes a file, by its name, its name without what they all end with, or a pattern of names.
is_run() {
    local list name
    list=$(dirname "$1")/CMakeLists.txt
    name=$(basename "$1")
    name=${name%.*}
    [ -f "$list" ] && { grep -qwE "$name|${name%_*}" "$list" || { [[ $1 == *_test.py ]] && grep -qF -- '-p *_test.py' "$list"; }; }
}

threats=0
while IFS= read -r row; do
    threats=$((threats + 1))
    threat=$(cut -d'|' -f2 <<<"$row")
    paths=$(cut -d'|' -f4- <<<"$row" | grep -oE '`tests/[a-zA-Z0-9_/.]+`' | tr -d '`')
    [ -n "$paths" ] || say "no test is named for:$threat"
    for path in $paths; do
        if [ -d "$path" ]; then
            [ -f "$path/CMakeLists.txt" ] || say "$path runs nothing"
        elif [ ! -f "$path" ]; then
            say "$path is not there"
        elif ! is_run "$path"; then
            say "$path is not run"
        fi
    done
done < <(grep '^|' SECURITY.md | grep -vE '^\| (threat \||---)|^\|---')
[ "$threats" -ge 30 ] || say "only $threats threats are read"
exit $status
