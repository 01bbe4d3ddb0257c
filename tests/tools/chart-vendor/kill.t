#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SIGKILL at every system call that writes, a disk that is full from any of them on: the repository is as before, or as
# after, or the next command says that something is unfinished, and then both abort and continue work.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

if [ ! -e "$OUT/tests/lib/killat.so" ] || ! command -v python3 >/dev/null; then
	skip 'killed at every system call' 'no killat.so (make test makes it) or no python3'
	done_testing
	exit
fi
export SOURCE_DATE_EPOCH=1700000000 ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
# FULL=1: every fault at every call. With the sanitizers a process takes its time; there some of the calls do.
all=1 some=${FULL:-4}
case $OUT in */asan) all=13 some=29 ;; esac

publish 1.0.0
publish 1.1.0
publish 2.0.0
mkdir empty base
(
	cd base || exit
	git init -q -b main .
	chart-vendor add ../www/web charts/web --version 1.0.0
	sed -i 's/version: "1.0.0"/version: ">=1"/' chart-vendor.yaml
	git add -A
	git commit -q -m web
	sed -i 's/^  type: ClusterIP/  type: NodePort/' charts/web/values.yaml
	cp -a . ../clean
	# Upstream's 2.0.0 changes the same line.
	sed -i 's/^replicas: 1/replicas: 7/' charts/web/values.yaml
) >/dev/null
cp -a clean pure
(cd clean && chart-vendor -q patch export charts/web ../series)
(cd pure && chart-vendor -q reset charts/web)
cp -a base open
(cd open && chart-vendor update --no-render) >/dev/null
cp -a open settled
sed -i -e '/^<<<<<<</d' -e '/^|||||||/,/^>>>>>>>/d' settled/charts/web/values.yaml
cp -a clean untracked
(cd untracked && chart-vendor rm --keep-files charts/web) 2>/dev/null

every() {
	python3 "$TOP/tests/tools/chart-vendor/kill.py" "$@"
}

for how in kill half enospc eio; do
	step=$some
	[ $how != kill ] || step=$all
	t "$how: add" every $how $step empty empty add ../www/web charts/web --version 1.0.0
	t "$how: adopt" every $how $step untracked untracked adopt charts/web --from ../www
	t "$how: update" every $how $step clean clean update --no-render --to 1.1.0
	t "$how: update with conflicts" every $how $step base base update --no-render
	t "$how: continue" every $how $step settled base continue
	t "$how: reset" every $how $step clean clean reset charts/web
	t "$how: patch import" every $how $step pure pure patch import charts/web ../series
	t "$how: rm" every $how $step clean clean rm charts/web
	t "$how: move" every $how $step clean clean move charts/web other/place/web
done
t "kill: abort" every kill $all open base abort
t "kill: update --commit" every kill $all clean clean update --no-render --to 1.1.0 --commit
done_testing
