#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The options for servers do the same in every tool: passwords, authorities, certificates of one's own.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"

for need in nginx openssl python3; do
	if ! command -v $need >/dev/null; then
		skip 'servers' "no $need"
		done_testing
		exit
	fi
done
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY NETRC
export LSAN_OPTIONS="$LSAN_OPTIONS:use_tls=0"

mkdir -p web/templates www
printf 'apiVersion: v2\nname: web\nversion: 1.0.0\nicon: https://example.org/i.png\n' >web/Chart.yaml
: >web/values.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n' >web/templates/a.yaml
chart-package -q -d www web >/dev/null
chart-package -q index www
make_ca
printf 'me:{PLAIN}s3cret\n' >passwords
chmod 755 "$WORK"
T=$(free_port) C=$(free_port) A=$(free_port)
TLS="ssl_certificate $WORK/server.pem; ssl_certificate_key $WORK/server.key;"
start_nginx "$A" web-server "root $WORK/www;
	server { listen 127.0.0.1:$T ssl; $TLS }
	server { listen 127.0.0.1:$C ssl; $TLS ssl_client_certificate $WORK/ca.pem; ssl_verify_client on; }
	server { listen 127.0.0.1:$A; auth_basic charts; auth_basic_user_file $WORK/passwords; }"

n=0
# fetch TOOL URL OPTION...: that tool on the archive there; nothing is kept from one to the next.
fetch() {
	n=$((n + 1))
	tool=$1 url=$2
	shift 2
	rm -rf "$HOME/.cache"
	case $tool in
	chart-render) chart-render "$url/web-1.0.0.tgz" "$@" ;;
	chart-lint) chart-lint "$url/web-1.0.0.tgz" "$@" --retries 0 ;;
	chart-diff) chart-diff web "$url/web-1.0.0.tgz" "$@" --retries 0 ;;
	chart-package) chart-package pull -d got$n "$url/web-1.0.0.tgz" "$@" --retries 0 && cmp got$n/web-1.0.0.tgz www/web-1.0.0.tgz ;;
	chart-vendor) (mkdir v$n && cd v$n && git init -q . && chart-vendor add "$url/web" web "$@" --retries 0 && cmp web/templates/a.yaml ../web/templates/a.yaml) ;;
	esac
}
refused() {
	! fetch "$@" || { echo 'it was not refused'; return 1; }
}
from_stdin() {
	echo s3cret | fetch "$@"
}

for tool in chart-render chart-lint chart-diff chart-package chart-vendor; do
	t "$tool: an authority that nobody knows" refused $tool "https://127.0.0.1:$T"
	t "$tool: --ca-file" fetch $tool "https://127.0.0.1:$T" --ca-file "$WORK/ca.pem"
	t "$tool: --insecure-skip-tls-verify" fetch $tool "https://127.0.0.1:$T" --insecure-skip-tls-verify
	t "$tool: no certificate" refused $tool "https://127.0.0.1:$C" --ca-file "$WORK/ca.pem"
	t "$tool: --cert-file and --key-file" fetch $tool "https://127.0.0.1:$C" --ca-file "$WORK/ca.pem" \
		--cert-file "$WORK/client.pem" --key-file "$WORK/client.key"
	t "$tool: no password" refused $tool "http://127.0.0.1:$A"
	t "$tool: --username and --password" fetch $tool "http://127.0.0.1:$A" --username me --password s3cret
	t "$tool: a wrong one" refused $tool "http://127.0.0.1:$A" --username me --password nothing
	t "$tool: --password-stdin" from_stdin $tool "http://127.0.0.1:$A" --username me --password-stdin
done

if command -v docker-registry >/dev/null; then
	unset HELM_REGISTRY_CONFIG HELM_CONFIG_HOME DOCKER_CONFIG
	export OTEL_TRACES_EXPORTER=none
	start_registry registry ''
	R=$PORT
	chart-package push -q --plain-http www/web-1.0.0.tgz "oci://127.0.0.1:$R/charts" >/dev/null 2>&1
	O=oci://127.0.0.1:$R/charts/web
	t 'chart-render: --plain-http' chart-render "$O" --plain-http
	t 'chart-render: without it a registry is spoken to in TLS' status 1 chart-render "$O"
	t 'chart-lint: --plain-http' chart-lint "$O:1.0.0" --plain-http
	t 'chart-diff: --plain-http' chart-diff web "$O:1.0.0" --plain-http
	t 'chart-vendor: --plain-http' sh -c 'git init -q vo && cd vo && chart-vendor add "$0" web --plain-http && cmp web/templates/a.yaml ../web/templates/a.yaml' "$O"
else
	skip 'registries' 'no docker-registry'
fi
done_testing
