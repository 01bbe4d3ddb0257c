#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A real registry that takes tokens only, which another server hands out.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

for need in docker-registry python3 openssl; do
	command -v "$need" >/dev/null && continue
	skip 'tokens' "no $need"
	done_testing
	exit
done
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY HELM_REGISTRY_CONFIG HELM_CONFIG_HOME DOCKER_CONFIG
export OTEL_TRACES_EXPORTER=none SOURCE_DATE_EPOCH=1700000000
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tokens -keyout token.key -out token.pem >/dev/null 2>&1
start_any tokens-server python3 "$TOP/tests/lib/token-server.py" . token.key token.pem
REALM=http://127.0.0.1:$PORT/token
start_registry registry "auth: {token: {realm: \"$REALM\", service: tests, issuer: tests, rootcertbundle: $WORK/token.pem}}"
R=127.0.0.1:$PORT
fails() {
	fails_text=$1
	shift
	! "$@" >fails.out 2>&1 || { echo 'it succeeded'; return 1; }
	has "$fails_text" fails.out
}
fresh() { rm -rf "$XDG_CACHE_HOME" got; : >tokens; }
pull() { chart-package pull --plain-http -d got "$@" && cmp got/web-1.0.0.tgz web-1.0.0.tgz; }

chart web 1.0.0
# Several pieces, so that a token is used for long.
for n in 1 2; do head -c 4500000 /dev/urandom >"web/files/big$n"; done
chart-package web >/dev/null
fresh
t 'nobody may push' fails 'answered 401' chart-package push --plain-http web-1.0.0.tgz "oci://$R/public"
t 'nor with a wrong password' fails 'getting a token' chart-package push --plain-http web-1.0.0.tgz "oci://$R/public" --username me --password wrong
fresh
t 'with a user and password a token is fetched' chart-package push --plain-http web-1.0.0.tgz "oci://$R/public" --username me --password secret
t 'by GET, for what is asked for' grep -Eq '^GET Basic [^ ]+ service=tests&scope=repository%3Apublic%2Fweb%3A(pull%2Cpush|push%2Cpull)' tokens
t 'few times' sh -c '[ "$(wc -l <tokens)" -le 3 ]'
t 'anybody may pull what is public' pull "oci://$R/public/web"
fresh
t 'what is private is pushed' chart-package push --plain-http web-1.0.0.tgz "oci://$R/mine" --username me --password secret
t 'and not for anybody' fails 'answered 401' chart-package pull --plain-http -d got "oci://$R/mine/web:1.0.0"
t 'but for its owner' pull "oci://$R/mine/web" --username me --password secret
fresh
mkdir -p "$HOME/.docker"
printf '{"auths": {"%s": {"identitytoken": "refresh-me"}}}' "$R" >"$HOME/.docker/config.json"
t 'a refresh token that docker keeps' pull "oci://$R/mine/web"
t 'is posted' grep -q '^POST - grant_type=refresh_token&.*refresh_token=refresh-me' tokens
fresh
printf '{"credsStore": "test"}' >"$HOME/.docker/config.json"
mkdir bin
cat >bin/docker-credential-test <<'EOF'
#!/bin/sh
cat >/dev/null
echo '{"ServerURL": "x", "Username": "<token>", "Secret": "refresh-me"}'
EOF
chmod +x bin/docker-credential-test
t 'or a helper' env PATH="$WORK/bin:$PATH" chart-package pull --plain-http -d got "oci://$R/mine/web"
t 'is posted too' grep -q '^POST - ' tokens
fresh
t 'a helper that is not there is told' fails 'docker-credential-test: no such program' chart-package pull --plain-http -d got "oci://$R/mine/web:1.0.0"
printf '{"credsStore": "../bin/evil"}' >"$HOME/.docker/config.json"
t 'a helper is a name, not a path' fails 'is no name of a credential helper' chart-package pull --plain-http -d got "oci://$R/mine/web:1.0.0"
rm -r "$HOME/.docker"
fresh
t 'a token of ones own' sh -c 'curl -s -u me:secret "$1?service=tests&scope=repository:mine/web:pull" | python3 -c "import json, sys; print(json.load(sys.stdin)[\"token\"])" >mine && : >tokens && chart-package pull --plain-http -d got "oci://$0/mine/web" --token-file mine && ! [ -s tokens ]' "$R" "$REALM"
for h in helm3 helm4; do
	command -v $h >/dev/null || continue
	fresh
	t "$h logs in" sh -c 'echo secret | '$h' registry login "$0" --plain-http --username me --password-stdin' "$R"
	t "$h pulls what we pushed" sh -c 'mkdir -p '$h' && '$h' pull "oci://$0/mine/web" --version 1.0.0 --plain-http -d '$h' && cmp '$h'/web-1.0.0.tgz web-1.0.0.tgz' "$R"
	t "what $h keeps is used" pull "oci://$R/mine/web"
	t "$h pushes" $h push web-1.0.0.tgz "oci://$R/$h" --plain-http
	fresh
	t "and we pull it ($h)" pull "oci://$R/$h/web"
	$h registry logout "$R" >/dev/null 2>&1
done
done_testing
