#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An index is the old or the new one at any moment: killed at any system call, with a full disk, interrupted by the user.
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

if [ ! -e "$OUT/tests/lib/killat.so" ] || ! command -v python3 >/dev/null; then
	skip 'killed at every system call' 'no killat.so (make test makes it) or no python3'
	done_testing
	exit
fi
export SOURCE_DATE_EPOCH=1700000000 ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
chart web 1.0.0
mkdir first
for v in 1.0.0 1.1.0 2.0.0; do chart-package -d first --version "$v" web; done >/dev/null
cp -a first next
chart-package -q index next
export SOURCE_DATE_EPOCH=1800000000
chart-package -d next --version 3.0.0 web >/dev/null
# What is remembered is about a folder of that name.
mv next now
rm -rf "$XDG_CACHE_HOME"
cp -a now keep
rm keep/web-3.0.0.tgz
mkdir aside
mv now/web-3.0.0.tgz aside
chart-package -q index now
mv aside/web-3.0.0.tgz now
cp -a now next
cp -a "$XDG_CACHE_HOME" next.cache
for how in kill half enospc eio; do
	t "a first index: $how" python3 "$TOP/tests/tools/chart-package/index-kill.py" $how first
	t "one archive more: $how" python3 "$TOP/tests/tools/chart-package/index-kill.py" $how next
done

# The user loses patience: nothing is left but the lock, and perhaps the index.
mkdir -p many tmp
python3 "$TOP/tests/tools/chart-package/make-archives.py" 300 many
ls -A many >before
interrupted=0
for ms in 005 010 020 030 040 060 080 120; do
	rm -rf "$XDG_CACHE_HOME" many/index.yaml
	# A shell ignores SIGINT for what it starts in the background.
	TMPDIR=$WORK/tmp python3 -c '
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
p = subprocess.Popen(["chart-package", "-q", "index", "--skip-bad", "many"], stderr=subprocess.DEVNULL)
time.sleep(float("0." + sys.argv[1]))
p.send_signal(signal.SIGINT)
sys.exit(p.wait() == -signal.SIGINT)' $ms || interrupted=$((interrupted + 1))
	[ ! -e many/index.yaml ] || tail -n 1 many/index.yaml | grep -q '^generated: ".*"$' || echo half >>broken
	ls -A many >after
	grep -vx -e index.yaml -e .index.yaml.lock after | cmp -s - before || cat after >>broken
	find tmp "$XDG_CACHE_HOME" -name '*.new' -o -path 'tmp/*' >>left 2>/dev/null
done
t "interrupted $interrupted times of 8, nothing half-written stays" [ ! -e broken ]
t 'and no temporary file' [ ! -s left ]
t 'it was interrupted' [ "$interrupted" -gt 0 ]
t 'and the next run completes it' chart-package -q index --skip-bad many
done_testing
