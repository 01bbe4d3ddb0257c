#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

chart web 1.10.0
mkdir repo
for v in 1.9.0 1.10.0 1.10.0-rc.1 1.10.0+b; do chart-package -d repo --version "$v" web; done >/dev/null
chart a10 0.1.0
chart a9 0.1.0
chart-package -d repo a10 a9 >/dev/null
digest() { sha256sum "$1" | cut -d' ' -f1; }

chart-package -q index repo
cat >want <<EOF
apiVersion: v1
entries:
  a9:
  - apiVersion: v2
    appVersion: "7.0"
    created: "TIME"
    description: the a9 of the tests
    digest: $(digest repo/a9-0.1.0.tgz)
    name: a9
    urls:
    - a9-0.1.0.tgz
    version: 0.1.0
  a10:
EOF
sed 's/"20[0-9:T.-]*Z"/"TIME"/' repo/index.yaml | head -n 13 >got
t 'the index is written as helm repo index writes it, keys in its order' same want got
lines 1.10.0+b 1.10.0 1.10.0-rc.1 1.9.0 | sort >want
sed -n '/^  web:/,$s/^    version: //p' repo/index.yaml | sort >got
t 'all versions are in it' same want got
lines 1.10.0-rc.1 1.9.0 >want
sed -n '/^  web:/,$s/^    version: //p' repo/index.yaml | tail -n 2 >got
t 'sorted by semver, highest first' same want got

cp repo/index.yaml before
t 'nothing new: not a byte changes' sh -c 'chart-package index repo 2>err && cmp before repo/index.yaml && grep -q unchanged err'
t 'and no archive is read' has ' 0 archives read' err
sleep 0.01
chart-package -d repo --version 1.11.0 web >/dev/null
t 'one new archive: one is read' sh -c 'chart-package index repo 2>err && grep -q " 1 archives read" err'
t 'the others keep their time' sh -c '
	grep "created:" before | sort >old && grep "created:" repo/index.yaml | sort >new &&
	[ "$(comm -23 old new | wc -l)" = 0 ] && [ "$(comm -13 old new | wc -l)" = 1 ]'
cp repo/index.yaml before
rm -rf "$XDG_CACHE_HOME"
t 'without the cache the result is the same' sh -c 'chart-package index repo 2>err && cmp before repo/index.yaml'
t 'a broken cache costs only time' sh -c '
	for f in "$XDG_CACHE_HOME"/chart-tools/index/*; do head -c 300 "$f" >x; cat x >"$f"; done
	chart-package index repo 2>err && cmp before repo/index.yaml'
sed 's/created: "20../created: "1999/' before >repo/index.yaml
t 'times come from the index even when it was edited' sh -c '
	chart-package index repo && ! grep -q "created: \"20" repo/index.yaml'

cp -R repo changed
chart-package -d newer --force --app-version 9 --version 1.11.0 web >/dev/null
cp newer/web-1.11.0.tgz changed/
t 'a version that changed after it was published is refused' status 1 sh -c 'chart-package index changed 2>err'
t 'and named' has 'web-1.11.0.tgz differs from the web 1.11.0 that was published' err
t 'also when all is read anew' status 1 sh -c 'chart-package index --no-cache changed 2>err'
t 'unless --force is given' sh -c 'chart-package index --force changed && grep -q "appVersion: \"9\"" changed/index.yaml'
rm -rf twice && mkdir -p twice/sub
cp repo/web-1.11.0.tgz twice/ && cp newer/web-1.11.0.tgz twice/sub/
t 'two archives of one version that differ are refused' status 1 sh -c 'chart-package index twice 2>err'
t 'both are named' has 'sub/web-1.11.0.tgz and web-1.11.0.tgz' err

mkdir -p deep/a/b/c 'deep/with space'
cp repo/web-1.9.0.tgz deep/a/b/c/
cp repo/web-1.10.0.tgz 'deep/with space/'
cp repo/a9-0.1.0.tgz deep/
t 'folders of any depth are read' sh -c 'chart-package index deep && grep -qx "    - a/b/c/web-1.9.0.tgz" deep/index.yaml'
t 'URLs are encoded' sh -c 'grep -qx "    - with%20space/web-1.10.0.tgz" deep/index.yaml'
t '--url comes before' sh -c '
	chart-package index --url https://example.org/charts/ deep &&
	grep -qx "    - https://example.org/charts/a/b/c/web-1.9.0.tgz" deep/index.yaml &&
	grep -qx "    - https://example.org/charts/a9-0.1.0.tgz" deep/index.yaml'

cat >old.yaml <<'EOF'
apiVersion: v1
entries:
  gone:
  - name: gone
    version: 1.0.0
    digest: aa
    created: "2020-01-01T00:00:00Z"
    urls: [https://elsewhere.example.org/gone.tgz]
    apiVersion: v1
  a9:
  - {name: a9, version: 0.0.9, digest: bb, created: "2020-02-02T00:00:00Z", urls: [a9.tgz], apiVersion: v2}
generated: "2020-01-01T00:00:00Z"
EOF
t '--merge keeps what only the other index has' sh -c '
	chart-package index --merge old.yaml deep && grep -q "gone.tgz" deep/index.yaml && grep -q "version: 0.0.9" deep/index.yaml'
t 'with its time' has 'created: "2020-02-02T00:00:00Z"' deep/index.yaml
t '--merge of a file that is not there merges nothing' sh -c 'chart-package index --merge none.yaml deep && [ ! -e none.yaml ]'

mkdir json && cp repo/*.tgz json/
t '--json writes JSON with the same entries' sh -c '
	chart-package index --json json && python3 - <<-EOF
	import json
	d = json.load(open("json/index.yaml"))
	assert d["apiVersion"] == "v1" and list(d) == ["apiVersion", "generated", "entries"], list(d)
	assert [e["version"] for e in d["entries"]["web"]][0] == "1.11.0"
	assert list(d["entries"]["a9"][0])[-3:] == ["urls", "created", "digest"], d["entries"]["a9"][0]
EOF'
t 'and is read again for its times' sh -c 'cp json/index.yaml j && chart-package index --json json && cmp j json/index.yaml'
mkdir empty
t 'a folder without archives gives an empty index' sh -c 'chart-package index empty && grep -qx "entries: {}" empty/index.yaml'

printf 'not an archive' >repo/bad-1.0.0.tgz
t 'a bad archive is an error that names it' sh -c '! chart-package index repo 2>err && grep -q repo/bad-1.0.0.tgz err'
rm repo/bad-1.0.0.tgz
printf 'entries: [\n' >repo/index.yaml
t 'a broken index is an error with its place' sh -c '! chart-package index repo 2>err && grep -q "repo/index.yaml:" err'
rm repo/index.yaml
t '-o json tells what was done' sh -c 'chart-package index -o json repo | grep -q "\"versions\": 7"'

# Eight publishers, each adding a version and indexing: whoever is last has all.
mkdir shared
for i in 1 2 3 4 5 6 7 8; do
	(chart-package -d shared --version "0.0.$i" web >/dev/null && chart-package -q index shared) &
done
wait
t 'eight publishers at once lose nothing' sh -c '[ "$(grep -c "^    version:" shared/index.yaml)" = 8 ]'

# Ended at any moment: the old index or the new one, never half of one.
for i in 1 2 3 4 5 6 7 8 9 10; do chart-package -d killed --version "0.0.$i" web; done >/dev/null
killed_ok=1
for ms in 001 002 003 004 006 008 010 012 015 020; do
	rm -rf "$XDG_CACHE_HOME"
	chart-package -q index killed &
	pid=$!
	sleep "0.$ms"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ ! -e killed/index.yaml ] || [ "$(tail -n 1 killed/index.yaml | cut -c1-9)" = generated ] || killed_ok=0
done
t 'an index is never half written' [ $killed_ok = 1 ]
t 'and the next run succeeds' sh -c 'chart-package -q index killed && [ "$(grep -c "^    version:" killed/index.yaml)" = 10 ]'

# Whatever a Chart.yaml may have, Helm's own index is the judge.
for helm in helm3 helm4; do
	if ! command -v $helm >/dev/null; then
		skip "$helm repo index writes the same of all kinds of charts" "no $helm"
		continue
	fi
	[ -d generated ] || python3 "$TOP/tests/tools/chart-package/make-archives.py" 300 generated
	rm -f generated/index.yaml
	chart-package -q index --skip-bad generated 2>/dev/null
	mv generated/index.yaml ours.yaml
	$helm repo index generated
	t "$helm repo index writes the same of all kinds of charts" \
		python3 "$TOP/tests/tools/chart-package/same-index.py" ours.yaml generated/index.yaml
	cp generated/index.yaml theirs.yaml
	t 'and what it wrote is read and kept, times included' sh -c '
		chart-package -q index --skip-bad generated 2>/dev/null; cmp theirs.yaml generated/index.yaml || {
			sort theirs.yaml >a; sort generated/index.yaml >b; cmp a b; }'
done

if command -v helm4 >/dev/null; then
	rm -rf repo/index.yaml
	chart-package -q index repo --url https://example.org/x
	grep -v -e created: -e generated: repo/index.yaml >ours
	helm4 repo index repo --url https://example.org/x
	grep -v -e created: -e generated: repo/index.yaml >theirs
	# Helm orders versions of equal precedence at random.
	sort ours >ours.sorted
	sort theirs >theirs.sorted
	t 'helm repo index writes the same lines' same theirs.sorted ours.sorted
	rm repo/index.yaml
	chart-package -q index --json repo
	helm4 repo index --json repo/../json
	t 'and the same keys in JSON' sh -c 'python3 - <<-EOF
	import json
	a, b = (json.load(open(p + "/index.yaml")) for p in ("repo", "json"))
	for d in (a, b):
	    d.pop("generated")
	    for v in d["entries"].values():
	        v.sort(key=lambda e: e["version"])
	        for e in v:
	            e.pop("created")
	assert json.dumps(a) == json.dumps(b), (a, b)
EOF'
else
	skip 'helm repo index writes the same lines' 'no helm'
fi
done_testing
