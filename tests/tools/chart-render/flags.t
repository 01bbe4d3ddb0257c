#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where charts and values come from, and Helm's flags that change nothing.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"

mkdir -p c/templates www
printf 'apiVersion: v2\nname: c\nversion: 1.0.0\n' >c/Chart.yaml
echo 'one: 1' >c/values.yaml
echo 'v: {{ .Values.one }}, {{ .Values.two }}' >c/templates/a.yaml
chart-render c >plain

# Flags.
ok() {
	chart-render c "$@" >out 2>err && cmp out plain && ! [ -s err ]
}
t 'flags of installs change nothing' ok --wait --wait=watcher --timeout 10m --rollback-on-failure --create-namespace \
	--disable-openapi-validation --description text --replace --take-ownership --force-conflicts --force-replace \
	--server-side=false --wait-for-jobs -l a=b,c=d --labels e=f --keyring k --skip-crds
t 'nor do those of Helm 3' ok --compat helm3 --atomic --hide-notes --render-subchart-notes --force
chart-render c --hide-notes --render-subchart-notes --atomic --force >out 2>err
t 'Helm 4 tells that they are to go' sh -c 'cmp out plain && [ $(grep -c "^Flag --[a-z-]* has been deprecated, " err) = 4 ] &&
	grep -qx "Flag --atomic has been deprecated, use --rollback-on-failure instead" err'
t 'nor those for clusters and for files of Helm' ok --kube-context x --kubeconfig y --kube-token z --kube-as-user u \
	--kube-as-group g --kube-apiserver a --kube-ca-file f --kube-tls-server-name n --kube-insecure-skip-tls-verify \
	--qps 5 --burst-limit 3 --registry-config r --repository-cache c --repository-config d --content-cache e --colour never
t 'a dry run for a client is what there is' ok --dry-run=client
chart-render c --dry-run >out 2>err
t 'without a value it is told to be old' has "level=WARN msg=\"--dry-run is deprecated and should be replaced with '--dry-run=client'\"" err
chart-render c --dry-run=true >out 2>err
t 'so are booleans' has "level=WARN msg=\"boolean '--dry-run=true' flag is deprecated and must be replaced with '--dry-run=client'\"" err
t 'none is refused' status 1 chart-render c --dry-run=none
t 'a server is not asked' sh -c 'chart-render c --dry-run=server 2>err; [ $? = 1 ] && grep -q "needs a cluster" err'
t 'nor to validate' status 1 chart-render c --validate
t 'what changes nothing is not listed' sh -c '! chart-render --help | grep -qe "--atomic"'
chart-render c --debug 2>err >out
t '--debug logs as Helm does' sh -c 'printf "level=DEBUG msg=\"Original chart version\" version=\"\"\nlevel=DEBUG msg=\"Chart path\" path=%s\nlevel=DEBUG msg=\"number of dependencies in the chart\" chart=c dependencies=0\n" "$WORK/c" | cmp - err'

# What a release says of itself.
mkdir -p rel/templates
printf 'apiVersion: v2\nname: rel\nversion: 1.0.0\n' >rel/Chart.yaml
echo '{{ .Release.Name }} {{ .Release.IsInstall }} {{ .Release.IsUpgrade }} {{ getHostByName "localhost" | default "no name" }}' >rel/templates/NOTES.txt
sed 's/.*/a: &/' rel/templates/NOTES.txt >rel/templates/a.yaml
release() { chart-render "$@" >out && tail -n 1 out; }
t 'it is an install' test "$(release rel)" = 'a: release-name true false no name'
t '--is-upgrade' test "$(release rel --is-upgrade)" = 'a: release-name false true no name'
t '--enable-dns' test "$(release rel --enable-dns | sed 's/[0-9.:]*$/ADDRESS/')" = 'a: release-name true false ADDRESS'
t '--generate-name names nothing, as in Helm' test "$(release rel -g)" = 'a: release-name true false no name'
t '  but refuses a name' status 1 chart-render -g x rel

# Places.
tar czf c.tgz c
t 'an archive' sh -c 'chart-render c.tgz | cmp - plain'
t 'an archive on standard input' sh -c 'chart-render - <c.tgz | cmp - plain'
git init -q repo && cp -r c repo/c && git -C repo add . && git -C repo commit -qm one
echo 'v: later' >repo/c/templates/a.yaml && git -C repo commit -qam two
t 'a revision of git' sh -c 'cd repo && chart-render HEAD~1:c | cmp - ../plain'
t 'that is not there' status 1 sh -c 'cd repo && chart-render HEAD~5:c'
t 'a path that is not there' sh -c 'chart-render ./no 2>err; [ $? = 1 ] && grep -qF "path \"./no\" not found" err'

cp c.tgz www/c-1.0.0.tgz
printf 'apiVersion: v1\nentries:\n  c:\n  - {name: c, version: 1.0.0, urls: [c-1.0.0.tgz], apiVersion: v2}\n' >www/index.yaml
echo 'two: over the wire' >www/v.yaml
start_any files python3 "$TOP/tests/lib/faulty-server.py" www
U=http://127.0.0.1:$PORT/ok
t 'a repository' sh -c 'chart-render c --repo "$0" | cmp - plain' "$U"
t 'a version of it' sh -c 'chart-render rel c --repo "$0" --version "~1.0" >out && grep -q "v: 1," out' "$U"
t 'that is not there' status 1 chart-render c --repo "$U" --version 2
sed 's/version: 1.0.0,/version: 2.0.0-rc.1,/' www/index.yaml | sed '1,/^  c:/d' >rc && cat rc >>www/index.yaml
t 'a prerelease is not taken' sh -c 'chart-render c --repo "$0" --version ">=2" 2>err; [ $? = 1 ]' "$U"
t '  but with --devel' sh -c 'chart-render c --repo "$0" --devel | cmp - plain' "$U"
t 'an archive by its URL' sh -c 'chart-render "$0/c-1.0.0.tgz" | cmp - plain' "$U"
chart-render c -f "$U/v.yaml" >out
t 'values by URL' has 'v: 1, over the wire' out
echo by wire >www/w.txt
chart-render c --set-file "two=$U/w.txt" >out
t '--set-file by URL' has 'v: 1, by wire' out
t 'values that are not there' sh -c 'chart-render c -f "$0/no.yaml" 2>err; [ $? = 1 ] && grep -q "failed to fetch $0/no.yaml" err' "$U"
# wrong TEXT ARGS...: rendering fails with these words.
wrong() {
	wrong_text=$1
	shift
	! chart-render "$@" 2>err >out || return 1
	printf 'Error: %s\n' "$wrong_text" | cmp - err
}
t 'the URL of a file is the name of a file, as in Helm' wrong "open file://$WORK/www/v.yaml: no such file or directory" c -f "file://$WORK/www/v.yaml"
cp "$WORK/www/v.yaml" '50%.yaml'
cp "$WORK/www/v.yaml" 'a,b.yaml'
cp "$WORK/www/v.yaml" 'p:q.yaml'
t 'a name that is no URL is refused' wrong 'parse "50%.yaml": invalid URL escape "%.y"' c -f 50%.yaml
t '  also in --set-file' wrong 'failed parsing --set-file data: parse "50%.yaml": invalid URL escape "%.y"' c --set-file x=50%.yaml
t '  also behind #' wrong 'parse "a#%": invalid URL escape "%"' c -f 'a#%'
t '  or with a colon behind a blank' wrong 'parse "a b:c": first path segment in URL cannot contain colon' c -f 'a b:c'
chart-render c -f '"a,b.yaml",p:q.yaml' -f '' >out
t 'names with commas are quoted' has 'v: 1, over the wire' out
t 'quotes must be closed' wrong 'invalid argument "\"a" for "-f, --values" flag: parse error on line 1, column 3: extraneous or missing " in quoted-field' c -f '"a'
t '  and stand at the ends' wrong 'invalid argument "a\"b" for "-a, --api-versions" flag: parse error on line 1, column 2: bare " in non-quoted-field' c -a 'a"b'
t 'another scheme is the name of a file' sh -c 'chart-render c -f ftp://x/y 2>err; grep -qF "open ftp://x/y: no such file or directory" err'
mkdir -p d/templates && cp c/Chart.yaml d/
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {two: "{{ .Values.two }}"}\n' >d/templates/a.yaml
chart-diff d d --new-values "$U/v.yaml" >out 2>err
t 'chart-diff reads values by URL, too' has 'over the wire' out
t 'and chart-lint' chart-lint --format helm c -f "$U/v.yaml" --debug --kube-context x

done_testing
