#!/usr/bin/env bash
# Manual pages are well formed.
set -u
cd "$(dirname "$0")/../.." || exit 2
out=$(mandoc -T lint -W warning man/*.[1-8] 2>&1)
[ -z "$out" ] || { echo "$out"; exit 1; }
[ "$(ls man/*.[1-8] | wc -l)" -ge 6 ]
