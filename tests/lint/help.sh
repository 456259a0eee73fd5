#!/usr/bin/env bash
# Every screen and every box says what it is for: F1 on it. Only help itself has none.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0
for file in $(grep -lE 'struct view_ops \w+ = \{' client/screen/*.c client/tui/*.c); do
    [ "$file" = client/tui/help.c ] && continue
    views=$(grep -cE 'struct view_ops \w+ = \{' "$file")
    texts=$(grep -c '\.about = ' "$file")
    [ "$views" -eq "$texts" ] || { echo "$file: $views views, $texts with a text for F1 (.about)"; bad=1; }
done
exit $bad
