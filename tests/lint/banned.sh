#!/usr/bin/env bash
# Functions with a safer way of ours, and words that must not stand in the repository.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0
ban() {
    local pattern=$1 instead=$2 hits
    hits=$(git ls-files -- 'common/*.[ch]' 'server/*.[ch]' 'client/*.[ch]' | xargs grep -nE "(^|[^_a-zA-Z0-9.>\"])($pattern)[ ]*\(" 2>/dev/null | grep -vE '^[^:]+:[0-9]+: *(\*|/\*)')
    if [ -n "$hits" ]; then
        printf 'instead: %s\n%s\n' "$instead" "$hits"
        bad=1
    fi
}
ban 'strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok' 'str, buf or snprintf'
ban 'atoi|atol|atof|sscanf' 'common/value/number.h'
ban 'alloca' 'an arena'
ban 'rand|srand|random|drand48' 'crypt_random'
ban 'system|popen' 'fork and exec without a shell'
ban 'mktemp|tmpnam|tempnam' 'mkstemp'

hits=$(git ls-files -- 'server/*.c' 'common/*.c' | xargs grep -nE '[^_a-z](localtime|mktime)(_r)?\(' 2>/dev/null)
[ -z "$hits" ] || { printf 'days come from the request context, never from the machine:\n%s\n' "$hits"; bad=1; }

hits=$(git grep -nwE 'TODO|FIXME|XXX' -- '*.c' '*.h' '*.sql' '*.sh' '*.py' ':!tests/lint/banned.sh')
[ -z "$hits" ] || { printf 'unfinished work belongs in the tracker:\n%s\n' "$hits"; bad=1; }
exit $bad
