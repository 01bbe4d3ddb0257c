#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# upstreams.sh: renders every chart archive of the upstream repositories with chart-render and with real helm,
# and compares the bytes. OUT is the build folder, SHARED where upstreams/http lies, HELM the helm to compare with.
set -u
OUT=${OUT:-build/release}
SHARED=${SHARED:-../shared}
HELM=${HELM:-$(command -v helm4 || command -v helm || :)}
[ -n "$HELM" ] || { echo "no helm to compare with; 0 passed, 0 failed"; exit 0; }
work=$(mktemp -d "${TMPDIR:-/tmp}/chart-tools-upstreams.XXXXXX")
trap 'rm -rf "$work"' EXIT
export HOME="$work" HELM_CACHE_HOME="$work/cache"
passed=0 failed=0

# compare CHART ARGUMENTS...: both outputs and statuses. Passwords are given, since charts make random ones.
compare() {
	chart=$1
	shift
	"$HELM" template rel "$chart" "$@" >"$work/want" 2>"$work/want.err"
	want=$?
	"$OUT/chart-render" rel "$chart" "$@" >"$work/got" 2>"$work/got.err"
	got=$?
	grep '^Error' "$work/want.err" >"$work/want.error"
	grep '^Error' "$work/got.err" >"$work/got.error"
	if [ "$want" = "$got" ] && cmp -s "$work/want" "$work/got" && cmp -s "$work/want.error" "$work/got.error"; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAIL $chart $* (status $got, helm's $want)"
	diff "$work/want" "$work/got" | head -n 6
}

for chart in "$SHARED"/upstreams/http/*/*.tgz; do
	compare "$chart" --set password=secret,redisPassword=secret,sentinelPassword=secret
	case $chart in
	*/redis-*)
		compare "$chart" --kube-version 1.15.0 --set auth=true,redisPassword=x,sentinelPassword=y,password=z \
			--set haproxy.enabled=true,exporter.enabled=true,metrics.enabled=true,networkPolicy.enabled=true
		;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
