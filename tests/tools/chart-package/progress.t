#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Long work tells how far it is, on a terminal only; results as JSON for programs.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

if ! command -v python3 >/dev/null; then
	skip 'progress' 'no python3'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY
cat >on-terminal.py <<'EOP'
"""on-terminal.py COMMAND...: runs it with a terminal as standard error, which is printed."""
import os
import pty
import sys
main, side = pty.openpty()
pid = os.fork()
if pid == 0:
    os.dup2(side, 2)
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    os.execvp(sys.argv[1], sys.argv[1:])
os.close(side)
while True:
    try:
        data = os.read(main, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
EOP
shows() {
	shows_text=$1
	shift
	python3 on-terminal.py "$@" >shown || { cat shown; return 1; }
	tr '\r' '\n' <shown >lines.txt
	grep -Eq "$shows_text" lines.txt || { cat -v lines.txt; return 1; }
}
mkdir -p store/data
start_any store python3 "$TOP/tests/lib/store-server.py" store
U=http://127.0.0.1:$PORT
chart web 1.0.0
head -c 9000000 /dev/urandom >web/files/big
chart-package -q -d repo web >/dev/null
chart-package -q index repo
cp repo/* store/data/

echo 'GET slow' >store/fault
t 'pull shows how much came' shows 'fetching +[0-9]+%' chart-package pull -d got "$U/web-1.0.0.tgz"
t 'and wipes it at the end' sh -c 'tail -c 4 shown | grep -q "\[K"'
rm store/data/*
echo 'PUT slow' >store/fault
t 'push shows how much went' shows 'pushing +[0-9]+%' chart-package push --api put repo/web-1.0.0.tgz "$U"
rm store/data/*
echo 'PUT slow' >store/fault
t '-q shows nothing' sh -c 'python3 on-terminal.py chart-package push -q --api put repo/web-1.0.0.tgz "$0" >shown && ! [ -s shown ]' "$U"
rm store/data/*
echo 'PUT slow' >store/fault
t 'nor does a file' sh -c 'chart-package push --api put repo/web-1.0.0.tgz "$0" 2>shown && ! [ -s shown ]' "$U"
rm web/files/big
i=0
while [ $i -lt 300 ]; do
	i=$((i + 1))
	mkdir -p "c/c$i/templates" && cp web/values.yaml "c/c$i/"
	head -c 40000 /dev/urandom | base64 >"c/c$i/templates/_a"
	printf 'apiVersion: v2\nname: c%d\nversion: 1.0.0\n' $i >"c/c$i/Chart.yaml"
done
t 'packing many shows how many' sh -c 'for n in 1 2 3 4 5 6; do set -- "$@" c/c*; done; python3 on-terminal.py chart-package -d many "$@" >shown && tr "\r" "\n" <shown | grep -Eq "packing +[0-9]+% \([0-9]+/1800\)"'

# json VERB...: what it prints is JSON and nothing else.
json() { chart-package -o json "$@" >out 2>err && python3 -c 'import json; json.load(open("out"))' && ! [ "$(head -c 2 out)" = '' ]; }
chart dep 0.1.0
printf 'dependencies: [{name: dep, version: 0.x, repository: "file://../dep"}]\n' >>web/Chart.yaml
t 'deps update as JSON' json deps update web
t 'with path and digest' sh -c 'python3 -c "
import hashlib, json
d = json.load(open(\"out\"))[0]
assert d[\"name\"] == \"dep\" and d[\"version\"] == \"0.1.0\", d
assert d[\"digest\"] == hashlib.sha256(open(d[\"path\"], \"rb\").read()).hexdigest(), d"'
t 'deps build as JSON' json deps build web
t 'deps list as JSON' json deps list web
t 'packing as JSON' json -d json web
t '--check as JSON' json --check json/web-1.0.0.tgz web
t 'with what is the same' has '"same": "bytes"' out
printf 'x: 1\n' >>web/values.yaml
t 'or not' sh -c '! chart-package -o json --check json/web-1.0.0.tgz web >out && python3 -c "
import json
d = json.load(open(\"out\"))
assert d[\"same\"] == \"no\" and d[\"differs\"] == [\"web/values.yaml\"] and not d[\"onlyInFolder\"], d"'
for verb in 'index json' 'show chart web' 'show values web' 'show images web' 'bump --patch --dry-run web' 'prune --keep 1 json' \
	'pull web --repo json -d pulled'; do
	# shellcheck disable=SC2086 # words
	t "$verb as JSON" json $verb
done
done_testing
