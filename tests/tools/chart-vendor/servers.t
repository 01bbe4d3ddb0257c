#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real servers: nginx (HTTP and TLS, passwords, tokens, client certificates, redirects), git over http and ssh, a registry.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

for need in nginx fcgiwrap sshd docker-registry htpasswd openssl python3; do
	if ! command -v $need >/dev/null; then
		skip 'real servers' "no $need"
		done_testing
		exit
	fi
done
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY HELM_REGISTRY_CONFIG HELM_CONFIG_HOME DOCKER_CONFIG
unset HELM_REPOSITORY_CONFIG SSH_AUTH_SOCK NETRC
export OTEL_TRACES_EXPORTER=none LSAN_OPTIONS="$LSAN_OPTIONS:detect_leaks=0"

publish 1.0.0
publish 1.1.0
chmod 755 "$WORK"
make_ca
htpasswd -bc passwords me 's3cret:x' 2>/dev/null
P=$(free_port) A=$(free_port) T=$(free_port) C=$(free_port) O=$(free_port) G=$(free_port)
start_fcgi
TLS="ssl_certificate $WORK/server.pem; ssl_certificate_key $WORK/server.key;"
GIT="fastcgi_pass unix:$WORK/fcgi.sock; fastcgi_param SCRIPT_FILENAME $(git --exec-path)/git-http-backend;
	fastcgi_param GIT_PROJECT_ROOT $WORK; fastcgi_param GIT_HTTP_EXPORT_ALL 1; fastcgi_param PATH_INFO \$uri;
	fastcgi_param QUERY_STRING \$query_string; fastcgi_param REQUEST_METHOD \$request_method;
	fastcgi_param CONTENT_TYPE \$content_type; fastcgi_param CONTENT_LENGTH \$content_length;
	fastcgi_param REMOTE_USER \$remote_user; fastcgi_param REMOTE_ADDR \$remote_addr; fastcgi_param GIT_CONFIG_COUNT 1;
	fastcgi_param GIT_CONFIG_KEY_0 safe.directory; fastcgi_param GIT_CONFIG_VALUE_0 *;"
start_nginx "$G" web "
	log_format auth '\$server_port \$status \$request_uri \$http_authorization'; access_log $WORK/web/access.log auth;
	server { listen 127.0.0.1:$P; root $WORK/www;
		location ~ ^/moved/(.*) { return 302 http://localhost:$O/\$1; }
		location ~ ^/up/(.*) { return 302 https://localhost:$T/\$1; }
		location /loop/ { return 302 /loop/; } }
	server { listen 127.0.0.1:$A; root $WORK/www; auth_basic charts; auth_basic_user_file $WORK/passwords;
		location ~ ^/there/(.*) { return 302 http://localhost:$O/\$1; } }
	server { listen 127.0.0.1:$O; root $WORK/www;
		location /token/ { if (\$http_authorization != 'Bearer t0ken') { return 401; } alias $WORK/www/; } }
	server { listen 127.0.0.1:$T ssl; root $WORK/www; $TLS
		location ~ ^/down/(.*) { return 302 http://localhost:$P/\$1; } }
	server { listen 127.0.0.1:$C ssl; root $WORK/www; $TLS ssl_client_certificate $WORK/ca.pem; ssl_verify_client on; }
	server { listen 127.0.0.1:$G ssl; $TLS auth_basic git; auth_basic_user_file $WORK/passwords; location / { $GIT } }"
seen() { grep -c "$1" web/access.log; }

mkdir infra
cd infra || exit 1
git init -q -b main .
n=0
# add SOURCE ARGS: as another copy; refused SOURCE ARGS: that must not work.
add() {
	n=$((n + 1))
	source=$1
	shift
	chart-vendor add "$source" "charts/c$n" "$@"
}
refused() {
	add "$@" >../out 2>&1
	code=$?
	cat ../out
	[ $code = 2 ]
}

t 'from nginx' add "http://127.0.0.1:$P/web" --version 1.0.0
cd ..
before=$(seen "$P 200 /index.yaml")
cd infra || exit
t 'again' add "http://127.0.0.1:$P/web" --version 1.0.0
cd ..
t 'the index was asked for with its ETag' grep -q "$P 304 /index.yaml" web/access.log
t 'and sent once' test "$(seen "$P 200 /index.yaml")" = "$before"
t 'the archive too' test "$(seen "$P 200 /web-1.0.0.tgz")" = 1
cd infra || exit

t 'a password is needed' refused "http://127.0.0.1:$A/web" --version 1.0.0
t 'and named as what is missing' has '401' ../out
t 'by option' add "http://127.0.0.1:$A/web" --version 1.0.0 --username me --password s3cret:x
rm -rf "$HOME/.cache"
printf 'machine 127.0.0.1 login me password s3cret:x\n' >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
t 'by netrc' add "http://127.0.0.1:$A/web" --version 1.0.0
rm "$HOME/.netrc"
rm -rf "$HOME/.cache"
mkdir -p "$HOME/.config/helm"
cat >"$HOME/.config/helm/repositories.yaml" <<EOF
apiVersion: ""
repositories:
- {name: private, url: "http://127.0.0.1:$A/", username: me, password: "s3cret:x"}
- {name: tls, url: "https://localhost:$T", caFile: $WORK/ca.pem}
- {name: cert, url: "https://localhost:$C", caFile: $WORK/ca.pem, certFile: $WORK/client.pem, keyFile: $WORK/client.key}
EOF
t "by Helm's repositories.yaml" add "http://127.0.0.1:$A/web" --version 1.0.0
t 'its authority for TLS' add "https://localhost:$T/web" --version 1.0.0
t 'its client certificate' add "https://localhost:$C/web" --version 1.0.0
t 'an archive below such a repository' add "https://localhost:$C/web-1.0.0.tgz"
sed -i "s|caFile: $WORK/ca.pem}|insecure_skip_tls_verify: true}|" "$HOME/.config/helm/repositories.yaml"
rm -rf "$HOME/.cache"
t 'insecure_skip_tls_verify' add "https://localhost:$T/web" --version 1.0.0
t 'status by repositories.yaml too' chart-vendor status
rm "$HOME/.config/helm/repositories.yaml"
rm -rf "$HOME/.cache"
t 'an unknown authority is refused' refused "https://localhost:$T/web"
t 'and named' has 'certificate' ../out
t 'by --ca-file' add "https://localhost:$T/web" --version 1.0.0 --ca-file ../ca.pem
t 'without a client certificate' refused "https://localhost:$C/web" --ca-file ../ca.pem
t 'with one' add "https://localhost:$C/web" --version 1.0.0 --ca-file ../ca.pem --cert-file ../client.pem --key-file ../client.key
echo t0ken >../token
t 'a token' add "http://127.0.0.1:$O/token/web" --version 1.0.0 --token-file ../token
t 'none' refused "http://127.0.0.1:$O/token/web" --version 1.0.0

# Redirects.
rm -rf "$HOME/.cache"
t 'a redirect to another host is followed' add "http://127.0.0.1:$A/there/web" --version 1.0.0 --username me --password s3cret:x
cd ..
t 'without the password' sh -c "! grep '^$O 200.*Basic' web/access.log"
cd infra || exit
rm -rf "$HOME/.cache"
t '--pass-credentials takes it along' add "http://127.0.0.1:$A/there/web" --version 1.0.0 --username me --password s3cret:x --pass-credentials
cd ..
t 'then only' grep -q "^$O 200.*Basic" web/access.log
cd infra || exit
t 'from http to https' add "http://127.0.0.1:$P/up/web" --version 1.0.0 --ca-file ../ca.pem
t 'not from https to http' refused "https://localhost:$T/down/web" --ca-file ../ca.pem
t 'and it is said' has "leads to http://localhost:$P/index.yaml" ../out
t 'nor in circles' refused "http://127.0.0.1:$P/loop/web"

# git over https, with a password and an authority of its own.
cd ..
git init -q -b main up
for v in 1.0.0 1.1.0; do
	upstream_chart $v
	mkdir -p up/charts
	rm -rf up/charts/web
	cp -a src/web up/charts/web
	git -C up add -A
	git -C up commit -q -m "web $v"
	git -C up tag web-$v
done
git -C up branch old web-1.0.0
git clone -q --bare up up.git
cd infra || exit
rm -rf "$HOME/.cache"
url=git+https://localhost:$G/up.git//charts/web
t 'git over https' add "$url" --ref 'web-*' --version 1.0.0 --ca-file ../ca.pem --username me --password s3cret:x
printf 'machine localhost\n\tlogin me\n\tpassword s3cret:x\n' >"$HOME/.netrc"
rm -rf "$HOME/.cache"
t 'by netrc' add "$url" --ref 'web-*' --ca-file ../ca.pem
t 'the newest tag' test -n "$(grep -x 'version: 1.1.0' charts/c$n/Chart.yaml)"
rm "$HOME/.netrc"
t 'a branch' add "$url" --ref old --ca-file ../ca.pem --username me --password s3cret:x
t 'a commit' add "$url" --ref "$(git -C ../up rev-parse web-1.0.0)" --ca-file ../ca.pem --username me --password s3cret:x
rm -rf "$HOME/.cache"
t 'a wrong password' refused "$url" --ref old --ca-file ../ca.pem --username me --password wrong
t 'an unknown authority' refused "$url" --ref old --username me --password s3cret:x

# git over ssh.
cd ..
S=$(free_port)
start_sshd "$S"
me=$(id -un)
cd infra || exit
mkdir -p "$HOME/.ssh"
chmod 700 "$HOME/.ssh"
url=ssh://$me@127.0.0.1:$S$WORK/up.git//charts/web
cp ../sshd/user "$HOME/.ssh/id_ed25519"
cp ../sshd/user.pub "$HOME/.ssh/id_ed25519.pub"
t 'ssh: an unknown host is refused' refused "$url" --ref 'web-*'
t 'and told what to do' has 'known_hosts' ../out
echo "[127.0.0.1]:$S $(cut -d' ' -f1,2 ../sshd/host.pub)" >"$HOME/.ssh/known_hosts"
t 'ssh with a key file' add "$url" --ref 'web-*' --version 1.0.0
rm "$HOME/.ssh/id_ed25519" "$HOME/.ssh/id_ed25519.pub"
rm -rf "$HOME/.cache"
t 'without a key' refused "$url" --ref 'web-*'
t '--key-file' add "$url" --ref 'web-*' --key-file ../sshd/user
eval "$(ssh-agent -s)" >/dev/null
at_exit "kill $SSH_AGENT_PID"
ssh-add -q ../sshd/user
rm -rf "$HOME/.cache"
t 'with the agent' add "$url" --ref old
unset SSH_AUTH_SOCK
ssh-keygen -q -t ed25519 -N '' -f ../other
echo "[127.0.0.1]:$S $(cut -d' ' -f1,2 ../other.pub)" >"$HOME/.ssh/known_hosts"
rm -rf "$HOME/.cache"
t 'another host key is an alarm' refused "$url" --ref old --key-file ../sshd/user

# A registry.
htpasswd -Bbc ../bcrypt me s3cret 2>/dev/null
start_registry registry "  tls: {certificate: $WORK/server.pem, key: $WORK/server.key}
auth: {htpasswd: {realm: charts, path: $WORK/bcrypt}}"
R=$PORT
mkdir -p "$HOME/.config/helm/registry"
printf '{"auths":{"localhost:%s":{"auth":"%s"}}}' "$R" "$(printf me:s3cret | base64)" >"$HOME/.config/helm/registry/config.json"
for v in 1.0.0 1.1.0; do chart-package push --ca-file ../ca.pem ../www/web-$v.tgz "oci://localhost:$R/charts" >../push 2>&1 || cat ../push; done
t "a registry with Helm's credentials" add "oci://localhost:$R/charts/web" --version 1.0.0 --ca-file ../ca.pem
rm "$HOME/.config/helm/registry/config.json"
rm -rf "$HOME/.cache"
t 'without them' refused "oci://localhost:$R/charts/web" --ca-file ../ca.pem
t 'with options' add "oci://localhost:$R/charts/web" --ca-file ../ca.pem --username me --password s3cret

t 'all copies verify' chart-vendor verify
done_testing
