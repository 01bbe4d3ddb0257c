#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sources of all kinds are asked side by side; what is told comes in the order of the charts; Ctrl-C ends it at once.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

if ! command -v python3 >/dev/null; then
	skip 'side by side' 'no python3'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY NETRC
export LSAN_OPTIONS="$LSAN_OPTIONS:detect_leaks=0"

publish 1.0.0
publish 1.1.0
mkdir srv
for i in 1 2 3 4; do
	git init -q -b main "srv/g$i"
	for v in 1.0.0 1.1.0; do
		upstream_chart $v
		rm -rf "srv/g$i/web"
		cp -a src/web "srv/g$i/web"
		git -C "srv/g$i" add -A
		git -C "srv/g$i" commit -q -m "web $v"
		git -C "srv/g$i" tag web-$v
	done
	git -C "srv/g$i" branch stable web-1.0.0
done
cp -r www srv/www
start_any git python3 "$TOP/tests/tools/chart-vendor/git-server.py" "$WORK/srv" "$WORK/log"
U=http://127.0.0.1:$PORT
mkdir infra
cd infra || exit 1
git init -q -b main .
for i in 1 2 3 4; do chart-vendor -q add "git+$U/plain/g$i/.git//web" "git$i" --ref 'web-*' --version 1.0.0; done
chart-vendor -q add "git+$U/plain/g1/.git//web" again --ref stable
chart-vendor -q add "$U/file/www/web" http --version 1.0.0
chart-vendor -q add "$U/file/www/web-1.0.0.tgz" url
sed -i -e 's/version: "1.0.0"/version: ^1/' -e 's|/plain/|/slow/|' chart-vendor.yaml
git add -A
git commit -q -m 'Vendor web'
rm ../log.most ../log
rm -rf "$XDG_CACHE_HOME"

t 'status' sh -c 'chart-vendor status >../status'
t 'has all versions' test "$(grep -c 1.1.0 ../status)" = 5
t 'asked many servers at once' test "$(cat ../log.most)" -ge 4
t 'each repository once' test "$(grep -c 'GET /slow/g1/.git/info/refs' ../log)" -le 2
rm ../log.most
t 'update --dry-run' sh -c 'chart-vendor update --all --dry-run --no-render >../update'
grep -- '->' ../update | cut -d: -f1 >../order
printf 'git1\ngit2\ngit3\ngit4\nhttp\n' >../want
t 'tells of the charts in their order' same ../want ../order
t 'the second time nothing is sent' sh -c ': >../log; chart-vendor update --all --dry-run --no-render >/dev/null && ! grep -q POST ../log'
t 'update' chart-vendor update --all --no-render
t 'all of them' test "$(grep -l 'version: 1.1.0' ./*/Chart.yaml | wc -l)" = 5
t 'and they verify' chart-vendor verify

# Errors come in the order of the charts, whichever came first.
git add -A
git commit -q -m 'Update web'
mv ../srv/g3 ../srv/gone3
mv ../srv/www ../srv/nowww
t 'two servers that fail' status 2 sh -c 'chart-vendor status -o jsonl --retries 0 >../one'
chart-vendor status -o jsonl --retries 0 >../two
t 'are told of in the same way each time' same ../one ../two
t 'each with its own' sh -c 'grep -c "\"error\":" ../one | grep -qx 3'
t 'the others are there' sh -c 'grep "\"path\":\"git4\"" ../one | grep -q "\"newest\":\"1.1.0\""'
mv ../srv/gone3 ../srv/g3
mv ../srv/nowww ../srv/www

# Ctrl-C
rm -rf "$XDG_CACHE_HOME"
sed -i 's|/slow/|/stall/|' chart-vendor.yaml
before=$(digest .)
python3 - >../how <<'END'
import os, signal, subprocess, sys, time
# In the background of a shell the signal would be ignored.
p = subprocess.Popen(["chart-vendor", "update", "--all"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                     preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
time.sleep(1.5)
start = time.time()
p.send_signal(signal.SIGINT)
p.wait()
print(p.returncode, "late" if time.time() - start > 3 else "at once")
END
t 'Ctrl-C ends it' sh -c 'grep -qx -e "-2 at once" ../how || { cat ../how; false; }'
t 'nothing has changed' test "$before" = "$(digest .)"
sed -i 's|/stall/|/plain/|' chart-vendor.yaml
t 'and then it works' chart-vendor status
done_testing
