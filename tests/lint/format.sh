#!/usr/bin/env bash
# Sources are as clang-format lays them out.
set -u
cd "$(dirname "$0")/../.." || exit 2
git ls-files -- '*.c' | xargs clang-format-14 --dry-run -Werror 2>&1 | grep -E 'error:' | head -20
[ "${PIPESTATUS[1]}" -eq 0 ]
