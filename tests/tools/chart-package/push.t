#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Archives into repositories over HTTP: a ChartMuseum (a real one where there is one, else by its documentation) and stores
# that take PUT (a scripted one with faults, and nginx).
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

if ! command -v python3 >/dev/null; then
	skip 'charts are pushed over HTTP' 'no python3'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY
export SOURCE_DATE_EPOCH=1700000000

# store NAME ARGS: starts a scripted store in folder NAME; sets PORT.
store() {
	name=$1
	shift
	mkdir -p "$name"
	start_any "$name" python3 "$TOP/tests/lib/store-server.py" "$name" "$@"
}
# fails TEXT STATUS COMMAND...: fails with that status and text.
fails() {
	fails_text=$1
	shift
	status "$@" 2>err && has "$fails_text" err
}

chart web 1.0.0
chart-package web >/dev/null
chart-package --version 1.0.1+b.5 web >/dev/null
chart-package -d other --app-version 9 web >/dev/null
# As far as a ChartMuseum looks, this is one.
prov() {
	printf -- '-----BEGIN PGP SIGNED MESSAGE-----\n\napiVersion: v2\nname: web\nversion: 1.0.0\n%s\n' "$1" >web-1.0.0.tgz.prov
}
D=sha256:$(sha256sum web-1.0.0.tgz | cut -d ' ' -f 1)

# What holds for every kind of store. checks WHAT URL FILE OPTIONS: FILE is where the archive is served.
checks() {
	what=$1 url=$2 file=$3
	shift 3
	lines "Pushed: $file" "Digest: $D" >want
	t "$what: an archive is stored" sh -c 'chart-package push "$@" >out' - web-1.0.0.tgz "$url" "$@"
	t "$what: and told" same want out
	t "$what: its bytes are served" sh -c 'curl -s "$0" | cmp - web-1.0.0.tgz' "$file"
	t "$what: a second time nothing is sent" sh -c 'chart-package push "$@" 2>err && grep -q "is there already" err' - web-1.0.0.tgz "$url" "$@"
	t "$what: other bytes are refused" fails 'with other bytes' 1 chart-package push other/web-1.0.0.tgz "$url" "$@"
	t "$what: and what was there stays" sh -c 'curl -s "$0" | cmp - web-1.0.0.tgz' "$file"
	t "$what: --force replaces" chart-package push --force other/web-1.0.0.tgz "$url" "$@"
	t "$what: it did" sh -c 'curl -s "$0" | cmp - other/web-1.0.0.tgz' "$file"
	t "$what: and back, -o json" sh -c 'chart-package push -o json --force "$@" >out && python3 - <<-EOP
		import json
		d = json.load(open("out"))[0]
		assert d["stored"] is True and d["provenance"] is False and d["path"] == "web-1.0.0.tgz", d
	EOP' - web-1.0.0.tgz "$url" "$@"
	t "$what: a version with metadata" chart-package push web-1.0.1+b.5.tgz "$url" "$@"
	prov one
	t "$what: a provenance file is added" chart-package push web-1.0.0.tgz "$url" "$@"
	t "$what: and served" sh -c 'curl -s "$0.prov" | cmp - web-1.0.0.tgz.prov' "$file"
	prov two
	t "$what: another one is refused" fails 'web-1.0.0.tgz.prov with other bytes' 1 chart-package push web-1.0.0.tgz "$url" "$@"
	t "$what: --force replaces it too" sh -c 'chart-package push --force "$@" && curl -s "$0.prov" | cmp - web-1.0.0.tgz.prov' "$file" web-1.0.0.tgz "$url" "$@"
	rm web-1.0.0.tgz.prov
	t "$what: what is no chart is not sent" fails 'not a gzip archive' 2 chart-package push web/Chart.yaml "$url" "$@"
}

# What happens on a bad line. faults WHAT METHOD FOLDER URL: FOLDER is that of the scripted store.
faults() {
	what=$1 method=$2 dir=$3 url=$4
	for fault in 503 cut lose; do
		rm -rf "$dir/data"
		echo "$method $fault" >"$dir/fault"
		t "$what: after $fault it is tried again" chart-package push web-1.0.0.tgz "$url"
		t "$what: $fault happened, the archive is whole" sh -c '! [ -e "$0/fault" ] && cmp "$(find "$0/data" -name "web-1.0.0.tgz")" web-1.0.0.tgz' "$dir"
	done
	rm -rf "$dir/data"
	echo "$method lie" >"$dir/fault"
	t "$what: a store that garbles is found out" fails "where $(sha256sum web-1.0.0.tgz | cut -d ' ' -f 1) was stored" 2 chart-package push web-1.0.0.tgz "$url"
	rm -rf "$dir/data"
	echo "$method race $WORK/other/web-1.0.0.tgz" >"$dir/fault"
	t "$what: another publisher was faster: conflict" fails 'with other bytes' 1 chart-package push web-1.0.0.tgz "$url"
	t "$what: whose bytes stay" sh -c 'cmp "$(find "$0/data" -name "web-1.0.0.tgz")" other/web-1.0.0.tgz' "$dir"
	rm -rf "$dir/data"
	echo "$method race $WORK/web-1.0.0.tgz" >"$dir/fault"
	t "$what: another stored the same: no conflict" chart-package push web-1.0.0.tgz "$url"
	rm -rf "$dir/data"
	echo "$method redirect http://127.0.0.1:1/x" >"$dir/fault"
	t "$what: uploads follow no redirect" fails 'answered 307, sends to http://127.0.0.1:1/x' 2 chart-package push web-1.0.0.tgz "$url"
	rm -rf "$dir/data"
}

store plain
P=http://127.0.0.1:$PORT
mkdir -p plain/data/charts
cp web-1.0.0.tgz plain/data/
checks put "$P/charts" "$P/charts/web-1.0.0.tgz"
mkdir repo
cp web-1.0.0.tgz repo/
chart-package -q index repo
t 'put: the index goes after the archives' sh -c ': >plain/requests; chart-package push repo/index.yaml repo/web-1.0.0.tgz "$0/charts/" >out && grep ^PUT plain/requests | tail -n 1 | grep -q index.yaml' "$P"
t 'put: and is replaced without a question' sh -c 'echo "# new" >>repo/index.yaml; chart-package push repo/index.yaml "$0/charts" && cmp plain/data/charts/index.yaml repo/index.yaml' "$P"
echo 'a: [' >bad.yaml && mkdir bad && mv bad.yaml bad/index.yaml
t 'put: a file that is no index is not sent' status 2 chart-package push bad/index.yaml "$P/charts"
t 'put: what was stored is a repository' sh -c 'chart-package pull -d got web --repo "$0/charts" && cmp got/web-1.0.0.tgz web-1.0.0.tgz' "$P"
faults put PUT plain "$P/charts"

store museum museum
M=http://127.0.0.1:$PORT
checks museum "$M/org" "$M/org/charts/web-1.0.0.tgz"
t 'museum: its API was used' sh -c 'grep -q "^POST /api/org/charts " museum/requests && grep -q "^POST /api/org/prov " museum/requests && ! grep -q ^PUT museum/requests'
t 'museum: provenance goes first' sh -c 'rm -r museum/data; : >museum/requests; printf "name: web\nversion: 1.0.0\n" >web-1.0.0.tgz.prov; chart-package push web-1.0.0.tgz "$0/org" && rm web-1.0.0.tgz.prov && grep ^POST museum/requests | head -n 1 | grep -q prov' "$M"
t 'museum: it makes its own index' fails 'makes its own index.yaml' 2 chart-package push repo/index.yaml "$M/org"
t 'museum: --api is believed' fails 'answered 405' 2 chart-package push web-1.0.0.tgz "$P/none" --api chartmuseum
faults museum POST museum "$M/org"
store deep museum /helm/charts
M=http://127.0.0.1:$PORT/helm/charts
t 'museum: below a context path' sh -c 'chart-package push web-1.0.0.tgz "$0/org" && grep -q "^POST /helm/charts/api/org/charts " deep/requests' "$M"

store auth auth
A=http://127.0.0.1:$PORT
printf 'good-token\n' >token
printf 'bad-token\n' >bad-token
printf 'two words\n' >no-token
t 'without a password: refused' fails 'answered 401' 2 chart-package push web-1.0.0.tgz "$A" --api put
t 'with one: stored' chart-package push web-1.0.0.tgz "$A" --username me --password secret
t 'from standard input' sh -c 'echo secret | chart-package push web-1.0.1+b.5.tgz "$0" --username me --password-stdin' "$A"
t 'a bearer token' sh -c ': >auth/requests; chart-package push web-1.0.0.tgz "$0" --token-file token && grep -q "Bearer good-token" auth/requests' "$A"
t 'a wrong one' fails '401' 2 chart-package push web-1.0.0.tgz "$A" --token-file bad-token
t 'what is no token is not sent' fails 'holds no token' 2 chart-package push web-1.0.0.tgz "$A" --token-file no-token
t 'one way only' fails 'exclude each other' 2 chart-package push web-1.0.0.tgz "$A" --token-file token --username me
t 'a token for pull' sh -c 'cp repo/index.yaml auth/data/ && chart-package pull -d tok web --repo "$0" --token-file token && cmp tok/web-1.0.0.tgz web-1.0.0.tgz' "$A"
mkdir helm
printf 'apiVersion: ""\nrepositories:\n- {name: ours, url: "%s", username: me, password: secret}\n' "$A" >helm/repositories.yaml
t 'a repository that Helm knows, by @NAME' env HELM_CONFIG_HOME="$WORK/helm" chart-package push web-1.0.0.tgz @ours
t 'or by its URL' env HELM_CONFIG_HOME="$WORK/helm" chart-package push web-1.0.0.tgz "$A/"
t 'an unknown @NAME' fails 'no repository definition' 2 chart-package push web-1.0.0.tgz @none
t 'a password in a URL is in no message' sh -c '! chart-package push other/web-1.0.0.tgz "http://me:secret@127.0.0.1:${0##*:}" >out 2>&1 && ! grep -q secret out && grep -q "other bytes" out' "$A"
t 'a query is refused' fails 'no query' 2 chart-package push web-1.0.0.tgz "$P/x?y=z"
t 'so is a folder' status 2 chart-package push web-1.0.0.tgz repo
t 'and a file URL' fails 'no http' 2 chart-package push web-1.0.0.tgz "file://$WORK/repo"
t '--api is not for registries' fails '--api' 2 chart-package push web-1.0.0.tgz oci://127.0.0.1:1/x --api put

if command -v nginx >/dev/null && nginx -V 2>&1 | grep -q http_dav_module; then
	PORT=$(free_port)
	mkdir -p nginx/data/charts
	start_nginx "$PORT" nginx "server { listen 127.0.0.1:$PORT; root $WORK/nginx/data; client_max_body_size 1m;
		location /charts/ { dav_methods PUT; create_full_put_path on; } }"
	N=http://127.0.0.1:$PORT
	checks nginx "$N/charts" "$N/charts/web-1.0.0.tgz"
	t 'nginx: the index too' chart-package push repo/index.yaml "$N/charts"
	t 'nginx: where PUT is not allowed' fails 'answered 405 (it takes no such uploads)' 2 chart-package push web-1.0.0.tgz "$N/elsewhere"
	head -c 2000000 /dev/urandom >web/files/big
	chart-package -d big --version 7.0.0 web >/dev/null
	rm web/files/big
	t 'nginx: what is too large for it' fails 'answered 413' 2 chart-package push big/web-7.0.0.tgz "$N/charts"
	if command -v helm4 >/dev/null; then
		export HELM_CACHE_HOME="$WORK/h" HELM_CONFIG_HOME="$WORK/h" HELM_DATA_HOME="$WORK/h"
		t 'nginx: helm repo add and pull' sh -c 'helm4 repo add ours "$0/charts" && helm4 pull ours/web -d h && cmp h/web-1.0.0.tgz web-1.0.0.tgz' "$N"
	fi
else
	skip 'nginx takes PUT' 'no nginx'
fi

MUSEUM=${CHARTMUSEUM:-$(command -v chartmuseum || :)}
if [ -n "$MUSEUM" ]; then
	PORT=$(free_port)
	mkdir real
	start_at "$PORT" museum "$MUSEUM" --port "$PORT" --listen-host 127.0.0.1 --storage local --storage-local-rootdir real --depth 1 \
		--context-path /cm --basic-auth-user me --basic-auth-pass secret --auth-anonymous-get
	U=http://127.0.0.1:$PORT/cm/org
	checks 'real ChartMuseum' "$U" "$U/charts/web-1.0.0.tgz" --username me --password secret
	t 'real ChartMuseum: without a password' fails 'answered 401' 2 chart-package push --force other/web-1.0.0.tgz "$U"
	echo broken >web-1.0.0.tgz.prov
	t 'real ChartMuseum: what it says of a broken provenance file is told' fails 'invalid provenance file' 2 \
		chart-package push --force web-1.0.0.tgz "$U" --username me --password secret
	rm web-1.0.0.tgz.prov
	t 'real ChartMuseum: we pull from it' sh -c 'chart-package pull -d cm web --repo "$0" --version 1.0.0 && cmp cm/web-1.0.0.tgz web-1.0.0.tgz' "$U"
else
	skip 'a real ChartMuseum' 'no chartmuseum (CHARTMUSEUM=)'
fi
done_testing
