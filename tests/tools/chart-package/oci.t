#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Charts in a real OCI registry: pushed, pulled, by us and by Helm, with and without credentials, TLS and faults.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

if ! command -v docker-registry >/dev/null || ! command -v python3 >/dev/null; then
	skip 'charts in a registry' 'no docker-registry or no python3'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY HELM_REGISTRY_CONFIG HELM_CONFIG_HOME DOCKER_CONFIG
export OTEL_TRACES_EXPORTER=none

push() { chart-package push --plain-http "$@"; }
pull() { chart-package pull --plain-http "$@"; }
digest() { sed -n 's/^Digest: //p' "$1"; }
fresh() { rm -rf "$XDG_CACHE_HOME" got; }

start_registry plain ''
R=127.0.0.1:$PORT
chart web 1.0.0
cat >>web/Chart.yaml <<'EOF'
home: https://example.org/web
sources: [https://example.org/src, https://example.org/other]
maintainers: [{name: one, email: one@example.org}, {name: two}]
annotations: {example.org/x: "<1>", org.opencontainers.image.title: other}
EOF
export SOURCE_DATE_EPOCH=1700000000
for v in 1.0.0 1.1.0 1.2.0-rc.1 1.0.1+b.5; do chart-package --version $v web; done >/dev/null

t 'an archive is pushed' sh -c 'chart-package push --plain-http web-1.0.0.tgz "oci://$0/charts" >out' "$R"
t 'the reference is printed as Helm does' grep -qx "Pushed: $R/charts/web:1.0.0" out
t 'and the digest of the manifest' grep -Eqx 'Digest: sha256:[0-9a-f]{64}' out
cp out first
touch -d @5 web-1.0.0.tgz
t 'pushed again' sh -c 'chart-package push --plain-http web-1.0.0.tgz "oci://$0/charts" >out 2>err' "$R"
t 'it has the same digest' same first out
t 'and it is told that nothing was stored' has 'is there already' err
push web-1.0.0.tgz "oci://$R/elsewhere" >out
t 'elsewhere the manifest is the same' sh -c '[ "$(sed -n 2p out)" = "$(sed -n 2p first)" ]'
t 'several at once' push web-1.1.0.tgz web-1.2.0-rc.1.tgz web-1.0.1+b.5.tgz "oci://$R/charts/"
t '-o json tells all' sh -c 'chart-package push -o json --plain-http web-1.1.0.tgz "oci://$0/charts" | grep -q "\"stored\": false"' "$R"
chart-package --version 1.1.0 -d other --app-version 9 web >/dev/null
t 'a version with other bytes is not replaced' status 1 push other/web-1.1.0.tgz "oci://$R/charts"
push other/web-1.1.0.tgz "oci://$R/charts" 2>err
t 'that is told' has 'exists with other bytes' err
t '--force replaces it' push --force other/web-1.1.0.tgz "oci://$R/charts"
t 'and back' push --force web-1.1.0.tgz "oci://$R/charts"
t 'a folder is no archive' status 2 push web "oci://$R/charts"
t 'a tag in the target is refused' status 2 push web-1.0.0.tgz "oci://$R/charts:1"
t 'so is an upper-case path' status 2 push web-1.0.0.tgz "oci://$R/Charts"
t 'and a target that is no registry' status 2 push web-1.0.0.tgz "http://$R/charts"

t 'the highest release is pulled' sh -c 'chart-package pull --plain-http -d got "oci://$0/charts/web" >out && [ "$(cat out)" = got/web-1.1.0.tgz ]' "$R"
t 'with its bytes' cmp got/web-1.1.0.tgz web-1.1.0.tgz
t 'by tag' sh -c 'chart-package pull --plain-http -d got "oci://$0/charts/web:1.0.0" && cmp got/web-1.0.0.tgz web-1.0.0.tgz' "$R"
t 'by constraint' sh -c 'rm -r got; chart-package pull --plain-http -d got "oci://$0/charts/web" --version "<1.0.1" && ls got/web-1.0.0.tgz' "$R"
t 'with build metadata' sh -c 'chart-package pull --plain-http -d got "oci://$0/charts/web" --version 1.0.1+b.5 && cmp got/web-1.0.1+b.5.tgz web-1.0.1+b.5.tgz' "$R"
t '--devel takes prereleases' sh -c 'chart-package pull --plain-http -d got --devel "oci://$0/charts/web" && ls got/web-1.2.0-rc.1.tgz' "$R"
t 'by digest' sh -c 'rm -r got; chart-package pull --plain-http -d got "oci://$0/charts/web@$1" && cmp got/web-1.0.0.tgz web-1.0.0.tgz' "$R" "$(digest first)"
t 'a digest that is not there' status 2 pull -d got "oci://$R/charts/web@sha256:$(printf %064d 7)"
cat >tag.py <<'EOF'
import sys, urllib.request
url, kind = sys.argv[1], "application/vnd.oci.image.manifest.v1+json"
text = urllib.request.urlopen(urllib.request.Request(url + "1.0.0", headers={"Accept": kind})).read()
urllib.request.urlopen(urllib.request.Request(url + sys.argv[2], text, {"Content-Type": kind}, method="PUT"))
EOF
python3 tag.py "http://$R/v2/charts/web/manifests/" v9.0.0
t 'a tag that begins with v' sh -c 'chart-package pull --plain-http -d v "oci://$0/charts/web" --version v9.0.0 && cmp v/web-1.0.0.tgz web-1.0.0.tgz' "$R"
t 'no version fits' status 2 pull -d got "oci://$R/charts/web" --version '>7'
t 'a tag and another version contradict' status 2 pull -d got "oci://$R/charts/web:1.0.0" --version 1.1.0
t 'no such chart' status 2 pull -d got "oci://$R/charts/none"
t 'unpacked' sh -c 'chart-package pull --plain-http --untar --untardir un "oci://$0/charts/web:1.0.0" && [ -f un/web/templates/a.yaml ]' "$R"
t 'show reads from a registry' sh -c 'chart-package show chart --plain-http "oci://$0/charts/web" | grep -qx "version: 1.1.0"' "$R"
t 'chart-render too' sh -c 'chart-render r "oci://$0/charts/web" --plain-http --version 1.0.0 >a && chart-render r web-1.0.0.tgz >b && cmp a b' "$R"
t 'and chart-lint' sh -c 'chart-lint --plain-http "oci://$0/charts/web:1.0.0" | grep -q .' "$R"
t 'and chart-diff' sh -c 'chart-diff --plain-http "oci://$0/charts/web:1.0.0" web-1.0.0.tgz && ! chart-diff nothing web-1.0.0.tgz' "$R"
t 'without --plain-http the way out is named' sh -c '! timeout 60 chart-package pull "oci://$0/charts/web" 2>err && grep -q -e --plain-http err' "$R"

mkdir top
cp -r web top/app
cat >>top/app/Chart.yaml <<EOF
dependencies: [{name: web, version: ~1.0.0, repository: "oci://$R/charts"}]
EOF
sed 's/^name: web/name: app/' top/app/Chart.yaml >c && mv c top/app/Chart.yaml
t 'dependencies come from registries' sh -c 'chart-package deps update top/app --plain-http && ls top/app/charts/web-1.0.1+b.5.tgz'

printf 'signed, in a way\n' >web-1.0.0.tgz.prov
t 'a provenance file is added to what is there' sh -c 'chart-package push --plain-http web-1.0.0.tgz "oci://$0/charts" >prov && ! cmp -s prov first' "$R"
fresh
t 'and pulled' sh -c 'chart-package pull --plain-http --prov -d got "oci://$0/charts/web:1.0.0" && cmp got/web-1.0.0.tgz.prov web-1.0.0.tgz.prov' "$R"
t 'where there is none it is missed' status 2 pull --prov -d got "oci://$R/charts/web:1.1.0"
printf 'signed otherwise\n' >web-1.0.0.tgz.prov
t 'another provenance is a conflict' status 1 push web-1.0.0.tgz "oci://$R/charts"
rm web-1.0.0.tgz.prov

# chart-vendor keeps a copy of it.
mkdir infra
git -C infra init -q -b main .
t 'chart-vendor adds from a registry' sh -c 'cd infra && chart-vendor add --plain-http "oci://$0/charts/web" charts/web --version "<1.1"' "$R"
t 'and records it' has "repository: oci://$R/charts" infra/chart-vendor.yaml
t 'status is up to date' sh -c 'cd infra && chart-vendor status --plain-http --exit-code'
sed 's/version: .<1.1./version: <2/' infra/chart-vendor.yaml >c && mv c infra/chart-vendor.yaml
t 'a newer tag is seen' sh -c 'cd infra && chart-vendor status --plain-http --outdated -o paths | grep -qx charts/web'
t 'and merged' sh -c 'cd infra && chart-vendor update --plain-http charts/web && grep -q "version: 1.1.0" charts/web/Chart.yaml'
t 'and verified' sh -c 'cd infra && chart-vendor verify'
push --force other/web-1.1.0.tgz "oci://$R/charts" >/dev/null
t 'a version that was published anew is an alarm' sh -c 'cd infra && ! chart-vendor update --plain-http charts/web 2>err && grep -q "published 1.1.0 again" err'
push --force web-1.1.0.tgz "oci://$R/charts" >/dev/null

HELM=$(command -v helm4 || :)
for h in helm3 helm4; do
	if ! command -v $h >/dev/null; then
		skip "$h and we exchange charts" "no $h"
		continue
	fi
	touch -d @$SOURCE_DATE_EPOCH web-1.0.0.tgz
	TZ=UTC $h push web-1.0.0.tgz "oci://$R/$h" --plain-http >out 2>&1
	t "$h makes the same manifest" sh -c '[ "$(sed -n "s/^Digest: //p" out)" = "$(sed -n "s/^Digest: //p" first)" ]'
	fresh
	t "we pull what $h pushed" sh -c 'chart-package pull --plain-http -d got "oci://$0/web" && cmp got/web-1.0.0.tgz web-1.0.0.tgz' "$R/$h"
	mkdir "by-$h"
	t "$h pulls what we pushed" sh -c '$1 pull "oci://$0/charts/web" --version "^1" --plain-http -d by-$1 && cmp by-$1/web-1.1.0.tgz web-1.1.0.tgz' "$R" $h
	t "with provenance ($h)" sh -c '$1 pull "oci://$0/charts/web" --version 1.0.0 --prov --plain-http -d by-$1 && grep -q "in a way" by-$1/web-1.0.0.tgz.prov' "$R" $h
	t "$h shows it" sh -c '$1 show chart "oci://$0/charts/web" --version 1.0.1+b.5 --plain-http | grep -qx "version: 1.0.1+b.5"' "$R" $h
	touch web-1.0.0.tgz
	t "what $h stored is found to be the same" sh -c 'chart-package push --plain-http web-1.0.0.tgz "oci://$0" 2>err && grep -q "already" err' "$R/$h"
	# With provenance: Helm takes the file beside the archive too.
	mkdir "signed-$h"
	cp web-1.0.0.tgz "signed-$h/"
	touch -d @$SOURCE_DATE_EPOCH "signed-$h/web-1.0.0.tgz"
	printf 'signed, in a way\n' >"signed-$h/web-1.0.0.tgz.prov"
	TZ=UTC $h push "signed-$h/web-1.0.0.tgz" "oci://$R/signed-$h" --plain-http >out 2>&1
	chart-package push --plain-http "signed-$h/web-1.0.0.tgz" "oci://$R/ours-$h" >ours-out
	t "the same manifest with provenance ($h)" sh -c '[ "$(sed -n "s/^Digest: //p" out)" = "$(sed -n "s/^Digest: //p" ours-out)" ]'
	fresh
	t "whose provenance we pull ($h)" sh -c 'chart-package pull --plain-http --prov -d got "oci://$0/web" && cmp got/web-1.0.0.tgz.prov "$1"' "$R/signed-$h" "signed-$h/web-1.0.0.tgz.prov"
	cp -R top/app "app-$h"
	rm -rf "app-$h/charts" "app-$h/Chart.lock"
	chart-package -q deps update --plain-http "app-$h"
	cp -R "app-$h" "by-$h/app"
	rm -rf "by-$h/app/charts" "by-$h/app/Chart.lock"
	t "$h dependency update from the registry" $h dependency update "by-$h/app" --plain-http
	grep -v ^generated "app-$h/Chart.lock" >want
	grep -v ^generated "by-$h/app/Chart.lock" >got.txt
	t "the same lock as ours ($h)" same want got.txt
done

# Faults. Pieces of 8 MiB: this archive has three.
head -c 18000000 /dev/urandom >web/files/big
chart-package --version 3.0.0 web >/dev/null
chart-package --version 3.0.1 --app-version 8 web >/dev/null
rm web/files/big
mkdir fault
registry_port=$PORT
start_any proxy python3 "$TOP/tests/lib/registry-proxy.py" "$registry_port" fault
P=127.0.0.1:$PORT
PORT=$registry_port
patches() { grep "^PATCH" fault/requests | cut -d' ' -f3 | tr '\n' ' '; }
# killed COMMAND...: runs it until the proxy hangs, then kills it.
killed() {
	rm -f fault/hangs
	"$@" >/dev/null 2>&1 &
	victim=$!
	soon test -e fault/hangs
	kill -9 $victim
	wait $victim 2>/dev/null
	[ -e fault/hangs ]
}
size=$(stat -c %s web-3.0.0.tgz)
last=$((size - 1))
: >fault/requests
echo cut-PATCH >fault/fault
t 'an upload that is cut off goes on' push web-3.0.1.tgz "oci://$P/cut"
t 'and is whole' sh -c 'chart-package pull --plain-http -d got "oci://$0/cut/web:3.0.1" --no-cache && cmp got/web-3.0.1.tgz web-3.0.1.tgz' "$R"
rm -f web-1.0.0.tgz.prov
echo cut-PUT >fault/fault
t 'so does one in a single piece' sh -c 'chart-package push --plain-http web-1.0.0.tgz "oci://$0/cut" && chart-package pull --plain-http -d single "oci://$0/cut/web:1.0.0" --no-cache && cmp single/web-1.0.0.tgz web-1.0.0.tgz' "$P"
t 'when it had been cut' sh -c '! [ -e fault/fault ]'
: >fault/requests
echo 'hang-PATCH 1' >fault/fault
t 'a push is killed on its way' killed chart-package push --plain-http web-3.0.0.tgz "oci://$P/kill"
before=$(patches)
: >fault/requests
t 'pushed again it goes on where it stopped' sh -c 'chart-package push --plain-http web-3.0.0.tgz "oci://$0/kill"' "$P"
t 'the first piece is not sent again' sh -c '[ -n "$0" ] && ! grep "^PATCH" fault/requests | grep " 0-"' "$before"
t 'up to the end' has "-$last" fault/requests
t 'nothing is left to go on with' sh -c '! ls "$XDG_CACHE_HOME/chart-tools/uploads" | grep .'
fresh
t 'what was pushed in two parts is whole' sh -c 'chart-package pull --plain-http -d got "oci://$0/kill/web" && cmp got/web-3.0.0.tgz web-3.0.0.tgz' "$R"

fresh
: >fault/requests
echo cut-GET >fault/fault
t 'a pull that is cut off goes on' sh -c 'chart-package pull --plain-http -d got "oci://$0/kill/web" && cmp got/web-3.0.0.tgz web-3.0.0.tgz' "$P"
t 'where it stopped' grep -Eq '^GET .*/blobs/.* bytes=[1-9][0-9]*-' fault/requests
fresh
: >fault/requests
echo hang-GET >fault/fault
t 'a pull is killed on its way' killed chart-package pull --plain-http -d got "oci://$P/kill/web"
t 'pulled again it is whole' sh -c 'chart-package pull --plain-http -d got "oci://$0/kill/web" && cmp got/web-3.0.0.tgz web-3.0.0.tgz' "$P"
t 'and went on where it stopped' grep -Eq '^GET .*/blobs/.* bytes=[1-9][0-9]*-' fault/requests
fresh
echo lie >fault/fault
t 'a blob with other bytes is refused' sh -c '! chart-package pull --plain-http -d got "oci://$0/charts/web:1.0.0" 2>err && grep -q "came with digest" err && ! [ -e got ]' "$P"
t 'and not kept' sh -c '! find "$XDG_CACHE_HOME" -name "*.tgz" | grep .'

# Credentials.
if command -v htpasswd >/dev/null; then
	htpasswd -Bbn me secret >htpasswd 2>/dev/null
	start_registry auth "auth: {htpasswd: {realm: test, path: $WORK/htpasswd}}"
	A=127.0.0.1:$PORT
	fresh
	t 'without a password: refused' sh -c '! chart-package push --plain-http web-1.0.0.tgz "oci://$0/charts" 2>err && grep -q "wants a user and password" err' "$A"
	t 'with a wrong one too' sh -c '! chart-package push --plain-http web-1.0.0.tgz "oci://$0/charts" --username me --password wrong 2>err && grep -q "refuses" err && ! grep -q wrong err' "$A"
	t 'with the right one: pushed' push web-1.0.0.tgz "oci://$A/charts" --username me --password secret
	t 'and pulled, the password from standard input' sh -c 'echo secret | chart-package pull --plain-http -d got "oci://$0/charts/web" --username me --password-stdin && cmp got/web-1.0.0.tgz web-1.0.0.tgz' "$A"
	fresh
	mkdir -p "$HOME/.docker" bin
	printf '{"auths": {"%s": {"auth": "%s"}}}' "$A" "$(printf me:secret | base64)" >"$HOME/.docker/config.json"
	t "credentials from docker's config.json" pull -d got "oci://$A/charts/web"
	if [ -n "$HELM" ]; then
		mv "$HOME/.docker" docker
		echo secret | "$HELM" registry login "$A" --plain-http --username me --password-stdin >/dev/null 2>&1
		fresh
		t "credentials from Helm's login" pull -d got "oci://$A/charts/web"
		rm -rf "$XDG_CONFIG_HOME/helm"
		mv docker "$HOME/.docker"
	fi
	printf '{"credHelpers": {"%s": "test"}}' "$A" >"$HOME/.docker/config.json"
	cat >bin/docker-credential-test <<'EOF'
#!/bin/sh
[ "$1" = get ] || exit 2
read -r host
[ "$host" = "$WANT" ] || { echo "credentials not found in native keychain"; exit 1; }
echo '{"ServerURL": "x", "Username": "me", "Secret": "secret"}'
EOF
	chmod +x bin/docker-credential-test
	PATH=$WORK/bin:$PATH
	fresh
	t 'credentials from a helper' env WANT="$A" chart-package pull --plain-http -d got "oci://$A/charts/web"
	fresh
	t 'a helper that has none' sh -c '! WANT=none chart-package pull --plain-http -d got "oci://$0/charts/web" 2>err && grep -q "wants a user" err' "$A"
	rm -r "$HOME/.docker"
else
	skip 'a registry with passwords' 'no htpasswd'
fi

# TLS with an authority of its own.
if command -v openssl >/dev/null; then
	{
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem
		openssl req -newkey rsa:2048 -nodes -subj /CN=registry -keyout tls.key -out tls.csr
		printf 'subjectAltName=IP:127.0.0.1\n' >ext
		openssl x509 -req -in tls.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out tls.pem
		openssl req -newkey rsa:2048 -nodes -subj /CN=client -keyout client.key -out client.csr
		openssl x509 -req -in client.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out client.pem
	} >/dev/null 2>&1
	start_registry tls "  tls: {certificate: $WORK/tls.pem, key: $WORK/tls.key}"
	S=127.0.0.1:$PORT
	t 'a certificate that nobody knows is refused' sh -c '! chart-package push web-1.0.0.tgz "oci://$0/charts" 2>err && grep -qi certificate err' "$S"
	t 'with --ca-file: pushed' chart-package push web-1.0.0.tgz "oci://$S/charts" --ca-file ca.pem
	fresh
	t 'and pulled' sh -c 'chart-package pull -d got "oci://$0/charts/web" --ca-file ca.pem && cmp got/web-1.0.0.tgz web-1.0.0.tgz' "$S"
	start_registry mutual "  tls: {certificate: $WORK/tls.pem, key: $WORK/tls.key, clientcas: [$WORK/ca.pem]}"
	M=127.0.0.1:$PORT
	t 'a registry that wants a client certificate' sh -c '! timeout 60 chart-package push web-1.0.0.tgz "oci://$0/charts" --ca-file ca.pem 2>err' "$M"
	t 'gets it' chart-package push web-1.0.0.tgz "oci://$M/charts" --ca-file ca.pem --cert-file client.pem --key-file client.key
else
	skip 'a registry with TLS' 'no openssl'
fi
done_testing
