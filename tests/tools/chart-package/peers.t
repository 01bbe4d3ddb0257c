#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Both versions of real Helm as judges of what we publish, and we of what they do: through nginx, plain, with TLS, passwords, client
# certificates and redirects; provenance; dependencies and locks.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

for need in nginx gpg openssl python3; do
	command -v "$need" >/dev/null && continue
	skip 'Helm and we, through nginx' "no $need"
	done_testing
	exit
done
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY
export LSAN_OPTIONS="${LSAN_OPTIONS:+$LSAN_OPTIONS:}use_tls=0"
fails() {
	fails_text=$1
	shift
	! "$@" >fails.out 2>&1 || { echo 'it succeeded'; return 1; }
	has "$fails_text" fails.out
}

# Keys.
mkdir -m 700 gpg edgpg
at_exit "gpgconf --homedir '$WORK/gpg' --kill all; gpgconf --homedir '$WORK/edgpg' --kill all"
gpg --homedir gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'Rosa <rosa@example.org>' rsa2048 sign never 2>/dev/null
gpg --homedir edgpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'Ed <ed@example.org>' ed25519 sign never 2>/dev/null
gpg --homedir gpg --export >ring.gpg 2>/dev/null
gpg --homedir gpg --export-secret-keys >secring.gpg 2>/dev/null
gpg --homedir edgpg --export >edring.gpg 2>/dev/null

# A repository of ours.
chart web 1.0.0
printf 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n' >web/crds/c.yaml
cp -R web lib
sed -i 's/^name: web/name: lib/' lib/Chart.yaml
for v in 1.0.0 1.1.0 2.0.0-rc.1; do chart-package -q -d repo --sign --key Rosa --keyring gpg --version $v web; done >/dev/null
for v in 0.1.0 0.2.0 1.0.0+m.1; do chart-package -q -d repo --version $v lib; done >/dev/null
chart-package -q index repo

# nginx: plain; TLS with a password; TLS with a client certificate.
{
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem
	printf 'subjectAltName=IP:127.0.0.1\n' >ext
	for who in tls client; do
		openssl req -newkey rsa:2048 -nodes -subj /CN=$who -keyout $who.key -out $who.csr
		openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out $who.pem
	done
} >/dev/null 2>&1
printf 'me:{PLAIN}secret\n' >passwords
PLAIN=$(free_port) TLS=$(free_port) MUTUAL=$(free_port) OPEN=$(free_port)
chmod 755 "$WORK"
start_nginx "$PLAIN" nginx "
	log_format asked '\$server_port \$uri \$http_authorization';
	access_log $WORK/asked asked;
	root $WORK/repo;
	ssl_certificate $WORK/tls.pem;
	ssl_certificate_key $WORK/tls.key;
	server {
		listen 127.0.0.1:$PLAIN;
		rewrite ^/moved/(.*)\$ /\$1 redirect;
	}
	server {
		listen 127.0.0.1:$TLS ssl;
		auth_basic charts;
		auth_basic_user_file $WORK/passwords;
		rewrite ^/away/(.*tgz)\$ https://127.0.0.1:$OPEN/\$1 redirect;
		rewrite ^/down/(.*tgz)\$ http://127.0.0.1:$PLAIN/\$1 redirect;
		rewrite ^/(away|down)/(.*)\$ /\$2 last;
	}
	server {
		listen 127.0.0.1:$OPEN ssl;
	}
	server {
		listen 127.0.0.1:$MUTUAL ssl;
		ssl_client_certificate $WORK/ca.pem;
		ssl_verify_client on;
	}
"
U=http://127.0.0.1:$PLAIN S=https://127.0.0.1:$TLS M=https://127.0.0.1:$MUTUAL
fresh() { rm -rf "$XDG_CACHE_HOME" got; }
pull() { chart-package pull -d got "$@" && cmp got/web-1.1.0.tgz repo/web-1.1.0.tgz; }

t 'pull through a redirect' pull web --repo "$U/moved"
t 'the authority is not known' fails ertificate timeout 60 chart-package pull -d got web --repo "$S"
fresh
t 'it is, but there is no password' fails 401 chart-package pull -d got web --repo "$S" --ca-file ca.pem
t 'with both' pull web --repo "$S" --ca-file ca.pem --username me --password secret
fresh
printf 'machine 127.0.0.1 login me password secret\n' >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
t 'the password from ~/.netrc' pull web --repo "$S" --ca-file ca.pem
rm "$HOME/.netrc"
fresh
: >asked
t 'a redirect to another host' pull web --repo "$S/away" --ca-file ca.pem --username me --password secret
t 'took no password along' sh -c 'grep "^$0 /web-1.1.0.tgz -$" asked && grep "^$1 /.*index.yaml Basic" asked' "$OPEN" "$TLS"
fresh
t 'a redirect that gives up TLS is not followed' fails 'a protocol that is not followed' chart-package pull -d got web --repo "$S/down" --ca-file ca.pem --username me --password secret
fresh
t 'a server that wants a client certificate' fails 400 timeout 60 chart-package pull -d got web --repo "$M" --ca-file ca.pem
t 'gets it' pull web --repo "$M" --ca-file ca.pem --cert-file client.pem --key-file client.key
fresh
t 'any certificate will do when told so' pull web --repo "$S" --insecure-skip-tls-verify --username me --password secret
t 'pull --verify over TLS' sh -c 'chart-package pull -d v web --repo "$0" --ca-file ca.pem --username me --password secret --verify --prov --keyring ring.gpg && cmp v/web-1.1.0.tgz.prov repo/web-1.1.0.tgz.prov' "$S"
t 'verify with the wrong ring' fails 'unknown entity' chart-package pull -d v2 web --repo "$S" --ca-file ca.pem --username me --password secret --verify --keyring edring.gpg

mkdir -p top/templates
cat >top/Chart.yaml <<EOF
apiVersion: v2
name: top
version: 0.1.0
dependencies:
- {name: web, version: ^1.0.0, repository: "$U", alias: front, condition: front.enabled, tags: [all]}
- {name: web, version: ~1.0, repository: "@ours"}
- {name: lib, version: ">=0.1.0 <0.3.0 || 9.x", repository: "alias:ours"}
- {name: lib, version: 1.0.0+m.1, repository: "$U/", alias: meta}
- {name: side, version: "*", repository: "file://../side"}
EOF
printf 'front: {enabled: false}\n' >top/values.yaml
chart side 3.2.1
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' >side/templates/a.yaml
cp side/templates/a.yaml web/templates/a.yaml
printf '# nothing\n' >web/templates/sub/b.txt

for h in helm3 helm4; do
	if ! command -v $h >/dev/null; then
		skip "$h as a judge" "no $h"
		continue
	fi
	rm -rf h && mkdir -p h/p h/v
	export HELM_CACHE_HOME="$WORK/h" HELM_CONFIG_HOME="$WORK/h" HELM_DATA_HOME="$WORK/h"
	t "$h repo add" $h repo add ours "$U"
	t "$h repo add, with TLS and a password" $h repo add safe "$S" --ca-file "$WORK/ca.pem" --username me --password secret
	t "$h repo add, with a client certificate" $h repo add mutual "$M" --ca-file "$WORK/ca.pem" --cert-file "$WORK/client.pem" --key-file "$WORK/client.key"
	t "$h search finds all versions" sh -c '[ "$('$h' search repo ours/ --versions --devel | grep -c "^ours/")" = 6 ]'
	t "$h pull" sh -c $h' pull ours/web --version "^1" -d h/p && cmp h/p/web-1.1.0.tgz repo/web-1.1.0.tgz'
	t "$h pull --verify" $h pull safe/web --version 1.0.0 -d h/v --verify --keyring ring.gpg
	t "$h pull, a version with metadata" sh -c $h' pull ours/lib --version 1.0.0+m.1 -d h/p && cmp h/p/lib-1.0.0+m.1.tgz repo/lib-1.0.0+m.1.tgz'
	t "$h show all, as we do" sh -c $h' show all ours/web >want && chart-package show all web --repo "$0" >got.txt && diff want got.txt' "$U"
	t "$h verify" sh -c $h' verify repo/web-1.1.0.tgz --keyring ring.gpg >want && chart-package verify repo/web-1.1.0.tgz --keyring ring.gpg >got.txt && diff want got.txt'
	for r in safe mutual; do
		fresh
		t "we pull from what $h keeps of $r" sh -c 'chart-package pull -d got '$r'/web && cmp got/web-1.1.0.tgz repo/web-1.1.0.tgz'
	done
	# Dependencies.
	rm -rf a b
	mkdir a b
	for d in a b; do cp -R top $d/top; cp -R side $d/side; done
	(cd a && $h dependency update top >/dev/null 2>&1)
	t "we update what $h updates" chart-package -q deps update b/top
	grep -v ^generated a/top/Chart.lock >want
	grep -v ^generated b/top/Chart.lock >got.txt
	t "and write the same lock as $h" same want got.txt
	ls a/top/charts >want
	ls b/top/charts >got.txt
	t "with the same archives as $h" same want got.txt
	t "fetched ones to the byte ($h)" sh -c 'for f in web-1.0.0 web-1.1.0 lib-0.2.0 lib-1.0.0+m.1; do cmp a/top/charts/$f.tgz b/top/charts/$f.tgz || exit 1; done'
	rm a/top/charts/*.tgz b/top/charts/*.tgz
	cp b/top/Chart.lock lock
	cp a/top/Chart.lock b/top/Chart.lock
	cp lock a/top/Chart.lock
	t "$h dependency build with our lock" sh -c 'cd a && '$h' dependency build top'
	t "we build with the lock of $h" chart-package -q deps build b/top
	(cd a/top && $h dependency list >../../want 2>/dev/null)
	(cd b/top && chart-package deps list >../../got.txt)
	t "$h dependency list, as we do" same want got.txt
	t "a chart with all these dependencies, packed" chart-package -q -d "packed-$h" b/top
	$h template x "packed-$h/top-0.1.0.tgz" --set front.enabled=true >want 2>err
	chart-render x "packed-$h/top-0.1.0.tgz" --compat $h --set front.enabled=true >got.txt 2>>err
	t "$h template of it, as we do" same want got.txt
	[ $h = helm3 ] || t "$h install --dry-run=client of it" $h install x "packed-$h/top-0.1.0.tgz" --dry-run=client
	t "$h lint of it" $h lint "packed-$h/top-0.1.0.tgz"
	# The other way round.
	mkdir "theirs-$h"
	t "$h packages and signs" $h package web -d "theirs-$h" --version 5.0.0 --sign --key Rosa --keyring secring.gpg
	$h verify "theirs-$h/web-5.0.0.tgz" --keyring ring.gpg >want
	chart-package verify "theirs-$h/web-5.0.0.tgz" --keyring ring.gpg >got.txt
	t "we verify what $h signed, in its words" same want got.txt
	t "with the folder of GnuPG too ($h)" chart-package verify "theirs-$h/web-5.0.0.tgz" --keyring gpg
	t "it is the folder ($h)" chart-package --check "theirs-$h/web-5.0.0.tgz" --version 5.0.0 web
	mkdir -p changed
	cp "theirs-$h/web-5.0.0.tgz" "theirs-$h/web-5.0.0.tgz.prov" changed/
	printf x >>changed/web-5.0.0.tgz
	t "changed, neither of us verifies it ($h)" sh -c '! '$h' verify changed/web-5.0.0.tgz --keyring ring.gpg && ! chart-package verify changed/web-5.0.0.tgz --keyring ring.gpg'
	$h repo index "theirs-$h" --url "$U"
	t "we pull what $h indexed, and verify it" sh -c 'cp theirs-'$h'/web-5.0.0.* repo/ && chart-package pull web -d idx-'$h' --repo theirs-'$h' --verify --keyring ring.gpg && rm repo/web-5.0.0.*'
	chart-package -q -d "ed-$h" --sign --key Ed --keyring edgpg web >/dev/null
	t "we verify ed25519 ($h)" chart-package verify "ed-$h/web-1.0.0.tgz" --keyring edring.gpg
	t "$h verifies ed25519" $h verify "ed-$h/web-1.0.0.tgz" --keyring edring.gpg
done
done_testing
