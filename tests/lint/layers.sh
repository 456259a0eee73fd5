#!/usr/bin/env bash
# The arrows of the architecture: which folder may include what. A new arrow is a decision: change ARCHITECTURE.md too.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0

# forbid WHERE PATTERN WHY: no file under WHERE (a pathspec list) may match the include pattern
forbid() {
    local where=$1 pattern=$2 why=$3 hits
    # shellcheck disable=SC2086
    hits=$(grep -rnE "^#include [<\"]($pattern)" --include='*.c' --include='*.h' $where 2>/dev/null)
    if [ -n "$hits" ]; then
        printf '%s:\n%s\n' "$why" "$hits"
        bad=1
    fi
}
# only WHERE PATTERN: the pattern is included nowhere but under WHERE
only() {
    local where=$1 pattern=$2 hits
    hits=$(grep -rnE "^#include [<\"]($pattern)" --include='*.c' --include='*.h' common server client | grep -vE "^($where)")
    if [ -n "$hits" ]; then
        printf 'only %s may include %s:\n%s\n' "$where" "$pattern" "$hits"
        bad=1
    fi
}

forbid common 'server/|client/' 'common sees neither server nor client'
forbid server 'client/' 'the server never sees the client'
forbid client 'server/' 'the client never sees the server'
forbid common/base 'common/(value|wire|crypt|certificate)/' 'base is the lowest layer'
forbid common/value 'common/(wire|crypt|certificate)/' 'values know nothing of the wire'
forbid server/front 'server/(worker|op|rule|store|catalog|account|report|job|personal)/' 'the front knows frames, not insurance'
forbid "server/worker server/op server/rule server/store server/catalog server/account server/platform server/report server/job" \
    'server/front/' 'workers know insurance, not SSH'
forbid server/audit 'server/(op|rule|worker|store|catalog|account|report|job|front|platform|ipc)/' 'what makes rows evidence stands alone'
forbid server/personal 'server/(op|rule/[a-z_]+\.h|worker|account|platform|job|report|front)/?' 'sealing is below operations'
forbid server/metrics 'server/(worker|op|rule|store|catalog|account|report|job|personal|ipc)/' 'metrics read numbers, not data'
forbid "server/store" 'server/(op|rule|worker|account|job|report|personal)/' 'the store is below operations and rules'
forbid "server/catalog" 'server/(op|rule|worker|store|account|job|report|personal)/' 'the catalog is data'
forbid "client/link" 'client/(tui|screen|cli)/' 'the link is below the screens'
forbid "client/flow" 'client/(tui|screen|plain|cli|link)/' 'what screens and plain mode share knows neither'
forbid "client/tui" 'client/(screen|cli)/' 'widgets know no screen'
forbid "client/cli" 'client/(tui|screen|plain)/' 'the command line needs no terminal'
forbid "client/plain" 'client/(tui|screen)/' 'plain mode needs no screen'

only 'server/front/|client/link/' 'libssh/'
only 'server/store/' 'libpq-fe|postgres_ext|pg_config'
only 'client/tui/' 'ncurses|curses|term\.h'
only 'common/crypt/' 'sodium|liboath'
only 'server/report/' 'cairo|pango|qrencode'
only 'common/wire/|server/report/zip' 'zlib'
only 'server/config' 'ini\.h'
only 'server/metrics/' 'microhttpd'
only 'common/wire/twin|server/op/|client/cli/' 'jansson'
exit $bad
