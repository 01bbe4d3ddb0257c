#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The indexes of repositories: each is asked for once, all side by side, and kept.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"

if ! command -v python3 >/dev/null; then
	skip 'indexes' 'no python3'
	done_testing
	exit
fi
# Answers an index when two are asked for, at the latest after three seconds; says then how many waited together.
cat >serve.py <<'END'
import functools, http.server, sys, threading
together = threading.Barrier(2, timeout=3)
class H(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path.endswith("/index.yaml") and open("pause").read().strip() == "yes":
            try:
                together.wait()
                print("TOGETHER", file=sys.stderr, flush=True)
            except threading.BrokenBarrierError:
                together.reset()
        super().do_GET()
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(H, directory="www"))
print(s.server_address[1], flush=True)
s.serve_forever()
END
echo no >pause
mkdir -p www/a www/b
for repository in a b; do
	for chart in one two three; do
		mkdir -p "src/$repository-$chart"
		for version in 1.0.0 1.1.0; do
			printf 'apiVersion: v2\nname: %s-%s\nversion: %s\n' $repository $chart $version >"src/$repository-$chart/Chart.yaml"
			chart-package -q -d www/$repository "src/$repository-$chart" >/dev/null
		done
	done
	chart-package -q index www/$repository
done
start_any serve python3 serve.py
url=http://127.0.0.1:$PORT
mkdir infra
cd infra || exit 1
for repository in a b; do
	for chart in one two three; do
		chart-vendor add "$url/$repository/$repository-$chart" "charts/$repository-$chart" --version 1.0.0 >/dev/null
	done
done
sed -i 's/version: "1.0.0"/version: ^1/' chart-vendor.yaml
: >../serve.log
echo yes >../pause
t 'status of six charts of two repositories' sh -c 'chart-vendor status >../out'
lines=$(grep -c ' 1.1.0 ' ../out)
t 'each has a newer version' [ "$lines" = 6 ]
t 'each index was asked for once' [ "$(grep -c 'GET .*index.yaml' ../serve.log)" = 2 ]
t 'and had not changed' [ "$(grep -c 'GET .*index.yaml.* 304' ../serve.log)" = 2 ]
t 'both at the same time' [ "$(grep -o TOGETHER ../serve.log | wc -l)" = 2 ]
: >../serve.log
echo no >../pause
t 'update --all asks for each once too' sh -c 'chart-vendor update --all >../out 2>&1'
t 'which is so' [ "$(grep -c 'GET .*index.yaml' ../serve.log)" = 2 ]
rm -rf ../www/b
: >../serve.log
t 'a repository that is gone is told of at each of its charts' sh -c '
	chart-vendor status -o jsonl >../out; [ $? = 2 ] && [ "$(grep -c "\"error\"" ../out)" = 3 ]'
t 'and asked once' [ "$(grep -c 'GET /b/index.yaml' ../serve.log)" = 1 ]
t 'a chart that is gone is told of with what there is' sh -c '
	sed -i "s/name: a-one/name: a-none/; s/^  a-one:/  a-none:/" ../www/a/index.yaml
	touch -d 2099-01-01 ../www/a/index.yaml # servers tell times to the second
	chart-vendor status charts/a-one -o jsonl | grep -q "no chart"'
done_testing
