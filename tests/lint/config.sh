#!/usr/bin/env bash
# The keys of bimad.conf: the program, the manual page and the shipped sample name the same ones.
#   config.sh BIMAD
set -u
bimad=$1
cd "$(dirname "$0")/../.." || exit 2
bad=0

keys=$("$bimad" --sample-config | sed -n 's/^#\([a-z_]*\) =.*/\1/p' | sort)
[ "$(wc -l <<<"$keys")" -ge 20 ] || { echo "bimad names too few keys"; bad=1; }
page=$(sed -n 's/^\.It Ic \([a-z_]*\)$/\1/p' man/bimad.conf.5 | sort)
diff <(echo "$keys") <(echo "$page") || { echo "man/bimad.conf.5 and bimad name different keys"; bad=1; }
"$bimad" --sample-config | diff - contrib/bimad.conf ||
    { echo "contrib/bimad.conf is not what bimad --sample-config writes"; bad=1; }

sample=$(mktemp)
trap 'rm -f "$sample"' EXIT
"$bimad" --sample-config | sed 's/^#\([a-z_]* =\)/\1/' >"$sample"
"$bimad" --config "$sample" --check-config >/dev/null || { echo "the defaults are not accepted as values"; bad=1; }
"$bimad" --config contrib/bimad.conf --check-config >/dev/null || { echo "the sample is not accepted"; bad=1; }

refused() { # LINE WHAT-IT-SAYS
    printf '# first line\n%s\n' "$1" >"$sample"
    said=$("$bimad" --config "$sample" --check-config 2>&1)
    status=$?
    [ $status -eq 78 ] && grep -qF -- "$2" <<<"$said" || { echo "'$1': status $status, says '$said', expected '$2'"; bad=1; }
}
refused 'listem = 127.0.0.1:1' 'line 2: the key listem is not known'
refused 'workers = many' 'line 2: workers must be a whole number from 1 to 64'
refused 'workers = 0' 'line 2: workers must be a whole number from 1 to 64'
refused 'workers = 65' 'line 2: workers must be a whole number from 1 to 64'
refused 'state_dir = here' 'line 2: state_dir must be a path that starts with /'
refused 'today = 2026-02-30' 'line 2: today must be a day such as 2026-03-01'
refused 'log_level = loud' 'line 2: log_level must be debug, info, warn or error'
refused '[front]' 'line 2: sections are not known'
refused 'offices = 10.1.0.0/16 head_office' 'line 2: offices: head_office is no address or prefix such as 10.1.0.0/16'
refused 'platform_workers = 9' 'line 2: platform_workers must be a whole number from 1 to 8'
refused 'metrics_listen = 0.0.0.0:9464' 'line 2: metrics_listen must be a loopback address and a port, such as 127.0.0.1:9464'
refused 'metrics_listen = 10.0.0.7:9464' 'line 2: metrics_listen must be a loopback address'
refused 'metrics_listen = [::]:9464' 'line 2: metrics_listen must be a loopback address'
refused 'metrics_listen = 127.0.0.1' 'line 2: metrics_listen must be a loopback address'
refused 'metrics_listen = 127.0.0.1:0' 'line 2: metrics_listen must be a loopback address'
refused 'metrics_listen = 127.0.0.1:70000' 'line 2: metrics_listen must be a loopback address'
refused 'slow_request_ms = soon' 'line 2: slow_request_ms must be a whole number from 0 to 600000'
refused 'just words' 'line 2: expected key = value'
refused $'workers = 1\nworkers = 2' 'line 3: workers is given twice'
exit $bad
